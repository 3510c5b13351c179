"""What the writers of one request (or answer) share: facts of the model, wire names and ids, document names, cache points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock.tables import (
    CACHE_TTL,
    KEPT_OF_ID,
    LONGEST_ID,
    LONGEST_NAME,
    MOST_CACHE_POINTS,
    REFUSED_IN_IDS,
    REFUSED_IN_NAMES,
)
from translate.shared.tool_names import names_of

MARK = "cache_control"
EPHEMERAL: Json = {"type": "ephemeral"}


class Writing:
    """
    One request (or answer) on its way to native.

    facts: of the model. additional: what goes to `additionalModelRequestFields`. points: lists that hold cache points, each with
    its point and where the mark came from, in prompt order. answer: a response is written.
    """

    __slots__ = (
        "additional", "answer", "calls", "document", "documents", "facts", "leg", "lost", "names", "points", "request", "used",
    )  # fmt: skip

    def __init__(self, leg: Leg, request: Json, facts: Mapping[str, Any], answer: bool = False) -> None:
        self.leg, self.request, self.facts, self.answer = leg, request, facts, answer
        self.names: dict[str, str] | None = None
        self.additional: Json = {}
        self.points: list[tuple[list[Json], Json, Path]] = []
        self.documents: dict[str, int] = {}  # names that are taken, and the last number a further one got
        self.lost = ""  # why the model can not think
        self.calls = 0  # calls written so far, for made-up ids
        self.document = ""  # id of the answer
        self.used: dict[str, Path] = {}  # wire names of tools in the history

    def name(self, name: str, path: Path) -> str:
        """Wire spelling of a tool name; the memo undoes it. Losses: a changed name approximated."""
        if 0 < len(name) <= LONGEST_NAME and (is_bare(name) or not REFUSED_IN_NAMES.search(name)):
            return name
        if self.names is None or self.answer:
            from translate.shared.identifiers import fit

            self.names = fit([name] if self.answer else names_of(self.request), REFUSED_IN_NAMES, LONGEST_NAME)
        wire = self.names.get(name, name)
        if wire != name:
            if not self.answer:
                self.leg.memo.setdefault("names", {})[wire] = name
            self.leg.losses.add("approximated", "envelope", "name", path, f"sent as {wire!r}")
        return wire

    def id(self, identifier: str, path: Path) -> str:
        """Wire spelling of a call id, the same in call and result. Losses: a changed id approximated."""
        wire = fit_id(identifier)
        if wire != identifier:
            feature = "tool_call_id" if path[-1] == "tool_call_id" else "id"
            self.leg.losses.add("approximated", "envelope", feature, path, f"sent as {wire!r}")
        return wire

    def mark(self, blocks: list[Json], value: Any, path: Path) -> None:
        """A cache mark -> a cache point behind what `blocks` ends with. Losses: a ttl that is not known approximated."""
        if value is None:
            return
        leg = self.leg
        if type(value) is not dict:
            leg.invalid(path, "object", value)
        point: Json = {"type": "default"}
        for name, member in value.items() if value != EPHEMERAL else ():  # as most are
            if member is None:
                continue
            if name == "ttl":
                word = CACHE_TTL.get(member, "1h") if type(member) is str else "5m"
                if word != member:
                    leg.losses.add("approximated", "behaviour", MARK, (*path, name), f"nearest is {word}")
                if word != "5m":
                    point[name] = word
            elif name != "type":
                leg.losses.add("dropped", "behaviour", MARK, (*path, name), "not a member of a cache point")
            elif member != "ephemeral":
                leg.losses.add("approximated", "behaviour", MARK, (*path, name), "only ephemeral is known")
        if value.get("type") is None:
            leg.losses.add("defaulted", "envelope", MARK, path, "a mark without a type is an ephemeral one")
        if not blocks:
            leg.losses.add("dropped", "behaviour", MARK, path, "no block to stand behind")
        elif "cachePoint" in blocks[-1]:
            if blocks[-1]["cachePoint"] != point:
                leg.losses.add("dropped", "behaviour", MARK, path, "the block has a mark of its own")
        else:
            block: Json = {"cachePoint": point}
            blocks.append(block)
            self.points.append((blocks, block, path))

    def settle_points(self) -> None:
        """At most four points, none with the longer time behind one with the shorter. Losses: surplus ones dropped."""
        surplus = len(self.points) - MOST_CACHE_POINTS
        if surplus > 0:
            gone = {id(point) for _, point, _ in self.points[1 : 1 + surplus]}
            for blocks in {id(blocks): blocks for blocks, _, _ in self.points[1 : 1 + surplus]}.values():
                blocks[:] = [block for block in blocks if id(block) not in gone]
            for _, _, path in self.points[1 : 1 + surplus]:
                self.leg.losses.add("dropped", "behaviour", MARK, path, f"at most {MOST_CACHE_POINTS} cache points a request")
            del self.points[1 : 1 + surplus]
        longer = False
        for _, block, path in reversed(self.points):
            if block["cachePoint"].get("ttl") == "1h":
                longer = True
            elif longer:
                block["cachePoint"] = {**block["cachePoint"], "ttl": "1h"}
                self.leg.losses.add("approximated", "behaviour", MARK, path, "a 1h mark follows; this one is 1h too")


def is_bare(word: str) -> bool:
    """Whether a word is of letters, digits and _ alone, as most names and ids: a look that costs less than the expression."""
    return word.isascii() and word.isidentifier()


def fit_id(identifier: str) -> str:
    """An id in the charset and length of `toolUseId`: its beginning and a digest, so that two ids never become one."""
    if 0 < len(identifier) <= LONGEST_ID and (is_bare(identifier) or not REFUSED_IN_IDS.search(identifier)):
        return identifier
    import hashlib

    digest = hashlib.sha256(identifier.encode("utf-8", "replace")).hexdigest()[:16]
    return f"{REFUSED_IN_IDS.sub('_', identifier[:KEPT_OF_ID])}_{digest}"
