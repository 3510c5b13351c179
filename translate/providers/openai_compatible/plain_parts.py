"""
What `plain_reading` knows of requests beside what the survey does: lists of parts, marks of the cache, members whose look is a few
types. Each function says whether something is right in type and has nothing to mend; False says nothing.
"""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.shared.system_parts import MARK, is_mark
from translate.survey import encodes, is_plain_image, is_plain_part

# Members of the objects in parts, all of them texts.
_WORDS = {"file": frozenset(("file_data", "file_id", "filename")), "input_audio": frozenset(("data", "format"))}


def is_known_part(part: Any) -> bool:
    """A text, an image, a file or a sound, with a mark of the cache or without."""
    if is_plain_part(part):
        return True
    if type(part) is not dict or (len(part) != 2 and not (len(part) == 3 and is_mark(part.get(MARK)))):
        return False
    kind = part.get("type")
    held = part.get(kind) if type(kind) is str else None
    if kind == "text":
        return type(held) is str and encodes(held)
    if kind == "image_url":
        return is_plain_image(held)
    known = _WORDS.get(str(kind))
    if known is None or type(held) is not dict:
        return False
    for name, word in held.items():
        if name not in known or type(word) is not str or not encodes(word):
            return False
    return kind == "file" or "data" in held


def unlisted(message: Json) -> Json | None:
    """A message without its mark, a text in place of a list that the survey does not know; itself where there is neither, None for others."""
    if MARK in message:
        if not is_mark(message[MARK]):
            return None
        message = message.copy()
        del message[MARK]
    content = message.get("content")
    if type(content) is not list or (message.get("role") == "user" and content and all(map(is_plain_part, content))):
        return message
    return {**message, "content": "-"} if content and all(map(is_known_part, content)) else None


def are_words(value: Any) -> bool:
    """A list of ASCII texts."""
    return type(value) is list and all(type(word) is str and word.isascii() for word in value)


def reasoning_to_unified(value: Json, unified: Json) -> None:
    """Effort, budget and switch that do not contradict each other in their own members, as `shared.repair` has them."""
    rest: Json = {}
    for name, setting in value.items():
        if name == "effort":
            unified["reasoning_effort"] = setting
        elif name == "enabled" and not setting:
            unified["reasoning_effort"] = "none"
        elif name == "max_tokens":
            unified["thinking"] = {"type": "enabled", "budget_tokens": setting}
        else:
            rest[name] = setting
    if rest:
        unified["reasoning"] = rest
