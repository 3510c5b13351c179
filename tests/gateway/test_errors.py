"""Whatever fails behind the gateway reaches the client as an error of its own kind, with the provider's message."""

from __future__ import annotations

import json

import pytest

from tests.gateway.answers import WRITERS
from tests.gateway.client import Asked, Client
from tests.gateway.clients import CLIENTS
from tests.gateway.failures import STATUSES, WORDS, failing_event, failure
from tests.gateway.provider import Broken, Provider
from tests.gateway.test_clients import finish_word
from tests.gateway.turns import MODELS, Turn

PAIRS = [(name, back_end) for name in CLIENTS for back_end in MODELS]
FOREIGN = [(name, back_end) for name, back_end in PAIRS if CLIENTS[name].format != back_end]
STORY = Turn("Once upon a time, there was a fox.")


@pytest.mark.parametrize("client_name, back_end", PAIRS)
def test_a_status(client: Client, provider: Provider, client_name: str, back_end: str) -> None:
    """Each status raises the client's class for it, asked for a stream or not; every client and every back end has them all."""
    turn = [*CLIENTS].index(client_name) + [*MODELS].index(back_end)
    for number, status in enumerate(STATUSES[turn % 2 :: 2], turn):
        provider.script = failure(back_end, status)
        way = client.ways[number % len(client.ways)]
        with pytest.raises(client.errors[status]) as caught:
            client.ask([client.user("Hello")], MODELS[back_end], Asked(), way)
        assert WORDS in client.told(caught.value), status


def begun(format: str) -> list[dict[str, object]]:
    """A stream up to the second piece of its text, and one event more."""
    events = WRITERS[format][1](STORY, MODELS[format])
    second = next(place for place, event in enumerate(events) if "on a ti" in json.dumps(event))
    return events[: second + 2]


@pytest.mark.parametrize("client_name, back_end", PAIRS)
def test_a_failure_in_mid_stream(client: Client, provider: Provider, back_end: str) -> None:
    provider.script = Broken([*begun(back_end), failing_event(back_end)], "after")
    with pytest.raises(client.broken) as caught:
        client.ask([client.user("Hello")], MODELS[back_end], Asked(), "stream")
    assert WORDS in client.told(caught.value)


@pytest.mark.parametrize("client_name, back_end", FOREIGN)
@pytest.mark.parametrize("end", ["before", "within"])
def test_a_cut_stream(client: Client, provider: Provider, back_end: str, end: str) -> None:
    """A connection that breaks leaves the client with what came and a finish that says that it is not all."""
    provider.script = Broken(begun(back_end), "before" if end == "before" else "within")
    seen = client.ask([client.user("Hello")], MODELS[back_end], Asked(), "stream")
    assert STORY.text.startswith(seen.text)
    assert len("Once upon a ti") <= len(seen.text) < len(STORY.text)
    assert seen.finish == finish_word(client.format, "length")
