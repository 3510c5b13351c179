"""Providers and gateways of the whole session, one pair for each back end, and one client of a kind for each gateway."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.gateway.client import Client
from tests.gateway.clients import CLIENTS
from tests.gateway.provider import Provider
from tests.gateway.turns import MODELS

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "gateway.py"


def load_example() -> ModuleType:
    """The example as a module."""
    spec = importlib.util.spec_from_file_location("example_gateway", EXAMPLE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class World:
    """Everything that listens, and the clients."""

    def __init__(self) -> None:
        self.example = load_example()
        self.servers: list[ThreadingHTTPServer] = []
        self.providers: dict[str, Provider] = {}
        self.urls: dict[str, str] = {}
        self.clients: dict[tuple[str, str], Client] = {}
        for format in MODELS:
            provider = Provider(format)
            self.providers[format] = provider
            self.urls[format] = self.gateway(format, provider.url + BASES.get(format, ""))
            self.serve(provider)

    def serve(self, server: ThreadingHTTPServer) -> None:
        self.servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def gateway(self, format: str, url: str) -> str:
        """A gateway to a provider; its URL."""
        server = self.example.Gateway(self.example.Upstream(format, url, {"x-key": "secret"}))
        self.serve(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    def client(self, name: str, back_end: str) -> Client:
        key = (name, back_end)
        if key not in self.clients:
            self.clients[key] = CLIENTS[name](self.urls[back_end])
        return self.clients[key]

    def close(self) -> None:
        for client in self.clients.values():
            client.close()
        for server in self.servers:
            server.shutdown()
            server.server_close()


# What the provider's own SDK has for its base URL, below the host.
BASES = {
    "openai": "/v1", "openai-responses": "/v1", "groq": "/openai/v1", "vertex": "/v1/projects/p/locations/global",
    "anthropic-vertex": "/v1/projects/p/locations/global",
}  # fmt: skip


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


@pytest.fixture
def provider(world: World, back_end: str) -> Iterator[Provider]:
    """The provider of the test's back end, without memory of other tests."""
    found = world.providers[back_end]
    found.received.clear()
    yield found
    found.script = None


@pytest.fixture
def client(world: World, client_name: str, back_end: str) -> Any:
    return world.client(client_name, back_end)
