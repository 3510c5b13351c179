"""
The short ways of the reader: a further piece, in one comparison with the event before where that was one, and events that need
no validator. Each gives exactly what `feed` gives, or None for every other event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from translate.leg import Json
from translate.providers.openai_compatible.plain_stream import (
    TEXTS,
    call_opened,
    ends,
    is_empty_piece,
    piece_to_unified,
    said,
    thought_to_unified,
)
from translate.providers.openai_compatible.stream_events import is_error
from translate.shared import bag
from translate.shared.chat_fast import envelope_of, is_plain, text_choice
from translate.shared.runs import Run

if TYPE_CHECKING:
    from translate.providers.openai_compatible.stream import ToUnified

LONG = 6  # texts one after another from which on they are looked for as a run
REST = 10  # so many more where a run has ended


def quick(reader: ToUnified, event: Json) -> Json | None:
    """What `feed` gives for a chunk that differs from the last one in its text alone; None for every other one."""
    if reader.look is not None and not reader.dialect.passes:
        text = reader.look(event)
        if text is not None:
            chunk = reader.steady.copy()
            number, member = reader.goes_on
            chunk["choices"] = [{"index": number, "delta": {member: text}, "finish_reason": None}]
            return chunk
        reader.look, reader.further = None, -REST  # for what other members or answers do by turns
    envelope = reader.envelope
    if reader.pending or envelope is None:
        return None
    if reader.thinking or reader.wordy:
        return _further(reader, event, envelope)
    choice = text_choice(event, envelope)
    if choice is None:
        return None
    index = choice["index"]
    state = reader.choices.get(index)
    if state is None or state.finished:
        return None
    if reader.dialect.passes:
        return event
    if not state.started:
        return None
    delta = choice["delta"]
    if "tool_calls" in delta:
        piece = delta["tool_calls"][0]
        call = state.calls.get(piece["index"])
        if call is None or not call.is_open:
            return None
        fresh: Json = {"tool_calls": [{"index": call.index, "function": {"arguments": piece["function"]["arguments"]}}]}
    else:
        ((name, value),) = delta.items()
        member = "reasoning_content" if name == "reasoning" else name
        if name == "content" and reader.dialect.tags and state.tags.phase not in ("after", "plain"):
            return None
        reader.further += 1
        if reader.further == LONG:
            reader.steady, reader.goes_on = reader.template, (index, member)
            reader.look = Run().look_at(choice, envelope, name)
        fresh = {member: value}
    chunk = reader.template.copy()
    chunk["choices"] = [{"index": index, "delta": fresh, "finish_reason": None}]
    return chunk


def look_on(reader: ToUnified, event: Json, chunk: Json) -> None:
    """Events may follow that are this one but for its text, where its chunk has nothing that is said once."""
    if len(event["choices"]) != 1 or event.get("usage") is not None:
        return
    (choice,), (out,) = event["choices"], chunk["choices"]
    delta, fresh = choice.get("delta") or bag.EMPTY, out.get("delta") or bag.EMPTY
    said = [name for name, value in delta.items() if value and name != "role"]
    if len(said) != 1 or said[0] not in TEXTS or out.get("finish_reason") is not None:
        return
    if not reader.dialect.passes:
        if "extra_content" in chunk or len(out) != 3 or len(fresh) != 1 or delta[said[0]] not in fresh.values():
            return
        reader.steady, reader.goes_on = chunk.copy(), (out["index"], *fresh)
    reader.look = Run().look_at(choice, envelope_of(event), said[0])


def _further(reader: ToUnified, event: Json, envelope: Json) -> Json | None:
    """The same where a piece stands among members that say nothing, or behind a thought is another one."""
    told = said(event, envelope)
    state = None if told is None or told.finish is not None else reader.choices.get(told.number)
    if told is None or state is None or not state.started or state.finished or reader.dialect.passes:
        return None
    if reader.thinking:
        fresh = thought_to_unified(told.delta, state)
    else:
        fresh = piece_to_unified(told.delta, state, reader.dialect)
    if fresh is None:
        return None
    chunk = reader.template.copy()
    chunk["choices"] = [{"index": told.number, "delta": fresh, "finish_reason": None}]
    return chunk


def common(reader: ToUnified, event: Json) -> list[Json] | None:
    """`feed` for a chunk that needs no validator; None for every other one."""
    reader.thinking = False
    if reader.look is not None and reader.look(event) is not None:  # of a server about which nothing is known: it passes as it is
        return [event]
    if reader.envelope is not None and not reader.pending and not reader.dialect.passes:
        known = _alike(reader, event, reader.envelope)
        if known is not None:
            return [known]
    return None if is_error(event) or not is_plain(event, others=True) else reader._read(event)


def _alike(reader: ToUnified, event: Json, envelope: Json) -> Json | None:
    """The chunk for an event that differs from the last one in its choice: a call opens, a thought or nothing is said, the end."""
    told = said(event, envelope)
    state = None if told is None else reader.choices.get(told.number)
    if told is None or state is None or not state.started or state.finished:
        return None
    delta, word = told.delta, told.finish
    fresh: Json | None = {}
    if word is not None:
        fresh = None if delta or not ends(word, state, reader.dialect) else fresh
    elif len(delta) == 2:
        fresh = thought_to_unified(delta, state)
        reader.thinking = fresh is not None
    elif delta and not is_empty_piece(delta, state):
        fresh = call_opened(delta, state, reader.leg)
        if fresh is None:
            fresh = piece_to_unified(delta, state, reader.dialect)
            reader.wordy = reader.wordy or fresh is not None
    if fresh is None:
        return None
    chunk = reader.template.copy()
    choice: Json = {"index": told.number, "delta": fresh, "finish_reason": word}
    if told.upstream is not None and told.upstream != word:
        choice["native_finish_reason"] = told.upstream
    chunk["choices"] = [choice]
    return chunk
