"""`detect`: which format and kind a logged body is."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, strategies as st

import translate
from tests import corpus

USER = {"role": "user", "content": "Hi"}
SCHEMA = {"type": "object", "properties": {}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"model": "m", "messages": [USER]}, ("unified", "request", 0.5)),
        ({"model": "m", "messages": [USER], "max_completion_tokens": 5}, ("unified", "request", 1.0)),
        ({"model": "m", "messages": [USER], "tools": [{"type": "function", "function": {"name": "f"}}]}, ("unified", "request", 1.0)),
        ({"choices": [{"index": 0, "message": {"content": "x"}}], "object": "chat.completion"}, ("unified", "response", 1.0)),
        ({"choices": [{"index": 0, "delta": {}}], "object": "chat.completion.chunk"}, ("unified", "event", 1.0)),
        ({"choices": [], "usage": {}, "object": "chat.completion.chunk"}, ("unified", "event", 1.0)),
        ({"error": {"message": "m", "type": "t", "param": None, "code": None}}, ("unified", "error", 1.0)),
        ({"model": "m", "max_tokens": 5, "system": "s", "messages": [USER]}, ("anthropic", "request", 1.0)),
        ({"model": "m", "messages": [USER], "tools": [{"name": "f", "input_schema": SCHEMA}]}, ("anthropic", "request", 1.0)),
        ({"anthropic_version": "vertex-2023-10-16", "messages": [USER]}, ("anthropic-vertex", "request", 1.0)),
        ({"anthropic_version": "bedrock-2023-05-31", "messages": [USER]}, ("anthropic-bedrock", "request", 1.0)),
        ({"type": "message", "content": [], "stop_reason": "end_turn"}, ("anthropic", "response", 1.0)),
        ({"type": "content_block_delta", "index": 0, "delta": {}}, ("anthropic", "event", 1.0)),
        ({"type": "message_stop", "amazon-bedrock-invocationMetrics": {}}, ("anthropic-bedrock", "event", 1.0)),
        ({"type": "error", "error": {"type": "overloaded_error", "message": "m"}}, ("anthropic", "error", 1.0)),
        ({"type": "error", "sequence_number": 2, "error": {"message": "m"}}, ("openai-responses", "event", 1.0)),
        ({"model": "m", "input": "Hi", "instructions": "s"}, ("openai-responses", "request", 1.0)),
        ({"model": "m", "input": "Hi"}, ("openai-responses", "request", 0.5)),
        ({"object": "response", "output": []}, ("openai-responses", "response", 1.0)),
        ({"type": "response.created", "response": {}}, ("openai-responses", "event", 1.0)),
        ({"contents": [{"parts": [{"text": "Hi"}]}]}, ("gemini", "request", 1.0)),
        ({"contents": [], "labels": {"a": "b"}}, ("vertex", "request", 1.0)),
        ({"candidates": [{"content": {}, "finishReason": "STOP"}]}, ("gemini", "response", 1.0)),
        ({"candidates": [{"content": {}}]}, ("gemini", "event", 1.0)),
        ({"promptFeedback": {"blockReason": "SAFETY"}}, ("gemini", "response", 1.0)),
        ({"candidates": [{"finishReason": "STOP"}], "createTime": "t"}, ("vertex", "response", 1.0)),
        ([{"error": {"code": 400, "message": "m", "status": "INVALID_ARGUMENT"}}], ("gemini", "error", 1.0)),
        ({"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}, ("bedrock", "request", 1.0)),
        ({"messages": [], "inferenceConfig": {}}, ("bedrock", "request", 1.0)),
        ({"output": {"message": {}}, "stopReason": "end_turn"}, ("bedrock", "response", 1.0)),
        ({"contentBlockDelta": {"contentBlockIndex": 0}}, ("bedrock", "event", 1.0)),
        ({"throttlingException": {"message": "m"}}, ("bedrock", "event", 1.0)),
        ({"metadata": {"usage": {}}}, ("bedrock", "event", 1.0)),
        ({"message": "m", "__type": "ValidationException"}, ("bedrock", "error", 1.0)),
        ({"message": "m"}, ("bedrock", "error", 0.5)),
        ({"model": "m", "messages": [USER], "safety_mode": "OFF"}, ("cohere", "request", 1.0)),
        ({"id": "1", "message": {"role": "assistant"}, "finish_reason": "COMPLETE"}, ("cohere", "response", 1.0)),
        ({"type": "content-delta", "index": 0}, ("cohere", "event", 1.0)),
        ({"id": "1", "message": "too many tokens"}, ("cohere", "error", 1.0)),
        ({"model": "m", "messages": [USER], "random_seed": 4}, ("mistral", "request", 1.0)),
        ({"messages": [{"role": "assistant", "content": [{"type": "thinking", "thinking": []}]}]}, ("mistral", "request", 1.0)),
        ({"object": "error", "message": "m", "type": "t"}, ("mistral", "error", 1.0)),
        ({"model": "m", "messages": [USER], "options": {"num_ctx": 5}}, ("ollama", "request", 1.0)),
        ({"created_at": "t", "message": {"content": "Hi"}, "done": True}, ("ollama", "response", 1.0)),
        ({"created_at": "t", "message": {"content": "Hi"}, "done": False}, ("ollama", "event", 1.0)),
        ({"error": "model 'x' not found"}, ("ollama", "error", 0.5)),
        ({"choices": [{"message": {}}], "x_groq": {"id": "1"}}, ("groq", "response", 1.0)),
        ({"choices": [], "prompt_filter_results": []}, ("azure", "event", 1.0)),
        ({"choices": [{"message": {}, "delta": {"content": ""}, "finish_reason": "stop"}], "search_results": []}, ("perplexity", "response", 1.0)),
        ({"choices": [{"message": {}, "delta": {"content": "x"}, "finish_reason": None}], "search_results": []}, ("perplexity", "event", 1.0)),
        ({}, (None, None, 0.0)),
        ({"messages": 5}, (None, None, 0.0)),
        ([], (None, None, 0.0)),
        ("text", (None, None, 0.0)),
        (None, (None, None, 0.0)),
    ],
)  # fmt: skip
def test_signs(body: Any, expected: tuple[str | None, str | None, float]) -> None:
    assert tuple(translate.detect(body)) == expected


NAMES = st.sampled_from((
    "messages", "content", "role", "type", "tools", "system", "input", "contents", "candidates", "choices", "error", "message",
    "output", "done", "created_at", "delta", "usage", "thinking", "metadata", "anthropic_version", "finish_reason", "object",
    "usageMetadata", "tool_choice", "stopReason", "detail", "code", "status", "id", "x",
))  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 600) | st.floats() | NAMES | st.binary(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.integers(), inner, max_size=5),
    max_leaves=25,
)


@given(body=st.dictionaries(NAMES, VALUES, max_size=6) | VALUES)
def test_never_raises_and_names_what_exists(body: Any) -> None:
    found = translate.detect(body)
    assert found.confidence in (0.0, 0.5, 1.0)
    assert (found.format is None) == (found.kind is None) == (found.confidence == 0.0)
    assert found.kind in (None, "request", "response", "event", "error")


def test_a_body_nested_without_end() -> None:
    body: dict[str, Any] = {"messages": []}
    body["messages"].append(body)
    assert translate.detect(body).kind in ("request", None)


# Formats that can not be told from another by the body alone -> what is said of them. The URL knows the difference.
SAME_BODY = {"anthropic-vertex": "anthropic", "anthropic-bedrock": "anthropic", "vertex": "gemini"}
CHAT = {*corpus.FORMAT_OF_API.values()} - {
    "openai-responses", "anthropic", "anthropic-vertex", "anthropic-bedrock", "gemini", "vertex", "bedrock", "cohere", "ollama",
}  # fmt: skip


@pytest.mark.skipif(corpus.folder() is None, reason=corpus.ABSENT)
def test_recorded_bodies(summary: dict[str, list[str]]) -> None:
    """At most one body in two hundred is taken for a foreign format; chat documents without a mark are `unified`."""
    right: Counter[str] = Counter()
    wrong: Counter[tuple[str, str, str | None, str | None]] = Counter()
    for record in corpus.records():
        documents = [(record.request, "request"), (record.response, "response" if record.taken else "error")]
        documents += [(event, "event") for event in (record.events or [])[:20]]
        for body, kind in documents:
            if body is None:
                continue
            found = translate.detect(body)
            names = {record.format, SAME_BODY.get(record.format)} | (CHAT | {"unified"} if record.format in CHAT else set())
            if record.format in ("cohere", "ollama") and kind == "request":
                names.add("unified")  # the plainest requests of these are chat requests to the letter
            # The last element of a Gemini stream is a whole response.
            kinds = {kind, "response"} if kind == "event" and record.format in ("gemini", "vertex") else {kind}
            if found.format in names and found.kind in kinds:
                right[record.format] += 1
            else:
                wrong[record.format, kind, found.format, found.kind] += 1
    summary["detect on recorded bodies"] = [
        f"{right.total()} right, {wrong.total()} taken for another format",
        *(f"{count:>5} {form} {kind} as {name} {other}" for (form, kind, name, other), count in wrong.most_common(8)),
    ]
    assert right.total() > 1000
    assert wrong.total() * 200 <= right.total()
