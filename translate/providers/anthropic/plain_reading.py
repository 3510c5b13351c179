"""
The short way to unified: bodies and answers of the common shapes, looked through once while they are read.

Each function gives exactly what the long way gives, or None (False), the leg untouched, for everything it does not know, a text
that does not encode among it.
"""

from __future__ import annotations

from typing import Any

from translate.errors import InvalidDocument
from translate.leg import Json, Leg
from translate.providers.anthropic import address
from translate.providers.anthropic.assistant import FORMAT, turn_to_unified
from translate.providers.anthropic.ending import FINISH_REASONS
from translate.providers.anthropic.messages import read_turn
from translate.providers.anthropic.plain import SAMPLING
from translate.providers.anthropic.plain_media import part_of
from translate.providers.anthropic.tables import NO_MODEL, USED_TIER_TO_UNIFIED, VARIANT_VERSIONS
from translate.providers.anthropic.usage import usage_to_unified
from translate.providers.anthropic.writing import MARK
from translate.scrubbing import has_surrogate, lone
from translate.shared.arguments import printed
from translate.shared.object_calls import RAW
from translate.shared.system_parts import is_mark
from translate.survey import encodes

NATIVE_COMMON = frozenset((
    "model", "max_tokens", "system", "messages", "stream", "anthropic_version", "temperature", "top_p", "top_k", "thinking",
    "stop_sequences", "metadata",
))  # fmt: skip
STEERING = frozenset(("thinking", "stop_sequences", "metadata"))
CALL_LEVEL = 6  # of the arguments of a call among the levels of a request; answers have two less
MESSAGE_MEMBERS = frozenset(("id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage"))
COUNTED = frozenset(("cache_creation", "server_tool_use"))  # numbers by names, in the usage's own bag
_RESULT = frozenset(("type", "tool_use_id", "content"))
_DIRECT: Json = {"type": "direct"}
_NOTHING: Json = {}


def request_to_unified(body: Json, leg: Leg) -> Json | None:
    """A body of the common shapes that says no more than nearly all do; None for any other, the leg untouched."""
    model, most, stream, version = body.get("model"), body.get("max_tokens"), body.get("stream"), body.get("anthropic_version")
    route = leg.route
    if model is None or model == "":
        model = route.get("model") or leg.options.model or ""
    if type(model) is not str or not model.isascii() or (most is not None and type(most) is not int):
        return None
    if stream is None:
        stream = route.get("stream") is True
    if type(stream) is not bool or (version is not None and version != VARIANT_VERSIONS.get(leg.row.variant)):
        return None
    steering: Json = {}
    if not STEERING.isdisjoint(body) and not _steering(body, steering):
        return None
    for name, value in body.items():
        if name in SAMPLING and value is not None:
            if type(value) is not int and (type(value) is not float or name == "top_k"):
                return None
            steering[name] = value
    told = len(leg.losses.items)
    if not model:
        leg.losses.add("defaulted", "envelope", "model", ("model",), NO_MODEL)
    listed = messages_to_unified(body, leg)
    if listed is None:
        del leg.losses.items[told:]
        return None
    unified: Json = {"model": model}
    if most is not None:
        unified["max_completion_tokens"] = most
    unified["messages"] = listed
    if stream:
        unified["stream"], unified["stream_options"] = True, {"include_usage": True}
    if steering:
        unified.update(steering)
    if "headers" in route:
        address.to_unified(_NOTHING, unified, leg)
    route["model"], route["stream"] = model, stream
    return unified


def _steering(body: Json, unified: Json) -> bool:
    """A budget of thinking, stop words, the user's id as they are written; False for anything else among these members."""
    thinking, stops, metadata = body.get("thinking"), body.get("stop_sequences"), body.get("metadata")
    if thinking is not None:
        if type(thinking) is not dict or len(thinking) != 2 or thinking.get("type") != "enabled" or type(thinking.get("budget_tokens")) is not int:
            return False
        unified["thinking"] = thinking.copy()
    if stops is not None:
        if type(stops) is not list or not stops:
            return False
        for word in stops:
            if type(word) is not str or not encodes(word):
                return False
        unified["stop"] = stops.copy()
    if metadata is not None:
        user = metadata.get("user_id") if type(metadata) is dict and len(metadata) == 1 else None
        if type(user) is not str or not user or not encodes(user):
            return False
        unified["safety_identifier"] = user
    return True


