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


def test_what_no_case_holds_is_an_orphan(tmp_path: Path) -> None:
    _new_case(tmp_path)
    (tmp_path / "anthropic" / "stray.json").write_text("{}")
    (tmp_path / "anthropc").mkdir()
    (tmp_path / "stray.jsonl").write_text("")
    (tmp_path / "README.md").write_text("notes")
    assert {failure.file or failure.case for failure in golden.strangers(tmp_path)} == {"stray.json", "anthropc", "stray.jsonl"}


def test_lines_end_at_line_feeds_only(tmp_path: Path) -> None:
    case = tmp_path / "ollama" / "separator"
    case.mkdir(parents=True)
    (case / "case.json").write_text('{"shows": "U+2028 in a text"}')
    event = {"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": {"role": "assistant", "content": "a\u2028b"}}
    last = {**event, "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"}
    text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in ({**event, "done": False}, last))
    (case / "stream.native.jsonl").write_text(text, encoding="utf-8")
    made = golden.Case(case, "ollama")
    golden.update(made)
    assert golden.check(made) == []
    path = case / "stream.unified.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("b", "c", 1), encoding="utf-8")
    (failure,) = golden.check(made)
    assert "first at /" in failure.message


def test_a_long_difference_is_cut(tmp_path: Path) -> None:
    case = _new_case(tmp_path)
    golden.update(case)
    (case.folder / "request.unified.json").write_text(json.dumps([*range(500)], indent=2) + "\n")
    (failure,) = golden.check(case)
    assert len(failure.message.splitlines()) < 30
    assert "more lines" in failure.message
