"""Responses events -> unified chunks."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_responses import error as errors, plain_stream, response as responses
from translate.providers.openai_responses.items import (
    JOINT,
    call_to_unified,
    image_extra,
    image_url,
    is_loose,
    known_id,
    reasoning_entries,
    reasoning_extra,
    tag,
)
from translate.providers.openai_responses.parts import CALL, CONTENT, ENVELOPE, SUMMARY, Item, Op, Part
from translate.providers.openai_responses.spoken import Speaking, Spoken
from translate.providers.openai_responses.usage import usage_to_unified
from translate.scrubbing import lone
from translate.shared.blocks import cut_row

CUT = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
PLAIN = frozenset((
    "type", "sequence_number", "output_index", "item_id", "content_index", "summary_index", "delta", "logprobs", "obfuscation",
))  # fmt: skip
# Events of further pieces -> family and number of their part, kind of their item.
QUICK = {
    "response.output_text.delta": (CONTENT, "content_index", "message"),
    "response.reasoning_summary_text.delta": (SUMMARY, "summary_index", "reasoning"),
    "response.reasoning_text.delta": (CONTENT, "content_index", "reasoning"),
    "response.function_call_arguments.delta": (CALL, "", "function_call"),
    "response.custom_tool_call_input.delta": (CALL, "", "custom_tool_call"),
}

class ToUnified(Speaking):
    """Events of one response -> chunks."""

    __slots__ = ("again", "beside", "growing", "padded", "place", "repeats")

    def __init__(self, leg: Leg) -> None:
        super().__init__(leg)
        self.again: Json | None = None  # the last event that took the short way, for the next one to be compared with
        self.padded = False  # it has a padding
        self.place = ""  # its member that numbers the part
        self.growing: tuple[Item, Part, int] | None = None  # what its piece belongs to, and the number of the call or the entry
        self.repeats = 0  # items whose end said nothing new
        self.beside: Json = {}  # a chunk without its choices

    def quick(self, event: Json) -> Json | None:
        """The one chunk that `feed` gives for a plain further piece of text or arguments, as most events are; None for any other."""
        text, sequence, again = event.get("delta"), event.get("sequence_number"), self.again
        if type(text) is not str or not text or type(sequence) is not int or not (text.isascii() or not lone(text)):
            return plain_stream.call(self, event) if text is None else None
        # Two events that differ in their piece alone are the same to what follows; 0 is not False here.
        if again is not None:
            again["delta"], again["sequence_number"] = text, sequence
            if self.padded:
                padding = again["obfuscation"] = event.get("obfuscation")
                if type(padding) is not str or not padding.isascii():
                    return None
        if event != again or type(event["output_index"]) is not int or (self.place and type(event.get(self.place, 0)) is not int):
            if not self._repeat(event):
                return None
        item, part, number = self.growing  # type: ignore[misc]  # there while `again` is
        part.pieces.append(text)
        kind = item.kind
        delta: Json
        if kind == "function_call":
            delta = {"tool_calls": [{"index": number, "function": {"arguments": text}}]}
        elif kind == "message":
            self.length += len(text)
            delta = {"content": text}
        elif kind == "custom_tool_call":
            delta = {"tool_calls": [{"index": number, "custom": {"input": text}}]}
        else:
            item.state["text"] += text
            word, member = ("reasoning.summary", "summary") if part.family == SUMMARY else ("reasoning.text", "text")
            delta = {"reasoning_content": text, "reasoning_details": [{"index": number, "type": word, member: text}]}
        chunk = self.beside.copy()
        chunk["choices"] = [{"index": 0, "delta": delta, "finish_reason": None}]
        return chunk

    def _repeat(self, event: Json) -> bool:
        """Makes an event the one that the next are compared with; False where it says more than a piece, or nothing like it can follow."""
        self.growing = self._growing(event)
        padding = event.get("obfuscation", "")
        if self.growing is None or type(padding) is not str or not padding.isascii():
            self.again = None
            return False
        self.again = again = event.copy()
        self.padded = "obfuscation" in event
        if again.get("logprobs") is not None:
            again["logprobs"] = []
        return True

    def _growing(self, event: Json) -> tuple[Item, Part, int] | None:
        """The item and the part that grow by an event, and their number; None where the event says more, or the part is not open."""
        kind = event.get("type")
        place = QUICK.get(kind) if type(kind) is str else None
        if place is None or self.over or not event.keys() <= PLAIN or self.pending is not None or self.head is None:
            return None
        family, self.place, word = place
        index, number, tokens, identifier = event.get("output_index"), event.get(self.place, 0), event.get("logprobs"), event.get("item_id", "")
        if type(index) is not int or type(number) is not int or (tokens is not None and (type(tokens) is not list or tokens)):
            return None
        if type(identifier) is not str or not identifier.isascii():
            return None
        for name in ("content_index", "summary_index"):
            if name != self.place and type(event.get(name, 0)) is not int:
                return None
        item = self.assembly.items.get(index)
        if item is None or item.closed or item.kind != word or item.state is None:
            return None
        part = item.parts.get((family, number))
        state = item.state
        if family == CALL:
            number = state["number"]
            if number is None:
                return None
            if part is None:
                part = item.parts[CALL, 0] = Part(CALL, 0, word)
        elif part is None:
            return None
        elif word == "reasoning":
            number = state["entries"].get((family, number))
            # Reasoning itself is shown as long as it has no summary.
            if number is None or (family == CONTENT and any(held == SUMMARY for held, _ in item.parts)):
                return None
        elif state.open is not part or part.kind != "output_text":
            return None
        self.beside = {**self.head, "choices": []}
        return item, part, number

    def common(self, event: Json) -> list[Json] | None:
        """The chunks that `feed` gives for the common beginnings and ends of items and parts; None for every other event."""
        return plain_stream.common(self, event)

    def feed(self, event: Json) -> list[Json]:
        if self.over:
            return []
        self.again = None
        leg = self.leg
        kind = event.get("type")
        if kind == "error" or (kind is None and "error" in event) or kind == "response.failed":
            self.over = True
            return [errors.to_unified(event, leg)]
        if not event.keys() <= ENVELOPE:
            for name, value in event.items():
                if name not in ENVELOPE and value is not None:
                    leg.losses.add("dropped", "envelope", name, (name,), "not a member of this event")
        ops = self.assembly.feed(event)
        if self.head is None and (self.assembly.head is not None or ops):
            self.head = responses.head_to_unified(self.assembly.head or {}, leg, "chat.completion.chunk", ("response",))
        chunks: list[Json] = []
        for op in ops:
            if op.item.state is None:
                self._begin(op.item)
            chunks += OPS[op.kind](self, op)
        if self.assembly.final is not None:
            self.over = True
            chunks += self._end(self.assembly.final, ("response",))
        return chunks

    # --- items

    def _open(self, op: Op) -> list[Json]:
        item = op.item
        chunks = self._resolve(False)
        if item.kind == "reasoning" and not self.role:
            chunks.append(self._chunk({}))
        elif item.kind in ("function_call", "custom_tool_call") and item.added.get("name") and item.added.get("call_id"):
            chunks.append(self._open_call(item, item.added))
        return chunks

    def _begin(self, item: Item) -> None:
        if item.kind == "message":
            item.state = Spoken()
        elif item.kind == "reasoning":
            item.state = {"entries": {}, "opened": False, "loose": is_loose(item.added, self._id(), item.position), "text": ""}
        elif item.kind in ("function_call", "custom_tool_call"):
            item.state = {"number": None, "own": {}}

    def _part(self, op: Op) -> list[Json]:
        item, part = op.item, op.part
        assert part is not None
        if item.kind == "message" and part.family == CONTENT:
            return self._open_part(item, part)
        if item.kind == "reasoning" and part.family in (CONTENT, SUMMARY):
            readable = part.family == SUMMARY or not any(family == SUMMARY for family, _ in item.parts)
            if readable and self.said and part.kind in ("summary_text", "reasoning_text"):
                return [self._reasoning(item, {"reasoning_content": JOINT}, JOINT)]
        return []

    def _text(self, op: Op) -> list[Json]:
        item, part = op.item, op.part
        assert part is not None
        if item.kind == "message":
            return self._spoken_text(item, part, op.value, op.tokens)
        if item.kind == "reasoning":
            return self._reasoning_text(item, part, op.value)
        state = item.state
        if part.family != CALL or state is None or state["number"] is None or not op.value:
            return []
        inner = {"function": {"arguments": op.value}} if item.kind == "function_call" else {"custom": {"input": op.value}}
        return [self._chunk({"tool_calls": [{"index": state["number"], **inner}]})]

    def _close(self, op: Op) -> list[Json]:
        item = op.item
        final = item.final
        if item.kind == "message":
            return self._close_message(item, final)
        if item.kind == "reasoning":
            return self._close_reasoning(item, final)
        if item.kind in ("function_call", "custom_tool_call"):
            return self._close_call(item, final)
        result = final.get("result")
        if item.kind == "image_generation_call" and type(result) is str and result:
            return [self._image(item, final, result)]
        return self._native(final)

    # --- reasoning

    def _reasoning(self, item: Item, delta: Json, text: str = "") -> Json:
        state = item.state
        rows: list[Json] = []
        if not state["opened"]:
            state["opened"] = True
            rows = self.rows.open("reasoning")
        if text:
            self.said = True
            state["text"] += text
        return self._chunk(delta, rows)

    def _reasoning_text(self, item: Item, part: Part, text: str) -> list[Json]:
        if part.kind not in ("summary_text", "reasoning_text") or not text:
            return []
        delta: Json = {}
        if part.family == SUMMARY or not any(family == SUMMARY for family, _ in item.parts):
            delta["reasoning_content"] = text
        fragment = self._fragment(item, part, text)
        if fragment is not None:
            delta["reasoning_details"] = [fragment]
        return [self._reasoning(item, delta, text if "reasoning_content" in delta else "")]

    def _fragment(self, item: Item, part: Part, text: str) -> Json | None:
        """A piece of an entry of reasoning_details; None for reasoning that had no entries."""
        state = item.state
        if state["loose"]:
            return None
        summary = part.family == SUMMARY
        kind, member = ("reasoning.summary", "summary") if summary else ("reasoning.text", "text")
        key = (part.family, part.number)
        known = state["entries"].get(key)
        if known is not None:
            return {"index": known, "type": kind, member: text}
        state["entries"][key] = self.details
        self.details += 1
        return {"index": self.details - 1, "type": kind, member: text, **tag(self._reasoning_id(item))}

    def _reasoning_id(self, item: Item) -> Any:
        value = item.final or item.added
        return known_id(value.get("id"), "reasoning", self._id(), item.position)

    def _close_reasoning(self, item: Item, final: Json) -> list[Json]:
        state = item.state
        entries, _ = reasoning_entries(final, self.leg, ("item",))
        if not entries and not state["opened"]:
            return self._native(final)
        chunks: list[Json] = []
        for part in item.parts.values():
            if (part.family, part.number) not in state["entries"] and part.kind in ("summary_text", "reasoning_text"):
                fragment = self._fragment(item, part, "")
                if fragment is not None:
                    chunks.append(self._reasoning(item, {"reasoning_details": [fragment]}))
        encrypted = final.get("encrypted_content")
        if type(encrypted) is str and encrypted:
            entry = {
                "index": self.details, "type": "reasoning.encrypted", "data": encrypted, **tag(self._reasoning_id(item)),
            }  # fmt: skip
            self.details += 1
            chunks.append(self._reasoning(item, {"reasoning_details": [entry]}))
        row = cut_row("reasoning", state["text"]) if state["loose"] else {"type": "reasoning"}
        rows = self.rows.close(row, reasoning_extra(final) or None)
        return [*chunks, self._chunk({}, rows)] if rows else chunks

    # --- calls and images

    def _open_call(self, item: Item, value: Json) -> Json:
        state = item.state
        member = "arguments" if item.kind == "function_call" else "input"
        status = value.get("status") if type(value.get("status")) is str else "completed"
        identifier = known_id(value.get("id"), item.kind, self._id(), item.position)
        call = call_to_unified({**value, "type": item.kind, member: ""}, identifier, status or "completed", self.leg, ("item",))
        state["own"] = call.get("extra_content", {}).get(self.leg.row.key, {})
        state["number"] = self.calls
        self.calls += 1
        return self._chunk({"tool_calls": [{"index": state["number"], **call}]}, self.rows.open("tool_call"))

    def _close_call(self, item: Item, final: Json) -> list[Json]:
        state = item.state
        chunks: list[Json] = []
        if state["number"] is None:
            chunks.append(self._open_call(item, {**final, "type": item.kind}))
            seen = item.parts.get((CALL, 0))
            if seen is not None and seen.text:
                chunks += self._text(Op("text", item, seen, seen.text))
        elif not _repeats(item.added, final):
            member = "arguments" if item.kind == "function_call" else "input"
            status = final.get("status") if type(final.get("status")) is str else "completed"
            value = {**final, "type": item.kind, member: ""}
            value.setdefault("name", item.added.get("name"))
            identifier = known_id(final.get("id"), item.kind, self._id(), item.position)
            call = call_to_unified(value, identifier, status or "completed", self.leg, ("item",))
            own = call.get("extra_content", {}).get(self.leg.row.key, {})
            more = {name: held for name, held in own.items() if state["own"].get(name) != held}
            if more:
                chunks.append(self._more_of_call(item, more))
        rows = self.rows.close({"type": "tool_call"})
        if rows:
            chunks.append(self._chunk({}, rows))
        return [*chunks, *self._status(item, final)]

    def _image(self, item: Item, final: Json, result: str) -> Json:
        image: Json = {"type": "image_url", "index": self.images, "image_url": {"url": image_url(final, result)}}
        self.images += 1
        extra = image_extra(final, known_id(final.get("id"), item.kind, self._id(), item.position))
        if extra:
            image["extra_content"] = {self.leg.row.key: extra}
        rows = self.rows.open("image") + self.rows.close({"type": "image"})
        return self._chunk({"images": [image]}, rows)

    # --- the end

    def _end(self, body: Json, path: Path) -> list[Json]:
        leg = self.leg
        chunks = self._resolve(body.get("status") == "incomplete")
        chunk = self._chunk({})
        responses.finish_to_unified(body, chunk["choices"][0], self.calls > 0, leg, path)
        responses.echo_to_unified(body, chunk, leg, path)
        chunks.append(chunk)
        usage = usage_to_unified(body.get("usage"), leg, (*path, "usage"))
        if usage is not None:
            chunks.append({**(self.head or {}), "choices": [], "usage": usage})
        return chunks

    def flush(self) -> list[Json]:
        if self.over:
            return []
        self.over = True
        self.truncated = True
        self.leg.losses.add("dropped", "content", "stream", (), "the stream ended before its finish")
        if self.head is None:
            self.head = responses.head_to_unified(self.assembly.head or {}, self.leg, "chat.completion.chunk", ("response",))
        chunks: list[Json] = []
        # The end that never came is told by the head, where that came.
        with self.leg.losses.gathered({("response",): (*self.assembly.began, "response")} if self.assembly.began else {}):
            for op in self.assembly._ended({"response": {**(self.assembly.head or {}), **CUT}}):
                if op.item.state is None:
                    self._begin(op.item)
                chunks += OPS[op.kind](self, op)
            return chunks + self._end({**(self.assembly.head or {}), **CUT}, ("response",))


def _repeats(added: Json, final: Json) -> bool:
    """Whether a finished call says of itself what it said when it opened, but for its arguments."""
    grows = "arguments" if final.get("type") == "function_call" else "input"
    for name, value in final.items():
        if name != grows and name != "type" and name != "status" and value is not None and added.get(name) != value:
            return False
    return final.get("status") in (None, "completed")


OPS: dict[str, Any] = {
    "open": ToUnified._open, "part": ToUnified._part, "text": ToUnified._text, "annotation": ToUnified._annotation,
    "native": ToUnified._native_part, "close": ToUnified._close,
}  # fmt: skip
