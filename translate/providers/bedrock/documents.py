"""
Documents, images, video and audio <-> parts, and the names of documents.

Source: Amazon Bedrock API reference, "DocumentBlock", "ImageBlock", "VideoBlock", "AudioBlock"; user guide, "Include a document".
"""

from __future__ import annotations

import re
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock.tables import (
    AUDIO_FORMATS,
    DOCUMENT_EXTENSIONS,
    DOCUMENT_TYPES,
    FORMAT_OF_TYPE,
    IMAGE_EXTENSIONS,
    IMAGE_TYPES,
    LONGEST_DOCUMENT_NAME,
    VAGUE_TYPES,
    VIDEO_EXTENSIONS,
    VIDEO_TYPES,
)
from translate.providers.bedrock.writing import Writing, is_bare
from translate.shared import bag
from translate.shared.fields import report_rest
from translate.shared.media import (
    DataUrl,
    as_base64,
    data_url,
    is_link,
    parse_data_url,
    plain_text,
    sniff,
    text_data_url,
)

S3 = "s3://"
FILE_MEMBERS = frozenset(("file_data", "file_id", "filename"))
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9\s\-()\[\]]")
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,8})$")


# --- native -> unified


def image_to_unified(image: Any, leg: Leg, path: Path) -> tuple[str, Json]:
    """An image block -> its URL, and what the URL can not say (for the bag)."""
    _check(image, leg, path)
    word = _word(image, leg, path)
    return _source_url(image, leg, path, IMAGE_TYPES.get(word, f"image/{word}"), IMAGE_EXTENSIONS, word)


def video_to_unified(video: Any, leg: Leg, path: Path) -> tuple[str, Json]:
    """A video block -> its URL, and what the URL can not say."""
    _check(video, leg, path)
    word = _word(video, leg, path)
    return _source_url(video, leg, path, VIDEO_TYPES.get(word, f"video/{word}"), VIDEO_EXTENSIONS, word)


def audio_to_unified(audio: Any, leg: Leg, path: Path) -> Json | None:
    """An audio block -> an input_audio part; None when its bytes are not in it."""
    _check(audio, leg, path)
    word = _word(audio, leg, path)
    source = _source(audio, leg, path)
    data = source.get("bytes")
    if type(data) is not str or len(source) != 1 or len(audio) != 2:
        return None
    return {"type": "input_audio", "input_audio": {"data": data, "format": word}}


def document_to_unified(document: Any, leg: Leg, path: Path) -> list[Json] | None:
    """A document block -> a file part, or a text part for each chunk of a text in chunks; None when nothing of it shows."""
    _check(document, leg, path)
    name, word = document.get("name"), document.get("format")
    for member, value in (("name", name), ("format", word)):
        if value is not None and type(value) is not str:
            leg.invalid((*path, member), "string", value)
    source = _source(document, leg, path)
    rest: Json = {key: value for key, value in document.items() if key not in ("name", "format", "source") and value is not None}
    chunks = source.get("content")
    if chunks is not None and len(source) == 1:
        texts = texts_of(chunks, leg, (*path, "source", "content"))
        if not texts:
            return None
        rest = {**{key: value for key, value in (("name", name), ("format", word)) if value is not None}, "source": "content", **rest}
        parts: list[Json] = [{"type": "text", "text": text} for text in texts]
        bag.put(parts[0], leg.row.key, "document", rest)
        return parts
    file: Json = {}
    name, word = name or "", word or ""
    media_type = DOCUMENT_TYPES.get(word, "")
    text, data, held = source.get("text"), source.get("bytes"), source.get("s3Location")
    if len(source) != 1 or (text is None and data is None and held is None):
        return None
    if text is not None:
        if type(text) is not str:
            leg.invalid((*path, "source", "text"), "string", text)
        media_type = media_type or "text/plain"
        file["file_data"] = text_data_url(text, media_type)
        rest["source"] = "text"
    elif data is not None:
        if type(data) is not str:
            leg.invalid((*path, "source", "bytes"), "string", data)
        file["file_data"] = data_url(media_type or sniff(data) or "application/octet-stream", data)
    else:
        file["file_data"], owner = _s3(held, leg, (*path, "source", "s3Location"))
        if owner:
            rest["s3Location"] = owner
    file["filename"] = f"{name}.{word}" if word else name
    if clean_name(file["filename"], word) != name:
        rest["name"] = name
    if _format_of(file["file_data"], parse_data_url(file["file_data"]), file["filename"]) != word and not (text is not None and not word):
        rest["format"] = word
    if not file["filename"]:
        del file["filename"]
    part: Json = {"type": "file", "file": file}
    if rest:
        bag.put(part, leg.row.key, "document", rest)
    return [part]


