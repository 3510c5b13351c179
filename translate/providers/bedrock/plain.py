"""
The short way of conversations: messages that the survey knows (`translate.survey`), and native turns of the common shapes.

Each function gives exactly what the long way gives; what it does not know goes there.
"""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg
from translate.providers.bedrock import messages as conversation, tools
from translate.providers.bedrock.address import set_route
from translate.providers.bedrock.assistant import turn_to_native
from translate.providers.bedrock.calls import RAW, call_to_native
from translate.providers.bedrock.content import BLANK
from translate.providers.bedrock.documents import visual_to_native
from translate.providers.bedrock.ending import stop_to_native
from translate.providers.bedrock.facts import facts_of, family_of, head_of
from translate.providers.bedrock.messages import SYSTEM_ROLES, turn_of
from translate.providers.bedrock.tables import IMAGE_TYPES, LONGEST_ID, LONGEST_NAME, NO_TIME, STANDS_BESIDE
from translate.providers.bedrock.usage import NO_METRICS, usage_to_native
from translate.providers.bedrock.writing import Writing
from translate.scrubbing import lone
from translate.shared import bag
from translate.shared.arguments import parse_object, printed
from translate.shared.fields import without_place
from translate.shared.media import data_url, sniff

COMMON = frozenset(("model", "messages", "max_completion_tokens", "max_tokens", "temperature", "top_p", "stream"))
NATIVE_COMMON = frozenset(("modelId", "messages", "system", "inferenceConfig"))
SAMPLING = (("temperature", "temperature"), ("top_p", "topP"))
CONFIG = {"maxTokens": "max_completion_tokens", "temperature": "temperature", "topP": "top_p"}
CALL_LEVEL = 7  # of the arguments of a call among the levels of a request; answers have as many
# Endings that are the same word for word: the finish reason and whether there are calls, and the native one.
STOP_REASONS = {
    ("stop", False): "end_turn", ("tool_calls", True): "tool_use", ("length", False): "max_tokens", ("length", True): "max_tokens",
    ("content_filter", False): "content_filtered", ("content_filter", True): "content_filtered",
}  # fmt: skip
FINISH_REASONS = {(reason, called): finish for (finish, called), reason in STOP_REASONS.items()}
ANSWER_MEMBERS = frozenset(("output", "stopReason", "usage", "metrics"))
_NOTHING: Json = {}

# --- unified -> native


def request_to_native(request: Json, leg: Leg) -> Json | None:
    """A surveyed request that says no more than nearly all do; None for any other, the leg untouched."""
    model, most, stream = request.get("model"), request.get("max_completion_tokens"), request.get("stream")
    if most is None:
        most = request.get("max_tokens")
    elif request.get("max_tokens") is not None:
        return None
    if not request.keys() <= COMMON or type(model) is not str or not model or (most is not None and (type(most) is not int or most < 1)):
        return None
    if stream is not None and type(stream) is not bool:
        return None
    facts = facts_of(leg, model)
    config: Json = {}
    if most is not None:
        config["maxTokens"] = most
    for name, member in SAMPLING:
        value = request.get(name)
        if value is not None:
            if (type(value) is not int and type(value) is not float) or not 0 <= value <= 1 or facts.get("sampling") is False:
                return None
            config[member] = value
    if len(config) > 1 and "topP" in config and "temperature" in config and facts.get("one_sampling"):
        return None
    leg.memo["model"] = leg.model = model
    writing = Writing(leg, request, facts)
    native: Json = {"inferenceConfig": config} if config else {}
    messages_to_native(request, native, writing)
    if writing.used:
        tools.settle(request, native, writing)
    set_route(leg, model, stream is True)
    return native


