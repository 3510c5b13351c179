"""What goldens can not say of the OpenAI-compatible rows: the memo's undoing, quirks of streams, odd error bodies, rules of models."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import translate
from translate.providers.openai_compatible.dialects import ROWS as DIALECTS
from translate.registry import ROWS

Json = dict[str, Any]
ROW_NAMES = [name for name, row in ROWS.items() if row.package == "openai_compatible"]
HEAD: Json = {"id": "c1", "object": "chat.completion.chunk", "created": 5, "model": "m"}
HI = [{"role": "user", "content": "Hi"}]
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}


def chunk(delta: Json | None, finish: str | None = None, **more: Any) -> Json:
    choice: Json = {"index": 0, "finish_reason": finish}
    if delta is not None:
        choice["delta"] = delta
    return {**HEAD, "choices": [choice], **more}


def streamed(events: list[Json], source: str, target: str = "unified", options: translate.Options | None = None) -> list[Json]:
    return list(translate.convert_stream(events, source=source, target=target, options=options))


def sent(name: str, **fields: Any) -> tuple[Json, list[str]]:
    """A request as the row sends it, and the features it lost."""
    converted = translate.convert_request({"model": "m", "messages": HI, **fields}, target=name)
    return converted.value, [loss.feature for loss in converted.losses]


def test_every_row_of_the_registry_is_a_dialect() -> None:
    assert set(ROW_NAMES) == set(DIALECTS)


MODULES = sorted((Path(translate.__file__).parent / "providers" / "openai_compatible").glob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_converter_asks_for_the_name_of_a_row(module: Path) -> None:
    """
    Two dialects differ in data alone: no code compares a format's name or its bag's key, and no name stands in the code.

    Names are the keys of the one table of rows; a key is looked up there, or is a message's, never asked for.
    """
    tree = ast.parse(module.read_text())
    told = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.Compare, ast.Match)):
            sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else [node.subject]
            told += [f"{node.lineno}: {ast.unparse(node)}" for side in sides if ast.unparse(side).endswith((".row.name", ".row.key"))]
        if isinstance(node, ast.Constant) and node.value in ROW_NAMES and module.stem != "dialects":
            told.append(f"{node.lineno}: {node.value!r}")
    assert not told


def test_names_of_rows_stand_in_the_table_alone() -> None:
    tree = ast.parse((MODULES[0].parent / "dialects.py").read_text())
    tables = [node for node in ast.walk(tree) if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "ROWS"]
    keys = [key for table in tables if isinstance(table.value, ast.Dict) for key in table.value.keys]
    assert sorted(key.value for key in keys if isinstance(key, ast.Constant)) == sorted(ROW_NAMES)
    inside = {id(key) for key in keys}
    others = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in inside]
    assert [value for value in others if isinstance(value, str) and value in ROW_NAMES] == []


@pytest.mark.parametrize("name", ROW_NAMES)
def test_a_plain_request_loses_nothing(name: str) -> None:
    body, lost = sent(name, max_completion_tokens=10, stream=True)
    assert lost == []
    assert body["messages"] == HI
    assert body["stream"] is True
    limit = "max_tokens" if DIALECTS[name].limit == "max_tokens" else "max_completion_tokens"
    assert body[limit] == 10


@pytest.mark.parametrize("name", [name for name in ROW_NAMES if name != "compatible"])
def test_unknown_names_are_not_sent(name: str) -> None:
    body, lost = sent(name, brand_new=1)
    assert "brand_new" not in body
    assert lost == ["brand_new"]


@pytest.mark.parametrize("name", [name for name in ROW_NAMES if name != "compatible"])
def test_unknown_names_of_the_own_server_come_back(name: str) -> None:
    body = {"model": "m", "messages": HI, "brand_new": {"a": 1}}
    there = translate.convert_request(body, source=name)
    assert there.losses == []
    assert translate.convert_request(there.value, target=name).value["brand_new" if name != "gemini-openai" else "extra_body"]


# --- memo


def test_the_client_of_one_row_gets_its_own_form_from_another() -> None:
    request = {"model": "m", "messages": HI, "stream": True, "functions": [{"name": "f"}]}
    converted = translate.convert_request(request, source="openai", target="groq")
    assert converted.value["tools"] == [{"type": "function", "function": {"name": "f"}}]
    call = {"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    events = [chunk({"role": "assistant", "tool_calls": [call]}), chunk({}, "tool_calls", usage=usage, x_groq={"usage": usage})]
    out = streamed(events, "groq", "openai", translate.Options(memo=converted.memo))
    assert out[0]["choices"][0]["delta"]["function_call"] == {"name": "f", "arguments": "{}"}
    assert [one["choices"][0]["finish_reason"] for one in out] == [None, "function_call"]


def test_tool_names_are_fitted_and_come_back() -> None:
    tool = {"type": "function", "function": {"name": "a.b"}}
    converted = translate.convert_request({"model": "m", "messages": HI, "tools": [tool]}, target="openai")
    wire = converted.value["tools"][0]["function"]["name"]
    assert wire == "a_b"
    call = {"id": "c", "type": "function", "function": {"name": wire, "arguments": "{}"}}
    answer = {"id": "c1", "choices": [{"index": 0, "message": {"role": "assistant", "tool_calls": [call]}, "finish_reason": "tool_calls"}]}
    back = translate.convert_response(answer, source="openai", options=translate.Options(memo=converted.memo)).value
    assert back["choices"][0]["message"]["tool_calls"][0]["function"]["name"] == "a.b"
    events = [chunk({"role": "assistant", "tool_calls": [{"index": 0, **call}]}), chunk({}, "tool_calls")]
    out = streamed(events, "openai", "unified", translate.Options(memo=converted.memo))
    assert out[0]["choices"][0]["delta"]["tool_calls"][0]["function"]["name"] == "a.b"


# --- streams


def test_role_comes_first_and_once_and_the_finish_chunk_is_empty() -> None:
    events = [chunk({"role": "assistant", "content": "a"}), chunk({"role": "assistant", "content": "b"}, "stop")]
    deltas = [(one["choices"][0]["delta"], one["choices"][0]["finish_reason"]) for one in streamed(events, "ollama-openai")]
    assert deltas == [({"role": "assistant", "content": "a"}, None), ({"content": "b"}, None), ({}, "stop")]


def test_calls_without_index_are_numbered_and_get_ids() -> None:
    def call(name: str) -> Json:
        return {"function": {"name": name, "arguments": "{}"}, "type": "function"}

    events = [chunk({"role": "assistant", "tool_calls": [call("f"), call("g")]}), chunk({}, "stop")]
    out = streamed(events, "gemini-openai")
    calls = [call for one in out for call in one["choices"][0]["delta"].get("tool_calls", ())]
    assert [one["index"] for one in calls] == [0, 1]
    assert len({one["id"] for one in calls}) == 2
    assert out[-1]["choices"][0]["finish_reason"] == "tool_calls"
    folded = translate.fold(events, format="gemini-openai")
    response = translate.convert_response(folded, source="gemini-openai").value
    spelled = [translate.canonical(one, format="unified", kind="response") for one in (translate.fold(out), response)]
    assert spelled[0] == spelled[1]


def test_a_call_opens_when_its_name_is_known() -> None:
    events = [
        chunk({"role": "assistant", "tool_calls": [{"index": 3, "id": "c", "type": "function", "function": {"arguments": ""}}]}),
        chunk({"tool_calls": [{"index": 3, "id": "", "type": "function", "function": {"name": "f", "arguments": "{"}}]}),
        chunk({"tool_calls": [{"index": 3, "id": "", "function": {"name": "f", "arguments": "}"}}]}), chunk({}, "tool_calls"),
    ]  # fmt: skip
    calls = [call for one in streamed(events, "qwen") for call in one["choices"][0]["delta"].get("tool_calls", ())]
    assert calls == [
        {"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": "{"}},
        {"index": 0, "function": {"arguments": "}"}},
    ]


def test_a_choice_without_delta_is_skipped_after_the_finish() -> None:
    late = chunk(None, None)
    late["choices"][0]["content_filter_offsets"] = {"start_offset": 0}
    events = [chunk({"role": "assistant", "content": "a"}), chunk({}, "stop"), late]
    machine = translate.StreamConverter("azure", "unified")
    out = [made for event in events for made in machine.feed(event)] + machine.flush()
    assert [one["choices"][0]["finish_reason"] for one in out] == [None, "stop"]
    assert [loss.path for loss in machine.losses] == ["/2/choices/0"]
    assert not machine.truncated


def test_running_usage_goes_out_once_at_the_end() -> None:
    usage = [{"prompt_tokens": 1, "completion_tokens": count, "total_tokens": 1 + count} for count in (1, 2)]
    events = [chunk({"role": "assistant", "content": "a"}, usage=usage[0]), chunk({"content": "b"}, "stop", usage=usage[1])]
    out = streamed(events, "perplexity")
    assert [one.get("usage") for one in out] == [None, None, None, usage[1]]


@pytest.mark.parametrize("event", [
    {"error": {"message": "no", "code": 500}}, {"error": "no"}, {**chunk({}, "error"), "error": {"message": "no", "code": 500}},
    {"id": "x", "choices": [], "base_resp": {"status_code": 1002, "status_msg": "no"}},
])  # fmt: skip
def test_an_error_event_ends_the_output(event: Json) -> None:
    machine = translate.StreamConverter("openrouter", "unified")
    out = machine.feed(chunk({"role": "assistant", "content": "a"})) + machine.feed(event)
    out += machine.feed(chunk({"content": "b"})) + machine.flush()
    assert len(out) == 2
    assert out[1]["error"]["message"] == "no"
    assert not machine.truncated


def test_equal_members_beside_the_choices_go_out_once() -> None:
    events = [chunk({"role": "assistant", "content": "a"}, provider="X"), chunk({"content": "b"}, provider="X"), chunk({}, "stop", provider="X")]
    bags = [one.get("extra_content") for one in streamed(events, "openrouter")]
    assert bags == [{"openrouter": {"provider": "X"}}, None, None]


def test_the_quick_way_gives_what_the_long_way_gives() -> None:
    events = [chunk({"role": "assistant", "content": ""}, service_tier="default")]
    events += [chunk({"content": text}, service_tier="default") for text in ("a", "ü", "\ud83d", "b")]
    events += [chunk({"content": "c"}, service_tier="flex"), chunk({"content": "d"}, service_tier="flex"), chunk({}, "stop")]
    quick = streamed(events, "openai")
    long = translate.StreamConverter("openai", "unified")
    long._quick = None
    assert quick == [made for event in events for made in long.feed(event)] + long.flush()
    assert quick[3]["choices"][0]["delta"]["content"] == "\ufffd"


# --- errors


@pytest.mark.parametrize(("body", "status", "expected"), [
    ({"error": "no such model"}, 404, ("no such model", "not_found_error", None, 404)),
    ({"code": "Client error", "error": "bad"}, 400, ("bad", "invalid_request_error", "Client error", 400)),
    ({"message": "no", "type": "t", "code": "c"}, 401, ("no", "t", "c", 401)),
    ({"detail": "Not Found"}, 404, ("Not Found", "not_found_error", None, 404)),
    ({"object": "error", "message": "no", "type": "BadRequestError", "code": 400}, None, ("no", "BadRequestError", "400", 400)),
    ([{"error": {"code": 429, "message": "slow", "status": "RESOURCE_EXHAUSTED"}}], None, ("slow", "rate_limit_error", "429", 429)),
    ({"base_resp": {"status_code": 1004, "status_msg": "no key"}}, 200, ("no key", "invalid_request_error", "1004", 200)),
    ({"error": {"code": "1214", "message": "bad"}}, 400, ("bad", "invalid_request_error", "1214", 400)),
    ({"error": {"message": "no", "type": "server_error"}}, None, ("no", "server_error", None, 500)),
])  # fmt: skip
def test_every_shape_of_error_is_read(body: Any, status: int | None, expected: tuple[Any, ...]) -> None:
    converted = translate.convert_error(body, source="vllm", status=status)
    error = converted.value["error"]
    assert (error["message"], error["type"], error["code"], converted.route["status"]) == expected


# --- requests


def test_thinking_is_said_in_the_way_of_the_row() -> None:
    thinking = {"type": "enabled", "budget_tokens": 5000}
    assert sent("openrouter", thinking=thinking)[0]["reasoning"] == {"max_tokens": 5000}
    assert sent("qwen", thinking=thinking)[0]["thinking_budget"] == 5000
    assert sent("vllm", thinking=thinking)[0]["thinking_token_budget"] == 5000
    assert sent("llamacpp", thinking=thinking)[0]["reasoning_effort"] == "medium"
    assert sent("fireworks", thinking=thinking)[0]["thinking"] == thinking
    assert sent("deepseek", thinking={"type": "disabled"})[0]["thinking"] == {"type": "disabled"}
    assert sent("vllm", thinking={"type": "disabled"})[0]["chat_template_kwargs"] == {"enable_thinking": False}
    assert sent("gemini-openai", thinking=thinking)[0]["extra_body"] == {"google": {"thinking_config": {"thinking_budget": 5000}}}


def test_reasoning_of_history_goes_back_in_the_name_of_the_row() -> None:
    talk = [*HI, {"role": "assistant", "content": "a", "reasoning_content": "r"}, *HI]
    for name, expected in (("groq", "reasoning"), ("deepseek", "reasoning_content"), ("vllm", "reasoning"), ("openai", None)):
        turn = translate.convert_request({"model": "m", "messages": talk}, target=name).value["messages"][1]
        assert {key: value for key, value in turn.items() if value == "r"} == ({expected: "r"} if expected else {})


@pytest.mark.parametrize(("name", "expected"), [
    ("deepseek", {"prefix": True}), ("qwen", {"partial": True}), ("ollama-openai", {}), ("openai", None),
])  # fmt: skip
def test_the_start_of_an_answer(name: str, expected: Json | None) -> None:
    talk = [*HI, {"role": "assistant", "content": "a", "prefix": True}]
    converted = translate.convert_request({"model": "m", "messages": talk}, target=name)
    assert converted.value["messages"][1] == {"role": "assistant", "content": "a", **(expected or {})}
    assert ("prefix" in [loss.feature for loss in converted.losses]) is (expected is None)


def test_facts_of_models_can_be_told() -> None:
    options = translate.Options(model_facts={"my-*": {"reasoning": True, "refuses": ("stop",)}})
    request = {"model": "my-model", "messages": [{"role": "system", "content": "a"}, *HI], "stop": "x"}
    body = translate.convert_request(request, target="openai", options=options).value
    assert body["messages"][0]["role"] == "developer"
    assert "stop" not in body


def test_a_foreign_bag_is_one_loss() -> None:
    _, lost = sent("groq", extra_content={"anthropic": {"a": 1, "b": 2}, "groq": {"reasoning_format": "parsed"}})
    assert lost == ["extra_content"]


@pytest.mark.parametrize(
    ("native", "chat", "member"),
    [("ollama", "ollama-openai", "keep_alive"), ("anthropic", "anthropic-openai", "container"), ("gemini", "gemini-openai", "schema")],
)
def test_two_forms_of_one_provider_share_a_bag_and_each_takes_its_own(native: str, chat: str, member: str) -> None:
    bag = {member: "a", "enable_thinking": True, "zz_new": 1}
    key = ROWS[chat].key
    request = {"model": "m", "messages": HI, "extra_content": {key: bag}}
    assert ROWS[native].key == key
    converted = translate.convert_request(request, target=chat)
    assert [loss.path for loss in converted.losses] == [f"/extra_content/{key}/{member}"]
    sent = converted.value.get("extra_body", {}).get(key) or converted.value
    assert (sent["enable_thinking"], sent["zz_new"]) == (True, 1) and member not in sent
    converted = translate.convert_request(request, target=native)
    assert f"/extra_content/{key}/enable_thinking" in [loss.path for loss in converted.losses]
    assert "enable_thinking" not in str(converted.value) and "enableThinking" not in str(converted.value)


def test_the_own_bag_does_not_overrule_the_visible_fields() -> None:
    body, lost = sent("groq", temperature=0.5, extra_content={"groq": {"temperature": 1.5}})
    assert (body["temperature"], lost) == (0.5, ["temperature"])


def test_a_schema_of_another_type_is_refused_with_its_path() -> None:
    with pytest.raises(translate.InvalidDocument) as raised:
        translate.convert_request({"model": "m", "messages": [{"role": "user", "content": [{"type": "text", "text": 5}]}]}, source="groq")
    assert (raised.value.format, raised.value.path) == ("groq", "/messages/0/content/0/text")


def test_links_to_media_can_be_inlined() -> None:
    link = "https://example.com/a.png"
    parts = [{"type": "image_url", "image_url": {"url": link, "detail": "low"}}, {"type": "file", "file": {"file_data": link}}]
    request: Json = {"model": "m", "messages": [{"role": "user", "content": parts}]}
    found = translate.remote_media(request, format="openai")
    assert [(one.path, one.kind) for one in found] == [
        ("/messages/0/content/0/image_url/url", "image"), ("/messages/0/content/1/file/file_data", "file"),
    ]  # fmt: skip
    out = translate.inline_media(request, {link: (b"abc", "image/png; q=1")}, format="openai")
    assert out["messages"][0]["content"][0]["image_url"] == {"url": "data:image/png;base64,YWJj", "detail": "low"}
    assert request["messages"][0]["content"][0]["image_url"]["url"] == link
    assert translate.remote_media(out) == []


def test_settings_of_the_gemini_endpoint_ride_in_the_bag_of_google() -> None:
    body = {"model": "m", "messages": HI, "extra_body": {"google": {"safety_settings": [], "cached_content": "c"}}}
    there = translate.convert_request(body, source="gemini-openai")
    assert there.value["extra_content"] == {"google": {"safety_settings": [], "cached_content": "c"}}
    assert translate.convert_request(there.value, target="gemini-openai").value["extra_body"] == body["extra_body"]


def test_together_takes_logprobs_as_a_count_and_wav_alone() -> None:
    sound = {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "mp3"}}
    text = {"type": "text", "text": "Hear."}
    request = {"model": "m", "messages": [{"role": "user", "content": [text, sound]}], "logprobs": False}
    converted = translate.convert_request(request, target="together")
    assert "logprobs" not in converted.value
    assert [loss.path for loss in converted.losses if loss.scope == "content"] == ["/messages/0/content/1"]
    sound["input_audio"]["format"] = "wav"
    assert translate.convert_request(request, target="together").value["messages"][0]["content"] == [text, sound]


def test_an_old_azure_version_does_not_know_required() -> None:
    request = {"model": "m", "messages": HI, "tools": [TOOL], "tool_choice": "required"}
    old = translate.convert_request(request, target="azure", options=translate.Options(api_version="2024-02-01"))
    assert (old.value["tool_choice"], old.route["path"], old.route["query"]) == (
        "auto", "/deployments/m/chat/completions", {"api-version": "2024-02-01"},
    )  # fmt: skip
    assert translate.convert_request(request, target="azure").value["tool_choice"] == "required"


THOUGHT = [
    "<think>\nMoon first.\n</think>\n\nHigh.",
    "<think>Moon first.</think>High.",
    " \n<think>\n\nMoon\n\n</think>\n High.",
    "<think>\n\n</think>\n\nHigh.",
    "<think>Moon < sun </thin k> </think></think>High.",
    "<think>\nMoon firs",
    "<think>\nMoon first.\n</thi",
    "<think>",
    "<think>\n",
    "<thinking> is a word",
    "<thi",
    "High. <think>no</think>",
    " " * 80 + "<think>late</think>",
    "<think>\nMoon.\n</think>" + "\n" * 80 + "High.",
]


@pytest.mark.parametrize("content", THOUGHT)
def test_reasoning_between_tags_is_read_and_goes_back_as_it_came(content: str) -> None:
    """Whole answers, streams cut anywhere, and history agree; the content of history comes back to the letter."""
    whole = {
        "id": "c1", "object": "chat.completion", "created": 5, "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
    }  # fmt: skip
    read = translate.convert_response(whole, source="minimax").value
    for size in (1, 3, 1000):
        pieces = [content[start : start + size] for start in range(0, len(content), size)]
        events = [*(chunk({"content": piece}) for piece in pieces), chunk({}, "stop")]
        folded = translate.fold(streamed(events, "minimax"))
        assert translate.canonical(folded, format="unified", kind="response") == translate.canonical(read, format="unified", kind="response")
        cut = streamed([chunk({"content": piece}) for piece in pieces], "minimax")
        message = translate.fold(cut)["choices"][0]["message"]
        assert message.get("content") == read["choices"][0]["message"].get("content")
        assert message.get("reasoning_content") == read["choices"][0]["message"].get("reasoning_content")
    written = translate.convert_response(read, target="minimax").value
    assert translate.canonical(written, format="minimax", kind="response") == translate.canonical(whole, format="minimax", kind="response")
    request = {"model": "m", "messages": [*HI, {"role": "assistant", "content": content}, *HI]}
    there = translate.convert_request(request, source="minimax").value
    assert translate.convert_request(there, target="minimax").value == request


def test_reasoning_between_tags_and_its_edits() -> None:
    """What is edited between the legs stands between the same tags; another server's reasoning gets the usual ones."""
    request = {"model": "m", "messages": [*HI, {"role": "assistant", "content": "<think>Moon.</think>High."}, *HI]}
    there = translate.convert_request(request, source="minimax").value
    there["messages"][1]["content"] = "Low."
    assert translate.convert_request(there, target="minimax").value["messages"][1]["content"] == "<think>Moon.</think>Low."
    foreign = {"role": "assistant", "content": "High.", "reasoning_content": "Moon."}
    sent_there = translate.convert_request({"model": "m", "messages": [*HI, foreign, *HI]}, target="minimax").value
    assert sent_there["messages"][1] == {"role": "assistant", "content": "<think>\nMoon.\n</think>\n\nHigh."}


