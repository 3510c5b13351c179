"""Native documents of the common shapes that no unified one turns into: what servers and their own clients write."""

from __future__ import annotations

import random
from typing import Any

Json = dict[str, Any]

TOOL: Json = {"type": "function", "function": {
    "name": "tide", "description": "Height of the tide.",
    "parameters": {"type": "object", "properties": {"port": {"type": "string"}}, "required": ["port"]},
}}  # fmt: skip
CALL: Json = {"id": "Ab1Cd2Ef3", "type": "function", "function": {"name": "tide", "arguments": '{"port": "Barry"}'}}
OUTPUT_SCHEMA: Json = {
    "type": "object", "properties": {"metres": {"type": "number", "minimum": 0}, "port": {"type": "string", "pattern": "^B"}},
    "required": ["metres"], "additionalProperties": False,
}  # fmt: skip
HI: Json = {"role": "user", "content": "Grüße 🎈"}
IMAGE = "data:image/png;base64,iVBORw0KGgo="

COHERE_TALK: list[Json] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": [{"type": "text", "text": "How high?"}, {"type": "image_url", "image_url": {"url": IMAGE}}]},
    {"role": "assistant", "tool_plan": "I look it up.", "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "Ab1Cd2Ef3", "content": '{"metres": 4}'},
    {"role": "assistant", "content": [{"type": "thinking", "thinking": "Four."}, {"type": "text", "text": "Four metres."}]},
    HI,
]
COHERE_ANSWER: Json = {
    "id": "a1", "finish_reason": "COMPLETE",
    "message": {"role": "assistant", "content": [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "Four."}]},
    "usage": {
        "billed_units": {"input_tokens": 3, "output_tokens": 4}, "tokens": {"input_tokens": 5, "output_tokens": 6, "reasoning_tokens": 2},
        "cached_tokens": 1,
    },
}  # fmt: skip
COHERE_CITATION: Json = {
    "start": 0, "end": 5, "text": "Four.", "type": "TEXT_CONTENT", "content_index": 1,
    "sources": [{"type": "document", "id": "d1", "document": {"title": "Tides", "url": "https://example.com/tides"}}],
}  # fmt: skip
CHAT_HEAD = {"id": "chatcmpl-9", "object": "chat.completion", "created": 1700000000, "model": "m"}
CHAT_COUNTS = {"prompt_tokens": 5, "completion_tokens": 4, "total_tokens": 9}


def _cohere_event(kind: str, index: int | None = None, /, **message: Any) -> Json:
    event: Json = {"type": kind}
    if index is not None:
        event["index"] = index
    return {**event, "delta": {"message": message}} if message else event


MISTRAL_THOUGHT: Json = {"type": "thinking", "thinking": [{"type": "text", "text": "Four."}], "closed": True}
MISTRAL_TALK: list[Json] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": [{"type": "text", "text": "How high?"}, {"type": "image_url", "image_url": IMAGE}]},
    {"role": "assistant", "content": "", "tool_calls": [{**CALL, "index": 0}, {**CALL, "id": "Ab1Cd2Ef4", "index": 1}]},
    {"role": "tool", "tool_call_id": "Ab1Cd2Ef3", "name": "tide", "content": "4"},
    {"role": "tool", "tool_call_id": "Ab1Cd2Ef4", "content": "5"},
    {"role": "assistant", "content": [MISTRAL_THOUGHT, {"type": "text", "text": "Four metres."}]},
    HI,
]
MISTRAL_HEAD: Json = {"id": "c1", "object": "chat.completion.chunk", "created": 1700000000, "model": "m"}
MISTRAL_USAGE: Json = {
    "prompt_tokens": 5, "total_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 0}, "service_tier": "standard",
}  # fmt: skip


def _mistral_event(delta: Json, finish: str | None = None, **more: Any) -> Json:
    return {**MISTRAL_HEAD, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


OLLAMA_CALL: Json = {"function": {"index": 0, "name": "tide", "arguments": {"port": "Barry", "days": [1, 2]}}}
OLLAMA_TALK: list[Json] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "How high?", "images": ["iVBORw0KGgo="]},
    {"role": "assistant", "content": "", "thinking": "Look it up.", "tool_calls": [OLLAMA_CALL, {"function": {"name": "moon", "arguments": {}}}]},
    {"role": "tool", "tool_name": "tide", "content": "4"},
    {"role": "tool", "tool_name": "moon", "content": "new"},
    HI,
]
OLLAMA_HEAD: Json = {"model": "m", "created_at": "2026-11-23T10:00:00.123456Z"}
OLLAMA_COUNTS: Json = {"done_reason": "stop", "total_duration": 9, "load_duration": 1, "prompt_eval_count": 5, "eval_count": 4}


def _ollama_line(**message: Any) -> Json:
    return {**OLLAMA_HEAD, "message": {"role": "assistant", "content": "", **message}, "done": False}


GEMINI_CALL: Json = {"functionCall": {"name": "tide", "args": {"port": "Barry", "days": [1, 2]}}}
GEMINI_SIGNED: Json = {"functionCall": {"id": "f1", "name": "moon", "args": {}}, "thoughtSignature": "c2lnbmVk"}
GEMINI_TALK: list[Json] = [
    {"role": "user", "parts": [{"text": "How high?"}, {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}]},
    {"role": "model", "parts": [{"text": "I look it up.", "thoughtSignature": "c2lnbmVk"}, GEMINI_SIGNED, GEMINI_CALL]},
    {"role": "user", "parts": [
        {"functionResponse": {"id": "f1", "name": "moon", "response": {"output": "new"}}},
        {"functionResponse": {"name": "tide", "response": {"result": 4}}},
    ]},
]  # fmt: skip
GEMINI_LOOK_UP: list[Json] = [
    {"role": "model", "parts": [GEMINI_SIGNED]},
    {"role": "user", "parts": [
        {"functionResponse": {"id": "f1", "name": "moon", "response": {"output": "new"}}},
        {"inline_data": {"mime_type": "application/pdf", "data": "JVBERi0="}},
        {"fileData": {"mimeType": "audio/wav", "fileUri": "gs://bucket/sound"}},
    ]},
]  # fmt: skip
GEMINI_SEEN: Json = {"role": "user", "parts": [
    {"text": "What is it?"}, {"inlineData": {"mimeType": "application/pdf", "data": "JVBERi0="}},
    {"fileData": {"mimeType": "image/png", "fileUri": "https://example.com/tide.png"}, "mediaResolution": {"level": "MEDIA_RESOLUTION_HIGH"}},
    {"fileData": {"mimeType": "video/mp4", "fileUri": "https://example.com/tide.mp4"}},
]}  # fmt: skip
GEMINI_TOOLS: Json = {"functionDeclarations": [
    {"name": "now", "description": "The time.", "parameters": {"type": "OBJECT", "properties": {}, "required": []}},
    {"name": "moon", "parametersJsonSchema": {"type": "object", "properties": {"day": {"type": ["string", "null"]}}}},
]}  # fmt: skip
GEMINI_TOOL: Json = {"functionDeclarations": [{"name": "tide", "description": "Height of the tide.", "parameters": {
    "type": "OBJECT", "properties": {"port": {"type": "STRING"}}, "required": ["port"],
}}]}  # fmt: skip
GEMINI_HEAD: Json = {"modelVersion": "gemini-3-pro-preview", "responseId": "r1"}
VERTEX_HEAD: Json = {"modelVersion": "gemini-2.5-pro", "createTime": "2026-11-23T10:00:00.123456Z", "responseId": "r1"}
GEMINI_RATINGS: list[Json] = [{"category": "HARM_CATEGORY_HARASSMENT", "probability": "NEGLIGIBLE"}]
GEMINI_SOURCES: Json = {
    "webSearchQueries": ["tide"], "groundingChunks": [{"web": {"uri": "https://example.com/tide", "title": "Tides"}}],
    "groundingSupports": [{"segment": {"startIndex": 9, "endIndex": 14, "text": "four."}, "groundingChunkIndices": [0]}],
}  # fmt: skip
GEMINI_COUNTS: Json = {
    "promptTokenCount": 5, "candidatesTokenCount": 4, "totalTokenCount": 12, "thoughtsTokenCount": 3,
    "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 5}],
}  # fmt: skip
GEMINI_KINDS: Json = {
    "promptTokenCount": 9, "toolUsePromptTokenCount": 2, "candidatesTokenCount": 4, "totalTokenCount": 15, "cachedContentTokenCount": 3,
    "promptTokensDetails": [{"modality": "DOCUMENT", "tokenCount": 4}, {"modality": "TEXT", "tokenCount": 5}],
    "cacheTokensDetails": [{"modality": "TEXT", "tokenCount": 3}], "serviceTier": "standard",
}  # fmt: skip
VERTEX_COUNTS: Json = {**GEMINI_COUNTS, "trafficType": "ON_DEMAND", "candidatesTokensDetails": [{"modality": "TEXT", "tokenCount": 4}]}
VERTEX_PIECES: list[Json] = [
    {"functionCall": {"name": "tide", "willContinue": True}, "thoughtSignature": "c2lnbmVk"},
    {"functionCall": {"partialArgs": [{"jsonPath": "$.port", "stringValue": "Bar", "willContinue": True}], "willContinue": True}},
    {"functionCall": {"partialArgs": [{"jsonPath": "$.port", "stringValue": "ry"}, {"jsonPath": "$.days", "numberValue": 2}], "willContinue": True}},
]  # fmt: skip


