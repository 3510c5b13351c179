"""The short way of answers: those of the common shapes, both directions; `plain.py` says what holds for it."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini import citations, plain_usage, usage as usage_of
from translate.providers.gemini.assistant import is_made_up
from translate.providers.gemini.head import NO_ID, UNIFIED_MEMBERS
from translate.providers.gemini.opening import has_no_more, own_alone
from translate.providers.gemini.plain_reading import answer_to_unified
from translate.providers.gemini.spelling import camel, snake, spelled, word, worded
from translate.providers.gemini.tables import (
    FAILED,
    FINISH_REASON_TO_NATIVE,
    FINISH_REASON_TO_UNIFIED,
    TOOL_CALL_FINISHES,
)
from translate.scrubbing import is_clean, lone
from translate.shared import bag
from translate.shared.arguments import parse_object
from translate.shared.fields import report_rest
from translate.shared.timestamps import seconds_of, to_seconds, written_time
from translate.survey import FINISH_REASONS, encodes, plain_counts

# --- unified -> native


_HEAD_TYPES = {"id": str, "object": str, "model": str, "created": int}
_WORDS = frozenset(("system_fingerprint", "service_tier"))
_CHOICE = frozenset(("index", "message", "finish_reason", "logprobs", "native_finish_reason", "extra_content"))


def whole_to_native(response: Json, leg: Leg) -> Json | None:
    """
    `to_native` for an answer of the common shapes, looked at in the same walk; None for all others.

    Its bags may hold what most answers have beside texts and calls: signatures, ratings, a probability, the time, words of the
    service.
    """
    choices = usage = create_time = None
    key = leg.row.key
    for name, value in response.items():
        kind = type(value)
        if name == "choices":
            choices = value
        elif name == "usage":
            usage = value
        elif name in _HEAD_TYPES:
            if kind is not _HEAD_TYPES[name] or (kind is str and not value.isascii()):
                return None
        elif name == "extra_content":
            create_time = _kept_time(value, response.get("created"), key)
            if create_time is None:
                return None
        elif value is not None and (name not in _WORDS or kind is not str or not value.isascii()):
            return None
    if type(choices) is not list or len(choices) != 1 or "id" not in response or "created" not in response or "model" not in response:
        return None
    identifier, created, model = response["id"] or leg.options.id or NO_ID, response["created"], response["model"] or leg.options.model
    candidate = _candidate(choices[0], identifier if identifier != NO_ID else "", leg)
    if candidate is None:
        return None
    counts = plain_usage.to_native(usage, key) if usage is None or type(usage) is dict else None
    if counts is None and (type(usage) is not dict or not plain_counts(usage)):
        return None
    native: Json = {"candidates": [candidate], "usageMetadata": counts}
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
    if "extra_content" in choices[0] or choices[0]["message"].get("annotations"):
        _add_beside(choices[0], candidate, leg)
    if counts is None:
        native["usageMetadata"] = usage_of.to_native(usage, leg)
    if not UNIFIED_MEMBERS.issuperset(response):
        report_rest(response, UNIFIED_MEMBERS, leg, (), "envelope")
    return native


def _kept_time(content: Any, created: Any, key: str) -> str | None:
    """The time in the bag of an answer, where there is nothing else in it and it is the answer's."""
    held = own_alone(content, key)
    time = held.get("create_time") if held is not None and len(held) == 1 else None
    return time if type(time) is str and time.isascii() and to_seconds(time) in (created, None) else None


