"""
A function's parameters <-> the two fields that take them: `parameters` (the OpenAPI subset) and `parametersJsonSchema`.

Source: Gemini API reference, "FunctionDeclaration".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini.config import default_form
from translate.providers.gemini.schema import from_native, to_subset
from translate.providers.gemini.subset import plain_from_subset, plain_to_subset, says_nothing
from translate.providers.gemini.verbatim import passed
from translate.scrubbing import is_clean
from translate.shared import bag
from translate.shared.schema_references import resolve


def plain_to_unified(field: str, value: Json, function: Json, key: str, facts: Mapping[str, Any]) -> bool:
    """Sets `parameters` of a unified function; False where this is no field for them, or the schema needs more thought."""
    if field == "parameters":
        empty = says_nothing(value) and None not in value.values()
        schema, form = ({**value, "type": "object"} if empty else plain_from_subset(value)), "openapi"
    else:
        clean = field == "parametersJsonSchema" and is_clean([[[[[value]]]]])  # as deep as it stands
        schema, form = value if clean else None, "json"
    if schema is None:
        return False
    function["parameters"] = schema
    if default_form(facts) != form:
        bag.put(function, key, "schema", form)
    return True


def subset_to_unified(held: Any, function: Json, leg: Leg, path: Path, facts: Mapping[str, Any]) -> None:
    """`parameters` -> JSON Schema; the bag says that it was the subset, and keeps it where it would not come out the same."""
    if type(held) is not dict:
        leg.invalid(path, "object", held)
    key = leg.row.key
    if "parameters" in function:
        bag.put(function, key, "parameters_json_schema", function["parameters"])
        function.get("extra_content", {}).get(key, {}).pop("schema", None)
    plain = plain_from_subset(held)
    if plain is not None:
        function["parameters"] = plain
        if default_form(facts) != "openapi":
            bag.put(function, key, "schema", "openapi")
        return
    _, function["parameters"], exact = from_native(held, leg.row.variant, integer_enum=facts["integer_enum"])
    if not exact:
        bag.put(function, key, "parameters", held)
    elif default_form(facts) != "openapi":
        bag.put(function, key, "schema", "openapi")


def to_native(
    schema: Json, own: Json, native: Json, leg: Leg, path: Path, facts: Mapping[str, Any]
) -> None:
    """One of the two fields for parameters; see schema.py for both ways."""

    def report(where: Path, feature: str, note: str) -> None:
        leg.losses.add("approximated", "behaviour", feature, where, note)

    verbatim = own.get("parameters")
    if type(verbatim) is dict:
        again, said, _ = from_native(verbatim, leg.row.variant, integer_enum=facts["integer_enum"])
        if said == schema:
            native["parameters"] = again
            return
        bag.stale(leg, path[:-1], "parameters")
    if not schema:
        return
    form = own.get("schema") if own.get("schema") in ("json", "openapi") else default_form(facts)
    if type(verbatim) is dict or form == "openapi":
        plain = plain_to_subset(schema) if "properties" in schema else None
        if plain is not None and "properties" in plain:
            native["parameters"] = plain
            return
        empty = says_nothing(schema, "object")
        subset, exact = (None, False) if empty else to_subset(schema, report, path, integer_enum=facts["integer_enum"])
        if subset is not None:
            native["parameters"] = subset
            if not exact:
                leg.losses.add("approximated", "envelope", "parameters", path, "written in the subset of the schema language")
        elif schema.get("properties"):
            leg.losses.add("dropped", "behaviour", "parameters", path, "nothing left that can be said here")
        else:
            leg.losses.add("approximated", "envelope", "parameters", path, "no parameters; left out")
        return
    rooted = _object_root(schema, report, path)
    if rooted is None:
        leg.losses.add("dropped", "behaviour", "parameters", path, "parameters are an object")
        return
    native["parametersJsonSchema"] = passed(rooted, report, path)


def _object_root(schema: Json, report: Callable[[Path, str, str], None], path: Path) -> Json | None:
    """The schema with `type: object` at its root, which arguments are."""
    kind = schema.get("type")
    if kind == "object":
        return schema
    if kind is None or (type(kind) is list and "object" in kind):
        report((*path, "type") if kind is not None else path, "type", "arguments are an object")
        reference = schema.get("$ref")
        if type(reference) is str:
            target = resolve(schema, reference)
            if target is not None and target.get("type") == "object":
                return {**target, **{name: value for name, value in schema.items() if name != "$ref"}}
        return {"type": "object", **{name: value for name, value in schema.items() if name != "type"}}
    return None
