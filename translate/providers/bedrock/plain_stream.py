"""
Events of the common shapes: further pieces of what is open, calls that begin, ends of blocks. They are looked at and read in one
go, without the scrub; whatever says more goes the long way (`stream.ToUnified`, whose methods these are).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from translate.leg import Json
from translate.providers.bedrock.gather import MOST_INDEX, PADDING, Block
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
    if reader.wire is None or reader.over or reader.finished or reader.rows.order.broken or "names" in memo or "custom" in memo:
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
    """The chunks of the end of the open block; None for every other event."""
    body, block = event.get("contentBlockStop"), reader.block
    if block is None or reader.finished or len(event) != 1 or type(body) is not dict:
        return None
    if len(body) != 1 and not (len(body) == 2 and _is_padding(body.get(PADDING))):
        return None
    index = body.get("contentBlockIndex")
    return reader._close() if type(index) is int and index == block.index else None


def _is_padding(value: Any) -> bool:
    return type(value) is str and value.isascii()
