"""The laws over recorded traffic. `python -m tests.corpus_report` shows the same with the failures one by one."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests import checks, corpus, corpus_report
from translate.registry import ROWS

# Share of documents for which a law has to hold. What is missing to the whole are bodies that no provider took as its
# documentation says, and recordings that their maintainers edited.
FIRST = {"openai", "azure", "anthropic", "gemini", "vertex"}
ROUND_TRIPS = ("request", "response", "stream", "agrees")
NAMES = sorted(corpus.formats_covered() & set(ROWS)) or ["(none)"]


@pytest.fixture(scope="module")
def tally(summary: dict[str, list[str]], deep: bool) -> corpus_report.Tally:
    if corpus.folder() is None:
        pytest.skip(corpus.ABSENT)
    result = corpus_report.run(every_target=deep)
    result.write()
    summary["recorded traffic: documents for which a law holds (+n: with differences that losses name)"] = result.rows()
    return result


def failures(tally: corpus_report.Tally, format: str, law: str) -> str:
    found = [one for one in tally.failures if one["format"] == format and one["law"] == law]
    lines = [f"{one['id']} {one['verdict']} {one['pointer']}: {one['detail'][:300]}" for one in found[:10]]
    return f"{len(found)} fail, see `python -m tests.corpus_report --format {format} --law {law}`:\n" + "\n".join(lines)


@pytest.mark.parametrize("law", ROUND_TRIPS)
@pytest.mark.parametrize("format", NAMES)
def test_round_trip(tally: corpus_report.Tally, format: str, law: str) -> None:
    """Law 4 and 5: the way back gives the document again; a folded stream is the converted folded stream."""
    good, every = tally.holding(format, law)
    assert good >= (0.997 if format in FIRST else 0.995) * every, failures(tally, format, law)


@pytest.mark.parametrize("law", ("unfold", "bytes", "cut", "hub", "cross"))
@pytest.mark.parametrize("format", NAMES)
def test_other_laws(tally: corpus_report.Tally, format: str, law: str) -> None:
    """Laws 5 and 6: unfold, split bytes, cut streams; the hub and every other format judged by its oracle."""
    good, every = tally.holding(format, law)
    assert good >= 0.995 * every, failures(tally, format, law)


@pytest.mark.parametrize("format", NAMES)
def test_nothing_crashes(tally: corpus_report.Tally, format: str) -> None:
    """Law 1: only a TranslateError leaves a public function."""
    crashed = [one for one in tally.failures if one["format"] == format and one["verdict"] == "crashed"]
    assert not crashed, crashed[:5]


@pytest.mark.parametrize("format", NAMES)
def test_error_bodies(tally: corpus_report.Tally, format: str) -> None:
    """Every error body becomes a valid unified one; the round trip is in the table."""
    refused = [
        one
        for one in tally.failures
        if one["format"] == format and one["law"] == "error" and one["verdict"] in ("refused", "invalid")
    ]
    assert not refused, refused[:5]


def test_every_record_is_read(tally: corpus_report.Tally) -> None:
    """The counts add up: nothing of the corpus falls away between reader and table."""
    seen = set(tally.counts) | set(tally.unregistered)
    assert seen == corpus.formats_covered()


def test_absent_corpus_is_said(tmp_path: object) -> None:
    """Without the corpus a run says so at its end and does not look green by itself."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/test_corpus.py",
        "-k",
        "round_trip",
    ]
    environment = {"TRANSLATE_CORPUS": str(tmp_path), "PATH": "/usr/bin:/bin"}
    run = subprocess.run(
        command, check=False, cwd=corpus.ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert corpus.ABSENT in run.stdout, run.stdout + run.stderr
    assert "passed" not in run.stdout


def test_parser_reads_every_framing() -> None:
    event = {"text": "line\u2028separator"}
    told = json.dumps(event, ensure_ascii=False)
    assert list(corpus.parse(f": comment\r\nevent: x\r\ndata: {told}\r\n\r\ndata: [DONE]\r\n\r\n")) == [event]
    assert list(corpus.parse(f"data: {told}\n\ndata:{told}\n")) == [event, event]
    assert list(corpus.parse('{"a": 1}\n{"b": 2}\n')) == [{"a": 1}, {"b": 2}]
    assert list(corpus.parse(f"[{told},\n{told}]")) == [event, event]


def test_comparison_sees_every_place() -> None:
    left = {"a": [1, True, {"b": None}], "c": "x", "d": 1}
    right = {"a": [1.0, 1, {}], "c": "y", "e": 1}
    found = [difference.pointer for difference in checks.differences(left, right)]
    assert found == ["/a/1", "/a/2/b", "/c", "/d", "/e"]
