"""
The short way: requests and answers of the shapes that nearly all have, converted in one walk.

`request_to_native` and `response_to_native` take what the survey knows (`Leg.plain`) without a look at what can not be there;
`request_to_unified` and `response_to_unified` check a native document's types and texts where they write. Each gives exactly
what the long way gives, or None, the leg untouched, where that has more to say.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from translate.errors import InvalidDocument
from translate.leg import Json, Leg
from translate.providers.cohere.tables import (
    FINISH_REASON_TO_NATIVE,
    FINISH_REASON_TO_UNIFIED,
    LONGEST_NAME,
    MOST_STOP_SEQUENCES,
    NUMBERS,
    REFUSED_IN_NAMES,
    TOOL_CHOICE_TO_NATIVE,
    TOOL_CHOICE_TO_UNIFIED,
)
from translate.scrubbing import has_surrogate, lone

_FUNCTION = frozenset(("name", "description", "parameters", "strict"))
_STREAM_OPTIONS = frozenset(("include_usage", "include_obfuscation"))


@lru_cache(maxsize=4096)
def fits(name: str) -> bool:
    """Whether Cohere takes a tool's name as it is: the same few come again and again."""
    return 0 < len(name) <= LONGEST_NAME and not REFUSED_IN_NAMES.search(name)


# --- unified -> native


def request_to_native(request: Json, leg: Leg, path: str) -> Json | None:
    """A surveyed request whose other members are common ones; None for every other one."""
    model = request.get("model")
    if not model or type(model) is not str:
        return None
    messages = messages_to_native(request["messages"])
    if messages is None:
        return None
    native: Json = {"model": model, "messages": messages}
    numbers: Json = {}
    copied: Json = {}
    stop = choice = tools = None
    for name, value in request.items():
        if value is None or name == "messages" or name == "model":
            continue
        if name in NUMBERS:
            target, low, high = NUMBERS[name]
            if (type(value) is not int and type(value) is not float) or not low <= value <= high:
                return None
            numbers[target] = value
        elif name == "max_completion_tokens" or (name == "max_tokens" and "max_completion_tokens" not in request):
            copied["max_tokens"] = value
        elif name == "stream" or name == "logprobs":
            copied[name] = value
        elif name == "tools":
            tools = value
        elif name == "tool_choice":
            choice = value
        elif name == "stop":
            stop = value
        elif name == "stream_options":
            if type(value) is not dict or not value.keys() <= _STREAM_OPTIONS:
                return None
        elif not (name == "n" and value == 1 and type(value) is int) and not (name == "parallel_tool_calls" and value is True):
            return None
    if (tools or choice is not None) and not _tools_to_native(tools, choice, native):
        return None
    if len(numbers) == 1:
        native.update(numbers)
    elif numbers:
        for target, _, _ in NUMBERS.values():
            if target in numbers:
                native[target] = numbers[target]
    if stop is not None:
        if type(stop) is str:
            native["stop_sequences"] = [stop]
        elif type(stop) is not list or len(stop) > MOST_STOP_SEQUENCES:
            return None
        elif stop:
            native["stop_sequences"] = stop.copy()
    native.update(copied)
    if not leg.memo.get("model"):
        leg.memo["model"] = model
    leg.route.update(model=model, stream=request.get("stream") is True, path=path, query={}, headers={})
    return native


def messages_to_native(messages: list[Any]) -> list[Json] | None:
    """Surveyed messages; None where one is empty or a name has to be fitted."""
    out: list[Json] = []
    for message in messages:
        role, content = message["role"], message["content"]
        if len(message) == 2:
            if type(content) is str:
                if not content:
                    return None
                out.append({"role": "system" if role == "developer" else role, "content": content})
                continue
            blocks: list[Json] = []
            for part in content:
                if part["type"] == "image_url":
                    blocks.append({"type": "image_url", "image_url": {"url": part["image_url"]["url"]}})
                elif part["text"]:
                    blocks.append({"type": "text", "text": part["text"]})
                else:
                    return None
            out.append({"role": role, "content": blocks})
        elif role == "tool":
            out.append({"role": "tool", "content": content, "tool_call_id": message["tool_call_id"]})
        else:
            calls: list[Json] = []
            for call in message["tool_calls"]:
                function = call["function"]
                name = function["name"]
                if not fits(name):
                    return None
                calls.append({"id": call["id"], "type": "function", "function": {"name": name, "arguments": function["arguments"] or "{}"}})
            if content:
                out.append({"role": "assistant", "content": content, "tool_calls": calls})
            else:
                out.append({"role": "assistant", "tool_calls": calls})
    return out


