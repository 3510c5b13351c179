"""
The command `translate`: thin, no mapping code. Data goes to stdout and nothing else does; a bad record costs one line on
stderr and the run goes on. Exit codes: 0 all converted, 1 some records failed, 2 usage, 3 losses under --strict.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from translate.errors import LossyConversion, StreamError, TranslateError
from translate.leg import Options
from translate.loss import Loss
from translate.registry import ROWS

CODES = "exit codes: 0 all converted, 1 some records failed, 2 usage, 3 losses under --strict"
FAILED, USAGE, LOSSY = 1, 2, 3
KINDS = ("request", "response", "stream", "error")


class _Usage(Exception):
    """What was asked makes no sense; exit code 2."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit code."""
    parser = _parser()
    try:
        asked = parser.parse_args(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else USAGE
    try:
        return int(asked.run(asked))
    except _Usage as error:
        print(f"translate: {error}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:
        # The reader has gone: silence, also when the interpreter flushes at exit.
        with contextlib.suppress(OSError, ValueError, io.UnsupportedOperation):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"translate: {error.filename or ''}: {error.strerror or error}", file=sys.stderr)
        return USAGE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="translate", description="Chat documents between wire formats.", epilog=CODES)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Any, about: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=about, description=about, epilog=CODES)
        made.set_defaults(run=run)
        return made

    def source(made: argparse.ArgumentParser) -> None:
        made.add_argument("file", nargs="?", default="-", help="input file (JSON, JSON lines); - or nothing is stdin")
        made.add_argument("-o", "--output", default="-", metavar="FILE", help="output file instead of stdout")
        made.add_argument("--at", default="", metavar="POINTER", help="JSON pointer to the document inside each record")

    made = command("convert", _convert, "Convert requests, responses, errors (one a line, or one document) or a stream.")
    source(made)
    made.add_argument("--kind", choices=KINDS, default="request")
    made.add_argument("--from", dest="source", default="auto", metavar="FORMAT", help="format name, or auto (default)")
    made.add_argument("--to", dest="target", default="unified", metavar="FORMAT")
    made.add_argument("--strict", action="store_true", help="a loss of content or behaviour fails the record")
    made.add_argument("--fail-fast", action="store_true", help="stop at the first record that fails")
    made.add_argument("--losses", metavar="FILE", help="write the losses, one JSON object a line")
    made.add_argument("--errors-json", action="store_true", help="errors on stderr as JSON objects")
    made.add_argument("--model", help="model where document and route name none")
    made.add_argument("--api-version", metavar="WORD", help="version of the provider's API")
    made.add_argument("--status", type=int, help="HTTP status the error bodies came with")

    made = command("detect", _detect, "Say which format and kind each document is.")
    source(made)

    made = command("validate", _validate, "Check documents against the JSON Schema of their format.")
    source(made)
    made.add_argument("--format", default="auto", metavar="FORMAT")
    made.add_argument("--kind", choices=("request", "response", "event", "error"))

    made = command("formats", _formats, "List the formats, or show what becomes of every unified request field in some.")
    made.add_argument("names", nargs="*", metavar="FORMAT")
    made.add_argument("--json", action="store_true")

    made = command("explain", _explain, "Show where each field of one document went, and what was lost.")
    source(made)
    made.add_argument("--kind", choices=("request", "response", "error"), default="request")
    made.add_argument("--from", dest="source", default="auto", metavar="FORMAT")
    made.add_argument("--to", dest="target", required=True, metavar="FORMAT")

    made = command("report", _report, "Read a log file: what moving it to another provider would lose.")
    source(made)
    made.add_argument("--kind", choices=("request", "response", "error"), default="request")
    made.add_argument("--from", dest="source", default="auto", metavar="FORMAT")
    made.add_argument("--to", dest="target", required=True, metavar="FORMAT")
    made.add_argument("--json", action="store_true")

    made = command("golden", _golden, "Check, update or complete a folder of golden files.")
    made.add_argument("action", choices=("check", "update", "new"))
    made.add_argument("directory", type=Path, metavar="DIR")
    made.add_argument("--case", metavar="FORMAT/CASE", help="this case only")
    return parser


# Input and output


def _format(name: str, *, auto: bool = False) -> str:
    if name in ROWS or (auto and name == "auto"):
        return name
    from translate.registry import find

    try:
        find(name)
    except TranslateError as error:
        raise _Usage(str(error)) from None
    return name


