"""The short way of answers: those of the common shapes, both directions; `plain.py` says what holds for it."""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg
from translate.providers.gemini import usage as usage_of
from translate.providers.gemini.assistant import is_made_up
from translate.providers.gemini.head import NO_ID, UNIFIED_MEMBERS, head_to_native, head_to_unified, restores_time
from translate.providers.gemini.plain import call_to_unified, is_content
from translate.providers.gemini.spelling import snake
from translate.providers.gemini.tables import FINISH_REASON_TO_NATIVE, FINISH_REASON_TO_UNIFIED, TOOL_CALL_FINISHES
from translate.scrubbing import lone
from translate.shared import bag
from translate.shared.arguments import parse_object
from translate.shared.fields import report_rest

# --- unified -> native


def plain_to_native(response: Json, leg: Leg) -> Json | None:
    """`to_native` for an answer that the survey knows; None where there is a loss to tell beside those of the head."""
    choice = response["choices"][0]
    message, finish = choice["message"], choice["finish_reason"]
    calls = message.get("tool_calls")
    if finish == ("stop" if calls else "tool_calls"):
        return None
    usage = usage_of.plain_to_native(response.get("usage"))
    identifier = response["id"] or leg.options.id or NO_ID
    parts = _parts(message, identifier if identifier != NO_ID else "")
    if parts is None or usage is None:
        return None
    head = head_to_native(response, bag.EMPTY, leg)
    candidate: Json = {"index": choice["index"]}
    if parts:
        candidate["content"] = {"role": "model", "parts": parts}
    candidate["finishReason"] = FINISH_REASON_TO_NATIVE[finish]
    if not UNIFIED_MEMBERS.issuperset(response):
        report_rest(response, UNIFIED_MEMBERS, leg, (), "envelope")
    return {"candidates": [candidate], "usageMetadata": usage, **head}


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
    candidates = usage = content = reason = None
    for name, value in body.items():
        if name == "candidates":
            candidates = value
        elif name == "usageMetadata":
            usage = value
        elif name not in _HEAD or (value is not None and (type(value) is not str or not value.isascii())):
            return None
    if type(candidates) is not list or len(candidates) != 1 or type(candidates[0]) is not dict or leg.memo.get("names"):
        return None
    index, beside = 0, bag.EMPTY
    for name, value in candidates[0].items():
        if name == "content":
            content = value
        elif name == "finishReason":
            reason = value
        elif name == "index":
            if type(value) is not int or value < 0:
                return None
            index = value
        elif type(value) is float if name == "avgLogprobs" else name == "finishMessage" and type(value) is str and value.isascii():
            beside = {**beside, snake(name): value}
        else:
            return None
    finish = FINISH_REASON_TO_UNIFIED.get(reason) if type(reason) is str else None
    if finish is None:
        return None
    identifier = body.get("responseId") or ""
    message = _message(content, identifier, leg.row.key)
    if message is None:
        return None
    counts = None
    if usage is not None:
        counts = usage_of.plain_to_unified(usage, leg.row.key)
        if counts is None:
            if not usage_of.is_plain(usage):
                return None
            counts = usage_of.to_unified(usage, leg, ())
    if "tool_calls" in message and reason in TOOL_CALL_FINISHES:
        finish = "tool_calls"
    choice: Json = {"index": index, "message": message, "finish_reason": finish}
    if FINISH_REASON_TO_NATIVE[finish] != reason:
        choice["native_finish_reason"] = reason
    choice["logprobs"] = None
    if beside:
        choice["extra_content"] = {leg.row.key: beside}
    unified = head_to_unified(body, body, leg)
    unified["object"] = "chat.completion"
    unified["choices"] = [choice]
    create_time = body.get("createTime")
    if create_time is not None and not restores_time(create_time, unified["created"], leg):
        bag.put(unified, leg.row.key, "create_time", create_time)
    if counts is not None:
        unified["usage"] = counts
    return unified


_HEAD = frozenset(("responseId", "modelVersion", "createTime"))


def _message(content: Any, document_id: str, key: str) -> Json | None:
    """Content of a candidate -> message: a thought, a text and calls, in this order, each of which may be missing."""
    if type(content) is not dict or not is_content(content):
        return None
    message: Json = {"role": "assistant", "content": None, "refusal": None}
    reasoning: str | None = None
    said = False
    calls: list[Json] = []
    for part in content["parts"]:
        if type(part) is not dict:
            return None
        text = part.get("text")
        if type(text) is not str:
            call = call_to_unified(part, len(calls), document_id, key)
            if call is None:
                return None
            calls.append(call)
            continue
        if calls or said or not text or not (text.isascii() or not lone(text)):
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
