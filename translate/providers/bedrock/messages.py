"""
The conversation of a request from unified: `system`, turns that alternate, results ahead of what the user says.

Source: Amazon Bedrock API reference, "Converse", `messages`, `system`; "Message"; "ToolResultBlock".
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock.assistant import turn_to_native
from translate.providers.bedrock.content import content_to_native, plain_text, string
from translate.providers.bedrock.documents import visual_to_native
from translate.providers.bedrock.writing import MARK, Writing
from translate.shared import bag
from translate.shared.arguments import parse_object
from translate.shared.fields import report_rest
from translate.shared.steps import last_answer
from translate.survey import is_plain_image

SYSTEM_ROLES = ("system", "developer")
USER_MEMBERS = frozenset(("role", "content", MARK, "extra_content"))
_RESULT = frozenset(("role", "tool_call_id", "content", "is_error", MARK))  # members of a common result
TOOL_MEMBERS = frozenset(("role", "tool_call_id", "content", "is_error", MARK, "extra_content"))
NO_OUTPUT = "(no output)"
NO_TEXT = "(no text)"
DOCUMENTS_TEXT = "(see attached documents)"


def to_native(request: Json, native: Json, writing: Writing) -> None:
    """
    Unified messages -> `system` and `messages`.

    Losses: names, blank texts and empty messages dropped; later system messages approximated as user text; texts that the
    service demands (beside documents, in an empty result, before a first turn of the assistant) approximated.
    """
    leg = writing.leg
    messages = request["messages"]
    start = 0
    for message in messages:
        if type(message) is not dict:
            leg.invalid(("messages", start), "object", message)
        if message.get("role") not in SYSTEM_ROLES or _is_turn(message, leg):
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
            blocks = turn_of(turns, "user")
            content = message.get("content")
            if len(message) == 2 and type(content) is str:
                plain_text(content, writing, (*path, "content"), blocks)
                continue
            own = bag.unpack(message, leg, path, "content")
            report_rest(message, USER_MEMBERS, leg, path, "envelope", "messages have no such member")
            written = content_to_native(message, writing, path, own, "user")
            extend(turns, blocks, written, own, writing)
            writing.mark(blocks, message.get(MARK), (*path, MARK))
        elif role == "assistant":
            own = bag.unpack(message, leg, path, "content")
            written = turn_to_native(message, writing, path, own)
            if message.get("prefix") and number != len(messages) - 1:
                leg.losses.add("dropped", "behaviour", "prefix", (*path, "prefix"), "only the last message is a prefill")
            extend(turns, turn_of(turns, "assistant"), written, own, writing)
        elif role == "tool":
            result_to_native(message, writing, path, turn_of(turns, "user"))
        elif role in SYSTEM_ROLES:
            later_system(message, turns, writing, path)
        else:
            leg.invalid((*path, "role") if "role" in message else path, "system, developer, user, assistant or tool", role)
    turns = native["messages"] = settled(turns, writing, start)
    if turns[-1]["role"] == "assistant":
        prefill(turns[-1]["content"], writing, messages)


def _is_turn(message: Json, leg: Leg) -> bool:
    """True for a system message that stood among the turns natively."""
    held = message.get("extra_content") if len(message) > 2 else None
    own = held.get(leg.row.key) if type(held) is dict else None
    return type(own) is dict and own.get("role") == "system"


def turn_of(turns: list[Json], role: str) -> list[Json]:
    """Blocks of the turn that a message of this role belongs to: neighbours of one role are one turn."""
    if turns:
        last = turns[-1]
        if last["role"] == role:
            held: list[Json] = last["content"]
            return held
        if not last["content"]:  # nothing of it was left: what stood before goes on
            turns.pop()
            return turn_of(turns, role)
    blocks: list[Json] = []
    turns.append({"role": role, "content": blocks})
    return blocks


def extend(turns: list[Json], blocks: list[Json], written: list[Json], own: Json, writing: Writing) -> None:
    """Puts written blocks into their turn; the cache points among them now stand in its list."""
    first = len(blocks)
    blocks += written
    for number in range(len(writing.points) - 1, -1, -1):
        holder, point, path = writing.points[number]
        if holder is not written:
            break
        writing.points[number] = (blocks, point, path)
    if own and (first or written):
        turns[-1].update((name, value) for name, value in own.items() if name != "blocks" and name not in turns[-1])


def settled(turns: list[Json], writing: Writing, start: int) -> list[Json]:
    """Turns with what the service demands of them."""
    leg = writing.leg
    if turns and not turns[-1]["content"]:
        turns.pop()
    if not turns:
        leg.losses.add("approximated", "content", "messages", ("messages",), f"no text is left; sent as {NO_TEXT!r}")
        return [{"role": "user", "content": [{"text": NO_TEXT}]}]
    for turn in turns if writing.documents else ():
        if turn["role"] == "user":
            blocks = turn["content"]
            if _lacks_text(blocks):
                blocks.append({"text": DOCUMENTS_TEXT})
                leg.losses.add("approximated", "content", "messages", ("messages",), "documents need a text beside them; added")
    if turns[0]["role"] == "assistant":
        turns.insert(0, {"role": "user", "content": [{"text": NO_TEXT}]})
        leg.losses.add("approximated", "content", "messages", ("messages", start), f"the first turn is the user's; {NO_TEXT!r} added")
    return turns


def _lacks_text(blocks: list[Json]) -> bool:
    """Whether there are documents, and no text beside them."""
    found = False
    for block in blocks:
        if "text" in block or "guardContent" in block:
            return False
        found = found or "document" in block
    return found


def system_to_native(messages: list[Json], writing: Writing) -> list[Json]:
    """Leading system messages: one block a part."""
    blocks: list[Json] = []
    for number, message in enumerate(messages):
        path: Path = ("messages", number)
        content = message.get("content")
        if len(message) == 2 and type(content) is str:
            plain_text(content, writing, (*path, "content"), blocks)
            continue
        own = bag.unpack(message, writing.leg, path, "content")
        report_rest(message, USER_MEMBERS, writing.leg, path, "envelope", "messages have no such member")
        _bag_members(own, writing, path)
        extend([{}], blocks, content_to_native(message, writing, path, own, "system"), bag.EMPTY, writing)
        writing.mark(blocks, message.get(MARK), (*path, MARK))
    return blocks


def _bag_members(own: Json, writing: Writing, path: Path) -> None:
    for name, value in own.items():
        if name != "blocks" and value is not None:
            writing.leg.losses.add(
                "dropped", "behaviour", name, (*path, "extra_content", writing.leg.row.key, name), "not of such a message"
            )


def later_system(message: Json, turns: list[Json], writing: Writing, path: Path) -> None:
    """A system message behind the first turn: of its own where the model takes one, else text of the user's turn."""
    leg = writing.leg
    own = bag.unpack(message, leg, path, "content")
    report_rest(message, USER_MEMBERS, leg, path, "envelope", "messages have no such member")
    taken = own.get("role") == "system" or writing.facts.get("system_messages") is True
    if not taken and message.get("role") == "system":
        _bag_members(own, writing, path)
    written = content_to_native(message, writing, path, own, "later_system" if taken else "user")
    if not written:
        return
    if taken:
        role = "system"
    else:
        role = "user"
        leg.losses.add("approximated", "content", "system", (*path, "role"), "no system message takes that place; sent as user text")
    blocks = turn_of(turns, role)
    extend(turns, blocks, written, own if taken else bag.EMPTY, writing)
    writing.mark(blocks, message.get(MARK), (*path, MARK))


