"""The strict check of unified documents: what it refuses, what it must not refuse, and that its shortcuts judge as the types do."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest

import translate
from tests import corpus
from translate import check
from translate.check import check_unified
from translate.errors import InvalidDocument
from translate.survey import odd_messages

CHAT_ROWS = [
    *(
        "openai",
        "azure",
        "compatible",
        "qwen",
        "ollama-openai",
        "deepseek",
        "groq",
        "huggingface",
        "llamacpp",
        "moonshot",
    ),
    *("openrouter", "perplexity", "together", "xai", "zai"),
]
MAPS = {"logit_bias", "metadata"}  # their keys are the caller's own, not members

USER = {"role": "user", "content": "Hi"}

REQUESTS: dict[str, Any] = {
    "plain": {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, USER],
        "temperature": 0.5,
        "stop": "x",
    },
    "tools": {
        "model": "m",
        "messages": [
            USER,
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
            },
            {"role": "tool", "tool_call_id": "a", "content": "4"},
            {"role": "assistant", "tool_calls": [{"id": "b", "type": "custom", "custom": {"name": "c", "input": "x"}}]},
            {"role": "tool", "tool_call_id": "b", "content": [{"type": "text", "text": "4"}], "is_error": True},
        ],
        "tools": [
            {
                "type": "function",
                "function": {"name": "f", "description": "d", "parameters": {"type": "object"}, "strict": True},
            },
            {"type": "custom", "custom": {"name": "c", "format": {"type": "grammar", "grammar": {"syntax": "lark"}}}},
            {"type": "google_search"},
            {"googleSearch": {}},
        ],
        "tool_choice": {
            "type": "allowed_tools",
            "allowed_tools": {"mode": "auto", "tools": [{"type": "function", "function": {"name": "f"}}]},
        },
    },
    "parts": {
        "model": "m",
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Look", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
                    {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
                    {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "low"}},
                    {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
                    {"type": "file", "file": {"file_data": "data:application/pdf;base64,AAAA", "filename": "a.pdf"}},
                    {"type": "video_url", "video_url": {"url": "https://example.com/a.mp4"}},
                    {"type": "hologram", "hologram": 1},
                ],
            }
        ],
    },
    "reasoning": {
        "model": "m",
        "messages": [
            USER,
            {
                "role": "assistant",
                "content": "Hello",
                "reasoning_content": "Hm",
                "reasoning_details": [
                    {"type": "reasoning.text", "text": "Hm", "signature": "s", "index": 0, "format": "f"}
                ],
                "images": [{"type": "image_url", "index": 0, "image_url": {"url": "data:image/png;base64,AA"}}],
                "annotations": [
                    {
                        "type": "url_citation",
                        "url_citation": {"url": "u", "title": "t", "start_index": 0, "end_index": 1},
                    }
                ],
                "extra_content": {"google": {"thought_signature": "s"}},
                "audio": {"id": "a"},
                "prefix": True,
            },
        ],
        "thinking": {"type": "enabled", "budget_tokens": 1024},
        "reasoning": {"effort": "low", "exclude": False},
        "logit_bias": {"50256": -100},
        "metadata": {"a": "b"},
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "n", "schema": {"type": "object"}, "strict": True},
        },
        "audio": {"format": "wav", "voice": {"id": "v"}},
        "prediction": {"type": "content", "content": [{"type": "text", "text": "x"}]},
        "web_search_options": {"user_location": {"type": "approximate", "approximate": {"city": "Paris"}}},
    },
    "legacy": {
        "model": "m",
        "messages": [
            USER,
            {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
            {"role": "function", "name": "f", "content": "4"},
        ],
        "functions": [{"name": "f", "parameters": {"type": "object"}}],
        "function_call": {"name": "f"},
    },
}

RESPONSE: Any = {
    "id": "r",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "Hi",
                "refusal": None,
                "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
            },
            "finish_reason": "stop",
            "logprobs": {
                "content": [{"token": "H", "logprob": -0.1, "bytes": [72], "top_logprobs": []}],
                "refusal": None,
            },
        }
    ],
    "usage": {
        "prompt_tokens": 1,
        "completion_tokens": 1,
        "total_tokens": 2,
        "prompt_tokens_details": {"cached_tokens": 0},
    },
}
EVENT: Any = {
    "id": "r",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "delta": {
                "role": "assistant",
                "content": "H",
                "reasoning_content": None,
                "tool_calls": [{"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}],
            },
            "finish_reason": None,
        }
    ],
    "usage": None,
}
ERROR: Any = {"error": {"message": "no", "type": "server_error", "param": None, "code": "c"}}

DOCUMENTS = [
    *(("request", body) for body in REQUESTS.values()),
    ("response", RESPONSE),
    ("event", EVENT),
    ("error", ERROR),
]
NAMES = [*REQUESTS, "response", "event", "error"]


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of all values in a document, the document itself first."""
    yield path
    for key, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(child, (*path, key))


