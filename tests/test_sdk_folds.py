"""Our fold of a stream and the official SDK's own agree on text, calls and finish."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from openai.lib.streaming.chat._completions import ChatCompletionStreamState
from openai.types.chat import ChatCompletionChunk

import translate
from tests import strategies
from tests.oracles.anthropic import EVENTS
from translate.registry import ROWS

Json = Any


def test_chat_chunks() -> None:
    for chunks in strategies.pool("stream"):
        state: Any = ChatCompletionStreamState()
        try:
            for chunk in chunks:
                state.handle_chunk(ChatCompletionChunk.model_validate(chunk))
        except Exception as error:  # raised by design for a cut answer; the next line refuses any other
            assert type(error).__name__ == "LengthFinishReasonError", error
        theirs = state.current_completion_snapshot.choices[0]
        ours = translate.fold(chunks)["choices"][0]
        assert ours["finish_reason"] == theirs.finish_reason
        assert (ours["message"]["content"] or "") == (theirs.message.content or "")
        calls = [(call["id"], call["function"]) for call in ours["message"].get("tool_calls") or ()]
        assert calls == [
            (call.id, {"name": call.function.name, "arguments": call.function.arguments})
            for call in theirs.message.tool_calls or ()
        ]


@pytest.mark.skipif("anthropic" not in ROWS, reason="anthropic is not registered")
def test_messages_events() -> None:
    module = importlib.import_module("anthropic.lib.streaming._messages")
    for chunks in strategies.pool("stream"):
        events = list(translate.convert_stream(chunks, target="anthropic"))
        snapshot: Any = None
        buffers: dict[int, bytes] = {}
        for event in events:
            typed = EVENTS[False].adapter.validate_python(event)
            snapshot = module.accumulate_event(event=typed, current_snapshot=snapshot, json_bufs=buffers)
        theirs = snapshot.to_dict(mode="json", exclude_none=True)
        ours = translate.fold(events, format="anthropic")
        kept = ("type", "text", "thinking", "signature", "id", "name", "input")
        assert [{key: block[key] for key in kept if key in block} for block in ours["content"]] == [
            {key: block[key] for key in kept if key in block} for block in theirs["content"]
        ]
        assert ours["stop_reason"] == theirs["stop_reason"]
        assert ours["usage"]["output_tokens"] == theirs["usage"]["output_tokens"]
