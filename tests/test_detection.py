"""Which format and kind a body is: marks decide, shapes guess, nothing raises."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import translate

MARKS: list[tuple[dict[str, Any], str | None, str | None, float]] = [
    ({"contents": []}, "gemini", "request", 1.0),
    ({"contents": [], "labels": {}}, "vertex", "request", 1.0),
    ({"candidates": []}, "gemini", "response", 1.0),
    ({"candidates": [], "createTime": "x"}, "vertex", "response", 1.0),
    ({"error": {"code": 400, "message": "m", "status": "INVALID_ARGUMENT"}}, "gemini", "error", 1.0),
    ({"messages": [], "anthropic_version": "vertex-2023-10-16"}, "anthropic-vertex", "request", 1.0),
    ({"messages": [], "anthropic_version": "bedrock-2023-05-31"}, "anthropic-bedrock", "request", 1.0),
    ({"messages": [], "system": "s"}, "anthropic", "request", 1.0),
    ({"type": "message", "content": [], "stop_reason": "end_turn"}, "anthropic", "response", 1.0),
    ({"type": "content_block_delta"}, "anthropic", "event", 1.0),
    ({"type": "error", "error": {"type": "api_error", "message": "m"}}, "anthropic", "error", 1.0),
    ({"object": "response", "output": []}, "openai-responses", "response", 1.0),
    ({"type": "response.created"}, "openai-responses", "event", 1.0),
    ({"input": "x", "instructions": "y"}, "openai-responses", "request", 1.0),
    ({"contentBlockDelta": {}}, "bedrock", "event", 1.0),
    ({"output": {}, "stopReason": "end_turn"}, "bedrock", "response", 1.0),
    ({"messages": [], "inferenceConfig": {}}, "bedrock", "request", 1.0),
    ({"type": "message-start"}, "cohere", "event", 1.0),
    ({"messages": [], "options": {}}, "ollama", "request", 1.0),
    ({"done": False, "created_at": "x"}, "ollama", "event", 1.0),
    ({"messages": [], "random_seed": 1}, "mistral", "request", 1.0),
    ({"choices": [], "x_groq": {}}, "groq", "response", 1.0),
    ({"choices": [], "prompt_filter_results": []}, "azure", "response", 1.0),
    ({"choices": [{"delta": {}}], "object": "chat.completion.chunk"}, "unified", "event", 1.0),
    ({"messages": [{"role": "user", "content": "x"}]}, "unified", "request", 0.5),
    ({"error": {"message": "m", "type": "t", "param": None, "code": None}}, "unified", "error", 1.0),
    ({"what": "ever"}, None, None, 0.0),
]


@pytest.mark.parametrize(("body", "name", "kind", "confidence"), MARKS)
def test_a_mark_decides_and_a_shape_guesses(body: dict[str, Any], name: str | None, kind: str | None, confidence: float) -> None:
    assert translate.detect(body) == (name, kind, confidence)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted({key for row in MARKS for key in row[0]})), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_it_never_raises(body: Any) -> None:
    found = translate.detect(body)
    assert found.confidence in (0.0, 0.5, 1.0)
    assert (found.format is None) == (found.confidence == 0.0)
