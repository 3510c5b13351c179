"""
JSON Schema -> the OpenAPI 3.0 subset of `parameters` and `responseSchema`; the way back is in `subset.py`.

Source: Gemini API reference, "Schema", and the documented keywords of `responseJsonSchema`. The downgrade is sound: what it gives
never forbids a value that the original allows, but for items of which nothing is said, which are texts. Each constraint it drops
is told in the description of its node and reported; keywords that constrain nothing fall away in silence.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json
from translate.providers.gemini.one_type import FORMATS, TYPED_BY, OneType, anything, type_of
from translate.providers.gemini.spelling import spelled
from translate.providers.gemini.subset import from_subset, says_nothing, tidy_subset
from translate.shared.remembered import remembered
from translate.shared.schema_references import (
    NOISE,
    TYPE_OF_WORD,
    Flat,
    Report,
    common_types,
    constraint,
    describe,
    exclusive,
    types_of,
)

MOST_NODES = 4000  # of one result: definitions that use each other twice double with every step


def to_subset(
    schema: Any, report: Report, path: Path = (), *, integer_enum: bool = True, root: bool = True
) -> tuple[Json | None, bool]:  # fmt: skip
    """
    JSON Schema -> subset, and whether the way back gives the schema again; None when nothing is left to say at the root of a
    tool's parameters.

    integer_enum: the model takes enums of integers (as strings). root: the schema is that of parameters, an object.
    """
    out, exact, told = _fitted((schema, integer_enum, root))
    for place, feature, note in told:
        report((*path, *place), feature, note)
    return out, exact


def from_native(held: Json, variant: str, *, integer_enum: bool, root: bool = True) -> tuple[Json, Json, bool]:
    """A subset schema as it came -> in one spelling, as JSON Schema, and whether `to_subset` gives it again."""
    native, schema, exact = _read((held, variant, integer_enum, root))
    return native, schema, exact


@remembered
def _fitted(asked: tuple[Any, bool, bool]) -> tuple[Json | None, bool, list[tuple[Path, str, str]]]:
    schema, integer_enum, root = asked
    told: list[tuple[Path, str, str]] = []
    out: Json | None = _Downgrade(schema, lambda *loss: told.append(loss), integer_enum, ()).node(schema, (), {})
    if root and out is not None:
        out = _as_parameters(out, told)
    return out, out is not None and from_subset(out) == schema, told


def _as_parameters(out: Json, told: list[tuple[Path, str, str]]) -> Json | None:
    """A schema at the root of parameters, which is an object; None where it can not be one, or has no members."""
    if "anyOf" in out:
        told.append(((), "anyOf", "parameters are one object: alternatives joined"))
        out = _joined_root(out)
    if out.get("type") != "OBJECT":
        told.append(((), "parameters", "parameters are an object"))
        return None
    out.pop("nullable", None)
    return out if out.get("properties") else None


@remembered
def _read(asked: tuple[Json, str, bool, bool]) -> tuple[Json, Json, bool]:
    held, variant, integer_enum, root = asked
    native = tidy_subset(spelled(held, variant))
    schema = from_subset(native)
    again = _fitted((schema, integer_enum, root))[0]
    return native, schema, again == native or (root and again is None and says_nothing(native))


class _Downgrade(OneType):
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
                types = list(dict.fromkeys(type_of(word) for word in enum if word is not None)) or (["NULL"] if enum else None)
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
            out = self.single(types[0], flat, path)
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
                and kind in TYPED_BY.get(name, (kind,))
            }  # fmt: skip
            inner.places = flat.places
            if type(inner.keywords.get("enum")) is list:
                words = [word for word in inner.keywords["enum"] if type_of(word) in (kind, "INTEGER" if kind == "NUMBER" else kind)]
                if not words:
                    continue
                inner.keywords["enum"] = words
            if "format" in inner.keywords and kind != "STRING" and inner.keywords["format"] not in FORMATS.get(kind, ()):
                del inner.keywords["format"]
            branches.append(self.single(kind, inner, path))
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
