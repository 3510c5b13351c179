"""generateContent responses, both directions. Source: Gemini API reference, "GenerateContentResponse"."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini import citations, usage as usage_of
from translate.providers.gemini.assistant import MESSAGE_MEMBERS, OWN_MEMBERS, Calls, parts_to_native, parts_to_unified
from translate.providers.gemini.content import extra_to_native, unknown_members
from translate.providers.gemini.head import (
    NO_ID,
    UNIFIED_MEMBERS,
    document_id,
    head_to_native,
    head_to_unified,
)
from translate.providers.gemini.plain_response import plain_to_unified, whole_to_native
from translate.providers.gemini.spelling import camel, listed, members, place, snake, spelled, word, worded
from translate.providers.gemini.tables import (
    FAILED,
    FINISH_REASON_TO_NATIVE,
    FINISH_REASON_TO_UNIFIED,
    TOOL_CALL_FINISHES,
)
from translate.shared import bag
from translate.shared.fields import report_rest

__all__ = ["plain_to_unified", "to_native", "to_unified", "whole_to_native"]

RESPONSE_MEMBERS = frozenset(("candidates", "usageMetadata", "modelVersion", "responseId", "createTime"))
CANDIDATE_MEMBERS = frozenset(("index", "content", "finishReason"))
CHOICE_MEMBERS = frozenset((
    "index", "message", "delta", "finish_reason", "logprobs", "native_finish_reason", "extra_content",
))  # fmt: skip
# What answers may hold whatever the model.
ANSWER_FACTS = {"call_ids": True, "part_resolution": True, "result_media": True}
MOST_CANDIDATES = 1024  # of one stream


def to_unified(body: Json, leg: Leg) -> Json:
    """GenerateContentResponse -> unified response. Ratings, raw metadata and what else has no field ride in bags."""
    named = members(body)
    head, create_time = head_to_unified(named, body, leg)
    candidates = listed(named.get("candidates"), leg, ("candidates",))
    unified: Json = {**head, "object": "chat.completion", "choices": []}
    if create_time is not None:
        bag.put(unified, leg.row.key, "create_time", create_time)
    for number, candidate in enumerate(candidates):
        path: Path = ("candidates", number) if type(named["candidates"]) is list else ("candidates",)
        unified["choices"].append(candidate_to_unified(candidate, number, leg, path, document_id(named)))
    for name, value in named.items():
        if name not in RESPONSE_MEMBERS and value is not None:
            bag.put(unified, leg.row.key, snake(name), worded(value, leg.row.variant))
    if not candidates:
        unified["choices"].append(no_candidate(named, unified, leg))
    usage = usage_of.to_unified(named.get("usageMetadata"), leg, (place(body, "usageMetadata"),))
    if usage is not None:
        unified["usage"] = usage
    return unified


def prompt_refusal(feedback: Any) -> str:
    """Our own sentence for a prompt that was blocked."""
    reason = feedback.get("blockReason", feedback.get("block_reason")) if type(feedback) is dict else None
    return f"The prompt was blocked: {reason}" if type(reason) is str and reason else "The prompt was blocked"


def no_candidate(named: Json, unified: Json, leg: Leg) -> Json:
    """The one choice of an answer without candidates."""
    message: Json = {"role": "assistant", "content": None, "refusal": None}
    feedback = named.get("promptFeedback")
    choice: Json = {"index": 0, "message": message, "finish_reason": "content_filter", "logprobs": None}
    if feedback is not None:
        if type(feedback) is not dict:
            leg.invalid(("promptFeedback",), "object", feedback)
        message["refusal"] = prompt_refusal(spelled(feedback, leg.row.variant))
        return choice
    choice["finish_reason"] = "stop"
    where: Path = ("candidates",) if "candidates" in named else ()
    leg.losses.add("defaulted", "content", "choices", where, "no candidates; an empty answer")
    bag.put(unified, leg.row.key, "candidates", [])
    return choice


def candidate_to_unified(candidate: Any, number: int, leg: Leg, path: Path, identifier: str) -> Json:
    """A candidate -> choice."""
    if type(candidate) is not dict:
        leg.invalid(path, "object", candidate)
    named = members(candidate)
    index = named.get("index", number)
    if index is None:
        index = number
    if type(index) is not int or index < 0:
        leg.invalid((*path, "index"), "integer", index)
    message: Json = {"role": "assistant", "content": None, "refusal": None}
    content = named.get("content")
    parts: list[Any] = []
    if content is not None:
        if type(content) is not dict:
            leg.invalid((*path, "content"), "object", content)
        parts = listed(content.get("parts"), leg, (*path, "content", "parts"))
        if parts:
            parts_to_unified(parts, message, leg, (*path, "content", "parts"), 0, identifier, ANSWER_FACTS)
        unknown_members(content, _CONTENT, message, leg)
    choice: Json = {"index": index, "message": message}
    finish_to_unified(named.get("finishReason"), bool(message.get("tool_calls")), choice, leg, (*path, place(candidate, "finishReason")))
    choice["logprobs"] = logprobs_to_unified(named.get("logprobsResult"), leg, (*path, place(candidate, "logprobsResult")))
    grounding, citation = named.get("groundingMetadata"), named.get("citationMetadata")
    if grounding is not None or citation is not None:
        where = ((*path, place(candidate, "groundingMetadata")), (*path, place(candidate, "citationMetadata")))
        notes = citations.to_unified(grounding, citation, citations.texts_of(parts), leg, where)
        if notes:
            message["annotations"] = notes
    for name, value in named.items():
        if name not in CANDIDATE_MEMBERS and value is not None:
            bag.put(choice, leg.row.key, snake(name), worded(value, leg.row.variant))
    return choice


_CONTENT = frozenset(("role", "parts"))


def finish_to_unified(reason: Any, called: bool, choice: Json, leg: Leg, path: Path) -> None:
    """finishReason -> finish_reason; the native word stays where the way back would not give it."""
    if reason == "STOP":  # nearly always
        choice["finish_reason"] = "tool_calls" if called else "stop"
        return
    reason = word("finishReason", reason, leg.row.variant)
    if reason is not None and type(reason) is not str:
        if type(reason) is not int:
            leg.invalid(path, "string", reason)
        reason = str(reason)
    upper = (reason or "STOP").upper()
    finish = FINISH_REASON_TO_UNIFIED.get(upper)
    if finish is None:
        leg.losses.add("approximated", "behaviour", "finish_reason", path, "word unknown; stop")
        finish = "stop"
    elif upper in FAILED:
        leg.losses.add("approximated", "behaviour", "finish_reason", path, "a generation that failed has no word of its own; stop")
    elif called and upper in TOOL_CALL_FINISHES:
        finish = "tool_calls"
    choice["finish_reason"] = finish
    if reason is not None and FINISH_REASON_TO_NATIVE[finish] != upper:
        choice["native_finish_reason"] = reason


def logprobs_to_unified(value: Any, leg: Leg, path: Path) -> Json | None:
    """logprobsResult -> logprobs; the native form, with token ids, rides in the choice's bag."""
    if value is None:
        return None
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    named = members(value)
    chosen = listed(named.get("chosenCandidates"), leg, (*path, "chosenCandidates"))
    tops = listed(named.get("topCandidates"), leg, (*path, "topCandidates"))
    content = []
    for number, entry in enumerate(chosen):
        token = _token(entry, leg, (*path, "chosenCandidates", number))
        top = tops[number] if number < len(tops) else {}
        alternatives = members(top).get("candidates") if type(top) is dict else None
        token["top_logprobs"] = [
            _token(other, leg, (*path, "topCandidates", number, "candidates", spot))
            for spot, other in enumerate(alternatives if type(alternatives) is list else ())
        ]
        content.append(token)
    return {"content": content, "refusal": None} if content else None


