"""
Blocks of a stream that is written: opened by their first piece, closed one after another, whatever the order of what comes in.

Calls whose fragments interleave wait for the one that is open.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.anthropic.assistant import ENTRY_MEMBERS, FORMAT, annotations_of
from translate.providers.anthropic.gather import unfold_block
from translate.shared import bag
from translate.shared.arguments import dumps, made_up_id, parse_object
from translate.shared.blocks import ROW_MEMBERS
from translate.shared.fields import report_rest
from translate.shared.object_calls import CUSTOM_INPUT
from translate.shared.ordered_calls import MOST_CALLS, Call, OrderedCalls

TEXT = ("text", 0)
PLAIN = ("thinking", "plain")  # reasoning without an entry
REASONING = ("reasoning_content", "reasoning", "reasoning_details")


class Blocks:
    """State of the stream, and what goes into its blocks; the machine itself is `writer.Writer`."""

    __slots__ = (
        "bag", "began", "calls", "cited", "counted", "created", "current", "details", "ending", "envelope", "finish", "head", "leg", "length",
        "number", "offset", "open", "over", "plain", "redacted", "refusal", "rows_seen", "settled", "signed", "started", "takes",
        "thought", "tier", "tiered", "told", "truncated", "usage",
    )  # fmt: skip

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.head: Json = {}
        self.created: Any = 0
        self.started = False
        self.number = 0  # index of the next block
        self.open: tuple[str, Any] | None = None  # kind of the open block and which one
        self.current: Call | None = None
        self.calls = OrderedCalls()
        self.details: dict[int, Any] = {}  # index of a reasoning entry -> its format
        self.plain: list[str] | None = None  # reasoning that went out without an entry
        self.redacted: list[str] = []
        self.signed = False
        self.thought: tuple[tuple[Path, Path], str] = (((), ()), "")  # place of the last reasoning by the long way: chunk, delta, member
        self.began: tuple[tuple[Path, Path], str] = self.thought  # the same of what began the open block
        self.cited: list[Json] = []  # annotations that the citations amount to
        self.offset = self.length = 0  # where the open text begins among the texts, and its length so far
        self.rows_seen: dict[str, list[int]] = {}  # kind -> [blocks started, rows seen]
        self.refusal = ""
        self.finish: tuple[Json, Path, Path] | None = None
        self.ending: Json = {}  # own bag of the choice
        self.usage: Json | None = None
        self.counted: Path = ()  # place of the chunk with the counts
        self.tiered: Path = ()  # place of the chunk with the service tier
        self.tier: Any = None
        self.bag: Json = {}
        self.told: set[str] = set()
        self.envelope: Json | None = None  # beside the choices of a chunk that was looked at (`shared.chat_fast`)
        self.settled = False  # the last chunk took the short way
        self.takes = ""  # member of a delta that goes on with the open block
        self.over = False
        self.truncated = False

    def _tell(self, kind: Any, scope: Any, feature: str, path: Path, note: str) -> None:
        """A loss that every chunk would repeat is told once."""
        if feature not in self.told:
            self.told.add(feature)
            self.leg.losses.add(kind, scope, feature, path, note)

    def _tell_at(self, place: tuple[Path, Path], kind: Any, scope: Any, feature: str, path: Path, note: str) -> None:
        """The same of an earlier chunk; `path` goes on from its place."""
        held, self.leg.losses.prefix = self.leg.losses.prefix, place[0]
        self._tell(kind, scope, feature, (*place[1], *path), note)
        self.leg.losses.prefix = held

    # --- blocks

    def _enter(self, kind: str, which: Any, skeleton: Json, out: list[Json]) -> None:
        """Opens a block unless it is the open one."""
        if self.open == (kind, which):
            return
        self._leave(out)
        if kind != "tool_call":
            self._drain(out)
        self.open = (kind, which)
        self.takes = "content" if self.open == TEXT else "reasoning_content" if kind == "thinking" else ""
        self._counted(kind)[0] += 1
        if kind != "redacted":
            out.append({"type": "content_block_start", "index": self.number, "content_block": skeleton})

    def _counted(self, kind: str) -> list[int]:
        kind = "reasoning" if kind == "thinking" or kind == "redacted" else kind
        return self.rows_seen.setdefault(kind, [0, 0])

    def _piece(self, delta: Json, out: list[Json]) -> None:
        out.append({"type": "content_block_delta", "index": self.number, "delta": delta})

    def _leave(self, out: list[Json]) -> None:
        """Closes the open block."""
        if self.open is None:
            return
        kind = self.open[0]
        self.open, self.takes = None, ""
        if kind == "redacted":
            data, self.redacted = "".join(self.redacted), []
            block = {"type": "redacted_thinking", "data": data}
            out.append({"type": "content_block_start", "index": self.number, "content_block": block})
        elif kind == "text":
            self.offset, self.length = self.offset + self.length, 0
        elif kind == "thinking":
            if not self.signed and "reasoning_content" not in self.told:
                place, member = self.began
                self._tell_at(place, "approximated", "content", "reasoning_content", (member,), "written without a signature")
                self._tell_at(place, "defaulted", "envelope", "reasoning_details", ("reasoning_details",), "a block, unsigned")
            self.signed = False
        elif kind == "tool_call" and self.current is not None:
            call, self.current = self.current, None
            call.state = "closed"
            text = "".join(call.text)
            if call.custom:
                self._piece({"type": "input_json_delta", "partial_json": dumps({CUSTOM_INPUT: text})}, out)
            elif not text:
                self._piece({"type": "input_json_delta", "partial_json": "{}"}, out)
            elif parse_object(text) is None:
                self._tell_at((call.place, call.path), "approximated", "content", "arguments", (), "no JSON object")
        out.append({"type": "content_block_stop", "index": self.number})
        self.number += 1

    # --- rows

    def _bag(self, delta: Json, path: Path, out: list[Json]) -> None:
        leg = self.leg
        own = bag.unpack(delta, leg, path, "content")
        where: Path = (*path, "extra_content", leg.row.key)
        for name, value in own.items():
            if name != "blocks":
                if value is not None:
                    self._tell("dropped", "content", name, (*where, name), "not of an answer")
                continue
            if type(value) is not list:
                leg.invalid((*where, name), "array", value)
            for number, row in enumerate(value):
                if type(row) is not dict:
                    leg.invalid((*where, name, number), "object", row)
                self._row(row, (*where, name, number), out)

    def _row(self, row: Json, path: Path, out: list[Json]) -> None:
        """One order row: a native block goes out whole, a visible one ends (with what only its row says)."""
        leg, kind, extra = self.leg, row.get("type"), row.get("extra")
        report_rest(row, ROW_MEMBERS, leg, path, reason="not a member of an order row")
        if kind == "native":
            value = row.get("value")
            if type(value) is not dict or type(value.get("type")) is not str:
                leg.losses.add("approximated", "content", "blocks", path, "not a block; left out")
                return
            self._leave(out)
            self._drain(out)
            out += unfold_block(value, self.number, leg, (*path, "value"))
            self.number += 1
            return
        if extra is not None and type(extra) is not dict:
            leg.invalid((*path, "extra"), "object", extra)
        if type(kind) is not str or kind not in ("text", "reasoning", "tool_call"):
            if kind != "part":
                leg.losses.add("approximated", "content", "blocks", path, "row without a block to stand for; left out")
            return
        started = self._counted(kind)
        started[1] += 1
        opened = self.open[0] if self.open is not None else ""
        is_open = ("reasoning" if opened in ("thinking", "redacted") else opened) == kind and started[0] == started[1]
        if is_open:
            if kind == "text" and row.get("length") != self.length:
                leg.losses.add("approximated", "content", "blocks", path, "its text has another length")
            if extra:
                self._extra(extra, kind, path, out)
            self._leave(out)
        elif kind == "text" and started[1] > started[0] and row.get("length") == 0:
            self._enter("text", 0, {"type": "text", "text": ""}, out)
            self._piece({"type": "text_delta", "text": ""}, out)
            if extra:
                self._extra(extra, kind, path, out)
            self._leave(out)
        elif extra:
            leg.losses.add("approximated", "content", "blocks", path, "its block has ended")

    def _extra(self, extra: Json, kind: str, path: Path, out: list[Json]) -> None:
        for name, value in extra.items():
            if name == "citations" and kind == "text" and type(value) is list:
                for citation in value:
                    self._piece({"type": "citations_delta", "citation": citation}, out)
                self.cited += annotations_of(value, self.offset, self.offset + self.length)
            elif value is not None:
                self.leg.losses.add("approximated", "content", name, (*path, "extra", name), "the block has begun without it")

    def _annotations(self, annotations: Any, path: Path) -> None:
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

    # --- reasoning

    def _reasoning(self, delta: Json, path: Path, out: list[Json]) -> None:
        leg = self.leg
        details, reasoning = delta.get("reasoning_details"), delta.get("reasoning_content")
        if reasoning is None:
            reasoning = delta.get("reasoning")
        if reasoning is not None and type(reasoning) is not str:
            leg.invalid((*path, "reasoning_content"), "string", reasoning)
        if details is not None and type(details) is not list:
            leg.invalid((*path, "reasoning_details"), "array", details)
        member = next((name for name in REASONING if delta.get(name) is not None), REASONING[0])
        self.thought = ((leg.losses.prefix, path), member)
        said, texts = False, ""
        foreign: list[Path] = []
        for number, entry in enumerate(details or ()):
            where: Path = (*path, "reasoning_details", number)
            if type(entry) is not dict:
                leg.invalid(where, "object", entry)
            key = entry.get("index")
            key = number if key is None else key
            if type(key) is not int:
                leg.invalid((*where, "index"), "integer", key)
            if len(self.details) >= MOST_CALLS and key not in self.details:
                leg.invalid((*where, "index"), "fewer entries", key)
            if key not in self.details and entry.get("format") is None:
                leg.losses.add("defaulted", "envelope", "format", where, "an entry without a format, taken for its own")
            fresh = key not in self.details
            word = self.details.setdefault(key, entry.get("format") or "")
            kind = entry.get("type", "reasoning.text")
            if word not in ("", FORMAT) or kind not in ("reasoning.text", "reasoning.encrypted"):
                foreign.append(where)
                continue
            report_rest(entry, ENTRY_MEMBERS, leg, where)
            if entry.get("id") is not None:
                self._tell("dropped", "envelope", "id", (*where, "id"), "thinking blocks have no id")
            for name in ("text", "signature", "data"):
                if entry.get(name) is not None and type(entry[name]) is not str:
                    leg.invalid((*where, name), "string", entry[name])
            if kind == "reasoning.encrypted":
                if entry.get("data"):
                    self._enter("redacted", key, {}, out)
                    self.redacted.append(entry["data"])
                continue
            if fresh and self.plain is not None and entry.get("text") == "".join(self.plain):
                # Text that went out as plain reasoning gets its entry behind it, with the signature.
                self.plain, entry = None, {**entry, "text": None}
                if self.open == PLAIN:
                    self.open = ("thinking", key)
            texts += entry.get("text") or ""
            said = self._entry(entry, key, reasoning, said, out) or said
        if reasoning and texts and reasoning != texts and not foreign:
            leg.losses.add("dropped", "content", "reasoning_content", (*path, member), "reasoning_details win")
        for where in foreign:
            leg.losses.add("dropped", "content", "reasoning_details", where, "another provider's reasoning")
        if reasoning and not said:
            which = self.open[1] if self.open is not None and self.open[0] == "thinking" else "plain"
            if which == "plain":
                if self.open != PLAIN or self.plain is None:
                    self.plain = []
                self.plain.append(reasoning)
            self._think(which, reasoning, out)

    def _entry(self, entry: Json, key: int, reasoning: Any, said: bool, out: list[Json]) -> bool:
        """A fragment of a text entry; True when readable text went out (or there is none beside it)."""
        text, signature = entry.get("text"), entry.get("signature")
        wrote = False
        if text or (text is not None and not signature):
            self._think(key, text, out)
            wrote = bool(text)
        elif signature and reasoning and not said:
            self._think(key, reasoning, out)
            wrote = True
        if signature:
            self._think(key, "", out)
            self.signed = True
            self._piece({"type": "signature_delta", "signature": signature}, out)
        return wrote

    def _think(self, which: Any, text: str, out: list[Json]) -> None:
        fresh = self.open != ("thinking", which)
        self._enter("thinking", which, {"type": "thinking", "thinking": "", "signature": ""}, out)
        if fresh:
            self.began = self.thought
        if text or fresh:
            self._piece({"type": "thinking_delta", "thinking": text}, out)

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
                self._piece({"type": "input_json_delta", "partial_json": piece}, out)
        elif call.is_ready() and (self.current is None or self.current.complete()) and calls.is_next(call):
            self._begin_call(call, out)

    def _begin_call(self, call: Call, out: list[Json]) -> None:
        text = "".join(call.text)
        identifier = call.head.get("id")
        if not identifier:
            identifier = made_up_id(self.head.get("id") or self.leg.options.id or "chatcmpl-0", call.number, call.name, text)
            self._tell_at((call.place, call.path), "defaulted", "envelope", "id", ("id",), "a call without an id")
        block: Json = {"type": "tool_use", "id": identifier, "name": call.name, "input": {}}
        if call.extras:
            block.update((name, value) for name, value in call.extras.items() if name not in block)
        self._enter("tool_call", call.number, block, out)
        self.current, call.state = call, "open"
        self.takes = "tool_calls"
        if text and not call.custom:
            self._piece({"type": "input_json_delta", "partial_json": text}, out)

    def _drain(self, out: list[Json]) -> None:
        """Calls that waited go out before anything else does."""
        for call in self.calls.released():
            self._begin_call(call, out)
        self._leave(out)


def _page(annotation: Any) -> Any:
    inner = annotation.get("url_citation") if type(annotation) is dict else None
    return (inner.get("url"), inner.get("title")) if type(inner) is dict else None
