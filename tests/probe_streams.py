"""
Edits of single events of a stream at a cost that does not grow with the stream: how the leaf probe affords every place of
every recorded one.

A converter that has read the events before the edit is copied and reads on from there. It stops as soon as its output
differs, and as soon as nothing it remembers does: what follows then is what followed before.
"""

from __future__ import annotations

import copy
import types
from collections import Counter
from typing import Any

import translate
from translate.loss import Losses
from translate.registry import ROWS

Json = Any
# Members of a converter that grow with what was told, and decide nothing.
TOLD = frozenset(("_losses", "_taken"))


def alike(one: Any, other: Any, seen: set[tuple[int, int]] | None = None) -> bool:
    """Whether two states are equal all the way down, but for the losses in them."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, (str, int, float)) or one is None:
        return bool(one == other)
    seen = set() if seen is None else seen
    pair = (id(one), id(other))
    if pair in seen:
        return True
    seen.add(pair)
    if isinstance(one, dict):
        return list(one) == list(other) and all(alike(value, other[key], seen) for key, value in one.items())
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(alike(left, right, seen) for left, right in zip(one, other, strict=True))
    if isinstance(one, (set, frozenset)):
        return bool(one == other)
    if isinstance(one, Losses):
        return True
    if isinstance(one, types.MethodType):
        return one.__func__ is other.__func__ and alike(one.__self__, other.__self__, seen)
    names = {name for kind in type(one).__mro__ for name in getattr(kind, "__slots__", ())} | set(getattr(one, "__dict__", ()))
    if not names:
        return False  # nothing to look into: a function, a module, what is not known here
    return all(alike(getattr(one, name, None), getattr(other, name, None), seen) for name in names - TOLD)


class Branches:
    """A stream, and converters that have read its first events."""

    def __init__(self, events: Json, source: str, target: str, options: translate.Options) -> None:
        self.events, self.made, self.target = events, (source, target, options), target
        # Nothing writes to these: all copies share them.
        self.shared = {id(one): one for one in (*ROWS.values(), options)}
        machine = translate.StreamConverter(*self.made)
        self.known = [*[machine.feed(event) for event in events], machine.flush()]
        self.told = self._places(machine)
        self.read = len(events)

    def _places(self, machine: translate.StreamConverter) -> list[str]:
        return [loss.path for loss in machine.losses if loss.target == self.target]

    def _copied(self, machine: translate.StreamConverter) -> translate.StreamConverter:
        lists = [machine._losses, *(leg.losses.items for leg in machine._legs)]
        return copy.deepcopy(machine, {**self.shared, **{id(one): list(one) for one in lists}})

    def _go_to(self, start: int) -> None:
        """`before` has read the events before `start`, `after` that one, too."""
        if start < self.read:
            self.before, self.read = translate.StreamConverter(*self.made), 0
        elif start > self.read:
            self.before, self.read = self.after, self.read + 1
        else:
            return
        for event in self.events[self.read : start]:
            self.before.feed(event)
        self.read = start
        self.after = self._copied(self.before)
        self.after.feed(self.events[start])

    def edit(self, changed: Json, start: int) -> list[str] | None:
        """
        The places that losses name when the events, all but number `start` the same, give the same output; None when they
        give another one.
        """
        self._go_to(start)
        machine = self._copied(self.before)
        try:
            for number, event in enumerate(changed[start:], start):
                if machine.feed(event) != self.known[number]:
                    return None
                if number == start and alike(machine, self.after):
                    fresh = Counter(self._places(machine)) - Counter(self._places(self.after))
                    return [*self.told, *fresh.elements()]
            return None if machine.flush() != self.known[-1] else self._places(machine)
        except translate.TranslateError:
            return None
