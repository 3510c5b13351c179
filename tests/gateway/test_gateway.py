"""What the gateway itself does, and the ways in and out that only one client has."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
from typing import Any
from urllib.parse import urlencode

import pydantic
import pytest

import translate
from tests.gateway.answers import WRITERS
from tests.gateway.client import Asked
from tests.gateway.clients import CLIENTS
from tests.gateway.conftest import World
from tests.gateway.failures import failure
from tests.gateway.provider import Broken, Failure, Held, Provider
from tests.gateway.test_clients import HELLO, LOOKS, READING, SIGNATURE, accepted, filled
from tests.gateway.turns import MODELS, Turn

Json = dict[str, Any]
ASKED = {"messages": [{"role": "user", "content": "Hello"}]}


def post(url: str, path: str, body: Any, headers: Json | None = None) -> tuple[int, Json, bytes]:
    """Status, headers and body of the answer to plain HTTP."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    try:
        connection.request("POST", path, body if isinstance(body, bytes) else json.dumps(body), headers or {})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
    finally:
        connection.close()


class Reading(pydantic.BaseModel):
    """The form that `clients.FORM` describes."""

    city: str
    celsius: int


@pytest.mark.parametrize("back_end", MODELS)
def test_parse_of_the_openai_client(world: World, provider: Provider, back_end: str) -> None:
    """`parse` of both forms, and the streamed one: the schema made from a class comes back as an object of it."""
    provider.script = filled
    chat, responses = (world.client(name, back_end).client for name in ("openai", "openai-responses"))
    history: list[Any] = [{"role": "user", "content": "How warm is Bern?"}]
    model = MODELS[back_end]
    parsed = chat.chat.completions.parse(model=model, messages=history, response_format=Reading)
    assert parsed.choices[0].message.parsed == Reading(**READING)
    with chat.chat.completions.stream(model=model, messages=history, response_format=Reading) as stream:
        assert stream.get_final_completion().choices[0].message.parsed == Reading(**READING)
    assert responses.responses.parse(model=model, input=history, text_format=Reading).output_parsed == Reading(**READING)
    with responses.responses.stream(model=model, input=history, text_format=Reading) as stream:
        assert stream.get_final_response().output_parsed == Reading(**READING)


@pytest.mark.parametrize("back_end", MODELS)
def test_parse_of_the_anthropic_client(world: World, provider: Provider, back_end: str) -> None:
    provider.script = filled
    client = world.client("anthropic", back_end).client
    request = {"model": MODELS[back_end], "max_tokens": 2000, **ASKED}
    assert client.messages.parse(**request, output_format=Reading).parsed_output == Reading(**READING)


@pytest.mark.parametrize("back_end", MODELS)
@pytest.mark.parametrize("client_name", ["openai", "openai-responses"])
def test_a_stateless_agent(world: World, provider: Provider, back_end: str, client_name: str) -> None:
    """Three turns, each with what the client has of those before: every request is one that the provider takes."""
    client, model, asked = world.client(client_name, back_end), MODELS[back_end], Asked(tools=True, reasoning=True)
    history = [client.user("How is the weather?")]
    for turn in (LOOKS, Turn("Fair, it seems.", "All is said.", SIGNATURE), HELLO):
        provider.script = turn
        seen = client.ask(history, model, asked, "helper")
        assert (seen.text, len(seen.calls)) == (turn.text, len(turn.calls))
        history += [*seen.back, *(client.results(seen, ["fair", "wet"]) if seen.calls else [client.user("And tomorrow?")])]
    if client.format != back_end:
        for received in provider.received:
            accepted(received, back_end)


@pytest.mark.parametrize("back_end", ["openai", "anthropic", "bedrock"])
def test_invoke_model_with_boto3(world: World, provider: Provider, back_end: str) -> None:
    """InvokeModel takes and gives the bytes of a Messages body; its stream has one event in each `chunk`."""
    provider.script = HELLO
    client = world.client("bedrock", back_end).client
    body = json.dumps({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 90, **ASKED})
    answer = client.invoke_model(modelId=MODELS[back_end], body=body)
    assert json.loads(answer["body"].read())["content"] == [{"type": "text", "text": HELLO.text}]
    streamed = client.invoke_model_with_response_stream(modelId=MODELS[back_end], body=body)
    with contextlib.closing(streamed["body"]) as body:
        events = [json.loads(event["chunk"]["bytes"]) for event in body]
    assert [events[0]["type"], events[-1]["type"]] == ["message_start", "message_stop"]
    assert "".join(event["delta"].get("text", "") for event in events if event["type"] == "content_block_delta") == HELLO.text


@pytest.mark.parametrize("back_end", ["openai", "bedrock", "gemini"])
def test_a_stream_of_gemini_as_one_array(world: World, provider: Provider, back_end: str) -> None:
    """Without `alt=sse` the elements are those of a JSON array."""
    provider.script = HELLO
    body = {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}
    path = f"/v1beta/models/{MODELS[back_end]}:streamGenerateContent"
    status, headers, array = post(world.urls[back_end], path, body)
    assert (status, headers["content-type"]) == (200, "application/json")
    elements = json.loads(array)
    _, headers, sse = post(world.urls[back_end], path + "?alt=sse", body)
    assert headers["content-type"] == "text/event-stream"
    assert [json.loads(line[6:]) for line in sse.decode().split("\n\n") if line] == elements
    parts = [part for element in elements for one in element.get("candidates", ()) for part in one["content"]["parts"]]
    assert "".join(part["text"] for part in parts) == HELLO.text


