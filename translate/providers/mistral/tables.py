"""Tables of the Mistral spoke. Source: Mistral API specification, "Chat Completion API", and the types of its official client."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from translate.shared.fields import Copy, Handled, Rename, Table, Unsupported

_NO_PLACE = "no such field in this API"

FILLER = "OK."  # said by the assistant where a user may not follow a tool result
FILLED = f"a turn {FILLER!r} of the assistant stands before it"
NO_MEMBER = "no such member of a message here"
NO_THOUGHTS = "this model takes no reasoning back"
EMPTY_TURN = "an empty turn of the assistant is refused here"
LAST_TURN = "a last assistant turn must be a prefix"

REQUEST_FIELDS: Table = {
    "model": Handled("request.to_native"),
    "messages": Handled("messages.to_native"),
    "stream": Copy(),
    "stream_options": Handled("request.check_stream_options"),
    "temperature": Handled("request._temperature"),
    "top_p": Copy(),
    "top_k": Copy(),
    "repetition_penalty": Copy(),
    "n": Copy(),
    "presence_penalty": Copy(),
    "frequency_penalty": Copy(),
    "parallel_tool_calls": Copy(),
    "metadata": Copy(),
    "prompt_cache_key": Copy(),
    "prediction": Handled("request._prediction"),
    "logprobs": Copy(),
    "top_logprobs": Copy(),
    "max_completion_tokens": Rename("max_tokens"),
    "max_tokens": Handled("shared.repair"),
    "seed": Handled("request._seed", "renamed"),
    "stop": Copy(),
    "response_format": Handled("request._response_format"),
    "tools": Handled("request._tools"),
    "tool_choice": Handled("request._tools"),
    "functions": Handled("shared.repair"),
    "function_call": Handled("shared.repair"),
    "reasoning_effort": Handled("request._effort"),
    "thinking": Handled("request._effort", "approximated"),
    "reasoning": Handled("request._effort", "approximated"),
    "service_tier": Handled("request._service_tier"),
    "extra_content": Handled("request._own_bag"),
    "min_p": Unsupported("no such sampling option"),
    "top_a": Unsupported("no such sampling option"),
    "user": Unsupported(_NO_PLACE, "envelope"),
    "safety_identifier": Unsupported(_NO_PLACE, "envelope"),
    "store": Unsupported(_NO_PLACE, "envelope", (False,)),
    "logit_bias": Unsupported(_NO_PLACE, neutral=({},)),
    "modalities": Unsupported("text only", neutral=(["text"],)),
    "audio": Unsupported("no audio output"),
    "image_config": Unsupported("no settings for images"),
    "verbosity": Unsupported(_NO_PLACE, neutral=("medium",)),
    "web_search_options": Unsupported("no web search in this API"),
    "moderation": Unsupported(_NO_PLACE),
    "cache_control": Unsupported("the prompt cache has no marks"),
    "prompt_cache_retention": Unsupported(_NO_PLACE),
    "prompt_cache_options": Unsupported(_NO_PLACE),
}

# Top-level names that are not unified fields: they ride in the request's bag, and are read at the top level too.
BAG_FIELDS = frozenset(("safe_prompt", "guardrails", "prompt_mode", "min_tokens"))

NATIVE_REQUEST_FIELDS: Table = {
    "model": Handled("request.to_unified"),
    "messages": Handled("messages.to_unified"),
    "stream": Handled("request.to_unified"),
    **{
        name: Copy() for name in (
            "temperature", "top_p", "top_k", "repetition_penalty", "n", "presence_penalty", "frequency_penalty",
            "parallel_tool_calls", "metadata", "prompt_cache_key", "prediction", "logprobs", "top_logprobs", "stop",
            "response_format", "reasoning_effort",
        )
    },
    "max_tokens": Rename("max_completion_tokens"),
    "random_seed": Rename("seed"),
    "tools": Handled("request._tools_to_unified"),
    "tool_choice": Handled("request._choice_to_unified"),
    "service_tier": Handled("request.to_unified"),
}  # fmt: skip

# JSON types of the native members that get a unified field.
REQUEST_TYPES: Mapping[str, tuple[type, ...]] = {
    "model": (str,), "stream": (bool,), "temperature": (int, float), "top_p": (int, float), "top_k": (int,),
    "repetition_penalty": (int, float), "n": (int,), "presence_penalty": (int, float), "frequency_penalty": (int, float),
    "parallel_tool_calls": (bool,), "metadata": (dict,), "prompt_cache_key": (str,), "prediction": (dict,), "logprobs": (bool,),
    "top_logprobs": (int,), "stop": (str, list), "response_format": (dict,), "reasoning_effort": (str,), "max_tokens": (int,),
    "random_seed": (int,), "tools": (list,),
}  # fmt: skip
FUNCTION_TYPES: Mapping[str, tuple[type, ...]] = {
    "name": (str,), "description": (str,), "strict": (bool,), "parameters": (dict,),
}  # fmt: skip

# Kinds of tools that this API runs itself.
NATIVE_TOOLS = frozenset((
    "image_generation", "document_library", "connector",
))  # fmt: skip

SERVICE_TIER_TO_NATIVE = {"auto": "auto", "default": "standard_only"}
SERVICE_TIER_TO_UNIFIED = {"auto": "auto", "standard_only": "default"}
USAGE_TIER_TO_UNIFIED = {"standard": "default", "priority": "priority"}
USAGE_TIER_TO_NATIVE = {"default": "standard", "priority": "priority"}

# reasoning: takes thinking chunks and an effort. efforts: None takes every word. user_after_tool: a user turn may follow a tool
# result (recorded with mistral-small-latest; others answered 400, code 3230, so the filler turn is the safe choice there).
MODEL_FACTS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("open-*", {"reasoning": False}),
    ("pixtral*", {"reasoning": False}),
    ("codestral*", {"reasoning": False}),
    ("ministral*", {"reasoning": False}),
    ("mistral-tiny*", {"reasoning": False}),
    ("mistral-nemo*", {"reasoning": False}),
    ("mistral-saba*", {"reasoning": False}),
    ("mistral-large-2*", {"reasoning": False}),
    ("mistral-medium-2*", {"reasoning": False}),
    ("mistral-small-24*", {"reasoning": False}),
    ("mistral-small-25*", {"reasoning": False}),
    ("mistral-small*", {"reasoning": True, "efforts": ("none", "high"), "user_after_tool": True}),
    ("*mistral*", {"reasoning": True, "efforts": ("none", "high")}),
    ("magistral*", {"reasoning": True, "efforts": ("none", "high")}),
    ("devstral*", {"reasoning": True, "efforts": ("none", "high")}),
    ("*", {"reasoning": True, "efforts": None}),
)
FACTS = ("reasoning", "efforts", "user_after_tool")

# For models that take only none and high.
EFFORT = {"none": "none", "minimal": "none", "low": "high", "medium": "high", "high": "high", "xhigh": "high", "max": "high"}

LONGEST_TEMPERATURE = 1.5
# Names of functions: letters, digits, _ and -
REFUSED_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")
LONGEST_NAME = 64

FINISH_REASON_TO_UNIFIED = {
    "stop": "stop", "length": "length", "tool_calls": "tool_calls", "model_length": "length", "error": "stop",
}  # fmt: skip
FAILED = "error"  # reads as stop, and is told
FINISH_REASON_TO_NATIVE = {
    "stop": "stop", "length": "length", "tool_calls": "tool_calls", "function_call": "tool_calls", "content_filter": "stop",
}  # fmt: skip

# HTTP status -> type of the unified error, and back.
ERROR_TYPE_BY_STATUS = {
    400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error",
    422: "invalid_request_error", 429: "rate_limit_error",
}  # fmt: skip
STATUS_BY_ERROR_TYPE = {
    "invalid_request_error": 400, "authentication_error": 401, "permission_error": 403, "not_found_error": 404,
    "rate_limit_error": 429, "insufficient_quota": 429,
}  # fmt: skip

MOST_INDEX = 4096  # of choices and calls in one stream
