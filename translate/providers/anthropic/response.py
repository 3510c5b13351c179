"""
Messages answers, both directions.

Source: Anthropic API reference, "Create a Message", response; "Handling stop reasons"; "Prompt caching", usage.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.anthropic.assistant import turn_to_native, turn_to_unified
from translate.providers.anthropic.tables import (
    FINISH_REASON_TO_NATIVE,
    STOP_REASON_TO_UNIFIED,
    USED_TIER_TO_NATIVE,
    USED_TIER_TO_UNIFIED,
)
from translate.providers.anthropic.writing import Writing
from translate.shared import bag
from translate.shared.fields import report_rest

RESPONSE_MEMBERS = frozenset(("id", "object", "created", "model", "choices", "usage", "service_tier", "extra_content"))
CHOICE_MEMBERS = frozenset((
    "index", "finish_reason", "message", "delta", "logprobs", "native_finish_reason", "stop_reason", "extra_content",
))  # fmt: skip
NATIVE_MEMBERS = frozenset((
    "id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "stop_details", "usage",
))  # fmt: skip
STOP_MEMBERS = ("stop_sequence", "stop_details")
CACHE_COUNTS = (("cache_read_input_tokens", "cached_tokens"), ("cache_creation_input_tokens", "cache_write_tokens"))
NO_FACTS: Json = {}


# --- native -> unified


def to_unified(body: Json, leg: Leg) -> Json:
    """Message -> unified response with one choice. Losses: an unknown stop reason approximated."""
    head = head_to_unified(body, leg)
    content = body.get("content")
    if content is None:
        leg.invalid(("content",) if "content" in body else (), "array" if "content" in body else "object with content", content)
    message: Json = {"role": "assistant", "content": None, "refusal": None}
    turn_to_unified(content, message, leg, ("content",), annotate=True)
    if message["content"] == "":
        message["content"] = None
    choice: Json = {"index": 0, "message": message}
    finish_to_unified(body, choice, message, "tool_calls" in message, leg)
    choice["logprobs"] = None
    unified: Json = {
        "id": head["id"], "object": "chat.completion", "created": leg.options.created, "model": head["model"], "choices": [choice],
    }  # fmt: skip
    usage = body.get("usage")
    if usage is not None:
        unified["usage"] = usage_to_unified(usage, unified, leg, ("usage",))
    for name, value in body.items():
        if name not in NATIVE_MEMBERS and value is not None:
            bag.put(unified, leg.row.key, name, value)
    return unified


def head_to_unified(body: Json, leg: Leg, path: Path = ()) -> Json:
    """id and model of an answer or of a stream's first event."""
    identifier, model = body.get("id"), body.get("model")
    for name, value in (("id", identifier), ("model", model)):
        if value is not None and type(value) is not str:
            leg.invalid((*path, name), "string", value)
    for name, word in (("type", "message"), ("role", "assistant")):
        value = body.get(name)
        if value is not None and value != word:
            if type(value) is not str:
                leg.invalid((*path, name), "string", value)
            leg.losses.add("dropped", "envelope", name, (*path, name), f"not {word!r}")
    return {
        "id": identifier or leg.options.id or "chatcmpl-0",
        "model": model or leg.memo.get("model") or leg.route.get("model") or leg.options.model or "",
    }  # fmt: skip


def finish_to_unified(body: Json, choice: Json, message: Json, called: bool, leg: Leg, path: Path = ()) -> None:
    """stop_reason, stop_sequence and stop_details -> the choice; a refusal's explanation -> the message (or delta)."""
    reason, sequence, details = body.get("stop_reason"), body.get("stop_sequence"), body.get("stop_details")
    for name, value in (("stop_reason", reason), ("stop_sequence", sequence)):
        if value is not None and type(value) is not str:
            leg.invalid((*path, name), "string", value)
    if details is not None and type(details) is not dict:
        leg.invalid((*path, "stop_details"), "object", details)
    if reason is None:
        finish = "tool_calls" if called else "stop"
        leg.losses.add("defaulted", "behaviour", "finish_reason", path, "no stop_reason")
    else:
        known = STOP_REASON_TO_UNIFIED.get(reason)
        if known is None:
            leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "stop_reason"), "word unknown; stop")
        finish = known or "stop"
    choice["finish_reason"] = finish
    if reason is not None and stop_word(finish, called, sequence) != reason:
        choice["native_finish_reason"] = reason
    if sequence is not None:
        bag.put(choice, leg.row.key, "stop_sequence", sequence)
    if details is not None:
        bag.put(choice, leg.row.key, "stop_details", details)
        explanation = details.get("explanation")
        if reason == "refusal" and type(explanation) is str and explanation:
            message["refusal"] = explanation


