"""Streams of GenerateContentResponse elements: the way out here, the way in `reading.py`."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini import (
    error as errors,
    plain_stream,
    plain_usage,
    response as responses,
    usage as usage_of,
)
from translate.providers.gemini.folding import fold, unfold
from translate.providers.gemini.head import NO_ID, UNIFIED_MEMBERS, head_to_native
from translate.providers.gemini.reading import ToUnified
from translate.providers.gemini.spelling import members
from translate.providers.gemini.writing import Choice
from translate.shared import bag
from translate.shared.chat_fast import envelope_of, text_choice
from translate.shared.fields import report_rest
from translate.shared.machines import Writer

__all__ = ["ToNative", "ToUnified", "fold", "unfold"]


class ToNative(Writer):
    """Chunks -> elements: texts at once, calls when they are whole, the finish with what belongs to it, then usage."""

    __slots__ = ("beside", "blocked", "choices", "envelope", "head", "leg", "more", "over", "settled", "told", "truncated", "usage", "used")

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.head: Json | None = None
        self.beside: Json = {}  # an element without its candidates
        self.choices: dict[int, Choice] = {}
        self.envelope: Json | None = None  # beside the choices of a chunk that was looked at (`shared.chat_fast`)
        self.blocked = False
        self.settled = False  # a chunk that differs from the last one in its text alone may take the short way
        self.more: Json = {}
        self.usage: Json | None = None
        self.used = False
        self.told: Json = {}  # members of chunks that have no place, as they came last
        self.over = self.truncated = False

    def feed(self, chunk: Json) -> list[Json]:
        if self.over:
            return []
        leg = self.leg
        if chunk.get("error") is not None and not chunk.get("choices"):
            self.over = True
            leg.route["status"] = None
            return [errors.to_native(chunk, leg)]
        self.settled = False
        if text_choice(chunk, self.envelope) is not None and not self.blocked:
            ready = self.text(chunk)
            if ready is not None:
                self.settled = True
                return ready
        # The look has put the choices, and a padding, into the envelope: one that is equal says nothing new beside its choices.
        if chunk == self.envelope and not self.blocked and type(chunk["choices"]) is list and "extra_content" not in chunk:
            self.settled = True
            return self._elements(chunk["choices"])
        own = members(bag.unpack(chunk, leg, (), "envelope")) if "extra_content" in chunk else bag.EMPTY
        if self.head is None:
            self.head = head_to_native(chunk, own, leg)
            self.beside = {"candidates": [], **self.head}
        else:
            self._later_head(chunk, own)
        if not UNIFIED_MEMBERS.issuperset(chunk):
            self._beside(chunk)
        fresh: Json = {}
        if own:
            responses.response_members(own, fresh, leg)
        choices = chunk.get("choices")
        if choices is not None and type(choices) is not list:
            leg.invalid(("choices",), "array", choices)
        self.envelope = envelope_of(chunk) if not own and chunk.get("usage") is None else None
        self.settled = self.envelope is not None and not self.blocked
        events: list[Json] = []
        if choices and "promptFeedback" in fresh and not self.choices:
            self.blocked = _is_refusal(choices, own["promptFeedback"])
        for number, choice in enumerate(choices or ()):
            for candidate in self._choice(choice, number):
                events.append({"candidates": [candidate]})
        if self.blocked:
            events = []
        if chunk.get("usage") is not None:
            self.used = True
            usage = chunk["usage"]
            counts = plain_usage.to_native(usage, leg.row.key) if type(usage) is dict else None
            fresh["usageMetadata"] = usage_of.to_native(usage, leg) if counts is None else counts
        if fresh:
            if events:
                events[-1].update(fresh)
            else:
                events.append(fresh)
        return [{**event, **self.head} for event in events]

    text = plain_stream.text
    run = plain_stream.run

    def likewise(self, choice: Json, fragment: Json | None) -> list[Json]:
        """`feed` for a chunk that is the one before but for its only choice, at which a look was taken; fragment: with which a call begins."""
        return [] if self.over else self._elements([choice])

    def _elements(self, choices: list[Any]) -> list[Json]:
        """Of choices, with nothing new beside them."""
        elements: list[Json] = []
        for number, choice in enumerate(choices):
            for candidate in self._choice(choice, number):
                element = self.beside.copy()
                element["candidates"] = [candidate]
                elements.append(element)
        return elements

    def _beside(self, chunk: Json) -> None:
        """Members without a place. What every chunk repeats is told once."""
        told = self.told
        fresh = {
            name: value for name, value in chunk.items()
            if name not in UNIFIED_MEMBERS and (name not in told or told[name] != value)
        }  # fmt: skip
        if fresh:
            report_rest(fresh, UNIFIED_MEMBERS, self.leg, (), "envelope")
            told.update(fresh)

    def _later_head(self, chunk: Json, own: Json) -> None:
        assert self.head is not None
        identifier, model = chunk.get("id"), chunk.get("model")
        if identifier is not None and type(identifier) is not str:
            self.leg.invalid(("id",), "string", identifier)
        if model is not None and type(model) is not str:
            self.leg.invalid(("model",), "string", model)
        if own and type(own.get("createTime")) is str and own["createTime"] != self.head.get("createTime"):
            self.leg.losses.add(
                "dropped", "envelope", "create_time", ("extra_content", self.leg.row.key, "create_time"), "said by the first chunk"
            )

    def _choice(self, choice: Any, number: int) -> list[Json]:
        leg = self.leg
        path: Path = ("choices", number)
        if type(choice) is not dict:
            leg.invalid(path, "object", choice)
        index = choice.get("index", 0)
        if type(index) is not int or not 0 <= index < responses.MOST_CANDIDATES:
            leg.invalid((*path, "index"), "a small index", index)
        state = self.choices.get(index)
        if state is None:
            identifier = (self.head or {}).get("responseId", "")
            state = self.choices[index] = Choice(index, leg, "" if identifier == NO_ID else identifier)
        return state.feed(choice, path)

    def flush(self) -> list[Json]:
        if self.over:
            return []
        self.over = True
        leg = self.leg
        if self.head is None:
            self.head = head_to_native({}, bag.EMPTY, leg)
        if not self.choices:
            self.choices[0] = Choice(0, leg, "")
        events: list[Json] = []
        for state in self.choices.values():
            if not state.finished:
                self.truncated = True
                events += [{"candidates": [candidate]} for candidate in state.finish({"finish_reason": "length"}, (), bag.EMPTY)]
        if self.truncated:
            leg.losses.add("dropped", "content", "stream", (), "the stream ended before its finish")
        if not self.used:
            events.append({"usageMetadata": usage_of.to_native(None, leg)})
        return [{**event, **self.head} for event in events]


def _is_refusal(choices: list[Any], feedback: Any) -> bool:
    """Whether the one choice says our sentence for a blocked prompt, and nothing else."""
    delta = choices[0].get("delta") if len(choices) == 1 and type(choices[0]) is dict else None
    if type(delta) is not dict or type(feedback) is not dict:
        return False
    said = {name for name, value in delta.items() if value not in (None, "", [])}
    return said <= {"role", "refusal"} and delta.get("refusal") == responses.prompt_refusal(members(feedback))
