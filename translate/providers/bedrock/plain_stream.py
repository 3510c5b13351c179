"""
Events of the common shapes: further pieces of what is open, calls that begin, ends of blocks. They are looked at and read in one
go, without the scrub; whatever says more goes the long way (`stream.ToUnified`, whose methods these are).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from translate.leg import Json
from translate.providers.bedrock.ending import FINISH_REASONS
from translate.providers.bedrock.gather import MOST_INDEX, PADDING, Block
from translate.providers.bedrock.plain_reading import counts_to_unified, is_plain_metrics, is_plain_tier
from translate.providers.bedrock.response import rest_to_unified
from translate.scrubbing import lone
from translate.shared.blocks import HEAD

if TYPE_CHECKING:
    from translate.providers.bedrock.stream import ToUnified


def quick(reader: ToUnified, event: Json) -> Json | None:
    """The chunk of a further piece of the open text or call, which is most of a stream; None for every other event."""
    block = reader.block
    if len(event) != 1 or reader.due:
        return None
    if block is None:
        return _call(reader, event)
    body, kind = event.get("contentBlockDelta"), block.quick
    try:
        if type(body) is not dict or (len(body) != 2 and not (len(body) == 3 and _is_padding(body[PADDING]))):
            return None
        index, delta = body["contentBlockIndex"], body["delta"]
        if type(delta) is not dict or len(delta) != 1:
            return None
        piece = delta[kind]
        if kind != "text":
            if type(piece) is not dict or len(piece) != 1:
                return None
            piece = piece["input" if kind == "toolUse" else "text"]
    except KeyError:
        return None
    if index is not block.index and (index != block.index or type(index) is not int):
        return None
    if type(piece) is not str or not piece or not (piece.isascii() or not lone(piece)):
        return None
    made: Json
    if kind == "toolUse":
        block.sent = True
        made = {"tool_calls": [{"index": block.call, "function": {"arguments": piece}}]}
    else:
        if block.length < HEAD:
            block.head = (block.head + piece)[:HEAD]
        block.length += len(piece)
        if kind == "text":
            made = {"content": piece}
        else:
            made = {"reasoning_content": piece}
            if reader.entries:
                made["reasoning_details"] = [{"type": "reasoning.text", "text": piece, "index": block.entry}]
            else:
                block.pieces.append(piece)
    chunk: Json = reader.wire.copy()  # type: ignore[union-attr]  # there once a chunk went out
    chunk["choices"] = [{"index": 0, "delta": made, "finish_reason": None}]
    return chunk


def _call(reader: ToUnified, event: Json) -> Json | None:
    """The chunk of a call that begins as nearly all do: no block is open, no rows are needed, nothing was renamed."""
    memo, body = reader.leg.memo, event.get("contentBlockStart")
    if reader.wire is None or reader.over or reader.finished or reader.rows.broken or "names" in memo or "custom" in memo:
        return None
    try:
        if type(body) is not dict or (len(body) != 2 and not (len(body) == 3 and _is_padding(body[PADDING]))):
            return None
        index, start = body["contentBlockIndex"], body["start"]
        if type(index) is not int or not 0 <= index < MOST_INDEX or type(start) is not dict or len(start) != 1:
            return None
        use = start["toolUse"]
        if type(use) is not dict or len(use) != 2:
            return None
        identifier, name = use["toolUseId"], use["name"]
    except KeyError:
        return None
    if type(identifier) is not str or type(name) is not str or not (identifier.isascii() and name.isascii()):
        return None
    block = reader.block = Block("toolUse", index)
    block.use, block.quick = use, "toolUse"
    block.call, reader.calls = reader.calls, reader.calls + 1
    reader.rows.open("tool_call")
    made = {"index": block.call, "id": identifier, "type": "function", "function": {"name": name, "arguments": ""}}
    chunk: Json = reader.wire.copy()
    chunk["choices"] = [{"index": 0, "delta": {"tool_calls": [made]}, "finish_reason": None}]
    return chunk


def common(reader: ToUnified, event: Json) -> list[Json] | None:
    """The chunks of an event of the common shapes that is no further piece; None for every other one."""
    if len(event) != 1 or reader.due:
        return None
    for kind, body in event.items():
        read = _READERS.get(kind)
        if read is not None and type(body) is dict and (PADDING not in body or _is_padding(body[PADDING])):
            return read(reader, body, len(body) - (PADDING in body))
    return None


def _message_start(reader: ToUnified, body: Json, size: int) -> list[Json] | None:
    return reader._begin(body) if reader.wire is None and size == 1 and body.get("role") == "assistant" else None


def _block_delta(reader: ToUnified, body: Json, size: int) -> list[Json] | None:
    """A text that begins."""
    index, delta = body.get("contentBlockIndex"), body.get("delta")
    if reader.block is not None or reader.wire is None or reader.finished or size != 2 or type(index) is not int or not 0 <= index < MOST_INDEX:
        return None
    text = delta.get("text") if type(delta) is dict and len(delta) == 1 else None
    if type(text) is not str or not (text.isascii() or not lone(text)):
        return None
    reader.block = Block("text", index)
    return reader._text(reader.block, text, ())


def _block_stop(reader: ToUnified, body: Json, size: int) -> list[Json] | None:
    index, block = body.get("contentBlockIndex"), reader.block
    if block is None or reader.finished or size != 1 or type(index) is not int:
        return None
    return reader._close() if index == block.index else None


def _message_stop(reader: ToUnified, body: Json, size: int) -> list[Json] | None:
    """The end of an answer whose blocks are closed, with a word that the finish says whole."""
    reason = body.get("stopReason")
    if reader.block is not None or reader.wire is None or reader.finished or reader.first is not None or size != 1 or type(reason) is not str:
        return None
    finish = FINISH_REASONS.get((reason, reader.calls > 0))
    if finish is None:
        return None
    chunk = reader.wire.copy()
    chunk["choices"] = [{"index": 0, "delta": {}, "finish_reason": finish}]
    return [chunk, *reader._tail()]


def _metadata(reader: ToUnified, body: Json, size: int) -> list[Json] | None:
    """Counts that add up, a latency, the tier that served."""
    usage, tier = body.get("usage"), body.get("serviceTier")
    if reader.wire is None or type(usage) is not dict or not is_plain_metrics(body.get("metrics")):
        return None
    if size != 1 + ("metrics" in body) + ("serviceTier" in body) or (tier is not None and not is_plain_tier(tier)):
        return None
    counts = counts_to_unified(usage, reader.leg.row.key)
    if counts is None:
        return None
    chunk = reader.wire.copy()
    chunk["choices"], chunk["usage"] = [], counts
    rest_to_unified(body, METADATA, chunk, reader.leg, ("metadata",))
    reader.metadata = [chunk]
    return reader._tail() if reader.finished else []


METADATA = frozenset(("usage", "serviceTier", PADDING))
_READERS = {
    "messageStart": _message_start, "contentBlockDelta": _block_delta, "contentBlockStop": _block_stop, "messageStop": _message_stop,
    "metadata": _metadata,
}  # fmt: skip


def _is_padding(value: Any) -> bool:
    return type(value) is str and value.isascii()
