"""Content chunks, tool calls and their ids of the Mistral spoke, both directions."""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.shared import bag, chat_calls
from translate.shared.blocks import Turn
from translate.shared.fields import report_rest
from translate.shared.media import data_url, sniff
from translate.shared.members import object_of, text_of

FORMAT = "mistral-v1"
RENAMED = "ids are nine letters and digits here; the memo undoes it"
_INDEX = frozenset(("index",))
_LONGEST_KNOWN = 64  # of an id that is kept in mind; those of providers are shorter
_GOOD_ID = re.compile(r"[a-zA-Z0-9]{9}")
_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase


def short_ids(identifiers: Iterable[str]) -> dict[str, str]:
    """Ids that are not nine letters and digits -> nine that are; the same id always gives the same, never two the same."""
    listed = list(dict.fromkeys(identifiers))
    taken = {identifier for identifier in listed if _GOOD_ID.fullmatch(identifier)}
    renamed: dict[str, str] = {}
    for identifier in listed:
        if identifier in taken:
            continue
        count, short = 0, wire_id(identifier)
        while short in taken:
            count += 1
            short = _short(f"{identifier}#{count}")
        taken.add(short)
        renamed[identifier] = short
    return renamed


def wire_id(identifier: str) -> str:
    """An id as it goes out while no other one of the request is spelled so."""
    return _known(identifier) if len(identifier) <= _LONGEST_KNOWN else _short(identifier)


@lru_cache(maxsize=16384)
def _known(identifier: str) -> str:
    # A history comes again with every turn.
    return identifier if _GOOD_ID.fullmatch(identifier) else _short(identifier)


def _short(text: str) -> str:
    number = int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest(), "big") % 62**9
    digits = ""
    for _ in range(9):
        number, digit = divmod(number, 62)
        digits = _DIGITS[digit] + digits
    return digits


# Unified parts -> chunks


def part_to_native(part: Any, leg: Leg, path: Path) -> Json | None:
    """Content part -> chunk; None for one without a place, which is a loss."""
    if type(part) is not dict:
        leg.invalid(path, "object", part)
    kind = part.get("type")
    convert = PARTS_TO_NATIVE.get(kind) if type(kind) is str else None
    if convert is None:
        leg.losses.add("dropped", "content", kind if type(kind) is str else "content", path, "no such part in this API")
        return None
    chunk: Json | None = convert(part, leg, path)
    if chunk is not None:
        report_rest(part, frozenset(("type", str(kind), "extra_content", "index")), leg, path)
        chunk.update(bag.unpack(part, leg, path, "content"))
    return chunk


def _text_part(part: Json, leg: Leg, path: Path) -> Json:
    return {"type": "text", "text": text_of(part, "text", leg, path)}


def _image_part(part: Json, leg: Leg, path: Path) -> Json:
    image = part.get("image_url")
    if type(image) is str:
        return {"type": "image_url", "image_url": image}
    image = object_of(part, "image_url", leg, path)
    inner: Path = (*path, "image_url")
    url = text_of(image, "url", leg, inner)
    report_rest(image, frozenset(("url", "detail")), leg, inner)
    detail = image.get("detail")
    if detail is None:
        return {"type": "image_url", "image_url": url}
    if detail not in ("low", "auto", "high"):
        leg.losses.add("approximated", "behaviour", "detail", (*inner, "detail"), "word unknown here; high")
        detail = "high"
    return {"type": "image_url", "image_url": {"url": url, "detail": detail}}


def _audio_part(part: Json, leg: Leg, path: Path) -> Json:
    sound = object_of(part, "input_audio", leg, path)
    inner: Path = (*path, "input_audio")
    data = text_of(sound, "data", leg, inner)
    if sound.get("format") != "wav":
        where = (*inner, "format") if "format" in sound else inner
        leg.losses.add("dropped", "envelope", "format", where, "the format is read off the bytes here")
    report_rest(sound, frozenset(("data", "format")), leg, inner)
    return {"type": "input_audio", "input_audio": data}


