"""
The short way from unified: what the survey knows (`Leg.plain`) is written in one walk, without a look at what can not be there.

Each function gives exactly what the long way gives, or None, the leg untouched, where that has more to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from translate.leg import Json, Leg
from translate.loss import Loss
from translate.providers.mistral.content import RENAMED, wire_id
from translate.providers.mistral.tables import (
    EMPTY_TURN,
    FILLED,
    FILLER,
    FINISH_REASON_TO_NATIVE,
    LAST_TURN,
    LONGEST_NAME,
    LONGEST_TEMPERATURE,
    MODEL_FACTS,
    NO_MEMBER,
    NO_THOUGHTS,
    REFUSED_IN_NAMES,
    REQUEST_FIELDS,
    SERVICE_TIER_TO_NATIVE,
    USAGE_TIER_TO_NATIVE,
)
from translate.shared import opened_turns
from translate.shared.facts import bare, look_up, matches
from translate.shared.fields import Copy, report_head
from translate.shared.plain import (
    LATER,
    LongWay,
    calls_to_native,
    choice_to_native,
    is_other,
    names_fit,
    report_unsupported,
    unsupported,
)

_COPIED = frozenset(name for name, rule in REQUEST_FIELDS.items() if type(rule) is Copy)
_UNSUPPORTED = unsupported(REQUEST_FIELDS)
_SCHEMA = frozenset(("name", "description", "schema", "strict"))
_LONGEST_MODEL = 128  # of a name that is kept in mind
_CHOICES = {"auto": "auto", "none": "none", "required": "any", "any": "any"}


@lru_cache(maxsize=4096)
def fits(name: str) -> bool:
    """Whether Mistral takes a tool's name, which is not too long, as it is: the same few come again and again."""
    return name != "" and not REFUSED_IN_NAMES.search(name)


@lru_cache(maxsize=256)
def _facts(model: str) -> Mapping[str, Any]:
    """Facts of a model of which the caller says none."""
    name = bare(model)
    return next(facts for pattern, facts in MODEL_FACTS if matches(pattern, name))


def request_to_native(request: Json, leg: Leg, path: str, long_way: LongWay) -> Json | None:
    """A surveyed request whose other members are common ones; None for every other one."""
    model = request.get("model")
    if not model or type(model) is not str:
        return None
    copied: Json = {}
    lost: list[str] = []
    temperature = seed = choice = tools = effort = tier = None
    for name, value in request.items():
        if value is None or name == "messages" or name == "model" or name in LATER:
            continue
        if name in _COPIED:
            copied[name] = value
        elif name == "max_completion_tokens" or (name == "max_tokens" and "max_completion_tokens" not in request):
            copied["max_tokens"] = value
        elif name == "temperature":
            if (type(value) is not int and type(value) is not float) or not value <= LONGEST_TEMPERATURE:
                return None
            temperature = value
        elif name == "seed":
            if type(value) is not int or value < 0:
                return None
            seed = value
        elif name == "tools":
            tools = value
        elif name == "tool_choice":
            choice = value
        elif name == "reasoning_effort":
            effort = value
        elif name == "service_tier":
            tier = SERVICE_TIER_TO_NATIVE.get(value) if type(value) is str else None
            if tier is None:
                return None
        elif not is_other(name, value, _UNSUPPORTED, lost):
            return None
    if (tools is not None or choice is not None) and not names_fit(tools, choice, _fits):
        return None
    leg.model = model
    messages = messages_to_native(request["messages"], leg)
    if messages is None:
        return None
    native: Json = {"model": model, "messages": messages}
    if (tools is not None or choice is not None) and not choice_to_native(tools, choice, _CHOICES, native, strict=True, named=True):
        long_way.tools(request, native, leg)
    if temperature is not None:
        native["temperature"] = temperature
    if "thinking" in request or "reasoning" in request or (effort is not None and not _takes(effort, model, leg)):
        long_way.thinking(request, native, leg)
    elif effort is not None:
        native["reasoning_effort"] = effort
    if "response_format" in request:
        form = _format_to_native(request["response_format"])
        if form is not None:
            native["response_format"] = form
        else:
            long_way.form(request, native, leg)
    if seed is not None:
        native["random_seed"] = seed
    if tier is not None:
        native["service_tier"] = tier
    native.update(copied)
    report_unsupported(lost, _UNSUPPORTED, leg)
    if "extra_content" in request:
        long_way.bag(request, native, leg)
    leg.route.update(model=model, stream=request.get("stream") is True, path=path, query={}, headers={})
    return native


