"""Nesting that nothing can carry on is refused with its place; escaped halves of characters do not come out as halves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import translate
from tests import checks, strategies
from tests.calls import Call, resolves, trouble
from tests.hostile import nested
from translate.registry import ROWS
from translate.scrubbing import DEEPEST

Json = Any
FORMATS = sorted(ROWS)
NATIVE = [name for name in FORMATS if name != "unified"]
BESIDE = ("canonical", "detect", "validate", "remote_media", "inline_media")
HEAD = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}


def deep_copies(document: Json) -> Iterator[Json]:
    """The document with 2,000 levels in each shape of place of its upper levels, and as a new member of each object."""
    seen: set[tuple[Any, ...]] = set()
    for path in list(_upper(document)):
        shape = tuple("*" if isinstance(step, int) else step for step in path)
        if shape not in seen:
            seen.add(shape)
            yield _with(document, path, nested(2000, "list" if len(seen) % 2 else "object"))


def _upper(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        if len(path) < 3:
            yield from _upper(item, (*path, key))
    if isinstance(value, dict):
        yield (*path, "zz_strange")


def _with(document: Json, path: tuple[Any, ...], value: Any) -> Json:
    copied: Any = list(document) if isinstance(document, list) else dict(document)
    copied[path[0]] = _with(document[path[0]], path[1:], value) if len(path) > 1 else value
    return copied


@pytest.mark.parametrize("kind", ["request", "response"])
@pytest.mark.parametrize("format", FORMATS)
def test_deep_documents_are_refused_with_their_place(format: str, kind: str) -> None:
    native = strategies.native(format, kind)[0] if format != "unified" else strategies.pool(kind)[0]
    target = "unified" if format != "unified" else "anthropic"
    convert = translate.convert_request if kind == "request" else translate.convert_response
    for document in deep_copies(native):
        with pytest.raises(translate.InvalidDocument) as caught:
            convert(document, source=format, target=target, validate=False)
        assert caught.value.path.count("/") >= DEEPEST
        assert resolves(document, caught.value.path)
        with pytest.raises(translate.InvalidDocument):
            convert(document, source=format, target=format)
        for function in (*BESIDE, *(["unfold"] if kind == "response" else ())):
            assert trouble(Call(function, document, format, format, kind)) == ""


@pytest.mark.parametrize("format", FORMATS)
def test_deep_events_are_refused_with_their_place(format: str) -> None:
    events = list(strategies.native(format, "stream")[0] if format != "unified" else strategies.pool("stream")[0])[:3]
    target = "unified" if format != "unified" else "anthropic"
    for document in deep_copies(events):
        if isinstance(document[0], list) or any(not isinstance(event, dict) for event in document):
            continue
        with pytest.raises(translate.StreamError) as caught:
            list(translate.convert_stream(document, source=format, target=target))
        assert resolves(document, caught.value.path)
        assert trouble(Call("fold", document, format, format, "stream")) == ""


@pytest.mark.parametrize("format", FORMATS)
def test_as_deep_as_allowed_is_carried(format: str) -> None:
    """One level less than the limit passes to every format, as metadata, schema and arguments, or is refused by name."""
    schema = {"type": "object", "properties": {"x": {"default": nested(DEEPEST - 20)}}}
    arguments = json.dumps(nested(DEEPEST - 20))
    body = {
        "model": "m",
        "messages": [
            {"role": "user", "content": "x"},
            {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}]},
            {"role": "tool", "tool_call_id": "c", "content": "x"},
        ],
        "tools": [{"type": "function", "function": {"name": "f", "parameters": schema}}],
    }  # fmt: skip
    assert checks.serialisable(translate.convert_request(body, target=format).value) == ""


HALVES = ('{"n": "a\\ud800b"}', '{"\\udfff": 1}', '{"n": ["\\uD83D", {"m": "\\ud83d\\ude00"}]}')


@pytest.mark.parametrize("arguments", HALVES)
@pytest.mark.parametrize("format", NATIVE)
def test_escaped_halves_in_arguments(format: str, arguments: str) -> None:
    """Requests, responses and streams: what is parsed out of a text encodes; what stays text stays as it is."""
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": arguments}}
    body = {
        "model": "m",
        "messages": [
            {"role": "user", "content": "x"},
            {"role": "assistant", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": arguments},
        ],
    }
    assert checks.serialisable(translate.convert_request(body, target=format).value) == ""
    message = {"role": "assistant", "content": None, "refusal": None, "tool_calls": [call]}
    choice = {"index": 0, "finish_reason": "tool_calls", "logprobs": None, "message": message}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    response = {**HEAD, "object": "chat.completion", "choices": [choice], "usage": usage}
    native = translate.convert_response(response, target=format).value
    assert checks.serialisable(native) == ""
    events = list(translate.convert_stream(translate.unfold(response), target=format))
    assert checks.serialisable(events) == ""
    assert checks.serialisable(translate.fold(events, format=format)) == ""
    assert checks.serialisable(translate.convert_response(native, source=format).value) == ""


@pytest.mark.parametrize("format", NATIVE)
def test_halves_in_streamed_text(format: str) -> None:
    """Text chunks of a stream, the short way of a reader included."""
    texts = ["a", "b", "c\ud800", "\udfffd", "e"]
    chunks = [{**HEAD, "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]} for text in texts]
    machine = translate.StreamConverter("unified", format)
    events = [event for chunk in chunks for event in machine.feed(chunk)] + machine.flush()
    assert checks.serialisable(events) == ""
    assert [loss.path for loss in machine.losses if "surrogate" in loss.note] == [
        f"/{index}/choices/0/delta/content" for index in (2, 3)
    ]
