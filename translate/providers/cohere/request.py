"""Cohere chat requests, both directions. Source: Cohere API reference, "Chat (v2)"."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.cohere import messages as messages_of, plain, plain_reading
from translate.providers.cohere.tables import (
    BAG_FIELDS,
    EMPTY_PARAMETERS,
    FUNCTION_TYPES,
    LONGEST_NAME,
    MOST_STOP_SEQUENCES,
    MOST_STRICT_FIELDS,
    NATIVE_REQUEST_FIELDS,
    NUMBERS,
    ON_OR_OFF,
    REFUSED_IN_NAMES,
    REQUEST_FIELDS,
    REQUEST_TYPES,
    SCHEMAS,
    TOOL_CHOICE_TO_NATIVE,
    TOOL_CHOICE_TO_UNIFIED,
)
from translate.shared import bag
from translate.shared.fields import (
    check_stream_options,
    check_types,
    collect_fields,
    copy_fields,
    report_beside_schema,
    report_rest,
)
from translate.shared.members import object_of
from translate.shared.pairing import Rules
from translate.shared.plain import LongWay
from translate.shared.remembered import remembered
from translate.shared.remembered_writing import remembered_writing
from translate.shared.repair import prepare
from translate.shared.schema_subset import GIVEN, changes, fit, is_given, reporter, without_mark
from translate.shared.tool_names import fitted

PATH = "/v2/chat"
plain_to_unified = plain_reading.request_to_unified
opened_odd = plain.opened_odd
FORM = frozenset(("type", "json_schema"))

_PAIRS = Rules(adjacent=True)

def to_native(request: Json, leg: Leg) -> Json:
    """
    Unified chat request -> `/v2/chat` body.

    Losses: see REQUEST_FIELDS; numbers clamped to Cohere's ranges, strict of single functions, named tool choice and effort
    words approximated, names fitted, a schema beside tools dropped. Raises: InvalidDocument for a wrong type.
    """
    short = plain.request_to_native(request, leg, PATH, _LONG) if leg.plain or leg.opened is not None else None
    if short is not None:
        return short
    request = fitted(prepare(request, leg, _PAIRS, known=leg.opened is not None), REFUSED_IN_NAMES, LONGEST_NAME, leg)
    model = request.get("model") or leg.route.get("model") or leg.options.model or ""
    if not model:
        leg.losses.add("defaulted", "envelope", "model", (), "no model named")
    elif not leg.memo.get("model"):
        leg.memo["model"] = model  # answers do not name it
    native: Json = {"model": model, "messages": messages_of.to_native(request["messages"], leg)}
    _tools(request, native, leg)
    _numbers(request, native, leg)
    _stop(request.get("stop"), native, leg)
    _thinking(request, native, leg)
    check_stream_options(request.get("stream_options"), leg)
    aliased = not BAG_FIELDS.isdisjoint(request)
    known = {name: value for name, value in request.items() if name not in BAG_FIELDS} if aliased else request
    copy_fields(REQUEST_FIELDS, known, native, leg)
    _own_bag(request, native, leg)
    _response_format(request, native, leg)
    leg.route.update(model=model, stream=request.get("stream") is True, path=PATH, query={}, headers={})
    return native


def route(body: Json, leg: Leg) -> None:
    """What travels outside a native body."""
    model = body.get("model")
    leg.route.update(
        model=model if type(model) is str else leg.route.get("model"), stream=body.get("stream") is True,
        path=PATH, query={}, headers={},
    )  # fmt: skip


def _numbers(request: Json, native: Json, leg: Leg) -> None:
    for name, (target, low, high) in NUMBERS.items():
        value = request.get(name)
        if value is None:
            continue
        if type(value) not in (int, float):
            leg.invalid((name,), "number", value)
        if name == "seed" and not low <= value <= high:
            leg.losses.add("dropped", "behaviour", name, (name,), f"from {low} to {high} here")
            continue
        clamped = min(max(value, low), high)
        if clamped != value:
            leg.losses.add("approximated", "behaviour", name, (name,), f"{value} clamped to {clamped}")
        native[target] = clamped


def _stop(value: Any, native: Json, leg: Leg) -> None:
    if value is None:
        return
    if type(value) is str:
        value = [value]
    elif type(value) is not list:
        leg.invalid(("stop",), "string or array", value)
    for number in range(MOST_STOP_SEQUENCES, len(value)):
        leg.losses.add("dropped", "behaviour", "stop", ("stop", number), f"at most {MOST_STOP_SEQUENCES} here")
    if value:
        native["stop_sequences"] = value[:MOST_STOP_SEQUENCES]


def _thinking(request: Json, native: Json, leg: Leg) -> None:
    effort, thinking, reasoning = request.get("reasoning_effort"), request.get("thinking"), request.get("reasoning")
    if thinking is not None:
        if type(thinking) is not dict:
            leg.invalid(("thinking",), "object", thinking)
        kind, budget = thinking.get("type"), thinking.get("budget_tokens")
        native["thinking"] = {"type": "disabled" if kind in ("disabled", "between_tools") else "enabled"}
        if kind in ("enabled", "disabled") and budget is None:
            leg.losses.add("approximated", "envelope", "thinking", ("thinking",), "on or off, as an effort says it")
        if kind not in ("enabled", "disabled"):
            leg.losses.add("approximated", "behaviour", "thinking", ("thinking", "type") if kind is not None else ("thinking",), "only on or off")
        if budget is not None:
            if type(budget) is int and budget > 0:
                native["thinking"]["token_budget"] = budget
            else:
                leg.losses.add("dropped", "behaviour", "thinking", ("thinking", "budget_tokens"), "a positive number here")
        report_rest(thinking, frozenset(("type", "budget_tokens")), leg, ("thinking",), "behaviour")
    if effort is not None:
        if type(effort) is not str:
            leg.invalid(("reasoning_effort",), "string", effort)
        word = "disabled" if effort == "none" else "enabled"
        if thinking is not None:
            if native["thinking"]["type"] != word or "token_budget" in native["thinking"] or effort not in ("none", "high"):
                leg.losses.add("dropped", "behaviour", "reasoning_effort", ("reasoning_effort",), "thinking is there and wins")
        else:
            native["thinking"] = {"type": word}
            if effort not in ("none", "high"):
                leg.losses.add("approximated", "behaviour", "reasoning_effort", ("reasoning_effort",), ON_OR_OFF)
    if reasoning is not None:
        if type(reasoning) is not dict:
            leg.invalid(("reasoning",), "object", reasoning)
        for name, value in reasoning.items():
            if name == "enabled" and value is True and "thinking" not in native:
                native["thinking"] = {"type": "enabled"}
            elif value is not None:
                leg.losses.add("dropped", "behaviour", "reasoning", ("reasoning", name), "no such setting")


def _response_format(request: Json, native: Json, leg: Leg) -> None:
    path: Path = ("response_format",)
    value = request.get("response_format")
    if value is None:
        return
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    if "response_format" in native:
        bag.stale(leg, (), "response_format")
    kind = value.get("type")
    if kind == "json_schema":
        wrapped = object_of(value, "json_schema", leg, path)
        schema = wrapped.get("schema")
        if schema is not None and type(schema) is not dict:
            leg.invalid((*path, "json_schema", "schema"), "object", schema)
        if schema is not None and ("tools" in native or "documents" in native):
            leg.losses.add("dropped", "behaviour", "response_format", path, "a schema does not go with tools or documents")
            return
        native["response_format"] = {"type": "json_object"}
        is_fitted = schema is not None and not is_given(bag.own(request, leg))
        if is_fitted and (written := _known_format(value, leg)) is not True:
            schema = written
        if schema is not None:
            native["response_format"]["json_schema"] = schema
        if is_fitted:
            return
        report_beside_schema(wrapped, "envelope", leg)
    elif kind in ("json_object", "text"):
        native["response_format"] = {"type": kind}
        if value.get("json_schema") is not None:
            leg.losses.add("dropped", "behaviour", "json_schema", (*path, "json_schema"), "only with the type json_schema")
    else:
        leg.losses.add("dropped", "behaviour", "response_format", path, "format unknown here")
    report_rest(value, FORM, leg, path, "behaviour")


def _schema_format(value: Json, leg: Leg) -> Any:
    """The schema of a format as Cohere takes it, `True` for as it is. Losses: as of the schema, and what has no place beside it."""
    wrapped, path = value["json_schema"], ("response_format",)
    schema = _output_schema(wrapped["schema"], leg, (*path, "json_schema", "schema"))
    report_beside_schema(wrapped, "envelope", leg)
    report_rest(value, FORM, leg, path, "behaviour")
    return schema is wrapped["schema"] or schema


_known_format = remembered_writing("response_format", _schema_format)


def _output_schema(schema: Json, leg: Leg, path: Path) -> Json | None:
    """A schema of answers as Cohere takes it. Losses: what it does not read; a root that is no object, whole."""
    fitted, _ = fit(schema, SCHEMAS, reporter(leg), path)
    if "type" not in fitted and "properties" in fitted:
        leg.losses.add("approximated", "behaviour", "type", path, "the root is an object here")
        return {"type": "object", **fitted}
    if fitted.get("type") == "object" or "$ref" in fitted:
        return fitted
    leg.losses.add("approximated", "behaviour", "json_schema", path, "the root of a schema is an object here; any JSON object")
    return None


def _tools(request: Json, native: Json, leg: Leg) -> None:
    tools, choice = request.get("tools"), request.get("tool_choice")
    if tools is not None and type(tools) is not list:
        leg.invalid(("tools",), "array", tools)
    path: Path = ("tool_choice",)
    named: frozenset[str] | None = None
    word: str | None = None
    if type(choice) is dict:
        allowed = choice.get("allowed_tools")
        entries = allowed.get("tools") if type(allowed) is dict else [choice]
        named = frozenset(
            entry["function"]["name"] for entry in (entries if type(entries) is list else ())
            if type(entry) is dict and type(entry.get("function")) is dict and type(entry["function"].get("name")) is str
        )  # fmt: skip
        if named:
            word = None if type(allowed) is dict and allowed.get("mode") != "required" else "REQUIRED"
            leg.losses.add("approximated", "behaviour", "tool_choice", path, "tools cut to those named")
        else:
            leg.losses.add("dropped", "behaviour", "tool_choice", path, "choice unknown here")
    elif type(choice) is str:
        word = TOOL_CHOICE_TO_NATIVE.get(choice)
        if word is None and choice != "auto":
            leg.losses.add("dropped", "behaviour", "tool_choice", path, "choice unknown here")
    elif choice is not None:
        leg.invalid(path, "string or object", choice)
    if tools:
        native.update(_known_tools((tools, sorted(named)) if named else tools, leg))
    if word is not None:
        if "tools" in native:
            native["tool_choice"] = word
        elif word != "NONE":
            leg.losses.add("dropped", "behaviour", "tool_choice", path, "no tools to choose from")


def _listed(given: Any, leg: Leg) -> Json:
    """
    `tools`, and `strict_tools` where all are, of tools, or of those and the names that stay.

    Losses: other kinds of tools, what is strict alone.
    """
    tools, named = given if type(given) is tuple else (given, ())
    native: Json = {}
    listed: list[Json] = []
    strict: list[Any] = []
    for number, tool in enumerate(tools):
        fitted = tool_to_native(tool, leg, ("tools", number))
        if fitted is None:
            continue
        if named and tool["function"]["name"] not in named:
            leg.losses.add("dropped", "behaviour", "tools", ("tools", number), "not among those that tool_choice names")
            continue
        listed.append(fitted)
        strict.append((tool["function"].get("strict"), number))
    if listed:
        native["tools"] = listed
        if all(value is True for value, _ in strict):
            refused = _strict(listed, tools, strict, leg)
        else:
            refused = "all functions are strict here or none"
        if not refused:
            native["strict_tools"] = True
        else:
            for value, number in strict:
                if value is True:
                    where: Path = ("tools", number, "function", "strict")
                    leg.losses.add("dropped", "behaviour", "strict", where, refused)
    return native


_known_tools = remembered_writing("tools", _listed)


def _strict(listed: list[Json], tools: list[Any], strict: list[tuple[Any, int]], leg: Leg) -> str:
    """
    Gives strict tools the schemas that Cohere takes there. Losses: what it does not read.

    Where it would refuse strict tools nothing changes, and the answer is the reason.
    """
    fitted: list[Json] = []
    told: list[tuple[Any, Path, str, str]] = []
    fields = 0
    for native, (_, number) in zip(listed, strict, strict=True):
        parameters, path = native["function"]["parameters"], ("tools", number, "function", "parameters")
        fields += _fields_of(parameters)
        if not is_given(bag.own(tools[number]["function"], leg)):
            parameters, _ = fit(parameters, SCHEMAS, lambda *loss: told.append(loss), path)
        fitted.append(parameters)
    if fields > MOST_STRICT_FIELDS:
        return f"strict tools have at most {MOST_STRICT_FIELDS} members"
    if any(feature == "required" for _, _, feature, _ in told):
        return "each object of a strict tool requires a member"
    for loss in told:
        reporter(leg)(*loss)
    for place, (native, parameters) in enumerate(zip(listed, fitted, strict=True)):
        if parameters is not native["function"]["parameters"]:
            listed[place] = {**native, "function": {**native["function"], "parameters": parameters}}
    return ""


def _fields(schema: Any) -> int:
    """Members of all objects of a schema."""
    if type(schema) is list:
        return sum(_fields(inner) for inner in schema)
    if type(schema) is not dict:
        return 0
    properties = schema.get("properties")
    return (len(properties) if type(properties) is dict else 0) + sum(_fields(inner) for inner in schema.values())


_fields_of = remembered(_fields)


def tool_to_native(tool: Any, leg: Leg, path: Path) -> Json | None:
    """Function tool -> the same shape, `strict` apart. Losses: other kinds of tools, unknown members."""
    if type(tool) is not dict:
        leg.invalid(path, "object", tool)
    kind = tool.get("type", "function" if "function" in tool else None)
    if kind != "function":
        leg.losses.add("dropped", "behaviour", kind if type(kind) is str else "tools", path, "only functions")
        return None
    function = object_of(tool, "function", leg, path)
    inner: Path = (*path, "function")
    if type(function.get("name")) is not str:
        leg.invalid((*inner, "name") if "name" in function else inner, "string", function.get("name"))
    check_types(FUNCTION_TYPES, function, leg, inner)
    native: Json = {"name": function["name"]}
    for name, value in function.items():
        if name in ("description", "parameters") and value is not None:
            native[name] = value
    native.setdefault("parameters", {"type": "object", "properties": {}})
    native.update(without_mark(bag.unpack(function, leg, inner)))
    report_rest(function, frozenset(("name", "description", "strict", "parameters", "extra_content")), leg, inner, "behaviour")
    report_rest(tool, frozenset(("type", "function", "extra_content")), leg, path, "behaviour")
    return {"type": "function", "function": native, **bag.unpack(tool, leg, path)}


def _own_bag(request: Json, native: Json, leg: Leg) -> None:
    if not BAG_FIELDS.isdisjoint(request):  # clients put them at the top level too
        native.update((name, value) for name, value in request.items() if name in BAG_FIELDS and value is not None)
    for name, value in without_mark(bag.unpack(request, leg, ())).items():
        if native.setdefault(name, value) is not value and native[name] != value:
            bag.stale(leg, (), name)


def to_unified(body: Json, leg: Leg) -> Json:
    """`/v2/chat` body -> unified chat request. Documents, citation and safety settings ride in the request's bag."""
    check_types(REQUEST_TYPES, body, leg)
    model, stream = body.get("model"), body.get("stream")
    if "messages" not in body:
        leg.missing((), "messages")
    unified: Json = {"model": model or leg.route.get("model") or leg.options.model or ""}
    unified["messages"] = messages_of.to_unified(body["messages"], leg)
    if stream is not None:
        unified["stream"] = stream
        if stream:
            unified["stream_options"] = {"include_usage": True}
    _tools_to_unified(body, unified, leg)
    choice = body.get("tool_choice")
    if choice is not None:
        word = TOOL_CHOICE_TO_UNIFIED.get(choice.upper()) if type(choice) is str else None
        if word is None:
            bag.put(unified, leg.row.key, "tool_choice", choice)
        else:
            unified["tool_choice"] = word
    _thinking_to_unified(body.get("thinking"), unified, leg)
    _format_to_unified(body.get("response_format"), unified, leg)
    collect_fields(NATIVE_REQUEST_FIELDS, body, unified, leg)
    leg.route.update(model=unified["model"], stream=stream is True)
    return unified


