"""JSON pointers into the caller's document, where what was read is not quite that document."""

from __future__ import annotations

from typing import Any

from translate.errors import pointer
from translate.loss import Loss
from translate.scrubbing import lone, replaced


def steps_of(path: str) -> list[str]:
    """Steps of a JSON pointer (RFC 6901), unescaped."""
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]


def nearest(document: Any, path: str) -> str:
    """The place itself, or, for a member that is not there, the object that lacks it."""
    return _walked(document, path, False)


def with_own_keys(document: Any, losses: list[Loss]) -> list[Loss]:
    """Losses of a scrubbed document, their places in the caller's, whose keys may have lone surrogates."""
    return [loss._replace(path=_walked(document, loss.path, True)) for loss in losses]


def _walked(document: Any, path: str, whole: bool) -> str:
    found: list[str] = []
    steps = steps_of(path)
    place = document
    for at, step in enumerate(steps):
        if type(place) is dict:
            key = step if step in place else _spelled(place, step)
            if key is None:
                return pointer([*found, *steps[at:]]) if whole else pointer(found)
            place = place[key]
            found.append(key)
        elif type(place) is list and step.isdecimal() and int(step) < len(place):
            place = place[int(step)]
            found.append(step)
        else:
            return pointer([*found, *steps[at:]]) if whole else pointer(found)
    return pointer(found)


def _spelled(holder: dict[Any, Any], step: str) -> str | None:
    return next((key for key in holder if type(key) is str and lone(key) and replaced(key) == step), None)
