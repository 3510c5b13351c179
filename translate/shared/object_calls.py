"""
Calls of tools for formats whose arguments are an object, and that have no custom tools: a custom tool is a function with one
text there, and arguments that are no JSON object ride in a member of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

from translate.errors import Path
from translate.leg import Json, Leg
from translate.shared import bag
from translate.shared.arguments import dumps, made_up_id, parse_object
from translate.shared.fields import report_rest

RAW = "_raw"  # member that holds arguments which are no JSON object
CUSTOM_INPUT = "input"  # property that holds the text of a custom tool's call


# --- native -> unified


def text_of(value: Any, leg: Leg, path: Path) -> str:
    """The input object of a call as the text of its arguments; nothing is an empty object."""
    if value is None:
        return "{}"
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    return (raw_of(value) or dumps(value)) if value else "{}"


def raw_of(value: Json) -> str | None:
    """Arguments that were no JSON object, as `{"_raw": text}` carries them."""
    text = value.get(RAW) if len(value) == 1 else None
    return text if type(text) is str and parse_object(text) is None else None


def call_of(identifier: Any, name: Any, arguments: str, memo: Mapping[str, Any]) -> Json:
    """A unified call. memo: of the request; its tool may have had another name there, and may have been a custom one."""
    if not memo:
        return {"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}}
    own = memo.get("names")
    original = own.get(name, name) if type(own) is dict else name
    if name not in (memo.get("custom") or ()):
        return {"id": identifier, "type": "function", "function": {"name": original, "arguments": arguments}}
    held = parse_object(arguments)
    text = held.get(CUSTOM_INPUT) if held is not None and len(held) == 1 else None
    return {"id": identifier, "type": "custom", "custom": {"name": original, "input": text if type(text) is str else arguments}}


# --- unified -> native


class Read(NamedTuple):
    """What a unified call says. member: `function` or `custom`; where: the path of that member."""

    member: str
    where: Path
    identifier: str
    name: str
    value: Json


def read(call: Any, leg: Leg, path: Path, document: str, number: int) -> Read:
    """
    A unified call, looked at. document and number: the id of the answer and the place of the call, for an id that is made up.

    Losses: arguments that are no JSON object approximated as `{"_raw": text}`; custom calls, and types that are none, approximated;
    a missing id defaulted.
    """
    if type(call) is not dict:
        leg.invalid(path, "object", call)
    kind = call.get("type")
    member = "custom" if kind == "custom" or (kind is None and call.get("custom") is not None) else "function"
    inner, where = call.get(member), (*path, member)
    if type(inner) is not dict:
        _refuse(inner, "object", leg, path, member)
    if kind is not None and kind != member:
        leg.losses.add("approximated", "behaviour", "tool_calls", (*path, "type"), f"read as {member}")
    name = inner.get("name")
    if type(name) is not str:
        _refuse(name, "string", leg, where, "name")
    identifier = call.get("id")
    if identifier is not None and type(identifier) is not str:
        leg.invalid((*path, "id"), "string", identifier)
    if member == "custom":
        text = inner.get("input")
        if text is not None and type(text) is not str:
            leg.invalid((*where, "input"), "string", text)
        value: Json = {CUSTOM_INPUT: text or ""}
        leg.losses.add("approximated", "behaviour", "custom", where, "sent as a function's call")
    else:
        text = inner.get("arguments")
        value = input_of(text, leg, (*where, "arguments"))
    if not identifier:
        identifier = made_up_id(document, number, name, text if type(text) is str else "")
        leg.losses.add("defaulted", "envelope", "id", path, "a call without an id")
    return Read(member, where, identifier, name, value)


def _refuse(value: Any, expected: str, leg: Leg, path: Path, member: str) -> NoReturn:
    if value is None:
        leg.missing(path, member)
    leg.invalid((*path, member), expected, value)


def input_of(arguments: Any, leg: Leg, path: Path) -> Json:
    """Arguments -> the input object. Losses: text that is no JSON object approximated."""
    if arguments is None:
        return {}
    if type(arguments) is dict:
        return arguments
    if type(arguments) is not str:
        leg.invalid(path, "string", arguments)
    value = parse_object(arguments)
    if value is None:
        leg.losses.add("approximated", "content", "arguments", path, "no JSON object; sent as text under _raw")
        return {RAW: arguments}
    return value


def report_members(call: Json, found: Read, leg: Leg, path: Path) -> Json:
    """
    The members of a call beside those that `read` reads: those of its own bag are returned, others reported.

    Losses: the other kind of call, members that are not known, dropped.
    """
    inner = call[found.member]
    if not inner.keys() <= _READ[found.member]:
        report_rest(inner, _READ[found.member] | {"extra_content"}, leg, found.where)
        bag.unpack(inner, leg, found.where, "content")
    if call.keys() <= {"id", "type", found.member}:
        return bag.EMPTY
    report_rest(call, _CALL, leg, path)
    other = "function" if found.member == "custom" else "custom"
    if call.get(other) is not None:
        leg.losses.add("dropped", "content", other, (*path, other), f"the call's type is {found.member}")
    return bag.unpack(call, leg, path, "content")


_CALL = frozenset(("id", "type", "function", "custom", "index", "cache_control", "extra_content"))
_READ = {"function": frozenset(("name", "arguments")), "custom": frozenset(("name", "input"))}