def messages_to_native(request: Json, native: Json, writing: Writing) -> None:
    """Surveyed messages -> `system` and `messages`; losses as `messages.to_native`."""
    leg = writing.leg
    messages: list[Json] = request["messages"]
    count = len(messages)
    start = 0
    system: list[Json] = []
    for message in messages:
        if message["role"] not in SYSTEM_ROLES:
            break
        text = message["content"]
        if text and not text.isspace():
            system.append({"text": text})
        elif text:
            leg.losses.add("dropped", "content", "content", ("messages", start, "content"), BLANK)
        start += 1
    if system:
        native["system"] = system
    turns: list[Json] = []
    role = ""  # of the last turn
    held: list[Json] = []  # its blocks
    used = writing.used
    blocks: list[Json]
    for number in range(start, count):
        message = messages[number]
        speaker, content = message["role"], message["content"]
        if speaker == "tool":
            if not content or content.isspace():
                conversation.result_to_native(message, writing, ("messages", number), turn_of(turns, "user"))
                role, held = "user", turns[-1]["content"]
                continue
            identifier = message["tool_call_id"]
            if len(identifier) > LONGEST_ID or not identifier.isidentifier():
                identifier = writing.id(identifier, ("messages", number, "tool_call_id"))
            if "" not in used:
                used[""] = ("messages", number)
            result: Json = {"toolResult": {"toolUseId": identifier, "content": [{"text": content}]}}
            if role == "user":
                held.append(result)
            else:
                role, held = "user", [result]
                turns.append({"role": role, "content": held})
            continue
        if speaker == "user" or speaker == "assistant":
            if type(content) is list:
                blocks = _parts(content, writing, number)
            elif not content:
                blocks = []
            elif content.isspace():
                leg.losses.add("dropped", "content", "content", ("messages", number, "content"), BLANK)
                blocks = []
            else:
                blocks = [{"text": content}]
            if speaker == "assistant":
                if len(message) == 3:
                    for spot, call in enumerate(message["tool_calls"]):
                        blocks.append(_call(call, writing, number, spot))
                elif number == count - 1:
                    conversation.prefill(blocks, writing, ("messages", number))
        else:
            conversation.later_system(message, turns, writing, ("messages", number))
            if turns:
                role, held = turns[-1]["role"], turns[-1]["content"]
            continue
        if speaker == role:
            held += blocks
        elif blocks:
            role, held = speaker, blocks
            turns.append({"role": role, "content": held})
    if writing.documents or not turns or turns[0]["role"] == "assistant":
        turns = conversation.settled(turns, writing, start)
    native["messages"] = turns


def _parts(parts: list[Json], writing: Writing, number: int) -> list[Json]:
    """Texts and images of a user."""
    blocks: list[Json] = []
    for spot, part in enumerate(parts):
        if part["type"] == "text":
            text = part["text"]
            if text and not text.isspace():
                blocks.append({"text": text})
            elif text:
                writing.leg.losses.add("dropped", "content", "text", ("messages", number, "content", spot, "text"), BLANK)
            continue
        path = ("messages", number, "content", spot)
        block = visual_to_native("image", part["image_url"]["url"], bag.EMPTY, writing, (*path, "image_url", "url"), path)
        if block is not None:
            blocks.append(block)
    return blocks


def _call(call: Json, writing: Writing, number: int, spot: int) -> Json:
    function, identifier = call["function"], call["id"]
    name = function["name"]
    # Letters, digits and _ alone: most ids need no look with the expression.
    if name in writing.used and len(identifier) <= LONGEST_ID and identifier.isidentifier():
        value = parse_object(function["arguments"])
        if value is not None:
            return {"toolUse": {"toolUseId": identifier, "name": name, "input": value}}
    return call_to_native(call, writing, ("messages", number, "tool_calls", spot))


# --- native -> unified


def request_to_unified(body: Json, leg: Leg) -> Json | None:
    """A body of the common shapes that says no more than nearly all do; None for any other, the leg untouched."""
    config, model = body.get("inferenceConfig"), body.get("modelId")
    route = leg.route
    if model is None:
        model = route.get("model") or leg.options.model
    if type(model) is not str or not model or not model.isascii():
        return None
    settings: Json = {}
    if config is not None:
        if type(config) is not dict:
            return None
        for name, value in config.items():
            member = CONFIG.get(name)
            if member is None or (type(value) is not int and (type(value) is not float or name == "maxTokens")):
                return None
            settings[member] = value
    listed = messages_to_unified(body)
    if listed is None:
        return None
    unified: Json = {"model": model, "messages": listed}
    stream = route.get("stream") is True
    if stream:
        unified["stream"], unified["stream_options"] = True, {"include_usage": True}
    if settings:
        unified.update(settings)
    leg.model = route["model"] = model
    route["stream"] = stream
    return unified


def messages_to_unified(body: Json) -> list[Json] | None:
    """`system` and `messages` of the common shapes -> unified messages; None for any other, or a text that does not encode."""
    messages: list[Json] = []
    system = body.get("system")
    if system is not None:
        if type(system) is not list or not system:
            return None
        content = _content(system)
        if content is None:
            return None
        messages.append({"role": "system", "content": content})
    turns = body.get("messages")
    if type(turns) is not list:
        return None
    for turn in turns:
        if type(turn) is not dict or len(turn) != 2:
            return None
        role, content = turn.get("role"), turn.get("content")
        if type(content) is not list or not content:
            return None
        if role == "user":
            if not _user(content, messages):
                return None
        elif role == "assistant":
            message: Json = {"role": role}
            if not _turn(content, message):
                return None
            messages.append(message)
        else:
            return None
    if turns and turns[-1]["role"] == "assistant" and "tool_calls" not in messages[-1]:
        messages[-1]["prefix"] = True
    return messages


