"""A bounded run of the coverage-guided fuzzer over every public function; `python -m tests.fuzzing` for more."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import translate
from tests import calls, corpus

Json = Any
RUNS = 1500  # calls of each function
BEGIN_WITH = 500  # documents; the rest of the calls are made from them
LONG_RUNS = 30_000
NAMES = {"StreamConverter": "convert_stream", "ByteStreamConverter": "bytes"}

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris is not installed: pip install -e '.[fuzz]'"
)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=corpus.ROOT, capture_output=True, text=True, timeout=1800, check=False
    )


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory, deep: bool) -> dict[str, Json]:
    """What came of each function, from one run."""
    file = tmp_path_factory.mktemp("fuzzing") / "report.json"
    runs = LONG_RUNS if deep else RUNS
    ran = run("tests.fuzzing", "--runs", str(runs), "--begin-with", str(BEGIN_WITH), "--report", str(file))
    assert file.exists(), ran.stderr[-3000:]
    return {outcome["function"]: outcome for outcome in json.loads(file.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("function", calls.FUNCTIONS)
def test_no_violation(function: str, outcomes: dict[str, Json], deep: bool) -> None:
    """Only a TranslateError whose pointer resolves, the input as it was, no socket, bounded time."""
    outcome = outcomes[function]
    assert outcome["findings"] == {}
    assert outcome["ended"] == ""
    assert outcome["executions"] >= (LONG_RUNS if deep else RUNS)
    assert outcome["branches"] > 50, "the branches of the library are not watched"


def test_every_public_function_is_called() -> None:
    """What is left over takes no document, or is a shape or an error."""
    functions = {name for name in translate.__all__ if name[0].islower()} - {"formats"}
    machines = {name for name in translate.__all__ if name.endswith("Converter")}
    assert {NAMES.get(name, name) for name in functions | machines} == set(calls.FUNCTIONS)


def test_a_planted_crash_is_found(tmp_path: Path) -> None:
    """A converter that raises KeyError on a rare body, which none of the documents to begin with is."""
    file = tmp_path / "report.json"
    ran = run("tests.fuzzing.planted", str(file))
    assert file.exists(), ran.stderr[-3000:]
    outcome = json.loads(file.read_text(encoding="utf-8"))
    assert outcome["seeds"] == []
    found = [said for said in outcome["findings"] if "KeyError: 'planted'" in said]
    assert found, outcome


def test_without_a_limit_it_refuses_to_begin() -> None:
    ran = run("tests.fuzzing", "--function", "detect")
    assert (ran.returncode, "without a limit" in ran.stderr) == (2, True)


def test_an_unknown_function_is_named() -> None:
    ran = run("tests.fuzzing", "--function", "convert", "--runs", "10")
    assert (ran.returncode, "no such function: convert" in ran.stderr) == (2, True)
