"""
The assistant's turn, in histories and answers: thinking, text with citations, calls, blocks nothing else understands.

Source: Anthropic API reference, "Create a Message", content blocks; "Extended thinking"; "Citations".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.anthropic.calls import call_to_native, call_to_unified
from translate.providers.anthropic.content import mark_last, native_block, part_to_native, text_block
from translate.providers.anthropic.writing import MARK, Writing, mark_of
from translate.shared import bag
from translate.shared.answers import is_stale
from translate.shared.blocks import Piece, Turn, pieces
from translate.shared.fields import report_rest
from translate.shared.media import is_link

FORMAT = "anthropic-claude-v1"
UNSIGNED = "reasoning without a signature is refused"
ENTRY_MEMBERS = frozenset(("type", "text", "signature", "data", "format", "index", "id"))
MESSAGE_MEMBERS = frozenset((
    "role", "content", "refusal", "reasoning_content", "reasoning_details", "tool_calls", "images", "audio", "annotations",
    MARK, "prefix", "extra_content",
))  # fmt: skip
NOTHING: tuple[Any, ...] = (None, "", [])
PLAIN_MEMBERS = frozenset(("role", "content", "tool_calls", "prefix"))
THOUGHTS = frozenset(("reasoning_content", "reasoning_details"))
ENTRY_TYPES = ("reasoning.text", "reasoning.encrypted")


# --- native -> unified


def turn_to_unified(content: Any, message: Json, leg: Leg, path: Path, *, annotate: bool) -> Json:
    """
    Blocks of an assistant turn -> visible fields of a fresh message, order rows where they are needed.

    annotate: answers show citations as annotations too; in a history the rows alone have them.
    """
    if type(content) is str:
        message["content"] = content
        return message
    if type(content) is not list:
        leg.invalid(path, "string or array", content)
    if _plain_turn(content, message, leg, path):
        return message
    listed = any(type(block) is dict and block.get("type") == "text" and block.get(MARK) is not None for block in content)
    turn = Turn(listed)
    annotations: list[Json] = []
    offset = 0
    for number, block in enumerate(content):
        if type(block) is not dict:
            leg.invalid((*path, number), "object", block)
        kind = block.get("type")
        if kind == "text":
            text = text_of(block, leg, (*path, number))
            extra = text_extra(block)
            if listed:
                part: Json = {"type": "text", "text": text}
                for name, value in (extra or {}).items():
                    if name == MARK:
                        part[name] = mark_of(value, leg, (*path, number, name))
                    else:
                        bag.put(part, leg.row.key, name, value)
                turn.text(text, part=part)
            else:
                turn.text(text, extra)
            if extra and annotate:
                annotations += annotations_of(extra.get("citations"), offset, offset + len(text))
            offset += len(text)
        elif kind == "thinking" or kind == "redacted_thinking":
            entry, extra = entry_of(block, leg, (*path, number))
            turn.detail([entry], entry.get("text") or "", extra)
        elif kind == "tool_use":
            turn.tool_call(call_to_unified(block, leg, (*path, number)))
        elif type(kind) is str:
            turn.native(block)
        else:
            leg.invalid((*path, number, "type") if "type" in block else (*path, number), "string", kind)
    turn.finish(message, leg.row.key)
    if annotations:
        message["annotations"] = annotations
    return message


def _plain_turn(content: list[Any], message: Json, leg: Leg, path: Path) -> bool:
    """One text at most, then calls: the order that needs no rows. True when the turn was that and is done."""
    text: Any = None
    calls: list[Json] = []
    for number, block in enumerate(content):
        if type(block) is not dict:
            return False
        kind = block.get("type")
        if kind == "tool_use":
            calls.append(call_to_unified(block, leg, (*path, number)))
        elif kind == "text" and number == 0 and len(block) == 2:
            text = block.get("text")
            if type(text) is not str or not text:
                return False
        else:
            return False
    message["content"] = text
    if calls:
        message["tool_calls"] = calls
    return True


def text_of(block: Json, leg: Leg, path: Path) -> str:
    """The text of a text block."""
    text = block.get("text")
    if type(text) is not str:
        leg.invalid((*path, "text") if "text" in block else path, "string", text)
    return text


def text_extra(block: Json) -> Json | None:
    """What a text block says beside its text."""
    if len(block) == 2:
        return None
    return {
        name: value for name, value in block.items()
        if name != "type" and name != "text" and value is not None and not (name == "citations" and value == [])
    } or None  # fmt: skip


def annotations_of(citations: Any, start: int, end: int) -> list[Json]:
    """Citations of a block that name a page -> annotations of the stretch of text the block is."""
    found: list[Json] = []
    for citation in citations if type(citations) is list else ():
        if type(citation) is not dict:
            continue
        kind = citation.get("type")
        url = citation.get("url") if kind == "web_search_result_location" else None
        if kind == "search_result_location":
            url = citation.get("source")
            url = url if type(url) is str and is_link(url) else None
        if type(url) is str:
            title = citation.get("title")
            inner: Json = {"url": url, "title": title if type(title) is str else "", "start_index": start, "end_index": end}
            found.append({"type": "url_citation", "url_citation": inner})
    return found


def entry_of(block: Json, leg: Leg, path: Path) -> tuple[Json, Json | None]:
    """A thinking or redacted_thinking block -> its entry of reasoning_details, and what else it says."""
    if block["type"] == "redacted_thinking":
        data = block.get("data")
        if type(data) is not str:
            leg.invalid((*path, "data") if "data" in block else path, "string", data)
        entry: Json = {"type": "reasoning.encrypted", "data": data, "format": FORMAT}
        known: tuple[str, ...] = ("type", "data")
    else:
        text, signature = block.get("thinking"), block.get("signature")
        for name, value in (("thinking", text), ("signature", signature)):
            if value is not None and type(value) is not str:
                leg.invalid((*path, name), "string", value)
        entry = {"type": "reasoning.text", "text": text or ""}
        if signature:
            entry["signature"] = signature
        entry["format"] = FORMAT
        known = ("type", "thinking", "signature")
    extra = {name: value for name, value in block.items() if name not in known and value is not None}
    return entry, extra or None


# --- unified -> native


def turn_to_native(message: Json, writing: Writing, path: Path, own: Json) -> list[Json]:
    """
    An assistant message -> its blocks.

    Losses: reasoning without a signature dropped (in answers written unsigned), foreign entries, annotations no citation
    stands for, images and audio dropped; a refusal approximated as text.
    """
    leg = writing.leg
    rows = own.get("blocks")
    blocks: list[Json] = []
    if not rows and (thoughts := _thoughts(message, writing)) is not None:
        content, calls = message.get("content"), message.get("tool_calls")
        if (content is None or type(content) is str or type(content) is list) and (calls is None or type(calls) is list):
            blocks += thoughts
            if type(content) is list:
                for number, part in enumerate(content):
                    part_to_native(part, writing, (*path, "content", number), blocks, "assistant")
            elif content:
                text_block(content, writing, (*path, "content"), blocks)
            for number, call in enumerate(calls or ()):
                blocks.append(call_to_native(call, writing, (*path, "tool_calls", number)))
            if not thoughts and message.get("reasoning_content"):
                leg.losses.add("dropped", "content", "reasoning_content", (*path, "reasoning_content"), UNSIGNED)
            return blocks
    stale = is_stale(message)
    thought = False

    joined: list[Piece] = pieces(message, rows, leg, path)
    for piece in joined:
        kind = piece.kind
        if kind == "text":
            text_block(piece.value, writing, piece.path, blocks, piece.extra)
        elif kind == "tool_call":
            block = call_to_native(piece.value, writing, piece.path)
            if piece.extra:
                block.update((name, value) for name, value in piece.extra.items() if name not in block)
            blocks.append(block)
        elif kind == "reasoning":
            thought = _reasoning(piece, writing, blocks, stale) or thought
        elif kind == "native":
            native_block(piece.value, writing, piece.path, blocks)
        elif kind == "part":
            part_to_native(piece.value, writing, piece.path, blocks, "assistant", piece.extra)
        elif kind == "refusal":
            _refusal(piece, writing, blocks)
        else:
            leg.losses.add("dropped", "content", "images" if kind == "image" else kind, piece.path, "no such block of an assistant")
    reasoning = message.get("reasoning_content")
    if reasoning and not thought:
        if type(reasoning) is not str:
            leg.invalid((*path, "reasoning_content"), "string", reasoning)
        where = (*path, "reasoning_content")
        if writing.answer:
            blocks.insert(0, {"type": "thinking", "thinking": reasoning, "signature": ""})
            leg.losses.add("approximated", "content", "reasoning_content", where, "written without a signature")
            leg.losses.add("defaulted", "envelope", "reasoning_details", (*path, "reasoning_details"), "a block of its own, unsigned")
        else:
            leg.losses.add("dropped", "content", "reasoning_content", where, UNSIGNED)
    if message.get("annotations") is not None:
        _annotations(message["annotations"], blocks, leg, path)
    mark = message.get(MARK)
    if mark is not None:
        mark_last(blocks, mark, writing, (*path, MARK))
    report_rest(message, MESSAGE_MEMBERS, leg, path)
    return blocks


def _thoughts(message: Json, writing: Writing) -> Sequence[Json] | None:
    """Blocks in front of a text and calls: none, or signed thoughts as Claude has them; None where a message says more."""
    others = message.keys() - PLAIN_MEMBERS
    if not others:
        return ()
    readable = message.get("reasoning_content")
    if "reasoning_details" in others and others <= THOUGHTS:
        blocks = _blocks_of(message["reasoning_details"], readable)
        if blocks is not None:
            return blocks
    elif len(others) == 1 and type(readable) is str and readable and not writing.answer:
        return ()
    return () if all(message[name] in NOTHING for name in others) else None


def _blocks_of(entries: Any, readable: Any) -> list[Json] | None:
    """Signed and redacted thoughts of this format that together say what the readable text says; None for any others."""
    if type(entries) is not list or not entries or readable == "":
        return None
    blocks: list[Json] = []
    said = ""
    for number, entry in enumerate(entries):
        if type(entry) is not dict or entry.get("format") != FORMAT or type(entry.get("index")) is not int or entry["index"] != number:
            return None
        kind, size = entry.get("type"), len(entry)
        if kind == "reasoning.text" and size == 5:
            text, signature = entry.get("text"), entry.get("signature")
            if type(text) is not str or type(signature) is not str or not signature:
                return None
            said += text
            blocks.append({"type": "thinking", "thinking": text, "signature": signature})
        elif kind == "reasoning.encrypted" and size == 4 and type(entry.get("data")) is str and entry["data"]:
            blocks.append({"type": "redacted_thinking", "data": entry["data"]})
        else:
            return None
    return blocks if said == (readable or "") else None


def own_entry(entry: Json) -> bool:
    """True for an entry this format may send back: its own word, or none and a shape that fits."""
    word = entry.get("format")
    return word == FORMAT or (word is None and entry.get("type", "reasoning.text") in ENTRY_TYPES)


def _reasoning(piece: Piece, writing: Writing, blocks: list[Json], stale: bool) -> bool:
    """Entries of one native block -> thinking blocks; True when readable text went out."""
    leg, wrote = writing.leg, False
    if type(piece.value) is str:
        return False
    if type(piece.value) is not list:
        leg.invalid(piece.path, "string", piece.value)
    for number, entry in enumerate(piece.value):
        path = (*piece.path[:-1], int(piece.path[-1]) + number)
        if entry.get("type", "reasoning.text") not in ENTRY_TYPES:
            leg.losses.add("dropped", "content", "reasoning_details", path, "no such entry here")
            continue
        if not own_entry(entry):
            leg.losses.add("dropped", "content", "reasoning_details", path, "another provider's reasoning")
            continue
        report_rest(entry, ENTRY_MEMBERS, leg, path)
        if entry.get("format") is None:
            leg.losses.add("defaulted", "envelope", "format", path, "an entry without a format, taken for its own")
        if entry.get("id") is not None:
            leg.losses.add("dropped", "envelope", "id", (*path, "id"), "thinking blocks have no id")
        if entry.get("type") == "reasoning.encrypted":
            data = entry.get("data")
            if type(data) is not str or not data:
                leg.losses.add("dropped", "content", "reasoning_details", path, "no data")
                continue
            block: Json = {"type": "redacted_thinking", "data": data}
        else:
            text, signature = entry.get("text"), entry.get("signature")
            for name, value in (("text", text), ("signature", signature)):
                if value is not None and type(value) is not str:
                    leg.invalid((*path, name), "string", value)
            if stale:
                leg.losses.add("dropped", "content", "reasoning_details", path, "contradicts reasoning_content")
                continue
            if not signature and not writing.answer:
                leg.losses.add("dropped", "content", "reasoning_details", path, UNSIGNED)
                continue
            block = {"type": "thinking", "thinking": text or "", "signature": signature or ""}
            if not signature:
                leg.losses.add("defaulted", "envelope", "signature", path, "written without a signature")
            wrote = True
        if piece.extra:
            block.update((name, value) for name, value in piece.extra.items() if name not in block)
        blocks.append(block)
    return wrote


def _refusal(piece: Piece, writing: Writing, blocks: list[Json]) -> None:
    if type(piece.value) is not str:
        writing.leg.invalid(piece.path, "string", piece.value)
    writing.leg.losses.add("approximated", "content", "refusal", piece.path, "sent as text")
    if writing.answer:
        writing.leg.losses.add("defaulted", "content", "content", (*piece.path[:-1], "content"), "holds the refusal too")
    if piece.value.strip():
        blocks.append({"type": "text", "text": piece.value})


def _annotations(annotations: Any, blocks: list[Json], leg: Leg, path: Path) -> None:
    """Citations stay while the annotations beside them name the same pages; annotations without citations are lost."""
    where = (*path, "annotations")
    if type(annotations) is not list:
        leg.invalid(where, "array", annotations)
    derived: list[Json] = []
    offset = 0
    for block in blocks:
        if block["type"] == "text" and type(block.get("text")) is str:
            derived += annotations_of(block.get("citations"), offset, offset + len(block["text"]))
            offset += len(block["text"])
    if derived == annotations:
        return
    wanted, held = [_page(one) for one in annotations], [_page(one) for one in derived]
    if wanted == held:
        for number, (one, other) in enumerate(zip(annotations, derived, strict=True)):
            if one != other:
                leg.losses.add("approximated", "content", "annotations", (*where, number), "places follow the text")
        return
    for number, page in enumerate(wanted):
        if page not in held:
            leg.losses.add("dropped", "content", "annotations", (*where, number), "no citation stands for it")
        elif number >= len(held) or held[number] != page:
            leg.losses.add("approximated", "content", "annotations", (*where, number), "in the order of the citations")
    if any(page not in wanted for page in held):
        for spot, block in enumerate(blocks):
            citations = block.get("citations")
            if type(citations) is list:
                kept = [one for one in citations if all(_page(each) in wanted for each in annotations_of([one], 0, 0))]
                if len(kept) != len(citations):
                    leg.losses.add("approximated", "content", "annotations", where, "citations without an annotation left out")
                    blocks[spot] = {**block, "citations": kept} if kept else {k: v for k, v in block.items() if k != "citations"}


def _page(annotation: Any) -> Any:
    inner = annotation.get("url_citation") if type(annotation) is dict else None
    return (inner.get("url"), inner.get("title")) if type(inner) is dict else None