def _content(content: list[Any]) -> Any:
    """Text blocks as the content they are; None for anything else."""
    parts: list[Json] = []
    for block in content:
        if type(block) is not dict or len(block) != 1:
            return None
        text = block.get("text")
        if type(text) is not str or not (text.isascii() or not lone(text)):
            return None
        parts.append({"type": "text", "text": text})
    return parts[0]["text"] if len(parts) == 1 else parts


def _user(content: list[Any], messages: list[Json]) -> bool:
    """Results of tools as messages of their own, then texts and images; False for any other block."""
    parts: list[Json] = []
    bare = True  # texts alone
    for block in content:
        if type(block) is not dict or len(block) != 1:
            return False
        text = block.get("text")
        if text is not None:
            if type(text) is not str or not (text.isascii() or not lone(text)):
                return False
            parts.append({"type": "text", "text": text})
            continue
        bare = False
        result = block.get("toolResult")
        if result is not None:
            message = _result(result)
            if message is None:
                return False
            messages.append(message)
            continue
        url = _image(block.get("image"))
        if url is None:
            return False
        parts.append({"type": "image_url", "image_url": {"url": url}})
    if parts:
        messages.append({"role": "user", "content": parts[0]["text"] if bare and len(parts) == 1 else parts})
    return True


def _result(result: Any) -> Json | None:
    """The message of a result that is a text."""
    if type(result) is not dict or len(result) != 2:
        return None
    identifier, content = result.get("toolUseId"), result.get("content")
    if type(identifier) is not str or not identifier.isascii() or type(content) is not list or len(content) != 1:
        return None
    text = _content(content)
    return None if text is None else {"role": "tool", "tool_call_id": identifier, "content": text}


def _image(image: Any) -> str | None:
    """The data URL of an image that is of the format it is labelled with."""
    if type(image) is not dict or len(image) != 2:
        return None
    word, source = image.get("format"), image.get("source")
    media_type = IMAGE_TYPES.get(word) if type(word) is str else None
    if media_type is None or type(source) is not dict or len(source) != 1:
        return None
    data = source.get("bytes")
    if type(data) is not str or not data.isascii() or sniff(data) not in (None, media_type):
        return None
    return data_url(media_type, data)


