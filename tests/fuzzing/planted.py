"""
A defect on purpose: `python -m tests.fuzzing.planted REPORT` fuzzes error bodies with converters that fail on a rare one.

None of the documents to begin with shows it: a body without a message has to name a parameter.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.fuzzing import harness, seeds  # before the library, whose branches it watches

import atheris  # isort: skip
from translate.registry import ROWS  # isort: skip

Json = Any
LIMITS = harness.Limits(runs=10_000, begin_with=40)


@atheris.instrument_func
def rare(body: Json) -> None:
    """Raises: KeyError, for an error body that hardly ever is."""
    error = body.get("error") if type(body) is dict else None
    if type(error) is dict and error.get("message") == "":
        if error.get("param") is not None:
            raise KeyError("planted")


def plant() -> None:
    """Every way to a native error body passes the defect."""

    def planted(sound: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(sound)
        def run(body: Json, *rest: Any) -> Any:
            rare(body)
            return sound(body, *rest)

        return run

    for converter in {row.module("error") for row in ROWS.values()}:
        setattr(converter, "to_native", planted(converter.to_native))  # noqa: B010  (a function for mypy, a name here)


if __name__ == "__main__":
    plant()
    shown = [said for call in seeds.calls_of("convert_error", LIMITS.begin_with) if (said := harness.trouble(call))]
    outcome = harness.fuzz("convert_error", LIMITS)
    Path(sys.argv[1]).write_text(json.dumps({"seeds": shown, **outcome._asdict()}), encoding="utf-8")
