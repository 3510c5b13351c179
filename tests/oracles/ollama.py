"""
Judge of Ollama's native chat documents.

Types: the official `ollama` package (its models drop unknown keys in silence, so what comes back is compared with
what went in), whose time is text here. Rules: the API reference (bare base64 images, arguments as objects, the last
line of a stream).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ollama._types import ChatRequest, ChatResponse, Options
from pydantic import ValidationError

Json = dict[str, Any]

OPTIONS = {
    "num_keep",
    "seed",
    "num_predict",
    "top_k",
    "top_p",
    "min_p",
    "typical_p",
    "repeat_last_n",
    "temperature",
    "repeat_penalty",
    "presence_penalty",
    "frequency_penalty",
    "penalize_newline",
    "stop",
    "num_ctx",
    "num_batch",
    "num_gpu",
    "main_gpu",
    "use_mmap",
    "use_mlock",
    "num_thread",
    "numa",
    "tfs_z",
    "mirostat",
    "mirostat_tau",
    "mirostat_eta",
    "draft_num_predict",
    "low_vram",
    "vocab_only",
    "logits_all",
    "f16_kv",
    "embedding_only",
}
REQUEST = {
    "model",
    "messages",
    "stream",
    "tools",
    "format",
    "options",
    "think",
    "keep_alive",
    "logprobs",
    "top_logprobs",
    "truncate",
    "shift",
}
MESSAGE = {"role", "content", "thinking", "images", "tool_calls", "tool_name", "tool_call_id"}
ANSWER = {
    "model",
    "created_at",
    "message",
    "done",
    "done_reason",
    "total_duration",
    "load_duration",
    "prompt_eval_count",
    "prompt_eval_duration",
    "eval_count",
    "eval_duration",
    "remote_model",
    "remote_host",
    "logprobs",
    "prompt_eval_cached_count",
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
BASE64 = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")


def problems(document: Any, kind: str, *, model: str | None = None, route: Any = None, variant: str = "") -> list[str]:
    """What is wrong with a document."""
    if kind == "stream":
        return _stream(document)
    if not isinstance(document, dict):
        return ["the document is no object"]
    if kind == "request":
        return [*_typed(ChatRequest, _plain_tools(document)), *_request(document)]
    if kind == "error" or "error" in document:
        return _error(document)
    return [*_typed(ChatResponse, _without_images(document)), *_answer(document, kind == "response")]


def _without_images(body: Json) -> Json:
    """The package reads images of answers as its own objects; on the wire they are base64 text, which `_message` looks at."""
    message = body.get("message")
    if not isinstance(message, dict) or "images" not in message:
        return body
    return {**body, "message": {name: value for name, value in message.items() if name != "images"}}


def _plain_tools(body: Json) -> Json:
    """Ids and positions of calls are on the wire and not in the package's types."""
    messages = body.get("messages")
    if not isinstance(messages, list):
        return body
    return {**body, "messages": [message for message in messages if isinstance(message, dict)]}


