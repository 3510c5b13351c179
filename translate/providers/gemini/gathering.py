"""Calls of a unified stream, whose arguments come in pieces, gathered until they are whole."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini import response as responses
from translate.providers.gemini.assistant import CALL_MEMBERS, Calls, call_to_native, is_made_up
from translate.shared import bag
from translate.shared.arguments import parse_object

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
        if self._begun(fragment, path):
            return
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

    def _begun(self, fragment: Json, path: Path) -> bool:
        """Takes a fragment with which a call begins as nearly all do, in one look; whether it is one."""
        index, identifier, function = fragment.get("index"), fragment.get("id"), fragment.get("function")
        if type(index) is not int or not 0 <= index < MOST_CALLS or index in self.seen or fragment.get("type") != "function":
            return False
        if type(identifier) is not str or not identifier or type(function) is not dict or len(function) != 2:
            return False
        name, text = function.get("name"), function.get("arguments")
        if type(name) is not str or not name or type(text) is not str:
            return False
        call: Json = {"type": "function", "function": {"name": name}, "id": identifier}
        if len(fragment) != 4:
            if len(fragment) != 5 or fragment.get("extra_content") is None:
                return False
            call["extra_content"] = fragment["extra_content"]
        held = self.open[index] = Pending(self.leg.losses.prefix, path)
        held.call = call
        held.pieces.append(text)
        self.seen.add(index)
        return True

    def close(self, entries: dict[Any, Json]) -> list[Json]:
        """The parts of the open calls, in the order they began. entries: of reasoning, with the signatures of calls."""
        waiting, self.open = self.open, {}
        parts = []
        for held in waiting.values():
            part = None if entries else self._plain(held)
            if part is not None:
                parts.append(part)
                continue
            with self.leg.losses.gathered(held.places):
                parts.append(self._whole(held, entries))
        return parts

    def _plain(self, held: Pending) -> Json | None:
        """The part of a call of the common shape, with no more than a signature: nothing to tell. None for others."""
        call, numbers = held.call, self.numbers
        function, identifier = call["function"], call.get("id")
        name = function.get("name")
        if call["type"] != "function" or type(identifier) is not str or not identifier or type(name) is not str or len(function) != 1:
            return None
        signature = None
        if len(call) != 3:
            content = call.get("extra_content")
            own = content.get(self.leg.row.key) if type(content) is dict and len(content) == 1 and len(call) == 4 else None
            signature = own.get("thought_signature") if type(own) is dict and len(own) == 1 else None
            if type(signature) is not str:
                return None
        text = held.pieces[0] if len(held.pieces) == 1 else "".join(held.pieces)
        arguments = parse_object(text)
        if arguments is None:
            return None
        called: Json = {"id": identifier, "name": name, "args": arguments}
        sent: str | None = identifier
        if len(identifier) == 17 and is_made_up(identifier, numbers.document_id, numbers.count, name, text):
            del called["id"]
            sent = None
        numbers.write(identifier, name, sent)
        return {"functionCall": called} if signature is None else {"functionCall": called, "thoughtSignature": signature}

    def _whole(self, held: Pending, entries: dict[Any, Json]) -> Json:
        text = "".join(held.pieces)
        function = {"name": "", **held.call["function"]}
        whole = {**held.call, "function": {**function, "arguments": text}}
        if held.call["type"] == "custom":
            del whole["function"]
            whole["custom"] = {**function, "input": text}
        signatures = {entry["id"]: entry["data"] for entry in entries.values() if type(entry.get("id")) is str and entry["data"]}
        return call_to_native(whole, self.leg, held.path, responses.ANSWER_FACTS, self.numbers, signatures)
