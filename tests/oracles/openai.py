"""
Judge of Chat Completions documents: OpenAI's own form, Azure's, the unified format and `compatible`.

Types: the official `openai` package. Rules: its reference (ranges, pairing of calls and results, order of a stream's
chunks) and what its reasoning models refuse. The unified format is OpenAI's plus extensions: `extensions.py` checks
those and takes them out. `compatible` passes everything on, so that only the bare skeleton is asked for.
"""

from __future__ import annotations

import re
from typing import Any

from openai.lib.streaming.chat._completions import ChatCompletionStreamState
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.completion_create_params import (
    CompletionCreateParamsNonStreaming,
    CompletionCreateParamsStreaming,
)

from tests.oracles import extensions
from tests.oracles.typed import Judge

Json = dict[str, Any]

REQUEST = Judge(CompletionCreateParamsNonStreaming, rebuild=True)
STREAMING = Judge(CompletionCreateParamsStreaming, rebuild=True)
RESPONSE = Judge(ChatCompletion)
CHUNK = Judge(ChatCompletionChunk)

TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
RANGES: dict[str, tuple[float, float]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "n": (1, 128),
    "top_logprobs": (0, 20),
    "frequency_penalty": (-2, 2),
    "presence_penalty": (-2, 2),
    "max_tokens": (0, 2**31),
    "max_completion_tokens": (0, 2**31),
}
REASONING_MODEL = re.compile(r"(?:o\d|gpt-(?:[5-9]|\d\d))(?!.*chat)")
REASONING_REFUSES = ("frequency_penalty", "presence_penalty", "logit_bias", "stop", "prediction", "max_tokens")
AZURE_MEMBERS = {
    "content_filter_results",
    "content_filter_result",
    "content_filter_offsets",
    "prompt_filter_results",
    "prompt_annotations",
    "data_sources",
    "user_security_context",
    "context",
    "model_extra",
}
ERROR_MEMBERS = {"message", "type", "param", "code"}


def problems(
    document: Any, kind: str, *, model: str | None = None, route: Any = None, variant: str = "openai"
) -> list[str]:
    """What is wrong with a document of one of the variants; `row` and a name is any other server that speaks the form."""
    if variant.startswith("row"):
        return _row(document, kind, variant.removeprefix("row "))
    if kind == "stream":
        return _stream(document, variant)
    if kind == "error":
        return _error(document, variant)
    if not isinstance(document, dict):
        return ["the document is no object"]
    if kind == "event":
        return _error(document, variant) if "error" in document else _chunk(document, variant)
    return _request(document, variant, route) if kind == "request" else _response(document, variant)


# Finish words beyond OpenAI's that the server's own reference names.
FINISH_WORDS = {
    "deepseek": ("insufficient_system_resource",),
    "siliconflow": ("eos",),
    "zai": ("sensitive", "network_error", "model_context_window_exceeded"),
}


def _known_word(one: Any, name: str) -> Any:
    """The document with `stop` in place of finish words of the server's own."""
    words = FINISH_WORDS.get(name, ())
    choices = one.get("choices") if isinstance(one, dict) else None
    if not isinstance(choices, list) or not any(isinstance(choice, dict) and choice.get("finish_reason") in words for choice in choices):
        return one
    known = [{**choice, "finish_reason": "stop"} if choice.get("finish_reason") in words else choice for choice in choices]
    return {**one, "choices": known}


def _row(document: Any, kind: str, name: str) -> list[str]:
    """
    The form alone: pairing in requests, official types in answers whose further members are the server's own, a
    finish in streams.

    What else a server takes is data of its row, which no outside source judges.
    """
    if kind == "error":
        return [] if isinstance(document, (dict, list)) and document else ["neither object nor list"]
    if kind == "request":
        messages = document.get("messages") if isinstance(document, dict) else None
        if not isinstance(messages, list) or not messages or not isinstance(document.get("model"), str):
            return ["no messages, or no model"]
        wrong = [f"messages/{index}: no role" for index, one in enumerate(messages) if not one.get("role")]
        return wrong or _pairing([{"tool_call_id": "", **message} for message in messages])
    judge = RESPONSE if kind == "response" else CHUNK
    found: list[str] = []
    finished = kind != "stream"
    for index, one in enumerate(document if kind == "stream" else [document]):
        if isinstance(one, dict) and "error" in one:
            finished = True
            continue
        known = _known_word(one, name)
        told = judge.problems(extensions.without_passing(known)[0] if judge is CHUNK and isinstance(known, dict) else known)
        # A server's own members and tiers.
        told = [problem for problem in told if not problem.endswith(": unknown member") and not problem.startswith("service_tier:")]
        found += [f"{index}: {problem}" for problem in told]
        finished = finished or any(choice.get("finish_reason") for choice in one.get("choices") or ())
    return found if finished else [*found, "no finish_reason"]


