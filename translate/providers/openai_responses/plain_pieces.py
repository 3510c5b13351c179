"""The short ways of the writer: pieces of the text, the reasoning or the arguments that are open. Each gives exactly what `feed` gives, or None."""

from __future__ import annotations

from typing import TYPE_CHECKING

from translate.leg import Json
from translate.providers.openai_responses.items import JOINT
from translate.providers.openai_responses.opened import Call, Text
from translate.shared.runs import Say

if TYPE_CHECKING:
    from translate.providers.openai_responses.streaming import ToNative


def text(writer: ToNative, chunk: Json) -> list[Json] | None:
    """`feed` for a chunk that differs from the one before in its text alone; None when it has to go the long way."""
    choice = chunk["choices"][0]
    delta = choice["delta"]
    if len(delta) != 1 or choice["index"] or writer.over:
        return None if choice["index"] or writer.over else further(writer, delta)
    growing = writer.growing
    if "tool_calls" in delta:
        fragment = delta["tool_calls"][0]
        if len(fragment) != 2 or fragment["index"] != writer.last_call or type(growing) is not Call:
            return _piece(writer, delta) if len(fragment) == 2 else None
        text = fragment["function"]["arguments"]
        growing.pieces.append(text)
        growing.sent = len(growing.pieces)
        event = writer.beside_piece.copy()
    elif "content" not in delta or type(growing) is not Text:
        return further(writer, delta)
    else:
        text = delta["content"]
        writer.length += len(text)
        growing.pieces.append(text)
        event = writer.beside_piece.copy()
        event["logprobs"] = []
    events = writer.events
    event["delta"], event["sequence_number"] = text, events.number
    events.number += 1
    return [event]


def run(writer: ToNative, choice: Json) -> Say | None:
    """What pieces become that follow the one of this choice, which was taken (`shared.runs`); None where they have to be looked at."""
    growing, events, delta = writer.growing, writer.events, choice["delta"]
    if choice["index"] or writer.over:
        return None
    beside = writer.beside_piece
    if "tool_calls" in delta:
        call = writer.calls.get(delta["tool_calls"][0]["index"])
        if call is None or call.item is None or call.closed or call.kind != "function_call" or writer.open is not None:
            return None
        beside = events.arguments(call.item.index, call.item.id, call.kind, "")
        events.number -= 1  # it does not go out

        def arguments(piece: str) -> Json:
            call.pieces.append(piece)
            call.sent = len(call.pieces)
            event = beside.copy()
            event["delta"], event["sequence_number"] = piece, events.number
            events.number += 1
            return event

        return arguments

    text = [] if growing is None else growing.pieces

    def said(piece: str) -> Json:
        writer.length += len(piece)
        text.append(piece)
        event = beside.copy()
        event["delta"], event["sequence_number"], event["logprobs"] = piece, events.number, []
        events.number += 1
        return event

    return said if "content" in delta and type(growing) is Text else None


def further(writer: ToNative, delta: Json) -> list[Json] | None:
    """A piece of what is open, or with which a text begins; None when it has to open something else."""
    ready = _piece(writer, delta)
    return writer._grow("output_text", delta["content"]) if ready is None and len(delta) == 1 and "content" in delta else ready


def _piece(writer: ToNative, delta: Json) -> list[Json] | None:
    """A further piece of the text, reasoning or arguments that is open; None when it has to open something."""
    item = writer.open
    if "reasoning_details" in delta:
        return writer._thought(delta)
    for name, value in delta.items():
        if name == "content":
            part = item.open if item is not None and item.kind == "message" else None
            if item is None or part is None or part.kind != "output_text":
                return None
            part.pieces.append(value)
            writer.length += len(value)
            writer.growing = part
            event = writer.events.text(item.index, item.id, part.number, "output_text", value)
        elif name == "tool_calls":
            index = value[0]["index"]
            call = writer.calls.get(index)
            if call is None or call.item is None or call.closed or call.kind != "function_call" or item is not None:
                return None
            text = value[0]["function"]["arguments"]
            call.pieces.append(text)
            call.sent = len(call.pieces)
            writer.last_call = index
            writer.growing = call
            event = writer.events.arguments(call.item.index, call.item.id, call.kind, text)
        elif item is None or not item.loose or item.open is None or writer.joint or (value == JOINT and writer.details):
            return None
        else:
            item.open.pieces.append(value)
            return [writer.events.summary(item.index, item.id, item.open.number, value)]
        writer.beside_piece = event.copy()
        return [event]
    return None
