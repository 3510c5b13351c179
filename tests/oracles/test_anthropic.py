"""The judge of Messages documents takes good ones and refuses each of these wrong ones."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracles import oracle_for
from tests.oracles.anthropic import problems
from tests.oracles.wrong import GONE, changed

REQUEST: dict[str, Any] = {
    "model": "claude-sonnet-4-5",
    "max_tokens": 4096,
    "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
    "messages": [
        {"role": "user", "content": "Weather?"},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "hm", "signature": "sig"},
                {"type": "text", "text": "I look."},
                {"type": "tool_use", "id": "a", "name": "weather", "input": {}},
                {"type": "tool_use", "id": "b", "name": "weather", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "a", "content": "sunny"},
                {"type": "tool_result", "tool_use_id": "b", "content": [{"type": "text", "text": "rain"}]},
                {"type": "text", "text": "And now?"},
            ],
        },
    ],
    "tools": [{"name": "weather", "input_schema": {"type": "object", "properties": {}}}],
    "tool_choice": {"type": "auto"},
    "thinking": {"type": "enabled", "budget_tokens": 1024},
}
RESPONSE: dict[str, Any] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-4-5",
    "content": [{"type": "text", "text": "Hi"}, {"type": "tool_use", "id": "a", "name": "weather", "input": {}}],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 2},
}
STREAM: list[dict[str, Any]] = [
    {"type": "message_start", "message": {**RESPONSE, "content": [], "stop_reason": None}},
    {"type": "ping"},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}},
    {"type": "content_block_stop", "index": 0},
    {
        "type": "content_block_start",
        "index": 1,
        "content_block": {"type": "tool_use", "id": "a", "name": "n", "input": {}},
    },
    {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "{}"}},
    {"type": "content_block_stop", "index": 1},
    {
        "type": "message_delta",
        "delta": {"stop_reason": "tool_use", "stop_sequence": None},
        "usage": {"output_tokens": 2},
    },
    {"type": "message_stop"},
]
ERROR: dict[str, Any] = {"type": "error", "error": {"type": "rate_limit_error", "message": "slow"}, "request_id": "r"}
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/bmp", "data": "aaaa"}}
MARK = {"type": "ephemeral"}

WRONG_REQUESTS = [
    ("/max_tokens", GONE),
    ("/model", GONE),
    ("/seed", 1),
    ("/messages/0/name", "x"),
    ("/messages", []),
    ("/messages/0/content", " "),
    ("/messages/0/content", []),
    ("/messages/0/role", "developer"),
    ("/messages/1/content/1/text", ""),
    ("/messages/1/content/1/txt", "x"),
    ("/messages/1/content/2/input", "{}"),
    ("/messages/1/content/2/id", "a.b"),
    ("/messages/1/content/3/id", "a"),
    ("/messages/1/content/0/signature", ""),
    ("/messages/2/content/0", GONE),
    ("/messages/2/content/1/tool_use_id", "c"),
    ("/messages/2/content/0", {"type": "text", "text": "first"}),
    ("/messages/0/content", [IMAGE]),
    ("/messages/-", {"role": "user", "content": "again"}),
    ("/messages/-", {"role": "assistant", "content": "Well, "}),
    ("/tools", []),
    ("/tools", GONE),
    ("/tools/0/name", "a b"),
    ("/tools/0/parameters", {}),
    ("/tools/0/input_schema/type", "array"),
    ("/tool_choice", {"type": "required"}),
    ("/tool_choice", {"type": "tool", "name": "rain"}),
    ("/thinking/budget_tokens", 5000),
    ("/thinking/budget_tokens", 10),
    ("/temperature", 0.5),
    ("/temperature", 1.5),
    ("/stop_sequences", ["\n"]),
    ("/system", [{"type": "text", "text": ""}]),
    ("/system", [{"type": "text", "text": "x", "cache_control": MARK}] * 5),
    ("/system", [{"type": "text", "text": "x", "cache_control": {**MARK, "ttl": t}} for t in ("5m", "1h")]),
    ("/system/0/cache_control/ttl", "30m"),
]
WRONG_RESPONSES = [
    ("/id", GONE),
    ("/id", ""),
    ("/type", "msg"),
    ("/role", "user"),
    ("/stop_reason", None),
    ("/stop_reason", "stop"),
    ("/content/0/text", None),
    ("/content/0/type", "output_text"),
    ("/content/1/id", ""),
    ("/content/1/name", GONE),
    ("/content/1", GONE),
    ("/usage", GONE),
    ("/usage/output_tokens", "2"),
    ("/usage/input_tokens", -1),
    ("/usage/total_tokens", 3),
    ("/created", 1),
]
WRONG_STREAMS = [
    ("/0", GONE),
    ("/2", GONE),
    ("/3", GONE),
    ("/4", GONE),
    ("/8", GONE),
    ("/9", GONE),
    ("/2/index", 1),
    ("/3/index", 1),
    ("/3/delta", {"type": "input_json_delta", "partial_json": "x"}),
    ("/5/content_block/id", GONE),
    ("/5/content_block/name", ""),
    ("/5/index", 0),
    ("/8/usage", GONE),
    ("/8/delta/stop_reason", "length"),
    ("/-", {"type": "message_stop"}),
    ("/3/delta/text", None),
]
WRONG_ERRORS = [
    ("/type", GONE),
    ("/error/type", "server_error"),
    ("/error/message", None),
    ("/error/code", 1),
    ("/status", 1),
]


def judged(document: Any, kind: str, **more: Any) -> list[str]:
    return oracle_for("anthropic").problems(document, kind, **more)


def test_takes_good_documents() -> None:
    assert judged(REQUEST, "request") == []
    assert judged(RESPONSE, "response") == []
    assert judged(STREAM, "stream") == []
    assert judged(ERROR, "error") == []
    assert judged([*STREAM[:4], ERROR], "stream") == []


@pytest.mark.parametrize(("pointer", "value"), WRONG_REQUESTS)
def test_refuses_wrong_requests(pointer: str, value: Any) -> None:
    assert judged(changed(REQUEST, pointer, value), "request")


@pytest.mark.parametrize(("pointer", "value"), WRONG_RESPONSES)
def test_refuses_wrong_responses(pointer: str, value: Any) -> None:
    assert judged(changed(RESPONSE, pointer, value), "response")


@pytest.mark.parametrize(("pointer", "value"), WRONG_STREAMS)
def test_refuses_wrong_streams(pointer: str, value: Any) -> None:
    assert judged(changed(STREAM, pointer, value), "stream")


@pytest.mark.parametrize(("pointer", "value"), WRONG_ERRORS)
def test_refuses_wrong_errors(pointer: str, value: Any) -> None:
    assert judged(changed(ERROR, pointer, value), "error")


def test_sampling_depends_on_the_wire_version() -> None:
    """Legal at 2023-06-01 where the model takes it, unknown at 2026-10-21."""
    body = {"model": "claude-sonnet-4-5", "max_tokens": 1, "messages": [{"role": "user", "content": "x"}], "top_p": 0.5}
    assert judged(body, "request", route={"headers": {"anthropic-version": "2023-06-01"}}) == []
    assert judged(body, "request", route={"headers": {"anthropic-version": "2026-10-21"}})
    assert judged({**body, "model": "claude-opus-5-5"}, "request")


def test_bodies_of_other_clouds() -> None:
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 1, "messages": [{"role": "user", "content": "x"}]}
    assert oracle_for("anthropic-bedrock").problems(body, "request") == []
    assert oracle_for("anthropic-bedrock").problems({**body, "model": "claude"}, "request")
    assert oracle_for("anthropic-bedrock").problems({**body, "stream": True}, "request")
    assert oracle_for("anthropic-vertex").problems({**body, "stream": True}, "request") == []
    assert oracle_for("anthropic-vertex").problems(
        {k: v for k, v in body.items() if k != "anthropic_version"}, "request"
    )


def test_exception_frames() -> None:
    """In the streams of InvokeModel only, and only those that its service model lists."""
    good = {"throttlingException": {"message": "Too many requests"}}
    assert problems(good, "event", variant="anthropic-bedrock") == []
    assert problems([good], "stream", variant="anthropic-bedrock") == []
    assert problems(good, "event")
    assert problems({"throttlingException": {"message": 5}}, "event", variant="anthropic-bedrock")
    assert problems({"tiredException": {"message": "Zzz"}}, "event", variant="anthropic-bedrock")
    assert problems([good, good], "stream", variant="anthropic-bedrock")


def test_errors_of_the_platform() -> None:
    """Vertex answers some errors itself, in the envelope of its other services, alone or in a list."""
    good = {"error": {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED"}}
    assert problems(good, "error", variant="anthropic-vertex") == problems([good], "error", variant="anthropic-vertex") == []
    assert problems(good, "error")
    assert problems({"error": {"code": 429, "message": 5}}, "error", variant="anthropic-vertex")
