"""`validate` and its schema files: real traffic passes, wrong documents do not, the files are what their writers write."""

from __future__ import annotations

import json
import socket
import sys
from typing import Any

import pytest

from scripts.schemas.__main__ import FOLDER, files
from tests import corpus
from tests.oracles.wrong import GONE, changed
from tests.test_unified_check import DOCUMENTS as UNIFIED_DOCUMENTS, refusal, variants
from translate.errors import InvalidDocument, TranslateError, UnknownFormat
from translate.registry import DOCUMENTS, ROWS
from translate.validation import OWN, Problem, validate

CHAT_USER = {"role": "user", "content": [{"type": "text", "text": "Hi"}]}
CHAT_REQUEST: Any = {
    "model": "m",
    "messages": [
        {"role": "system", "content": "Be brief."},
        CHAT_USER,
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "a", "content": "4"},
    ],
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {"$ref": "https://example.com/schema"}}}],
    "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"$ref": "#/nowhere"}}},
    "temperature": 1,
    "n": 1,
}
CHAT_RESPONSE: Any = {
    "id": "r",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hi", "refusal": None},
            "finish_reason": "stop",
            "logprobs": None,
        }
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
CHAT_EVENT: Any = {
    "id": "r",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "delta": {
                "tool_calls": [{"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}]
            },
            "finish_reason": None,
        }
    ],
}
CHAT_ERROR: Any = {"error": {"message": "no", "type": "server_error", "param": None, "code": None}}

MESSAGES_REQUEST: Any = {
    "max_tokens": 10,
    "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
    "messages": [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {"x": 1}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": "4"}]},
    ],
    "tools": [
        {"name": "f", "input_schema": {"type": "object", "properties": {"a": {"$ref": "https://example.com"}}}},
        {"type": "web_search_20250305", "name": "web_search", "max_uses": 2},
    ],
    "tool_choice": {"type": "auto"},
    "thinking": {"type": "enabled", "budget_tokens": 1024},
}
MESSAGES_RESPONSE: Any = {
    "id": "m",
    "type": "message",
    "role": "assistant",
    "model": "c",
    "content": [
        {"type": "text", "text": "Hi"},
        {"type": "tool_use", "id": "a", "name": "f", "input": {}},
        {"type": "new", "x": 1},
    ],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 1, "cache_read_input_tokens": None},
}
MESSAGES_EVENT: Any = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}
MESSAGES_START: Any = {"type": "message_start", "message": {**MESSAGES_RESPONSE, "content": [], "stop_reason": None}}
MESSAGES_ERROR: Any = {"type": "error", "error": {"type": "api_error", "message": "no"}, "request_id": None}

GENERATE_REQUEST: Any = {
    "contents": [
        {"role": "user", "parts": [{"text": "Hi"}, {"inline_data": {"mime_type": "image/png", "data": "AA"}}]},
        {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {}}, "thoughtSignature": "s"}]},
        {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"output": "4"}}}]},
    ],
    "systemInstruction": {"parts": [{"text": "Be brief."}]},
    "generationConfig": {
        "temperature": 1,
        "topK": 3,
        "responseModalities": ["TEXT"],
        "thinkingConfig": {"thinking_level": "low"},
    },
    "tools": [
        {
            "functionDeclarations": [
                {"name": "f", "parameters": {"type": "OBJECT", "properties": {"a": {"type": "string"}}}}
            ]
        }
    ],
    "toolConfig": {"functionCallingConfig": {"mode": "AUTO"}},
    "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}],
}
GENERATE_RESPONSE: Any = {
    "candidates": [{"content": {"role": "model", "parts": [{"text": "Hi"}]}, "finishReason": "STOP", "index": 0}],
    "usageMetadata": {
        "promptTokenCount": 1,
        "totalTokenCount": 2,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 1}],
    },
    "modelVersion": "g",
}
GENERATE_ERROR: Any = {"error": {"code": 400, "message": "no", "status": "INVALID_ARGUMENT"}}

