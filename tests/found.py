"""Calls that the fuzzers found wrong once, cut down to what it takes: each was a crash, a changed input or a place that is none."""

from __future__ import annotations

from typing import Any

from tests.calls import Call

Json = Any


def _delta(delta: Json, **more: Json) -> Json:
    return {"choices": [{"index": 0, "delta": delta, **more}]}


def _call(**members: Json) -> Json:
    return _delta({"tool_calls": [members]})


def _request(**members: Json) -> Json:
    return {"messages": [{"role": "user", "content": "x"}], **members}


def _result(**members: Json) -> Json:
    part = {"type": "text", "text": "x", **members}
    return {"messages": [{"role": "tool", "tool_call_id": "b", "content": [part]}]}


def _stream(source: str, target: str, *events: Json) -> Call:
    return Call("convert_stream", list(events), source, target, "stream")


def _fold(source: str, *events: Json) -> Call:
    return Call("fold", list(events), source, source, "stream")


_NAMED = {"id": "c", "function": {"name": "f"}}
_PLAN = {"cohere": {"tool_plan": ["x"]}}
_ROWS = {"anthropic": {"blocks": "x"}}

CALLS = (
    # Gathered over several events: told of the wrong one.
    _stream("openrouter", "gemini", _call(**_NAMED), _call(function={"type": {}})),
    _stream("unified", "gemini", _call(**_NAMED), _call(index=0, function={"arguments": "1", "extra_content": _PLAN})),
    _stream("openai", "openai-responses", {"service_tier": "\ud800", "choices": [{}]}),
    _stream("openai-responses", "anthropic", {"type": "response.completed", "response": {"service_tier": "\0"}}),
    _stream(
        "openai-responses", "vertex", {"type": "response.output_text.delta", "delta": "4", "logprobs": [{"type": "x"}]}
    ),
    _stream("cohere", "xai", {"type": "tool-call-delta"}),
    _stream(
        "openai-responses", "anthropic-vertex",
        {"type": "response.output_text.done", "text": "Hello"},
        {"type": "response.output_item.done", "item": {"content": "x"}},
    ),
    _stream("gemini", "unified", {"candidates": [{"groundingMetadata": {"groundingSupports": [{}]}}]}, {}),
    Call(
        "convert_response",
        {
            "candidates": [{
                "content": {"parts": [{"text": "x"}]},
                "grounding_metadata": {"grounding_supports": [{"segment": {"part_index": 5, "end_index": 3}}]},
            }],
        },
        "gemini", "unified", "response",
    ),
    # The end of a cut stream.
    _stream(
        "openai-responses", "unified", {"type": "response.in_progress", "response": {"output": [{}]}},
        {"type": "response.output_text.delta", "delta": "x"},
    ),
    _stream("unified", "ollama", {"choices": [{"index": 1, "delta": {}}]}, {}),
    _stream("unified", "anthropic", _delta({"refusal": "I can not"})),
    # A message beside a delta.
    _stream("perplexity", "unified", _delta({"content": "x"}, message={"content": {}}), _delta({}, message={})),
    # Folds.
    _fold("unified", _delta({"extra_content": _ROWS}), _delta({"extra_content": {"anthropic": {"blocks": [{}]}}})),
    _fold("unified", _delta({"extra_content": _PLAN}), _delta({"extra_content": {"cohere": {"tool_plan": "x"}}})),
    _fold("mistral", {"choices": [{"message": "x"}]}),
    _fold("mistral", {"choices": [{"message": {"x": 1}}]}, {"choices": [{"delta": {"x": 2}}]}),
    # Rows, tools and formats of other shapes.
    _stream("unified", "openai-responses", _delta({"extra_content": {"openai": {"blocks": [{"type": {}}]}}})),
    Call("convert_request", _request(response_format={"type": "x", "json_schema": "x"}), "perplexity", "unified"),
    Call(
        "convert_request",
        {
            "contents": {}, "tools": [{"type": "function", "function": {}}],
            "toolConfig": {"functionCallingConfig": {"mode": "ANY"}},
        },
        "gemini", "unified",
    ),
    Call(
        "convert_request",
        {"contents": [], "toolConfig": {"functionCallingConfig": {"streamFunctionCallArguments": 2}}}, "vertex", "gemini",
    ),
    Call("convert_request", {"contents": [], "safetySettings": [{"method": "SEVERITY"}]}, "vertex", "gemini"),
    Call("convert_request", _request(functions=[{"name": "f"}]), "unified", "perplexity"),
    Call(
        "convert_request", {"messages": [{"role": "user", "content": "x", "function_call": {"name": "f"}}]}, "unified", "vllm"
    ),
    Call("convert_request", _result(cache_control={"type": "ephemeral"}), "unified", "lmstudio"),
    Call("convert_request", _result(extra_content={"cohere": {}}), "unified", "anthropic-bedrock"),
    Call("canonical", {"candidates": 1}, "gemini", "unified", "event"),
    Call("canonical", {"messages": [{"tool_calls": [{"id": {}, "function": {}}]}]}, "mistral", "unified"),
    Call("canonical", {"messages": [{"tool_calls": 1.5}]}, "ollama", "unified"),
    Call("canonical", {"messages": [{"tool_calls": 1.5}]}, "mistral", "unified"),
    Call("canonical", {"messages": [{"function_call": {}}]}, "openai", "unified"),
    Call("canonical", {"functions": [], "tools": True}, "deepseek", "unified"),
    Call("canonical", {"messages": [{"function_call": {"name": "f"}, "tool_calls": True}]}, "deepseek", "unified"),
    # Answers and streams.
    Call(
        "convert_response",
        {"choices": [{"message": {"content": "x"}}], "usage": {"extra_content": {"openai": {}}, "category": "x"}},
        "openai", "azure", "response",
    ),
    Call(
        "convert_response", {"choices": [{"extra_content": {"openai": None}, "message": {"content": "x"}, "more": 1}]},
        "openai", "openai-responses", "response",
    ),
    Call(
        "convert_response",
        {
            "choices": [{
                "message": {"content": "x", "extra_content": {"mistral": {"blocks": [{"index": 0, "type": "native", "value": 1}]}}},
            }],
        },
        "unified", "mistral", "response",
    ),
    _stream(
        "openai-responses", "unified",
        {"type": "response.output_item.added", "output_index": 0, "item": {"type": "message", "id": "m", "role": "assistant", "content": []}},
        {"type": "response.content_part.added", "output_index": 0, "item_id": "m", "content_index": 0, "part": {"type": "x", "text": ""}},
        {"type": "response.output_item.done", "output_index": 0, "item": {"type": "message", "id": "m", "role": "assistant", "content": [{}]}},
    ),
    _stream("bedrock", "anthropic", {"contentBlockDelta": {"delta": {"text": "x", "reasoningContent": "x"}}}),
    _stream(
        "bedrock", "unified",
        {"contentBlockStart": {"contentBlockIndex": 0, "start": {"toolUse": {"toolUseId": "a", "name": "f"}}}},
        {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"toolUse": {"input": "{}"}, "reasoningContent": {"text": "x"}}}},
        {"contentBlockStop": {"contentBlockIndex": 0}},
    ),
    _stream("unified", "cohere", _call(function=None)),
    Call("canonical", {"reasoning": {"max_tokens": 1}, "thinking": []}, "xai", "unified"),
    Call("convert_response", {"choices": [{"message": {"refusal": "no"}}]}, "unified", "bedrock", "response"),
    Call(
        "convert_response",
        {
            "choices": [{
                "message": {
                    "function_call": {"name": "f", "arguments": "{}"},
                    "tool_calls": [{"id": "c", "type": "custom", "custom": {"name": "g", "input": "x"}}],
                },
            }],
        },
        "unified", "bedrock", "response",
    ),
    # Errors.
    Call("convert_error", [{"type": [], "error": {}}, {}], "anthropic-bedrock", "gemini", "error"),
    Call("convert_error", [{"cached_tokens": 0}], "unified", "vllm", "error"),
    Call(
        "convert_error", {"error": {"type": "x", "extra_content": {"openrouter": {}}, "param": {}}}, "openrouter", "qwen", "error"
    ),
    Call("convert_error", {"error": {"extra_content": {"openrouter": "x"}, "a": 1}}, "openrouter", "nvidia", "error"),
    Call("convert_error", [[{"type": 1, "error": {}}]], "unified", "zai", "error"),
    Call(
        "convert_error",
        {"error": {"message": "x", "extra_content": {"mistral": {"error": {"message": "x"}}}}}, "compatible", "mistral", "error",
    ),
    # Bytes.
    Call("bytes", b'[]\n{"a":{}}]}\n\ndata: {"id":"x","choices":[]}', "ollama", "bedrock", "stream"),
)  # fmt: skip
