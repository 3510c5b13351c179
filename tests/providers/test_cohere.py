"""What goldens can not say of Cohere: names and model from the memo, citations after an edit, plans, order of events."""

from __future__ import annotations

from typing import Any

import pytest

import translate

Json = dict[str, Any]
HI = [{"role": "user", "content": "Hi"}]
HEAD: Json = {"id": "c1", "object": "chat.completion.chunk", "created": 0, "model": "m"}
SOURCE = {"type": "document", "id": "d", "document": {"title": "Tall", "url": "https://example.com/p"}}


def sent(**fields: Any) -> translate.Converted:
    return translate.convert_request({"model": "m", "messages": HI, **fields}, target="cohere")


def tool(name: str, **more: Any) -> Json:
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object"}, **more}}


def chunk(delta: Json, finish: str | None = None) -> Json:
    return {**HEAD, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def answer(**message: Any) -> Json:
    return {"id": "r", "finish_reason": "COMPLETE", "message": {"role": "assistant", **message}}


def read(body: Json) -> Json:
    message: Json = translate.convert_response(body, source="cohere").value["choices"][0]["message"]
    return message


def written(message: Json) -> translate.Converted:
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return translate.convert_response({"id": "r", "created": 0, "model": "", "choices": [choice]}, target="cohere")


def cited(start: int, end: int, text: str) -> Json:
    return {"start": start, "end": end, "text": text, "sources": [SOURCE]}


def test_the_memo_names_model_and_tools_of_the_answer() -> None:
    request = sent(tools=[tool("get-weather")])
    wire = request.value["tools"][0]["function"]["name"]
    assert wire.isidentifier()
    options = translate.Options(memo=request.memo)
    call = {"id": "a", "type": "function", "function": {"name": wire, "arguments": "{}"}}
    unified = translate.convert_response(answer(tool_calls=[call]), source="cohere", options=options).value
    assert unified["model"] == "m"
    assert unified["choices"][0]["message"]["tool_calls"][0]["function"]["name"] == "get-weather"
    events = [
        {"type": "message-start", "id": "r", "delta": {"message": {"role": "assistant"}}},
        {"type": "tool-call-start", "index": 0, "delta": {"message": {"tool_calls": call}}},
        {"type": "tool-call-end", "index": 0},
        {"type": "message-end", "delta": {"finish_reason": "TOOL_CALL"}},
    ]
    folded = translate.fold(translate.convert_stream(events, source="cohere", options=options))
    assert folded["choices"][0]["message"]["tool_calls"][0]["function"]["name"] == "get-weather"


@pytest.mark.parametrize(
    ("fields", "place", "value"),
    [
        ({"top_p": 0}, "p", 0.01),
        ({"top_p": 1}, "p", 0.99),
        ({"temperature": 1.4}, "temperature", 1),
        ({"frequency_penalty": -0.5}, "frequency_penalty", 0),
        ({"top_k": 900}, "k", 500),
    ],
)
def test_numbers_are_clamped_and_told(fields: Json, place: str, value: float) -> None:
    converted = sent(**fields)
    assert converted.value[place] == value
    assert [loss.kind for loss in converted.losses] == ["approximated"]


def test_strict_is_of_all_functions_or_of_none() -> None:
    assert sent(tools=[tool("a", strict=True), tool("b", strict=True)]).value["strict_tools"] is True
    mixed = sent(tools=[tool("a", strict=True), tool("b")])
    assert "strict_tools" not in mixed.value
    assert [loss.path for loss in mixed.losses] == ["/tools/0/function/strict"]


def test_a_schema_does_not_go_with_tools_or_documents() -> None:
    shape = {"type": "json_schema", "json_schema": {"name": "response", "schema": {"type": "object"}}}
    assert "response_format" in sent(response_format=shape).value
    for fields in ({"tools": [tool("a")]}, {"documents": ["x"]}, {"extra_content": {"cohere": {"documents": ["x"]}}}):
        converted = sent(response_format=shape, **fields)
        assert "response_format" not in converted.value
        assert "/response_format" in [loss.path for loss in converted.losses]


def test_offsets_count_characters_over_all_texts() -> None:
    blocks = [{"type": "text", "text": "Zürich. "}, {"type": "text", "text": "Tall."}]
    notes = read(answer(content=blocks, citations=[{**cited(0, 4, "Tall"), "content_index": 1}]))["annotations"]
    assert notes == [{"type": "url_citation", "url_citation": {"start_index": 8, "end_index": 12, "title": "Tall", "url": "https://example.com/p"}}]


def test_citations_of_thinking_are_no_annotations() -> None:
    body = answer(content=[{"type": "text", "text": "Tall."}], citations=[{**cited(0, 4, "Tall"), "type": "THINKING_CONTENT"}])
    message = read(body)
    assert "annotations" not in message
    assert written(message).value["message"]["citations"] == body["message"]["citations"]


def test_a_removed_annotation_takes_its_citation_along() -> None:
    citations = [cited(0, 4, "Tall"), cited(6, 11, "Small")]
    message = read(answer(content=[{"type": "text", "text": "Tall, Small"}], citations=citations))
    del message["annotations"][0]
    converted = written(message)
    assert converted.value["message"]["citations"] == citations[1:]
    assert [loss.feature for loss in converted.losses] == ["citations"]


def test_an_annotation_without_a_citation_is_told() -> None:
    note = {"type": "url_citation", "url_citation": {"start_index": 0, "end_index": 1, "title": "t", "url": "https://example.com/q"}}
    converted = written({"role": "assistant", "content": "x", "annotations": [note]})
    assert "citations" not in converted.value["message"]
    assert [loss.path for loss in converted.losses] == ["/choices/0/message/annotations/0"]


def test_annotations_of_a_stream_have_a_running_index() -> None:
    both = {**cited(0, 1, "x"), "sources": [SOURCE, SOURCE]}
    events = [
        {"type": "message-start", "id": "r", "delta": {"message": {"role": "assistant"}}},
        *({"type": "citation-start", "index": index, "delta": {"message": {"citations": both}}} for index in range(2)),
        {"type": "message-end", "delta": {"finish_reason": "COMPLETE"}},
    ]
    chunks = translate.convert_stream(events, source="cohere")
    notes = [note for one in chunks for choice in one["choices"] for note in choice["delta"].get("annotations", ())]
    assert [note["index"] for note in notes] == [0, 1, 2, 3]


def test_a_plan_beside_thinking_survives_and_an_edited_one_does_not() -> None:
    native = answer(tool_plan="Plan.", content=[{"type": "thinking", "thinking": "Hm."}])
    message = read(native)
    assert message["reasoning_content"] == "Hm."
    assert written(message).value["message"] == native["message"]
    alone = read(answer(tool_plan="Plan."))
    assert written(alone).value["message"] == {"role": "assistant", "tool_plan": "Plan."}
    converted = written({**alone, "reasoning_content": "Other."})
    assert converted.value["message"] == {"role": "assistant", "content": [{"type": "thinking", "thinking": "Other."}]}
    assert [loss.feature for loss in converted.losses] == ["tool_plan"]


def test_blocks_and_calls_open_and_close_in_turn() -> None:
    first = {"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}
    chunks = [
        chunk({"role": "assistant"}),
        chunk({"reasoning_content": "Hm."}),
        chunk({"content": "So"}),
        chunk({"tool_calls": [first]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}),
        chunk({"tool_calls": [{**first, "index": 1, "id": "b"}]}),
        chunk({}, "tool_calls"),
        {**HEAD, "choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}},
    ]
    events = list(translate.convert_stream(chunks, target="cohere"))
    assert [(event["type"], event.get("index")) for event in events] == [
        ("message-start", None),
        ("content-start", 0), ("content-delta", 0), ("content-end", 0),
        ("content-start", 1), ("content-delta", 1), ("content-end", 1),
        ("tool-call-start", 0), ("tool-call-delta", 0), ("tool-call-end", 0),
        ("tool-call-start", 1), ("tool-call-end", 1),
        ("message-end", None),
    ]  # fmt: skip
    assert events[-1]["delta"]["usage"] == {"tokens": {"input_tokens": 1, "output_tokens": 2}}


def test_arguments_for_a_call_that_has_ended_are_told() -> None:
    machine = translate.StreamConverter("unified", "cohere")
    for index, identifier in ((0, "a"), (1, "b")):
        machine.feed(chunk({"tool_calls": [{"index": index, "id": identifier, "function": {"name": "f", "arguments": ""}}]}))
    machine.feed(chunk({"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}))
    assert [loss.path for loss in machine.losses if loss.scope == "content"] == [
        "/2/choices/0/delta/tool_calls/0/function/arguments"
    ]


@pytest.mark.parametrize(("status", "code"), [(498, "content_policy_violation"), (499, "cancelled"), (402, "insufficient_quota")])
def test_own_statuses_come_back_by_their_code(status: int, code: str) -> None:
    unified = translate.convert_error({"message": "no"}, source="cohere", status=status).value
    assert unified["error"]["code"] == code
    assert translate.convert_error(unified, target="cohere").route["status"] == status


def test_a_schema_of_its_own_form_goes_back_as_it_is() -> None:
    """What Cohere took once is not downgraded, and other targets lose nothing of behaviour by the mark."""
    schema = {"type": "object", "properties": {"a": {"type": "string", "minLength": 2}}, "required": ["a"]}
    body = {
        "model": "m",
        "messages": HI,
        "strict_tools": True,
        "tools": [{"type": "function", "function": {"name": "f", "parameters": schema}}],
    }
    there = translate.convert_request(body, source="cohere")
    assert translate.convert_request(there.value, target="cohere").value == body
    other = translate.convert_request(body, source="cohere", target="openai")
    assert {loss.scope for loss in other.losses} == {"envelope"}
    answers = {"model": "m", "messages": HI, "response_format": {"type": "json_object", "json_schema": schema}}
    there = translate.convert_request(answers, source="cohere")
    assert translate.convert_request(there.value, target="cohere").value == answers


@pytest.mark.parametrize(("members", "strict"), [(200, True), (201, None)])
def test_strict_tools_have_a_number_of_members(members: int, strict: bool | None) -> None:
    names = [f"m{number}" for number in range(members)]
    parameters = {"type": "object", "properties": {name: {"type": "string"} for name in names}, "required": names[:1]}
    converted = sent(tools=[tool("f", parameters=parameters, strict=True)])
    assert converted.value.get("strict_tools") is strict
    assert [loss.feature for loss in converted.losses] == ([] if strict else ["strict"])