COHERE_CALL: Any = {"id": "f_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
COHERE_REQUEST: Any = {
    "model": "c",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
        {"role": "assistant", "tool_plan": "Look.", "tool_calls": [COHERE_CALL]},
        {
            "role": "tool",
            "tool_call_id": "f_1",
            "content": [{"type": "document", "document": {"id": "1", "data": {"x": 1}}}],
        },
    ],
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
    "tool_choice": "REQUIRED",
    "p": 0.9,
    "k": 20,
    "thinking": {"type": "enabled", "token_budget": 100},
    "documents": ["a text", {"data": {"t": "x"}}],
    "response_format": {"type": "json_object", "json_schema": {"$ref": "https://example.com"}},
}
COHERE_USAGE: Any = {"tokens": {"input_tokens": 1.0, "output_tokens": 2}, "cached_tokens": 0}
COHERE_RESPONSE: Any = {
    "id": "r",
    "finish_reason": "COMPLETE",
    "message": {
        "role": "assistant",
        "content": [{"type": "thinking", "thinking": "Hm"}, {"type": "text", "text": "Hi"}],
        "tool_calls": [COHERE_CALL],
    },
    "usage": COHERE_USAGE,
}
COHERE_EVENT: Any = {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "Hi"}}}}
COHERE_END: Any = {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": COHERE_USAGE}}

MISTRAL_REQUEST: Any = {
    "model": "m",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": "https://x"}]},
        {
            "role": "assistant",
            "content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}],
            "tool_calls": [{"id": "Ab1Cd2Ef3", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "Ab1Cd2Ef3", "name": "f", "content": "4"},
    ],
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}, {"type": "connector"}],
    "tool_choice": "any",
    "temperature": 1.5,
    "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"$ref": "#/nowhere"}}},
}
MISTRAL_RESPONSE: Any = {
    **CHAT_RESPONSE,
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": [{"type": "text", "text": "Hi"}]},
            "finish_reason": "model_length",
        }
    ],
}
MISTRAL_EVENT: Any = {
    **CHAT_EVENT,
    "choices": [
        {
            "index": 0,
            "delta": {"content": "", "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": "{}"}}]},
            "finish_reason": "tool_calls",
        }
    ],
}
MISTRAL_ERROR: Any = {"object": "error", "message": "no", "type": "invalid", "param": None, "code": "3230"}

OLLAMA_CALL: Any = {"function": {"index": 0, "name": "f", "arguments": {"x": 1}}}
OLLAMA_REQUEST: Any = {
    "model": "m",
    "messages": [
        {"role": "user", "content": "Hi", "images": ["iVBORw0KGgo="]},
        {"role": "assistant", "content": "", "thinking": "Hm", "tool_calls": [OLLAMA_CALL]},
        {"role": "tool", "content": "4", "tool_name": "f"},
    ],
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
    "format": "json",
    "options": {"temperature": 1, "stop": ["x"], "made_up": 1},
    "think": "low",
    "keep_alive": "5m",
    "later_field": 1,
}
OLLAMA_RESPONSE: Any = {
    "model": "m",
    "created_at": "2026-11-23T10:00:00.123Z",
    "message": {"role": "assistant", "content": "Hi", "tool_calls": [OLLAMA_CALL]},
    "done": True,
    "done_reason": "stop",
    "eval_count": 3,
    "logprobs": [{"token": "Hi", "logprob": -0.1}],
}

RIGHT: dict[str, dict[str, Any]] = {
    "openai": {"request": CHAT_REQUEST, "response": CHAT_RESPONSE, "event": CHAT_EVENT, "error": CHAT_ERROR},
    "anthropic": {
        "request": {"model": "c", **MESSAGES_REQUEST},
        "response": MESSAGES_RESPONSE,
        "event": MESSAGES_EVENT,
        "error": MESSAGES_ERROR,
    },
    "gemini": {
        "request": GENERATE_REQUEST,
        "response": GENERATE_RESPONSE,
        "event": GENERATE_RESPONSE,
        "error": GENERATE_ERROR,
    },
}
RIGHT["cohere"] = {
    "request": COHERE_REQUEST,
    "response": COHERE_RESPONSE,
    "event": COHERE_EVENT,
    "error": {"message": "no", "id": "1"},
}
RIGHT["mistral"] = {
    "request": MISTRAL_REQUEST,
    "response": MISTRAL_RESPONSE,
    "event": MISTRAL_EVENT,
    "error": MISTRAL_ERROR,
}
RIGHT["ollama"] = {
    "request": OLLAMA_REQUEST,
    "response": OLLAMA_RESPONSE,
    "event": {**OLLAMA_RESPONSE, "done": False},
    "error": {"error": "model not found"},
}
RIGHT["compatible"] = {**RIGHT["openai"], "request": {**CHAT_REQUEST, "ignore_eos": True}}
RIGHT["vertex"] = {**RIGHT["gemini"], "request": {**GENERATE_REQUEST, "modelArmorConfig": {"promptTemplateName": "p"}}}
RIGHT["anthropic-vertex"] = {
    **RIGHT["anthropic"],
    "request": {"anthropic_version": "vertex-2023-10-16", "stream": True, **MESSAGES_REQUEST},
}
RIGHT["anthropic-bedrock"] = {
    **RIGHT["anthropic"],
    "request": {"anthropic_version": "bedrock-2023-05-31", "anthropic_beta": ["b"], **MESSAGES_REQUEST},
}