def _typed(kind: Any, document: Json) -> list[str]:
    try:
        kind.model_validate_json(json.dumps(document))
    except ValidationError as error:
        return [f"{'/'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_url=False)[:3]]
    return []


def _request(body: Json) -> Iterator[str]:
    yield from (f"{key}: unknown" for key in body if key not in REQUEST)
    options = body.get("options") or {}
    if not isinstance(options, dict):
        yield "options: no object"
        return
    yield from (f"options/{problem}" for problem in _typed(Options, options))  # ChatRequest takes any mapping
    yield from (f"options/{key}: unknown" for key in options if key not in OPTIONS)
    if "stop" in options and not isinstance(options["stop"], list):
        yield "options/stop: no list"
    if body.get("think") not in (None, True, False, "low", "medium", "high", "max"):
        yield f"think: {body['think']!r}"
    if not isinstance(body.get("format", ""), (str, dict)) or (
        body.get("format", "") not in ("", "json") and isinstance(body.get("format"), str)
    ):
        yield "format: neither json nor a schema"
    if not body.get("messages"):
        yield "messages: empty (that loads the model)"
    for index, message in enumerate(body.get("messages") or ()):
        if isinstance(message, dict):
            yield from (f"messages/{index}: {problem}" for problem in _message(message))
    for tool in body.get("tools") or ():
        if tool.get("type", "function") != "function" or not tool.get("function", {}).get("name"):
            yield "tools: no named function"
        else:
            yield from _parameters(tool["function"].get("parameters", {}))


def _parameters(schema: Any) -> Iterator[str]:
    """The server decodes parameters into a struct: another JSON type is a 400, a reference in a property is lost."""
    if not isinstance(schema, dict) or not isinstance(schema.get("type", ""), str):
        yield "tools: parameters that do not decode"
        return
    for name, inner in (schema.get("properties") or {}).items():
        yield from _property(inner, name)


def _property(schema: Any, at: str) -> Iterator[str]:
    if not isinstance(schema, dict):
        yield f"tools: property {at} does not decode"
        return
    kinds = {"type": (str, list), "enum": list, "required": list, "properties": dict, "anyOf": list, "description": str}
    yield from (
        f"tools: {keyword} of {at} does not decode" for keyword, kind in kinds.items()
        if schema.get(keyword) is not None and not isinstance(schema[keyword], kind)
    )  # fmt: skip
    if "$ref" in schema or "$ref" in json.dumps(schema.get("items")):
        yield f"tools: {at} refers to what is not there"
    if "anyOf" not in schema and ("oneOf" in schema or "allOf" in schema):
        yield f"tools: alternatives of {at} are not read"
    for name, inner in (schema.get("properties") or {}).items() if isinstance(schema.get("properties"), dict) else ():
        yield from _property(inner, f"{at}/{name}")
    for inner in schema.get("anyOf") or () if isinstance(schema.get("anyOf"), list) else ():
        yield from _property(inner, at)


def _message(message: Json) -> Iterator[str]:
    yield from (f"{key}: unknown" for key in message if key not in MESSAGE)
    if message.get("role") not in ("system", "user", "assistant", "tool"):
        yield f"role {message.get('role')!r}"
    if not isinstance(message.get("content", ""), str):
        yield "content: no string"
    for image in message.get("images") or ():
        if not isinstance(image, str) or not BASE64.fullmatch(image):
            yield "images: no bare base64"
    for call in message.get("tool_calls") or ():
        function = call.get("function") if isinstance(call, dict) else None
        if (
            not isinstance(function, dict)
            or not function.get("name")
            or not isinstance(function.get("arguments"), dict)
        ):
            yield "tool_calls: no name, or arguments that are no object"


def _answer(body: Json, whole: bool) -> Iterator[str]:
    yield from (f"{key}: unknown" for key in body if key not in ANSWER)
    if not isinstance(body.get("created_at"), str) or not TIME.fullmatch(body["created_at"]):
        yield f"created_at: {body.get('created_at')!r}"
    if not isinstance(body.get("model"), str) or not isinstance(body.get("done"), bool):
        yield "model or done: missing"
    message = body.get("message")
    if not isinstance(message, dict) or message.get("role") != "assistant":
        yield "message: missing, or not the assistant's"
    else:
        yield from (f"message/{problem}" for problem in _message(message))
    if whole and body.get("done") is not True:
        yield "done: not true"
    if body.get("done") and not isinstance(body.get("done_reason", ""), str):
        yield "done_reason: no word"
    for name in ("prompt_eval_count", "eval_count"):
        if not isinstance(body.get(name, 0), int) or body.get(name, 0) < 0:
            yield f"{name}: no count"


def _stream(lines: Any) -> list[str]:
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        return ["the stream is no list of objects"]
    found = [f"{index}: {problem}" for index, line in enumerate(lines) for problem in problems(line, "event")]
    done = [index for index, line in enumerate(lines) if line.get("done") is True]
    failed = bool(lines) and "error" in lines[-1]
    if not failed and done != [len(lines) - 1]:
        found.append("done: not on the last line and there alone")
    if any("error" in line for line in lines[:-1]):
        found.append("an error that is not the last line")
    return found


def _error(document: Json) -> list[str]:
    found = [f"{key}: unknown" for key in document if key not in ("error", "signin_url", "status", "status_code")]
    if not isinstance(document.get("error"), str):
        found.append("error: no string")
    return found
