"""
Tables of the Gemini spoke.

Sources: Gemini API reference, "Generating content" (https://ai.google.dev/api/generate-content), and the Vertex AI reference of
`projects.locations.publishers.models.generateContent`. Names are lowerCamelCase; `spelling.py` reads snake_case too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.shared.facts import Rows
from translate.shared.fields import Handled, Table, Unsupported

_NO_PLACE = "no such field in this API"

REQUEST_FIELDS: Table = {
    "model": Handled("request.to_native"),
    "messages": Handled("messages.to_native"),
    "stream": Handled("request.to_native"),
    "stream_options": Handled("shared.fields"),
    "max_completion_tokens": Handled("config.to_native", "renamed"),
    "max_tokens": Handled("shared.repair"),
    "temperature": Handled("config.to_native", "dropped where the model samples by itself"),
    "top_p": Handled("config.to_native", "dropped where the model samples by itself"),
    "top_k": Handled("config.to_native", "dropped where the model samples by itself"),
    "frequency_penalty": Handled("config.to_native", "models before Gemini 3"),
    "presence_penalty": Handled("config.to_native", "models before Gemini 3"),
    "stop": Handled("config.to_native", "renamed"),
    "n": Handled("config.to_native", "models before Gemini 3"),
    "seed": Handled("config.to_native"),
    "logprobs": Handled("config.to_native", "renamed"),
    "top_logprobs": Handled("config.to_native", "renamed"),
    "response_format": Handled("config._format_to_native"),
    "modalities": Handled("config._modalities_to_native"),
    "audio": Handled("config._audio_to_native", "approximated"),
    "image_config": Handled("config._image_config_to_native"),
    "reasoning_effort": Handled("thinking.to_native"),
    "thinking": Handled("thinking.to_native", "approximated"),
    "reasoning": Handled("thinking.to_native", "approximated"),
    "tools": Handled("tools.to_native"),
    "tool_choice": Handled("tools.choice_to_native"),
    "functions": Handled("shared.repair"),
    "function_call": Handled("shared.repair"),
    "web_search_options": Handled("tools._web_search", "approximated"),
    "parallel_tool_calls": Unsupported("the model decides", neutral=(True,)),
    "store": Handled("request._service_fields", "developer API only"),
    "service_tier": Handled("request._service_fields", "developer API only"),
    "metadata": Handled("request._labels"),
    "extra_content": Handled("request._own_bag"),
    "extra_body": Handled("request._own_bag"),
    "min_p": Unsupported("no such sampling option"),
    "top_a": Unsupported("no such sampling option"),
    "repetition_penalty": Unsupported("no such sampling option", neutral=(1, 1.0)),
    "user": Unsupported(_NO_PLACE, "envelope"),
    "safety_identifier": Unsupported(_NO_PLACE, "envelope"),
    "prediction": Unsupported(_NO_PLACE),
    "verbosity": Unsupported(_NO_PLACE, neutral=("medium",)),
    "logit_bias": Unsupported(_NO_PLACE, neutral=({},)),
    "moderation": Unsupported(_NO_PLACE),
    "cache_control": Unsupported("caching is implicit, or by resource"),
    "prompt_cache_key": Unsupported(_NO_PLACE),
    "prompt_cache_options": Unsupported(_NO_PLACE),
    "prompt_cache_retention": Unsupported(_NO_PLACE),
}

NATIVE_REQUEST_FIELDS: Table = {
    "model": Handled("request.to_unified"),
    "contents": Handled("messages.to_unified"),
    "systemInstruction": Handled("messages.to_unified"),
    "generationConfig": Handled("config.to_unified"),
    "tools": Handled("tools.to_unified"),
    "toolConfig": Handled("tools.choice_to_unified"),
    "labels": Handled("request._labels_to_unified"),
    "store": Handled("request.to_unified"),
    "serviceTier": Handled("request.to_unified"),
}

# Where a member of the request's bag belongs; any other name is a top-level member.
GENERATION_MEMBERS = frozenset((
    "mediaResolution", "audioTimestamp", "routingConfig", "modelSelectionConfig", "speechConfig", "responseMimeType",
    "responseSchema", "responseJsonSchema", "responseFormat", "enableEnhancedCivicAnswers", "audioTranscriptionConfig",
    "translationConfig", "enableAffectiveDialog", "responseModalities", "imageConfig", "enableSpeakerLabel",
))  # fmt: skip
TOOL_CONFIG_MEMBERS = frozenset(("retrievalConfig", "includeServerSideToolInvocations"))
# Members of the request's bag that are read by the function of their own.
BAG_HANDLED = frozenset((
    "thinkingConfig", "generationConfig", "toolConfig", "functionCallingConfig", "schema", "responseFormatForm",
    "temperature", "topP", "topK", "frequencyPenalty", "presencePenalty", "candidateCount", "systemInstruction",
))  # fmt: skip

# Unified name -> (native name of generationConfig, fact of the model it needs).
NUMBERS: Mapping[str, tuple[str, str]] = {
    "temperature": ("temperature", "sampling"), "top_p": ("topP", "sampling"), "top_k": ("topK", "sampling"),
    "frequency_penalty": ("frequencyPenalty", "penalties"), "presence_penalty": ("presencePenalty", "penalties"),
    "max_completion_tokens": ("maxOutputTokens", ""), "seed": ("seed", ""), "n": ("candidateCount", "candidates"),
    "top_logprobs": ("logprobs", ""),
}  # fmt: skip
NUMBERS_TO_UNIFIED: Mapping[str, str] = {native: unified for unified, (native, _) in NUMBERS.items()}
INTEGERS = frozenset(("max_completion_tokens", "seed", "n", "top_logprobs", "top_k"))
# Smallest and largest value the API takes.
RANGES: Mapping[str, tuple[float, float]] = {
    "temperature": (0, 2), "top_p": (0, 1), "frequency_penalty": (-2, 2), "presence_penalty": (-2, 2), "n": (1, 8),
    "seed": (-(2**31), 2**31 - 1), "top_logprobs": (0, 20), "top_k": (1, 2**31 - 1),
    "max_completion_tokens": (1, 2**31 - 1),
}  # fmt: skip
MOST_STOP_SEQUENCES = 5
PAIRED = "this model pairs calls and results by name and order"  # why an id is lost

MODALITIES_TO_NATIVE = {"text": "TEXT", "image": "IMAGE", "audio": "AUDIO", "video": "VIDEO"}
MODALITIES_TO_UNIFIED = {native: unified for unified, native in MODALITIES_TO_NATIVE.items()}
IMAGE_CONFIG_TO_NATIVE = {"aspect_ratio": "aspectRatio", "image_size": "imageSize"}
IMAGE_CONFIG_TO_UNIFIED = {native: unified for unified, native in IMAGE_CONFIG_TO_NATIVE.items()}
SERVICE_TIER_TO_NATIVE = {"default": "standard", "flex": "flex", "priority": "priority"}
SERVICE_TIER_TO_UNIFIED = {native: unified for unified, native in SERVICE_TIER_TO_NATIVE.items()}

# "Thinking", table of models: the level words and budgets of each generation; names of Google's own migration notes.
_OLD: Mapping[str, Any] = {
    "call_ids": False, "json_schema": True, "integer_enum": False, "sampling": True, "penalties": True, "candidates": True,
    "thinking": "", "levels": (), "budgets": (0, 0), "prefill": True, "part_resolution": False, "result_media": False,
    "signatures": False, "combined_tools": False,
}  # fmt: skip
_FIRST: Mapping[str, Any] = {**_OLD, "json_schema": False}
_LEVELS = ("MINIMAL", "LOW", "MEDIUM", "HIGH")
_THREE: Mapping[str, Any] = {
    **_OLD, "call_ids": True, "integer_enum": True, "penalties": False, "candidates": False, "thinking": "level",
    "levels": _LEVELS, "part_resolution": True, "result_media": True, "signatures": True, "combined_tools": True,
}  # fmt: skip
_FIXED: Mapping[str, Any] = {**_THREE, "sampling": False, "prefill": False}  # fixed sampling, no continued model turn
_NEWEST: Mapping[str, Any] = {**_FIXED, "levels": _LEVELS[1:]}
# budgets: smallest and largest budget beside 0; off: whether 0 is taken.
MODEL_FACTS: Rows = (
    ("gemini-1*", _FIRST),
    ("gemini-pro", _FIRST),
    ("gemini-pro-vision*", _FIRST),
    ("gemini-flash", _FIRST),
    ("gemini-exp*", _FIRST),
    ("gemini-2.5-pro*", {**_OLD, "thinking": "budget", "budgets": (128, 32768), "off": False}),
    ("gemini-2.5-flash-lite*", {**_OLD, "thinking": "budget", "budgets": (512, 24576), "off": True}),
    ("gemini-2.5*", {**_OLD, "thinking": "budget", "budgets": (1, 24576), "off": True}),
    ("gemini-2*", _OLD),
    ("gemini-3-pro*", {**_THREE, "levels": ("LOW", "HIGH")}),
    ("gemini-3.1-pro*", {**_THREE, "levels": _LEVELS[1:]}),
    ("gemini-3.5-flash-lite*", _FIXED),
    ("gemini-3.6*", _FIXED),
    ("gemini-3-*", _THREE),
    ("gemini-3.0*", _THREE),
    ("gemini-3.1*", _THREE),
    ("gemini-3.5*", _THREE),
    ("gemini-*", _NEWEST),
    # Tuned models, endpoints and the open models behind this API: turns as the newest models take them; of schemas the subset,
    # which every model takes.
    (
        "*",
        {**_THREE, "json_schema": False, "integer_enum": False, "penalties": True, "candidates": True},
    ),
)  # fmt: skip

# "GenerateContentResponse", FinishReason. STOP and the unspecified word are tool_calls when there is a call.
FINISH_REASON_TO_UNIFIED = {
    "STOP": "stop", "MAX_TOKENS": "length", "CONTINUATION": "length",
    "SAFETY": "content_filter", "RECITATION": "content_filter", "LANGUAGE": "content_filter", "BLOCKLIST": "content_filter",
    "PROHIBITED_CONTENT": "content_filter", "SPII": "content_filter", "MODEL_ARMOR": "content_filter",
    "IMAGE_SAFETY": "content_filter", "IMAGE_PROHIBITED_CONTENT": "content_filter", "IMAGE_RECITATION": "content_filter",
    "ESCALATION": "content_filter", "OTHER": "content_filter", "NO_IMAGE": "content_filter", "IMAGE_OTHER": "content_filter",
    "MALFORMED_FUNCTION_CALL": "stop", "UNEXPECTED_TOOL_CALL": "stop", "TOO_MANY_TOOL_CALLS": "stop",
    "MISSING_THOUGHT_SIGNATURE": "stop", "MALFORMED_RESPONSE": "stop", "FINISH_REASON_UNSPECIFIED": "stop",
    "PUP_LIMITED_DISABLED": "stop",
}  # fmt: skip
# A generation that failed: no clean stop, and told.
FAILED = frozenset((
    "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MISSING_THOUGHT_SIGNATURE", "MALFORMED_RESPONSE",
))  # fmt: skip
FINISH_REASON_TO_NATIVE = {
    "stop": "STOP", "tool_calls": "STOP", "function_call": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY",
}  # fmt: skip
TOOL_CALL_FINISHES = frozenset(("STOP", "FINISH_REASON_UNSPECIFIED"))

MODALITY_DETAILS = {"TEXT": "text_tokens", "DOCUMENT": "text_tokens", "IMAGE": "image_tokens", "AUDIO": "audio_tokens"}
DETAILS_TO_NATIVE = {"text_tokens": "TEXT", "image_tokens": "IMAGE", "audio_tokens": "AUDIO"}

# Status word -> (HTTP status, type, code) of the unified error.
ERROR_BY_STATUS: Mapping[str, tuple[int, str, str | None]] = {
    "INVALID_ARGUMENT": (400, "invalid_request_error", None),
    "FAILED_PRECONDITION": (400, "invalid_request_error", "failed_precondition"),
    "OUT_OF_RANGE": (400, "invalid_request_error", None),
    "UNAUTHENTICATED": (401, "authentication_error", "invalid_api_key"),
    "PERMISSION_DENIED": (403, "permission_error", None),
    "NOT_FOUND": (404, "not_found_error", "model_not_found"),
    "ABORTED": (409, "conflict_error", None),
    "ALREADY_EXISTS": (409, "conflict_error", None),
    "RESOURCE_EXHAUSTED": (429, "rate_limit_error", "rate_limit_exceeded"),
    "CANCELLED": (499, "api_error", "cancelled"),
    "INTERNAL": (500, "server_error", None),
    "UNKNOWN": (500, "server_error", None),
    "DATA_LOSS": (500, "server_error", None),
    "UNIMPLEMENTED": (501, "invalid_request_error", None),
    "UNAVAILABLE": (503, "server_error", "overloaded"),
    "DEADLINE_EXCEEDED": (504, "server_error", "timeout"),
}
STATUS_WORD_BY_HTTP = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ABORTED",
    422: "INVALID_ARGUMENT", 429: "RESOURCE_EXHAUSTED", 499: "CANCELLED", 500: "INTERNAL", 501: "UNIMPLEMENTED",
    503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}  # fmt: skip
HTTP_BY_ERROR_TYPE = {
    "invalid_request_error": 400, "authentication_error": 401, "permission_error": 403, "not_found_error": 404,
    "conflict_error": 409, "rate_limit_error": 429, "insufficient_quota": 429, "server_error": 500, "api_error": 500,
    "overloaded_error": 503, "timeout_error": 504, "request_too_large": 400,
}  # fmt: skip
HTTP_BY_CODE = {
    "overloaded": 503, "timeout": 504, "cancelled": 499, "insufficient_quota": 429, "rate_limit_exceeded": 429,
    "model_not_found": 404, "invalid_api_key": 401, "context_length_exceeded": 400, "failed_precondition": 400,
}  # fmt: skip

# Members that only one of the two services knows, wherever they stand.
VERTEX_ONLY = frozenset((
    "audioTimestamp", "routingConfig", "modelSelectionConfig", "method", "partialArgs", "willContinue",
    "streamFunctionCallArguments", "retrieval", "enterpriseWebSearch", "parallelAiSearch", "exaAiSearch", "excludeDomains",
    "blockingConfidence", "personGeneration", "modelArmorConfig", "outputConfig",
))  # fmt: skip
DEV_ONLY = frozenset((
    "store", "serviceTier", "enableEnhancedCivicAnswers", "toolCall", "toolResponse", "partMetadata",
    "includeServerSideToolInvocations", "fileSearch", "mcpServers", "timeRangeFilter",
))  # fmt: skip

# Native tools: the members of a Tool beside functionDeclarations.
NATIVE_TOOLS = frozenset((
    "googleSearch", "codeExecution", "urlContext", "googleMaps", "fileSearch", "computerUse", "googleSearchRetrieval",
    "enterpriseWebSearch", "retrieval", "mcpServers", "parallelAiSearch", "exaAiSearch",
))  # fmt: skip
# Before Gemini 3 not together with functions.
SEARCH_TOOLS = frozenset(("googleSearch", "urlContext", "googleSearchRetrieval", "enterpriseWebSearch"))
