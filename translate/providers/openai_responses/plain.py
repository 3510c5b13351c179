"""
The short way: requests and answers of the common shapes, written in one walk without a look at what can not be there.

Each function gives exactly what the long way gives, or None where there is more to say; then nothing was reported. Towards
the native form it builds on what the survey found (`translate.survey`); towards unified it looks for itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from translate.leg import Json
from translate.providers.openai_responses.items import JOINT
from translate.providers.openai_responses.plain_response import text_of, thought
from translate.providers.openai_responses.plain_rows import bag_of, citations_to_unified, is_unseen
from translate.scrubbing import is_clean, lone
from translate.shared.media import is_link

BAD_IN_NAME = re.compile(r"[^a-zA-Z0-9_-]")
LONGEST_NAME = LONGEST_CALL_ID = 64
_TEXT_PARTS = frozenset(("input_text", "output_text", "text"))
_ROLES = frozenset(("user", "system", "developer"))
_CALL = frozenset(("type", "id", "call_id", "name", "arguments", "status"))


EMPTY: Mapping[int, list[Json]] = {}
NO_BAG: Json = {}
_TEXT: Json = {"type": "message"}  # stands for the item of a text
RESULTS = frozenset(("function_call_output", "custom_tool_call_output"))


def fits(name: str) -> bool:
    """Whether the API takes the name of a tool as it is."""
    return len(name) <= LONGEST_NAME and _is_fine(name)


@lru_cache(maxsize=4096)
def _is_fine(name: str) -> bool:
    # The same few come again and again.
    return bool(name) and not BAD_IN_NAME.search(name)


# --- unified -> native


def names_fit(tools: Any) -> bool:
    """Whether the API takes the names of all functions and free-text tools."""
    for tool in tools if type(tools) is list else ():
        if type(tool) is dict:
            for kind in ("function", "custom"):
                inner = tool.get(kind)
                if type(inner) is dict and type(inner.get("name")) is str and not fits(inner["name"]):
                    return False
    return True


def items_to_native(messages: list[Any], made: Mapping[int, list[Json]] = EMPTY) -> list[Json] | None:
    """
    Surveyed messages -> input items; None where a name or an id has to be renamed, which an id that comes again has, or a turn has
    nothing to say.

    made: items of messages by their number, where they are more than the messages tell.
    """
    items: list[Json] = []
    answered: set[str] = set()
    results = 0
    for number, message in enumerate(messages):
        role = message["role"]
        if role == "tool":
            results += 1
            answered.add(message["tool_call_id"])
        if number in made:
            items += made[number]
            continue
        content = message.get("content")
        if role == "tool":
            items.append({"type": "function_call_output", "call_id": message["tool_call_id"], "output": content})
            continue
        if type(content) is str:
            if content or role != "assistant":
                items.append({"type": "message", "role": role, "content": content})
            elif len(message) == 2:
                return None
            if len(message) == 2:
                continue
        elif content is not None:
            items.append({"type": "message", "role": role, "content": [
                {"type": "input_text", "text": part["text"]} if part["type"] == "text"
                else {"type": "input_image", "image_url": part["image_url"]["url"], "detail": part["image_url"].get("detail", "auto")}
                for part in content
            ]})  # fmt: skip
        for call in message.get("tool_calls") or ():
            identifier, function = call["id"], call["function"]
            name = function["name"]
            if len(identifier) > LONGEST_CALL_ID or not fits(name):
                return None
            items.append({
                "type": "function_call", "call_id": identifier, "name": name, "arguments": function["arguments"] or "{}",
            })  # fmt: skip
    return items if results == len(answered) else None


# --- native -> unified


def messages_to_unified(items: Any, instructions: Any, key: str) -> list[Json] | None:
    """instructions and input of the common shapes, looked at and written in one walk."""
    messages: list[Json] = []
    if instructions is not None:
        if type(instructions) is not str or not (instructions.isascii() or not lone(instructions)):
            return None
        messages.append({"role": "system", "content": instructions, "extra_content": {key: {"instructions": True}}})
    if type(items) is str:
        if not (items.isascii() or not lone(items)):
            return None
        messages.append({"role": "user", "content": items})
        return messages
    if type(items) is not list or not items:
        return None
    turn: Json | None = None  # the assistant message that calls belong to
    thoughts: list[Json] = []  # reasoning, and items of which nothing is visible, that wait for what they led to
    unseen: list[Json] = []
    for item in items:
        if type(item) is not dict:
            return None
        kind = item.get("type")
        if kind == "function_call":
            call = _call(item, key)
            if call is None:
                return None
            if thoughts and turn is not None:
                return None  # reasoning behind what was said
            if turn is None:
                turn = _turn(None, thoughts, key)
                if turn is None:
                    return None
                messages.append(turn)
            _add_call(turn, call, key)
        elif kind == "function_call_output":
            identifier, output = item.get("call_id"), item.get("output")
            if len(item) != 3 or type(identifier) is not str or not identifier.isascii() or thoughts:
                return None
            if type(output) is list:
                output = _parts(output)
                if output is None:
                    return None
            elif type(output) is not str or not (output.isascii() or not lone(output)):
                return None
            turn = None
            messages.append({"role": "tool", "tool_call_id": identifier, "content": output})
        elif kind == "reasoning" or (kind != "message" and type(kind) is str and kind not in RESULTS and is_unseen(item)):
            thoughts.append(item)
            if kind != "reasoning":
                unseen.append(item)
        elif item.get("role") == "assistant":
            turn = _spoken(item, thoughts, key)
            if turn is None:
                return None
            messages.append(turn)
        else:
            message = None if thoughts else _message(item)
            if message is None:
                return None
            turn = None
            messages.append(message)
    return None if thoughts or (unseen and not is_clean({"input": unseen})) else messages


def _turn(content: str | None, thoughts: list[Json], key: str, own: Json = NO_BAG, cited: list[Json] | None = None) -> Json | None:
    """
    A message of the assistant behind the items that led to it, which are taken; None where they say more.

    own: what the item of its text says beside it.
    """
    message: Json = {"role": "assistant", "content": content}
    if thoughts:
        entries: list[Json] = []
        texts: list[str] = []
        unseen = False
        for item in thoughts:
            if item["type"] != "reasoning" or item.get("status", "completed") != "completed" or not thought(item, entries, texts):
                if not is_unseen(item):
                    return None
                unseen = True
                continue
            identifier = item.get("id")
            if identifier is not None and (type(identifier) is not str or not identifier.isascii()):
                return None
        if texts:
            message["reasoning_content"] = JOINT.join(texts)
        if entries:
            message["reasoning_details"] = entries
        if unseen:
            own = bag_of([*thoughts, _TEXT] if content else thoughts, content, own)
        thoughts.clear()
    if own:
        message["extra_content"] = {key: own}
    if cited:
        message["annotations"] = cited
    return message


def _add_call(turn: Json, call: Json, key: str) -> None:
    if "tool_calls" in turn:
        turn["tool_calls"].append(call)
    else:
        own, cited = turn.pop("extra_content", None), turn.pop("annotations", None)
        turn["tool_calls"] = [call]
        if own is not None:
            turn["extra_content"] = own
        if cited is not None:
            turn["annotations"] = cited
    if "extra_content" in turn and "blocks" in (held := turn["extra_content"][key]):
        held["blocks"].append({"type": "tool_call"})


def _spoken(item: Json, thoughts: list[Json], key: str) -> Json | None:
    """What the assistant said: a text alone, or an output item with one text."""
    content, kind = item.get("content"), item.get("type", "message")
    if kind != "message":
        return None
    if type(content) is str:
        if len(item) != 2 + ("type" in item) or not content or not (content.isascii() or not lone(content)):
            return None
        return _turn(content, thoughts, key)
    text = text_of(item, cited=True)
    if text is None or item.get("status", "completed") != "completed":
        return None
    own: Json = {}
    for name, value in (("item_id", item.get("id")), ("phase", item.get("phase"))):
        if value is not None:
            if type(value) is not str or not value.isascii():
                return None
            own[name] = value
    annotations = item["content"][0].get("annotations")
    cited = citations_to_unified(annotations) if annotations else None
    return None if annotations and cited is None else _turn(text, thoughts, key, own, cited)


def _message(item: Json) -> Json | None:
    """A message of anybody else."""
    kind, role, content = item.get("type"), item.get("role"), item.get("content")
    if len(item) != (2 if kind is None else 3) or (kind is not None and kind != "message") or type(role) is not str or role not in _ROLES:
        return None
    if type(content) is str:
        return {"role": role, "content": content} if content and (content.isascii() or not lone(content)) else None
    parts = _parts(content) if type(content) is list else None
    return None if parts is None else {"role": role, "content": parts}


def _call(item: Json, key: str) -> Json | None:
    """A function call that is complete."""
    name, identifier, arguments, own = item.get("name"), item.get("call_id"), item.get("arguments"), item.get("id")
    if type(name) is not str or type(identifier) is not str or not identifier or type(arguments) is not str:
        return None
    if not (name.isascii() and identifier.isascii() and (arguments.isascii() or not lone(arguments))):
        return None
    call: Json = {"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}}
    if len(item) > 4:
        if not _CALL.issuperset(item) or item.get("status", "completed") != "completed":
            return None
        if own is not None:
            if type(own) is not str or not own.isascii():
                return None
            call["extra_content"] = {key: {"item_id": own}}
    return call


def _parts(content: list[Any]) -> list[Json] | None:
    """Texts, images and files of a turn."""
    parts: list[Json] = []
    for part in content:
        if type(part) is not dict:
            return None
        kind, size = part.get("type"), len(part)
        if type(kind) is not str:
            return None
        if kind in _TEXT_PARTS:
            text = part.get("text")
            if size != 2 or type(text) is not str or not (text.isascii() or not lone(text)):
                return None
            parts.append({"type": "text", "text": text})
            continue
        if kind == "input_file":
            file = _file(part)
            if file is None:
                return None
            parts.append({"type": "file", "file": file})
            continue
        url, detail = part.get("image_url"), part.get("detail")
        if kind != "input_image" or type(url) is not str or not url.isascii():
            return None
        image = {"url": url}
        if size == 3 and type(detail) is str and detail.isascii():
            image["detail"] = detail
        elif size != 2:
            return None
        parts.append({"type": "image_url", "image_url": image})
    return parts


_FILE = frozenset(("type", "file_data", "file_id", "filename", "file_url"))


def _file(part: Json) -> Json | None:
    """A file with its data, its id or a link to it."""
    if not _FILE.issuperset(part):
        return None
    file: Json = {}
    for name in ("file_data", "file_id", "filename", "file_url"):
        if name in part:
            value = part[name]
            if type(value) is not str or not (value.isascii() or not lone(value)):
                return None
            file[name] = value
    url = file.pop("file_url", None)
    if url is not None:
        if "file_data" in file or not is_link(url):
            return None
        file["file_data"] = url
    return file if "file_data" in file or "file_id" in file else None
