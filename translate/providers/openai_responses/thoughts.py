"""Reasoning of a Responses stream: entries of this API in items of their own, any other as a summary."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json
from translate.providers.openai_responses.content import objects
from translate.providers.openai_responses.entries import MEMBER_OF_ENTRY, foreign_text, is_own
from translate.providers.openai_responses.items import JOINT, LOOSE, made_up_item_id
from translate.providers.openai_responses.opened import MOST_CALLS, Opened, Stage, Text


class Thoughts(Stage):
    """The part of the machine that writes reasoning."""

    __slots__ = ()

    def _reasoning(self, delta: Json, path: Path) -> list[Json]:
        leg = self.leg
        text = delta.get("reasoning_content")
        if text is not None and type(text) is not str:
            leg.invalid((*path, "reasoning_content"), "string", text)
        out: list[Json] = []
        told = ""  # by entries of this API
        own = False
        foreign: list[str] = []
        first = not self.foreign
        for number, entry in enumerate(objects(delta.get("reasoning_details"), leg, (*path, "reasoning_details"))):
            where: Path = (*path, "reasoning_details", number)
            index = entry.get("index", max(self.details, default=-1) + (0 if entry.get("id") is None else 1))
            if type(index) is not int or index < 0:
                leg.invalid((*where, "index"), "a small index", index)
            # A later fragment says neither id nor format.
            if index in self.details or (index not in self.foreign and is_own(entry)):
                own = True
                told += self._entry(entry, index, where, out)
            else:
                foreign += self._foreign(entry, index, where)
        if own:
            self.joint = False
            if text is not None and text != told and (told or text != JOINT):
                leg.losses.add(
                    "approximated", "content", "reasoning_content", (*path, "reasoning_content"), "reasoning_details say it otherwise"
                )
            return out
        said = "".join(foreign)
        if foreign and self.plain is not None:
            # Text that went out as plain reasoning may get its entry behind it, with the signature.
            before, self.plain = "".join(self.plain.pieces), None
            said = said.removeprefix(before) if first else said
            if text is None and not said:
                return out
        if text is None and foreign:
            text = said
        elif foreign and text != said:
            leg.losses.add(
                "approximated", "content", "reasoning_details", (*path, "reasoning_details"), "reasoning_content says it otherwise"
            )
        if not text:
            return out
        if text == JOINT and self.details:
            self.joint = True  # the blank line between two entries
            return out
        if self.joint:
            text, self.joint = JOINT + text, False
        out += self._loose(text)
        if not self.foreign and self.open is not None:
            self.plain = self.open.open
        return out

    def _thought(self, delta: Json) -> list[Json] | None:
        """A further piece of the entry that is open, and nothing else; None for any other."""
        fragment, text = delta["reasoning_details"][0], delta.get("reasoning_content")
        known, kind = self.details.get(fragment.get("index")), fragment.get("type")
        if known is None or known is not self.open or known.open is None or len(delta) != 2 or len(delta["reasoning_details"]) != 1:
            return None
        part = known.open
        if part is not known.entries.get(fragment["index"]) or MEMBER_OF_ENTRY.get(kind) != part.kind or fragment.get(part.kind) != text:
            return None
        if len(fragment) != 3 or type(text) is not str or not text:
            return None
        self.joint = False
        part.pieces.append(text)
        if part.kind == "summary":
            return [self.events.summary(known.index, known.id, part.number, text)]
        return [self.events.text(known.index, known.id, part.number, "reasoning_text", text)]

    def _foreign(self, entry: Json, index: int, path: Path) -> list[str]:
        """Readable text of a fragment of another provider's entry; the entry is told as lost once."""
        leg = self.leg
        kind = entry.get("type", "reasoning.text")
        member = MEMBER_OF_ENTRY.get(kind if type(kind) is str else "")
        if index not in self.foreign and len(self.foreign) < MOST_CALLS:
            self.foreign.add(index)
            foreign_text(entry, leg, path)
        else:
            for name, value in entry.items():
                if name in ("index", "type") or value is None or (name == member and member != "data"):
                    continue
                scope: Any = "content" if name in ("signature", "data") else "envelope"
                leg.losses.add("dropped", scope, name, (*path, name), "only its own provider can verify it")
            if member is None:
                leg.losses.add("dropped", "content", "reasoning_details", (*path, "type"), "no such reasoning here")
        if member not in ("text", "summary"):
            return []
        value = entry.get(member)
        return [value if type(value) is str else ""]

    def _loose(self, text: str) -> list[Json]:
        """Reasoning that is only text: a summary in an item of its own."""
        out: list[Json] = []
        item = self.open
        if item is None or not item.loose:
            out += self._close_all()
            item = self._place("reasoning", {"type": "reasoning", "id": self._identify(LOOSE, None), "summary": []})
            item.loose = True
            self.open = item
            out.append(self.events.added(item.index, item.item))
            if item.index and text.startswith(JOINT) and any(held.get("type") == "reasoning" for held in self.items.values()):
                text = text[len(JOINT) :]
        if item.open is None:
            item.open = Text("summary", len(item.texts))
            item.texts.append(item.open)
            out.append(self.events.summary_added(item.index, item.id, item.open.number))
        if text:
            item.open.pieces.append(text)
            out.append(self.events.summary(item.index, item.id, item.open.number, text))
        return out

    def _entry(self, entry: Json, index: int, path: Path, out: list[Json]) -> str:
        """A fragment of an own entry of reasoning_details; returns its readable text."""
        leg = self.leg
        kind, identifier = entry.get("type"), entry.get("id")
        if identifier is not None and type(identifier) is not str:
            leg.invalid((*path, "id"), "string", identifier)
        known = self.details.get(index)
        if known is None:
            known = self._entry_item(identifier, out)
            self.details[index] = known
        member = MEMBER_OF_ENTRY.get(kind if type(kind) is str else "")
        if member is None:
            leg.losses.add("dropped", "content", "reasoning_details", (*path, "type") if "type" in entry else path, "no such reasoning here")
            return ""
        value = entry.get(member)
        if value is not None and type(value) is not str:
            leg.invalid((*path, member), "string", value)
        for name, rest in entry.items():
            if name not in ("type", "index", "id", "format", member) and rest is not None:
                leg.losses.add("dropped", "content", name, (*path, name), "no place in a reasoning item")
        if member == "data":
            known.item["encrypted_content"] = known.item.get("encrypted_content", "") + (value or "")
            known.last_encrypted = True
            if known is self.open:
                out += self._close_text(known)
            elif known.index in self.items:  # its item is done already: at least the last event has it
                self.items[known.index] = {**self.items[known.index], "encrypted_content": known.item["encrypted_content"]}
            return ""
        if known is not self.open:
            leg.losses.add("dropped", "content", "reasoning_details", path, "its item is done already")
            return ""
        part = known.entries.get(index)
        if part is None:
            out += self._close_text(known)
            part = Text(member, sum(other.kind == member for other in known.texts))
            known.texts.append(part)
            known.entries[index] = part
            known.open = part
            if member == "summary":
                out.append(self.events.summary_added(known.index, known.id, part.number))
            else:
                out.append(self.events.part_added(known.index, known.id, part.number, {"type": "reasoning_text"}))
        if not value:
            return ""
        if known.open is not part:
            leg.losses.add("dropped", "content", "reasoning_details", path, "another entry has begun")
            return ""
        part.pieces.append(value)
        if member == "summary":
            out.append(self.events.summary(known.index, known.id, part.number, value))
        else:
            out.append(self.events.text(known.index, known.id, part.number, "reasoning_text", value))
        return value

    def _entry_item(self, identifier: str | None, out: list[Json]) -> Opened:
        """The reasoning item of a new entry: the open one when it is the same, else a new one."""
        item = self.open
        if item is not None and item.kind == "reasoning" and not item.loose:
            named = item.item.get("id")
            if identifier == named or (identifier is None and not item.last_encrypted and named == self._made_up(item)):
                return item
        if identifier is not None:
            for known in self.details.values():
                if known.item.get("id") == identifier:
                    return known
        out += self._close_all()
        item = self._place("reasoning", {"type": "reasoning", "id": self._identify("reasoning", identifier), "summary": []})
        self.open = item
        out.append(self.events.added(item.index, item.item))
        return item

    def _made_up(self, item: Opened) -> str:
        return made_up_item_id("reasoning", (self.head or {})["id"], item.index)