# (place, value): each edit of the right document makes a wrong one.
CHAT_WRONG: dict[str, list[tuple[str, Any]]] = {
    "request": [
        ("/model", GONE),
        ("/model", 1),
        ("/messages", GONE),
        ("/messages", []),
        ("/messages/0", "Hi"),
        ("/messages/0/role", "narrator"),
        ("/messages/0/role", GONE),
        ("/messages/0/content", GONE),
        ("/messages/1/content/0/type", "hologram"),
        ("/messages/1/content/0/text", GONE),
        ("/messages/1/content/0/cache_control", {"type": "ephemeral"}),
        ("/messages/2/reasoning_content", "Hm"),
        ("/messages/2/tool_calls/0/function/arguments", {}),
        ("/messages/2/tool_calls/0/id", GONE),
        ("/messages/3/tool_call_id", GONE),
        ("/temperature", 3),
        ("/temperature", "1"),
        ("/temperature", float("nan")),
        ("/n", 0),
        ("/n", True),
        ("/top_k", 4),
        ("/stop", ["a", "b", "c", "d", "e"]),
        ("/tool_choice", "any"),
        ("/tool_choice", {"type": "function"}),
        ("/tools/0/type", "google_search"),
        ("/tools/0/function/name", "no spaces"),
        ("/tools/0/function/parameters", []),
        ("/response_format/type", "yaml"),
        ("/response_format/json_schema/name", GONE),
        ("/reasoning_effort", "colossal"),
        ("/metadata", {"a": 1}),
        ("/logit_bias", {"5": 101}),
        ("/extra_content", {}),
    ],
    "response": [
        ("/id", GONE),
        ("/object", "text_completion"),
        ("/created", "now"),
        ("/model", None),
        ("/choices", GONE),
        ("/choices", {}),
        ("/choices/0/index", "0"),
        ("/choices/0/finish_reason", "eos"),
        ("/choices/0/finish_reason", GONE),
        ("/choices/0/message", GONE),
        ("/choices/0/message/content", 5),
        ("/choices/0/message/content", ["Hi"]),
        ("/usage/prompt_tokens", -1),
        ("/usage/total_tokens", 1.5),
    ],
    "event": [
        ("/id", GONE),
        ("/object", "chat.completion"),
        ("/created", "now"),
        ("/model", 4),
        ("/choices", None),
        ("/choices/0", []),
        ("/choices/0/index", -1),
        ("/choices/0/delta", "Hi"),
        ("/choices/0/delta/content", ["Hi"]),
        ("/choices/0/delta/role", "narrator"),
        ("/choices/0/delta/tool_calls/0/index", GONE),
        ("/choices/0/delta/tool_calls/0/function/arguments", {}),
        ("/choices/0/finish_reason", "eos"),
        ("/error", {"code": "x"}),
    ],
    "error": [
        ("/error", GONE),
        ("/error", "no"),
        ("/error", []),
        ("/error", None),
        ("/error/message", GONE),
        ("/error/message", None),
        ("/error/message", 5),
        ("/error/type", 5),
        ("/error/param", {}),
        ("/error/code", 429),
        ("/error/code", False),
    ],
}
COMPATIBLE_WRONG: dict[str, list[tuple[str, Any]]] = {
    "request": [
        ("/messages", GONE),
        ("/messages", []),
        ("/messages/0", "Hi"),
        ("/messages/0/role", 5),
        ("/messages/0/role", GONE),
        ("/messages/0/content", 5),
        ("/messages/1/content/0/type", 5),
        ("/messages/1/content/0", "Hi"),
        ("/messages/2/tool_calls", {}),
        ("/temperature", "1"),
        ("/stop", 5),
        ("/tools", {}),
        ("/tools/0/function", GONE),
        ("/n", 1.5),
    ],
    "response": [
        ("/choices", GONE),
        ("/choices", {}),
        ("/choices/0", "x"),
        ("/choices/0/index", "0"),
        ("/choices/0/finish_reason", 5),
        ("/choices/0/message", []),
        ("/choices/0/message/content", 5),
        ("/choices/0/message/tool_calls", {}),
        ("/usage", []),
        ("/usage/prompt_tokens", "1"),
        ("/model", 5),
    ],
    "event": [
        ("/id", 5),
        ("/model", 4),
        ("/choices", {}),
        ("/choices/0", []),
        ("/choices/0/index", "0"),
        ("/choices/0/delta", "Hi"),
        ("/choices/0/delta/content", ["Hi"]),
        ("/choices/0/delta/tool_calls/0/index", "0"),
        ("/choices/0/delta/tool_calls/0/function/arguments", {}),
        ("/choices/0/finish_reason", 5),
        ("/error", 5),
    ],
    "error": [
        ("/error", 5),
        ("/error", []),
        ("/error", True),
        ("/error/message", 5),
        ("/error/message", []),
        ("/error/type", 5),
        ("/error/type", {}),
        ("/error/param", {}),
        ("/error/param", 5),
        ("/error/code", 4.5),
        ("/error/code", False),
    ],
}
MESSAGES_WRONG: dict[str, list[tuple[str, Any]]] = {
    "request": [
        ("/max_tokens", GONE),
        ("/max_tokens", "10"),
        ("/messages", GONE),
        ("/messages", []),
        ("/messages/0/role", "tool"),
        ("/messages/0/content", GONE),
        ("/messages/0/name", "Ann"),
        ("/messages/1/content/0/input", "{}"),
        ("/messages/1/content/0/id", "no spaces"),
        ("/messages/1/content/0/type", "hologram"),
        ("/messages/2/content/0/tool_use_id", GONE),
        ("/messages/2/content/-", {"type": "text", "text": ""}),
        (
            "/messages/2/content/-",
            {"type": "image", "source": {"type": "base64", "media_type": "image/bmp", "data": "A"}},
        ),
        ("/messages/2/content/-", {"type": "thinking", "thinking": "Hm"}),
        ("/system", {"type": "text", "text": "Hi"}),
        ("/temperature", 1.5),
        ("/tools/0/input_schema", GONE),
        ("/tools/0/input_schema", {"type": "array"}),
        ("/tools/0/name", "no spaces"),
        ("/tools/1/type", "google_search"),
        ("/tool_choice", "auto"),
        ("/tool_choice/type", "required"),
        ("/thinking/budget_tokens", 1000),
        ("/seed", 5),
        ("/stop", "x"),
        ("/metadata", {"trace": "x"}),
    ],
    "response": [
        ("/id", GONE),
        ("/type", "completion"),
        ("/role", "user"),
        ("/model", None),
        ("/content", GONE),
        ("/content", "Hi"),
        ("/content/0/text", None),
        ("/content/0/type", GONE),
        ("/content/1/input", "{}"),
        ("/content/1/id", GONE),
        ("/stop_reason", "stop"),
        ("/usage/input_tokens", "1"),
        ("/usage/output_tokens", -1),
    ],
    "event": [
        ("/type", GONE),
        ("/type", 5),
        ("/type", "content_block_start"),
        ("/type", "message_start"),
        ("/type", "message_delta"),
        ("/type", "error"),
        ("/index", GONE),
        ("/index", "0"),
        ("/index", -1),
        ("/delta", GONE),
        ("/delta", "Hi"),
        ("/delta/text", GONE),
        ("/delta/type", "input_json_delta"),
        ("/delta/type", GONE),
    ],
    "error": [
        ("/type", GONE),
        ("/type", "oops"),
        ("/type", 5),
        ("/error", GONE),
        ("/error", "no"),
        ("/error", []),
        ("/error/type", GONE),
        ("/error/type", 5),
        ("/error/message", GONE),
        ("/error/message", {}),
        ("/request_id", 5),
    ],
}
GENERATE_WRONG: dict[str, list[tuple[str, Any]]] = {
    "request": [
        ("/contents", GONE),
        ("/contents", []),
        ("/contents", "Hi"),
        ("/contents/0/role", "assistant"),
        ("/contents/0/name", "Ann"),
        ("/contents/0/parts/0", "Hi"),
        ("/contents/0/parts/0/text", 5),
        ("/contents/0/parts/0/type", "text"),
        ("/contents/0/parts/1/inline_data/data", GONE),
        ("/contents/0/parts/1/inline_data/mime_type", GONE),
        ("/contents/1/parts/0/functionCall/args", "{}"),
        ("/contents/1/parts/0/functionCall/name", GONE),
        ("/contents/2/parts/0/functionResponse/response", "4"),
        ("/generationConfig/temperature", 3),
        ("/generationConfig/max_tokens", 5),
        ("/generationConfig/maxOutputTokens", "many"),
        ("/generationConfig/thinkingConfig/thinking_level", "colossal"),
        ("/generationConfig/responseModalities", ["SMELL"]),
        ("/tools/0/functionDeclarations/0/name", "no spaces"),
        ("/tools/0/functionDeclarations/0/parameters/oneOf", []),
        ("/tools/0/functionDeclarations/0/parameters/properties/a/type", ["string", "null"]),
        ("/tools/0/functionDeclarations/0/strict", True),
        ("/toolConfig/functionCallingConfig/mode", "required"),
        ("/safetySettings/0/category", "HARASSMENT"),
        ("/safetySettings/0/threshold", GONE),
        ("/messages", []),
    ],
    "response": [
        ("/candidates", {}),
        ("/candidates/0", "Hi"),
        ("/candidates/0/content", "Hi"),
        ("/candidates/0/content/parts", {}),
        ("/candidates/0/content/parts/0/text", 5),
        ("/candidates/0/content/parts/0/functionCall", "f"),
        ("/candidates/0/content/role", 5),
        ("/candidates/0/finishReason", "stop"),
        ("/candidates/0/index", "0"),
        ("/usageMetadata", []),
        ("/usageMetadata/promptTokenCount", "1"),
        ("/usageMetadata/totalTokenCount", -2),
        ("/modelVersion", 5),
    ],
    "error": [
        ("/error", GONE),
        ("/error", "no"),
        ("/error", []),
        ("/error/code", GONE),
        ("/error/code", "400"),
        ("/error/code", None),
        ("/error/message", GONE),
        ("/error/message", 5),
        ("/error/status", 5),
        ("/error/details", {}),
        ("/error/details", ["x"]),
    ],
}
GENERATE_WRONG["event"] = [*GENERATE_WRONG["response"], ("/error", {"message": "no"})]
COHERE_WRONG: dict[str, list[tuple[str, Any]]] = {
    "request": [
        ("/model", GONE),
        ("/messages", GONE),
        ("/messages", []),
        ("/messages/0/role", "narrator"),
        ("/messages/0/content", GONE),
        ("/messages/1/content/0/text", GONE),
        ("/messages/1/content/0/type", 5),
        ("/messages/2/tool_calls/0/function/arguments", {}),
        ("/messages/2/tool_plan", []),
        ("/messages/3/tool_call_id", GONE),
        ("/messages/3/content/0/document/data", "x"),
        ("/tools/0/function/name", "no-hyphens"),
        ("/tools/0/function/name", "2nd"),
        ("/tools/0/function/parameters", []),
        ("/tool_choice", "required"),
        ("/p", 1),
        ("/k", 501),
        ("/temperature", 1.5),
        ("/frequency_penalty", -1),
        ("/stop_sequences", ["a", "b", "c", "d", "e", "f"]),
        ("/thinking/token_budget", 0),
        ("/thinking/type", "adaptive"),
        ("/response_format/type", "json_schema"),
        ("/documents", ["a", 5]),
        ("/safety_mode", "NONE"),
    ],
    "response": [
        ("/id", GONE),
        ("/id", 5),
        ("/finish_reason", GONE),
        ("/finish_reason", None),
        ("/message", GONE),
        ("/message", "Hi"),
        ("/message/content", "Hi"),
        ("/message/content/0/thinking", GONE),
        ("/message/content/1/text", 5),
        ("/message/tool_calls", {}),
        ("/message/tool_calls/0/id", GONE),
        ("/message/tool_calls/0/function/arguments", {}),
        ("/message/citations", ["x"]),
        ("/usage/tokens/input_tokens", "1"),
        ("/usage/cached_tokens", -1),
    ],
    "event": [
        ("/type", 5),
        ("/type", GONE),
        ("/type", "tool-plan-delta"),
        ("/type", "tool-call-start"),
        ("/type", "tool-call-delta"),
        ("/type", "citation-start"),
        ("/index", "0"),
        ("/index", -1),
        ("/delta", GONE),
        ("/delta", "Hi"),
        ("/delta/message", GONE),
        ("/delta/message/content", "Hi"),
        ("/delta/message/content/text", 5),
    ],
    "error": [
        ("/message", GONE),
        ("/message", 5),
        ("/message", None),
        ("/message", []),
        ("/message", {}),
        ("/message", True),
        ("/id", 5),
        ("/id", []),
        ("/id", {}),
        ("/id", False),
    ],
}
MISTRAL_WRONG: dict[str, list[tuple[str, Any]]] = {
    "request": [
        ("/model", GONE),
        ("/messages", GONE),
        ("/messages", []),
        ("/messages/0/role", "developer"),
        ("/messages/1/name", "Ann"),
        ("/messages/1/content/0/text", GONE),
        ("/messages/1/content/0/cache_control", {}),
        ("/messages/1/content/1/image_url", 5),
        ("/messages/2/reasoning_content", "Hm"),
        ("/messages/2/refusal", None),
        ("/messages/2/content/0/thinking", "Hm"),
        ("/messages/2/tool_calls/0/function/arguments", GONE),
        ("/messages/2/prefix", "yes"),
        ("/messages/3/content", GONE),
        ("/tools/0/function/parameters", GONE),
        ("/tools/0/function/later", 1),
        ("/tool_choice", "must"),
        ("/temperature", 1.6),
        ("/random_seed", -1),
        ("/n", 0),
        ("/user", "u"),
        ("/stream_options", {}),
        ("/max_completion_tokens", 5),
        ("/response_format/json_schema/schema", GONE),
        ("/response_format/type", "yaml"),
    ],
    "response": [
        ("/id", GONE),
        ("/object", "text_completion"),
        ("/created", "now"),
        ("/model", None),
        ("/choices", GONE),
        ("/choices", {}),
        ("/choices/0/index", "0"),
        ("/choices/0/finish_reason", GONE),
        ("/choices/0/message", "Hi"),
        ("/choices/0/message/content", 5),
        ("/choices/0/message/content/0/text", 5),
        ("/choices/0/message/tool_calls", {}),
        ("/usage/prompt_tokens", -1),
        ("/usage/total_tokens", 1.5),
    ],
    "event": [
        ("/id", GONE),
        ("/object", "chat.completion"),
        ("/model", 4),
        ("/choices", {}),
        ("/choices/0", []),
        ("/choices/0/index", -1),
        ("/choices/0/delta", "Hi"),
        ("/choices/0/delta", GONE),
        ("/choices/0/delta/content", 5),
        ("/choices/0/delta/tool_calls/0/function", GONE),
        ("/choices/0/delta/tool_calls/0/function/name", 5),
        ("/choices/0/finish_reason", 5),
    ],
    "error": [
        ("/message", GONE),
        ("/message", 5),
        ("/message", True),
        ("/object", 5),
        ("/type", 5),
        ("/type", []),
        ("/param", {}),
        ("/code", 4.5),
        ("/code", []),
        ("/raw_status_code", "400"),
    ],
}
OLLAMA_WRONG: dict[str, list[tuple[str, Any]]] = {
    "request": [
        ("/model", GONE),
        ("/model", ""),
        ("/messages", GONE),
        ("/messages", []),
        ("/messages/0", "Hi"),
        ("/messages/0/role", "narrator"),
        ("/messages/0/role", GONE),
        ("/messages/0/content", [{"type": "text", "text": "Hi"}]),
        ("/messages/0/images", "iVBORw0KGgo="),
        ("/messages/0/images/0", {}),
        ("/messages/1/tool_calls/0/function/arguments", "{}"),
        ("/messages/1/tool_calls/0/function", GONE),
        ("/messages/2/tool_name", 5),
        ("/tools", {}),
        ("/tools/0/function/name", GONE),
        ("/format", "yaml"),
        ("/format", True),
        ("/options", []),
        ("/options/temperature", "1"),
        ("/options/stop", "x"),
        ("/think", 1),
        ("/stream", "true"),
        ("/top_logprobs", 21),
    ],
    "response": [
        ("/model", GONE),
        ("/created_at", GONE),
        ("/created_at", 1773842038),
        ("/created_at", "yesterday"),
        ("/message", GONE),
        ("/message", "Hi"),
        ("/message/content", []),
        ("/message/tool_calls/0/function/arguments", "{}"),
        ("/done", GONE),
        ("/done", "true"),
        ("/done_reason", 5),
        ("/eval_count", -1),
        ("/eval_count", 1.5),
        ("/logprobs/0/token", GONE),
    ],
    "error": [
        ("/error", GONE),
        ("/error", None),
        ("/error", 5),
        ("/error", True),
        ("/error", []),
        ("/error", {}),
        ("/error", {"message": "no"}),
        ("/signin_url", 5),
        ("/signin_url", []),
        ("/status", "404"),
    ],
}
OLLAMA_WRONG["event"] = [edit for edit in OLLAMA_WRONG["response"] if edit != ("/message", GONE)]
WRONG = {
    "cohere": COHERE_WRONG,
    "mistral": MISTRAL_WRONG,
    "ollama": OLLAMA_WRONG,
    "openai": CHAT_WRONG,
    "compatible": COMPATIBLE_WRONG,
    "anthropic": MESSAGES_WRONG,
    "gemini": GENERATE_WRONG,
    "vertex": {**GENERATE_WRONG, "request": [*GENERATE_WRONG["request"], ("/store", True), ("/serviceTier", "flex")]},
    "anthropic-vertex": {
        **MESSAGES_WRONG,
        "request": [*MESSAGES_WRONG["request"], ("/anthropic_version", GONE), ("/model", "c")],
        # Google's own error bodies are legal here.
        "error": [edit for edit in MESSAGES_WRONG["error"] if edit != ("/type", GONE)],
    },
    "anthropic-bedrock": {
        **MESSAGES_WRONG,
        "request": [*MESSAGES_WRONG["request"], ("/anthropic_version", GONE), ("/stream", True), ("/model", "c")],
        # The body of AWS is legal here: any object without an error inside.
        "error": [edit for edit in MESSAGES_WRONG["error"] if edit != ("/error", GONE)],
    },
}
CASES = [(format, kind) for format in WRONG for kind in DOCUMENTS]


