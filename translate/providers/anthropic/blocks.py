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
from translate.shared.block_writer import PLAIN, BlockWriter
from translate.shared.fields import report_rest
from translate.shared.ordered_calls import MOST_CALLS, Call

REASONING = ("reasoning_content", "reasoning", "reasoning_details")


class Blocks(BlockWriter):
    """What goes into the blocks of a stream; the machine itself is `writer.Writer`."""

    __slots__ = ("bag", "began", "created", "details", "ending", "finish", "redacted", "refusal", "signed", "thought")

    def __init__(self, leg: Leg) -> None:
        super().__init__(leg)
        self.created: Any = 0
        self.details: dict[int, Any] = {}  # index of a reasoning entry -> its format
        self.redacted: list[str] = []
        self.signed = False
        self.thought: tuple[tuple[Path, Path], str] = (((), ()), "")  # place of the last reasoning by the last chunk, and its member
        self.began: tuple[tuple[Path, Path], str] = self.thought  # the same of what began the open block
        self.refusal = ""
        self.finish: tuple[Json, Path, Path] | None = None
        self.ending: Json = {}  # own bag of the choice
        self.bag: Json = {}

    # --- blocks

    def _opened(self, kind: str, out: list[Json]) -> None:
        if kind == "text":
            self._start_block({"type": "text", "text": ""}, out)
        elif kind == "reasoning":
            self._start_block({"type": "thinking", "thinking": "", "signature": ""}, out)

    def _start_block(self, block: Json, out: list[Json]) -> None:
        out.append({"type": "content_block_start", "index": self.number, "content_block": block})

    def _closing(self, kind: str, out: list[Json]) -> None:
        if kind == "redacted":
            self._start_block({"type": "redacted_thinking", "data": "".join(self.redacted)}, out)
            self.redacted = []
        elif kind == "reasoning":
            if not self.signed and "reasoning_content" not in self.told:
                (prefix, path), member = self.began
                held, self.leg.losses.prefix = self.leg.losses.prefix, prefix
                self._tell("approximated", "content", "reasoning_content", (*path, member), "written without a signature")
                self._tell("defaulted", "envelope", "reasoning_details", (*path, "reasoning_details"), "a block, unsigned")
                self.leg.losses.prefix = held
            self.signed = False

    def _closed(self, out: list[Json]) -> None:
        out.append({"type": "content_block_stop", "index": self.number})

    def _piece(self, delta: Json, out: list[Json]) -> None:
        out.append({"type": "content_block_delta", "index": self.number, "delta": delta})

    def _thought_piece(self, text: str, out: list[Json]) -> None:
        self._piece({"type": "thinking_delta", "thinking": text}, out)

    def _text_piece(self, text: str, out: list[Json]) -> None:
        self._piece({"type": "text_delta", "text": text}, out)

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
            self._rows(value, (*where, name), out)

    def _native_row(self, value: Any, path: Path, out: list[Json]) -> None:
        leg = self.leg
        if type(value) is not dict or type(value.get("type")) is not str:
            leg.losses.add("approximated", "content", "blocks", path, "not a block; left out")
            return
        self._leave(out)
        self._drain(out)
        out += unfold_block(value, self.number, leg, (*path, "value"))
        self.number += 1

    def _extra(self, extra: Json, kind: str, path: Path, out: list[Json]) -> None:
        for name, value in extra.items():
            if name == "citations" and kind == "text" and type(value) is list:
                for citation in value:
                    self._piece({"type": "citations_delta", "citation": citation}, out)
                self.cited += annotations_of(value, self.offset, self.offset + self.length)
            elif value is not None:
                self.leg.losses.add("approximated", "content", name, (*path, "extra", name), "the block has begun without it")

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
                    self._enter("redacted", key, out)
                    self.redacted.append(entry["data"])
                continue
            if fresh and self.plain is not None and entry.get("text") == "".join(self.plain):
                # Text that went out as plain reasoning gets its entry behind it, with the signature.
                self.plain, entry = None, {**entry, "text": None}
                if self.open == PLAIN:
                    self.open = ("reasoning", key)
            texts += entry.get("text") or ""
            said = self._entry(entry, key, reasoning, said, out) or said
        if reasoning and texts and reasoning != texts and not foreign:
            leg.losses.add("dropped", "content", "reasoning_content", (*path, member), "reasoning_details win")
        for where in foreign:
            leg.losses.add("dropped", "content", "reasoning_details", where, "another provider's reasoning")
        if reasoning and not said:
            which = self.open[1] if self.open is not None and self.open[0] == "reasoning" else "plain"
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
        fresh = self._enter("reasoning", which, out)
        if fresh:
            self.began = self.thought
        if text or fresh:
            self._thought_piece(text, out)

    # --- calls

    def _input_piece(self, text: str, out: list[Json]) -> None:
        self._piece({"type": "input_json_delta", "partial_json": text}, out)

    def _call_block(self, call: Call, identifier: str) -> Json:
        return {"type": "tool_use", "id": identifier, "name": call.name, "input": {}}

    def _call_start(self, block: Json, out: list[Json]) -> None:
        self._start_block(block, out)
