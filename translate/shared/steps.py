"""Turns of several steps: calls, their results, further calls. Claude wants such a turn to begin with the thinking it had."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from translate.leg import Json, Leg
from translate.loss import Losses

INSTRUCTIONS = ("system", "developer")
LOST = "the history has lost the thinking before its calls; off"
BEGUN = "no answer is begun for a model that thinks; off"


def lost_thinking(messages: Any, leg: Leg, opens: Callable[[Json, int], bool]) -> str:
    """
    Why the model can not think: calls are being answered of a turn none of whose steps begins with thinking, or the answer is
    begun without; "" where it can.

    opens: whether an assistant message (and its number) goes out with thinking in front; what it reports is not kept.
    """
    if type(messages) is not list:
        return ""
    roles = [message.get("role") if type(message) is dict else None for message in messages]
    at, why = len(roles) - 1, ""
    while at >= 0:
        end = at
        while at >= 0 and roles[at] != "assistant":
            at -= 1
        answer = next((role for role in roles[at + 1 : end + 1] if role not in INSTRUCTIONS), None)
        if at < 0 or (answer != "tool" and at < len(roles) - 1):
            break
        why = why or (LOST if answer else BEGUN)
        while at > 0 and roles[at - 1] == "assistant":
            at -= 1
        if messages[at].get("reasoning_details") and _looked(messages[at], at, leg, opens):
            return ""
        at -= 1
    return why


def _looked(message: Json, number: int, leg: Leg, opens: Callable[[Json, int], bool]) -> bool:
    held, leg.losses = leg.losses, Losses(leg.losses.target)
    leg.losses.moved = held.moved
    try:
        return opens(message, number)
    finally:
        leg.losses = held
