"""
What the short ways write beside the messages that the survey knows: those that are plain but for this spoke's bags, with the
signatures that these hold, thoughts, lists of texts, and users' media of every kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, NamedTuple

from translate.leg import Json
from translate.shared import bag
from translate.shared.known_messages import numbered
from translate.shared.system_parts import MARK, is_listed, is_mark
from translate.survey import ECHOED, encodes

Signatures = list[str | None]  # one for each part that a message makes


class Opened(NamedTuple):
    """What odd messages have in their bags: signatures by number of the message, calls whose ids are sent whatever the model."""

    signed: Mapping[int, Signatures]
    kept: Set[tuple[int, int]]


NOTHING = Opened({}, frozenset())


def opened_odd(messages: list[Any], odd: list[Any], key: str) -> Opened | None:
    """What the bags of odd messages hold; None where one has more beside texts, thoughts, calls and users' media."""
    signed: dict[int, Signatures] = {}
    kept: set[tuple[int, int]] = set()
    for number, message in numbered(messages, odd):
        role = message.get("role")
        if role == "assistant":
            signatures = _signatures(message, key, number, kept)
            if signatures is None:
                return None
            signed[number] = signatures
        elif role == "tool":
            if not _is_result(message):
                return None
        elif not (_is_said(message, key) if role == "user" else is_listed(message, marked=True)):
            return None
    return Opened(signed, kept)


def _is_text(part: Any, marked: bool) -> bool:
    """Whether a part is a text that says something. marked: with the mark of a cache or without."""
    if type(part) is not dict or part.get("type") != "text" or (len(part) != 2 and not (marked and _is_marked(part))):
        return False
    text = part.get("text")
    return type(text) is str and text != "" and encodes(text)


def _is_marked(part: Json) -> bool:
    return len(part) == 3 and MARK in part and is_mark(part[MARK])


_RESULT = frozenset(("role", "tool_call_id", "content", "is_error"))


def _is_result(message: Json) -> bool:
    """Whether a result is a text, or a list of one, and a failure or none."""
    if not _RESULT.issuperset(message) or type(message.get("tool_call_id")) is not str or type(message.get("is_error", False)) is not bool:
        return False
    content = message.get("content")
    if type(content) is list:
        return len(content) == 1 and _is_text(content[0], False)
    return type(content) is str and encodes(content)


_ANSWER = frozenset(("role", "content", "reasoning_content", "tool_calls", "extra_content"))


def _signatures(message: Json, key: str, number: int, kept: set[tuple[int, int]]) -> Signatures | None:
    """The signatures of an answer that has a thought, text, calls, their bags and members without a value; None for any other."""
    content, calls, thought = message.get("content"), message.get("tool_calls"), message.get("reasoning_content")
    if thought is not None and (type(thought) is not str or not encodes(thought)):
        return None
    if type(content) is list:
        if not content or not all(_is_text(part, True) for part in content):
            return None
    elif content is not None and (type(content) is not str or not encodes(content)):
        return None
    if not _ANSWER.issuperset(message):
        for member, value in message.items():
            if member not in _ANSWER and not (member in ECHOED and (value is None or (member == "annotations" and value == []))):
                return None
    own = own_alone(message["extra_content"], key) if "extra_content" in message else bag.EMPTY
    if own is None or not has_no_more(own, 0) or (own and (not content or type(content) is list)):
        return None
    found: Signatures = [None] if thought else []
    if content:
        found += [own.get("thought_signature")] if type(content) is str else [None] * len(content)
    if not calls:
        return found if content else None
    if type(calls) is not list:
        return None
    for spot, call in enumerate(calls):
        if type(call) is not dict or len(call) != (4 if "extra_content" in call else 3) or call.get("type") != "function":
            return None
        identifier, function = call.get("id"), call.get("function")
        held = own_alone(call["extra_content"], key) if "extra_content" in call else bag.EMPTY
        if held is None or type(identifier) is not str or not identifier or type(function) is not dict or len(function) != 2:
            return None
        name, arguments = function.get("name"), function.get("arguments")
        if type(name) is not str or type(arguments) is not str or not (identifier.isascii() and name.isascii() and encodes(arguments)):
            return None
        if held:
            if "id" in held:
                if held["id"] != identifier:
                    return None
                kept.add((number, spot))
            if not has_no_more(held, 1 if "id" in held else 0):
                return None
        found.append(held.get("thought_signature"))
    return found


def own_alone(content: Any, key: str) -> Json | None:
    """The bag of this key in an `extra_content`; None beside others."""
    held = content.get(key) if type(content) is dict and len(content) == 1 else None
    return held if type(held) is dict else None


def has_no_more(held: Json, others: int) -> bool:
    """Whether a bag holds a signature or none, beside so many other members."""
    if len(held) == others:
        return True
    signature = held.get("thought_signature")
    return len(held) == others + 1 and type(signature) is str and signature != "" and signature.isascii()


# Members of each kind of part; a text is one itself.
_KINDS = {
    "image_url": frozenset(("url", "detail")), "video_url": frozenset(("url",)), "input_audio": frozenset(("data", "format")),
    "file": frozenset(("file_data", "file_id", "filename")),
}  # fmt: skip
_NEEDED = {"image_url": 1, "video_url": 1, "input_audio": 2, "file": 1}  # how many of them there are at least


def _is_said(message: Json, key: str) -> bool:
    """Whether all parts of a user are texts and media, right in type, that encode; with marks of a cache, media with words in this bag."""
    parts = message.get("content")
    if type(parts) is not list or len(message) != 2:
        return False
    for part in parts:
        if type(part) is not dict:
            return False
        kind = part.get("type")
        if type(kind) is not str:
            return False
        if kind == "text":
            if (len(part) != 2 and not _is_marked(part)) or type(part.get("text")) is not str or not encodes(part["text"]):
                return False
            continue
        if len(part) != 2 and not _is_marked(part) and not _has_words(part, key):
            return False
        held = part.get(kind) if kind in _KINDS else None
        if type(held) is not dict or len(held) < _NEEDED[kind] or not _KINDS[kind].issuperset(held) or (kind == "image_url" and "url" not in held):
            return False
        for value in held.values():
            if type(value) is not str or not encodes(value):
                return False
    return len(parts) > 0


def _has_words(part: Json, key: str) -> bool:
    """Whether the one other member of a part is a bag of this key that holds words alone."""
    own = bag.opened(part, key) if len(part) == 3 and "extra_content" in part else None
    return own is not None and all(
        type(name) is type(value) is str and name.isascii() and value.isascii() for name, value in own[1].items()
    )
