"""Unified error bodies as a format of their own."""

from __future__ import annotations

from typing import Any

from translate.leg import Leg


def to_unified(body: Any, leg: Leg) -> Any:
    """The body itself."""
    return body


def to_native(body: Any, leg: Leg) -> Any:
    """The body itself; the status is what came, else 500."""
    if type(leg.route.get("status")) is not int:
        leg.route["status"] = 500
    return body
