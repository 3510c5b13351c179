"""
Content of user, system and tool messages <-> Messages blocks.

Source: Anthropic API reference, "Create a Message", `messages.content`; "Vision", "PDF support", "Search results".
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.anthropic.media import PART_MEMBERS, file_to_native, image_to_native, part_of, picture_of
from translate.providers.anthropic.writing import MARK, Writing, mark_of
from translate.shared import bag
from translate.shared.blocks import Turn, pieces
from translate.shared.fields import report_rest
from translate.shared.media import sniff

BLANK = "blank text is refused"
_TEXT_PART = PART_MEMBERS | {"text"}
CHUNKED = ("search_result", "document")  # blocks whose text is a list of chunks, one text part each


# --- unified -> native


def content_to_native(message: Json, writing: Writing, path: Path, own: Json, role: str = "user") -> list[Json]:
    """Content of a user, system or tool message -> blocks. Losses: blank texts and what the API takes no part for dropped."""
    content = message.get("content")
    leg = writing.leg
    blocks: list[Json] = []
    rows = own.get("blocks")
    if type(content) is str and not rows:
        if content and not content.isspace():
            blocks.append({"type": "text", "text": content})
        elif content:
            leg.losses.add("dropped", "content", "content", (*path, "content"), BLANK)
    elif type(content) is list and not rows:
        for number, part in enumerate(content):
            part_to_native(part, writing, (*path, "content", number), blocks, role)
    elif rows or content is not None:
        if content is not None and type(content) not in (str, list):
            leg.invalid((*path, "content"), "string or array", content)
        _by_rows(content, rows, writing, path, blocks, role)
    mark = message.get(MARK)
    if mark is not None:
        mark_last(blocks, mark, writing, (*path, MARK))
    return blocks


def _by_rows(content: Any, rows: Any, writing: Writing, path: Path, blocks: list[Json], role: str) -> None:
    """The blocks in the order that the rows remember."""
    joined: Json | None = None
    for piece in pieces({"content": content}, rows, writing.leg, path):
        if piece.kind == "native":
            native_block(piece.value, writing, piece.path, blocks)
        elif piece.joined and joined is not None:
            _join(joined, piece.value, writing, piece.path)
        elif piece.kind == "text":
            text_block(piece.value, writing, piece.path, blocks, piece.extra)
        else:
            before = len(blocks)
            part_to_native(piece.value, writing, piece.path, blocks, role, piece.extra)
            joined = blocks[-1] if len(blocks) > before else None


def mark_last(blocks: list[Json], mark: Any, writing: Writing, path: Path) -> None:
    """A cache mark on a message means its last block. Losses: a mark without a block, or against the block's own."""
    block = next((one for one in reversed(blocks) if one.get("type") not in ("thinking", "redacted_thinking")), None)
    if block is None:
        writing.leg.losses.add("dropped", "behaviour", MARK, path, "no block to put it on")
    elif MARK in block:
        if block[MARK] != mark:
            writing.leg.losses.add("dropped", "behaviour", MARK, path, "the last block has a mark of its own")
    else:
        writing.mark(block, mark, path)


def native_block(value: Any, writing: Writing, path: Path, blocks: list[Json]) -> None:
    """A block that rode in the bag; fresh, for marks may settle on it."""
    if type(value) is not dict or type(value.get("type")) is not str:
        writing.leg.losses.add("approximated", "content", "blocks", path, "not a block; left out")
        return
    if value["type"] == "document":
        writing.old = True
    blocks.append(dict(value))
    if type(value.get(MARK)) is dict:
        writing.marks.append((blocks[-1], (*path, MARK)))


def text_block(text: Any, writing: Writing, path: Path, blocks: list[Json], extra: Json | None = None) -> None:
    """A text, with what its row remembers. Losses: blank text dropped from requests."""
    if type(text) is not str:
        writing.leg.invalid(path, "string", text)
    if not writing.answer and (not text or text.isspace()):
        if text:
            writing.leg.losses.add("dropped", "content", "text", path, BLANK)
        return
    block = {"type": "text", "text": text}
    if extra:
        block.update((name, value) for name, value in extra.items() if name not in block)
    blocks.append(block)


