"""
JSON Schema -> what one server reads of it, said as data.

The downgrade is sound: what it gives forbids no value that the original allows (one exception: `required`). A constraint it drops is
told in the description of its node and reported; what only changes its spelling (a reference put in place, `allOf` merged) is
reported as bookkeeping. A schema that the server reads whole is handed on as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.loss import Scope
from translate.shared.remembered import remembered
from translate.shared.schema_references import Flat, References, constraint, describe, exclusive, resolve

Report = Callable[[Scope, Path, str, str], None]

# Keywords that forbid nothing.
ANNOTATIONS = frozenset((
    "title", "description", "default", "examples", "example", "deprecated", "readOnly", "writeOnly", "$schema", "$id", "id", "$comment",
    "$anchor", "$vocabulary", "$dynamicAnchor", "discriminator", "contentEncoding", "contentMediaType", "contentSchema",
))  # fmt: skip
# Values with which a constraint forbids nothing.
NEUTRAL: Mapping[str, Any] = {
    "additionalProperties": True, "unevaluatedProperties": True, "unevaluatedItems": True, "uniqueItems": False, "minItems": 0,
    "minLength": 0, "minProperties": 0, "nullable": False,
}  # fmt: skip
DEFINITIONS = ("$defs", "definitions")
_MAPS = frozenset(("properties", "patternProperties", "dependentSchemas", *DEFINITIONS))
_LISTS = frozenset(("anyOf", "oneOf", "allOf", "prefixItems"))
_SINGLE = frozenset((
    "items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames", "unevaluatedItems", "unevaluatedProperties",
    "additionalItems",
))  # fmt: skip
_LOOKED_AT = _MAPS | _LISTS | _SINGLE | {"$ref", "format", "pattern"}
# Member of the own bag beside a schema that came from the server's own form: it goes back as it is.
GIVEN = ("schema", "as_given")
MOST_NODES = 4000  # of one result: definitions that use each other twice double with every step


@dataclass(frozen=True, eq=False)
class Subset:
    """
    What a server reads of a schema.

    keywords: those it reads, None for all. refused: those it does not read. root: the ones of the root, where they are others.
    open: keywords below which it reads everything. formats: the words of `format`, None for all. patterns: a pattern in which this
    is found is not read. only: keyword -> the types for which it is read. references: `$ref` and definitions may stay.
    branches: alternatives stand alone, `type` inside each. required: an object with members has to require one. keeps: what it does
    not read it skips, so that it may stay.
    """

    keywords: frozenset[str] | None = None
    refused: frozenset[str] = frozenset()
    root: frozenset[str] | None = None
    open: frozenset[str] = frozenset()
    formats: frozenset[str] | None = None
    patterns: re.Pattern[str] | None = None
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    references: bool = True
    branches: bool = False
    required: bool = False
    keeps: bool = False

    def reads(self, name: str, node: Json, is_root: bool) -> bool:
        """Whether the server reads this keyword of a node."""
        allowed = self.root if is_root and self.root is not None else self.keywords
        if name in self.refused or (allowed is not None and name not in allowed):
            return False
        if name == "format":
            return self.formats is None or (type(node[name]) is str and node[name] in self.formats)
        if name == "pattern":
            return self.patterns is None or type(node[name]) is not str or not self.patterns.search(node[name])
        types, kind = self.only.get(name), node.get("type")
        return types is None or any(type(word) is str and word in types for word in (kind if type(kind) is list else [kind]))


# llama.cpp, grammars/README.md, "JSON Schemas -> GBNF", known limitations: what its converter skips. Ollama has the same one.
GRAMMAR = Subset(
    refused=frozenset((
        "uniqueItems", "contains", "minContains", "maxContains", "not", "if", "then", "else", "dependentSchemas", "dependentRequired",
        "dependencies", "patternProperties", "propertyNames", "multipleOf", "minProperties", "maxProperties", "unevaluatedItems",
        "unevaluatedProperties",
    )),
    formats=frozenset(("date", "time", "date-time", "uuid")), patterns=re.compile(r"\A(?!\^)|(?<!\$)\Z"),
    only=dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), frozenset(("integer",))),
)  # fmt: skip


def is_read(schema: Json, subset: Subset) -> bool:
    """Whether the server reads the whole schema as it stands."""
    return _is_read(schema, schema, subset, True, False, _leaves(subset))


def _leaves(subset: Subset) -> frozenset[str]:
    """Keywords that are read wherever they stand, whatever their value: a node that has no other is read whole."""
    return frozenset() if subset.keywords is None else subset.keywords - subset.refused - _LOOKED_AT - subset.only.keys()


def changes(schema: Json, subset: Subset) -> bool:
    """Whether `fit` would change the schema or tell something beside it."""
    return bool(_changing(subset)(schema))


@lru_cache(maxsize=64)
def _changing(subset: Subset) -> Callable[[Any], Any]:
    def changed(schema: Json) -> bool:
        out, untold, _ = (schema, [], []) if is_read(schema, subset) else _fitted(schema, subset)
        return out != schema or bool(untold)

    return remembered(changed)


def reporter(leg: Leg) -> Report:
    """Losses of a downgrade: the meaning of the schema changed."""

    def report(scope: Scope, path: Path, feature: str, note: str) -> None:
        leg.losses.add("approximated", scope, feature, path, note)

    return report


def fit(schema: Json, subset: Subset, report: Report, path: Path) -> tuple[Json, list[str]]:
    """
    The schema as the server reads it, and what is to be told where the root has no description.

    Losses (by `report`): dropped constraints, overlapping alternatives, recursion unrolled, of scope behaviour; another spelling of
    the same, of scope envelope. References lead to places in the document alone; nothing is fetched.
    """
    fitted = _fitting(subset)(schema)
    if fitted is None:
        return schema, []
    out, untold, told = fitted
    for scope, place, feature, note in told:
        report(scope, (*path, *place), feature, note)
    return out, untold


@lru_cache(maxsize=64)
def _fitting(subset: Subset) -> Callable[[Any], Any]:
    return remembered(lambda schema: None if is_read(schema, subset) else _fitted(schema, subset))


def _fitted(schema: Json, subset: Subset) -> tuple[Json, list[str], list[tuple[Scope, Path, str, str]]]:
    """A schema that is not read whole: what is, what the root has no description for, and what `fit` reports."""
    told: list[tuple[Scope, Path, str, str]] = []
    machine = _Fitting(schema, subset, lambda *loss: told.append(loss), ())
    out = machine.node(schema, (), {}, is_root=True)
    return (out if type(out) is dict else {}), machine.untold, told


def unread(schema: Json, subset: Subset, report: Report, path: Path) -> None:
    """For a server that takes any schema and skips what it does not read. Losses (by `report`): each constraint not read."""
    for place in _skipping(subset)(schema):
        report("behaviour", (*path, *place), str(place[-1]), "not enforced here")


@lru_cache(maxsize=64)
def _skipping(subset: Subset) -> Callable[[Any], Any]:
    return remembered(lambda schema: _skipped(schema, subset))


def _skipped(schema: Json, subset: Subset) -> list[Path]:
    """Places of the keywords that are not read."""
    found: list[Path] = []
    stack: list[tuple[Any, Path]] = [(schema, ())]
    while stack:
        node, place = stack.pop()
        if type(node) is not dict:
            continue
        for name, value in node.items():
            here = (*place, name)
            if name not in ANNOTATIONS and not subset.reads(name, node, not place):
                found.append(here)
            elif name in _MAPS and type(value) is dict:
                stack += [(inner, (*here, key)) for key, inner in value.items()]
            elif name in _LISTS and type(value) is list:
                stack += [(inner, (*here, number)) for number, inner in enumerate(value)]
            elif name in _SINGLE:
                stack.append((value, here))
    return found


def is_given(own: Json) -> bool:
    """Whether the own bag says that the schema beside it is the server's own."""
    return own.get(GIVEN[0]) == GIVEN[1]


