"""
Judge of OpenAI Responses documents.

Types: the official `openai` package, made strict. Its own stream state machine takes each stream we write. Rules:
calls and outputs pair, parts stand in turns of their role, ids have their limits, the events of an item come in order.
"""

from __future__ import annotations

import importlib
import re
from typing import Any

from openai._types import omit
from openai.types.responses import Response, ResponseStreamEvent
from openai.types.responses.response_create_params import (
    ResponseCreateParamsNonStreaming,
    ResponseCreateParamsStreaming,
)

from tests.oracles.typed import Judge

Json = dict[str, Any]

REQUEST = Judge(ResponseCreateParamsNonStreaming, rebuild=True)
STREAMING = Judge(ResponseCreateParamsStreaming, rebuild=True)
RESPONSE = Judge(Response)
EVENT = Judge(ResponseStreamEvent)

# On the wire, in none of the types.
RESPONSE_WIRE = {"store", "frequency_penalty", "presence_penalty", "n", "billing", "output_text"}
NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
RANGES = {"temperature": (0, 2), "top_p": (0, 1), "top_logprobs": (0, 20), "max_output_tokens": (16, 2**31)}
CALLS = {"function_call": "function_call_output", "custom_tool_call": "custom_tool_call_output"}
USER_PARTS = {"input_text", "input_image", "input_file", "input_audio"}
ASSISTANT_PARTS = {"output_text", "refusal"}
LAST = ("response.completed", "response.incomplete", "response.failed")


def problems(document: Any, kind: str, *, model: str | None = None, route: Any = None, variant: str = "") -> list[str]:
    """What is wrong with a document."""
    if kind == "stream":
        return _stream(document)
    if not isinstance(document, dict):
        return ["the document is no object"]
    if kind == "request":
        return _request(document)
    if kind == "event":
        return _event(document)
    return _error(document) if kind == "error" else _response(document)


def _identified(item: Any) -> Any:
    """The types want an id on each reasoning item; the server takes encrypted ones without (recorded)."""
    if isinstance(item, dict) and item.get("type") == "reasoning" and item.get("encrypted_content") and "id" not in item:
        return {"id": "rs_", **item}
    return item


def _request(body: Json) -> list[str]:
    if isinstance(body.get("input"), list):
        body = {**body, "input": [_identified(item) for item in body["input"]]}
    found = (STREAMING if body.get("stream") else REQUEST).problems(body)
    if found:
        return found
    for name, (low, high) in RANGES.items():
        value = body.get(name)
        if value is not None and not low <= value <= high:
            found.append(f"{name}: {value} is outside {low}..{high}")
    if not body.get("input") and not body.get("prompt") and not body.get("previous_response_id"):
        found.append("input: empty")
    items = body.get("input")
    if isinstance(items, list):
        found += _items(items, bool(body.get("previous_response_id") or body.get("conversation")))
    return found + _tools(body)


def _items(items: list[Json], stored: bool) -> list[str]:
    found: list[str] = []
    called: dict[str, str] = {}
    answered: set[str] = set()
    for index, item in enumerate(items):
        at, kind = f"input/{index}", item.get("type") or ("message" if "role" in item else "item_reference")
        if kind == "message":
            parts = item["content"]
            if isinstance(parts, list):
                allowed = ASSISTANT_PARTS if item["role"] == "assistant" else USER_PARTS
                found += [
                    f"{at}: {part['type']} in a {item['role']} turn" for part in parts if part["type"] not in allowed
                ]
                if not parts:
                    found.append(f"{at}: no content")
        elif kind in CALLS:
            if not item["call_id"] or len(item["call_id"]) > 64 or item["call_id"] in called:
                found.append(f"{at}: call_id {item['call_id']!r} is empty, too long or there twice")
            if not NAME.fullmatch(item["name"]):
                found.append(f"{at}: name {item['name']!r}")
            called[item["call_id"]] = CALLS[kind]
        elif kind in CALLS.values() and item.get("call_id") is not None:
            identity = item["call_id"]
            if called.get(identity, kind) != kind:
                found.append(f"{at}: a {kind} for another kind of call")
            if identity in answered or not identity or len(identity) > 64:
                found.append(f"{at}: call_id {identity!r} is answered twice, empty or too long")
            answered.add(identity)
        elif kind == "reasoning" and index == len(items) - 1:
            found.append(f"{at}: a reasoning item without the item it led to")
    missing = set(called) - answered
    if missing and not stored:
        found.append(f"input: calls {sorted(missing)} have no output")
    return found


def _tools(body: Json) -> list[str]:
    found: list[str] = []
    tools = body.get("tools")
    names = [tool["name"] for tool in tools or () if tool["type"] in ("function", "custom")]
    found += [f"tools: name {name!r}" for name in names if not NAME.fullmatch(name)]
    if len(set(names)) < len(names):
        found.append("tools: a name twice")
    choice = body.get("tool_choice")
    if isinstance(choice, dict) and choice["type"] in ("function", "custom") and choice["name"] not in names:
        found.append("tool_choice: names no declared tool")
    if choice not in (None, "none", "auto") and not tools:
        found.append("tool_choice: needs tools")
    return found


