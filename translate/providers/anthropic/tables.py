"""Tables of the Messages spoke. Source: Anthropic API reference, "Create a Message", and the types of its official client."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from translate.shared.facts import Rows
from translate.shared.fields import Copy, Handled, Table, Unsupported

_NO_PLACE = "no such field in this API"

NO_MODEL = "no model named"

REQUEST_FIELDS: Table = {
    "model": Handled("request.to_native"),
    "messages": Handled("messages.to_native"),
    "stream": Handled("request.to_native"),
    "stream_options": Handled("request.check_stream_options"),
    "max_completion_tokens": Handled("request.to_native", "renamed"),
    "max_tokens": Handled("shared.repair"),
    "temperature": Handled("settings.sampling"),
    "top_p": Handled("settings.sampling"),
    "top_k": Handled("settings.sampling"),
    "stop": Handled("beside.stop_to_native", "renamed"),
    "tools": Handled("tools.to_native"),
    "tool_choice": Handled("tools.to_native"),
    "parallel_tool_calls": Handled("tools.to_native"),
    "functions": Handled("shared.repair"),
    "function_call": Handled("shared.repair"),
    "web_search_options": Handled("tools.to_native"),
    "response_format": Handled("settings.format_to_native"),
    "reasoning_effort": Handled("settings.thinking_to_native", "approximated"),
    "thinking": Handled("settings.thinking_to_native"),
    "reasoning": Handled("settings.thinking_to_native", "approximated"),
    "user": Handled("beside.user_to_native", "renamed"),
    "safety_identifier": Handled("beside.user_to_native", "renamed"),
    "metadata": Handled("beside.user_to_native", "approximated"),
    "service_tier": Handled("beside.tier_to_native", "approximated"),
    "cache_control": Handled("request.to_native"),
    "extra_content": Handled("request._own_bag"),
    "n": Unsupported("one answer a request", neutral=(1,)),
    "seed": Unsupported("no sampling seed in this API"),
    "presence_penalty": Unsupported(_NO_PLACE, neutral=(0, 0.0)),
    "frequency_penalty": Unsupported(_NO_PLACE, neutral=(0, 0.0)),
    "repetition_penalty": Unsupported(_NO_PLACE, neutral=(1, 1.0)),
    "min_p": Unsupported("no such sampling option"),
    "top_a": Unsupported("no such sampling option"),
    "logit_bias": Unsupported(_NO_PLACE, neutral=({},)),
    "logprobs": Unsupported("no log probabilities in this API", neutral=(False,)),
    "top_logprobs": Unsupported("no log probabilities in this API"),
    "modalities": Unsupported("text only", neutral=(["text"],)),
    "audio": Unsupported("no audio output"),
    "image_config": Unsupported("no image output"),
    "prediction": Unsupported(_NO_PLACE),
    "verbosity": Unsupported(_NO_PLACE, neutral=("medium",)),
    "moderation": Unsupported(_NO_PLACE),
    "store": Unsupported("nothing is stored", "envelope", (False,)),
    "prompt_cache_key": Unsupported("the prompt cache has marks, no key"),
    "prompt_cache_options": Unsupported("the prompt cache has marks, no options"),
    "prompt_cache_retention": Unsupported("the prompt cache has marks, no such switch"),
}

# Native request fields that clients put at the top level of a unified request too; in the bag on the way in.
NATIVE_ONLY = frozenset((
    "container", "context_management", "mcp_servers", "inference_geo", "speed", "betas", "diagnostics", "fallbacks",
    "output_config", "thread", "fallback_credit_token", "billing_policy", "compaction", "user_profile_id",
))  # fmt: skip

# Native-only names copied as they are; the rest of NATIVE_ONLY is merged with what other fields gave.
WRITE_FIELDS: Table = {
    **REQUEST_FIELDS,
    **{name: Copy() for name in NATIVE_ONLY if name not in ("speed", "betas", "output_config")},
    "speed": Handled("request._own_bag"),
    "betas": Handled("request._own_bag"),
    "output_config": Handled("request._own_bag"),
}

NATIVE_REQUEST_FIELDS: Table = {
    "model": Handled("request.to_unified"),
    "messages": Handled("messages.to_unified"),
    "system": Handled("messages.to_unified"),
    "max_tokens": Handled("request.to_unified"),
    "stop_sequences": Handled("request.to_unified"),
    "stream": Handled("request.to_unified"),
    "tools": Handled("tools.to_unified"),
    "tool_choice": Handled("tools.to_unified"),
    "temperature": Copy(),
    "top_p": Copy(),
    "top_k": Copy(),
    "cache_control": Copy(),
    "thinking": Handled("settings.thinking_to_unified"),
    "output_config": Handled("settings.thinking_to_unified"),
    "output_format": Handled("settings.thinking_to_unified"),
    "metadata": Handled("request.to_unified"),
    "service_tier": Handled("request._tier_to_unified"),
    "speed": Handled("request._tier_to_unified"),
    "anthropic_version": Handled("request._version_to_unified"),
    "anthropic_beta": Handled("request._version_to_unified"),
    "betas": Handled("request._version_to_unified"),
}

# Not offered for Messages bodies on Vertex AI and Bedrock (their documentation of Claude, "Supported features").
PLATFORM_LACKS = frozenset((
    "container", "mcp_servers", "inference_geo", "speed", "cache_control", "fallbacks", "thread", "diagnostics",
))  # fmt: skip
PLATFORM_TOOLS_LACK = {
    "vertex": re.compile(r"web_fetch_|code_execution_|mcp_toolset|web_search_(?!20250305)"),
    "bedrock": re.compile(r"web_fetch_|code_execution_|mcp_toolset|web_search_"),
}

# Tools in beta are taken beside a beta of their own day ("Computer use", "Advisor tool"; the SDK's list of betas).
TOOL_BETAS = {
    "computer_20241022": "computer-use-2024-10-22", "bash_20241022": "computer-use-2024-10-22",
    "text_editor_20241022": "computer-use-2024-10-22", "computer_20250124": "computer-use-2025-01-24",
    "computer_20251124": "computer-use-2025-11-24", "advisor_20260301": "advisor-tool-2026-03-01",
}  # fmt: skip

VERSION = "2026-10-21"
OLD_VERSION = "2023-06-01"
# Body versions of the variants, by the first-party version; the older one is the default there.
VARIANT_VERSIONS = {"vertex": "vertex-2023-10-16", "bedrock": "bedrock-2023-05-31"}

# Words of `reasoning_effort` that are levels of `output_config.effort`; minimal has no level of its own.
EFFORTS = frozenset(("low", "medium", "high", "xhigh", "max"))
# Budget of an effort for models without levels.
BUDGETS = {"minimal": 1024, "low": 1024, "medium": 8192, "high": 24576, "xhigh": 32768, "max": 32768}
LEAST_BUDGET = 1024

_LEGACY: Mapping[str, Any] = {
    "thinking": ("enabled", "disabled"), "omitted": "off", "forced_tool": "without_thinking", "sampling": True,
    "one_sampling": False, "prefill": True, "system_messages": False, "levels": False, "xhigh": False,
}  # fmt: skip
_FOUR: Mapping[str, Any] = {**_LEGACY, "one_sampling": True}
_FOUR_SIX: Mapping[str, Any] = {
    **_FOUR, "thinking": ("adaptive", "enabled", "disabled"), "prefill": False, "levels": True,
}  # fmt: skip
_FOUR_SEVEN: Mapping[str, Any] = {
    **_FOUR_SIX, "thinking": ("adaptive", "disabled"), "sampling": False, "xhigh": True,
}  # fmt: skip
_FIVE: Mapping[str, Any] = {**_FOUR_SEVEN, "omitted": "on"}
_ALWAYS: Mapping[str, Any] = {**_FIVE, "thinking": ("adaptive",), "forced_tool": "no", "system_messages": True}

# Model documentation, migration guides. thinking: accepted types; omitted: what no `thinking` means; forced_tool: yes, no or
# without_thinking; sampling: temperature, top_p, top_k are taken; levels: `output_config.effort` is taken.
MODEL_FACTS: Rows = (
    ("claude-2*", _LEGACY),
    ("claude-instant*", _LEGACY),
    ("claude-v*", _LEGACY),
    ("claude-3*", _LEGACY),
    ("claude-opus-4-8*", {**_FOUR_SEVEN, "system_messages": True}),
    ("claude-opus-4-7*", _FOUR_SEVEN),
    ("claude-opus-4-6*", _FOUR_SIX),
    ("claude-sonnet-4-6*", _FOUR_SIX),
    ("claude-opus-4*", _FOUR),
    ("claude-sonnet-4*", _FOUR),
    ("claude-haiku-4*", _FOUR),
    ("claude-opus-5-5*", _ALWAYS),
    ("claude-opus-5*", {**_FIVE, "system_messages": True}),
    ("claude-sonnet-5-5*", {**_FIVE, "thinking": ("adaptive", "between_tools"), "forced_tool": "no", "system_messages": True}),
    ("claude-sonnet-5*", _FIVE),
    ("claude-haiku-5-5*", {**_FIVE, "forced_tool": "yes", "system_messages": True}),
    ("claude-fable-*", _ALWAYS),
    ("claude-mythos-*", _ALWAYS),
    ("claude*", {**_FIVE, "forced_tool": "yes", "system_messages": True}),
    # Not a name of this provider's (a gateway's alias): sent as asked.
    ("*", {
        **_FOUR_SEVEN, "sampling": True, "one_sampling": True, "forced_tool": "yes", "prefill": True, "system_messages": True,
    }),
)  # fmt: skip

STOP_REASON_TO_UNIFIED = {
    "end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length", "tool_use": "tool_calls",
    "model_context_window_exceeded": "length", "pause_turn": "stop", "refusal": "content_filter", "compaction": "stop",
}  # fmt: skip
FINISH_REASON_TO_NATIVE = {
    "stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use", "function_call": "tool_use",
    "content_filter": "refusal",
}  # fmt: skip

SERVICE_TIER_TO_NATIVE = {"auto": "auto", "default": "standard_only", "priority": "auto"}
SERVICE_TIER_TO_UNIFIED = {"auto": "auto", "standard_only": "default"}
USED_TIER_TO_UNIFIED = {"standard": "default", "priority": "priority"}
USED_TIER_TO_NATIVE = {"default": "standard", "priority": "priority"}

IMAGE_TYPES = frozenset(("image/jpeg", "image/png", "image/gif", "image/webp"))
CACHE_TTL = {"5m": "5m", "1h": "1h", "30m": "1h", "12h": "1h", "24h": "1h"}
MOST_CACHE_MARKS = 4

# Native tools have a dated type; toolsets of MCP servers and undated tool search are the exceptions.
NATIVE_TOOL = re.compile(r"[a-z_]+_\d{8}|tool_search_tool_(regex|bm25)|mcp_toolset")
REFUSED_IN_NAMES = re.compile(r"[^a-zA-Z0-9_-]")
LONGEST_NAME = 128
LONGEST_ID = 1 << 16  # no limit is known

# Members of a native tool that the unified one has no field for.
TOOL_EXTRAS = frozenset(("defer_loading", "allowed_callers", "input_examples", "eager_input_streaming"))

# HTTP status, unified type and code of a native error type ("Errors").
ERRORS: Mapping[str, tuple[int, str, str | None]] = {
    "invalid_request_error": (400, "invalid_request_error", None),
    "authentication_error": (401, "authentication_error", "invalid_api_key"),
    "billing_error": (402, "insufficient_quota", "insufficient_quota"),
    "permission_error": (403, "permission_error", "permission_denied"),
    "not_found_error": (404, "not_found_error", None),
    "conflict_error": (409, "conflict_error", None),
    "request_too_large": (413, "invalid_request_error", "request_too_large"),
    "rate_limit_error": (429, "rate_limit_error", "rate_limit_exceeded"),
    "api_error": (500, "server_error", "internal_error"),
    "timeout_error": (504, "timeout", "timeout"),
    "overloaded_error": (529, "server_error", "overloaded"),
}
ERROR_BY_STATUS = {
    400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 403: "permission_error",
    404: "not_found_error", 408: "timeout_error", 409: "conflict_error", 413: "request_too_large",
    422: "invalid_request_error", 424: "api_error", 429: "rate_limit_error", 500: "api_error", 501: "api_error", 502: "api_error",
    503: "overloaded_error", 504: "timeout_error", 529: "overloaded_error",
}  # fmt: skip
ERROR_BY_UNIFIED_TYPE = {
    "invalid_request_error": "invalid_request_error", "authentication_error": "authentication_error",
    "permission_error": "permission_error", "not_found_error": "not_found_error", "conflict_error": "conflict_error",
    "rate_limit_error": "rate_limit_error", "tokens": "rate_limit_error", "requests": "rate_limit_error",
    "insufficient_quota": "billing_error", "server_error": "api_error", "timeout": "timeout_error", "api_error": "api_error",
    "overloaded_error": "overloaded_error", "request_too_large": "request_too_large",
}  # fmt: skip
# AWS exceptions and Google statuses around these bodies -> native error type.
PLATFORM_ERRORS = {
    "ValidationException": "invalid_request_error", "AccessDeniedException": "permission_error",
    "ResourceNotFoundException": "not_found_error", "ThrottlingException": "rate_limit_error",
    "ServiceQuotaExceededException": "rate_limit_error", "ModelTimeoutException": "timeout_error",
    "ModelErrorException": "api_error", "ModelStreamErrorException": "api_error", "InternalServerException": "api_error",
    "ServiceUnavailableException": "overloaded_error", "ModelNotReadyException": "overloaded_error",
    "UnrecognizedClientException": "authentication_error", "ExpiredTokenException": "authentication_error",
    "InvalidSignatureException": "authentication_error", "ConflictException": "conflict_error",
    "INVALID_ARGUMENT": "invalid_request_error", "FAILED_PRECONDITION": "invalid_request_error",
    "UNAUTHENTICATED": "authentication_error", "PERMISSION_DENIED": "permission_error", "NOT_FOUND": "not_found_error",
    "RESOURCE_EXHAUSTED": "rate_limit_error", "INTERNAL": "api_error", "UNAVAILABLE": "overloaded_error",
    "DEADLINE_EXCEEDED": "timeout_error",
}  # fmt: skip
