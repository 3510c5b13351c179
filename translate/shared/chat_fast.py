"""
The quick look at a chunk: most chunks of a stream differ from the one before in one piece of text alone.

`envelope` is what stood beside the choices of a chunk that went the long way; a chunk with an equal one, whose only choice
brings text or arguments, needs no other look. `is_plain` is the look at the others (the first, the last, one that opens a
call): right in type and encodable, it needs no scrub and no validator. Whatever these do not know goes the long way, so that
there is one judgement.
"""

from __future__ import annotations

from typing import Any, Protocol

from translate.leg import Json, Leg
from translate.scrubbing import lone
from translate.shared.chat_fold import MOST_CHOICES
from translate.shared.fragments import MOST_CALLS


def envelope_of(chunk: Json) -> Json:
    """What stands beside the choices, for which a place is kept."""
    envelope = dict(chunk)
    envelope["choices"] = None
    return envelope


def text_choice(chunk: Json, envelope: Json | None) -> Json | None:
    """The choice of a chunk that brings text, or a piece of arguments, and nothing else; None for every other chunk."""
    if envelope is None:
        return None
    try:
        # The chunk's own choices in their place: one comparison of the whole, and no copy.
        choices = envelope["choices"] = chunk["choices"]
        if "obfuscation" in envelope:  # OpenAI pads each chunk with a text of another length
            padding = envelope["obfuscation"] = chunk["obfuscation"]
            if type(padding) is not str or not padding.isascii():
                return None
        if len(choices) != 1:
            return None
        choice = choices[0]
        delta = choice["delta"]
        if len(delta) != 1:  # as the first and the last one of most streams
            return None
        if "content" in delta:
            value = delta["content"]
        elif "tool_calls" in delta:  # one further piece of one call's arguments
            calls = delta["tool_calls"]
            (piece,) = calls
            if len(piece) != 2:  # a call that begins
                return None
            function = piece["function"]
            value = function["arguments"]
            if type(calls) is not list or type(piece) is not dict or type(piece["index"]) is not int:
                return None
            if type(function) is not dict or len(function) != 1:
                return None
        else:
            value = delta["reasoning_content" if "reasoning_content" in delta else "reasoning"]
        if chunk != envelope or type(choices) is not list or type(chunk.get("created", 0)) is not int:  # 1.0 == 1 == True
            return None
        if type(choice) is not dict or type(choice["index"]) is not int or type(delta) is not dict:
            return None
        if len(choice) != 3:
            if not choice.keys() <= _PLAIN_CHOICE or choice.get("finish_reason") is not None or choice.get("logprobs") is not None:
                return None
        elif choice["finish_reason"] is not None:
            return None
    except (KeyError, TypeError, ValueError):
        return None
    return choice if type(value) is str and value and (value.isascii() or not lone(value)) else None


_SILENT = ("usage", "service_tier", "system_fingerprint", "obfuscation")  # what OpenAI puts beside most chunks; of a usage null


def begins(chunk: Json) -> Json | None:
    """The only choice of a chunk as nearly all streams begin, with a role and no text yet, all of it right in type; None for every other chunk."""
    try:
        if type(chunk["created"]) is not int or not (chunk["id"] + chunk["object"] + chunk["model"]).isascii():
            return None
        if len(chunk) != 5 and not _are_silent(chunk):
            return None
        choices = chunk["choices"]
        if type(choices) is not list or len(choices) != 1:
            return None
        choice: Any = choices[0]
        delta, index = choice["delta"], choice["index"]
        if len(choice) != 3 and (len(choice) != 4 or choice["logprobs"] is not None):
            return None
        if len(delta) != 2 and (len(delta) != 3 or delta["refusal"] is not None):
            return None
        text = delta["content"]
        if type(index) is not int or choice["finish_reason"] is not None or not 0 <= index < MOST_CHOICES:
            return None
        if (text is not None and text != "") or delta["role"] != "assistant":
            return None
    except (AttributeError, KeyError, TypeError):
        return None
    return choice if type(choice) is dict and type(delta) is dict else None


