"""Streams of GenerateContentResponse elements, both directions. Each element holds new parts; usage repeats and grows."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini import citations, error as errors, partial, response as responses, usage as usage_of
from translate.providers.gemini.assistant import (
    audio_to_unified,
    call_to_unified,
    is_first_text,
    signature_alone,
)
from translate.providers.gemini.content import beside, data_of, media_to_unified, part_members, text_of
from translate.providers.gemini.folding import fold, unfold
from translate.providers.gemini.spelling import camel, listed, members, place, snake, worded
from translate.providers.gemini.writing import Choice
from translate.shared import bag
from translate.shared.blocks import HEAD, StreamRows
from translate.shared.chat_fast import envelope_of, text_choice
from translate.shared.fields import report_rest

_REPLACED = frozenset(("index", "content", "finishReason", "groundingMetadata", "citationMetadata", "logprobsResult"))


_PLAIN_ELEMENT = frozenset(("candidates", "modelVersion", "responseId", "createTime"))
_PLAIN_CANDIDATE = frozenset(("content", "index"))
_PLAIN_CONTENT = frozenset(("parts", "role"))


class _Candidate:
    """State of one candidate: the block that is open, what waits for the end."""

    __slots__ = (
        "audio", "blocks", "calls", "citation", "closed", "content_more", "first_text", "grounding", "head", "images", "index",
        "kind", "length", "logprobs", "more", "partial", "reason", "role", "rows", "texts", "where",
    )  # fmt: skip

    def __init__(self, index: int) -> None:
        self.index = index
        self.rows = StreamRows(entries=False)
        self.kind = ""  # of the open block: text, reasoning or nothing
        self.head, self.length = "", 0
        self.first_text = False
        self.blocks = 0  # parts so far, runs counted once
        self.calls = self.images = 0
        self.audio = self.role = False
        self.reason: Any = None  # finishReason that waits for the end
        self.where: Path = ()
        self.partial = partial.Calls()
        self.more: Json = {}  # other members: their last value counts
        self.content_more: Json = {}
        self.grounding: Any = None
        self.citation: Any = None
        self.logprobs: Json | None = None
        self.texts = citations.Texts()


class ToUnified:
    """Elements -> chunks. Finish reasons wait for the end: older models write STOP on every element."""

    __slots__ = ("candidates", "create_time", "feedback", "head", "identifier", "leg", "more", "over", "strange", "truncated", "usage")

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.head: Json | None = None
        self.strange: list[tuple[Path, Path]] = []
        self.identifier = ""
        self.create_time: str | None = None
        self.candidates: dict[int, _Candidate] = {}
        self.feedback: Any = None
        self.more: Json = {}
        self.usage: Json | None = None
        self.over = self.truncated = False

    def feed(self, event: Json) -> list[Json]:
        if self.over:
            return []
        if responses.is_error(event):
            self.over = True
            return [errors.to_unified(event, self.leg)]
        leg = self.leg
        named = members(event)
        text = self._plain_text(named)
        if text is not None:
            return text
        self._head(named, event)
        chunks: list[Json] = []
        for number, candidate in enumerate(listed(named.get("candidates"), leg, ("candidates",))):
            chunks += self._candidate(candidate, number, ("candidates", number) if type(named["candidates"]) is list else ("candidates",))
        for name, value in named.items():
            if value is None or name in responses.RESPONSE_MEMBERS:
                continue
            if name == "promptFeedback":
                if type(value) is not dict:
                    leg.invalid((place(event, name),), "object", value)
                self.feedback = worded(value, leg.row.variant)
            else:
                self.more[snake(name)] = worded(value, leg.row.variant)
        if named.get("usageMetadata") is not None:
            where = place(event, "usageMetadata")
            for prefix, path in self.strange:
                self._told_earlier(prefix, path)
            self.usage = usage_of.to_unified(named["usageMetadata"], leg, (where,))
            self.strange = [(leg.losses.prefix, (where, *path)) for path in usage_of.strange(named["usageMetadata"])]
        return chunks

    def _told_earlier(self, prefix: Path, path: Path) -> None:
        """A member of usage that a later element does not repeat."""
        losses = self.leg.losses
        now, losses.prefix = losses.prefix, prefix
        losses.add("dropped", "envelope", str(path[-1]), path, "only the last usage counts")
        losses.prefix = now

    def _plain_text(self, named: Json) -> list[Json] | None:
        """A further piece of an open text and nothing else, which most elements are; None for all others."""
        if self.head is None or not named.keys() <= _PLAIN_ELEMENT:
            return None
        candidates = named.get("candidates")
        candidate = candidates[0] if type(candidates) is list and len(candidates) == 1 else None
        if type(candidate) is not dict or not candidate.keys() <= _PLAIN_CANDIDATE:
            return None
        content, state = candidate.get("content"), self.candidates.get(candidate.get("index", 0)) if self.candidates else None
        if type(content) is not dict or state is None or state.kind != "text" or not content.keys() <= _PLAIN_CONTENT:
            return None
        parts = content.get("parts")
        part = parts[0] if type(parts) is list and len(parts) == 1 else None
        text = part.get("text") if type(part) is dict and len(part) == 1 else None
        if type(text) is not str or not text or named.get("modelVersion") != self.head["model"]:
            return None
        if named.get("responseId", self.identifier) != self.identifier or type(named.get("createTime", "")) is not str:
            return None
        state.reason = None
        state.length += len(text)
        if len(state.head) < HEAD:
            state.head = (state.head + text)[:HEAD]
        state.texts.add(state.blocks - 1, text)
        return [{**self.head, "choices": [{"index": state.index, "delta": {"content": text}, "finish_reason": None}]}]

    def _head(self, named: Json, event: Json) -> None:
        if self.head is None:
            head = responses.head_to_unified(named, event, self.leg)
            self.head = {"id": head["id"], "object": "chat.completion.chunk", "created": head["created"], "model": head["model"]}
            self.identifier = responses.document_id(named)
            time = named.get("createTime")
            if time is not None and not responses.restores_time(time, head["created"], self.leg):
                self.create_time = time
            return
        identifier, model = named.get("responseId"), named.get("modelVersion")
        for name, value, known in (("responseId", identifier, self.identifier), ("modelVersion", model, self.head["model"])):
            if value is None or value == known:
                continue
            if type(value) is not str:
                self.leg.invalid((place(event, name),), "string", value)
            if not known and value:
                self.leg.losses.add("dropped", "envelope", name, (place(event, name),), "came after the first element")
        time = named.get("createTime")
        if time is not None and type(time) is not str:
            self.leg.invalid((place(event, "createTime"),), "string", time)

    def _chunk(self, state: _Candidate, delta: Json, finish: str | None = None) -> Json:
        if not state.role:
            state.role = True
            delta = {"role": "assistant", **delta}
        chunk: Json = {**(self.head or {}), "choices": [{"index": state.index, "delta": delta, "finish_reason": finish}]}
        if self.create_time is not None:
            bag.put(chunk, self.leg.row.key, "create_time", self.create_time)
            self.create_time = None
        return chunk

    def _with_rows(self, state: _Candidate, rows: list[Json]) -> list[Json]:
        """Rows that go out ahead of a delta."""
        if not rows:
            return []
        delta: Json = {}
        bag.put(delta, self.leg.row.key, "blocks", rows)
        return [self._chunk(state, delta)]

    def _candidate(self, candidate: Any, number: int, path: Path) -> list[Json]:
        leg = self.leg
        if type(candidate) is not dict:
            leg.invalid(path, "object", candidate)
        named = members(candidate)
        index = named.get("index", number)
        if index is None:
            index = number
        if type(index) is not int or not 0 <= index < responses.MOST_CANDIDATES:
            leg.invalid((*path, "index"), "a small index", index)
        state = self.candidates.get(index)
        if state is None:
            state = self.candidates[index] = _Candidate(index)
        chunks: list[Json] = []
        content = named.get("content")
        if content is not None:
            if type(content) is not dict:
                leg.invalid((*path, "content"), "object", content)
            where: Path = (*path, "content", "parts")
            for spot, part in enumerate(listed(content.get("parts"), leg, where)):
                fresh = self._part(part, state, (*where, spot))
                if fresh:
                    state.reason = None  # what came before was not the end
                chunks += fresh
            if content.keys() - {"role", "parts"}:
                state.content_more.update(
                    (snake(camel(name)), value) for name, value in content.items()
                    if value is not None and name not in ("role", "parts")
                )  # fmt: skip
        for name, value in named.items():
            if value is None:
                continue
            if name == "finishReason":
                state.reason, state.where = value, (*path, place(candidate, name))
                if type(value) not in (str, int):
                    leg.invalid(state.where, "string", value)
            elif name == "groundingMetadata":
                state.grounding = value
            elif name == "citationMetadata":
                state.citation = value
            elif name == "logprobsResult":
                chunks += self._logprobs(value, state, (*path, place(candidate, name)))
            elif name not in _REPLACED:
                state.more[snake(name)] = worded(value, leg.row.variant)
        return chunks

    def _logprobs(self, value: Any, state: _Candidate, path: Path) -> list[Json]:
        logprobs = responses.logprobs_to_unified(value, self.leg, path)
        state.logprobs = responses.merged_logprobs(state.logprobs, value)
        if logprobs is None:
            return []
        chunk = self._chunk(state, {})
        chunk["choices"][0]["logprobs"] = logprobs
        return [chunk]

    # --- parts

    def _part(self, part: Any, state: _Candidate, path: Path) -> list[Json]:
        leg = self.leg
        named = part_members(part, leg, path)
        data = data_of(named)
        thought = named.get("thought") is True
        if data == "text":
            return self._text(named, state, path, "reasoning" if thought else "text")
        if data == "functionCall":
            chunks: list[Json] = []
            for whole in state.partial.feed(named, leg, path):
                chunks += self._call(whole, state, path)
            return chunks or [*self._role(state)]
        if data in ("inlineData", "fileData") and not thought:
            made = self._media(named, data, state, path)
            if made is not None:
                return made
        chunks = self._with_rows(state, self._close(state) + state.rows.native(part))
        state.blocks += 1
        return chunks

    def _role(self, state: _Candidate) -> list[Json]:
        return [] if state.role else [self._chunk(state, {})]

    def _text(self, part: Json, state: _Candidate, path: Path, kind: str) -> list[Json]:
        text = text_of(part, self.leg, path)
        extra = beside(part, "text")
        extra.pop("thought", None)
        if not text and not extra:
            return []
        chunks: list[Json] = []
        if state.kind != kind:
            rows = self._close(state)
            order = state.rows.order
            state.first_text = kind == "text" and is_first_text(order, "x")
            rows += state.rows.open(kind)
            state.kind = kind
            state.blocks += 1
            chunks = self._with_rows(state, rows)
        delta: Json = {}
        if text:
            state.length += len(text)
            if len(state.head) < HEAD:
                state.head = (state.head + text)[:HEAD]
            if kind == "text":
                delta["content"] = text
                state.texts.add(state.blocks - 1, text)
            else:
                delta["reasoning_content"] = text
        if extra:
            key = self.leg.row.key
            signature = signature_alone(extra)
            if signature is not None and state.first_text and state.length:
                bag.put(delta, key, "thought_signature", signature)
                extra = {}
            rows = self._close(state, extra)
            if rows:
                bag.put(delta, key, "blocks", rows)
            if not delta:
                return chunks
        return [*chunks, self._chunk(state, delta)]

    def _close(self, state: _Candidate, extra: Json | None = None) -> list[Json]:
        if not state.kind:
            return []
        rows = state.rows.close({"type": state.kind, "length": state.length, "head": state.head}, extra or None)
        state.kind, state.head, state.length = "", "", 0
        return rows

    def _call(self, part: Json, state: _Candidate, path: Path) -> list[Json]:
        chunks = self._with_rows(state, self._close(state) + state.rows.open("tool_call"))
        call = call_to_unified(part, self.leg, path, state.calls, self.identifier, responses.ANSWER_FACTS)
        delta: Json = {"tool_calls": [{"index": state.calls, **call}]}
        rows = state.rows.close({"type": "tool_call"})
        if rows:
            bag.put(delta, self.leg.row.key, "blocks", rows)
        state.calls += 1
        state.blocks += 1
        return [*chunks, self._chunk(state, delta)]

    def _media(self, part: Json, data: str, state: _Candidate, path: Path) -> list[Json] | None:
        """Images and the first audio; None for what has no visible field."""
        leg = self.leg
        held = part[data]
        named = members(held) if type(held) is dict else {}
        kind = named.get("mimeType")
        bare = kind.split(";", 1)[0].strip().lower() if type(kind) is str else ""
        delta: Json = {}
        if data == "inlineData" and bare.startswith("audio/") and not state.audio and type(named.get("data")) is str:
            delta["audio"] = audio_to_unified(part, named, leg)
            state.audio, row = True, "audio"
        elif bare.startswith("image/"):
            unified = media_to_unified(part, data, leg, path)
            if unified is None:
                return None
            image: Json = {"type": "image_url", "index": state.images, "image_url": unified["image_url"]}
            if "extra_content" in unified:
                image["extra_content"] = unified["extra_content"]
            delta["images"] = [image]
            state.images += 1
            row = "image"
        else:
            return None
        chunks = self._with_rows(state, self._close(state) + state.rows.open(row))
        rows = state.rows.close({"type": row})
        if rows:
            bag.put(delta, leg.row.key, "blocks", rows)
        state.blocks += 1
        return [*chunks, self._chunk(state, delta)]

    # --- the end

    def flush(self) -> list[Json]:
        if self.over:
            return []
        self.over = True
        leg = self.leg
        if self.head is None:
            self._head({}, {})
        chunks: list[Json] = []
        if not self.candidates:
            chunks += self._nothing()
        cut = [state for state in self.candidates.values() if state.reason is None]
        if cut:
            self.truncated = True
            leg.losses.add("dropped", "content", "stream", (), "the stream ended before its finish")
        for state in self.candidates.values():
            chunks += self._finish(state)
        last = next((chunk for chunk in chunks if chunk["choices"] and chunk["choices"][0]["finish_reason"]), None)
        if last is not None:
            for name, value in self.more.items():
                bag.put(last, leg.row.key, name, value)
            if self.feedback is not None and self.candidates:
                bag.put(last, leg.row.key, "prompt_feedback", self.feedback)
        if self.usage is not None:
            chunks.append({**(self.head or {}), "choices": [], "usage": self.usage})
        return chunks

    def _nothing(self) -> list[Json]:
        """A stream without candidates: a blocked prompt, or one that was cut."""
        state = _Candidate(0)
        if self.feedback is None:
            self.candidates[0] = state
            return []
        chunk = self._chunk(state, {"refusal": responses.prompt_refusal(members(self.feedback))})
        bag.put(chunk, self.leg.row.key, "prompt_feedback", self.feedback)
        return [chunk, self._chunk(state, {}, "content_filter")]

    def _finish(self, state: _Candidate) -> list[Json]:
        leg = self.leg
        chunks: list[Json] = []
        for whole in state.partial.close():
            chunks += self._call(whole, state, state.where)
        rows = self._close(state)
        delta: Json = {}
        key = leg.row.key
        if rows:
            bag.put(delta, key, "blocks", rows)
        for name, value in state.content_more.items():
            bag.put(delta, key, name, value)
        kept: Json = dict(state.more)
        if state.logprobs is not None:
            kept["logprobs_result"] = state.logprobs
        if state.grounding is not None or state.citation is not None:
            notes = citations.to_unified(state.grounding, state.citation, state.texts, leg, ("candidates", state.index))
            if notes:
                delta["annotations"] = [{"index": number, **note} for number, note in enumerate(notes)]
            if state.grounding is not None:
                kept["grounding_metadata"] = state.grounding
            if state.citation is not None:
                kept["citation_metadata"] = state.citation
        chunk = self._chunk(state, delta, "length")
        choice = chunk["choices"][0]
        if state.reason is not None:
            responses.finish_to_unified(state.reason, state.calls > 0, choice, leg, state.where)
        for name, value in kept.items():
            bag.put(choice, key, name, value)
        return [*chunks, chunk]


class ToNative:
    """Chunks -> elements: texts at once, calls when they are whole, the finish with what belongs to it, then usage."""

    __slots__ = ("blocked", "choices", "envelope", "head", "leg", "more", "over", "truncated", "usage", "used")

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.head: Json | None = None
        self.choices: dict[int, Choice] = {}
        self.envelope: Json | None = None  # beside the choices of a chunk that was looked at (`shared.chat_fast`)
        self.blocked = False
        self.more: Json = {}
        self.usage: Json | None = None
        self.used = False
        self.over = self.truncated = False

    def feed(self, chunk: Json) -> list[Json]:
        if self.over:
            return []
        leg = self.leg
        if chunk.get("error") is not None and not chunk.get("choices"):
            self.over = True
            leg.route["status"] = None
            return [errors.to_native(chunk, leg)]
        text = self._plain_text(chunk)
        if text is not None:
            return text
        own = members(bag.unpack(chunk, leg, (), "envelope")) if "extra_content" in chunk else bag.EMPTY
        if self.head is None:
            self.head = responses.head_to_native(chunk, own, leg)
        else:
            self._later_head(chunk, own)
        report_rest(chunk, responses.UNIFIED_MEMBERS | {"usage"}, leg, (), "envelope")
        fresh: Json = {}
        if own:
            responses.response_members(own, fresh, leg)
        choices = chunk.get("choices")
        if choices is not None and type(choices) is not list:
            leg.invalid(("choices",), "array", choices)
        self.envelope = envelope_of(chunk) if not own and chunk.get("usage") is None else None
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
            fresh["usageMetadata"] = usage_of.to_native(chunk["usage"], leg)
        if fresh:
            if events:
                events[-1].update(fresh)
            else:
                events.append(fresh)
        return [{**event, **self.head} for event in events]

    def _plain_text(self, chunk: Json) -> list[Json] | None:
        """A further piece of an open text and nothing else, which most chunks are; None for all others."""
        choice = text_choice(chunk, self.envelope)
        state = self.choices.get(choice["index"]) if choice is not None else None
        if choice is None or state is None or state.pending or state.finished or self.blocked:
            return None
        text = choice["delta"].get("content")
        if text is None or state.last != "text":
            return None
        state.run["text"] = state.run.get("text", 0) + len(text)
        state.texts.add(state.blocks - 1, text)
        candidate = {"index": state.index, "content": {"role": "model", "parts": [{"text": text}]}}
        return [{"candidates": [candidate], **(self.head or {})}]

    def _later_head(self, chunk: Json, own: Json) -> None:
        assert self.head is not None
        for name in ("id", "model"):
            value = chunk.get(name)
            if value is not None and type(value) is not str:
                self.leg.invalid((name,), "string", value)
        if type(own.get("createTime")) is str and own["createTime"] != self.head.get("createTime"):
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
            state = self.choices[index] = Choice(index, leg, "" if identifier == responses.NO_ID else identifier)
        return state.feed(choice, path)

    def flush(self) -> list[Json]:
        if self.over:
            return []
        self.over = True
        leg = self.leg
        if self.head is None:
            self.head = responses.head_to_native({}, bag.EMPTY, leg)
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


__all__ = ["ToNative", "ToUnified", "fold", "unfold"]
