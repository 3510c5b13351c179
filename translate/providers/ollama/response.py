"""Ollama chat responses, both directions."""

from __future__ import annotations

from typing import Any

from translate.errors import InvalidDocument, Path
from translate.leg import Json, Leg
from translate.providers.ollama import plain, plain_reading
from translate.providers.ollama.content import Calls, _images, call_to_native, message_to_unified
from translate.providers.ollama.tables import (
    BAG_RESPONSE_FIELDS,
    FINISH_REASON_TO_NATIVE,
    FINISH_REASON_TO_UNIFIED,
    NO_DETAILS,
    NO_ID,
    NO_TIER,
    RESPONSE_FIELDS,
)
from translate.shared import bag
from translate.shared.fields import check_types, report_head, report_rest, report_without_place
from translate.shared.members import optional_list, optional_object, optional_text
from translate.shared.timestamps import to_seconds, to_text, written_time

plain_to_unified = plain_reading.response_to_unified
bagged_to_native = plain.bagged_to_native
RESPONSE_MEMBERS = frozenset(("id", "object", "created", "model", "choices", "usage", "extra_content", "service_tier"))
CHOICE_MEMBERS = frozenset(("index", "finish_reason", "message", "delta", "logprobs", "native_finish_reason", "extra_content"))
MESSAGE_MEMBERS = frozenset((
    "role", "content", "refusal", "reasoning_content", "reasoning", "tool_calls", "images", "extra_content",
))  # fmt: skip
COUNTS = ("prompt_eval_count", "eval_count")


def to_unified(body: Json, leg: Leg) -> Json:
    """ChatResponse -> unified response. Durations and times below the second ride in the response's bag."""
    head = head_to_unified(body, leg)
    message: Json = {"role": "assistant"}
    native = optional_object(body, "message", leg, ())
    message_to_unified(native, message, leg, ("message",), 0, head["id"])
    done = body.get("done")
    if done is not None and type(done) is not bool:
        leg.invalid(("done",), "boolean", done)
    message["content"] = message["content"] or None
    message["refusal"] = None
    choice: Json = {"index": 0, "message": message}
    finish_to_unified(body, choice, bool(message.get("tool_calls")), leg)
    choice["logprobs"] = logprobs_to_unified(body.get("logprobs"), choice, leg)
    unified: Json = {
        "id": head["id"], "object": "chat.completion", "created": head["created"], "model": head["model"], "choices": [choice],
    }  # fmt: skip
    usage = usage_to_unified(body, leg)
    if usage is not None:
        unified["usage"] = usage
    rest_to_bag(body, unified, leg)
    if done is False:
        bag.put(unified, leg.row.key, "done", False)
    return unified


def head_to_unified(body: Json, leg: Leg) -> Json:
    """id, created and model of a response or of a stream's first line."""
    model, created_at = body.get("model"), body.get("created_at")
    for name, value in (("model", model), ("created_at", created_at)):
        if value is not None and type(value) is not str:
            leg.invalid((name,), "string", value)
    created = to_seconds(created_at) if created_at else None
    return {
        "id": leg.options.id or "chatcmpl-0",
        "created": leg.options.created if created is None else created,
        "model": model or leg.memo.get("model") or leg.options.model or "",
    }


def finish_to_unified(body: Json, choice: Json, called: bool, leg: Leg) -> None:
    """Finish reason of a done response or line; `called`: tool calls were seen."""
    reason = optional_text(body, "done_reason", leg, ())
    finish = FINISH_REASON_TO_UNIFIED.get(reason or "")
    if finish is None:
        leg.losses.add("approximated", "behaviour", "finish_reason", ("done_reason",), "word unknown; stop")
        finish = "stop"
    if finish == "stop" and called:
        finish = "tool_calls"
    choice["finish_reason"] = finish
    if not reason:
        if body.get("done") is not False:
            path: Path = () if reason is None else ("done_reason",)
            leg.losses.add("defaulted", "envelope", "finish_reason", path, "done without a reason")
    elif FINISH_REASON_TO_NATIVE[finish] != reason:
        choice["native_finish_reason"] = reason


def usage_to_unified(body: Json, leg: Leg) -> Json | None:
    """Counts; absent is 0, both absent is no usage."""
    if body.get(COUNTS[0]) is None and body.get(COUNTS[1]) is None:
        return None
    counts = []
    for name in COUNTS:
        value = body.get(name)
        if value is not None and type(value) is not int:
            leg.invalid((name,), "integer", value)
        counts.append(value or 0)
    return {"prompt_tokens": counts[0], "completion_tokens": counts[1], "total_tokens": counts[0] + counts[1]}


def logprobs_to_unified(value: Any, choice: Json, leg: Leg) -> Json | None:
    """Token log probabilities; bytes default to the token's UTF-8. Members without a unified name: the list rides in the bag."""
    if value is None or value == []:
        return None
    if type(value) is not list:
        leg.invalid(("logprobs",), "array", value)
    content: list[Json] = []
    for number, entry in enumerate(value):
        content.append(_token(entry, leg, ("logprobs", number)))
    if not all(map(_plain_token, value)):
        bag.put(choice, leg.row.key, "logprobs", value)
    return {"content": content, "refusal": None}


