"""Error bodies, both directions: google.rpc.Status under `error`. Source: Google API design guide, "Errors"."""

from __future__ import annotations

from typing import Any, TypeGuard

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini.tables import (
    ERROR_BY_STATUS,
    HTTP_BY_CODE,
    HTTP_BY_ERROR_TYPE,
    STATUS_WORD_BY_HTTP,
)
from translate.shared import bag

BILLING = ("billing", "spend", "prepay", "credit")


def to_unified(body: Any, leg: Leg) -> Json:
    """Native body, also in a list of one -> unified error. Status, details and what else is there ride in its bag."""
    lead: Path = ()
    if type(body) is list and len(body) == 1:
        body, lead = body[0], (0,)
    if type(body) is not dict:
        leg.invalid(lead, "object", body)
    held = body.get("error")
    if type(held) is str:
        held = {"message": held}
    if held is None:
        held = body
    if type(held) is not dict:
        leg.invalid((*lead, "error"), "object", held)
    inner: Path = (*lead, "error") if held is not body else lead
    message, code, word = held.get("message"), held.get("code"), held.get("status")
    if message is not None and type(message) is not str:
        leg.invalid((*inner, "message"), "string", message)
    status = leg.route.get("status")
    if type(status) is not int or not 400 <= status <= 599:
        status = code if type(code) is int and 400 <= code <= 599 else ERROR_BY_STATUS[word][0] if _known(word) else 500
    leg.route["status"] = status
    known = word if _known(word) else STATUS_WORD_BY_HTTP.get(status, "INTERNAL" if status >= 500 else "INVALID_ARGUMENT")
    _, kind, label = ERROR_BY_STATUS[known]
    details = held.get("details")
    label = _code(known, label, message or "", details)
    error: Json = {"message": message or "", "type": kind, "param": _parameter(details), "code": label}
    key = leg.row.key
    for name, value in (("code", code), ("status", word)):
        if value is None:
            leg.losses.add("defaulted", "envelope", name, (*inner, name), "none told; by the HTTP status")
    again = word_for(status, kind, label)
    if word is not None and word != again:
        bag.put(error, key, "status", word)
    if code is not None and code != status:
        bag.put(error, key, "code", code)
    for name, value in held.items():
        if name not in ("message", "code", "status") and value is not None:
            bag.put(error, key, name, value)
    if held is not body:
        rest = {name: value for name, value in body.items() if name != "error" and value is not None}
        if rest:
            bag.put(error, key, "beside", rest)
    return {"error": error}


def _known(word: Any) -> TypeGuard[str]:
    return type(word) is str and word in ERROR_BY_STATUS


def _code(word: str, label: str | None, message: str, details: Any) -> str | None:
    """The code where the status alone does not say it."""
    reasons = {detail.get("reason") for detail in details if type(detail) is dict and type(detail.get("reason")) is str} if type(details) is list else set()
    if "API_KEY_INVALID" in reasons:
        return "invalid_api_key"
    text = message.lower()
    if word == "INVALID_ARGUMENT" and "token" in text and ("exceed" in text or "maximum" in text or "limit" in text):
        return "context_length_exceeded"
    if word == "RESOURCE_EXHAUSTED" and any(mark in text for mark in BILLING) and "check your plan" not in text:
        return "insufficient_quota"
    return label


def _parameter(details: Any) -> str | None:
    """First field that the details complain of."""
    for detail in details if type(details) is list else ():
        violations = detail.get("fieldViolations") if type(detail) is dict else None
        for violation in violations if type(violations) is list else ():
            if type(violation) is dict and type(violation.get("field")) is str:
                return str(violation["field"])
    return None


def word_for(status: int, kind: Any, code: Any) -> str:
    """Status word: the HTTP status decides, type and code refine it."""
    if type(code) is str and code == "failed_precondition" and status == 400:
        return "FAILED_PRECONDITION"
    if type(kind) is str and kind == "conflict_error" and status == 409:
        return "ABORTED"
    return STATUS_WORD_BY_HTTP.get(status, "INTERNAL" if status >= 500 else "INVALID_ARGUMENT")


def to_native(body: Any, leg: Leg) -> Json:
    """Unified error -> native body. Losses: type, param and code that the status does not say."""
    error = body.get("error") if type(body) is dict else None
    if type(error) is str:
        error = {"message": error}
    if type(error) is not dict:
        leg.invalid(("error",) if type(body) is dict and "error" in body else (), "object", error)
    message, kind, code = error.get("message"), error.get("type"), error.get("code")
    if message is not None and type(message) is not str:
        leg.invalid(("error", "message"), "string", message)
    status = leg.route.get("status")
    if type(status) is not int or not 400 <= status <= 599:
        status = HTTP_BY_CODE.get(code) if type(code) is str else code if type(code) is int and 400 <= code <= 599 else None
        status = status or (HTTP_BY_ERROR_TYPE.get(kind, 500) if type(kind) is str else 500)
    if status == 422:
        status = 400
    leg.route["status"], leg.route["headers"] = status, {}
    own = bag.unpack(error, leg, ("error",), "envelope")
    word = word_for(status, kind, code)
    kept = own.get("status")
    if type(kept) is str:
        if not _known(kept) or ERROR_BY_STATUS[kept][0] == status:
            word = kept
        else:
            bag.stale(leg, ("error",), "status", "envelope")
    kept_code = own.get("code")
    native: Json = {"code": kept_code if type(kept_code) is int else status, "message": message or "", "status": word}
    for name, value in own.items():
        if name not in ("status", "code", "beside", "message"):
            native[name] = value
    out: Json = {"error": native}
    if type(own.get("beside")) is dict:
        out.update((name, value) for name, value in own["beside"].items() if name != "error")
    _losses(error, word, message or "", native.get("details"), leg)
    if type(body) is dict:
        for name, value in body.items():
            if name != "error" and value is not None:
                leg.losses.add("dropped", "envelope", name, (name,), "no place beside the error here")
    return out


def _losses(error: Json, word: str, message: str, details: Any, leg: Leg) -> None:
    known = word if _known(word) else "INTERNAL"
    _, kind, label = ERROR_BY_STATUS[known]
    label = _code(known, label, message, details)
    said = {"type": kind, "code": label, "param": _parameter(details)}
    for name, value in error.items():
        if value is None or name in ("message", "extra_content") or (name in said and value == said[name]):
            continue
        leg.losses.add("dropped", "envelope", name, ("error", name), "an error is a status and a text here")
