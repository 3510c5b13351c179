"""The judge of chat documents takes good ones and refuses each of these wrong ones."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracles import oracle_for
from tests.oracles.wrong import GONE, changed

REQUEST: dict[str, Any] = {
    "model": "gpt-4o",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Weather?"}]},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "sunny"},
        {"role": "user", "content": "And now?"},
    ],
    "tools": [
        {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}
    ],
    "tool_choice": {"type": "function", "function": {"name": "weather"}},
    "temperature": 1,
    "stop": ["x"],
}
RESPONSE: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-4o",
    "choices": [
        {
            "index": 0,
            "finish_reason": "tool_calls",
            "logprobs": None,
            "message": {
                "role": "assistant",
                "content": "I look.",
                "refusal": None,
                "tool_calls": [{"id": "c", "type": "function", "function": {"name": "weather", "arguments": "{}"}}],
            },
        }
    ],
    "usage": {
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "total_tokens": 15,
        "prompt_tokens_details": {"cached_tokens": 4},
        "completion_tokens_details": {"reasoning_tokens": 2},
    },
}


def chunk(delta: dict[str, Any] | None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices, **more}


def fragment(index: int, arguments: str, **head: Any) -> dict[str, Any]:
    name = {"name": head.pop("name")} if "name" in head else {}
    return {"tool_calls": [{"index": index, **head, "function": {**name, "arguments": arguments}}]}


STREAM: list[dict[str, Any]] = [
    chunk({"role": "assistant", "content": ""}),
    chunk({"content": "I look."}),
    chunk(fragment(0, "", id="c", type="function", name="weather")),
    chunk(fragment(0, '{"a": 1}')),
    chunk({}, "tool_calls"),
    chunk(None, usage={"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}),
]
ERROR: dict[str, Any] = {"error": {"message": "no", "type": "invalid_request_error", "param": None, "code": None}}

WRONG_REQUESTS = [
    ("/model", GONE),
    ("/messages", []),
    ("/messages/0/role", "narrator"),
    ("/messages/1/content/0/type", "paragraph"),
    ("/messages/1/content/0/txt", "x"),
    ("/messages/2/tool_calls/0/function/arguments", {}),
    ("/messages/2/tool_calls/0/id", "other"),
    ("/messages/3", GONE),
    ("/messages/3/tool_call_id", "other"),
    ("/messages/3/is_error", True),
    ("/messages/1/cache_control", {"type": "ephemeral"}),
    ("/messages/2/reasoning_content", "hm"),
    ("/tools/0/function/name", "a b"),
    ("/tools/0/function/paramters", {}),
    ("/tools", []),
    ("/tool_choice", "any"),
    ("/tool_choice/function/name", "rain"),
    ("/temperature", 3),
    ("/temperature", "1"),
    ("/top_k", 5),
    ("/stop", ["1", "2", "3", "4", "5"]),
    ("/stream_options", {"include_usage": True}),
    ("/top_logprobs", 2),
    ("/extra_content", {"google": {"x": 1}}),
    ("/response_format", {"type": "json_schema", "json_schema": {"schema": {}}}),
    ("/n", 0),
    ("/model", "gpt-5.5"),
]
WRONG_RESPONSES = [
    ("/id", GONE),
    ("/object", "completion"),
    ("/created", "now"),
    ("/choices", []),
    ("/choices/0/finish_reason", "end_turn"),
    ("/choices/0/finish_reason", None),
    ("/choices/0/logprobs", GONE),
    ("/choices/0/message/refusal", GONE),
    ("/choices/0/message/content", 1),
    ("/choices/0/message/role", "model"),
    ("/choices/0/message/tool_calls", []),
    ("/choices/0/message/tool_calls/0/id", ""),
    ("/choices/0/message/tool_calls/0/function/arguments", {}),
    ("/choices/0/message/reasoning", "hm"),
    ("/choices/0/native_finish_reason", "x"),
    ("/usage/total_tokens", 16),
    ("/usage/prompt_tokens_details/cached_tokens", 11),
    ("/usage/completion_tokens_details/reasoning_tokens", 6),
    ("/usage/cost", 1),
    ("/provider", "x"),
]
WRONG_STREAMS = [
    ("/0/choices/0/delta/role", GONE),
    ("/1/choices/0/delta/role", "assistant"),
    ("/1/id", "d"),
    ("/1/created", 2),
    ("/1/choices/0/finish_reason", GONE),
    ("/1/choices/0/finish_reason", "stop"),
    ("/2/choices/0/delta/tool_calls/0/index", 1),
    ("/2/choices/0/delta/tool_calls/0/id", GONE),
    ("/2/choices/0/delta/tool_calls/0/function/name", GONE),
    ("/3/choices/0/delta/tool_calls/0/id", "c"),
    ("/3/choices/0/delta/tool_calls/0/index", GONE),
    ("/4", GONE),
    ("/4/choices/0/delta/content", "x"),
    ("/4/choices/0/finish_reason", "eos"),
    ("/5/usage/total_tokens", 4),
    ("/3/usage", {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}),
    ("/1/choices/0/delta/thinking", "x"),
    ("/5/usage", GONE),
]
WRONG_ERRORS = [
    ("/error", "no"),
    ("/error/message", GONE),
    ("/error/type", None),
    ("/error/code", 400),
    ("/error/status", "X"),
]

UNIFIED = {
    **changed(REQUEST, "/tools/-", {"type": "google_search"}),
    "thinking": {"type": "enabled", "budget_tokens": 2048},
    "top_k": 3,
    "extra_content": {"google": {"cached_content": "c"}},
}
WRONG_UNIFIED = [
    ("/extra_content", {"litellm": {"x": 1}}),
    ("/extra_content", {}),
    ("/extra_content", {"google": {}}),
    ("/top_k", "3"),
    ("/thinking", {"type": "on"}),
    ("/reasoning", {"effort": "low"}),
    ("/tools/1/type", ""),
    ("/messages/1/is_error", True),
    ("/messages/3/is_error", False),
    ("/messages/2/prefix", True),
    ("/messages/2/reasoning", "hm"),
    ("/messages/2/reasoning_details", [{"type": "reasoning.text", "text": "x", "index": 1}]),
    ("/messages/2/reasoning_details", [{"type": "thinking", "text": "x", "index": 0}]),
    ("/messages/2/images", [{"type": "image_url", "image_url": {"url": "u"}}]),
    ("/messages/1/content/0/cache_control", {"type": "persistent"}),
    ("/messages/2/extra_content", {"google": {"blocks": [{"type": "paragraph"}]}}),
]


def judged(format: str, document: Any, kind: str) -> list[str]:
    return oracle_for(format).problems(document, kind)


def test_takes_good_documents() -> None:
    assert judged("openai", REQUEST, "request") == []
    assert judged("openai", RESPONSE, "response") == []
    assert judged("openai", STREAM, "stream") == []
    assert judged("openai", ERROR, "error") == []
    assert judged("unified", UNIFIED, "request") == []


@pytest.mark.parametrize(("pointer", "value"), WRONG_REQUESTS)
def test_refuses_wrong_requests(pointer: str, value: Any) -> None:
    assert judged("openai", changed(REQUEST, pointer, value), "request")


@pytest.mark.parametrize(("pointer", "value"), WRONG_RESPONSES)
def test_refuses_wrong_responses(pointer: str, value: Any) -> None:
    assert judged("openai", changed(RESPONSE, pointer, value), "response")


@pytest.mark.parametrize(("pointer", "value"), WRONG_STREAMS)
def test_refuses_wrong_streams(pointer: str, value: Any) -> None:
    assert judged("openai", changed(STREAM, pointer, value), "stream")


@pytest.mark.parametrize(("pointer", "value"), WRONG_ERRORS)
def test_refuses_wrong_errors(pointer: str, value: Any) -> None:
    assert judged("openai", changed(ERROR, pointer, value), "error")


@pytest.mark.parametrize(("pointer", "value"), WRONG_UNIFIED)
def test_refuses_wrong_extensions(pointer: str, value: Any) -> None:
    assert judged("unified", changed(UNIFIED, pointer, value), "request")


def test_openai_refuses_what_unified_allows() -> None:
    """Each extension is fine in the unified format and unknown to OpenAI's own."""
    extensions = {"thinking", "top_k", "extra_content"}
    for name in extensions:
        document = {key: value for key, value in UNIFIED.items() if key == name or key not in extensions}
        assert judged("openai", {**document, "tools": REQUEST["tools"]}, "request"), name


