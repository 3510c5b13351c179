"""Unified chunks -> chunks of a dialect; the way in is `stream.py`."""

from __future__ import annotations

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_compatible import dialects, error as errors, response as responses
from translate.providers.openai_compatible.content import call_bag
from translate.providers.openai_compatible.plain_stream import chunk_to_native, delta_to_native, is_common, only_choice
from translate.providers.openai_compatible.talk import own_members
from translate.shared.chat_fast import envelope_of, text_choice
from translate.shared.chat_fold import MOST_CHOICES
from translate.shared.chat_legacy import legacy_choice
from translate.shared.machines import Writer
from translate.shared.runs import Say

CUT = "the stream ended before its finish"


class ToNative(Writer):
    """Unified chunks -> native chunks of the dialect."""

    __slots__ = ("dialect", "drops_usage", "envelope", "head", "leg", "legacy", "open", "over", "settled", "template", "truncated")

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.dialect = dialects.of(leg)
        self.head: Json | None = None
        self.envelope: Json | None = None
        self.template: Json = {}  # the last chunk that went the long way, to be copied with other choices
        self.open: dict[int, bool] = {}
        self.drops_usage = leg.memo.get("usage") is False and not self.dialect.usage_always
        self.legacy = leg.memo.get("functions") is True
        self.settled = False  # a chunk that differs from the last one in its text alone may take the short way
        self.over = False
        self.truncated = False

    @property
    def whole_messages(self) -> bool:
        """Whether messages beside deltas go out as they come."""
        return self.dialect.passes

    def feed(self, chunk: Json) -> list[Json]:
        if self.over:
            return []
        quick = text_choice(chunk, self.envelope)
        self.settled = False
        if quick is not None and self.open.get(quick["index"]):
            ready = self.text(chunk)
            if ready is not None:
                self.settled = True
                return ready
        leg, dialect = self.leg, self.dialect
        if self.envelope is not None and not dialect.passes:
            choice = only_choice(chunk, self.envelope)
            alike = None if choice is None else self._alike(choice)
            if alike is not None:
                self.settled = True
                return [alike]
        if chunk.get("error") is not None:
            self.over = True
            native_error: Json = errors.to_native(chunk, leg)
            return [native_error]
        self._note(chunk)
        assert self.head is not None  # set by _note
        native = dict(chunk) if dialect.passes else chunk_to_native(chunk, self.head, leg, dialect)
        if native is None:
            native = {**self.head}
            counts = chunk.get("usage")
            native["choices"] = [self._choice(choice, number) for number, choice in enumerate(chunk.get("choices") or ())]
            responses.rest_to_native(chunk, native, leg, dialect)
            if counts is None:
                native.pop("usage", None)
        if self.drops_usage and "usage" in native:
            del native["usage"]
            if not native["choices"] and len(native) == 5:
                return []
        elif not self.legacy and native.get("usage") is None and "extra_content" not in chunk:
            self.envelope = envelope_of(chunk)
            self.settled = True
            self.template = native.copy()
            self.template.pop("obfuscation", None)
        if self.legacy:
            native["choices"] = [legacy_choice(choice, leg, number) for number, choice in enumerate(native["choices"])]
        return [native]

    def likewise(self, choice: Json, fragment: Json | None) -> list[Json] | None:
        """
        `feed` for a chunk that is the one before but for its only choice, at which a look was taken; None where it says more.

        fragment: with which a call begins.
        """
        known = not self.over and not self.dialect.passes and "finish_reason" in choice and is_common(choice)
        alike = self._alike(choice) if known else None
        return None if alike is None else [alike]

    def _alike(self, choice: Json) -> Json | None:
        """The chunk for one that differs from the last one in its choice alone, a call that opens or a finish."""
        delta = delta_to_native(choice["delta"], self.dialect) if self.open.get(choice["index"]) else None
        if delta is None:
            return None
        if choice["finish_reason"]:
            self.open[choice["index"]] = False
        native = self.template.copy()
        native["choices"] = [{"index": choice["index"], "delta": delta, "finish_reason": choice["finish_reason"]}]
        return native

    def text(self, chunk: Json) -> list[Json] | None:
        """`feed` for a chunk that differs from the one before in its text alone; None when it has to go the long way."""
        if self.dialect.passes:
            return [chunk.copy()]
        choice = chunk["choices"][0]
        if len(choice["delta"]) != 1:
            return self._thought(choice)
        for name, value in choice["delta"].items():
            if name == "tool_calls":
                fragment = value[0]
                if len(fragment) != 2:  # a call that begins
                    return None
                value = [{"index": fragment["index"], "function": {"arguments": fragment["function"]["arguments"]}}]
            elif name != "content":
                name = self.dialect.answer
                if not name:
                    return None
        native = self.template.copy()
        native["choices"] = [{"index": choice["index"], "delta": {name: value}, "finish_reason": None}]
        return [native]

    def run(self, choice: Json) -> Say | None:
        """What pieces become that follow the one of this choice, which was taken (`shared.runs`); None where they have to be looked at."""
        index, delta = choice["index"], choice["delta"]
        if self.dialect.passes:
            return None
        template = self.template
        if "tool_calls" in delta:
            number = delta["tool_calls"][0]["index"]

            def arguments(piece: str) -> Json:
                native = template.copy()
                delta = {"tool_calls": [{"index": number, "function": {"arguments": piece}}]}
                native["choices"] = [{"index": index, "delta": delta, "finish_reason": None}]
                return native

            return arguments
        name = "content" if "content" in delta else self.dialect.answer
        if not name:
            return None

        def said(piece: str) -> Json:
            native = template.copy()
            native["choices"] = [{"index": index, "delta": {name: piece}, "finish_reason": None}]
            return native

        return said

    def _thought(self, choice: Json) -> list[Json] | None:
        """The same for a piece of reasoning that an entry says, too."""
        delta = choice["delta"]
        if len(delta) != 2 or not self.dialect.details or "reasoning_content" not in delta or "reasoning_details" not in delta:
            return None
        native = self.template.copy()
        fresh = {
            self.dialect.answer if name == "reasoning_content" else name: value if name == "reasoning_content" else [entry.copy() for entry in value]
            for name, value in delta.items()
        }  # fmt: skip
        native["choices"] = [{"index": choice["index"], "delta": fresh, "finish_reason": None}]
        return [native]

    def _note(self, chunk: Json) -> None:
        if self.head is None:
            options = self.leg.options
            created = chunk.get("created")
            self.head = {
                "id": chunk.get("id") or options.id or "chatcmpl-0", "object": "chat.completion.chunk",
                "created": options.created if created is None else created,
                "model": chunk.get("model") or self.leg.memo.get("model") or options.model or "",
            }  # fmt: skip
        choices = chunk.get("choices")
        for choice in choices if type(choices) is list else ():
            if type(choice) is dict:
                index = choice.get("index") or 0
                if choice.get("finish_reason"):
                    self.open[index] = False
                elif len(self.open) < MOST_CHOICES:
                    self.open.setdefault(index, True)

    def _choice(self, choice: Json, number: int) -> Json:
        leg, dialect, path = self.leg, self.dialect, ("choices", number)
        index = choice.get("index")
        delta = choice.get("delta")
        native: Json = {"index": 0 if index is None else index, "delta": {}}
        if delta:
            self._delta(delta, native["delta"], (*path, "delta"))
        responses.finish_to_native(choice, native, leg, dialect, path)
        if choice.get("logprobs") is not None:
            native["logprobs"] = choice["logprobs"]
        responses.choice_rest(choice, native, leg, path)
        return native

    def _delta(self, delta: Json, native: Json, path: Path) -> None:
        leg, dialect = self.leg, self.dialect
        for name, value in delta.items():
            if value is None or name == "extra_content":
                continue
            if name in ("role", "content", "refusal"):
                native[name] = value
            elif name == "tool_calls":
                native[name] = [self._fragment(fragment, (*path, name, number)) for number, fragment in enumerate(value)]
            elif name == "function_call":
                native["tool_calls"] = [{"index": 0, "type": "function", "function": dict(value)}]
            elif name == "audio" or (name == "annotations" and not dialect.official):
                native[name] = value
            else:
                responses.member_to_native(name, value, delta, native, leg, dialect, path)
        own_members(delta, native, leg, path, "message")

    def _fragment(self, fragment: Json, path: Path) -> Json:
        native: Json = {}
        for name, value in fragment.items():
            if value is None or name == "extra_content":
                continue
            if name in ("function", "custom"):
                native[name] = {member: inner for member, inner in value.items() if member != "extra_content" and inner is not None}
                own_members(value, native[name], self.leg, (*path, name), "call")
            elif name in ("index", "id", "type"):
                native[name] = value
            else:
                self.leg.losses.dropped("content", name, (*path, name), "not a member of a call")
        if "extra_content" in fragment:
            call_bag(fragment, native, self.leg, path)
        return native

    def flush(self) -> list[Json]:
        if self.over:
            return []
        self.over = True
        unfinished = sorted(index for index, is_open in self.open.items() if is_open)
        if self.open and not unfinished:
            return []
        self.truncated = True
        self.leg.losses.add("dropped", "content", "stream", (), CUT)
        self._note({})
        assert self.head is not None  # set by _note
        begin = [] if unfinished else [{"index": 0, "delta": {"role": "assistant"}, "finish_reason": None}]
        ends = [{"index": index, "delta": {}, "finish_reason": "length"} for index in unfinished or [0]]
        return [{**self.head, "choices": [choice]} for choice in begin + ends]