_TOKEN = frozenset(("token", "logprob", "bytes", "top_logprobs"))


def _plain_token(entry: Json) -> bool:
    return entry.keys() <= _TOKEN and all(other.keys() <= _TOKEN for other in entry.get("top_logprobs") or ())


def _token(entry: Any, leg: Leg, path: Path, inner: bool = False) -> Json:
    if type(entry) is not dict:
        leg.invalid(path, "object", entry)
    check_types(_TOKEN_TYPES, entry, leg, path)
    if "token" not in entry:
        leg.missing(path, "token")
    listed = entry.get("bytes")
    token: Json = {
        "token": entry["token"], "logprob": entry.get("logprob"),
        "bytes": list((entry["token"] or "").encode("utf-8", "replace")) if listed is None else listed,
    }  # fmt: skip
    if not inner:
        others = entry.get("top_logprobs") or ()
        token["top_logprobs"] = [_token(other, leg, (*path, "top_logprobs", spot), True) for spot, other in enumerate(others)]
    return token


_TOKEN_TYPES: dict[str, tuple[type, ...]] = {"token": (str,), "logprob": (int, float), "bytes": (list,), "top_logprobs": (list,)}


def rest_to_bag(body: Json, unified: Json, leg: Leg) -> None:
    """What has no unified field."""
    for name, value in body.items():
        if name == "created_at":
            if value is not None and to_text(to_seconds(value) or 0) != value:
                bag.put(unified, leg.row.key, name, value)
        elif name not in RESPONSE_FIELDS and name not in COUNTS and value is not None:
            bag.put(unified, leg.row.key, name, value)


def to_native(response: Json, leg: Leg) -> Json:
    """
    Unified response -> ChatResponse.

    Losses: id and further choices, annotations, audio, token details dropped; refusal and content_filter approximated.
    """
    short = plain.response_to_native(response, leg) if leg.plain else None
    if short is not None:
        return short
    choice = first_choice(response.get("choices"), leg, ("choices",))
    path: Path = ("choices", 0)
    message = optional_object(choice, "message", leg, path)
    native: Json = {"model": response.get("model") or leg.memo.get("model") or leg.options.model or ""}
    native["created_at"] = written_time(_created(response, leg), leg)
    native["message"] = message_to_native(message, leg, (*path, "message"), response.get("id") or "")
    native["done"] = True
    native["done_reason"] = finish_to_native(choice, leg, path)
    usage_to_native(response.get("usage"), native, leg, ("usage",))
    choice_rest(choice, native, leg, path)
    if choice.get("finish_reason") in (None, "") and choice:
        leg.losses.add("defaulted", "envelope", "finish_reason", path, "no finish reason; stop")
    head_losses(response, leg)
    response_bag(response, native, leg)
    return native


def choice_rest(choice: Json, native: Json, leg: Leg, path: Path) -> None:
    """Log probabilities, the own bag and what has no place of a choice."""
    own = bag.unpack(choice, leg, path, "envelope")
    logprobs_to_native(choice.get("logprobs"), own.get("logprobs"), native, leg, path)
    for name in own:
        if name != "logprobs":
            bag.stale(leg, path, name, "envelope")
    if choice.get("index") not in (None, 0):
        leg.losses.add("dropped", "envelope", "index", (*path, "index"), "one answer a response")
    report_rest(choice, CHOICE_MEMBERS, leg, path)


def _created(response: Json, leg: Leg) -> float:
    created = response.get("created")
    if created is None:
        return leg.options.created
    if type(created) not in (int, float):
        leg.invalid(("created",), "integer", created)
    return float(created) if type(created) is float else int(created)


def head_losses(response: Json, leg: Leg) -> None:
    """Members of the exchange's frame that a ChatResponse has no place for."""
    identifier = response.get("id")
    if identifier not in (None, "", "chatcmpl-0"):
        report_without_place("id", leg, NO_ID)
    if response.get("service_tier") is not None:
        report_without_place("service_tier", leg, NO_TIER)
    report_head(response, RESPONSE_MEMBERS, leg)


def response_bag(response: Json, native: Json, leg: Leg) -> None:
    """Unpacks the own bag; a time that contradicts `created` is stale."""
    for name, value in bag.unpack(response, leg, (), "envelope").items():
        if name == "created_at":
            if type(value) is str and to_text(to_seconds(value) or 0) == native["created_at"]:
                native[name] = value
            else:
                bag.stale(leg, (), name, "envelope")
        elif name in native and name not in BAG_RESPONSE_FIELDS and name != "done":
            bag.stale(leg, (), name, "envelope")
        else:
            native[name] = value


def first_choice(choices: Any, leg: Leg, path: Path) -> Json:
    """The only choice that has a place; further ones are a loss each."""
    if choices is None:
        return {}
    if type(choices) is not list:
        leg.invalid(path, "array", choices)
    for number in range(1, len(choices)):
        leg.losses.add("dropped", "content", "choices", (*path, number), "one answer a response")
    if not choices:
        return {}
    if type(choices[0]) is not dict:
        leg.invalid((*path, 0), "object", choices[0])
    return choices[0]


