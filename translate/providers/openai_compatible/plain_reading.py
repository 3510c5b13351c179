"""
The short way of requests on their way to unified: what the survey knows, thoughts and names in the history, and further members
for the bag.

It gives exactly what the long way gives, or None when there is more to say of such a request.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from translate.leg import Json, Leg
from translate.providers.openai_compatible import dialects
from translate.providers.openai_compatible.dialects import Dialect
from translate.providers.openai_compatible.plain_answers import entry_to_unified
from translate.providers.openai_compatible.plain_parts import are_words, reasoning_to_unified, unlisted
from translate.providers.openai_compatible.tables import SERVICE_TIERS, UNIFIED_FIELDS
from translate.providers.openai_compatible.think_tags import OPEN
from translate.providers.openai_compatible.tools import format_to_unified
from translate.scrubbing import is_clean
from translate.shared import bag
from translate.shared.chat_legacy import remember
from translate.shared.plain import is_text
from translate.shared.repair import TOP_ALIASES
from translate.shared.schema_subset import changes
from translate.shared.system_parts import MARK
from translate.survey import is_plain_format, odd_messages, survey

_SHOWN = frozenset(("name", "description", "parameters", "strict"))
_BESIDE = frozenset(("reasoning_content", "reasoning", "reasoning_details", "name"))
# Members of requests that say something together with others, whatever their value.
_LONG = UNIFIED_FIELDS | TOP_ALIASES | {"extra_body", "continue_final_message", "add_generation_prompt"}


def to_unified(body: Json, leg: Leg) -> Json | None:
    """Native request of the common shapes -> unified; None for every other one, the leg untouched."""
    dialect = dialects.of(leg)
    asked = body
    if not _LEGACY.isdisjoint(body):
        body = _renewed(body)
        if not body or dialect.passes:
            return None
    is_plain, rest, odd, echoed, _ = survey(body)
    model = body.get("model")
    if not model or not (is_plain or dialect.history != "think"):
        return None
    if odd:
        bare = _bared(body.get("messages"), odd)
        if bare is None or (bare.listed and dialect.bare_media):
            return None
        if bare.silent and not dialect.passes:
            body, is_plain = {**body, "messages": bare.messages}, True
    elif not is_plain and not echoed:
        return None
    if (dialect.bare_media or dialect.history == "think") and _says_more(body["messages"], dialect):
        return None
    if rest and not _are_members(rest, dialect):
        return None
    if body.get("reasoning") is not None and _contradicts(body):
        return None
    if not dialect.passes:
        if "max_tokens" in body and "max_completion_tokens" in body:
            return None
        if body.get("service_tier") is not None and body["service_tier"] not in SERVICE_TIERS:
            return None
    leg.route["model"] = model
    remember(asked, leg.memo, leg.route)
    if dialect.passes:
        return body.copy()
    key = leg.row.key
    unified: Json = {"model": model}
    for name, value in body.items():
        if value is None or name == "model":
            continue
        if name == "messages":
            # Nearly all messages are a role and a text: they cost no call.
            other = _message_to_unified if is_plain else _opened_to_unified
            unified[name] = [
                {"role": message["role"], "content": message["content"]}
                if len(message) == 2 and type(message.get("content")) is str else other(message)
                for message in value
            ]  # fmt: skip
        elif name == "tools":
            if value and dialect.strict_default:
                unified[name] = [{"type": "function", "function": {**tool["function"], "strict": tool["function"].get("strict", True)}} for tool in value]
            elif value:
                unified[name] = [{"type": "function", "function": tool["function"].copy()} for tool in value]
        elif name == "response_format":
            unified[name] = format_to_unified(value, dialect)
        elif name == "max_tokens":
            unified["max_completion_tokens"] = value
        elif name == "tool_choice" and value == "any":
            unified[name] = "required"
        elif name == "reasoning":
            reasoning_to_unified(value, unified)
        elif name in UNIFIED_FIELDS:
            unified[name] = value
        else:
            bag.put(unified, key, name, value)
    if "tools" in unified and not dialect.parallel_default:
        unified.setdefault("parallel_tool_calls", False)
    return unified


_LEGACY = frozenset(("functions", "function_call"))


def _renewed(body: Json) -> Json:
    """A request with the newer names of functions and their choice; an empty one where both are there, or they are of no common shape."""
    functions, choice = body.get("functions"), body.get("function_call")
    if "tools" in body or "tool_choice" in body or (functions is not None and type(functions) is not list):
        return {}
    if type(choice) is dict:
        if len(choice) != 1 or "name" not in choice:
            return {}
        choice = {"type": "function", "function": choice}
    tools = [{"type": "function", "function": function} for function in functions or ()]
    return {
        "tools" if name == "functions" else "tool_choice" if name == "function_call" else name:
        tools if name == "functions" else choice if name == "function_call" else value
        for name, value in body.items()
    }  # fmt: skip


def _are_members(rest: Json, dialect: Dialect) -> bool:
    """Whether members that the survey leaves open are common ones, the dialect's own, or none at all."""
    loose: Json = {}  # values of any shape, whose texts are looked at together
    for name, value in rest.items():
        if name == "modalities" and are_words(value):
            continue
        if name == "tools":
            if type(value) is not list or not all(map(_is_plain_tool, value)):
                return False
        elif name == "response_format":
            if not is_plain_format(value):
                return False
            schema = value.get("json_schema", {}).get("schema")
            if schema and dialect.schemas and changes(schema, dialect.schemas):
                return False
        elif name in _LONG or name in dialect.rename.values():
            return False
        loose[name] = value
    if loose and not is_clean(loose):
        return False
    tools = rest.get("tools")
    return not (tools and dialect.schemas and any(changes(tool["function"].get("parameters") or {}, dialect.schemas) for tool in tools))


