"""The short way to unified of images and documents: those of the common shapes as the parts they become, None for any other."""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.providers.anthropic.tables import IMAGE_TYPES
from translate.providers.anthropic.writing import MARK
from translate.shared.media import data_url, is_link, sniff, text_data_url
from translate.shared.system_parts import is_mark
from translate.survey import encodes

_FRAME = frozenset(("type", "source"))


def part_of(block: Json, key: str) -> Json | None:
    """An image or a document, with the mark of a cache or without, as its part. key: of the bag for what a part can not say."""
    kind, source = block.get("type"), block.get("source")
    if type(source) is not dict:
        return None
    part: Json | None
    own: Json = {}
    if kind == "image":
        part = _image(source, own)
    elif kind == "document":
        part = _document(source)
    else:
        return None
    if part is None:
        return None
    if own:
        part["extra_content"] = {key: own}
    if len(block) == 2:
        return part
    for name, value in block.items():
        if name == MARK:
            if not is_mark(value):
                return None
            part[MARK] = value
        elif name in _FRAME:
            continue
        elif kind != "document":
            return None
        elif name == "title":
            if type(value) is not str or not value or not encodes(value):
                return None
            part["file"] = {"filename": value, **part["file"]}
        elif (name == "context" and type(value) is str and encodes(value)) or (name == "citations" and _is_switch(value)):
            own[name] = value
            part["extra_content"] = {key: own}
        else:
            return None
    return part


def _is_switch(value: Any) -> bool:
    """Whether citations are asked for, or not, and nothing else."""
    return type(value) is dict and len(value) == 1 and type(value.get("enabled")) is bool


def _image(source: Json, own: Json) -> Json | None:
    """The link to an image, the data URL of one that is of the type it is labelled with, or the id of its file."""
    kind, size = source.get("type"), len(source)
    if size == 2 and kind == "url":
        url = source.get("url")
        return {"type": "image_url", "image_url": {"url": url}} if type(url) is str and url.isascii() and is_link(url) else None
    if size == 2 and kind == "file":
        own["type"] = "image"
        return _file(source)
    if size != 3 or kind != "base64":
        return None
    label, data = source.get("media_type"), source.get("data")
    if type(label) is not str or label not in IMAGE_TYPES or type(data) is not str or not data or not data.isascii():
        return None
    return {"type": "image_url", "image_url": {"url": data_url(label, data)}} if sniff(data) in (None, label) else None


def _document(source: Json) -> Json | None:
    """A link, a PDF, a text or the id of a file."""
    kind, size = source.get("type"), len(source)
    if size == 2 and kind == "url":
        url = source.get("url")
        return {"type": "file", "file": {"file_data": url}} if type(url) is str and url.isascii() and is_link(url) else None
    if size == 2 and kind == "file":
        return _file(source)
    label, data = source.get("media_type"), source.get("data")
    if size != 3 or type(data) is not str or not data or not encodes(data):
        return None
    if kind == "base64" and label == "application/pdf":
        return {"type": "file", "file": {"file_data": data_url("application/pdf", data)}}
    if kind == "text" and label == "text/plain":
        return {"type": "file", "file": {"file_data": text_data_url(data)}}
    return None


def _file(source: Json) -> Json | None:
    identifier = source.get("file_id")
    return {"type": "file", "file": {"file_id": identifier}} if type(identifier) is str and identifier and identifier.isascii() else None
