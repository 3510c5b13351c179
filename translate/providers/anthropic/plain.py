"""
The short way of conversations: messages that the survey knows (`translate.survey`), and native turns of the common shapes.

Each function gives exactly what the long way gives; what it does not know goes there.
"""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.providers.anthropic import messages as conversation
from translate.providers.anthropic.assistant import call_to_native
from translate.providers.anthropic.content import BLANK, image_source
from translate.providers.anthropic.messages import SYSTEM_ROLES, append
from translate.providers.anthropic.writing import Writing
from translate.shared.arguments import parse_object

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
