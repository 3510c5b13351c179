"""Typed events -> unified chunks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.cohere import error as errors, plain_stream, response as responses
from translate.providers.cohere.citations import annotations_of_one
from translate.shared import bag
from translate.shared.blocks import HEAD
from translate.shared.chat_calls import call_to_unified
from translate.shared.fields import report_rest
from translate.shared.machines import Reader
from translate.shared.members import optional_object, optional_text
from translate.shared.stream_rows import StreamRows

MOST_INDEX = 4096  # of blocks and calls in one stream


def message_of(event: Json, leg: Leg) -> Json:
    """`delta.message` of an event, {} when it has none."""
    delta = event.get("delta")
    if delta is None:
        return {}
    if type(delta) is not dict:
        leg.invalid(("delta",), "object", delta)
    message = delta.get("message")
    if message is None:
        return {}
    if type(message) is not dict:
        leg.invalid(("delta", "message"), "object", message)
    return message


def index_of(event: Json, leg: Leg) -> int:
    index = event.get("index", 0)
    if type(index) is not int or not 0 <= index < MOST_INDEX:
        leg.invalid(("index",), "a small index", index)
    return index


def is_error(event: Json) -> bool:
    """True for an error body in mid-stream."""
    return "type" not in event and "message" in event


class ToUnified(Reader):
    """Typed events -> chunks."""

    __slots__ = (
        "block", "calls", "citations", "extra", "head", "kind", "leg", "length", "logprobs", "notes", "numbers", "open_call", "over", "rows", "starts",
        "text_at", "truncated", "wire",
    )  # fmt: skip

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.wire: Json | None = None  # the head of every chunk
        self.rows = StreamRows(entries=False)
        self.kind = ""  # of the open block
        self.block = 0
        self.head, self.length = "", 0
        self.extra: Json = {}
        self.calls = 0
        self.numbers: dict[int, int] = {}  # native index of a call -> ours
        self.open_call: list[Any] = []  # [our index, seen arguments?]
        self.citations: list[Json] = []
        self.notes = 0  # annotations so far
        self.logprobs: list[Any] = []  # as they came, with token ids
        self.starts: dict[int, int] = {}
        self.text_at = 0
        self.over = False
        self.truncated = False

    def feed(self, event: Json) -> list[Json]:
        if self.over:
            return []
        if is_error(event):
            self.over = True
            return [errors.to_unified(event, self.leg)]
        kind = event.get("type")
        handle = HANDLERS.get(kind) if type(kind) is str else None
        if handle is None:
            self.leg.losses.add("dropped", "envelope", str(kind), ("type",) if "type" in event else (), "event unknown here")
            return []
        self._rest(event, str(kind))
        chunks = [] if self.wire is not None or kind == "message-start" else _message_start(self, {})
        return chunks + handle(self, event)

    quick = plain_stream.quick

    def common(self, event: Json) -> list[Json] | None:
        """`feed` for an event of the common shapes; None for every other one."""
        if self.over or not plain_stream.is_common(event) or (self.wire is None and event["type"] != "message-start"):
            return None
        return HANDLERS[event["type"]](self, event)

    def _rest(self, event: Json, kind: str) -> None:
        """Members of the event's frame that are not read are reported."""
        leg, known = self.leg, MEMBERS.get(kind, frozenset())
        if not event.keys() <= FRAME:
            report_rest(event, FRAME | {"logprobs"} if kind == "content-delta" else FRAME, leg, (), "envelope")
        delta = event.get("delta")
        if type(delta) is not dict or kind == "message-end":
            return
        report_rest(delta, frozenset(("message",)), leg, ("delta",), "envelope")
        message = delta.get("message")
        for name, value in message.items() if type(message) is dict else ():
            if name in known or value in (None, "", []):
                continue
            if kind != "message-start" or name in _CONTENT:
                leg.losses.add("dropped", "content", name, ("delta", "message", name), "not said in such an event")

    def chunk(self, delta: Json, finish: str | None = None) -> Json:
        return {**(self.wire or {}), "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    def with_rows(self, delta: Json, rows: list[Json]) -> Json:
        if rows:
            bag.put(delta, self.leg.row.key, "blocks", rows)
        return delta

    def close_block(self) -> list[Json]:
        if not self.kind:
            return []
        rows = self.rows.close({"type": self.kind, "length": self.length, "head": self.head}, self.extra or None)
        self.kind, self.head, self.length, self.extra = "", "", 0, {}
        return rows

    def flush(self) -> list[Json]:
        if self.over:
            return []
        self.over = self.truncated = True
        self.leg.losses.add("dropped", "content", "stream", (), "the stream ended before message-end")
        chunks = [] if self.wire is not None else _message_start(self, {})
        return [*chunks, self.finish_chunk("length")]

    def finish_chunk(self, finish: str) -> Json:
        rows = self.close_block()
        delta = self.with_rows({}, rows)
        if self.citations:
            bag.put(delta, self.leg.row.key, "citations", self.citations)
        chunk = self.chunk(delta, finish)
        if self.logprobs:
            bag.put(chunk["choices"][0], self.leg.row.key, "logprobs", self.logprobs)
        return chunk


def _message_start(self: ToUnified, event: Json) -> list[Json]:
    identifier = optional_text(event, "id", self.leg, ())
    self.wire = {
        "id": identifier or self.leg.options.id or "chatcmpl-0", "object": "chat.completion.chunk",
        "created": self.leg.options.created, "model": responses.model_of(self.leg),
    }  # fmt: skip
    delta: Json = {"role": "assistant"}
    for name, value in message_of(event, self.leg).items():
        if name != "role" and name not in _CONTENT and value is not None:
            bag.put(delta, self.leg.row.key, name, value)
    return [self.chunk(delta)]


FRAME = frozenset(("type", "id", "index", "delta"))
_CONTENT = frozenset(("content", "tool_plan", "tool_calls", "citations"))
# What the message of an event holds.
MEMBERS: dict[str, frozenset[str]] = {
    "message-start": frozenset(("role",)), "content-start": frozenset(("content",)), "content-delta": frozenset(("content",)),
    "tool-plan-delta": frozenset(("tool_plan",)), "tool-call-start": frozenset(("tool_calls",)),
    "tool-call-delta": frozenset(("tool_calls",)), "citation-start": frozenset(("citations",)),
}  # fmt: skip
TEXTS = {"text": ("text", "content"), "thinking": ("reasoning", "reasoning_content")}


def _content_start(self: ToUnified, event: Json) -> list[Json]:
    content = optional_object(message_of(event, self.leg), "content", self.leg, ("delta", "message"))
    rows = self.close_block()
    self.block = index_of(event, self.leg)
    kind = content.get("type", "thinking" if "thinking" in content else "text")
    known = TEXTS.get(kind) if type(kind) is str else None
    if known is None:
        rows += self.rows.native(content)
        return [self.chunk(self.with_rows({}, rows))] if rows else []
    rows += self.rows.open(known[0])
    self.kind = known[0]
    if kind == "text":
        self.starts[self.block] = self.text_at
    self.extra = {name: value for name, value in content.items() if name not in ("type", kind) and value is not None}
    return _piece(self, content.get(kind), rows, event)


def _piece(self: ToUnified, text: Any, rows: list[Json], event: Json) -> list[Json]:
    if text is not None and type(text) is not str:
        self.leg.invalid(("delta", "message", "content"), "string", text)
    delta: Json = {}
    if text:
        self.length += len(text)
        if len(self.head) < HEAD:
            self.head = (self.head + text)[:HEAD]
        if self.kind == "text":
            self.text_at += len(text)
        delta["reasoning_content" if self.kind == "reasoning" else "content"] = text
    self.with_rows(delta, rows)
    logprobs = event.get("logprobs")
    if logprobs is None:
        return [self.chunk(delta)] if delta else []
    chunk = self.chunk(delta)
    choice = chunk["choices"][0]
    listed = [logprobs] if type(logprobs) is dict else logprobs
    choice["logprobs"] = responses.logprobs_to_unified(listed, choice, self.leg, ("logprobs",))
    choice.pop("extra_content", None)  # whole with the finish
    self.logprobs += listed
    return [chunk]


def _content_delta(self: ToUnified, event: Json) -> list[Json]:
    content = optional_object(message_of(event, self.leg), "content", self.leg, ("delta", "message"))
    kind = "thinking" if "thinking" in content else "text"
    rows: list[Json] = []
    if self.kind != TEXTS[kind][0]:
        rows = self.close_block()
        rows += self.rows.open(TEXTS[kind][0])
        self.kind = TEXTS[kind][0]
    for name, value in content.items():
        if name not in ("type", "text", "thinking") and value is not None:
            self.extra[name] = value
    return _piece(self, content.get(kind), rows, event)


def _content_end(self: ToUnified, event: Json) -> list[Json]:
    rows = self.close_block()
    return [self.chunk(self.with_rows({}, rows))] if rows else []


def _tool_plan_delta(self: ToUnified, event: Json) -> list[Json]:
    text = message_of(event, self.leg).get("tool_plan")
    if text is not None and type(text) is not str:
        self.leg.invalid(("delta", "message", "tool_plan"), "string", text)
    if not text:
        return []
    delta: Json = {"reasoning_content": text}
    if "reasoning" in self.rows.seen:
        rows = self.close_block()
        delta = self.with_rows({}, rows + self.rows.force())  # the rows tell that the reasoning is not the plan
    bag.put(delta, self.leg.row.key, "tool_plan", text)
    return [self.chunk(delta)]


def _tool_call_start(self: ToUnified, event: Json) -> list[Json]:
    held = message_of(event, self.leg)
    if not held:
        self.leg.missing(("delta",) if type(event.get("delta")) is dict else (), "message" if event.get("delta") else "delta")
    call = optional_object(held, "tool_calls", self.leg, ("delta", "message"))
    if held.get("tool_calls") is None:
        self.leg.missing(("delta", "message"), "tool_calls")
    rows = self.close_block()
    rows += self.rows.open("tool_call")
    assert self.wire is not None  # feed has started the message
    path: Path = ("delta", "message", "tool_calls")
    whole = call_to_unified(call, self.calls, self.leg, path, self.wire["id"])
    rows += self.rows.close({"type": "tool_call"})
    self.numbers[index_of(event, self.leg)] = self.calls
    self.open_call = [self.calls, bool(whole["function"]["arguments"])]
    delta: Json = {"tool_calls": [{"index": self.calls, **whole}]}
    self.calls += 1
    return [self.chunk(self.with_rows(delta, rows))]


def _tool_call_delta(self: ToUnified, event: Json) -> list[Json]:
    call = optional_object(message_of(event, self.leg), "tool_calls", self.leg, ("delta", "message"))
    function = optional_object(call, "function", self.leg, ("delta", "message", "tool_calls"))
    report_rest(call, frozenset(("id", "type", "function")), self.leg, ("delta", "message", "tool_calls"))
    report_rest(function, frozenset(("arguments",)), self.leg, ("delta", "message", "tool_calls", "function"))
    text = optional_text(function, "arguments", self.leg, ("delta", "message", "tool_calls", "function"))
    number = self.numbers.get(index_of(event, self.leg), self.open_call[0] if self.open_call else None)
    if not text:
        return []
    if number is None:
        self.leg.losses.add("dropped", "content", "tool_calls", ("delta", "message", "tool_calls"), "arguments of no call")
        return []
    if self.open_call and self.open_call[0] == number:
        self.open_call[1] = True
    return [self.chunk({"tool_calls": [{"index": number, "function": {"arguments": text}}]})]


def _tool_call_end(self: ToUnified, event: Json) -> list[Json]:
    number, spoken = self.open_call or [None, True]
    self.open_call = []
    if spoken:
        return []
    return [self.chunk({"tool_calls": [{"index": number, "function": {"arguments": "{}"}}]})]


def _citation_start(self: ToUnified, event: Json) -> list[Json]:
    message = message_of(event, self.leg)
    citation = message.get("citations")
    listed = citation if type(citation) is list else [] if citation is None else [citation]
    chunks = []
    for each in listed:
        if type(each) is not dict:
            self.leg.invalid(("delta", "message", "citations"), "object", each)
        self.citations.append(each)
        notes = annotations_of_one(each, self.starts)
        if notes:
            numbered = [{"index": self.notes + spot, **note} for spot, note in enumerate(notes)]
            self.notes += len(notes)
            chunks.append(self.chunk({"annotations": numbered}))
    return chunks


def _nothing(self: ToUnified, event: Json) -> list[Json]:
    return []


def _debug(self: ToUnified, event: Json) -> list[Json]:
    self.leg.losses.add("dropped", "envelope", "debug", (), "debug events are not part of the answer")
    return []


def _message_end(self: ToUnified, event: Json) -> list[Json]:
    self.over = True
    delta = optional_object(event, "delta", self.leg, ())
    if delta.get("error") is not None:
        text = delta["error"]
        if type(text) is not str:
            self.leg.invalid(("delta", "error"), "string", text)
        if delta.get("finish_reason") is None:
            self.leg.losses.add("defaulted", "envelope", "finish_reason", ("delta",), "no finish reason; ERROR")
        error: Json = {"message": text, "type": "server_error", "param": None, "code": None}
        for name, value in delta.items():
            if name != "error" and value is not None and not (name == "finish_reason" and value == "ERROR"):
                bag.put(error, self.leg.row.key, name, value)
        return [{"error": error}]
    chunk = self.finish_chunk("stop")
    choice = chunk["choices"][0]
    responses.finish_to_unified(delta.get("finish_reason"), choice, self.leg, ("delta", "finish_reason"))
    for name, value in delta.items():
        if name not in ("finish_reason", "usage") and value is not None:
            bag.put(chunk, self.leg.row.key, name, value)
    usage = responses.usage_to_unified(delta.get("usage"), self.leg, ("delta", "usage"))
    return [chunk] if usage is None else [chunk, {**(self.wire or {}), "choices": [], "usage": usage}]


HANDLERS: dict[str, Callable[[ToUnified, Json], list[Json]]] = {
    "message-start": _message_start, "content-start": _content_start, "content-delta": _content_delta,
    "content-end": _content_end, "tool-plan-delta": _tool_plan_delta, "tool-call-start": _tool_call_start,
    "tool-call-delta": _tool_call_delta, "tool-call-end": _tool_call_end, "citation-start": _citation_start,
    "citation-end": _nothing, "message-end": _message_end, "debug": _debug,
}  # fmt: skip


