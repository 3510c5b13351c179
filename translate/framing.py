"""
Bytes of a stream <-> its events. Knows the framings, nothing of what the events mean.

`sse` (chat forms: data lines, `[DONE]` at the end), `sse-typed` (an `event:` line before the data), `sse-plain` (data lines and
nothing at the end; also reads a JSON array that arrives in pieces), `jsonl` (one document a line), `aws` (binary event stream
with checksums). Cost is linear in bytes however they are cut.
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
import zlib
from collections.abc import Callable
from typing import Any, Protocol

from translate.errors import StreamError, kind_of

LONGEST_FRAME = 64 * 1024 * 1024  # bytes of one line or frame that may wait for its end

DONE = object()  # stands for `[DONE]`, which is framing and no event

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Decoder(Protocol):
    """Bytes in, decoded events out; cut anywhere."""

    def feed(self, data: bytes) -> list[Any]: ...
    def flush(self) -> list[Any]: ...


class Encoder(Protocol):
    """Events in, bytes out."""

    def encode(self, event: Any) -> bytes: ...
    def end(self) -> bytes: ...


def _decoded(text: str, count: int) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise StreamError(f"event {count}: not JSON: {text[:60]!r}", event_index=count) from None


class _Lines:
    """Bytes -> lines without their ends (LF, CRLF or CR), each looked at once."""

    __slots__ = ("after_cr", "first", "held", "size")

    def __init__(self) -> None:
        self.held: list[bytes] = []
        self.size = 0
        self.after_cr = False  # a CR ended the last line; an LF that follows belongs to it
        self.first = True

    def feed(self, data: bytes) -> list[str]:
        if not data:
            return []
        if self.after_cr and data[:1] == b"\n":
            data = data[1:]
        self.after_cr = data[-1:] == b"\r" if data else self.after_cr
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *whole, rest = data.split(b"\n")
        lines: list[str] = []
        for piece in whole:
            lines.append(self._take(piece))
        if rest:
            self.held.append(rest)
            self.size += len(rest)
            if self.size > LONGEST_FRAME:
                raise StreamError(f"a line longer than {LONGEST_FRAME} bytes")
        return lines

    def _take(self, piece: bytes) -> str:
        if self.held:
            self.held.append(piece)
            piece = b"".join(self.held)
            self.held, self.size = [], 0
        if self.first:
            self.first = False
            piece = piece.removeprefix(b"\xef\xbb\xbf")
        return piece.decode("utf-8", "replace")

    def flush(self) -> list[str]:
        return [self._take(b"")] if self.held else []


class SseDecoder:
    """Server-sent events: data lines joined by newlines until a blank line; comments and other fields are passed over."""

    __slots__ = ("array", "count", "data", "lines", "started")

    def __init__(self) -> None:
        self.lines = _Lines()
        self.data: list[str] = []
        self.count = 0
        self.started = False
        self.array: ArrayDecoder | None = None

    def feed(self, data: bytes) -> list[Any]:
        if not self.started:
            # A mark of byte order and white space before the first line say nothing, wherever the bytes are cut.
            data = data.lstrip(b"\xef\xbb\xbf \t\r\n")
            if not data:
                return []
            self.started = True
            if data[:1] in b"[{":  # a JSON array (or one document) in place of events
                self.array = ArrayDecoder()
        if self.array is not None:
            return self.array.feed(data)
        events: list[Any] = []
        for line in self.lines.feed(data):
            events += self._line(line)
        return events

    def _line(self, line: str) -> list[Any]:
        if line:
            if line.startswith("data:"):
                self.data.append(line[6:] if line[5:6] == " " else line[5:])
            elif line == "data":
                self.data.append("")
            return []
        return self._event()

    def _event(self) -> list[Any]:
        if not self.data:
            return []
        text = "\n".join(self.data)
        self.data = []
        if not text.strip():
            return []
        if text.strip() == "[DONE]":
            return [DONE]
        event = _decoded(text, self.count)
        self.count += 1
        return [event]

    def flush(self) -> list[Any]:
        if self.array is not None:
            return self.array.flush()
        events: list[Any] = []
        for line in self.lines.flush():
            events += self._line(line)
        return events + self._event()


class ArrayDecoder:
    """A JSON array (or documents one after another) in pieces -> its elements, found by counting braces outside strings."""

    __slots__ = ("count", "depth", "escaped", "held", "in_string", "size")

    def __init__(self) -> None:
        self.held: list[bytes] = []
        self.size = 0
        self.depth = 0
        self.in_string = False
        self.escaped = False
        self.count = 0

    def feed(self, data: bytes) -> list[Any]:
        events: list[Any] = []
        start = 0 if self.depth else -1
        for spot, byte in enumerate(data):
            if self.escaped:
                self.escaped = False
            elif self.in_string:
                if byte == 0x5C:
                    self.escaped = True
                elif byte == 0x22:
                    self.in_string = False
            elif byte == 0x22:
                self.in_string = self.depth > 0
            elif byte == 0x7B:
                if not self.depth:
                    start = spot
                self.depth += 1
            elif byte == 0x7D and self.depth:
                self.depth -= 1
                if not self.depth:
                    self.held.append(data[start : spot + 1])
                    events.append(_decoded(b"".join(self.held).decode("utf-8", "replace"), self.count))
                    self.count += 1
                    self.held, self.size, start = [], 0, -1
        if self.depth and start >= 0:
            self.held.append(data[start:])
            self.size += len(data) - start
            if self.size > LONGEST_FRAME:
                raise StreamError(f"an element longer than {LONGEST_FRAME} bytes")
        return events

    def flush(self) -> list[Any]:
        if self.held:
            raise StreamError("the bytes end inside an element", event_index=self.count)
        return []


class JsonLinesDecoder:
    """One document a line; blank lines are passed over."""

    __slots__ = ("count", "lines")

    def __init__(self) -> None:
        self.lines = _Lines()
        self.count = 0

    def feed(self, data: bytes) -> list[Any]:
        return self._events(self.lines.feed(data))

    def _events(self, lines: list[str]) -> list[Any]:
        events = []
        for line in lines:
            if line.strip():
                events.append(_decoded(line, self.count))
                self.count += 1
        return events

    def flush(self) -> list[Any]:
        return self._events(self.lines.flush())


class AwsDecoder:
    """
    Binary event stream: 4 bytes length, 4 bytes length of headers, checksum of both; headers; payload; checksum of all.

    Source: Amazon event stream encoding. An exception frame becomes an event under its name, a `chunk` frame the event inside.
    """

    __slots__ = ("buffer", "count")

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.count = 0

    def feed(self, data: bytes) -> list[Any]:
        self.buffer += data
        events: list[Any] = []
        start = 0
        while len(self.buffer) - start >= 12:
            total, headers_size, check = struct.unpack_from(">III", self.buffer, start)
            if zlib.crc32(self.buffer[start : start + 8]) != check:
                raise StreamError("checksum of a frame's prelude is wrong", event_index=self.count)
            if total > LONGEST_FRAME or total < 16 + headers_size:
                raise StreamError(f"frame of {total} bytes", event_index=self.count)
            if len(self.buffer) - start < total:
                break
            frame = bytes(self.buffer[start : start + total])
            start += total
            events.append(self._frame(frame, headers_size))
            self.count += 1
        del self.buffer[:start]
        return events

    def _frame(self, frame: bytes, headers_size: int) -> Any:
        if zlib.crc32(frame[:-4]) != struct.unpack_from(">I", frame, len(frame) - 4)[0]:
            raise StreamError("checksum of a frame is wrong", event_index=self.count)
        headers = self._headers(frame[12 : 12 + headers_size])
        payload = frame[12 + headers_size : -4]
        body = _decoded(payload.decode("utf-8", "replace"), self.count) if payload else {}
        if headers.get(":message-type") == "error":
            name = headers.get(":error-code") or "internalServerException"
            return {name: {"message": headers.get(":error-message", "")}}
        name = headers.get(":exception-type") or headers.get(":event-type") or ""
        if name == "chunk" and type(body) is dict and type(body.get("bytes")) is str:
            try:
                return _decoded(base64.b64decode(body["bytes"]).decode("utf-8", "replace"), self.count)
            except (ValueError, binascii.Error):
                raise StreamError("a chunk that is no base64", event_index=self.count) from None
        return {name: body}

    def _headers(self, data: bytes) -> dict[str, str]:
        headers: dict[str, str] = {}
        spot = 0
        # Sizes of the fixed-size header types; 6 and 7 (bytes, text) have their own length.
        fixed = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
        try:
            while spot < len(data):
                size = data[spot]
                name = data[spot + 1 : spot + 1 + size].decode("utf-8", "replace")
                spot += 1 + size
                kind = data[spot]
                spot += 1
                if kind in (6, 7):
                    (size,) = struct.unpack_from(">H", data, spot)
                    headers[name] = data[spot + 2 : spot + 2 + size].decode("utf-8", "replace")
                    spot += 2 + size
                else:
                    spot += fixed[kind]
        except (IndexError, KeyError, struct.error):
            raise StreamError("headers of a frame can not be read", event_index=self.count) from None
        return headers

    def flush(self) -> list[Any]:
        if self.buffer:
            raise StreamError("the bytes end inside a frame", event_index=self.count)
        return []


class _SseEncoder:
    __slots__ = ("done", "typed")

    def __init__(self, typed: bool, done: bool) -> None:
        self.typed, self.done = typed, done

    def encode(self, event: Any) -> bytes:
        text = _dumps(event)
        if self.typed and type(event) is dict and type(event.get("type")) is str:
            text = f"event: {event['type']}\ndata: {text}\n\n"
        else:
            text = f"data: {text}\n\n"
        return text.encode("utf-8", "replace")

    def end(self) -> bytes:
        return b"data: [DONE]\n\n" if self.done else b""


class _JsonLinesEncoder:
    __slots__ = ()

    def encode(self, event: Any) -> bytes:
        return (_dumps(event) + "\n").encode("utf-8", "replace")

    def end(self) -> bytes:
        return b""


class _AwsEncoder:
    __slots__ = ("chunks",)

    def __init__(self, chunks: bool) -> None:
        self.chunks = chunks

    def encode(self, event: Any) -> bytes:
        if type(event) is not dict or not event:
            raise StreamError(f"expected an event object, got {kind_of(event)}")
        if self.chunks:
            inner = base64.b64encode(_dumps(event).encode("utf-8", "replace")).decode("ascii")
            return aws_frame("chunk", {"bytes": inner})
        name, body = next(iter(event.items()))
        return aws_frame(name, body, exception=name.endswith("Exception"))

    def end(self) -> bytes:
        return b""


def aws_frame(name: str, body: Any, *, exception: bool = False) -> bytes:
    """One frame of the binary event stream."""
    headers = {":message-type": "exception", ":exception-type": name} if exception else {":message-type": "event", ":event-type": name}
    headers[":content-type"] = "application/json"
    packed = b"".join(
        bytes((len(key),)) + key.encode() + b"\x07" + struct.pack(">H", len(value.encode())) + value.encode()
        for key, value in headers.items()
    )
    payload = _dumps(body).encode("utf-8", "replace")
    prelude = struct.pack(">II", 16 + len(packed) + len(payload), len(packed))
    prelude += struct.pack(">I", zlib.crc32(prelude))
    message = prelude + packed + payload
    return message + struct.pack(">I", zlib.crc32(message))


_DECODERS: dict[str, Callable[[], Decoder]] = {
    "sse": SseDecoder, "sse-typed": SseDecoder, "sse-plain": SseDecoder, "jsonl": JsonLinesDecoder, "aws": AwsDecoder,
    "aws-chunk": AwsDecoder,
}  # fmt: skip
_ENCODERS: dict[str, Callable[[], Encoder]] = {
    "sse": lambda: _SseEncoder(False, True),
    "sse-typed": lambda: _SseEncoder(True, False),
    "sse-plain": lambda: _SseEncoder(False, False),
    "jsonl": _JsonLinesEncoder,
    "aws": lambda: _AwsEncoder(False),
    "aws-chunk": lambda: _AwsEncoder(True),
}


def decoder(framing: str) -> Decoder:
    """Decoder of a framing, by the name a registry row gives."""
    return _DECODERS[framing]()


def encoder(framing: str) -> Encoder:
    """Encoder of a framing, by the name a registry row gives."""
    return _ENCODERS[framing]()
