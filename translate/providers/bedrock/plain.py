"""
The short way of conversations: messages that the survey knows (`translate.survey`), and native turns of the common shapes.

Each function gives exactly what the long way gives; what it does not know goes there.
"""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.providers.bedrock import messages as conversation
from translate.providers.bedrock.calls import RAW, call_to_native
from translate.providers.bedrock.content import BLANK
from translate.providers.bedrock.documents import visual_to_native
from translate.providers.bedrock.messages import SYSTEM_ROLES, turn_of
from translate.providers.bedrock.tables import IMAGE_TYPES, LONGEST_ID
from translate.providers.bedrock.writing import Writing
from translate.scrubbing import lone
from translate.shared import bag
from translate.shared.arguments import parse_object, printed
from translate.shared.media import data_url, sniff

CALL_LEVEL = 7  # of the arguments of a call among the levels of a request; answers have as many

# --- unified -> native


def messages_to_native(request: Json, native: Json, writing: Writing) -> None:
    """Surveyed messages -> `system` and `messages`; losses as `messages.to_native`."""
    leg = writing.leg
    messages: list[Json] = request["messages"]
    count = len(messages)
    start = 0
    system: list[Json] = []
    while start < count and messages[start]["role"] in SYSTEM_ROLES:
        text = messages[start]["content"]
        if text and not text.isspace():
            system.append({"text": text})
        elif text:
            leg.losses.add("dropped", "content", "content", ("messages", start, "content"), BLANK)
        start += 1
    if system:
        native["system"] = system
    turns: list[Json] = []
    role = ""  # of the last turn
    held: list[Json] = []  # its blocks
    for number in range(start, count):
        message = messages[number]
        speaker, content = message["role"], message["content"]
        blocks: list[Json] = []
        if speaker == "tool":
            if not content or content.isspace():
                conversation.result_to_native(message, writing, ("messages", number), turn_of(turns, "user"))
                role, held = "user", turns[-1]["content"]
                continue
            identifier = message["tool_call_id"]
            if len(identifier) > LONGEST_ID or not identifier.isidentifier():
                identifier = writing.id(identifier, ("messages", number, "tool_call_id"))
            writing.used.setdefault("", ("messages", number))
            speaker = "user"
            blocks.append({"toolResult": {"toolUseId": identifier, "content": [{"text": content}]}})
        elif speaker in SYSTEM_ROLES:
            conversation.later_system(message, turns, writing, ("messages", number))
            if turns:
                role, held = turns[-1]["role"], turns[-1]["content"]
            continue
        elif type(content) is list:
            _parts(content, writing, number, blocks)
        elif content:
            if content.isspace():
                leg.losses.add("dropped", "content", "content", ("messages", number, "content"), BLANK)
            else:
                blocks.append({"text": content})
        if speaker == "assistant":
            if len(message) == 3:
                for spot, call in enumerate(message["tool_calls"]):
                    blocks.append(_call(call, writing, number, spot))
            elif number == count - 1:
                conversation.prefill(blocks, writing, ("messages", number))
        if speaker == role:
            held += blocks
        elif blocks:
            role, held = speaker, blocks
            turns.append({"role": role, "content": held})
    native["messages"] = conversation.settled(turns, writing, start)


def _parts(parts: list[Json], writing: Writing, number: int, blocks: list[Json]) -> None:
    """Texts and images of a user."""
    for spot, part in enumerate(parts):
        if part["type"] == "text":
            text = part["text"]
            if text and not text.isspace():
                blocks.append({"text": text})
            elif text:
                writing.leg.losses.add("dropped", "content", "text", ("messages", number, "content", spot, "text"), BLANK)
            continue
        path = ("messages", number, "content", spot)
        block = visual_to_native("image", part["image_url"]["url"], bag.EMPTY, writing, (*path, "image_url", "url"), path)
        if block is not None:
            blocks.append(block)


def _call(call: Json, writing: Writing, number: int, spot: int) -> Json:
    function, identifier = call["function"], call["id"]
    name = function["name"]
    # Letters, digits and _ alone: most ids need no look with the expression.
    if name in writing.used and len(identifier) <= LONGEST_ID and identifier.isidentifier():
        value = parse_object(function["arguments"])
        if value is not None:
            return {"toolUse": {"toolUseId": identifier, "name": name, "input": value}}
    return call_to_native(call, writing, ("messages", number, "tool_calls", spot))


