"""Mistral chat responses, both directions."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.mistral import plain, plain_reading
from translate.providers.mistral.messages import answer_to_native, answer_to_unified
from translate.providers.mistral.tables import (
    FAILED,
    FINISH_REASON_TO_NATIVE,
    FINISH_REASON_TO_UNIFIED,
    USAGE_TIER_TO_NATIVE,
    USAGE_TIER_TO_UNIFIED,
)
from translate.shared import bag
from translate.shared.fields import report_head, report_rest
from translate.shared.members import optional_list, optional_object, optional_text

plain_to_unified = plain_reading.response_to_unified
HEAD = ("id", "object", "created", "model", "choices", "usage")
RESPONSE_MEMBERS = frozenset((*HEAD, "service_tier", "extra_content"))
CHOICE_MEMBERS = frozenset((
    "index", "finish_reason", "message", "delta", "logprobs", "native_finish_reason", "extra_content",
))  # fmt: skip
MESSAGE_MEMBERS = frozenset((
    "role", "content", "refusal", "reasoning_content", "reasoning_details", "tool_calls", "images", "audio", "extra_content",
))  # fmt: skip
COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")
DETAILS = "prompt_tokens_details"
USAGE_MEMBERS = frozenset((*COUNTS, "prompt_tokens_details", "completion_tokens_details", "extra_content"))


def to_unified(body: Json, leg: Leg) -> Json:
    """Chat completion -> unified response. Guardrail scores, server-side turns and token ids ride in bags."""
    choices = body.get("choices")
    if type(choices) is not list:
        leg.invalid(("choices",) if choices is not None else (), "array", choices)
    unified = head_of(body, leg, "chat.completion")
    unified["choices"] = [choice_to_unified(choice, number, leg, unified["id"]) for number, choice in enumerate(choices)]
    if not choices:
        unified["choices"] = [_empty_choice()]
        leg.losses.add("defaulted", "content", "choices", ("choices",), "an answer without choices")
    usage = usage_to_unified(body.get("usage"), unified, leg)
    if usage is not None:
        unified["usage"] = usage
    rest_to_bag(body, unified, leg)
    return unified


def _empty_choice() -> Json:
    message: Json = {"role": "assistant", "content": None, "refusal": None}
    return {"index": 0, "finish_reason": "stop", "logprobs": None, "message": message}


def head_of(body: Json, leg: Leg, kind: str) -> Json:
    """id, created and model of a response or chunk, in either form."""
    identifier, model = optional_text(body, "id", leg, ()), optional_text(body, "model", leg, ())
    created = body.get("created")
    if created is not None and type(created) not in (int, float):
        leg.invalid(("created",), "integer", created)
    return {
        "id": identifier or leg.options.id or "chatcmpl-0",
        "object": kind,
        "created": leg.options.created if created is None else created,
        "model": model or leg.memo.get("model") or leg.options.model or "",
    }


def rest_to_bag(body: Json, unified: Json, leg: Leg) -> None:
    """Top-level members without a unified field."""
    for name, value in body.items():
        if name not in HEAD and value is not None:
            bag.put(unified, leg.row.key, name, value)


def choice_to_unified(choice: Any, number: int, leg: Leg, document_id: str) -> Json:
    """One choice; its server-side turns (`messages`) show their last one and ride whole in the bag."""
    path: Path = ("choices", number)
    if type(choice) is not dict:
        leg.invalid(path, "object", choice)
    index = choice.get("index", number)
    if type(index) is not int:
        leg.invalid((*path, "index"), "integer", index)
    native = choice.get("message")
    shown: Path = (*path, "message")
    turns = choice.get("messages")
    if native is None and type(turns) is list and turns:
        native, shown = turns[-1], (*path, "messages", len(turns) - 1)
    if native is None:
        native = {}
    if type(native) is not dict:
        leg.invalid(shown, "object", native)
    message: Json = {"role": "assistant"}
    answer_to_unified(native, message, leg, shown, 0, document_id)
    message.setdefault("refusal", None)
    for name, value in native.items():
        if name not in ("role", "content", "tool_calls") and value is not None and not (name == "prefix" and value is False):
            bag.put(message, leg.row.key, name, value)
    unified: Json = {"index": index, "message": message}
    finish_to_unified(choice, unified, bool(message.get("tool_calls")), leg, path)
    unified["logprobs"] = logprobs_to_unified(choice.get("logprobs"), unified, leg, (*path, "logprobs"))
    for name, value in choice.items():
        if name not in ("index", "message", "finish_reason", "logprobs") and value is not None:
            bag.put(unified, leg.row.key, name, value)
    return unified


def finish_to_unified(choice: Json, unified: Json, called: bool, leg: Leg, path: Path) -> None:
    """Finish reason; calls make a plain stop `tool_calls`."""
    reason: Any = choice.get("finish_reason")
    if reason == "tool_calls" or (reason == "stop" and not called):
        unified["finish_reason"] = reason
        return
    reason = optional_text(choice, "finish_reason", leg, path)
    finish = FINISH_REASON_TO_UNIFIED.get(reason or "stop")
    if finish is None:
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "word unknown; stop")
        finish = "stop"
    elif reason == FAILED:
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "an answer that failed has no word of its own; stop")
    if not reason:
        leg.losses.add("defaulted", "envelope", "finish_reason", path, "no finish reason")
    if finish == "stop" and called and reason in (None, "stop"):
        finish = "tool_calls"
    unified["finish_reason"] = finish
    if reason is not None and FINISH_REASON_TO_NATIVE[finish] != reason:
        unified["native_finish_reason"] = reason


def logprobs_to_unified(value: Any, choice: Json, leg: Leg, path: Path) -> Json | None:
    """Token log probabilities; with token ids the native list rides in the choice's bag too."""
    if value is None:
        return None
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    content = optional_list(value, "content", leg, path)
    tokens: list[Json] = []
    for number, entry in enumerate(content):
        if type(entry) is not dict:
            leg.invalid((*path, "content", number), "object", entry)
        tokens.append(_token(entry))
    if tokens != (content or []) or not value.keys() <= {"content"}:
        bag.put(choice, leg.row.key, "logprobs", value)
    return {"content": tokens, "refusal": None}


