"""
The short way to unified: bodies and answers of the common shapes, looked through once while they are read.

Each function gives exactly what the long way gives, or None (False), the leg untouched, for everything it does not know, a text
that does not encode among it.
"""

from __future__ import annotations

from typing import Any

from translate.errors import InvalidDocument
from translate.leg import Json, Leg
from translate.providers.bedrock import reasoning
from translate.providers.bedrock.assistant import turn_to_unified
from translate.providers.bedrock.calls import CLIENT_USE
from translate.providers.bedrock.ending import FINISH_REASONS
from translate.providers.bedrock.facts import facts_of, head_of
from translate.providers.bedrock.plain_media import part_of
from translate.providers.bedrock.settings import ADDITIONAL
from translate.providers.bedrock.tables import NO_MODEL, SERVICE_TIER_TO_UNIFIED
from translate.providers.bedrock.turns import read_turn
from translate.providers.bedrock.usage import ALIASES, NO_METRICS
from translate.providers.bedrock.writing import MARK
from translate.scrubbing import has_surrogate, lone
from translate.shared import bag
from translate.shared.arguments import printed
from translate.shared.object_calls import RAW
from translate.shared.plain import is_text

NATIVE_COMMON = frozenset(("modelId", "messages", "system", "inferenceConfig", ADDITIONAL))
CONFIG = {"maxTokens": "max_completion_tokens", "temperature": "temperature", "topP": "top_p"}
CALL_LEVEL = 7  # of the arguments of a call among the levels of a request; answers have as many
RESULT_LEVEL = 9  # of an object in the result of a tool
_NOTHING: Json = {}
ANSWER_MEMBERS = frozenset(("output", "stopReason", "usage", "metrics", "serviceTier"))


def request_to_unified(body: Json, leg: Leg) -> Json | None:
    """A body of the common shapes that says no more than nearly all do; None for any other, the leg untouched."""
    config, model = body.get("inferenceConfig"), body.get("modelId")
    route = leg.route
    if model is None or model == "":
        model = route.get("model") or leg.options.model or ""
    if type(model) is not str or not model.isascii():
        return None
    settings: Json = {}
    if config is not None:
        if type(config) is not dict:
            return None
        for name, value in config.items():
            member = CONFIG.get(name)
            if name == "stopSequences":
                if type(value) is not list or not value or not all(map(is_text, value)):
                    return None
                settings["stop"] = value
                continue
            if member is None or (type(value) is not int and (type(value) is not float or name == "maxTokens")):
                return None
            settings[member] = value
    if ADDITIONAL in body:
        thinking = _budget(body[ADDITIONAL])
        if thinking is None or facts_of(leg, model).get("effort") is not None:
            return None
        settings["thinking"] = thinking
    told = len(leg.losses.items)
    if not model:
        leg.losses.add("defaulted", "envelope", "model", (), NO_MODEL)
    listed = messages_to_unified(body, model, leg)
    if listed is None:
        del leg.losses.items[told:]
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


def _budget(fields: Any) -> Json | None:
    """A budget of thinking, where that is all that the model's own fields say."""
    thinking = fields.get("thinking") if type(fields) is dict and len(fields) == 1 else None
    if type(thinking) is not dict or len(thinking) != 2 or thinking.get("type") != "enabled" or type(thinking.get("budget_tokens")) is not int:
        return None
    return thinking.copy()


def messages_to_unified(body: Json, model: str, leg: Leg) -> list[Json] | None:
    """
    `system` and `messages` -> unified messages, turns of uncommon shapes each the long way; None, the leg untouched, for a system
    prompt of such a shape, a text that does not encode and what is wrong.
    """
    told = len(leg.losses.items)
    messages: list[Json] = []
    system = body.get("system")
    if system is not None:
        if type(system) is not list:
            return None
        content = _content(system) if system else ""
        if content is None:
            return None
        if system:
            messages.append({"role": "system", "content": content})
    turns = body.get("messages")
    if type(turns) is not list:
        return None
    word = ""
    servers: set[str] = set()  # of calls that the service runs itself
    for number, turn in enumerate(turns):
        role = content = None
        if type(turn) is dict and len(turn) == 2 and not servers:
            role, content = turn.get("role"), turn.get("content")
        before = len(messages)
        if type(content) is list and content:
            if role == "user":
                if _user(content, messages, leg):
                    continue
            elif role == "assistant":
                message: Json = {"role": role}
                if not word and _is_thought(content[0]):
                    word = reasoning.word_of(facts_of(leg, model))
                if _turn(content, message, word, marked=True):
                    messages.append(message)
                    continue
        del messages[before:]
        word = word or reasoning.word_of(facts_of(leg, model))
        try:
            is_read = not has_surrogate({"messages": [turn]}, "", "")
            if is_read:
                read_turn(turn, number, number == len(turns) - 1, messages, servers, leg, word)
        except (InvalidDocument, RecursionError):
            is_read = False
        if not is_read:
            del leg.losses.items[told:]
            return None
    if turns and turns[-1]["role"] == "assistant" and "tool_calls" not in messages[-1]:
        messages[-1]["prefix"] = True
    return messages


