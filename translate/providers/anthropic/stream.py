"""
Messages streams, both directions: one start, blocks one after another, one delta with the stop reason, one stop.

Source: Anthropic API reference, "Streaming Messages"; on Bedrock the events inside the `chunk` frames.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.anthropic import error as errors, plain_stream, response as responses
from translate.providers.anthropic.assistant import FORMAT, annotations_of, entry_of
from translate.providers.anthropic.calls import call_to_unified
from translate.providers.anthropic.ending import finish_to_unified
from translate.providers.anthropic.folding import USAGE_OF_LAST, fold, index_of, unfold
from translate.providers.anthropic.gather import DELTAS, Block, Gathered
from translate.providers.anthropic.usage import usage_to_unified
from translate.providers.anthropic.writer import Writer
from translate.shared import bag
from translate.shared.arguments import dumps
from translate.shared.blocks import HEAD
from translate.shared.machines import Reader
from translate.shared.stream_rows import StreamRows

ToNative = Writer
COUNTS = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens_details")
START_MEMBERS = frozenset((*responses.NATIVE_MEMBERS,))


class ToUnified(Reader):
    """Native events -> unified chunks. Only arguments of custom tools and blocks nobody else understands are held back."""

    __slots__ = (
        "block", "calls", "due", "entries", "finish", "head", "leg", "offset", "over", "quotes", "rows", "stops", "tier", "truncated",
        "usage",
    )  # fmt: skip

    quick, common = plain_stream.quick, plain_stream.common

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.head: Json | None = None
        self.block: Block | None = None
        self.rows = StreamRows()
        self.due: list[Json] = []  # rows that go out with the next delta
        self.calls = self.entries = self.offset = self.quotes = 0
        self.usage: Json | None = None
        self.stops: Json = {}
        self.finish = False
        self.over = False
        self.truncated = False

    def feed(self, event: Json) -> list[Json]:
        if self.over:
            return []
        kind = event.get("type")
        leg = self.leg
        handle = _HANDLERS.get(kind) if type(kind) is str else None
        if handle is None:
            if errors.is_error(event):
                self.over, self.block = True, None
                return [errors.to_unified(event, leg)]
            if type(kind) is not str:
                if "type" not in event:
                    leg.missing((), "type")
                leg.invalid(("type",), "string", kind)
            leg.losses.add("dropped", "envelope", kind, ("type",), "event unknown")
            return []
        chunks: list[Json] = handle(self, event)
        return chunks

    # --- events

    def _start(self, event: Json) -> list[Json]:
        message = event.get("message")
        leg = self.leg
        if type(message) is not dict:
            leg.invalid(("message",) if "message" in event else (), "object", message)
        if self.head is not None:
            leg.losses.add("dropped", "envelope", "message_start", (), "the message has started")
            return []
        chunk = self._begin(message)
        if message.get("usage") is not None:
            self._count(message["usage"], ("message", "usage"))
        for name, value in message.items():
            if value is None:
                continue
            if name not in START_MEMBERS:
                bag.put(chunk, leg.row.key, name, value)
            elif name.startswith("stop_"):
                leg.losses.add("dropped", "envelope", name, ("message", name), "not known at the start")
        chunks = [chunk]
        content = message.get("content")
        if content is not None and type(content) is not list:
            leg.invalid(("message", "content"), "array", content)
        for number, block in enumerate(content or ()):
            chunks += self._open({"index": number, "content_block": block}, ("message", "content", number))
            chunks += self._close()
        self._rest(event, ("type", "message"))
        return chunks

    def _begin(self, message: Json) -> Json:
        leg = self.leg
        head = responses.head_to_unified(message, leg, ("message",))
        self.head = {"id": head["id"], "object": "chat.completion.chunk", "created": leg.options.created, "model": head["model"]}
        return self._chunk({"role": "assistant", "content": ""})

    def _chunk(self, delta: Json) -> Json:
        if self.due:
            bag.put(delta, self.leg.row.key, "blocks", self.due)
            self.due = []
        return {**(self.head or {}), "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}

    def _ensure(self) -> list[Json]:
        return [] if self.head is not None else [self._begin({})]

    def _block_start(self, event: Json) -> list[Json]:
        if len(event) != 3 or "index" not in event:
            self._rest(event, ("type", "index", "content_block"))
        chunks = self._ensure() if self.head is None else []
        if self.block is not None:
            chunks += self._close()
        return chunks + self._open(event, ("content_block",))

    def _open(self, event: Json, path: Path) -> list[Json]:
        leg = self.leg
        native, index = event.get("content_block"), index_of(event, leg)
        if type(native) is not dict:
            leg.invalid(path if "content_block" in event else (), "object", native)
        kind = native.get("type")
        if type(kind) is not str:
            leg.invalid((*path, "type") if "type" in native else path, "string", kind)
        block = self.block = Block(kind, index, native)
        block.place = leg.losses.prefix
        if kind == "text":
            return self._open_text(block, path)
        if kind == "thinking" or kind == "redacted_thinking":
            entry, extra = entry_of(native, leg, path)
            self.due += self.rows.open("reasoning")
            block.entry, self.entries = self.entries, self.entries + 1
            block.extra = extra or {}
            if kind == "redacted_thinking" or entry["text"] or "signature" in entry:
                block.sent = True
                return [self._reasoning({**entry, "index": block.entry}, entry.get("text"))]
            return []
        if kind == "tool_use":
            return self._open_call(block, path)
        block.gathered = Gathered(native, leg, path)
        return []

    def _open_text(self, block: Block, path: Path) -> list[Json]:
        native, leg = block.native, self.leg
        text = native.get("text")
        if text is not None and type(text) is not str:
            leg.invalid((*path, "text"), "string", text)
        self.due += self.rows.open("text")
        block.delta = "text_delta"
        for name, value in native.items():
            if name == "citations" and type(value) is list:
                block.citations = list(value)
            elif name not in ("type", "text") and value is not None:
                block.extra[name] = value
        return self._text(block, text) if text else []

    def _text(self, block: Block, text: str) -> list[Json]:
        if block.length < HEAD:
            block.head = (block.head + text)[:HEAD]
        block.length += len(text)
        return [self._chunk({"content": text})]

    def _reasoning(self, entry: Json, text: Any) -> Json:
        delta: Json = {"reasoning_content": text} if text else {}
        delta["reasoning_details"] = [entry]
        return self._chunk(delta)

    def _open_call(self, block: Block, path: Path) -> list[Json]:
        leg = self.leg
        native = block.native
        given = native.get("input")
        call = call_to_unified(native if "input" in native else {**native, "input": given}, leg, path, "")
        if given is not None and type(given) is not dict:
            leg.invalid((*path, "input"), "object", given)
        self.due += self.rows.open("tool_call")
        block.call, self.calls = self.calls, self.calls + 1
        if call["type"] == "custom":
            block.pieces = []
            call["custom"]["input"] = ""
        else:
            block.delta = "input_json_delta"
        return [self._chunk({"tool_calls": [{"index": block.call, **call}]})]

    def _block_delta(self, event: Json) -> list[Json]:
        leg = self.leg
        delta = event.get("delta")
        if type(delta) is not dict:
            leg.invalid(("delta",) if "delta" in event else (), "object", delta)
        kind, block = delta.get("type"), self.block
        if type(kind) is not str:
            leg.invalid(("delta", "type") if "type" in delta else ("delta",), "string", kind)
        index = index_of(event, leg)
        if len(event) > 3:
            self._rest(event, ("type", "index", "delta"))
        if block is None or block.index != index:
            leg.losses.add("dropped", "content", kind, (), "no such block is open")
            return []
        if block.gathered is not None:
            block.gathered.add(delta, leg, ("delta",))
            return []
        member = DELTAS.get(kind)
        value = delta.get(member) if member is not None else None
        if member is None or (value is not None and type(value) is not str and kind != "citations_delta"):
            if member is None:
                leg.losses.add("dropped", "content", kind, ("delta",), "delta unknown")
                return []
            leg.invalid(("delta", member), "string", value)
        if len(delta) > 2 or member not in delta:
            for name, rest in delta.items():
                if name not in ("type", member) and rest is not None:
                    leg.losses.add("dropped", "envelope", name, ("delta", name), "member unknown")
        if block.kind == "text":
            if kind == "text_delta":
                return self._text(block, value) if value else []
            if kind == "citations_delta":
                if value is not None:
                    block.citations.append(value)
                return []
        elif block.kind == "thinking":
            if kind == "thinking_delta" or kind == "signature_delta":
                return self._thought(block, kind == "thinking_delta", value) if value else []
        elif block.kind == "tool_use" and kind == "input_json_delta":
            return self._arguments(block, value) if value else []
        leg.losses.add("dropped", "content", kind, ("delta",), f"does not belong to a block of {block.kind}")
        return []

    def _thought(self, block: Block, readable: bool, value: str) -> list[Json]:
        entry: Json = {"type": "reasoning.text"}
        if readable:
            entry["text"] = value
        elif not block.sent:
            entry["text"] = ""
        if not readable:
            entry["signature"] = value
        if not block.sent:
            entry["format"] = FORMAT
            block.sent = True
        block.delta = "thinking_delta"
        entry["index"] = block.entry
        return [self._reasoning(entry, value if readable else None)]

    def _arguments(self, block: Block, piece: str) -> list[Json]:
        block.sent = True
        if block.pieces is not None:
            block.pieces.append(piece)
            return []
        return [self._chunk({"tool_calls": [{"index": block.call, "function": {"arguments": piece}}]})]

    def _block_stop(self, event: Json) -> list[Json]:
        index = index_of(event, self.leg)
        if len(event) != 2 or "index" not in event:
            self._rest(event, ("type", "index"))
        if self.block is None or self.block.index != index:
            where = ("index",) if "index" in event else ("type",)
            self.leg.losses.add("dropped", "envelope", "content_block_stop", where, "no such block is open")
            return []
        return self._close()

    def _close(self) -> list[Json]:
        """Ends the open block: what is only known now, and its row when rows are needed."""
        block, self.block = self.block, None
        if block is None:
            return []
        delta: Json = {}
        if block.native.get("input") and (block.sent or (block.gathered is not None and block.gathered.json)):
            held, self.leg.losses.prefix = self.leg.losses.prefix, block.place
            self.leg.losses.add("dropped", "content", "input", ("content_block", "input"), "the deltas win")
            self.leg.losses.prefix = held
        if block.kind == "text":
            if block.citations:
                block.extra["citations"] = block.citations
                delta = self._cited(block)
            rows = self.rows.close({"type": "text", "length": block.length, "head": block.head}, block.extra or None)
            self.offset += block.length
        elif block.kind == "thinking" or block.kind == "redacted_thinking":
            if not block.sent:
                delta["reasoning_details"] = [{"type": "reasoning.text", "text": "", "format": FORMAT, "index": block.entry}]
            rows = self.rows.close({"type": "reasoning"}, block.extra or None)
        elif block.kind == "tool_use":
            delta = self._called(block)
            rows = self.rows.close({"type": "tool_call"})
        else:
            rows = self.rows.native(block.gathered.whole(self.leg) if block.gathered else block.native)
        if delta and not delta.keys() <= {"annotations"}:  # a row ends its block, so that it comes behind what fills it
            chunks = [self._chunk(delta)]
            self.due += rows
            return [*chunks, self._chunk({})] if rows else chunks
        self.due += rows
        return [self._chunk(delta)] if delta or rows else []

    def _cited(self, block: Block) -> Json:
        found = annotations_of(block.citations, self.offset, self.offset + block.length)
        if not found:
            return {}
        first = self.quotes
        self.quotes += len(found)
        return {"annotations": [{"index": first + number, **one} for number, one in enumerate(found)]}

    def _called(self, block: Block) -> Json:
        if block.pieces is not None:
            text = "".join(block.pieces)
            call = call_to_unified(block.native, self.leg, ("content_block",), text or None)
            return {"tool_calls": [{"index": block.call, "custom": {"input": call["custom"]["input"]}}]}
        if block.sent:
            return {}
        given = block.native.get("input")
        return {"tool_calls": [{"index": block.call, "function": {"arguments": dumps(given) if given else "{}"}}]}

    def _message_delta(self, event: Json) -> list[Json]:
        leg = self.leg
        delta = event.get("delta")
        if delta is None:
            delta = {}
        if type(delta) is not dict:
            leg.invalid(("delta",), "object", delta)
        chunks = [*self._ensure(), *self._close()]
        if event.get("usage") is not None:
            self._count(event["usage"], ("usage",))
        extras: Json = {}
        for name, value in delta.items():
            if value is None:
                continue
            if name in ("stop_reason", "stop_sequence", "stop_details"):
                self.stops[name] = value
            else:
                extras[name] = value
        extras.update(
            (name, value) for name, value in event.items() if name not in ("type", "delta", "usage") and value is not None
        )
        chunk: Json | None = None
        if "stop_reason" not in self.stops:
            leg.losses.add("defaulted", "behaviour", "finish_reason", ("delta",) if "delta" in event else (), "no stop_reason")
        elif not self.finish:
            chunks += self._finish(("delta",))
            chunk = chunks[-1]
        if extras:
            if chunk is None:
                chunk = {**(self.head or {}), "choices": []}
                chunks.append(chunk)
            for name, value in extras.items():
                bag.put(chunk, leg.row.key, name, value)
        return chunks

    def _finish(self, path: Path) -> list[Json]:
        """The finish chunk; a refusal ahead of it, with the details that say it already."""
        self.finish = True
        chunk = self._chunk({})
        choice = chunk["choices"][0]
        delta: Json = {}
        finish_to_unified(self.stops, choice, delta, self.calls > 0, self.leg, path)
        if not delta:
            return [chunk]
        refusal = self._chunk(delta)
        refusal["choices"][0]["extra_content"] = choice.pop("extra_content")
        return [refusal, chunk]

    def _message_stop(self, event: Json) -> list[Json]:
        chunks = [*self._ensure(), *self._close()]
        if not self.finish:
            chunks += self._finish(())
        for name, value in event.items():
            if name == "type" or value is None:
                continue
            if name in USAGE_OF_LAST:
                self.usage = {**(self.usage or {}), name: value}
            else:
                self.leg.losses.add("dropped", "envelope", name, (name,), "member unknown")
        self.over = True
        return chunks + self._usage()

    def _usage(self) -> list[Json]:
        if self.usage is None:
            return []
        chunk: Json = {**(self.head or {}), "choices": []}
        chunk["usage"] = usage_to_unified(self.usage, chunk, self.leg, ("usage",))
        return [chunk]

    def _count(self, usage: Any, path: Path) -> None:
        """Later counts replace earlier ones; what is absent stays. A wrong type is told at this event."""
        if type(usage) is not dict:
            self.leg.invalid(path, "object", usage)
        for name in COUNTS:
            if name in usage and type(usage[name]) is not int:
                usage_to_unified(usage, {}, self.leg, path)
                break
        if self.usage is None:
            self.usage = {}
        self.usage.update((name, value) for name, value in usage.items() if value is not None)

    def _ping(self, event: Json) -> list[Json]:
        self._rest(event, ("type",))
        return []

    def _rest(self, event: Json, known: tuple[str, ...]) -> None:
        for name, value in event.items():
            if name not in known and value is not None:
                self.leg.losses.add("dropped", "envelope", name, (name,), "member unknown")

    def flush(self) -> list[Json]:
        if self.over:
            return []
        self.over = True
        chunks = [*self._ensure(), *self._close()]
        if not self.finish:
            self.truncated = True
            self.leg.losses.add("dropped", "content", "stream", (), "the stream ended before its end")
            chunk = self._chunk({})
            chunk["choices"][0]["finish_reason"] = "length"
            chunks.append(chunk)
        return chunks + self._usage()


_HANDLERS: dict[str, Any] = {
    "message_start": ToUnified._start,
    "content_block_start": ToUnified._block_start,
    "content_block_delta": ToUnified._block_delta,
    "content_block_stop": ToUnified._block_stop,
    "message_delta": ToUnified._message_delta,
    "message_stop": ToUnified._message_stop,
    "ping": ToUnified._ping,
}


__all__ = ["ToNative", "ToUnified", "fold", "unfold"]
