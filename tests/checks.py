"""
The laws as plain functions: each takes one recorded (or made-up) document and says what is wrong with it.

They are used by the tests and by the command-line reports, hence no pytest here. They know the library only by its
public names.
"""

from __future__ import annotations

import copy
import json
import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import translate
from tests.comparing import (
    ABSENT as ABSENT,
    Difference as Difference,
    Outcome,
    differences,
    expanded,
    explained,
    explained_in_stream,
    serialisable,
    short,
)
from tests.corpus import Record, told_as_error
from tests.oracles import oracle_for
from tests.oracles.openai import usage_problems
from translate.registry import ROWS

Json = Any


def options_of(record: Record) -> translate.Options:
    """What a caller who logged the exchange knows beside the body."""
    return translate.Options(route={"path": record.path} if record.path else None)


def crash(error: BaseException) -> str:
    """Type, message and the innermost place of an exception."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({frame.filename.rsplit('/translate/', 1)[-1]}:{frame.lineno})"


def guarded(law: str, check: Callable[[], Outcome]) -> Outcome:
    """The outcome of a check; exceptions become outcomes."""
    try:
        return check()
    except translate.TranslateError as error:
        return Outcome(law, "refused", error.path, f"{type(error).__name__}: {error}")
    except Exception as error:  # that it escapes is the defect which the outcome reports
        return Outcome(law, "crashed", "", crash(error))


def _compared(
    law: str, left: Json, right: Json, losses: Sequence[Any], explains: Callable[[str, Sequence[Any]], bool] = explained
) -> Outcome:
    found = list(differences(left, right))
    if not found:
        return Outcome(law, "equal")
    silent = [difference for difference in expanded(found) if not explains(difference.pointer, losses)]
    shown = (silent or found)[0]
    text = f"{short(shown.left)} -> {short(shown.right)}"
    return Outcome(law, "differs" if silent else "explained", shown.pointer, text)


def pure(document: Json, kind: str, source: str, target: str, options: translate.Options | None = None) -> Outcome:
    """Law 2: the input stays as it was, the same input gives the same output, the output is JSON that encodes to UTF-8."""

    def check() -> Outcome:
        before = copy.deepcopy(document)
        first = converted(document, kind, source, target, options)
        second = converted(document, kind, source, target, options)
        changed = next(differences(before, document), None)
        if changed is not None:
            return Outcome("pure", "differs", changed.pointer, "the input changed")
        if json.dumps(first[0]) != json.dumps(second[0]) or first[1] != second[1]:
            return Outcome("pure", "differs", "", "two conversions differ")
        wrong = serialisable(first[0]) or serialisable(first[2])
        return Outcome("pure", "invalid", "", wrong) if wrong else Outcome("pure", "equal")

    return guarded("pure", check)


def converted(
    document: Json, kind: str, source: str, target: str, options: translate.Options | None = None
) -> tuple[Json, list[Any], Json]:
    """Value, losses and route of a conversion, streams alike."""
    if kind == "stream":
        output, machine = streamed(document, source, target, options or translate.Options())
        return output, list(machine.losses), {}
    convert = translate.convert_request if kind == "request" else translate.convert_response
    result = convert(document, source=source, target=target, options=options)
    return result.value, list(result.losses), result.route


def round_trip_request(body: Json, format: str, options: translate.Options) -> Outcome:
    """Law 4, native -> unified -> native."""

    def check() -> Outcome:
        there = translate.convert_request(body, source=format, target="unified", options=options)
        back = translate.convert_request(there.value, source="unified", target=format, options=options)
        wrong = serialisable(there.value) or serialisable(back.value)
        if wrong:
            return Outcome("request", "invalid", "", wrong)
        before = translate.canonical(body, format=format, kind="request")
        after = translate.canonical(back.value, format=format, kind="request")
        return _compared("request", before, after, there.losses)

    return guarded("request", check)


def round_trip_response(body: Json, format: str, options: translate.Options) -> Outcome:
    """Law 4 for responses."""

    def check() -> Outcome:
        there = translate.convert_response(body, source=format, target="unified", options=options)
        back = translate.convert_response(there.value, source="unified", target=format, options=options)
        wrong = serialisable(there.value) or serialisable(back.value)
        if wrong:
            return Outcome("response", "invalid", "", wrong)
        before = translate.canonical(body, format=format, kind="response")
        after = translate.canonical(back.value, format=format, kind="response")
        return _compared("response", before, after, there.losses)

    return guarded("response", check)


def round_trip_error(body: Json, format: str, status: int) -> Outcome:
    """An error body to unified and back."""

    def check() -> Outcome:
        there = translate.convert_error(body, source=format, target="unified", status=status)
        back = translate.convert_error(there.value, source="unified", target=format, status=status)
        found = oracle_for(hub_judge(format)).problems(there.value, "error")
        if found:
            return Outcome("error", "invalid", "", found[0])
        before = translate.canonical(body, format=format, kind="error")
        after = translate.canonical(back.value, format=format, kind="error")
        return _compared("error", before, after, there.losses)

    return guarded("error", check)


def streamed(events: Sequence[Json], source: str, target: str, options: translate.Options) -> tuple[list[Json], Any]:
    """Output of a stream conversion, and the converter (for its losses and `truncated`)."""
    machine = translate.StreamConverter(source, target, options)
    output: list[Json] = []
    for event in events:
        output.extend(machine.feed(event))
    output.extend(machine.flush())
    return output, machine


def folded(events: Sequence[Json], format: str) -> Json:
    """The response of a stream; a stream that ends in an error gives its body under `stream_error`."""
    try:
        return translate.fold(events, format=format)
    except translate.StreamError as error:
        if error.body is None:
            raise
        return {"stream_error": error.body}


def round_trip_stream(events: list[Json], format: str, options: translate.Options) -> Outcome:
    """Law 4 for streams: native events -> unified chunks -> native events, both ends folded."""

    def check() -> Outcome:
        chunks, machine = streamed(events, format, "unified", options)
        back, _ = streamed(chunks, "unified", format, options)
        wrong = serialisable(chunks) or serialisable(back)
        if wrong:
            return Outcome("stream", "invalid", "", wrong)
        before, after = folded(events, format), folded(back, format)
        if "stream_error" in before or "stream_error" in after:
            same = "stream_error" in before and "stream_error" in after
            verdict = "equal" if same else "differs"
            return Outcome("stream", verdict, "/stream_error", f"{short(before)} -> {short(after)}")
        before = translate.canonical(before, format=format, kind="response")
        after = translate.canonical(after, format=format, kind="response")
        return _compared("stream", before, after, machine.losses, explained_in_stream)

    return guarded("stream", check)


def stream_agrees(events: list[Json], format: str, options: translate.Options) -> Outcome:
    """Law 5: folding the converted stream gives what converting the folded stream gives."""

    def check() -> Outcome:
        chunks, _ = streamed(events, format, "unified", options)
        try:
            whole = translate.fold(events, format=format)
        except translate.StreamError as error:
            if error.body is None:
                raise
            told = [chunk for chunk in chunks if isinstance(chunk, dict) and "error" in chunk]
            last = bool(told) and chunks[-1] is told[0]
            return Outcome("agrees", "equal" if last else "differs", "", "an error event has to be the last chunk")
        response = translate.convert_response(whole, source=format, target="unified", options=options)
        left = translate.canonical(translate.fold(chunks), format="unified", kind="response")
        right = translate.canonical(response.value, format="unified", kind="response")
        return _compared("agrees", left, right, ())

    return guarded("agrees", check)


def unfolds(response: Json, format: str) -> Outcome:
    """`fold(unfold(response))` is the response again."""

    def check() -> Outcome:
        again = translate.fold(translate.unfold(response, format=format), format=format)
        left = translate.canonical(response, format=format, kind="response")
        right = translate.canonical(again, format=format, kind="response")
        return _compared("unfold", left, right, ())

    return guarded("unfold", check)


def bytes_split(raw: str, format: str, options: translate.Options) -> Outcome:
    """Law 5: cutting the bytes anywhere changes nothing."""

    def check() -> Outcome:
        data = raw.encode("utf-8")
        whole = _through(data, len(data), format, options)
        for size in (1 if len(data) < 4000 else 7, 1021):
            pieces = _through(data, size, format, options)
            if pieces != whole:
                at = next((n for n, (a, b) in enumerate(zip(whole, pieces, strict=False)) if a != b), len(pieces))
                return Outcome("bytes", "differs", "", f"pieces of {size}: output differs at byte {at}")
        return Outcome("bytes", "equal")

    return guarded("bytes", check)


def _through(data: bytes, size: int, format: str, options: translate.Options) -> bytes:
    machine = translate.ByteStreamConverter(format, "unified", options)
    pieces = [machine.feed(data[start : start + size]) for start in range(0, len(data), size or 1)]
    return b"".join([*pieces, machine.flush()])


_FINISH_MARKS: dict[str, Callable[[Json], bool]] = {
    "anthropic": lambda event: event.get("type") in ("message_delta", "message_stop", "error"),
    "gemini": lambda event: (
        "error" in event
        or "promptFeedback" in event
        or any(isinstance(one, dict) and one.get("finishReason") for one in event.get("candidates") or ())
    ),
    "responses": lambda event: event.get("type")
    in ("response.completed", "response.incomplete", "response.failed", "error"),
    "bedrock": lambda event: any(key == "messageStop" or key.endswith("Exception") for key in event),
    "cohere": lambda event: event.get("type") in ("message-end", "error") or ("message" in event and "id" in event),
    "ollama": lambda event: bool(event.get("done")) or "error" in event,
    "chat": lambda event: (
        "error" in event
        or any(isinstance(one, dict) and one.get("finish_reason") for one in event.get("choices") or ())
    ),
}  # fmt: skip
_FAMILY = {
    "vertex": "gemini",
    "openai-responses": "responses",
    "anthropic-vertex": "anthropic",
    "anthropic-bedrock": "anthropic",
}


def finish_index(events: Sequence[Json], format: str) -> int:
    """Index of the first event that says, on the wire, why the answer ended; their number if none does."""
    name = _FAMILY.get(format, format)
    mark = _FINISH_MARKS.get(name, _FINISH_MARKS["chat"])
    return next((index for index, event in enumerate(events) if isinstance(event, dict) and mark(event)), len(events))


def cut_short(events: list[Json], format: str, options: translate.Options, target: str = "unified") -> Outcome:
    """Law 5: input that ends too soon gives a well-formed tail, a loss and `truncated`."""

    def check() -> Outcome:
        end = finish_index(events, format)
        for cut in sorted(cut for cut in {1, end // 2, end} if 0 < cut <= end):  # ahead of the finish
            output, machine = streamed(events[:cut], format, target, options)
            where = f"after {cut} of {len(events)} events"
            if cut < len(events) or end == len(events):
                if not machine.truncated:
                    return Outcome("cut", "differs", f"/{cut}", f"truncated is not set {where}")
                if not machine.losses:
                    return Outcome("cut", "differs", f"/{cut}", f"no loss {where}")
            found = oracle_for(hub_judge(format) if target == "unified" else target).problems(output, "stream")
            if found:
                return Outcome("cut", "invalid", f"/{cut}", f"{where}: {found[0]}")
            if target == "unified" and output and "error" not in output[-1]:
                choices = translate.fold(output)["choices"]
                if not choices or any(choice["finish_reason"] != "length" for choice in choices):
                    return Outcome("cut", "differs", f"/{cut}", f"finish_reason is not length {where}")
        return Outcome("cut", "equal")

    return guarded("cut", check)


def hub_judge(source: str) -> str:
    """Whose oracle judges the unified form of a document: what `compatible` does not know stays where it stands."""
    return "compatible" if source == "compatible" else "unified"


def valid_there(
    kind: str, document: Json, source: str, target: str, options: translate.Options, status: int | None = None
) -> Outcome:
    """Law 6: what comes out is accepted by the target's own types and rules."""
    law = "hub" if target == "unified" else "cross"

    def check() -> Outcome:
        model = route = None
        if kind == "stream":
            value: Json = streamed(document, source, target, options)[0]
        elif kind == "error":
            value = translate.convert_error(document, source=source, target=target, status=status).value
        else:
            convert = translate.convert_request if kind == "request" else translate.convert_response
            result = convert(document, source=source, target=target, options=options)
            value, route = result.value, result.route
            model = route.get("model") if isinstance(route, dict) else None
        wrong = serialisable(value)
        judge = hub_judge(source) if target == "unified" else target
        found = [wrong] if wrong else oracle_for(judge).problems(value, kind, model=model, route=route)
        if found and kind in ("response", "stream") and contradicts(document, kind, source, options):
            # Counts that contradict each other where they were recorded can not add up elsewhere.
            found = [problem for problem in found if not re.search(r"\busage(Metadata)?\b", problem)]
        if not found:
            return Outcome(law, "equal" if oracle_for(judge).exists else "unjudged")
        return Outcome(law, "invalid", f"{target} {kind}", " | ".join(found[:3]))

    outcome = guarded(law, check)
    return (
        outcome
        if outcome.holds or outcome.verdict == "invalid"
        else outcome._replace(pointer=f"{target} {kind} {outcome.pointer}")
    )


