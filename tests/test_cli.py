"""The command line as its user meets it: pipes, order, exit codes, what goes to stdout and what to stderr."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from translate.cli import main

GOOD = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
LOSSY = {**GOOD, "seed": 1}


def run(*arguments: str, data: str | bytes = b"") -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "translate", *arguments], input=data.encode() if isinstance(data, str) else data, capture_output=True,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def lines(*documents: Any) -> str:
    return "".join((document if isinstance(document, str) else json.dumps(document)) + "\n" for document in documents)


def test_requests_go_through_a_pipe_in_order() -> None:
    documents = [{**GOOD, "user": str(number)} for number in range(20)]
    code, out, err = run("convert", "--from", "openai", "--to", "anthropic", data=lines(*documents))
    assert (code, err) == (0, "")
    assert [json.loads(line)["metadata"]["user_id"] for line in out.splitlines()] == [str(number) for number in range(20)]


def test_a_line_of_garbage_costs_one_line_on_stderr_and_nothing_else() -> None:
    code, out, err = run("convert", "--from", "openai", "--to", "anthropic", data=lines(GOOD, "garbage", GOOD))
    assert code == 1
    assert len(out.splitlines()) == 2
    assert err.startswith("stdin:2: ") and len(err.splitlines()) == 1


def test_fail_fast_stops_at_the_first_bad_record() -> None:
    code, out, _ = run("convert", "--from", "openai", "--to", "anthropic", "--fail-fast", data=lines("garbage", GOOD))
    assert (code, out) == (1, "")


def test_strict_refuses_losses_with_a_code_of_its_own() -> None:
    code, out, err = run("convert", "--from", "unified", "--to", "anthropic", "--strict", data=lines(LOSSY, {**GOOD, "max_tokens": 5}))
    assert code == 3
    assert len(out.splitlines()) == 1
    assert "seed" in err


def test_losses_are_written_one_a_line(tmp_path: Path) -> None:
    path = tmp_path / "losses.jsonl"
    code, _, _ = run("convert", "--from", "unified", "--to", "anthropic", "--losses", str(path), data=lines(GOOD, LOSSY))
    assert code == 0
    told = [json.loads(line) for line in path.read_text().splitlines()]
    assert {(loss["line"], loss["path"]) for loss in told} >= {(2, "/seed")}


def test_a_document_inside_a_log_record_is_converted_in_its_place() -> None:
    record = {"time": 1, "body": LOSSY}
    code, out, _ = run("convert", "--from", "unified", "--to", "mistral", "--at", "/body", data=lines(record))
    assert code == 0
    assert json.loads(out) == {"time": 1, "body": {**GOOD, "random_seed": 1}}


def test_one_document_over_many_lines_is_one_record(tmp_path: Path) -> None:
    path = tmp_path / "request.json"
    path.write_text(json.dumps(LOSSY, indent=2))
    code, out, _ = run("convert", "--from", "unified", "--to", "mistral", str(path))
    assert code == 0 and json.loads(out)["random_seed"] == 1


def test_errors_as_json_name_the_place() -> None:
    code, _, err = run("convert", "--from", "unified", "--to", "mistral", "--errors-json", data=lines({**GOOD, "messages": [{"role": 1}]}))
    told = json.loads(err)
    assert code == 1 and told["line"] == 1 and told["path"] == "/messages/0/role" and told["error"] == "InvalidDocument"


def test_the_format_is_recognised_where_it_is_not_named() -> None:
    body = {"model": "claude-haiku-4-5", "max_tokens": 5, "system": "Be brief.", "messages": [{"role": "user", "content": "hi"}]}
    code, out, _ = run("convert", "--to", "unified", data=lines(body))
    assert code == 0 and json.loads(out)["messages"][0] == {"role": "system", "content": "Be brief."}


def test_a_stream_is_read_and_written_in_its_framing() -> None:
    data = (
        '{"model":"q","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Hi"},"done":false}\n'
        '{"model":"q","created_at":"2026-01-01T00:00:01Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}\n'
    )
    for source in ("ollama", "auto"):
        code, out, _ = run("convert", "--kind", "stream", "--from", source, "--to", "openai", data=data)
        assert code == 0
        assert out.startswith("data: {") and out.endswith("data: [DONE]\n\n")


def test_errors_are_converted_with_the_status_they_came_with() -> None:
    code, out, _ = run("convert", "--kind", "error", "--from", "ollama", "--to", "unified", "--status", "404", data='{"error":"no"}\n')
    assert code == 0 and json.loads(out)["error"]["type"] == "not_found_error"


@pytest.mark.parametrize("arguments", [["convert", "--to", "nope"], ["convert", "--kind", "nope"], ["nope"], ["convert", "--at", "x"]])
def test_nonsense_is_a_usage_error(arguments: list[str]) -> None:
    code, out, err = run(*arguments, data=lines(GOOD))
    assert code == 2 and out == "" and err


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    code, _, err = run("convert", str(tmp_path / "nowhere.json"))
    assert code == 2 and "nowhere.json" in err


@pytest.mark.parametrize("command", ["convert", "detect", "validate", "formats", "explain", "report", "golden"])
def test_every_help_says_the_exit_codes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    assert "exit codes: 0" in capsys.readouterr().out


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text(lines(*[GOOD] * 5000))
    command = f"{sys.executable} -m translate convert --from unified --to mistral {path} | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert len(done.stdout.splitlines()) == 1 and done.stderr == b""


def test_validate_says_what_is_wrong_and_where() -> None:
    code, out, _ = run("validate", "--format", "openai", "--kind", "request", data=lines(GOOD, {**GOOD, "n": 0}))
    assert code == 1 and "stdin:2: /n" in out and "stdin:1" not in out


def test_detect_prints_one_line_a_record() -> None:
    code, out, _ = run("detect", data=lines({"contents": [{"parts": [{"text": "x"}]}]}))
    assert code == 0 and json.loads(out) == {"format": "gemini", "kind": "request", "confidence": 1.0}


def test_formats_lists_all_and_shows_fields() -> None:
    code, out, _ = run("formats")
    assert code == 0 and "anthropic" in out and "ollama" in out
    code, out, _ = run("formats", "ollama", "--json")
    assert json.loads(out)[0]["name"] == "ollama"


def test_explain_shows_every_leaf_and_its_loss() -> None:
    code, out, _ = run("explain", "--from", "unified", "--to", "anthropic", data=lines(LOSSY))
    assert code == 0 and "/messages/0/content" in out and "dropped" in out


def test_report_adds_up_what_a_move_would_lose() -> None:
    code, out, _ = run("report", "--from", "unified", "--to", "anthropic", "--json", data=lines(GOOD, LOSSY))
    told = json.loads(out)
    assert code == 0 and told["records"] == 2 and told["without_loss"] == 1
    assert [entry["records"] for entry in told["features"] if entry["feature"] == "seed"] == [1]


def test_golden_check_new_and_update_serve_a_users_own_folder(tmp_path: Path) -> None:
    case = tmp_path / "ollama" / "text"
    case.mkdir(parents=True)
    (case / "case.json").write_text('{"shows": "text"}')
    (case / "request.native.json").write_text('{"model": "q", "messages": [{"role": "user", "content": "hi"}]}')
    assert run("golden", "check", str(tmp_path))[0] == 1
    assert run("golden", "new", str(tmp_path))[1] == "ollama/text/request.unified.json\n"
    assert run("golden", "check", str(tmp_path))[0] == 0
    (case / "request.unified.json").write_text("{}")
    assert run("golden", "check", str(tmp_path))[0] == 1
    assert run("golden", "update", str(tmp_path))[0] == 0
    assert run("golden", "check", str(tmp_path))[0] == 0