def _tools_to_unified(body: Json, unified: Json, leg: Leg) -> None:
    tools, strict = body.get("tools"), body.get("strict_tools")
    listed: list[Json] = []
    for number, tool in enumerate(tools or ()):
        path: Path = ("tools", number)
        function = tool.get("function") if type(tool) is dict else None
        if type(function) is not dict or type(function.get("name")) is not str:
            leg.invalid(path, "function tool with a name", tool)
        check_types(FUNCTION_TYPES, function, leg, (*path, "function"))
        entry: Json = {"type": "function", "function": {}}
        for name, value in function.items():
            if name in ("name", "description", "parameters"):
                if value is not None:
                    entry["function"][name] = value
            elif value is not None:
                bag.put(entry["function"], leg.row.key, name, value)
        if strict:
            entry["function"]["strict"] = True
            if changes(entry["function"].get("parameters", EMPTY_PARAMETERS), SCHEMAS):
                bag.put(entry["function"], leg.row.key, *GIVEN)
        for name, value in tool.items():
            if value is not None and name != "function" and not (name == "type" and value == "function"):
                bag.put(entry, leg.row.key, name, value)
        listed.append(entry)
    if listed:
        unified["tools"] = listed
    elif strict:
        bag.put(unified, leg.row.key, "strict_tools", strict)


