"""Tables of the Converse spoke. Source: Amazon Bedrock API reference, "Converse", "ConverseStream", and the service model of the SDKs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from translate.shared.facts import Rows
from translate.shared.fields import Handled, Table, Unsupported

_NO_PLACE = "no such field in Converse"
NO_MODEL = "no model named"
NO_TIME = "answers have no time here"
STANDS_BESIDE = "stands beside the body here"  # id and model of an answer

REQUEST_FIELDS: Table = {
    "model": Handled("request.to_native"),
    "messages": Handled("messages.to_native"),
    "stream": Handled("request.to_native"),
    "stream_options": Handled("beside.check_stream_options"),
    "max_completion_tokens": Handled("settings.limits_to_native", "renamed"),
    "max_tokens": Handled("shared.repair"),
    "temperature": Handled("settings.sampling_to_native"),
    "top_p": Handled("settings.sampling_to_native"),
    "top_k": Handled("settings.sampling_to_native", "by model"),
    "stop": Handled("settings.limits_to_native", "renamed"),
    "tools": Handled("tools.to_native"),
    "tool_choice": Handled("tools.to_native"),
    "parallel_tool_calls": Handled("tools.to_native", "by model"),
    "functions": Handled("shared.repair"),
    "function_call": Handled("shared.repair"),
    "response_format": Handled("settings.format_to_native"),
    "reasoning_effort": Handled("thinking.to_native", "by model"),
    "thinking": Handled("thinking.to_native", "by model"),
    "reasoning": Handled("thinking.to_native", "approximated"),
    "metadata": Handled("beside.metadata_to_native", "renamed"),
    "service_tier": Handled("beside.tier_to_native", "approximated"),
    "extra_content": Handled("request._own_fields"),
    "web_search_options": Unsupported("no web search among the options"),
    "cache_control": Unsupported("cache points stand behind blocks, there is none for the whole request"),
    "user": Unsupported("no user id in Converse", "envelope"),
    "safety_identifier": Unsupported("no user id in Converse", "envelope"),
    "n": Unsupported("one answer a request", neutral=(1,)),
    "seed": Unsupported("no sampling seed in Converse"),
    "presence_penalty": Unsupported(_NO_PLACE, neutral=(0, 0.0)),
    "frequency_penalty": Unsupported(_NO_PLACE, neutral=(0, 0.0)),
    "repetition_penalty": Unsupported(_NO_PLACE, neutral=(1, 1.0)),
    "min_p": Unsupported("no such sampling option"),
    "top_a": Unsupported("no such sampling option"),
    "logit_bias": Unsupported(_NO_PLACE, neutral=({},)),
    "logprobs": Unsupported("no log probabilities in Converse", neutral=(False,)),
    "top_logprobs": Unsupported("no log probabilities in Converse"),
    "modalities": Unsupported("no choice of output kinds", neutral=(["text"],)),
    "audio": Unsupported("no audio output settings"),
    "image_config": Unsupported("no image output settings"),
    "prediction": Unsupported(_NO_PLACE),
    "verbosity": Unsupported(_NO_PLACE, neutral=("medium",)),
    "moderation": Unsupported("guardrails are named by guardrailConfig"),
    "store": Unsupported("nothing is stored", "envelope", (False,)),
    "prompt_cache_key": Unsupported("the prompt cache has points, no key"),
    "prompt_cache_options": Unsupported("the prompt cache has points, no options"),
    "prompt_cache_retention": Unsupported("the prompt cache has points, no such switch"),
}

# Native request fields that clients put at the top level of a unified request too; in the bag on the way in.
NATIVE_ONLY = frozenset((
    "guardrailConfig", "additionalModelRequestFields", "additionalModelResponseFieldPaths", "performanceConfig",
    "promptVariables", "projectIdentifier", "anthropic_beta",
))  # fmt: skip

WRITE_FIELDS: Table = {**REQUEST_FIELDS, **{name: Handled("request._own_fields") for name in NATIVE_ONLY}}

NATIVE_REQUEST_FIELDS: Table = {
    "modelId": Handled("request.to_unified"),
    "messages": Handled("turns.to_unified"),
    "system": Handled("turns.to_unified"),
    "inferenceConfig": Handled("settings.inference_to_unified"),
    "toolConfig": Handled("tools.to_unified"),
    "outputConfig": Handled("settings.output_to_unified"),
    "additionalModelRequestFields": Handled("settings.additional_to_unified"),
    "serviceTier": Handled("request.to_unified"),
    "requestMetadata": Handled("request.to_unified"),
}

# Words of `reasoning_effort` that are levels of `outputConfig.effort`.
EFFORTS = frozenset(("low", "medium", "high", "xhigh", "max"))
CAPPED_EFFORTS = frozenset(("xhigh", "max"))  # above what is taken beside thinking that is off
# Budget of an effort for models without levels.
BUDGETS = {"minimal": 1024, "low": 1024, "medium": 8192, "high": 24576, "xhigh": 32768, "max": 32768}
LEAST_BUDGET = 1024
NOVA_EFFORTS = {"minimal": "low", "low": "low", "medium": "medium", "high": "high", "xhigh": "high", "max": "high"}
GPT_OSS_EFFORTS = {"minimal": "low", "low": "low", "medium": "medium", "high": "high", "xhigh": "high", "max": "high"}

_LEGACY: Mapping[str, Any] = {
    "family": "claude", "thinking": ("enabled", "disabled"), "omitted": "off", "forced_tool": "without_thinking",
    "sampling": True, "one_sampling": False, "prefill": True, "levels": False, "xhigh": False, "status": True,
    "audio": False, "video": False, "top_k": ("top_k",),
}  # fmt: skip
_FOUR: Mapping[str, Any] = {**_LEGACY, "one_sampling": True}
_FOUR_SIX: Mapping[str, Any] = {
    **_FOUR, "thinking": ("adaptive", "enabled", "disabled"), "prefill": False, "levels": True,
}  # fmt: skip
_FOUR_SEVEN: Mapping[str, Any] = {
    **_FOUR_SIX, "thinking": ("adaptive", "disabled"), "sampling": False, "xhigh": True,
}  # fmt: skip
_FIVE: Mapping[str, Any] = {**_FOUR_SEVEN, "omitted": "on"}
_ALWAYS: Mapping[str, Any] = {**_FIVE, "thinking": ("adaptive",), "forced_tool": "no"}
_NOVA: Mapping[str, Any] = {"family": "nova", "status": True, "top_k": ("inferenceConfig", "topK")}
_PLAIN: Mapping[str, Any] = {"family": "other", "status": False}

# Model cards, migration guides. family: how options beyond Converse's own are spelt; thinking: accepted types; omitted: what no
# `thinking` means; forced_tool: yes, no or without_thinking; sampling: temperature, topP and top_k are taken; levels:
# `outputConfig.effort` is taken; status: of a tool result; system_messages: role system in `messages`; top_k: its place.
MODEL_FACTS: Rows = (
    ("claude-2*", _LEGACY),
    ("claude-instant*", _LEGACY),
    ("claude-v*", _LEGACY),
    ("claude-3*", _LEGACY),
    ("claude-opus-4-8*", _FOUR_SEVEN),
    ("claude-opus-4-7*", _FOUR_SEVEN),
    ("claude-opus-4-6*", _FOUR_SIX),
    ("claude-sonnet-4-6*", _FOUR_SIX),
    ("claude-opus-4*", _FOUR),
    ("claude-sonnet-4*", _FOUR),
    ("claude-haiku-4*", _FOUR),
    ("claude-opus-5-5*", _ALWAYS),
    ("claude-opus-5*", _FIVE),
    ("claude-sonnet-5-5*", {**_FIVE, "thinking": ("adaptive", "between_tools"), "forced_tool": "no"}),
    ("claude-sonnet-5*", _FIVE),
    ("claude-haiku-5-5*", {**_FIVE, "forced_tool": "yes"}),
    ("claude-fable-*", _ALWAYS),
    ("claude-mythos-*", _ALWAYS),
    ("claude*", {**_FIVE, "forced_tool": "yes"}),
    ("*amazon.nova-2*", {**_NOVA, "effort": "nova"}),
    ("*amazon.nova*", {**_NOVA, "effort": "none"}),
    ("*openai.gpt-oss*", {**_PLAIN, "effort": "gpt-oss"}),
    ("*cohere.*", {**_PLAIN, "effort": "none", "top_k": ("k",)}),
    ("*amazon.titan*", {**_PLAIN, "effort": "none"}),
    ("*meta.*", {**_PLAIN, "effort": "none"}),
    ("*ai21.*", {**_PLAIN, "effort": "none"}),
    ("*deepseek.*", {**_PLAIN, "effort": "none"}),
    ("*mistral.*", {**_PLAIN, "effort": "none"}),
    # The name of a profile or of a model nobody has heard of: sent as asked.
    ("*", {"family": "unknown", "status": True, "forced_tool": "yes", "thinking": ("adaptive", "enabled", "disabled")}),
)  # fmt: skip

STOP_REASON_TO_UNIFIED = {
    "end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length", "model_context_window_exceeded": "length",
    "tool_use": "tool_calls", "content_filtered": "content_filter", "guardrail_intervened": "content_filter",
    "malformed_model_output": "stop", "malformed_tool_use": "stop", "refusal": "content_filter",
}  # fmt: skip
FINISH_REASON_TO_NATIVE = {
    "stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use", "function_call": "tool_use",
    "content_filter": "content_filtered",
}  # fmt: skip
# Words that mean more than the table says of them.
LOSSY_STOP_REASONS = frozenset(("malformed_model_output", "malformed_tool_use"))
NATIVE_STOP_REASONS = frozenset(STOP_REASON_TO_UNIFIED) - {"refusal"}

SERVICE_TIER_TO_NATIVE = {"default": "default", "flex": "flex", "priority": "priority", "scale": "reserved"}
SERVICE_TIER_TO_UNIFIED = {"default": "default", "flex": "flex", "priority": "priority"}

CACHE_TTL = {"5m": "5m", "1h": "1h", "30m": "1h", "12h": "1h", "24h": "1h"}
MOST_CACHE_POINTS = 4

# Format words of media and their media types; further spellings lead to the same word.
IMAGE_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
DOCUMENT_TYPES = {
    "pdf": "application/pdf", "csv": "text/csv", "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "html": "text/html", "txt": "text/plain",
    "md": "text/markdown",
}  # fmt: skip
VIDEO_TYPES = {
    "mp4": "video/mp4", "mov": "video/mov", "mkv": "video/x-matroska", "webm": "video/webm", "flv": "video/x-flv",
    "mpeg": "video/mpeg", "mpg": "video/mpg", "wmv": "video/wmv", "three_gp": "video/3gpp",
}  # fmt: skip
AUDIO_FORMATS = frozenset((
    "mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "mkv", "mka", "x-aac", "m4a", "mpeg", "mpga", "pcm", "webm",
))  # fmt: skip
FORMAT_OF_TYPE = {
    **{media_type: ("image", word) for word, media_type in IMAGE_TYPES.items()},
    **{media_type: ("document", word) for word, media_type in DOCUMENT_TYPES.items()},
    **{media_type: ("video", word) for word, media_type in VIDEO_TYPES.items()},
    "image/jpg": ("image", "jpeg"), "application/x-pdf": ("document", "pdf"), "application/csv": ("document", "csv"),
    "application/xhtml+xml": ("document", "html"), "text/x-markdown": ("document", "md"),
    "video/quicktime": ("video", "mov"), "video/x-ms-wmv": ("video", "wmv"), "video/matroska": ("video", "mkv"),
}  # fmt: skip
# Media types that say little: the name of the file says more.
VAGUE_TYPES = frozenset(("application/octet-stream", "binary/octet-stream", "text/plain", ""))
DOCUMENT_EXTENSIONS = {**{word: word for word in DOCUMENT_TYPES}, "htm": "html", "markdown": "md", "text": "txt"}
IMAGE_EXTENSIONS = {"png": "png", "jpg": "jpeg", "jpeg": "jpeg", "gif": "gif", "webp": "webp"}
VIDEO_EXTENSIONS = {**{word: word for word in VIDEO_TYPES}, "3gp": "three_gp"}

REFUSED_IN_NAMES = re.compile(r"[^a-zA-Z0-9_-]")
REFUSED_IN_IDS = re.compile(r"[^a-zA-Z0-9_.:-]")
LONGEST_NAME = LONGEST_ID = 64
KEPT_OF_ID = 47  # characters of a long id that stay before the digest
LONGEST_DOCUMENT_NAME = 200
REFUSED_IN_METADATA = re.compile(r"[^a-zA-Z0-9\s:_@$#=/+,\-.]")
LONGEST_METADATA = 256
MOST_METADATA = 16

# Tools of Claude's own that Converse passes on among the additional fields, and the betas they need there.
CLAUDE_TOOL = re.compile(r"(bash|text_editor|computer|memory)_\d{8}")
CLAUDE_TOOL_BETAS = {
    "computer_20250124": "computer-use-2025-01-24", "bash_20250124": "computer-use-2025-01-24",
    "text_editor_20250124": "computer-use-2025-01-24", "text_editor_20250429": "computer-use-2025-01-24",
    "text_editor_20250728": "computer-use-2025-01-24", "computer_20251124": "computer-use-2025-11-24",
    "memory_20250818": "context-management-2025-06-27",
}  # fmt: skip

# Exceptions that a stream may carry as events.
STREAM_EXCEPTIONS = frozenset((
    "InternalServerException", "ModelStreamErrorException", "ValidationException", "ThrottlingException",
    "ServiceUnavailableException",
))  # fmt: skip
