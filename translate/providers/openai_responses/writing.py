"""An assistant message -> items: what a response puts out, what a request gives back as history."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_responses.content import annotation_to_native, objects, split_tokens, string
from translate.providers.openai_responses.entries import MEMBER_OF_ENTRY, Group, foreign_text, grouped, is_own, readings
from translate.providers.openai_responses.items import JOINT, LOOSE, made_up_item_id
from translate.providers.openai_responses.tables import UNVERIFIED
from translate.shared import bag
from translate.shared.blocks import Piece, pieces

HEAD = ("id", "phase", "status", "role")
MESSAGE_MEMBERS = frozenset((
    "role", "content", "refusal", "tool_calls", "reasoning_content", "reasoning_details", "images", "audio", "annotations",
    "extra_content",
))  # fmt: skip


class Placed:
    """An item and the place of the message it comes from."""

    __slots__ = ("item", "path", "texts")

    def __init__(self, item: Json, path: Path) -> None:
        self.item, self.path = item, path
        self.texts: list[tuple[Json, Path]] = []  # text parts of a message, for citations


class Writer:
    """
    Writes one message. response_id None: history of a request, else the output of that response (ids are made up there).

    names, ids: wire spellings of tool names and call ids that the API would refuse.
    """

    __slots__ = ("answer", "ids", "leg", "loose", "names", "out", "own", "path", "response_id", "used_own")

    def __init__(
        self, leg: Leg, path: Path, response_id: str | None = None, names: dict[str, str] | None = None, ids: dict[str, str] | None = None
    ) -> None:
        self.leg, self.path, self.response_id = leg, path, response_id
        self.names, self.ids = names or {}, ids or {}
        self.out: list[Placed] = []
        self.own: Json = {}
        self.answer = response_id is not None
        self.used_own = False
        self.loose: Placed | None = None  # reasoning of which only the text is known

    def write(self, message: Json) -> list[Placed]:
        """
        Items of the message, in order.

        Losses: reasoning the server could not verify (requests), signatures, audio, foreign images dropped.
        """
        leg, path = self.leg, self.path
        self.own = bag.unpack(message, leg, path, "content") if "extra_content" in message else bag.EMPTY
        rows = self.own.get("blocks")
        if not rows and not message.get("reasoning_details") and not message.get("reasoning_content"):
            listed = message
        else:
            listed = grouped(self._checked_reasoning(message))
        opened: Placed | None = None
        for piece in pieces(listed, rows, leg, path):
            if piece.kind in ("text", "refusal", "part"):
                opened = self._spoken(piece, opened, bool(rows))
                continue
            if piece.kind == "native" and opened is not None and self._is_joined(piece, rows):
                opened.item["content"].append(piece.value)
                continue
            opened = None
            WRITERS[piece.kind](self, piece)
        self._citations(message.get("annotations"))
        self._unused()
        return self.out

    def _is_joined(self, piece: Piece, rows: Any) -> bool:
        number = piece.path[-2]
        return type(rows) is list and type(number) is int and rows[number].get("joined") is True

    def _unused(self) -> None:
        for name, value in self.own.items():
            if value is not None and name != "blocks" and (name not in ("item_id", "phase") or not self.used_own):
                bag.stale(self.leg, self.path, name, "content")

    def identify(self, kind: str, identifier: Any) -> Json:
        """The id of an item: its own, or in answers one made up for its place."""
        if type(identifier) is str and identifier:
            return {"id": identifier}
        if self.response_id is None:
            return {}
        return {"id": made_up_item_id(kind, self.response_id, len(self.out))}

    # text and refusals

    def _spoken(self, piece: Piece, opened: Placed | None, rows: bool) -> Placed:
        extra = piece.extra or {}
        if opened is None or (rows and not piece.joined):
            opened = self._open_message(piece, extra)
        part = self._part(piece, extra)
        if part is not None:
            opened.item["content"].append(part)
            if part["type"] == "output_text":
                opened.texts.append((part, piece.path))
        return opened

    def _open_message(self, piece: Piece, extra: Json) -> Placed:
        identifier, phase = extra.get("id"), extra.get("phase")
        if not self.used_own:
            identifier = self.own.get("item_id") if identifier is None else identifier
            phase = self.own.get("phase") if phase is None else phase
            self.used_own = True
        item: Json = {"type": "message", "role": extra.get("role", "assistant")}
        item = {"type": "message", **self.identify("message", identifier), "role": item["role"]}
        if "id" in item or self.answer or extra.get("status") is not None:
            item["status"] = extra.get("status") or "completed"
        item["content"] = []
        if phase is not None:
            item["phase"] = phase
        item.update((name, value) for name, value in extra.items() if name not in (*HEAD, "annotations", "part"))
        placed = Placed(item, piece.path)
        self.out.append(placed)
        return placed

    def _part(self, piece: Piece, extra: Json) -> Json | None:
        leg = self.leg
        held = extra.get("part")
        more = held if type(held) is dict else {}
        if piece.kind == "refusal" or (piece.kind == "part" and type(piece.value) is dict and piece.value.get("type") == "refusal"):
            text = piece.value if piece.kind == "refusal" else string(piece.value, "refusal", leg, piece.path)
            if type(text) is not str:
                leg.invalid(piece.path, "string", text)
            return {"type": "refusal", "refusal": text, **more}
        if piece.kind == "text":
            part: Json = {"type": "output_text", "text": piece.value, "annotations": [], **more}
        else:
            if type(piece.value) is not dict:
                leg.invalid(piece.path, "object", piece.value)
            kind = piece.value.get("type")
            if kind != "text":
                leg.losses.add(
                    "dropped", "content", kind if type(kind) is str else "content", piece.path, "not a part of an answer here"
                )
                return None
            part = {"type": "output_text", "text": string(piece.value, "text", leg, piece.path), "annotations": []}
            for name, value in piece.value.items():
                if name not in ("type", "text", "extra_content") and value is not None:
                    scope: Any = "behaviour" if name == "cache_control" else "content"
                    leg.losses.add("dropped", scope, name, (*piece.path, name), "not a member of a text of an answer here")
            part.update(bag.unpack(piece.value, leg, piece.path, "content"))
        if self.answer:
            part["logprobs"] = []
        annotations = extra.get("annotations")
        if type(annotations) is list:
            part["annotations"] = list(annotations)
        return part

    def _citations(self, annotations: Any) -> None:
        """Puts the citations into the texts they stand in."""
        if not annotations:
            for placed in self.out:
                for part, _ in placed.texts:
                    if part["annotations"]:
                        part["annotations"] = [entry for entry in part["annotations"] if entry is not None]
            return
        leg = self.leg
        where: Path = (*self.path, "annotations")
        waiting = list(enumerate(objects(annotations, leg, where)))
        parts = [part for placed in self.out for part, _ in placed.texts]
        shift = 0
        for number, part in enumerate(parts):
            length = len(part["text"])
            rows = part["annotations"]
            taken: list[Any] = []
            if rows:
                for entry in rows:
                    if entry is not None:
                        taken.append(entry)
                    elif waiting:
                        spot, annotation = waiting.pop(0)
                        taken.append(annotation_to_native(annotation, shift, leg, (*where, spot)))
            else:
                while waiting:
                    spot, annotation = waiting[0]
                    citation = annotation.get("url_citation")
                    start = citation.get("start_index") if type(citation) is dict else None
                    if number < len(parts) - 1 and type(start) is int and start >= shift + length:
                        break
                    waiting.pop(0)
                    taken.append(annotation_to_native(annotation, shift, leg, (*where, spot)))
            part["annotations"] = [entry for entry in taken if entry is not None]
            shift += length
        for spot, _ in waiting:
            leg.losses.add("dropped", "content", "annotations", (*where, spot), "no text to cite")

    # reasoning

    def _checked_reasoning(self, message: Json) -> Json:
        """The message without entries that contradict the readable text beside them."""
        details, readable = message.get("reasoning_details"), message.get("reasoning_content")
        if not details or readable in (None, ""):
            return message
        if type(readable) is not str:
            self.leg.invalid((*self.path, "reasoning_content"), "string", readable)
        where: Path = (*self.path, "reasoning_details")
        if readable in readings(objects(details, self.leg, where)):
            return message
        self.leg.losses.add("dropped", "content", "reasoning_details", where, "contradicts reasoning_content, which was edited")
        return {name: value for name, value in message.items() if name != "reasoning_details"}

    def _reasoning(self, piece: Piece) -> None:
        if type(piece.value) is str or not piece.value:
            self._loose_reasoning(piece)
            return
        entries: list[Json] = piece.value
        identifier = entries[0].get("id")
        if type(identifier) is Group:
            identifier = None
        if not all(is_own(entry) for entry in entries):
            self._foreign(entries, piece)
            return
        item: Json = {"type": "reasoning", **self.identify("reasoning", identifier), "summary": []}
        filled = False
        for number, entry in enumerate(entries):
            filled = self._entry(entry, item, _place_of(piece, number)) or filled
        if piece.extra:
            item.update(piece.extra)
        if filled and not self.answer and identifier is None and "encrypted_content" not in item:
            self.leg.losses.add("dropped", "content", "reasoning_details", piece.path, "without id and encryption nobody can verify it")
        elif filled:
            self.out.append(Placed(item, piece.path))

    def _entry(self, entry: Json, item: Json, path: Path) -> bool:
        """One entry of reasoning_details into its item; True when something of it is there."""
        leg = self.leg
        kind = entry.get("type", "reasoning.text")
        member = MEMBER_OF_ENTRY.get(kind if type(kind) is str else "")
        value = entry.get(member) if member else None
        if member is None or (value is not None and type(value) is not str):
            leg.losses.add("dropped", "content", "reasoning_details", path, "no such reasoning here")
            return False
        for name, rest in entry.items():
            if name not in ("type", "format", "index", "id", member) and rest is not None:
                scope: Any = "content" if name == "signature" else "envelope"
                leg.losses.add("dropped", scope, name, (*path, name), "no place in a reasoning item")
        if member == "data":
            if value:
                item["encrypted_content"] = value
            return bool(value)
        if value is None:
            return False
        if member == "text":
            item.setdefault("content", []).append({"type": "reasoning_text", "text": value})
        else:
            item["summary"].append({"type": "summary_text", "text": value})
        return True

    def _foreign(self, entries: list[Json], piece: Piece) -> None:
        """Reasoning of another provider: a request can not send it, an answer shows its text."""
        text = ""
        for number, entry in enumerate(entries):
            path = _place_of(piece, number)
            if not self.answer:
                self.leg.losses.add("dropped", "content", "reasoning_details", path, UNVERIFIED)
                continue
            text += foreign_text(entry, self.leg, path)
        self._show(text, piece)

    def _loose_reasoning(self, piece: Piece) -> None:
        """Reasoning that is only text: a request can not send it, an answer shows it as a summary."""
        if not piece.value:
            return
        if type(piece.value) is not str:
            self.leg.invalid(piece.path, "string", piece.value)
        if not self.answer:
            self.leg.losses.add("dropped", "content", "reasoning_content", piece.path, UNVERIFIED)
            return
        self._show(piece.value, piece)

    def _show(self, text: str, piece: Piece) -> None:
        if not text:
            return
        if self.out and self.out[-1] is self.loose and not piece.extra:  # it goes on
            part = self.loose.item["summary"][0]
            part["text"] += text
            return
        if self.out and text.startswith(JOINT) and any(placed.item.get("type") == "reasoning" for placed in self.out):
            text = text[len(JOINT) :]
        item: Json = {"type": "reasoning", **self.identify(LOOSE, None), "summary": [{"type": "summary_text", "text": text}]}
        self.loose = Placed({**item, **(piece.extra or {})}, piece.path)
        self.out.append(self.loose)

    # calls, images, the rest

    def _call(self, piece: Piece) -> None:
        item = self.call(piece.value, piece.path)
        self.out.append(Placed(item, piece.path))

    def call(self, call: Any, path: Path) -> Json:
        """Tool call -> call item. Losses: members the API does not have."""
        leg = self.leg
        if type(call) is not dict:
            leg.invalid(path, "object", call)
        kind = "custom" if call.get("type") == "custom" or ("custom" in call and "function" not in call) else "function"
        if call.get("type") not in (None, "function", "custom"):
            leg.losses.add("approximated", "content", "tool_calls", (*path, "type"), "kind of call unknown here")
        inner = call.get(kind)
        if type(inner) is not dict:
            if kind in call:
                leg.invalid((*path, kind), "object", inner)
            leg.missing(path, kind)
        where: Path = (*path, kind)
        name = string(inner, "name", leg, where)
        member = "input" if kind == "custom" else "arguments"
        text = inner.get(member)
        if text is not None and type(text) is not str:
            leg.invalid((*where, member), "string", text)
        call_id = call.get("id")
        if call_id is not None and type(call_id) is not str:
            leg.invalid((*path, "id"), "string", call_id)
        own = bag.unpack(call, leg, path, "content") if "extra_content" in call else bag.EMPTY
        item: Json = {"type": "custom_tool_call" if kind == "custom" else "function_call"}
        if not call_id:
            from translate.shared.arguments import made_up_id

            call_id = made_up_id(self.response_id or "", len(self.out), name, text or "")
            leg.losses.add("defaulted", "envelope", "id", path, "a call needs an id")
        item.update(self.identify(item["type"], own.get("item_id")))
        item["call_id"] = self.ids.get(call_id, call_id)
        item["name"] = self.names.get(name, name)
        item[member] = text or ("" if kind == "custom" or self.answer else "{}")
        if self.answer and kind == "function":  # a free-text call has no status
            item["status"] = "completed"
        for own_name, value in own.items():
            if own_name == "item_id_of_server":
                item["item_id"] = value
            elif own_name != "item_id" and value is not None:
                if own_name in item and own_name != "status":
                    bag.stale(leg, path, own_name, "content")
                else:
                    item[own_name] = value
        for rest, value in call.items():
            if rest not in ("id", "type", "index", kind, "extra_content") and value is not None:
                scope: Any = "behaviour" if rest == "cache_control" else "content"
                leg.losses.add("dropped", scope, rest, (*path, rest), "not a member of a call here")
        for rest, value in inner.items():
            if rest not in ("name", member) and value is not None:
                if rest == "extra_content":
                    item.update(bag.unpack(inner, leg, where, "content"))
                else:
                    leg.losses.add("dropped", "content", rest, (*where, rest), "not a member of a call here")
        return item

    def _image(self, piece: Piece) -> None:
        item = self.image(piece.value, piece.path)
        if item is not None:
            self.out.append(Placed(item, piece.path))

    def image(self, image: Any, path: Path) -> Json | None:
        """Produced image -> image_generation_call. Losses: links, and in requests images the server does not know."""
        from translate.shared.media import as_base64, parse_data_url

        leg = self.leg
        if type(image) is not dict or type(image.get("image_url")) is not dict:
            leg.invalid(path, "object with image_url", image)
        url = string(image["image_url"], "url", leg, (*path, "image_url"))
        if image.get("type") not in (None, "image_url"):
            leg.losses.add("approximated", "content", "images", (*path, "type"), "an image all the same")
        own = bag.unpack(image, leg, path, "content") if "extra_content" in image else bag.EMPTY
        data = parse_data_url(url)
        if data is None or (not self.answer and not own.get("item_id")):
            note = "only bytes, no links, stand in an answer here" if data is None else "only images the server made go back to it"
            leg.losses.add("dropped", "content", "images", path, note)
            return None
        item: Json = {"type": "image_generation_call", **self.identify("image_generation_call", own.get("item_id"))}
        item.update(status="completed", result=as_base64(data))
        item.update((name, value) for name, value in own.items() if name != "item_id" and value is not None)
        for holder, known, where in (
            (image, ("type", "index", "image_url", "extra_content"), path), (image["image_url"], ("url",), (*path, "image_url")),
        ):  # fmt: skip
            for name, value in holder.items():
                if name not in known and value is not None:
                    leg.losses.add("dropped", "content", name, (*where, name), "not a member of an image here")
        return item

    def _audio(self, piece: Piece) -> None:
        self.leg.losses.add("dropped", "content", "audio", piece.path, "no audio in this API")

    def _native(self, piece: Piece) -> None:
        if type(piece.value) is not dict:
            self.leg.invalid(piece.path, "object", piece.value)
        self.out.append(Placed(piece.value.copy(), piece.path))  # an answer that is cut says so in its last item


WRITERS: dict[str, Any] = {
    "reasoning": Writer._reasoning, "tool_call": Writer._call, "image": Writer._image, "audio": Writer._audio,
    "native": Writer._native,
}  # fmt: skip


def _place_of(piece: Piece, number: int) -> Path:
    return (*piece.path[:-1], piece.path[-1] + number) if type(piece.path[-1]) is int else piece.path


def logprobs_into(placed: list[Placed], tokens: list[Json]) -> bool:
    """Token probabilities of an answer into its texts; False when there is no text to hold them."""
    parts = [part for item in placed for part, _ in item.texts]
    if not parts:
        return False
    for part, own in zip(parts, split_tokens(tokens, [part["text"] for part in parts]), strict=True):
        part["logprobs"] = own
    return True
