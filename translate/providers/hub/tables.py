"""Tables of the unified form: every field has its place."""

from __future__ import annotations

from translate.shared.fields import Copy, Table

FIELDS = (
    "messages", "model", "audio", "frequency_penalty", "presence_penalty", "function_call", "functions", "logit_bias", "logprobs",
    "top_logprobs", "max_completion_tokens", "max_tokens", "metadata", "modalities", "moderation", "n", "parallel_tool_calls",
    "prediction", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning_effort", "response_format",
    "safety_identifier", "seed", "service_tier", "stop", "store", "stream", "stream_options", "temperature", "top_p",
    "tool_choice", "tools", "user", "verbosity", "web_search_options", "thinking", "reasoning", "top_k", "min_p", "top_a",
    "repetition_penalty", "image_config", "cache_control", "extra_content",
)  # fmt: skip

REQUEST_FIELDS: Table = {name: Copy() for name in FIELDS}
