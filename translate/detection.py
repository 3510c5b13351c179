"""Which format and document kind a logged body is: signs only one format writes decide, else the shape."""

from __future__ import annotations

from typing import Any, NamedTuple

Json = dict[str, Any]


class Detected(NamedTuple):
    """format and kind (request, response, event, error) or None; confidence 1.0 by a sign, 0.5 by the shape, 0.0 for nothing."""

    format: str | None
    kind: str | None
    confidence: float


NOTHING = Detected(None, None, 0.0)


def detect(body: Any) -> Detected:
    """
    The format and kind of a decoded body. Never raises.

    Chat documents are `unified` unless a row's own mark is there; `vertex` only by fields that only Vertex AI has.
    """
    if type(body) is list and len(body) == 1 and type(body[0]) is dict and "error" in body[0]:
        body = body[0]  # an error of a streaming Gemini call comes in a list
    if type(body) is not dict:
        return NOTHING
    try:
        for look in (_bedrock_event, _bedrock, _responses, _anthropic, _gemini, _cohere, _ollama, _chat, _error):
            found = look(body)
            if found is not None:
                return found
    except (TypeError, AttributeError, KeyError, IndexError, RecursionError):
        pass  # a member of a type no format has there
    return NOTHING


def _first(value: Any) -> dict[Any, Any]:
    """First object of a list, {} when there is none."""
    return value[0] if type(value) is list and value and type(value[0]) is dict else {}


def _is_text_list(value: Any) -> bool:
    return type(value) is list and bool(value) and type(value[0]) is str


def _dict(value: Any) -> Json:
    return value if type(value) is dict else {}


_BEDROCK_EVENTS = frozenset((
    "messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop",
))  # fmt: skip
_BEDROCK_EXCEPTIONS = frozenset((
    "internalServerException", "modelStreamErrorException", "validationException", "throttlingException",
    "serviceUnavailableException",
))  # fmt: skip


def _bedrock_event(body: Json) -> Detected | None:
    if len(body) == 1:
        (name,) = body
        if name in _BEDROCK_EVENTS or name in _BEDROCK_EXCEPTIONS:
            return Detected("bedrock", "event", 1.0)
        if name == "metadata" and "usage" in _dict(body[name]):
            return Detected("bedrock", "event", 1.0)
    return None


_ANTHROPIC_EVENTS = frozenset((
    "message_start", "message_delta", "message_stop", "content_block_start", "content_block_delta", "content_block_stop", "ping",
))  # fmt: skip
_CHAT_SIGNS = frozenset((
    "max_completion_tokens", "response_format", "stream_options", "functions", "reasoning_effort", "logit_bias", "n", "seed", "stop",
    "presence_penalty", "frequency_penalty", "user", "logprobs",
))  # fmt: skip
_ANTHROPIC_BLOCKS = frozenset((
    "tool_use", "tool_result", "thinking", "redacted_thinking", "document", "server_tool_use", "search_result", "container_upload",
))  # fmt: skip


def _anthropic(body: Json) -> Detected | None:
    kind = body.get("type")
    if type(kind) is str and kind in _ANTHROPIC_EVENTS:
        return Detected("anthropic-bedrock" if "amazon-bedrock-invocationMetrics" in body else "anthropic", "event", 1.0)
    if kind == "message" and "stop_reason" in body and "content" in body:
        return Detected("anthropic", "response", 1.0)
    if kind == "error" and type(body.get("error")) is dict:
        return Detected("anthropic", "error", 1.0)
    messages = body.get("messages")
    if type(messages) is not list or any("tool_calls" in _dict(message) for message in messages):
        return None
    version = body.get("anthropic_version")
    if type(version) is str:
        return Detected("anthropic-vertex" if version.startswith("vertex") else "anthropic-bedrock", "request", 1.0)
    tools = body.get("tools")
    if (
        ("stop_sequences" in body and "max_tokens" in body and "p" not in body and "k" not in body)
        or "input_schema" in _first(tools)
        or (type(body.get("system")) in (str, list))
        or (type(body.get("tool_choice")) is dict and body["tool_choice"].get("type") in ("any", "auto", "tool", "none"))
    ):  # fmt: skip
        return Detected("anthropic", "request", 1.0)
    for message in messages:
        content = _dict(message).get("content")
        for block in content if type(content) is list else ():
            kind = _dict(block).get("type")
            # Cohere has documents and Mistral thinking too, in members of other types.
            other = "document" in _dict(block) or type(_dict(block).get("thinking")) is list
            if (kind in _ANTHROPIC_BLOCKS and not other) or (kind == "image" and "source" in block):
                return Detected("anthropic", "request", 1.0)
    # The form has no sign of its own left: a required member and the family's name are a guess.
    plain = "max_tokens" in body and str(body.get("model")).startswith("claude") and not _CHAT_SIGNS & body.keys()
    if plain and "tools" not in body and all(_dict(message).get("role") in ("user", "assistant") for message in messages):
        return Detected("anthropic", "request", 0.5)
    return None


