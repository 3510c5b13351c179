"""
A gateway: clients of every format in front, one provider behind. Standard library and `translate` only.

    python examples/gateway.py --to anthropic --url https://api.anthropic.com --header "x-api-key: $ANTHROPIC_API_KEY"

Each official client then reaches that provider by its base URL alone; `DOORS` says which path is which format. Formats that share a
path are named in the base URL: `http://127.0.0.1:8080/as/mistral`.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import re
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import translate

FORMATS = {info.name for info in translate.formats()}
DOORS = (  # what the path of a request ends with -> the format of its body
    (r"/deployments/[^/]+/chat/completions", "azure"),
    (r"/chat/completions", "unified"),
    (r"/responses", "openai-responses"),
    (r"/v1/messages", "anthropic"),
    (r"/publishers/anthropic/models/.+:(rawPredict|streamRawPredict)", "anthropic-vertex"),
    (r"/(publishers/[^/]+/models|endpoints)/.+:(generateContent|streamGenerateContent)", "vertex"),
    (r"/(models|tunedModels)/.+:(generateContent|streamGenerateContent)", "gemini"),
    (r"/model/[^/]+/(converse|converse-stream)", "bedrock"),
    (r"/model/[^/]+/(invoke|invoke-with-response-stream)", "anthropic-bedrock"),
    (r"/v2/chat", "cohere"),
    (r"/api/chat", "ollama"),
)
STREAM_TYPES = {
    "ollama": "application/x-ndjson", "json-array": "application/json",
    "bedrock": "application/vnd.amazon.eventstream", "anthropic-bedrock": "application/vnd.amazon.eventstream",
}  # fmt: skip
PASSED_ON = ("retry-after", "retry-after-ms")  # headers of the provider's answer that its client acts on


class Upstream(NamedTuple):
    """The provider: its format, its base URL as its own SDK has it, headers with the key."""

    format: str
    url: str
    headers: dict[str, str]


def door_of(path: str) -> str | None:
    """The format that a client speaks, by the path of its request."""
    named = re.match(r"/as/([^/]+)/", path)
    if named:
        return named[1] if named[1] in FORMATS else None
    return next((name for end, name in DOORS if re.search(end + r"(\?|$)", path)), None)


class Handler(BaseHTTPRequestHandler):
    """One request: there by the upstream's format, back by the client's, with the memo that the way there left."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # pieces of a stream go out at once
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        door = door_of(self.path)
        if door is None:
            self.answer(404, {"error": {"message": f"no door at {self.path}"}})
            return
        upstream = self.server.upstream
        way = {"path": self.path, "headers": {name.lower(): value for name, value in self.headers.items()}}
        try:
            there = translate.convert_request(
                json.loads(body), source=door, target=upstream.format, options=translate.Options(route=way)
            )
            options = translate.Options(memo=there.memo, model=there.route["model"], created=int(time.time()))
            with sent(upstream, there) as answer:
                if answer.status >= 400:
                    way = {"headers": dict(answer.headers.items())}
                    self.refuse(json_or_text(answer.read()), upstream.format, door, answer.status, way)
                elif there.route["stream"]:
                    self.stream(answer, upstream.format, door, options)
                else:
                    body = json_or_text(answer.read())
                    back = translate.convert_response(body, source=upstream.format, target=door, options=options)
                    self.answer(200, back.value)
        except translate.TranslateError as error:
            self.refuse(shown(error), "unified", door, error.status_hint)
        except json.JSONDecodeError as error:
            self.refuse(shown(error), "unified", door, 400)
        except (OSError, http.client.HTTPException) as error:
            self.refuse(shown(error), "unified", door, 502)

    def stream(self, answer: http.client.HTTPResponse, source: str, door: str, options: translate.Options) -> None:
        """Bytes in, bytes out, as they come. Whatever goes wrong now has to be said within the stream."""
        machine = translate.ByteStreamConverter(source, door, options)
        array = JsonArray() if door in ("gemini", "vertex") and "alt=sse" not in self.path else None
        self.send_response(200)
        self.send_header("content-type", STREAM_TYPES.get("json-array" if array else door, "text/event-stream"))
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            for piece in converted(answer, machine, door):
                data = array.piece(piece) if array else piece
                if data:
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
            end = array.end() if array else b""
            self.wfile.write((b"%x\r\n%b\r\n" % (len(end), end) if end else b"") + b"0\r\n\r\n")
        except OSError:  # the client has gone
            self.close_connection = True

    def refuse(self, body: Any, source: str, door: str, status: int, way: dict[str, Any] | None = None) -> None:
        """An error in the client's form, with the headers that belong to it."""
        options = translate.Options(route=way)
        try:
            error = translate.convert_error(body, source=source, target=door, status=status, options=options)
        except translate.TranslateError:  # no error of that format: a proxy's page, say
            body = {"error": {"message": str(body), "type": None, "param": None, "code": None}}
            error = translate.convert_error(body, target=door, status=status)
        passed = {name: value for name, value in (way or {}).get("headers", {}).items() if name.lower() in PASSED_ON}
        self.answer(error.route["status"], error.value, {**passed, **error.route["headers"]})

    def answer(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        for name, text in {"content-type": "application/json", "content-length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Gateway(ThreadingHTTPServer):
    """Serves every door for one provider; port 0 takes a free one."""

    daemon_threads = True

    def __init__(self, upstream: Upstream, host: str = "127.0.0.1", port: int = 0) -> None:
        self.upstream = upstream
        super().__init__((host, port), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a client that has gone is no error
            super().handle_error(request, client_address)


@contextlib.contextmanager
def sent(upstream: Upstream, there: translate.Converted) -> Iterator[http.client.HTTPResponse]:
    """The provider's answer to a converted request. What a route lacks is host and key."""
    base, route = urlsplit(upstream.url), there.route
    below = base.path.rstrip("/")
    if route["path"].startswith("/projects/"):  # an endpoint of Vertex AI, by its whole name
        below = below.partition("/projects/")[0]
    path = below + route["path"] + ("?" + urlencode(route["query"]) if route["query"] else "")
    kind = http.client.HTTPSConnection if base.scheme == "https" else http.client.HTTPConnection
    headers = {"content-type": "application/json", **upstream.headers, **route["headers"]}
    with contextlib.closing(kind(base.netloc, timeout=600)) as connection:
        connection.request("POST", path, json.dumps(there.value).encode(), headers)
        yield connection.getresponse()


class JsonArray:
    """`streamGenerateContent` without `alt=sse`: the same events as the elements of one array."""

    def __init__(self) -> None:
        self.opening = b"["

    def piece(self, data: bytes) -> bytes:
        out = b""
        for event in re.findall(rb"^data: (.*)$", data, re.MULTILINE):
            out += self.opening + event
            self.opening = b","
        return out

    def end(self) -> bytes:
        return b"[]" if self.opening == b"[" else b"]"


def converted(answer: http.client.HTTPResponse, machine: translate.ByteStreamConverter, door: str) -> Iterator[bytes]:
    """The client's bytes. A connection that breaks is a cut stream, which `flush` closes; nonsense becomes an error event."""
    try:
        while True:
            try:
                data = answer.read1()
            except (OSError, http.client.HTTPException):
                data = b""
            if not data:
                break
            yield machine.feed(data)
        yield machine.flush()
    except translate.StreamError as error:
        told = b"data: " + json.dumps(shown(error)).encode() + b"\n\n"
        yield translate.ByteStreamConverter("unified", door).feed(told)


def shown(error: Exception) -> dict[str, Any]:
    """An exception as an error of the unified format."""
    place = getattr(error, "path", "") or None
    kind = "invalid_request_error" if getattr(error, "status_hint", 400) < 500 else "server_error"
    return {"error": {"message": str(error), "type": kind, "param": place, "code": None}}


def json_or_text(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data.decode("utf-8", "replace")


def main() -> None:
    parser = argparse.ArgumentParser(description="clients of every format in front, one provider behind")
    parser.add_argument("--to", required=True, choices=sorted(FORMATS), metavar="FORMAT", help="format of the provider")
    parser.add_argument("--url", required=True, help="base URL of the provider, as its own SDK has it")
    parser.add_argument("--header", action="append", default=[], metavar="NAME: VALUE", help="sent along: the key")
    parser.add_argument("--port", type=int, default=8080)
    given = parser.parse_args()
    headers = dict(re.split(r":\s*", header, maxsplit=1) for header in given.header)
    Gateway(Upstream(given.to, given.url, headers), port=given.port).serve_forever()


if __name__ == "__main__":
    main()
