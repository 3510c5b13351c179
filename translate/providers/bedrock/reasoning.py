"""
Reasoning blocks <-> reasoning_content and entries of reasoning_details.

Source: Amazon Bedrock API reference, "ReasoningContentBlock", "ReasoningTextBlock".

Entries are written when a block is signed or redacted, or when there are several; one plain block is reasoning_content alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock.writing import Writing
from translate.shared.blocks import Piece
from translate.shared.fields import report_rest

CLAUDE_FORMAT = "anthropic-claude-v1"
FORMAT = "bedrock-converse-v1"
UNSIGNED = "reasoning without a signature is refused"
ENTRY_MEMBERS = frozenset(("type", "text", "signature", "data", "format", "index", "id"))


def word_of(facts: Mapping[str, Any]) -> str:
    """Format word of signed text: Claude's own when the model is one."""
    return CLAUDE_FORMAT if facts.get("family") == "claude" else FORMAT


def entry_of(value: Any, word: str, leg: Leg, path: Path) -> tuple[Json, Json] | None:
    """A reasoning block -> its entry and what else the block says; None for a kind of block this does not know."""
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    data = value.get("redactedContent")
    if data is not None:
        if type(data) is not str:
            leg.invalid((*path, "redactedContent"), "string", data)
        rest = {name: member for name, member in value.items() if name != "redactedContent" and member is not None}
        return {"type": "reasoning.encrypted", "data": data, "format": FORMAT}, rest
    inner = value.get("reasoningText")
    if inner is None:
        return None
    if type(inner) is not dict:
        leg.invalid((*path, "reasoningText"), "object", inner)
    text, signature = inner.get("text"), inner.get("signature")
    for name, member in (("text", text), ("signature", signature)):
        if member is not None and type(member) is not str:
            leg.invalid((*path, "reasoningText", name), "string", member)
    entry: Json = {"type": "reasoning.text", "text": text or ""}
    if signature:
        entry["signature"] = signature
    entry["format"] = word
    rest = {name: member for name, member in value.items() if name != "reasoningText" and member is not None}
    more = {name: member for name, member in inner.items() if name not in ("text", "signature") and member is not None}
    if more:
        rest["reasoningText"] = more
    return entry, rest


def needs_entries(entries: list[Json]) -> bool:
    """Whether the reasoning of a turn can not be one plain string."""
    return len(entries) > 1 or any("signature" in entry or "data" in entry or not entry["text"] for entry in entries)


def signed(text: str, signature: str) -> Json:
    """The block of a thought and its signature."""
    return {"reasoningContent": {"reasoningText": {"text": text, "signature": signature}}}


def blocks_of(entries: Any, readable: Any, writing: Writing) -> list[Json] | None:
    """Signed and redacted thoughts of the model that together say what the readable text says; None for any others."""
    if type(entries) is not list or not entries or readable == "":
        return None
    word = word_of(writing.facts)
    blocks: list[Json] = []
    said = ""
    for number, entry in enumerate(entries):
        if type(entry) is not dict or type(entry.get("index")) is not int or entry["index"] != number:
            return None
        kind, size, given = entry.get("type"), len(entry), entry.get("format")
        if kind == "reasoning.text" and size == 5 and given == word:
            text, signature = entry.get("text"), entry.get("signature")
            if type(text) is not str or type(signature) is not str or not signature:
                return None
            said += text
            blocks.append(signed(text, signature))
        elif kind == "reasoning.encrypted" and size == 4 and given == FORMAT and type(entry.get("data")) is str and entry["data"]:
            blocks.append({"reasoningContent": {"redactedContent": entry["data"]}})
        else:
            return None
    return blocks if said == (readable or "") else None


def to_native(piece: Piece, writing: Writing, blocks: list[Json], stale: bool) -> bool:
    """
    The entries (or plain text) of one block -> reasoning blocks; True when readable text went out.

    Losses: unsigned reasoning in requests to a model that verifies it, other providers' and stale entries dropped.
    """
    leg = writing.leg
    if type(piece.value) is str:
        return _plain(piece, writing, blocks)
    if type(piece.value) is not list:
        leg.invalid(piece.path, "string", piece.value)
    wrote = False
    for number, entry in enumerate(piece.value):
        path = (*piece.path[:-1], int(piece.path[-1]) + number)
        block = _entry(entry, writing, path, stale)
        if block is not None:
            _extend(block, piece.extra)
            blocks.append(block)
            wrote = wrote or "reasoningText" in block["reasoningContent"]
    return wrote


def _plain(piece: Piece, writing: Writing, blocks: list[Json]) -> bool:
    """Reasoning without entries: in answers as it is; in requests it has no signature and no origin."""
    if not writing.answer:
        return False
    block: Json = {"reasoningContent": {"reasoningText": {"text": piece.value}}}
    _extend(block, piece.extra)
    blocks.append(block)
    return True


def _extend(block: Json, extra: Json | None) -> None:
    for name, value in (extra or {}).items():
        held = block.get(name)
        if name == "reasoningContent" and type(value) is dict and type(held) is dict:
            for member, inner in value.items():
                if member in held and type(inner) is dict and type(held[member]) is dict:
                    held[member] = {**inner, **held[member]}
                else:
                    held.setdefault(member, inner)
        elif name not in block:
            block[name] = value


def _own(entry: Json, writing: Writing) -> bool:
    word = entry.get("format")
    kind = entry.get("type", "reasoning.text")
    if kind == "reasoning.encrypted":
        return word == FORMAT
    return kind == "reasoning.text" and word in (CLAUDE_FORMAT, FORMAT, None)


def _entry(entry: Json, writing: Writing, path: Path, stale: bool) -> Json | None:
    leg = writing.leg
    if not _own(entry, writing):
        leg.losses.add("dropped", "content", "reasoning_details", path, "another provider's reasoning")
        return None
    report_rest(entry, ENTRY_MEMBERS, leg, path)
    if entry.get("id") is not None:
        leg.losses.add("dropped", "envelope", "id", (*path, "id"), "reasoning blocks have no id")
    if entry.get("type") == "reasoning.encrypted":
        data = entry.get("data")
        if type(data) is not str or not data:
            leg.losses.add("dropped", "content", "reasoning_details", path, "no data")
            return None
        return {"reasoningContent": {"redactedContent": data}}
    text, signature, word = entry.get("text"), entry.get("signature"), entry.get("format")
    for name, value in (("text", text), ("signature", signature)):
        if value is not None and type(value) is not str:
            leg.invalid((*path, name), "string", value)
    if stale:
        leg.losses.add("dropped", "content", "reasoning_details", path, "contradicts reasoning_content")
        return None
    if word is None:
        leg.losses.add("defaulted", "envelope", "format", path, "an entry without a format, taken for its own")
    elif word != word_of(writing.facts):
        leg.losses.add("approximated", "envelope", "format", path, "the model tells whose reasoning it is")
    family = writing.facts.get("family")
    if not writing.answer:
        if not signature and (word != FORMAT or family == "claude"):
            leg.losses.add("dropped", "content", "reasoning_details", path, UNSIGNED)
            return None
        if signature and family not in ("claude", "unknown") and word == CLAUDE_FORMAT:
            leg.losses.add("dropped", "content", "reasoning_details", path, "signed by a model of another family")
            return None
    inner: Json = {"text": text or ""}
    if signature:
        inner["signature"] = signature
    return {"reasoningContent": {"reasoningText": inner}}
