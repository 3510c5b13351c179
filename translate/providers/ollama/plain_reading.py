"""
The short way to unified: a native request or answer of the common shapes is looked at once, types and texts, where it is read.

Each function gives exactly what the long way gives, or None, the leg untouched, for everything else.
"""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg
from translate.providers.ollama.tables import (
    DURATIONS,
    OPTION_TYPES,
    OPTIONS_TO_UNIFIED,
    THINK_TO_UNIFIED,
    TOOL_SCHEMAS,
)
from translate.scrubbing import lone
from translate.shared import bag, media
from translate.shared.arguments import made_up_id, printed
from translate.shared.plain import is_clean, is_text, tools_to_unified
from translate.shared.schema_subset import GIVEN, changes
from translate.shared.timestamps import seconds_of

_FUNCTION = frozenset(("name", "description", "parameters"))
_LOOKED_AT = frozenset(("model", "messages", "stream", "tools", "think", "format", "options"))
_REQUEST_LEVEL = 7  # of the arguments of a call: body, messages, message, calls, call, function
ANSWER_LEVEL = 6  # the same in an answer or line
_SCALARS = frozenset((int, float, bool))


def request_to_unified(body: Json, leg: Leg) -> Json | None:
    """A native request of the common shapes; None for every other one."""
    model, stream = body.get("model"), body.get("stream")
    if type(model) is not str or not model or not model.isascii() or (stream is not None and type(stream) is not bool):
        return None
    messages = _messages_to_unified(body.get("messages"))
    if messages is None:
        return None
    unified: Json = {"model": model, "messages": messages}
    if stream is not False:
        unified["stream"], unified["stream_options"] = True, {"include_usage": True}
    else:
        unified["stream"] = False
    own: Json = {}
    if body.get("tools") is not None:
        tools = _tools_to_unified(body["tools"], leg.row.key)
        if tools is None:
            return None
        if tools:
            unified["tools"] = tools
    think = body.get("think")
    if think is not None:
        if think is True:
            own["think"] = unified["extra_content"] = think  # takes its place among the members
        elif think is False:
            unified["reasoning_effort"] = "none"
        elif type(think) is str and think in THINK_TO_UNIFIED:
            unified["reasoning_effort"] = THINK_TO_UNIFIED[think]
        else:
            return None
    form = body.get("format")
    if form is not None and form != "":
        if form == "json":
            unified["response_format"] = {"type": "json_object"}
        elif type(form) is dict and is_clean({"format": form}):
            unified["response_format"] = {"type": "json_schema", "json_schema": {"name": "response", "schema": form}}
        else:
            return None
    for name, value in body.items():
        if value is None or name in _LOOKED_AT:
            continue
        if name == "logprobs" or name == "top_logprobs":
            if type(value) is not (bool if name == "logprobs" else int):
                return None
            unified[name] = value
        elif name == "keep_alive":
            if type(value) is not int and (type(value) is not str or not value.isascii()):
                return None
            own[name] = unified["extra_content"] = value
        else:
            return None
    if body.get("options") is not None and not _options_to_unified(body["options"], unified, own):
        return None
    if own:
        unified["extra_content"] = {leg.row.key: own}
    leg.route.update(model=model, stream=stream is not False)
    return unified


def _options_to_unified(options: Any, unified: Json, own: Json) -> bool:
    """Writes options that have a unified name, and the scalar ones that have none into the bag."""
    if type(options) is not dict:
        return False
    rest: Json = {}
    for name, value in options.items():
        known = OPTIONS_TO_UNIFIED.get(name)
        if known is None:
            if type(value) not in _SCALARS or not is_text(name):
                return False
            rest[name] = value
        elif known == "stop":
            listed = [value] if type(value) is str else value
            if type(listed) is not list or not all(map(is_text, listed)):
                return False
            unified[known] = listed
        elif type(value) not in OPTION_TYPES[name] or (name == "num_predict" and value < 0):
            return False
        else:
            unified[known] = value
    if rest:
        own["options"] = rest
    return True


def _tools_to_unified(tools: Any, key: str) -> list[Json] | None:
    """Tools, marked where the server does not read the parameters whole."""
    listed = tools_to_unified(tools, _FUNCTION)
    for tool in listed or ():
        if changes(tool["function"].get("parameters", {}), TOOL_SCHEMAS):
            bag.put(tool["function"], key, *GIVEN)
    return listed


def _messages_to_unified(messages: Any) -> list[Json] | None:
    if type(messages) is not list or not messages:
        return None
    out: list[Json] = []
    waiting: list[tuple[str, str]] = []  # id and name of calls without a result yet
    count = 0
    for message in messages:
        if type(message) is not dict:
            return None
        role, content = message.get("role"), message.get("content")
        if type(content) is not str or not (content.isascii() or not lone(content)):
            return None
        if role == "user" or role == "system":
            if len(message) != 2:
                parts = _parts_to_unified(message, content)
                if parts is None:
                    return None
                content = parts
            out.append({"role": role, "content": content})
        elif role == "assistant":
            answer = _answer_to_unified(message, count, "", _REQUEST_LEVEL)
            if answer is None:
                return None
            if "tool_calls" in answer:
                count += len(answer["tool_calls"])
                waiting += [(call["id"], call["function"]["name"]) for call in answer["tool_calls"]]
            out.append(answer)
        elif role == "tool":
            identifier = _answered(message, waiting)
            if identifier is None:
                return None
            out.append({"role": "tool", "content": content, "tool_call_id": identifier})
        else:
            return None
    if out[-1]["role"] == "assistant":
        out[-1]["prefix"] = True
    return out


