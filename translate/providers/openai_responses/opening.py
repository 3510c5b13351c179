"""
Messages without this API's own marks (ids of items, phases, entries of reasoning), and the items that those with them become:
what a history has that came from here, beside texts and calls.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from translate.leg import Json
from translate.providers.openai_responses.items import JOINT
from translate.providers.openai_responses.plain import LONGEST_CALL_ID, fits
from translate.providers.openai_responses.tables import FORMAT
from translate.scrubbing import lone
from translate.shared import bag, known_messages
from translate.shared.system_parts import as_text, is_listed
from translate.survey import bare, is_plain_part, odd_messages

_MARKS = frozenset(("item_id", "phase"))
_INSTRUCTIONS: Json = {"instructions": True}


class Opened(NamedTuple):
    """
    messages as the survey knows them; items of those that had marks, by number; the system message that came as `instructions`.

    later: items whose content is still to be written (`messages.fill`), by the number of their message: parts with media or marks
    of the cache, whose losses depend on the model.
    """

    messages: list[Json]
    items: dict[int, list[Json]]
    instructions: str | None
    later: dict[int, Json]


def opened_messages(messages: Any, key: str) -> Opened | None:
    """The messages of a request without marks; None where the survey does not know all of them then, and where there are none."""
    made: dict[int, list[Json]] = {}
    later: dict[int, Json] = {}
    without: list[Any] = []
    instructions: str | None = None
    for number, message in enumerate(messages if type(messages) is list else ()):
        if type(message) is not dict:
            return None
        role = message.get("role")
        if role == "assistant":
            if "reasoning_details" in message or "extra_content" in message or _has_marked_call(message):
                split = _opened(message, key)
                if split is None:
                    return None
                message, made[number] = split
        elif "extra_content" in message:
            parted = bag.opened(message, key)
            if number or parted is None or parted[1] != _INSTRUCTIONS or parted[1]["instructions"] is not True:
                return None
            message, made[number], instructions = parted[0], [], message.get("content")
            if type(instructions) is not str or len(message) != 2:
                return None
        elif is_listed(message):
            texts = [{"type": "input_text", "text": part["text"]} for part in message["content"]]
            made[number] = [{"type": "message", "role": message["role"], "content": texts}]
            message = as_text(message)
        elif role == "tool" or type(message.get("content")) is list:
            other = _stand_in(message, role, key)
            if other is not message:
                later[number] = _unwritten(message)
                message, made[number] = other, [later[number]]
        without.append(message)
    if not made:
        return None
    odd, paired, echoed = odd_messages(without)
    if odd or not paired:
        return None
    return Opened([bare(message) for message in without] if echoed else without, made, instructions, later)


def _stand_in(message: Json, role: Any, key: str) -> Json:
    """What the survey looks at in place of a message with parts or marks; itself where it needs none, or says more."""
    content = message.get("content")
    if role == "tool":
        known = not (len(message) == 3 and type(content) is str) and known_messages.is_result(message, key)
        return {"role": role, "tool_call_id": message["tool_call_id"], "content": "-"} if known else message
    if role == "user":
        known = not all(map(is_plain_part, message["content"])) and known_messages.is_user(message, key)
    else:
        known = is_listed(message, marked=True)
    return as_text(message) if known else message


def _unwritten(message: Json) -> Json:
    """The item of a message, without what it says."""
    if message["role"] == "tool":
        return {"type": "function_call_output", "call_id": message.get("tool_call_id"), "output": ""}
    return {"type": "message", "role": message["role"], "content": ""}


def _has_marked_call(message: Json) -> bool:
    calls = message.get("tool_calls")
    return type(calls) is list and any(type(call) is dict and "extra_content" in call for call in calls)


def _opened(message: Json, key: str) -> tuple[Json, list[Json]] | None:
    """A message of the assistant without marks, and its items; its texts and types are for the survey to judge."""
    split = bag.opened(message, key)
    if split is None:
        return None
    without, own = split
    content, calls = without.get("content"), without.get("tool_calls")
    if not _MARKS.issuperset(own) or not _are_words(own) or (content and type(content) is not str) or (own and not content):
        return None
    items: list[Json] = []
    if "reasoning_details" in without:
        entries, readable = without["reasoning_details"], without.get("reasoning_content")
        without = {name: value for name, value in without.items() if name != "reasoning_details" and name != "reasoning_content"}
        if not (content or calls) or not _thoughts(entries, readable, items):
            return None
    if content:
        items.append(_message(content, own))
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
            items.append(item)
    return without, items


def _are_words(own: Json) -> bool:
    return all(type(value) is str and value != "" and value.isascii() for value in own.values())


def _message(content: str, own: Json) -> Json:
    item: Json = {"type": "message", "role": "assistant", "content": content}
    if "item_id" in own:
        item = {
            "type": "message", "id": own["item_id"], "role": "assistant", "status": "completed",
            "content": [{"type": "output_text", "text": content, "annotations": []}],
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
