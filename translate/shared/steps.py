"""Turns of several steps: calls, their results, further calls. Claude wants such a turn to begin with the thinking it had."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from translate.leg import Json, Leg
from translate.loss import Losses

INSTRUCTIONS = ("system", "developer")


def lost_thinking(messages: Any, leg: Leg, opens: Callable[[Json, int], bool]) -> bool:
    """
    Whether calls are being answered of a turn none of whose steps begins with thinking.

    opens: whether an assistant message (and its number) goes out with thinking in front; what it reports is not kept.
    """
    if type(messages) is not list:
        return False
    roles = [message.get("role") if type(message) is dict else None for message in messages]
    at, answered = len(roles) - 1, False
    while at >= 0:
        end = at
        while at >= 0 and roles[at] != "assistant":
            at -= 1
        if at < 0 or next((role for role in roles[at + 1 : end + 1] if role not in INSTRUCTIONS), None) != "tool":
            break
        answered = True
        while at > 0 and roles[at - 1] == "assistant":
            at -= 1
        if messages[at].get("reasoning_details") and _looked(messages[at], at, leg, opens):
            return False
        at -= 1
    return answered


def _looked(message: Json, number: int, leg: Leg, opens: Callable[[Json, int], bool]) -> bool:
    held, leg.losses = leg.losses, Losses(leg.losses.target)
    leg.losses.moved = held.moved
    try:
        return opens(message, number)
    finally:
        leg.losses = held
