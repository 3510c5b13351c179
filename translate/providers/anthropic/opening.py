"""Whether messages are plain but for what Anthropic's form has beside them (`translate.shared.stand_ins`), and marks on calls."""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.providers.anthropic.writing import MARK
from translate.shared import stand_ins
from translate.survey import encodes, odd_messages

SYSTEM: Json = {"role": "system", "content": ""}  # in place of one that is looked at here


def opened_messages(messages: Any, key: str) -> list[Json] | None:
    """The messages themselves, where the survey would know their stand-ins; None where it would not, or needs none."""
    known: list[Any] = []
    opened = False
    for number, message in enumerate(messages) if type(messages) is list else ():
        if type(message) is not dict:
            return None
        other = _stand_in(message, key, number == len(messages) - 1)
        if other is None:
            return None
        opened = opened or other is not message
        known.append(other)
    if not opened:
        return None
    odd, paired, echoed = odd_messages(known)
    return messages if paired and not odd and not echoed else None


def _stand_in(message: Json, key: str, is_last: bool) -> Json | None:
    role, content, calls = message.get("role"), message.get("content"), message.get("tool_calls")
    if type(content) is list and role == "user":
        return stand_ins.of_user(message, key)
    if type(content) is list and role == "system":
        # The writer takes a system message in parts as it takes one with marks.
        parts = [stand_ins.without_mark(part) if type(part) is dict and part.get("type") == "text" else part for part in content]
        return SYSTEM if len(message) == 2 and all(map(_is_text, parts)) else None
    if role == "tool":
        return stand_ins.of_result(message, key)
    if role == "assistant" and not stand_ins.THOUGHTS.isdisjoint(message):
        return stand_ins.of_answer(message, key, is_last)
    if type(calls) is list and any(type(call) is dict and MARK in call for call in calls):
        return {**message, "tool_calls": [stand_ins.without_mark(call) for call in calls]}
    return message


def _is_text(part: Any) -> bool:
    if type(part) is not dict or len(part) != 2 or part.get("type") != "text":
        return False
    text = part.get("text")
    return type(text) is str and encodes(text)
