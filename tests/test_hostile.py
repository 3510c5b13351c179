"""Law 1, total: whatever comes in, a result or a TranslateError comes out, in bounded time, without a socket."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

import translate
from tests import hostile
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
        name, call = hostile.calls_of(number)
        said = hostile.trouble(name, call)
        if said:
            found.setdefault(f"{name.split(' ')[0]}: {said}", number)
    assert not found, "\n".join(f"{said} (case {number})" for said, number in list(found.items())[:30])


@pytest.mark.parametrize("format", FORMATS)
def test_special_requests(format: str) -> None:
    found = []
    for name, body in hostile.special_requests():
        began = time.perf_counter()
        said = hostile.trouble(
            f"convert_request unified -> {format}",
            lambda body=body: hostile.invoke("convert_request", body, "unified", format),
        )
        took = time.perf_counter() - began
        if said or took > 3:
            found.append(f"{name}: {said or f'took {took:.1f} s'}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("format", FORMATS)
def test_special_requests_as_native(format: str) -> None:
    """The same documents taken for native ones."""
    found = []
    for name, body in hostile.special_requests():
        for function in (
            "convert_request",
            "convert_response",
            "convert_error",
            "canonical",
            "detect",
            "validate",
            "remote_media",
        ):
            began = time.perf_counter()
            said = hostile.trouble(
                f"{function} {format} -> unified",
                lambda body=body, function=function: hostile.invoke(function, body, format, "unified"),
            )
            took = time.perf_counter() - began
            if said or took > 3:
                found.append(f"{function} {name}: {said or f'took {took:.1f} s'}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_streams(format: str) -> None:
    """Indices, order and types of stream events that are not to be believed."""
    found = []
    for name, source, events in hostile.hostile_streams():
        if source not in ROWS:
            continue
        for function in ("convert_stream", "fold"):
            if function == "fold" and format != "unified":
                continue
            began = time.perf_counter()
            said = hostile.trouble(
                f"{function} {source} -> {format}",
                lambda events=events, source=source, function=function: hostile.invoke(
                    function, events, source, format, "stream"
                ),
            )
            took = time.perf_counter() - began
            if said or took > 3:
                found.append(f"{function} {name}: {said or f'took {took:.1f} s'}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("format", FORMATS)
def test_many_empty_messages(format: str) -> None:
    """100,000 empty messages cost seconds, not minutes."""
    body = hostile.many_messages(100_000)
    began = time.perf_counter()
    said = hostile.trouble(
        f"convert_request unified -> {format}", lambda: hostile.invoke("convert_request", body, "unified", format)
    )
    assert not said
    assert time.perf_counter() - began < 20


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


@pytest.mark.parametrize("value", hostile.strategies.JUNK, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("format", FORMATS)
def test_junk_as_document(format: str, value: Any) -> None:
    found = []
    for function in (
        "convert_request",
        "convert_response",
        "convert_error",
        "canonical",
        "detect",
        "validate",
        "fold",
        "unfold",
        "convert_stream",
        "remote_media",
        "inline_media",
    ):
        if function in ("fold", "convert_stream") and not isinstance(value, (list, dict, str)):
            continue  # no iterable at all: a wrong argument, not a document
        for source, target in ((format, "unified"), ("unified", format)):
            said = hostile.trouble(
                f"{function} {source} -> {target}",
                lambda function=function, source=source, target=target: hostile.invoke(function, value, source, target),
            )
            if said:
                found.append(f"{function} {source} -> {target}: {said}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["", "OpenAI", "x" * 1000, None, 5, [], "\ud800"])
def test_unknown_formats(name: Any) -> None:
    with pytest.raises(translate.UnknownFormat):
        translate.convert_request({}, source=name)
    with pytest.raises(translate.UnknownFormat):
        translate.convert_request({"model": "m", "messages": []}, target=name)
    with pytest.raises(translate.UnknownFormat):
        translate.StreamConverter(name, "unified")


def test_paths_of_refusals_resolve() -> None:
    """
    The path of an InvalidDocument leads to a place of the caller's document (or to the object that lacks the member).
    """
    missing = []
    for number in range(BUDGET):
        name, call = hostile.calls_of(number)
        words = name.split(" ")
        if words[0] not in ("convert_request", "convert_response") or words[3] != "unified":
            continue
        document = call.args[1]  # type: ignore[attr-defined]
        try:
            call()
        except translate.InvalidDocument as error:
            if not _resolves(document, error.path):
                missing.append(f"case {number}: {error}")
        except Exception:
            continue
    assert not missing, "\n".join(missing[:20])


def _resolves(document: Any, path: str) -> bool:
    place = document
    for step in path.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        try:
            place = place[int(step)] if isinstance(place, list) else place[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return False
    return True