def _gemini_element(*parts: Json, head: Json = GEMINI_HEAD, usage: Json = GEMINI_COUNTS, **beside: Any) -> Json:
    return {"candidates": [{"content": {"parts": list(parts), "role": "model"}, **beside}], "usageMetadata": usage, **head}


ANTHROPIC_COUNTS: Json = {
    "input_tokens": 5, "cache_creation_input_tokens": 7, "cache_read_input_tokens": 2, "output_tokens": 6, "service_tier": "standard",
    "cache_creation": {"ephemeral_5m_input_tokens": 7, "ephemeral_1h_input_tokens": 0}, "inference_geo": "not_available",
    "output_tokens_details": {"thinking_tokens": 3},
}  # fmt: skip
ANTHROPIC_HEAD: Json = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m"}
ANTHROPIC_END: Json = {"stop_sequence": None, "stop_details": None, "usage": ANTHROPIC_COUNTS}
ANTHROPIC_USE: Json = {"type": "tool_use", "id": "toolu_1", "name": "tide", "input": {"port": "Barry"}, "caller": {"type": "direct"}}
ANTHROPIC_THOUGHTS: list[Json] = [
    {"type": "thinking", "thinking": "Hm, ", "signature": "c2lnbmVk"}, {"type": "thinking", "thinking": "four.", "signature": "c2Vjb25k"},
]  # fmt: skip

BEDROCK_COUNTS: Json = {
    "inputTokens": 5, "outputTokens": 6, "totalTokens": 20, "cacheReadInputTokens": 2, "cacheWriteInputTokens": 7, "serverToolUsage": {},
    "cacheReadInputTokenCount": 2,
}  # fmt: skip
BEDROCK_USE: Json = {"toolUse": {"toolUseId": "tooluse_1", "name": "tide", "input": {"port": "Barry"}, "type": "tool_use"}}


def _bedrock_answer(*blocks: Json, **members: Any) -> Json:
    """A Converse answer of these blocks."""
    answer: Json = {"output": {"message": {"role": "assistant", "content": list(blocks)}}, "stopReason": "end_turn"}
    return {**answer, "usage": BEDROCK_COUNTS, "metrics": {"latencyMs": 377}, **members}


RESPONSES_COUNTS: Json = {
    "input_tokens": 9, "input_tokens_details": {"cached_tokens": 2, "cache_write_tokens": 3}, "output_tokens": 6,
    "output_tokens_details": {"reasoning_tokens": 4}, "total_tokens": 15,
}  # fmt: skip
RESPONSES_THOUGHT: Json = {
    "type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}, {"type": "summary_text", "text": "Four."}],
    "encrypted_content": "c2VhbGVk",
}  # fmt: skip
RESPONSES_TEXT: Json = {
    "type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
    "content": [{"type": "output_text", "text": "Four metres.", "annotations": [], "logprobs": []}], "phase": "final_answer",
}  # fmt: skip
RESPONSES_CALL: Json = {
    "type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "tide", "arguments": '{"port": "Barry"}', "status": "completed",
}  # fmt: skip


RESPONSES_SILENT: Json = {"type": "reasoning", "id": "rs_2", "summary": []}
RESPONSES_SEARCH: Json = {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "Grüße 🎈"}}
RESPONSES_CITED: Json = {**RESPONSES_TEXT, "content": [{**RESPONSES_TEXT["content"][0], "annotations": [
    {"type": "url_citation", "start_index": start, "end_index": start + 2, "url": "https://example.com", "title": "Tides"} for start in (0, 3)
]}]}  # fmt: skip


def _responses_answer(*output: Json, **members: Any) -> Json:
    """A response object with these items."""
    return {
        "id": "resp_1", "object": "response", "created_at": 1700000000, "status": "completed", "error": None, "model": "m",
        "incomplete_details": None, "output": list(output), "parallel_tool_calls": True, "background": False, "truncation": "disabled",
        "reasoning": {"effort": "low", "summary": None}, "text": {"format": {"type": "text"}, "verbosity": "medium"}, "store": True,
        "service_tier": "default", "tools": [{"type": "function", **TOOL["function"], "strict": True}], "usage": RESPONSES_COUNTS, **members,
    }  # fmt: skip


ANTHROPIC_MARK: Json = {"cache_control": {"type": "ephemeral", "ttl": "5m"}}

def _responses_stream(*steps: Json) -> list[Json]:
    """Events of a response: its beginning, these, its end with the items that were done."""
    done = [step["item"] for step in steps if step["type"] == "response.output_item.done"]
    begun = _responses_answer(status="in_progress", usage=None)
    events = [{"type": "response.created", "response": begun}, {"type": "response.in_progress", "response": begun}, *steps]
    return [
        {**event, "sequence_number": number}
        for number, event in enumerate([*events, {"type": "response.completed", "response": _responses_answer(*done)}])
    ]


def _responses_event(kind: str, index: int, **members: Any) -> Json:
    return {"type": f"response.{kind}", "output_index": index, **members}


