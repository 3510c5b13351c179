"""
Messages that the survey does not know only because of what some formats have beside the common shapes: marks of the cache, own
bags of parts, files, failures, results of several parts, thoughts with their entries, order rows, the mark of a prefill.

A spoke that can write such messages has them looked at here, types and texts; False or None is the answer to everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from translate.leg import Json
from translate.scrubbing import is_clean, lone
from translate.shared.plain_bags import signed_texts
from translate.shared.system_parts import MARK, is_mark
from translate.survey import encodes, is_plain_image, is_plain_part, plain_calls

_BESIDE = frozenset((MARK, "extra_content"))
_FILE = frozenset(("file_data", "file_id", "filename"))
_RESULT = frozenset(("role", "tool_call_id", "content", "is_error", MARK))
_ANSWER = frozenset(("role", "content", "tool_calls"))
_THINKS = _ANSWER | {"reasoning_content", "reasoning_details"}
_ENTRY = {"type": str, "text": str, "signature": str, "data": str, "format": str, "index": int}
Signed = list[tuple[str, str]]


def numbered(messages: list[Any], odd: list[Any]) -> Iterator[tuple[int, Any]]:
    """Odd messages, which come in the order of all, with their numbers."""
    left = iter(odd)
    following = next(left, None)
    for number, message in enumerate(messages):
        if message is following:
            yield number, message
            following = next(left, None)


def opened_odd(
    messages: list[Any], odd: list[Any], key: str, word: str, is_system: Callable[[Json], bool], *, marked_calls: bool = False,
) -> dict[int, Signed] | None:
    """
    The signed thoughts of messages that have no more beside text and calls, by number, where all odd messages are known here;
    None where one is not.

    word: the format of such thoughts. is_system: knows a system message in parts. marked_calls: calls may have marks.
    """
    thoughts: dict[int, Signed] = {}
    number = -1
    for message in odd:
        number += 1
        while messages[number] is not message:
            number += 1
        role = message.get("role")
        if role == "assistant":
            signed = signed_thoughts(message, word)
            if signed is not None:
                thoughts[number] = signed
            elif not is_answer(message, key, number == len(messages) - 1):
                return None
            calls = message.get("tool_calls")
            if calls is not None and calls != [] and not plain_calls(_without_marks(calls) if marked_calls else calls, {}):
                return None
        elif role == "user":
            if not is_user(message, key) and not _is_named(message, key):
                return None
        elif not (is_result(message, key) if role == "tool" else is_system(message)):
            return None
    return thoughts


def _without_marks(calls: Any) -> Any:
    """Calls without the marks of the cache on them."""
    for call in calls if type(calls) is list else ():
        if type(call) is dict and MARK in call:
            return [without_mark(one) for one in calls]
    return calls


def is_user(message: Json, key: str) -> bool:
    """A user message in parts."""
    return len(message) == 2 and _are_parts(message.get("content"), key)


def _is_named(message: Json, key: str) -> bool:
    """A user message with a name beside its content."""
    name, content = message.get("name"), message.get("content")
    if len(message) != 3 or type(name) is not str or not encodes(name):
        return False
    return encodes(content) if type(content) is str else _are_parts(content, key)


def is_result(message: Json, key: str) -> bool:
    """A tool message."""
    if not _RESULT.issuperset(message) or type(message.get("tool_call_id")) is not str:
        return False
    if type(message.get("is_error", False)) is not bool or (MARK in message and not is_mark(message[MARK])):
        return False
    content = message.get("content")
    return encodes(content) if type(content) is str else _are_parts(content, key)


def signed_thoughts(message: Json, word: str) -> Signed | None:
    """
    Texts and signatures of the thoughts of an answer that has a text or calls behind them and nothing else; None for any other.

    word: the format of its entries. The calls are not looked at.
    """
    content = message.get("content")
    if not _THINKS.issuperset(message) or not (content or message.get("tool_calls")):
        return None
    if content is not None and (type(content) is not str or not (content.isascii() or not lone(content))):
        return None
    return signed_texts(message.get("reasoning_details"), message.get("reasoning_content"), word)


def is_answer(message: Json, key: str, is_last: bool) -> bool:
    """An assistant message with texts, thoughts, rows or the mark of a prefill. The calls are not looked at."""
    content = message.get("content")
    if type(content) is str:
        if not encodes(content):
            return False
    elif content is not None and not (_are_parts(content, key) and all(part["type"] == "text" for part in content)):
        return False
    for name, value in message.items():
        if name == "reasoning_content":
            if type(value) is not str or not encodes(value):
                return False
        elif name == "reasoning_details":
            if type(value) is not list or not all(map(_is_entry, value)):
                return False
        elif name == "extra_content":
            if not _is_own(value, key, "blocks"):
                return False
        elif name == "prefix":
            if value is not True or not is_last:
                return False
        elif name not in _ANSWER:
            return False
    return True


def is_common_answer(message: Json) -> bool:
    """Whether an assistant message that was looked at is a text and calls alone, or a text that begins the answer."""
    if "content" not in message or type(message["content"]) is list:
        return False
    return len(message) == 2 or (len(message) == 3 and ("tool_calls" in message or "prefix" in message))


def begins_with_text(message: Json) -> bool:
    """Whether a message that is not the assistant's has a text that says something as its first part, and no order of its own."""
    content = message.get("content")
    if type(content) is not list or not content or message.get("role") == "assistant" or "extra_content" in message:
        return False
    first = content[0]
    text = first.get("text") if type(first) is dict and first.get("type") == "text" and "extra_content" not in first else None
    return type(text) is str and text != "" and not text.isspace()


