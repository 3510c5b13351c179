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
from translate.leg import Json, Leg
from translate.providers.openai_responses import error as errors
from translate.providers.openai_responses import response as responses
from translate.providers.openai_responses.content import annotation_to_native, objects, tokens_to_native
from translate.providers.openai_responses.events import CALLS, Events
from translate.providers.openai_responses.items import JOINT, LOOSE, made_up_item_id
from translate.providers.openai_responses.writing import HEAD, MEMBER_OF_ENTRY, Writer, foreign_text, is_own
from translate.shared import bag
from translate.shared.arguments import made_up_id, parse_object
from translate.shared.blocks import HEAD as WIDTH

MOST_CALLS = 4096
CHUNK_MEMBERS = responses.RESPONSE_MEMBERS | {"obfuscation", "error"}
CHOICE_MEMBERS = (responses.CHOICE_MEMBERS - {"message"}) | {"delta"}
DELTA_MEMBERS = frozenset((
    "role", "content", "refusal", "tool_calls", "reasoning_content", "reasoning_details", "images", "audio", "annotations",
    "extra_content",
))  # fmt: skip
ROW_TYPES = frozenset(("text", "refusal", "reasoning", "tool_call", "image", "native"))
ROW = frozenset(("index", "type", "length", "head", "joined", "extra", "value"))


class _Text:
    """A growing text of an item."""

    __slots__ = ("annotations", "kind", "number", "others", "pieces", "rest", "shift", "tokens")

    def __init__(self, kind: str, number: int, shift: int = 0) -> None:
        self.kind, self.number, self.shift = kind, number, shift
        self.pieces: list[str] = []
        self.annotations: list[Json] = []
        self.others: list[Any] = []  # order of all annotations, null for each citation
        self.tokens: list[Json] = []
        self.rest: Json = {}

    @property
    def text(self) -> str:
        return "".join(self.pieces)


class _Item:
    """An item that is open."""

    __slots__ = ("entries", "index", "item", "kind", "last_encrypted", "loose", "open", "texts")

    def __init__(self, index: int, kind: str, item: Json) -> None:
        self.index, self.kind, self.item = index, kind, item
        self.texts: list[_Text] = []
        self.open: _Text | None = None
        self.entries: dict[int, _Text | None] = {}  # index of a reasoning entry -> its text
        self.loose = False
        self.last_encrypted = False

    @property
    def id(self) -> str:
        identifier: str = self.item.get("id") or ""
        return identifier


class _Call:
    """A call: it opens when id and name are known."""

    __slots__ = ("closed", "id", "item", "kind", "name", "own", "pieces", "sent")

    def __init__(self) -> None:
        self.id, self.name, self.kind = "", "", "function_call"
        self.own: Json = {}
        self.pieces: list[str] = []
        self.sent = 0  # pieces that went out
        self.item: _Item | None = None
        self.closed = False


