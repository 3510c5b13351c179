"""Mistral error bodies, both directions."""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg
from translate.loss import Losses
from translate.providers.mistral.tables import ERROR_TYPE_BY_STATUS, STATUS_BY_ERROR_TYPE
from translate.shared import bag
from translate.shared.error_bodies import error_of, joined
from translate.shared.fields import report_rest

FLAT = ("object", "message", "type", "param", "code", "raw_status_code")


def to_unified(body: Any, leg: Leg) -> Json:
    """Any of the error forms -> unified error; what is beside message, type, param and code rides in the bag."""
    if type(body) is not dict:
        leg.invalid((), "object", body)
    inner = body.get("error")
    inner = inner if type(inner) is dict else {}
    status = leg.route.get("status") or body.get("raw_status_code") or inner.get("status")
    if type(status) is not int or not 400 <= status <= 599:
        status = 500 if leg.route.get("status") is None and not _detail(body) else 422 if _detail(body) else 500
    leg.route["status"] = status
    details = _detail(body)
    message = body.get("message", inner.get("message", body.get("error")))
    if details:
        text, param = joined(details)
    else:
        detail = body.get("detail")
        text, param = message if type(message) is str else detail if type(detail) is str else "", None
    if body.get("param") is not None:
        param = body["param"]
    kind = ERROR_TYPE_BY_STATUS.get(status, "server_error" if status >= 500 else "invalid_request_error")
    code = body.get("code")
    error: Json = {
        "message": text, "type": kind, "param": param if type(param) is str else None,
        "code": "content_policy_violation" if body.get("guardrails") else None if code is None else str(code),
    }  # fmt: skip
    for name, value in body.items():
        derived = (name == "message" and value == text) or (name in ("param",) and value == error["param"])
        derived = derived or (name == "code" and value == error["code"]) or (name == "object" and value == "error")
        if value is not None and not derived:
            bag.put(error, leg.row.key, name, value)
    return {"error": error}


def _detail(body: Json) -> list[Any]:
    """Entries of a validation error, wherever they stand."""
    message = body.get("message")
    for value in (body.get("detail"), message.get("detail") if type(message) is dict else None):
        if type(value) is list and value:
            return value
    return []


def to_native(body: Any, leg: Leg) -> Json:
    """Unified error -> the flat form; its own other forms return from the bag while the message agrees."""
    error = error_of(body, leg, ("message", "type", "param"))
    kind = error.get("type")
    status = leg.route.get("status")
    if type(status) is not int:
        status = STATUS_BY_ERROR_TYPE.get(kind or "", 500)
    leg.route["status"] = status
    leg.route["headers"] = {}
    native: Json = {
        "object": "error", "message": error.get("message") or "", "type": kind, "param": error.get("param"),
        "code": error.get("code"),
    }  # fmt: skip
    own = bag.unpack(error, leg, ("error",), "envelope")
    if own:
        native = _with_own(native, own, error, status, leg)
    for name, value in error.items():
        if name not in ("message", "type", "param", "code", "extra_content") and value is not None:
            leg.losses.add("dropped", "envelope", name, ("error", name), "no such member of an error here")
    report_rest(body, frozenset(("error",)), leg, (), "envelope")
    return native


def _with_own(flat: Json, own: Json, error: Json, status: int, leg: Leg) -> Json:
    """The body as it came, from the bag, while reading it again gives the visible error; else the visible members win."""
    other_form = bool(_detail(own)) or "error" in own or "detail" in own
    candidate = ({"object": "error", **own} if "message" in own else dict(own)) if other_form else {**flat, **own}
    seen = _reread(candidate, status, leg)
    if other_form and seen.get("message") != (error.get("message") or ""):
        for name in own:
            bag.stale(leg, ("error",), name, "envelope")
        return flat
    for name in ("message", "type", "param", "code"):
        if seen.get(name) == error.get(name) or (name == "message" and not error.get(name)):
            continue
        if other_form or name not in own:
            if other_form and error.get(name) is not None:
                leg.losses.add("dropped", "envelope", name, ("error", name), "a body of this form does not say it")
        else:
            bag.stale(leg, ("error",), name, "envelope")
            candidate[name] = flat[name]
    return candidate


def _reread(body: Json, status: int, leg: Leg) -> Json:
    scratch = Leg(leg.row, "error", True, leg.options, Losses("unified"))
    scratch.route["status"] = status
    read: Json = to_unified(body, scratch)["error"]
    return read
