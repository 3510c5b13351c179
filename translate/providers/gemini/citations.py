"""
Grounding and citation metadata <-> annotations. Native offsets count UTF-8 bytes of a part, ours characters of `content`.

Source: Gemini API reference, "GroundingMetadata", "CitationMetadata".
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini.spelling import members, place, spelled
from translate.shared import bag

CHUNK_KINDS = ("web", "retrievedContext", "maps", "image")
RAW = ("grounding_metadata", "citation_metadata")
SOURCES = frozenset(RAW)


class Texts:
    """
    Where each visible text part stands in `content`, in characters and bytes.

    Only pieces with characters beyond ASCII are kept, so that a long plain answer costs nothing.
    """

    __slots__ = ("chars", "odd", "parts", "size")

    def __init__(self) -> None:
        self.parts: dict[int, list[int]] = {}  # number of the part -> [first character, first byte, past the last byte]
        self.odd: list[tuple[int, int, str]] = []  # first byte, first character and text of pieces beyond ASCII
        self.chars = self.size = 0

    def add(self, part: int, text: str) -> None:
        """A piece of text of a part."""
        span = self.parts.setdefault(part, [self.chars, self.size, self.size])
        size = len(text)
        if not text.isascii():
            self.odd.append((self.size, self.chars, text))
            size = len(text.encode("utf-8", "replace"))
        self.chars += len(text)
        self.size += size
        span[2] = self.size

    def plain(self, part: int, size: int) -> None:
        """As many characters of ASCII."""
        span = self.parts.setdefault(part, [self.chars, self.size, self.size])
        self.chars += size
        self.size += size
        span[2] = self.size

    def character(self, byte: int) -> int:
        """Character at a byte of the whole text."""
        spot = bisect_right(self.odd, byte, key=lambda piece: piece[0]) - 1
        if spot < 0:
            return byte
        first_byte, first, text = self.odd[spot]
        raw = text.encode("utf-8", "replace")
        if byte - first_byte <= len(raw):
            return first + len(raw[: byte - first_byte].decode("utf-8", "ignore"))
        return first + len(text) + byte - first_byte - len(raw)

    def byte(self, character: int) -> int:
        """Byte at a character of the whole text."""
        spot = bisect_right(self.odd, character, key=lambda piece: piece[1]) - 1
        if spot < 0:
            return character
        first_byte, first, text = self.odd[spot]
        if character - first <= len(text):
            return first_byte + len(text[: character - first].encode("utf-8", "replace"))
        return first_byte + len(text.encode("utf-8", "replace")) + character - first - len(text)


def texts_of(parts: list[Any]) -> Texts:
    """Visible texts of native parts, by their number."""
    texts = Texts()
    for number, part in enumerate(parts):
        if type(part) is dict and type(part.get("text")) is str and part.get("thought") is not True:
            texts.add(number, part["text"])
    return texts


def to_unified(grounding: Any, citation: Any, texts: Texts, leg: Leg, where: tuple[Path, Path]) -> list[Json]:
    """Raw metadata of a candidate, each at its place -> annotations. Losses: supports that point nowhere, approximated."""
    notes: list[Json] = []
    if grounding is not None:
        if type(grounding) is not dict:
            leg.invalid(where[0], "object", grounding)
        supports: Path = (*where[0], place(grounding, "groundingSupports"))
        notes += _grounded(spelled(grounding, ""), texts, leg, supports)
    if citation is not None:
        if type(citation) is not dict:
            leg.invalid(where[1], "object", citation)
        notes += _cited(citation, texts)
    return notes


def _grounded(metadata: Json, texts: Texts, leg: Leg, path: Path) -> list[Json]:
    """path: of the supports."""
    notes: list[Json] = []
    chunks, supports = metadata.get("groundingChunks"), metadata.get("groundingSupports")
    for number, support in enumerate(supports if type(supports) is list else ()):
        where: Path = (*path, number)
        if type(support) is not dict:
            leg.invalid(where, "object", support)
        segment = support.get("segment")
        segment = segment if type(segment) is dict else {}
        span = _span(segment, texts)
        if span is None:
            leg.losses.add("approximated", "content", "annotations", where, "does not point into a visible text")
            continue
        indices = support.get("groundingChunkIndices")
        for index in indices if type(indices) is list else ():
            held = chunks[index] if type(chunks) is list and type(index) is int and 0 <= index < len(chunks) else None
            source = _source(held)
            if source is not None:
                notes.append(annotation(*span, *source))
    return notes


def _span(segment: Json, texts: Texts) -> tuple[int, int] | None:
    part, start, end = segment.get("partIndex", 0), segment.get("startIndex", 0), segment.get("endIndex", 0)
    if not all(type(value) is int for value in (part, start, end)):
        return None
    place = texts.parts.get(part)
    if place is None or not 0 <= start <= end or place[1] + end > place[2]:
        return None
    return texts.character(place[1] + start), texts.character(place[1] + end)


def _source(chunk: Any) -> tuple[str, str] | None:
    """Link and title of a grounding chunk."""
    if type(chunk) is not dict:
        return None
    for kind in CHUNK_KINDS:
        held = chunk.get(kind)
        if type(held) is dict:
            url = held.get("uri", held.get("sourceUri"))
            title = held.get("title")
            if type(url) is str and url:
                return url, title if type(title) is str else ""
    return None


def _cited(metadata: Json, texts: Texts) -> list[Json]:
    notes = []
    named = members(metadata)
    entries = named.get("citationSources", named.get("citations"))
    for entry in entries if type(entries) is list else ():
        if type(entry) is not dict:
            continue
        held = members(entry)
        url, start, end, title = held.get("uri"), held.get("startIndex", 0), held.get("endIndex", 0), held.get("title")
        if type(url) is str and url and type(start) is int and type(end) is int and 0 <= start <= end <= texts.size:
            notes.append(annotation(texts.character(start), texts.character(end), url, title if type(title) is str else ""))
    return notes


def annotation(start: int, end: int, url: str, title: str) -> Json:
    """A citation as `content` has it."""
    return {"type": "url_citation", "url_citation": {"start_index": start, "end_index": end, "url": url, "title": title}}


def to_native(annotations: Any, own: Json, texts: Texts, candidate: Json, leg: Leg, path: Path, holder: Path) -> None:
    """
    Annotations -> metadata of the candidate: the raw one from the bag while it says the same, else made from them.

    path leads to the annotations, holder to the choice whose bag `own` is.
    """
    listed = annotations if annotations is not None else []
    if type(listed) is not list:
        leg.invalid(path, "array", listed)
    raw = {name: own[name] for name in RAW if own.get(name) is not None}
    plain = [_bare(note, leg, (*path, number)) for number, note in enumerate(listed)]
    if raw:
        before = len(leg.losses.items)
        grounding, citation = (raw.get(name) for name in RAW)
        where: Path = (*holder, "extra_content", leg.row.key)
        said = to_unified(grounding, citation, texts, leg, ((*where, RAW[0]), (*where, RAW[1])))
        del leg.losses.items[before:]  # told when it was read
        if said == [note for note in plain if note is not None]:
            for name, member in (("grounding_metadata", "groundingMetadata"), ("citation_metadata", "citationMetadata")):
                if name in raw:
                    candidate[member] = spelled(raw[name], leg.row.variant)
            return
        for name in raw:
            bag.stale(leg, holder, name, "content")
    made = _made(plain, texts)
    kept = raw.get("grounding_metadata")
    if type(kept) is dict:
        rest = {name: value for name, value in spelled(kept, leg.row.variant).items() if name not in ("groundingChunks", "groundingSupports")}
        made = {**rest, **made}
    if made:
        candidate["groundingMetadata"] = made


def _bare(note: Any, leg: Leg, path: Path) -> Json | None:
    """The annotation without `index`; None for kinds that have no place here."""
    if type(note) is not dict:
        leg.invalid(path, "object", note)
    held = note.get("url_citation")
    if note.get("type") not in (None, "url_citation") or type(held) is not dict or type(held.get("url")) is not str:
        leg.losses.add("dropped", "content", "annotations", path, "only citations of links")
        return None
    if "extra_content" in note:
        bag.unpack(note, leg, path, "content")
    for name, value in note.items():
        if name not in ("type", "index", "url_citation", "extra_content") and value is not None:
            leg.losses.add("dropped", "content", name, (*path, name), "no such member of a citation here")
    numbers = [held.get(name) for name in ("start_index", "end_index")]
    start, end = (value if type(value) is int and value >= 0 else 0 for value in numbers)
    for name, value in held.items():
        if name not in ("start_index", "end_index", "url", "title") and value is not None:
            leg.losses.add("dropped", "content", name, (*path, "url_citation", name), "no such member of a citation here")
    title = held.get("title")
    return annotation(start, end, held["url"], title if type(title) is str else "")


def _made(notes: list[Json | None], texts: Texts) -> Json:
    """groundingMetadata of annotations: one chunk per link, one support per annotation."""
    chunks: list[Json] = []
    supports: list[Json] = []
    number_of: dict[str, int] = {}
    for note in notes:
        if note is None:
            continue
        held = note["url_citation"]
        number = number_of.setdefault(held["url"], len(chunks))
        if number == len(chunks):
            chunks.append({"web": {"uri": held["url"], **({"title": held["title"]} if held["title"] else {})}})
        start = min(texts.byte(min(held["start_index"], texts.chars)), texts.size)
        end = max(start, min(texts.byte(min(held["end_index"], texts.chars)), texts.size))
        part, first = next(
            ((number, span[1]) for number, span in texts.parts.items() if span[1] <= start <= span[2] and end <= span[2]), (0, 0)
        )
        segment: Json = {"startIndex": start - first, "endIndex": end - first}
        if part:
            segment["partIndex"] = part
        if not segment["startIndex"]:
            del segment["startIndex"]
        supports.append({"segment": segment, "groundingChunkIndices": [number]})
    return {"groundingChunks": chunks, "groundingSupports": supports} if chunks else {}
