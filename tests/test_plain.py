"""
The short ways: a document of the common shapes is written without the looks that every other one gets. They have to give
exactly what the long way gives (value, order of keys, losses, memo, route, refusals), which is asked here of recorded
traffic, of plain documents of every format, and of those with one place broken.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import translate
from benchmarks import payloads
from tests import corpus, plain_members, strategies
from tests.calls import edited
from tests.checks import options_of
from tests.plain_documents import (
    ANSWERS,
    HISTORIES,
    IMAGE,
    LISTED_HISTORY,
    OUTPUT_SCHEMA,
    OWN,
    PLANNED_HISTORY,
    PREFILLED,
    TOOL,
    responses_answer,
    responses_history,
)
from translate import convert
from translate.leg import Leg
from translate.loss import Losses
from translate.providers.gemini import (
    gathering as gemini_gathering,
    plain_stream as gemini_stream,
    plain_usage as gemini_usage,
    settings as gemini_settings,
)
from translate.providers.openai_compatible import (
    dialects,
    plain_members as chat_members,
    stream as chat_stream,
    stream_writer as chat_writer,
    usage as chat_usage,
)
from translate.providers.openai_responses import request as responses_request
from translate.registry import ROWS
from translate.survey import Survey, plain_response, survey

Json = Any
FORMATS = sorted(ROWS)
NATIVE = [name for name in FORMATS if name != "unified"]
EDITS = 60  # of each plain document


def no_survey(request: Json) -> Survey:
    """A survey that knows nothing."""
    return Survey(False, request, [], False, False)


@contextmanager
def long_way(names: tuple[str, ...]) -> Iterator[None]:
    """Inside it every document goes the long way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(convert, "survey", no_survey)
        patch.setattr(convert, "plain_response", lambda response: False)
        for module, short in (
            (chat_stream, "delta_to_unified"), (chat_writer, "chunk_to_native"), (chat_usage, "plain_to_unified"), (chat_usage, "plain_to_native"),
            (chat_members, "to_native"),
            (gemini_settings, "to_native"), (gemini_usage, "to_unified"), (gemini_usage, "to_native"), (gemini_stream, "ended"),
            (gemini_gathering.Gathered, "_begun"), (gemini_gathering.Gathered, "_plain"),
        ):  # fmt: skip
            patch.setattr(module, short, lambda *_: None)
        for name in names:
            for kind in ("request", "response"):
                module = ROWS[name].module(kind)
                if hasattr(module, "plain_to_unified"):
                    patch.setattr(module, "plain_to_unified", None)
                for short in ("bagged_to_native", "whole_to_native", "opened_odd", "are_lone"):
                    if hasattr(module, short):
                        patch.setattr(module, short, lambda *_: None)
                for known, anew in (("_known_tools", "_listed"), ("_known_format", "_schema_format")):
                    if hasattr(module, known):
                        patch.setattr(module, known, getattr(module, anew))
        yield


def outcome(kind: str, body: Json, source: str, target: str, options: translate.Options | None, validate: bool) -> str:
    """All that a conversion says, as text."""
    convert_it = translate.convert_request if kind == "request" else translate.convert_response
    try:
        done = convert_it(body, source=source, target=target, options=options, validate=validate)
    except translate.TranslateError as error:
        return f"{type(error).__name__} {error.path} {error}"
    return json.dumps([done.value, [loss.to_dict() for loss in done.losses], done.route, dict(done.memo)])


def through(machine: translate.StreamConverter, events: list[Json], *, long: bool = False) -> str:
    """All that a stream gives, event by event, and says. long: reader and writer look at every event."""
    out: list[Json] = []
    if long:
        machine._quick = machine._common = None
    try:
        for event in events:
            out.append(machine.feed(event))
            if long and hasattr(machine._writer, "envelope"):
                machine._writer.envelope = None
        out.append(machine.flush())
    except translate.TranslateError as error:
        out.append(f"{type(error).__name__} {error.path} {error}")
    return json.dumps([out, [loss.to_dict() for loss in machine.losses], machine.truncated])