def _tools_to_native(tools: Any, choice: Any, native: Json) -> bool:
    """Writes tools and choice; False where they are not the common ones."""
    if tools is not None and type(tools) is not list:
        return False
    listed: list[Json] = []
    for tool in tools or ():
        if type(tool) is not dict or len(tool) != 2 or tool.get("type") != "function":
            return False
        function = tool.get("function")
        if type(function) is not dict or not function.keys() <= _FUNCTION or function.get("strict"):
            return False
        name, description, parameters = function.get("name"), function.get("description"), function.get("parameters")
        if type(name) is not str or not fits(name):
            return False
        written: Json = {"name": name}
        if description is not None:
            if type(description) is not str:
                return False
            written["description"] = description
        if parameters is not None and type(parameters) is not dict:
            return False
        written["parameters"] = {"type": "object", "properties": {}} if parameters is None else parameters
        listed.append({"type": "function", "function": written})
    if listed:
        native["tools"] = listed
    if choice is not None and choice != "auto":
        word = TOOL_CHOICE_TO_NATIVE.get(choice) if type(choice) is str else None
        if word is None or (not listed and word != "NONE"):
            return False
        if listed:
            native["tool_choice"] = word
    return True


# --- native -> unified


_COPIED = {
    "max_tokens": ("max_completion_tokens", frozenset((int,))), "seed": ("seed", frozenset((int,))),
    "temperature": ("temperature", frozenset((int, float))), "p": ("top_p", frozenset((int, float))),
    "k": ("top_k", frozenset((int,))), "frequency_penalty": ("frequency_penalty", frozenset((int, float))),
    "presence_penalty": ("presence_penalty", frozenset((int, float))), "logprobs": ("logprobs", frozenset((bool,))),
}  # fmt: skip
_SHOWN = frozenset(("name", "description", "parameters"))


def request_to_unified(body: Json, leg: Leg) -> Json | None:
    """A native request of the common shapes; None for every other one."""
    model, stream = body.get("model"), body.get("stream")
    if type(model) is not str or not model or not model.isascii():
        return None
    messages = _messages_to_unified(body.get("messages"), leg.row.key)
    if messages is None:
        return None
    unified: Json = {"model": model, "messages": messages}
    copied: Json = {}
    for name, value in body.items():
        if name in _COPIED:
            target, kinds = _COPIED[name]
            if type(value) not in kinds:
                return None
            copied[target] = value
        elif name == "stop_sequences":
            if type(value) is not list or not all(map(_encodes, value)):
                return None
            copied["stop"] = value
        elif name not in _LOOKED_AT:
            return None
    if stream is not None:
        if type(stream) is not bool:
            return None
        unified["stream"] = stream
        if stream:
            unified["stream_options"] = {"include_usage": True}
    if "tools" in body:
        tools = _tools_to_unified(body["tools"])
        if not tools:
            return None
        unified["tools"] = tools
    if "tool_choice" in body:
        choice = body["tool_choice"]
        if type(choice) is not str or choice not in TOOL_CHOICE_TO_UNIFIED:
            return None
        unified["tool_choice"] = TOOL_CHOICE_TO_UNIFIED[choice]
    unified.update(copied)
    leg.route.update(model=model, stream=stream is True)
    return unified


_LOOKED_AT = frozenset(("model", "messages", "stream", "tools", "tool_choice"))


def _encodes(value: Any) -> bool:
    return type(value) is str and (value.isascii() or not lone(value))


def clean(holder: Json) -> bool:
    """Whether values of any shape, held as the document holds them, need no scrubbing."""
    try:
        return not has_surrogate(holder, "", "")
    except InvalidDocument:
        return False


def _tools_to_unified(tools: Any) -> list[Json] | None:
    if type(tools) is not list or not clean({"tools": tools}):
        return None
    listed: list[Json] = []
    for tool in tools:
        if type(tool) is not dict or len(tool) != 2 or tool.get("type") != "function":
            return None
        function = tool.get("function")
        if type(function) is not dict or not function.keys() <= _SHOWN or type(function.get("name")) is not str:
            return None
        if type(function.get("description", "")) is not str or type(function.get("parameters", function)) is not dict:
            return None
        listed.append({"type": "function", "function": function.copy()})
    return listed


