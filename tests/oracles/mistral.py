"""
Judge of Mistral chat documents.

Types: the official `mistralai` package (its models drop unknown keys in silence, so what comes back is compared with
what went in). Rules: order of turns, ids of nine letters and digits, chunk lists, ranges of the API reference.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

Json = dict[str, Any]

IDENTIFIER = re.compile(r"[a-zA-Z0-9]{9}")
NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
RANGES = {
    "temperature": (0, 1.5),
    "top_p": (0, 1),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
    "random_seed": (0, 2**63),
    "max_tokens": (0, 2**31),
    "n": (1, 128),
}
# Members of answers that only the wire has, or of which the package drops what is not whole to it (logprobs without token ids).
WIRE_ONLY = {
    "p",
    "num_cached_tokens",
    "prompt_token_details",
    "prompt_tokens_details",
    "service_tier",
    "prompt_audio_seconds",
    "input_audio",
    "logprobs",
}
FINISH = {"stop", "length", "error", "tool_calls", "model_length"}


@functools.cache
def _models() -> Any:
    from mistralai.client import models

    return models


def problems(document: Any, kind: str, *, model: str | None = None, route: Any = None, variant: str = "") -> list[str]:
    """What is wrong with a document."""
    if kind == "stream":
        return _stream(document)
    if not isinstance(document, dict):
        return ["the document is no object"]
    if kind == "request":
        found = _typed(_models().ChatCompletionRequest, document)
        return found or [*_request(document), *_turns(document["messages"])]
    if kind == "response":
        found = _typed(_models().ChatCompletionResponse, document)
        return found or list(_response(document))
    if kind == "event":
        return _error(document) if "message" in document and "choices" not in document else _chunk(document)
    return _error(document)


def _typed(kind: Any, document: Json) -> list[str]:
    try:
        value = kind.model_validate_json(json.dumps(document))
    except ValidationError as error:
        return [f"{'/'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_url=False)[:3]]
    kept = json.loads(value.model_dump_json(by_alias=True, warnings=False))
    return list(_lost(document, kept, ""))


def _lost(given: Any, kept: Any, at: str) -> Iterator[str]:
    """Members that the type did not know."""
    if isinstance(given, dict) and isinstance(kept, dict):
        for key, item in given.items():
            if key not in kept:
                if item is not None and key not in WIRE_ONLY:
                    yield f"{at}/{key}: unknown"
            else:
                yield from _lost(item, kept[key], f"{at}/{key}")
    elif isinstance(given, list) and isinstance(kept, list):
        for index, (item, other) in enumerate(zip(given, kept, strict=False)):
            yield from _lost(item, other, f"{at}/{index}")


def _request(body: Json) -> Iterator[str]:
    for name, (low, high) in RANGES.items():
        value = body.get(name)
        if value is not None and not low <= value <= high:
            yield f"{name}: {value} is outside {low}..{high}"
    names = [tool["function"]["name"] for tool in body.get("tools") or () if tool.get("type", "function") == "function"]
    if any(not NAME.fullmatch(name) for name in names) or len(set(names)) < len(names):
        yield f"tools: names {names}"
    for tool in body.get("tools") or ():
        if tool.get("type", "function") == "function" and not isinstance(tool["function"].get("parameters"), dict):
            yield "tools: parameters are required"
    choice = body.get("tool_choice")
    if isinstance(choice, dict) and choice["function"]["name"] not in names:
        yield "tool_choice: names no declared tool"
    if choice in ("any", "required") and not names:
        yield "tool_choice: needs tools"


def _turns(messages: list[Json]) -> Iterator[str]:
    if not messages:
        yield "messages: empty"
        return
    owed: list[str] = []
    for index, message in enumerate(messages):
        role, at = message["role"], f"messages/{index}"
        before = messages[index - 1]["role"] if index else ""
        if before == "tool" and role not in ("tool", "assistant"):
            yield f"{at}: {role} after tool"
        if role == "tool":
            if message.get("tool_call_id") not in owed:
                yield f"{at}: answers no open call"
            owed = [identity for identity in owed if identity != message.get("tool_call_id")]
            continue
        if owed:
            yield f"{at}: calls {owed} are not answered"
        calls = message.get("tool_calls") or []
        owed = [call.get("id") or "" for call in calls]  # without one nothing can answer it
        if len(set(owed)) < len(owed) or any(not IDENTIFIER.fullmatch(identity) for identity in owed):
            yield f"{at}: call ids {owed}"
        if role == "assistant" and not message.get("content") and not calls:
            yield f"{at}: neither content nor calls"
        if role == "user" and not message.get("content"):
            yield f"{at}: no content"
        if message.get("prefix") and index != len(messages) - 1:
            yield f"{at}: prefix on a message that is not the last"
    if owed:
        yield f"messages: calls {owed} are not answered"
    if messages[-1]["role"] == "assistant" and not messages[-1].get("prefix"):
        yield "messages: ends with an assistant turn without prefix"


def _usage(usage: Json | None) -> Iterator[str]:
    if usage and "prompt_audio_seconds" in usage:
        return  # sound is counted in the total only
    if usage and usage.get("prompt_tokens", 0) + usage.get("completion_tokens", 0) != usage.get("total_tokens", 0):
        yield "usage: the sum is not total_tokens"


def _response(body: Json) -> Iterator[str]:
    yield from _usage(body.get("usage"))
    if not body["choices"]:
        yield "choices: empty"
    for choice in body["choices"]:
        if choice.get("finish_reason") not in FINISH:
            yield f"choices: finish_reason {choice.get('finish_reason')!r}"
        calls = choice["message"].get("tool_calls") or []
        if choice.get("finish_reason") == "tool_calls" and not calls:
            yield "choices: tool_calls without calls"
        if any(not call.get("id") or not call["function"]["name"] for call in calls):
            yield "choices: a call without id or name"


def _chunk(event: Json) -> list[str]:
    return _typed(_models().CompletionChunk, event)


def _stream(events: Any) -> list[str]:
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        return ["the stream is no list of objects"]
    found: list[str] = []
    finished: set[int] = set()
    started: set[int] = set()
    for at, event in enumerate(events):
        if "choices" not in event and at == len(events) - 1:
            return found + _error(event)
        found += [f"{at}: {problem}" for problem in _chunk(event) + list(_usage(event.get("usage")))]
        if found:
            return found
        for choice in event["choices"]:
            if choice["index"] in finished:
                found.append(f"{at}: a chunk after the finish")
            started.add(choice["index"])
            if choice.get("finish_reason") is not None:
                finished.add(choice["index"])
                if choice["finish_reason"] not in FINISH:
                    found.append(f"{at}: finish_reason {choice['finish_reason']!r}")
            for call in choice["delta"].get("tool_calls") or ():
                if not call.get("id") or not call["function"]["name"]:
                    found.append(f"{at}: a call that is not whole")
    if not started or started - finished:
        found.append("a choice has no finish")
    if len({event["id"] for event in events}) > 1:
        found.append("id: not the same on all chunks")
    return found


def _error(document: Json) -> list[str]:
    known = {
        "object",
        "message",
        "type",
        "param",
        "code",
        "raw_status_code",
        "detail",
        "error",
        "guardrails",
        "request_id",
    }
    found = [f"{key}: unknown" for key in document if key not in known]
    if not any(key in document for key in ("message", "detail", "error")):
        found.append("neither message, detail nor error")
    if "message" in document and document.get("object") == "error" and not isinstance(document["message"], (str, dict)):
        found.append("message: no text")
    if "message" in document and not isinstance(document["message"], (str, dict, list)):
        found.append("message: no text")
    return found
