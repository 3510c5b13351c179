"""Messages of the Cohere spoke, both directions."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.cohere import plain
from translate.providers.cohere.answers import OWN_MEMBERS, answer_to_native, answer_to_unified
from translate.providers.cohere.content import content_to_native, content_to_unified, takes_image
from translate.providers.cohere.tables import EMPTY_TURN, NO_MEMBER
from translate.shared import bag
from translate.shared.fields import scope_of
from translate.shared.members import object_at, text_at, text_of

ROLES = {"developer": "system", "function": "tool"}
MESSAGE_MEMBERS = frozenset((
    "role", "content", "tool_calls", "tool_call_id", "reasoning_content", "reasoning_details", "refusal", "extra_content",
    "images", "audio", "annotations",
))  # fmt: skip
MOVED = "(image in the next user message)"
NO_TEXT = "(no text)"  # of a user who has nothing to say, where nobody else speaks
_PLAIN = {"role", "content"}
_SAID = frozenset(("role", "content", "extra_content"))
_WRITTEN = {  # members of a message of this role that have a place
    "system": _SAID, "user": _SAID, "tool": _SAID | {"tool_call_id"}, "assistant": MESSAGE_MEMBERS - {"tool_call_id"},
}  # fmt: skip

# Unified -> native


def to_native(messages: list[Any], leg: Leg) -> list[Json]:
    """
    Unified messages -> native ones.

    Losses: names, audio and file parts dropped; foreign roles and refusals approximated; empty assistant turns dropped; images of
    tool results moved to a user turn behind them.
    """
    short = plain.messages_to_native(messages, leg) if leg.plain or leg.opened is not None else None
    if short is not None:
        return short
    out: list[Json] = []
    hoisted: list[Json] = []
    for number, message in enumerate(messages):
        path: Path = ("messages", number)
        object_at(message, leg, path)
        role = text_of(message, "role", leg, path)
        role = ROLES.get(role, role)
        if role not in ("system", "user", "assistant", "tool"):
            leg.losses.add("approximated", "content", "role", (*path, "role"), "role unknown here; sent as user")
            role = "user"
        native: Json = {"role": role}
        if message.keys() == _PLAIN and type(message["content"]) is str and message["content"] and role != "tool":
            native["content"] = message["content"]
            out.append(native)
            continue
        own = bag.unpack(message, leg, path, "content") if "extra_content" in message else bag.EMPTY
        if hoisted and role != "tool":
            out.append({"role": "user", "content": hoisted})
            hoisted = []
        if role == "assistant":
            answer_to_native(message, native, own, leg, path)
            if len(native) == 1:
                leg.losses.add("dropped", "content", "messages", path, EMPTY_TURN)
                continue
        else:
            content_to_native(message.get("content"), native, own, leg, (*path, "content"))
            if role == "tool":
                if message.get("tool_call_id") is not None:
                    native["tool_call_id"] = message["tool_call_id"]
                if type(native["content"]) is list:
                    hoisted += _hoist(native, message, leg, path)
            if not native["content"] and role != "tool":
                leg.losses.add("dropped", "content", "messages", path, EMPTY_TURN)
                continue
        if own:
            native.update((name, value) for name, value in own.items() if name not in OWN_MEMBERS and name not in native)
        if not message.keys() <= _WRITTEN[role]:
            _members(message, native, leg, path)
        out.append(native)
    if hoisted:
        out.append({"role": "user", "content": hoisted})
    if not out:
        out.append({"role": "user", "content": NO_TEXT})
        leg.losses.add("approximated", "content", "messages", ("messages",), f"no text is left; sent as {NO_TEXT!r}")
    return out


def _is_taken(image: Any) -> bool:
    return takes_image(image if type(image) is str else image["url"])


def _hoist(native: Json, message: Json, leg: Leg, path: Path) -> list[Json]:
    """Takes the images out of a tool result, which holds text and documents alone. Losses: images approximated."""
    images = [block for block in native["content"] if block.get("type") == "image_url"]
    if not images:
        return []
    native["content"] = [block for block in native["content"] if block.get("type") != "image_url"] or MOVED
    for number, part in enumerate(message["content"]):
        if type(part) is dict and part.get("type") == "image_url" and _is_taken(part["image_url"]):
            where: Path = (*path, "content", number)
            leg.losses.add("approximated", "content", "image_url", where, "moved to a user message behind the tool results")
    return [{"type": "text", "text": f"[tool result {message.get('tool_call_id')}]"}, *images]


def _members(message: Json, native: Json, leg: Leg, path: Path) -> None:
    """What has no place, or says it in another way. Losses: all of it."""
    known = _WRITTEN[native["role"]]
    for name, value in message.items():
        if value is None or value == [] or name in known:
            continue
        if name == "is_error":
            if value is not False:
                leg.losses.add("approximated", "content", name, (*path, name), "a failed result looks like any other")
        elif not (name == "prefix" and value is False):
            leg.losses.add("dropped", scope_of(name), name, (*path, name), NO_MEMBER)


# Native -> unified


def to_unified(messages: Any, leg: Leg) -> list[Json]:
    """Native messages -> unified ones."""
    if type(messages) is not list:
        leg.invalid(("messages",), "array", messages)
    out: list[Json] = []
    count = 0
    for number, message in enumerate(messages):
        path: Path = ("messages", number)
        object_at(message, leg, path)
        role = text_of(message, "role", leg, path)
        unified: Json = {"role": ROLES.get(role.lower(), role.lower())}
        if unified["role"] == "assistant":
            answer_to_unified(message, unified, leg, path, count)
            count += len(unified.get("tool_calls", ()))
        else:
            content_to_unified(message.get("content"), unified, leg, (*path, "content"))
        for name, value in message.items():
            if value is None or name in ("role", "content"):
                continue
            if name == "tool_call_id" and unified["role"] == "tool":
                unified[name] = text_at(value, leg, (*path, name))
            elif unified["role"] != "assistant" or name not in ("tool_plan", "tool_calls", "citations"):
                bag.put(unified, leg.row.key, name, value)
        if unified["role"] == "tool" and "tool_call_id" not in unified:
            unified["tool_call_id"] = ""
        out.append(unified)
    return out
