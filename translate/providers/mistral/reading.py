"""Native chunks -> unified ones."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.mistral import error as errors, plain_stream, response as responses
from translate.providers.mistral.content import FORMAT, call_to_unified, thinking_texts
from translate.providers.mistral.tables import MOST_INDEX
from translate.shared import bag
from translate.shared.blocks import HEAD
from translate.shared.machines import Reader
from translate.shared.members import optional_list, optional_object, optional_text, text_of
from translate.shared.stream_rows import StreamRows


def is_error(event: Json) -> bool:
    """True for an error body in mid-stream, in any of its forms."""
    return "choices" not in event and ("error" in event or "detail" in event or event.get("object") in ("error", "Error"))


def continues(call: Any, known: Any) -> bool:
    """True for a further piece of a call that is open: no id, no name, an index that was there (models hosted for others)."""
    if type(call) is not dict or call.get("id") not in (None, "", "null"):
        return False
    if type(call.get("index")) is not int or call["index"] not in known:
        return False
    function = call.get("function")
    return type(function) is dict and not function.get("name")


class _Choice:
    """One choice: the block that is open, the rows it needs, the calls so far."""

    __slots__ = (
        "calls", "ended", "extra", "finish", "head", "key", "kind", "length", "numbers", "reasonings", "rows", "signature", "thought",
    )  # fmt: skip

    def __init__(self, key: str) -> None:
        self.key = key
        self.numbers: dict[Any, int] = {}  # native index of a call -> ours, for the hosts that cut arguments
        self.rows = StreamRows(entries=False)
        self.kind = ""  # of the open block: text, reasoning or none
        self.ended = False  # the open thinking goes on in the first chunk of the next event alone
        self.head, self.length = "", 0
        self.extra: Json = {}
        self.signature = ""
        self.thought: list[str] = []  # text of the open thinking, while it may need an entry of its own
        self.reasonings = 0
        self.calls = 0
        self.finish = False

    def open(self, kind: str, delta: Json) -> None:
        """Goes on in a block of that kind; what the block before it leaves behind goes into the delta."""
        if self.kind != kind:
            self.close(delta)
            self.put_rows(self.rows.open(kind), delta)
            self.kind = kind

    def add(self, text: str) -> None:
        self.length += len(text)
        if len(self.head) < HEAD:
            self.head = (self.head + text)[:HEAD]
        if self.kind == "reasoning" and (not self.reasonings or self.rows.entries):
            self.thought.append(text)

    def close(self, delta: Json) -> None:
        """
        Ends the open block: its row and, when it is signed, its entry.

        As in responses: entries when the first thinking is signed, else a later signature rides in its row.
        """
        if not self.kind:
            return
        row: Json = {"type": self.kind, "length": self.length, "head": self.head}
        if self.kind == "reasoning":
            if not self.reasonings:
                self.rows.entries = bool(self.signature)
            if self.rows.entries:
                row = {"type": "reasoning"}
                entry: Json = {
                    "type": "reasoning.text", "text": "".join(self.thought), "format": FORMAT, "index": self.reasonings,
                }  # fmt: skip
                if self.signature:
                    entry["signature"] = self.signature
                delta.setdefault("reasoning_details", []).append(entry)
            elif self.signature:
                self.extra["signature"] = self.signature
            self.reasonings += 1
            self.signature, self.thought = "", []
        self.put_rows(self.rows.close(row, self.extra or None), delta)
        self.kind, self.head, self.length, self.extra, self.ended = "", "", 0, {}, False

    def put_rows(self, rows: list[Json], delta: Json) -> None:
        if rows:
            held = delta.setdefault("extra_content", {}).setdefault(self.key, {})
            held["blocks"] = held.get("blocks", []) + rows


class ToUnified(Reader):
    """Native chunks -> unified ones."""

    __slots__ = ("choices", "head", "lacks", "leg", "over", "seen", "truncated", "usage")

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.head: Json | None = None
        self.lacks: tuple[str, ...] = ()  # what the first chunk did not say of it
        self.seen: tuple[Any, ...] = ()  # beside the choices of the last chunk that went the long way
        self.choices: dict[int, _Choice] = {}
        self.usage: Json | None = None
        self.over = False
        self.truncated = False

    def feed(self, event: Json) -> list[Json]:
        if self.over:
            return []
        leg = self.leg
        self.seen = plain_stream.seen(event)
        if is_error(event):
            self.over = True
            return [errors.to_unified(event, leg)]
        if self.head is None:
            self.head = responses.head_of(event, leg, "chat.completion.chunk")
            self.lacks = tuple(name for name in ("id", "created", "model") if not event.get(name))
        elif self.lacks:
            for name in self.lacks:
                if event.get(name):
                    leg.losses.add("dropped", "envelope", name, (name,), "came behind the first chunk")
            self.lacks = tuple(name for name in self.lacks if not event.get(name))
        choices = optional_list(event, "choices", leg, ())
        chunks: list[Json] = []
        for number, choice in enumerate(choices):
            chunks += self._choice(choice, number)
        more: Json = {}
        if event.get("usage") is not None:
            self.usage = responses.usage_to_unified(event["usage"], more, leg)
        responses.rest_to_bag({name: value for name, value in event.items() if name != "p"}, more, leg)
        if more:
            if not chunks:
                chunks = [{**self.head, "choices": []}]
            chunks[-1].update(more)
        if self.usage is not None and self.is_finished():
            chunks.append({**self.head, "choices": [], "usage": self.usage})
            self.usage = None
        return chunks

    quick = plain_stream.quick
    common = plain_stream.common

    def state(self, index: int) -> _Choice:
        """What is known of a choice so far."""
        found = self.choices.get(index)
        if found is None:
            found = self.choices[index] = _Choice(self.leg.row.key)
        return found

    def is_finished(self) -> bool:
        """Whether there are choices, all with a finish."""
        for state in self.choices.values():
            if not state.finish:
                return False
        return bool(self.choices)

    def _choice(self, choice: Any, number: int) -> list[Json]:
        leg = self.leg
        path: Path = ("choices", number)
        if type(choice) is not dict:
            leg.invalid(path, "object", choice)
        index = choice.get("index", 0)
        if type(index) is not int or not 0 <= index < MOST_INDEX:
            leg.invalid((*path, "index"), "a small index", index)
        delta = optional_object(choice, "delta", leg, path)
        first = index not in self.choices
        state = self.state(index)
        deltas = self._content(delta.get("content"), state, (*path, "delta", "content"))
        deltas += self._calls(delta.get("tool_calls"), state, (*path, "delta", "tool_calls"))
        if first:
            role: Json = {"role": "assistant"}
            if deltas:
                deltas[0] = {**role, **deltas[0]}
            else:
                if not choice.get("finish_reason") and type(delta.get("content")) is str:
                    role["content"] = ""
                deltas = [role]
        for name, value in delta.items():
            if name not in ("role", "content", "tool_calls") and value is not None:
                deltas = deltas or [{}]
                bag.put(deltas[0], leg.row.key, name, value)
        chunks = [self._chunk(index, each) for each in deltas]
        finish = choice.get("finish_reason")
        if finish:
            chunks.append(self.finish_chunk(choice, index, state, path))
        for name, value in choice.items():
            if name in ("index", "delta", "finish_reason") or value is None:
                continue
            if not chunks:
                chunks = [self._chunk(index, {})]
            if name == "logprobs":
                carrier = chunks[-2 if finish and len(chunks) > 1 else -1]["choices"][0]
                carrier["logprobs"] = responses.logprobs_to_unified(value, carrier, leg, (*path, "logprobs"))
            else:
                bag.put(chunks[-1]["choices"][0], leg.row.key, name, value)
        return chunks

    def _calls(self, calls: Any, state: _Choice, path: Path) -> list[Json]:
        if calls is not None and type(calls) is not list:
            self.leg.invalid(path, "array", calls)
        deltas: list[Json] = []
        batch: Json | None = None  # whole calls that came together go out together
        for spot, call in enumerate(calls or ()):
            where: Path = (*path, spot)
            if continues(call, state.numbers):
                deltas.append(self._more(call, state, where))
                batch = None
                continue
            if batch is None:
                batch = {"tool_calls": []}
                deltas.append(batch)
            state.close(batch)
            whole = call_to_unified(call, state.calls, self.leg, where, (self.head or {})["id"], streamed=True)
            state.put_rows(state.rows.whole("tool_call"), batch)
            if type(call.get("index")) is int:
                state.numbers[call["index"]] = state.calls
            batch["tool_calls"].append({"index": state.calls, **whole})
            state.calls += 1
        return deltas

    def _more(self, call: Json, state: _Choice, path: Path) -> Json:
        function = call.get("function") or {}
        text = optional_text(function, "arguments", self.leg, (*path, "function"))
        for holder, known, where in (
            (call, ("id", "index", "type", "function"), path), (function, ("name", "arguments"), (*path, "function")),
        ):  # fmt: skip
            for name, value in holder.items():
                if name not in known and value is not None:
                    self.leg.losses.add("dropped", "envelope", name, (*where, name), "a further piece of a call holds its text")
        if call.get("type") not in (None, "", "function"):
            self.leg.losses.dropped("content", "type", (*path, "type"), "a further piece of a call does not change what it is")
        return {"tool_calls": [{"index": state.numbers[call["index"]], "function": {"arguments": text or ""}}]}

    def _content(self, content: Any, state: _Choice, path: Path) -> list[Json]:
        leg = self.leg
        if content is None or content == "":
            return []
        if type(content) is str:
            return [self.piece("text", "content", content, state)]
        if type(content) is not list:
            leg.invalid(path, "string or array", content)
        deltas: list[Json] = []
        for number, chunk in enumerate(content):
            where: Path = (*path, number)
            if type(chunk) is not dict:
                leg.invalid(where, "object", chunk)
            kind = chunk.get("type", "text")
            if kind == "text":
                text = text_of(chunk, "text", leg, where)
                if text:
                    deltas.append(self.piece("text", "content", text, state))
                self._extra(chunk, ("type", "text"), "text", state, where)
            elif kind == "thinking" and thinking_texts(chunk, leg, where) is not None:
                deltas += self._thinking(chunk, state, where, number == 0)
            else:
                delta: Json = {}
                state.close(delta)
                state.put_rows(state.rows.native(chunk), delta)
                deltas.append(delta)
        return deltas

    def piece(self, kind: str, name: str, text: str, state: _Choice) -> Json:
        delta: Json = {name: text}
        state.open(kind, delta)
        state.add(text)
        return delta

    def _extra(self, chunk: Json, known: tuple[str, ...], kind: str, state: _Choice, path: Path) -> None:
        """Other members of a chunk belong to its block."""
        for name, value in chunk.items():
            if name in known or value is None:
                continue
            if state.kind == kind:
                state.extra[name] = value
            else:
                self.leg.losses.add("dropped", "content", name, (*path, name), "a member of an empty chunk")

    def _thinking(self, chunk: Json, state: _Choice, path: Path, is_first: bool) -> list[Json]:
        """
        One thinking chunk. Servers mark every piece of a thinking as closed, so that one goes on in the next event's first
        chunk, until a signature or an empty piece closes it.
        """
        deltas: list[Json] = []
        delta: Json = {}
        if state.ended and not is_first:
            state.close(delta)
            if delta:
                deltas.append(delta)
                delta = {}
        texts = [text for text in thinking_texts(chunk, self.leg, path) or () if text]
        deltas += [self.piece("reasoning", "reasoning_content", text, state) for text in texts]
        signature = chunk.get("signature")
        if type(signature) is str:
            state.open("reasoning", delta)
            state.signature += signature
        known = ("type", "thinking", "closed", "signature") if type(signature) is str else ("type", "thinking", "closed")
        self._extra(chunk, known, "reasoning", state, path)
        if state.kind == "reasoning":
            is_closed = chunk.get("closed") is not False
            state.ended = is_closed and bool(texts) and type(signature) is not str
            if is_closed and not state.ended:
                state.close(delta)
        if delta:
            deltas.append(delta)
        return deltas

    def _chunk(self, index: int, delta: Json) -> Json:
        return {**(self.head or {}), "choices": [{"index": index, "delta": delta, "finish_reason": None}]}

    def finish_chunk(self, choice: Json, index: int, state: _Choice, path: Path) -> Json:
        state.finish = True
        delta: Json = {}
        state.close(delta)
        chunk = self._chunk(index, delta)
        responses.finish_to_unified(choice, chunk["choices"][0], state.calls > 0, self.leg, path)
        return chunk

    def flush(self) -> list[Json]:
        if self.over:
            return []
        self.over = True
        if self.usage is None and self.is_finished():
            return []
        chunks: list[Json] = []
        cut = [(index, state) for index, state in self.choices.items() if not state.finish]
        if self.head is None:
            self.head = responses.head_of({}, self.leg, "chat.completion.chunk")
        if not self.choices:
            cut = [(0, _Choice(self.leg.row.key))]
            chunks.append(self._chunk(0, {"role": "assistant"}))
        if cut:
            self.truncated = True
            self.leg.losses.add("dropped", "content", "stream", (), "the stream ended before its finish")
        for index, state in cut:
            delta: Json = {}
            state.close(delta)
            chunk = self._chunk(index, delta)
            chunk["choices"][0]["finish_reason"] = "length"
            chunks.append(chunk)
        if self.usage is not None:
            chunks.append({**self.head, "choices": [], "usage": self.usage})
        return chunks
