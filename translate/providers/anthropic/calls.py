"""
Calls of tools: tool_use blocks <-> tool calls, their arguments an object on one side and a text on the other.

Source: Anthropic API reference, "Create a Message", content blocks, `tool_use`.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.anthropic.writing import MARK, Writing, mark_of
from translate.shared import bag, object_calls
from translate.shared.arguments import parse_object

_BLOCK = frozenset(("type", "id", "name", "input"))

# --- native -> unified


def call_to_unified(block: Json, leg: Leg, path: Path, arguments: str | None = None) -> Json:
    """A tool_use block -> a call; `arguments` when a stream has them as text."""
    identifier, name = block.get("id"), block.get("name")
    for member, value in (("id", identifier), ("name", name)):
        if type(value) is not str:
            leg.invalid((*path, member) if member in block else path, "string" if member in block else f"object with {member}", value)
    if arguments is None:
        arguments = object_calls.text_of(block.get("input"), leg, (*path, "input"))
    call = object_calls.call_of(identifier, name, arguments, leg.memo)
    if not _BLOCK.issuperset(block):
        call_extras(block, call, leg, path)
    return call


def call_extras(block: Json, call: Json, leg: Leg, path: Path) -> None:
    """Members of a tool_use block beside id, name and input."""
    for name, value in block.items():
        if name in ("type", "id", "name", "input") or value is None or (name == "caller" and value == {"type": "direct"}):
            continue
        if name == MARK:
            call[MARK] = mark_of(value, leg, (*path, name))
        else:
            bag.put(call, leg.row.key, name, value)


# --- unified -> native


def call_to_native(call: Any, writing: Writing, path: Path) -> Json:
    """
    A call -> a tool_use block.

    Losses: arguments that are no JSON object approximated as `{"_raw": text}`; custom calls approximated; changed ids and names.
    """
    if type(call) is dict and len(call) == 3 and call.get("type") == "function":
        quick = _plain_call(call, writing, path)
        if quick is not None:
            return quick
    leg = writing.leg
    found = object_calls.read(call, leg, path, writing.document, writing.calls)
    writing.calls += 1
    block: Json = {
        "type": "tool_use", "id": writing.id(found.identifier, (*path, "id")),
        "name": writing.name(found.name, (*found.where, "name")), "input": found.value,
    }  # fmt: skip
    for name, extra in object_calls.report_members(call, found, leg, path).items():
        if name not in block:
            block[name] = extra
    writing.mark(block, call.get(MARK), (*path, MARK))
    return block


def _plain_call(call: Json, writing: Writing, path: Path) -> Json | None:
    """A call of id, name and arguments alone, as nearly all are."""
    function, identifier = call.get("function"), call.get("id")
    if type(function) is not dict or len(function) != 2 or type(identifier) is not str or not identifier:
        return None
    name, arguments = function.get("name"), function.get("arguments")
    if type(name) is not str or type(arguments) is not str:
        return None
    value = parse_object(arguments)
    if value is None:
        return None
    writing.calls += 1
    if identifier not in writing.fine:
        identifier = writing.id(identifier, (*path, "id"))
    if name not in writing.fine_names:
        name = writing.name(name, (*path, "function", "name"))
    return {"type": "tool_use", "id": identifier, "name": name, "input": value}
