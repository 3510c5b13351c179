"""
The short way of answers of the common shapes, and of what servers say beside them: members for the bags, reasoning by another
name, numbers of calls, entries of reasoning, a word from upstream.

Each function gives exactly what the long way gives (`response`), or None when there is more to say of such an answer.
"""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg
from translate.providers.openai_compatible import dialects, usage as usages
from translate.providers.openai_compatible.dialects import Dialect
from translate.providers.openai_compatible.tables import CHOICE_MEMBERS, RESPONSE_MEMBERS, SERVICE_TIERS
from translate.providers.openai_compatible.talk import NOTHING
from translate.providers.openai_compatible.think_tags import OPEN
from translate.scrubbing import is_clean, lone
from translate.shared import bag
from translate.shared.schema_subset import GIVEN
from translate.survey import FINISH_REASONS

_NOTHING: Json = {}
_SAME = {word: word for word in SERVICE_TIERS}
_HEAD = frozenset(("id", "object", "created", "model", "choices", "usage"))
_SCALARS = frozenset((int, float, bool))
_ENTRIES = frozenset(("reasoning.text", "reasoning.summary", "reasoning.encrypted"))
_ENTRY_TEXTS = frozenset(("id", "format", "text", "signature", "summary", "data"))


# --- native -> unified


def to_unified(body: Json, leg: Leg) -> Json | None:
    """Native answer of the common shapes -> unified; None for every other one, the leg untouched."""
    dialect, key = dialects.of(leg), leg.row.key
    identifier, model, created, choices = body.get("id"), body.get("model"), body.get("created"), body.get("choices")
    if type(identifier) is not str or not identifier or not identifier.isascii() or type(created) is not int:
        return None
    if type(model) is not str or not model or not model.isascii() or leg.memo.get("names"):
        return None
    if type(choices) is not list or len(choices) != 1 or type(choices[0]) is not dict:
        return None
    choice = _choice_to_unified(choices[0], key, dialect)
    if choice is None:
        return None
    out: Json = {"id": identifier, "object": "chat.completion", "created": created, "model": model}
    own: Json | None = None
    is_known = True
    for name, value in body.items():
        if value is None:
            continue
        kind = type(value)
        if name in _HEAD:
            if name == "choices":
                out[name] = [choice]
            elif name == "object" and (kind is not str or not value.isascii()):
                return None
        elif name not in RESPONSE_MEMBERS or (name == "service_tier" and kind is str and value not in SERVICE_TIERS):
            if own is None:
                own = {}
                out["extra_content"] = {key: own}
            own[name] = value
            if type(name) is not str or not name.isascii() or (kind not in _SCALARS and (kind is not str or not value.isascii())):
                is_known = False
        elif (name == "system_fingerprint" or name == "service_tier") and kind is str and value.isascii():
            out[name] = value
        else:
            return None
    if own is not None:
        if not is_known and not is_clean(own):
            return None
        if "x_groq" in own and (_repeats_counts(own["x_groq"]) or not body.get("usage")):
            return None  # they may stand there
    counts = body.get("usage")
    if counts is not None:
        usage = usages.plain_to_unified(counts, key, dialect) if type(counts) is dict else None
        if usage is None:
            return None
        out["usage"] = usage
    return body.copy() if dialect.passes else out


def _choice_to_unified(choice: Json, key: str, dialect: Dialect) -> Json | None:
    message, reason, index = choice.get("message"), choice.get("finish_reason"), choice.get("index")
    if type(message) is not dict or type(reason) is not str or reason not in FINISH_REASONS or type(index) is not int or index != 0:
        return None
    written = _message_to_unified(message, dialect)
    if written is None or (dialect.calls_finish and reason == "stop" and "tool_calls" in written):
        return None
    out: Json = {"index": 0, "message": written, "logprobs": None, "finish_reason": reason}
    if len(choice) > 3:
        for name, value in choice.items():
            if value is None or name == "index" or name == "message" or name == "finish_reason":
                continue
            if name == "native_finish_reason":
                if type(value) is not str or not value.isascii():
                    return None
                if value != reason:
                    out[name] = value
            elif name in CHOICE_MEMBERS or not is_clean({"choices": [{name: value}]}):
                return None
    if not CHOICE_MEMBERS.issuperset(choice):
        for name, value in choice.items():
            if name not in CHOICE_MEMBERS and value is not None:
                bag.put(out, key, name, value)
    return out


