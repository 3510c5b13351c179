"""
Chat streams, both directions, for every dialect; `compatible` passes as it stands.

Towards unified: one head on all chunks, role once and first, fragments of calls numbered and opened with id, type and name,
an empty delta on the finish chunk, usage last. `Fold` of `shared.chat_fold` gives the response of a stream in either form.
"""

from __future__ import annotations

from translate.errors import Path, StreamError
from translate.leg import Json, Leg
from translate.providers.openai_compatible import dialects, error as errors, plain_pieces, response as responses, usage
from translate.providers.openai_compatible.plain_stream import delta_to_unified, is_common
from translate.providers.openai_compatible.reading import copied_bags
from translate.providers.openai_compatible.request import check
from translate.providers.openai_compatible.stream_calls import entry_to_unified, fragment_to_unified, late_calls
from translate.providers.openai_compatible.stream_events import (
    check_error,
    is_empty,
    is_error,
    plain,
    repeated,
    without_messages,
)
from translate.providers.openai_compatible.stream_state import Choice
from translate.providers.openai_compatible.stream_writer import CUT, ToNative
from translate.providers.openai_compatible.tables import ANSWER_MEMBERS, CHOICE_MEMBERS, CHUNK_MEMBERS, SERVICE_TIERS
from translate.providers.openai_compatible.think_tags import MARK, mark
from translate.shared import bag
from translate.shared.chat_fast import envelope_of
from translate.shared.chat_fold import MOST_CHOICES, Fold, unfold
from translate.shared.machines import Reader
from translate.shared.runs import Look

_READ = frozenset(("id", "object", "created", "model", "choices", "obfuscation", "error"))

__all__ = ["ToNative", "ToUnified", "fold", "unfold"]