def _contradicts(body: Json) -> bool:
    """Whether settings of reasoning may say something else than those beside or among them."""
    return "reasoning_effort" in body or "thinking" in body or ("effort" in body["reasoning"] and "enabled" in body["reasoning"])


_SPELLINGS = ("data:", "https://", "http://")


def _says_more(messages: list[Json], dialect: Dialect) -> bool:
    """Whether surveyed messages have thoughts between tags, or images that do not say what they are (bare base64)."""
    tagged, bare_media = dialect.history == "think", dialect.bare_media
    for message in messages:
        content = message.get("content")
        if type(content) is str:
            if tagged and OPEN in content:
                return True
        elif bare_media and content is not None:
            for part in content:
                if part["type"] != "text" and not part["image_url"]["url"].startswith(_SPELLINGS):
                    return True
    return False


class Bared(NamedTuple):
    """
    Messages without thoughts, names and marks. silent: these say nothing (an empty thought is how some servers want a turn).

    listed: some have marks, or lists of parts that the survey does not know.
    """

    messages: list[Json]
    silent: bool
    listed: bool


def _bared(messages: Any, odd: list[Any]) -> Bared | None:
    """The messages without thoughts, names and marks of the odd ones; None where the survey would not know them."""
    out: list[Any] = []
    silent, listed = True, False
    at, last = 0, len(odd)
    for message in messages if type(messages) is list else ():
        if at == last or message is not odd[at]:
            out.append(message)
            continue
        at += 1
        if type(message) is dict and (MARK in message or type(message.get("content")) is list):
            shown = unlisted(message)
            if shown is None:
                return None
            if shown is not message:
                message, listed = shown, True
        if type(message) is dict and len(message) > 2 and not _BESIDE.isdisjoint(message):
            if message.get("reasoning_content") == "" and message.get("role") == "assistant":
                message = message.copy()
                del message["reasoning_content"]
            if not _BESIDE.isdisjoint(message):
                message, silent = _bare(message), False
                if message is None:
                    return None
        out.append(message)
    odd, paired, echoed = odd_messages(out)
    return Bared(out, silent and not echoed and not listed, listed) if paired and not odd else None


def _bare(message: Json) -> Json | None:
    """A message without thoughts and name; None for thoughts of others, names of tools, and what is not right in type."""
    role = message.get("role")
    if role != "assistant":
        if role == "tool" or len(message) != 3 or not is_text(message.get("name")):
            return None
        return {"role": role, "content": message.get("content")}
    rest: Json = {}
    thoughts = 0
    for name, value in message.items():
        if name == "reasoning_content" or name == "reasoning":
            if value is not None and value != "":
                thoughts += 1
                if thoughts > 1 or not is_text(value):
                    return None
        elif name == "reasoning_details":
            if value is not None and (type(value) is not list or any(entry_to_unified(entry, 0) is None for entry in value)):
                return None
        elif name != "name":
            rest[name] = value
        elif not is_text(value):
            return None
    return rest


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
    if len(message) == 2:
        return {**message, "content": [part.copy() for part in message["content"]]}
    if message["role"] == "tool":
        return message.copy()
    return {**message, "tool_calls": [_call(call) for call in message["tool_calls"]]}


def _opened_to_unified(message: Json) -> Json:
    """A message with thoughts, a name, a mark, a list of parts, or members that say nothing, in its own order."""
    role = message["role"]
    if (role == "tool" and type(message["content"]) is str) or (role != "assistant" and len(message) == 2):
        return _message_to_unified(message)
    out: Json = {}
    for name, value in message.items():
        if (value is None and name != "content") or name == "annotations":
            continue
        if name == "tool_calls":
            out[name] = [_call(call) for call in value]
        elif name == "reasoning" or name == "reasoning_content":
            if value:
                out["reasoning_content"] = value
        elif name == "reasoning_details":
            if value:
                out[name] = [entry_to_unified(entry, number) for number, entry in enumerate(value)]
        elif name == "content" and type(value) is list:
            out[name] = [part.copy() for part in value]
        else:
            out[name] = value
    out.setdefault("content", None)
    return out


def _call(call: Json) -> Json:
    function = call["function"]
    return {"id": call["id"], "type": "function", "function": {"name": function["name"], "arguments": function["arguments"]}}