def edited(document: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """A copy with another value at a place."""
    if not path:
        return value
    copied = copy.deepcopy(document)
    holder = copied
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return copied


def without(document: Any, path: tuple[str | int, ...]) -> Any:
    copied = copy.deepcopy(document)
    holder = copied
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    return copied


VALUES: list[Any] = [
    None,
    True,
    3,
    2.5,
    float("nan"),
    float("inf"),
    10**400,
    10**5000,
    "word",
    "function",
    "\ud800",
    [],
    [1],
    ["x"],
    [{}],
    {},
    {"type": "x"},
]


def variants(document: Any) -> Iterator[Any]:
    """The document with every place set to a value of each JSON type, and with every place removed."""
    for path in places(document):
        for value in VALUES:
            yield edited(document, path, value)
        if path:
            yield without(document, path)


def resolve(document: Any, pointer: str) -> Any:
    """The value a JSON pointer leads to; KeyError, IndexError or TypeError when it leads nowhere."""
    value = document
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def refusal(document: Any, kind: str) -> InvalidDocument | None:
    try:
        check_unified(document, kind)
    except InvalidDocument as error:
        return error
    return None


@pytest.mark.parametrize(("kind", "document"), DOCUMENTS, ids=NAMES)
def test_right_documents_pass(kind: str, document: Any) -> None:
    before = copy.deepcopy(document)
    check_unified(document, kind)
    assert before == document


@pytest.mark.parametrize(("kind", "document"), DOCUMENTS, ids=NAMES)
def test_null_is_absent_except_for_required_members(kind: str, document: Any) -> None:
    for path in places(document):
        if path and not isinstance(path[-1], int) and not MAPS & {*path[:-1]}:
            error = refusal(edited(document, path, None), kind)
            assert error is None or refusal(without(document, path), kind) is not None, path


@pytest.mark.parametrize(("kind", "document"), DOCUMENTS, ids=NAMES)
def test_unknown_members_pass_everywhere(kind: str, document: Any) -> None:
    for path in places(document):
        value = resolve(document, "".join(f"/{step}" for step in path))
        if isinstance(value, dict) and not {*MAPS, "extra_content"} & {*path[-1:]}:
            check_unified(edited(document, path, {**value, "no_such_field": [1, {"a": None}]}), kind)


@pytest.mark.parametrize(("kind", "document"), DOCUMENTS, ids=NAMES)
def test_the_path_of_a_refusal_resolves_in_the_document(kind: str, document: Any) -> None:
    refused = 0
    for variant in variants(document):
        error = refusal(variant, kind)
        if error is not None:
            refused += 1
            resolve(variant, error.path)
            assert check.TAG not in str(error)
            assert error.status_hint == (400 if kind == "request" else 502)
            json.dumps(error.to_dict(), allow_nan=False)
    assert refused > 10


@pytest.mark.parametrize(("kind", "document"), DOCUMENTS, ids=NAMES)
def test_the_quick_look_and_pydantic_judge_as_the_validator(kind: str, document: Any) -> None:
    """Three readers of the same types, one judgement: the check, its validator alone, and pydantic's adapter."""
    import pydantic

    from translate import unified

    roots: dict[str, Any] = {
        "request": unified.UnifiedRequest,
        "response": unified.UnifiedResponse,
        "event": unified.UnifiedEvent,
        "error": unified.UnifiedError | list[unified.UnifiedError],
    }
    # In a list, because a bare TypedDict takes no settings from outside.
    wrapped: Any = types.GenericAlias(list, (roots[kind],))
    adapter: Any = pydantic.TypeAdapter(wrapped, config=pydantic.ConfigDict(allow_inf_nan=False))
    for variant in variants(document):
        cleaned = check._without_surrogates(variant)  # both refuse lone surrogates, which the check repairs
        try:
            adapter.validate_python([cleaned], strict=True)
            expected = True
        except pydantic.ValidationError:
            expected = False
        assert check._valid(cleaned, kind) == expected, cleaned
        assert (refusal(variant, kind) is None) == expected, variant


def test_plain_messages_are_right_messages() -> None:
    """Whatever the survey calls no odd one, alone in a request, the validator accepts."""
    seen = 0
    for document in REQUESTS.values():
        for message in document["messages"]:
            for variant in variants(message):
                if not odd_messages([variant])[0]:
                    seen += 1
                    assert check._valid(check._without_surrogates({"messages": [variant]}), "request"), variant
    assert seen > 20


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ([], ""),
        ("text", ""),
        (None, ""),
        ({}, ""),
        ({"messages": []}, "/messages"),
        ({"messages": None}, "/messages"),
        ({"messages": {}}, "/messages"),
        ({"messages": ["Hi"]}, "/messages/0"),
        ({"messages": [{"content": "Hi"}]}, "/messages/0"),
        ({"messages": [USER, {"role": 7, "content": "Hi"}]}, "/messages/1/role"),
        ({"messages": [{"role": ["user"], "content": "Hi"}]}, "/messages/0/role"),
        ({"messages": [{"role": "user", "content": 5}]}, "/messages/0/content"),
        ({"messages": [{"role": "user", "content": {"type": "text", "text": "Hi"}}]}, "/messages/0/content"),
        ({"messages": [{"role": "user", "content": ["Hi"]}]}, "/messages/0/content/0"),
        ({"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}, "/messages/0/content/0"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "/messages/0/content/0"),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": 1}]}]}, "/messages/0/content/0/text"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
            "/messages/0/content/0/image_url",
        ),
        ({"messages": [{"role": "tool", "content": "4"}]}, "/messages/0"),
        ({"messages": [{"role": "tool", "content": "4", "tool_call_id": 4}]}, "/messages/0/tool_call_id"),
        ({"messages": [{"role": "function", "content": "4"}]}, "/messages/0"),
        ({"messages": [{"role": "assistant", "tool_calls": {}}]}, "/messages/0/tool_calls"),
        (
            {
                "messages": [
                    {"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": {}}}]}
                ]
            },
            "/messages/0/tool_calls/0/function/arguments",
        ),
        ({"messages": [{"role": "assistant", "tool_calls": [{"type": "function"}]}]}, "/messages/0/tool_calls/0"),
        ({"messages": [USER], "model": 4}, "/model"),
        ({"messages": [USER], "temperature": "1"}, "/temperature"),
        ({"messages": [USER], "temperature": float("nan")}, "/temperature"),
        ({"messages": [USER], "top_p": float("inf")}, "/top_p"),
        ({"messages": [USER], "n": True}, "/n"),
        ({"messages": [USER], "seed": 1.5}, "/seed"),
        ({"messages": [USER], "stream": "true"}, "/stream"),
        ({"messages": [USER], "stop": ["a", 1]}, "/stop/1"),
        ({"messages": [USER], "stop": 1}, "/stop"),
        ({"messages": [USER], "tools": {}}, "/tools"),
        ({"messages": [USER], "tools": ["f"]}, "/tools/0"),
        ({"messages": [USER], "tools": [{"type": "function"}]}, "/tools/0"),
        ({"messages": [USER], "tools": [{"type": "function", "function": {}}]}, "/tools/0/function"),
        (
            {"messages": [USER], "tools": [{"type": "function", "function": {"name": "f", "parameters": "{}"}}]},
            "/tools/0/function/parameters",
        ),
        ({"messages": [USER], "tool_choice": {"type": "function"}}, "/tool_choice"),
        ({"messages": [USER], "response_format": "json"}, "/response_format"),
        ({"messages": [USER], "logit_bias": {"a/b": "x"}}, "/logit_bias/a~1b"),
        ({"messages": [USER], "extra_content": {"google": 1}}, "/extra_content/google"),
    ],
)
def test_requests_without_meaning_are_refused_at_the_place(body: Any, path: str) -> None:
    error = refusal(body, "request")
    assert error is not None
    assert error.path == path
    assert error.status_hint == 400


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [USER]},
        {"messages": [{"role": "user"}]},
        {"messages": [{"role": "user", "content": None}]},
        {"messages": [{"role": "user", "content": ""}]},
        {"messages": [{"role": "user", "content": []}]},
        {"messages": [{"role": "assistant"}]},
        {"messages": [{"role": "narrator", "content": "Hi"}]},
        {"messages": [{"role": "tool", "content": "orphan", "tool_call_id": ""}]},
        {"messages": [USER], "tools": None, "stop": None, "functions": []},
        {"messages": [USER], "tools": [{"google_search": {}}, {"type": "web_search_20250305", "name": "web_search"}]},
        {"messages": [USER], "temperature": 99, "tool_choice": "any", "reasoning_effort": "colossal"},
        {"messages": [USER], "container": "c", "documents": [1, "x"], "keep_alive": -1},
        {
            "messages": [
                {
                    "role": "assistant",
                    "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}],
                }
            ]
        },
        {"messages": [{"role": "assistant", "tool_calls": [{"function": {"name": "f"}}]}]},
        {
            "messages": [
                {"role": "assistant", "reasoning": "Hm", "thinking_blocks": [{"type": "thinking", "thinking": "Hm"}]}
            ]
        },
        {
            "messages": [
                {
                    "role": "user",
                    "content": [{"type": "text", "text": "", "prompt_cache_breakpoint": {"mode": "explicit"}}],
                }
            ]
        },
        {"messages": [{"role": "user", "content": "a lone \ud800", "name": "\udfff"}], "user": "\ud800"},
    ],
)
def test_what_clients_send_and_a_translator_can_repair_passes(body: Any) -> None:
    check_unified(body, "request")


