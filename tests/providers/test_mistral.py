"""What goldens can not say of Mistral: ids and their memo, turns it refuses, signatures, error bodies after an edit."""

from __future__ import annotations

import re
from typing import Any

import pytest

import translate
from translate.providers.mistral.content import short_ids

Json = dict[str, Any]
HI = [{"role": "user", "content": "Hi"}]
HEAD: Json = {"id": "s", "object": "chat.completion.chunk", "created": 1, "model": "m"}


def sent(**fields: Any) -> translate.Converted:
    return translate.convert_request({"model": "mistral-medium-3-5", "messages": HI, **fields}, target="mistral")


def event(content: Any, finish: str | None = None, **more: Any) -> Json:
    return {**HEAD, "choices": [{"index": 0, "delta": {"content": content}, "finish_reason": finish}], **more}


def thinking(text: str, **more: Any) -> Json:
    return {"type": "thinking", "thinking": [{"type": "text", "text": text}], **more}


def test_ids_are_nine_letters_and_digits_and_never_collide() -> None:
    identifiers = [f"call_{number}" for number in range(500)]
    renamed = short_ids([*identifiers, *short_ids(identifiers).values()])
    assert len(set(renamed.values())) == len(identifiers)
    assert all(re.fullmatch(r"[a-zA-Z0-9]{9}", short) for short in renamed.values())
    assert short_ids(["call_abc-1"]) == {"call_abc-1": "UjnigG5H0"}


