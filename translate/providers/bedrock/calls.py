"""
Calls of tools: toolUse blocks <-> tool calls.

Source: Amazon Bedrock API reference, "ToolUseBlock".
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock.tables import LONGEST_NAME, REFUSED_IN_NAMES
from translate.providers.bedrock.writing import Writing, fit_id
from translate.shared import bag, object_calls
from translate.shared.arguments import parse_object

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
        arguments = object_calls.text_of(use.get("input"), leg, (*path, "input"))
    call = object_calls.call_of(identifier, name, arguments, leg.memo)
    if len(use) > 3 or (len(use) == 3 and "input" not in use):
        for name, value in use.items():
            if name not in ("toolUseId", "name", "input") and value is not None and not (name == "type" and value == CLIENT_USE):
                bag.put(call, leg.row.key, name, value)
    return call


# --- unified -> native


def call_to_native(call: Any, writing: Writing, path: Path) -> Json:
    """
    A call -> a toolUse block.

    Losses: arguments that are no JSON object approximated as `{"_raw": text}`; custom calls approximated; changed ids and names.
    """
    if type(call) is dict and len(call) == 3:
        plain = _plain_call(call, writing, path)
        if plain is not None:
            return plain
    leg = writing.leg
    found = object_calls.read(call, leg, path, writing.document, writing.calls)
    writing.calls += 1
    wire = writing.name(found.name, (*found.where, "name"))
    writing.used.setdefault(wire, path)
    use: Json = {"toolUseId": writing.id(found.identifier, (*path, "id")), "name": wire, "input": found.value}
    for name, extra in object_calls.report_members(call, found, leg, path).items():
        if name not in use:
            use[name] = extra
    return {"toolUse": use}


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
