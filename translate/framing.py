"""
Bytes of a stream <-> its events. Knows the framings, nothing of what the events mean.

    sse        data lines, `[DONE]` at the end                 chat forms
    sse-typed  an `event:` line before the data, no `[DONE]`   Messages, Responses, Cohere
    sse-plain  data lines, nothing at the end                  generateContent
    jsonl      one document a line                             Ollama
    aws        binary event stream, `aws-chunk` the same with the events inside `chunk` frames

Sources: WHATWG HTML, "Server-sent events"; RFC 8259; `event_stream` names its own. A decoder also reads what is plainly another
spelling of a stream (events as JSON lines, one JSON array in pieces, a single JSON document in place of a stream): the first byte
tells them apart. Cost is linear in bytes however they are cut, and the events do not depend on the cuts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol

from translate.errors import StreamError
from translate.json_text import parse, printer

LONGEST_FRAME = 64 * 1024 * 1024  # bytes of one line, event or frame: what may wait in memory for its end


class _Done:
    """Stands for `[DONE]`, which is framing and no event."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "DONE"


DONE: Final = _Done()


class Reader(Protocol):
    """What one framing does with bytes. `rest` is called once, at the end: what still can be read, and whether a piece can not."""

    def values(self, data: bytes) -> Iterator[Any]: ...
    def rest(self) -> tuple[list[Any], bool]: ...


class Encoder(Protocol):
    """Events in, bytes out; `end` gives what closes the stream."""

    def encode(self, event: Any) -> bytes: ...
    def end(self) -> bytes: ...


class Decoder:
    """
    Bytes in, decoded JSON values out (and DONE), cut anywhere.

    incomplete: after `flush`, whether the bytes ended inside an event, which is then left out: the stream was cut.
    Raises: StreamError for what can not be decoded, after the events before it were returned, whatever the cuts were;
    then at every further call.
    """

    def __init__(self, framing: str) -> None:
        self.incomplete = False
        self._framing = framing
        self._reader: Reader | None = None
        self._failure: StreamError | None = None

    def feed(self, data: bytes) -> list[Any]:
        """The events that are whole now."""
        if self._failure is not None:
            raise self._failure
        if self._reader is None:
            binary = self._framing.startswith("aws") and data[:1] < b"\t"
            if not binary:
                # A mark of byte order and white space before the first event say nothing.
                data = data.lstrip(b"\xef\xbb\xbf \t\r\n")
            if not data:
                return []
            self._reader = _reader(self._framing, data[0], binary)
        return self._kept(self._reader.values(data))

    def flush(self) -> list[Any]:
        """The bytes have ended: an event that only lacks the end of its line counts."""
        if self._failure is not None:
            raise self._failure
        if self._reader is None:
            return []
        events, self.incomplete = self._reader.rest()
        return events

    def _kept(self, values: Iterable[Any]) -> list[Any]:
        events: list[Any] = []
        try:
            for value in values:
                events.append(value)
        except StreamError as error:
            self._failure = error
            if not events:
                raise
        return events


def _reader(framing: str, first: int, binary: bool) -> Reader:
    if binary:
        from translate.event_stream import Frames

        return Frames()
    if first == 0x7B and framing == "jsonl":
        return _JsonLines()
    if first in b"[{":
        return _JsonSequence()
    return _Sse(framing == "sse-typed")


def decoded(data: bytes, number: int) -> Any:
    """JSON text -> value. Raises: StreamError, with the number of the event."""
    try:
        return parse(data.decode())
    except RecursionError:
        raise StreamError(f"event {number}: nested too deeply", event_index=number) from None
    except UnicodeDecodeError as error:
        problem = f"not UTF-8 at byte {error.start}"
    except ValueError as error:
        problem = f"not JSON ({error})"
    shown = data[:60].decode("utf-8", "backslashreplace")
    raise StreamError(f"event {number}: {problem}: {shown!r}", event_index=number) from None


def too_long(size: int, number: int) -> None:
    """Refuses a frame that is longer than what may wait for its end."""
    if size > LONGEST_FRAME:
        raise StreamError(f"event {number}: longer than {LONGEST_FRAME} bytes", event_index=number)


