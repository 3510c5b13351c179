"""The one spelling of Mistral documents."""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.registry import Format
from translate.shared.canonical import call, kept, tool


def canonical(document: Any, kind: str, row: Format) -> Json:
    """See `translate.canonical`. Defaults: stream false, `tool_choice` auto, `prefix` false, call type function, thinking closed."""
    spelled: Json = KINDS[kind](document)
    return spelled


def _request(body: Json) -> Json:
    out = kept(body)
    for name, default in (("stream", False), ("tool_choice", "auto"), ("n", 1), ("parallel_tool_calls", True), ("safe_prompt", False)):
        if out.get(name) == default and type(out[name]) is type(default):
            del out[name]
    if out.get("tool_choice") == "required":
        out["tool_choice"] = "any"
    if type(out.get("stop")) is str:
        out["stop"] = [out["stop"]]
    if out.get("response_format") == {"type": "text"}:
        del out["response_format"]
    if type(out.get("tools")) is list:
        out["tools"] = [_tool(each) if type(each) is dict else each for each in out["tools"]]
    if type(out.get("messages")) is list:
        out["messages"] = _messages(out["messages"])
    return out


def _tool(value: Json) -> Json:
    out = tool(value)
    if type(out.get("function")) is dict and out["function"].get("strict") is False:
        del out["function"]["strict"]
    return out


def _messages(messages: list[Any]) -> list[Any]:
    names: dict[Any, Any] = {}
    out = []
    for message in messages:
        fresh = _message(message) if type(message) is dict else message
        if type(fresh) is dict:
            calls = fresh.get("tool_calls")
            for made in calls if type(calls) is list else ():
                if type(made) is dict and type(made.get("function")) is dict and type(made.get("id")) is str:
                    names[made.get("id")] = made["function"].get("name")
            called = fresh.get("tool_call_id")
            if fresh.get("role") == "tool" and type(called) is str and called in names:
                fresh.setdefault("name", names[called])  # always written
        out.append(fresh)
    return out


def _message(message: Json) -> Json:
    out = kept(message)
    if out.get("role") in ("developer", "function"):
        out["role"] = "system" if out["role"] == "developer" else "tool"
    if out.get("prefix") is False:
        del out["prefix"]
    content = out.get("content")
    if type(content) is str:
        content = [{"type": "text", "text": content}] if content else []
    if type(content) is list:
        out["content"] = [_chunk(chunk) if type(chunk) is dict else chunk for chunk in content]
        if not content:
            del out["content"]
    calls = out.get("tool_calls")
    if type(calls) is list:
        out["tool_calls"] = [_call(each, number) if type(each) is dict else each for number, each in enumerate(calls)]
    return out


def _chunk(chunk: Json) -> Json:
    out = {"type": "text", **kept(chunk)}
    if out["type"] == "thinking":
        if out.get("closed") is True:
            del out["closed"]
        if type(out.get("thinking")) is str:
            out["thinking"] = [{"type": "text", "text": out["thinking"]}]
    elif out["type"] == "image_url" and type(out.get("image_url")) is str:
        out["image_url"] = {"url": out["image_url"]}
    elif out["type"] == "image_url" and type(out.get("image_url")) is dict:
        out["image_url"] = kept(out["image_url"])
    elif out["type"] == "input_audio" and type(out.get("input_audio")) is dict and out["input_audio"].keys() == {"data"}:
        out["input_audio"] = out["input_audio"]["data"]
    return out


def _call(value: Json, position: int) -> Json:
    out = call(value)
    if out.get("index") in (0, position):
        out.pop("index", None)
    return out


def _response(body: Json) -> Json:
    out = kept(body)
    out.pop("p", None)
    out.pop("object", None)
    if type(out.get("usage")) is dict:
        out["usage"] = {name: value for name, value in kept(out["usage"]).items() if value not in (0, {})}
        if not out["usage"]:
            del out["usage"]
    choices = out.get("choices")
    if type(choices) is list:
        out["choices"] = [_choice(choice) if type(choice) is dict else choice for choice in choices]
    return out


def _choice(choice: Json) -> Json:
    out = kept(choice)
    for name in ("message", "delta"):
        if type(out.get(name)) is dict:
            out[name] = _message(out[name])
    if out.get("logprobs") == {"content": []}:
        del out["logprobs"]
    return out


def _error(body: Any) -> Json:
    return kept(body) if type(body) is dict else {"error": body}


KINDS: dict[str, Any] = {"request": _request, "response": _response, "event": _response, "error": _error}
