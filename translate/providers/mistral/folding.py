"""A Mistral stream <-> the response it amounts to."""

from __future__ import annotations

from typing import Any

from translate.errors import Path, StreamError
from translate.leg import Json, Leg
from translate.providers.mistral.content import thinking_texts
from translate.providers.mistral.reading import continues, is_error
from translate.providers.mistral.tables import MOST_INDEX
from translate.shared.members import optional_list, optional_object


def fold(events: list[Json], leg: Leg) -> Json:
    """Chunks -> the chat completion they amount to: runs of text are one chunk, thinking up to its close is one."""
    head: Json = {}
    choices: dict[int, _Choice] = {}
    for number, event in enumerate(events):
        leg.losses.prefix = (number,)
        if is_error(event):
            raise StreamError("error event in the stream", event_index=number, path=(number,), body=event)
        for name, value in event.items():
            if name not in ("choices", "p") and value is not None and not (name in ("id", "created", "model") and head.get(name)):
                head[name] = value
        listed = optional_list(event, "choices", leg, ())
        for spot, choice in enumerate(listed):
            if type(choice) is not dict:
                leg.invalid(("choices", spot), "object", choice)
            index = choice.get("index", 0)
            if type(index) is not int or not 0 <= index < MOST_INDEX:
                leg.invalid(("choices", spot, "index"), "a small index", index)
            _fold_choice(choices.setdefault(index, _Choice()), choice, leg, spot)
    head["object"] = "chat.completion"
    head["choices"] = []
    for index in sorted(choices):
        state = choices[index]
        blocks = [_joined(block) for block in state.blocks]
        message = state.message
        if len(blocks) == 1 and blocks[0]["type"] == "text" and len(blocks[0]) == 2:
            message["content"] = blocks[0]["text"]
        else:
            message["content"] = blocks or ""
        head["choices"].append({"index": index, "message": message, "finish_reason": "length", **state.rest})
    return head


class _Choice:
    """What the events say of one choice; rest: beside its message."""

    __slots__ = ("blocks", "message", "numbers", "rest")

    def __init__(self) -> None:
        self.blocks: list[Json] = []
        self.message: Json = {"role": "assistant"}
        self.numbers: dict[Any, int] = {}
        self.rest: Json = {}


_OF_RUNS = frozenset(("type", "text", "thinking", "pieces", "open"))


class _Run(dict[str, Any]):
    """A block of this module's own, that grows: its `pieces`, and whether more may come (`open`)."""


def _fold_choice(state: _Choice, choice: Json, leg: Leg, spot: int) -> None:
    delta = optional_object(choice, "delta", leg, ("choices", spot))
    content = delta.get("content")
    if type(content) is str:
        content = [{"type": "text", "text": content}] if content else []
    if content is not None and type(content) is not list:
        leg.invalid(("choices", spot, "delta", "content"), "string or array", content)
    for number, chunk in enumerate(content or ()):
        path: Path = ("choices", spot, "delta", "content", number)
        if type(chunk) is not dict:
            leg.invalid(path, "object", chunk)
        _fold_chunk(state.blocks, chunk, leg, path, number == 0)
    message = state.message
    for name, value in delta.items():
        if name == "tool_calls" and type(value) is list:
            _fold_calls(message.setdefault("tool_calls", []), value, state.numbers, leg, spot)
        elif name not in ("content", "role", "tool_calls") and value is not None:
            message[name] = value
    for name, value in choice.items():
        if name == "logprobs" and type(value) is dict:
            held = state.rest.get(name)
            if type(held) is not dict:
                held = state.rest[name] = {"content": []}
            if type(value.get("content")) is list:
                held["content"] += value["content"]
        elif name not in ("index", "delta", "message") and value is not None and (name != "finish_reason" or value):
            state.rest[name] = value


