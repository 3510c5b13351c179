"""What a model did, whatever its provider writes of it, and the words and ids that its provider has for it."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

Json = dict[str, Any]


class Call(NamedTuple):
    """A call of a tool."""

    name: str
    arguments: Json


class Turn(NamedTuple):
    """One answer. finish: stop, calls, length or refused."""

    text: str = ""
    reasoning: str = ""
    signature: str = ""
    calls: tuple[Call, ...] = ()
    finish: str = "stop"


# Tokens of every answer: the whole prompt and its cached part, the whole output.
PROMPT, CACHED, OUTPUT = 120, 64, 30
CREATED = 1795428000

MODELS = {
    "openai": "gpt-4o", "deepseek": "deepseek-chat", "groq": "qwen/qwen3-32b", "openai-responses": "gpt-5.2",
    "anthropic": "claude-haiku-4-5", "anthropic-bedrock": "us.anthropic.claude-haiku-4-5-20251001-v1:0",
    "anthropic-vertex": "claude-haiku-4-5@20251001", "gemini": "gemini-3-flash-preview", "vertex": "gemini-2.5-flash",
    "bedrock": "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "cohere": "command-a-reasoning-08-2025",
    "mistral": "magistral-medium-2509", "ollama": "qwen3",
}  # fmt: skip

FINISH = {
    "chat": {"stop": "stop", "calls": "tool_calls", "length": "length", "refused": "content_filter"},
    "anthropic": {"stop": "end_turn", "calls": "tool_use", "length": "max_tokens", "refused": "refusal"},
    "gemini": {"stop": "STOP", "calls": "STOP", "length": "MAX_TOKENS", "refused": "SAFETY"},
    "bedrock": {"stop": "end_turn", "calls": "tool_use", "length": "max_tokens", "refused": "content_filtered"},
    "cohere": {"stop": "COMPLETE", "calls": "TOOL_CALL", "length": "MAX_TOKENS"},
    "ollama": {"stop": "stop", "calls": "stop", "length": "length"},
}


def pieces(text: str, size: int = 7) -> list[str]:
    """The text in pieces of a few characters."""
    return [text[start : start + size] for start in range(0, len(text), size)]


def identifier(format: str, number: int) -> str:
    """A call's id in the way of the provider."""
    shapes = {"anthropic": "toolu_01Qh{}fZ8", "bedrock": "tooluse_kX{}-_bQ", "cohere": "get_weather_{}x", "mistral": "Ab1Cd2E0{}"}
    return shapes.get(format, "call_9dKw{}Lm2").format(number)


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
