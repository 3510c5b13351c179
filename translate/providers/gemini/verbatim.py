"""
The JSON Schema way: `parametersJsonSchema` and `responseJsonSchema` take a schema as it is.

Source: Gemini API, "Structured output", JSON Schema support.
"""

from __future__ import annotations

from translate.errors import Path
from translate.leg import Json
from translate.shared.schema_references import NOISE, Report, resolve

# Keywords that `parametersJsonSchema` and `responseJsonSchema` document.
_ENFORCED = frozenset((
    "type", "title", "description", "enum", "format", "minimum", "maximum", "minItems", "maxItems", "required",
    "propertyOrdering", "$id", "$anchor", "$ref",
))  # fmt: skip

_SILENT = NOISE | {"default", "example", "nullable"}  # they forbid nothing

_LEAF = (_ENFORCED | _SILENT) - {"$ref"}  # nodes of these alone pass as they are

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
        report = _told_at_reference(report, schema, path)
        out, inside = _inlined(schema, whole, report, path, inside)
    changed: Json = {}
    for name, value in out.items():
        if name in _ENFORCED:
            continue
        if name in _SCHEMAS_BY_NAME:
            if type(value) is dict:
                inner = value
                for key, child in value.items():
                    if type(child) is dict and not _LEAF.issuperset(child):
                        fresh = _pass(child, whole, report, (*path, name, key), inside)
                        if fresh is not child:
                            if inner is value:
                                inner = dict(value)
                            inner[key] = fresh
                if inner is not value:
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


def _told_at_reference(report: Report, schema: Json, path: Path) -> Report:
    """What the target of a reference brings is told where the reference stands."""

    def told(where: Path, feature: str, note: str) -> None:
        own = where[len(path) :]
        report(where if own and own[0] in schema else (*path, "$ref"), feature, note)

    return told


def _inlined(
    schema: Json, whole: Json, report: Report, path: Path, inside: frozenset[str]
) -> tuple[Json, frozenset[str]]:
    """A reference with siblings, which the server refuses -> its target with the siblings over it."""
    reference = schema["$ref"]
    if type(reference) is str and reference in inside:
        for name in schema:
            if name[:1] != "$" and name != "definitions":
                report((*path, name), name, "nothing may stand beside a recursive reference")
        return {name: value for name, value in schema.items() if name[:1] == "$"}, inside
    target = resolve(whole, reference) if type(reference) is str else None
    rest = {name: value for name, value in schema.items() if name != "$ref"}
    if target is None:
        report((*path, "$ref"), "$ref", "no such definition")
        return rest, inside
    report((*path, "$ref"), "$ref", "nothing may stand beside a reference: its target in its place")
    made = {**target, **rest}
    if "$ref" in made:  # the target refers on
        return _inlined(made, whole, report, path, inside | {reference})
    return made, inside | {reference}