def _token(entry: Json) -> Json:
    token = {name: member for name, member in entry.items() if name in ("token", "logprob", "bytes", "top_logprobs")}
    token.setdefault("bytes", None)
    token.setdefault("top_logprobs", [])
    return token


def usage_to_unified(usage: Any, response: Json, leg: Leg) -> Json | None:
    """Counts; other spellings of the cached tokens are folded in and ride along."""
    if usage is None:
        return None
    if type(usage) is not dict:
        leg.invalid(("usage",), "object", usage)
    unified: Json = {}
    for name in COUNTS:
        value = usage.get(name)
        if value is not None and type(value) is not int:
            leg.invalid(("usage", name), "integer", value)
        unified[name] = value or 0
    if usage.get("total_tokens") is None:
        unified["total_tokens"] = unified["prompt_tokens"] + unified["completion_tokens"]
    cached = usage.get("num_cached_tokens")
    for name, value in usage.items():
        if name in COUNTS or value is None:
            continue
        if name in ("prompt_tokens_details", "completion_tokens_details"):
            if type(value) is not dict:
                leg.invalid(("usage", name), "object", value)
            unified[name] = dict(value)
        elif name == "service_tier" and type(value) is str and value in USAGE_TIER_TO_UNIFIED:
            response["service_tier"] = USAGE_TIER_TO_UNIFIED[value]
        else:
            if name == "prompt_token_details" and type(value) is dict and cached is None:
                cached = value.get("cached_tokens")
            bag.put(unified, leg.row.key, name, value)
    if type(cached) is int and "prompt_tokens_details" not in unified:
        unified["prompt_tokens_details"] = {"cached_tokens": cached}
    if usage.get("prompt_audio_seconds"):
        _sound_to_prompt(unified, leg)
    return unified


