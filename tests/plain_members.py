"""Members of requests beside the messages, each with values that some servers take, read otherwise or refuse, for `test_plain.py`."""

from __future__ import annotations

import random
from typing import Any

Json = Any

_FUNCTION: Json = {"name": "tide", "description": "Height of the tide", "parameters": {"type": "object", "properties": {"at": {"type": "string"}}}}
_TOOL: Json = {"type": "function", "function": {**_FUNCTION, "strict": True}}
_MEMBERS: dict[str, list[Json]] = {
    "temperature": [0, 0.3, 1, 2.5], "top_p": [0.5, 1], "min_p": [0.1, 2, "x"], "top_a": [0.1], "top_k": [5], "repetition_penalty": [1.0, 1.2],
    "logit_bias": [{}, {"5": -100}, {"5": "x"}, {"5": True}], "n": [1, 2], "seed": [1], "user": ["anna"], "store": [True, False],
    "web_search_options": [{}, {"search_context_size": "low"}, {"user_location": {"type": "approximate"}}, {"x": 1}],
    "response_format": [
        {"type": "json_object"}, {"type": "text"}, {"type": "json_schema"}, {"type": "grammar", "grammar": "x"}, {"type": "json_object", "schema": {}},
        *({"type": "json_schema", "json_schema": {"name": name, "schema": {"type": "object"}, "strict": True}} for name in ("tide", "a tide")),
    ],
    "metadata": [{}, {"a": "b"}, {"a": 1}], "modalities": [["text"], ["text", "audio"], ["x"]], "audio": [{"format": "wav", "voice": "x"}, {"x": 1}],
    "prediction": [{"type": "content", "content": "x"}, {"type": "content", "content": "x", "z": 1}], "verbosity": ["low", "w"],
    "thinking": [{"type": "enabled"}, {"type": "disabled"}, {"type": "adaptive"}, {"type": "enabled", "budget_tokens": 2000}, {"budget_tokens": 3}],
    "reasoning": [
        {"effort": "low"}, {"effort": "none"}, {"enabled": True}, {"enabled": False}, {"enabled": False, "effort": "low"}, {"max_tokens": 100},
        {"max_tokens": True}, {"exclude": True}, {"summary": "auto"}, {"effort": None}, {}, {"effort": "w", "max_tokens": 9, "exclude": False},
    ],
    "reasoning_effort": ["low", "none", "xhigh", "w", 3], "logprobs": [True, False, 3], "top_logprobs": [0, 3, 25],
    "stop": ["x", ["x"], [], [" "], ["a", "b", "c", "d", "e"]], "stream": [True, False], "stream_options": [{"include_usage": True}, {}],
    "tools": [[_TOOL], [], [_TOOL, {"type": "web_search"}]], "parallel_tool_calls": [True, False],
    "tool_choice": ["auto", "any", "none", "required", "x", {"type": "function", "function": {"name": "tide"}}],
    "functions": [[_FUNCTION], []], "function_call": ["auto", {"name": "tide"}], "service_tier": ["auto", "flex", "w"],
    "max_tokens": [5, 100], "max_completion_tokens": [5, 100], "cache_control": [{"type": "ephemeral"}], "prompt_cache_key": ["k"],
    "extra_content": [{"openai": {"include": ["x"]}}, {"openrouter": {"models": ["a"]}}, {"openai": None}, {}], "models": [["a", "b"]],
    "provider": [{"order": ["x"]}], "extra_body": [{"google": {"x": 1}}], "enable_thinking": [True], "repeat_penalty": [1.1], "include": [["x"], []],
    "instructions": ["Be brief."], "previous_response_id": ["resp_1"], "text": [{"format": {"type": "text"}}, {"verbosity": "low"}],
    "max_output_tokens": [5, 100],
}  # fmt: skip
_MODELS = (
    "m", "gpt-4o", "gpt-5", "gpt-5.6", "o3", "claude-sonnet-4-5", "claude-opus-4-8", "gemini-2.5-flash", "gemini-3-pro", "deepseek-reasoner",
    "kimi-k2.5", "grok-3-mini", "gpt-oss-20b", "qwen3-32b", "minimax-m2", "command-a-03-2025",
)  # fmt: skip


def drawn(chance: random.Random, messages: str = "messages") -> Json:
    """A small request with some of them, a few null, in any order."""
    request: Json = {"model": chance.choice(_MODELS), messages: [{"role": "user", "content": "Hi"}]}
    for name in chance.sample(list(_MEMBERS), chance.choice((1, 1, 2, 3, 5))):
        request[name] = chance.choice([*_MEMBERS[name], None])
    members = list(request.items())
    if chance.random() < 0.3:
        chance.shuffle(members)
    return dict(members)
