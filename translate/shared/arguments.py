"""Arguments of tool calls: a JSON text on the chat side, an object on the other."""

from __future__ import annotations

import hashlib
from json.encoder import encode_basestring as quoted
from typing import Any

from translate.json_text import parser, printer, scanner
from translate.leg import Json
from translate.scrubbing import DEEPEST, lone, replaced, too_deep

# Compact JSON text, as it is written on the chat side.
dumps = printer(allow_nan=True)
_parse, _scan = parser(finite=True), scanner(finite=True)


def printed(value: Json, level: int) -> str | None:
    """
    An arguments object at this level of its document -> its text; None when a text in it has no UTF-8 or it is nested too
    deeply, which the scrub tells. The look at the text is cheaper than a walk.
    """
    if not value:
        return "{}"
    if len(value) == 1:
        for name, only in value.items():
            if type(only) is str and type(name) is str:  # as many tools take; the encoder costs twice as much
                text = f"{{{quoted(name)}:{quoted(only)}}}"
                return text if text.isascii() or not lone(text) else None
    try:
        text = dumps(value)
    except RecursionError:
        return None
    if not text.isascii() and lone(text):
        return None
    if len(text) > DEEPEST and level + text.count("{") + text.count("[") > DEEPEST and too_deep(value, DEEPEST - level + 1):
        return None
    return text


def parse_object(text: str) -> Json | None:
    """Arguments text -> object; `""` is `{}`; None when it is not a JSON object (a cut or free text) or one too deep to write."""
    if "{" in text and len(text) <= DEEPEST and "\\" not in text:  # most are too short to be deep, and have nothing to mend
        try:
            value, end = _scan(text, 0)
        except (StopIteration, ValueError, RecursionError):
            pass
        else:
            if end == len(text):
                return value if type(value) is dict else None
    if not text or text == "{}":
        return {}
    try:
        value = _parse(text)
    except (ValueError, RecursionError):
        value = None if text.strip() else {}
    if value is None or (len(text) > DEEPEST and text.count("{") + text.count("[") > DEEPEST and too_deep(value)):
        return None
    if "\\" in text and ("\\ud" in text or "\\uD" in text):
        value = _scrubbed(value)
    return value if type(value) is dict else None


def _scrubbed(value: Any) -> Any:
    # An escaped lone surrogate has no UTF-8: U+FFFD in its place, as everywhere.
    if type(value) is str:
        return replaced(value)
    if type(value) is dict:
        return {_scrubbed(name): _scrubbed(member) for name, member in value.items()}
    return [_scrubbed(member) for member in value] if type(value) is list else value


LENGTH_MADE_UP = 17  # of an id that `made_up_id` gives


def made_up_id(document_id: str, number: int, name: str, arguments: str) -> str:
    """Id for a call that came without one: the same for the same place and content, in stream and response."""
    text = f"{document_id}:{number}:{name}:{arguments}"
    return "call_" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