def part_to_native(
    part: Any, writing: Writing, path: Path, blocks: list[Json], role: str = "user", extra: Json | None = None
) -> None:
    """One content part -> a block at the end of `blocks`. Losses: a part without a block dropped, detail, foreign bags."""
    leg = writing.leg
    if type(part) is not dict:
        leg.invalid(path, "object", part)
    kind = part.get("type")
    if kind == "text" and len(part) == 2 and not extra:
        text = part.get("text")
        if type(text) is not str:
            leg.invalid((*path, "text") if "text" in part else path, "string" if "text" in part else "object with text", text)
        if text and not text.isspace():
            blocks.append({"type": "text", "text": text})
        elif text:
            leg.losses.add("dropped", "content", "text", path, BLANK)
        return
    own = bag.unpack(part, leg, path, "content")
    block = _PARTS.get(kind if type(kind) is str else "", _unknown)(part, own, writing, path)
    if block is None:
        if part.get(MARK) is not None:
            mark_before(part[MARK], writing, path, blocks)
        return
    if extra:
        block.update((name, value) for name, value in extra.items() if name not in block)
    for name, value in own.items():
        if name in ("type", "media_type") or (name == "source" and block["type"] in CHUNKED):
            continue
        if name in block:
            if block[name] != value:
                bag.stale(leg, path, name, "content")
        else:
            block[name] = value
    if role == "user" and block["type"] in ("text", "search_result") and _cites(block):
        writing.old = True
    writing.mark(block, part.get(MARK), (*path, MARK))
    blocks.append(block)


def mark_before(mark: Any, writing: Writing, path: Path, blocks: list[Json]) -> None:
    """The mark of a part that is not sent, which belongs to what stands before it. Losses: that."""
    if blocks and MARK not in blocks[-1]:
        writing.mark(blocks[-1], mark, (*path, MARK))
        writing.leg.losses.add("approximated", "behaviour", MARK, path[:-1], "moved to the part before")
    else:
        writing.leg.losses.add("dropped", "behaviour", MARK, (*path, MARK), "no block to put it on")


def _cites(block: Json) -> bool:
    """Citations on a text of the user's, which only the older version takes."""
    if block["type"] == "text":
        return bool(block.get("citations"))
    return any(type(one) is dict and one.get("citations") for one in block["content"])


def _text(part: Json, own: Json, writing: Writing, path: Path) -> Json | None:
    leg = writing.leg
    text = part.get("text")
    if type(text) is not str:
        leg.invalid((*path, "text") if "text" in part else path, "string" if "text" in part else "object with text", text)
    report_rest(part, _TEXT_PART, leg, path)
    kind = own.get("type")
    if kind == "search_result":
        return {"type": kind, "source": own.get("source", ""), "title": own.get("title", ""),
                "content": [{"type": "text", "text": text}]}  # fmt: skip
    if kind == "document" and type(own.get("source")) is dict:
        return {"type": kind, "source": {**own["source"], "content": [{"type": "text", "text": text}]}}
    if not text or text.isspace():
        if text:
            leg.losses.add("dropped", "content", "text", path, BLANK)
        return None
    return {"type": "text", "text": text}


def _join(block: Json, part: Any, writing: Writing, path: Path) -> None:
    """A further chunk of the block before."""
    inner: list[Json] = []
    part_to_native(part, writing, path, inner)
    if block["type"] == "search_result":
        block["content"] += inner
    elif block["type"] == "document" and type(block["source"].get("content")) is list:
        block["source"]["content"] += inner


def _refusal(part: Json, own: Json, writing: Writing, path: Path) -> Json | None:
    text = part.get("refusal")
    if type(text) is not str:
        writing.leg.invalid((*path, "refusal") if "refusal" in part else path, "string", text)
    report_rest(part, PART_MEMBERS | {"refusal"}, writing.leg, path)
    writing.leg.losses.add("approximated", "content", "refusal", (*path, "refusal"), "sent as text")
    return {"type": "text", "text": text} if text.strip() else None


def _unknown(part: Json, own: Json, writing: Writing, path: Path) -> Json | None:
    kind = part.get("type")
    feature = kind if type(kind) is str and kind else "content"
    writing.leg.losses.add("dropped", "content", feature, path, "no such content in this API")
    return None


_PARTS = {"text": _text, "image_url": image_to_native, "file": file_to_native, "refusal": _refusal}


# --- native -> unified


