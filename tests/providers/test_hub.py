"""What goldens can not say of the unified side: the memo's undoing, merge rules, tails of cut streams."""

from __future__ import annotations

from typing import Any

import pytest

import translate
from translate.leg import Leg
from translate.loss import Losses
from translate.providers.hub.stream import ToNative
from translate.registry import ROWS

Json = dict[str, Any]
HEAD: Json = {"id": "c1", "object": "chat.completion.chunk", "created": 5, "model": "m"}


def chunk(delta: Json | None = None, finish: str | None = None, index: int = 0, **more: Any) -> Json:
    choice = {"index": index, "delta": {} if delta is None else delta, "finish_reason": finish}
    return {**HEAD, "choices": [choice], **more}


def message(chunks: list[Json]) -> Json:
    found: Json = translate.fold(chunks)["choices"][0]["message"]
    return found


def leg(kind: str, memo: Json | None = None) -> Leg:
    made = Leg(ROWS["unified"], kind, False, translate.Options(), Losses("unified"))
    made.memo = dict(memo or {})
    return made


# --- fold


def test_texts_concatenate_and_empty_ones_are_null() -> None:
    folded = message([chunk({"role": "assistant", "content": ""}), chunk({"content": None, "refusal": ""}), chunk(finish="stop")])
    assert (folded["content"], folded["refusal"], "reasoning_content" in folded) == (None, None, False)
    folded = message([chunk({"reasoning_content": "a"}), chunk({"reasoning_content": "b", "content": "c"}), chunk({"content": "d"}, "stop")])
    assert (folded["reasoning_content"], folded["content"]) == ("ab", "cd")


def test_the_first_head_that_says_something_wins() -> None:
    first: Json = {"id": "", "object": "", "created": 0, "model": "", "choices": []}
    folded = translate.fold([first, chunk({"content": "a"}, "stop"), {**HEAD, "id": "other", "choices": []}])
    assert (folded["id"], folded["created"], folded["model"]) == ("c1", 5, "m")


