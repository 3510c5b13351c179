"""What the messages of one request share on their way to a dialect, and how an object's own bag is unpacked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_compatible.dialects import Dialect, of
from translate.shared import bag
from translate.shared.schema_subset import GIVEN


class Talk:
    """
    What the messages of one request share: dialect, facts of the model, renamed tools, whether tools are there.

    continues: the last of them is a begun answer, which the request says.
    """

    __slots__ = ("continues", "dialect", "facts", "history", "leg", "names", "parts", "placeholder", "placeholder_of_calls", "reasoning", "thinks")

    def __init__(self, leg: Leg, dialect: Dialect, facts: Mapping[str, Any], names: Mapping[str, str], request: Json) -> None:
        self.leg, self.dialect, self.facts, self.names = leg, dialect, facts, names
        self.reasoning, self.continues = bool(facts.get("reasoning")), False
        needed = dialect.placeholder if request.get("tools") and facts.get("placeholder", True) else ""
        self.placeholder, self.placeholder_of_calls = needed == "turns", needed == "calls"
        self.parts = frozenset(("text",)) if facts.get("text_only") else dialect.parts
        self.thinks = dialect.lone_prefill and _thinks(request)
        self.history = "" if facts.get("mute") else dialect.history


def _thinks(request: Json) -> bool:
    """Whether a request asks for reasoning."""
    thinking, effort = request.get("thinking"), request.get("reasoning_effort")
    if type(thinking) is dict:
        return thinking.get("type") not in ("disabled", "between_tools")
    return effort is not None and effort != "none"


NOTHING: frozenset[str] = frozenset()
OTHER_FORM = "only the other form of this provider has a place for it"


def own_members(holder: Json, native: Json, leg: Leg, path: Path, place: str, scope: Any = "content") -> None:
    """Unpacks the own bag of `holder` into the native object. Losses: what is stale or has no place in the chat form."""
    if "extra_content" not in holder:
        return
    content = holder["extra_content"]
    held = content.get(leg.row.key) if type(content) is dict and len(content) == 1 else None
    if type(held) is dict and GIVEN[0] not in held and held.keys().isdisjoint(native) and of(leg).native_only.get(place, NOTHING).isdisjoint(held):
        for name, value in held.items():  # nothing to tell of any
            if value is not None:
                native[name] = value
        return
    for name, value in chat_members(holder, leg, path, place, scope):
        if name in native and native[name] != value:
            bag.stale(leg, path, name, scope)
        elif value is not None:
            native[name] = value


def chat_members(holder: Json, leg: Leg, path: Path, place: str, scope: Any) -> Iterator[tuple[str, Any]]:
    """Members of the own bag of `holder`. Losses: what only the other form of the same provider has a place for, dropped."""
    refused = of(leg).native_only.get(place, NOTHING)
    for name, value in bag.unpack(holder, leg, path, scope).items():
        if (name, value) == GIVEN:
            continue  # of the schema beside it
        if name in refused:
            held: Any = "content" if name in bag.STATE else "envelope" if bag.is_mark(name, value) else scope
            leg.losses.dropped(held, name, (*path, "extra_content", leg.row.key, name), OTHER_FORM)
        else:
            yield name, value
