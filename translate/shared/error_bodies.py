"""The error object of a unified error body, which every native one is written from."""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg
from translate.shared.members import optional_text


def error_of(body: Any, leg: Leg, texts: tuple[str, ...] = ("message",)) -> Json:
    """The object below `error`, which may be its message alone. texts: members of it that are texts where they are there."""
    error = body.get("error") if type(body) is dict else None
    if type(error) is str:
        error = {"message": error}
    if type(error) is not dict:
        leg.invalid(("error",) if type(body) is dict and "error" in body else (), "object", error)
    for name in texts:
        optional_text(error, name, leg, ("error",))
    return error


def joined(details: list[Any]) -> tuple[str, str | None]:
    """What a validation error's `detail` entries say, as one text, and the member that the first of them names."""
    texts, param = [], None
    for entry in details:
        if type(entry) is dict:
            where = entry.get("loc")
            steps = [str(step) for step in where] if type(where) is list else []
            if steps and param is None:
                param = steps[-1]
            texts.append(f"{'.'.join(steps)}: {entry.get('msg', '')}" if steps else str(entry.get("msg", "")))
        else:
            texts.append(str(entry))
    return "; ".join(texts), param
