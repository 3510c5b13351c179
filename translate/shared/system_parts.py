"""System messages that are a list of texts, with marks of the cache or without: the survey knows one text alone."""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.survey import encodes

ROLES = frozenset(("system", "developer"))
MARK = "cache_control"


def is_mark(mark: Any) -> bool:
    """Whether the mark of a cache is its kind and its life alone."""
    if type(mark) is not dict or mark.get("type") != "ephemeral":
        return False
    return len(mark) == 1 or (len(mark) == 2 and (mark.get("ttl") == "5m" or mark.get("ttl") == "1h"))


def is_listed(message: Any, *, marked: bool = False) -> bool:
    """Whether a message is one, of texts that say something and have nothing beside them. marked: but marks."""
    if type(message) is not dict or len(message) != 2 or type(message.get("role")) is not str or message["role"] not in ROLES:
        return False
    parts = message.get("content")
    if type(parts) is not list or not parts:
        return False
    for part in parts:  # noqa: SIM110  (a generator costs more than the look at a part)
        if not _is_text(part, marked):
            return False
    return True


def as_text(message: Json) -> Json:
    """In its place for a look at the others."""
    return {"role": message["role"], "content": "-"}


def _is_text(part: Any, marked: bool) -> bool:
    if type(part) is not dict or part.get("type") != "text":
        return False
    if len(part) != 2 and not (marked and len(part) == 3 and is_mark(part.get(MARK))):
        return False
    text = part.get("text")
    return type(text) is str and encodes(text) and bool(text) and not text.isspace()
