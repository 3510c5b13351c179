"""A Messages stream -> the answer it amounts to, and an answer as the shortest stream."""

from __future__ import annotations

from typing import Any

from translate.errors import Path, StreamError
from translate.leg import Json, Leg
from translate.providers.anthropic import error as errors
from translate.providers.anthropic.gather import Gathered, unfold_block

USAGE_OF_LAST = ("amazon-bedrock-invocationMetrics",)


def index_of(event: Json, leg: Leg) -> int:
    """Index of the block that an event speaks of."""
    index = event.get("index", 0)
    if type(index) is not int or index < 0:
        leg.invalid(("index",), "integer from 0", index)
    return index


def fold(events: list[Json], leg: Leg) -> Json:
    """Events -> the Message they amount to. Raises: StreamError with the body for an error event."""
    whole: Json = {"type": "message", "role": "assistant"}
    usage: Json | None = None
    blocks: list[Gathered] = []
    current: Gathered | None = None
    opened = -1
    started = stopped = False
    for number, event in enumerate(events):
        leg.losses.prefix = (number,)
        if errors.is_error(event):
            raise StreamError("error event", event_index=number, path=(number,), body=event)
        kind = event.get("type")
        if kind == "message_start":
            if started:
                continue
            started = True
            message = event.get("message")
            if type(message) is not dict:
                leg.invalid(("message",), "object", message)
            content = message.get("content")
            if content is not None and type(content) is not list:
                leg.invalid(("message", "content"), "array", content)
            whole = {**message, **{name: value for name, value in whole.items() if name not in message}}
            blocks += [Gathered(block, leg, ("message", "content", spot)) for spot, block in enumerate(content or ())]
            if message.get("usage") is not None:
                usage = _merged(usage, message["usage"], leg, ("message", "usage"))
        elif kind == "content_block_start":
            current, opened = Gathered(event.get("content_block"), leg, ("content_block",)), index_of(event, leg)
            blocks.append(current)
        elif kind == "content_block_delta":
            delta = event.get("delta")
            if type(delta) is not dict:
                leg.invalid(("delta",), "object", delta)
            if current is not None and index_of(event, leg) == opened:
                current.add(delta, leg, ("delta",))
        elif kind == "content_block_stop":
            if index_of(event, leg) == opened:
                current, opened = None, -1
        elif kind == "message_delta":
            stopped = _ending(event, whole, leg) or stopped
            if event.get("usage") is not None:
                usage = _merged(usage, event["usage"], leg, ("usage",))
        elif kind == "message_stop":
            for name in USAGE_OF_LAST:
                if event.get(name) is not None:
                    usage = {**(usage or {}), name: event[name]}
            stopped = True
            break
    whole["content"] = [block.whole(leg) for block in blocks]
    if not stopped:
        whole["stop_reason"] = "max_tokens"
    whole.setdefault("stop_reason", None)
    whole.setdefault("stop_sequence", None)
    if usage is not None:
        whole["usage"] = usage
    return whole


def _ending(event: Json, whole: Json, leg: Leg) -> bool:
    delta = event.get("delta")
    if delta is None:
        delta = {}
    if type(delta) is not dict:
        leg.invalid(("delta",), "object", delta)
    for source in (delta, event):
        for name, value in source.items():
            if value is not None and not (source is event and name in ("type", "delta", "usage")):
                whole[name] = value
    return delta.get("stop_reason") is not None


def _merged(held: Json | None, usage: Any, leg: Leg, path: Path) -> Json:
    if type(usage) is not dict:
        leg.invalid(path, "object", usage)
    return {**(held or {}), **{name: value for name, value in usage.items() if value is not None}}


def unfold(response: Json, leg: Leg) -> list[Json]:
    """The shortest stream of a Message."""
    content, usage = response.get("content"), response.get("usage")
    if content is not None and type(content) is not list:
        leg.invalid(("content",), "array", content)
    if usage is not None and type(usage) is not dict:
        leg.invalid(("usage",), "object", usage)
    counts = {name: value for name, value in (usage or {}).items() if name not in USAGE_OF_LAST}
    late = ("container", "context_management", "stop_details")
    message = {"id": "", "type": "message", "role": "assistant", "model": "", **response, "content": [],
               "stop_reason": None, "stop_sequence": None,
               "usage": {"input_tokens": 0, "output_tokens": 0, **counts}}  # fmt: skip
    for name in late:
        message.pop(name, None)
    events: list[Json] = [{"type": "message_start", "message": message}]
    for index, block in enumerate(content or ()):
        events += unfold_block(block, index, leg, ("content", index))
    delta: Json = {"stop_reason": response.get("stop_reason"), "stop_sequence": response.get("stop_sequence")}
    delta.update((name, response[name]) for name in ("stop_details", "container") if response.get(name) is not None)
    last: Json = {"type": "message_delta", "delta": delta, "usage": {"output_tokens": counts.get("output_tokens") or 0}}
    if response.get("context_management") is not None:
        last["context_management"] = response["context_management"]
    stop: Json = {"type": "message_stop"}
    stop.update((name, usage[name]) for name in USAGE_OF_LAST if usage is not None and name in usage)
    return [*events, last, stop]
