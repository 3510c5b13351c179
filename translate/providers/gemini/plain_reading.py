"""
The short way of requests towards unified: contents of the common shapes, looked at and written in one walk.

Each function gives exactly what the long way gives, or None where there is more to say; then nothing was reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.leg import Json, Leg
from translate.providers.gemini.assistant import is_made_up
from translate.providers.gemini.content import media_to_unified, standard_base64
from translate.providers.gemini.plain_calls import DEEP, calls_to_unified
from translate.providers.gemini.results import read_result
from translate.providers.gemini.spelling import members
from translate.scrubbing import lone
from translate.shared.arguments import dumps

# Media types that are spelled alike on both sides.
_IMAGES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp", "image/heic", "image/heif"))


def messages_to_unified(contents: Any, system: Any, facts: Mapping[str, Any], leg: Leg) -> list[Json] | None:
    """contents and systemInstruction of the common shapes, looked at and written in one walk."""
    messages = [] if system is None else _instructions(system, leg)
    if messages is None:
        return None
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
            if role is not None and role != "function" and role != "tool":
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


def _instructions(system: Any, leg: Leg) -> list[Json] | None:
    """systemInstruction -> its message, or none where it says nothing; one part may stand for a list of it."""
    if type(system) is dict and type(system.get("parts")) is dict:
        system = {**system, "parts": [system["parts"]]}
    if type(system) is not dict or not is_content(system):
        return None
    message = _said("system", system["parts"], leg)
    if message is not None:
        return [message]
    return [] if system["parts"] == [{"text": ""}] else None


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
    if len(parts) == 1 and type(parts[0]) is dict and len(parts[0]) == 1:  # a text, most often
        text = parts[0].get("text")
        if type(text) is str and text and (text.isascii() or not lone(text)):
            return {"role": "assistant", "content": text}
    turn: Json = {"role": "assistant", "content": None}
    spot = answer_to_unified(parts, turn, count, "", key)
    if spot is None:
        return None
    if "tool_calls" in turn:
        for call, part in zip(turn["tool_calls"], parts[spot:] if spot else parts, strict=True):
            called = part["functionCall"]
            waiting.append(_waits(call, called, count, facts, key) if "id" in called else (call["id"], called["name"], False))
            count += 1
    return turn


def answer_to_unified(parts: list[Any], message: Json, number: int, document_id: str, key: str) -> int | None:
    """
    A thought, a text and calls, in this order, each of which may be missing -> members of a message; how many parts come before
    the calls. None for all others.

    number: of the first call in the document.
    """
    reasoning: str | None = None
    said, spot = False, 0
    for part in parts:
        if type(part) is not dict:
            return None
        text = part.get("text")
        if type(text) is not str:
            break
        if said or not text or not (text.isascii() or not lone(text)):
            return None
        if len(part) == 1:
            message["content"], said = text, True
        elif len(part) != 2:
            return None
        elif part.get("thought") is True:
            if reasoning is not None:
                return None
            reasoning = text
        else:
            signature = part.get("thoughtSignature")
            if type(signature) is not str or not signature.isascii():
                return None
            message["content"], said = text, True
            message["extra_content"] = {key: {"thought_signature": signature}}
        spot += 1
    calls = calls_to_unified(parts, spot, number, document_id, key) if spot < len(parts) else []
    if len(calls) != len(parts) - spot:
        return None
    if reasoning is not None:
        message["reasoning_content"] = reasoning
    if calls:
        message["tool_calls"] = calls
    return spot


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
