"""Entries of reasoning_details: whose they are, which belong to one item, what they read as."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_responses.items import JOINT
from translate.providers.openai_responses.tables import OWN_FORMATS
from translate.shared import bag

MEMBER_OF_ENTRY = {"reasoning.summary": "summary", "reasoning.text": "text", "reasoning.encrypted": "data"}


class Group(str):
    """An id that came from no document and only holds the entries of one item together."""

    __slots__ = ()


def foreign_text(entry: Json, leg: Leg, path: Path) -> str:
    """Readable text of another provider's entry in an answer. Losses: what marks it as that provider's."""
    kind = entry.get("type", "reasoning.text")
    if kind == "reasoning.encrypted":  # there is nothing to show
        leg.losses.add("dropped", "content", "reasoning_details", path, "only its own provider can read it")
        if "extra_content" in entry:
            bag.unpack(entry, leg, path, "envelope")
        return ""
    leg.losses.add("approximated", "envelope", "reasoning_details", path, "shown as a summary of this API")
    member = MEMBER_OF_ENTRY.get(kind if type(kind) is str else "")
    for name in ("signature", "data"):
        if entry.get(name):
            leg.losses.add("dropped", "content", name, (*path, name), "only its own provider can verify it")
    if "extra_content" in entry:
        bag.unpack(entry, leg, path, "envelope")
    if member is None:
        leg.losses.add("dropped", "content", "reasoning_details", (*path, "type"), "no such reasoning here")
    text = entry.get(member) if member in ("text", "summary") else None
    return text if type(text) is str else ""


def is_own(entry: Json) -> bool:
    """True for an entry of this format; one without a format is, if its shape fits."""
    form = entry.get("format")
    if form is not None:
        return form in OWN_FORMATS
    identifier = entry.get("id")
    named = identifier is not None and type(identifier) is not Group
    return entry.get("signature") is None and (named or entry.get("type") == "reasoning.encrypted")


def grouped(message: Json) -> Json:
    """Entries without an id that belong to one item (up to an encrypted one) get one in common, so that they stay together."""
    details = message.get("reasoning_details")
    if type(details) is not list or all(type(entry) is not dict or entry.get("id") for entry in details):
        return message
    group = 0
    fresh: list[Any] = []
    for entry in details:
        if type(entry) is not dict or entry.get("id"):
            group += 1
            fresh.append(entry)
            continue
        if fresh and type(fresh[-1]) is dict and not _continues(fresh[-1], entry):
            group += 1
        fresh.append({**entry, "id": Group(f"\x00{group}")})
    return {**message, "reasoning_details": fresh}


def _continues(before: Json, entry: Json) -> bool:
    if before.get("type") == "reasoning.encrypted" or before.get("format") != entry.get("format"):
        return False
    return type(before.get("id")) is Group


def readings(entries: list[Json]) -> tuple[str, str]:
    """The readable text that entries amount to: summaries of an item, else its reasoning; and the other way round."""
    found = []
    for wanted in ("summary", "text"):
        other = "text" if wanted == "summary" else "summary"
        items: list[dict[str, list[str]]] = []
        last: Any = None
        for entry in entries:
            if not items or entry.get("id") is None or entry.get("id") != last:
                items.append({"summary": [], "text": []})
            last = entry.get("id")
            for member in ("summary", "text"):
                if type(entry.get(member)) is str:
                    items[-1][member].append(entry[member])
        own = all(map(is_own, entries))
        text = ""
        for item in items:
            for piece in item[wanted] or item[other]:
                text += (JOINT if text and own else "") + piece
        found.append(text)
    return found[0], found[1]
