"""
The short way of a stream: lines and chunks that bring one more piece of text or thinking, which nearly all do; first lines, lines
with whole calls and the last one, where they have no more than they usually have.

From unified a piece of text, thinking or arguments, in a chunk whose look the core has taken (`shared.chat_fast.text_choice`).
Everything else gives None, the machine untouched, and goes the long way of `stream`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from translate.leg import Json
from translate.providers.ollama.plain_reading import ANSWER_LEVEL, calls_to_unified
from translate.providers.ollama.tables import DURATIONS
from translate.scrubbing import lone
from translate.shared.fragments import FIRST_CALL
from translate.shared.plain import is_text
from translate.shared.runs import Say
from translate.shared.timestamps import seconds_of

if TYPE_CHECKING:
    from translate.providers.ollama.stream import ToNative, ToUnified


def quick(reader: ToUnified, event: Json) -> Json | None:
    """The one chunk that `feed` gives for a further piece, or for whole calls; None for every other line."""
    head = reader.head
    if len(event) != 4 or head is None or reader.over:
        return None
    try:
        created_at, message = event["created_at"], event["message"]
        if event["done"] is not False or event["model"] != head["model"] or type(created_at) is not str or type(message) is not dict:
            return None
        if not created_at.isascii() or message["role"] != "assistant":
            return None
        text = message["content"]
        if "tool_calls" in message:
            if text != "" or len(message) != 3:
                return None
            calls = calls_to_unified(message["tool_calls"], reader.calls, head["id"], ANSWER_LEVEL, streamed=True)
            if not calls:
                return None
            reader.calls += len(calls)
            delta: Json = {"tool_calls": calls}
        else:
            name = "content"
            if len(message) != 2:
                if text != "" or len(message) != 3:
                    return None
                text, name = message["thinking"], "reasoning_content"
            if type(text) is not str or not text or not (text.isascii() or not lone(text)):
                return None
            delta = {name: text}
    except KeyError:
        return None
    chunk = head.copy()
    chunk["choices"] = [{"index": 0, "delta": delta, "finish_reason": None}]
    return chunk


_LINE = {"model", "created_at", "message", "done"}
_MESSAGE = frozenset(("role", "content", "thinking", "tool_calls"))
_TIMES = frozenset(DURATIONS)
_LAST = frozenset((*_LINE, "done_reason", "prompt_eval_count", "eval_count", *DURATIONS))


def common(reader: ToUnified, event: Json) -> list[Json] | None:
    """The chunks that `feed` gives for a line of the common shapes; None for every other one."""
    model, created_at, message = event.get("model"), event.get("created_at"), event.get("message")
    if reader.over or type(model) is not str or not model.isascii() or type(created_at) is not str or not created_at.isascii():
        return None
    if type(message) is not dict or message.get("role") != "assistant" or not message.keys() <= _MESSAGE:
        return None
    if event.get("done") is True:
        return _last(reader, event, message)
    if event.get("done") is not False or len(event) != len(_LINE):
        return None
    head, own = reader.head, None
    if head is not None and head["model"] != model:
        return None
    if head is None:
        created, is_exact = seconds_of(created_at)
        if created is None or not model:
            return None
        identifier = reader.leg.options.id or "chatcmpl-0"
        head = {"id": identifier, "object": "chat.completion.chunk", "created": created, "model": model}
        own = {} if is_exact else {reader.leg.row.key: {"created_at": created_at}}
    deltas: list[Json] = []
    thinking, text, calls = message.get("thinking", ""), message.get("content", ""), message.get("tool_calls")
    if not is_text(thinking) or not is_text(text):
        return None
    if thinking:
        deltas.append({"reasoning_content": thinking})
    if text:
        deltas.append({"content": text})
    count = reader.calls
    if calls:
        written = calls_to_unified(calls, count, head["id"], ANSWER_LEVEL, streamed=True)
        if written is None:
            return None
        deltas.append({"tool_calls": written})
        count += len(written)
    elif calls is not None and type(calls) is not list:
        return None
    if own is not None:
        deltas[:1] = [{"role": "assistant", **deltas[0]} if deltas else {"role": "assistant"}]
    chunks: list[Json] = []
    for delta in deltas:
        chunk = head.copy()
        chunk["choices"] = [{"index": 0, "delta": delta, "finish_reason": None}]
        chunks.append(chunk)
    if own:
        chunks[0]["extra_content"] = own
    reader.head, reader.calls = head, count
    return chunks


def _last(reader: ToUnified, event: Json, message: Json) -> list[Json] | None:
    reason, head = event.get("done_reason"), reader.head
    if head is None or not reader.plain or len(message) != 2 or message.get("content") != "" or not event.keys() <= _LAST:
        return None
    if reason != "stop" and reason != "length":
        return None
    own: Json = {}
    for name, value in () if _TIMES.isdisjoint(event) else event.items():
        if name in _TIMES:
            if type(value) is not int:
                return None
            own[name] = value
    finish = "tool_calls" if reason == "stop" and reader.calls > 0 else reason
    chunks: list[Json] = [{**head, "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}]
    if own:
        chunks[0]["extra_content"] = {reader.leg.row.key: own}
    if "prompt_eval_count" in event or "eval_count" in event:
        prompt, completion = event.get("prompt_eval_count", 0), event.get("eval_count", 0)
        if type(prompt) is not int or type(completion) is not int:
            return None
        usage = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
        chunks.append({**head, "choices": [], "usage": usage})
    reader.over = True
    return chunks


def text(writer: ToNative, chunk: Json) -> list[Json] | None:
    """What `feed` gives for a further piece; None when the chunk has to go the long way."""
    choice = chunk["choices"][0]
    if choice["index"] != 0 or writer.head is None:
        return None
    delta, calls = choice["delta"], writer.open.open
    if len(delta) != 1:
        return None
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


def run(writer: ToNative, choice: Json) -> Say | None:
    """What pieces become that follow the one of this choice, which was taken (`shared.runs`); None where they have to be looked at."""
    delta, head, calls = choice["delta"], writer.head, writer.open.open
    if choice["index"] != 0 or head is None:
        return None
    if calls or "tool_calls" in delta:
        held = calls.get(delta["tool_calls"][0]["index"]) if "tool_calls" in delta else None
        return None if held is None or not held.pieces else held.pieces.append
    if "reasoning" in delta:
        return None
    thinks = "content" not in delta

    def said(piece: str) -> Json:
        line = head.copy()
        line["message"] = {"role": "assistant", "content": "", "thinking": piece} if thinks else {"role": "assistant", "content": piece}
        line["done"] = False
        return line

    return said


def opened(writer: ToNative, fragment: Json, index: int) -> list[Json] | None:
    """A call that begins is held until it is whole."""
    if index != 0 or writer.head is None or fragment["index"] in writer.open.open:
        return None
    writer.open.begin(fragment, writer.leg, FIRST_CALL)
    return []