RESPONSES_STREAM = _responses_stream(
    _responses_event("output_item.added", 0, item={"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "c2Vh"}),
    _responses_event("reasoning_summary_part.added", 0, item_id="rs_1", summary_index=0, part={"type": "summary_text", "text": ""}),
    *(_responses_event("reasoning_summary_text.delta", 0, item_id="rs_1", summary_index=0, delta=text) for text in ("H", "m", ".")),
    _responses_event("reasoning_summary_text.done", 0, item_id="rs_1", summary_index=0, text="Hm."),
    _responses_event("reasoning_summary_part.done", 0, item_id="rs_1", summary_index=0, part={"type": "summary_text", "text": "Hm."}),
    _responses_event("output_item.done", 0, item={**RESPONSES_THOUGHT, "summary": RESPONSES_THOUGHT["summary"][:1]}),
    _responses_event("output_item.added", 1, item={**RESPONSES_TEXT, "content": [], "status": "in_progress"}),
    _responses_event("content_part.added", 1, item_id="msg_1", content_index=0, part={
        "type": "output_text", "text": "", "annotations": [], "logprobs": [],
    }),
    *(_responses_event("output_text.delta", 1, item_id="msg_1", content_index=0, delta=text) for text in ("Four ", "metres", ".")),
    _responses_event("output_text.done", 1, item_id="msg_1", content_index=0, text="Four metres.", logprobs=[]),
    _responses_event("content_part.done", 1, item_id="msg_1", content_index=0, part=RESPONSES_TEXT["content"][0]),
    _responses_event("output_item.done", 1, item=RESPONSES_TEXT),
    _responses_event("code_interpreter_call_code.delta", 2, item_id="ci_1", delta="x"),
    _responses_event("output_item.added", 2, item={**RESPONSES_CALL, "arguments": "", "status": "in_progress"}),
    *(_responses_event("function_call_arguments.delta", 2, item_id="fc_1", delta=text) for text in ('{"port": ', '"Barry', '"}')),
    _responses_event("function_call_arguments.done", 2, item_id="fc_1", arguments=RESPONSES_CALL["arguments"]),
    _responses_event("output_item.done", 2, item=RESPONSES_CALL),
)  # fmt: skip
RESPONSES_RAW = _responses_stream(
    _responses_event("output_item.added", 0, item={"type": "reasoning", "id": "rs_1", "summary": []}),
    *(_responses_event("reasoning_text.delta", 0, item_id="rs_1", content_index=0, delta=text) for text in ("H", "m", ".")),
    _responses_event("output_item.done", 0, item={"type": "reasoning", "id": "rs_1", "summary": []}),
)  # fmt: skip


def _anthropic_block(index: int, start: Json, *deltas: Json) -> list[Json]:
    """Events of a block."""
    return [
        {"type": "content_block_start", "index": index, "content_block": start},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def _pieces(*texts: str) -> list[Json]:
    return [{"type": "input_json_delta", "partial_json": text} for text in texts]


ANTHROPIC_STREAM: list[Json] = [
    {"type": "message_start", "message": {**ANTHROPIC_HEAD, "content": [], "stop_reason": None, "usage": ANTHROPIC_COUNTS}},
    *_anthropic_block(
        0, {"type": "thinking", "thinking": "", "signature": ""}, {"type": "thinking_delta", "thinking": "H"},
        {"type": "thinking_delta", "thinking": "m."}, {"type": "signature_delta", "signature": "c2lnbmVk"},
    ),
    *_anthropic_block(1, {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}, *_pieces("", '{"query": ', '"x"}')),
    *_anthropic_block(2, {**ANTHROPIC_USE, "input": {}}, *_pieces("", '{"port": ', '"Barry"}')),
    {"type": "message_delta", "delta": {"stop_reason": "tool_use", "stop_sequence": None}, "usage": ANTHROPIC_COUNTS},
    {"type": "message_stop"},
]  # fmt: skip

def _further_pieces(beside: Json, within: Json | None = None, **members: Json) -> list[Json]:
    """A stream of a chat server whose pieces stand among members that each of them repeats: in the choice, its delta, the chunk."""
    deltas = [{"role": "assistant", "content": ""}, *({"content": f" {number}"} for number in range(9)), {}]
    return [
        {**CHAT_HEAD, "object": "chat.completion.chunk", **members, "choices": [
            {"index": 0, "delta": {**(within or {}), **delta}, "finish_reason": None if delta else "stop", **beside},
        ]}
        for delta in deltas
    ]  # fmt: skip


OWN: dict[tuple[str, str], list[Any]] = {
    ("stream", "openai-responses"): [RESPONSES_STREAM, RESPONSES_RAW],
    ("stream", "anthropic"): [ANTHROPIC_STREAM, [*ANTHROPIC_STREAM[:7], *ANTHROPIC_STREAM[12:]]],
    ("request", "openai-responses"): [
        {"model": "m", "instructions": "Be brief.", "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "Grüße 🎈"}]},
            {"type": "reasoning", "summary": [], "encrypted_content": "c2VhbGVk"}, RESPONSES_THOUGHT, RESPONSES_TEXT, RESPONSES_CALL,
            {"type": "function_call_output", "call_id": "call_1", "output": "4"}, {"role": "assistant", "content": "Four."}, HI,
            {"type": "reasoning", "id": "rs_2", "summary": [{"type": "summary_text", "text": "So."}], "status": "completed"},
            {"type": "function_call", "call_id": "call_2", "name": "tide", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "call_2", "output": "5"},
        ]},
        {"model": "gpt-5", "input": [
            {"role": "system", "content": [{"type": "input_text", "text": "Be brief."}]},
            {"role": "user", "content": [
                {"type": "input_text", "text": "What is this?"}, {"type": "input_file", "file_id": "file-1"},
                {"type": "input_file", "filename": "tides", "file_url": "https://example.com/a.pdf"},
                {"type": "input_file", "file_data": "data:application/pdf;base64,JVBERi0xLjQK", "filename": "tides"},
            ]},
            RESPONSES_CALL, {"type": "function_call_output", "call_id": "call_1", "output": [{"type": "input_text", "text": "4"}]}, HI,
        ], "reasoning": {"effort": "low", "summary": "auto"}, "include": ["reasoning.encrypted_content"], "store": False, "truncation": "auto"},
    ],
    ("request", "anthropic"): [
        {
            "model": "claude-sonnet-4-5", "max_tokens": 5, "system": [{"type": "text", "text": "Be brief.", **ANTHROPIC_MARK}],
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "How high?", **ANTHROPIC_MARK}]},
                {"role": "assistant", "content": [{**ANTHROPIC_USE, "caller": {"type": "direct"}}]},
                {"role": "user", "content": [
                    {"type": "tool_result", "tool_use_id": "toolu_1", "content": "4", "is_error": True, **ANTHROPIC_MARK},
                ]},
            ],
        },
        {
            "model": "claude-sonnet-4-5", "max_tokens": 5000, "thinking": {"type": "enabled", "budget_tokens": 2000}, "stop_sequences": ["x"],
            "messages": [
                {"role": "user", "content": [
                    {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Grüße 🎈"}, "title": "Tides",
                     "context": "Of May.", "citations": {"enabled": True}, **ANTHROPIC_MARK},
                    {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0x"}},
                    {"type": "document", "source": {"type": "url", "url": "https://example.com/tides.pdf"}, "citations": {"enabled": False}},
                    {"type": "document", "source": {"type": "file", "file_id": "file_1"}},
                    {"type": "image", "source": {"type": "file", "file_id": "file_2"}},
                    {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}, **ANTHROPIC_MARK},
                ]},
                {"role": "assistant", "content": [*ANTHROPIC_THOUGHTS, ANTHROPIC_USE]},
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": ANTHROPIC_USE["id"], "content": [
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}},
                    {"type": "text", "text": "4"},
                ]}]},
            ],
        },
    ],
    ("response", "openai-responses"): [
        _responses_answer(RESPONSES_THOUGHT, RESPONSES_TEXT, RESPONSES_CALL),
        _responses_answer({**RESPONSES_THOUGHT, "summary": []}, RESPONSES_CALL, metadata={"topic": "tides"}),
        _responses_answer(RESPONSES_SILENT, RESPONSES_CITED), _responses_answer(RESPONSES_SILENT, {**RESPONSES_TEXT, "phase": "final_answer"}, RESPONSES_CALL),
        _responses_answer(RESPONSES_SEARCH, RESPONSES_SILENT, RESPONSES_SEARCH, RESPONSES_CITED, RESPONSES_SEARCH), _responses_answer(RESPONSES_CITED),
        _responses_answer({**RESPONSES_TEXT, "phase": "commentary"}, RESPONSES_SEARCH, RESPONSES_CALL, {**RESPONSES_CALL, "id": "fc_2", "call_id": "call_2"}),
        _responses_answer(RESPONSES_SEARCH, status="incomplete", incomplete_details={"reason": "max_output_tokens"}),
        _responses_answer(
            {**RESPONSES_TEXT, "status": "incomplete"}, status="incomplete", incomplete_details={"reason": "max_output_tokens"},
            usage={**RESPONSES_COUNTS, "cost_in_usd_ticks": 5},
        ),
    ],
    ("request", "bedrock"): [
        {
            "modelId": "m", "messages": [{"role": "user", "content": [{"text": "Grüße 🎈"}]}], "system": [],
            "inferenceConfig": {"maxTokens": 5, "stopSequences": ["x", "y"]},
        },
        {"messages": [{"role": "user", "content": [{"text": "Hi"}]}], "inferenceConfig": {"temperature": 0.5}},
        *({"modelId": "m", "messages": [
            {"role": "user", "content": [{"text": "How high?"}]}, {"role": "assistant", "content": [BEDROCK_USE]}, {"role": "user", "content": [
                {"toolResult": {"toolUseId": "tooluse_1", "content": [{"text": "Grüße 🎈"}], "status": status}},
            ]},
        ]} for status in ("success", "error")),
        {
            "modelId": "anthropic.claude-sonnet-4-5-20250929-v1:0", "system": [{"text": "Be brief."}, {"cachePoint": {"type": "default", "ttl": "1h"}}],
            "messages": [
                {"role": "user", "content": [{"text": "How high?"}, {"cachePoint": {"type": "default"}}]},
                {"role": "assistant", "content": [
                    {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2lnbmVk"}}}, {"reasoningContent": {"redactedContent": "AA=="}},
                    {"text": "I look."}, {"cachePoint": {"type": "default"}}, BEDROCK_USE, {"cachePoint": {"type": "default"}},
                ]},
                {"role": "user", "content": [
                    {"toolResult": {"toolUseId": "tooluse_1", "content": [{"json": {"metres": [4]}}, {"text": "Grüße 🎈"}]}},
                    {"cachePoint": {"type": "default"}}, {"text": "So?"},
                ]},
            ],
        },
    ],
    ("response", "bedrock"): [
        _bedrock_answer({"text": "Four metres."}),
        _bedrock_answer({"reasoningContent": {"reasoningText": {"text": "Hm."}}}, {"text": "Four."}, usage={
            "inputTokens": 9, "outputTokens": 6, "totalTokens": 15, "cacheReadInputTokens": 4,
        }),
        _bedrock_answer(
            {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2lnbmVk"}}}, BEDROCK_USE, stopReason="tool_use"
        ),
    ],
    ("response", "anthropic"): [
        {**ANTHROPIC_HEAD, "content": [{"type": "text", "text": "Four metres."}], "stop_reason": "end_turn", **ANTHROPIC_END},
        {**ANTHROPIC_HEAD, "content": [*ANTHROPIC_THOUGHTS, {"type": "text", "text": "Four."}], "stop_reason": "max_tokens", **ANTHROPIC_END},
        {**ANTHROPIC_HEAD, "content": [ANTHROPIC_THOUGHTS[0], ANTHROPIC_USE], "stop_reason": "tool_use", **ANTHROPIC_END},
    ],
    ("request", "gemini"): [
        {"contents": GEMINI_TALK, "tools": [GEMINI_TOOL], "systemInstruction": {"parts": [{"text": "Be brief."}]},
         "generationConfig": {"temperature": 1, "maxOutputTokens": 9}, "model": "gemini-3-pro-preview"},
        {"contents": [GEMINI_SEEN], "tools": [GEMINI_TOOLS], "model": "gemini-3-pro-preview"},
        {"contents": [*GEMINI_TALK[:1], *GEMINI_LOOK_UP], "model": "models/gemini-2.5-flash", "toolConfig": {"functionCallingConfig": {"mode": "AUTO"}},
         "generationConfig": {"thinkingConfig": {"includeThoughts": True}, "topP": 0.5}, "safetySettings": [GEMINI_RATINGS[0]]},
        {"contents": [{"role": "user", "parts": [{"text": "How high?"}]}, {"role": "model", "parts": [{"text": "Hm", "thought": True}, GEMINI_CALL]},
                      {"role": "function", "parts": [{"functionResponse": {"name": "tide", "response": {"result": 4}}}]}],
         "system_instruction": {"parts": {"text": "Be brief."}}, "generation_config": {"max_output_tokens": 9, "response_mime_type": "text/plain"},
         "tools": [GEMINI_TOOL, {"googleSearch": {}}], "tool_config": {"function_calling_config": {"mode": "ANY"}}, "model": "gemini-3-pro-preview"},
    ],
    ("response", "gemini"): [
        _gemini_element({"text": "Grüße: four."}, index=0, finishReason="STOP", groundingMetadata=GEMINI_SOURCES, urlContextMetadata={"urlMetadata": []}),
        {"candidates": [{"content": {"role": "model"}, "finishReason": "MAX_TOKENS", "index": 0}], "usageMetadata": GEMINI_COUNTS, **GEMINI_HEAD},
        _gemini_element({"text": "Four."}, usage=GEMINI_KINDS, finishReason="STOP"),
        _gemini_element({"text": "Hm", "thought": True}, {"text": "Four."}, GEMINI_CALL, GEMINI_SIGNED, index=0, finishReason="STOP"),
        _gemini_element({"text": "Four", "thoughtSignature": "c2lnbmVk"}, finishReason=2, avgLogprobs=-0.5, safetyRatings=GEMINI_RATINGS),
    ],
    ("response", "vertex"): [
        _gemini_element(GEMINI_CALL, head=VERTEX_HEAD, usage=VERTEX_COUNTS, finishReason="STOP", avgLogprobs=-0.25),
        _gemini_element({"text": "Four."}, head=VERTEX_HEAD, usage={**VERTEX_COUNTS, "trafficType": 1}, finishReason="SAFETY"),
    ],
    ("stream", "gemini"): [
        [
            _gemini_element({"text": "Hm", "thought": True}, index=0), _gemini_element({"text": ", so", "thought": True}, index=0),
            _gemini_element({"text": "Four "}, index=0), _gemini_element({"text": "Grüße."}, index=0, safetyRatings=GEMINI_RATINGS),
            _gemini_element({"text": "", "thoughtSignature": "c2lnbmVk"}, index=0, finishReason="STOP"),
        ],
        [
            _gemini_element({"text": "So: "}, GEMINI_SIGNED, GEMINI_CALL), _gemini_element(GEMINI_CALL, {"text": "that."}, GEMINI_CALL),
            _gemini_element(finishReason="MAX_TOKENS", finishMessage="Cut.", avgLogprobs=-0.5),
        ],
        [
            _gemini_element({"text": "Hm", "thought": True, "thoughtSignature": "c2lnbmVk"}), _gemini_element(GEMINI_CALL, finishReason="STOP"),
            {"usageMetadata": GEMINI_COUNTS, **GEMINI_HEAD},
        ],
    ],
    ("stream", "vertex"): [
        [
            {"usageMetadata": {"trafficType": "ON_DEMAND"}, **VERTEX_HEAD}, _gemini_element({"text": "Four "}, head=VERTEX_HEAD, usage={}),
            _gemini_element({"text": "metres."}, head=VERTEX_HEAD, usage={"trafficType": "ON_DEMAND"}),
            _gemini_element({"text": ""}, head=VERTEX_HEAD, usage=VERTEX_COUNTS, finishReason="STOP"),
        ],
        [
            *(_gemini_element(part, head=VERTEX_HEAD, usage={"trafficType": "ON_DEMAND"}) for part in VERTEX_PIECES),
            _gemini_element({"functionCall": {}}, head=VERTEX_HEAD, usage=VERTEX_COUNTS, finishReason=1),
        ],
        [_gemini_element(GEMINI_CALL, GEMINI_SIGNED, head=VERTEX_HEAD, usage=VERTEX_COUNTS, finishReason="STOP", avgLogprobs=-0.25)],
    ],
    ("request", "cohere"): [
        {"model": "m", "messages": COHERE_TALK, "tools": [TOOL], "tool_choice": "REQUIRED", "stream": True, "p": 0.5, "k": 3},
        {"model": "m", "messages": [HI], "stop_sequences": ["x"], "max_tokens": 5, "seed": 1, "logprobs": True},
        *({"model": "m", "messages": [HI], "response_format": {"type": "json_object", **more}} for more in (
            {}, {"json_schema": OUTPUT_SCHEMA}, {"json_schema": {**OUTPUT_SCHEMA, "minProperties": 1}},
        )),
        {"model": "m", "messages": [HI, {"role": "assistant", "content": [{"type": "text", "text": ""}], "tool_calls": [CALL]}, {
            "role": "tool", "tool_call_id": "Ab1Cd2Ef3", "content": [{"type": "text", "text": "4"}, {"type": "text", "text": ""}],
        }], "safety_mode": "NONE", "documents": [{"id": "d1", "data": {"text": "Grüße 🎈"}}]},
    ],
    ("response", "cohere"): [
        COHERE_ANSWER,
        {**COHERE_ANSWER, "finish_reason": "TOOL_CALL", "message": {"role": "assistant", "tool_plan": "So.", "tool_calls": [CALL]}},
        {**COHERE_ANSWER, "message": {**COHERE_ANSWER["message"], "citations": [COHERE_CITATION]}},
    ],
    ("stream", "cohere"): [
        [
            {"id": "a1", **_cohere_event("message-start", role="assistant", content=[], tool_plan="", tool_calls=[], citations=[])},
            _cohere_event("tool-plan-delta", tool_plan="I "), _cohere_event("tool-plan-delta", tool_plan="look."),
            _cohere_event("tool-call-start", 0, tool_calls={**CALL, "function": {"name": "tide", "arguments": ""}}),
            _cohere_event("tool-call-delta", 0, tool_calls={"function": {"arguments": '{"port":'}}),
            _cohere_event("tool-call-delta", 0, tool_calls={"function": {"arguments": ' "Barry"}'}}), _cohere_event("tool-call-end", 0),
            {"type": "message-end", "delta": {"finish_reason": "TOOL_CALL", "usage": COHERE_ANSWER["usage"]}},
        ],
        [
            {"id": "a1", **_cohere_event("message-start", role="assistant", content=[], tool_plan="", tool_calls=[], citations=[])},
            _cohere_event("content-start", 0, content={"type": "thinking", "thinking": ""}),
            _cohere_event("content-delta", 0, content={"thinking": "Hm"}), _cohere_event("content-delta", 0, content={"thinking": "."}),
            _cohere_event("content-end", 0), _cohere_event("content-start", 1, content={"type": "text", "text": ""}),
            _cohere_event("content-delta", 1, content={"text": "Four"}), _cohere_event("content-delta", 1, content={"text": "."}),
            _cohere_event("citation-start", 0, citations=COHERE_CITATION), _cohere_event("citation-end", 0), _cohere_event("content-end", 1),
            {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": COHERE_ANSWER["usage"]}},
        ],
        [
            {"id": "a1", **_cohere_event("message-start", role="assistant", content=[], tool_plan="", tool_calls=[], citations=[])},
            _cohere_event("content-start", 0, content={"type": "text", "text": ""}), _cohere_event("content-delta", 0, content={"text": "Four"}),
            {"type": "message-end", "delta": {"error": "generation failed", "finish_reason": "ERROR", "usage": COHERE_ANSWER["usage"]}},
        ],
    ],
    ("request", "mistral"): [
        {"model": "m", "messages": MISTRAL_TALK, "tools": [TOOL], "tool_choice": "any", "stream": True, "safe_prompt": False},
        {"model": "m", "messages": [HI, {"role": "assistant", "content": "So", "prefix": True}], "random_seed": 1, "stop": ["x"],
         "response_format": {"type": "json_object"}, "reasoning_effort": "high"},
        {"model": "m", "messages": [HI], "tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "tide"}}},
        {"model": "m", "messages": [HI, {"role": "assistant", "content": "", "tool_calls": [CALL]}, {
            "role": "tool", "tool_call_id": "Ab1Cd2Ef3", "content": [{"type": "text", "text": "4"}], "name": "tide",
        }], "prompt_mode": "reasoning", "guardrails": [{"block_on_error": True}]},
        {"model": "m", "messages": [{"role": "user", "content": [
            {"type": "document_url", "document_url": "https://example.com/a.pdf", "document_name": "tides.pdf"},
            {"type": "document_url", "document_url": "data:application/pdf;base64,JVBERi0="}, {"type": "text", "text": "How high?"},
        ]}]},
    ],
    ("response", "mistral"): [
        {**MISTRAL_HEAD, "object": "chat.completion", "usage": MISTRAL_USAGE, "choices": [{"index": 0, "finish_reason": finish, "message": {
            "role": "assistant", "tool_calls": calls, "content": content,
        }}]}
        for finish, calls, content in (
            ("model_length", None, [MISTRAL_THOUGHT, {"type": "text", "text": "Four."}]), ("tool_calls", [{**CALL, "index": 0}], ""),
        )
    ],
    ("stream", "mistral"): [
        [
            _mistral_event({"role": "assistant", "content": ""}), _mistral_event({"content": "Let "}, p="ab"),
            _mistral_event({"content": "me "}, p="abcd"), _mistral_event({"content": "see."}),
            _mistral_event({"tool_calls": [{**CALL, "index": 0}, {**CALL, "id": "Ab1Cd2Ef4", "index": 1}]}, "tool_calls", usage=MISTRAL_USAGE),
        ],
        [
            _mistral_event({"role": "assistant", "content": ""}),
            *(_mistral_event({"content": [{**MISTRAL_THOUGHT, "closed": closed}]}) for closed in (False, False, True, True, False)),
            _mistral_event({"content": "Four."}), _mistral_event({"content": ""}, "stop", usage=MISTRAL_USAGE),
        ],
        [
            _mistral_event({"role": "assistant", "content": ""}, created=0), _mistral_event({"content": "Four."}),
            _mistral_event({"content": ""}, "stop", usage=MISTRAL_USAGE),
        ],
    ],
    ("request", "ollama"): [
        {"model": "m", "messages": OLLAMA_TALK, "tools": [TOOL], "stream": False, "think": True, "keep_alive": "5m",
         "options": {"num_ctx": 4096, "temperature": 0.5, "stop": ["x"], "num_predict": 9}},
        {"model": "m", "messages": [HI, {"role": "assistant", "content": "So"}], "format": {"type": "object"}, "think": "low"},
        {"model": "m", "tools": [TOOL], "messages": [
            HI, {"role": "assistant", "content": "", "thinking": "Hm.", "tool_calls": [
                OLLAMA_CALL, {"function": {"name": "tide", "arguments": {"port": "Tenby"}}},
            ]},
            *({"role": "tool", "tool_name": "tide", "content": metres} for metres in ("4", "5")),
        ]},
    ],
    ("response", "ollama"): [
        {**_ollama_line(content="Four.", thinking="Hm."), "done": True, **OLLAMA_COUNTS},
        {**_ollama_line(tool_calls=[OLLAMA_CALL]), "created_at": "2026-11-23T10:00:00Z", "done": True, "done_reason": "stop"},
    ],
    ("stream", "ollama"): [
        [
            _ollama_line(thinking="Hm"), _ollama_line(thinking=", so"), _ollama_line(content="Four "), _ollama_line(content="metres"),
            _ollama_line(tool_calls=[OLLAMA_CALL]), _ollama_line(tool_calls=[{"id": "c1", **OLLAMA_CALL}]),
            {**_ollama_line(), "done": True, **OLLAMA_COUNTS},
        ],
    ],
    ("request", "openai"): [
        {"model": "gpt-4o", "messages": [HI], "tools": [TOOL], "tool_choice": "auto", "response_format": {
            "type": "json_schema", "json_schema": {"name": "tide", "strict": True, "schema": {"type": "object"}},
        }},
        {"model": "gpt-4o", "messages": [HI], "response_format": {"type": "json_object"}, "stream": True},
        {"model": "gpt-4o", "metadata": {"trace": "t1"}, "logit_bias": {"50256": -100}, "user": "anna", "seed": None, "stop": None, "messages": [
            {"role": "system", "content": [{"type": "text", "text": "Be brief."}, {"type": "text", "text": "Grüße 🎈"}]},
            {"role": "user", "content": [
                {"type": "text", "text": "What is this?"}, {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
                {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERi0xLjQK", "filename": "tides"}},
            ]},
            {"role": "assistant", "content": [{"type": "text", "text": "A tide."}], "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": CALL["id"], "content": [{"type": "text", "text": "4"}]}, {**HI, "name": "anna"},
        ]},
        {"model": "gpt-3.5-turbo", "messages": [HI], "functions": [TOOL["function"]], "function_call": {"name": "tide"}},
        {"model": "gpt-4o-search-preview", "messages": [HI], "web_search_options": {}, "tools": [TOOL], "tool_choice": "any"},
    ],
    ("response", "openai"): [
        {**CHAT_HEAD, "choices": [{"index": 0, "message": {"role": "assistant", "content": "4"}, "finish_reason": "stop"}],
         "usage": {**CHAT_COUNTS, "prompt_tokens_details": {"cached_tokens": 2, **odd}, "completion_tokens_details": odd}}
        for odd in ({}, {"video_tokens": 3})
    ],
    ("response", "groq"): [
        {**CHAT_HEAD, "choices": [{"index": 0, "message": {"role": "assistant", "reasoning": "Hm.", "content": "Four."}, "finish_reason": "stop"}],
         "usage": {**CHAT_COUNTS, "queue_time": 0.2, "total_time": 0.5}, "service_tier": "on_demand", "x_groq": {"id": "req_1"}},
        {**CHAT_HEAD, "choices": [{"index": 0, "message": {"role": "assistant", "tool_calls": [CALL]}, "logprobs": None, "finish_reason": "tool_calls"}],
         "usage": CHAT_COUNTS, "usage_breakdown": None, "system_fingerprint": "fp_1", "x_groq": {"id": "req_1", "seed": 7}},
    ],
    ("response", "openrouter"): [
        {**CHAT_HEAD, "provider": "Ours", "choices": [{
            "index": 0, "logprobs": None, "finish_reason": "tool_calls", "native_finish_reason": "STOP", "message": {
                "role": "assistant", "content": None, "refusal": None, "reasoning": None, "tool_calls": [{**CALL, "index": 0}],
            },
        }], "usage": {**CHAT_COUNTS, "cost": 0.01, "is_byok": False, "prompt_tokens_details": {"cached_tokens": 0, "video_tokens": 0}}},
        {**CHAT_HEAD, "provider": "Ours", "service_tier": "default", "system_fingerprint": None, "choices": [{
            "index": 0, "logprobs": None, "finish_reason": "stop", "native_finish_reason": "stop", "message": {
                "role": "assistant", "content": "Four.", "refusal": None, "reasoning": "Hm.", "reasoning_details": [
                    {"type": "reasoning.summary", "summary": "Hm.", "format": "xai-responses-v1", "index": 0},
                    {"type": "reasoning.encrypted", "data": "QUJD", "format": "xai-responses-v1", "id": "rs_1", "index": 1},
                ],
            },
        }], "usage": {
            **CHAT_COUNTS, "cost": 0, "cost_details": {"upstream_inference_cost": 0.01},
            "completion_tokens_details": {"reasoning_tokens": 3, "image_tokens": 2},
        }},
    ],
    ("response", "xai"): [
        {**CHAT_HEAD, "system_fingerprint": "fp_1", "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {
            "role": "assistant", "content": "", "reasoning_content": "Hm.", "refusal": None,
            "tool_calls": [{"id": "call_1", "function": CALL["function"], "type": "function"}],
        }}], "usage": {
            **CHAT_COUNTS, "total_tokens": 9 + reasoning, "num_sources_used": 0, "cost_in_usd_ticks": 25,
            "prompt_tokens_details": {"text_tokens": 5, "cached_tokens": 3},
            "completion_tokens_details": {"reasoning_tokens": reasoning, "audio_tokens": 0},
        }}
        for reasoning in (0, 3)
    ],
    ("response", "deepseek"): [
        {**CHAT_HEAD, "choices": [{"index": 0, "message": {"role": "assistant", "reasoning_content": "Hm.", "content": "4"}, "finish_reason": "length"}],
         "usage": {**CHAT_COUNTS, "prompt_cache_hit_tokens": 3, "prompt_cache_miss_tokens": 2, "prompt_tokens_details": {"cached_tokens": 3}}},
    ],
    ("stream", "openai"): [[
        {**CHAT_HEAD, "object": "chat.completion.chunk", "system_fingerprint": "fp_1", "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": word}]}
        for delta, word in (
            ({"role": "assistant", "content": ""}, None), ({"content": "Hm"}, None), ({"content": ""}, None), ({"content": None}, None),
            *(({"tool_calls": [{"index": number, "id": f"call_{number}", "type": "function", "function": {"name": "tide", "arguments": ""}}]}, None)
              for number in (0, 1)),
            *(({"tool_calls": [{"index": 1, "function": {"arguments": piece}}]}, None) for piece in ('{"a"', "", ": 1}")),
            ({"content": ""}, "tool_calls"),
        )
    ]],
    ("request", "openrouter"): [{"model": "m", "usage": {"include": True}, "tools": [TOOL], "max_tokens": 9, "messages": [
        {"role": "user", "content": "How high?", "name": "anna"},
        {"role": "assistant", "tool_calls": [CALL], "refusal": None, "reasoning": "Grüße 🎈", "reasoning_details": [
            {"type": "reasoning.text", "text": "Grüße 🎈", "signature": "c2lnbmVk", "format": "anthropic-claude-v1", "index": 0},
        ]},
        {"role": "tool", "tool_call_id": CALL["id"], "content": "4"},
        {"role": "assistant", "content": "Four.", "annotations": [], "reasoning": None}, HI,
    ]}, {
        "model": "m", "models": ["m", "n"], "provider": {"order": ["azure"], "allow_fallbacks": False}, "plugins": [{"id": "web"}],
        "reasoning": {"effort": "low", "exclude": True}, "min_p": 0.1, "messages": [
            {"role": "system", "content": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}]},
            {**HI, "cache_control": {"type": "ephemeral"}}, {"role": "assistant", "content": "Four.", "reasoning": "Hm."}, HI,
        ],
    }, {"model": "m", "messages": [HI], "reasoning": {"max_tokens": 1024, "enabled": True}}],
    ("request", "compatible"): [{"model": "m", "usage": {"include": True}, "messages": [
        HI, {"role": "assistant", "content": "Four.", "reasoning_content": ""}, {"role": "assistant", "content": "Or five.", "reasoning": "Hm."}, HI,
    ]}],
    ("request", "deepseek"): [{"model": "m", "tools": [TOOL], "messages": [
        HI, {"role": "assistant", "content": "", "reasoning_content": "Hm.", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": CALL["id"], "content": "4"}, {"role": "assistant", "content": "Four.", "reasoning_content": ""}, HI,
    ]}],
    ("stream", "azure"): [_further_pieces(
        {"logprobs": None, "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}}}, obfuscation="abc",
    )],
    ("stream", "together"): [[
        {**CHAT_HEAD, "object": "chat.completion.chunk", "usage": None, "choices": [{
            "index": 0, "text": text, "logprobs": None, "finish_reason": word, "seed": word and 7,
            "delta": {"token_id": number, "role": "assistant", "content": text, "tool_calls": None},
        }]}
        for number, (text, word) in enumerate((("Four", None), (" metres", None), (".", None), ("", "stop")))
    ]],
    ("stream", "vllm"): [_further_pieces({"logprobs": None, "stop_reason": None, "token_ids": None}, usage=None)],
    ("stream", "compatible"): [_further_pieces({"matched_stop": None, "logprobs": None}, {"role": None, "tool_calls": None}, usage=None)],
    ("stream", "openrouter"): [[
        {**CHAT_HEAD, "object": "chat.completion.chunk", "provider": "Ours", "choices": [
            {"index": 0, "delta": {"role": "assistant", "content": "", **delta}, "finish_reason": word, "native_finish_reason": word and "end_turn"},
        ]}
        for delta, word in (
            *(({"reasoning": text, "reasoning_details": [{"type": "reasoning.text", "text": text, "format": "anthropic-claude-v1", "index": 0}]}, None)
              for text in ("Grüße", " 🎈", "!")),
            ({"reasoning": None, "reasoning_details": [{"type": "reasoning.text", "signature": "QUJD", "format": "anthropic-claude-v1", "index": 0}]}, None),
            *(({"content": text}, None) for text in ("Four", "", " metres", ".")),
            ({"content": None, "tool_calls": [{"index": 0, "id": "call_0", "type": "function", "function": {"name": "tide", "arguments": ""}}]}, None),
            *(({"content": None, "tool_calls": [{"index": 0, "function": {"arguments": piece}}]}, None) for piece in ('{"a"', "", ": 1}")),
            ({"reasoning": "Again", "reasoning_details": []}, None), ({}, "tool_calls"),
        )
    ] + [{**CHAT_HEAD, "object": "chat.completion.chunk", "provider": "Ours", "choices": [], "usage": {
        **CHAT_COUNTS, "cost": 0.1, "cost_details": {"upstream_inference_cost": None}, "completion_tokens_details": {"image_tokens": 0}}}]],
    ("response", "azure"): [
        {**CHAT_HEAD, "service_tier": "default", "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {}}], "choices": [{
            "index": 0, "message": {"role": "assistant", "content": "Four.", "annotations": []}, "finish_reason": "stop",
            "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}},
        }], "usage": CHAT_COUNTS},
    ],
}  # fmt: skip