def _mark(holder: Json | None, point: Any) -> bool:
    """Puts the mark of a cache point on what stands before it; False where there is more to say of it."""
    if holder is None or MARK in holder or type(point) is not dict or point.get("type") != "default":
        return False
    if len(point) == 1:
        holder[MARK] = {"type": "ephemeral"}
        return True
    life = point.get("ttl")
    if len(point) != 2 or (life != "5m" and life != "1h"):
        return False
    holder[MARK] = {"type": "ephemeral", "ttl": life}
    return True


def _content(content: list[Any], leg: Leg | None = None) -> Any:
    """Texts as the content they are, with marks or without; None for anything else. leg: of a result, which has objects and media."""
    parts: list[Json] = []
    for block in content:
        if type(block) is not dict or len(block) != 1:
            return None
        text = block.get("text")
        if type(text) is str and (text.isascii() or not lone(text)):
            parts.append({"type": "text", "text": text})
        elif "cachePoint" in block:
            if not _mark(parts[-1] if parts else None, block["cachePoint"]):
                return None
        elif leg is None:
            return None
        elif type(block.get("json")) is dict:
            text = printed(block["json"], RESULT_LEVEL)
            if text is None:
                return None
            parts.append({"type": "text", "text": text, "extra_content": {leg.row.key: {"json": True}}})
        else:
            part = part_of(block, leg)
            if part is None:
                return None
            parts.append(part)
    return parts[0]["text"] if len(content) == 1 and len(parts[0]) == 2 and "text" in parts[0] else parts


def _user(content: list[Any], messages: list[Json], leg: Leg) -> bool:
    """Results of tools as messages of their own, then texts, images and files; False for any other block."""
    parts: list[Json] = []
    result: Json | None = None  # of a tool, when it was the last block
    for block in content:
        if type(block) is not dict or len(block) != 1:
            return False
        text = block.get("text")
        if text is not None:
            if type(text) is not str or not (text.isascii() or not lone(text)):
                return False
            parts.append({"type": "text", "text": text})
            result = None
        elif "toolResult" in block:
            result = _result(block["toolResult"], leg)
            if result is None:
                return False
            messages.append(result)
        elif "cachePoint" in block:
            if not _mark(result or (parts[-1] if parts else None), block["cachePoint"]):
                return False
        else:
            part = part_of(block, leg)
            if part is None:
                return False
            parts.append(part)
            result = None
    if parts:
        messages.append({"role": "user", "content": parts[0]["text"] if len(content) == 1 and "text" in parts[0] else parts})
    return True


def _result(result: Any, leg: Leg) -> Json | None:
    """The message of a result of texts, objects and media, with its status or without."""
    if type(result) is not dict:
        return None
    identifier, content, status = result.get("toolUseId"), result.get("content"), result.get("status")
    if type(identifier) is not str or not identifier.isascii() or type(content) is not list or not content:
        return None
    if len(result) != 2 and (len(result) != 3 or (status != "success" and status != "error")):
        return None
    listed = _content(content, leg)
    if listed is None:
        return None
    message: Json = {"role": "tool", "tool_call_id": identifier, "content": listed}
    if status == "error":
        message["is_error"] = True
    return message


def _turn(content: list[Any], message: Json, word: str = "", *, marked: bool = False) -> bool:
    """
    A turn of the assistant: a text or none, then calls; False for any other, or a text that does not encode.

    word: of the entries of thoughts, which come first. marked: there may be cache points, as in requests.
    """
    text: Any = None
    calls: list[Json] = []
    thoughts: list[Json] = []
    for block in content:
        if type(block) is not dict or len(block) != 1:
            return False
        use = block.get("toolUse")
        if use is None:
            if marked and "cachePoint" in block:
                if not calls:
                    if type(text) is not str:
                        return False
                    text = [{"type": "text", "text": text}]
                if not _mark(calls[-1] if calls else text[0], block["cachePoint"]):
                    return False
                continue
            if text is not None or calls:
                return False
            if word and "reasoningContent" in block:
                if not _thought(block["reasoningContent"], thoughts, word):
                    return False
                continue
            text = block.get("text")
            if type(text) is not str or not text or not (text.isascii() or not lone(text)):
                return False
            continue
        call = _call(use)
        if call is None:
            return False
        calls.append(call)
    message["content"] = text
    if thoughts:
        readable = "".join([entry.get("text", "") for entry in thoughts])
        if readable:
            message["reasoning_content"] = readable
        if reasoning.needs_entries(thoughts):
            message["reasoning_details"] = thoughts
    if calls:
        message["tool_calls"] = calls
    return True


