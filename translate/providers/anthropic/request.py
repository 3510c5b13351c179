"""
Messages requests, both directions, for both versions of the API and the bodies on Vertex AI and Bedrock.

Source: Anthropic API reference, "Create a Message", "Versions", "Beta headers"; "Claude on Vertex AI", "Claude on Amazon Bedrock".
"""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg
from translate.providers.anthropic import address, beside, messages, opening, plain, plain_reading, settings, tools
from translate.providers.anthropic.facts import facts_of
from translate.providers.anthropic.tables import (
    NATIVE_ONLY,
    NATIVE_REQUEST_FIELDS,
    NO_MODEL,
    OLD_VERSION,
    PLATFORM_LACKS,
    SERVICE_TIER_TO_UNIFIED,
    VARIANT_VERSIONS,
    VERSION,
    WRITE_FIELDS,
)
from translate.providers.anthropic.writing import MARK, Writing
from translate.scrubbing import is_clean
from translate.shared import bag, one_text
from translate.shared.fields import check_stream_options, collect_fields, copy_fields
from translate.shared.pairing import Rules
from translate.shared.repair import prepare, without_echo
from translate.survey import encodes

opened_odd = opening.opened_odd
one_text_roles = one_text.answers
VERSIONED = frozenset(("anthropic_version", "anthropic_beta", "betas"))
BAG_FIELDS = NATIVE_ONLY | {"extra_content"}
_NOTHING: Json = {}
route = address.route


# --- unified -> native

_PAIRS = Rules(once=True)

def to_native(request: Json, leg: Leg) -> Json:
    """
    Unified chat request -> Messages body. Version 2026-10-21 unless the body needs the older one and the model takes it.

    Losses: seed, penalties, log probabilities, n > 1, json_object, audio and video, unsigned reasoning dropped; sampling
    parameters by version, model and thinking; max_tokens defaulted; effort, tiers, moved system messages approximated.
    """
    if leg.opened is not None:
        leg.plain = True
    elif leg.echoed:
        request = without_echo(request, leg)
    if leg.plain:
        short = plain.request_to_native(request, leg)
        if short is not None:
            return short
    request = prepare(request, leg, _PAIRS)
    model = request.get("model") or leg.route.get("model") or leg.options.model or ""
    if type(model) is not str:
        leg.invalid(("model",), "string", model)
    if not model:
        leg.losses.add("defaulted", "envelope", "model", ("model",), NO_MODEL)
    leg.model = model
    variant = leg.row.variant
    writing = Writing(leg, request, facts_of(leg, model))
    native: Json = {} if variant else {"model": model}
    native["max_tokens"] = beside.most_to_native(request, leg)
    if not settings.STEERING.isdisjoint(request):
        settings.thinking_to_native(request, native, writing)
    if not plain.TOOL_FIELDS.isdisjoint(request):
        tools.to_native(request, native, writing)
    # Marks settle in the order of the prompt: tools, system, messages.
    if leg.plain:
        plain.messages_to_native(request, native, writing)
    else:
        messages.to_native(request, native, writing)
    stream = request.get("stream")
    if stream is not None and type(stream) is not bool:
        leg.invalid(("stream",), "boolean", stream)
    extra = _more(request, native, writing, stream)
    version = _version(request, native, writing, extra.get("version"))
    betas = beside.with_tool_betas(extra.get("betas"), writing) if writing.betas else extra.get("betas")
    address.to_native(native, leg, model, stream is True, version, betas)
    if variant:
        for name in [name for name in native if name in PLATFORM_LACKS]:
            del native[name]
            where = (name,) if name in request else ("extra_content", leg.row.key, name)
            if name == "speed" and request.get("service_tier") == "fast":
                where = ("service_tier",)
            leg.losses.add("dropped", "behaviour", name, where, "not offered on this platform")
        native = {"anthropic_version": version, **native}
    return native