def _bare(response: Json) -> Json:
    bare = {key: value for key, value in response.items() if key not in RESPONSE_WIRE}
    usage = bare.get("usage")
    if isinstance(usage, dict) and isinstance(usage.get("input_tokens_details"), dict):
        bare["usage"] = {**usage, "input_tokens_details": {"cache_write_tokens": 0, **usage["input_tokens_details"]}}
    return bare


def _response(document: Json) -> list[str]:
    bare = _bare(document)
    found = RESPONSE.problems(bare)
    if found:
        return found
    if not bare["id"] or "status" not in bare:
        found.append("id is empty, or status missing")
    for index, item in enumerate(bare["output"]):
        if item["type"] in CALLS and not (item["call_id"] and item["name"]):
            found.append(f"output/{index}: a call without call_id or name")
        if item["type"] == "message" and item["role"] != "assistant":
            found.append(f"output/{index}: role {item['role']!r}")
    if (bare.get("status") == "incomplete") != bool(bare.get("incomplete_details")):
        found.append("status and incomplete_details contradict each other")
    if bare.get("error") and bare.get("status") != "failed":
        found.append("error beside a status that is not failed")
    return found + _usage(bare.get("usage"))


def _usage(usage: Json | None) -> list[str]:
    if usage is None:
        return []
    found = []
    if usage["input_tokens"] + usage["output_tokens"] != usage["total_tokens"]:
        found.append("usage: the sum is not total_tokens")
    if usage["input_tokens_details"]["cached_tokens"] > usage["input_tokens"]:
        found.append("usage: more cached than input tokens")
    if usage["output_tokens_details"]["reasoning_tokens"] > usage["output_tokens"]:
        found.append("usage: more reasoning than output tokens")
    return found


def _event(event: Json) -> list[str]:
    bare = {key: value for key, value in event.items() if key != "obfuscation"}
    if isinstance(bare.get("response"), dict):
        bare["response"] = _bare(bare["response"])
    return EVENT.problems(bare)


def _stream(events: Any) -> list[str]:
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        return ["the stream is no list of objects"]
    found = [f"{index}: {problem}" for index, event in enumerate(events) for problem in _event(event)]
    if found:
        return found
    kinds = [event["type"] for event in events]
    if [event["sequence_number"] for event in events] != list(range(len(events))):
        found.append("sequence_number does not count from 0")
    if kinds[:1] != ["response.created"] and kinds[:1] != ["error"]:
        found.append("the stream does not begin with response.created")
    if sum(kind in LAST for kind in kinds) != 1 or kinds[-1] not in LAST:
        found.append("the stream does not end with its one closing event")
    return found or _placed(events) + _machine(events)


def _placed(events: list[Json]) -> list[str]:
    """Items open and close once, in order; what lies between belongs to an open one; the end repeats the items."""
    found: list[str] = []
    opened: dict[int, str] = {}
    closed: dict[int, Json] = {}
    for at, event in enumerate(events):
        place = event.get("output_index")
        if event["type"] == "response.output_item.added":
            if place in opened or place != len(opened):
                found.append(f"{at}: output_index {place} opens out of turn")
            opened[event["output_index"]] = event["item"].get("id") or ""
        elif event["type"] == "response.output_item.done":
            if place not in opened or place in closed:
                found.append(f"{at}: output_index {place} is not open")
            closed[event["output_index"]] = event["item"]
        elif place is not None:
            if place not in opened or place in closed:
                found.append(f"{at}: output_index {place} is not open")
            elif event.get("item_id") != opened[place]:
                found.append(f"{at}: item_id is not that of the open item")
    if events[-1]["type"] != "response.failed":
        if set(opened) != set(closed):
            found.append("items are still open at the end")
        if [item.get("type") for item in events[-1]["response"]["output"]] != [
            closed[n]["type"] for n in sorted(closed)
        ]:
            found.append("the closing event does not repeat the items")
    return found


def _machine(events: list[Json]) -> list[str]:
    module = importlib.import_module("openai.lib.streaming.responses._responses")
    state = module.ResponseStreamState(input_tools=omit, text_format=omit)
    for at, event in enumerate(events):
        if event["type"] == "error":
            return []
        bare = {key: value for key, value in event.items() if key != "obfuscation"}
        if isinstance(bare.get("response"), dict):
            bare["response"] = _bare(bare["response"])
        try:
            state.handle_event(EVENT.adapter.validate_python(bare))
        except Exception as error:  # whatever the SDK's machine can not take is the finding
            return [f"{at}: the SDK's stream state: {type(error).__name__}: {error}"]
    return []


def _error(document: Json) -> list[str]:
    from tests.oracles.openai import problems as chat_problems

    return chat_problems(document, "error")
