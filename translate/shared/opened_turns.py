"""
Messages that the survey does not know only because of what clients of many servers have beside the common shapes: lists of texts
where others have a text, readable thoughts, names, marks of the cache, the mark of a prefill. For the formats that keep the shapes of chat (Cohere,
Mistral, Ollama), which write such messages themselves; None is the answer to everything else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from translate.leg import Json
from translate.loss import Loss
from translate.shared.fields import SCOPES
from translate.shared.known_messages import numbered
from translate.shared.one_text import text_of
from translate.shared.plain import is_text
from translate.shared.system_parts import MARK, is_mark
from translate.survey import is_plain_part, plain_calls

_SAYS_NOTHING = frozenset(("refusal", "annotations", "audio", "function_call", "tool_calls"))
NO_PART = "no such part in this API"
_LISTS = frozenset(("annotations", "tool_calls"))
_BESIDE = frozenset(("name", MARK))


def opened_odd(
    messages: list[Any], odd: list[Any], key: str, is_own: Callable[[Any, Json], bool] | None = None
) -> set[int] | None:
    """
    Where all odd messages are known, the numbers of those that are more than lists of texts; calls and results are paired.

    is_own: a look at the bag of an answer, which it is given with that.
    """
    found: set[int] = set()
    if all(map(_is_listed, odd)):
        return found
    for number, message in numbered(messages, odd):
        role = message.get("role") if type(message) is dict else None
        if role == "assistant":
            is_known = _is_answer(message, number == len(messages) - 1, is_own)
        else:
            is_known = (role == "user" or role == "system" or role == "developer" or role == "tool") and _is_turn(message, role)
        if not is_known:
            return None
        if not _is_listed(message):
            found.add(number)
    return found


def _is_listed(message: Any) -> bool:
    """Whether a message that is not the user's is a list of texts, calls beside it or an id, and nothing else."""
    parts = message.get("content") if type(message) is dict else None
    if type(parts) is not list or not parts or None in map(text_of, parts):
        return False
    role, size = message.get("role"), len(message)
    if role == "assistant":
        return size == 2 or (size == 3 and plain_calls(message.get("tool_calls"), {}))
    if role == "tool":
        return size == 3  # its id is that of a call
    return size == 2 and (role == "system" or role == "developer")


def _is_turn(message: Json, role: str) -> bool:
    """What a user, a tool or the system says."""
    if "content" not in message:
        return False
    for name, value in message.items():
        if name == "content":
            if type(value) is not str:
                if not _are_parts(value, role):
                    return False
            elif not is_text(value):
                return False
        elif name == "name":
            if role == "tool" or not is_text(value):
                return False
        elif name == MARK:
            if not is_mark(value):
                return False
        elif name != "role" and (name != "tool_call_id" or role != "tool"):
            return False
    return True


def _is_answer(message: Json, is_last: bool, is_own: Callable[[Any, Json], bool] | None) -> bool:
    content, calls = message.get("content"), message.get("tool_calls")
    if calls and not plain_calls(calls, {}):
        return False
    if content is None:
        if not calls:
            return False
    elif type(content) is str:
        if not is_text(content):
            return False
    elif not _are_parts(content, "assistant"):
        return False
    for name, value in message.items():
        if name == "reasoning_content" or name == "name":
            if not value or not is_text(value):
                return False
        elif name == MARK:
            if not is_mark(value):
                return False
        elif name == "prefix":
            if value is not True or not is_last or not (content or calls):
                return False
        elif name == "extra_content" and is_own is not None:
            if not is_own(value, message):
                return False
        elif name != "role" and name != "content" and not (name == "tool_calls" and calls) and not (name in _SAYS_NOTHING and (value is None or (name in _LISTS and value == []))):
            return False
    return True


def _are_parts(parts: Any, role: str) -> bool:
    """Texts that say something, with marks or without; of a user images and files too."""
    if type(parts) is not list or not parts:
        return False
    for part in parts:
        if type(part) is dict and len(part) == 3 and MARK in part:
            if not is_mark(part[MARK]):
                return False
            part = {name: value for name, value in part.items() if name != MARK}
            if text_of(part) is None:
                return False
        elif not (is_plain_part(part) or _is_file(part)) if role == "user" else text_of(part) is None:
            return False
    return True


def _is_file(part: Any) -> bool:
    """A file in a URL, with a name or without."""
    if type(part) is not dict or len(part) != 2 or part.get("type") != "file":
        return False
    file = part.get("file")
    if type(file) is not dict or not is_text(file.get("file_data")) or ":" not in file["file_data"][:_LONGEST_SCHEME]:
        return False
    return len(file) == 1 or (len(file) == 2 and is_text(file.get("filename")))


_LONGEST_SCHEME = 8


def texts_to_native(parts: list[Any]) -> list[Any]:
    """A list of texts that was looked at."""
    return [{"type": "text", "text": part["text"]} for part in parts]


def report_parts(parts: list[Any], place: str, target: str, lost: list[Loss], *, files: bool) -> None:
    """The marks of parts as losses, and those that are files. place: of the message."""
    for number, part in enumerate(parts):
        if MARK in part:
            lost.append(mark_of_part(f"{place}/content/{number}", target))
        elif files and part["type"] == "file":
            lost.append(file_of_turn(f"{place}/content/{number}", target))


def file_of_turn(place: str, target: str) -> Loss:
    """The loss of a part that is a file."""
    return Loss("dropped", "content", "file", place, target, NO_PART)


def mark_of_part(place: str, target: str) -> Loss:
    """The loss of a mark on a part."""
    return Loss("dropped", "behaviour", MARK, f"{place}/{MARK}", target, "not a member of this format")


def report_beside(
    message: Json, place: str, target: str, lost: list[Loss], reason: str, names: frozenset[str] = _BESIDE
) -> None:
    """The name and the mark of a message, or what else has no place, as losses in their order."""
    for name in message:
        if name in names:
            lost.append(Loss("dropped", SCOPES[name], name, f"{place}/{name}", target, reason))
