"""
Calls to begin with, and how a call is written as the bytes that atheris keeps.

The documents are those of `golden/` and of the generated pool; they are written to a temporary folder and nowhere else.
"""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests import calls, corpus, strategies
from tests.calls import Call
from translate import framing
from translate.registry import ROWS

Json = Any
GOLDEN = corpus.ROOT / "golden"
LONGEST = 8_000  # characters of a document to begin with: small ones run often
# The kinds of document that a function is called with, where it is not one of its name alone.
KINDS = {
    "convert_error": ("error",),
    "bytes": ("stream",),
    "detect": ("request", "response", "event", "error"),
    "validate": ("request", "response", "event", "error"),
    "canonical": ("request", "response", "event", "error"),
}


def kinds(function: str) -> tuple[str, ...]:
    """What documents a function is called with."""
    return KINDS.get(function) or (calls.KIND_OF.get(function, "request"),)


def _read(path: Path) -> Json:
    text = path.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line] if path.suffix == ".jsonl" else json.loads(text)


def _golden(format: str, kind: str) -> Iterator[Json]:
    ending = "jsonl" if kind == "stream" else "json"
    patterns = (f"hub/*/{kind}.{ending}", f"*/*/{kind}.unified.{ending}")
    for pattern in patterns if format == "unified" else (f"{format}/*/{kind}.native.{ending}",):
        yield from map(_read, sorted(GOLDEN.glob(pattern)))


@functools.cache
def documents(format: str, kind: str) -> tuple[Json, ...]:
    """The documents of a format to begin with: its golden ones, and for the unified format the generated ones."""
    if kind == "event":
        return tuple(itertools.chain.from_iterable(documents(format, "stream")))
    found = list(_golden(format, kind))
    if format == "unified" and kind in strategies.KINDS:
        found = [document for pair in itertools.zip_longest(strategies.pool(kind), found) for document in pair if document]
    return tuple(document for document in found if len(json.dumps(document)) <= LONGEST)


def calls_of(function: str, count: int) -> list[Call]:
    """The first calls of the function: formats take turns, and so do the targets of what is unified."""
    rows = [
        [Call(function, document, format, _target(format, number), kind) for number, document in enumerate(documents(format, kind))]
        for kind in kinds(function)
        for format in calls.FORMATS
    ]  # fmt: skip
    turns = itertools.chain.from_iterable(itertools.zip_longest(*rows))
    found = list(itertools.islice((call for call in turns if call is not None), count))
    return [call._replace(document=framed(call)) for call in found] if function == "bytes" else found


def _target(format: str, number: int) -> str:
    return calls.FORMATS[number % len(calls.FORMATS)] if format == "unified" else "unified"


def framed(call: Call) -> bytes:
    """The bytes of a stream whose events the call holds."""
    encoder = framing.encoder(ROWS[call.source].framing)
    return b"".join(map(encoder.encode, call.document)) + encoder.end()


def written(call: Call) -> bytes:
    """A call as bytes: a line that says what is called, then the document, or the bytes of a stream as they are."""
    head = json.dumps([call.source, call.target, call.kind]).encode("ascii")
    body = call.document if isinstance(call.document, bytes) else json.dumps(call.document).encode("ascii")
    return head + b"\n" + body


def read(function: str, data: bytes) -> Call | None:
    """The call that bytes say; None when they say none."""
    head, _, body = data.partition(b"\n")
    try:
        source, target, kind = json.loads(head)
        document = body if function == "bytes" else json.loads(body)
    except (ValueError, TypeError, RecursionError):
        return None
    if source not in calls.FORMATS or target not in calls.FORMATS or kind not in kinds(function):
        return None
    return Call(function, document, source, target, kind)
