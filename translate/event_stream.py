"""
The binary event stream of AWS: frames with headers and checksums <-> events.

Source: Amazon event stream encoding, "Structure". A frame is four bytes of total length, four of header length, CRC-32 of these
eight; headers; payload; CRC-32 of all before it. An event is `{":event-type": payload}`, as boto3 yields it; of a `chunk` frame
(InvokeModel) the JSON inside; of an exception `{":exception-type": payload}`.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from translate.errors import StreamError, kind_of
from translate.framing import decoded, encoded, too_long

_PRELUDE = 12
# Sizes of header values by type: true, false, byte, short, integer, long, -, -, timestamp, UUID. 6 and 7 (bytes, text) tell their own.
_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}


class Frames:
    """Reader of frames; bytes may be cut anywhere."""

    __slots__ = ("buffer", "number")

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.number = 0

    def values(self, data: bytes) -> Iterator[Any]:
        self.buffer += data
        while len(self.buffer) >= _PRELUDE:
            total, headers_size, checksum = struct.unpack_from(">III", self.buffer)
            if zlib.crc32(self.buffer[:8]) != checksum:
                self._refuse("wrong checksum of a frame's first bytes")
            too_long(total, self.number)
            if total < _PRELUDE + headers_size + 4:
                self._refuse(f"a frame of {total} bytes with {headers_size} bytes of headers")
            if len(self.buffer) < total:
                return
            frame = bytes(self.buffer[:total])
            del self.buffer[:total]  # moves a pointer, not the bytes
            event = self._event(frame, headers_size)
            if event is not None:
                self.number += 1
                yield event

    def rest(self) -> tuple[list[Any], bool]:
        return [], bool(self.buffer)

    def _refuse(self, problem: str) -> None:
        raise StreamError(f"event {self.number}: {problem}", event_index=self.number)

    def _event(self, frame: bytes, headers_size: int) -> Any:
        if zlib.crc32(frame[:-4]) != struct.unpack_from(">I", frame, len(frame) - 4)[0]:
            self._refuse("wrong checksum of a frame")
        headers = self._headers(frame[_PRELUDE : _PRELUDE + headers_size])
        payload = frame[_PRELUDE + headers_size : -4]
        kind = headers.get(":message-type", "event")
        if kind == "error":  # an error without a model has its words in headers
            return _unmodelled(headers.get(":error-code", ""), headers.get(":error-message", ""))
        name = headers.get(":exception-type" if kind == "exception" else ":event-type", "")
        if name == "initial-response":  # answers the request, carries no event
            return None
        if not name:
            self._refuse("a frame without a type")
        body = decoded(payload, self.number) if payload else {}
        if name == "chunk" and type(body) is dict and type(body.get("bytes")) is str:
            try:
                inner = base64.b64decode(body["bytes"], validate=True)
            except ValueError:
                self._refuse("a chunk that is not base64")
            return decoded(inner, self.number)
        return {name: body}

    def _headers(self, data: bytes) -> dict[str, str]:
        headers: dict[str, str] = {}
        spot = 0
        try:
            while spot < len(data):
                end = spot + 1 + data[spot]
                name, kind = data[spot + 1 : end].decode(), data[end]
                spot = end + 1
                if kind in (6, 7):
                    (size,) = struct.unpack_from(">H", data, spot)
                    spot += 2
                    if spot + size > len(data):
                        raise IndexError
                    if kind == 7:
                        headers[name] = data[spot : spot + size].decode()
                else:
                    size = _SIZES[kind]
                spot += size
        except (IndexError, KeyError, ValueError, struct.error):
            self._refuse("headers of a frame can not be read")
        return headers


def _unmodelled(code: str, message: str) -> dict[str, Any]:
    if code.endswith("Exception"):
        return {code[:1].lower() + code[1:]: {"message": message}}
    return {"internalServerException": {"message": f"{code}: {message}" if code else message}}


class FrameEncoder:
    """Events -> frames. chunks: typed events go inside `chunk` frames (InvokeModel)."""

    __slots__ = ("chunks",)

    def __init__(self, chunks: bool) -> None:
        self.chunks = chunks

    def encode(self, event: Any) -> bytes:
        if type(event) is not dict or not event:
            raise StreamError(f"expected an event object, got {kind_of(event)}")
        name = next(iter(event))
        exception = len(event) == 1 and type(name) is str and name.endswith("Exception")
        if self.chunks and not exception:
            return frame("chunk", encoded({"bytes": base64.b64encode(encoded(event)).decode()}))
        if len(event) != 1:
            raise StreamError(f"expected an event object with one member, got {len(event)}")
        return frame(name, encoded(event[name]), exception=exception)

    def end(self) -> bytes:
        return b""


def frame(name: str, payload: bytes, *, exception: bool = False) -> bytes:
    """One frame with a JSON payload."""
    kind = "exception" if exception else "event"
    headers = ((f":{kind}-type", name), (":content-type", "application/json"), (":message-type", kind))
    try:
        packed = b"".join(_header(key, value) for key, value in headers)
    except (struct.error, UnicodeEncodeError, AttributeError):
        raise StreamError("an event whose name does not fit a header") from None
    prelude = struct.pack(">II", _PRELUDE + len(packed) + len(payload) + 4, len(packed))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + packed + payload
    return message + struct.pack(">I", zlib.crc32(message))


def _header(key: str, value: str) -> bytes:
    text = value.encode()
    return bytes((len(key),)) + key.encode() + b"\x07" + struct.pack(">H", len(text)) + text