def messages_to_unified(body: Json, leg: Leg) -> list[Json] | None:
    """
    `system` and `messages` -> unified messages, turns of uncommon shapes each the long way; None, the leg untouched, for a system
    prompt of such a shape, a text that does not encode and what is wrong.
    """
    messages: list[Json] = []
    told, key = len(leg.losses.items), leg.row.key
    system = body.get("system")
    if system is not None:
        content = _content(system, key)
        if content is None or not content:
            return None
        messages.append({"role": "system", "content": content})
    turns = body.get("messages")
    if type(turns) is not list:
        return None
    for number, turn in enumerate(turns):
        role = content = None
        if type(turn) is dict and len(turn) == 2:
            role, content = turn.get("role"), turn.get("content")
        before = len(messages)
        if role == "user":
            if type(content) is str:
                if content.isascii() or not lone(content):
                    messages.append({"role": "user", "content": content})
                    continue
            elif type(content) is list and content and _user(content, messages, key):
                continue
        elif role == "assistant":
            message: Json = {"role": role}
            if _turn(content, message, marked=True):
                messages.append(message)
                continue
        del messages[before:]
        if not _odd_turn(turn, number, number == len(turns) - 1, messages, leg):
            del leg.losses.items[told:]
            return None
    if turns and turns[-1]["role"] == "assistant" and "tool_calls" not in messages[-1]:
        messages[-1]["prefix"] = True
    return messages


def _odd_turn(turn: Any, number: int, is_last: bool, messages: list[Json], leg: Leg) -> bool:
    """A turn of an uncommon shape; False for what is wrong or does not encode."""
    try:
        if has_surrogate({"messages": [turn]}, "", ""):
            return False
        read_turn(turn, number, is_last, messages, leg)
    except (InvalidDocument, RecursionError):
        return False
    return True


def _content(content: Any, key: str) -> Any:
    """A text, or texts, images and documents as the content they are; None for anything else."""
    if type(content) is str:
        return content if content.isascii() or not lone(content) else None
    if type(content) is not list:
        return None
    parts: list[Json] = []
    for block in content:
        if type(block) is not dict:
            return None
        part = _text(block) if block.get("type") == "text" else part_of(block, key)
        if part is None:
            return None
        parts.append(part)
    return parts[0]["text"] if len(parts) == 1 and len(parts[0]) == 2 and "text" in parts[0] else parts


def _text(block: Json) -> Json | None:
    """A text block, with the mark of a cache or without, as its part."""
    text = block.get("text")
    if type(text) is not str or not (text.isascii() or not lone(text)):
        return None
    if len(block) == 2:
        return {"type": "text", "text": text}
    mark = block.get(MARK)
    return {"type": "text", "text": text, MARK: mark} if len(block) == 3 and is_mark(mark) else None


def _user(content: list[Any], messages: list[Json], key: str) -> bool:
    """Results of tools as messages of their own, then texts, images and documents; False for any other block."""
    parts: list[Json] = []
    bare = True  # texts alone
    for block in content:
        if type(block) is not dict:
            return False
        kind = block.get("type")
        if kind == "text":
            part = _text(block)
            if part is None:
                return False
            bare = bare and len(part) == 2
            parts.append(part)
            continue
        bare = False
        if kind == "tool_result":
            message = _result(block, key)
            if message is None:
                return False
            messages.append(message)
            continue
        part = part_of(block, key)
        if part is None:
            return False
        parts.append(part)
    if parts:
        messages.append({"role": "user", "content": parts[0]["text"] if bare and len(parts) == 1 else parts})
    return True


