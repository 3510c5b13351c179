"""
The short way from unified: requests and answers that the survey knows (`translate.survey`), written without a look at what can
not be there.

Each function gives exactly what the long way gives, or None, the leg untouched, where that has more to say.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.anthropic import address, beside, messages as conversation, settings, tools
from translate.providers.anthropic.assistant import FORMAT, turn_to_native
from translate.providers.anthropic.calls import call_to_native
from translate.providers.anthropic.content import BLANK, mark_before, part_to_native
from translate.providers.anthropic.ending import stop_to_native
from translate.providers.anthropic.facts import facts_of
from translate.providers.anthropic.media import file_block, image_source
from translate.providers.anthropic.messages import SYSTEM_ROLES, append
from translate.providers.anthropic.tables import NO_MODEL, OLD_VERSION, VARIANT_VERSIONS, VERSION, WRITE_FIELDS
from translate.providers.anthropic.usage import tier_to_native, usage_to_native
from translate.providers.anthropic.writing import MARK, Writing
from translate.shared import bag
from translate.shared.arguments import parse_object
from translate.shared.fields import check_stream_options, copy_fields, report_rest, without_place
from translate.shared.known_messages import is_common_answer
from translate.shared.plain import unsupported
from translate.shared.plain_bags import opened, signed_texts

FEW = frozenset(("model", "messages", "max_completion_tokens", "max_tokens", "temperature", "top_p", "top_k", "stream"))
TOOL_FIELDS = frozenset(("tools", "tool_choice", "parallel_tool_calls", "web_search_options"))
COMMON = FEW | TOOL_FIELDS | settings.STEERING - {"reasoning"} | beside.USER_FIELDS | {
    "stream_options", "response_format", "stop", "service_tier",
}  # fmt: skip
KNOWN = COMMON | unsupported(WRITE_FIELDS).keys()
SAMPLING = frozenset(("temperature", "top_p", "top_k"))
_OTHERS = SAMPLING - {"temperature"}
MERGED = frozenset((  # members of usage that its visible counts make
    "input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens_details", "service_tier",
    "speed",
))  # fmt: skip
MADE = frozenset(("id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage"))  # members of every answer
NO_TIME = "answers have no time here"
NO_MEMBER = "messages have no such member"
_NOTHING: Json = {}


def request_to_native(request: Json, leg: Leg) -> Json | None:
    """A surveyed request without older names, bags and members that only Anthropic has; None for any other, the leg untouched."""
    model = request.get("model") or leg.route.get("model") or leg.options.model or ""
    most, stream, variant = request.get("max_completion_tokens"), request.get("stream"), leg.row.variant
    if most is None:
        most = request.get("max_tokens")
    elif request.get("max_tokens") is not None:
        return None
    few = FEW.issuperset(request)
    if not few and (not KNOWN.issuperset(request) or (variant and "service_tier" in request)):  # platforms lack what a tier becomes
        return None
    if type(model) is not str or (most is not None and type(most) is not int) or leg.options.api_version:
        return None
    if stream is not None and type(stream) is not bool:
        return None
    if not model:
        leg.losses.add("defaulted", "envelope", "model", ("model",), NO_MODEL)
    leg.model = model
    writing = Writing(leg, request, facts_of(leg, model))
    native: Json = {"anthropic_version": VARIANT_VERSIONS[variant]} if variant else {"model": model}
    native["max_tokens"] = beside.most_to_native(request, leg) if most is None else most
    stream_here = stream and variant != "bedrock"
    if few:
        messages_to_native(request, native, writing)
        if stream_here:
            native["stream"] = True
    else:
        _in_front(request, native, writing)
        messages_to_native(request, native, writing)
        _behind(request, native, leg, stream_here is True)
    if writing.marks:
        writing.settle_marks(False)
    if not few and not COMMON.issuperset(request):
        copy_fields(WRITE_FIELDS, request, native, leg)
    heat = request.get("temperature")
    # A temperature by itself, which most models take, needs no look at what it may stand beside.
    sent = few and type(heat) is float and heat <= 1 and writing.facts.get("sampling", True) and _OTHERS.isdisjoint(request)
    if sent:
        native["temperature"] = heat
    elif not SAMPLING.isdisjoint(request):
        sent = settings.sampling(request, native, writing, True)
    betas = beside.with_tool_betas(None, writing) if writing.betas else None
    address.to_native(native, leg, model, stream is True, OLD_VERSION if sent or writing.old else VERSION, betas)
    return native


def _in_front(request: Json, native: Json, writing: Writing) -> None:
    """What stands before the messages: thinking, tools."""
    if not settings.STEERING.isdisjoint(request):
        if request.get("max_tokens") is not None:
            writing.leg.losses.moved["max_completion_tokens",] = ("max_tokens",)  # losses of a budget say where the limit stands
        settings.thinking_to_native(request, native, writing)
    if not TOOL_FIELDS.isdisjoint(request):
        tools.to_native(request, native, writing)


def _behind(request: Json, native: Json, leg: Leg, stream: bool) -> None:
    """What stands behind them."""
    if "response_format" in request:
        settings.format_to_native(request, native, leg)
    if "stop" in request:
        beside.stop_to_native(request["stop"], native, leg)
    if stream:
        native["stream"] = True
    if "stream_options" in request:
        check_stream_options(request["stream_options"], leg)
    if not beside.USER_FIELDS.isdisjoint(request):
        beside.user_to_native(request, native, leg)
    if "service_tier" in request:
        beside.tier_to_native(request["service_tier"], native, leg)


def messages_to_native(request: Json, native: Json, writing: Writing) -> None:
    """Surveyed messages, with marks of the cache or without -> `system` and `messages`; losses as `messages.to_native`."""
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
        system = text if is_one else _system(messages, start, writing)
        if system:
            native["system"] = system
    turns: list[Json] = []
    role = ""  # of the last turn
    blocks: list[Json]
    content: Any
    opened = leg.opened
    is_opened = opened is not None  # else no message says more than the survey knows
    for number in range(start, count):
        message = messages[number]
        speaker, content = message["role"], message.get("content") if is_opened else message["content"]
        if speaker == "user":
            if is_opened and len(message) > 2:
                report_rest(message, conversation.USER_MEMBERS, leg, ("messages", number), "envelope", NO_MEMBER)
                if type(content) is str and content and not content.isspace():
                    content = [{"type": "text", "text": content}]
            if type(content) is str:
                if not content or content.isspace():
                    if content:
                        leg.losses.add("dropped", "content", "content", ("messages", number, "content"), BLANK)
                elif role == "user":
                    held = turns[-1]["content"]
                    if type(held) is str:
                        turns[-1]["content"] = [{"type": "text", "text": held}, {"type": "text", "text": content}]
                    else:
                        held.append({"type": "text", "text": content})
                else:
                    role = "user"
                    turns.append({"role": role, "content": content})
                continue
            blocks = _parts(content, writing, number)
        elif is_opened and speaker == "assistant" and number not in opened and not is_common_answer(message):
            # Other thoughts, order rows, the mark of a prefill: their shapes are known, not what they amount to.
            path = ("messages", number)
            own = bag.unpack(message, leg, path, "content") if "extra_content" in message else bag.EMPTY
            blocks = turn_to_native(message, writing, path, own)
        elif speaker == "assistant":
            blocks = []
            if is_opened and number in opened:
                blocks = [{"type": "thinking", "thinking": text, "signature": signature} for text, signature in opened[number]]
            if content:
                if content.isspace():
                    leg.losses.add("dropped", "content", "text", ("messages", number, "content"), BLANK)
                else:
                    blocks.append({"type": "text", "text": content})
            if len(message) > 2 and (calls := message.get("tool_calls")):
                for spot, call in enumerate(calls):
                    blocks.append(_call(call, writing, number, spot))
        elif speaker == "tool":
            identifier = message["tool_call_id"]
            if not identifier.isidentifier():
                identifier = writing.id(identifier, ("messages", number, "tool_call_id"))
            result: Json = {"type": "tool_result", "tool_use_id": identifier}
            said = content if type(content) is str else _parts(content, writing, number)
            if said:
                result["content"] = said
            if message.get("is_error"):
                result["is_error"] = True
            if MARK in message:
                writing.mark(result, message[MARK], ("messages", number, MARK))
            if role == "user" and type(turns[-1]["content"]) is list:
                turns[-1]["content"].append(result)
                continue
            blocks = [result]
            speaker = "user"
        else:
            conversation.later_system(messages, number, turns, writing)
            role = turns[-1]["role"] if turns else ""
            continue
        if speaker == role:
            append(turns, role, blocks)
        elif blocks:
            role = speaker
            turns.append({"role": role, "content": blocks})
    if not turns or turns[0]["role"] != "user":
        conversation.report_first_turn(turns, start, leg)
    if turns[-1]["role"] == "assistant":
        conversation.prefill(turns[-1]["content"], writing, messages)
    native["messages"] = turns


def _system(messages: list[Json], count: int, writing: Writing) -> list[Json]:
    """The leading system messages, which are several or in parts: a block each text."""
    blocks: list[Json] = []
    for number in range(count):
        content = messages[number]["content"]
        if type(content) is not str:
            blocks += _parts(content, writing, number)
        elif content and not content.isspace():
            blocks.append({"type": "text", "text": content})
        elif content:
            writing.leg.losses.add("dropped", "content", "content", ("messages", number, "content"), BLANK)
    return blocks


def _parts(parts: list[Json], writing: Writing, number: int) -> list[Json]:
    """Texts, images and files of a user, or of a result."""
    blocks: list[Json] = []
    for spot, part in enumerate(parts):
        kind = part["type"]
        if len(part) > 3 or "extra_content" in part:
            part_to_native(part, writing, ("messages", number, "content", spot), blocks)
            continue
        if kind == "text":
            text = part["text"]
            if text and not text.isspace():
                blocks.append({"type": "text", "text": text})
                if MARK in part:
                    writing.mark(blocks[-1], part[MARK], ("messages", number, "content", spot, MARK))
            elif text:
                writing.leg.losses.add("dropped", "content", "text", ("messages", number, "content", spot), BLANK)
            continue
        path = ("messages", number, "content", spot)
        block = file_block(part["file"], False, writing, (*path, "file"), path) if kind == "file" else _image(part["image_url"], writing, path)
        if block is not None:
            blocks.append(block)
            if MARK in part:
                writing.mark(block, part[MARK], (*path, MARK))
        elif MARK in part:
            mark_before(part[MARK], writing, path, blocks)
    return blocks


def _image(image: Json, writing: Writing, path: Path) -> Json | None:
    if image.get("detail", "auto") != "auto":
        writing.leg.losses.add("dropped", "behaviour", "detail", (*path, "image_url", "detail"), "no such setting")
    source = image_source(image["url"], writing, (*path, "image_url", "url"), path, None)
    return None if source is None else {"type": "image", "source": source}


def _call(call: Json, writing: Writing, number: int, spot: int) -> Json:
    function = call["function"]
    value = parse_object(function["arguments"])
    if value is None:
        return call_to_native(call, writing, ("messages", number, "tool_calls", spot))
    identifier, name = call["id"], function["name"]
    # Letters, digits and _ alone: most ids need no look with the expression.
    if not identifier.isidentifier():
        identifier = writing.id(identifier, ("messages", number, "tool_calls", spot, "id"))
    if name not in writing.fine_names:
        name = writing.name(name, ("messages", number, "tool_calls", spot, "function", "name"))
    block: Json = {"type": "tool_use", "id": identifier, "name": name, "input": value}
    if MARK in call:
        writing.mark(block, call[MARK], ("messages", number, "tool_calls", spot, MARK))
    return block



def response_to_native(
    response: Json, leg: Leg, thoughts: list[Json] | None = None, rowed: Json | None = None, counts: Json | None = None
) -> Json:
    """
    A surveyed answer, behind its signed thoughts or in the order of rows -> Message; losses as `response.to_native`.

    counts: what its usage was found to be.
    """
    choice = response["choices"][0]
    message = choice["message"]
    if response["created"]:
        leg.losses.items.append(without_place(leg.row.name, "created", NO_TIME))
    identifier = response["id"] or leg.options.id or "chatcmpl-0"
    calls = message.get("tool_calls") or ()
    blocks = thoughts or []
    called = bool(calls)
    if rowed is not None:
        where: Path = ("choices", 0, "message")
        blocks = turn_to_native(rowed, _writing(response, leg, identifier), where, bag.unpack(rowed, leg, where, "content"))
        called = any(block.get("type") == "tool_use" for block in blocks)
    elif message.get("reasoning_content") and not blocks:
        blocks = turn_to_native(message, _writing(response, leg, identifier), ("choices", 0, "message"), _NOTHING)
    else:
        if message["content"]:
            blocks.append({"type": "text", "text": message["content"]})
        for spot, call in enumerate(calls):
            function = call["function"]
            value = parse_object(function["arguments"])
            if value is None:
                place = ("choices", 0, "message", "tool_calls", spot)
                blocks.append(call_to_native(call, _writing(response, leg, identifier), place))
            else:
                blocks.append({"type": "tool_use", "id": call["id"], "name": function["name"], "input": value})
    usage = response.get("usage")
    native: Json = {
        "id": identifier, "type": "message", "role": "assistant",
        "model": response["model"] or leg.memo.get("model") or leg.options.model or "", "content": blocks,
        "stop_reason": stop_to_native(choice, _NOTHING, called, leg, ("choices", 0)), "stop_sequence": None,
    }  # fmt: skip
    native["usage"] = counts or _counts_to_native(usage) or usage_to_native(usage, None, leg, ("usage",))
    if response.get("service_tier") is not None:
        tier_to_native(response["service_tier"], native["usage"], leg)
    if response.get("system_fingerprint") is not None:
        leg.losses.items.append(without_place(leg.row.name, "system_fingerprint"))
    return native


def bagged_to_native(response: Json, leg: Leg) -> Json | None:
    """`response_to_native` for an answer with what Anthropic's servers say beside the common members; None for all others."""
    held = opened(response, leg.row.key, rows=True)
    if held is None or not MADE.isdisjoint(held.own) or not MERGED.isdisjoint(held.counted):
        return None
    counts = _counts_to_native(held.bare["usage"])
    if counts is None:
        return None
    thoughts: list[Json] = []
    if held.entries is not None:
        signed = signed_texts(held.entries, held.bare["choices"][0]["message"].get("reasoning_content"), FORMAT)
        if signed is None:
            return None
        thoughts = [{"type": "thinking", "thinking": text, "signature": signature} for text, signature in signed]
    native = response_to_native(held.bare, leg, thoughts, held.rowed, counts)
    native["usage"].update(held.counted)
    native.update(held.own)
    return native


def _writing(response: Json, leg: Leg, identifier: str) -> Writing:
    writing = Writing(leg, response, _NOTHING, answer=True)
    writing.document = identifier
    return writing


def _counts_to_native(usage: Json | None) -> Json | None:
    """Counts of a surveyed answer that add up; None when there is something to tell, or nothing."""
    if usage is None:
        return None
    prompt, completion = usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0)
    if usage.get("total_tokens") != prompt + completion:
        return None
    details = usage.get("prompt_tokens_details", _NOTHING)
    for name, count in details.items():
        if name == "cached_tokens" or name == "cache_write_tokens":
            prompt -= count
        elif count:
            return None
    if prompt < 0:
        return None
    native: Json = {"input_tokens": prompt}
    if "cached_tokens" in details:
        native["cache_read_input_tokens"] = details["cached_tokens"]
    if "cache_write_tokens" in details:
        native["cache_creation_input_tokens"] = details["cache_write_tokens"]
    native["output_tokens"] = completion
    for name, count in usage.get("completion_tokens_details", _NOTHING).items():
        if name == "reasoning_tokens":
            native["output_tokens_details"] = {"thinking_tokens": count}
        elif count:
            return None
    return native
