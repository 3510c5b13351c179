"""
The short way from unified: what the survey knows (`Leg.plain`) is written in one walk, without a look at what can not be there.

Each function gives exactly what the long way gives, or None, the leg untouched, where that has more to say.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from translate.leg import Json, Leg
from translate.loss import Loss
from translate.providers.cohere.citations import annotations_of
from translate.providers.cohere.content import takes_image
from translate.providers.cohere.tables import (
    EMPTY_TURN,
    FINISH_REASON_TO_NATIVE,
    LONGEST_NAME,
    MOST_STOP_SEQUENCES,
    NO_MEMBER,
    NUMBERS,
    ON_OR_OFF,
    REFUSED_IN_NAMES,
    REQUEST_FIELDS,
    TOOL_CHOICE_TO_NATIVE,
)
from translate.shared import bag, opened_turns
from translate.shared.plain import (
    LATER,
    LongWay,
    calls_to_native,
    choice_to_native,
    is_clean,
    is_other,
    names_fit,
    report_unsupported,
    unsupported,
)
from translate.shared.system_parts import MARK
from translate.survey import plain_response

_UNSUPPORTED = unsupported(REQUEST_FIELDS)
_CHOICES = {"auto": None, **TOOL_CHOICE_TO_NATIVE}


@lru_cache(maxsize=4096)
def fits(name: str) -> bool:
    """Whether Cohere takes a tool's name, which is not too long, as it is: the same few come again and again."""
    return name != "" and not REFUSED_IN_NAMES.search(name)


def request_to_native(request: Json, leg: Leg, path: str, long_way: LongWay) -> Json | None:
    """A surveyed request whose other members are common ones; None for every other one."""
    model = request.get("model")
    if not model or type(model) is not str:
        return None
    numbers: Json = {}
    copied: Json = {}
    lost: list[str] = []
    stop = choice = tools = effort = None
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
            stop = [value] if type(value) is str else value
            if type(stop) is not list or len(stop) > MOST_STOP_SEQUENCES:
                return None
        elif name == "reasoning_effort":
            effort = value
            if type(effort) is not str:
                return None
        elif name in LATER:
            continue
        elif not is_other(name, value, _UNSUPPORTED, lost):
            return None
    if (tools is not None or choice is not None) and not names_fit(tools, choice, _fits):
        return None
    messages = messages_to_native(request["messages"], leg)
    if messages is None:
        return None
    native: Json = {"model": model, "messages": messages}
    if (tools is not None or choice is not None) and not choice_to_native(tools, choice, _CHOICES, native):
        long_way.tools(request, native, leg)
    if len(numbers) == 1:
        native.update(numbers)
    elif numbers:
        for target, _, _ in NUMBERS.values():
            if target in numbers:
                native[target] = numbers[target]
    if stop:
        native["stop_sequences"] = stop.copy()
    if "thinking" in request or "reasoning" in request:
        long_way.thinking(request, native, leg)
    elif effort is not None:
        native["thinking"] = {"type": "disabled" if effort == "none" else "enabled"}
        if effort != "none" and effort != "high":
            leg.losses.add("approximated", "behaviour", "reasoning_effort", ("reasoning_effort",), ON_OR_OFF)
    native.update(copied)
    if not leg.memo.get("model"):
        leg.memo["model"] = model
    report_unsupported(lost, _UNSUPPORTED, leg)
    if "extra_content" in request:
        long_way.bag(request, native, leg)
    if "response_format" in request:
        long_way.form(request, native, leg)
    leg.route.update(model=model, stream=request.get("stream") is True, path=path, query={}, headers={})
    return native


def messages_to_native(messages: list[Any], leg: Leg) -> list[Json] | None:
    """
    Surveyed messages, and odd ones that are opened; None where a part is empty or refused, nothing is said or a name has to be fitted.

    Losses, as on the long way: empty turns, names and marks.
    """
    out: list[Json] = []
    lost: list[Loss] = []
    opened: set[int] = leg.opened or _NONE
    target = leg.losses.target
    for number, message in enumerate(messages):
        role, content = message["role"], message.get("content")
        if number in opened:
            content = _odd_content(message, f"/messages/{number}", target, lost)
        elif type(content) is list and role != "user":
            content = opened_turns.texts_to_native(content)
        if role == "assistant" and message.get("tool_calls"):
            calls: list[Json] = []
            for call in message["tool_calls"]:
                function = call["function"]
                name = function["name"]
                if len(name) > LONGEST_NAME or not fits(name):
                    return None
                calls.append({"id": call["id"], "type": "function", "function": {"name": name, "arguments": function["arguments"] or "{}"}})
            if content:
                out.append({"role": "assistant", "content": content, "tool_calls": calls})
            else:
                out.append({"role": "assistant", "tool_calls": calls})
        elif role == "tool":
            out.append({"role": "tool", "content": content, "tool_call_id": message["tool_call_id"]})
        elif not content:
            lost.append(Loss("dropped", "content", "messages", f"/messages/{number}", target, EMPTY_TURN))
            continue
        elif role != "user" or type(content) is str:
            out.append({"role": "system" if role == "developer" else role, "content": content})
        else:
            blocks: list[Json] = []
            for part in content:
                if part["type"] == "image_url":
                    if not takes_image(part["image_url"]["url"]):
                        return None
                    blocks.append({"type": "image_url", "image_url": part["image_url"].copy()})
                elif part["text"]:
                    blocks.append({"type": "text", "text": part["text"]})
                else:
                    return None
            out.append({"role": role, "content": blocks})
        if number in opened:
            opened_turns.report_beside(message, f"/messages/{number}", target, lost, NO_MEMBER, _NO_PLACE)
            plan = _plan_of(message)
            if plan is not None:
                out[-1] = {"role": role, "tool_plan": plan, **out[-1]}
    if not out:
        return None
    leg.losses.items += lost
    return out


