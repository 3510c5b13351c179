"""
A stream of ConverseStream as the answer it amounts to, and an answer as its shortest stream.

Source: Amazon Bedrock API reference, "ConverseStream".
"""

from __future__ import annotations

from translate.errors import Path, StreamError
from translate.leg import Json, Leg
from translate.providers.bedrock import error as errors
from translate.providers.bedrock.ending import ADDITIONAL
from translate.providers.bedrock.gather import PADDING, Gathered, family_of, index_of, unfold_block
from translate.providers.bedrock.usage import NO_METRICS

BLOCKS = frozenset(("contentBlockStart", "contentBlockDelta", "contentBlockStop"))
KINDS = BLOCKS | {"messageStart", "messageStop", "metadata"}


def fold(events: list[Json], leg: Leg) -> Json:
    """Events -> the answer they amount to. A cut stream closes as max_tokens. Raises: StreamError for an exception event."""
    message: Json = {"role": "assistant"}
    out: Json = {"output": {"message": message}}
    blocks: list[Gathered] = []
    current: Gathered | None = None
    opened = -1
    started = stopped = False
    for number, event in enumerate(events):
        leg.losses.prefix = (number,)
        kind = next((name for name, body in event.items() if name in KINDS and body is not None), None)
        if kind is None:
            if errors.event_name(event) is not None:
                raise StreamError("exception event", event_index=number, path=(number,), body=event)
            continue
        body = event[kind]
        if type(body) is not dict:
            leg.invalid((kind,), "object", body)
        if stopped and kind in BLOCKS:
            continue
        if kind == "messageStart" and started:
            continue
        started = True
        if kind == "messageStart":
            message.update((name, value) for name, value in body.items() if name != PADDING and value is not None)
        elif kind == "contentBlockStart":
            current, opened = _started(body, leg), index_of(body, leg, (kind,))
            if current is not None:
                blocks.append(current)
        elif kind == "contentBlockDelta":
            index, delta, path = index_of(body, leg, (kind,)), body.get("delta"), (kind, "delta")
            if delta is None:
                leg.missing(path[:1], "delta")
            if type(delta) is not dict:
                leg.invalid(path, "object", delta)
            family = family_of(delta, leg, path)
            if not family:
                continue
            if current is None or opened != index or (current.family != family and not current.begun):
                if family not in ("text", "reasoning", "redacted"):
                    continue
                current, opened = Gathered(family), index
                blocks.append(current)
            if current.family == family:
                current.add(delta, leg, path)
        elif kind == "contentBlockStop":
            if index_of(body, leg, (kind,)) == opened:
                current, opened = None, -1
        elif kind == "messageStop":
            if not stopped:
                stopped = True
                current, opened = None, -1
                out.update((name, value) for name, value in body.items() if name != PADDING and value is not None)
        else:
            out.update((name, value) for name, value in body.items() if name != PADDING and value is not None)
    message["content"] = [block.whole() for block in blocks]
    if not stopped:
        out["stopReason"] = "max_tokens"
    return out


def _started(body: Json, leg: Leg) -> Gathered | None:
    start, path = body.get("start"), ("contentBlockStart", "start")
    if start is None:
        leg.missing(path[:1], "start")
    if type(start) is not dict:
        leg.invalid(path, "object", start)
    kind = next((name for name, value in start.items() if value is not None), "")
    if not kind:
        return None
    if type(start[kind]) is not dict:
        leg.invalid((*path, kind), "object", start[kind])
    return Gathered(kind if kind in ("toolUse", "toolResult", "image") else "", kind, start[kind])


def unfold(response: Json, leg: Leg) -> list[Json]:
    """The shortest stream of an answer. Raises: InvalidDocument for a block that no stream carries."""
    output = response.get("output")
    message = output.get("message") if type(output) is dict else None
    if output is None:
        leg.missing((), "output")
    if message is None and type(output) is dict:
        leg.missing(("output",), "message")
    if type(message) is not dict:
        leg.invalid(("output", "message") if type(output) is dict else ("output",), "object", message)
    content = message.get("content")
    if content is not None and type(content) is not list:
        leg.invalid(("output", "message", "content"), "array", content)
    head = {name: value for name, value in message.items() if name not in ("role", "content") and value is not None}
    events: list[Json] = [{"messageStart": {"role": "assistant", **head}}]
    for index, block in enumerate(content or ()):
        path: Path = ("output", "message", "content", index)
        unfolded = unfold_block(block, index, leg, path)
        if unfolded is None:
            leg.invalid(path, "a block that streams carry", block)
        events += unfolded
    stop: Json = {"stopReason": response.get("stopReason") or "end_turn"}
    if response.get(ADDITIONAL) is not None:
        stop[ADDITIONAL] = response[ADDITIONAL]
    tail = {
        name: value for name, value in response.items()
        if name not in ("output", "stopReason", ADDITIONAL) and value is not None
    }  # fmt: skip
    counts = {"usage": {"inputTokens": 0, "outputTokens": 0, "totalTokens": 0}, "metrics": NO_METRICS}
    return [*events, {"messageStop": stop}, {"metadata": {**counts, **tail}}]
