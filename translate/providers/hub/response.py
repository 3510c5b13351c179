"""Unified responses as a format of their own: they pass as they stand."""

from __future__ import annotations

from translate.leg import Json, Leg


def to_unified(body: Json, leg: Leg) -> Json:
    """The response itself."""
    return body


def to_native(response: Json, leg: Leg) -> Json:
    """The response itself."""
    return response
