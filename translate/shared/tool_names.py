"""Tool names that a target refuses: fitted alike in declarations, history and choice; the memo undoes it in the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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


def names_of(request: Json) -> list[str]:
    """Every tool name of a prepared request: of tools, of the choice, of calls."""
    found: list[Any] = []
    for tool in _list(request.get("tools")):
        if type(tool) is dict:
            inner = tool.get("function") or tool.get("custom") or tool
            found.append(inner.get("name") if type(inner) is dict else None)
    choice = request.get("tool_choice")
    if type(choice) is dict:
        found += [inner.get("name") for inner in choice.values() if type(inner) is dict]
    for call in calls_of(request):
        inner = call.get("function") or call.get("custom")
        found.append(inner.get("name") if type(inner) is dict else None)
    return [name for name in found if type(name) is str]


def calls_of(request: Json) -> list[Json]:
    """Every call of a prepared request."""
    found: list[Json] = []
    for message in request["messages"]:
        calls = message.get("tool_calls") if type(message) is dict else None
        found += [call for call in _list(calls) if type(call) is dict]
    return found


def allowed(choice: Any, name_of: Callable[[Json], Any], leg: Leg) -> frozenset[str] | None:
    """Names that `allowed_tools` of a choice leaves, for targets where no choice says so; None when it has none."""
    held = choice.get("allowed_tools") if type(choice) is dict else None
    if held is None:
        return None
    path: Path = ("tool_choice", "allowed_tools")
    if type(held) is not dict:
        leg.invalid(path, "object", held)
    entries = held.get("tools")
    if entries is not None and type(entries) is not list:
        leg.invalid((*path, "tools"), "array", entries)
    leg.losses.add("approximated", "behaviour", "tool_choice", path, "tools cut to those; the cached prefix changes")
    return frozenset(name for entry in entries or () if type(entry) is dict and type(name := name_of(entry)) is str)


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