def _official(document: Json, kind: str, variant: str) -> tuple[Json, list[str]]:
    """The document without what the variant adds to OpenAI's form, and what is wrong with the additions."""
    if variant == "unified":
        return extensions.taken_out(document, kind)
    bare = _without(document, AZURE_MEMBERS) if variant == "azure" else document
    return extensions.without_passing(bare) if kind == "event" else (bare, [])


def _without(value: Any, names: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(item, names) for key, item in value.items() if key not in names}
    return [_without(item, names) for item in value] if isinstance(value, list) else value


def _request(document: Json, variant: str, route: Any) -> list[str]:
    if variant == "compatible":
        return [] if isinstance(document.get("messages"), list) else ["messages is no list"]
    bare, found = _official(document, "request", variant)
    deployment = variant == "azure" and isinstance(route, dict) and "/deployments/" in str(route.get("path"))
    if deployment:
        bare = {"model": route.get("model") or "deployment", **bare}
    found += (STREAMING if bare.get("stream") else REQUEST).problems(bare)
    if found:
        return found
    found = _values(bare) + _tools(bare, variant)
    if variant != "unified":
        found += _pairing(bare["messages"]) + _model_rules(bare)
    return found


def _values(body: Json) -> list[str]:
    found = []
    for name, (low, high) in RANGES.items():
        value = body.get(name)
        if value is not None and not low <= value <= high:
            found.append(f"{name}: {value} is outside {low}..{high}")
    if not body["messages"]:
        found.append("messages: empty")
    if body.get("top_logprobs") is not None and not body.get("logprobs"):
        found.append("top_logprobs: needs logprobs")
    if body.get("stream_options") is not None and not body.get("stream"):
        found.append("stream_options: needs stream")
    if isinstance(body.get("stop"), list) and not 0 < len(body["stop"]) <= 4:
        found.append("stop: one to four sequences")
    for name, value in (body.get("logit_bias") or {}).items():
        if not -100 <= value <= 100:
            found.append(f"logit_bias/{name}: outside -100..100")
    metadata = body.get("metadata") or {}
    if len(metadata) > 16 or any(len(key) > 64 or len(value) > 512 for key, value in metadata.items()):
        found.append("metadata: at most 16 pairs of 64 and 512 characters")
    schema = (body.get("response_format") or {}).get("json_schema")
    if schema is not None and not TOOL_NAME.fullmatch(schema["name"]):
        found.append(f"response_format/json_schema/name: {schema['name']!r}")
    return found


def _tools(body: Json, variant: str) -> list[str]:
    found = []
    tools = body.get("tools")
    if tools is not None and not tools and variant != "unified":
        found.append("tools: an empty list")
    names = [tool[tool["type"]]["name"] for tool in tools or ()]
    functions = [function["name"] for function in body.get("functions") or ()]
    for name in names + functions:
        if not TOOL_NAME.fullmatch(name) and variant != "unified":
            found.append(f"tools: name {name!r}")
    if len(set(names)) < len(names) and variant != "unified":
        found.append("tools: a name twice")
    choice = body.get("tool_choice")
    if choice is not None and not tools and variant != "unified" and choice != "none":
        found.append("tool_choice: needs tools")
    named = (
        choice[choice["type"]]["name"]
        if isinstance(choice, dict) and choice["type"] in ("function", "custom")
        else None
    )
    if named is not None and named not in names and variant != "unified":
        found.append("tool_choice: names no declared tool")
    if body.get("parallel_tool_calls") is not None and not tools and variant == "openai":
        found.append("parallel_tool_calls: needs tools")
    return found


def _pairing(messages: list[Json]) -> list[str]:
    """Results follow the turn that made their calls at once, one for each call."""
    found: list[str] = []
    open_ids: set[str] = set()
    for index, message in enumerate(messages):
        if message["role"] == "tool":
            if message["tool_call_id"] not in open_ids:
                found.append(f"messages/{index}: answers no open call")
            open_ids.discard(message["tool_call_id"])
            continue
        if open_ids:
            found.append(f"messages/{index}: calls {sorted(open_ids)} have no result before it")
        calls = message.get("tool_calls") or ()
        open_ids = {call["id"] for call in calls}
        if len(open_ids) < len(calls):
            found.append(f"messages/{index}: a call id twice")
        if message.get("tool_calls") == []:
            found.append(f"messages/{index}: tool_calls is empty")
        if any(not identity for identity in open_ids):
            found.append(f"messages/{index}: an empty call id")
        if isinstance(message.get("content"), list) and not message["content"]:
            found.append(f"messages/{index}: content is an empty list")
        said = message.get("content") is not None or message.get("refusal") or message.get("audio")
        if message["role"] == "assistant" and not said and not calls and not message.get("function_call"):
            found.append(f"messages/{index}: an assistant turn without content or calls")
    if open_ids:
        found.append(f"messages: calls {sorted(open_ids)} have no result")
    return found


