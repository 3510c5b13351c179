"""
What a spoke writes of a part of a request, kept with its losses for when it comes again: the tools of a conversation are in each
of its requests, and what a server does not take of them is lost each time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any

from translate.leg import DEFAULTS, Leg
from translate.loss import Loss, Losses
from translate.shared.remembered import remembered

if TYPE_CHECKING:
    from translate.registry import Format

_made = tuple.__new__  # a named tuple without its own constructor, as in `Losses.add`


def remembered_writing(write: Callable[[Any, Leg], Any]) -> Callable[[Any, Leg], Any]:
    """
    A function `(value, leg)` that gives JSON values, with a memory; what it gives is the caller's.

    Of the leg it may look at nothing but the format, and write nothing but losses.
    """

    @lru_cache(maxsize=64)
    def kept(row: Format) -> Callable[[Any], Any]:
        def made(value: Any) -> tuple[Any, list[tuple[str, ...]]]:
            leg = Leg(row, "request", False, DEFAULTS, Losses(row.name))
            written = write(value, leg)
            return written, [tuple(loss) for loss in leg.losses.items]

        return remembered(made)

    @wraps(write)
    def writing(value: Any, leg: Leg) -> Any:
        losses = leg.losses
        if losses.moved or losses.prefix:  # places that are the caller's by another name
            return write(value, leg)
        written, told = kept(leg.row)(value)
        losses.items += [_made(Loss, loss) for loss in told]
        return written

    return writing
