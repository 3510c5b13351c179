"""
Every two settings of a request beside each other, for the models that differ in what they take: what goes out is taken by the
provider (the oracles).
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

import translate
from tests.oracles import oracle_for
from translate.registry import ROWS

Json = dict[str, Any]
SCHEMA: Json = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}


def _tool(name: str, **more: Any) -> Json:
    return {"type": "function", "function": {"name": name, "description": "Looks.", "parameters": SCHEMA, **more}}


CHOSEN = {"type": "function", "function": {"name": "look"}}
VALUES: dict[str, tuple[Any, ...]] = {
    "temperature": (0, 0.5, 1, 2), "top_p": (0.1, 1), "top_k": (1,), "min_p": (0.1,), "n": (2,), "seed": (7,), "presence_penalty": (1,),
    "frequency_penalty": (-2,), "stop": ("x", ["a", "b", "c", "d", "e"], [" "]), "max_completion_tokens": (1, 100_000), "max_tokens": (5,),
    "logprobs": (True,), "top_logprobs": (3,), "logit_bias": ({"5": 1},), "user": ("u",), "metadata": ({"a": "b"},), "store": (True,),
    "service_tier": ("flex", "priority", "default"), "reasoning_effort": ("none", "minimal", "low", "high", "xhigh", "max"),
    "thinking": (
        {"type": "enabled", "budget_tokens": 1024}, {"type": "enabled", "budget_tokens": 50_000}, {"type": "adaptive"}, {"type": "disabled"},
    ),
    "response_format": (
        {"type": "json_object"}, {"type": "text"}, {"type": "json_schema", "json_schema": {"name": "r", "schema": SCHEMA, "strict": True}},
        {"type": "json_schema", "json_schema": {"name": "r", "schema": SCHEMA}},
    ),
    "tools": ([_tool("look")], [_tool("look", strict=True), _tool("search")], [{"type": "custom", "custom": {"name": "write"}}], []),
    "tool_choice": (
        "none", "auto", "required", CHOSEN, {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [CHOSEN]}},
    ),
    "parallel_tool_calls": (False, True), "stream": (True,), "verbosity": ("low",), "prediction": ({"type": "content", "content": "x"},),
    "web_search_options": ({},), "modalities": (["text", "audio"],), "audio": ({"voice": "alloy", "format": "mp3"},),
    "prompt_cache_key": ("k",), "safety_identifier": ("s",),
}  # fmt: skip
SETTINGS = [(name, value) for name, values in VALUES.items() for value in values]
MODELS: dict[str, tuple[str, ...]] = {
    "openai": ("gpt-4o", "gpt-5.2", "o3-mini"), "azure": ("gpt-4o",), "openai-responses": ("gpt-4o", "gpt-5"),
    "anthropic": ("claude-sonnet-4-5", "claude-opus-4-8", "claude-3-5-haiku-20241022"), "anthropic-vertex": ("claude-sonnet-4-5@20250929",),
    "anthropic-bedrock": ("anthropic.claude-sonnet-4-5-20250929-v1:0",),
    "bedrock": ("anthropic.claude-sonnet-4-5-20250929-v1:0", "amazon.nova-pro-v1:0", "openai.gpt-oss-120b-1:0"),
    "gemini": ("gemini-2.5-pro", "gemini-2.5-flash", "gemini-3-pro-preview", "gemini-2.0-flash"), "vertex": ("gemini-2.5-pro",),
    "cohere": ("command-a-03-2025", "command-a-reasoning-08-2025"), "mistral": ("mistral-large-latest", "magistral-medium-latest"),
    "ollama": ("llama3.3", "gpt-oss:20b"), "deepseek": ("deepseek-chat", "deepseek-reasoner"), "xai": ("grok-4", "grok-3-mini"),
    "groq": ("llama-3.3-70b-versatile", "openai/gpt-oss-120b"), "moonshot": ("kimi-k2-0905-preview", "kimi-k2.5"), "qwen": ("qwen3-max",),
    "zai": ("glm-4.6",), "minimax": ("MiniMax-M2",), "perplexity": ("sonar-pro", "sonar-reasoning-pro"),
}  # fmt: skip
ASKED = [{"role": "user", "content": "Hello."}]
ANSWERED = [
    *ASKED,
    {"role": "assistant", "content": None, "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}]},
    {"role": "tool", "tool_call_id": "call_1", "content": "Seen."},
]


@pytest.mark.parametrize("format", [name for name in ROWS if name not in ("unified", "compatible")])
def test_every_two_settings_are_taken_beside_each_other(format: str, deep: bool) -> None:
    oracle = oracle_for(format)
    found: dict[str, tuple[Any, ...]] = {}
    count = 0
    for model in MODELS.get(format, ("some-model",)):
        for messages in (ASKED, ANSWERED):
            for chosen in combinations(SETTINGS, 3 if deep else 2):
                if len({name for name, _ in chosen}) < len(chosen):
                    continue
                made = translate.convert_request({"model": model, "messages": messages, **dict(chosen)}, target=format)
                count += 1
                for problem in oracle.problems(made.value, "request", model=made.route.get("model"), route=made.route):
                    found.setdefault(str(problem), (model, len(messages), chosen))
    assert count > 3000
    assert not found, "\n".join(f"{problem}: {where}" for problem, where in list(found.items())[:12])
