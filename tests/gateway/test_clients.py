"""
Official clients in front, every kind of provider behind: the client's own objects hold what the provider said, and what the client
sends back is what the provider takes, in every pair of formats, streamed and not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.gateway.client import FORM, NAME, PICTURE, SYSTEM, Asked, Client
from tests.gateway.clients import CLIENTS
from tests.gateway.provider import Provider, Received
from tests.gateway.turns import CACHED, FINISH, MODELS, OUTPUT, PROMPT, Call, Turn, identifier
from tests.oracles import oracle_for

PAIRS = [(name, back_end) for name in CLIENTS for back_end in MODELS]
WAYS = [(name, back_end, way) for name, back_end in PAIRS for way in CLIENTS[name].ways]
BOTH = [row for row in WAYS if row[2] != "helper"]

HELLO = Turn("Grüezi 🙂 wohl, all of you.")
CUT = Turn("It was a dark and", finish="length")
CALLS = (
    Call(NAME, {"city": "Zürich", "days": [1, 2], "note": 'a "b" \\ 🙂\n'}),
    Call(NAME, {"city": "Oslo"}),
)
SIGNATURE = "EqQBCkYIBxgCKkBhL3o5K1q0c2lnbmVkAAECAwQ="
LOOKS = Turn("Let me look.", "They want weather of two places.", SIGNATURE, CALLS, "calls")
RESULTS = ["18 °C", "4 °C"]

# Formats whose words for a finish are one family's.
FAMILY = {
    "anthropic-bedrock": "anthropic", "anthropic-vertex": "anthropic", "vertex": "gemini", "anthropic": "anthropic", "gemini": "gemini",
    "bedrock": "bedrock", "cohere": "cohere", "ollama": "ollama", "openai-responses": "responses",
}  # fmt: skip
FINISH_SEEN = {**FINISH, "responses": {"stop": "completed", "calls": "completed", "length": "max_output_tokens"}}
SILENT_ABOUT_REASONING = ("azure", "openai")  # as clients: these forms have no place for it
CLAUDE = ("anthropic", "anthropic-bedrock", "anthropic-vertex", "bedrock")
SIGNED = ("openai-responses", *CLAUDE, "gemini", "vertex")  # back ends that sign their reasoning


def carries_signature(front: str, back_end: str) -> bool:
    """Whether the client's form can hold what the back end signs: the unified form all, others their own family's."""
    if back_end not in SIGNED:
        return False
    return front == "unified" or any({front, back_end} <= set(kin) for kin in (CLAUDE, ("gemini", "vertex"), (back_end,)))


def finish_word(front: str, finish: str) -> str:
    return FINISH_SEEN[FAMILY.get(front, "chat")][finish]


def accepted(received: Received, back_end: str) -> None:
    """The oracle of the back end takes what it was sent."""
    model = MODELS[back_end]
    assert oracle_for(back_end).problems(received.body, "request", model=model, route={"headers": received.headers}) == []
    assert received.headers["x-key"] == "secret"


def usage_seen(client: Client, back_end: str) -> tuple[Any, Any, Any]:
    cached = None if client.format == "ollama" else CACHED
    return PROMPT, cached, OUTPUT


@pytest.mark.parametrize("client_name, back_end, way", BOTH)
def test_text(client: Client, provider: Provider, back_end: str, way: str) -> None:
    provider.script = HELLO
    seen = client.ask([client.user("Hello")], MODELS[back_end], Asked(), way)
    assert (seen.text, seen.calls, seen.finish) == (HELLO.text, [], finish_word(client.format, "stop"))
    prompt, cached, output = usage_seen(client, back_end)
    assert (seen.usage[0], seen.usage[2]) == (prompt, output)
    if back_end == "ollama":  # does not say
        assert not seen.usage[1]
    else:
        assert seen.usage[1] == cached


@pytest.mark.parametrize("client_name, back_end, way", WAYS)
def test_calls_and_results(client: Client, provider: Provider, back_end: str, way: str) -> None:
    """Reasoning, text and parallel calls in one turn; then their results, with the turn as the client has it."""
    provider.script = LOOKS
    asked, model, history = Asked(tools=True, reasoning=True), MODELS[back_end], [client.user("How is the weather?")]
    seen = client.ask(history, model, asked, way)
    shown = back_end != "openai" and client.format not in SILENT_ABOUT_REASONING
    assert (seen.text, seen.reasoning) == (LOOKS.text, LOOKS.reasoning if shown else "")
    assert [call[1:] for call in seen.calls] == list(CALLS)
    assert seen.finish == finish_word(client.format, "calls")

    provider.script = HELLO
    again = client.ask([*history, *seen.back, *client.results(seen, RESULTS)], model, asked, way)
    assert again.text == HELLO.text
    if client.format == back_end:
        return  # the same format passes unchanged: nothing of the library's to judge
    first, second = provider.received
    accepted(first, back_end)
    accepted(second, back_end)
    texts = list(strings(second.body))
    assert [sum(result in text for text in texts) for result in RESULTS] == [1, 1]
    if client.format != "ollama" and back_end not in WITHOUT_IDS:
        kind = FAMILY.get(back_end, back_end)
        assert [texts.count(identifier(kind, number)) for number in (0, 1)] == [2, 2]  # of the call and of its result
    assert texts.count(SIGNATURE) == carries_signature(client.format, back_end)


WITHOUT_IDS = ("ollama", "vertex")  # native requests pair by name and order there (Gemini before 3)


def strings(value: Any) -> Iterator[str]:
    """Every text in a document."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(inner)


