"""Whether messages are plain but for what Anthropic's form has beside them: marks of the cache on texts, calls and results; failures."""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.providers.anthropic.writing import MARK
from translate.shared.system_parts import is_mark
from translate.survey import encodes, odd_messages

SYSTEM: Json = {"role": "system", "content": ""}  # in place of one that is looked at here


def opened_messages(messages: Any, key: str) -> list[Json] | None:
    """The messages themselves, where the survey would know them without their marks; None where it would not, or there are none."""
    bare: list[Any] = []
    marked = False
    for message in messages if type(messages) is list else ():
        if type(message) is not dict:
            return None
        without = _without_marks(message)
        if without is None:
            return None
        marked = marked or without is not message
        bare.append(without)
    if not marked:
        return None
    odd, paired, echoed = odd_messages(bare)
    return messages if paired and not odd and not echoed else None


def _without_marks(message: Json) -> Json | None:
    """The message as the survey may know it, itself when it has no marks; None where a mark says more."""
    role, content, calls = message.get("role"), message.get("content"), message.get("tool_calls")
    if type(content) is list and (role == "user" or role == "system"):
        parts = [_without_mark(part) if type(part) is dict and part.get("type") == "text" else part for part in content]
        if role == "user":
            return message if parts == content else {**message, "content": parts}
        # The writer takes a system message in parts as it takes one with marks.
        return SYSTEM if len(message) == 2 and all(map(_is_text, parts)) else None
    if role == "tool" and (MARK in message or "is_error" in message):
        without: Json = _without_mark(message)
        if "is_error" in without and type(without["is_error"]) is not bool:
            return None
        return {name: value for name, value in without.items() if name != "is_error"}
    if type(calls) is list and any(type(call) is dict and MARK in call for call in calls):
        return {**message, "tool_calls": [_without_mark(call) for call in calls]}
    return message


def _without_mark(holder: Any) -> Any:
    """An object without its mark; as it is where the mark says more than its kind and its life, or would stand on a blank text."""
    if type(holder) is not dict or MARK not in holder or not is_mark(holder[MARK]):
        return holder
    text = holder.get("text", "-")
    if type(text) is not str or not text or text.isspace():
        return holder
    return {name: value for name, value in holder.items() if name != MARK}


def _is_text(part: Any) -> bool:
    if type(part) is not dict or len(part) != 2 or part.get("type") != "text":
        return False
    text = part.get("text")
    return type(text) is str and encodes(text)
