"""
Events of a Responses stream -> the items they amount to, and what each event adds to them.

`fold` and the way to unified both stand on this, so that a stream and its response tell the same. What is keyed on: output_index
(some servers change ids with every event). A text that comes whole in a `done` event completes the pieces before it; pieces that
contradict it win, as they were sent already.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_responses.content import objects
from translate.providers.openai_responses.finishing import Finishing
from translate.providers.openai_responses.parts import (
    AUDIBLE,
    CALL,
    CONTENT,
    MOST_ITEMS,
    SILENT,
    SUMMARY,
    TEXT_OF,
    Item,
    Op,
    with_bytes,
    without_cipher,
)  # fmt: skip


class Assembly(Finishing):
    """Feeds on events; `items` by output_index. head: the response as it was created; final: as it ended."""

    __slots__ = ("began", "final", "head")

    def __init__(self, leg: Leg) -> None:
        super().__init__(leg)
        self.head: Json | None = None
        self.final: Json | None = None
        self.began: Path = ()  # the event that the head came in

    def feed(self, event: Json) -> list[Op]:
        """One event that is not an error."""
        kind = event.get("type")
        if type(kind) is not str:
            self.leg.invalid(("type",) if "type" in event else (), "string", kind)
        handle = HANDLERS.get(kind)
        if handle is None:
            if kind in AUDIBLE:
                self.leg.losses.add("dropped", "content", "audio", ("type",), "an answer has no place for audio")
            elif kind not in SILENT:
                self.leg.losses.add("dropped", "envelope", kind or "event", ("type",), "an event unknown here")
            return []
        ops: list[Op] = handle(self, event)
        return ops

    # places

    def _index(self, event: Json, name: str = "output_index") -> int:
        value = event.get(name)
        if value is None and name != "output_index":
            return 0
        if value is None:
            identifier = event.get("item_id")
            for index, item in self.items.items():
                if identifier is not None and item.added.get("id") == identifier:
                    return index
            return max((index for index, item in self.items.items() if not item.closed), default=len(self.items))
        if type(value) is not int or not 0 <= value < MOST_ITEMS:
            self.leg.invalid((name,), "a small index", value)
        return value

    def _item(self, event: Json, kind: str, ops: list[Op]) -> Item:
        """The item an event speaks of; one that was never added is opened with what is known."""
        index = self._index(event)
        item = self.items.get(index)
        if item is None:
            added: Json = {"type": kind}
            if type(event.get("item_id")) is str:
                added["id"] = event["item_id"]
            if kind == "message":
                added["role"] = "assistant"
            item = self._open(index, added, ops)
        return item

    def _open(self, index: int, added: Json, ops: list[Op]) -> Item:
        item = Item(index, len(self.items), added)
        self.items[index] = item
        ops.append(Op("open", item))
        return item

    # events

    def _head(self, event: Json) -> list[Op]:
        response = event.get("response")
        if type(response) is not dict:
            self.leg.invalid(("response",) if "response" in event else (), "object", response)
        if self.head is None:
            self.head, self.began = response, self.leg.losses.prefix
        return []

    def _ended(self, event: Json) -> list[Op]:
        response = event.get("response")
        if type(response) is not dict:
            self.leg.invalid(("response",) if "response" in event else (), "object", response)
        if self.head is None:
            self.head, self.began = response, self.leg.losses.prefix
        self.final = response
        ops: list[Op] = []
        if not self.items:  # a server that tells all at once
            for number, whole in enumerate(objects(response.get("output"), self.leg, ("response", "output"))):
                self._finish(self._open(number, whole, ops), whole, ops, ("response", "output", number))
        for item in self.items.values():
            if not item.closed:
                self._finish(item, self.assembled(item), ops, ())
        self._compare(response.get("output"))
        return ops

    def _compare(self, output: Any) -> None:
        """The last event repeats the items; a repeat that differs is a loss (but for reasoning, encrypted anew each time)."""
        if type(output) is not list or not output:
            return
        known = [self.items[index].final for index in sorted(self.items)]
        for number, told in enumerate(output):
            final = known[number] if number < len(known) else None
            if told == final:
                continue
            if type(told) is dict and final is not None and without_cipher(told) == without_cipher(final):
                continue
            self.leg.losses.add(
                "approximated", "content", "output", ("response", "output", number), "differs from the item as it was finished, which counts"
            )

    def _added(self, event: Json) -> list[Op]:
        added = event.get("item")
        if type(added) is not dict:
            self.leg.invalid(("item",) if "item" in event else (), "object", added)
        kind = added.get("type")
        if kind is not None and type(kind) is not str:
            self.leg.invalid(("item", "type"), "string", kind)
        ops: list[Op] = []
        index = self._index(event)
        if event.get("output_index") is None:
            index = len(self.items)
        if index not in self.items:
            self._open(index, added, ops)
        return ops

    def _done(self, event: Json) -> list[Op]:
        final = event.get("item")
        if type(final) is not dict:
            self.leg.invalid(("item",) if "item" in event else (), "object", final)
        kind = final.get("type")
        if kind is not None and type(kind) is not str:
            self.leg.invalid(("item", "type"), "string", kind)
        ops: list[Op] = []
        index = self._index(event)
        item = self.items.get(index)
        if item is None:
            item = self._open(index, final, ops)
        if not item.closed:
            if kind and kind != item.kind:
                if item.parts:
                    self.leg.losses.add("approximated", "content", "type", ("item", "type"), f"a {item.kind} until now")
                    final = {**final, "type": item.kind}
                else:
                    item.kind, item.state = kind, None
            self._finish(item, final, ops, ("item",))
        else:
            self.leg.losses.add("dropped", "content", "item", ("item",), "this item is finished already")
        return ops

    def _part_added(self, event: Json) -> list[Op]:
        value = event.get("part")
        if type(value) is not dict:
            self.leg.invalid(("part",) if "part" in event else (), "object", value)
        kind = value.get("type", "output_text")
        if type(kind) is not str:
            self.leg.invalid(("part", "type"), "string", kind)
        ops: list[Op] = []
        item = self._item(event, "reasoning" if kind == "reasoning_text" else "message", ops)
        if item.closed or item.kind not in ("message", "reasoning"):
            return ops
        part = self.part(item, CONTENT, self._index(event, "content_index"), kind, ops)
        part.value = value
        return ops

    def _part_done(self, event: Json) -> list[Op]:
        """A part of a kind the chat form does not have is known now; the others their item's end tells."""
        ops: list[Op] = []
        value = event.get("part")
        kind = value.get("type") if type(value) is dict else ""
        if type(value) is dict and not (type(kind) is str and kind in TEXT_OF):
            item = self._item(event, "message", ops)
            part = item.parts.get((CONTENT, self._index(event, "content_index")))
            if part is not None:
                part.value = value
                ops.append(Op("native", item, part, value))
        return ops

    def _summary_added(self, event: Json) -> list[Op]:
        ops: list[Op] = []
        item = self._item(event, "reasoning", ops)
        if item.closed or item.kind not in ("message", "reasoning"):
            return ops
        self.part(item, SUMMARY, self._index(event, "summary_index"), "summary_text", ops)
        return ops

    def _grow(self, event: Json, item_kind: str, family: str, index_name: str, part_kind: str) -> list[Op]:
        delta = event.get("delta")
        if type(delta) is not str:
            self.leg.invalid(("delta",) if "delta" in event else (), "string", delta)
        ops: list[Op] = []
        item = self._item(event, item_kind, ops)
        if item.closed or item.kind != item_kind:
            why = "its item is finished already" if item.closed else f"a {item.kind or 'nameless item'} has no such text"
            self.leg.losses.add("dropped", "content", "delta", ("delta",), why)
            return ops
        part = self.part(item, family, self._index(event, index_name) if index_name else 0, part_kind, ops)
        tokens = event.get("logprobs")
        if tokens:
            tokens = [with_bytes(token) for token in objects(tokens, self.leg, ("logprobs",))]
            part.tokens += tokens
        if delta or tokens:
            part.pieces.append(delta)
            ops.append(Op("text", item, part, delta, tokens or None))
        return ops

    def _whole(self, event: Json, item_kind: str, family: str, index_name: str, part_kind: str, member: str) -> list[Op]:
        whole = event.get(member)
        if whole is None:
            return []
        if type(whole) is not str:
            self.leg.invalid((member,), "string", whole)
        ops: list[Op] = []
        item = self._item(event, item_kind, ops)
        if item.closed or item.kind != item_kind:
            return ops
        part = self.part(item, family, self._index(event, index_name) if index_name else 0, part_kind, ops)
        self._complete(item, part, whole, ops, (member,))
        return ops

    def _annotated(self, event: Json) -> list[Op]:
        annotation = event.get("annotation")
        if type(annotation) is not dict:
            self.leg.invalid(("annotation",) if "annotation" in event else (), "object", annotation)
        ops: list[Op] = []
        item = self._item(event, "message", ops)
        if item.closed or item.kind not in ("message", "reasoning"):
            return ops
        part = self.part(item, CONTENT, self._index(event, "content_index"), "output_text", ops)
        part.annotations.append(annotation)
        ops.append(Op("annotation", item, part, annotation))
        return ops

    def response(self) -> Json:
        """The response of the whole stream."""
        final = self.final
        if final is None:
            ops: list[Op] = []
            for item in self.items.values():
                if not item.closed:
                    self._finish(item, self.assembled(item), ops, ())
            final = {**(self.head or {}), "status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
        response = dict(final)
        for name in ("id", "created_at", "model"):
            if (self.head or {}).get(name):
                response[name] = (self.head or {})[name]
        if self.items:
            response["output"] = [self.items[index].final for index in sorted(self.items)]
        response.setdefault("output", [])
        response.setdefault("object", "response")
        response.setdefault("status", "completed")
        return response


def _growing(item_kind: str, family: str, index_name: str, part_kind: str) -> Any:
    return lambda assembly, event: assembly._grow(event, item_kind, family, index_name, part_kind)


def _wholes(item_kind: str, family: str, index_name: str, part_kind: str, member: str) -> Any:
    return lambda assembly, event: assembly._whole(event, item_kind, family, index_name, part_kind, member)


_TEXT = ("message", CONTENT, "content_index", "output_text")
_REFUSAL = ("message", CONTENT, "content_index", "refusal")
_REASONING = ("reasoning", CONTENT, "content_index", "reasoning_text")
_SUMMARIES = ("reasoning", SUMMARY, "summary_index", "summary_text")
_FUNCTION = ("function_call", CALL, "", "function_call")
_CUSTOM = ("custom_tool_call", CALL, "", "custom_tool_call")

HANDLERS: dict[str, Any] = {
    "response.created": Assembly._head,
    "response.queued": Assembly._head,
    "response.in_progress": Assembly._head,
    "response.completed": Assembly._ended,
    "response.incomplete": Assembly._ended,
    "response.cancelled": Assembly._ended,
    "response.output_item.added": Assembly._added,
    "response.output_item.done": Assembly._done,
    "response.content_part.added": Assembly._part_added,
    "response.content_part.done": Assembly._part_done,
    "response.reasoning_part.added": Assembly._part_added,
    "response.reasoning_summary_part.added": Assembly._summary_added,
    "response.output_text.delta": _growing(*_TEXT),
    "response.output_text.done": _wholes(*_TEXT, "text"),
    "response.output_text.annotation.added": Assembly._annotated,
    "response.refusal.delta": _growing(*_REFUSAL),
    "response.refusal.done": _wholes(*_REFUSAL, "refusal"),
    "response.reasoning_text.delta": _growing(*_REASONING),
    "response.reasoning_text.done": _wholes(*_REASONING, "text"),
    "response.reasoning_summary_text.delta": _growing(*_SUMMARIES),
    "response.reasoning_summary_text.done": _wholes(*_SUMMARIES, "text"),
    "response.function_call_arguments.delta": _growing(*_FUNCTION),
    "response.function_call_arguments.done": _wholes(*_FUNCTION, "arguments"),
    "response.custom_tool_call_input.delta": _growing(*_CUSTOM),
    "response.custom_tool_call_input.done": _wholes(*_CUSTOM, "input"),
}
