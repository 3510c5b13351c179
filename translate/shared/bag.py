"""
The bag `extra_content.<key>`: what only one provider understands, at the unified object that stands for the native one.

Its own formats unpack it while it agrees with the visible fields beside it; every other format reports it, one loss per bag.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg

EMPTY: Json = {}  # the bag of an object that has none
# What stands for a conversation the server holds: without it the request means something else.
STATE = frozenset(("previous_response_id", "conversation", "prompt"))
# What says how the visible fields beside it were spelled: whoever does not read it loses nothing of them.
MARKS = frozenset(("schema", "item_id", "phase"))
# What a native turn has of its own.
TURN = frozenset(("role", "content"))
# Request members of chat servers. A provider's native form, which shares the bag of its chat form, has none of them.
CHAT_ONLY = frozenset((
    "extra_body", "reasoning", "reasoning_format", "include_reasoning", "reasoning_split", "reasoning_history", "enable_thinking",
    "thinking_budget", "chat_template_kwargs", "separate_reasoning", "enable_search", "search_options",
))  # fmt: skip


def unpack(holder: Json, leg: Leg, path: Path, scope: Any = "behaviour") -> Json:
    """
    The own bag of a unified object, `EMPTY` when it has none; never written to.

    Losses: each other format's bag dropped, with `scope`.
    """
    content = holder.get("extra_content")
    if content is None:
        return EMPTY
    if type(content) is not dict:
        leg.invalid((*path, "extra_content"), "object", content)
    if len(content) == 1 and type(own := content.get(leg.row.key)) is dict:
        return own
    own = EMPTY
    for key, bag in content.items():
        if bag is None:
            continue
        if key != leg.row.key:
            held = scope
            if type(bag) is dict and bag:
                held = "envelope" if all(is_mark(*member) for member in bag.items()) else scope if STATE.isdisjoint(bag) else "content"
            leg.losses.add("dropped", held, "extra_content", (*path, "extra_content", key), f"only {key} reads this")
        elif type(bag) is not dict:
            leg.invalid((*path, "extra_content", key), "object", bag)
        else:
            own = bag
    return own


def is_mark(name: str, value: Any) -> bool:
    """Whether a member of a bag says only how the visible fields beside it were spelled (`instructions`: where a text stood)."""
    return name in MARKS or (name == "instructions" and value is True)


def of_request(request: Json, leg: Leg) -> Json:
    """
    The own bag of a request on its way to a native form, which shares it with the chat form of the same provider.

    Losses: as `unpack`; what only the chat form knows, dropped.
    """
    held = unpack(request, leg, ())
    if CHAT_ONLY.isdisjoint(held):
        return held
    for name in sorted(CHAT_ONLY & held.keys()):
        leg.losses.dropped("behaviour", name, ("extra_content", leg.row.key, name), "only the chat form of this provider knows it")
    return {name: value for name, value in held.items() if name not in CHAT_ONLY}


def own(holder: Json, leg: Leg) -> Json:
    """The own bag alone, for a look: nothing is reported."""
    content = holder.get("extra_content")
    held = content.get(leg.row.key) if type(content) is dict else None
    return held if type(held) is dict else EMPTY


def opened(holder: Any, key: str) -> tuple[Json, Json] | None:
    """An object without its bag, and the bag of this key; None for what is no object or has another format's bag."""
    if type(holder) is not dict:
        return None
    if "extra_content" not in holder:
        return holder, EMPTY
    content = holder["extra_content"]
    if type(content) is not dict or len(content) != 1 or type(content.get(key)) is not dict:
        return None
    bare = holder.copy()
    del bare["extra_content"]
    return bare, content[key]


def put(holder: Json, key: str, name: str, value: Any) -> None:
    """Puts one member into the bag of a unified object that this conversion created."""
    content: Json = holder.setdefault("extra_content", {})
    bag: Json = content.setdefault(key, {})
    bag[name] = value


def put_turn(turn: Json, role: str, messages: list[Json], first: int, leg: Leg) -> None:
    """What a turn has beside its role and content -> the bag of the first message made of it; one without content if none was."""
    for name, value in turn.items():
        if name not in TURN and value is not None:
            if first == len(messages):
                messages.append({"role": role, "content": []})
            put(messages[first], leg.row.key, name, value)


def stale(leg: Leg, path: Path, name: str, scope: Any = "behaviour") -> None:
    """Reports a member of the own bag that contradicts the visible fields, which win."""
    leg.losses.add(
        "approximated", scope, name, (*path, "extra_content", leg.row.key, name), "contradicts the visible fields, which win"
    )


def unused(holder: Json, leg: Leg, path: Path, scope: Any = "envelope") -> None:
    """Reports each member of the own bag of an object of which this target keeps nothing; foreign bags as `unpack` does."""
    for name in unpack(holder, leg, path, scope):
        leg.losses.add(
            "dropped", scope, name, (*path, "extra_content", leg.row.key, name), "nothing of this object has a place here"
        )
