"""The unified side: the check at the edge, what the answer must undo, and the last touch of a unified document."""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Any

from translate.leg import Json, Leg
from translate.loss import Loss, Losses
from translate.route import route_out

PATH = "/chat/completions"


def check(body: Any, kind: str) -> None:
    """Refuses a unified document without meaning (`translate.check`)."""
    _checks().check_unified(body, kind)


def check_rest(rest: Json, odd: list[Any], request: Json) -> None:
    """The same for a request of which the survey leaves open only the members in `rest` and the messages in `odd`."""
    _checks().check_rest(rest, odd, request)


def is_known(rest: Json) -> bytes | bool:
    """Whether these members of a request are right, and need no scrubbing: their bytes, where they are kept. False says nothing."""
    known: bytes | bool = _checks().is_known(rest)
    return known


@cache
def _checks() -> ModuleType:
    """Imported at the first check; the look for it each time costs more than the check of common tools."""
    from translate import check

    return check


def finish(unified: Any, reading: Leg, losses: list[Loss]) -> tuple[Any, Json]:
    """
    Last touch of a document that goes out in unified form, and its route; writes into it only what it made itself.

    Responses: head members the document lacks, the client's older spelling where the memo asks for it.
    Losses: a request without a model anywhere, defaulted; further calls of an answer in the legacy form, approximated.
    """
    if reading.kind == "request":
        return _finish_request(unified, reading, losses)
    out = route_out(reading)
    if reading.kind == "response":
        return _finish_response(unified, reading, losses), out
    if type(out["status"]) is not int:
        out["status"] = 500
    out["headers"] = {}  # those that came belong to the other body
    return unified, out


def _finish_request(request: Json, reading: Leg, losses: list[Loss]) -> tuple[Json, Json]:
    route = reading.route
    model = request.get("model") or route.get("model") or reading.options.model
    if not model or type(model) is not str:
        model = ""
        if "model" not in request:  # else the reader has told
            losses.append(Loss("defaulted", "envelope", "model", "", "unified", "no model anywhere"))
    if request.get("model") != model:
        request = {"model": model, **{name: value for name, value in request.items() if name != "model"}}
    return request, {"model": model, "stream": request.get("stream") is True, "path": PATH, "query": {}, "headers": {}}


def _finish_response(response: Json, reading: Leg, losses: list[Loss]) -> Json:
    options = reading.options
    if not (response.get("id") and response.get("created") and response.get("model")):
        filled: Json = {}
        if not response.get("id"):
            filled["id"] = options.id or "chatcmpl-0"
        if not response.get("created") and (options.created or "created" not in response):
            filled["created"] = options.created
        if not response.get("model") and (options.model or "model" not in response):
            filled["model"] = options.model or ""
        response = {**response, **filled}
    if not options.memo or not (options.memo.get("read") or {}).get("functions"):
        return response
    from translate.shared.chat_legacy import legacy_response

    leg = Leg(reading.row, reading.kind, False, options, Losses("unified"))
    legacy = legacy_response(response, leg)
    losses += leg.losses.items
    return legacy
