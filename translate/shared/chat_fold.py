"""
Chunks of a chat stream -> the response they amount to, by the merge rules of the chat form.

Texts are gathered and joined once, so that the cost is linear; nothing of the caller's chunks is written to. The same rules hold
for unified chunks and for those of every OpenAI-compatible server: what is not known is replaced by its later value.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.shared.stream_rows import merge_rows

MOST_CHOICES = 1024
TEXTS = frozenset(("content", "refusal", "reasoning_content", "reasoning"))
PIECES = frozenset(("text", "summary", "data", "signature"))  # members of a reasoning entry that come in pieces
HEAD = ("id", "created", "model")
SKIPPED = frozenset(("object", "obfuscation", "choices"))


class Fold:
    """
    Takes one chunk after the other; `response` is what they amount to.

    Losses: none; a choice that never finished gets `length`. Raises: InvalidDocument for a wrong type where it is read.
    """

    __slots__ = ("choices", "head", "leg", "rest", "usage")

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.head: Json = {}
        self.rest: Json = {}
        self.usage: Json | None = None
        self.choices: dict[int, _Choice] = {}

    def feed(self, chunk: Json) -> None:
        """One chunk, error events excepted."""
        for name, value in chunk.items():
            if value is None or name in SKIPPED:
                continue
            if name in HEAD:
                if value and not self.head.get(name):
                    self.head[name] = value
                else:
                    self.head.setdefault(name, value)
            elif name == "usage":
                self.usage = _object(value, self.leg, ("usage",))
            elif name == "extra_content":
                merge_bags(self.rest.setdefault(name, {}), value, self.leg, (name,))
            else:
                self.rest[name] = value
        choices = chunk.get("choices")
        if choices is None:
            return
        if type(choices) is not list:
            self.leg.invalid(("choices",), "array", choices)
        for number, choice in enumerate(choices):
            self._choice(choice, ("choices", number))

    def _choice(self, choice: Any, path: Path) -> None:
        leg = self.leg
        if type(choice) is not dict:
            leg.invalid(path, "object", choice)
        index = choice.get("index")
        if index is None:
            index = 0
        if type(index) is not int or not 0 <= index < MOST_CHOICES:
            leg.invalid((*path, "index"), f"integer from 0 to {MOST_CHOICES - 1}", index)
        state = self.choices.get(index)
        if state is None:
            state = self.choices[index] = _Choice(leg)
        elif state.finish and choice.get("delta") is None:
            return  # data of an asynchronous filter, which speaks of no part of the answer
        for name, value in choice.items():
            if value is None or name == "index":
                continue
            if name == "delta":
                state.delta(_object(value, leg, (*path, name)), (*path, name))
            elif name == "finish_reason":
                if type(value) is not str:
                    leg.invalid((*path, name), "string", value)
                state.finish = value or state.finish
            elif name == "logprobs":
                state.logprobs(_object(value, leg, (*path, name)), (*path, name))
            elif name == "extra_content":
                merge_bags(state.rest.setdefault(name, {}), value, leg, (*path, name))
            else:
                state.rest[name] = value

    def response(self) -> Json:
        """The response; fresh containers, opaque values shared with the chunks."""
        out: Json = {"id": "", "object": "chat.completion", "created": 0, "model": "", **self.head}
        choices = self.choices or {0: _Choice(self.leg)}
        out["choices"] = [choices[index].whole(index) for index in sorted(choices)]
        if self.usage is not None:
            out["usage"] = self.usage
        finish_bags(self.rest)
        out.update(self.rest)
        return out


class _Choice:
    """State of one choice."""

    __slots__ = ("audio", "calls", "details", "finish", "function", "leg", "lists", "message", "probabilities", "rest", "texts")

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.texts: dict[str, list[str]] = {}
        self.message: Json = {}
        self.calls: dict[int, _Call] = {}
        self.function: _Call | None = None
        self.audio: Json | None = None
        self.details: dict[tuple[int, str], Json] = {}
        self.lists: dict[str, list[Any]] = {}
        self.probabilities: Json | None = None
        self.finish: str | None = None
        self.rest: Json = {}

    def delta(self, delta: Json, path: Path) -> None:
        leg = self.leg
        for name, value in delta.items():
            if value is None:
                continue
            if name in TEXTS:
                if type(value) is not str:
                    leg.invalid((*path, name), "string", value)
                pieces = self.texts.get(name)
                if pieces is None:
                    pieces = self.texts[name] = []
                if value:
                    pieces.append(value)
            elif name == "role":
                self.message.setdefault(name, value)
            elif name == "tool_calls":
                for number, fragment in enumerate(_array(value, leg, (*path, name))):
                    self._fragment(_object(fragment, leg, (*path, name, number)), (*path, name, number))
            elif name == "function_call":
                if self.function is None:
                    self.function = _Call(leg)
                self.function.function({}, _object(value, leg, (*path, name)), "arguments", (*path, name))
            elif name == "audio":
                self._audio(_object(value, leg, (*path, name)), (*path, name))
            elif name == "reasoning_details":
                for number, entry in enumerate(_array(value, leg, (*path, name))):
                    self._detail(_object(entry, leg, (*path, name, number)), number, (*path, name, number))
            elif name in ("annotations", "images"):
                self._extend(name, _array(value, leg, (*path, name)))
            elif name == "extra_content":
                merge_bags(self.message.setdefault(name, {}), value, leg, (*path, name))
            else:
                self.message[name] = value

    def _fragment(self, fragment: Json, path: Path) -> None:
        key = slot_of(fragment, self.calls, self.leg, path)
        call = self.calls.get(key)
        if call is None:
            call = self.calls[key] = _Call(self.leg)
        call.feed(fragment, path)

    def _audio(self, audio: Json, path: Path) -> None:
        if self.audio is None:
            self.audio = {}
        for name, value in audio.items():
            if name in ("data", "transcript") and value is not None:
                if type(value) is not str:
                    self.leg.invalid((*path, name), "string", value)
                self.audio.setdefault(name, []).append(value)
            elif value is not None:
                self.audio[name] = value

    def _detail(self, entry: Json, number: int, path: Path) -> None:
        index = entry.get("index")
        if index is None:
            index = number
        if type(index) is not int:
            self.leg.invalid((*path, "index"), "integer", index)
        kind = entry.get("type")
        if kind is None:  # a further piece of the entry that this index had last
            kind = next((known for at, known in reversed(self.details) if at == index), "reasoning.text")
        if type(kind) is not str:
            self.leg.invalid((*path, "type"), "string", kind)
        slot = self.details.setdefault((index, kind), {"type": kind})
        for name, value in entry.items():
            if name in PIECES and value is not None:
                if type(value) is not str:
                    self.leg.invalid((*path, name), "string", value)
                slot.setdefault(name, []).append(value)
            elif value is not None and name != "index" and not (name in ("id", "format") and name in slot):
                slot[name] = value

    def _extend(self, name: str, values: list[Any]) -> None:
        """Annotations and images: those of a later delta follow; a list that begins with all of the earlier replaces it."""
        drops_index = name == "annotations"
        fresh = [
            {key: member for key, member in value.items() if key != "index"} if drops_index and type(value) is dict else value
            for value in values
        ]
        held = self.lists.setdefault(name, [])
        if held and len(fresh) >= len(held) and fresh[: len(held)] == held:
            self.lists[name] = fresh
        else:
            held.extend(fresh)

    def logprobs(self, logprobs: Json, path: Path) -> None:
        if self.probabilities is None:
            self.probabilities = {}
        for name, value in logprobs.items():
            if type(value) is list:
                held = self.probabilities.get(name)
                if type(held) is list:
                    held.extend(value)
                else:
                    self.probabilities[name] = list(value)
            else:
                self.probabilities.setdefault(name, value)

    def whole(self, index: int) -> Json:
        message: Json = {"role": "assistant", "content": None, "refusal": None}
        finish_bags(self.message)
        message.update(self.message)
        for name, pieces in self.texts.items():
            text = "".join(pieces)
            if text or name in message:
                message[name] = text or None
        if self.details:
            message["reasoning_details"] = [
                {**{name: "".join(value) if name in PIECES else value for name, value in entry.items()}, "index": number}
                for number, entry in enumerate(self.details.values())
            ]
        for name, values in self.lists.items():
            if values:
                message[name] = values
        if self.audio is not None:
            message["audio"] = {
                name: "".join(value) if name in ("data", "transcript") else value for name, value in self.audio.items()
            }
        if self.calls:
            message["tool_calls"] = [self.calls[key].whole() for key in sorted(self.calls)]
        if self.function is not None:
            message["function_call"] = self.function.whole()["function"]
        finish_bags(self.rest)
        choice: Json = {"index": index, "message": message, "logprobs": self.probabilities}
        choice["finish_reason"] = self.finish or "length"
        choice.update(self.rest)
        return choice


class _Call:
    """One call from its fragments: id, type and name by the first that has them, arguments or input joined."""

    __slots__ = ("head", "inner", "leg", "member", "pieces")

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.head: Json = {}
        self.inner: Json = {}
        self.member = "function"
        self.pieces: list[str] = []

    def feed(self, fragment: Json, path: Path) -> None:
        for name, value in fragment.items():
            if value is None or name == "index":
                continue
            if name in ("function", "custom"):
                self.member = name
                inner = _object(value, self.leg, (*path, name))
                self.function(fragment, inner, "input" if name == "custom" else "arguments", (*path, name))
            elif name == "id" or name == "type":
                if value and not self.head.get(name):
                    self.head[name] = value
            elif name == "extra_content":
                merge_bags(self.head.setdefault(name, {}), value, self.leg, (*path, name))
            else:
                self.head[name] = value

    def function(self, fragment: Json, inner: Json, text: str, path: Path) -> None:
        for name, value in inner.items():
            if value is None:
                continue
            if name == text:
                if type(value) is not str:
                    self.leg.invalid((*path, name), "string", value)
                self.pieces.append(value)
            elif name == "name":
                if value and not self.inner.get(name):
                    self.inner[name] = value
            elif name == "extra_content":
                merge_bags(self.inner.setdefault(name, {}), value, self.leg, (*path, name))
            else:
                self.inner[name] = value

    def whole(self) -> Json:
        finish_bags(self.head)
        finish_bags(self.inner)
        text = "input" if self.member == "custom" else "arguments"
        inner = {"name": "", **self.inner, text: "".join(self.pieces)}
        head = {"id": "", "type": self.member, **self.head}
        return {**head, self.member: inner}


def slot_of(fragment: Json, calls: Any, leg: Leg, path: Path) -> int:
    """
    Key of the call a fragment belongs to: its index; without one the call of the same id, else a new one; without both and
    without a name the last one. calls: key -> object with a `head` (what was said of the call so far).
    """
    index = fragment.get("index")
    if index is not None:
        if type(index) is not int or index < 0:
            leg.invalid((*path, "index"), "integer from 0", index)
        return index
    identifier = fragment.get("id")
    last = max(calls, default=-1)
    if identifier:
        for key, call in calls.items():
            if call.head.get("id") == identifier:
                return int(key)
        return last + 1
    inner = fragment.get("function") or fragment.get("custom")
    named = type(inner) is dict and inner.get("name")
    return last + 1 if named or last < 0 else last


class _Gathered(list[Any]):
    """A list of this module's own, which may grow; one that a document holds may not."""


