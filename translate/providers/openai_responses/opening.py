"""
The items that messages with this API's own marks (ids of items, phases, entries of reasoning), parts and marks of the cache become:
what a history has beside texts and calls.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from translate.leg import Json
from translate.providers.openai_responses.items import JOINT
from translate.providers.openai_responses.plain import LONGEST_CALL_ID, fits
from translate.providers.openai_responses.plain_rows import citations_to_native, items_to_native
from translate.providers.openai_responses.tables import FORMAT
from translate.scrubbing import lone
from translate.shared import bag, known_messages
from translate.shared.system_parts import is_listed
from translate.survey import encodes, made, odd_messages

_MARKS = frozenset(("item_id", "phase"))
_INSTRUCTIONS: Json = {"instructions": True}
_ROLES = ("system", "developer", "user")


class Opened(NamedTuple):
    """
    Items of odd messages, by number; the system message that came as `instructions`.

    later: items whose content is still to be written (`messages.fill`), by the number of their message: parts with media or marks
    of the cache, whose losses depend on the model.
    """

    items: dict[int, list[Json]]
    instructions: str | None
    later: dict[int, Json]


def opened_odd(messages: list[Any], odd: list[Any], key: str) -> Opened | None:
    """The items of the messages that the survey does not know; None where one is not known here either."""
    items: dict[int, list[Json]] = {}
    later: dict[int, Json] = {}
    instructions: str | None = None
    for number, message in known_messages.numbered(messages, odd):
        role = message.get("role")
        if role == "assistant":
            split = _opened(message, key)
            if split is None or odd_messages([split[0]])[0]:
                return None
            items[number] = split[1]
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
    return made(Opened, (items, instructions, later))


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
    return known_messages.is_user(message, key) if role == "user" else is_listed(message, marked=True)


def _unwritten(message: Json) -> Json:
    """The item of a message, without what it says."""
    if message["role"] == "tool":
        return {"type": "function_call_output", "call_id": message["tool_call_id"], "output": ""}
    return {"type": "message", "role": message["role"], "content": ""}


def _opened(message: Json, key: str) -> tuple[Json, list[Json]] | None:
    """A message of the assistant without marks, and its items; its texts and types are for the survey to judge."""
    split = bag.opened(message, key)
    if split is None:
        return None
    without, own = split
    content, calls = without.get("content"), without.get("tool_calls")
    rowed = "blocks" in own
    if not rowed and (not _MARKS.issuperset(own) or not _are_words(own) or (own and not content)):
        return None
    if content and type(content) is not str:
        return None
    cited: list[Json] = []
    if without.get("annotations"):
        found = citations_to_native(without["annotations"])
        if found is None or not content or not (rowed or "item_id" in own):
            return None
        without, cited = {name: value for name, value in without.items() if name != "annotations"}, found
    thoughts: list[Json] = []
    if "reasoning_details" in without:
        entries, readable = without["reasoning_details"], without.get("reasoning_content")
        without = {name: value for name, value in without.items() if name != "reasoning_details" and name != "reasoning_content"}
        if not (content or calls) or not _thoughts(entries, readable, thoughts):
            return None
    called: list[Json] = []
    if calls:
        if type(calls) is not list:
            return None
        without = {**without, "tool_calls": []}
        for call in calls:
            split = bag.opened(call, key)
            item = None if split is None else _call(split[0], split[1])
            if split is None or item is None:
                return None
            without["tool_calls"].append(split[0])
            called.append(item)
    if not rowed:
        return without, [*thoughts, *([_message(content, own, cited)] if content else ()), *called]
    items = items_to_native(without, own, cited, called, None, thoughts)
    return None if items is None else (without, items)


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
            "content": [{"type": "output_text", "text": content, "annotations": cited}],
        }  # fmt: skip
    if "phase" in own:
        item["phase"] = own["phase"]
    return item


def _call(call: Json, own: Json) -> Json | None:
    function, identifier = call.get("function"), call.get("id")
    if type(function) is not dict or type(identifier) is not str or len(identifier) > LONGEST_CALL_ID or not _are_words(own):
        return None
    name = function.get("name")
    if type(name) is not str or not fits(name) or (own and own.keys() != {"item_id"}):
        return None
    item: Json = {"type": "function_call"}
    if own:
        item["id"] = own["item_id"]
    item.update(call_id=identifier, name=name, arguments=function.get("arguments") or "{}")
    return item


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
        if type(index) is not int or index != number or ("id" in entry and not _are_words({"id": identifier})):
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