@contextlib.contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    if name == "-":
        yield sys.stdin.buffer
    else:
        with open(name, "rb") as file:
            yield file


@contextlib.contextmanager
def _written(name: str) -> Iterator[IO[bytes]]:
    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with open(name, "wb") as file:
            yield file


@contextlib.contextmanager
def _noted(name: str | None) -> Iterator[IO[str] | None]:
    if name is None:
        yield None
    else:
        with open(name, "w", encoding="utf-8") as file:
            yield file


def _records(file: IO[bytes]) -> Iterator[tuple[int, Any, str]]:
    """
    (line number, document, what is wrong with the line) of each record. A file that is one document over many lines is one
    record; otherwise each line is one, read as it comes, so that a pipe flows and memory stays flat.
    """
    first = file.readline()
    number = 1
    while first and not first.strip():
        first = file.readline()
        number += 1
    if not first:
        return
    document, problem = _loaded(first)
    if problem and first.lstrip()[:1] in (b"{", b"["):
        # Not a document by itself. Either one that goes on over the lines, or a bad record among good ones.
        rest = file.read()
        whole, wrong = _loaded(first + rest)
        if not wrong:
            yield number, whole, ""
            return
        yield number, None, problem
        for line in rest.splitlines():
            number += 1
            if line.strip():
                document, problem = _loaded(line)
                yield number, document, problem
        return
    yield number, document, problem
    for line in file:
        number += 1
        if line.strip():
            document, problem = _loaded(line)
            yield number, document, problem


def _loaded(text: bytes) -> tuple[Any, str]:
    try:
        return json.loads(text), ""
    except RecursionError:
        return None, "nested too deeply"
    except ValueError as error:
        return None, f"not JSON: {error}"


def _at(record: Any, place: str) -> Any:
    """The document inside a record."""
    value = record
    for step in place.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, ValueError, TypeError):
            raise LookupError(f"nothing at {place}") from None
    return value


def _replaced(record: Any, place: str, value: Any) -> Any:
    """A copy of a record along the pointer, with another document there."""
    steps = place.split("/")[1:]
    if not steps:
        return value

    def put(holder: Any, rest: list[str]) -> Any:
        step = rest[0].replace("~1", "/").replace("~0", "~")
        key: Any = int(step) if isinstance(holder, list) else step
        made = list(holder) if isinstance(holder, list) else dict(holder)
        made[key] = value if len(rest) == 1 else put(holder[key], rest[1:])
        return made

    return put(record, steps)