def _fold_calls(calls: list[Json], listed: list[Any], numbers: dict[Any, int], leg: Leg, spot: int) -> None:
    for number, call in enumerate(listed):
        path: Path = ("choices", spot, "delta", "tool_calls", number)
        if type(call) is not dict or type(call.get("function")) is not dict:
            leg.invalid(path, "object with a function", call)
        if continues(call, numbers):
            whole = calls[numbers[call["index"]]]
            text, more = whole["function"].get("arguments"), call["function"].get("arguments")
            if more is not None and type(more) is not str:
                leg.invalid((*path, "function", "arguments"), "string", more)
            joined = (text if type(text) is str else "") + (more or "")
            whole["function"] = {**whole["function"], "arguments": joined}
        else:
            if type(call.get("index")) is int:
                numbers[call["index"]] = len(calls)
            calls.append({**call, "index": len(calls)})


def _fold_chunk(blocks: list[Json], chunk: Json, leg: Leg, path: Path, is_first: bool) -> None:
    """
    Adds a chunk to the block it continues, else begins one.

    Servers mark every piece of a thinking as closed, so that one goes on in the next event's first chunk, until a signature or
    an empty piece closes it.
    """
    kind = chunk.get("type", "text")
    last = blocks[-1] if blocks else {}
    if kind == "text":
        if type(chunk.get("text")) is not str:
            leg.invalid((*path, "text") if "text" in chunk else path, "string", chunk.get("text"))
        if type(last) is _Run and last["type"] == "text":
            last["pieces"].append(chunk["text"])
            last.update((name, value) for name, value in chunk.items() if name not in _OF_RUNS)
        elif chunk["text"]:
            blocks.append(_Run({**chunk, "type": "text", "text": "", "pieces": [chunk["text"]]}))
    elif kind == "thinking" and (texts := thinking_texts(chunk, leg, path)) is not None:
        is_open = type(last) is _Run and last["type"] == "thinking" and (last["open"] is True or (is_first and last["open"] is None))
        if not is_open:
            if not any(texts) and "signature" not in chunk:
                return
            blocks.append(_Run(type="thinking", thinking=[], pieces=[], open=True))
            last = blocks[-1]
        last["pieces"] += texts
        last.update((name, value) for name, value in chunk.items() if name not in _OF_RUNS and name != "closed")
        if chunk.get("closed") is False:
            last["open"] = True
        else:
            last["open"] = None if any(texts) and type(chunk.get("signature")) is not str else False
    else:
        blocks.append(chunk)


def _joined(block: Json) -> Json:
    if type(block) is not _Run:
        return block
    text = "".join(block["pieces"])
    rest = {name: value for name, value in block.items() if name not in ("pieces", "open")}
    if block["type"] == "text":
        return {**rest, "text": text}
    return {**rest, "thinking": [{"type": "text", "text": text}]}


def unfold(response: Json, leg: Leg) -> list[Json]:
    """The shortest stream of a response: one delta per chunk of content, calls and usage on the finish."""
    choices = response.get("choices")
    if type(choices) is not list:
        leg.invalid(("choices",) if choices is not None else (), "array", choices)
    head: Json = {**{name: value for name, value in response.items() if name in ("id", "created", "model")}, "object": "chat.completion.chunk"}
    out: list[Json] = []
    last: list[Json] = []
    for number, choice in enumerate(choices):
        if type(choice) is not dict:
            leg.invalid(("choices", number), "object", choice)
        message = optional_object(choice, "message", leg, ("choices", number))
        index = choice.get("index", number)
        content = message.get("content")
        delta: Json = {"role": "assistant", "content": content or ""}
        out.append({**head, "choices": [{"index": index, "delta": delta, "finish_reason": None}]})
        rest = {name: value for name, value in message.items() if name not in ("role", "content") and value is not None}
        more = {name: value for name, value in choice.items() if name not in ("index", "message", "finish_reason")}
        last.append({"index": index, "delta": {"content": "", **rest}, "finish_reason": choice.get("finish_reason") or "stop", **more})
    tail = {name: value for name, value in response.items() if name not in ("id", "created", "model", "object", "choices")}
    return [*out, {**head, "choices": last, **tail}]