_NONE: set[int] = set()
_NO_PLACE = frozenset(("name", "prefix", MARK))
_EMPTY_TEXT = {"type": "text", "length": 0, "head": ""}  # row of a text that some clients send beside calls
_CALL = {"type": "tool_call"}


def opened_odd(messages: list[Any], odd: list[Any], key: str) -> set[int] | None:
    """The odd messages, where all are known (`opened_turns.opened_odd`): a plan or an empty text beside calls too."""
    return opened_turns.opened_odd(messages, odd, key, lambda content, message: _is_own(content, message, key))


def _is_own(content: Any, message: Json, key: str) -> bool:
    """Whether the bag of an answer is its plan, which is its reasoning, or tells of an empty text beside its calls."""
    own = content.get(key) if type(content) is dict and len(content) == 1 else None
    calls = message.get("tool_calls")
    if type(own) is not dict or len(own) != 1 or not calls:
        return False
    if "tool_plan" in own:
        return type(own["tool_plan"]) is str and own["tool_plan"] != "" and own["tool_plan"] == message.get("reasoning_content")
    rows = own.get("blocks")
    if rows != [_EMPTY_TEXT, *[_CALL] * len(calls)] or type(rows[0]["length"]) is not int:
        return False
    return message.get("content") is None and "reasoning_content" not in message


def _plan_of(message: Json) -> Any:
    """The plan of an answer with a bag."""
    for own in message.get("extra_content", _NOTHING).values():
        return own.get("tool_plan")
    return None


_NOTHING: Json = {}


def _odd_content(message: Json, place: str, target: str, lost: list[Loss]) -> Any:
    """What is written of the content of a message that is opened, with its thoughts."""
    content, role = message.get("content"), message["role"]
    if type(content) is list:
        opened_turns.report_parts(content, place, target, lost, files=True)
        if role != "user":
            content = opened_turns.texts_to_native(content)
        else:
            content = [part for part in content if part["type"] != "file"]
    if role != "assistant":
        return content
    if "extra_content" in message:
        return content if "reasoning_content" in message else [{"type": "text", "text": ""}]
    if "reasoning_content" in message:
        thinking = {"type": "thinking", "thinking": message["reasoning_content"]}
        return [thinking, *(content if type(content) is list else [{"type": "text", "text": content}] if content else [])]
    return content


def _fits(name: str) -> bool:
    return len(name) <= LONGEST_NAME and fits(name)


def opened(response: Json, key: str) -> Json | None:
    """
    An answer that is plain but for this format's bags, without them and what they stand for: a plan is no reasoning, and
    annotations are those of the citations. None for every other one.
    """
    choices, counts = response.get("choices"), bag.opened(response.get("usage", {}), key)
    choice: Any = choices[0] if type(choices) is list and len(choices) == 1 else None
    answer = bag.opened(choice.get("message"), key) if type(choice) is dict else None
    if counts is None or answer is None or not is_clean(response) or not counts[1].keys() <= _COUNTED or not answer[1].keys() <= _SAID:
        return None
    message, said = dict(answer[0]), answer[1]
    if "tool_plan" in said and (not said["tool_plan"] or type(said["tool_plan"]) is not str or message.pop("reasoning_content", None) != said["tool_plan"]):
        return None
    citations = said.get("citations", [])
    if type(citations) is not list:
        return None
    first = 1 if message.get("reasoning_content") else 0  # number of the text among the blocks
    if message.pop("annotations", []) != annotations_of(citations, {first: 0}):
        return None
    bare = {**response, "choices": [{**choice, "message": message}]}
    if "usage" in response:
        bare["usage"] = counts[0]
    return bare if plain_response(bare) else None


_COUNTED = frozenset(("billed_units", "tokens"))
_SAID = frozenset(("tool_plan", "citations"))
_FINISHED = {finish: FINISH_REASON_TO_NATIVE[finish] for finish in ("stop", "length", "tool_calls")}


def response_to_native(response: Json) -> Json | None:
    """A surveyed answer, for the caller to fill in its `id`, and its `usage` where counts are lost; None for one with more to say."""
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
        answer["tool_calls"] = calls_to_native(calls)
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
                    return {"id": "", "finish_reason": finish, "message": answer, "usage": None}
    return {"id": "", "finish_reason": finish, "message": answer, "usage": usage}
