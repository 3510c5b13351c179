"""Parts: media, texts and what stands beside them, both directions. Shared by requests, responses and streams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini.spelling import camel, members, place, snake, spelled
from translate.shared import bag, media
from translate.shared.fields import report_rest

# Members of a part of which it has exactly one.
DATA = frozenset((
    "text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult", "toolCall",
    "toolResponse",
))  # fmt: skip
AUDIO_TYPE = {"wav": "audio/wav", "mp3": "audio/mp3"}
AUDIO_FORMAT = {
    "audio/wav": "wav", "audio/x-wav": "wav", "audio/wave": "wav", "audio/mp3": "mp3", "audio/mpeg": "mp3", "audio/x-mp3": "mp3",
}  # fmt: skip
DETAIL_TO_LEVEL = {
    "low": "MEDIA_RESOLUTION_LOW", "high": "MEDIA_RESOLUTION_HIGH", "original": "MEDIA_RESOLUTION_HIGH",
    "medium": "MEDIA_RESOLUTION_MEDIUM",
}  # fmt: skip
LEVEL_TO_DETAIL = {"MEDIA_RESOLUTION_LOW": "low", "MEDIA_RESOLUTION_HIGH": "high"}
LEVELS = ("MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_MEDIUM", "MEDIA_RESOLUTION_HIGH")
GUESSED_TYPE = {"image_url": "image/jpeg", "video_url": "video/mp4", "file": "application/pdf"}
FILES_API = "/v1beta/files/"
_TO_STANDARD = str.maketrans("-_", "+/")
PART_MEMBERS = {
    "text": frozenset(("type", "text", "extra_content")),
    "refusal": frozenset(("type", "refusal", "extra_content")),
    "image_url": frozenset(("type", "image_url", "extra_content", "index")),
    "video_url": frozenset(("type", "video_url", "extra_content")),
    "input_audio": frozenset(("type", "input_audio", "extra_content")),
    "file": frozenset(("type", "file", "extra_content")),
}


def part_members(part: Any, leg: Leg, path: Path) -> Json:
    """A native part with camelCase names."""
    if type(part) is not dict:
        leg.invalid(path, "object", part)
    return members(part)


def data_of(part: Json) -> str | None:
    """Name of the one data member; None when there is none, or more than one."""
    found = None
    for name in part:
        if name in DATA and part[name] is not None:
            if found is not None:
                return None
            found = name
    return found


def beside(part: Json, data: str) -> Json:
    """What stands beside the data of a part, as a bag names it."""
    return {
        snake(name): value for name, value in part.items()
        if name != data and value is not None and not (name == "thought" and value is False)
    }  # fmt: skip


def text_of(part: Json, leg: Leg, path: Path) -> str:
    text = part["text"]
    if type(text) is not str:
        leg.invalid((*path, "text"), "string", text)
    return text


def standard_base64(data: str) -> str:
    """The standard alphabet, which all other formats demand; itself when it is that already."""
    return data.translate(_TO_STANDARD) if "-" in data or "_" in data else data


# --- native -> unified


def media_to_unified(part: Json, data: str, leg: Leg, path: Path) -> Json | None:
    """
    inlineData or fileData -> a content part; None where nothing visible stands for it.

    The part's bag keeps the media type where it would not be found again, names, resolutions and metadata.
    """
    held = part[data]
    where: Path = (*path, place(part, data))
    if type(held) is not dict:
        leg.invalid(where, "object", held)
    blob = members(held)
    kind = blob.get("mimeType")
    if kind is not None and type(kind) is not str:
        leg.invalid((*where, place(held, "mimeType")), "string", kind)
    made = _inline(blob, held, kind, leg, where) if data == "inlineData" else _linked(blob, held, kind, leg, where)
    if made is None:
        return None
    unified, guessed = made
    if kind is not None and kind != guessed:
        bag.put(unified, leg.row.key, "mime_type", kind)
    elif kind is None and data == "fileData" and FILES_API not in blob["fileUri"]:
        bag.put(unified, leg.row.key, "mime_type", "")  # none was told, and none is to be guessed
    for name, value in blob.items():
        if value is None or name in ("mimeType", "data", "fileUri"):
            continue
        if name == "displayName" and leg.row.variant == "vertex" and unified["type"] == "file" and type(value) is str:
            unified["file"]["filename"] = value
        else:
            bag.put(unified, leg.row.key, snake(name), value)
    for name, value in part.items():
        if name == data or value is None or (name == "thought" and value is False):
            continue
        if name == "mediaResolution" and unified["type"] == "image_url":
            level = spelled(value, "") if type(value) is dict else value
            detail = LEVEL_TO_DETAIL.get(level["level"]) if type(level) is dict and set(level) == {"level"} and type(level["level"]) is str else None
            if detail is not None:
                unified["image_url"]["detail"] = detail
                continue
        bag.put(unified, leg.row.key, snake(name), value)
    return unified


def _inline(blob: Json, held: Json, kind: str | None, leg: Leg, path: Path) -> tuple[Json, str | None] | None:
    data = blob.get("data")
    if type(data) is not str:
        if data is None:
            return None
        leg.invalid((*path, place(held, "data")), "string", data)
    if not kind:
        return None
    data = standard_base64(data)
    bare = kind.split(";", 1)[0].strip().lower()
    url = media.data_url(bare, data)
    if bare.startswith("image/"):
        return {"type": "image_url", "image_url": {"url": url}}, _label(bare)
    form = AUDIO_FORMAT.get(bare)
    if form is not None:
        return {"type": "input_audio", "input_audio": {"data": data, "format": form}}, AUDIO_TYPE[form]
    if bare.startswith("video/"):
        return {"type": "video_url", "video_url": {"url": url}}, bare
    return {"type": "file", "file": {"file_data": url}}, bare


def _linked(blob: Json, held: Json, kind: str | None, leg: Leg, path: Path) -> tuple[Json, str | None] | None:
    url = blob.get("fileUri")
    if type(url) is not str:
        if url is None:
            return None
        leg.invalid((*path, place(held, "fileUri")), "string", url)
    bare = (kind or media.type_of_link(url) or ("video/mp4" if is_youtube(url) else "")).split(";", 1)[0].strip().lower()
    if bare.startswith("image/"):
        return {"type": "image_url", "image_url": {"url": url}}, media.type_of_link(url)
    if bare.startswith("video/"):
        return {"type": "video_url", "video_url": {"url": url}}, media.type_of_link(url)
    return {"type": "file", "file": {"file_data": url}}, media.type_of_link(url)


def is_youtube(url: str) -> bool:
    """True for links to a video of YouTube."""
    return any(host in url for host in ("youtube.com/", "youtu.be/"))


def _label(media_type: str) -> str:
    return "image/jpeg" if media_type == "image/jpg" else media_type


# --- unified -> native


NO_MEMBER = "no such member of a part here"


class Resolution:
    """The highest `detail` wanted, for models that take one resolution for the whole request."""

    __slots__ = ("level",)

    def __init__(self) -> None:
        self.level: str | None = None

    def want(self, level: str) -> None:
        if self.level is None or LEVELS.index(level) > LEVELS.index(self.level):
            self.level = level


def part_to_native(part: Any, leg: Leg, path: Path, facts: Mapping[str, Any], resolution: Resolution | None = None) -> Json | None:
    """
    A content part -> native part; None when there is nothing to send.

    Losses: kinds and members without a place, guessed media types, links that the service does not fetch.
    """
    if type(part) is not dict:
        leg.invalid(path, "object", part)
    kind = part.get("type")
    if kind is None:
        kind = next((name for name in PART_MEMBERS if name in part), None)
    known = PART_MEMBERS.get(kind) if type(kind) is str else None
    if known is None:
        leg.losses.add("dropped", "content", kind if type(kind) is str else "content", path, "no such part here")
        return None
    assert type(kind) is str
    own = bag.unpack(part, leg, path, "content")
    report_rest(part, known, leg, path, "content", NO_MEMBER)
    if kind in ("text", "refusal"):
        text = part.get(kind)
        if type(text) is not str:
            leg.invalid((*path, kind) if kind in part else path, "string", text)
        native: Json = {"text": text}
        if own:
            native.update(spelled(own, leg.row.variant, leg, (*path, "extra_content", leg.row.key)))
        if not text and "thoughtSignature" not in native:
            leg.losses.add("dropped", "content", kind, (*path, kind), "an empty text is refused here")
            return None
        if kind == "refusal":
            leg.losses.add("approximated", "content", kind, path, "sent as text")
        return native
    value = part.get(kind)
    if type(value) is str and kind in ("image_url", "video_url"):
        value = {"url": value}
    if type(value) is not dict:
        leg.invalid((*path, kind) if kind in part else path, "object", value)
    return media_to_native(kind, value, own, leg, path, facts, resolution)


def media_to_native(
    kind: str, value: Json, own: Json, leg: Leg, path: Path, facts: Mapping[str, Any], resolution: Resolution | None
) -> Json | None:
    """image_url, video_url, input_audio or file -> inlineData or fileData with what stands beside it."""
    inner: Path = (*path, kind)
    rest = spelled(own, leg.row.variant, leg, (*path, "extra_content", leg.row.key)) if own else {}
    media_type = rest.pop("mimeType", None)
    if media_type is not None and type(media_type) is not str:
        leg.invalid((*path, "extra_content", leg.row.key, "mime_type"), "string", media_type)
    display = rest.pop("displayName", None)
    name = value.get("filename") if kind == "file" else None
    if kind == "input_audio":
        native = _audio(value, media_type, leg, path)
        report_rest(value, frozenset(("data", "format")), leg, inner, "content")
    elif kind == "file":
        native = _file(value, media_type, leg, path)
        report_rest(value, frozenset(("file_data", "file_id", "filename")), leg, inner, "content")
    else:
        native = _link(value.get("url"), (*inner, "url"), kind, media_type, leg, path)
        report_rest(value, frozenset(("url", "detail")), leg, inner, "content")
    if native is None:
        return None
    blob = next(iter(native.values()))
    if display is not None:
        blob["displayName"] = display
    elif name is not None:
        if type(name) is not str:
            leg.invalid((*inner, "filename"), "string", name)
        add_name(name, blob, leg, (*inner, "filename"))
    native.update(rest)
    detail = value.get("detail")
    if detail is not None and detail != "auto" and kind != "file":
        detail_to_native(detail, native, leg, (*inner, "detail"), facts, resolution)
    return native


def add_name(name: str, blob: Json, leg: Leg, path: Path) -> None:
    """The name of a file. Losses: at the developer API it has no place."""
    if leg.row.variant == "vertex":
        blob["displayName"] = name
    else:
        leg.losses.add("dropped", "content", "filename", path, "names have no place in this API")


def audio_type(form: str) -> str:
    """Media type of a format of audio."""
    return AUDIO_TYPE.get(form.lower(), f"audio/{form.lower()}")


def detail_to_native(
    detail: Any, native: Json, leg: Leg, path: Path, facts: Mapping[str, Any], resolution: Resolution | None
) -> None:
    """The resolution wanted for one image or video. Losses: words unknown, what the model takes for the whole request alone."""
    level = DETAIL_TO_LEVEL.get(detail) if type(detail) is str else None
    if level is None:
        leg.losses.add("dropped", "behaviour", "detail", path, "word unknown here")
        return
    if facts["part_resolution"]:
        if level not in LEVEL_TO_DETAIL or LEVEL_TO_DETAIL[level] != detail:
            leg.losses.add("approximated", "behaviour", "detail", path, level)
        native.setdefault("mediaResolution", {"level": level})
    else:
        leg.losses.add("approximated", "behaviour", "detail", path, "one resolution for the whole request")
        if resolution is not None:
            resolution.want(level)


def _audio(value: Json, media_type: str | None, leg: Leg, path: Path) -> Json | None:
    inner: Path = (*path, "input_audio")
    data, form = value.get("data"), value.get("format")
    for name, member in (("data", data), ("format", form)):
        if type(member) is not str:
            leg.invalid((*inner, name) if name in value else inner, "string", member)
    parsed = media.parse_data_url(str(data))
    if parsed is not None:
        data = media.as_base64(parsed)
    guessed = audio_type(str(form))
    if media_type is not None:
        if AUDIO_FORMAT.get(media_type.split(";", 1)[0].strip().lower()) == form:
            guessed = media_type
        else:
            bag.stale(leg, path, "mime_type", "content")
    return {"inlineData": {"mimeType": guessed, "data": data}}


def _file(value: Json, media_type: str | None, leg: Leg, path: Path) -> Json | None:
    inner: Path = (*path, "file")
    data, identifier = value.get("file_data"), value.get("file_id")
    if data is not None:
        if identifier is not None:
            leg.losses.add("dropped", "content", "file_id", (*inner, "file_id"), "file_data is there and wins")
        return _link(data, (*inner, "file_data"), "file", media_type, leg, path)
    if type(identifier) is not str:
        if identifier is None:
            leg.losses.add("dropped", "content", "file", path, "neither data nor a link")
            return None
        leg.invalid((*inner, "file_id"), "string", identifier)
    if "://" in identifier or identifier.startswith("files/"):
        held: Json = {"fileUri": identifier}
        if media_type is not None:
            held = {"mimeType": media_type, **held}
        elif media.type_of_link(identifier) is not None:
            held = {"mimeType": media.type_of_link(identifier), **held}
        return {"fileData": held}
    leg.losses.add("dropped", "content", "file", path, "a file of another service")
    return None


def _link(url: Any, where: Path, kind: str, media_type: str | None, leg: Leg, path: Path) -> Json | None:
    if type(url) is not str:
        leg.invalid(where if url is not None else where[:-1], "string", url)
    parsed = media.parse_data_url(url)
    if parsed is not None:
        if media_type is not None and media_type.split(";", 1)[0].strip().lower() != parsed.media_type:
            bag.stale(leg, path, "mime_type", "content")
            media_type = None
        if not parsed.data:
            leg.losses.add("dropped", "content", kind, path, "no data")
            return None
        return {"inlineData": {"mimeType": media_type or _label(parsed.media_type), "data": media.as_base64(parsed)}}
    if kind == "file" and "://" not in url and not url.startswith("files/"):
        leg.losses.add("approximated", "content", kind, where, "bare base64 read as a PDF")
        return {"inlineData": {"mimeType": media_type or media.sniff(url) or GUESSED_TYPE[kind], "data": url}}
    if url[:7].lower() == "http://" or ("://" not in url and not url.startswith("files/")):
        leg.losses.add("dropped", "content", kind, path, "only https, gs and Files API links are fetched")
        return None
    guessed = media.type_of_link(url)
    if media_type == "":
        return {"fileData": {"fileUri": url}}
    if media_type is None:
        media_type = guessed
    if media_type is None and is_youtube(url):
        media_type = "video/mp4"
    if media_type is None and FILES_API not in url and not url.startswith("files/"):
        media_type = GUESSED_TYPE[kind]
        leg.losses.add("approximated", "content", kind, where, f"media type of the link guessed: {media_type}")
    return {"fileData": {"fileUri": url} if media_type is None else {"mimeType": media_type, "fileUri": url}}


def extra_to_native(extra: Json | None, leg: Leg, path: Path) -> Json:
    """`extra` of an order row -> members beside the data of a part."""
    return spelled(extra, leg.row.variant, leg, path) if extra else {}


def native_part(value: Any, leg: Leg, path: Path) -> Json | None:
    """A `native` order row -> the part itself. Losses: members the service does not know."""
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    part: Json = spelled(value, leg.row.variant, leg, path)
    return part if any(name in DATA for name in part) or part else None


def unknown_members(holder: Json, known: frozenset[str], target: Json, leg: Leg) -> None:
    """Members of a native object that the tables do not know -> the bag of what stands for it."""
    for name, value in holder.items():
        if value is not None and camel(name) not in known:
            bag.put(target, leg.row.key, snake(camel(name)), value)
