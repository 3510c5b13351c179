"""What the golden files of generateContent can not say: routes, renames, edits, sound schemas, facts, hostile streams."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import jsonschema
import pytest

import translate
from tests import checks
from translate.providers.gemini import tables
from translate.providers.gemini.schema import to_subset
from translate.providers.gemini.subset import SUBSET_KEYWORDS, from_subset
from translate.unified import UnifiedRequest

Json = dict[str, Any]
HELLO = [{"role": "user", "content": "Hello"}]
FUNCTION = {"name": "look_up", "parameters": {"type": "object", "properties": {"key": {"type": "string"}}}}


def to_native(body: Json, target: str = "gemini", **options: Any) -> translate.Converted:
    return translate.convert_request(body, target=target, options=translate.Options(**options))


def to_unified(body: Json, model: str = "gemini-3.5-flash", source: str = "gemini") -> translate.Converted:
    return translate.convert_request(body, source=source, options=translate.Options(route={"model": model}))


def asked(model: str = "gemini-3.5-flash", **more: Any) -> Json:
    return {"model": model, "messages": HELLO, **more}


def answer(parts: list[Json], **more: Any) -> Json:
    usage = {"promptTokenCount": 3, "candidatesTokenCount": 2, "totalTokenCount": 5}
    candidate = {"index": 0, "content": {"role": "model", "parts": parts}, "finishReason": "STOP", **more}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "gemini-3.5-flash", "responseId": "r"}


def features(converted: translate.Converted) -> set[str]:
    return {loss.feature for loss in converted.losses}


def test_every_unified_request_field_has_one_rule() -> None:
    fields = {*UnifiedRequest.__annotations__, "cache_control", "extra_content"}
    assert fields - {"prompt_cache_breakpoint"} <= set(tables.REQUEST_FIELDS)


@pytest.mark.parametrize(
    ("target", "model", "stream", "path", "query"),
    [
        ("gemini", "models/gemini-2.5-pro", False, "/v1beta/models/gemini-2.5-pro:generateContent", {}),
        ("gemini", "gemini-2.5-pro", True, "/v1beta/models/gemini-2.5-pro:streamGenerateContent", {"alt": "sse"}),
        ("gemini", "tunedModels/mine", False, "/v1beta/tunedModels/mine:generateContent", {}),
        ("vertex", "google/gemini-2.5-pro", False, "/publishers/google/models/gemini-2.5-pro:generateContent", {}),
        ("vertex", "meta/llama-4", False, "/publishers/meta/models/llama-4:generateContent", {}),
        ("vertex", "projects/p/locations/l/endpoints/4", False, "/projects/p/locations/l/endpoints/4:generateContent", {}),
    ],
)
def test_model_and_streaming_are_in_the_path(target: str, model: str, stream: bool, path: str, query: Json) -> None:
    converted = to_native(asked(model, stream=stream), target)
    assert (converted.route["path"], converted.route["query"]) == (path, query)
    assert "model" not in converted.value and "stream" not in converted.value


@pytest.mark.parametrize(
    ("format", "given", "model"),
    [
        ("vertex", "/v1/projects/p/locations/l/endpoints/4:generateContent", "projects/p/locations/l/endpoints/4"),
        ("vertex", "endpoints/4:streamGenerateContent?alt=sse", "endpoints/4"),
        ("vertex", "/v1/projects/p/locations/l/publishers/meta/models/llama-4:generateContent", "meta/llama-4"),
        ("vertex", "/v1/projects/p/locations/l/publishers/google/models/gemini-2.5-pro:generateContent", "gemini-2.5-pro"),
        ("gemini", "/v1beta/tunedModels/mine:generateContent", "tunedModels/mine"),
    ],
)
def test_what_generates_content_comes_back_to_its_path(format: str, given: str, model: str) -> None:
    body = {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]}
    unified = translate.convert_request(body, source=format, options=translate.Options(route={"path": given})).value
    assert unified["model"] == model
    back = translate.convert_request(unified, target=format).route
    assert given.partition("?")[0].endswith(back["path"].removeprefix("/"))


def test_the_version_of_the_path_is_an_option() -> None:
    assert to_native(asked(), api_version="v1").route["path"].startswith("/v1/models/")


def test_names_the_service_refuses_are_undone_in_the_answer() -> None:
    long = "n" * 200
    tools = [{"type": "function", "function": {**FUNCTION, "name": name}} for name in ("look up", "9lives", long)]
    converted = to_native(asked(tools=tools, tool_choice={"type": "function", "function": {"name": "look up"}}))
    sent = [one["name"] for one in converted.value["tools"][0]["functionDeclarations"]]
    assert len(set(sent)) == 3 and all(len(name) <= 128 and (name[0].isalpha() or name[0] == "_") for name in sent)
    assert converted.value["toolConfig"]["functionCallingConfig"]["allowedFunctionNames"] == [sent[0]]
    options = translate.Options(memo=converted.memo)
    reply = answer([{"functionCall": {"name": name, "args": {}}} for name in sent])
    back = translate.convert_response(reply, source="gemini", options=options).value
    assert [call["function"]["name"] for call in back["choices"][0]["message"]["tool_calls"]] == ["look up", "9lives", long]
    chunks = list(translate.convert_stream([reply], source="gemini", options=options))
    assert translate.fold(chunks)["choices"][0]["message"]["tool_calls"][2]["function"]["name"] == long


def test_an_edited_text_leaves_its_neighbours_alone() -> None:
    code = {"executableCode": {"language": "PYTHON", "code": "print(1)"}}
    parts = [{"text": "Running this."}, code, {"text": "It printed one.", "thoughtSignature": "c2ln"}]
    body = {"contents": [{"role": "user", "parts": [{"text": "Go"}]}, {"role": "model", "parts": parts}, {"role": "user", "parts": [{"text": "!"}]}]}
    unified = copy.deepcopy(to_unified(body).value)
    unified["messages"][1]["content"] = unified["messages"][1]["content"].replace("this", "that code")
    native = to_native(unified)
    assert native.value["contents"][1]["parts"] == [{"text": "Running that code."}, *parts[1:]]
    assert features(native) == {"blocks"}


def test_an_edited_schema_wins_over_the_kept_subset() -> None:
    ordered = {"type": "OBJECT", "properties": {"b": {"type": "STRING"}, "a": {"type": "STRING"}}, "propertyOrdering": ["a", "b"]}
    body = {"contents": [{"parts": [{"text": "Hi"}]}], "tools": [{"functionDeclarations": [{"name": "f", "parameters": ordered}]}]}
    unified = copy.deepcopy(to_unified(body).value)
    assert to_native(unified).value["tools"] == body["tools"]
    unified["tools"][0]["function"]["parameters"]["properties"]["a"]["type"] = "integer"
    edited = to_native(unified)
    parameters = edited.value["tools"][0]["functionDeclarations"][0]["parameters"]
    assert parameters["properties"]["a"] == {"type": "INTEGER"} and "parameters" in features(edited)


def test_citations_follow_an_edit() -> None:
    grounding = {
        "groundingChunks": [{"web": {"uri": "https://example.org", "title": "o"}}],
        "groundingSupports": [{"segment": {"endIndex": 5}, "groundingChunkIndices": [0]}],
    }
    unified = translate.convert_response(answer([{"text": "Grün."}], groundingMetadata=grounding), source="gemini").value
    unified = copy.deepcopy(unified)
    unified["choices"][0]["message"]["annotations"][0]["url_citation"]["url"] = "https://example.net"
    back = translate.convert_response(unified, target="gemini")
    made = back.value["candidates"][0]["groundingMetadata"]
    assert made["groundingChunks"] == [{"web": {"uri": "https://example.net", "title": "o"}}]
    assert made["groundingSupports"][0]["segment"] == {"endIndex": 5}
    assert "grounding_metadata" in features(back)


def test_facts_of_a_model_can_be_told() -> None:
    tools = [{"type": "function", "function": FUNCTION}]
    native = to_native(asked("my-tune", tools=tools, temperature=0.5), model_facts={"my-*": {"json_schema": True, "sampling": False}})
    assert native.value["tools"][0]["functionDeclarations"][0]["parametersJsonSchema"] == FUNCTION["parameters"]
    assert "generationConfig" not in native.value and "temperature" in features(native)


@pytest.mark.parametrize("model", ["gemini-1.5-flash", "gemini-2.0-flash", "gemini-2.5-pro", "gemini-3-pro-preview", "gemini-9", "gemma-3-27b-it"])
@pytest.mark.parametrize("effort", ["none", "minimal", "low", "medium", "high", "xhigh", "max"])
def test_a_budget_or_a_level_never_both(model: str, effort: str) -> None:
    native = to_native(asked(model, reasoning_effort=effort)).value
    thinking = native.get("generationConfig", {}).get("thinkingConfig", {})
    assert len(thinking) <= 1
    if thinking:
        again = to_native(to_unified(native, model).value).value
        assert again["generationConfig"]["thinkingConfig"] == thinking


def test_a_kept_thinking_config_gives_way_to_an_edit() -> None:
    body = {"contents": [{"parts": [{"text": "Hi"}]}], "generationConfig": {"thinkingConfig": {"thinkingBudget": 777, "includeThoughts": True}}}
    unified = dict(to_unified(body).value)
    assert to_native(unified).value["generationConfig"] == body["generationConfig"]
    del unified["thinking"]
    unified["reasoning_effort"] = "high"
    edited = to_native(unified)
    assert edited.value["generationConfig"]["thinkingConfig"] == {"thinkingLevel": "HIGH", "includeThoughts": True}
    assert "thinking_config" in features(edited)


def test_signatures_of_openrouters_entries_reach_their_parts() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}
    details = [
        {"type": "reasoning.text", "text": "Hm", "signature": "dGhpbms=", "format": "google-gemini-v1", "index": 0},
        {"type": "reasoning.encrypted", "data": "Y2FsbA==", "id": "c1", "format": "google-gemini-v1", "index": 1},
        {"type": "reasoning.text", "text": "no", "signature": "eA==", "format": "anthropic-claude-v1", "index": 2},
    ]
    messages = [*HELLO, {"role": "assistant", "content": None, "reasoning_content": "Hm", "reasoning_details": details, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "c1", "content": "ok"}]  # fmt: skip
    converted = to_native({"model": "gemini-3.5-flash", "messages": messages})
    assert converted.value["contents"][1]["parts"] == [
        {"text": "Hm", "thought": True, "thoughtSignature": "dGhpbms="},
        {"functionCall": {"id": "c1", "name": "look_up", "args": {}}, "thoughtSignature": "Y2FsbA=="},
    ]
    assert [loss.path for loss in converted.losses if loss.scope == "content"] == ["/messages/1/reasoning_details/2"]


@pytest.mark.parametrize(
    "path",
    ["$.a[99999999]", "$.a[5]", "a", "$", "$..b", "$.a" + ".b" * 200, "$[0]", 7, None],
)
def test_paths_that_lead_nowhere_cost_a_loss(path: Any) -> None:
    pieces = [{"functionCall": {"name": "f", "partialArgs": [{"jsonPath": path, "numberValue": 1}], "willContinue": True}}, {"functionCall": {}}]
    chunks, machine = checks.streamed([answer(pieces)], "gemini", "unified", translate.Options())
    call = translate.fold(chunks)["choices"][0]["message"]["tool_calls"][0]
    assert len(call["function"]["arguments"]) < 10
    assert [loss.feature for loss in machine.losses] == ["arguments"]


def test_an_index_of_a_candidate_is_bounded() -> None:
    event = answer([{"text": "x"}])
    event["candidates"][0]["index"] = 10**9
    with pytest.raises(translate.StreamError):
        list(translate.convert_stream([event], source="gemini"))


def test_two_candidates_keep_their_parts_apart() -> None:
    def event(texts: list[str], finish: str | None) -> Json:
        candidates = [
            {"index": number, "content": {"role": "model", "parts": [{"text": text}]}, **({"finishReason": finish} if finish else {})}
            for number, text in enumerate(texts)
        ]
        return {**answer([]), "candidates": candidates}

    events = [event(["a", "x"], None), event(["b", "y"], "STOP")]
    assert checks.stream_agrees(events, "gemini", translate.Options()).verdict == "equal"
    folded = translate.fold(translate.convert_stream(events, source="gemini"))
    assert [choice["message"]["content"] for choice in folded["choices"]] == ["ab", "xy"]


def test_standard_alphabet_for_other_formats() -> None:
    body = {"contents": [{"parts": [{"inlineData": {"mimeType": "image/png", "data": "_-8="}}]}]}
    unified = to_unified(body).value
    assert unified["messages"][0]["content"][0]["image_url"]["url"] == "data:image/png;base64,/+8="


# --- schemas


def _schema(draw: random.Random, depth: int = 0, refers: bool = True) -> Json:
    leaves: list[Any] = ["", "a", "b", 0, 1, 2.5, True, None, [], {}]
    kind = draw.randrange(6 if depth > 2 else 11)
    if kind == 0:
        out: Json = {"type": "string", **draw.choice(({}, {"minLength": 1}, {"format": "uri"}, {"enum": ["", "a"]}, {"pattern": "a"}))}
    elif kind == 1:
        bound = draw.choice(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"))
        out = {"type": draw.choice(("integer", "number")), bound: draw.choice((1, 2, 1.5))}
    elif kind == 2:
        out = {"type": draw.sample(("string", "integer", "number", "boolean", "null"), draw.randint(1, 3))}
    elif kind == 3:
        out = {"enum": [draw.choice(leaves) for _ in range(draw.randint(1, 3))]}
    elif kind == 4:
        out = {"const": draw.choice(leaves)}
    elif kind == 5 and refers:
        out = {"$ref": draw.choice(("#/$defs/A", "#/$defs/B"))}
    elif kind == 5:
        out = {}
    elif kind == 6:
        out = {draw.choice(("anyOf", "oneOf", "allOf")): [_schema(draw, depth + 1, refers) for _ in range(draw.randint(1, 3))]}
    elif kind == 7:
        out = {"type": "array", "items": _schema(draw, depth + 1, refers), **draw.choice(({}, {"uniqueItems": True}, {"maxItems": 1}))}
    elif kind == 8:
        out = {"type": "array", "prefixItems": [_schema(draw, depth + 1, refers)], **draw.choice(({}, {"items": False}))}
    else:
        names = draw.sample(("a", "b", "c"), draw.randint(0, 3))
        out = {"type": "object", "properties": {name: _schema(draw, depth + 1, refers) for name in names}}
        out.update(draw.choice(({}, {"required": ["a"]}, {"additionalProperties": False}, {"patternProperties": {"^a": {"type": "string"}}})))
    return out


def _value(draw: random.Random, depth: int = 0) -> Any:
    kind = draw.randrange(3 if depth < 2 else 1)
    if kind == 1:
        return [_value(draw, depth + 1) for _ in range(draw.randint(0, 2))]
    if kind == 2:
        return {name: _value(draw, depth + 1) for name in draw.sample(("a", "b", "c"), draw.randint(0, 3))}
    return draw.choice(("", "a", "ab", "b", 0, 1, 2, 3, 1.5, -1, True, False, None))


def _nodes(node: Json) -> list[Json]:
    inner = [*node.get("properties", {}).values(), *node.get("anyOf", ()), *([node["items"]] if "items" in node else [])]
    return [node, *(below for one in inner for below in _nodes(one))]


def _with_items_as_texts(schema: Any) -> Any:
    """The schema with texts for items of which it says nothing: the one thing that the downgrade makes narrower (and tells)."""
    if isinstance(schema, list):
        return [_with_items_as_texts(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    out = {name: _with_items_as_texts(inner) if name not in ("enum", "const") else inner for name, inner in schema.items()}
    if out.get("items") == {}:
        out["items"] = {"type": "string"}
    return out


@pytest.mark.parametrize("items", [{}, {"items": {}}, {"items": True}])
def test_items_of_which_nothing_is_said_are_texts_and_told(items: Json) -> None:
    schema = {"type": "object", "properties": {"names": {"type": "array", "maxItems": 3, **items}}}
    told: list[str] = []
    subset, _ = to_subset(schema, lambda path, feature, note: told.append(f"{feature}: {note}"))
    assert subset == {"type": "OBJECT", "properties": {"names": {"type": "ARRAY", "maxItems": 3, "items": {"type": "STRING"}}}}
    assert told == ["items: items are mandatory; texts"]


@pytest.mark.parametrize("seed", range(6))
def test_the_downgrade_never_forbids_what_the_schema_allows(seed: int) -> None:
    draw = random.Random(seed)
    compared = 0
    for number in range(120):
        recursive = {"type": "object", "properties": {"a": _schema(draw, 2, False), "b": {"$ref": "#/$defs/B"}}}
        schema = {**_schema(draw), "$defs": {"A": _schema(draw, 2, False), "B": recursive}}
        places: list[Any] = []
        subset, _ = to_subset(schema, lambda path, *_: places.append(path), integer_enum=number % 2 == 0, root=False)  # noqa: B023  (called before the next turn)
        assert subset is not None
        for node in _nodes(subset):
            assert node.keys() <= SUBSET_KEYWORDS and ("type" in node or node.keys() <= {"anyOf", "title", "description", "nullable"})
            assert "items" in node or node.get("type") != "ARRAY"
            assert node.get("properties") != {} and all(isinstance(word, str) and word for word in node.get("enum", ["x"]))
            assert set(node.get("required", ())) <= set(node.get("properties", ()))
        for place in places:
            held: Any = schema
            for step in place:
                held = held[step]  # every loss leads to a place of the schema
        before, after = (jsonschema.Draft202012Validator(one) for one in (_with_items_as_texts(schema), from_subset(subset)))
        for _ in range(25):
            value = _value(draw)
            if before.is_valid(value):
                compared += 1
                assert after.is_valid(value), (json.dumps(schema), json.dumps(subset), value)
    assert compared > 100


def test_definitions_that_use_each_other_twice_stay_small() -> None:
    steps = {f"D{n}": {"type": "object", "properties": {"l": {"$ref": f"#/$defs/D{n + 1}"}, "r": {"$ref": f"#/$defs/D{n + 1}"}}} for n in range(30)}
    schema = {"type": "object", "properties": {"root": {"$ref": "#/$defs/D0"}}, "$defs": {**steps, "D30": {"type": "string"}}}
    subset, _ = to_subset(schema, lambda *_: None)
    assert subset is not None and len(_nodes(subset)) < 100_000


def test_integer_enums_and_their_way_back() -> None:
    schema = {"type": "object", "properties": {"level": {"type": "integer", "enum": [1, 2]}}}
    subset, exact = to_subset(schema, lambda *_: None)
    assert exact and subset == {"type": "OBJECT", "properties": {"level": {"type": "INTEGER", "format": "enum", "enum": ["1", "2"]}}}
    assert from_subset(subset) == schema


def test_a_format_that_is_no_word_is_told() -> None:
    schema = {"type": "object", "properties": {"day": {"type": "string", "format": {"not": "a word"}}}}
    told: list[str] = []
    subset, _ = to_subset(schema, lambda path, feature, note: told.append(feature))
    assert subset is not None and "format" not in subset["properties"]["day"]
    assert told == ["format"]


@pytest.mark.parametrize("model", [0, False, [], {}])
def test_a_model_that_is_no_word_is_refused(model: Any) -> None:
    body = {"model": model, "contents": [{"role": "user", "parts": [{"text": "Hi"}]}]}
    with pytest.raises(translate.InvalidDocument) as caught:
        translate.convert_request(body, source="gemini", options=translate.Options(route={"model": "gemini-3-pro"}))
    assert caught.value.path == "/model"


def test_what_every_chunk_repeats_is_told_once_and_again_when_it_changes() -> None:
    def chunk(text: str, tier: str) -> dict[str, Any]:
        choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
        return {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m", "service_tier": tier, "choices": [choice]}

    machine = translate.StreamConverter("unified", "gemini")
    for number, tier in enumerate(("default", "default", "default", "flex", "flex")):
        machine.feed(chunk(f"word {number}", tier))
    assert [loss.path for loss in machine.losses if loss.feature == "service_tier"] == ["/0/service_tier", "/3/service_tier"]


def test_counts_that_grow_with_every_element_count_once() -> None:
    """The last ones, with whatever only they say."""
    def element(text: str, answer: int) -> dict[str, Any]:
        counts = {"promptTokenCount": 4, "candidatesTokenCount": answer, "totalTokenCount": 4 + answer, "serviceTier": "standard"}
        candidate = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}
        return {"candidates": [candidate], "usageMetadata": counts, "modelVersion": "m", "responseId": "r"}

    events = [element(text, number + 1) for number, text in enumerate(("One", ", two", ", three"))]
    events[-1]["candidates"][0]["finishReason"] = "STOP"
    last = list(translate.convert_stream(events, source="gemini"))[-1]
    assert last["usage"] == {
        "prompt_tokens": 4, "completion_tokens": 3, "total_tokens": 7, "extra_content": {"google": {"service_tier": "standard"}},
    }  # fmt: skip


def test_what_is_remembered_of_settings_is_fresh_for_everybody() -> None:
    """Each format and model has its own, and nobody sees what another did with it."""
    schema = {"type": "object", "properties": {"port": {"type": "string"}}, "additionalProperties": False}
    request = {
        "messages": [{"role": "user", "content": "Hi"}], "tool_choice": "required", "reasoning_effort": "low",
        "tools": [{"type": "function", "function": {"name": "tide", "parameters": schema, "strict": True}}],
    }  # fmt: skip

    def written(target: str, model: str) -> tuple[Any, list[str]]:
        done = translate.convert_request({"model": model, **request}, target=target)
        said = copy.deepcopy(done.value)
        done.value["tools"][0]["functionDeclarations"][0].clear()
        done.value["generationConfig"].clear()
        done.value["toolConfig"].clear()
        return said, [f"{loss.target} {loss.path}" for loss in done.losses]

    for target, model, control in (
        ("gemini", "gemini-2.5-flash", {"thinkingBudget": 1024}), ("gemini", "gemini-3-pro-preview", {"thinkingLevel": "LOW"}),
        ("vertex", "gemini-2.5-flash", {"thinkingBudget": 1024}),
    ):  # fmt: skip
        first, again = written(target, model), written(target, model)
        assert first == again
        assert first[0]["generationConfig"]["thinkingConfig"] == control
        assert f"{target} /tools/0/function/strict" in first[1]
        back = [translate.convert_request(first[0], source=target, options=translate.Options(model=model)) for _ in range(2)]
        assert back[0] == back[1]
        assert back[0].value["tool_choice"] == "required"
        assert back[0].value["tools"] is not back[1].value["tools"]
