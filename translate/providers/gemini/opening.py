"""Messages without this spoke's bags, and the signatures that these hold: what the short ways write beside plain texts and calls."""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.shared import bag
from translate.survey import bare, odd_messages

Signatures = list[str | None]  # one for each part that a message makes


def opened_message(message: Any, key: str) -> tuple[Json, Signatures] | None:
    """An assistant's message without bags, its calls' included; None where they hold more than signatures."""
    own = bag.opened(message, key)
    if own is None:
        return None
    message, signed = own
    content, calls = message.get("content"), message.get("tool_calls")
    found: Signatures = [None] if message.get("reasoning_content") else []
    if signed and not content:
        return None
    bags = [signed] if content else []
    if calls:
        if type(calls) is not list:
            return None
        message = {**message, "tool_calls": []}
        for call in calls:
            own = bag.opened(call, key)
            if own is None:
                return None
            message["tool_calls"].append(own[0])
            bags.append(own[1])
    for held in bags:
        signature = held.get("thought_signature")
        if held and (len(held) > 1 or type(signature) is not str or not signature or not signature.isascii()):
            return None
        found.append(signature)
    return message, found


def opened_messages(messages: Any, key: str) -> tuple[list[Json], dict[int, Signatures]] | None:
    """
    The messages of a request without bags, and the signatures by number of the message, where the survey knows all of them then.

    None where it does not, where bags hold more, and where there are none.
    """
    found: dict[int, Signatures] = {}
    without: list[Any] = []
    for number, message in enumerate(messages if type(messages) is list else ()):
        if type(message) is dict and message.get("role") == "assistant" and _has_bag(message):
            split = opened_message(message, key)
            if split is None:
                return None
            message, found[number] = split
        without.append(message)
    if not found:
        return None
    odd, paired, echoed = odd_messages(without)
    if odd or not paired:
        return None
    return [bare(message) for message in without] if echoed else without, found


def _has_bag(message: Json) -> bool:
    if "extra_content" in message:
        return True
    calls = message.get("tool_calls")
    return type(calls) is list and any(type(call) is dict and "extra_content" in call for call in calls)
