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
from translate.shared.block_writer import PLAIN, BlockWriter
from translate.shared.fields import report_rest
from translate.shared.ordered_calls import Call


class Blocks(BlockWriter):
    """What goes into the blocks of a stream; the machine itself is `writer.ToNative`."""

    __slots__ = ("additional", "data", "formats", "images", "metadata", "writing")
    row_kinds = BlockWriter.row_kinds | {"image"}

    def __init__(self, leg: Leg) -> None:
        super().__init__(leg)
        model = leg.memo.get("model") or leg.options.model
        self.writing = Writing(leg, {}, family_of(model, leg), answer=True)
        self.images = 0
        self.formats: dict[int, str] = {}  # index of a reasoning entry -> its format
        self.data: list[str] = []
        self.additional: Json = {}
        self.metadata: Json = {}

    # --- blocks

    def _opened(self, kind: str, out: list[Json]) -> None:
        pass  # the first piece begins it

    def _closing(self, kind: str, out: list[Json]) -> None:
        if kind == "redacted":
            self._piece({"reasoningContent": {"redactedContent": joined_base64(["".join(self.data)])}}, out)
            self.data = []

    def _closed(self, out: list[Json]) -> None:
        out.append(stop_of(self.number))

    def _piece(self, delta: Json, out: list[Json]) -> None:
        out.append(delta_of(delta, self.number))

    def _thought_piece(self, text: str, out: list[Json]) -> None:
        self._piece({"reasoningContent": {"text": text}}, out)

    def _text_piece(self, text: str, out: list[Json]) -> None:
        self._piece({"text": text}, out)

    # --- rows

    def _bag(self, own: Json, path: Path, fresh: bool, out: list[Json]) -> None:
        leg = self.leg
        where: Path = (*path, "extra_content", leg.row.key)
        for name, value in own.items():
            if name != "blocks":
                if value is not None and (not fresh or name == "role"):
                    self._tell("dropped", "content", name, (*where, name), "the message has begun without it")
                continue
            self._rows(value, (*where, name), out)

    def _native_row(self, value: Any, path: Path, out: list[Json]) -> None:
        leg = self.leg
        events = unfold_block(value, self.number, leg, (*path, "value")) if type(value) is dict else None
        if events is None:
            leg.losses.add("approximated", "content", "blocks", path, "no block that streams carry; left out")
            return
        if refolded(events, leg, path) != value:
            leg.losses.add("approximated", "content", "blocks", (*path, "value"), "streams carry less of it")
        self._leave(out)
        self._drain(out)
        self._whole(events, out)
        cited = value.get("citationsContent")
        if type(cited) is dict:
            self.cited += annotations_of(cited.get("citations"), self.offset, self.offset)

    def _whole(self, events: list[Json], out: list[Json]) -> None:
        """A block that is known as a whole."""
        out += [{name: {**body, "contentBlockIndex": self.number}} for event in events for name, body in event.items()]
        self.number += 1

    def _extra(self, extra: Json, kind: str, path: Path, out: list[Json]) -> None:
        for name, value in extra.items():
            citations = value.get("citations") if name == "citationsContent" and type(value) is dict else None
            if kind == "text" and type(citations) is list and type(value) is dict and len(value) == 1:
                for citation in citations:
                    self._piece({"citation": citation}, out)
                self.cited += annotations_of(citations, self.offset, self.offset + self.length)
            elif value is not None:
                self.leg.losses.add("approximated", "content", name, (*path, "extra", name), "the block has begun without it")

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
            self._thought_piece(reasoned, out)
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
                self._thought_piece(text, out)
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
            self._whole(events, out)

    # --- calls

    def _input_piece(self, text: str, out: list[Json]) -> None:
        self._piece({"toolUse": {"input": text}}, out)

    def _call_block(self, call: Call, identifier: str) -> Json:
        losses = self.leg.losses
        held, losses.prefix = losses.prefix, call.place
        use: Json = {"toolUseId": self.writing.id(identifier, call.path), "name": self.writing.name(call.name, call.path)}
        losses.prefix = held
        return use

    def _call_start(self, block: Json, out: list[Json]) -> None:
        out.append(start_of("toolUse", block, self.number))