# --- native -> unified


def messages_to_unified(body: Json) -> list[Json] | None:
    """`system` and `messages` of the common shapes -> unified messages; None for any other, or a text that does not encode."""
    messages: list[Json] = []
    system = body.get("system")
    if system is not None:
        if type(system) is not list or not system:
            return None
        content = _content(system)
        if content is None:
            return None
        messages.append({"role": "system", "content": content})
    turns = body.get("messages")
    if type(turns) is not list:
        return None
    for turn in turns:
        if type(turn) is not dict or len(turn) != 2:
            return None
        role, content = turn.get("role"), turn.get("content")
        if type(content) is not list or not content:
            return None
        if role == "user":
            if not _user(content, messages):
                return None
        elif role == "assistant":
            message = assistant_to_unified(content)
            if message is None:
                return None
            messages.append(message)
        else:
            return None
    if turns and turns[-1]["role"] == "assistant" and "tool_calls" not in messages[-1]:
        messages[-1]["prefix"] = True
    return messages


def _content(content: list[Any]) -> Any:
    """Text blocks as the content they are; None for anything else."""
    parts: list[Json] = []
    for block in content:
        if type(block) is not dict or len(block) != 1:
            return None
        text = block.get("text")
        if type(text) is not str or not (text.isascii() or not lone(text)):
            return None
        parts.append({"type": "text", "text": text})
    return parts[0]["text"] if len(parts) == 1 else parts


def _user(content: list[Any], messages: list[Json]) -> bool:
    """Results of tools as messages of their own, then texts and images; False for any other block."""
    parts: list[Json] = []
    bare = True  # texts alone
    for block in content:
        if type(block) is not dict or len(block) != 1:
            return False
        text = block.get("text")
        if text is not None:
            if type(text) is not str or not (text.isascii() or not lone(text)):
                return False
            parts.append({"type": "text", "text": text})
            continue
        bare = False
        result = block.get("toolResult")
        if result is not None:
            message = _result(result)
            if message is None:
                return False
            messages.append(message)
            continue
        url = _image(block.get("image"))
        if url is None:
            return False
        parts.append({"type": "image_url", "image_url": {"url": url}})
    if parts:
        messages.append({"role": "user", "content": parts[0]["text"] if bare and len(parts) == 1 else parts})
    return True


def _result(result: Any) -> Json | None:
    """The message of a result that is a text."""
    if type(result) is not dict or len(result) != 2:
        return None
    identifier, content = result.get("toolUseId"), result.get("content")
    if type(identifier) is not str or not identifier.isascii() or type(content) is not list or len(content) != 1:
        return None
    text = _content(content)
    return None if text is None else {"role": "tool", "tool_call_id": identifier, "content": text}


def _image(image: Any) -> str | None:
    """The data URL of an image that is of the format it is labelled with."""
    if type(image) is not dict or len(image) != 2:
        return None
    word, source = image.get("format"), image.get("source")
    media_type = IMAGE_TYPES.get(word) if type(word) is str else None
    if media_type is None or type(source) is not dict or len(source) != 1:
        return None
    data = source.get("bytes")
    if type(data) is not str or not data.isascii() or sniff(data) not in (None, media_type):
        return None
    return data_url(media_type, data)


def assistant_to_unified(content: list[Any]) -> Json | None:
    """A turn of the assistant: a text or none, then calls."""
    text: str | None = None
    calls: list[Json] = []
    for block in content:
        if type(block) is not dict or len(block) != 1:
            return None
        use = block.get("toolUse")
        if use is None:
            if text is not None or calls:
                return None
            text = block.get("text")
            if type(text) is not str or not text or not (text.isascii() or not lone(text)):
                return None
            continue
        if type(use) is not dict or len(use) != 3:
            return None
        identifier, name, value = use.get("toolUseId"), use.get("name"), use.get("input")
        if type(identifier) is not str or type(name) is not str or type(value) is not dict:
            return None
        if not (identifier.isascii() and name.isascii()) or (len(value) == 1 and RAW in value):
            return None
        arguments = printed(value, CALL_LEVEL)
        if arguments is None:
            return None
        calls.append({"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}})
    return {"role": "assistant", "content": text, "tool_calls": calls} if calls else {"role": "assistant", "content": text}