def contradicts(document: Json, kind: str, source: str, options: translate.Options) -> bool:
    """Whether the recorded counts, as an unknown server sent them, have parts larger than their whole or a wrong sum."""
    if source != "compatible":
        return False  # every other format's reader mends or tells what does not add up
    usages = [document.get("usage")] if kind == "response" else [event.get("usage") for event in document]
    return any(isinstance(usage, dict) and "total_tokens" in usage and bool(usage_problems(usage)) for usage in usages)


def record_outcomes(
    record: Record, targets: Sequence[str] = (), laws: frozenset[str] | None = None
) -> Iterator[Outcome]:
    """Every law that a recorded exchange can be asked about; `targets` are the formats of the cross conversion."""
    options, name = options_of(record), record.format

    def wanted(law: str) -> bool:
        return laws is None or law in laws

    documents: list[tuple[str, Json]] = []
    if record.request is not None and record.taken:
        documents.append(("request", record.request))
        if wanted("request"):
            yield round_trip_request(record.request, name, options)
    if record.response is not None and (not record.taken or told_as_error(record.response)):
        documents.append(("error", record.response))
        if wanted("error"):
            yield round_trip_error(record.response, name, record.status)
    elif record.response is not None:
        documents.append(("response", record.response))
        if wanted("response"):
            yield round_trip_response(record.response, name, options)
        if wanted("unfold"):
            yield unfolds(record.response, name)
    if record.events is not None:
        documents.append(("stream", record.events))
        for law, check in (("stream", round_trip_stream), ("agrees", stream_agrees), ("cut", cut_short)):
            if wanted(law):
                yield check(record.events, name, options)
        if record.raw is not None and wanted("bytes"):
            yield bytes_split(record.raw, name, options)
    for kind, document in documents:
        for target in ("unified", *targets):
            if name == "compatible" and kind != "request" and ROWS[target].package == "openai_compatible":
                continue  # what an unknown server answers passes as it stands, valid or not
            if target != name and wanted("hub" if target == "unified" else "cross"):
                yield valid_there(kind, document, name, target, options, record.status)


def targets_of(record: Record, every: bool = False) -> list[str]:
    """
    Formats a record is crossed to: all, or three of them, in rotation by the record's id, so that a short run meets
    all.
    """
    names = [name for name in ROWS if name not in ("unified", record.format)]
    if every or len(names) <= 5:
        return names
    start = int(re.sub("[^0-9a-f]", "", record.id.rsplit(":", 1)[-1])[-6:] or "0", 16) % len(names)
    return [names[(start + step) % len(names)] for step in (0, 7, 15)]
