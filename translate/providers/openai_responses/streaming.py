"""
Unified chunks -> Responses events.

Items open late, when their first payload comes, and at most one that is not a call is open. A message stays open until another
item begins (citations may follow its text), reasoning until then too (its signature comes last). A call closes when the next one
opens and its arguments are whole, else at the end, as calls may come interleaved. Usage may follow the finish, so that the last
event waits for it.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json
from translate.providers.openai_responses import error as errors, plain_pieces, response as responses
from translate.providers.openai_responses.content import objects, tokens_to_native
from translate.providers.openai_responses.events import CALLS
from translate.providers.openai_responses.opened import MOST_CALLS, Call
from translate.providers.openai_responses.thoughts import Thoughts
from translate.providers.openai_responses.usage import usage_to_native
from translate.providers.openai_responses.writing import Writer
from translate.shared import bag
from translate.shared.arguments import made_up_id, parse_object
from translate.shared.chat_fast import alike_choice, envelope_of, opened_call, says_nothing, text_choice, thought_choice
from translate.shared.fragments import FIRST_CALL

CHUNK_MEMBERS = responses.RESPONSE_MEMBERS | {"obfuscation", "error"}
_CHUNK = frozenset(("id", "object", "created", "model", "choices"))  # as most chunks are
_CHOICE = frozenset(("index", "delta", "finish_reason", "logprobs"))  # of a chunk, as nearly all have them
DELTA_MEMBERS = frozenset((
    "role", "content", "refusal", "tool_calls", "reasoning_content", "reasoning_details", "images", "audio", "annotations",
    "extra_content",
))  # fmt: skip


class ToNative(Thoughts):
    """Unified chunks of one answer -> events. flush closes what is open and ends the response."""

    __slots__ = ()
    text, run = plain_pieces.text, plain_pieces.run

    def feed(self, chunk: Json) -> list[Json]:
        if self.over:
            return []
        self.settled = False
        self.growing = None
        choice = text_choice(chunk, self.envelope)
        if choice is None:
            choice = thought_choice(chunk, self.envelope)
        if choice is not None:
            quick = None if choice["index"] else plain_pieces.further(self, choice["delta"])
            if quick is not None:
                self.settled = True
                return quick
        elif self.finish is None and self.envelope is not None and "extra_content" not in chunk:
            fragment = opened_call(alike_choice(chunk, self.envelope))
            if fragment is not None and fragment["index"] not in self.calls and chunk["choices"][0]["index"] == 0:
                self.settled = True  # a piece of it comes next
                return self._fragment(fragment, FIRST_CALL)
        leg = self.leg
        out: list[Json] = []
        if chunk.get("error") is not None:
            return self._fail(chunk)
        if self.head is None:
            out += self._begin(chunk)
        if not _CHUNK.issuperset(chunk):
            self._beside(chunk)
        choices = chunk.get("choices")
        if choices is not None and type(choices) is not list:
            leg.invalid(("choices",), "array", choices)
        out += self._choices(choices or [])
        if self.finish is not None and self.usage is not None:
            out += self._end()
        elif self.finish is None and chunk.get("usage") is None:
            self.envelope = envelope_of(chunk)
            self.settled = True
        return out

    def likewise(self, choice: Json, fragment: Json | None) -> list[Json]:
        """`feed` for a chunk that is the one before but for its only choice, at which a look was taken; fragment: with which a call begins."""
        if self.over:
            return []
        self.growing = None
        if self.finish is None and fragment is not None and fragment["index"] not in self.calls and choice["index"] == 0:
            out = self._fragment(fragment, FIRST_CALL)
        else:
            out = self._choices([choice])
        self.settled = self.finish is None
        return [*out, *self._end()] if self.finish is not None and self.usage is not None else out

    def _choices(self, choices: list[Any]) -> list[Json]:
        leg = self.leg
        out: list[Json] = []
        for number, choice in enumerate(choices):
            path: Path = ("choices", number)
            if type(choice) is not dict:
                leg.invalid(path, "object", choice)
            index = choice.get("index", 0)
            if type(index) is not int:
                leg.invalid((*path, "index"), "integer", index)
            if index:
                if f"choice {index}" not in self.reported:
                    self.reported.add(f"choice {index}")
                    leg.losses.add("dropped", "content", "choices", path, "one answer alone")
                continue
            out += self._choice(choice, path)
        return out

    def _begin(self, chunk: Json) -> list[Json]:
        self.head = responses.head_to_native(chunk, self.leg)
        started = {**self.head, "status": "in_progress"}
        return [self.events.make("created", response=started), self.events.make("in_progress", response=started)]

    def _beside(self, chunk: Json) -> None:
        leg = self.leg
        if chunk.get("usage") is not None:
            self.usage = usage_to_native(chunk["usage"], leg)
        for name in ("service_tier", "metadata", "moderation"):
            if chunk.get(name) is not None and name not in self.beside:
                self.beside[name] = chunk[name]
                self.beside_places[(name,)] = (*leg.losses.prefix, name)
        if chunk.get("extra_content") is not None:
            own = bag.unpack(chunk, leg, (), "envelope")
            if own:
                held = self.beside.setdefault("extra_content", {}).setdefault(leg.row.key, {})
                held.update(own)
                where: Path = ("extra_content", leg.row.key)
                self.beside_places.update({(*where, name): (*leg.losses.prefix, *where, name) for name in own})
        for name, value in chunk.items():
            if name not in CHUNK_MEMBERS and value is not None and name not in self.reported:
                self.reported.add(name)
                leg.losses.add("dropped", "envelope", name, (name,), "not a member of an answer here")

    def _fail(self, chunk: Json) -> list[Json]:
        self.over = True
        leg = self.leg
        out = self._begin({}) if self.head is None else []
        error = errors.to_native(chunk, leg)["error"]
        event, failure = errors.failure(error, leg)
        out.append(self.events.make("error", **{name: value for name, value in event.items() if name != "type"}))
        items = [self.items[index] for index in sorted(self.items)]
        failed = {**(self.head or {}), "status": "failed", "error": failure, "output": items}
        return [*out, self.events.make("failed", response=failed)]

    def _choice(self, choice: Json, path: Path) -> list[Json]:
        leg = self.leg
        delta, logprobs = choice.get("delta"), choice.get("logprobs")
        if delta is None:
            delta = bag.EMPTY
        if type(delta) is not dict:
            leg.invalid((*path, "delta"), "object", delta)
        out = [] if logprobs is None and says_nothing(delta) else self._delta(delta, logprobs, (*path, "delta"))
        if choice.get("finish_reason"):
            self.finish = {name: choice.get(name) for name in ("finish_reason", "native_finish_reason")}
            called = bool(self.calls)
            state: Json = {"status": "completed"}
            responses.finish_to_native(self.finish, state, called, leg, path)
            self.finish = state
        elif choice.get("native_finish_reason") is not None:
            leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "not beside a finish")
        if not _CHOICE.issuperset(choice):
            responses.choice_rest({name: value for name, value in choice.items() if name != "delta"}, leg, path)
        return out

    def _delta(self, delta: Json, logprobs: Any, inner: Path) -> list[Json]:
        leg = self.leg
        out: list[Json] = []
        if "extra_content" in delta:
            out += self._bag(bag.unpack(delta, leg, inner, "content"), inner)
        if "reasoning_details" in delta or "reasoning_content" in delta:
            out += self._reasoning(delta, inner)
        content = delta.get("content")
        tokens = self._tokens(logprobs, (*inner[:-1], "logprobs"))
        if type(content) is list:
            content = "".join(part["text"] for part in objects(content, leg, (*inner, "content")) if type(part.get("text")) is str)
        if content is not None and type(content) is not str:
            leg.invalid((*inner, "content"), "string", content)
        if content or tokens:
            out += self._grow("output_text", content or "", tokens)
        refusal = delta.get("refusal")
        if refusal is not None and type(refusal) is not str:
            leg.invalid((*inner, "refusal"), "string", refusal)
        if refusal:
            out += self._grow("refusal", refusal)
        if delta.get("annotations"):
            out += self._annotations(delta["annotations"], (*inner, "annotations"))
        if delta.get("images"):
            out += self._images(delta["images"], (*inner, "images"))
        if delta.get("tool_calls"):
            for spot, fragment in enumerate(objects(delta["tool_calls"], leg, (*inner, "tool_calls"))):
                out += self._fragment(fragment, (*inner, "tool_calls", spot))
        if delta.get("audio") is not None and "audio" not in self.reported:
            self.reported.add("audio")
            leg.losses.add("dropped", "content", "audio", (*inner, "audio"), "no audio in this API")
        for name, value in delta.items():
            if name not in DELTA_MEMBERS and value is not None and value != [] and value != "":
                leg.losses.add("dropped", "content", name, (*inner, name), "no such member of an answer here")
        return out

    def _tokens(self, value: Any, path: Path) -> list[Json]:
        if value is None:
            return []
        if type(value) is not dict:
            self.leg.invalid(path, "object", value)
        for name, member in value.items():
            if name != "content" and member:
                self.leg.losses.add("dropped", "content", name, (*path, name), "no probabilities of this here")
        return tokens_to_native(value.get("content"), self.leg, (*path, "content"))
    # --- images and native items

    def _images(self, images: Any, path: Path) -> list[Json]:
        out: list[Json] = []
        for number, image in enumerate(objects(images, self.leg, path)):
            out += self._close_all()
            writer = Writer(self.leg, path, (self.head or {})["id"])
            item = writer.image(image, (*path, number))
            if item is None:
                continue
            own = bag.unpack(image, self.leg, (*path, number), "content") if "extra_content" in image else bag.EMPTY
            item["id"] = self._identify("image_generation_call", own.get("item_id"))
            out += self._whole(item)
        return out
    # --- calls

    def _fragment(self, fragment: Json, path: Path) -> list[Json]:
        leg = self.leg
        index = fragment.get("index", self.last_call)
        if type(index) is not int or not 0 <= index < MOST_CALLS:
            leg.invalid((*path, "index"), "a small index", index)
        self.last_call = index
        call = self.calls.get(index)
        if call is None:
            call = self.calls[index] = Call()
        out: list[Json] = []
        for name, value in fragment.items():
            if value is None or name == "index":
                continue
            if name == "type":
                if value not in ("function", "custom", ""):
                    leg.losses.add("approximated", "content", "tool_calls", (*path, name), "kind of call unknown here")
            elif name == "id":
                if type(value) is not str:
                    leg.invalid((*path, name), "string", value)
                if call.id and value and value != call.id:
                    leg.losses.add("dropped", "envelope", name, (*path, name), "the call has another id already")
                call.id = call.id or value
            elif name == "extra_content":
                own = bag.unpack(fragment, leg, path, "content")
                call.own = {**call.own, **own}
                if call.item is not None and not call.closed:
                    call.item.item.update((member, held) for member, held in own.items() if member not in ("item_id", "item_id_of_server"))
            elif name in ("function", "custom"):
                if type(value) is not dict:
                    leg.invalid((*path, name), "object", value)
                if name == "custom":
                    call.kind = "custom_tool_call"
                out += self._inner(call, value, (*path, name))
            elif value != "":
                scope: Any = "behaviour" if name == "cache_control" else "content"
                leg.losses.add("dropped", scope, name, (*path, name), "not a member of a call here")
        if call.item is None and call.id and call.name:
            out = [*self._open_call(call), *out]
        return out + self._send(call)

    def _inner(self, call: Call, value: Json, path: Path) -> list[Json]:
        leg = self.leg
        for name, member in value.items():
            if member is None:
                continue
            if name in ("arguments", "input", "name") and type(member) is not str:
                leg.invalid((*path, name), "string", member)
            if name == "name":
                if call.name and member and member != call.name:
                    if call.item is None:
                        call.name += member  # a name in pieces
                    else:
                        leg.losses.add("dropped", "content", name, (*path, name), "the call has another name already")
                else:
                    call.name = call.name or member
            elif name in ("arguments", "input"):
                if member and call.closed:
                    if member.strip():
                        leg.losses.add("dropped", "content", name, (*path, name), "the call was whole and is done already")
                elif member:
                    call.pieces.append(member)
            elif name == "extra_content":
                call.own = {**call.own, **bag.unpack(value, leg, path, "content")}
            else:
                leg.losses.add("dropped", "content", name, (*path, name), "not a member of a call here")
        return []

    def _open_call(self, call: Call) -> list[Json]:
        out = self._close_open()
        if self.waiting and _is_whole(self.waiting[-1]):
            out += self._close_call(self.waiting.pop())
        item: Json = {"type": call.kind, "id": self._identify(call.kind, call.own.get("item_id")), "call_id": call.id, "name": call.name}
        item[CALLS[call.kind][1]] = ""
        if call.kind == "function_call":  # a free-text call has no status
            item["status"] = "completed"
        for name, value in call.own.items():
            if name == "item_id_of_server":
                item["item_id"] = value
            elif name != "item_id" and value is not None:
                item[name] = value
        call.item = self._place(call.kind, item)
        self.waiting.append(call)
        out.append(self.events.added(call.item.index, item))
        return out

    def _send(self, call: Call) -> list[Json]:
        if call.item is None or call.closed:
            return []
        fresh = call.pieces[call.sent :]
        call.sent = len(call.pieces)
        return [self.events.arguments(call.item.index, call.item.id, call.kind, text) for text in fresh]

    # --- ends

    def _rest_of_calls(self) -> list[Json]:
        """Calls that never told an id or a name."""
        out: list[Json] = []
        for number, call in enumerate(self.calls.values()):
            if call.item is None and (call.name or call.pieces):
                path: Path = ()  # no chunk brings it: it is the end that shows it
                if not call.name:
                    self.leg.losses.add("dropped", "content", "tool_calls", path, "a call without a name")
                    continue
                call.id = call.id or made_up_id((self.head or {})["id"], number, call.name, "".join(call.pieces))
                self.leg.losses.add("defaulted", "envelope", "id", path, "a call needs an id")
                out += self._open_call(call) + self._send(call)
        return out

    def _end(self) -> list[Json]:
        self.over = True
        leg = self.leg
        out = self._rest_of_calls()
        state = self.finish or {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
        last = self.number - 1
        if state["status"] == "incomplete":
            still = [call.item for call in self.waiting]
            for item in (self.open, *still):
                if item is not None and item.index == last and item.kind != "reasoning" and item.item.get("status") == "completed":
                    item.item["status"] = "incomplete"
        out += self._close_all()
        response: Json = {**(self.head or {}), **state}
        response["output"] = [self.items[index] for index in sorted(self.items)]
        response["usage"] = self.usage if self.usage is not None else usage_to_native(None, leg)
        with leg.losses.gathered(self.beside_places):
            responses.echo_to_native(self.beside, response, leg)
        return [*out, self.events.make("incomplete" if response["status"] == "incomplete" else "completed", response=response)]

    def flush(self) -> list[Json]:
        if self.over:
            return []
        out = self._begin({}) if self.head is None else []
        if self.finish is None:
            self.truncated = True
            self.leg.losses.add("dropped", "content", "stream", (), "the stream ended before its finish")
        return out + self._end()


def _is_whole(call: Call) -> bool:
    """True when nothing can follow: the arguments are a whole JSON object."""
    if call.kind != "function_call" or not call.pieces or not call.pieces[-1].rstrip().endswith("}"):
        return False
    return parse_object("".join(call.pieces)) is not None