def _result(block: Json, key: str) -> Json | None:
    """The result of a tool as a message of its own."""
    identifier, result = block.get("tool_use_id"), block.get("content")
    if type(identifier) is not str or not identifier.isascii():
        return None
    if result is None:
        result = "" if "content" not in block else None
    elif type(result) is not str or not (result.isascii() or not lone(result)):
        result = _content(result, key)
    if result is None:
        return None
    message: Json = {"role": "tool", "tool_call_id": identifier, "content": result}
    if len(block) > 2 + ("content" in block):
        for name, value in block.items():
            if name == "is_error" and type(value) is bool:
                if value:
                    message[name] = True
            elif name == MARK and is_mark(value):
                message[MARK] = value
            elif name not in _RESULT:
                return None
    return message


def _turn(content: Any, message: Json, *, marked: bool = False) -> bool:
    """
    A turn of the assistant: thinking, a text or none, then calls; False for any other, or a text that does not encode.

    marked: the text may have the mark of a cache, as in requests.
    """
    if type(content) is str:
        message["content"] = content
        return content.isascii() or not lone(content)
    if type(content) is not list or not content:
        return False
    text: Any = None
    thoughts: list[Json] = []
    calls: list[Json] = []
    for block in content:
        if type(block) is not dict:
            return False
        kind = block.get("type")
        if kind == "tool_use":
            call = _tool_use(block)
            if call is None:
                return False
            calls.append(call)
        elif text is not None or calls:
            return False
        elif kind == "text" and len(block) == 2:
            text = block.get("text")
            if type(text) is not str or not text or not (text.isascii() or not lone(text)):
                return False
        elif kind == "text":
            part = _text(block) if marked else None
            if part is None or not part["text"]:
                return False
            text = [part]
        elif not _thought(block, thoughts):
            return False
    message["content"] = text
    if thoughts:
        readable = "".join([entry.get("text", "") for entry in thoughts])
        if readable:
            message["reasoning_content"] = readable
        message["reasoning_details"] = thoughts
    if calls:
        message["tool_calls"] = calls
    return True


def _thought(block: Json, thoughts: list[Json]) -> bool:
    """A signed block of thinking, or a redacted one, as its entry."""
    if block.get("type") == "redacted_thinking":
        data = block.get("data")
        entry = {"type": "reasoning.encrypted", "data": data, "format": FORMAT, "index": len(thoughts)}
        thoughts.append(entry)
        return len(block) == 2 and type(data) is str and data.isascii()
    if block.get("type") != "thinking":
        return False
    text, signature = block.get("thinking"), block.get("signature")
    if len(block) != 3 or type(text) is not str or type(signature) is not str or not signature or not signature.isascii():
        return False
    entry = {"type": "reasoning.text", "text": text, "signature": signature, "format": FORMAT, "index": len(thoughts)}
    thoughts.append(entry)
    return text.isascii() or not lone(text)


