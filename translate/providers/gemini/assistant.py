"""
A model turn, both directions: `content.parts` <-> the visible fields of an assistant message, with order rows where needed.

Used by requests (history) and responses; streams build on the same pieces.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini.content import (
    Resolution,
    beside,
    data_of,
    extra_to_native,
    media_to_native,
    media_to_unified,
    native_part,
    part_members,
    part_to_native,
    standard_base64,
    text_of,
)
from translate.providers.gemini.spelling import members, place, snake, spelled
from translate.providers.gemini.tables import PAIRED
from translate.shared import bag
from translate.shared.arguments import dumps, made_up_id, parse_object
from translate.shared.blocks import RANK, Order, Piece, Turn, pieces
from translate.shared.fields import report_rest

FORMAT = "google-gemini-v1"
AUDIO_ID = "audio_0"  # made up: answers do not name their audio
MESSAGE_MEMBERS = frozenset((
    "role", "content", "refusal", "reasoning_content", "reasoning_details", "tool_calls", "images", "audio", "annotations",
    "extra_content", "prefix",
))  # fmt: skip
# Members of the message's bag with a function of their own.
OWN_MEMBERS = frozenset(("blocks", "thought_signature", "thoughtSignature", "leading"))


# --- native -> unified


def is_first_text(order: Order, text: str) -> bool:
    """Whether the signature of this text, about to open, stands at the message rather than in its row."""
    return bool(text) and "text" not in order.seen and not order.broken and order.last <= RANK["text"]


def signature_alone(extra: Json) -> str | None:
    """The signature when nothing else stands beside the text."""
    value = extra.get("thought_signature") if len(extra) == 1 else None
    return value if type(value) is str else None


def parts_to_unified(parts: list[Any], message: Json, leg: Leg, path: Path, first_call: int, document_id: str, facts: Mapping[str, Any]) -> int:
    """Parts -> members of `message`; returns how many calls there were. `first_call`: number of the first one in the document."""
    if len(parts) == 1:  # most answers
        part = parts[0]
        if type(part) is dict and len(part) == 1 and type(part.get("text")) is str:
            message["content"] = part["text"] or None
            return 0
    turn = Turn(entries=False)
    key = leg.row.key
    calls = first_call
    for number, part in enumerate(parts):
        where: Path = (*path, number)
        named = part_members(part, leg, where)
        data = data_of(named)
        thought = named.get("thought")
        if data == "text":
            text = text_of(named, leg, where)
            extra = beside(named, data)
            if thought is True:
                del extra["thought"]
                if text or extra:
                    turn.reasoning(text, extra)
            elif text or extra:
                signature = signature_alone(extra)
                if signature is not None and is_first_text(turn.order, text):
                    bag.put(message, key, "thought_signature", signature)
                    extra = {}
                turn.text(text, extra)
        elif data == "functionCall":
            turn.tool_call(call_to_unified(named, leg, where, calls, document_id, facts))
            calls += 1
        elif data in ("inlineData", "fileData") and thought is not True:
            if not _produced(named, data, turn, leg, where):
                turn.native(part)
        else:
            turn.native(part)
    turn.finish(message, key)
    return calls - first_call


def _produced(part: Json, data: str, turn: Turn, leg: Leg, path: Path) -> bool:
    """Images and the first audio; False for what has no visible field."""
    held = part[data]
    named = members(held) if type(held) is dict else {}
    kind = named.get("mimeType")
    bare = kind.split(";", 1)[0].strip().lower() if type(kind) is str else ""
    if data == "inlineData" and bare.startswith("audio/") and turn.audio is None and type(named.get("data")) is str:
        turn.sound(audio_to_unified(part, named, leg))
        return True
    if not bare.startswith("image/"):
        return False
    unified = media_to_unified(part, data, leg, path)
    if unified is None:
        return False
    image = turn.image("")
    image["image_url"] = unified["image_url"]
    if "extra_content" in unified:
        image["extra_content"] = unified["extra_content"]
    return True


def audio_to_unified(part: Json, blob: Json, leg: Leg) -> Json:
    """inlineData of audio -> message.audio; its media type rides in its bag."""
    audio: Json = {"id": AUDIO_ID, "data": standard_base64(blob["data"]), "expires_at": 0, "transcript": ""}
    for name, value in (*blob.items(), *((name, value) for name, value in part.items() if name != "inlineData")):
        if name == "data" or value is None or (name == "thought" and value is False):
            continue
        if name == "audioTranscription" and type(value) is dict and type(value.get("text")) is str:
            audio["transcript"] = value["text"]
        bag.put(audio, leg.row.key, snake(name), value)
    return audio


def call_to_unified(part: Json, leg: Leg, path: Path, number: int, document_id: str, facts: Mapping[str, Any]) -> Json:
    """functionCall part -> tool call. Its signature and unknown members ride in the call's bag."""
    held = part["functionCall"]
    if type(held) is not dict:
        leg.invalid((*path, place(part, "functionCall")), "object", held)
    call = members(held)
    name, identifier, args = call.get("name"), call.get("id"), call.get("args")
    if name is not None and type(name) is not str:
        leg.invalid((*path, place(part, "functionCall"), "name"), "string", name)
    if identifier is not None and type(identifier) is not str:
        leg.invalid((*path, place(part, "functionCall"), "id"), "string", identifier)
    if args is not None and type(args) is not dict:
        leg.invalid((*path, place(part, "functionCall"), "args"), "object", args)
    names = leg.memo.get("names")
    if names:
        name = names.get(name, name)
    arguments = dumps(args) if args else "{}"
    unified: Json = {
        "id": identifier or made_up_id(document_id, number, name or "", arguments),
        "type": "function", "function": {"name": name or "", "arguments": arguments},
    }  # fmt: skip
    key = leg.row.key
    if identifier and not facts["call_ids"]:
        bag.put(unified, key, "id", identifier)
    if not call.keys() <= _CALL:
        for member, value in call.items():
            if member not in _CALL and value is not None:
                bag.put(unified["function"], key, snake(member), value)
    if len(part) > 1:
        for member, value in part.items():
            if member != "functionCall" and value is not None and not (member == "thought" and value is False):
                bag.put(unified, key, snake(member), value)
    return unified


