"""The short way of answers: those of the common shapes, both directions; `plain.py` says what holds for it."""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg
from translate.providers.gemini import plain_usage, usage as usage_of
from translate.providers.gemini.assistant import is_made_up
from translate.providers.gemini.head import NO_ID, UNIFIED_MEMBERS
from translate.providers.gemini.opening import opened_message
from translate.providers.gemini.plain_calls import calls_to_unified
from translate.providers.gemini.spelling import camel, snake, spelled, word, worded
from translate.providers.gemini.tables import (
    FAILED,
    FINISH_REASON_TO_NATIVE,
    FINISH_REASON_TO_UNIFIED,
    TOOL_CALL_FINISHES,
)
from translate.scrubbing import lone
from translate.shared import bag
from translate.shared.arguments import parse_object
from translate.shared.fields import report_rest
from translate.shared.timestamps import seconds_of, to_seconds, written_time
from translate.survey import plain_response

# --- unified -> native


def plain_to_native(response: Json, leg: Leg, create_time: str | None = None) -> Json | None:
    """
    `to_native` for an answer that the survey knows; None where there is a loss to tell beside those of the head.

    create_time: as the bag has it, when it is the answer's.
    """
    choice = response["choices"][0]
    message, finish = choice["message"], choice["finish_reason"]
    calls = message.get("tool_calls")
    if finish == ("stop" if calls else "tool_calls"):
        return None
    counts = plain_usage.to_native(response.get("usage"), leg.row.key)
    if counts is None and not leg.plain:
        return None
    identifier = response["id"] or leg.options.id or NO_ID
    parts = _parts(message, identifier if identifier != NO_ID else "")
    if parts is None:
        return None
    candidate: Json = {"index": choice["index"]}
    if parts:
        candidate["content"] = {"role": "model", "parts": parts}
    candidate["finishReason"] = FINISH_REASON_TO_NATIVE[finish]
    native: Json = {"candidates": [candidate], "usageMetadata": counts}
    model, created = response["model"] or leg.options.model, response["created"]
    if model:
        native["modelVersion"] = model
    native["responseId"] = identifier
    if create_time is not None:
        native["createTime"] = create_time
    elif created:
        if leg.row.variant == "vertex":
            native["createTime"] = written_time(created, leg)
        elif created != leg.options.created:
            leg.losses.add("dropped", "envelope", "created", ("created",), "answers do not say it here")
    if counts is None:
        native["usageMetadata"] = usage_of.to_native(response["usage"], leg)
    if not UNIFIED_MEMBERS.issuperset(response):
        report_rest(response, UNIFIED_MEMBERS, leg, (), "envelope")
    return native


def bagged_to_native(response: Json, leg: Leg) -> Json | None:
    """
    `to_native` for an answer that the survey would know but for this spoke's bags, where they hold what most answers have beside
    texts and calls: signatures, ratings, a probability, the time, words of the service. None for all others.
    """
    key, choices = leg.row.key, response.get("choices")
    answer = bag.opened(response, key)
    choice = bag.opened(choices[0], key) if type(choices) is list and len(choices) == 1 else None
    message = opened_message(choice[0].get("message"), key) if choice is not None else None
    if answer is None or choice is None or message is None or (choice[1] and not _is_plain_beside(choice[1])):
        return None
    bare_choice = {**choice[0], "message": message[0]}
    finish = bare_choice.pop("native_finish_reason", None)
    bare = {**answer[0], "choices": [bare_choice]}
    usage = bare.pop("usage", None)
    if not plain_response(bare) or (usage is not None and type(usage) is not dict):
        return None
    if finish is not None and not _stands_for(finish, bare_choice):
        return None
    create_time = answer[1].get("create_time")
    if answer[1]:
        if len(answer[1]) > 1 or type(create_time) is not str or not create_time.isascii():
            return None
        if to_seconds(create_time) not in (bare["created"], None):
            return None
    bare["usage"] = usage
    native = plain_to_native(bare, leg, create_time)
    if native is None:
        return None
    candidate = native["candidates"][0]
    if "content" in candidate:
        for part, signature in zip(candidate["content"]["parts"], message[1], strict=True):
            if signature is not None:
                part["thoughtSignature"] = signature
    for name, value in choice[1].items():
        candidate[camel(name)] = spelled(value, leg.row.variant) if type(value) is list else value
    if finish is not None:
        candidate["finishReason"] = finish
    return native


def _is_plain_beside(beside: Json) -> bool:
    """Whether the bag of a choice holds ratings, a probability and a message, and nothing else."""
    for name, value in beside.items():
        if name == "safety_ratings":
            if not _are_ratings(value):
                return False
        elif type(value) is not float if name == "avg_logprobs" else name != "finish_message" or type(value) is not str or not value.isascii():
            return False
    return True


def _stands_for(finish: Any, choice: Json) -> bool:
    """Whether a native word is the one that this finish reason was read from."""
    if type(finish) is not str:
        return False
    upper = finish.upper()
    called = choice["message"].get("tool_calls") and upper in TOOL_CALL_FINISHES
    said = "tool_calls" if called else FINISH_REASON_TO_UNIFIED.get(upper)
    return said is not None and said == choice["finish_reason"]


