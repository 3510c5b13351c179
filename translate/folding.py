"""A response as a stream, and back."""

from __future__ import annotations

from collections.abc import Iterable

from translate.errors import InvalidDocument, StreamError, kind_of
from translate.leg import Json, Leg, Options
from translate.loss import Losses
from translate.places import nearest
from translate.registry import find
from translate.scrubbing import too_deep


def fold(events: Iterable[Json], *, format: str = "unified") -> Json:
    """
    The response that a stream amounts to, in the same format. A cut stream closes as `flush` does.

    Raises: StreamError for an error event (its body in `body`) and for an event that has no meaning.
    """
    row = find(format)
    leg = Leg(row, "event", True, Options(), Losses("unified"))
    checked: list[Json] = []
    try:
        listed = list(events)
    except TypeError:
        raise StreamError(f"{format} stream: expected an iterable of events, got {kind_of(events)}") from None
    for number, event in enumerate(listed):
        if type(event) is not dict:
            raise StreamError(
                f"{format} event {number}: expected object, got {kind_of(event)}", event_index=number, path=(number,)
            )
        checked.append(event)
    try:
        folded: Json = row.module("stream").fold(checked, leg)
    except StreamError as error:
        if error.body is not None and too_deep(error.body):
            raise StreamError("event nested too deeply", event_index=error.event_index, path=error.path) from None
        raise
    except InvalidDocument as error:
        raise StreamError(str(error), path=nearest(checked, error.path)) from None
    except RecursionError:
        raise StreamError("event nested too deeply") from None
    return folded


def unfold(response: Json, *, format: str = "unified") -> list[Json]:
    """The shortest valid stream of a response, in the same format: each text and argument in one piece, usage included."""
    row = find(format)
    leg = Leg(row, "response", True, Options(), Losses("unified"))
    if type(response) is not dict:
        raise InvalidDocument(format=format, kind="response", path="", expected="object", got=kind_of(response))
    try:
        events: list[Json] = row.module("stream").unfold(response, leg)
    except InvalidDocument as error:
        error.path = nearest(response, error.path)
        raise
    except RecursionError:
        raise InvalidDocument(
            format=format, kind="response", path="", expected="less nesting", got="a document nested too deeply"
        ) from None
    return events
