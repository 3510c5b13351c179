"""
What constrained decoding of Claude (and of Bedrock, which took its rules over) refuses of a JSON Schema.

Source: Anthropic documentation, "Structured outputs", "JSON Schema limitations"; Amazon Bedrock user guide, "Structured outputs".
The schema goes out as it is: what the caller's validation relies on is not rewritten behind its back, but told.
"""

from __future__ import annotations

from functools import lru_cache
from marshal import loads
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.shared.remembered import MOST_VALUES, remembered

REFUSED = frozenset((
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "maxItems",
    "uniqueItems", "contains", "minContains", "maxContains", "minProperties", "maxProperties", "patternProperties",
    "propertyNames", "oneOf", "not", "if", "then", "else", "prefixItems", "unevaluatedProperties",
))  # fmt: skip
FORMATS = frozenset(("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"))
NOTE = "outside the schema subset; may be refused"
_MAPS = frozenset(("properties", "$defs", "definitions"))
_LISTS = frozenset(("anyOf", "allOf"))


def report_refused(schema: Json, leg: Leg, path: Path) -> None:
    """Losses: keywords outside the subset, and objects that do not forbid further members, approximated."""
    for keyword, place, note in refused(schema):
        leg.losses.add("approximated", "behaviour", keyword, (*path, *place), note)


def no_tool_refused(leg: Leg) -> bool:
    """Whether all schemas of strict functions are taken, of tools that are known by their bytes (`leg.rest`); False says nothing."""
    return leg.beside != b"" and "tools" in leg.rest and _none_refused(leg.beside)


@lru_cache(maxsize=MOST_VALUES)
def _none_refused(beside: bytes) -> bool:
    for tool in loads(beside)["tools"] or ():
        function = tool.get("function")
        if type(function) is dict and function.get("strict") and type(function.get("parameters")) is dict and refused(function["parameters"]):
            return False
    return True


@remembered
def refused(schema: Json) -> list[tuple[str, Path, str]]:
    """What a schema has that is not taken: keyword, place, note."""
    found: list[tuple[str, Path, str]] = []
    stack: list[tuple[Any, Path]] = [(schema, ())]
    while stack:
        node, place = stack.pop()
        if type(node) is not dict:
            continue
        below: list[tuple[Any, Path]] = []
        for keyword, value in node.items():
            here = (*place, keyword)
            if keyword in REFUSED or _is_refused(keyword, value):
                found.append((keyword, here, NOTE))
            elif keyword in _MAPS and type(value) is dict:
                below += [(inner, (*here, name)) for name, inner in value.items()]
            elif keyword in _LISTS and type(value) is list:
                below += [(inner, (*here, number)) for number, inner in enumerate(value)]
            elif keyword == "items":
                below.append((value, here))
        if (node.get("type") == "object" or "properties" in node) and "additionalProperties" not in node:
            found.append(("additionalProperties", place, "an object has to forbid further members here; may be refused"))
        stack += reversed(below)
    return found


def _is_refused(keyword: str, value: Any) -> bool:
    if keyword == "additionalProperties":
        return value is not False
    if keyword == "format":
        return type(value) is not str or value not in FORMATS
    return keyword == "minItems" and value not in (0, 1)
