"""Ollama error bodies, both directions: `{"error": "text"}` beside an HTTP status."""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg
from translate.providers.ollama.tables import ERROR_BY_STATUS, STATUS_BY_ERROR
from translate.shared import bag
from translate.shared.error_bodies import error_of
from translate.shared.fields import report_rest


def to_unified(body: Any, leg: Leg) -> Json:
    """Native body -> unified error; type by HTTP status. Other members ride in the error's bag."""
    if type(body) is not dict:
        leg.invalid((), "object", body)
    text = body.get("error")
    status = leg.route.get("status") or body.get("status")
    if type(status) is not int or not 400 <= status <= 599:
        status = 500
    leg.route["status"] = status
    kind, code = ERROR_BY_STATUS.get(status, ("server_error" if status >= 500 else "api_error", None))
    if type(text) is dict:  # the server's OpenAI-compatible endpoint, or a gateway in between
        error: Json = {"message": text.get("message") if type(text.get("message")) is str else str(text), "type": kind,
                       "param": None, "code": code}  # fmt: skip
        bag.put(error, leg.row.key, "error", text)
    else:
        if type(text) is not str:
            leg.invalid(("error",) if text is not None else (), "string", text)
        error = {"message": text, "type": kind, "param": None, "code": code}
    for name, value in body.items():
        if name != "error" and value is not None and not (name == "status" and value == status):
            bag.put(error, leg.row.key, name, value)
    return {"error": error}


def to_native(body: Any, leg: Leg) -> Json:
    """Unified error -> native body; `route["status"]` by type where no status came. Losses: param, code dropped."""
    error = error_of(body, leg)
    report_rest(body, frozenset(("error",)), leg, (), "envelope")
    kind, message = error.get("type"), error.get("message")
    status = leg.route.get("status")
    if type(status) is not int:
        status = STATUS_BY_ERROR.get(kind, 500) if type(kind) is str else 500
    leg.route["status"] = status
    leg.route["headers"] = {}
    native: Json = {"error": message or ""}
    own = bag.unpack(error, leg, ("error",), "envelope")
    native.update((name, value) for name, value in own.items() if name != "error")
    held = own.get("error")
    if type(held) is dict and held.get("message", message) == message:
        native["error"] = held
    expected = ERROR_BY_STATUS.get(status, ("server_error" if status >= 500 else "api_error", None))
    for name, value in error.items():
        if name in ("message", "extra_content") or value is None or (name, value) in zip(("type", "code"), expected, strict=True):
            continue
        leg.losses.add("dropped", "envelope", name, ("error", name), "an error is one text here")
    return native
