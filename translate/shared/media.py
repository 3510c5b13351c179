"""Media as chat documents carry them: data URLs, links, formats. Bytes are never decoded, only the frame around them is read."""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64
from typing import NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit

from translate.survey import made

MEDIA_TYPE_BY_EXTENSION = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "heic": "image/heic", "heif": "image/heif", "bmp": "image/bmp", "svg": "image/svg+xml", "avif": "image/avif",
    "pdf": "application/pdf", "txt": "text/plain", "md": "text/markdown", "html": "text/html", "csv": "text/csv",
    "json": "application/json", "xml": "application/xml", "doc": "application/msword", "xls": "application/vnd.ms-excel",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "wav": "audio/wav", "mp3": "audio/mp3", "flac": "audio/flac", "ogg": "audio/ogg", "opus": "audio/opus",
    "aac": "audio/aac", "m4a": "audio/mp4", "aiff": "audio/aiff",
    "mp4": "video/mp4", "mov": "video/mov", "webm": "video/webm", "mkv": "video/x-matroska", "mpeg": "video/mpeg",
    "mpg": "video/mpg", "avi": "video/avi", "flv": "video/x-flv", "wmv": "video/wmv", "3gp": "video/3gpp",
}  # fmt: skip

# First bytes of a file, as they show in base64.
_MAGIC = (
    ("iVBORw0KGgo", "image/png"), ("/9j/", "image/jpeg"), ("R0lGOD", "image/gif"), ("JVBERi", "application/pdf"),
)  # fmt: skip

_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}  # kinds of a RIFF file, named after its first eight bytes


class DataUrl(NamedTuple):
    """`data:<media_type>[;parameters][;base64],<data>`; data as it stands in the URL."""

    media_type: str
    data: str
    base64: bool


def parse_data_url(url: str) -> DataUrl | None:
    """None when it is not a data URL. Parameters (`;charset=...`) are left out; a missing media type is text/plain."""
    if url[:5].lower() != "data:":
        return None
    comma = url.find(",", 5, 1024)
    if comma < 0:
        return None
    frame = url[5:comma]
    if frame.endswith(";base64") and ";" not in frame[:-7]:  # as nearly all are
        return made(DataUrl, (frame[:-7].strip().lower() or "text/plain", url[comma + 1 :], True))
    head, *parameters = frame.split(";")
    base64 = bool(parameters) and parameters[-1].strip().lower() == "base64"
    return DataUrl(head.strip().lower() or "text/plain", url[comma + 1 :], base64)


def data_url(media_type: str, data: str) -> str:
    """Base64 text -> data URL."""
    return f"data:{media_type};base64,{data}"


def plain_text(url: DataUrl) -> str | None:
    """The text of a textual data URL, None when its bytes are no UTF-8."""
    try:
        raw = a2b_base64(url.data) if url.base64 else unquote_to_bytes(url.data)
        return raw.decode("utf-8")
    except ValueError:  # the one of binascii too
        return None


def as_base64(url: DataUrl) -> str:
    """Base64 text of a data URL, whichever way it was written."""
    if url.base64:
        return url.data
    return b2a_base64(unquote_to_bytes(url.data), newline=False).decode("ascii")


def text_data_url(text: str, media_type: str = "text/plain") -> str:
    """Text -> base64 data URL."""
    return data_url(media_type, b2a_base64(text.encode("utf-8", "replace"), newline=False).decode("ascii"))


def sniff(data: str) -> str | None:
    """Media type by the first bytes of base64 text, None when not known."""
    for start, media_type in _MAGIC:
        if data.startswith(start):
            return media_type
    if data.startswith("UklGR"):
        try:
            return _RIFF.get(a2b_base64(data[:16])[8:12])
        except ValueError:
            return None
    return None


def type_of_link(url: str) -> str | None:
    """Media type by the path's extension of a URL, None when it has none we know."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    match = re.search(r"\.([A-Za-z0-9]{1,5})$", path)
    return MEDIA_TYPE_BY_EXTENSION.get(match.group(1).lower()) if match else None


def is_link(url: str) -> bool:
    """True for http and https."""
    return url[:8].lower().startswith(("http://", "https://"))
