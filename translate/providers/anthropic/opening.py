"""Whether messages are plain but for what Anthropic's form has beside them (`translate.shared.stand_ins`), and marks on calls."""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.providers.anthropic.assistant import FORMAT
from translate.shared import stand_ins
from translate.survey import encodes

SYSTEM: Json = {"role": "system", "content": ""}  # in place of one that is looked at here


def opened_messages(messages: Any, key: str) -> dict[int, stand_ins.Signed] | None:
    """Whether messages are plain but for what this form has beside them, and what was thought (`stand_ins.opened_messages`)."""
    return stand_ins.opened_messages(messages, key, FORMAT, _of_system, marked_calls=True)


def _of_system(message: Json) -> Json:
    """A system message is texts alone, with marks or without: the writer takes it in parts either way."""
    if message.get("role") != "system" or len(message) != 2:
        return message
    parts = [stand_ins.without_mark(part) if type(part) is dict and part.get("type") == "text" else part for part in message["content"]]
    return SYSTEM if all(map(_is_text, parts)) else message


def _is_text(part: Any) -> bool:
    if type(part) is not dict or len(part) != 2 or part.get("type") != "text":
        return False
    text = part.get("text")
    return type(text) is str and encodes(text)