def _responses(body: Json) -> Detected | None:
    if body.get("object") == "response" or ("output" in body and "created_at" in body and "status" in body):
        return Detected("openai-responses", "response", 1.0)
    kind = body.get("type")
    if type(kind) is str and kind.startswith("response."):
        return Detected("openai-responses", "event", 1.0)
    if kind == "error" and "sequence_number" in body:
        return Detected("openai-responses", "event", 1.0)
    if "input" in body and "messages" not in body:
        signs = ("instructions", "max_output_tokens", "previous_response_id", "text", "include", "truncation", "reasoning")
        return Detected("openai-responses", "request", 1.0 if any(name in body for name in signs) else 0.5)
    return None


_VERTEX_ONLY_REQUEST = frozenset(("labels", "modelArmorConfig", "model_armor_config"))
_VERTEX_ONLY_RESPONSE = frozenset(("createTime", "trafficType"))


def _gemini(body: Json) -> Detected | None:
    if "contents" in body:
        name = "vertex" if _VERTEX_ONLY_REQUEST & body.keys() else "gemini"
        return Detected(name, "request", 1.0)
    if "candidates" in body or "promptFeedback" in body or ("usageMetadata" in body and "choices" not in body):
        usage = _dict(body.get("usageMetadata"))
        name = "vertex" if _VERTEX_ONLY_RESPONSE & body.keys() or "trafficType" in usage else "gemini"
        # An element of a stream is a whole response; only one that does not end tells itself apart.
        candidates = body.get("candidates")
        ends = any("finishReason" in _dict(each) for each in candidates) if type(candidates) is list else False
        return Detected(name, "response" if ends or "promptFeedback" in body else "event", 1.0)
    error = body.get("error")
    if type(error) is dict and type(error.get("code")) is int and type(error.get("status")) is str:
        return Detected("gemini", "error", 1.0)
    return None


_BEDROCK_FIELDS = frozenset(("inferenceConfig", "toolConfig", "additionalModelRequestFields", "guardrailConfig"))
_BEDROCK_BLOCKS = frozenset((
    "text", "image", "document", "video", "toolUse", "toolResult", "cachePoint", "reasoningContent", "guardContent",
))  # fmt: skip


def _bedrock(body: Json) -> Detected | None:
    if "output" in body and "stopReason" in body:
        return Detected("bedrock", "response", 1.0)
    if "contents" not in body and body.keys() & _BEDROCK_FIELDS:
        return Detected("bedrock", "request", 1.0)
    if "__type" in body or body.keys() == {"Message"}:
        return Detected("bedrock", "error", 1.0)
    if body.keys() == {"message"} and type(body["message"]) is str:
        return Detected("bedrock", "error", 0.5)
    block = _first(_first(body.get("messages")).get("content"))
    if block and "type" not in block and block.keys() <= _BEDROCK_BLOCKS:
        return Detected("bedrock", "request", 1.0)
    return None


_COHERE_EVENTS = frozenset((
    "message-start", "message-end", "content-start", "content-delta", "content-end", "tool-plan-delta", "tool-call-start",
    "tool-call-delta", "tool-call-end", "citation-start", "citation-end",
))  # fmt: skip


def _cohere(body: Json) -> Detected | None:
    kind = body.get("type")
    if type(kind) is str and kind in _COHERE_EVENTS:
        return Detected("cohere", "event", 1.0)
    if type(body.get("message")) is dict and "finish_reason" in body and "choices" not in body:
        return Detected("cohere", "response", 1.0)
    if "messages" in body:
        signs = {"p", "k", "safety_mode", "citation_options", "strict_tools", "stop_sequences"}
        if signs & body.keys() or body.get("tool_choice") in ("REQUIRED", "NONE"):
            return Detected("cohere", "request", 1.0)
        for message in body["messages"] if type(body["messages"]) is list else ():
            if "tool_plan" in _dict(message):
                return Detected("cohere", "request", 1.0)
    return None


def _ollama(body: Json) -> Detected | None:
    if "done" in body and "created_at" in body:
        message = _dict(body.get("message"))
        done = body.get("done") is True and bool(message.get("content") or message.get("tool_calls"))
        return Detected("ollama", "response" if done else "event", 1.0)
    if "messages" in body:
        if {"options", "keep_alive", "think"} & body.keys() or ("format" in body and "response_format" not in body):
            return Detected("ollama", "request", 1.0)
        for message in body["messages"] if type(body["messages"]) is list else ():
            if {"tool_name", "thinking"} & _dict(message).keys() or _is_text_list(_dict(message).get("images")):
                return Detected("ollama", "request", 1.0)
    return None


