"""Arguments of tool calls: a JSON text on the chat side, an object on the other."""

from __future__ import annotations

import hashlib
import math
from typing import Any

from translate.json_text import parse, printer
from translate.leg import Json
from translate.scrubbing import DEEPEST, replaced, too_deep

# Compact JSON text, as it is written on the chat side.
dumps = printer(allow_nan=True)


def parse_object(text: str) -> Json | None:
    """Arguments text -> object; `""` is `{}`; None when it is not a JSON object (a cut or free text) or one too deep to write."""
    if not text or text == "{}":
        return {}
    try:
        value = parse(text)
    except (ValueError, RecursionError):
        value = None if text.strip() else {}
    if value is None or (len(text) > DEEPEST and text.count("{") + text.count("[") > DEEPEST and too_deep(value)):
        return None
    if "\\ud" in text or "\\uD" in text:
        value = _scrubbed(value)
    return value if type(value) is dict and (("e" not in text and "E" not in text) or _finite(value)) else None


def _scrubbed(value: Any) -> Any:
    # An escaped lone surrogate has no UTF-8: U+FFFD in its place, as everywhere.
    if type(value) is str:
        return replaced(value)
    if type(value) is dict:
        return {_scrubbed(name): _scrubbed(member) for name, member in value.items()}
    return [_scrubbed(member) for member in value] if type(value) is list else value


def _finite(value: Any) -> bool:
    # 1e999 parses to infinity, which no JSON text can carry on.
    if type(value) is float:
        return math.isfinite(value)
    if type(value) is dict:
        return all(map(_finite, value.values()))
    return all(map(_finite, value)) if type(value) is list else True


def made_up_id(document_id: str, number: int, name: str, arguments: str) -> str:
    """Id for a call that came without one: the same for the same place and content, in stream and response."""
    text = f"{document_id}:{number}:{name}:{arguments}"
    return "call_" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