@pytest.mark.parametrize("back_end", ["anthropic", "anthropic-bedrock", "anthropic-vertex"])
def test_betas(world: World, provider: Provider, back_end: str) -> None:
    """Betas of the client's header are a header, or a list in the body of InvokeModel."""
    provider.script = HELLO
    beta = "interleaved-thinking-2025-05-14"
    fronts = [name for name in ("anthropic", "anthropic-bedrock", "anthropic-vertex") if name != back_end]
    for front in fronts:
        client = world.client(front, back_end).client
        client.messages.create(model=MODELS[back_end], max_tokens=90, **ASKED, extra_headers={"anthropic-beta": beta})
        (received,) = provider.received
        told = received.body.get("anthropic_beta") if back_end == "anthropic-bedrock" else received.headers.get("anthropic-beta", "").split(",")
        assert told == [beta]
        provider.received.clear()


@pytest.mark.parametrize("back_end", MODELS)
@pytest.mark.parametrize("front", sorted({made.format for made in CLIENTS.values()}))
def test_nothing_waits(world: World, provider: Provider, back_end: str, front: str) -> None:
    """What the provider has said reaches the client while the provider is still speaking."""
    seen = threading.Event()
    provider.script = Held(Turn("It was a dark and stormy night; the rain fell in torrents, but not all the time, and so on."), seen)
    asked = translate.convert_request({"model": MODELS[back_end], "stream": True, **ASKED}, target=front)
    query = urlencode(asked.route["query"])
    connection = http.client.HTTPConnection(world.urls[back_end].removeprefix("http://"), timeout=4)
    try:
        connection.request("POST", f"/as/{front}{asked.route['path']}?{query}", json.dumps(asked.value))
        answer, reader = connection.getresponse(), translate.ByteStreamConverter(front, "ollama")
        text = ""
        while "It was a dark" not in text:
            lines = reader.feed(answer.read1()).splitlines()
            text += "".join(json.loads(line)["message"]["content"] for line in lines)
        assert "and so on." not in text
    finally:
        seen.set()
        connection.close()


@pytest.mark.parametrize("back_end", ["anthropic", "gemini", "bedrock"])
def test_headers_of_an_error(world: World, provider: Provider, back_end: str) -> None:
    """A client that is to wait is told how long; other headers of the provider stay behind."""
    provider.script = failure(back_end, 429)
    status, headers, body = post(world.urls[back_end], "/v1/chat/completions", {"model": "m", **ASKED})
    assert (status, headers["retry-after"]) == (429, "7")
    assert not {"x-request-id", "x-amzn-errortype"} & headers.keys()
    assert json.loads(body)["error"]["type"] == "rate_limit_error"


@pytest.mark.parametrize("back_end", ["openai"])
def test_requests_that_are_none(world: World, provider: Provider, back_end: str) -> None:
    url = world.urls[back_end]
    for path, body, status in (
        ("/v1/embeddings", {}, 404),
        ("/as/nobody/v1/chat", {}, 404),
        ("/v1/messages", b"{", 400),
        ("/v1/messages", {"model": "m", "max_tokens": 9, "messages": "Hello"}, 400),
    ):
        answered, _, data = post(url, path, body)
        assert answered == status
        assert json.loads(data)["error"]["message"]
    assert json.loads(post(url, "/v1/messages", b"{")[2])["type"] == "error"  # in the client's form
    assert provider.received == []


@pytest.mark.parametrize("back_end", ["openai"])
def test_a_provider_that_is_none(world: World, provider: Provider, back_end: str) -> None:
    """A page of a proxy, an answer without meaning, a stream of nonsense, nobody at all: an error in the client's form."""
    body = {"model": "m", "max_tokens": 9, **ASKED}
    for script, status, words in (
        (Failure(502, "<html>Bad gateway</html>", {"content-type": "text/html"}), 502, "Bad gateway"),
        (Failure(200, {"choices": 5}, {}), 502, "choices"),
        (Failure(200, "<html>", {}), 502, ""),
    ):
        provider.script = script
        answered, _, data = post(world.urls[back_end], "/v1/messages", body)
        assert (answered, json.loads(data)["type"]) == (status, "error")
        assert words in json.loads(data)["error"]["message"]
    provider.script = Broken([*WRITERS[back_end][1](HELLO, "m")[:3], {"choices": 5}], "after")
    _, _, stream = post(world.urls[back_end], "/v1/messages", {**body, "stream": True})
    assert stream.count(b"event: error\n") == 1
    assert stream.rstrip().splitlines()[-1].startswith(b'data: {"type":"error"')
    nobody = world.gateway(back_end, "http://127.0.0.1:9")
    answered, _, data = post(nobody, "/v1/messages", body)
    assert (answered, json.loads(data)["type"]) == (502, "error")


@pytest.mark.parametrize("back_end", ["vertex", "openai"])
def test_an_endpoint_of_a_tuned_model(world: World, provider: Provider, back_end: str) -> None:
    """Its whole name is the model's, and on the platform it is in the path once."""
    provider.script = HELLO
    name, client = "projects/p/locations/global/endpoints/42", CLIENTS["vertex"](world.urls[back_end])
    try:
        seen = client.ask([client.user("Hello")], name, Asked(), "stream")
    finally:
        client.close()
    assert seen.text == HELLO.text
    (received,) = provider.received
    if back_end == "vertex":
        assert received.path == f"/v1/{name}:streamGenerateContent?alt=sse"
    else:
        assert received.body["model"] == name
