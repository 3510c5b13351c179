"""Tables of the Cohere spoke. Source: Cohere API reference, "Chat (v2)", and the types of its official client."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from translate.shared.fields import Copy, Handled, Rename, Table, Unsupported
from translate.shared.schema_subset import ANNOTATIONS, Subset

_NO_PLACE = "no such field in this API"
ON_OR_OFF = "only on or off"  # of an effort
NO_MEMBER = "no such member of a message here"
EMPTY_TURN = "an empty turn is refused here"

REQUEST_FIELDS: Table = {
    "model": Handled("request.to_native"),
    "messages": Handled("messages.to_native"),
    "stream": Copy(),
    "stream_options": Handled("request.check_stream_options"),
    "max_completion_tokens": Rename("max_tokens"),
    "max_tokens": Handled("shared.repair"),
    "seed": Handled("request._numbers"),
    "temperature": Handled("request._numbers", "approximated"),
    "top_p": Handled("request._numbers", "renamed"),
    "top_k": Handled("request._numbers", "renamed"),
    "frequency_penalty": Handled("request._numbers", "approximated"),
    "presence_penalty": Handled("request._numbers", "approximated"),
    "stop": Handled("request._stop", "renamed"),
    "logprobs": Copy(),
    "response_format": Handled("request._response_format"),
    "tools": Handled("request._tools"),
    "tool_choice": Handled("request._tools"),
    "functions": Handled("shared.repair"),
    "function_call": Handled("shared.repair"),
    "reasoning_effort": Handled("request._thinking", "approximated"),
    "thinking": Handled("request._thinking"),
    "reasoning": Handled("request._thinking", "approximated"),
    "extra_content": Handled("request._own_bag"),
    "top_logprobs": Unsupported("only the chosen token", neutral=(0,)),
    "n": Unsupported("one answer a request", neutral=(1,)),
    "parallel_tool_calls": Unsupported("the model decides", neutral=(True,)),
    "min_p": Unsupported("no such sampling option"),
    "top_a": Unsupported("no such sampling option"),
    "repetition_penalty": Unsupported("no such sampling option", neutral=(1, 1.0)),
    "user": Unsupported(_NO_PLACE, "envelope"),
    "safety_identifier": Unsupported(_NO_PLACE, "envelope"),
    "metadata": Unsupported(_NO_PLACE, "envelope", ({},)),
    "store": Unsupported(_NO_PLACE, "envelope", (False,)),
    "service_tier": Unsupported(_NO_PLACE, neutral=("auto",)),
    "modalities": Unsupported("text only", neutral=(["text"],)),
    "audio": Unsupported("no audio output"),
    "image_config": Unsupported("no settings for images"),
    "prediction": Unsupported(_NO_PLACE),
    "verbosity": Unsupported(_NO_PLACE, neutral=("medium",)),
    "web_search_options": Unsupported("no web search in this API"),
    "logit_bias": Unsupported(_NO_PLACE, neutral=({},)),
    "moderation": Unsupported(_NO_PLACE),
    "cache_control": Unsupported("the prompt cache has no marks"),
    "prompt_cache_key": Unsupported(_NO_PLACE),
    "prompt_cache_options": Unsupported(_NO_PLACE),
    "prompt_cache_retention": Unsupported(_NO_PLACE),
}

# Members of the request's bag, read at the top level of a unified request too.
BAG_FIELDS = frozenset(("documents", "citation_options", "safety_mode", "priority"))

NATIVE_REQUEST_FIELDS: Table = {
    "model": Handled("request.to_unified"),
    "messages": Handled("messages.to_unified"),
    "stream": Handled("request.to_unified"),
    "max_tokens": Rename("max_completion_tokens"),
    "seed": Copy(),
    "temperature": Copy(),
    "p": Rename("top_p"),
    "k": Rename("top_k"),
    "frequency_penalty": Copy(),
    "presence_penalty": Copy(),
    "stop_sequences": Rename("stop"),
    "logprobs": Copy(),
    "response_format": Handled("request._format_to_unified"),
    "tools": Handled("request._tools_to_unified"),
    "strict_tools": Handled("request._tools_to_unified"),
    "tool_choice": Handled("request.to_unified"),
    "thinking": Handled("request._thinking_to_unified"),
}

# JSON types of the native members that get a unified field.
REQUEST_TYPES: Mapping[str, tuple[type, ...]] = {
    "model": (str,), "stream": (bool,), "max_tokens": (int,), "seed": (int,), "temperature": (int, float), "p": (int, float),
    "k": (int,), "frequency_penalty": (int, float), "presence_penalty": (int, float), "stop_sequences": (list,),
    "logprobs": (bool,), "response_format": (dict,), "tools": (list,), "strict_tools": (bool,), "thinking": (dict,),
}  # fmt: skip
FUNCTION_TYPES: Mapping[str, tuple[type, ...]] = {"name": (str,), "description": (str,), "parameters": (dict,)}

# Unified name -> (native name, smallest, largest).
NUMBERS = {
    "temperature": ("temperature", 0, 1), "top_p": ("p", 0.01, 0.99), "top_k": ("k", 0, 500),
    "frequency_penalty": ("frequency_penalty", 0, 1), "presence_penalty": ("presence_penalty", 0, 1),
    "seed": ("seed", 0, 2**64 - 1),
}  # fmt: skip
MOST_STOP_SEQUENCES = 5
# Letters, digits and _, no digit first. No limit of length is documented.
REFUSED_IN_NAMES = re.compile(r"^[0-9]|[^A-Za-z0-9_]")
LONGEST_NAME = 256
EMPTY_PARAMETERS: dict[str, Any] = {"type": "object", "properties": {}}

# Cohere documentation, "Structured Outputs", supported and unsupported schema features: of response_format and of strict tools.
SCHEMAS = Subset(
    keywords=ANNOTATIONS | {
        "type", "properties", "required", "items", "enum", "const", "pattern", "format", "$ref", "$defs", "additionalProperties", "anyOf",
    },
    formats=frozenset(("date-time", "uuid", "date", "time")), patterns=re.compile(r"[\^$]|\?[=!]"), required=True,
)  # fmt: skip
MOST_STRICT_FIELDS = 200  # members of all objects of all strict tools

TOOL_CHOICE_TO_NATIVE = {"none": "NONE", "required": "REQUIRED"}
TOOL_CHOICE_TO_UNIFIED = {"NONE": "none", "REQUIRED": "required"}

FINISH_REASON_TO_UNIFIED = {
    "COMPLETE": "stop", "STOP_SEQUENCE": "stop", "MAX_TOKENS": "length", "TOOL_CALL": "tool_calls", "ERROR": "stop",
    "TIMEOUT": "length", "ERROR_TOXIC": "content_filter",
}  # fmt: skip
FAILED = frozenset(("ERROR", "error"))  # reads as stop, and is told
FINISH_REASON_TO_NATIVE = {
    "stop": "COMPLETE", "length": "MAX_TOKENS", "tool_calls": "TOOL_CALL", "function_call": "TOOL_CALL",
    "content_filter": "COMPLETE",
}  # fmt: skip

# HTTP status -> (type, code) of the unified error.
ERROR_BY_STATUS: dict[int, tuple[str, str | None]] = {
    400: ("invalid_request_error", None), 401: ("authentication_error", "invalid_api_key"),
    402: ("insufficient_quota", "insufficient_quota"), 403: ("permission_error", None),
    404: ("not_found_error", "model_not_found"), 422: ("invalid_request_error", None),
    429: ("rate_limit_error", "rate_limit_exceeded"), 498: ("invalid_request_error", "content_policy_violation"),
    499: ("api_error", "cancelled"),
}  # fmt: skip
STATUS_BY_CODE = {"content_policy_violation": 498, "cancelled": 499, "insufficient_quota": 402}
STATUS_BY_ERROR_TYPE = {
    "invalid_request_error": 400, "authentication_error": 401, "insufficient_quota": 402, "permission_error": 403,
    "not_found_error": 404, "rate_limit_error": 429,
}  # fmt: skip
