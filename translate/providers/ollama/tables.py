"""Tables of the Ollama spoke. Source: Ollama API documentation, "Generate a chat completion", and the server's own structs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.shared.fields import Copy, Handled, Table, Unsupported
from translate.shared.schema_subset import Subset

_NO_PLACE = "no such field in this API"
# Notes of what an answer loses.
NO_DETAILS = "no token details here"
NO_ID = "answers have no id here"
NO_TIER = "no such field"

REQUEST_FIELDS: Table = {
    "model": Handled("request.to_native"),
    "messages": Handled("content.messages_to_native"),
    "stream": Handled("request.to_native"),
    "stream_options": Handled("request.check_stream_options"),
    "temperature": Handled("request._options", "renamed"),
    "top_p": Handled("request._options", "renamed"),
    "top_k": Handled("request._options", "renamed"),
    "min_p": Handled("request._options", "renamed"),
    "repetition_penalty": Handled("request._options", "renamed"),
    "seed": Handled("request._options", "renamed"),
    "presence_penalty": Handled("request._options", "renamed"),
    "frequency_penalty": Handled("request._options", "renamed"),
    "max_completion_tokens": Handled("request._options", "renamed"),
    "max_tokens": Handled("shared.repair", "renamed"),
    "stop": Handled("request._options", "renamed"),
    "logprobs": Copy(),
    "top_logprobs": Copy(),
    "response_format": Handled("request._format"),
    "reasoning_effort": Handled("request._think", "renamed"),
    "thinking": Handled("request._think", "approximated"),
    "reasoning": Handled("request._think", "approximated"),
    "tools": Handled("request._tools"),
    "tool_choice": Handled("request._tools", "approximated"),
    "functions": Handled("shared.repair"),
    "function_call": Handled("shared.repair", "approximated"),
    "extra_content": Handled("request._own_bag"),
    "parallel_tool_calls": Unsupported("the server decides", neutral=(True,)),
    "n": Unsupported("one answer a request", neutral=(1,)),
    "user": Unsupported(_NO_PLACE, "envelope"),
    "safety_identifier": Unsupported(_NO_PLACE, "envelope"),
    "metadata": Unsupported(_NO_PLACE, "envelope", ({},)),
    "store": Unsupported("nothing is stored", "envelope", (False,)),
    "service_tier": Unsupported(_NO_PLACE, neutral=("auto",)),
    "modalities": Unsupported("text only", neutral=(["text"],)),
    "audio": Unsupported("no audio output"),
    "image_config": Unsupported("no settings for images"),
    "prediction": Unsupported(_NO_PLACE),
    "verbosity": Unsupported(_NO_PLACE, neutral=("medium",)),
    "web_search_options": Unsupported("no web search"),
    "logit_bias": Unsupported(_NO_PLACE, neutral=({},)),
    "moderation": Unsupported(_NO_PLACE),
    "cache_control": Unsupported("the prompt cache has no marks"),
    "prompt_cache_key": Unsupported(_NO_PLACE),
    "prompt_cache_options": Unsupported(_NO_PLACE),
    "prompt_cache_retention": Unsupported(_NO_PLACE),
    "top_a": Unsupported("no such sampling option"),
}

# Notes of losses in messages.
LINKED = "links are not fetched; inline the image first"
BEHIND_IMAGES = "stands before the images here"
JOINED = "joined to the text before it"
NO_NAME = "no place for names of participants"
NO_MEMBER = "no place in a message"
NO_DETAIL = "no choice of detail"
GOES_ON = "a last assistant turn is continued here"

# Unified name -> name in `options`.
OPTIONS = {
    "temperature": "temperature", "top_p": "top_p", "top_k": "top_k", "min_p": "min_p", "seed": "seed",
    "presence_penalty": "presence_penalty", "frequency_penalty": "frequency_penalty",
    "repetition_penalty": "repeat_penalty", "max_completion_tokens": "num_predict", "stop": "stop",
}  # fmt: skip
OPTIONS_TO_UNIFIED = {native: unified for unified, native in OPTIONS.items()}

NATIVE_REQUEST_FIELDS: Table = {
    "model": Handled("request.to_unified"),
    "messages": Handled("content.messages_to_unified"),
    "stream": Handled("request.to_unified"),
    "tools": Handled("request._tools_to_unified"),
    "format": Handled("request._format_to_unified"),
    "options": Handled("request._options_to_unified"),
    "think": Handled("request._think_to_unified"),
    "logprobs": Copy(),
    "top_logprobs": Copy(),
}

# JSON types of the native members that get a unified field, and of their options.
REQUEST_TYPES: Mapping[str, tuple[type, ...]] = {
    "model": (str,), "stream": (bool,), "logprobs": (bool,), "top_logprobs": (int,), "options": (dict,), "tools": (list,),
}  # fmt: skip
OPTION_TYPES: Mapping[str, tuple[type, ...]] = {
    "temperature": (int, float), "top_p": (int, float), "top_k": (int,), "min_p": (int, float), "seed": (int,),
    "presence_penalty": (int, float), "frequency_penalty": (int, float), "repeat_penalty": (int, float),
    "num_predict": (int,), "stop": (str, list),
}  # fmt: skip

# Members of the request's bag that stand at the top level of the native request.
BAG_FIELDS = frozenset(("keep_alive", "truncate", "shift", "options", "think", "_debug_render_only"))

# As the server's own OpenAI-compatible layer maps them.
THINK = {"none": False, "minimal": "low", "low": "low", "medium": "medium", "high": "high", "xhigh": "max", "max": "max"}
# always: thinks whatever `think` says. levels: the words it takes, None for all of them.
MODEL_FACTS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("gpt-oss*", {"always": True, "levels": ("low", "medium", "high")}),
    ("*", {"always": False, "levels": None}),
)
FACTS = ("always", "levels")
THINK_TO_UNIFIED = {"low": "low", "medium": "medium", "high": "high", "max": "max"}

# What the server's struct keeps of a parameters schema: at the root and in a property; `items` it keeps as they are.
TOOL_SCHEMAS = Subset(
    keywords=frozenset(("anyOf", "type", "items", "description", "enum", "properties", "required")),
    root=frozenset(("type", "$defs", "items", "required", "properties")), open=frozenset(("items",)), references=False, keeps=True,
)  # fmt: skip

# tool_calls and content_filter: models served elsewhere and passed on.
FINISH_REASON_TO_UNIFIED = {
    "stop": "stop", "length": "length", "load": "stop", "unload": "stop", "": "stop", "tool_calls": "tool_calls",
    "content_filter": "content_filter",
}  # fmt: skip
FINISH_REASON_TO_NATIVE = {
    "stop": "stop", "length": "length", "tool_calls": "stop", "function_call": "stop", "content_filter": "stop",
}  # fmt: skip

RESPONSE_FIELDS: Table = {
    "model": Copy(), "created_at": Handled("response"), "message": Handled("response"), "done": Handled("response"),
    "done_reason": Handled("response"), "prompt_eval_count": Handled("response"), "eval_count": Handled("response"),
    "logprobs": Handled("response"),
}  # fmt: skip
DURATIONS = ("total_duration", "load_duration", "prompt_eval_duration", "eval_duration")
BAG_RESPONSE_FIELDS = frozenset((*DURATIONS, "created_at", "remote_model", "remote_host"))

# HTTP status -> (type, code) of the unified error, and back.
ERROR_BY_STATUS = {
    400: ("invalid_request_error", None), 401: ("authentication_error", None), 403: ("permission_error", None),
    404: ("not_found_error", "model_not_found"), 429: ("rate_limit_error", None),
}  # fmt: skip
STATUS_BY_ERROR = {
    "invalid_request_error": 400, "authentication_error": 401, "permission_error": 403, "not_found_error": 404,
    "rate_limit_error": 429, "insufficient_quota": 429,
}  # fmt: skip
