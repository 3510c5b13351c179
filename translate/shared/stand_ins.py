"""
Stand-ins for messages that the survey does not know only because of what some formats have beside the common shapes: marks of the
cache, own bags of parts, files, failures, results of several parts, thoughts with their entries, order rows, the mark of a prefill.

A spoke that can write such a message gives the survey the stand-in for its look at the conversation; what the stand-in leaves out
is looked at here, types and texts. What is not known here either stands in as it is, for the survey to refuse, or as None.
"""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.scrubbing import is_clean
from translate.shared.system_parts import MARK, is_mark
from translate.survey import encodes, is_plain_image, odd_messages

_TEXT: Json = {"type": "text", "text": "-"}  # in place of a part
_BESIDE = frozenset((MARK, "extra_content"))
_FILE = frozenset(("file_data", "file_id", "filename"))
THOUGHTS = frozenset(("reasoning_content", "reasoning_details", "extra_content", "prefix"))
_ENTRY = {"type": str, "text": str, "signature": str, "data": str, "format": str, "index": int}


def of_user(message: Json, key: str) -> Json:
    """A user message with a list as content."""
    parts = [_part(part, key) for part in message["content"]]
    return message if parts == message["content"] else {**message, "content": parts}


def of_result(message: Json, key: str) -> Json:
    """A tool message."""
    content = message.get("content")
    if not (MARK in message or "is_error" in message or type(content) is list) or type(message.get("is_error", False)) is not bool:
        return message
    other = {name: value for name, value in without_mark(message).items() if name != "is_error"}
    if type(content) is list and content:
        parts = [_part(part, key) for part in content]
        if not odd_messages([{"role": "user", "content": parts}])[0]:
            other["content"] = "-"
    return other


def of_answer(message: Json, key: str, is_last: bool) -> Json | None:
    """An assistant message with thoughts, rows or the mark of a prefill; None where they are of other shapes."""
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
    other = {name: value for name, value in message.items() if name not in THOUGHTS}
    if not content:
        other["content"] = None if "tool_calls" in message else "-"
    return other


def is_common_answer(message: Json) -> bool:
    """Whether an assistant message that was looked at is a text and calls alone."""
    return "content" in message and (len(message) == 2 or (len(message) == 3 and "tool_calls" in message))


def without_mark(holder: Any) -> Any:
    """An object without its mark; as it is where the mark says more than its kind and its life, or would stand on a blank text."""
    if type(holder) is not dict or MARK not in holder or not is_mark(holder[MARK]):
        return holder
    text = holder.get("text", "-")
    if type(text) is not str or not text or text.isspace():
        return holder
    return {name: value for name, value in holder.items() if name != MARK}


def _part(part: Any, key: str) -> Any:
    """A text, image or file as the survey may know it, itself where it says more than marks and its own bag."""
    if type(part) is not dict:
        return part
    kind = part.get("type")
    if kind == "text" and "extra_content" not in part:
        return without_mark(part)
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
    return _TEXT


def _is_own(content: Any, key: str) -> bool:
    """Whether what stands beside a part is its own bag alone."""
    if type(content) is not dict or len(content) != 1 or type(content.get(key)) is not dict:
        return False
    return is_clean({"messages": [{"content": [{"extra_content": content}]}]})


def _is_entry(entry: Any) -> bool:
    return type(entry) is dict and all(type(value) is _ENTRY.get(name) for name, value in entry.items())
