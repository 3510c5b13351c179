"""
The short way: requests and answers that the survey knows (`translate.survey`), written without a look at what can not be there.

Each function gives exactly what the long way gives, or None when this dialect has more to say of such a document.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from translate.leg import Json, Leg
from translate.providers.openai_compatible import dialects, usage as usages
from translate.providers.openai_compatible.dialects import Dialect
from translate.providers.openai_compatible.tables import LONGEST_NAME, NAME_REFUSED, SERVICE_TIERS
from translate.providers.openai_compatible.think_tags import OPEN
from translate.scrubbing import has_surrogate
from translate.shared.chat_legacy import remember
from translate.survey import plain_counts, plain_response, survey

if TYPE_CHECKING:
    from translate.providers.openai_compatible.talk import Talk

COUNTS = {"prompt_tokens", "completion_tokens", "total_tokens"}
_SHOWN = frozenset(("name", "description", "parameters", "strict"))


@lru_cache(maxsize=4096)
def fits(name: str) -> bool:
    """Whether the wire takes a tool's name as it is: the same few come again and again."""
    return bool(name) and len(name) <= LONGEST_NAME and not NAME_REFUSED.search(name)


# --- requests


def names_fit(request: Json, dialect: Dialect) -> bool:
    """Whether the wire takes all names of tools and calls of a surveyed request."""
    if dialect.tool_names is not NAME_REFUSED:
        return False
    tools = request.get("tools")
    if tools is not None and type(tools) is not list:
        return False
    for tool in tools or ():
        definition = (tool.get("function") or tool.get("custom")) if type(tool) is dict else None
        name = definition.get("name") if type(definition) is dict else None
        if type(name) is not str or not fits(name):
            return False
    for message in request["messages"]:
        if len(message) == 3 and "tool_calls" in message:
            for call in message["tool_calls"]:
                if not fits(call["function"]["name"]):
                    return False
    return True


def messages_to_native(messages: list[Any], talk: Talk) -> list[Json] | None:
    """Surveyed messages in the dialect's form; None where it wants parts or arguments looked into."""
    dialect, facts = talk.dialect, talk.facts
    if talk.names or dialect.arguments or dialect.needs_user or dialect.leading_systems or dialect.alternates or not dialect.links or talk.placeholder_of_calls:
        return None
    if facts.get("signs") or facts.get("text_only"):
        return None
    first = "developer" if talk.reasoning else "system"
    roles = {"system": first, "developer": "developer" if talk.dialect.developer else "system"}
    if talk.dialect.developer and not talk.reasoning:
        roles["system"] = "system"
    images = "image_url" in talk.dialect.parts
    out: list[Json] = []
    for message in messages:
        role, content = message["role"], message["content"]
        if role == "user":
            if type(content) is str:
                out.append({"role": "user", "content": content})
                continue
            if not images:
                return None
            out.append({"role": "user", "content": [
                {"type": "text", "text": part["text"]} if part["type"] == "text" else
                {"type": "image_url", "image_url": {"url": part["image_url"]["url"]}}
                for part in content
            ]})  # fmt: skip
        elif role == "assistant":
            native: Json = {"role": "assistant", "content": content}
            if len(message) == 3:
                calls = []
                for call in message["tool_calls"]:
                    function = call["function"]
                    written = {"name": function["name"], "arguments": function["arguments"] or "{}"}
                    calls.append({"id": call["id"], "type": "function", "function": written})
                native["tool_calls"] = calls
            if talk.placeholder:
                native["reasoning_content"] = ""
            out.append(native)
        elif role == "tool":
            out.append(message.copy())
        else:
            out.append({"role": roles[role], "content": content})
    return out


def request_to_unified(body: Json, leg: Leg) -> Json | None:
    """Native request of the common shapes -> unified; None for every other one, the leg untouched."""
    dialect = dialects.of(leg)
    is_plain, rest, _, _ = survey(body)
    model = body.get("model")
    if not is_plain or not model or dialect.prefill == "continue":
        return None
    if dialect.history == "think" and any(type(one["content"]) is str and OPEN in one["content"] for one in body["messages"]):
        return None
    if dialect.bare_media and any(type(one["content"]) is list for one in body["messages"]):
        return None
    if "tools" in rest and (dialect.schemas or dialect.strict_default or not dialect.parallel_default):
        return None
    tools = rest.pop("tools", None)
    if rest or (tools is not None and not _are_plain(tools)):
        return None
    if not dialect.passes:
        if "max_tokens" in body and body.get("max_completion_tokens") is not None:
            return None
        if body.get("service_tier") is not None and body["service_tier"] not in SERVICE_TIERS:
            return None
    leg.route["model"] = model
    remember(body, leg.memo, leg.route)
    if dialect.passes:
        return body.copy()
    unified: Json = {"model": model}
    for name, value in body.items():
        if value is None or name == "model":
            continue
        if name == "messages":
            unified[name] = [_message_to_unified(message) for message in value]
        elif name == "tools":
            if value:
                unified[name] = [{"type": "function", "function": tool["function"].copy()} for tool in value]
        else:
            unified["max_completion_tokens" if name == "max_tokens" else name] = value
    return unified


