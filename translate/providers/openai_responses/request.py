"""Responses requests, both directions. Source: OpenAI API reference, "Create a model response"."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_responses import messages as messages_of, opening, plain, settings, tools
from translate.providers.openai_responses.tables import (
    BAG_FIELDS,
    INTEGERS,
    LEAST_OUTPUT_TOKENS,
    MODEL_FACTS,
    NATIVE_REQUEST_FIELDS,
    NUMBERS,
    OBJECTS,
    REQUEST_FIELDS,
    SERVICE_TIERS,
    STRINGS,
)
from translate.scrubbing import is_clean
from translate.shared import bag, one_text
from translate.shared.facts import bare, look_up, matches
from translate.shared.fields import Copy, Handled, collect_fields, copy_fields, is_neutral
from translate.shared.pairing import Rules
from translate.shared.remembered import LONGEST_KEY
from translate.shared.repair import is_prepared, prepare

PATH = "/responses"
opened_odd = opening.opened_odd
are_lone = opening.are_lone
one_text_roles = one_text.answers
MIXED = frozenset(("text", "reasoning", "include"))  # members of the bag that the settings take in

_PAIRS = Rules(lone_results=True, once=True)

def to_native(request: Json, leg: Leg) -> Json:
    """
    Unified chat request -> Responses body.

    Units: max_output_tokens counts reasoning too; 16 is its least value.
    Losses: see REQUEST_FIELDS; budgets of reasoning, names and ids the API refuses approximated.
    Raises: InvalidDocument for a wrong type.
    """
    opened = leg.opened
    if not leg.plain:
        leg.plain = opened is not None or are_lone(request.get("messages"))
    if not (leg.plain and is_prepared(request)):
        request = prepare(request, leg, _PAIRS)
    tooled = not _TOOLS.isdisjoint(request)
    written: list[Json] | None = None
    if leg.plain and not (tooled and not plain.names_fit(request.get("tools"))):
        written = plain.items_to_native(request["messages"], {} if opened is None else opened.items)
    if written is None and leg.plain:  # a name or an id has to be renamed
        leg.plain = False
        request = prepare(request, leg, _PAIRS)
    model = request.get("model") or leg.route.get("model") or leg.options.model or ""
    if type(model) is not str:
        leg.invalid(("model",), "string", model)
    if not model:
        leg.losses.add("defaulted", "envelope", "model", (), "no model named")
    leg.model = model
    known = leg.options.model_facts is None and len(model) <= LONGEST_KEY
    facts = _known_facts(model) if known else look_up(MODEL_FACTS, leg, model)
    own = bag.unpack(request, leg, ()) if "extra_content" in request else bag.EMPTY
    instructions: str | None = None
    names: dict[str, str] = {}
    if written is not None:
        items = written
        if opened is not None:
            instructions = opened.instructions
            if opened.later or opened.lost:
                _finish(opened, request["messages"], leg, facts)
    else:
        names = tools.wire_names(request, leg)
        instructions, items = messages_of.to_native(request["messages"], leg, facts, names)
    native: Json = {"model": model}
    if instructions is not None:
        native["instructions"] = instructions
    native["input"] = items
    if not _HANDLED.issuperset(request):
        for name, value in request.items():
            if name in _COPIED:
                if value is not None:
                    native[name] = value
            elif name not in _HANDLED:
                copy_fields(REQUEST_FIELDS, {name: value}, native, leg)
    store = request.get("store")
    if store is not None and type(store) is not bool:
        leg.invalid(("store",), "boolean", store)
    native["store"] = store is True  # true is the default here
    if "max_completion_tokens" in request:
        _limit("max_completion_tokens", request["max_completion_tokens"], native, leg)
    if "max_tokens" in request:
        _limit("max_tokens", request["max_tokens"], native, leg)
    if own or not _FURTHER.isdisjoint(request):
        if "service_tier" in request:
            _service_tier(request["service_tier"], own, native, leg)
        if tooled:
            tools.to_native(request, native, leg, names)
        if "reasoning" in own or not _STEERING.isdisjoint(request):
            settings.reasoning_to_native(request, own, native, leg, reasons=facts.get("reasons", True))
        if "text" in own or not _TEXT.isdisjoint(request):
            settings.text_to_native(request, own, native, leg)
        settings.include_to_native(request, own, native, leg)
    if not _SAMPLED.isdisjoint(request):
        _sampling(request, native, leg, facts)
    if "stream" in request or "stream_options" in request:
        _stream_options(request, native, leg)
    if own or not BAG_FIELDS.isdisjoint(request):
        _own_bag(request, own, native, leg)
    if native.get("parallel_tool_calls") is not None and not native.get("tools"):
        if native["parallel_tool_calls"] is not True and "tools" in request:
            leg.losses.add("dropped", "behaviour", "parallel_tool_calls", ("parallel_tool_calls",), "no tools to call")
            del native["parallel_tool_calls"]
    if not items and native.keys().isdisjoint(_WITH_INPUT):
        leg.losses.add("approximated", "content", "messages", ("messages",), f"no text is left; sent as {NO_TEXT!r}")
        native["input"] = [{"type": "message", "role": "user", "content": NO_TEXT}]
    leg.route = {"model": model, "stream": native.get("stream") is True, "path": PATH, "query": {}, "headers": {}}
    return native


def _finish(opened: opening.Opened, messages: list[Json], leg: Leg, facts: Mapping[str, Any]) -> None:
    """Writes what was left for later, and tells what is lost, in the order of the messages."""
    for number in opened.items:
        if number in opened.later:
            messages_of.fill(opened.later[number], messages[number], leg, ("messages", number), facts)
        for path, scope, feature, why in opened.lost.get(number, ()):
            leg.losses.dropped(scope, feature, path, why)


_WITH_INPUT = frozenset(("previous_response_id", "conversation", "prompt"))  # that need no other
NO_TEXT = "(no text)"  # of a user who has nothing to say, where nobody else speaks
# What `copy_fields` leaves to others.
_HANDLED = frozenset(name for name, rule in REQUEST_FIELDS.items() if type(rule) is Handled) | BAG_FIELDS
_COPIED = frozenset(name for name, rule in REQUEST_FIELDS.items() if type(rule) is Copy)
_SAMPLED = frozenset(("temperature", "top_p", "top_logprobs"))
# Members with functions of their own that few requests have.
_TOOLS = frozenset(("tools", "web_search_options", "tool_choice"))
_STEERING = frozenset(("reasoning_effort", "thinking", "reasoning"))
_TEXT = frozenset(("response_format", "verbosity"))
_FURTHER = _TOOLS | _STEERING | _TEXT | {"service_tier", "logprobs", "include"}


@lru_cache(maxsize=512)
def _known_facts(model: str) -> Mapping[str, Any]:
    """Facts of the built-in table: the same model comes again and again."""
    name = bare(model)
    return next((facts for pattern, facts in MODEL_FACTS if matches(pattern, name)), {})


def route(body: Json, leg: Leg) -> None:
    """What travels outside a native body."""
    model = body.get("model")
    leg.route.update(
        model=model if type(model) is str else leg.route.get("model"), stream=body.get("stream") is True,
        path=PATH, query={}, headers={},
    )  # fmt: skip


def _limit(name: str, value: Any, native: Json, leg: Leg) -> None:
    """The output limit; name: the spelling it has in the request."""
    if value is None:
        return
    if type(value) is not int:
        leg.invalid((name,), "integer", value)
    if value < LEAST_OUTPUT_TOKENS:
        leg.losses.add("approximated", "behaviour", "max_completion_tokens", (name,), f"{value} raised to {LEAST_OUTPUT_TOKENS}")
        value = LEAST_OUTPUT_TOKENS
    native["max_output_tokens"] = value


def _service_tier(value: Any, own: Json, native: Json, leg: Leg) -> None:
    if value is None:
        return
    if type(value) is not str:
        leg.invalid(("service_tier",), "string", value)
    if value in SERVICE_TIERS or value == own.get("service_tier"):
        native["service_tier"] = value
    else:
        leg.losses.add("dropped", "behaviour", "service_tier", ("service_tier",), "no such tier here")


def _sampling(request: Json, native: Json, leg: Leg, facts: Mapping[str, Any]) -> None:
    """Temperature and top_p, as far as the model takes them; top_logprobs."""
    allowed = facts.get("sampling", True)
    if allowed is None:  # not while it reasons
        allowed = native.get("reasoning", {}).get("effort") in (None, "none")
    for name in ("temperature", "top_p"):
        value = request.get(name)
        if value is None:
            continue
        if type(value) not in (int, float):
            leg.invalid((name,), "number", value)
        if not allowed:
            if not is_neutral(value, (1, 1.0)):
                leg.losses.add("dropped", "behaviour", name, (name,), f"refused by {leg.model} while it reasons")
            continue
        greatest = 2 if name == "temperature" else 1
        if not 0 <= value <= greatest:
            leg.losses.add("approximated", "behaviour", name, (name,), f"{value} is outside 0..{greatest}")
            value = min(max(value, 0), greatest)
        native[name] = value
    top = request.get("top_logprobs")
    if top is not None:
        if type(top) is not int:
            leg.invalid(("top_logprobs",), "integer", top)
        if top > 20:
            leg.losses.add("approximated", "behaviour", "top_logprobs", ("top_logprobs",), f"{top} lowered to 20")
        native["top_logprobs"] = min(top, 20)


def _stream_options(request: Json, native: Json, leg: Leg) -> None:
    stream, options = request.get("stream"), request.get("stream_options")
    if stream is not None and type(stream) is not bool:
        leg.invalid(("stream",), "boolean", stream)
    if options is None:
        return
    path: Path = ("stream_options",)
    if type(options) is not dict:
        leg.invalid(path, "object", options)
    for name, value in options.items():
        # Usage always comes in the last event.
        if value is None or name == "include_usage":
            continue
        if name == "include_obfuscation" and stream is True:
            native["stream_options"] = {name: value}
        elif name == "include_obfuscation":
            leg.losses.add("dropped", "envelope", name, (*path, name), "only with a stream")
        else:
            leg.losses.add("dropped", "envelope", name, (*path, name), "not a member of stream_options here")


def _own_bag(request: Json, own: Json, native: Json, leg: Leg) -> None:
    for name, value in request.items():  # clients put them at the top level too
        if name in BAG_FIELDS and name not in MIXED and value is not None:
            native[name] = value
    for name, value in own.items():
        if name in MIXED or value is None or (name == "service_tier" and value == native.get(name)):
            continue
        if name == "stream_options" and type(value) is dict:
            native[name] = {**value, **native.get(name, {})}
        elif name in native and native[name] != value:
            bag.stale(leg, (), name)
        else:
            native[name] = value


def plain_to_unified(body: Json, leg: Leg) -> Json | None:
    """`to_unified` for input of the common shapes, looked at in the same walk; None for all others."""
    rest: Json = {}
    for name, value in body.items():
        kind = type(value)
        rule = _KIND_OF.get(name)
        if rule is not None:
            if value is not None and kind not in rule[0]:
                return None
            if kind is int or kind is float or kind is bool:
                continue
        elif name == "input" or name == "instructions" or (kind is bool and name == "stream"):
            continue
        elif name == "model" and kind is str and value.isascii():
            continue
        rest[name] = value
    model = body.get("model") or leg.route.get("model") or leg.options.model
    if not model or type(model) is not str or "stream" in rest or "model" in rest:
        return None
    messages = plain.messages_to_unified(body.get("input"), body.get("instructions"), leg.row.key)
    if messages is None:
        return None
    if rest and not is_clean(rest):
        return None
    return _members_to_unified(body, {"model": model, "messages": messages}, leg)


def to_unified(body: Json, leg: Leg) -> Json:
    """
    Responses body -> unified chat request. Members without a unified field ride in the request's bag.

    Losses: none of its own, but a request without any input gets an empty turn. Raises: InvalidDocument for a wrong type.
    """
    model, stream = body.get("model"), body.get("stream")
    if model is not None and type(model) is not str:
        leg.invalid(("model",), "string", model)
    if stream is not None and type(stream) is not bool:
        leg.invalid(("stream",), "boolean", stream)
    _check(body, leg)
    model = model or leg.route.get("model") or leg.options.model or ""
    if not model:
        leg.losses.add("defaulted", "envelope", "model", (), "no model named")
    unified: Json = {"model": model}
    unified["messages"] = messages_of.to_unified(body.get("input"), body.get("instructions"), leg)
    return _members_to_unified(body, unified, leg)


def _members_to_unified(body: Json, unified: Json, leg: Leg) -> Json:
    """What stands beside the input."""
    stream = body.get("stream")
    if stream is not None:
        unified["stream"] = stream
        if stream:
            unified["stream_options"] = {"include_usage": True}
    _stream_options_in(body.get("stream_options"), unified, leg)
    store = body.get("store")
    if store is not None:
        unified["store"] = store
    tier = body.get("service_tier")
    if tier is not None:
        unified["service_tier"] = tier
        if tier not in SERVICE_TIERS:
            bag.put(unified, leg.row.key, "service_tier", tier)
    if "tools" in body or "tool_choice" in body:
        tools.to_unified(body, unified, leg)
    if not MIXED.isdisjoint(body):
        settings.to_unified(body, unified, leg)
    collect_fields(NATIVE_REQUEST_FIELDS, body, unified, leg)
    leg.route.update(model=unified["model"], stream=stream is True)
    return unified


_KINDS: tuple[tuple[tuple[str, ...], Any, str], ...] = (
    (NUMBERS, (int, float), "number"), (INTEGERS, (int,), "integer"), ((*STRINGS, "service_tier"), (str,), "string"),
    (OBJECTS, (dict,), "object"), (("store", "parallel_tool_calls"), (bool,), "boolean"),
)  # fmt: skip
_KIND_OF = {name: (kinds, expected) for names, kinds, expected in _KINDS for name in names}


def _check(body: Json, leg: Leg) -> None:
    """JSON types of the members that are copied."""
    for name, value in body.items():
        rule = _KIND_OF.get(name)
        if rule is not None and value is not None and type(value) not in rule[0]:
            leg.invalid((name,), rule[1], value)


def _stream_options_in(options: Any, unified: Json, leg: Leg) -> None:
    if options is None:
        return
    if type(options) is not dict:
        leg.invalid(("stream_options",), "object", options)
    rest: Json = {}
    for name, value in options.items():
        if name == "include_obfuscation" and value is not None and unified.get("stream"):
            if type(value) is not bool:
                leg.invalid(("stream_options", name), "boolean", value)
            unified["stream_options"] = {**unified.get("stream_options", {}), name: value}
        elif value is not None:
            rest[name] = value
    if rest:
        bag.put(unified, leg.row.key, "stream_options", rest)
