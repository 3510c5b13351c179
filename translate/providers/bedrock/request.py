"""
Converse requests, both directions. Model and streaming stand in the path: `/model/{model}/converse` or `/converse-stream`.

Source: Amazon Bedrock API reference, "Converse", "ConverseStream".
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock import (
    address,
    beside,
    messages,
    plain,
    plain_reading,
    reasoning,
    settings,
    thinking,
    tools,
    turns,
)
from translate.providers.bedrock.facts import facts_of
from translate.providers.bedrock.tables import (
    NATIVE_ONLY,
    NATIVE_REQUEST_FIELDS,
    NO_MODEL,
    SERVICE_TIER_TO_UNIFIED,
    WRITE_FIELDS,
)
from translate.providers.bedrock.writing import Writing
from translate.scrubbing import is_clean
from translate.shared import bag, one_text
from translate.shared.fields import collect_fields, copy_fields
from translate.shared.pairing import Rules
from translate.shared.repair import prepare, without_echo

ADDITIONAL = settings.ADDITIONAL
BAG_FIELDS = NATIVE_ONLY | {"extra_content"}
route = address.route
opened_odd = plain.opened_odd
one_text_roles = one_text.every
MERGED = (ADDITIONAL, "inferenceConfig", "outputConfig", "toolConfig")


# --- unified -> native

_PAIRS = Rules(once=True)

def to_native(request: Json, leg: Leg) -> Json:
    """
    Unified chat request -> Converse body; the memo keeps the model, which answers do not name.

    Losses: seed, penalties, log probabilities, n > 1, json_object, links to media, user ids dropped; sampling by model and
    thinking; ids, names, document names and tiers approximated; what the service demands beside made up.
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
        leg.losses.add("defaulted", "envelope", "model", (), NO_MODEL)
    else:
        leg.memo["model"] = model
    leg.model = model
    writing = Writing(leg, request, facts_of(leg, model))
    native: Json = {}
    settings.limits_to_native(request, native, writing)
    thinking.to_native(request, native, writing)
    settings.sampling_to_native(request, native, writing)
    tools.to_native(request, native, writing)
    if leg.plain:
        plain.messages_to_native(request, native, writing)
    else:
        messages.to_native(request, native, writing)
    tools.settle(request, native, writing)
    settings.format_to_native(request, native, leg)
    if writing.points:
        writing.settle_points()
    stream = request.get("stream")
    if stream is not None and type(stream) is not bool:
        leg.invalid(("stream",), "boolean", stream)
    _more(request, native, writing)
    if stream is not True:
        _only_streams(native, request, leg)
    address.set_route(leg, model, stream is True)
    return native


def _more(request: Json, native: Json, writing: Writing) -> None:
    """What stands behind the messages."""
    leg = writing.leg
    beside.to_native(request, native, leg)
    copy_fields(WRITE_FIELDS, request, native, leg)
    if not BAG_FIELDS.isdisjoint(request):
        _own_fields(request, native, writing)
    if writing.additional:
        native[ADDITIONAL] = writing.additional


def _own_fields(request: Json, native: Json, writing: Writing) -> None:
    """Native-only fields, from the bag and from the top level, merged with what the unified fields gave."""
    leg = writing.leg
    held = bag.unpack(request, leg, ())
    for source, members in (((), request), (("extra_content", leg.row.key), held)):
        for name, value in members.items():
            if value is None or (not source and name not in NATIVE_ONLY):
                continue
            path: Path = (*source, name)
            if name == "anthropic_beta":
                _betas([value] if type(value) is str else value, writing, path)
            elif name in MERGED:
                if type(value) is not dict:
                    leg.invalid(path, "object", value)
                if name == ADDITIONAL:
                    value = dict(value)
                    betas = value.pop("anthropic_beta", None)
                    if betas is not None:
                        _betas(betas, writing, (*path, "anthropic_beta"))
                    target = writing.additional
                elif name == "toolConfig" and "toolConfig" not in native:
                    leg.losses.add("dropped", "behaviour", name, path, "no tools are sent")
                    continue
                else:
                    target = native[name] = dict(native.get(name) or {})
                settings.merge(target, value, leg, path, explicit=not source)
            elif name in native:
                if native[name] != value:
                    leg.losses.add("approximated", "behaviour", name, path, "contradicts the visible fields, which win")
            else:
                native[name] = value


def _betas(value: Any, writing: Writing, path: Path) -> None:
    """Beta names beside those that tools brought."""
    if type(value) is not list or not all(type(beta) is str for beta in value):
        writing.leg.invalid(path, "array of strings", value)
    held = writing.additional.setdefault("anthropic_beta", [])
    held += [beta for beta in value if beta not in held]


