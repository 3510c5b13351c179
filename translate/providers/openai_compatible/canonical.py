"""The one spelling of chat documents of every dialect: that of the chat form, after a dialect's own names for the same things."""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.providers.openai_compatible.dialects import ROWS, Dialect
from translate.providers.openai_compatible.reading import spelled_media
from translate.providers.openai_compatible.reasoning import effort_as_thinking
from translate.providers.openai_compatible.tables import CACHED_NAMES
from translate.providers.openai_compatible.think_tags import split
from translate.providers.openai_compatible.tools import format_to_unified
from translate.registry import Format
from translate.shared import chat_canonical


def canonical(document: Any, kind: str, row: Format) -> Any:
    """
    Beside the rules of `shared.chat_canonical`: renamed fields under their unified names, the dialect's prefill mark as
    `prefix`, texts joined where the dialect takes one string, cached tokens in the details, `x_groq.usage` as usage.
    """
    dialect = ROWS[row.name]
    if kind == "request" and type(document) is dict:
        return _request(document, row, dialect)
    if kind in ("response", "event") and type(document) is dict:
        document = _answer(document, dialect)
        if dialect.tags and kind == "response":
            document = _untagged(document)
    out = chat_canonical.canonical(document, kind, row)
    if kind == "error":
        error = out["error"]
        if type(error.get("code")) is int:
            error["code"] = str(error["code"])
        if error.get("message") == "":
            del error["message"]
    elif kind == "response":
        choices = out.get("choices")
        for choice in choices if type(choices) is list else ():
            if type(choice) is dict and choice.get("native_finish_reason") in (choice.get("finish_reason"), None):
                choice.pop("native_finish_reason", None)
    return out


def _request(document: Json, row: Format, dialect: Dialect) -> Json:
    for name, native in dialect.rename.items():
        if native in document:
            document = {name if member == native else member: value for member, value in document.items()}
    document = _spelled_out(spelled_media(document) if dialect.bare_media else document, dialect)
    out = chat_canonical.request(document, row)
    for message in out["messages"]:
        if type(message) is not dict:
            continue
        if message.get("partial") is True and dialect.prefill == "partial":
            message["prefix"] = message.pop("partial")
        content = message.get("content")
        if "file_url" in dialect.parts and type(content) is list:
            content = message["content"] = [_file(part) for part in content]
        if dialect.flatten and not dialect.passes and message.get("role") != "user" and type(content) is list and len(content) > 1:
            if all(type(part) is dict and part.keys() == {"type", "text"} and type(part["text"]) is str for part in content):
                message["content"] = [{"type": "text", "text": "".join(part["text"] for part in content)}]
    return out


def _spelled_out(document: Json, dialect: Dialect) -> Json:
    """What an absent member means at this server, where that is not what it means in the chat form; a count as two fields."""
    if type(document.get("logprobs")) is int:
        count = document["logprobs"]
        document = {**document, "logprobs": count > 0}
        if count > 1 and document.get("top_logprobs") is None:
            document["top_logprobs"] = count
    tools = document.get("tools")
    if type(tools) is list and tools:
        if not dialect.parallel_default and document.get("parallel_tool_calls") is None:
            document = {**document, "parallel_tool_calls": False}
        if dialect.strict_default:
            document = {**document, "tools": [_strict(tool) for tool in tools]}
    effort = document.get("reasoning_effort")
    if type(effort) in (int, bool):
        document = {name: value for name, value in document.items() if name != "reasoning_effort"}
        document.setdefault("thinking", effort_as_thinking(effort))
    if document.get("tool_choice") == "any":
        document = {**document, "tool_choice": "required"}
    format = document.get("response_format")
    if type(format) is dict and "schema" in format:
        document = {**document, "response_format": format_to_unified(format, dialect)}
    if dialect.stop_list and type(document.get("stop")) is str:
        document = {**document, "stop": [document["stop"]]}
    return document


def _strict(tool: Any) -> Any:
    function = tool.get("function") if type(tool) is dict else None
    if type(function) is not dict or function.get("strict") is not None:
        return tool
    return {**tool, "function": {**function, "strict": True}}


def _answer(document: Json, dialect: Dialect) -> Json:
    groq = document.get("x_groq")
    if type(groq) is dict and "usage" in groq:
        rest = {name: value for name, value in groq.items() if name != "usage"}
        document = {**document, "x_groq": rest or None, "usage": document.get("usage") or groq["usage"]}
    choices = document.get("choices")
    if type(choices) is list and any(type(one) is dict and "delta" in one and "message" in one for one in choices):
        document = {**document, "choices": [_without_empty_delta(one) for one in choices]}
    counts = document.get("usage")
    if type(counts) is dict and dialect.cache_written and type(counts.get("prompt_tokens_details")) is dict:
        details = counts["prompt_tokens_details"]
        written = {"cache_write_tokens" if name == dialect.cache_written else name: value for name, value in details.items()}
        counts = {**counts, "prompt_tokens_details": written}
        document = {**document, "usage": counts}
    if type(counts) is dict and not CACHED_NAMES.keys().isdisjoint(counts):
        counts = dict(counts)
        details = counts.get("prompt_tokens_details")
        details = dict(details) if type(details) is dict else {}
        for name, target in CACHED_NAMES.items():
            if type(counts.get(name)) is int and details.setdefault(target, counts[name]) == counts[name]:
                del counts[name]
        prompt = counts.get("prompt_tokens")
        cached = details.get("cached_tokens") or 0
        if type(prompt) is int and type(cached) is int and counts.get("prompt_cache_miss_tokens") == prompt - cached:
            del counts["prompt_cache_miss_tokens"]
        document = {**document, "usage": {**counts, "prompt_tokens_details": details}}
    return document


def _untagged(document: Json) -> Json:
    """Reasoning between tags under its name."""
    choices = document.get("choices")
    if type(choices) is not list:
        return document
    out: list[Any] = []
    for choice in choices:
        message = choice.get("message") if type(choice) is dict else None
        if type(message) is dict and not any(message.get(name) for name in ("reasoning_content", "reasoning")):
            found = split(message["content"]) if type(message.get("content")) is str else None
            if found is not None:
                choice = {**choice, "message": {**message, "content": found[1] or None, "reasoning_content": found[0] or None}}
        out.append(choice)
    return {**document, "choices": out}


def _without_empty_delta(choice: Any) -> Any:
    """Perplexity's whole choices carry an empty delta beside the message."""
    delta = choice.get("delta") if type(choice) is dict else None
    if type(delta) is dict and not any(value for name, value in delta.items() if name != "role"):
        return {name: value for name, value in choice.items() if name != "delta"}
    return choice


def _file(part: Any) -> Any:
    """A file by its link or data, under the unified name."""
    url = part.get("file_url") if type(part) is dict else None
    if type(url) is dict and type(url.get("url")) is str:
        return {"type": "file", "file": {"file_data": url["url"]}}
    return part
