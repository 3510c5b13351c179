"""
The memo of a request undoes in the answer what the request's conversion did: names, the legacy form, the usage choice.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

import translate
from tests import checks
from translate.registry import ROWS

Json = Any
NATIVE = sorted(name for name in ROWS if name != "unified")
SUPPORT = {info.name: info.support for info in translate.formats()}
# A format whose table has no place for tools has no names to bring back.
CALLING = [name for name in NATIVE if not SUPPORT[name]["tools"].startswith("dropped")]
NAMES = ("plain_name", "weather now!", "größe", "a/b.c", "x" * 100, "x" * 99 + "y", "9lives", "a-b", "a_b")
SECRET = "the words of the conversation"
HEAD = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}


def tools_of(names: Any) -> list[Json]:
    schema = {"type": "object", "properties": {}}
    return [{"type": "function", "function": {"name": name, "parameters": schema}} for name in names]


def request(**members: Any) -> Json:
    return {"model": "gpt-4o", "messages": [{"role": "user", "content": SECRET}], **members}


def answer(names: Any) -> Json:
    calls = [
        {"id": f"call_{index}", "type": "function", "function": {"name": name, "arguments": "{}"}}
        for index, name in enumerate(names)
    ]
    message = {"role": "assistant", "content": None, "refusal": None, "tool_calls": calls}
    choice = {"index": 0, "finish_reason": "tool_calls", "logprobs": None, "message": message}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return {**HEAD, "object": "chat.completion", "choices": [choice], "usage": usage}


def wire_names(native: Json, format: str, route: Json) -> list[str]:
    """What the tools are called over there."""
    back = translate.convert_request(native, source=format, options=translate.Options(route=route)).value
    return [tool["function"]["name"] for tool in back["tools"]]


@pytest.mark.parametrize("format", sorted(set(NATIVE) - set(CALLING)))
def test_tools_without_a_place_are_told(format: str) -> None:
    """A format without tools says so of each request that has some, as lost behaviour."""
    there = translate.convert_request(request(tools=tools_of(NAMES)), target=format)
    assert [loss.kind for loss in there.losses if loss.path == "/tools" and loss.scope == "behaviour"] == ["dropped"]


@pytest.mark.parametrize("format", CALLING)
def test_tool_names_come_back(format: str) -> None:
    """Whatever a target makes of a name, no two collide, and the answer carries the caller's."""
    there = translate.convert_request(request(tools=tools_of(NAMES)), target=format)
    wire = wire_names(there.value, format, there.route)
    assert len(set(wire)) == len(NAMES)
    options = translate.Options(memo=there.memo)
    native = translate.convert_response(answer(wire), target=format).value
    back = translate.convert_response(native, source=format, options=options).value
    calls = back["choices"][0]["message"]["tool_calls"]
    assert [call["function"]["name"] for call in calls] == list(NAMES)


@pytest.mark.parametrize("format", CALLING)
def test_tool_names_come_back_in_streams(format: str) -> None:
    there = translate.convert_request(request(tools=tools_of(NAMES), stream=True), target=format)
    wire = wire_names(there.value, format, there.route)
    events = translate.unfold(translate.convert_response(answer(wire), target=format).value, format=format)
    chunks = list(translate.convert_stream(events, source=format, options=translate.Options(memo=there.memo)))
    calls = translate.fold(chunks)["choices"][0]["message"]["tool_calls"]
    assert [call["function"]["name"] for call in calls] == list(NAMES)


@pytest.mark.parametrize("format", CALLING)
def test_history_and_choice_use_the_same_wire_name(format: str) -> None:
    name = "weather now!"
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": "{}"}}
    body = request(tools=tools_of([name]), tool_choice={"type": "function", "function": {"name": name}})
    body["messages"] += [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "sunny"},
    ]
    there = translate.convert_request(body, target=format)
    back = translate.convert_request(there.value, source=format, options=translate.Options(route=there.route)).value
    wire = back["tools"][0]["function"]["name"]
    history = [message for message in back["messages"] if message.get("tool_calls")]
    assert history[0]["tool_calls"][0]["function"]["name"] == wire
    choice = back.get("tool_choice")
    if isinstance(choice, dict):
        assert choice["function"]["name"] == wire


@pytest.mark.parametrize("format", NATIVE)
def test_legacy_functions(format: str) -> None:
    """A caller of `functions` gets `function_call` back, without ids."""
    functions = [{"name": "weather", "parameters": {"type": "object", "properties": {}}}]
    there = translate.convert_request(request(functions=functions), target=format)
    options = translate.Options(memo=there.memo)
    native = translate.convert_response(answer(["weather"]), target=format).value
    choice = translate.convert_response(native, source=format, options=options).value["choices"][0]
    assert choice["finish_reason"] == "function_call"
    assert choice["message"]["function_call"] == {"name": "weather", "arguments": "{}"}
    assert "tool_calls" not in choice["message"]


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("format", NATIVE)
def test_usage_chunk_only_when_asked_for(format: str, asked: bool) -> None:
    more: Json = {"stream_options": {"include_usage": True}} if asked else {}
    there = translate.convert_request(request(stream=True, **more), target=format)
    events = translate.unfold(translate.convert_response(answer(["weather"]), target=format).value, format=format)
    chunks = list(translate.convert_stream(events, source=format, options=translate.Options(memo=there.memo)))
    told = [chunk for chunk in chunks if chunk.get("usage")]
    assert bool(told) == asked
    without = list(translate.convert_stream(events, source=format))
    assert without[-1]["choices"] == [] and without[-1]["usage"]["total_tokens"] == 2


@pytest.mark.parametrize("format", NATIVE)
def test_memo_is_small_json_without_content(format: str) -> None:
    body = request(tools=tools_of(NAMES), stream=True, response_format={"type": "json_object"})
    memo = translate.convert_request(body, target=format).memo
    told = json.dumps(memo)
    assert checks.serialisable(memo) == ""
    assert SECRET not in told
    assert len(told) < 3000


@pytest.mark.parametrize("format", NATIVE)
def test_plain_request_leaves_no_memo_of_names(format: str) -> None:
    """Nothing to undo: no map of names or ids."""
    memo = translate.convert_request(request(tools=tools_of(["weather"])), target=format).memo
    assert "weather" not in json.dumps(memo)


@pytest.mark.parametrize("format", NATIVE)
def test_json_answers_are_text(format: str) -> None:
    """An emulated JSON mode (a forced tool) is undone: the answer is content, not a call."""
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "required": ["a"],
        "additionalProperties": False,
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}}
    there = translate.convert_request(request(response_format=wanted), target=format)
    back = translate.convert_request(there.value, source=format, options=translate.Options(route=there.route)).value
    emulated = [tool["function"]["name"] for tool in back.get("tools") or ()]
    if not emulated:
        assert back.get("response_format") or any("response_format" in loss.path for loss in there.losses)
        return
    native = translate.convert_response(answer(emulated), target=format).value
    result = translate.convert_response(native, source=format, options=translate.Options(memo=there.memo)).value
    choice = result["choices"][0]
    assert choice["message"]["content"] == "{}" and not choice["message"].get("tool_calls")
    assert choice["finish_reason"] == "stop"
