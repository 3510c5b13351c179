"""What a law says of a document, and how two documents differ: what the laws of `tests.checks` are written with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

Json = Any


class Outcome(NamedTuple):
    """
    What one law says of one document.

    verdict: `equal`, `explained` (differs, but a loss names every place), `differs`, `refused` (a TranslateError
    where none is due), `invalid` (an oracle objects) or `crashed` (any other exception).
    """

    law: str
    verdict: str
    pointer: str = ""
    detail: str = ""

    @property
    def holds(self) -> bool:
        return self.verdict in ("equal", "explained", "unjudged")


class Difference(NamedTuple):
    pointer: str
    left: Any
    right: Any


ABSENT = "(absent)"


def differences(left: Json, right: Json, pointer: str = "") -> Iterator[Difference]:
    """Every place where two JSON documents differ, deepest first named. `1` equals `1.0`; `true` does not equal `1`."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in [*left, *(key for key in right if key not in left)]:
            step = pointer + "/" + str(key).replace("~", "~0").replace("/", "~1")
            if key not in left:
                yield Difference(step, ABSENT, right[key])
            elif key not in right:
                yield Difference(step, left[key], ABSENT)
            else:
                yield from differences(left[key], right[key], step)
    elif isinstance(left, list) and isinstance(right, list):
        for index in range(max(len(left), len(right))):
            step = f"{pointer}/{index}"
            if index >= len(left):
                yield Difference(step, ABSENT, right[index])
            elif index >= len(right):
                yield Difference(step, left[index], ABSENT)
            else:
                yield from differences(left[index], right[index], step)
    elif isinstance(left, bool) != isinstance(right, bool) or left != right:
        yield Difference(pointer, left, right)


def short(value: Any, limit: int = 160) -> str:
    text = value if value is ABSENT else json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= limit else f"{text[: limit - 30]} ... ({len(text)} characters)"


def _plain(pointer: str) -> str:
    # canonical() may write the one long spelling of a key; a loss names the caller's.
    return pointer.replace("_", "").lower()


def expanded(found: Iterable[Difference]) -> Iterator[Difference]:
    """A container that is there on one side only, as its leaves: losses name those as well as the whole."""
    for difference in found:
        held, empty = difference.left, difference.right
        if held is ABSENT:
            held, empty = empty, held
        if empty is not ABSENT or not isinstance(held, (dict, list)) or not held:
            yield difference
            continue
        items = held.items() if isinstance(held, dict) else enumerate(held)
        for key, item in items:
            step = f"{difference.pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
            sides = (item, ABSENT) if held is difference.left else (ABSENT, item)
            yield from expanded([Difference(step, *sides)])


def explained(pointer: str, losses: Sequence[Any]) -> bool:
    """Whether a loss names the place or an ancestor of it (not the document as a whole)."""
    place = _plain(pointer)
    for loss in losses:
        named = _plain(loss.path)
        if named and (place == named or place.startswith(named + "/")):
            return True
    return False


def explained_in_stream(pointer: str, losses: Sequence[Any]) -> bool:
    """The same for a folded stream, whose places are not those of the events: the last named member has to agree."""
    steps = {step for step in _plain(pointer).split("/") if step and not step.isdigit()}
    for loss in losses:
        named = [step for step in _plain(loss.path).split("/") if step and not step.isdigit()]
        if named and named[-1] in steps:
            return True
    return False


def serialisable(document: Json) -> str:
    """Empty when the document is JSON that encodes to UTF-8, else what is wrong."""
    try:
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (TypeError, ValueError) as error:
        return f"not JSON: {error}"
    return ""
