"""
Calls of tools: toolUse blocks <-> tool calls.

Source: Amazon Bedrock API reference, "ToolUseBlock".
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock.content import string
from translate.providers.bedrock.tables import LONGEST_NAME, REFUSED_IN_NAMES
from translate.providers.bedrock.writing import MARK, Writing, fit_id
from translate.shared import bag
from translate.shared.arguments import dumps, made_up_id, parse_object
from translate.shared.fields import report_rest

CALL_MEMBERS = frozenset(("id", "type", "function", "custom", "index", MARK, "extra_content"))
RAW = "_raw"  # member that holds arguments which are no JSON object
CUSTOM_INPUT = "input"  # property that holds the text of a custom tool's call
SERVER_USE = "server_tool_use"
CLIENT_USE = "tool_use"  # what some servers write where the type is left out


# --- native -> unified


def is_call(use: Any, leg: Leg, path: Path) -> bool:
    """True for a call that the client has to run."""
    if type(use) is not dict:
        leg.invalid(path, "object", use)
    return use.get("type") != SERVER_USE


def call_to_unified(use: Json, leg: Leg, path: Path, arguments: str | None = None) -> Json:
    """A toolUse block -> a call; `arguments` when a stream has them as text."""
    identifier, name = use.get("toolUseId"), use.get("name")
    for member, value in (("toolUseId", identifier), ("name", name)):
        if type(value) is not str:
            if value is None:
                leg.missing(path, member)
            leg.invalid((*path, member), "string", value)
    if arguments is None:
        value = use.get("input")
        if value is None:
            value = {}
        if type(value) is not dict:
            leg.invalid((*path, "input"), "object", value)
        arguments = (raw_of(value) or dumps(value)) if value else "{}"
    memo = leg.memo
    call: Json = {"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}}
    if memo:
        own = memo.get("names")
        if type(own) is dict:
            call["function"]["name"] = own.get(name, name)
        if name in (memo.get("custom") or ()):
            held = parse_object(arguments)
            text = held.get(CUSTOM_INPUT) if held is not None and len(held) == 1 else None
            call = {
                "id": identifier, "type": "custom",
                "custom": {"name": call["function"]["name"], "input": text if type(text) is str else arguments},
            }  # fmt: skip
    if len(use) > 3 or (len(use) == 3 and "input" not in use):
        for name, value in use.items():
            if name not in ("toolUseId", "name", "input") and value is not None and not (name == "type" and value == CLIENT_USE):
                bag.put(call, leg.row.key, name, value)
    return call


def raw_of(value: Json) -> str | None:
    """Arguments that were no JSON object, as `{"_raw": text}` carries them."""
    text = value.get(RAW) if len(value) == 1 else None
    return text if type(text) is str and parse_object(text) is None else None


# --- unified -> native


def call_to_native(call: Any, writing: Writing, path: Path) -> Json:
    """
    A call -> a toolUse block.

    Losses: arguments that are no JSON object approximated as `{"_raw": text}`; custom calls approximated; changed ids and names.
    """
    leg = writing.leg
    if type(call) is not dict:
        leg.invalid(path, "object", call)
    if len(call) == 3:
        plain = _plain_call(call, writing, path)
        if plain is not None:
            return plain
    kind = call.get("type")
    member = "custom" if kind == "custom" or (kind is None and call.get("custom") is not None) else "function"
    inner, where = call.get(member), (*path, member)
    if inner is None:
        leg.missing(path, member)
    if type(inner) is not dict:
        leg.invalid(where, "object", inner)
    if inner.get("name") is None:
        leg.missing(where, "name")
    name = string(inner["name"], leg, (*where, "name"))
    if kind is not None and kind != member:
        leg.losses.add("approximated", "behaviour", "tool_calls", (*path, "type"), f"read as {member}")
    identifier = call.get("id")
    if identifier is not None:
        string(identifier, leg, (*path, "id"))
    if member == "custom":
        text = inner.get("input")
        if text is not None:
            string(text, leg, (*where, "input"))
        value: Json = {CUSTOM_INPUT: text or ""}
        leg.losses.add("approximated", "behaviour", "custom", where, "sent as a function's call")
    else:
        text = inner.get("arguments")
        value = input_of(text, leg, (*where, "arguments"))
    if not identifier:
        identifier = made_up_id(writing.document, writing.calls, name, text if type(text) is str else "")
        leg.losses.add("defaulted", "envelope", "id", path, "a call without an id")
    writing.calls += 1
    wire = writing.name(name, (*where, "name"))
    writing.used.setdefault(wire, path)
    use: Json = {"toolUseId": writing.id(identifier, (*path, "id")), "name": wire, "input": value}
    block: Json = {"toolUse": use}
    if len(inner) > 2:
        report_rest(inner, frozenset(("name", "input" if member == "custom" else "arguments", "extra_content")), leg, where)
        bag.unpack(inner, leg, where, "content")
    if len(call) > 3:
        report_rest(call, CALL_MEMBERS, leg, path)
        other = "function" if member == "custom" else "custom"
        if call.get(other) is not None:
            leg.losses.add("dropped", "content", other, (*path, other), f"the call's type is {member}")
        for name, extra in bag.unpack(call, leg, path, "content").items():
            if name not in use:
                use[name] = extra
    return block


def _plain_call(call: Json, writing: Writing, path: Path) -> Json | None:
    """The short way of most calls; None when there is anything to look at."""
    identifier, function = call.get("id"), call.get("function")
    if call.get("type") != "function" or type(function) is not dict or len(function) != 2:
        return None
    name, arguments = function.get("name"), function.get("arguments")
    if type(identifier) is not str or type(name) is not str or type(arguments) is not str or fit_id(identifier) != identifier:
        return None
    used = writing.used
    if name not in used:
        if not 0 < len(name) <= LONGEST_NAME or REFUSED_IN_NAMES.search(name):
            return None
        used[name] = path
    value = parse_object(arguments)
    if value is None:
        return None
    writing.calls += 1
    return {"toolUse": {"toolUseId": identifier, "name": name, "input": value}}


def input_of(arguments: Any, leg: Leg, path: Path) -> Json:
    """Arguments -> the input object. Losses: text that is no JSON object approximated."""
    if arguments is None:
        return {}
    if type(arguments) is dict:
        return arguments
    value = parse_object(string(arguments, leg, path))
    if value is None:
        leg.losses.add("approximated", "content", "arguments", path, "no JSON object; sent as text under _raw")
        return {RAW: arguments}
    return value
