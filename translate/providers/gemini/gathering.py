"""Calls of a unified stream, whose arguments come in pieces, gathered until they are whole."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini import response as responses
from translate.providers.gemini.assistant import CALL_MEMBERS, Calls, call_to_native
from translate.shared import bag

MOST_CALLS = 4096
_FUNCTION_MEMBERS = frozenset(("name", "arguments", "input", "extra_content"))


class Pending:
    """
    A call whose arguments still come. path: of its first fragment.

    places: where its losses lead, event included: to the first fragment, and for a member that a later one brought to that one.
    """

    __slots__ = ("call", "path", "pieces", "places", "whole")

    def __init__(self, prefix: Path, path: Path) -> None:
        self.path, self.whole = path, prefix + path
        self.places: dict[Path, Path] = {path: self.whole}
        self.call: Json = {"type": "function", "function": {}}
        self.pieces: list[str] = []

    def put(self, holder: Json, name: str, value: Any, within: Path, leg: Leg, path: Path) -> None:
        """
        A member of the call, or of its function (`within`), that stands in the fragment at `path`.

        Losses: another value of what the call has already; bags are merged.
        """
        earlier, place = holder.get(name), (*path, *within, name)
        if earlier is None:
            holder[name] = value
            self.brought((*within, name), leg.losses.prefix + path)
        elif name == "extra_content" and type(earlier) is dict and type(value) is dict:
            merged = dict(earlier)
            for key, content in value.items():
                if key not in earlier:
                    self.brought((*within, name, key), leg.losses.prefix + path)
                    merged[key] = content
                elif key != leg.row.key:  # told where the first came, and here
                    leg.losses.add("dropped", "content", name, (*place, key), f"only {key} reads this")
                elif type(content) is dict and type(earlier[key]) is dict:
                    self.brought((*within, name, key), leg.losses.prefix + path)
                    merged[key] = {**earlier[key], **content}
                else:
                    merged[key] = content
            holder[name] = merged
        elif earlier != value:
            leg.losses.add("dropped", "content", name, place, "the call has another already")

    def brought(self, member: Path, fragment: Path) -> None:
        """A member of the call stands in this fragment, event included."""
        if fragment != self.whole:
            self.places[self.path + member] = fragment + member


class Gathered:
    """The calls of one choice: those that are open, by their index, and what was seen of the others."""

    __slots__ = ("leg", "numbers", "open", "seen")

    def __init__(self, leg: Leg, identifier: str) -> None:
        self.leg = leg
        self.numbers = Calls(bag.EMPTY, identifier)
        self.open: dict[int, Pending] = {}  # arguments of several calls may come in turns
        self.seen: set[int] = set()

    def take(self, fragment: Any, path: Path) -> None:
        """A fragment of a call."""
        leg = self.leg
        if type(fragment) is not dict:
            leg.invalid(path, "object", fragment)
        index = fragment.get("index")
        if index is None:
            identifier = fragment.get("id")
            index = next(
                (held for held in reversed(self.open) if not identifier or self.open[held].call.get("id") == identifier),
                max(self.seen, default=-1) + 1,
            )
        if type(index) is not int or not 0 <= index < MOST_CALLS:
            leg.invalid((*path, "index"), "a small index", index)
        held = self.open.get(index)
        if held is None:
            if index in self.seen:
                leg.losses.add("dropped", "content", "tool_calls", path, "the call has ended already")
                return
            held = self.open[index] = Pending(leg.losses.prefix, path)
            self.seen.add(index)
        for name, value in fragment.items():
            if value is None or name == "index":
                continue
            if name in ("function", "custom"):
                if type(value) is not dict:
                    leg.invalid((*path, name), "object", value)
                if name == "custom":
                    held.call["type"] = "custom"
                for member, text in value.items():
                    if member in ("arguments", "input"):
                        if text is not None and type(text) is not str:
                            leg.invalid((*path, name, member), "string", text)
                        if not held.pieces:
                            held.brought((name, member), leg.losses.prefix + path)
                        held.pieces.append(text or "")
                    elif member not in _FUNCTION_MEMBERS:
                        leg.losses.add("dropped", "content", member, (*path, name, member), "no such member of a call here")
                    elif text is not None and (member != "name" or text):
                        if member == "name" and type(text) is not str:
                            leg.invalid((*path, name, member), "string", text)
                        held.put(held.call["function"], member, text, (name,), leg, path)
            elif name == "type":
                if value not in ("function", "custom"):
                    leg.losses.add("approximated", "content", name, (*path, name), "kind of call unknown; a function")
            elif name not in CALL_MEMBERS:
                leg.losses.add("dropped", "content", name, (*path, name), "no such member of a call here")
            elif value != "":
                held.put(held.call, name, value, (), leg, path)

    def close(self, entries: dict[Any, Json]) -> list[Json]:
        """The parts of the open calls, in the order they began. entries: of reasoning, with the signatures of calls."""
        waiting, self.open = self.open, {}
        parts = []
        for held in waiting.values():
            with self.leg.losses.gathered(held.places):
                parts.append(self._whole(held, entries))
        return parts

    def _whole(self, held: Pending, entries: dict[Any, Json]) -> Json:
        text = "".join(held.pieces)
        function = {"name": "", **held.call["function"]}
        whole = {**held.call, "function": {**function, "arguments": text}}
        if held.call["type"] == "custom":
            del whole["function"]
            whole["custom"] = {**function, "input": text}
        signatures = {entry["id"]: entry["data"] for entry in entries.values() if type(entry.get("id")) is str and entry["data"]}
        return call_to_native(whole, self.leg, held.path, responses.ANSWER_FACTS, self.numbers, signatures)
