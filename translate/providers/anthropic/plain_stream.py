"""
Events of the common shapes: further pieces of what is open, calls that begin, ends of blocks. They are looked at and read in one
go, without the scrub; whatever says more goes the long way (`stream.ToUnified`, whose methods these are).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from translate.leg import Json
from translate.providers.anthropic.ending import FINISH_REASONS
from translate.providers.anthropic.gather import DELTAS, Block
from translate.providers.anthropic.plain_reading import MESSAGE_MEMBERS, counts_to_unified
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
    if reader.head is None or reader.over or reader.rows.broken or reader.leg.memo:
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
    """The chunks of an event of the common shapes that is no further piece; None for every other one."""
    kind = event.get("type")
    read = _READERS.get(kind) if type(kind) is str else None
    return None if read is None or reader.due else read(reader, event)


def _message_start(reader: ToUnified, event: Json) -> list[Json] | None:
    message = event.get("message")
    if reader.head is not None or len(event) != 2 or type(message) is not dict or len(message) != len(MESSAGE_MEMBERS):
        return None
    try:
        identifier, model, usage = message["id"], message["model"], message["usage"]
        if message["type"] != "message" or message["role"] != "assistant" or message["content"] != []:
            return None
        if message["stop_reason"] is not None or message["stop_sequence"] is not None or type(message["content"]) is not list:
            return None
    except KeyError:
        return None
    if type(identifier) is not str or not identifier.isascii() or type(model) is not str or not model.isascii() or not _is_count(usage):
        return None
    leg = reader.leg
    reader.head = {
        "id": identifier or leg.options.id or "chatcmpl-0", "object": "chat.completion.chunk", "created": leg.options.created,
        "model": model or leg.memo.get("model") or leg.route.get("model") or leg.options.model or "",
    }  # fmt: skip
    _count(reader, usage)
    chunk = reader.head.copy()
    chunk["choices"] = [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]
    return [chunk]


def _text_start(reader: ToUnified, event: Json) -> list[Json] | None:
    """The begin of an empty text, from which on its pieces are quick."""
    native, index = event.get("content_block"), event.get("index")
    if reader.block is not None or reader.head is None or len(event) != 3 or type(index) is not int or index < 0:
        return None
    if type(native) is not dict or len(native) != 2 or native.get("type") != "text" or native.get("text") != "":
        return None
    block = reader.block = Block("text", index, native)
    block.delta = "text_delta"
    reader.due += reader.rows.open("text")
    return []


def _block_stop(reader: ToUnified, event: Json) -> list[Json] | None:
    block, index = reader.block, event.get("index")
    return reader._close() if block is not None and len(event) == 2 and type(index) is int and index == block.index else None


def _block_delta(reader: ToUnified, event: Json) -> list[Json] | None:
    """A piece of input that is gathered."""
    block, delta, index = reader.block, event.get("delta"), event.get("index")
    if block is None or block.gathered is None or len(event) != 3 or type(delta) is not dict or len(delta) != 2:
        return None
    piece = delta.get("partial_json")
    if type(index) is not int or index != block.index:
        return None
    if delta.get("type") != "input_json_delta" or type(piece) is not str or not (piece.isascii() or not lone(piece)):
        return None
    if piece:
        block.gathered.json.append(piece)
    return []


def _message_delta(reader: ToUnified, event: Json) -> list[Json] | None:
    """The end of an answer whose blocks are closed, with a word that the finish says whole."""
    delta, usage = event.get("delta"), event.get("usage")
    if reader.block is not None or reader.head is None or reader.finish or reader.stops or len(event) != 3:
        return None
    if type(delta) is not dict or len(delta) != 2 or "stop_sequence" not in delta or delta["stop_sequence"] is not None:
        return None
    reason = delta.get("stop_reason")
    finish = FINISH_REASONS.get((reason, reader.calls > 0)) if type(reason) is str else None
    if finish is None or not _is_count(usage):
        return None
    _count(reader, usage)
    reader.stops, reader.finish = {"stop_reason": reason}, True
    chunk = reader.head.copy()
    chunk["choices"] = [{"index": 0, "delta": {}, "finish_reason": finish}]
    return [chunk]


def _message_stop(reader: ToUnified, event: Json) -> list[Json] | None:
    if reader.block is not None or reader.head is None or not reader.finish or len(event) != 1:
        return None
    reader.over = True
    if reader.usage is None:
        return []
    chunk = reader.head.copy()
    chunk["choices"] = []
    counts = counts_to_unified(reader.usage, chunk, reader.leg.row.key)
    if counts is None:
        return reader._usage()
    chunk["usage"] = counts
    return [chunk]


def _is_count(usage: Any) -> bool:
    """Whether counts are right in type, and what stands beside them clean."""
    if type(usage) is not dict:
        return False
    for name, value in usage.items():
        kind = type(value)
        if type(name) is not str or not name.isascii():
            return False
        if kind is dict:
            if name in _COUNTS or not all(type(inner) is str and inner.isascii() and type(count) is int for inner, count in value.items()):
                return False
        elif kind is str:
            if name in _COUNTS or name == "output_tokens_details" or not value.isascii():
                return False
        elif kind is not int and value is not None:
            return False
    return True


def _count(reader: ToUnified, usage: Any) -> None:
    if reader.usage is None:
        reader.usage = {}
    reader.usage.update((name, value) for name, value in usage.items() if value is not None)


_COUNTS = frozenset(("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"))
_READERS = {
    "message_start": _message_start, "content_block_start": _text_start, "content_block_delta": _block_delta,
    "content_block_stop": _block_stop, "message_delta": _message_delta, "message_stop": _message_stop,
}  # fmt: skip
