"""
Content of user, system and tool messages <-> Messages blocks.

Source: Anthropic API reference, "Create a Message", `messages.content`; "Vision", "PDF support", "Search results".
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.anthropic.tables import IMAGE_TYPES
from translate.providers.anthropic.writing import MARK, Writing, mark_of
from translate.shared import bag
from translate.shared.blocks import Turn, pieces
from translate.shared.fields import report_rest
from translate.shared.media import as_base64, data_url, is_link, parse_data_url, plain_text, sniff, text_data_url

PART_MEMBERS = frozenset(("type", MARK, "extra_content"))
BLANK = "blank text is refused"
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
            # A mark on a part that is not sent belongs to what stands before it.
            if blocks and MARK not in blocks[-1]:
                writing.mark(blocks[-1], part[MARK], (*path, MARK))
                leg.losses.add("approximated", "behaviour", MARK, path[:-1], "moved to the part before")
            else:
                leg.losses.add("dropped", "behaviour", MARK, (*path, MARK), "no block to put it on")
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
    report_rest(part, PART_MEMBERS | {"text"}, leg, path)
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


def _image(part: Json, own: Json, writing: Writing, path: Path) -> Json | None:
    leg = writing.leg
    image, where = part.get("image_url"), (*path, "image_url")
    if type(image) is str:
        image = {"url": image}
    elif type(image) is dict:
        where = (*where, "url") if "url" in image else where
        report_rest(image, frozenset(("url", "detail")), leg, (*path, "image_url"))
        if image.get("detail") not in (None, "auto"):
            leg.losses.add("dropped", "behaviour", "detail", (*path, "image_url", "detail"), "no such setting")
    else:
        leg.invalid(where if "image_url" in part else path, "object", image)
    url = image.get("url")
    if type(url) is not str:
        leg.invalid(where, "string", url)
    report_rest(part, PART_MEMBERS | {"image_url"}, leg, path)
    source = image_source(url, writing, where, path, own.get("media_type"))
    if source is None:
        return None
    if own.get("type") == "document" and type(own.get("source")) is dict:  # a picture among a document's chunks
        return {"type": "document", "source": {**own["source"], "content": [{"type": "image", "source": source}]}}
    return {"type": "image", "source": source}


def image_source(url: str, writing: Writing, path: Path, part: Path, label: Any) -> Json | None:
    """Source of an image. label: the type its own provider was told and took, whatever the bytes say."""
    leg = writing.leg
    found = parse_data_url(url)
    if found is None:
        if is_link(url) and not leg.row.variant:
            return {"type": "url", "url": url}
        why = "only inlined media here" if is_link(url) else "neither a data URL nor a link"
        leg.losses.add("dropped", "content", "image_url", part, why)
        return None
    media_type = "image/jpeg" if found.media_type == "image/jpg" else found.media_type
    data = as_base64(found)
    seen = None if label == media_type else sniff(data)
    if seen in IMAGE_TYPES and seen != media_type:
        leg.losses.add("approximated", "envelope", "image_url", path, f"labelled {media_type}, sent as the {seen} it is")
        media_type = seen or media_type
    elif media_type != found.media_type:
        leg.losses.add("approximated", "envelope", "image_url", path, "image/jpg is spelt image/jpeg")
    if media_type not in IMAGE_TYPES or not data:
        leg.losses.add("dropped", "content", "image_url", part, f"{media_type} is no image this API takes")
        return None
    return {"type": "base64", "media_type": media_type, "data": data}


def _file(part: Json, own: Json, writing: Writing, path: Path) -> Json | None:
    leg = writing.leg
    file, where = part.get("file"), (*path, "file")
    if file is None and type(part.get("file_id")) is str:
        file, where = part, path
    if type(file) is not dict:
        leg.invalid(where if "file" in part else path, "object", file)
    if where != path:
        report_rest(part, PART_MEMBERS | {"file"}, leg, path)
        report_rest(file, frozenset(("file_data", "file_id", "filename")), leg, where)
    data, identifier, name = file.get("file_data"), file.get("file_id"), file.get("filename")
    for member, value in (("file_data", data), ("file_id", identifier), ("filename", name)):
        if value is not None and type(value) is not str:
            leg.invalid((*where, member), "string", value)
    block: Json | None = None
    if data:
        block = _data_block(data, writing, (*where, "file_data"), path)
        if identifier:
            leg.losses.add("dropped", "content", "file_id", (*where, "file_id"), "file_data is there and wins")
    elif identifier:
        if leg.row.variant:
            leg.losses.add("dropped", "content", "file_id", path, "only inlined media here")
        else:
            if not identifier.startswith("file_"):
                leg.losses.add("approximated", "content", "file_id", (*where, "file_id"), "an id of another provider's")
            kind = "image" if own.get("type") == "image" else "document"
            block = {"type": kind, "source": {"type": "file", "file_id": identifier}}
    else:
        leg.losses.add("dropped", "content", "file", path, "neither data nor an id")
    if name:
        if block is None or block["type"] != "document":
            leg.losses.add("dropped", "content", "filename", (*where, "filename"), "only documents have a title")
        else:
            block["title"] = name
    return block


def _data_block(data: str, writing: Writing, path: Path, part: Path) -> Json | None:
    leg = writing.leg
    if is_link(data):
        if leg.row.variant:
            leg.losses.add("dropped", "content", "file_data", part, "only inlined media here")
            return None
        return {"type": "document", "source": {"type": "url", "url": data}}
    found = parse_data_url(data)
    if found is None:
        media_type, payload = sniff(data) or "application/pdf", data  # bare base64, as some clients send it
    else:
        media_type, payload = found.media_type, as_base64(found)
        seen = sniff(payload)
        if seen is not None and seen != media_type:
            leg.losses.add("approximated", "envelope", "file_data", path, f"labelled {media_type}, sent as the {seen} it is")
            media_type = seen
    if media_type == "application/pdf" and payload:
        return {"type": "document", "source": {"type": "base64", "media_type": media_type, "data": payload}}
    if media_type in IMAGE_TYPES and payload:
        return {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": payload}}
    text = plain_text(found) if found and (media_type.startswith("text/") or media_type == "application/json") else None
    if text:
        if media_type != "text/plain":
            leg.losses.add("approximated", "envelope", "file_data", path, f"{media_type} sent as text/plain")
        return {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": text}}
    leg.losses.add("dropped", "content", "file_data", part, f"{media_type} is no document this API takes")
    return None


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


_PARTS = {"text": _text, "image_url": _image, "file": _file, "refusal": _refusal}


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
    media = _media(kind, source, leg, (*path, "source")) if kind in ("image", "document") and source else None
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
        picture = _picture(source)
        if picture is None or block["type"] != "document":
            return None
        parts.append(picture)
    return parts or None


def _picture(source: Json) -> Json | None:
    """Source of an image whose members a URL says wholly."""
    if source.keys() == {"type", "media_type", "data"} and source["type"] == "base64":
        media_type, data = source["media_type"], source["data"]
        if media_type in IMAGE_TYPES and type(data) is str and data:
            return {"type": "image_url", "image_url": {"url": data_url(media_type, data)}}
    elif source.keys() == {"type", "url"} and source["type"] == "url" and type(source["url"]) is str and is_link(source["url"]):
        return {"type": "image_url", "image_url": {"url": source["url"]}}
    return None


def _media(kind: str, source: Json, leg: Leg, path: Path) -> Json | None:
    """Part for the source of an image or document; None when no part says all of it."""
    origin = source.get("type")
    for name in ("media_type", "data", "url", "file_id"):
        if source.get(name) is not None and type(source[name]) is not str:
            leg.invalid((*path, name), "string", source[name])
    if kind == "image" and origin in ("base64", "url"):
        return _picture(source)
    if origin == "file" and source.keys() == {"type", "file_id"} and source["file_id"]:
        part: Json = {"type": "file", "file": {"file_id": source["file_id"]}}
        if kind == "image":
            bag.put(part, leg.row.key, "type", "image")
        return part
    if kind == "document":
        if origin == "url" and source.keys() == {"type", "url"} and is_link(source["url"] or ""):
            return {"type": "file", "file": {"file_data": source["url"]}}
        if source.keys() == {"type", "media_type", "data"} and source["data"]:
            if origin == "base64" and source["media_type"] == "application/pdf":
                return {"type": "file", "file": {"file_data": data_url("application/pdf", source["data"])}}
            if origin == "text" and source["media_type"] == "text/plain":
                return {"type": "file", "file": {"file_data": text_data_url(source["data"])}}
    return None
