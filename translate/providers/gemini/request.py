"""generateContent requests, both directions. Source: Gemini API reference, "Generating content"; see tables.py."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.loss import Loss
from translate.providers.gemini import (
    config as config_of,
    messages as messages_of,
    plain,
    plain_reading,
    settings,
    tools as tools_of,
)
from translate.providers.gemini.models import bare_model, facts_of, model_of
from translate.providers.gemini.opening import NOTHING, Opened, opened_odd
from translate.providers.gemini.spelling import members, place, snake, spelled, worded
from translate.providers.gemini.tables import (
    BAG_HANDLED,
    DEV_ONLY,
    GENERATION_MEMBERS,
    NATIVE_REQUEST_FIELDS,
    NUMBERS,
    REQUEST_FIELDS,
    SERVICE_TIER_TO_NATIVE,
    SERVICE_TIER_TO_UNIFIED,
    TOOL_CONFIG_MEMBERS,
    VERTEX_ONLY,
)
from translate.scrubbing import is_clean
from translate.shared import bag, one_text
from translate.shared.fields import Handled, check_stream_options, copy_fields
from translate.shared.identifiers import fit
from translate.shared.pairing import Rules
from translate.shared.remembered import LONGEST_KEY
from translate.shared.repair import prepare
from translate.survey import encodes

__all__ = ["opened_odd", "plain_to_unified", "route", "to_native", "to_unified"]

one_text_roles = one_text.every
_REFUSED = re.compile(r"^[^A-Za-z_]|[^A-Za-z0-9_.:\-]")
LONGEST_NAME = 128
_LABEL = re.compile(r"[a-z0-9_\-]{0,63}")
LABEL_KEY = re.compile(r"[a-z][a-z0-9_\-]{0,62}")
API_VERSION = "v1beta"


_FEW = frozenset(("model", "messages", "stream", "stream_options", *NUMBERS)) - {"top_logprobs"}  # many requests have no other members
_FURTHER = frozenset(("store", "service_tier", "metadata", "stream_options"))
_HANDLED = frozenset(name for name, rule in REQUEST_FIELDS.items() if type(rule) is Handled)

_PAIRS = Rules()

def to_native(request: Json, leg: Leg) -> Json:
    """
    Unified chat request -> generateContent body. Model and streaming go to the route.

    Losses: see REQUEST_FIELDS, and the functions of each member. Raises: InvalidDocument for a wrong type.
    """
    opened: Opened | None = leg.opened
    request = prepare(request, leg, _PAIRS, known=opened is not None)
    model = request.get("model") or leg.route.get("model") or leg.options.model or ""
    if type(model) is not str:
        leg.invalid(("model",), "string", model)
    if not model:
        leg.losses.add("defaulted", "envelope", "model", (), "no model named")
    model, facts = model_of(model, leg)
    few = _FEW.issuperset(request)
    own = _own(request, leg) if not few and ("extra_content" in request or "extra_body" in request) else bag.EMPTY
    written = plain.contents_to_native(request, leg, facts, opened or NOTHING) if leg.plain or opened is not None else None
    if few and written is not None:
        contents, system, resolution = written
        native: Json = {"contents": contents} if system is None else {"systemInstruction": system, "contents": contents}
        generation = config_of.numbers_to_native(request, bag.EMPTY, leg, facts)
        if resolution is not None:
            generation["mediaResolution"] = resolution
        if generation:
            native["generationConfig"] = generation
        if "stream_options" in request:
            check_stream_options(request["stream_options"], leg)
        _set_route(model, request.get("stream") is True, leg)
        return native
    names: Mapping[str, str] = bag.EMPTY
    if written is not None:
        contents, system, resolution = written
    else:
        names = _wire_names(request)
        if names:
            leg.memo["names"] = {wire: name for name, wire in names.items()}
        contents, system, resolution = messages_of.to_native(request["messages"], leg, facts, names)
    native = {}
    if system is not None:
        native["systemInstruction"] = system
    native["contents"] = contents
    if settings.MEMBERS.isdisjoint(request) and not own:
        generation = config_of.numbers_to_native(request, own, leg, facts)
    else:
        known = None if names else settings.to_native(request, own, model, leg)
        if known is not None:
            (tools, choice, others), losses, before = known
            leg.losses.items += losses[:before]
            generation = config_of.numbers_to_native(request, own, leg, facts)
            if "stop" in request:
                config_of.stop_to_native(request["stop"], generation, own, leg)
            generation.update(others)
            leg.losses.items += losses[before:]
        else:
            tools, choice = settings.tools_to_native(request, own, leg, facts, names)
            generation = config_of.to_native(request, own, leg, facts)
        if tools:
            native["tools"] = tools
        if choice:
            native["toolConfig"] = choice
    if resolution is not None and "mediaResolution" not in own:
        generation["mediaResolution"] = resolution
    if generation:
        native["generationConfig"] = generation
    if not _FURTHER.isdisjoint(request):
        _service_fields(request, native, leg)
        _labels(request.get("metadata"), native, leg)
        check_stream_options(request.get("stream_options"), leg)
    if not _HANDLED.issuperset(request):
        copy_fields(REQUEST_FIELDS, request, native, leg)
    if own:
        _unpack(own, native, leg)
    if "cachedContent" in native:
        _cached(native, leg)
    _set_route(model, request.get("stream") is True, leg)
    return native


def _set_route(model: str, stream: bool, leg: Leg) -> None:
    path_of = _path if len(model) <= LONGEST_KEY else _path.__wrapped__
    path = path_of(model, stream, None if leg.row.variant == "vertex" else leg.options.api_version or API_VERSION)
    leg.route = {"model": model, "stream": stream, "path": path, "query": {"alt": "sse"} if stream else {}, "headers": {}}


@lru_cache(maxsize=512)
def _path(model: str, stream: bool, version: str | None) -> str:
    """Where a request goes; `version` is the developer API's, None at Vertex."""
    verb = "streamGenerateContent" if stream else "generateContent"
    if version is None:
        return f"/{_resource(model)}:{verb}"
    return f"/{version}/{model if model.startswith('tunedModels/') else f'models/{model}'}:{verb}"


