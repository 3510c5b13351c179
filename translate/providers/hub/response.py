"""Unified responses as a format of their own, and the legacy spelling of an answer."""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg


def to_unified(body: Json, leg: Leg) -> Json:
    """The response itself."""
    return body


def to_native(response: Json, leg: Leg) -> Json:
    """The response itself."""
    return response


def to_legacy(response: Json, leg: Leg) -> Json:
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
    if calls[0]["function"].get("extra_content") or calls[0].get("extra_content"):
        leg.losses.dropped(
            "behaviour", "extra_content", ("choices", number, "message", "tool_calls", 0, "extra_content"),
            "the legacy form has no place for it",
        )  # fmt: skip
    if len(calls) > 1:
        legacy["tool_calls"] = calls[1:]
        leg.losses.add(
            "approximated", "content", "tool_calls", ("choices", number, "message", "tool_calls", 1),
            "the legacy form has one call an answer; the others stay in tool_calls",
        )  # fmt: skip
    fresh = {**choice, "message": legacy}
    if choice.get("finish_reason") == "tool_calls":
        fresh["finish_reason"] = "function_call"
    return fresh
