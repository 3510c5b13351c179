"""Content blocks of the Cohere spoke, both directions: parts of a turn, documents of a tool result."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.shared import bag
from translate.shared.arguments import dumps, parse_object
from translate.shared.blocks import Turn, pieces
from translate.shared.fields import report_rest
from translate.shared.members import object_at, object_of, text_of

# What an image's address begins with ("Image Inputs": PNG, JPEG, WebP, GIF, by link or as data).
IMAGES = ("https://", "http://", "data:image/png", "data:image/jpeg", "data:image/jpg", "data:image/webp", "data:image/gif")

# Unified -> native


def content_to_native(content: Any, native: Json, own: Json, leg: Leg, path: Path) -> None:
    """Content of a system, user or tool message."""
    if content is None or type(content) is str:
        native["content"] = content or ""
        if not own.get("blocks"):
            return
    role = native["role"]
    rows = own.get("blocks")
    if not rows and type(content) is list:
        converted = [part_to_native(part, role, leg, (*path, number)) for number, part in enumerate(content)]
        native["content"] = [block for block in converted if block is not None]
        return
    blocks: list[Json] = []
    for piece in pieces({"content": content}, rows, leg, path[:-1]):
        if piece.kind == "native":
            blocks.append(piece.value)
        elif piece.kind == "text":
            blocks.append({"type": "text", "text": piece.value})
        else:
            block = part_to_native(piece.value, role, leg, piece.path)
            if block is not None:
                blocks.append(block)
    native["content"] = blocks


def part_to_native(part: Any, role: str, leg: Leg, path: Path) -> Json | None:
    """Content part -> block; None for one without a place, which is a loss."""
    kind = object_at(part, leg, path).get("type")
    if kind == "text":
        return _text_block(part, role, leg, path)
    if kind == "image_url":
        return _image_block(part, leg, path)
    if kind == "refusal" and type(part.get("refusal")) is str:
        leg.losses.add("approximated", "content", "refusal", path, "sent as text")
        return {"type": "text", "text": part["refusal"]}
    leg.losses.add("dropped", "content", kind if type(kind) is str else "content", path, "no such part in this API")
    return None


def _text_block(part: Json, role: str, leg: Leg, path: Path) -> Json | None:
    """A text, or the document of a tool result that it was; None for an empty one."""
    text = text_of(part, "text", leg, path)
    if text and len(part) == 2:
        return {"type": "text", "text": text}
    own = bag.unpack(part, leg, path, "content")
    report_rest(part, frozenset(("type", "text", "extra_content")), leg, path)
    document = own.get("document")
    if type(document) is dict and role == "tool":
        data = parse_object(text)
        if data is not None:
            for name in own:
                if name != "document":
                    bag.stale(leg, path, name, "content")
            return {"type": "document", "document": {"data": data, **document}}
        bag.stale(leg, path, "document", "content")
    block = {"type": "text", "text": text}
    block.update((name, value) for name, value in own.items() if name != "document")
    return block if text or own else None


def takes_image(url: str) -> bool:
    """Whether Cohere reads an image of this address: a link, or data of a kind it knows."""
    return url[:16].lower().startswith(IMAGES)


def _image_block(part: Json, leg: Leg, path: Path) -> Json | None:
    image = part.get("image_url")
    image = {"url": image} if type(image) is str else object_of(part, "image_url", leg, path)
    inner: Path = (*path, "image_url")
    native: Json = {"url": text_of(image, "url", leg, inner)}
    if not takes_image(native["url"]):
        leg.losses.add("dropped", "content", "image_url", path, "neither a link nor a PNG, JPEG, WebP or GIF")
        return None
    detail = image.get("detail")
    if detail is not None:
        if detail not in ("auto", "low", "high"):
            leg.losses.add("approximated", "behaviour", "detail", (*inner, "detail"), "word unknown here; high")
            detail = "high"
        native["detail"] = detail
    report_rest(image, frozenset(("url", "detail")), leg, inner)
    report_rest(part, frozenset(("type", "image_url", "extra_content")), leg, path)
    return {"type": "image_url", "image_url": native, **bag.unpack(part, leg, path, "content")}


# Native -> unified


def content_to_unified(content: Any, unified: Json, leg: Leg, path: Path) -> None:
    if content is None or type(content) is str:
        unified["content"] = content or ""
        return
    if type(content) is not list:
        leg.invalid(path, "string or array", content)
    turn = Turn(listed=True)
    for number, block in enumerate(content):
        where: Path = (*path, number)
        object_at(block, leg, where)
        kind = block.get("type")
        if kind == "text":
            text = text_of(block, "text", leg, where)
            part = _rest(block, {"type": "text", "text": text}, ("type", "text"), leg)
            turn.text(text, part=part)
        elif kind == "image_url":
            image = block.get("image_url")
            image = {"url": image} if type(image) is str else object_of(block, "image_url", leg, where)
            text_of(image, "url", leg, (*where, kind))
            turn.part(_rest(block, {"type": "image_url", "image_url": dict(image)}, ("type", "image_url"), leg))
        elif kind == "document" and unified["role"] == "tool" and _plain_document(block):
            document = block["document"]
            part = {"type": "text", "text": dumps(document["data"])}
            bag.put(part, leg.row.key, "document", {name: value for name, value in document.items() if name != "data"})
            turn.text(part["text"], part=part)
        else:
            turn.native(block)
    turn.finish(unified, leg.row.key)


def _plain_document(block: Json) -> bool:
    document = block.get("document")
    return type(document) is dict and type(document.get("data")) is dict and block.keys() == {"type", "document"}


def _rest(block: Json, part: Json, known: tuple[str, ...], leg: Leg) -> Json:
    for name, value in block.items():
        if name not in known and value is not None:
            bag.put(part, leg.row.key, name, value)
    return part