def _call(use: Any) -> Json | None:
    """A call; its arguments are looked through as the text they become."""
    if type(use) is not dict or (len(use) != 3 and (len(use) != 4 or use.get("type") != CLIENT_USE)):
        return None
    identifier, name, value = use.get("toolUseId"), use.get("name"), use.get("input")
    if type(identifier) is not str or type(name) is not str or type(value) is not dict:
        return None
    if not (identifier.isascii() and name.isascii()) or (len(value) == 1 and RAW in value):
        return None
    arguments = printed(value, CALL_LEVEL)
    if arguments is None:
        return None
    return {"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}}


def _thought(value: Any, thoughts: list[Json], word: str) -> bool:
    """A readable or redacted block of reasoning as its entry."""
    if type(value) is not dict or len(value) != 1:
        return False
    data = value.get("redactedContent")
    if data is not None:
        entry: Json = {"type": "reasoning.encrypted", "data": data, "format": reasoning.FORMAT, "index": len(thoughts)}
        thoughts.append(entry)
        return type(data) is str and data.isascii()
    inner = value.get("reasoningText")
    if type(inner) is not dict:
        return False
    text, signature = inner.get("text"), inner.get("signature", "")
    if type(text) is not str or type(signature) is not str or len(inner) != 1 + ("signature" in inner):
        return False
    entry = {"type": "reasoning.text", "text": text}
    if signature:
        entry["signature"] = signature
    entry["format"], entry["index"] = word, len(thoughts)
    thoughts.append(entry)
    return signature.isascii() and (text.isascii() or not lone(text))


def response_to_unified(body: Json, leg: Leg) -> Json | None:
    """A Converse answer of the common shapes -> unified response; None for any other, the leg untouched."""
    output, reason, usage, memo = body.get("output"), body.get("stopReason"), body.get("usage"), leg.memo
    tier = body.get("serviceTier")
    if tier is not None and not is_plain_tier(tier):
        return None
    if not body.keys() <= ANSWER_MEMBERS or type(output) is not dict or len(output) != 1 or type(reason) is not str:
        return None
    native, metrics = output.get("message"), body.get("metrics")
    if type(native) is not dict or len(native) != 2 or native.get("role") != "assistant" or "names" in memo or "custom" in memo:
        return None
    content = native.get("content")
    if type(content) is not list or not content or type(usage) is not dict or not is_plain_metrics(metrics):
        return None
    counts = counts_to_unified(usage, leg.row.key)
    if counts is None:
        return None
    message: Json = {"role": "assistant", "content": None, "refusal": None}
    told, finish = len(leg.losses.items), None
    try:
        if _turn(content, message, reasoning.word_of(facts_of(leg, head_of(leg)["model"])) if _is_thought(content[0]) else ""):
            finish = FINISH_REASONS.get((reason, "tool_calls" in message))
        elif not has_surrogate({"output": output}, "", ""):
            # Blocks of uncommon shapes, citations among them.
            word = reasoning.word_of(facts_of(leg, head_of(leg)["model"]))
            turn_to_unified(content, message, leg, ("output", "message", "content"), word, annotate=True)
            finish = FINISH_REASONS.get((reason, "tool_calls" in message))
    except (InvalidDocument, RecursionError):
        finish = None
    if finish is None:
        del leg.losses.items[told:]
        return None
    options, model = leg.options, memo.get("model")
    if type(model) is not str or not model:
        model = head_of(leg)["model"]
    unified: Json = {
        "id": options.id or "chatcmpl-0", "object": "chat.completion", "created": options.created, "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}], "usage": counts,
    }  # fmt: skip
    if tier is not None:
        unified["service_tier"] = SERVICE_TIER_TO_UNIFIED[tier["type"]]
    if metrics and metrics != NO_METRICS:
        bag.put(unified, leg.row.key, "metrics", metrics)
    return unified


def _is_thought(block: Any) -> bool:
    return type(block) is dict and "reasoningContent" in block


def is_plain_tier(tier: Any) -> bool:
    """A known word for the tier that served, alone."""
    return type(tier) is dict and len(tier) == 1 and type(tier.get("type")) is str and tier["type"] in SERVICE_TIER_TO_UNIFIED


def is_plain_metrics(metrics: Any) -> bool:
    """None, or a latency alone."""
    return metrics is None or (type(metrics) is dict and metrics.keys() == NO_METRICS.keys() and type(metrics["latencyMs"]) is int)


def counts_to_unified(usage: Json, key: str) -> Json | None:
    """Counts that add up, beside them tools of the server that were not used; None for any other."""
    prompt = completion = total = -1
    cached = 0
    read = written = None
    extras: Json = {}
    for name, value in usage.items():
        if type(value) is not int:
            if name != "serverToolUsage" or value != _NOTHING:
                return None
            extras[name] = value
        elif name == "inputTokens":
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
        elif name not in ALIASES:
            return None
    if prompt < 0 or completion < 0:
        return None
    if total == prompt + cached + completion:
        prompt += cached
    elif cached and total == prompt + completion and cached <= prompt:  # models that count the cached ones in
        extras["inputTokens"] = prompt
    else:
        return None
    counts: Json = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total}
    if read is not None or written is not None:
        details = counts["prompt_tokens_details"] = {} if read is None else {"cached_tokens": read}
        if written is not None:
            details["cache_write_tokens"] = written
    if extras:
        counts["extra_content"] = {key: extras}
    return counts
