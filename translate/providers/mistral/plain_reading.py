"""
The short way to unified: a native request or answer of the common shapes is looked at once, types and texts, where it is read.

Each function gives exactly what the long way gives, or None, the leg untouched, for everything else.
"""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg
from translate.providers.mistral.tables import (
    BAG_FIELDS,
    FAILED,
    FINISH_REASON_TO_NATIVE,
    FINISH_REASON_TO_UNIFIED,
    USAGE_TIER_TO_UNIFIED,
)
from translate.scrubbing import lone
from translate.shared import bag
from translate.shared.plain import is_clean, is_text, parts_to_unified, stream_to_unified, tools_to_unified

_WHOLE = frozenset((int,))
_NUMBER = frozenset((int, float))
_SWITCH = frozenset((bool,))
_COPIED = {
    "max_tokens": ("max_completion_tokens", _WHOLE), "random_seed": ("seed", _WHOLE), "temperature": ("temperature", _NUMBER),
    "top_p": ("top_p", _NUMBER), "top_k": ("top_k", _WHOLE), "repetition_penalty": ("repetition_penalty", _NUMBER), "n": ("n", _WHOLE),
    "presence_penalty": ("presence_penalty", _NUMBER), "frequency_penalty": ("frequency_penalty", _NUMBER),
    "parallel_tool_calls": ("parallel_tool_calls", _SWITCH), "logprobs": ("logprobs", _SWITCH), "top_logprobs": ("top_logprobs", _WHOLE),
}  # fmt: skip
_TEXTS = frozenset(("reasoning_effort", "prompt_cache_key"))
_OBJECTS = frozenset(("response_format", "metadata"))
_LOOKED_AT = frozenset(("model", "messages", "stream", "tools", "tool_choice"))
_CHOICES = {"any": "required", "required": "required", "auto": "auto", "none": "none"}
_FUNCTION = frozenset(("name", "description", "strict", "parameters"))


def request_to_unified(body: Json, leg: Leg) -> Json | None:
    """A native request of the common shapes; None for every other one."""
    model, stream = body.get("model"), body.get("stream")
    if type(model) is not str or not model or not model.isascii():
        return None
    messages = _messages_to_unified(body.get("messages"))
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
        elif name in _TEXTS or (name == "stop" and type(value) is str):
            if not is_text(value):
                return None
            copied[name] = value
        elif name == "stop":
            if type(value) is not list or not all(map(is_text, value)):
                return None
            copied[name] = value
        elif name in _OBJECTS:
            if type(value) is not dict or not is_clean({name: value}):
                return None
            copied[name] = value
        elif name in BAG_FIELDS and is_clean({name: value}):
            bag.put(copied, leg.row.key, name, value)
        else:
            return None
    if not stream_to_unified(stream, unified):
        return None
    if body.get("tools") is not None:
        tools = tools_to_unified(body["tools"], _FUNCTION)
        if tools is None:
            return None
        if tools:
            unified["tools"] = tools
    choice = body.get("tool_choice")
    if choice is not None:
        if type(choice) is str and choice in _CHOICES:
            unified["tool_choice"] = _CHOICES[choice]
        elif _is_named(choice):
            unified["tool_choice"] = {"type": "function", "function": {"name": choice["function"]["name"]}}
        else:
            return None
    unified.update(copied)
    leg.route.update(model=model, stream=stream is True)
    return unified


def _is_named(choice: Any) -> bool:
    """Whether one function is chosen."""
    if type(choice) is not dict or len(choice) != 2 or choice.get("type") != "function":
        return False
    function = choice.get("function")
    return type(function) is dict and len(function) == 1 and is_text(function.get("name"))


def _messages_to_unified(messages: Any) -> list[Json] | None:
    if type(messages) is not list:
        return None
    out: list[Json] = []
    names: dict[str, str] = {}
    count = 0
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
            parts = parts_to_unified(content, bare=True)
            if parts is None:
                return None
            out.append({"role": role, "content": parts})
        elif role == "assistant":
            answer = _answer_to_unified(message, count, None)
            if answer is None:
                return None
            if "tool_calls" in answer:
                calls = answer["tool_calls"]
                count += len(calls)
                for call in calls:
                    names[call["id"]] = call["function"]["name"]
            if answer.pop("prefix"):
                answer["prefix"] = True
            out.append(answer)
        elif role == "tool":
            identifier = message.get("tool_call_id")
            if type(identifier) is not str or not identifier.isascii():
                return None
            if type(content) is not str:
                content = parts_to_unified(content, bare=True)
                if content is None:
                    return None
            elif not content.isascii() and lone(content):
                return None
            if size != 3 and (size != 4 or "name" not in message or message["name"] != names.get(identifier)):
                return None
            out.append({"role": "tool", "content": content, "tool_call_id": identifier})
        else:
            return None
    return out


_ANSWER = frozenset(("role", "content", "tool_calls", "prefix"))


def _answer_to_unified(message: Json, count: int, held: Any) -> Json | None:
    """
    An assistant message: a text, or a thinking and a text; calls. `prefix`, its last member, is for the caller to see to.

    count: calls before it. held: ids of ours -> the client's own.
    """
    if not message.keys() <= _ANSWER:
        return None
    content, thinking, prefix = message.get("content"), None, message.get("prefix", False)
    if type(prefix) is not bool:
        return None
    if type(content) is list:
        chunks = content
        content = None
        for chunk in chunks:
            if type(chunk) is not dict or content is not None:
                return None
            kind = chunk.get("type")
            if kind == "text" and len(chunk) == 2:
                content = chunk.get("text")
                if not content or not is_text(content):
                    return None
            elif kind == "thinking" and thinking is None:
                thinking = _thought(chunk)
                if thinking is None:
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
        written = calls_to_unified(calls, count, held)
        if written is None:
            return None
        unified["tool_calls"] = written
    elif calls is not None and type(calls) is not list:
        return None
    unified["prefix"] = prefix
    return unified


