"""
Converse answers, both directions.

Source: Amazon Bedrock API reference, "Converse", response; "TokenUsage"; "ConverseTrace"; user guide, "Prompt caching".
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.loss import Losses
from translate.providers.bedrock import reasoning
from translate.providers.bedrock.assistant import turn_to_native, turn_to_unified
from translate.providers.bedrock.facts import facts_of
from translate.providers.bedrock.request import tier_to_unified
from translate.providers.bedrock.tables import (
    FINISH_REASON_TO_NATIVE,
    LOSSY_STOP_REASONS,
    NATIVE_STOP_REASONS,
    SERVICE_TIER_TO_UNIFIED,
    STOP_REASON_TO_UNIFIED,
)
from translate.providers.bedrock.writing import Writing
from translate.shared import bag
from translate.shared.fields import report_rest

RESPONSE_MEMBERS = frozenset(("id", "object", "created", "model", "choices", "usage", "service_tier", "extra_content"))
CHOICE_MEMBERS = frozenset(("index", "finish_reason", "message", "logprobs", "native_finish_reason", "extra_content"))
STREAM_CHOICE = CHOICE_MEMBERS - {"message"} | {"delta"}
HANDLED = frozenset(("output", "stopReason", "usage", "serviceTier", "additionalModelResponseFields"))
ADDITIONAL = "additionalModelResponseFields"
SEQUENCE = "stop_sequence"
COUNTS = ("inputTokens", "outputTokens", "totalTokens", "cacheReadInputTokens", "cacheWriteInputTokens")
ALIASES = frozenset(("cacheReadInputTokenCount", "cacheWriteInputTokenCount"))
NO_METRICS: Json = {"latencyMs": 0}


# --- native -> unified


def to_unified(body: Json, leg: Leg) -> Json:
    """Converse answer -> unified response with one choice. Losses: an unknown stop reason, malformed output approximated."""
    head = head_of(leg)
    output = body.get("output")
    if output is None:
        leg.missing((), "output")
    if type(output) is not dict:
        leg.invalid(("output",), "object", output)
    native = output.get("message")
    if native is None:
        leg.missing(("output",), "message")
    if type(native) is not dict:
        leg.invalid(("output", "message"), "object", native)
    message: Json = {"role": "assistant", "content": None, "refusal": None}
    content = native.get("content")
    word = reasoning.word_of(facts_of(leg, head["model"]))
    turn_to_unified([] if content is None else content, message, leg, ("output", "message", "content"), word, annotate=True)
    role_to_unified(native, leg, ("output", "message"))
    for name, value in native.items():
        if name not in ("role", "content") and value is not None:
            bag.put(message, leg.row.key, name, value)
    choice: Json = {"index": 0, "message": message}
    fields = body.get(ADDITIONAL)
    rest = finish_to_unified(body.get("stopReason"), fields, choice, "tool_calls" in message, leg, ())
    choice["logprobs"] = None
    unified: Json = {
        "id": head["id"], "object": "chat.completion", "created": leg.options.created, "model": head["model"], "choices": [choice],
    }  # fmt: skip
    if body.get("usage") is not None:
        unified["usage"] = usage_to_unified(body["usage"], leg, ("usage",))
    if rest is not None:
        bag.put(unified, leg.row.key, ADDITIONAL, rest)
    rest_to_unified(body, HANDLED, unified, leg, ())
    beside = {name: value for name, value in output.items() if name != "message" and value is not None}
    if beside:
        bag.put(unified, leg.row.key, "output", beside)
    return unified


def head_of(leg: Leg) -> Json:
    """id and model of an answer, which the body does not name."""
    held = leg.memo.get("model")
    model = held if type(held) is str and held else leg.options.model or leg.route.get("model") or ""
    return {"id": leg.options.id or "chatcmpl-0", "model": model if type(model) is str else ""}


def role_to_unified(message: Json, leg: Leg, path: Path) -> None:
    """The role, which is always the assistant's."""
    role = message.get("role")
    if role is not None and role != "assistant":
        if type(role) is not str:
            leg.invalid((*path, "role"), "string", role)
        leg.losses.add("dropped", "envelope", "role", (*path, "role"), "not 'assistant'")


def rest_to_unified(body: Json, handled: frozenset[str], unified: Json, leg: Leg, path: Path) -> None:
    """serviceTier -> service_tier; what only Converse says rides in the bag, but for a latency nobody measured."""
    if body.get("serviceTier") is not None:
        tier_to_unified(body["serviceTier"], unified, leg, (*path, "serviceTier"))
    for name, value in body.items():
        if name not in handled and value is not None and not (name == "metrics" and value in (NO_METRICS, {})):
            bag.put(unified, leg.row.key, name, value)


