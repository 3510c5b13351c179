"""
The short way of chunks that are no further piece: the first, one that opens a call, the finish, the usage.

They have the members that all servers give; each function gives exactly what the long way gives, or None for every other chunk.
What is read here was looked at before (`shared.chat_fast.is_plain`, or the validator), so that only names are asked for.
"""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg
from translate.providers.openai_compatible import usage as usages
from translate.providers.openai_compatible.dialects import Dialect
from translate.providers.openai_compatible.plain import tier_to_native
from translate.providers.openai_compatible.stream_state import Choice, Open
from translate.survey import FINISH_REASONS

_CHUNK = frozenset((
    "id", "object", "created", "model", "choices", "usage", "system_fingerprint", "service_tier", "obfuscation",
))  # fmt: skip
_CHOICE = frozenset(("index", "delta", "finish_reason", "logprobs"))
_OPENING = {"index", "id", "type", "function"}
_FUNCTION = {"name", "arguments"}


def is_common(choice: Any) -> bool:
    """Whether a choice has the members that all have, one that is not null in each place."""
    if type(choice) is not dict or not _CHOICE.issuperset(choice) or choice.get("logprobs") is not None:
        return False
    word = choice.get("finish_reason")
    return type(choice.get("index")) is int and type(choice.get("delta")) is dict and (
        word is None or (type(word) is str and word in FINISH_REASONS)
    )  # fmt: skip


def _opening(calls: Any) -> Json | None:
    """The only fragment of a chunk, when it opens a call of a function with a name and an id."""
    if type(calls) is not list or len(calls) != 1:
        return None
    fragment = calls[0]
    if type(fragment) is not dict or fragment.keys() != _OPENING or fragment["type"] != "function":
        return None
    function = fragment["function"]
    if type(function) is not dict or function.keys() != _FUNCTION or not fragment["id"] or not function["name"]:
        return None
    if type(fragment["index"]) is not int or type(function["arguments"]) is not str:
        return None
    return fragment


def chunk_to_native(chunk: Json, head: Json, leg: Leg, dialect: Dialect) -> Json | None:
    """Unified chunk -> native one. head: what stands in each chunk of the stream."""
    listed = chunk.get("choices")
    if type(listed) is not list or not _CHUNK.issuperset(chunk):
        return None
    choices: list[Json] = []
    for choice in listed:
        if not is_common(choice):
            return None
        fresh: Json = {}
        for name, value in choice["delta"].items():
            if name == "tool_calls":
                fragment = _opening(value)
                if fragment is None:
                    return None
                fresh[name] = [{**fragment, "function": fragment["function"].copy()}]
            elif value is None:
                continue
            elif name == "role" or name == "content" or name == "refusal":
                fresh[name] = value
            elif name == "reasoning_content" and dialect.answer:
                fresh[dialect.answer] = value
            else:
                return None
        choices.append({"index": choice["index"], "delta": fresh, "finish_reason": choice.get("finish_reason")})
    native: Json = {**head, "choices": choices}
    for name, value in chunk.items():
        if value is None:
            continue
        if name == "usage":
            native[name] = usages.to_native(value, leg, dialect, (name,), plain=type(value) is dict and usages.are_plain(value))
        elif name == "system_fingerprint":
            native[name] = value
        elif name == "service_tier":
            tier_to_native(value, native, leg, dialect)
    return native


def delta_to_unified(delta: Json, state: Choice, leg: Leg, dialect: Dialect) -> Json | None:
    """What a native delta brings to a choice that is open; the call that it opens is put down in `state`."""
    fresh: Json = {}
    opened = None
    for name, value in delta.items():
        if value is None or name == "role":
            continue
        if name == "content" or name == "refusal":
            if value and name == "content" and dialect.tags:
                return None
            if value or (name == "content" and not state.started):
                fresh[name] = value
        elif name == "reasoning_content" or name == "reasoning":
            if "reasoning_content" in fresh:
                return None
            if value:
                fresh["reasoning_content"] = value
        elif name == "tool_calls":
            opened = _opening(value)
            if opened is None or opened["index"] < 0 or opened["index"] in state.calls:
                return None
            fresh[name] = value
        else:
            return None
    if opened is not None:
        function = opened["function"]
        call = state.calls[opened["index"]] = Open(len(state.calls))
        call.identifier, call.name, call.type, call.is_open = opened["id"], function["name"], "function", True
        names = leg.memo.get("names")
        name = names.get(function["name"], function["name"]) if names else function["name"]
        fresh["tool_calls"] = [{
            "index": call.index, "id": opened["id"], "type": "function", "function": {"name": name, "arguments": function["arguments"]},
        }]  # fmt: skip
    return fresh
