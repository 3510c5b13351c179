"""Messages, media and tool calls of the Ollama spoke, both directions."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.ollama import plain
from translate.providers.ollama.tables import BEHIND_IMAGES, GOES_ON, JOINED, LINKED, NO_DETAIL, NO_MEMBER, NO_NAME
from translate.shared import bag, media
from translate.shared.arguments import LENGTH_MADE_UP, dumps, made_up_id, parse_object
from translate.shared.fields import report_rest, scope_of
from translate.shared.members import object_of, optional_text, text_of

CALL_MEMBERS = frozenset(("id", "type", "function", "custom", "extra_content", "index"))
FUNCTION_MEMBERS = frozenset(("name", "arguments", "extra_content"))
ROLES = {"developer": "system", "function": "tool"}


def messages_to_native(messages: list[Any], leg: Leg) -> list[Json]:
    """
    Unified messages -> native ones, each for itself.

    Losses: media other than inline images and audio dropped; borders and order of parts, names, foreign roles approximated.
    """
    short = plain.messages_to_native(messages, leg) if leg.plain or leg.opened is not None else None
    if short is not None:
        return short
    mark = len(leg.losses.items)
    calls = Calls()
    out = _messages(messages, leg, calls)
    if calls.disordered:
        # Results without ids are matched by their order: here only the made-up ids tell which answers which.
        del leg.losses.items[mark:]
        out = _messages(messages, leg, Calls(keep=True))
    if out and out[-1]["role"] == "assistant" and messages[-1].get("prefix") is not True:
        leg.losses.add("approximated", "behaviour", "prefix", ("messages", len(messages) - 1), GOES_ON)
    return out


def _messages(messages: list[Any], leg: Leg, calls: Calls) -> list[Json]:
    out: list[Json] = []
    for number, message in enumerate(messages):
        path: Path = ("messages", number)
        if type(message) is not dict:
            leg.invalid(path, "object", message)
        role = message.get("role")
        if type(role) is not str:
            if role is None:
                leg.missing(path, "role")
            leg.invalid((*path, "role"), "string", role)
        native: Json = {"role": ROLES.get(role, role)}
        if native["role"] not in ("system", "user", "assistant", "tool"):
            leg.losses.add("approximated", "content", "role", (*path, "role"), "role unknown here; sent as user")
            native["role"] = "user"
        native["content"] = ""
        _content_to_native(message.get("content"), native, leg, (*path, "content"))
        for name, value in message.items():
            if value is None or name in ("role", "content", "name"):
                continue
            handle = MEMBERS.get(name)
            if handle is not None:
                handle(value, native, leg, (*path, name), calls)
            elif name == "extra_content":
                for key, kept in bag.unpack(message, leg, path, "content").items():
                    if key not in native or key == "tool_name":
                        native[key] = kept
                    elif native[key] != kept:
                        bag.stale(leg, path, key, "content")
            elif value != []:
                leg.losses.add("dropped", scope_of(name), name, (*path, name), NO_MEMBER)
        if message.get("name") is not None:
            _name(message["name"], native, leg, (*path, "name"), calls)
        if message.get("prefix") and (native["role"] != "assistant" or number + 1 < len(messages)):
            leg.losses.add("dropped", "behaviour", "prefix", (*path, "prefix"), "only a last assistant message is continued")
        out.append(native)
    return out


class Calls:
    """Names of the calls so far by id, and which ids were made up here, so that they stay out of the native form."""

    __slots__ = ("count", "disordered", "document", "images", "keep", "made_up", "names", "waiting")

    def __init__(self, document: str = "", keep: bool = False) -> None:
        self.document = document  # id of the document that made the ids up
        self.keep = keep  # made-up ids, too
        self.names: dict[str, str] = {}
        self.made_up: set[str] = set()
        self.waiting: list[str] = []  # ids that were left out and have no result yet
        self.disordered = False
        self.images = 0  # of the answer so far
        self.count = 0


def _thinking(value: Any, native: Json, leg: Leg, path: Path, calls: Calls) -> None:
    if type(value) is not str:
        leg.invalid(path, "string", value)
    native["thinking"] = value


def _tool_calls(value: Any, native: Json, leg: Leg, path: Path, calls: Calls) -> None:
    if type(value) is not list:
        leg.invalid(path, "array", value)
    if value:
        native["tool_calls"] = [call_to_native(call, number, calls, leg, (*path, number)) for number, call in enumerate(value)]


def call_to_native(call: Any, number: int, calls: Calls, leg: Leg, path: Path) -> Json:
    """Call -> native call. Losses: arguments that are no object wrapped as `_raw`, approximated; custom calls approximated."""
    if type(call) is not dict:
        leg.invalid(path, "object", call)
    kind = call.get("type")
    inner = "custom" if kind == "custom" else "function"
    if kind not in (None, "function", "custom"):
        leg.losses.add("approximated", "content", "type", (*path, "type"), "kind of call unknown here; function")
    function = call.get(inner)
    if type(function) is not dict:
        leg.invalid((*path, inner) if function is not None else path, "object", function)
    name = text_of(function, "name", leg, (*path, inner))
    member = "input" if inner == "custom" else "arguments"
    text = function.get(member)
    if text is not None and type(text) is not str:
        leg.invalid((*path, inner, member), "string", text)
    if text is None:
        leg.losses.add("defaulted", "envelope", "arguments", (*path, inner), "no arguments; an empty object")
    if inner == "custom":
        arguments: Json = {"input": text or ""}
        leg.losses.add("approximated", "content", "custom", (*path, inner), "free text sent as the argument `input`")
    else:
        parsed = parse_object(text or "")
        if parsed is None:
            parsed = {"_raw": text}
            leg.losses.add("approximated", "content", "arguments", (*path, inner, "arguments"), "no JSON object; sent as `_raw`")
        arguments = parsed
    kept = bag.unpack(call, leg, path, "content") if "extra_content" in call else bag.EMPTY
    native: Json = {"function": {"index": kept.get("index", number), "name": name, "arguments": arguments}}
    identifier = optional_text(call, "id", leg, path)
    if identifier:
        calls.names[identifier] = name
        may_be_ours = len(identifier) == LENGTH_MADE_UP and identifier[:5] == "call_" and not calls.keep
        if may_be_ours and identifier == made_up_id(calls.document, calls.count, name, text or "{}"):
            calls.made_up.add(identifier)
            calls.waiting.append(identifier)
        else:
            native = {"id": identifier, **native}
    calls.count += 1
    if kept:
        native.update((key, value) for key, value in kept.items() if key != "index" and key not in native)
    if "extra_content" in function:
        native["function"].update(
            (key, value)
            for key, value in bag.unpack(function, leg, (*path, inner), "content").items()
            if key not in native["function"]
        )
    if not CALL_MEMBERS.issuperset(call):
        report_rest(call, CALL_MEMBERS, leg, path)
    if not FUNCTION_MEMBERS.issuperset(function):
        report_rest(function, FUNCTION_MEMBERS | {"input"} if inner == "custom" else FUNCTION_MEMBERS, leg, (*path, inner))
    return native


def _tool_call_id(value: Any, native: Json, leg: Leg, path: Path, calls: Calls) -> None:
    if type(value) is not str:
        leg.invalid(path, "string", value)
    if native["role"] != "tool":
        leg.losses.add("dropped", "content", "tool_call_id", path, "only a tool message answers a call")
        return
    name = calls.names.get(value)
    if name is not None:
        native["tool_name"] = name  # older servers match by name alone
    if value not in calls.made_up:
        native["tool_call_id"] = value
    elif value in calls.waiting:
        first = next(waiting for waiting in calls.waiting if calls.names[waiting] == name)
        calls.disordered = calls.disordered or first != value
        calls.waiting.remove(value)


def _name(value: Any, native: Json, leg: Leg, path: Path, calls: Calls) -> None:
    if type(value) is not str:
        leg.invalid(path, "string", value)
    if native["role"] == "tool" and "tool_name" not in native:
        native["tool_name"] = value
        if native.get("tool_call_id") == _lone_id(value):
            del native["tool_call_id"]
    elif value != native.get("tool_name"):
        leg.losses.add("dropped", "envelope", "name", path, NO_NAME)


def _is_error(value: Any, native: Json, leg: Leg, path: Path, calls: Calls) -> None:
    if value is not False:
        leg.losses.add("approximated", "content", "is_error", path, "a failed result looks like any other")


def _prefix(value: Any, native: Json, leg: Leg, path: Path, calls: Calls) -> None:
    """A trailing assistant message is a prefill here by itself."""
    if value is not True and value is not False:
        leg.invalid(path, "boolean", value)


def _images(value: Any, native: Json, leg: Leg, path: Path, calls: Calls) -> None:
    if type(value) is not list:
        leg.invalid(path, "array", value)
    for number, image in enumerate(value):
        _image(image, native, leg, (*path, number))
        if image.get("type") not in (None, "image_url"):
            leg.losses.add("approximated", "content", "type", (*path, number, "type"), "taken as an image")
        if image.get("index") not in (None, calls.images):
            leg.losses.add("dropped", "envelope", "index", (*path, number, "index"), "images are numbered in their order")
        calls.images += 1


def _refusal(value: Any, native: Json, leg: Leg, path: Path, calls: Calls) -> None:
    if type(value) is not str:
        leg.invalid(path, "string", value)
    if value:
        native["content"] += value
        leg.losses.add("approximated", "content", "refusal", path, "sent as text")


MEMBERS: dict[str, Any] = {
    "reasoning_content": _thinking, "tool_calls": _tool_calls, "tool_call_id": _tool_call_id,
    "is_error": _is_error, "prefix": _prefix, "images": _images, "refusal": _refusal,
}  # fmt: skip


def _content_to_native(content: Any, native: Json, leg: Leg, path: Path) -> None:
    if content is None or type(content) is str:
        native["content"] = content or ""
        return
    if type(content) is not list:
        leg.invalid(path, "string or array", content)
    texts: list[str] = []
    for number, part in enumerate(content):
        where = (*path, number)
        if type(part) is not dict:
            leg.invalid(where, "object", part)
        kind = part.get("type")
        if kind == "text":
            text = text_of(part, "text", leg, where)
            if "images" in native:
                leg.losses.add("approximated", "content", "text", where, BEHIND_IMAGES)
            elif texts:
                leg.losses.add("approximated", "content", "text", where, JOINED)
            texts.append(text)
            if len(part) > 2:
                report_rest(part, frozenset(("type", "text", "extra_content")), leg, where)
                bag.unused(part, leg, where, "content")
        elif kind == "refusal" and type(part.get("refusal")) is str:
            leg.losses.add("approximated", "content", "refusal", where, "sent as text")
            texts.append(part["refusal"])
        elif type(kind) is str and kind in PARTS:
            PARTS[kind](part, native, leg, where)
        else:
            feature = kind if type(kind) is str else "content"
            leg.losses.add("dropped", "content", feature, where, "no such part in this API")
    native["content"] = "".join(texts)


def _image(part: Any, native: Json, leg: Leg, path: Path) -> None:
    image = part.get("image_url") if type(part) is dict else None
    if type(image) is str:
        image = {"url": image}
    if type(image) is not dict:
        leg.invalid((*path, "image_url") if image is not None else path, "object", image if image is not None else part)
    url = text_of(image, "url", leg, (*path, "image_url"))
    found = media.parse_data_url(url)
    if found is None:
        leg.losses.add("dropped", "content", "image_url", path, LINKED)
        return
    data = media.as_base64(found)
    sniffed = media.sniff(data)
    if sniffed != found.media_type and not (sniffed is None and url.startswith("data:;base64,")):
        leg.losses.add("approximated", "envelope", "image_url", (*path, "image_url"), "the media type is read off the bytes here")
    native.setdefault("images", []).append(data)
    if image.get("detail") not in (None, "auto"):
        leg.losses.add("dropped", "behaviour", "detail", (*path, "image_url", "detail"), NO_DETAIL)
    report_rest(part, frozenset(("type", "image_url", "index", "extra_content")), leg, path)
    report_rest(image, frozenset(("url", "detail")), leg, (*path, "image_url"))
    bag.unused(part, leg, path, "content")


def _audio(part: Json, native: Json, leg: Leg, path: Path) -> None:
    sound = object_of(part, "input_audio", leg, path)
    data = text_of(sound, "data", leg, (*path, "input_audio"))
    if sound.get("format") != "wav" or media.sniff(data) != "audio/wav":
        leg.losses.add("approximated", "envelope", "input_audio", (*path, "input_audio"), "the media type is read off the bytes here")
    native.setdefault("images", []).append(data)  # where the server itself puts sound for models that hear
    report_rest(part, frozenset(("type", "input_audio", "extra_content")), leg, path)
    report_rest(sound, frozenset(("data", "format")), leg, (*path, "input_audio"))
    bag.unused(part, leg, path, "content")


PARTS: dict[str, Any] = {"image_url": _image, "input_audio": _audio}


def messages_to_unified(messages: Any, leg: Leg) -> list[Json]:
    """Native messages -> unified ones. Calls without an id get a made-up one, and their results find it by name or order."""
    if type(messages) is not list:
        leg.invalid(("messages",), "array", messages)
    if not messages:
        leg.invalid(("messages",), "at least one message (an empty list loads or unloads a model)", messages)
    out: list[Json] = []
    count = 0
    waiting: list[tuple[str, str]] = []  # (id, name) of calls without a result yet
    for number, message in enumerate(messages):
        path: Path = ("messages", number)
        if type(message) is not dict:
            leg.invalid(path, "object", message)
        role = text_of(message, "role", leg, path)
        unified: Json = {"role": ROLES.get(role.lower(), role.lower())}
        message_to_unified(message, unified, leg, path, count)
        if unified["role"] == "tool":
            _answer(message, unified, waiting, leg, path)
        calls = unified.get("tool_calls") or ()
        waiting += [(call["id"], call["function"]["name"]) for call in calls]
        count += len(calls)
        out.append(unified)
    if out[-1]["role"] == "assistant":
        out[-1]["prefix"] = True  # the model goes on where it ends
    return out


def _answer(message: Json, unified: Json, waiting: list[tuple[str, str]], leg: Leg, path: Path) -> None:
    identifier, name = message.get("tool_call_id"), message.get("tool_name")
    for member in ("tool_call_id", "tool_name"):
        if message.get(member) is not None and type(message[member]) is not str:
            leg.invalid((*path, member), "string", message[member])
    spot = next((spot for spot, call in enumerate(waiting) if call[0] == identifier), None)
    if spot is None and not identifier:
        spot = next((spot for spot, call in enumerate(waiting) if not name or call[1] == name), None)
    if spot is not None:
        identifier, called = waiting.pop(spot)
    else:
        called = None
    unified["tool_call_id"] = identifier or _lone_id(name or "")
    if name and called is None:
        unified["name"] = name
    elif name and name != called:
        bag.put(unified, leg.row.key, "tool_name", name)


def _lone_id(name: str) -> str:
    """Stands for the id of a result that names no call."""
    return made_up_id("", 0, name, "")


def message_to_unified(
    message: Json, unified: Json, leg: Leg, path: Path, count: int, document_id: str = "", *,
    streamed: bool = False,
) -> Json:  # fmt: skip
    """Members of a native message (of a request or a response) into a unified one; what has no field goes to the bag."""
    text = optional_text(message, "content", leg, path)
    unified["content"] = text or ""
    for name, value in message.items():
        if value is None or name in ("role", "content", "tool_call_id", "tool_name"):
            continue
        if name == "thinking":
            if type(value) is not str:
                leg.invalid((*path, name), "string", value)
            if value:
                unified["reasoning_content"] = value
        elif name == "images":
            images_to_unified(value, unified, leg, (*path, name))
        elif name == "tool_calls":
            if type(value) is not list:
                leg.invalid((*path, name), "array", value)
            if value:
                unified["tool_calls"] = [
                    call_to_unified(call, None if streamed else number, count + number, leg, (*path, name, number), document_id)
                    for number, call in enumerate(value)
                ]
        else:
            bag.put(unified, leg.row.key, name, value)
    return unified


def images_to_unified(value: Any, unified: Json, leg: Leg, path: Path) -> None:
    """`images` -> parts of a user message, `images` of an assistant's."""
    if type(value) is not list:
        leg.invalid(path, "array", value)
    parts: list[Json] = []
    for number, data in enumerate(value):
        if type(data) is not str:
            leg.invalid((*path, number), "string", data)
        media_type = media.sniff(data)
        if media_type == "audio/wav" and unified["role"] != "assistant":
            parts.append({"type": "input_audio", "input_audio": {"data": data, "format": "wav"}})
        else:
            parts.append({"type": "image_url", "image_url": {"url": media.data_url(media_type or "", data)}})
    if not parts:
        return
    if unified["role"] == "assistant":
        unified["images"] = [{**part, "index": number} for number, part in enumerate(parts)]
    else:
        text = unified["content"]
        unified["content"] = ([{"type": "text", "text": text}] if text else []) + parts