class _Lines:
    """Bytes -> lines without their ends (LF, CRLF or CR). Only new bytes are looked at."""

    __slots__ = ("after_cr", "held", "number", "size")

    def __init__(self) -> None:
        self.held: list[bytes] = []
        self.size = 0
        self.number = 0  # of the event that a line too long belongs to
        self.after_cr = False  # a CR ended the last line; an LF that follows belongs to it

    def lines(self, data: bytes) -> Iterator[bytes]:
        if self.after_cr and data:
            self.after_cr = False
            data = data.removeprefix(b"\n")
        for line in data.splitlines(keepends=True):  # of bytes: at LF, CR and CRLF, and nowhere else
            whole = line.rstrip(b"\r\n")
            self.size += len(whole)
            too_long(self.size, self.number)
            if len(whole) == len(line):
                self.held.append(line)
                self.after_cr = False
                return
            self.after_cr = line[-1:] == b"\r"
            yield self.take(whole)

    def take(self, last: bytes = b"") -> bytes:
        """What is held, with its last piece."""
        if self.held:
            self.held.append(last)
            last = b"".join(self.held)
            self.held = []
        self.size = 0
        return last


class _Sse:
    """Server-sent events: the data lines up to a blank one are one event. Comments and other fields are passed over."""

    __slots__ = ("data", "lines", "name", "number", "size", "typed")

    def __init__(self, typed: bool) -> None:
        self.typed = typed
        self.lines = _Lines()
        self.data: list[bytes] = []
        self.size = 0
        self.name = b""
        self.number = 0

    def values(self, data: bytes) -> Iterator[Any]:
        for line in self.lines.lines(data):
            if line:
                self._field(line)
            elif len(self.data) == 1 and (not self.name or not self.typed) and self.data[0][:1] == b"{":
                event = decoded(self.data[0], self.number)  # one line and nothing to add, as nearly always
                self.data, self.size, self.name = [], 0, b""
                self.number += 1
                self.lines.number = self.number
                yield event
            else:
                yield from self._event()

    def _field(self, line: bytes) -> None:
        if line[:6] == b"data: ":
            value = line[6:]
        elif line[:1] == b"{":  # a bare document among the events: how some servers report that they failed
            value = line
        else:
            name, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if name == b"event":
                self.name = value
            if name != b"data":
                return
        self.size += len(value)
        too_long(self.size, self.number)
        self.data.append(value)

    def _event(self) -> Iterator[Any]:
        pieces, name = self.data, self.name
        self.data, self.size, self.name = [], 0, b""
        texts = [b"\n".join(pieces)]
        if len(pieces) > 1:
            try:
                decoded(texts[0], self.number)
            except StreamError:
                texts = pieces  # servers that leave out the blank line write one event a line
        for text in texts:
            text = text.strip()
            if not text:
                continue
            if text == b"[DONE]":
                yield DONE
                continue
            event = decoded(text, self.number)
            if self.typed and name and type(event) is dict and "type" not in event:
                event = {"type": name.decode("utf-8", "replace"), **event}
            self.number += 1
            self.lines.number = self.number
            yield event

    def rest(self) -> tuple[list[Any], bool]:
        events: list[Any] = []
        line = self.lines.take()
        try:
            if line:
                self._field(line)
            for event in self._event():
                events.append(event)
        except StreamError:
            return events, True
        # A line cut before its data is as much a cut as one within.
        return events, bool(line) and not line.startswith((b"data:", b":", b"{"))


class _JsonLines:
    """One document a line; blank lines are passed over."""

    __slots__ = ("lines", "number")

    def __init__(self) -> None:
        self.lines = _Lines()
        self.number = 0

    def values(self, data: bytes) -> Iterator[Any]:
        for line in self.lines.lines(data):
            if line and not line.isspace():
                value = decoded(line, self.number)
                self.number += 1
                self.lines.number = self.number
                yield value

    def rest(self) -> tuple[list[Any], bool]:
        line = self.lines.take()
        if not line or line.isspace():
            return [], False
        try:
            return [decoded(line, self.number)], False
        except StreamError:
            return [], True


