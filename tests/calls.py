"""
Calls of the public functions with documents that nobody should trust, and what is asked of every call: a result or a
TranslateError, JSON that encodes, places that resolve, the input as it was, and no more time than its size is worth.

Deterministic: a call is made from its number alone, so that a finding is repeated by
`python -m tests.fuzz --start N --count 1`.
"""

from __future__ import annotations

import json
import random
import time
import traceback
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any, NamedTuple

import translate
from tests import strategies
from translate import framing
from translate.registry import ROWS

Json = Any
FORMATS = sorted(ROWS)
PATIENCE_S = 3.0  # of one call


class Call(NamedTuple):
    """One call of a public function; kind: of the document (`stream` is a list of events)."""

    function: str
    document: Json
    source: str
    target: str
    kind: str = "request"

    def __str__(self) -> str:
        return f"{self.function} {self.kind} {self.source} -> {self.target}"


def _converted(name: str) -> Callable[[Call], Any]:
    def run(call: Call) -> Any:
        result = getattr(translate, name)(call.document, source=call.source, target=call.target)
        # A loss points into the caller's document, whose keys may be no text: its path is not asked to encode.
        json.dumps([loss.to_dict() for loss in result.losses])
        _expect_places(call, result.losses)
        return [result.value, result.route, dict(result.memo)]

    return run


def _stream(call: Call) -> Any:
    output = list(translate.convert_stream(call.document, source=call.source, target=call.target))
    machine = translate.StreamConverter(call.source, call.target)
    again = [event for given in call.document for event in machine.feed(given)] + machine.flush()
    if json.dumps(again) != json.dumps(output):
        raise AssertionError("StreamConverter and convert_stream differ")
    _expect_places(call, machine.losses)
    return output


def _awaited(call: Call) -> Any:
    """The asynchronous stream, driven by hand: nothing in it waits, so each step ends at once."""

    async def given() -> AsyncIterator[Any]:
        for event in call.document:
            yield event

    # What is no iterable at all goes in as it is.
    events = given() if isinstance(call.document, Iterable) else call.document
    stream = translate.aconvert_stream(events, source=call.source, target=call.target)
    output: list[Any] = []
    try:
        while True:
            step = stream.__anext__()
            try:
                step.send(None)
            except StopIteration as ready:
                output.append(ready.value)
    except StopAsyncIteration:
        return output


def _bytes(call: Call) -> Any:
    """An event in two framings, or the bytes of a stream as they are: cut in two, or in many pieces, they say the same."""
    data = call.document
    if not isinstance(data, bytes):
        text = json.dumps(data, ensure_ascii=True).encode("ascii")
        data = b"data: " + text + b"\n\n" + text + b"\n"
    middle, step = len(data) // 2, 1 + len(data) // 50
    halves = _fed(call, [data[:middle], data[middle:]])
    pieces = _fed(call, [data[start : start + step] for start in range(0, len(data), step)])
    if str(halves) != str(pieces):
        raise AssertionError("the cuts of the bytes change the output")
    written, losses, _, refusal = halves
    json.dumps([loss.to_dict() for loss in losses])
    if refusal is not None:
        raise refusal
    decoder = framing.decoder(ROWS[call.target].framing)
    return [event for event in [*decoder.feed(written), *decoder.flush()] if event is not framing.DONE]


def _fed(call: Call, pieces: list[bytes]) -> tuple[bytes, list[Any], bool, translate.TranslateError | None]:
    """What a converter gives for the pieces, what it lost, whether they were cut, and what it refuses in the end."""
    machine = translate.ByteStreamConverter(call.source, call.target)
    written, refusal = b"", None
    try:
        for piece in pieces:
            written += machine.feed(piece)
        written += machine.flush()
    except translate.TranslateError as error:
        refusal = error
    return written, machine.losses, machine.truncated, refusal


def _word(call: Call) -> str:
    return "response" if call.kind == "stream" else call.kind


def _media(call: Call) -> Any:
    found = translate.remote_media(call.document, format=call.source)
    for reference in found:
        if not resolves(call.document, reference.path):
            raise AssertionError(f"no such place: {reference.path}")
    return [list(reference) for reference in found]


PICTURES = {"https://example.com/picture.png": (b"\x89PNG", "image/png")}
RUN: dict[str, Callable[[Call], Any]] = {
    "convert_request": _converted("convert_request"),
    "convert_response": _converted("convert_response"),
    "convert_error": _converted("convert_error"),
    "convert_stream": _stream,
    "aconvert_stream": _awaited,
    "fold": lambda call: translate.fold(call.document, format=call.source),
    "unfold": lambda call: translate.unfold(call.document, format=call.source),
    "detect": lambda call: list(translate.detect(call.document)),
    "validate": lambda call: [
        list(problem) for problem in translate.validate(call.document, format=call.source, kind=_word(call))
    ],
    "canonical": lambda call: translate.canonical(call.document, format=call.source, kind=_word(call)),
    "remote_media": _media,
    "inline_media": lambda call: translate.inline_media(call.document, PICTURES, format=call.source),
    "bytes": _bytes,
}
FUNCTIONS = tuple(RUN)
# These hand the caller's own document through, so that what was no text there is none in the answer.
PASSING = frozenset(("canonical", "inline_media", "fold", "unfold", "remote_media", "detect", "validate"))
KIND_OF = {
    "convert_response": "response",
    "convert_stream": "stream",
    "aconvert_stream": "stream",
    "fold": "stream",
    "unfold": "response",
}
STREAMS = ("convert_stream", "aconvert_stream", "fold")  # called with any iterable of events


# --- places ---------------------------------------------------------------------------------------------------------