# Marks of OpenAI-compatible rows: member at the top level, at a choice, or in usage -> format.
_TOP_MARKS = {
    "x_groq": "groq", "prompt_filter_results": "azure", "time_info": "cerebras", "timings": "llamacpp", "base_resp": "minimax",
    "search_results": "perplexity", "data_sources": "azure",
}  # fmt: skip
_CHOICE_MARKS = {"content_filter_results": "azure", "native_finish_reason": "openrouter", "token_id": "together"}
_USAGE_MARKS = {
    "prompt_cache_hit_tokens": "deepseek", "num_sources_used": "xai", "cost_in_usd_ticks": "xai", "is_byok": "openrouter",
    "queue_time": "groq", "prompt_audio_seconds": "mistral",
}  # fmt: skip
_REQUEST_MARKS = {
    "random_seed": "mistral", "safe_prompt": "mistral", "prompt_mode": "mistral",
    "search_domain_filter": "perplexity", "reasoning_format": "groq", "provider": "openrouter", "transforms": "openrouter",
    "structured_outputs": "vllm", "reasoning_split": "minimax", "tool_stream": "zai",
}  # fmt: skip


def _chat(body: Json) -> Detected | None:
    if type(body.get("messages")) is list:
        if _bare_mistral(body):
            return Detected("mistral", "request", 1.0)
        mark = next((_REQUEST_MARKS[name] for name in body if name in _REQUEST_MARKS), None)
        if mark is not None:
            return Detected(mark, "request", 1.0)
        signs = ("max_completion_tokens", "response_format", "stream_options", "functions", "reasoning_effort", "logit_bias")
        sure = any(name in body for name in signs) or "function" in _first(body.get("tools"))
        return Detected("unified", "request", 1.0 if sure else 0.5)
    if type(body.get("choices")) is list:
        choice = _first(body["choices"])
        kind = "event" if _is_chunk(body, choice) else "response"
        mark = next((_TOP_MARKS[name] for name in body if name in _TOP_MARKS), None)
        mark = mark or next((_CHOICE_MARKS[name] for name in choice if name in _CHOICE_MARKS), None)
        mark = mark or next((_USAGE_MARKS[name] for name in _dict(body.get("usage")) if name in _USAGE_MARKS), None)
        if mark == "openrouter" and "provider" not in body:
            mark = None  # the unified form has `native_finish_reason` too
        if mark is not None:
            return Detected(mark, kind, 1.0)
        content = _dict(choice.get("message") or choice.get("delta")).get("content")
        if _first(content).get("type") in ("thinking", "reference"):
            return Detected("mistral", kind, 1.0)
        return Detected("unified", kind, 1.0 if str(body.get("object")).startswith("chat.completion") else 0.5)
    return None


def _is_chunk(body: Json, choice: Json) -> bool:
    if body.get("object") == "chat.completion.chunk" or not body["choices"]:
        return True  # an answer has a choice; chunks with usage or filter results have none
    if body.get("object") == "chat.completion.done" or "message" not in choice:
        return "delta" in choice
    # Perplexity writes both members under one name of object: in a whole answer the delta is empty.
    return "delta" in choice and (bool(_dict(choice["delta"]).get("content")) or choice.get("finish_reason") is None)


def _bare_mistral(body: Json) -> bool:
    if body.get("tool_choice") == "any":
        return True
    for message in body["messages"]:
        content = _dict(message).get("content")
        for part in content if type(content) is list else ():
            if _dict(part).get("type") in ("document_url", "reference") or type(_dict(part).get("thinking")) is list:
                return True
    return False


def _error(body: Json) -> Detected | None:
    error = body.get("error")
    if type(error) is dict and "message" in error:
        if type(error.get("code")) is int and "metadata" in error:
            return Detected("openrouter", "error", 1.0)
        return Detected("unified", "error", 1.0 if {"param", "type"} <= error.keys() else 0.5)
    if type(error) is str and type(body.get("code")) is str and len(body) == 2:
        return Detected("xai", "error", 0.5)
    if type(error) is str:
        return Detected("ollama" if len(body) == 1 else "unified", "error", 0.5)
    if body.get("object") == "error" and "message" in body:
        return Detected("mistral", "error", 1.0)
    if type(body.get("message")) is str and "id" in body and body.keys() <= {"message", "id", "error_type"}:
        return Detected("cohere", "error", 1.0)
    if "detail" in body and len(body) == 1:
        return Detected("mistral", "error", 0.5)
    return None

