"""Streams as bytes: `StreamConverter` with framing on both sides."""

from __future__ import annotations

from typing import Any

from translate.errors import StreamError, TranslateError, kind_of
from translate.leg import Options
from translate.loss import Loss
from translate.registry import find
from translate.stream import StreamConverter


class ByteStreamConverter:
    """
    Bytes of a stream -> bytes of the target's stream: framing on both sides (SSE, JSON lines, event stream).

    Bytes may be cut anywhere. `losses` and `truncated` as StreamConverter; bytes that end inside an event are a cut too.
    Raises: StreamError, after the bytes of the events before it were returned.
    """

    def __init__(self, source: str, target: str, options: Options | None = None) -> None:
        from translate import framing

        self._machine = StreamConverter(source, target, options)
        self._decoder: Any = framing.decoder(find(source).framing)
        self._encoder: Any = framing.encoder(find(target).framing)
        self._done_marker = framing.DONE
        self._failure: TranslateError | None = None
        self._ended = False

    @property
    def losses(self) -> list[Loss]:
        """All losses so far."""
        return self._machine.losses

    @property
    def truncated(self) -> bool:
        """True when the input was cut before its end."""
        return self._machine.truncated or bool(self._decoder.incomplete)

    def feed(self, data: bytes) -> bytes:
        """Bytes in, the bytes that are ready out."""
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise StreamError(f"expected bytes, got {kind_of(data)}")
        if self._failure is not None:
            raise self._failure
        return self._convert(self._decoder.feed(bytes(data)))

    def flush(self) -> bytes:
        """The input has ended."""
        if self._failure is not None:
            raise self._failure
        if self._ended:
            return b""
        self._ended = True
        out = self._convert(self._decoder.flush())
        out += b"".join(map(self._encoder.encode, self._machine.flush()))
        return out + bytes(self._encoder.end())

    def _convert(self, events: list[Any]) -> bytes:
        out: list[bytes] = []
        try:
            for event in events:
                if event is not self._done_marker:
                    out += [self._encoder.encode(ready) for ready in self._machine.feed(event)]
        except TranslateError as error:
            # What was ready goes out first, so that the output does not depend on where the bytes were cut.
            self._failure = error
            if not out:
                raise
        return b"".join(out)