def _history(key: str, word: str) -> Json:
    """A unified request with what two formats have beside the common shapes: files, marks, results of parts, thoughts, a begun answer."""
    mark: Json = {"cache_control": {"type": "ephemeral", "ttl": "5m"}}
    own: Json = {"extra_content": {key: {"context": "From a shelf."}}}
    pdf: Json = {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERi0xLjQK", "filename": "tides"}}
    picture: Json = {"type": "image_url", "image_url": {"url": IMAGE}}
    rows: list[Json] = [{"index": 0, "type": "text", "length": 5, "head": "Four."}, {"index": 1, "type": "reasoning"}]
    thought: Json = {"type": "reasoning.text", "text": "Grüße 🎈", "signature": "c2lnbmVk", "format": word, "index": 0}
    thinks: Json = {"reasoning_content": "Grüße 🎈", "reasoning_details": [thought]}
    return {"model": "claude-sonnet-4-5", "max_completion_tokens": 9, "tools": [TOOL], "messages": [
        {"role": "system", "content": [{"type": "text", "text": "Be brief.", **mark}]},
        {"role": "user", "content": [{"type": "text", "text": "How high?", **mark}, {**picture, **mark}, pdf, {**pdf, **own}]},
        {"role": "assistant", "content": None, "tool_calls": [{**CALL, "id": "call_1"}, {**CALL, "id": "call_2"}], **thinks},
        {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "Four."}, picture], **mark},
        {"role": "tool", "tool_call_id": "call_2", "content": [pdf], "is_error": True},
        {"role": "assistant", "content": "Four.", **thinks, "extra_content": {key: {"blocks": rows}}},
        {"role": "user", "content": [{"type": "text", "text": "And then?", **own}]},
        {"role": "assistant", "content": "Then ", "prefix": True},
    ]}  # fmt: skip