def _candidate(choice: Any, document_id: str, leg: Leg) -> Json | None:
    """The candidate of a choice."""
    if type(choice) is not dict or not _CHOICE.issuperset(choice) or choice.get("logprobs") is not None:
        return None
    index, finish, message = choice.get("index"), choice.get("finish_reason"), choice.get("message")
    if type(index) is not int or index != 0 or type(finish) is not str or finish not in FINISH_REASONS or type(message) is not dict:
        return None
    parts = _parts(message, document_id, leg.row.key)
    if parts is None:
        return None
    called = bool(parts) and "functionCall" in parts[-1]
    if finish == ("stop" if called else "tool_calls"):
        return None
    candidate: Json = {"index": 0}
    if parts:
        candidate["content"] = {"role": "model", "parts": parts}
    candidate["finishReason"] = FINISH_REASON_TO_NATIVE[finish]
    reason = choice.get("native_finish_reason")
    if reason is not None:
        if not _stands_for(reason, finish, called):
            return None
        candidate["finishReason"] = reason
    if "extra_content" in choice:
        beside = own_alone(choice["extra_content"], leg.row.key)
        if beside is None or not _is_plain_beside(beside):
            return None
    return candidate


def _is_plain_beside(beside: Json) -> bool:
    """Whether the members of a choice's bag have nothing to scrub, and places of their own."""
    for name, value in beside.items():
        kind = type(value)
        if kind is float if name == "avg_logprobs" else name == "finish_message" and kind is str and value.isascii():
            continue
        if type(name) is not str or name in _APART or value is None or not is_clean([[[[{name: value}]]]]):  # as deep as it stands
            return False
    return True


_APART = frozenset(("logprobs_result", "logprobsResult"))  # read with the logprobs beside them


def _add_beside(choice: Json, candidate: Json, leg: Leg) -> None:
    """What stands beside a candidate's content: sources, and what the bag has."""
    own = choice["extra_content"][leg.row.key] if "extra_content" in choice else bag.EMPTY
    notes = choice["message"].get("annotations")
    if notes or not citations.SOURCES.isdisjoint(own):
        parts = candidate["content"]["parts"] if "content" in candidate else []
        where: Path = ("choices", 0)
        citations.to_native(notes, own, citations.texts_of(parts), candidate, leg, (*where, "message", "annotations"), where)
    for name, value in own.items():
        if name in citations.SOURCES:
            continue
        kind = type(value)
        if kind is str or kind is float:
            candidate[camel(name)] = value
        else:
            candidate.update(spelled({name: value}, leg.row.variant))


def _stands_for(reason: Any, finish: str, called: bool) -> bool:
    """Whether a native word is the one that this finish reason was read from."""
    if type(reason) is not str:
        return False
    upper = reason.upper()
    said = "tool_calls" if called and upper in TOOL_CALL_FINISHES else FINISH_REASON_TO_UNIFIED.get(upper)
    return said is not None and said == finish


def _parts(message: Json, document_id: str, key: str) -> list[Json] | None:
    """The parts of an answer's message; None where there is more to say, or arguments are no object."""
    calls, own = None, bag.EMPTY
    for name, value in message.items():
        if name == "content" or name == "reasoning_content":
            if value is not None and (type(value) is not str or not (value.isascii() or not lone(value))):
                return None
        elif name == "tool_calls":
            calls = value
        elif name == "extra_content":
            held = own_alone(value, key)
            if held is None or not has_no_more(held, 0):
                return None
            own = held
        elif name == "role":
            if value != "assistant":
                return None
        elif value is not None and (name != "annotations" or not _are_notes(value)):
            return None
        elif name != "annotations" and name != "refusal":
            return None
    if "role" not in message or "content" not in message:
        return None
    parts: list[Json] = []
    if message.get("reasoning_content"):
        parts.append({"text": message["reasoning_content"], "thought": True})
    if message["content"]:
        parts.append({"text": message["content"]})
        if own:
            parts[-1]["thoughtSignature"] = own["thought_signature"]
    elif own:
        return None
    return parts if calls is None or _add_calls(calls, parts, document_id, key) else None