def merge_bags(into: Json, content: Any, leg: Leg, path: Path) -> None:
    """`extra_content` of a chunk into the gathered one: rows are collected, pieces joined, anything else replaced."""
    for key, bag in _object(content, leg, path).items():
        if bag is None:
            continue
        bag = _object(bag, leg, (*path, key))
        held = into.setdefault(key, {})
        for name, value in bag.items():
            if name == "blocks" and type(value) is list:
                _gathered(held, name).extend(value)
            elif name == "tool_plan" and key == "cohere" and type(value) is str:
                _gathered(held, name).append(value)
            else:
                held[name] = value


def _gathered(held: Json, name: str) -> list[Any]:
    """What is gathered under a name; something else that stands there is replaced."""
    found = held.get(name)
    if type(found) is not _Gathered:
        found = held[name] = _Gathered()
    return found


def finish_bags(holder: Json) -> None:
    """Gathered bags in their last form; `holder` is this module's own."""
    content = holder.get("extra_content")
    if not content:
        return
    for bag in content.values():
        if type(bag.get("blocks")) is _Gathered:
            bag["blocks"] = merge_rows(bag["blocks"])
        if type(bag.get("tool_plan")) is _Gathered:
            bag["tool_plan"] = "".join(bag["tool_plan"])


def _object(value: Any, leg: Leg, path: Path) -> Json:
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    return value