def _messages_to_unified(messages: Any, key: str) -> list[Json] | None:
    if type(messages) is not list:
        return None
    out: list[Json] = []
    for message in messages:
        if type(message) is not dict:
            return None
        role, content, size = message.get("role"), message.get("content"), len(message)
        if role == "user" or role == "system":
            if size != 2:
                return None
            if type(content) is str:
                if not content.isascii() and lone(content):
                    return None
                out.append({"role": role, "content": content})
                continue
            parts = _parts_to_unified(content)
            if parts is None:
                return None
            out.append({"role": role, "content": parts})
        elif role == "assistant":
            answer = _answer_to_unified(message, key)
            if answer is None:
                return None
            out.append(answer)
        elif role == "tool":
            identifier = message.get("tool_call_id")
            if size != 3 or type(identifier) is not str or not identifier.isascii():
                return None
            if type(content) is not str or not (content.isascii() or not lone(content)):
                return None
            out.append({"role": "tool", "content": content, "tool_call_id": identifier})
        else:
            return None
    return out


def _parts_to_unified(blocks: Any) -> list[Json] | None:
    """Texts and images of a system or user turn."""
    if type(blocks) is not list:
        return None
    parts: list[Json] = []
    for block in blocks:
        if type(block) is not dict or len(block) != 2:
            return None
        kind = block.get("type")
        if kind == "text":
            text = block.get("text")
            if type(text) is not str or not (text.isascii() or not lone(text)):
                return None
            parts.append({"type": "text", "text": text})
        elif kind == "image_url":
            image = block.get("image_url")
            if type(image) is not dict or len(image) != 1:
                return None
            url = image.get("url")
            if type(url) is not str or not url.isascii():
                return None
            parts.append({"type": "image_url", "image_url": {"url": url}})
        else:
            return None
    return parts


_ANSWER = frozenset(("role", "content", "tool_calls", "tool_plan"))


