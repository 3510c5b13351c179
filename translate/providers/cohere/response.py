"""Cohere chat responses, both directions."""

from __future__ import annotations

from typing import Any

from translate.errors import InvalidDocument, Path
from translate.leg import Json, Leg
from translate.providers.cohere import plain, plain_reading
from translate.providers.cohere.answers import OWN_MEMBERS, answer_to_native, answer_to_unified
from translate.providers.cohere.tables import FAILED, FINISH_REASON_TO_NATIVE, FINISH_REASON_TO_UNIFIED
from translate.shared import bag
from translate.shared.fields import report_head, report_rest, report_without_place
from translate.shared.members import optional_list, optional_object, optional_text

plain_to_unified = plain_reading.response_to_unified


def bagged_to_native(response: Json, leg: Leg) -> Json | None:
    """`to_native` for an answer that is plain but for what its server says beside: counts, a plan, citations. None for all others."""
    opened = plain.opened(response, leg.row.key)
    short = None if opened is None else plain.response_to_native(opened)
    if opened is None or short is None:
        return None
    said = bag.own(response["choices"][0]["message"], leg)
    if "tool_plan" in said:
        short["message"] = {"role": "assistant", "tool_plan": said["tool_plan"], **short["message"]}
    if said.get("citations"):
        short["message"]["citations"] = said["citations"]
    short["id"] = head_losses(response, leg)
    short["usage"] = usage_to_native(response.get("usage"), leg)
    return short


RESPONSE_FIELDS = frozenset(("id", "finish_reason", "message", "usage", "logprobs"))
RESPONSE_MEMBERS = frozenset(("id", "object", "created", "model", "choices", "usage", "extra_content"))
CHUNK_MEMBERS = RESPONSE_MEMBERS | {"obfuscation"}
CHOICE_MEMBERS = frozenset((
    "index", "finish_reason", "message", "delta", "logprobs", "native_finish_reason", "extra_content",
))  # fmt: skip
COUNTS = frozenset(("prompt_tokens", "completion_tokens", "total_tokens"))
USAGE_MEMBERS = COUNTS | {"prompt_tokens_details", "completion_tokens_details", "extra_content"}
MESSAGE_MEMBERS = frozenset((
    "role", "content", "refusal", "reasoning_content", "reasoning_details", "tool_calls", "annotations", "images", "audio",
    "extra_content",
))  # fmt: skip


def to_unified(body: Json, leg: Leg) -> Json:
    """Chat response -> unified response. Citations, billed units and the plan ride in bags."""
    identifier = optional_text(body, "id", leg, ())
    identifier = identifier or leg.options.id or "chatcmpl-0"
    native = optional_object(body, "message", leg, ())
    message: Json = {"role": "assistant"}
    answer_to_unified(native, message, leg, ("message",), 0, identifier)
    message.setdefault("refusal", None)
    for name, value in native.items():
        if name not in ("role", "content", "tool_plan", "tool_calls", "citations") and value is not None:
            bag.put(message, leg.row.key, name, value)
    choice: Json = {"index": 0, "message": message}
    finish_to_unified(body.get("finish_reason"), choice, leg, ("finish_reason",))
    choice["logprobs"] = logprobs_to_unified(body.get("logprobs"), choice, leg, ("logprobs",))
    unified: Json = {
        "id": identifier, "object": "chat.completion", "created": leg.options.created, "model": model_of(leg),
        "choices": [choice],
    }  # fmt: skip
    usage = usage_to_unified(body.get("usage"), leg, ("usage",))
    if usage is not None:
        unified["usage"] = usage
    for name, value in body.items():
        if name not in RESPONSE_FIELDS and value is not None:
            bag.put(unified, leg.row.key, name, value)
    return unified


def model_of(leg: Leg) -> str:
    """Answers do not name their model: the memo or the caller does."""
    return str(leg.memo.get("model") or leg.options.model or leg.route.get("model") or "")


def finish_to_unified(reason: Any, choice: Json, leg: Leg, path: Path) -> None:
    """Finish reason; the native word is kept where the way back would not give it."""
    if reason is not None and type(reason) is not str:
        leg.invalid(path, "string", reason)
    if not reason:
        leg.losses.add("defaulted", "envelope", "finish_reason", path[:-1], "no finish reason")
    finish = FINISH_REASON_TO_UNIFIED.get((reason or "COMPLETE").upper())
    if finish is None:
        leg.losses.add("approximated", "behaviour", "finish_reason", path, "word unknown; stop")
        finish = "stop"
    elif reason in FAILED:
        leg.losses.add("approximated", "behaviour", "finish_reason", path, "an answer that failed has no word of its own; stop")
    choice["finish_reason"] = finish
    if reason is not None and FINISH_REASON_TO_NATIVE[finish] != reason:
        choice["native_finish_reason"] = reason


