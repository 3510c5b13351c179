"""
Where each leaf of one document went, side by side with the place in the output: found by the loss that names it, by its value
when that stands only once on either side, else by trial: change the leaf, convert again, see what changes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from translate.errors import Path, TranslateError, pointer
from translate.golden import ABSENT, differing
from translate.loss import Converted, Loss

COLOURS = {"dropped": "\033[31m", "approximated": "\033[33m", "defaulted": "\033[36m"}
PLAIN = "\033[0m"
MOST_TRIALS = 2000  # conversions at most: a document of many thousand leaves is explained by losses and values alone
SHOWN = 40  # characters of a value


class Row(NamedTuple):
    """One leaf: its place and value, where it went, and the kind of loss ("" when it was kept)."""

    place: str
    value: str
    home: str
    kind: str


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Paths and values of all leaves; an empty container is one."""
    if isinstance(value, dict) and value:
        for name, member in value.items():
            yield from leaves(member, (*path, name))
    elif isinstance(value, list) and value:
        for number, member in enumerate(value):
            yield from leaves(member, (*path, number))
    else:
        yield path, value


def explain(
    document: Any, converted: Converted, source: str, target: str, *, colour: bool, again: Callable[[Any], Converted]
) -> str:
    """The table for people. again: converts a changed document the same way."""
    rows = list(_rows(document, converted, source, target, again))
    places = min(max((len(row.place) for row in rows), default=0), 56)
    values = min(max((len(row.value) for row in rows), default=0), SHOWN)
    lines = [f"{source} -> {target}"]
    lines += [
        _painted(f"{row.place:<{places}}  {row.value:<{values}}  {row.home}", row.kind if colour else "") for row in rows
    ]
    first = _first_leg(source, target)
    seen = {row.place for row in rows}
    rest = [loss for loss in converted.losses if loss.target != first or not _covered(loss, seen)]
    if rest:
        where = "" if source == "unified" else "; of the second leg: pointers into the unified document between"
        lines += ["", f"further losses{where}:"]
        lines += [_painted(f"{loss.path or '(document)'}  {_said(loss)}", loss.kind if colour else "") for loss in rest]
    return "\n".join(lines) + "\n"


def _first_leg(source: str, target: str) -> str:
    return target if source == "unified" else "unified"


def _covered(loss: Loss, places: set[str]) -> bool:
    """Whether a row shows the loss: its place is a leaf's, or above one."""
    return any(place == loss.path or place.startswith(loss.path + "/") for place in places)


def _said(loss: Loss) -> str:
    return f"{loss.kind}: {loss.note}"


def _painted(text: str, kind: str) -> str:
    return f"{COLOURS[kind]}{text}{PLAIN}" if kind else text


def _rows(
    document: Any, converted: Converted, source: str, target: str, again: Callable[[Any], Converted]
) -> Iterator[Row]:
    first = _first_leg(source, target)
    told = {loss.path: loss for loss in reversed(converted.losses) if loss.target == first}
    before = list(leaves(document))
    counts = Counter(_key(value) for _, value in before)
    homes: dict[str, list[Path]] = {}
    for path, value in leaves(converted.value):
        homes.setdefault(_key(value), []).append(path)
    trials = MOST_TRIALS
    for path, value in before:
        loss = next((told[above] for above in _ancestors(pointer(path)) if above in told), None)
        if loss is not None:
            yield Row(pointer(path), _short(value), _said(loss), loss.kind)
            continue
        spots = homes.get(_key(value), [])
        if len(spots) == 1 and counts[_key(value)] == 1:
            yield Row(pointer(path), _short(value), pointer(spots[0]), "")
            continue
        home, used = _by_trial(document, path, value, before, converted.value, again) if trials > 0 else ("(not tried)", 0)
        trials -= used
        yield Row(pointer(path), _short(value), home, "")


def _by_trial(
    document: Any, path: Path, value: Any, before: list[tuple[Path, Any]], output: Any, again: Callable[[Any], Converted]
) -> tuple[str, int]:
    """Where the output changes with the leaf, and how many conversions it took to see it."""
    used, unchanged = 0, False
    for other in _others(path, value, before):
        used += 1
        try:
            changed = again(_with(document, path, other)).value
        except TranslateError:
            continue  # the leaf can not have that value, or not be absent
        spots = list(differing(output, changed))
        if spots:
            # First the places that hold the same value; one that only the changed output has stands for nothing here.
            key = _key(value)
            here = [(old is ABSENT or _key(old) != key, place) for place, old, _ in spots]
            here = [each for each, (_, old, _) in zip(here, spots, strict=True) if old is not ABSENT] or here
            shown = [place or "(document)" for _, place in sorted(here, key=lambda each: each[0])]
            more = f" and {len(shown) - 2} more" if len(shown) > 2 else ""
            return ", ".join(shown[:2]) + more, used
        unchanged = True
    return ("no effect: a default, or padding" if unchanged else "says what its object is"), used


def _others(path: Path, value: Any, before: list[tuple[Path, Any]]) -> Iterator[Any]:
    """Other values for a leaf: what the document says in members of that name elsewhere, a value next to it, absence."""
    name = path[-1] if path else ""
    yield from list(dict.fromkeys(
        other for place, other in before if place and place[-1] == name and type(other) is str and other != value
    ))[:2] if type(value) is str and type(name) is str else ()  # fmt: skip
    if type(value) is bool:
        yield not value
    elif isinstance(value, str):
        yield _changed_text(value)
    elif isinstance(value, int | float):
        yield value / 2
        yield value + 1
    yield ABSENT


def _changed_text(value: str) -> str:
    """Another text of the same form: JSON text stays JSON."""
    try:
        inside = json.loads(value)
    except (ValueError, RecursionError):
        return value + "x"
    if isinstance(inside, dict):
        return json.dumps({**inside, "x": 1})
    return value + "x"


def _with(holder: Any, path: Path, value: Any) -> Any:
    """A copy of the document along the path, with another leaf (or without it)."""
    if not path:
        return None if value is ABSENT else value
    step: Any = path[0]
    made = list(holder) if isinstance(holder, list) else dict(holder)
    if len(path) > 1:
        made[step] = _with(holder[step], path[1:], value)
    elif value is ABSENT:
        del made[step]
    else:
        made[step] = value
    return made


def _ancestors(place: str) -> Iterator[str]:
    while place:
        yield place
        place = place.rpartition("/")[0]
    yield ""


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."
