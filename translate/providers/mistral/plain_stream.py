"""
The short way of a stream: chunks that bring one more piece of what is open, which nearly all do.

Towards unified: a piece of the open text or thinking in a chunk whose head is that of the chunk before. From unified the same,
and a piece of a call's arguments, in a chunk whose look the core has taken (`shared.chat_fast.text_choice`). Everything else
gives None and goes the long way of `reading` and `writing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from translate.leg import Json
from translate.scrubbing import lone
from translate.shared.blocks import HEAD

if TYPE_CHECKING:
    from translate.providers.mistral.reading import ToUnified
    from translate.providers.mistral.writing import ToNative


def seen(event: Json) -> tuple[Any, ...]:
    """What stands beside the choices of a chunk, padding excepted."""
    return (event.get("id"), event.get("object"), event.get("created"), event.get("model"))


def quick(reader: ToUnified, event: Json) -> Json | None:
    """The one chunk that `feed` gives for a further piece; None for every other chunk."""
    if reader.head is None or reader.over:
        return None
    try:
        if len(event) != 5:
            padding = event["p"]
            if len(event) != 6 or type(padding) is not str or not padding.isascii():
                return None
        if (event["id"], event["object"], event["created"], event["model"]) != reader.seen:
            return None
        choices = event["choices"]
        if type(choices) is not list or len(choices) != 1:
            return None
        choice = choices[0]
        if type(choice) is not dict or choice["finish_reason"] is not None:
            return None
        if len(choice) != 3 and (len(choice) != 4 or choice["logprobs"] is not None):
            return None
        index, delta = choice["index"], choice["delta"]
        if type(index) is not int or type(delta) is not dict or len(delta) != 1:
            return None
        state, content = reader.choices[index], delta["content"]
        if type(content) is str:
            if state.kind != "text" or not content or not (content.isascii() or not lone(content)):
                return None
            state.length += len(content)
            if len(state.head) < HEAD:
                state.head = (state.head + content)[:HEAD]
            piece = {"content": content}
        else:
            thought = _thought(content) if state.kind == "reasoning" else None
            if thought is None:
                return None
            state.add(thought)
            piece = {"reasoning_content": thought}
    except KeyError:
        return None
    chunk = reader.head.copy()
    chunk["choices"] = [{"index": index, "delta": piece, "finish_reason": None}]
    return chunk


def _thought(content: Any) -> str | None:
    """The text of the one thinking that stays open in a list of chunks."""
    if type(content) is not list or len(content) != 1 or type(content[0]) is not dict or len(content[0]) != 3:
        return None
    chunk = content[0]
    thinking = chunk["thinking"]
    if chunk["type"] != "thinking" or chunk["closed"] is not False or type(thinking) is not list or len(thinking) != 1:
        return None
    inner = thinking[0]
    if type(inner) is not dict or len(inner) != 2 or inner["type"] != "text":
        return None
    text = inner["text"]
    return text if type(text) is str and text and (text.isascii() or not lone(text)) else None


def text(writer: ToNative, chunk: Json) -> list[Json] | None:
    """What `feed` gives for a further piece of what is open; None when the chunk has to go the long way."""
    choice = chunk["choices"][0]
    index, delta = choice["index"], choice["delta"]
    state = writer.choices.get(index)
    if state is None or writer.head is None:
        return None
    if "content" in delta:
        piece: Any = delta["content"]
        kind, content = "text", piece
        if state.thinking:
            return None
    elif "tool_calls" in delta:
        # Held until the finish.
        fragment = delta["tool_calls"][0]
        held = state.calls.open.get(fragment["index"])
        if held is None or not held.pieces or state.thinking:
            return None
        held.pieces.append(fragment["function"]["arguments"])
        return []
    elif "reasoning_content" in delta and state.thinking:
        piece = delta["reasoning_content"]
        kind, content = "reasoning", [{"type": "thinking", "thinking": [{"type": "text", "text": piece}], "closed": False}]
    else:
        return None
    if not state.role or not state.blocks or state.blocks[-1][0] != kind:
        return None
    state.blocks[-1][1] += len(piece)
    native = writer.head.copy()
    native["choices"] = [{"index": index, "delta": {"content": content}, "finish_reason": None}]
    return [native]