def logprobs_to_unified(value: Any, choice: Json, leg: Leg, path: Path) -> Json | None:
    """One token an entry, with the sum of its parts; the native list, with token ids, rides in the choice's bag."""
    if value is None:
        return None
    if type(value) is not list:
        leg.invalid(path, "array", value)
    content = [_token(entry, leg, (*path, number)) for number, entry in enumerate(value)]
    if not content:
        return None
    bag.put(choice, leg.row.key, "logprobs", value)
    return {"content": content, "refusal": None}


def _token(entry: Any, leg: Leg, path: Path) -> Json:
    if type(entry) is not dict:
        leg.invalid(path, "object", entry)
    text, values = entry.get("text"), entry.get("logprobs")
    if text is not None and type(text) is not str:
        leg.invalid((*path, "text"), "string", text)
    total = 0.0
    for number, value in enumerate(values if type(values) is list else ()):
        if type(value) not in (int, float):
            leg.invalid((*path, "logprobs", number), "number", value)
        total += value
    return {"token": text or "", "logprob": total, "bytes": list((text or "").encode("utf-8", "replace")), "top_logprobs": []}


def usage_to_unified(usage: Any, leg: Leg, path: Path) -> Json | None:
    """Tokens (numbers may be floats on the wire), else billed units; the rest rides in the bag."""
    if usage is None:
        return None
    if type(usage) is not dict:
        leg.invalid(path, "object", usage)
    unified: Json = {}
    source = "tokens" if usage.get("tokens") is not None else "billed_units"
    counts = usage.get(source)
    if counts is None:
        counts = {}
    if type(counts) is not dict:
        leg.invalid((*path, source), "object", counts)
    for name, target in (("input_tokens", "prompt_tokens"), ("output_tokens", "completion_tokens")):
        unified[target] = _count(counts.get(name), leg, (*path, source, name))
    unified["total_tokens"] = unified["prompt_tokens"] + unified["completion_tokens"]
    cached = usage.get("cached_tokens")
    if cached is not None:
        unified["prompt_tokens_details"] = {"cached_tokens": _count(cached, leg, (*path, "cached_tokens"))}
    rest = {name: value for name, value in counts.items() if name not in ("input_tokens", "output_tokens") and value is not None}
    if rest and source == "tokens":
        bag.put(unified, leg.row.key, "tokens", rest)
    for name, value in usage.items():
        if name not in ("tokens", "cached_tokens") and value is not None:
            bag.put(unified, leg.row.key, name, value)
    return unified


def _count(value: Any, leg: Leg, path: Path) -> int:
    if value is None:
        return 0
    if type(value) not in (int, float) or not abs(value) <= 1e18:
        leg.invalid(path, "number", value)
    return int(value)


def to_native(response: Json, leg: Leg) -> Json:
    """
    Unified response -> chat response.

    Losses: model, created and further choices dropped; refusals and content_filter approximated; annotations without the raw
    citations dropped.
    """
    short = plain.response_to_native(response) if leg.plain else None
    if short is not None:
        short["id"] = head_losses(response, leg)
        if short["usage"] is None:
            short["usage"] = usage_to_native(response["usage"], leg)
        return short
    choices = optional_list(response, "choices", leg, ())
    choice = choices[0] if choices else {}
    path: Path = ("choices", 0)
    if type(choice) is not dict:
        leg.invalid(path, "object", choice)
    for number in range(1, len(choices)):
        leg.losses.add("dropped", "content", "choices", ("choices", number), "one answer a response")
    message = optional_object(choice, "message", leg, path)
    inner: Path = (*path, "message")
    own = bag.unpack(message, leg, inner, "content")
    answer: Json = {"role": "assistant"}
    answer_to_native(message, answer, own, leg, inner, listed=True)
    for name, value in own.items():
        if name not in OWN_MEMBERS and answer.setdefault(name, value) is not value and answer[name] != value:
            bag.stale(leg, inner, name, "content")
    for name, value in message.items():
        if name not in MESSAGE_MEMBERS and value is not None and value != []:
            leg.losses.add("dropped", "content", name, (*inner, name), "no such member of an answer here")
    native: Json = {
        "id": head_losses(response, leg), "finish_reason": finish_to_native(choice, leg, path), "message": answer,
    }  # fmt: skip
    kept = bag.unpack(choice, leg, path, "envelope")
    for name in kept:
        if name != "logprobs":
            bag.stale(leg, path, name, "envelope")
    logprobs = logprobs_to_native(choice.get("logprobs"), kept.get("logprobs"), leg, path)
    if logprobs is not None:
        native["logprobs"] = logprobs
    report_rest(choice, CHOICE_MEMBERS, leg, path)
    if choice and not choice.get("finish_reason"):
        leg.losses.add("defaulted", "envelope", "finish_reason", path, "no finish reason; COMPLETE")
    if choice.get("index") not in (None, 0):
        leg.losses.add("dropped", "envelope", "index", (*path, "index"), "one answer a response")
    native["usage"] = usage_to_native(response.get("usage"), leg)
    for name, value in bag.unpack(response, leg, (), "envelope").items():
        if native.setdefault(name, value) is not value and native[name] != value:
            bag.stale(leg, (), name, "envelope")
    return native


