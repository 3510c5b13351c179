"""
Writers of streams whose blocks come one after another: opened by their first piece, closed before the next one, whatever the
order of what comes in. Calls whose fragments interleave wait for the one that is open.

The events themselves are the format's: `BlockWriter` keeps the state, a spoke's writer says how a block looks on the wire.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.loss import Loss
from translate.shared.arguments import dumps, made_up_id
from translate.shared.blocks import ROW_MEMBERS
from translate.shared.chat_fast import alike_choice, envelope_of, opened_call, text_choice, thought_choice
from translate.shared.fields import report_rest
from translate.shared.fragments import FIRST_CALL
from translate.shared.machines import Writer
from translate.shared.object_calls import CUSTOM_INPUT
from translate.shared.ordered_calls import Call, OrderedCalls
from translate.shared.runs import Say

TEXT = ("text", 0)
PLAIN = ("reasoning", "plain")  # reasoning without an entry
CHOICE: Path = ("choices", 0)  # of a chunk with one alone


class BlockWriter(Writer, ABC):
    """Kinds of blocks: text, reasoning, redacted (reasoning that is not readable), tool_call, and what else a spoke opens."""

    __slots__ = (
        "called", "calls", "cited", "counted", "counted_at", "counts", "current", "envelope", "head", "leg", "length", "number", "offset", "open", "over", "plain",
        "rows", "rows_seen", "settled", "started", "stopped", "takes", "tier", "tiered", "told", "truncated", "usage",
    )  # fmt: skip
    row_kinds = frozenset(("text", "reasoning", "tool_call"))  # of the rows that stand for a visible block

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.head: Json = {}
        self.started = False
        self.number = 0  # index of the next block
        self.open: tuple[str, Any] | None = None  # kind of the open block and which one
        self.current: Call | None = None
        self.calls = OrderedCalls()
        self.called = False
        self.plain: list[str] | None = None  # reasoning that went out without an entry
        self.cited: list[Json] = []  # annotations that the citations amount to
        self.offset = self.length = 0  # where the open text begins among the texts, and its length so far
        self.rows: dict[str, list[int]] = {}  # kind -> [blocks begun, rows seen]
        self.rows_seen: set[int] = set()
        self.usage: Json | None = None
        self.counts: Json | None = None  # the usage in the format's own counts
        self.counted: list[Loss] = []  # what they lose
        self.counted_at: Path = ()  # the chunk that brought them
        self.tier: Any = None
        self.tiered: Path = ()  # place of the chunk with the service tier
        self.told: set[str] = set()
        self.envelope: Json | None = None  # beside the choices of a chunk that was looked at (`shared.chat_fast`)
        self.settled = False  # a chunk that differs from the last one in its piece alone may take the short way
        self.takes = ""  # member of a delta that goes on with the open block
        self.stopped = False  # the end of the answer has gone out, and its counts alone may follow
        self.over = False
        self.truncated = False

    # --- the format's own

    @abstractmethod
    def _short(self, delta: Json) -> list[Json] | None:
        """A further piece of the block that is open; None for everything else."""

    @abstractmethod
    def _texts(self) -> Say:
        """What further pieces of the open text become."""

    @abstractmethod
    def _inputs(self, grows: Callable[[str], None]) -> Say:
        """What further pieces of the arguments of the open call become; `grows` takes them down."""

    @abstractmethod
    def _thoughts(self, grows: Callable[[str], None]) -> Say:
        """What further pieces of the open reasoning become."""

    @abstractmethod
    def _feed(self, chunk: Json, alike: bool) -> list[Json]:
        """Any other chunk. alike: beside its choices it is the chunk before."""

    @abstractmethod
    def _choice(self, choice: Any, path: Path, out: list[Json]) -> None:
        """A choice of a chunk."""

    @abstractmethod
    def _opened(self, kind: str, out: list[Json]) -> None:
        """What begins a block; that of a call is `_call_start`."""

    @abstractmethod
    def _closing(self, kind: str, out: list[Json]) -> None:
        """What is still to say at the end of a block that is neither text nor call."""

    @abstractmethod
    def _closed(self, out: list[Json]) -> None:
        """What ends a block."""

    @abstractmethod
    def _text_piece(self, text: str, out: list[Json]) -> None:
        """A piece of the open text."""

    @abstractmethod
    def _thought_piece(self, text: str, out: list[Json]) -> None:
        """A piece of the open reasoning."""

    @abstractmethod
    def _input_piece(self, text: str, out: list[Json]) -> None:
        """A piece of the arguments of the open call."""

    @abstractmethod
    def _call_block(self, call: Call, identifier: str) -> Json:
        """The head of a call's block."""

    @abstractmethod
    def _call_start(self, block: Json, out: list[Json]) -> None:
        """What begins a call's block."""

    @abstractmethod
    def _native_row(self, value: Any, path: Path, out: list[Json]) -> None:
        """A block of which nothing is visible."""

    @abstractmethod
    def _extra(self, extra: Json, kind: str, path: Path, out: list[Json]) -> None:
        """What only the row of the open block says."""

    @abstractmethod
    def _counts_of(self, usage: Any) -> Json:
        """A usage as the format's own counts."""

    # --- chunks

    def feed(self, chunk: Json) -> list[Json]:
        """The events of a chunk."""
        if self.over:
            return []
        self.settled = False
        choice = text_choice(chunk, self.envelope)
        if choice is not None and choice["index"] == 0:
            ready = self._further(choice["delta"])
            if ready is not None:
                self.settled = True
                return ready
        elif self.open is not None and self.open[0] == "reasoning":
            ready = self._further_thought(thought_choice(chunk, self.envelope))
            if ready is not None:
                return ready
        elif self.started and not self.stopped:
            choice = None if "extra_content" in chunk else alike_choice(chunk, self.envelope)
            fragment = opened_call(choice)
            ready = None if choice is None or fragment is None else self._opening(choice, fragment)
            if ready is not None:
                return ready
        # Beside the choices as the chunk before: nothing there has to be looked at again.
        alike = chunk == self.envelope and "extra_content" not in chunk
        out = self._feed(chunk, alike)
        if not alike:
            self.envelope = envelope_of(chunk) if chunk.get("usage") is None else None
        self.settled = self.envelope is not None
        return out

    def likewise(self, choice: Json, fragment: Json | None) -> list[Json]:
        """`feed` for a chunk that is the one before but for its only choice, at which a look was taken; fragment: with which a call begins."""
        if self.over:
            return []
        self.settled = True
        ready = self._opening(choice, fragment) if fragment is not None and self.started and not self.stopped else None
        if ready is None:
            ready = []
            self._choice(choice, CHOICE, ready)
        return ready

    def text(self, chunk: Json) -> list[Json] | None:
        """`feed` for a chunk that differs from the one before, which took the short way, in its text alone."""
        choice = chunk["choices"][0]
        delta = choice["delta"]
        return None if choice["index"] or len(delta) != 1 else self._further(delta)

    def _further(self, delta: Json) -> list[Json] | None:
        """A piece of the block that is open, or with which a text begins; None for everything else."""
        ready = self._short(delta)
        if ready is None and self.started and not self.stopped and "content" in delta:
            ready = []
            self._say(delta["content"], ready)
        return ready

    def _opening(self, choice: Json, fragment: Json) -> list[Json] | None:
        """A call that begins, with nothing else in its choice, where it may begin at once; None where it may not."""
        calls = self.calls
        if fragment["index"] in calls.by_key or choice["index"] != 0:
            return None
        if (self.current is not None and not self.current.complete()) or calls.is_waiting():
            return None
        text, leg = fragment["function"]["arguments"], self.leg
        call = Call(len(calls.by_key), FIRST_CALL, leg.losses.prefix)
        call.head, call.name = {"id": fragment["id"], "type": "function"}, fragment["function"]["name"]
        if text:
            call.text.append(text)
        calls.by_key[fragment["index"]] = call
        out: list[Json] = []
        self._begin_call(call, out)
        self.settled = True
        return out

    def run(self, choice: Json) -> Say | None:
        """What pieces become that follow the one of this choice, which was taken (`shared.runs`); None where they have to be looked at."""
        delta = choice["delta"]
        if choice["index"] != 0 or self.takes not in delta:
            return None
        if self.takes == "content":
            return self._texts()
        if self.takes != "tool_calls":
            return self._thoughts(self.plain.append) if self.open == PLAIN and self.plain is not None else None
        call = self.calls.by_key.get(delta["tool_calls"][0]["index"])
        return None if call is None or call is not self.current or call.custom else self._inputs(call.text.append)

    def _further_thought(self, choice: Json | None) -> list[Json] | None:
        """A further piece of the entry of reasoning that is open; None for everything else."""
        if choice is None or choice["index"] != 0:
            return None
        (entry,) = choice["delta"]["reasoning_details"]
        if entry["type"] != "reasoning.text" or self.open != ("reasoning", entry["index"]):
            return None
        out: list[Json] = []
        self._thought_piece(entry["text"], out)
        return out

    def _tell(self, kind: Any, scope: Any, feature: str, path: Path, note: str) -> None:
        """A loss that every chunk would repeat is told once."""
        if feature not in self.told:
            self.told.add(feature)
            self.leg.losses.add(kind, scope, feature, path, note)

    def _tell_of_call(self, call: Call, kind: Any, scope: Any, feature: str, note: str) -> None:
        """A loss of a call, where it began."""
        losses = self.leg.losses
        held, losses.prefix = losses.prefix, call.place
        losses.add(kind, scope, feature, call.path, note)
        losses.prefix = held

    def _count(self, usage: Any) -> None:
        """Counts are converted where they come, so that a wrong type is told there; what the last ones lose is told at the end."""
        losses = self.leg.losses
        before = len(losses.items)
        try:
            self.usage, self.counts = usage, self._counts_of(usage)
        finally:
            self.counted, losses.items[before:] = losses.items[before:], []
        self.counted_at = losses.prefix

    # --- blocks

    def _enter(self, kind: str, which: Any, out: list[Json]) -> bool:
        """Opens a block unless it is the open one; whether it did."""
        if self.open == (kind, which):
            return False
        self._leave(out)
        if kind != "tool_call":
            self._drain(out)
        self.open = (kind, which)
        self.takes = "content" if self.open == TEXT else "reasoning_content" if kind == "reasoning" else ""
        self._row_counts(kind)[0] += 1
        self._opened(kind, out)
        return True

    def _row_counts(self, kind: str) -> list[int]:
        return self.rows.setdefault("reasoning" if kind == "redacted" else kind, [0, 0])

    def _leave(self, out: list[Json]) -> None:
        """Closes the open block."""
        if self.open is None:
            return
        kind = self.open[0]
        self.open, self.takes = None, ""
        if kind == "text":
            self.offset, self.length = self.offset + self.length, 0
        elif kind == "tool_call" and self.current is not None:
            call, self.current = self.current, None
            call.state = "closed"
            if call.custom:
                self._input_piece(dumps({CUSTOM_INPUT: "".join(call.text)}), out)
            elif not call.text:
                self._input_piece("{}", out)
            elif not call.complete():
                self._tell_of_call(call, "approximated", "content", "arguments", "no JSON object")
        else:
            self._closing(kind, out)
        self._closed(out)
        self.number += 1

    def _say(self, text: str, out: list[Json], which: int = 0) -> None:
        """A text, in the open block of its kind or one of its own. which: 0 for content, 1 for a refusal."""
        self._enter("text", which, out)
        self.length += len(text)
        self._text_piece(text, out)

    # --- rows

    def _rows(self, rows: Any, path: Path, out: list[Json]) -> None:
        """Order rows that came with a delta."""
        leg = self.leg
        if type(rows) is not list:
            leg.invalid(path, "array", rows)
        for number, row in enumerate(rows):
            where: Path = (*path, number)
            if type(row) is not dict:
                leg.invalid(where, "object", row)
            index = row.get("index")
            if type(index) is int:
                if index in self.rows_seen:  # what is added to a row that has been read
                    continue
                self.rows_seen.add(index)
            self._row(row, where, out)

    def _row(self, row: Json, path: Path, out: list[Json]) -> None:
        """One order row: a native block goes out whole, a visible one ends (with what only its row says)."""
        leg, kind, extra = self.leg, row.get("type"), row.get("extra")
        report_rest(row, ROW_MEMBERS, leg, path, reason="not a member of an order row")
        if kind == "native":
            self._native_row(row.get("value"), path, out)
            return
        if extra is not None and type(extra) is not dict:
            leg.invalid((*path, "extra"), "object", extra)
        if type(kind) is not str or kind not in self.row_kinds:
            if kind != "part":
                leg.losses.add("approximated", "content", "blocks", path, "row without a block to stand for; left out")
            return
        begun = self._row_counts(kind)
        begun[1] += 1
        opened = self.open[0] if self.open is not None else ""
        if ("reasoning" if opened == "redacted" else opened) == kind and begun[0] == begun[1]:
            if kind == "text" and row.get("length") != self.length:
                leg.losses.add("approximated", "content", "blocks", path, "its text has another length")
        elif kind == "text" and begun[1] > begun[0] and row.get("length") == 0:
            self._say("", out)
        else:
            if extra:
                leg.losses.add("approximated", "content", "blocks", path, "its block has ended")
            return
        if extra:
            self._extra(extra, kind, path, out)
        self._leave(out)

    def _annotations(self, annotations: Any, path: Path) -> None:
        """Annotations of a delta. Losses: those that no citation which went out amounts to."""
        if type(annotations) is not list:
            self.leg.invalid(path, "array", annotations)
        for number, one in enumerate(annotations):
            bare = {name: value for name, value in one.items() if name != "index"} if type(one) is dict else one
            if bare in self.cited:
                continue
            page = _page(one)
            if page is not None and any(_page(cited) == page for cited in self.cited):
                self.leg.losses.add("approximated", "content", "annotations", (*path, number), "places follow the text")
            else:
                self.leg.losses.add("dropped", "content", "annotations", (*path, number), "no citation stands for it")

    # --- calls

    def _fragment(self, fragment: Any, path: Path, out: list[Json]) -> None:
        calls = self.calls
        call, piece = calls.take(fragment, self.leg, path, self._tell)
        if call.state == "closed":
            if piece:
                self.leg.losses.add("dropped", "content", "tool_calls", path, "a piece of a call that has ended")
            return
        if piece:
            call.text.append(piece)
        if call is self.current:
            if piece and not call.custom:
                self._input_piece(piece, out)
        elif call.is_ready() and (self.current is None or self.current.complete()) and calls.is_next(call):
            self._begin_call(call, out)

    def _begin_call(self, call: Call, out: list[Json]) -> None:
        text, identifier = "".join(call.text), call.head.get("id")
        if not identifier:
            identifier = made_up_id(self.head.get("id") or self.leg.options.id or "chatcmpl-0", call.number, call.name, text)
            self._tell_of_call(call, "defaulted", "envelope", "id", "a call without an id")
        block = self._call_block(call, identifier)
        if call.extras:
            block.update((name, value) for name, value in call.extras.items() if name not in block)
        self._enter("tool_call", call.number, out)
        self._call_start(block, out)
        self.current, call.state, self.called = call, "open", True
        self.takes = "tool_calls"
        if text and not call.custom:
            self._input_piece(text, out)

    def _drain(self, out: list[Json]) -> None:
        """Calls that waited go out before anything else does."""
        for call in self.calls.released():
            self._begin_call(call, out)
        self._leave(out)

    def _close_all(self, out: list[Json]) -> None:
        """At the end of the answer. Losses: calls of which no more than an id came."""
        self._leave(out)
        self._drain(out)
        for call in self.calls.waiting:
            self._tell_of_call(call, "dropped", "content", "tool_calls", "a call without a name and without arguments")


def _page(annotation: Any) -> Any:
    inner = annotation.get("url_citation") if type(annotation) is dict else None
    return (inner.get("url"), inner.get("title")) if type(inner) is dict else None