def expect_same(
    kind: str, body: Json, source: str, target: str, options: translate.Options | None = None, validate: bool = True
) -> None:
    """The long way gives what the short way gives."""
    if kind == "stream":
        short = through(translate.StreamConverter(source, target, options), body)
        machine = translate.StreamConverter(source, target, options)
        with long_way((source, target)):
            long = through(machine, body, long=True)
    else:
        short = outcome(kind, body, source, target, options, validate)
        with long_way((source, target)):
            long = outcome(kind, body, source, target, options, validate)
    if short != long:
        at = next((place for place, (one, other) in enumerate(zip(short, long, strict=False)) if one != other), 0)
        near = slice(max(0, at - 300), at + 300)
        pytest.fail(f"{kind} {source} -> {target}: {json.dumps(body)[:3000]}\nshort: {short[near]}\nlong: {long[near]}")


def plain(kind: str) -> list[Json]:
    """Unified documents of the common shapes, small."""
    if kind == "request":
        talk = payloads.tool_turns(2)
        silent = {"refusal": None, "annotations": [], "audio": None, "function_call": None}
        return [
            payloads.three_messages(), talk, payloads.long_talk(4), payloads.image(1),
            {**talk, "stream": True, "stream_options": {"include_usage": True}, "model": "gpt-5-mini", "temperature": 1},
            {**payloads.three_messages(), "model": "claude-sonnet-4-5", "max_tokens": 5, "stop": "x", "top_p": 0.5},
            {**talk, "messages": [{**one, **silent} if one["role"] == "assistant" else one for one in talk["messages"]]},
            {**talk, "messages": [{n: v for n, v in one.items() if n != "content"} if "tool_calls" in one else one for one in talk["messages"]]},
            {"messages": [{"role": "user", "content": "Grüße 🎈"}], "model": "gemini-3-pro-preview"},
            {"model": "m", "max_tokens": 99, "messages": [{"role": "user", "content": [
                {"type": "text", "text": "Compare."},
                *({"type": "image_url", "image_url": {"url": url, "detail": word}}
                  for url in (IMAGE, "https://example.com/a.png") for word in ("auto", "low", "high")),
                {"type": "text", "text": "Which is older?"},
            ]}]},
            {**talk, "tools": [*talk["tools"], TOOL], "tool_choice": {"type": "function", "function": {"name": TOOL["function"]["name"]}}},
            {**talk, "messages": [one if one["role"] != "assistant" or "tool_calls" in one else {**one, "content": ""} for one in talk["messages"]]},
            {**payloads.three_messages(), "messages": [*payloads.three_messages()["messages"], {"role": "assistant", "content": "It"}]},
            {"model": "m", "max_tokens": 9, "messages": [
                {"role": "system", "content": [{"type": "text", "text": "Be brief."}, {"type": "text", "text": "Be kind."}]},
                {"role": "system", "content": [{"type": "text", "text": "Be fair.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}]},
                {"role": "user", "content": "Hi"}, {"role": "developer", "content": [{"type": "text", "text": "In French."}]},
            ]},
            *({**payloads.three_messages(), "response_format": {"type": "json_schema", "json_schema": {"name": "tide", "schema": schema, **more}}}
              for schema, more in ((OUTPUT_SCHEMA, {"strict": True}), (
                  {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}, {"description": "Tides."},
              ))),
            {
                **talk, "model": "claude-sonnet-4-5", "max_completion_tokens": 5000, "thinking": {"type": "enabled", "budget_tokens": 2000},
                "stop": ["x"], "user": "u", "metadata": {"user_id": "u"}, "service_tier": "auto", "parallel_tool_calls": False, "seed": 1,
                "tool_choice": {"type": "function", "function": {"name": "get_weather"}}, "reasoning_effort": "low", "response_format": {
                    "type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": {"type": "object", "properties": {}}},
                },
            },
            *({**talk, "messages": [
                {**one, "content": [{"type": "text", "text": text} for text in (one["content"], *more)]} if one.get("content") else one
                for one in talk["messages"]
            ]} for more in ((), ("Grüße 🎈",))),
        ]  # fmt: skip
    if kind == "response":
        answer = payloads.response()
        message = answer["choices"][0]["message"]
        called = {**message, "content": None, "tool_calls": [
            {"id": f"call_{number}", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Paris"}'}}
            for number in range(2)
        ]}  # fmt: skip
        reasoned = {**message, "reasoning_content": "Thinking."}
        return [
            answer,
            {**answer, "choices": [{**answer["choices"][0], "message": called, "finish_reason": "tool_calls"}]},
            {**answer, "choices": [{**answer["choices"][0], "message": reasoned, "finish_reason": "length"}]},
        ]  # fmt: skip
    return [payloads.text_stream(12), payloads.tool_stream(2, 3), payloads.tool_stream(2, 11), *runs()]


def runs() -> list[Json]:
    """Streams whose pieces go on for long: thoughts and a text, two answers by turns, and padded ones."""

    def chunk(delta: Json, finish: str | None = None, index: int = 0) -> Json:
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1700000000, "model": "m"}
        return {**head, "choices": [{"index": index, "delta": delta, "finish_reason": finish}]}

    def words(name: str, index: int = 0) -> list[Json]:
        return [chunk({name: f" word {number}"}, index=index) for number in range(9)]

    begun = chunk({"role": "assistant", "content": ""})
    turns = [one for pair in zip(words("content"), words("content", 1), strict=True) for one in pair]
    padded = [{**one, "obfuscation": "x" * (number % 5)} for number, one in enumerate([begun, *words("content"), chunk({}, "stop")])]
    return [
        [begun, *words("reasoning_content"), *words("content"), chunk({}, "stop")],
        [begun, chunk({"role": "assistant", "content": ""}, index=1), *turns, chunk({}, "stop"), chunk({}, "stop", 1)],
        padded,
    ]  # fmt: skip


def unified_of(kind: str, body: Json, format: str, options: translate.Options | None = None) -> Json | None:
    """A native document as the short and the long way give it; None when it is none of its kind."""
    try:
        if kind == "stream":
            return list(translate.convert_stream(body, source=format, options=options))
        convert_it = translate.convert_request if kind == "request" else translate.convert_response
        return convert_it(body, source=format, options=options).value
    except translate.TranslateError:
        return None


def natives(kind: str, format: str) -> list[Json]:
    """The same in a native form, and what the format's own servers and clients write."""
    own = OWN.get((kind, format), [])
    if kind == "stream":
        return [list(translate.convert_stream(events, target=format)) for events in plain(kind)] + own
    convert_it = translate.convert_request if kind == "request" else translate.convert_response
    return [convert_it(body, target=format).value for body in plain(kind)] + own


@pytest.mark.parametrize("kind", ["request", "response", "stream"])
@pytest.mark.parametrize("format", NATIVE)
def test_plain_documents_and_those_with_one_place_broken(kind: str, format: str) -> None:
    """Both directions; what is broken is refused, reported or carried on the same either way."""
    chance = random.Random(f"{kind} {format}")
    documents = [("unified", format, body) for body in plain(kind)] + [(format, "unified", body) for body in natives(kind, format)]
    documents += [("unified", format, unified_of(kind, body, format)) for body in OWN.get((kind, format), [])]
    for source, target, body in documents:
        expect_same(kind, body, source, target)
        for number in range(EDITS):
            expect_same(kind, edited(body, chance), source, target, validate=number % 3 > 0)


def listed(events: list[Json], source: str, target: str) -> str:
    """What `convert_stream` gives, up to what it refuses."""
    out: list[Json] = []
    try:
        for event in translate.convert_stream(events, source=source, target=target, on_loss="raise-content"):
            out.append(event)
    except translate.TranslateError as error:
        out.append(f"{type(error).__name__} {error.path} {error}")
    return json.dumps(out)


def fed(events: list[Json], source: str, target: str) -> str:
    """The same of a machine that is fed event by event."""
    out: list[Json] = []
    try:
        machine = translate.StreamConverter(source, target, on_loss="raise-content")
        for event in events:
            out += machine.feed(event)
        out += machine.flush()
    except translate.TranslateError as error:
        out.append(f"{type(error).__name__} {error.path} {error}")
    return json.dumps(out)


@pytest.mark.parametrize("moderation", ["flagged", 1, {"flagged": False}, None])
def test_a_member_beside_the_choices_that_the_check_knows_is_looked_at(moderation: Json) -> None:
    """What stands there of the server's own is of any type; this is an object, and refused as another thing either way."""
    chunks = [{**chunk, "moderation": moderation} for chunk in payloads.text_stream(8)]
    for source, target in (("openai", "unified"), ("unified", "openai"), ("groq", "unified")):
        expect_same("stream", chunks, source, target)


@pytest.mark.parametrize("format", NATIVE)
def test_a_stream_as_a_whole_is_its_events_one_by_one(format: str) -> None:
    """`convert_stream` takes pieces without `feed`; numbers of events and refusals stay the same."""
    chance = random.Random(f"whole {format}")
    documents = [("unified", format, body) for body in plain("stream")] + [(format, "unified", body) for body in natives("stream", format)]
    for source, target, body in documents:
        for events in (body, body[:-2], [*body, *body], *(edited(body, chance) for _ in range(EDITS))):
            if type(events) is list:
                assert listed(events, source, target) == fed(events, source, target)


@pytest.mark.parametrize("kind", ["request", "response", "stream"])
@pytest.mark.parametrize("format", NATIVE)
def test_generated_documents(kind: str, format: str) -> None:
    """Everything the strategies draw, out and back."""
    for body in strategies.pool(kind)[:40]:
        expect_same(kind, body, "unified", format)
    for body in strategies.native(format, kind):
        expect_same(kind, body, format, "unified")


@pytest.mark.parametrize("format", sorted(corpus.formats_covered() & set(ROWS)) or ["(none)"])
def test_recorded_traffic(format: str) -> None:
    """Every recorded document, to unified and on to a form that differs, and back."""
    if corpus.folder() is None:
        pytest.skip(corpus.ABSENT)
    target = "openai" if format.startswith("anthropic") else "anthropic"
    seen = 0
    for record in corpus.records(format):
        options = options_of(record)
        for kind, body in (("request", record.request), ("response", record.response), ("stream", record.events)):
            if body is not None and (kind != "response" or record.taken):
                expect_same(kind, body, format, "unified", options)
                expect_same(kind, body, format, target, options)
                unified = unified_of(kind, body, format, options)
                if unified is not None:
                    expect_same(kind, unified, "unified", format, options)
                seen += 1
    assert seen


@pytest.mark.parametrize(("kind", "format"), [key for key in OWN if key[0] != "stream"])
def test_what_servers_and_clients_write_takes_the_short_way(kind: str, format: str) -> None:
    """Else the comparisons above compare the long way with itself."""
    module = ROWS[format].module(kind)
    for body in OWN[kind, format]:
        assert module.plain_to_unified(body, Leg(ROWS[format], kind, True, translate.Options(), Losses("unified"))) is not None


@pytest.mark.parametrize("format", NATIVE)
def test_members_beside_the_messages(format: str) -> None:
    """Some of all members at once, out of their usual order, null, or of values that only some servers take."""
    chance, chat = random.Random(f"members {format}"), ROWS[format].package == "openai_compatible"
    for number in range(3 * EDITS):
        expect_same("request", plain_members.drawn(chance), "unified", format, validate=number % 3 > 0)
        if chat or ROWS[format].package == "openai_responses":
            expect_same("request", plain_members.drawn(chance, "messages" if chat else "input"), format, "unified", validate=number % 3 > 0)


def is_opened(messages: list[Json], format: str) -> bool:
    """Whether a spoke knows the messages that the survey does not."""
    looked, leg = survey({"messages": messages}), Leg(ROWS[format], "request", False, translate.Options(), Losses(format))
    return looked.paired and convert._open({"messages": messages}, looked.odd, leg)


@pytest.mark.parametrize("format", ["anthropic", "openai-responses", "gemini"])
def test_histories_of_clients_go_back_the_short_way(format: str) -> None:
    """Messages with the marks of their own API are known too."""
    for body in OWN["request", format]:
        messages = translate.convert_request(body, source=format).value["messages"]
        looked = survey({"messages": messages})
        assert looked.plain or looked.echoed or is_opened(messages, format)


def test_results_of_calls_the_server_holds() -> None:
    """They have no call in the request, and go the short way to the API that stores it."""
    chance, tool = random.Random("held"), {"type": "function", "name": "tide", "parameters": {"type": "object"}}
    results = [{"type": "function_call_output", "call_id": f"call_{number}", "output": "4"} for number in range(2)]
    for more in ([], [{"role": "user", "content": "And then?"}]):
        body = {"model": "gpt-4o", "previous_response_id": "resp_1", "input": [*results, *more], "tools": [tool], "store": True}
        unified = translate.convert_request(body, source="openai-responses").value
        assert responses_request.are_lone(unified["messages"])
        for number in range(3 * EDITS):
            expect_same("request", edited(unified, chance) if number else unified, "unified", "openai-responses", validate=number % 3 > 0)
            expect_same("request", edited(body, chance) if number else body, "openai-responses", "unified", validate=number % 3 > 0)


@pytest.mark.parametrize(("format", "history"), [
    *HISTORIES.items(), *((format, PREFILLED) for format in ("cohere", "mistral", "ollama")), ("cohere", PLANNED_HISTORY), ("mistral", {**LISTED_HISTORY, "model": "pixtral-12b"}),
])  # fmt: skip
def test_histories_with_media_and_thoughts(format: str, history: Json) -> None:
    """They are known as well, each message alone too, and what is broken in them is told as on the long way."""
    chance = random.Random(format)
    messages = history["messages"]
    assert is_opened(messages, format)
    expect_same("request", history, "unified", format)
    for number in range(10 * EDITS):
        expect_same("request", edited(history, chance), "unified", format, validate=number % 3 > 0)
    for message in messages:
        for number in range(EDITS // 4):
            alone = {"model": history["model"], "messages": [{"role": "user", "content": "Hi"}, message]}
            expect_same("request", edited(alone, chance) if number else alone, "unified", format, validate=number % 3 > 0)


def knows(format: str) -> Any:
    """The look of a spoke at an answer with bags of its own, if it has one."""
    module = ROWS[format].module("response")
    return getattr(module, "whole_to_native", None) or getattr(module, "bagged_to_native", None)


@pytest.mark.parametrize("format", [name for kind, name in OWN if kind == "response" and knows(name)])
def test_what_servers_write_goes_back_the_short_way(format: str) -> None:
    """An answer with the bags of its own servers is known too."""
    for body in OWN["response", format]:
        unified = translate.convert_response(body, source=format).value
        leg = Leg(ROWS[format], "response", False, translate.Options(), Losses(format))
        assert plain_response(unified) or knows(format)(unified, leg) is not None


@pytest.mark.parametrize("format", ANSWERS)
def test_answers_in_the_order_of_rows(format: str) -> None:
    """They go back as on the long way, and are known where no place is broken."""
    chance, module = random.Random(format), ROWS[format].module("response")
    for body in ANSWERS[format]:
        unified = translate.convert_response(body, source=format).value
        assert "blocks" in unified["choices"][0]["message"]["extra_content"][format]
        assert module.bagged_to_native(unified, Leg(ROWS[format], "response", False, translate.Options(), Losses(format))) is not None
        expect_same("response", unified, "unified", format)
        for number in range(5 * EDITS):
            expect_same("response", edited(unified, chance), "unified", format, validate=number % 3 > 0)


def test_items_of_an_answer_in_any_order() -> None:
    """Both ways, with finish reasons that fit and others; the answer that is read stays as it is."""
    chance = random.Random("items")
    for number in range(5 * EDITS):
        body = responses_answer(chance)
        expect_same("response", edited(body, chance) if number % 3 else body, "openai-responses", "unified")
        unified = unified_of("response", body, "openai-responses")
        for finish in ("stop", "tool_calls", "length") if unified else ():
            choice = {**unified["choices"][0], "finish_reason": finish}
            given = {**unified, "choices": [edited(choice, chance) if number % 2 else choice]}
            before = json.dumps(given)
            expect_same("response", given, "unified", "openai-responses", validate=number % 3 > 0)
            assert json.dumps(given) == before


def test_items_of_a_history_in_any_order() -> None:
    """The same of requests: what led to what, results between them, and turns of the user behind."""
    chance = random.Random("history")
    for number in range(3 * EDITS):
        body = {"model": "gpt-5", "input": [*responses_history(chance), {"role": "user", "content": "So?"}]}
        expect_same("request", edited(body, chance) if number % 3 else body, "openai-responses", "unified")
        unified = unified_of("request", body, "openai-responses")
        for given in (unified, edited(unified, chance), {**unified, "messages": edited(unified["messages"], chance)}) if unified else ():
            before = json.dumps(given)
            expect_same("request", given, "unified", "openai-responses", validate=number % 3 > 0)
            assert json.dumps(given) == before


@pytest.mark.parametrize("format", NATIVE)
def test_numbers_that_compare_alike(format: str) -> None:
    """`false` and 0.0 in place of a time 0 are refused in every chunk."""
    for created in (False, 0.0):
        chunks = [{**chunk, "created": 0} for chunk in payloads.text_stream(4)]
        chunks[3] = {**chunks[3], "created": created}
        expect_same("stream", chunks, "unified", format)


MEMBERS: dict[str, list[Json]] = {
    "temperature": [0, 0.0, 0.5, 1, 1.0, 1.5, True, None], "top_p": [0.5, 1, 0.0], "top_k": [5], "min_p": [0.1, 2],
    "repetition_penalty": [1, 1.1], "n": [1, 1.0, 2, 9], "frequency_penalty": [0, 0.5], "presence_penalty": [0.0, -1],
    "max_tokens": [9], "max_completion_tokens": [9, None], "seed": [7], "user": ["u"], "metadata": [{}, {"a": "b"}],
    "stop": ["x", " ", "", [], ["a"], ["a", " ", "b"], list("abcdefg"), "y" * 40], "stream": [True, False, None, 1],
    "stream_options": [{"include_usage": True}], "store": [False, True], "service_tier": ["auto", "flex", "scale", "fast", "?"],
    "logprobs": [True, False], "top_logprobs": [2], "logit_bias": [{}, {"5": 1}], "verbosity": ["low"], "reasoning_effort": ["none", "low", "high"],
    "tools": [[], [payloads.WEATHER]], "tool_choice": ["auto", "none", "required"], "parallel_tool_calls": [False],
    "response_format": [{"type": "text"}, {"type": "json_object"}], "prediction": [{"type": "content", "content": "x"}], "audio": [{"voice": "v"}],
    "web_search_options": [{}], "thinking": [{"type": "disabled"}, {"type": "enabled"}], "safety_identifier": ["s"], "shape": ["?"],
    "reasoning": [{"max_tokens": 2000}, {"enabled": True, "summary": "auto"}],
    "extra_content": [{key: {"top_k": 3, "stop": ["z"], "grammar": "x", "extra_body": {"a": 1}}} for key in ("openrouter", "google", "llamacpp", "x")],
}  # fmt: skip


@pytest.mark.parametrize("format", dialects.ROWS)
def test_members_under_the_rules_of_models(format: str) -> None:
    """Of a row and each model it tells apart: what is sent and what is told, and in which order."""
    chance = random.Random(f"members {format}")
    for pattern, _ in dialects.ROWS[format].facts:
        model = pattern.replace("*", "-x") if pattern != "*" else "m"
        for number in range(10 * EDITS):
            names = chance.sample(list(MEMBERS), chance.randrange(1, 6))
            body = {"model": model, **{name: chance.choice(MEMBERS[name]) for name in names}, "messages": [{"role": "user", "content": "Hi"}]}
            expect_same("request", body, "unified", format, validate=number % 3 > 0)


@pytest.mark.parametrize("format", ["perplexity", "zai", "anthropic-openai"])
def test_orders_of_roles(format: str) -> None:
    """Of dialects that ask for one: instructions in front, turns that alternate, a user who speaks."""
    chance = random.Random(f"roles {format}")
    for _ in range(10 * EDITS):
        roles = [chance.choice(("system", "user", "user", "assistant", "developer")) for _ in range(chance.randrange(1, 7))]
        messages = [{"role": role, "content": chance.choice(("a", "", "Grüße"))} for role in roles]
        if roles[-1] == "user" and chance.random() < 0.3:
            messages[-1] = {"role": "user", "content": [{"type": "text", "text": "x"}]}
        expect_same("request", {"model": "m", "messages": messages, "max_tokens": 5}, "unified", format)


@pytest.mark.parametrize("format", NATIVE)
def test_calls_without_a_name(format: str) -> None:
    """An empty name is one that no API takes."""
    talk = payloads.tool_turns(2)
    for message in talk["messages"]:
        for call in message.get("tool_calls", ()):
            call["function"]["name"] = ""
    expect_same("request", talk, "unified", format)
