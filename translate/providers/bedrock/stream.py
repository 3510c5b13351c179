"""
ConverseStream, both directions. An event is an object with one member, its kind, as the SDKs yield it.

Source: Amazon Bedrock API reference, "ConverseStream", "ContentBlockStart", "ContentBlockDelta", "ConverseStreamMetadataEvent".

Text and reasoning blocks have no start: the first delta of an unseen index opens them. Usage comes after messageStop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock import documents, error as errors, plain_stream, reasoning, response as responses
from translate.providers.bedrock.assistant import annotations_of
from translate.providers.bedrock.calls import SERVER_USE, call_to_unified
from translate.providers.bedrock.content import string
from translate.providers.bedrock.ending import ADDITIONAL, finish_to_unified
from translate.providers.bedrock.facts import facts_of, head_of
from translate.providers.bedrock.folding import BLOCKS, fold, unfold
from translate.providers.bedrock.gather import (
    FAMILIES,
    PADDING,
    Block,
    Gathered,
    family_of,
    index_of,
    joined_base64,
)
from translate.providers.bedrock.usage import usage_to_unified
from translate.providers.bedrock.writer import ToNative
from translate.shared import bag
from translate.shared.blocks import cut_row
from translate.shared.machines import Reader
from translate.shared.stream_rows import StreamRows

__all__ = ["ToNative", "ToUnified", "fold", "unfold"]



class ToUnified(Reader):
    """Native events -> unified chunks. Held back: rows, reasoning that may get a signature, blocks nobody else understands."""

    __slots__ = (
        "block", "calls", "due", "entries", "finished", "first", "images", "leg", "metadata", "offset", "over", "quotes", "rows", "thoughts",
        "truncated", "wire", "word",
    )  # fmt: skip

    quick, common = plain_stream.quick, plain_stream.common

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.wire: Json | None = None  # the head of every chunk
        self.word = ""
        self.block: Block | None = None
        self.rows = StreamRows(entries=False)
        self.due: list[Json] = []  # rows that go out with the next delta
        self.calls = self.thoughts = self.offset = self.quotes = self.images = 0
        self.entries = False  # reasoning has entries of its own
        self.first: tuple[int, str] | None = None  # number of the row and text of a first, unsigned reasoning block
        self.metadata: list[Json] = []  # chunks that wait for the finish
        self.finished = False
        self.over = False
        self.truncated = False

    def feed(self, event: Json) -> list[Json]:
        if self.over:
            return []
        for kind, body in event.items():
            handle = _HANDLERS.get(kind)
            if handle is None or body is None:
                continue
            if type(body) is not dict:
                self.leg.invalid((kind,), "object", body)
            if len(event) > 1:
                self._unknown(event, (kind,), ())
            if self.finished and kind in BLOCKS:
                self.leg.losses.add("dropped", "content", kind, (kind,), "comes behind messageStop")
                return []
            chunks = [] if self.wire is not None or kind == "messageStart" else self._begin({})
            return chunks + handle(self, body)
        name = errors.event_name(event)
        if name is not None:
            self.over, self.block = True, None
            return [errors.to_unified(event, self.leg)]
        self._unknown(event, (), ())
        return []

    def _unknown(self, holder: Json, known: tuple[str, ...] | frozenset[str], path: Path) -> None:
        for name, value in holder.items():
            if name not in known and name != PADDING and value is not None:
                self.leg.losses.add("dropped", "envelope", name, (*path, name), "not known here")

    def _chunk(self, delta: Json) -> Json:
        if self.due:
            bag.put(delta, self.leg.row.key, "blocks", self.due)
            self.due = []
        return {**(self.wire or {}), "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}

    # --- start

    def _begin(self, body: Json) -> list[Json]:
        leg = self.leg
        if self.wire is not None:
            leg.losses.add("dropped", "envelope", "messageStart", ("messageStart",), "the message has started")
            return []
        head = head_of(leg)
        self.word = reasoning.word_of(facts_of(leg, head["model"]))
        self.wire = {"id": head["id"], "object": "chat.completion.chunk", "created": leg.options.created, "model": head["model"]}
        responses.role_to_unified(body, leg, ("messageStart",))
        delta: Json = {"role": "assistant", "content": ""}
        for name, value in body.items():
            if name not in ("role", PADDING) and value is not None:
                bag.put(delta, leg.row.key, name, value)
        return [self._chunk(delta)]

    def _block_start(self, body: Json) -> list[Json]:
        leg, path = self.leg, ("contentBlockStart", "start")
        index, start = index_of(body, leg, ("contentBlockStart",)), body.get("start")
        self._unknown(body, ("contentBlockIndex", "start"), ("contentBlockStart",))
        if type(start) is not dict:
            leg.invalid(path if "start" in body else path[:1], "object" if "start" in body else "object with start", start)
        kind = ""
        for name, member in start.items():
            if member is not None:
                kind = name
                break
        chunks = self._close() if self.block is not None else []
        if not kind:
            return chunks
        value = start[kind]
        if type(value) is not dict:
            leg.invalid((*path, kind), "object", value)
        if len(start) > 1:
            self._unknown(start, (kind,), path)
        block = self.block = Block(kind, index)
        if kind == "toolUse" and value.get("input") is not None:
            leg.losses.add("dropped", "content", "input", (*path, kind, "input"), "comes in deltas")
        if kind != "toolUse" or value.get("type") == SERVER_USE:
            family = kind if kind in ("toolUse", "toolResult", "image") else ""
            block.gathered = Gathered(family, kind, value)
            return chunks
        block.use = value
        if "input" in value:
            value = {name: member for name, member in value.items() if name != "input"}
        call = call_to_unified(value, leg, (*path, kind), "")
        self.due += self.rows.open("tool_call")
        block.call, self.calls = self.calls, self.calls + 1
        if call["type"] == "custom":
            call["custom"]["input"] = ""
        return [*chunks, self._chunk({"tool_calls": [{"index": block.call, **call}]})]

    # --- deltas

    def _block_delta(self, body: Json) -> list[Json]:
        leg, path = self.leg, ("contentBlockDelta", "delta")
        index, delta = index_of(body, leg, ("contentBlockDelta",)), body.get("delta")
        if len(body) > 2 or "contentBlockIndex" not in body:
            self._unknown(body, ("contentBlockIndex", "delta"), ("contentBlockDelta",))
        if type(delta) is not dict:
            leg.invalid(path if "delta" in body else path[:1], "object" if "delta" in body else "object with delta", delta)
        family = family_of(delta, leg, path)
        block = self.block
        if not family:
            self._unknown(delta, (), path)
            return []
        chunks: list[Json] = []
        if block is None or block.index != index or (block.family != family and block.gathered is None):
            if family not in ("text", "reasoning", "redacted"):
                leg.losses.add("dropped", "content", family, path[:1], "its block has not started")
                return []
            chunks = self._close()
            block = self.block = Block(family, index)
        if block.gathered is not None:
            if block.gathered.family != family:
                leg.losses.add("dropped", "content", family, path, f"does not belong to a block of {block.gathered.key}")
                return chunks
            block.gathered.add(delta, leg, path)
            self._unknown(delta, (family,), path)
            return chunks
        for name, value in delta.items():
            if value is None:
                continue
            take = _TAKE.get(name)
            fits = family in ("reasoning", "redacted") if name == "reasoningContent" else FAMILIES.get(name) == family
            if take is None or not fits:
                leg.losses.add("dropped", "content", name, (*path, name), "one piece a delta")
            else:
                chunks += take(self, block, value, (*path, name))
        return chunks

    def _text(self, block: Block, value: Any, path: Path) -> list[Json]:
        text = string(value, self.leg, path)
        if not block.opened:
            block.opened = True
            block.quick = "text"
            self.due += self.rows.open("text")
        if not text:
            return []
        block.count(text)
        return [self._chunk({"content": text})]

    def _citation(self, block: Block, value: Any, path: Path) -> list[Json]:
        block.citations.append(value)
        return []

    def _arguments(self, block: Block, value: Any, path: Path) -> list[Json]:
        leg = self.leg
        if type(value) is not dict:
            leg.invalid(path, "object", value)
        if len(value) > 1 or "input" not in value:
            self._unknown(value, ("input",), path)
        piece = value.get("input")
        if piece is None:
            return []
        if not string(piece, leg, (*path, "input")):
            return []
        if block.use.get("name") in (leg.memo.get("custom") or ()):
            block.pieces.append(piece)
            return []
        block.sent = True
        block.quick = "toolUse"
        return [self._chunk({"tool_calls": [{"index": block.call, "function": {"arguments": piece}}]})]

    def _reasoned(self, block: Block, value: Json, path: Path) -> list[Json]:
        leg = self.leg
        if type(value) is not dict:
            leg.invalid(path, "object", value)
        fragments: list[Json] = []
        if not block.opened:
            block.opened = True
            if self.thoughts or block.family == "redacted":
                fragments += self._with_entries()
            self.due += self.rows.open("reasoning")
            block.entry, self.thoughts = self.thoughts, self.thoughts + 1
        text = ""
        for name, member in value.items():
            if member is None:
                continue
            if name not in ("text", "signature", "redactedContent") or (name == "redactedContent") != (block.family == "redacted"):
                leg.losses.add("dropped", "content", name, (*path, name), "one piece a delta")
                continue
            string(member, leg, (*path, name))
            if name == "redactedContent":
                block.pieces.append(member)
            elif name == "text" and member:
                text += member
                block.count(member)
                if self.entries:
                    fragments.append(self._fragment(block, {"text": member}))
                else:
                    block.pieces.append(member)
            elif name == "signature" and member:
                fragments += self._with_entries()
                fragments.append(self._fragment(block, {"signature": member}))
        if block.family == "reasoning" and (block.sent or not self.entries):
            block.quick = "reasoningContent"
        delta: Json = {"reasoning_content": text} if text else {}
        if fragments:
            delta["reasoning_details"] = _joined(fragments)
        return [self._chunk(delta)] if delta else []

    def _with_entries(self) -> list[Json]:
        """From now on reasoning has entries; those of what has gone out as plain reasoning already."""
        if self.entries:
            return []
        self.entries = self.rows.entries = True
        fragments: list[Json] = []
        if self.first is not None:
            fragments.append({"type": "reasoning.text", "text": self.first[1], "format": self.word, "index": 0})
            self.first = None
        block = self.block
        if block is not None and block.family == "reasoning" and block.pieces:
            fragments.append(self._fragment(block, {"text": "".join(block.pieces)}))
            block.pieces = []
        return fragments

    def _fragment(self, block: Block, members: Json) -> Json:
        entry: Json = {"type": "reasoning.text"}
        if not block.sent:
            block.sent = True
            entry.update({"text": "", **members, "format": self.word})
        else:
            entry.update(members)
        entry["index"] = block.entry
        return entry

    # --- ends

    def _block_stop(self, body: Json) -> list[Json]:
        self._unknown(body, ("contentBlockIndex",), ("contentBlockStop",))
        index = index_of(body, self.leg, ("contentBlockStop",))
        if self.block is None or self.block.index != index:
            if index or self.block is not None:  # 0 is also the end of a text that never came
                self.leg.losses.add("dropped", "envelope", "contentBlockStop", ("contentBlockStop",), "no such block is open")
            return []
        return self._close()

    def _close(self) -> list[Json]:
        """Ends the open block: what is only known now, and its row when rows are needed."""
        block = self.block
        if block is None:
            return []
        delta: Json = {}
        if block.gathered is not None:
            rows = self._close_native(block.gathered, delta)
        elif block.family == "text":
            rows = self._close_text(block, delta)
        elif block.family == "toolUse":
            rows = self.rows.close({"type": "tool_call"})
            if block.pieces:
                text = call_to_unified(block.use, self.leg, ("contentBlockStop",), "".join(block.pieces))["custom"]["input"]
                delta["tool_calls"] = [{"index": block.call, "custom": {"input": text}}]
            elif not block.sent and block.use.get("name") not in (self.leg.memo.get("custom") or ()):
                delta["tool_calls"] = [{"index": block.call, "function": {"arguments": "{}"}}]
        else:
            rows = self._close_thought(block, delta)
        self.block = None
        chunks: list[Json] = []
        if rows and delta.keys() - {"annotations"}:  # a row ends its block, so that it comes behind what fills it
            chunks.append(self._chunk(delta))
            delta = {}
        self.due += rows
        if delta or self.due:
            chunks.append(self._chunk(delta))
        return chunks

    def _close_text(self, block: Block, delta: Json) -> list[Json]:
        if not block.opened:
            cited: Json = {"citations": block.citations}
            self._annotate(block.citations, self.offset, delta)
            return self.rows.native({"citationsContent": cited})
        extra: Json | None = None
        if block.citations:
            extra = {"citationsContent": {"citations": block.citations}}
            self._annotate(block.citations, self.offset + block.length, delta)
        rows = self.rows.close({"type": "text", "length": block.length, "head": block.head}, extra)
        self.offset += block.length
        return rows

    def _annotate(self, citations: list[Any], end: int, delta: Json) -> None:
        found = annotations_of(citations, self.offset, end)
        if found:
            delta["annotations"] = [{"index": self.quotes + number, **one} for number, one in enumerate(found)]
            self.quotes += len(found)

    def _close_thought(self, block: Block, delta: Json) -> list[Json]:
        if block.family == "redacted":
            entry: Json = {"type": "reasoning.encrypted", "data": joined_base64(block.pieces), "format": reasoning.FORMAT}
            delta["reasoning_details"] = [{**entry, "index": block.entry}]
            return self.rows.close({"type": "reasoning"})
        if not block.length and not self.entries:
            delta["reasoning_details"] = [*self._with_entries(), self._fragment(block, {})]
        elif self.entries and not block.sent:
            delta["reasoning_details"] = [self._fragment(block, {})]
        if not self.entries:
            self.first = (self.rows.count, "".join(block.pieces))
        return self.rows.close({"type": "reasoning"})

    def _close_native(self, gathered: Gathered, delta: Json) -> list[Json]:
        block = gathered.whole()
        image = block.get("image")
        if gathered.family != "image" or type(image) is not dict or not documents.is_visible(image):
            return self.rows.native(block)
        url, rest = documents.image_to_unified(image, self.leg, ("contentBlockStop",))
        rows = self.rows.open("image")
        part: Json = {"type": "image_url", "index": self.images, "image_url": {"url": url}}
        self.images += 1
        if rest:
            bag.put(part, self.leg.row.key, "image", rest)
        delta["images"] = [part]
        self.due += rows
        return self.rows.close({"type": "image"})

    def _message_stop(self, body: Json) -> list[Json]:
        leg, path = self.leg, ("messageStop",)
        if self.finished:
            leg.losses.add("dropped", "envelope", "messageStop", path, "the message has stopped")
            return []
        chunks = self._close()
        chunk = self._last({})
        choice = chunk["choices"][0]
        rest = finish_to_unified(
            body.get("stopReason"), body.get(ADDITIONAL), choice, self.calls > 0, leg, path
        )
        if rest is not None:
            bag.put(chunk, leg.row.key, ADDITIONAL, rest)
        for name, value in body.items():
            if name not in ("stopReason", ADDITIONAL, PADDING) and value is not None:
                bag.put(chunk, leg.row.key, name, value)
        return [*chunks, chunk, *self._tail()]

    def _last(self, delta: Json) -> Json:
        """The finish chunk; now it is known whether plain reasoning out of order needs its length."""
        if self.first is not None and self.rows.broken:
            number, text = self.first
            self.due.append({"index": number, **cut_row("reasoning", text)})
        return self._chunk(delta)

    def _tail(self) -> list[Json]:
        self.finished = True
        held, self.metadata = self.metadata, []
        return held

    def _counts(self, body: Json) -> list[Json]:
        leg, path = self.leg, ("metadata",)
        chunk: Json = {**(self.wire or {}), "choices": []}
        if body.get("usage") is not None:
            chunk["usage"] = usage_to_unified(body["usage"], leg, (*path, "usage"))
        responses.rest_to_unified(body, plain_stream.METADATA, chunk, leg, path)
        self.metadata = [chunk]
        return self._tail() if self.finished else []

    def flush(self) -> list[Json]:
        if self.over:
            return []
        self.over = True
        chunks = [] if self.wire is not None else self._begin({})
        if not self.finished:
            chunks += self._close()
            self.truncated = True
            self.leg.losses.add("dropped", "content", "stream", (), "the stream ended before messageStop")
            chunk = self._last({})
            chunk["choices"][0]["finish_reason"] = "length"
            chunks.append(chunk)
        return chunks + self._tail()


def _joined(fragments: list[Json]) -> list[Json]:
    """Fragments of one entry as one."""
    out: list[Json] = []
    for fragment in fragments:
        if out and out[-1]["index"] == fragment["index"]:
            out[-1] = {**out[-1], **fragment, "text": out[-1].get("text", "") + fragment.get("text", "")}
        else:
            out.append(fragment)
    return out


_HANDLERS: dict[str, Callable[[ToUnified, Json], list[Json]]] = {
    "messageStart": ToUnified._begin, "contentBlockStart": ToUnified._block_start, "contentBlockDelta": ToUnified._block_delta,
    "contentBlockStop": ToUnified._block_stop, "messageStop": ToUnified._message_stop, "metadata": ToUnified._counts,
}  # fmt: skip
_TAKE: dict[str, Callable[[ToUnified, Block, Any, Path], list[Json]]] = {
    "text": ToUnified._text, "citation": ToUnified._citation, "toolUse": ToUnified._arguments,
    "reasoningContent": ToUnified._reasoned,
}  # fmt: skip
