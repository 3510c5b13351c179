"""
Messages whose content is a list of one text, as some clients write all of theirs: to many servers the same as the text alone,
which the survey knows (`translate.survey`). A spoke whose writer makes no difference says for which roles (`one_text_roles`).
"""

from __future__ import annotations

from typing import Any

from translate.survey import encodes

EVERY = frozenset(("system", "developer", "assistant", "tool"))
SPOKEN = frozenset(("system", "developer", "assistant"))
ANSWERS = frozenset(("assistant",))
_MEMBERS = frozenset(("role", "content", "tool_calls", "tool_call_id"))


def as_texts(messages: list[Any], odd: list[Any], roles: frozenset[str]) -> list[Any] | None:
    """
    The messages with such lists as texts; None where there are none. The user's lists stay: the survey knows them.

    odd: the messages that the survey does not know, among which such lists are.
    """
    made: list[Any] | None = None
    number = -1
    for message in odd:  # which come in the order of all
        role = message.get("role") if type(message) is dict else None
        if type(role) is not str or role not in roles:
            continue
        content = message.get("content")
        text = text_of(content[0]) if type(content) is list and len(content) == 1 and message.keys() <= _MEMBERS else None
        if text is None:
            continue
        if made is None:
            made = messages.copy()
        number += 1
        while messages[number] is not message:
            number += 1
        made[number] = {**message, "content": text}
    return made


def text_of(part: Any) -> str | None:
    """The text of a part that says something and has nothing beside it."""
    if type(part) is not dict or len(part) != 2 or part.get("type") != "text":
        return None
    text: Any = part.get("text")
    return text if type(text) is str and text and not text.isspace() and encodes(text) else None


def every(name: str) -> frozenset[str]:
    """`one_text_roles` of a form that has one kind of content."""
    return EVERY


def answers(name: str) -> frozenset[str]:
    """`one_text_roles` of a form that keeps the lists of all but the assistant."""
    return ANSWERS
