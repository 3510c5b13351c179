"""
Converse answers, both directions.

Source: Amazon Bedrock API reference, "Converse", response; "TokenUsage"; "ConverseTrace"; user guide, "Prompt caching".
"""

from __future__ import annotations

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock import plain, plain_reading, reasoning
from translate.providers.bedrock.assistant import turn_to_native, turn_to_unified
from translate.providers.bedrock.ending import ADDITIONAL, ending_to_native, finish_to_unified
from translate.providers.bedrock.facts import facts_of, family_of, head_of
from translate.providers.bedrock.request import tier_to_unified
from translate.providers.bedrock.tables import NO_TIME, STANDS_BESIDE
from translate.providers.bedrock.usage import NO_METRICS, tier_to_native, usage_to_native, usage_to_unified
from translate.providers.bedrock.writing import Writing
from translate.shared import bag
from translate.shared.answers import first_choice, report_choice, upgraded
from translate.shared.fields import report_rest

RESPONSE_MEMBERS = frozenset(("id", "object", "created", "model", "choices", "usage", "service_tier", "extra_content"))
CHOICE_MEMBERS = frozenset(("index", "finish_reason", "message", "logprobs", "native_finish_reason", "extra_content"))
STREAM_CHOICE = CHOICE_MEMBERS - {"message"} | {"delta"}
HANDLED = frozenset(("output", "stopReason", "usage", "serviceTier", "additionalModelResponseFields"))


# --- native -> unified


plain_to_unified = plain_reading.response_to_unified
bagged_to_native = plain.bagged_to_native


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


# --- unified -> native


def to_native(response: Json, leg: Leg) -> Json:
    """
    Unified response -> Converse answer.

    Losses: id, model and time, further choices, log probabilities, annotations without a citation, audio dropped; a refusal as
    text approximated.
    """
    if leg.plain:
        return plain.response_to_native(response, leg)
    choice = first_choice(response.get("choices"), leg)
    path: Path = ("choices", 0)
    message = choice.get("message")
    if message is None:
        message = {}
    where: Path = (*path, "message")
    if type(message) is not dict:
        leg.invalid(where, "object", message)
    if message.get("function_call") is not None or "reasoning" in message:
        message = upgraded(message, leg, where)
    model = head_to_native(response, leg)
    writing = Writing(leg, response, family_of(model, leg), answer=True)
    writing.document = response.get("id") or ""
    own = bag.unpack(message, leg, where, "content")
    own_choice = bag.unpack(choice, leg, path, "envelope")
    blocks = turn_to_native(message, writing, where, own)
    called = any(plain.is_call(block) for block in blocks)
    native_message: Json = {"role": "assistant", "content": blocks}
    native_message.update((name, value) for name, value in own.items() if name != "blocks" and name not in native_message)
    native: Json = {"output": {"message": native_message}}
    ending = ending_to_native(choice, own_choice, called, leg, path)
    native["stopReason"] = ending.pop("stopReason")
    native["usage"] = usage_to_native(response.get("usage"), leg, ("usage",))
    native["metrics"] = NO_METRICS.copy()
    native.update(ending)
    tier_to_native(response.get("service_tier"), native, leg)
    report_choice(choice, CHOICE_MEMBERS, "Converse", leg, path)
    report_rest(response, RESPONSE_MEMBERS, leg, (), "envelope")
    own_to_native(response, native, leg, ())
    return native


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
        leg.losses.add("dropped", "envelope", "created", ("created",), NO_TIME)
    for name in ("id", "model"):
        if response.get(name) and response[name] != "chatcmpl-0":
            leg.losses.add("dropped", "envelope", name, (name,), STANDS_BESIDE)
    return response.get("model") or leg.memo.get("model") or leg.options.model or ""