def _message_to_unified(message: Json, dialect: Dialect) -> Json | None:
    written: Json = {"role": "assistant", "content": None, "refusal": None}
    if message.get("role") != "assistant":
        return None
    for name, value in message.items():
        if value is None or name == "role":
            continue
        if name == "tool_calls":
            calls = _calls(value)
            if calls is None:
                return None
            if calls:
                written[name] = calls
        elif name == "reasoning_details" and type(value) is list:
            if value:
                entries = [entry_to_unified(entry, number) for number, entry in enumerate(value)]
                if None in entries:
                    return None
                written[name] = entries
        elif type(value) is not str or not (value.isascii() or not lone(value)):
            if name != "annotations" or value != []:
                return None
        elif name == "content":
            if dialect.tags and OPEN in value:
                return None
            written[name] = value
        elif name == "reasoning" or name == "reasoning_content":
            if value:
                if "reasoning_content" in written:
                    return None
                written["reasoning_content"] = value
        else:
            return None
    return written


def _calls(calls: Any, *, numbered: bool = True) -> list[Json] | None:
    if type(calls) is not list:
        return None
    out: list[Json] = []
    for call in calls:
        if type(call) is not dict or call.get("type") != "function":
            return None
        identifier, function, size = call.get("id"), call.get("function"), len(call)
        if type(identifier) is not str or not identifier or not identifier.isascii() or type(function) is not dict or len(function) != 2:
            return None
        name, arguments = function.get("name"), function.get("arguments")
        if type(name) is not str or type(arguments) is not str or not name.isascii() or not (arguments.isascii() or not lone(arguments)):
            return None
        if size == 3:
            out.append({"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}})
        elif numbered and size == 4 and type(call.get("index")) is int and call["index"] == len(out):
            fresh = call.copy()  # in its own order
            del fresh["index"]
            fresh["function"] = function.copy()
            out.append(fresh)
        else:
            return None
    return out


def entry_to_unified(entry: Any, number: int) -> Json | None:
    kind = entry.get("type") if type(entry) is dict else None
    if type(kind) is not str or kind not in _ENTRIES:
        return None
    out: Json = {"type": kind}
    for name, value in entry.items():
        if name in _ENTRY_TEXTS:
            if value is None:
                continue
            if type(value) is not str or not (value.isascii() or not lone(value)):
                return None
            out[name] = value
        elif name == "index":
            if type(value) is not int:
                return None
        elif name != "type":
            return None
    out["index"] = number
    return out


def _repeats_counts(value: Any) -> bool:
    """Whether Groq's own member says counts again, or members that are null."""
    return type(value) is dict and (not value or "usage" in value or None in value.values())


# --- unified -> native


def to_native(response: Json, leg: Leg) -> Json | None:
    """Unified answer, its own bags among it, in the dialect's form; None where there is more to say, the leg untouched."""
    dialect, key, memo = dialects.of(leg), leg.row.key, leg.options.memo
    identifier, model, created, choices = response.get("id"), response.get("model"), response.get("created"), response.get("choices")
    if type(identifier) is not str or not identifier or not identifier.isascii() or type(created) is not int or dialect.passes:
        return None
    if type(model) is not str or not model or not model.isascii() or (memo and (memo.get("read") or _NOTHING).get("functions")):
        return None
    if type(choices) is not list or len(choices) != 1 or type(choices[0]) is not dict:
        return None
    choice = _choice_to_native(choices[0], key, dialect)
    if choice is None:
        return None
    native: Json = {"id": identifier, "object": "chat.completion", "created": created, "model": model, "choices": [choice]}
    tier: Any = None
    for name, value in response.items():
        if value is None:
            continue
        if name in native:
            if name == "object" and (type(value) is not str or not value.isascii()):
                return None
        elif name == "usage":
            counts = usages.plain_to_native(value, key, dialect)
            if counts is None:
                return None
            native[name] = counts
        elif name == "system_fingerprint" and type(value) is str and value.isascii():
            native[name] = value
        elif name == "service_tier" and type(value) is str and value.isascii():
            tier, word = value, (dialect.tiers or _SAME).get(value)
            if word is not None:
                native[name] = word
        elif name != "extra_content":
            return None
    if "extra_content" in response and not _add_own(response, native, key, dialect, "response"):
        return None
    if tier is not None and native.get("service_tier") != tier:
        tier_to_native(tier, native, leg, dialect)
    return native


def _choice_to_native(choice: Json, key: str, dialect: Dialect) -> Json | None:
    message, reason, index = choice.get("message"), choice.get("finish_reason"), choice.get("index")
    if type(message) is not dict or type(reason) is not str or reason not in FINISH_REASONS or type(index) is not int or index != 0:
        return None
    written = _message_to_native(message, dialect)
    if written is None:
        return None
    native: Json = {"index": 0, "message": written, "logprobs": None, "finish_reason": reason}
    if len(choice) > 3:
        for name, value in choice.items():
            if name == "native_finish_reason" and value is not None:
                if type(value) is not str or not value.isascii() or not (dialect.upstream_finish or value == reason):
                    return None
                if dialect.upstream_finish:
                    native[name] = value
            elif name not in native and name != "extra_content" and value is not None:
                return None
        if choice.get("logprobs") is not None:
            return None
        if "extra_content" in choice and not _add_own(choice, native, key, dialect, "choice"):
            return None
    return native


def _message_to_native(message: Json, dialect: Dialect) -> Json | None:
    written: Json = {"role": "assistant", "content": None, "refusal": None}
    if message.get("role") != "assistant" or "content" not in message:
        return None
    for name, value in message.items():
        if value is None or name == "role":
            continue
        if name == "tool_calls":
            calls = _calls(value, numbered=False)
            if calls is None:
                return None
            if calls:
                written[name] = calls
        elif name == "reasoning_details" and type(value) is list:
            if not dialect.details or not all(map(is_entry, value)):
                return None
            written[name] = [entry.copy() for entry in value]
        elif type(value) is not str or not (value.isascii() or not lone(value)):
            if name != "annotations" or value != []:
                return None
        elif name == "content":
            written[name] = value
        elif name == "reasoning_content" and dialect.answer:
            written[dialect.answer] = value
        else:
            return None
    return written


def is_entry(entry: Any) -> bool:
    """An entry of reasoning of the common kinds, its members right in type."""
    kind = entry.get("type") if type(entry) is dict else None
    if type(kind) is not str or kind not in _ENTRIES:
        return False
    for name, value in entry.items():
        if name in _ENTRY_TEXTS:
            if value is not None and (type(value) is not str or not (value.isascii() or not lone(value))):
                return False
        elif name != "type" and (name != "index" or type(value) is not int):
            return False
    return True


def _add_own(holder: Json, native: Json, key: str, dialect: Dialect, place: str) -> bool:
    """Adds the members of an object's own bag; False where it has another one, or one of them says more."""
    content = holder["extra_content"]
    own = content.get(key) if type(content) is dict and len(content) == 1 else None
    if type(own) is not dict or GIVEN[0] in own or not dialect.native_only.get(place, NOTHING).isdisjoint(own):
        return False
    is_known = True
    for name, value in own.items():
        kind = type(value)
        if type(name) is not str or not name.isascii() or (kind not in _SCALARS and (kind is not str or not value.isascii())):
            is_known = False
        if value is None:
            continue
        if native.get(name, value) != value:
            return False
        native[name] = value
    return is_known or is_clean({"extra_content": {key: own}} if place == "response" else {"choices": [{"extra_content": {key: own}}]})


def tier_to_native(tier: Any, native: Json, leg: Leg, dialect: Dialect) -> None:
    """The tier that served. Losses: one that the server has no word for, and another word for it."""
    word = (dialect.tiers or _SAME).get(tier) if type(tier) is str else None
    if word is None:
        leg.losses.dropped("envelope", "service_tier", ("service_tier",), "a tier unknown here")
        return
    native["service_tier"] = word
    if word != tier:
        leg.losses.add("approximated", "envelope", "service_tier", ("service_tier",), f"told as {word!r}")