def _array(value: Any, leg: Leg, path: Path) -> list[Any]:
    if type(value) is not list:
        leg.invalid(path, "array", value)
    return value


def unfold(response: Json, leg: Leg) -> list[Json]:
    """The shortest stream of a chat response: one delta a kind of content, a finish chunk a choice, usage last."""
    head: Json = {"id": response.get("id") or "chatcmpl-0", "object": "chat.completion.chunk"}
    created = response.get("created") or 0
    head["created"] = int(created) if type(created) is str and created.isdecimal() and len(created) < 16 else created
    head["model"] = response.get("model") or ""
    rest = {
        name: value for name, value in response.items()
        if value is not None and name not in ("id", "object", "created", "model", "choices", "usage")
    }  # fmt: skip
    chunks: list[Json] = []
    choices = response.get("choices")
    if choices is None:
        choices = []
    for number, choice in enumerate(_array(choices, leg, ("choices",))):
        path: Path = ("choices", number)
        choice = _object(choice, leg, path)
        index = choice.get("index")
        if index is None:
            index = number
        message = choice.get("message")
        deltas = list(_deltas({} if message is None else _object(message, leg, (*path, "message")), leg, (*path, "message")))
        deltas[0] = {"role": "assistant", **deltas[0]}
        logprobs = choice.get("logprobs")
        for spot, delta in enumerate(deltas):
            part: Json = {"index": index, "delta": delta, "finish_reason": None}
            if logprobs is not None and spot == len(deltas) - 1:
                part["logprobs"] = logprobs
            chunks.append({**head, "choices": [part]})
        last: Json = {"index": index, "delta": {}, "finish_reason": choice.get("finish_reason") or "stop"}
        known = ("index", "message", "logprobs", "finish_reason")
        last.update((name, value) for name, value in choice.items() if name not in known and value is not None)
        chunks.append({**head, "choices": [last]})
    usage = response.get("usage")
    if usage is not None:
        chunks.append({**head, "choices": [], "usage": usage})
    if not chunks:
        chunks.append({**head, "choices": []})
    chunks[0].update(rest)
    return chunks


