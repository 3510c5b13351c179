"""
What a chat client's request says of the answer it can read, and how the answer is put into that form.

`usage: False`: a stream whose client did not ask for usage. `functions: True`: the client speaks the legacy form of tools.
"""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg

_MORE_CALLS = "the legacy form has one call an answer; the others stay in tool_calls"


def remember(request: Json, memo: Json, route: Json) -> None:
    """Notes in `memo` what the answer must undo, and in `route` model and stream."""
    model = request.get("model")
    if type(model) is str and model:
        route["model"] = model
    stream = request.get("stream")
    if stream is False:
        route["stream"] = False
    elif stream is True:
        route["stream"] = True
        options = request.get("stream_options")
        if type(options) is not dict or options.get("include_usage") is not True:
            memo["usage"] = False
    if ("functions" in request or "function_call" in request) and not request.get("tools"):
        if request.get("functions") or request.get("function_call"):
            memo["functions"] = True


def legacy_response(response: Json, leg: Leg) -> Json:
    """
    An answer for a client that sent `functions`: the call as `function_call`, without an id.

    Losses: further calls stay in `tool_calls`, where such a client does not look: approximated.
    """
    choices = response.get("choices")
    if type(choices) is not list:
        return response
    return {**response, "choices": [_choice(choice, leg, number) for number, choice in enumerate(choices)]}


def _choice(choice: Any, leg: Leg, number: int) -> Any:
    message = choice.get("message") if type(choice) is dict else None
    calls = message.get("tool_calls") if type(message) is dict else None
    if type(calls) is not list or not calls or type(calls[0]) is not dict or type(calls[0].get("function")) is not dict:
        return choice
    assert type(message) is dict  # it has calls
    legacy = {name: value for name, value in message.items() if name != "tool_calls"}
    legacy["function_call"] = {name: value for name, value in calls[0]["function"].items() if name != "extra_content"}
    path = ("choices", number, "message", "tool_calls")
    if calls[0]["function"].get("extra_content") or calls[0].get("extra_content"):
        leg.losses.dropped("behaviour", "extra_content", (*path, 0, "extra_content"), "the legacy form has no place for it")
    if len(calls) > 1:
        legacy["tool_calls"] = calls[1:]
        leg.losses.add("approximated", "content", "tool_calls", (*path, 1), _MORE_CALLS)
    fresh = {**choice, "message": legacy}
    if choice.get("finish_reason") == "tool_calls":
        fresh["finish_reason"] = "function_call"
    return fresh


def legacy_choice(choice: Json, leg: Leg, number: int) -> Json:
    """The same for a choice of a chunk."""
    delta = choice.get("delta")
    calls = delta.get("tool_calls") if delta else None
    if delta and calls:
        rest = [call for call in calls if call.get("index") or type(call.get("function")) is not dict]
        first = next((call for call in calls if not call.get("index") and type(call.get("function")) is dict), None)
        delta = {name: value for name, value in delta.items() if name != "tool_calls"}
        if first is not None:
            delta["function_call"] = {name: value for name, value in first["function"].items() if name != "extra_content"}
        if rest:
            delta["tool_calls"] = rest
            if any(call.get("id") for call in rest):
                leg.losses.add("approximated", "content", "tool_calls", ("choices", number, "delta", "tool_calls"), _MORE_CALLS)
        choice = {**choice, "delta": delta}
    if choice.get("finish_reason") == "tool_calls":
        choice = {**choice, "finish_reason": "function_call"}
    return choice
