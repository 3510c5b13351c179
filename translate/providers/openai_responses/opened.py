"""
Items of a Responses stream that are being written: what is open, how it grows by text, and how it closes.

`Stage` is the state of the way from unified to native; reasoning (`thoughts.py`) and calls (`streaming.py`) build on it.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_responses.content import annotation_to_native, objects
from translate.providers.openai_responses.events import CALLS, Events
from translate.providers.openai_responses.items import made_up_item_id
from translate.providers.openai_responses.writing import HEAD
from translate.shared import bag
from translate.shared.blocks import HEAD as WIDTH
from translate.shared.machines import Writer

MOST_CALLS = 4096
ROW_TYPES = frozenset(("text", "refusal", "reasoning", "tool_call", "image", "native"))
ROW = frozenset(("index", "type", "length", "head", "joined", "extra", "value"))

class Text:
    """A growing text of an item."""

    __slots__ = ("annotations", "kind", "number", "others", "pieces", "rest", "shift", "tokens")

    def __init__(self, kind: str, number: int, shift: int = 0) -> None:
        self.kind, self.number, self.shift = kind, number, shift
        self.pieces: list[str] = []
        self.annotations: list[Json] = []
        self.others: list[Any] = []  # order of all annotations, null for each citation
        self.tokens: list[Json] = []
        self.rest: Json = {}

    @property
    def text(self) -> str:
        return "".join(self.pieces)


class Opened:
    """An item that is open."""

    __slots__ = ("entries", "index", "item", "kind", "last_encrypted", "loose", "open", "texts")

    def __init__(self, index: int, kind: str, item: Json) -> None:
        self.index, self.kind, self.item = index, kind, item
        self.texts: list[Text] = []
        self.open: Text | None = None
        self.entries: dict[int, Text | None] = {}  # index of a reasoning entry -> its text
        self.loose = False
        self.last_encrypted = False

    @property
    def id(self) -> str:
        identifier: str = self.item.get("id") or ""
        return identifier


class Call:
    """A call: it opens when id and name are known."""

    __slots__ = ("closed", "id", "item", "kind", "name", "own", "pieces", "sent")

    def __init__(self) -> None:
        self.id, self.name, self.kind = "", "", "function_call"
        self.own: Json = {}
        self.pieces: list[str] = []
        self.sent = 0  # pieces that went out
        self.item: Opened | None = None
        self.closed = False

class Stage(Writer):
    """What is open and what is finished."""

    __slots__ = (
        "beside",
        "beside_piece",
        "beside_places",
        "calls",
        "details",
        "done",
        "envelope",
        "events",
        "finish",
        "foreign",
        "growing",
        "head",
        "items",
        "joint",
        "last_call",
        "leg",
        "length",
        "number",
        "open",
        "over",
        "own",
        "plain",
        "reported",
        "row",
        "settled",
        "truncated",
        "usage",
        "used_own",
        "waiting",
    )  # fmt: skip

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.events = Events()
        self.head: Json | None = None
        self.open: Opened | None = None  # a message or reasoning
        self.calls: dict[int, Call] = {}
        self.last_call = 0
        self.items: dict[int, Json] = {}  # finished, by output_index
        self.number = 0  # of the next item
        self.waiting: list[Call] = []  # calls that are open
        self.details: dict[int, Opened] = {}  # index of a reasoning entry -> its item
        self.length = 0  # code points of text so far
        self.own: Json = {}  # item_id and phase of the message
        self.used_own = False
        self.row: Json | None = None  # of the block that opens next
        self.foreign: set[int] = set()  # indices of reasoning entries of other providers
        self.plain: Text | None = None  # reasoning that went out without an entry
        self.joint = False
        self.settled = False  # the last chunk took the short way
        self.growing: Text | Call | None = None  # by whose piece it did
        self.beside_piece: Json = {}  # its event
        self.finish: Json | None = None
        self.envelope: Json | None = None  # beside the choices of a chunk that was looked at (`shared.chat_fast`)
        self.usage: Any = None
        self.beside: Json = {}
        self.beside_places: dict[Path, Path] = {}  # where each of it stands in the stream
        self.reported: set[str] = set()
        self.over = False
        self.truncated = False
        self.done = False
    # --- the own bag: item ids, phases, order rows

    def _bag(self, own: Json, path: Path) -> list[Json]:
        out: list[Json] = []
        for name, value in own.items():
            if name in ("item_id", "phase"):
                self.own[name] = value
                if self.open is not None and self.open.kind == "message" and self.used_own and name == "phase":
                    self.open.item["phase"] = value
            elif name == "blocks":
                where: Path = (*path, "extra_content", self.leg.row.key, name)
                for number, row in enumerate(objects(value, self.leg, where)):
                    out += self._row(row, (*where, number))
            else:
                bag.stale(self.leg, path, name, "content")
        return out

    def _row(self, row: Json, path: Path) -> list[Json]:
        kind, extra = row.get("type"), row.get("extra")
        value = row.get("value")
        if not row.keys() <= ROW or (kind is not None and (type(kind) is not str or kind not in ROW_TYPES)):
            self.leg.losses.add("approximated", "content", "blocks", path, "not a row of this format")
        if kind == "native" and type(value) is dict:
            if row.get("joined") is True and self.open is not None and self.open.kind == "message":
                return self._native_part(self.open, value)
            return [*self._close_all(), *self._whole(value)]
        is_open = self.open is not None and self.open.kind == "message"
        if kind in ("text", "refusal") and "length" not in row:
            known = f"row {row.get('index')}"
            if known in self.reported:
                self.leg.losses.add("approximated", "content", "blocks", path, "the end of a text without its length")
            self.reported.add(known)
            self.row = row
            if row.get("joined") is True and is_open and self.open is not None:
                return self._close_text(self.open)
            return self._close_open() if is_open else []
        if kind in ("text", "refusal"):
            out: list[Json] = []
            if is_open and self.open is not None and self.open.open is not None:
                self._extra(self.open, extra, bool(row.get("joined")))
                if row["length"] != len(self.open.open.text) or row.get("head", "") != self.open.open.text[:WIDTH]:
                    self.leg.losses.add("approximated", "content", "blocks", path, "says another text than the one that came")
                out = self._close_text(self.open)
            elif row["length"] == 0:  # an empty block brought no text to open it
                early = self.row if self.row is not None and self.row.get("index") == row.get("index") else row
                self.row = {**early, **row}
                out = self._grow("output_text" if kind == "text" else "refusal", "", force=True)
                if self.open is not None:
                    out += self._close_text(self.open)
            self.row = None
            return out
        if kind == "reasoning" and type(extra) is dict and self.open is not None and self.open.kind == "reasoning":
            self.open.item.update(extra)
        elif kind is None and type(extra) is dict and is_open and self.open is not None:
            self._extra(self.open, extra, False)
        return []

    def _extra(self, item: Opened, extra: Any, joined: bool) -> None:
        """What a row says of its message item and its text, once both are open."""
        if type(extra) is not dict:
            return
        for name, value in extra.items():
            if name == "annotations" and item.open is not None and type(value) is list:
                item.open.others = value
            elif name == "part" and item.open is not None and type(value) is dict:
                item.open.rest = value
            elif name not in ("annotations", "part", "id") and not joined:
                item.item[name] = value

    # --- messages

    def _grow(self, kind: str, text: str, tokens: list[Json] | None = None, force: bool = False) -> list[Json]:
        out: list[Json] = []
        item = self.open
        fresh = item is None or item.kind != "message"
        if item is not None and not fresh and item.open is None and (item.texts or self.row is not None):
            # The text before was closed by its row: another message item, unless the row says that it goes on.
            fresh = not (self.row is not None and self.row.get("joined") is True) and not (
                kind == "refusal" and self.row is None and all(part.kind == "output_text" for part in item.texts)
            )
        if fresh:
            out += self._close_all()
            item = self._open_message(out)
        assert item is not None
        if item.open is None or item.open.kind != kind:
            out += self._close_text(item)
            part = Text(kind, len(item.texts), self.length)
            item.texts.append(part)
            item.open = part
            out.append(self.events.part_added(item.index, item.id, part.number, {"type": kind}))
            self.row = None
        part = item.open
        assert part is not None
        if text or tokens:
            part.pieces.append(text)
            if kind == "output_text":
                self.length += len(text)
                part.tokens += tokens or ()
            out.append(self.events.text(item.index, item.id, part.number, kind, text, tokens))
        return out

    def _open_message(self, out: list[Json]) -> Opened:
        extra = self.row.get("extra") if self.row is not None else None
        extra = extra if type(extra) is dict else {}
        identifier, phase = extra.get("id"), extra.get("phase")
        if not self.used_own:
            identifier = self.own.get("item_id") if identifier is None else identifier
            phase = self.own.get("phase") if phase is None else phase
            self.used_own = True
        item: Json = {
            "type": "message", "id": self._identify("message", identifier), "role": extra.get("role", "assistant"),
            "status": "completed", "content": [],
        }  # fmt: skip
        if phase is not None:
            item["phase"] = phase
        item.update((name, value) for name, value in extra.items() if name not in (*HEAD, "annotations", "part"))
        opened = self._place("message", item)
        out.append(self.events.added(opened.index, item))
        if extra.get("status") is not None:
            item["status"] = extra["status"]
        self.open = opened
        return opened

    def _identify(self, kind: str, identifier: Any) -> str:
        if type(identifier) is str and identifier:
            return identifier
        return made_up_item_id(kind, (self.head or {})["id"], self.number)

    def _place(self, kind: str, item: Json) -> Opened:
        placed = Opened(self.number, kind, item)
        self.number += 1
        return placed

    def _annotations(self, value: Any, path: Path) -> list[Json]:
        leg = self.leg
        item = self.open
        texts = [part for part in item.texts if part.kind == "output_text"] if item is not None and item.kind == "message" else []
        out: list[Json] = []
        for number, annotation in enumerate(objects(value, leg, path)):
            if item is None or not texts:
                leg.losses.add("dropped", "content", "annotations", (*path, number), "no text to cite is open")
                continue
            part = item.open if item.open is not None and item.open.kind == "output_text" else texts[-1]
            native = annotation_to_native(annotation, part.shift, leg, (*path, number))
            if native is None:
                continue
            part.annotations.append(native)
            if item.open is part:
                out.append(self.events.annotation(item.index, item.id, part.number, len(part.annotations) - 1, native))
        return out

    def _native_part(self, item: Opened, value: Json) -> list[Json]:
        out = self._close_text(item)
        part = Text("", len(item.texts))
        part.rest = value
        item.texts.append(part)
        out.append(self.events.part_added(item.index, item.id, part.number, value))
        return [*out, *self.events.part_done(item.index, item.id, part.number, value)]

    def _close_text(self, item: Opened) -> list[Json]:
        part, item.open = item.open, None
        if part is None:
            return []
        if item.kind == "reasoning":
            if part.kind == "summary":
                return self.events.summary_done(item.index, item.id, part.number, part.text)
            return self.events.part_done(item.index, item.id, part.number, {"type": "reasoning_text", "text": part.text})
        out: list[Json] = []
        for spot, annotation in enumerate(part.others):
            if type(annotation) is dict:
                out.append(self.events.annotation(item.index, item.id, part.number, spot, annotation))
        return out + self.events.part_done(item.index, item.id, part.number, _part_of(part))
    def _whole(self, item: Json) -> list[Json]:
        index = self.number
        self.number += 1
        self.items[index] = item
        return self.events.whole(index, item)
    def _close_call(self, call: Call) -> list[Json]:
        item = call.item
        if item is None or call.closed:
            return []
        call.closed = True
        text = "".join(call.pieces)
        item.item[CALLS[call.kind][1]] = text
        self.items[item.index] = item.item
        return [
            self.events.arguments_done(item.index, item.id, call.kind, text), self.events.done(item.index, item.item),
        ]  # fmt: skip
    # --- ends

    def _close_open(self) -> list[Json]:
        item, self.open = self.open, None
        if item is None:
            return []
        out = self._close_text(item)
        if item.kind == "message":
            item.item["content"] = [_part_of(part) for part in item.texts]
        else:
            item.item["summary"] = [{"type": "summary_text", "text": part.text} for part in item.texts if part.kind == "summary"]
            raw = [{"type": "reasoning_text", "text": part.text} for part in item.texts if part.kind == "text"]
            if raw:
                item.item["content"] = raw
        self.items[item.index] = item.item
        return [*out, self.events.done(item.index, item.item)]

    def _close_all(self) -> list[Json]:
        out = self._close_open()
        for call in self.waiting:
            out += self._close_call(call)
        self.waiting = []
        return out


def _part_of(part: Text) -> Json:
    if not part.kind:
        return part.rest
    if part.kind == "refusal":
        return {"type": "refusal", "refusal": part.text, **part.rest}
    annotations: list[Any] = list(part.annotations)
    if part.others:
        waiting: list[Any] = annotations
        annotations = [(waiting.pop(0) if waiting else None) if entry is None else entry for entry in part.others]
        annotations = [entry for entry in [*annotations, *waiting] if entry is not None]
    return {
        "type": "output_text", "text": part.text, "annotations": annotations, "logprobs": part.tokens, **part.rest,
    }  # fmt: skip
