"""
Unified chunks -> Messages events; what goes into the blocks is in `blocks`.

The stop reason and the counts wait for the usage chunk or the end of input.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from translate.errors import Path
from translate.leg import Json
from translate.providers.anthropic import error as errors, response as responses
from translate.providers.anthropic.blocks import REASONING, Blocks
from translate.providers.anthropic.ending import ending_to_native, stop_to_native
from translate.providers.anthropic.usage import add_to_counts, counts_to_native
from translate.shared import bag
from translate.shared.block_writer import PLAIN
from translate.shared.chat_fast import says_nothing
from translate.shared.fields import report_rest
from translate.shared.runs import Say

CHUNK_MEMBERS = frozenset(("id", "object", "created", "model", "choices", "usage", "service_tier", "extra_content", "obfuscation"))
_CHOICE = frozenset(("index", "delta", "finish_reason"))  # as most choices of chunks are
DELTA_MEMBERS = frozenset((
    "role", "content", "refusal", "reasoning_content", "reasoning", "reasoning_details", "tool_calls", "function_call",
    "annotations", "extra_content",
))  # fmt: skip
LATE = ("container", "stop_details")  # of the response: members of the last delta


class Writer(Blocks):
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
            made = {"type": "text_delta", "text": piece}
        elif self.takes == "tool_calls":
            call, text = self.calls.by_key.get(piece[0]["index"]), piece[0]["function"]["arguments"]
            if call is None or call is not self.current or call.custom:
                return None
            call.text.append(text)
            made = {"type": "input_json_delta", "partial_json": text}
        else:
            if self.open == PLAIN:
                if self.plain is None:
                    return None
                self.plain.append(piece)
            made = {"type": "thinking_delta", "thinking": piece}
        return [{"type": "content_block_delta", "index": self.number, "delta": made}]

    def _texts(self) -> Say:
        number = self.number

        def text(piece: str) -> Json:
            self.length += len(piece)
            return {"type": "content_block_delta", "index": number, "delta": {"type": "text_delta", "text": piece}}

        return text

    def _inputs(self, grows: Callable[[str], None]) -> Say:
        number = self.number

        def arguments(piece: str) -> Json:
            grows(piece)
            return {"type": "content_block_delta", "index": number, "delta": {"type": "input_json_delta", "partial_json": piece}}

        return arguments

    def _thoughts(self, grows: Callable[[str], None]) -> Say:
        number = self.number

        def thought(piece: str) -> Json:
            grows(piece)
            return {"type": "content_block_delta", "index": number, "delta": {"type": "thinking_delta", "thinking": piece}}

        return thought

    def _feed(self, chunk: Json, alike: bool) -> list[Json]:
        leg = self.leg
        if not alike:
            if chunk.get("error") is not None and not chunk.get("choices"):
                self.over = True
                return [errors.to_native(chunk, leg)]
            self._head(chunk)
        out: list[Json] = []
        choices = chunk.get("choices")
        if choices is not None and type(choices) is not list:
            leg.invalid(("choices",), "array", choices)
        for number, choice in enumerate(choices or ()):
            self._choice(choice, ("choices", number), out)
        usage = chunk.get("usage")
        if usage is not None:
            self._count(usage)
            if not choices and self.finish is not None:
                self._end(out)
        return out

    def _counts_of(self, usage: Any) -> Json:
        return counts_to_native(usage, self.leg, ("usage",))

    # --- heads

    def _head(self, chunk: Json) -> None:
        leg = self.leg
        for name in ("id", "model"):
            value = chunk.get(name)
            if value is not None and type(value) is not str:
                leg.invalid((name,), "string", value)
            if value and not self.head.get(name):
                self.head[name] = value
        created = chunk.get("created")
        if created is not None and type(created) is not int and type(created) is not float:
            leg.invalid(("created",), "integer", created)
        if created and created != self.created:
            self.created = created
            self._tell("dropped", "envelope", "created", ("created",), "answers have no time here")
        if chunk.get("service_tier") is not None:
            self.tier, self.tiered = chunk["service_tier"], leg.losses.prefix
        if not CHUNK_MEMBERS.issuperset(chunk):
            for name, value in chunk.items():
                if name not in CHUNK_MEMBERS and value is not None:
                    self._tell("dropped", "envelope", name, (name,), "not a member of this format")
        if chunk.get("extra_content") is not None:
            self.bag.update(bag.unpack(chunk, leg, (), "envelope"))

    def _start(self, out: list[Json]) -> None:
        if self.started:
            return
        self.started = True
        leg = self.leg
        out.append({"type": "message_start", "message": {
            "id": self.head.get("id") or leg.options.id or "chatcmpl-0", "type": "message", "role": "assistant",
            "model": self.head.get("model") or leg.memo.get("model") or leg.options.model or "", "content": [],
            "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 0, "output_tokens": 0},
        }})  # fmt: skip

    # --- choices

    def _choice(self, choice: Any, path: Path, out: list[Json]) -> None:
        leg = self.leg
        if type(choice) is not dict:
            leg.invalid(path, "object", choice)
        index = choice.get("index", 0)
        if index is not None and type(index) is not int:
            leg.invalid((*path, "index"), "integer", index)
        if index:
            self._tell("dropped", "content", "choices", path, "one answer a response")
            return
        delta = choice.get("delta")
        if delta is not None and type(delta) is not dict:
            leg.invalid((*path, "delta"), "object", delta)
        self._start(out)
        finish = choice.get("finish_reason")
        own = bag.unpack(choice, leg, path, "envelope") if "extra_content" in choice else bag.EMPTY
        if delta:
            # With its details, or with the finish, a refusal may be what stop_details says already: not text.
            self._delta(delta, (*path, "delta"), bool(finish) or "stop_details" in own, out)
        if not _CHOICE.issuperset(choice):
            if choice.get("logprobs"):
                leg.losses.add("dropped", "envelope", "logprobs", (*path, "logprobs"), "no log probabilities in this API")
            if not finish and choice.get("native_finish_reason") is not None:
                leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "not beside a finish")
            report_rest(choice, responses.CHOICE_MEMBERS, leg, path, "envelope")
        for name, value in own.items():
            if name in responses.STOP_MEMBERS:
                self.ending[name] = value
            elif value is not None:
                leg.losses.add("dropped", "envelope", name, (*path, "extra_content", leg.row.key, name), "not of an answer")
        if finish is not None:
            if type(finish) is not str:
                leg.invalid((*path, "finish_reason"), "string", finish)
            if finish:
                self.finish = (choice, path, leg.losses.prefix)

    def _delta(self, delta: Json, path: Path, finishing: bool, out: list[Json]) -> None:
        leg = self.leg
        if delta.get("extra_content") is not None:
            self._bag(delta, path, out)
        content = delta.get("content")
        if content is not None:
            if len(delta) == 1:
                self._content(content, path, out)
                return
            if says_nothing(delta):
                return
        if not delta.keys().isdisjoint(REASONING):
            self._reasoning(delta, path, out)
        if content is not None:
            self._content(content, path, out)
        refusal = delta.get("refusal")
        if refusal is not None:
            if type(refusal) is not str:
                leg.invalid((*path, "refusal"), "string", refusal)
            self._refused(refusal, path, finishing, out)
        calls = delta.get("tool_calls")
        if calls is not None and type(calls) is not list:
            leg.invalid((*path, "tool_calls"), "array", calls)
        for number, fragment in enumerate(calls or ()):
            self._fragment(fragment, (*path, "tool_calls", number), out)
        if delta.get("function_call") is not None:
            self._fragment({"index": 0, "function": delta["function_call"]}, (*path, "function_call"), out)
        if delta.get("annotations") is not None:
            self._annotations(delta["annotations"], (*path, "annotations"))
        for name, value in delta.items():
            if name not in DELTA_MEMBERS and value is not None and value != []:
                leg.losses.add("dropped", "content", name, (*path, name), "no such block of an answer")

    def _content(self, content: Any, path: Path, out: list[Json]) -> None:
        if type(content) is not str:
            self.leg.invalid((*path, "content"), "string", content)
        if content:
            self._say(content, out)

    def _refused(self, refusal: str, path: Path, finishing: bool, out: list[Json]) -> None:
        self.refusal += refusal
        if not refusal or finishing:  # with the finish it may be what stop_details says already
            return
        self._tell("approximated", "content", "refusal", (*path, "refusal"), "sent as text")
        self._say(refusal, out, 1)

    # --- end

    def _end(self, out: list[Json]) -> None:
        leg = self.leg
        self.over = True
        self._start(out)
        self._close_all(out)
        choice, path, place = self.finish if self.finish is not None else (_NOTHING, (), leg.losses.prefix)
        held, leg.losses.prefix = leg.losses.prefix, place
        ending: Json = {}
        if self.ending or self.refusal or "stop_reason" in choice:
            ending = ending_to_native(choice, self.ending, self.refusal, leg, path)
        if self.refusal and not ending.pop("told", False) and "refusal" not in self.told:
            self._tell("approximated", "content", "refusal", (*path, "delta", "refusal"), "sent as text")
            self._say(self.refusal, out, 1)
            self._leave(out)
        reason = "max_tokens" if self.finish is None else stop_to_native(choice, ending, self.called, leg, path)
        delta: Json = {"stop_reason": reason, "stop_sequence": ending.get("stop_sequence")}
        if ending.get("stop_details") is not None:
            delta["stop_details"] = ending["stop_details"]
        last: Json = {"type": "message_delta", "delta": delta}
        stop: Json = {"type": "message_stop"}
        leg.losses.prefix = held
        usage: Json = {"input_tokens": 0, "output_tokens": 0}
        if self.counts is not None:
            usage = self.counts
            leg.losses.items += self.counted
        if self.tier is not None or (self.usage is not None and "extra_content" in self.usage):
            with leg.losses.gathered({("usage",): (*self.counted_at, "usage"), ("service_tier",): (*self.tiered, "service_tier")}):
                add_to_counts(usage, self.usage, self.tier, leg, ("usage",))
        metrics = usage.pop("amazon-bedrock-invocationMetrics", None)
        if metrics is not None:
            stop["amazon-bedrock-invocationMetrics"] = metrics
        last["usage"] = usage if self.usage is not None or self.tier is not None else {"output_tokens": 0}
        for name, value in self.bag.items():
            if name in LATE:
                delta.setdefault(name, value)
            elif name not in last:
                last[name] = value
        out += [last, stop]

    def flush(self) -> list[Json]:
        if self.over:
            return []
        out: list[Json] = []
        if self.finish is None:
            self.truncated = True
            self.leg.losses.add("dropped", "content", "stream", (), "the stream ended before its finish")
        self._end(out)
        return out


_NOTHING: Json = {}