def test_an_error_after_text_that_was_held_back() -> None:
    chunks = streamed([chunk({"content": "<thi"}), {"error": {"message": "no"}}], "minimax")
    assert [one["choices"][0]["delta"] for one in chunks[:-1]] == [{"role": "assistant"}, {"content": "<thi"}]
    assert chunks[-1]["error"]["message"] == "no"


def test_tags_of_other_servers_are_text() -> None:
    events = [chunk({"content": "<think>a</think>b"}), chunk({}, "stop")]
    assert translate.fold(streamed(events, "groq"))["choices"][0]["message"]["content"] == "<think>a</think>b"


def test_facts_of_models_can_be_told_otherwise() -> None:
    """What the table says of a model is a start: the caller knows better."""
    picture = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]}]
    body = {"model": "deepseek-v9", "messages": picture}
    assert [loss.feature for loss in translate.convert_request(body, target="deepseek").losses] == ["image_url"]
    options = translate.Options(model_facts={"deepseek-v9": {"text_only": False}})
    converted = translate.convert_request(body, target="deepseek", options=options)
    assert converted.value["messages"] == picture and not converted.losses


def test_a_schema_of_the_own_server_goes_back_as_it_is() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "array", "prefixItems": [{"type": "string"}]}}}
    for body in (
        {"model": "m", "messages": HI, "tools": [{"type": "function", "function": {"name": "tide", "parameters": schema, "strict": True}}]},
        {"model": "m", "messages": HI, "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}},
    ):
        there = translate.convert_request(body, source="moonshot").value
        assert translate.convert_request(there, target="moonshot").value == body


def test_short_names_of_tools_are_lengthened_apart() -> None:
    """Moonshot wants three characters: names that would meet stay apart, and the memo undoes them."""
    tools = [{"type": "function", "function": {"name": name, "parameters": {"type": "object"}}} for name in ("a", "a_", "a__", "ab")]
    converted = translate.convert_request({"model": "m", "messages": HI, "tools": tools}, target="moonshot")
    names = [tool["function"]["name"] for tool in converted.value["tools"]]
    assert len(set(names)) == 4 and all(len(name) >= 3 for name in names)
    calls = [{"id": "c", "type": "function", "function": {"name": name, "arguments": "{}"}} for name in names]
    choice = {"index": 0, "finish_reason": "tool_calls", "message": {"role": "assistant", "content": None, "tool_calls": calls}}
    answer = {"id": "c1", "object": "chat.completion", "created": 5, "model": "m", "choices": [choice]}
    read = translate.convert_response(answer, source="moonshot", options=translate.Options(memo=converted.memo)).value
    assert [one["function"]["name"] for one in read["choices"][0]["message"]["tool_calls"]] == ["a", "a_", "a__", "ab"]


def test_members_beside_an_error_in_a_stream_are_kept_or_told() -> None:
    error = {"error": {"message": "no"}, "status_code": 500, "choices": [{"index": 0, "delta": {"content": "lost"}}]}
    machine = translate.StreamConverter("cerebras", "unified")
    (out,) = machine.feed(error)
    assert out["error"]["extra_content"]["cerebras"]["beside.status_code"] == 500
    assert [(loss.scope, loss.path) for loss in machine.losses] == [("content", "/0/choices")]


def test_a_second_kind_on_a_call_that_is_no_object_rides_in_the_bag() -> None:
    call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}, "custom": [1]}
    choice = {"index": 0, "finish_reason": "tool_calls", "message": {"role": "assistant", "content": None, "tool_calls": [call]}}
    answer = {"id": "c1", "object": "chat.completion", "created": 5, "model": "m", "choices": [choice]}
    read = translate.convert_response(answer, source="groq").value["choices"][0]["message"]["tool_calls"][0]
    assert read["extra_content"] == {"groq": {"custom": [1]}}
    assert translate.convert_response(translate.convert_response(answer, source="groq").value, target="groq").value["choices"][0][
        "message"
    ]["tool_calls"] == [call]


def test_empty_counts_beside_those_of_groq_are_none() -> None:
    answer = {
        "id": "c", "object": "chat.completion", "created": 1, "model": "m", "usage": {}, "x_groq": {"id": "r"},
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "a"}, "finish_reason": "stop"}],
    }  # fmt: skip
    assert "usage" not in translate.convert_response(answer, source="groq").value


def test_a_member_of_the_bag_does_not_begin_the_answer() -> None:
    """Only `prefix` does, whatever a bag has beside the message."""
    turns = [{"role": "user", "content": "x"}, {"role": "assistant", "content": "a", "extra_content": {"vllm": {"\x00continue": True}}}]
    native = translate.convert_request({"model": "m", "messages": turns}, target="vllm").value
    assert native["messages"][-1]["\x00continue"] is True
    assert "continue_final_message" not in native
