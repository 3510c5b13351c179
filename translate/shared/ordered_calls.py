"""
Calls of a unified stream for targets whose blocks come one after another: fragments may interleave, a call waits until the one
before it is whole.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.shared import bag
from translate.shared.arguments import parse_object
from translate.shared.chat_fold import slot_of
from translate.shared.fields import report_rest

MOST_CALLS = 4096  # of one answer
_FURTHER = frozenset(("index", "function"))  # of a further piece of most calls
_FUNCTION, _CUSTOM = frozenset(("name", "arguments")), frozenset(("name", "input"))
FRAGMENT_MEMBERS = frozenset(("index", "id", "type", "function", "custom", "cache_control", "extra_content"))


class Call:
    """One call: what is known of it, and all of its arguments. path and place: of its first fragment, and of its chunk."""

    __slots__ = ("checked", "custom", "extras", "head", "is_whole", "name", "number", "path", "place", "state", "text")

    def __init__(self, number: int, path: Path, place: Path) -> None:
        self.number, self.path, self.place = number, path, place
        self.head: Json = {}
        self.name = ""
        self.extras: Json = {}  # of its own bag
        self.text: list[str] = []
        self.custom = False
        self.state = "waiting"  # waiting, open, closed
        self.checked = -1  # number of pieces when they were last looked at
        self.is_whole = False  # what that look found

    def complete(self) -> bool:
        """Whether the arguments so far are a JSON object, so that the next call may begin."""
        if self.custom or not self.text:
            return False
        if self.checked != len(self.text):
            self.checked = len(self.text)
            self.is_whole = parse_object("".join(self.text)) is not None
        return self.is_whole

    def is_ready(self) -> bool:
        """Whether enough is known to begin it."""
        return bool(self.name and self.head.get("id"))


class OrderedCalls:
    """The calls of one answer, by the key of their fragments, and those that have not begun in the order they came in."""

    __slots__ = ("by_key", "waiting")

    def __init__(self) -> None:
        self.by_key: dict[int, Call] = {}
        self.waiting: deque[Call] = deque()

    def take(self, fragment: Any, leg: Leg, path: Path, tell: Callable[..., None]) -> tuple[Call, str]:
        """
        The call of a fragment and the piece of its arguments. tell: as `Losses.add`, for what every fragment would repeat.

        Losses: members without a place dropped, another kind of call, a second id or name approximated.
        """
        if type(fragment) is not dict:
            leg.invalid(path, "object", fragment)
        key = slot_of(fragment, self.by_key, leg, path)
        if key >= MOST_CALLS:
            leg.invalid((*path, "index"), "a small index", key)
        call = self.by_key.get(key)
        if call is None:
            call = self.by_key[key] = Call(len(self.by_key), path, leg.losses.prefix)
            self.waiting.append(call)
        if len(fragment) == 4 and not call.head and "index" in fragment and fragment.get("type") == "function":
            piece = _begins(fragment, call)
            if piece is not None:
                return call, piece
        return call, _piece_of(fragment, call, leg, path, tell)

    def is_waiting(self) -> bool:
        """Whether a call waits to begin."""
        waiting = self.waiting
        while waiting and waiting[0].state != "waiting":
            waiting.popleft()
        return bool(waiting)

    def is_next(self, call: Call) -> bool:
        """Calls go out in the order they came in."""
        return self.is_waiting() and self.waiting[0] is call

    def released(self) -> list[Call]:
        """The calls that waited and have said anything: they go out before anything else does."""
        if not self.waiting:
            return []
        held, self.waiting = self.waiting, deque()
        ready: list[Call] = []
        for call in held:
            if call.state == "waiting":
                (ready if call.name or call.text else self.waiting).append(call)
        return ready


def _begins(fragment: Json, call: Call) -> str | None:
    """The arguments of a fragment that begins a call as most do, with id and name; None for any other."""
    inner, identifier = fragment.get("function"), fragment.get("id")
    if type(inner) is not dict or len(inner) != 2 or type(identifier) is not str or not identifier:
        return None
    name, piece = inner.get("name"), inner.get("arguments")
    if type(name) is not str or type(piece) is not str or not name or call.name:
        return None
    call.head = {"id": identifier, "type": "function"}
    call.name = name
    return piece


def _piece_of(fragment: Json, call: Call, leg: Leg, path: Path, tell: Callable[..., None]) -> str:
    for name in ("id", "type"):
        value = fragment.get(name)
        if value is not None and type(value) is not str:
            leg.invalid((*path, name), "string", value)
        if value and not call.head.get(name):
            call.head[name] = value
        elif value and value != call.head[name]:
            leg.losses.add("approximated", "envelope", name, (*path, name), "the first one counts")
    member = "custom" if type(fragment.get("custom")) is dict else "function"
    inner = fragment.get(member)
    if inner is not None and type(inner) is not dict:
        leg.invalid((*path, member), "object", inner)
    if not _FURTHER.issuperset(fragment):
        kind = fragment.get("type")
        if kind and kind not in ("function", "custom"):
            tell("approximated", "behaviour", "tool_calls", (*path, "type"), f"read as {member}")
        report_rest(fragment, FRAGMENT_MEMBERS, leg, path)
        if fragment.get("extra_content") is not None:
            call.extras.update(bag.unpack(fragment, leg, path, "content"))
    if inner is None:
        return ""
    if member == "custom" and not call.custom:
        call.custom = True
        tell("approximated", "behaviour", "custom", (*path, member), "sent as a function's call")
    text = "input" if call.custom else "arguments"
    title, piece = inner.get("name"), inner.get(text)
    for name, value in (("name", title), (text, piece)):
        if value is not None and type(value) is not str:
            leg.invalid((*path, member, name), "string", value)
    known = _CUSTOM if call.custom else _FUNCTION
    if not known.issuperset(inner):
        report_rest(inner, known, leg, (*path, member))
    if title and not call.name:
        call.name = title
    elif title and title != call.name:
        leg.losses.add("approximated", "envelope", "name", (*path, member, "name"), "the first one counts")
    return piece or ""
