"""
What the tests ask of an official client, whichever it is.

A `Client` speaks one format. `ask` sends a conversation in one of its `ways` (the plain call, the stream, the stream helper) and returns
`Seen`; `Seen.back` is what a user of that client appends before the next request: the client's own objects, unread.
"""

from __future__ import annotations

import base64
import json
from typing import Any, NamedTuple

Json = dict[str, Any]

SCHEMA: Json = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "description": "Name of the city"},
        "days": {"type": "array", "items": {"type": "integer"}},
        "note": {"type": "string"},
    },
    "required": ["city"],
}
NAME, ABOUT = "get_weather", "Weather of a city"
FORM: Json = {
    "type": "object", "properties": {"city": {"type": "string"}, "celsius": {"type": "integer"}},
    "required": ["city", "celsius"], "additionalProperties": False,
}  # fmt: skip


class Seen(NamedTuple):
    """What the client's user reads. text: that of a refusal too. calls: id, name, arguments. usage: whole prompt, its cached part, whole output."""

    text: str
    reasoning: str
    calls: list[tuple[str | None, str, Json]]
    finish: str | None
    usage: tuple[int | None, int | None, int | None]
    back: list[Any]


SYSTEM = "Answer like a harbour master."
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PICTURE = base64.b64encode(PNG).decode()
NOTHING = (None, None, None)  # usage that did not come


class Asked(NamedTuple):
    """What to ask for beside the messages."""

    tools: bool = False
    reasoning: bool = False
    form: bool = False
    much: bool = False  # sampling, limits, stops, a call that has to come


class StreamFailed(Exception):
    """Raised for clients that hand out a failure in mid-stream as an event of its own."""


class Client:
    """
    One official client at a gateway.

    format: what it speaks. client: the official one. errors: HTTP status -> the class that it raises. broken: the class for a
    failure in mid-stream.
    """

    format = ""
    ways: tuple[str, ...] = ("whole", "stream")
    errors: dict[int, type[Exception]]
    broken: type[Exception] = StreamFailed
    client: Any

    def __init__(self, url: str) -> None:
        raise NotImplementedError  # each client says it in its own way; there is none to fall back on

    def user(self, text: str) -> Any:
        return {"role": "user", "content": text}

    def opening(self, text: str) -> list[Any]:
        """SYSTEM, where it is a message, and what the user says beside a picture."""
        raise NotImplementedError

    def ask(self, history: list[Any], model: str, asked: Asked, way: str) -> Seen:
        raise NotImplementedError

    def results(self, seen: Seen, texts: list[str]) -> list[Any]:
        """The messages that answer the calls of `seen`."""
        raise NotImplementedError

    def told(self, error: Exception) -> str:
        """The message of the provider in an error of this client."""
        return str(error)

    def close(self) -> None:
        if hasattr(self.client, "close"):
            self.client.close()
        else:
            self.client.__exit__(None, None, None)


def arguments(text: str) -> Json:
    parsed: Json = json.loads(text)
    return parsed


def statuses(package: Any) -> dict[int, type[Exception]]:
    """The error classes of the packages that are made with one generator."""
    names = {400: "BadRequestError", 401: "AuthenticationError", 403: "PermissionDeniedError", 404: "NotFoundError",
             429: "RateLimitError", 500: "InternalServerError", 503: "InternalServerError"}  # fmt: skip
    return {status: getattr(package, name) for status, name in names.items()}