def _resource(model: str) -> str:
    """A model of the platform as its client addresses it: endpoints of tuned models by their own path, `publisher/model`."""
    if model.startswith(("projects/", "publishers/", "endpoints/")):
        return model
    publisher, slash, name = model.partition("/")
    return f"publishers/{publisher}/models/{name}" if slash else f"publishers/google/models/{model}"


def route(body: Json, leg: Leg) -> None:
    """What travels outside a native body."""
    model = body.get("model")
    if type(model) is not str:
        model = leg.route.get("model") or leg.options.model
    _set_route(bare_model(model) if type(model) is str else "", leg.route.get("stream") is True, leg)


def _own(request: Json, leg: Leg) -> Json:
    """The request's own bag in camelCase; `extra_body.google` is its alias."""
    own: Json = bag.EMPTY
    if "extra_content" in request:
        own = members(bag.of_request(request, leg))
    extra = request.get("extra_body")
    if extra is not None:
        if type(extra) is not dict:
            leg.invalid(("extra_body",), "object", extra)
        for name, value in extra.items():
            if name == "google" and type(value) is dict:
                own = {**members(value), **own}
            elif value is not None:
                leg.losses.add("dropped", "behaviour", name, ("extra_body", name), "only google is read here")
    return own


def _wire_names(request: Json) -> dict[str, str]:
    """Function names that the API refuses -> what is sent; calls, declarations and choices alike."""
    names = plain.declared_names(request)
    for message in request["messages"]:
        calls = message.get("tool_calls") if type(message) is dict else None
        for call in calls if type(calls) is list else ():
            held = (call.get("function") or call.get("custom")) if type(call) is dict else None
            if type(held) is dict and type(held.get("name")) is str:
                names.append(held["name"])
    if all(map(plain.fits, names)):
        return {}
    bad_start = any(name and not (name[0].isascii() and (name[0].isalpha() or name[0] == "_")) for name in names)
    return fit(names, _REFUSED, LONGEST_NAME, lead="_" if bad_start else "")


