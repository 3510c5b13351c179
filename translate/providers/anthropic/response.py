"""
Messages answers, both directions.

Source: Anthropic API reference, "Create a Message", response; "Handling stop reasons"; "Prompt caching", usage.
"""

from __future__ import annotations

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.anthropic import plain, plain_reading
from translate.providers.anthropic.assistant import turn_to_native, turn_to_unified
from translate.providers.anthropic.ending import ending_to_native, finish_to_unified, stop_to_native
from translate.providers.anthropic.usage import usage_to_native, usage_to_unified
from translate.providers.anthropic.writing import Writing
from translate.shared import bag
from translate.shared.answers import first_choice, report_choice, upgraded
from translate.shared.fields import report_rest

RESPONSE_MEMBERS = frozenset(("id", "object", "created", "model", "choices", "usage", "service_tier", "extra_content"))
CHOICE_MEMBERS = frozenset((
    "index", "finish_reason", "message", "delta", "logprobs", "native_finish_reason", "stop_reason", "extra_content",
))  # fmt: skip
NATIVE_MEMBERS = frozenset((
    "id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "stop_details", "usage",
))  # fmt: skip
STOP_MEMBERS = ("stop_sequence", "stop_details")
NO_FACTS: Json = {}


# --- native -> unified


plain_to_unified = plain_reading.response_to_unified
bagged_to_native = plain.bagged_to_native


def to_unified(body: Json, leg: Leg) -> Json:
    """Message -> unified response with one choice. Losses: an unknown stop reason approximated."""
    head = head_to_unified(body, leg)
    content = body.get("content")
    if content is None:
        if "content" not in body:
            leg.missing((), "content")
        leg.invalid(("content",), "array", content)
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


# --- unified -> native


def to_native(response: Json, leg: Leg) -> Json:
    """
    Unified response -> Message.

    Losses: further choices, log probabilities, created, annotations without a citation, audio and images dropped; a refusal
    as text and reasoning without a signature approximated.
    """
    if leg.plain:
        return plain.response_to_native(response, leg)
    choice = first_choice(response.get("choices"), leg)
    path: Path = ("choices", 0)
    message = choice.get("message")
    if message is None:
        message = {}
    if type(message) is not dict:
        leg.invalid((*path, "message"), "object", message)
    if message.get("function_call") is not None or "reasoning" in message:
        message = upgraded(message, leg, (*path, "message"))
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
    report_choice(choice, CHOICE_MEMBERS, "this API", leg, path)
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
