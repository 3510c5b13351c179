"""Tables of the Responses spoke. Source: OpenAI API reference, "Responses", and the types of its official client."""

from __future__ import annotations

from typing import Any

from translate.shared.facts import Rows
from translate.shared.fields import Copy, Handled, Rename, Table, Unsupported

_NO_PLACE = "no such field in this API"

REQUEST_FIELDS: Table = {
    "model": Handled("request.to_native"),
    "messages": Handled("messages.to_native"),
    "max_completion_tokens": Handled("request._limit"),
    "max_tokens": Handled("shared.repair"),
    "stream": Copy(),
    "stream_options": Handled("request._stream_options"),
    "temperature": Handled("request._sampling"),
    "top_p": Handled("request._sampling"),
    "top_logprobs": Handled("request._sampling"),
    "logprobs": Handled("settings.include_to_native"),
    "metadata": Copy(),
    "user": Copy(),
    "safety_identifier": Copy(),
    "prompt_cache_key": Copy(),
    "prompt_cache_options": Copy(),
    "prompt_cache_retention": Copy(),
    "moderation": Copy(),
    "parallel_tool_calls": Copy(),
    "service_tier": Handled("request._service_tier"),
    "store": Handled("request.to_native"),
    "reasoning_effort": Handled("settings.reasoning_to_native"),
    "thinking": Handled("settings.reasoning_to_native", "approximated"),
    "reasoning": Handled("settings.reasoning_to_native"),
    "verbosity": Handled("settings.text_to_native"),
    "response_format": Handled("settings.text_to_native"),
    "tools": Handled("tools.to_native"),
    "tool_choice": Handled("tools.to_native"),
    "functions": Handled("shared.repair"),
    "function_call": Handled("shared.repair"),
    "web_search_options": Handled("tools.to_native"),
    "extra_content": Handled("request._own_bag"),
    "n": Unsupported("one answer a request", neutral=(1,)),
    "stop": Unsupported("no stop (stop_sequences) in this API", neutral=([],)),
    "seed": Unsupported("no sampling seed in this API"),
    "logit_bias": Unsupported(_NO_PLACE, neutral=({},)),
    "frequency_penalty": Unsupported(_NO_PLACE, neutral=(0, 0.0)),
    "presence_penalty": Unsupported(_NO_PLACE, neutral=(0, 0.0)),
    "prediction": Unsupported(_NO_PLACE),
    "modalities": Unsupported("text only", neutral=(["text"],)),
    "audio": Unsupported("no audio output"),
    "image_config": Unsupported("images are settings of a tool here"),
    "cache_control": Unsupported("cache marks stand on parts alone"),
    "top_k": Unsupported("no such sampling option"),
    "min_p": Unsupported("no such sampling option"),
    "top_a": Unsupported("no such sampling option"),
    "repetition_penalty": Unsupported("no such sampling option", neutral=(1, 1.0)),
}

# No unified field: they ride in the request's bag and are read at the top level too.
BAG_FIELDS = frozenset((
    "previous_response_id", "conversation", "prompt", "background", "background_options", "context_management", "truncation",
    "max_tool_calls", "access_programs", "image", "include",
))  # fmt: skip

NATIVE_REQUEST_FIELDS: Table = {
    **{
        name: Handled("request.to_unified")
        for name in ("model", "input", "instructions", "stream", "stream_options", "store", "service_tier")
    },
    **{name: Handled("settings.to_unified") for name in ("reasoning", "text", "include")},
    **{name: Handled("tools.to_unified") for name in ("tools", "tool_choice")},
    **{
        name: Copy() for name in (
            "temperature", "top_p", "top_logprobs", "metadata", "user", "safety_identifier", "prompt_cache_key",
            "prompt_cache_options", "prompt_cache_retention", "moderation", "parallel_tool_calls",
        )
    },
    "max_output_tokens": Rename("max_completion_tokens"),
}  # fmt: skip

