"""Responses API answers, both directions. Source: OpenAI API reference, "The response object"."""

from __future__ import annotations

from typing import Any

from translate.errors import InvalidDocument, Path, kind_of
from translate.leg import Json, Leg
from translate.providers.openai_responses import plain_response as short
from translate.providers.openai_responses.content import objects, tokens_to_native
from translate.providers.openai_responses.items import Run
from translate.providers.openai_responses.tables import (
    FINISH_REASON_BY_INCOMPLETE,
    INCOMPLETE_BY_FINISH_REASON,
    INCOMPLETE_WORDS,
    RESPONSE_DEFAULTS,
    RESPONSE_HEAD,
    SERVICE_TIERS,
    STATUS_WORDS,
)
from translate.providers.openai_responses.usage import usage_to_native, usage_to_unified
from translate.providers.openai_responses.writing import MESSAGE_MEMBERS, Placed, Writer, logprobs_into
from translate.scrubbing import lone
from translate.shared import bag
from translate.shared.fields import report_rest, report_without_place
from translate.shared.plain import is_clean
from translate.shared.plain_bags import opened

RESPONSE_MEMBERS = frozenset((
    "id", "object", "created", "model", "choices", "usage", "service_tier", "metadata", "moderation", "extra_content",
))  # fmt: skip
CHOICE_MEMBERS = frozenset(("index", "finish_reason", "message", "logprobs", "native_finish_reason", "extra_content"))
# --- native -> unified


def plain_to_unified(body: Json, leg: Leg) -> Json | None:
    """`to_unified` for an answer of the common shapes, looked at in the same walk; None for all others."""
    status, usage = body.get("status"), body.get("usage")
    if (status != "completed" and status != "incomplete") or body.get("error") is not None or not _RENAMED.isdisjoint(leg.memo):
        return None
    if type(body.get("id")) is not str or type(body.get("model")) is not str or type(body.get("created_at")) is not int:
        return None
    unified = head_to_unified(body, leg, "chat.completion")
    message = short.output_to_unified(body.get("output"), unified["id"], status == "incomplete", leg.row.key)
    if message is None:
        return None
    counts = short.usage_to_unified(usage) if usage is not None else None
    if not is_clean_answer(body, ("output",) if counts is None else ("output", "usage")):
        return None
    choice: Json = {"index": 0, "message": message}
    if status == "completed" and body.get("incomplete_details") is None:
        choice["finish_reason"] = "tool_calls" if "tool_calls" in message else "stop"
    else:
        finish_to_unified(body, choice, "tool_calls" in message, leg, ())
    choice["logprobs"] = None
    unified["choices"] = [choice]
    if usage is not None:
        counts = usage_to_unified(usage, leg, ("usage",)) if counts is None else counts
        unified["usage"] = counts
    echo_to_unified(body, unified, leg, ())
    return unified


def is_clean_answer(body: Json, known: tuple[str, ...] = (), kind: str = "response") -> bool:
    """Whether a response, or the one in an event, needs no scrub but for the members looked at elsewhere; False says nothing."""
    rest: Json = {}
    for name, value in body.items():
        held = type(value)
        if held is int or held is bool or value is None or name in known:
            continue
        if held is str:
            if not value.isascii() and lone(value):
                return False
        elif held is not float and value != RESPONSE_DEFAULTS.get(name):
            rest[name] = value
        if not name.isascii():
            return False
    return not rest or is_clean(rest if kind == "response" else {"response": rest})


_RENAMED = frozenset(("tool_names", "call_ids"))  # what the memo holds when calls are to be renamed


def to_unified(body: Json, leg: Leg) -> Json:
    """
    Response object -> chat completion with one choice.

    The echo of the request and other members that differ from their default ride in the response's bag.
    Losses: states without a finish reason, approximated. Raises: InvalidDocument for a wrong type and for a failed answer.
    """
    refuse_failure(body, leg)
    output = body.get("output")
    if output is None and "status" not in body:
        leg.missing((), "output")
    unified = head_to_unified(body, leg, "chat.completion")
    run = Run(leg, unified["id"])
    items = objects(output, leg, ("output",))
    cut = body.get("status") == "incomplete"
    for number, item in enumerate(items):
        run.read(item, ("output", number), "incomplete" if cut and number == len(items) - 1 else "completed")
    message = run.finish({"role": "assistant"})
    message.setdefault("refusal", None)
    choice: Json = {"index": 0, "message": message}
    finish_to_unified(body, choice, bool(run.turn.calls), leg, ())
    choice["logprobs"] = {"content": run.tokens, "refusal": None} if run.tokens else None
    unified["choices"] = [choice]
    usage = usage_to_unified(body.get("usage"), leg, ("usage",))
    if usage is not None:
        unified["usage"] = usage
    echo_to_unified(body, unified, leg, ())
    return unified