def _model_rules(body: Json) -> list[str]:
    name = body["model"].rsplit("/", 1)[-1]
    if not REASONING_MODEL.match(name):
        return []
    found = [f"{key}: refused by {name}" for key in REASONING_REFUSES if body.get(key) is not None]
    if body.get("reasoning_effort") != "none":
        found += [
            f"{key}: refused by {name} while it reasons"
            for key in ("temperature", "top_p", "logprobs", "top_logprobs")
            if body.get(key) not in (None, 1, False)
        ]
    return found


def _response(document: Json, variant: str) -> list[str]:
    if variant == "compatible":
        return [] if isinstance(document.get("choices"), list) else ["choices is no list"]
    bare, found = _official(document, "response", variant)
    found += RESPONSE.problems(bare)
    if found:
        return found
    if not bare["id"]:
        found.append("id: empty")
    if not bare["choices"]:
        found.append("choices: empty")
    indices = [choice["index"] for choice in bare["choices"]]
    if len(set(indices)) < len(indices):
        found.append("choices: an index twice")
    for choice in bare["choices"]:
        found += _message(choice["message"], f"choices/{choice['index']}/message")
        if "logprobs" not in choice:
            found.append(f"choices/{choice['index']}: no logprobs key")
        if choice["finish_reason"] == "tool_calls" and not choice["message"].get("tool_calls"):
            found.append(f"choices/{choice['index']}: finish_reason tool_calls without calls")
    return found + usage_problems(bare.get("usage"))


def _message(message: Json, at: str) -> list[str]:
    found = [f"{at}: no {key} key" for key in ("content", "refusal") if key not in message]
    calls = message.get("tool_calls")
    if calls is not None and not calls:
        found.append(f"{at}/tool_calls: empty")
    identities = [call["id"] for call in calls or ()]
    if not all(identities) or len(set(identities)) < len(identities):
        found.append(f"{at}/tool_calls: empty or repeated ids")
    return found


def usage_problems(usage: Json | None) -> list[str]:
    """Law 7: the total is the sum, details are parts."""
    if usage is None:
        return []
    found = []
    if usage["total_tokens"] != usage["prompt_tokens"] + usage["completion_tokens"]:
        found.append(f"usage: {usage['prompt_tokens']} + {usage['completion_tokens']} is not {usage['total_tokens']}")
    details = usage.get("prompt_tokens_details") or {}
    cached = (details.get("cached_tokens") or 0) + (details.get("cache_write_tokens") or 0)
    if cached > usage["prompt_tokens"]:
        found.append("usage: cached and cache_write tokens exceed prompt_tokens")
    details = usage.get("completion_tokens_details") or {}
    if (details.get("reasoning_tokens") or 0) > usage["completion_tokens"]:
        found.append("usage: reasoning tokens exceed completion_tokens")
    if any(isinstance(value, int) and value < 0 for value in usage.values()):
        found.append("usage: a negative count")
    return found


def _chunk(document: Json, variant: str) -> list[str]:
    if variant == "compatible":
        return [] if isinstance(document.get("choices"), list) else ["choices is no list"]
    bare, found = _official(document, "event", variant)
    return found + CHUNK.problems(bare)


def _stream(chunks: Any, variant: str) -> list[str]:
    if not isinstance(chunks, list):
        return ["the stream is no list"]
    failed = bool(chunks) and isinstance(chunks[-1], dict) and "error" in chunks[-1]
    body = chunks[:-1] if failed else chunks
    found: list[str] = _error(chunks[-1], variant) if failed else []
    official: list[Json] = []
    for index, chunk in enumerate(body):
        if not isinstance(chunk, dict):
            return [f"{index}: no object"]
        if variant == "compatible":
            found += [f"{index}: {problem}" for problem in _chunk(chunk, variant)]
            continue
        bare, wrong = _official(chunk, "event", variant)
        found += [f"{index}: {problem}" for problem in wrong + CHUNK.problems(bare)]
        official.append(bare)
    if found or variant == "compatible":
        return found
    if not official and not failed:
        return ["an empty stream"]
    found = _order(official, failed, body) + extensions.citations_in_order(body)
    return found or _accumulated(official)


