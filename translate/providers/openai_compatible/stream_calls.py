"""Calls and entries of reasoning of a stream on their way to unified: each under a number, a call once its id and name are known."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_compatible.reading import call_to_unified, detail_to_unified
from translate.providers.openai_compatible.stream_state import Choice, Open
from translate.shared.arguments import made_up_id
from translate.shared.chat_fold import slot_of


def fragment_to_unified(fragment: Json, state: Choice, leg: Leg, document_id: str, path: Path) -> Json | None:
    """A fragment under its own number; a call opens when its id and name are known, at the latest at the finish."""
    slot = slot_of(fragment, state.calls, leg, path)
    call = state.calls.get(slot)
    if call is None:
        call = state.calls[slot] = Open(len(state.calls))
    if fragment.get("id") and not call.identifier:
        call.identifier = fragment["id"]
    elif fragment.get("id") not in (None, "", call.identifier):
        leg.losses.dropped("envelope", "id", (*path, "id"), "this call has another id already")
    kind = "custom" if fragment.get("custom") is not None else "function"
    text = "input" if kind == "custom" else "arguments"
    rest = {name: value for name, value in fragment.items() if name not in ("id", "index", "type")}
    inner = rest.get(kind) or {}
    made = call_to_unified({"type": fragment.get("type") or kind, **rest, kind: inner}, 0, leg.row.key)
    body: Json = made[kind]
    _agree(call, "name", body.get("name"), leg, (*path, kind, "name"))
    _agree(call, "type", fragment.get("type"), leg, (*path, "type"))
    if call.is_open:
        del made["type"]
        body.pop("name", None)
        if not body[text]:
            del body[text]
        if not body:
            del made[kind]
        return {"index": call.index, **made} if made else None
    call.pieces.append(body.pop(text))
    known = call.held.get(kind, {})
    bags, further = call.held.get("extra_content"), made.get("extra_content")
    call.held = {**made, **call.held, kind: {**{name: value for name, value in body.items() if value}, **known}}
    if type(bags) is dict and type(further) is dict:
        call.held["extra_content"] = {**further, **bags}
        for key in further.keys() & bags.keys():
            if type(further[key]) is type(bags[key]) is dict:
                call.held["extra_content"][key] = {**further[key], **bags[key]}
    return _opened(call, leg, document_id) if call.identifier and call.held[kind].get("name") else None


def _agree(call: Open, member: str, value: Any, leg: Leg, path: Path) -> None:
    """What later fragments say again of a call counts for nothing. Losses: when they say something else."""
    known = getattr(call, member)
    if not known:
        setattr(call, member, value or "")
    elif value and value != known:
        leg.losses.dropped("content", member, path, f"this call has another {member} already")


def _opened(call: Open, leg: Leg, document_id: str) -> Json:
    """The first fragment of a call as unified has it; an id is made up where none came."""
    made, call.held, call.is_open = call.held, {}, True
    kind = "custom" if "custom" in made else "function"
    inner = {"name": "", **made[kind], "input" if kind == "custom" else "arguments": "".join(call.pieces)}
    call.pieces = []
    if not call.identifier:
        arguments = inner.get("arguments", inner.get("input"))
        call.identifier = made_up_id(document_id, call.index, inner["name"], arguments or "")
    names = leg.memo.get("names")
    if names and inner["name"] in names:
        inner["name"] = names[inner["name"]]
    return {"index": call.index, "id": call.identifier, **made, kind: inner}


def late_calls(state: Choice, leg: Leg, document_id: str) -> list[Json]:
    """Calls whose id or name never came, at the finish."""
    return [_opened(call, leg, document_id) for call in state.calls.values() if not call.is_open]


def entry_to_unified(entry: Json, number: int, state: Choice, leg: Leg, path: Path) -> Json:
    """An entry of reasoning under its own number; what was said once is not said again. Losses: when it is not the same."""
    native = entry.get("index")
    native = number if native is None else native
    kind = entry.get("type")
    if kind is None:
        kind = next((known for index, known in reversed(state.details) if index == native), "reasoning.text")
    known = state.details.get((native, kind))
    if known is None:
        known = state.details[native, kind] = (len(state.details), {})
    index, said = known
    out = detail_to_unified({**entry, "type": kind}, index, leg.row.key)
    for name in ("id", "format"):
        if name in out:
            if name not in said:
                said[name] = out[name]
            elif said[name] != out.pop(name):
                leg.losses.dropped("envelope", name, (*path, name), f"this entry has another {name} already")
    return out
