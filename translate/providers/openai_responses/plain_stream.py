"""
Events that begin and end the parts of a Responses stream, as they come in nearly every one: an item opens, its end repeats what
the pieces said. They are looked at and read in one go, without the scrub; whatever says more goes the long way (`reading`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from translate.leg import Json
from translate.providers.openai_responses import response as responses
from translate.providers.openai_responses.items import REASONING_MEMBERS, known_id
from translate.providers.openai_responses.parts import (
    CALL,
    CONTENT,
    ENVELOPE,
    MOST_ITEMS,
    SILENT,
    SUMMARY,
    Item,
    Op,
    Part,
)
from translate.providers.openai_responses.spoken import Spoken
from translate.scrubbing import lone
from translate.shared.blocks import RANK
from translate.shared.plain import is_text

if TYPE_CHECKING:
    from translate.providers.openai_responses.reading import ToUnified

_NONE: list[Any] = []
_ANSWER = frozenset(("type", "sequence_number", "response"))
_ITEM = frozenset(("type", "sequence_number", "output_index", "item"))
_PART = frozenset(("type", "sequence_number", "output_index", "content_index", "item_id", "part"))
_WHOLE = frozenset(("type", "sequence_number", "output_index", "content_index", "summary_index", "item_id", "text", "logprobs", "arguments"))
_CALL = frozenset(("type", "id", "call_id", "name", "arguments", "status"))
_MESSAGE = frozenset(("type", "id", "role", "status", "content", "phase"))
_TEXT = frozenset(("type", "text", "annotations", "logprobs"))
_SUMMARY = frozenset(("type", "sequence_number", "output_index", "summary_index", "item_id", "part"))
_BARE_SUMMARY: Json = {"type": "summary_text", "text": ""}


def common(reader: ToUnified, event: Json) -> list[Json] | None:
    """The chunks that `feed` gives for an event of the common shapes; None, and nothing changed, for every other one."""
    kind = event.get("type")
    if type(kind) is str and kind in SILENT:
        return [] if reader.head is not None and _is_flat(event) else None
    read = _READERS.get(kind) if type(kind) is str else None
    if read is None or reader.pending is not None or type(event.get("sequence_number", 0)) is not int:
        return None
    if read in _OF_ANSWERS:
        chunks: list[Json] | None = read(reader, event)
    else:
        index = event.get("output_index")
        if reader.head is None or type(index) is not int or not 0 <= index < MOST_ITEMS or type(event.get("content_index", 0)) is not int:
            return None
        chunks = read(reader, event, index)
    if chunks is not None:
        reader.again = None
    return chunks


def call(reader: ToUnified, event: Json) -> Json | None:
    """The one chunk of a call that begins, behind others and without rows; None for every other event."""
    if event.get("type") != "response.output_item.added" or not reader.role or reader.pending is not None or reader.rows.broken:
        return None
    item, index = event.get("item"), event.get("output_index")
    if type(item) is not dict or item.get("type") != "function_call" or type(event.get("sequence_number", 0)) is not int:
        return None
    if type(index) is not int or not 0 <= index < MOST_ITEMS or reader.rows.last > RANK["tool_call"]:
        return None
    chunks = _added(reader, event, index)
    return None if chunks is None else chunks[0]


# --- the answer


def _created(reader: ToUnified, event: Json) -> list[Json] | None:
    """The head of the answer, and its repeat."""
    body, assembly = event.get("response"), reader.assembly
    if type(body) is not dict or not _ANSWER.issuperset(event):
        return None
    if assembly.head is not None:
        return [] if reader.head is not None and body == assembly.head else None
    if reader.head is not None or body.get("output") != _NONE or not responses.is_clean_answer(body, kind="event"):
        return None
    assembly.head = body
    reader.head = responses.head_to_unified(body, reader.leg, "chat.completion.chunk", ("response",))
    return []


def _completed(reader: ToUnified, event: Json) -> list[Json] | None:
    """The end of an answer that repeats its items as they were finished."""
    body, assembly = event.get("response"), reader.assembly
    if type(body) is not dict or reader.head is None or not _ANSWER.issuperset(event):
        return None
    items = assembly.items
    if reader.repeats != len(items) or not items or body.get("output") != [items[index].final for index in sorted(items)]:
        return None
    if not responses.is_clean_answer(body, ("output",), "event"):
        return None
    assembly.final = body
    reader.over = True
    return reader._end(body, ("response",))


# --- items and parts


def _added(reader: ToUnified, event: Json, index: int) -> list[Json] | None:
    """A call, or a message without content, begins."""
    item, items = event.get("item"), reader.assembly.items
    if type(item) is not dict or index in items or not _ITEM.issuperset(event):
        return None
    kind, identifier = item.get("type"), item.get("id")
    if type(identifier) is not str or not identifier.isascii():
        return None
    if kind == "reasoning":
        return _thought_added(reader, item, index)
    if item.get("status") != "in_progress":
        return None
    if kind == "function_call":
        return None if not _CALL.issuperset(item) or reader.leg.memo else _call_added(reader, item, index)
    if kind != "message" or not _MESSAGE.issuperset(item) or item.get("content", _NONE) != _NONE or item.get("role") != "assistant":
        return None
    phase = item.get("phase", "")
    if type(phase) is not str or not phase.isascii():
        return None
    opened = items[index] = Item(index, len(items), item)
    opened.state = Spoken()
    return []


def _call_added(reader: ToUnified, item: Json, index: int) -> list[Json] | None:
    call_id, name = item.get("call_id"), item.get("name")
    if type(call_id) is not str or type(name) is not str or not call_id or not name or item.get("arguments", "") != "":
        return None
    if not (call_id.isascii() and name.isascii()):
        return None
    items = reader.assembly.items
    opened = items[index] = Item(index, len(items), item)
    made: Json = {"index": reader.calls, "id": call_id, "type": "function", "function": {"name": name, "arguments": ""}}
    identifier = known_id(item["id"], "function_call", reader._id(), opened.position)
    own = {} if identifier is None else {"item_id": identifier}
    if own:
        made["extra_content"] = {reader.leg.row.key: own}
    opened.state = {"number": reader.calls, "own": own}
    reader.calls += 1
    return [reader._chunk({"tool_calls": [made]}, reader.rows.open("tool_call"))]


def _thought_added(reader: ToUnified, item: Json, index: int) -> list[Json] | None:
    """Reasoning begins; what it was encrypted to is provisional."""
    for name, value in item.items():
        if name not in REASONING_MEMBERS or (type(value) is not str and value is not None and value != _NONE):
            return None
        if type(value) is str and not value.isascii():
            return None
    items = reader.assembly.items
    opened = items[index] = Item(index, len(items), item)
    reader._begin(opened)
    return reader._open(Op("open", opened))


def _summary_added(reader: ToUnified, event: Json, index: int) -> list[Json] | None:
    """A summary of reasoning begins."""
    part, item, number = event.get("part"), reader.assembly.items.get(index), event.get("summary_index")
    if item is None or item.closed or item.kind != "reasoning" or type(number) is not int or not 0 <= number < MOST_ITEMS:
        return None
    if (SUMMARY, number) in item.parts or part != _BARE_SUMMARY or not _SUMMARY.issuperset(event) or not _is_id(event):
        return None
    opened = item.parts[SUMMARY, number] = Part(SUMMARY, number, "summary_text")
    return reader._part(Op("part", item, opened))


def _part_added(reader: ToUnified, event: Json, index: int) -> list[Json] | None:
    """The first text of a message begins."""
    part, item = event.get("part"), reader.assembly.items.get(index)
    if item is None or item.closed or item.kind != "message" or item.parts or not _PART.issuperset(event) or type(part) is not dict:
        return None
    if not _TEXT.issuperset(part) or part.get("type") != "output_text" or part.get("text") != "" or not _is_bare(part):
        return None
    if event.get("content_index", 0) != 0 or not _is_id(event):
        return None
    opened = item.parts[CONTENT, 0] = Part(CONTENT, 0, "output_text")
    opened.value = part
    return reader._open_part(item, opened)


def _part_done(reader: ToUnified, event: Json, index: int) -> list[Json] | None:
    """The end of a part, which its item tells again."""
    part, item = event.get("part"), reader.assembly.items.get(index)
    if item is None or type(part) is not dict or not _PART.issuperset(event) or not _is_id(event):
        return None
    if not _TEXT.issuperset(part) or part.get("type") != "output_text" or not _is_bare(part):
        return None
    text = part.get("text")
    return [] if type(text) is str and (text.isascii() or not lone(text)) else None


def _text_done(reader: ToUnified, event: Json, index: int) -> list[Json] | None:
    return _whole(reader, event, index, CONTENT, "text")


def _arguments_done(reader: ToUnified, event: Json, index: int) -> list[Json] | None:
    return _whole(reader, event, index, CALL, "arguments")


def _summary_done(reader: ToUnified, event: Json, index: int) -> list[Json] | None:
    return _whole(reader, event, index, SUMMARY, "text")


def _whole(reader: ToUnified, event: Json, index: int, family: str, member: str) -> list[Json] | None:
    """The whole text of a part whose pieces said the same."""
    item, number = reader.assembly.items.get(index), event.get("summary_index" if family == SUMMARY else "content_index", 0)
    part = item.parts.get((family, number)) if item is not None and type(number) is int else None
    if part is None or not _WHOLE.issuperset(event) or not _is_id(event) or event.get("logprobs", _NONE) != _NONE:
        return None
    if family == CALL and part.kind != "function_call":
        return None
    return [] if event.get(member) == part.text else None


def _done(reader: ToUnified, event: Json, index: int) -> list[Json] | None:
    """The end of an item that repeats what its beginning and its pieces said."""
    final, item = event.get("item"), reader.assembly.items.get(index)
    if item is None or item.closed or type(final) is not dict or final.get("status", "completed") != "completed" or not _ITEM.issuperset(event):
        return None
    if item.kind == "reasoning":
        return _thought_done(reader, item, final)
    added, parts = item.added, item.parts
    if final.get("type") != item.kind or final.get("id") != added.get("id") or len(parts) != 1 or len(final) != len(added):
        return None
    if item.kind == "function_call":
        part = parts.get((CALL, 0))
        if part is None or not _CALL.issuperset(final) or final.get("name") != added.get("name") or final.get("arguments") != part.text:
            return None
        if final.get("call_id") != added.get("call_id") or item.state["number"] is None or not _CALL.issuperset(added):
            return None
        item.final, item.closed, reader.repeats = final, True, reader.repeats + 1
        rows = reader.rows.close({"type": "tool_call"})
        return [reader._chunk({}, rows)] if rows else []
    part = parts.get((CONTENT, 0))
    if item.kind != "message" or part is None or not _MESSAGE.issuperset(final) or not _MESSAGE.issuperset(added):
        return None
    if final.get("role") != added.get("role") or final.get("phase") != added.get("phase"):
        return None
    content = final.get("content")
    if type(content) is not list or len(content) != 1 or type(content[0]) is not dict or not _TEXT.issuperset(content[0]):
        return None
    text = content[0]
    if text.get("type") != part.kind or part.kind != "output_text" or text.get("text") != part.text or not _is_bare(text):
        return None
    if part.annotations or part.tokens:
        return None
    part.value = text
    item.final, item.closed, reader.repeats = final, True, reader.repeats + 1
    return reader._close_message(item, final)


def _thought_done(reader: ToUnified, item: Item, final: Json) -> list[Json] | None:
    """The end of reasoning that repeats its summaries, encrypted anew."""
    summary, added = final.get("summary"), item.added
    if type(summary) is not list or len(summary) != len(item.parts) or not REASONING_MEMBERS.issuperset(final):
        return None
    for name, value in final.items():
        if name != "summary" and (type(value) is not str or not value.isascii()):
            return None
    if final.get("id") != added.get("id") or final.get("type") != "reasoning" or not REASONING_MEMBERS.issuperset(added):
        return None
    for number, said in enumerate(summary):
        part = item.parts.get((SUMMARY, number))
        if part is None or said != {"type": "summary_text", "text": part.text}:
            return None
    item.final, item.closed, reader.repeats = final, True, reader.repeats + 1
    return reader._close_reasoning(item, final)


def _is_flat(event: Json) -> bool:
    """Whether an event has known members alone, each a number or a text that encodes, or a part that is a text."""
    for name, value in event.items():
        if name == "part" and type(value) is dict:
            if value.keys() != _BARE_SUMMARY.keys() or not all(map(is_text, value.values())):
                return False
        elif name not in ENVELOPE or (type(value) is not int and not is_text(value)):
            return False
    return True


def _is_bare(part: Json) -> bool:
    """Whether a text cites nothing and has no probabilities."""
    return bool(part.get("annotations", _NONE) == _NONE and part.get("logprobs", _NONE) == _NONE)


def _is_id(event: Json) -> bool:
    """Whether the item's id that an event repeats encodes."""
    identifier = event.get("item_id", "")
    return type(identifier) is str and identifier.isascii()


_OF_ANSWERS = (_created, _completed)
_READERS: dict[str, Any] = {
    "response.created": _created,
    "response.in_progress": _created,
    "response.completed": _completed,
    "response.output_item.added": _added,
    "response.content_part.added": _part_added,
    "response.content_part.done": _part_done,
    "response.output_text.done": _text_done,
    "response.reasoning_summary_part.added": _summary_added,
    "response.reasoning_summary_text.done": _summary_done,
    "response.function_call_arguments.done": _arguments_done,
    "response.output_item.done": _done,
}
