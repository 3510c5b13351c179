"""Documents and streams made to hurt: each aims at one weakness. What judges the calls with them is `tests.calls`."""

from __future__ import annotations

import functools
import json
from typing import Any

from tests import strategies
from translate.registry import ROWS

Json = Any
FORMATS = sorted(ROWS)
KINDS = ("request", "response", "event", "error")


def nested(depth: int, kind: str = "object") -> Json:
    value: Json = "x"
    for _ in range(depth):
        value = {"a": value} if kind == "object" else [value]
    return value


def bomb(width: int = 12, depth: int = 40) -> Json:
    """A schema whose references, followed blindly, are exponential."""
    definitions: Json = {
        f"d{level}": {
            "type": "object",
            "properties": {f"p{n}": {"$ref": f"#/$defs/d{level + 1}"} for n in range(width)},
        }
        for level in range(depth)
    }
    definitions[f"d{depth}"] = {"$ref": "#/$defs/d0"}
    return {"type": "object", "properties": {"x": {"$ref": "#/$defs/d0"}}, "$defs": definitions}


def request_with(**members: Any) -> Json:
    return {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}], **members}


def _tool(schema: Json) -> Json:
    return [{"type": "function", "function": {"name": "f", "parameters": schema}}]


def _called(arguments: Any, identity: Any = "c") -> Json:
    call = {"id": identity, "type": "function", "function": {"name": "f", "arguments": arguments}}
    result = {"role": "tool", "tool_call_id": identity, "content": "x"}
    return {
        "model": "m",
        "messages": [{"role": "user", "content": "x"}, {"role": "assistant", "tool_calls": [call, call]}, result],
    }


def special_requests() -> list[tuple[str, Json]]:
    """Named unified requests that aim at one weakness each."""
    deep_schema = {"type": "object", "properties": {"x": nested(1500)}}
    anyof = functools.reduce(lambda inner, _: {"anyOf": [inner, {"type": "null"}]}, range(800), {"type": "string"})
    return [
        ("deep metadata", request_with(metadata=nested(2000))),
        ("deep unknown", request_with(zz=nested(2000, "list"))),
        ("deep content", request_with(messages=[{"role": "user", "content": nested(2000, "list")}])),
        ("deep schema", request_with(tools=_tool(deep_schema))),
        ("deep anyOf", request_with(tools=_tool({"type": "object", "properties": {"x": anyof}}))),
        ("deep arguments", _called("[" * 2000 + "]" * 2000)),
        ("broken deep arguments", _called('{"a":' * 2000)),
        ("huge arguments number", _called('{"n": ' + "9" * 5000 + "}")),
        ("infinite arguments", _called('{"n": 1e999, "m": NaN, "k": -Infinity}')),
        ("surrogates", _called('{"n": "\\ud800"}', "\ud800")),
        (
            "surrogate text",
            request_with(messages=[{"role": "user", "content": "a\ud800b"}, {"role": "\udfff", "content": ""}]),
        ),
        ("surrogate keys", request_with(**{"\ud800": {"\udc00": "\ud800"}})),
        ("remote reference", request_with(tools=_tool({"$ref": "https://example.invalid/schema.json"}))),
        (
            "file reference",
            request_with(tools=_tool({"type": "object", "properties": {"a": {"$ref": "file:///etc/passwd"}}})),
        ),
        ("self reference", request_with(tools=_tool({"$ref": "#"}))),
        (
            "pointer reference",
            request_with(tools=_tool({"type": "object", "properties": {"a": {"$ref": "#/properties/a"}}})),
        ),
        ("schema bomb", request_with(tools=_tool(bomb()))),
        (
            "schema bomb output",
            request_with(response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": bomb()}}),
        ),
        ("huge numbers", request_with(temperature=10**400, seed=-(10**400), max_tokens=10**4000, n=10**20)),
        ("not finite", request_with(temperature=float("nan"), top_p=float("inf"), logit_bias={"1": float("-inf")})),
        ("duplicate ids", _called("{}")),
        ("empty ids", _called("{}", "")),
        ("strange ids", _called("{}", "a/b~c d\n" * 50)),
        ("number id", _called("{}", 5)),
        (
            "evil data url",
            request_with(
                messages=[
                    {
                        "role": "user",
                        "content": [{"type": "image_url", "image_url": {"url": "data:" + ";a=b" * 5000 + ",x"}}],
                    }
                ]
            ),
        ),
        (
            "not base64",
            request_with(
                messages=[
                    {
                        "role": "user",
                        "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,@@@@"}}],
                    }
                ]
            ),
        ),
        ("many stops", request_with(stop=["x" * 10] * 5000)),
        ("model path", request_with(model="../../%2e%2e/a?b#c\r\nX: y" * 20)),
        ("header injection", request_with(extra_content={"anthropic": {"betas": ["a\r\nHost: x", "\ud800"]}})),
        ("prototype", json.loads('{"__proto__": {"a": 1}, "__class__": 1, "model": "m", "messages": []}')),
    ]