def _more(request: Json, native: Json, writing: Writing, stream: Any) -> Json:
    """What stands behind the messages; betas and a version word from the bag are returned."""
    leg = writing.leg
    if "response_format" in request:
        settings.format_to_native(request, native, leg)
    if "stop" in request:
        beside.stop_to_native(request["stop"], native, leg)
    if stream and leg.row.variant != "bedrock":
        native["stream"] = True
    check_stream_options(request.get("stream_options"), leg)
    if not beside.USER_FIELDS.isdisjoint(request):
        beside.user_to_native(request, native, leg)
    if "service_tier" in request:
        beside.tier_to_native(request["service_tier"], native, leg)
    mark = request.get(MARK)
    if mark is not None:
        if leg.row.variant:
            leg.losses.add("dropped", "behaviour", MARK, (MARK,), "not offered on this platform")
        else:
            writing.mark(native, mark, (MARK,))
            writing.marks.pop()
    if writing.marks:
        writing.settle_marks(MARK in native)
    copy_fields(WRITE_FIELDS, request, native, leg)
    return _NOTHING if BAG_FIELDS.isdisjoint(request) else _own_bag(request, native, writing)


def _own_bag(request: Json, native: Json, writing: Writing) -> Json:
    """Native-only fields, from the bag and from the top level; betas and a version word come back."""
    leg = writing.leg
    extra: Json = {}
    held = bag.of_request(request, leg)
    for source, members in (((), request), (("extra_content", leg.row.key), held)):
        for name, value in members.items():
            if value is None or (not source and name not in NATIVE_ONLY):
                continue
            path = (*source, name)
            if name == "betas":
                if type(value) is not list or not all(type(beta) is str for beta in value):
                    leg.invalid(path, "array of strings", value)
                extra.setdefault("betas", []).extend(beta for beta in value if beta not in extra.get("betas", ()))
            elif name == "anthropic_version":
                extra["version"] = value
            elif name == "output_config":
                if type(value) is not dict:
                    leg.invalid(path, "object", value)
                config = native.setdefault("output_config", {})
                for member, setting in value.items():
                    if member == "format" and type(config.get(member)) is dict and type(setting) is dict:
                        config[member] = {**setting, **config[member]}
                    elif member in config and config[member] != setting:
                        leg.losses.add("approximated", "behaviour", member, (*path, member), "the visible fields win")
                    else:
                        config[member] = setting
            elif name == "thinking" and source and value == settings.OFF and native.get(name) != value:
                bag.stale(leg, (), name)
            elif name == "metadata" and type(value) is dict:
                native["metadata"] = {**value, **native.get("metadata", {})}
            elif name in native:
                if source and native[name] != value:
                    bag.stale(leg, (), name)
                elif not source and name == "speed" and native[name] != value:
                    leg.losses.add("dropped", "behaviour", name, path, "service_tier is there and wins")
            else:
                native[name] = value
    return extra


def _version(request: Json, native: Json, writing: Writing, given: Any) -> str:
    """Decides the version and, with it, whether sampling parameters are sent."""
    leg = writing.leg
    variant = leg.row.variant
    asked = leg.options.api_version or (given if type(given) is str else None)
    if asked is not None:
        asked = address.own_word(asked, variant)
    old_allowed = asked is None or asked != VERSION
    sent = not plain.SAMPLING.isdisjoint(request) and settings.sampling(request, native, writing, old_allowed)
    if asked is not None:
        return asked
    if variant:
        return VARIANT_VERSIONS[variant]
    return OLD_VERSION if sent or writing.old else VERSION


# --- native -> unified


def plain_to_unified(body: Json, leg: Leg) -> Json | None:
    """`to_unified` for messages of the common shapes, None for all others; what stands beside them goes the same way."""
    if body.keys() <= plain_reading.NATIVE_COMMON:
        return plain_reading.request_to_unified(body, leg)
    rest: Json = {}
    for name, value in body.items():
        kind = type(value)
        if name == "messages" or name == "system":
            continue
        if kind is dict or kind is list or name not in NATIVE_REQUEST_FIELDS:
            rest[name] = value
        elif kind is str and not encodes(value):
            return None
    if rest and not is_clean(rest):
        return None
    told = len(leg.losses.items)
    listed = plain_reading.messages_to_unified(body, leg)
    if len(leg.losses.items) > told and not (body.get("model") or leg.route.get("model") or leg.options.model):
        del leg.losses.items[told:]  # of which the loss of the model is the first
        return None
    return None if listed is None else _to_unified(body, listed, leg)


