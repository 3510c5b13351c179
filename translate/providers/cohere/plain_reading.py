"""
The short way to unified: a native request or answer of the common shapes is looked at once, types and texts, where it is read.

Each function gives exactly what the long way gives, or None, the leg untouched, for everything else.
"""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg
from translate.providers.cohere.citations import annotations_of, block_starts
from translate.providers.cohere.tables import (
    BAG_FIELDS,
    EMPTY_PARAMETERS,
    FAILED,
    FINISH_REASON_TO_NATIVE,
    FINISH_REASON_TO_UNIFIED,
    SCHEMAS,
    TOOL_CHOICE_TO_UNIFIED,
)
from translate.scrubbing import lone
from translate.shared import bag
from translate.shared.plain import is_clean, is_text, parts_to_unified, stream_to_unified, tools_to_unified
from translate.shared.schema_subset import GIVEN, changes

_COPIED = {
    "max_tokens": ("max_completion_tokens", frozenset((int,))), "seed": ("seed", frozenset((int,))),
    "temperature": ("temperature", frozenset((int, float))), "p": ("top_p", frozenset((int, float))),
    "k": ("top_k", frozenset((int,))), "frequency_penalty": ("frequency_penalty", frozenset((int, float))),
    "presence_penalty": ("presence_penalty", frozenset((int, float))), "logprobs": ("logprobs", frozenset((bool,))),
}  # fmt: skip
_SHOWN = frozenset(("name", "description", "parameters"))


def request_to_unified(body: Json, leg: Leg) -> Json | None:
    """A native request of the common shapes; None for every other one."""
    model, stream = body.get("model"), body.get("stream")
    if type(model) is not str or not model or not model.isascii():
        return None
    messages = _messages_to_unified(body.get("messages"), leg.row.key)
    if messages is None:
        return None
    unified: Json = {"model": model, "messages": messages}
    copied: Json = {}
    for name, value in body.items():
        if value is None or name in _LOOKED_AT:
            continue
        if name in _COPIED:
            target, kinds = _COPIED[name]
            if type(value) not in kinds:
                return None
            copied[target] = value
        elif name == "stop_sequences":
            if type(value) is not list or not all(map(is_text, value)):
                return None
            copied["stop"] = value
        elif name in BAG_FIELDS and is_clean({name: value}):
            bag.put(copied, leg.row.key, name, value)
        else:
            return None
    if not stream_to_unified(stream, unified):
        return None
    if body.get("tools") is not None:
        tools = tools_to_unified(body["tools"], _SHOWN)
        strict = body.get("strict_tools")
        if tools is None or (strict and not tools) or not (strict is None or type(strict) is bool):
            return None
        for tool in tools if strict else ():
            tool["function"]["strict"] = True
            if changes(tool["function"].get("parameters", EMPTY_PARAMETERS), SCHEMAS):
                bag.put(tool["function"], leg.row.key, *GIVEN)
        if tools:
            unified["tools"] = tools
    elif body.get("strict_tools") is not None:
        return None
    choice = body.get("tool_choice")
    if choice is not None:
        if type(choice) is not str or choice not in TOOL_CHOICE_TO_UNIFIED:
            return None
        unified["tool_choice"] = TOOL_CHOICE_TO_UNIFIED[choice]
    if not _thinking_to_unified(body.get("thinking"), unified):
        return None
    if not _format_to_unified(body.get("response_format"), unified, leg.row.key) or ("extra_content" in unified and "extra_content" in copied):
        return None
    unified.update(copied)
    leg.route.update(model=model, stream=stream is True)
    return unified


_LOOKED_AT = frozenset(("model", "messages", "stream", "tools", "tool_choice", "thinking", "response_format", "strict_tools"))


def _thinking_to_unified(value: Any, unified: Json) -> bool:
    """Writes an effort or a budget; False for a setting that is neither."""
    if value is None:
        return True
    kind = value.get("type") if type(value) is dict else None
    if kind != "enabled" and kind != "disabled":
        return False
    if len(value) == 1:
        unified["reasoning_effort"] = "none" if kind == "disabled" else "high"
        return True
    budget = value.get("token_budget")
    if len(value) != 2 or type(budget) is not int:
        return False
    unified["thinking"] = {"type": kind, "budget_tokens": budget}
    return True


