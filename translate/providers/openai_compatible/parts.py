"""Content parts and cache marks of unified requests on their way to a dialect."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_compatible.tables import CACHE_TTLS, PART_MEMBERS
from translate.providers.openai_compatible.talk import Talk, own_members

_FETCHED = ("image_url", "video_url")


def can_mark(talk: Talk) -> bool:
    """Whether the server and the model take explicit cache marks."""
    return talk.dialect.cache == "breakpoint" and bool(talk.facts.get("cache_breakpoints"))


def breakpoint_of(mark: Any, leg: Leg, path: Path) -> Json:
    """`cache_control` -> `prompt_cache_breakpoint`; the next longer ttl where the word is not known."""
    if type(mark) is not dict:
        leg.invalid(path, "object", mark)
    point: Json = {"mode": "explicit"}
    ttl = mark.get("ttl")
    if ttl is not None:
        word = CACHE_TTLS.get(ttl, "12h") if type(ttl) is str else "12h"
        if word != ttl:
            leg.losses.add("approximated", "behaviour", "cache_control", (*path, "ttl"), f"kept for {word}")
        point["ttl"] = word
    for name, value in mark.items():
        if name == "type" and value != "ephemeral":
            leg.losses.add("approximated", "behaviour", "cache_control", (*path, name), "one kind of mark alone")
        elif name not in ("type", "ttl") and value is not None:
            leg.losses.dropped("behaviour", name, (*path, name), "not a member of a cache mark here")
    return point


def parts_to_native(content: list[Any], talk: Talk, path: Path, role: str, hoisted: list[Json], message: Json) -> Any:
    """Content as the dialect takes it: a list, or a string where only text is left and the dialect wants it so."""
    leg, dialect = talk.leg, talk.dialect
    out: list[Json] = []
    away: list[Json] = []
    for number, part in enumerate(content):
        here = (*path, number)
        if type(part) is not dict:
            leg.invalid(here, "object", part)
        kind = part.get("type")
        if type(kind) is not str:
            leg.invalid((*here, "type"), "string", kind)
        native = _part(part, kind, talk, here)
        if native is None:
            continue
        if kind in ("text", "refusal") or role == "user" or (role == "tool" and dialect.media_results):
            out.append(native)
        elif role == "tool":
            away.append(native)
            leg.losses.add("approximated", "content", kind, here, "moved to a user message behind the tool results")
        elif dialect.images:
            out.append(native)
        else:
            leg.losses.dropped("content", kind, here, f"{role} messages take text alone")
    if away:
        hoisted.append({"type": "text", "text": f"[tool result {message.get('tool_call_id')}]"})
        hoisted += away
        if not out:
            return "(media in the next user message)"
    if ((dialect.flatten and role != "user") or not out) and all(part.keys() == {"type", "text"} for part in out):
        if len(out) > 1:
            leg.losses.add("approximated", "envelope", "content", path, "texts joined into one")
        return "".join(part["text"] for part in out)
    return out


def _part(part: Json, kind: str, talk: Talk, path: Path) -> Json | None:
    leg, dialect = talk.leg, talk.dialect
    native: Json
    if kind not in talk.parts:
        if kind == "file" and "file_url" in talk.parts and type(part.get(kind)) is dict:
            inner = part[kind]
            if type(inner.get("file_data")) is str:
                for name, value in inner.items():
                    if name != "file_data" and value is not None:
                        leg.losses.dropped("envelope", name, (*path, kind, name), "not a member of file_url")
                return _part_members(part, kind, {"type": "file_url", "file_url": {"url": inner["file_data"]}}, talk, path)
        if kind == "refusal" and type(part.get("refusal")) is str:
            leg.losses.add("approximated", "content", kind, path, "sent as text")
            return _part_members(part, kind, {"type": "text", "text": part["refusal"]}, talk, path)
        leg.losses.dropped("content", kind, path, "no such content part here")
        return None
    known = PART_MEMBERS.get(kind)
    if known is None:  # a part only this dialect has
        return {name: value for name, value in part.items() if name != "extra_content" and value is not None}
    native = {"type": kind}
    value = part.get(kind)
    if kind in ("text", "refusal"):
        if type(value) is not str:
            leg.invalid((*path, kind), "string", value)
        native[kind] = value
    else:
        if type(value) is not dict:
            leg.invalid((*path, kind), "object", value)
        inner = {}
        for name, member in value.items():
            if name in known:
                if member is not None:
                    inner[name] = member
            elif name != "extra_content" and member is not None:
                leg.losses.dropped("content", name, (*path, kind, name), f"not a member of {kind}")
        own_members(value, inner, leg, (*path, kind), "part")
        if not dialect.links and kind in _FETCHED and str(inner.get("url"))[:8].lower().startswith(("http:", "https:")):
            leg.losses.dropped("content", kind, path, "links are not fetched here; inline_media puts them in")
            return None
        if kind == "input_audio" and dialect.audio_formats and inner.get("format") not in dialect.audio_formats:
            leg.losses.dropped("content", kind, path, "audio of another format than it takes")
            return None
        if kind == "file":
            fitted = _file(inner, talk, (*path, kind))
            if fitted is None:
                return None
            inner = fitted
        native[kind] = inner
    return _part_members(part, kind, native, talk, path) if len(part) > 2 else native


def _part_members(part: Json, kind: str, native: Json, talk: Talk, path: Path) -> Json:
    """What stands in a part beside its type and its value: cache mark, bag, unknown members."""
    leg = talk.leg
    for name, member in part.items():
        if name in ("type", kind, "extra_content") or member is None:
            continue
        if name == "cache_control" and talk.dialect.cache == "stay":
            native[name] = member
        elif name == "cache_control" and can_mark(talk):
            native["prompt_cache_breakpoint"] = breakpoint_of(member, leg, (*path, name))
        else:
            scope: Any = "behaviour" if name == "cache_control" else "content"
            leg.losses.dropped(scope, name, (*path, name), "not a member of this part here")
    own_members(part, native, leg, path, "part")
    return native


def _file(inner: Json, talk: Talk, path: Path) -> Json | None:
    """A file: OpenAI takes data URLs and its own ids; a link only where the dialect fetches it."""
    from translate.shared.media import data_url, is_link, sniff, type_of_link

    data = inner.get("file_data")
    if type(data) is not str or not talk.dialect.refusal:  # only OpenAI's family looks closely
        return inner
    if is_link(data):
        if talk.dialect.details:
            return inner
        talk.leg.losses.dropped("content", "file", path[:-1], "links to files are not fetched here")
        return None
    if data[:5].lower() != "data:":
        name = inner.get("filename")
        media_type = sniff(data) or (type_of_link("http://x/" + name) if type(name) is str else None)
        return {**inner, "file_data": data_url(media_type or "application/octet-stream", data)}
    return inner
