"""
The command `translate`: thin, no mapping code. Data goes to stdout and nothing else does; a bad record costs one line on
stderr and the run goes on.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from translate.errors import LossyConversion, TranslateError
from translate.leg import Options
from translate.loss import Converted, Loss
from translate.records import BadRecord, Progress, at, complain, dumped, opened, records, replaced, same_file, written
from translate.registry import find

CODES = "exit codes: 0 all converted, 1 some records failed, 2 usage, 3 losses under --strict"
FAILED, USAGE, LOSSY = 1, 2, 3
KINDS = ("request", "response", "stream", "error")
BLOCK = 1 << 16  # bytes of a stream taken at once


class UsageError(Exception):
    """What was asked makes no sense."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit code."""
    try:
        asked = _parser().parse_args(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else USAGE
    try:
        return int(asked.run(asked))
    except UsageError as error:
        print(f"translate: {error}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:
        # The reader has gone: silence, also when the interpreter flushes at its end.
        with contextlib.suppress(OSError, ValueError, io.UnsupportedOperation):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"translate: {error.filename or 'input'}: {error.strerror or error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    from translate import __version__

    parser = argparse.ArgumentParser(prog="translate", description="Chat documents between wire formats.", epilog=CODES)
    parser.add_argument("--version", action="version", version=f"translate {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Any, about: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=about, description=about, epilog=CODES)
        made.set_defaults(run=run)
        return made

    def source(made: argparse.ArgumentParser) -> None:
        made.add_argument("file", nargs="?", default="-", metavar="FILE", help="JSON or JSON lines; - or nothing: stdin")
        made.add_argument("-o", "--output", default="-", metavar="FILE", help="write here instead of stdout")
        made.add_argument("--at", default="", metavar="POINTER", help="JSON pointer to the document inside each record")

    def conversion(made: argparse.ArgumentParser, kinds: Sequence[str], *, target: str | None = None) -> None:
        source(made)
        made.add_argument("--kind", choices=kinds, default="request", help="what the documents are (default: request)")
        made.add_argument("--from", dest="source", default="auto", metavar="FORMAT", help="format of the input (default: auto)")
        more: dict[str, Any] = {"required": True} if target is None else {"default": target}
        made.add_argument("--to", dest="target", metavar="FORMAT", help="format of the output", **more)
        made.add_argument("--model", help="model where neither document nor route names one")
        made.add_argument("--api-version", metavar="WORD", help="version of the provider's API")
        made.add_argument("--status", type=int, help="HTTP status that error bodies came with")
        made.add_argument("--errors-json", action="store_true", help="complaints on stderr as JSON objects")

    made = command("convert", _convert, "Convert requests, responses or errors, one a line or one in a file, or a stream.")
    conversion(made, KINDS, target="unified")
    made.add_argument("--strict", action="store_true", help="a record that loses content or behaviour fails, with exit code 3")
    made.add_argument("--fail-fast", action="store_true", help="stop at the first record that fails")
    made.add_argument("--losses", metavar="FILE", help="write the losses here, one JSON object a line")

    made = command("detect", _detect, "Say which format and kind each document is.")
    source(made)

    made = command("validate", _validate, "Check documents against the JSON Schema of their format.")
    source(made)
    made.add_argument("--format", default="auto", metavar="FORMAT", help="format of the documents (default: auto)")
    made.add_argument("--kind", choices=("request", "response", "event", "error"), help="default: as detected")

    made = command("formats", _formats, "List the formats, or show what becomes of every unified request field in some.")
    made.add_argument("names", nargs="*", metavar="FORMAT")
    made.add_argument("--json", action="store_true", help="as JSON")

    made = command("explain", _explain, "Show where each field of one document went, and what was lost.")
    conversion(made, ("request", "response", "error"))

    made = command("report", _report, "Read a log file: what moving it to another provider would lose.")
    conversion(made, ("request", "response", "error"))
    made.add_argument("--json", action="store_true", help="as JSON")

    made = command("golden", _golden, "Check, update or complete a folder of golden files.")
    made.add_argument("action", choices=("check", "update", "new"), help="compare; rewrite; write what is missing")
    made.add_argument("directory", type=Path, metavar="DIR")
    made.add_argument("--case", metavar="FORMAT/CASE", help="this case only")
    return parser


def _formats_asked(asked: argparse.Namespace) -> tuple[str, str]:
    """Source (perhaps `auto`) and target, checked, like the rest of the arguments that have a form of their own."""
    _known(asked.source)
    if _known(asked.target) == "auto":
        raise UsageError("--to takes a format")
    _pointer(asked)
    return asked.source, asked.target


def _known(name: str) -> str:
    if name != "auto":
        try:
            find(name)
        except TranslateError as error:
            raise UsageError(str(error)) from None
    return name


def _pointer(asked: argparse.Namespace) -> str:
    place: str = asked.at
    if place and not place.startswith("/"):
        raise UsageError(f"--at takes a JSON pointer, which begins with /: {place!r}")
    if same_file(asked.file, asked.output):
        raise UsageError(f"{asked.output} would be overwritten while it is read")
    return place


def _told(document: Any) -> str:
    """The format of a document by itself."""
    from translate.detection import detect

    name = detect(document).format
    if name is None:
        raise BadRecord("format not recognised; name it with --from")
    return name


def _document(record: Any, problem: str, place: str) -> Any:
    if problem:
        raise BadRecord(problem)
    return at(record, place)


def _convert(asked: argparse.Namespace) -> int:
    source, target = _formats_asked(asked)
    if asked.kind == "stream" and not asked.at:
        return _convert_stream(asked, source, target)
    failed = lossy = False
    progress = Progress(asked.file)
    with contextlib.ExitStack() as stack:
        losses_to = stack.enter_context(open(asked.losses, "w", encoding="utf-8")) if asked.losses else None
        file, out = stack.enter_context(opened(asked.file)), stack.enter_context(written(asked.output))
        stack.callback(progress.end)
        for number, record, problem in records(file):
            progress.step()
            try:
                document = _document(record, problem, asked.at)
                converted = _one(document, record, asked, source, target)
            except (TranslateError, BadRecord) as error:
                complain(asked.file, number, error, as_json=asked.errors_json)
                if isinstance(error, LossyConversion):
                    lossy = True
                    _note_losses(losses_to, number, error.losses)
                else:
                    failed = True
                if asked.fail_fast:
                    break
                continue
            _note_losses(losses_to, number, converted.losses)
            out.write(dumped(replaced(record, asked.at, converted.value)))
            out.flush()
    return FAILED if failed else LOSSY if lossy else 0


def _one(document: Any, record: Any, asked: argparse.Namespace, source: str, target: str) -> Converted:
    """Converts the document of one record; a `path` in the record around it is its route."""
    from translate.convert import convert_error, convert_request, convert_response

    path = record.get("path") if asked.at and isinstance(record, dict) else None
    options = Options(
        model=asked.model, api_version=asked.api_version, route={"path": path} if isinstance(path, str) else None
    )
    on_loss = "raise" if getattr(asked, "strict", False) else "collect"
    if asked.kind == "stream":
        return _one_stream(document, source, target, options, on_loss)
    source = _told(document) if source == "auto" else source
    if asked.kind == "error":
        return convert_error(document, source=source, target=target, status=asked.status, options=options)
    convert = convert_request if asked.kind == "request" else convert_response
    return convert(document, source=source, target=target, options=options, on_loss=on_loss)


def _one_stream(document: Any, source: str, target: str, options: Options, on_loss: str) -> Converted:
    """A stream inside a record: a list of events gives one, framed text gives text (events where the framing is binary)."""
    from translate.framing import DONE, decoder, encoder
    from translate.stream import StreamConverter

    events = document
    if isinstance(document, str):
        reading = decoder("sse-typed")  # JSON lines too
        events = [event for event in reading.feed(document.encode("utf-8", "replace")) + reading.flush() if event is not DONE]
    if not isinstance(events, list):
        raise BadRecord("a stream is a list of events or framed text")
    source = _told(events[0] if events else None) if source == "auto" else source
    machine = StreamConverter(source, target, options, on_loss)
    ready = [out for event in events for out in machine.feed(event)] + machine.flush()
    framing = find(target).framing
    if isinstance(document, str) and not framing.startswith("aws"):
        writing = encoder(framing)
        ready_text = b"".join([*map(writing.encode, ready), writing.end()]).decode()
        return Converted(ready_text, machine.losses, {}, {})
    return Converted(ready, machine.losses, {}, {})


def _note_losses(file: IO[str] | None, line: int, losses: Sequence[Loss]) -> None:
    if file is not None:
        for loss in losses:
            file.write(json.dumps({"line": line, **loss.to_dict()}) + "\n")
        file.flush()


def _convert_stream(asked: argparse.Namespace, source: str, target: str) -> int:
    """Bytes of one stream in its framing -> bytes of the target's."""
    from translate.byte_stream import ByteStreamConverter

    with opened(asked.file) as file, written(asked.output) as out:
        read = getattr(file, "read1", file.read)  # what is there, so that a live stream flows
        head = read(BLOCK)
        if source == "auto":
            source, head = _stream_format(head, read)
        machine = ByteStreamConverter(source, target, Options(model=asked.model, api_version=asked.api_version))
        failure: TranslateError | None = None
        try:
            while head:
                out.write(machine.feed(head))
                out.flush()
                head = read(BLOCK)
            out.write(machine.flush())
        except TranslateError as error:
            failure = error
    losses = machine.losses
    if asked.losses:
        with open(asked.losses, "w", encoding="utf-8") as noted:
            _note_losses(noted, 1, losses)
    if failure is not None:
        complain(asked.file, getattr(failure, "event_index", 0) + 1, failure, as_json=asked.errors_json)
        return FAILED
    if machine.truncated:
        print(f"{'stdin' if asked.file == '-' else asked.file}: the stream was cut before its end", file=sys.stderr)
    if asked.strict and any(loss.scope != "envelope" for loss in losses):
        complain(asked.file, 1, LossyConversion(losses), as_json=asked.errors_json)
        return LOSSY
    return 0


def _stream_format(head: bytes, read: Any) -> tuple[str, bytes]:
    """Format by the first event that tells it, and the bytes that were read for that."""
    from translate.detection import detect
    from translate.framing import DONE, decoder

    machine, more = decoder("aws"), head  # reads text too
    while more:
        for event in machine.feed(more):
            name = detect(event).format if event is not DONE else None
            if name == "anthropic" and head[:1] < b"\t":
                name = "anthropic-bedrock"  # the same events, in binary frames
            if name is not None:
                return name, head
        more = read(BLOCK) if len(head) < 1 << 20 else b""
        head += more
    for event in machine.flush():
        if event is not DONE and (name := detect(event).format) is not None:
            return name, head
    raise UsageError("format of the stream not recognised; name it with --from")


def _detect(asked: argparse.Namespace) -> int:
    from translate.detection import detect

    place, code = _pointer(asked), 0
    with opened(asked.file) as file, written(asked.output) as out:
        for number, record, problem in records(file):
            try:
                found = detect(_document(record, problem, place))
            except BadRecord as error:
                complain(asked.file, number, error)
                code = FAILED
                continue
            out.write(dumped(found._asdict()))
            out.flush()
    return code


def _validate(asked: argparse.Namespace) -> int:
    from translate.detection import detect
    from translate.validation import validate

    name, place, code = _known(asked.format), _pointer(asked), 0
    shown = "stdin" if asked.file == "-" else asked.file
    with opened(asked.file) as file, written(asked.output) as out:
        for number, record, problem in records(file):
            try:
                document = _document(record, problem, place)
                found = detect(document)
                form, kind = found.format if name == "auto" else name, asked.kind or found.kind
                if form is None or kind is None:
                    raise BadRecord("format or kind not recognised; name them with --format and --kind")
                problems = validate(document, format=form, kind=kind)
            except (TranslateError, BadRecord) as error:
                complain(asked.file, number, error)
                code = FAILED
                continue
            for each in problems:
                out.write(f"{shown}:{number}: {each.path or '(document)'}: {each.message}\n".encode("utf-8", "replace"))
                code = FAILED
            out.flush()
    return code


def _formats(asked: argparse.Namespace) -> int:
    from translate.catalogue import formats

    names = [_known(name) for name in asked.names]
    chosen = [info for info in formats() if not names or info.name in names]
    if asked.json:
        text = json.dumps([info.to_dict() for info in chosen], indent=2, ensure_ascii=False)
    elif not names:
        text = "\n".join(
            f"{info.name:<18} {' '.join(info.documents):<32} "
            f"{sum(not str(word).startswith('dropped') for word in info.support.values())} of {len(info.support)} request fields"
            for info in chosen
        )
    else:
        fields = list(dict.fromkeys(field for info in chosen for field in info.support))
        width = max(map(len, fields), default=0) + 2
        lines = [" " * width + "".join(f"{info.name:<28}" for info in chosen)]
        for field in fields:
            lines.append(f"{field:<{width}}" + "".join(f"{str(info.support.get(field, ''))[:26]:<28}" for info in chosen))
        text = "\n".join(line.rstrip() for line in lines)
    with written("-") as out:
        out.write(text.encode("utf-8", "replace") + b"\n")
    return 0


def _explain(asked: argparse.Namespace) -> int:
    from translate.explain import explain

    source, target = _formats_asked(asked)
    with opened(asked.file) as file:
        for number, record, problem in records(file):
            try:
                document = _document(record, problem, asked.at)
                name = _told(document) if source == "auto" else source
                converted = _one(document, record, asked, name, target)
            except (TranslateError, BadRecord) as error:
                complain(asked.file, number, error, as_json=asked.errors_json)
                return FAILED
            colour = asked.output == "-" and sys.stdout.isatty() and "NO_COLOR" not in os.environ
            again = functools.partial(_one, record=record, asked=asked, source=name, target=target)
            text = explain(document, converted, name, target, colour=colour, again=again)
            with written(asked.output) as out:
                out.write(text.encode("utf-8", "replace"))
            return 0
    raise UsageError("no document to explain")


def _report(asked: argparse.Namespace) -> int:
    from translate.report import Report

    source, target = _formats_asked(asked)
    report, progress = Report(target), Progress(asked.file)
    with opened(asked.file) as file:
        for number, record, problem in records(file):
            progress.step()
            try:
                converted = _one(_document(record, problem, asked.at), record, asked, source, target)
            except (TranslateError, BadRecord) as error:
                complain(asked.file, number, error, as_json=asked.errors_json)
                report.failed += 1
                continue
            report.add(number, converted.losses)
    progress.end()
    with written(asked.output) as out:
        text = json.dumps(report.to_dict(), indent=2, ensure_ascii=False) + "\n" if asked.json else report.text()
        out.write(text.encode("utf-8", "replace"))
    return FAILED if report.failed else 0


def _golden(asked: argparse.Namespace) -> int:
    from translate import golden

    if not asked.directory.is_dir():
        raise UsageError(f"{asked.directory} is no folder")
    chosen = [case for case in golden.cases(asked.directory) if asked.case in (None, case.name)]
    if asked.case is not None and not chosen:
        raise UsageError(f"no case {asked.case} in {asked.directory}")
    if asked.action != "check":
        code = 0
        for case in chosen:
            try:
                for name in golden.update(case, only_missing=asked.action == "new"):
                    print(f"{case.name}/{name}")
            except (TranslateError, ValueError, TypeError, OSError) as error:
                print(f"{case.name}: {error}", file=sys.stderr)
                code = FAILED
        return code
    failures = [] if asked.case else golden.strangers(asked.directory)
    for case in chosen:
        failures += golden.check(case)
    for failure in failures:
        print(failure)
    print(f"{len(chosen)} cases, {len(failures)} failures", file=sys.stderr)
    return FAILED if failures else 0