def test_other_servers_of_the_form() -> None:
    """Their own members pass, broken pairing and types do not."""
    assert judged("deepseek", {**REQUEST, "top_k": 3}, "request") == []
    assert judged("deepseek", changed(RESPONSE, "/provider", "x"), "response") == []
    assert judged("deepseek", STREAM, "stream") == []
    assert judged("deepseek", changed(REQUEST, "/messages/3", GONE), "request")
    assert judged("deepseek", changed(REQUEST, "/messages/3/tool_call_id", "other"), "request")
    assert judged("deepseek", changed(REQUEST, "/model", GONE), "request")
    assert judged("deepseek", changed(RESPONSE, "/choices/0/message/content", 1), "response")
    assert judged("deepseek", changed(RESPONSE, "/choices", GONE), "response")
    assert judged("deepseek", changed(STREAM, "/4", GONE), "stream")
    assert judged("deepseek", changed(STREAM, "/1/choices/0/delta/content", 1), "stream")


def test_citations_of_deltas_run_on() -> None:
    def noted(*indices: Any, more: str = "url_citation") -> dict[str, Any]:
        cited = {"type": "url_citation", more: {"url": "https://a.test", "title": "A", "start_index": 0, "end_index": 1}}
        notes = [{**({} if index is None else {"index": index}), **cited} for index in indices]
        return chunk({"annotations": notes})

    first, last = chunk({"role": "assistant", "content": "Hi"}), chunk({}, "stop")
    for format in ("unified", "openai", "azure"):
        assert judged(format, [first, noted(0, 1), noted(2), last], "stream") == []
        assert judged(format, [first, noted(0), noted(0), last], "stream")
        assert judged(format, [first, noted(1), last], "stream")
        assert judged(format, [first, noted(None), last], "stream")
        assert judged(format, [first, noted(0, more="citation"), last], "stream")
