"""
Judge of Messages documents: first party, InvokeModel bodies (`anthropic-bedrock`) and Vertex bodies
(`anthropic-vertex`).

Types: the official `anthropic` package, its beta types when the route or the body names betas. Rules: "what the
provider enforces" of the API reference. The package's 2.x types know wire version 2026-10-21 only: sampling keys of a
2023-06-01 body are checked here.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from typing import Any

import anthropic.types as plain
import anthropic.types.beta as beta
from anthropic.types import message_create_params
from anthropic.types.beta import message_create_params as beta_create_params

from tests.oracles import bedrock, gemini
from tests.oracles.typed import Judge

Json = dict[str, Any]

REQUESTS = {
    (False, False): Judge(message_create_params.MessageCreateParamsNonStreaming, rebuild=True, models=False),
    (False, True): Judge(message_create_params.MessageCreateParamsStreaming, rebuild=True, models=False),
    (True, False): Judge(beta_create_params.MessageCreateParamsNonStreaming, rebuild=True, models=False),
    (True, True): Judge(beta_create_params.MessageCreateParamsStreaming, rebuild=True, models=False),
}
RESPONSES = {False: Judge(plain.Message), True: Judge(beta.BetaMessage)}
EVENTS = {False: Judge(plain.RawMessageStreamEvent), True: Judge(beta.BetaRawMessageStreamEvent)}

ERROR_TYPES = {
    "invalid_request_error",
    "authentication_error",
    "billing_error",
    "permission_error",
    "not_found_error",
    "conflict_error",
    "request_too_large",
    "rate_limit_error",
    "api_error",
    "timeout_error",
    "overloaded_error",
}
SAMPLING = {"temperature": (0, 1), "top_p": (0, 1), "top_k": (0, 2**31)}
NO_SAMPLING = re.compile(r"opus-(4-[78]|5)|sonnet-5|haiku-5|fable|mythos")
IDENTIFIER = re.compile(r"[a-zA-Z0-9_-]+")
TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
IMAGES = {"image/jpeg", "image/png", "image/gif", "image/webp"}
CALLS = ("tool_use",)
ANSWER_USAGE = set(plain.Usage.model_fields) - set(plain.MessageDeltaUsage.model_fields)
DELTA_OF = {
    "text": {"text_delta", "citations_delta"},
    "thinking": {"thinking_delta", "signature_delta"},
    "tool_use": {"input_json_delta"},
    "server_tool_use": {"input_json_delta"},
    "mcp_tool_use": {"input_json_delta"},
    "compaction": {"compaction_delta"},
}


def problems(
    document: Any, kind: str, *, model: str | None = None, route: Any = None, variant: str = "anthropic"
) -> list[str]:
    """What is wrong with a document of one of the three variants."""
    if variant == "anthropic-bedrock" and kind in ("event", "stream"):
        found, document = _frames(document, kind)
        if found:
            return found
    if kind == "stream":
        return _stream(document)
    if kind == "error" and variant == "anthropic-vertex" and (isinstance(document, list) or "type" not in document):
        return gemini.problems(document, kind, variant="vertex")  # the platform's own, not the model's
    if not isinstance(document, dict):
        return ["the document is no object"]
    if kind == "request":
        return _request(document, route, variant, model)
    if kind == "event":
        return _event(document)
    if kind == "error" and variant == "anthropic-bedrock" and "type" not in document:
        # InvokeModel answers with an AWS exception, whose name stands in a header.
        return [] if isinstance(document.get("message", document.get("Message")), str) else ["message: no string"]
    return _error(document) if kind == "error" else _response(document)


def _either(judges: dict[bool, Judge], document: Json) -> list[str]:
    """
    Beta members are legal in answers of beta requests, which the answer does not tell: the plain types' complaint is
    shown.
    """
    for holder in (document, document.get("message")):
        usage = holder.get("usage") if isinstance(holder, dict) else None
        if isinstance(usage, dict) and isinstance(usage.get("server_tool_use"), dict):
            # The types demand both counts, the wire leaves one out.
            filled = {"web_search_requests": 0, "web_fetch_requests": 0, **usage["server_tool_use"]}
            patched = {**holder, "usage": {**usage, "server_tool_use": filled}}
            document = patched if holder is document else {**document, "message": patched}
    found = judges[False].problems(document)
    return found if found and judges[True].problems(document) else []


def _request(document: Json, route: Any, variant: str, model: str | None) -> list[str]:
    headers = {str(key).lower(): value for key, value in ((route or {}).get("headers") or {}).items()}
    found: list[str] = []
    body = dict(document)
    version = headers.get("anthropic-version")
    is_beta = bool(headers.get("anthropic-beta"))
    if variant != "anthropic":
        version = body.pop("anthropic_version", None)
        if not isinstance(version, str):
            found.append("anthropic_version: required in this body")
        is_beta = is_beta or bool(body.get("anthropic_beta"))
        body.pop("anthropic_beta", None)
        for name in ("model", "stream") if variant == "anthropic-bedrock" else ("model",):
            if name in body:
                found.append(f"{name}: stands in the path, not in this body")
        body["model"] = model or "claude"
    new = version == "2026-10-21"
    name = str(body.get("model"))
    for key, (low, high) in SAMPLING.items():
        value = body.get(key)
        if value is None or new:
            continue  # the types refuse it in the new version
        body.pop(key)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            found.append(f"{key}: {value!r} is outside {low}..{high}")
        if NO_SAMPLING.search(name) and not (key != "top_k" and value == 1):
            found.append(f"{key}: refused by {name}")
    streaming = bool(body.get("stream"))
    found += REQUESTS[is_beta, streaming].problems(body)
    return found or [*_values(document), *_tools(document), *_turns(document, new), *_caching(document)]


def _thought(turns: list[Json]) -> bool:
    """Whether the turn whose calls are answered last, or that is begun, with all its steps, begins with thinking."""
    opening = [turn["content"][0]["type"] if turn["content"] and isinstance(turn["content"], list) else "text" for turn in turns]
    steps = [opening.pop()] if turns and turns[-1]["role"] == "assistant" else []  # an answer that is begun
    while len(opening) > 1 and opening[-1] == "tool_result":
        steps.append(opening[-2])
        del opening[-2:]
    return not steps or not {"thinking", "redacted_thinking"}.isdisjoint(steps)


def _values(body: Json) -> Iterator[str]:
    thinking = body.get("thinking") or {}
    if thinking.get("type") == "enabled":
        if not thinking["budget_tokens"] >= 1024 or thinking["budget_tokens"] >= body["max_tokens"]:
            yield "thinking/budget_tokens: at least 1024 and below max_tokens"
        if body.get("temperature") not in (None, 1) or body.get("top_k") is not None:
            yield "thinking: goes with temperature 1 and without top_k only"
        if (body.get("tool_choice") or {}).get("type") in ("any", "tool"):
            yield "thinking: does not go with a forced tool"
        if not _thought(body["messages"]):
            yield "thinking: the turn whose calls are answered does not begin with it"
    if body["max_tokens"] < 0:
        yield "max_tokens: negative"
    if not body["messages"]:
        yield "messages: empty"
    for text in body.get("stop_sequences") or ():
        if not text.strip():
            yield "stop_sequences: a blank one"
    if body.get("stop_sequences") == []:
        yield "stop_sequences: empty"
    user = (body.get("metadata") or {}).get("user_id")
    if isinstance(user, str) and len(user) > 256:
        yield "metadata/user_id: over 256 characters"
    system = body.get("system")
    if isinstance(system, list) and any(not block["text"].strip() for block in system):
        yield "system: a blank text block"
    if system == []:
        yield "system: an empty list"
    schema = ((body.get("output_config") or {}).get("format") or {}).get("schema")
    if schema is not None and not isinstance(schema, dict):
        yield "output_config/format/schema: no object"


def _tools(body: Json) -> Iterator[str]:
    tools = body.get("tools")
    if tools == []:
        yield "tools: an empty list"
    names = [tool["name"] for tool in tools or () if "name" in tool]
    if len(set(names)) < len(names):
        yield "tools: a name twice"
    for tool in tools or ():
        if "input_schema" not in tool:
            continue
        if not TOOL_NAME.fullmatch(tool["name"]):
            yield f"tools: name {tool['name']!r}"
        schema = tool["input_schema"]
        if schema.get("type") != "object" or {"anyOf", "oneOf", "allOf"} & set(schema):
            yield f"tools: the schema of {tool['name']!r} is no object at its root"
    choice = body.get("tool_choice")
    if choice is not None and not tools:
        yield "tool_choice: needs tools"
    if choice is not None and choice["type"] == "tool" and choice["name"] not in names:
        yield "tool_choice: names no declared tool"


def _blocks(message: Json) -> list[Json]:
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def _turns(body: Json, new: bool) -> Iterator[str]:
    messages = body["messages"]
    if messages and messages[0]["role"] == "system":
        yield "messages/0: a system turn has no place there"
    owed: set[str] = set()
    called: set[str] = set()  # in the whole conversation
    for index, message in enumerate(messages):
        at, blocks, last = f"messages/{index}", _blocks(message), index == len(messages) - 1
        role = message["role"]
        if index and messages[index - 1]["role"] == role:
            yield f"{at}: the same role as the turn before"
        if role == "system" and not last and messages[index + 1]["role"] != "assistant":
            yield f"{at}: a system turn is followed by the assistant's or by nothing"
        if not blocks and not (last and role == "assistant"):
            yield f"{at}: no content"
        answered = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
        if len(set(answered)) < len(answered):
            yield f"{at}: two results for one call"
        if set(answered) - owed:
            yield f"{at}: results without a call: {sorted(set(answered) - owed)}"
        if owed - set(answered):
            yield f"{at}: calls without a result: {sorted(owed - set(answered))}"
        kinds = [block["type"] == "tool_result" for block in blocks]
        if kinds != sorted(kinds, reverse=True):
            yield f"{at}: results have to stand first"
        calls = [block["id"] for block in blocks if block["type"] in CALLS]
        if len(set(calls)) < len(calls) or not called.isdisjoint(calls):
            yield f"{at}: a call id twice"
        called.update(calls)
        owed = set(calls) if role == "assistant" else set()
        for place, block in enumerate(blocks):
            yield from _block(block, role, f"{at}/content/{place}", new)
        final = blocks[-1] if last and role == "assistant" and blocks else {}
        if final.get("type") == "text" and final["text"] != final["text"].rstrip():
            yield f"{at}: the final assistant text ends in whitespace"
    if owed:
        yield f"messages: calls without a result: {sorted(owed)}"


def _block(block: Json, role: str, at: str, new: bool) -> Iterator[str]:
    kind = block["type"]
    if kind == "text" and not block["text"].strip():
        yield f"{at}: a blank text"
    if kind == "text" and new and role == "user" and block.get("citations"):
        yield f"{at}: citations in a user turn"
    if kind == "document" and new and role == "assistant":
        yield f"{at}: a document in an assistant turn"
    if kind in ("tool_use", "thinking", "redacted_thinking") and role != "assistant":
        yield f"{at}: {kind} in a {role} turn"
    if kind in ("tool_result", "image") and role != "user":
        yield f"{at}: {kind} in a {role} turn"
    if kind == "tool_use" and not (IDENTIFIER.fullmatch(block["id"]) and TOOL_NAME.fullmatch(block["name"])):
        yield f"{at}: id {block['id']!r} or name {block['name']!r}"
    if kind == "tool_result" and not IDENTIFIER.fullmatch(block["tool_use_id"]):
        yield f"{at}: tool_use_id {block['tool_use_id']!r}"
    if kind == "thinking" and not block["signature"]:
        yield f"{at}: an unsigned thinking block"
    source = block.get("source")
    if isinstance(source, dict) and source.get("type") == "base64":
        allowed = IMAGES if kind == "image" else {"application/pdf"}
        if source["media_type"] not in allowed:
            yield f"{at}: media type {source['media_type']!r}"
        if isinstance(source["data"], str) and (source["data"].startswith("data:") or not source["data"]):
            yield f"{at}: data is no bare base64"
    if kind == "tool_result" and isinstance(block.get("content"), list):
        for index, inner in enumerate(block["content"]):
            yield from _block(inner, "user", f"{at}/content/{index}", new)


def _caching(body: Json) -> Iterator[str]:
    marks: list[Json] = [tool["cache_control"] for tool in body.get("tools") or () if tool.get("cache_control")]
    system = body.get("system")
    marks += [
        block["cache_control"] for block in system or () if isinstance(block, dict) and block.get("cache_control")
    ]
    for message in body["messages"]:
        for block in _blocks(message):
            marks += [block["cache_control"]] if block.get("cache_control") else []
            inner = block.get("content")
            marks += [
                one["cache_control"]
                for one in (inner if isinstance(inner, list) else ())
                if isinstance(one, dict) and one.get("cache_control")
            ]
    lengths = [mark.get("ttl", "5m") for mark in marks]
    if len(marks) + bool(body.get("cache_control")) > 4:
        yield f"cache_control: {len(marks)} marks, at most 4"
    if "1h" in lengths and "5m" in lengths and lengths.index("5m") < len(lengths) - 1 - lengths[::-1].index("1h"):
        yield "cache_control: a 1h mark behind a 5m mark"


def _usage(usage: Json) -> list[str]:
    numbers = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    found = [f"usage/{name}: negative" for name in numbers if (usage.get(name) or 0) < 0]
    thought = (usage.get("output_tokens_details") or {}).get("thinking_tokens") or 0
    if thought > (usage.get("output_tokens") or 0):
        found.append("usage: thinking tokens exceed output_tokens")
    return found


def _response(document: Json) -> list[str]:
    body = {key: value for key, value in document.items() if key != "amazon-bedrock-invocationMetrics"}
    found = _either(RESPONSES, body)
    if found:
        return found
    if not body["id"]:
        found.append("id: empty")
    if body.get("stop_reason") is None:
        found.append("stop_reason: null")
    calls = [block for block in body["content"] if block["type"] == "tool_use"]
    identities = [block["id"] for block in calls]
    if not all(identities) or len(set(identities)) < len(identities) or not all(block["name"] for block in calls):
        found.append("content: a call without id or name, or an id twice")
    if body.get("stop_reason") == "tool_use" and not calls:
        found.append("stop_reason: tool_use without a call")
    return found + _usage(body["usage"])


def _event(event: Json) -> list[str]:
    if event.get("type") == "ping":
        return []
    if event.get("type") == "error":
        return _error(event)
    bare = {key: value for key, value in event.items() if key != "amazon-bedrock-invocationMetrics"}
    usage = bare.get("usage")
    if isinstance(usage, dict):
        # Members of an answer's usage that the type of the last delta does not list: a translator learns of them only there.
        bare["usage"] = {key: value for key, value in usage.items() if key not in ANSWER_USAGE}
    return _either(EVENTS, bare)


def _frames(document: Any, kind: str) -> tuple[list[str], Any]:
    """What is wrong with the exception frames of a stream, by the service model; the document with errors in their place."""
    found: list[str] = []

    def plain(event: Any) -> Any:
        name = next(iter(event), "") if isinstance(event, dict) else ""
        if not (isinstance(name, str) and name.endswith("Exception")):
            return event
        found.extend(bedrock.frame_problems(event))
        return {"type": "error", "error": {"type": "api_error", "message": "told by an exception"}}

    if kind == "event":
        return found, plain(document)
    return found, [plain(event) for event in document] if isinstance(document, list) else document


def _stream(events: Any) -> list[str]:
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        return ["the stream is no list of objects"]
    found = [f"{index}: {problem}" for index, event in enumerate(events) for problem in _event(event)]
    if found:
        return found
    found = list(_grammar([event for event in events if event["type"] != "ping"]))
    return found or _accumulated(events)


def _grammar(events: list[Json]) -> Iterator[str]:
    """One start, blocks one after another and not empty of their kind, a delta with the stop reason, one stop."""
    kinds = [event["type"] for event in events]
    failed = bool(kinds) and kinds[-1] == "error"
    if kinds[:1] != ["message_start"] and kinds != ["error"]:
        yield "the stream does not begin with message_start"
    if kinds.count("message_start") > 1 or kinds.count("error") > int(failed):
        yield "a second message_start, or an error that is not the last event"
    if not failed and (kinds[-1:] != ["message_stop"] or kinds.count("message_stop") != 1):
        yield "the stream does not end with its one message_stop"
    following, current, block, stopped, filled = 0, None, "", False, False
    for at, event in enumerate(events):
        kind = event["type"]
        if kind == "content_block_start":
            if current is not None or stopped or event["index"] != following:
                yield f"{at}: block {event['index']} opens out of turn"
            current, following = event["index"], event["index"] + 1
            block = event["content_block"]["type"]
            filled = block not in ("text", "thinking")
            if block == "tool_use" and not (event["content_block"]["id"] and event["content_block"]["name"]):
                yield f"{at}: a call without id or name"
        elif kind == "content_block_delta":
            if current is None or event["index"] != current or event["delta"]["type"] not in DELTA_OF.get(block, set()):
                yield f"{at}: {event['delta']['type']} does not belong to the open block"
            filled = True
        elif kind == "content_block_stop":
            if current is None or event["index"] != current:
                yield f"{at}: block {event['index']} is not open"
            if not filled:
                yield f"{at}: an empty {block} block"
            current = None
        elif kind == "message_delta":
            stopped = stopped or event["delta"].get("stop_reason") is not None
            yield from (f"{at}: {problem}" for problem in _usage(event["usage"]))
            if current is not None:
                yield f"{at}: message_delta inside a block"
    if not failed and (current is not None or not stopped):
        yield "a block is still open, or no stop_reason came"


def _accumulated(events: list[Json]) -> list[str]:
    """The SDK's own accumulator takes the events, and each call's arguments are JSON unless the answer was cut."""
    module = importlib.import_module("anthropic.lib.streaming._messages")
    snapshot: Any = None
    buffers: dict[int, bytes] = {}
    try:
        for event in events:
            if event["type"] not in ("ping", "error"):
                typed = EVENTS[False].adapter.validate_json(json.dumps(event))
                snapshot = module.accumulate_event(event=typed, current_snapshot=snapshot, json_bufs=buffers)
    except Exception as error:  # whatever the accumulator can not take is the finding
        beta_only = bool(EVENTS[False].problems(event))
        return [] if beta_only else [f"the SDK's accumulator: {type(error).__name__}: {error}"]
    stopped_for_a_call = snapshot is not None and snapshot.stop_reason == "tool_use"
    if stopped_for_a_call and not any(block.type in ("tool_use", "server_tool_use") for block in snapshot.content):
        return ["stop_reason tool_use without a call"]
    return []


def _error(document: Json) -> list[str]:
    found = [f"{key}: unknown" for key in document if key not in ("type", "error", "request_id")]
    if document.get("type") != "error":
        found.append("type: not error")
    error = document.get("error")
    if not isinstance(error, dict):
        return [*found, "error: no object"]
    found += [f"error/{key}: unknown" for key in error if key not in ("type", "message", "details")]
    if error.get("type") not in ERROR_TYPES:
        found.append(f"error/type: {error.get('type')!r}")
    if not isinstance(error.get("message"), str):
        found.append("error/message: no string")
    if not isinstance(document.get("request_id"), (str, type(None))):
        found.append("request_id: no string")
    return found
