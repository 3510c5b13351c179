"""What the canonical spellings of native documents have in common."""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.shared.arguments import dumps, parse_object


def tidy(value: Any, opaque: frozenset[str]) -> Any:
    """Without null members and empty lists, at every level but in opaque members."""
    if type(value) is dict:
        out: Json = {}
        for name, member in value.items():
            if member is None:
                continue
            if name not in opaque and (type(member) is dict or type(member) is list):
                member = tidy(member, opaque)
                if member == [] and type(member) is list:
                    continue
            out[name] = member
        return out
    if type(value) is list:
        return [tidy(member, opaque) for member in value]
    return value


def kept(value: Json) -> Json:
    """The members that say something: no nulls, no empty lists."""
    return {name: member for name, member in value.items() if member is not None and member != []}


def tool(value: Json) -> Json:
    """A function in the shape of chat, with its type and parameters."""
    out = {"type": "function", **kept(value)}
    if type(out.get("function")) is dict:
        out["function"] = {"parameters": {"type": "object", "properties": {}}, **kept(out["function"])}
    return out


def call(value: Json) -> Json:
    """A call in the shape of chat, its arguments parsed where they are an object."""
    out = {"type": "function", **kept(value)}
    function = out.get("function")
    if type(function) is dict:
        arguments = function.get("arguments")
        if type(arguments) is dict:
            arguments = dumps(arguments)
        parsed = parse_object(arguments) if type(arguments) is str else {} if arguments is None else None
        out["function"] = {**kept(function), "arguments": arguments if parsed is None else parsed}
    return out
