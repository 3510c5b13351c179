"""
Images and documents <-> their parts: what a source says and what a URL, data or a file's id says.

Source: Anthropic API reference, "Create a Message", `messages.content`; "Vision", "PDF support".
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.anthropic.tables import IMAGE_TYPES
from translate.providers.anthropic.writing import MARK, Writing
from translate.shared import bag
from translate.shared.fields import report_rest
from translate.shared.media import as_base64, data_url, is_link, parse_data_url, plain_text, sniff, text_data_url

PART_MEMBERS = frozenset(("type", MARK, "extra_content"))
FILE_MEMBERS = frozenset(("file_data", "file_id", "filename"))
IMAGE_MEMBERS = frozenset(("url", "detail"))
_FILE_PART, _IMAGE_PART = PART_MEMBERS | {"file"}, PART_MEMBERS | {"image_url"}


# --- unified -> native


def image_to_native(part: Json, own: Json, writing: Writing, path: Path) -> Json | None:
    leg = writing.leg
    image, where = part.get("image_url"), (*path, "image_url")
    if type(image) is str:
        image = {"url": image}
    elif type(image) is dict:
        where = (*where, "url") if "url" in image else where
        report_rest(image, IMAGE_MEMBERS, leg, (*path, "image_url"))
        if image.get("detail") not in (None, "auto"):
            leg.losses.add("dropped", "behaviour", "detail", (*path, "image_url", "detail"), "no such setting")
    else:
        leg.invalid(where if "image_url" in part else path, "object", image)
    url = image.get("url")
    if type(url) is not str:
        leg.invalid(where, "string", url)
    report_rest(part, _IMAGE_PART, leg, path)
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


def file_to_native(part: Json, own: Json, writing: Writing, path: Path) -> Json | None:
    leg = writing.leg
    file, where = part.get("file"), (*path, "file")
    if file is None and type(part.get("file_id")) is str:
        file, where = part, path
    if type(file) is not dict:
        leg.invalid(where if "file" in part else path, "object", file)
    if where != path:
        report_rest(part, _FILE_PART, leg, path)
        report_rest(file, FILE_MEMBERS, leg, where)
    data, identifier, name = file.get("file_data"), file.get("file_id"), file.get("filename")
    for member, value in (("file_data", data), ("file_id", identifier), ("filename", name)):
        if value is not None and type(value) is not str:
            leg.invalid((*where, member), "string", value)
    return file_block(file, own.get("type") == "image", writing, where, path)


def file_block(file: Json, is_image: bool, writing: Writing, where: Path, path: Path) -> Json | None:
    """A file of known members, all texts -> its block. is_image: what an id stands for."""
    leg = writing.leg
    data, identifier, name = file.get("file_data"), file.get("file_id"), file.get("filename")
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
            kind = "image" if is_image else "document"
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


# --- native -> unified


def picture_of(source: Json) -> Json | None:
    """Source of an image whose members a URL says wholly."""
    if source.keys() == {"type", "media_type", "data"} and source["type"] == "base64":
        media_type, data = source["media_type"], source["data"]
        if media_type in IMAGE_TYPES and type(data) is str and data:
            return {"type": "image_url", "image_url": {"url": data_url(media_type, data)}}
    elif source.keys() == {"type", "url"} and source["type"] == "url" and type(source["url"]) is str and is_link(source["url"]):
        return {"type": "image_url", "image_url": {"url": source["url"]}}
    return None


def part_of(kind: str, source: Json, leg: Leg, path: Path) -> Json | None:
    """Part for the source of an image or document; None when no part says all of it."""
    origin = source.get("type")
    for name in ("media_type", "data", "url", "file_id"):
        if source.get(name) is not None and type(source[name]) is not str:
            leg.invalid((*path, name), "string", source[name])
    if kind == "image" and origin in ("base64", "url"):
        return picture_of(source)
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
