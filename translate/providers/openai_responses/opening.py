"""
The items that messages with this API's own marks (ids of items, phases, entries of reasoning), parts and marks of the cache become:
what a history has beside texts and calls.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from translate.errors import Path
from translate.leg import Json
from translate.providers.openai_responses.items import JOINT
from translate.providers.openai_responses.plain import LONGEST_CALL_ID, fits
from translate.providers.openai_responses.plain_rows import citations_to_native, items_to_native
from translate.providers.openai_responses.tables import FORMAT, OWN_FORMATS, UNVERIFIED
from translate.scrubbing import lone
from translate.shared import bag, known_messages
from translate.shared.plain import is_text
from translate.shared.system_parts import is_listed
from translate.survey import encodes, made, odd_messages

# Losses: place, scope, feature, why.
Lost = list[tuple[Path, Any, str, str]]
_MARKS = frozenset(("item_id", "phase"))
_INSTRUCTIONS: Json = {"instructions": True}
_ROLES = ("system", "developer", "user")


class Opened(NamedTuple):
    """
    Items of odd messages, by number; the system message that came as `instructions`.

    later: items whose content is still to be written (`messages.fill`), by the number of their message: parts with media or marks
    of the cache, whose losses depend on the model, and names. lost: what an answer loses, by its number.
    """

    items: dict[int, list[Json]]
    instructions: str | None
    later: dict[int, Json]
    lost: dict[int, Lost]


def opened_odd(messages: list[Any], odd: list[Any], key: str) -> Opened | None:
    """The items of the messages that the survey does not know; None where one is not known here either."""
    items: dict[int, list[Json]] = {}
    later: dict[int, Json] = {}
    lost: dict[int, Lost] = {}
    instructions: str | None = None
    for number, message in known_messages.numbered(messages, odd):
        role = message.get("role")
        if role == "assistant":
            told: Lost = []
            written = _opened(message, key, ("messages", number), told)
            if written is None:
                return None
            items[number] = written
            if told:
                lost[number] = told
        elif "extra_content" in message:
            instructions, held = message.get("content"), message["extra_content"]
            if number or len(message) != 3 or role not in _ROLES or type(instructions) is not str or not encodes(instructions):
                return None
            if held != {key: _INSTRUCTIONS} or held[key]["instructions"] is not True:
                return None
            items[number] = []
        elif is_listed(message):
            texts = [{"type": "input_text", "text": part["text"]} for part in message["content"]]
            items[number] = [{"type": "message", "role": role, "content": texts}]
        elif _is_known(message, role, key):
            later[number] = _unwritten(message)
            items[number] = [later[number]]
        else:
            return None
    return made(Opened, (items, instructions, later, lost))


def are_lone(messages: Any) -> bool:
    """Whether results of calls that the server holds come first, and then what the survey knows."""
    count = 0
    for message in messages if type(messages) is list else ():
        if type(message) is not dict or message.get("role") != "tool":
            break
        identifier, content = message.get("tool_call_id"), message.get("content")
        if len(message) != 3 or type(identifier) is not str or type(content) is not str or not encodes(content):
            return False
        if not 0 < len(identifier) <= LONGEST_CALL_ID or not identifier.isascii():
            return False
        count += 1
    if not count:
        return False
    odd, paired, echoed = odd_messages(messages[count:])
    return paired and not odd and not echoed


def _is_known(message: Json, role: Any, key: str) -> bool:
    """Whether a message with parts or marks is one that can be written later."""
    if role == "tool":
        return known_messages.is_result(message, key)
    if "name" in message:
        return len(message) == 3 and role in _ROLES and is_text(message["name"]) and is_text(message.get("content"))
    return known_messages.is_user(message, key) if role == "user" else is_listed(message, marked=True)


def _unwritten(message: Json) -> Json:
    """The item of a message, without what it says."""
    if message["role"] == "tool":
        return {"type": "function_call_output", "call_id": message["tool_call_id"], "output": ""}
    return {"type": "message", "role": message["role"], "content": ""}


_SILENT = frozenset(("refusal", "audio", "function_call"))  # members of an answer that are null where it has none


def _opened(message: Json, key: str, path: Path, lost: Lost) -> list[Json] | None:
    """
    The items of a message of the assistant: thoughts, a text and calls with their marks, in the order of rows where it has them.

    lost: takes the thoughts that came from elsewhere, and a name.
    """
    own = bag.EMPTY
    for name, value in message.items():
        if name == "extra_content":
            held = value.get(key) if type(value) is dict and len(value) == 1 else None
            if type(held) is not dict:
                return None
            own = held
        elif name not in _KNOWN and (value is not None or name not in _SILENT):
            return None
    content, calls = message.get("content"), message.get("tool_calls")
    if (content is not None and (type(content) is not str or not (content.isascii() or not lone(content)))) or not (content or calls):
        return None
    rowed = "blocks" in own
    if own and not rowed and (not content or not _MARKS.issuperset(own) or not _are_words(own)):
        return None
    annotations, cited = message.get("annotations"), _UNCITED
    if annotations is not None and annotations != []:
        found = citations_to_native(annotations)
        if found is None or not content or not (rowed or "item_id" in own):
            return None
        cited = found
    out: list[Json] = []
    readable = message.get("reasoning_content")
    if "reasoning_details" in message:
        if not _thoughts(message["reasoning_details"], readable, out):
            out = []
            if rowed or not _foreign(message["reasoning_details"], readable, path, lost):
                return None
    elif "reasoning_content" in message:
        if rowed or not is_text(readable):
            return None
        if readable:
            lost.append(((*path, "reasoning_content"), "content", "reasoning_content", UNVERIFIED))
    if "name" in message:
        if not is_text(message["name"]):
            return None
        if message["name"]:
            lost.append(((*path, "name"), "envelope", "name", "no such member of an assistant's turn here"))
    called: list[Json] = []
    if calls is not None:
        if type(calls) is not list or not calls:
            return None
        for call in calls:
            item = _call(call, key)
            if item is None:
                return None
            called.append(item)
    if rowed:
        return items_to_native(message, own, cited, called, None, out)
    if content:
        out.append(_message(content, own, cited))
    out += called
    return out


_UNCITED: list[Json] = []
_KNOWN = frozenset(("role", "content", "tool_calls", "annotations", "reasoning_content", "reasoning_details", "name"))


def _foreign(entries: Any, readable: Any, path: Path, lost: Lost) -> bool:
    """Adds the loss of each signed thought of another format; False where they do not say what the readable text says."""
    if type(entries) is not list or not entries:
        return False
    said = ""
    for number, entry in enumerate(entries):
        if type(entry) is not dict or entry.get("type") != "reasoning.text" or "text" not in entry or "format" not in entry:
            return False
        for name, value in entry.items():
            if type(value) is not _SIGNED.get(name) or (type(value) is str and not value.isascii() and lone(value)):
                return False
        if entry["format"] in OWN_FORMATS:
            return False
        said += entry["text"]
        lost.append(((*path, "reasoning_details", number), "content", "reasoning_details", UNVERIFIED))
    return readable is None or readable == "" or readable == said


_SIGNED = {"type": str, "text": str, "signature": str, "format": str, "index": int}


def _are_words(own: Json) -> bool:
    for value in own.values():  # noqa: SIM110  (a generator costs more than the look)
        if type(value) is not str or value == "" or not value.isascii():
            return False
    return True


def _message(content: str, own: Json, cited: list[Json]) -> Json:
    item: Json = {"type": "message", "role": "assistant", "content": content}
    if "item_id" in own:
        item = {
            "type": "message", "id": own["item_id"], "role": "assistant", "status": "completed",
            "content": [{"type": "output_text", "text": content, "annotations": [*cited]}],
        }  # fmt: skip
    if "phase" in own:
        item["phase"] = own["phase"]
    return item


def _call(call: Any, key: str) -> Json | None:
    """The item of a function call that has no more beside it than the id of its item."""
    if type(call) is not dict or call.get("type") != "function":
        return None
    function, identifier, own = call.get("function"), call.get("id"), bag.EMPTY
    if len(call) != 3:
        content = call.get("extra_content") if len(call) == 4 else None
        held = content.get(key) if type(content) is dict and len(content) == 1 else None
        if type(held) is not dict or (held and held.keys() != _ITEM_ID) or not _are_words(held):
            return None
        own = held
    if type(identifier) is not str or not 0 < len(identifier) <= LONGEST_CALL_ID or not identifier.isascii():
        return None
    if type(function) is not dict or len(function) != 2:
        return None
    name, arguments = function.get("name"), function.get("arguments")
    if type(name) is not str or not fits(name) or type(arguments) is not str or not (arguments.isascii() or not lone(arguments)):
        return None
    item: Json = {"type": "function_call"}
    if own:
        item["id"] = own["item_id"]
    item["call_id"], item["name"], item["arguments"] = identifier, name, arguments or "{}"
    return item


_ITEM_ID = {"item_id"}


def _thoughts(entries: Any, readable: Any, items: list[Json]) -> bool:
    """Adds the reasoning items of entries that came from here and say what the readable text says; False for any others."""
    if type(entries) is not list or not entries or readable == "":
        return False
    texts: list[str] = []
    item: Json | None = None  # the open one
    for number, entry in enumerate(entries):
        if type(entry) is not dict or entry.get("format") != FORMAT or len(entry) != 4 + ("id" in entry):
            return False
        kind, identifier, index = entry.get("type"), entry.get("id"), entry.get("index")
        if type(index) is not int or index != number:
            return False
        if "id" in entry and (type(identifier) is not str or not identifier or not identifier.isascii()):
            return False
        if item is None or item.get("id") != identifier:
            if item is not None and "encrypted_content" not in item and "id" not in item:
                return False  # nobody could verify it
            item = {"type": "reasoning", "summary": []} if identifier is None else {"type": "reasoning", "id": identifier, "summary": []}
            items.append(item)
        if kind == "reasoning.encrypted":
            data = entry.get("data")
            if type(data) is not str or not data or not data.isascii() or "encrypted_content" in item:
                return False
            item["encrypted_content"] = data
            if identifier is None:
                item = None
            continue
        text = entry.get("summary")
        if kind != "reasoning.summary" or type(text) is not str or not text or not (text.isascii() or not lone(text)):
            return False
        texts.append(text)
        item["summary"].append({"type": "summary_text", "text": text})
    if item is not None and "encrypted_content" not in item and "id" not in item:
        return False
    return JOINT.join(texts) == (readable or "")
