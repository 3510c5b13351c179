"""
The laws over the whole registry: every format that has a row is asked, nothing is listed here.

Unified documents come from a fixed pool (`strategies.pool`), native ones are recorded, golden or made. `--deep` asks
hypothesis too. Each test names the documents that break the law, with the first place of each.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest

import translate
from tests import checks, probe, strategies
from tests.oracles import oracle_for
from tests.oracles.openai import usage_problems
from translate.registry import ROWS

Json = Any
FORMATS = sorted(ROWS)
NATIVE = [name for name in FORMATS if name != "unified"]
KINDS = ("request", "response", "stream")
OPTIONS = translate.Options(route={"path": None, "model": "some-model"})


def broken(documents: Any, law: Callable[[Json], str | None]) -> list[str]:
    """What the law says of each document that breaks it."""
    found = []
    for index, document in enumerate(documents):
        try:
            said = law(document)
        except translate.TranslateError as error:
            said = f"refused: {error!r}"
        except Exception as error:  # the law test tells it as a finding, with its place
            said = f"crashed: {checks.crash(error)}"
        if said:
            found.append(f"#{index}: {said}")
    return found


def told(found: list[str], documents: Any) -> str:
    return f"{len(found)} of {len(documents)} documents:\n" + "\n".join(found[:12])


# --- 2. pure --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format", FORMATS)
def test_pure_from_unified(format: str, kind: str) -> None:
    """The input stays as it was, the same input gives the same output, the output is JSON that encodes to UTF-8."""
    documents = strategies.pool(kind)
    found = broken(documents, lambda document: _impure(document, kind, "unified", format))
    assert not found, told(found, documents)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format", NATIVE)
def test_pure_to_unified(format: str, kind: str) -> None:
    documents = strategies.native(format, kind)
    found = broken(documents, lambda document: _impure(document, kind, format, "unified"))
    assert not found, told(found, documents)


def _impure(document: Json, kind: str, source: str, target: str) -> str | None:
    outcome = checks.pure(document, kind, source, target, None if source == "unified" else OPTIONS)
    return None if outcome.holds else f"{outcome.verdict} {outcome.pointer}: {outcome.detail}"


# --- 3. no silent loss ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format", NATIVE)
def test_no_silent_loss_from_unified(format: str, kind: str) -> None:
    """Every leaf of generated unified documents shows in the output, or a loss names it."""
    prober = probe.Prober(per_shape=2)
    for document in strategies.pool(kind):
        prober.probe(document, kind, "unified", format, translate.Options())
    assert prober.probes > 20
    assert not prober.silent, "\n".join(prober.rows(40))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format", NATIVE)
def test_no_silent_loss_to_unified(format: str, kind: str) -> None:
    prober = probe.Prober(per_shape=2)
    for document in strategies.native(format, kind):
        if kind == "stream" and len(document) > 40:
            continue
        prober.probe(document, kind, format, "unified", OPTIONS)
    assert not prober.silent, "\n".join(prober.rows(40))


# --- 4. round trip --------------------------------------------------------------------------------------------------


def _moved(losses: list[Any]) -> bool:
    """Whether a loss speaks of whole messages, so that places behind them may have moved."""
    return any(loss.path.startswith("/messages/") and loss.path.count("/") <= 4 for loss in losses)


def _merged(place: str, document: Json, canonical: Json, losses: list[Any]) -> bool:
    """Whether a loss names this place under the number its message had before `canonical` joined neighbours."""
    if len(canonical["messages"]) == len(document["messages"]):
        return False
    return any(
        re.sub(r"^/messages/\d+/", "/messages/*/", place).startswith(re.sub(r"^/messages/\d+/", "/messages/*/", loss.path))
        for loss in losses
        if loss.path.startswith("/messages/")
    )


def _way_back(document: Json, kind: str, format: str) -> str | None:
    native, losses, route = checks.converted(document, kind, "unified", format)
    # An answer without a model is read as one of the model that was asked, which the caller knows.
    told_model = {"path": None, "model": (document[0] if kind == "stream" else document)["model"]}
    options = translate.Options(route=route if kind == "request" else told_model)
    back, _, _ = checks.converted(native, kind, format, "unified", options=options)
    if kind == "stream":
        document, back = translate.fold(document), translate.fold(back)
    word = "request" if kind == "request" else "response"
    left = translate.canonical(document, format="unified", kind=word)
    right = translate.canonical(back, format="unified", kind=word)
    explains = checks.explained_in_stream if kind == "stream" else checks.explained
    told = [*losses, *(_Renamed(loss) for loss in losses)]
    for difference in checks.expanded(checks.differences(left, right)):
        if explains(difference.pointer, told):
            continue
        if difference.pointer.startswith("/messages") and (_moved(losses) or _merged(difference.pointer, document, left, losses)):
            continue
        if _in_rows(difference, losses):
            continue
        if difference.pointer.endswith("/tool_call_id") and difference.left in _renamed_ids(document, losses):
            continue
        if kind == "request" and _approximated(difference, losses):
            continue
        return f"{difference.pointer}: {checks.short(difference.left)} -> {checks.short(difference.right)}"
    return None


def _in_rows(difference: checks.Difference, losses: list[Any]) -> bool:
    """Whether this is a row of a bag that holds what a loss says was moved out of reasoning_details."""
    moved = any(loss.kind == "approximated" and loss.feature == "reasoning_details" for loss in losses)
    return moved and difference.left is checks.ABSENT and "/extra_content/" in difference.pointer and "/blocks/" in difference.pointer


def _renamed_ids(document: Json, losses: list[Any]) -> set[str]:
    """Call ids that a loss names at their call: their results carry the new one, too."""
    found = set()
    for loss in losses:
        steps = loss.path.split("/")[1:]
        if len(steps) == 5 and steps[2] == "tool_calls" and steps[4] == "id":
            found.add(document["messages"][int(steps[1])]["tool_calls"][int(steps[3])]["id"])
    return found


def _approximated(difference: checks.Difference, losses: list[Any]) -> bool:
    """
    Whether the place belongs to a field whose meaning changed or that was lost in part: it comes back as what the target has for it, whole,
    and what only the target can say of it stands in the request's bag.
    """
    top = difference.pointer.split("/")[1]
    changed = [loss for loss in losses if loss.path and (loss.kind == "approximated" or loss.path.count("/") > 1)]
    fields = {loss.path.split("/")[1] for loss in changed} - {"messages", "tools"}
    if top == "extra_content" and difference.left is checks.ABSENT:
        name = difference.pointer.rpartition("/")[2]
        return bool(fields) or any(OF_THE_REQUEST.get(loss.feature) == name for loss in changed)
    return bool(fields) and top in fields


# What messages say and a target says once for the whole request, under a name of its own.
OF_THE_REQUEST = {"detail": "media_resolution"}


# `canonical` writes an alias under its long name, and one kind of reasoning control may come back as the other.
STAND_INS = {
    "user": "safety_identifier",
    "max_tokens": "max_completion_tokens",
    "reasoning_effort": "thinking",
    "thinking": "reasoning_effort",
}


class _Renamed:
    """A loss under the other name of its field."""

    def __init__(self, loss: Any) -> None:
        _, top, *rest = [*loss.path.split("/"), ""][: loss.path.count("/") + 1] if loss.path else ("", "")
        self.path = "/" + "/".join([STAND_INS.get(top, top), *rest])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format", NATIVE)
def test_round_trip_of_unified(format: str, kind: str) -> None:
    """unified -> native -> unified gives the document again, except where losses say so."""
    documents = strategies.pool(kind)
    found = broken(documents, lambda document: _way_back(document, kind, format))
    assert not found, told(found, documents)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format", NATIVE)
def test_same_format_hands_through(format: str, kind: str) -> None:
    """The same name on both sides: the document unchanged, no losses, an empty memo."""
    for document in strategies.native(format, kind):
        if kind == "stream":
            assert list(translate.convert_stream(document, source=format, target=format)) == list(document)
            continue
        convert = translate.convert_request if kind == "request" else translate.convert_response
        result = convert(document, source=format, target=format)
        assert (result.value, result.losses, dict(result.memo)) == (document, [], {})


# --- 5. streams -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_stream_agrees_with_response(format: str) -> None:
    """unified chunks -> native events, folded, are the native response of the folded chunks."""

    def law(chunks: Json) -> str | None:
        events, _ = checks.streamed(chunks, "unified", format, translate.Options())
        whole = translate.convert_response(translate.fold(chunks), target=format).value
        left = translate.canonical(translate.fold(events, format=format), format=format, kind="response")
        right = translate.canonical(whole, format=format, kind="response")
        first = next(checks.differences(left, right), None)
        return f"{first.pointer}: {checks.short(first.left)} (stream), {checks.short(first.right)}" if first else None

    documents = strategies.pool("stream")
    found = broken(documents, law)
    assert not found, told(found, documents)


@pytest.mark.parametrize("format", FORMATS)
def test_unfold_is_the_inverse_of_fold(format: str) -> None:
    def law(response: Json) -> str | None:
        document = translate.convert_response(response, target=format).value
        events = translate.unfold(document, format=format)
        problems = oracle_for(format).problems(events, "stream")
        if problems:
            return f"unfold: {problems[0]}"
        outcome = checks.unfolds(document, format)
        return None if outcome.holds else f"{outcome.pointer}: {outcome.detail}"

    documents = strategies.pool("response")
    found = broken(documents, law)
    assert not found, told(found, documents)


@pytest.mark.parametrize("format", NATIVE)
def test_cut_streams(format: str) -> None:
    """Chunks that end too soon give a well-formed native tail, a loss and `truncated`."""

    def law(chunks: Json) -> str | None:
        outcome = checks.cut_short(chunks, "unified", translate.Options(), format)
        return None if outcome.holds else f"{outcome.pointer}: {outcome.detail}"

    documents = strategies.pool("stream")
    found = broken(documents, law)
    assert not found, told(found, documents)


@pytest.mark.parametrize("format", NATIVE)
def test_error_in_mid_stream(format: str) -> None:
    """An error chunk is translated, ends the output, and is no cut."""
    error = {"error": {"message": "upstream failed", "type": "server_error", "param": None, "code": None}}
    for chunks in strategies.pool("stream")[:10]:
        output, machine = checks.streamed([*chunks[:2], error, *chunks[2:]], "unified", format, translate.Options())
        assert not machine.truncated
        assert oracle_for(format).problems(output, "stream") == []
        assert "upstream failed" in json.dumps(output[-1])
        # Responses tell it twice: an error event, then the failed response.
        assert "upstream failed" not in json.dumps(output[: -2 if format == "openai-responses" else -1])


# --- 6. valid there, 7. usage adds up -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format", NATIVE)
def test_valid_there(format: str, kind: str) -> None:
    """The target's own types and rules take what comes out."""
    if not oracle_for(format).exists:
        pytest.skip(f"no judge for {format}")

    def law(document: Json) -> str | None:
        value, _, route = checks.converted(document, kind, "unified", format)
        model = route.get("model") if route else None
        problems = oracle_for(format).problems(value, kind, model=model, route=route)
        return problems[0] if problems else None

    documents = strategies.pool(kind)
    found = broken(documents, law)
    assert not found, told(found, documents)