CHAT_HISTORY: Json = {"model": "m", "max_completion_tokens": 9, "tools": [TOOL], "messages": [
    {"role": "system", "content": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}, {"type": "text", "text": "Be kind."}]},
    {"role": "system", "content": "Be brief.", "name": "rules"}, {"role": "user", "content": "How high?", "name": "anna"},
    {"role": "user", "content": "Today?", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
    {"role": "assistant", "content": None, "reasoning_content": "Grüße 🎈", "tool_calls": [{**CALL, "id": "call_1"}], "reasoning_details": [
        {"type": "reasoning.text", "text": "Grüße 🎈", "signature": "c2lnbmVk", "format": "anthropic-claude-v1", "index": 0},
        {"type": "reasoning.encrypted", "data": "QUJD", "id": "rs_1", "format": "openai-responses-v1", "index": 1},
    ]},
    {"role": "tool", "tool_call_id": "call_1", "content": "4"},
    {"role": "assistant", "content": "Four.", "reasoning_content": "Hm."}, {"role": "assistant", "content": "Four, then.", "name": "bert"},
    {"role": "user", "content": [{"type": "text", "text": "And then?"}], "name": "anna"},
    {"role": "user", "content": [
        {"type": "text", "text": "And this?"}, {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
        {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERi0xLjQK", "filename": "tides"}},
        {"type": "image_url", "image_url": {"url": IMAGE}, "cache_control": {"type": "ephemeral"}},
    ]},
]}  # fmt: skip

# Of clients that write every text as a list of one, and some of more, with names, marks and thoughts.
LISTED_HISTORY: Json = {"model": "m", "max_completion_tokens": 9, "tools": [TOOL], "messages": [
    {"role": "system", "content": [{"type": "text", "text": "Be brief."}, {"type": "text", "text": "Be kind."}]},
    {"role": "user", "content": [{"type": "text", "text": "How high?"}]},
    {"role": "assistant", "content": [{"type": "text", "text": "Let me look."}], "tool_calls": [{**CALL, "id": "call_1"}]},
    {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "4"}]},
    {"role": "assistant", "content": [{"type": "text", "text": "Grüße 🎈"}, {"type": "text", "text": "Four."}]},
    {"role": "assistant", "content": "Four, then.", "refusal": None},
    {"role": "system", "content": [{"type": "text", "text": "Be fair.", "cache_control": {"type": "ephemeral"}}]},
    {"role": "user", "content": "How deep?", "name": "anna", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
    {"role": "assistant", "content": None, "tool_calls": [{**CALL, "id": "call_2"}], "reasoning_content": "Grüße 🎈", "annotations": []},
    {"role": "tool", "tool_call_id": "call_2", "content": "8", "cache_control": {"type": "ephemeral"}},
    {"role": "user", "content": [{"type": "text", "text": "Sure?", "cache_control": {"type": "ephemeral"}}, {"type": "text", "text": "Yes?"}], "name": "anna"},
    {"role": "assistant", "reasoning_content": "Hm.", "content": "Eight.", "name": "bert"},
    {"role": "developer", "content": [{"type": "text", "text": "In French."}]}, {"role": "user", "content": "And then?"},
]}  # fmt: skip
# With what Gemini's own clients and those of other APIs leave beside texts and calls.
GEMINI_HISTORY: Json = {"model": "gemini-3-pro-preview", "max_completion_tokens": 9, "tools": [TOOL], "messages": [
    {"role": "system", "content": [{"type": "text", "text": "Be brief."}, {"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral"}}]},
    {"role": "user", "content": [
        {"type": "text", "text": "How high?", "cache_control": {"type": "ephemeral", "ttl": "1h"}}, {"type": "image_url", "image_url": {"url": IMAGE}},
        {"type": "image_url", "image_url": {"url": "https://example.com/tide.png", "detail": "high"}, "cache_control": {"type": "ephemeral"}},
        {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERi0=", "filename": "tides"}},
        {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
    ]},
    {"role": "assistant", "content": None, "reasoning_content": "Grüße 🎈", "tool_calls": [
        {**CALL, "id": "call_1", "extra_content": {"google": {"thought_signature": "c2lnbmVk"}}}, {**CALL, "id": "call_2"},
    ]},
    {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "4"}]},
    {"role": "tool", "tool_call_id": "call_2", "content": "{\"of\": 8}", "is_error": True},
    {"role": "assistant", "content": [{"type": "text", "text": "Grüße 🎈"}, {"type": "text", "text": "Four.", "cache_control": {"type": "ephemeral"}}]},
    {"role": "user", "content": "Sure?"},
    {"role": "assistant", "content": "Yes.", "refusal": None, "reasoning_content": "Hm.", "extra_content": {"google": {"thought_signature": "c2lnbmVk"}}},
    {"role": "developer", "content": [{"type": "text", "text": "In French."}]}, {"role": "user", "content": "And then?"},
]}  # fmt: skip
PREFILLED: Json = {"model": "m", "messages": [
    {"role": "user", "content": [
        {"type": "text", "text": "How high?", "cache_control": {"type": "ephemeral"}}, {"type": "file", "file": {"file_data": "https://example.com/a.pdf"}},
        {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERi0=", "filename": "tides.pdf"}}, {"type": "text", "text": "Grüße 🎈"},
    ]},
    {"role": "user", "content": [{"type": "file", "file": {"file_data": "https://example.com/a.pdf"}}]}, {"role": "assistant", "content": "Well."},
    {"role": "assistant", "name": "bert", "content": "It is", "prefix": True},
]}  # fmt: skip
PLANNED_HISTORY: Json = {"model": "m", "max_completion_tokens": 9, "tools": [TOOL], "messages": [
    {"role": "user", "content": "How high?"},
    {"role": "assistant", "content": None, "tool_calls": [{**CALL, "id": "call_1"}], "extra_content": {"cohere": {"tool_plan": "Look."}}, "reasoning_content": "Look."},
    {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "4"}]},
    {"role": "assistant", "content": None, "tool_calls": [{**CALL, "id": "call_2"}], "extra_content": {
        "cohere": {"blocks": [{"type": "text", "length": 0, "head": ""}, {"type": "tool_call"}]},
    }},
    {"role": "tool", "tool_call_id": "call_2", "content": "8"}, {"role": "user", "content": "And then?"},
]}  # fmt: skip


