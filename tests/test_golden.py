"""Every golden case holds; the runner finds missing, changed and orphan files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from translate import golden
from translate.registry import ROWS

DIRECTORY = Path(__file__).parent.parent / "golden"
CASES = golden.cases(DIRECTORY) if DIRECTORY.is_dir() else []


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case_holds(case: golden.Case, pytestconfig: pytest.Config) -> None:
    wanted = pytestconfig.getoption("--golden-update")
    if wanted is not None and wanted in ("", case.name):
        golden.update(case)
    elif pytestconfig.getoption("--golden-new"):
        golden.update(case, only_missing=True)
    failures = golden.check(case)
    assert not failures, "\n".join(map(str, failures))


def test_every_folder_is_a_format_or_the_hub() -> None:
    assert golden.strangers(DIRECTORY) == []


def _new_case(folder: Path) -> golden.Case:
    case = folder / "anthropic" / "text"
    case.mkdir(parents=True)
    (case / "case.json").write_text('{"shows": "text"}')
    body = {"model": "claude-haiku-4-5", "max_tokens": 5, "messages": [{"role": "user", "content": "hi"}]}
    (case / "request.native.json").write_text(json.dumps(body))
    return golden.Case(case, "anthropic")


def test_a_missing_file_is_a_failure_and_can_be_written(tmp_path: Path) -> None:
    case = _new_case(tmp_path)
    assert [failure.file for failure in golden.check(case)] == ["request.unified.json"]
    assert golden.update(case, only_missing=True) == ["request.unified.json"]
    assert golden.check(case) == []


def test_a_changed_file_shows_the_first_differing_place(tmp_path: Path) -> None:
    case = _new_case(tmp_path)
    golden.update(case)
    path = case.folder / "request.unified.json"
    path.write_text(path.read_text().replace('"hi"', '"ho"'))
    (failure,) = golden.check(case)
    assert "/messages/0/content" in failure.message
    assert "golden update" in failure.message


def test_an_orphan_file_is_a_failure(tmp_path: Path) -> None:
    case = _new_case(tmp_path)
    golden.update(case)
    (case.folder / "stream.unified.jsonl").write_text("{}\n")
    assert [failure.file for failure in golden.check(case)] == ["stream.unified.jsonl"]


def test_hub_cases_are_rendered_by_every_format() -> None:
    for case in CASES:
        if case.format == "hub":
            groups = json.loads((case.folder / "rendered.json").read_text())
            assert {name for group in groups for name in group["formats"]} == set(ROWS) - {"unified"}
