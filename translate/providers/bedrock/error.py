"""
Converse errors, both directions: `{"message": "..."}`, the name of the exception in a header; the same inside a stream.

Source: Amazon Bedrock API reference, "Converse", errors; "ConverseStream", exception events; "Common errors".
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock.tables import STREAM_EXCEPTIONS
from translate.shared import bag, exceptions
from translate.shared.exceptions import EXCEPTIONS, HEADER

_TOO_LONG = ("input is too long", "prompt is too long", "input tokens exceeded", "too many input tokens")


def event_name(event: Json) -> str | None:
    """Member of an event that is an exception, None for an event of the answer."""
    return next((name for name in event if type(name) is str and name.endswith("Exception")), None)


def to_unified(body: Any, leg: Leg) -> Json:
    """Native body or exception event -> unified error; the name from the body, the header or the status."""
    if type(body) is not dict:
        leg.invalid((), "object", body)
    name = ""
    path: Path = ()
    member = event_name(body)
    if member is not None and type(body[member]) is dict:
        name, body, path = member[:1].upper() + member[1:], body[member], (member,)
    said = body.get("__type")
    if said is not None and type(said) is not str:
        leg.invalid((*path, "__type"), "string", said)
    name = name or (said or "").rpartition("#")[2] or exceptions.named_in_headers(leg)
    spelling = "message" if body.get("message") is not None else "Message"
    text = body.get(spelling)
    if text is not None and type(text) is not str:
        leg.invalid((*path, spelling), "string", text)
    text = text or ""
    status = leg.route.get("status")
    if type(status) is not int or not 400 <= status <= 599:
        status = None
    row = EXCEPTIONS[name if name in EXCEPTIONS else exceptions.of_status(500 if status is None else status)]
    expected, kind, code = row
    leg.route["status"] = expected if status is None else status
    if row is EXCEPTIONS["ValidationException"] and any(words in text.lower() for words in _TOO_LONG):
        code = "context_length_exceeded"
    error: Json = {"message": text, "type": kind, "param": None, "code": code}
    for one, value in body.items():
        if one != spelling and value is not None:
            bag.put(error, leg.row.key, one, value)
    return {"error": error}


def to_native(body: Any, leg: Leg) -> Json:
    """Unified error -> native body; the name goes to the header. Losses: param, and type and code that no exception says."""
    native, name = exception_of(body, leg)
    leg.route["headers"] = {HEADER: name}
    return native


def event_of(body: Any, leg: Leg) -> Json:
    """Unified error -> exception event; one that no stream carries becomes the nearest that one does."""
    native, name = exception_of(body, leg)
    if name not in STREAM_EXCEPTIONS:
        status = leg.route["status"]
        name = "ServiceUnavailableException" if status in (408, 503, 504, 529) else (
            "InternalServerException" if status >= 500 else "ThrottlingException" if status == 429
            else "ModelStreamErrorException" if status == 424 else "ValidationException"
        )  # fmt: skip
    native.pop("__type", None)
    return {name[:1].lower() + name[1:]: native}


def exception_of(body: Any, leg: Leg) -> tuple[Json, str]:
    """Native body of a unified error, and the name of the exception."""
    error = body.get("error") if type(body) is dict else None
    for name, value in body.items() if type(body) is dict else ():
        if name != "error" and value is not None:
            leg.losses.add("dropped", "envelope", name, (name,), "an error is its exception and one text here")
    if type(error) is str:
        error = {"message": error}
    if type(error) is not dict:
        leg.invalid(("error",) if type(body) is dict and "error" in body else (), "object", error)
    for name in ("message", "type", "param"):
        if error.get(name) is not None and type(error[name]) is not str:
            leg.invalid(("error", name), "string", error[name])
    status = leg.route.get("status")
    if type(status) is not int or not 400 <= status <= 599:
        status = None
    own = bag.unpack(error, leg, ("error",), "envelope")
    exception = exceptions.exception_of(error, own.get("__type"), status)
    leg.route["status"] = EXCEPTIONS[exception][0] if status is None else status
    text = error.get("message") or ""
    native: Json = {"message": text}
    for name, value in own.items():
        native.setdefault(name, value)
    _, kind, code = EXCEPTIONS[exception]
    if exception == "ValidationException" and any(words in text.lower() for words in _TOO_LONG):
        code = "context_length_exceeded"
    for name, value in error.items():
        if value is None or name in ("message", "extra_content") or value == {"type": kind, "code": code}.get(name):
            continue
        leg.losses.add("dropped", "envelope", name, ("error", name), "an error is its exception and one text here")
    return native, exception