def without_mark(own: Json) -> Json:
    """The own bag without the mark of a schema."""
    return {name: value for name, value in own.items() if name != GIVEN[0]} if GIVEN[0] in own else own


def _is_read(node: Any, whole: Json, subset: Subset, is_root: bool, everything: bool, leaves: frozenset[str]) -> bool:
    """Whether nothing of the schema has to change."""
    if type(node) is not dict:
        return False
    if not is_root and leaves.issuperset(node):
        return True
    if "allOf" in node and not everything:
        return False
    if "$ref" in node and not (subset.references and type(node["$ref"]) is str and resolve(whole, node["$ref"]) is not None):
        return False
    for name, value in node.items():
        if not everything and not subset.reads(name, node, is_root):
            return False
        free = everything or name in subset.open
        if name in DEFINITIONS and not subset.references:
            return False
        if name in _MAPS:
            if type(value) is dict and not all(_is_read(inner, whole, subset, False, free, leaves) for inner in value.values()):
                return False
        elif name in _LISTS:
            if type(value) is list and not all(_is_read(inner, whole, subset, False, free, leaves) for inner in value):
                return False
        elif name in _SINGLE and type(value) is not bool and not _is_read(value, whole, subset, False, free, leaves):
            return False
    if everything:
        return True
    if is_root and subset.root is not None and type(node.get("type", "")) is not str:
        return False
    if subset.branches and "anyOf" in node and "type" in node:
        return False
    return not (subset.required and _wants_required(node))


