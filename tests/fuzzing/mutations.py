"""
How one call is made from another. The parsed document is edited, not its text, so that what guides is structure; only
texts and framed bytes are left to atheris itself, which knows what the code compared them with.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable
from typing import Any, NamedTuple

import atheris

from tests import calls
from tests.calls import Call
from tests.fuzzing import seeds
from translate import TranslateError
from translate.registry import ROWS

Json = Any
Path = tuple[Any, ...]
LONGEST = 60_000  # bytes of a call
DEEPEST = 200  # levels that one edit adds


class Vocabulary(NamedTuple):
    """
    The members of the documents to begin with, of one format and its kin or of every format.

    members: by the name of what holds them (empty for the whole document), each with its values. values: by their own name.
    """

    members: dict[str, list[tuple[str, Json]]]
    values: dict[str, list[Json]]


@functools.cache
def vocabulary(kind: str, package: str) -> Vocabulary:
    """What is known of a kind of document; package: of the formats to ask, empty for all."""
    members: dict[str, dict[tuple[str, str], Json]] = {}
    values: dict[str, dict[str, Json]] = {}
    for format in calls.FORMATS:
        if package and _package(format) != package:
            continue
        for document in seeds.documents(format, kind):
            for path in calls.paths(document):
                value, name = calls.at(document, path), path[-1]
                shown = str(value)[:300]
                if isinstance(name, str) and len(shown) < 300:
                    members.setdefault(_holder(path), {}).setdefault((name, shown[:20]), value)
                    values.setdefault(name, {}).setdefault(shown, value)
    named = {holder: [(name, value) for (name, _), value in found.items()] for holder, found in members.items()}
    return Vocabulary(named, {name: list(found.values()) for name, found in values.items()})


def _package(format: str) -> str:
    """Where the spoke of a format is: formats that have it in common have their members in common."""
    return "openai_compatible" if format == "unified" else ROWS[format].package


def _holder(path: Path) -> str:
    """The name of what holds a place."""
    return next((step for step in reversed(path[:-1]) if isinstance(step, str)), "")


def _chosen(document: Json, chance: random.Random, fits: Callable[[Path], bool] = lambda _: True) -> Path | None:
    """A place that fits: of all of them one, or what a walk down from the top comes to, so that the top has its share."""
    if chance.random() < 0.5:
        path: Path = ()
        value = document
        while isinstance(value, (dict, list)) and value:
            path = (*path, chance.choice(list(value) if isinstance(value, dict) else range(len(value))))
            value = calls.at(document, path)
            if chance.random() < 0.4 and fits(path):
                return path
    found = [path for path in calls.paths(document) if fits(path)]
    return chance.choice(found) if found else None


def mutated(call: Call, chance: random.Random) -> Call:
    """A call like this one: a few places of its document edited, at times with another format."""
    if isinstance(call.document, bytes):
        document: Json = _mutated_bytes(call, chance)
    else:
        document = call.document
        for _ in range(chance.choice((1, 1, 2, 3))):
            document = _edited(document, call, chance)
    source = chance.choice(calls.FORMATS) if chance.random() < 0.03 else call.source
    target = chance.choice(calls.FORMATS) if chance.random() < 0.15 else call.target
    return call._replace(document=document, source=source, target=target)


def _edited(document: Json, call: Call, chance: random.Random) -> Json:
    own = vocabulary(call.kind, _package(call.source))
    known = own if own.members and chance.random() < 0.8 else vocabulary(call.kind, "")
    return chance.choice(EDITS)(document, known, chance)


def crossed(call: Call, other: Call, chance: random.Random) -> Call:
    """The call with a place of the other's document in its own."""
    if isinstance(call.document, bytes):
        cut, further = chance.randint(0, len(call.document)), chance.randint(0, len(other.document))
        return call._replace(document=call.document[:cut] + other.document[further:])
    theirs, own = list(calls.paths(other.document)), list(calls.paths(call.document))
    if not theirs or not own:
        return other
    there = chance.choice(theirs)
    value = calls.at(other.document, there)
    named = [path for path in own if path[-1] == there[-1]]
    place = chance.choice(named if named and chance.random() < 0.7 else own)
    return call._replace(document=_set(call.document, place, value))


def _set(document: Json, place: Path, value: Json) -> Json:
    """The document with this value at that place."""

    def put(holder: Json) -> None:
        holder[place[-1]] = value

    return calls.replaced(document, place, put)


