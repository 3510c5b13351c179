"""
Events of the common shapes: further pieces of what is open, calls that begin, ends of blocks. They are looked at and read in one
go, without the scrub; whatever says more goes the long way (`stream.ToUnified`, whose methods these are).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from translate.leg import Json
from translate.providers.anthropic.gather import DELTAS, Block
from translate.scrubbing import lone
from translate.shared.blocks import HEAD

if TYPE_CHECKING:
    from translate.providers.anthropic.stream import ToUnified

DIRECT: Json = {"type": "direct"}


def quick(reader: ToUnified, event: Json) -> Json | None:
    """The one chunk of a further piece of the open text or call, which is most of a stream; None for every other event."""
    block = reader.block
    if len(event) != 3 or reader.due:
        return None
    if block is None:
        return _call(reader, event)
    try:
        if event["type"] != "content_block_delta":
            return None
        index, delta, kind = event["index"], event["delta"], block.delta
        if type(delta) is not dict or len(delta) != 2 or delta["type"] != kind:
            return None
        piece = delta[DELTAS[kind]]
    except KeyError:
        return None
    if index is not block.index and (index != block.index or type(index) is not int):
        return None
    if type(piece) is not str or not piece or not (piece.isascii() or not lone(piece)):
        return None
    made: Json
    if kind == "text_delta":
        if block.length < HEAD:
            block.head = (block.head + piece)[:HEAD]
        block.length += len(piece)
        made = {"content": piece}
    elif kind == "input_json_delta":
        block.sent = True
        made = {"tool_calls": [{"index": block.call, "function": {"arguments": piece}}]}
    else:
        entry = {"type": "reasoning.text", "text": piece, "index": block.entry}
        made = {"reasoning_content": piece, "reasoning_details": [entry]}
    chunk: Json = reader.head.copy()  # type: ignore[union-attr]  # there once a chunk went out
    chunk["choices"] = [{"index": 0, "delta": made, "finish_reason": None}]
    return chunk


def _call(reader: ToUnified, event: Json) -> Json | None:
    """The chunk of a call that begins as nearly all do: no block is open, no rows are needed, nothing was renamed."""
    if reader.head is None or reader.over or reader.rows.order.broken or reader.leg.memo:
        return None
    try:
        if event["type"] != "content_block_start":
            return None
        index, native = event["index"], event["content_block"]
        if type(index) is not int or index < 0 or type(native) is not dict or native["type"] != "tool_use":
            return None
        if len(native) != 4 and (len(native) != 5 or native["caller"] != DIRECT):
            return None
        identifier, name, given = native["id"], native["name"], native["input"]
    except KeyError:
        return None
    if type(identifier) is not str or type(name) is not str or type(given) is not dict or given:
        return None
    if not (identifier.isascii() and name.isascii()):
        return None
    block = reader.block = Block("tool_use", index, native)
    block.delta = "input_json_delta"
    block.call, reader.calls = reader.calls, reader.calls + 1
    reader.rows.open("tool_call")
    made = {"index": block.call, "id": identifier, "type": "function", "function": {"name": name, "arguments": ""}}
    chunk: Json = reader.head.copy()
    chunk["choices"] = [{"index": 0, "delta": {"tool_calls": [made]}, "finish_reason": None}]
    return chunk


def common(reader: ToUnified, event: Json) -> list[Json] | None:
    """The chunks of the end of the open block, or of a piece of input that is gathered; None for every other event."""
    block = reader.block
    if block is None or type(event.get("index")) is not int or event["index"] != block.index:
        return None
    kind: Any = event.get("type")
    if kind == "content_block_stop":
        return reader._close() if len(event) == 2 else None
    delta = event.get("delta")
    if kind != "content_block_delta" or block.gathered is None or len(event) != 3 or type(delta) is not dict or len(delta) != 2:
        return None
    piece = delta.get("partial_json")
    if delta.get("type") != "input_json_delta" or type(piece) is not str or not (piece.isascii() or not lone(piece)):
        return None
    if piece:
        block.gathered.json.append(piece)
    return []