@pytest.mark.parametrize("format", NATIVE)
def test_usage_adds_up(format: str) -> None:
    """Through every format and back: the total is the sum, parts stay parts, and counts do not change."""

    def law(response: Json) -> str | None:
        native = translate.convert_response(response, target=format).value
        usage = translate.convert_response(native, source=format, options=OPTIONS).value.get("usage")
        problems = usage_problems(usage)
        if problems:
            return problems[0]
        wanted = {key: response["usage"][key] for key in ("prompt_tokens", "completion_tokens", "total_tokens")}
        seen = {key: (usage or {}).get(key) for key in wanted}
        return None if seen == wanted else f"{wanted} -> {seen}"

    documents = strategies.pool("response")
    found = broken(documents, law)
    assert not found, told(found, documents)


# --- 8. linear ------------------------------------------------------------------------------------------------------


def _seconds(work: Callable[[], Any]) -> float:
    best = float("inf")
    for _ in range(3):
        began = time.process_time()  # of this process: what else the machine does is no cost of a conversion
        work()
        best = min(best, time.process_time() - began)
    return best


def _grown(count: int) -> Iterator[tuple[str, Json]]:
    turns = [{"role": role, "content": f"text {index}"} for index in range(count) for role in ("user", "assistant")]
    yield "messages", {"model": "m", "messages": turns}
    items = [{"type": "text", "text": f"text {index}"} for index in range(count * 2)]
    yield "parts", {"model": "m", "messages": [{"role": "user", "content": items}]}
    calls = [
        {"id": f"c{index}", "type": "function", "function": {"name": f"tool_{index % 50}", "arguments": "{}"}}
        for index in range(count)
    ]
    results = [{"role": "tool", "tool_call_id": call["id"], "content": "x"} for call in calls]
    loop: list[Json] = [{"role": "user", "content": "x"}, {"role": "assistant", "content": None, "tool_calls": calls}]
    yield "calls", {"model": "m", "messages": [*loop, *results]}


