"""
The short way: requests of the common shapes, written in one walk without a look at what can not be there.

Each function gives exactly what the long way gives, or None where there is more to say; then nothing was reported. Towards
the native form it builds on what the survey found (`translate.survey`); towards unified it looks for itself.
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
    Resolution,
    detail_to_native,
    media_to_unified,
    part_to_native,
    standard_base64,
)
from translate.providers.gemini.messages import STAND_IN
from translate.providers.gemini.opening import NOTHING, Opened, Signatures
from translate.providers.gemini.plain_calls import DEEP, calls_to_unified
from translate.providers.gemini.results import read_result, written_result
from translate.providers.gemini.spelling import members
from translate.providers.gemini.tables import PAIRED
from translate.scrubbing import lone
from translate.shared.arguments import dumps, parse_object
from translate.shared.media import MEDIA_TYPE_BY_EXTENSION
from translate.shared.remembered import LONGEST_KEY

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:\-]{0,127}")
# Media types that are spelled alike on both sides.
_IMAGES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp", "image/heic", "image/heif"))
Contents = tuple[list[Json], Json | None, str | None]  # contents, systemInstruction, the resolution wanted for all media


def fits(name: str) -> bool:
    """Whether the API takes the name of a function as it is."""
    return len(name) <= LONGEST_KEY and _is_fine(name)


@lru_cache(maxsize=4096)
def _is_fine(name: str) -> bool:
    # The same few come again and again.
    return _NAME.fullmatch(name) is not None


# --- unified -> native


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
            if content:
                parts.append({"text": content})
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
            if "{" not in content:
                response: Json = {"output": content}
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
            if content:
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
            continue
        native = _image(part["image_url"]) if len(part) == 2 and "image_url" in part else None
        if native is not None:
            detail = part["image_url"].get("detail", "auto")
            if detail != "auto":
                detail_to_native(detail, native, leg, ("messages", number, "content", spot, "image_url", "detail"), facts, resolution)
            parts.append(native)
            continue
        made = part_to_native(part, leg, ("messages", number, "content", spot), facts, resolution)
        if made is not None:
            parts.append(made)
    return parts


# Links whose path, and the type that it ends with, need no parser.
_LINK = re.compile(r"https://[A-Za-z0-9.:\-]+/[A-Za-z0-9._~/%+@=&,\-]*\.(png|jpg|jpeg|gif|webp)")


def _image(image: Json) -> Json | None:
    """An image in base64 or behind a common link; None for any other."""
    url = image["url"]
    if url.startswith("data:"):
        comma = url.find(",", 5, 64)
        if comma > 0 and url.endswith(";base64", 5, comma) and url[5 : comma - 7] in _IMAGES and len(url) > comma + 1:
            return {"inlineData": {"mimeType": url[5 : comma - 7], "data": url[comma + 1 :]}}
        return None
    link = _LINK.fullmatch(url)
    return None if link is None else {"fileData": {"mimeType": MEDIA_TYPE_BY_EXTENSION[link[1]], "fileUri": url}}


# --- native -> unified


def messages_to_unified(contents: Any, system: Any, facts: Mapping[str, Any], leg: Leg) -> list[Json] | None:
    """contents and systemInstruction of the common shapes, looked at and written in one walk."""
    messages: list[Json] = []
    if system is not None:
        message = _said("system", system["parts"], leg) if type(system) is dict and is_content(system) else None
        if message is None:
            return None
        messages.append(message)
    if type(contents) is not list or not contents:
        return None
    waiting: list[tuple[str, str, bool]] = []  # id, name and whether the id is its own, of calls without a result
    count = 0
    role: Any = None
    for content in contents:
        if type(content) is not dict:
            return None
        previous, role, parts = role, content.get("role"), content.get("parts")
        if type(parts) is not list or not parts or len(content) != (1 if role is None else 2):
            return None
        if role == "model":
            if previous is None:
                return None
            turn = _model_turn(parts, waiting, count, facts, leg.row.key)
            if turn is None:
                return None
            if "tool_calls" in turn:
                count += len(turn["tool_calls"])
            messages.append(turn)
            continue
        if role != "user":
            if role is not None:
                return None
            role = "user"
        if len(parts) == 1 and type(parts[0]) is dict and len(parts[0]) == 1:
            text = parts[0].get("text")
            if type(text) is str:
                if not text or not (text.isascii() or not lone(text)):
                    return None
                messages.append({"role": "user", "content": text})
                continue
        results = 0
        for part in parts:
            if type(part) is not dict or "functionResponse" not in part:
                break
            result = _result(part, waiting)
            if result is None:
                return None
            messages.append(result)
            results += 1
        if results < len(parts):
            message = _said("user", parts[results:] if results else parts, leg)
            if message is None:
                return None
            messages.append(message)
    return None if role == "model" else messages


def is_content(content: Json) -> bool:
    """parts, and a role if any; nothing else."""
    parts = content.get("parts")
    return type(parts) is list and len(parts) > 0 and (
        len(content) == 1 or (len(content) == 2 and type(content.get("role")) is str and content["role"].isascii())
    )  # fmt: skip


def _said(role: str, parts: list[Any], leg: Leg) -> Json | None:
    """Texts, and a user's media."""
    made: list[Json] = []
    text: Any = None
    for part in parts:
        if type(part) is not dict:
            return None
        text = part.get("text")
        if type(text) is str and len(part) == 1:
            if not text or not (text.isascii() or not lone(text)):
                return None
            made.append({"type": "text", "text": text})
        else:
            medium = _media(part, leg) if role == "user" else None
            if medium is None:
                return None
            made.append(medium)
    return {"role": role, "content": text if len(made) == 1 and type(text) is str else made}


