"""Tool names that a target refuses: fitted alike in declarations, history and choice; the memo undoes it in the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.shared.identifiers import fit


def fitted(request: Json, refused: re.Pattern[str], longest: int, leg: Leg) -> Json:
    """
    The prepared request with names that the target takes; itself when there is nothing to rename.

    refused: matches a character the target refuses. Losses: each renamed name approximated, where it stands.
    """
    found = list(_places(request))
    if all(name and len(name) <= longest and not refused.search(name) for name, _ in found):
        return request
    renamed = fit((name for name, _ in found), refused, longest)
    out = request
    for name, path in found:
        wire = renamed.get(name)
        if wire is not None:
            out = _put(out, path, wire)
            leg.losses.add("approximated", "envelope", "name", path, f"sent as {wire!r}; the memo undoes it")
            leg.memo.setdefault("names", {})[wire] = name
    return out


def original(name: str, leg: Leg) -> str:
    """The name that the client declared."""
    names = leg.memo.get("names")
    found = names.get(name) if type(names) is dict else None
    return found if type(found) is str else name


def _places(request: Json) -> Iterator[tuple[str, Path]]:
    """Every tool name with its place; what has the wrong type is refused later, where it is read."""
    for number, tool in enumerate(_list(request.get("tools"))):
        yield from _name(tool, ("tools", number))
    choice = request.get("tool_choice")
    if type(choice) is dict:
        yield from _name(choice, ("tool_choice",))
        allowed = choice.get("allowed_tools")
        if type(allowed) is dict:
            for number, tool in enumerate(_list(allowed.get("tools"))):
                yield from _name(tool, ("tool_choice", "allowed_tools", "tools", number))
    for number, message in enumerate(_list(request.get("messages"))):
        calls = message.get("tool_calls") if type(message) is dict else None
        for spot, call in enumerate(_list(calls)):
            yield from _name(call, ("messages", number, "tool_calls", spot))


def _list(value: Any) -> list[Any]:
    return value if type(value) is list else []


def _name(holder: Any, path: Path) -> Iterator[tuple[str, Path]]:
    for member in ("function", "custom") if type(holder) is dict else ():
        inner = holder.get(member)
        if type(inner) is dict and type(inner.get("name")) is str:
            yield inner["name"], (*path, member, "name")


def _put(document: Any, path: Path, value: str) -> Any:
    """A copy along the path; everything beside it is shared."""
    if not path:
        return value
    step = path[0]
    fresh: Any = list(document) if type(document) is list else dict(document)
    fresh[step] = _put(document[step], path[1:], value)
    return fresh
