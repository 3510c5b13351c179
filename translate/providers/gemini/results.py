"""`functionResponse` <-> tool messages. Source: Gemini API reference, "FunctionResponse"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini.assistant import is_made_up
from translate.providers.gemini.content import media_to_unified, part_members, part_to_native
from translate.providers.gemini.spelling import listed, members, place, snake, spelled
from translate.providers.gemini.tables import PAIRED
from translate.shared import bag
from translate.shared.arguments import dumps, made_up_id, parse_object
from translate.shared.fields import report_rest

RESULT_MEMBERS = frozenset(("role", "tool_call_id", "content", "is_error", "extra_content"))
# How the native object held what the content shows, where the way back would choose another form.
TEXT, VALUE, WHOLE = "text", "value", "object"


class Waiting(NamedTuple):
    """A call that has no result yet; `own` is whether its id came with it."""

    id: str
    name: str
    own: bool


def waiting_calls(calls: list[Json], first: int) -> list[Waiting]:
    """Calls of a turn; `first` is the number of the first one in the document."""
    return [_waiting(call, first + number) for number, call in enumerate(calls)]


def _waiting(call: Json, number: int) -> Waiting:
    function = call["function"]
    return Waiting(call["id"], function["name"], not is_made_up(call["id"], "", number, function["name"], function["arguments"]))


def result_to_unified(part: Json, waiting: list[Waiting], leg: Leg, path: Path, facts: Mapping[str, Any]) -> Json:
    """functionResponse part -> tool message. `waiting`: calls without a result; the one that is answered leaves it."""
    held = part["functionResponse"]
    where: Path = (*path, place(part, "functionResponse"))
    if type(held) is not dict:
        leg.invalid(where, "object", held)
    result = members(held)
    name, identifier, response = result.get("name"), result.get("id"), result.get("response")
    for member, value in (("name", name), ("id", identifier)):
        if value is not None and type(value) is not str:
            leg.invalid((*where, member), "string", value)
    if response is not None and type(response) is not dict:
        leg.invalid((*where, "response"), "object", response)
    message: Json = {"role": "tool"}
    key = leg.row.key
    found = _answered(waiting, identifier, name)
    message["tool_call_id"] = (found.id if found else identifier) or made_up_id("", len(waiting), name or "", "")
    if name is not None and (found is None or name != found.name):
        bag.put(message, key, "name", name)
    if (found is None or found.own) != (identifier is not None) or (found is not None and identifier not in (None, found.id)):
        bag.put(message, key, "id", identifier or "")  # the way back gives the id of the call, if that is sent
    text, failed, form = read_result(response or {})
    message["content"] = text
    if failed:
        message["is_error"] = True
    if form:
        bag.put(message, key, "response_form", form)
    parts = result.get("parts")
    if parts is not None:
        _parts_to_unified(parts, message, leg, (*where, "parts"))
    for member, value in result.items():
        if member not in ("name", "id", "response", "parts") and value is not None:
            bag.put(message, key, snake(member), value)
    rest = {snake(member): value for member, value in part.items() if member != "functionResponse" and value is not None}
    if rest:
        bag.put(message, key, "part", rest)
    return message


def _answered(waiting: list[Waiting], identifier: str | None, name: str | None) -> Waiting | None:
    """Takes the call that is answered: the one of this id, else the first of this name."""
    for by_id in (True, False):
        for spot, call in enumerate(waiting):
            if (call.id == identifier) if by_id else (call.name == name):
                return waiting.pop(spot)
    return None


def read_result(response: Json) -> tuple[str, bool, str]:
    """Content, failure, and the form where the way back would not choose it."""
    if len(response) == 1:
        if "output" in response and type(response["output"]) is str:
            text = response["output"]
            return text, False, TEXT if _passes_whole(text) else ""
        if "error" in response:
            value = response["error"]
            if type(value) is str:
                return value, True, TEXT if _passes_whole(value) else ""
            text = dumps(value)
            return text, True, "" if type(value) is dict and _passes_whole(text) else VALUE
    text = dumps(response)
    return text, False, "" if _passes_whole(text) else WHOLE


def _passes_whole(text: str) -> bool:
    """Whether content is sent as the object it spells."""
    if text.lstrip()[:1] != "{":
        return False
    value = parse_object(text)
    return value is not None and not ('"$ref"' in text and _holds_reference(value))


def _holds_reference(value: Any) -> bool:
    if type(value) is dict:
        return "$ref" in value or any(map(_holds_reference, value.values()))
    return type(value) is list and any(map(_holds_reference, value))


def _parts_to_unified(parts: Any, message: Json, leg: Leg, path: Path) -> None:
    made: list[Json] = [{"type": "text", "text": message["content"]}] if message["content"] else []
    for number, part in enumerate(listed(parts, leg, path)):
        named = part_members(part, leg, (*path, number))
        data = next((name for name in ("inlineData", "fileData") if named.get(name) is not None), None)
        unified = media_to_unified(named, data, leg, (*path, number)) if data is not None else None
        if unified is None:
            bag.put(message, leg.row.key, "parts", parts)
            return
        made.append(unified)
    if len(made) > 1 or (made and made[0]["type"] != "text"):
        message["content"] = made


def response_to_native(
    message: Json, name: str, sent: str | None, leg: Leg, path: Path, facts: Mapping[str, Any]
) -> tuple[Json, list[Json]]:
    """
    Tool message -> functionResponse part, and media of older models, which stand beside it.

    Content that spells an object is that object; anything else goes under `output`, a failure under `error`.
    """
    own = bag.unpack(message, leg, path, "content") if "extra_content" in message else bag.EMPTY
    if not message.keys() <= RESULT_MEMBERS:
        report_rest(message, RESULT_MEMBERS, leg, path, "content", "no such member of a result here")
    failed = message.get("is_error")
    if failed is not None and type(failed) is not bool:
        leg.invalid((*path, "is_error"), "boolean", failed)
    text, media = _content(message.get("content"), leg, path, facts)
    held: Json = {"name": name, "response": written_result(text, failed is True, own.get("response_form"))}
    kept_id = own.get("id")
    if type(kept_id) is str:
        sent = kept_id or None
    if sent is not None:
        held = {"id": sent, **held}
    elif not facts["call_ids"]:
        leg.losses.add(
            "dropped", "envelope", "tool_call_id", (*path, "tool_call_id"), PAIRED
        )
    if type(own.get("name")) is str:
        held["name"] = own["name"]
    beside_it: list[Json] = []
    if media:
        if facts["result_media"]:
            held["parts"] = media
        else:
            beside_it = media
    where: Path = (*path, "extra_content", leg.row.key)
    for member, value in own.items():
        if member not in ("name", "id", "response_form", "part"):
            held.update(spelled({member: value}, leg.row.variant, leg, where))
    part: Json = {"functionResponse": held}
    if type(own.get("part")) is dict:
        part.update(spelled(own["part"], leg.row.variant, leg, (*where, "part")))
    return part, beside_it


def _content(content: Any, leg: Leg, path: Path, facts: Mapping[str, Any]) -> tuple[str, list[Json]]:
    where: Path = (*path, "content")
    if content is None or type(content) is str:
        return content or "", []
    if type(content) is not list:
        leg.invalid(where, "string or array", content)
    texts: list[str] = []
    media: list[Json] = []
    for number, part in enumerate(content):
        inner: Path = (*where, number)
        if type(part) is not dict:
            leg.invalid(inner, "object", part)
        if part.get("type") == "text" or ("type" not in part and "text" in part):
            text = part.get("text")
            if type(text) is not str:
                leg.invalid((*inner, "text") if "text" in part else inner, "string", text)
            report_rest(part, frozenset(("type", "text", "extra_content")), leg, inner, "content")
            bag.unpack(part, leg, inner, "content")
            if texts:
                leg.losses.add("approximated", "content", "text", inner, "a result is one value: texts joined")
            texts.append(text)
        else:
            native = part_to_native(part, leg, inner, facts)
            if native is not None and "text" not in native:
                media.append(native)
            elif native is not None:
                texts.append(native["text"])
    return "\n".join(texts), media


def written_result(text: str, failed: bool, form: Any) -> Json:
    word = "error" if failed else "output"
    if form == TEXT:
        return {word: text}
    value = parse_object(text) if text.lstrip()[:1] == "{" else None
    if form == WHOLE and value is not None and not failed:
        return value
    if form == VALUE and failed:
        import json

        try:
            return {word: json.loads(text)}
        except (ValueError, RecursionError):
            return {word: text}
    if value is None or ('"$ref"' in text and _holds_reference(value)):
        return {word: text}
    return {"error": value} if failed else value