def _file_part(part: Json, leg: Leg, path: Path) -> Json | None:
    file = object_of(part, "file", leg, path)
    inner: Path = (*path, "file")
    report_rest(file, frozenset(("file_id", "file_data", "filename")), leg, inner)
    if file.get("file_data") is not None:
        url = text_of(file, "file_data", leg, inner)
        if url and ":" not in url:  # bare base64, as some clients send it
            url = data_url(sniff(url) or "application/pdf", url)
            leg.losses.add("approximated", "envelope", "file_data", (*inner, "file_data"), "bare base64 sent as a data URL")
        chunk: Json = {"type": "document_url", "document_url": url}
        if file.get("filename") is not None:
            chunk["document_name"] = file["filename"]
        if file.get("file_id") is not None:
            leg.losses.add("dropped", "content", "file_id", (*inner, "file_id"), "file_data is there and wins")
        return chunk
    if type(file.get("file_id")) is not str:
        leg.losses.add("dropped", "content", "file", path, "neither data nor an id")
        return None
    if file.get("filename") is not None:
        leg.losses.add("dropped", "envelope", "filename", (*inner, "filename"), "a file by id has its own name")
    return {"type": "file", "file_id": file["file_id"]}


def _refusal_part(part: Json, leg: Leg, path: Path) -> Json:
    leg.losses.add("approximated", "content", "refusal", path, "sent as text")
    return {"type": "text", "text": text_of(part, "refusal", leg, path)}


PARTS_TO_NATIVE: dict[str, Any] = {
    "text": _text_part, "image_url": _image_part, "input_audio": _audio_part, "file": _file_part, "refusal": _refusal_part,
}  # fmt: skip


# Chunks -> unified parts


def chunk_to_part(chunk: Json, leg: Leg, path: Path) -> Json | None:
    """Chunk of a user, system or tool message -> content part; None for one of which nothing is visible."""
    convert = CHUNKS_TO_UNIFIED.get(chunk.get("type", "text")) if type(chunk.get("type", "text")) is str else None
    return convert(chunk, leg, path) if convert is not None else None


def _rest(chunk: Json, part: Json, known: tuple[str, ...], leg: Leg) -> Json:
    for name, value in chunk.items():
        if name not in known and value is not None:
            bag.put(part, leg.row.key, name, value)
    return part


def _text_chunk(chunk: Json, leg: Leg, path: Path) -> Json:
    text = text_of(chunk, "text", leg, path)
    return _rest(chunk, {"type": "text", "text": text}, ("type", "text"), leg)


def _image_chunk(chunk: Json, leg: Leg, path: Path) -> Json:
    image = chunk.get("image_url")
    if type(image) is str:
        image = {"url": image}
    if type(image) is not dict or type(image.get("url")) is not str:
        leg.invalid((*path, "image_url") if "image_url" in chunk else path, "URL", image)
    return _rest(chunk, {"type": "image_url", "image_url": dict(image)}, ("type", "image_url"), leg)


def _audio_chunk(chunk: Json, leg: Leg, path: Path) -> Json | None:
    sound = chunk.get("input_audio")
    if type(sound) is dict:
        sound = sound.get("data")
    if type(sound) is not str:
        leg.invalid((*path, "input_audio") if "input_audio" in chunk else path, "string", sound)
    if type(chunk["input_audio"]) is dict:
        return None
    return _rest(
        chunk, {"type": "input_audio", "input_audio": {"data": sound, "format": "wav"}}, ("type", "input_audio"), leg
    )


def _document_chunk(chunk: Json, leg: Leg, path: Path) -> Json:
    url = text_of(chunk, "document_url", leg, path)
    file: Json = {"file_data": url}
    if chunk.get("document_name") is not None:
        file["filename"] = text_of(chunk, "document_name", leg, path)
    return _rest(chunk, {"type": "file", "file": file}, ("type", "document_url", "document_name"), leg)


def _file_chunk(chunk: Json, leg: Leg, path: Path) -> Json:
    identifier = text_of(chunk, "file_id", leg, path)
    return _rest(chunk, {"type": "file", "file": {"file_id": identifier}}, ("type", "file_id"), leg)


