"""A scripted provider on loopback: answers in the wire form of its format what the test asked for, and keeps what it was sent."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, NamedTuple

from tests.gateway.answers import WRITERS
from tests.gateway.turns import Turn
from translate import framing
from translate.registry import find

Json = dict[str, Any]

STREAMING = ("streamGenerateContent", "streamRawPredict", "converse-stream", "invoke-with-response-stream")


class Failure(NamedTuple):
    """An error answer."""

    status: int
    body: Any
    headers: dict[str, str]


class Broken(NamedTuple):
    """A stream of these events and no more. end: after, before or within the last one; after: the transfer ends as it should."""

    events: list[Json]
    end: Literal["after", "before", "within"]


class Held(NamedTuple):
    """A stream whose second half waits until the test has seen the first."""

    turn: Turn
    seen: threading.Event


class Received(NamedTuple):
    """A request as it came."""

    path: str
    headers: dict[str, str]
    text: bytes

    @property
    def body(self) -> Json:
        body: Json = json.loads(self.text)
        return body


Answer = Turn | Failure | Broken | Held


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Provider

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["content-length"]))
        provider, headers = self.server, {name.lower(): value for name, value in self.headers.items()}
        received = Received(self.path, headers, text)
        provider.received.append(received)
        answer = provider.script(received) if callable(provider.script) else provider.script
        assert answer is not None, "a request that no test has made"
        body = received.body
        model = body.get("model") or "the-model"
        if isinstance(answer, Failure):
            self.whole(answer.status, answer.body, answer.headers)
        elif isinstance(answer, Broken):
            self.pieces(answer.events, answer.end)
        elif isinstance(answer, Held):
            self.pieces(WRITERS[provider.format][1](answer.turn, model), seen=answer.seen)
        elif body.get("stream") is True or any(word in self.path for word in STREAMING):
            self.pieces(WRITERS[provider.format][1](answer, model))
        else:
            self.whole(200, WRITERS[provider.format][0](answer, model), {})

    def whole(self, status: int, body: Any, headers: dict[str, str]) -> None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def pieces(self, events: list[Json], end: str = "", seen: threading.Event | None = None) -> None:
        """One chunk of the transfer for each event, cut in its middle now and then."""
        encoder = framing.encoder(find(self.server.format).framing)
        parts = [encoder.encode(event) for event in events]
        if not end:
            parts.append(encoder.end())
        if end == "before":
            parts.pop()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for number, part in enumerate(parts):
            if seen is not None and number == len(parts) // 2:
                seen.wait(5)
            middle = len(part) // 2 if number % 3 == 0 else len(part)
            last = end == "within" and number == len(parts) - 1
            for piece in (part[:middle], b"" if last else part[middle:]):
                if piece:
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        if end in ("", "after"):
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Provider(ThreadingHTTPServer):
    """Answers by `script`: an answer, or a function of what was received."""

    daemon_threads = True

    def __init__(self, format: str) -> None:
        self.format = format
        self.script: Answer | Callable[[Received], Answer] | None = None
        self.received: list[Received] = []
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"
