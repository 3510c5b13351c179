"""Ollama chat streams, both directions: one ChatResponse a line, the last with `done: true`."""

from __future__ import annotations

from typing import Any

from translate.errors import Path, StreamError
from translate.leg import Json, Leg
from translate.providers.ollama import error as errors, plain_stream, response as responses
from translate.providers.ollama.content import Calls, call_to_native, message_to_unified
from translate.providers.ollama.tables import BAG_RESPONSE_FIELDS, DURATIONS
from translate.shared import bag
from translate.shared.chat_fast import fed, likewise, says_nothing
from translate.shared.fields import report_once
from translate.shared.fragments import Fragments
from translate.shared.machines import Reader, Writer
from translate.shared.members import object_at, optional_list, optional_object, optional_text
from translate.shared.timestamps import to_seconds, to_text, written_time

_FRAME = frozenset(("model", "created_at", "message", "done"))  # of every line
_CHUNK = frozenset(("id", "object", "created", "model", "choices", "usage", "extra_content", "service_tier", "obfuscation"))
_CHOICE = frozenset(("index", "delta", "finish_reason"))  # as most choices of chunks are
_DONE = frozenset((*DURATIONS, "done_reason"))  # of the last one


class ToUnified(Reader):
    """Lines -> chunks. Calls come whole; usage goes out behind the finish."""

    __slots__ = ("calls", "head", "images", "leg", "logprobs", "over", "plain", "truncated", "unnamed")

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.head: Json | None = None
        self.unnamed = False  # the first line did not say the model
        self.logprobs: list[Any] = []
        self.plain = True  # the visible log probabilities say all
        self.calls = 0
        self.images = 0
        self.over = False
        self.truncated = False

    def feed(self, event: Json) -> list[Json]:
        if self.over:
            return []
        leg = self.leg
        if event.get("error") is not None:
            self.over = True
            return [errors.to_unified(event, leg)]
        first = self.head is None
        if self.unnamed and event.get("model"):
            self.unnamed = False
            if event["model"] != (self.head or {})["model"]:
                leg.losses.add("dropped", "envelope", "model", ("model",), "came behind the first line")
        if self.head is None:
            self.unnamed = not event.get("model")
            head = responses.head_to_unified(event, leg)
            self.head = {"id": head["id"], "object": "chat.completion.chunk", "created": head["created"], "model": head["model"]}
        native = optional_object(event, "message", leg, ())
        done = event.get("done")
        if done is not None and type(done) is not bool:
            leg.invalid(("done",), "boolean", done)
        whole = message_to_unified(native, {"role": "assistant"}, leg, ("message",), self.calls, self.head["id"], streamed=True)
        deltas = self._deltas(whole)
        if first:
            deltas = deltas or [{}]
            deltas[0] = {"role": "assistant", **deltas[0]}
        chunks = [self._chunk(delta) for delta in deltas]
        if event.get("logprobs"):
            if not chunks:
                chunks = [self._chunk({})]
            choice = chunks[-1]["choices"][0]
            choice["logprobs"] = responses.logprobs_to_unified(event["logprobs"], choice, leg)
            if "extra_content" in choice:  # a list in pieces: whole with the finish
                self.logprobs += choice.pop("extra_content")[leg.row.key]["logprobs"]
                self.plain = False
            else:
                self.logprobs += event["logprobs"]
        if first or not done:
            if not chunks and not _FRAME.issuperset(event):
                chunks = [self._chunk({})]
            if chunks:
                members = {name: value for name, value in event.items() if name not in _DONE}
                responses.rest_to_bag(members if first else {**members, "created_at": None}, chunks[0], leg)
        if done:
            chunks += self._finish({**event, "created_at": None})
        return chunks

    quick = plain_stream.quick
    common = plain_stream.common

    def _deltas(self, whole: Json) -> list[Json]:
        deltas: list[Json] = []
        if whole.get("reasoning_content"):
            deltas.append({"reasoning_content": whole["reasoning_content"]})
        if whole.get("content"):
            deltas.append({"content": whole["content"]})
        for image in whole.get("images", ()):
            deltas.append({"images": [{**image, "index": self.images}]})
            self.images += 1
        calls = whole.get("tool_calls")
        if calls:
            deltas.append({"tool_calls": [{"index": index, **call} for index, call in enumerate(calls, self.calls)]})
            self.calls += len(calls)
        if "extra_content" in whole:
            if not deltas:
                deltas.append({})
            deltas[0]["extra_content"] = whole["extra_content"]
        return deltas

    def _chunk(self, delta: Json, finish: str | None = None) -> Json:
        assert self.head is not None  # set by the first line
        return {**self.head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    def _finish(self, event: Json) -> list[Json]:
        self.over = True
        choice: Json = {"index": 0, "delta": {}}
        responses.finish_to_unified(event, choice, self.calls > 0, self.leg)
        if not self.plain:
            bag.put(choice, self.leg.row.key, "logprobs", self.logprobs)
        chunk = self._chunk({})
        chunk["choices"] = [choice]
        responses.rest_to_bag(event, chunk, self.leg)
        usage = responses.usage_to_unified(event, self.leg)
        return [chunk] if usage is None else [chunk, {**self._chunk({}), "choices": [], "usage": usage}]

    def flush(self) -> list[Json]:
        if self.over:
            return []
        self.over = self.truncated = True
        leg = self.leg
        leg.losses.add("dropped", "content", "stream", (), "the stream ended before its last line")
        if self.head is None:
            head = responses.head_to_unified({}, leg)
            self.head = {"id": head["id"], "object": "chat.completion.chunk", "created": head["created"], "model": head["model"]}
            return [self._chunk({"role": "assistant"}), self._chunk({}, "length")]
        return [self._chunk({}, "length")]


class ToNative(Writer):
    """Chunks -> lines. Text goes out at once, calls when they are whole, the done line waits for usage or the end."""

    __slots__ = ("calls", "envelope", "finish", "head", "leg", "native", "open", "over", "settled", "told", "truncated")

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.head: Json | None = None
        self.native: Json = {}  # what the done line will hold
        self.open = Fragments()
        self.envelope: Json | None = None
        self.settled = False
        self.calls = Calls()
        self.told: set[str] = set()  # members of chunks that were reported
        self.finish: Json | None = None
        self.over = False
        self.truncated = False

    feed, likewise = fed, likewise
    text = plain_stream.text
    run = plain_stream.run
    opened = plain_stream.opened

    def long(self, chunk: Json) -> list[Json]:
        """A chunk that brings more than a piece of what is open."""
        leg = self.leg
        if chunk.get("error") is not None:
            self.over = True
            return [errors.to_native(chunk, leg)]
        if self.head is None:
            created = chunk.get("created")
            if created is not None and type(created) not in (int, float):
                leg.invalid(("created",), "integer", created)
            model = optional_text(chunk, "model", leg, ())
            seconds = leg.options.created if created is None else created
            self.calls.document = chunk["id"] if type(chunk.get("id")) is str else ""
            self.head = {
                "model": model or leg.memo.get("model") or leg.options.model or "",
                "created_at": written_time(seconds, leg),
            }
            responses.head_losses({name: chunk[name] for name in ("id", "service_tier") if name in chunk}, leg)
        elif chunk.get("service_tier") is not None and "service_tier" not in self.told:
            responses.head_losses({"service_tier": chunk["service_tier"]}, leg)
        if chunk.get("service_tier") is not None:
            self.told.add("service_tier")
        report_once(chunk, _CHUNK, self.told, leg)
        responses.usage_to_native(chunk.get("usage"), self.native, leg, ("usage",))
        for name, value in bag.unpack(chunk, leg, (), "envelope").items():
            if name == "created_at":
                if type(value) is str and to_text(to_seconds(value) or 0) == to_text(to_seconds(self.head[name]) or 0):
                    self.head[name] = value
                else:
                    bag.stale(leg, (), name, "envelope")
            elif name in BAG_RESPONSE_FIELDS or name not in self.native:
                self.native[name] = value
        lines: list[Json] = []
        for number, choice in enumerate(optional_list(chunk, "choices", leg, ())):
            object_at(choice, leg, ("choices", number))
            lines += self._choice(choice, ("choices", number))
        return lines

    def alike(self, choice: Json) -> list[Json]:
        """`long` for a chunk that is the last one but for its choice."""
        return self._choice(choice, ("choices", 0))

    def _choice(self, choice: Json, path: Path) -> list[Json]:
        leg = self.leg
        if choice.get("index", 0) != 0:
            leg.losses.add("dropped", "content", "choices", path, "one answer a stream")
            return []
        delta = optional_object(choice, "delta", leg, path)
        lines: list[Json] = []
        calls = optional_list(delta, "tool_calls", leg, (*path, "delta"))
        for number, fragment in enumerate(calls):
            where: Path = (*path, "delta", "tool_calls", number)
            # Arguments of several calls may come in turns: none is known to be whole before text or the finish.
            self.open.add(fragment, self.open.slot(fragment, leg, where), leg, where)
        if says_nothing(delta):
            native: Json = {"role": "assistant", "content": ""}
        else:
            message = {name: value for name, value in delta.items() if name != "tool_calls"}
            native = responses.message_to_native(message, leg, (*path, "delta"), seen=self.calls)
        finish = choice.get("finish_reason")
        if not _CHOICE.issuperset(choice):
            responses.choice_rest(choice, native, leg, path)
            if choice.get("native_finish_reason") is not None and not finish:
                leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "no finish beside it")
        logprobs = native.pop("logprobs", None)
        if len(native) > 2 or native["content"] or logprobs:
            lines = self._whole_calls() + lines if self.open.open and not calls else lines
            lines.append(self._line(native, {"logprobs": logprobs} if logprobs else {}))
        if finish:
            lines += self._whole_calls()
            self.finish = {"done_reason": responses.finish_to_native(choice, leg, path)}
        return lines

    def _whole_calls(self) -> list[Json]:
        calls = self.open.take(self.leg, lambda call, path: call_to_native(call, self.calls.count, self.calls, self.leg, path))
        return [self._line({"role": "assistant", "content": "", "tool_calls": [call]}, {}) for call in calls]

    def _line(self, message: Json, more: Json) -> Json:
        return {**(self.head or {}), "message": message, "done": False, **more}

    def flush(self) -> list[Json]:
        if self.over:
            return []
        self.over = True
        leg = self.leg
        lines = self._whole_calls()
        if self.finish is None:
            self.truncated = True
            leg.losses.add("dropped", "content", "stream", (), "the stream ended before its finish")
            self.finish = {"done_reason": "length"}
        if self.head is None:
            self.head = {"model": leg.memo.get("model") or leg.options.model or "", "created_at": to_text(leg.options.created)}
        counts: Json = {"prompt_eval_count": 0, "eval_count": 0}
        own = {**counts, **self.native}
        last: Json = {**self.head, "message": {"role": "assistant", "content": ""}, "done": True, **self.finish, **own}
        return [*lines, last]


