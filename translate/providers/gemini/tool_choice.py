"""`toolConfig` <-> tool_choice. Source: Gemini API reference, "ToolConfig", "FunctionCallingConfig"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini.spelling import camel, members, place, snake, spelled, word
from translate.providers.gemini.tables import TOOL_CONFIG_MEMBERS
from translate.shared import bag
from translate.shared.fields import report_rest

_MODES = {"none": "NONE", "auto": "AUTO", "required": "ANY"}


# --- native -> unified


def to_unified(value: Any, unified: Json, leg: Leg, path: Path) -> None:
    """toolConfig -> tool_choice; what it can not say goes to the request's bag."""
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    key = leg.row.key
    rest: Json = {}
    for name, held in members(value).items():
        if held is None:
            continue
        if name == "functionCallingConfig":
            _mode_to_unified(held, unified, leg, (*path, place(value, name)))
        elif name in TOOL_CONFIG_MEMBERS:
            bag.put(unified, key, snake(name), held)
        else:
            rest[snake(name)] = held
    if rest:
        bag.put(unified, key, "tool_config", rest)


def _mode_to_unified(value: Any, unified: Json, leg: Leg, path: Path) -> None:
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    config = members(value)
    mode, names = word("mode", config.get("mode"), leg.row.variant), config.get("allowedFunctionNames")
    if mode is not None and type(mode) is not str:
        leg.invalid((*path, "mode"), "string", config.get("mode"))
    if names is not None:
        if type(names) is not list:
            leg.invalid((*path, place(value, "allowedFunctionNames")), "array", names)
        for number, name in enumerate(names):
            if type(name) is not str:
                leg.invalid((*path, place(value, "allowedFunctionNames"), number), "string", name)
    kept: Json = {
        snake(name): held for name, held in config.items()
        if held is not None and name not in ("mode", "allowedFunctionNames")
    }  # fmt: skip
    choice = projection(mode, names)
    declared = {tool["function"]["name"] for tool in unified.get("tools", ()) if tool.get("type") == "function"}
    if choice is not None:
        unified["tool_choice"] = choice
    if choice is None or mode == "VALIDATED" or (mode != "NONE" and not set(names or ()) <= declared) or not declared:
        if mode is not None and (choice is None or not declared or not names or not set(names) <= declared):
            kept["mode"] = mode
            if names:
                kept["allowed_function_names"] = names
        if mode == "VALIDATED" and names and set(names) <= declared:
            kept.pop("mode", None)
            kept.pop("allowed_function_names", None)
    if kept:
        bag.put(unified, leg.row.key, "function_calling_config", kept)


def projection(mode: str | None, names: list[str] | None) -> Any:
    """tool_choice that a mode stands for, None for none."""
    upper = (mode or "").upper()
    if not names:
        return {"AUTO": "auto", "VALIDATED": "auto", "NONE": "none", "ANY": "required"}.get(upper)
    if upper == "ANY" and len(names) == 1:
        return {"type": "function", "function": {"name": names[0]}}
    if upper in ("ANY", "VALIDATED"):
        return {
            "type": "allowed_tools",
            "allowed_tools": {
                "mode": "required" if upper == "ANY" else "auto",
                "tools": [{"type": "function", "function": {"name": name}} for name in names],
            },
        }
    return None


# --- unified -> native


def to_native(request: Json, own: Json, tools: list[Json], leg: Leg, names: Mapping[str, str]) -> Json:
    """tool_choice and the bag's members -> toolConfig ({} for nothing). Losses: names that no function has."""
    declared = {function["name"] for tool in tools for function in tool.get("functionDeclarations", ())}
    choice = request.get("tool_choice")
    kept = own.get("functionCallingConfig")
    held = members(kept) if type(kept) is dict else {}
    config: Json = {}
    mode = held.get("mode")
    if mode is not None:
        allowed = held.get("allowedFunctionNames")
        said = projection(mode, allowed) if type(mode) is str and type(allowed) in (list, type(None)) else None
        if said == choice:
            config["mode"] = mode.upper() if type(mode) is str else mode
            if allowed:
                config["allowedFunctionNames"] = allowed
        else:
            bag.stale(leg, (), "function_calling_config")
    if not config and choice is not None:
        config = _choice(choice, declared, leg, names)
    where: Path = ("extra_content", leg.row.key, "function_calling_config")
    given = kept.items() if type(kept) is dict else ()
    rest = {name: value for name, value in given if camel(name) not in ("mode", "allowedFunctionNames") and value is not None}
    if rest:
        config.update(spelled(rest, leg.row.variant, leg, where))
    return {"functionCallingConfig": config} if config else {}


def _choice(choice: Any, declared: set[str], leg: Leg, names: Mapping[str, str]) -> Json:
    path: Path = ("tool_choice",)
    if type(choice) is str:
        mode = _MODES.get(choice)
        if mode is None:
            leg.losses.add("dropped", "behaviour", "tool_choice", path, "choice unknown here")
            return {}
        if not declared:
            if choice in ("auto", "none"):
                return {}  # the default without functions
            leg.losses.add("dropped", "behaviour", "tool_choice", path, "no functions to choose from")
            return {}
        return {"mode": mode}
    if type(choice) is not dict:
        leg.invalid(path, "string or object", choice)
    allowed = choice.get("allowed_tools")
    mode, where = "ANY", path
    entries: Any = [choice]
    if allowed is not None or choice.get("type") == "allowed_tools":
        where = (*path, "allowed_tools", "tools")
        if type(allowed) is not dict:
            leg.invalid((*path, "allowed_tools") if allowed is not None else path, "object", allowed)
        entries = allowed.get("tools")
        if type(entries) is not list:
            leg.invalid(where if entries is not None else where[:-1], "array", entries)
        word = allowed.get("mode")
        if word not in ("auto", "required", None):
            leg.losses.add("approximated", "behaviour", "tool_choice", (*path, "allowed_tools", "mode"), "word unknown; auto")
        mode = "ANY" if word == "required" else "VALIDATED"
        report_rest(allowed, frozenset(("mode", "tools")), leg, (*path, "allowed_tools"), "behaviour")
    report_rest(choice, frozenset(("type", "function", "allowed_tools", "custom", "name")), leg, path, "behaviour")
    if choice.get("type") not in (None, "function", "allowed_tools", "custom"):
        leg.losses.add("approximated", "behaviour", "tool_choice", (*path, "type"), "word unknown here; read by its members")
    found: list[str] = []
    for number, entry in enumerate(entries):
        spot: Path = (*where, number) if entries is not choice and allowed is not None else path
        function = entry.get("function") if type(entry) is dict else None
        name = function.get("name") if type(function) is dict else entry.get("name") if type(entry) is dict else None
        wire = names.get(name, name) if type(name) is str else None
        if type(function) is dict:
            report_rest(function, frozenset(("name",)), leg, (*spot, "function"), "behaviour")
        if type(entry) is dict and entry is not choice:
            report_rest(entry, frozenset(("type", "function", "name", "custom")), leg, spot, "behaviour")
        if wire is None or wire not in declared:
            leg.losses.add("dropped", "behaviour", "tool_choice", spot, "no such function")
        elif wire not in found:
            found.append(wire)
    if not found:
        return {}
    return {"mode": mode, "allowedFunctionNames": found}
