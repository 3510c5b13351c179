"""Elements of a stream -> unified chunks. Each element holds new parts; usage repeats and grows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini import (
    citations,
    error as errors,
    partial,
    plain_stream,
    plain_usage,
    response as responses,
    usage as usage_of,
)
from translate.providers.gemini.assistant import (
    audio_to_unified,
    call_to_unified,
    is_first_text,
    signature_alone,
)
from translate.providers.gemini.candidate import Candidate
from translate.providers.gemini.content import beside, data_of, media_to_unified, part_members, text_of
from translate.providers.gemini.head import document_id, head_to_unified
from translate.providers.gemini.plain_calls import calls_to_unified
from translate.providers.gemini.spelling import camel, listed, members, place, snake, worded
from translate.shared import bag
from translate.shared.blocks import HEAD
from translate.shared.machines import Reader

_REPLACED = frozenset(("index", "content", "finishReason", "groundingMetadata", "citationMetadata", "logprobsResult"))


class ToUnified(Reader):
    """Elements -> chunks. Finish reasons wait for the end: older models write STOP on every element."""

    __slots__ = (
        "beside", "candidates", "counts", "create_time", "feedback", "identifier", "known", "leg", "more", "over",
        "places", "strange", "truncated", "usage",
    )  # fmt: skip

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.beside: Json = bag.EMPTY  # a chunk without its choices, once there was an element
        self.known: Json = bag.EMPTY  # what repeats beside the candidates
        self.counts: Json | None = None  # plain usage that nothing was said of yet
        self.strange: Sequence[tuple[Path, Path]] = ()
        self.identifier = ""
        self.create_time: str | None = None
        self.candidates: dict[int, Candidate] = {}
        self.feedback: Any = None
        self.more: Json = {}
        self.places: dict[Path, tuple[Path, Path]] = {}  # of members whose last value counts
        self.usage: Json | None = None
        self.over = self.truncated = False

    quick, common = plain_stream.quick, plain_stream.common

    def feed(self, event: Json) -> list[Json]:
        if self.over:
            return []
        if responses.is_error(event):
            self.over = True
            return [errors.to_unified(event, self.leg)]
        leg = self.leg
        named = members(event)
        self.first(named, event)
        chunks: list[Json] = []
        for number, candidate in enumerate(listed(named.get("candidates"), leg, ("candidates",))):
            chunks += self._candidate(candidate, number, ("candidates", number) if type(named["candidates"]) is list else ("candidates",))
        for name, value in named.items():
            if value is None or name in responses.RESPONSE_MEMBERS:
                continue
            if name == "promptFeedback":
                if type(value) is not dict:
                    leg.invalid((place(event, name),), "object", value)
                self.feedback = self._last((name,), self.feedback, worded(value, leg.row.variant), (place(event, name),))
            else:
                held = self.more.get(snake(name))
                self.more[snake(name)] = self._last((name,), held, worded(value, leg.row.variant), (place(event, name),))
        if named.get("usageMetadata") is not None:
            where = place(event, "usageMetadata")
            for prefix, path in self.strange:
                self._told_earlier(prefix, path)
            self.counts = None
            self.usage = plain_usage.to_unified(named["usageMetadata"], leg.row.key) or usage_of.to_unified(named["usageMetadata"], leg, (where,))
            self.strange = [(leg.losses.prefix, (where, *path)) for path in usage_of.strange(named["usageMetadata"])]
        return chunks

    def _last(self, member: Path, held: Any, value: Any, path: Path) -> Any:
        """The value, which counts instead of the one that is held. Losses: an earlier one that said something else."""
        if held is not None and held != value:
            self._told_earlier(*self.places[member])
        self.places[member] = (self.leg.losses.prefix, path)
        return value

    def _told_earlier(self, prefix: Path, path: Path) -> None:
        """A member that a later element does not repeat."""
        losses = self.leg.losses
        now, losses.prefix = losses.prefix, prefix
        losses.add("dropped", "envelope", str(path[-1]), path, "only the last one counts")
        losses.prefix = now

    def first(self, named: Json, event: Json) -> None:
        """What an element says beside its candidates; the first one counts."""
        if not self.beside:
            head, self.create_time = head_to_unified(named, event, self.leg)
            self.beside = {
                "id": head["id"], "object": "chat.completion.chunk", "created": head["created"], "model": head["model"], "choices": [],
            }  # fmt: skip
            self.identifier = document_id(named)
            self.known = {"modelVersion": head["model"], "responseId": self.identifier}
            return
        identifier, model = named.get("responseId"), named.get("modelVersion")
        for name, value, known in (("responseId", identifier, self.identifier), ("modelVersion", model, self.beside["model"])):
            if value is None or value == known:
                continue
            if type(value) is not str:
                self.leg.invalid((place(event, name),), "string", value)
            if not known and value:
                self.leg.losses.add("dropped", "envelope", name, (place(event, name),), "came after the first element")
        time = named.get("createTime")
        if time is not None and type(time) is not str:
            self.leg.invalid((place(event, "createTime"),), "string", time)

    def _chunk(self, state: Candidate, delta: Json, finish: str | None = None) -> Json:
        if not state.role:
            state.role = True
            delta = {"role": "assistant", **delta}
        chunk = self.beside.copy()
        chunk["choices"] = [{"index": state.index, "delta": delta, "finish_reason": finish}]
        if self.create_time is not None:
            bag.put(chunk, self.leg.row.key, "create_time", self.create_time)
            self.create_time = None
        return chunk

    def _with_rows(self, state: Candidate, rows: list[Json]) -> list[Json]:
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
            state = self.candidates[index] = Candidate(index)
        chunks: list[Json] = []
        content = named.get("content")
        if content is not None:
            if type(content) is not dict:
                leg.invalid((*path, "content"), "object", content)
            where: Path = (*path, "content", "parts")
            chunks = self.parts(listed(content.get("parts"), leg, where), state, where)
            if chunks:
                state.reason = None  # what came before was not the end
            if content.keys() - {"role", "parts"}:
                for name, value in content.items():
                    if value is not None and name not in ("role", "parts"):
                        spelled, state.odd = snake(camel(name)), True
                        held = state.content_more.get(spelled)
                        state.content_more[spelled] = self._last((index, "content", spelled), held, value, (*path, "content", name))
        return chunks + self.beside_content(named, candidate, state, path)

    def beside_content(self, named: Json, candidate: Json, state: Candidate, path: Path) -> list[Json]:
        """Takes what a candidate says beside its content; only logprobs go out now."""
        leg, index = self.leg, state.index
        chunks: list[Json] = []
        for name, value in named.items():
            if value is None:
                continue
            if name == "finishReason":
                state.reason, state.where, state.since = value, (*path, place(candidate, name)), leg.losses.prefix
                if type(value) not in (str, int):
                    leg.invalid(state.where, "string", value)
                continue
            state.odd = state.odd or name not in ("index", "content")
            if name == "groundingMetadata":
                state.grounding = self._last((index, name), state.grounding, value, (*path, place(candidate, name)))
            elif name == "citationMetadata":
                state.citation = self._last((index, name), state.citation, value, (*path, place(candidate, name)))
            elif name == "logprobsResult":
                chunks += self._logprobs(value, state, (*path, place(candidate, name)))
            elif name not in _REPLACED:
                held = state.more.get(snake(name))
                where = (*path, place(candidate, name))
                state.more[snake(name)] = self._last((index, name), held, worded(value, leg.row.variant), where)
        return chunks

    def _logprobs(self, value: Any, state: Candidate, path: Path) -> list[Json]:
        logprobs = responses.logprobs_to_unified(value, self.leg, path)
        state.logprobs = responses.merged_logprobs(state.logprobs, value)
        if logprobs is None:
            return []
        chunk = self._chunk(state, {})
        chunk["choices"][0]["logprobs"] = logprobs
        return [chunk]

    # --- parts

    def parts(self, parts: list[Any], state: Candidate, path: Path) -> list[Json]:
        """Chunks of the parts of a candidate."""
        leg = self.leg
        chunks: list[Json] = []
        calls: list[Json] = []  # that follow one another, for one chunk
        for spot, part in enumerate(parts):
            where = (*path, spot)
            is_whole = state.partial is None or state.partial.open is None
            if type(part) is dict and "functionCall" in part and is_whole and "names" not in leg.memo:
                call = calls_to_unified([part], 0, state.calls + len(calls), self.identifier, leg.row.key, streamed=True)
                if call:
                    calls += call
                    continue
            named = part_members(part, leg, where)
            data = data_of(named)
            if data != "functionCall":
                chunks += self.placed(calls, state)
                chunks += self._part(part, named, data, state, where)
                calls = []
                continue
            if state.partial is None:
                state.partial, state.odd = partial.Calls(), True
            for whole in state.partial.feed(named, leg, where):
                calls.append(self._call(whole, state, len(calls), where))
            if not calls and not state.role:
                chunks.append(self._chunk(state, {}))
        return chunks + self.placed(calls, state)

    def _part(self, part: Any, named: Json, data: str | None, state: Candidate, path: Path) -> list[Json]:
        """Chunks of a part that is no call."""
        thought = named.get("thought") is True
        if data == "text":
            extra = beside(named, "text")
            extra.pop("thought", None)
            return self.said(text_of(named, self.leg, path), extra, state, "reasoning" if thought else "text")
        if data in ("inlineData", "fileData") and not thought:
            made = self._media(named, data, state, path)
            if made is not None:
                return made
        chunks = self._with_rows(state, self._close(state) + state.rows.native(part))
        state.blocks += 1
        return chunks

    def said(self, text: str, extra: Json, state: Candidate, kind: str) -> list[Json]:
        """A text or thought; `extra` stands beside it."""
        if not text and not extra:
            return []
        chunks: list[Json] = []
        if state.kind != kind:
            rows = self._close(state)
            state.first_text = kind == "text" and is_first_text(state.rows, "x")
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
                state.counted().add(state.blocks - 1, text)
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

    def _close(self, state: Candidate, extra: Json | None = None) -> list[Json]:
        if not state.kind:
            return []
        if state.uncounted:
            state.counted()
        rows = state.rows.close({"type": state.kind, "length": state.length, "head": state.head}, extra or None)
        state.kind, state.head, state.length = "", "", 0
        return rows

    def _call(self, part: Json, state: Candidate, before: int, path: Path) -> Json:
        """A whole call. before: how many of the same chunk stand ahead of it."""
        number = state.calls + before
        return {"index": number, **call_to_unified(part, self.leg, path, number, self.identifier, responses.ANSWER_FACTS)}

    def placed(self, calls: list[Json], state: Candidate) -> list[Json]:
        """Calls that follow one another, in their place behind what came before."""
        if not calls:
            return []
        chunks = self._with_rows(state, self._close(state)) if state.kind else []
        delta: Json = {"tool_calls": calls}
        rows = state.rows.whole("tool_call", len(calls))
        if rows:
            bag.put(delta, self.leg.row.key, "blocks", rows)
        state.calls += len(calls)
        state.blocks += len(calls)
        chunks.append(self._chunk(state, delta))
        return chunks

    def _media(self, part: Json, data: str, state: Candidate, path: Path) -> list[Json] | None:
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
        ended = plain_stream.ended(self)
        if ended is not None:
            return ended
        leg = self.leg
        if not self.beside:
            self.first({}, {})
        chunks: list[Json] = []
        if not self.candidates:
            chunks += self._nothing()
        for state in self.candidates.values():
            if state.reason is None and not self.truncated:
                self.truncated = True
                leg.losses.add("dropped", "content", "stream", (), "the stream ended before its finish")
        for state in self.candidates.values():
            chunks += self._finish(state)
        if self.more or self.feedback is not None:
            self._last_words(chunks)
        if self.counts is not None:
            self.usage = plain_usage.to_unified(self.counts, leg.row.key) or usage_of.to_unified(self.counts, leg, ("usageMetadata",))
        if self.usage is not None:
            chunks.append({**self.beside, "choices": [], "usage": self.usage})
        return chunks

    def _last_words(self, chunks: list[Json]) -> None:
        """What elements said beside the candidates, to the first finish."""
        key = self.leg.row.key
        last = next((chunk for chunk in chunks if chunk["choices"] and chunk["choices"][0]["finish_reason"]), None)
        if last is None:
            return
        for name, value in self.more.items():
            bag.put(last, key, name, value)
        if self.feedback is not None and self.candidates:
            bag.put(last, key, "prompt_feedback", self.feedback)

    def _nothing(self) -> list[Json]:
        """A stream without candidates: a blocked prompt, or one that was cut."""
        state = Candidate(0)
        if self.feedback is None:
            self.candidates[0] = state
            return []
        chunk = self._chunk(state, {"refusal": responses.prompt_refusal(members(self.feedback))})
        bag.put(chunk, self.leg.row.key, "prompt_feedback", self.feedback)
        return [chunk, self._chunk(state, {}, "content_filter")]

    def _finish(self, state: Candidate) -> list[Json]:
        leg, key = self.leg, self.leg.row.key
        chunks: list[Json] = []
        if state.partial is not None:
            chunks = self.placed([self._call(whole, state, 0, state.where) for whole in state.partial.close()], state)
        delta: Json = {}
        rows = self._close(state) if state.kind else None
        if rows:
            bag.put(delta, key, "blocks", rows)
        for name, value in state.content_more.items():
            bag.put(delta, key, name, value)
        kept: Json = dict(state.more) if state.more else {}
        if state.logprobs is not None:
            kept["logprobs_result"] = state.logprobs
        if state.grounding is not None or state.citation is not None:
            whole: Path = ("candidates", state.index)
            places = {
                (*whole, name): prefix + path for name in ("groundingMetadata", "citationMetadata")
                for prefix, path in [self.places.get((state.index, name), ((), ()))] if path
            }  # fmt: skip
            with leg.losses.gathered(places):
                where = ((*whole, "groundingMetadata"), (*whole, "citationMetadata"))
                notes = citations.to_unified(state.grounding, state.citation, state.counted(), leg, where)
            if notes:
                delta["annotations"] = [{"index": number, **note} for number, note in enumerate(notes)]
            if state.grounding is not None:
                kept["grounding_metadata"] = state.grounding
            if state.citation is not None:
                kept["citation_metadata"] = state.citation
        chunk = self._chunk(state, delta, "length")
        choice = chunk["choices"][0]
        if state.reason is not None:
            now, leg.losses.prefix = leg.losses.prefix, state.since
            responses.finish_to_unified(state.reason, state.calls > 0, choice, leg, state.where)
            leg.losses.prefix = now
        for name, value in kept.items():
            bag.put(choice, key, name, value)
        chunks.append(chunk)
        return chunks