CHUNKS_TO_UNIFIED: dict[str, Any] = {
    "text": _text_chunk, "image_url": _image_chunk, "input_audio": _audio_chunk, "document_url": _document_chunk,
    "file": _file_chunk,
}  # fmt: skip


def read_answer(content: Any, turn: Turn, leg: Leg, path: Path) -> None:
    """Content of an assistant message (string or chunks) into the turn: texts, thinking, the rest as native blocks."""
    if content is None or content == "":
        return
    if type(content) is str:
        turn.text(content)
        return
    if type(content) is not list:
        leg.invalid(path, "string or array", content)
    for number, chunk in enumerate(content):
        where: Path = (*path, number)
        if type(chunk) is not dict:
            leg.invalid(where, "object", chunk)
        kind = chunk.get("type", "text")
        if kind == "text":
            text = text_of(chunk, "text", leg, where)
            turn.text(text, {name: value for name, value in chunk.items() if name not in ("type", "text") and value is not None})
        elif kind == "thinking":
            _read_thinking(chunk, turn, leg, where)
        else:
            turn.native(chunk)


def has_signature(content: Any) -> bool:
    """True when the first thinking chunk is signed: its texts then need entries of their own."""
    for chunk in content if type(content) is list else ():
        if type(chunk) is dict and chunk.get("type") == "thinking":
            return type(chunk.get("signature")) is str
    return False


def thinking_texts(chunk: Json, leg: Leg, path: Path) -> list[str] | None:
    """Texts of a thinking chunk; None when something else stands in it."""
    inner = chunk.get("thinking")
    if inner is None:
        return []
    if type(inner) is str:
        return [inner]
    if type(inner) is not list:
        leg.invalid((*path, "thinking"), "array", inner)
    texts: list[str] = []
    for number, piece in enumerate(inner):
        if type(piece) is not dict:
            leg.invalid((*path, "thinking", number), "object", piece)
        if piece.get("type", "text") != "text" or type(piece.get("text")) is not str or not piece.keys() <= {"type", "text"}:
            return None
        texts.append(piece["text"])
    return texts


def _read_thinking(chunk: Json, turn: Turn, leg: Leg, path: Path) -> None:
    texts = thinking_texts(chunk, leg, path)
    signed = turn.order.entries and type(chunk.get("signature")) is str
    extra = {
        name: value for name, value in chunk.items()
        if name not in ("type", "thinking", "signature" if signed else "type") and value is not None
        and not (name == "closed" and value is True)
    }  # fmt: skip
    if texts is None or not texts:
        turn.native(chunk)
    elif turn.order.entries:
        entry: Json = {"type": "reasoning.text", "text": "".join(texts), "format": FORMAT}
        if type(chunk.get("signature")) is str:
            entry["signature"] = chunk["signature"]
        turn.detail([entry], "".join(texts), extra)
    else:
        for spot, text in enumerate(texts):
            turn.reasoning(text, extra if spot == 0 else None, joined=spot > 0)


# Tool calls


def call_to_native(call: Any, leg: Leg, path: Path, identifiers: dict[str, str]) -> Json:
    """Call -> native call, by the id that it has here. Losses: as `chat_calls.call_to_native`."""
    native = chat_calls.call_to_native(call, leg, path)
    identifier = native["id"]
    if identifier:
        native["id"] = identifiers.get(identifier, identifier)
    else:
        del native["id"]
    return native


def call_to_unified(call: Any, number: int, leg: Leg, path: Path, document_id: str = "", *, streamed: bool = False) -> Json:
    """Native call -> call; a missing id (or the schema's default `null`) is made up, an id of ours becomes the client's own again."""
    known: frozenset[str] = frozenset()
    if type(call) is dict:
        if call.get("id") == "null":
            call = {**call, "id": None}
        if streamed or call.get("index") in (0, number):
            known = _INDEX
    unified = chat_calls.call_to_unified(call, number, leg, path, document_id, empty="" if streamed else "{}", known=known)
    held = leg.memo.get("call_ids")
    if type(held) is dict:
        unified["id"] = held.get(unified["id"], unified["id"])
    return unified
