"""
The short way of conversations: messages that the survey knows (`translate.survey`), and native turns of the common shapes.

Each function gives exactly what the long way gives; what it does not know goes there.
"""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.providers.anthropic import messages as conversation
from translate.providers.anthropic.assistant import RAW, call_to_native
from translate.providers.anthropic.content import BLANK, image_source
from translate.providers.anthropic.messages import SYSTEM_ROLES, append
from translate.providers.anthropic.tables import IMAGE_TYPES
from translate.providers.anthropic.writing import Writing
from translate.scrubbing import lone
from translate.shared.arguments import parse_object, printed
from translate.shared.media import data_url, sniff

CALL_LEVEL = 6  # of the arguments of a call among the levels of a request; answers have two less
_TEXT_MEMBERS = ("model", "anthropic_version")

# --- unified -> native


def messages_to_native(request: Json, native: Json, writing: Writing) -> None:
    """Surveyed messages -> `system` and `messages`; losses as `messages.to_native`."""
    leg = writing.leg
    messages: list[Json] = request["messages"]
    count = len(messages)
    start = 0
    while start < count and messages[start]["role"] in SYSTEM_ROLES:
        start += 1
    if start:
        text = messages[0]["content"]
        system = text if start == 1 and text and not text.isspace() else conversation.system_to_native(messages[:start], writing)
        if system:
            native["system"] = system
    turns: list[Json] = []
    role = ""  # of the last turn
    blocks: list[Json]
    for number in range(start, count):
        message = messages[number]
        speaker, content = message["role"], message["content"]
        if speaker == "user":
            if type(content) is str:
                if not content or content.isspace():
                    if content:
                        leg.losses.add("dropped", "content", "content", ("messages", number, "content"), BLANK)
                elif role == "user":
                    append(turns, role, content)
                else:
                    role = "user"
                    turns.append({"role": role, "content": content})
                continue
            blocks = _parts(content, writing, number)
        elif speaker == "assistant":
            blocks = []
            if content:
                if content.isspace():
                    leg.losses.add("dropped", "content", "text", ("messages", number, "content"), BLANK)
                else:
                    blocks.append({"type": "text", "text": content})
            if len(message) == 3:
                for spot, call in enumerate(message["tool_calls"]):
                    blocks.append(_call(call, writing, number, spot))
            elif number == count - 1:
                conversation.prefill(blocks, writing, ("messages", number))
        elif speaker == "tool":
            identifier = message["tool_call_id"]
            if not identifier.isidentifier():
                identifier = writing.id(identifier, ("messages", number, "tool_call_id"))
            result: Json = {"type": "tool_result", "tool_use_id": identifier}
            if content:
                result["content"] = content
            blocks = [result]
            speaker = "user"
        else:
            conversation.later_system(messages, number, turns, writing)
            role = turns[-1]["role"] if turns else ""
            continue
        if speaker == role:
            append(turns, role, blocks)
        elif blocks:
            role = speaker
            turns.append({"role": role, "content": blocks})
    conversation.report_first_turn(turns, start, leg)
    native["messages"] = turns


def _parts(parts: list[Json], writing: Writing, number: int) -> list[Json]:
    """Texts and images of a user."""
    blocks: list[Json] = []
    for spot, part in enumerate(parts):
        if part["type"] == "text":
            text = part["text"]
            if text and not text.isspace():
                blocks.append({"type": "text", "text": text})
            elif text:
                writing.leg.losses.add("dropped", "content", "text", ("messages", number, "content", spot), BLANK)
            continue
        path = ("messages", number, "content", spot)
        source = image_source(part["image_url"]["url"], writing, (*path, "image_url", "url"), path, None)
        if source is not None:
            blocks.append({"type": "image", "source": source})
    return blocks


def _call(call: Json, writing: Writing, number: int, spot: int) -> Json:
    function = call["function"]
    value = parse_object(function["arguments"])
    if value is None:
        return call_to_native(call, writing, ("messages", number, "tool_calls", spot))
    identifier, name = call["id"], function["name"]
    # Letters, digits and _ alone: most ids need no look with the expression.
    if not identifier.isidentifier():
        identifier = writing.id(identifier, ("messages", number, "tool_calls", spot, "id"))
    if name not in writing.fine_names:
        name = writing.name(name, ("messages", number, "tool_calls", spot, "function", "name"))
    return {"type": "tool_use", "id": identifier, "name": name, "input": value}


