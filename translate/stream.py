"""
Streams: feed one event, get events. `StreamConverter` is the two machines of a pipe with losses and policy around them.

Most events of a stream are like the one before, and its first and last ones like those of other streams: what a reader or a
writer may have besides `feed` and `flush`, so that these cost no more than a look, is asked for here (`shared/machines.py`).
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from typing import Any, NamedTuple

from translate.arguments import check_arguments
from translate.convert import refuse_losses
from translate.errors import InvalidDocument, StreamError, kind_of, pointer
from translate.leg import DEFAULTS, Json, Leg, Options
from translate.loss import Loss, Losses, Scope
from translate.places import nearest, with_own_keys
from translate.registry import Format, find
from translate.route import read_route
from translate.scrubbing import scrub
from translate.shared.chat_fast import without_messages
from translate.shared.runs import LONG, LONGER, Look, Run, Say


class _Way(NamedTuple):
    """What is the same of all streams from one format to another, looked up once: short ones pay for each look."""

    source: Format
    target: Format
    reader: Any
    writer: Any
    same: bool
    own: bool  # the caller's events are what leg 2 reads
    passing: Any  # of a way to the unified form: the writer that has nothing to undo, which all of them share
    reads_whole: bool  # whole messages beside deltas, if the row's machines say so
    writes_whole: bool


_WAYS: dict[tuple[str, str], _Way] = {}


def _way(source: str, target: str) -> _Way:
    known = _WAYS.get((source, target)) if type(source) is str and type(target) is str else None
    if known is not None:
        return known
    read, written = find(source), find(target)
    reader, writer = read.module("stream").ToUnified, written.module("stream").ToNative
    same, unified = read is written, find("unified")
    passing = writer(Leg(written, "event", False, DEFAULTS, Losses("unified"))) if written is unified and not same else None
    found = _Way(
        read, written, reader, writer, same, read is unified, passing,
        hasattr(reader, "whole_messages") and not same, hasattr(writer, "whole_messages"),
    )  # fmt: skip
    _WAYS[read.name, written.name] = found
    return found


class StreamConverter:
    """
    Events of one stream -> events of the target's. One object per response.

    feed and flush return the events that are ready. losses: all so far, paths begin with the index of event or chunk.
    truncated: the input ended before its end; the tail was closed as `length`. `flush` is called once, at the end of input.
    Raises: StreamError for an event that has no meaning there; LossyConversion by `on_loss`, at the event that loses.
    """

    # The writer took the last chunk a short way: the next one, alike but for its text, needs no look there.
    _settled = False
    _text: Any = None
    # While unified chunks go on with what is open: the look for their text, and what the writer makes of it (`shared.runs`).
    _is_like: Run | None = None
    _say: Say | None = None
    _further = 0  # pieces that came one after another
    _long = 0  # so many of them begin a run
    _begun = 0  # event behind the one with which the last run began
    # A reader may hand through chunks with whole messages beside the deltas, for which most writers have no place.
    _without: Any = None
    # Then chunks come with the heads they have: what no chunk has said yet, and has no place behind the first one.
    _lacks: tuple[str, ...] = ()

    def __init__(self, source: str, target: str, options: Options | None = None, on_loss: str = "collect") -> None:
        row, target_row, to_unified, to_native, same, own, passing, reads_whole, writes_whole = _way(source, target)
        self._source, self._target, self._same, self._own = row, target_row, same, own
        options = DEFAULTS if options is None and on_loss == "collect" else check_arguments(options, on_loss)
        self._on_loss = on_loss
        self._done = False
        self._events = self._chunks = 0
        self._losses: list[Loss] = []
        self._read, self._written = Losses("unified"), Losses(target_row.name)
        reading = Leg(row, "event", True, options, self._read)
        self._legs: tuple[Leg, ...] = (reading,)
        writer = passing
        if passing is None or options is not DEFAULTS:
            writing = Leg(target_row, "event", False, options, self._written)
            self._legs = (reading, writing)
            if options.memo:
                reading.memo = dict(options.memo.get("write") or {})
                writing.memo = dict(options.memo.get("read") or {})
            if options.route:
                for leg in self._legs:
                    leg.route = read_route(options)
            writer = None if same else to_native(writing)
        reader: Any = None if same else to_unified(reading)
        self._reader, self._writer = reader, writer
        # A reader knows chunks that need no more than a look (most of a chat stream): a piece of what is open, or whole calls.
        # And whole events of common shapes, which it reads without a scrub before (`common(event) -> chunks | None`).
        self._quick: Any = None if same else reader.quick
        self._common: Any = None if same else reader.common
        self._look: Look | None = None
        # Chunks that bring a piece, or all that are no errors, go out to the unified form as they are.
        self._passes: bool = passing is not None and writer.passes
        self._passes_whole: bool = passing is not None and writer.passes_whole
        if same or passing is not None:
            return
        self._text = writer.text
        if own:
            self._long = LONG
        if reads_whole and reader.whole_messages and not (writes_whole and writer.whole_messages):
            self._without, self._lacks = without_messages, ("id", "created", "model")

    @property
    def losses(self) -> list[Loss]:
        """All losses so far."""
        return list(self._losses)

    @property
    def truncated(self) -> bool:
        """True when the input was cut before its end."""
        return bool(not self._same and (self._reader.truncated or self._writer.truncated))

    def feed(self, event: Any) -> list[Json]:
        """One event in, the events that are ready out."""
        look = self._look
        if look is not None and self._say is not None:
            text = look(event) if type(event) is dict else None
            if text is not None:
                self._events += 1
                self._chunks += 1
                said = self._say(text)
                return [] if said is None else [said]
        try:
            chunk = self._quick(event) if look is None and self._quick is not None and type(event) is dict else None
            if chunk is None:
                return self._take(event)
            if self._passes:
                self._events += 1
                self._chunks += 1
                return [chunk]
            ready: list[Json] | None = self._text(chunk) if self._settled else None
            if ready is None:
                return self._settle(chunk)
        except InvalidDocument as error:
            raise _refused(error, event, self._events) from None
        except RecursionError:
            raise _too_deep(self._events) from None
        self._events += 1
        self._chunks += 1
        self._further += 1
        if self._further == self._long:
            self._begin_run(chunk, self._events)
        return ready

    def _run(self, events: Iterator[Json]) -> Iterator[Json]:
        """`feed` for each event, and `flush`. A further piece, as most are, costs no call but those that read and write it."""
        text, passes, further = self._text, self._passes, 0
        quick: Any = None
        look = say = None  # until the first event has opened something
        long = self._long
        for event in events:
            if look is not None and say is not None:
                piece = look(event) if type(event) is dict else None
                if piece is not None:
                    further += 1
                    said = say(piece)
                    if said is not None:
                        yield said
                    continue
            try:
                chunk = quick(event) if look is None and quick is not None and type(event) is dict else None
                if chunk is not None:
                    if passes:
                        further += 1
                        yield chunk
                        continue
                    ready = text(chunk) if self._settled else None
                    if ready is not None:
                        further += 1
                        if further == long:
                            self._begin_run(chunk, self._events + further)
                            look, say = self._look, self._say
                        if len(ready) == 1:  # as nearly always; an iterator of its own costs more
                            yield ready[0]
                        else:
                            yield from ready
                        continue
                if further:
                    self._events += further
                    self._chunks += further
                    further = 0
                ready = self._take(event) if chunk is None else self._settle(chunk)
            except InvalidDocument as error:
                raise _refused(error, event, self._events + further) from None
            except RecursionError:
                raise _too_deep(self._events + further) from None
            if len(ready) == 1:
                yield ready[0]
            elif ready:
                yield from ready
            quick, look, say, long = self._quick, self._look, self._say, self._long  # no look behind an error
        if further:
            self._events += further
            self._chunks += further
        yield from self.flush()

    def _settle(self, chunk: Json) -> list[Json]:
        """Writes a further piece the long way; the writer may take the next ones without a look."""
        number = self._events
        out = self._write([chunk], number)
        self._events = number + 1
        if self._read.items or self._written.items:
            self._collect()
        self._settled = self._writer.settled
        return out

    def _begin_run(self, chunk: Json, number: int) -> None:
        """Chunks may follow that differ from this one, which the writer has just taken, in their text alone. number: of the next event."""
        self._begun = number
        choice = chunk["choices"][0]
        self._say = self._writer.run(choice) if len(choice["delta"]) == 1 else None
        if self._say is None:
            return
        if self._is_like is None:
            self._is_like = Run()
        self._look = self._is_like.look(choice, self._reader.envelope)

    def _take(self, event: Any) -> list[Json]:
        """`feed` for an event that is no further piece: most of them need no more than a look before they are written."""
        reader, common, number = self._reader, self._common, self._events
        if common is None or type(event) is not dict or reader.over:
            return self._convert(event)
        self._read.prefix = (number,)
        chunks: list[Json] | None = common(event)
        if chunks is None:
            return self._convert(event)
        self._events = number + 1
        if self._passes_whole:
            if self._read.items:
                self._collect()
            return chunks
        settled, self._settled = self._settled, False
        try:
            chunks = self._pass(chunks[0], number, settled) if self._own else self._write(chunks, number)
        except InvalidDocument as error:
            raise _refused(error, event, number) from None
        except RecursionError:
            raise _too_deep(number) from None
        if self._read.items or self._written.items:
            self._collect()
        return chunks

    def _pass(self, chunk: Json, number: int, settled: bool) -> list[Json]:
        """What a unified chunk becomes that is right. settled: if it is the last one but for its choice, it needs no other look."""
        if self._look is not None and number - self._begun < LONG:
            self._long *= LONGER
        self._look, self._further = None, 0
        self._written.prefix = (number,)
        self._chunks += 1
        choice: Json | None = self._reader.choice if settled else None
        out: list[Json] | None = None
        if choice is not None:
            fragment = self._reader.fragment
            out = self._writer.likewise(choice, fragment)
            if fragment is not None and out is not None and not fragment["function"]["arguments"]:
                self._begin_run(chunk, -LONG)  # its arguments come next, in pieces
        if out is None:
            out = self._writer.feed(chunk)
            if self._lacks:
                self._look_at_head(chunk)
        self._settled = self._writer.settled  # the look at the next one is taken where it is read
        return out or []

    def _convert(self, event: Any) -> list[Json]:
        """`feed` for an event that is no further piece."""
        number = self._events
        self._events = number + 1
        self._settled = False
        self._look, self._further = None, 0
        if type(event) is not dict:
            raise StreamError(
                f"{self._source.name} event {number}: expected object, got {kind_of(event)}",
                event_index=number, path=(number,),
            )  # fmt: skip
        if self._same:
            return [event]
        if self._done:
            return []
        self._read.prefix = (number,)
        if self._reader.over:
            # Nothing follows the end of an answer, unless several were written one after another.
            scope: Scope = "content" if len(event) > 1 else "envelope"
            self._read.add("dropped", scope, "stream", (), "behind the end of the answer")
            self._collect()
            return []
        given: Json = event
        scrubbed: list[Loss] = []
        try:
            event, scrubbed = scrub(event, self._source.name, "event", (number,))
            self._losses += scrubbed
            chunks: list[Json] = self._reader.feed(event)
            out = self._write(chunks, number) if chunks else []
            if self._own:
                self._settled = self._writer.settled
        except InvalidDocument as error:
            raise _refused(error, given, number) from None
        except RecursionError:
            raise _too_deep(number) from None
        if self._read.items or self._written.items:
            self._collect({str(number): given} if scrubbed else None)
        return out

    def flush(self) -> list[Json]:
        """The input has ended: closes whatever is still open."""
        if self._same or self._done:
            return []
        # What the end loses belongs to the last event; a stream without any has no place.
        last = self._events - 1 if self._events else 0
        self._read.prefix = (last,) if self._events else ()
        try:
            out: list[Json] = self._reader.flush()
            if not self._passes_whole or (out and "error" in out[-1]):
                out = self._written_end(out)
        except InvalidDocument as error:
            raise StreamError(str(error), event_index=last) from None
        except RecursionError:
            raise StreamError("event nested too deeply", event_index=last) from None
        if self._read.items or self._written.items:
            if self._own:
                self._tell_of_last(last)
            self._collect()
        self._end()
        return out

    def _written_end(self, chunks: list[Json]) -> list[Json]:
        """What the last chunks become, and what the writer has held back."""
        out = self._write(chunks, self._events) if chunks else []
        if not self._done:
            count = self._events if self._own else self._chunks
            self._written.prefix = (count - 1,) if count else ()
            out += self._writer.flush()
        return out

    def _write(self, chunks: list[Json], number: int) -> list[Json]:
        out: list[Json] = []
        writing = self._written
        for chunk in chunks:
            # Leg 2 points into a chunk that the caller has seen only when it fed unified chunks itself.
            writing.prefix = (number if self._own else self._chunks,)
            self._chunks += 1
            if self._without is not None:
                chunk = self._without(chunk, self._legs[1])
            try:
                out += self._writer.feed(chunk)
            except InvalidDocument as error:
                if not self._own:
                    error.path = ""
                raise
            if self._lacks:
                self._look_at_head(chunk)
            if "error" in chunk and not chunk.get("choices"):
                self._end()
                break
        return out

    def _look_at_head(self, chunk: Json) -> None:
        """What the head lacked until now. Losses: what comes behind the first chunk, unless the writer has told it."""
        if self._chunks == 1 and chunk.get("id") and chunk.get("created") and chunk.get("model"):
            self._lacks = ()
            return
        lacks: tuple[str, ...] = ()
        for name in self._lacks:
            if not chunk.get(name):
                lacks += (name,)
        before, self._lacks = self._lacks, lacks
        if self._chunks == 1 or len(lacks) == len(before):
            return
        losses = self._written
        told = {loss.path for loss in losses.items}
        for name in before:
            if name not in lacks and pointer((*losses.prefix, name)) not in told:
                losses.add("dropped", "envelope", name, (name,), "came behind the first chunk")

    def _tell_of_last(self, last: int) -> None:
        """Losses of a chunk that closes a cut stream, which the caller has not: they belong to the last event."""
        items = self._written.items
        made = f"/{self._events}"
        for at, loss in enumerate(items):
            if loss.path == made or loss.path.startswith(f"{made}/"):
                items[at] = loss._replace(path=f"/{last}" if self._events else "")

    def _end(self) -> None:
        self._done = True
        self._quick = self._common = self._look = None

    def _collect(self, given: Json | None = None) -> None:
        """Takes the losses since the last time; `given`: the event as it came, by its number, when it was scrubbed."""
        fresh: list[Loss] = []
        for leg in self._legs:
            items = leg.losses.items
            if items:
                fresh += with_own_keys(given, items) if given and (leg is self._legs[0] or self._own) else items
                leg.losses.items = []
        if fresh:
            self._losses += fresh
            refuse_losses(self._losses, self._on_loss, self._target.name if self._own else "unified")


def _refused(error: InvalidDocument, event: Json, number: int) -> StreamError:
    """What the caller gets for an event without meaning: its number, and the place in it."""
    return StreamError(str(error), event_index=number, path=nearest({str(number): event}, error.path))


def _too_deep(number: int) -> StreamError:
    return StreamError("event nested too deeply", event_index=number, path=(number,))


def convert_stream(
    events: Iterable[Json], *, source: str = "unified", target: str = "unified", options: Options | None = None,
    on_loss: str = "collect",
) -> Iterator[Json]:  # fmt: skip
    """Events of one format -> the other's, lazily. Losses show only through `on_loss`; `StreamConverter` has them all."""
    machine = StreamConverter(source, target, options, on_loss)
    try:
        given = iter(events)
    except TypeError:
        raise StreamError(f"{source} stream: expected an iterable of events, got {kind_of(events)}") from None
    return machine._run(given)


async def aconvert_stream(
    events: AsyncIterable[Json], *, source: str = "unified", target: str = "unified", options: Options | None = None,
    on_loss: str = "collect",
) -> AsyncIterator[Json]:  # fmt: skip
    """`convert_stream` over an asynchronous iterable."""
    machine = StreamConverter(source, target, options, on_loss)
    if not hasattr(type(events), "__aiter__"):
        raise StreamError(f"{source} stream: expected an asynchronous iterable of events, got {kind_of(events)}")
    async for event in events:
        for out in machine.feed(event):
            yield out
    for out in machine.flush():
        yield out
