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
    own = EMPTY
    for key, bag in content.items():
        if bag is None:
            continue
        if key != leg.row.key:
            held = type(bag) is dict and not STATE.isdisjoint(bag)
            leg.losses.add(
                "dropped", "content" if held else scope, "extra_content", (*path, "extra_content", key), f"only {key} reads this"
            )
        elif type(bag) is not dict:
            leg.invalid((*path, "extra_content", key), "object", bag)
        else:
            own = bag
    return own


def put(holder: Json, key: str, name: str, value: Any) -> None:
    """Puts one member into the bag of a unified object that this conversion created."""
    content: Json = holder.setdefault("extra_content", {})
    bag: Json = content.setdefault(key, {})
    bag[name] = value


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
