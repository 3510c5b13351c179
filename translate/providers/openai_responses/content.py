"""Content parts, annotations and token probabilities of the Responses spoke, both directions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_responses.tables import CACHE_TTLS, DETAILS
from translate.shared import bag, media
from translate.shared.blocks import Turn, pieces
from translate.shared.fields import report_rest

MARK = "prompt_cache_breakpoint"


def string(holder: Json, name: str, leg: Leg, path: Path) -> str:
    """A member that has to be a string."""
    value = holder.get(name)
    if type(value) is not str:
        if name in holder:
            leg.invalid((*path, name), "string", value)
        leg.missing(path, name)
    return value


def optional_string(holder: Json, name: str, leg: Leg, path: Path) -> str | None:
    """A member that is a string, null or not there."""
    value = holder.get(name)
    if value is not None and type(value) is not str:
        leg.invalid((*path, name), "string", value)
    return value


def objects(value: Any, leg: Leg, path: Path) -> list[Json]:
    """A list of objects; null is an empty one."""
    if value is None:
        return []
    if type(value) is not list:
        leg.invalid(path, "array", value)
    for number, member in enumerate(value):
        if type(member) is not dict:
            leg.invalid((*path, number), "object", member)
    return value


# --- unified parts -> input parts


def part_to_native(part: Any, leg: Leg, path: Path, facts: Mapping[str, Any]) -> Json | None:
    """
    Content part -> input part; None for one without a place.

    Losses: audio, video and unknown parts dropped; refusals, unknown details and cache times approximated.
    """
    if type(part) is not dict:
        leg.invalid(path, "object", part)
    kind = part.get("type")
    convert = PARTS_TO_NATIVE.get(kind) if type(kind) is str else None
    if convert is None:
        leg.losses.add("dropped", "content", kind if type(kind) is str else "content", path, "no such part in this API")
        return None
    native: Json | None = convert(part, leg, path)
    if native is None or len(part) == 2:
        return native
    for name, value in part.items():
        if value is None or name in ("type", kind, "extra_content"):
            continue
        if name == "cache_control":
            point = breakpoint_of(value, leg, (*path, name), facts)
            if point is not None:
                native[MARK] = point
        elif name != "text" or kind != "text":
            leg.losses.add("dropped", "content", name, (*path, name), "not a member of a part here")
    for name, value in bag.unpack(part, leg, path, "content").items():
        if name in native and native[name] != value:
            bag.stale(leg, path, name, "content")
        elif value is not None:
            native[name] = value
    return native


def breakpoint_of(mark: Any, leg: Leg, path: Path, facts: Mapping[str, Any]) -> Json | None:
    """`cache_control` -> `prompt_cache_breakpoint`; the next longer time where the word is not known."""
    if type(mark) is not dict:
        leg.invalid(path, "object", mark)
    if not facts.get("cache_marks", True):
        leg.losses.add("dropped", "behaviour", "cache_control", path, "no cache mark for this model")
        return None
    point: Json = {"mode": "explicit"}
    for name, value in mark.items():
        if name == "ttl" and value is not None:
            word = CACHE_TTLS.get(value) if type(value) is str else None
            if word is None:
                word = "12h"
            if word != value:
                leg.losses.add("approximated", "behaviour", "cache_control", (*path, name), f"kept for {word}")
            point["ttl"] = word
        elif name == "type":
            if value != "ephemeral":
                leg.losses.add("approximated", "behaviour", "cache_control", (*path, name), "one kind of mark alone")
        elif value is not None:
            leg.losses.add("dropped", "behaviour", "cache_control", (*path, name), "no place in a cache mark here")
    return point


def _inner(part: Json, name: str, leg: Leg, path: Path) -> Json:
    value = part.get(name)
    if type(value) is not dict:
        if name in part:
            leg.invalid((*path, name), "object", value)
        leg.missing(path, name)
    return value


def _text_part(part: Json, leg: Leg, path: Path) -> Json:
    return {"type": "input_text", "text": string(part, "text", leg, path)}


def _image_part(part: Json, leg: Leg, path: Path) -> Json:
    if type(part.get("image_url")) is str:
        return {"type": "input_image", "image_url": part["image_url"], "detail": "auto"}
    image = _inner(part, "image_url", leg, path)
    inner: Path = (*path, "image_url")
    detail = image.get("detail")
    if detail is None:
        detail = "auto"
    elif detail not in DETAILS:
        leg.losses.add("approximated", "behaviour", "detail", (*inner, "detail"), "word unknown here; auto")
        detail = "auto"
    report_rest(image, frozenset(("url", "detail")), leg, inner)
    return {"type": "input_image", "image_url": string(image, "url", leg, inner), "detail": detail}


def _file_part(part: Json, leg: Leg, path: Path) -> Json | None:
    file = _inner(part, "file", leg, path)
    inner: Path = (*path, "file")
    native: Json = {"type": "input_file"}
    for name, value in file.items():
        if value is None:
            continue
        if name not in ("file_data", "file_id", "filename"):
            leg.losses.add("dropped", "content", name, (*inner, name), "not a member of a file here")
        elif type(value) is not str:
            leg.invalid((*inner, name), "string", value)
        elif name != "file_data":
            native[name] = value
        elif media.is_link(value):
            native["file_url"] = value
        elif media.parse_data_url(value) is None:
            name_of_file = file.get("filename")
            kind = media.sniff(value) or (media.type_of_link(name_of_file) if type(name_of_file) is str else None)
            native[name] = media.data_url(kind or "application/pdf", value)
        else:
            native[name] = value
    if not native.keys() & {"file_data", "file_url", "file_id"}:
        leg.losses.add("dropped", "content", "file", path, "neither data nor an id")
        return None
    return native


def _refusal_part(part: Json, leg: Leg, path: Path) -> Json:
    leg.losses.add("approximated", "content", "refusal", path, "sent as text")
    return {"type": "input_text", "text": string(part, "refusal", leg, path)}


PARTS_TO_NATIVE: dict[str, Any] = {
    "text": _text_part, "image_url": _image_part, "file": _file_part, "refusal": _refusal_part,
}  # fmt: skip


def content_to_native(message: Json, own: Json, leg: Leg, path: Path, facts: Mapping[str, Any]) -> Any:
    """Content of a user, system or tool message: a string stays one; own native parts return to their places."""
    content, rows, mark = message.get("content"), own.get("blocks"), message.get("cache_control")
    if content is None and not rows:
        return ""
    if type(content) is str and not rows and mark is None:
        return content
    if not content and not rows and mark is None:
        return ""
    parts: list[Json] = []
    if type(content) is list and not rows:
        for number, given in enumerate(content):
            part = part_to_native(given, leg, (*path, "content", number), facts)
            if part is not None:
                parts.append(part)
    else:
        parts = _by_rows(content, rows, leg, path, facts)
    if mark is not None:
        here: Path = (*path, "cache_control")
        if not parts:
            leg.losses.add("dropped", "behaviour", "cache_control", here, "no part to mark")
        elif MARK not in parts[-1]:
            point = breakpoint_of(mark, leg, here, facts)
            if point is not None:
                parts[-1] = {**parts[-1], MARK: point}
            elif type(content) is str and len(parts) == 1:
                return content
    return parts or ""


def _by_rows(content: Any, rows: Any, leg: Leg, path: Path, facts: Mapping[str, Any]) -> list[Json]:
    """Parts in the order that the rows remember."""
    parts: list[Json] = []
    for piece in pieces({"content": content}, rows, leg, path):
        if piece.kind == "native":
            parts.append(piece.value)
        elif piece.kind == "text":
            parts.append({"type": "input_text", "text": piece.value})
        else:
            part = part_to_native(piece.value, leg, piece.path, facts)
            if part is not None:
                parts.append(part)
    return parts


# --- input parts -> unified parts


def content_to_unified(content: Any, unified: Json, leg: Leg, path: Path) -> None:
    """Content of a user, system or tool item into a message; parts of which nothing is visible become rows."""
    if content is None or type(content) is str:
        unified["content"] = content or ""
        return
    turn = Turn(listed=True)
    for number, native in enumerate(objects(content, leg, path)):
        part = part_to_unified(native, leg, (*path, number))
        if part is None:
            turn.native(native)
        elif part["type"] == "text":
            turn.text(part["text"], part=part)
        else:
            turn.part(part)
    turn.finish(unified, leg.row.key)


def part_to_unified(native: Json, leg: Leg, path: Path) -> Json | None:
    """Input part -> content part; None for one of which nothing is visible."""
    kind = native.get("type", "input_text" if "text" in native else None)
    if kind is not None and type(kind) is not str:
        leg.invalid((*path, "type"), "string", kind)
    convert = PARTS_TO_UNIFIED.get(kind or "")
    if convert is None:
        return None
    read, known = convert
    part: Json | None = read(native, leg, path)
    if part is None or (len(native) == 2 and "type" in native):
        return part
    for name, value in native.items():
        if name == MARK and type(value) is dict and value.get("mode", "explicit") == "explicit":
            part["cache_control"] = {"type": "ephemeral", **{word: ttl for word, ttl in value.items() if word != "mode"}}
        elif name not in known and value is not None:
            bag.put(part, leg.row.key, name, value)
    return part


def _text_in(native: Json, leg: Leg, path: Path) -> Json:
    return {"type": "text", "text": string(native, "text", leg, path)}


def _image_in(native: Json, leg: Leg, path: Path) -> Json | None:
    url = native.get("image_url")
    if type(url) is dict:  # the chat form, which lenient servers take
        url = url.get("url")
    if url is None:
        return None  # an image by its id
    if type(url) is not str:
        leg.invalid((*path, "image_url"), "string", url)
    image: Json = {"url": url}
    detail = optional_string(native, "detail", leg, path)
    if detail is not None:
        image["detail"] = detail
    return {"type": "image_url", "image_url": image}


def _file_in(native: Json, leg: Leg, path: Path) -> Json | None:
    file: Json = {}
    for name in ("file_data", "file_id", "filename"):
        value = optional_string(native, name, leg, path)
        if value is not None:
            file[name] = value
    url = optional_string(native, "file_url", leg, path)
    if url is not None:
        if "file_data" in file or not media.is_link(url):
            return None
        file["file_data"] = url
    return {"type": "file", "file": file} if file.keys() & {"file_data", "file_id"} else None


PARTS_TO_UNIFIED: dict[str, Any] = {
    **dict.fromkeys(("input_text", "output_text", "text"), (_text_in, ("type", "text"))),
    "input_image": (_image_in, ("type", "image_url", "detail")),
    "input_file": (_file_in, ("type", "file_data", "file_id", "filename", "file_url")),
}


# --- annotations


def annotation_to_unified(native: Json, shift: int, leg: Leg, path: Path) -> Json:
    """Flat url_citation -> nested, with every member (0, 0 is no place); offsets count from the start of the whole content."""
    nowhere = native.get("end_index") in (0, None) and native.get("start_index") in (0, None)
    citation: Json = {"start_index": 0, "end_index": 0, "title": "", "url": ""}
    unified: Json = {"type": "url_citation", "url_citation": citation}
    for name, value in native.items():
        if name == "type" or value is None:
            continue
        if name in ("start_index", "end_index"):
            if type(value) is not int:
                leg.invalid((*path, name), "integer", value)
            citation[name] = 0 if nowhere else value + shift
        elif name in ("url", "title"):
            if type(value) is not str:
                leg.invalid((*path, name), "string", value)
            citation[name] = value
        else:
            bag.put(unified, leg.row.key, name, value)
    return unified


def annotation_to_native(annotation: Json, shift: int, leg: Leg, path: Path) -> Json | None:
    """
    Nested url_citation -> flat, with every member (0, 0 is no place); None for other kinds.

    Losses: other kinds and unknown members dropped.
    """
    citation = annotation.get("url_citation")
    if annotation.get("type", "url_citation") != "url_citation" or type(citation) is not dict:
        leg.losses.add("dropped", "content", "annotations", path, "not a citation of this format")
        return None
    native: Json = {"type": "url_citation"}
    for name, value in citation.items():
        if value is None:
            continue
        if name in ("start_index", "end_index"):
            if type(value) is not int:
                leg.invalid((*path, "url_citation", name), "integer", value)
            native[name] = max(value - shift, 0)
        elif name in ("url", "title"):
            native[name] = value
        else:
            leg.losses.add("dropped", "content", name, (*path, "url_citation", name), "not a member of a citation here")
    for name, value in annotation.items():
        if name not in ("type", "url_citation", "index", "extra_content") and value is not None:
            leg.losses.add("dropped", "content", name, (*path, name), "not a member of a citation here")
    native.update(bag.unpack(annotation, leg, path, "content"))
    for name, empty in (("start_index", 0), ("end_index", 0), ("title", ""), ("url", "")):
        if name not in native:
            native[name] = empty
            leg.losses.add("defaulted", "envelope", name, (*path, "url_citation", name), "a citation has every member here")
    return native


# --- token probabilities


def tokens_to_native(tokens: Any, leg: Leg, path: Path) -> list[Json]:
    """Token entries with the members this API wants."""
    out: list[Json] = []
    for number, token in enumerate(objects(tokens, leg, path)):
        entry = _token(token)
        tops = objects(token.get("top_logprobs"), leg, (*path, number, "top_logprobs"))
        entry["top_logprobs"] = [_token(top) for top in tops]
        out.append(entry)
    return out


def _token(token: Json) -> Json:
    entry = dict(token)
    if entry.get("bytes") is None:
        entry["bytes"] = []
    entry.pop("top_logprobs", None)
    return entry


def split_tokens(tokens: list[Json], texts: list[str]) -> list[list[Json]]:
    """Tokens of the whole content -> those of each text, by length; the last text takes what is left."""
    out: list[list[Json]] = []
    at = 0
    for number, text in enumerate(texts):
        if number == len(texts) - 1:
            out.append(tokens[at:])
            break
        start, length = at, 0
        while at < len(tokens) and length < len(text):
            word = tokens[at].get("token")
            length += len(word) if type(word) is str else 0
            at += 1
        out.append(tokens[start:at])
    return out
