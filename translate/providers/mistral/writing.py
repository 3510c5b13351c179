"""Unified chunks -> native ones."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.mistral import error as errors, plain_stream, response as responses
from translate.providers.mistral.content import FORMAT, call_to_native
from translate.providers.mistral.tables import MOST_INDEX
from translate.shared import bag
from translate.shared.blocks import ROW_MEMBERS
from translate.shared.chat_fast import fed, likewise
from translate.shared.fields import report_once, report_rest
from translate.shared.fragments import Fragments
from translate.shared.machines import Writer
from translate.shared.members import optional_list, optional_object, optional_text

CHUNK_MEMBERS = responses.RESPONSE_MEMBERS | {"obfuscation"}
_WRITTEN = responses.MESSAGE_MEMBERS - {"images", "audio"}  # members of a delta that have a place here


class _Choice:
    """One choice: call fragments, whether thinking is open, and the blocks that no row has told of yet."""

    __slots__ = ("blocks", "calls", "finish", "formats", "role", "takes", "thinking")

    def __init__(self) -> None:
        self.calls = Fragments()
        self.thinking = False
        self.finish: Json | None = None
        self.role = False
        self.formats: dict[Any, Any] = {}  # of reasoning_details, by index
        self.blocks: list[list[Any]] = []  # kind and length
        self.takes: list[Any] | None = None  # the one of them that a further piece goes on with, once the role is said

    def sent(self, kind: str, text: str) -> None:
        if self.blocks and self.blocks[-1][0] == kind:
            self.blocks[-1][1] += len(text)
        else:
            self.blocks.append([kind, len(text)])


class ToNative(Writer):
    """Unified chunks -> native ones. Calls and usage wait for the finish chunk, which waits for usage or the end."""

    __slots__ = ("choices", "envelope", "head", "leg", "more", "over", "settled", "tier", "told", "truncated", "usage")

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.head: Json | None = None
        self.envelope: Json | None = None
        self.settled = False
        self.choices: dict[int, _Choice] = {}
        self.usage: Any = None
        self.tier: Json = {}
        self.more: Json = {}
        self.told: set[str] = set()  # members of chunks that were reported
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
            self.head = responses.head_of(chunk, leg, "chat.completion.chunk")
        if chunk.get("usage") is not None:
            self.usage = responses.usage_to_native(chunk["usage"], leg)
        tier = chunk.get("service_tier")
        if tier is not None and tier not in self.told:
            responses.tier_to_native(tier, self.tier, leg)
            if type(tier) is str:
                self.told.add(tier)
        self._rest(chunk)
        out: list[Json] = []
        for number, choice in enumerate(optional_list(chunk, "choices", leg, ())):
            out += self._choice(choice, number)
        return out

    def alike(self, choice: Json) -> list[Json]:
        """`long` for a chunk that is the last one but for its choice."""
        return self._choice(choice, 0)

    def _rest(self, chunk: Json) -> None:
        """The own bag, and what has no place; members that every chunk repeats are reported once."""
        if "extra_content" in chunk:
            self.more.update(bag.unpack(chunk, self.leg, (), "envelope"))
        report_once(chunk, CHUNK_MEMBERS, self.told, self.leg)

    def _choice(self, choice: Any, number: int) -> list[Json]:
        leg = self.leg
        path: Path = ("choices", number)
        if type(choice) is not dict:
            leg.invalid(path, "object", choice)
        index = choice.get("index", 0)
        if type(index) is not int or not 0 <= index < MOST_INDEX:
            leg.invalid((*path, "index"), "a small index", index)
        delta = optional_object(choice, "delta", leg, path)
        state = self.choices.get(index)
        if state is None:
            state = self.choices[index] = _Choice()
        inner: Path = (*path, "delta")
        own = bag.unpack(delta, leg, inner, "content") if "extra_content" in delta else bag.EMPTY
        content = self._chunks(delta, own, state, inner)
        calls = optional_list(delta, "tool_calls", leg, inner)
        for spot, fragment in enumerate(calls):
            where: Path = (*inner, "tool_calls", spot)
            state.calls.add(fragment, state.calls.slot(fragment, leg, where), leg, where)
        for name, value in delta.items() if not delta.keys() <= _WRITTEN else ():
            if name not in responses.MESSAGE_MEMBERS and value is not None and value != []:
                leg.losses.add("dropped", "content", name, (*inner, name), "no such member of an answer here")
            elif name in ("images", "audio") and value:
                leg.losses.add("dropped", "content", name, (*inner, name), "no such block in an answer here")
        native: Json = {name: value for name, value in own.items() if name != "blocks"}
        if content is not None:
            native["content"] = content
        out: list[Json] = []
        kept = self._rest_of_choice(choice, state, path)
        logprobs = choice.get("logprobs")
        if logprobs is not None or kept:
            logprobs = responses.logprobs_to_native(logprobs, kept.pop("logprobs", None), leg, path)
        if native or logprobs is not None or (delta.get("role") and not state.role):
            if not state.role:
                native = {"role": "assistant", "content": "", **native}
            state.role = True
            entry: Json = {"index": index, "delta": native, "finish_reason": None}
            if logprobs is not None:
                entry["logprobs"] = logprobs
            if kept and state.finish is None:
                entry.update((name, value) for name, value in kept.items() if name not in entry)
            out.append({**(self.head or {}), "choices": [entry]})
        elif kept and state.finish is None:
            out.append({**(self.head or {}), "choices": [{"index": index, "delta": {"content": ""}, "finish_reason": None, **kept}]})
        last = state.blocks[-1] if state.blocks else None
        state.takes = last if last is not None and state.role and state.thinking == (last[0] == "reasoning") else None
        return out

    def _rest_of_choice(self, choice: Json, state: _Choice, path: Path) -> Json:
        """The finish reason, the own bag (returned), and what has no place."""
        leg = self.leg
        kept = dict(bag.unpack(choice, leg, path, "envelope")) if "extra_content" in choice else {}
        if choice.get("finish_reason"):
            state.finish = {"finish_reason": responses.finish_to_native(choice, leg, path)}
            if kept:
                state.finish.update((name, value) for name, value in kept.items() if name != "logprobs")
        elif choice.get("native_finish_reason") is not None:
            leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "no finish beside it")
        if not choice.keys() <= responses.CHOICE_MEMBERS:
            report_rest(choice, responses.CHOICE_MEMBERS, leg, path)
        return kept

    def _chunks(self, delta: Json, own: Json, state: _Choice, path: Path) -> Any:
        """Content of one native delta: a string while only text flows, a chunk list otherwise, None for nothing."""
        leg = self.leg
        text = self._text(delta, path)
        reasoning = optional_text(delta, "reasoning_content", leg, path)
        chunks: list[Json] = []
        after: list[Json] = []
        if own.get("blocks") is not None:
            where: Path = (*path, "extra_content", leg.row.key, "blocks")
            chunks, after = self._rows(own["blocks"], bool(text or reasoning), state, where)
        if reasoning:
            chunks.append({"type": "thinking", "thinking": [{"type": "text", "text": reasoning}], "closed": False})
            state.thinking = True
            state.sent("reasoning", reasoning)
        signature = ""
        if delta.get("reasoning_details"):
            signature = self._details(delta["reasoning_details"], reasoning, state, (*path, "reasoning_details"))
        if signature:
            chunks.append({"type": "thinking", "thinking": [], "closed": True, "signature": signature})
            state.thinking = False
        if state.thinking and (text or delta.get("tool_calls") or after):
            chunks.append({"type": "thinking", "thinking": [], "closed": True})
            state.thinking = False
        if text:
            state.sent("text", text)
        if not chunks and not after:
            return text or None
        if text:
            chunks.append({"type": "text", "text": text})
        return chunks + after

    def _text(self, delta: Json, path: Path) -> str:
        """Visible text of a delta; a refusal is text here."""
        leg = self.leg
        text, refusal = delta.get("content"), delta.get("refusal")
        if type(text) is list:
            texts = [part["text"] for part in text if type(part) is dict and type(part.get("text")) is str]
            leg.losses.add("approximated", "content", "content", (*path, "content"), "parts joined to one text")
            text = "".join(texts)
        elif text is not None and type(text) is not str:
            leg.invalid((*path, "content"), "string", text)
        if refusal is not None and type(refusal) is not str:
            leg.invalid((*path, "refusal"), "string", refusal)
        if refusal:
            leg.losses.add("approximated", "content", "refusal", (*path, "refusal"), "sent as text")
        return str(text or "") + (refusal or "")

    def _rows(self, rows: Any, spoken: bool, state: _Choice, path: Path) -> tuple[list[Json], list[Json]]:
        """Chunks that order rows stand for: before and after the text of the delta. A row of a visible block closes it."""
        before: list[Json] = []
        after: list[Json] = []
        leg = self.leg
        if type(rows) is not list:
            leg.invalid(path, "array", rows)
        for number, row in enumerate(rows):
            where: Path = (*path, number)
            if type(row) is not dict:
                leg.invalid(where, "object", row)
            report_rest(row, ROW_MEMBERS, leg, where)
            kind, extra = row.get("type"), row.get("extra")
            extra = extra if type(extra) is dict else {}
            if kind == "native" and type(row.get("value")) is dict:
                (after if spoken and state.blocks else before).append(row["value"])
            elif kind in ("text", "reasoning"):
                told = state.blocks.pop(0) if state.blocks else ["", 0]
                bare = "length" not in row and kind == "reasoning" and state.formats
                if not bare and [kind, row.get("length")] != told:
                    leg.losses.add("approximated", "content", "blocks", where, "does not agree with the text, which stands")
                if kind == "reasoning" and state.thinking:
                    before.append({"type": "thinking", "thinking": [], "closed": True, **extra})
                    state.thinking = False
                elif extra:
                    before.append({"type": "text", "text": "", **extra})
            elif kind != "tool_call":
                leg.losses.add("approximated", "content", "blocks", where, "row without a block to stand for; left out")
        return before, after

    def _details(self, details: Any, spoken: Any, state: _Choice, path: Path) -> str:
        """Signature of own entries; their text was sent as reasoning_content. Losses: every other entry."""
        if type(details) is not list:
            self.leg.invalid(path, "array", details)
        signature = ""
        for number, entry in enumerate(details):
            where: Path = (*path, number)
            if type(entry) is not dict:
                self.leg.invalid(where, "object", entry)
            index = entry.get("index") if type(entry.get("index")) is int else 0
            known = state.formats.setdefault(index, entry.get("format"))
            text = entry.get("text")
            if known == FORMAT and entry.get("type") == "reasoning.text":
                if type(entry.get("signature")) is str:
                    signature += entry["signature"]
                report_rest(entry, ENTRY_MEMBERS, self.leg, where)
            else:
                scope: Any = "envelope" if text is not None and text == spoken and not entry.get("signature") else "content"
                self.leg.losses.add("dropped", scope, "reasoning_details", where, "not an entry of this format")
        return signature

    def _last(self, index: int, state: _Choice) -> Json:
        delta: Json = {"content": ""}
        if not state.role:
            delta["role"] = "assistant"
        if state.thinking:
            delta["content"] = [{"type": "thinking", "thinking": [], "closed": True}]
        if state.calls.open:
            calls = state.calls.take(self.leg, lambda call, path: call_to_native(call, self.leg, path, {}))
            delta["tool_calls"] = [{**call, "index": number} for number, call in enumerate(calls)]
        return {"index": index, "delta": delta, **(state.finish or {"finish_reason": "length"})}

    def flush(self) -> list[Json]:
        if self.over:
            return []
        self.over = True
        if self.head is None:
            self.head = responses.head_of({}, self.leg, "chat.completion.chunk")
        if not self.choices:
            self.choices[0] = _Choice()
        if None in [state.finish for state in self.choices.values()]:
            self.truncated = True
            self.leg.losses.add("dropped", "content", "stream", (), "the stream ended before its finish")
        usage = self.usage if self.usage is not None else responses.usage_to_native(None, self.leg)
        choices = [self._last(index, state) for index, state in self.choices.items()]
        last: Json = {**self.head, "choices": choices, "usage": {**usage, **self.tier}}
        if self.more:
            last.update((name, value) for name, value in self.more.items() if name not in self.head)
        return [last]


ENTRY_MEMBERS = frozenset(("type", "text", "format", "index", "signature"))