def _tool_use(block: Json) -> Json | None:
    """A call; its arguments are looked through as the text they become."""
    identifier, name, value = block.get("id"), block.get("name"), block.get("input")
    mark = block.get(MARK) if len(block) > 4 else None
    # Servers tell who calls; the model itself is the default.
    if len(block) != 4 and (len(block) != 5 or (block.get("caller") != _DIRECT and not is_mark(mark))):
        return None
    if type(identifier) is not str or type(name) is not str or type(value) is not dict:
        return None
    if not (identifier.isascii() and name.isascii()):
        return None
    if len(value) == 1 and RAW in value:
        return None
    arguments = printed(value, CALL_LEVEL)
    if arguments is None:
        return None
    call: Json = {"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}}
    if mark is not None:
        call[MARK] = mark
    return call


def response_to_unified(body: Json, leg: Leg) -> Json | None:
    """A Message of the common shapes -> unified response; None for any other, the leg untouched."""
    identifier, model, reason, usage = body.get("id"), body.get("model"), body.get("stop_reason"), body.get("usage")
    if body.get("type") != "message" or body.get("role") != "assistant" or body.get("stop_sequence") is not None:
        return None
    if type(identifier) is not str or type(model) is not str or not (identifier.isascii() and model.isascii()):
        return None
    # All eight members of a common answer are looked at here: with any beside them there are more.
    if (len(body) != len(MESSAGE_MEMBERS) or "stop_sequence" not in body) and not _is_nothing_beside(body):
        return None
    memo = leg.memo
    if type(reason) is not str or type(usage) is not dict or (memo and ("names" in memo or "custom" in memo)):
        return None
    message: Json = {"role": "assistant", "content": None, "refusal": None}
    told, content = len(leg.losses.items), body.get("content")
    finish = None
    try:
        if _turn(content, message):
            finish = FINISH_REASONS.get((reason, "tool_calls" in message))
        elif type(content) is list and not has_surrogate({"content": content}, "", ""):
            # Blocks of uncommon shapes, citations among them.
            turn_to_unified(content, message, leg, ("content",), annotate=True)
            finish = FINISH_REASONS.get((reason, "tool_calls" in message))
    except (InvalidDocument, RecursionError):
        finish = None
    if finish is None:
        del leg.losses.items[told:]
        return None
    if message["content"] == "":
        message["content"] = None
    unified: Json = {
        "id": identifier or leg.options.id or "chatcmpl-0", "object": "chat.completion", "created": leg.options.created,
        "model": model or memo.get("model") or leg.route.get("model") or leg.options.model or "",
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
    }  # fmt: skip
    counts = counts_to_unified(usage, unified, leg.row.key)
    if counts is None:
        try:
            counts = None if has_surrogate({"usage": usage}, "", "") else usage_to_unified(usage, unified, leg, ("usage",))
        except (InvalidDocument, RecursionError):
            counts = None
        if counts is None:
            del leg.losses.items[told:]
            return None
    unified["usage"] = counts
    return unified


def _is_nothing_beside(body: Json) -> bool:
    """Whether members beside those of a common answer are null, as some clients write them."""
    for name in body.keys() - MESSAGE_MEMBERS:  # noqa: SIM110  (a generator costs more than the look)
        if body[name] is not None or not encodes(name):
            return False
    return True


def counts_to_unified(usage: Json, unified: Json, key: str) -> Json | None:
    """
    Counts of input and output, what was read from the cache and written to it, what was thought; None with anything else.

    The tier that served goes to the response; life times, the server's tools and place ride in the bag.
    """
    prompt = completion = 0
    read = written = thought = tier = None
    extras: Json = {}
    for name, value in usage.items():
        kind = type(value)
        if kind is int:
            if name == "input_tokens":
                prompt += value
            elif name == "output_tokens":
                completion = value
            elif name == "cache_read_input_tokens":
                read = value
                prompt += value
            elif name == "cache_creation_input_tokens":
                written = value
                prompt += value
            else:
                return None
        elif kind is dict:
            if name == "output_tokens_details" and value.keys() == {"thinking_tokens"}:
                thought = value["thinking_tokens"]
                if type(thought) is not int:
                    return None
            elif name in COUNTED:
                for member, count in value.items():
                    if type(count) is not int or not member.isascii():
                        return None
                extras[name] = value
            else:
                return None
        elif kind is str:
            if name == "service_tier":
                tier = USED_TIER_TO_UNIFIED.get(value)
                if tier is None or "speed" in usage:
                    return None
            elif name == "inference_geo" and value.isascii():
                extras[name] = value
            else:
                return None
        elif value is not None or not name.isascii():
            return None
    counts: Json = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    if read is not None or written is not None:
        details = counts["prompt_tokens_details"] = {} if read is None else {"cached_tokens": read}
        if written is not None:
            details["cache_write_tokens"] = written
    if thought is not None:
        counts["completion_tokens_details"] = {"reasoning_tokens": thought}
    if extras:
        counts["extra_content"] = {key: extras}
    if tier is not None:
        unified["service_tier"] = tier
    return counts
