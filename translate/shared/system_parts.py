"""System messages that are a list of texts, as some clients send them: the survey knows one text alone."""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.survey import encodes

ROLES = frozenset(("system", "developer"))


def is_listed(message: Any) -> bool:
    """Whether a message is one, of texts that say something and have nothing beside them."""
    if type(message) is not dict or len(message) != 2 or type(message.get("role")) is not str or message["role"] not in ROLES:
        return False
    parts = message.get("content")
    return type(parts) is list and bool(parts) and all(map(_is_text, parts))


def as_text(message: Json) -> Json:
    """In its place for a look at the others."""
    return {"role": message["role"], "content": "-"}


def _is_text(part: Any) -> bool:
    if type(part) is not dict or len(part) != 2 or part.get("type") != "text":
        return False
    text = part.get("text")
    return type(text) is str and encodes(text) and bool(text) and not text.isspace()
