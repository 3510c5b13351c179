"""
The conversation of a request, both directions: leading system messages, turns, results ahead of what the user says.

Source: Anthropic API reference, "Create a Message", `system`, `messages`; "Tool use", results; "Mid-conversation system messages".
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.anthropic.assistant import turn_to_native, turn_to_unified
from translate.providers.anthropic.content import (
    BLANK,
    block_to_unified,
    content_to_native,
    content_to_unified,
    plain_content,
)
from translate.providers.anthropic.writing import MARK, Writing, mark_of
from translate.shared import bag
from translate.shared.blocks import Turn
from translate.shared.fields import report_rest
from translate.shared.steps import last_answer

SYSTEM_ROLES = ("system", "developer")
NO_TEXT = "(no text)"  # of a user who has nothing to say, where nobody else speaks
USER_MEMBERS = frozenset(("role", "content", MARK, "extra_content"))
TOOL_MEMBERS = frozenset(("role", "tool_call_id", "content", "is_error", MARK, "extra_content"))
# Blocks of a turn of the assistant that ends in the server's own doing: a system message may follow.
SERVER_RESULTS = "_tool_result"


# --- unified -> native


def to_native(request: Json, native: Json, writing: Writing) -> None:
    """
    Unified messages -> `system` and `messages`.

    Losses: names, blank texts and empty messages dropped; system messages where the model or the place refuses them
    approximated as user text; a first turn that is not the user's, and a prefill the model refuses, reported.
    """
    leg = writing.leg
    messages = request["messages"]
    start = 0
    for message in messages:
        if type(message) is not dict:
            leg.invalid(("messages", start), "object", message)
        if message.get("role") not in SYSTEM_ROLES:
            break
        start += 1
    if start:
        system = system_to_native(messages[:start], writing)
        if system:
            native["system"] = system
    turns: list[Json] = []
    for number in range(start, len(messages)):
        message, path = messages[number], ("messages", number)
        if type(message) is not dict:
            leg.invalid(path, "object", message)
        role = message.get("role")
        if role == "user":
            content = message.get("content")
            if len(message) == 2 and type(content) is str:
                if content and not content.isspace():
                    append(turns, "user", content)
                elif content:
                    leg.losses.add("dropped", "content", "content", (*path, "content"), BLANK)
                continue
            own = bag.unpack(message, leg, path, "content")
            report_rest(message, USER_MEMBERS, leg, path, "envelope", "messages have no such member")
            append(turns, "user", content_to_native(message, writing, path, own), own)
        elif role == "assistant":
            own = bag.unpack(message, leg, path, "content") if "extra_content" in message else bag.EMPTY
            blocks = turn_to_native(message, writing, path, own)
            if message.get("prefix") and number != len(messages) - 1:
                leg.losses.add("dropped", "behaviour", "prefix", (*path, "prefix"), "only the last message is a prefill")
            append(turns, "assistant", blocks, own)
        elif role == "tool":
            append(turns, "user", [result_to_native(message, writing, path)])
        elif role in SYSTEM_ROLES:
            later_system(messages, number, turns, writing)
        else:
            leg.invalid((*path, "role") if "role" in message else path, "system, developer, user, assistant or tool", role)
    report_first_turn(turns, start, leg)
    if turns[-1]["role"] == "assistant":
        prefill(turns[-1]["content"], writing, messages)
    native["messages"] = turns


def report_first_turn(turns: list[Json], start: int, leg: Leg) -> None:
    """A conversation without messages gets one. Losses: that, or one that the assistant begins, approximated."""
    if not turns:
        turns.append({"role": "user", "content": NO_TEXT})
        leg.losses.add("approximated", "content", "messages", ("messages",), f"no text is left; sent as {NO_TEXT!r}")
    elif turns[0]["role"] != "user":
        leg.losses.add("approximated", "behaviour", "messages", ("messages", start), "the first turn is not the user's")


def append(turns: list[Json], role: str, content: Any, own: Json | None = None) -> None:
    """Puts content into the turn of its role: neighbours of one role are one turn, cut kept between their blocks."""
    if not content:
        return
    last = turns[-1] if turns else None
    if last is not None and last["role"] == role:
        held = last["content"]
        if type(held) is str:
            held = last["content"] = [{"type": "text", "text": held}]
        if type(content) is str:
            content = [{"type": "text", "text": content}]
        held += content
    else:
        last = {"role": role, "content": content}
        turns.append(last)
    if own:
        last.update((name, value) for name, value in own.items() if name != "blocks" and name not in last)


def system_to_native(messages: list[Json], writing: Writing) -> Any:
    """Leading system messages: one plain string, or a list with one text block a part."""
    blocks: list[Json] = []
    for number, message in enumerate(messages):
        path: Path = ("messages", number)
        own = bag.unpack(message, writing.leg, path, "content")
        report_rest(message, USER_MEMBERS, writing.leg, path, "envelope", "messages have no such member")
        for name, value in own.items():
            if name != "blocks" and value is not None:
                writing.leg.losses.add(
                    "dropped", "behaviour", name, (*path, "extra_content", writing.leg.row.key, name), "not of the system prompt"
                )
        blocks += _only_text(content_to_native(message, writing, path, own, "system"), writing, path)
    if len(messages) == 1 and type(messages[0].get("content")) is str and len(blocks) == 1 and len(blocks[0]) == 2:
        return blocks[0]["text"]
    return blocks


def _only_text(blocks: list[Json], writing: Writing, path: Path) -> list[Json]:
    kept = [block for block in blocks if block.get("type") == "text"]
    if len(kept) != len(blocks):
        writing.leg.losses.add("dropped", "content", "content", (*path, "content"), "only text in a system prompt")
    return kept


def later_system(messages: list[Any], number: int, turns: list[Json], writing: Writing) -> None:
    """A system message behind the first turn: where the API takes one, else as text of the user's turn."""
    leg, message, path = writing.leg, messages[number], ("messages", number)
    own = bag.unpack(message, leg, path, "content")
    report_rest(message, USER_MEMBERS, leg, path, "envelope", "messages have no such member")
    blocks = content_to_native(message, writing, path, own, "system")
    if not blocks:
        return
    following = next(
        (other.get("role") for other in messages[number + 1 :] if type(other) is dict and other.get("role") not in SYSTEM_ROLES),
        None,
    )
    before = turns[-1] if turns else None
    native_kinds = any(block.get("type") != "text" for block in blocks)
    legal = before is not None and (before["role"] in ("user", "system") or _ends_in_server_use(before))
    if legal and following in (None, "assistant") and writing.facts.get("system_messages", True):
        simple = type(message.get("content")) is str and len(blocks) == 1 and len(blocks[0]) == 2
        append(turns, "system", blocks[0]["text"] if simple else blocks, own)
        return
    leg.losses.add("approximated", "content", "system", (*path, "role"), "no system message takes that place; sent as user text")
    append(turns, "user", blocks if native_kinds is False else _only_text(blocks, writing, path))


