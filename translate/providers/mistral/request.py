"""Mistral chat requests, both directions. Source: Mistral API specification, "Chat Completion API"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.mistral import messages as messages_of, plain, plain_reading
from translate.providers.mistral.tables import (
    BAG_FIELDS,
    EFFORT,
    FUNCTION_TYPES,
    LONGEST_NAME,
    LONGEST_TEMPERATURE,
    NATIVE_REQUEST_FIELDS,
    NATIVE_TOOLS,
    REFUSED_IN_NAMES,
    REQUEST_FIELDS,
    REQUEST_TYPES,
    SERVICE_TIER_TO_NATIVE,
    SERVICE_TIER_TO_UNIFIED,
)
from translate.shared import bag, opened_turns
from translate.shared.fields import check_stream_options, check_types, collect_fields, copy_fields, report_rest
from translate.shared.members import object_of, optional_text
from translate.shared.pairing import Rules
from translate.shared.plain import LongWay
from translate.shared.repair import prepare
from translate.shared.tool_names import fitted

PATH = "/v1/chat/completions"
plain_to_unified = plain_reading.request_to_unified
opened_odd = opened_turns.opened_odd
MARKS = frozenset(("$schema", "$id"))

_PAIRS = Rules(adjacent=True)

def to_native(request: Json, leg: Leg) -> Json:
    """
    Unified chat request -> Mistral chat body.

    Losses: see REQUEST_FIELDS; temperature over 1.5, effort words, ids and the order of turns approximated.
    Raises: InvalidDocument for a wrong type.
    """
    short = plain.request_to_native(request, leg, PATH, _LONG) if leg.plain or leg.opened is not None else None
    if short is not None:
        return short
    request = fitted(prepare(request, leg, _PAIRS, known=leg.opened is not None), REFUSED_IN_NAMES, LONGEST_NAME, leg)
    model = request.get("model") or leg.route.get("model") or leg.options.model or ""
    if not model:
        leg.losses.add("defaulted", "envelope", "model", (), "no model named")
    leg.model = model
    facts = _Facts(leg)
    native: Json = {"model": model, "messages": messages_of.to_native(request["messages"], leg, facts)}
    _tools(request, native, leg)
    _temperature(request.get("temperature"), native, leg)
    _effort(request, native, leg, facts)
    _response_format(request, native, leg)
    _prediction(request, native, leg)
    _seed(request.get("seed"), native, leg)
    _service_tier(request.get("service_tier"), native, leg)
    check_stream_options(request.get("stream_options"), leg)
    aliased = not BAG_FIELDS.isdisjoint(request)
    known = {name: value for name, value in request.items() if name not in BAG_FIELDS} if aliased else request
    copy_fields(REQUEST_FIELDS, known, native, leg)
    _own_bag(request, native, leg)
    leg.route.update(model=model, stream=request.get("stream") is True, path=PATH, query={}, headers={})
    return native


class _Facts:
    """Facts of the model, looked up when one is asked for: most requests need none."""

    __slots__ = ("found", "leg")

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.found: Mapping[str, Any] | None = None

    def get(self, name: str) -> Any:
        if self.found is None:
            self.found = plain.facts_of(self.leg.model, self.leg)
        return self.found.get(name)


def route(body: Json, leg: Leg) -> None:
    """What travels outside a native body."""
    model = body.get("model")
    leg.route.update(
        model=model if type(model) is str else leg.route.get("model"), stream=body.get("stream") is True,
        path=PATH, query={}, headers={},
    )  # fmt: skip


def _temperature(value: Any, native: Json, leg: Leg) -> None:
    if value is None:
        return
    if type(value) not in (int, float):
        leg.invalid(("temperature",), "number", value)
    if value > LONGEST_TEMPERATURE:
        leg.losses.add("approximated", "behaviour", "temperature", ("temperature",), f"{value} clamped to {LONGEST_TEMPERATURE}")
        value = LONGEST_TEMPERATURE
    native["temperature"] = value


def _thinking(request: Json, native: Json, leg: Leg) -> None:
    _effort(request, native, leg, _Facts(leg))


def _effort(request: Json, native: Json, leg: Leg, facts: Any) -> None:
    effort, thinking, reasoning = request.get("reasoning_effort"), request.get("thinking"), request.get("reasoning")
    path: Path = ("reasoning_effort",)
    if effort is not None and type(effort) is not str:
        leg.invalid(path, "string", effort)
    if thinking is not None:
        if type(thinking) is not dict:
            leg.invalid(("thinking",), "object", thinking)
        word = _word_of(thinking)
        if effort is None:
            effort, path = word, ("thinking",)
            leg.losses.add("approximated", "behaviour", "thinking", path, f"only levels here: {word}")
        elif (effort == "none") != (word == "none"):
            leg.losses.add("dropped", "behaviour", "reasoning_effort", path, "thinking is there and wins")
            effort = word
            leg.losses.add("approximated", "behaviour", "thinking", ("thinking",), f"only levels here: {word}")
        else:
            leg.losses.add("dropped", "behaviour", "thinking", ("thinking",), "only levels here; reasoning_effort says one")
    if type(reasoning) is dict:
        report_rest(reasoning, frozenset(), leg, ("reasoning",), "behaviour", "no such setting")
    elif reasoning is not None:
        leg.invalid(("reasoning",), "object", reasoning)
    if effort is None:
        return
    if facts.get("reasoning") is False:
        leg.losses.add("dropped", "behaviour", "reasoning_effort", path, "this model does not reason")
        return
    allowed = facts.get("efforts")
    if allowed is not None and effort not in allowed:
        word = EFFORT.get(effort, "high")
        leg.losses.add("approximated", "behaviour", "reasoning_effort", path, f"this model takes {', '.join(allowed)}; {word}")
        effort = word
    native["reasoning_effort"] = effort


def _word_of(thinking: Json) -> str:
    """Level word of a thinking object, by the common ladder of budgets."""
    if thinking.get("type") in ("disabled", "between_tools") or thinking.get("budget_tokens") == 0:
        return "none"
    budget = thinking.get("budget_tokens")
    if type(budget) is not int:
        return "high"
    return "low" if budget <= 1024 else "medium" if budget <= 8192 else "high"


def _response_format(request: Json, native: Json, leg: Leg) -> None:
    value = request.get("response_format")
    if value is None:
        return
    path: Path = ("response_format",)
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    kind, wrapped = value.get("type"), value.get("json_schema")
    report_rest(value, frozenset(("type", "json_schema")), leg, path, "behaviour")
    if kind not in ("text", "json_object", "json_schema"):
        leg.losses.add("dropped", "behaviour", "response_format", path, "format unknown here")
        return
    native["response_format"] = {"type": kind}
    if wrapped is not None and kind != "json_schema":
        leg.losses.add("dropped", "behaviour", "json_schema", (*path, "json_schema"), "only with the type json_schema")
    if kind != "json_schema":
        return
    inner: Path = (*path, "json_schema")
    if type(wrapped) is not dict:
        leg.invalid(inner if wrapped is not None else path, "object", wrapped)
    if type(wrapped.get("name")) is not str:
        leg.invalid((*inner, "name") if wrapped.get("name") is not None else inner, "string", wrapped.get("name"))
    report_rest(wrapped, SCHEMA_MEMBERS, leg, inner, "behaviour")
    if wrapped.get("schema") is None:
        leg.losses.add("approximated", "behaviour", "json_schema", inner, "no schema given; any JSON object")
        native["response_format"] = {"type": "json_object"}
        return
    schema: Json = {}
    for name, member in wrapped.items():
        if name in SCHEMA_MEMBERS and member is not None:
            schema[name] = member
    native["response_format"]["json_schema"] = schema


SCHEMA_MEMBERS = frozenset(("name", "description", "schema", "strict"))


def _seed(value: Any, native: Json, leg: Leg) -> None:
    if value is None:
        return
    if type(value) is not int:
        leg.invalid(("seed",), "integer", value)
    if value < 0:
        leg.losses.add("dropped", "behaviour", "seed", ("seed",), "0 or more here")
    else:
        native["random_seed"] = value


def _prediction(request: Json, native: Json, leg: Leg) -> None:
    value = request.get("prediction")
    if value is None:
        return
    count = request.get("n")
    if type(count) is int and count > 1:
        leg.losses.add("dropped", "behaviour", "prediction", ("prediction",), "not with several answers")
        return
    if type(value) is not dict:
        leg.invalid(("prediction",), "object", value)
    content = value.get("content")
    if type(content) is list:
        texts = [part["text"] for part in content if type(part) is dict and type(part.get("text")) is str]
        leg.losses.add("approximated", "envelope", "prediction", ("prediction", "content"), "parts joined to one text")
        value = {**value, "content": "".join(texts)}
    native["prediction"] = value


def _service_tier(value: Any, native: Json, leg: Leg) -> None:
    if value is None:
        return
    word = SERVICE_TIER_TO_NATIVE.get(value) if type(value) is str else None
    if word is None:
        leg.losses.add("dropped", "behaviour", "service_tier", ("service_tier",), "no such tier here")
    else:
        native["service_tier"] = word


def _tools(request: Json, native: Json, leg: Leg) -> None:
    tools, choice = request.get("tools"), request.get("tool_choice")
    if tools is not None and type(tools) is not list:
        leg.invalid(("tools",), "array", tools)
    named: frozenset[str] | None = None
    path: Path = ("tool_choice",)
    if type(choice) is dict:
        allowed = choice.get("allowed_tools")
        if choice.get("type") == "allowed_tools" and type(allowed) is dict:
            entries = allowed.get("tools")
            named = frozenset(
                entry["function"]["name"] for entry in (entries if type(entries) is list else ())
                if type(entry) is dict and type(entry.get("function")) is dict and type(entry["function"].get("name")) is str
            )  # fmt: skip
            leg.losses.add("approximated", "behaviour", "tool_choice", path, "tools cut to the allowed ones")
            choice = "any" if allowed.get("mode") == "required" else "auto"
        elif type(choice.get("function")) is dict and type(choice["function"].get("name")) is str:
            report_rest(choice, frozenset(("type", "function")), leg, path, "behaviour")
            report_rest(choice["function"], frozenset(("name",)), leg, (*path, "function"), "behaviour")
            if choice.get("type", "function") != "function":
                leg.losses.add("approximated", "behaviour", "tool_choice", (*path, "type"), "taken as a function")
            choice = {"type": "function", "function": {"name": choice["function"]["name"]}}
        else:
            leg.losses.add("dropped", "behaviour", "tool_choice", path, "choice unknown here")
            choice = None
    elif choice == "required":
        choice = "any"
    elif choice not in (None, "auto", "none", "any"):
        if type(choice) is not str:
            leg.invalid(path, "string or object", choice)
        leg.losses.add("dropped", "behaviour", "tool_choice", path, "choice unknown here")
        choice = None
    listed: list[Json] = []
    for number, tool in enumerate(tools or ()):
        fitted = tool_to_native(tool, leg, ("tools", number))
        if fitted is None:
            continue
        if named is not None and "function" in fitted and fitted["function"]["name"] not in named:
            leg.losses.add("dropped", "behaviour", "tools", ("tools", number), "not among those that tool_choice allows")
        else:
            listed.append(fitted)
    if listed:
        native["tools"] = listed
    if type(choice) is dict and not any(
        fitted.get("function", {}).get("name") == choice["function"]["name"] for fitted in listed
    ):  # fmt: skip
        leg.losses.add("dropped", "behaviour", "tool_choice", path, "no tool of that name")
    elif choice is not None:
        if listed:
            native["tool_choice"] = choice
        elif choice not in ("auto", "none"):
            leg.losses.add("dropped", "behaviour", "tool_choice", path, "no tools to choose from")


def tool_to_native(tool: Any, leg: Leg, path: Path) -> Json | None:
    """Tool -> native tool. Losses: kinds this API does not have, unknown members."""
    if type(tool) is not dict:
        leg.invalid(path, "object", tool)
    kind = tool.get("type", "function" if "function" in tool else None)
    if type(kind) is str and kind in NATIVE_TOOLS:
        return dict(tool)
    if kind != "function":
        leg.losses.add("dropped", "behaviour", kind if type(kind) is str else "tools", path, "no such tool in this API")
        return None
    function = object_of(tool, "function", leg, path)
    inner: Path = (*path, "function")
    if type(function.get("name")) is not str:
        leg.invalid((*inner, "name") if "name" in function else inner, "string", function.get("name"))
    native: Json = {"name": function["name"]}
    for name, value in function.items():
        if name in ("description", "strict", "parameters") and value is not None:
            native[name] = value
    check_types(FUNCTION_TYPES, native, leg, inner)
    parameters = native.get("parameters")
    if native.get("strict") and parameters is not None and not MARKS.isdisjoint(parameters):
        # The grammar of a strict tool breaks on them.
        for name in parameters:
            if name in MARKS:
                leg.losses.add("dropped", "envelope", name, (*inner, "parameters", name), "not in the schema of a strict tool")
        native["parameters"] = {name: value for name, value in parameters.items() if name not in MARKS}
    native.setdefault("parameters", {"type": "object", "properties": {}})
    native.update(bag.unpack(function, leg, inner))
    report_rest(function, frozenset(("name", "description", "strict", "parameters", "extra_content")), leg, inner, "behaviour")
    report_rest(tool, frozenset(("type", "function", "extra_content")), leg, path, "behaviour")
    return {"type": "function", "function": native, **bag.unpack(tool, leg, path)}


def _own_bag(request: Json, native: Json, leg: Leg) -> None:
    if not BAG_FIELDS.isdisjoint(request):  # clients put them at the top level too
        native.update((name, value) for name, value in request.items() if name in BAG_FIELDS and value is not None)
    for name, value in bag.unpack(request, leg, ()).items():
        if native.setdefault(name, value) is not value and native[name] != value:
            bag.stale(leg, (), name)


def to_unified(body: Json, leg: Leg) -> Json:
    """Mistral chat body -> unified chat request. Members without a unified field ride in the request's bag."""
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
    _tools_to_unified(body.get("tools"), unified, leg)
    _choice_to_unified(body.get("tool_choice"), unified, leg)
    collect_fields(NATIVE_REQUEST_FIELDS, body, unified, leg)
    tier = body.get("service_tier")
    if tier is not None:
        word = SERVICE_TIER_TO_UNIFIED.get(tier) if type(tier) is str else None
        if word is None:
            bag.put(unified, leg.row.key, "service_tier", tier)
        else:
            unified["service_tier"] = word
    leg.route.update(model=unified["model"], stream=stream is True)
    return unified


