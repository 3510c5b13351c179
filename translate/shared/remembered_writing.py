"""
What a spoke writes of a part of a request, kept with its losses for when it comes again: the tools of a conversation are in each
of its requests, and what a server does not take of them is lost each time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from marshal import dumps, loads
from typing import TYPE_CHECKING, Any

from translate.leg import DEFAULTS, Leg
from translate.loss import Loss, Losses
from translate.shared.remembered import MOST_BYTES, MOST_VALUES, VERSION, bytes_of

if TYPE_CHECKING:
    from translate.registry import Format

_made = tuple.__new__  # a named tuple without its own constructor, as in `Losses.add`


def remembered_writing(member: str, write: Callable[[Any, Leg], Any]) -> Callable[[Any, Leg], Any]:
    """
    A function `(value, leg)` that gives JSON values of this member of a request, with a memory; what it gives is the caller's.

    Of the leg it may look at nothing but the format, and write nothing but losses.
    """

    @lru_cache(maxsize=MOST_VALUES)
    def kept(row: Format, data: bytes) -> bytes:
        leg = Leg(row, "request", False, DEFAULTS, Losses(row.name))
        written = write(loads(data)[member], leg)
        out = dumps((written, [tuple(loss) for loss in leg.losses.items]), VERSION)
        return out if len(out) <= MOST_BYTES else b""

    def writing(value: Any, leg: Leg) -> Any:
        losses = leg.losses
        if losses.moved or losses.prefix:  # places that are the caller's by another name
            return write(value, leg)
        data = leg.beside if leg.beside and leg.rest.get(member) is value else bytes_of({member: value})
        known = b"" if data is None else kept(leg.row, data)
        if not known:
            return write(value, leg)
        written, told = loads(known)
        losses.items += [_made(Loss, loss) for loss in told]
        return written

    return writing
