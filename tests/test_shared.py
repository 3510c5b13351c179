"""Shared mechanisms: order rows under edits, repairs and their map of places, fitted names."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest

import translate
from translate.errors import InvalidDocument
from translate.leg import DEFAULTS, Json, Leg
from translate.loss import Loss, Losses
from translate.registry import ROWS, find
from translate.shared import media, schema_subset
from translate.shared.arguments import made_up_id, parse_object
from translate.shared.blocks import Turn, pieces
from translate.shared.identifiers import fit
from translate.shared.pairing import Rules
from translate.shared.remembered import MOST_BYTES, remembered
from translate.shared.remembered_writing import remembered_writing
from translate.shared.repair import prepare
from translate.shared.stream_rows import StreamRows, merge_rows


def _leg() -> Leg:
    return Leg(find("openai"), "request", False, DEFAULTS, Losses("openai"))


def _turn() -> Json:
    turn = Turn()
    turn.native({"type": "search"})
    turn.text("It says ")
    turn.text("forty-two", extra={"citations": ["c"]})
    turn.text(".")
    turn.tool_call({"id": "a"})
    turn.text("Bye")
    turn.tool_call({"id": "b"})
    return turn.finish({"role": "assistant"}, "openai")


def _blocks(message: Json) -> list[tuple[str, object, object]]:
    rows = message["extra_content"]["openai"]["blocks"]
    return [(piece.kind, piece.value, piece.extra) for piece in pieces(message, rows, _leg(), ())]


def test_blocks_in_default_order_need_no_rows() -> None:
    turn = Turn()
    turn.detail([{"type": "reasoning.text", "text": "hm"}], "hm")
    turn.text("Hi")
    turn.tool_call({"id": "a"})
    message = turn.finish({"role": "assistant"}, "openai")
    assert "extra_content" not in message
    assert [piece.kind for piece in pieces(message, None, _leg(), ())] == ["reasoning", "text", "tool_call"]


def test_rows_give_the_native_order_back() -> None:
    assert [block[:2] for block in _blocks(_turn())] == [
        ("native", {"type": "search"}),
        ("text", "It says "),
        ("text", "forty-two"),
        ("text", "."),
        ("tool_call", {"id": "a"}),
        ("text", "Bye"),
        ("tool_call", {"id": "b"}),
    ]


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ("It said forty-two.Bye", ["It said ", "forty-two", ".", "Bye"]),
        ("It says forty-three.Bye", ["It says ", "forty-three", ".", "Bye"]),
        ("It says forty-two!!!Bye", ["It says ", "forty-two", "!!!", "Bye"]),
        ("It says forty-two.Good bye", ["It says ", "forty-two", ".", "Good bye"]),
        ("It says on and on forty-two.Bye", ["It says on and on ", "forty-two", ".", "Bye"]),
    ],
)
def test_an_edited_text_shows_in_its_block_and_in_no_other(content: str, texts: list[str]) -> None:
    message = _turn()
    message["content"] = content
    assert [value for kind, value, _ in _blocks(message) if kind == "text"] == texts


def test_a_removed_call_takes_the_last_row_of_its_kind() -> None:
    message = _turn()
    del message["tool_calls"][0]
    kinds = [(kind, value) for kind, value, _ in _blocks(message) if kind != "text"]
    assert kinds == [("native", {"type": "search"}), ("tool_call", {"id": "b"})]


def test_an_added_call_stands_behind_the_last_of_its_kind() -> None:
    message = _turn()
    message["tool_calls"].append({"id": "c"})
    assert [value for kind, value, _ in _blocks(message)][-2:] == [{"id": "b"}, {"id": "c"}]


def test_streamed_rows_fold_to_the_rows_of_the_whole_turn() -> None:
    rows = StreamRows()
    sent = rows.open("text") + rows.close({"type": "text", "length": 2, "head": "Hi"})
    assert sent == []
    sent += rows.native({"type": "search"})
    assert [row["index"] for row in sent] == [0, 1]
    assert merge_rows(sent) == [{"type": "text", "length": 2, "head": "Hi"}, {"type": "native", "value": {"type": "search"}}]


def test_repairs_pair_calls_and_results_and_point_at_the_callers_places() -> None:
    leg = _leg()
    request: Json = {
        "functions": [{"name": "f"}],
        "messages": [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
            {"role": "user", "content": "late"},
            {"role": "tool", "tool_call_id": "z", "content": "Z"},
            {"role": "assistant", "content": "bye"},
        ],
    }
    mended = prepare(request, leg, Rules())
    assert [message["role"] for message in mended["messages"]] == ["user", "assistant", "tool", "user", "user", "assistant"]
    assert mended["messages"][2]["content"] == "(no result)"
    assert mended["messages"][4]["content"] == "[tool result z] Z"
    assert {loss.path for loss in leg.losses.items} == {"/messages/3/tool_call_id", "/messages/1/function_call"}
    leg.losses.add("dropped", "content", "x", ("messages", 5, "content"), "")
    leg.losses.add("dropped", "content", "x", ("messages", 2, "is_error"), "")
    leg.losses.add("dropped", "content", "x", ("tools", 0, "function", "name"), "")
    assert [loss.path for loss in leg.losses.items[-3:]] == ["/messages/4/content", "/messages/1/function_call", "/functions/0/name"]


def test_a_late_result_moves_ahead_of_the_text_before_it() -> None:
    leg = _leg()
    messages = [
        {"role": "assistant", "tool_calls": [{"id": "a"}]},
        {"role": "user", "content": "so?"},
        {"role": "tool", "tool_call_id": "a", "content": "A"},
    ]
    mended = prepare({"messages": messages}, leg, Rules())
    assert [message["role"] for message in mended["messages"]] == ["assistant", "tool", "user"]
    assert [loss.path for loss in leg.losses.items] == ["/messages/2/tool_call_id"]


def test_a_request_without_need_of_repair_is_handed_back_itself() -> None:
    request: Json = {"messages": [{"role": "user", "content": "hi"}]}
    assert prepare(request, _leg(), Rules()) is request


def test_fitted_names_are_distinct_and_leave_good_ones_alone() -> None:
    refused = re.compile(r"[^a-zA-Z0-9_-]")
    names = ["a b", "a_b", "a.b", "", "ok", "x" * 70, "x" * 71]
    renamed = fit(names, refused, 64)
    wires = [renamed.get(name, name) for name in names]
    assert len(set(wires)) == len(wires)
    assert all(wire and len(wire) <= 64 and not refused.search(wire) for wire in wires)
    assert "ok" not in renamed and "a_b" not in renamed
    assert fit(names, refused, 64) == renamed


@pytest.mark.parametrize(
    ("text", "value"),
    [("", {}), ("  ", {}), ('{"a":1}', {"a": 1}), ('{"a":', None), ("[1]", None), ('{"a":1e999}', None), ('{"a":NaN}', None),
     ('{"a":12345678901234567890}', {"a": 12345678901234567890})],
)  # fmt: skip
def test_arguments_are_an_object_or_none(text: str, value: object) -> None:
    assert parse_object(text) == value


def test_made_up_ids_follow_the_documented_recipe() -> None:
    assert made_up_id("r", 0, "f", "{}") == "call_" + __import__("hashlib").sha256(b"r:0:f:{}").hexdigest()[:12]


def test_data_urls() -> None:
    assert media.parse_data_url("data:image/PNG;base64,AA==") == ("image/png", "AA==", True)
    assert media.parse_data_url("data:text/plain;charset=utf-8,a%20b") == ("text/plain", "a%20b", False)
    assert media.parse_data_url("https://e.org/a.png") is None
    url = media.parse_data_url(media.text_data_url("héllo"))
    assert url is not None and media.plain_text(url) == "héllo"
    assert media.type_of_link("https://e.org/a/b.JPG?x=1") == "image/jpeg"


@pytest.mark.parametrize("identifier", [["call_1"], {}, 7, None])
def test_a_result_that_names_no_call_is_refused_wherever_it_stands(identifier: object) -> None:
    results = [{"role": "tool", "tool_call_id": "call_of_nobody", "content": ""}, {"role": "tool", "tool_call_id": identifier, "content": ""}]
    with pytest.raises(InvalidDocument) as caught:
        prepare({"messages": [{"role": "user", "content": "Hi"}, *results]}, _leg(), Rules())
    assert caught.value.path == ("/messages/2" if identifier is None else "/messages/2/tool_call_id")


@pytest.mark.parametrize("properties", [7, "text", ["a"], {}])
def test_properties_that_are_no_object_are_handed_on(properties: object) -> None:
    schema = {"type": "object", "properties": properties}
    assert schema_subset.fit(schema, schema_subset.Subset(required=True), lambda *loss: None, ()) == (schema, [])


def test_losses_of_what_was_gathered_lead_into_the_stream() -> None:
    losses = Losses("openai")
    losses.prefix = (7,)
    with losses.gathered({("call",): (2, "calls", 0), ("call", "name"): (4, "calls", 1, "name")}):
        losses.dropped("content", "id", ("call", "id"), "the place of its holder")
        losses.dropped("content", "name", ("call", "name"), "a place of its own")
        losses.dropped("content", "tier", ("tier",), "of the event at hand")
    losses.dropped("content", "tier", ("tier",), "as before")
    assert [loss.path for loss in losses.items] == ["/2/calls/0/id", "/4/calls/1/name", "/7/tier", "/7/tier"]


@pytest.mark.parametrize(
    ("alias", "null", "said"),
    [
        ({"max_tokens": 5}, "max_completion_tokens", 5),
        ({"function_call": {"name": "f"}, "functions": [{"name": "f"}]}, "tool_choice", {"type": "function", "function": {"name": "f"}}),
        ({"reasoning": {"effort": "high"}}, "reasoning_effort", "high"),
        ({"functions": [{"name": "f"}]}, "tools", [{"type": "function", "function": {"name": "f"}}]),
        ({"prompt_cache_breakpoint": {"mode": "explicit"}}, "cache_control", {"type": "ephemeral"}),
    ],
)
def test_a_null_takes_nothing_back_that_an_alias_said(alias: dict[str, Any], null: str, said: Any) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "x"}]}
    for request in ({**body, **alias, null: None}, {**body, null: None, **alias}):
        assert translate.convert_request(request, target="openrouter").value[null] == said


def test_functions_and_tools_are_both_sent() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "x"}]}
    old, new = {"functions": [{"name": "a"}]}, {"tools": [{"type": "function", "function": {"name": "b"}}]}
    for request in ({**body, **old, **new}, {**body, **new, **old}):
        sent = translate.convert_request(request, target="groq").value["tools"]
        assert sorted(tool["function"]["name"] for tool in sent) == ["a", "b"]


def test_what_an_alias_contradicts_is_told() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "x"}]}
    said = {
        "/reasoning/enabled": {"reasoning": {"effort": "high", "enabled": False}},
        "/prompt_cache_breakpoint": {
            "prompt_cache_breakpoint": {"ttl": "1h"}, "cache_control": {"type": "ephemeral", "ttl": "5m"},
        },
    }  # fmt: skip
    for path, members in said.items():
        assert path in [loss.path for loss in translate.convert_request({**body, **members}, target="openrouter").losses]


def test_what_is_remembered_is_made_once_and_fresh_for_everybody() -> None:
    seen: list[Any] = []

    def make(value: Any) -> Any:
        seen.append(value)
        return {"of": value}

    known = remembered(make)
    first = known({"enum": [1]})
    first["of"]["enum"].append(2)
    assert known({"enum": [1]}) == {"of": {"enum": [1]}}
    assert len(seen) == 1
    # Values that compare alike are not the same value.
    assert [type(known(value)["of"]) for value in (1, 1.0, True)] == [int, float, bool]
    long = "x" * (MOST_BYTES + 1)
    assert known(long) == known(long) == {"of": long}
    assert seen.count(long) == 2
    grown = remembered(lambda value: value * MOST_BYTES)
    assert grown("xy") == grown("xy") == "xy" * MOST_BYTES


def test_what_was_written_is_kept_with_its_losses() -> None:
    seen: list[str] = []

    def write(value: Any, leg: Leg) -> Any:
        seen.append(leg.row.name)
        leg.losses.add("dropped", "behaviour", "strict", ("tools", 0, "strict"), f"not {leg.key}'s")
        return [value]

    known = remembered_writing("tools", write)
    for name in ("cohere", "ollama", "cohere"):
        leg = Leg(find(name), "request", False, DEFAULTS, Losses(name))
        written = known({"name": "f"}, leg)
        assert written == [{"name": "f"}]
        assert leg.losses.items == [Loss("dropped", "behaviour", "strict", "/tools/0/strict", name, f"not {name}'s")]
        written[0]["name"] = "changed"
    assert seen == ["cohere", "ollama"]
    # Places of the caller's by another name are told anew.
    leg.losses.moved["tools",] = ("functions",)
    known({"name": "f"}, leg)
    assert leg.losses.items[-1].path == "/functions/0/strict"


# These see names after they were fitted, which are short, or the tools of a request by their bytes, which are bounded.
FITTED = (
    "translate.providers.cohere.plain.fits", "translate.providers.mistral.plain.fits", "translate.shared.schema_limits._none_refused",
)  # fmt: skip


def _memories() -> dict[str, int]:
    """Entries of what is remembered between conversions of names as they came, by the function that asks for it."""
    found: dict[str, int] = {}
    for name, module in sorted(sys.modules.items()):
        if name.startswith("translate."):
            for member in vars(module).values():
                if hasattr(member, "cache_info"):
                    found[f"{member.__module__}.{member.__qualname__}"] = member.cache_info().currsize
    return {name: entries for name, entries in found.items() if name not in FITTED}


@pytest.mark.parametrize("format", [name for name in ROWS if name != "unified"])
def test_long_names_are_not_remembered(format: str) -> None:
    """What a client makes up of any length is looked at each time; short names may be kept."""

    def convert(name: str) -> None:
        function = {"name": name, "parameters": {"type": "object", "properties": {}}}
        call = {"id": name, "type": "function", "function": {"name": name, "arguments": "{}"}}
        turns = [
            {"role": "user", "content": "x"}, {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": name, "content": "y"}, {"role": "user", "content": "z"},
        ]  # fmt: skip
        request = {"model": name, "messages": turns, "tools": [{"type": "function", "function": function}]}
        native = translate.convert_request(request, target=format)
        translate.convert_request(native.value, source=format, options=translate.Options(model=name))
        answer = {"id": name, "object": "chat.completion", "created": 1, "model": name, "choices": [
            {"index": 0, "message": {"role": "assistant", "content": None, "tool_calls": [call]}, "finish_reason": "tool_calls"},
        ]}  # fmt: skip
        translate.convert_response(translate.convert_response(answer, target=format).value, source=format)

    convert("a" * 40)
    before = _memories()
    assert before
    for letter in "bc":
        convert(letter * 3000)
    assert _memories() == before
