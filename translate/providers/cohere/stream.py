"""Cohere chat streams, both directions: typed events from message-start to message-end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from translate.errors import Path, StreamError
from translate.leg import Json, Leg
from translate.providers.cohere import error as errors
from translate.providers.cohere import response as responses
from translate.providers.cohere.messages import annotations_of_one, call_to_native, call_to_unified
from translate.shared import bag
from translate.shared.blocks import HEAD, StreamRows
from translate.shared.fields import report_rest

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


def member(holder: Json, name: str, leg: Leg, path: Path) -> Json:
    """An object member, {} when it is not there."""
    value = holder.get(name)
    if value is None:
        return {}
    if type(value) is not dict:
        leg.invalid((*path, name), "object", value)
    return value


def index_of(event: Json, leg: Leg) -> int:
    index = event.get("index", 0)
    if type(index) is not int or not 0 <= index < MOST_INDEX:
        leg.invalid(("index",), "a small index", index)
    return index


def is_error(event: Json) -> bool:
    """True for an error body in mid-stream."""
    return "type" not in event and "message" in event


class ToUnified:
    """Typed events -> chunks."""

    __slots__ = (
        "block", "calls", "citations", "extra", "head", "kind", "leg", "length", "numbers", "open_call", "over", "rows", "starts",
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
        chunks = [] if self.wire is not None or kind == "message-start" else _message_start(self, {})
        return chunks + handle(self, event)

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
        return self.chunk(delta, finish)


def _message_start(self: ToUnified, event: Json) -> list[Json]:
    identifier = event.get("id")
    if identifier is not None and type(identifier) is not str:
        self.leg.invalid(("id",), "string", identifier)
    self.wire = {
        "id": identifier or self.leg.options.id or "chatcmpl-0", "object": "chat.completion.chunk",
        "created": self.leg.options.created, "model": responses.model_of(self.leg),
    }  # fmt: skip
    delta: Json = {"role": "assistant"}
    for name, value in message_of(event, self.leg).items():
        if name not in ("role", "content", "tool_plan", "tool_calls", "citations") and value is not None:
            bag.put(delta, self.leg.row.key, name, value)
    return [self.chunk(delta)]


_TEXTS = {"text": ("text", "content"), "thinking": ("reasoning", "reasoning_content")}


def _content_start(self: ToUnified, event: Json) -> list[Json]:
    content = member(message_of(event, self.leg), "content", self.leg, ("delta", "message"))
    rows = self.close_block()
    self.block = index_of(event, self.leg)
    kind = content.get("type", "thinking" if "thinking" in content else "text")
    known = _TEXTS.get(kind) if type(kind) is str else None
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
    choice.pop("extra_content", None)
    return [chunk]


def _content_delta(self: ToUnified, event: Json) -> list[Json]:
    content = member(message_of(event, self.leg), "content", self.leg, ("delta", "message"))
    kind = "thinking" if "thinking" in content else "text"
    rows: list[Json] = []
    if self.kind != _TEXTS[kind][0]:
        rows = self.close_block()
        rows += self.rows.open(_TEXTS[kind][0])
        self.kind = _TEXTS[kind][0]
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
    delta: Json = {} if "reasoning" in self.rows.order.seen else {"reasoning_content": text}
    bag.put(delta, self.leg.row.key, "tool_plan", text)
    return [self.chunk(delta)]


def _tool_call_start(self: ToUnified, event: Json) -> list[Json]:
    call = member(message_of(event, self.leg), "tool_calls", self.leg, ("delta", "message"))
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
    call = member(message_of(event, self.leg), "tool_calls", self.leg, ("delta", "message"))
    function = member(call, "function", self.leg, ("delta", "message", "tool_calls"))
    text = function.get("arguments")
    if text is not None and type(text) is not str:
        self.leg.invalid(("delta", "message", "tool_calls", "function", "arguments"), "string", text)
    number = self.numbers.get(index_of(event, self.leg), self.open_call[0] if self.open_call else None)
    if number is None:
        self.leg.losses.add("dropped", "content", "tool_calls", ("delta", "message", "tool_calls"), "arguments of no call")
        return []
    if not text:
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
    listed = citation if type(citation) is list else [citation]
    chunks = []
    for each in listed:
        if type(each) is not dict:
            self.leg.invalid(("delta", "message", "citations"), "object", each)
        self.citations.append(each)
        notes = annotations_of_one(each, self.starts)
        if notes:
            numbered = [{"index": len(self.citations) - 1, **note} for note in notes]
            chunks.append(self.chunk({"annotations": numbered}))
    return chunks


def _nothing(self: ToUnified, event: Json) -> list[Json]:
    return []


def _debug(self: ToUnified, event: Json) -> list[Json]:
    self.leg.losses.add("dropped", "envelope", "debug", (), "debug events are not part of the answer")
    return []


def _message_end(self: ToUnified, event: Json) -> list[Json]:
    self.over = True
    delta = member(event, "delta", self.leg, ())
    if delta.get("error") is not None:
        text = delta["error"]
        if type(text) is not str:
            self.leg.invalid(("delta", "error"), "string", text)
        return [{"error": {"message": text, "type": "server_error", "param": None, "code": None}}]
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


class ToNative:
    """Chunks -> typed events. A block is closed when the kind of delta changes; message-end waits for usage or the end."""

    __slots__ = (
        "block", "blocks", "calls", "citations", "finish", "leg", "open", "over", "planned", "started", "truncated", "usage",
    )  # fmt: skip

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.started = False
        self.open: tuple[str, int] | None = None  # ("text" | "thinking" | "call", index)
        self.blocks = 0
        self.block = 0
        self.calls: dict[int, int] = {}  # unified index -> native
        self.citations = 0
        self.planned = False
        self.finish: str | None = None
        self.usage: Json | None = None
        self.over = False
        self.truncated = False

    def feed(self, chunk: Json) -> list[Json]:
        if self.over:
            return []
        leg = self.leg
        if chunk.get("error") is not None:
            self.over = True
            message = errors.to_native(chunk, leg)["message"]
            head = [] if self.started else self._start({})
            return [*head, {"type": "message-end", "delta": {"finish_reason": "ERROR", "error": message}}]
        events = [] if self.started else self._start(chunk)
        if chunk.get("usage") is not None:
            self.usage = responses.usage_to_native(chunk["usage"], leg)
        bag.unpack(chunk, leg, (), "envelope")
        choices = chunk.get("choices")
        if choices is not None and type(choices) is not list:
            leg.invalid(("choices",), "array", choices)
        for number, choice in enumerate(choices or ()):
            path: Path = ("choices", number)
            if type(choice) is not dict:
                leg.invalid(path, "object", choice)
            if choice.get("index", 0) != 0:
                leg.losses.add("dropped", "content", "choices", path, "one answer a stream")
                continue
            events += self._choice(choice, path)
        return events

    def _start(self, chunk: Json) -> list[Json]:
        self.started = True
        identifier = responses.head_losses(chunk, self.leg)
        return [{"type": "message-start", "id": identifier, "delta": {"message": {"role": "assistant"}}}]

    def _choice(self, choice: Json, path: Path) -> list[Json]:
        leg = self.leg
        delta = member(choice, "delta", leg, path)
        inner: Path = (*path, "delta")
        own = bag.unpack(delta, leg, inner, "content")
        bag.unpack(choice, leg, path, "envelope")
        events: list[Json] = []
        rows = own.get("blocks")
        texts: dict[str, Any] = {}
        for name in ("content", "reasoning_content", "refusal"):
            value = delta.get(name)
            if type(value) is list and name == "content":
                value = "".join(part["text"] for part in value if type(part) is dict and type(part.get("text")) is str)
            elif value is not None and type(value) is not str:
                leg.invalid((*inner, name), "string", value)
            texts[name] = value
        plan = own.get("tool_plan")
        if type(plan) is str and texts["reasoning_content"] in (None, plan):
            texts["reasoning_content"] = None
            events += [*self._close(), {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": plan}}}]
        events += self._rows(rows if type(rows) is list else [])
        logprobs = responses.logprobs_to_native(choice.get("logprobs"), None, leg, (*path, "logprobs"))
        events += self._text("thinking", texts["reasoning_content"], None)
        events += self._text("text", texts["content"], logprobs)
        if texts["refusal"]:
            leg.losses.add("approximated", "content", "refusal", (*inner, "refusal"), "sent as text")
            events += self._text("text", texts["refusal"], None)
        calls = delta.get("tool_calls")
        if calls is not None and type(calls) is not list:
            leg.invalid((*inner, "tool_calls"), "array", calls)
        for number, fragment in enumerate(calls or ()):
            events += self._fragment(fragment, (*inner, "tool_calls", number))
        events += self._citations(own.get("citations"), (*inner, "extra_content"))
        self._losses(delta, texts, own, inner)
        if choice.get("finish_reason"):
            self.finish = responses.finish_to_native(choice, leg, path)
        report_rest(choice, responses.CHOICE_MEMBERS, leg, path)
        return events

    def _losses(self, delta: Json, texts: Json, own: Json, path: Path) -> None:
        leg = self.leg
        for name, value in delta.items():
            if value is None or value == []:
                continue
            if name in ("images", "audio") or name not in responses.MESSAGE_MEMBERS:
                leg.losses.add("dropped", "content", name, (*path, name), "no such block in an answer here")
            elif name == "reasoning_details" and type(value) is list:
                for number, entry in enumerate(value):
                    plain = type(entry) is dict and entry.get("text") == delta.get("reasoning_content")
                    if not plain or entry.get("signature") or entry.get("data"):
                        leg.losses.add("dropped", "content", name, (*path, name, number), "entries of another format")
            elif name == "annotations" and "citations" not in own and type(value) is list:
                for number, note in enumerate(value):
                    if type(note) is not dict or "index" not in note:
                        leg.losses.add("dropped", "content", name, (*path, name, number), "a citation needs its source here")

    def _rows(self, rows: list[Any]) -> list[Json]:
        """Native blocks in their place; the row of a visible block closes it."""
        events: list[Json] = []
        for row in rows:
            if type(row) is not dict:
                continue
            if row.get("type") == "native":
                events += self._close()
                events.append(self._content_event("content-start", self.blocks, row.get("value")))
                events.append({"type": "content-end", "index": self.blocks})
                self.blocks += 1
            elif self.open is not None and row.get("type") == {"text": "text", "thinking": "reasoning"}.get(self.open[0]):
                events += self._close()
        return events

    def _content_event(self, kind: str, index: int, content: Any) -> Json:
        return {"type": kind, "index": index, "delta": {"message": {"content": content}}}

    def _text(self, kind: str, text: Any, logprobs: Any) -> list[Json]:
        if not text:
            return []
        events: list[Json] = []
        if self.open is None or self.open[0] != kind:
            events += self._close()
            self.open = (kind, self.blocks)
            self.blocks += 1
            events.append(self._content_event("content-start", self.open[1], {"type": kind, kind: ""}))
        delta = self._content_event("content-delta", self.open[1], {kind: text})
        if logprobs:
            delta["logprobs"] = logprobs[0] if len(logprobs) == 1 else logprobs
        return [*events, delta]

    def _fragment(self, fragment: Any, path: Path) -> list[Json]:
        leg = self.leg
        if type(fragment) is not dict:
            leg.invalid(path, "object", fragment)
        index = fragment.get("index", max(self.calls, default=0))
        if type(index) is not int or not 0 <= index < MOST_INDEX:
            leg.invalid((*path, "index"), "a small index", index)
        function = member(fragment, "custom" if "custom" in fragment else "function", leg, path)
        text = function.get("input" if "custom" in fragment else "arguments")
        if text is not None and type(text) is not str:
            leg.invalid((*path, "function", "arguments"), "string", text)
        events: list[Json] = []
        number = self.calls.get(index)
        if number is None:
            events += self._close()
            number = self.calls[index] = len(self.calls)
            self.open = ("call", number)
            whole: Json = {"id": fragment.get("id") or "", "type": "function", "function": {"name": "", **function, "arguments": ""}}
            if "custom" in fragment:
                leg.losses.add("approximated", "content", "custom", (*path, "custom"), "free text sent as arguments")
                whole["function"].pop("input", None)
            if "extra_content" in fragment:
                whole["extra_content"] = fragment["extra_content"]
            native = call_to_native(whole, leg, path)
            native["function"]["arguments"] = ""
            events.append({"type": "tool-call-start", "index": number, "delta": {"message": {"tool_calls": native}}})
        if text:
            if self.open != ("call", number):
                leg.losses.add("dropped", "content", "arguments", (*path, "function", "arguments"), "the call has ended already")
            else:
                events.append({
                    "type": "tool-call-delta", "index": number,
                    "delta": {"message": {"tool_calls": {"function": {"arguments": text}}}},
                })  # fmt: skip
        return events

    def _citations(self, citations: Any, path: Path) -> list[Json]:
        if citations is None:
            return []
        if type(citations) is not list:
            self.leg.invalid((*path, self.leg.row.key, "citations"), "array", citations)
        events = []
        for citation in citations:
            events.append({"type": "citation-start", "index": self.citations, "delta": {"message": {"citations": citation}}})
            events.append({"type": "citation-end", "index": self.citations})
            self.citations += 1
        return events

    def _close(self) -> list[Json]:
        if self.open is None:
            return []
        kind, index = self.open
        self.open = None
        return [{"type": "tool-call-end" if kind == "call" else "content-end", "index": index}]

    def flush(self) -> list[Json]:
        if self.over:
            return []
        self.over = True
        events = [] if self.started else self._start({})
        if self.finish is None:
            self.truncated = True
            self.leg.losses.add("dropped", "content", "stream", (), "the stream ended before its finish")
            self.finish = "MAX_TOKENS"
        usage = self.usage if self.usage is not None else responses.usage_to_native(None, self.leg)
        return [*events, *self._close(), {"type": "message-end", "delta": {"finish_reason": self.finish, "usage": usage}}]


def fold(events: list[Json], leg: Leg) -> Json:
    """Events -> the chat response they amount to."""
    out: Json = {}
    message: Json = {"role": "assistant"}
    blocks: list[Json] = []
    by_index: dict[int, Json] = {}
    calls: list[Json] = []
    by_call: dict[int, Json] = {}
    plan: list[str] = []
    citations: list[Any] = []
    logprobs: list[Any] = []
    ended = False
    for number, event in enumerate(events):
        leg.losses.prefix = (number,)
        kind = event.get("type")
        if is_error(event):
            raise StreamError(f"error event: {event['message']}", event_index=number, path=(number,), body=event)
        held = message_of(event, leg)
        if kind == "message-start":
            out.update((name, event[name]) for name in ("id",) if event.get(name) is not None)
            message.update((name, value) for name, value in held.items() if value not in (None, "", []) and name != "role")
        elif kind in ("content-start", "content-delta"):
            content = member(held, "content", leg, ("delta", "message"))
            index = index_of(event, leg)
            if index not in by_index or kind == "content-start":
                start = {"type": "thinking" if "thinking" in content else "text", **content}
                by_index[index] = start
                blocks.append(start)
                if kind == "content-start" and start["type"] in _TEXTS:
                    start["pieces"] = [start.get(start["type"]) or ""]
            if kind == "content-delta":
                block = by_index[index]
                for name, value in content.items():
                    if name in _TEXTS:
                        if value is not None and type(value) is not str:
                            leg.invalid(("delta", "message", "content", name), "string", value)
                        block.setdefault("pieces", []).append(value or "")
                    elif name != "type" and value is not None:
                        block[name] = value
            entries = event.get("logprobs")
            logprobs += entries if type(entries) is list else [] if entries is None else [entries]
        elif kind == "tool-plan-delta":
            text = held.get("tool_plan")
            if text is not None and type(text) is not str:
                leg.invalid(("delta", "message", "tool_plan"), "string", text)
            plan.append(text or "")
        elif kind in ("tool-call-start", "tool-call-delta"):
            _fold_call(kind, member(held, "tool_calls", leg, ("delta", "message")), index_of(event, leg), calls, by_call, leg)
        elif kind == "citation-start":
            cited = held.get("citations")
            citations += cited if type(cited) is list else [cited]
        elif kind == "message-end":
            delta = member(event, "delta", leg, ())
            if delta.get("error") is not None:
                raise StreamError(f"error event: {delta['error']}", event_index=number, path=(number,), body=event)
            out.update((name, value) for name, value in delta.items() if value is not None)
            ended = True
            break
    if not ended:
        out["finish_reason"] = "MAX_TOKENS"
    content_list = [_whole(block) for block in blocks]
    if content_list:
        message["content"] = content_list
    if "".join(plan):
        message["tool_plan"] = "".join(plan)
    if calls:
        message["tool_calls"] = [
            {**call, "function": {**call["function"], "arguments": "".join(call["function"]["arguments"]) or "{}"}} for call in calls
        ]
    if citations:
        message["citations"] = citations
    out["message"] = message
    if logprobs:
        out["logprobs"] = logprobs
    return out


def _fold_call(kind: str, call: Json, index: int, calls: list[Json], by_call: dict[int, Json], leg: Leg) -> None:
    function = member(call, "function", leg, ("delta", "message", "tool_calls"))
    text = function.get("arguments")
    if text is not None and type(text) is not str:
        leg.invalid(("delta", "message", "tool_calls", "function", "arguments"), "string", text)
    if kind == "tool-call-start" or index not in by_call:
        whole: Json = {**call, "function": {**function, "arguments": [text or ""]}}
        by_call[index] = whole
        calls.append(whole)
    else:
        by_call[index]["function"]["arguments"].append(text or "")


def _whole(block: Json) -> Json:
    if "pieces" not in block:
        return block
    kind = block["type"] if block["type"] in _TEXTS else "text"
    rest = {name: value for name, value in block.items() if name not in ("pieces", kind)}
    return {**rest, kind: "".join(block["pieces"])}


def unfold(response: Json, leg: Leg) -> list[Json]:
    """The shortest stream of a response."""
    message = member(response, "message", leg, ())
    head: Json = {"type": "message-start", "delta": {"message": {"role": "assistant"}}}
    if response.get("id") is not None:
        head["id"] = response["id"]
    known = ("role", "content", "tool_plan", "tool_calls", "citations")
    head["delta"]["message"].update((name, value) for name, value in message.items() if name not in known and value is not None)
    events = [head]
    if message.get("tool_plan"):
        events.append({"type": "tool-plan-delta", "delta": {"message": {"tool_plan": message["tool_plan"]}}})
    content = message.get("content")
    if type(content) is str:
        content = [{"type": "text", "text": content}]
    logprobs = response.get("logprobs")
    for index, block in enumerate(content if type(content) is list else ()):
        kind = block.get("type") if type(block) is dict else None
        if type(block) is dict and kind in _TEXTS and type(block.get(kind)) is str:
            start = {**block, kind: ""}
            events.append({"type": "content-start", "index": index, "delta": {"message": {"content": start}}})
            delta = {"type": "content-delta", "index": index, "delta": {"message": {"content": {kind: block[kind]}}}}
            if kind == "text" and logprobs:
                delta["logprobs"], logprobs = logprobs, None
            events.append(delta)
        else:
            events.append({"type": "content-start", "index": index, "delta": {"message": {"content": block}}})
        events.append({"type": "content-end", "index": index})
    calls = message.get("tool_calls")
    for index, call in enumerate(calls if type(calls) is list else ()):
        if type(call) is not dict or type(call.get("function")) is not dict:
            leg.invalid(("message", "tool_calls", index), "object with a function", call)
        start = {**call, "function": {**call["function"], "arguments": ""}}
        events.append({"type": "tool-call-start", "index": index, "delta": {"message": {"tool_calls": start}}})
        text = {"function": {"arguments": call["function"].get("arguments") or "{}"}}
        events.append({"type": "tool-call-delta", "index": index, "delta": {"message": {"tool_calls": text}}})
        events.append({"type": "tool-call-end", "index": index})
    citations = message.get("citations")
    for index, citation in enumerate(citations if type(citations) is list else ()):
        events.append({"type": "citation-start", "index": index, "delta": {"message": {"citations": citation}}})
        events.append({"type": "citation-end", "index": index})
    tail = {name: value for name, value in response.items() if name not in ("id", "message", "logprobs")}
    return [*events, {"type": "message-end", "delta": tail}]