def finish_to_unified(reason: Any, fields: Any, choice: Json, called: bool, leg: Leg, path: Path) -> Any:
    """
    stopReason and the stop sequence that was hit -> the choice. Returns what is left of the additional fields.

    Losses: an unknown or malformed reason approximated, a missing one defaulted.
    """
    if reason is not None and type(reason) is not str:
        leg.invalid((*path, "stopReason"), "string", reason)
    sequence, rest = None, fields
    if type(fields) is dict and type(fields.get(SEQUENCE)) is str and reason in (None, "stop_sequence"):
        sequence = fields[SEQUENCE]
        rest = {name: value for name, value in fields.items() if name != SEQUENCE} or None
    if reason is None:
        finish = "tool_calls" if called else "stop"
        leg.losses.add("defaulted", "behaviour", "finish_reason", (*path, "stopReason"), "no stopReason")
    else:
        known = STOP_REASON_TO_UNIFIED.get(reason)
        finish = known or "stop"
        if known is None:
            leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "stopReason"), "word unknown; stop")
        elif reason in LOSSY_STOP_REASONS:
            leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "stopReason"), "no such ending; stop")
    choice["finish_reason"] = finish
    if reason is not None and stop_word(finish, called, sequence) != reason:
        choice["native_finish_reason"] = reason
    if sequence is not None:
        bag.put(choice, leg.row.key, SEQUENCE, sequence)
    return rest


def stop_word(finish: str | None, called: bool, sequence: Any = None) -> str | None:
    """Native stop reason of a finish reason, by what the answer holds; None for a word the table lacks."""
    if finish == "stop" and type(sequence) is str:
        return "stop_sequence"
    if finish is None or finish in ("stop", "tool_calls", "function_call"):
        return "tool_use" if called else "end_turn"
    return FINISH_REASON_TO_NATIVE.get(finish)


def usage_to_unified(usage: Any, leg: Leg, path: Path) -> Json:
    """Counts that are disjoint -> counts that include their parts; those of models that include them already stay."""
    if type(usage) is not dict:
        leg.invalid(path, "object", usage)
    counts: dict[str, int] = {}
    extras: Json = {}
    for name, value in usage.items():
        if value is None or name in ALIASES:
            continue
        if name in COUNTS:
            if type(value) is not int:
                leg.invalid((*path, name), "integer", value)
            counts[name] = value
        else:
            extras[name] = value
    for name in COUNTS[:3]:
        if name not in counts:
            leg.losses.add("defaulted", "envelope", name, path, "a count that answers always have; taken from the others, or zero")
    plain, completion = counts.get("inputTokens", 0), counts.get("outputTokens", 0)
    read, written = counts.get("cacheReadInputTokens"), counts.get("cacheWriteInputTokens")
    cached = (read or 0) + (written or 0)
    total = counts.get("totalTokens")
    included = bool(cached) and total == plain + completion and cached <= plain
    prompt = plain if included else plain + cached
    out: Json = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    if read is not None or written is not None:
        details: Json = {}
        if read is not None:
            details["cached_tokens"] = read
        if written is not None:
            details["cache_write_tokens"] = written
        out["prompt_tokens_details"] = details
    if included:
        extras["inputTokens"] = plain
    elif total is not None and total != prompt + completion:
        extras["totalTokens"] = total
    for name, value in extras.items():
        bag.put(out, leg.row.key, name, value)
    return out


# --- unified -> native


