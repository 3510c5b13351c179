"""Unified chunks -> typed events."""

from __future__ import annotations

import json
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.cohere import error as errors, plain_stream, response as responses
from translate.providers.cohere.answers import detail_losses
from translate.providers.cohere.citations import match_citations
from translate.providers.cohere.reading import MOST_INDEX
from translate.shared import bag
from translate.shared.blocks import ROW_MEMBERS
from translate.shared.chat_calls import call_to_native
from translate.shared.chat_fast import fed, likewise, says_nothing
from translate.shared.fields import report_once, report_rest
from translate.shared.fragments import FRAGMENT_MEMBERS, INNER_MEMBERS, TEXT
from translate.shared.machines import Writer
from translate.shared.members import object_at, optional_list, optional_object

_WRITTEN = responses.MESSAGE_MEMBERS - {"images", "audio", "reasoning_details", "annotations"}  # members of a delta that need no other look


class ToNative(Writer):
    """Chunks -> typed events. A block is closed when the kind of delta changes; message-end waits for usage or the end."""

    __slots__ = (
        "blocks",
        "calls",
        "citations",
        "envelope",
        "finish",
        "growing",
        "held",
        "ids",
        "last_text",
        "leg",
        "lengths",
        "more",
        "notes",
        "open",
        "over",
        "said",
        "settled",
        "started",
        "starts",
        "text_at",
        "told",
        "truncated",
        "usage",
    )  # fmt: skip

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.started = False
        self.open: tuple[str, int] | None = None  # ("text" | "thinking" | "call", index)
        self.envelope: Json | None = None
        self.settled = False
        self.blocks = 0
        self.calls: dict[int, int] = {}  # unified index -> native
        self.ids: dict[str, int] = {}  # id of a call -> its unified index
        self.said: list[str] = []  # arguments of the open call so far
        # Fragments of calls that began while the arguments of the open one were incomplete: its block has to end first.
        self.held: list[tuple[int, Json, Path, Path]] = []
        self.citations = 0
        self.notes: list[tuple[Json, Path, Path]] = []  # annotations, and where they stood
        self.starts: dict[int, int] = {}  # text block -> where it begins in the whole text
        self.growing: list[Any] = ["", 0]  # kind and length so far of the block that is open
        self.last_text: list[Any] = ["text", 0]  # the same of the last text block
        self.text_at = 0  # where it begins in the whole text
        self.lengths: list[list[Any]] = []  # kind and length of the blocks that no row has told of yet
        self.more: Json = {}  # own members of the response
        self.told: set[str] = set()  # members of chunks that were reported
        self.finish: str | None = None
        self.usage: Json | None = None
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
            body = errors.to_native(chunk, leg)
            own = {name: body[name] for name in ("finish_reason", "usage") if name in body}
            head = [] if self.started else self._start({})
            return [*head, {"type": "message-end", "delta": {"finish_reason": "ERROR", **own, "error": body["message"]}}]
        events = [] if self.started else self._start(chunk)
        report_once(chunk, responses.CHUNK_MEMBERS, self.told, leg)
        if chunk.get("usage") is not None:
            self.usage = responses.usage_to_native(chunk["usage"], leg)
        if "extra_content" in chunk:
            self.more.update(bag.unpack(chunk, leg, (), "envelope"))
        for number, choice in enumerate(optional_list(chunk, "choices", leg, ())):
            path: Path = ("choices", number)
            object_at(choice, leg, path)
            events += self._choice(choice, path)
        return events

    def alike(self, choice: Json) -> list[Json]:
        """`long` for a chunk that is the last one but for its choice."""
        return self._choice(choice, ("choices", 0))

    def _start(self, chunk: Json) -> list[Json]:
        self.started = True
        known = {name: value for name, value in chunk.items() if name in responses.RESPONSE_MEMBERS}
        identifier = responses.head_losses(known, self.leg)
        return [{"type": "message-start", "id": identifier, "delta": {"message": {"role": "assistant"}}}]

    def _choice(self, choice: Json, path: Path) -> list[Json]:
        leg = self.leg
        if choice.get("index", 0) != 0:
            leg.losses.add("dropped", "content", "choices", path, "one answer a stream")
            return []
        delta = optional_object(choice, "delta", leg, path)
        inner: Path = (*path, "delta")
        own = bag.unpack(delta, leg, inner, "content") if "extra_content" in delta else bag.EMPTY
        if "extra_content" in choice:
            bag.unused(choice, leg, path)  # log probabilities, which went out with their texts
        logprobs, is_bare = choice.get("logprobs"), says_nothing(delta) or (len(delta) == 1 and "tool_calls" in delta)
        events = [] if is_bare and logprobs is None else self._spoken(delta, own, logprobs, path)
        for number, fragment in enumerate(optional_list(delta, "tool_calls", leg, inner)):
            events += self._fragment(fragment, (*inner, "tool_calls", number))
        if not delta.keys() <= _WRITTEN:
            self._rest(delta, inner)
        if own.get("citations") is not None:
            events += self._citations(own["citations"], inner)
        for name in own:
            if name not in ("blocks", "tool_plan", "citations"):
                leg.losses.add("dropped", "envelope", name, (*inner, "extra_content", leg.row.key, name), "the message has begun")
        if choice.get("finish_reason"):
            self.finish = responses.finish_to_native(choice, leg, path)
        elif choice.get("native_finish_reason") is not None:
            leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "no finish beside it")
        if not choice.keys() <= responses.CHOICE_MEMBERS:
            report_rest(choice, responses.CHOICE_MEMBERS, leg, path)
        return events

    def _spoken(self, delta: Json, own: Json, logprobs: Any, path: Path) -> list[Json]:
        """Plan, native blocks in their place, and texts of a delta."""
        leg = self.leg
        inner: Path = (*path, "delta")
        events: list[Json] = []
        rows = own.get("blocks")
        texts: dict[str, Any] = {}
        for name in ("content", "reasoning_content", "refusal"):
            value = delta.get(name)
            if type(value) is list and name == "content":
                texts_of = [part["text"] for part in value if type(part) is dict and type(part.get("text")) is str]
                leg.losses.add("approximated", "content", "content", (*inner, "content"), "parts joined to one text")
                value = "".join(texts_of)
            elif value is not None and type(value) is not str:
                leg.invalid((*inner, name), "string", value)
            texts[name] = value
        plan = own.get("tool_plan")
        if plan is not None and (type(plan) is not str or texts["reasoning_content"] not in (None, plan)):
            bag.stale(leg, inner, "tool_plan", "content")
        elif plan:
            texts["reasoning_content"] = None
            events += [*self._close(), {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": plan}}}]
        if rows is not None:
            events += self._rows(rows, (*inner, "extra_content", leg.row.key, "blocks"))
        if logprobs is not None:
            logprobs = responses.logprobs_to_native(logprobs, None, leg, path)
        if texts["reasoning_content"]:
            events += self._text("thinking", texts["reasoning_content"], None)
        if texts["content"]:
            events += self._text("text", texts["content"], logprobs)
        if texts["refusal"]:
            leg.losses.add("approximated", "content", "refusal", (*inner, "refusal"), "sent as text")
            events += self._text("text", texts["refusal"], None)
        return events

    def _rest(self, delta: Json, path: Path) -> None:
        """What has no event of its own; annotations wait for the raw citations."""
        leg = self.leg
        for name, value in delta.items():
            if value is None or value == []:
                continue
            if name in ("images", "audio") or name not in responses.MESSAGE_MEMBERS:
                leg.losses.add("dropped", "content", name, (*path, name), "no such block in an answer here")
            elif name == "reasoning_details":
                detail_losses(value, delta.get("reasoning_content"), leg, (*path, name))
            elif name == "annotations":
                if type(value) is not list:
                    leg.invalid((*path, name), "array", value)
                for number, note in enumerate(value):
                    if type(note) is not dict:
                        leg.invalid((*path, name, number), "object", note)
                    bare = {key: member for key, member in note.items() if key != "index"}
                    self.notes.append((bare, leg.losses.prefix, (*path, name, number)))

    def _rows(self, rows: Any, path: Path) -> list[Json]:
        """Native blocks in their place; the row of a visible block closes it."""
        leg = self.leg
        if type(rows) is not list:
            leg.invalid(path, "array", rows)
        events: list[Json] = []
        for number, row in enumerate(rows):
            where: Path = (*path, number)
            if type(row) is not dict:
                leg.invalid(where, "object", row)
            report_rest(row, ROW_MEMBERS, leg, where)
            kind = row.get("type")
            if kind == "native":
                events += self._close()
                events.append(self._content_event("content-start", self.blocks, row.get("value")))
                events.append({"type": "content-end", "index": self.blocks})
                self.blocks += 1
            elif kind in ("text", "reasoning"):
                told = self.lengths.pop(0) if self.lengths else ["", 0]
                opened = self.open is not None and self.open[0] == {"text": "text", "reasoning": "thinking"}[kind]
                if row.get("length") == 0 and told[0] != kind and not opened:
                    events += self._empty(kind, row.get("extra"))
                    if told[0]:
                        self.lengths.insert(0, told)
                    continue
                if [kind, row.get("length")] != told:
                    leg.losses.add("approximated", "content", "blocks", where, "does not agree with the text, which stands")
                if opened:
                    if row.get("extra") and self.open is not None:
                        events.append(self._content_event("content-delta", self.open[1], dict(row["extra"])))
                    events += self._close()
            elif kind != "tool_call":
                leg.losses.add("approximated", "content", "blocks", where, "row without a block to stand for; left out")
        return events

    def _empty(self, kind: str, extra: Any) -> list[Json]:
        """A block without text."""
        events = self._close()
        name = "thinking" if kind == "reasoning" else "text"
        content: Json = {"type": name, name: "", **(extra if type(extra) is dict else {})}
        events += [self._content_event("content-start", self.blocks, content), {"type": "content-end", "index": self.blocks}]
        self.blocks += 1
        return events

    def _content_event(self, kind: str, index: int, content: Any) -> Json:
        return {"type": kind, "index": index, "delta": {"message": {"content": content}}}

    def _text(self, kind: str, text: Any, logprobs: Any) -> list[Json]:
        events: list[Json] = []
        if self.open is None or self.open[0] != kind:
            events += self._close()
            self.open = (kind, self.blocks)
            self.blocks += 1
            self.growing = ["text" if kind == "text" else "reasoning", 0]
            self.lengths.append(self.growing)
            if kind == "text":
                self.text_at += self.last_text[1]
                self.last_text = self.growing
                self.starts[self.open[1]] = self.text_at
            events.append(self._content_event("content-start", self.open[1], {"type": kind, kind: ""}))
        self.growing[1] += len(text)
        delta = self._content_event("content-delta", self.open[1], {kind: text})
        if logprobs:
            delta["logprobs"] = logprobs[0] if len(logprobs) == 1 else logprobs
        return [*events, delta]

    def _slot(self, fragment: Json, path: Path) -> int:
        """Unified index of the call a fragment belongs to."""
        index, identifier = fragment.get("index"), fragment.get("id")
        if identifier is not None and type(identifier) is not str:
            self.leg.invalid((*path, "id"), "string", identifier)
        if index is None:
            last = max([*self.calls, *(held[0] for held in self.held)], default=0)
            return self.ids.get(identifier, last + 1) if identifier and self.calls else last
        if type(index) is not int or not 0 <= index < MOST_INDEX:
            self.leg.invalid((*path, "index"), "a small index", index)
        return index

    def _fragment(self, fragment: Any, path: Path) -> list[Json]:
        leg = self.leg
        if type(fragment) is not dict:
            leg.invalid(path, "object", fragment)
        index = self._slot(fragment, path)
        if index not in self.calls and (self.held or (self.open is not None and self.open[0] == "call" and not _is_whole(self.said))):
            self.held.append((index, fragment, path, leg.losses.prefix))
            if fragment.get("id"):
                self.ids.setdefault(fragment["id"], index)
            return []
        return self._call_events(fragment, index, path)

    def _call_events(self, fragment: Json, index: int, path: Path) -> list[Json]:
        leg = self.leg
        kind = "custom" if "custom" in fragment else "function"
        function = optional_object(fragment, kind, leg, path)
        text = function.get(TEXT[kind])
        if text is not None and type(text) is not str:
            leg.invalid((*path, kind, TEXT[kind]), "string", text)
        events: list[Json] = []
        number = self.calls.get(index)
        if number is None:
            events += self._end()
            self.said = []
            number = self.calls[index] = len(self.calls)
            if fragment.get("id"):
                self.ids[fragment["id"]] = index
            self.open = ("call", number)
            if kind == "custom":
                leg.losses.add("approximated", "content", "custom", (*path, "custom"), "free text sent as arguments")
                if fragment.get("type") not in (None, "function", "custom"):
                    leg.losses.add("approximated", "content", "type", (*path, "type"), "kind of call unknown here; function")
                inner = {name: value for name, value in function.items() if name != "input"}
                rest = {name: value for name, value in fragment.items() if name not in ("custom", "type")}
                fragment = {**rest, "type": "function", "function": inner}
            if kind == "custom" or function.get("arguments") is None or "name" not in function:
                fragment = {**fragment, "function": {"name": "", **(fragment.get("function") or {}), "arguments": ""}}
            native = call_to_native(fragment, leg, path)
            native["function"]["arguments"] = ""
            events.append({"type": "tool-call-start", "index": number, "delta": {"message": {"tool_calls": native}}})
        else:
            self._further(fragment, function, kind, path)
        if text:
            if self.open != ("call", number):
                leg.losses.add("dropped", "content", "arguments", (*path, kind, TEXT[kind]), "the call has ended already")
            else:
                self.said.append(text)
                events.append({
                    "type": "tool-call-delta", "index": number,
                    "delta": {"message": {"tool_calls": {"function": {"arguments": text}}}},
                })  # fmt: skip
        return events

    def _further(self, fragment: Json, function: Json, kind: str, path: Path) -> None:
        """A later fragment of a call that has begun: only its text is sent."""
        leg = self.leg
        report_rest(fragment, FRAGMENT_MEMBERS - {"extra_content"}, leg, path)
        report_rest(function, INNER_MEMBERS[kind] - {"extra_content"}, leg, (*path, kind))
        if fragment.get("type") not in (None, "function", "custom"):
            leg.losses.add("approximated", "content", "type", (*path, "type"), "kind of call unknown here; function")
        if fragment.get("id") and fragment["id"] not in self.ids:
            leg.losses.add("dropped", "envelope", "id", (*path, "id"), "the call has begun")
        if function.get("name"):
            leg.losses.add("dropped", "envelope", "name", (*path, kind, "name"), "the call has begun")

    def _citations(self, citations: Any, path: Path) -> list[Json]:
        if type(citations) is not list:
            self.leg.invalid((*path, "extra_content", self.leg.row.key, "citations"), "array", citations)
        notes, self.notes = self.notes, []
        citations, loose, gone = match_citations(citations, self.starts, [note for note, _, _ in notes])
        for _ in gone:
            bag.stale(self.leg, path, "citations", "content")
        self._loose([notes[number] for number in loose])
        events = []
        for citation in citations:
            events.append({"type": "citation-start", "index": self.citations, "delta": {"message": {"citations": citation}}})
            events.append({"type": "citation-end", "index": self.citations})
            self.citations += 1
        return events

    def _loose(self, notes: list[tuple[Json, Path, Path]]) -> None:
        losses = self.leg.losses
        here = losses.prefix
        for _, losses.prefix, path in notes:
            losses.add("dropped", "content", "annotations", path, "a citation needs its source here")
        losses.prefix = here

    def _close(self) -> list[Json]:
        """Ends the open block, then sends the calls that waited for it."""
        events = self._end()
        if self.held:
            held, self.held = self.held, []
            prefix = self.leg.losses.prefix
            for wanted in dict.fromkeys(index for index, _, _, _ in held):
                for index, fragment, path, self.leg.losses.prefix in held:
                    if index == wanted:
                        events += self._call_events(fragment, index, path)
            self.leg.losses.prefix = prefix
            events += self._end()
        return events

    def _end(self) -> list[Json]:
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
        if self.notes:
            self._loose(self.notes)
        usage = self.usage if self.usage is not None else responses.usage_to_native(None, self.leg)
        delta: Json = {**self.more, "finish_reason": self.finish, "usage": usage}
        return [*events, *self._close(), {"type": "message-end", "delta": delta}]


def _is_whole(pieces: list[str]) -> bool:
    """Whether arguments are complete JSON, so that a new call ends theirs."""
    try:
        json.loads("".join(pieces) or "{}")
    except ValueError:
        return False
    return True
