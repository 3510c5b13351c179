"""The command line: what goes to stdout, what to stderr, and the exit code."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from translate import cli
from translate.framing import decoder, encoder

USER = {"role": "user", "content": "Hi"}
REQUEST = {"model": "command-a-03-2025", "messages": [USER]}
LOSSY = {**REQUEST, "logit_bias": {"5": 1}}
OLLAMA = [
    {"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": {"role": "assistant", "content": "Hi"}, "done": False},
    {"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": {"role": "assistant", "content": ""}, "done": True,
     "done_reason": "stop", "prompt_eval_count": 3, "eval_count": 1},
]  # fmt: skip


class Run(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class Command:
    """Runs the command in this process: arguments, and bytes or documents on stdin."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        self.monkeypatch, self.captured = monkeypatch, capsysbinary

    def raw(self, *arguments: str, stdin: bytes = b"") -> tuple[int, bytes, bytes]:
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = cli.main(arguments)
        out, err = self.captured.readouterr()
        return code, out, err

    def __call__(self, *arguments: str, stdin: Any = b"") -> Run:
        data = stdin if isinstance(stdin, bytes) else lines(*stdin)
        code, out, err = self.raw(*arguments, stdin=data)
        return Run(code, out.decode(), err.decode())


def lines(*documents: Any) -> bytes:
    """JSON lines; a string is a line as it stands."""
    return "".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in documents).encode()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Command:
    return Command(monkeypatch, capsysbinary)


def test_records_come_out_in_order_as_json_lines(run: Command) -> None:
    bodies = [{**REQUEST, "seed": number} for number in range(5)]
    done = run("convert", "--from", "unified", "--to", "cohere", stdin=bodies)
    assert (done.code, done.err) == (0, "")
    assert [line["seed"] for line in done.lines] == [0, 1, 2, 3, 4]


