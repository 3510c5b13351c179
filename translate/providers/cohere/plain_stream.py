"""
The short way of a stream: events and chunks that bring one more piece of what is open, which nearly all do.

Towards unified: a piece of a text, a thinking or the arguments of a call; the events that begin and end them, where they have no
more than they usually have. From unified the same pieces, in a chunk whose look the core has taken
(`shared.chat_fast.text_choice`). Everything else gives None and goes the long way of `reading` and `writing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from translate.leg import Json
from translate.scrubbing import is_clean, lone
from translate.shared.blocks import HEAD
from translate.shared.fragments import FIRST_CALL
from translate.shared.plain import is_text
from translate.shared.runs import Say

if TYPE_CHECKING:
    from translate.providers.cohere.reading import ToUnified
    from translate.providers.cohere.writing import ToNative


def quick(reader: ToUnified, event: Json) -> Json | None:
    """The one chunk that `feed` gives for a further piece; None for every other event."""
    if len(event) != 3 or reader.wire is None or reader.over:
        return None
    try:
        kind, index, delta = event["type"], event["index"], event["delta"]
        if type(index) is not int or type(delta) is not dict or len(delta) != 1:
            return None
        message = delta["message"]
        if type(message) is not dict or len(message) != 1:
            return None
        if kind == "content-delta":
            content = message["content"]
            if type(content) is not dict or len(content) != 1 or (reader.kind != "text" and reader.kind != "reasoning"):
                return None
            text = content["text" if reader.kind == "text" else "thinking"]
        elif kind == "tool-call-delta":
            call = message["tool_calls"]
            if type(call) is not dict or len(call) != 1:
                return None
            function = call["function"]
            if type(function) is not dict or len(function) != 1:
                return None
            text, number = function["arguments"], reader.numbers[index]
        else:
            return None
    except KeyError:
        return None
    if type(text) is not str or not text or not (text.isascii() or not lone(text)):
        return None
    if kind == "tool-call-delta":
        if reader.open_call and reader.open_call[0] == number:
            reader.open_call[1] = True
        piece: Json = {"tool_calls": [{"index": number, "function": {"arguments": text}}]}
    else:
        size = len(text)
        reader.length += size
        if len(reader.head) < HEAD:
            reader.head = (reader.head + text)[:HEAD]
        if reader.kind == "text":
            reader.text_at += size
            piece = {"content": text}
        else:
            piece = {"reasoning_content": text}
    chunk = reader.wire.copy()
    chunk["choices"] = [{"index": 0, "delta": piece, "finish_reason": None}]
    return chunk


_BARE = frozenset(("content-end", "tool-call-end"))
_EMPTY = frozenset(("content", "tool_plan", "tool_calls", "citations"))


def is_common(event: Json) -> bool:
    """Whether an event has what its kind usually has and no more, with texts that encode: it needs no scrub and no look for the rest."""
    kind, delta = event.get("type"), event.get("delta")
    if type(kind) is not str:
        return False
    if kind in _BARE:
        return len(event) == 2 and type(event.get("index")) is int
    if kind == "message-end":
        return len(event) == 2 and type(delta) is dict and "error" not in delta and is_clean(event)
    if type(delta) is not dict or len(delta) != 1:
        return False
    message = delta.get("message")
    if type(message) is not dict:
        return False
    if kind == "message-start":
        identifier = event.get("id")
        if len(event) != 3 or type(identifier) is not str or not identifier.isascii() or message.get("role") != "assistant":
            return False
        for name, value in message.items():
            if name != "role" and (name not in _EMPTY or (value != "" and value != [])):
                return False
        return True
    if kind == "tool-plan-delta":
        return len(event) == 2 and len(message) == 1 and is_text(message.get("tool_plan"))
    if len(event) != 3 or type(event.get("index")) is not int or len(message) != 1:
        return False
    if kind == "content-start":
        content = message.get("content")
        if type(content) is not dict or len(content) != 2:
            return False
        inner = content.get("type")
        return (inner == "text" or inner == "thinking") and is_text(content.get(inner))
    if kind == "tool-call-start":
        call = message.get("tool_calls")
        if type(call) is not dict or len(call) != 3 or call.get("type") != "function":
            return False
        function = call.get("function")
        if type(function) is not dict or len(function) != 2 or not is_text(call.get("id")):
            return False
        return is_text(function.get("name")) and is_text(function.get("arguments"))
    return False


_MEMBERS = {"text": "content", "thinking": "reasoning_content", "call": "tool_calls"}  # of a delta, by what is open


def text(writer: ToNative, chunk: Json) -> list[Json] | None:
    """The one event that `feed` gives for a further piece of the open block; None when the chunk has to go the long way."""
    choice = chunk["choices"][0]
    delta, block = choice["delta"], writer.open
    if choice["index"] != 0 or len(delta) != 1:
        return None
    if "content" in delta and (block is None or block[0] != "text"):
        return writer._text("text", delta["content"], None)  # a text begins
    if block is None:
        return None
    kind, number = block
    if kind == "text":
        if "content" not in delta:
            return None
        text = delta["content"]
        content = {"text": text}
    elif kind == "call":
        if "tool_calls" not in delta:
            return None
        fragment = delta["tool_calls"][0]
        if writer.calls.get(fragment["index"]) != number:
            return None
        text = fragment["function"]["arguments"]
        writer.said.append(text)
        return [{"type": "tool-call-delta", "index": number, "delta": {"message": {"tool_calls": {"function": {"arguments": text}}}}}]
    else:
        text = delta.get("reasoning_content")
        if text is None:
            return None
        content = {"thinking": text}
    writer.growing[1] += len(text)
    return [{"type": "content-delta", "index": number, "delta": {"message": {"content": content}}}]


def run(writer: ToNative, choice: Json) -> Say | None:
    """What pieces become that follow the one of this choice, which was taken (`shared.runs`); None where they have to be looked at."""
    delta, block = choice["delta"], writer.open
    if choice["index"] != 0 or block is None:
        return None
    (kind, number), growing, name = block, writer.growing, _MEMBERS[block[0]]
    if name not in delta:
        return None
    if kind == "call":
        if writer.calls.get(delta["tool_calls"][0]["index"]) != number:
            return None
        said = writer.said

        def arguments(piece: str) -> Json:
            said.append(piece)
            return {"type": "tool-call-delta", "index": number, "delta": {"message": {"tool_calls": {"function": {"arguments": piece}}}}}

        return arguments

    def content(piece: str) -> Json:
        growing[1] += len(piece)
        return {"type": "content-delta", "index": number, "delta": {"message": {"content": {kind: piece}}}}

    return content


def opened(writer: ToNative, fragment: Json, index: int) -> list[Json] | None:
    """The events of a call that begins."""
    return writer._fragment(fragment, FIRST_CALL) if index == 0 and fragment["index"] not in writer.calls else None