def refuse_failure(body: Json, leg: Leg) -> None:
    """A failed answer is an error: `convert_error` reads it."""
    if body.get("status") != "failed" and not (body.get("error") is not None and not body.get("output")):
        return
    error = body.get("error")
    said = error.get("message") if type(error) is dict else None
    raise InvalidDocument(
        format=leg.row.name, kind=leg.kind, path=("error",) if "error" in body else ("status",), status_hint=502,
        expected="an answer (a failed one is an error body)", got=f"the failure {said!r}" if type(said) is str else kind_of(error),
    )  # fmt: skip


def head_to_unified(body: Json, leg: Leg, kind: str, path: Path = ()) -> Json:
    """id, created and model of a response or chunk."""
    for name in ("id", "model"):
        if body.get(name) is not None and type(body[name]) is not str:
            leg.invalid((*path, name), "string", body[name])
    created = body.get("created_at")
    if created is not None and type(created) not in (int, float):
        leg.invalid((*path, "created_at"), "integer", created)
    try:
        seconds = leg.options.created if created is None else int(created)
    except (OverflowError, ValueError):
        leg.invalid((*path, "created_at"), "integer", created)
    return {
        "id": body.get("id") or leg.options.id or "chatcmpl-0",
        "object": kind,
        "created": seconds,
        "model": body.get("model") or leg.memo.get("model") or leg.options.model or "",
    }


def finish_to_unified(body: Json, choice: Json, called: bool, leg: Leg, path: Path) -> None:
    """status and incomplete_details -> finish_reason. Losses: words without a finish reason of their own, approximated."""
    status, details = body.get("status"), body.get("incomplete_details")
    if status is not None and type(status) is not str:
        leg.invalid((*path, "status"), "string", status)
    if details is not None and type(details) is not dict:
        leg.invalid((*path, "incomplete_details"), "object", details)
    reason = (details or {}).get("reason")
    if reason is not None and type(reason) is not str:
        leg.invalid((*path, "incomplete_details", "reason"), "string", reason)
    finish = "tool_calls" if called else "stop"
    if status == "incomplete":
        known = FINISH_REASON_BY_INCOMPLETE.get(reason or "max_output_tokens")
        if known is None:
            choice["finish_reason"], choice["native_finish_reason"] = "stop", reason
            leg.losses.add(
                "approximated", "behaviour", "finish_reason", (*path, "incomplete_details", "reason"), "no finish reason says this; stop"
            )
            return
        finish = known
    elif status not in (None, "completed"):
        choice["finish_reason"], choice["native_finish_reason"] = "stop", status
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "status"), "no finish reason says this; stop")
        return
    choice["finish_reason"] = finish


def echo_to_unified(body: Json, unified: Json, leg: Leg, path: Path) -> None:
    """service_tier, metadata, moderation, and in the bag what differs from its default."""
    for name, value in body.items():
        if value is None or name in _SILENT or (name in RESPONSE_DEFAULTS and _same(value, RESPONSE_DEFAULTS[name])):
            continue
        if name == "service_tier":
            if type(value) is not str:
                leg.invalid((*path, name), "string", value)
            unified[name] = value
            if value not in SERVICE_TIERS:
                bag.put(unified, leg.row.key, name, value)
        elif name in ("metadata", "moderation"):
            if type(value) is not dict:
                leg.invalid((*path, name), "object", value)
            unified[name] = value
        elif name == "incomplete_details":
            rest = {member: held for member, held in value.items() if member != "reason"} if type(value) is dict else {}
            if rest or (body.get("status") != "incomplete" and value != {}):
                bag.put(unified, leg.row.key, name, value)
        elif name == "error" or name not in RESPONSE_HEAD:
            bag.put(unified, leg.row.key, name, value)