def registered(format: str) -> str:
    if format not in ROWS:
        pytest.skip(f"{format} has no row in the registry")
    return format


@pytest.mark.parametrize(("format", "kind"), CASES)
def test_right_documents_have_no_problem(format: str, kind: str) -> None:
    assert validate(RIGHT[format][kind], format=registered(format), kind=kind) == []


@pytest.mark.parametrize(("format", "kind"), CASES)
def test_wrong_documents_have_a_problem_near_the_place(format: str, kind: str) -> None:
    assert len(WRONG[format][kind]) >= 10
    for place, value in WRONG[format][kind]:
        found = validate(changed(RIGHT[format][kind], place, value), format=registered(format), kind=kind)
        assert found, (place, value)
        for problem in found:
            assert problem.message
            assert "\n" not in problem.message
        steps = place.rsplit("/", 1)[0]
        assert any(problem.path.startswith(steps) or steps.startswith(problem.path) for problem in found), (
            place,
            found,
        )


@pytest.mark.parametrize(("format", "kind"), CASES)
def test_documents_of_another_json_type_have_a_problem(format: str, kind: str) -> None:
    bodies: list[Any] = [None, True, 5, "text", [5]]
    if (format, kind) != (
        "compatible",
        "error",
    ):  # an empty list or object of a server nothing is known about is let pass
        bodies.append([])
    if format != "compatible" or kind in ("request", "response"):
        bodies.append({})
    for body in bodies:
        assert validate(body, format=registered(format), kind=kind), body


