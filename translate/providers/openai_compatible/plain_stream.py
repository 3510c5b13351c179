"""
The short way of chunks that are no further piece: the first, one that opens a call, the finish, the usage.

They have the members that all servers give; each function gives exactly what the long way gives, or None for every other chunk.
What is read here was looked at before (`shared.chat_fast.is_plain`, or the validator), so that only names are asked for.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from translate.leg import Json, Leg
from translate.providers.openai_compatible import usage as usages
from translate.providers.openai_compatible.dialects import Dialect
from translate.providers.openai_compatible.plain_answers import tier_to_native
from translate.providers.openai_compatible.stream_state import Choice, Open
from translate.shared.chat_fast import opened_fragment
from translate.survey import FINISH_REASONS, encodes, made

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
        fresh = delta_to_native(choice["delta"], dialect)
        if fresh is None:
            return None
        choices.append({"index": choice["index"], "delta": fresh, "finish_reason": choice.get("finish_reason")})
    native: Json = {**head, "choices": choices}
    for name, value in chunk.items():
        if value is None:
            continue
        if name == "usage":
            native[name] = usages.to_native(value, leg, dialect, (name,))
        elif name == "system_fingerprint":
            native[name] = value
        elif name == "service_tier":
            tier_to_native(value, native, leg, dialect)
    return native


def delta_to_native(delta: Json, dialect: Dialect) -> Json | None:
    """The delta of a unified chunk in the dialect's names."""
    fresh: Json = {}
    for name, value in delta.items():
        if name == "tool_calls":
            fragment = _opening(value) or _piece(value)
            if fragment is None:
                return None
            fresh[name] = [{**fragment, "function": fragment["function"].copy()}]
        elif value is None:
            continue
        elif name == "role" or name == "content" or name == "refusal":
            fresh[name] = value
        elif name == "reasoning_content" and dialect.answer:
            fresh[dialect.answer] = value
        elif name == "reasoning_details" and dialect.details and type(value) is list:
            if not all(type(entry) is dict and "extra_content" not in entry for entry in value):
                return None
            fresh[name] = [entry.copy() for entry in value]
        else:
            return None
    return fresh


def _piece(calls: Any) -> Json | None:
    """The only fragment of a chunk, when it brings a piece of arguments and nothing else."""
    fragment: Any = calls[0] if type(calls) is list and len(calls) == 1 else None
    if type(fragment) is not dict or fragment.keys() != _PIECE or type(fragment["index"]) is not int:
        return None
    function = fragment["function"]
    return fragment if type(function) is dict and len(function) == 1 and type(function.get("arguments")) is str else None


_PIECE = {"index", "function"}


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
        fresh["tool_calls"] = [_open(opened, state, leg)]
    return fresh


def only_choice(event: Json, envelope: Json | None) -> Json | None:
    """
    The choice of an event that differs from the last one in it alone, and at which `text_choice` has looked (the event's choices
    stand in the envelope); None for one that says more than a delta and a finish.
    """
    if event != envelope or type(event.get("created", 0)) is not int:
        return None
    choices = event["choices"]
    choice: Any = choices[0] if type(choices) is list and len(choices) == 1 else None
    return choice if is_common(choice) and "finish_reason" in choice else None


def call_opened(delta: Json, state: Choice, leg: Leg) -> Json | None:
    """What a delta gives that opens a call and brings nothing else; the call is put down in `state`."""
    fragment = opened_fragment(delta["tool_calls"]) if len(delta) == 1 and "tool_calls" in delta else None
    return None if fragment is None or fragment["index"] in state.calls else {"tool_calls": [_open(fragment, state, leg)]}


def ends(word: str, state: Choice, dialect: Dialect) -> bool:
    """Whether a choice that brings nothing else ends by a word that all have; notes it in `state` then."""
    if dialect.tags or word in dialect.finish or (dialect.calls_finish and state.calls):
        return False
    for call in state.calls.values():
        if not call.is_open:
            return False
    state.finished = True
    return True


def _open(fragment: Json, state: Choice, leg: Leg) -> Json:
    """Puts down a call and gives its first fragment: under its own number, with the caller's name of the tool."""
    function, identifier = fragment["function"], fragment["id"]
    call = state.calls[fragment["index"]] = Open(len(state.calls))
    call.identifier, call.name, call.type, call.is_open = identifier, function["name"], "function", True
    names = leg.memo.get("names")
    name = names.get(function["name"], function["name"]) if names else function["name"]
    return {"index": call.index, "id": identifier, "type": "function", "function": {"name": name, "arguments": function["arguments"]}}


