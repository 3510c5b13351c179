"""
Unified chunks as a format of their own: they pass as they stand, checked on the way in, undone on the way out where the memo
says that the client speaks an older form. `fold` and `unfold` follow the merge rules of the chat form.
"""

from __future__ import annotations

from translate.errors import InvalidDocument, StreamError
from translate.leg import Json, Leg
from translate.shared.chat_fast import (
    alike_choice,
    begins,
    counts_alone,
    envelope_of,
    is_plain,
    opened_fragment,
    text_choice,
    thought_choice,
)
from translate.shared.chat_fold import MOST_CHOICES, Fold, unfold
from translate.shared.chat_legacy import legacy_choice
from translate.shared.machines import Reader, Writer

__all__ = ["ToNative", "ToUnified", "fold", "unfold"]


class ToUnified(Reader):
    """Chunks the caller feeds: a strict look at each, then they pass. Knows which choices are open, so that a cut stream can be closed."""

    __slots__ = ("choice", "envelope", "fragment", "head", "leg", "open", "over", "thinking", "truncated")
    whole_messages = True  # as they come, beside deltas

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.head: Json | None = None
        self.open: dict[int, bool] = {}  # choice index -> still without finish
        self.thinking = False  # the chunk before brought reasoning with its entry
        self.envelope: Json | None = None  # beside the choices of a chunk that was looked at (`shared.chat_fast`)
        self.choice: Json | None = None  # of the last chunk, if that was the one before but for a call that opens or the end
        self.fragment: Json | None = None  # with which that call opens
        self.over = False
        self.truncated = False

    def quick(self, event: Json) -> Json | None:
        """What `feed` gives for a chunk that differs from the last one in its text alone; None for every other one."""
        choice = thought_choice(event, self.envelope) if self.thinking else text_choice(event, self.envelope)
        return event if choice is not None and self.open.get(choice["index"]) else None

    def common(self, event: Json) -> list[Json] | None:
        """`feed` for a chunk that needs no validator; None for every other one."""
        envelope, self.choice = self.envelope, None
        if envelope is None:
            choice = begins(event) if self.head is None else None
            if choice is not None:
                self.head = {"id": event["id"], "object": "chat.completion.chunk", "created": event["created"], "model": event["model"]}
                self.open[choice["index"]] = True
                self.envelope = envelope_of(event)
                return [event]
        elif "usage" in event and counts_alone(event, envelope):
            self.thinking = False
            return [event]
        choice = alike_choice(event, envelope)
        if choice is not None and self.open.get(choice["index"]):
            delta, reason = choice["delta"], choice.get("finish_reason")
            fragment = None
            if reason is None:
                fragment = opened_fragment(delta["tool_calls"]) if len(delta) == 1 and "tool_calls" in delta else None
                known = fragment is not None
            else:
                known = not delta and type(reason) is str and reason != "" and reason.isascii()
            if known:
                self.open[choice["index"]] = reason is None
                self.thinking = False
                if "extra_content" not in event:
                    self.choice, self.fragment = choice, fragment
                return [event]
        if not is_plain(event):
            return None
        self.note(event)
        self.envelope = envelope_of(event)
        self.thinking = thought_choice(event, self.envelope) is not None
        return [event]

    def feed(self, event: Json) -> list[Json]:
        if self.over:
            return []
        from translate.check import check_unified

        try:
            check_unified(event, "event")
        except InvalidDocument as error:
            error.path = "".join(f"/{step}" for step in self.leg.losses.prefix) + error.path
            raise
        if "error" in event:
            if event["error"] is not None:
                self.over = True
                return [event]
            event = {name: value for name, value in event.items() if name != "error"}
        self.note(event)
        self.envelope = envelope_of(event)
        self.thinking = False
        return [event]

    def note(self, chunk: Json) -> None:
        """Takes down the head and the state of the choices."""
        head = self.head
        if head is None or not head["id"]:
            self.head = {
                "id": chunk.get("id") or "", "object": "chat.completion.chunk", "created": chunk.get("created") or 0,
                "model": chunk.get("model") or "",
            }  # fmt: skip
        opened = self.open
        for number, choice in enumerate(chunk.get("choices") or ()):
            index = choice.get("index") or 0
            if index and not 0 <= index < MOST_CHOICES:
                self.leg.invalid(("choices", number, "index"), f"integer from 0 to {MOST_CHOICES - 1}", index)
            if choice.get("finish_reason"):
                opened[index] = False
            elif index not in opened and choice.get("delta") is not None:
                opened[index] = True

    def flush(self) -> list[Json]:
        """Closes a cut stream: a finish `length` for each open choice."""
        if self.over:
            return []
        self.over = True
        if self.open and not any(self.open.values()):
            return []
        unfinished = sorted(index for index, is_open in self.open.items() if is_open)
        self.truncated = True
        self.leg.losses.add("dropped", "content", "stream", (), "the stream ended before its finish")
        options = self.leg.options
        head = self.head or {"object": "chat.completion.chunk", "created": 0}
        head = {
            **head, "id": head.get("id") or options.id or "chatcmpl-0", "created": head["created"] or options.created,
            "model": head.get("model") or options.model or "",
        }  # fmt: skip
        begin = [] if unfinished else [{"index": 0, "delta": {"role": "assistant"}, "finish_reason": None}]
        ends = [{"index": index, "delta": {}, "finish_reason": "length"} for index in unfinished or [0]]
        return [{**head, "choices": [choice]} for choice in begin + ends]


class ToNative(Writer):
    """Chunks for a client of the unified form: what the memo says is undone. Every reader ends what it began, also of a cut stream."""

    __slots__ = ("drops_usage", "leg", "legacy", "passes", "passes_whole")
    whole_messages = True
    truncated = False

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        memo = leg.memo
        self.drops_usage = bool(memo) and memo.get("usage") is False
        self.legacy = bool(memo) and memo.get("functions") is True
        self.passes = not self.legacy  # chunks that bring a piece of an open choice alone need no look
        self.passes_whole = self.passes and not self.drops_usage  # nor do others that are no errors

    def feed(self, chunk: Json) -> list[Json]:
        if chunk.get("error") is not None:
            return [chunk]
        if self.drops_usage and "usage" in chunk:
            chunk = {name: value for name, value in chunk.items() if name != "usage"}
            if not chunk.get("choices") and not chunk.get("extra_content"):
                return []
        if self.legacy and chunk.get("choices"):
            chunk = {**chunk, "choices": [legacy_choice(choice, self.leg, number) for number, choice in enumerate(chunk["choices"])]}
        return [chunk]

    def flush(self) -> list[Json]:
        return []


def fold(events: list[Json], leg: Leg) -> Json:
    """
    Chunks -> the response they amount to. A cut stream closes with `length`.

    Raises: StreamError for an error event, its body in `body`.
    """
    from translate.check import check_unified

    state = Fold(leg)
    for number, chunk in enumerate(events):
        leg.losses.prefix = (number,)
        if chunk.get("error") is not None:
            raise StreamError("error event", event_index=number, path=(number,), body=chunk)
        try:
            check_unified(chunk, "event")
        except InvalidDocument as error:
            raise StreamError(str(error), event_index=number, path=f"/{number}{error.path}") from None
        state.feed(chunk)
    return state.response()


