"""
The short way of a stream: events and chunks that bring one more piece of what is open, which nearly all do.

Towards unified: a piece of a text, a thinking or the arguments of a call. From unified the same, in a chunk whose look the core
has taken (`shared.chat_fast.text_choice`). Everything else gives None and goes the long way of `reading` and `writing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from translate.leg import Json
from translate.scrubbing import lone
from translate.shared.blocks import HEAD

if TYPE_CHECKING:
    from translate.providers.cohere.reading import ToUnified
    from translate.providers.cohere.writing import ToNative


def quick(reader: ToUnified, event: Json) -> Json | None:
    """The one chunk that `feed` gives for a further piece; None for every other event."""
    kind = event.get("type")
    if len(event) != 3 or type(event.get("index")) is not int:
        return None
    delta = event.get("delta")
    message = delta.get("message") if type(delta) is dict and len(delta) == 1 else None
    if type(message) is not dict or len(message) != 1 or reader.wire is None:
        return None
    if kind == "content-delta":
        content = message.get("content")
        if type(content) is not dict or len(content) != 1:
            return None
        if reader.kind == "text":
            text = content.get("text")
        elif reader.kind == "reasoning":
            text = content.get("thinking")
        else:
            return None
        if type(text) is not str or not text or not (text.isascii() or not lone(text)):
            return None
        reader.length += len(text)
        if len(reader.head) < HEAD:
            reader.head = (reader.head + text)[:HEAD]
        if reader.kind == "text":
            reader.text_at += len(text)
            piece: Json = {"content": text}
        else:
            piece = {"reasoning_content": text}
    elif kind == "tool-call-delta" and not reader.over:
        call = message.get("tool_calls")
        function = call.get("function") if type(call) is dict and len(call) == 1 else None
        text = function.get("arguments") if type(function) is dict and len(function) == 1 else None
        number = reader.numbers.get(event["index"])
        if number is None or type(text) is not str or not text or not (text.isascii() or not lone(text)):
            return None
        if reader.open_call and reader.open_call[0] == number:
            reader.open_call[1] = True
        piece = {"tool_calls": [{"index": number, "function": {"arguments": text}}]}
    else:
        return None
    chunk = reader.wire.copy()
    chunk["choices"] = [{"index": 0, "delta": piece, "finish_reason": None}]
    return chunk
