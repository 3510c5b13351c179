"""Fragments of tool calls in a unified stream, held for the targets that take calls whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.shared import bag
from translate.shared.fields import report_rest

MOST_CALLS = 4096  # of one answer
FIRST_CALL: Path = ("choices", 0, "delta", "tool_calls", 0)  # of a chunk that brings one fragment alone
FRAGMENT_MEMBERS = frozenset(("index", "id", "type", "function", "custom", "extra_content"))
INNER_MEMBERS = {
    "function": frozenset(("name", "arguments", "extra_content")), "custom": frozenset(("name", "input", "extra_content")),
}  # fmt: skip
TEXT = {"function": "arguments", "custom": "input"}


class _Open:
    """One call so far; `place` and `prefix` lead to the fragment that its losses speak of."""

    __slots__ = ("call", "inner", "pieces", "place", "prefix")

    def __init__(self, prefix: Path, place: Path) -> None:
        self.call: Json = {"type": "function"}
        self.inner: Json = {}
        self.pieces: list[str] = []
        self.prefix, self.place = prefix, place


class Fragments:
    """
    The open calls of one choice, by index.

    Losses: members that are not of a fragment, a second name or id of the same call. Losses of the whole call, which is
    converted later, point at its first fragment with arguments.
    """

    __slots__ = ("open",)

    def __init__(self) -> None:
        self.open: dict[int, _Open] = {}

    def slot(self, fragment: Any, leg: Leg, path: Path) -> int:
        """Index of the call a fragment belongs to: its own, else that of the call with its id, else the last or a new one."""
        if type(fragment) is not dict:
            leg.invalid(path, "object", fragment)
        index = fragment.get("index")
        if index is None:
            identifier = fragment.get("id")
            last = max(self.open, default=0)
            if not identifier or not self.open:
                return last
            return next((slot for slot, held in self.open.items() if held.call.get("id") == identifier), last + 1)
        if type(index) is not int or not 0 <= index < MOST_CALLS:
            leg.invalid((*path, "index"), "a small index", index)
        return index

    def begin(self, fragment: Json, leg: Leg, path: Path) -> None:
        """`add` for a fragment with which a new call begins as nearly all do (`chat_fast.opened_call`)."""
        held = self.open[fragment["index"]] = _Open(leg.losses.prefix, path)
        held.call["id"], function = fragment["id"], fragment["function"]
        held.inner["name"] = function["name"]
        held.pieces.append(function["arguments"])

    def add(self, fragment: Json, slot: int, leg: Leg, path: Path) -> None:
        """Adds one fragment to the call of that index."""
        held = self.open.get(slot)
        if held is None:
            held = self.open[slot] = _Open(leg.losses.prefix, path)
        kind = fragment.get("type")
        if kind not in (None, "function", "custom"):
            leg.losses.add("approximated", "content", "type", (*path, "type"), "kind of call unknown here; function")
        identifier = fragment.get("id")
        if identifier is not None and type(identifier) is not str:
            leg.invalid((*path, "id"), "string", identifier)
        if identifier and held.call.setdefault("id", identifier) != identifier:
            leg.losses.add("dropped", "envelope", "id", (*path, "id"), "the call has an id already")
        for name in ("function", "custom"):
            inner = fragment.get(name)
            if inner is None:
                continue
            if type(inner) is not dict:
                leg.invalid((*path, name), "object", inner)
            if name == "custom":
                held.call["type"] = "custom"
            self._inner(inner, name, held, leg, (*path, name))
        _keep_bag(fragment, held.call, leg, path)
        report_rest(fragment, FRAGMENT_MEMBERS, leg, path)

    def _inner(self, inner: Json, kind: str, held: _Open, leg: Leg, path: Path) -> None:
        name, text = inner.get("name"), inner.get(TEXT[kind])
        if name is not None and type(name) is not str:
            leg.invalid((*path, "name"), "string", name)
        if name and held.inner.setdefault("name", name) != name:
            leg.losses.add("dropped", "content", "name", (*path, "name"), "the call has a name already")
        if text is not None:
            if type(text) is not str:
                leg.invalid((*path, TEXT[kind]), "string", text)
            if not held.pieces:
                held.prefix, held.place = leg.losses.prefix, path[:-1]
            held.pieces.append(text)
        _keep_bag(inner, held.inner, leg, path)
        report_rest(inner, INNER_MEMBERS[kind], leg, path)

    def take(self, leg: Leg, convert: Callable[[Json, Path], Json]) -> list[Json]:
        """The calls, whole, through `convert(call, path)`, in the order they began; none is open afterwards."""
        if not self.open:
            return []
        taken, self.open = self.open, {}
        prefix = leg.losses.prefix
        out: list[Json] = []
        for held in taken.values():
            leg.losses.prefix = held.prefix
            kind = held.call["type"]
            inner = {"name": "", **held.inner}
            if held.pieces:
                inner[TEXT[kind]] = "".join(held.pieces)
            out.append(convert({**held.call, kind: inner}, held.place))
        leg.losses.prefix = prefix
        return out


def _keep_bag(holder: Json, kept: Json, leg: Leg, path: Path) -> None:
    """The own bag waits with the call; foreign ones are reported where they stand."""
    if "extra_content" in holder:
        own = bag.unpack(holder, leg, path, "content")
        if own:
            before = kept.get("extra_content", {}).get(leg.row.key, {})
            kept["extra_content"] = {leg.row.key: {**before, **own}}