def _format_to_unified(form: Any, unified: Json, key: str) -> bool:
    """Writes a kind of answer, or a schema; False for what is neither."""
    if form is None:
        return True
    kind = form.get("type") if type(form) is dict else None
    if kind != "json_object" and kind != "text":
        return False
    if len(form) == 1:
        unified["response_format"] = {"type": kind}
        return True
    schema = form.get("json_schema")
    if len(form) != 2 or kind != "json_object" or type(schema) is not dict or not is_clean({"response_format": form}):
        return False
    unified["response_format"] = {"type": "json_schema", "json_schema": {"name": "response", "schema": schema}}
    if changes(schema, SCHEMAS) or (schema.get("type") != "object" and "$ref" not in schema):
        bag.put(unified, key, *GIVEN)
    return True


def _messages_to_unified(messages: Any, key: str) -> list[Json] | None:
    if type(messages) is not list:
        return None
    out: list[Json] = []
    for message in messages:
        if type(message) is not dict:
            return None
        role, content, size = message.get("role"), message.get("content"), len(message)
        if role == "user" or role == "system":
            if size != 2:
                return None
            if type(content) is str:
                if not content.isascii() and lone(content):
                    return None
                out.append({"role": role, "content": content})
                continue
            parts = parts_to_unified(content)
            if parts is None:
                return None
            out.append({"role": role, "content": parts})
        elif role == "assistant":
            answer = _answer_to_unified(message, key)
            if answer is None or ("citations" in message and not _cite(message, answer, key, {"messages": [{"citations": message["citations"]}]})):
                return None
            out.append(answer)
        elif role == "tool":
            identifier = message.get("tool_call_id")
            if size != 3 or type(identifier) is not str or not identifier.isascii():
                return None
            if type(content) is not str:
                content = parts_to_unified(content)
                if content is None:
                    return None
            elif not content.isascii() and lone(content):
                return None
            out.append({"role": "tool", "content": content, "tool_call_id": identifier})
        else:
            return None
    return out


_ANSWER = frozenset(("role", "content", "tool_calls", "tool_plan", "citations"))
_EMPTY = [{"type": "text", "text": ""}]  # what some clients send beside calls


