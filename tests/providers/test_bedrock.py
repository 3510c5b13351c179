"""What the golden files of Converse can not say: paths, memos, edits, limits, bytes, what the AWS client makes of the documents."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

import translate
from tests.oracles import bedrock as oracle
from translate.framing import encoder
from translate.providers.bedrock import media, tables
from translate.providers.bedrock.documents import clean_name
from translate.providers.bedrock.writing import fit_id
from translate.shared import exceptions
from translate.unified import UnifiedRequest

Json = dict[str, Any]
HELLO = [{"role": "user", "content": "Hello"}]
SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
PNG = "iVBORw0KGgo="


def to_native(body: Json, **options: Any) -> translate.Converted:
    return translate.convert_request(body, target="bedrock", options=translate.Options(**options))


def to_unified(body: Json, model: str = SONNET, **options: Any) -> translate.Converted:
    return translate.convert_request(body, source="bedrock", options=translate.Options(route={"model": model}, **options))


def asked(model: str = SONNET, **more: Any) -> Json:
    return {"model": model, "messages": HELLO, **more}


def answer(*content: Json, stop: str = "end_turn", **more: Any) -> Json:
    usage = {"inputTokens": 3, "outputTokens": 2, "totalTokens": 5}
    return {"output": {"message": {"role": "assistant", "content": list(content)}}, "stopReason": stop, "usage": usage,
            "metrics": {"latencyMs": 0}, **more}  # fmt: skip


def features(converted: translate.Converted) -> set[str]:
    return {loss.feature for loss in converted.losses}


def call(identifier: str, name: str = "f", arguments: str = "{}") -> Json:
    return {"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}}


def tool(name: str = "f", **more: Any) -> Json:
    return {"type": "function", "function": {"name": name, **more}}


def test_every_unified_request_field_has_one_rule() -> None:
    fields = {*UnifiedRequest.__annotations__, "cache_control", "extra_content"}
    assert fields - {"prompt_cache_breakpoint"} <= set(tables.REQUEST_FIELDS)


# --- path


@pytest.mark.parametrize(
    ("model", "stream", "path"),
    [
        (SONNET, False, "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse"),
        ("m", True, "/model/m/converse-stream"),
        (
            "arn:aws:bedrock:us-east-1:012345678901:inference-profile/p", False,
            "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A012345678901%3Ainference-profile%2Fp/converse",
        ),
    ],
)  # fmt: skip
def test_model_and_streaming_stand_in_the_path(model: str, stream: bool, path: str) -> None:
    converted = to_native(asked(model, stream=stream))
    assert converted.route == {"model": model, "stream": stream, "path": path, "query": {}, "headers": {}}
    assert not {"model", "modelId", "stream"} & set(converted.value)
    back = translate.convert_request(converted.value, source="bedrock", options=translate.Options(route={"path": path}))
    assert (back.value["model"], back.value.get("stream", False)) == (model, stream)
    same = translate.convert_request(
        converted.value, source="bedrock", target="bedrock", options=translate.Options(route={"path": path})
    )
    assert same.route["path"] == path


def test_the_keyword_form_of_the_sdks_names_the_model_in_the_body() -> None:
    converted = translate.convert_request({"modelId": "m", "messages": []}, source="bedrock")
    assert converted.value["model"] == "m"
    assert not converted.losses


# --- the AWS client


def test_the_aws_client_sends_the_body_as_it_is_written() -> None:
    body = {
        **asked(temperature=0.5, stop=["END"], metadata={"a": "b"}),
        "messages": [
            {"role": "system", "content": "Rules"},
            {"role": "user", "content": [{"type": "text", "text": "é"}, {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}]},
            {"role": "assistant", "content": None, "tool_calls": [call("c1", arguments='{"n": 9007199254740993}')]},
            {"role": "tool", "tool_call_id": "c1", "content": "4", "is_error": True},
        ],
        "tools": [tool()],
    }  # fmt: skip
    native = to_native(body).value
    assert oracle.problems(native, "request") == []
    assert oracle.serialised(native) == native


def test_bytes_are_swapped_in_and_out() -> None:
    document = {
        "messages": [{"role": "user", "content": [
            {"image": {"format": "png", "source": {"bytes": PNG}}},
            {"toolResult": {"toolUseId": "a", "content": [{"json": {"bytes": "plain"}}]}},
        ]}],
    }  # fmt: skip
    swapped = media.as_bytes(document)
    image, result = swapped["messages"][0]["content"]
    assert image["image"]["source"]["bytes"] == base64.b64decode(PNG)
    assert result is document["messages"][0]["content"][1]
    assert media.as_text(swapped) == document
    with pytest.raises(translate.TranslateError) as caught:
        media.as_bytes({"image": {"source": {"bytes": "no base64!"}}})
    assert caught.value.path == "/image/source/bytes"


def test_the_aws_client_reads_the_frames() -> None:
    from botocore.eventstream import EventStreamBuffer
    from botocore.parsers import EventStreamJSONParser

    events = translate.unfold(
        answer({"reasoningContent": {"redactedContent": "ZW5j"}}, {"text": "é"},
               {"toolUse": {"toolUseId": "t", "name": "f", "input": {"a": 1}}}, stop="tool_use"), format="bedrock",
    )  # fmt: skip
    events.append({"throttlingException": {"message": "slow"}})
    buffer, parser, machine = EventStreamBuffer(), EventStreamJSONParser(), encoder("aws")
    data = b"".join(machine.encode(event) for event in events)
    shape = oracle._service().operation_model("ConverseStream").output_shape.members["stream"]
    read = []
    for at in range(0, len(data), 7):
        buffer.add_data(data[at : at + 7])
        for message in buffer:
            read.append(parser.parse(message.to_response_dict(), shape))
    assert [media.as_text(event) for event in read[:-1]] == events[:-1]
    assert read[-1]["Error"] == {"Code": "throttlingException", "Message": "slow"}
    pieces = translate.ByteStreamConverter("bedrock", "unified")
    text = b"".join(pieces.feed(data[at : at + 11]) for at in range(0, len(data), 11)) + pieces.flush()
    assert b'"finish_reason":"tool_calls"' in text
    assert text.rstrip().endswith(b"[DONE]")


# --- ids and names


@pytest.mark.parametrize("identifier", ["a", "tooluse_1", "a.b:c-d", "x" * 64])
def test_ids_the_service_takes_stay(identifier: str) -> None:
    assert fit_id(identifier) == identifier


@pytest.mark.parametrize("identifier", ["", "a b", "x" * 65, "é", "functions.f:0 " * 9])
def test_other_ids_are_fitted_without_collisions(identifier: str) -> None:
    wire = fit_id(identifier)
    assert len(wire) <= 64
    assert not tables.REFUSED_IN_IDS.search(wire)
    assert fit_id(identifier + "x") != wire


def test_a_fitted_name_is_undone_in_answer_and_stream() -> None:
    request = to_native(asked(tools=[tool("srv.find:" + "x" * 70)]))
    wire = request.value["toolConfig"]["tools"][0]["toolSpec"]["name"]
    options = translate.Options(memo=request.memo)
    native = answer({"toolUse": {"toolUseId": "t", "name": wire, "input": {}}}, stop="tool_use")
    whole = translate.convert_response(native, source="bedrock", options=options).value
    chunks = list(translate.convert_stream(translate.unfold(native, format="bedrock"), source="bedrock", options=options))
    for response in (whole, translate.fold(chunks)):
        assert response["choices"][0]["message"]["tool_calls"][0]["function"]["name"] == "srv.find:" + "x" * 70
        assert response["model"] == SONNET


def test_a_custom_tool_gets_its_text_back_in_one_piece() -> None:
    request = to_native(asked(tools=[{"type": "custom", "custom": {"name": "sql"}}]))
    options = translate.Options(memo=request.memo)
    native = answer({"toolUse": {"toolUseId": "t", "name": "sql", "input": {"input": "select 1"}}}, stop="tool_use")
    events = translate.unfold(native, format="bedrock")
    chunks = list(translate.convert_stream(events, source="bedrock", options=options))
    whole = translate.convert_response(native, source="bedrock", options=options).value
    for response in (whole, translate.fold(chunks)):
        made = response["choices"][0]["message"]["tool_calls"][0]
        assert made == {"id": "t", "type": "custom", "custom": {"name": "sql", "input": "select 1"}}


# --- documents


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("q1_report.v2.pdf", "q1-report-v2"),
        ("John's  résumé\u3000#1.pdf", "John-s r-sum- -1"),
        ("[a] (b)-c.pdf", "[a] (b)-c"),
        (".pdf", ""),
        ("x" * 300 + ".pdf", "x" * 200),
    ],
)
def test_names_of_documents(filename: str, name: str) -> None:
    assert clean_name(filename, "pdf") == name


def test_names_of_documents_stay_in_a_growing_history() -> None:
    def names(messages: list[Json]) -> list[str]:
        turns = to_native(asked(messages=messages)).value["messages"]
        return [block["document"]["name"] for turn in turns for block in turn["content"] if "document" in block]

    part = {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}}
    turn = {"role": "user", "content": [part, {"type": "text", "text": "See"}]}
    history = [turn, {"role": "assistant", "content": "Yes."}, turn, {"role": "assistant", "content": "Yes."}, turn]
    assert names(history[:1]) == ["a"]
    assert names(history) == ["a", "a (2)", "a (3)"]


# --- edits between the legs


def test_an_edited_file_name_wins_over_the_remembered_one() -> None:
    document = {"document": {"format": "pdf", "name": "a_b", "source": {"bytes": "JVBERi0="}}}
    body = {"messages": [{"role": "user", "content": [document, {"text": "See"}]}]}
    unified = to_unified(body).value
    assert to_native(unified).value["messages"][0]["content"][0] == document
    unified["messages"][0]["content"][0]["file"]["filename"] = "other_name.pdf"
    assert to_native(unified).value["messages"][0]["content"][0]["document"]["name"] == "other-name"


def test_an_edited_text_keeps_the_citations_of_the_others() -> None:
    cited = {"citationsContent": {"content": [{"text": "20 days"}], "citations": [{"title": "t"}]}}
    unified = translate.convert_response(answer({"text": "It says "}, cited), source="bedrock").value
    unified["choices"][0]["message"]["content"] = "It tells 20 days"
    native = translate.convert_response(unified, target="bedrock").value
    assert native["output"]["message"]["content"] == [{"text": "It tells "}, cited]


def test_an_edited_json_result_is_text_when_it_is_no_object() -> None:
    body = {"messages": [
        {"role": "user", "content": [{"text": "go"}]},
        {"role": "assistant", "content": [{"toolUse": {"toolUseId": "a", "name": "f", "input": {}}}]},
        {"role": "user", "content": [{"toolResult": {"toolUseId": "a", "content": [{"json": {"x": 1}}]}}]},
    ]}  # fmt: skip
    unified = to_unified(body).value
    part = unified["messages"][2]["content"][0]
    assert part["text"] == '{"x":1}'
    part["text"] = "[1]"
    converted = to_native(unified)
    assert converted.value["messages"][2]["content"][0]["toolResult"]["content"] == [{"text": "[1]"}]
    assert "json" in features(converted)


def test_an_edited_setting_wins_over_the_bag() -> None:
    body = {"messages": [{"role": "user", "content": [{"text": "hi"}]}], "additionalModelRequestFields": {"top_k": 5, "x": 1}}
    unified = to_unified(body, "anthropic.claude-3-haiku-20240307-v1:0").value
    assert unified["top_k"] == 5
    unified["top_k"] = 9
    assert to_native(unified).value["additionalModelRequestFields"] == {"top_k": 9, "x": 1}


# --- models


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        ("us.anthropic.claude-3-5-sonnet-20241022-v2:0", {"top_k": 7}),
        ("us.amazon.nova-pro-v1:0", {"inferenceConfig": {"topK": 7}}),
        ("cohere.command-r-v1:0", {"k": 7}),
        ("mistral.mistral-large-2407-v1:0", None),
    ],
)
def test_top_k_has_its_place_by_model(model: str, fields: Json | None) -> None:
    converted = to_native(asked(model, top_k=7))
    assert converted.value.get("additionalModelRequestFields") == fields
    assert ("top_k" in features(converted)) == (fields is None)
    assert to_unified(converted.value, model).value.get("top_k") == (7 if fields else None)


@pytest.mark.parametrize(
    ("model", "effort", "native"),
    [
        ("anthropic.claude-opus-5-5", "high", {"outputConfig": {"effort": "high"}}),
        ("anthropic.claude-opus-4-6-v1", "low", {
            "outputConfig": {"effort": "low"}, "additionalModelRequestFields": {"thinking": {"type": "adaptive"}},
        }),
        (SONNET, "low", {"additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 1024}}}),
        (SONNET, "none", {"additionalModelRequestFields": {"thinking": {"type": "disabled"}}}),
        ("us.amazon.nova-2-lite-v1:0", "medium", {
            "additionalModelRequestFields": {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "medium"}},
        }),
        ("openai.gpt-oss-120b-1:0", "high", {"additionalModelRequestFields": {"reasoning_effort": "high"}}),
        ("us.deepseek.r1-v1:0", "high", {}),
    ],
)  # fmt: skip
def test_effort_by_family(model: str, effort: str, native: Json) -> None:
    value = to_native(asked(model, reasoning_effort=effort)).value
    assert {name: member for name, member in value.items() if name != "messages"} == native


def test_facts_of_a_model_come_from_the_caller_too() -> None:
    facts = {"arn:*": {"family": "claude", "system_messages": True}}
    messages = [*HELLO, {"role": "assistant", "content": "Yes."}, {"role": "system", "content": "Be brief."}]
    body = asked("arn:aws:bedrock:x", messages=messages, parallel_tool_calls=False, tools=[tool()])
    converted = to_native(body, model_facts=facts)
    assert converted.value["messages"][-1] == {"role": "system", "content": [{"text": "Be brief."}]}
    assert converted.value["additionalModelRequestFields"]["tool_choice"]["disable_parallel_tool_use"] is True
    assert not converted.losses


def test_explicit_native_fields_at_the_top_level() -> None:
    guard = {"guardrailIdentifier": "abc", "guardrailVersion": "1", "streamProcessingMode": "async"}
    converted = to_native(asked(guardrailConfig=guard, anthropic_beta=["b"], additionalModelRequestFields={"anthropic_beta": ["c"]}))
    assert "streamProcessingMode" not in converted.value["guardrailConfig"]
    assert sorted(converted.value["additionalModelRequestFields"]["anthropic_beta"]) == ["b", "c"]
    assert features(converted) == {"streamProcessingMode"}
    assert to_native(asked(stream=True, guardrailConfig=guard)).value["guardrailConfig"] == guard


# --- limits


def test_at_most_four_cache_points() -> None:
    parts = [{"type": "text", "text": str(n), "cache_control": {"type": "ephemeral"}} for n in range(6)]
    converted = to_native(asked(messages=[{"role": "user", "content": parts}]))
    content = converted.value["messages"][0]["content"]
    assert sum("cachePoint" in block for block in content) == 4
    assert "cachePoint" in content[1] and "cachePoint" in content[-1]
    assert [loss.path for loss in converted.losses] == ["/messages/0/content/1/cache_control", "/messages/0/content/2/cache_control"]


def test_a_blank_request_gets_a_text() -> None:
    converted = to_native(asked(messages=[{"role": "user", "content": "   "}]))
    assert converted.value["messages"][0]["content"][0]["text"].strip()
    assert oracle.problems(converted.value, "request") == []
    assert "messages" in features(converted)


# --- errors


@pytest.mark.parametrize(("name", "row"), exceptions.EXCEPTIONS.items())
def test_exceptions_there_and_back(name: str, row: tuple[int, str, str | None]) -> None:
    status, kind, code = row
    there = translate.convert_error({"message": "x", "__type": f"com.amazon#{name}"}, source="bedrock", status=status)
    assert (there.value["error"]["type"], there.value["error"]["code"]) == (kind, code)
    back = translate.convert_error(there.value, target="bedrock", status=status)
    assert back.route["headers"] == {"x-amzn-ErrorType": name}
    assert back.value["message"] == "x"


def test_the_name_of_the_exception_in_a_header() -> None:
    options = translate.Options(route={"headers": {"x-amzn-errortype": "ModelNotReadyException:http://internal/"}})
    converted = translate.convert_error({"Message": "wait"}, source="bedrock", status=429, options=options)
    assert converted.value["error"]["code"] == "model_not_ready"


@pytest.mark.parametrize(("status", "name"), exceptions.EXCEPTION_BY_STATUS.items())
def test_the_name_by_status(status: int, name: str) -> None:
    converted = translate.convert_error({"error": {"message": "x", "type": "odd"}}, target="bedrock", status=status)
    assert converted.route["headers"] == {"x-amzn-ErrorType": name}
    assert converted.route["status"] == status


def test_an_error_ends_the_stream_as_an_exception() -> None:
    error = {"error": {"message": "slow", "type": "rate_limit_error", "param": None, "code": None}}
    machine = translate.StreamConverter("unified", "bedrock")
    assert machine.feed(error) == [{"throttlingException": {"message": "slow"}}]
    assert machine.flush() == []
    assert not machine.truncated


def test_nothing_behind_the_end_of_a_stream_counts() -> None:
    events = [{"messageStart": {"role": "assistant"}}, {"messageStop": {"stopReason": "end_turn"}},
              {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "late"}}}]  # fmt: skip
    machine = translate.StreamConverter("bedrock", "unified")
    chunks = [chunk for event in events for chunk in machine.feed(event)] + machine.flush()
    assert translate.fold(chunks)["choices"][0]["message"]["content"] is None
    assert translate.fold(events, format="bedrock")["output"]["message"]["content"] == []
    assert [loss.path for loss in machine.losses] == ["/2/contentBlockDelta"]


@pytest.mark.parametrize("identifier", [{"a": 1}, ["a"], 5, True])
def test_an_id_of_the_wrong_type_is_refused_where_it_stands(identifier: Any) -> None:
    result = {"toolResult": {"toolUseId": identifier, "content": [{"text": "4"}]}}
    with pytest.raises(translate.InvalidDocument) as caught:
        to_unified({"messages": [{"role": "user", "content": [result]}]})
    assert caught.value.path == "/messages/0/content/0/toolResult/toolUseId"


# --- schemas

REQUEST: Json = {
    "system": [{"text": "Be brief."}, {"cachePoint": {"type": "default"}}],
    "messages": [
        {"role": "user", "content": [{"text": "Hi"}, {"image": {"format": "png", "source": {"bytes": PNG}}}]},
        {"role": "assistant", "content": [{"toolUse": {"toolUseId": "a", "name": "f", "input": {}}}]},
        {"role": "user", "content": [{"toolResult": {"toolUseId": "a", "content": [{"text": "4"}], "status": "success"}}]},
    ],
    "inferenceConfig": {"maxTokens": 5, "temperature": 0.5},
    "toolConfig": {"tools": [{"toolSpec": {"name": "f", "inputSchema": {"json": {"$ref": "x"}}}}], "toolChoice": {"any": {}}},
}
ANSWER = answer({"text": "Hi"}, {"toolUse": {"toolUseId": "a", "name": "f", "input": {}}})
EVENT: Json = {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "Hi"}, "p": "ab"}}
RIGHT: list[tuple[str, Json]] = [
    ("request", REQUEST), ("response", ANSWER), ("event", EVENT), ("event", {"messageStart": {"role": "assistant"}}),
    ("event", {"throttlingException": {"message": "slow"}}), ("error", {"message": "no"}), ("error", {"Message": "no", "__type": "x"}),
]  # fmt: skip
WRONG: list[tuple[str, Json, tuple[str | int, ...], Any]] = [
    ("request", REQUEST, ("messages",), []),
    ("request", REQUEST, ("messages", 0, "role"), "tool"),
    ("request", REQUEST, ("messages", 0, "content"), "Hi"),
    ("request", REQUEST, ("messages", 0, "content", 0), {"text": "Hi", "image": {}}),
    ("request", REQUEST, ("messages", 0, "content", 0), {"type": "text", "text": "Hi"}),
    ("request", REQUEST, ("messages", 0, "content", 1, "image", "format"), "bmp"),
    ("request", REQUEST, ("messages", 0, "content", 1, "image", "source"), {"url": "https://x"}),
    ("request", REQUEST, ("messages", 0, "content", 1, "image", "source", "bytes"), "no base64!"),
    ("request", REQUEST, ("messages", 1, "content", 0, "toolUse", "toolUseId"), "no spaces"),
    ("request", REQUEST, ("messages", 1, "content", 0, "toolUse", "name"), "x" * 65),
    ("request", REQUEST, ("messages", 2, "content", 0, "toolResult", "status"), "fine"),
    ("request", REQUEST, ("inferenceConfig", "temperature"), 1.5),
    ("request", REQUEST, ("inferenceConfig", "maxTokens"), 0),
    ("request", REQUEST, ("inferenceConfig", "top_k"), 5),
    ("request", REQUEST, ("toolConfig", "tools"), []),
    ("request", REQUEST, ("toolConfig", "toolChoice"), {"none": {}}),
    ("request", REQUEST, ("toolConfig", "toolChoice"), {"auto": {}, "any": {}}),
    ("request", REQUEST, ("system", 0, "text"), ""),
    ("request", REQUEST, ("temperature",), 1),
    ("request", REQUEST, ("requestMetadata",), {"a": "<"}),
    ("response", ANSWER, ("output",), {}),
    ("response", ANSWER, ("output", "message", "role"), "user"),
    ("response", ANSWER, ("output", "message", "content"), "Hi"),
    ("response", ANSWER, ("output", "message", "content", 0, "text"), 5),
    ("response", ANSWER, ("stopReason",), 5),
    ("response", ANSWER, ("usage", "inputTokens"), -1),
    ("response", ANSWER, ("metrics",), 5),
    ("event", EVENT, ("contentBlockDelta", "delta"), "Hi"),
    ("event", EVENT, ("contentBlockDelta", "delta", "text"), 5),
    ("event", EVENT, ("contentBlockDelta", "contentBlockIndex"), -1),
    ("event", EVENT, ("messageStart",), {"role": "assistant"}),
    ("error", {"message": "no"}, ("message",), 5),
]


@pytest.mark.parametrize(("kind", "document"), RIGHT)
def test_right_documents_have_no_problem(kind: str, document: Json) -> None:
    assert translate.validate(document, format="bedrock", kind=kind) == []


@pytest.mark.parametrize(("kind", "document", "path", "value"), WRONG)
def test_wrong_documents_have_one(kind: str, document: Json, path: tuple[str | int, ...], value: Any) -> None:
    wrong: Any = json.loads(json.dumps(document))
    holder = wrong
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    assert translate.validate(wrong, format="bedrock", kind=kind)
