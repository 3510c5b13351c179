"""
The judges of Responses, Converse, Mistral, Cohere and Ollama documents take good ones and refuse each of these wrong
ones.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracles import oracle_for
from tests.oracles.wrong import GONE, changed

Json = dict[str, Any]
SCHEMA: Json = {"type": "object", "properties": {}}

RESPONSES_REQUEST: Json = {
    "model": "gpt-5",
    "store": False,
    "input": [
        {"role": "user", "content": [{"type": "input_text", "text": "Weather?"}]},
        {"type": "reasoning", "id": "rs", "summary": [], "encrypted_content": "x"},
        {"type": "function_call", "call_id": "c", "name": "weather", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "sun"},
    ],
    "tools": [{"type": "function", "name": "weather", "parameters": SCHEMA, "strict": False}],
    "tool_choice": {"type": "function", "name": "weather"},
    "max_output_tokens": 100,
}
MESSAGE: Json = {
    "type": "message",
    "id": "msg",
    "role": "assistant",
    "status": "completed",
    "content": [{"type": "output_text", "text": "Hi", "annotations": [], "logprobs": []}],
}
RESPONSES_RESPONSE: Json = {
    "id": "resp",
    "object": "response",
    "created_at": 1,
    "status": "completed",
    "error": None,
    "incomplete_details": None,
    "model": "gpt-5",
    "output": [MESSAGE],
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "usage": {
        "input_tokens": 3,
        "output_tokens": 2,
        "total_tokens": 5,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 0},
    },
}
OPEN: Json = {**RESPONSES_RESPONSE, "status": "in_progress", "output": [], "usage": None}
AT: Json = {"item_id": "msg", "output_index": 0, "content_index": 0}
RESPONSES_STREAM: list[Json] = [
    {"type": "response.created", "sequence_number": 0, "response": OPEN},
    {"type": "response.in_progress", "sequence_number": 1, "response": OPEN},
    {
        "type": "response.output_item.added",
        "sequence_number": 2,
        "output_index": 0,
        "item": {**MESSAGE, "status": "in_progress", "content": []},
    },
    {**AT, "type": "response.content_part.added", "sequence_number": 3, "part": {**MESSAGE["content"][0], "text": ""}},
    {**AT, "type": "response.output_text.delta", "sequence_number": 4, "delta": "Hi", "logprobs": []},
    {**AT, "type": "response.output_text.done", "sequence_number": 5, "text": "Hi", "logprobs": []},
    {**AT, "type": "response.content_part.done", "sequence_number": 6, "part": MESSAGE["content"][0]},
    {"type": "response.output_item.done", "sequence_number": 7, "output_index": 0, "item": MESSAGE},
    {"type": "response.completed", "sequence_number": 8, "response": RESPONSES_RESPONSE},
]
RESPONSES_WRONG = {
    "request": [
        ("/seed", 1),
        ("/store", "no"),
        ("/input", []),
        ("/input/0/content/0/type", "text"),
        ("/input/0/content/0/type", "output_text"),
        ("/input/3", GONE),
        ("/input/3/call_id", ""),
        ("/input/2/call_id", "x" * 65),
        ("/input/2/name", "a b"),
        ("/tools/0/strict", GONE),
        ("/tools/0/function", {}),
        ("/tool_choice/name", "rain"),
        ("/max_output_tokens", 5),
        ("/temperature", 3),
        ("/input/2/arguments", {}),
        ("/input/-", {"type": "reasoning", "id": "r", "summary": []}),
    ],
    "response": [
        ("/id", GONE),
        ("/object", "chat.completion"),
        ("/status", GONE),
        ("/status", "incomplete"),
        ("/output/0/content/0/type", "text"),
        ("/output/0/role", "user"),
        ("/usage/total_tokens", 6),
        ("/tools", GONE),
        ("/created", 1),
        ("/choices", []),
        ("/error", {"code": "server_error", "message": "x"}),
    ],
    "stream": [
        ("/0", GONE),
        ("/8", GONE),
        ("/2", GONE),
        ("/7", GONE),
        ("/4/sequence_number", 9),
        ("/4/item_id", "other"),
        ("/4/output_index", 1),
        ("/4/delta", None),
        ("/8/response/output", []),
        ("/4/type", "response.text.delta"),
        ("/2/item/id", "x"),
    ],
}

BEDROCK_REQUEST: Json = {
    "system": [{"text": "Be brief."}],
    "messages": [
        {
            "role": "user",
            "content": [{"text": "Read"}, {"document": {"name": "a", "format": "pdf", "source": {"bytes": "aaaa"}}}],
        },
        {"role": "assistant", "content": [{"toolUse": {"toolUseId": "a", "name": "weather", "input": {}}}]},
        {"role": "user", "content": [{"toolResult": {"toolUseId": "a", "content": [{"text": "sun"}]}}]},
    ],
    "inferenceConfig": {"maxTokens": 10, "temperature": 0.5, "stopSequences": ["x"]},
    "toolConfig": {
        "tools": [{"toolSpec": {"name": "weather", "inputSchema": {"json": SCHEMA}}}],
        "toolChoice": {"auto": {}},
    },
}
BEDROCK_RESPONSE: Json = {
    "output": {"message": {"role": "assistant", "content": [{"text": "Hi"}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3},
    "metrics": {"latencyMs": 1},
}
BEDROCK_STREAM: list[Json] = [
    {"messageStart": {"role": "assistant"}},
    {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "Hi"}}},
    {"contentBlockStop": {"contentBlockIndex": 0}},
    {"contentBlockStart": {"contentBlockIndex": 1, "start": {"toolUse": {"toolUseId": "a", "name": "weather"}}}},
    {"contentBlockDelta": {"contentBlockIndex": 1, "delta": {"toolUse": {"input": "{}"}}}},
    {"contentBlockStop": {"contentBlockIndex": 1}},
    {"messageStop": {"stopReason": "tool_use"}},
    {"metadata": {"usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}, "metrics": {"latencyMs": 1}}},
]
BEDROCK_WRONG = {
    "request": [
        ("/modelId", "x"),
        ("/temperature", 1),
        ("/system/0/text", " "),
        ("/messages", []),
        ("/messages/0", GONE),
        ("/messages/2", GONE),
        ("/messages/0/role", "system"),
        ("/messages/0/content", []),
        ("/messages/0/content/0", GONE),
        ("/messages/0/content/1/document/name", "a.pdf"),
        ("/messages/0/content/1/document/source/bytes", "data:x"),
        ("/messages/0/content/0/image", {}),
        ("/messages/1/content/0/toolUse/toolUseId", "a b"),
        ("/messages/1/content/0/toolUse/input", GONE),
        ("/messages/2/content/0/toolResult/status", "failed"),
        ("/inferenceConfig/temperature", 1.5),
        ("/toolConfig", GONE),
        ("/toolConfig/tools", []),
        ("/toolConfig/toolChoice", {"tool": {"name": "rain"}}),
        ("/toolConfig/tools/0/toolSpec/inputSchema/json", {}),
    ],
    "response": [
        ("/stopReason", "stop"),
        ("/stopReason", "tool_use"),
        ("/stopReason", GONE),
        ("/output", GONE),
        ("/usage", GONE),
        ("/usage/totalTokens", 9),
        ("/output/message/role", "user"),
        ("/output/message/content/0/type", "text"),
        ("/id", "x"),
        ("/metrics", GONE),
        ("/output/message/content/0/text", None),
    ],
    "stream": [
        ("/0", GONE),
        ("/2", GONE),
        ("/6", GONE),
        ("/1/contentBlockDelta/contentBlockIndex", 1),
        ("/3/contentBlockStart/contentBlockIndex", 0),
        ("/3/contentBlockStart/start/toolUse/name", GONE),
        ("/6/messageStop/stopReason", "stop"),
        ("/-", {"messageStart": {"role": "assistant"}}),
        ("/7/metadata/usage/totalTokens", 1),
        ("/4/contentBlockDelta/delta/toolUse/input", {}),
        ("/1", {"ping": {}}),
    ],
}

CALL: Json = {"id": "abcdefgh1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
MISTRAL_REQUEST: Json = {
    "model": "mistral-large",
    "messages": [
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": "", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "abcdefgh1", "name": "weather", "content": "sun"},
    ],
    "tools": [{"type": "function", "function": {"name": "weather", "parameters": SCHEMA}}],
    "tool_choice": "any",
    "temperature": 1,
}
USAGE: Json = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
MISTRAL_RESPONSE: Json = {
    "id": "x",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "usage": USAGE,
    "choices": [
        {
            "index": 0,
            "finish_reason": "tool_calls",
            "message": {"role": "assistant", "content": "", "tool_calls": [CALL]},
        }
    ],
}


def _chunk(delta: Json, finish: str | None = None, **more: Any) -> Json:
    choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices, **more}


MISTRAL_STREAM = [
    _chunk({"role": "assistant", "content": ""}),
    _chunk({"content": "Hi"}),
    _chunk({"content": "", "tool_calls": [{**CALL, "index": 0}]}, "tool_calls", usage=USAGE),
]
MISTRAL_WRONG = {
    "request": [
        ("/seed", 1),
        ("/temperature", 1.7),
        ("/messages", []),
        ("/messages/0/role", "developer"),
        ("/messages/0/name", "x"),
        ("/messages/0/content", ""),
        ("/messages/1/tool_calls/0/id", "call_1"),
        ("/messages/1/tool_calls", []),
        ("/messages/2", GONE),
        ("/messages/2/tool_call_id", "abcdefgh2"),
        ("/messages/-", {"role": "user", "content": "x"}),
        ("/messages/-", {"role": "assistant", "content": "x"}),
        ("/tool_choice", {"type": "function", "function": {"name": "rain"}}),
        ("/tools/0/function/parameters", GONE),
        ("/stream_options", {}),
        ("/messages/1/reasoning_content", "x"),
    ],
    "response": [
        ("/id", GONE),
        ("/choices", []),
        ("/choices/0/finish_reason", "content_filter"),
        ("/choices/0/message/tool_calls", []),
        ("/usage/total_tokens", 4),
        ("/choices/0/message/refusal", "x"),
        ("/choices/0/message/tool_calls/0/function/name", ""),
        ("/usage", GONE),
        ("/system_fingerprint", "x"),
        ("/choices/0/message/tool_calls/0/id", ""),
    ],
    "stream": [
        ("/2", GONE),
        ("/1/id", "y"),
        ("/1/choices/0/finish_reason", "stop"),
        ("/2/choices/0/finish_reason", "eos"),
        ("/1/choices/0/delta/refusal", "x"),
        ("/2/choices/0/delta/tool_calls/0/id", ""),
        ("/1/model", GONE),
        ("/1/choices/0/index", "a"),
        ("/2/usage/total_tokens", 5),
        ("/1/choices/0/delta/reasoning_content", "x"),
    ],
}

COHERE_REQUEST: Json = {
    "model": "command-a",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Weather?"}]},
        {"role": "assistant", "tool_plan": "I look.", "tool_calls": [CALL]},
        {
            "role": "tool",
            "tool_call_id": "abcdefgh1",
            "content": [{"type": "document", "document": {"data": {"x": "sun"}}}],
        },
    ],
    "tools": [{"type": "function", "function": {"name": "weather", "parameters": SCHEMA}}],
    "tool_choice": "REQUIRED",
    "strict_tools": True,
    "temperature": 0.5,
    "p": 0.9,
}
COHERE_RESPONSE: Json = {
    "id": "x",
    "finish_reason": "COMPLETE",
    "message": {"role": "assistant", "content": [{"type": "text", "text": "Hi"}]},
    "usage": {"tokens": {"input_tokens": 1, "output_tokens": 2}},
}
COHERE_STREAM: list[Json] = [
    {"type": "message-start", "id": "x", "delta": {"message": {"role": "assistant"}}},
    {"type": "content-start", "index": 0, "delta": {"message": {"content": {"type": "text", "text": ""}}}},
    {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "Hi"}}}},
    {"type": "content-end", "index": 0},
    {"type": "tool-call-start", "index": 0, "delta": {"message": {"tool_calls": CALL}}},
    {"type": "tool-call-delta", "index": 0, "delta": {"message": {"tool_calls": {"function": {"arguments": "{}"}}}}},
    {"type": "tool-call-end", "index": 0},
    {
        "type": "message-end",
        "delta": {"finish_reason": "TOOL_CALL", "usage": {"tokens": {"input_tokens": 1, "output_tokens": 2}}},
    },
]
COHERE_WRONG = {
    "request": [
        ("/top_p", 1),
        ("/p", 1),
        ("/temperature", 1.5),
        ("/messages", []),
        ("/messages/0/role", "developer"),
        ("/messages/3", GONE),
        ("/messages/3/tool_call_id", "x"),
        ("/messages/1/content", ""),
        ("/tool_choice", "any"),
        ("/tools/0/function/name", "a-b"),
        ("/tools/0/function/parameters", GONE),
        ("/stop_sequences", list("abcdef")),
        ("/response_format", {"type": "json_object", "json_schema": SCHEMA}),
        ("/messages/1/name", "x"),
        ("/k", 501),
        ("/tools/0/function/parameters/properties/city", {"type": "string", "minLength": 2}),
        ("/tools/0/function/parameters", {"type": "object", "properties": {"city": {"type": "string"}}}),
        ("/tools/0/function/parameters", {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}),
        ("/tools/0/function/parameters/properties/city", {"type": "string", "format": "email"}),
        ("/tools/0/function/parameters/properties/city", {"type": "string", "pattern": "^a"}),
        ("/tools/0/function/parameters/properties", {f"m{number}": {"type": "string"} for number in range(201)}),
    ],
    "response": [
        ("/id", GONE),
        ("/id", ""),
        ("/finish_reason", "stop"),
        ("/finish_reason", "TOOL_CALL"),
        ("/message/role", "user"),
        ("/message/content/0/type", "output_text"),
        ("/message/refusal", "x"),
        ("/choices", []),
        ("/message", GONE),
        ("/message/tool_calls", [{**CALL, "id": ""}]),
    ],
    "stream": [
        ("/0", GONE),
        ("/7", GONE),
        ("/1", GONE),
        ("/3", GONE),
        ("/2/index", 1),
        ("/4/index", 1),
        ("/4/delta/message/tool_calls/id", ""),
        ("/7/delta/finish_reason", "stop"),
        ("/2/type", "text-delta"),
        ("/5", {"type": "content-delta", "index": 0, "delta": {}}),
    ],
}

OLLAMA_REQUEST: Json = {
    "model": "llama3",
    "stream": False,
    "options": {"temperature": 1, "stop": ["x"]},
    "think": "low",
    "messages": [
        {"role": "user", "content": "Look", "images": ["aaaa"]},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "c", "function": {"name": "weather", "arguments": {}}}],
        },
        {"role": "tool", "tool_name": "weather", "tool_call_id": "c", "content": "sun"},
    ],
    "tools": [{"type": "function", "function": {"name": "weather", "parameters": SCHEMA}}],
}
OLLAMA_RESPONSE: Json = {
    "model": "llama3",
    "created_at": "2026-01-01T00:00:00Z",
    "message": {"role": "assistant", "content": "Hi"},
    "done": True,
    "done_reason": "stop",
    "prompt_eval_count": 1,
    "eval_count": 2,
}
OLLAMA_STREAM = [
    {key: OLLAMA_RESPONSE[key] for key in ("model", "created_at", "message")} | {"done": False},
    OLLAMA_RESPONSE,
]
OLLAMA_WRONG = {
    "request": [
        ("/temperature", 1),
        ("/options/max_tokens", 1),
        ("/options/stop", "x"),
        ("/think", "minimal"),
        ("/messages", []),
        ("/messages/0/images/0", "data:image/png;base64,aaaa"),
        ("/messages/0/content", [{"type": "text", "text": "x"}]),
        ("/messages/1/tool_calls/0/function/arguments", "{}"),
        ("/messages/0/name", "x"),
        ("/messages/0/role", "developer"),
        ("/format", "xml"),
        ("/tools/0/function/name", ""),
        ("/tool_choice", "auto"),
        ("/tools/0/function/parameters/type", ["object", "null"]),
        ("/tools/0/function/parameters/properties/city", True),
        ("/tools/0/function/parameters/properties/city", {"$ref": "#/$defs/city"}),
        ("/tools/0/function/parameters/properties/city", {"type": "array", "items": {"$ref": "#/$defs/city"}}),
        ("/tools/0/function/parameters/properties/city", {"oneOf": [{"type": "string"}]}),
        ("/tools/0/function/parameters/properties/city", {"type": "string", "enum": "a"}),
    ],
    "response": [
        ("/created_at", 1),
        ("/created_at", "now"),
        ("/model", GONE),
        ("/message", GONE),
        ("/message/role", "user"),
        ("/done", False),
        ("/eval_count", -1),
        ("/id", "x"),
        ("/message/reasoning_content", "x"),
        ("/usage", {}),
        ("/done", GONE),
    ],
    "stream": [
        ("/1", GONE),
        ("/0/done", True),
        ("/1/done", False),
        ("/0/message/content", None),
        ("/0/created_at", GONE),
        ("/0", {"error": "x"}),
        ("/1/message/role", "model"),
        ("/0/choices", []),
        ("/0/message/tool_calls", [{"function": {"name": ""}}]),
        ("/-", OLLAMA_RESPONSE),
    ],
}

GOOD: dict[str, dict[str, Any]] = {
    "openai-responses": {"request": RESPONSES_REQUEST, "response": RESPONSES_RESPONSE, "stream": RESPONSES_STREAM},
    "bedrock": {
        "request": BEDROCK_REQUEST,
        "response": BEDROCK_RESPONSE,
        "stream": BEDROCK_STREAM,
        "error": {"message": "no"},
    },
    "mistral": {"request": MISTRAL_REQUEST, "response": MISTRAL_RESPONSE, "stream": MISTRAL_STREAM},
    "cohere": {
        "request": COHERE_REQUEST,
        "response": COHERE_RESPONSE,
        "stream": COHERE_STREAM,
        "error": {"message": "no"},
    },
    "ollama": {
        "request": OLLAMA_REQUEST,
        "response": OLLAMA_RESPONSE,
        "stream": OLLAMA_STREAM,
        "error": {"error": "no"},
    },
}
WRONG: dict[str, dict[str, list[tuple[str, Any]]]] = {
    "openai-responses": RESPONSES_WRONG,
    "bedrock": BEDROCK_WRONG,
    "mistral": MISTRAL_WRONG,
    "cohere": COHERE_WRONG,
    "ollama": OLLAMA_WRONG,
}


@pytest.mark.parametrize(("format", "kind"), [(format, kind) for format, kinds in GOOD.items() for kind in kinds])
def test_takes_good_documents(format: str, kind: str) -> None:
    assert oracle_for(format).problems(GOOD[format][kind], kind) == []


@pytest.mark.parametrize(
    ("format", "kind", "pointer", "value"),
    [(format, kind, *case) for format, kinds in WRONG.items() for kind, cases in kinds.items() for case in cases],
)
def test_refuses_wrong_documents(format: str, kind: str, pointer: str, value: Any) -> None:
    assert oracle_for(format).problems(changed(GOOD[format][kind], pointer, value), kind)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": {"type": "string"}},
        {"anyOf": [{"type": "object"}]},
        {"type": "object", "properties": {"a": {"type": "string"}}},
        {"type": "object", "properties": {"a": {"type": "integer", "minimum": 1}}, "required": ["a"]},
        {"type": "object", "properties": {"a": {"allOf": [{"type": "string"}]}}, "required": ["a"]},
        {"type": "object", "properties": {"a": {"type": "array", "items": {"not": {}}}}, "required": ["a"]},
        {"type": "object", "definitions": {"a": {"type": "string"}}},
    ],
)
def test_cohere_refuses_schemas_of_answers(schema: Json) -> None:
    request = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
    good = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    judge = oracle_for("cohere")
    assert judge.problems({**request, "response_format": {"type": "json_object", "json_schema": good}}, "request") == []
    assert judge.problems({**request, "response_format": {"type": "json_object", "json_schema": schema}}, "request")