def _only_streams(native: Json, request: Json, leg: Leg) -> None:
    """A setting of the guardrail that only streams take."""
    config = native.get("guardrailConfig")
    if type(config) is dict and config.get("streamProcessingMode") is not None:
        native["guardrailConfig"] = {name: value for name, value in config.items() if name != "streamProcessingMode"}
        source: Path = () if request.get("guardrailConfig") is config else ("extra_content", leg.row.key)
        leg.losses.add(
            "dropped", "behaviour", "streamProcessingMode", (*source, "guardrailConfig", "streamProcessingMode"), "only streams take it"
        )


# --- native -> unified


def plain_to_unified(body: Json, leg: Leg) -> Json | None:
    """`to_unified` for messages of the common shapes, None for all others; what stands beside them goes the same way."""
    if body.keys() <= plain_reading.NATIVE_COMMON:
        return plain_reading.request_to_unified(body, leg)
    rest: Json = {}
    for name, value in body.items():
        if name != "messages" and name != "system":
            rest[name] = value
    if not is_clean(rest):
        return None
    model, told = address.model_of(body, leg), len(leg.losses.items)
    listed = plain_reading.messages_to_unified(body, model, leg)
    if not model and len(leg.losses.items) > told:  # of which the loss of the model is the first
        del leg.losses.items[told:]
        return None
    return None if listed is None else _to_unified(body, listed, leg)


def to_unified(body: Json, leg: Leg) -> Json:
    """
    Converse body -> unified chat request; fields that only Converse has ride in the request's bag.

    Losses: a cache point behind nothing, an unknown choice dropped. Raises: InvalidDocument for a wrong type.
    """
    return _to_unified(body, None, leg)


def _to_unified(body: Json, listed: list[Json] | None, leg: Leg) -> Json:
    given = body.get("modelId")
    if given is not None and type(given) is not str:
        leg.invalid(("modelId",), "string", given)
    model = address.model_of(body, leg)
    if not model:
        leg.losses.add("defaulted", "envelope", "model", (), NO_MODEL)
    leg.model = model
    facts = facts_of(leg, model)
    if listed is None:
        listed = turns.to_unified(body, leg, reasoning.word_of(facts))
    unified: Json = {"model": model, "messages": listed}
    stream = leg.route.get("stream") is True
    if stream:
        unified["stream"], unified["stream_options"] = True, {"include_usage": True}
    leg.route["model"], leg.route["stream"] = model, stream
    if body.get("inferenceConfig") is not None:
        settings.inference_to_unified(body["inferenceConfig"], unified, leg)
    if body.get("toolConfig") is not None:
        tools.to_unified(body["toolConfig"], unified, leg)
    if body.get("outputConfig") is not None:
        settings.output_to_unified(body["outputConfig"], unified, leg)
    if body.get(ADDITIONAL) is not None:
        settings.additional_to_unified(body[ADDITIONAL], unified, leg, facts)
    _effort_alone(unified, facts)
    if body.get("serviceTier") is not None:
        tier_to_unified(body["serviceTier"], unified, leg, ("serviceTier",))
    metadata = body.get("requestMetadata")
    if metadata is not None:
        if type(metadata) is not dict:
            leg.invalid(("requestMetadata",), "object", metadata)
        unified["metadata"] = metadata
    collect_fields(NATIVE_REQUEST_FIELDS, body, unified, leg)
    return unified


def _effort_alone(unified: Json, facts: Any) -> None:
    """An effort beside thinking as the way back writes it, or beside none where that means off."""
    if "reasoning_effort" not in unified or facts.get("effort") is not None or facts.get("omitted") != "off":
        return
    adaptive = facts.get("levels") is not False and "adaptive" in facts.get("thinking", ())
    if "thinking" not in unified:
        unified["thinking"] = {"type": "disabled"}
    elif unified["thinking"] == {"type": "adaptive"} and adaptive:
        del unified["thinking"]


def tier_to_unified(value: Any, unified: Json, leg: Leg, path: Path) -> None:
    """`serviceTier` of a request or an answer; tiers without a word ride in the bag."""
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    kind = value.get("type")
    if kind is not None and type(kind) is not str:
        leg.invalid((*path, "type"), "string", kind)
    if kind in SERVICE_TIER_TO_UNIFIED and len(value) == 1:
        unified["service_tier"] = SERVICE_TIER_TO_UNIFIED[kind]
    else:
        bag.put(unified, leg.row.key, "serviceTier", value)