_BETWEEN = re.compile(rb"[^\s,]")  # the next byte that says something between documents
_OUTSIDE = re.compile(rb'["{}]')  # inside a document, outside its strings
_INSIDE = re.compile(rb'["\\]')  # inside a string


class _JsonSequence:
    """Objects one after another, or in one array that arrives in pieces: braces outside strings are counted."""

    __slots__ = ("arrays", "depth", "escaped", "held", "in_string", "number", "size")

    def __init__(self) -> None:
        self.held: list[bytes] = []
        self.size = 0
        self.arrays = 0
        self.depth = 0
        self.in_string = False
        self.escaped = False
        self.number = 0

    def values(self, data: bytes) -> Iterator[Any]:
        start = spot = 0
        while spot < len(data):
            if self.escaped:
                self.escaped = False
                spot += 1
                continue
            pattern = _INSIDE if self.in_string else _OUTSIDE if self.depth else _BETWEEN
            found = pattern.search(data, spot)
            if found is None:
                break
            byte, spot = found[0], found.end()
            if self.in_string:
                self.escaped = byte == b"\\"
                self.in_string = self.escaped
            elif byte == b"{":
                start = start if self.depth else spot - 1
                self.depth += 1
            elif byte == b"}" and self.depth:
                self.depth -= 1
                if not self.depth:
                    yield self._whole(data[start:spot])
            elif byte == b'"' and self.depth:
                self.in_string = True
            elif byte in b"[]":
                self.arrays += 1 if byte == b"[" else -1
            else:
                shown = byte.decode("utf-8", "backslashreplace")  # what follows may not be here yet
                raise StreamError(f"event {self.number}: expected object, not {shown!r}", event_index=self.number)
        if self.depth:
            self.held.append(data[start:])
            self.size += len(data) - start
            too_long(self.size, self.number)

    def _whole(self, last: bytes) -> Any:
        too_long(self.size + len(last), self.number)
        value = decoded(b"".join([*self.held, last]), self.number)
        self.held, self.size = [], 0
        self.number += 1
        return value

    def rest(self) -> tuple[list[Any], bool]:
        return [], bool(self.depth) or self.arrays > 0


_dumps = printer(allow_nan=False)


def encoded(value: Any) -> bytes:
    """Value -> JSON in UTF-8, on one line; a lone surrogate becomes U+FFFD."""
    try:
        text = _dumps(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise StreamError(f"an event that is not JSON: {error}") from None
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


class _SseEncoder:
    __slots__ = ("closing", "typed")

    def __init__(self, typed: bool, closing: bytes) -> None:
        self.typed, self.closing = typed, closing

    def encode(self, event: Any) -> bytes:
        data = b"data: " + encoded(event) + b"\n\n"
        name = event.get("type") if self.typed and type(event) is dict else None
        if type(name) is not str or not name.isprintable():  # no line end may slip into the name
            return data
        return b"event: " + name.encode() + b"\n" + data

    def end(self) -> bytes:
        return self.closing


class _JsonLinesEncoder:
    __slots__ = ()

    def encode(self, event: Any) -> bytes:
        return encoded(event) + b"\n"

    def end(self) -> bytes:
        return b""


FRAMINGS = ("sse", "sse-typed", "sse-plain", "jsonl", "aws", "aws-chunk")


def decoder(framing: str) -> Decoder:
    """Decoder of a framing, by the name a registry row gives."""
    if framing not in FRAMINGS:
        raise KeyError(framing)
    return Decoder(framing)


def encoder(framing: str) -> Encoder:
    """Encoder of a framing, by the name a registry row gives."""
    if framing in ("aws", "aws-chunk"):
        from translate.event_stream import FrameEncoder

        return FrameEncoder(framing == "aws-chunk")
    if framing == "jsonl":
        return _JsonLinesEncoder()
    closing = {"sse": b"data: [DONE]\n\n", "sse-typed": b"", "sse-plain": b""}[framing]
    return _SseEncoder(framing == "sse-typed", closing)
