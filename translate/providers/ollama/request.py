"""Ollama chat requests, both directions. Source: Ollama API documentation, "Generate a chat completion"."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.ollama import plain, plain_reading
from translate.providers.ollama.content import messages_to_native, messages_to_unified
from translate.providers.ollama.tables import (
    BAG_FIELDS,
    MODEL_FACTS,
    NATIVE_REQUEST_FIELDS,
    OPTION_TYPES,
    OPTIONS,
    OPTIONS_TO_UNIFIED,
    REQUEST_FIELDS,
    REQUEST_TYPES,
    THINK,
    THINK_TO_UNIFIED,
    TOOL_SCHEMAS,
)
from translate.shared import bag, opened_turns
from translate.shared.facts import look_up
from translate.shared.fields import (
    check_stream_options,
    check_types,
    collect_fields,
    copy_fields,
    report_beside_schema,
    report_rest,
)
from translate.shared.members import object_of, text_of
from translate.shared.plain import LongWay
from translate.shared.remembered_writing import remembered_writing
from translate.shared.repair import prepare
from translate.shared.schema_subset import GIVEN, GRAMMAR, changes, fit, is_given, reporter, unread, without_mark

PATH = "/api/chat"
plain_to_unified = plain_reading.request_to_unified
opened_odd = opened_turns.opened_odd
FORM = frozenset(("type", "json_schema"))
FUNCTION_TYPES: dict[str, tuple[type, ...]] = {"name": (str,), "description": (str,), "parameters": (dict,)}


def to_native(request: Json, leg: Leg) -> Json:
    """
    Unified chat request -> `/api/chat` body. `stream` is always written: the native default is true.

    Losses: tool_choice other than auto and none, schema keywords the server drops, n > 1, links to media, names and part
    order; effort minimal and xhigh approximated. Raises: InvalidDocument for a wrong type.
    """
    short = plain.request_to_native(request, leg, PATH, _LONG) if leg.plain or leg.opened is not None else None
    if short is not None:
        return short
    request = prepare(request, leg, known=leg.opened is not None)
    model = request.get("model") or leg.route.get("model") or leg.options.model or ""
    if not model:
        leg.losses.add("defaulted", "envelope", "model", (), "no model named")
    leg.model = model
    native: Json = {"model": model, "stream": request.get("stream") is True}
    native["messages"] = messages_to_native(request["messages"], leg)
    _tools(request, native, leg)
    _think(request, native, leg)
    _format(request, native, leg)
    _options(request, native)
    aliased = not BAG_FIELDS.isdisjoint(request)
    known = {name: value for name, value in request.items() if name not in BAG_FIELDS} if aliased else request
    copy_fields(REQUEST_FIELDS, known, native, leg)
    check_stream_options(request.get("stream_options"), leg)
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


def _format(request: Json, native: Json, leg: Leg) -> None:
    value = request.get("response_format")
    if value is None:
        return
    path: Path = ("response_format",)
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    kind = value.get("type")
    if kind == "json_object":
        native["format"] = "json"
    elif kind == "json_schema":
        wrapped = object_of(value, "json_schema", leg, path)
        schema = wrapped.get("schema")
        if type(schema) is dict:
            native["format"] = schema
            _known_format(value, leg)
            return
        if schema is not None:
            leg.invalid((*path, "json_schema", "schema"), "object", schema)
        else:
            native["format"] = "json"
            leg.losses.add("approximated", "behaviour", "response_format", path, "no schema given; any JSON object")
        report_beside_schema(wrapped, "behaviour", leg)
    elif kind != "text":
        leg.losses.add("dropped", "behaviour", "response_format", path, "format unknown here")
    report_rest(value, FORM, leg, path, "behaviour")


def _schema_format(value: Json, leg: Leg) -> None:
    """Losses of a format with a schema: what of it is not enforced, and what stands beside it."""
    wrapped, path = value["json_schema"], ("response_format",)
    unread(wrapped["schema"], GRAMMAR, reporter(leg), (*path, "json_schema", "schema"))
    report_beside_schema(wrapped, "behaviour", leg)
    report_rest(value, FORM, leg, path, "behaviour")


_known_format = remembered_writing("response_format", _schema_format)


def _think(request: Json, native: Json, leg: Leg) -> None:
    """`think` from the mode or budget, then the effort: false, true or a level."""
    effort, thinking, reasoning = request.get("reasoning_effort"), request.get("thinking"), request.get("reasoning")
    if thinking is None and effort is None and reasoning is None:
        return
    path: Path = ("thinking",)
    if thinking is not None:
        if type(thinking) is not dict:
            leg.invalid(path, "object", thinking)
        native["think"] = _mode(thinking, leg)
    if effort is not None:
        if type(effort) is not str:
            leg.invalid(("reasoning_effort",), "string", effort)
        word = THINK.get(effort)
        if word is None:
            leg.losses.add("approximated", "behaviour", "reasoning_effort", ("reasoning_effort",), "level unknown here; medium")
            word = "medium"
        elif effort in ("minimal", "xhigh"):
            leg.losses.add("approximated", "behaviour", "reasoning_effort", ("reasoning_effort",), f"nearest level: {word}")
        if thinking is None or (native["think"] is True and word is not False):
            native["think"], path = word, ("reasoning_effort",)
        elif native["think"] != word:
            leg.losses.add("dropped", "behaviour", "reasoning_effort", ("reasoning_effort",), "thinking is there and wins")
    if type(reasoning) is dict:
        for name, value in reasoning.items():
            if name == "enabled" and value is True and "think" not in native:
                native["think"], path = True, ("reasoning", name)
            elif value is not None:
                leg.losses.add("dropped", "behaviour", "reasoning", ("reasoning", name), "no such setting")
    elif reasoning is not None:
        leg.invalid(("reasoning",), "object", reasoning)
    _fit_think(native, leg, path)


def _mode(thinking: Json, leg: Leg) -> bool | str:
    """What a thinking object asks for; a budget becomes the level of the common ladder."""
    kind, budget = thinking.get("type"), thinking.get("budget_tokens")
    report_rest(thinking, frozenset(("type", "budget_tokens")), leg, ("thinking",), "behaviour")
    if kind in ("disabled", "between_tools") or budget == 0:
        leg.losses.add("approximated", "envelope" if kind == "disabled" else "behaviour", "thinking", ("thinking",), "off")
        return False
    if type(budget) is int:
        word = "low" if budget <= 1024 else "medium" if budget <= 8192 else "high"
        leg.losses.add("approximated", "behaviour", "thinking", ("thinking",), f"no budgets here; level {word}")
        return word
    leg.losses.add("approximated", "envelope" if kind == "enabled" else "behaviour", "thinking", ("thinking",), "on")
    return True


def _fit_think(native: Json, leg: Leg, path: Path) -> None:
    """Levels and switch as the model takes them."""
    think = native.get("think")
    if think is None:
        return
    facts = look_up(MODEL_FACTS, leg, leg.model)
    levels = facts.get("levels")
    if think is False and facts.get("always"):
        leg.losses.add("approximated", "behaviour", str(path[0]), path, "this model always thinks; low")
        native["think"] = "low"
    elif type(think) is str and levels and think not in levels:
        leg.losses.add("approximated", "behaviour", str(path[0]), path, f"this model takes {', '.join(levels)}; {levels[-1]}")
        native["think"] = levels[-1]


def _tools(request: Json, native: Json, leg: Leg) -> None:
    tools, choice = request.get("tools"), request.get("tool_choice")
    if tools is not None and type(tools) is not list:
        leg.invalid(("tools",), "array", tools)
    path: Path = ("tool_choice",)
    if choice == "none":
        if tools:
            leg.losses.add("approximated", "behaviour", "tool_choice", path, "said by leaving the tools out")
            leg.losses.add("dropped", "behaviour", "tools", ("tools",), "left out, so that none is called")
        return
    named: frozenset[str] | None = None
    if choice == "required":
        leg.losses.add("dropped", "behaviour", "tool_choice", path, "the model decides" if tools else "no tools to choose from")
    elif type(choice) is dict:
        named = _named(choice)
        if named:
            leg.losses.add("approximated", "behaviour", "tool_choice", path, "tools cut to those; the model decides whether to call")
        else:
            leg.losses.add("dropped", "behaviour", "tool_choice", path, "choice unknown here")
    elif choice not in (None, "auto"):
        if type(choice) is not str:
            leg.invalid(path, "string or object", choice)
        leg.losses.add("dropped", "behaviour", "tool_choice", path, "choice unknown here")
    listed = _known_tools((tools, sorted(named)) if named else tools, leg) if tools else None
    if listed:
        native["tools"] = listed


def _listed(given: Any, leg: Leg) -> list[Json]:
    """Tools as they are written, of tools, or of those and the names that stay. Losses: as of each tool."""
    tools, named = given if type(given) is tuple else (given, ())
    listed: list[Json] = []
    for number, tool in enumerate(tools):
        fitted = tool_to_native(tool, leg, ("tools", number))
        if fitted is None:
            continue
        if named and fitted["function"]["name"] not in named:
            leg.losses.add("dropped", "behaviour", "tools", ("tools", number), "not among those that tool_choice names")
        else:
            listed.append(fitted)
    return listed


_known_tools = remembered_writing("tools", _listed)


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
    name = text_of(function, "name", leg, (*path, "function"))
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
        elif member == "extra_content":
            native.update(without_mark(bag.unpack(function, leg, inner)))
        elif not (member == "strict" and value is False):
            leg.losses.add("dropped", "behaviour", member, (*inner, member), "not a member of a function here")
    native.setdefault("parameters", {"type": "object", "properties": {}})
    if not is_given(bag.own(function, leg)):
        _parameters(native, leg, (*inner, "parameters"))
    report_rest(tool, frozenset(("type", "function", "extra_content")), leg, path, "behaviour")
    return {"type": "function", "function": native, **bag.unpack(tool, leg, path)}


def _parameters(native: Json, leg: Leg, path: Path) -> None:
    """Parameters as the server's struct keeps them; what it has no place for at the root is told of the whole function."""
    native["parameters"], untold = fit(native["parameters"], TOOL_SCHEMAS, reporter(leg), path)
    said = native.get("description") or ""
    untold = [note for note in untold if note not in said]
    if untold:
        native["description"] = " ".join([*([said] if said else []), *dict.fromkeys(untold)])
        leg.losses.add("approximated", "envelope", "description", (*path[:-1], "description") if said else path[:-1], "tells what was left out")