def to_unified(body: Json, leg: Leg) -> Json:
    """
    Messages body -> unified chat request.

    Native-only fields ride in the request's bag, betas of the header among them. Raises: InvalidDocument for a wrong type.
    """
    return _to_unified(body, None, leg)


def _to_unified(body: Json, listed: list[Json] | None, leg: Leg) -> Json:
    model = body.get("model")
    if model is not None and type(model) is not str:
        leg.invalid(("model",), "string", model)
    model = model or leg.route.get("model") or leg.options.model or ""
    if not model:
        leg.losses.add("defaulted", "envelope", "model", ("model",), NO_MODEL)
    unified: Json = {"model": model}
    most = body.get("max_tokens")
    if most is not None:
        if type(most) is not int:
            leg.invalid(("max_tokens",), "integer", most)
        unified["max_completion_tokens"] = most
    unified["messages"] = messages.to_unified(body, leg) if listed is None else listed
    stream = body.get("stream")
    if stream is not None and type(stream) is not bool:
        leg.invalid(("stream",), "boolean", stream)
    streams = leg.route.get("stream") is True if stream is None else bool(stream)
    if streams:
        unified["stream"], unified["stream_options"] = True, {"include_usage": True}
    _more_to_unified(body, unified, leg, model)
    if not VERSIONED.isdisjoint(body) or leg.route.get("headers"):
        address.to_unified(body, unified, leg)
    leg.route["model"], leg.route["stream"] = model, streams
    return unified


def _more_to_unified(body: Json, unified: Json, leg: Leg, model: str) -> None:
    """What stands behind the messages."""
    if "tools" in body or "tool_choice" in body:
        tools.to_unified(body, unified, leg)
    if "thinking" in body or "output_config" in body or "output_format" in body:
        settings.thinking_to_unified(body, unified, leg, facts_of(leg, model))
    stops = body.get("stop_sequences")
    if stops is not None:
        if type(stops) is not list:
            leg.invalid(("stop_sequences",), "array", stops)
        for number, entry in enumerate(stops):
            if type(entry) is not str:
                leg.invalid(("stop_sequences", number), "string", entry)
        if stops:
            unified["stop"] = list(stops)
    _check_sampling(body, leg)
    if body.get("metadata") is not None:
        _metadata(body["metadata"], unified, leg)
    if "service_tier" in body or "speed" in body:
        _tier_to_unified(body, unified, leg)
    mark = body.get(MARK)
    if mark is not None and type(mark) is not dict:
        leg.invalid((MARK,), "object", mark)
    collect_fields(NATIVE_REQUEST_FIELDS, body, unified, leg)


def _check_sampling(body: Json, leg: Leg) -> None:
    for name in ("temperature", "top_p", "top_k"):
        value = body.get(name)
        if value is not None and type(value) is not int and (type(value) is not float or name == "top_k"):
            leg.invalid((name,), "integer" if name == "top_k" else "number", value)


def _metadata(metadata: Any, unified: Json, leg: Leg) -> None:
    if type(metadata) is not dict:
        leg.invalid(("metadata",), "object", metadata)
    user = metadata.get("user_id")
    if user is not None and type(user) is not str:
        leg.invalid(("metadata", "user_id"), "string", user)
    if user:
        unified["safety_identifier"] = user
    rest = {name: value for name, value in metadata.items() if name != "user_id" and value is not None}
    if rest:
        bag.put(unified, leg.row.key, "metadata", rest)


def _tier_to_unified(body: Json, unified: Json, leg: Leg) -> None:
    tier, speed = body.get("service_tier"), body.get("speed")
    for name, value in (("service_tier", tier), ("speed", speed)):
        if value is not None and type(value) is not str:
            leg.invalid((name,), "string", value)
    if speed == "fast":
        unified["service_tier"] = "fast"
    elif speed is not None:
        bag.put(unified, leg.row.key, "speed", speed)
    if tier is not None:
        if speed != "fast" and tier in SERVICE_TIER_TO_UNIFIED:
            unified["service_tier"] = SERVICE_TIER_TO_UNIFIED[tier]
        else:
            bag.put(unified, leg.row.key, "service_tier", tier)