def _are_silent(chunk: Json) -> bool:
    """Whether the members beside the five that all chunks have are those of OpenAI's, in ASCII."""
    count = 5
    for name in _SILENT:
        if name in chunk:
            value = chunk[name]
            if value is not None and (name == "usage" or type(value) is not str or not value.isascii()):
                return False
            count += 1
    return count == len(chunk)


def counts_alone(chunk: Json, envelope: Json | None) -> bool:
    """Whether a chunk brings a plain usage, and is beside it the one before without its choices."""
    usage = chunk.get("usage")
    if type(usage) is not dict or envelope is None:
        return False
    alike = envelope.copy()
    alike["choices"], alike["usage"] = [], usage
    if "obfuscation" in alike:
        padding = alike["obfuscation"] = chunk.get("obfuscation")
        if type(padding) is not str or not padding.isascii():
            return False
    return chunk == alike and type(chunk.get("created", 0)) is int and _is_usage(usage, False)


def says_nothing(delta: Json) -> bool:
    """Whether a delta is empty or brings its role alone, as the last and the first one of most streams."""
    return not delta or (len(delta) == 2 and delta.get("content") == "" and "role" in delta)


def alike_choice(chunk: Json, envelope: Json | None) -> Json | None:
    """
    The only choice of a chunk that is the one before but for it; its delta is an object and its finish reason anything. None for
    every other chunk.
    """
    if envelope is None:
        return None
    envelope["choices"] = chunk.get("choices")
    if "obfuscation" in envelope:
        padding = envelope["obfuscation"] = chunk.get("obfuscation")
        if type(padding) is not str or not padding.isascii():
            return None
    if chunk != envelope or type(chunk.get("created", 0)) is not int or type(chunk["choices"]) is not list:
        return None
    try:
        (choice,) = chunk["choices"]
        if type(choice["index"]) is not int or type(choice["delta"]) is not dict or not choice.keys() <= _PLAIN_CHOICE:
            return None
        return choice if choice.get("logprobs") is None else None
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def opened_call(choice: Json | None) -> Json | None:
    """The fragment with which a call begins as nearly all do, in a choice (of `alike_choice`) that brings nothing else; None for others."""
    if choice is None or len(choice["delta"]) != 1 or "tool_calls" not in choice["delta"] or choice.get("finish_reason", "") is not None:
        return None
    return opened_fragment(choice["delta"]["tool_calls"])


def opened_fragment(calls: Any) -> Json | None:
    """The only fragment of a delta, which begins a function call, right in type and with texts that encode; None for others."""
    if type(calls) is not list or len(calls) != 1:
        return None
    fragment = calls[0]
    if type(fragment) is not dict or len(fragment) != 4 or fragment.get("type") != "function":
        return None
    number, identifier, function = fragment.get("index"), fragment.get("id"), fragment.get("function")
    if type(number) is not int or not 0 <= number < MOST_CALLS or type(function) is not dict or len(function) != 2:
        return None
    if type(identifier) is not str or not identifier or not identifier.isascii():
        return None
    name, text = function.get("name"), function.get("arguments")
    if type(name) is not str or not name or not (name.isascii() or not lone(name)):
        return None
    return fragment if type(text) is str and (text.isascii() or not lone(text)) else None


class Fed(Protocol):
    """
    A writer with short ways (`text` for chunks that bring a piece alone, `opened` for those that begin a call, `alike` for others
    that differ from the last one in their choice alone) and a long one.
    """

    envelope: Json | None  # beside the choices of the last chunk that went the long way
    settled: bool  # a chunk that differs from the last one in its text alone may take the short way
    over: bool

    def text(self, chunk: Json) -> list[Json] | None: ...
    def opened(self, fragment: Json, index: int) -> list[Json] | None: ...
    def alike(self, choice: Json) -> list[Json]: ...
    def long(self, chunk: Json) -> list[Json]: ...


