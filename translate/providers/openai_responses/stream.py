"""Responses streams: the two machines, and a response as a stream and back."""

from __future__ import annotations

from translate.errors import StreamError
from translate.leg import Json, Leg
from translate.providers.openai_responses.assembling import Assembly
from translate.providers.openai_responses.content import objects
from translate.providers.openai_responses.events import Events
from translate.providers.openai_responses.reading import ToUnified
from translate.providers.openai_responses.streaming import ToNative

__all__ = ["ToNative", "ToUnified", "fold", "unfold"]

LAST = {"incomplete": "incomplete", "failed": "failed", "cancelled": "cancelled"}


def fold(events: list[Json], leg: Leg) -> Json:
    """
    Events -> the response they amount to. Items are as they were finished one by one, head and echo as the last event has them.

    Raises: StreamError for an error event, its body in `body`.
    """
    assembly = Assembly(leg)
    for number, event in enumerate(events):
        leg.losses.prefix = (number,)
        kind = event.get("type")
        if kind == "error" or (kind is None and "error" in event) or kind == "response.failed":
            raise StreamError("error event in the stream", event_index=number, path=(number,), body=event)
        assembly.feed(event)
        if assembly.final is not None:
            break
    return assembly.response()


def unfold(response: Json, leg: Leg) -> list[Json]:
    """Response -> the shortest valid stream of it."""
    numbered = Events()
    start = {**response, "status": "in_progress", "output": [], "usage": None, "incomplete_details": None}
    out = [numbered.make("created", response=start), numbered.make("in_progress", response=start)]
    for index, item in enumerate(objects(response.get("output"), leg, ("output",))):
        out += numbered.whole(index, item)
    status = response.get("status")
    last = LAST.get(status, "completed") if type(status) is str else "completed"
    return [*out, numbered.make(last, response=response)]
