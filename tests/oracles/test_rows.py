"""The judges of rows whose vendor has typed its API take good documents and refuse each of these wrong ones."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracles import oracle_for
from tests.oracles.wrong import GONE, changed

Json = dict[str, Any]

CALL: Json = {"id": "c1", "type": "function", "function": {"name": "tide", "arguments": "{}"}}
TOOL: Json = {"type": "function", "function": {"name": "tide", "parameters": {"type": "object", "properties": {}}}}
REQUEST: Json = {
    "model": "m",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Tide?"}]},
        {"role": "assistant", "content": "", "tool_calls": [CALL], "reasoning": "Ask."},
        {"role": "tool", "tool_call_id": "c1", "content": "high"},
        {"role": "user", "content": "Sure?"},
    ],
    "tools": [TOOL],
    "tool_choice": "auto",
    "temperature": 0.5,
    "stop": ["."],
    "max_tokens": 20,
}
GROQ = {**REQUEST, "reasoning_format": "parsed", "service_tier": "on_demand", "reasoning_effort": "low"}
TOGETHER = {**REQUEST, "logprobs": 2, "top_k": 40, "min_p": 0.1, "repetition_penalty": 1.1, "reasoning": {"enabled": False}}
CEREBRAS = {**REQUEST, "reasoning_format": "parsed", "min_tokens": 2, "reasoning_effort": "low"}
RESPONSE: Json = {
    "id": "a",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "system_fingerprint": "fp",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "High.", "reasoning": "Moon."}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
}
HEAD: Json = {"id": "a", "object": "chat.completion.chunk", "created": 1, "model": "m", "system_fingerprint": "fp"}
STREAM = [
    {**HEAD, "choices": [{"index": 0, "delta": {"role": "assistant", "reasoning": "Moon."}, "finish_reason": None}]},
    {**HEAD, "choices": [{"index": 0, "delta": {"content": "High."}, "finish_reason": None}]},
    {**HEAD, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
]
# Wrong at each of them: pairing, and what no vendor's types have.
COMMON: list[tuple[str, Any]] = [
    ("/model", GONE),
    ("/messages", []),
    ("/messages/0/role", GONE),
    ("/messages/3", GONE),
    ("/messages/3/tool_call_id", "x"),
    ("/messages/2/tool_calls/0/function/arguments", {}),
    ("/messages/1/content/0/type", "input_text"),
    ("/temperature", "warm"),
    ("/stop", 5),
    ("/tools", []),
    ("/brand_new", 1),
    ("/max_tokens", 1.5),
]
REQUESTS: dict[str, tuple[Json, list[tuple[str, Any]]]] = {
    "groq": (
        GROQ,
        [
            *COMMON,
            ("/messages/2/reasoning_content", "x"),
            ("/messages/1/content/0", {"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}),
            ("/messages/1/content/0", {"type": "file", "file": {"file_id": "x"}}),
            ("/messages/1/cache_control", {"type": "ephemeral"}),
            ("/reasoning_format", "none"),
            ("/reasoning_effort", "max"),
            ("/service_tier", "priority"),
            ("/n", 2),
            ("/tools", [{**TOOL, "function": {**TOOL["function"], "name": f"t{number}"}} for number in range(129)]),
            ("/top_k", 4),
            ("/thinking", {"type": "enabled"}),
        ],
    ),
    "together": (
        TOGETHER,
        [
            *COMMON,
            ("/stop", "."),
            ("/logprobs", "all"),
            ("/max_completion_tokens", 5),
            ("/user", "u1"),
            ("/metadata", {}),
            ("/service_tier", "auto"),
            ("/messages/0/role", "developer"),
            ("/messages/0/content", [{"type": "text", "text": "x"}]),
            ("/reasoning", "low"),
            ("/reasoning_effort", "max"),
            ("/messages/1/content/0", {"type": "file", "file": {"file_id": "x"}}),
            ("/thinking", {"type": "enabled"}),
        ],
    ),
    "cerebras": (
        CEREBRAS,
        [
            *COMMON,
            ("/messages/2/reasoning_content", "x"),
            ("/messages/1/cache_control", {"type": "ephemeral"}),
            ("/messages/1/content/0", {"type": "file", "file": {"file_id": "x"}}),
            ("/reasoning_format", "split"),
            ("/reasoning_effort", "max"),
            ("/service_tier", "fast"),
            ("/top_k", 4),
            ("/store", True),
            ("/metadata", {}),
            ("/thinking", {"type": "enabled"}),
        ],
    ),
}
ANSWERS: list[tuple[str, Any]] = [
    ("/id", GONE),
    ("/created", "now"),
    ("/model", 5),
    ("/object", "list"),
    ("/choices", GONE),
    ("/choices/0/index", "0"),
    ("/choices/0/finish_reason", "eos"),
    ("/choices/0/message", GONE),
    ("/choices/0/message/role", "user"),
    ("/choices/0/message/content", []),
    ("/choices/0/message/tool_calls", [{"id": "c"}]),
    ("/usage/prompt_tokens", "1"),
]
EVENTS: list[tuple[str, Any]] = [
    ("/0/id", GONE),
    ("/0/created", "now"),
    ("/0/model", GONE),
    ("/0/object", "chat.completion"),
    ("/0/choices", GONE),
    ("/0/choices/0/index", GONE),
    ("/1/choices/0/delta", GONE),
    ("/1/choices/0/delta/content", 5),
    ("/1/choices/0/delta/tool_calls", [{"index": "0"}]),
    ("/2/choices/0/finish_reason", "eos"),
    ("/2/choices/0/finish_reason", None),
]


@pytest.mark.parametrize("name", REQUESTS)
def test_takes_good_documents(name: str) -> None:
    judge = oracle_for(name)
    assert judge.problems(REQUESTS[name][0], "request") == []
    assert judge.problems(RESPONSE, "response") == []
    assert judge.problems(STREAM, "stream") == []


@pytest.mark.parametrize(
    ("name", "pointer", "value"), [(name, *case) for name, (_, cases) in REQUESTS.items() for case in cases]
)
def test_refuses_wrong_requests(name: str, pointer: str, value: Any) -> None:
    assert oracle_for(name).problems(changed(REQUESTS[name][0], pointer, value), "request")


@pytest.mark.parametrize(("pointer", "value"), ANSWERS)
@pytest.mark.parametrize("name", ["groq", "cerebras"])
def test_refuses_wrong_answers(name: str, pointer: str, value: Any) -> None:
    assert oracle_for(name).problems(changed(RESPONSE, pointer, value), "response")


@pytest.mark.parametrize(("pointer", "value"), EVENTS)
@pytest.mark.parametrize("name", ["groq", "cerebras"])
def test_refuses_wrong_streams(name: str, pointer: str, value: Any) -> None:
    assert oracle_for(name).problems(changed(STREAM, pointer, value), "stream")