def _media(part: Json, leg: Leg) -> Json | None:
    """An image in base64, or other data and links with no more than their type, and the resolution wanted."""
    blob, level = part.get("inlineData"), part.get("mediaResolution")
    if len(part) > 1 and not (len(part) == 2 and type(level) is dict and len(level) == 1 and _is_word(level.get("level"))):
        return None
    if type(blob) is dict and len(blob) == 2 and level is None:
        kind, data = blob.get("mimeType"), blob.get("data")
        if type(kind) is str and kind in _IMAGES and type(data) is str and data.isascii():
            return {"type": "image_url", "image_url": {"url": f"data:{kind};base64,{standard_base64(data)}"}}
    named = members(part)
    for name, held in (("inlineData", "data"), ("fileData", "fileUri")):
        blob = named.get(name)
        if type(blob) is dict:
            blob = members(blob)
            kind, value = blob.get("mimeType"), blob.get(held)
            if len(blob) != 2 or type(kind) is not str or not kind.isascii() or type(value) is not str or not value.isascii():
                return None
            return media_to_unified({name: blob} if level is None else {name: blob, "mediaResolution": level}, name, leg, ())
    return None


def _is_word(value: Any) -> bool:
    return type(value) is str and value.isascii()


def _model_turn(
    parts: list[Any], waiting: list[tuple[str, str, bool]], count: int, facts: Mapping[str, Any], key: str
) -> Json | None:
    """A text, then calls; either may be missing."""
    turn: Json = {"role": "assistant", "content": None}
    for spot, part in enumerate(parts):
        if type(part) is not dict:
            return None
        text = part.get("text")
        if type(text) is not str:
            calls = calls_to_unified(parts, spot, count, "", key)
            if len(calls) != len(parts) - spot:
                return None
            for call, part in zip(calls, parts[spot:] if spot else parts, strict=True):
                called = part["functionCall"]
                waiting.append(_waits(call, called, count, facts, key) if "id" in called else (call["id"], called["name"], False))
                count += 1
            turn["tool_calls"] = calls
            break
        if turn["content"] is not None or not text or not (text.isascii() or not lone(text)):
            return None
        turn["content"] = text
        if len(part) > 1:
            signature = part.get("thoughtSignature")
            if len(part) > 2 or type(signature) is not str or not signature.isascii():
                return None
            turn["extra_content"] = {key: {"thought_signature": signature}}
    return turn


def _waits(call: Json, called: Json, number: int, facts: Mapping[str, Any], key: str) -> tuple[str, str, bool]:
    """Id and name of a call that has an id and whose result is to come, and whether it is its own; one that the way back would leave out is kept."""
    identifier, function = call["id"], call["function"]
    if not facts["call_ids"]:
        call["extra_content"] = {key: {"id": identifier, **call.get("extra_content", {}).get(key, {})}}
    is_own = len(identifier) != 17 or not is_made_up(identifier, "", number, function["name"], function["arguments"])
    return identifier, function["name"], is_own


def _result(part: Json, waiting: list[tuple[str, str, bool]]) -> Json | None:
    """A functionResponse that answers the call of its id, or without ids the first one of its name."""
    held = part["functionResponse"]
    if len(part) != 1 or type(held) is not dict:
        return None
    name, response, identifier = held.get("name"), held.get("response"), held.get("id")
    if type(name) is not str or type(response) is not dict or len(held) != (2 if identifier is None else 3):
        return None
    place = 0
    for call in waiting:
        if (call[0] == identifier) if identifier is not None else (call[1] == name):
            break
        place += 1
    else:
        return None
    known, called, own = call
    if called != name or own is not (identifier is not None) or (identifier is not None and type(identifier) is not str):
        return None
    text, failed = response.get("output"), False
    if type(text) is not str or len(response) != 1 or text.lstrip()[:1] == "{":
        try:
            if len(response) == 1 and ("output" in response or "error" in response):
                text, failed, form = read_result(response)
                if form:
                    return None
            else:
                text = dumps(response)
                if '"$ref"' in text or "NaN" in text or "Infinity" in text:  # else it is sent as the object it spells
                    return None
        except RecursionError:
            return None
        if len(text) > DEEP and text.count("{") + text.count("[") > DEEP:
            return None
    if not (text.isascii() or not lone(text)):
        return None
    del waiting[place]
    message: Json = {"role": "tool", "tool_call_id": known, "content": text}
    if failed:
        message["is_error"] = True
    return message