def _parts_to_unified(message: Json, text: str) -> list[Json] | None:
    """A turn of a text, or none, and images."""
    images = message.get("images")
    if len(message) != 3 or message["role"] != "user" or type(images) is not list or not images:
        return None
    parts: list[Json] = [{"type": "text", "text": text}] if text else []
    for data in images:
        if type(data) is not str or not data.isascii():
            return None
        media_type = media.sniff(data)
        if media_type is None or media_type == "audio/wav":
            return None
        parts.append({"type": "image_url", "image_url": {"url": media.data_url(media_type, data)}})
    return parts


def _answered(message: Json, waiting: list[tuple[str, str]]) -> str | None:
    """Id of the call that a result answers, by its own id or its name; None where the two do not say the same."""
    identifier, name = message.get("tool_call_id"), message.get("tool_name")
    if len(message) != 2 + ("tool_call_id" in message) + ("tool_name" in message):
        return None
    if (identifier is not None and type(identifier) is not str) or (name is not None and type(name) is not str):
        return None
    for spot, (known, called) in enumerate(waiting):
        if known == identifier if identifier else name is None or called == name:
            if name is not None and name != called:
                return None
            del waiting[spot]
            return known
    return None


def _answer_to_unified(message: Json, count: int, document: str, level: int) -> Json | None:
    """An assistant message: a text, a thinking, calls. The rest as `calls_to_unified`."""
    unified: Json = {"role": "assistant", "content": message["content"]}
    for name, value in message.items():
        if name == "role" or name == "content":
            continue
        if name == "thinking":
            if not is_text(value):
                return None
            if value:
                unified["reasoning_content"] = value
        elif name != "tool_calls":
            return None
        else:
            calls = calls_to_unified(value, count, document, level)
            if calls is None:
                return None
            if calls:
                unified["tool_calls"] = calls
    return unified


def calls_to_unified(calls: Any, count: int, document: str, level: int, streamed: bool = False) -> list[Json] | None:
    """
    Calls; in a stream their index says nothing, they are counted as they come and show the number.

    count: calls before them. document: the id that goes into made-up ones. level: of their arguments in the document.
    """
    if type(calls) is not list:
        return None
    written: list[Json] = []
    number = count
    try:
        for call in calls:
            function, size = call["function"], len(call)
            name, given = function["name"], function["arguments"]
            if type(given) is not dict or type(name) is not str or not name.isascii() or size > 3:
                return None
            if len(function) != 2:
                index = function["index"]
                if len(function) != 3 or type(index) is not int or (not streamed and index != number - count):
                    return None
            arguments = printed(given, level)
            if arguments is None or (size == 3 and call["type"] != "function"):
                return None
            identifier = call["id"] if size != 1 else None
            if identifier:
                if type(identifier) is not str or not identifier.isascii():
                    return None
            elif identifier is None or identifier == "":
                identifier = made_up_id(document, number, name, arguments)
            else:
                return None
            inner = {"name": name, "arguments": arguments}
            if streamed:
                written.append({"index": number, "id": identifier, "type": "function", "function": inner})
            else:
                written.append({"id": identifier, "type": "function", "function": inner})
            number += 1
    except (KeyError, TypeError):  # another shape
        return None
    return written


_FINISHED = frozenset(("stop", "length"))
_RESPONSE = frozenset(("model", "created_at", "message", "done", "done_reason", "prompt_eval_count", "eval_count"))


def response_to_unified(body: Json, leg: Leg) -> Json | None:
    """A native answer of the common shapes; None for every other one."""
    model, created_at, native, reason = body.get("model"), body.get("created_at"), body.get("message"), body.get("done_reason")
    if type(model) is not str or not model or not model.isascii() or type(created_at) is not str or not created_at.isascii():
        return None
    if body.get("done") is not True or type(reason) is not str or reason not in _FINISHED or type(native) is not dict:
        return None
    content, (created, is_exact) = native.get("content"), seconds_of(created_at)
    if native.get("role") != "assistant" or not is_text(content) or created is None:
        return None
    own: Json = {}
    for name, value in body.items() if not is_exact or not body.keys() <= _RESPONSE else ():
        if name == "created_at":
            if not is_exact:
                own[name] = value
        elif name in DURATIONS:
            if type(value) is not int:
                return None
            own[name] = value
        elif name not in _RESPONSE:
            return None
    identifier = leg.options.id or "chatcmpl-0"
    message = _answer_to_unified(native, 0, identifier, ANSWER_LEVEL)
    if message is None:
        return None
    if not content:
        message["content"] = None
    message["refusal"] = None
    finish = "tool_calls" if reason == "stop" and "tool_calls" in message else reason
    unified: Json = {
        "id": identifier, "object": "chat.completion", "created": created, "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
    }  # fmt: skip
    if "prompt_eval_count" in body or "eval_count" in body:
        prompt, completion = body.get("prompt_eval_count", 0), body.get("eval_count", 0)
        if type(prompt) is not int or type(completion) is not int:
            return None
        unified["usage"] = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    if own:
        unified["extra_content"] = {leg.row.key: own}
    return unified