class ToNative:
    """Unified chunks of one answer -> events. flush closes what is open and ends the response."""

    __slots__ = (
        "beside",
        "calls",
        "details",
        "done",
        "events",
        "finish",
        "foreign",
        "head",
        "items",
        "joint",
        "last_call",
        "leg",
        "length",
        "number",
        "open",
        "over",
        "own",
        "reported",
        "row",
        "truncated",
        "usage",
        "used_own",
        "waiting",
    )  # fmt: skip

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.events = Events()
        self.head: Json | None = None
        self.open: _Item | None = None  # a message or reasoning
        self.calls: dict[int, _Call] = {}
        self.last_call = 0
        self.items: dict[int, Json] = {}  # finished, by output_index
        self.number = 0  # of the next item
        self.waiting: list[_Call] = []  # calls that are open
        self.details: dict[int, _Item] = {}  # index of a reasoning entry -> its item
        self.length = 0  # code points of text so far
        self.own: Json = {}  # item_id and phase of the message
        self.used_own = False
        self.row: Json | None = None  # of the block that opens next
        self.foreign: set[int] = set()  # indices of reasoning entries of other providers
        self.joint = False
        self.finish: Json | None = None
        self.usage: Any = None
        self.beside: Json = {}
        self.reported: set[str] = set()
        self.over = False
        self.truncated = False
        self.done = False

    def feed(self, chunk: Json) -> list[Json]:
        if self.over:
            return []
        leg = self.leg
        out: list[Json] = []
        if chunk.get("error") is not None:
            return self._fail(chunk)
        if self.head is None:
            out += self._begin(chunk)
        if len(chunk) > 5 or chunk.get("usage") is not None:
            self._beside(chunk)
        choices = chunk.get("choices")
        if choices is not None and type(choices) is not list:
            leg.invalid(("choices",), "array", choices)
        for number, choice in enumerate(choices or ()):
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
        if self.finish is not None and self.usage is not None:
            out += self._end()
        return out

    def _begin(self, chunk: Json) -> list[Json]:
        self.head = responses.head_to_native(chunk, self.leg)
        started = {**self.head, "status": "in_progress"}
        return [self.events.make("created", response=started), self.events.make("in_progress", response=started)]

    def _beside(self, chunk: Json) -> None:
        leg = self.leg
        if chunk.get("usage") is not None:
            self.usage = responses.usage_to_native(chunk["usage"], leg)
        for name in ("service_tier", "metadata", "moderation"):
            if chunk.get(name) is not None:
                self.beside.setdefault(name, chunk[name])
        if chunk.get("extra_content") is not None:
            own = bag.unpack(chunk, leg, (), "envelope")
            if own:
                held = self.beside.setdefault("extra_content", {}).setdefault(leg.row.key, {})
                held.update(own)
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
        delta = choice.get("delta")
        if delta is None:
            delta = {}
        if type(delta) is not dict:
            leg.invalid((*path, "delta"), "object", delta)
        inner: Path = (*path, "delta")
        out: list[Json] = []
        if "extra_content" in delta:
            out += self._bag(bag.unpack(delta, leg, inner, "content"), inner)
        if "reasoning_details" in delta or "reasoning_content" in delta:
            out += self._reasoning(delta, inner)
        content = delta.get("content")
        tokens = self._tokens(choice.get("logprobs"), (*path, "logprobs"))
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
        if choice.get("finish_reason"):
            self.finish = {name: choice.get(name) for name in ("finish_reason", "native_finish_reason")}
            called = bool(self.calls)
            state: Json = {"status": "completed"}
            responses.finish_to_native(self.finish, state, called, leg, path)
            self.finish = state
        responses.choice_rest({name: value for name, value in choice.items() if name != "delta"}, leg, path)
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

    # --- the own bag: item ids, phases, order rows

    def _bag(self, own: Json, path: Path) -> list[Json]:
        out: list[Json] = []
        for name, value in own.items():
            if name in ("item_id", "phase"):
                self.own[name] = value
                if self.open is not None and self.open.kind == "message" and self.used_own and name == "phase":
                    self.open.item["phase"] = value
            elif name == "blocks":
                where: Path = (*path, "extra_content", self.leg.row.key, name)
                for number, row in enumerate(objects(value, self.leg, where)):
                    out += self._row(row, (*where, number))
            else:
                bag.stale(self.leg, path, name, "content")
        return out

    def _row(self, row: Json, path: Path) -> list[Json]:
        kind, extra = row.get("type"), row.get("extra")
        value = row.get("value")
        if not row.keys() <= ROW or (kind is not None and kind not in ROW_TYPES):
            self.leg.losses.add("approximated", "content", "blocks", path, "not a row of this format")
        if kind == "native" and type(value) is dict:
            if row.get("joined") is True and self.open is not None and self.open.kind == "message":
                return self._native_part(self.open, value)
            return [*self._close_all(), *self._whole(value)]
        is_open = self.open is not None and self.open.kind == "message"
        if kind in ("text", "refusal") and "length" not in row:
            known = f"row {row.get('index')}"
            if known in self.reported:
                self.leg.losses.add("approximated", "content", "blocks", path, "the end of a text without its length")
            self.reported.add(known)
            self.row = row
            if row.get("joined") is True and is_open and self.open is not None:
                return self._close_text(self.open)
            return self._close_open() if is_open else []
        if kind in ("text", "refusal"):
            out: list[Json] = []
            if is_open and self.open is not None and self.open.open is not None:
                self._extra(self.open, extra, bool(row.get("joined")))
                if row["length"] != len(self.open.open.text) or row.get("head", "") != self.open.open.text[:WIDTH]:
                    self.leg.losses.add("approximated", "content", "blocks", path, "says another text than the one that came")
                out = self._close_text(self.open)
            elif row["length"] == 0:  # an empty block brought no text to open it
                early = self.row if self.row is not None and self.row.get("index") == row.get("index") else row
                self.row = {**early, **row}
                out = self._grow("output_text" if kind == "text" else "refusal", "", force=True)
                if self.open is not None:
                    out += self._close_text(self.open)
            self.row = None
            return out
        if kind == "reasoning" and type(extra) is dict and self.open is not None and self.open.kind == "reasoning":
            self.open.item.update(extra)
        elif kind is None and type(extra) is dict and is_open and self.open is not None:
            self._extra(self.open, extra, False)
        return []

    def _extra(self, item: _Item, extra: Any, joined: bool) -> None:
        """What a row says of its message item and its text, once both are open."""
        if type(extra) is not dict:
            return
        for name, value in extra.items():
            if name == "annotations" and item.open is not None and type(value) is list:
                item.open.others = value
            elif name == "part" and item.open is not None and type(value) is dict:
                item.open.rest = value
            elif name not in ("annotations", "part", "id") and not joined:
                item.item[name] = value

    # --- messages

    def _grow(self, kind: str, text: str, tokens: list[Json] | None = None, force: bool = False) -> list[Json]:
        out: list[Json] = []
        item = self.open
        fresh = item is None or item.kind != "message"
        if item is not None and not fresh and item.open is None and (item.texts or self.row is not None):
            # The text before was closed by its row: another message item, unless the row says that it goes on.
            fresh = not (self.row is not None and self.row.get("joined") is True) and not (
                kind == "refusal" and self.row is None and all(part.kind == "output_text" for part in item.texts)
            )
        if fresh:
            out += self._close_all()
            item = self._open_message(out)
        assert item is not None
        if item.open is None or item.open.kind != kind:
            out += self._close_text(item)
            part = _Text(kind, len(item.texts), self.length)
            item.texts.append(part)
            item.open = part
            out.append(self.events.part_added(item.index, item.id, part.number, {"type": kind}))
            self.row = None
        part = item.open
        assert part is not None
        if text or tokens:
            part.pieces.append(text)
            if kind == "output_text":
                self.length += len(text)
                part.tokens += tokens or ()
            out.append(self.events.text(item.index, item.id, part.number, kind, text, tokens))
        return out

    def _open_message(self, out: list[Json]) -> _Item:
        extra = self.row.get("extra") if self.row is not None else None
        extra = extra if type(extra) is dict else {}
        identifier, phase = extra.get("id"), extra.get("phase")
        if not self.used_own:
            identifier = self.own.get("item_id") if identifier is None else identifier
            phase = self.own.get("phase") if phase is None else phase
            self.used_own = True
        item: Json = {
            "type": "message", "id": self._identify("message", identifier), "role": extra.get("role", "assistant"),
            "status": "completed", "content": [],
        }  # fmt: skip
        if phase is not None:
            item["phase"] = phase
        item.update((name, value) for name, value in extra.items() if name not in (*HEAD, "annotations", "part"))
        opened = self._place("message", item)
        out.append(self.events.added(opened.index, item))
        if extra.get("status") is not None:
            item["status"] = extra["status"]
        self.open = opened
        return opened

    def _identify(self, kind: str, identifier: Any) -> str:
        if type(identifier) is str and identifier:
            return identifier
        return made_up_item_id(kind, (self.head or {})["id"], self.number)

    def _place(self, kind: str, item: Json) -> _Item:
        placed = _Item(self.number, kind, item)
        self.number += 1
        return placed

    def _annotations(self, value: Any, path: Path) -> list[Json]:
        leg = self.leg
        item = self.open
        texts = [part for part in item.texts if part.kind == "output_text"] if item is not None and item.kind == "message" else []
        out: list[Json] = []
        for number, annotation in enumerate(objects(value, leg, path)):
            if item is None or not texts:
                leg.losses.add("dropped", "content", "annotations", (*path, number), "no text to cite is open")
                continue
            part = item.open if item.open is not None and item.open.kind == "output_text" else texts[-1]
            native = annotation_to_native(annotation, part.shift, leg, (*path, number))
            if native is None:
                continue
            part.annotations.append(native)
            if item.open is part:
                out.append(self.events.annotation(item.index, item.id, part.number, len(part.annotations) - 1, native))
        return out

    def _native_part(self, item: _Item, value: Json) -> list[Json]:
        out = self._close_text(item)
        part = _Text("", len(item.texts))
        part.rest = value
        item.texts.append(part)
        out.append(self.events.part_added(item.index, item.id, part.number, value))
        return [*out, *self.events.part_done(item.index, item.id, part.number, value)]

    def _close_text(self, item: _Item) -> list[Json]:
        part, item.open = item.open, None
        if part is None:
            return []
        if item.kind == "reasoning":
            if part.kind == "summary":
                return self.events.summary_done(item.index, item.id, part.number, part.text)
            return self.events.part_done(item.index, item.id, part.number, {"type": "reasoning_text", "text": part.text})
        out: list[Json] = []
        for spot, annotation in enumerate(part.others):
            if type(annotation) is dict:
                out.append(self.events.annotation(item.index, item.id, part.number, spot, annotation))
        return out + self.events.part_done(item.index, item.id, part.number, _part_of(part))

    # --- reasoning

    def _reasoning(self, delta: Json, path: Path) -> list[Json]:
        leg = self.leg
        text = delta.get("reasoning_content")
        if text is not None and type(text) is not str:
            leg.invalid((*path, "reasoning_content"), "string", text)
        out: list[Json] = []
        told = ""  # by entries of this API
        own = False
        foreign: list[str] = []
        for number, entry in enumerate(objects(delta.get("reasoning_details"), leg, (*path, "reasoning_details"))):
            where: Path = (*path, "reasoning_details", number)
            index = entry.get("index", max(self.details, default=-1) + (0 if entry.get("id") is None else 1))
            if type(index) is not int or index < 0:
                leg.invalid((*where, "index"), "a small index", index)
            # A later fragment says neither id nor format.
            if index in self.details or (index not in self.foreign and is_own(entry)):
                own = True
                told += self._entry(entry, index, where, out)
            else:
                foreign += self._foreign(entry, index, where)
        if own:
            self.joint = False
            if text is not None and told and text != told:
                leg.losses.add(
                    "approximated", "content", "reasoning_content", (*path, "reasoning_content"), "reasoning_details say it otherwise"
                )
            return out
        if text is None and foreign:
            text = "".join(foreign)
        elif foreign and text != "".join(foreign):
            leg.losses.add(
                "approximated", "content", "reasoning_details", (*path, "reasoning_details"), "reasoning_content says it otherwise"
            )
        if not text:
            return out
        if text == JOINT and self.details:
            self.joint = True  # the blank line between two entries
            return out
        if self.joint:
            text, self.joint = JOINT + text, False
        return out + self._loose(text)

    def _foreign(self, entry: Json, index: int, path: Path) -> list[str]:
        """Readable text of a fragment of another provider's entry; the entry is told as lost once."""
        leg = self.leg
        kind = entry.get("type", "reasoning.text")
        member = MEMBER_OF_ENTRY.get(kind if type(kind) is str else "")
        if index not in self.foreign and len(self.foreign) < MOST_CALLS:
            self.foreign.add(index)
            foreign_text(entry, leg, path)
        else:
            for name, value in entry.items():
                if name in ("index", "type") or value is None or (name == member and member != "data"):
                    continue
                scope: Any = "content" if name in ("signature", "data") else "envelope"
                leg.losses.add("dropped", scope, name, (*path, name), "only its own provider can verify it")
            if member is None:
                leg.losses.add("dropped", "content", "reasoning_details", (*path, "type"), "no such reasoning here")
        if member not in ("text", "summary"):
            return []
        value = entry.get(member)
        return [value if type(value) is str else ""]

    def _loose(self, text: str) -> list[Json]:
        """Reasoning that is only text: a summary in an item of its own."""
        out: list[Json] = []
        item = self.open
        if item is None or not item.loose:
            out += self._close_all()
            item = self._place("reasoning", {"type": "reasoning", "id": self._identify(LOOSE, None), "summary": []})
            item.loose = True
            self.open = item
            out.append(self.events.added(item.index, item.item))
            if item.index and text.startswith(JOINT) and any(held.get("type") == "reasoning" for held in self.items.values()):
                text = text[len(JOINT) :]
        if item.open is None:
            item.open = _Text("summary", len(item.texts))
            item.texts.append(item.open)
            out.append(self.events.summary_added(item.index, item.id, item.open.number))
        if text:
            item.open.pieces.append(text)
            out.append(self.events.summary(item.index, item.id, item.open.number, text))
        return out

    def _entry(self, entry: Json, index: int, path: Path, out: list[Json]) -> str:
        """A fragment of an own entry of reasoning_details; returns its readable text."""
        leg = self.leg
        kind, identifier = entry.get("type"), entry.get("id")
        if identifier is not None and type(identifier) is not str:
            leg.invalid((*path, "id"), "string", identifier)
        known = self.details.get(index)
        if known is None:
            known = self._entry_item(identifier, out)
            self.details[index] = known
        member = MEMBER_OF_ENTRY.get(kind if type(kind) is str else "")
        if member is None:
            leg.losses.add("dropped", "content", "reasoning_details", (*path, "type") if "type" in entry else path, "no such reasoning here")
            return ""
        value = entry.get(member)
        if value is not None and type(value) is not str:
            leg.invalid((*path, member), "string", value)
        for name, rest in entry.items():
            if name not in ("type", "index", "id", "format", member) and rest is not None:
                leg.losses.add("dropped", "content", name, (*path, name), "no place in a reasoning item")
        if member == "data":
            known.item["encrypted_content"] = known.item.get("encrypted_content", "") + (value or "")
            known.last_encrypted = True
            if known is self.open:
                out += self._close_text(known)
            elif known.index in self.items:  # its item is done already: at least the last event has it
                self.items[known.index] = {**self.items[known.index], "encrypted_content": known.item["encrypted_content"]}
            return ""
        if known is not self.open:
            leg.losses.add("dropped", "content", "reasoning_details", path, "its item is done already")
            return ""
        part = known.entries.get(index)
        if part is None:
            out += self._close_text(known)
            part = _Text(member, sum(other.kind == member for other in known.texts))
            known.texts.append(part)
            known.entries[index] = part
            known.open = part
            if member == "summary":
                out.append(self.events.summary_added(known.index, known.id, part.number))
            else:
                out.append(self.events.part_added(known.index, known.id, part.number, {"type": "reasoning_text"}))
        if not value:
            return ""
        if known.open is not part:
            leg.losses.add("dropped", "content", "reasoning_details", path, "another entry has begun")
            return ""
        part.pieces.append(value)
        if member == "summary":
            out.append(self.events.summary(known.index, known.id, part.number, value))
        else:
            out.append(self.events.text(known.index, known.id, part.number, "reasoning_text", value))
        return value

    def _entry_item(self, identifier: str | None, out: list[Json]) -> _Item:
        """The reasoning item of a new entry: the open one when it is the same, else a new one."""
        item = self.open
        if item is not None and item.kind == "reasoning" and not item.loose:
            named = item.item.get("id")
            if identifier == named or (identifier is None and not item.last_encrypted and named == self._made_up(item)):
                return item
        if identifier is not None:
            for known in self.details.values():
                if known.item.get("id") == identifier:
                    return known
        out += self._close_all()
        item = self._place("reasoning", {"type": "reasoning", "id": self._identify("reasoning", identifier), "summary": []})
        self.open = item
        out.append(self.events.added(item.index, item.item))
        return item

    def _made_up(self, item: _Item) -> str:
        return made_up_item_id("reasoning", (self.head or {})["id"], item.index)

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

    def _whole(self, item: Json) -> list[Json]:
        index = self.number
        self.number += 1
        self.items[index] = item
        return self.events.whole(index, item)

    # --- calls

    def _fragment(self, fragment: Json, path: Path) -> list[Json]:
        leg = self.leg
        index = fragment.get("index", self.last_call)
        if type(index) is not int or not 0 <= index < MOST_CALLS:
            leg.invalid((*path, "index"), "a small index", index)
        self.last_call = index
        call = self.calls.get(index)
        if call is None:
            call = self.calls[index] = _Call()
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

    def _inner(self, call: _Call, value: Json, path: Path) -> list[Json]:
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

    def _open_call(self, call: _Call) -> list[Json]:
        out = self._close_open()
        if self.waiting and _is_whole(self.waiting[-1]):
            out += self._close_call(self.waiting.pop())
        item: Json = {"type": call.kind, "id": self._identify(call.kind, call.own.get("item_id")), "call_id": call.id, "name": call.name}
        item[CALLS[call.kind][1]] = ""
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

    def _send(self, call: _Call) -> list[Json]:
        if call.item is None or call.closed:
            return []
        fresh = call.pieces[call.sent :]
        call.sent = len(call.pieces)
        return [self.events.arguments(call.item.index, call.item.id, call.kind, text) for text in fresh]

    def _close_call(self, call: _Call) -> list[Json]:
        item = call.item
        if item is None or call.closed:
            return []
        call.closed = True
        text = "".join(call.pieces)
        item.item[CALLS[call.kind][1]] = text
        self.items[item.index] = item.item
        return [
            self.events.arguments_done(item.index, item.id, call.kind, text), self.events.done(item.index, item.item),
        ]  # fmt: skip

    # --- ends

    def _close_open(self) -> list[Json]:
        item, self.open = self.open, None
        if item is None:
            return []
        out = self._close_text(item)
        if item.kind == "message":
            item.item["content"] = [_part_of(part) for part in item.texts]
        else:
            item.item["summary"] = [{"type": "summary_text", "text": part.text} for part in item.texts if part.kind == "summary"]
            raw = [{"type": "reasoning_text", "text": part.text} for part in item.texts if part.kind == "text"]
            if raw:
                item.item["content"] = raw
        self.items[item.index] = item.item
        return [*out, self.events.done(item.index, item.item)]

    def _close_all(self) -> list[Json]:
        out = self._close_open()
        for call in self.waiting:
            out += self._close_call(call)
        self.waiting = []
        return out

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
        response["usage"] = self.usage if self.usage is not None else responses.usage_to_native(None, leg)
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


def _is_whole(call: _Call) -> bool:
    """True when nothing can follow: the arguments are a whole JSON object."""
    if call.kind != "function_call" or not call.pieces or not call.pieces[-1].rstrip().endswith("}"):
        return False
    return parse_object("".join(call.pieces)) is not None


def _part_of(part: _Text) -> Json:
    if not part.kind:
        return part.rest
    if part.kind == "refusal":
        return {"type": "refusal", "refusal": part.text, **part.rest}
    annotations: list[Any] = list(part.annotations)
    if part.others:
        waiting: list[Any] = annotations
        annotations = [(waiting.pop(0) if waiting else None) if entry is None else entry for entry in part.others]
        annotations = [entry for entry in [*annotations, *waiting] if entry is not None]
    return {
        "type": "output_text", "text": part.text, "annotations": annotations, "logprobs": part.tokens, **part.rest,
    }  # fmt: skip
