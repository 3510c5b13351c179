"""Names and ids fitted to a target's charset and length: deterministic, without collisions, reversible by the memo."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable


def fit(values: Iterable[str], allowed: re.Pattern[str], longest: int, *, lead: str = "") -> dict[str, str]:
    """
    Wire spelling of every value that the target refuses; values it takes are absent.

    allowed: matches one character the target refuses (each becomes `_`). longest: most characters. lead: prefix for a value
    whose first character is refused there. Two values never share a spelling; an empty value gets one too.
    """
    values = list(dict.fromkeys(values))
    taken = {value for value in values if value and len(value) <= longest and not allowed.search(value)}
    renamed: dict[str, str] = {}
    for value in values:
        if value in taken:
            continue
        squeezed = re.sub(r"_+", "_", allowed.sub("_", value)) if allowed.search(value) else value
        wire = lead + squeezed.strip("_") if not squeezed.strip("_") or squeezed != value else squeezed
        wire = wire[:longest]
        if not wire or wire in taken:
            digest = hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()[:8]
            wire = f"{wire[: longest - 9]}_{digest}" if wire else f"x{digest}"[:longest]
        count = 0
        stem = wire
        while wire in taken:
            count += 1
            wire = f"{stem[: longest - len(str(count)) - 1]}_{count}"
        taken.add(wire)
        renamed[value] = wire
    return renamed
