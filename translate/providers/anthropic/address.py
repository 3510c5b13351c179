"""
What travels beside a body, or says which version of the API reads it: path, version word, betas; both directions.

Source: Anthropic API reference, "Versions", "Beta headers"; "Claude on Vertex AI", "Claude on Amazon Bedrock".
"""

from __future__ import annotations

from functools import lru_cache

from translate.leg import Json, Leg
from translate.providers.anthropic.tables import OLD_VERSION, VARIANT_VERSIONS, VERSION
from translate.shared import bag
from translate.shared.remembered import LONGEST_KEY

VERSION_HEADER = "anthropic-version"
BETA_HEADER = "anthropic-beta"


def own_word(version: str, variant: str) -> str:
    """The older version has another word on each platform."""
    if version == OLD_VERSION or version in VARIANT_VERSIONS.values():
        return VARIANT_VERSIONS.get(variant, OLD_VERSION)
    return version


def to_native(native: Json, leg: Leg, model: str, stream: bool, version: str, betas: list[str] | None) -> None:
    """Path and headers."""
    variant = leg.row.variant
    headers: Json = {}
    if not variant:
        headers[VERSION_HEADER] = version
    if betas and variant == "bedrock":
        native["anthropic_beta"] = betas
    elif betas:
        headers[BETA_HEADER] = ",".join(betas)
    route = leg.route
    route["model"], route["stream"], route["path"] = model, stream, path_of(variant, model, stream)
    route["query"], route["headers"] = {}, headers


def path_of(variant: str, model: str, stream: bool) -> str:
    """Path of a request, behind the base URL of the platform."""
    if not variant:
        return "/v1/messages"
    return (_path if len(model) <= LONGEST_KEY else _path.__wrapped__)(variant, model, stream)


@lru_cache(maxsize=256)
def _path(variant: str, model: str, stream: bool) -> str:
    if variant == "vertex":
        return f"/publishers/anthropic/models/{model}:{'streamRawPredict' if stream else 'rawPredict'}"
    from urllib.parse import quote

    return f"/model/{quote(model, safe='')}/{'invoke-with-response-stream' if stream else 'invoke'}"


def route(body: Json, leg: Leg) -> None:
    """What travels outside a native body."""
    given = leg.route.get("model")
    model = body.get("model") if type(body.get("model")) is str else given if type(given) is str else ""
    stream = body.get("stream") if type(body.get("stream")) is bool else leg.route.get("stream") is True
    headers: Json = {}
    if not leg.row.variant:
        needs_old = any(body.get(name) is not None for name in ("temperature", "top_p", "top_k"))
        headers[VERSION_HEADER] = leg.options.api_version or _header(leg, VERSION_HEADER) or (OLD_VERSION if needs_old else VERSION)
    betas = _header(leg, BETA_HEADER)
    if betas and leg.row.variant != "bedrock":
        headers[BETA_HEADER] = betas
    leg.route.update(
        model=model, stream=bool(stream), path=path_of(leg.row.variant, model or "", bool(stream)), query={}, headers=headers
    )


def _header(leg: Leg, name: str) -> str:
    """A header the caller handed over with the body, whatever its case; "" when there is none."""
    given = leg.route.get("headers")
    found = ""
    if isinstance(given, dict):
        for header, value in given.items():
            if type(header) is str and type(value) is str and header.lower() == name:
                found = value
    return found


def to_unified(body: Json, unified: Json, leg: Leg) -> None:
    """The version word where it is not the default, and the betas, wherever they stood."""
    version = body.get("anthropic_version")
    if version is not None:
        if type(version) is not str:
            leg.invalid(("anthropic_version",), "string", version)
        if version != VARIANT_VERSIONS.get(leg.row.variant):
            bag.put(unified, leg.row.key, "anthropic_version", version)
    betas: list[str] = []
    for name in ("anthropic_beta", "betas"):
        value = body.get(name)
        if value is None:
            continue
        if type(value) is not list or not all(type(beta) is str for beta in value):
            leg.invalid((name,), "array of strings", value)
        betas += value
    if leg.route.get("headers"):
        betas += [beta.strip() for beta in _header(leg, BETA_HEADER).split(",") if beta.strip()]
    if betas:
        bag.put(unified, leg.row.key, "betas", list(dict.fromkeys(betas)))
