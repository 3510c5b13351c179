"""The guard of the benchmark: ratios to a JSON round trip, so that a slow machine is no reason, with margins for a noisy one."""

from __future__ import annotations

import json

import pytest

from benchmarks import __main__ as command, measuring

QUICK_S = 0.01  # of each ratio; the best of many short runs needs no longer ones
ATTEMPTS = 6  # a machine that was busy for a moment is asked again; the best of each ratio counts


@pytest.mark.parametrize("format", command.SPOKES)
def test_no_conversion_costs_more_than_its_limit_or_what_was_measured(format: str) -> None:
    """Over both, by more than a noisy machine explains."""
    saved = json.loads(command.SAVED.read_text(encoding="utf-8"))["ratios"]
    assert saved[format], "no saved ratios: python -m benchmarks --save benchmarks/ratios.json"
    best: dict[str, float] = {}
    for _ in range(ATTEMPTS):
        for label, ratio in measuring.measure(format, QUICK_S, unchecked=False).items():
            best[label] = min(ratio, best.get(label, ratio))
        found = command.over({format: best}, saved)
        if not found:
            return
    pytest.fail("\n".join(found))


def test_a_slower_conversion_is_found() -> None:
    """The guard can fail: a ratio of twice what was measured is over."""
    saved = {"openai": {"response | to unified": 0.9}}
    assert command.over({"openai": {"response | to unified": 1.8}}, saved)
    assert not command.over({"openai": {"response | to unified": 1.0}}, saved)


def test_import_and_first_conversion_start_fast() -> None:
    """Milliseconds over a bare interpreter, best of several; nothing heavy is loaded by the import."""
    starts = measuring.start_up()
    assert starts["import, ms"] <= measuring.IMPORT_MS * command.MARGIN
    assert starts["first conversion, ms"] <= measuring.COLD_MS * command.MARGIN
    measuring.python_ms(
        "import sys, translate; assert not {'pydantic', 'jsonschema'} & sys.modules.keys();"
        " assert not any(name.startswith('translate.providers.') for name in sys.modules)", 1
    )


@pytest.mark.parametrize("case", sorted(measuring.SIZES))
def test_cost_is_linear(case: str) -> None:
    """Exponents of cost in messages, parts and events, the best of a few attempts."""
    found = min(measuring.exponent(measuring.costs("anthropic", case, rounds=2)) for _ in range(ATTEMPTS))
    assert found <= measuring.EXPONENT * 1.15


@pytest.mark.parametrize("format", command.SPOKES)
def test_memory_of_a_text_stream_does_not_grow(format: str) -> None:
    """Ten times the events take no more; a form whose last event repeats the text has to hold the text alone."""
    short, long = measuring.stream_memory(format).values()
    text = 10_000 * len(" word9999") / 1024
    assert long <= short + 20 + (6 * text if format == "openai-responses" else 0)