def _without_thoughts(history: Json) -> Json:
    """The same where there are neither thoughts nor rows of another format."""
    listed = [
        {name: value for name, value in message.items() if not name.startswith("reasoning") and name != "prefix"}
        for message in history["messages"] if message["role"] != "assistant" or "extra_content" not in message
    ]  # fmt: skip
    return {**history, "model": "gpt-5.6", "messages": listed}


def _with_foreign_thoughts(history: Json) -> Json:
    """And what only others can take back: thoughts without a proof, signed ones of another format, names."""
    thought: Json = {"type": "reasoning.text", "text": "Grüße 🎈", "signature": "c2lnbmVk", "format": "anthropic-claude-v1", "index": 0}
    return {**history, "messages": [
        *history["messages"], {"role": "user", "content": "How high?", "name": "anna"},
        {"role": "assistant", "content": None, "reasoning_content": "Hm.", "tool_calls": [{**CALL, "id": "call_9"}]},
        {"role": "tool", "tool_call_id": "call_9", "content": "4"},
        {"role": "assistant", "content": "Four.", "name": "bert", "reasoning_content": "Grüße 🎈", "reasoning_details": [thought]}, HI,
    ]}  # fmt: skip


HISTORIES = {
    "openai-responses": _with_foreign_thoughts(_without_thoughts(_history("openai", ""))),
    "anthropic": _history("anthropic", "anthropic-claude-v1"), "bedrock": _history("bedrock", "anthropic-claude-v1"),
    **dict.fromkeys(("openai", "openrouter", "deepseek", "moonshot", "minimax", "vllm", "groq", "perplexity", "gemini-openai"), CHAT_HISTORY),
    **dict.fromkeys(("cohere", "mistral", "ollama"), LISTED_HISTORY), **dict.fromkeys(("gemini", "vertex"), GEMINI_HISTORY),
}  # fmt: skip