def head_losses(response: Json, leg: Leg) -> str:
    """The id; created and model have no place here, but the caller knows them."""
    identifier = optional_text(response, "id", leg, ())
    for name, known in (("model", model_of(leg)), ("created", leg.options.created)):
        value = response.get(name)
        if value not in (None, known, "", 0):
            report_without_place(name, leg, "answers do not say it here")
    if not response.keys() <= CHUNK_MEMBERS:
        report_head(response, CHUNK_MEMBERS, leg)
    return identifier or leg.options.id or "chatcmpl-0"


def finish_to_native(choice: Json, leg: Leg, path: Path) -> str:
    """The provider's own word while its table gives this finish reason, else the table's word."""
    finish, own = choice.get("finish_reason"), choice.get("native_finish_reason")
    if finish is not None and type(finish) is not str:
        leg.invalid((*path, "finish_reason"), "string", finish)
    if own is not None:
        if type(own) is str and FINISH_REASON_TO_UNIFIED.get(own.upper()) == (finish or "stop"):
            return own
        leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "not a word of this API")
    word = FINISH_REASON_TO_NATIVE.get(finish or "stop")
    if word is None or finish == "content_filter":
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "no such word here; COMPLETE")
    return word or "COMPLETE"


def logprobs_to_native(logprobs: Any, held: Any, leg: Leg, path: Path) -> list[Json] | None:
    """The native list while it says the same tokens; else one entry a token, without ids."""
    where: Path = (*path, "logprobs")
    if logprobs is not None and type(logprobs) is not dict:
        leg.invalid(where, "object", logprobs)
    content = (logprobs.get("content") or []) if logprobs else []
    if type(content) is not list:
        leg.invalid((*where, "content"), "array", content)
    if logprobs:
        report_rest(logprobs, frozenset(("content",)), leg, where, "envelope")
    if type(held) is list and content and same_tokens(held, content, leg):
        return held
    if held is not None:
        bag.stale(leg, path, "logprobs", "envelope")
    path = where
    out: list[Json] = []
    for number, token in enumerate(content):
        if type(token) is not dict:
            leg.invalid((*path, "content", number), "object", token)
        leg.losses.add("approximated", "envelope", "logprobs", (*path, "content", number), "without token ids")
        out.append({"text": token.get("token"), "token_ids": [], "logprobs": [token.get("logprob")]})
    return out or None


def same_tokens(held: list[Any], content: list[Any], leg: Leg) -> bool:
    """Whether a native list says what the visible one says."""
    try:
        return [_token(entry, leg, ()) for entry in held] == content
    except InvalidDocument:
        return False


def usage_to_native(usage: Any, leg: Leg) -> Json:
    """Tokens, zeros when none came, and the kept billed units."""
    path: Path = ("usage",)
    if usage is None:
        return {"tokens": {"input_tokens": 0, "output_tokens": 0}}
    if type(usage) is not dict:
        leg.invalid(path, "object", usage)
    tokens: Json = {}
    for name, target in (("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens")):
        value = usage.get(name)
        if value is not None and type(value) not in (int, float):
            leg.invalid((*path, name), "number", value)
        tokens[target] = value or 0
    total = usage.get("total_tokens")
    if total is not None and total != tokens["input_tokens"] + tokens["output_tokens"]:
        leg.losses.add("dropped", "envelope", "total_tokens", (*path, "total_tokens"), "the total is the sum here")
    if usage.keys() <= COUNTS:
        return {"tokens": tokens}
    own = bag.unpack(usage, leg, path, "envelope")
    held = own.get("tokens")
    native: Json = {"tokens": {**(held if type(held) is dict else {}), **tokens}}
    for name in ("prompt_tokens_details", "completion_tokens_details"):
        details = usage.get(name)
        if details is None:
            continue
        if type(details) is not dict:
            leg.invalid((*path, name), "object", details)
        for member, count in details.items():
            if member == "cached_tokens" and count is not None:
                native["cached_tokens"] = count
            elif count:
                leg.losses.add("dropped", "envelope", member, (*path, name, member), "no such count here")
    for name, value in own.items():
        if name != "tokens" and native.setdefault(name, value) is not value and native[name] != value:
            bag.stale(leg, path, name, "envelope")
    report_rest(usage, USAGE_MEMBERS, leg, path, "envelope")
    return native