def test_the_last_usage_and_finish_win_and_nothing_is_added_up() -> None:
    folded = translate.fold([
        chunk({"content": "a"}, usage={"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}),
        chunk({}, "stop", usage={"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}),
        chunk({}, ""),
    ])  # fmt: skip
    assert folded["usage"]["total_tokens"] == 3
    assert folded["choices"][0]["finish_reason"] == "stop"


def test_calls_without_index_open_by_id() -> None:
    def call(identifier: str | None, name: str | None, arguments: str) -> Json:
        fragment: Json = {"function": {"arguments": arguments}}
        if identifier is not None:
            fragment["id"] = identifier
        if name:
            fragment["function"]["name"] = name
        return {"tool_calls": [fragment]}

    folded = message([
        chunk(call("a", "f", "{")), chunk(call("b", "g", "{}")), chunk(call("a", None, "}")), chunk(call("", "h", "[]"), "tool_calls"),
    ])  # fmt: skip
    assert [(one["id"], one["function"]["name"], one["function"]["arguments"]) for one in folded["tool_calls"]] == [
        ("a", "f", "{}"), ("b", "g", "{}"), ("", "h", "[]"),
    ]  # fmt: skip


def test_a_repeated_name_is_not_concatenated() -> None:
    first = {"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}
    folded = message([chunk({"tool_calls": [first]}), chunk({"tool_calls": [first]}, "tool_calls")])
    assert folded["tool_calls"][0]["function"] == {"name": "f", "arguments": ""}


def test_reasoning_entries_merge_by_index() -> None:
    pieces = [
        {"type": "reasoning.text", "index": 0, "id": "r", "format": "f", "text": "a"}, {"type": "reasoning.text", "index": 0, "text": "b"},
        {"type": "reasoning.text", "index": 0, "signature": "S"}, {"type": "reasoning.encrypted", "index": 1, "data": "D"},
    ]  # fmt: skip
    folded = message([*(chunk({"reasoning_details": [piece]}) for piece in pieces), chunk(finish="stop")])
    assert folded["reasoning_details"] == [
        {"type": "reasoning.text", "index": 0, "id": "r", "format": "f", "text": "ab", "signature": "S"},
        {"type": "reasoning.encrypted", "index": 1, "data": "D"},
    ]


def test_order_rows_merge_by_index_and_other_members_are_replaced() -> None:
    folded = message([
        chunk({"extra_content": {"openai": {"blocks": [{"index": 0, "type": "text", "extra": {"id": "m"}}], "phase": "a"}}}),
        chunk({"extra_content": {"openai": {"blocks": [{"index": 0, "type": "text", "length": 2, "head": "hi"}], "phase": "b"}}}, "stop"),
    ])  # fmt: skip
    assert folded["extra_content"]["openai"] == {
        "blocks": [{"type": "text", "extra": {"id": "m"}, "length": 2, "head": "hi"}], "phase": "b",
    }  # fmt: skip


def test_choices_interleave() -> None:
    folded = translate.fold([chunk({"content": "a"}), chunk({"content": "x"}, index=1), chunk({"content": "b"}, "stop"), chunk({}, "length", 1)])
    assert [(one["message"]["content"], one["finish_reason"]) for one in folded["choices"]] == [("ab", "stop"), ("x", "length")]


def test_annotations_extend_and_a_repeated_list_replaces() -> None:
    one, two = {"type": "url_citation", "url_citation": {"url": "a"}}, {"type": "url_citation", "url_citation": {"url": "b"}}
    folded = message([chunk({"annotations": [{**one, "index": 0}]}), chunk({"annotations": [{**two, "index": 1}]}, "stop")])
    assert folded["annotations"] == [one, two]
    folded = message([chunk({"annotations": [one]}), chunk({"annotations": [one, two]}, "stop")])
    assert folded["annotations"] == [one, two]


def test_fold_writes_nothing_into_the_chunks() -> None:
    chunks = [chunk({"annotations": [{"index": 0, "type": "url_citation"}]}), chunk({"annotations": [{"index": 1, "type": "x"}]}, "stop")]
    before = repr(chunks)
    translate.fold(chunks)
    assert repr(chunks) == before


def test_fold_raises_on_an_error_event() -> None:
    body = {"error": {"message": "no", "type": "server_error", "param": None, "code": None}}
    with pytest.raises(translate.StreamError) as raised:
        translate.fold([chunk({"content": "a"}), body])
    assert (raised.value.body, raised.value.event_index) == (body, 1)


def test_unfold_and_fold_are_inverse() -> None:
    response: Json = {
        "id": "c1", "object": "chat.completion", "created": 5, "model": "m", "service_tier": "default",
        "choices": [{
            "index": 0, "finish_reason": "tool_calls", "native_finish_reason": "tool_use", "logprobs": None,
            "extra_content": {"azure": {"x": 1}},
            "message": {
                "role": "assistant", "content": "text", "refusal": None, "reasoning_content": "why",
                "reasoning_details": [{"type": "reasoning.text", "text": "why", "signature": "S", "index": 0}],
                "images": [{"type": "image_url", "index": 0, "image_url": {"url": "data:image/png;base64,AA=="}}],
                "audio": {"id": "a", "data": "AA==", "transcript": "t", "expires_at": 9},
                "tool_calls": [{"id": "c", "type": "custom", "custom": {"name": "n", "input": "i"}}],
                "extra_content": {"openai": {"blocks": [{"type": "text", "length": 4, "head": "text"}]}},
            },
        }],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
    }  # fmt: skip
    assert translate.fold(translate.unfold(response)) == response


# --- memo


def test_usage_nobody_asked_for_is_left_out() -> None:
    machine = ToNative(leg("event", {"usage": False}))
    chunks = [chunk({"role": "assistant", "content": "a"}), chunk({}, "stop"), {**HEAD, "choices": [], "usage": {"prompt_tokens": 1}}]
    out = [made for one in chunks for made in machine.feed(one)] + machine.flush()
    assert out == chunks[:2]


def test_a_client_of_functions_gets_a_function_call() -> None:
    request = {"model": "m", "stream": True, "functions": [{"name": "f"}], "messages": [{"role": "user", "content": "x"}]}
    memo = translate.convert_request(request, target="ollama").memo
    assert memo["read"] == {"usage": False, "functions": True}
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    answer: Json = {"id": "c1", "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {"content": None, "tool_calls": [call]}}]}
    out = translate.convert_response(answer, source="compatible", options=translate.Options(memo=memo)).value
    assert out["choices"][0]["message"]["function_call"] == {"name": "f", "arguments": "{}"}
    assert out["choices"][0]["finish_reason"] == "function_call"
    assert "tool_calls" not in out["choices"][0]["message"]
    machine = ToNative(leg("event", memo["read"]))
    (first,) = machine.feed(chunk({"tool_calls": [{"index": 0, **call}]}))
    (last,) = machine.feed(chunk({}, "tool_calls"))
    assert first["choices"][0]["delta"] == {"function_call": {"name": "f", "arguments": "{}"}}
    assert last["choices"][0]["finish_reason"] == "function_call"


def test_further_calls_of_an_answer_in_the_legacy_form_are_told() -> None:
    calls = [{"id": str(number), "type": "function", "function": {"name": "f", "arguments": "{}"}} for number in range(2)]
    answer: Json = {"id": "c", "choices": [{"index": 0, "message": {"tool_calls": calls}, "finish_reason": "tool_calls"}]}
    made = translate.convert_response(answer, source="compatible", options=translate.Options(memo={"read": {"functions": True}}))
    assert made.value["choices"][0]["message"]["tool_calls"] == calls[1:]
    assert [(loss.path, loss.target) for loss in made.losses] == [("/choices/0/message/tool_calls/1", "unified")]


def test_nothing_to_undo_writes_no_memo() -> None:
    request = {"model": "m", "stream": True, "stream_options": {"include_usage": True}, "messages": [{"role": "user", "content": "x"}]}
    assert translate.convert_request(request, target="ollama").memo == {}


# --- streams


def test_a_cut_stream_is_closed() -> None:
    machine = translate.StreamConverter("unified", "compatible")
    machine.feed(chunk({"role": "assistant", "content": "a"}))
    out = machine.flush()
    assert [one["choices"][0]["finish_reason"] for one in out] == ["length"]
    assert machine.truncated
    assert [(loss.kind, loss.scope, loss.feature) for loss in machine.losses] == [("dropped", "content", "stream")]


def test_a_wrong_type_raises_at_its_event() -> None:
    machine = translate.StreamConverter("unified", "openai")
    machine.feed(chunk({"role": "assistant", "content": "a"}))
    machine.feed(chunk({"content": "b"}))
    for wrong, path in (
        ({**chunk({"content": "c"}), "id": 5}, "/2/id"), (chunk({"content": 5}), "/3/choices/0/delta/content"),
        ({**HEAD, "choices": {}}, "/4/choices"), (chunk({"tool_calls": [{"index": "0"}]}), "/5/choices/0/delta/tool_calls/0/index"),
    ):  # fmt: skip
        with pytest.raises(translate.StreamError) as raised:
            machine.feed(wrong)
        assert raised.value.path == path


# --- canonical


def test_canonical_knows_the_aliases_of_a_request() -> None:
    old = {
        "model": "m", "max_tokens": 5, "user": "u", "n": 1, "stream": False, "stop": "a", "stream_options": {"include_usage": True},
        "reasoning": {"effort": "low"}, "functions": [{"name": "f"}], "function_call": "none",
        "messages": [
            {"role": "developer", "content": "a"}, {"role": "system", "content": "b"}, {"role": "user", "content": "c"},
            {"role": "user", "content": [{"type": "text", "text": "d"}]},
            {"role": "assistant", "content": "", "reasoning": "r", "tool_calls": [
                {"id": "1", "function": {"name": "f", "arguments": "{\"a\": 1}"}},
            ]},
        ],
    }  # fmt: skip
    new = {
        "model": "m", "max_completion_tokens": 5, "safety_identifier": "u", "stop": ["a"], "reasoning_effort": "low",
        "tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": "none",
        "messages": [
            {"role": "system", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
            {"role": "user", "content": [{"type": "text", "text": "c"}, {"type": "text", "text": "d"}]},
            {"role": "assistant", "reasoning_content": "r", "tool_calls": [
                {"id": "1", "type": "function", "function": {"name": "f", "arguments": {"a": 1}}},
            ]},
        ],
    }  # fmt: skip
    found = translate.canonical(old, format="unified", kind="request")
    assert found == new
    assert translate.canonical(found | {"messages": old["messages"]}, format="unified", kind="request") == new


def test_canonical_keeps_what_means_something() -> None:
    request = {"model": "m", "temperature": 0, "metadata": {"a": None}, "messages": [{"role": "user", "name": "x", "content": "a"}]}
    found = translate.canonical(request, format="unified", kind="request")
    assert (found["temperature"], found["metadata"], found["messages"][0]["name"]) == (0, {"a": None}, "x")


def test_headers_of_an_error_are_the_target_s() -> None:
    """What came beside the other format's body does not go on, but for the name that belongs to an AWS body."""
    came = {"content-length": "80", "X-Amzn-ErrorType": "ThrottlingException"}
    options = translate.Options(route={"headers": came})
    body = {"message": "Slow down"}
    for source, target, headers in (
        ("bedrock", "unified", {}),
        ("bedrock", "bedrock", {"X-Amzn-ErrorType": "ThrottlingException"}), ("bedrock", "anthropic", {}),
    ):  # fmt: skip
        assert translate.convert_error(body, source=source, target=target, status=429, options=options).route["headers"] == headers
