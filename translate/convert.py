"""
Any format to any format: two legs through unified. Finds the spokes, runs both legs, applies the loss policy.

No mapping code here. What every conversion shares stands here once: route and memo in and out, options, lone surrogates, the
last net under the spokes.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Any

from translate.arguments import check_arguments
from translate.errors import InvalidDocument, LossyConversion, TranslateError, kind_of
from translate.leg import DEFAULTS, Json, Leg, Options
from translate.loss import Converted, Loss, Losses
from translate.places import nearest, with_own_keys
from translate.registry import Format, find
from translate.route import read_route, route_out
from translate.scrubbing import has_surrogate, is_clean, scrub
from translate.shared.chat_legacy import remember
from translate.shared.one_text import as_texts
from translate.survey import made, odd_messages, plain_response, survey

ERROR_HEADER = "x-amzn-errortype"


def convert_request(
    body: Any, *, source: str = "unified", target: str = "unified", options: Options | None = None,
    on_loss: str = "collect", validate: bool = True,
) -> Converted:  # fmt: skip
    """
    Request body of one format -> the other. `value` never shares a container the conversion wrote with the input.

    Losses: leg 1's (target `unified`, pointing into `body`), then leg 2's (pointing into the unified request between).
    Raises: UnknownFormat, InvalidDocument, LossyConversion by `on_loss`.
    """
    return _convert("request", body, source, target, options, on_loss, validate)


def convert_response(
    body: Any, *, source: str = "unified", target: str = "unified", options: Options | None = None,
    on_loss: str = "collect", validate: bool = True,
) -> Converted:  # fmt: skip
    """Response body of one format -> the other; losses and errors as `convert_request`."""
    return _convert("response", body, source, target, options, on_loss, validate)


def convert_error(
    body: Any, *, source: str = "unified", target: str = "unified", status: int | None = None,
    options: Options | None = None,
) -> Converted:  # fmt: skip
    """
    Error body of one format -> the other; of a list, as some servers send it, the first. status: HTTP status the body came with (None: the body's own code, else 500).

    `route["status"]` is the HTTP status to answer with, `route["headers"]` what the target says in headers.
    """
    if type(body) is not list or not body or source == target:
        return _convert("error", body, source, target, options, "collect", True, status)
    if type(body[0]) is list:
        raise InvalidDocument(format=source, kind="error", path="/0", expected="object", got="array")
    try:
        converted = _convert("error", body[0], source, target, options, "collect", True, status)
    except InvalidDocument as error:
        error.path = f"/0{error.path}"
        raise
    own = target if source == "unified" else "unified"  # the leg that reads the caller's body
    losses = [loss._replace(path=f"/0{loss.path}") if loss.target == own else loss for loss in converted.losses]
    more = [Loss("dropped", "envelope", "error", f"/{number}", own, "one error an answer") for number in range(1, len(body))]
    return converted._replace(losses=losses + more)


def _convert(
    kind: str, body: Any, source: str, target: str, options: Options | None, on_loss: str, validate: bool,
    status: int | None = None,
) -> Converted:  # fmt: skip
    rows = find(source), find(target)
    if options is not None or on_loss != "collect":
        options = check_arguments(options, on_loss)
    try:
        converted = _run(kind, body, rows, options or DEFAULTS, validate, status)
    except TranslateError as error:
        if error.path:
            error.path = nearest(body, error.path)
        raise
    except RecursionError:
        raise InvalidDocument(
            format=source, kind=kind, path="", expected="less nesting", got="a document nested too deeply"
        ) from None
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        # A spoke stumbles over what the check it went without would have refused: the check says what and where.
        if not validate and source == "unified":
            hub().check(body, kind)
        raise
    if on_loss != "collect":
        refuse_losses(converted.losses, on_loss, target if source == "unified" else "unified")
    return converted


def _run(
    kind: str, body: Any, rows: tuple[Format, Format], options: Options, validate: bool, status: int | None,
) -> Converted:  # fmt: skip
    source, target = rows
    if source is target:
        return _hand_through(kind, body, source, options, validate, status)
    if type(body) is not dict and not (kind == "error" and type(body) in (list, str)):
        raise InvalidDocument(format=source.name, kind=kind, path="", expected="object", got=kind_of(body))
    route = read_route(options) if options.route else {}
    if kind == "error":
        route["status"] = status
    if source.name == "unified":
        return _from_unified(kind, body, target, route, options, validate)
    reading = Leg(source, kind, True, options, Losses("unified"))
    reading.route = route
    is_request = kind == "request"
    if not is_request and options.memo:
        reading.memo = dict(options.memo.get("write") or {})
    module = source.module(kind)
    short = vars(module).get("plain_to_unified")
    unified = None if short is None else short(body, reading)
    losses = reading.losses.items
    if unified is None:
        given = body
        body, scrubbed = scrub(body, source.name, kind)
        unified = module.to_unified(body, reading)
        if scrubbed:
            losses = scrubbed + with_own_keys(given, losses)
    memo: Json = {"read": reading.memo} if is_request and reading.memo else {}
    if target.name == "unified":
        value, route = hub().finish(unified, reading, losses)
        return made(Converted, ({**value, **options.extra} if is_request and options.extra else value, losses, route, memo))
    writing = Leg(target, kind, False, options, Losses(target.name))
    writing.route = dict(reading.route)
    value = None
    if is_request:
        writing.plain, _, odd, writing.echoed, paired = survey(unified)
        if odd and paired:
            _open(unified, odd, writing)
    elif kind == "response":
        value = _look_at_answer(unified, writing)
    try:
        if value is None:
            value = _write(unified, writing, memo)
    except TranslateError as error:
        error.path = ""  # a place of the unified document, which the caller does not have
        raise
    return made(Converted, (value, losses + writing.losses.items, route_out(writing), memo))


def _from_unified(kind: str, body: Any, target: Format, route: Json, options: Options, validate: bool) -> Converted:
    writing = Leg(target, kind, False, options, Losses(target.name))
    writing.route = route
    unified, value, memo = body, None, {}
    scrubbed: list[Loss] = []
    # Surveyed, scrubbed and checked, each only where the look before it does not tell.
    if kind == "request":
        writing.plain, rest, odd, writing.echoed, paired = survey(body)
        if odd and paired:
            body, odd = _with_texts(body, odd, writing)
            unified = body
        if odd and paired and _open(body, odd, writing):
            odd = []
        known = not rest and not odd
    else:
        value = _look_at_answer(body, writing) if kind == "response" else None
        known, rest, odd = value is not None or writing.plain, body, []
    if not known and not _is_right(body, rest, odd, validate, writing):
        unified, scrubbed = scrub(body, "unified", kind)
        if validate:
            hub().check(unified, kind)
    if kind == "request":
        notes: Json = {}
        remember(unified, notes, route)
        if notes:
            memo["read"] = notes
    if value is None:
        value = _write(unified, writing, memo)
    losses = writing.losses.items
    if scrubbed:
        losses = scrubbed + with_own_keys(body, losses)
    return made(Converted, (value, losses, route_out(writing), memo))


def _write(unified: Any, writing: Leg, memo: Json) -> Any:
    """Runs the leg from unified; `memo` takes what it notes of a request."""
    options = writing.options
    if writing.kind != "request":
        if options.memo:
            writing.memo = dict(options.memo.get("read") or {})
        return writing.row.module(writing.kind).to_native(unified, writing)
    value = writing.row.module("request").to_native(unified, writing)
    if writing.memo:
        memo["write"] = writing.memo
    return {**value, **options.extra} if options.extra else value


def _look_at_answer(response: Json, writing: Leg) -> Any:
    """
    Surveys an answer and sets `writing.plain`; gives what the target writes of one that is plain but for its own bags
    (`bagged_to_native` of a spoke, which looks at them itself; `whole_to_native` looks at every plain one), else None.
    """
    ways = vars(writing.row.module("response"))  # to look for what a module lacks costs ten times as much otherwise
    whole = ways.get("whole_to_native")
    if whole is not None and (value := whole(response, writing)) is not None:
        return value
    usage = response.get("usage")
    # With bags where answers mostly have them none is plain.
    if response.get("extra_content") is None and (type(usage) is not dict or "extra_content" not in usage):
        writing.plain = plain_response(response)
        if writing.plain:
            return None
    short = ways.get("bagged_to_native")
    return None if short is None else short(response, writing)


def _with_texts(request: Json, odd: list[Any], writing: Leg) -> tuple[Json, list[Any]]:
    """The request with lists of one text as that text where the target makes no difference, and what is odd of it then."""
    roles = vars(writing.row.module("request")).get("one_text_roles")
    messages = None if roles is None else as_texts(request["messages"], odd, roles(writing.row.name))
    if messages is None:
        return request, odd
    odd, _, echoed = odd_messages(messages)
    writing.plain, writing.echoed = not odd and not echoed, not odd and echoed
    return {**request, "messages": messages}, odd


def _open(request: Json, odd: list[Any], writing: Leg) -> bool:
    """
    Whether the target knows the odd messages of a request whose calls and results are paired; sets `writing.opened`.

    A spoke says so of the odd ones alone (`opened_odd`).
    """
    opened = vars(writing.row.module("request")).get("opened_odd")
    if opened is not None:
        writing.opened = opened(request["messages"], odd, writing.row.key)
    return writing.opened is not None


def _is_right(body: Any, rest: Any, odd: list[Any], validate: bool, writing: Leg) -> bool:
    """
    Whether what the survey of a request leaves open is right and has nothing to scrub; sets `writing.rest` and `beside`. False says nothing.

    Raises: InvalidDocument for what is wrong.
    """
    if rest is body:
        return False
    if not odd and (known := hub().is_known(rest)):
        if known is not True:
            writing.rest, writing.beside = rest, known
        return True
    if has_surrogate({**rest, "messages": odd}, "unified", "request") if odd else not is_clean(rest):
        return False
    if validate:
        hub().check_rest(rest, odd, body)
    return True


def _hand_through(kind: str, body: Any, row: Format, options: Options, validate: bool, status: int | None) -> Converted:
    """Same name on both sides: the document itself, validated when asked."""
    if validate:
        scrub(body, row.name, kind)  # for its refusal of what is nested too deeply
        if row.name == "unified":
            hub().check(body, kind)
        elif type(body) is not dict and kind != "error":
            raise InvalidDocument(format=row.name, kind=kind, path="", expected="object", got=kind_of(body))
        else:
            leg = Leg(row, kind, True, options, Losses("unified"))
            leg.route = read_route(options)
            leg.memo = dict((options.memo or {}).get("write") or {}) if kind != "request" else {}
            row.module(kind).to_unified(body, leg)
    leg = Leg(row, kind, False, options, Losses(row.name))
    leg.route = read_route(options)
    if kind == "error":
        leg.route["status"] = status
        # Of the headers that came, the one that belongs to the body (the name of an AWS exception).
        given = leg.route.get("headers")
        leg.route["headers"] = {
            name: value for name, value in (given.items() if isinstance(given, Mapping) else ())
            if type(name) is str and name.lower() == ERROR_HEADER
        }  # fmt: skip
    if kind == "request" and type(body) is dict:
        row.module("request").route(body, leg)
    return Converted(body, [], route_out(leg), {})


def hub() -> Any:
    """The package of the unified side, with its module `requests`; imported at the first conversion."""
    loaded = sys.modules.get("translate.providers.hub.requests")
    if loaded is None:
        importlib.import_module("translate.providers.hub.requests")
    return sys.modules["translate.providers.hub"]


def refuse_losses(losses: list[Loss], on_loss: str, own: str) -> None:
    """Raises LossyConversion when the policy refuses what was lost; `own`: target of the losses in the caller's document."""
    if on_loss != "collect" and losses:
        refused = ("content",) if on_loss == "raise-content" else ("content", "behaviour")
        worst = next((loss for loss in losses if loss.scope in refused), None)
        if worst is not None:
            error = LossyConversion(losses)
            error.path = worst.path if worst.target == own else ""
            raise error
