"""
The conversation of a request to unified: `system` and turns, results as messages of their own ahead of what the user says.

Source: Amazon Bedrock API reference, "Converse", `messages`, `system`; "Message"; "ToolResultBlock".
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock.assistant import turn_to_unified
from translate.providers.bedrock.content import Parts, beside, content_to_unified, kind_of_block, point_to_mark, string
from translate.shared import bag


def to_unified(body: Json, leg: Leg, word: str) -> list[Json]:
    """`system` and `messages` -> unified messages; results become tool messages ahead of the rest of their turn."""
    messages: list[Json] = []
    system = body.get("system")
    if system is not None and system != []:
        messages.append(content_to_unified(system, {"role": "system"}, leg, ("system",)))
    turns = body.get("messages")
    if turns is None:
        leg.missing((), "messages")
    if type(turns) is not list:
        leg.invalid(("messages",), "array", turns)
    servers: set[str] = set()
    for number, turn in enumerate(turns):
        read_turn(turn, number, number == len(turns) - 1, messages, servers, leg, word)
    return messages


def read_turn(
    turn: Any, number: int, is_last: bool, messages: list[Json], servers: set[str], leg: Leg, word: str
) -> None:
    """One turn -> its messages. servers: ids of calls that the service runs itself, so far. word: format of signed reasoning."""
    path: Path = ("messages", number)
    if type(turn) is not dict:
        leg.invalid(path, "object", turn)
    role, content, where = turn.get("role"), turn.get("content"), (*path, "content")
    first = len(messages)
    if content is None:
        leg.missing(path, "content")
    if role == "user":
        _user(content, messages, leg, where, servers)
    elif role == "assistant":
        message: Json = {"role": "assistant"}
        messages.append(message)
        turn_to_unified(content, message, leg, where, word, annotate=False)
        _note_servers(content, servers)
        if is_last and "tool_calls" not in message:
            message["prefix"] = True
    elif role == "system":
        messages.append(content_to_unified(content, {"role": "system"}, leg, where))
        bag.put(messages[-1], leg.row.key, "role", "system")
    else:
        leg.invalid((*path, "role") if "role" in turn else path, "user, assistant or system", role)
    if not bag.TURN.issuperset(turn):
        bag.put_turn(turn, role, messages, first, leg)


def _note_servers(content: list[Json], servers: set[str]) -> None:
    """Ids of calls that the service runs itself."""
    for block in content:
        use = block.get("toolUse")
        if type(use) is dict and use.get("type") == "server_tool_use" and type(use.get("toolUseId")) is str:
            servers.add(use["toolUseId"])


def _user(content: Any, messages: list[Json], leg: Leg, path: Path, servers: set[str]) -> None:
    if type(content) is not list:
        leg.invalid(path, "array", content)
    if len(content) == 1 and type(content[0]) is dict and content[0].keys() == {"text"}:
        messages.append({"role": "user", "content": string(content[0]["text"], leg, (*path, 0, "text"))})
        return
    if content and all(type(block) is dict and len(block) == 1 and type(block.get("text")) is str for block in content):
        messages.append({"role": "user", "content": [{"type": "text", "text": block["text"]} for block in content]})
        return
    reader: Parts | None = None
    result: Json | None = None  # the last block, when it was a result
    for number, block in enumerate(content):
        here: Path = (*path, number)
        kind = kind_of_block(block, leg, here)
        if kind == "toolResult":
            value = block[kind]
            if type(value) is not dict:
                leg.invalid((*here, kind), "object", value)
            identifier = value.get("toolUseId")
            if type(identifier) is not str or identifier not in servers:
                result = _result_to_unified(value, leg, (*here, kind))
                messages.append(result)
                more = beside(block, kind)
                if more:
                    bag.put(result, leg.row.key, "beside", more)
                continue
        if kind == "cachePoint" and result is not None:
            point_to_mark(block, result, leg, here)
            continue
        result = None
        if reader is None:
            reader = Parts(leg)
        reader.block(block, here)
    if reader is not None:
        messages.append(reader.turn.finish({"role": "user"}, leg.row.key))
    elif not content:
        messages.append({"role": "user", "content": []})


def _result_to_unified(value: Json, leg: Leg, path: Path) -> Json:
    content = value.get("content")
    if len(value) == 2 and type(content) is list and len(content) == 1 and type(content[0]) is dict and len(content[0]) == 1:
        identifier, text = value.get("toolUseId"), content[0].get("text")
        if type(identifier) is str and type(text) is str:
            return {"role": "tool", "tool_call_id": identifier, "content": text}
    if value.get("toolUseId") is None:
        leg.missing(path, "toolUseId")
    message: Json = {"role": "tool", "tool_call_id": string(value["toolUseId"], leg, (*path, "toolUseId"))}
    if not content:
        if content is not None and type(content) is not list:
            leg.invalid((*path, "content"), "array", content)
        message["content"] = ""
        bag.put(message, leg.row.key, "content", [])
    else:
        content_to_unified(content, message, leg, (*path, "content"))
    for name, member in value.items():
        if name in ("toolUseId", "content") or member is None:
            continue
        if name == "status":
            status = string(member, leg, (*path, name))
            if status == "error":
                message["is_error"] = True
            elif status != "success":
                bag.put(message, leg.row.key, name, member)
        else:
            bag.put(message, leg.row.key, name, member)
    return message
