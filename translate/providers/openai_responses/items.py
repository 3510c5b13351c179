"""
Items of the model (output of a response, history of a request) <-> one assistant message.

`Run` reads them in order into the visible fields and the order rows they need; `items_of` writes them back. Requests, responses
and streams all read an item by the same functions.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_responses.content import annotation_to_unified, objects, optional_string, string
from translate.providers.openai_responses.tables import FORMAT
from translate.shared import bag
from translate.shared.arguments import dumps
from translate.shared.blocks import Turn
from translate.shared.remembered import LONGEST_KEY

PREFIXES = {
    "message": "msg_", "function_call": "fc_", "custom_tool_call": "ctc_", "reasoning": "rs_", "image_generation_call": "ig_",
    "loose": "rs_",
}  # fmt: skip
LOOSE = "loose"  # kind of an id that says: this reasoning had no entries, only readable text
MESSAGE_MEMBERS = frozenset(("type", "role", "id", "status", "content", "phase"))
TEXT_MEMBERS = frozenset(("type", "text", "annotations", "logprobs"))
CALL_MEMBERS = frozenset(("type", "id", "call_id", "name", "arguments", "input", "status"))
REASONING_MEMBERS = frozenset(("type", "id", "summary", "content", "encrypted_content", "status"))
TEXT_PARTS = frozenset(("output_text", "input_text", "text"))
JOINT = "\n\n"  # between two pieces of readable reasoning


def made_up_item_id(kind: str, response_id: str, position: int) -> str:
    """Id of an item that came without one: the same for the same place in the same response, in stream and response."""
    return (_made_up if len(response_id) <= LONGEST_KEY else _made_up.__wrapped__)(kind, response_id, position)


@lru_cache(maxsize=256)  # asked for when an item opens and when it closes
def _made_up(kind: str, response_id: str, position: int) -> str:
    place = f"{response_id}:{position}:{kind}" if kind == LOOSE else f"{response_id}:{position}"
    digest = hashlib.sha256(place.encode("utf-8", "replace")).hexdigest()
    return PREFIXES.get(kind, "item_") + digest[:24]


class Run:
    """
    Items behind one assistant message. response_id: that of the response they stand in, None in a request.

    Ids this library made up itself are no news and leave no trace.
    """

    __slots__ = ("annotations", "leg", "length", "messages", "own", "position", "response_id", "tokens", "turn")

    def __init__(self, leg: Leg, response_id: str | None = None) -> None:
        self.leg, self.response_id = leg, response_id
        self.turn = Turn()
        self.annotations: list[Json] = []
        self.tokens: list[Json] = []
        self.length = 0  # code points of text so far
        self.messages = 0
        self.position = 0
        self.own: Json = {}  # id and phase of the first message item

    def read(self, item: Json, path: Path, status: str = "completed") -> None:
        """One item; `status` is what it has without saying so."""
        kind = item.get("type", "message" if "role" in item else None)
        if kind is not None and type(kind) is not str:
            self.leg.invalid((*path, "type"), "string", kind)
        read = READERS.get(kind or "")
        if read is None:
            self.turn.native(item)
        else:
            read(self, item, path, status)
        self.position += 1

    def known_id(self, item: Json, kind: str) -> Any:
        """Id of an item as it has to be kept: None when it has none, or one made up here."""
        identifier = item.get("id")
        if identifier is None and kind == "function_call":
            identifier = item.get("item_id")  # a server's other name for it
        return known_id(identifier, kind, self.response_id, self.position)

    def finish(self, message: Json) -> Json:
        """Writes the visible fields and the rows into a fresh assistant message."""
        self.turn.finish(message, self.leg.row.key)
        for name, value in self.own.items():
            bag.put(message, self.leg.row.key, name, value)
        if self.annotations:
            message["annotations"] = self.annotations
        return message


def known_id(identifier: Any, kind: str, response_id: str | None, position: int) -> Any:
    """The id, None for one that was made up here."""
    if identifier is None or response_id is None or (type(identifier) is str and len(identifier) != len(PREFIXES.get(kind, "item_")) + 24):
        return identifier
    return None if identifier == made_up_item_id(kind, response_id, position) else identifier


def is_loose(item: Json, response_id: str | None, position: int) -> bool:
    """True for a reasoning item that was written here for reasoning without entries."""
    return response_id is not None and item.get("id") == made_up_item_id(LOOSE, response_id, position)


# --- messages


def _read_message(run: Run, item: Json, path: Path, status: str) -> None:
    leg = run.leg
    content = item.get("content")
    parts = [{"type": "output_text", "text": content}] if type(content) is str else objects(content, leg, (*path, "content"))
    head = message_head(item, run.known_id(item, "message"), status, leg, path)
    if not parts or not is_visible(parts[0], leg, (*path, "content", 0)):
        run.turn.native(item)
        return
    extra = place_head(head, run.own, run.messages, run.turn.order.broken)
    run.messages += 1
    for number, part in enumerate(parts):
        where: Path = (*path, "content", number)
        if not is_visible(part, leg, where):
            run.turn.native(part)
            run.turn.rows[-1]["joined"] = True
            continue
        joined = number > 0
        if part.get("type") == "refusal":
            _read_refusal(run, part, extra, joined, parts[number - 1].get("type") if joined else None)
        else:
            shift = run.length
            native = objects(part.get("annotations"), leg, (*where, "annotations"))
            shown, rest = annotations_of(native, shift, len(part["text"]), leg, (*where, "annotations"))
            run.annotations += shown
            tokens = objects(part.get("logprobs"), leg, (*where, "logprobs"))
            run.tokens += tokens
            more = part_extra(part, rest)
            if tokens and leg.kind == "request":  # of an answer its choice says them, of a history nothing
                more["part"] = {**more.get("part", {}), "logprobs": tokens}
            run.turn.text(part["text"], {**extra, **more} or None, joined)
            run.length += len(part["text"])
        extra = {}


def _read_refusal(run: Run, part: Json, extra: Json, joined: bool, before: str | None) -> None:
    rest = {name: value for name, value in part.items() if name not in ("type", "refusal") and value is not None}
    if rest:
        extra = {**extra, "part": rest}
    # A refusal behind the only text is its second part without a word said; one in an item of its own is not.
    natural = joined and before in TEXT_PARTS and not run.turn.refusals
    if not joined and run.turn.visible_text:
        run.turn.order.broken = True
    if not part["refusal"]:
        run.turn.order.broken = True
    run.turn.refusal(part["refusal"], extra or None, joined and not natural)
    if natural:
        run.turn.rows[-1]["joined"] = True


def message_head(item: Json, identifier: str | None, status: str, leg: Leg, path: Path) -> Json:
    """What a message item says beside its content."""
    if identifier is not None and type(identifier) is not str:
        leg.invalid((*path, "id"), "string", identifier)
    role = item.get("role")
    if role is not None and type(role) is not str:
        leg.invalid((*path, "role"), "string", role)
    head: Json = {}
    if identifier is not None:
        head["id"] = identifier
    if role not in (None, "assistant"):
        head["role"] = role
    for name in ("phase", "status"):
        value = optional_string(item, name, leg, path)
        if value is not None and (name == "phase" or value not in ("completed", status)):
            head[name] = value
    head.update((name, value) for name, value in item.items() if name not in MESSAGE_MEMBERS and value is not None)
    return head


def place_head(head: Json, own: Json, messages: int, broken: bool) -> Json:
    """Id and phase of the first message item stand at the message while no row is needed before it; the rest in its row."""
    if messages or broken:
        return head
    for name, place in (("id", "item_id"), ("phase", "phase")):
        if name in head:
            own[place] = head[name]
    return {name: value for name, value in head.items() if name not in ("id", "phase")}


def is_visible(part: Json, leg: Leg, path: Path) -> bool:
    """True for a part that the chat form shows; checks its text."""
    kind = part.get("type", "output_text" if "text" in part else None)
    if kind is not None and type(kind) is not str:
        leg.invalid((*path, "type"), "string", kind)
    if kind in TEXT_PARTS:
        string(part, "text", leg, path)
        return True
    if kind == "refusal":
        string(part, "refusal", leg, path)
        return True
    return False


def part_extra(part: Json, annotations: list[Json | None]) -> Json:
    """What the visible fields can not say of a text part, for its row."""
    extra: Json = {}
    if annotations:
        extra["annotations"] = annotations
    rest = {name: value for name, value in part.items() if name not in TEXT_MEMBERS and value is not None}
    if rest:
        extra["part"] = rest
    return extra


def annotations_of(
    native: list[Json], shift: int, length: int, leg: Leg, path: Path
) -> tuple[list[Json], list[Json | None]]:
    """Annotations of a text -> url citations in nested form, and, when those are not all, the list for the row."""
    shown: list[Json] = []
    rest: list[Json | None] = []
    needs_row = False
    for number, annotation in enumerate(native):
        if annotation.get("type") == "url_citation":
            entry = annotation_to_unified(annotation, shift, leg, (*path, number))
            start = entry["url_citation"]["start_index"]
            # Where it stands is told by its offset, as long as that lies in its own text.
            if shift and not shift <= start < shift + length:
                needs_row = True
            shown.append(entry)
            rest.append(None)
        else:
            needs_row = True
            rest.append(annotation)
    return shown, rest if needs_row else []


# --- reasoning


def _read_reasoning(run: Run, item: Json, path: Path, status: str) -> None:
    entries, readable = reasoning_entries(item, run.leg, path)
    if not entries:
        run.turn.native(item)
        return
    identifier = run.known_id(item, "reasoning")
    extra = reasoning_extra(item)
    text = ""
    for piece in readable:
        if text or run.turn.reasonings:
            text += JOINT
        text += piece
    if is_loose(item, run.response_id, run.position) and all(entry["type"] == "reasoning.summary" for entry in entries):
        run.turn.reasoning(text, extra or None)
        return
    run.turn.detail([{**entry, **tag(identifier)} for entry in entries], text, extra or None)


def tag(identifier: str | None) -> Json:
    """What tells whose entry of reasoning_details it is."""
    return {"format": FORMAT} if identifier is None else {"id": identifier, "format": FORMAT}


def reasoning_extra(item: Json) -> Json:
    """What the entries can not say of a reasoning item, for its row."""
    extra = {name: value for name, value in item.items() if name not in REASONING_MEMBERS and value not in (None, [])}
    if item.get("status") not in (None, "completed"):
        extra["status"] = item["status"]
    return extra


def reasoning_entries(item: Json, leg: Leg, path: Path) -> tuple[list[Json], list[str]]:
    """
    Reasoning item -> entries of reasoning_details, and its readable texts: summaries, else the reasoning itself.

    No entries: nothing in it, or something that an entry can not hold.
    """
    optional_string(item, "id", leg, path)
    optional_string(item, "status", leg, path)
    entries: list[Json] = []
    texts: dict[str, list[str]] = {"summary": [], "content": []}
    for name, kind, member, word in (
        ("summary", "reasoning.summary", "summary", "summary_text"), ("content", "reasoning.text", "text", "reasoning_text"),
    ):  # fmt: skip
        for number, part in enumerate(objects(item.get(name), leg, (*path, name))):
            if part.get("type", word) != word or not part.keys() <= {"type", "text"}:
                return [], []
            text = string(part, "text", leg, (*path, name, number))
            entries.append({"type": kind, member: text})
            texts[name].append(text)
    encrypted = optional_string(item, "encrypted_content", leg, path)
    if encrypted:
        entries.append({"type": "reasoning.encrypted", "data": encrypted})
    return entries, texts["summary"] or texts["content"]


# --- calls


def _read_call(run: Run, item: Json, path: Path, status: str) -> None:
    run.turn.tool_call(call_to_unified(item, run.known_id(item, item["type"]), status, run.leg, path))


def call_to_unified(item: Json, identifier: Any, status: str, leg: Leg, path: Path) -> Json:
    """Call item -> tool call; its id is the call_id, the item's own id rides in the bag."""
    if identifier is not None and type(identifier) is not str:
        leg.invalid((*path, "id"), "string", identifier)
    name = string(item, "name", leg, path)
    call_id = optional_string(item, "call_id", leg, path) or identifier or ""
    names, ids = leg.memo.get("tool_names"), leg.memo.get("call_ids")
    if type(names) is dict:
        name = names.get(name, name)
    if type(ids) is dict:
        call_id = ids.get(call_id, call_id)
    if item["type"] == "custom_tool_call":
        call: Json = {"id": call_id, "type": "custom", "custom": {"name": name, "input": optional_string(item, "input", leg, path) or ""}}
        known: Any = CALL_MEMBERS - {"arguments"}
    else:
        arguments = item.get("arguments")
        if type(arguments) is dict:
            arguments = dumps(arguments)
        elif arguments is not None and type(arguments) is not str:
            leg.invalid((*path, "arguments"), "string", arguments)
        call = {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments or ""}}
        known = CALL_MEMBERS - {"input"}
    own: Json = {}
    if identifier is not None:
        own["item_id"] = identifier
    for member, value in item.items():
        if value is None or member in known:
            if member == "status" and value not in (None, "completed", status):
                own[member] = value
        elif member != "item_id" or item.get("id") is not None:
            own[member if member != "item_id" else "item_id_of_server"] = value
    if own:
        call["extra_content"] = {leg.row.key: own}
    return call


# --- images


def _read_image(run: Run, item: Json, path: Path, status: str) -> None:
    result = optional_string(item, "result", run.leg, path)
    if not result:
        run.turn.native(item)
        return
    image = run.turn.image(image_url(item, result))
    for name, value in image_extra(item, run.known_id(item, "image_generation_call")).items():
        bag.put(image, run.leg.row.key, name, value)


def image_url(item: Json, result: str) -> str:
    """Data URL of a produced image."""
    from translate.shared.media import data_url, sniff

    word = item.get("output_format")
    kind = f"image/{word}" if type(word) is str and word else sniff(result) or "image/png"
    return data_url(kind, result)


def image_extra(item: Json, identifier: str | None) -> Json:
    """What a data URL can not say of an image item."""
    extra: Json = {} if identifier is None else {"item_id": identifier}
    extra.update(
        (name, value) for name, value in item.items()
        if name not in ("type", "id", "result") and value is not None and not (name == "status" and value == "completed")
    )  # fmt: skip
    return extra


READERS: dict[str, Any] = {
    "message": _read_message, "reasoning": _read_reasoning, "function_call": _read_call, "custom_tool_call": _read_call,
    "image_generation_call": _read_image,
}  # fmt: skip
