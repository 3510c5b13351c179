"""Turns of several steps: calls, their results, further calls. Claude wants such a turn to begin with the thinking it had."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.loss import Losses

INSTRUCTIONS = ("system", "developer")
LOST = "the history has lost the thinking before its calls; off"
BEGUN = "no answer is begun for a model that thinks; off"

# What a message goes out with in front.
THINKING, RESULT, OTHER, NOTHING = "thinking", "result", "other", ""


def lost_thinking(messages: Any, leg: Leg, front: Callable[[Json, int], str]) -> str:
    """
    Why the model can not think: calls are being answered of a turn none of whose steps begins with thinking, or the answer is
    begun without; "" where it can.

    front: what a message (and its number) goes out with in front: THINKING, OTHER or NOTHING; what it reports is not kept.
    """
    if type(messages) is not list or _is_asked(messages):
        return ""
    why = ""
    turns = _turns(messages, leg, front)
    is_answer, kind = next(turns, (False, OTHER))
    if is_answer:
        if kind == THINKING:
            return ""
        why = BEGUN
        _, kind = next(turns, (False, OTHER))
    while kind == RESULT:
        _, kind = next(turns, (True, OTHER))
        if kind == THINKING:
            return ""
        why = why or LOST
        _, kind = next(turns, (False, OTHER))
    return why


def _is_asked(messages: list[Any]) -> bool:
    """Whether the last turn is a user's text, with no result in it, as of most requests; False says nothing."""
    is_asked = False
    for message in reversed(messages):
        role = message.get("role") if type(message) is dict else None
        if role == "assistant":
            return is_asked and _is_plain(message, role)
        if role != "user" and role not in INSTRUCTIONS:
            return False
        is_asked = is_asked or _has_text(message.get("content"))
    return is_asked


def last_answer(messages: list[Json]) -> Path:
    """Place of the last message in which the assistant says something."""
    for number in range(len(messages) - 1, -1, -1):
        message = messages[number]
        if message.get("role") == "assistant" and (message.get("tool_calls") or _has_text(message.get("content"))):
            return ("messages", number)
    return ("messages",)


def goes_on(messages: list[Json], opened: Any) -> bool:
    """
    Whether the last message is a step that begins with thinking, or results of one: as of most requests in the midst of a turn.
    False says nothing. opened: by their numbers, surveyed messages that begin with thinking.
    """
    number = len(messages) - 1
    while number > 0 and messages[number]["role"] == "tool":
        number -= 1
    if number not in opened or not number:
        return False
    before = messages[number - 1]
    return before["role"] == "tool" or (before["role"] == "user" and _has_text(before["content"]))


def _has_text(content: Any) -> bool:
    if type(content) is list:
        content = content[0].get("text") if content and type(content[0]) is dict and content[0].get("type") == "text" else None
    return type(content) is str and bool(content) and not content.isspace()


def _turns(messages: list[Any], leg: Leg, front: Callable[[Json, int], str]) -> Iterator[tuple[bool, str]]:
    """
    The turns as they go out, from the last one back: whether it is the assistant's, and what it begins with.

    Neighbours of one role are one turn, also where what stood between them goes out as nothing.
    """
    of_assistant, begins = False, NOTHING
    for number in range(len(messages) - 1, -1, -1):
        message = messages[number]
        role = message.get("role") if type(message) is dict else None
        kind = RESULT if role == "tool" else OTHER if _is_plain(message, role) else _looked(message, number, leg, front)
        if kind == NOTHING:
            continue
        if begins and of_assistant is not (role == "assistant"):
            yield of_assistant, begins
            begins = NOTHING
        of_assistant = role == "assistant"
        if not begins or role not in INSTRUCTIONS:
            begins = kind
    if begins:
        yield of_assistant, begins


def _is_plain(message: Any, role: Any) -> bool:
    """Whether it takes no look: a text or calls go out, and no thinking in front of them."""
    if type(message) is not dict or message.get("reasoning_details"):
        return type(message) is not dict
    content = message.get("content")
    if type(content) is str and _has_text(content):
        return True
    return role == "assistant" and bool(message.get("tool_calls"))


def _looked(message: Json, number: int, leg: Leg, front: Callable[[Json, int], str]) -> str:
    held, leg.losses = leg.losses, Losses(leg.losses.target)
    leg.losses.moved = held.moved
    try:
        return front(message, number)
    finally:
        leg.losses = held