class Said(NamedTuple):
    """What the only choice of an event says. delta: without what routers repeat in each: the role, members that are null or empty."""

    number: int
    delta: Json
    finish: str | None
    upstream: str | None


_BESIDE = _CHOICE | {"native_finish_reason"}


def said(event: Json, envelope: Json) -> Said | None:
    """
    Of an event that differs from the last one in its choice (and padding) alone; None for every other one. What is left in the
    delta was not looked at.
    """
    envelope["choices"] = event.get("choices")
    if "obfuscation" in envelope:
        padding = envelope["obfuscation"] = event.get("obfuscation")
        if type(padding) is not str or not padding.isascii():
            return None
    if event != envelope or type(event.get("created", 0)) is not int:
        return None
    choices = event["choices"]
    choice: Any = choices[0] if type(choices) is list and len(choices) == 1 else None
    delta = choice.get("delta") if type(choice) is dict else None
    if type(delta) is not dict or not _BESIDE.issuperset(choice) or choice.get("logprobs") is not None:
        return None
    index, word, upstream = choice.get("index"), choice.get("finish_reason"), choice.get("native_finish_reason")
    if type(index) is not int or (word is None and upstream is not None) or not (word is None or (type(word) is str and word in FINISH_REASONS)):
        return None
    if upstream is not None and (type(upstream) is not str or not upstream.isascii()):
        return None
    rest: Json = {}
    for name, value in delta.items():
        if name == "role":
            if value != "assistant":
                return None
        elif value is None:
            if name not in _NAMED:
                return None
        elif not ((value == "" and name in TEXTS) or (value == [] and name == "reasoning_details")):
            rest[name] = value
    return made(Said, (index, rest, word, upstream))


TEXTS = frozenset(("content", "reasoning", "reasoning_content"))


def is_empty_piece(delta: Json, state: Choice) -> bool:
    """Whether a delta is an empty piece of the arguments of a call that is open."""
    calls: Any = delta.get("tool_calls")
    piece: Any = calls[0] if len(delta) == 1 and type(calls) is list and len(calls) == 1 else None
    if type(piece) is not dict or len(piece) != 2 or piece.get("function") != _EMPTY or type(piece.get("index")) is not int:
        return False
    call = state.calls.get(piece["index"])
    return call is not None and call.is_open


_EMPTY = {"arguments": ""}
_NAMED = frozenset(("content", "refusal", "reasoning", "reasoning_content", "reasoning_details", "tool_calls", "audio", "function_call"))


def piece_to_unified(delta: Json, state: Choice, dialect: Dialect) -> Json | None:
    """A delta of one piece of text, reasoning, or the arguments of a call that is open."""
    if len(delta) != 1:
        return None
    ((name, value),) = delta.items()
    if name == "tool_calls":
        piece = _piece(value)
        call = None if piece is None else state.calls.get(piece["index"])
        text = None if piece is None else piece["function"]["arguments"]
        if call is None or not call.is_open or not text or not encodes(text):
            return None
        return {name: [{"index": call.index, "function": {"arguments": text}}]}
    if name not in TEXTS or type(value) is not str or not encodes(value):
        return None
    if name == "content":
        return None if dialect.tags and state.tags.phase not in ("after", "plain") else {name: value}
    return {"reasoning_content": value}


_READABLE = {"reasoning.text": "text", "reasoning.summary": "summary"}
_ENTRY = frozenset(("type", "index", "format", "text", "summary"))


def thought_to_unified(delta: Json, state: Choice) -> Json | None:
    """A delta of readable reasoning beside a piece of an entry that is known by now; None for every other one."""
    fresh: Json = {}
    for name, value in delta.items():
        if name == "reasoning" or name == "reasoning_content":
            if "reasoning_content" in fresh or type(value) is not str or not value or not encodes(value):
                return None
            fresh["reasoning_content"] = value
        elif name != "reasoning_details" or type(value) is not list or len(value) != 1:
            return None
        else:
            entry = value[0]
            if type(entry) is not dict or not _ENTRY.issuperset(entry):
                return None
            kind, index = entry.get("type"), entry.get("index")
            member = _READABLE.get(kind) if type(kind) is str else None
            if member is None or type(kind) is not str or type(index) is not int or len(entry) != 3 + ("format" in entry):
                return None
            text, known = entry.get(member), state.details.get((index, kind))
            if known is None or type(text) is not str or not encodes(text) or ("format" in entry and entry["format"] != known[1].get("format")):
                return None
            if type(entry.get("format", "")) is not str:
                return None
            fresh[name] = [{"type": kind, member: text, "index": known[0]}]
    return fresh if len(fresh) == 2 else None
