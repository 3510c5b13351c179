"""Helper of the judges' own tests: a good document with one place changed."""

from __future__ import annotations

import copy
from typing import Any

GONE = object()


def changed(document: Any, pointer: str, value: Any) -> Any:
    """A copy with the place set to `value` (GONE: removed; a last step `-`: appended)."""
    result = copy.deepcopy(document)
    place = result
    *steps, last = pointer.strip("/").split("/")
    for step in steps:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if last == "-":
        place.append(value)
        return result
    key: Any = int(last) if isinstance(place, list) else last
    if value is GONE:
        del place[key]
    else:
        place[key] = value
    return result