@pytest.mark.parametrize(
    ("kind", "body", "path"),
    [
        ("response", {}, ""),
        ("response", {"id": "x"}, ""),
        ("response", {"choices": {}}, "/choices"),
        ("response", {"choices": ["x"]}, "/choices/0"),
        ("response", {"choices": [{"message": "Hi"}]}, "/choices/0/message"),
        ("response", {"choices": [{"message": {"content": 1}}]}, "/choices/0/message/content"),
        ("response", {"choices": [{"finish_reason": 1}]}, "/choices/0/finish_reason"),
        ("response", {"choices": [{"index": "0"}]}, "/choices/0/index"),
        ("response", {"choices": [], "usage": {"prompt_tokens": "1"}}, "/usage/prompt_tokens"),
        ("response", {"choices": [], "usage": []}, "/usage"),
        ("event", "[DONE]", ""),
        ("event", {"choices": {}}, "/choices"),
        ("event", {"choices": [None]}, "/choices/0"),
        ("event", {"choices": [{"delta": []}]}, "/choices/0/delta"),
        ("event", {"choices": [{"delta": {"content": ["x"]}}]}, "/choices/0/delta/content"),
        ("event", {"choices": [{"delta": {"tool_calls": [{"index": "0"}]}}]}, "/choices/0/delta/tool_calls/0/index"),
        (
            "event",
            {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": {}}}]}}]},
            "/choices/0/delta/tool_calls/0/function/arguments",
        ),
        ("event", {"id": 1}, "/id"),
        ("event", {"created": "now"}, "/created"),
        ("event", {"error": 1}, "/error"),
        ("error", None, ""),
        ("error", "no", ""),
        ("error", ["no"], "/0"),
        ("error", {"error": 5}, "/error"),
        ("error", {"error": []}, "/error"),
        ("error", {"error": {"message": {}}}, "/error/message"),
        ("error", {"error": {"code": True}}, "/error/code"),
        ("error", {"error": {"code": 1.5}}, "/error/code"),
        ("error", {"error": {"type": 1}}, "/error/type"),
        ("error", {"message": 1}, "/message"),
    ],
)
def test_answers_without_meaning_are_refused_at_the_place(kind: str, body: Any, path: str) -> None:
    error = refusal(body, kind)
    assert error is not None
    assert error.path == path
    assert error.status_hint == 502


@pytest.mark.parametrize(
    "body",
    [
        {"error": "no"},
        {"error": {"code": 429}},
        {"detail": [{"msg": "no"}]},
        {"message": "no"},
        [ERROR],
        {"object": "error"},
    ],
)
def test_foreign_error_bodies_pass(body: Any) -> None:
    check_unified(body, "error")


@pytest.mark.parametrize("place", ["content", "tools", "member", "role"])
def test_hostile_nesting_is_refused_not_a_crash(place: str) -> None:
    deep: Any = []
    for _ in range(50_000):
        deep = [deep]
    body: Any = {
        "content": {"messages": [{"role": "user", "content": deep}]},
        "tools": {
            "messages": [USER],
            "tools": [{"type": "function", "function": {"name": "f", "parameters": {"a": deep}}}],
        },
        "member": {"messages": [USER], "no_such_field": deep},
        "role": {"messages": [{"role": deep, "content": "\ud800"}]},
    }[place]
    for target in ("unified", "openai"):  # the walk before the check refuses what is deep, wherever it stands
        with pytest.raises(InvalidDocument):
            translate.convert_request(body, target=target)


def test_messages_are_one_line_that_stands_alone() -> None:
    error = refusal({"messages": [{"role": "user", "content": 5}]}, "request")
    assert str(error) == "unified request: /messages/0/content: expected string or array, got number"


def test_importing_the_check_loads_no_validator() -> None:
    code = "import sys, translate.check; assert not {'pydantic', 'pydantic_core', 'jsonschema'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=corpus.ROOT)


@pytest.mark.skipif(corpus.folder() is None, reason=corpus.ABSENT)
def test_recorded_chat_traffic_passes() -> None:
    """Three recorded bodies are wrong by the format's own rules, all others are right."""
    refused: list[str] = []
    seen = 0
    for row in CHAT_ROWS:
        for record in corpus.records(row):
            documents = [("request", record.request)] if record.taken and record.request is not None else []
            if record.response is not None:
                documents.append(("response" if record.taken else "error", record.response))
            documents.extend(("event", event) for event in record.events or [])
            for kind, body in documents:
                seen += 1
                error = refusal(body, kind)
                if error is not None:
                    refused.append(f"{record.api} {kind} {error.expected}")
    assert seen > 20_000
    assert sorted(refused) == [
        "azure-openai-chat response member 'choices'",
        "writer-chat request member 'tool_call_id'",
        "writer-chat response integer",
    ]
