"""Whether messages are plain but for what Anthropic's form has beside them (`translate.shared.known_messages`), and marks on calls."""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.providers.anthropic.assistant import FORMAT
from translate.shared import known_messages
from translate.shared.system_parts import MARK, is_mark
from translate.survey import encodes


def opened_odd(messages: list[Any], odd: list[Any], key: str) -> dict[int, known_messages.Signed] | None:
    """Whether odd messages are known, and what was thought in them (`known_messages.opened_odd`)."""
    return known_messages.opened_odd(messages, odd, key, FORMAT, _is_system, marked_calls=True)


def _is_system(message: Json) -> bool:
    """Whether a system message is texts alone, with marks or without: the writer takes it in parts either way."""
    parts = message.get("content")
    return message.get("role") == "system" and len(message) == 2 and type(parts) is list and all(map(_is_text, parts))


def _is_text(part: Any) -> bool:
    if type(part) is not dict or part.get("type") != "text":
        return False
    text = part.get("text")
    if type(text) is not str or not encodes(text):
        return False
    return len(part) == 2 or (len(part) == 3 and is_mark(part.get(MARK)) and text != "" and not text.isspace())