def _service_fields(request: Json, native: Json, leg: Leg) -> None:
    """store and service_tier, which only the developer API has in the body."""
    store, tier = request.get("store"), request.get("service_tier")
    if store is not None:
        if type(store) is not bool:
            leg.invalid(("store",), "boolean", store)
        if leg.row.variant == "vertex":
            if store:
                leg.losses.add("dropped", "envelope", "store", ("store",), "not a field of this service")
        else:
            native["store"] = store
    if tier is not None and tier != "auto":
        word = SERVICE_TIER_TO_NATIVE.get(tier) if type(tier) is str else None
        if leg.row.variant == "vertex":
            scope: Any = "envelope" if tier == "default" else "behaviour"
            leg.losses.add("dropped", scope, "service_tier", ("service_tier",), "not a field of this service")
        elif word is None:
            leg.losses.add("dropped", "behaviour", "service_tier", ("service_tier",), "tier unknown here")
        else:
            native["serviceTier"] = word


def _labels(value: Any, native: Json, leg: Leg) -> None:
    """metadata -> labels, those that fit."""
    if value is None:
        return
    if type(value) is not dict:
        leg.invalid(("metadata",), "object", value)
    labels: Json = {}
    for name, text in value.items():
        if LABEL_KEY.fullmatch(name) and type(text) is str and _LABEL.fullmatch(text):
            labels[name] = text
        elif text is not None:
            leg.losses.add("dropped", "envelope", "metadata", ("metadata", name), "labels are short, lower case, without other signs")
    if labels:
        native["labels"] = labels


def _unpack(own: Json, native: Json, leg: Leg) -> None:
    """Members of the request's bag to their places. Losses: members of the other service, members that are there already."""
    foreign = DEV_ONLY if leg.row.variant == "vertex" else VERTEX_ONLY
    for name, value in own.items():
        where: Path = ("extra_content", leg.row.key, snake(name))
        if name in ("generationConfig", "toolConfig"):
            if type(value) is not dict:
                leg.invalid(where, "object", value)
            held = native.setdefault(name, {})
            for inner, setting in spelled(value, leg.row.variant, leg, where).items():
                held.setdefault(inner, setting)
            continue
        if name in BAG_HANDLED or value is None:
            continue
        if name in foreign:
            leg.losses.add("dropped", "behaviour", snake(name), where, "not a field of this service")
            continue
        if name == "stopSequences":
            continue
        if name in ("responseSchema", "responseMimeType", "responseJsonSchema", "responseFormat"):
            if name in native.get("generationConfig", ()) or value == "":
                continue
            if name == "responseSchema" and "responseJsonSchema" in native.get("generationConfig", ()):
                continue
        fresh = spelled({where[-1]: value}, leg.row.variant, leg, where[:-1])
        target = native
        if name in GENERATION_MEMBERS:
            target = native.setdefault("generationConfig", {})
        elif name in TOOL_CONFIG_MEMBERS:
            target = native.setdefault("toolConfig", {})
        if name in target:
            bag.stale(leg, (), snake(name))
        else:
            target.update(fresh)


def _cached(native: Json, leg: Leg) -> None:
    """What cached content holds must not be sent again: instructions, tools and their configuration."""
    for name, feature in (("systemInstruction", "messages"), ("tools", "tools"), ("toolConfig", "tool_choice")):
        if native.pop(name, None) is not None:
            leg.losses.add("dropped", "behaviour", feature, (feature,), "part of the cached content; not sent beside it")


def plain_to_unified(body: Json, leg: Leg) -> Json | None:
    """`to_unified` for contents of the common shapes, looked at in the same walk; None for all others."""
    model = body.get("model")
    if model is not None and (type(model) is not str or not encodes(model)):
        return None
    model = model or leg.route.get("model") or leg.options.model or ""
    if type(model) is not str:
        return None
    model, facts = model_of(model, leg)
    named = body if _WITH_SETTINGS.issuperset(body) else members(body)
    messages = plain_reading.messages_to_unified(named.get("contents"), named.get("systemInstruction"), facts, leg)
    if messages is None:
        return None
    unified: Json = {"model": model, "messages": messages}
    config = named.get("generationConfig")
    numbers = config_of.plain_to_unified(config, facts) if config is not None else {}
    if numbers is not None and _CONTENTS.issuperset(named):  # as in most small requests
        unified.update(numbers)
    elif not _with_settings(body, named, unified, leg, model, facts, numbers):
        if not is_clean({name: value for name, value in body.items() if name not in _SAID}):
            return None
        _members_to_unified(body, named, unified, leg, facts)
    if not model:
        leg.losses.items.insert(0, _without_model(leg))
    return _with_stream(unified, leg)