def _sound_to_prompt(usage: Json, leg: Leg) -> None:
    """Tokens of sound stand beside the prompt in Mistral's total: part of the prompt here, its own counts ride in the bag."""
    sound = usage["total_tokens"] - usage["prompt_tokens"] - usage["completion_tokens"]
    details = usage.get(DETAILS, {})
    if sound <= 0 or details.get("audio_tokens", sound) != sound:
        return
    bag.put(usage, leg.row.key, "prompt_tokens", usage["prompt_tokens"])
    usage["prompt_tokens"] += sound
    if "audio_tokens" not in details:
        bag.put(usage, leg.row.key, DETAILS, details)
        usage[DETAILS] = {**details, "audio_tokens": sound}


def to_native(response: Json, leg: Leg) -> Json:
    """Unified response -> chat completion. Losses: annotations, audio, images, fingerprint dropped; refusals approximated."""
    short = plain.response_to_native(response, leg) if leg.plain else None
    if short is not None:
        return short
    choices = optional_list(response, "choices", leg, ())
    native = head_of(response, leg, "chat.completion")
    native["choices"] = [choice_to_native(choice, number, leg) for number, choice in enumerate(choices)]
    usage = usage_to_native(response.get("usage"), leg)
    if response.get("service_tier") is not None:
        tier_to_native(response["service_tier"], usage, leg)
    native["usage"] = usage
    rest_to_native(response, native, leg)
    return native


def rest_to_native(response: Json, native: Json, leg: Leg) -> None:
    """The own bag, and what is left over."""
    for name, value in bag.unpack(response, leg, (), "envelope").items():
        if name in native:
            bag.stale(leg, (), name, "envelope")
        else:
            native[name] = value
    report_head(response, RESPONSE_MEMBERS, leg)


def choice_to_native(choice: Any, number: int, leg: Leg) -> Json:
    path: Path = ("choices", number)
    if type(choice) is not dict:
        leg.invalid(path, "object", choice)
    message = optional_object(choice, "message", leg, path)
    index = choice.get("index", number)
    if type(index) is not int:
        leg.invalid((*path, "index"), "integer", index)
    inner: Path = (*path, "message")
    native: Json = {"role": "assistant"}
    answer_to_native(message, native, leg, inner, {}, {})
    for name, value in message.items():
        if name not in MESSAGE_MEMBERS and value is not None and value != []:
            leg.losses.add("dropped", "content", name, (*inner, name), "no such member of an answer here")
    for name, value in bag.unpack(message, leg, inner, "content").items():
        if name != "blocks" and native.setdefault(name, value) is not value and native[name] != value:
            bag.stale(leg, inner, name, "content")
    out: Json = {"index": index, "message": native, "finish_reason": finish_to_native(choice, leg, path)}
    own = dict(bag.unpack(choice, leg, path, "envelope"))
    held = own.pop("logprobs", None)
    logprobs = logprobs_to_native(choice.get("logprobs"), held, leg, path)
    if logprobs is not None:
        out["logprobs"] = logprobs
    if not choice.get("finish_reason"):
        leg.losses.add("defaulted", "envelope", "finish_reason", path, "no finish reason; stop")
    turns = own.get("messages")
    if type(turns) is list and turns and "message" not in own:
        del out["message"]
    out.update((name, value) for name, value in own.items() if name not in out)
    report_rest(choice, CHOICE_MEMBERS, leg, path)
    return out