def _own_bag(request: Json, native: Json, leg: Leg) -> None:
    own = bag.of_request(request, leg)
    inside: Path = ("extra_content", leg.row.key)
    places: list[tuple[Path, Json]] = [(inside, own)] if own else []
    if not BAG_FIELDS.isdisjoint(request):  # clients put them at the top level too
        places.insert(0, ((), {name: request[name] for name in request if name in BAG_FIELDS}))
    for path, held in places:
        for name, value in held.items():
            where: Path = (*path, name)
            if value is None:
                continue
            if name == "options":
                if type(value) is not dict:
                    leg.invalid(where, "object", value)
                options = native.setdefault("options", {})
                for option, setting in value.items():
                    if options.setdefault(option, setting) is not setting and options[option] != setting:
                        leg.losses.add("approximated", "behaviour", option, (*where, option), "contradicts the visible fields, which win")
            elif native.setdefault(name, value) is not value and native[name] != value:
                leg.losses.add("approximated", "behaviour", name, where, "contradicts the visible fields, which win")


def to_unified(body: Json, leg: Leg) -> Json:
    """
    `/api/chat` body -> unified chat request. An absent `stream` is true.

    Options without a unified name, keep_alive, truncate and shift ride in the request's bag. Raises: InvalidDocument.
    """
    check_types(REQUEST_TYPES, body, leg)
    model, stream = body.get("model"), body.get("stream")
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
    listed: list[Json] = []
    for number, tool in enumerate(tools):
        path: Path = ("tools", number)
        function = tool.get("function") if type(tool) is dict else None
        if type(function) is not dict:
            leg.invalid(path, "object with a function", tool)
        check_types(FUNCTION_TYPES, function, leg, (*path, "function"))
        entry: Json = {"type": "function", "function": {}}
        for name, value in function.items():
            if name in FUNCTION_TYPES:
                if value is not None:
                    entry["function"][name] = value
            elif value is not None:
                bag.put(entry["function"], leg.row.key, name, value)
        if changes(entry["function"].get("parameters", {}), TOOL_SCHEMAS):
            bag.put(entry["function"], leg.row.key, *GIVEN)
        if type(entry["function"].get("name")) is not str:
            leg.invalid((*path, "function"), "object with a name", function)
        for name, value in tool.items():
            if value is not None and name != "function" and not (name == "type" and value == "function"):
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
    check_types(OPTION_TYPES, value, leg, ("options",))
    rest: Json = {}
    for name, setting in value.items():
        known = OPTIONS_TO_UNIFIED.get(name)
        if setting is None:
            continue
        if known is None or (name == "num_predict" and setting < 0):  # no end is a setting of this server alone
            rest[name] = setting
        elif known == "stop":
            unified[known] = [setting] if type(setting) is str else setting
        else:
            unified[known] = setting
    if rest:
        bag.put(unified, leg.row.key, "options", rest)


_LONG = LongWay(_tools, _think, _format, _own_bag)
