"""
The short way from unified: requests and answers that the survey knows (`translate.survey`), written without a look at what can
not be there.

Each function gives exactly what the long way gives, or None, the leg untouched, where that has more to say.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock import beside, messages as conversation, settings, thinking, tools
from translate.providers.bedrock.address import set_route
from translate.providers.bedrock.assistant import turn_to_native
from translate.providers.bedrock.calls import SERVER_USE, call_to_native
from translate.providers.bedrock.content import BLANK, part_to_native, plain_text
from translate.providers.bedrock.documents import file_block, visual_to_native
from translate.providers.bedrock.ending import ADDITIONAL, STOP_REASONS, stop_to_native
from translate.providers.bedrock.facts import facts_of, family_of
from translate.providers.bedrock.messages import SYSTEM_ROLES, turn_of
from translate.providers.bedrock.reasoning import CLAUDE_FORMAT, signed, word_of
from translate.providers.bedrock.tables import LONGEST_ID, LONGEST_NAME, NO_MODEL, NO_TIME, STANDS_BESIDE, WRITE_FIELDS
from translate.providers.bedrock.usage import COUNTS, NO_METRICS, tier_to_native, usage_to_native
from translate.providers.bedrock.writing import MARK, Writing
from translate.shared import bag, known_messages
from translate.shared.arguments import parse_object
from translate.shared.fields import copy_fields, report_rest, without_place
from translate.shared.known_messages import is_common_answer
from translate.shared.plain import unsupported
from translate.shared.plain_bags import opened, signed_texts
from translate.shared.system_parts import is_listed

FEW = frozenset(("model", "messages", "max_completion_tokens", "max_tokens", "temperature", "top_p", "stream"))
STEERING = frozenset(("thinking", "reasoning_effort"))
COMMON = FEW | STEERING | {
    "top_k", "stream_options", "tools", "tool_choice", "parallel_tool_calls", "response_format", "stop", "metadata", "service_tier",
}  # fmt: skip
KNOWN = COMMON | unsupported(WRITE_FIELDS).keys()
SAMPLING = frozenset(("temperature", "top_p", "top_k"))
MADE = frozenset(("output", "stopReason", "usage", "serviceTier", ADDITIONAL))  # members of an answer made from visible ones
NO_MEMBER = "messages have no such member"
_NOTHING: Json = {}


def request_to_native(request: Json, leg: Leg) -> Json | None:
    """A surveyed request without older names, bags and members that only Converse has; None for any other, the leg untouched."""
    model = request.get("model") or leg.route.get("model") or leg.options.model or ""
    most, stream = request.get("max_completion_tokens"), request.get("stream")
    if most is None:
        most = request.get("max_tokens")
    elif request.get("max_tokens") is not None:
        return None
    few = FEW.issuperset(request)
    steered = not few and not STEERING.isdisjoint(request)
    if not few and not KNOWN.issuperset(request):
        return None
    if type(model) is not str or (most is not None and (type(most) is not int or most < 1)):
        return None
    if stream is not None and type(stream) is not bool:
        return None
    if model:
        leg.memo["model"] = leg.model = model
    else:
        leg.losses.add("defaulted", "envelope", "model", (), NO_MODEL)
    facts = facts_of(leg, model)
    writing = Writing(leg, request, facts)
    config: Json = {} if most is None else {"maxTokens": most}
    if not few and request.get("stop") is not None:
        settings.stop_to_native(request["stop"], config, leg)
    native: Json = {"inferenceConfig": config} if config else {}
    if steered:
        if request.get("max_tokens") is not None:
            leg.losses.moved["max_completion_tokens",] = ("max_tokens",)  # losses of a budget say where the limit stands
        thinking.to_native(request, native, writing)
    if not SAMPLING.isdisjoint(request):
        value = request.get("temperature")
        if few and (type(value) is float or type(value) is int) and 0 <= value <= 1 and "top_p" not in request and facts.get("sampling") is not False:
            config["temperature"] = value
            native["inferenceConfig"] = config
        else:
            settings.sampling_to_native(request, native, writing)
    if few:
        messages_to_native(request, native, writing)
        if writing.used:
            tools.settle(request, native, writing)
    else:
        tools.to_native(request, native, writing)
        messages_to_native(request, native, writing)
        tools.settle(request, native, writing)
        if "response_format" in request:
            settings.format_to_native(request, native, leg)
    if writing.points:
        writing.settle_points()
    if not few:
        _behind(request, native, leg)
    if writing.additional:
        native[settings.ADDITIONAL] = writing.additional
    set_route(leg, model, stream is True)
    return native


def _behind(request: Json, native: Json, leg: Leg) -> None:
    """What stands behind the messages."""
    beside.to_native(request, native, leg)
    if not COMMON.issuperset(request):
        copy_fields(WRITE_FIELDS, request, native, leg)


def opened_odd(messages: list[Any], odd: list[Any], key: str) -> dict[int, known_messages.Signed] | None:
    """Whether odd messages are known, and what was thought in them (`known_messages.opened_odd`)."""
    return known_messages.opened_odd(messages, odd, key, CLAUDE_FORMAT, _is_system)


def _is_system(message: Json) -> bool:
    return is_listed(message, marked=True)


def messages_to_native(request: Json, native: Json, writing: Writing) -> None:
    """Surveyed messages -> `system` and `messages`; losses as `messages.to_native`."""
    leg = writing.leg
    messages: list[Json] = request["messages"]
    count = len(messages)
    start = 0
    for message in messages:
        if message["role"] not in SYSTEM_ROLES:
            break
        start += 1
    if start:
        text = messages[0]["content"]
        is_one = start == 1 and type(text) is str and text and not text.isspace()
        system = [{"text": text}] if is_one else _system(messages, start, writing)
        if system:
            native["system"] = system
    turns: list[Json] = []
    role = ""  # of the last turn
    held: list[Json] = []  # its blocks
    used = writing.used
    blocks: list[Json]
    is_opened = leg.opened is not None  # else no message says more than the survey knows
    thoughts: dict[int, known_messages.Signed] = leg.opened if leg.opened and word_of(writing.facts) == CLAUDE_FORMAT else {}
    for number in range(start, count):
        message = messages[number]
        speaker, content = message["role"], message.get("content") if is_opened else message["content"]
        if speaker == "tool":
            if not content or (is_opened and (len(message) != 3 or type(content) is list)) or content.isspace():
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
        if is_opened and speaker == "assistant" and number not in thoughts and not is_common_answer(message):
            # Other thoughts, order rows, the mark of a prefill: their shapes are known, not what they amount to.
            path = ("messages", number)
            own = bag.unpack(message, leg, path, "content") if "extra_content" in message else bag.EMPTY
            blocks = turn_to_native(message, writing, path, own)
        elif speaker == "user" or speaker == "assistant":
            if is_opened and speaker == "user" and len(message) > 2:
                report_rest(message, conversation.USER_MEMBERS, leg, ("messages", number), "envelope", NO_MEMBER)
            if type(content) is list:
                blocks = _parts(content, writing, number, [])
            elif not content:
                blocks = []
            elif content.isspace():
                leg.losses.add("dropped", "content", "content", ("messages", number, "content"), BLANK)
                blocks = []
            else:
                blocks = [{"text": content}]
            if speaker == "assistant":
                if thoughts and number in thoughts:
                    blocks[:0] = [signed(text, signature) for text, signature in thoughts[number]]
                if len(message) > 2 and (calls := message.get("tool_calls")):
                    for spot, call in enumerate(calls):
                        blocks.append(_call(call, writing, number, spot))
        else:
            conversation.later_system(message, turns, writing, ("messages", number))
            if turns:
                role, held = turns[-1]["role"], turns[-1]["content"]
            continue
        if speaker == role:
            if writing.points:
                conversation.extend(turns, held, blocks, bag.EMPTY, writing)
            else:
                held += blocks
        elif blocks:
            role, held = speaker, blocks
            turns.append({"role": role, "content": held})
    if writing.documents or not turns or turns[0]["role"] == "assistant":
        turns = conversation.settled(turns, writing, start)
    if turns[-1]["role"] == "assistant":
        conversation.prefill(turns[-1]["content"], writing, messages)
    native["messages"] = turns


def _system(messages: list[Json], count: int, writing: Writing) -> list[Json]:
    """The leading system messages, which are several or in parts: a block each text."""
    blocks: list[Json] = []
    for number in range(count):
        content = messages[number]["content"]
        if type(content) is list:
            _parts(content, writing, number, blocks)
        else:
            plain_text(content, writing, ("messages", number, "content"), blocks)
    return blocks


def _parts(parts: list[Json], writing: Writing, number: int, blocks: list[Json]) -> list[Json]:
    """Texts, images and files of a user, or the texts of a system message, put behind `blocks`."""
    for spot, part in enumerate(parts):
        kind = part["type"]
        if len(part) != 2 and (len(part) > 3 or MARK not in part):
            part_to_native(part, writing, ("messages", number, "content", spot), blocks, "user")
            continue
        if kind == "text":
            text = part["text"]
            if text and not text.isspace():
                blocks.append({"text": text})
                if MARK in part:
                    writing.mark(blocks, part[MARK], ("messages", number, "content", spot, MARK))
            elif text:
                writing.leg.losses.add("dropped", "content", "text", ("messages", number, "content", spot, "text"), BLANK)
            continue
        path = ("messages", number, "content", spot)
        if kind == "file":
            block = file_block(part["file"], bag.EMPTY, writing, (*path, "file"), path)
        else:
            image = part["image_url"]
            if image.get("detail", "auto") != "auto":
                writing.leg.losses.add("dropped", "behaviour", "detail", (*path, "image_url", "detail"), "no such setting")
            block = visual_to_native("image", image["url"], bag.EMPTY, writing, (*path, "image_url", "url"), path)
        if block is not None:
            blocks.append(block)
        if MARK in part:
            writing.mark(blocks, part[MARK], (*path, MARK))
    return blocks


def _call(call: Json, writing: Writing, number: int, spot: int) -> Json:
    function, identifier = call["function"], call["id"]
    name = function["name"]
    used = writing.used
    # Letters, digits and _ alone: most ids and names need no look with the expression. Results stand under no name in `used`.
    if len(identifier) <= LONGEST_ID and identifier.isidentifier():
        is_new = name not in used
        if name.isidentifier() and len(name) <= LONGEST_NAME if is_new else name:
            value = parse_object(function["arguments"])
            if value is not None:
                if is_new:
                    used[name] = ("messages", number, "tool_calls", spot)
                return {"toolUse": {"toolUseId": identifier, "name": name, "input": value}}
    return call_to_native(call, writing, ("messages", number, "tool_calls", spot))


def response_to_native(
    response: Json, leg: Leg, thoughts: list[Json] | None = None, rowed: Json | None = None, counts: Json | None = None
) -> Json:
    """
    A surveyed answer, behind its signed thoughts or in the order of rows -> Converse answer; losses as `response.to_native`.

    counts: what its usage was found to be.
    """
    choice = response["choices"][0]
    message = choice["message"]
    name, items = leg.row.name, leg.losses.items
    if response["created"]:
        items.append(without_place(name, "created", NO_TIME))
    for member in ("id", "model"):
        if response[member] and response[member] != "chatcmpl-0":
            items.append(without_place(name, member, STANDS_BESIDE))
    calls = message.get("tool_calls") or ()
    blocks = thoughts or []
    called = bool(calls)
    if rowed is not None:
        path: Path = ("choices", 0, "message")
        blocks = turn_to_native(rowed, _writing(response, leg), path, bag.unpack(rowed, leg, path, "content"))
        called, calls = any(is_call(block) for block in blocks), ()
    elif message.get("reasoning_content") and not blocks:
        blocks.append({"reasoningContent": {"reasoningText": {"text": message["reasoning_content"]}}})
    if rowed is None and message["content"]:
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
    usage = response.get("usage")
    reason = STOP_REASONS.get((choice["finish_reason"], called))
    native: Json = {
        "output": {"message": {"role": "assistant", "content": blocks}},
        "stopReason": reason or stop_to_native(choice["finish_reason"], None, called, None, leg, ("choices", 0)),
    }
    native["usage"] = counts or _counts_to_native(usage) or usage_to_native(usage, leg, ("usage",))
    native["metrics"] = NO_METRICS.copy()
    if response.get("service_tier") is not None:
        tier_to_native(response["service_tier"], native, leg)
    if response.get("system_fingerprint") is not None:
        items.append(without_place(name, "system_fingerprint"))
    return native


def bagged_to_native(response: Json, leg: Leg) -> Json | None:
    """`response_to_native` for an answer with what Converse says beside the common members; None for all others."""
    held = opened(response, leg.row.key, rows=True)
    if held is None or not MADE.isdisjoint(held.own) or None in held.own.values():
        return None
    usage = held.bare["usage"]
    for name in held.counted:
        # A model that counts what was cached in says so, as long as no count was edited.
        if name in COUNTS and (name != "inputTokens" or held.counted[name] != usage.get("prompt_tokens")):
            return None
    counts = _counts_to_native(usage)
    if counts is None:
        return None
    thoughts: list[Json] = []
    if held.entries is not None:
        model = held.bare["model"] or leg.memo.get("model") or leg.options.model or ""
        readable = held.bare["choices"][0]["message"].get("reasoning_content")
        texts = signed_texts(held.entries, readable, word_of(family_of(model, leg)))
        if texts is None:
            return None
        thoughts = [signed(text, signature) for text, signature in texts]
    native = response_to_native(held.bare, leg, thoughts, held.rowed, counts)
    native["usage"].update(held.counted)
    native.update(held.own)
    return native


def is_call(block: Json) -> bool:
    """Whether a block is a call that the client has to run."""
    use = block.get("toolUse")
    return type(use) is dict and use.get("type") != SERVER_USE


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
    total = prompt + completion
    details = usage.get("prompt_tokens_details", _NOTHING)
    for name, count in details.items():
        if name == "cached_tokens" or name == "cache_write_tokens":
            prompt -= count
        elif count:
            return None
    if prompt < 0:
        return None
    native: Json = {"inputTokens": prompt, "outputTokens": completion, "totalTokens": total}
    if "cached_tokens" in details:
        native["cacheReadInputTokens"] = details["cached_tokens"]
    if "cache_write_tokens" in details:
        native["cacheWriteInputTokens"] = details["cache_write_tokens"]
    for count in usage.get("completion_tokens_details", _NOTHING).values():
        if count:
            return None
    return native
