"""The unified side: the check at the edge, what the answer must undo, and the last touch of a unified document."""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg

PATH = "/chat/completions"


def check(body: Any, kind: str) -> None:
    """Refuses a unified document without meaning (`translate.check`)."""
    from translate.check import check_unified

    check_unified(body, kind)


def check_rest(rest: Json, odd: list[Any], request: Json) -> None:
    """The same for a request of which the survey leaves open only the members in `rest` and the messages in `odd`."""
    from translate.check import check_rest

    check_rest(rest, odd, request)


def finish(unified: Any, leg: Leg) -> Any:
    """
    Last touch of a document that goes out in unified form; writes into it only what it made itself.

    Requests: `leg.route`. Responses: head members the document lacks, the client's older spelling where the memo asks for it.
    Losses: a request without a model anywhere, defaulted; further calls of an answer in the legacy form, approximated.
    """
    if leg.kind == "request":
        return _finish_request(unified, leg)
    if leg.kind == "response":
        return _finish_response(unified, leg)
    status = leg.route.get("status")
    leg.route.update(status=status if type(status) is int else 500, headers={})  # those that came belong to the other body
    return unified


def _finish_request(request: Json, leg: Leg) -> Json:
    model = request.get("model") or leg.route.get("model") or leg.options.model
    if not model or type(model) is not str:
        model = ""
        if "model" not in request:  # else the reader has told
            leg.losses.add("defaulted", "envelope", "model", (), "no model anywhere")
    if request.get("model") != model:
        request = {"model": model, **{name: value for name, value in request.items() if name != "model"}}
    leg.route = {"model": model, "stream": request.get("stream") is True, "path": PATH, "query": {}, "headers": {}}
    return request


def _finish_response(response: Json, leg: Leg) -> Json:
    options = leg.options
    filled: Json = {}
    if not response.get("id"):
        filled["id"] = options.id or "chatcmpl-0"
    if not response.get("created") and (options.created or "created" not in response):
        filled["created"] = options.created
    if not response.get("model") and (options.model or "model" not in response):
        filled["model"] = options.model or ""
    if filled:
        response = {**response, **filled}
    if not leg.memo.get("functions"):
        return response
    from translate.shared.chat_legacy import legacy_response

    return legacy_response(response, leg)
