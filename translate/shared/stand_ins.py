"""
Stand-ins for messages that the survey does not know only because of what some formats have beside the common shapes: marks of the
cache, own bags of parts, files, failures, results of several parts, thoughts with their entries, order rows, the mark of a prefill.

A spoke that can write such a message gives the survey the stand-in for its look at the conversation; what the stand-in leaves out
is looked at here, types and texts. What is not known here either stands in as it is, for the survey to refuse, or as None.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from translate.leg import Json
from translate.scrubbing import is_clean, lone
from translate.shared.plain_bags import signed_texts
from translate.shared.system_parts import MARK, is_mark
from translate.survey import bare, encodes, is_plain_image, is_plain_part, odd_messages

_TEXT: Json = {"type": "text", "text": "-"}  # in place of a part
_BESIDE = frozenset((MARK, "extra_content"))
_FILE = frozenset(("file_data", "file_id", "filename"))
THOUGHTS = frozenset(("reasoning_content", "reasoning_details", "extra_content", "prefix"))
_THINKS = frozenset(("role", "content", "reasoning_content", "reasoning_details", "tool_calls"))
Signed = list[tuple[str, str]]
_ENTRY = {"type": str, "text": str, "signature": str, "data": str, "format": str, "index": int}


def opened_messages(
    messages: Any, key: str, word: str, of_system: Callable[[Json], Json], *, marked_calls: bool = False,
) -> dict[int, Signed] | None:
    """
    The signed thoughts of messages that have no more beside text and calls, by number, where the survey would know the stand-ins
    of all messages; None where it would not, or needs none.

    word: the format of such thoughts. of_system: the stand-in of a system message in parts. marked_calls: those are known too.
    """
    thoughts: dict[int, Signed] = {}
    known: list[Any] = []
    is_opened = False
    for number, message in enumerate(messages) if type(messages) is list else ():
        if type(message) is not dict:
            return None
        role, other = message.get("role"), message
        if role == "assistant":
            if not THOUGHTS.isdisjoint(message):
                signed = signed_thoughts(message, word)
                if signed is not None:
                    thoughts[number] = signed
                    answer: Json | None = bare(message)
                else:
                    answer = of_answer(message, key, number == len(messages) - 1)
                if answer is None:
                    return None
                other = answer
            if marked_calls and "tool_calls" in message:
                other = _without_marks(other)
        elif role == "tool":
            if len(message) != 3 or type(message.get("content")) is list:
                other = of_result(message, key)
        elif type(message.get("content")) is list:
            other = of_user(message, key) if role == "user" else of_system(message)
        is_opened = is_opened or other is not message
        known.append(other)
    if not is_opened:
        return None
    odd, paired, echoed = odd_messages(known)
    return thoughts if paired and not odd and not echoed else None


def _without_marks(message: Json) -> Json:
    """A message without the marks on its calls."""
    calls: Any = message.get("tool_calls")
    for call in calls if type(calls) is list else ():
        if type(call) is dict and MARK in call:
            return {**message, "tool_calls": [without_mark(one) for one in calls]}
    return message


def of_user(message: Json, key: str) -> Json:
    """A user message with a list as content."""
    parts = message["content"]
    if all(map(is_plain_part, parts)):
        return message
    known = [_part(part, key) for part in parts]
    return message if known == parts else {**message, "content": known}


def of_result(message: Json, key: str) -> Json:
    """A tool message."""
    content = message.get("content")
    if not (MARK in message or "is_error" in message or type(content) is list) or type(message.get("is_error", False)) is not bool:
        return message
    other = {name: value for name, value in without_mark(message).items() if name != "is_error"}
    if type(content) is list and content and all(is_plain_part(part) or is_plain_part(_part(part, key)) for part in content):
        other["content"] = "-"
    return other


def signed_thoughts(message: Json, word: str) -> Signed | None:
    """
    Texts and signatures of the thoughts of an answer that has a text or calls behind them and nothing else; None for any other.

    word: the format of its entries.
    """
    if not _THINKS.issuperset(message) or not (message.get("content") or message.get("tool_calls")):
        return None
    return signed_texts(message.get("reasoning_details"), message.get("reasoning_content"), word)


def of_answer(message: Json, key: str, is_last: bool) -> Json | None:
    """An assistant message with thoughts, rows or the mark of a prefill; None where they are of other shapes."""
    content, other = message.get("content"), {}
    if content is not None and type(content) is not str:
        return None
    for name, value in message.items():
        if name == "reasoning_content":
            if type(value) is not str or not (value.isascii() or not lone(value)):
                return None
        elif name == "reasoning_details":
            if type(value) is not list or not all(map(_is_entry, value)):
                return None
        elif name == "extra_content":
            if not _is_own(value, key, "blocks"):
                return None
        elif name == "prefix":
            if value is not True or not is_last:
                return None
        else:
            other[name] = value
    if not content:
        other["content"] = None if "tool_calls" in message else "-"
    return other


def is_common_answer(message: Json) -> bool:
    """Whether an assistant message that was looked at is a text and calls alone."""
    return "content" in message and (len(message) == 2 or (len(message) == 3 and "tool_calls" in message))


def begins_with_text(message: Json) -> bool:
    """Whether a message that is not the assistant's has a text that says something as its first part, and no order of its own."""
    content = message.get("content")
    if type(content) is not list or not content or message.get("role") == "assistant" or "extra_content" in message:
        return False
    first = content[0]
    text = first.get("text") if type(first) is dict and first.get("type") == "text" and "extra_content" not in first else None
    return type(text) is str and text != "" and not text.isspace()


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


def _is_own(content: Any, key: str, only: str = "") -> bool:
    """Whether what stands beside a part or in a message is its own bag alone. only: with no more in it than this list."""
    held = content.get(key) if type(content) is dict and len(content) == 1 else None
    if type(held) is not dict or (only and (len(held) != 1 or type(held.get(only)) is not list)):
        return False
    return is_clean({"messages": [{"content": [{"extra_content": content}]}]})


def _is_entry(entry: Any) -> bool:
    if type(entry) is not dict:
        return False
    for name, value in entry.items():
        if type(value) is not _ENTRY.get(name) or (type(value) is str and not (value.isascii() or not lone(value))):
            return False
    return True
