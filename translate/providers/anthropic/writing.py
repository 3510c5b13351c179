"""What the writers of one request share: facts of the model, wire names and ids, cache marks, what only the older version takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.anthropic.tables import (
    CACHE_TTL,
    LONGEST_ID,
    LONGEST_NAME,
    MOST_CACHE_MARKS,
    REFUSED_IN_NAMES,
)
from translate.shared.tool_names import calls_of, names_of

MARK = "cache_control"
EPHEMERAL: Json = {"type": "ephemeral"}


def mark_of(value: Any, leg: Leg, path: Path) -> Any:
    """A cache mark as a native document has it."""
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    return value


class Writing:
    """
    One request (or answer) on its way to native.

    facts: of the model. marks: blocks with a cache mark and where the mark came from, in prompt order. old: something in the
    body is taken by the older version only. betas: what tools in beta need, and which tool. answer: a response is written, whose ids and names stay as they are.
    """

    __slots__ = ("answer", "betas", "calls", "document", "facts", "fine", "fine_names", "ids", "leg", "lost", "marks", "names", "old", "request")

    def __init__(self, leg: Leg, request: Json, facts: Mapping[str, Any], answer: bool = False) -> None:
        self.leg, self.request, self.facts, self.answer = leg, request, facts, answer
        self.names: dict[str, str] | None = None
        self.ids: dict[str, str] | None = None
        self.marks: list[tuple[Json, Path]] = []
        self.old = False
        self.lost = ""  # why the model can not think
        self.betas: dict[str, Path] = {}
        self.fine: set[str] = set()  # ids that are taken as they are
        self.fine_names: set[str] = set()
        self.calls = 0  # calls written so far, for made-up ids
        self.document = ""  # id of the answer

    def name(self, name: str, path: Path) -> str:
        """Wire spelling of a tool name; the memo undoes it. Losses: a changed name approximated."""
        if name in self.fine_names:
            return name
        if self.answer or (name and len(name) <= LONGEST_NAME and not REFUSED_IN_NAMES.search(name)):
            self.fine_names.add(name)
            return name
        if self.names is None:
            from translate.shared.identifiers import fit

            self.names = fit(names_of(self.request), REFUSED_IN_NAMES, LONGEST_NAME)
        wire = self.names.get(name, name)
        if wire != name:
            self.leg.memo.setdefault("names", {})[wire] = name
            self.leg.losses.add("approximated", "envelope", "name", path, f"sent as {wire!r}")
        return wire

    def id(self, identifier: str, path: Path) -> str:
        """Wire spelling of a call id, the same in call and result. Losses: a changed id approximated."""
        if identifier in self.fine:
            return identifier
        if self.answer or (identifier and not REFUSED_IN_NAMES.search(identifier)):
            self.fine.add(identifier)
            return identifier
        if self.ids is None:
            from translate.shared.identifiers import fit

            self.ids = fit(_ids(self.request), REFUSED_IN_NAMES, LONGEST_ID)
        wire = self.ids.get(identifier, identifier)
        if wire != identifier:
            self.leg.losses.add("approximated", "envelope", str(path[-1]), path, f"sent as {wire!r}")
        return wire

    def mark(self, block: Json, value: Any, path: Path) -> None:
        """Puts a cache mark on a block. Losses: a ttl the API does not know approximated, unknown members dropped."""
        if value is None:
            return
        if type(value) is not dict:
            self.leg.invalid(path, "object", value)
        if value == EPHEMERAL:  # as most are
            block[MARK] = EPHEMERAL.copy()
            self.marks.append((block, path))
            return
        mark: Json = {}
        for name, member in value.items():
            if member is None:
                continue
            if name == "ttl":
                word = CACHE_TTL.get(member, "1h") if type(member) is str else "5m"
                if word != member:
                    self.leg.losses.add("approximated", "behaviour", MARK, (*path, name), f"nearest is {word}")
                mark[name] = word
            elif name == "type":
                if member != "ephemeral":
                    self.leg.losses.add("approximated", "behaviour", MARK, (*path, name), "only ephemeral is known")
                mark[name] = "ephemeral"
            else:
                self.leg.losses.add("dropped", "behaviour", MARK, (*path, name), "not a member of a cache mark")
        mark.setdefault("type", "ephemeral")
        block[MARK] = mark
        self.marks.append((block, path))

    def settle_marks(self, top: bool) -> None:
        """At most four marks, none with the longer time behind one with the shorter. Losses: surplus marks dropped."""
        most = MOST_CACHE_MARKS - top
        if len(self.marks) <= most and not self._lasting():
            return  # as nearly always
        seen: list[tuple[Json, Path]] = []
        for block, path in self.marks:
            if not any(block is other for other, _ in seen):
                seen.append((block, path))
        surplus = len(seen) - most
        for block, path in seen[1 : 1 + surplus] if surplus > 0 else ():
            del block[MARK]
            self.leg.losses.add("dropped", "behaviour", MARK, path, f"at most {MOST_CACHE_MARKS} marks a request")
        longer = False
        for block, path in reversed(seen):
            mark = block.get(MARK)
            if mark is None:
                continue
            if mark.get("ttl") == "1h":
                longer = True
            elif longer:
                block[MARK] = {**mark, "ttl": "1h"}
                self.leg.losses.add("approximated", "behaviour", MARK, path, "a 1h mark follows; this one is 1h too")

    def _lasting(self) -> bool:
        """Whether a mark says how long it lasts."""
        for block, _ in self.marks:  # noqa: SIM110  (a generator costs more than the look)
            if "ttl" in block[MARK]:
                return True
        return False


def _ids(request: Json) -> list[str]:
    found = [call.get("id") for call in calls_of(request)]
    found += [message.get("tool_call_id") for message in request["messages"] if type(message) is dict]
    return [identifier for identifier in found if type(identifier) is str]
