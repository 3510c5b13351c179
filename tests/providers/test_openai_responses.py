"""What goldens can not say of the Responses API: edits between the legs, the memo, refusals, streams out of order, schemas."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

import translate
from tests.oracles import oracle_for
from translate.providers.openai_responses.items import made_up_item_id
from translate.validation import validate

Json = dict[str, Any]
FORMAT = "openai-responses"
GOLDEN = Path(__file__).parents[2] / "golden" / FORMAT
USER: Json = {"role": "user", "content": "hi"}
HEAD: Json = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}


def request(*messages: Json, **fields: Any) -> translate.Converted:
    return translate.convert_request({"model": "gpt-5.5", "messages": [USER, *messages], **fields}, target=FORMAT)


def items(*messages: Json, **fields: Any) -> list[Json]:
    listed: list[Json] = request(*messages, **fields).value["input"][1:]
    return listed


def read(*listed: Json, **fields: Any) -> Json:
    return translate.convert_request({"model": "gpt-5.5", "input": list(listed), **fields}, source=FORMAT).value


def chunk(delta: Json, finish: str | None = None, **more: Any) -> Json:
    return {**HEAD, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


def events(*chunks: Json) -> list[Json]:
    listed = list(translate.convert_stream(chunks, target=FORMAT))
    assert oracle_for(FORMAT).problems(listed, "stream") == []
    return listed


def kinds(listed: list[Json]) -> list[str]:
    return [event["type"].removeprefix("response.") for event in listed]


REASONING: Json = {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}], "encrypted_content": "eA"}
CALL: Json = {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "f", "arguments": "{}"}
OUTPUT: Json = {"type": "function_call_output", "call_id": "c1", "output": "4"}


# --- edits between the legs


def test_an_edited_text_keeps_the_items_around_it() -> None:
    done = {"type": "message", "role": "assistant", "id": "msg_1", "status": "completed"}
    search = {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q"}}
    body = read(search, {**done, "content": [{"type": "output_text", "text": "Old.", "annotations": []}]}, {"role": "user", "content": "?"})
    body["messages"][0]["content"] = "New."
    back = translate.convert_request(body, target=FORMAT).value["input"]
    assert back[0] == search
    assert back[1]["content"][0]["text"] == "New."
    assert back[1]["id"] == "msg_1"


def test_reasoning_whose_text_was_edited_is_not_sent() -> None:
    body = read(REASONING, CALL, OUTPUT)
    body["messages"][0]["reasoning_content"] = "Something else."
    back = translate.convert_request(body, target=FORMAT)
    assert [item["type"] for item in back.value["input"]] == ["function_call", "function_call_output"]
    assert {loss.feature for loss in back.losses} == {"reasoning_details", "reasoning_content"}


def test_encrypted_reasoning_goes_back_byte_for_byte_with_or_without_ids() -> None:
    bare = {"type": "reasoning", "summary": [], "encrypted_content": "eQ=="}
    other = {**CALL, "id": "fc_2", "call_id": "c2"}
    listed = [REASONING, CALL, bare, {"type": "reasoning", "summary": [{"type": "summary_text", "text": "2"}], "encrypted_content": "eg"}, other]
    results = [OUTPUT, {**OUTPUT, "call_id": "c2"}]
    back = translate.convert_request(read(*listed, *results), target=FORMAT).value["input"]
    assert back == [*listed, *results]


def test_reasoning_belongs_to_the_message_that_follows() -> None:
    first = {"role": "assistant", "content": "One."}
    roles = read(first, REASONING, {"role": "assistant", "content": "Two."})["messages"]
    assert [message.get("reasoning_content") for message in roles] == [None, "Hm."]
    assert [message["content"] for message in roles] == ["One.", "Two."]


def test_reasoning_of_another_provider_stays_out_of_requests() -> None:
    details = [{"type": "reasoning.text", "text": "secret", "signature": "s", "format": "anthropic-claude-v1", "index": 0}]
    converted = request({"role": "assistant", "content": "ok", "reasoning_content": "secret", "reasoning_details": details}, USER)
    assert "secret" not in json.dumps(converted.value)
    assert [loss.feature for loss in converted.losses] == ["reasoning_details"]


# --- ids, names, the memo


def test_names_and_ids_that_are_refused_are_fitted_and_the_memo_undoes_it() -> None:
    long = "call_" + "x" * 90
    call = {"id": long, "type": "function", "function": {"name": "a.b", "arguments": "{}"}}
    tool = {"type": "function", "function": {"name": "a.b"}}
    sent = request({"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": long, "content": "1"}, tools=[tool])
    wire = sent.value["input"][1]
    assert wire["name"] == sent.value["tools"][0]["name"] == "a_b"
    assert len(wire["call_id"]) <= 64 and wire["call_id"] == sent.value["input"][2]["call_id"]
    answer = {"id": "resp_1", "status": "completed", "output": [{**CALL, "name": "a_b", "call_id": wire["call_id"]}]}
    back = translate.convert_response(answer, source=FORMAT, options=translate.Options(memo=sent.memo)).value
    assert back["choices"][0]["message"]["tool_calls"][0]["function"]["name"] == "a.b"
    assert back["choices"][0]["message"]["tool_calls"][0]["id"] == long


def test_ids_made_up_here_leave_no_trace() -> None:
    message = {"role": "assistant", "content": "Hi", "reasoning_content": "Hm.", "refusal": None}
    chat = {
        **HEAD, "object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
    }  # fmt: skip
    native = translate.convert_response(chat, target=FORMAT).value
    assert native["output"][1]["id"] == made_up_item_id("message", "c", 1)
    back = translate.convert_response(native, source=FORMAT).value
    assert back["choices"][0]["message"] == message


def test_a_lone_output_may_stand_as_its_call_may_be_stored() -> None:
    assert items({"role": "tool", "tool_call_id": "c1", "content": "4"}) == [OUTPUT]


def test_calls_without_ids_pair_with_their_results() -> None:
    call = {"type": "function", "function": {"name": "f", "arguments": "{}"}}
    listed = items({"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": "", "content": "4"})
    assert listed[0]["call_id"] == listed[1]["call_id"] != ""


# --- requests


@pytest.mark.parametrize(("effort", "store", "include"), [
    ("high", None, ["reasoning.encrypted_content"]), ("none", None, None), (None, None, None), ("high", True, None),
])  # fmt: skip
def test_encrypted_reasoning_is_asked_for_when_nothing_is_stored(effort: str | None, store: bool | None, include: Any) -> None:
    assert request(reasoning_effort=effort, store=store).value.get("include") == include


def test_a_conversation_the_server_holds_is_content() -> None:
    body = {"model": "m", "input": "hi", "previous_response_id": "resp_0"}
    for target in ("anthropic", "openai"):
        losses = translate.convert_request(body, source=FORMAT, target=target).losses
        assert "content" in {loss.scope for loss in losses}, target
        with pytest.raises(translate.LossyConversion):
            translate.convert_request(body, source=FORMAT, target=target, on_loss="raise-content")


def test_what_only_this_api_has_is_read_at_the_top_level_too() -> None:
    assert request(truncation="auto").value["truncation"] == "auto"


def test_sampling_is_left_out_for_models_that_reason() -> None:
    assert "temperature" not in translate.convert_request(
        {"model": "o3", "messages": [USER], "temperature": 0.2}, target=FORMAT
    ).value
    assert request(temperature=0.2).value["temperature"] == 0.2
    assert "temperature" not in request(temperature=0.2, reasoning_effort="low").value


def test_tools_of_other_providers_are_left_out() -> None:
    tools = [{"type": "google_search"}, {"type": "code_interpreter"}, {"type": "web_search_20250305", "name": "web_search"}]
    converted = request(tools=tools)
    assert "tools" not in converted.value
    assert [loss.path for loss in converted.losses] == ["/tools/0", "/tools/1", "/tools/2"]


# --- answers


def test_a_failed_answer_is_an_error() -> None:
    failed = {"id": "r", "object": "response", "status": "failed", "output": [], "error": {"code": "invalid_prompt", "message": "No."}}
    with pytest.raises(translate.InvalidDocument) as caught:
        translate.convert_response(failed, source=FORMAT)
    assert caught.value.path == "/error"
    error = translate.convert_error(failed, source=FORMAT)
    assert error.value["error"]["type"] == "invalid_request_error"
    assert error.route["status"] == 400


def test_citations_are_shifted_by_the_text_before_them() -> None:
    def said(text: str, number: int) -> Json:
        mark = {"type": "url_citation", "url": f"https://example.com/{number}", "title": "t", "start_index": 0, "end_index": 2}
        content = [{"type": "output_text", "text": text, "annotations": [mark], "logprobs": []}]
        return {"type": "message", "id": f"msg_{number}", "role": "assistant", "status": "completed", "content": content}

    native = {"id": "r", "status": "completed", "output": [said("Four", 1), said("More", 2)]}
    chat = translate.convert_response(native, source=FORMAT).value
    assert [one["url_citation"]["start_index"] for one in chat["choices"][0]["message"]["annotations"]] == [0, 4]
    back = translate.convert_response(chat, target=FORMAT).value
    assert back["output"] == native["output"]


# --- streams


def test_a_call_closes_when_the_next_one_opens_and_its_arguments_are_whole() -> None:
    def called(index: int, text: str) -> Json:
        return chunk({"tool_calls": [{"index": index, "id": f"c{index}", "type": "function", "function": {"name": "f", "arguments": text}}]})

    listed = kinds(events(called(0, '{"a":1}'), called(1, '{"b":'), called(2, "{}"), chunk({}, "tool_calls")))
    opened = [kind for kind in listed if kind.startswith("output_item")]
    assert opened[:3] == ["output_item.added", "output_item.done", "output_item.added"]  # the first was whole
    assert opened[3:] == ["output_item.added", "output_item.done", "output_item.done"]  # the second was not


def test_text_reasoning_and_calls_open_one_item_after_the_other() -> None:
    call = {"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    listed = events(
        chunk({"role": "assistant", "content": "look"}), chunk({"reasoning_content": "hm"}), chunk({"tool_calls": [call]}),
        chunk({}, "tool_calls"),
    )  # fmt: skip
    places = [(kind, event["output_index"]) for kind, event in zip(kinds(listed), listed, strict=True) if kind.startswith("output_item")]
    assert places == [("output_item.added", 0), ("output_item.done", 0), ("output_item.added", 1), ("output_item.done", 1),
                      ("output_item.added", 2), ("output_item.done", 2)]  # fmt: skip


def test_a_free_text_call_streams_its_input() -> None:
    call = {"index": 0, "id": "c1", "type": "custom", "custom": {"name": "sql", "input": ""}}
    listed = events(
        chunk({"role": "assistant", "content": None, "tool_calls": [call]}), chunk({"tool_calls": [{"index": 0, "custom": {"input": "SELECT"}}]}),
        chunk({}, "tool_calls"),
    )  # fmt: skip
    assert kinds(listed)[2:-1] == [
        "output_item.added", "custom_tool_call_input.delta", "custom_tool_call_input.done", "output_item.done",
    ]  # fmt: skip
    assert listed[-1]["response"]["output"][0]["input"] == "SELECT"


def test_a_refusal_behind_a_text_is_the_next_part_of_its_message() -> None:
    listed = events(chunk({"role": "assistant", "content": "Well."}), chunk({"refusal": "No."}), chunk({}, "stop"))
    assert [part["type"] for part in listed[-1]["response"]["output"][0]["content"]] == ["output_text", "refusal"]
    assert [event["content_index"] for event in listed if event["type"].endswith("part.added")] == [0, 1]


def test_probabilities_and_citations_stream_with_their_text() -> None:
    token = {"token": "hi", "logprob": -0.5, "bytes": [104, 105], "top_logprobs": []}
    said = chunk({"content": "hi"})
    said["choices"][0]["logprobs"] = {"content": [token], "refusal": None}
    citation = {"type": "url_citation", "url_citation": {"start_index": 0, "end_index": 2, "title": "t", "url": "https://example.com"}}
    listed = events(said, chunk({"annotations": [citation]}), chunk({"content": " there"}), chunk({}, "stop"))
    part = listed[-1]["response"]["output"][0]["content"][0]
    assert part["logprobs"] == [token]
    assert part["annotations"][0]["end_index"] == 2


def test_an_error_is_told_by_an_event_and_by_the_failed_response() -> None:
    listed = events(chunk({"content": "Hi"}), {"error": {"message": "busy", "type": "rate_limit_error", "code": None}})
    assert kinds(listed)[-2:] == ["error", "failed"]
    assert listed[-2]["message"] == "busy"
    assert listed[-1]["response"]["error"] == {"code": "rate_limit_exceeded", "message": "busy"}


def test_a_cut_stream_is_incomplete() -> None:
    machine = translate.StreamConverter("unified", FORMAT)
    listed = [*machine.feed(chunk({"content": "Hi"})), *machine.flush()]
    assert machine.truncated
    assert kinds(listed)[-1] == "incomplete"
    assert listed[-1]["response"]["output"][0]["status"] == "incomplete"


def _written(name: str) -> list[Json]:
    return [json.loads(line) for line in (GOLDEN / name / "stream.native.jsonl").read_text(encoding="utf-8").splitlines()]


def test_ids_that_change_with_every_event_do_not_matter() -> None:
    changed = [
        {**event, "item_id": f"x{number}", **({"item": {**event["item"], "id": f"y{number}"}} if "item" in event else {})}
        for number, event in enumerate(_written("stream-text"))
    ]
    chunks = list(translate.convert_stream(changed, source=FORMAT))
    assert translate.fold(chunks)["choices"][0]["message"]["content"] == "Hello there"


def test_a_text_that_comes_whole_at_its_end_is_told_all_the_same() -> None:
    whole = [event for event in _written("stream-text") if not event["type"].endswith("delta")]
    assert translate.fold(translate.convert_stream(whole, source=FORMAT))["choices"][0]["message"]["content"] == "Hello there"
    last = [event for event in whole if event["type"] in ("response.created", "response.completed")]
    assert translate.fold(translate.convert_stream(last, source=FORMAT))["choices"][0]["message"]["content"] == "Hello there"


def test_a_text_that_contradicts_its_pieces_is_a_loss() -> None:
    machine = translate.StreamConverter(FORMAT, "unified")
    for event in _written("stream-text"):
        machine.feed({**event, "text": "Other"} if event["type"] == "response.output_text.done" else event)
    assert [loss.feature for loss in machine.losses] == ["text"]


@pytest.mark.parametrize("name", [path.parent.name for path in sorted(GOLDEN.glob("*/stream.native.jsonl"))])
def test_every_golden_stream_comes_back_in_order(name: str) -> None:
    again = list(translate.convert_stream(translate.convert_stream(_written(name), source=FORMAT), target=FORMAT))
    assert oracle_for(FORMAT).problems(again, "stream") == []


# --- schemas

GONE = object()
WRONG: dict[str, tuple[Json, list[tuple[tuple[Any, ...], Any]]]] = {
    "request": (
        {"model": "m", "input": [{"role": "user", "content": [{"type": "input_text", "text": "hi"}]}, REASONING, CALL, OUTPUT],
         "tools": [{"type": "function", "name": "f", "parameters": None}], "text": {"format": {"type": "text"}}},
        [
            (("model",), 1), (("input",), 3), (("input", 0, "role"), "narrator"), (("input", 0, "content", 0, "type"), "output_text"),
            (("input", 1, "summary"), GONE), (("input", 2, "call_id"), "x" * 65), (("input", 2, "arguments"), {}),
            (("input", 3, "output"), 4), (("tools", 0, "name"), "a b"), (("tools", 0, "function"), {}), (("text", "format", "type"), "xml"),
            (("max_output_tokens",), 3), (("messages",), []), (("temperature",), 3), (("include",), ["everything"]),
            (("tool_choice",), {"type": "function"}),
        ],
    ),
    "response": (
        {"id": "r", "object": "response", "status": "completed", "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2},
         "output": [REASONING, CALL, {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "x"}]}]},
        [
            (("id",), GONE), (("id",), ""), (("output",), None), (("output", 0, "summary"), GONE), (("output", 1, "name"), 1),
            (("output", 2, "content"), "x"), (("output", 2, "content", 0, "text"), None), (("status",), "done"),
            (("object",), "chat.completion"), (("usage", "input_tokens"), -1), (("error",), {"code": "x"}),
        ],
    ),
    "event": (
        {"type": "response.output_text.delta", "item_id": "m", "output_index": 0, "content_index": 0, "delta": "x", "sequence_number": 3},
        [
            (("type",), GONE), (("type",), 1), (("delta",), GONE), (("delta",), 1), (("output_index",), -1), (("content_index",), "0"),
            (("item_id",), 4), (("sequence_number",), "3"), (("logprobs",), {}), (("type",), "response.completed"),
            (("type",), "response.output_item.done"), (("type",), "error"),
        ],
    ),
    "error": (
        {"error": {"message": "no", "type": "server_error", "param": None, "code": None}},
        [
            (("error",), GONE), (("error",), None), (("error",), 1), (("error",), []), (("error", "message"), GONE),
            (("error", "message"), None), (("error", "message"), 1), (("error", "type"), 1), (("error", "param"), []),
            (("error", "code"), {}),
        ],
    ),
}  # fmt: skip


def _changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    copied = list(document) if isinstance(document, list) else dict(document)
    if len(path) > 1:
        copied[path[0]] = _changed(document[path[0]], path[1:], value)
    elif value is GONE:
        del copied[path[0]]
    else:
        copied[path[0]] = value
    return copied


@pytest.mark.parametrize("kind", WRONG)
def test_the_schema_refuses_wrong_documents(kind: str) -> None:
    right, wrong = WRONG[kind]
    assert validate(right, format=FORMAT, kind=kind) == []
    for path, value in wrong:
        assert validate(_changed(right, path, value), format=FORMAT, kind=kind), path


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*/*.native.json*")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_schema_takes_every_golden(path: Path) -> None:
    kind = path.name.split(".")[0]
    lines = path.read_text(encoding="utf-8")
    if kind == "stream":
        assert [problem for line in lines.splitlines() for problem in validate(json.loads(line), format=FORMAT, kind="event")] == []
    elif path.parent.name != "failed-response":
        assert validate(json.loads(lines), format=FORMAT, kind=kind) == []


def test_a_part_whose_type_is_no_word_is_refused() -> None:
    body = {
        "id": "resp_1", "object": "response", "created_at": 1, "model": "m", "status": "completed",
        "output": [{"type": "message", "id": "msg_1", "role": "assistant", "content": [{"type": ["output_text"], "text": "Hi"}]}],
    }  # fmt: skip
    with pytest.raises(translate.InvalidDocument) as caught:
        translate.convert_response(body, source=FORMAT)
    assert caught.value.path == "/output/0/content/0/type"


def test_a_call_is_told_whole_by_its_last_event() -> None:
    """What only the end of a call says comes with a last fragment, whether or not the rest repeats."""
    item = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": "", "status": "in_progress"}
    start = {"type": "response.created", "response": {"id": "resp_1", "created_at": 1, "model": "m", "status": "in_progress"}}

    def chunks(final: dict[str, Any]) -> list[Any]:
        machine = translate.StreamConverter(FORMAT, "unified")
        events = [
            start, {"type": "response.output_item.added", "output_index": 0, "item": item},
            {"type": "response.function_call_arguments.delta", "output_index": 0, "item_id": "fc_1", "delta": "{}", "sequence_number": 2},
        ]  # fmt: skip
        for event in events:
            machine.feed(event)
        return machine.feed({"type": "response.output_item.done", "output_index": 0, "item": final})

    assert chunks({**item, "arguments": "{}", "status": "completed"}) == []
    (more,) = chunks({**item, "arguments": "{}", "status": "completed", "namespace": "n"})
    assert more["choices"][0]["delta"]["tool_calls"][0]["extra_content"] == {"openai": {"namespace": "n"}}


def test_an_id_that_looks_like_no_id_is_one() -> None:
    """Whatever an entry of reasoning is called, its item keeps the name, so that its provider can check it."""
    entry = {"type": "reasoning.summary", "summary": "Hm.", "id": "\x001", "format": "openai-responses-v1", "index": 1}
    bare = {"type": "reasoning.encrypted", "data": "c2VhbGVk", "format": "openai-responses-v1", "index": 0}
    said = {"role": "assistant", "content": "4", "reasoning_content": "Hm.", "reasoning_details": [bare, entry]}
    turns = [{"role": "user", "content": "x"}, said, {"role": "user", "content": "y"}]
    done = translate.convert_request({"model": "m", "messages": turns}, target=FORMAT)
    assert [item.get("id") for item in done.value["input"] if item["type"] == "reasoning"] == [None, "\x001"]
    assert done.losses == []


@pytest.mark.parametrize("row", [{"id": "x_1", "status": "completed"}, {"type": "message", "id": "msg_1", "status": "completed", "content": []}])
def test_a_cut_answer_leaves_the_rows_of_the_caller_as_they_were(row: dict[str, Any]) -> None:
    message = {"role": "assistant", "content": None, "extra_content": {"openai": {"blocks": [{"type": "native", "value": row}]}}}
    answer = {"id": "resp_1", "object": "chat.completion", "created": 1, "model": "m", "choices": [
        {"index": 0, "message": message, "finish_reason": "length"},
    ]}  # fmt: skip
    given = copy.deepcopy(answer)
    native = translate.convert_response(answer, target="openai-responses").value
    assert native["status"] == "incomplete" and native["output"][0]["id"] == row["id"]
    assert answer == given
