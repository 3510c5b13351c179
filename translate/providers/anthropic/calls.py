"""
Calls of tools: tool_use blocks <-> tool calls, their arguments an object on one side and a text on the other.

Source: Anthropic API reference, "Create a Message", content blocks, `tool_use`.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.anthropic.writing import MARK, Writing, mark_of
from translate.shared import bag
from translate.shared.arguments import dumps, made_up_id, parse_object
from translate.shared.fields import report_rest

CALL_MEMBERS = frozenset(("id", "type", "function", "custom", "index", MARK, "extra_content"))
RAW = "_raw"  # member that holds arguments which are no JSON object
CUSTOM_INPUT = "input"  # property that holds the text of a custom tool's call


# --- native -> unified


def call_to_unified(block: Json, leg: Leg, path: Path, arguments: str | None = None) -> Json:
    """A tool_use block -> a call; `arguments` when a stream has them as text."""
    identifier, name = block.get("id"), block.get("name")
    for member, value in (("id", identifier), ("name", name)):
        if type(value) is not str:
            leg.invalid((*path, member) if member in block else path, "string" if member in block else f"object with {member}", value)
    if arguments is None:
        value = block.get("input")
        if value is None:
            value = {}
        if type(value) is not dict:
            leg.invalid((*path, "input"), "object", value)
        arguments = (raw_of(value) or dumps(value)) if value else "{}"
    memo = leg.memo
    if memo:
        own = memo.get("names")
        original = own.get(name, name) if type(own) is dict else name
        if name in (memo.get("custom") or ()):
            held = parse_object(arguments)
            text = held.get(CUSTOM_INPUT) if held is not None and len(held) == 1 else None
            call: Json = {"id": identifier, "type": "custom", "custom": {"name": original, "input": text if type(text) is str else arguments}}
        else:
            call = {"id": identifier, "type": "function", "function": {"name": original, "arguments": arguments}}
    else:
        call = {"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}}
    if len(block) > 4:
        call_extras(block, call, leg, path)
    return call


def raw_of(value: Json) -> str | None:
    """Arguments that were no JSON object, as `{"_raw": text}` carries them."""
    text = value.get(RAW) if len(value) == 1 else None
    return text if type(text) is str and parse_object(text) is None else None


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
    leg = writing.leg
    if type(call) is not dict:
        leg.invalid(path, "object", call)
    if len(call) == 3 and call.get("type") == "function":
        quick = _plain_call(call, writing, path)
        if quick is not None:
            return quick
    custom = call.get("custom")
    kind = call.get("type")
    member = "custom" if kind == "custom" or (kind is None and custom is not None) else "function"
    inner = call.get(member)
    where: Path = (*path, member)
    if type(inner) is not dict:
        leg.invalid(where if member in call else path, "object" if member in call else f"object with {member}", inner)
    if kind is not None and kind != member:
        leg.losses.add("approximated", "behaviour", "tool_calls", (*path, "type"), f"read as {member}")
    name = inner.get("name")
    if type(name) is not str:
        leg.invalid((*where, "name") if "name" in inner else where, "string", name)
    identifier = call.get("id")
    if identifier is not None and type(identifier) is not str:
        leg.invalid((*path, "id"), "string", identifier)
    if member == "custom":
        text = inner.get("input")
        if text is not None and type(text) is not str:
            leg.invalid((*where, "input"), "string", text)
        value: Json = {CUSTOM_INPUT: text or ""}
        leg.losses.add("approximated", "behaviour", "custom", where, "sent as a function's call")
        known = ("name", "input")
    else:
        value = _input(inner.get("arguments"), leg, (*where, "arguments"))
        text = inner.get("arguments")
        known = ("name", "arguments")
    if not identifier:
        identifier = made_up_id(writing.document, writing.calls, name, text if type(text) is str else "")
        leg.losses.add("defaulted", "envelope", "id", path, "a call without an id")
    writing.calls += 1
    block: Json = {
        "type": "tool_use", "id": writing.id(identifier, (*path, "id")), "name": writing.name(name, (*where, "name")),
        "input": value,
    }  # fmt: skip
    if len(inner) > 2:
        report_rest(inner, frozenset((*known, "extra_content")), leg, where)
        bag.unpack(inner, leg, where, "content")
    if len(call) > 3:
        report_rest(call, CALL_MEMBERS, leg, path)
        other = "function" if member == "custom" else "custom"
        if call.get(other) is not None:
            leg.losses.add("dropped", "content", other, (*path, other), f"the call's type is {member}")
        for name, extra in bag.unpack(call, leg, path, "content").items():
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


def _input(arguments: Any, leg: Leg, path: Path) -> Json:
    if arguments is None:
        return {}
    if type(arguments) is dict:
        return arguments
    if type(arguments) is not str:
        leg.invalid(path, "string", arguments)
    value = parse_object(arguments)
    if value is None:
        leg.losses.add("approximated", "content", "arguments", path, "no JSON object; sent as text under _raw")
        return {RAW: arguments}
    return value