def _line(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _pointer(text: str) -> str:
    if text and not text.startswith("/"):
        raise _Usage(f"--at takes a JSON pointer, which begins with /: {text!r}")
    return text


class _Progress:
    """A line on a terminal while a regular file is read; nothing otherwise."""

    def __init__(self, name: str) -> None:
        self.on = name != "-" and sys.stderr.isatty() and not sys.stdout.isatty() and Path(name).is_file()
        self.count = 0

    def step(self) -> None:
        self.count += 1
        if self.on and self.count % 200 == 0:
            print(f"\r{self.count} records", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self.on and self.count >= 200:
            print("\r" + " " * 40 + "\r", end="", file=sys.stderr, flush=True)


# Commands


def _convert(asked: argparse.Namespace) -> int:
    source, target, place = _format(asked.source, auto=True), _format(asked.target), _pointer(asked.at)
    if asked.kind == "stream":
        return _convert_stream(asked, source, target)
    code = 0
    progress = _Progress(asked.file)
    try:
        with _opened(asked.file) as file, _written(asked.output) as out, _noted(asked.losses) as losses_to:
            for number, record, problem in _records(file):
                progress.step()
                try:
                    if problem:
                        raise LookupError(problem)
                    document = _at(record, place)
                    converted = _one(document, record, asked, source, target)
                except (TranslateError, LookupError) as error:
                    lossy = isinstance(error, LossyConversion)
                    code = code or (LOSSY if lossy else FAILED)
                    if not lossy:
                        code = FAILED
                    _complain(asked, number, error)
                    if isinstance(error, LossyConversion):
                        _note_losses(losses_to, number, error.losses)
                    if asked.fail_fast:
                        return code
                    continue
                _note_losses(losses_to, number, converted.losses)
                out.write(_line(_replaced(record, place, converted.value)))
                out.flush()
    finally:
        progress.end()
    return code


def _one(document: Any, record: Any, asked: argparse.Namespace, source: str, target: str) -> Any:
    from translate.convert import convert_error, convert_request, convert_response

    if source == "auto":
        from translate.detection import detect

        found = detect(document)
        if found.format is None:
            raise LookupError("format not recognised; name it with --from")
        source = found.format
    route = {"path": record["path"]} if isinstance(record, dict) and record is not document and isinstance(record.get("path"), str) else None
    options = Options(model=asked.model, api_version=asked.api_version, route=route)
    if asked.kind == "error":
        return convert_error(document, source=source, target=target, status=asked.status, options=options)
    convert = convert_request if asked.kind == "request" else convert_response
    return convert(document, source=source, target=target, options=options, on_loss="raise" if asked.strict else "collect")


def _complain(asked: argparse.Namespace, number: int, error: Exception) -> None:
    name = "stdin" if asked.file == "-" else asked.file
    if getattr(asked, "errors_json", False):
        told = error.to_dict() if isinstance(error, TranslateError) else {"error": "BadRecord", "message": str(error.args[0])}
        print(json.dumps({"file": name, "line": number, **told}, ensure_ascii=False), file=sys.stderr)
    else:
        text = str(error) if isinstance(error, TranslateError) else str(error.args[0])
        print(f"{name}:{number}: " + text.replace("\n", " "), file=sys.stderr)


def _note_losses(file: IO[str] | None, number: int, losses: Sequence[Loss]) -> None:
    if file is not None:
        for loss in losses:
            file.write(json.dumps({"line": number, **loss.to_dict()}, ensure_ascii=False) + "\n")
        file.flush()


def _convert_stream(asked: argparse.Namespace, source: str, target: str) -> int:
    """Bytes of one stream in its framing -> bytes of the target's."""
    from translate.stream import ByteStreamConverter

    if asked.at:
        raise _Usage("--at is for records; a stream is read in its framing")
    with _opened(asked.file) as file, _written(asked.output) as out:
        read = file.read1 if hasattr(file, "read1") else file.read
        head = read(65536)
        if source == "auto":
            source, head = _stream_format(head, read)
        machine = ByteStreamConverter(source, target, Options(model=asked.model, api_version=asked.api_version))
        try:
            while head:
                out.write(machine.feed(head))
                out.flush()
                head = read(65536)
            out.write(machine.flush())
        except StreamError as error:
            _complain(asked, error.event_index + 1, error)
            return FAILED
    with _noted(asked.losses) as losses_to:
        _note_losses(losses_to, 1, machine.losses)
    refused = [loss for loss in machine.losses if loss.scope != "envelope"]
    if asked.strict and refused:
        _complain(asked, 1, LossyConversion(machine.losses))
        return LOSSY
    return 0


def _stream_format(head: bytes, read: Any) -> tuple[str, bytes]:
    """Format by the first event that can be read."""
    from translate.detection import detect
    from translate.framing import DONE, decoder

    while True:
        for framing in ("sse", "jsonl", "aws"):
            with contextlib.suppress(StreamError):
                for event in decoder(framing).feed(head):
                    found = detect(event) if event is not DONE else None
                    if found is not None and found.format is not None:
                        return found.format, head
        more = read(65536)
        if not more or len(head) > 1 << 20:
            raise _Usage("format of the stream not recognised; name it with --from")
        head += more


def _detect(asked: argparse.Namespace) -> int:
    from translate.detection import detect

    place, code = _pointer(asked.at), 0
    with _opened(asked.file) as file, _written(asked.output) as out:
        for number, record, problem in _records(file):
            try:
                if problem:
                    raise LookupError(problem)
                found = detect(_at(record, place))
            except LookupError as error:
                _complain(asked, number, error)
                code = FAILED
                continue
            out.write(_line(found._asdict()))
            out.flush()
    return code


def _validate(asked: argparse.Namespace) -> int:
    from translate.detection import detect
    from translate.validation import validate

    name, place, code = _format(asked.format, auto=True), _pointer(asked.at), 0
    shown = "stdin" if asked.file == "-" else asked.file
    with _opened(asked.file) as file, _written(asked.output) as out:
        for number, record, problem in _records(file):
            try:
                if problem:
                    raise LookupError(problem)
                document = _at(record, place)
                found = detect(document) if name == "auto" or asked.kind is None else None
                form = found.format if found is not None and name == "auto" else name
                kind = asked.kind or (found.kind if found is not None else None)
                if form is None or kind is None:
                    raise LookupError("format or kind not recognised; name them")
                problems = validate(document, format=form, kind=kind)
            except (TranslateError, LookupError) as error:
                _complain(asked, number, error)
                code = FAILED
                continue
            for each in problems:
                out.write(f"{shown}:{number}: {each.path or '(document)'}: {each.message}\n".encode("utf-8", "replace"))
                code = FAILED
    return code


def _formats(asked: argparse.Namespace) -> int:
    from translate.catalogue import formats

    chosen = [info for info in formats() if not asked.names or info.name in asked.names]
    for name in asked.names:
        _format(name)
    if asked.json:
        print(json.dumps([info.to_dict() for info in chosen], indent=2, ensure_ascii=False))
    elif not asked.names:
        for info in chosen:
            kept = sum(not str(word).startswith("dropped") for word in info.support.values())
            print(f"{info.name:<18} {' '.join(info.documents):<32} {kept} of {len(info.support)} request fields")
    else:
        fields = list(dict.fromkeys(field for info in chosen for field in info.support))
        width = max(map(len, fields), default=0) + 2
        print(" " * width + "".join(f"{info.name:<28}" for info in chosen))
        for field in fields:
            print(f"{field:<{width}}" + "".join(f"{str(info.support.get(field, ''))[:26]:<28}" for info in chosen))
    return 0


def _explain(asked: argparse.Namespace) -> int:
    from translate.explain import explain

    place = _pointer(asked.at)
    source, target = _format(asked.source, auto=True), _format(asked.target)
    with _opened(asked.file) as file:
        for number, record, problem in _records(file):
            try:
                if problem:
                    raise LookupError(problem)
                document = _at(record, place)
                if source == "auto":
                    from translate.detection import detect

                    source = detect(document).format or "unified"
                asked.strict, asked.model, asked.api_version, asked.status = False, None, None, None
                converted = _one(document, record, asked, source, target)
            except (TranslateError, LookupError) as error:
                _complain(asked, number, error)
                return FAILED
            colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
            with _written(asked.output) as out:
                out.write(explain(document, converted, source, target, colour=colour).encode("utf-8", "replace"))
            return 0
    return FAILED


def _report(asked: argparse.Namespace) -> int:
    from translate.report import Report

    place, code = _pointer(asked.at), 0
    source, target = _format(asked.source, auto=True), _format(asked.target)
    asked.strict, asked.model, asked.api_version, asked.status = False, None, None, None
    report, progress = Report(target), _Progress(asked.file)
    with _opened(asked.file) as file:
        for number, record, problem in _records(file):
            progress.step()
            try:
                if problem:
                    raise LookupError(problem)
                converted = _one(_at(record, place), record, asked, source, target)
            except (TranslateError, LookupError) as error:
                _complain(asked, number, error)
                report.failed += 1
                code = FAILED
                continue
            report.add(number, converted.losses)
    progress.end()
    with _written(asked.output) as out:
        text = json.dumps(report.to_dict(), indent=2, ensure_ascii=False) + "\n" if asked.json else report.text()
        out.write(text.encode("utf-8", "replace"))
    return code


def _golden(asked: argparse.Namespace) -> int:
    from translate import golden

    if not asked.directory.is_dir():
        raise _Usage(f"{asked.directory} is no folder")
    chosen = [case for case in golden.cases(asked.directory) if asked.case in (None, case.name)]
    if asked.case is not None and not chosen:
        raise _Usage(f"no case {asked.case} in {asked.directory}")
    if asked.action != "check":
        for case in chosen:
            try:
                for name in golden.update(case, only_missing=asked.action == "new"):
                    print(f"{case.name}/{name}")
            except (TranslateError, ValueError, OSError) as error:
                print(f"{case.name}: {error}", file=sys.stderr)
                return FAILED
        return 0
    failures = [] if asked.case else golden.strangers(asked.directory)
    for case in chosen:
        failures += golden.check(case)
    for failure in failures:
        print(failure)
    print(f"{len(chosen)} cases, {len(failures)} failures", file=sys.stderr)
    return FAILED if failures else 0