def texts_of(chunks: Any, leg: Leg, path: Path) -> list[str] | None:
    """The texts of a list of `{"text": ...}`; None when it holds something else, or nothing."""
    if type(chunks) is not list:
        leg.invalid(path, "array", chunks)
    texts: list[str] = []
    for number, chunk in enumerate(chunks):
        if type(chunk) is not dict:
            leg.invalid((*path, number), "object", chunk)
        text = chunk.get("text")
        if len(chunk) != 1 or text is None:
            return None
        if type(text) is not str:
            leg.invalid((*path, number, "text"), "string", text)
        texts.append(text)
    return texts or None


def _check(block: Any, leg: Leg, path: Path) -> None:
    if type(block) is not dict:
        leg.invalid(path, "object", block)


def _word(block: Json, leg: Leg, path: Path) -> str:
    word = block.get("format")
    if type(word) is not str:
        leg.invalid((*path, "format") if "format" in block else path, "string" if "format" in block else "object with format", word)
    return word


def _source(block: Json, leg: Leg, path: Path) -> Json:
    source = block.get("source")
    if type(source) is not dict:
        leg.invalid((*path, "source") if "source" in block else path, "object" if "source" in block else "object with source", source)
    return {name: value for name, value in source.items() if value is not None}


def _s3(held: Any, leg: Leg, path: Path) -> tuple[str, Json]:
    """The URI of an object in S3, and what else the location says."""
    _check(held, leg, path)
    uri = held.get("uri")
    if type(uri) is not str:
        leg.invalid((*path, "uri") if "uri" in held else path, "string", uri)
    return uri, {name: value for name, value in held.items() if name != "uri" and value is not None}


def _source_url(
    block: Json, leg: Leg, path: Path, media_type: str, extensions: dict[str, str], word: str
) -> tuple[str, Json]:
    rest: Json = {name: value for name, value in block.items() if name not in ("format", "source") and value is not None}
    source = _source(block, leg, path)
    data, held = source.get("bytes"), source.get("s3Location")
    if held is not None:
        url, owner = _s3(held, leg, (*path, "source", "s3Location"))
        if owner:
            rest["s3Location"] = owner
        if extensions.get(_extension(url)) != word:
            rest["format"] = word
    elif data is not None:
        if type(data) is not str:
            leg.invalid((*path, "source", "bytes"), "string", data)
        url = data_url(media_type, data)
        seen = sniff(data)
        if seen is not None and seen != media_type:
            rest["format"] = word
    else:
        leg.invalid((*path, "source"), "object with bytes or s3Location", block["source"])
    further = {name: value for name, value in source.items() if name not in ("bytes", "s3Location")}
    if held is not None and data is not None:
        further["bytes"] = data
    if further:
        rest["source"] = further
    return url, rest


# --- unified -> native


def _extension(name: str) -> str:
    match = _EXTENSION.search(name.partition("?")[0])
    return match.group(1).lower() if match else ""


def _format_of(data: str, found: DataUrl | None, filename: str) -> str:
    """Format word of a file that a document block takes, "" when none does. found: what a data URL says."""
    if data.startswith(S3):
        return DOCUMENT_EXTENSIONS.get(_extension(data), "") or DOCUMENT_EXTENSIONS.get(_extension(filename), "")
    media_type = found.media_type if found else sniff(data) or ""
    if media_type in VAGUE_TYPES and (by_name := DOCUMENT_EXTENSIONS.get(_extension(filename), "")):
        return by_name
    kind, word = FORMAT_OF_TYPE.get(media_type, ("", ""))
    return word if kind == "document" else ""


def clean_name(filename: str, word: str) -> str:
    """Name of a document out of the name of its file: no extension, only what the service takes, at most 200 characters."""
    name = filename
    extension = _extension(filename)
    if extension and (extension == word or DOCUMENT_EXTENSIONS.get(extension) == word):
        name = filename[: -len(extension) - 1]
    if is_bare(name) and "_" not in name and len(name) <= LONGEST_DOCUMENT_NAME:
        return name
    return " ".join(_NOT_IN_NAME.sub("-", name).split())[:LONGEST_DOCUMENT_NAME].strip()