_CALL = frozenset(("name", "id", "args"))


# --- unified -> native


def parts_to_native(
    message: Json, own: Json, leg: Leg, path: Path, facts: Mapping[str, Any], calls: Calls, resolution: Resolution | None = None
) -> list[Json]:
    """Assistant message -> parts in native order. Losses: foreign reasoning, refusals, what has no part."""
    keys = message.keys()
    content = message.get("content")
    if not own and type(content) is str and keys <= {"role", "content"}:  # most turns
        return [{"text": content}] if content else []
    rows = own.get("blocks")
    if not own and keys <= _CALLS_ONLY and (content is None or type(content) is str) and type(message.get("tool_calls")) is list:
        written = [{"text": content}] if content else []
        for number, call in enumerate(message["tool_calls"]):
            written.append(call_to_native(call, leg, (*path, "tool_calls", number), facts, calls))
        return written
    signatures = _Signatures(message, leg, path)
    found: list[Piece] = pieces(signatures.message, rows, leg, path)
    first = own.get("thought_signature", own.get("thoughtSignature")) or signatures.text
    if first is not None and type(first) is not str:
        leg.invalid((*path, "extra_content", leg.row.key, "thought_signature"), "string", first)
    parts: list[Json] = list(signatures.thoughts)
    for piece in found:
        part = _piece_to_native(piece, leg, facts, calls, signatures, resolution)
        if part is None:
            continue
        if first and "text" in part and "thought" not in part and part["text"]:
            part.setdefault("thoughtSignature", first)
            first = None
        parts.append(part)
    if first:
        bag.stale(leg, path, "thought_signature", "content")
    return parts


_CALLS_ONLY = frozenset(("role", "content", "tool_calls"))


class Calls:
    """Calls written so far: what a result needs to know of them."""

    __slots__ = ("count", "document_id", "names", "order", "wire")

    def __init__(self, names: Mapping[str, str], document_id: str = "") -> None:
        self.names = names  # function name -> spelling on the wire
        self.document_id = document_id
        self.count = 0
        self.wire: dict[str, tuple[str, str | None]] = {}  # call id -> function name and id on the wire
        self.order: dict[str, int] = {}

    def write(self, identifier: str, name: str, sent: str | None) -> None:
        self.wire[identifier] = (name, sent)
        self.order[identifier] = self.count
        self.count += 1