class ToUnified(Reader):
    """Native chunks -> unified chunks."""

    __slots__ = (
        "choices", "counts", "dialect", "envelope", "extra", "further", "goes_on", "head", "leg", "look", "over", "pending", "repeats",
        "seen", "steady", "template", "thinking", "truncated", "wordy",
    )  # fmt: skip

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.dialect = dialects.of(leg)
        self.head: Json | None = None
        self.seen: Json = {}  # head members as they came
        self.choices: dict[int, Choice] = {}
        self.counts: Json | None = None
        self.pending: Json = {}  # members beside the choices that wait for the next chunk
        self.extra: Json = {}
        self.repeats = False  # whole messages stand beside deltas
        self.envelope: Json | None = None  # beside the choices of the last chunk that went the long way
        self.template: Json = {}  # what it became, to be copied with other choices
        self.thinking = False  # the last event brought reasoning with its entry
        self.wordy = False  # pieces stand among members that say nothing
        self.look: Look | None = None  # for events that are the last one but for its text (`shared.runs`)
        self.steady: Json = {}  # the chunk of that one
        self.goes_on: tuple[int, str] = (0, "")  # index of its choice, member of its delta
        self.further = 0  # pieces that came one after another
        self.over = False
        self.truncated = False

    @property
    def whole_messages(self) -> bool:
        """Whether messages beside deltas go out as they come."""
        return self.dialect.passes

    @property
    def document(self) -> str:
        """Id of the answer, as far as it came, for calls without one."""
        return str(self.seen.get("id", ""))

    quick, common = plain_pieces.quick, plain_pieces.common

    def feed(self, event: Json) -> list[Json]:
        if self.over:
            return []
        leg = self.leg
        if is_error(event):
            self.over = True
            check_error(event, leg)
            body = {name: value for name, value in event.items() if name not in CHUNK_MEMBERS or name == "error"}
            for name in ("usage", "choices"):
                if event.get(name) and not is_empty(event[name]):
                    leg.losses.dropped("content" if name == "choices" else "envelope", name, (name,), "beside an error")
            error = errors.to_unified({name: value for name, value in body.items() if self.extra.get(name) != value}, leg)
            return [*self._held_back(), error]
        check(event, "event", leg)
        return self._read(event)

    def _read(self, event: Json) -> list[Json]:
        leg = self.leg
        if self.dialect.passes:
            self._note(event)
            self.envelope = envelope_of(event)
            if "error" in event:
                return [{name: value for name, value in event.items() if name != "error"}]
            if event.get("choices"):
                plain_pieces.look_on(self, event, event)
            return [event]
        if type(event.get("x_groq")) is dict:
            responses.repeated(event, leg)
        event = plain(event)
        known = self.envelope is not None and not self.pending and not self.dialect.tags
        choices = event.get("choices") or ()
        self._seen(event)
        self._members(event)
        chunks: list[Json] = []
        for number, choice in enumerate(choices):
            self._choice(choice, number, chunks)
        if chunks:
            self._set_head()
            assert self.head is not None  # just set
            chunks = [{**self.head, **chunk} for chunk in chunks]
            chunks[0].update(self._released())
            is_common = event.get("usage") is None and "error" not in event and event.get("extra_content") is None
            if is_common and not self.repeats:
                self.envelope = envelope_of(event)
                self.template = chunks[0].copy()
                self.template.pop("extra_content", None)
                if known and len(chunks) == 1:
                    plain_pieces.look_on(self, event, chunks[0])
        return chunks

    def _note(self, event: Json) -> None:
        """For a server about which nothing is known: only what a cut stream needs."""
        self._seen(event)
        for number, choice in enumerate(event.get("choices") or ()):
            state = self._state(choice.get("index") or 0, ("choices", number))
            if choice.get("finish_reason"):
                state.finished = True

    def _seen(self, event: Json) -> None:
        """The first id, created and model that say something (Azure's first chunk has empty ones)."""
        seen = self.seen
        if len(seen) < 3:
            is_late = self.head is not None  # the first chunk has gone out with another one
            for name in ("id", "created", "model"):
                if event.get(name) and name not in seen:
                    seen[name] = event[name]
                    if is_late:
                        self.leg.losses.dropped("envelope", name, (name,), "came behind the first chunk")

    def _set_head(self) -> None:
        if self.head is None:
            options, seen = self.leg.options, self.seen
            self.head = {
                "id": seen.get("id") or options.id or "chatcmpl-0", "object": "chat.completion.chunk",
                "created": seen.get("created", options.created),
                "model": seen.get("model") or self.leg.memo.get("model") or options.model or "",
            }  # fmt: skip

    def _members(self, event: Json) -> None:
        """What stands beside the choices: usage is held back to the end, the rest goes out with the next chunk."""
        key = self.leg.row.key
        for name, value in event.items():
            if value is None or name in _READ:
                continue
            if name == "usage":
                if type(value) is not dict:
                    self.leg.invalid((name,), "object", value)
                self.counts = value
            elif name == "extra_content":
                self.pending.setdefault(name, {}).update(copied_bags(value))
            elif name in CHUNK_MEMBERS and (name != "service_tier" or value in SERVICE_TIERS):
                self.pending[name] = value
            elif self.extra.get(name) != value:
                self.extra[name] = value
                held = self.pending.get("extra_content", bag.EMPTY).get(key, bag.EMPTY).get(name)
                # What an earlier chunk without choices said, and has not gone out, goes out beside it.
                bag.put(self.pending, key, name, {**held, **value} if type(held) is type(value) is dict else value)

    def _released(self) -> Json:
        pending, self.pending = self.pending, {}
        return pending

    def _state(self, index: int, path: Path) -> Choice:
        """What is known of a choice; path: of it."""
        state = self.choices.get(index)
        if state is None:
            if not 0 <= index < MOST_CHOICES:
                self.leg.invalid((*path, "index"), f"integer from 0 to {MOST_CHOICES - 1}", index)
            state = self.choices[index] = Choice()
        return state

    def _choice(self, choice: Json, number: int, chunks: list[Json]) -> None:
        leg = self.leg
        path: Path = ("choices", number)
        index = choice.get("index") or 0
        state = self._state(index, path)
        delta = choice.get("delta")
        if delta is not None and choice.get("message") is not None:
            if state.message is None and state.started:
                leg.losses.dropped("content", "message", (*path, "message"), "beside a delta, which counts")
            else:
                self.repeats = True
                state.message = repeated(choice["message"], delta, state.message, leg, (*path, "message"))
            choice = {name: value for name, value in choice.items() if name != "message"}
        if state.finished:
            if delta or any(value for name, value in choice.items() if name not in ("index", "delta", "finish_reason")):
                leg.losses.dropped("envelope", "choices", path, "came after the finish of this choice")
            return
        word = choice.get("finish_reason") or None
        extra: Json | None = None
        fresh = delta_to_unified(choice["delta"], state, leg, self.dialect) if is_common(choice) else None
        if fresh is None:
            fresh = {}
            if delta:
                self._delta(delta, state, fresh, (*path, "delta"))
            extra = self._extra(choice, state)
        out: Json = {"index": index, "delta": fresh, "finish_reason": None}
        logprobs = choice.get("logprobs")
        if logprobs is not None:
            out["logprobs"] = logprobs
        if word is not None:
            late = late_calls(state, self.leg, self.document)
            if late:
                fresh.setdefault("tool_calls", []).extend(late)
            if self.dialect.tags:
                self._told(state, fresh, *state.tags.end(), ended=True)
        if not state.started:
            state.started = True
            out["delta"] = fresh = {"role": "assistant", **fresh}
        ends = word is not None
        if not ends and choice.get("native_finish_reason") is not None:
            leg.losses.dropped("envelope", "native_finish_reason", (*path, "native_finish_reason"), "only at the finish")
        if fresh or (logprobs is not None and ends) or (not ends and (extra or logprobs is not None or delta is not None)):
            if not ends and extra:
                out["extra_content"] = extra
                extra = None
            chunks.append({"choices": [out]})
        if ends:
            state.finished = True
            last: Json = {"index": index, "delta": {}}
            responses.finish_to_unified(choice, last, leg, self.dialect, path, bool(state.calls))
            if extra:
                last["extra_content"] = extra
            chunks.append({"choices": [last]})

    def _extra(self, choice: Json, state: Choice) -> Json | None:
        """Bag of a choice: members unified has no name for, each only when it changes."""
        out: Json = {}
        if choice.get("extra_content") is not None:
            out["extra_content"] = copied_bags(choice["extra_content"])
        for name, value in choice.items():
            if (name not in CHOICE_MEMBERS or name == "message") and value is not None and state.extra.get(name) != value:
                state.extra[name] = value
                bag.put(out, self.leg.row.key, name, value)
        return out.get("extra_content")

    def _delta(self, delta: Json, state: Choice, out: Json, path: Path) -> None:
        key = self.leg.row.key
        if delta.get("extra_content") is not None:
            out["extra_content"] = copied_bags(delta["extra_content"])
        for name, value in delta.items():
            if value is None or name == "role" or name == "extra_content":
                continue
            if name == "content" and self.dialect.tags and type(value) is str and value:
                self._told(state, out, *state.tags.feed(value))
            elif name == "content" or name == "refusal":
                if value or (name == "content" and not state.started):
                    out[name] = value
            elif name == "reasoning_content" or name == "reasoning":
                if value and name == "reasoning" and delta.get("reasoning_content"):
                    if value != delta["reasoning_content"]:
                        bag.put(out, key, name, value)
                elif value:
                    out["reasoning_content"] = value
            elif name == "tool_calls":
                made = [
                    fragment_to_unified(fragment, state, self.leg, self.document, (*path, name, number)) for number, fragment in enumerate(value)
                ]  # fmt: skip
                fragments = [fragment for fragment in made if fragment]
                if fragments:
                    out[name] = fragments
            elif name == "function_call":
                fragment = fragment_to_unified({"index": 0, "function": value}, state, self.leg, self.document, (*path, name))
                if fragment:
                    out["tool_calls"] = [fragment]
            elif name == "reasoning_details":
                if value:
                    out[name] = [entry_to_unified(entry, number, state, self.leg, (*path, name, number)) for number, entry in enumerate(value)]
            elif name == "images":
                if value:
                    out[name] = [{"type": "image_url", **image, "index": state.images + number} for number, image in enumerate(value)]
                    state.images += len(value)
            elif name == "annotations":
                if value:
                    out[name] = [{**one, "index": state.annotations + number} for number, one in enumerate(value)]
                    state.annotations += len(value)
            elif name in ANSWER_MEMBERS:
                out[name] = value
            else:
                bag.put(out, key, name, value)

    def _told(self, state: Choice, out: Json, reasoning: str, content: str, ended: bool = False) -> None:
        """Text of a dialect that says reasoning between tags; what stood around the reasoning, once it is known."""
        tags = state.tags
        for name, text in (("reasoning_content", reasoning), ("content", content)):
            if text:
                out[name] = out.get(name, "") + text
        state.reasoned = state.reasoned or bool(reasoning)
        if tags.lead and not state.marked and (ended or tags.phase == "after"):
            state.marked = True
            kept = mark((tags.lead, tags.tail), "said" if state.reasoned else "")
            if kept:
                bag.put(out, self.leg.row.key, MARK, kept)

    def _held_back(self) -> list[Json]:
        """What was held back of a text when an error ends the stream."""
        chunks: list[Json] = []
        if self.dialect.tags:
            for index, state in sorted(self.choices.items()):
                fresh: Json = {}
                if not state.finished:
                    self._told(state, fresh, *state.tags.end(), ended=True)
                if fresh:
                    role = {} if state.started else {"role": "assistant"}
                    chunks.append({"choices": [{"index": index, "delta": {**role, **fresh}, "finish_reason": None}]})
            if chunks:
                self._set_head()
                assert self.head is not None  # just set
                chunks = [{**self.head, **chunk} for chunk in chunks]
        return chunks

    def flush(self) -> list[Json]:
        if self.over:
            return []
        self.over = True
        chunks: list[Json] = []
        unfinished = sorted([index for index, state in self.choices.items() if not state.finished])
        if unfinished or not self.choices:
            self.truncated = True
            self.leg.losses.add("dropped", "content", "stream", (), CUT)
            self._set_head()
            for index in unfinished or [0]:
                state = self.choices.get(index) or Choice()
                late = late_calls(state, self.leg, self.document)
                fresh: Json = {"tool_calls": late} if late else {}
                if self.dialect.tags:
                    self._told(state, fresh, *state.tags.end(), ended=True)
                if fresh or not (state.started or self.choices):
                    role = {} if state.started else {"role": "assistant"}
                    chunks.append({"choices": [{"index": index, "delta": {**role, **fresh}, "finish_reason": None}]})
                chunks.append({"choices": [{"index": index, "delta": {}, "finish_reason": "length"}]})
        if self.counts is not None:
            chunks.append({"choices": [], "usage": usage.to_unified(self.counts, self.leg, self.dialect)})
        elif self.pending and not chunks:
            chunks.append({"choices": []})
        self._set_head()
        assert self.head is not None  # just set
        chunks = [{**self.head, **chunk} for chunk in chunks]
        if chunks:
            chunks[-1].update(self._released())
        return chunks


def fold(events: list[Json], leg: Leg) -> Json:
    """
    Native chunks -> the native response they amount to. A cut stream closes with `length`.

    Raises: StreamError for an error event, its body in `body`.
    """
    state = Fold(leg)
    passes = dialects.of(leg).passes
    for number, event in enumerate(events):
        leg.losses.prefix = (number,)
        if is_error(event):
            raise StreamError("error event", event_index=number, path=(number,), body=event)
        check(event, "event", leg)
        state.feed(event if passes else without_messages(plain(event)))
    return state.response()