def content_to_unified(content: Any, message: Json, leg: Leg, path: Path) -> Json:
    """String or blocks of a user, system or tool_result content -> `content` of a fresh message, rows where they are needed."""
    if type(content) is str:
        message["content"] = content
        return message
    if type(content) is not list:
        leg.invalid(path, "string or array", content)
    plain = plain_content(content)
    if plain is not None:
        message["content"] = plain
        return message
    turn = Turn(listed=True)
    for number, block in enumerate(content):
        block_to_unified(block, turn, leg, (*path, number))
    return turn.finish(message, leg.row.key)


def plain_content(content: list[Any]) -> Any:
    """Content of plain texts alone: a string when it is one (every back end takes that), else fresh parts; None otherwise."""
    parts: list[Json] = []
    for block in content:
        if type(block) is not dict or len(block) != 2 or block.get("type") != "text":
            return None
        text = block.get("text")
        if type(text) is not str:
            return None
        parts.append({"type": "text", "text": text})
    return parts[0]["text"] if len(parts) == 1 else parts or None


def block_to_unified(block: Any, turn: Turn, leg: Leg, path: Path) -> None:
    """One block of a listed content."""
    if type(block) is not dict:
        leg.invalid(path, "object", block)
    kind = block.get("type")
    if kind == "text":
        text = block.get("text")
        if type(text) is not str:
            leg.invalid((*path, "text") if "text" in block else path, "string", text)
        part: Json = {"type": "text", "text": text}
        if len(block) > 2:
            _rest(block, part, ("type", "text"), leg, path)
        turn.text(text, part=part)
        return
    if type(kind) is not str:
        leg.invalid((*path, "type") if "type" in block else path, "string", kind)
    source = block.get("source")
    if kind in ("image", "document") and type(source) is not dict:
        leg.invalid((*path, "source") if "source" in block else path, "object", source)
    found = _chunks(block) if kind in CHUNKED else None
    if found is not None:
        _chunked(block, found, turn, leg, path)
        return
    media = part_of(kind, source, leg, (*path, "source")) if kind in ("image", "document") and source else None
    if media is None:
        turn.native(block)
        return
    if kind == "document" and type(block.get("title")) is str and block["title"] and "file" in media:
        media["file"] = {"filename": block["title"], **media["file"]}
        _rest(block, media, ("type", "source", "title"), leg, path)
    else:
        _rest(block, media, ("type", "source"), leg, path)
    if kind == "image" and source is not None and source.get("type") == "base64":
        if sniff(source["data"]) not in (None, source["media_type"]):
            bag.put(media, leg.row.key, "media_type", source["media_type"])
    turn.part(media)


def _chunked(block: Json, chunks: list[Json], turn: Turn, leg: Leg, path: Path) -> None:
    """A block of chunks: one part each, what the block says beside them at the first."""
    first = chunks[0]
    for name, value in block.items():
        if value is None or name == "content":
            continue
        if name == MARK:
            first[MARK] = mark_of(value, leg, (*path, name))
            continue
        if name == "source" and block["type"] == "document":
            value = {inner: member for inner, member in value.items() if inner != "content"}
        bag.put(first, leg.row.key, name, value)
    for number, chunk in enumerate(chunks):
        if chunk["type"] == "text":
            turn.text(chunk["text"], joined=number > 0, part=chunk)
        else:
            turn.part(chunk, joined=number > 0)


def _rest(block: Json, part: Json, known: tuple[str, ...], leg: Leg, path: Path) -> None:
    for name, value in block.items():
        if name in known or value is None or (value == [] and name == "citations"):
            continue
        if name == MARK:
            part[MARK] = mark_of(value, leg, (*path, name))
        else:
            bag.put(part, leg.row.key, name, value)


def _chunks(block: Json) -> list[Json] | None:
    """Chunks of a search result or of a custom-content document as parts, when that says all of them."""
    content = block.get("content")
    if block["type"] == "document":
        source = block["source"]
        if source.get("type") != "content":
            return None
        content = source.get("content")
        if type(content) is str:
            content = [{"type": "text", "text": content}]
    parts: list[Json] = []
    for chunk in content if type(content) is list else ():
        if type(chunk) is not dict:
            return None
        if chunk.keys() == {"type", "text"} and chunk["type"] == "text" and type(chunk["text"]) is str and chunk["text"].strip():
            parts.append({"type": "text", "text": chunk["text"]})
            continue
        source = chunk.get("source")
        if chunk.keys() != {"type", "source"} or chunk["type"] != "image" or type(source) is not dict:
            return None
        picture = picture_of(source)
        if picture is None or block["type"] != "document":
            return None
        parts.append(picture)
    return parts or None
