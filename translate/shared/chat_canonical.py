"""
The one spelling of a chat document: unified, and what every OpenAI-compatible server speaks.

Requests: nulls, empty lists and documented defaults dropped; `max_tokens`, `user`, `functions`, `function_call`, the `reasoning`
aliases and cache breakpoints in their canonical names; developer is system; neighbouring system messages, and neighbouring user
messages without a name, are one; string content is a list with one text part; arguments are parsed.
Responses: made-up heads, null members, empty lists, zero details dropped; arguments parsed. Events: nulls and padding dropped.
Schemas, metadata and bags stay as they are.
"""

from __future__ import annotations

import json
from typing import Any

from translate.errors import InvalidDocument
from translate.leg import DEFAULTS, Json, Leg
from translate.loss import Losses
from translate.registry import Format
from translate.shared.arguments import made_up_id
from translate.shared.repair import prepare

# Documented defaults of the request: what a server does that is not told.
DEFAULT_VALUES: dict[str, Any] = {
    "stream": False, "store": False, "logprobs": False, "n": 1, "temperature": 1, "top_p": 1, "frequency_penalty": 0,
    "presence_penalty": 0, "parallel_tool_calls": True, "service_tier": "auto", "modalities": ["text"],
    "response_format": {"type": "text"}, "model": "", "repetition_penalty": 1,
}  # fmt: skip
OPAQUE = frozenset(("metadata", "extra_content", "logit_bias", "moderation"))
MARK = "cache_control"


def canonical(document: Any, kind: str, row: Format) -> Any:
    """The one spelling; see the head of this module. Raises: InvalidDocument for a request without messages."""
    if kind == "request":
        return request(document, row)
    if kind == "response":
        return response(document)
    return error(document) if kind == "error" else event(document)


def tidy(value: Any) -> Any:
    """Without null members and empty lists, at every level."""
    if type(value) is dict:
        out: Json = {}
        for name, member in value.items():
            if member is None:
                continue
            if name in OPAQUE or name == "parameters" or name == "schema":
                if member != {}:
                    out[name] = member
                continue
            member = tidy(member) if type(member) is dict or type(member) is list else member
            if member != [] or type(member) is not list:
                out[name] = member
        return out
    if type(value) is list:
        return [tidy(member) for member in value]
    return value