def _with_settings(
    body: Json, named: Json, unified: Json, leg: Leg, model: str, facts: Mapping[str, Any], numbers: Json | None
) -> bool:  # fmt: skip
    """Takes up tools and what is remembered of the members beside the contents; False where there are others, nothing taken."""
    if not _WITH_SETTINGS.issuperset(named):
        return False
    tools = tools_of.plain_to_unified(named["tools"], leg.row.key, facts) if "tools" in named else []
    if tools is None:
        return False
    if numbers is None or "toolConfig" in named or "safetySettings" in named:
        known = settings.to_unified(named, tools, model, leg)
        if known is None or (known[1] and named is not body):  # whose places are spelled otherwise
            return False
        numbers, losses = known
        leg.losses.items += losses
    if tools:
        unified["tools"] = tools
    unified.update(numbers)
    return True


def to_unified(body: Json, leg: Leg) -> Json:
    """generateContent body -> unified chat request. Model and streaming come from the route, or `model` in the body."""
    named = members(body)
    if named.get("contents") is None:
        leg.missing((), "contents")
    model = named.get("model")
    if model is not None and type(model) is not str:
        leg.invalid(("model",), "string", model)
    model = bare_model(model or leg.route.get("model") or leg.options.model or "")
    if not model:
        leg.losses.items.append(_without_model(leg))
    facts = facts_of(leg, model)
    unified: Json = {"model": model, "messages": messages_of.to_unified(body, named, leg, facts)}
    _members_to_unified(body, named, unified, leg, facts)
    return _with_stream(unified, leg)


def _without_model(leg: Leg) -> Loss:
    return Loss("defaulted", "envelope", "model", "", leg.losses.target, "no model named")


def _members_to_unified(body: Json, named: Json, unified: Json, leg: Leg, facts: Mapping[str, Any]) -> None:
    """What stands beside the contents."""
    if named.get("tools") is not None:
        tools = tools_of.to_unified(named["tools"], leg, ("tools",), facts)
        if tools:
            unified["tools"] = tools
    settings.members_to_unified(body, named, unified, leg, facts)
    for name, value in () if _WITH_CONTENTS.issuperset(named) else named.items():
        if name in _WITH_CONTENTS:
            continue
        if value is None or (name in NATIVE_REQUEST_FIELDS and type(NATIVE_REQUEST_FIELDS[name]) is Handled):
            if name == "labels" and value is not None:
                _labels_to_unified(value, unified, leg)
            elif name == "store" and value is not None:
                if type(value) is not bool:
                    leg.invalid((name,), "boolean", value)
                unified["store"] = value
            elif name == "serviceTier" and value is not None:
                _tier_to_unified(value, unified, leg, (place(body, name),))
            continue
        bag.put(unified, leg.row.key, snake(name), worded(value, leg.row.variant))


_CONTENTS = frozenset(("model", "contents", "systemInstruction", "generationConfig"))
_SAID = _CONTENTS - {"generationConfig"} | {"system_instruction"}
_WITH_CONTENTS = _CONTENTS | {"tools", "toolConfig"}  # what is read before the others are walked over
_WITH_SETTINGS = _WITH_CONTENTS | {"safetySettings"}  # nothing of these is of one conversation alone


def _with_stream(unified: Json, leg: Leg) -> Json:
    """What the route says of the request."""
    stream = leg.route.get("stream") is True
    if stream:
        unified["stream"] = True
        unified["stream_options"] = {"include_usage": True}
    leg.route.update(model=unified["model"], stream=stream)
    return unified


def _labels_to_unified(value: Any, unified: Json, leg: Leg) -> None:
    if type(value) is not dict:
        leg.invalid(("labels",), "object", value)
    if all(type(text) is str and _LABEL.fullmatch(text) and LABEL_KEY.fullmatch(name) for name, text in value.items()):
        if value:
            unified["metadata"] = dict(value)
    else:
        bag.put(unified, leg.row.key, "labels", value)


def _tier_to_unified(value: Any, unified: Json, leg: Leg, path: Path) -> None:
    if type(value) is not str:
        leg.invalid(path, "string", value)
    tier = SERVICE_TIER_TO_UNIFIED.get(value.lower())
    if tier is None or leg.row.variant == "vertex":
        bag.put(unified, leg.row.key, "service_tier", value)
    else:
        unified["service_tier"] = tier