def _unique(name: str, writing: Writing) -> str:
    """The name, or the next free `name (2)`, `name (3)` in order of appearance."""
    name = name or "document"
    wire, count = name, writing.documents.get(name, 1)
    while wire in writing.documents:
        count += 1
        tail = f" ({count})"
        wire = name[: LONGEST_DOCUMENT_NAME - len(tail)].rstrip() + tail
    writing.documents[name] = count
    writing.documents.setdefault(wire, 1)
    return wire


def _s3_source(url: str, rest: Json) -> Json:
    owner = rest.get("s3Location")
    return {"s3Location": {"uri": url, **(owner if type(owner) is dict else {})}}


def _rest_of(own: Json, name: str) -> Json:
    rest = own.get(name)
    return rest if type(rest) is dict else {}


def visual_to_native(kind: str, url: str, own: Json, writing: Writing, path: Path, whole: Path) -> Json | None:
    """
    The URL of an image or a video -> its block. path: of the URL; whole: of the part that is lost with it.

    Losses: links, and formats the service does not take, dropped.
    """
    leg = writing.leg
    feature = "image_url" if kind == "image" else "video_url"
    types, extensions = (IMAGE_TYPES, IMAGE_EXTENSIONS) if kind == "image" else (VIDEO_TYPES, VIDEO_EXTENSIONS)
    if kind == "video" and writing.facts.get("video") is False:
        leg.losses.add("dropped", "content", feature, whole, "this model takes no video")
        return None
    rest = _rest_of(own, kind)
    given = rest.get("format")
    held = given if type(given) is str and given in types else None
    if url.startswith(S3):
        word = held or extensions.get(_extension(url))
        if word is None:
            word = next(iter(types))
            leg.losses.add("defaulted", "content", feature, path, f"format unknown; sent as {word}")
        source = _s3_source(url, rest)
    else:
        found = parse_data_url(url)
        if found is None:
            why = "only inlined media and S3 objects" if is_link(url) else "neither a data URL nor an S3 object"
            leg.losses.add("dropped", "content", feature, whole, why)
            return None
        data = as_base64(found)
        family, by_label = FORMAT_OF_TYPE.get(found.media_type, ("", ""))
        seen = None if held == by_label else sniff(data)
        word = by_label if family == kind else ""
        actual = FORMAT_OF_TYPE.get(seen or "", ("", ""))
        if actual[0] == kind and actual[1] != word:
            leg.losses.add("approximated", "envelope", feature, path, f"labelled {found.media_type}, sent as the {seen} it is")
            word = actual[1]
        elif word and types[word] != found.media_type:
            leg.losses.add("approximated", "envelope", feature, path, f"{found.media_type} is spelt {types[word]}")
        if not word or not data:
            leg.losses.add("dropped", "content", feature, whole, f"{found.media_type} is no {kind} the service takes")
            return None
        source = {"bytes": data}
    block: Json = {"format": word, "source": source}
    block.update((name, value) for name, value in rest.items() if name not in ("format", "source", "s3Location"))
    return {kind: block}


def audio_to_native(part: Json, own: Json, writing: Writing, path: Path) -> Json | None:
    """An input_audio part -> an audio block. Losses: formats and models without it dropped."""
    leg = writing.leg
    audio, where = part.get("input_audio"), (*path, "input_audio")
    if type(audio) is not dict:
        leg.invalid(where if "input_audio" in part else path, "object", audio)
    data, word = audio.get("data"), audio.get("format")
    for name, value in (("data", data), ("format", word)):
        if value is not None and type(value) is not str:
            leg.invalid((*where, name), "string", value)
    report_rest(audio, frozenset(("data", "format")), leg, where)
    found = parse_data_url(data) if data else None
    if found is not None:
        data = as_base64(found)
    if writing.facts.get("audio") is False:
        leg.losses.add("dropped", "content", "input_audio", path, "this model takes no audio")
    elif word not in AUDIO_FORMATS or not data or (data[:8].lower().startswith("http") and is_link(data)):
        leg.losses.add("dropped", "content", "input_audio", path, "no inlined audio of a format the service takes")
    else:
        return {"audio": {"format": word, "source": {"bytes": data}}}
    return None


