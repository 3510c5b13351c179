"""`tools` and `toolConfig` <-> tools and tool_choice. Source: Gemini API reference, "Tool", "ToolConfig"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini.config import default_form
from translate.providers.gemini.schema import to_subset
from translate.providers.gemini.spelling import camel, listed, members, place, snake, spelled, word
from translate.providers.gemini.subset import from_subset, plain_from_subset, plain_to_subset, says_nothing, tidy_subset
from translate.providers.gemini.tables import DEV_ONLY, NATIVE_TOOLS, SEARCH_TOOLS, TOOL_CONFIG_MEMBERS, VERTEX_ONLY
from translate.providers.gemini.verbatim import passed
from translate.scrubbing import is_clean
from translate.shared import bag
from translate.shared.fields import report_rest
from translate.shared.schema_references import resolve
from translate.survey import encodes

FUNCTION_MEMBERS = frozenset(("name", "description", "parameters", "strict", "extra_content"))
_TOOL_MEMBERS = frozenset(("type", "function", "extra_content"))
_TAKEN = frozenset(("type", "function", "custom"))  # what says in the unified form that an entry is no native tool
MODES = {"none": "NONE", "auto": "AUTO", "required": "ANY"}


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
    """`to_unified` for functions with plain schemas, looked at in the same walk; None for all others."""
    if type(tools) is not list:
        return None
    out: list[Json] = []
    for tool in tools:
        functions = tool.get("functionDeclarations") if type(tool) is dict and len(tool) == 1 else None
        if type(functions) is not list:
            return None
        for function in functions:
            made = _plain_function(function, key, facts)
            if made is None:
                return None
            out.append({"type": "function", "function": made})
    return out


def _plain_function(function: Any, key: str, facts: Mapping[str, Any]) -> Json | None:
    if type(function) is not dict or "name" not in function:
        return None
    made: Json = {"name": None}
    for name, value in function.items():
        if name == "name" or name == "description":
            if type(value) is not str or not encodes(value):
                return None
            made[name] = value
        elif type(value) is not dict or "parameters" in made:
            return None
        elif name == "parameters":
            empty = says_nothing(value) and None not in value.values()
            schema = made[name] = {**value, "type": "object"} if empty else plain_from_subset(value)
            if schema is None:
                return None
            if default_form(facts) != "openapi":
                bag.put(made, key, "schema", "openapi")
        elif name == "parametersJsonSchema" and is_clean([[[[[value]]]]]):  # as deep as it stands
            made["parameters"] = value
            if default_form(facts) != "json":
                bag.put(made, key, "schema", "json")
        else:
            return None
    return made


def _silent(path: Path, feature: str, note: str) -> None:
    """For a look at what a conversion would give."""


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
            _subset_to_unified(held, function, leg, (*path, place(value, member)), facts)
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


def _subset_to_unified(held: Any, function: Json, leg: Leg, path: Path, facts: Mapping[str, Any]) -> None:
    """`parameters` -> JSON Schema; the bag says that it was the subset, and keeps it where it would not come out the same."""
    if type(held) is not dict:
        leg.invalid(path, "object", held)
    key = leg.row.key
    if "parameters" in function:
        bag.put(function, key, "parameters_json_schema", function["parameters"])
        function.get("extra_content", {}).get(key, {}).pop("schema", None)
    plain = plain_from_subset(held)
    if plain is not None:
        function["parameters"] = plain
        if default_form(facts) != "openapi":
            bag.put(function, key, "schema", "openapi")
        return
    native = tidy_subset(spelled(held, leg.row.variant))
    schema = function["parameters"] = from_subset(native)
    again = to_subset(schema, _silent, integer_enum=facts["integer_enum"])
    if again != native and not (again is None and says_nothing(native)):
        bag.put(function, key, "parameters", held)
    elif default_form(facts) != "openapi":
        bag.put(function, key, "schema", "openapi")


def choice_to_unified(value: Any, unified: Json, leg: Leg, path: Path) -> None:
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
        _parameters(parameters, named, native, leg, (*inner, "parameters"), facts)
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


def _parameters(
    schema: Json, own: Json, native: Json, leg: Leg, path: Path, facts: Mapping[str, Any]
) -> None:
    """One of the two fields for parameters; see schema.py for both ways."""

    def report(where: Path, feature: str, note: str) -> None:
        leg.losses.add("approximated", "behaviour", feature, where, note)

    verbatim = own.get("parameters")
    if type(verbatim) is dict:
        again = tidy_subset(spelled(verbatim, leg.row.variant))
        if from_subset(again) == schema:
            native["parameters"] = again
            return
        bag.stale(leg, path[:-1], "parameters")
    if not schema:
        return
    form = own.get("schema") if own.get("schema") in ("json", "openapi") else default_form(facts)
    if type(verbatim) is dict or form == "openapi":
        plain = plain_to_subset(schema) if "properties" in schema else None
        if plain is not None and "properties" in plain:
            native["parameters"] = plain
            return
        empty = says_nothing(schema, "object")
        subset = None if empty else to_subset(schema, report, path, integer_enum=facts["integer_enum"])
        if subset is not None:
            native["parameters"] = subset
            if from_subset(subset) != schema:
                leg.losses.add("approximated", "envelope", "parameters", path, "written in the subset of the schema language")
        elif schema.get("properties"):
            leg.losses.add("dropped", "behaviour", "parameters", path, "nothing left that can be said here")
        else:
            leg.losses.add("approximated", "envelope", "parameters", path, "no parameters; left out")
        return
    fitted = _object_root(schema, report, path)
    if fitted is None:
        leg.losses.add("dropped", "behaviour", "parameters", path, "parameters are an object")
        return
    native["parametersJsonSchema"] = passed(fitted, report, path)


def _object_root(schema: Json, report: Callable[[Path, str, str], None], path: Path) -> Json | None:
    """The schema with `type: object` at its root, which arguments are."""
    kind = schema.get("type")
    if kind == "object":
        return schema
    if kind is None or (type(kind) is list and "object" in kind):
        report((*path, "type") if kind is not None else path, "type", "arguments are an object")
        reference = schema.get("$ref")
        if type(reference) is str:
            target = resolve(schema, reference)
            if target is not None and target.get("type") == "object":
                return {**target, **{name: value for name, value in schema.items() if name != "$ref"}}
        return {"type": "object", **{name: value for name, value in schema.items() if name != "type"}}
    return None


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


def choice_to_native(request: Json, own: Json, tools: list[Json], leg: Leg, names: Mapping[str, str]) -> Json:
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
        mode = MODES.get(choice)
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
