"""
Whether messages are plain but for what Anthropic's form has beside them: marks of the cache, failures, files, results of several
parts, signed thoughts, order rows.

Each message that the survey does not know has a stand-in that it would know; what the stand-in leaves out is looked at here.
"""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.providers.anthropic.writing import MARK
from translate.scrubbing import is_clean
from translate.shared.system_parts import is_mark
from translate.survey import encodes, is_plain_image, odd_messages

SYSTEM: Json = {"role": "system", "content": ""}  # in place of one that is looked at here
TEXT: Json = {"type": "text", "text": "-"}  # in place of a part
_BESIDE = frozenset((MARK, "extra_content"))
_FILE = frozenset(("file_data", "file_id", "filename"))
_THOUGHTS = frozenset(("reasoning_content", "reasoning_details", "extra_content", "prefix"))
_ENTRY = {"type": str, "text": str, "signature": str, "data": str, "format": str, "index": int}


def opened_messages(messages: Any, key: str) -> list[Json] | None:
    """The messages themselves, where the survey would know their stand-ins; None where it would not, or needs none."""
    known: list[Any] = []
    opened = False
    for message in messages if type(messages) is list else ():
        if type(message) is not dict:
            return None
        other = _stand_in(message, key, message is messages[-1])
        if other is None:
            return None
        opened = opened or other is not message
        known.append(other)
    if not opened:
        return None
    odd, paired, echoed = odd_messages(known)
    return messages if paired and not odd and not echoed else None


def _stand_in(message: Json, key: str, is_last: bool) -> Json | None:
    """The message as the survey may know it, itself when it says no more; None where it says what is not known here either."""
    role, content, calls = message.get("role"), message.get("content"), message.get("tool_calls")
    if type(content) is list and (role == "user" or role == "system"):
        if role == "user":
            parts = [_part(part, key) for part in content]
            return message if parts == content else {**message, "content": parts}
        # The writer takes a system message in parts as it takes one with marks.
        marked = [_without_mark(part) if type(part) is dict and part.get("type") == "text" else part for part in content]
        return SYSTEM if len(message) == 2 and all(map(_is_text, marked)) else None
    if role == "tool" and (MARK in message or "is_error" in message or type(content) is list):
        other: Json = _without_mark(message)
        if "is_error" in other and type(other["is_error"]) is not bool:
            return None
        other = {name: value for name, value in other.items() if name != "is_error"}
        if type(content) is list:
            parts = [_part(part, key) for part in content]
            if not odd_messages([{"role": "user", "content": parts}])[0] or not content:
                other["content"] = "-"
        return other
    if role == "assistant" and not _THOUGHTS.isdisjoint(message):
        return _answer(message, key, is_last)
    if type(calls) is list and any(type(call) is dict and MARK in call for call in calls):
        return {**message, "tool_calls": [_without_mark(call) for call in calls]}
    return message


def _part(part: Any, key: str) -> Any:
    """A text, image or file as the survey may know it, itself where it says more than marks and its own bag."""
    if type(part) is not dict:
        return part
    kind = part.get("type")
    if kind == "text" and "extra_content" not in part:
        return _without_mark(part)
    if (kind == "image_url" and len(part) == 2) or (kind != "image_url" and kind != "file" and kind != "text"):
        return part
    if not part.keys() - {"type", kind} <= _BESIDE or (MARK in part and not is_mark(part[MARK])):
        return part
    held = part.get(kind)
    if kind == "text":
        is_known = type(held) is str and encodes(held)
    elif kind == "image_url":
        is_known = is_plain_image(held)
    else:
        is_known = type(held) is dict and held.keys() <= _FILE and all(type(value) is str and encodes(value) for value in held.values())
    if not is_known or ("extra_content" in part and not _is_own(part["extra_content"], key)):
        return part
    return TEXT


def _is_own(content: Any, key: str) -> bool:
    """Whether what stands beside a part is its own bag alone."""
    if type(content) is not dict or len(content) != 1 or type(content.get(key)) is not dict:
        return False
    return is_clean({"messages": [{"content": [{"extra_content": content}]}]})


def _answer(message: Json, key: str, is_last: bool) -> Json | None:
    """An answer without its thoughts, rows and the mark of a prefill; None where they are of other shapes."""
    entries, content = message.get("reasoning_details"), message.get("content")
    if type(message.get("reasoning_content", "")) is not str or (content is not None and type(content) is not str):
        return None
    if "prefix" in message and (message["prefix"] is not True or not is_last):
        return None
    if "reasoning_details" in message and (type(entries) is not list or not all(map(_is_entry, entries))):
        return None
    if "extra_content" in message:
        held = message["extra_content"]
        own = held.get(key) if type(held) is dict and len(held) == 1 else None
        if type(own) is not dict or own.keys() != {"blocks"} or type(own["blocks"]) is not list:
            return None
    if not is_clean({"messages": [message]}):
        return None
    other = {name: value for name, value in message.items() if name not in _THOUGHTS}
    if not content:
        other["content"] = None if "tool_calls" in message else "-"
    return other


def _is_entry(entry: Any) -> bool:
    return type(entry) is dict and all(type(value) is _ENTRY.get(name) for name, value in entry.items())


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