@pytest.mark.parametrize("format", NATIVE)
def test_linear_requests(format: str) -> None:
    """Eight times the messages, parts or calls cost about eight times as much (margin: three times that)."""
    for (name, small), (_, large) in zip(_grown(100), _grown(800), strict=True):
        slow = _seconds(lambda document=large: translate.convert_request(document, target=format))
        fast = _seconds(lambda document=small: translate.convert_request(document, target=format))
        assert slow <= 24 * fast + 0.02, f"{name}: {fast * 1000:.1f} ms -> {slow * 1000:.1f} ms"


@pytest.mark.parametrize("format", FORMATS)
def test_linear_streams(format: str) -> None:
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}

    def chunks(count: int) -> list[Json]:
        body = [{**head, "choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": None}]}] * count
        start = {
            **head,
            "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}],
        }
        return [start, *body, {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]

    def work(count: int) -> Callable[[], Any]:
        given = chunks(count)
        return lambda: translate.fold(list(translate.convert_stream(given, target=format)), format=format)

    fast, slow = _seconds(work(500)), _seconds(work(4000))
    assert slow <= 24 * fast + 0.02, f"{fast * 1000:.1f} ms -> {slow * 1000:.1f} ms"


@pytest.mark.parametrize("format", NATIVE)
def test_media_bytes_are_not_copied_needlessly(format: str) -> None:
    """A large image costs less than encoding the request as JSON twice."""
    url = "data:image/png;base64," + "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ" * 40_000
    body = {"model": "m", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]}
    translate.convert_request(body, target=format)  # loads what is loaded lazily
    assert (
        _seconds(lambda: translate.convert_request(body, target=format))
        < 2 * _seconds(lambda: json.dumps(body)) + 0.005
    )


# --- deep -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", NATIVE)
def test_deep(format: str, deep: bool) -> None:
    """All laws of a document under hypothesis, which shrinks what it finds."""
    if not deep:
        pytest.skip("long run: --deep")

    @hypothesis.given(strategies.requests(), strategies.responses(), strategies.streams())
    def law(request: Json, response: Json, stream: Json) -> None:
        for kind, document in (("request", request), ("response", response), ("stream", stream)):
            assert _impure(document, kind, "unified", format) is None
            assert _way_back(document, kind, format) is None
            value, _, route = checks.converted(document, kind, "unified", format)
            assert (
                oracle_for(format).problems(value, kind, model=route.get("model") if route else None, route=route) == []
            )

    law()
