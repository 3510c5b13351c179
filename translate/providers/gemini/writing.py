"""One choice of a unified stream on its way to candidates: texts pass at once, calls and audio when they are whole."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini import response as responses
from translate.providers.gemini.assistant import (
    FORMAT,
    OWN_MEMBERS,
    audio_to_native,
    image_to_native,
)
from translate.providers.gemini.citations import Texts
from translate.providers.gemini.content import extra_to_native, native_part
from translate.providers.gemini.gathering import MOST_CALLS, Gathered
from translate.shared import bag
from translate.shared.blocks import RANK
from translate.shared.chat_fast import says_nothing
from translate.shared.fields import report_rest

DELTA_MEMBERS = frozenset((
    "role", "content", "refusal", "reasoning_content", "reasoning_details", "tool_calls", "function_call", "images", "audio",
    "annotations", "extra_content",
))  # fmt: skip


_KINDS = (("reasoning_content", "reasoning"), ("content", "text"), ("refusal", "refusal"))
_TAKES = {"": "", "text": "content", "reasoning": "reasoning_content"}
_ROW_MEMBERS = frozenset(("index", "type", "length", "head", "extra", "joined", "value"))


class Choice:
    """State of one choice."""

    __slots__ = (
        "annotations", "audio", "blocks", "calls", "entries", "finished", "index", "last", "leg", "logprobs", "more", "places",
        "refused", "run", "takes", "texts", "uncounted",
    )  # fmt: skip

    def __init__(self, index: int, leg: Leg, identifier: str) -> None:
        self.index, self.leg = index, leg
        self.calls = Gathered(leg, identifier)
        self.last = ""  # kind of the text that may still get a signature
        self.blocks = 0  # parts so far, runs counted once
        self.texts = Texts()
        self.annotations: list[Any] = []
        self.logprobs: list[Any] = []
        self.places: dict[str, list[Path]] = {}  # of what is gathered, in the stream
        self.audio: Json | None = None
        self.entries: dict[Any, Json] = {}
        self.more: Json = {}
        self.finished = self.refused = False
        self.run: dict[str, int] = {}  # characters of each kind since its last row
        self.uncounted = 0  # of what is open, that `texts` and `run` have not been told of: plain pieces come fast
        self.takes = ""  # member of a delta that goes on with what is open (`plain_stream.text`)

    def count(self) -> None:
        """Takes the plain pieces down."""
        if self.uncounted:
            self.run[self.last] = self.run.get(self.last, 0) + self.uncounted
            if self.last == "text":
                self.texts.plain(self.blocks - 1, self.uncounted)
            self.uncounted = 0

    def beyond_ascii(self, text: str) -> None:
        """Takes a piece of the open text down whose bytes are not its characters."""
        self.count()
        self.run["text"] = self.run.get("text", 0) + len(text)
        self.texts.add(self.blocks - 1, text)

    def feed(self, choice: Json, path: Path) -> list[Json]:
        """A choice of a chunk -> candidates of elements."""
        if self.uncounted:
            self.count()
        leg = self.leg
        delta = choice.get("delta")
        inner: Path = (*path, "delta")
        if delta is None:
            delta = bag.EMPTY
        if type(delta) is not dict:
            leg.invalid(inner, "object", delta)
        finish = choice.get("finish_reason")
        if finish is not None and type(finish) is not str:
            leg.invalid((*path, "finish_reason"), "string", finish)
        parts = self._delta(delta, inner) if delta else []
        self.takes = "" if self.calls.open or self.finished or finish else _TAKES[self.last]
        if choice.get("logprobs") is not None:
            self._gather_logprobs(choice["logprobs"], (*path, "logprobs"))
        if not responses.CHOICE_MEMBERS.issuperset(choice):
            report_rest(choice, responses.CHOICE_MEMBERS, leg, path)
        kept = bag.unpack(choice, leg, path, "envelope") if "extra_content" in choice else bag.EMPTY
        out = [self._candidate(parts)] if parts else []
        if finish:
            if self.finished:
                leg.losses.add("dropped", "content", "finish_reason", (*path, "finish_reason"), "the choice has ended already")
                if choice.get("native_finish_reason") is not None:
                    leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "the choice has ended already")
                return out
            return out + self.finish(choice, path, kept)
        self.more.update(kept)
        if choice.get("native_finish_reason") is not None:
            leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "without a finish")
        return out

    def _candidate(self, parts: list[Json]) -> Json:
        return {"index": self.index, "content": {"role": "model", "parts": parts}}

    def _delta(self, delta: Json, path: Path) -> list[Json]:
        leg = self.leg
        if says_nothing(delta):
            return []
        if not DELTA_MEMBERS.issuperset(delta):
            report_rest(delta, DELTA_MEMBERS, leg, path)
        own = bag.unpack(delta, leg, path, "content") if "extra_content" in delta else bag.EMPTY
        parts: list[Json] = []
        for name, kind in _KINDS:
            text = delta.get(name)
            if text is None:
                continue
            if type(text) is not str:
                leg.invalid((*path, name), "string", text)
            if text:
                parts += self.said(text, kind, (*path, name))
        if delta.get("reasoning_details") is not None:
            parts += self._details(delta["reasoning_details"], bool(delta.get("reasoning_content")), (*path, "reasoning_details"))
        if delta.get("images") is not None:
            for number, image in enumerate(_list(delta["images"], leg, (*path, "images"))):
                parts += self._whole(image_to_native(image, leg, (*path, "images", number), responses.ANSWER_FACTS))
        if delta.get("audio") is not None:
            self._gather_audio(delta["audio"], (*path, "audio"))
        if delta.get("tool_calls") is not None:
            for number, fragment in enumerate(_list(delta["tool_calls"], leg, (*path, "tool_calls"))):
                self.calls.take(fragment, (*path, "tool_calls", number))
        legacy = delta.get("function_call")
        if legacy is not None:
            self.calls.take({"index": 0, "function": legacy}, (*path, "function_call"))
        if delta.get("annotations") is not None:
            self._gather("annotations", self.annotations, delta["annotations"], (*path, "annotations"))
        if own:
            parts = self._own(own, parts, path)
        return parts

    # --- texts, signatures, rows

    def said(self, text: str, kind: str, path: Path = ()) -> list[Json]:
        """The parts of a text, a thought or a refusal. path: of a refusal. Losses: a refusal, approximated."""
        parts = self._close()
        self.run[kind] = self.run.get(kind, 0) + len(text)
        if kind == "refusal":
            if not self.refused:
                self.leg.losses.add("approximated", "content", "refusal", path, "sent as text")
            self.refused, kind = True, "text"
        if self.last != kind:
            self.blocks += 1
            self.last = kind
        if kind == "reasoning":
            return [*parts, {"text": text, "thought": True}]
        self.texts.add(self.blocks - 1, text)
        return [*parts, {"text": text}]

    def _sign(self, kind: str, extra: Json, parts: list[Json]) -> None:
        """A signature, or what else stands beside a text, at the end of its part."""
        thought = kind == "reasoning"
        parts += self._close()  # a text that is signed later than the calls stands behind them
        last = parts[-1] if parts else None
        if last is not None and last.keys() <= {"text", "thought"} and ("thought" in last) is thought and self.last == kind:
            parts[-1] = {**last, **extra}
        else:
            if self.last != kind:
                parts += self._close()
                self.blocks += 1
            parts.append({"text": "", "thought": True, **extra} if thought else {"text": "", **extra})
        self.last = ""

    def _own(self, own: Json, parts: list[Json], path: Path) -> list[Json]:
        leg = self.leg
        where: Path = (*path, "extra_content", leg.row.key)
        signature = own.get("thought_signature", own.get("thoughtSignature"))
        if signature is not None:
            if type(signature) is not str:
                leg.invalid((*where, "thought_signature"), "string", signature)
            self._sign("text", {"thoughtSignature": signature}, parts)
        rows = own.get("blocks")
        for number, row in enumerate(_list(rows, leg, (*where, "blocks"))):
            spot: Path = (*where, "blocks", number)
            if type(row) is not dict:
                leg.invalid(spot, "object", row)
            kind, extra = row.get("type"), row.get("extra")
            for name in row:
                if name not in _ROW_MEMBERS:
                    leg.losses.add("dropped", "content", name, (*spot, name), "no such member of a row")
            if kind == "native" and "value" in row:
                parts += self._close()
                parts += self._whole(native_part(row["value"], leg, (*spot, "value")))
            elif kind in ("text", "reasoning"):
                if extra is not None and type(extra) is not dict:
                    leg.invalid((*spot, "extra"), "object", extra)
                if row.get("length") != self.run.pop(kind, 0):
                    leg.losses.add("approximated", "content", "blocks", spot, "does not say how long its text was")
                if extra:
                    self._sign(kind, extra_to_native(extra, leg, (*spot, "extra")), parts)
            elif type(kind) is not str or kind not in RANK:
                leg.losses.add("approximated", "content", "blocks", spot, "row without a block to stand for; left out")
            elif extra:
                leg.losses.add("dropped", "content", "blocks", (*spot, "extra"), "its block stands for itself")
        rest = {name: value for name, value in own.items() if name not in OWN_MEMBERS}
        if rest:
            self.more["content"] = {**self.more.get("content", {}), **extra_to_native(rest, leg, where)}
        return parts

    def _whole(self, part: Json | None) -> list[Json]:
        """A part that comes in one piece."""
        if part is None:
            return []
        parts = self._close()
        self.last = ""
        self.blocks += 1
        return [*parts, part]

    def _details(self, details: Any, spoken: bool, path: Path) -> list[Json]:
        """Entries of reasoning_details: signatures wait for their call, texts go out unless reasoning_content says them."""
        leg = self.leg
        parts: list[Json] = []
        for number, entry in enumerate(_list(details, leg, path)):
            where: Path = (*path, number)
            if type(entry) is not dict:
                leg.invalid(where, "object", entry)
            index = entry.get("index", number)
            index = index if type(index) is int else number
            held = self.entries.get(index)
            if held is None:
                if len(self.entries) >= MOST_CALLS:
                    leg.losses.add("dropped", "content", "reasoning_details", where, "too many entries")
                    continue
                held = self.entries[index] = {"format": entry.get("format"), "id": entry.get("id"), "data": ""}
            if held["format"] not in (None, FORMAT):
                leg.losses.add("dropped", "content", "reasoning_details", where, "reasoning of another format")
                continue
            leg.losses.add("approximated", "envelope", "reasoning_details", where, "thoughts and signatures are parts here")
            text, data, signature = entry.get("text"), entry.get("data"), entry.get("signature")
            if type(data) is str:
                held["data"] += data
            elif type(text) is str and text and not spoken:
                parts += self.said(text, "reasoning", (*where, "text"))
            if type(signature) is str and signature:
                if held["format"] == FORMAT:
                    self._sign("reasoning", {"thoughtSignature": signature}, parts)
                else:
                    leg.losses.add("dropped", "content", "reasoning_details", (*where, "signature"), "of no format")
        return parts

    # --- calls and audio

    def _close(self) -> list[Json]:
        """The open calls, whole, in the order they began."""
        if not self.calls.open:
            return []
        parts = self.calls.close(self.entries)
        self.last = ""
        self.blocks += len(parts)
        return parts

    def _gather_audio(self, value: Any, path: Path) -> None:
        leg = self.leg
        if type(value) is not dict:
            leg.invalid(path, "object", value)
        held: Json = self.audio if self.audio is not None else {"data": [], "transcript": [], "path": path}
        self.audio = held
        for name, member in value.items():
            if member is None:
                continue
            if name in ("data", "transcript"):
                if type(member) is not str:
                    leg.invalid((*path, name), "string", member)
                held[name].append(member)
            else:
                held[name] = member

    def _sound(self) -> list[Json]:
        if self.audio is None:
            return []
        held, self.audio = dict(self.audio), None
        path = held.pop("path")
        data, transcript = "".join(held.pop("data")), "".join(held.pop("transcript"))
        if data:
            held["data"] = data
        part = audio_to_native({**held, "transcript": transcript}, self.leg, path)
        return self._whole(part)

    def _gather_logprobs(self, value: Any, path: Path) -> None:
        if type(value) is not dict:
            self.leg.invalid(path, "object", value)
        self._gather("logprobs", self.logprobs, value.get("content"), (*path, "content"))
        report_rest(value, frozenset(("content",)), self.leg, path, "envelope")

    def _gather(self, kind: str, gathered: list[Any], value: Any, path: Path) -> None:
        """More of a list that the end of the choice gives out, and where each of it stands in the stream."""
        given = _list(value, self.leg, path)
        self.places.setdefault(kind, []).extend((*self.leg.losses.prefix, *path, number) for number in range(len(given)))
        gathered += given

    # --- the end

    def finish(self, choice: Json, path: Path, kept: Json) -> list[Json]:
        """The last candidate of the choice."""
        self.count()
        leg = self.leg
        self.finished = True
        parts = self._close() + self._sound()
        more = {**self.more, **kept}
        content: Json = {"role": "model", "parts": parts or [{"text": ""}], **more.pop("content", {})}
        candidate: Json = {"index": self.index, "content": content}
        candidate["finishReason"] = responses.finish_to_native(choice, self.calls.numbers.count > 0, self.refused, leg, path)
        if more or self.annotations or self.logprobs:
            self._beside(candidate, more, path)
        for entry in self.entries.values():
            if entry["data"] and entry["format"] in (None, FORMAT) and entry["id"] is None and not self.calls.numbers.count:
                candidate["content"]["parts"] = [*parts, {"text": "", "thoughtSignature": entry["data"]}]
        return [candidate]

    def _beside(self, candidate: Json, more: Json, path: Path) -> None:
        """What stands beside the content of the last candidate."""
        leg, inner = self.leg, (*path, "delta")
        logprobs = {"content": self.logprobs} if self.logprobs else None
        places: dict[Path, Path] = {}
        for kind, holder in (("annotations", (*inner, "annotations")), ("logprobs", (*path, "logprobs", "content"))):
            places.update({(*holder, number): place for number, place in enumerate(self.places.get(kind, ()))})
        with leg.losses.gathered(places):
            responses.candidate_members(logprobs, self.annotations, more, self.texts, candidate, leg, path, inner)


def _list(value: Any, leg: Leg, path: Path) -> list[Any]:
    if value is None:
        return []
    if type(value) is not list:
        leg.invalid(path, "array", value)
    return list(value)