# --- edits of documents ---------------------------------------------------------------------------------------------


def _junk(document: Json, _: Vocabulary, chance: random.Random) -> Json:
    return calls.edited(document, chance)


def _member(document: Json, known: Vocabulary, chance: random.Random) -> Json:
    """A member put into an object: one that is known to stand there in some format, at times one from anywhere."""
    beside = _chosen(document, chance, lambda path: isinstance(path[-1], str))
    if beside is None:
        return document
    there = known.members.get(_holder(beside)) if chance.random() < 0.8 else None
    name, value = chance.choice(there or known.members[chance.choice(list(known.members))])
    return _set(document, (*beside[:-1], name), value)


def _known(document: Json, known: Vocabulary, chance: random.Random) -> Json:
    """A member given another of its known values."""
    place = _chosen(document, chance, lambda path: path[-1] in known.values)
    return document if place is None else _set(document, place, chance.choice(known.values[place[-1]]))


SIMPLE: tuple[Json, ...] = (None, True, 0, -1, 1.5, "", "x", [], {})


def _simple(document: Json, _: Vocabulary, chance: random.Random) -> Json:
    """A value of each JSON type, the emptiest of them and one more."""
    place = _chosen(document, chance)
    return document if place is None else _set(document, place, chance.choice(SIMPLE))


def _removed(document: Json, _: Vocabulary, chance: random.Random) -> Json:
    place = _chosen(document, chance)

    def remove(holder: Json) -> None:
        del holder[place[-1]]  # type: ignore[index]  # looked at below, before this is called

    return document if place is None else calls.replaced(document, place, remove)


def _moved(document: Json, _: Vocabulary, chance: random.Random) -> Json:
    """Two places of one holder exchanged: events of a stream, messages of a request, members of an object."""
    place = _chosen(document, chance)
    if place is None:
        return document
    holder = calls.at(document, place[:-1])
    other = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))

    def exchange(copied: Json) -> None:
        copied[place[-1]], copied[other] = copied[other], copied[place[-1]]

    return calls.replaced(document, place, exchange)


def _text(document: Json, _: Vocabulary, chance: random.Random) -> Json:
    """A text as atheris changes bytes: towards what the code compared it with."""
    place = _chosen(document, chance, lambda path: isinstance(calls.at(document, path), str))
    if place is None:
        return document
    given = calls.at(document, place).encode("utf-8", "surrogatepass")[:2000]
    return _set(document, place, atheris.Mutate(given, len(given) + 40).decode("utf-8", chance.choice(("ignore", "ignore", "surrogateescape"))))


NUMBERS = (0, -1, 1, 0.5, 2**31, 2**63, 1e300)


def _number(document: Json, _: Vocabulary, chance: random.Random) -> Json:
    """A number a little or a lot beside what it was."""
    place = _chosen(document, chance, lambda path: isinstance(calls.at(document, path), (int, float)))
    if place is None:
        return document
    value = calls.at(document, place)
    return _set(document, place, chance.choice((value + 1, value - 1, -value, *NUMBERS)))


def _nested(document: Json, _: Vocabulary, chance: random.Random) -> Json:
    """A place put some levels down."""
    place = _chosen(document, chance)
    if place is None:
        return document
    value, in_list = calls.at(document, place), chance.random() < 0.5
    for _level in range(chance.choice((1, 2, DEEPEST))):
        value = [value] if in_list else {place[-1]: value}
    return _set(document, place, value)


EDITS: tuple[Callable[[Json, Vocabulary, random.Random], Json], ...] = (
    _junk, _junk, _simple, _simple, _simple, _removed, _member, _member, _member, _known, _known, _known, _moved, _text, _number,
    _nested,
)  # fmt: skip


# --- framed bytes ---------------------------------------------------------------------------------------------------


def _mutated_bytes(call: Call, chance: random.Random) -> bytes:
    """The bytes as atheris changes them, or framed anew from events one of which was edited."""
    if chance.random() < 0.5:
        return bytes(atheris.Mutate(call.document, min(len(call.document) + 100, LONGEST)))
    streams = seeds.documents(call.source, "stream")
    if not streams:
        return bytes(call.document)
    events = _edited(chance.choice(streams), call, chance)
    try:
        return seeds.framed(call._replace(document=events))
    except (TypeError, TranslateError):  # no list any more, or no event
        return bytes(call.document)
