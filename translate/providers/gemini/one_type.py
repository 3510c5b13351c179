"""JSON Schema -> the OpenAPI 3.0 subset: what a node of one type keeps of its keywords; `schema.py` says what holds for the whole."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from translate.errors import Path
from translate.leg import Json
from translate.shared.schema_references import (
    NOISE,
    Flat,
    References,
    constraint,
    describe,
    is_number,
)

# Constraints without a place: told in the description.
_CONSTRAINTS = frozenset((
    "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies", "multipleOf", "uniqueItems", "contains",
    "minContains", "maxContains", "propertyNames", "unevaluatedItems", "unevaluatedProperties", "patternProperties",
))  # fmt: skip

_OF_TYPE = {
    "STRING": frozenset(("minLength", "maxLength", "pattern")),
    "NUMBER": frozenset(("minimum", "maximum")),
    "INTEGER": frozenset(("minimum", "maximum")),
    "ARRAY": frozenset(("minItems", "maxItems")),
    "OBJECT": frozenset(("minProperties", "maxProperties", "propertyOrdering")),
    "BOOLEAN": frozenset(()),
    "NULL": frozenset(()),
}

TYPED_BY = {
    "minLength": ("STRING",), "maxLength": ("STRING",), "pattern": ("STRING",), "minimum": ("NUMBER", "INTEGER"),
    "maximum": ("NUMBER", "INTEGER"), "exclusiveMinimum": ("NUMBER", "INTEGER"), "exclusiveMaximum": ("NUMBER", "INTEGER"),
    "multipleOf": ("NUMBER", "INTEGER"), "minItems": ("ARRAY",), "maxItems": ("ARRAY",), "items": ("ARRAY",),
    "prefixItems": ("ARRAY",), "uniqueItems": ("ARRAY",), "contains": ("ARRAY",), "minContains": ("ARRAY",),
    "maxContains": ("ARRAY",), "unevaluatedItems": ("ARRAY",), "properties": ("OBJECT",), "required": ("OBJECT",),
    "minProperties": ("OBJECT",), "maxProperties": ("OBJECT",), "additionalProperties": ("OBJECT",),
    "patternProperties": ("OBJECT",), "propertyNames": ("OBJECT",), "dependentRequired": ("OBJECT",),
    "dependentSchemas": ("OBJECT",), "dependencies": ("OBJECT",), "unevaluatedProperties": ("OBJECT",),
    "propertyOrdering": ("OBJECT",),
}  # fmt: skip

FORMATS = {"STRING": frozenset(("date-time",)), "NUMBER": frozenset(("float", "double")), "INTEGER": frozenset(("int32", "int64"))}


class OneType(References, ABC):
    """A node of one type, its keywords one after the other; `node` is for those below it."""

    @abstractmethod
    def node(self, schema: Any, path: Path, seen: dict[str, int]) -> Json:
        """A node of any kind."""

    def single(self, kind: str, flat: Flat, path: Path) -> Json:
        """The node, of this type."""
        held = flat.keywords
        out: Json = {"type": kind}
        notes = list(flat.notes)
        allowed = _OF_TYPE[kind]

        def tell(name: str, value: Any, why: str = "no such constraint here; told in the description") -> None:
            notes.append(constraint(name, value))
            self.report(flat.places.get(name, path), name, why)

        for name, value in list(held.items()):
            if name in ("type", "nullable", "anyOf", "oneOf", "const") or name in NOISE:
                if name == "examples" and type(value) is list and value and "example" not in held:
                    out["example"] = value[0]
                continue
            if name in ("title", "description"):
                if type(value) is str:
                    out[name] = value
            elif name in ("default", "example"):
                out[name] = value
            elif name in allowed:
                out[name] = held[name]  # an exclusive bound may have moved it
            elif name == "enum":
                self._enum(kind, value, flat, out, tell)
            elif name == "format":
                if type(value) is str and value in FORMATS.get(kind, ()):
                    out[name] = value
                elif value != "enum":
                    tell(name, value)
            elif name == "properties" and kind == "OBJECT":
                self._properties(value, flat, out, path)
            elif name == "items" and kind == "ARRAY":
                self._items(value, flat, out, path, tell)
            elif name in ("exclusiveMinimum", "exclusiveMaximum") and kind in ("NUMBER", "INTEGER"):
                self._exclusive_bound(name, value, kind, held, out, tell)
            elif name == "additionalProperties" and kind == "OBJECT":
                if value is False:
                    self.report(flat.places.get(name, path), name, "further members can not be forbidden here")
                elif value is not True and value != {}:
                    tell(name, value)
            elif name in ("required", "prefixItems"):
                continue  # below: they need the properties and items
            elif kind not in TYPED_BY.get(name, (kind,)):
                self.report(flat.places.get(name, path), name, f"says nothing of {kind}")
            elif name in _CONSTRAINTS:
                if value is not False or name in ("unevaluatedItems", "unevaluatedProperties"):
                    tell(name, value)
            else:
                self.report(flat.places.get(name, path), name, "not a keyword here")
        if kind == "OBJECT":
            self._required(held.get("required"), flat, out, path)
        elif kind == "ARRAY":
            if type(held.get("prefixItems")) is list:
                self._prefix_items(held["prefixItems"], held.get("items"), flat, out, "prefixItems", path)
            elif "items" not in held:
                out["items"] = self._texts(path)
            elif "items" not in out:
                out["items"] = anything()
        if "minimum" in out and not is_number(out["minimum"]):
            del out["minimum"]
        if notes:
            describe(out, notes)
        return out

    def _enum(self, kind: str, values: Any, flat: Flat, out: Json, tell: Callable[..., None]) -> None:
        if type(values) is not list:
            return
        words = [word for word in values if word is not None and _fits(kind, word)]
        if not words:
            return
        name = "const" if "const" in flat.keywords and len(values) == 1 else "enum"
        said = values[0] if name == "const" else values
        if kind == "STRING":
            if "" in words:
                tell(name, said)
            else:
                if name == "const":
                    out["format"] = "enum"
                out["enum"] = list(dict.fromkeys(words))
        elif kind == "INTEGER" and self.integer_enum:
            out["format"] = "enum"
            out["enum"] = list(dict.fromkeys(str(int(word)) for word in words))
        else:
            tell(name, said)

    def _properties(self, value: Any, flat: Flat, out: Json, path: Path) -> None:
        if type(value) is not dict:
            return
        place = flat.places.get("properties", (*path, "properties"))
        properties = {}
        for key, schema in value.items():
            if schema is False:
                self.report((*place, key), "schema", "a member that may not be there; left out")
                continue
            properties[key] = self.node(schema, (*place, key), flat.seen)
        if properties:
            out["properties"] = properties

    def _required(self, value: Any, flat: Flat, out: Json, path: Path) -> None:
        if type(value) is not list:
            return
        known = out.get("properties", {})
        names = [name for name in value if type(name) is str and name in known]
        if len(names) < len(value):
            self.report(flat.places.get("required", path), "required", "names a member without a schema")
        if names:
            out["required"] = names
        ordering = out.get("propertyOrdering")
        if type(ordering) is list:
            ordered = [name for name in ordering if type(name) is str and name in known]
            if ordered:
                out["propertyOrdering"] = ordered
            else:
                del out["propertyOrdering"]

    def _texts(self, path: Path) -> Json:
        """Items of which nothing is said: one type, which every server takes; a union of all is not sure to be taken everywhere."""
        self.report(path, "items", "items are mandatory; texts")
        return {"type": "STRING"}

    def _items(self, value: Any, flat: Flat, out: Json, path: Path, tell: Callable[..., None]) -> None:
        place = flat.places.get("items", (*path, "items"))
        if type(value) is list:
            self._prefix_items(value, flat.keywords.get("additionalItems"), flat, out, "items", path)
        elif value is False:
            if "prefixItems" not in flat.keywords:
                out["items"], out["maxItems"] = {"type": "STRING"}, 0
                self.report(place, "items", "no items allowed: maxItems 0")
        elif "prefixItems" not in flat.keywords:
            says_nothing = value is True or value == {}
            out["items"] = self._texts(place) if says_nothing else self.node(value, place, flat.seen)

    def _prefix_items(self, schemas: list[Any], rest: Any, flat: Flat, out: Json, name: str, path: Path) -> None:
        """A tuple: any of its members at every place."""
        place = flat.places.get(name, (*path, name))
        self.report(place, name, "the order of items can not be said here")
        branches = [self.node(schema, (*place, number), flat.seen) for number, schema in enumerate(schemas) if schema is not False]
        if rest is False:
            most = out.get("maxItems")
            out["maxItems"] = min(most, len(schemas)) if is_number(most) else len(schemas)
        elif rest is None or rest is True or rest == {}:
            branches = []
        elif type(rest) is dict:
            branches.append(self.node(rest, (*path, "items"), flat.seen))
        unique = [branch for number, branch in enumerate(branches) if branch not in branches[:number]]
        if not unique:
            out["items"] = anything()
        elif len(unique) == 1:
            out["items"] = unique[0]
        else:
            out["items"] = {"anyOf": unique}

    @staticmethod
    def _exclusive_bound(name: str, value: Any, kind: str, held: Json, out: Json, tell: Callable[..., None]) -> None:
        bound = "minimum" if name == "exclusiveMinimum" else "maximum"
        limit: float
        if type(value) is bool:  # draft 4: makes the bound beside it exclusive
            if not value or not is_number(held.get(bound)):
                return
            limit = held[bound]
        elif is_number(value):
            limit = value
        else:
            return
        if kind == "INTEGER":
            exact: float = math.floor(limit) + 1 if bound == "minimum" else math.ceil(limit) - 1
            beside = held.get(bound)
            if is_number(beside):
                exact = max(beside, exact) if bound == "minimum" else min(beside, exact)
            held[bound] = out[bound] = exact
            return
        beside = held.get(bound)
        if is_number(beside):
            limit = max(beside, limit) if bound == "minimum" else min(beside, limit)
        held[bound] = out[bound] = limit
        tell(name, value)


def anything(depth: int = 3) -> Json:
    """Any value: a node needs a type here, so all of them; arrays in arrays to a depth."""
    branches: list[Json] = [{"type": "STRING"}, {"type": "NUMBER"}, {"type": "BOOLEAN"}, {"type": "OBJECT"}]
    if depth:
        branches.append({"type": "ARRAY", "items": anything(depth - 1)})
    return {"anyOf": branches, "nullable": True}


def type_of(value: Any) -> str:
    """The type word of a value."""
    if type(value) is bool:
        return "BOOLEAN"
    if type(value) is int or (type(value) is float and value.is_integer()):
        return "INTEGER"
    names = {str: "STRING", float: "NUMBER", list: "ARRAY", dict: "OBJECT"}
    return names.get(type(value), "NULL")


def _fits(kind: str, value: Any) -> bool:
    found = type_of(value)
    return found == kind or (kind == "NUMBER" and found == "INTEGER")