def stop_word(finish: str | None, called: bool, sequence: Any = None) -> str | None:
    """Native stop reason of a finish reason, by what the answer holds; None for a word the table lacks."""
    if finish == "stop" and type(sequence) is str:
        return "stop_sequence"
    if finish is None or finish in ("stop", "tool_calls", "function_call"):
        return "tool_use" if called else "end_turn"
    return FINISH_REASON_TO_NATIVE.get(finish)


def usage_to_unified(usage: Any, unified: Json, leg: Leg, path: Path) -> Json:
    """Counts that are disjoint -> counts that include their parts; the tier that served goes to the response."""
    if type(usage) is not dict:
        leg.invalid(path, "object", usage)
    counts: dict[str, int] = {}
    extras: Json = {}
    for name, value in usage.items():
        if value is None:
            continue
        if name in ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"):
            if type(value) is not int:
                leg.invalid((*path, name), "integer", value)
            counts[name] = value
        elif name == "output_tokens_details":
            if type(value) is not dict:
                leg.invalid((*path, name), "object", value)
            thinking = value.get("thinking_tokens")
            if thinking is not None:
                if type(thinking) is not int:
                    leg.invalid((*path, name, "thinking_tokens"), "integer", thinking)
                counts["thinking_tokens"] = thinking
            rest = {inner: member for inner, member in value.items() if inner != "thinking_tokens" and member is not None}
            if rest:
                extras[name] = rest
        elif name == "speed" and value == "fast":
            unified["service_tier"] = "fast"
        elif name == "service_tier" and type(value) is str and value in USED_TIER_TO_UNIFIED and usage.get("speed") != "fast":
            unified["service_tier"] = USED_TIER_TO_UNIFIED[value]
        else:
            extras[name] = value
    read, written = counts.get("cache_read_input_tokens"), counts.get("cache_creation_input_tokens")
    prompt = counts.get("input_tokens", 0) + (read or 0) + (written or 0)
    completion = counts.get("output_tokens", 0)
    out: Json = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    if read is not None or written is not None:
        details: Json = {}
        if read is not None:
            details["cached_tokens"] = read
        if written is not None:
            details["cache_write_tokens"] = written
        out["prompt_tokens_details"] = details
    if "thinking_tokens" in counts:
        out["completion_tokens_details"] = {"reasoning_tokens": counts["thinking_tokens"]}
    for name, value in extras.items():
        bag.put(out, leg.row.key, name, value)
    return out


# --- unified -> native


def to_native(response: Json, leg: Leg) -> Json:
    """
    Unified response -> Message.

    Losses: further choices, log probabilities, created, annotations without a citation, audio and images dropped; a refusal
    as text and reasoning without a signature approximated.
    """
    choice = _first_choice(response.get("choices"), leg)
    path: Path = ("choices", 0)
    message = choice.get("message")
    if message is None:
        message = {}
    if type(message) is not dict:
        leg.invalid((*path, "message"), "object", message)
    if message.get("function_call") is not None or "reasoning" in message:
        message = _upgraded(message, leg, (*path, "message"))
    where: Path = (*path, "message")
    head = head_to_native(response, leg)
    own_choice = bag.unpack(choice, leg, path, "envelope")
    ending = ending_to_native(choice, own_choice, message.get("refusal"), leg, path)
    if ending.pop("told", False):
        message = {name: value for name, value in message.items() if name != "refusal"}
    writing = Writing(leg, response, NO_FACTS, answer=True)
    writing.document = head["id"]
    own = bag.unpack(message, leg, where, "content")
    blocks = turn_to_native(message, writing, where, own)
    called = any(block.get("type") == "tool_use" for block in blocks)
    native: Json = {"id": head["id"], "type": "message", "role": "assistant", "model": head["model"], "content": blocks}
    native["stop_reason"] = stop_to_native(choice, ending, called, leg, path)
    native["stop_sequence"] = ending.get("stop_sequence")
    if ending.get("stop_details") is not None:
        native["stop_details"] = ending["stop_details"]
    native["usage"] = usage_to_native(response.get("usage"), response.get("service_tier"), leg, ("usage",))
    for name, value in own.items():
        if name != "blocks" and value is not None:
            leg.losses.add("dropped", "content", name, (*where, "extra_content", leg.row.key, name), "not of an answer")
    report_choice(choice, leg, path)
    report_rest(response, RESPONSE_MEMBERS, leg, (), "envelope")
    for name, value in bag.unpack(response, leg, (), "envelope").items():
        if name in native:
            bag.stale(leg, (), name, "envelope")
        else:
            native[name] = value
    return native


