"""Order rows in a stream: which go out with the next delta, and how those of all deltas join (`blocks.py` says what they are)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from translate.leg import Json
from translate.shared.blocks import RANK, Order


class StreamRows(Order):
    """
    The same decision while streaming: which rows go out with the next delta. Rows carry their `index`.

    `open(kind)` before the first delta of a visible block, `close(row, extra)` at its stop, `native(value)` for the rest; each
    returns the rows to send now. Rows are held back only while the default order still suffices.
    """

    __slots__ = ("count", "held")

    def __init__(self, entries: bool = True) -> None:
        Order.__init__(self, False, entries)  # `super` costs as much as all the rest
        self.held: list[Json | tuple[str, range]] = []  # rows, and kinds of so many rows in a row
        self.count = 0

    def open(self, kind: str) -> list[Json]:
        """A visible block begins."""
        return self._release() if self.breaks(kind) else []

    def close(self, row: Json, extra: Json | None = None, joined: bool = False) -> list[Json]:
        """A visible block ends; `row` as `cut_row` or `{"type": ...}` gives it."""
        if joined:
            row["joined"] = True
        if extra:
            row["extra"] = extra
        if extra or joined or row.get("length") == 0:
            self.broken = True
        return self._add(row)

    def whole(self, kind: str, times: int = 1) -> list[Json]:
        """Visible blocks of a kind without a text, so many, that come in one delta: `open` and `close` at once."""
        broken = self.breaks(kind)
        first, self.count = self.count, self.count + times
        self.held.append((kind, range(first, self.count)))
        return self._release() if broken else []

    def first(self, kind: str, times: int) -> None:
        """`whole` for the first blocks of all, which break no order."""
        self.last, self.count = RANK[kind], times
        self.seen.add(kind)
        self.held.append((kind, range(times)))

    def native(self, value: Any) -> list[Json]:
        """A block of which nothing is visible."""
        self.broken = True
        return self._add({"type": "native", "value": value})

    def force(self) -> list[Json]:
        """The rows are needed for a reason of the spoke's own."""
        self.broken = True
        return self._release()

    def _add(self, row: Json) -> list[Json]:
        self.held.append({"index": self.count, **row})
        self.count += 1
        return self._release() if self.broken else []

    def _release(self) -> list[Json]:
        rows: list[Json] = []
        for row in self.held:
            if isinstance(row, tuple):
                kind, places = row
                rows += [{"index": index, "type": kind} for index in places]
            else:
                rows.append(row)
        self.held = []
        return rows


def merge_rows(rows: Iterable[Any]) -> list[Json]:
    """Rows of a stream -> rows of a message: merged by `index`, which falls away."""
    merged: dict[Any, Json] = {}
    for number, row in enumerate(rows):
        if type(row) is dict:
            index = row.get("index", -1 - number)
            slot = merged.setdefault(index if isinstance(index, int) else -1 - number, {})
            slot.update((name, value) for name, value in row.items() if name != "index")
    return list(merged.values())