def _ends_in_server_use(turn: Json) -> bool:
    content = turn["content"]
    kind = content[-1].get("type") if type(content) is list and content else None
    return type(kind) is str and (kind == "server_tool_use" or (kind != "tool_result" and kind.endswith(SERVER_RESULTS)))


def prefill(blocks: list[Json], writing: Writing, messages: list[Json]) -> None:
    """The last turn, behind which nothing goes out, is the assistant's: its final text ends without whitespace."""
    leg, path = writing.leg, last_answer(messages)
    if not blocks or blocks[-1].get("type") != "text":
        return
    text = blocks[-1]["text"]
    if text != text.rstrip():
        leg.losses.add("approximated", "content", "content", (*path, "content"), "whitespace at the end of a prefill cut off")
        blocks[-1] = {**blocks[-1], "text": text.rstrip()}
    if writing.facts.get("prefill") is False:
        leg.losses.add("approximated", "behaviour", "prefix", (*path, "role"), "this model refuses a prefill")


def result_to_native(message: Json, writing: Writing, path: Path) -> Json:
    """A tool message -> its tool_result block."""
    leg = writing.leg
    identifier = message.get("tool_call_id")
    if type(identifier) is not str:
        leg.invalid((*path, "tool_call_id") if "tool_call_id" in message else path, "string", identifier)
    block: Json = {"type": "tool_result", "tool_use_id": writing.id(identifier, (*path, "tool_call_id"))}
    content = message.get("content")
    if len(message) == 3 and type(content) is str:
        if content:
            block["content"] = content
        return block
    own = bag.unpack(message, leg, path, "content")
    if type(content) is str and not own.get("blocks"):
        if content:
            block["content"] = content
    elif content is not None or own.get("blocks"):
        inner = content_to_native({**message, MARK: None}, writing, path, own)
        if inner:
            block["content"] = inner
    failed = message.get("is_error")
    if failed is not None and type(failed) is not bool:
        leg.invalid((*path, "is_error"), "boolean", failed)
    if failed:
        block["is_error"] = True
    report_rest(message, TOOL_MEMBERS, leg, path, "envelope", "messages have no such member")
    for name, value in own.items():
        if name != "blocks" and name not in block:
            block[name] = value
    writing.mark(block, message.get(MARK), (*path, MARK))
    return block


