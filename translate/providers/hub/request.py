"""Unified requests as a format of their own: they pass as they stand."""

from __future__ import annotations

from translate.leg import Json, Leg


def to_unified(body: Json, leg: Leg) -> Json:
    """The request itself."""
    return body


def to_native(request: Json, leg: Leg) -> Json:
    """The request itself; fills the route."""
    route(request, leg)
    return request


def route(body: Json, leg: Leg) -> None:
    """Model, stream and path of a unified request."""
    from translate.providers.hub import PATH

    model = body.get("model") or leg.route.get("model") or leg.options.model
    stream = body.get("stream")
    if type(stream) is not bool:
        stream = leg.route.get("stream") is True
    leg.route.update(model=model if type(model) is str else "", stream=stream, path=PATH, query={}, headers={})