def test_the_memo_gives_a_repeated_call_its_own_id_back() -> None:
    assistant = {"role": "assistant", "tool_calls": [{"id": "call_abc-1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}
    request = sent(messages=[*HI, assistant, {"role": "tool", "tool_call_id": "call_abc-1", "content": "4"}])
    message = {"role": "assistant", "content": "", "tool_calls": [{"id": "UjnigG5H0", "function": {"name": "f", "arguments": "{}"}}]}
    body = {**HEAD, "object": "chat.completion", "choices": [{"index": 0, "finish_reason": "tool_calls", "message": message}]}
    answer = translate.convert_response(body, source="mistral", options=translate.Options(memo=request.memo)).value
    assert answer["choices"][0]["message"]["tool_calls"][0]["id"] == "call_abc-1"


def test_a_user_after_a_tool_result_needs_an_assistant_between() -> None:
    call = {"id": "Ab1Cd2Ef3", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages = [*HI, {"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": "Ab1Cd2Ef3", "content": "4"}, *HI]
    converted = sent(messages=messages)
    assert [message["role"] for message in converted.value["messages"]] == ["user", "assistant", "tool", "assistant", "user"]
    assert [loss.path for loss in converted.losses] == ["/messages/3"]
    assert len(sent(messages=messages, model="mistral-small-latest").value["messages"]) == 4


def test_an_empty_assistant_turn_is_left_out_and_a_last_one_is_a_prefix() -> None:
    converted = sent(messages=[*HI, {"role": "assistant", "content": ""}, *HI, {"role": "assistant", "content": "So"}])
    assert [message["role"] for message in converted.value["messages"]] == ["user", "user", "assistant"]
    assert converted.value["messages"][2]["prefix"] is True
    assert [loss.path for loss in converted.losses] == ["/messages/1", "/messages/3"]


@pytest.mark.parametrize(
    ("model", "effort", "sent_effort"),
    [("mistral-medium-3-5", "low", "high"), ("mistral-medium-3-5", "minimal", "none"), ("glm-4.6", "low", "low"), ("open-mistral-7b", "high", None)],
)
def test_effort_words_are_those_of_the_model(model: str, effort: str, sent_effort: str | None) -> None:
    assert sent(model=model, reasoning_effort=effort).value.get("reasoning_effort") == sent_effort


@pytest.mark.parametrize(
    ("fields", "feature"),
    [
        ({"seed": -1}, "seed"),
        ({"n": 2, "prediction": {"type": "content", "content": "x"}}, "prediction"),
        ({"tool_choice": {"type": "function", "function": {"name": "nope"}}}, "tool_choice"),
        ({"response_format": {"type": "grammar"}}, "response_format"),
    ],
)
def test_what_the_server_refuses_is_not_sent(fields: Json, feature: str) -> None:
    converted = sent(**fields)
    assert feature not in converted.value
    assert feature in [loss.feature for loss in converted.losses]


def test_a_signature_comes_with_the_whole_text_of_its_thinking() -> None:
    """Stream and response agree: an entry when the first thinking is signed."""
    events = [
        event([thinking("H", closed=False)]),
        event([thinking("m.", closed=True, signature="c2ln"), {"type": "text", "text": "So"}]),
        event([thinking("Again.")]),
        event("!", "stop"),
    ]
    streamed = translate.fold(translate.convert_stream(events, source="mistral"))
    whole = translate.convert_response(translate.fold(events, format="mistral"), source="mistral").value
    assert translate.canonical(streamed, format="unified", kind="response") == translate.canonical(whole, format="unified", kind="response")
    details = streamed["choices"][0]["message"]["reasoning_details"]
    assert [(entry["text"], entry.get("signature")) for entry in details] == [("Hm.", "c2ln"), ("Again.", None)]


@pytest.mark.parametrize("closed", [{}, {"closed": True}, {"closed": False}])
def test_pieces_of_a_thinking_join_though_each_says_that_it_is_closed(closed: Json) -> None:
    """As servers send them. Two chunks of one event, and one behind an empty piece, are thinkings of their own."""
    events = [
        event([thinking("H", **closed)]),
        event([thinking("m", **closed)]),
        event([thinking(".", **closed), {"type": "text", "text": "So"}]),
        event([thinking("One.", closed=True), thinking("Two", **closed)]),
        event([{"type": "thinking", "thinking": [], "closed": True}]),
        event([thinking("Three.", **closed)]),
        event("!", "stop"),
    ]
    whole = translate.fold(events, format="mistral")
    texts = [chunk.get("text") or chunk["thinking"][0]["text"] for chunk in whole["choices"][0]["message"]["content"]]
    assert texts == ["Hm.", "So", "One.", "Two", "Three.", "!"]
    chunks = list(translate.convert_stream(events, source="mistral"))
    assert all("extra_content" not in chunk["choices"][0]["delta"] for chunk in chunks[:3])
    answer = translate.convert_response(whole, source="mistral").value
    assert translate.canonical(translate.fold(chunks), format="unified", kind="response") == translate.canonical(
        answer, format="unified", kind="response"
    )


def test_edited_reasoning_drops_the_stale_signature() -> None:
    entry = {"type": "reasoning.text", "text": "Hm.", "signature": "c2ln", "format": "mistral-v1", "index": 0}
    message = {"role": "assistant", "content": "So", "reasoning_content": "Hm.", "reasoning_details": [entry]}
    assert sent(messages=[*HI, message, *HI]).value["messages"][1]["content"][0]["signature"] == "c2ln"
    converted = sent(messages=[*HI, {**message, "reasoning_content": "Other."}, *HI])
    assert converted.value["messages"][1]["content"][0] == thinking("Other.")
    assert [loss.path for loss in converted.losses] == ["/messages/1/reasoning_details/0"]


def test_an_edit_of_one_text_keeps_the_references_around_it() -> None:
    chunks = [{"type": "text", "text": "Nihon Hidankyo"}, {"type": "reference", "reference_ids": [0]}, {"type": "text", "text": " won."}]
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": chunks}}
    unified = translate.convert_response({**HEAD, "choices": [choice]}, source="mistral").value
    unified["choices"][0]["message"]["content"] = "Nihon Hidankyo has won."
    back = translate.convert_response(unified, target="mistral").value["choices"][0]["message"]["content"]
    assert back[1] == chunks[1]
    assert back[0]["text"] + back[2]["text"] == "Nihon Hidankyo has won."


def test_arguments_cut_into_pieces_by_another_host_are_one_call() -> None:
    def delta(**call: Any) -> Json:
        return {**HEAD, "choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None}]}

    events = [
        delta(index=0, id="Ab1Cd2Ef3", function={"name": "f", "arguments": '{"a":'}),
        delta(index=0, function={"name": "", "arguments": "1}"}),
        delta(index=0, id="Zb1Cd2Ef3", function={"name": "g", "arguments": "{}"}),
        event("", "stop"),
    ]
    answer = translate.fold(translate.convert_stream(events, source="mistral"))["choices"][0]
    assert [call["function"]["arguments"] for call in answer["message"]["tool_calls"]] == ['{"a":1}', "{}"]
    assert answer["finish_reason"] == "tool_calls"


def test_an_edited_error_message_wins_over_the_body_it_came_from() -> None:
    body = {"detail": [{"loc": ["body", "n"], "msg": "too large"}]}
    unified = translate.convert_error(body, source="mistral", status=422).value
    assert translate.convert_error(unified, target="mistral", status=422).value == body
    unified["error"]["message"] = "No."
    back = translate.convert_error(unified, target="mistral", status=422)
    assert back.value["message"] == "No."
    assert [loss.path for loss in back.losses] == ["/error/extra_content/mistral/detail"]


@pytest.mark.parametrize("body", [{"error": "no"}, {"detail": "no"}, {"object": "error", "message": "no"}])
def test_an_error_in_any_form_ends_the_stream(body: Json) -> None:
    machine = translate.StreamConverter("mistral", "unified")
    out = [*machine.feed(event("Hi")), *machine.feed(body), *machine.feed(event("more")), *machine.flush()]
    assert out[-1]["error"]["message"] == "no"
    assert not machine.truncated


def test_a_call_whose_index_is_no_number_is_a_call_of_its_own() -> None:
    machine = translate.StreamConverter("mistral", "unified")
    call = {"index": [], "function": {"name": "f", "arguments": "{}"}}
    chunks = machine.feed({**HEAD, "choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None}]})
    assert [piece["function"] for chunk in chunks for piece in chunk["choices"][0]["delta"]["tool_calls"]] == [call["function"]]