def _token(entry: Any, leg: Leg, path: Path) -> Json:
    if type(entry) is not dict:
        leg.invalid(path, "object", entry)
    named = members(entry)
    text, value = named.get("token", ""), named.get("logProbability", 0)
    if type(text) is not str:
        leg.invalid((*path, "token"), "string", text)
    if type(value) not in (int, float):
        leg.invalid((*path, place(entry, "logProbability")), "number", value)
    return {"token": text, "logprob": value, "bytes": list(text.encode("utf-8", "replace"))}


# --- unified -> native


def to_native(response: Json, leg: Leg) -> Json:
    """
    Unified response -> GenerateContentResponse.

    Losses: refusals approximated, system_fingerprint, service_tier and unknown members dropped; see the parts.
    """
    choices = response.get("choices")
    if choices is not None and type(choices) is not list:
        leg.invalid(("choices",), "array", choices)
    own = members(bag.unpack(response, leg, (), "envelope")) if "extra_content" in response else bag.EMPTY
    head = head_to_native(response, own, leg)
    calls_id = head["responseId"] if head["responseId"] != NO_ID else ""
    native: Json = {}
    if not leaves_out_candidates(response, own, leg):
        native["candidates"] = [
            choice_to_native(choice, number, leg, ("choices", number), calls_id) for number, choice in enumerate(choices or ())
        ]
    response_members(own, native, leg)
    native["usageMetadata"] = usage_of.to_native(response.get("usage"), leg)
    native.update(head)
    report_rest(response, UNIFIED_MEMBERS, leg, (), "envelope")
    return native