# Items of an answer, common and odd ones.
RESPONSES_ITEMS: list[Json] = [
    RESPONSES_SILENT, RESPONSES_SEARCH, RESPONSES_CITED, RESPONSES_TEXT, RESPONSES_THOUGHT, RESPONSES_CALL,
    {**RESPONSES_CALL, "id": "fc_2", "call_id": "call_2"}, {**RESPONSES_SILENT, "encrypted_content": "", "status": "completed", "content": []},
    {"type": "reasoning"}, {"type": "reasoning", "summary": [], "encrypted_content": "c2VhbGVk"}, {**RESPONSES_SEARCH, "status": "in_progress"},
    {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": None}, {**RESPONSES_TEXT, "status": "incomplete"},
    {**RESPONSES_TEXT, "id": None, "phase": None}, {**RESPONSES_TEXT, "content": []}, {"id": "x_1", "status": "completed"}, {"type": ""},
    {"role": "assistant", "content": "Four."}, {"type": "custom_tool_call", "call_id": "call_3", "name": "tide", "input": "x"},
]  # fmt: skip


def responses_answer(chance: random.Random) -> Json:
    """An answer of some of these items, whole or cut."""
    cut: Json = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}} if chance.random() < 0.3 else {}
    return _responses_answer(*(chance.choice(RESPONSES_ITEMS) for _ in range(chance.randint(1, 4))), **cut)