# JSON types of members that are copied.
NUMBERS = ("temperature", "top_p")
INTEGERS = ("max_output_tokens", "top_logprobs")
STRINGS = ("user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention")
OBJECTS = ("metadata", "prompt_cache_options", "moderation")
LEAST_OUTPUT_TOKENS = 16

SERVICE_TIERS = frozenset(("auto", "default", "flex", "scale", "priority", "fast", "ultrafast"))
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
SUMMARIES = frozenset(("auto", "concise", "detailed"))
VERBOSITIES = frozenset(("low", "medium", "high"))
DETAILS = frozenset(("auto", "low", "high", "original"))
CACHE_TTLS = {"5m": "30m", "30m": "30m", "1h": "12h", "12h": "12h", "24h": "12h"}

LOGPROBS = "message.output_text.logprobs"
ENCRYPTED = "reasoning.encrypted_content"

FORMAT = "openai-responses-v1"
UNVERIFIED = "the server can not verify it"  # why reasoning of others is lost
OWN_FORMATS = frozenset((None, FORMAT, "xai-responses-v1"))

# Hosted tools -> members that must be there: a tool of the same type but another shape is another provider's.
HOSTED_TOOLS: dict[str, tuple[str, ...]] = {
    "web_search": (), "web_search_2025_08_26": (), "web_search_preview": (), "web_search_preview_2025_03_11": (),
    "file_search": ("vector_store_ids",), "code_interpreter": ("container",), "image_generation": (), "mcp": ("server_label",),
    "local_shell": (), "shell": (), "apply_patch": (), "computer": (),
    "computer_use_preview": ("display_height", "display_width", "environment"), "tool_search": (),
    "namespace": ("name", "tools"), "programmatic_tool_calling": (), "x_search": (), "collections_search": (),
}  # fmt: skip
CHOICE_WORDS = frozenset(("none", "auto", "required"))
# Types of tool_choice objects that no chat form has.
HOSTED_CHOICES = frozenset((
    "mcp", "apply_patch", "shell", "programmatic_tool_calling", "file_search", "web_search_preview", "computer_use_preview",
    "computer", "computer_use", "web_search_preview_2025_03_11", "image_generation", "code_interpreter", "web_search",
))  # fmt: skip
EMPTY_PARAMETERS: dict[str, Any] = {"type": "object", "properties": {}}

# Items that a reasoning item may stand before: what the model produces.
OUTPUTS_SUFFIX = ("_output", "_response")

FINISH_REASON_BY_INCOMPLETE = {"max_output_tokens": "length", "content_filter": "content_filter"}
INCOMPLETE_BY_FINISH_REASON = {"length": "max_output_tokens", "content_filter": "content_filter"}
# Reasons and states without a finish reason of their own: `stop`, the word kept beside it.
INCOMPLETE_WORDS = frozenset(("max_messages", "steered"))
STATUS_WORDS = frozenset(("cancelled", "queued", "in_progress"))

# Echo of the request and other members that say nothing when they have this value.
RESPONSE_DEFAULTS: dict[str, Any] = {
    "parallel_tool_calls": True, "temperature": 1, "top_p": 1, "tool_choice": "auto", "tools": [], "metadata": {},
}  # fmt: skip
RESPONSE_HEAD = frozenset((
    "id", "object", "created_at", "status", "error", "incomplete_details", "model", "output", "usage", "service_tier", "metadata",
    "moderation",
))  # fmt: skip
INPUT_DETAILS = ("cached_tokens", "cache_write_tokens")
OUTPUT_DETAILS = ("reasoning_tokens",)
# Native details of usage -> their chat name and the counts that both have.
COUNT_DETAILS = {
    "input_tokens_details": ("prompt_tokens_details", frozenset(INPUT_DETAILS)),
    "output_tokens_details": ("completion_tokens_details", frozenset(OUTPUT_DETAILS)),
}

# --- errors: https://platform.openai.com/docs/guides/error-codes