def _answer_to_unified(message: Json, key: str) -> Json | None:
    """An assistant message: a text, or a thinking and a text; calls; a plan where there is no thinking."""
    if not message.keys() <= _ANSWER:
        return None
    content, thinking = message.get("content"), None
    if type(content) is list:
        blocks = content
        content = None
        for block in blocks:
            if type(block) is not dict or len(block) != 2 or content is not None:
                return None
            kind = block.get("type")
            if kind == "text":
                content = block.get("text")
                if not content or not _encodes(content):
                    return None
            elif kind == "thinking" and thinking is None:
                thinking = block.get("thinking")
                if not thinking or not _encodes(thinking):
                    return None
            else:
                return None
    elif content is not None and not _encodes(content):
        return None
    unified: Json = {"role": "assistant", "content": content or None}
    if thinking is not None:
        unified["reasoning_content"] = thinking
    calls = message.get("tool_calls")
    if calls:
        if type(calls) is not list:
            return None
        written: list[Json] = []
        for call in calls:
            if type(call) is not dict or len(call) != 3 or call.get("type") != "function":
                return None
            identifier, function = call.get("id"), call.get("function")
            if type(identifier) is not str or not identifier or type(function) is not dict or len(function) != 2:
                return None
            name, arguments = function.get("name"), function.get("arguments")
            if type(name) is not str or type(arguments) is not str or not (arguments.isascii() or not lone(arguments)):
                return None
            if not identifier.isascii() or not name.isascii():
                return None
            written.append({"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}})
        unified["tool_calls"] = written
    elif calls is not None and type(calls) is not list:
        return None
    plan = message.get("tool_plan")
    if plan is not None:
        if not plan or thinking is not None or not _encodes(plan):
            return None
        unified["extra_content"] = {key: {"tool_plan": plan}}
        unified["reasoning_content"] = plan
    return unified


# --- answers


_FINISHED = {finish: FINISH_REASON_TO_NATIVE[finish] for finish in ("stop", "length", "tool_calls")}


def response_to_native(response: Json) -> Json | None:
    """A surveyed answer, its `id` for the caller to fill in; None for one that has more to say."""
    choice = response["choices"][0]
    message = choice["message"]
    finish = _FINISHED.get(choice["finish_reason"])
    if finish is None:
        return None
    answer: Json = {"role": "assistant"}
    content, thinking, calls = message["content"], message.get("reasoning_content"), message.get("tool_calls")
    if thinking:
        answer["content"] = [{"type": "thinking", "thinking": thinking}]
        if content:
            answer["content"].append({"type": "text", "text": content})
    elif content:
        answer["content"] = [{"type": "text", "text": content}]
    if calls:
        answer["tool_calls"] = [
            {"id": call["id"], "type": "function", "function": {
                "name": call["function"]["name"], "arguments": call["function"]["arguments"] or "{}",
            }}
            for call in calls
        ]  # fmt: skip
    counts = response.get("usage")
    if counts is None:
        usage: Json = {"tokens": {"input_tokens": 0, "output_tokens": 0}}
    else:
        prompt, completion = counts.get("prompt_tokens", 0), counts.get("completion_tokens", 0)
        if counts.get("total_tokens", prompt + completion) != prompt + completion:
            return None
        usage = {"tokens": {"input_tokens": prompt, "output_tokens": completion}}
        for name in ("prompt_tokens_details", "completion_tokens_details"):
            for member, count in counts[name].items() if name in counts else ():
                if member == "cached_tokens":
                    usage[member] = count
                elif count:
                    return None
    return {"id": "", "finish_reason": finish, "message": answer, "usage": usage}


_RESPONSE = frozenset(("id", "message", "finish_reason", "usage"))
_TOKENS = frozenset(("input_tokens", "output_tokens"))


def response_to_unified(body: Json, leg: Leg) -> Json | None:
    """A native answer of the common shapes; None for every other one."""
    identifier, native, reason = body.get("id"), body.get("message"), body.get("finish_reason")
    if type(identifier) is not str or not identifier or not identifier.isascii() or not body.keys() <= _RESPONSE:
        return None
    if type(native) is not dict or native.get("role") != "assistant" or "names" in leg.memo:
        return None
    finish = FINISH_REASON_TO_UNIFIED.get(reason) if type(reason) is str else None
    message = _answer_to_unified(native, leg.row.key)
    if finish is None or message is None:
        return None
    message["refusal"] = None
    choice: Json = {"index": 0, "message": message, "finish_reason": finish}
    if FINISH_REASON_TO_NATIVE[finish] != reason:
        choice["native_finish_reason"] = reason
    choice["logprobs"] = None
    model = leg.memo.get("model") or leg.options.model or leg.route.get("model") or ""
    unified: Json = {
        "id": identifier, "object": "chat.completion", "created": leg.options.created, "model": str(model), "choices": [choice],
    }  # fmt: skip
    if "usage" in body:
        usage = _usage_to_unified(body["usage"], leg.row.key)
        if usage is None:
            return None
        unified["usage"] = usage
    return unified


def _usage_to_unified(usage: Any, key: str) -> Json | None:
    """Counts of tokens; others, and what was billed, ride in the bag."""
    tokens = usage.get("tokens") if type(usage) is dict else None
    if type(tokens) is not dict:
        return None
    prompt, completion = tokens.get("input_tokens", 0), tokens.get("output_tokens", 0)
    if type(prompt) is not int or type(completion) is not int or not abs(prompt) <= 1e18 or not abs(completion) <= 1e18:
        return None
    unified: Json = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    own: Json = {}
    if not tokens.keys() <= _TOKENS:
        own["tokens"] = {name: count for name, count in tokens.items() if name not in _TOKENS}
        if not _are_counts(own["tokens"]):
            return None
    for name, value in usage.items():
        if name == "cached_tokens":
            if type(value) is not int or not abs(value) <= 1e18:
                return None
            unified["prompt_tokens_details"] = {"cached_tokens": value}
        elif name == "billed_units":
            if type(value) is not dict or not _are_counts(value):
                return None
            own[name] = value
        elif name != "tokens":
            return None
    if own:
        unified["extra_content"] = {key: own}
    return unified


def _are_counts(counts: Json) -> bool:
    for name, count in counts.items():
        if type(name) is not str or not name.isascii():
            return False
        if (type(count) is not int and type(count) is not float) or not abs(count) <= 1e18:
            return False
    return True
