"""Async clients in front: the same turns as `test_clients`, streamed and not, with back ends of two kinds of stream."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway.async_clients import ASYNC_CLIENTS
from tests.gateway.client import Asked, Client
from tests.gateway.conftest import World
from tests.gateway.provider import Provider
from tests.gateway.test_clients import CALLS, HELLO, LOOKS, RESULTS, accepted, finish_word
from tests.gateway.turns import MODELS, OUTPUT, PROMPT

WAYS = [
    (name, back_end, way)
    for name, kind in ASYNC_CLIENTS.items()
    for back_end in ("anthropic", "gemini")
    for way in kind.ways
]  # fmt: skip


@pytest.fixture
def client(world: World, client_name: str, back_end: str) -> Any:
    made = ASYNC_CLIENTS[client_name](world.urls[back_end])
    yield made
    made.close()


@pytest.mark.parametrize("client_name, back_end, way", WAYS)
def test_calls_and_results(client: Client, provider: Provider, back_end: str, way: str) -> None:
    provider.script = LOOKS
    asked, model, history = Asked(tools=True, reasoning=True), MODELS[back_end], [client.user("How is the weather?")]
    seen = client.ask(history, model, asked, way)
    assert (seen.text, seen.reasoning) == (LOOKS.text, LOOKS.reasoning)
    assert [call[1:] for call in seen.calls] == list(CALLS)
    assert (seen.finish, seen.usage[0], seen.usage[2]) == (finish_word(client.format, "calls"), PROMPT, OUTPUT)

    provider.script = HELLO
    again = client.ask([*history, *seen.back, *client.results(seen, RESULTS)], model, asked, way)
    assert (again.text, again.finish) == (HELLO.text, finish_word(client.format, "stop"))
    if client.format != back_end:
        for received in provider.received:
            accepted(received, back_end)