def _turn(content: list[Any], message: Json) -> bool:
    """A turn of the assistant: a text or none, then calls; False for any other, or a text that does not encode."""
    text: str | None = None
    calls: list[Json] = []
    for block in content:
        if type(block) is not dict or len(block) != 1:
            return False
        use = block.get("toolUse")
        if use is None:
            if text is not None or calls:
                return False
            text = block.get("text")
            if type(text) is not str or not text or not (text.isascii() or not lone(text)):
                return False
            continue
        if type(use) is not dict or len(use) != 3:
            return False
        identifier, name, value = use.get("toolUseId"), use.get("name"), use.get("input")
        if type(identifier) is not str or type(name) is not str or type(value) is not dict:
            return False
        if not (identifier.isascii() and name.isascii()) or (len(value) == 1 and RAW in value):
            return False
        arguments = printed(value, CALL_LEVEL)
        if arguments is None:
            return False
        calls.append({"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}})
    message["content"] = text
    if calls:
        message["tool_calls"] = calls
    return True


# --- answers


def response_to_native(response: Json, leg: Leg) -> Json:
    """A surveyed answer -> Converse answer; losses as `response.to_native`."""
    choice = response["choices"][0]
    message = choice["message"]
    name, items = leg.row.name, leg.losses.items
    if response["created"]:
        items.append(without_place(name, "created", NO_TIME))
    for member in ("id", "model"):
        if response[member] and response[member] != "chatcmpl-0":
            items.append(without_place(name, member, STANDS_BESIDE))
    calls = message.get("tool_calls") or ()
    blocks: list[Json] = []
    if message.get("reasoning_content"):
        blocks = turn_to_native(message, _writing(response, leg), ("choices", 0, "message"), _NOTHING)
    else:
        if message["content"]:
            blocks.append({"text": message["content"]})
        for spot, call in enumerate(calls):
            function, identifier = call["function"], call["id"]
            title = function["name"]
            value = None
            if len(identifier) <= LONGEST_ID and len(title) <= LONGEST_NAME and identifier.isidentifier() and title.isidentifier():
                value = parse_object(function["arguments"])
            if value is None:
                where = ("choices", 0, "message", "tool_calls", spot)
                blocks.append(call_to_native(call, _writing(response, leg), where))
            else:
                blocks.append({"toolUse": {"toolUseId": identifier, "name": title, "input": value}})
    called, usage = bool(calls), response.get("usage")
    reason = STOP_REASONS.get((choice["finish_reason"], called))
    native: Json = {
        "output": {"message": {"role": "assistant", "content": blocks}},
        "stopReason": reason or stop_to_native(choice["finish_reason"], None, called, None, leg, ("choices", 0)),
    }
    native["usage"] = _counts_to_native(usage) or usage_to_native(usage, leg, ("usage",))
    native["metrics"] = NO_METRICS.copy()
    if response.get("system_fingerprint") is not None:
        items.append(without_place(name, "system_fingerprint"))
    return native


def _writing(response: Json, leg: Leg) -> Writing:
    model = response["model"] or leg.memo.get("model") or leg.options.model or ""
    writing = Writing(leg, response, family_of(model, leg), answer=True)
    writing.document = response["id"]
    return writing


def _counts_to_native(usage: Json | None) -> Json | None:
    """Counts of a surveyed answer that add up; None when there is something to tell, or nothing."""
    if usage is None:
        return None
    prompt, completion = usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0)
    if usage.get("total_tokens") != prompt + completion:
        return None
    native: Json = {"inputTokens": prompt, "outputTokens": completion, "totalTokens": prompt + completion}
    for name, count in usage.get("prompt_tokens_details", _NOTHING).items():
        if name == "cached_tokens" and count <= prompt:
            native["inputTokens"] = prompt - count
            native["cacheReadInputTokens"] = count
        elif count:
            return None
    for count in usage.get("completion_tokens_details", _NOTHING).values():
        if count:
            return None
    return native


def response_to_unified(body: Json, leg: Leg) -> Json | None:
    """A Converse answer of the common shapes -> unified response; None for any other, the leg untouched."""
    output, reason, usage, memo = body.get("output"), body.get("stopReason"), body.get("usage"), leg.memo
    if not body.keys() <= ANSWER_MEMBERS or type(output) is not dict or len(output) != 1 or type(reason) is not str:
        return None
    native, metrics = output.get("message"), body.get("metrics")
    if type(native) is not dict or len(native) != 2 or native.get("role") != "assistant" or "names" in memo or "custom" in memo:
        return None
    content = native.get("content")
    if type(content) is not list or not content or type(usage) is not dict or not _is_plain_metrics(metrics):
        return None
    message: Json = {"role": "assistant", "content": None, "refusal": None}
    try:
        if not _turn(content, message):
            return None
    except RecursionError:
        return None
    counts = _counts_to_unified(usage)
    finish = FINISH_REASONS.get((reason, "tool_calls" in message))
    if counts is None or finish is None:
        return None
    options, model = leg.options, memo.get("model")
    if type(model) is not str or not model:
        model = head_of(leg)["model"]
    unified: Json = {
        "id": options.id or "chatcmpl-0", "object": "chat.completion", "created": options.created, "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}], "usage": counts,
    }  # fmt: skip
    if metrics and metrics != NO_METRICS:
        bag.put(unified, leg.row.key, "metrics", metrics)
    return unified


def _is_plain_metrics(metrics: Any) -> bool:
    """None, or a latency alone."""
    return metrics is None or (type(metrics) is dict and metrics.keys() == NO_METRICS.keys() and type(metrics["latencyMs"]) is int)


def _counts_to_unified(usage: Json) -> Json | None:
    """Counts that are disjoint and add up; None for any other."""
    prompt = completion = total = -1
    cached = 0
    read = written = None
    for name, value in usage.items():
        if type(value) is not int:
            return None
        if name == "inputTokens":
            prompt = value
        elif name == "outputTokens":
            completion = value
        elif name == "totalTokens":
            total = value
        elif name == "cacheReadInputTokens":
            read = value
            cached += value
        elif name == "cacheWriteInputTokens":
            written = value
            cached += value
        else:
            return None
    if prompt < 0 or completion < 0 or total != prompt + cached + completion:
        return None
    counts: Json = {"prompt_tokens": prompt + cached, "completion_tokens": completion, "total_tokens": total}
    if read is not None or written is not None:
        details = counts["prompt_tokens_details"] = {} if read is None else {"cached_tokens": read}
        if written is not None:
            details["cache_write_tokens"] = written
    return counts