def _are_plain(tools: Any) -> bool:
    """Whether all tools are functions of the common shape whose texts encode."""
    return type(tools) is list and all(map(_is_plain_tool, tools)) and not has_surrogate({"tools": tools}, "", "")


def _is_plain_tool(tool: Any) -> bool:
    if type(tool) is not dict or len(tool) != 2 or tool.get("type") != "function":
        return False
    function = tool.get("function")
    if type(function) is not dict or not function.keys() <= _SHOWN or type(function.get("name")) is not str:
        return False
    return (
        type(function.get("description", "")) is str and type(function.get("parameters", function)) is dict
        and type(function.get("strict", False)) is bool
    )  # fmt: skip


def _message_to_unified(message: Json) -> Json:
    """A fresh message; texts of parts and calls are shared."""
    content = message["content"]
    if len(message) == 2:
        if type(content) is str:
            return {"role": message["role"], "content": content}
        return {**message, "content": [part.copy() for part in content]}
    if message["role"] == "tool":
        return message.copy()
    return {**message, "tool_calls": [_call(call) for call in message["tool_calls"]]}


def _call(call: Json) -> Json:
    function = call["function"]
    return {"id": call["id"], "type": "function", "function": {"name": function["name"], "arguments": function["arguments"]}}


# --- answers


def response_to_unified(body: Json, leg: Leg) -> Json | None:
    """Native answer of the common shapes -> unified; None for every other one, the leg untouched."""
    dialect = dialects.of(leg)
    if dialect.tags or not plain_response(body, _plain_counts) or not body["id"] or not body["model"] or leg.memo.get("names") or dialect.calls_finish:
        return None
    if dialect.passes:
        return body.copy()
    counts = body.get("usage")
    usage = None
    if counts is not None:
        usage = _same_counts(counts, dialect) or usages.to_unified(counts, leg, dialect)
    out: Json = {"id": body["id"], "object": "chat.completion", "created": body["created"], "model": body["model"]}
    for name, value in body.items():
        if name == "choices":
            choice = value[0]
            message = choice["message"]
            written: Json = {"role": "assistant", "content": message["content"], "refusal": None}
            for member, held in message.items():
                if held and member not in written:
                    written[member] = [_call(call) for call in held] if member == "tool_calls" else held
            out[name] = [{"index": 0, "message": written, "logprobs": None, "finish_reason": choice["finish_reason"]}]
        elif value is not None and name not in out and name != "usage":
            if name == "service_tier" and value not in SERVICE_TIERS:
                return None
            out[name] = value
    if usage is not None:
        out["usage"] = usage
    return out


def response_to_native(response: Json, leg: Leg, dialect: Dialect) -> Json | None:
    """A surveyed answer in the dialect's form; None where it has more to say."""
    choice = response["choices"][0]
    message = choice["message"]
    if not response["id"] or not response["model"] or leg.memo.get("functions") or ("reasoning_content" in message and not dialect.answer):
        return None
    tier = response.get("service_tier")
    if dialect.passes or (tier is not None and (dialect.tiers or _SAME).get(tier) != tier):
        return None
    written: Json = {"role": "assistant", "content": message["content"], "refusal": None}
    for name, value in message.items():
        if value is None or name in written:
            continue
        if name == "reasoning_content":
            written[dialect.answer] = value
        elif value:  # calls; no annotations
            written[name] = [_call(call) for call in value]
    native: Json = {
        "id": response["id"], "object": "chat.completion", "created": response["created"], "model": response["model"],
        "choices": [{"index": 0, "message": written, "logprobs": None, "finish_reason": choice["finish_reason"]}],
    }  # fmt: skip
    for name, value in response.items():
        if value is not None and name not in native:
            if name == "usage":
                value = _same_counts(value, dialect) or usages.to_native(value, leg, dialect, (name,))
            native[name] = value
    return native


def _plain_counts(counts: Json) -> bool:
    """Whether a server's counts are right in type: those that all servers have, and further numbers (cached tokens, times)."""
    further = [name for name, value in counts.items() if name not in _COUNTED]
    if not further:
        return plain_counts(counts)
    return all(type(counts[name]) is int for name in further) and plain_counts({name: counts[name] for name in counts if name in _COUNTED})


_SAME = {word: word for word in SERVICE_TIERS}
_COUNTED = COUNTS | {"prompt_tokens_details", "completion_tokens_details"}


def _same_counts(counts: Json, dialect: Dialect) -> Json | None:
    """Counts that add up and are the same in both forms; None for all others."""
    if dialect.exclusive_counts or dialect.cached or dialect.cache_written or not COUNTS <= counts.keys() <= _COUNTED:
        return None
    prompt, completion, total = counts["prompt_tokens"], counts["completion_tokens"], counts["total_tokens"]
    if prompt + completion != total:
        return None
    out: Json = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total}
    if len(counts) > 3:
        for name in ("prompt_tokens_details", "completion_tokens_details"):
            if name in counts:
                out[name] = counts[name].copy()
    return out
