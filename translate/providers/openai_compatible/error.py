"""
Error bodies, both directions. Source: OpenAI documentation, "Error codes".

One tolerant reader for every shape seen: `{error: {...}}`, `{error: "text"}`, the members at the top, `{detail: ...}`, a list
with one such object, numeric codes, MiniMax's `base_resp`. What goes out has OpenAI's shape.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_compatible import dialects
from translate.providers.openai_compatible.reading import copied_bags
from translate.providers.openai_compatible.tables import ERROR_MEMBERS, ERROR_TYPE_BY_STATUS, STATUS_BY_ERROR
from translate.shared import bag
from translate.shared.error_bodies import joined

MEMBERS = ("message", "type", "param", "code")


def to_unified(body: Any, leg: Leg) -> Json:
    """Native error body -> `{"error": {message, type, param, code}}`; other members ride in the error's bag."""
    native, beside = _parts(body, leg)
    code, kind = native.get("code"), native.get("type")
    status = leg.route.get("status")
    if type(status) is not int:
        status = _status(code, kind, native.get("status"))
    leg.route["status"] = status
    if not leg.row.key and type(body) is dict and native is body.get("error"):
        return body  # nothing is known about this server: as it stands
    error: Json = {}
    message = native.get("message")
    error["message"] = message if type(message) is str else _text(message)
    if type(kind) is str and kind:
        error["type"] = kind
    else:
        error["type"] = ERROR_TYPE_BY_STATUS.get(status, "server_error" if status >= 500 else "invalid_request_error")
        _keep(error, "type", kind, leg)
    param = native.get("param")
    error["param"] = param if type(param) is str else None
    error["code"] = code if type(code) is str else str(code) if type(code) is int else None
    if type(code) is int:
        _keep(error, "code", code, leg)
    for name, value in native.items():
        if value is None or name in ("message", "type", "code"):
            continue
        if name == "param":
            if type(value) is not str:
                _keep(error, name, value, leg)
        elif name == "extra_content" and type(value) is dict:
            place: Path = ("error",) if type(body) is dict and native is body.get("error") else ()
            _merge(error, value, leg, (*place, "extra_content"))
        else:
            _keep(error, name, value, leg)
    if type(message) is not str and message is not None:
        _keep(error, "message", message, leg)
    for name, value in beside.items():
        if value is not None:
            _keep(error, f"beside.{name}", value, leg)
    if leg.row.key:
        return {"error": error}
    return {"error": error, **{name: value for name, value in beside.items() if value is not None}}


def _merge(error: Json, bags: Json, leg: Leg, path: Path) -> None:
    """Bags that the error came with. Losses: members that say something else than the error itself."""
    held = error.setdefault("extra_content", {})
    for key, member in copied_bags(bags).items():
        own = held.get(key)
        if type(member) is not dict:
            if member is not None:
                leg.losses.dropped("envelope", key, (*path, key), "a bag is an object")
        elif own is None:
            held[key] = member
        else:
            for name, value in member.items():
                if value is not None and name in own and value != own[name]:
                    leg.losses.dropped("envelope", name, (*path, key, name), "the error itself says another")
            held[key] = {**member, **own}


def _keep(error: Json, name: str, value: Any, leg: Leg) -> None:
    """Into the own bag; `compatible` has none, there a member stays where it stands."""
    if leg.row.key:
        bag.put(error, leg.row.key, name, value)
    elif name not in error and not name.startswith("beside."):
        error[name] = value


def _text(value: Any) -> str:
    from translate.shared.arguments import dumps

    return "" if value is None else dumps(value)


def _parts(body: Any, leg: Leg) -> tuple[Json, Json]:
    """The error object, and the members beside it."""
    if type(body) is list:
        body = body[0] if body else {}
    if type(body) is str:
        return {"message": body}, {}
    if type(body) is not dict:
        leg.invalid((), "object", body)
    held = body.get("error")
    rest = {name: value for name, value in body.items() if name != "error"}
    if type(held) is dict:
        return held, rest
    if type(held) is str:  # `{error: "text", code: ...}`
        return {"message": held, **rest}, {}
    if held is not None:
        leg.invalid(("error",), "object or string", held)
    base = body.get("base_resp")
    if type(base) is dict:
        message = base.get("status_msg")
        return {"message": message if type(message) is str else "", "code": base.get("status_code"), **rest}, {}
    if "message" not in rest and rest.get("detail") is not None:
        detail = rest["detail"]
        if type(detail) is list and detail:
            text, param = joined(detail)
            return {"message": text, "param": param, **rest}, {}
        if type(detail) is dict:
            inner = detail.get("message")
            return {"message": inner if type(inner) is str else _text(detail), **rest}, {}
        return {"message": detail, **{name: value for name, value in rest.items() if name != "detail"}}, {}
    return rest, {}


def _status(code: Any, kind: Any, own: Any) -> int:
    for value in (own, code):
        if type(value) is int and 400 <= value <= 599:
            return value
        if type(value) is str and value.isdigit() and 400 <= int(value[:4]) <= 599:
            return int(value)
    for word in (code, kind):
        if type(word) is str and word in STATUS_BY_ERROR:
            return STATUS_BY_ERROR[word]
    return 500


def to_native(body: Any, leg: Leg) -> Any:
    """
    Unified error -> OpenAI's shape (`gemini-openai`: in a list); the own bag is unpacked.

    Losses: members only another provider has.
    """
    error, beside = _parts(body, leg)
    if not leg.row.key and type(body) is dict and error is body.get("error"):
        if type(leg.route.get("status")) is not int:
            leg.route["status"] = _status(error.get("code"), error.get("type"), None)
        leg.route["headers"] = {}
        return body
    out: Json = {}
    message = error.get("message", error.get("detail"))
    out["message"] = message if type(message) is str else _text(message)
    kind, code, param = error.get("type"), error.get("code"), error.get("param")
    status = leg.route.get("status")
    if type(status) is not int:
        status = _status(code, kind, None)
    leg.route["status"], leg.route["headers"] = status, {}
    derived = ERROR_TYPE_BY_STATUS.get(status, "server_error" if status >= 500 else "invalid_request_error")
    out["type"] = kind if type(kind) is str else derived
    out["param"] = param if type(param) is str else None
    out["code"] = code if type(code) is str else str(code) if type(code) is int else None
    path = ("error",) if type(body) is dict and type(body.get("error")) is dict else ()
    native: Json = {"error": out}
    own = bag.unpack(error, leg, path, "envelope") if leg.row.key else bag.EMPTY
    if not leg.row.key and error.get("extra_content"):
        out["extra_content"] = error["extra_content"]
    for name, value in own.items():
        if name in ("type", "code", "message"):
            if (kind == derived) if name == "type" else (str(value) == code) if name == "code" else (_text(value) == message):
                out[name] = value
            elif value is not None:
                bag.stale(leg, path, name, "envelope")
        elif name.startswith("beside."):
            native[name[7:]] = value
        else:
            out[name] = value
    if out["type"] is None and dialects.of(leg).error_types:
        out["type"] = derived
    for name, value in error.items():
        if name not in ERROR_MEMBERS and value is not None and not (name == "detail" and "message" not in error):
            if leg.row.key:
                leg.losses.dropped("envelope", name, (*path, name), "not a member of an error")
            else:
                out[name] = value
    for name, value in beside.items():
        if value is not None and not leg.row.key:
            native[name] = value
        elif value is not None:
            leg.losses.dropped("envelope", name, (name,), "nothing stands beside an error")
    if dialects.of(leg).array_errors:
        return [native] if leg.kind == "error" else native
    return native