@pytest.mark.parametrize("event", [MESSAGES_START, {"type": "ping"}, {"type": "of_a_later_day"}, MESSAGES_ERROR])
def test_other_messages_events_have_no_problem(event: Any) -> None:
    assert validate(event, format="anthropic", kind="event") == []


@pytest.mark.parametrize("event", [{"type": "message-start", "id": "r"}, COHERE_END, {"type": "of-a-later-day"}, {"message": "no"}])
def test_other_cohere_events_have_no_problem(event: Any) -> None:
    assert validate(event, format="cohere", kind="event") == []


@pytest.mark.parametrize(
    "error",
    [
        {"detail": [{"loc": ["body"], "msg": "no"}]},
        {"object": "error", "message": {"detail": []}},
        {"error": {"message": "Content blocked by guardrail", "status": 403}, "guardrails": {}},
        {"message": "Unauthorized", "request_id": "r"},
    ],
)
def test_every_form_of_a_mistral_error_has_no_problem(error: Any) -> None:
    assert validate(error, format="mistral", kind="error") == []
    assert validate(error, format="mistral", kind="event") == []


def holds_endless(value: Any) -> bool:
    if isinstance(value, (dict, list)):
        return any(map(holds_endless, value.values() if isinstance(value, dict) else value))
    return isinstance(value, int) and value > 10**399


