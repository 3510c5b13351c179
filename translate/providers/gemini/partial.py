"""
Arguments that come in pieces: `functionCall.partialArgs` of a Vertex stream -> the whole call.

Source: Vertex AI reference, "FunctionCall", "PartialArg". Paths are RFC 9535 JSON paths of names and indices.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini.spelling import camel, listed, members

_STEP = re.compile(r"""\.([^.\[\]]+)|\[(\d{1,6})\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]""")
MOST_ITEMS = 100_000  # of a list, in order, so that a path can not ask for memory
MOST_STEPS = 64
PIECE = frozenset(("jsonPath", "willContinue", "stringValue", "numberValue", "boolValue", "nullValue"))
_OTHER_SPELLING = frozenset(("will_continue", "partial_args"))
_VALUES = ("stringValue", "numberValue", "boolValue", "nullValue")


class OpenCall:
    """A call whose arguments still come. `part` is the first part, with whatever stands beside its call."""

    __slots__ = ("args", "call", "part", "path", "steps")

    def __init__(self, part: Json, call: Json) -> None:
        self.path: Any = None  # of the last piece, and its steps: the pieces of one text have the same
        self.steps: list[str | int] | None = None
        self.part = {name: value for name, value in part.items() if name != "functionCall"}
        self.call = {name: value for name, value in call.items() if name not in ("partialArgs", "willContinue", "args")}
        args = call.get("args")
        self.args: Json = dict(args) if type(args) is dict else {}

    def take(self, part: Json, call: Json, leg: Leg, path: Path) -> None:
        """A further part of the same call."""
        for name, value in part.items():
            if name != "functionCall" and value is not None:
                self.part[name] = value
        for name, value in call.items():
            if name not in ("partialArgs", "willContinue", "args") and value is not None:
                self.call[name] = value
        if type(call.get("args")) is dict:
            self.args.update(call["args"])
        given, where = call.get("partialArgs"), (*path, "partialArgs")
        for number, piece in enumerate(listed(given, leg, where)):
            self._piece(piece, leg, (*where, number) if type(given) is list else where)

    def _piece(self, piece: Any, leg: Leg, path: Path) -> None:
        if type(piece) is not dict:
            leg.invalid(path, "object", piece)
        named = members(piece)
        if not PIECE.issuperset(piece):
            for name in piece:
                if camel(name) not in PIECE:
                    leg.losses.add("dropped", "content", name, (*path, name), "no such member of a piece")
        where = named.get("jsonPath")
        if self.path is None or where != self.path:
            self.path, self.steps = where, _steps(where)
        steps = self.steps
        kind = "stringValue"
        if kind not in named:
            kind = next((name for name in _VALUES if name in named), "nullValue")
        value = None if kind == "nullValue" else named[kind]
        if steps is None or not _put(self.args, steps, value, kind == "stringValue"):
            leg.losses.add("dropped", "content", "arguments", path, "a path that leads nowhere")

    def whole(self) -> Json:
        """The part as it would have come in one piece."""
        args = {"args": {**self.args}} if self.args else {}
        return {"functionCall": {**self.call, **args}, **self.part}


def _steps(path: Any) -> list[str | int] | None:
    if type(path) is not str or path[:1] != "$":
        return None
    steps: list[str | int] = []
    at = 1
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None or len(steps) >= MOST_STEPS:
            return None
        name, index, single, double = match.groups()
        if index is not None:
            steps.append(int(index))
        elif name is not None:
            steps.append(name)
        else:
            steps.append(re.sub(r"\\(.)", r"\1", single if single is not None else double))
        at = match.end()
    return steps or None


def _put(args: Json, steps: list[str | int], value: Any, joins: bool) -> bool:
    holder: Any = args
    for step, following in pairwise(steps):
        fresh: Any = [] if type(following) is int else {}
        if type(step) is int:
            if type(holder) is not list or not _room(holder, step):
                return False
            if step == len(holder):
                holder.append(fresh)
            holder = holder[step]
        else:
            if type(holder) is not dict:
                return False
            holder = holder.setdefault(step, fresh)
    last = steps[-1]
    if type(last) is int:
        if type(holder) is not list or not _room(holder, last):
            return False
        if last == len(holder):
            holder.append(value)
        else:
            holder[last] = _joined(holder[last], value, joins)
        return True
    if type(holder) is not dict:
        return False
    holder[last] = _joined(holder[last], value, joins) if last in holder else value
    return True


def _room(holder: list[Any], index: int) -> bool:
    return index <= len(holder) and index < MOST_ITEMS


def _joined(old: Any, value: Any, joins: bool) -> Any:
    return old + value if joins and type(old) is str and type(value) is str else value


class Calls:
    """Closes calls as their parts say: one open call at a time."""

    __slots__ = ("open",)

    def __init__(self) -> None:
        self.open: OpenCall | None = None

    def feed(self, part: Json, leg: Leg, path: Path) -> list[Json]:
        """A functionCall part (camelCase names) -> the parts that are whole now."""
        held = part["functionCall"]
        if type(held) is not dict:
            leg.invalid((*path, "functionCall"), "object", held)
        if self.open is None and "willContinue" not in held and "partialArgs" not in held and "name" in held:  # nearly every call
            if held["name"] is not None and held.keys().isdisjoint(_OTHER_SPELLING):
                return [part]
        where: Path = (*path, "functionCall")
        call = members(held)
        out: list[Json] = []
        begins = call.get("name") is not None
        if begins:
            out = self.close()
            if not call.get("willContinue") and call.get("partialArgs") is None:
                return [*out, part]
            self.open = OpenCall(part, call)
            self.open.take({}, {"partialArgs": call.get("partialArgs")}, leg, where)
        elif self.open is None:
            return [part]
        else:
            self.open.take(part, call, leg, where)
        if not call.get("willContinue"):
            out += self.close()
        return out

    def close(self) -> list[Json]:
        """The open call, whole; nothing when none is open."""
        if self.open is None:
            return []
        whole, self.open = self.open.whole(), None
        return [whole]
