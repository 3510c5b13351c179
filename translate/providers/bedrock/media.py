"""
Bytes in Converse documents: base64 text on the wire, `bytes` in the keyword form of the AWS SDKs.

Source: Amazon Bedrock API reference, "ImageSource", "DocumentSource", "VideoSource", "AudioSource", "ReasoningContentBlock".

Everything here speaks the wire form. Who calls an SDK with a converted body swaps the bytes in with `as_bytes` (an SDK would encode
base64 text a second time), and what an SDK gives back out with `as_text`. Converse takes no links, so there is nothing to fetch
in its own bodies: `remote_media` and `inline_media` find nothing there, and a link of another format is inlined before it is converted.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from translate.errors import InvalidDocument, Path

MEMBERS = frozenset(("bytes", "redactedContent"))  # that are blobs in the service model
# Free documents, in which nothing is a blob.
OPAQUE = frozenset((
    "input", "json", "requestMetadata", "additionalModelRequestFields", "additionalModelResponseFields", "trace", "promptVariables",
))  # fmt: skip


def as_bytes(document: Any) -> Any:
    """
    A body, answer or event with `bytes` where the wire has base64 text; fresh along the changed paths, the rest is shared.

    Raises: InvalidDocument for text that is not base64.
    """
    return _swap(document, _decoded, ())


def as_text(document: Any) -> Any:
    """What an SDK gives, with base64 text where it has `bytes`; fresh along the changed paths, the rest is shared."""
    return _swap(document, _encoded, ())


def _decoded(value: Any, path: Path) -> Any:
    if type(value) is not str:
        return value
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidDocument(format="bedrock", kind="request", path=path, expected="base64", got="other text") from None


def _encoded(value: Any, path: Path) -> Any:
    return base64.b64encode(value).decode("ascii") if isinstance(value, (bytes, bytearray)) else value


def _swap(value: Any, swap: Callable[[Any, Path], Any], path: Path) -> Any:
    if type(value) is dict:
        changed: dict[str, Any] = {}
        for name, member in value.items():
            if name in OPAQUE:
                continue
            fresh = swap(member, (*path, name)) if name in MEMBERS else _swap(member, swap, (*path, name))
            if fresh is not member:
                changed[name] = fresh
        return {**value, **changed} if changed else value
    if type(value) is list:
        members = [_swap(member, swap, (*path, number)) for number, member in enumerate(value)]
        return members if any(fresh is not old for fresh, old in zip(members, value, strict=True)) else value
    return value
