"""
The short way from unified: what the survey knows (`Leg.plain`) is written in one walk, without a look at what can not be there.

Each function gives exactly what the long way gives, or None, the leg untouched, where that has more to say.
"""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg
from translate.loss import Loss
from translate.providers.ollama.tables import (
    BEHIND_IMAGES,
    DURATIONS,
    FINISH_REASON_TO_NATIVE,
    GOES_ON,
    JOINED,
    LINKED,
    NO_DETAIL,
    NO_DETAILS,
    NO_ID,
    NO_MEMBER,
    NO_NAME,
    NO_TIER,
    OPTIONS,
    REQUEST_FIELDS,
    THINK,
)
from translate.shared import bag, media, opened_turns
from translate.shared.arguments import LENGTH_MADE_UP, made_up_id, parse_object
from translate.shared.fields import report_head, without_place
from translate.shared.plain import LATER, LongWay, is_other, report_unsupported, unsupported
from translate.shared.system_parts import MARK
from translate.shared.timestamps import to_seconds, to_text, written_time
from translate.survey import plain_response

_UNSUPPORTED = unsupported(REQUEST_FIELDS)
_EFFORTS = {effort: THINK[effort] for effort in ("none", "low", "medium", "high", "max")}  # the words that lose nothing


def request_to_native(request: Json, leg: Leg, path: str, long_way: LongWay) -> Json | None:
    """A surveyed request whose other members are common ones; None for every other one."""
    model = request.get("model")
    if not model or type(model) is not str:
        return None
    stream = request.get("stream") is True
    options: Json = {}
    copied: Json = {}
    lost: list[str] = []
    effort = tools = choice = None
    for name, value in request.items():
        if value is None or name == "messages" or name == "model" or name == "stream":
            continue
        if name == "stop":
            options[name] = [value] if type(value) is str else value
        elif name in OPTIONS:
            options[OPTIONS[name]] = value
        elif name == "max_tokens" and "max_completion_tokens" not in request:
            options["num_predict"] = value
        elif name == "logprobs" or name == "top_logprobs":
            copied[name] = value
        elif name == "tools":
            tools = value
        elif name == "tool_choice":
            choice = value
        elif name == "reasoning_effort":
            effort = value
        elif name in LATER:
            continue
        elif not is_other(name, value, _UNSUPPORTED, lost):
            return None
    messages = messages_to_native(request["messages"], leg)
    if messages is None:
        return None
    leg.model = model
    native: Json = {"model": model, "stream": stream, "messages": messages}
    if tools is not None or choice is not None:
        long_way.tools(request, native, leg)
    if "thinking" in request or "reasoning" in request:
        long_way.thinking(request, native, leg)
    elif effort is not None:
        if type(effort) is str and effort in _EFFORTS and not leg.options.model_facts and "gpt-oss" not in model.lower():
            native["think"] = _EFFORTS[effort]
        else:
            long_way.thinking(request, native, leg)
    if "response_format" in request:
        long_way.form(request, native, leg)
    if options:
        native["options"] = options
    native.update(copied)
    report_unsupported(lost, _UNSUPPORTED, leg)
    if "extra_content" in request:
        long_way.bag(request, native, leg)
    leg.route.update(model=model, stream=stream, path=path, query={}, headers={})
    return native


def messages_to_native(messages: list[Any], leg: Leg) -> list[Json] | None:
    """
    Surveyed messages, and odd ones that are opened; None where the bytes of an image are of another kind, arguments are no object
    or results of calls whose ids are ours come in another order.

    Losses, as on the long way: links, the order of parts, names and marks, a last turn of the assistant.
    """
    out: list[Json] = []
    names: dict[str, str] = {}
    lost: list[Loss] = []
    made_up: list[str] = []  # ids that are left out
    waiting: list[str] = []  # those that have no result yet
    count = 0
    opened: set[int] = leg.opened or _NONE
    target = leg.losses.target
    for number, message in enumerate(messages):
        role, content = message["role"], message.get("content")
        images: list[str] | None = None
        if type(content) is list:
            parts = _parts_to_native(content, f"/messages/{number}/content", lost, target)
            if parts is None:
                return None
            content, images = parts
        if role == "assistant":
            native: Json = {"role": role, "content": content or ""}
            calls = message.get("tool_calls")
            if calls:
                before = len(made_up)
                written = calls_to_native(calls, "", count, made_up)
                if written is None:
                    return None
                native["tool_calls"] = written
                count += len(calls)
                waiting += made_up[before:]
                for call in calls:
                    names[call["id"]] = call["function"]["name"]
            out.append(native)
        elif role == "tool":
            identifier = message["tool_call_id"]
            out.append({"role": role, "content": content, "tool_name": names[identifier]})
            if identifier not in made_up:
                out[-1]["tool_call_id"] = identifier
            elif identifier in waiting:
                if identifier != next(known for known in waiting if names[known] == names[identifier]):
                    return None  # results without ids are matched by their order
                waiting.remove(identifier)
        else:
            out.append({"role": "system" if role == "developer" else role, "content": content})
            if images:
                out[-1]["images"] = images
        if number in opened:
            _beside(message, out[-1], f"/messages/{number}", lost, target)
    if role == "assistant" and "prefix" not in message:
        lost.append(Loss("approximated", "behaviour", "prefix", f"/messages/{number}", target, GOES_ON))
    leg.losses.items += lost
    return out


_NONE: set[int] = set()


