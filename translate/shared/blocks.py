"""
Native blocks of a turn <-> visible fields of a unified message, with the order rows that say what the fields can not.

Rows stand in `extra_content.<key>.blocks`, one per native block, and only when the default order (reasoning, text, refusal,
images, audio, calls; each string one block) does not give the native list back. `Turn` writes them, `pieces` reads them, and
`Order` decides for both a whole document and a stream when they are needed, so that the two agree.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from translate.errors import Path
from translate.leg import Json, Leg
from translate.shared import bag
from translate.shared.fields import report_rest

RANK = {"reasoning": 0, "text": 1, "part": 1, "refusal": 2, "image": 3, "audio": 4, "tool_call": 5}
ROW_MEMBERS = frozenset(("index", "type", "length", "head", "extra", "joined", "value"))
HEAD = 8  # code points of a text that a row remembers


class Order:
    """
    Tells whether the blocks seen so far are in the default order.

    listed: message content is a list of parts, so that several texts keep their borders by themselves.
    entries: reasoning blocks have entries of their own in `reasoning_details`.
    """

    __slots__ = ("broken", "entries", "last", "listed", "seen")

    def __init__(self, listed: bool = False, entries: bool = True) -> None:
        self.listed, self.entries = listed, entries
        self.last = 0
        self.seen: set[str] = set()
        self.broken = False

    def breaks(self, kind: str) -> bool:
        """Counts a block that opens; True when it breaks the default order by its place or as a second string of its kind."""
        rank = RANK[kind]
        again = kind in self.seen and (
            (kind == "text" and not self.listed) or kind == "refusal" or (kind == "reasoning" and not self.entries)
        )
        if rank < self.last or again:
            self.broken = True
        self.last = rank
        self.seen.add(kind)
        return self.broken


class Turn:
    """Collects the native blocks of one turn in order; `finish` writes the visible fields and the rows they need."""

    __slots__ = ("audio", "calls", "details", "images", "order", "parts", "reasonings", "refusals", "rows", "visible_text")

    def __init__(self, listed: bool = False, entries: bool = True) -> None:
        self.order = Order(listed, entries)
        self.rows: list[Json] = []
        self.parts: list[Json] = []  # content, when it is a list
        self.visible_text: list[str] = []  # content, when it is a string
        self.reasonings: list[str] = []
        self.details: list[Json] = []
        self.refusals: list[str] = []
        self.images: list[Json] = []
        self.audio: Json | None = None
        self.calls: list[Json] = []

    def _row(self, row: Json, extra: Json | None, joined: bool) -> None:
        if joined:
            row["joined"] = True
        if extra:
            row["extra"] = extra
        if extra or joined:
            self.order.broken = True
        self.rows.append(row)

    def text(self, text: str, extra: Json | None = None, joined: bool = False, part: Json | None = None) -> None:
        """A text block; in a list content `part` is the whole part when it has more than its text."""
        if self.order.listed:
            self.parts.append(part or {"type": "text", "text": text})
            self.order.breaks("text")
            self._row({"type": "text"}, extra, joined)
        else:
            self.visible_text.append(text)
            self.order.breaks("text")
            if not text:
                self.order.broken = True
            self._row(cut_row("text", text), extra, joined)

    def part(self, part: Json, extra: Json | None = None, joined: bool = False) -> None:
        """A block that is a content part other than text (list content only)."""
        self.parts.append(part)
        self.order.breaks("part")
        self._row({"type": "part"}, extra, joined)

    def reasoning(self, text: str, extra: Json | None = None, joined: bool = False) -> None:
        """A reasoning block without an entry of its own (the spoke writes no reasoning_details)."""
        self.reasonings.append(text)
        self.order.breaks("reasoning")
        if not text:
            self.order.broken = True
        self._row(cut_row("reasoning", text), extra, joined)

    def detail(self, entries: list[Json], text: str = "", extra: Json | None = None) -> None:
        """A reasoning block as its entries of reasoning_details; `text` is its readable text. Sets their `index`."""
        for entry in entries:
            entry["index"] = len(self.details)
            self.details.append(entry)
        if text:
            self.reasonings.append(text)
        self.order.breaks("reasoning")
        self._row({"type": "reasoning"}, extra, False)

    def refusal(self, text: str, extra: Json | None = None, joined: bool = False) -> None:
        """A refusal block."""
        self.refusals.append(text)
        self.order.breaks("refusal")
        self._row(cut_row("refusal", text), extra, joined)

    def image(self, url: str, extra: Json | None = None) -> Json:
        """An image the model produced; returns the entry, for a bag of its own."""
        image: Json = {"type": "image_url", "index": len(self.images), "image_url": {"url": url}}
        self.images.append(image)
        self.order.breaks("image")
        self._row({"type": "image"}, extra, False)
        return image

    def sound(self, audio: Json, extra: Json | None = None) -> None:
        """The audio the model produced."""
        self.audio = audio
        self.order.breaks("audio")
        self._row({"type": "audio"}, extra, False)

    def tool_call(self, call: Json, extra: Json | None = None) -> None:
        """A call."""
        self.calls.append(call)
        self.order.breaks("tool_call")
        self._row({"type": "tool_call"}, extra, False)

    def native(self, value: Any) -> None:
        """A block of which nothing is visible."""
        self.order.broken = True
        self.rows.append({"type": "native", "value": value})

    def finish(self, message: Json, key: str, *, absent_content: Any = None) -> Json:
        """Writes content, reasoning, refusal, images, audio, calls and, when needed, the rows into a fresh message."""
        text = "".join(self.visible_text)
        if self.order.listed:
            message["content"] = self.parts
        else:
            message["content"] = text or absent_content
        if self.refusals:
            message["refusal"] = "".join(self.refusals)
        reasoning = "".join(self.reasonings)
        if reasoning:
            message["reasoning_content"] = reasoning
        if self.details:
            message["reasoning_details"] = self.details
        if self.images:
            message["images"] = self.images
        if self.audio is not None:
            message["audio"] = self.audio
        if self.calls:
            message["tool_calls"] = self.calls
        if self.order.broken:
            bag.put(message, key, "blocks", self.rows)
        return message


def cut_row(kind: str, text: str) -> Json:
    """Row of a block that is `text` in a visible string: how long it is and how it begins."""
    return {"type": kind, "length": len(text), "head": text[:HEAD]}


class Piece(NamedTuple):
    """
    One native block to write: kind `text` (value str), `part` (a content part; also a text part of a list content),
    `reasoning` (a list of entries, or a str where the message has none), `refusal` (str), `image`, `audio`, `tool_call` (the
    unified value) or `native` (the block itself). path leads to the value; extra and joined come from the row.
    """

    kind: str
    value: Any
    path: Path
    extra: Json | None = None
    joined: bool = False


def pieces(message: Json, rows: Any, leg: Leg, path: Path) -> list[Piece]:
    """
    The blocks of a unified message in native order; `rows` is the own bag's `blocks` or None.

    An edited message keeps what the edit left alone: texts are cut by length, else matched from both ends by their heads;
    calls and entries that came or went do so at the end of their kind. Losses: a row without a place, approximated.
    """
    plain = _by_kind(message, leg, path)
    if not rows:
        return [piece for kind in plain for piece in plain[kind]]
    if type(rows) is not list:
        leg.invalid((*path, "extra_content", leg.row.key, "blocks"), "array", rows)
    cut = _cut_strings(message, rows, plain)
    _report_stale(cut, rows, leg, path)
    out: list[Piece] = []
    last_of_kind: dict[str, int] = {}
    for number, row in enumerate(rows):
        kind = row.get("type") if type(row) is dict else None
        if type(row) is dict and not row.keys() <= ROW_MEMBERS:
            where = (*path, "extra_content", leg.row.key, "blocks", number)
            report_rest(row, ROW_MEMBERS, leg, where, reason="not a member of an order row")
        if kind == "native" and "value" in row:
            out.append(Piece("native", row["value"], (*path, "extra_content", leg.row.key, "blocks", number, "value")))
            continue
        group = "content" if kind in ("text", "part") else kind
        queue = plain.get(group) if isinstance(group, str) else None
        extra = row.get("extra") if type(row) is dict else None
        if number in cut:
            piece: Piece | None = cut[number]
        elif queue and kind in ("text", "part") and type(message.get("content")) is list:
            piece = _next_part(queue, kind)
        else:
            piece = queue.pop(0) if queue and "length" not in row else None
        if piece is None:
            if type(row) is not dict or type(kind) is not str or kind not in RANK or extra:
                leg.losses.add(
                    "approximated", "content", "blocks", (*path, "extra_content", leg.row.key, "blocks", number),
                    "row without a block to stand for; left out",
                )  # fmt: skip
            continue
        if extra is not None and type(extra) is not dict:
            leg.invalid((*path, "extra_content", leg.row.key, "blocks", number, "extra"), "object", extra)
        if number not in cut and type(piece.value) is str:
            leg.losses.add(
                "approximated", "content", "blocks", (*path, "extra_content", leg.row.key, "blocks", number),
                "does not say how long its text is; the whole of it",
            )  # fmt: skip
        last_of_kind[group or ""] = len(out)
        out.append(piece._replace(extra=extra, joined=row.get("joined") is True))
    for group, rest in plain.items():
        if rest:
            at = last_of_kind[group] + 1 if group in last_of_kind else _default_place(out, group)
            out[at:at] = rest
            last_of_kind = {name: spot + len(rest) if spot >= at else spot for name, spot in last_of_kind.items()}
    return out


def _by_kind(message: Json, leg: Leg, path: Path) -> dict[str, list[Piece]]:
    """Visible values in the default order, by kind."""
    plain: dict[str, list[Piece]] = {
        "reasoning": [], "content": [], "refusal": [], "image": [], "audio": [], "tool_call": [],
    }  # fmt: skip
    details = message.get("reasoning_details")
    if details:
        where: Path = (*path, "reasoning_details")
        if type(details) is not list:
            leg.invalid(where, "array", details)
        group: list[Json] = []
        for number, entry in enumerate(details):
            if type(entry) is not dict:
                leg.invalid((*where, number), "object", entry)
            if group and entry.get("id") is not None and entry.get("id") == group[-1].get("id"):
                group.append(entry)
                continue
            group = [entry]
            plain["reasoning"].append(Piece("reasoning", group, (*where, number)))
    elif message.get("reasoning_content"):
        plain["reasoning"].append(Piece("reasoning", message["reasoning_content"], (*path, "reasoning_content")))
    content = message.get("content")
    where = (*path, "content")
    if type(content) is str:
        if content:
            plain["content"].append(Piece("text", content, where))
    elif type(content) is list:
        plain["content"] = [Piece("part", part, (*where, number)) for number, part in enumerate(content)]
    elif content is not None:
        leg.invalid(where, "string or array", content)
    if message.get("refusal"):
        plain["refusal"].append(Piece("refusal", message["refusal"], (*path, "refusal")))
    for name, kind in (("images", "image"), ("tool_calls", "tool_call")):
        values = message.get(name)
        if values:
            if type(values) is not list:
                leg.invalid((*path, name), "array", values)
            plain[kind] = [Piece(kind, value, (*path, name, number)) for number, value in enumerate(values)]
    if message.get("audio"):
        plain["audio"].append(Piece("audio", message["audio"], (*path, "audio")))
    return plain


def _next_part(queue: list[Piece], kind: str) -> Piece | None:
    """Takes the next text part, or the next part of another kind, of a list content."""
    for spot, piece in enumerate(queue):
        is_text = type(piece.value) is dict and piece.value.get("type") == "text"
        if is_text == (kind == "text"):
            return queue.pop(spot)
    return None


def _cut_strings(message: Json, rows: list[Any], plain: dict[str, list[Piece]]) -> dict[int, Piece | None]:
    """Number of a row -> its piece of a visible string. The strings it cuts leave `plain`."""
    cut: dict[int, Piece | None] = {}
    for kind, group in (("text", "content"), ("reasoning", "reasoning"), ("refusal", "refusal")):
        numbers = [
            number for number, row in enumerate(rows)
            if type(row) is dict and row.get("type") == kind and type(row.get("length")) is int and row["length"] >= 0
        ]  # fmt: skip
        whole = plain[group]
        if not numbers or (whole and type(whole[0].value) is not str):
            continue
        text = whole[0].value if whole else ""
        where = whole[0].path if whole else ()
        for number, text_piece in zip(numbers, _cut(text, [rows[number] for number in numbers]), strict=True):
            cut[number] = None if text_piece is None else Piece(kind, text_piece, where)
        plain[group] = []
    return cut


def _report_stale(cut: dict[int, Piece | None], rows: list[Any], leg: Leg, path: Path) -> None:
    """Rows whose text an edit changed: the text wins."""
    for number, piece in cut.items():
        if len(piece.value if piece is not None else "") != rows[number]["length"]:
            leg.losses.add(
                "approximated", "content", "blocks", (*path, "extra_content", leg.row.key, "blocks", number),
                "its text was edited; the text wins",
            )  # fmt: skip


def _cut(text: str, rows: list[Json]) -> list[str | None]:
    """Text -> one piece per row; None for a row whose text an edit took away."""
    lengths = [row["length"] for row in rows]
    if sum(lengths) == len(text):
        found, at = [], 0
        for length in lengths:
            found.append(text[at : at + length])
            at += length
        return list(found)
    heads = [row["head"] if type(row.get("head")) is str else "" for row in rows]
    found_pieces: list[str | None] = [None] * len(rows)
    first, start = 0, 0
    while first < len(rows) - 1 and text.startswith(heads[first], start):
        end = start + lengths[first]
        if end > len(text) or not heads[first + 1] or not text.startswith(heads[first + 1], end):
            break
        found_pieces[first] = text[start:end]
        first, start = first + 1, end
    last, stop = len(rows) - 1, len(text)
    while last > first:
        begin = stop - lengths[last]
        if begin < start or not text.startswith(heads[last], begin):
            break
        found_pieces[last] = text[begin:stop]
        last, stop = last - 1, begin
    # A row whose head still stands and whose neighbour's head is nowhere: the neighbour is the edited one.
    while (
        first < last and heads[first] and text.startswith(heads[first], start) and start + lengths[first] <= stop
        and (not heads[first + 1] or text.find(heads[first + 1], start, stop) < 0)
    ):  # fmt: skip
        found_pieces[first] = text[start : start + lengths[first]]
        start, first = start + lengths[first], first + 1
    # What is left over is the edited row; further rows between are found by their heads or gone.
    spots = [start]
    owners = [first]
    for number in range(first + 1, last + 1):
        spot = text.find(heads[number], spots[-1], stop) if heads[number] else -1
        if spot >= 0:
            spots.append(spot)
            owners.append(number)
    for owner, spot, end in zip(owners, spots, [*spots[1:], stop], strict=True):
        found_pieces[owner] = text[spot:end] if end > spot else None
    return found_pieces


def _default_place(out: list[Piece], group: str) -> int:
    """Where a value goes whose kind has no row: before the first block of a later kind."""
    rank = RANK["text" if group == "content" else group]
    for spot, piece in enumerate(out):
        if piece.kind != "native" and RANK[piece.kind] > rank:
            return spot
    return len(out)
