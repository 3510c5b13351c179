"""Error bodies of the Responses API, both directions: the chat form's shape, error events and failed answers read as well."""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg
from translate.providers.openai_responses.tables import (
    CODE_BY_ERROR_TYPE,
    ERROR_TYPE_BY_STATUS,
    FAILURE_CODES,
    STATUS_BY_ERROR,
    type_of_code,
)
from translate.shared import bag

MEMBERS = ("message", "type", "param", "code")


def to_unified(body: Any, leg: Leg) -> Json:
    """
    Error body, `error` event (nested or flat) or failed response -> `{"error": {message, type, param, code}}`.

    Members beyond these ride in the error's bag, those beside the error object as `beside`.
    """
    native, beside, failed = _parts(body, leg)
    code, kind, message, param = native.get("code"), native.get("type"), native.get("message"), native.get("param")
    status = leg.route.get("status")
    if type(status) is not int:
        status = _status(code, kind, native.get("status"))
    leg.route["status"] = status
    error: Json = {"message": message if type(message) is str else _text(message)}
    if type(kind) is str and kind:
        error["type"] = kind
    elif failed or leg.kind == "event":
        error["type"] = type_of_code(code if type(code) is str else None)
    else:
        error["type"] = _type_of_status(status)
        if kind is None:
            bag.put(error, leg.row.key, "type", None)  # not said
    error["param"] = param if type(param) is str else None
    error["code"] = code if type(code) is str else str(code) if type(code) is int else None
    for name, value in native.items():
        if value is None or (name in MEMBERS and type(value) is str and value):
            continue
        if name in MEMBERS and value == "":
            continue
        bag.put(error, leg.row.key, name, value)
    rest = {name: value for name, value in beside.items() if value is not None}
    if rest:
        bag.put(error, leg.row.key, "beside", rest)
    return {"error": error}


def _parts(body: Any, leg: Leg) -> tuple[Json, Json, bool]:
    """The error object, the members beside it, and whether it is that of a failed answer or of an error event."""
    if type(body) is str:
        return {"message": body}, {}, False
    if type(body) is list:
        body = body[0] if body else {}
    if type(body) is not dict:
        leg.invalid((), "object", body)
    response = body.get("response")
    if body.get("type") == "response.failed" and type(response) is dict:
        body = response
    held = body.get("error")
    rest = {name: value for name, value in body.items() if name != "error"}
    if body.get("object") == "response" or ("output" in body and "status" in body):
        # In a stream what stands beside the error has gone out, or ends with it.
        return (dict(held) if type(held) is dict else {"message": ""}), rest if leg.kind == "error" else {}, True
    if body.get("type") == "error":
        rest = {name: value for name, value in rest.items() if name not in ("type", "sequence_number")}
        return (held, rest, True) if type(held) is dict else (rest, {}, True)
    if type(held) is dict:
        return held, rest, False
    if type(held) is str:
        return {"message": held, **rest}, {}, False
    if held is not None:
        leg.invalid(("error",), "object or string", held)
    if "message" not in rest and rest.get("detail") is not None:
        rest = {"message": rest["detail"], **{name: value for name, value in rest.items() if name != "detail"}}
    return rest, {}, False


def _text(value: Any) -> str:
    from translate.shared.arguments import dumps

    return "" if value is None else dumps(value)


def _type_of_status(status: int) -> str:
    return ERROR_TYPE_BY_STATUS.get(status, "server_error" if status >= 500 else "invalid_request_error")


def _status(code: Any, kind: Any, own: Any) -> int:
    for value in (own, code):
        if type(value) is int and 400 <= value <= 599:
            return value
    for word in (code, kind):
        if type(word) is str and word in STATUS_BY_ERROR:
            return STATUS_BY_ERROR[word]
        if type(word) is str and word in FAILURE_CODES:
            return 400
    return 500


def to_native(body: Any, leg: Leg) -> Json:
    """Unified error -> `{"error": {...}}`; the own bag is unpacked. Losses: members only another provider has."""
    error = body.get("error") if type(body) is dict else body
    if type(error) is str:
        error = {"message": error}
    path = ("error",)
    if type(error) is not dict:
        leg.invalid(path if type(body) is dict and "error" in body else (), "object", error)
    for name in ("message", "type", "param"):
        if error.get(name) is not None and type(error[name]) is not str:
            leg.invalid((*path, name), "string", error[name])
    code = error.get("code")
    if type(code) is int:
        code = str(code)
    elif code is not None and type(code) is not str:
        leg.invalid((*path, "code"), "string", code)
    status = leg.route.get("status")
    if type(status) is not int:
        status = _status(code, error.get("type"), None)
    leg.route["status"], leg.route["headers"] = status, {}
    inner: Json = {
        "message": error.get("message") or "", "type": error.get("type") or _type_of_status(status), "param": error.get("param"),
        "code": code,
    }  # fmt: skip
    native: Json = {"error": inner}
    for name, value in bag.unpack(error, leg, path, "envelope").items():
        if name == "beside" and type(value) is dict:
            native.update((member, held) for member, held in value.items() if member != "error")
        elif name == "message":
            if _text(value) == inner["message"]:
                inner[name] = value
            else:
                bag.stale(leg, path, name, "envelope")
        elif name == "code":
            if str(value) == code:
                inner[name] = value
        elif name == "type":
            if inner[name] == _type_of_status(status):
                inner[name] = value
        elif value is not None:
            inner[name] = value
    for name, value in body.items() if type(body) is dict and error is not body else ():
        if name != "error" and value is not None:
            leg.losses.add("dropped", "envelope", name, (name,), "nothing stands beside an error here")
    for name, value in error.items():
        if name not in MEMBERS and name != "extra_content" and value is not None:
            leg.losses.add("dropped", "envelope", name, (*path, name), "no such member of an error here")
    return native


def failure(error: Json, leg: Leg) -> tuple[Json, Json]:
    """
    Unified error -> the `error` event (flat, without its number) and the `error` of a failed response.

    Losses: the type, where the code does not tell it; a code the API does not have is only in the event.
    """
    code = error.get("code")
    code = str(code) if type(code) is int else code if type(code) is str else None
    kind = error.get("type")
    known = code if code in FAILURE_CODES else CODE_BY_ERROR_TYPE.get(kind if type(kind) is str else "", "server_error")
    message = error.get("message") if type(error.get("message")) is str else ""
    event: Json = {"type": "error", "code": code, "message": message, "param": error.get("param")}
    if type(kind) is str and kind != type_of_code(code):
        leg.losses.add("approximated", "envelope", "type", ("error", "type"), "only a code stands in an error event")
    return event, {"code": known, "message": message}