def _thinking_to_unified(value: Any, unified: Json, leg: Leg) -> None:
    if value is None:
        return
    if type(value) is not dict:
        leg.invalid(("thinking",), "object", value)
    kind, budget = value.get("type"), value.get("token_budget")
    if not set(value) <= {"type", "token_budget"} or kind not in (None, "enabled", "disabled") or type(budget) not in (int, type(None)):
        bag.put(unified, leg.row.key, "thinking", value)
    elif budget is not None:
        unified["thinking"] = {"type": kind or "enabled", "budget_tokens": budget}
    else:
        unified["reasoning_effort"] = "none" if kind == "disabled" else "high"


def _format_to_unified(value: Any, unified: Json, leg: Leg) -> None:
    if value is None:
        return
    if type(value) is not dict:
        leg.invalid(("response_format",), "object", value)
    kind = value.get("type")
    schema = value.get("json_schema", value.get("schema"))
    if kind == "json_object" and type(schema) is dict and len(value) == 2:
        unified["response_format"] = {"type": "json_schema", "json_schema": {"name": "response", "schema": schema}}
        if changes(schema, SCHEMAS) or (schema.get("type") != "object" and "$ref" not in schema):
            bag.put(unified, leg.row.key, *GIVEN)
    elif kind in ("json_object", "text") and len(value) == 1:
        unified["response_format"] = dict(value)
    else:
        bag.put(unified, leg.row.key, "response_format", value)


_LONG = LongWay(_tools, _thinking, _response_format, _own_bag)