def _deltas(message: Json, leg: Leg, path: Path) -> list[Json]:
    """Deltas of a message in the default order of its blocks; at least one."""
    out: list[Json] = []
    reasoning = {
        name: value for name, value in message.items()
        if name in ("reasoning_content", "reasoning", "reasoning_details") and value is not None
    }  # fmt: skip
    if type(reasoning.get("reasoning_details")) is list:
        reasoning["reasoning_details"] = _indexed(reasoning["reasoning_details"])
    if reasoning:
        out.append(reasoning)
    for name in ("content", "refusal"):
        if message.get(name):
            out.append({name: message[name]})
    rest = {
        name: value for name, value in message.items()
        if value is not None and name not in ("role", "content", "refusal", "tool_calls", "extra_content", *reasoning)
    }  # fmt: skip
    for name in ("images", "annotations"):
        if type(rest.get(name)) is list:
            rest[name] = _indexed(rest[name])
    if rest:
        out.append(rest)
    calls = message.get("tool_calls")
    for number, call in enumerate(_array(calls, leg, (*path, "tool_calls")) if calls is not None else ()):
        out.append({"tool_calls": [{"index": number, **{k: v for k, v in _object(call, leg, (*path, "tool_calls", number)).items() if k != "index"}}]})
    content = message.get("extra_content")
    if content is not None:
        out.append({"extra_content": _indexed_rows(_object(content, leg, (*path, "extra_content")))})
    return out or [{}]


def _indexed(values: list[Any]) -> list[Any]:
    return [{**value, "index": value.get("index", number)} if type(value) is dict else value for number, value in enumerate(values)]


def _indexed_rows(content: Json) -> Json:
    """Bags of a message with the order rows numbered, as deltas carry them."""
    return {
        key: {**bag, "blocks": [{"index": number, **row} if type(row) is dict else row for number, row in enumerate(bag["blocks"])]}
        if type(bag) is dict and type(bag.get("blocks")) is list else bag
        for key, bag in content.items()
    }  # fmt: skip
