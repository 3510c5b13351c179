"""Documents in files, for the command line: JSON and JSON lines as records, pointers into them, one line of complaint each."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from translate.errors import TranslateError


class BadRecord(Exception):
    """A record that is no document: not JSON, nothing at the pointer, a format that can not be told."""


class Record(NamedTuple):
    """line: where it begins, from 1. value: the decoded JSON. problem: why there is none."""

    line: int
    value: Any
    problem: str


@contextlib.contextmanager
def opened(name: str) -> Iterator[IO[bytes]]:
    """A file to read; `-` is stdin."""
    if name == "-":
        yield sys.stdin.buffer
    else:
        with open(name, "rb") as file:
            yield file


@contextlib.contextmanager
def written(name: str) -> Iterator[IO[bytes]]:
    """A file to write; `-` is stdout."""
    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with open(name, "wb") as file:
            yield file


def same_file(first: str, second: str) -> bool:
    """Whether writing one would destroy the other before it is read."""
    return "-" not in (first, second) and os.path.exists(second) and os.path.samefile(first, second)


def records(file: IO[bytes]) -> Iterator[Record]:
    """
    The records of a file. One document over many lines is one record; otherwise each line is one, read as it comes, so that a
    pipe flows and memory stays flat.
    """
    number = 0
    for line in file:
        number += 1
        if not line.strip():
            continue
        if number > 1 or not _goes_on(line):
            yield Record(number, *_loaded(line))
            continue
        # A document that goes on over the lines, or a first line that is cut among good ones.
        rest = file.read()
        whole, problem = _loaded(line + rest)
        if not problem:
            yield Record(number, whole, "")
            return
        lines = rest.split(b"\n")
        if sum(bool(each.strip()) and not _loaded(each)[1] for each in lines[:5]) == 0:
            yield Record(number, None, problem)
            return
        for each in (line, *lines):
            if each.strip():
                yield Record(number, *_loaded(each))
            number += 1
        return


def _goes_on(line: bytes) -> bool:
    """Whether a text is the beginning of a JSON document and not the whole of one."""
    try:
        json.loads(line)
    except json.JSONDecodeError as error:
        return line.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") and error.pos >= len(error.doc.rstrip()) - 1
    except (ValueError, RecursionError):
        return False
    return False


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _loaded(text: bytes) -> tuple[Any, str]:
    """The document and ""; or None and what is wrong."""
    try:
        return json.loads(text, parse_constant=_refuse_constant), ""
    except RecursionError:
        return None, "not JSON: nested too deeply"
    except UnicodeDecodeError as error:
        return None, f"not JSON: not UTF-8 at byte {error.start}"
    except ValueError as error:
        return None, f"not JSON: {error}"


def dumped(value: Any) -> bytes:
    """A document on one line."""
    return (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _step(holder: Any, step: str) -> str | int:
    """Key or index for one step of a pointer."""
    step = step.replace("~1", "/").replace("~0", "~")
    return int(step) if isinstance(holder, list) and step.isdecimal() else step


def at(record: Any, place: str) -> Any:
    """The document inside a record. Raises: BadRecord when nothing is there."""
    value = record
    for step in place.split("/")[1:]:
        try:
            value = value[_step(value, step)]
        except (KeyError, IndexError, TypeError):
            raise BadRecord(f"nothing at {place}") from None
    return value


def replaced(record: Any, place: str, value: Any) -> Any:
    """The record with another document at the pointer; containers along the way are fresh."""
    return _put(record, place.split("/")[1:], value)


def _put(holder: Any, steps: list[str], value: Any) -> Any:
    if not steps:
        return value
    key: Any = _step(holder, steps[0])
    made = list(holder) if isinstance(holder, list) else dict(holder)
    made[key] = _put(holder[key], steps[1:], value)
    return made


def complain(file: str, line: int, error: Exception, *, as_json: bool = False) -> None:
    """One line on stderr about one record."""
    name = "stdin" if file == "-" else file
    if as_json:
        told = error.to_dict() if isinstance(error, TranslateError) else {"error": "BadRecord", "message": str(error)}
        print(json.dumps({"file": name, "line": line, **told}), file=sys.stderr)
    else:
        print(f"{name}:{line}: " + " ".join(str(error).splitlines()), file=sys.stderr)


class Progress:
    """A count on the terminal while a regular file is read; nothing otherwise."""

    def __init__(self, name: str) -> None:
        self.shown = name != "-" and sys.stderr.isatty() and not sys.stdout.isatty() and Path(name).is_file()
        self.count = 0

    def step(self) -> None:
        """One more record."""
        self.count += 1
        if self.shown and self.count % 200 == 0:
            print(f"\r{self.count} records", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Wipes the line."""
        if self.shown and self.count >= 200:
            print("\r" + " " * 40 + "\r", end="", file=sys.stderr, flush=True)
