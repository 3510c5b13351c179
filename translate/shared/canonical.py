"""What the canonical spellings of native documents have in common."""

from __future__ import annotations

from translate.leg import Json


def kept(value: Json) -> Json:
    """The members that say something: no nulls, no empty lists."""
    return {name: member for name, member in value.items() if member is not None and member != []}


def tool(value: Json) -> Json:
    """A function in the shape of chat, with its type and parameters."""
    out = {"type": "function", **kept(value)}
    if type(out.get("function")) is dict:
        out["function"] = {"parameters": {"type": "object", "properties": {}}, **kept(out["function"])}
    return out
