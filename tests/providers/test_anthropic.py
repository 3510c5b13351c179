"""What the golden files of the Messages formats can not say: versions, headers, memos, edits, limits."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import translate
from tests import checks
from translate.providers.anthropic import tables
from translate.unified import UnifiedRequest

Json = dict[str, Any]
HELLO = [{"role": "user", "content": "Hello"}]


def to_native(body: Json, target: str = "anthropic", **options: Any) -> translate.Converted:
    return translate.convert_request(body, target=target, options=translate.Options(**options))


def to_unified(body: Json, source: str = "anthropic", **options: Any) -> translate.Converted:
    return translate.convert_request(body, source=source, options=translate.Options(**options))


def asked(model: str = "claude-haiku-4-5", **more: Any) -> Json:
    return {"model": model, "max_completion_tokens": 100, "messages": HELLO, **more}


def native(content: list[Json], **more: Any) -> Json:
    usage = {"input_tokens": 3, "output_tokens": 2}
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-opus-5-5", "content": content,
            "stop_reason": "end_turn", "stop_sequence": None, "usage": usage, **more}  # fmt: skip


def features(converted: translate.Converted) -> set[str]:
    return {loss.feature for loss in converted.losses}


def test_every_unified_request_field_has_one_rule() -> None:
    fields = {*UnifiedRequest.__annotations__, "cache_control", "extra_content"}
    assert fields - {"prompt_cache_breakpoint"} <= set(tables.REQUEST_FIELDS)


@pytest.mark.parametrize(
    ("body", "version"),
    [
        (asked(), "2026-10-21"),
        (asked(temperature=0.5), "2023-06-01"),
        (asked("claude-opus-5-5", temperature=0.5), "2026-10-21"),
        (asked("a-gateways-alias", top_k=4), "2023-06-01"),
        (asked(temperature=1), "2023-06-01"),
    ],
)
def test_the_older_version_is_asked_for_only_when_it_helps(body: Json, version: str) -> None:
    converted = to_native(body)
    assert converted.route["headers"] == {"anthropic-version": version}
    assert ("temperature" in converted.value or "top_k" in converted.value) == (version == "2023-06-01")


def test_an_asked_version_wins_over_sampling() -> None:
    converted = to_native(asked(temperature=0.5), api_version="2026-10-21")
    assert "temperature" not in converted.value
    assert features(converted) == {"temperature"}


def test_citations_of_the_user_and_documents_of_the_assistant_need_the_older_version() -> None:
    cited = {"type": "text", "text": "x", "citations": [{"type": "char_location", "document_index": 0, "document_title": None,
             "cited_text": "x", "start_char_index": 0, "end_char_index": 1}]}  # fmt: skip
    document = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "d"}}
    for turns in ([{"role": "user", "content": [cited]}], [*HELLO, {"role": "assistant", "content": [document]}, *HELLO]):
        body = {"model": "claude-haiku-4-5", "max_tokens": 5, "messages": turns}
        back = to_native(to_unified(body).value)
        assert back.route["headers"]["anthropic-version"] == "2023-06-01"
        assert back.value == body


@pytest.mark.parametrize(
    ("effort", "model", "thinking", "config"),
    [
        ("none", "claude-sonnet-5", {"type": "disabled"}, None),
        ("none", "claude-sonnet-5-5", {"type": "between_tools"}, None),
        ("none", "claude-opus-5-5", None, {"effort": "low"}),
        ("minimal", "claude-opus-5-5", None, {"effort": "low"}),
        ("xhigh", "claude-opus-4-6", {"type": "adaptive"}, {"effort": "max"}),
        ("xhigh", "claude-opus-4-7", {"type": "adaptive"}, {"effort": "xhigh"}),
        ("high", "claude-sonnet-5-5", None, {"effort": "high"}),
        ("low", "claude-sonnet-4-5", {"type": "enabled", "budget_tokens": 1024}, None),
        ("high", "claude-sonnet-4-5", {"type": "enabled", "budget_tokens": 9999}, None),
    ],
)
def test_effort_by_model(effort: str, model: str, thinking: Json | None, config: Json | None) -> None:
    converted = to_native({**asked(model, reasoning_effort=effort), "max_completion_tokens": 10000})
    assert (converted.value.get("thinking"), converted.value.get("output_config")) == (thinking, config)


def test_an_effort_without_thinking_stays_without() -> None:
    body = {"model": "claude-sonnet-4-6", "max_tokens": 9, "messages": HELLO, "output_config": {"effort": "low"}}
    there = to_unified(body)
    assert there.value["thinking"] == {"type": "disabled"}
    back = to_native(there.value).value
    assert translate.canonical(back, format="anthropic", kind="request") == translate.canonical(
        body, format="anthropic", kind="request"
    )


def test_callers_facts_win_over_the_table() -> None:
    facts = {"claude-opus-5-5": {"sampling": True, "forced_tool": "yes"}}
    assert to_native(asked("claude-opus-5-5", temperature=0.5), model_facts=facts).value["temperature"] == 0.5


def test_betas_travel_as_header_or_in_the_body() -> None:
    body = asked(betas=["a-1", "b-2"])
    assert to_native(body).route["headers"]["anthropic-beta"] == "a-1,b-2"
    assert to_native(body, "anthropic-vertex").route["headers"] == {"anthropic-beta": "a-1,b-2"}
    assert to_native(body, "anthropic-bedrock").value["anthropic_beta"] == ["a-1", "b-2"]
    there = to_unified({"model": "m", "max_tokens": 5, "messages": HELLO}, route={"headers": {"Anthropic-Beta": "a-1, b-2"}})
    assert there.value["extra_content"] == {"anthropic": {"betas": ["a-1", "b-2"]}}


def test_paths() -> None:
    body = asked("us.anthropic.claude-haiku-4-5-v1:0", stream=True)
    assert to_native(body).route["path"] == "/v1/messages"
    assert to_native(body, "anthropic-bedrock").route["path"] == (
        "/model/us.anthropic.claude-haiku-4-5-v1%3A0/invoke-with-response-stream"
    )
    vertex = to_native(asked("claude-haiku-4-5@20251001"), "anthropic-vertex")
    assert vertex.route["path"] == "/publishers/anthropic/models/claude-haiku-4-5@20251001:rawPredict"
    assert vertex.value["anthropic_version"] == "vertex-2023-10-16"
    assert "model" not in vertex.value


def test_hand_through_fills_the_route() -> None:
    body = {"model": "claude-haiku-4-5", "max_tokens": 5, "messages": HELLO, "stream": True, "temperature": 0.1}
    converted = translate.convert_request(body, source="anthropic", target="anthropic")
    assert converted.value is body
    assert (converted.route["model"], converted.route["stream"]) == ("claude-haiku-4-5", True)
    assert converted.route["headers"] == {"anthropic-version": "2023-06-01"}


def test_what_a_platform_lacks_is_told() -> None:
    converted = to_native(asked(cache_control={"type": "ephemeral"}, inference_geo="us"), "anthropic-bedrock")
    assert features(converted) == {"cache_control", "inference_geo"}
    assert not {"cache_control", "inference_geo"} & set(converted.value)


def test_names_and_custom_tools_come_back_by_the_memo() -> None:
    tools = [
        {"type": "function", "function": {"name": "a.b", "parameters": {"type": "object", "properties": {}}}},
        {"type": "custom", "custom": {"name": "a b"}},
    ]
    request = to_native(asked(tools=tools))
    wire = [tool["name"] for tool in request.value["tools"]]
    assert len(set(wire)) == 2
    blocks = [
        {"type": "tool_use", "id": "t1", "name": wire[0], "input": {"n": 1}},
        {"type": "tool_use", "id": "t2", "name": wire[1], "input": {"input": "ls"}},
    ]
    options = translate.Options(memo=request.memo)
    answer = translate.convert_response(native(blocks, stop_reason="tool_use"), source="anthropic", options=options).value
    calls = answer["choices"][0]["message"]["tool_calls"]
    assert calls[0]["function"] == {"name": "a.b", "arguments": '{"n":1}'}
    assert calls[1] == {"id": "t2", "type": "custom", "custom": {"name": "a b", "input": "ls"}}
    events = translate.unfold(native(blocks, stop_reason="tool_use"), format="anthropic")
    chunks, _ = checks.streamed(events, "anthropic", "unified", options)
    assert translate.fold(chunks)["choices"][0]["message"]["tool_calls"] == calls


def test_an_edited_text_keeps_the_other_blocks() -> None:
    body = native([{"type": "text", "text": "It says "}, {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
                   {"type": "text", "text": "forty-two"}, {"type": "text", "text": "."}])  # fmt: skip
    there = translate.convert_response(body, source="anthropic").value
    there["choices"][0]["message"]["content"] = "It says forty-three."
    back = translate.convert_response(there, target="anthropic").value
    assert [block.get("text", block["type"]) for block in back["content"]] == ["It says ", "server_tool_use", "forty-three", "."]


def test_an_edited_reasoning_is_not_sent_under_the_old_signature() -> None:
    body = {"model": "claude-opus-5-5", "max_tokens": 9, "messages": [*HELLO, {"role": "assistant", "content": [
        {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}, {"type": "text", "text": "Yes."}]}, *HELLO]}  # fmt: skip
    there = to_unified(body).value
    there["messages"][1]["reasoning_content"] = "Other."
    back = to_native(there)
    assert back.value["messages"][1]["content"] == [{"type": "text", "text": "Yes."}]
    assert {"reasoning_details", "reasoning_content"} <= features(back)


def test_at_most_four_marks_and_the_longer_ones_first() -> None:
    part = {"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}
    longer = {"type": "text", "text": "y", "cache_control": {"type": "ephemeral", "ttl": "12h"}}
    converted = to_native(asked(messages=[{"role": "user", "content": [part, part, part, part, longer]}]))
    marks = [block.get("cache_control") for block in converted.value["messages"][0]["content"]]
    hour = {"type": "ephemeral", "ttl": "1h"}
    assert marks == [hour, None, hour, hour, hour]
    assert {loss.kind for loss in converted.losses if loss.feature == "cache_control"} == {"dropped", "approximated"}


def test_a_mark_on_a_message_is_its_last_blocks() -> None:
    message = {"role": "user", "content": "Hi", "cache_control": {"type": "ephemeral"}}
    assert to_native(asked(messages=[message])).value["messages"][0]["content"] == [
        {"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}}
    ]


def test_the_input_is_not_written_to() -> None:
    body = {"model": "claude-opus-5-5", "max_tokens": 9, "messages": [
        {"role": "user", "content": [{"type": "text", "text": "a", "cache_control": {"type": "ephemeral", "ttl": "5m"}},
                                     {"type": "container_upload", "file_id": "f", "cache_control": {"type": "ephemeral"}},
                                     {"type": "text", "text": "b", "cache_control": {"type": "ephemeral", "ttl": "1h"}}]},
        {"role": "user", "content": "again"}]}  # fmt: skip
    before = copy.deepcopy(body)
    there = to_unified(body).value
    kept = copy.deepcopy(there)
    to_native(there)
    assert body == before
    assert there == kept


def test_a_refusal_of_another_provider_is_text_and_a_refusal() -> None:
    answer = {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": None, "refusal": "No."}}]}  # fmt: skip
    back = translate.convert_response(answer, target="anthropic").value
    assert back["content"] == [{"type": "text", "text": "No."}]
    assert (back["stop_reason"], back["stop_details"]["explanation"]) == ("refusal", "No.")
    events, _ = checks.streamed(translate.unfold(answer), "unified", "anthropic", translate.Options())
    assert checks.folded(events, "anthropic")["content"] == back["content"]


@pytest.mark.parametrize("end", [1, 2, 3, 4])
def test_a_cut_stream_says_so(end: int) -> None:
    events = translate.unfold(native([{"type": "text", "text": "Hi"}]), format="anthropic")[:end]
    chunks, machine = checks.streamed(events, "anthropic", "unified", translate.Options())
    assert machine.truncated
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks if chunk["choices"]][-1] == "length"


def test_late_pieces_of_a_call_that_has_ended_are_told() -> None:
    head = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m"}

    def chunk(delta: Json, finish: str | None = None) -> Json:
        return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    call = {"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x":'}}
    late = {"index": 0, "function": {"arguments": "1}"}}
    events, machine = checks.streamed(
        [chunk({"tool_calls": [call]}), chunk({"content": "text"}), chunk({"tool_calls": [late]}), chunk({}, "tool_calls")],
        "unified", "anthropic", translate.Options(),
    )  # fmt: skip
    assert any(loss.path == "/2/choices/0/delta/tool_calls/0" for loss in machine.losses)
    assert events[-1] == {"type": "message_stop"}


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (429, {"message": "slow", "type": "rate_limit_error", "code": None}, "rate_limit_error"),
        (402, {"message": "pay", "type": "x", "code": "insufficient_quota"}, "billing_error"),
        (503, {"message": "busy", "type": "server_error", "code": "overloaded"}, "overloaded_error"),
        (422, {"message": "bad", "type": "x"}, "invalid_request_error"),
        (418, {"message": "odd"}, "invalid_request_error"),
        (None, {"message": "no key", "type": "authentication_error", "code": "invalid_api_key"}, "authentication_error"),
    ],
)
def test_errors_by_status_then_by_type(status: int | None, error: Json, kind: str) -> None:
    converted = translate.convert_error({"error": error}, target="anthropic", status=status)
    assert converted.value == {"type": "error", "error": {"type": kind, "message": error["message"]}}


def test_errors_of_the_platforms_are_read() -> None:
    google = [{"error": {"code": 429, "message": "quota", "status": "RESOURCE_EXHAUSTED"}}]
    converted = translate.convert_error(google, source="anthropic-vertex")
    assert (converted.value["error"]["type"], converted.route["status"]) == ("rate_limit_error", 429)
    exception = {"modelStreamErrorException": {"message": "gone"}}
    chunks, machine = checks.streamed([exception], "anthropic-bedrock", "unified", translate.Options())
    assert chunks[0]["error"]["message"] == "gone"
    assert not machine.truncated


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"model": "m", "max_tokens": 5, "messages": "x"}, "/messages"),
        ({"model": "m", "max_tokens": True, "messages": HELLO}, "/max_tokens"),
        ({"model": "m", "messages": [{"role": "user", "content": [{"type": "text", "text": 1}]}]}, "/messages/0/content/0/text"),
        ({"model": "m", "messages": [{"role": "user", "content": [{"type": "image"}]}]}, "/messages/0/content/0"),
        ({"model": "m", "messages": HELLO, "tools": [{"name": "f", "input_schema": []}]}, "/tools/0/input_schema"),
    ],
)
def test_wrong_types_are_named(body: Json, path: str) -> None:
    with pytest.raises(translate.InvalidDocument) as caught:
        to_unified(body)
    assert caught.value.path == path