def _wants_required(node: Json) -> bool:
    """Whether an object has members and requires none."""
    return type(node.get("properties")) is dict and len(node["properties"]) > 0 and not node.get("required")


class _Fitting(References):
    """Nodes one after the other."""

    def __init__(self, schema: Json, subset: Subset, report: Report, path: Path) -> None:
        super().__init__(schema, self._changed, True, path)
        self.subset, self.tell = subset, report
        self.untold: list[str] = []
        self.said: set[tuple[Path, str]] = set()

    def _changed(self, path: Path, feature: str, note: str) -> None:
        self._once("behaviour", path, feature, note)

    def spelled(self, path: Path, feature: str, note: str) -> None:
        """Reports another spelling of the same."""
        self._once("envelope", self.place(path), feature, note)

    def _once(self, scope: Scope, path: Path, feature: str, note: str) -> None:
        """A definition that is used often is told of once."""
        if (path, feature) not in self.said:
            self.said.add((path, feature))
            self.tell(scope, path, feature, note)

    def node(self, schema: Any, path: Path, seen: dict[str, int], *, is_root: bool = False, everything: bool = False) -> Any:
        """One node; `seen` counts the definitions it stands in. everything: the server reads all keywords here."""
        self.count += 1
        if type(schema) is not dict:
            if everything and type(schema) is bool:
                return schema
            self.report(path, "schema", "any value" if schema is True else "no schema; any value")
            return {}
        if self.count > MOST_NODES:
            self.report(path, "schema", "too many nodes once references are put in place; any value")
            return {}
        reference, branches = schema.get("$ref"), schema.get("allOf")
        if reference is None and not everything and type(branches) is list and len(branches) == 1:
            only = branches[0]
            if type(only) is dict and only.keys() == {"$ref"} and self._stays(only["$ref"]):
                self.spelled(path, "allOf", "one schema alone, beside the others")
                schema = {**{name: value for name, value in schema.items() if name != "allOf"}, **only}
                reference, branches = only["$ref"], None
        inlined = reference is not None and not self._stays(reference)
        if not inlined and (branches is None or everything):
            return self._keywords(schema, {}, [], path, seen, is_root, everything)
        self.spelled(path, "$ref" if inlined else "allOf", "put in place" if inlined else "merged into one schema")
        flat = Flat(seen)
        self.flatten(schema, path, flat)
        return self._keywords(_constant(flat.keywords), flat.places, flat.notes, path, flat.seen, is_root, everything)

    def _stays(self, reference: Any) -> bool:
        return self.subset.references and type(reference) is str and self.resolved(reference)[0] is not None

    def _keywords(
        self, keywords: Json, places: Mapping[str, Path], told: list[str], path: Path, seen: dict[str, int], is_root: bool, everything: bool
    ) -> Json:
        subset = self.subset
        out: Json = {}
        notes = list(told)
        for name, value in keywords.items():
            place = places.get(name, (*path, name))
            if name in DEFINITIONS and not subset.references:
                self.spelled(place, name, "each definition where it is used")
            elif name == "definitions" and not subset.reads(name, keywords, is_root) and subset.reads("$defs", keywords, is_root):
                self.spelled(path, name, "named $defs here")
                out["$defs"] = {**self._inside(name, value, place, seen, everything), **out.get("$defs", {})}
            elif name == "$ref" and type(value) is str and value.startswith("#/definitions/") and not subset.reads("definitions", {}, True):
                self.spelled(place, name, "definitions are named $defs here")
                out[name] = "#/$defs/" + value.removeprefix("#/definitions/")
            elif everything or subset.reads(name, keywords, is_root):
                out[name] = self._inside(name, value, place, seen, everything or name in subset.open)
            else:
                self._unread(name, keywords, out, notes, place, path, seen, is_root)
        self._shape(out, path, is_root, everything)
        if notes and is_root and not subset.reads("description", {}, True):
            self.untold += notes
        elif notes:
            describe(out, notes)
            self.spelled((*path, "description"), "description", "tells what was left out")
        return out

    def _inside(self, name: str, value: Any, place: Path, seen: dict[str, int], everything: bool) -> Any:
        """Value of a keyword that stays."""
        if name in _MAPS and type(value) is dict:
            made: Json = {}
            for key, inner in value.items():
                if inner is False and name == "properties" and not everything:
                    self.report((*place, key), "schema", "a member that may not be there; left out")
                else:
                    made[key] = self.node(inner, (*place, key), seen, everything=everything)
            return made
        if (name in _LISTS or name in _SINGLE) and type(value) is list:
            return [
                self.node(inner, (*place, number), seen, everything=everything)
                for number, inner in enumerate(value) if inner is not False or everything
            ]  # fmt: skip
        return self.node(value, place, seen, everything=everything) if name in _SINGLE and type(value) is dict else value

    def _unread(
        self, name: str, keywords: Json, out: Json, notes: list[str], place: Path, path: Path, seen: dict[str, int], is_root: bool
    ) -> None:
        """A keyword that the server does not read: another that says the same or less, or a sentence in the description."""
        subset, value = self.subset, keywords[name]
        if name == "oneOf" and type(value) is list and "anyOf" not in keywords and subset.reads("anyOf", {}, is_root):
            out["anyOf"] = self._inside(name, value, place, seen, "anyOf" in subset.open)
            if exclusive(value):
                self.spelled(path, name, "as anyOf: no value fits two of them")
            else:
                self.report(path, name, "as anyOf: alternatives may overlap here")
        elif name == "const" and "enum" not in keywords and subset.reads("enum", {}, is_root):
            out["enum"] = [value]
            self.spelled(path, name, "as an enum of one")
        else:
            self._forgone(name, value, notes, place)
            if subset.keeps:
                out[name] = value

    def _forgone(self, name: str, value: Any, notes: list[str], place: Path) -> None:
        """A keyword that nothing stands for."""
        if name == "description" and type(value) is str:
            self.untold.append(value)
            self.spelled(place, name, "told in the description of the function")
        elif name in ANNOTATIONS:
            self.spelled(place, name, "not read here; it forbids nothing")
        elif name == "additionalProperties" and value is False:
            self.report(place, name, "further members can not be forbidden here")
        elif value is None or (name in NEUTRAL and value == NEUTRAL[name]):
            self.spelled(place, name, "not read here; it forbids nothing")
        else:
            notes.append(constraint(name, value))
            self.report(place, name, "no such constraint here; told in the description")

    def _shape(self, out: Json, path: Path, is_root: bool, everything: bool) -> None:
        """What the server asks of whole nodes."""
        if everything:
            return
        subset = self.subset
        if is_root and subset.root is not None and type(out.get("type")) is list:
            out["type"] = "object" if "object" in out["type"] else next(iter(out["type"]), "object")
            self.report((*path, "type"), "type", "one type at the root")
        if subset.branches and "type" in out and type(out.get("anyOf")) is list:
            kind = out.pop("type")
            out["anyOf"] = [
                {"type": kind, **branch} if type(branch) is dict and "type" not in branch and "$ref" not in branch else branch
                for branch in out["anyOf"]
            ]
            self.spelled(path, "type", "inside each alternative")
        if subset.required and _wants_required(out):
            out["required"] = [next(iter(out["properties"]))]
            self.report(path, "required", "an object requires a member here: the first")


def _constant(keywords: Json) -> Json:
    """`const`, which flattening writes as an enum of one."""
    if "const" not in keywords:
        return keywords
    values = keywords["enum"]
    return {
        ("const" if name == "enum" and len(values) == 1 else name): (values[0] if name == "enum" and len(values) == 1 else value)
        for name, value in keywords.items() if name != "const"
    }  # fmt: skip
