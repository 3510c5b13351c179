"""What goldens can not say of Ollama: ids left out, edits between the legs, models that always think, streams in turns."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import translate

Json = dict[str, Any]
HI = [{"role": "user", "content": "Hi"}]
HEAD: Json = {"id": "c1", "object": "chat.completion.chunk", "created": 5, "model": "m"}


def sent(**fields: Any) -> translate.Converted:
    return translate.convert_request({"model": "m", "messages": HI, **fields}, target="ollama")


def chunk(delta: Json, finish: str | None = None, **more: Any) -> Json:
    return {**HEAD, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


def call(name: str, identifier: str | None = None, **arguments: Any) -> Json:
    native: Json = {"function": {"name": name, "arguments": arguments}}
    return {"id": identifier, **native} if identifier else native


def test_stream_is_always_written() -> None:
    """The server streams unless told not to."""
    assert sent().value["stream"] is False
    assert sent(stream=True).value["stream"] is True
    body = {"model": "m", "messages": HI}
    assert translate.convert_request(body, source="ollama").value["stream"] is True


@pytest.mark.parametrize(
    ("model", "effort", "think", "told"),
    [
        ("qwen3", "none", False, False),
        ("qwen3", "max", "max", False),
        ("qwen3", "xhigh", "max", True),
        ("gpt-oss:20b", "none", "low", True),
        ("gpt-oss:20b", "max", "high", True),
        ("gpt-oss:20b", "medium", "medium", False),
    ],
)
def test_levels_of_thinking_are_those_of_the_model(model: str, effort: str, think: Any, told: bool) -> None:
    converted = sent(model=model, reasoning_effort=effort)
    assert converted.value["think"] == think
    assert bool(converted.losses) is told


@pytest.mark.parametrize(("budget", "think"), [(0, False), (1024, "low"), (5000, "medium"), (20000, "high")])
def test_a_budget_becomes_a_level(budget: int, think: Any) -> None:
    converted = sent(thinking={"type": "enabled", "budget_tokens": budget})
    assert converted.value["think"] == think
    assert [loss.path for loss in converted.losses] == ["/thinking"]


def test_results_of_calls_without_ids_find_them_and_go_back_without() -> None:
    messages = [
        {"role": "user", "content": "x"},
        {"role": "assistant", "content": "", "tool_calls": [call("f", a=1), call("g"), call("f", a=2)]},
        {"role": "tool", "content": "1", "tool_name": "f"},
        {"role": "tool", "content": "2", "tool_name": "g"},
        {"role": "tool", "content": "3", "tool_name": "f"},
        {"role": "tool", "content": "lost", "tool_name": "h"},
    ]
    body = {"model": "m", "messages": messages}
    unified = translate.convert_request(body, source="ollama").value
    ids = [each["id"] for each in unified["messages"][1]["tool_calls"]]
    assert [message["tool_call_id"] for message in unified["messages"][2:5]] == ids
    back = translate.convert_request(unified, target="ollama").value
    assert not any("id" in each for each in back["messages"][1]["tool_calls"])
    assert back["messages"][2:] == messages[2:]


def test_results_in_another_order_keep_the_made_up_ids() -> None:
    """Without ids the server matches calls of one name by their order."""
    body = {"model": "m", "messages": [HI[0], {"role": "assistant", "content": "", "tool_calls": [call("f", a=1), call("f", a=2)]}]}
    unified = translate.convert_request(body, source="ollama").value
    calls = unified["messages"][1]["tool_calls"]
    del unified["messages"][1]["prefix"]
    results = [{"role": "tool", "tool_call_id": each["id"], "content": each["id"]} for each in reversed(calls)]
    native = translate.convert_request({**unified, "messages": [*unified["messages"], *results]}, target="ollama").value
    assert [each["id"] for each in native["messages"][1]["tool_calls"]] == [each["id"] for each in calls]
    assert [message["tool_call_id"] for message in native["messages"][2:]] == [each["id"] for each in reversed(calls)]


def test_options_merge_and_the_visible_ones_win() -> None:
    converted = sent(top_p=0.5, extra_content={"ollama": {"options": {"num_ctx": 9, "top_p": 0.9}}}, keep_alive=0)
    assert converted.value["options"] == {"top_p": 0.5, "num_ctx": 9}
    assert converted.value["keep_alive"] == 0
    assert [loss.path for loss in converted.losses] == ["/extra_content/ollama/options/top_p"]


def test_a_last_assistant_turn_without_the_mark_is_told() -> None:
    messages = [*HI, {"role": "assistant", "content": "One"}]
    assert [loss.feature for loss in sent(messages=messages).losses] == ["prefix"]
    messages[1] = {**messages[1], "prefix": True}
    assert sent(messages=messages).losses == []


def test_arguments_that_come_in_turns_make_whole_calls() -> None:
    def piece(index: int, text: str, name: str = "") -> Json:
        return {"index": index, **({"id": f"i{index}"} if name else {}), "function": {"name": name, "arguments": text}}

    deltas = [piece(0, '{"a":', "f"), piece(1, '{"b":', "g"), piece(0, "1}"), piece(1, "2}")]
    chunks = [*(chunk({"tool_calls": [delta]}) for delta in deltas), chunk({}, "tool_calls")]
    lines = list(translate.convert_stream(chunks, target="ollama"))
    calls = [each for line in lines for each in line["message"].get("tool_calls", ())]
    assert [each["function"]["arguments"] for each in calls] == [{"a": 1}, {"b": 2}]
    assert lines[-1]["done"] is True


def test_losses_of_calls_point_at_the_chunk_that_has_the_arguments() -> None:
    machine = translate.StreamConverter("unified", "ollama")
    first = {"index": 0, "id": "i", "function": {"name": "f", "arguments": "no json"}}
    for event in (chunk({"role": "assistant"}), chunk({"tool_calls": [first]}), chunk({}, "tool_calls")):
        machine.feed(event)
    machine.flush()
    assert "/1/choices/0/delta/tool_calls/0/function/arguments" in [loss.path for loss in machine.losses]


@pytest.mark.parametrize("place", [0, 1])
def test_arguments_nested_beyond_any_stack_are_refused(place: int) -> None:
    """In the first line of a stream, and in one behind it, where calls are read without a look before."""
    deep: Json = {}
    for _ in range(100_000):
        deep = {"a": deep}
    lines = [
        {"model": "m", "created_at": "2024-01-01T00:00:00Z", "message": {"role": "assistant", "content": "", **more}, "done": False}
        for more in [{}] * place + [{"tool_calls": [{"function": {"name": "f", "arguments": deep}}]}]
    ]
    with pytest.raises(translate.StreamError) as caught:
        list(translate.convert_stream(lines, source="ollama"))
    assert caught.value.event_index == place


def test_an_edited_time_wins_over_the_exact_one() -> None:
    native = {"model": "m", "created_at": "2026-11-23T10:00:00.5Z", "message": {"role": "assistant", "content": "x"}, "done": True}
    unified = translate.convert_response({**native, "done_reason": "stop"}, source="ollama").value
    assert translate.convert_response(unified, target="ollama").value["created_at"] == "2026-11-23T10:00:00.5Z"
    unified["created"] += 60
    back = translate.convert_response(unified, target="ollama")
    assert back.value["created_at"] == "2026-11-23T10:01:00Z"
    assert "/extra_content/ollama/created_at" in [loss.path for loss in back.losses]


@pytest.mark.parametrize("messages", [None, [], {}, ["Hi"], [{"content": "x"}], [{"role": "user", "content": ["x"]}]])
def test_bodies_without_meaning_are_refused_where_they_fail(messages: Any) -> None:
    with pytest.raises(translate.InvalidDocument) as caught:
        translate.convert_request({"model": "m", "messages": messages}, source="ollama")
    assert caught.value.path.startswith("/messages")


def test_parameters_of_its_own_form_go_back_as_they_are() -> None:
    """What the server skips of a recorded schema stays, untold; other targets lose nothing of behaviour by the mark."""
    parameters = {"type": "object", "description": "All.", "properties": {"n": {"type": "integer", "minimum": 1}}}
    tools = [{"type": "function", "function": {"name": "f", "parameters": parameters}}]
    body = {"model": "m", "stream": False, "messages": HI, "tools": tools}
    there = translate.convert_request(body, source="ollama")
    assert translate.convert_request(there.value, target="ollama").value == body
    other = translate.convert_request(body, source="ollama", target="openai")
    assert {loss.scope for loss in other.losses} == {"envelope"}


def test_what_the_root_has_no_place_for_is_told_of_the_function() -> None:
    parameters = {"type": "object", "description": "All of it.", "properties": {}, "minProperties": 1}
    tools = [{"type": "function", "function": {"name": "f", "description": "A function.", "parameters": parameters}}]
    converted = sent(tools=tools)
    function = converted.value["tools"][0]["function"]
    assert function["description"] == "A function. All of it. Constraint: minProperties 1."
    again = translate.convert_request({**converted.value, "tools": converted.value["tools"]}, source="ollama").value
    assert translate.convert_request(again, target="ollama").value["tools"] == converted.value["tools"]


@pytest.mark.parametrize("created", [1754000000000, -(10**30)])
def test_a_time_of_no_year_of_four_digits_is_told(created: int) -> None:
    """Servers that count milliseconds are known: what they say is no time here."""
    choice = {"index": 0, "message": {"role": "assistant", "content": "High."}, "finish_reason": "stop"}
    answer = {"id": "chatcmpl-0", "object": "chat.completion", "created": created, "model": "m", "choices": [choice]}
    converted = translate.convert_response(answer, target="ollama")
    assert converted.value["created_at"] == "1970-01-01T00:00:00Z"
    assert ("approximated", "/created") in [(loss.kind, loss.path) for loss in converted.losses]


@pytest.mark.parametrize("names", ["tide tide", "tide wind", "wind tide tide"])
def test_results_of_calls_without_ids_in_every_order(names: str) -> None:
    """Ids that were made up stay out while the order of results tells which is whose, and all come back."""
    calls = [call(name, day=day) for day, name in enumerate(names.split())]
    results = [{"role": "tool", "tool_name": name, "content": f"{day}"} for day, name in enumerate(names.split())]
    talk = [*HI, {"role": "assistant", "content": "", "tool_calls": calls}, *results]
    messages = translate.convert_request({"model": "m", "messages": [*talk, *talk]}, source="ollama").value["messages"]
    for order in itertools.permutations(messages[-len(calls) :]):
        request = {"model": "m", "messages": [*messages[: -len(calls)], *order]}
        native = translate.convert_request(request, target="ollama").value
        assert translate.convert_request(native, source="ollama").value["messages"] == request["messages"]
        told = [list(order).index(result) for result in messages[-len(calls) :] if result["content"] in _same_name(names)]
        assert ("id" in native["messages"][1]["tool_calls"][0]) == (told != sorted(told))


def _same_name(names: str) -> list[str]:
    """Contents of the results of tides, whose calls are told apart by their order alone."""
    return [f"{day}" for day, name in enumerate(names.split()) if name == "tide"]