def _beside(message: Json, native: Json, place: str, lost: list[Loss], target: str) -> None:
    """Writes the thoughts of a message that is opened, before calls or behind them as they came. Losses: its name and mark."""
    if "reasoning_content" in message:
        calls = native.pop("tool_calls", None)
        for name in message:
            if name == "reasoning_content":
                native["thinking"] = message[name]
            elif name == "tool_calls" and calls is not None:
                native[name] = calls
    if MARK in message:
        lost.append(Loss("dropped", "behaviour", MARK, f"{place}/{MARK}", target, NO_MEMBER))
    if "name" in message:
        lost.append(Loss("dropped", "envelope", "name", f"{place}/name", target, NO_NAME))


def _parts_to_native(parts: list[Any], place: str, lost: list[Loss], target: str) -> tuple[str, list[str]] | None:
    """The text of a turn in parts, and images in data URLs."""
    texts: list[str] = []
    images: list[str] = []
    for number, part in enumerate(parts):
        if part["type"] == "text":
            if images or texts:
                lost.append(Loss("approximated", "content", "text", f"{place}/{number}", target, BEHIND_IMAGES if images else JOINED))
            texts.append(part["text"])
            if MARK in part:
                lost.append(opened_turns.mark_of_part(f"{place}/{number}", target))
            continue
        if part["type"] == "file":
            lost.append(opened_turns.file_of_turn(f"{place}/{number}", target))
            continue
        image = part["image_url"]
        found = media.parse_data_url(image["url"])
        if found is None:
            lost.append(Loss("dropped", "content", "image_url", f"{place}/{number}", target, LINKED))
            continue
        if not found.base64 or media.sniff(found.data) != found.media_type:
            return None
        images.append(found.data)
        if image.get("detail", "auto") != "auto":
            lost.append(Loss("dropped", "behaviour", "detail", f"{place}/{number}/image_url/detail", target, NO_DETAIL))
    return "".join(texts), images


def calls_to_native(calls: list[Any], document: str, count: int, made_up: list[str]) -> list[Json] | None:
    """
    Surveyed calls with an object as arguments, behind so many others; None where one has none.

    made_up: takes the ids that were made up for this document, which stay out.
    """
    written: list[Json] = []
    for number, call in enumerate(calls):
        identifier, function = call["id"], call["function"]
        name, text = function["name"], function["arguments"]
        arguments = parse_object(text)
        if arguments is None:
            return None
        inner = {"index": number, "name": name, "arguments": arguments}
        if len(identifier) == LENGTH_MADE_UP and identifier == made_up_id(document, count + number, name, text or "{}"):
            made_up.append(identifier)
            written.append({"function": inner})
        else:
            written.append({"id": identifier, "function": inner})
    return written


_FINISHED = {finish: FINISH_REASON_TO_NATIVE[finish] for finish in ("stop", "length", "tool_calls")}


def response_to_native(response: Json, leg: Leg) -> Json | None:
    """A surveyed answer; None for one that has more to say. Losses, as on the long way: the id, and counts of parts."""
    choice = response["choices"][0]
    message = choice["message"]
    finish, model, created = _FINISHED.get(choice["finish_reason"]), response["model"], response["created"]
    if finish is None or not model:
        return None
    answer: Json = {"role": "assistant", "content": message["content"] or ""}
    if message.get("reasoning_content"):
        answer["thinking"] = message["reasoning_content"]
    calls = message.get("tool_calls")
    if calls:
        written = calls_to_native(calls, response["id"], 0, [])
        if written is None:
            return None
        answer["tool_calls"] = written
    counts = response.get("usage")
    if counts is not None:
        prompt, completion = counts.get("prompt_tokens", 0), counts.get("completion_tokens", 0)
        if counts.get("total_tokens", prompt + completion) != prompt + completion:
            return None
    created_at = written_time(created, leg)
    native: Json = {"model": model, "created_at": created_at, "message": answer, "done": True, "done_reason": finish}
    target, lost = leg.losses.target, leg.losses.items
    if counts is not None:
        native["prompt_eval_count"], native["eval_count"] = prompt, completion
        if not counts.keys() <= _COUNTS:
            for name, value in counts.items():
                if type(value) is dict:
                    for member, count in value.items():
                        if count:
                            lost.append(without_place(target, member, NO_DETAILS, f"/usage/{name}"))
    if response["id"] and response["id"] != "chatcmpl-0":
        lost.append(without_place(target, "id", NO_ID))
    if not response.keys() <= _RESPONSE:
        if response.get("service_tier") is not None:
            lost.append(without_place(target, "service_tier", NO_TIER))
        report_head(response, _TOLD, leg)
    return native


def bagged_to_native(response: Json, leg: Leg) -> Json | None:
    """The same for an answer that is plain but for the time and durations that its server said; None for all others."""
    opened = bag.opened(response, leg.row.key)
    if opened is None or not plain_response(opened[0]):
        return None
    answer, own = opened
    for name, value in own.items():
        if name == "created_at":
            if type(value) is not str or not value.isascii() or to_text(to_seconds(value) or 0) != to_text(answer["created"]):
                return None
        elif name not in DURATIONS or type(value) is not int:
            return None
    native = response_to_native(answer, leg)
    if native is not None:
        native.update(own)
    return native


_COUNTS = frozenset(("prompt_tokens", "completion_tokens", "total_tokens"))
_RESPONSE = frozenset(("id", "object", "created", "model", "choices", "usage"))
_TOLD = _RESPONSE | {"service_tier"}
