"""
The exception tree. Only these leave public functions.

    TranslateError
    ├─ UnknownFormat      no format of that name; the nearest names are in `choices`
    ├─ InvalidDocument    a document without meaning in its format, with a JSON pointer to the place
    ├─ LossyConversion    the loss policy refuses what was lost; all losses are in `losses`
    └─ StreamError        an event that can not follow the ones before it, or, from `fold`, an error event
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from translate.loss import Loss

Path = tuple[str | int, ...]


def pointer(path: Iterable[str | int]) -> str:
    """Path of keys and indices -> JSON pointer (RFC 6901)."""
    out = ""
    for step in path:
        if type(step) is str and ("~" in step or "/" in step):
            step = step.replace("~", "~0").replace("/", "~1")
        out = f"{out}/{step}"
    return out


class TranslateError(Exception):
    """Root of all errors; `path` is a JSON pointer, `status_hint` the HTTP status a gateway may answer with."""

    path: str = ""
    status_hint: int = 500

    def to_dict(self) -> dict[str, Any]:
        """The error for machines: JSON-ready."""
        return {"error": type(self).__name__, "message": str(self), "path": self.path, "status_hint": self.status_hint}


class UnknownFormat(TranslateError):
    """There is no format of that name."""

    status_hint = 400

    def __init__(self, name: object, choices: Sequence[str] = ()) -> None:
        self.name, self.choices = name, list(choices)
        hint = f" (did you mean {', '.join(self.choices)}?)" if self.choices else ""
        super().__init__(f"unknown format {name!r}{hint}")

    def to_dict(self) -> dict[str, Any]:
        return {**super().to_dict(), "name": str(self.name), "choices": self.choices}


class InvalidDocument(TranslateError):
    """A document (or an argument) that has no meaning: wrong JSON type, required member missing."""

    def __init__(
        self, *, format: str, kind: str, path: str | Path, expected: str, got: str, status_hint: int = 0
    ) -> None:
        self.format, self.kind, self.expected, self.got = format, kind, expected, got
        self.path = path if isinstance(path, str) else pointer(path)
        self.status_hint = status_hint or (400 if kind == "request" else 502)
        super().__init__(f"{format} {kind}: {self.path or '(document)'}: expected {expected}, got {got}")

    def to_dict(self) -> dict[str, Any]:
        more = {"format": self.format, "kind": self.kind, "expected": self.expected, "got": self.got}
        return {**super().to_dict(), **more}


class LossyConversion(TranslateError):
    """Something of the refused scope was lost; the exception holds every loss of the conversion."""

    status_hint = 422

    def __init__(self, losses: Sequence[Loss]) -> None:
        self.losses = list(losses)
        worst = next((loss for loss in self.losses if loss.scope != "envelope"), self.losses[0] if losses else None)
        self.path = worst.path if worst else ""
        named = ", ".join(dict.fromkeys(loss.feature for loss in self.losses if loss.scope != "envelope"))
        super().__init__(f"conversion loses {named or 'content'}")

    def to_dict(self) -> dict[str, Any]:
        return {**super().to_dict(), "losses": [loss.to_dict() for loss in self.losses]}


class StreamError(TranslateError):
    """An event that can not follow the ones before it; from `fold` also an error event, whose body is `body`."""

    status_hint = 502

    def __init__(self, message: str, *, event_index: int = 0, path: str | Path = "", body: Any = None) -> None:
        self.event_index, self.body = event_index, body
        self.path = path if isinstance(path, str) else pointer(path)
        super().__init__(message)

    def to_dict(self) -> dict[str, Any]:
        return {**super().to_dict(), "event_index": self.event_index, "body": self.body}


def kind_of(value: object) -> str:
    """The JSON word for a value, for messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    names: tuple[tuple[type, str], ...] = ((str, "string"), (list, "array"), (dict, "object"))
    return next((name for kind, name in names if isinstance(value, kind)), type(value).__name__)