# Members of the head that are read elsewhere.
_SILENT = RESPONSE_HEAD - {"service_tier", "metadata", "moderation", "incomplete_details", "error"}


def _same(value: Any, other: Any) -> bool:
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


# --- unified -> native


def to_native(response: Json, leg: Leg) -> Json:
    """
    Chat completion -> response object; item ids are made up where the bag has none.

    Losses: further choices, audio, signatures and linked images dropped; other finish reasons approximated.
    """
    written = _plain_to_native(response, leg) if leg.plain else None
    if written is not None:
        return written
    choices = response.get("choices")
    if choices is not None and type(choices) is not list:
        leg.invalid(("choices",), "array", choices)
    native = head_to_native(response, leg)
    choice: Json = {}
    for number, one in enumerate(choices or ()):
        if type(one) is not dict:
            leg.invalid(("choices", number), "object", one)
        if number == 0:
            choice = one
            if one.get("index") not in (None, 0):
                leg.losses.add("dropped", "envelope", "index", ("choices", number, "index"), "one answer alone")
        else:
            leg.losses.add("dropped", "content", "choices", ("choices", number), "one answer alone")
    path: Path = ("choices", 0)
    if not choices:
        leg.losses.add("defaulted", "content", "choices", ("choices",), "an answer without choices")
    message = choice.get("message")
    if message is None:
        message = {}
    if type(message) is not dict:
        leg.invalid((*path, "message"), "object", message)
    inner: Path = (*path, "message")
    placed = Writer(leg, inner, native["id"]).write(message)
    message_rest(message, leg, inner)
    _logprobs(choice.get("logprobs"), placed, leg, (*path, "logprobs"))
    native["output"] = [entry.item for entry in placed]
    if choice and choice.get("finish_reason") is None:
        leg.losses.add("defaulted", "behaviour", "finish_reason", (*path, "finish_reason"), "an answer ends somehow; completed")
    called = any(item.get("type") in ("function_call", "custom_tool_call") for item in native["output"])
    finish_to_native(choice, native, called, leg, path)
    if native["status"] == "incomplete" and placed:
        last = placed[-1].item
        if last.get("status") == "completed" and last.get("type") in ("message", "function_call", "custom_tool_call"):
            last["status"] = "incomplete"
    choice_rest(choice, leg, path)
    native["usage"] = usage_to_native(response.get("usage"), leg)
    echo_to_native(response, native, leg)
    return native


def _plain_to_native(response: Json, leg: Leg) -> Json | None:
    """`to_native` for an answer that the survey knows; None where there is a loss to tell beside those of its head."""
    choice = response["choices"][0]
    usage = short.usage_to_native(response.get("usage"))
    if usage is None:
        return None
    native = head_to_native(response, leg)
    native["output"] = short.output_to_native(choice["message"], native["id"])
    if not short.end_to_native(choice["finish_reason"], bool(choice["message"].get("tool_calls")), native):
        return None
    native["usage"] = usage
    if not _PLAIN_MEMBERS.issuperset(response):
        echo_to_native(response, native, leg)
    return native


_PLAIN_MEMBERS = frozenset(("id", "object", "created", "model", "choices", "usage"))


def bagged_to_native(response: Json, leg: Leg) -> Json | None:
    """`to_native` for an answer that the survey would know but for the bags that this API's own answers have; None for all others."""
    choices = response.get("choices")
    if type(choices) is not list or len(choices) != 1 or type(choices[0]) is not dict or type(choices[0].get("message")) is not dict:
        return None
    metadata, identifier = response.get("metadata"), response.get("id") or leg.options.id or "chatcmpl-0"
    if (metadata is not None and (type(metadata) is not dict or not is_clean({"metadata": metadata}))) or type(identifier) is not str:
        return None
    made = short.own_output_to_native(choices[0]["message"], identifier, leg.row.key)
    if made is None:
        return None
    bare = {name: value for name, value in response.items() if name != "metadata"}
    bare["choices"] = [{**choices[0], "message": made[0]}]
    held = opened(bare, leg.row.key)
    if held is None:
        return None
    usage = short.usage_to_native(held.bare["usage"])
    if usage is None or not usage.keys().isdisjoint(held.counted) or any(value is None for value in held.counted.values()):
        return None
    native = head_to_native(response, leg)
    native["output"] = made[1]
    if not short.end_to_native(choices[0]["finish_reason"], bool(made[0].get("tool_calls")), native):
        return None
    native["usage"] = usage
    usage.update(held.counted)
    echo_to_native(response, native, leg)
    return native


