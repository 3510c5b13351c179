"""
JSON Schema -> the OpenAPI 3.0 subset of `parameters` and `responseSchema`, and back.

Source: Gemini API reference, "Schema", and the documented keywords of `responseJsonSchema`. The downgrade is sound: what it gives
never forbids a value that the original allows, but for items of which nothing is said: these are texts. Each constraint it drops is told in the description of its node and reported;
keywords that constrain nothing fall away in silence.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from translate.errors import Path
from translate.leg import Json
from translate.shared.schema_references import (
    NOISE,
    TYPE_OF_WORD,
    Flat,
    References,
    Report,
    common_types,
    constraint,
    describe,
    exclusive,
    is_number,
    types_of,
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

_TYPED_BY = {
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

_FORMATS = {"STRING": frozenset(("date-time",)), "NUMBER": frozenset(("float", "double")), "INTEGER": frozenset(("int32", "int64"))}

MOST_NODES = 4000  # of one result: definitions that use each other twice double with every step


def to_subset(schema: Any, report: Report, path: Path = (), *, integer_enum: bool = True, root: bool = True) -> Json | None:
    """
    JSON Schema -> subset; None when nothing is left to say at the root of a tool's parameters.

    integer_enum: the model takes enums of integers (as strings). root: the schema is that of parameters, an object.
    """
    machine = _Downgrade(schema, report, integer_enum, path)
    out = machine.node(schema, path, {})
    if not root:
        return out
    if "anyOf" in out:
        report(path, "anyOf", "parameters are one object: alternatives joined")
        out = _joined_root(out)
    if out.get("type") != "OBJECT":
        report(path, "parameters", "parameters are an object")
        return None
    out.pop("nullable", None)
    return out if out.get("properties") else None


class _Downgrade(References):
    """Nodes one after the other."""

    def node(self, schema: Any, path: Path, seen: dict[str, int]) -> Json:
        """One node; `seen` counts the definitions it stands in."""
        self.count += 1
        if type(schema) is not dict:
            if schema is not True:
                self.report(path, "schema", "not an object; any value")
            return anything()
        if self.count > MOST_NODES:
            self.report(path, "schema", "too many nodes once references are put in place; any value")
            return self._cut(schema)
        flat = Flat(seen)
        self.flatten(schema, path, flat)
        return self._typed(flat, path)

    @staticmethod
    def _cut(schema: Json) -> Json:
        return {"type": "OBJECT"} if schema.get("type") == "object" else anything()

    # --- alternatives and types

    def _typed(self, flat: Flat, path: Path) -> Json:
        held = flat.keywords
        nullable = held.get("nullable") is True
        types = types_of(held.get("type"))
        named = held.get("type")
        if named is not None and not all(type(one) is str and one in TYPE_OF_WORD for one in (named if type(named) is list else [named])):
            self.report(flat.places.get("type", path), "type", "type unknown")
        if types is not None and "NULL" in types and len(types) > 1:
            types, nullable = [kind for kind in types if kind != "NULL"], True
        if "nullable" in held and types == ["NULL"]:
            nullable = False
        for name in ("anyOf", "oneOf"):
            if type(held.get(name)) is list and held[name]:
                return self._alternatives(name, flat, nullable, path)
        enum = held.get("enum")
        if type(enum) is list:
            if any(word is None for word in enum):
                nullable = nullable or types is None or "NULL" in (types_of(held.get("type")) or [])
            if types is None:
                types = list(dict.fromkeys(_type_of(word) for word in enum if word is not None)) or (["NULL"] if enum else None)
        if types is None:
            if "properties" in held or ("required" in held and "additionalProperties" in held):
                types = ["OBJECT"]
            elif "items" in held or "prefixItems" in held:
                types = ["ARRAY"]
            if types is not None and "type" not in held:
                self.report(path, "type", f"no type given; {types[0]}")
        if not types:
            return self._any(flat, path)
        if len(types) == 1:
            out = self._single(types[0], flat, path)
        else:
            out = self._several(types, flat, path)
        if nullable and out.get("type") != "NULL":
            kind = out.pop("type", None)
            out = {"type": kind, "nullable": True, **out} if kind is not None else {**out, "nullable": True}
        return out

    def _alternatives(self, name: str, flat: Flat, nullable: bool, path: Path) -> Json:
        held = flat.keywords
        other = "oneOf" if name == "anyOf" else "anyOf"
        if held.get(other) is not None:
            self.note(flat, other, held[other], flat.places[other])
        place = flat.places[name]
        if name == "oneOf" and not exclusive(held[name]):
            self.report(place, "oneOf", "alternatives may overlap here")
        said = {key: held[key] for key in ("title", "description") if type(held.get(key)) is str}
        siblings = {key: value for key, value in held.items() if key not in ("title", "description", "anyOf", "oneOf", "nullable")}
        kinds = types_of(siblings.get("type"))
        may_be_null = kinds is None or "NULL" in kinds
        branches: list[Json] = []
        for number, branch in enumerate(held[name]):
            where = (*place, number)
            if type(branch) is not dict:
                if branch is not False:
                    branches.append(self.node(branch, where, flat.seen))
                continue
            inner = Flat(flat.seen)
            self.flatten(branch, where, inner)
            if _is_null(inner.keywords):
                nullable = nullable or may_be_null
                continue
            own_types, common = types_of(inner.keywords.get("type")), None
            if own_types is not None and kinds is not None:
                common = common_types(siblings["type"], inner.keywords["type"])
                if common is None:
                    continue  # no value is of both types
            self.over(inner, siblings, {key: flat.places.get(key, path) for key in siblings})
            if common is not None:
                inner.keywords["type"] = common
            self.count += 1
            branches.append(self._typed(inner, where))
        if not branches:
            return {**said, "type": "NULL"} if nullable else self._any(flat, path)
        if any(branch.get("nullable") for branch in branches):
            nullable = True
        if len(branches) == 1:
            out = branches[0]
            for key, text in said.items():
                below = out.get(key)
                out[key] = text if type(below) is not str or key == "title" else f"{text} {below}"
            if flat.notes:
                describe(out, flat.notes)
        else:
            out = {"anyOf": branches, **said}
            if flat.notes:
                describe(out, flat.notes)
        if nullable and out.get("type") != "NULL":
            out["nullable"] = True
        return out

    def _several(self, types: list[str], flat: Flat, path: Path) -> Json:
        """A list of types: alternatives, each with the keywords of its type."""
        held = flat.keywords
        said = {key: held[key] for key in ("title", "description") if type(held.get(key)) is str}
        branches = []
        for kind in types:
            if kind == "INTEGER" and "NUMBER" in types:
                continue
            inner = Flat(flat.seen)
            inner.keywords = {
                name: value for name, value in held.items()
                if name not in ("title", "description", "type", "default", "example", "nullable")
                and kind in _TYPED_BY.get(name, (kind,))
            }  # fmt: skip
            inner.places = flat.places
            if type(inner.keywords.get("enum")) is list:
                words = [word for word in inner.keywords["enum"] if _type_of(word) in (kind, "INTEGER" if kind == "NUMBER" else kind)]
                if not words:
                    continue
                inner.keywords["enum"] = words
            if "format" in inner.keywords and kind != "STRING" and inner.keywords["format"] not in _FORMATS.get(kind, ()):
                del inner.keywords["format"]
            branches.append(self._single(kind, inner, path))
        if not branches:
            return self._any(flat, path)
        out = branches[0] if len(branches) == 1 else {"anyOf": branches}
        out.update((key, text) for key, text in said.items() if key not in out)
        if flat.notes:
            describe(out, flat.notes)
        return out

    def _any(self, flat: Flat, path: Path) -> Json:
        """No type to be found: any value, what was said of it in words."""
        held = flat.keywords
        out = anything()
        out.update((key, held[key]) for key in ("title", "description") if type(held.get(key)) is str)
        notes = list(flat.notes)
        for name, value in held.items():
            if name not in ("title", "description", "type", "nullable", "const", "default", "example") and name not in NOISE:
                notes.append(constraint(name, value))
                self.report(flat.places.get(name, path), name, "no type to hang it on; told in the description")
        if notes:
            describe(out, notes)
        elif not flat.keywords.get("type"):
            self.report(path, "schema", "any value, as a union of all types")
        return out

    # --- one type

    def _single(self, kind: str, flat: Flat, path: Path) -> Json:
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
                if type(value) is str and value in _FORMATS.get(kind, ()):
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
            elif kind not in _TYPED_BY.get(name, (kind,)):
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


def _type_of(value: Any) -> str:
    if type(value) is bool:
        return "BOOLEAN"
    if type(value) is int or (type(value) is float and value.is_integer()):
        return "INTEGER"
    names = {str: "STRING", float: "NUMBER", list: "ARRAY", dict: "OBJECT"}
    return names.get(type(value), "NULL")


def _fits(kind: str, value: Any) -> bool:
    found = _type_of(value)
    return found == kind or (kind == "NUMBER" and found == "INTEGER")


def _is_null(keywords: Json) -> bool:
    return types_of(keywords.get("type")) == ["NULL"] or keywords.get("enum") == [None]


def _joined_root(out: Json) -> Json:
    """Alternatives at the root of parameters -> one object: members of all, required what all require."""
    branches = [branch for branch in out["anyOf"] if branch.get("type") == "OBJECT"]
    properties: Json = {}
    for branch in branches:
        for key, schema in branch.get("properties", {}).items():
            held = properties.get(key)
            if held is None:
                properties[key] = schema
            elif held != schema:
                options = held["anyOf"] if set(held) == {"anyOf"} else [held]
                if schema not in options:
                    properties[key] = {"anyOf": [*options, schema]}
    joined: Json = {"type": "OBJECT"}
    joined.update((key, out[key]) for key in ("title", "description") if key in out)
    if properties:
        joined["properties"] = properties
    required = [name for name in (branches[0].get("required", []) if branches else [])
                if all(name in branch.get("required", ()) for branch in branches)]  # fmt: skip
    if required:
        joined["required"] = required
    return joined if branches else {"type": "STRING"}
