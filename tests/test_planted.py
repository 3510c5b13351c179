"""
The checks catch what they are for: one defect of each kind is planted into a spoke, and its check has to object.

Every test asks the check first without the defect, so that neither half can pass by accident.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any

import pytest

import translate
from tests import checks, probe
from translate import framing

Json = Any
FORMAT = "ollama"
PACKAGE = "translate.providers.ollama"
OPTIONS = translate.Options()
REQUEST: Json = {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "temperature": 0.5, "seed": 7}
RESPONSE: Json = {
    "model": "m", "created_at": "2025-01-01T00:00:00Z", "message": {"role": "assistant", "content": "one two"},
    "done": True, "done_reason": "length", "prompt_eval_count": 3, "eval_count": 2,
}  # fmt: skip
HEAD = {"model": "m", "created_at": "2025-01-01T00:00:00Z"}
EVENTS: list[Json] = [
    {**HEAD, "message": {"role": "assistant", "content": "one"}, "done": False},
    {**HEAD, "message": {"role": "assistant", "content": " two"}, "done": False},
    {**HEAD, "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop", "prompt_eval_count": 3,
     "eval_count": 2},
]  # fmt: skip


def plant(
    monkeypatch: pytest.MonkeyPatch, kind: str, function: str, defect: Callable[[Json, Json], Json | None]
) -> None:
    """Runs a function of the spoke, then the defect over its input and output; common documents go a shorter way, so that too."""
    module = importlib.import_module(f"{PACKAGE}.{kind}")

    def planted(sound: Any) -> Any:
        def run(document: Json, leg: Any) -> Json:
            result = sound(document, leg)
            if result is not None:
                defect(document, result)
            return result

        return run

    for name in (function, f"plain_{function}"):
        if hasattr(module, name):
            monkeypatch.setattr(module, name, planted(getattr(module, name)))


def silent_places() -> set[str]:
    prober = probe.Prober(per_shape=2)
    prober.probe(REQUEST, "request", "unified", FORMAT, OPTIONS)
    assert prober.probes > 3
    return {found.pointer for found in prober.silent}


def test_a_silent_drop_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert silent_places() == set()
    plant(monkeypatch, "request", "to_native", lambda _, native: native.get("options", {}).pop("seed", None))
    assert silent_places() == {"/seed"}


def test_a_changed_input_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def pure() -> checks.Outcome:
        # A copy for each: the planted defect does change it.
        return checks.pure(json.loads(json.dumps(REQUEST)), "request", "unified", FORMAT)

    assert pure().verdict == "equal"
    plant(monkeypatch, "request", "to_native", lambda request, _: request["messages"][0].update(content="Ho"))
    assert pure()[1:3] == ("differs", "/messages/0/content")


def test_what_is_remembered_between_calls_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def count(_: Json, native: Json) -> None:
        calls.append(1)
        native["options"]["seed"] = len(calls)

    assert checks.pure(REQUEST, "request", "unified", FORMAT).verdict == "equal"
    plant(monkeypatch, "request", "to_native", count)
    assert checks.pure(REQUEST, "request", "unified", FORMAT).detail == "two conversions differ"


def test_a_wrong_finish_reason_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.round_trip_response(RESPONSE, FORMAT, OPTIONS).verdict == "equal"
    plant(monkeypatch, "response", "to_unified", lambda _, unified: unified["choices"][0].update(finish_reason="stop"))
    found = checks.round_trip_response(RESPONSE, FORMAT, OPTIONS)
    assert (found.verdict, found.pointer) == ("differs", "/done_reason")


def test_a_stream_that_loses_text_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.stream_agrees(EVENTS, FORMAT, OPTIONS).verdict == "equal"
    assert checks.round_trip_stream(EVENTS, FORMAT, OPTIONS).verdict == "equal"
    reader = importlib.import_module(f"{PACKAGE}.stream").ToUnified
    sound = reader.feed
    monkeypatch.setattr(reader, "feed", lambda self, event: [] if event is EVENTS[1] else sound(self, event))
    for short in ("quick", "common"):  # common events do not come to `feed`
        if hasattr(reader, short):
            monkeypatch.setattr(reader, short, lambda self, event: None)
    monkeypatch.setattr(reader, "common", lambda self, event: None)
    assert checks.stream_agrees(EVENTS, FORMAT, OPTIONS).verdict == "differs"
    assert checks.round_trip_stream(EVENTS, FORMAT, OPTIONS).verdict == "differs"


def test_a_cut_that_passes_for_an_end_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.cut_short(EVENTS, FORMAT, OPTIONS).verdict == "equal"
    monkeypatch.setattr(translate.StreamConverter, "truncated", False)
    assert checks.cut_short(EVENTS, FORMAT, OPTIONS).verdict == "differs"


def test_a_broken_split_of_bytes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = "".join(json.dumps(event) + "\n" for event in EVENTS)
    assert checks.bytes_split(raw, FORMAT, OPTIONS).verdict == "equal"
    sound = framing.Decoder.feed

    def forgetful(self: framing.Decoder, data: bytes) -> list[Any]:
        self._reader = None  # what waited for its end is gone
        return sound(self, data)

    monkeypatch.setattr(framing.Decoder, "feed", forgetful)
    assert not checks.bytes_split(raw, FORMAT, OPTIONS).holds


@pytest.mark.parametrize("edit", [{"temperature": "hot"}, {"temperature": None, "stop": 5}, {"seed": [1]}])
def test_an_invalid_output_is_found(monkeypatch: pytest.MonkeyPatch, edit: Json) -> None:
    assert checks.valid_there("request", REQUEST, "unified", FORMAT, OPTIONS).verdict == "equal"
    plant(monkeypatch, "request", "to_native", lambda _, native: native["options"].update(edit))
    assert checks.valid_there("request", REQUEST, "unified", FORMAT, OPTIONS).verdict == "invalid"


def test_output_that_does_not_encode_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, "request", "to_native", lambda _, native: native.update(model="\ud800"))
    assert checks.valid_there("request", REQUEST, "unified", FORMAT, OPTIONS).verdict == "invalid"


def test_an_exception_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, "response", "to_unified", lambda _, unified: unified["nothing"])
    assert checks.round_trip_response(RESPONSE, FORMAT, OPTIONS).verdict == "crashed"
