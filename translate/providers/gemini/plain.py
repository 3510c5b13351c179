"""
The short way of requests: contents of the common shapes, written in one walk without a look at what can not be there.

Each function gives exactly what the long way gives, or None where there is more to say; then nothing was reported. It builds on
what the survey (`translate.survey`) and `opening.py` found; `plain_reading.py` has the other direction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from functools import lru_cache
from typing import Any

from translate.leg import Json, Leg
from translate.loss import Loss
from translate.providers.gemini.assistant import is_made_up
from translate.providers.gemini.content import (
    NO_MEMBER,
    Resolution,
    add_name,
    audio_type,
    detail_to_native,
    part_to_native,
)
from translate.providers.gemini.messages import STAND_IN
from translate.providers.gemini.opening import NOTHING, Opened, Signatures
from translate.providers.gemini.results import written_result
from translate.providers.gemini.tables import PAIRED
from translate.shared.arguments import parse_object
from translate.shared.fields import scope_of
from translate.shared.media import MEDIA_TYPE_BY_EXTENSION
from translate.shared.remembered import LONGEST_KEY
from translate.shared.system_parts import MARK

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:\-]{0,127}")
Contents = tuple[list[Json], Json | None, str | None]  # contents, systemInstruction, the resolution wanted for all media


def fits(name: str) -> bool:
    """Whether the API takes the name of a function as it is."""
    return len(name) <= LONGEST_KEY and _is_fine(name)


@lru_cache(maxsize=4096)
def _is_fine(name: str) -> bool:
    # The same few come again and again.
    return _NAME.fullmatch(name) is not None


def declared_names(request: Json) -> list[str]:
    """Names of the functions that a unified request declares."""
    names: list[str] = []
    tools = request.get("tools")
    for tool in tools if type(tools) is list else ():
        function = tool.get("function") if type(tool) is dict else None
        if type(function) is dict and type(function.get("name")) is str:
            names.append(function["name"])
    return names


def contents_to_native(
    request: Json, leg: Leg, facts: Mapping[str, Any], opened: Opened = NOTHING
) -> Contents | None:
    """Surveyed or opened messages -> contents."""
    if "tools" in request and not all(map(fits, declared_names(request))):
        return None
    before = len(leg.losses.items)
    written = _contents(request["messages"], leg, facts, opened.signed, opened.kept)
    if written is None:
        del leg.losses.items[before:]
    return written


@lru_cache(maxsize=4096)
def _without_id(target: str, number: int, spot: int | None = None) -> Loss:
    """The id of a call, or of its result: older models take none, so that each of a talk is lost; at places that come again and again."""
    at, name = ("", "tool_call_id") if spot is None else (f"/tool_calls/{spot}", "id")
    return Loss("dropped", "envelope", name, f"/messages/{number}{at}/{name}", target, PAIRED)


def _contents(
    messages: list[Any], leg: Leg, facts: Mapping[str, Any], signed: Mapping[int, Signatures], kept: Set[tuple[int, int]]
) -> Contents | None:
    losses = leg.losses
    contents: list[Json] = []
    system: list[Json] = []
    parts = system
    side, has_call = "", False
    sends_ids = facts["call_ids"]
    wire: dict[str, tuple[str, str | None, int]] = {}  # call id -> name, id on the wire, number
    fitting: str | None = None  # the last name that fits: calls come in runs
    count, last = 0, -1  # calls so far; number of the call that the last result answers
    resolution: Resolution | None = None
    first_calls: list[tuple[Json, int, list[Json]]] = []  # unsigned, of each model turn since the user's last words: with message and turn
    for number, message in enumerate(messages):
        role, content = message["role"], message.get("content")
        if role == "user":
            if side != "user":
                side, parts = "user", []
                contents.append({"role": "user", "parts": parts})
            if first_calls:
                first_calls = []
            if type(content) is str:
                if not content:
                    return None
                parts.append({"text": content})
            else:
                if resolution is None:
                    resolution = Resolution()
                fresh = _user_parts(content, leg, number, facts, resolution)
                if not fresh:
                    return None
                parts += fresh
        elif role == "assistant":
            if side != "model":
                if not side:
                    return None
                side, parts, has_call = "model", [], False
                contents.append({"role": "model", "parts": parts})
            calls = message.get("tool_calls")
            if number in signed and message.get("reasoning_content"):
                parts.append({"text": message["reasoning_content"], "thought": True})
            if content:
                if type(content) is str:
                    parts.append({"text": content})
                else:
                    parts += _texts(content, leg, number)
            elif not calls:
                return None
            if calls:
                for spot, call in enumerate(calls):
                    identifier, function = call["id"], call["function"]
                    name, text = function["name"], function["arguments"]
                    arguments = parse_object(text)
                    if arguments is None:
                        return None
                    if name != fitting:
                        if not fits(name):
                            return None
                        fitting = name
                    if (sends_ids and (len(identifier) != 17 or not is_made_up(identifier, "", count, name, text))) or (number, spot) in kept:
                        part: Json = {"functionCall": {"id": identifier, "name": name, "args": arguments}}
                        wire[identifier] = name, identifier, count
                    else:
                        part = {"functionCall": {"name": name, "args": arguments}}
                        wire[identifier] = name, None, count
                        if not sends_ids:
                            losses.items.append(_without_id(losses.target, number, spot))
                    if not has_call:
                        has_call = True
                        first_calls.append((part, number, parts))
                    parts.append(part)
                    count += 1
            if number in signed:
                signatures = signed[number]
                for part, signature in zip(parts[-len(signatures) :], signatures, strict=True):
                    if signature is not None:
                        part["thoughtSignature"] = signature
                        if "functionCall" in part and first_calls and first_calls[-1][2] is parts:
                            del first_calls[-1]  # one signature will do for the calls of a turn
        elif role == "tool":
            if side != "user":
                side, parts, last = "user", [], -1
                contents.append({"role": "user", "parts": parts})
            name, sent, place = wire[message["tool_call_id"]]
            if place < last:
                return None
            last = place
            if type(content) is list:  # of one text
                content = content[0]["text"]
            if len(message) != 3:
                response: Json = written_result(content, message.get("is_error", False), None)
            elif "{" not in content:
                response = {"output": content}
            elif content[:1] == "{" and '"$ref"' not in content:  # as most tools answer
                value = parse_object(content)
                response = {"output": content} if value is None else value
            else:
                response = written_result(content, False, None)
            if sent is not None:
                parts.append({"functionResponse": {"id": sent, "name": name, "response": response}})
            else:
                parts.append({"functionResponse": {"name": name, "response": response}})
                if not sends_ids:
                    losses.items.append(_without_id(losses.target, number))
        else:
            if side:
                losses.add(
                    "approximated", "content", "role", ("messages", number, "role"),
                    "instructions stand ahead of the conversation here",
                )  # fmt: skip
            if type(content) is list:
                system += _texts(content, leg, number)
            elif content:
                system.append({"text": content})
    if (side == "model" and not facts["prefill"]) or not contents:
        return None
    if first_calls and facts["signatures"]:
        for part, number, _ in first_calls:
            part["thoughtSignature"] = STAND_IN
            losses.add(
                "approximated", "content", "thought_signature", ("messages", number, "tool_calls", 0),
                "call of another model; Google's stand-in for its signature",
            )  # fmt: skip
    return contents, {"parts": system} if system else None, None if resolution is None else resolution.level


@lru_cache(maxsize=4096)
def _without_mark(target: str, number: int, spot: int) -> Loss:
    """The mark of a cache on a part, as some clients put them on the same parts of each request."""
    return Loss("dropped", scope_of(MARK), MARK, f"/messages/{number}/content/{spot}/{MARK}", target, NO_MEMBER)


def _texts(content: list[Json], leg: Leg, number: int) -> list[Json]:
    """Texts of a message. Losses: marks of a cache."""
    parts: list[Json] = []
    for spot, part in enumerate(content):
        parts.append({"text": part["text"]})
        if len(part) != 2:
            leg.losses.items.append(_without_mark(leg.losses.target, number, spot))
    return parts


def _user_parts(
    content: list[Json], leg: Leg, number: int, facts: Mapping[str, Any], resolution: Resolution
) -> list[Json] | None:
    """Texts and media of a user turn; None where a text is empty."""
    parts: list[Json] = []
    for spot, part in enumerate(content):
        if part["type"] == "text":
            if not part["text"]:
                return None
            parts.append({"text": part["text"]})
            if len(part) != 2:
                leg.losses.items.append(_without_mark(leg.losses.target, number, spot))
            continue
        native = _medium(part) if len(part) == 2 else None
        if native is not None:
            kind = part["type"]
            held, where = part[kind], ("messages", number, "content", spot, kind)
            if held.get("detail", "auto") != "auto":
                detail_to_native(held["detail"], native, leg, (*where, "detail"), facts, resolution)
            elif "filename" in held:
                add_name(held["filename"], native["inlineData"], leg, (*where, "filename"))
            parts.append(native)
            continue
        made = part_to_native(part, leg, ("messages", number, "content", spot), facts, resolution)
        if made is not None:
            parts.append(made)
    return parts


# Links whose path, and the type that it ends with, need no parser.
_LINK = re.compile(r"https://[A-Za-z0-9.:\-]+/[A-Za-z0-9._~/%+@=&,\-]*\.(png|jpg|jpeg|gif|webp)")


def _medium(part: Json) -> Json | None:
    """Data of a common type, or an image behind a common link; None for any other."""
    kind = part["type"]
    held = part[kind]
    if kind == "input_audio":
        data = held["data"]
        return None if data[:5].lower() == "data:" else {"inlineData": {"mimeType": audio_type(held["format"]), "data": data}}
    url = held.get("file_data" if kind == "file" else "url")
    if url is None or "file_id" in held:
        return None
    if url.startswith("data:"):
        comma = url.find(",", 5, 64)
        if comma > 0 and url.endswith(";base64", 5, comma) and url[5 : comma - 7] in _SPELLED_ALIKE and len(url) > comma + 1:
            return {"inlineData": {"mimeType": url[5 : comma - 7], "data": url[comma + 1 :]}}
    elif kind == "image_url":
        link = _LINK.fullmatch(url)
        if link is not None:
            return {"fileData": {"mimeType": MEDIA_TYPE_BY_EXTENSION[link[1]], "fileUri": url}}
    return None


_SPELLED_ALIKE = frozenset(MEDIA_TYPE_BY_EXTENSION.values())