@pytest.mark.parametrize("number", range(len(UNIFIED_DOCUMENTS)))
def test_the_unified_schema_says_what_the_check_says(number: int) -> None:
    """Both come from the types: every edit of a document is judged alike."""
    kind, document = UNIFIED_DOCUMENTS[number]
    for variant in list(variants(document))[::3]:
        if holds_endless(variant):
            continue  # a number beyond the floats: the check refuses it, JSON Schema knows no such bound
        assert (validate(variant, format="unified", kind=kind) == []) == (refusal(variant, kind) is None), variant


def test_schema_files_are_current() -> None:
    """`python -m scripts.schemas` writes them."""
    written = files()
    assert {file.name for file in FOLDER.glob("*.json")} == set(written)
    for name, content in written.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == content, name


def test_schema_files_are_valid_schemas_without_outward_references() -> None:
    import jsonschema

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [found for child in value.values() for found in references(child)]
        return [found for child in value for found in references(child)] if isinstance(value, list) else []

    for file in FOLDER.glob("*.json"):
        schema = json.loads(file.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        for reference in references(schema):
            assert reference.removeprefix("#/$defs/") in schema["$defs"], (file.name, reference)


def test_every_format_has_schemas_of_every_kind() -> None:
    names = {file.name for file in FOLDER.glob("*.json")}
    assert names == {f"{format}.{kind}.json" for format in OWN for kind in DOCUMENTS}


def test_nothing_in_a_document_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """References in tool schemas are data; an outward reference in a schema would not be retrieved either."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert validate(CHAT_REQUEST, format="openai", kind="request") == []
    assert validate(RIGHT["anthropic"]["request"], format="anthropic", kind="request") == []

    import referencing.exceptions

    from translate.validation import _validator

    hostile = _validator("openai", "request").evolve(schema={"$ref": "https://example.com/schema.json"})
    with pytest.raises(referencing.exceptions.Unresolvable):
        list(hostile.iter_errors({}))


def test_hostile_nesting_is_a_problem_not_a_crash() -> None:
    deep: Any = []
    for _ in range(50_000):
        deep = [deep]
    for format in ("unified", "openai", "anthropic", "gemini"):
        for body in (deep, {"messages": deep, "contents": deep}, {"error": deep}):
            for kind in DOCUMENTS:
                assert isinstance(validate(body, format=format, kind=kind), list)
    assert validate({"type": {"a": deep}}, format="anthropic", kind="event")
    schema: Any = {"type": "STRING"}
    for _ in range(20_000):
        schema = {"type": "ARRAY", "items": schema}
    tools = [{"functionDeclarations": [{"name": "f", "parameters": schema}]}]
    assert validate({**GENERATE_REQUEST, "tools": tools}, format="gemini", kind="request") == [
        Problem("", "nested too deeply to be checked")
    ]


def test_endless_numbers_are_a_problem_not_a_crash() -> None:
    for format in ("unified", "openai", "anthropic", "gemini"):
        for kind in DOCUMENTS:
            assert validate(10**5000, format=format, kind=kind)
    assert validate({**CHAT_REQUEST, "n": 10**5000}, format="openai", kind="request")


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UnknownFormat):
        validate({}, format="no such format", kind="request")
    with pytest.raises(InvalidDocument):
        validate({}, format="openai", kind="no such kind")
    wrong: Any = ["openai"]
    with pytest.raises(TranslateError):
        validate({}, format=wrong, kind="request")


def test_problems_say_the_place_and_not_the_content() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": [{"type": "text", "text": ["A" * 100_000]}]}]}
    assert validate(body, format="openai", kind="request") == [
        Problem("/messages/0/content/0/text", "expected string, got array")
    ]
    body = {"model": "m", "messages": [{"role": "A" * 100_000, "content": "x"}]}
    [problem] = validate(body, format="openai", kind="request")
    assert len(problem.message) < 200


def test_rows_without_schemas_of_their_own_use_the_open_chat_form() -> None:
    for row in ROWS.values():
        if row.package == "openai_compatible" and row.name not in OWN:
            assert validate({**CHAT_REQUEST, "ignore_eos": True}, format=row.name, kind="request") == []
            assert validate({"messages": []}, format=row.name, kind="request")


def test_importing_it_loads_no_jsonschema() -> None:
    import subprocess

    code = "import sys, translate.validation; assert not {'jsonschema', 'referencing'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=corpus.ROOT)


# --- against the SDKs and recorded traffic


def _schema(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def test_request_members_are_those_of_the_openai_sdk() -> None:
    from openai.types.chat import completion_create_params

    known = completion_create_params.CompletionCreateParamsBase.__annotations__
    assert set(_schema("openai.request")["properties"]) == {*known, "stream"}


def test_request_members_include_those_of_the_anthropic_sdk() -> None:
    from anthropic.types import message_create_params
    from anthropic.types.beta import message_create_params as beta

    own = set(_schema("anthropic.request")["properties"])
    stable = set(message_create_params.MessageCreateParamsBase.__annotations__)
    # These travel in headers.
    in_headers = {"betas", "workspace_id", "user_profile_id"}
    assert stable - in_headers <= own
    assert set(beta.MessageCreateParamsBase.__annotations__) - in_headers <= own


@pytest.mark.parametrize("name", ["Part", "FunctionCall", "FunctionDeclaration", "GenerationConfig", "Tool", "Schema"])
def test_members_of_generate_content_are_those_of_the_google_sdk(name: str) -> None:
    """A member is known to the Developer API's schema, to Vertex AI's, or to both."""
    from google.genai import types

    text = "".join((FOLDER / f"{format}.request.json").read_text(encoding="utf-8") for format in ("gemini", "vertex"))
    for field in getattr(types, name).model_fields.values():
        assert f'"{field.alias}"' in text, field.alias


@pytest.mark.skipif(corpus.folder() is None, reason=corpus.ABSENT)
@pytest.mark.parametrize("format", [*(name for name in OWN if name != "unified"), "azure"])
def test_recorded_traffic_has_no_problem(format: str) -> None:
    seen = 0
    for record in corpus.records(registered(format)):
        documents = [("request", record.request)] if record.taken and record.request is not None else []
        if record.response is not None:
            documents.append(("response" if record.taken else "error", record.response))
        # Streams repeat themselves: their heads, their ends, and some of what lies between.
        events = record.events or []
        documents.extend(("event", event) for event in [*events[:6], *events[6:-6:10], *events[6:][-6:]])
        for kind, body in documents:
            seen += 1
            assert validate(body, format=format, kind=kind) == [], (record.id, kind)
    assert seen > 50  # the smallest recording holds 81
