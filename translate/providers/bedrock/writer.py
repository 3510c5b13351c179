"""
Unified chunks -> ConverseStream events.

Blocks open and close one after another whatever the order of the chunks: calls whose fragments interleave wait for the one that
is open. messageStop goes out with the finish, metadata with the usage chunk or at the end of input.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from translate.errors import Path
from translate.leg import Json
from translate.providers.bedrock import error as errors, response as responses
from translate.providers.bedrock.blocks import Blocks
from translate.providers.bedrock.ending import ADDITIONAL, ending_to_native
from translate.providers.bedrock.facts import family_of
from translate.providers.bedrock.tables import NO_TIME, STANDS_BESIDE
from translate.providers.bedrock.usage import NO_METRICS, tier_to_native, usage_to_native
from translate.shared import bag
from translate.shared.block_writer import PLAIN
from translate.shared.chat_fast import says_nothing
from translate.shared.fields import report_rest
from translate.shared.runs import Say

CHUNK_MEMBERS = frozenset(("id", "object", "created", "model", "choices", "usage", "service_tier", "extra_content", "obfuscation"))
_CHOICE = frozenset(("index", "delta", "finish_reason"))  # as most choices of chunks are
DELTA_MEMBERS = frozenset((
    "role", "content", "refusal", "reasoning_content", "reasoning", "reasoning_details", "tool_calls", "function_call",
    "annotations", "images", "extra_content",
))  # fmt: skip


class ToNative(Blocks):
    """Takes one chunk after the other; see the head of the module."""

    __slots__ = ()

    def _short(self, delta: Json) -> list[Json] | None:
        """A further piece of the block that is open; None for everything else."""
        piece = delta.get(self.takes)
        if piece is None:
            return None
        made: Json
        if self.takes == "content":
            self.length += len(piece)
            made = {"text": piece}
        elif self.takes == "tool_calls":
            call, text = self.calls.by_key.get(piece[0]["index"]), piece[0]["function"]["arguments"]
            if call is None or call is not self.current or call.custom:
                return None
            call.text.append(text)
            made = {"toolUse": {"input": text}}
        else:
            if self.open == PLAIN:
                if self.plain is None:
                    return None
                self.plain.append(piece)
            made = {"reasoningContent": {"text": piece}}
        return [{"contentBlockDelta": {"contentBlockIndex": self.number, "delta": made}}]

    def _texts(self) -> Say:
        number = self.number

        def text(piece: str) -> Json:
            self.length += len(piece)
            return {"contentBlockDelta": {"contentBlockIndex": number, "delta": {"text": piece}}}

        return text

    def _inputs(self, grows: Callable[[str], None]) -> Say:
        number = self.number

        def arguments(piece: str) -> Json:
            grows(piece)
            return {"contentBlockDelta": {"contentBlockIndex": number, "delta": {"toolUse": {"input": piece}}}}

        return arguments

    def _thoughts(self, grows: Callable[[str], None]) -> Say:
        number = self.number

        def thought(piece: str) -> Json:
            grows(piece)
            return {"contentBlockDelta": {"contentBlockIndex": number, "delta": {"reasoningContent": {"text": piece}}}}

        return thought

    def _feed(self, chunk: Json, alike: bool) -> list[Json]:
        leg = self.leg
        if not alike:
            if chunk.get("error") is not None and not chunk.get("choices"):
                self.over = True
                return [errors.event_of(chunk, leg)]
            self._head(chunk)
        out: list[Json] = []
        choices = chunk.get("choices")
        if choices is not None and type(choices) is not list:
            leg.invalid(("choices",), "array", choices)
        usage = chunk.get("usage")
        if usage is not None:
            self._count(usage)
        for number, choice in enumerate(choices or ()):
            self._choice(choice, ("choices", number), out)
        if usage is not None and not choices and self.stopped:
            self._end(out)
        return out

    def _counts_of(self, usage: Any) -> Json:
        return usage_to_native(usage, self.leg, ("usage",))

    # --- heads

    def _head(self, chunk: Json) -> None:
        leg = self.leg
        for name in ("id", "model"):
            value = chunk.get(name)
            if value is not None and type(value) is not str:
                leg.invalid((name,), "string", value)
            if value and not self.head.get(name):
                self.head[name] = value
                if name == "model":
                    self.writing.facts = family_of(value, leg)
            if value and value != "chatcmpl-0":
                self._tell("dropped", "envelope", name, (name,), STANDS_BESIDE)
        created = chunk.get("created")
        if created is not None and type(created) is not int and type(created) is not float:
            leg.invalid(("created",), "integer", created)
        if created:
            self._tell("dropped", "envelope", "created", ("created",), NO_TIME)
        tier = chunk.get("service_tier")
        if tier is not None:
            if type(tier) is not str:
                leg.invalid(("service_tier",), "string", tier)
            if self.tier is not None and tier != self.tier:
                leg.losses.add("approximated", "envelope", "service_tier", ("service_tier",), "the last tier counts")
            self.tier, self.tiered = tier, leg.losses.prefix
        if not CHUNK_MEMBERS.issuperset(chunk):
            for name, value in chunk.items():
                if name not in CHUNK_MEMBERS and value is not None:
                    self._tell("dropped", "envelope", name, (name,), "not a member of this format")
        if chunk.get("extra_content") is not None:
            for name, value in bag.unpack(chunk, leg, (), "envelope").items():
                if name == ADDITIONAL and type(value) is dict and not self.stopped:
                    self.additional.update(value)
                elif name == "output" or name == ADDITIONAL:
                    leg.losses.add("dropped", "envelope", name, ("extra_content", leg.row.key, name), "comes too late")
                elif value is not None:
                    self.metadata[name] = value

    def _start(self, out: list[Json], own: Json = bag.EMPTY) -> None:
        if not self.started:
            self.started = True
            more = {name: value for name, value in own.items() if name not in ("blocks", "role") and value is not None}
            out.append({"messageStart": {"role": "assistant", **more}})

    # --- choices

    def _choice(self, choice: Any, path: Path, out: list[Json]) -> None:
        leg = self.leg
        if type(choice) is not dict:
            leg.invalid(path, "object", choice)
        index = choice.get("index")
        if index is not None and type(index) is not int:
            leg.invalid((*path, "index"), "integer", index)
        if index:
            self._tell("dropped", "content", "choices", path, "one answer a response")
            return
        delta = choice.get("delta")
        if delta is not None and type(delta) is not dict:
            leg.invalid((*path, "delta"), "object", delta)
        finish = choice.get("finish_reason")
        if finish is not None and type(finish) is not str:
            leg.invalid((*path, "finish_reason"), "string", finish)
        if self.stopped:
            if delta and any(value not in (None, "", []) for name, value in delta.items() if name != "role"):
                leg.losses.add("dropped", "content", "delta", (*path, "delta"), "comes behind the finish")
            if any(value is not None for name, value in choice.items() if name not in ("index", "delta")):
                leg.losses.add("dropped", "envelope", "finish_reason", path, "the answer has finished")
            return
        if delta:
            self._delta(delta, (*path, "delta"), out)
        else:
            self._start(out)
        own = bag.unpack(choice, leg, path, "envelope") if "extra_content" in choice else bag.EMPTY
        if not _CHOICE.issuperset(choice):
            if choice.get("logprobs"):
                leg.losses.add("dropped", "envelope", "logprobs", (*path, "logprobs"), "no log probabilities in Converse")
            report_rest(choice, responses.STREAM_CHOICE, leg, path, "envelope")
            if not finish and choice.get("native_finish_reason") is not None:
                leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "not beside a finish")
        if finish:
            self._stop(choice, own, path, out)
        elif own:
            for name in own:
                leg.losses.add("dropped", "envelope", name, (*path, "extra_content", leg.row.key, name), "not beside a finish")

    def _stop(self, choice: Json, own: Json, path: Path, out: list[Json]) -> None:
        self._close_all(out)
        ending = ending_to_native(choice, own, self.called, self.leg, path)
        self._message_stop(ending["stopReason"], ending.get(ADDITIONAL), out)

    def _message_stop(self, reason: str, fields: Any, out: list[Json]) -> None:
        self.stopped = True
        body: Json = {"stopReason": reason}
        if fields or self.additional:
            body[ADDITIONAL] = {**self.additional, **(fields or {})}
        out.append({"messageStop": body})

    def _delta(self, delta: Json, path: Path, out: list[Json]) -> None:
        leg = self.leg
        own = bag.unpack(delta, leg, path, "content") if delta.get("extra_content") is not None else bag.EMPTY
        fresh = not self.started
        self._start(out, own)
        if own:
            self._bag(own, path, fresh, out)
        content = delta.get("content")
        if content is not None:
            if len(delta) == 1:
                self._content(content, (*path, "content"), out)
                return
            if says_nothing(delta):
                return
        details, reasoned = delta.get("reasoning_details"), delta.get("reasoning_content")
        member = "reasoning_content"
        if reasoned is None and delta.get("reasoning") is not None:
            reasoned, member = delta["reasoning"], "reasoning"
        if details is not None or reasoned is not None:
            self._reasoning(details, reasoned, member, path, out)
        if content is not None:
            self._content(content, (*path, "content"), out)
        if delta.get("refusal"):
            self._tell("approximated", "content", "refusal", (*path, "refusal"), "sent as text")
            self._content(delta["refusal"], (*path, "refusal"), out, 1)
        for name, take in (("images", self._image), ("tool_calls", self._fragment)):
            values = delta.get(name)
            if values is not None and type(values) is not list:
                leg.invalid((*path, name), "array", values)
            for number, value in enumerate(values or ()):
                take(value, (*path, name, number), out)
        if delta.get("function_call") is not None:
            self._fragment({"index": 0, "function": delta["function_call"]}, (*path, "function_call"), out)
        if delta.get("annotations") is not None:
            self._annotations(delta["annotations"], (*path, "annotations"))
        for name, value in delta.items():
            if name not in DELTA_MEMBERS and value is not None and value != []:
                leg.losses.add("dropped", "content", name, (*path, name), "no such block of an answer")

    def _content(self, content: Any, path: Path, out: list[Json], which: int = 0) -> None:
        if type(content) is not str:
            self.leg.invalid(path, "string", content)
        if content:
            self._say(content, out, which)

    # --- end

    def _end(self, out: list[Json]) -> None:
        leg = self.leg
        self.over = True
        leg.losses.items += self.counted
        body: Json = {"usage": self.counts or usage_to_native(None, leg, ("usage",)), "metrics": NO_METRICS.copy()}
        held, leg.losses.prefix = leg.losses.prefix, self.tiered or leg.losses.prefix
        tier_to_native(self.tier, body, leg)
        leg.losses.prefix = held
        for name, value in self.metadata.items():
            if name == "serviceTier" and self.tier is not None:
                bag.stale(leg, (), name, "envelope")
            elif name == "metrics" or name not in body:
                body[name] = value
        out.append({"metadata": body})

    def flush(self) -> list[Json]:
        if self.over:
            return []
        out: list[Json] = []
        self._start(out)
        if not self.stopped:
            self.truncated = True
            self.leg.losses.add("dropped", "content", "stream", (), "the stream ended before its finish")
            self._close_all(out)
            self._message_stop("max_tokens", None, out)
        self._end(out)
        return out
