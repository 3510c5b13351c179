"""Responses events -> unified chunks."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_responses import error as errors, response as responses
from translate.providers.openai_responses.assembling import CALL, CONTENT, SUMMARY, Assembly, Item, Op, Part
from translate.providers.openai_responses.content import annotation_to_unified
from translate.providers.openai_responses.items import (
    JOINT,
    TEXT_PARTS,
    annotations_of,
    call_to_unified,
    image_extra,
    image_url,
    is_loose,
    known_id,
    message_head,
    part_extra,
    place_head,
    reasoning_entries,
    reasoning_extra,
    tag,
)
from translate.shared import bag
from translate.shared.blocks import StreamRows, cut_row

CUT = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
ENVELOPE = frozenset((
    "type", "sequence_number", "response", "item", "output_index", "item_id", "content_index", "summary_index", "annotation_index",
    "delta", "text", "part", "logprobs", "refusal", "arguments", "input", "name", "annotation", "obfuscation", "error", "code",
    "message", "param", "command", "command_index", "partial_image_b64", "partial_image_index", "output_format", "quality", "size",
    "background", "diff", "output",
))  # fmt: skip


PLAIN = frozenset((
    "type", "sequence_number", "output_index", "item_id", "content_index", "summary_index", "delta", "logprobs", "obfuscation",
))  # fmt: skip
# Events of further pieces -> family and number of their part, kind of their item.
QUICK = {
    "response.output_text.delta": (CONTENT, "content_index", "message"),
    "response.reasoning_summary_text.delta": (SUMMARY, "summary_index", "reasoning"),
    "response.function_call_arguments.delta": (CALL, "", "function_call"),
    "response.custom_tool_call_input.delta": (CALL, "", "custom_tool_call"),
}


class Rows(StreamRows):
    """Order rows whose extra may be known before, or only after, the rest of them."""

    __slots__ = ()

    def early(self, kind: str, extra: Json, joined: bool) -> tuple[int, list[Json]]:
        """A row with what must be known when its block opens; its index is reserved."""
        self.order.broken = True
        number = self.count
        self.count += 1
        row: Json = {"index": number, "type": kind}
        if joined:
            row["joined"] = True
        if extra:
            row["extra"] = extra
        self.held.append(row)
        return number, self._release()

    def late(self, number: int, row: Json, extra: Json | None) -> list[Json]:
        """The rest of a row that went out early."""
        return [{"index": number, **row, **({"extra": extra} if extra else {})}]

    def amend(self, number: int, extra: Json) -> list[Json]:
        """A row gets its extra after it was closed."""
        self.order.broken = True
        for row in self.held:
            if row["index"] == number:
                row["extra"] = extra
                return self._release()
        return [*self._release(), {"index": number, "extra": extra}]


class _Spoken:
    """State of a message item."""

    __slots__ = ("before", "extra", "first_row", "head", "is_native", "joined", "open", "row", "shift", "shown")

    def __init__(self) -> None:
        self.head: Json = {}
        self.extra: Json = {}  # of the item, in its first row
        self.first_row: int | None = None
        self.row: int | None = None  # reserved for the open part
        self.open: Part | None = None
        self.before: str | None = None
        self.joined = False
        self.is_native = False
        self.shift = 0
        self.shown: list[Json] = []  # annotations of the open part


class ToUnified:
    """Events of one response -> chunks."""

    __slots__ = (
        "assembly", "calls", "details", "head", "images", "leg", "length", "messages", "over", "pending", "refused", "role", "rows",
        "said", "spoken", "truncated",
    )  # fmt: skip

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.assembly = Assembly(leg)
        self.head: Json | None = None
        self.rows = Rows()
        self.role = False
        self.calls = 0
        self.details = 0  # entries of reasoning_details so far
        self.images = 0
        self.length = 0  # code points of content so far
        self.messages = 0
        self.said = False  # readable reasoning was sent
        self.refused = False  # a refusal was opened
        self.spoken = False  # a text was opened
        self.pending: tuple[Item, str] | None = None  # an item cut by the end of the answer, if it ends here
        self.over = False
        self.truncated = False

    def quick(self, event: Json) -> Json | None:
        """The one chunk that `feed` gives for a plain further piece of text or arguments, as most events are; None for any other."""
        place = QUICK.get(event.get("type", ""))
        if place is None or self.over or not event.keys() <= PLAIN:
            return None
        text, index = event.get("delta"), event.get("output_index")
        number = event.get(place[1], 0)
        if type(text) is not str or not text or type(index) is not int or type(number) is not int or event.get("logprobs"):
            return None
        item = self.assembly.items.get(index)
        if item is None or item.closed or item.kind != place[2]:
            return None
        part = item.parts.get((place[0], number))
        if part is None or item.state is None or self.pending is not None:
            return None
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                return None
        state = item.state
        delta: Json
        if place[0] == CALL:
            if state["number"] is None:
                return None
            inner = {"function": {"arguments": text}} if item.kind == "function_call" else {"custom": {"input": text}}
            delta = {"tool_calls": [{"index": state["number"], **inner}]}
        elif item.kind == "message":
            if state.open is not part or part.kind != "output_text":
                return None
            self.length += len(text)
            delta = {"content": text}
        else:
            entry = state["entries"].get((SUMMARY, number))
            if entry is None:
                return None
            state["text"] += text
            delta = {
                "reasoning_content": text, "reasoning_details": [{"index": entry, "type": "reasoning.summary", "summary": text}],
            }  # fmt: skip
        part.pieces.append(text)
        return {**(self.head or {}), "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}

    def feed(self, event: Json) -> list[Json]:
        if self.over:
            return []
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

    def _chunk(self, delta: Json, rows: list[Json] | None = None) -> Json:
        if not self.role:
            self.role = True
            delta = {"role": "assistant", **({} if "content" in delta else {"content": None}), **delta}
        if rows:
            bag.put(delta, self.leg.row.key, "blocks", rows)
        return {**(self.head or {}), "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}

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
            item.state = _Spoken()
        elif item.kind == "reasoning":
            item.state = {"entries": {}, "opened": False, "loose": is_loose(item.added, self._id(), item.position), "text": ""}
        elif item.kind in ("function_call", "custom_tool_call"):
            item.state = {"number": None, "own": {}}

    def _id(self) -> str:
        return (self.head or {}).get("id") or ""

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

    def _native(self, value: Json) -> list[Json]:
        return [self._chunk({}, self.rows.native(value))]

    # --- messages

    def _head_of(self, item: Item, value: Json) -> Json:
        identifier = known_id(value.get("id"), "message", self._id(), item.position)
        return message_head({**value, "status": None}, identifier, "completed", self.leg, ("item",))

    def _open_part(self, item: Item, part: Part) -> list[Json]:
        state: _Spoken = item.state
        chunks = self._close_part(item)
        visible = part.kind in TEXT_PARTS or part.kind == "refusal"
        first = state.open is None and not state.joined
        if first and not visible:
            state.is_native = True
        if state.is_native or not visible:
            return chunks
        own: Json = {}
        if first:
            state.head = self._head_of(item, item.added)
            state.extra = place_head(state.head, own, self.messages, self.rows.order.broken)
            self.messages += 1
        state.joined = not first
        state.open = part
        state.shift = self.length
        state.shown = []
        state.row = None
        is_text = part.kind in TEXT_PARTS
        if not is_text and first and self.spoken:
            self.rows.order.broken = True  # a refusal in an item of its own
        rows = self.rows.open("text" if is_text else "refusal")
        natural = not is_text and state.before in TEXT_PARTS and not self.refused
        if (first and state.extra) or not (first or natural):
            state.row, more = self.rows.early("text" if is_text else "refusal", state.extra if first else {}, not first)
            rows = rows + more
        if is_text:
            self.spoken = True
        if own or rows or not self.role:
            delta: Json = {"content": ""} if is_text else {}
            if own:
                delta["extra_content"] = {self.leg.row.key: own}
            chunks.append(self._chunk(delta, rows))
        return chunks

    def _spoken_text(self, item: Item, part: Part, text: str, tokens: list[Json] | None) -> list[Json]:
        state: _Spoken = item.state
        if state.is_native or state.open is not part:
            return []
        is_text = part.kind in TEXT_PARTS
        chunk = self._chunk({"content" if is_text else "refusal": text} if text else {})
        if is_text:
            self.length += len(text)
        if tokens and is_text:
            chunk["choices"][0]["logprobs"] = {"content": tokens, "refusal": None}
        return [chunk]

    def _annotation(self, op: Op) -> list[Json]:
        item, part = op.item, op.part
        assert part is not None
        state: _Spoken = item.state
        if item.kind != "message" or state.is_native or state.open is not part:
            return []
        if op.value.get("type") != "url_citation":
            return []
        return [self._chunk({"annotations": [annotation_to_unified(op.value, state.shift, self.leg, ("annotation",))]})]

    def _close_part(self, item: Item) -> list[Json]:
        """The row of the open part, with what only its end tells."""
        state: _Spoken = item.state
        part = state.open
        if part is None:
            return []
        text = part.text
        opened = state.extra
        extra = {} if state.joined else dict(opened)
        joined = state.joined
        if part.kind in TEXT_PARTS:
            row = cut_row("text", text)
            _, rest = annotations_of(part.annotations, state.shift, len(text), self.leg, ())
            extra.update(part_extra(part.value, rest))
        else:
            row = cut_row("refusal", text)
            more = {name: value for name, value in part.value.items() if name not in ("type", "refusal") and value is not None}
            if more:
                extra["part"] = more
            if joined and state.before in TEXT_PARTS and not self.refused:
                row["joined"], joined = True, False  # a refusal behind the only text: its second part without a word
            self.refused = True
        if not state.joined:
            state.extra = extra
            state.first_row = self.rows.count if state.row is None else state.row
        if state.row is not None:
            told = {} if state.joined else opened
            rows = self.rows.late(state.row, row, extra if extra != told else None)
        else:
            rows = self.rows.close(row, extra or None, joined)
        state.before = part.kind
        state.open = None
        state.joined = True
        return [self._chunk({}, rows)] if rows else []

    def _native_part(self, op: Op) -> list[Json]:
        """A part of a kind the chat form does not have, behind others of its message."""
        state: _Spoken | None = op.item.state if op.item.kind == "message" else None
        part = op.part
        assert part is not None
        if state is None or state.is_native or not state.joined or part.pieces == ["\x00"]:
            return []
        part.pieces = ["\x00"]  # written
        chunks = self._close_part(op.item)
        rows = self.rows.native(op.value)
        rows[-1]["joined"] = True
        return [*chunks, self._chunk({}, rows)]

    def _close_message(self, item: Item, final: Json) -> list[Json]:
        state: _Spoken = item.state
        if state.is_native or (state.open is None and not state.joined):
            return self._native(final)
        chunks = self._close_part(item)
        for part in list(item.parts.values()):
            if part.kind not in TEXT_PARTS and part.kind != "refusal":
                chunks += self._native_part(Op("native", item, part, part.value))
        head = self._head_of(item, final)
        moved = {name: value for name, value in head.items() if state.head.get(name) != value}
        if moved:  # what the item said of itself only at its end
            own: Json = {}
            placed = state.extra
            if "id" not in state.extra and "phase" not in state.extra and self.messages == 1:
                rest = {name: value for name, value in moved.items() if name not in ("id", "phase")}
                own.update((place, moved[name]) for name, place in (("id", "item_id"), ("phase", "phase")) if name in moved)
            else:
                rest = moved
            if own:
                chunks.append(self._chunk({"extra_content": {self.leg.row.key: own}}))
            if rest:
                state.extra = {**placed, **rest}
                chunks.append(self._chunk({}, self.rows.amend(state.first_row or 0, state.extra)))
        return [*chunks, *self._status(item, final)]

    # --- a status that the end of the answer may explain

    def _status(self, item: Item, final: Json) -> list[Json]:
        status = final.get("status")
        if status is not None and type(status) is not str:
            self.leg.invalid(("item", "status"), "string", status)
        if status in (None, "completed"):
            return []
        self.pending = (item, status)
        return self._resolve(False) if status != "incomplete" else []

    def _resolve(self, explained: bool) -> list[Json]:
        """An item follows one that was cut, or the answer ends: says the status unless the end explains it."""
        if self.pending is None:
            return []
        item, status = self.pending
        self.pending = None
        if explained:
            return []
        if item.kind == "message":
            state: _Spoken = item.state
            state.extra = {**state.extra, "status": status}
            return [self._chunk({}, self.rows.amend(state.first_row or 0, state.extra))]
        return [self._more_of_call(item, {"status": status})]

    def _more_of_call(self, item: Item, own: Json) -> Json:
        # Aggregators want a piece of the function in every fragment.
        inner = {"function": {"arguments": ""}} if item.kind == "function_call" else {"custom": {"input": ""}}
        fragment: Json = {"index": item.state["number"], **inner, "extra_content": {self.leg.row.key: own}}
        return self._chunk({"tool_calls": [fragment]})

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
        else:
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
        usage = responses.usage_to_unified(body.get("usage"), leg, (*path, "usage"))
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
        for op in self.assembly._ended({"response": {**(self.assembly.head or {}), **CUT}}):
            if op.item.state is None:
                self._begin(op.item)
            chunks += OPS[op.kind](self, op)
        return chunks + self._end({**(self.assembly.head or {}), **CUT}, ("response",))


OPS: dict[str, Any] = {
    "open": ToUnified._open, "part": ToUnified._part, "text": ToUnified._text, "annotation": ToUnified._annotation,
    "native": ToUnified._native_part, "close": ToUnified._close,
}  # fmt: skip