def calls_to_unified(calls: Any, count: int, held: Any, numbers: dict[int, int] | None = None) -> list[Json] | None:
    """
    Calls behind so many others. held: the client's ids by the server's.

    numbers: of a stream, where the index of a call says nothing: calls are counted as they come, show their number, and it is
    noted here by the index.
    """
    if type(calls) is not list:
        return None
    written: list[Json] = []
    try:
        for number, call in enumerate(calls, count):
            identifier, function = call["id"], call["function"]
            name, arguments = function["name"], function["arguments"]
            if type(identifier) is not str or type(name) is not str or type(arguments) is not str or len(function) != 2:
                return None
            if not identifier or not identifier.isascii() or not name.isascii() or not (arguments.isascii() or not lone(arguments)):
                return None
            if call["type"] != "function" or identifier == "null":
                return None
            if len(call) != 3:
                index = call["index"]
                if len(call) != 4 or type(index) is not int:
                    return None
                if numbers is not None:
                    numbers[index] = number
                elif index != 0 and index != number:
                    return None
            if held is not None:
                identifier = held.get(identifier, identifier)
            if numbers is None:
                written.append({"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments or "{}"}})
            else:
                inner = {"name": name, "arguments": arguments}
                written.append({"index": number, "id": identifier, "type": "function", "function": inner})
    except (KeyError, TypeError):  # another shape
        return None
    return written


def _thought(chunk: Json) -> str | None:
    """The one text of an unsigned thinking; None for every other one."""
    inner = chunk.get("thinking")
    if len(chunk) != 2 and (len(chunk) != 3 or chunk.get("closed") is not True):
        return None
    if type(inner) is not list or len(inner) != 1 or type(inner[0]) is not dict or len(inner[0]) != 2 or inner[0].get("type") != "text":
        return None
    text = inner[0].get("text")
    return text if type(text) is str and text and is_text(text) else None


_RESPONSE = frozenset(("id", "object", "created", "model", "choices", "usage"))
_COUNTS = frozenset(("prompt_tokens", "completion_tokens", "total_tokens"))


def response_to_unified(body: Json, leg: Leg) -> Json | None:
    """A native answer of the common shapes; None for every other one."""
    identifier, model, created, choices = body.get("id"), body.get("model"), body.get("created"), body.get("choices")
    if type(choices) is not list or len(choices) != 1 or type(choices[0]) is not dict or not body.keys() <= _RESPONSE:
        return None
    if not identifier or not model or not _is_plain(identifier) or not _is_plain(model) or type(created) is not int:
        return None
    if "object" in body and not _is_plain(body["object"]):
        return None
    choice, held = choices[0], leg.memo.get("call_ids")
    if type(held) is not dict:
        held = None
    reason, native = choice.get("finish_reason"), choice.get("message")
    if type(choice.get("index")) is not int or type(native) is not dict or native.get("role") != "assistant" or "names" in leg.memo:
        return None
    if len(choice) != 3 and (len(choice) != 4 or "logprobs" not in choice or choice["logprobs"] is not None):
        return None
    finish = FINISH_REASON_TO_UNIFIED.get(reason) if type(reason) is str else None
    message = _answer_to_unified(native, 0, held)
    if finish is None or reason == FAILED or message is None or message.pop("prefix"):
        return None
    message["refusal"] = None
    if finish == "stop" and reason == "stop" and "tool_calls" in message:
        finish = "tool_calls"
    written: Json = {"index": choice["index"], "message": message, "finish_reason": finish}
    if FINISH_REASON_TO_NATIVE[finish] != reason:
        written["native_finish_reason"] = reason
    written["logprobs"] = None
    unified: Json = {"id": identifier, "object": "chat.completion", "created": created, "model": model, "choices": [written]}
    if "usage" in body and not usage_to_unified(body["usage"], unified, leg.row.key):
        return None
    return unified


def _is_plain(value: Any) -> bool:
    return type(value) is str and value.isascii()


def usage_to_unified(usage: Any, unified: Json, key: str) -> bool:
    """Writes the counts, and the service tier that stands beside them; False for what is not common."""
    if type(usage) is not dict:
        return False
    prompt, completion, total = usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0), usage.get("total_tokens")
    if type(prompt) is not int or type(completion) is not int or type(total) is not int:
        return False
    counts: Json = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total}
    if usage.keys() != _COUNTS:
        for name, value in usage.items():
            if name in _COUNTS:
                continue
            if name == "prompt_tokens_details" or name == "completion_tokens_details":
                if type(value) is not dict:
                    return False
                for member, count in value.items():
                    if type(count) is not int or not _is_plain(member):
                        return False
                counts[name] = value.copy()
            elif name == "service_tier" and type(value) is str and value in USAGE_TIER_TO_UNIFIED:
                unified["service_tier"] = USAGE_TIER_TO_UNIFIED[value]
            else:
                return False
    unified["usage"] = counts
    return True
