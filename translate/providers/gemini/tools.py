"""`tools` <-> tools: function declarations and the tools of the service. Source: Gemini API reference, "Tool"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini import parameters as parameters_of
from translate.providers.gemini.config import default_form
from translate.providers.gemini.spelling import camel, listed, members, place, snake, spelled
from translate.providers.gemini.tables import DEV_ONLY, NATIVE_TOOLS, SEARCH_TOOLS, VERTEX_ONLY
from translate.scrubbing import is_clean
from translate.shared import bag
from translate.shared.fields import report_rest
from translate.survey import encodes

FUNCTION_MEMBERS = frozenset(("name", "description", "parameters", "strict", "extra_content"))
_TOOL_MEMBERS = frozenset(("type", "function", "extra_content"))
_TAKEN = frozenset(("type", "function", "custom"))  # what says in the unified form that an entry is no native tool


# --- native -> unified


def to_unified(value: Any, leg: Leg, path: Path, facts: Mapping[str, Any]) -> list[Json]:
    """Tools -> tools: each function by itself, each native tool as `{"type": name, name: config}`."""
    out: list[Json] = []
    for number, tool in enumerate(listed(value, leg, path)):
        where: Path = (*path, number) if type(value) is list else path
        if type(tool) is not dict:
            leg.invalid(where, "object", tool)
        for name, config in tool.items():
            if config is None:
                continue
            if camel(name) == "functionDeclarations":
                for spot, function in enumerate(listed(config, leg, (*where, name))):
                    out.append(_function_to_unified(function, leg, (*where, name, spot), facts))
                continue
            if snake(camel(name)) in _TAKEN:
                leg.losses.add("dropped", "behaviour", "tools", (*where, name), "no tool of this API")
                continue
            entry: Json = {"type": snake(camel(name))}
            if config != {}:
                entry[entry["type"]] = config
            out.append(entry)
    return out


def plain_to_unified(tools: Any, key: str, facts: Mapping[str, Any]) -> list[Json] | None:
    """`to_unified` for functions with plain schemas and native tools by themselves, looked at in the same walk; None for all others."""
    if type(tools) is not list:
        return None
    out: list[Json] = []
    for tool in tools:
        functions = tool.get("functionDeclarations") if type(tool) is dict and len(tool) == 1 else None
        if type(functions) is not list:
            native = _plain_native(tool) if functions is None else None
            if native is None:
                return None
            out.append(native)
            continue
        for function in functions:
            made = _plain_function(function, key, facts)
            if made is None:
                return None
            out.append({"type": "function", "function": made})
    return out


def _plain_native(tool: Any) -> Json | None:
    """A native tool that has nothing to scrub."""
    if type(tool) is not dict or len(tool) != 1 or not is_clean([[tool]]):  # as deep as it stands
        return None
    ((name, config),) = tool.items()
    kind = snake(camel(name))
    if type(config) is not dict or kind in _TAKEN or kind == "function_declarations":
        return None
    return {"type": kind, kind: config} if config else {"type": kind}


def _plain_function(function: Any, key: str, facts: Mapping[str, Any]) -> Json | None:
    if type(function) is not dict or "name" not in function:
        return None
    made: Json = {"name": None}
    for name, value in function.items():
        if name == "name" or name == "description":
            if type(value) is not str or not encodes(value):
                return None
            made[name] = value
        elif type(value) is not dict or "parameters" in made or not parameters_of.plain_to_unified(name, value, made, key, facts):
            return None
    return made


def _function_to_unified(value: Any, leg: Leg, path: Path, facts: Mapping[str, Any]) -> Json:
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    named = members(value)
    name = named.get("name")
    if type(name) is not str:
        leg.invalid((*path, "name") if "name" in value else path, "string", name)
    function: Json = {"name": name}
    key = leg.row.key
    for member, held in named.items():
        if held is None or member == "name":
            continue
        if member == "description" and type(held) is str:
            function[member] = held
        elif member == "parameters":
            parameters_of.subset_to_unified(held, function, leg, (*path, place(value, member)), facts)
        elif member == "parametersJsonSchema" and type(held) is dict:
            if "parameters" in function:
                bag.put(function, key, "parameters_json_schema", held)
                continue
            function["parameters"] = held
            if default_form(facts) != "json":
                bag.put(function, key, "schema", "json")
        else:
            bag.put(function, key, snake(member), held)
    return {"type": "function", "function": function}


# --- unified -> native


def to_native(request: Json, leg: Leg, facts: Mapping[str, Any], names: Mapping[str, str]) -> list[Json]:
    """
    Tools and web_search_options -> Tool objects: one with all functions, one for each native tool.

    Losses: custom tools, native tools of other formats or of the other service, strict; search beside functions on old models.
    """
    tools = request.get("tools")
    if tools is not None and type(tools) is not list:
        leg.invalid(("tools",), "array", tools)
    functions: list[Json] = []
    out: list[Json] = []
    seen: set[str] = set()
    searches: list[tuple[Json, Path]] = []
    for number, tool in enumerate(tools or ()):
        path: Path = ("tools", number)
        if type(tool) is not dict:
            leg.invalid(path, "object", tool)
        kind = tool.get("type")
        if kind == "function" or (kind is None and "function" in tool):
            function = _function_to_native(tool, leg, path, facts, names)
            if function["name"] in seen:
                leg.losses.add("dropped", "behaviour", "tools", path, "a second function of this name")
                continue
            seen.add(function["name"])
            if not functions:
                out.append({"functionDeclarations": functions})
            functions.append(function)
        else:
            native = _native_tool(tool, kind, leg, path)
            if native is not None:
                out.append(native)
                if SEARCH_TOOLS & native.keys():
                    searches.append((native, path))
    options = request.get("web_search_options")
    if options is not None:
        _web_search(options, out, leg)
        if not any(native is search for search, _ in searches for native in out[-1:]) and "googleSearch" in out[-1]:
            searches.append((out[-1], ("web_search_options",)))
    if functions and searches and not facts["combined_tools"]:
        for native, path in searches:
            leg.losses.add("dropped", "behaviour", str(path[0]), path, "this model takes no search beside functions")
            out = [tool for tool in out if tool is not native]
    return out


def _function_to_native(tool: Json, leg: Leg, path: Path, facts: Mapping[str, Any], names: Mapping[str, str]) -> Json:
    function = tool.get("function")
    inner: Path = (*path, "function")
    if type(function) is not dict:
        leg.invalid(inner if "function" in tool else path, "object", function)
    name = function.get("name")
    if type(name) is not str:
        leg.invalid((*inner, "name") if "name" in function else inner, "string", name)
    native: Json = {"name": names.get(name, name)}
    description = function.get("description")
    if description is not None:
        if type(description) is not str:
            leg.invalid((*inner, "description"), "string", description)
        native["description"] = description
    own = bag.unpack(function, leg, inner) if "extra_content" in function else bag.EMPTY
    named = members(own) if own else own
    parameters = function.get("parameters")
    if parameters is not None:
        if type(parameters) is not dict:
            leg.invalid((*inner, "parameters"), "object", parameters)
        parameters_of.to_native(parameters, named, native, leg, (*inner, "parameters"), facts)
    elif named.get("parameters") is not None:
        bag.stale(leg, inner, "parameters")
    if named:
        where: Path = (*inner, "extra_content", leg.row.key)
        for member, held in named.items():
            if member not in ("schema", "parameters") and held is not None:
                native.update(spelled({member: held}, leg.row.variant, leg, where))
    if function.get("strict") is True:
        leg.losses.add("dropped", "behaviour", "strict", (*inner, "strict"), "calls are not held to their schema here")
    if not FUNCTION_MEMBERS.issuperset(function):
        report_rest(function, FUNCTION_MEMBERS, leg, inner, "behaviour")
    if not _TOOL_MEMBERS.issuperset(tool):
        report_rest(tool, _TOOL_MEMBERS, leg, path, "behaviour")
    if "extra_content" in tool:
        native.update(spelled(bag.unpack(tool, leg, path), leg.row.variant, leg, (*path, "extra_content", leg.row.key)))
    return native


def _native_tool(tool: Json, kind: Any, leg: Leg, path: Path) -> Json | None:
    """`{"type": name, name: config}` or the bare native object -> a Tool object."""
    foreign = DEV_ONLY if leg.row.variant == "vertex" else VERTEX_ONLY
    if kind is None:
        named = {camel(name): (name, config) for name, config in tool.items() if camel(name) in NATIVE_TOOLS and config is not None}
        name = next(iter(named), None)
        original, config = named[name] if name is not None else ("", None)
        rest = frozenset((original, "type"))
    else:
        name = camel(kind) if type(kind) is str else None
        original = kind if type(kind) is str else ""
        config = tool.get(original, tool.get(name or ""))
        rest = frozenset(("type", original, name or ""))
    known = name is not None and (name in NATIVE_TOOLS or (kind is not None and snake(name) == kind and _is_own(tool, kind)))
    if not known or name is None or name in foreign:
        feature = kind if type(kind) is str else "tools"
        reason = "not a tool of this service" if name in foreign else "no such tool here"
        leg.losses.add("dropped", "behaviour", feature, path, reason)
        return None
    if config is None:
        config = {}
    report_rest(tool, rest | {"extra_content"}, leg, path, "behaviour")
    if "extra_content" in tool:
        bag.unpack(tool, leg, path)
    if type(config) not in (dict, list):
        leg.invalid((*path, original), "object", config)
    return {name: spelled(config, leg.row.variant, leg, (*path, original))}


def _is_own(tool: Json, kind: Any) -> bool:
    """A tool that the table does not know: one of ours only with its configuration under its own name."""
    return "_" in kind and tool.keys() == {"type", kind} and type(tool[kind]) is dict


def _web_search(options: Any, out: list[Json], leg: Leg) -> None:
    path: Path = ("web_search_options",)
    if type(options) is not dict:
        leg.invalid(path, "object", options)
    if not any("googleSearch" in tool for tool in out):
        out.append({"googleSearch": {}})
    for name, value in options.items():
        if value is not None and not (name == "search_context_size" and value == "medium"):
            leg.losses.add("dropped", "behaviour", "web_search_options", (*path, name), "no such setting of the search here")