def fed(writer: Fed, chunk: Json) -> list[Json]:
    """What a writer gives for a chunk, by its short way where that knows it."""
    if writer.over:
        return []
    ready = None if text_choice(chunk, writer.envelope) is None else writer.text(chunk)
    choice = alike_choice(chunk, writer.envelope) if ready is None and chunk.get("usage") is None else None
    if choice is not None:
        return likewise(writer, choice, opened_call(choice))
    writer.settled = ready is not None
    if ready is None:
        ready = writer.long(chunk)
        writer.envelope = None if "extra_content" in chunk else envelope_of(chunk)
        writer.settled = writer.envelope is not None and "usage" not in chunk
    return ready


def likewise(writer: Fed, choice: Json, fragment: Json | None) -> list[Json]:
    """
    The same for a chunk that is the one before but for its only choice, at which `alike_choice` has looked; fragment: of
    `opened_call`.
    """
    ready = None if fragment is None else writer.opened(fragment, choice["index"])
    writer.settled = True
    return writer.alike(choice) if ready is None else ready


_READABLE = {"reasoning.text": "text", "reasoning.summary": "summary"}


def thought_choice(chunk: Json, envelope: Json | None) -> Json | None:
    """The choice of a chunk that brings a piece of readable reasoning, the same in a known entry of it, and nothing else."""
    if envelope is None or "obfuscation" in envelope:
        return None
    choices = chunk.get("choices")
    choice: Any = choices[0] if type(choices) is list and len(choices) == 1 else None
    delta = choice.get("delta") if type(choice) is dict and len(choice) == 3 else None
    if type(delta) is not dict or len(delta) != 2 or type(delta.get("reasoning_details")) is not list:  # as nearly all others
        return None
    try:
        envelope["choices"] = choices
        if chunk != envelope or type(chunk.get("created", 0)) is not int:  # 1.0 == 1 == True
            return None
        if type(choice["index"]) is not int or choice["finish_reason"] is not None:
            return None
        text, (fragment,) = delta["reasoning_content"], delta["reasoning_details"]
        if type(fragment) is not dict or len(fragment) != 3 or type(fragment["index"]) is not int or type(fragment["type"]) is not str:
            return None
        if type(text) is not str or not text or fragment[_READABLE[fragment["type"]]] != text:
            return None
    except (KeyError, ValueError):
        return None
    return choice if text.isascii() or not lone(text) else None


_PLAIN_CHOICE = frozenset(("index", "delta", "finish_reason", "logprobs"))


_TEXTS = frozenset(("id", "object", "model", "system_fingerprint", "service_tier", "obfuscation"))


def is_plain(chunk: Json, others: bool = False) -> bool:
    """
    Whether a chunk has known members alone, all of the right types, with texts that encode; False says nothing.

    others: further members of it, of its usage, choices and deltas may be of any type, as those of servers are.
    """
    for name, value in chunk.items():
        if name == "choices":
            if type(value) is not list:
                return False
            for choice in value:
                if type(choice) is not dict or not _is_plain_choice(choice, others):
                    return False
        elif name in _TEXTS:
            if value is not None and (type(value) is not str or not value.isascii()):
                return False
        elif name == "usage":
            if value is not None and (type(value) is not dict or not _is_usage(value, others)):
                return False
        elif name == "extra_content":
            if not _is_bag(value):
                return False
        elif name == "created":
            if type(value) is not int:
                return False
        elif not others or name == "moderation" or not _is_other(name, value):
            return False
    return True


_COUNTS = frozenset(("prompt_tokens", "completion_tokens", "total_tokens"))
_DETAILS = frozenset(("prompt_tokens_details", "completion_tokens_details"))


def _is_usage(usage: Json, others: bool) -> bool:
    for name, value in usage.items():
        if name in _COUNTS:
            if type(value) is not int:
                return False
        elif name in _DETAILS:
            if type(value) is not dict:
                return False
            for inner, count in value.items():
                if type(count) is not int or type(inner) is not str or not inner.isascii():
                    return False
        elif name == "extra_content":
            if not _is_bag(value):
                return False
        elif not others or not _is_other(name, value):
            return False
    return True


_MOST_LEVELS = 6  # of a bag; what is deeper goes the long way, which bounds the levels of the whole


def _is_other(name: Any, value: Any) -> bool:
    """Whether a member of a server's own is right as it stands."""
    return type(name) is str and name.isascii() and _is_clean(value, _MOST_LEVELS)