def _answer_to_unified(message: Json, key: str) -> Json | None:
    """An assistant message: a text, or a thinking and a text; calls; a plan where there is no thinking."""
    if not message.keys() <= _ANSWER:
        return None
    content, thinking, is_empty = message.get("content"), None, False
    if type(content) is list:
        blocks = content
        content = None
        is_empty = blocks == _EMPTY
        if is_empty:
            blocks = []
        for block in blocks:
            if type(block) is not dict or len(block) != 2 or content is not None:
                return None
            kind = block.get("type")
            if kind == "text":
                content = block.get("text")
                if not content or not is_text(content):
                    return None
            elif kind == "thinking" and thinking is None:
                thinking = block.get("thinking")
                if not thinking or not is_text(thinking):
                    return None
            else:
                return None
    elif content is not None and not is_text(content):
        return None
    unified: Json = {"role": "assistant", "content": content or None}
    if thinking is not None:
        unified["reasoning_content"] = thinking
    calls = message.get("tool_calls")
    if calls:
        if type(calls) is not list:
            return None
        written: list[Json] = []
        for call in calls:
            if type(call) is not dict or len(call) != 3 or call.get("type") != "function":
                return None
            identifier, function = call.get("id"), call.get("function")
            if type(identifier) is not str or not identifier or type(function) is not dict or len(function) != 2:
                return None
            name, arguments = function.get("name"), function.get("arguments")
            if type(name) is not str or type(arguments) is not str or not (arguments.isascii() or not lone(arguments)):
                return None
            if not identifier.isascii() or not name.isascii():
                return None
            written.append({"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}})
        unified["tool_calls"] = written
        if is_empty:
            unified["extra_content"] = {key: {"blocks": [{"type": "text", "length": 0, "head": ""}, *({"type": "tool_call"} for _ in written)]}}
    elif is_empty or (calls is not None and type(calls) is not list):
        return None
    plan = message.get("tool_plan")
    if plan is not None:
        if not plan or thinking is not None or is_empty or not is_text(plan):
            return None
        unified["extra_content"] = {key: {"tool_plan": plan}}
        unified["reasoning_content"] = plan
    return unified


def _cite(message: Json, unified: Json, key: str, held: Json) -> bool:
    """Writes the citations of an assistant message, `held` as they are in its document; False for what needs another look."""
    citations = message.get("citations")
    if citations is None:
        return True
    if type(citations) is not list or not is_clean(held):
        return False
    if citations:
        annotations = annotations_of(citations, block_starts(message.get("content")))
        if annotations:
            unified["annotations"] = annotations
        bag.put(unified, key, "citations", citations)
    return True


_RESPONSE = frozenset(("id", "message", "finish_reason", "usage"))
_TOKENS = frozenset(("input_tokens", "output_tokens"))


def response_to_unified(body: Json, leg: Leg) -> Json | None:
    """A native answer of the common shapes; None for every other one."""
    identifier, native, reason = body.get("id"), body.get("message"), body.get("finish_reason")
    if type(identifier) is not str or not identifier or not identifier.isascii() or not body.keys() <= _RESPONSE:
        return None
    if type(native) is not dict or native.get("role") != "assistant" or "names" in leg.memo:
        return None
    finish = FINISH_REASON_TO_UNIFIED.get(reason) if type(reason) is str else None
    message = _answer_to_unified(native, leg.row.key)
    if finish is None or reason in FAILED or message is None:
        return None
    if "citations" in native and not _cite(native, message, leg.row.key, {"message": {"citations": native["citations"]}}):
        return None
    message["refusal"] = None
    choice: Json = {"index": 0, "message": message, "finish_reason": finish}
    if FINISH_REASON_TO_NATIVE[finish] != reason:
        choice["native_finish_reason"] = reason
    choice["logprobs"] = None
    model = leg.memo.get("model") or leg.options.model or leg.route.get("model") or ""
    unified: Json = {
        "id": identifier, "object": "chat.completion", "created": leg.options.created, "model": str(model), "choices": [choice],
    }  # fmt: skip
    if "usage" in body:
        usage = _usage_to_unified(body["usage"], leg.row.key)
        if usage is None:
            return None
        unified["usage"] = usage
    return unified


def _usage_to_unified(usage: Any, key: str) -> Json | None:
    """Counts of tokens; others, and what was billed, ride in the bag."""
    tokens = usage.get("tokens") if type(usage) is dict else None
    if type(tokens) is not dict:
        return None
    prompt, completion = tokens.get("input_tokens", 0), tokens.get("output_tokens", 0)
    if type(prompt) is not int or type(completion) is not int or not abs(prompt) <= 1e18 or not abs(completion) <= 1e18:
        return None
    unified: Json = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    own: Json = {}
    if not tokens.keys() <= _TOKENS:
        own["tokens"] = {name: count for name, count in tokens.items() if name not in _TOKENS}
        if not _are_counts(own["tokens"]):
            return None
    for name, value in usage.items():
        if name == "cached_tokens":
            if type(value) is not int or not abs(value) <= 1e18:
                return None
            unified["prompt_tokens_details"] = {"cached_tokens": value}
        elif name == "billed_units":
            if type(value) is not dict or not _are_counts(value):
                return None
            own[name] = value
        elif name != "tokens":
            return None
    if own:
        unified["extra_content"] = {key: own}
    return unified


def _are_counts(counts: Json) -> bool:
    for name, count in counts.items():
        if type(name) is not str or not name.isascii():
            return False
        if (type(count) is not int and type(count) is not float) or not abs(count) <= 1e18:
            return False
    return True