def head_to_native(response: Json, leg: Leg) -> Json:
    """id and model; the time has no place."""
    for name in ("id", "model"):
        value = response.get(name)
        if value is not None and type(value) is not str:
            leg.invalid((name,), "string", value)
    created = response.get("created")
    if created is not None and type(created) is not int and type(created) is not float:
        leg.invalid(("created",), "integer", created)
    if created:
        leg.losses.add("dropped", "envelope", "created", ("created",), "answers have no time here")
    return {
        "id": response.get("id") or leg.options.id or "chatcmpl-0",
        "model": response.get("model") or leg.memo.get("model") or leg.options.model or "",
    }  # fmt: skip


def _first_choice(choices: Any, leg: Leg) -> Json:
    if choices is None:
        return {}
    if type(choices) is not list:
        leg.invalid(("choices",), "array", choices)
    for number in range(1, len(choices)):
        leg.losses.add("dropped", "content", "choices", ("choices", number), "one answer a response")
    if not choices:
        return {}
    if type(choices[0]) is not dict:
        leg.invalid(("choices", 0), "object", choices[0])
    return choices[0]


def _upgraded(message: Json, leg: Leg, path: Path) -> Json:
    """Legacy call and other gateways' name for reasoning in their canonical places."""
    fresh = {name: value for name, value in message.items() if name not in ("function_call", "reasoning")}
    call, reasoning = message.get("function_call"), message.get("reasoning")
    if call is not None:
        calls = message.get("tool_calls")
        leg.losses.moved[(*path, "tool_calls", 0)] = leg.losses.moved[(*path, "tool_calls", 0, "function")] = (*path, "function_call")
        fresh["tool_calls"] = [{"type": "function", "function": call}, *(calls if type(calls) is list else ())]
    if reasoning is not None:
        if type(reasoning) is not str:
            leg.invalid((*path, "reasoning"), "string", reasoning)
        if message.get("reasoning_content") in (None, reasoning):
            fresh["reasoning_content"] = reasoning
            leg.losses.moved[(*path, "reasoning_content")] = (*path, "reasoning")
        else:
            leg.losses.add("dropped", "content", "reasoning", (*path, "reasoning"), "reasoning_content is there and wins")
    return fresh


def report_choice(choice: Json, leg: Leg, path: Path) -> None:
    """Members of a choice without a place."""
    index = choice.get("index")
    if index is not None and index != 0:
        leg.losses.add("dropped", "envelope", "index", (*path, "index"), "one answer a response")
    logprobs = choice.get("logprobs")
    if logprobs:
        leg.losses.add("dropped", "envelope", "logprobs", (*path, "logprobs"), "no log probabilities in this API")
    report_rest(choice, CHOICE_MEMBERS, leg, path, "envelope")


def ending_to_native(choice: Json, own: Json, refusal: Any, leg: Leg, path: Path) -> Json:
    """
    stop_sequence and stop_details of a choice: its own while they agree with what is visible, a refusal's otherwise.

    `told`: stop_details says the refusal already, so that it is no text. `refused`: a refusal that is one.
    """
    ending: Json = {}
    if refusal is not None and type(refusal) is not str:
        leg.invalid((*path, "message", "refusal"), "string", refusal)
    finish = choice.get("finish_reason")
    for name, value in own.items():
        if value is None:
            continue
        if name == "stop_sequence":
            if finish in (None, "stop") and type(value) is str:
                ending[name] = value
            else:
                bag.stale(leg, path, name, "envelope")
        elif name == "stop_details" and type(value) is dict:
            explanation = value.get("explanation")
            if finish == "content_filter" and (explanation or "") == (refusal or ""):
                ending[name] = value
                ending["told"] = bool(refusal)
            elif finish != "content_filter" and not refusal and not explanation:
                ending[name] = value
            else:
                bag.stale(leg, path, name, "envelope")
        else:
            leg.losses.add("dropped", "envelope", name, (*path, "extra_content", leg.row.key, name), "not of an answer")
    matched = choice.get("stop_reason")
    if matched is not None:
        # Some servers tell the stop sequence that was hit here.
        if type(matched) is str and finish in (None, "stop") and "stop_sequence" not in ending:
            ending["stop_sequence"] = matched
        else:
            leg.losses.add("dropped", "envelope", "stop_reason", (*path, "stop_reason"), "no stop sequence")
    if refusal and not ending.get("told"):
        ending["stop_details"] = {"type": "refusal", "category": None, "explanation": refusal}
        ending["refused"] = True
    return ending


