"""Where each leaf of one document went: its value found in the output, reported as a loss, or a default."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from translate.errors import Path, pointer
from translate.loss import Converted

COLOURS = {"dropped": "\033[31m", "approximated": "\033[33m", "defaulted": "\033[36m"}
PLAIN = "\033[0m"


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[str, Any]]:
    """Pointers and values of all leaves; an empty container is one."""
    if isinstance(value, dict) and value:
        for name, member in value.items():
            yield from leaves(member, (*path, name))
    elif isinstance(value, list) and value:
        for number, member in enumerate(value):
            yield from leaves(member, (*path, number))
    else:
        yield pointer(path), value


def explain(document: Any, converted: Converted, source: str, target: str, *, colour: bool) -> str:
    """A table: place and value in the document, where the value stands in the output, or which loss names it."""
    homes: dict[str, list[str]] = {}
    for place, value in leaves(converted.value):
        homes.setdefault(_key(value), []).append(place)
    first_leg = "unified" if source != "unified" else target
    told = {loss.path: loss for loss in converted.losses if loss.target == first_leg}
    rows: list[tuple[str, str, str, str]] = []
    for place, value in leaves(document):
        loss = next((told[above] for above in _ancestors(place) if above in told), None)
        if loss is not None:
            rows.append((place, _short(value), f"{loss.kind}: {loss.note}", loss.kind))
            continue
        spots = homes.get(_key(value), [])
        same = place if place in spots else None
        best = same or (spots.pop(0) if spots else None)
        rows.append((place, _short(value), best or "converted, or a default there", ""))
    rest = [loss for loss in converted.losses if loss.target != first_leg]
    width = min(max((len(row[0]) for row in rows), default=0), 60)
    lines = [f"{source} -> {target}"]
    for place, value, home, kind in rows:
        text = f"{place:<{width}}  {value:<42}  {home}"
        lines.append(f"{COLOURS[kind]}{text}{PLAIN}" if colour and kind else text)
    if rest:
        lines.append("")
        lines.append("losses on the second leg (pointers into the unified document between):")
        for loss in rest:
            text = f"{loss.path or '(document)'}  {loss.kind}: {loss.note}"
            lines.append(f"{COLOURS[loss.kind]}{text}{PLAIN}" if colour else text)
    return "\n".join(lines) + "\n"


def _ancestors(place: str) -> Iterator[str]:
    while place:
        yield place
        place = place.rpartition("/")[0]
    yield ""


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:37] + "..."