def without_mark(holder: Any) -> Any:
    """An object without its mark; as it is where the mark says more than its kind and its life."""
    if type(holder) is not dict or MARK not in holder or not is_mark(holder[MARK]):
        return holder
    return {name: value for name, value in holder.items() if name != MARK}


def _are_parts(parts: Any, key: str) -> bool:
    """Texts, images and files of a user or a result."""
    if type(parts) is not list or not parts:
        return False
    for part in parts:  # noqa: SIM110  (a generator costs more than the look at a part)
        if not is_plain_part(part) and not _is_part(part, key):
            return False
    return True


def _is_part(part: Any, key: str) -> bool:
    """One that may have a mark or its own bag beside it."""
    if type(part) is not dict:
        return False
    kind = part.get("type")
    if kind != "text" and kind != "file" and kind != "image_url":
        return False
    held = part.get(kind)
    if kind == "text":
        if type(held) is not str or not encodes(held):
            return False
        if len(part) == 3 and MARK in part:
            return is_mark(part[MARK]) and held != "" and not held.isspace()  # the mark of a blank text goes elsewhere
    elif kind == "image_url":
        if not is_plain_image(held):
            return False
    elif type(held) is not dict or not _FILE.issuperset(held) or not all(type(value) is str and encodes(value) for value in held.values()):
        return False
    for name, value in part.items():
        if name == MARK:
            if not is_mark(value):
                return False
        elif name == "extra_content":
            if not _is_own(value, key):
                return False
        elif name != "type" and name != kind:
            return False
    return True


def _is_own(content: Any, key: str, only: str = "") -> bool:
    """Whether what stands beside a part or in a message is its own bag alone. only: with no more in it than this list."""
    held = content.get(key) if type(content) is dict and len(content) == 1 else None
    if type(held) is not dict or (only and (len(held) != 1 or type(held.get(only)) is not list)):
        return False
    if all(value is True and type(name) is str and name.isascii() for name, value in held.items()):
        return True
    return is_clean({"messages": [{"content": [{"extra_content": content}]}]})


def _is_entry(entry: Any) -> bool:
    if type(entry) is not dict:
        return False
    for name, value in entry.items():
        if type(value) is not _ENTRY.get(name) or (type(value) is str and not encodes(value)):
            return False
    return True