def same(value: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


# --- requests


def request(document: Json, row: Format) -> Json:
    """A request."""
    leg = Leg(row, "request", True, DEFAULTS, Losses("unified"))
    document = prepare(document, leg)
    out: Json = {}
    for name, value in document.items():
        if value is None or name == "stream_options" or name == "messages":
            continue
        if name == "stop" and type(value) is str:
            value = [value]
        elif name == "user" and document.get("safety_identifier") is None:
            name = "safety_identifier"
        elif name == "max_tokens":
            name = "max_completion_tokens"
        if name in DEFAULT_VALUES and same(value, DEFAULT_VALUES[name]):
            continue
        if name not in OPAQUE:
            value = tidy(value)
        if value == [] or value == {}:
            continue
        out[name] = value
    if type(out.get("tools")) is list:
        out["tools"] = [_tool(tool) for tool in out["tools"]]
    choice = out.get("tool_choice")
    if type(choice) is dict:
        out["tool_choice"] = _typed(choice, ("function", "custom", "allowed_tools"))
    elif choice == ("auto" if out.get("tools") else "none"):
        del out["tool_choice"]
    schema = out["response_format"].get("json_schema") if type(out.get("response_format")) is dict else None
    if type(schema) is dict:
        made_up = [name for name, value in (("strict", False), ("name", "response")) if schema.get(name) == value]
        if made_up:
            out["response_format"] = {**out["response_format"], "json_schema": _without(schema, *made_up)}
    messages = document.get("messages")
    if type(messages) is not list:
        raise InvalidDocument(format=row.name, kind="request", path="/messages", expected="array", got="nothing")
    out["messages"] = _merged([_message(message) for message in messages])
    return out


def _typed(value: Json, words: tuple[str, ...]) -> Json:
    """With its `type`, which the one member that is an object tells."""
    if "type" not in value:
        for word in words:
            if word in value:
                return {"type": word, **value}
    return value


def _without(value: Json, *names: str) -> Json:
    return {name: member for name, member in value.items() if name not in names}


def _tool(tool: Any) -> Any:
    if type(tool) is not dict:
        return tool
    tool = _typed(tool, ("function", "custom"))
    function = tool.get("function")
    if type(function) is dict:
        if function.get("strict") is False:
            function = _without(function, "strict")
        if function.get("description") == "":
            function = _without(function, "description")
        if MARK in function:  # on the function or beside it: one mark
            tool = {**tool, MARK: function[MARK]}
            function = _without(function, MARK)
        tool = {**tool, "function": function}
    custom = tool.get("custom")
    if type(custom) is dict and custom.get("format") == {"type": "text"}:
        tool = {**tool, "custom": _without(custom, "format")}
    return tool


def _message(message: Any) -> Any:
    if type(message) is not dict:
        return message
    message = tidy(message)
    out: Json = {}
    for name, value in message.items():
        if name == "role":
            value = "system" if value == "developer" else value
        elif name == "content":
            value = [{"type": "text", "text": value}] if type(value) is str else value
            if type(value) is list:
                value = [_part(part) for part in value]
                if all(type(part) is dict and part == {"type": "text", "text": ""} for part in value):
                    continue
        elif name == "tool_calls":
            value = [_call(call) for call in value] if type(value) is list else value
        elif name in ("is_error", "prefix"):
            if value is False:
                continue
        elif name == "reasoning_details":
            value = _entries(value)
        elif name == "images":
            value = _numbered(value)
        elif name in ("refusal", "reasoning_content", "name") and value == "":
            continue
        out[name] = value
    _refusal_part(out)
    if out.get("role") != "tool":
        _mark(out)
    return out


def _refusal_part(message: Json) -> None:
    """A refusal as the last part of an assistant's content is the refusal."""
    content = message.get("content")
    if message.get("role") == "assistant" and type(content) is list and content and "refusal" not in message:
        last = content[-1]
        if type(last) is dict and last.keys() == {"type", "refusal"} and last["type"] == "refusal":
            message["refusal"] = last["refusal"]
            message["content"] = content[:-1]
            if not message["content"]:
                del message["content"]


def _mark(message: Json) -> None:
    """A cache mark on a message means its last block."""
    mark = message.get(MARK)
    for name in ("tool_calls", "content"):
        blocks = message.get(name)
        if mark is not None and type(blocks) is list and blocks and type(blocks[-1]) is dict:
            del message[MARK]
            message[name] = [*blocks[:-1], {**blocks[-1], MARK: blocks[-1].get(MARK, mark)}]
            return


def _part(part: Any) -> Any:
    if type(part) is not dict:
        return part
    image = part.get("image_url")
    if type(image) is dict and image.get("detail") == "auto":
        return {**part, "image_url": _without(image, "detail")}
    return part


def _call(call: Any) -> Any:
    if type(call) is not dict:
        return call
    call = _typed(_without(call, "index"), ("function", "custom"))
    function = call.get("function")
    if type(function) is dict:
        call = {**call, "function": {**function, "arguments": _parsed(function.get("arguments"))}}
    return call


def _parsed(arguments: Any) -> Any:
    """JSON text -> its value; other text as it stands."""
    if arguments is None or arguments == "":
        return {}
    if type(arguments) is not str:
        return arguments
    try:
        return json.loads(arguments)
    except (ValueError, RecursionError):
        return {} if not arguments.strip() else arguments


def _entries(entries: Any) -> Any:
    if type(entries) is not list:
        return entries
    return [
        {"type": "reasoning.text", **entry, "index": number} if type(entry) is dict else entry
        for number, entry in enumerate(entries)
    ]


def _numbered(images: Any) -> Any:
    if type(images) is not list:
        return images
    return [
        {"type": "image_url", **image, "index": number} if type(image) is dict else image
        for number, image in enumerate(images)
    ]


def _merged(messages: list[Any]) -> list[Any]:
    """Runs of neighbouring system messages, and of neighbouring user messages without a name, as one."""
    out: list[Any] = []
    for message in messages:
        last = out[-1] if out else None
        if (
            type(message) is dict and type(last) is dict and message.get("role") in ("system", "user")
            and message.get("role") == last.get("role") and message.keys() <= {"role", "content"}
            and last.keys() <= {"role", "content"}
            and isinstance(message.get("content", []), list) and isinstance(last.get("content", []), list)
        ):  # fmt: skip
            joined = [*last.get("content", ()), *message.get("content", ())]
            out[-1] = {"role": message["role"], **({"content": joined} if joined else {})}
        else:
            out.append(message)
    return out


# --- responses and events


def response(document: Json) -> Json:
    """A response."""
    out = _head(tidy(document))
    choices = out.get("choices")
    if type(choices) is list:
        identifier = document.get("id")
        out["choices"] = [
            _choice(choice, number, identifier if type(identifier) is str else "") for number, choice in enumerate(choices)
        ]
    return out


def _head(document: Json) -> Json:
    """Without what was made up and without padding."""
    out: Json = {}
    for name, value in document.items():
        if name == "object" or name == "obfuscation":
            continue
        if (name == "id" and value in ("", "chatcmpl-0")) or (name == "created" and same(value, 0)):
            continue
        if name == "model" and value == "":
            continue
        if name == "created" and type(value) is str and value.isdecimal() and len(value) < 16:
            value = int(value)
        if name == "usage" and type(value) is dict:
            value = usage(value)
            if not value:
                continue
        out[name] = value
    return out


def usage(counts: Json) -> Json:
    """Counts without zero details; nothing when all are zero."""
    out: Json = {}
    for name, value in counts.items():
        if name in ("prompt_tokens_details", "completion_tokens_details") and type(value) is dict:
            value = {part: count for part, count in value.items() if not same(count, 0)}
            if not value:
                continue
        out[name] = value
    prompt, completion = out.get("prompt_tokens"), out.get("completion_tokens")
    if "total_tokens" not in out and type(prompt) is int and type(completion) is int:
        out["total_tokens"] = prompt + completion
    return {} if all(same(value, 0) for value in out.values()) else out


def _choice(choice: Any, number: int, identifier: str) -> Any:
    if type(choice) is not dict:
        return choice
    out: Json = {"index": number, **choice}
    if out.get("finish_reason") == "function_call":
        out["finish_reason"] = "tool_calls"
    if out.get("finish_reason") == "":
        del out["finish_reason"]
    if out.get("logprobs") == {}:
        del out["logprobs"]
    message = out.get("message")
    if type(message) is dict:
        out["message"] = _answer(message, "" if identifier == "chatcmpl-0" else identifier)
        if not out["message"]:
            del out["message"]
    return out


def _answer(message: Json, identifier: str) -> Json:
    out: Json = {}
    for name, value in message.items():
        if name == "role" and value == "assistant":
            continue
        if name == "reasoning" and type(value) is str:
            name, value = "reasoning_content", message.get("reasoning_content", value)
        if value == "" and name in ("content", "refusal", "reasoning_content"):
            continue
        if name == "tool_calls":
            value = [_call(call) for call in value] if type(value) is list else value
        elif name == "function_call" and type(value) is dict:
            arguments = value.get("arguments")
            text = arguments if type(arguments) is str else ""
            call = {"id": made_up_id(identifier, 0, str(value.get("name")), text), "type": "function", "function": value}
            out["tool_calls"] = [_call(call), *out.get("tool_calls", ())]
            continue
        elif name == "reasoning_details":
            value = _entries(value)
        elif name == "images":
            value = _numbered(value)
        out[name] = value
    return out


def event(document: Json) -> Json:
    """A chunk: fragments stay fragments."""
    if document.get("error") is not None and not document.get("choices"):
        return error(document)
    out = _head(tidy(document))
    choices = out.get("choices")
    if type(choices) is list:
        out["choices"] = [_chunk_choice(choice) for choice in choices]
    return out


def _chunk_choice(choice: Any) -> Any:
    if type(choice) is not dict:
        return choice
    out = {name: value for name, value in choice.items() if not (name == "finish_reason" and value == "")}
    delta = out.get("delta")
    if type(delta) is dict:
        fresh: Json = {}
        for name, value in delta.items():
            if name == "reasoning" and type(value) is str:
                name, value = "reasoning_content", delta.get("reasoning_content", value)
            if value != "" or name not in ("content", "refusal", "reasoning_content"):
                fresh[name] = value
        out["delta"] = fresh
    if out.get("logprobs") == {}:
        del out["logprobs"]
    return out


def error(document: Any) -> Json:
    """An error body in the form `{"error": {...}}`."""
    if type(document) is list:
        document = document[0] if document and type(document[0]) is dict else {}
    held = document.get("error")
    if type(held) is str:
        held = {"message": held, **_without(document, "error")}
        document = {}
    elif type(held) is not dict:
        held, document = _without(document, "error"), {}
    return {"error": tidy(held), **tidy(_without(document, "error"))}