def fold(events: list[Json], leg: Leg) -> Json:
    """Lines -> the response they amount to: fragments appended, the last line's members kept."""
    whole: Json = {}
    message: Json = {"role": "assistant", "content": ""}
    texts: dict[str, list[str]] = {"content": [], "thinking": []}
    logprobs: list[Any] = []
    for number, event in enumerate(events):
        leg.losses.prefix = (number,)
        if event.get("error") is not None:
            raise StreamError(f"error event: {event['error']}", event_index=number, path=(number,), body=event)
        native = optional_object(event, "message", leg, ())
        for name, value in native.items():
            if name in texts:
                if value is not None and type(value) is not str:
                    leg.invalid(("message", name), "string", value)
                texts[name].append(value or "")
            elif name in ("tool_calls", "images") and value is not None:
                if type(value) is not list:
                    leg.invalid(("message", name), "array", value)
                message[name] = [*message.get(name, ()), *value]
            elif value is not None:
                message[name] = value
        if type(event.get("logprobs")) is list:
            logprobs += event["logprobs"]
        for name, value in event.items():
            if name not in ("message", "logprobs") and value is not None and not (name in ("created_at", "model") and name in whole):
                whole[name] = value
        if event.get("done") is True:
            break
    else:
        whole["done"], whole["done_reason"] = True, "length"
    message["content"] = "".join(texts["content"])
    if any(texts["thinking"]):
        message["thinking"] = "".join(texts["thinking"])
    for position, call in enumerate(message.get("tool_calls", ())):
        if type(call) is dict and type(call.get("function")) is dict:
            message["tool_calls"][position] = {**call, "function": {**call["function"], "index": position}}
    whole["message"] = message
    if logprobs:
        whole["logprobs"] = logprobs
    return whole


def unfold(response: Json, leg: Leg) -> list[Json]:
    """The shortest stream of a response: one line with the whole message, one that is done."""
    message = optional_object(response, "message", leg, ())
    head: Json = {name: response[name] for name in ("model", "created_at") if name in response}
    lines: list[Json] = []
    more = {"logprobs": response["logprobs"]} if response.get("logprobs") else {}
    if message.get("content") or len(message) > 2 or more:
        lines.append({**head, "message": dict(message), "done": False, **more})
    last = {name: value for name, value in response.items() if name not in ("message", "logprobs")}
    return [*lines, {**last, "message": {"role": "assistant", "content": ""}, "done": True}]