# --- native -> unified


def to_unified(body: Json, leg: Leg) -> list[Json]:
    """`system` and `messages` -> unified messages; results become tool messages ahead of the rest of their turn."""
    messages: list[Json] = []
    system = body.get("system")
    if system is not None and system != [] and system != "":
        messages.append(content_to_unified(system, {"role": "system"}, leg, ("system",)))
    turns = body.get("messages")
    if type(turns) is not list:
        leg.invalid(("messages",) if "messages" in body else (), "array", turns)
    for number, turn in enumerate(turns):
        read_turn(turn, number, number == len(turns) - 1, messages, leg)
    return messages


def read_turn(turn: Any, number: int, is_last: bool, messages: list[Json], leg: Leg) -> None:
    """One turn -> its messages."""
    path: Path = ("messages", number)
    if type(turn) is not dict:
        leg.invalid(path, "object", turn)
    role, content = turn.get("role"), turn.get("content")
    first = len(messages)
    if role == "user":
        if type(content) is str:
            messages.append({"role": "user", "content": content})
        else:
            _user(content, messages, leg, (*path, "content"))
    elif role == "assistant":
        message: Json = {"role": "assistant"}
        messages.append(message)
        if content is None:
            leg.invalid((*path, "content") if "content" in turn else path, "string or array", content)
        turn_to_unified(content, message, leg, (*path, "content"), annotate=False)
        if is_last and "tool_calls" not in message:
            message["prefix"] = True
    elif role == "system":
        messages.append(content_to_unified(content, {"role": "system"}, leg, (*path, "content")))
    else:
        leg.invalid((*path, "role") if "role" in turn else path, "user, assistant or system", role)
    if not bag.TURN.issuperset(turn):
        bag.put_turn(turn, role, messages, first, leg)


def _user(content: Any, messages: list[Json], leg: Leg, path: Path) -> None:
    if type(content) is not list:
        leg.invalid(path, "string or array", content)
    plain = plain_content(content)
    if plain is not None:
        messages.append({"role": "user", "content": plain})
        return
    turn: Turn | None = None
    for number, block in enumerate(content):
        if type(block) is dict and block.get("type") == "tool_result":
            messages.append(_result_to_unified(block, leg, (*path, number)))
            continue
        if turn is None:
            turn = Turn(listed=True)
        block_to_unified(block, turn, leg, (*path, number))
    if turn is not None:
        messages.append(turn.finish({"role": "user"}, leg.row.key))
    elif not content:
        messages.append({"role": "user", "content": []})


def _result_to_unified(block: Json, leg: Leg, path: Path) -> Json:
    identifier = block.get("tool_use_id")
    if type(identifier) is not str:
        leg.invalid((*path, "tool_use_id") if "tool_use_id" in block else path, "string", identifier)
    message: Json = {"role": "tool", "tool_call_id": identifier}
    content = block.get("content")
    if content is None:
        message["content"] = ""
    else:
        content_to_unified(content, message, leg, (*path, "content"))
    for name, value in block.items():
        if name in ("type", "tool_use_id", "content") or value is None:
            continue
        if name == "is_error":
            if type(value) is not bool:
                leg.invalid((*path, name), "boolean", value)
            if value:
                message[name] = True
        elif name == MARK:
            message[MARK] = mark_of(value, leg, (*path, name))
        else:
            bag.put(message, leg.row.key, name, value)
    return message
