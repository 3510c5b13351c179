"""
The short way of messages with order rows and citations: items of which nothing is visible (a search, reasoning without a word)
beside a text and calls. `plain.py` says what holds for it, `shared/blocks.py` what rows are.
"""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.providers.openai_responses.items import READERS, made_up_item_id
from translate.providers.openai_responses.tables import OUTPUTS_SUFFIX
from translate.scrubbing import is_clean, lone
from translate.shared.blocks import cut_row

_SILENT_REASONING = frozenset(("type", "id", "summary", "status", "encrypted_content", "content"))
_CITATION = {"start_index": int, "end_index": int, "title": str, "url": str}


def are_right(citation: Json) -> bool:
    """Whether a citation has all its members and no other, and its texts encode."""
    if len(citation) != len(_CITATION):
        return False
    for name, value in citation.items():
        if type(value) is not _CITATION.get(name) or (type(value) is str and not value.isascii() and lone(value)):
            return False
    return True


# --- native -> unified


def citations_to_unified(annotations: list[Any]) -> list[Json] | None:
    """The citations of the only text of a message; None where one is of another kind."""
    cited: list[Json] = []
    for annotation in annotations:
        if type(annotation) is not dict or annotation.get("type") != "url_citation":
            return None
        citation = {name: annotation.get(name) for name in _CITATION}
        if len(annotation) != 5 or not are_right(citation):
            return None
        cited.append({"type": "url_citation", "url_citation": citation})
    return cited


def is_unseen(item: Json) -> bool:
    """Whether nothing of an item is visible: one that chat forms do not have, reasoning that says nothing."""
    kind = item.get("type")
    if kind != "reasoning":
        return type(kind) is str and kind != "" and kind not in READERS
    if not _SILENT_REASONING.issuperset(item):
        return False
    for name, value in item.items():
        if value is not None and (value != [] if name == "summary" or name == "content" else type(value) is not str):
            return False
    return not item.get("encrypted_content")


def bag_of(items: list[Json], text: str | None, own: Json) -> Json:
    """
    The bag of a message with the rows of its items, some of which are unseen.

    own: what the item of its text says beside it. It stands in the row of the text where rows are needed before that.
    """
    rows: list[Json] = []
    behind = False  # an unseen item
    for item in items:
        kind = item.get("type", "message")
        if kind == "message":
            row = cut_row("text", text or "")
            if own and behind:
                row["extra"] = {"id" if name == "item_id" else name: word for name, word in own.items()}
                own = {}
            rows.append(row)
        elif kind == "function_call":
            rows.append({"type": "tool_call"})
        elif is_unseen(item):
            rows.append({"type": "native", "value": item})
            behind = True
        else:
            rows.append({"type": "reasoning"})
    return {"blocks": rows, **own}


# --- unified -> native


def citations_to_native(annotations: Any) -> list[Json] | None:
    """Citations of a text; None where one says more, or less."""
    if type(annotations) is not list:
        return None
    cited: list[Json] = []
    for annotation in annotations:
        if type(annotation) is not dict or len(annotation) != 2 or annotation.get("type") != "url_citation":
            return None
        citation = annotation.get("url_citation")
        if type(citation) is not dict or not are_right(citation):
            return None
        native = {"type": "url_citation", **citation}
        for name in ("start_index", "end_index"):
            native[name] = max(native[name], 0)
        cited.append(native)
    return cited


def items_to_native(
    message: Json, own: Json, cited: list[Json], calls: list[Json], response_id: str | None, thoughts: list[Json] | None = None
) -> list[Json] | None:
    """
    Items in the order of rows that fit the message; None for any others.

    own: its bag. cited: citations of its text. calls, thoughts: items of these. response_id: of the answer, in which items have ids
    that are made up here where they are None; None for a history, whose reasoning needs what it led to.
    """
    content, rows, marks = message.get("content"), own["blocks"], {_MARKS.get(name, ""): value for name, value in own.items() if name != "blocks"}
    if type(rows) is not list or not rows or not is_clean({"choices": [{"message": {"extra_content": {"": own}}}]}):
        return None
    if (marks and not content) or (content is not None and type(content) is not str):  # without a text they have no item
        return None
    output: list[Json] = []
    said, left, thought = not content, iter(calls), iter(thoughts or ())
    for row in rows:
        kind = row.get("type") if type(row) is dict else None
        if kind == "native" and len(row) == 2:
            value = row.get("value")
            if type(value) is not dict or not is_unseen(value) or (response_id is None and value["type"].endswith(OUTPUTS_SUFFIX)):
                return None
            output.append(value)
        elif kind == "text":
            head = row.get("extra", _NO_HEAD)
            if said or type(head) is not dict or len(row) != 3 + ("extra" in row) or "head" not in row:
                return None
            length = row.get("length")
            item = _spoken(content, cited, {**marks, **head}, response_id, len(output)) if type(length) is int and length == len(content or "") else None
            if item is None:
                return None
            output.append(item)
            said = True
        elif kind == "tool_call" and len(row) == 1:
            call = next(left, None)
            if call is None:
                return None
            if response_id is not None and call["id"] is None:
                call["id"] = made_up_item_id("function_call", response_id, len(output))
            output.append(call)
        elif kind == "reasoning" and len(row) == 1 and (item := next(thought, None)) is not None:
            output.append(item)
        else:
            return None
    if response_id is None and output[-1]["type"] == "reasoning":
        return None
    return output if said and next(left, None) is None and next(thought, None) is None else None


def _spoken(content: Any, cited: list[Json], head: Json, response_id: str | None, position: int) -> Json | None:
    if not head.keys() <= _HEAD:
        return None
    for word in head.values():
        if type(word) is not str or not word or not word.isascii():
            return None
    if response_id is None and "id" not in head:  # an answer of a history without its id is sent as one string
        return None if cited else {"type": "message", "role": "assistant", "content": content, **head}
    part: Json = {"type": "output_text", "text": content, "annotations": [*cited]}
    if response_id is not None:
        part["logprobs"] = []
    identifier = head["id"] if "id" in head else made_up_item_id("message", response_id or "", position)
    item: Json = {"type": "message", "id": identifier, "role": "assistant", "status": "completed", "content": [part]}
    if "phase" in head:
        item["phase"] = head["phase"]
    return item


_HEAD = frozenset(("id", "phase"))
_NO_HEAD: Json = {}
_MARKS = {"item_id": "id", "phase": "phase"}  # of the first text, where its row does not say them
