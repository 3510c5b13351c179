"""Messages of a Responses stream -> chunks: texts, refusals, citations, and the order rows they need."""

from __future__ import annotations

from translate.leg import Json, Leg
from translate.providers.openai_responses.assembling import Assembly
from translate.providers.openai_responses.content import annotation_to_unified
from translate.providers.openai_responses.items import (
    TEXT_PARTS,
    annotations_of,
    known_id,
    message_head,
    part_extra,
    place_head,
)
from translate.providers.openai_responses.parts import Item, Op, Part
from translate.shared import bag
from translate.shared.blocks import cut_row
from translate.shared.machines import Reader
from translate.shared.stream_rows import StreamRows


class Rows(StreamRows):
    """Order rows whose extra may be known before, or only after, the rest of them."""

    __slots__ = ()

    def early(self, kind: str, extra: Json, joined: bool) -> tuple[int, list[Json]]:
        """A row with what must be known when its block opens; its index is reserved."""
        self.broken = True
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
        self.broken = True
        rows = self._release()
        for row in rows:
            if row["index"] == number:
                row["extra"] = extra
                return rows
        return [*rows, {"index": number, "extra": extra}]


class Spoken:
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

class Speaking(Reader):
    """State of the way to unified, and its messages."""

    __slots__ = (
        "assembly", "calls", "details", "head", "images", "leg", "length", "messages", "over", "pending", "quotes", "refused", "role", "rows",
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
        self.images = self.quotes = 0  # images and citations so far
        self.length = 0  # code points of content so far
        self.messages = 0
        self.said = False  # readable reasoning was sent
        self.refused = False  # a refusal was opened
        self.spoken = False  # a text was opened
        self.pending: tuple[Item, str] | None = None  # an item cut by the end of the answer, if it ends here
        self.over = False
        self.truncated = False
    def _chunk(self, delta: Json, rows: list[Json] | None = None) -> Json:
        if not self.role:
            self.role = True
            delta = {"role": "assistant", **({} if "content" in delta else {"content": None}), **delta}
        if rows:
            bag.put(delta, self.leg.row.key, "blocks", rows)
        return {**(self.head or {}), "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    def _id(self) -> str:
        return (self.head or {}).get("id") or ""
    def _native(self, value: Json) -> list[Json]:
        return [self._chunk({}, self.rows.native(value))]
    # --- messages

    def _head_of(self, item: Item, value: Json) -> Json:
        identifier = known_id(value.get("id"), "message", self._id(), item.position)
        return message_head({**value, "status": None}, identifier, "completed", self.leg, ("item",))

    def _open_part(self, item: Item, part: Part) -> list[Json]:
        state: Spoken = item.state
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
            state.extra = place_head(state.head, own, self.messages, self.rows.broken)
            self.messages += 1
        state.joined = not first
        state.open = part
        state.shift = self.length
        state.shown = []
        state.row = None
        is_text = part.kind in TEXT_PARTS
        if not is_text and first and self.spoken:
            self.rows.broken = True  # a refusal in an item of its own
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
        state: Spoken = item.state
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
        state: Spoken = item.state
        if item.kind != "message" or state.is_native or state.open is not part:
            return []
        if op.value.get("type") != "url_citation":
            return []
        note = annotation_to_unified(op.value, state.shift, self.leg, ("annotation",))
        self.quotes += 1
        return [self._chunk({"annotations": [{"index": self.quotes - 1, **note}]})]

    def _close_part(self, item: Item) -> list[Json]:
        """The row of the open part, with what only its end tells."""
        state: Spoken = item.state
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
        state: Spoken | None = op.item.state if op.item.kind == "message" else None
        part = op.part
        assert part is not None
        if state is None or state.is_native or not state.joined or part.written:
            return []
        part.written = True
        chunks = self._close_part(op.item)
        rows = self.rows.native(op.value)
        rows[-1]["joined"] = True
        return [*chunks, self._chunk({}, rows)]

    def _close_message(self, item: Item, final: Json) -> list[Json]:
        state: Spoken = item.state
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
            state: Spoken = item.state
            state.extra = {**state.extra, "status": status}
            return [self._chunk({}, self.rows.amend(state.first_row or 0, state.extra))]
        return [self._more_of_call(item, {"status": status})]

    def _more_of_call(self, item: Item, own: Json) -> Json:
        # Aggregators want a piece of the function in every fragment.
        inner = {"function": {"arguments": ""}} if item.kind == "function_call" else {"custom": {"input": ""}}
        fragment: Json = {"index": item.state["number"], **inner, "extra_content": {self.leg.row.key: own}}
        return self._chunk({"tool_calls": [fragment]})
