"""
A turn in the wire form of each provider: as one body, and as the events of a stream.

Texts and arguments are cut into pieces, and the pieces fall inside words, as they do on the wire.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.gateway.native_answers import (
    cohere,
    cohere_events,
    converse,
    converse_events,
    gemini,
    gemini_events,
    messages,
    messages_events,
    mistral,
    mistral_events,
    ollama,
    ollama_events,
)  # fmt: skip
from tests.gateway.openai_answers import chat, chat_events, responses, responses_events
from tests.gateway.turns import Json, Turn

Writer = tuple[Callable[[Turn, str], Json], Callable[[Turn, str], list[Json]]]


def _chat_writer(reasoning_field: str = "") -> Writer:
    return (
        lambda turn, model: chat(turn, model, reasoning_field),
        lambda turn, model: chat_events(turn, model, reasoning_field),
    )


WRITERS: dict[str, Writer] = {
    "openai": _chat_writer(),
    "deepseek": _chat_writer("reasoning_content"),
    "groq": _chat_writer("reasoning"),
    "openai-responses": (responses, responses_events),
    "anthropic": (messages, messages_events),
    "anthropic-bedrock": (messages, messages_events),
    "anthropic-vertex": (messages, messages_events),
    "gemini": (gemini, gemini_events),
    "vertex": (gemini, gemini_events),
    "bedrock": (converse, converse_events),
    "cohere": (cohere, cohere_events),
    "mistral": (mistral, mistral_events),
    "ollama": (ollama, ollama_events),
}
