"""Cohere error bodies, both directions: `{"message": "text", "id": "..."}`."""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg
from translate.providers.cohere.tables import ERROR_BY_STATUS, STATUS_BY_CODE, STATUS_BY_ERROR_TYPE
from translate.shared import bag
from translate.shared.error_bodies import error_of
from translate.shared.fields import report_rest


def to_unified(body: Any, leg: Leg) -> Json:
    """Native body -> unified error, type and code by HTTP status."""
    if type(body) is not dict:
        leg.invalid((), "object", body)
    message = body.get("message")
    if message is None:
        message = body.get("detail", body.get("error"))
    if type(message) is not str:
        leg.invalid(("message",) if "message" in body else (), "string", message)
    status = leg.route.get("status")
    if type(status) is not int or not 400 <= status <= 599:
        status = 500
    leg.route["status"] = status
    kind, code = ERROR_BY_STATUS.get(status, ("server_error" if status >= 500 else "invalid_request_error", None))
    if status in (400, 422) and message.startswith("too many tokens"):
        code = "context_length_exceeded"
    error: Json = {"message": message, "type": kind, "param": None, "code": code}
    for name, value in body.items():
        if value is not None and not (name == "message" and value is message):
            bag.put(error, leg.row.key, name, value)
    return {"error": error}


def to_native(body: Any, leg: Leg) -> Json:
    """Unified error -> native body. Losses: type, param and code that the status does not say."""
    error = error_of(body, leg)
    report_rest(body, frozenset(("error",)), leg, (), "envelope")
    message = error.get("message")
    status = leg.route.get("status")
    kind, code = error.get("type"), error.get("code")
    if type(status) is not int:
        status = STATUS_BY_CODE.get(code) if type(code) is str else None
        status = status or (STATUS_BY_ERROR_TYPE.get(kind, 500) if type(kind) is str else 500)
    leg.route["status"] = status
    leg.route["headers"] = {}
    native: Json = {"message": message or ""}
    for name, value in bag.unpack(error, leg, ("error",), "envelope").items():
        if native.setdefault(name, value) is not value:
            bag.stale(leg, ("error",), name, "envelope")
    said = ERROR_BY_STATUS.get(status, ("server_error" if status >= 500 else "invalid_request_error", None))
    for name, value in error.items():
        if value is None or name in ("message", "extra_content") or (name, value) in zip(("type", "code"), said, strict=True):
            continue
        if name == "code" and value == "context_length_exceeded" and (message or "").startswith("too many tokens"):
            continue
        leg.losses.add("dropped", "envelope", name, ("error", name), "an error is one text here")
    return native