def facts_of(model: Any, leg: Leg) -> Mapping[str, Any]:
    """Facts of a model."""
    if leg.options.model_facts or type(model) is not str or len(model) > _LONGEST_MODEL:
        return look_up(MODEL_FACTS, leg, model)
    return _facts(model)


def _takes(effort: Any, model: str, leg: Leg) -> bool:
    """Whether a model takes a word of effort as it is."""
    facts = facts_of(model, leg)
    allowed = facts.get("efforts")
    return type(effort) is str and facts.get("reasoning") is not False and (allowed is None or effort in allowed)


def _format_to_native(form: Any) -> Json | None:
    """The form of the answer; a schema with a name, and what belongs to it."""
    if type(form) is not dict:
        return None
    if len(form) == 1 and form.get("type") in ("text", "json_object"):
        return form.copy()
    wrapped = form.get("json_schema")
    if len(form) != 2 or form.get("type") != "json_schema" or type(wrapped) is not dict or not wrapped.keys() <= _SCHEMA:
        return None
    if type(wrapped.get("name")) is not str or type(wrapped.get("schema")) is not dict:
        return None
    return {"type": "json_schema", "json_schema": {name: value for name, value in wrapped.items() if value is not None}}


def messages_to_native(messages: list[Any], leg: Leg) -> list[Json] | None:
    """
    Surveyed messages, and odd ones that are opened; None where a name has to be fitted.

    Losses, as on the long way: ids renamed, empty turns, those that have to stand between, a last one of the assistant; names,
    marks and thoughts.
    """
    out: list[Json] = []
    wires: dict[str, str] = {}  # id of a call -> what it is called here
    names: dict[str, str] = {}
    renamed: list[tuple[str, str]] = []  # id and its place
    lost: list[Loss] = []
    target = leg.losses.target
    opened: set[int] = leg.opened or _NONE
    before = ""
    for number, message in enumerate(messages):
        role, content = message["role"], message.get("content")
        calls = message.get("tool_calls")
        if type(content) is list and role != "user" and number not in opened:
            content = opened_turns.texts_to_native(content)
        elif number in opened:
            content = _odd_content(message, f"/messages/{number}", lost, leg)
            if content or calls or role != "assistant":  # an empty turn is lost as a whole
                opened_turns.report_beside(message, f"/messages/{number}", target, lost, NO_MEMBER)
        if role == "assistant" and calls:
            written: list[Json] = []
            for spot, call in enumerate(calls):
                identifier, function = call["id"], call["function"]
                name = function["name"]
                if len(name) > LONGEST_NAME or not fits(name):
                    return None
                wire = wires.get(identifier)
                if wire is None:
                    wire = wires[identifier] = wire_id(identifier)
                    if wire != identifier:
                        renamed.append((identifier, f"/messages/{number}/tool_calls/{spot}/id"))
                names[identifier] = name
                written.append({"id": wire, "type": "function", "function": {"name": name, "arguments": function["arguments"] or "{}"}})
            if content is None:
                out.append({"role": "assistant", "tool_calls": written})
            else:
                out.append({"role": "assistant", "content": content, "tool_calls": written})
        elif role == "tool":
            identifier = message["tool_call_id"]
            out.append({"role": "tool", "content": content, "tool_call_id": wires[identifier], "name": names[identifier]})
        else:
            if role == "assistant":
                if not content:
                    lost.append(Loss("dropped", "content", "messages", f"/messages/{number}", target, EMPTY_TURN))
                    continue
            else:
                if role == "developer":
                    role = "system"
                if before == "tool" and not facts_of(leg.model, leg).get("user_after_tool"):
                    lost.append(Loss("approximated", "content", "messages", f"/messages/{number}", target, FILLED))
                    out.append({"role": "assistant", "content": FILLER})
            if role != "user" or type(content) is str:
                out.append({"role": role, "content": content})
            else:
                out.append({"role": role, "content": [
                    {"type": "text", "text": part["text"]} if part["type"] == "text" else _media_to_native(part) for part in content
                ]})
        before = role
    if not out or len(set(wires.values())) != len(wires):
        return None
    if before == "assistant" and "prefix" in messages[-1]:
        out[-1]["prefix"] = True
    elif before == "assistant":
        lost.append(Loss("approximated", "behaviour", "prefix", f"/messages/{number}", target, LAST_TURN))
        out[-1]["prefix"] = True
    if renamed:
        leg.losses.items += [Loss("approximated", "envelope", "id", place, target, RENAMED) for _, place in renamed]
        leg.memo["call_ids"] = {wires[identifier]: identifier for identifier, _ in renamed}
    leg.losses.items += lost
    return out