@pytest.mark.parametrize("client_name, back_end, way", BOTH)
def test_an_answer_at_the_limit(client: Client, provider: Provider, back_end: str, way: str) -> None:
    provider.script = CUT
    seen = client.ask([client.user("Once upon")], MODELS[back_end], Asked(), way)
    assert (seen.text, seen.finish) == (CUT.text, finish_word(client.format, "length"))


@pytest.mark.parametrize("client_name, back_end", PAIRS)
def test_settings_and_a_picture(client: Client, provider: Provider, back_end: str) -> None:
    """All that a client can ask for at once: what has a place arrives in its place, and the whole is what the provider takes."""
    provider.script = Turn(calls=CALLS[:1], finish="calls")
    asked = Asked(tools=True, much=True)
    seen = client.ask(client.opening("Which port is this?"), MODELS[back_end], asked, "whole")
    assert [call[1:] for call in seen.calls] == list(CALLS[:1])
    if client.format == back_end:
        return
    (received,) = provider.received
    accepted(received, back_end)
    texts = list(strings(received.body))
    assert SYSTEM in texts
    assert "Which port is this?" in texts
    assert sum(text.endswith(PICTURE) for text in texts) == (back_end != "deepseek")  # which sees nothing


REFUSAL = Turn("I can not help with that.", finish="refused")
REFUSED = {  # family of the client's format -> its word, and what it is for a refusal within an answer that is complete
    "chat": ("content_filter", "stop"), "responses": ("content_filter", "completed"), "anthropic": ("refusal", "refusal"),
    "gemini": ("SAFETY", "SAFETY"), "bedrock": ("content_filtered", "end_turn"), "cohere": ("COMPLETE", "COMPLETE"),
    "mistral": ("stop", "stop"), "ollama": ("stop", "stop"),
}  # fmt: skip


@pytest.mark.parametrize("client_name, back_end, way", [
    row for row in BOTH if row[1] not in ("cohere", "mistral", "ollama")
])  # fmt: skip
def test_a_refusal(client: Client, provider: Provider, back_end: str, way: str) -> None:
    """Its words arrive, and the client's word for it where there is one."""
    provider.script = REFUSAL
    seen = client.ask([client.user("How do I pick a lock?")], MODELS[back_end], Asked(), way)
    words = REFUSED[client.format if client.format == "mistral" else FAMILY.get(client.format, "chat")]
    assert (seen.text, seen.finish) == (REFUSAL.text, words[back_end == "openai-responses"])


READING = {"city": "Bern", "celsius": 4}


def filled(received: Received) -> Turn:
    """What a model does with a schema: text of that form, or a call of the only tool that it is made to use."""
    for tool in [*received.body.get("tools", ()), *received.body.get("toolConfig", {}).get("tools", ())]:
        return Turn(calls=(Call(tool.get("toolSpec", tool)["name"], READING),), finish="calls")
    return Turn(json.dumps(READING))


@pytest.mark.parametrize("client_name, back_end, way", BOTH)
def test_an_answer_of_a_given_form(client: Client, provider: Provider, back_end: str, way: str) -> None:
    provider.script = filled
    seen = client.ask([client.user("How warm is Bern?")], MODELS[back_end], Asked(form=True), way)
    assert json.loads(seen.text) == READING
    assert (seen.calls, seen.finish) == ([], finish_word(client.format, "stop"))
    if client.format != back_end:
        (received,) = provider.received
        accepted(received, back_end)
        assert all(name in received.text.decode() for name in FORM["properties"])