def _order(chunks: list[Json], failed: bool, originals: list[Json]) -> list[str]:
    """
    Role first and once, fragments of calls in order, one finish a choice, usage at the very end, one id throughout.
    """
    found: list[str] = []
    started: set[int] = set()
    finished: set[int] = set()
    calls: dict[int, int] = {}
    for name in ("id", "created", "model"):
        if len({chunk[name] for chunk in chunks}) > 1:
            found.append(f"{name}: not the same on all chunks")
    for at, chunk in enumerate(chunks):
        if not chunk["choices"] and chunk.get("usage") is None and not originals[at].get("extra_content"):
            found.append(f"{at}: neither choices nor usage")
        if chunk.get("usage") is not None:
            found += [f"{at}: {problem}" for problem in usage_problems(chunk["usage"])]
            if at != len(chunks) - 1:
                found.append(f"{at}: usage before the last chunk")
        for choice in chunk["choices"]:
            index, delta = choice["index"], choice["delta"]
            where = f"{at}: choice {index}"
            if index in finished:
                found.append(f"{where}: a chunk after its finish")
            if "finish_reason" not in choice:
                found.append(f"{where}: no finish_reason key")
            if (index not in started) != (delta.get("role") is not None):
                found.append(f"{where}: role has to come first and once")
            started.add(index)
            if choice.get("finish_reason") is not None:
                finished.add(index)
                if delta.get("content") or delta.get("tool_calls") or delta.get("refusal"):
                    found.append(f"{where}: content on the finish chunk")
                if choice["finish_reason"] == "tool_calls" and not calls.get(index):
                    found.append(f"{where}: finish_reason tool_calls without calls")
            for fragment in delta.get("tool_calls") or ():
                found += [f"{where}: {problem}" for problem in _fragment(fragment, index, calls)]
    if not failed and (not started or started - finished):
        found.append(f"choices {sorted(started - finished) or 'none'} have no finish")
    return found


def _fragment(fragment: Json, choice: int, calls: dict[int, int]) -> list[str]:
    seen = calls.get(choice, 0)
    if fragment["index"] < seen:
        return ["id repeated in a later fragment"] if fragment.get("id") else []
    calls[choice] = seen + 1
    if fragment["index"] != seen:
        return [f"call index {fragment['index']}, expected {seen}"]
    if not fragment.get("id") or not fragment.get("type") or not (fragment.get("function") or {}).get("name"):
        return [f"call {seen} opens without id, type and name"]
    return []


def _accumulated(chunks: list[Json]) -> list[str]:
    """The SDK's own aggregator takes the chunks, and finds in them what a plain sum of the texts gives."""
    state: Any = ChatCompletionStreamState()
    try:
        for chunk in chunks:
            state.handle_chunk(ChatCompletionChunk.model_validate(chunk))
        snapshot = state.current_completion_snapshot if chunks else None
    except Exception as error:  # raised by design when the answer was cut or filtered; anything else is told
        if type(error).__name__ not in ("LengthFinishReasonError", "ContentFilterFinishReasonError"):
            return [f"the SDK's aggregator: {type(error).__name__}: {error}"]
        snapshot = state.current_completion_snapshot
    if snapshot is None:
        return []
    found = []
    for choice in snapshot.choices:
        told = [one["delta"] for chunk in chunks for one in chunk["choices"] if one["index"] == choice.index]
        text = "".join(delta.get("content") or "" for delta in told)
        if (choice.message.content or "") != text:
            found.append(f"the SDK's aggregator reads another text for choice {choice.index}")
    return found


def _error(document: Any, variant: str) -> list[str]:
    if variant == "compatible":
        return [] if isinstance(document, dict) and "error" in document else ["no error member"]
    error = document.get("error") if isinstance(document, dict) else None
    if not isinstance(error, dict):
        return ["error: no object"]
    found = [f"{key}: beside error" for key in document if key not in ("error", "misalignment")]
    found += [f"error/{key}: missing" for key in sorted(ERROR_MEMBERS - set(error))]
    allowed = ERROR_MEMBERS | ({"extra_content"} if variant == "unified" else set())
    allowed |= {"innererror", "inner_error", "status"} if variant == "azure" else set()
    found += [f"error/{key}: unknown" for key in error if key not in allowed]
    for key in ("message", "type"):
        if not isinstance(error.get(key), str):
            found.append(f"error/{key}: no string")
    for key in ("param", "code"):
        if error.get(key) is not None and not isinstance(error[key], str):
            found.append(f"error/{key}: neither string nor null")
    return found
