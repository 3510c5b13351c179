"""
JSON Schema -> the OpenAPI 3.0 subset of `parameters` and `responseSchema`, and back.

Source: Gemini API reference, "Schema", and the documented keywords of `responseJsonSchema`. The downgrade is sound: what it gives
never forbids a value that the original allows. Each constraint it drops is told in the description of its node and reported;
keywords that constrain nothing fall away in silence.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from typing import Any, TypeGuard

from translate.errors import Path
from translate.leg import Json

Report = Callable[[Path, str, str], None]

SUBSET_KEYWORDS = frozenset((
    "type", "title", "description", "enum", "items", "minItems", "maxItems", "minimum", "maximum", "properties", "required",
    "anyOf", "format", "propertyOrdering", "default", "example", "nullable", "minLength", "maxLength", "pattern",
    "minProperties", "maxProperties",
))  # fmt: skip
# Keywords that forbid nothing.
_NOISE = frozenset((
    "$schema", "$id", "$anchor", "$comment", "$defs", "definitions", "$vocabulary", "deprecated", "readOnly", "writeOnly",
    "examples", "contentEncoding", "contentMediaType", "contentSchema", "additionalItems", "$dynamicAnchor", "id", "discriminator",
))  # fmt: skip
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
TYPES = ("STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL")
_TYPE_OF_WORD = {word.lower(): word for word in TYPES} | {word: word for word in TYPES}
_LARGER = frozenset(("minimum", "minLength", "minItems", "minProperties", "exclusiveMinimum"))
_SMALLER = frozenset(("maximum", "maxLength", "maxItems", "maxProperties", "exclusiveMaximum"))
MOST_UNROLLED = 2  # times a definition is put inside itself
MOST_NODES = 4000  # of one result: definitions that use each other twice double with every step


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
_PLAIN_NATIVE = {word.upper(): keywords for word, keywords in _PLAIN.items()}


def plain_to_subset(schema: Json) -> Json | None:
    """A schema of plain nodes only -> subset; None when a node needs more thought."""
    return _plain(schema, _PLAIN, str.upper)


def plain_from_subset(schema: Json) -> Json | None:
    """A subset schema (camelCase names) of plain nodes only -> JSON Schema that comes back the same; None otherwise."""
    return _plain(schema, _PLAIN_NATIVE, str.lower)


def _plain(schema: Json, table: dict[str, frozenset[str]], case: Callable[[str], str]) -> Json | None:
    kind = schema.get("type")
    keywords = table.get(kind) if type(kind) is str else None
    if keywords is None or not schema.keys() <= keywords:
        return None
    out = dict(schema)
    out["type"] = case(kind)  # type: ignore[arg-type]  # a key of the table is a string
    if "properties" in out:
        properties = out["properties"]
        if type(properties) is not dict or not properties:
            return None
        made: Json = {}
        for name, inner in properties.items():
            if type(inner) is not dict:
                return None
            below = _plain(inner, table, case)
            if below is None:
                return None
            made[name] = below
        out["properties"] = made
    elif "required" in out:
        return None
    if "items" in out:
        inner = out["items"]
        below = _plain(inner, table, case) if type(inner) is dict else None
        if below is None:
            return None
        out["items"] = below
    elif kind in ("array", "ARRAY"):
        return None
    if "required" in out:
        names = out["required"]
        if type(names) is not list or not names or not all(type(name) is str and name in out["properties"] for name in names):
            return None
    if "enum" in out:
        words = out["enum"]
        if type(words) is not list or not words or not all(type(word) is str and word for word in words) or len(set(words)) < len(words):
            return None
    for name in ("title", "description"):
        if name in out and type(out[name]) is not str:
            return None
    for name in ("minimum", "maximum", *_COUNTS):
        if name in out and not _number(out[name]):
            return None
    return None if "default" in out and out["default"] is None else out


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


class _Flat:
    """Keywords of one node without references and allOf, with the place each came from."""

    __slots__ = ("keywords", "notes", "places", "seen")

    def __init__(self, seen: dict[str, int]) -> None:
        self.keywords: Json = {}
        self.places: dict[str, Path] = {}
        self.notes: list[str] = []
        self.seen = seen


class _Downgrade:
    def __init__(self, schema: Any, report: Report, integer_enum: bool, path: Path) -> None:
        self.whole, self.told, self.integer_enum, self.base = schema, report, integer_enum, path
        self.count = 0

    def report(self, path: Path, feature: str, note: str) -> None:
        """Tells of a place of the schema; a node made of several leads to the one that holds them."""
        value: Any = self.whole
        for spot, step in enumerate(path[len(self.base) :]):
            inside = type(value) is dict and step in value
            if not inside and not (type(value) is list and type(step) is int and step < len(value)):
                path = path[: len(self.base) + spot]
                break
            value = value[step]
        self.told(path, feature, note)

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
        flat = _Flat(seen)
        self._flatten(schema, path, flat)
        return self._typed(flat, path)

    # --- references and allOf

    def _flatten(self, schema: Json, path: Path, flat: _Flat) -> None:
        reference = schema.get("$ref")
        own = {name: value for name, value in schema.items() if name != "$ref" and name != "allOf" and value is not None}
        if type(reference) is str:
            target, place = self._resolve(reference)
            times = flat.seen.get(reference, 0)
            if target is None:
                self.report((*path, "$ref"), "$ref", "no such definition; any value")
            elif times >= MOST_UNROLLED:
                self.report((*path, "$ref"), "$ref", f"recursive; unrolled {MOST_UNROLLED} times")
                own = {**self._stub(target), **own}
            else:
                flat.seen = {**flat.seen, reference: times + 1}
                inner = _Flat(flat.seen)
                self._flatten(target, place, inner)
                flat.seen = inner.seen
                flat.notes += inner.notes
                self._over(flat, inner.keywords, inner.places)
                own = {name: value for name, value in own.items() if name not in ("$defs", "definitions")}
                for name, value in own.items():  # siblings go over the target
                    if name in ("title", "description", "default"):
                        flat.keywords[name], flat.places[name] = value, (*path, name)
                own = {name: value for name, value in own.items() if name not in ("title", "description", "default")}
        self._over(flat, own, {name: (*path, name) for name in own})
        branches = schema.get("allOf")
        for number, branch in enumerate(branches if type(branches) is list else ()):
            if type(branch) is dict:
                inner = _Flat(flat.seen)
                self._flatten(branch, (*path, "allOf", number), inner)
                flat.notes += inner.notes
                flat.seen = {**flat.seen, **inner.seen}
                self._over(flat, inner.keywords, inner.places)
            elif branch is not True:
                self.report((*path, "allOf", number), "allOf", "not an object; left out")

    def _resolve(self, reference: str) -> tuple[Json | None, Path]:
        if not reference.startswith("#"):
            return None, ()
        value: Any = self.whole
        steps = [step.replace("~1", "/").replace("~0", "~") for step in reference[1:].split("/")[1:]]
        place: list[str | int] = list(self.base)
        for step in steps:
            if type(value) is list and step.isdigit() and int(step) < len(value):
                place.append(int(step))
                value = value[int(step)]
            elif type(value) is dict and step in value:
                place.append(step)
                value = value[step]
            else:
                return None, ()
        return (value if type(value) is dict else {} if value is True else None), tuple(place)

    @staticmethod
    def _stub(target: Json) -> Json:
        """What stands where a definition is put inside itself once too often."""
        said = {name: target[name] for name in ("title", "description") if type(target.get(name)) is str}
        return {"type": "object", **said} if target.get("type") == "object" else said

    @staticmethod
    def _cut(schema: Json) -> Json:
        return {"type": "OBJECT"} if schema.get("type") == "object" else anything()

    def _over(self, flat: _Flat, more: Json, places: dict[str, Path]) -> None:
        """Both must hold: the keywords of `more` into those that are there."""
        held = flat.keywords
        for name, value in more.items():
            place = places[name]
            if name == "const":
                name, value = "enum", [value]
                if "enum" not in held and "const" not in held:
                    held["const"] = flat.places["const"] = place
            if name not in held:
                held[name], flat.places[name] = value, place
                continue
            old = held[name]
            if old == value and type(old) is type(value):
                continue
            if name == "type":
                common = _common_types(old, value)
                held[name] = common if common is not None else old
                if common is None:
                    self._note(flat, name, value, place)
            elif name == "properties" and type(old) is dict and type(value) is dict:
                held[name] = {
                    **old,
                    **{
                        key: {"allOf": [old[key], schema]} if key in old and old[key] != schema else schema
                        for key, schema in value.items()
                    },
                }
            elif name == "required" and type(old) is list and type(value) is list:
                held[name] = [*old, *(key for key in value if key not in old)]
            elif name in _LARGER and _number(old) and _number(value):
                held[name] = max(old, value)
            elif name in _SMALLER and _number(old) and _number(value):
                held[name] = min(old, value)
            elif name == "enum" and type(old) is list and type(value) is list:
                held[name] = [word for word in old if any(_same(word, other) for other in value)]
            elif name == "items" and type(old) is dict and type(value) is dict:
                held[name] = {"allOf": [old, value]}
            elif name == "description" and type(old) is str and type(value) is str:
                held[name] = f"{old} {value}"
            elif name not in _NOISE and name not in ("title", "default", "example"):
                self._note(flat, name, value, place)

    def _note(self, flat: _Flat, name: str, value: Any, place: Path) -> None:
        flat.notes.append(constraint(name, value))
        self.report(place, name, "no such constraint here; told in the description")

    # --- alternatives and types

    def _typed(self, flat: _Flat, path: Path) -> Json:
        held = flat.keywords
        nullable = held.get("nullable") is True
        types = _types(held.get("type"))
        named = held.get("type")
        if named is not None and not all(type(one) is str and one in _TYPE_OF_WORD for one in (named if type(named) is list else [named])):
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
                nullable = nullable or types is None or "NULL" in (_types(held.get("type")) or [])
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

    def _alternatives(self, name: str, flat: _Flat, nullable: bool, path: Path) -> Json:
        held = flat.keywords
        other = "oneOf" if name == "anyOf" else "anyOf"
        if held.get(other) is not None:
            self._note(flat, other, held[other], flat.places[other])
        place = flat.places[name]
        if name == "oneOf" and not _exclusive(held[name]):
            self.report(place, "oneOf", "alternatives may overlap here")
        said = {key: held[key] for key in ("title", "description") if type(held.get(key)) is str}
        siblings = {key: value for key, value in held.items() if key not in ("title", "description", "anyOf", "oneOf", "nullable")}
        kinds = _types(siblings.get("type"))
        may_be_null = kinds is None or "NULL" in kinds
        branches: list[Json] = []
        for number, branch in enumerate(held[name]):
            where = (*place, number)
            if type(branch) is not dict:
                if branch is not False:
                    branches.append(self.node(branch, where, flat.seen))
                continue
            inner = _Flat(flat.seen)
            self._flatten(branch, where, inner)
            if _is_null(inner.keywords):
                nullable = nullable or may_be_null
                continue
            own_types, common = _types(inner.keywords.get("type")), None
            if own_types is not None and kinds is not None:
                common = _common_types(siblings["type"], inner.keywords["type"])
                if common is None:
                    continue  # no value is of both types
            self._over(inner, siblings, {key: flat.places.get(key, path) for key in siblings})
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
                _describe(out, flat.notes)
        else:
            out = {"anyOf": branches, **said}
            if flat.notes:
                _describe(out, flat.notes)
        if nullable and out.get("type") != "NULL":
            out["nullable"] = True
        return out

    def _several(self, types: list[str], flat: _Flat, path: Path) -> Json:
        """A list of types: alternatives, each with the keywords of its type."""
        held = flat.keywords
        said = {key: held[key] for key in ("title", "description") if type(held.get(key)) is str}
        branches = []
        for kind in types:
            if kind == "INTEGER" and "NUMBER" in types:
                continue
            inner = _Flat(flat.seen)
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
            _describe(out, flat.notes)
        return out

    def _any(self, flat: _Flat, path: Path) -> Json:
        """No type to be found: any value, what was said of it in words."""
        held = flat.keywords
        out = anything()
        out.update((key, held[key]) for key in ("title", "description") if type(held.get(key)) is str)
        notes = list(flat.notes)
        for name, value in held.items():
            if name not in ("title", "description", "type", "nullable", "const", "default", "example") and name not in _NOISE:
                notes.append(constraint(name, value))
                self.report(flat.places.get(name, path), name, "no type to hang it on; told in the description")
        if notes:
            _describe(out, notes)
        elif not flat.keywords.get("type"):
            self.report(path, "schema", "any value, as a union of all types")
        return out

    # --- one type

    def _single(self, kind: str, flat: _Flat, path: Path) -> Json:
        held = flat.keywords
        out: Json = {"type": kind}
        notes = list(flat.notes)
        allowed = _OF_TYPE[kind]

        def tell(name: str, value: Any, why: str = "no such constraint here; told in the description") -> None:
            notes.append(constraint(name, value))
            self.report(flat.places.get(name, path), name, why)

        for name, value in list(held.items()):
            if name in ("type", "nullable", "anyOf", "oneOf", "const") or name in _NOISE:
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
                if value in _FORMATS.get(kind, ()):
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
            elif "items" not in out:
                out["items"] = anything()
                if "items" not in held:
                    self.report(path, "items", "items are mandatory; any value")
        if "minimum" in out and not _number(out["minimum"]):
            del out["minimum"]
        if notes:
            _describe(out, notes)
        return out

    def _enum(self, kind: str, values: Any, flat: _Flat, out: Json, tell: Callable[..., None]) -> None:
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

    def _properties(self, value: Any, flat: _Flat, out: Json, path: Path) -> None:
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

    def _required(self, value: Any, flat: _Flat, out: Json, path: Path) -> None:
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

    def _items(self, value: Any, flat: _Flat, out: Json, path: Path, tell: Callable[..., None]) -> None:
        place = flat.places.get("items", (*path, "items"))
        if type(value) is list:
            self._prefix_items(value, flat.keywords.get("additionalItems"), flat, out, "items", path)
        elif value is False:
            if "prefixItems" not in flat.keywords:
                out["items"], out["maxItems"] = {"type": "STRING"}, 0
                self.report(place, "items", "no items allowed: maxItems 0")
        else:
            if "prefixItems" not in flat.keywords:
                out["items"] = self.node(value, place, flat.seen)

    def _prefix_items(self, schemas: list[Any], rest: Any, flat: _Flat, out: Json, name: str, path: Path) -> None:
        """A tuple: any of its members at every place."""
        place = flat.places.get(name, (*path, name))
        self.report(place, name, "the order of items can not be said here")
        branches = [self.node(schema, (*place, number), flat.seen) for number, schema in enumerate(schemas) if schema is not False]
        if rest is False:
            most = out.get("maxItems")
            out["maxItems"] = min(most, len(schemas)) if _number(most) else len(schemas)
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
            if not value or not _number(held.get(bound)):
                return
            limit = held[bound]
        elif _number(value):
            limit = value
        else:
            return
        if kind == "INTEGER":
            exact: float = math.floor(limit) + 1 if bound == "minimum" else math.ceil(limit) - 1
            beside = held.get(bound)
            if _number(beside):
                exact = max(beside, exact) if bound == "minimum" else min(beside, exact)
            held[bound] = out[bound] = exact
            return
        beside = held.get(bound)
        if _number(beside):
            limit = max(beside, limit) if bound == "minimum" else min(beside, limit)
        held[bound] = out[bound] = limit
        tell(name, value)


def anything(depth: int = 3) -> Json:
    """Any value: a node needs a type here, so all of them; arrays in arrays to a depth."""
    branches: list[Json] = [{"type": "STRING"}, {"type": "NUMBER"}, {"type": "BOOLEAN"}, {"type": "OBJECT"}]
    if depth:
        branches.append({"type": "ARRAY", "items": anything(depth - 1)})
    return {"anyOf": branches, "nullable": True}


def constraint(name: str, value: Any) -> str:
    """How a dropped constraint is told in a description."""
    if value is True:
        return f"Constraint: {name}."
    text = value if type(value) is str else json.dumps(value, ensure_ascii=False)
    return f"Constraint: {name} {text}."


def _describe(out: Json, notes: Iterable[str]) -> None:
    told = [out["description"]] if type(out.get("description")) is str and out["description"] else []
    out["description"] = " ".join([*told, *dict.fromkeys(notes)])


def _number(value: Any) -> TypeGuard[float]:
    return type(value) is int or (type(value) is float and math.isfinite(value))


def _same(value: Any, other: Any) -> bool:
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


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


def _types(value: Any) -> list[str] | None:
    """Type words of a node; None when it names none that we know."""
    words = value if type(value) is list else [value]
    found = [_TYPE_OF_WORD[word] for word in words if type(word) is str and word in _TYPE_OF_WORD]
    return list(dict.fromkeys(found)) or None


def _common_types(first: Any, second: Any) -> Any:
    """Types that both allow, as lower-case words; None when there is none."""
    one, two = _types(first), _types(second)
    if one is None or two is None:
        return second if one is None else first
    common = [kind for kind in one if kind in two]
    if "NUMBER" in one and "INTEGER" in two and "INTEGER" not in common:
        common.append("INTEGER")
    if "INTEGER" in one and "NUMBER" in two and "INTEGER" not in common:
        common.append("INTEGER")
    if not common:
        return None
    words = [kind.lower() for kind in common]
    return words[0] if len(words) == 1 else words


def _is_null(keywords: Json) -> bool:
    return _types(keywords.get("type")) == ["NULL"] or keywords.get("enum") == [None]


def _exclusive(branches: list[Any]) -> bool:
    """True when no value can fit two branches: their types differ, or one constant member does."""
    seen: list[str] = []
    for branch in branches:
        kinds = _types(branch.get("type")) if type(branch) is dict else None
        if kinds is None or any(kind in seen or (kind == "INTEGER" and "NUMBER" in seen) or (kind == "NUMBER" and "INTEGER" in seen)
                                for kind in kinds):  # fmt: skip
            return False
        seen += kinds
    return True


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


def resolve(schema: Json, reference: str) -> Json | None:
    """Target of a reference within `schema`, None when there is none."""
    return _Downgrade(schema, _no_report, True, ())._resolve(reference)[0]


def _no_report(path: Path, feature: str, note: str) -> None:
    """For a look that reports nothing."""


# --- subset -> JSON Schema


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
        elif name in _COUNTS:
            out[name] = _integer(value)
        else:
            out[name] = value
    if nullable and kind is None and "anyOf" not in schema:
        out["nullable"] = True
    return out


_COUNTS = frozenset(("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"))


def _ordered(properties: Json, schema: Json) -> list[str]:
    ordering = schema.get("propertyOrdering")
    first = [name for name in ordering if type(name) is str and name in properties] if type(ordering) is list else []
    return [*dict.fromkeys(first), *(name for name in properties if name not in first)]


def _integer(value: Any) -> Any:
    return int(value) if type(value) is str and value.lstrip("-").isascii() and value.lstrip("-").isdigit() and len(value) < 20 else value


def says_nothing(schema: Json) -> bool:
    """Whether parameters of this subset schema are none."""
    if schema.get("type") != "OBJECT" or not schema.keys() <= {"type", "properties", "required"}:
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
        elif name in _COUNTS:
            out[name] = _integer(value)
        else:
            out[name] = value
    return out


# --- the JSON Schema way

# Keywords that `parametersJsonSchema` and `responseJsonSchema` document.
_ENFORCED = frozenset((
    "type", "title", "description", "enum", "format", "minimum", "maximum", "minItems", "maxItems", "required",
    "propertyOrdering", "$id", "$anchor", "$ref",
))  # fmt: skip
_SILENT = _NOISE | {"default", "example", "nullable"}  # they forbid nothing
_SCHEMAS_BY_NAME = frozenset(("properties", "$defs", "definitions"))


def passed(schema: Json, report: Report, path: Path) -> Json:
    """
    JSON Schema as the JSON Schema fields take it: itself, a reference with siblings put in place.

    Losses (by `report`): constraints that the documented list of keywords lacks.
    """
    return _pass(schema, schema, report, path, frozenset())


def _pass(schema: Json, whole: Json, report: Report, path: Path, inside: frozenset[str]) -> Json:
    out = schema
    if "$ref" in schema and any(name[:1] != "$" and name != "definitions" for name in schema):
        out, inside = _inlined(schema, whole, report, path, inside)
    changed: Json = {}
    for name, value in out.items():
        if name in _ENFORCED:
            continue
        if name in _SCHEMAS_BY_NAME:
            if type(value) is dict:
                inner = {
                    key: _pass(child, whole, report, (*path, name, key), inside) if type(child) is dict else child
                    for key, child in value.items()
                }
                if any(inner[key] is not child for key, child in value.items()):
                    changed[name] = inner
        elif name == "items" or name == "additionalProperties":
            if type(value) is dict:
                child = _pass(value, whole, report, (*path, name), inside)
                if child is not value:
                    changed[name] = child
        elif name in ("anyOf", "oneOf", "prefixItems"):
            if type(value) is list:
                branches = [
                    _pass(child, whole, report, (*path, name, number), inside) if type(child) is dict else child
                    for number, child in enumerate(value)
                ]
                if any(new is not old for new, old in zip(branches, value, strict=True)):
                    changed[name] = branches
        elif name not in _SILENT:
            report((*path, name), name, "not enforced by this API")
    return {**out, **changed} if changed else out


def _inlined(
    schema: Json, whole: Json, report: Report, path: Path, inside: frozenset[str]
) -> tuple[Json, frozenset[str]]:
    """A reference with siblings, which the server refuses -> its target with the siblings over it."""
    reference = schema["$ref"]
    if reference in inside:
        for name in schema:
            if name[:1] != "$" and name != "definitions":
                report((*path, name), name, "nothing may stand beside a recursive reference")
        return {name: value for name, value in schema.items() if name[:1] == "$"}, inside
    machine = _Downgrade(whole, report, True, ())
    target = machine._resolve(reference)[0] if type(reference) is str else None
    rest = {name: value for name, value in schema.items() if name != "$ref"}
    if target is None:
        report((*path, "$ref"), "$ref", "no such definition")
        return rest, inside
    report((*path, "$ref"), "$ref", "nothing may stand beside a reference: its target in its place")
    return {**target, **rest}, inside | {reference}
