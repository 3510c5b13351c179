"""
Tools and the choice among them, both directions.

Source: Anthropic API reference, "Create a Message", `tools`, `tool_choice`; "Tool use", "Parallel tool use".
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.anthropic.tables import LONGEST_NAME, NATIVE_TOOL, PLATFORM_TOOLS_LACK, TOOL_BETAS, TOOL_EXTRAS
from translate.providers.anthropic.writing import MARK, Writing, mark_of
from translate.shared import bag
from translate.shared.fields import report_rest
from translate.shared.object_calls import CUSTOM_INPUT
from translate.shared.schema_limits import no_tool_refused, report_refused
from translate.shared.system_parts import is_mark
from translate.shared.tool_names import allowed

FUNCTION_MEMBERS = frozenset(("name", "description", "parameters", "strict", MARK, "extra_content"))
TOOL_MEMBERS = frozenset(("type", "function", "custom", MARK, "extra_content", *TOOL_EXTRAS))
ROOT_UNIONS = ("anyOf", "oneOf", "allOf")
_UNIONS = frozenset(ROOT_UNIONS)
_PLAIN_TOOL = frozenset(("type", "function"))
CHOICE_TO_NATIVE = {"auto": "auto", "required": "any", "none": "none"}
CHOICE_TO_UNIFIED = {"auto": "auto", "any": "required", "none": "none"}
WEB_SEARCH = "web_search_20250305"


# --- unified -> native


def to_native(request: Json, native: Json, writing: Writing) -> None:
    """
    tools, tool_choice, parallel_tool_calls, web_search_options -> `tools`, `tool_choice`; after `thinking` is settled.

    Losses: grammars, other providers' tools, a choice without tools dropped; allowed_tools, custom tools and a choice that the
    model refuses approximated.
    """
    leg = writing.leg
    tools, choice = request.get("tools"), request.get("tool_choice")
    if tools is not None and type(tools) is not list:
        leg.invalid(("tools",), "array", tools)
    left = allowed(choice, _name_of, leg)
    listed: list[Json] = []
    seen: set[Any] = set()
    for number, tool in enumerate(tools or ()):
        entry = _common_function(tool, writing, number) or tool_to_native(tool, writing, ("tools", number))
        if entry is None or (left is not None and _name_of(tool) not in left):
            continue
        name = entry.get("name")
        if type(name) is str and name in seen:
            leg.losses.add("dropped", "behaviour", "tools", ("tools", number), "a tool of that name is there")
            continue
        seen.add(name if type(name) is str else None)
        listed.append(entry)
        if type(entry.get("type")) is str and entry["type"] in TOOL_BETAS:
            writing.betas.setdefault(TOOL_BETAS[entry["type"]], ("tools", number, "type"))
    search = request.get("web_search_options")
    if search is not None:
        _web_search(search, listed, leg)
    if listed:
        native["tools"] = listed
    _choice(request, native, listed, writing)


def _common_function(tool: Any, writing: Writing, number: int) -> Json | None:
    """A function of which nothing changes, as nearly all are; None for any other. Losses: what its schema has that is not taken."""
    if type(tool) is not dict or tool.get("type") != "function" or type(tool.get("function")) is not dict:
        return None
    if len(tool) != 2 and (len(tool) != 3 or not is_mark(tool.get(MARK))):
        return None
    function: Json = tool["function"]
    name, schema = function.get("name"), function.get("parameters")
    if type(name) is not str or not (name.isascii() and name.isidentifier()) or len(name) > LONGEST_NAME:
        return None
    if type(schema) is not dict or schema.get("type") != "object" or not _UNIONS.isdisjoint(schema):
        return None
    entry: Json = {"name": name}
    for member, value in function.items():
        if member == "parameters":
            entry["input_schema"] = schema
        elif member == "description" and type(value) is str:
            if value:
                entry[member] = value
        elif member == "strict" and type(value) is bool:
            entry[member] = value
        elif member != "name":
            return None
    writing.fine_names.add(name)
    if "strict" in entry and entry["strict"] and not no_tool_refused(writing.leg):
        report_refused(schema, writing.leg, ("tools", number, "function", "parameters"))
    if len(tool) == 3:
        writing.mark(entry, tool[MARK], ("tools", number, MARK))
    return entry


def _name_of(tool: Json) -> Any:
    inner = tool.get("function") or tool.get("custom") or tool
    return inner.get("name") if type(inner) is dict else None


def tool_to_native(tool: Any, writing: Writing, path: Path) -> Json | None:
    """One tool, None when it has no place."""
    leg = writing.leg
    if type(tool) is not dict:
        leg.invalid(path, "object", tool)
    kind = tool.get("type")
    if kind == "function" or (kind is None and "function" in tool):
        return _function(tool, writing, path)
    if kind == "custom" and type(tool.get("custom")) is dict:
        return _custom(tool, writing, path)
    bare = type(tool.get("name")) is str and type(tool.get("input_schema")) is dict and kind in (None, "custom")
    if bare or (type(kind) is str and NATIVE_TOOL.fullmatch(kind)):
        lacks = PLATFORM_TOOLS_LACK.get(leg.row.variant)
        if lacks and type(kind) is str and lacks.match(kind):
            leg.losses.add("dropped", "behaviour", kind, path, "not offered on this platform")
            return None
        entry = {name: value for name, value in tool.items() if name != "extra_content" and value is not None}
        if tool.get("extra_content") is not None:
            entry.update(bag.unpack(tool, leg, path))
        if MARK in entry:
            writing.mark(entry, entry[MARK], (*path, MARK))
        return entry
    leg.losses.add("dropped", "behaviour", kind if type(kind) is str and kind else "tools", path, "not a tool of this API")
    return None


def _function(tool: Json, writing: Writing, path: Path) -> Json:
    leg, function, inner = writing.leg, tool.get("function"), (*path, "function")
    if type(function) is not dict:
        leg.invalid(inner if "function" in tool else path, "object", function)
    name = function.get("name")
    if type(name) is not str:
        leg.invalid((*inner, "name") if "name" in function else inner, "string", name)
    entry: Json = {"name": writing.name(name, (*inner, "name"))}
    mark = tool.get(MARK)
    mark_path: Path = (*path, MARK)
    for member, value in function.items():
        if value is None or member == "name":
            continue
        if member == "description":
            if type(value) is not str:
                leg.invalid((*inner, member), "string", value)
            if value:
                entry[member] = value
        elif member == "parameters":
            entry["input_schema"] = schema_to_native(value, leg, (*inner, member))
        elif member == "strict":
            if type(value) is not bool:
                leg.invalid((*inner, member), "boolean", value)
            entry[member] = value
        elif member == MARK:
            if mark is None:
                mark, mark_path = value, (*inner, MARK)
        elif member == "extra_content":
            entry.update(bag.unpack(function, leg, inner))
        elif member in TOOL_EXTRAS:
            entry[member] = value
        else:
            leg.losses.add("dropped", "behaviour", member, (*inner, member), "not a member of a tool here")
    if "input_schema" not in entry:
        entry["input_schema"] = {"type": "object", "properties": {}}
        leg.losses.add("defaulted", "envelope", "parameters", (*inner, "parameters"), "the API demands a schema; one without members")
    if entry.get("strict"):
        report_refused(entry["input_schema"], leg, (*inner, "parameters"))
    if not _PLAIN_TOOL.issuperset(tool):
        _beside(tool, entry, leg, path)
        writing.mark(entry, mark, mark_path)
    elif mark is not None:
        writing.mark(entry, mark, mark_path)
    return entry


def _beside(tool: Json, entry: Json, leg: Leg, path: Path) -> None:
    report_rest(tool, TOOL_MEMBERS, leg, path, "behaviour")
    other = "custom" if tool.get("type") != "custom" else "function"
    if tool.get(other) is not None:
        leg.losses.add("dropped", "behaviour", other, (*path, other), "the tool's type is another")
    for name, value in tool.items():
        if name in TOOL_EXTRAS and value is not None:
            entry[name] = value
    for name, value in bag.unpack(tool, leg, path).items():
        if name not in entry:
            entry[name] = value


def schema_to_native(schema: Any, leg: Leg, path: Path) -> Json:
    """Parameters -> input schema: type object at its root, no union there. Losses: a union approximated by its members."""
    if type(schema) is not dict:
        leg.invalid(path, "object", schema)
    kind = schema.get("type")
    if kind is not None and kind != "object":
        leg.losses.add("approximated", "behaviour", "parameters", (*path, "type"), "an object at the root")
    if _UNIONS.isdisjoint(schema):
        return schema if kind == "object" else {**schema, "type": "object"}
    merged = {name: value for name, value in schema.items() if name not in ROOT_UNIONS}
    properties = dict(merged["properties"]) if type(merged.get("properties")) is dict else {}
    required = list(merged["required"]) if type(merged.get("required")) is list else []
    for word in ROOT_UNIONS:
        branches = schema.get(word)
        if branches is None:
            continue
        leg.losses.add("approximated", "behaviour", "parameters", (*path, word), "no union at the root; its members are merged")
        needed: list[list[Any]] = []
        for branch in branches if type(branches) is list else ():
            if type(branch) is dict:
                held = branch.get("properties")
                for name, value in held.items() if type(held) is dict else ():
                    properties.setdefault(name, value)
                needed.append(branch["required"] if type(branch.get("required")) is list else [])
        if needed:
            every = word == "allOf"
            for name in [name for names in needed for name in names]:
                if name not in required and (every or all(name in names for names in needed)):
                    required.append(name)
    merged["type"], merged["properties"] = "object", properties
    if required:
        merged["required"] = required
    return merged


def _custom(tool: Json, writing: Writing, path: Path) -> Json:
    """A free-text tool -> a function with one text; the memo makes its calls custom again."""
    leg, custom, inner = writing.leg, tool["custom"], (*path, "custom")
    name = custom.get("name")
    if type(name) is not str:
        leg.invalid((*inner, "name") if "name" in custom else inner, "string", name)
    leg.losses.add("approximated", "behaviour", "custom", (*path, "type"), "sent as a function with one text")
    wire = writing.name(name, (*inner, "name"))
    entry: Json = {"name": wire}
    if type(custom.get("description")) is str:
        entry["description"] = custom["description"]
    elif custom.get("description") is not None:
        leg.invalid((*inner, "description"), "string", custom["description"])
    entry["input_schema"] = {
        "type": "object", "properties": {CUSTOM_INPUT: {"type": "string"}}, "required": [CUSTOM_INPUT],
    }  # fmt: skip
    form = custom.get("format")
    if form is not None and form != {"type": "text"}:
        leg.losses.add("dropped", "behaviour", "format", (*inner, "format"), "no grammar in this API")
    report_rest(custom, frozenset(("name", "description", "format")), leg, inner, "behaviour")
    leg.memo.setdefault("custom", []).append(wire)
    _beside(tool, entry, leg, path)
    writing.mark(entry, tool.get(MARK), (*path, MARK))
    return entry


def _web_search(options: Any, listed: list[Json], leg: Leg) -> None:
    path: Path = ("web_search_options",)
    if type(options) is not dict:
        leg.invalid(path, "object", options)
    if leg.row.variant == "bedrock":
        leg.losses.add("dropped", "behaviour", "web_search_options", path, "not offered on this platform")
        return
    tool: Json = {"type": WEB_SEARCH, "name": "web_search"}
    for name, value in options.items():
        if value is None:
            continue
        if name == "user_location":
            place = value.get("approximate") if type(value) is dict else value
            if type(place) is not dict:
                leg.invalid((*path, name), "object with approximate", value)
            report_rest(value, frozenset(("type", "approximate")), leg, (*path, name), "behaviour")
            words = ("city", "region", "country", "timezone")
            report_rest(place, frozenset(words), leg, (*path, name, "approximate"), "behaviour")
            tool[name] = {"type": "approximate", **{word: place[word] for word in words if place.get(word) is not None}}
        elif not (name == "search_context_size" and value == "medium"):
            leg.losses.add("dropped", "behaviour", name, (*path, name), "no such setting")
    if any(other.get("name") == tool["name"] for other in listed):
        leg.losses.add("dropped", "behaviour", "web_search_options", path, "a tool of that name is there")
    else:
        listed.append(tool)


def _choice(request: Json, native: Json, listed: list[Json], writing: Writing) -> None:
    leg, choice = writing.leg, request.get("tool_choice")
    path: Path = ("tool_choice",)
    parallel = request.get("parallel_tool_calls")
    if parallel is not None and type(parallel) is not bool:
        leg.invalid(("parallel_tool_calls",), "boolean", parallel)
    made: Json | None = None
    if type(choice) is str:
        word = CHOICE_TO_NATIVE.get(choice)
        if word is None:
            leg.losses.add("dropped", "behaviour", "tool_choice", path, "choice unknown here")
        else:
            made = {"type": word}
    elif type(choice) is dict:
        made = _object_choice(choice, writing, path)
    elif choice is not None:
        leg.invalid(path, "string or object", choice)
    if not listed:
        if made is not None and made["type"] not in ("none", "auto"):
            leg.losses.add("dropped", "behaviour", "tool_choice", path, "no tools to choose from")
        if parallel is False:
            leg.losses.add("dropped", "behaviour", "parallel_tool_calls", ("parallel_tool_calls",), "no tools are sent")
        return
    if made is not None and made["type"] in ("any", "tool"):
        made = _forced(made, native, listed, writing, path)
    if parallel is False and made is not None and made["type"] == "none":
        leg.losses.add("dropped", "behaviour", "parallel_tool_calls", ("parallel_tool_calls",), "no tool is called")
    elif parallel is False:
        made = {**(made or {"type": "auto"}), "disable_parallel_tool_use": True}
    if made is not None:
        native["tool_choice"] = made


def _object_choice(choice: Json, writing: Writing, path: Path) -> Json | None:
    leg = writing.leg
    kind = choice.get("type")
    held = choice.get("allowed_tools")
    if held is not None:
        report_rest(choice, frozenset(("type", "allowed_tools")), leg, path, "behaviour")
        report_rest(held, frozenset(("mode", "tools")), leg, (*path, "allowed_tools"), "behaviour")
        return {"type": "any" if held.get("mode") == "required" else "auto"}
    for member in ("function", "custom"):
        inner = choice.get(member)
        if type(inner) is dict:
            name = inner.get("name")
            if type(name) is not str:
                leg.invalid((*path, member, "name") if "name" in inner else (*path, member), "string", name)
            if kind is not None and kind != member:
                leg.losses.add("approximated", "behaviour", "tool_choice", (*path, "type"), f"read as {member}")
            if len(choice) != 2 or "type" not in choice or len(inner) != 1:
                report_rest(choice, frozenset(("type", member)), leg, path, "behaviour")
                report_rest(inner, frozenset(("name",)), leg, (*path, member), "behaviour")
            return {"type": "tool", "name": writing.name(name, (*path, member, "name"))}
        if inner is not None:
            leg.invalid((*path, member), "object", inner)
    if kind in ("auto", "any", "none") or (kind == "tool" and type(choice.get("name")) is str):
        return dict(choice)  # the native form, as some clients send it
    leg.losses.add("dropped", "behaviour", "tool_choice", path, "choice unknown here")
    return None


def _forced(made: Json, native: Json, listed: list[Json], writing: Writing, path: Path) -> Json:
    """A forced choice where it is taken, else `auto`. Losses: approximated."""
    leg, facts = writing.leg, writing.facts
    if made["type"] == "tool" and all(tool.get("name") != made["name"] for tool in listed):
        leg.losses.add("approximated", "behaviour", "tool_choice", path, "names no tool that is sent; auto")
        return {"type": "auto"}
    kind = (native.get("thinking") or {}).get("type")
    # Models that think unless told not to take a forced tool (recorded traffic); those told to think do not.
    thinks = kind in ("enabled", "adaptive")
    rule = facts.get("forced_tool", "yes")
    if rule == "no" or (rule != "yes" and thinks) or kind == "enabled":
        why = "this model refuses a forced tool" if rule == "no" else "thinking and a forced tool do not go together"
        leg.losses.add("approximated", "behaviour", "tool_choice", path, f"{why}; auto")
        return {"type": "auto"}
    return made


# --- native -> unified


def to_unified(body: Json, unified: Json, leg: Leg) -> None:
    """`tools` and `tool_choice` -> tools, tool_choice, parallel_tool_calls."""
    tools = body.get("tools")
    if tools is not None and type(tools) is not list:
        leg.invalid(("tools",), "array", tools)
    if tools:
        unified["tools"] = [_tool_to_unified(tool, leg, ("tools", number)) for number, tool in enumerate(tools)]
    choice = body.get("tool_choice")
    if choice is None:
        return
    path: Path = ("tool_choice",)
    if type(choice) is not dict:
        leg.invalid(path, "object", choice)
    kind, name = choice.get("type"), choice.get("name")
    if kind == "tool":
        if type(name) is not str:
            leg.invalid((*path, "name") if "name" in choice else path, "string", name)
        unified["tool_choice"] = {"type": "function", "function": {"name": name}}
    elif type(kind) is str and kind in CHOICE_TO_UNIFIED:
        unified["tool_choice"] = CHOICE_TO_UNIFIED[kind]
    else:
        if type(kind) is not str:
            leg.invalid((*path, "type") if "type" in choice else path, "string", kind)
        leg.losses.add("dropped", "behaviour", "tool_choice", path, "choice unknown")
        return
    for member, value in choice.items():
        if member == "disable_parallel_tool_use":
            if value is not None and type(value) is not bool:
                leg.invalid((*path, member), "boolean", value)
            if value:
                unified["parallel_tool_calls"] = False
        elif member not in ("type", "name") and value is not None:
            leg.losses.add("dropped", "behaviour", "tool_choice", (*path, member), "member unknown")


def _tool_to_unified(tool: Any, leg: Leg, path: Path) -> Json:
    if type(tool) is not dict:
        leg.invalid(path, "object", tool)
    kind = tool.get("type")
    if kind is not None and kind != "custom":
        if type(kind) is not str:
            leg.invalid((*path, "type"), "string", kind)
        return {name: value for name, value in tool.items() if value is not None}
    function: Json = {}
    entry: Json = {"type": "function", "function": function}
    for name, value in tool.items():
        if value is None or name == "type":
            continue
        if name == "name" or name == "description":
            if type(value) is not str:
                leg.invalid((*path, name), "string", value)
            function[name] = value
        elif name == "input_schema":
            if type(value) is not dict:
                leg.invalid((*path, name), "object", value)
            function["parameters"] = value
        elif name == "strict":
            if type(value) is not bool:
                leg.invalid((*path, name), "boolean", value)
            function[name] = value
        elif name == MARK:
            entry[MARK] = mark_of(value, leg, (*path, name))
        else:
            bag.put(entry, leg.row.key, name, value)
    if "name" not in function:
        leg.invalid((*path, "name") if "name" in tool else path, "string" if "name" in tool else "object with name", tool.get("name"))
    return entry