class _Signatures:
    """Entries of reasoning_details: signatures of calls and text, thoughts with a signature of their own."""

    __slots__ = ("calls", "message", "text", "thoughts")

    def __init__(self, message: Json, leg: Leg, path: Path) -> None:
        self.calls: dict[str, str] = {}
        self.text: str | None = None
        self.thoughts: list[Json] = []
        self.message = message
        details = message.get("reasoning_details")
        if not details:
            return
        self.message = {name: value for name, value in message.items() if name != "reasoning_details"}
        where: Path = (*path, "reasoning_details")
        if type(details) is not list:
            leg.invalid(where, "array", details)
        texts: list[tuple[str, str | None, int]] = []
        for number, entry in enumerate(details):
            if type(entry) is not dict:
                leg.invalid((*where, number), "object", entry)
            self._entry(entry, texts, leg, (*where, number), number)
        if texts or self.calls or self.text:
            leg.losses.add("approximated", "envelope", "reasoning_details", path, "signatures stand beside their parts here")
        if not texts:
            return
        joined = "".join(text for text, _, _ in texts)
        visible = message.get("reasoning_content")
        if visible in (None, "", joined):
            if all(signature is None for _, signature, _ in texts) and visible:
                return  # reasoning_content says it all
            self.message = {name: value for name, value in self.message.items() if name != "reasoning_content"}
            for text, signature, _ in texts:
                self.thoughts.append({"text": text, "thought": True} if signature is None else {
                    "text": text, "thought": True, "thoughtSignature": signature,
                })  # fmt: skip
            return
        for _, _, number in texts:
            leg.losses.add("dropped", "content", "reasoning_details", (*where, number), "contradicts reasoning_content, which wins")

    def _entry(self, entry: Json, texts: list[tuple[str, str | None, int]], leg: Leg, path: Path, number: int) -> None:
        kind, data, text, signature = entry.get("type"), entry.get("data"), entry.get("text"), entry.get("signature")
        if entry.get("format") not in (None, FORMAT):
            leg.losses.add("dropped", "content", "reasoning_details", path, "reasoning of another format")
        elif type(data) is str and kind in (None, "reasoning.encrypted"):
            identifier = entry.get("id")
            if type(identifier) is str:
                self.calls[identifier] = data
            else:
                self.text = data
            report_rest(entry, frozenset(("type", "data", "id", "format", "index")), leg, path)
        elif type(text) is str and kind in (None, "reasoning.text"):
            texts.append((text, signature if type(signature) is str and signature else None, number))
            report_rest(entry, frozenset(("type", "text", "signature", "format", "index")), leg, path)
        else:
            leg.losses.add("dropped", "content", "reasoning_details", path, "no such entry here")


def _piece_to_native(
    piece: Piece, leg: Leg, facts: Mapping[str, Any], calls: Calls, signatures: _Signatures, resolution: Resolution | None
) -> Json | None:
    kind, value, path = piece.kind, piece.value, piece.path
    extra = extra_to_native(piece.extra, leg, path)
    if kind == "tool_call":
        return {**call_to_native(value, leg, path, facts, calls, signatures.calls), **extra}
    if kind == "native":
        return native_part(value, leg, path)
    if kind in ("text", "reasoning", "refusal"):
        if type(value) is not str:
            leg.invalid(path, "string", value)
        if kind == "refusal":
            leg.losses.add("approximated", "content", "refusal", path, "sent as text")
        if not value and not extra:
            return None
        return {"text": value, "thought": True, **extra} if kind == "reasoning" else {"text": value, **extra}
    if kind == "audio":
        part = audio_to_native(value, leg, path)
    elif kind == "image":
        part = image_to_native(value, leg, path, facts)
    else:
        part = part_to_native(value, leg, path, facts, resolution)
    return None if part is None else {**part, **extra}


def image_to_native(image: Any, leg: Leg, path: Path, facts: Mapping[str, Any]) -> Json | None:
    """An image the model made -> its part."""
    if type(image) is not dict:
        leg.invalid(path, "object", image)
    value = image.get("image_url")
    if type(value) is str:
        value = {"url": value}
    if type(value) is not dict:
        leg.invalid((*path, "image_url") if "image_url" in image else path, "object", value)
    report_rest(image, frozenset(("type", "index", "image_url", "extra_content")), leg, path)
    if image.get("type") not in (None, "image_url"):
        leg.losses.add("approximated", "content", "type", (*path, "type"), "word unknown here; an image")
    return media_to_native("image_url", value, bag.unpack(image, leg, path, "content"), leg, path, facts, None)


