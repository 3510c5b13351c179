"""
Tables every dialect starts from: OpenAI's own strict form.

Source: OpenAI API reference, "Create chat completion" and "The chat completion object", and the types of the official SDK.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from translate.shared.facts import Rows
from translate.shared.fields import Copy, Handled, Table, Unsupported

_SAMPLING = "not a sampling field of OpenAI's form"

REQUEST_FIELDS: Table = {
    "messages": Handled("content.messages_to_native"),
    "model": Handled("request.to_native"),
    "max_completion_tokens": Copy(),
    "max_tokens": Handled("shared.repair", "renamed"),
    "functions": Handled("shared.repair"),
    "function_call": Handled("shared.repair"),
    "tools": Handled("tools.to_native"),
    "tool_choice": Handled("tools.to_native"),
    "parallel_tool_calls": Handled("tools.to_native"),
    "response_format": Handled("tools.format_to_native"),
    "reasoning_effort": Handled("reasoning.to_native"),
    "thinking": Handled("reasoning.to_native", "approximated"),
    "reasoning": Handled("reasoning.to_native", "approximated"),
    "stream": Copy(),
    "stream_options": Handled("request._stream_options"),
    "extra_content": Handled("request._own_bag"),
    "cache_control": Handled("request._cache_mark", "approximated"),
    "modalities": Handled("request._modalities"),
    "audio": Copy(),
    "frequency_penalty": Copy(),
    "presence_penalty": Copy(),
    "logit_bias": Copy(),
    "logprobs": Copy(),
    "top_logprobs": Copy(),
    "metadata": Copy(),
    "moderation": Copy(),
    "n": Copy(),
    "prediction": Copy(),
    "prompt_cache_key": Copy(),
    "prompt_cache_options": Copy(),
    "prompt_cache_retention": Copy(),
    "safety_identifier": Copy(),
    "seed": Copy(),
    "service_tier": Copy(),
    "stop": Copy(),
    "store": Copy(),
    "temperature": Copy(),
    "top_p": Copy(),
    "user": Copy(),
    "verbosity": Copy(),
    "web_search_options": Copy(),
    "top_k": Unsupported(_SAMPLING),
    "min_p": Unsupported(_SAMPLING),
    "top_a": Unsupported(_SAMPLING),
    "repetition_penalty": Unsupported(_SAMPLING, neutral=(1, 1.0)),
    "image_config": Unsupported("no settings for images"),
}

# Members of a request that unified has too, under the same name; all others are a dialect's own and ride in its bag.
UNIFIED_FIELDS = frozenset(REQUEST_FIELDS)

# Members of the objects that are copied whole: what is not named here is not sent.
INNER_MEMBERS: dict[str, frozenset[str]] = {
    "audio": frozenset(("format", "voice")),
    "prediction": frozenset(("type", "content")),
    "prompt_cache_options": frozenset(("mode", "ttl")),
    "moderation": frozenset(("model", "policy")),
    "web_search_options": frozenset(("search_context_size", "user_location")),
}

# --- messages

MESSAGE_MEMBERS = frozenset((
    "role", "content", "name", "refusal", "audio", "tool_calls", "tool_call_id", "annotations", "reasoning_content",
    "reasoning_details", "images", "prefix", "is_error", "cache_control", "extra_content",
))  # fmt: skip
# What a role's message may have beside role and content.
ROLE_MEMBERS: dict[str, frozenset[str]] = {
    "system": frozenset(("name",)),
    "developer": frozenset(("name",)),
    "user": frozenset(("name",)),
    "assistant": frozenset(("name", "refusal", "audio", "tool_calls")),
    "tool": frozenset(("tool_call_id",)),
}
PART_MEMBERS: dict[str, frozenset[str]] = {
    "text": frozenset(("text",)),
    "image_url": frozenset(("url", "detail")),
    "input_audio": frozenset(("data", "format")),
    "file": frozenset(("file_data", "file_id", "filename")),
    "refusal": frozenset(("refusal",)),
    "video_url": frozenset(("url",)),
}
CALL_MEMBERS = frozenset(("id", "type", "function", "custom", "index", "cache_control", "extra_content"))
TOOL_MEMBERS = frozenset(("type", "function", "custom", "cache_control", "extra_content"))
FUNCTION_MEMBERS = frozenset(("name", "description", "parameters", "strict", "cache_control", "extra_content"))
CUSTOM_MEMBERS = frozenset(("name", "description", "format", "cache_control", "extra_content"))

NAME_REFUSED = re.compile(r"[^a-zA-Z0-9_-]")
LONGEST_NAME = 64

# Members of bags that only the other form of the same provider has a place for, by the object they stand at. Of the Responses
# form in the `openai` bag:
RESPONSES_ONLY: Mapping[str, frozenset[str]] = {
    "request": frozenset((
        "previous_response_id", "conversation", "prompt", "background", "background_options", "context_management", "truncation",
        "max_tool_calls", "access_programs", "image", "reasoning", "include", "text", "instructions", "stream_options",
    )),
    "message": frozenset(("blocks", "item_id", "phase", "instructions", "status")),
    "tool": frozenset(("defer_loading", "allowed_callers", "output_schema", "async")),
    "call": frozenset(("item_id", "status", "phase", "caller", "namespace", "async", "output_index", "item_id_of_server")),
    "part": frozenset(("item_id", "status")),
    "usage": frozenset(("num_sources_used", "num_server_side_tools_used", "cost_in_usd_ticks", "context_details", "server_side_tool_usage_details")),
    "response": frozenset(("background", "instructions", "previous_response_id", "text", "truncation", "reasoning", "error",
                           "incomplete_details", "status", "completed_at", "output", "max_output_tokens", "tools",
                           "tool_choice", "parallel_tool_calls", "temperature", "top_p", "conversation", "prompt",
                           "max_tool_calls", "billing", "store", "user", "safety_identifier", "prompt_cache_key",
                           "prompt_cache_retention", "top_logprobs", "frequency_penalty", "presence_penalty", "tool_usage",
                           "content_filters", "input")),
}  # fmt: skip
# Of the Messages form in the `anthropic` bag: platform.claude.com/docs, "Messages".
MESSAGES_ONLY: Mapping[str, frozenset[str]] = {
    "request": frozenset((
        "anthropic_version", "betas", "container", "context_management", "inference_geo", "mcp_servers", "speed", "diagnostics",
        "fallbacks", "output_config", "output_format", "thread", "fallback_credit_token", "billing_policy", "compaction",
        "user_profile_id", "metadata", "service_tier",
    )),
    "message": frozenset(("blocks",)), "part": frozenset(("citations", "context", "media_type", "source", "title")),
    "tool": frozenset(("schema", "defer_loading", "allowed_callers", "input_examples", "eager_input_streaming")),
    "call": frozenset(("caller",)), "choice": frozenset(("stop_details", "stop_sequence")),
    "usage": frozenset(("amazon-bedrock-invocationMetrics", "cache_creation", "inference_geo", "iterations", "server_tool_use",
                        "service_tier", "speed")),
    "response": frozenset(("container", "context_management")),
}  # fmt: skip
# Of generateContent in the `google` bag: ai.google.dev/api/generate-content. Requests take `thinking_config`, `cached_content` and
# `safety_settings` in the chat form, too.
CONTENTS_ONLY: Mapping[str, frozenset[str]] = {
    "request": frozenset((
        "audio_timestamp", "function_calling_config", "include_server_side_tool_invocations", "media_resolution",
        "model_armor_config", "response_format_form", "response_schema", "response_json_schema", "response_mime_type",
        "retrieval_config", "schema", "generation_config", "tool_config", "system_instruction", "labels", "speech_config",
        "response_logprobs", "routing_config", "enable_enhanced_civic_answers", "store", "service_tier", "temperature", "top_p",
        "top_k", "frequency_penalty", "presence_penalty", "candidate_count",
    )),
    "message": frozenset(("blocks", "response_form", "thought_signature")),
    "part": frozenset(("display_name", "mime_type", "video_metadata", "media_resolution", "thought_signature")),
    "tool": frozenset(("schema", "parameters", "parameters_json_schema", "response", "response_json_schema", "behavior")),
    "choice": frozenset(("avg_logprobs", "citation_metadata", "finish_message", "grounding_metadata", "logprobs_result",
                         "safety_ratings", "url_context_metadata", "token_count", "grounding_attributions")),
    "usage": frozenset(("cache_tokens_details", "candidates_token_count", "candidates_tokens_details", "prompt_tokens_details",
                        "service_tier", "tool_use_prompt_token_count", "tool_use_prompt_tokens_details", "traffic_type")),
    "response": frozenset(("create_time", "prompt_feedback", "model_status")),
}  # fmt: skip
# Of /api/chat in the `ollama` bag: Ollama API documentation, "Generate a chat completion".
API_CHAT_ONLY: Mapping[str, frozenset[str]] = {
    "request": frozenset(("keep_alive", "options", "shift", "think", "truncate")),
    "message": frozenset(("tool_name",)), "tool": frozenset(("schema",)),
    "response": frozenset(("created_at", "done", "total_duration", "load_duration", "prompt_eval_duration", "eval_duration",
                           "remote_host", "remote_model")),
}  # fmt: skip

# --- answers

RESPONSE_MEMBERS = frozenset((
    "id", "object", "created", "model", "choices", "usage", "service_tier", "system_fingerprint", "metadata", "moderation",
    "extra_content",
))  # fmt: skip
CHUNK_MEMBERS = (RESPONSE_MEMBERS - {"metadata"}) | {"obfuscation", "error"}
CHOICE_MEMBERS = frozenset(
    ("index", "message", "delta", "finish_reason", "native_finish_reason", "logprobs", "extra_content")
)
ANSWER_MEMBERS = frozenset((
    "role", "content", "refusal", "annotations", "audio", "tool_calls", "reasoning_content", "reasoning_details", "images",
    "extra_content",
))  # fmt: skip
COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")
DETAILS: dict[str, frozenset[str]] = {
    "prompt_tokens_details": frozenset(("cached_tokens", "cache_write_tokens", "audio_tokens", "image_tokens", "text_tokens")),
    "completion_tokens_details": frozenset((
        "reasoning_tokens", "audio_tokens", "text_tokens", "accepted_prediction_tokens", "rejected_prediction_tokens",
    )),
}  # fmt: skip
# Other servers' names of cached and cache-writing prompt tokens, at the top of usage.
CACHED_NAMES = {
    "prompt_cache_hit_tokens": "cached_tokens", "cached_tokens": "cached_tokens", "num_cached_tokens": "cached_tokens",
    "cache_read_input_tokens": "cached_tokens", "cache_creation_input_tokens": "cache_write_tokens",
}  # fmt: skip

SERVICE_TIERS = frozenset(("auto", "default", "flex", "scale", "priority", "fast"))

# Finish reasons seen in dialects -> unified (a word that is not here is `stop`, kept beside it, with a loss).
CITATION_MEMBERS = frozenset(("start_index", "end_index", "title", "url"))
FINISH_REASONS = {
    "stop": "stop", "eos": "stop", "end_turn": "stop", "end_of_sequence": "stop", "COMPLETE": "stop", "stop_sequence": "stop",
    "eos_token": "stop", "length": "length", "max_tokens": "length", "model_context_window_exceeded": "length",
    "tool_calls": "tool_calls", "tool_use": "tool_calls", "function_call": "tool_calls",
    "content_filter": "content_filter", "sensitive": "content_filter", "safety": "content_filter", "refusal": "content_filter",
}  # fmt: skip
OWN_FINISH_REASONS = frozenset(("stop", "length", "tool_calls", "content_filter"))

# --- errors: https://platform.openai.com/docs/guides/error-codes

ERROR_TYPE_BY_STATUS = {
    400: "invalid_request_error", 401: "authentication_error", 402: "insufficient_quota", 403: "permission_error",
    404: "not_found_error", 408: "timeout_error", 409: "conflict_error", 413: "invalid_request_error",
    422: "invalid_request_error", 429: "rate_limit_error", 500: "server_error", 502: "server_error", 503: "server_error",
    504: "timeout_error", 529: "server_error",
}  # fmt: skip
STATUS_BY_ERROR = {
    "invalid_request_error": 400, "authentication_error": 401, "invalid_api_key": 401, "permission_error": 403,
    "not_found_error": 404, "model_not_found": 404, "rate_limit_error": 429, "rate_limit_exceeded": 429, "tokens": 429,
    "requests": 429, "insufficient_quota": 429, "server_error": 500, "api_error": 500, "internal_server_error": 500,
    "context_length_exceeded": 400, "content_filter": 400, "timeout_error": 408, "conflict_error": 409,
    "overloaded_error": 503, "service_unavailable": 503,
}  # fmt: skip
ERROR_MEMBERS = frozenset(("message", "type", "param", "code", "extra_content"))

# --- what models accept (OpenAI's own; Azure serves the same ones)

LEVELS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_ALWAYS = ("frequency_penalty", "presence_penalty", "logit_bias", "stop", "prediction")
_PLAIN: dict[str, Any] = {
    "reasoning": False, "refuses": (), "efforts": LEVELS, "tools_while_reasoning": True, "cache_breakpoints": False,
}  # fmt: skip

_SILENT = {**_PLAIN, "efforts": ()}  # does not reason


def _reasoning(*efforts: str, tools: bool = True, breakpoints: bool = False) -> dict[str, Any]:
    return {
        "reasoning": True, "refuses": _ALWAYS, "efforts": efforts, "tools_while_reasoning": tools,
        "cache_breakpoints": breakpoints,
    }  # fmt: skip


# reasoning: takes role developer in place of system, and no sampling while it reasons. refuses: fields it never takes.
# efforts: words of reasoning_effort. tools_while_reasoning: function tools are fine in this API while it reasons.
# cache_breakpoints: takes explicit cache marks.
MODEL_FACTS: Rows = (
    ("chatgpt*", _SILENT),
    ("gpt-5-chat*", _SILENT),
    ("gpt-5.1-chat*", _SILENT),
    ("gpt-5.2-chat*", _SILENT),
    ("gpt-5.3-chat*", _SILENT),
    ("gpt-3*", _SILENT),
    ("gpt-4*", _SILENT),
    ("gpt-oss*", _PLAIN),
    ("gpt-audio*", _SILENT),
    ("gpt-realtime*", _SILENT),
    ("o1*", _reasoning("low", "medium", "high")),
    ("o3*", _reasoning("low", "medium", "high")),
    ("o4*", _reasoning("low", "medium", "high")),
    ("gpt-5.1-codex-max*", _reasoning("none", "low", "medium", "high", "xhigh")),
    ("gpt-5.1*", _reasoning("none", "low", "medium", "high")),
    ("gpt-5.2*", _reasoning("none", "low", "medium", "high", "xhigh")),
    ("gpt-5.3*", _reasoning("none", "low", "medium", "high", "xhigh")),
    ("gpt-5.4*", _reasoning("none", "low", "medium", "high", "xhigh", tools=False)),
    ("gpt-5.5*", _reasoning("none", "low", "medium", "high", "xhigh", tools=False)),
    ("gpt-5.*", _reasoning("none", "low", "medium", "high", "xhigh", "max", tools=False, breakpoints=True)),
    ("gpt-5*", _reasoning("minimal", "low", "medium", "high")),
    ("gpt-*", _reasoning("none", "low", "medium", "high", "xhigh", "max", tools=False, breakpoints=True)),
    # A name OpenAI does not give (a fine-tune, a deployment, another vendor's): nothing is known that would forbid a field.
    ("*", {**_PLAIN, "cache_breakpoints": True}),
)
WHILE_REASONING = ("temperature", "top_p", "logprobs", "top_logprobs")

# Explicit cache marks: unified ttl word -> the next longer one here.
CACHE_TTLS = {"5m": "30m", "30m": "30m", "1h": "12h", "12h": "12h", "24h": "12h"}
