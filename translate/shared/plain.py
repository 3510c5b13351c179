"""
What the short ways of the formats that keep the shapes of chat have in common (Cohere, Mistral, Ollama): tools, parts and calls,
looked at once, where they are written. None or False is the answer to everything uncommon, which goes the long way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from translate.leg import Json, Leg
from translate.scrubbing import is_clean as is_clean, lone
from translate.shared.fields import STREAM_OPTIONS, Rule, Unsupported, is_neutral
from translate.survey import is_plain_image

LATER = frozenset(("response_format", "extra_content", "thinking"))  # what the functions of the long way write
_Writer = Callable[[Json, Json, Leg], None]
_CHOICE = {"type", "function"}
_TOOL_MEMBERS = {"name": str, "description": str, "parameters": dict, "strict": bool}


class LongWay(NamedTuple):
    """
    Functions of the long way, each `(request, native, leg)`: they write the members of an otherwise common request that are not
    as common, so that these do not send all of it the long way.
    """

    tools: _Writer
    thinking: _Writer
    form: _Writer
    bag: _Writer


def is_text(value: Any) -> bool:
    """Whether it is a text that encodes."""
    return type(value) is str and (value.isascii() or not lone(value))


# Native -> unified


def tools_to_unified(tools: Any, known: frozenset[str]) -> list[Json] | None:
    """Functions with a name and members that are known, of the right types."""
    if type(tools) is not list or not is_clean({"tools": tools}):
        return None
    listed: list[Json] = []
    for tool in tools:
        if type(tool) is not dict or len(tool) != 2 or tool.get("type") != "function":
            return None
        function = tool.get("function")
        if type(function) is not dict or "name" not in function or not function.keys() <= known:
            return None
        for name, value in function.items():
            if type(value) is not _TOOL_MEMBERS[name]:
                return None
        listed.append({"type": "function", "function": function.copy()})
    return listed


def parts_to_unified(blocks: Any, *, bare: bool = False) -> list[Json] | None:
    """Texts and images of a system or user turn. bare: an image may be its URL alone, and documents have one."""
    if type(blocks) is not list:
        return None
    parts: list[Json] = []
    for block in blocks:
        if type(block) is not dict or (len(block) != 2 and not (bare and "document_name" in block)):
            return None
        kind = block.get("type")
        if bare and kind == "document_url":
            file = _document(block)
            if file is None:
                return None
            parts.append({"type": "file", "file": file})
        elif len(block) != 2:
            return None
        elif kind == "text":
            text = block.get("text")
            if type(text) is not str or not (text.isascii() or not lone(text)):
                return None
            parts.append({"type": "text", "text": text})
        elif kind == "image_url":
            image: Any = block.get("image_url")
            if type(image) is str and bare:
                image = {"url": image}
            if not is_plain_image(image):
                return None
            parts.append({"type": "image_url", "image_url": image.copy()})
        else:
            return None
    return parts


def _document(block: Json) -> Json | None:
    """A document in a URL, with a name or without."""
    url = block.get("document_url")
    if not is_text(url):
        return None
    if len(block) == 2:
        return {"file_data": url}
    name = block.get("document_name")
    return {"file_data": url, "filename": name} if len(block) == 3 and is_text(name) else None


def stream_to_unified(stream: Any, unified: Json) -> bool:
    """Writes whether the answer is streamed, and that its usage comes then."""
    if stream is not None:
        if type(stream) is not bool:
            return False
        unified["stream"] = stream
        if stream:
            unified["stream_options"] = {"include_usage": True}
    return True


# Unified -> native


def has_common_members(request: Json) -> bool:
    """Whether the tools of a request are functions and nothing else, and its stream has the options that all have."""
    tools, options = request.get("tools"), request.get("stream_options")
    if options is not None and (type(options) is not dict or not STREAM_OPTIONS.issuperset(options)):
        return False
    for tool in () if tools is None else tools if type(tools) is list else _NO_TOOLS:
        if type(tool) is not dict or len(tool) != 2 or tool.get("type") != "function":
            return False
    return True


_NO_TOOLS = (None,)


def tools_to_native(tools: Any, *, strict: bool = False) -> list[Json] | None:
    """Functions, each with parameters. strict: the target knows the member."""
    if type(tools) is not list:
        return None
    listed: list[Json] = []
    for tool in tools:
        if type(tool) is not dict or len(tool) != 2 or tool.get("type") != "function":
            return None
        function = tool.get("function")
        if type(function) is not dict or not function.keys() <= _TOOL_MEMBERS.keys():
            return None
        name = function.get("name")
        if type(name) is not str:
            return None
        written: Json = {"name": name}
        for member, value in function.items():
            if value is None or member == "name":
                continue
            if type(value) is not _TOOL_MEMBERS[member]:
                return None
            if member != "strict" or strict:
                written[member] = value
            elif value:
                return None
        if "parameters" not in written:
            written["parameters"] = {"type": "object", "properties": {}}
        listed.append({"type": "function", "function": written})
    return listed


def names_fit(tools: Any, choice: Any, fits: Callable[[str], bool]) -> bool:
    """Whether no function, and not the one that is chosen, has to be renamed; False where that is not said at once."""
    if type(choice) is dict:
        if choice.keys() != _CHOICE or choice["type"] != "function" or type(choice["function"]) is not dict:
            return False
        name = choice["function"].get("name")
        if type(name) is not str or not fits(name):
            return False
    if tools is None:
        return True
    if type(tools) is not list:
        return False
    for tool in tools:
        if type(tool) is not dict or "custom" in tool:
            return False
        if "function" not in tool:
            continue  # one of a kind that has no name of the client's
        function = tool["function"]
        name = function.get("name") if type(function) is dict else None
        if type(name) is not str or not fits(name):
            return False
    return True


def choice_to_native(
    tools: Any, choice: Any, words: Mapping[str, str | None], native: Json, *, strict: bool = False, named: bool = False
) -> bool:  # fmt: skip
    """
    Writes tools, whose names fit, and the choice among them; False, nothing written, where they are not the common ones.

    words: the target's for each choice; None for what goes without saying. strict: it knows that member. named: it lets one
    function be chosen.
    """
    listed = [] if tools is None else tools_to_native(tools, strict=strict)
    if listed is None:
        return False
    word: Any = None
    if named and type(choice) is dict:
        name = choice["function"]["name"]
        if len(choice["function"]) != 1 or not any(tool["function"]["name"] == name for tool in listed):
            return False
        word = {"type": "function", "function": {"name": name}}
    elif choice is not None:
        if type(choice) is not str or choice not in words or (not listed and choice not in _WITHOUT_TOOLS):
            return False
        word = words[choice]
    if listed:
        native["tools"] = listed
        if word is not None:
            native["tool_choice"] = word
    return True


_WITHOUT_TOOLS = frozenset(("auto", "none"))


def calls_to_native(calls: list[Json]) -> list[Json]:
    """The surveyed calls of an answer; no arguments are an empty object."""
    return [
        {"id": call["id"], "type": "function", "function": {
            "name": call["function"]["name"], "arguments": call["function"]["arguments"] or "{}",
        }}
        for call in calls
    ]  # fmt: skip


def unsupported(table: Mapping[str, Rule]) -> dict[str, Unsupported]:
    """The members of a request that the target has no place for."""
    return {name: rule for name, rule in table.items() if type(rule) is Unsupported}


def is_other(name: str, value: Any, rules: Mapping[str, Unsupported], lost: list[str]) -> bool:
    """Whether a member that is none of the target's is a common one: what it asks for in vain is `lost`."""
    if name == "stream_options":
        return type(value) is dict and value.keys() <= STREAM_OPTIONS
    rule = rules.get(name)
    if rule is None:
        return False
    if not is_neutral(value, rule.neutral):
        lost.append(name)
    return True


def report_unsupported(names: list[str], rules: Mapping[str, Unsupported], leg: Leg) -> None:
    """Losses: members that asked for what the target does not have."""
    for name in names:
        leg.losses.add("dropped", rules[name].scope, name, (name,), rules[name].reason)
