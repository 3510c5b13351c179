"""Messages of the Mistral spoke, both directions: roles, their order, and the ids of calls."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.mistral import plain
from translate.providers.mistral.content import (
    FORMAT,
    RENAMED,
    call_to_native,
    call_to_unified,
    chunk_to_part,
    has_signature,
    part_to_native,
    read_answer,
    short_ids,
)
from translate.providers.mistral.tables import EMPTY_TURN, FILLED, FILLER, LAST_TURN, NO_MEMBER, NO_THOUGHTS
from translate.shared import bag
from translate.shared.blocks import Piece, Turn, pieces
from translate.shared.fields import scope_of
from translate.shared.members import optional_list, text_of

ROLES = {"developer": "system", "function": "tool"}
LEFT_OUT = "(left out)"  # where a user's turn has no part that this API takes
MESSAGE_MEMBERS = frozenset((
    "role", "content", "tool_calls", "tool_call_id", "reasoning_content", "reasoning_details", "images", "refusal", "prefix",
    "extra_content",
))  # fmt: skip


_PLAIN = frozenset(("role", "content"))
NO_TEXT = "(no text)"  # of a user who has nothing to say, where nobody else speaks
_CALLING = frozenset(("role", "content", "tool_calls"))


def to_native(messages: list[Any], leg: Leg, facts: Any) -> list[Json]:
    """
    Unified messages -> native ones.

    Losses: names, reasoning for models without it, empty assistant turns dropped; ids renamed, a filler turn between a tool
    result and a user, refusals approximated.
    """
    short = plain.messages_to_native(messages, leg) if leg.plain or leg.opened is not None else None
    if short is not None:
        return short
    identifiers = _fit_ids(messages, leg)
    names: dict[str, str] = {}
    out: list[Json] = []
    for number, message in enumerate(messages):
        path: Path = ("messages", number)
        if type(message) is not dict:
            leg.invalid(path, "object", message)
        role = text_of(message, "role", leg, path)
        role = ROLES.get(role, role)
        if role not in ("system", "user", "assistant", "tool"):
            leg.losses.add("approximated", "content", "role", (*path, "role"), "role unknown here; sent as user")
            role = "user"
        native: Json = {"role": role}
        if message.keys() == _PLAIN and type(message["content"]) is str and message["content"] and role != "tool":
            native["content"] = message["content"]
        elif role == "assistant":
            answer_to_native(message, native, leg, path, identifiers, facts)
            for call in native.get("tool_calls", ()):
                names[call.get("id", "")] = call["function"]["name"]
            if not native.get("content") and not native.get("tool_calls"):
                leg.losses.add("dropped", "content", "messages", path, EMPTY_TURN)
                continue
        else:
            _content(message.get("content"), native, message, leg, path)
            if role == "tool":
                identifier = message.get("tool_call_id")
                if type(identifier) is str:
                    native["tool_call_id"] = identifiers.get(identifier, identifier)
                    if native["tool_call_id"] in names:
                        native["name"] = names[native["tool_call_id"]]
        if not _PLAIN.issuperset(message):
            _members(message, native, leg, path, number + 1 == len(messages))
        if out and out[-1]["role"] == "tool" and native["role"] in ("user", "system") and not facts.get("user_after_tool"):
            leg.losses.add("approximated", "content", "messages", path, FILLED)
            out.append({"role": "assistant", "content": FILLER})
        out.append(native)
    if not out:
        leg.losses.add("approximated", "content", "messages", ("messages",), f"no text is left; sent as {NO_TEXT!r}")
        out.append({"role": "user", "content": NO_TEXT})
    if out[-1]["role"] == "assistant" and "prefix" not in out[-1]:
        leg.losses.add("approximated", "behaviour", "prefix", ("messages", len(messages) - 1), LAST_TURN)
        out[-1]["prefix"] = True
    return out


def _fit_ids(messages: list[Any], leg: Leg) -> dict[str, str]:
    found: dict[str, Path] = {}
    for number, message in enumerate(messages):
        if type(message) is not dict:
            continue
        calls = message.get("tool_calls")
        for spot, call in enumerate(calls if type(calls) is list else ()):
            if type(call) is dict and type(call.get("id")) is str and call["id"]:
                found.setdefault(call["id"], ("messages", number, "tool_calls", spot, "id"))
        if type(message.get("tool_call_id")) is str:
            found.setdefault(message["tool_call_id"], ("messages", number, "tool_call_id"))
    renamed = short_ids(found)
    for identifier in renamed:
        leg.losses.add("approximated", "envelope", "id", found[identifier], RENAMED)
    if renamed:
        leg.memo["call_ids"] = {short: identifier for identifier, short in renamed.items()}
    return renamed


def _content(content: Any, native: Json, message: Json, leg: Leg, path: Path) -> None:
    """Content of a system, user or tool message; own native chunks return to their places."""
    rows = bag.unpack(message, leg, path, "content").get("blocks")
    if type(content) is str and not rows:
        native["content"] = content
        return
    chunks: list[Json] = []
    for piece in pieces({"content": content}, rows, leg, path):
        if piece.kind == "native":
            chunks.append(piece.value)
        elif piece.kind == "text":
            chunks.append({"type": "text", "text": piece.value})
        else:
            chunk = part_to_native(piece.value, leg, piece.path)
            if chunk is not None:
                chunks.append(chunk)
    if not chunks and content and native["role"] == "user":
        leg.losses.add("approximated", "content", "content", (*path, "content"), f"no part has a place; {LEFT_OUT!r} instead")
        native["content"] = LEFT_OUT
    else:
        native["content"] = chunks or ""


def _members(message: Json, native: Json, leg: Leg, path: Path, last: bool) -> None:
    """Everything of a message beside role, content and calls."""
    for name, value in message.items():
        if value is None or name in MESSAGE_MEMBERS:
            continue
        if name == "name" and value == native.get("name"):
            continue
        if name == "is_error":
            if value is not False:
                leg.losses.add("approximated", "content", name, (*path, name), "a failed result looks like any other")
        elif value != []:
            leg.losses.add("dropped", scope_of(name), name, (*path, name), NO_MEMBER)
    if message.get("prefix") is not None:
        if type(message["prefix"]) is not bool:
            leg.invalid((*path, "prefix"), "boolean", message["prefix"])
        if native["role"] == "assistant":
            if message["prefix"] and not last:
                leg.losses.add("dropped", "behaviour", "prefix", (*path, "prefix"), "only on the last message")
            elif last:
                native["prefix"] = message["prefix"]
        else:
            leg.losses.add("dropped", "behaviour", "prefix", (*path, "prefix"), "only an assistant message is a prefix")
    if "extra_content" not in message:
        own: Any = ()
    else:
        own = bag.unpack(message, leg, path, "content").items() if native["role"] == "assistant" else _own(message, leg)
    for name, value in own:
        if name == "name" and native["role"] == "tool":
            native["name"] = value
        elif name != "blocks" and name not in native:
            native[name] = value
    if message.get("tool_calls") and native["role"] != "assistant":
        leg.losses.add("dropped", "content", "tool_calls", (*path, "tool_calls"), "only the assistant calls")
    if message.get("tool_call_id") is not None and native["role"] != "tool":
        leg.losses.add("dropped", "content", "tool_call_id", (*path, "tool_call_id"), "only a tool message answers a call")


def _own(message: Json, leg: Leg) -> Any:
    # _content has unpacked (and reported) the bags of these roles already.
    content = message.get("extra_content")
    own = content.get(leg.row.key) if type(content) is dict else None
    return own.items() if type(own) is dict else ()


def answer_to_native(
    message: Json, native: Json, leg: Leg, path: Path, identifiers: dict[str, str], facts: Any
) -> None:
    """Content, reasoning and calls of an assistant message, in the order its rows tell."""
    content = message.get("extra_content")
    own = content.get(leg.row.key) if type(content) is dict else None
    rows = own.get("blocks") if type(own) is dict else None
    chunks: list[Json] = []
    calls: list[Json] = []
    listed = type(message.get("content")) is list
    text, given = message.get("content"), message.get("tool_calls")
    if message.keys() <= _CALLING and (text is None or type(text) is str) and type(given) is list and given:
        # Most turns that call say nothing else.
        if text is not None:
            native["content"] = text
        native["tool_calls"] = [
            call_to_native(call, leg, (*path, "tool_calls", spot), identifiers) for spot, call in enumerate(given)
        ]
        return
    if message.get("reasoning_details"):
        message = _own_entries(message, leg, path)
    for piece in pieces(message, rows, leg, path):
        if piece.kind in ("text", "refusal"):
            if type(piece.value) is not str:
                leg.invalid(piece.path, "string", piece.value)
            if piece.kind == "refusal":
                leg.losses.add("approximated", "content", "refusal", piece.path, "sent as text")
            chunks.append({"type": "text", "text": piece.value, **(piece.extra or {})})
        elif piece.kind == "reasoning":
            if facts.get("reasoning") is False:
                leg.losses.add("dropped", "content", "reasoning_content", piece.path, NO_THOUGHTS)
            else:
                _thinking(piece, chunks, leg)
        elif piece.kind == "tool_call":
            calls.append(call_to_native(piece.value, leg, piece.path, identifiers))
        elif piece.kind == "native":
            if type(piece.value) is not dict:
                leg.invalid(piece.path, "object", piece.value)
            chunks.append(piece.value)
        elif piece.kind == "part":
            chunk = part_to_native(piece.value, leg, piece.path)
            if chunk is not None:
                chunks.append(chunk)
        else:
            leg.losses.add("dropped", "content", piece.kind, piece.path, "no such block in an answer here")
    if len(chunks) == 1 and not listed and chunks[0].keys() == {"type", "text"} and chunks[0]["type"] == "text":
        native["content"] = chunks[0]["text"]
    elif chunks:
        native["content"] = chunks
    elif not calls or message.get("content") is not None:
        native["content"] = ""
    if calls:
        native["tool_calls"] = calls


def _own_entries(message: Json, leg: Leg, path: Path) -> Json:
    """
    The message with entries only when own ones are signed and say what reasoning_content says; else that text alone.

    Losses: entries of other formats, entries without a signature, stale ones.
    """
    details, spoken = message["reasoning_details"], message.get("reasoning_content")
    where: Path = (*path, "reasoning_details")
    if type(details) is not list:
        leg.invalid(where, "array", details)
    if spoken is not None and type(spoken) is not str:
        leg.invalid((*path, "reasoning_content"), "string", spoken)
    own: list[Json] = []
    for number, entry in enumerate(details):
        if type(entry) is not dict:
            leg.invalid((*where, number), "object", entry)
        if entry.get("type") == "reasoning.text" and type(entry.get("text")) is str and entry.get("format") in (None, FORMAT):
            own.append(entry)
    text = "".join(entry["text"] for entry in own)
    usable = own and any(type(entry.get("signature")) is str for entry in own) and (not spoken or text == spoken)
    for number, entry in enumerate(details):
        if not usable or not any(entry is other for other in own):
            plain = spoken and entry.get("text") and entry["text"] in spoken and not entry.get("signature")
            leg.losses.add("dropped", "envelope" if plain else "content", "reasoning_details", (*where, number), "not an entry to send back")
    if usable:
        return {**message, "reasoning_details": own} if len(own) < len(details) else message
    return {name: value for name, value in message.items() if name != "reasoning_details"}


def _thinking(piece: Piece, chunks: list[Json], leg: Leg) -> None:
    """One thinking chunk for a text or for each entry."""
    extra = piece.extra or {}
    if type(piece.value) is str:
        text = {"type": "text", "text": piece.value}
        if piece.joined and chunks and chunks[-1]["type"] == "thinking":
            chunks[-1]["thinking"].append(text)
        else:
            chunks.append({"type": "thinking", "thinking": [text], **extra})
        return
    if type(piece.value) is not list:
        leg.invalid(piece.path, "string", piece.value)
    for entry in piece.value:
        chunk: Json = {"type": "thinking", "thinking": [{"type": "text", "text": entry["text"]}], **extra}
        if type(entry.get("signature")) is str:
            chunk["signature"] = entry["signature"]
        for name, value in entry.items():
            if name not in ("type", "text", "format", "index", "signature") and value is not None:
                leg.losses.add("dropped", "content", name, (*piece.path, name), "no place in a thinking chunk")
        chunks.append(chunk)


def to_unified(messages: Any, leg: Leg) -> list[Json]:
    """Native messages -> unified ones."""
    if type(messages) is not list:
        leg.invalid(("messages",), "array", messages)
    out: list[Json] = []
    names: dict[str, str] = {}
    count = 0
    for number, message in enumerate(messages):
        path: Path = ("messages", number)
        if type(message) is not dict:
            leg.invalid(path, "object", message)
        role = text_of(message, "role", leg, path)
        unified: Json = {"role": ROLES.get(role, role)}
        if role == "assistant":
            answer_to_unified(message, unified, leg, path, count)
            calls = unified.get("tool_calls", ())
            names.update((call["id"], call["function"]["name"]) for call in calls)
            count += len(calls)
        else:
            _content_to_unified(message.get("content"), unified, leg, (*path, "content"))
        for name, value in message.items():
            if value is None or name in ("role", "content") or (name == "tool_calls" and role == "assistant"):
                continue
            if name == "prefix" and role == "assistant":
                if type(value) is not bool:
                    leg.invalid((*path, name), "boolean", value)
                if value:
                    unified["prefix"] = True
            elif name == "tool_call_id":
                if type(value) is not str:
                    leg.invalid((*path, name), "string", value)
                unified[name] = value
            elif name != "name" or value != names.get(message.get("tool_call_id") or ""):
                bag.put(unified, leg.row.key, name, value)
        if role == "tool" and "tool_call_id" not in unified:
            unified["tool_call_id"] = next((known for known in reversed(names) if names[known] == message.get("name")), "")
        out.append(unified)
    return out


def _content_to_unified(content: Any, unified: Json, leg: Leg, path: Path) -> None:
    if content is None or type(content) is str:
        unified["content"] = content or ""
        return
    if type(content) is not list:
        leg.invalid(path, "string or array", content)
    turn = Turn(listed=True)
    for number, chunk in enumerate(content):
        if type(chunk) is not dict:
            leg.invalid((*path, number), "object", chunk)
        part = chunk_to_part(chunk, leg, (*path, number))
        if part is None:
            turn.native(chunk)
        elif part["type"] == "text":
            turn.text(part["text"], part=part)
        else:
            turn.part(part)
    turn.finish(unified, leg.row.key)


def answer_to_unified(message: Json, unified: Json, leg: Leg, path: Path, count: int, document_id: str = "") -> None:
    """Content and calls of an assistant message (of a request or a response)."""
    content = message.get("content")
    turn = Turn(entries=has_signature(content))
    read_answer(content, turn, leg, (*path, "content"))
    calls = optional_list(message, "tool_calls", leg, path)
    for number, call in enumerate(calls):
        turn.tool_call(call_to_unified(call, count + number, leg, (*path, "tool_calls", number), document_id))
    turn.finish(unified, leg.row.key)
