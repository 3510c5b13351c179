"""
Messages errors, both directions: first party, and what Vertex AI and Bedrock put around.

Source: Anthropic API reference, "Errors".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from translate.leg import Json, Leg
from translate.providers.anthropic.tables import (
    ERROR_BY_STATUS,
    ERROR_BY_UNIFIED_TYPE,
    ERRORS,
    PLATFORM_ERRORS,
)
from translate.shared import bag, exceptions

_PARAM = re.compile(r"([A-Za-z_][\w.]*): ")
_TOO_LONG = ("prompt is too long", "input is too long", "exceed context limit")
KNOWN = frozenset(("message", "type", "param", "code", "extra_content"))


def is_error(event: Json) -> bool:
    """True for an error in mid-stream: native, or an exception of the platform around."""
    kind = event.get("type")
    if kind is not None:
        return bool(kind == "error")
    return event.get("error") is not None or any(name[:1].lower() + name[1:] in _EXCEPTIONS for name in event)


_EXCEPTIONS = frozenset(name[:1].lower() + name[1:] for name in PLATFORM_ERRORS if name.endswith("Exception"))


def to_unified(body: Any, leg: Leg) -> Json:
    """Native body, or one of the platform's -> unified error; request_id and details ride in the error's bag."""
    if type(body) is list and body and type(body[0]) is dict:
        body = body[0]
    if type(body) is not dict:
        leg.invalid((), "object", body)
    held, extras = _parts(body)
    if body.get("type") not in (None, "error") and type(body.get("error")) is dict:
        leg.losses.add("dropped", "envelope", "type", ("type",), "not 'error'")
    status = leg.route.get("status")
    kind = held.get("type")
    exception = _exception(body, held, status, leg) if leg.row.variant == "bedrock" else None
    if exception is not None:
        kind = PLATFORM_ERRORS[exception]
    elif type(kind) is not str or kind not in ERRORS:
        word = _platform_word(body, held)
        known = PLATFORM_ERRORS.get(word or "")
        found = known or (ERROR_BY_STATUS.get(status) or _class_of(status) if type(status) is int else None) or "api_error"
        if type(kind) is str and kind != "error":
            extras["type"] = kind
        kind = found
    expected, unified_type, code = ERRORS[kind] if exception is None else exceptions.EXCEPTIONS[exception]
    if type(status) is not int or not 400 <= status <= 599:
        given = held.get("code")
        status = given if type(given) is int and 400 <= given <= 599 else expected
    leg.route["status"] = status
    message = held.get("message")
    text = message if type(message) is str else ""
    if message is not None and type(message) is not str:
        extras["message"] = message
    details = held.get("details")
    error_code = details.get("error_code") if type(details) is dict else None
    if type(error_code) is str:
        code = error_code
    elif kind == "invalid_request_error" and any(words in text.lower() for words in _TOO_LONG):
        code = "context_length_exceeded"
    elif kind == "not_found_error" and text.lower().startswith("model"):
        code = "model_not_found"
    elif kind == "api_error" and status == 503 and exception is None:
        code = None
    match = _PARAM.match(text)
    error: Json = {"message": text, "type": unified_type, "param": match.group(1) if match else None, "code": code}
    for name, value in held.items():
        if name not in ("type", "message") and value is not None and not (name == "code" and value == status):
            extras[name] = value
    for name, value in extras.items():
        bag.put(error, leg.row.key, name, value)
    return {"error": error}


def _exception(body: Json, held: Json, status: Any, leg: Leg) -> str | None:
    """
    The exception around an InvokeModel body: by its name in the body or in a header, else by the status. Of a native event in
    the frame, the one it names; None when it names none.
    """
    if held.get("type") is not None:
        said = held.get("__type")
        return said if type(said) is str and said in exceptions.EXCEPTIONS else None
    name = _platform_word(body, held) or exceptions.named_in_headers(leg)
    return name if name in exceptions.EXCEPTIONS else exceptions.of_status(status if type(status) is int else 500)


def _parts(body: Json) -> tuple[Json, Json]:
    """The error object and what stands beside it."""
    held = body.get("error")
    beside = {name: value for name, value in body.items() if name not in ("error", "type") and value is not None}
    if type(held) is dict:
        return held, beside
    if type(held) is str:
        return {"message": held}, beside
    for name, value in body.items():
        if name[:1].lower() + name[1:] in _EXCEPTIONS and type(value) is dict:
            return _aws(value, name), {}
    return _aws(body, ""), {}


def _aws(body: Json, name: str) -> Json:
    """An AWS exception: its message under either spelling, its name beside it."""
    held: Json = {}
    for member, value in body.items():
        if value is not None:
            held["message" if member in ("message", "Message") else member] = value
    if name and "__type" not in held:
        held["__type"] = name[:1].upper() + name[1:]
    return held


def _platform_word(body: Json, held: Json) -> str | None:
    for holder in (held, body):
        for name in ("__type", "status"):
            value = holder.get(name)
            if type(value) is str:
                return value.rpartition("#")[2]
    return None


def _class_of(status: int) -> str:
    return "invalid_request_error" if 400 <= status < 500 else "api_error"


def to_native(body: Any, leg: Leg) -> Json:
    """Unified error -> native body: by the kind of error it says, else by status. Losses: param and a code of others dropped."""
    error = body.get("error") if type(body) is dict else None
    if type(error) is str:
        error = {"message": error}
    if type(error) is not dict:
        leg.invalid(("error",) if type(body) is dict and "error" in body else (), "object", error)
    for name in ("message", "type", "param"):
        if error.get(name) is not None and type(error[name]) is not str:
            leg.invalid(("error", name), "string", error[name])
    message, unified_type, code = error.get("message") or "", error.get("type"), error.get("code")
    status = leg.route.get("status")
    own = bag.unpack(error, leg, ("error",), "envelope")
    if leg.row.variant == "bedrock" and leg.kind == "error":
        # A body of InvokeModel: the exception's name stands in a header. In mid-stream the native event is in the frame.
        word = own.get("__type")
        name = exceptions.exception_of(error, word, status if type(status) is int else None)
        expected, *usual = exceptions.EXCEPTIONS[name]
        leg.route["status"] = status if type(status) is int else expected
        leg.route["headers"] = {exceptions.HEADER: word if type(word) is str and word not in exceptions.EXCEPTIONS else name}
        _report(body, error, own, name, usual, leg)
        return {"message": message, **{key: value for key, value in own.items() if key not in ("message", "type")}}
    kind = _kind(unified_type, code, status)
    expected, *usual = ERRORS[kind]
    word = own.get("__type")
    if leg.row.variant == "bedrock" and type(word) is str and word in exceptions.EXCEPTIONS:
        _, *usual = exceptions.EXCEPTIONS[word]  # it stands beside
    leg.route["status"], leg.route["headers"] = status if type(status) is int else expected, {}
    _report(body, error, own, kind, usual, leg)
    word = own.get("type")
    inner: Json = {"type": word if type(word) is str else kind, "message": message}
    native: Json = {"type": "error", "error": inner}
    for name, value in own.items():
        if name == "details":
            inner[name] = value
        elif name == "request_id":
            native[name] = value
        elif name not in ("type", "message"):
            inner[name] = value
    return native


def _kind(unified_type: str | None, code: Any, status: Any) -> str:
    """Native type: by status first, then by type and code."""
    if code == "insufficient_quota" or unified_type == "insufficient_quota":
        return "billing_error"
    if type(status) is int and status != 500:
        if status == 503 and unified_type == "server_error" and code is None:
            return "api_error"
        found = ERROR_BY_STATUS.get(status)
        return found or _class_of(status)
    for kind, (_, word, native_code) in ERRORS.items():
        if word == unified_type and native_code == code and code is not None:
            return kind
    return ERROR_BY_UNIFIED_TYPE.get(unified_type or "", "api_error")


def _report(body: Json, error: Json, own: Json, kind: str, usual: Sequence[str | None], leg: Leg) -> None:
    """Members that the native body does not give again. usual: type and code that the kind says by itself."""
    unified_type, usual_code = usual
    losses = leg.losses
    if error.get("type") not in (None, unified_type):
        losses.add("approximated", "envelope", "type", ("error", "type"), f"sent as {kind}")
    code, details = error.get("code"), own.get("details")
    told = details.get("error_code") if type(details) is dict else None
    text = error.get("message") or ""
    known = (usual_code, told, None)
    if code not in known and not (code == "context_length_exceeded" and any(words in text.lower() for words in _TOO_LONG)):
        losses.add("dropped", "envelope", "code", ("error", "code"), "errors have no such code here")
    param = error.get("param")
    match = _PARAM.match(text)
    if param is not None and (match is None or match.group(1) != param):
        losses.add("dropped", "envelope", "param", ("error", "param"), "no field for it")
    for name, value in body.items():
        if name != "error" and value is not None:
            losses.add("dropped", "envelope", name, (name,), "no such member of an error here")
    for name, value in error.items():
        if name not in KNOWN and value is not None:
            losses.add("dropped", "envelope", name, ("error", name), "no such member of an error here")
