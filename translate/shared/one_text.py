"""
Messages whose content is a list of one text, as some clients write all of theirs: to many servers the same as the text alone,
which the survey knows (`translate.survey`). A spoke whose writer makes no difference says for which roles (`one_text_roles`);
one that keeps lists as they are has the messages looked at (`opened_odd`) and writes them itself.
"""

from __future__ import annotations

from typing import Any

from translate.survey import encodes, plain_calls

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
        content = message.get("content") if type(message) is dict else None
        if type(content) is not list or len(content) != 1 or not message.keys() <= _MEMBERS:
            continue
        role, text = message.get("role"), text_of(content[0])
        if text is None or type(role) is not str or role not in roles:
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


def opened_odd(messages: list[Any], odd: list[Any], key: str) -> list[Any] | None:
    """The messages themselves, where the survey would know the odd ones if they had a text in place of a list of texts."""
    for message in odd:
        parts = message.get("content") if type(message) is dict else None
        if type(parts) is not list or not parts or None in map(text_of, parts):
            return None
        role, size = message.get("role"), len(message)
        if role == "assistant":
            if size != 2 and (size != 3 or not plain_calls(message.get("tool_calls"), set())):
                return None
        elif role == "tool":
            if size != 3:  # its id is that of a call
                return None
        elif size != 2 or (role != "system" and role != "developer"):
            return None
    return messages


def texts_to_native(parts: list[Any]) -> list[Any]:
    """A list of texts that was looked at."""
    return [{"type": "text", "text": part["text"]} for part in parts]


def every(name: str) -> frozenset[str]:
    """`one_text_roles` of a form that has one kind of content."""
    return EVERY


def answers(name: str) -> frozenset[str]:
    """`one_text_roles` of a form that keeps the lists of all but the assistant."""
    return ANSWERS
