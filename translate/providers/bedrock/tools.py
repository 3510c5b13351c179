"""
Tools and the choice among them, both directions.

Source: Amazon Bedrock API reference, "ToolConfiguration", "ToolSpecification", "SystemTool", "ToolChoice".
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock.content import point_to_mark, string
from translate.providers.bedrock.tables import CLAUDE_TOOL, CLAUDE_TOOL_BETAS, LONGEST_NAME
from translate.providers.bedrock.writing import MARK, Writing, is_bare
from translate.shared import bag
from translate.shared.fields import report_rest
from translate.shared.object_calls import CUSTOM_INPUT
from translate.shared.schema_limits import no_tool_refused, report_refused
from translate.shared.tool_names import allowed

TOOL_MEMBERS = frozenset(("type", "function", "custom", MARK, "extra_content"))
NO_ARGUMENTS: Json = {"type": "object", "properties": {}}
_PLAIN_TOOL = frozenset(("type", "function"))
CHOICE_TO_NATIVE = {"auto": "auto", "required": "any", "any": "any", "none": "none"}
NATIVE_TOOLS = ("toolSpec", "systemTool", "cachePoint")


# --- unified -> native


def to_native(request: Json, native: Json, writing: Writing) -> None:
    """
    tools, tool_choice, parallel_tool_calls -> `toolConfig` and Claude's own fields; before the messages are written.

    Losses: grammars, other providers' tools, a choice without tools, parallel_tool_calls where the model has no such switch
    dropped; allowed_tools, custom tools, the choice none and one the model refuses approximated.
    """
    leg = writing.leg
    tools, choice = request.get("tools"), request.get("tool_choice")
    if tools is None and choice is None and request.get("parallel_tool_calls") is None:
        return
    if tools is not None and type(tools) is not list:
        leg.invalid(("tools",), "array", tools)
    left = allowed(choice, _name_of, leg)
    listed: list[Json] = []
    seen: set[str] = set()
    for number, tool in enumerate(tools or ()):
        entry = _common_function(tool, leg, number)
        if entry is not None:
            name = entry["toolSpec"]["name"]
        else:
            entry = _tool(tool, writing, ("tools", number))
            name = None if entry is None else _wire_name(entry)
        if entry is None or (left is not None and _name_of(tool) not in left):
            continue
        if name is not None and name in seen:
            leg.losses.add("dropped", "behaviour", "tools", ("tools", number), "a tool of that name is there")
            continue
        if name is not None:
            seen.add(name)
        if "cachePoint" in entry:
            listed.append(entry)
            writing.points.append((listed, entry, ("tools", number)))
            continue
        listed.append(entry)
        if type(tool) is dict:
            inner = tool.get("function")
            if tool.get(MARK) is not None:
                writing.mark(listed, tool[MARK], ("tools", number, MARK))
            elif type(inner) is dict and inner.get(MARK) is not None:
                writing.mark(listed, inner[MARK], ("tools", number, "function", MARK))
    if listed:
        native["toolConfig"] = {"tools": listed}
    _choice(request, native, seen, writing)


def _common_function(tool: Any, leg: Leg, number: int) -> Json | None:
    """
    A function of which nothing changes, as nearly all are; None for any other. Its mark is left.

    Losses: what its schema has that is not taken.
    """
    if type(tool) is not dict or tool.get("type") != "function" or type(tool.get("function")) is not dict:
        return None
    if len(tool) != 2 and (len(tool) != 3 or MARK not in tool):
        return None
    function: Json = tool["function"]
    name, schema = function.get("name"), function.get("parameters")
    if type(name) is not str or len(name) > LONGEST_NAME or not is_bare(name):
        return None
    if type(schema) is not dict or schema.get("type") != "object":
        return None
    spec: Json = {"name": name}
    for member, value in function.items():
        if member == "description" and type(value) is str:
            if value:
                spec[member] = value
        elif member == "strict" and type(value) is bool:
            spec[member] = value
        elif member != "name" and member != "parameters":
            return None
    spec["inputSchema"] = {"json": schema}
    if "strict" in spec and spec["strict"] and not no_tool_refused(leg):
        report_refused(schema, leg, ("tools", number, "function", "parameters"))
    return {"toolSpec": spec}


def _wire_name(entry: Json) -> str | None:
    for kind in ("toolSpec", "systemTool"):
        inner = entry.get(kind)
        name = inner.get("name") if type(inner) is dict else None
        if type(name) is str:
            return name
    return None


def _name_of(tool: Json) -> Any:
    inner = tool.get("function") or tool.get("custom") or tool.get("toolSpec") or tool.get("systemTool") or tool
    return inner.get("name") if type(inner) is dict else None


def _tool(tool: Any, writing: Writing, path: Path) -> Json | None:
    """One tool, None when it has no place in `toolConfig`."""
    leg = writing.leg
    if type(tool) is not dict:
        leg.invalid(path, "object", tool)
    kind = tool.get("type")
    if kind == "function" or (kind is None and "function" in tool):
        return _function(tool, writing, path)
    if kind == "custom" and type(tool.get("custom")) is dict:
        return _custom(tool, writing, path)
    for name in NATIVE_TOOLS:
        if type(tool.get(name)) is dict and kind in (None, name):
            report_rest(tool, frozenset(("type", name, MARK, "extra_content")), leg, path, "behaviour")
            entry: Json = {name: tool[name]}
            entry.update((member, value) for member, value in bag.unpack(tool, leg, path).items() if member not in entry)
            return entry
    if type(kind) is str and CLAUDE_TOOL.fullmatch(kind) and writing.facts.get("family") == "claude":
        entry = {name: value for name, value in tool.items() if name not in ("extra_content", MARK) and value is not None}
        entry.update(bag.unpack(tool, leg, path))
        writing.additional.setdefault("tools", []).append(entry)
        beta = CLAUDE_TOOL_BETAS.get(kind)
        betas = writing.additional.setdefault("anthropic_beta", []) if beta else []
        if beta and beta not in betas:
            betas.append(beta)
        if tool.get(MARK) is not None:
            leg.losses.add("dropped", "behaviour", MARK, (*path, MARK), "no cache point behind such a tool")
        return None
    leg.losses.add("dropped", "behaviour", kind if type(kind) is str and kind else "tools", path, "not a tool of this API")
    return None


def _function(tool: Json, writing: Writing, path: Path) -> Json:
    leg, function, inner = writing.leg, tool.get("function"), (*path, "function")
    if function is None:
        leg.missing(path, "function")
    if type(function) is not dict:
        leg.invalid(inner, "object", function)
    if function.get("name") is None:
        leg.missing(inner, "name")
    name = string(function["name"], leg, (*inner, "name"))
    spec: Json = {"name": writing.name(name, (*inner, "name"))}
    schema: Json = NO_ARGUMENTS
    more: Json = bag.EMPTY
    for member, value in function.items():
        if value is None or member in ("name", MARK):
            continue
        if member == "description":
            if string(value, leg, (*inner, member)):
                spec[member] = value
        elif member == "parameters":
            if type(value) is not dict:
                leg.invalid((*inner, member), "object", value)
            schema = value if value.get("type") == "object" else {**value, "type": "object"}
            if value.get("type") not in (None, "object"):
                leg.losses.add("approximated", "behaviour", "parameters", (*inner, member, "type"), "an object at the root")
        elif member == "strict":
            if type(value) is not bool:
                leg.invalid((*inner, member), "boolean", value)
            spec[member] = value
        elif member == "extra_content":
            more = bag.unpack(function, leg, inner)
        else:
            leg.losses.add("dropped", "behaviour", member, (*inner, member), "not a member of a tool here")
    spec["inputSchema"] = {"json": schema}
    if spec.get("strict"):
        report_refused(schema, leg, (*inner, "parameters"))
    entry: Json = {"toolSpec": spec}
    if not _PLAIN_TOOL.issuperset(tool):
        _beside(tool, entry, spec, leg, path)
    spec.update((member, value) for member, value in more.items() if member not in spec)
    return entry


def _beside(tool: Json, entry: Json, spec: Json, leg: Leg, path: Path) -> None:
    report_rest(tool, TOOL_MEMBERS, leg, path, "behaviour")
    other = "custom" if tool.get("type") != "custom" else "function"
    if tool.get(other) is not None:
        leg.losses.add("dropped", "behaviour", other, (*path, other), "the tool's type is another")
    for name, value in bag.unpack(tool, leg, path).items():
        if name == "toolSpec" and type(value) is dict:
            spec.update((member, one) for member, one in value.items() if member not in spec)
        elif name not in entry:
            entry[name] = value


def _custom(tool: Json, writing: Writing, path: Path) -> Json:
    """A free-text tool -> a function with one text; the memo makes its calls custom again."""
    leg, custom, inner = writing.leg, tool["custom"], (*path, "custom")
    if custom.get("name") is None:
        leg.missing(inner, "name")
    wire = writing.name(string(custom["name"], leg, (*inner, "name")), (*inner, "name"))
    leg.losses.add("approximated", "behaviour", "custom", (*path, "type"), "sent as a function with one text")
    spec: Json = {"name": wire}
    if custom.get("description") is not None and string(custom["description"], leg, (*inner, "description")):
        spec["description"] = custom["description"]
    spec["inputSchema"] = {
        "json": {"type": "object", "properties": {CUSTOM_INPUT: {"type": "string"}}, "required": [CUSTOM_INPUT]}
    }
    if custom.get("format") not in (None, {"type": "text"}):
        leg.losses.add("dropped", "behaviour", "format", (*inner, "format"), "no grammar in this API")
    report_rest(custom, frozenset(("name", "description", "format")), leg, inner, "behaviour")
    leg.memo.setdefault("custom", []).append(wire)
    entry: Json = {"toolSpec": spec}
    _beside(tool, entry, spec, leg, path)
    return entry


def _choice(request: Json, native: Json, names: set[str], writing: Writing) -> None:
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
            made = {word: {}}
    elif type(choice) is dict:
        made = _object_choice(choice, writing, path)
    elif choice is not None:
        leg.invalid(path, "string or object", choice)
    config = native.get("toolConfig")
    own = writing.additional.get("tools")
    if config is None and not own:
        if made is not None and "none" not in made and "auto" not in made:
            leg.losses.add("dropped", "behaviour", "tool_choice", path, "no tools to choose from")
        if parallel is False:
            leg.losses.add("dropped", "behaviour", "parallel_tool_calls", ("parallel_tool_calls",), "no tools are sent")
        return
    if made is not None and "none" in made:
        if config is not None:
            config["none"] = True  # settled when it is known whether the history has calls
        if own:
            leg.losses.add("dropped", "behaviour", "tool_choice", path, "the choice none has no word")
        if parallel is False:
            leg.losses.add("dropped", "behaviour", "parallel_tool_calls", ("parallel_tool_calls",), "beside the choice none")
        return
    if made is not None and ("any" in made or "tool" in made):
        made = _forced(made, names, writing, path)
    if parallel is False:
        if writing.facts.get("family") == "claude":
            made = made or {"auto": {}}
            kind, inner = next(iter(made.items()))
            writing.additional["tool_choice"] = {"type": kind, **inner, "disable_parallel_tool_use": True}
            return
        leg.losses.add("dropped", "behaviour", "parallel_tool_calls", ("parallel_tool_calls",), "no such switch at this model")
    if made is not None and config is not None:
        config["toolChoice"] = made


def _object_choice(choice: Json, writing: Writing, path: Path) -> Json | None:
    leg = writing.leg
    held = choice.get("allowed_tools")
    if held is not None:
        report_rest(choice, frozenset(("type", "allowed_tools")), leg, path, "behaviour")
        return {"any" if held.get("mode") == "required" else "auto": {}}
    for member in ("function", "custom"):
        inner = choice.get(member)
        if inner is None:
            continue
        if type(inner) is not dict:
            leg.invalid((*path, member), "object", inner)
        if inner.get("name") is None:
            leg.missing((*path, member), "name")
        name = string(inner["name"], leg, (*path, member, "name"))
        if choice.get("type") not in (None, member):
            leg.losses.add("approximated", "behaviour", "tool_choice", (*path, "type"), f"read as {member}")
        if len(choice) != 2 or "type" not in choice or len(inner) != 1:
            report_rest(choice, frozenset(("type", member)), leg, path, "behaviour")
            report_rest(inner, frozenset(("name",)), leg, (*path, member), "behaviour")
        return {"tool": {"name": writing.name(name, (*path, member, "name"))}}
    leg.losses.add("dropped", "behaviour", "tool_choice", path, "choice unknown here")
    return None


def _forced(made: Json, names: set[str], writing: Writing, path: Path) -> Json:
    """A forced choice where it is taken, else `auto`. Losses: approximated."""
    leg, facts = writing.leg, writing.facts
    if "tool" in made and made["tool"]["name"] not in names:
        leg.losses.add("approximated", "behaviour", "tool_choice", path, "names no tool that is sent; auto")
        return {"auto": {}}
    kind = (writing.additional.get("thinking") or {}).get("type")
    rule = facts.get("forced_tool", "yes")
    if rule == "no" or (rule != "yes" and kind in ("enabled", "adaptive")) or kind == "enabled":
        why = "this model refuses a forced tool" if rule == "no" else "thinking and a forced tool do not go together"
        leg.losses.add("approximated", "behaviour", "tool_choice", path, f"{why}; auto")
        return {"auto": {}}
    return made


def settle(request: Json, native: Json, writing: Writing) -> None:
    """
    What depends on the history, after the messages are written: calls in it demand a `toolConfig`.

    Losses: the choice none approximated; a `toolConfig` made up from the names of the history defaulted.
    """
    leg = writing.leg
    config = native.get("toolConfig")
    if config is not None and config.pop("none", False):
        if writing.used:
            leg.losses.add("approximated", "behaviour", "tool_choice", ("tool_choice",), "the history demands tools; the choice is auto")
        else:
            for name in ("tool_choice", "tools"):
                leg.losses.add("approximated", "behaviour", name, (name,), "the choice none has no word; no tools are sent")
            writing.points = [point for point in writing.points if point[0] is not config["tools"]]
            del native["toolConfig"]
    elif config is None and writing.used:
        names = [name for name in writing.used if name] or ["tool"]
        specs = [{"toolSpec": {"name": name, "inputSchema": {"json": NO_ARGUMENTS}}} for name in names]
        native["toolConfig"] = {"tools": specs}
        leg.losses.add("defaulted", "behaviour", "tools", (), "calls in the history demand tools; made up from their names")


# --- native -> unified


def to_unified(config: Any, unified: Json, leg: Leg) -> None:
    """`toolConfig` -> tools, tool_choice."""
    path: Path = ("toolConfig",)
    if type(config) is not dict:
        leg.invalid(path, "object", config)
    listed = config.get("tools")
    if listed is not None and type(listed) is not list:
        leg.invalid((*path, "tools"), "array", listed)
    tools: list[Json] = []
    for number, tool in enumerate(listed or ()):
        here: Path = (*path, "tools", number)
        if type(tool) is not dict:
            leg.invalid(here, "object", tool)
        if tool.get("cachePoint") is not None and len(tool) == 1:
            point_to_mark(tool, tools[-1] if tools else None, leg, here)
        else:
            tools.append(_tool_to_unified(tool, leg, here))
    if tools:
        unified["tools"] = tools
    choice = config.get("toolChoice")
    if choice is not None:
        _choice_to_unified(choice, unified, leg, (*path, "toolChoice"))
    rest = {name: value for name, value in config.items() if name not in ("tools", "toolChoice") and value is not None}
    if rest:
        bag.put(unified, leg.row.key, "toolConfig", rest)


def _choice_to_unified(choice: Any, unified: Json, leg: Leg, path: Path) -> None:
    if type(choice) is not dict:
        leg.invalid(path, "object", choice)
    kind = next((name for name in ("tool", "any", "auto") if choice.get(name) is not None), None)
    inner = choice.get(kind) if kind else None
    if kind is not None and type(inner) is not dict:
        leg.invalid((*path, kind), "object", inner)
    if kind == "tool" and type(inner) is dict:
        if inner.get("name") is None:
            leg.missing((*path, kind), "name")
        name = string(inner["name"], leg, (*path, kind, "name"))
        unified["tool_choice"] = {"type": "function", "function": {"name": name}}
    elif kind is not None:
        unified["tool_choice"] = "required" if kind == "any" else "auto"
    else:
        leg.losses.add("dropped", "behaviour", "tool_choice", path, "choice unknown")
        return
    known = {kind: frozenset(("name",)) if kind == "tool" else frozenset[str]()}
    for name, value in choice.items():
        if name not in known and value is not None:
            leg.losses.add("dropped", "behaviour", "tool_choice", (*path, name), "one choice a request")
    for name, value in (inner or {}).items():
        if name not in known[kind] and value is not None:
            leg.losses.add("dropped", "behaviour", "tool_choice", (*path, kind, name), "member unknown")


def _tool_to_unified(tool: Json, leg: Leg, path: Path) -> Json:
    spec = tool.get("toolSpec")
    if spec is None:
        kind = next((name for name, value in tool.items() if value is not None), None)
        if kind is None:
            leg.invalid(path, "object with toolSpec", tool)
        entry: Json = {"type": kind, kind: tool[kind]}
        for name, value in tool.items():
            if name != kind and value is not None:
                bag.put(entry, leg.row.key, name, value)
        return entry
    where: Path = (*path, "toolSpec")
    if type(spec) is not dict:
        leg.invalid(where, "object", spec)
    if spec.get("name") is None:
        leg.missing(where, "name")
    function: Json = {"name": string(spec["name"], leg, (*where, "name"))}
    entry = {"type": "function", "function": function}
    for name, value in spec.items():
        if value is None or name == "name":
            continue
        if name == "description":
            function[name] = string(value, leg, (*where, name))
        elif name == "inputSchema":
            _schema_to_unified(value, function, leg, (*where, name))
        elif name == "strict":
            if type(value) is not bool:
                leg.invalid((*where, name), "boolean", value)
            function[name] = value
        else:
            bag.put(function, leg.row.key, name, value)
    if len(tool) > 1:
        for name, value in tool.items():
            if name != "toolSpec" and value is not None:
                bag.put(entry, leg.row.key, name, value)
    return entry


def _schema_to_unified(value: Any, function: Json, leg: Leg, path: Path) -> None:
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    schema = value.get("json")
    if schema is not None:
        if type(schema) is not dict:
            leg.invalid((*path, "json"), "object", schema)
        function["parameters"] = schema
    for name in value:
        if name != "json" and value[name] is not None:
            leg.losses.add("dropped", "behaviour", name, (*path, name), "a schema is its json alone")
