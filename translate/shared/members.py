"""Values that have to be of a type: the value, or a refusal at its place; one that is not there is refused at its holder's."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg


def text_at(value: Any, leg: Leg, path: Path) -> str:
    """A text."""
    if type(value) is not str:
        leg.invalid(path, "string", value)
    return value


def object_at(value: Any, leg: Leg, path: Path) -> Json:
    """An object."""
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    return value


def text_of(holder: Json, name: str, leg: Leg, path: Path) -> str:
    """A member that is a text."""
    value = holder.get(name)
    if type(value) is not str:
        leg.invalid((*path, name) if name in holder else path, "string", value)
    return value


def object_of(holder: Json, name: str, leg: Leg, path: Path) -> Json:
    """A member that is an object."""
    value = holder.get(name)
    if type(value) is not dict:
        leg.invalid((*path, name) if name in holder else path, "object", value)
    return value


def optional_text(holder: Json, name: str, leg: Leg, path: Path) -> str | None:
    """A member that is a text, or says nothing."""
    value = holder.get(name)
    if value is not None and type(value) is not str:
        leg.invalid((*path, name), "string", value)
    return value


def optional_object(holder: Json, name: str, leg: Leg, path: Path) -> Json:
    """A member that is an object; `{}` when it is not there."""
    value = holder.get(name)
    if value is None:
        return {}
    if type(value) is not dict:
        leg.invalid((*path, name), "object", value)
    return value


def optional_list(holder: Json, name: str, leg: Leg, path: Path) -> list[Any]:
    """A member that is an array; `[]` when it is not there."""
    value = holder.get(name)
    if value is None:
        return []
    if type(value) is not list:
        leg.invalid((*path, name), "array", value)
    return value