def resolves(document: Json, path: str) -> bool:
    """Whether a JSON pointer leads somewhere in the document."""
    place = document
    for step in path.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(place, list):
            if not step.isdigit() or int(step) >= len(place):
                return False
            place = place[int(step)]
        elif isinstance(place, dict) and step in place:
            place = place[step]
        else:
            return False
    return True


def _expect_places(call: Call, losses: Iterable[Any]) -> None:
    """
    Every loss leads to a place of the document that its leg read. What the target demands and the source lacks
    (`defaulted`) is named where it would stand, so its holder has to be there.
    """
    between: Json = None
    for loss in losses:
        place = loss.path.rpartition("/")[0] if loss.kind == "defaulted" else loss.path
        own = call.source == "unified" or loss.target == "unified"
        if own and resolves(call.document, place):
            continue
        if call.source != "unified":
            between = _between(call) if between is None else between
            if resolves(between, place):
                continue
        raise AssertionError(f"loss without a place: {loss.target} {loss.kind} {loss.path} ({loss.note})")


def _between(call: Call) -> Json:
    if call.function == "convert_stream":
        return list(translate.convert_stream(call.document, source=call.source))
    return getattr(translate, call.function)(call.document, source=call.source).value


# --- judging --------------------------------------------------------------------------------------------------------


def encodes(answer: Any) -> str:
    """Empty when the answer is JSON that encodes to UTF-8. What came in as NaN may come out so."""
    try:
        json.dumps(answer, ensure_ascii=False).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _flat(value: Json) -> list[Any]:
    """The document as a flat list, made without recursion: equal lists, equal documents (NaN equals itself)."""
    found: list[Any] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            found.append(("object", *item))
            waiting.extend(item.values())
        elif isinstance(item, list):
            found.append(("array", len(item)))
            waiting.extend(item)
        else:
            found.append(item)
    return found


def trouble(call: Call) -> str:
    """What escapes from a call, or is wrong with its answer; empty when all is well."""
    before = _flat(call.document)
    began = time.perf_counter()
    said = _said(call)
    took = time.perf_counter() - began
    after = _flat(call.document)
    if said:
        return said
    if len(before) != len(after) or any(old is not new and old != new for old, new in zip(before, after, strict=True)):
        return "the input was changed"
    return f"took {took:.0f} s" if took > PATIENCE_S else ""


def _said(call: Call) -> str:
    try:
        answer = RUN[call.function](call)
    except translate.TranslateError as error:
        return _of_refusal(call, error)
    except Exception as error:  # whatever else leaves a public function is the finding
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{frame.filename.rsplit('/translate/', 1)[-1]}:{frame.lineno}"
        return f"{type(error).__name__}: {str(error)[:200]} ({place})"
    if call.function in PASSING or call.source == call.target:
        return ""
    return encodes(answer)


def _of_refusal(call: Call, error: translate.TranslateError) -> str:
    """A refusal is JSON (it quotes the caller's document, hence not asked to encode) and points into the document."""
    try:
        json.dumps(error.to_dict())
    except (TypeError, ValueError, RecursionError) as wrong:
        return f"error.to_dict(): {type(wrong).__name__}: {wrong}"
    # Any iterable is a stream; its places are those of the list that it gives.
    streams = call.function in STREAMS and isinstance(call.document, Iterable)
    document = list(call.document) if streams else call.document
    if call.function != "bytes" and not resolves(document, error.path):
        return f"refusal without a place: {error}"
    return ""


# --- made from numbers ----------------------------------------------------------------------------------------------


def call_of(number: int, function: str | None = None) -> Call:
    """Call `number`: a public function (the named one) with a document that was edited in a few places."""
    chance = random.Random(number)
    name, source, target = chance.choice(FUNCTIONS), chance.choice(FORMATS), chance.choice(FORMATS)
    name = function or name
    kind = KIND_OF.get(name) or "request"
    if name in ("detect", "validate", "canonical"):
        kind = chance.choice(("request", "response"))
    if name == "bytes":
        kind = "stream"
    documents = strategies.pool(kind)[:20] if source == "unified" else strategies.native(source, kind, 6)
    document = chance.choice(documents)
    if name == "bytes":
        document = chance.choice(document or [{}])
    for _ in range(chance.randint(1, 4)):
        document = edited(document, chance)
    return Call(name, document, source, target, kind)


def edited(document: Json, chance: random.Random) -> Json:
    """One place of the document replaced, removed, doubled or wrapped."""
    found = list(paths(document))
    if not found:
        return chance.choice(strategies.JUNK)
    place = chance.choice(found)
    return replaced(document, place, lambda holder: _edit(holder, place[-1], chance))


def paths(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a document but the whole of it."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths(item, (*path, key))


def at(document: Json, path: tuple[Any, ...]) -> Json:
    """The value at a place."""
    for step in path:
        document = document[step]
    return document


def replaced(document: Json, path: tuple[Any, ...], edit: Callable[[Json], None]) -> Json:
    """The document after an edit of what holds the place. Only the containers on the way are new."""
    copied: Any = list(document) if isinstance(document, list) else dict(document)
    if len(path) > 1:
        copied[path[0]] = replaced(document[path[0]], path[1:], edit)
    else:
        edit(copied)
    return copied


def _edit(holder: Json, step: Any, chance: random.Random) -> None:
    action = chance.randrange(6)
    if action == 0:
        del holder[step]
    elif action == 1 and isinstance(holder, list):
        holder.insert(step, holder[step])
    elif action == 2:
        holder[step] = [holder[step]]
    elif action == 3:
        holder[step] = {"type": holder[step]}
    else:
        holder[step] = chance.choice(strategies.JUNK)