def call_to_unified(call: Any, position: int | None, number: int, leg: Leg, path: Path, document_id: str = "") -> Json:
    """Native call -> call; `number` counts the calls of the document, for a made-up id. No position: by arrival."""
    function = call.get("function") if type(call) is dict else None
    if type(function) is not dict:
        leg.invalid(path, "object with a function", call)
    name, arguments = function.get("name"), function.get("arguments")
    if type(name) is not str:
        leg.invalid((*path, "function", "name") if name is not None else (*path, "function"), "string", name)
    if arguments is not None and type(arguments) is not dict:
        leg.invalid((*path, "function", "arguments"), "object", arguments)
    text = dumps(arguments or {})
    identifier = optional_text(call, "id", leg, path)
    unified: Json = {
        "id": identifier or made_up_id(document_id, number, name, text),
        "type": "function",
        "function": {"name": name, "arguments": text},
    }
    index = function.get("index")
    if index is not None and position is not None and index != position:
        bag.put(unified, leg.row.key, "index", index)
    for member, value in call.items():
        if member not in ("id", "type", "function") and value is not None:
            bag.put(unified, leg.row.key, member, value)
    for member, value in function.items():
        if member not in ("name", "arguments", "index") and value is not None:
            bag.put(unified["function"], leg.row.key, member, value)
    return unified