def to_native(response: Json, leg: Leg) -> Json:
    """
    Unified response -> Converse answer.

    Losses: id, model and time, further choices, log probabilities, annotations without a citation, audio dropped; a refusal as
    text approximated.
    """
    choice = _first_choice(response.get("choices"), leg)
    path: Path = ("choices", 0)
    message = choice.get("message")
    if message is None:
        message = {}
    where: Path = (*path, "message")
    if type(message) is not dict:
        leg.invalid(where, "object", message)
    if message.get("function_call") is not None or "reasoning" in message:
        message = _upgraded(message, leg, where)
    model = head_to_native(response, leg)
    writing = Writing(leg, response, family_of(model, leg), answer=True)
    writing.document = response.get("id") or ""
    own = bag.unpack(message, leg, where, "content")
    own_choice = bag.unpack(choice, leg, path, "envelope")
    blocks = turn_to_native(message, writing, where, own)
    called = any(_is_call(block) for block in blocks)
    native_message: Json = {"role": "assistant", "content": blocks}
    native_message.update((name, value) for name, value in own.items() if name != "blocks" and name not in native_message)
    native: Json = {"output": {"message": native_message}}
    ending = ending_to_native(choice, own_choice, called, leg, path)
    native["stopReason"] = ending.pop("stopReason")
    native["usage"] = usage_to_native(response.get("usage"), leg, ("usage",))
    native["metrics"] = NO_METRICS.copy()
    native.update(ending)
    tier_to_native(response.get("service_tier"), native, leg)
    report_choice(choice, leg, path)
    report_rest(response, RESPONSE_MEMBERS, leg, (), "envelope")
    own_to_native(response, native, leg, ())
    return native


def _is_call(block: Json) -> bool:
    use = block.get("toolUse")
    return type(use) is dict and use.get("type") != "server_tool_use"


def family_of(model: Any, leg: Leg) -> Json:
    """Of a model's facts what matters to an answer: whose reasoning it is."""
    return {"family": facts_of(leg, model).get("family")} if type(model) is str and model else bag.EMPTY


def own_to_native(holder: Json, native: Json, leg: Leg, path: Path) -> None:
    """The own bag of a response or of the usage chunk."""
    for name, value in bag.unpack(holder, leg, path, "envelope").items():
        if value is None:
            continue
        if name == "metrics":
            native[name] = value
        elif name in (ADDITIONAL, "output") and type(native.get(name)) is dict and type(value) is dict:
            native[name] = {**value, **native[name]}
        elif name == "serviceTier" and "serviceTier" not in native and holder.get("service_tier") is None:
            native[name] = value
        elif name in native or name == "serviceTier":
            bag.stale(leg, path, name, "envelope")
        else:
            native[name] = value


def head_to_native(response: Json, leg: Leg) -> str:
    """The model, for its facts; id, model and time have no place in the body."""
    for name in ("id", "model"):
        value = response.get(name)
        if value is not None and type(value) is not str:
            leg.invalid((name,), "string", value)
    created = response.get("created")
    if created is not None and type(created) is not int and type(created) is not float:
        leg.invalid(("created",), "integer", created)
    if created:
        leg.losses.add("dropped", "envelope", "created", ("created",), "answers have no time here")
    for name in ("id", "model"):
        if response.get(name) and response[name] != "chatcmpl-0":
            leg.losses.add("dropped", "envelope", name, (name,), "stands beside the body here")
    return response.get("model") or leg.memo.get("model") or leg.options.model or ""


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
    call, held = message.get("function_call"), message.get("reasoning")
    if call is not None:
        calls = message.get("tool_calls")
        moved = leg.losses.moved
        moved[(*path, "tool_calls", 0)] = moved[(*path, "tool_calls", 0, "function")] = (*path, "function_call")
        fresh["tool_calls"] = [{"type": "function", "function": call}, *(calls if type(calls) is list else ())]
    if held is not None:
        if type(held) is not str:
            leg.invalid((*path, "reasoning"), "string", held)
        if message.get("reasoning_content") in (None, held):
            fresh["reasoning_content"] = held
            leg.losses.moved[(*path, "reasoning_content")] = (*path, "reasoning")
        else:
            leg.losses.add("dropped", "content", "reasoning", (*path, "reasoning"), "reasoning_content is there and wins")
    return fresh


def report_choice(choice: Json, leg: Leg, path: Path) -> None:
    """Members of a choice without a place."""
    index = choice.get("index")
    if index is not None and index != 0:
        leg.losses.add("dropped", "envelope", "index", (*path, "index"), "one answer a response")
    if choice.get("logprobs"):
        leg.losses.add("dropped", "envelope", "logprobs", (*path, "logprobs"), "no log probabilities in Converse")
    report_rest(choice, CHOICE_MEMBERS, leg, path, "envelope")