def response_members(own: Json, native: Json, leg: Leg) -> None:
    """Members of the response's bag to their places."""
    for name, value in own.items():
        if name not in ("candidates", "createTime") and value is not None:
            native.update(spelled({name: value}, leg.row.variant))


def leaves_out_candidates(response: Json, own: Json, leg: Leg) -> bool:
    """True for the choice that stands for an answer without candidates, unless it was edited."""
    choices = response.get("choices")
    feedback = own.get("promptFeedback")
    if (feedback is None and own.get("candidates") != []) or type(choices) is not list or len(choices) != 1:
        return False
    choice = choices[0]
    message = choice.get("message") if type(choice) is dict else None
    if type(message) is not dict:
        return False
    said = {name for name, value in message.items() if value not in (None, "", []) and name not in ("role", "refusal")}
    refusal, finish = message.get("refusal"), choice.get("finish_reason")
    if feedback is None:
        return not said and not refusal and finish == "stop"
    return not said and refusal == prompt_refusal(spelled(feedback, leg.row.variant)) and finish == "content_filter"


def choice_to_native(choice: Any, number: int, leg: Leg, path: Path, identifier: str) -> Json:
    """A choice -> candidate."""
    if type(choice) is not dict:
        leg.invalid(path, "object", choice)
    index = choice.get("index", number)
    if index is None:
        index = number
    if type(index) is not int or index < 0:
        leg.invalid((*path, "index"), "integer", index)
    message = choice.get("message")
    if message is None:
        message = bag.EMPTY
    inner: Path = (*path, "message")
    if type(message) is not dict:
        leg.invalid(inner, "object", message)
    own = bag.unpack(message, leg, inner, "content") if "extra_content" in message else bag.EMPTY
    calls = Calls(bag.EMPTY, identifier)
    parts = parts_to_native(message, own, leg, inner, ANSWER_FACTS, calls)
    report_rest(message, MESSAGE_MEMBERS, leg, inner)
    candidate: Json = {"index": index}
    content: Json = {"role": "model", "parts": parts} if parts else {}
    rest = {name: value for name, value in own.items() if name not in OWN_MEMBERS}
    if rest:
        content.update(extra_to_native(rest, leg, (*inner, "extra_content", leg.row.key)))
    if content:
        candidate["content"] = content
    candidate["finishReason"] = finish_to_native(choice, calls.count > 0, bool(message.get("refusal")), leg, path)
    kept = bag.unpack(choice, leg, path, "envelope") if "extra_content" in choice else bag.EMPTY
    candidate_members(choice.get("logprobs"), message.get("annotations"), kept, citations.texts_of(parts), candidate, leg, path, inner)
    report_rest(choice, CHOICE_MEMBERS, leg, path)
    return candidate


def candidate_members(
    logprobs: Any, annotations: Any, own: Json, texts: citations.Texts, candidate: Json, leg: Leg, path: Path, inner: Path
) -> None:
    """What stands beside the content of a candidate."""
    result = logprobs_to_native(logprobs, own.get("logprobs_result"), leg, (*path, "logprobs"))
    if result is not None:
        candidate["logprobsResult"] = result
    if annotations or any(name in own for name in citations.RAW):
        citations.to_native(annotations, own, texts, candidate, leg, (*inner, "annotations"), path)
    for name, value in own.items():
        if name not in citations.RAW and name != "logprobs_result" and value is not None:
            candidate.update(spelled({name: value}, leg.row.variant))