def file_to_native(part: Json, own: Json, writing: Writing, path: Path) -> Json | None:
    """
    A file part -> a document block, or the block of the medium it is.

    Losses: ids, links and other formats dropped; a changed name, text sent under another type approximated.
    """
    leg = writing.leg
    file, where = part.get("file"), (*path, "file")
    if file is None and type(part.get("file_id")) is str:
        file, where = part, path
    if type(file) is not dict:
        leg.invalid(where if "file" in part else path, "object", file)
    if where != path:
        report_rest(file, FILE_MEMBERS, leg, where)
    data, identifier, filename = file.get("file_data"), file.get("file_id"), file.get("filename")
    for member, value in (("file_data", data), ("file_id", identifier), ("filename", filename)):
        if value is not None and type(value) is not str:
            leg.invalid((*where, member), "string", value)
    return file_block(file, _rest_of(own, "document"), writing, where, path)


def file_block(file: Json, rest: Json, writing: Writing, where: Path, path: Path) -> Json | None:
    """A file of known members, all texts -> its block. rest: what a document says beside them."""
    leg = writing.leg
    data, identifier, filename = file.get("file_data"), file.get("file_id"), file.get("filename")
    if identifier:
        lost = (*where, "file_id") if data else path
        leg.losses.add("dropped", "content", "file_id", lost, "no files are held; only inlined media")
    block: Json | None = None
    if data:
        block = _data_block(data, filename or "", rest, writing, where, path, filename is not None)
    elif not identifier:
        leg.losses.add("dropped", "content", "file", path, "no data")
    if filename and (block is None or "document" not in block):
        leg.losses.add("dropped", "content", "filename", (*where, "filename"), "only documents have a name")
    return block


def _data_block(data: str, filename: str, rest: Json, writing: Writing, where: Path, whole: Path, named: bool) -> Json | None:
    leg, path = writing.leg, (*where, "file_data")
    if is_link(data):
        leg.losses.add("dropped", "content", "file_data", whole, "only inlined media and S3 objects")
        return None
    found = None if data.startswith(S3) else parse_data_url(data)
    media_type = found.media_type if found else ""
    kind = FORMAT_OF_TYPE.get(media_type, ("", ""))[0]
    if found is not None and kind in ("image", "video"):
        return visual_to_native(kind, data, bag.EMPTY, writing, path, whole)
    if media_type.startswith("audio/") and found is not None:
        sound = {"type": "input_audio", "input_audio": {"data": as_base64(found), "format": media_type[6:]}}
        return audio_to_native(sound, bag.EMPTY, writing, whole)
    as_text = rest.get("source") == "text" and found is not None
    text = plain_text(found) if as_text and found is not None else None
    word = _format_of(data, found, filename)
    if not word and found is not None and (media_type.startswith("text/") or media_type in ("application/json", "application/xml")):
        word = "txt"
        leg.losses.add("approximated", "envelope", "file_data", path, f"{media_type} sent as txt")
    given = rest.get("format")
    if type(given) is str and (given in DOCUMENT_TYPES or not given):
        word = given
    elif not word and found is None and not data.startswith(S3):
        word = "pdf"  # bare base64, as some clients send it
    if text is not None and not _extension(filename) and word == "txt":
        word = ""
    if not word and text is None and given != "":
        leg.losses.add("dropped", "content", "file_data", whole, f"{media_type or 'this'} is no document the service takes")
        return None
    if text is not None:
        source: Json = {"text": text}
    elif data.startswith(S3):
        source = _s3_source(data, rest)
    else:
        source = {"bytes": as_base64(found) if found else data}
    held = rest.get("name")
    if type(held) is not str or filename != (f"{held}.{word}" if word else held):
        held = clean_name(filename, word)
    name = _unique(held, writing)
    if named and filename not in (name, f"{name}.{word}"):
        leg.losses.add("approximated", "envelope", "filename", (*where, "filename"), f"sent as {name!r}")
    elif not filename:
        leg.losses.add("defaulted", "envelope", "filename", where, f"named {name!r}")
    document: Json = {"format": word} if word else {}
    document["name"], document["source"] = name, source
    document.update((key, value) for key, value in rest.items() if key not in ("format", "name", "source", "s3Location"))
    return {"document": document}


def chunks_to_native(text: str, rest: Json, writing: Writing) -> Json:
    """The first chunk of a document that is a list of texts -> its block."""
    document: Json = {"format": rest["format"]} if type(rest.get("format")) is str else {}
    name = rest.get("name")
    document["name"] = _unique(name if type(name) is str else "", writing)
    document["source"] = {"content": [{"text": text}]}
    document.update((key, value) for key, value in rest.items() if key not in ("format", "name", "source"))
    return {"document": document}


def is_visible(image: Json) -> bool:
    """Whether an image block shows something: it may bring an error alone."""
    source = image.get("source")
    return type(source) is dict and (source.get("bytes") is not None or source.get("s3Location") is not None)
