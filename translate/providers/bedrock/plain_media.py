"""The short way to unified of images, files and films: those of the common shapes as the parts they become, None for any other."""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg
from translate.providers.bedrock.content import READERS
from translate.providers.bedrock.tables import IMAGE_TYPES
from translate.shared.media import data_url, sniff
from translate.survey import encodes

_READ = frozenset(("image", "document", "video"))


def part_of(block: Json, leg: Leg) -> Json | None:
    """A block that is an image, a document or a video and nothing else, as its part."""
    for kind, value in block.items():
        if kind == "image" and (url := _image_url(value)) is not None:
            return {"type": "image_url", "image_url": {"url": url}}
        if kind not in _READ or not _is_right(value, kind == "document"):
            return None
        parts = READERS[kind](value, leg, ())
        return parts[0] if parts and len(parts) == 1 else None
    return None


def _image_url(image: Any) -> str | None:
    """The data URL of an image that is of the format it is labelled with."""
    if type(image) is not dict or len(image) != 2:
        return None
    word, source = image.get("format"), image.get("source")
    media_type = IMAGE_TYPES.get(word) if type(word) is str else None
    if media_type is None or type(source) is not dict or len(source) != 1:
        return None
    data = source.get("bytes")
    if type(data) is not str or not data.isascii() or sniff(data) not in (None, media_type):
        return None
    return data_url(media_type, data)


def _is_right(medium: Any, is_document: bool) -> bool:
    """Whether all that a medium says is known and of the right type, so that its reader has nothing to refuse."""
    if type(medium) is not dict or "format" not in medium or "source" not in medium:
        return False
    for name, value in medium.items():
        if name == "source":
            if not _is_source(value, is_document):
                return False
        elif name == "citations":
            if type(value) is not dict or len(value) != 1 or type(value.get("enabled")) is not bool:
                return False
        elif name not in _WORDS or type(value) is not str or not encodes(value):
            return False
    return True


_WORDS = frozenset(("format", "name", "context"))


def _is_source(source: Any, is_document: bool) -> bool:
    """Bytes, a place in S3 or, of a document, a text."""
    if type(source) is not dict or len(source) != 1:
        return False
    if "s3Location" in source:
        held = source["s3Location"]
        return type(held) is dict and "uri" in held and all(
            type(value) is str and type(name) is str and name.isascii() and value.isascii() for name, value in held.items()
        )  # fmt: skip
    data = source.get("bytes")
    if data is None and is_document:
        data = source.get("text")
    return type(data) is str and encodes(data)