def head_to_native(response: Json, leg: Leg) -> Json:
    """id, created_at, model and what every response has."""
    identifier, model, created = response.get("id"), response.get("model"), response.get("created")
    if identifier is not None and type(identifier) is not str:
        leg.invalid(("id",), "string", identifier)
    if model is not None and type(model) is not str:
        leg.invalid(("model",), "string", model)
    if created is not None and type(created) is not int and type(created) is not float:
        leg.invalid(("created",), "integer", created)
    return {
        "id": identifier or leg.options.id or "chatcmpl-0",
        "object": "response",
        "created_at": leg.options.created if created is None else created,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": model or leg.memo.get("model") or leg.options.model or "",
        "output": [],
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": None,
    }


def message_rest(message: Json, leg: Leg, path: Path) -> None:
    """Members of an answer that have no place."""
    for name, value in message.items():
        if name not in MESSAGE_MEMBERS and value is not None and value != [] and value != "":
            leg.losses.add("dropped", "content", name, (*path, name), "no such member of an answer here")


def choice_rest(choice: Json, leg: Leg, path: Path) -> None:
    """Members of a choice that have no place; all bags but the own."""
    if "extra_content" in choice:
        for name in bag.unpack(choice, leg, path, "envelope"):
            bag.stale(leg, path, name, "envelope")
    report_rest(choice, CHOICE_MEMBERS, leg, path)


def _logprobs(value: Any, placed: list[Placed], leg: Leg, path: Path) -> None:
    if value is None:
        return
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    tokens = tokens_to_native(value.get("content"), leg, (*path, "content"))
    if tokens and not logprobs_into(placed, tokens):
        leg.losses.add("dropped", "content", "logprobs", (*path, "content"), "no text they belong to")
    for name, member in value.items():
        if name != "content" and member:
            leg.losses.add("dropped", "content", name, (*path, name), "no probabilities of this here")


def finish_to_native(choice: Json, native: Json, called: bool, leg: Leg, path: Path) -> None:
    """finish_reason -> status and incomplete_details; the provider's own word while it means the same."""
    finish, own = choice.get("finish_reason"), choice.get("native_finish_reason")
    if finish is not None and type(finish) is not str:
        leg.invalid((*path, "finish_reason"), "string", finish)
    if own is not None:
        if finish in (None, "stop") and type(own) is str and own in STATUS_WORDS:
            native["status"] = own
            return
        if finish in (None, "stop") and type(own) is str and own in INCOMPLETE_WORDS:
            native["status"], native["incomplete_details"] = "incomplete", {"reason": own}
            return
        leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "not a word of this API")
    reason = INCOMPLETE_BY_FINISH_REASON.get(finish or "stop")
    if reason is not None:
        native["status"], native["incomplete_details"] = "incomplete", {"reason": reason}
        return
    if finish not in (None, "stop", "tool_calls", "function_call"):
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "no such word here; completed")
    elif finish is not None and called != (finish != "stop"):
        leg.losses.add("approximated", "envelope", "finish_reason", (*path, "finish_reason"), "the calls themselves tell it here")


def echo_to_native(response: Json, native: Json, leg: Leg) -> None:
    """service_tier, metadata, moderation, then the own bag; what has no place is a loss."""
    own = bag.unpack(response, leg, (), "envelope") if "extra_content" in response else bag.EMPTY
    for name in ("service_tier", "metadata", "moderation"):
        value = response.get(name)
        if value is None:
            continue
        if name == "service_tier" and value not in SERVICE_TIERS and value != own.get(name):
            leg.losses.add("dropped", "envelope", name, (name,), "no such tier here")
        else:
            native[name] = value
    for name, value in own.items():
        if name == "incomplete_details" and type(value) is dict and native["status"] == "incomplete":
            native[name] = {**value, **(native[name] or {})}
        elif name in ("id", "output", "status", "usage", "model", "created_at", "service_tier"):
            if native.get(name) == value:
                continue
            bag.stale(leg, (), name, "envelope")
        elif value is not None:
            native[name] = value
    for name, value in response.items():
        if name not in RESPONSE_MEMBERS and value is not None:
            report_without_place(name, leg, "not a member of this format")