# Codes that the error of a failed answer may have.
FAILURE_CODES = frozenset((
    "server_error", "rate_limit_exceeded", "invalid_prompt", "data_residency_mismatch", "bio_policy",
    "misalignment_policy_violation", "vector_store_timeout", "invalid_image", "invalid_image_format", "invalid_base64_image",
    "invalid_image_url", "image_too_large", "image_too_small", "image_parse_error", "image_content_policy_violation",
    "invalid_image_mode", "image_file_too_large", "unsupported_image_media_type", "empty_image_file",
    "failed_to_download_image", "image_file_not_found",
))  # fmt: skip
ERROR_TYPE_BY_CODE = {
    "server_error": "server_error", "rate_limit_exceeded": "rate_limit_error", "insufficient_quota": "insufficient_quota",
    "vector_store_timeout": "server_error", "context_length_exceeded": "invalid_request_error",
}  # fmt: skip
CODE_BY_ERROR_TYPE = {
    "rate_limit_error": "rate_limit_exceeded", "tokens": "rate_limit_exceeded", "requests": "rate_limit_exceeded",
    "insufficient_quota": "rate_limit_exceeded", "invalid_request_error": "invalid_prompt",
}  # fmt: skip
ERROR_TYPE_BY_STATUS = {
    400: "invalid_request_error", 401: "authentication_error", 402: "insufficient_quota", 403: "permission_error",
    404: "not_found_error", 413: "invalid_request_error", 422: "invalid_request_error", 429: "rate_limit_error",
}  # fmt: skip
STATUS_BY_ERROR = {
    "invalid_request_error": 400, "authentication_error": 401, "invalid_api_key": 401, "permission_error": 403,
    "not_found_error": 404, "model_not_found": 404, "rate_limit_error": 429, "rate_limit_exceeded": 429, "tokens": 429,
    "requests": 429, "insufficient_quota": 429, "server_error": 500, "context_length_exceeded": 400, "content_filter": 400,
    "invalid_prompt": 400, "overloaded_error": 503, "vector_store_timeout": 500,
}  # fmt: skip


def type_of_code(code: str | None) -> str:
    """Type of the unified error for the code of a failed answer."""
    if code is None:
        return "server_error"
    known = ERROR_TYPE_BY_CODE.get(code)
    return known or ("invalid_request_error" if code in FAILURE_CODES else "server_error")


# reasons: takes `reasoning` at all. sampling: False never takes temperature and top_p; None not while it reasons. cache_marks: takes prompt_cache_breakpoint.
_PLAIN: dict[str, Any] = {"sampling": True, "cache_marks": True}
_OLD: dict[str, Any] = {"sampling": True, "cache_marks": False, "reasons": False}
_ALWAYS: dict[str, Any] = {"sampling": False, "cache_marks": False}
_SOMETIMES: dict[str, Any] = {"sampling": None, "cache_marks": False}
MODEL_FACTS: Rows = (
    ("chatgpt*", _OLD),
    ("gpt-3*", _OLD),
    ("gpt-4*", _OLD),
    ("gpt-oss*", {**_OLD, "reasons": True}),
    ("gpt-5-chat*", _OLD),
    ("gpt-5.1-chat*", _OLD),
    ("gpt-5.2-chat*", _OLD),
    ("gpt-5.3-chat*", _OLD),
    ("o1*", _ALWAYS),
    ("o3*", _ALWAYS),
    ("o4*", _ALWAYS),
    ("gpt-5.1*", _SOMETIMES),
    ("gpt-5.2*", _SOMETIMES),
    ("gpt-5.3*", _SOMETIMES),
    ("gpt-5.4*", _SOMETIMES),
    ("gpt-5.5*", _SOMETIMES),
    ("gpt-5.*", {"sampling": None, "cache_marks": True}),
    ("gpt-5*", _ALWAYS),
    ("*", _PLAIN),
)
FACTS = ("sampling", "cache_marks", "reasons")
