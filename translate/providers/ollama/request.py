"""Ollama chat requests, both directions. Source: Ollama API documentation, "Generate a chat completion"."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.ollama.content import messages_to_native, messages_to_unified
from translate.providers.ollama.tables import (
    BAG_FIELDS,
    NATIVE_REQUEST_FIELDS,
    OPTIONS,
    OPTIONS_TO_UNIFIED,
    REQUEST_FIELDS,
    SCHEMA_PROPERTY,
    SCHEMA_ROOT,
    THINK,
    THINK_TO_UNIFIED,
)
from translate.shared import bag
from translate.shared.fields import collect_fields, copy_fields, report_rest
from translate.shared.repair import prepare

PATH = "/api/chat"


def to_native(request: Json, leg: Leg) -> Json:
    """
    Unified chat request -> `/api/chat` body. `stream` is always written: the native default is true.

    Losses: tool_choice other than auto and none, schema keywords the server drops, n > 1, links to media, names and part
    order; effort minimal and xhigh approximated. Raises: InvalidDocument for a wrong type.
    """
    request = prepare(request, leg, pairing=False)
    model = request.get("model") or leg.route.get("model") or leg.options.model or ""
    if not model:
        leg.losses.add("defaulted", "envelope", "model", (), "no model named")
    native: Json = {"model": model, "stream": request.get("stream") is True}
    native["messages"] = messages_to_native(request["messages"], leg)
    _tools(request, native, leg)
    _think(request, native, leg)
    _format(request.get("response_format"), native, leg)
    _options(request, native)
    copy_fields(REQUEST_FIELDS, request, native, leg)
    _stream_options(request.get("stream_options"), leg)
    _own_bag(request, native, leg)
    leg.route.update(model=model, stream=native["stream"], path=PATH, query={}, headers={})
    return native


def route(body: Json, leg: Leg) -> None:
    """What travels outside a native body."""
    model = body.get("model")
    leg.route.update(
        model=model if type(model) is str else leg.route.get("model"), stream=body.get("stream") is not False,
        path=PATH, query={}, headers={},
    )  # fmt: skip


def _options(request: Json, native: Json) -> None:
    options: Json = {}
    for name, value in request.items():
        if value is not None and name in OPTIONS:
            options[OPTIONS[name]] = [value] if name == "stop" and type(value) is str else value
    if options:
        native["options"] = options


def _stream_options(value: Any, leg: Leg) -> None:
    if value is None:
        return
    if type(value) is not dict:
        leg.invalid(("stream_options",), "object", value)
    # Usage always comes with the last line; padding does not exist.
    report_rest(value, frozenset(("include_usage", "include_obfuscation")), leg, ("stream_options",), "envelope")


def _format(value: Any, native: Json, leg: Leg) -> None:
    if value is None:
        return
    path: Path = ("response_format",)
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    kind = value.get("type")
    if kind == "json_object":
        native["format"] = "json"
    elif kind == "json_schema":
        wrapped = value.get("json_schema")
        if type(wrapped) is not dict:
            leg.invalid((*path, "json_schema") if wrapped is not None else path, "object", wrapped)
        schema = wrapped.get("schema")
        if type(schema) is dict and schema:
            native["format"] = schema
        elif schema is not None and type(schema) is not dict:
            leg.invalid((*path, "json_schema", "schema"), "object", schema)
        else:
            native["format"] = "json"
            leg.losses.add("approximated", "behaviour", "response_format", path, "no schema given; any JSON object")
        for name, setting in wrapped.items():
            if name != "schema" and setting is not None and not (name == "name" and setting == "response"):
                scope: Any = "behaviour" if name == "strict" else "envelope"
                if not (name == "strict" and setting is False):
                    leg.losses.add("dropped", scope, name, (*path, "json_schema", name), "only the schema has a place")
    elif kind != "text":
        leg.losses.add("dropped", "behaviour", "response_format", path, "format unknown here")
    report_rest(value, frozenset(("type", "json_schema")), leg, path, "behaviour")


def _think(request: Json, native: Json, leg: Leg) -> None:
    effort, thinking, reasoning = request.get("reasoning_effort"), request.get("thinking"), request.get("reasoning")
    if type(thinking) is dict:
        native["think"] = thinking.get("type") not in ("disabled", "between_tools")
        if thinking.get("type") not in ("enabled", "disabled"):
            leg.losses.add("approximated", "behaviour", "thinking", ("thinking", "type"), "only on or off")
        report_rest(thinking, frozenset(("type",)), leg, ("thinking",), "behaviour")
    elif thinking is not None:
        leg.invalid(("thinking",), "object", thinking)
    if type(effort) is str:
        word = THINK.get(effort)
        if word is None:
            leg.losses.add("approximated", "behaviour", "reasoning_effort", ("reasoning_effort",), "level unknown here; medium")
            word = "medium"
        elif effort in ("minimal", "xhigh"):
            leg.losses.add("approximated", "behaviour", "reasoning_effort", ("reasoning_effort",), f"nearest level: {word}")
        if "think" in native and (native["think"] is False) != (word is False):
            leg.losses.add("dropped", "behaviour", "reasoning_effort", ("reasoning_effort",), "thinking is there and wins")
        else:
            native["think"] = word
    elif effort is not None:
        leg.invalid(("reasoning_effort",), "string", effort)
    if type(reasoning) is dict:
        for name, value in reasoning.items():
            if name == "enabled" and value is True and "think" not in native:
                native["think"] = True
            elif value is not None:
                leg.losses.add("dropped", "behaviour", "reasoning", ("reasoning", name), "no such setting")


def _tools(request: Json, native: Json, leg: Leg) -> None:
    tools, choice = request.get("tools"), request.get("tool_choice")
    if tools is not None and type(tools) is not list:
        leg.invalid(("tools",), "array", tools)
    path: Path = ("tool_choice",)
    if choice == "none":
        if tools:
            leg.losses.add("approximated", "behaviour", "tools", ("tools",), "left out, so that none is called")
        return
    named: frozenset[str] | None = None
    if choice == "required":
        if tools:
            leg.losses.add("dropped", "behaviour", "tool_choice", path, "the model decides")
    elif type(choice) is dict:
        named = _named(choice)
        leg.losses.add("approximated", "behaviour", "tool_choice", path, "tools cut to those; the model decides whether to call")
    elif choice not in (None, "auto"):
        if type(choice) is not str:
            leg.invalid(path, "string or object", choice)
        leg.losses.add("dropped", "behaviour", "tool_choice", path, "choice unknown here")
    listed = [
        fitted for number, tool in enumerate(tools or ())
        if (fitted := tool_to_native(tool, leg, ("tools", number))) is not None
        and (named is None or fitted["function"]["name"] in named)
    ]  # fmt: skip
    if listed:
        native["tools"] = listed


def _named(choice: Json) -> frozenset[str]:
    """Names a tool_choice object lets through."""
    allowed = choice.get("allowed_tools")
    entries = allowed.get("tools") if type(allowed) is dict else [choice]
    names: set[str] = set()
    for entry in entries if type(entries) is list else ():
        for kind in ("function", "custom"):
            inner = entry.get(kind) if type(entry) is dict else None
            if type(inner) is dict and type(inner.get("name")) is str:
                names.add(inner["name"])
    return frozenset(names)


def tool_to_native(tool: Any, leg: Leg, path: Path) -> Json | None:
    """Function tool -> the same shape. Losses: schema keywords the server drops, strict, other kinds of tools."""
    if type(tool) is not dict:
        leg.invalid(path, "object", tool)
    kind = tool.get("type", "function" if "function" in tool else None)
    function = tool.get("function")
    if kind != "function":
        leg.losses.add("dropped", "behaviour", kind if type(kind) is str else "tools", path, "only functions")
        return None
    if type(function) is not dict:
        leg.invalid((*path, "function") if function is not None else path, "object", function)
    name = function.get("name")
    if type(name) is not str:
        leg.invalid((*path, "function", "name") if name is not None else (*path, "function"), "string", name)
    native: Json = {"name": name}
    inner: Path = (*path, "function")
    for member, value in function.items():
        if value is None or member == "name":
            continue
        if member == "description":
            native[member] = value
        elif member == "parameters":
            if type(value) is not dict:
                leg.invalid((*inner, member), "object", value)
            native[member] = value
            _report_schema(value, SCHEMA_ROOT, leg, (*inner, member))
        elif member == "extra_content":
            native.update(bag.unpack(function, leg, inner))
        elif not (member == "strict" and value is False):
            leg.losses.add("dropped", "behaviour", member, (*inner, member), "not a member of a function here")
    native.setdefault("parameters", {"type": "object", "properties": {}})
    report_rest(tool, frozenset(("type", "function", "extra_content")), leg, path, "behaviour")
    return {"type": "function", "function": native, **bag.unpack(tool, leg, path)}


def _report_schema(schema: Json, kept: frozenset[str], leg: Leg, path: Path) -> None:
    """The schema goes as it is; what the server will not read is reported as not enforced."""
    for keyword, value in schema.items():
        if keyword not in kept:
            leg.losses.add("approximated", "behaviour", keyword, (*path, keyword), "the server does not read this keyword")
        elif keyword == "properties" and type(value) is dict:
            for name, inner in value.items():
                if type(inner) is dict:
                    _report_schema(inner, SCHEMA_PROPERTY, leg, (*path, keyword, name))


def _own_bag(request: Json, native: Json, leg: Leg) -> None:
    for name, value in bag.unpack(request, leg, ()).items():
        if name == "options" and type(value) is dict:
            options = native.setdefault("options", {})
            for option, setting in value.items():
                if option in options:
                    bag.stale(leg, (), "options")
                else:
                    options[option] = setting
        elif name == "think" and "think" in native or name in native:
            bag.stale(leg, (), name)
        else:
            native[name] = value
    for name in BAG_FIELDS & request.keys():  # clients put them at the top level too; copy_fields has reported those
        if name not in native:
            native[name] = request[name]


def to_unified(body: Json, leg: Leg) -> Json:
    """
    `/api/chat` body -> unified chat request. An absent `stream` is true.

    Options without a unified name, keep_alive, truncate and shift ride in the request's bag. Raises: InvalidDocument.
    """
    model = body.get("model")
    if model is not None and type(model) is not str:
        leg.invalid(("model",), "string", model)
    stream = body.get("stream")
    if stream is not None and type(stream) is not bool:
        leg.invalid(("stream",), "boolean", stream)
    unified: Json = {"model": model or leg.route.get("model") or leg.options.model or ""}
    if "messages" not in body:
        leg.missing((), "messages")
    unified["messages"] = messages_to_unified(body["messages"], leg)
    if stream is not False:
        unified["stream"], unified["stream_options"] = True, {"include_usage": True}
    else:
        unified["stream"] = False
    _tools_to_unified(body.get("tools"), unified, leg)
    _think_to_unified(body.get("think"), unified, leg)
    _format_to_unified(body.get("format"), unified, leg)
    collect_fields(NATIVE_REQUEST_FIELDS, body, unified, leg)
    _options_to_unified(body.get("options"), unified, leg)
    leg.route.update(model=unified["model"], stream=stream is not False)
    return unified


def _tools_to_unified(tools: Any, unified: Json, leg: Leg) -> None:
    if tools is None:
        return
    if type(tools) is not list:
        leg.invalid(("tools",), "array", tools)
    listed: list[Json] = []
    for number, tool in enumerate(tools):
        path: Path = ("tools", number)
        function = tool.get("function") if type(tool) is dict else None
        if type(function) is not dict:
            leg.invalid(path, "object with a function", tool)
        entry: Json = {"type": "function", "function": {}}
        for name, value in function.items():
            if name in ("name", "description", "parameters"):
                if value is not None:
                    entry["function"][name] = value
            elif value is not None:
                bag.put(entry["function"], leg.row.key, name, value)
        if type(entry["function"].get("name")) is not str:
            leg.invalid((*path, "function"), "object with a name", function)
        for name, value in tool.items():
            if name not in ("type", "function") and value is not None:
                bag.put(entry, leg.row.key, name, value)
        listed.append(entry)
    if listed:
        unified["tools"] = listed


def _think_to_unified(value: Any, unified: Json, leg: Leg) -> None:
    if value is None:
        return
    if value is False:
        unified["reasoning_effort"] = "none"
    elif type(value) is str and value in THINK_TO_UNIFIED:
        unified["reasoning_effort"] = THINK_TO_UNIFIED[value]
    elif value is True or type(value) is str:
        bag.put(unified, leg.row.key, "think", value)
    else:
        leg.invalid(("think",), "boolean or string", value)


def _format_to_unified(value: Any, unified: Json, leg: Leg) -> None:
    if value is None or value == "":
        return
    if value == "json":
        unified["response_format"] = {"type": "json_object"}
    elif type(value) is dict:
        unified["response_format"] = {"type": "json_schema", "json_schema": {"name": "response", "schema": value}}
    else:
        leg.invalid(("format",), '"json" or a schema', value)


def _options_to_unified(value: Any, unified: Json, leg: Leg) -> None:
    if value is None:
        return
    if type(value) is not dict:
        leg.invalid(("options",), "object", value)
    rest: Json = {}
    for name, setting in value.items():
        known = OPTIONS_TO_UNIFIED.get(name)
        if setting is None:
            continue
        if known is None:
            rest[name] = setting
        elif known == "stop":
            unified[known] = [setting] if type(setting) is str else setting
        else:
            unified[known] = setting
    if rest:
        bag.put(unified, leg.row.key, "options", rest)
