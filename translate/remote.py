"""
Links to media in a request: which ones there are, and the request with their bytes in their place.

Some targets take no links and a pure function fetches nothing: the caller fetches what `remote_media` names and hands it to
`inline_media`. One finder per family of formats; each yields the object to replace, the link in it and how it is replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from translate.errors import InvalidDocument, Path, kind_of, pointer
from translate.leg import Json
from translate.registry import find
from translate.shared.media import data_url, is_link


class MediaRef(NamedTuple):
    """A link to media: JSON pointer to the text that is the link, the link, and image, audio, video or file."""

    path: str
    url: str
    kind: str


class _Place(NamedTuple):
    """holder: path of the value to replace; inside: steps from there to the link; make: base64, media type -> new value."""

    holder: Path
    inside: Path
    url: str
    kind: str
    make: Callable[[str, str], Any]


def remote_media(request: Json, *, format: str = "unified") -> list[MediaRef]:
    """The http(s) links to media in a request, in document order. Raises: UnknownFormat, InvalidDocument."""
    return [
        MediaRef(pointer((*place.holder, *place.inside)), place.url, place.kind) for place in _places(request, format)
    ]


def inline_media(
    request: Json, fetched: Mapping[str, tuple[bytes, str]], *, format: str = "unified"
) -> Json:
    """
    The request with fetched media in the place of their links; `fetched`: url -> (bytes, media type). Others stay links.

    Fresh along the changed paths, the rest is shared. Raises: UnknownFormat, InvalidDocument.
    """
    from base64 import b64encode

    encoded: dict[str, tuple[str, str]] = {}
    out = request
    for place in _places(request, format):
        if place.url not in fetched:
            continue
        if place.url not in encoded:
            entry = fetched[place.url]
            if not (isinstance(entry, tuple) and len(entry) == 2 and isinstance(entry[0], bytes) and isinstance(entry[1], str)):
                raise InvalidDocument(
                    format=format, kind="fetched", path=pointer((place.url,)), expected="(bytes, media type)", got=kind_of(entry),
                    status_hint=500,
                )  # fmt: skip
            media_type = entry[1].split(";")[0].strip().lower() or "application/octet-stream"
            encoded[place.url] = (b64encode(entry[0]).decode("ascii"), media_type)
        out = _set(out, place.holder, place.make(*encoded[place.url]))
    return out


def _set(value: Any, path: Path, fresh: Any) -> Any:
    if not path:
        return fresh
    step, rest = path[0], path[1:]
    copied: Any = list(value) if type(value) is list else dict(value)
    copied[step] = _set(value[step], rest, fresh)
    return copied


def _places(request: Json, format: str) -> Iterator[_Place]:
    row = find(format)
    if type(request) is not dict:
        raise InvalidDocument(format=format, kind="request", path="", expected="object", got=kind_of(request))
    return FINDERS[row.package](request)


def _each(holder: Any, name: str, path: Path = ()) -> Iterator[tuple[Json, Path]]:
    """Objects of a list member, with their paths; whatever has another type is passed over."""
    values = holder.get(name) if type(holder) is dict else None
    if type(values) is list:
        for number, value in enumerate(values):
            if type(value) is dict:
                yield value, (*path, name, number)


def _as_url(data: str, media_type: str) -> str:
    return data_url(media_type, data)


# Member that holds the link, as a text or as an object with `url` -> kind.
_CHAT_LINKS = {
    "image_url": "image", "video_url": "video", "file_url": "file", "audio_url": "audio", "document_url": "file",
    "input_audio": "audio",
}  # fmt: skip


def _chat(request: Json) -> Iterator[_Place]:
    """Chat messages: unified, every OpenAI-compatible row, Mistral and Cohere."""
    for message, path in _each(request, "messages"):
        for list_name in ("content", "images"):
            for part, here in _each(message, list_name, path):
                for name, kind in _CHAT_LINKS.items():
                    link = part.get(name)
                    if type(link) is str and is_link(link):
                        yield _Place((*here, name), (), link, kind, _as_url)
                    elif type(link) is dict and type(link.get("url")) is str and is_link(link["url"]):
                        yield _Place((*here, name, "url"), (), link["url"], kind, _as_url)
                file = part.get("file")
                data = file.get("file_data") if type(file) is dict else None
                if type(data) is str and is_link(data):
                    yield _Place((*here, "file", "file_data"), (), data, "file", _as_url)


def _responses(request: Json) -> Iterator[_Place]:
    """Responses items: parts of messages and of call outputs."""
    for item, path in _each(request, "input"):
        for list_name in ("content", "output"):
            for part, here in _each(item, list_name, path):
                link = part.get("image_url")
                if type(link) is str and is_link(link):
                    yield _Place((*here, "image_url"), (), link, "image", _as_url)
                link = part.get("file_url")
                if type(link) is str and is_link(link):
                    yield _Place(here, ("file_url",), link, "file", _file_part(part, link))


def _file_part(part: Json, link: str) -> Callable[[str, str], Json]:
    def make(data: str, media_type: str) -> Json:
        rest = {name: value for name, value in part.items() if name != "file_url"}
        name = link.partition("?")[0].rstrip("/").rpartition("/")[2] or "file"
        return {"filename": name, **rest, "file_data": data_url(media_type, data)}

    return make


def _anthropic(request: Json) -> Iterator[_Place]:
    """Messages blocks, those inside tool results included."""
    for message, path in _each(request, "messages"):
        for block, here in _each(message, "content", path):
            yield from _source(block, here)
            for inner, place in _each(block, "content", here):
                yield from _source(inner, place)


def _source(block: Json, path: Path) -> Iterator[_Place]:
    source = block.get("source")
    url = source.get("url") if type(source) is dict and source.get("type") == "url" else None
    if type(url) is str and is_link(url):
        kind = "image" if block.get("type") == "image" else "file"
        yield _Place((*path, "source"), ("url",), url, kind, _base64_source)


def _base64_source(data: str, media_type: str) -> Json:
    return {"type": "base64", "media_type": media_type, "data": data}


def _gemini(request: Json) -> Iterator[_Place]:
    """Parts with `fileData`; files the provider holds itself and links to videos it plays are no media to fetch."""
    holders = [*_each(request, "contents")]
    for name in ("systemInstruction", "system_instruction"):
        if type(request.get(name)) is dict:
            holders.append((request[name], (name,)))
    for content, path in holders:
        for part, here in _each(content, "parts", path):
            yield from _file_data(part, here)
            for name in ("functionResponse", "function_response"):
                for inner, place in _each(part.get(name), "parts", (*here, name)):
                    yield from _file_data(inner, place)


def _file_data(part: Json, path: Path) -> Iterator[_Place]:
    for name in ("fileData", "file_data"):
        data = part.get(name)
        for member in ("fileUri", "file_uri"):
            url = data.get(member) if type(data) is dict else None
            if type(url) is str and is_link(url) and not _held_by_google(url):
                assert type(data) is dict  # it has a link
                said = data.get("mimeType", data.get("mime_type"))
                kind = said.partition("/")[0] if type(said) is str else "file"
                kind = kind if kind in ("image", "audio", "video") else "file"
                yield _Place(path, (name, member), url, kind, _inline_part(part, name))


def _held_by_google(url: str) -> bool:
    host = url.partition("//")[2].partition("/")[0].lower()
    return host.endswith("googleapis.com") or host in ("youtu.be", "youtube.com", "www.youtube.com", "m.youtube.com")


def _inline_part(part: Json, name: str) -> Callable[[str, str], Json]:
    def make(data: str, media_type: str) -> Json:
        snake = name == "file_data"
        inline: Json = {"mime_type" if snake else "mimeType": media_type, "data": data}
        shown = part[name].get("displayName", part[name].get("display_name"))
        if shown is not None:
            inline["display_name" if snake else "displayName"] = shown
        fresh = "inline_data" if snake else "inlineData"
        return {fresh if member == name else member: inline if member == name else value for member, value in part.items()}

    return make


def _ollama(request: Json) -> Iterator[_Place]:
    """Images are bare base64; a link there is a client's mistake that can be mended."""
    for message, path in _each(request, "messages"):
        images = message.get("images")
        for number, image in enumerate(images if type(images) is list else ()):
            if type(image) is str and is_link(image):
                yield _Place((*path, "images", number), (), image, "image", _bare)


def _bare(data: str, media_type: str) -> str:
    return data


def _bedrock(request: Json) -> Iterator[_Place]:
    """Converse takes bytes and S3 objects, no links."""
    return iter(())


FINDERS: dict[str, Callable[[Json], Iterator[_Place]]] = {
    "hub": _chat, "openai_compatible": _chat, "mistral": _chat, "cohere": _chat, "openai_responses": _responses,
    "anthropic": _anthropic, "gemini": _gemini, "ollama": _ollama, "bedrock": _bedrock,
}  # fmt: skip
