"""Assistant messages of the Cohere spoke, of requests and answers, both directions: thinking, plan, texts, calls, citations."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.cohere.citations import annotations_of, block_starts, match_citations
from translate.providers.cohere.content import part_to_native
from translate.shared import bag
from translate.shared.blocks import Turn, pieces
from translate.shared.chat_calls import call_to_native, call_to_unified
from translate.shared.members import object_at, optional_list, optional_text, text_at, text_of

OWN_MEMBERS = frozenset(("blocks", "tool_plan", "citations"))
_CALLING = frozenset(("role", "content", "tool_calls"))

# Unified -> native


def answer_to_native(
    message: Json, native: Json, own: Json, leg: Leg, path: Path, *, listed: bool = False
) -> None:
    """Content, plan, calls and citations of an assistant message. listed: answers always have their content as a list."""
    blocks: list[Json] = []
    calls: list[Json] = []
    given = message.get("tool_calls")
    if not message.get("content") and message.keys() <= _CALLING and type(given) is list and given:
        # Most turns that call say nothing else.
        native["tool_calls"] = [call_to_native(call, leg, (*path, "tool_calls", spot)) for spot, call in enumerate(given)]
        return
    plan = optional_text(own, "tool_plan", leg, (*path, "extra_content", leg.row.key))
    reasoning = message.get("reasoning_content")
    if message.get("reasoning_details"):
        detail_losses(message["reasoning_details"], reasoning, leg, (*path, "reasoning_details"))
        message = {name: value for name, value in message.items() if name != "reasoning_details"}
    beside = _has_reasoning(own.get("blocks"))  # a plan beside thinking; alone it is the reasoning
    if plan is not None and not beside and (reasoning or "") != plan:
        bag.stale(leg, path, "tool_plan", "content")
        plan = None
    spoken = None if beside else plan
    for piece in pieces(message, own.get("blocks"), leg, path):
        if piece.kind == "text" or piece.kind == "refusal":
            text = text_at(piece.value, leg, piece.path)
            if piece.kind == "refusal":
                leg.losses.add("approximated", "content", "refusal", piece.path, "sent as text")
            blocks.append({"type": "text", "text": text, **(piece.extra or {})})
        elif piece.kind == "reasoning":
            if text_at(piece.value, leg, piece.path) != spoken:
                blocks.append({"type": "thinking", "thinking": piece.value, **(piece.extra or {})})
        elif piece.kind == "tool_call":
            calls.append(call_to_native(piece.value, leg, piece.path))
        elif piece.kind == "native":
            blocks.append(piece.value)
        elif piece.kind == "part":
            block = part_to_native(piece.value, "assistant", leg, piece.path)
            if block is not None:
                blocks.append(block)
        else:
            leg.losses.add("dropped", "content", piece.kind, piece.path, "no such block in an answer here")
    if plan is not None:
        native["tool_plan"] = plan
    plain = len(blocks) == 1 and blocks[0].keys() == {"type", "text"} and not own.get("blocks")
    if listed or not plain or type(message.get("content")) is list:
        if blocks:
            native["content"] = blocks
    else:
        native["content"] = blocks[0]["text"]
    if calls:
        native["tool_calls"] = calls
    _citations(message, native, own, blocks, leg, path)


def _has_reasoning(rows: Any) -> bool:
    return type(rows) is list and any(type(row) is dict and row.get("type") == "reasoning" for row in rows)


def detail_losses(details: Any, spoken: Any, leg: Leg, path: Path) -> None:
    """Entries of reasoning_details have no form here; their readable text is in reasoning_content."""
    if type(details) is not list:
        leg.invalid(path, "array", details)
    for number, entry in enumerate(details):
        if type(entry) is not dict:
            leg.invalid((*path, number), "object", entry)
        text = entry.get("text")
        plain = type(text) is str and type(spoken) is str and text in spoken and not entry.get("signature")
        leg.losses.add("dropped", "envelope" if plain else "content", "reasoning_details", (*path, number), "entries of another format")


def _citations(message: Json, native: Json, own: Json, blocks: list[Json], leg: Leg, path: Path) -> None:
    """The raw citations, as far as the annotations beside them still say the same."""
    citations, notes = own.get("citations"), message.get("annotations")
    if notes is not None and type(notes) is not list:
        leg.invalid((*path, "annotations"), "array", notes)
    if citations is None:
        citations = []
    elif type(citations) is not list:
        leg.invalid((*path, "extra_content", leg.row.key, "citations"), "array", citations)
    if notes is not None:
        citations, loose, gone = match_citations(citations, block_starts(blocks), notes)
        for _ in gone:
            bag.stale(leg, path, "citations", "content")
        for number in loose:
            leg.losses.add("dropped", "content", "annotations", (*path, "annotations", number), "a citation needs its source here")
    if citations:
        native["citations"] = citations


# Native -> unified


def answer_to_unified(message: Json, unified: Json, leg: Leg, path: Path, count: int, document_id: str = "") -> Turn:
    """Content, plan, calls and citations of an assistant message (of a request or a response)."""
    content = message.get("content")
    turn = Turn(entries=False)
    if type(content) is str:
        if content:
            turn.text(content)
    elif content is not None:
        if type(content) is not list:
            leg.invalid((*path, "content"), "string or array", content)
        for number, block in enumerate(content):
            _read_block(block, turn, leg, (*path, "content", number))
    calls = optional_list(message, "tool_calls", leg, path)
    for number, call in enumerate(calls):
        turn.tool_call(call_to_unified(call, count + number, leg, (*path, "tool_calls", number), document_id))
    plan = message.get("tool_plan")
    if plan is not None:
        text_at(plan, leg, (*path, "tool_plan"))
        if plan and turn.reasonings:
            turn.order.broken = True  # the rows tell that the reasoning is not the plan
    turn.finish(unified, leg.row.key)
    if plan is not None:
        if plan:
            bag.put(unified, leg.row.key, "tool_plan", plan)
            unified.setdefault("reasoning_content", plan)
    citations = message.get("citations")
    if citations:
        if type(citations) is not list:
            leg.invalid((*path, "citations"), "array", citations)
        annotations = annotations_of(citations, block_starts(content))
        if annotations:
            unified["annotations"] = annotations
        bag.put(unified, leg.row.key, "citations", citations)
    return turn


def _read_block(block: Any, turn: Turn, leg: Leg, path: Path) -> None:
    object_at(block, leg, path)
    kind = block.get("type")
    for known, name, take in (("text", "text", turn.text), ("thinking", "thinking", turn.reasoning)):
        if kind == known:
            text = text_of(block, name, leg, path)
            extra = {key: value for key, value in block.items() if key not in ("type", name) and value is not None}
            take(text, extra)
            return
    turn.native(block)