def stop_to_native(choice: Json, ending: Json, called: bool, leg: Leg, path: Path) -> str:
    """
    The stop reason. A word of its own is kept while its table still gives the finish reason.

    Losses: an unknown finish reason approximated; a foreign native word dropped.
    """
    finish, own = choice.get("finish_reason"), choice.get("native_finish_reason")
    for name, value in (("finish_reason", finish), ("native_finish_reason", own)):
        if value is not None and type(value) is not str:
            leg.invalid((*path, name), "string", value)
    if ending.get("refused"):
        if finish not in (None, "content_filter"):
            leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "a refusal ends as refusal")
        if own is not None:
            leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "a refusal ends as refusal")
        return "refusal"
    if own:
        if STOP_REASON_TO_UNIFIED.get(own) == (finish or "stop"):
            return str(own)
        leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "not a word of this API")
    if not finish:
        leg.losses.add("defaulted", "envelope", "finish_reason", path, "no finish reason")
        finish = None
    word = stop_word(finish, called, ending.get("stop_sequence"))
    if word is None:
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "word unknown; end_turn")
        return "tool_use" if called else "end_turn"
    if finish == "function_call" or finish == "tool_calls":
        if not called:
            leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "no call in the answer; end_turn")
    elif finish == "stop" and word == "tool_use":
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "calls in the answer; tool_use")
    return word


def usage_to_native(usage: Any, tier: Any, leg: Leg, path: Path) -> Json:
    """Counts that include their parts -> disjoint ones; zeros when none came."""
    native: Json = {"input_tokens": 0, "output_tokens": 0}
    if usage is not None:
        if type(usage) is not dict:
            leg.invalid(path, "object", usage)
        native = _counts(usage, leg, path)
    if tier is not None:
        if type(tier) is not str:
            leg.invalid(("service_tier",), "string", tier)
        if tier == "fast":
            native["speed"] = "fast"
        elif tier in USED_TIER_TO_NATIVE:
            native["service_tier"] = USED_TIER_TO_NATIVE[tier]
        else:
            leg.losses.add("dropped", "envelope", "service_tier", ("service_tier",), "no such tier")
    if usage is not None and usage.get("extra_content") is not None:
        for name, value in bag.unpack(usage, leg, path, "envelope").items():
            if name == "output_tokens_details" and type(value) is dict:
                native[name] = {**value, **native.get(name, {})}
            elif name in native:
                bag.stale(leg, path, name, "envelope")
            else:
                native[name] = value
    return native


def _counts(usage: Json, leg: Leg, path: Path) -> Json:
    found: dict[str, int] = {}
    for name, value in usage.items():
        if value is None or name == "extra_content":
            continue
        if name in ("prompt_tokens", "completion_tokens", "total_tokens"):
            if type(value) is not int:
                leg.invalid((*path, name), "integer", value)
            found[name] = value
        elif name in ("prompt_tokens_details", "completion_tokens_details"):
            if type(value) is not dict:
                leg.invalid((*path, name), "object", value)
            for member, count in value.items():
                if count is None:
                    continue
                if member in ("cached_tokens", "cache_write_tokens", "reasoning_tokens"):
                    if type(count) is not int:
                        leg.invalid((*path, name, member), "integer", count)
                    found[member] = count
                elif count != 0 or type(count) is bool:
                    leg.losses.add("dropped", "envelope", member, (*path, name, member), "not a count of this API")
        else:
            leg.losses.add("dropped", "envelope", name, (*path, name), "not a count of this API")
    prompt, completion = found.get("prompt_tokens", 0), found.get("completion_tokens", 0)
    if found.get("total_tokens", prompt + completion) != prompt + completion:
        leg.losses.add("dropped", "envelope", "total_tokens", (*path, "total_tokens"), "the total is the sum here")
    plain = prompt - found.get("cached_tokens", 0) - found.get("cache_write_tokens", 0)
    if plain < 0:
        where = (*path, "prompt_tokens") if "prompt_tokens" in usage else path
        leg.losses.add("approximated", "envelope", "prompt_tokens", where, "less than its parts")
    native: Json = {"input_tokens": max(plain, 0)}
    for name, member in CACHE_COUNTS:
        if member in found:
            native[name] = found[member]
    native["output_tokens"] = completion
    if "reasoning_tokens" in found:
        native["output_tokens_details"] = {"thinking_tokens": found["reasoning_tokens"]}
    return native
