"""
The short way of a stream: lines and chunks that bring one more piece of text or thinking, which nearly all do.

From unified also a piece of a call's arguments, in a chunk whose look the core has taken (`shared.chat_fast.text_choice`).
Everything else gives None and goes the long way of `stream`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from translate.leg import Json
from translate.scrubbing import lone

if TYPE_CHECKING:
    from translate.providers.ollama.stream import ToNative, ToUnified


def quick(reader: ToUnified, event: Json) -> Json | None:
    """The one chunk that `feed` gives for a further piece; None for every other line."""
    if len(event) != 4 or reader.head is None or reader.over:
        return None
    try:
        model, created_at, message = event["model"], event["created_at"], event["message"]
        if event["done"] is not False or type(model) is not str or type(created_at) is not str or type(message) is not dict:
            return None
        if not model.isascii() or not created_at.isascii() or message["role"] != "assistant":
            return None
        text, name = message["content"], "content"
        if len(message) != 2:
            if text != "" or len(message) != 3:
                return None
            text, name = message["thinking"], "reasoning_content"
    except KeyError:
        return None
    if type(text) is not str or not text or not (text.isascii() or not lone(text)):
        return None
    chunk = reader.head.copy()
    chunk["choices"] = [{"index": 0, "delta": {name: text}, "finish_reason": None}]
    return chunk


def text(writer: ToNative, chunk: Json) -> list[Json] | None:
    """What `feed` gives for a further piece; None when the chunk has to go the long way."""
    choice = chunk["choices"][0]
    if choice["index"] != 0 or writer.head is None:
        return None
    delta, calls = choice["delta"], writer.open.open
    if calls:
        # Held until they are whole.
        if "tool_calls" not in delta:
            return None
        fragment = delta["tool_calls"][0]
        held = calls.get(fragment["index"])
        if held is None or not held.pieces:
            return None
        held.pieces.append(fragment["function"]["arguments"])
        return []
    line = writer.head.copy()
    if "content" in delta:
        line["message"] = {"role": "assistant", "content": delta["content"]}
    elif "reasoning_content" in delta:
        line["message"] = {"role": "assistant", "content": "", "thinking": delta["reasoning_content"]}
    else:
        return None
    line["done"] = False
    return [line]