def finish_to_native(choice: Json, called: bool, refused: bool, leg: Leg, path: Path) -> str:
    """The provider's own word while its table gives this finish reason, else the table's word."""
    finish, own = choice.get("finish_reason"), choice.get("native_finish_reason")
    if finish is not None and type(finish) is not str:
        leg.invalid((*path, "finish_reason"), "string", finish)
    same = "tool_calls" if finish == "function_call" else finish or "stop"
    if finish is None:
        leg.losses.add("defaulted", "envelope", "finish_reason", (*path, "finish_reason"), "none told; STOP")
    if own is not None:
        upper = own.upper() if type(own) is str else ""
        said = FINISH_REASON_TO_UNIFIED.get(upper)
        if called and upper in TOOL_CALL_FINISHES:
            said = "tool_calls"
        if said == same or (said is None and type(own) is str and same == "stop" and own.isupper()):
            return str(own)
        leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "not a word of this API")
    native = FINISH_REASON_TO_NATIVE.get(same)
    if native is None:
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "word unknown here; STOP")
        native = "STOP"
    if refused and native == "STOP":
        if finish is not None:
            leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "a refusal ends as SAFETY")
        return "SAFETY"
    if finish is not None and ((same == "stop" and called) or (same == "tool_calls" and not called)):
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "STOP; calls tell the rest")
    return native


def logprobs_to_native(logprobs: Any, held: Any, leg: Leg, path: Path) -> Json | None:
    """The native form while it says the same tokens; else without token ids."""
    if logprobs is None:
        return None
    if type(logprobs) is not dict:
        leg.invalid(path, "object", logprobs)
    content = logprobs.get("content")
    if content is not None and type(content) is not list:
        leg.invalid((*path, "content"), "array", content)
    report_rest(logprobs, frozenset(("content",)), leg, path, "envelope")
    if type(held) is dict:
        again = logprobs_to_unified(held, leg, (*path[:-1], "extra_content", leg.row.key, "logprobs_result"))
        if again is not None and again["content"] == content:
            return dict(spelled(held, leg.row.variant))
        bag.stale(leg, path[:-1], "logprobs_result", "envelope")
    if not content:
        return None
    chosen, tops = [], []
    for number, token in enumerate(content):
        where: Path = (*path, "content", number)
        chosen.append(_token_to_native(token, leg, where))
        others = token.get("top_logprobs")
        tops.append({"candidates": [
            _token_to_native(other, leg, (*where, "top_logprobs", spot)) for spot, other in enumerate(others if type(others) is list else ())
        ]})  # fmt: skip
    result: Json = {"chosenCandidates": chosen}
    if any(top["candidates"] for top in tops):
        result["topCandidates"] = tops
    return result


def _token_to_native(token: Any, leg: Leg, path: Path) -> Json:
    if type(token) is not dict:
        leg.invalid(path, "object", token)
    text, value = token.get("token"), token.get("logprob")
    if text is not None and type(text) is not str:
        leg.invalid((*path, "token"), "string", text)
    if value is not None and type(value) not in (int, float):
        leg.invalid((*path, "logprob"), "number", value)
    told = token.get("bytes")
    if told is not None and told != list((text or "").encode("utf-8", "replace")):
        leg.losses.add("dropped", "envelope", "bytes", (*path, "bytes"), "a token is its text here")
    report_rest(token, frozenset(("token", "logprob", "bytes", "top_logprobs")), leg, path, "envelope")
    return {"token": text or "", "logProbability": value or 0}


# --- shared by the streams


def is_error(event: Json) -> bool:
    """True for an error body in mid-stream."""
    return event.get("error") is not None


def merged_logprobs(held: Json | None, value: Any) -> Json:
    """logprobsResult of a further element: lists go on, anything else is replaced."""
    if held is None:
        return dict(value)
    out = dict(held)
    for name, member in value.items():
        known = next((key for key in out if camel(key) == camel(name)), name)
        if type(member) is list and type(out.get(known)) is list:
            out[known] = out[known] + member
        else:
            out[known] = member
    return out