def _tools_to_unified(tools: Any, unified: Json, leg: Leg) -> None:
    if tools is None:
        return
    listed: list[Json] = []
    for number, tool in enumerate(tools):
        path: Path = ("tools", number)
        if type(tool) is not dict:
            leg.invalid(path, "object", tool)
        kind = optional_text(tool, "type", leg, path)
        if kind not in (None, "function"):
            listed.append(dict(tool))
            continue
        function = tool.get("function")
        if type(function) is not dict or type(function.get("name")) is not str:
            leg.invalid((*path, "function") if function is not None else path, "object with a name", function)
        check_types(FUNCTION_TYPES, function, leg, (*path, "function"))
        entry: Json = {"type": "function", "function": {}}
        for name, value in function.items():
            if name in ("name", "description", "strict", "parameters"):
                if value is not None:
                    entry["function"][name] = value
            elif value is not None:
                bag.put(entry["function"], leg.row.key, name, value)
        for name, value in tool.items():
            if name not in ("type", "function") and value is not None:
                bag.put(entry, leg.row.key, name, value)
        listed.append(entry)
    if listed:
        unified["tools"] = listed


def _choice_to_unified(choice: Any, unified: Json, leg: Leg) -> None:
    if choice is None:
        return
    if choice in ("any", "required"):
        unified["tool_choice"] = "required"
    elif choice in ("auto", "none"):
        unified["tool_choice"] = choice
    elif (
        type(choice) is dict and choice.keys() <= {"type", "function"} and choice.get("type", "function") == "function"
        and type(choice.get("function")) is dict and choice["function"].keys() == {"name"}
        and type(choice["function"]["name"]) is str
    ):  # fmt: skip
        unified["tool_choice"] = {"type": "function", "function": dict(choice["function"])}
    elif type(choice) in (str, dict):
        bag.put(unified, leg.row.key, "tool_choice", choice)
    else:
        leg.invalid(("tool_choice",), "string or object", choice)


_LONG = LongWay(_tools, _thinking, _response_format, _own_bag)