def _are_notes(value: Any) -> bool:
    """Whether these are citations of links with all their members, or none."""
    if type(value) is not list:
        return False
    for note in value:
        held = note.get("url_citation") if type(note) is dict else None
        if type(held) is not dict or len(note) != 2 or note.get("type") != "url_citation" or held.keys() != _NOTE:
            return False
        start, end, url, title = held["start_index"], held["end_index"], held["url"], held["title"]
        if type(start) is not int or type(end) is not int or start < 0 or end < 0:
            return False
        if type(url) is not str or type(title) is not str or not (encodes(url) and encodes(title)):
            return False
    return True


_NOTE = frozenset(("start_index", "end_index", "url", "title"))


def _add_calls(calls: Any, parts: list[Json], document_id: str, key: str) -> bool:
    """Adds the parts of an answer's calls; whether all are plain."""
    if type(calls) is not list or not calls:
        return False
    seen: set[str] = set()
    for number, call in enumerate(calls):
        if type(call) is not dict or call.get("type") != "function":
            return False
        identifier, function = call.get("id"), call.get("function")
        if type(identifier) is not str or not identifier or not identifier.isascii() or type(function) is not dict or len(function) != 2:
            return False
        name, text = function.get("name"), function.get("arguments")
        if type(name) is not str or not name.isascii() or type(text) is not str or not (text.isascii() or not lone(text)):
            return False
        arguments = parse_object(text)
        if arguments is None:
            return False
        seen.add(identifier)
        if len(identifier) == 17 and is_made_up(identifier, document_id, number, name, text):
            part: Json = {"functionCall": {"name": name, "args": arguments}}
        else:
            part = {"functionCall": {"id": identifier, "name": name, "args": arguments}}
        if len(call) != 3:
            held = own_alone(call.get("extra_content"), key)
            if len(call) != 4 or held is None or not has_no_more(held, 0):
                return False
            if held:
                part["thoughtSignature"] = held["thought_signature"]
        parts.append(part)
    return len(seen) == len(calls)


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
        beside = plain_beside(candidate, leg.row.variant, whole=True)
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
    if beside is not None and not citations.SOURCES.isdisjoint(beside):
        texts = citations.texts_of((candidate.get("content") or {}).get("parts") or [])
        grounding, citation = candidate.get("groundingMetadata"), candidate.get("citationMetadata")
        notes = citations.to_unified(grounding, citation, texts, leg, (_GROUNDING, _CITATION))
        if notes:
            message["annotations"] = notes
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


_GROUNDING, _CITATION = ("candidates", 0, "groundingMetadata"), ("candidates", 0, "citationMetadata")
CANDIDATE = frozenset(("content", "finishReason", "index"))
_RATING = frozenset((
    "category", "probability", "blocked", "probabilityScore", "severity", "severityScore", "overwrittenThreshold",
))  # fmt: skip
_SCALARS = frozenset((str, int, float, bool))


def plain_beside(candidate: Json, variant: str, *, whole: bool = False) -> Json | None:
    """
    What a candidate has beside its usual members, as a bag names it: ratings, a probability, a message; None for others.

    whole: sources and others that need no scrubbing are known too.
    """
    beside: Json = {}
    for name, value in candidate.items():
        if name in CANDIDATE:
            continue
        kind = type(value)
        if kind is not float if name == "avgLogprobs" else name != "finishMessage" or kind is not str or not value.isascii():
            if whole:
                if name == "logprobsResult" or "_" in name or value is None or not is_clean([[{name: value}]]):
                    return None
            elif name != "safetyRatings" or not _are_ratings(value):
                return None
            value = worded(value, variant)
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
    """Content of a candidate -> message; one that says nothing may lack it."""
    message: Json = {"role": "assistant", "content": None, "refusal": None}
    if content is None:
        return message
    if type(content) is not dict or content.get("role", "model") != "model":
        return None
    parts = content.get("parts")
    if len(content) != ("role" in content) + ("parts" in content):
        return None
    if not parts:
        return message if parts is None or type(parts) is list else None
    if type(parts) is not list or answer_to_unified(parts, message, 0, document_id, key) is None:
        return None
    return message
