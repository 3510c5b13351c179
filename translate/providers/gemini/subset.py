"""The OpenAPI 3.0 subset of `parameters` and `responseSchema` -> JSON Schema, and the nodes that both spell alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from translate.leg import Json
from translate.scrubbing import lone
from translate.shared.schema_references import TYPES, is_number

SUBSET_KEYWORDS = frozenset((
    "type", "title", "description", "enum", "items", "minItems", "maxItems", "minimum", "maximum", "properties", "required",
    "anyOf", "format", "propertyOrdering", "default", "example", "nullable", "minLength", "maxLength", "pattern",
    "minProperties", "maxProperties",
))  # fmt: skip

COUNTS = frozenset(("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"))


# What both ways spell alike but for the type word: such nodes need no second look. Keywords by type word.
_PLAIN_COMMON = frozenset(("type", "title", "description", "default"))

_PLAIN = {
    "string": _PLAIN_COMMON | {"minLength", "maxLength", "pattern", "enum"},
    "number": _PLAIN_COMMON | {"minimum", "maximum"},
    "integer": _PLAIN_COMMON | {"minimum", "maximum"},
    "boolean": _PLAIN_COMMON,
    "array": _PLAIN_COMMON | {"items", "minItems", "maxItems"},
    "object": _PLAIN_COMMON | {"properties", "required", "minProperties", "maxProperties"},
}

_BOUNDS = COUNTS | {"minimum", "maximum"}
# Nodes that may stand alone or with a description: nearly all of them.
_LEAVES = {word: word.upper() for word in ("string", "number", "integer", "boolean")}
_NATIVE_LEAVES = {upper: word for word, upper in _LEAVES.items()}
_PLAIN_NATIVE = {word.upper(): keywords for word, keywords in _PLAIN.items()}


def plain_to_subset(schema: Json) -> Json | None:
    """A schema of plain nodes only -> subset; None when a node needs more thought."""
    return _plain(schema, _PLAIN, _LEAVES, str.upper, _MOST_LEVELS)


def plain_from_subset(schema: Json) -> Json | None:
    """A subset schema (camelCase names) of plain nodes only -> JSON Schema that comes back the same; None otherwise."""
    return _plain(schema, _PLAIN_NATIVE, _NATIVE_LEAVES, str.lower, _MOST_LEVELS)


_MOST_LEVELS = 30  # of a plain schema, so that it is far from the depth at which a document is refused


def _plain(schema: Json, table: dict[str, frozenset[str]], leaves: dict[str, str], case: Callable[[str], str], levels: int) -> Json | None:
    """The schema in the other spelling. All its texts encode."""
    kind = schema.get("type")
    keywords = table.get(kind) if type(kind) is str else None
    if keywords is None or not keywords.issuperset(schema) or not levels:
        return None
    out = schema.copy()
    out["type"] = case(kind)  # type: ignore[arg-type]  # a key of the table is a string
    if "properties" in out:
        properties = out["properties"]
        if type(properties) is not dict or not properties:
            return None
        made: Json = {}
        for name, inner in properties.items():
            if type(inner) is not dict or not _encodes(name):
                return None
            word = inner.get("type")
            if type(word) is str and word in leaves and (len(inner) == 1 or (len(inner) == 2 and _encodes(inner.get("description")))):
                made[name] = leaf = inner.copy()
                leaf["type"] = leaves[word]
                continue
            below = _plain(inner, table, leaves, case, levels - 1)
            if below is None:
                return None
            made[name] = below
        out["properties"] = made
    elif "required" in out:
        return None
    if "items" in out:
        inner = out["items"]
        below = _plain(inner, table, leaves, case, levels - 1) if type(inner) is dict else None
        if below is None:
            return None
        out["items"] = below
    elif kind in ("array", "ARRAY"):
        return None
    if "required" in out:
        names = out["required"]
        if type(names) is not list or not names:
            return None
        for name in names:
            if type(name) is not str or name not in properties:
                return None
    if "enum" in out:
        words = out["enum"]
        if type(words) is not list or not words or not all(_encodes(word) and word for word in words) or len(set(words)) < len(words):
            return None
    for name in _TEXTS:
        if name in out and not _encodes(out[name]):
            return None
    if not _BOUNDS.isdisjoint(out):
        for name in _BOUNDS:
            if name in out and not is_number(out[name]):
                return None
    if "default" in out:
        default = out["default"]
        if default is None or (type(default) not in _SCALARS and not _encodes(default)):
            return None
    return out


_TEXTS = ("title", "description", "pattern")
_SCALARS = frozenset((int, float, bool))


def _encodes(text: Any) -> bool:
    return type(text) is str and (text.isascii() or not lone(text))


def from_subset(schema: Json) -> Json:
    """Subset (camelCase names) -> JSON Schema. Members the subset does not have stay as they are."""
    out: Json = {}
    kind = schema.get("type")
    word = kind.lower() if type(kind) is str else kind
    nullable = schema.get("nullable") is True
    for name, value in schema.items():
        if value is None or name in ("nullable", "propertyOrdering"):
            continue
        if name == "type":
            out[name] = [word, "null"] if nullable and word != "null" else word
        elif name == "properties" and type(value) is dict:
            out[name] = {key: from_subset(value[key]) if type(value[key]) is dict else value[key] for key in _ordered(value, schema)}
        elif name == "items" and type(value) is dict:
            out[name] = from_subset(value)
        elif name == "anyOf" and type(value) is list:
            out[name] = [from_subset(branch) if type(branch) is dict else branch for branch in value]
            if nullable and kind is None:
                out[name].append({"type": "null"})
        elif name == "enum" and type(value) is list:
            words = [_integer(item) for item in value] if word in ("integer", "number") else list(value)
            out[name] = [*words, None] if nullable else words
        elif name == "format" and value == "enum":
            continue
        elif name == "defs" and type(value) is dict:
            out["$defs"] = {key: from_subset(inner) if type(inner) is dict else inner for key, inner in value.items()}
        elif name == "ref":
            out["$ref"] = value
        elif name == "additionalProperties" and type(value) is dict:
            out[name] = from_subset(value)
        elif name in COUNTS:
            out[name] = _integer(value)
        else:
            out[name] = value
    if nullable and kind is None and "anyOf" not in schema:
        out["nullable"] = True
    return out


def _ordered(properties: Json, schema: Json) -> list[str]:
    ordering = schema.get("propertyOrdering")
    first = [name for name in ordering if type(name) is str and name in properties] if type(ordering) is list else []
    return [*dict.fromkeys(first), *(name for name in properties if name not in first)]


def _integer(value: Any) -> Any:
    return int(value) if type(value) is str and value.lstrip("-").isascii() and value.lstrip("-").isdigit() and len(value) < 20 else value


def says_nothing(schema: Json, kind: str = "OBJECT") -> bool:
    """Whether parameters of this schema are none. kind: how it spells an object."""
    if schema.get("type") != kind or not schema.keys() <= {"type", "properties", "required"}:
        return False
    return not schema.get("properties") and not schema.get("required")


def tidy_subset(schema: Any) -> Any:
    """One spelling of a subset schema (camelCase names): types as words in capitals, counts as numbers."""
    if type(schema) is not dict:
        return schema
    out: Json = {}
    for name, value in schema.items():
        if value is None or (name == "nullable" and value is False):
            continue
        if name == "type" and type(value) is str:
            out[name] = value.upper()
        elif name == "type" and type(value) is int and 0 < value <= len(TYPES):
            out[name] = TYPES[value - 1]  # the number of the enum
        elif name in ("properties", "defs") and type(value) is dict:
            out[name] = {key: tidy_subset(inner) for key, inner in value.items()}
        elif name in ("items", "additionalProperties"):
            out[name] = tidy_subset(value)
        elif name == "anyOf" and type(value) is list:
            out[name] = [tidy_subset(inner) for inner in value]
        elif name in COUNTS:
            out[name] = _integer(value)
        else:
            out[name] = value
    return out
