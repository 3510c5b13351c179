"""
The short way of a stream: chunks that bring one more piece of what is open, which nearly all do.

Towards unified: a piece of the open text or thinking in a chunk whose head is that of the chunk before, and chunks with the
role, a text, whole calls, the finish and counts, where they have no more than they usually have. From unified the first,
and a piece of a call's arguments, in a chunk whose look the core has taken (`shared.chat_fast.text_choice`). Everything else
gives None, the machine untouched, and goes the long way of `reading` and `writing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from translate.leg import Json
from translate.providers.mistral.plain_reading import calls_to_unified, usage_to_unified
from translate.providers.mistral.tables import FINISH_REASON_TO_UNIFIED, MOST_INDEX
from translate.scrubbing import lone
from translate.shared.blocks import HEAD
from translate.shared.fragments import FIRST_CALL
from translate.shared.runs import Say

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
            padding = event.get("p")
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
            state.ended = content[0].get("closed") is not False
            piece = {"reasoning_content": thought}
    except KeyError:
        return None
    chunk = reader.head.copy()
    chunk["choices"] = [{"index": index, "delta": piece, "finish_reason": None}]
    return chunk


_EVENT = frozenset(("id", "object", "created", "model", "choices", "usage", "p"))
_DELTA = frozenset(("role", "content", "tool_calls"))


def common(reader: ToUnified, event: Json) -> list[Json] | None:
    """The chunks that `feed` gives for a chunk of the common shapes; None for every other one."""
    try:
        beside = (event["id"], event["object"], event["created"], event["model"])
        choices = event["choices"]
        if reader.over or type(choices) is not list or len(choices) != 1 or type(choices[0]) is not dict:
            return None
        choice = choices[0]
        index, delta, finish = choice["index"], choice["delta"], choice["finish_reason"]
        if len(choice) != 3 and (len(choice) != 4 or choice["logprobs"] is not None):
            return None
    except KeyError:
        return None
    if beside != reader.seen and (reader.lacks or not _is_head(beside)):
        return None
    more: Json = {}
    if len(event) != 5:
        if not event.keys() <= _EVENT or ("p" in event and (type(event["p"]) is not str or not event["p"].isascii())):
            return None
        if event.get("usage") is not None and not usage_to_unified(event["usage"], more, reader.leg.row.key):
            return None
    if type(index) is not int or not 0 <= index < MOST_INDEX or type(delta) is not dict or not delta.keys() <= _DELTA:
        return None
    if finish is not None and (type(finish) is not str or finish not in FINISH_REASON_TO_UNIFIED):
        return None
    content, calls = delta.get("content"), delta.get("tool_calls")
    if content is not None and (type(content) is not str or not (content.isascii() or not lone(content))):
        return None
    memo = reader.leg.memo
    numbers: dict[int, int] = {}
    if "names" in memo or delta.get("role", "assistant") != "assistant":
        return None
    if calls:
        state, held = reader.choices.get(index), memo.get("call_ids")
        calls = calls_to_unified(calls, 0 if state is None else state.calls, held if type(held) is dict else None, numbers)
        if calls is None:
            return None
    elif calls is not None and type(calls) is not list:
        return None
    reader.seen = beside
    return _chunks(reader, event, calls, numbers, more)


def _is_head(beside: tuple[Any, ...]) -> bool:
    """Whether id, object, created and model are of the right types and say something."""
    identifier, kind, created, model = beside
    if type(identifier) is not str or type(model) is not str or type(created) is not int or kind != "chat.completion.chunk":
        return False
    return identifier != "" and model != "" and created != 0 and identifier.isascii() and model.isascii()


def _chunks(reader: ToUnified, event: Json, calls: list[Json] | None, numbers: dict[int, int], more: Json) -> list[Json]:
    """
    What `feed` does, for a chunk that is known.

    calls: as they go out; numbers: theirs, by native index; more: usage and service tier of the chunk.
    """
    choice = event["choices"][0]
    index, content, finish = choice["index"], choice["delta"].get("content"), choice["finish_reason"]
    head = reader.head
    if head is None:
        head = reader.head = {"id": event["id"], "object": "chat.completion.chunk", "created": event["created"], "model": event["model"]}
    is_first = index not in reader.choices
    state = reader.state(index)
    deltas: list[Json] = [reader.piece("text", "content", content, state)] if content else []
    if calls:
        delta: Json = {"tool_calls": calls}
        state.close(delta)
        state.put_rows(state.rows.whole("tool_call", len(calls)), delta)
        state.numbers.update(numbers)
        state.calls += len(calls)
        deltas.append(delta)
    if is_first:
        if deltas:
            deltas[0] = {"role": "assistant", **deltas[0]}
        else:
            deltas.append({"role": "assistant"} if content is None or finish else {"role": "assistant", "content": ""})
    chunks: list[Json] = []
    for delta in deltas:
        chunk = head.copy()
        chunk["choices"] = [{"index": index, "delta": delta, "finish_reason": None}]
        chunks.append(chunk)
    if finish:
        chunks.append(reader.finish_chunk(choice, index, state, ("choices", 0)))
    if more:
        reader.usage = more.pop("usage")
        if more:
            if not chunks:
                chunks = [{**head, "choices": []}]
            chunks[-1].update(more)
    if reader.usage is not None and reader.is_finished():
        chunks.append({**head, "choices": [], "usage": reader.usage})
        reader.usage = None
    return chunks


def _thought(content: Any) -> str | None:
    """The text of a list with one further piece of thinking."""
    if type(content) is not list or len(content) != 1 or type(content[0]) is not dict:
        return None
    chunk = content[0]
    thinking = chunk["thinking"]
    if len(chunk) != 2 and (len(chunk) != 3 or type(chunk["closed"]) is not bool):
        return None
    if chunk["type"] != "thinking" or type(thinking) is not list or len(thinking) != 1:
        return None
    inner = thinking[0]
    if type(inner) is not dict or len(inner) != 2 or inner["type"] != "text":
        return None
    text = inner["text"]
    return text if type(text) is str and text and (text.isascii() or not lone(text)) else None


def text(writer: ToNative, chunk: Json) -> list[Json] | None:
    """What `feed` gives for a further piece of what is open; None when the chunk has to go the long way."""
    choice = chunk["choices"][0]
    index, delta, head = choice["index"], choice["delta"], writer.head
    state = writer.choices.get(index)
    if state is None or head is None or len(delta) != 1:
        return None
    takes = state.takes
    content: Any
    if "content" in delta:
        content = delta["content"]
        if takes is not None and takes[0] == "text":
            takes[1] += len(content)
        elif state.role and not state.thinking:  # a text begins
            state.sent("text", content)
            state.takes = state.blocks[-1]
        else:
            return None
    elif "tool_calls" in delta:
        # Held until the finish.
        fragment = delta["tool_calls"][0]
        held = state.calls.open.get(fragment["index"])
        if held is None or not held.pieces or state.thinking:
            return None
        held.pieces.append(fragment["function"]["arguments"])
        return []
    else:
        thought = delta.get("reasoning_content")
        if thought is None or takes is None or takes[0] != "reasoning":
            return None
        content = [{"type": "thinking", "thinking": [{"type": "text", "text": thought}], "closed": False}]
        takes[1] += len(thought)
    native = head.copy()
    native["choices"] = [{"index": index, "delta": {"content": content}, "finish_reason": None}]
    return [native]


def run(writer: ToNative, choice: Json) -> Say | None:
    """What pieces become that follow the one of this choice, which was taken (`shared.runs`); None where they have to be looked at."""
    index, delta, head = choice["index"], choice["delta"], writer.head
    state = writer.choices.get(index)
    if state is None or head is None:
        return None
    if "tool_calls" in delta:
        held = state.calls.open.get(delta["tool_calls"][0]["index"])
        return None if held is None or not held.pieces or state.thinking else held.pieces.append
    takes = state.takes
    if takes is None or takes[0] != ("text" if "content" in delta else "reasoning") or "reasoning" in delta:
        return None
    thinks = takes[0] == "reasoning"

    def said(piece: str) -> Json:
        takes[1] += len(piece)
        content: Any = piece
        if thinks:
            content = [{"type": "thinking", "thinking": [{"type": "text", "text": piece}], "closed": False}]
        native = head.copy()
        native["choices"] = [{"index": index, "delta": {"content": content}, "finish_reason": None}]
        return native

    return said


def opened(writer: ToNative, fragment: Json, index: int) -> list[Json] | None:
    """A call that begins is held until the finish."""
    state = writer.choices.get(index)
    if state is None or state.thinking or writer.head is None or fragment["index"] in state.calls.open:
        return None
    state.calls.begin(fragment, writer.leg, FIRST_CALL)
    return []