def ending_to_native(choice: Json, own: Json, called: bool, leg: Leg, path: Path) -> Json:
    """
    stopReason, and the stop sequence that was hit among the additional fields.

    Losses: an unknown finish reason approximated; a native word of others dropped.
    """
    finish, word = choice.get("finish_reason"), choice.get("native_finish_reason")
    for name, value in (("finish_reason", finish), ("native_finish_reason", word)):
        if value is not None and type(value) is not str:
            leg.invalid((*path, name), "string", value)
    ending: Json = {}
    sequence = None
    for name, value in own.items():
        if value is None:
            continue
        if name == SEQUENCE and finish in (None, "stop") and type(value) is str:
            sequence = value
            ending[ADDITIONAL] = {SEQUENCE: value}
        elif name == SEQUENCE:
            bag.stale(leg, path, name, "envelope")
        else:
            leg.losses.add("dropped", "envelope", name, (*path, "extra_content", leg.row.key, name), "not of an answer")
    ending["stopReason"] = stop_to_native(finish, word, called, sequence, leg, path)
    return ending


def stop_to_native(finish: str | None, word: str | None, called: bool, sequence: Any, leg: Leg, path: Path) -> str:
    """The stop reason. A word of its own is kept while its table still gives the finish reason."""
    if word:
        if word in NATIVE_STOP_REASONS and STOP_REASON_TO_UNIFIED[word] == (finish or "stop"):
            return word
        leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "not a word of Converse")
    reason = stop_word(finish, called, sequence)
    if finish is None:
        leg.losses.add("defaulted", "behaviour", "finish_reason", path, f"no finish_reason; {reason}")
    if reason is None:
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "word unknown; end_turn")
        return "tool_use" if called else "end_turn"
    if finish in ("function_call", "tool_calls") and not called:
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "no call in the answer; end_turn")
    elif finish == "stop" and reason == "tool_use":
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "calls in the answer; tool_use")
    return reason


def tier_to_native(tier: Any, native: Json, leg: Leg) -> None:
    """The tier that served. Losses: one that Converse has no word for."""
    if tier is None:
        return
    if type(tier) is not str:
        leg.invalid(("service_tier",), "string", tier)
    if tier in SERVICE_TIER_TO_UNIFIED:
        native["serviceTier"] = {"type": tier}
    else:
        leg.losses.add("dropped", "envelope", "service_tier", ("service_tier",), "no such tier")


def usage_to_native(usage: Any, leg: Leg, path: Path) -> Json:
    """Counts that include their parts -> disjoint ones; zeros when none came. Losses: counts that Converse does not know."""
    native: Json = {"inputTokens": 0, "outputTokens": 0, "totalTokens": 0}
    if usage is None:
        return native
    if type(usage) is not dict:
        leg.invalid(path, "object", usage)
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
            _details(value, found, leg, (*path, name))
        else:
            leg.losses.add("dropped", "envelope", name, (*path, name), "not a count of Converse")
    prompt, completion = found.get("prompt_tokens", 0), found.get("completion_tokens", 0)
    if found.get("total_tokens", prompt + completion) != prompt + completion:
        leg.losses.add("dropped", "envelope", "total_tokens", (*path, "total_tokens"), "the total is the sum here")
    read, written = found.get("cached_tokens"), found.get("cache_write_tokens")
    plain = prompt - (read or 0) - (written or 0)
    if plain < 0:
        leg.losses.add("approximated", "envelope", "prompt_tokens", (*path, "prompt_tokens"), "less than its parts")
    native["inputTokens"], native["outputTokens"] = max(plain, 0), completion
    native["totalTokens"] = prompt + completion if plain >= 0 else (read or 0) + (written or 0) + completion
    if read is not None:
        native["cacheReadInputTokens"] = read
    if written is not None:
        native["cacheWriteInputTokens"] = written
    for name, value in bag.unpack(usage, leg, path, "envelope").items():
        if name == "inputTokens" and value == prompt:
            native[name], native["totalTokens"] = value, prompt + completion
        elif name == "totalTokens" and type(value) is int:
            native[name] = value
        elif name in native:
            bag.stale(leg, path, name, "envelope")
        else:
            native[name] = value
    return native


def check_usage(usage: Any, leg: Leg, path: Path) -> None:
    """Raises for a wrong type; losses are told when the counts are written."""
    held, leg.losses = leg.losses, Losses(leg.losses.target)
    leg.losses.prefix = held.prefix
    try:
        usage_to_native(usage, leg, path)
    finally:
        leg.losses = held


def _details(details: Json, found: dict[str, int], leg: Leg, path: Path) -> None:
    for name, count in details.items():
        if count is None:
            continue
        if name in ("cached_tokens", "cache_write_tokens"):
            if type(count) is not int:
                leg.invalid((*path, name), "integer", count)
            found[name] = count
        elif count != 0 or type(count) is bool:
            leg.losses.add("dropped", "envelope", name, (*path, name), "not a count of Converse")
