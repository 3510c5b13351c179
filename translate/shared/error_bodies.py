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