def _parts(message: Json, document_id: str) -> list[Json] | None:
    """Message of a surveyed answer -> parts; None where arguments are no object."""
    parts: list[Json] = []
    reasoning, content, calls = message.get("reasoning_content"), message["content"], message.get("tool_calls")
    if reasoning:
        parts.append({"text": reasoning, "thought": True})
    if content:
        parts.append({"text": content})
    if calls:
        for number, call in enumerate(calls):
            identifier, function = call["id"], call["function"]
            name, text = function["name"], function["arguments"]
            arguments = parse_object(text)
            if arguments is None:
                return None
            if len(identifier) == 17 and is_made_up(identifier, document_id, number, name, text):
                parts.append({"functionCall": {"name": name, "args": arguments}})
            else:
                parts.append({"functionCall": {"id": identifier, "name": name, "args": arguments}})
    return parts


# --- native -> unified


def plain_to_unified(body: Json, leg: Leg) -> Json | None:
    """`to_unified` for an answer of the common shapes, looked at in the same walk; None for all others."""
    candidates = usage = beside = None
    for name, value in body.items():
        if name == "candidates":
            candidates = value
        elif name == "usageMetadata":
            usage = value
        elif name not in _HEAD or type(value) is not str or not value.isascii():
            return None
    if type(candidates) is not list or len(candidates) != 1 or type(candidates[0]) is not dict or leg.memo.get("names"):
        return None
    candidate, options, key = candidates[0], leg.options, leg.row.key
    reason, index = candidate.get("finishReason"), candidate.get("index", 0)
    if type(reason) is int:
        reason = word("finishReason", reason, leg.row.variant)
    finish = FINISH_REASON_TO_UNIFIED.get(reason) if type(reason) is str else None
    if finish is None or reason in FAILED or type(index) is not int or index < 0:
        return None
    if not CANDIDATE.issuperset(candidate):
        beside = plain_beside(candidate, leg.row.variant)
        if beside is None:
            return None
    identifier = body.get("responseId", "")
    message = _message(candidate.get("content"), identifier, key)
    if message is None:
        return None
    counts = None
    if usage is not None:
        counts = plain_usage.to_unified(usage, key)
        if counts is None:
            if not plain_usage.is_plain(usage):
                return None
            counts = usage_of.to_unified(usage, leg, ())
    if "tool_calls" in message and reason in TOOL_CALL_FINISHES:
        finish = "tool_calls"
    choice: Json = {"index": index, "message": message, "finish_reason": finish}
    if FINISH_REASON_TO_NATIVE[finish] != reason:
        choice["native_finish_reason"] = reason
    choice["logprobs"] = None
    if beside is not None:
        choice["extra_content"] = {key: beside}
    create_time = body.get("createTime")
    created, is_exact = seconds_of(create_time) if create_time else (None, create_time is None)
    unified: Json = {
        "id": identifier or options.id or NO_ID,
        "created": options.created if created is None else created,
        "model": body.get("modelVersion") or leg.memo.get("model") or options.model or leg.route.get("model") or "",
        "object": "chat.completion",
        "choices": [choice],
    }
    if not is_exact or (create_time and leg.row.variant != "vertex"):
        unified["extra_content"] = {key: {"create_time": create_time}}
    if counts is not None:
        unified["usage"] = counts
    return unified


CANDIDATE = frozenset(("content", "finishReason", "index"))
_RATING = frozenset((
    "category", "probability", "blocked", "probabilityScore", "severity", "severityScore", "overwrittenThreshold",
))  # fmt: skip
_SCALARS = frozenset((str, int, float, bool))


def plain_beside(candidate: Json, variant: str) -> Json | None:
    """What a candidate has beside its usual members, as a bag names it: ratings, a probability, a message; None for others."""
    beside: Json = {}
    for name, value in candidate.items():
        if name in CANDIDATE:
            continue
        if name == "safetyRatings":
            if not _are_ratings(value):
                return None
            value = worded(value, variant)
        elif type(value) is not float if name == "avgLogprobs" else name != "finishMessage" or type(value) is not str or not value.isascii():
            return None
        beside[snake(name)] = value
    return beside


def _are_ratings(value: Any) -> bool:
    if type(value) is not list:
        return False
    for rating in value:
        if type(rating) is not dict or not rating.keys() <= _RATING or not _SCALARS.issuperset(map(type, rating.values())):
            return False
        for said in rating.values():
            if type(said) is str and not said.isascii():
                return False
    return True


_HEAD = frozenset(("responseId", "modelVersion", "createTime"))


def _message(content: Any, document_id: str, key: str) -> Json | None:
    """Content of a candidate -> message: a thought, a text and calls, in this order, each of which may be missing."""
    if type(content) is not dict:
        return None
    parts, role = content.get("parts"), content.get("role", "model")
    if type(parts) is not list or not parts or role != "model" or len(content) != ("role" in content) + 1:
        return None
    message: Json = {"role": "assistant", "content": None, "refusal": None}
    reasoning: str | None = None
    said = False
    calls: list[Json] = []
    for spot, part in enumerate(parts):
        if type(part) is not dict:
            return None
        text = part.get("text")
        if type(text) is not str:
            calls = calls_to_unified(parts, spot, 0, document_id, key)
            if len(calls) != len(parts) - spot:
                return None
            break
        if said or not text or not (text.isascii() or not lone(text)):
            return None
        if len(part) == 1:
            message["content"], said = text, True
        elif len(part) != 2:
            return None
        elif part.get("thought") is True:
            if reasoning is not None:
                return None
            reasoning = text
        else:
            signature = part.get("thoughtSignature")
            if type(signature) is not str or not signature.isascii():
                return None
            message["content"], said = text, True
            message["extra_content"] = {key: {"thought_signature": signature}}
    if reasoning is not None:
        message["reasoning_content"] = reasoning
    if calls:
        message["tool_calls"] = calls
    return message