def audio_to_native(audio: Any, leg: Leg, path: Path) -> Json | None:
    """Audio the model spoke -> its part. Losses: audio by id alone, a transcript of another provider."""
    if type(audio) is not dict:
        leg.invalid(path, "object", audio)
    data = audio.get("data")
    if data is None:
        leg.losses.add("dropped", "content", "audio", path, "audio of an earlier answer is known by its data here")
        return None
    if type(data) is not str:
        leg.invalid((*path, "data"), "string", data)
    own = spelled(bag.unpack(audio, leg, path, "content"), leg.row.variant, leg, (*path, "extra_content", leg.row.key))
    kind = own.pop("mimeType", None)
    if type(kind) is not str:
        kind = "audio/wav"
        leg.losses.add("approximated", "content", "audio", path, "format not told; audio/wav")
    transcription = own.get("audioTranscription")
    said = transcription.get("text") if type(transcription) is dict else None
    transcript = audio.get("transcript")
    if transcript and transcript != said:
        if said is not None:
            own["audioTranscription"] = {**transcription, "text": transcript}
        else:
            leg.losses.add("dropped", "content", "transcript", (*path, "transcript"), "no place beside audio here")
    if audio.get("id") not in (None, AUDIO_ID):
        leg.losses.add("dropped", "envelope", "id", (*path, "id"), "audio has no id here")
    if audio.get("expires_at"):
        leg.losses.add("dropped", "envelope", "expires_at", (*path, "expires_at"), "audio does not expire here")
    report_rest(audio, frozenset(("id", "data", "expires_at", "transcript", "extra_content")), leg, path)
    blob: Json = {"mimeType": kind, "data": data}
    if "displayName" in own:
        blob["displayName"] = own.pop("displayName")
    return {"inlineData": blob, **own}


FUNCTION_MEMBERS = frozenset(("name", "arguments", "input", "extra_content"))
CALL_MEMBERS = frozenset(("id", "type", "function", "custom", "index", "extra_content"))


def is_made_up(identifier: str, document_id: str, number: int, name: str, arguments: str) -> bool:
    """Whether the id is the one that a call without an id gets in this place."""
    return (
        len(identifier) == 17 and identifier[:5] == "call_" and identifier == made_up_id(document_id, number, name, arguments)
    )


def call_to_native(
    call: Any, leg: Leg, path: Path, facts: Mapping[str, Any], calls: Calls, signatures: Mapping[str, str] | None = None
) -> Json:
    """Tool call -> functionCall part. Losses: arguments that are no object, free text of custom tools; both approximated."""
    if type(call) is not dict:
        leg.invalid(path, "object", call)
    word = call.get("type")
    custom = word == "custom" or ("custom" in call and "function" not in call)
    if word not in ("function", "custom", None):
        leg.losses.add("approximated", "content", "type", (*path, "type"), "kind of call unknown; a function")
    kind = "custom" if custom else "function"
    function = call.get(kind)
    inner: Path = (*path, kind)
    if type(function) is not dict:
        leg.invalid(inner if kind in call else path, "object", function)
    name, identifier = function.get("name"), call.get("id")
    if type(name) is not str:
        leg.invalid((*inner, "name") if "name" in function else inner, "string", name)
    if identifier is not None and type(identifier) is not str:
        leg.invalid((*path, "id"), "string", identifier)
    text = function.get("input" if custom else "arguments")
    if text is not None and type(text) is not str:
        leg.invalid((*inner, "input" if custom else "arguments"), "string", text)
    if custom:
        args: Json | None = {"input": text or ""}
        leg.losses.add("approximated", "content", "custom", inner, "free text sent as arguments")
    else:
        args = parse_object(text or "")
        if args is None:
            args = {"_raw": text}
            leg.losses.add("approximated", "content", "arguments", (*inner, "arguments"), "no JSON object; sent as it is, as text")
    held: Json = {"name": calls.names.get(name, name), "args": args}
    own: Json = bag.EMPTY
    if "extra_content" in call:
        own = bag.unpack(call, leg, path, "content")
    sent: str | None = None
    if identifier:
        kept = own.get("id")
        if kept is not None and kept == identifier:
            sent = identifier
        elif (facts["call_ids"] or leg.kind != "request") and not is_made_up(identifier, calls.document_id, calls.count, name, text or ""):
            sent = identifier  # an id that was made up on the way in is left out again
        if kept is not None and kept != identifier:
            bag.stale(leg, path, "id", "content")
    if sent is not None:
        held = {"id": sent, **held}
    elif identifier and not facts["call_ids"] and leg.kind == "request":
        leg.losses.add("dropped", "envelope", "id", (*path, "id"), PAIRED)
    if "extra_content" in function:
        held.update(spelled(bag.unpack(function, leg, inner, "content"), leg.row.variant, leg, (*inner, "extra_content", leg.row.key)))
    if not function.keys() <= FUNCTION_MEMBERS:
        report_rest(function, FUNCTION_MEMBERS, leg, inner)
    if not call.keys() <= CALL_MEMBERS:
        report_rest(call, CALL_MEMBERS, leg, path)
    part: Json = {"functionCall": held}
    if own:
        rest = {member: value for member, value in own.items() if member != "id"}
        part.update(spelled(rest, leg.row.variant, leg, (*path, "extra_content", leg.row.key)))
    if signatures and identifier is not None and identifier in signatures:
        part.setdefault("thoughtSignature", signatures[identifier])
    calls.write(identifier or "", held["name"], sent)
    return part
