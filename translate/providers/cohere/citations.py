"""Citations of answers: raw ones in the bag, url_citation annotations for what has a URL."""

from __future__ import annotations

from typing import Any

from translate.leg import Json


def block_starts(content: Any) -> dict[int, int]:
    """Index of a text block -> where its text begins in the joined content."""
    starts, at = {}, 0
    for number, block in enumerate(content if type(content) is list else ()):
        if type(block) is dict and block.get("type") == "text" and type(block.get("text")) is str:
            starts[number] = at
            at += len(block["text"])
    return starts


def annotations_of(citations: list[Any], starts: dict[int, int]) -> list[Json]:
    """One url_citation per source that has a URL, offsets in code points of the joined content."""
    return [note for citation in citations for note in annotations_of_one(citation, starts)]


def annotations_of_one(citation: Any, starts: dict[int, int]) -> list[Json]:
    """As `annotations_of`, of one citation; those of thinking and plans have no place in the text."""
    if type(citation) is not dict or citation.get("type", "TEXT_CONTENT") != "TEXT_CONTENT":
        return []
    start, end, index = citation.get("start"), citation.get("end"), citation.get("content_index")
    if type(start) is not int or type(end) is not int:
        return []
    shift = starts.get(index, 0) if type(index) is int else next(iter(starts.values()), 0)
    notes = []
    sources = citation.get("sources")
    for source in sources if type(sources) is list else ():
        held = source.get("document") or source.get("tool_output") if type(source) is dict else None
        url = held.get("url") if type(held) is dict else None
        if type(held) is dict and type(url) is str:
            cited: Json = {"start_index": shift + start, "end_index": shift + end}
            if type(held.get("title")) is str:
                cited["title"] = held["title"]
            notes.append({"type": "url_citation", "url_citation": {**cited, "url": url}})
    return notes


def match_citations(citations: list[Any], starts: dict[int, int], notes: list[Any]) -> tuple[list[Any], list[int], list[int]]:
    """Citations that still have one of their annotations (or never had any), numbers of annotations without one, of gone ones."""
    left: list[Any] = list(notes)
    kept: list[Any] = []
    gone: list[int] = []
    for number, citation in enumerate(citations):
        expected = annotations_of_one(citation, starts)
        found = 0
        for note in expected:
            if note in left:
                left[left.index(note)] = _TAKEN
                found += 1
        if found or not expected:
            kept.append(citation)
        if found < len(expected):
            gone.append(number)
    return kept, [number for number, note in enumerate(left) if note is not _TAKEN], gone


_TAKEN = object()