def prefill(blocks: list[Json], writing: Writing, messages: list[Json]) -> None:
    """The last turn, behind which nothing goes out, is the assistant's: its final text ends without whitespace."""
    leg, path = writing.leg, last_answer(messages)
    last = len(blocks) - 1
    while last >= 0 and "cachePoint" in blocks[last]:
        last -= 1
    if last < 0 or "text" not in blocks[last]:
        return
    text = blocks[last]["text"]
    if text != text.rstrip():
        leg.losses.add("approximated", "content", "content", (*path, "content"), "whitespace at the end of a prefill cut off")
        blocks[last] = {**blocks[last], "text": text.rstrip()}
    if writing.facts.get("prefill") is False:
        leg.losses.add("approximated", "behaviour", "prefix", (*path, "role"), "this model refuses a prefill")


def _simple(content: Any, writing: Writing, path: Path) -> list[Json] | None:
    """
    Blocks of a content that is a text, or texts that say something, objects as text and images beside a text; None for any other.

    Losses: those of images.
    """
    if type(content) is str:
        return [{"text": content}] if content and not content.isspace() else None
    blocks: list[Any] = []
    images: list[int] = []
    for number, part in enumerate(content if type(content) is list else ()):
        kind = part.get("type") if type(part) is dict else None
        text = part.get("text") if kind == "text" else None
        if kind == "image_url" and len(part) == 2 and is_plain_image(part.get("image_url")) and "detail" not in part["image_url"]:
            images.append(number)
            blocks.append(None)
        elif type(text) is not str or not text or text.isspace():
            return None
        elif len(part) == 2:
            blocks.append({"text": text})
        else:
            value = parse_object(text) if len(part) == 3 and _is_object(part.get("extra_content"), writing.leg.row.key) else None
            if value is None:
                return None
            blocks.append({"json": value})
    if not images:
        return blocks
    for number in images if len(images) < len(blocks) else ():
        whole: Path = (*path, "content", number)
        url = content[number]["image_url"]["url"]
        blocks[number] = visual_to_native("image", url, bag.EMPTY, writing, (*whole, "image_url", "url"), whole)
    return [block for block in blocks if block is not None] or None