def message_to_native(message: Json, leg: Leg, path: Path, document: str = "", seen: Calls | None = None) -> Json:
    """Unified answer -> native message."""
    text = message.get("content")
    if type(text) is list:
        text = "".join(
            part["text"] for part in text if type(part) is dict and type(part.get("text")) is str
        )
        leg.losses.add("approximated", "content", "content", (*path, "content"), "parts joined to one text")
    elif text is not None and type(text) is not str:
        leg.invalid((*path, "content"), "string", text)
    native: Json = {"role": "assistant", "content": text or ""}
    for name in ("refusal", "reasoning_content", "reasoning"):
        value = message.get(name)
        if value is not None and type(value) is not str:
            leg.invalid((*path, name), "string", value)
    if message.get("refusal"):
        native["content"] += message["refusal"]
        leg.losses.add("approximated", "content", "refusal", (*path, "refusal"), "sent as text")
    thinking = message.get("reasoning_content") or message.get("reasoning")
    if thinking:
        native["thinking"] = thinking
    if message.get("reasoning") and message["reasoning"] != thinking:
        leg.losses.add("dropped", "content", "reasoning", (*path, "reasoning"), "reasoning_content is there and wins")
    calls = optional_list(message, "tool_calls", leg, path)
    seen = seen or Calls(document)
    if calls:
        native["tool_calls"] = [
            call_to_native(call, number, seen, leg, (*path, "tool_calls", number)) for number, call in enumerate(calls)
        ]
    if message.get("images") is not None:
        _images(message["images"], native, leg, (*path, "images"), seen)
    for name, value in message.items():
        if name not in MESSAGE_MEMBERS and value is not None and value != []:
            leg.losses.add("dropped", "content", name, (*path, name), "no place in an answer")
    if "extra_content" in message:
        for name, value in bag.unpack(message, leg, path, "content").items():
            if native.setdefault(name, value) is not value and native[name] != value:
                bag.stale(leg, path, name, "content")
    return native


def finish_to_native(choice: Json, leg: Leg, path: Path) -> str:
    """done_reason: the provider's own word while its table gives this finish reason."""
    finish, own = choice.get("finish_reason"), choice.get("native_finish_reason")
    if finish is not None and type(finish) is not str:
        leg.invalid((*path, "finish_reason"), "string", finish)
    if own is not None:
        known = FINISH_REASON_TO_UNIFIED.get(own) if type(own) is str else None
        if known == (finish or "stop") or (known == "stop" and finish == "tool_calls"):
            return str(own)
        leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "not a word of this API")
    if finish == "content_filter":
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "no such word; stop")
    word = FINISH_REASON_TO_NATIVE.get(finish or "stop")
    if word is None:
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "word unknown; stop")
    return word or "stop"


def usage_to_native(usage: Any, native: Json, leg: Leg, path: Path) -> None:
    """Counts; details have no place."""
    if usage is None:
        return
    if type(usage) is not dict:
        leg.invalid(path, "object", usage)
    for name, target in (("prompt_tokens", COUNTS[0]), ("completion_tokens", COUNTS[1])):
        value = usage.get(name)
        if value is not None and type(value) is not int:
            leg.invalid((*path, name), "integer", value)
        native[target] = value or 0
    total = usage.get("total_tokens")
    if total is not None and total != native[COUNTS[0]] + native[COUNTS[1]]:
        leg.losses.add("dropped", "envelope", "total_tokens", (*path, "total_tokens"), "the total is the sum here")
    if "extra_content" in usage:
        bag.unused(usage, leg, path)
    for name, value in usage.items():
        if name in ("prompt_tokens_details", "completion_tokens_details") and type(value) is dict:
            for member, count in value.items():
                if count:
                    leg.losses.add("dropped", "envelope", member, (*path, name, member), NO_DETAILS)
        elif name not in ("prompt_tokens", "completion_tokens", "total_tokens", "extra_content") and value is not None:
            leg.losses.add("dropped", "envelope", name, (*path, name), "not a count of this API")


def logprobs_to_native(logprobs: Any, held: Any, native: Json, leg: Leg, path: Path) -> None:
    """Token log probabilities of the content, the kept list while it says the same; those of a refusal have no place."""
    where: Path = (*path, "logprobs")
    if logprobs is not None and type(logprobs) is not dict:
        leg.invalid(where, "object", logprobs)
    content = logprobs.get("content") if logprobs else None
    if content is not None and type(content) is not list:
        leg.invalid((*where, "content"), "array", content)
    if type(held) is list and content and all(type(entry) is dict for entry in held):
        try:
            same = [_token(entry, leg, where) for entry in held] == content
        except InvalidDocument:
            same = False
        content = held if same else content
    if held is not None and content is not held:
        bag.stale(leg, path, "logprobs", "envelope")
    if content:
        native["logprobs"] = list(content)
    if logprobs:
        report_rest(logprobs, frozenset(("content",)), leg, where, "envelope")