def test_one_document_over_many_lines(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "request.json"
    path.write_text(json.dumps(REQUEST, indent=2))
    done = run("convert", "--to", "cohere", str(path))
    assert done.code == 0
    assert done.lines[0]["messages"] == [USER]


def test_a_mark_of_byte_order_is_no_content(run: Command) -> None:
    assert run("convert", "--to", "cohere", stdin=b"\xef\xbb\xbf" + lines(REQUEST)).code == 0


def test_output_file(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    done = run("convert", "--to", "cohere", "-o", str(path), stdin=[REQUEST])
    assert (done.code, done.out) == (0, "")
    assert json.loads(path.read_text())["messages"] == [USER]


def test_the_input_is_not_overwritten_while_it_is_read(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_bytes(lines(REQUEST))
    done = run("convert", "--to", "cohere", str(path), "-o", str(path))
    assert done.code == 2
    assert path.read_bytes() == lines(REQUEST)


def test_source_is_found_by_itself(run: Command) -> None:
    native = {"model": "m", "messages": [USER], "options": {"num_predict": 7}}
    done = run("convert", "--to", "unified", stdin=[native, REQUEST])
    assert done.code == 0
    assert 7 in done.lines[0].values()
    assert done.lines[1]["messages"] == [USER]


def test_a_document_that_tells_nothing_is_a_bad_record(run: Command) -> None:
    done = run("convert", "--to", "cohere", stdin=[{"x": 1}])
    assert (done.code, done.out) == (1, "")
    assert done.err == "stdin:1: format not recognised; name it with --from\n"


def test_a_document_inside_a_record(run: Command) -> None:
    record = {"id": 7, "calls": [{"a/b": REQUEST, "status": 200}], "model": "kept"}
    done = run("convert", "--to", "cohere", "--at", "/calls/0/a~1b", stdin=[record])
    assert done.code == 0
    (out,) = done.lines
    assert out["calls"][0]["a/b"]["messages"] == [USER]
    assert {**out, "calls": None} == {**record, "calls": None}
    assert list(out) == list(record)


def test_the_path_of_a_record_is_the_route_of_its_document(run: Command) -> None:
    record = {"path": "/openai/deployments/gpt%2D4o/chat/completions?api-version=2024-10-21", "request": {"messages": [USER]}}
    done = run("convert", "--from", "azure", "--at", "/request", stdin=[record])
    assert done.lines[0]["request"]["model"] == "gpt-4o"


@pytest.mark.parametrize("place", ["/nothing", "/calls/5", "/calls/-1", "/calls/x", "/id/x", "/"])
def test_nothing_at_the_pointer(run: Command, place: str) -> None:
    done = run("convert", "--to", "cohere", "--at", place, stdin=[{"id": 7, "calls": [REQUEST]}])
    assert (done.code, done.out, done.err) == (1, "", f"stdin:1: nothing at {place}\n")


def test_a_bad_record_costs_one_line_and_the_run_goes_on(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(lines(REQUEST, "{bad", "", {"model": "m", "messages": 5}, '{"a": NaN}', "[" * 100_000, REQUEST))
    done = run("convert", "--from", "unified", "--to", "cohere", str(path))
    assert done.code == 1
    assert len(done.lines) == 2
    complaints = done.err.splitlines()
    assert [complaint.rsplit("in.jsonl:", 1)[1].split(":")[0] for complaint in complaints] == ["2", "4", "5", "6"]
    assert "/messages" in complaints[1]
    assert all(complaint.startswith(str(path)) for complaint in complaints)


@pytest.mark.parametrize("first", ["{", '{"model":', "[1,", "{bad", '{"text": "cut'])
def test_a_bad_first_line_does_not_take_the_others_with_it(run: Command, first: str) -> None:
    done = run("convert", "--to", "cohere", stdin=[first, REQUEST, "", "{bad", REQUEST])
    assert done.code == 1
    assert len(done.lines) == 2
    assert [line.split(":")[1] for line in done.err.splitlines()] == ["1", "4"]


def test_a_bad_document_over_many_lines_is_one_complaint(run: Command) -> None:
    done = run("convert", "--to", "cohere", stdin=b'{\n "model": "m",\n "messages": [\n')
    assert (done.code, done.out) == (1, "")
    assert len(done.err.splitlines()) == 1


def test_fail_fast(run: Command) -> None:
    done = run("convert", "--to", "cohere", "--fail-fast", stdin=[REQUEST, "bad", REQUEST])
    assert (done.code, len(done.lines), len(done.err.splitlines())) == (1, 1, 1)


def test_errors_as_json(run: Command) -> None:
    done = run("convert", "--from", "unified", "--to", "cohere", "--errors-json", stdin=["bad", {"model": "m", "messages": 5}])
    first, second = [json.loads(line) for line in done.err.splitlines()]
    assert (first["line"], first["error"]) == (1, "BadRecord")
    assert (second["line"], second["error"], second["path"], second["file"]) == (2, "InvalidDocument", "/messages", "stdin")


def test_losses_go_to_a_file(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "losses.jsonl"
    done = run("convert", "--to", "cohere", "--losses", str(path), stdin=[REQUEST, LOSSY])
    assert done.code == 0
    (loss,) = [json.loads(line) for line in path.read_text().splitlines()]
    assert (loss["line"], loss["feature"], loss["path"], loss["target"]) == (2, "logit_bias", "/logit_bias", "cohere")


def test_strict(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "losses.jsonl"
    done = run("convert", "--to", "cohere", "--strict", "--losses", str(path), stdin=[LOSSY, REQUEST])
    assert done.code == 3
    assert len(done.lines) == 1
    assert "logit_bias" in done.err
    assert "logit_bias" in path.read_text()
    assert run("convert", "--to", "cohere", "--strict", stdin=[LOSSY, "bad"]).code == 1
    assert run("convert", "--to", "cohere", "--strict", stdin=[REQUEST]).code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["nonsense"], ["convert", "--kind", "poem"], ["convert", "--to", "coherent"], ["convert", "--from", "x"],
        ["convert", "--to", "auto"], ["convert", "--at", "request"], ["convert", "no-such-file.jsonl"], ["explain"],
        ["golden", "check", "no-such-folder"], ["formats", "x"], ["validate", "--format", "x"],
    ],
)  # fmt: skip
def test_usage(run: Command, arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err


def test_the_nearest_name_is_said(run: Command) -> None:
    assert "cohere" in run("convert", "--to", "coherent").err


@pytest.mark.parametrize("command", ["convert", "detect", "validate", "formats", "explain", "report", "golden", ""])
def test_help_shows_the_exit_codes(run: Command, command: str) -> None:
    done = run(*filter(None, [command, "--help"]))
    assert done.code == 0
    assert "exit codes: 0 all converted, 1 some records failed, 2 usage, 3 losses under --strict" in " ".join(done.out.split())


def test_responses_and_errors(run: Command) -> None:
    answer = {"id": "1", "finish_reason": "COMPLETE", "message": {"role": "assistant", "content": [{"type": "text", "text": "Hi"}]}}
    done = run("convert", "--kind", "response", stdin=[answer])
    assert done.lines[0]["choices"][0]["message"]["content"] == "Hi"
    done = run("convert", "--kind", "error", "--from", "cohere", "--status", "429", stdin=[{"id": "1", "message": "slow down"}])
    assert done.lines[0]["error"]["message"] == "slow down"
    assert done.lines[0]["error"]["type"] == "rate_limit_error"


# Streams


def framed(name: str, events: list[Any]) -> bytes:
    machine = encoder(name)
    return b"".join(map(machine.encode, events)) + machine.end()


@pytest.mark.parametrize("source", ["ollama", "auto"])
def test_a_stream_changes_its_framing(run: Command, source: str) -> None:
    code, out, err = run.raw("convert", "--kind", "stream", "--from", source, stdin=framed("jsonl", OLLAMA))
    assert (code, err) == (0, b"")
    assert out.endswith(b"data: [DONE]\n\n")
    chunks = decoder("sse").feed(out)[:-1]
    assert "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"]) == "Hi"
    code, out, err = run.raw("convert", "--kind", "stream", "--from", "unified", "--to", "cohere", stdin=out)
    assert (code, err) == (0, b"")
    assert out.startswith(b"event: message-start\ndata: {")


def test_a_cut_stream_is_said_and_closed(run: Command) -> None:
    code, out, err = run.raw("convert", "--kind", "stream", "--from", "ollama", stdin=framed("jsonl", OLLAMA[:1]))
    assert code == 0
    assert b"cut" in err
    assert b'"finish_reason":"length"' in out
    assert out.endswith(b"data: [DONE]\n\n")
    assert run.raw("convert", "--kind", "stream", "--from", "ollama", "--strict", stdin=framed("jsonl", OLLAMA[:1]))[0] == 3


def test_a_broken_stream_gives_what_came_before(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "stream.jsonl"
    path.write_bytes(framed("jsonl", OLLAMA[:1]) + b"{bad}\n")
    code, out, err = run.raw("convert", "--kind", "stream", "--from", "ollama", str(path))
    assert code == 1
    assert err.startswith(f"{path}:2: ".encode())
    assert b'"content":"Hi"' in out


def test_a_stream_that_tells_nothing(run: Command) -> None:
    assert run("convert", "--kind", "stream", stdin=b'data: {"x":1}\n\n').code == 2


def test_losses_of_a_stream(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "losses.jsonl"
    run.raw("convert", "--kind", "stream", "--from", "ollama", "--losses", str(path), stdin=framed("jsonl", OLLAMA[:1]))
    assert [json.loads(line)["scope"] for line in path.read_text().splitlines()]


def test_streams_inside_records(run: Command) -> None:
    records = [{"id": 1, "stream": OLLAMA}, {"id": 2, "stream": framed("jsonl", OLLAMA).decode()}, {"id": 3, "stream": 5}]
    done = run("convert", "--kind", "stream", "--from", "ollama", "--at", "/stream", stdin=records)
    assert done.code == 1
    assert done.err == "stdin:3: a stream is a list of events or framed text\n"
    first, second = done.lines
    assert first["stream"][-1]["usage"]["total_tokens"] == 4
    assert second["stream"].endswith("data: [DONE]\n\n")
    assert decoder("sse").feed(second["stream"].encode())[:-1] == first["stream"]


# The other commands


def test_detect(run: Command) -> None:
    done = run("detect", stdin=[REQUEST, "bad", {"contents": []}])
    assert done.code == 1
    assert done.lines == [
        {"format": "unified", "kind": "request", "confidence": 0.5}, {"format": "gemini", "kind": "request", "confidence": 1.0},
    ]  # fmt: skip
    assert done.err.startswith("stdin:2: not JSON")


def test_validate(run: Command) -> None:
    good = run("validate", "--format", "unified", "--kind", "request", stdin=[REQUEST])
    assert (good.code, good.out, good.err) == (0, "", "")
    bad = run("validate", "--format", "unified", "--kind", "request", stdin=[REQUEST, {**REQUEST, "temperature": "warm"}])
    assert bad.code == 1
    assert bad.out.startswith("stdin:2: /temperature: ")


def test_explain(run: Command) -> None:
    done = run("explain", "--to", "cohere", stdin=[{**LOSSY, "top_p": 0.5}])
    assert done.code == 0
    rows = {line.split()[0]: line for line in done.out.splitlines()[1:]}
    assert "dropped" in rows["/logit_bias/5"]
    assert rows["/top_p"].endswith("/p")
    assert rows["/messages/0/content"].endswith("/messages/0/content")
    assert "no effect" not in rows["/messages/0/role"]
    assert "\033" not in done.out


def test_explain_finds_changed_values_by_trial(run: Command) -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
    result = {"role": "tool", "tool_call_id": "call_1", "content": "1"}
    tools = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}]
    body = {"model": "m", "messages": [USER, {"role": "assistant", "tool_calls": [call]}, result], "tools": tools}
    done = run("explain", "--to", "ollama", stdin=[body])
    rows = {line.split()[0]: line for line in done.out.splitlines()[1:] if line}
    assert "/messages/1/tool_calls/0/function/arguments/" in rows["/messages/1/tool_calls/0/function/arguments"].split()[-1] + "/"


def test_report(run: Command) -> None:
    done = run("report", "--to", "cohere", stdin=[REQUEST, LOSSY, LOSSY, REQUEST, "bad"])
    assert done.code == 1
    assert "4 records to cohere, 1 failed" in done.out
    assert "2 (50.0 %) keep all content and behaviour" in done.out
    assert any("logit_bias" in line and "50.0%" in line for line in done.out.splitlines())
    assert "line 2 (1)" in done.out
    told = json.loads(run("report", "--to", "cohere", "--json", stdin=[REQUEST, LOSSY]).out)
    assert (told["records"], told["without_loss"], told["worst"]) == (2, 1, [{"line": 2, "losses": 1}])


def test_formats(run: Command) -> None:
    names = [line.split()[0] for line in run("formats").out.splitlines()]
    assert {"unified", "cohere", "ollama", "compatible"} <= set(names)
    table = run("formats", "cohere", "ollama").out.splitlines()
    assert table[0].split() == ["cohere", "ollama"]
    assert any(line.startswith("temperature") for line in table)
    assert json.loads(run("formats", "cohere", "--json").out)[0]["name"] == "cohere"


def test_golden(run: Command, tmp_path: Path) -> None:
    case = tmp_path / "cohere" / "text"
    case.mkdir(parents=True)
    (case / "case.json").write_text('{"shows": "text"}')
    (case / "request.native.json").write_text(json.dumps(REQUEST))
    missing = run("golden", "check", str(tmp_path))
    assert missing.code == 1
    assert "cohere/text/request.unified.json: missing" in missing.out
    assert run("golden", "new", str(tmp_path)).out == "cohere/text/request.unified.json\n"
    assert run("golden", "check", str(tmp_path)).code == 0
    (case / "request.unified.json").write_text('{"model": "other"}\n')
    assert run("golden", "new", str(tmp_path)).out == ""
    assert run("golden", "check", str(tmp_path), "--case", "cohere/text").code == 1
    assert run("golden", "update", str(tmp_path)).out == "cohere/text/request.unified.json\n"
    assert run("golden", "check", str(tmp_path)).code == 0
    assert run("golden", "check", str(tmp_path), "--case", "cohere/none").code == 2


# As a process

ROOT = Path(__file__).parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def test_output_flows_line_by_line() -> None:
    """The answer to the first line comes before the second line is written."""
    command = [sys.executable, "-m", "translate", "convert", "--to", "cohere"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(2):
            process.stdin.write(lines(REQUEST))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["messages"] == [USER]
        process.stdin.close()
        assert process.wait(10) == 0


def test_a_closed_pipe_is_silent(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(lines(REQUEST) * 5000)
    command = [sys.executable, "-m", "translate", "convert", "--to", "cohere", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        process.wait(20)


def test_memory_does_not_grow_with_the_lines(run: Command, tmp_path: Path) -> None:
    import tracemalloc

    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    run("convert", "--to", "cohere", "-o", str(out), stdin=[REQUEST])  # what is loaded once does not count

    def peak(count: int) -> int:
        path.write_bytes(lines({**REQUEST, "messages": [{"role": "user", "content": "x" * 2000}]}) * count)
        tracemalloc.start()
        try:
            assert run("convert", "--to", "cohere", str(path), "-o", str(out)).code == 0
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(1000) < 2 * peak(50) + 200_000
