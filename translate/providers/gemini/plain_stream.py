"""
The short way of a stream: elements that bring a text, a thought or whole calls, the last one, and what usually stands beside
them. Each function gives exactly what the long way gives, or None, the machine untouched, for everything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from translate.leg import Json
from translate.providers.gemini import plain_usage
from translate.providers.gemini.candidate import Candidate
from translate.providers.gemini.partial import PIECE
from translate.providers.gemini.plain_calls import calls_to_unified
from translate.providers.gemini.plain_response import CANDIDATE, plain_beside
from translate.providers.gemini.response import MOST_CANDIDATES
from translate.providers.gemini.tables import FINISH_REASON_TO_UNIFIED
from translate.scrubbing import lone
from translate.shared import bag
from translate.shared.blocks import HEAD
from translate.shared.runs import Say
from translate.shared.timestamps import seconds_of

if TYPE_CHECKING:
    from translate.providers.gemini.reading import ToUnified
    from translate.providers.gemini.stream import ToNative

_ELEMENT = frozenset(("candidates", "usageMetadata", "modelVersion", "responseId", "createTime"))


def quick(reader: ToUnified, event: Json) -> Json | None:
    """The one chunk that `feed` gives for a further piece of an open text or thought, or for whole calls; None for every other element."""
    known, candidates = reader.known, event.get("candidates")
    if not known or reader.over or type(candidates) is not list or len(candidates) != 1:
        return None
    candidate: Any = candidates[0]
    if type(candidate) is not dict:
        return None
    content, reason = candidate.get("content"), candidate.get("finishReason")
    index = candidate.get("index", 0)
    if type(index) is not int or type(content) is not dict:
        return None
    # Of the reasons `STOP` alone never has anything to tell: a place to tell it of is not known here.
    if len(candidate) != ("index" in candidate) + 1 and (reason != "STOP" or len(candidate) != ("index" in candidate) + 2):
        return None
    state, parts = reader.candidates.get(index), content.get("parts")
    if state is None or type(parts) is not list or not parts or type(parts[0]) is not dict:
        return None
    if len(content) != 1 and (len(content) != 2 or content.get("role") != "model"):
        return None
    counts = None
    for name, value in event.items():
        if name in known:
            if value != known[name]:
                return None
        elif name == "usageMetadata":
            if reader.strange or not plain_usage.is_plain(value):
                return None
            counts = value
        elif name != "candidates" and (name != "createTime" or type(value) is not str or not value.isascii()):
            return None
    part = parts[0]
    text = part.get("text")
    if type(text) is not str:
        calls = _further_calls(reader, state, parts)
        if calls is None:
            return None
        delta: Json = {"tool_calls": calls}
    else:
        if len(parts) != 1 or not text or not (text.isascii() or not lone(text)):
            return None
        if len(part) == 1:
            if state.kind != "text":
                return None
            delta = {"content": text}
            if text.isascii():
                state.uncounted += len(text)
            else:
                state.counted().add(state.blocks - 1, text)
        elif len(part) == 2 and part.get("thought") is True and state.kind == "reasoning":
            delta = {"reasoning_content": text}
        else:
            return None
        state.length += len(text)
        if len(state.head) < HEAD:
            state.head = (state.head + text)[:HEAD]
    if counts is not None:
        reader.counts = counts
    state.reason = reason
    chunk = reader.beside.copy()
    chunk["choices"] = [{"index": index, "delta": delta, "finish_reason": None}]
    return chunk


def _further_calls(reader: ToUnified, state: Candidate, parts: list[Any]) -> list[Json] | None:
    """The calls of an element that brings nothing else, behind a text or calls in the usual order; None where there is more to say."""
    if state.rows.broken or (state.kind and not state.length) or state.partial is not None or not state.role:
        return None
    if reader.create_time is not None or "names" in reader.leg.memo:
        return None
    calls = calls_to_unified(parts, 0, state.calls, reader.identifier, reader.leg.row.key, streamed=True)
    if len(calls) != len(parts):
        return None
    if state.kind:
        reader._close(state)
    state.rows.whole("tool_call", len(calls))
    state.calls += len(calls)
    state.blocks += len(calls)
    return calls


_SCALARS = frozenset((str, int, float, bool))
_CONTENT = frozenset(("parts", "role"))
_PATH = ("candidates", 0)
_REASON = (*_PATH, "finishReason")
_PARTS = (*_PATH, "content", "parts")
# Kind of a text, the text and what stands beside it; or a run of calls; or, without a kind, a part of a call as it came.
Piece = tuple[str, str, Json, list[Json]]


def common(reader: ToUnified, event: Json) -> list[Json] | None:
    """The chunks that `feed` gives for an element of the common shapes; None for every other one."""
    if not reader.known:
        begun = _begun(reader, event)
        if begun is not None:
            return begun
    candidates, usage, time = event.get("candidates"), event.get("usageMetadata"), event.get("createTime")
    identifier, model, known = event.get("responseId"), event.get("modelVersion"), reader.known
    if not _ELEMENT.issuperset(event) or (time is not None and (type(time) is not str or not time.isascii())):
        return None
    if known:
        if (identifier is not None and identifier != known["responseId"]) or (model is not None and model != known["modelVersion"]):
            return None
    elif (identifier is not None and not _encodes(identifier)) or (model is not None and not _encodes(model)):
        return None
    counted = None
    if usage is not None:
        # Usage alone is the last one, most often; what comes beside a candidate is converted when it is.
        counted = plain_usage.to_unified(usage, reader.leg.row.key) if candidates is None else None
        if reader.strange or (counted is None and not plain_usage.is_plain(usage)):
            return None
    made: list[Piece] | None = None
    candidate: Any = None
    if candidates is not None:
        candidate = candidates[0] if type(candidates) is list and len(candidates) == 1 else None
        made = _read(reader, candidate, known["responseId"] if known else identifier or "") if type(candidate) is dict else None
        if made is None:
            return None
    if not known:
        reader.first(event, event)
    if usage is not None:
        reader.usage, reader.counts = counted, None if counted else usage  # only the last one is converted, at the end
    return [] if made is None else _written(reader, candidate, made)


def _begun(reader: ToUnified, event: Json) -> list[Json] | None:
    """The first chunk of an answer that begins with a text, or with nothing but calls: in one look, as there is little else to pay for."""
    leg = reader.leg
    try:
        candidates, identifier, model = event["candidates"], event["responseId"], event["modelVersion"]
        candidate = candidates[0]
        content, reason = candidate["content"], candidate.get("finishReason")
        parts = content["parts"]
        part = parts[0]
        if not (identifier and model and (identifier + model).isascii()) or len(candidates) != 1 or not CANDIDATE.issuperset(candidate):
            return None
        if len(content) != 2 or content["role"] != "model" or (reason is not None and reason != "STOP") or "names" in leg.memo:
            return None
    except (AttributeError, IndexError, KeyError, TypeError):
        return None
    if type(candidates) is not list or type(candidate) is not dict or type(content) is not dict or type(parts) is not list:
        return None
    if type(identifier) is not str or type(part) is not dict:
        return None
    usage, time, index = event.get("usageMetadata"), event.get("createTime"), candidate.get("index", 0)
    if len(event) != 3 and len(event) != 3 + (usage is not None) + (time is not None):
        return None
    if time is not None and (type(time) is not str or not time.isascii()):
        return None
    if type(index) is not int or not 0 <= index < MOST_CANDIDATES or (usage is not None and not plain_usage.is_plain(usage)):
        return None
    calls: list[Json] = []
    text: Any = part.get("text") if len(parts) == 1 and len(part) == 1 else None
    if type(text) is not str or not text or not (text.isascii() or not lone(text)):
        calls = calls_to_unified(parts, 0, 0, identifier, leg.row.key, streamed=True)
        if len(calls) != len(parts):
            return None
    created = leg.options.created
    if time is not None:
        seconds, is_exact = seconds_of(time)
        created = created if seconds is None else seconds
        reader.create_time = None if is_exact and leg.row.variant == "vertex" else time
    reader.beside = {"id": identifier, "object": "chat.completion.chunk", "created": created, "model": model, "choices": []}
    reader.identifier, reader.known = identifier, {"modelVersion": model, "responseId": identifier}
    reader.counts = usage
    state = reader.candidates[index] = Candidate(index)
    if reason is not None:
        state.reason, state.where, state.since = reason, _REASON, leg.losses.prefix
    if not calls:
        return reader.said(text, bag.EMPTY, state, "text")
    state.rows.first("tool_call", len(calls))
    state.calls = state.blocks = len(calls)
    if reader.create_time is not None:
        return [reader._chunk(state, {"tool_calls": calls})]
    state.role = True
    chunk = reader.beside.copy()
    chunk["choices"] = [{"index": index, "delta": {"role": "assistant", "tool_calls": calls}, "finish_reason": None}]
    return [chunk]


def _read(reader: ToUnified, candidate: Json, identifier: str) -> list[Piece] | None:
    """The parts of a candidate, texts and runs of calls; None where there is more to say."""
    index, reason, content = candidate.get("index", 0), candidate.get("finishReason", "STOP"), candidate.get("content")
    if type(index) is not int or not 0 <= index < MOST_CANDIDATES:
        return None
    if reason != "STOP" and (type(reason) is not int if type(reason) is not str else reason not in FINISH_REASON_TO_UNIFIED):
        return None
    if not CANDIDATE.issuperset(candidate) and plain_beside(candidate, reader.leg.row.variant) is None:
        return None
    if type(content) is not dict:
        return [] if "content" not in candidate else None
    parts = content.get("parts", [])
    if type(parts) is not list or not _CONTENT.issuperset(content) or content.get("role", "model") != "model":
        return None
    state = reader.candidates.get(index)
    count, is_open = (0, False) if state is None else (state.calls, state.partial is not None and state.partial.open is not None)
    key, renames = reader.leg.row.key, "names" in reader.leg.memo
    made: list[Piece] = []
    spot = 0
    while spot < len(parts):
        part = parts[spot]
        text = part.get("text") if type(part) is dict else None
        if type(text) is str:
            piece = _text(part, text)
            if piece is None:
                return None
            made.append(piece)
            spot += 1
            continue
        calls = [] if is_open or renames else calls_to_unified(parts, spot, count, identifier, key, streamed=True)
        if not calls:
            return [("", "", part, [])] if len(parts) == 1 and _is_part_of_call(part) else None
        made.append(("tool_call", "", bag.EMPTY, calls))
        if len(calls) == len(parts):  # as most elements with calls
            return made
        spot += len(calls)
        count += len(calls)
    return made


def _is_part_of_call(part: Any) -> bool:
    """Whether a part brings some arguments of a call, or its beginning, in members of the right types."""
    held = part.get("functionCall") if type(part) is dict else None
    if type(held) is not dict or (len(part) > 1 and (len(part) > 2 or not _encodes(part.get("thoughtSignature")))):
        return False
    for name, value in held.items():
        if name == "partialArgs":
            if type(value) is not list:
                return False
            for piece in value:
                if type(piece) is not dict or not piece.keys() <= PIECE:
                    return False
                for said in piece.values():
                    if type(said) not in _SCALARS or (type(said) is str and not _encodes(said)):
                        return False
        elif type(value) is not bool if name == "willContinue" else name not in ("id", "name") or not _encodes(value):
            return False
    return True


def _encodes(text: Any) -> bool:
    return type(text) is str and (text.isascii() or not lone(text))


def _text(part: Json, text: str) -> Piece | None:
    """A text or thought, with no more than a signature."""
    if not (text.isascii() or not lone(text)):
        return None
    kind, extra, known = "text", bag.EMPTY, 1
    if len(part) > 1:
        thought, signature = part.get("thought"), part.get("thoughtSignature")
        if thought is True:
            kind, known = "reasoning", 2
        if signature is not None:
            if type(signature) is not str or not signature.isascii():
                return None
            extra, known = {"thought_signature": signature}, known + 1
    return (kind, text, extra, []) if len(part) == known else None


def _written(reader: ToUnified, candidate: Json, made: list[Piece]) -> list[Json]:
    """What `feed` does, for a candidate that is known."""
    index = candidate.get("index", 0)
    state = reader.candidates.get(index)
    if state is None:
        state = reader.candidates[index] = Candidate(index)
    chunks: list[Json] = []
    for kind, text, beside, calls in made:
        if calls:
            chunks += reader.placed(calls, state)
        elif kind:
            chunks += reader.said(text, beside, state, kind)
        else:
            chunks += reader.parts([beside], state, _PARTS)
    if chunks:
        state.reason = None  # what came before was not the end
    if CANDIDATE.issuperset(candidate):
        if "finishReason" in candidate:
            state.reason, state.where, state.since = candidate["finishReason"], _REASON, reader.leg.losses.prefix
    else:
        chunks += reader.beside_content(candidate, candidate, state, _PATH)
    return chunks


def ended(reader: ToUnified) -> list[Json] | None:
    """What `flush` gives for one candidate that stopped and said nothing beside texts and calls; None for every other end."""
    if len(reader.candidates) != 1 or reader.more or reader.feedback is not None or reader.create_time is not None:
        return None
    (state,) = reader.candidates.values()
    if state.odd or state.reason != "STOP" or not state.role or state.rows.broken or (state.kind and not state.length):
        return None
    usage, key = reader.usage, reader.leg.row.key
    if reader.counts is not None:
        usage = plain_usage.to_unified(reader.counts, key)
        if usage is None:
            return None
    last = reader.beside.copy()
    last["choices"] = [{"index": state.index, "delta": {}, "finish_reason": "tool_calls" if state.calls else "stop"}]
    if usage is None:
        return [last]
    counted = reader.beside.copy()
    counted["choices"], counted["usage"] = [], usage
    return [last, counted]


def text(writer: ToNative, chunk: Json) -> list[Json] | None:
    """What `feed` gives for a further piece of what is open, in a chunk whose look was taken (`shared.chat_fast`); None for others."""
    choice = chunk["choices"][0]
    index, delta = choice["index"], choice["delta"]
    state = writer.choices.get(index)
    if state is None or len(delta) != 1:
        return None
    if state.takes in delta:
        said = delta[state.takes]
        if state.takes == "content":
            if said.isascii():
                state.uncounted += len(said)
            else:
                state.beyond_ascii(said)
            part = {"text": said}
        else:
            state.uncounted += len(said)
            part = {"text": said, "thought": True}
        element = writer.beside.copy()
        element["candidates"] = [{"index": index, "content": {"role": "model", "parts": [part]}}]
        return [element]
    if state.finished:
        return None
    if "content" in delta:  # a text begins
        if state.calls.open:
            return None
        state.count()
        state.takes = "content"
        element = writer.beside.copy()
        element["candidates"] = [{"index": index, "content": {"role": "model", "parts": state.said(delta["content"], "text")}}]
        return [element]
    if "tool_calls" not in delta:
        return None
    # Held until the call is whole.
    fragment = delta["tool_calls"][0]
    held = state.calls.open.get(fragment["index"])
    if held is None:
        return None
    held.pieces.append(fragment["function"]["arguments"])
    return []


def run(writer: ToNative, choice: Json) -> Say | None:
    """What pieces become that follow the one of this choice, which was taken (`shared.runs`); None where they have to be looked at."""
    index, delta = choice["index"], choice["delta"]
    state = writer.choices.get(index)
    if state is None:
        return None
    if "tool_calls" in delta:
        held = state.calls.open.get(delta["tool_calls"][0]["index"])
        return None if held is None else held.pieces.append
    if state.takes not in delta:
        return None
    beside = writer.beside

    def said(piece: str) -> Json:
        if piece.isascii():
            state.uncounted += len(piece)
        else:
            state.beyond_ascii(piece)
        element = beside.copy()
        element["candidates"] = [{"index": index, "content": {"role": "model", "parts": [{"text": piece}]}}]
        return element

    def thought(piece: str) -> Json:
        state.uncounted += len(piece)
        element = beside.copy()
        element["candidates"] = [{"index": index, "content": {"role": "model", "parts": [{"text": piece, "thought": True}]}}]
        return element

    return said if state.takes == "content" else thought