def logprobs_to_native(logprobs: Any, held: Any, leg: Leg, path: Path) -> Json | None:
    """Log probabilities of the content; the kept native list while it says the same."""
    where: Path = (*path, "logprobs")
    if logprobs is None:
        if held is not None:
            bag.stale(leg, path, "logprobs", "envelope")
        return None
    if type(logprobs) is not dict:
        leg.invalid(where, "object", logprobs)
    report_rest(logprobs, frozenset(("content",)), leg, where, "envelope")
    content = logprobs.get("content") or []
    entries = held.get("content") if type(held) is dict else None
    if type(entries) is list and [_token(entry) for entry in entries if type(entry) is dict] == content:
        return dict(held)
    if held is not None:
        bag.stale(leg, path, "logprobs", "envelope")
    return {"content": content}


def finish_to_native(choice: Json, leg: Leg, path: Path) -> str:
    """The provider's own word while its table gives this finish reason, else the table's word."""
    finish, own = choice.get("finish_reason"), choice.get("native_finish_reason")
    if finish is not None and type(finish) is not str:
        leg.invalid((*path, "finish_reason"), "string", finish)
    if own is not None:
        known = FINISH_REASON_TO_UNIFIED.get(own) if type(own) is str else None
        if known == (finish or "stop") or (own == "stop" and finish == "tool_calls"):
            return str(own)
        leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "not a word of this API")
    word = FINISH_REASON_TO_NATIVE.get(finish or "stop")
    if word is None or finish == "content_filter":
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "no such word here; stop")
    return word or "stop"


def usage_to_native(usage: Any, leg: Leg) -> Json:
    """Counts, zeros when none came."""
    if usage is None:
        return dict.fromkeys(COUNTS, 0)
    if type(usage) is not dict:
        leg.invalid(("usage",), "object", usage)
    native: Json = {}
    for name in COUNTS:
        value = usage.get(name)
        if value is not None and type(value) is not int:
            leg.invalid(("usage", name), "integer", value)
        native[name] = value or 0
    if usage.keys() == native.keys():
        return native
    own = bag.unpack(usage, leg, ("usage",), "envelope")
    sounds = "prompt_tokens" in own
    native.update((name, value) for name, value in own.items() if name not in native and not (sounds and name == DETAILS))
    for name in ("prompt_tokens_details", "completion_tokens_details"):
        details = usage.get(name)
        if details is None:
            continue
        if type(details) is not dict:
            leg.invalid(("usage", name), "object", details)
        derived = name == "prompt_tokens_details" and ("num_cached_tokens" in own or "prompt_token_details" in own)
        if not derived:
            native[name] = dict(details)
    if sounds:
        _sound_to_total(own, usage.get("prompt_tokens_details"), native, leg)
    if not usage.keys() <= USAGE_MEMBERS:
        report_rest(usage, USAGE_MEMBERS, leg, ("usage",), "envelope")
    return native


def _sound_to_total(own: Json, details: Any, usage: Json, leg: Leg) -> None:
    """Tokens of sound leave the prompt again; counts that were changed meanwhile win over the bag."""
    prompt, sound = own["prompt_tokens"], details.get("audio_tokens") if details else None
    agrees = type(prompt) is int and type(sound) is int and usage["prompt_tokens"] == prompt + sound
    if agrees:
        usage["prompt_tokens"] = prompt
    else:
        bag.stale(leg, ("usage",), "prompt_tokens", "envelope")
    if DETAILS not in own:
        return
    rest = {name: count for name, count in usage.pop(DETAILS, {}).items() if name != "audio_tokens" or not agrees}
    if rest:
        usage[DETAILS] = rest
    if rest != own[DETAILS]:
        bag.stale(leg, ("usage",), DETAILS, "envelope")


def tier_to_native(tier: Any, usage: Json, leg: Leg) -> None:
    """Service tier of an answer stands in its usage here."""
    word = USAGE_TIER_TO_NATIVE.get(tier) if type(tier) is str else None
    if word is None:
        leg.losses.add("dropped", "envelope", "service_tier", ("service_tier",), "no such tier here")
    else:
        usage["service_tier"] = word
