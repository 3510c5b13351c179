"""Law 1, total: whatever comes in, a result or a TranslateError comes out, in bounded time, without a socket."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable
from typing import Any

import pytest

import translate
from tests import calls, hostile, hostile_options, strategies
from tests.calls import Call
from tests.found import CALLS
from translate.registry import ROWS

FORMATS = sorted(ROWS)
BUDGET = 1500


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


def test_edited_documents(deep: bool) -> None:
    """Structural fuzzing of every public function; `python -m tests.fuzz` for more."""
    found: dict[str, int] = {}
    for number in range(BUDGET * (20 if deep else 1)):
        call = calls.call_of(number)
        said = calls.trouble(call)
        if said:
            found.setdefault(f"{call.function}: {said}", number)
    assert not found, "\n".join(f"{said} (case {number})" for said, number in list(found.items())[:30])


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_what_was_found(call: Call) -> None:
    assert calls.trouble(call) == ""


def troubles(cases: Iterable[tuple[str, Call]]) -> list[str]:
    """What is wrong with each of the named calls."""
    return [f"{call.function} {name}: {said}" for name, call in cases if (said := calls.trouble(call))]


@pytest.mark.parametrize("format", FORMATS)
def test_special_requests(format: str) -> None:
    special = hostile.special_requests()
    found = troubles((name, Call("convert_request", body, "unified", format)) for name, body in special)
    assert not found, "\n".join(found)


ON_ANY = ("convert_request", "convert_response", "convert_error", "canonical", "detect", "validate", "remote_media")


@pytest.mark.parametrize("format", FORMATS)
def test_special_requests_as_native(format: str) -> None:
    """The same documents taken for native ones."""
    special = hostile.special_requests()
    found = troubles((name, Call(word, body, format, "unified")) for name, body in special for word in ON_ANY)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_streams(format: str) -> None:
    """Indices, order and types of stream events that are not to be believed."""
    streams = [stream for stream in hostile.hostile_streams() if stream[1] in ROWS]
    found = troubles(
        (name, Call("convert_stream", events, source, format, "stream")) for name, source, events in streams
    )
    found += troubles(
        (name, Call("fold", events, source, source, "stream")) for name, source, events in streams if source == format
    )
    assert not found, "\n".join(found)


@pytest.mark.parametrize("format", FORMATS)
def test_many_empty_messages(format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """100,000 empty messages cost seconds, not minutes."""
    monkeypatch.setattr(calls, "PATIENCE_S", 20.0)
    assert calls.trouble(Call("convert_request", hostile.many_messages(100_000), "unified", format)) == ""


@pytest.mark.parametrize("format", FORMATS)
def test_endless_buffers(format: str) -> None:
    """
    A frame that never ends is refused, not collected for ever, and what is fed byte by byte costs no square of its
    length.
    """
    machine = translate.ByteStreamConverter(format, "unified")
    piece = b"data: " + b"x" * 65_536
    began = time.perf_counter()
    try:
        for _ in range(400):
            machine.feed(piece)
        machine.flush()
    except translate.TranslateError:
        pass
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize("value", strategies.JUNK, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("format", FORMATS)
def test_junk_as_document(format: str, value: Any) -> None:
    cases = []
    for function in (*ON_ANY, "fold", "unfold", "convert_stream", "inline_media"):
        if function in ("fold", "convert_stream") and not isinstance(value, (list, dict, str)):
            continue  # no iterable at all: a wrong argument, not a document
        for source, target in ((format, "unified"), ("unified", format)):
            cases.append((f"{source} -> {target}", Call(function, value, source, target)))
    found = troubles(cases)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["", "OpenAI", "x" * 1000, None, 5, [], "\ud800"])
def test_unknown_formats(name: Any) -> None:
    with pytest.raises(translate.UnknownFormat):
        translate.convert_request({}, source=name)
    with pytest.raises(translate.UnknownFormat):
        translate.convert_request({"model": "m", "messages": []}, target=name)
    with pytest.raises(translate.UnknownFormat):
        translate.StreamConverter(name, "unified")


def test_hostile_options(deep: bool) -> None:
    """Options of any type, memos changed on the way: an answer or a TranslateError."""
    found = [said for number in range(BUDGET * (20 if deep else 1)) if (said := hostile_options.trouble(number))]
    assert not found, "\n".join(found[:10])


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"memo": {"write": {"names": {"a": 1}}}}, "/memo/write/names/a"),
        ({"memo": {"read": {"usage": "no"}}}, "/memo/read/usage"),
        ({"memo": {"write": {"custom": ["f", 2]}}}, "/memo/write/custom/1"),
        ({"memo": []}, "/memo"),
        ({"id": 5}, "/id"),
        ({"created": float("nan")}, "/created"),
        ({"default_max_tokens": True}, "/default_max_tokens"),
        ({"model_facts": {"m*": 1}}, "/model_facts/m*"),
    ],
)
def test_options_of_another_type_are_refused(given: Any, path: str) -> None:
    with pytest.raises(translate.InvalidDocument) as refused:
        translate.convert_request({"model": "m", "messages": []}, target="anthropic", options=translate.Options(**given))
    assert (refused.value.path, refused.value.status_hint) == (path, 500)


def test_a_fact_of_another_type_is_refused() -> None:
    options = translate.Options(model_facts={"m": {"levels": "high"}})
    request = {"model": "m", "messages": [{"role": "user", "content": "x"}], "reasoning_effort": "high"}
    with pytest.raises(translate.InvalidDocument, match="levels"):
        translate.convert_request(request, target="ollama", options=options)