def _is_object(beside: Any, key: str) -> bool:
    """Whether what stands beside a text says that it was an object, and nothing else."""
    own = beside.get(key) if type(beside) is dict and len(beside) == 1 else None
    return type(own) is dict and len(own) == 1 and own.get("json") is True


def result_to_native(message: Json, writing: Writing, path: Path, blocks: list[Json]) -> None:
    """A tool message -> its toolResult block."""
    leg = writing.leg
    identifier = string(message.get("tool_call_id"), leg, (*path, "tool_call_id") if "tool_call_id" in message else path)
    result: Json = {"toolUseId": writing.id(identifier, (*path, "tool_call_id"))}
    writing.used.setdefault("", path)
    content = message.get("content")
    if (len(message) == 3 or _RESULT.issuperset(message)) and (listed := _simple(content, writing, path)):
        result["content"] = listed
        if len(message) > 3:
            _status(message, result, writing, path)
        blocks.append({"toolResult": result})
        if MARK in message:
            writing.mark(blocks, message[MARK], (*path, MARK))
        return
    own = bag.unpack(message, leg, path, "content")
    written = content_to_native(message, writing, path, own, "tool")
    # Cache points have no place inside a result.
    points = _taken_back(written, writing)
    inner = [block for block in written if "cachePoint" not in block] if points else written
    held = own.get("content")
    if not inner and not (held == [] and not _is_failed(message, leg, path)):
        inner = [{"text": NO_OUTPUT}]
        where = (*path, "content") if message.get("content") is not None else path
        leg.losses.add("approximated", "content", "content", where, f"a result needs content; sent {NO_OUTPUT!r}")
    result["content"] = inner
    _status(message, result, writing, path)
    report_rest(message, TOOL_MEMBERS, leg, path, "envelope", "messages have no such member")
    block: Json = {"toolResult": result}
    for name, value in own.items():
        if name == "blocks" or (name == "content" and value == []):
            if name == "content" and content:
                bag.stale(leg, path, name, "content")
        elif name == "beside" and type(value) is dict:
            block.update((member, one) for member, one in value.items() if member not in block)
        elif name not in result:
            result[name] = value
        else:
            bag.stale(leg, path, name, "content")
    blocks.append(block)
    if points:
        _, point, where = points[-1]
        blocks.append(point)
        writing.points.append((blocks, point, where))
        for _, _, surplus in points[:-1]:
            leg.losses.add("dropped", "behaviour", MARK, surplus, "one cache point behind a result")
    writing.mark(blocks, message.get(MARK), (*path, MARK))


def _is_failed(message: Json, leg: Leg, path: Path) -> bool:
    failed = message.get("is_error")
    if failed is not None and type(failed) is not bool:
        leg.invalid((*path, "is_error"), "boolean", failed)
    return failed is True


def _status(message: Json, result: Json, writing: Writing, path: Path) -> None:
    """Says of a result that it is an error. Losses: where the model takes no status."""
    if not _is_failed(message, writing.leg, path):
        return
    if writing.facts.get("status") is False:
        where: Path = (*path, "is_error")
        writing.leg.losses.add("approximated", "content", "is_error", where, "this model takes no status of a result")
    else:
        result["status"] = "error"


def _taken_back(written: list[Json], writing: Writing) -> list[tuple[list[Json], Json, Path]]:
    """The cache points of a list, which are no longer counted."""
    first = len(writing.points)
    while first and writing.points[first - 1][0] is written:
        first -= 1
    points = writing.points[first:]
    del writing.points[first:]
    return points
