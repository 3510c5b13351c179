"""
What the short ways write beside the messages that the survey knows: those that are plain but for this spoke's bags, with the
signatures that these hold, and users' media of every kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, NamedTuple

from translate.leg import Json
from translate.shared import bag
from translate.survey import bare, encodes, odd_messages

Signatures = list[str | None]  # one for each part that a message makes


class Opened(NamedTuple):
    """Messages without bags; what these held: signatures by number of the message, calls whose ids are sent whatever the model."""

    messages: list[Json]
    signed: Mapping[int, Signatures]
    kept: Set[tuple[int, int]]


NOTHING = Opened([], {}, frozenset())


def opened_message(
    message: Any, key: str, kept: set[tuple[int, int]] | None = None, number: int = 0
) -> tuple[Json, Signatures] | None:  # fmt: skip
    """
    An assistant's message without bags, its calls' included; None where they hold more than signatures.

    kept: takes the numbers of message and call where a bag has the id too, as the model would not be sent it otherwise.
    """
    own = bag.opened(message, key)
    if own is None:
        return None
    message, signed = own
    content, calls = message.get("content"), message.get("tool_calls")
    found: Signatures = [None] if message.get("reasoning_content") else []
    if content:
        found.append(signed.get("thought_signature"))
    if not _has_no_more(signed, 0) or (signed and not content):
        return None
    if calls:
        if type(calls) is not list:
            return None
        message = {**message, "tool_calls": []}
        for spot, call in enumerate(calls):
            own = bag.opened(call, key)
            if own is None:
                return None
            call, held = own
            identifier = held.get("id")
            if identifier is not None:
                if kept is None or type(identifier) is not str or identifier != call.get("id"):
                    return None
                kept.add((number, spot))
            if not _has_no_more(held, 0 if identifier is None else 1):
                return None
            message["tool_calls"].append(call)
            found.append(held.get("thought_signature"))
    return message, found


def _has_no_more(held: Json, others: int) -> bool:
    """Whether a bag holds a signature or none, beside so many other members."""
    if len(held) == others:
        return True
    signature = held.get("thought_signature")
    return len(held) == others + 1 and type(signature) is str and signature != "" and signature.isascii()


def opened_messages(messages: Any, key: str) -> Opened | None:
    """
    The messages of a request without bags, where the survey knows all of them then, or would if users' media were texts.

    None where it does not, where bags hold more, and where there are neither bags nor media.
    """
    found: dict[int, Signatures] = {}
    kept: set[tuple[int, int]] = set()
    without: list[Any] = []
    judged: list[Any] = []
    has_media = False
    for number, message in enumerate(messages if type(messages) is list else ()):
        seen = message
        if type(message) is dict:
            role = message.get("role")
            if role == "assistant" and _has_bag(message):
                split = opened_message(message, key, kept, number)
                if split is None:
                    return None
                seen, found[number] = split
                message = seen
            elif role == "user" and len(message) == 2 and type(message.get("content")) is list and _are_known(message["content"], key):
                seen, has_media = _SAID, True
        without.append(message)
        judged.append(seen)
    if not found and not has_media:
        return None
    odd, paired, echoed = odd_messages(judged)
    if odd or not paired:
        return None
    return Opened([bare(message) for message in without] if echoed else without, found, kept)


_SAID: Json = {"role": "user", "content": "-"}  # in place of a user's parts that need no further look
# Members of each kind of part; a text is one itself.
_KINDS = {
    "image_url": frozenset(("url", "detail")), "video_url": frozenset(("url",)), "input_audio": frozenset(("data", "format")),
    "file": frozenset(("file_data", "file_id", "filename")),
}  # fmt: skip
_NEEDED = {"image_url": 1, "video_url": 1, "input_audio": 2, "file": 1}  # how many of them there are at least


def _are_known(parts: list[Any], key: str) -> bool:
    """Whether all parts are texts and media, right in type, that encode; media with words in this bag."""
    for part in parts:
        if type(part) is not dict:
            return False
        kind = part.get("type")
        if type(kind) is not str:
            return False
        if kind == "text":
            if len(part) != 2 or type(part.get("text")) is not str or not encodes(part["text"]):
                return False
            continue
        if len(part) != 2 and not _has_words(part, key):
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


def _has_bag(message: Json) -> bool:
    if "extra_content" in message:
        return True
    calls = message.get("tool_calls")
    return type(calls) is list and any(type(call) is dict and "extra_content" in call for call in calls)
