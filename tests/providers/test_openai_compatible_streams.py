"""What streams of the OpenAI-compatible servers say twice: the same is said once, anything else is told."""

from __future__ import annotations

from typing import Any

import translate

Json = Any


def _chunk(delta: Json, **beside: Json) -> Json:
    choice = {"index": 0, "delta": delta, "finish_reason": None, **beside}
    return {"id": "c1", "object": "chat.completion.chunk", "created": 5, "model": "m", "choices": [choice]}


def _read(events: list[Json], source: str) -> tuple[list[Json], list[tuple[str, str, str]]]:
    machine = translate.StreamConverter(source, "unified")
    deltas = [chunk["choices"][0]["delta"] for event in events for chunk in machine.feed(event)]
    return deltas, [(loss.scope, loss.feature, loss.path) for loss in machine.losses]


def test_a_later_piece_of_a_reasoning_entry_with_another_format_is_told() -> None:
    def piece(text: str, **members: Json) -> Json:
        return _chunk({"reasoning_details": [{"type": "reasoning.text", "text": text, "index": 0, **members}]})

    same = [piece("a", format="unknown", id="r"), piece("b", format="unknown", id="r")]
    deltas, losses = _read(same, "openrouter")
    assert deltas[1]["reasoning_details"] == [{"type": "reasoning.text", "text": "b", "index": 0}]
    assert losses == []
    deltas, losses = _read([same[0], piece("b", format="anthropic-claude-v1", id="s")], "openrouter")
    assert deltas[1]["reasoning_details"] == [{"type": "reasoning.text", "text": "b", "index": 0}]
    place = "/1/choices/0/delta/reasoning_details/0"
    assert losses == [("envelope", "id", f"{place}/id"), ("envelope", "format", f"{place}/format")]


def test_the_text_so_far_beside_a_delta_is_compared_with_the_deltas() -> None:
    said = ["High ", "water ", "now."]
    events = [
        _chunk({"role": "assistant", "content": text}, message={"role": "assistant", "content": "".join(said[: number + 1])})
        for number, text in enumerate(said)
    ]
    assert _read(events, "perplexity") == ([{"role": "assistant", "content": "High "}, {"content": "water "}, {"content": "now."}], [])
    events[1]["choices"][0]["message"] = {"role": "assistant", "content": "Low water ", "images": [1]}
    _, losses = _read(events[:2], "perplexity")
    place = "/1/choices/0/message"
    assert losses == [("content", "message", f"{place}/content"), ("content", "images", f"{place}/images")]


def test_a_message_that_turns_up_late_beside_a_delta_is_told() -> None:
    events = [_chunk({"role": "assistant", "content": "High "}), _chunk({"content": "water"}, message={"content": "High water"})]
    deltas, losses = _read(events, "groq")
    assert "".join(delta["content"] for delta in deltas) == "High water"
    assert losses == [("content", "message", "/1/choices/0/message")]


def test_a_further_piece_of_a_call_with_another_type_is_told() -> None:
    call = {"id": "123456789", "type": "function", "index": 0, "function": {"name": "f", "arguments": "{"}}
    more = {"id": "null", "type": "tool", "index": 0, "function": {"name": "", "arguments": "}"}}
    deltas, losses = _read([_chunk({"tool_calls": [call]}), _chunk({"tool_calls": [more]})], "mistral")
    assert deltas[1]["tool_calls"] == [{"index": 0, "function": {"arguments": "}"}}]
    assert losses == [("content", "type", "/1/choices/0/delta/tool_calls/0/type")]


def test_a_message_beside_a_delta_of_a_unified_stream_passes_or_is_told() -> None:
    same = _chunk({"role": "assistant", "content": "High"}, message={"role": "assistant", "content": "High"})
    another = _chunk({"content": " water"}, message={"content": "High water"})
    for source in ("unified", "compatible"):
        machine = translate.StreamConverter(source, "anthropic")
        for event in (same, another):
            machine.feed(event)
        assert [loss.path for loss in machine.losses if loss.scope == "content"] == ["/1/choices/0/message"]
    assert translate.StreamConverter("unified", "compatible").feed(another) == [another]