def _is_bag(value: Any) -> bool:
    """Whether the bags of an object hold values of JSON alone, not too deep, with texts that encode."""
    return type(value) is dict and all(type(own) is dict for own in value.values()) and _is_clean(value, _MOST_LEVELS)


def _is_clean(value: Any, levels: int) -> bool:
    kind = type(value)
    if kind is str:
        return value.isascii() or not lone(value)
    if kind is dict:
        for name in value:
            if type(name) is not str or not (name.isascii() or not lone(name)):
                return False
        value = value.values()
    elif kind is not list:
        return kind in _SCALARS
    return levels > 0 and all(_is_clean(inner, levels - 1) for inner in value)


_SCALARS = frozenset((int, float, bool, type(None)))


def _is_plain_choice(choice: Json, others: bool) -> bool:
    for name, value in choice.items():
        if name == "delta":
            if type(value) is not dict or not _is_plain_delta(value, others):
                return False
        elif name == "index":
            if type(value) is not int:
                return False
        elif name in ("finish_reason", "native_finish_reason"):
            if value is not None and (type(value) is not str or not value.isascii()):
                return False
        elif name == "extra_content":
            if not _is_bag(value):
                return False
        elif name == "logprobs":
            if value is not None:
                return False
        elif not others or not _is_other(name, value):
            return False
    return True


_DELTA_OTHERS = frozenset(("function_call", "audio", "annotations", "images"))  # which the validator has to look at
_DELTA_TEXTS = frozenset(("role", "content", "refusal", "reasoning_content", "reasoning"))


def _is_plain_delta(delta: Json, others: bool) -> bool:
    for name, value in delta.items():
        if name in _DELTA_TEXTS:
            if value is not None and (type(value) is not str or not (value.isascii() or not lone(value))):
                return False
        elif name == "extra_content":
            if not _is_bag(value):
                return False
        elif name != "tool_calls" and name != "reasoning_details":
            if not others or name in _DELTA_OTHERS or not _is_other(name, value):
                return False
        elif value is None and others:
            continue
        elif type(value) is not list:
            return False
        elif name == "reasoning_details":
            if not all(map(_is_plain_entry, value)):
                return False
        else:
            for fragment in value:
                if type(fragment) is not dict or not _is_plain_fragment(fragment):
                    return False
    return True


_ENTRY_MEMBERS = frozenset(("type", "id", "format", "index", "text", "signature", "summary", "data"))


def _is_plain_entry(entry: Any) -> bool:
    if type(entry) is not dict:
        return False
    for name, value in entry.items():
        if name not in _ENTRY_MEMBERS:
            return False
        if name == "index":
            if type(value) is not int:
                return False
        elif type(value) is not str or not (value.isascii() or not lone(value)):
            return False
    return True


def _is_plain_fragment(fragment: Json) -> bool:
    for name, value in fragment.items():
        if name == "function":
            if type(value) is not dict or not value.keys() <= _FUNCTION_MEMBERS:
                return False
            for text in value.values():
                if type(text) is not str or not (text.isascii() or not lone(text)):
                    return False
        elif name == "index":
            if type(value) is not int:
                return False
        elif name == "extra_content":
            if not _is_bag(value):
                return False
        elif (name != "id" and name != "type") or type(value) is not str or not value.isascii():
            return False
    return True


_FUNCTION_MEMBERS = frozenset(("name", "arguments"))


def without_messages(chunk: Json, leg: Leg) -> Json:
    """A unified chunk without the messages beside its deltas. Losses: those that say something else than the delta."""
    choices = chunk.get("choices")
    if type(choices) is not list or not any("message" in choice and choice.get("delta") is not None for choice in choices):
        return chunk
    for number, choice in enumerate(choices):
        if choice.get("message") not in (None, choice.get("delta")) and choice.get("delta") is not None:
            leg.losses.dropped("content", "message", ("choices", number, "message"), "beside a delta, which counts")
    rest = [{name: value for name, value in choice.items() if name != "message" or choice.get("delta") is None} for choice in choices]
    return {**chunk, "choices": rest}