# --- native -> unified


def messages_to_unified(body: Json) -> list[Json] | None:
    """`system` and `messages` of the common shapes -> unified messages; None for any other, or a text that does not encode."""
    messages: list[Json] = []
    system = body.get("system")
    if system is not None:
        content = _content(system)
        if content is None or not content:
            return None
        messages.append({"role": "system", "content": content})
    turns = body.get("messages")
    if type(turns) is not list:
        return None
    for turn in turns:
        if type(turn) is not dict or len(turn) != 2:
            return None
        role, content = turn.get("role"), turn.get("content")
        if role == "user":
            if type(content) is str:
                if not content.isascii() and lone(content):
                    return None
                messages.append({"role": "user", "content": content})
            elif type(content) is not list or not content or not _user(content, messages):
                return None
        elif role == "assistant":
            message = _assistant(content)
            if message is None:
                return None
            messages.append(message)
        else:
            return None
    if turns and turns[-1]["role"] == "assistant" and "tool_calls" not in messages[-1]:
        messages[-1]["prefix"] = True
    return messages


def _content(content: Any) -> Any:
    """A text, or text blocks as the content they are; None for anything else."""
    if type(content) is str:
        return content if content.isascii() or not lone(content) else None
    if type(content) is not list:
        return None
    parts: list[Json] = []
    for block in content:
        if type(block) is not dict or len(block) != 2 or block.get("type") != "text":
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
        if type(block) is not dict:
            return False
        kind = block.get("type")
        if kind == "text":
            text = block.get("text")
            if len(block) != 2 or type(text) is not str or not (text.isascii() or not lone(text)):
                return False
            parts.append({"type": "text", "text": text})
            continue
        bare = False
        if kind == "tool_result":
            identifier, result = block.get("tool_use_id"), block.get("content")
            if type(identifier) is not str or not identifier.isascii() or len(block) != (2 if result is None else 3):
                return False
            if result is None:
                result = "" if "content" not in block else None
            elif type(result) is not str or not (result.isascii() or not lone(result)):
                result = _content(result)
            if result is None:
                return False
            messages.append({"role": "tool", "tool_call_id": identifier, "content": result})
        elif kind == "image":
            url = _image(block)
            if url is None:
                return False
            parts.append({"type": "image_url", "image_url": {"url": url}})
        else:
            return False
    if parts:
        messages.append({"role": "user", "content": parts[0]["text"] if bare and len(parts) == 1 else parts})
    return True


def _image(block: Json) -> str | None:
    """The data URL of an image that is of the type it is labelled with."""
    source = block.get("source")
    if len(block) != 2 or type(source) is not dict or len(source) != 3 or source.get("type") != "base64":
        return None
    label, data = source.get("media_type"), source.get("data")
    if type(label) is not str or label not in IMAGE_TYPES or type(data) is not str or not data or not data.isascii():
        return None
    return data_url(label, data) if sniff(data) in (None, label) else None


def _assistant(content: Any) -> Json | None:
    """A turn of the assistant: a text or none, then calls."""
    if type(content) is str:
        return {"role": "assistant", "content": content} if content.isascii() or not lone(content) else None
    if type(content) is not list or not content:
        return None
    text: str | None = None
    calls: list[Json] = []
    for block in content:
        if type(block) is not dict:
            return None
        kind = block.get("type")
        if kind == "tool_use":
            call = _tool_use(block)
            if call is None:
                return None
            calls.append(call)
        elif kind == "text" and text is None and not calls and len(block) == 2:
            text = block.get("text")
            if type(text) is not str or not text or not (text.isascii() or not lone(text)):
                return None
        else:
            return None
    return {"role": "assistant", "content": text, "tool_calls": calls} if calls else {"role": "assistant", "content": text}


def _tool_use(block: Json) -> Json | None:
    """A call; its arguments are looked through as the text they become."""
    identifier, name, value = block.get("id"), block.get("name"), block.get("input")
    if len(block) != 4 or type(identifier) is not str or type(name) is not str or type(value) is not dict:
        return None
    if not (identifier.isascii() and name.isascii()):
        return None
    if len(value) == 1 and RAW in value:
        return None
    arguments = printed(value, CALL_LEVEL)
    if arguments is None:
        return None
    return {"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}}