def responses_history(chance: random.Random) -> list[Json]:
    """Such items as a client sends them back, and what stands between them."""
    between = [
        *({"type": "function_call_output", "call_id": f"call_{number}", "output": "4"} for number in (1, 2)), HI, HI,
        {"type": "custom_tool_call_output", "call_id": "call_3", "output": "4"}, {"type": "computer_call_output", "call_id": "c", "output": {}},
        {"type": "item_reference", "id": "x_2"}, {**RESPONSES_CITED, "id": None}, {**RESPONSES_THOUGHT, "id": "rs_7"},
    ]  # fmt: skip
    return [chance.choice([*RESPONSES_ITEMS, *between]) for _ in range(chance.randint(1, 5))]


# Answers whose order needs rows; what they say natively is read the long way.
ANSWERS: dict[str, list[Json]] = {
    "anthropic": [
        {**ANTHROPIC_HEAD, **ANTHROPIC_END, "stop_reason": "tool_use", "container": {"id": "c1", "expires_at": "2026-11-24T10:00:00Z"}, "content": [
            {"type": "text", "text": "Let me look."}, {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}},
            {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}, ANTHROPIC_USE, {"type": "text", "text": "Grüße 🎈"},
        ]},
        {**ANTHROPIC_HEAD, **ANTHROPIC_END, "stop_reason": "end_turn", "content": [
            {"type": "text", "text": "So."}, *ANTHROPIC_THOUGHTS, {"type": "text", "text": "Four."},
        ]},
    ],
    "bedrock": [
        _bedrock_answer({"text": "Let me look."}, BEDROCK_USE, {"text": "Grüße 🎈"}, stopReason="tool_use"),
        _bedrock_answer(
            {"text": "So."}, {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2lnbmVk"}}}, {"text": "Four."},
            trace={"promptRouter": {"invokedModelId": "m"}},
        ),
    ],
}  # fmt: skip
