"""
Blocks of a stream that is written: opened by their first piece, closed one after another, whatever the order of what comes in.

Calls whose fragments interleave wait for the one that is open.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock import documents, reasoning
from translate.providers.bedrock.assistant import annotations_of, report_image
from translate.providers.bedrock.content import url_of
from translate.providers.bedrock.facts import family_of
from translate.providers.bedrock.gather import delta_of, joined_base64, refolded, start_of, stop_of, unfold_block
from translate.providers.bedrock.writing import Writing
from translate.shared import bag
from translate.shared.arguments import dumps, made_up_id, parse_object
from translate.shared.blocks import ROW_MEMBERS
from translate.shared.fields import report_rest
from translate.shared.object_calls import CUSTOM_INPUT
from translate.shared.ordered_calls import Call, OrderedCalls

TEXT = ("text", 0)
PLAIN = ("reasoning", "plain")  # reasoning without an entry
ROW_KINDS = ("text", "reasoning", "tool_call", "image")


class Blocks:
    """State of the stream, and what goes into its blocks; the machine itself is `writer.ToNative`."""

    __slots__ = (
        "additional", "called", "calls", "cited", "counted", "current", "data", "envelope", "formats", "head", "images", "leg", "length", "metadata", "number",
        "offset", "open", "over", "plain", "rows", "rows_seen", "settled", "started", "stopped", "takes", "tier", "tiered", "told", "truncated", "usage",
        "writing",
    )  # fmt: skip

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        model = leg.memo.get("model") or leg.options.model
        self.writing = Writing(leg, {}, family_of(model, leg), answer=True)
        self.head: Json = {}
        self.started = self.stopped = False
        self.number = 0  # index of the next block
        self.images = 0
        self.open: tuple[str, Any] | None = None  # kind of the open block and which one
        self.current: Call | None = None
        self.calls = OrderedCalls()
        self.called = False
        self.formats: dict[int, str] = {}  # index of a reasoning entry -> its format
        self.data: list[str] = []
        self.plain: list[str] | None = None  # reasoning that went out without an entry
        self.cited: list[Json] = []  # annotations that the citations amount to
        self.offset = self.length = 0  # where the open text begins among the texts, and its length so far
        self.rows: dict[str, list[int]] = {}  # kind -> [blocks begun, rows seen]
        self.rows_seen: set[int] = set()
        self.additional: Json = {}
        self.metadata: Json = {}
        self.usage: Json | None = None
        self.counted: Path = ()  # place of the chunk with the counts
        self.tier: Any = None
        self.tiered: Path = ()  # the chunk that said it
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

    # --- blocks

    def _enter(self, kind: str, which: Any, out: list[Json]) -> None:
        """Opens a block unless it is the open one."""
        if self.open == (kind, which):
            return
        self._leave(out)
        if kind != "tool_call":
            self._drain(out)
        self.open = (kind, which)
        self.takes = "content" if self.open == TEXT else "reasoning_content" if kind == "reasoning" else ""
        self._row_counts(kind)[0] += 1

    def _row_counts(self, kind: str) -> list[int]:
        return self.rows.setdefault("reasoning" if kind == "redacted" else kind, [0, 0])

    def _piece(self, delta: Json, out: list[Json]) -> None:
        out.append(delta_of(delta, self.number))

    def _leave(self, out: list[Json]) -> None:
        """Closes the open block."""
        if self.open is None:
            return
        kind = self.open[0]
        self.open, self.takes = None, ""
        if kind == "redacted":
            self._piece({"reasoningContent": {"redactedContent": joined_base64(["".join(self.data)])}}, out)
            self.data = []
        elif kind == "text":
            self.offset, self.length = self.offset + self.length, 0
        elif kind == "tool_call" and self.current is not None:
            call, self.current = self.current, None
            call.state = "closed"
            text = "".join(call.text)
            if call.custom:
                self._piece({"toolUse": {"input": dumps({CUSTOM_INPUT: text})}}, out)
            elif not text:
                self._piece({"toolUse": {"input": "{}"}}, out)
            elif parse_object(text) is None:
                held, self.leg.losses.prefix = self.leg.losses.prefix, call.place
                self.leg.losses.add("approximated", "content", "arguments", call.path, "no JSON object")
                self.leg.losses.prefix = held
        out.append(stop_of(self.number))
        self.number += 1

    # --- rows

    def _bag(self, own: Json, path: Path, fresh: bool, out: list[Json]) -> None:
        leg = self.leg
        where: Path = (*path, "extra_content", leg.row.key)
        for name, value in own.items():
            if name != "blocks":
                if value is not None and (not fresh or name == "role"):
                    self._tell("dropped", "content", name, (*where, name), "the message has begun without it")
                continue
            if type(value) is not list:
                leg.invalid((*where, name), "array", value)
            for number, row in enumerate(value):
                if type(row) is not dict:
                    leg.invalid((*where, name, number), "object", row)
                index = row.get("index")
                if type(index) is int:
                    if index in self.rows_seen:  # what is added to a row that has been read
                        continue
                    self.rows_seen.add(index)
                self._row(row, (*where, name, number), out)

    def _row(self, row: Json, path: Path, out: list[Json]) -> None:
        """One order row: a native block goes out whole, a visible one ends (with what only its row says)."""
        leg, kind, extra = self.leg, row.get("type"), row.get("extra")
        report_rest(row, ROW_MEMBERS, leg, path)
        if kind == "native":
            value = row.get("value")
            events = unfold_block(value, self.number, leg, (*path, "value")) if type(value) is dict else None
            if events is None:
                leg.losses.add("approximated", "content", "blocks", path, "no block that streams carry; left out")
                return
            if refolded(events, leg, path) != value:
                leg.losses.add("approximated", "content", "blocks", (*path, "value"), "streams carry less of it")
            self._leave(out)
            self._drain(out)
            out += [
                {name: {**body, "contentBlockIndex": self.number}} for event in events for name, body in event.items()
            ]
            self.number += 1
            cited = value.get("citationsContent") if type(value) is dict else None
            if type(cited) is dict:
                self.cited += annotations_of(cited.get("citations"), self.offset, self.offset)
            return
        if extra is not None and type(extra) is not dict:
            leg.invalid((*path, "extra"), "object", extra)
        if type(kind) is not str or kind not in ROW_KINDS:
            if kind != "part":
                leg.losses.add("approximated", "content", "blocks", path, "row without a block to stand for; left out")
            return
        begun = self._row_counts(kind)
        begun[1] += 1
        opened = self.open[0] if self.open is not None else ""
        if ("reasoning" if opened == "redacted" else opened) == kind and begun[0] == begun[1]:
            if kind == "text" and row.get("length") != self.length:
                leg.losses.add("approximated", "content", "blocks", path, "its text has another length")
            if extra:
                self._extra(extra, kind, path, out)
            self._leave(out)
        elif kind == "text" and begun[1] > begun[0] and row.get("length") == 0:
            self._enter("text", 0, out)
            self._piece({"text": ""}, out)
            if extra:
                self._extra(extra, kind, path, out)
            self._leave(out)
        elif extra:
            leg.losses.add("approximated", "content", "blocks", path, "its block has ended")

    def _extra(self, extra: Json, kind: str, path: Path, out: list[Json]) -> None:
        for name, value in extra.items():
            citations = value.get("citations") if name == "citationsContent" and type(value) is dict else None
            if kind == "text" and type(citations) is list and type(value) is dict and len(value) == 1:
                for citation in citations:
                    self._piece({"citation": citation}, out)
                self.cited += annotations_of(citations, self.offset, self.offset + self.length)
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

    def _reasoning(self, details: Any, reasoned: Any, member: str, path: Path, out: list[Json]) -> None:
        leg = self.leg
        if reasoned is not None and type(reasoned) is not str:
            leg.invalid((*path, member), "string", reasoned)
        if details is not None and type(details) is not list:
            leg.invalid((*path, "reasoning_details"), "array", details)
        said = ""
        for number, entry in enumerate(details or ()):
            said += self._entry(entry, number, (*path, "reasoning_details", number), out)
        if reasoned and not said:
            # The text alone: a plain block, or more of the one that is open.
            which = self.open[1] if self.open is not None and self.open[0] == "reasoning" else "plain"
            if which == "plain":
                if self.open != PLAIN or self.plain is None:
                    self.plain = []
                self.plain.append(reasoned)
            self._enter("reasoning", which, out)
            self._piece({"reasoningContent": {"text": reasoned}}, out)
        elif reasoned and said != reasoned and not reasoned.endswith(said):
            leg.losses.add("dropped", "content", "reasoning_content", (*path, member), "reasoning_details win")

    def _entry(self, entry: Any, number: int, path: Path, out: list[Json]) -> str:
        """A fragment of an entry; returns the readable text that it says."""
        leg = self.leg
        if type(entry) is not dict:
            leg.invalid(path, "object", entry)
        key = entry.get("index")
        key = number if key is None else key
        if type(key) is not int:
            leg.invalid((*path, "index"), "integer", key)
        for name in ("text", "signature", "data", "format", "type"):
            if entry.get(name) is not None and type(entry[name]) is not str:
                leg.invalid((*path, name), "string", entry[name])
        fresh = key not in self.formats
        if fresh and entry.get("format") is None:
            leg.losses.add("defaulted", "envelope", "format", path, "an entry without a format, taken for its own")
        word = self.formats.setdefault(key, entry.get("format") or "")
        kind = entry.get("type") or "reasoning.text"
        text, signature, data = entry.get("text") or "", entry.get("signature") or "", entry.get("data") or ""
        if kind == "reasoning.encrypted" and word == reasoning.FORMAT:
            if data:
                self._enter("redacted", key, out)
                self.data.append(data)
        elif kind == "reasoning.text" and word in (reasoning.CLAUDE_FORMAT, reasoning.FORMAT, ""):
            if fresh and word and word != reasoning.word_of(self.writing.facts):
                leg.losses.add("approximated", "envelope", "format", path, "the model tells whose reasoning it is")
            # Text that went out as plain reasoning already may get its entry behind it, with the signature.
            late = fresh and self.plain is not None and text in ("", "".join(self.plain))
            if late:
                self.plain, text = None, ""
                if self.open == PLAIN:
                    self.open = ("reasoning", key)
            if text or (fresh and not late):
                self._enter("reasoning", key, out)
                self._piece({"reasoningContent": {"text": text}}, out)
            if signature:
                self._enter("reasoning", key, out)
                self._piece({"reasoningContent": {"signature": signature}}, out)
        else:
            leg.losses.add("dropped", "content", "reasoning_details", path, "another provider's reasoning")
            return ""
        report_rest(entry, reasoning.ENTRY_MEMBERS, leg, path)
        if entry.get("id") is not None:
            self._tell("dropped", "envelope", "id", (*path, "id"), "reasoning blocks have no id")
        return text

    # --- images

    def _image(self, part: Any, path: Path, out: list[Json]) -> None:
        leg = self.leg
        if type(part) is not dict:
            leg.invalid(path, "object", part)
        url, where = url_of(part, "image_url", leg, path)
        own = bag.unpack(part, leg, path, "content")
        report_image(part, self.images, leg, path)
        self.images += 1
        block = documents.visual_to_native("image", url, own, self.writing, where, path)
        events = unfold_block(block, self.number, leg, path) if block is not None else None
        if events is not None:
            self._enter("image", self.number, out)
            self.open, self.takes = None, ""
            out += [{name: {**body, "contentBlockIndex": self.number}} for event in events for name, body in event.items()]
            self.number += 1

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
                self._piece({"toolUse": {"input": piece}}, out)
        elif call.is_ready() and (self.current is None or self.current.complete()) and calls.is_next(call):
            self._begin_call(call, out)

    def _begin_call(self, call: Call, out: list[Json]) -> None:
        leg, text = self.leg, "".join(call.text)
        identifier = call.head.get("id")
        if not identifier:
            identifier = made_up_id(self.head.get("id") or leg.options.id or "chatcmpl-0", call.number, call.name, text)
            held, leg.losses.prefix = leg.losses.prefix, call.place
            leg.losses.add("defaulted", "envelope", "id", call.path, "a call without an id")
            leg.losses.prefix = held
        held, leg.losses.prefix = leg.losses.prefix, call.place
        use: Json = {"toolUseId": self.writing.id(identifier, call.path), "name": self.writing.name(call.name, call.path)}
        leg.losses.prefix = held
        if call.extras:
            use.update((name, value) for name, value in call.extras.items() if name not in use)
        self._enter("tool_call", call.number, out)
        out.append(start_of("toolUse", use, self.number))
        self.current, call.state, self.called = call, "open", True
        self.takes = "tool_calls"
        if text and not call.custom:
            self._piece({"toolUse": {"input": text}}, out)

    def _drain(self, out: list[Json]) -> None:
        """Calls that waited go out before anything else does."""
        for call in self.calls.released():
            self._begin_call(call, out)
        self._leave(out)


def _page(annotation: Any) -> Any:
    inner = annotation.get("url_citation") if type(annotation) is dict else None
    return (inner.get("url"), inner.get("title")) if type(inner) is dict else None