def _media_to_native(part: Json) -> Json:
    """An image, or a file in a URL."""
    if part["type"] == "image_url":
        image = part["image_url"]
        return {"type": "image_url", "image_url": image["url"] if len(image) == 1 else image.copy()}
    file = part["file"]
    chunk: Json = {"type": "document_url", "document_url": file["file_data"]}
    if "filename" in file:
        chunk["document_name"] = file["filename"]
    return chunk


_NONE: set[int] = set()


def _odd_content(message: Json, place: str, lost: list[Loss], leg: Leg) -> Any:
    """What is written of the content of a message that is opened, with its thoughts."""
    content, role, target = message.get("content"), message["role"], leg.losses.target
    thinking: Json | None = None
    if "reasoning_content" in message:
        if facts_of(leg.model, leg).get("reasoning") is False:
            lost.append(Loss("dropped", "content", "reasoning_content", f"{place}/reasoning_content", target, NO_THOUGHTS))
        else:
            thinking = {"type": "thinking", "thinking": [{"type": "text", "text": message["reasoning_content"]}]}
    if type(content) is list:
        opened_turns.report_parts(content, place, target, lost, files=False)
        if role != "user":
            content = opened_turns.texts_to_native(content)
    if thinking is not None:
        content = [thinking, *(content if type(content) is list else [{"type": "text", "text": content}] if content else [])]
    return content


def _fits(name: str) -> bool:
    return len(name) <= LONGEST_NAME and fits(name)


_FINISHED = {finish: FINISH_REASON_TO_NATIVE[finish] for finish in ("stop", "length", "tool_calls")}


def response_to_native(response: Json, leg: Leg) -> Json | None:
    """A surveyed answer; None for one that has more to say. Losses, as on the long way: the fingerprint."""
    choice = response["choices"][0]
    message = choice["message"]
    finish = _FINISHED.get(choice["finish_reason"])
    if finish is None or not response["id"] or not response["model"]:
        return None
    answer: Json = {"role": "assistant"}
    content, thinking, calls = message["content"], message.get("reasoning_content"), message.get("tool_calls")
    if thinking:
        chunks: list[Json] = [{"type": "thinking", "thinking": [{"type": "text", "text": thinking}]}]
        if content:
            chunks.append({"type": "text", "text": content})
        answer["content"] = chunks
    elif content is not None or not calls:
        answer["content"] = content or ""
    if calls:
        answer["tool_calls"] = calls_to_native(calls)
    counts = response.get("usage") or {}
    usage: Json = {
        "prompt_tokens": counts.get("prompt_tokens", 0), "completion_tokens": counts.get("completion_tokens", 0),
        "total_tokens": counts.get("total_tokens", 0),
    }  # fmt: skip
    for name in ("prompt_tokens_details", "completion_tokens_details"):
        if name in counts:
            usage[name] = counts[name].copy()
    if not response.keys() <= _RESPONSE:
        tier = response.get("service_tier")
        if tier is not None:
            if tier not in USAGE_TIER_TO_NATIVE:
                return None
            usage["service_tier"] = USAGE_TIER_TO_NATIVE[tier]
        report_head(response, _PLACED, leg)
    return {
        "id": response["id"], "object": "chat.completion", "created": response["created"], "model": response["model"],
        "choices": [{"index": 0, "message": answer, "finish_reason": finish}], "usage": usage,
    }  # fmt: skip


_RESPONSE = frozenset(("id", "object", "created", "model", "choices", "usage"))
_PLACED = _RESPONSE | {"service_tier"}
