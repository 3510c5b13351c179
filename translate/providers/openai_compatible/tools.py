"""Tools, the choice among them and response formats, both directions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_compatible.content import renamed
from translate.providers.openai_compatible.dialects import Dialect
from translate.providers.openai_compatible.plain import fits
from translate.providers.openai_compatible.reading import copied_bags
from translate.providers.openai_compatible.tables import (
    CUSTOM_MEMBERS,
    FUNCTION_MEMBERS,
    LONGEST_NAME,
    NAME_REFUSED,
    TOOL_MEMBERS,
)
from translate.providers.openai_compatible.talk import own_members
from translate.shared import bag
from translate.shared.arguments import dumps
from translate.shared.schema_subset import GIVEN, changes, fit, is_given, reporter, unread
from translate.survey import is_plain_format

# --- native -> unified


def tool_to_unified(tool: Json, key: str, dialect: Dialect) -> Json:
    """One tool: functions and custom tools in unified form, any other as it stands."""
    kind = tool.get("type") or next((word for word in ("function", "custom") if word in tool), None)
    if kind not in ("function", "custom") or type(tool.get(kind)) is not dict:
        return dict(tool)
    out: Json = {"type": kind}
    if tool.get("extra_content") is not None:
        out["extra_content"] = copied_bags(tool["extra_content"])
    for name, value in tool.items():
        if value is None or name in ("type", "extra_content"):
            continue
        if name == kind:
            out[name] = _definition_to_unified(value, FUNCTION_MEMBERS if kind == "function" else CUSTOM_MEMBERS, key)
        elif name == "cache_control":
            out[name] = value
        else:
            bag.put(out, key, name, value)
    definition = out.get("function")
    if type(definition) is dict:
        if dialect.strict_default:
            definition.setdefault("strict", True)
        if dialect.schemas and changes(definition.get("parameters") or {}, dialect.schemas):
            bag.put(definition, key, *GIVEN)
    return out


def _definition_to_unified(definition: Json, known: frozenset[str], key: str) -> Json:
    out: Json = {}
    if definition.get("extra_content") is not None:
        out["extra_content"] = copied_bags(definition["extra_content"])
    for name, value in definition.items():
        if value is None or name == "extra_content":
            continue
        if name in known:
            out[name] = value
        else:
            bag.put(out, key, name, value)
    return out


def format_to_unified(value: Json, dialect: Dialect) -> Json:
    """A response format; a schema has a name in any case."""
    schema = value.get("json_schema")
    if dialect.object_schemas and value.get("type") == "json_object" and type(value.get("schema")) is dict:
        return {"type": "json_schema", "json_schema": {"name": "response", "schema": value["schema"]}}
    if type(schema) is dict and not schema.get("name"):
        return {**value, "json_schema": {"name": "response", **{name: inner for name, inner in schema.items() if name != "name"}}}
    return value


# --- unified -> native


def wire_names(request: Json, dialect: Dialect) -> dict[str, str]:
    """Tool names the wire refuses -> their spelling there; empty for almost every request."""
    names: dict[str, None] = {}
    tools = request.get("tools")
    for tool in tools if type(tools) is list else ():
        if type(tool) is dict:
            for kind in ("function", "custom"):
                if type(tool.get(kind)) is dict and type(tool[kind].get("name")) is str:
                    names[tool[kind]["name"]] = None
    messages = request.get("messages")
    for message in messages if type(messages) is list else ():
        calls = message.get("tool_calls") if type(message) is dict else None
        for call in calls if type(calls) is list else ():
            if type(call) is dict:
                for kind in ("function", "custom"):
                    if type(call.get(kind)) is dict and type(call[kind].get("name")) is str:
                        names[call[kind]["name"]] = None
    refused = dialect.tool_names
    if all(name and dialect.shortest_name <= len(name) <= LONGEST_NAME and not refused.search(name) for name in names):
        return {}
    from translate.shared.identifiers import fit as fit_names

    renamed = fit_names(names, refused, LONGEST_NAME, lead=dialect.tool_name_lead)
    taken = {renamed.get(name, name) for name in names}
    for name in names:
        wire = renamed.get(name, name)
        if len(wire) < dialect.shortest_name:
            wire = wire.ljust(dialect.shortest_name, "_")
            while wire in taken:
                wire += "_"
            taken.add(wire)
            renamed[name] = wire
    return renamed


def to_native(
    request: Json, native: Json, leg: Leg, dialect: Dialect, names: dict[str, str], facts: Mapping[str, Any]
) -> None:
    """
    Writes tools, tool_choice and parallel_tool_calls.

    Losses: tools of other providers, custom tools where there are none, forms of choice the dialect does not take, steering
    without tools.
    """
    tools = request.get("tools")
    if tools is not None and type(tools) is not list:
        leg.invalid(("tools",), "array", tools)
    written: list[Json] = []
    if tools and "tools" in dialect.drop:
        leg.losses.dropped("behaviour", "tools", ("tools",), dialect.drop["tools"])
    else:
        for number, tool in enumerate(tools or ()):
            made = None if names else _plain_tool(tool, dialect)
            if made is None:
                made = _tool(tool, leg, dialect, names, ("tools", number))
            if made is not None:
                written.append(made)
    if dialect.most_tools and len(written) > dialect.most_tools:
        leg.losses.dropped("behaviour", "tools", ("tools", dialect.most_tools), f"at most {dialect.most_tools} here")
        written = written[: dialect.most_tools]
    if written:
        native["tools"] = written
    _choice(request.get("tool_choice"), native, leg, dialect, names, bool(tools), facts)
    parallel = request.get("parallel_tool_calls")
    if parallel is None:
        if written and not dialect.parallel_default:
            native["parallel_tool_calls"] = True
    else:
        if not written or "parallel_tool_calls" in dialect.drop:
            if parallel is not True:
                leg.losses.dropped("behaviour", "parallel_tool_calls", ("parallel_tool_calls",), "not taken here")
        else:
            native["parallel_tool_calls"] = parallel


_COMMON = frozenset(("name", "description", "parameters", "strict"))


def _plain_tool(tool: Any, dialect: Dialect) -> Json | None:
    """A function with members that all have, none of them null, that the dialect takes as it stands; None for every other tool."""
    if type(tool) is not dict or len(tool) != 2 or tool.get("type") != "function" or dialect.schemas:
        return None
    definition = tool.get("function")
    if type(definition) is not dict or not _COMMON.issuperset(definition) or type(definition.get("name")) is not str:
        return None
    if None in definition.values():
        return None
    written = definition.copy()
    if not dialect.strict and written.pop("strict", False) is not False:
        return None
    if dialect.strict_default:
        written.setdefault("strict", False)
    return {"type": "function", "function": written}


def _tool(tool: Any, leg: Leg, dialect: Dialect, names: dict[str, str], path: Path) -> Json | None:
    if type(tool) is not dict:
        leg.invalid(path, "object", tool)
    kind = tool.get("type") or next((word for word in ("function", "custom") if word in tool), None)
    if kind not in ("function", "custom"):
        if type(kind) is str and kind.startswith(dialect.tools) and dialect.tools:
            return {name: value for name, value in tool.items() if value is not None}
        leg.losses.dropped("behaviour", str(kind or next(iter(tool), "tools")), path, "a tool of another provider")
        return None
    if kind == "custom" and not dialect.custom:
        leg.losses.dropped("behaviour", "custom", path, "no custom tools here")
        return None
    definition = tool.get(kind)
    if type(definition) is not dict:
        leg.invalid((*path, kind), "object", definition)
    name = definition.get("name")
    if type(name) is not str:
        leg.invalid((*path, kind, "name"), "string", name)
    known = FUNCTION_MEMBERS if kind == "function" else CUSTOM_MEMBERS
    written: Json = {}
    native: Json = {"type": kind, kind: written}
    for member, value in definition.items():
        if value is None or member == "extra_content":
            continue
        here = (*path, kind, member)
        if member == "name":
            written[member] = renamed(name, names, leg, here)
        elif member == "cache_control":
            _mark(value, native, leg, dialect, here)
        elif member == "strict" and not dialect.strict:
            if value is not False:
                leg.losses.dropped("behaviour", member, here, "strict schemas are not taken here")
        elif member == "parameters" and kind == "function" and dialect.schemas and type(value) is dict:
            given = is_given(bag.own(definition, leg))
            written[member] = value if given else fit(value, dialect.schemas, reporter(leg), here)[0]
        elif member in known:
            written[member] = value
        else:
            leg.losses.dropped("behaviour", member, here, "not a member of a tool")
    if dialect.strict_default and kind == "function":
        written.setdefault("strict", False)
    own_members(definition, written, leg, (*path, kind), "tool", "behaviour")
    for member, value in tool.items():
        if value is None or member in ("type", kind, "extra_content"):
            continue
        if member == "cache_control":
            _mark(value, native, leg, dialect, (*path, member))
        elif member not in TOOL_MEMBERS or member in ("function", "custom"):
            leg.losses.dropped("behaviour", member, (*path, member), "not a member of a tool")
    own_members(tool, native, leg, path, "tool", "behaviour")
    return native


def _mark(value: Any, native: Json, leg: Leg, dialect: Dialect, path: Path) -> None:
    if dialect.cache == "stay":
        native["cache_control"] = value
    else:
        leg.losses.dropped("behaviour", "cache_control", path, "no cache mark on tools here")


def _choice(
    choice: Any, native: Json, leg: Leg, dialect: Dialect, names: dict[str, str], tools_given: bool, facts: Mapping[str, Any]
) -> None:
    if choice is None:
        return
    path: Path = ("tool_choice",)
    losses = leg.losses
    if not native.get("tools"):
        if choice != ("auto" if tools_given else "none"):
            scope: Any = "envelope" if choice in ("none", "auto") else "behaviour"
            losses.dropped(scope, "tool_choice", path, "no tools to choose from")
        return
    if type(choice) is str:
        if dialect.choices == "none":
            if choice != "auto":
                losses.dropped("behaviour", "tool_choice", path, "the model chooses")
            return
        word = {"any": "required"}.get(choice, choice)
        if word not in ("none", "auto", "required"):
            losses.add("dropped", "behaviour", "tool_choice", path, "a choice unknown here")
            return
        if word == "required" and dialect.required_since and (leg.options.api_version or "9") < dialect.required_since:
            losses.add("approximated", "behaviour", "tool_choice", path, "this api version does not know required; sent as auto")
            word = "auto"
        if word == "required" and not facts.get("required", True):
            losses.add("approximated", "behaviour", "tool_choice", path, f"{leg.model} does not know required; sent as auto")
            word = "auto"
        native["tool_choice"] = word
        return
    if type(choice) is not dict:
        leg.invalid(path, "string or object", choice)
    kind = choice.get("type") or next((word for word in ("function", "custom", "allowed_tools") if word in choice), None)
    if kind == "allowed_tools":
        _allowed(choice, native, leg, dialect, names)
        return
    inner = choice.get(kind) if type(kind) is str else None
    if kind not in ("function", "custom") or (kind == "custom" and not dialect.custom):
        losses.dropped("behaviour", "tool_choice", path, "a choice unknown here")
        return
    if type(inner) is not dict:
        leg.invalid((*path, str(kind)), "object", inner)
    name = inner.get("name")
    if type(name) is not str:
        leg.invalid((*path, str(kind), "name"), "string", name)
    if "type" not in choice or len(choice) != 2 or len(inner) != 1:
        for member in [*choice, *(member for member in inner if member != "name")]:
            if member not in ("type", kind) and (choice.get(member) is not None or inner.get(member) is not None):
                losses.dropped("behaviour", member, path, "not a member of a choice")
    if dialect.choices == "none":
        losses.dropped("behaviour", "tool_choice", path, "the model chooses")
    elif dialect.choices == "string":
        losses.add("approximated", "behaviour", "tool_choice", path, "only words are taken here; sent as required")
        native["tool_choice"] = "required"
    elif not _is_declared(native["tools"], kind, names.get(name, name)):
        losses.dropped("behaviour", "tool_choice", path, "names a tool that is not declared")
    else:
        native["tool_choice"] = {"type": kind, kind: {"name": renamed(name, names, leg, (*path, str(kind), "name"))}}


def _is_declared(tools: list[Json], kind: str, name: str) -> bool:
    for tool in tools:  # noqa: SIM110  (a generator costs more than the look)
        if kind in tool and tool[kind].get("name") == name:
            return True
    return False


def _allowed(choice: Json, native: Json, leg: Leg, dialect: Dialect, names: dict[str, str]) -> None:
    """The form with a list of allowed tools; elsewhere the list is cut to them and the mode is the choice."""
    path: Path = ("tool_choice", "allowed_tools")
    allowed = choice.get("allowed_tools")
    if type(allowed) is not dict:
        leg.invalid(path, "object", allowed)
    references = allowed.get("tools")
    if type(references) is not list:
        leg.invalid((*path, "tools"), "array", references)
    wanted: list[tuple[str, str]] = []
    for number, reference in enumerate(references):
        kind = next((word for word in ("function", "custom") if type(reference) is dict and type(reference.get(word)) is dict), None)
        if kind is None or type(reference[kind].get("name")) is not str:
            leg.losses.dropped("behaviour", "tool_choice", (*path, "tools", number), "a tool of another provider")
        else:
            wanted.append((kind, names.get(reference[kind]["name"], reference[kind]["name"])))
    mode = allowed.get("mode") or "auto"
    if dialect.custom:
        native["tool_choice"] = {
            "type": "allowed_tools",
            "allowed_tools": {"mode": mode, "tools": [{"type": kind, kind: {"name": name}} for kind, name in wanted]},
        }
        return
    leg.losses.add("approximated", "behaviour", "tool_choice", ("tool_choice",), "only the allowed tools are declared")
    kept = [tool for tool in native["tools"] if any(tool.get(kind, {}).get("name") == name for kind, name in wanted)]
    if kept:
        native["tools"] = kept
        if mode == "required" and dialect.choices != "none":
            native["tool_choice"] = mode


def format_to_native(request: Json, native: Json, leg: Leg, dialect: Dialect, facts: Mapping[str, Any]) -> None:
    """
    Writes response_format.

    Losses: where the dialect takes no schema, JSON mode with the schema in the prompt, approximated; where it takes none, dropped.
    """
    value = request.get("response_format")
    if value is None:
        return
    path: Path = ("response_format",)
    is_plain = is_plain_format(value)
    kind: str = value["type"] if is_plain else _kind_of(value, leg, dialect)
    structured, own = facts.get("structured", dialect.structured), dialect.formats.get(kind)
    if kind == "text":
        native["response_format"] = {"type": "text"}
    elif own is not None:
        native["response_format"] = {name: member for name, member in value.items() if member is not None and (name == "type" or name in own)}
    elif facts.get("format_alone") and native.get("tools"):
        leg.losses.dropped("behaviour", "response_format", path, "not together with tools here")
    elif structured == "none" or kind not in ("json_object", "json_schema"):
        leg.losses.dropped("behaviour", "response_format", path, "no such format here")
    elif kind == "json_schema":
        wrapped = value["json_schema"] if is_plain else _checked(value.get("json_schema"), leg)
        _schema_to_native(wrapped, request, native, leg, dialect, structured)
    elif structured == "schema-only":
        leg.losses.add("approximated", "behaviour", "response_format", path, "any JSON object, as a schema")
        native["response_format"] = {"type": "json_schema", "json_schema": {"name": "response", "schema": {"type": "object"}}}
    else:
        native["response_format"] = {"type": "json_object"}


def _kind_of(value: Any, leg: Leg, dialect: Dialect) -> str:
    """The word of a format. Losses: members that such a format does not have here."""
    path: Path = ("response_format",)
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    kind = value.get("type")
    if type(kind) is not str:
        leg.invalid((*path, "type"), "string", kind)
    own = dialect.formats.get(kind)
    known = own | {"type"} if own is not None else {"type", "json_schema"} if kind == "json_schema" else {"type"}
    for name, member in value.items():
        if name not in known and member is not None:
            leg.losses.dropped("behaviour", name, (*path, name), f"not a member of a {kind} format")
    return kind


_SCHEMA: Path = ("response_format", "json_schema")


def _checked(wrapped: Any, leg: Leg) -> Json:
    """What stands around a schema, right in type. Losses: members it does not have."""
    if type(wrapped) is not dict:
        leg.invalid(_SCHEMA, "object", wrapped)
    name = wrapped.get("name")
    if name is not None and type(name) is not str:
        leg.invalid((*_SCHEMA, "name"), "string", name)
    for member, value in wrapped.items():
        if member not in _MEMBERS and value is not None:
            leg.losses.dropped("behaviour", member, (*_SCHEMA, member), "not a member of a schema format")
    return wrapped


_MEMBERS = ("name", "description", "schema", "strict")  # in the order in which they are written


def _schema_to_native(wrapped: Json, request: Json, native: Json, leg: Leg, dialect: Dialect, structured: str) -> None:
    """Writes a schema for the answer. Losses: as `format_to_native`; names and keywords the server does not take."""
    if structured == "object":
        leg.losses.add("approximated", "behaviour", "response_format", _SCHEMA[:1], "JSON mode; the schema goes into the prompt")
        native["response_format"] = {"type": "json_object"}
        schema = wrapped.get("schema")
        if schema:
            leg.losses.add("approximated", "behaviour", "messages", ("messages",), "a system message with the schema comes first")
            text = f"Answer with JSON that fits this JSON Schema:\n{dumps(schema)}"
            native["messages"] = [{"role": "system", "content": text}, *native["messages"]]
        return
    name = wrapped.get("name") or "response"
    if not fits(name):
        name = NAME_REFUSED.sub("_", name)[:LONGEST_NAME]
        leg.losses.add("approximated", "envelope", "name", (*_SCHEMA, "name"), "characters the name of a schema can not have")
    schema_format: Json = {"name": name}
    for member in _MEMBERS[1:]:
        if wrapped.get(member) is not None:
            schema_format[member] = wrapped[member]
    schema = schema_format.get("schema")
    if type(schema) is dict and dialect.schemas and not is_given(bag.own(request, leg)):
        schema_format["schema"] = fit(schema, dialect.schemas, reporter(leg), (*_SCHEMA, "schema"))[0]
    if type(schema) is dict and dialect.grammar:
        unread(schema, dialect.grammar, reporter(leg), (*_SCHEMA, "schema"))
    if not dialect.strict_schemas and schema_format.get("strict") is True:
        schema_format["strict"] = False
        leg.losses.add("approximated", "behaviour", "strict", (*_SCHEMA, "strict"), "schemas are not strict here")
    native["response_format"] = {"type": "json_schema", "json_schema": schema_format}