def many_messages(count: int) -> Json:
    return {
        "model": "m",
        "messages": [{"role": "user" if n % 2 == 0 else "assistant", "content": ""} for n in range(count)],
    }


def _delta(delta: Json, index: Any = 0) -> Json:
    choice = {"index": index, "delta": delta, "finish_reason": None}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def hostile_streams() -> list[tuple[str, str, list[Json]]]:
    """Named streams, with their format, whose indices and order are not to be believed."""

    def call(index: Any, **more: Any) -> Json:
        return _delta(
            {"tool_calls": [{"index": index, "id": "i", "function": {"name": "f", "arguments": "{"}, **more}]}
        )

    block = {"type": "content_block_start", "content_block": {"type": "text", "text": ""}}
    text = {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "x"}}
    numbers: tuple[Any, ...] = (10**12, -1, 2.5, "1", None, True, 10**400, [], {})
    return [
        *[(f"chunk call index {number!r:.20}", "unified", [call(number), call(number)]) for number in numbers],
        *[(f"chunk choice index {number!r:.20}", "unified", [_delta({"content": "x"}, number)]) for number in numbers],
        ("chunk many calls", "unified", [call(n, id=f"i{n}") for n in range(3000)]),
        ("chunk many choices", "unified", [_delta({"content": "x"}, n) for n in range(3000)]),
        (
            "chunk reasoning index",
            "unified",
            [_delta({"reasoning_details": [{"type": "reasoning.text", "index": 10**12, "text": "x"}]})],
        ),
        (
            "chunk blocks index",
            "unified",
            [_delta({"extra_content": {"anthropic": {"blocks": [{"index": 10**12, "type": "text"}]}}})],
        ),
        (
            "chunk after finish",
            "unified",
            [{**_delta({}), "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}] * 3,
        ),
        ("nothing", "unified", []),
        *[
            (f"block index {number!r:.20}", "anthropic", [{**block, "index": number}, {**text, "index": number}])
            for number in numbers
        ],
        ("delta without block", "anthropic", [{**text, "index": 7}, {"type": "content_block_stop", "index": 9}]),
        ("stop first", "anthropic", [{"type": "message_stop"}, {"type": "message_start", "message": {}}]),
        *[
            (
                f"candidate index {number!r:.20}",
                "gemini",
                [{"candidates": [{"index": number, "content": {"parts": [{"text": "x"}]}}]}],
            )
            for number in numbers
        ],
        (
            "partial arguments",
            "gemini",
            [
                {
                    "candidates": [
                        {
                            "content": {
                                "parts": [
                                    {
                                        "functionCall": {
                                            "name": "f",
                                            "partialArgs": [{"jsonPath": f"$.a[{10**9}]", "stringValue": "x"}],
                                            "willContinue": True,
                                        }
                                    }
                                ]
                            }
                        }
                    ]
                }
            ],
        ),
        (
            "partial path",
            "gemini",
            [
                {
                    "candidates": [
                        {
                            "content": {
                                "parts": [
                                    {
                                        "functionCall": {
                                            "partialArgs": [{"jsonPath": "$" + "[0]" * 3000, "numberValue": 1}]
                                        }
                                    }
                                ]
                            }
                        }
                    ]
                }
            ],
        ),
        *[(f"junk {format}", format, list(strategies.JUNK)) for format in FORMATS],
    ]
