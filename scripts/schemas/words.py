"""A few words in which the schemas are written: each returns a JSON Schema (draft 2020-12)."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

ANY: Schema = {}
STRING: Schema = {"type": "string"}
INTEGER: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
BOOLEAN: Schema = {"type": "boolean"}
OBJECT: Schema = {"type": "object"}


def at_least(minimum: int, base: Schema = INTEGER) -> Schema:
    return {**base, "minimum": minimum}


def between(minimum: float, maximum: float, base: Schema = NUMBER) -> Schema:
    return {**base, "minimum": minimum, "maximum": maximum}


def text(minimum: int = 0, maximum: int | None = None, pattern: str | None = None) -> Schema:
    bounds: Schema = {"minLength": minimum, "maxLength": maximum, "pattern": pattern}
    return {**STRING, **{name: bound for name, bound in bounds.items() if bound}}


def enum(words: str, more: tuple[Any, ...] = ()) -> Schema:
    return {"enum": [*words.split(), *more]}


def const(word: Any) -> Schema:
    return {"const": word}


def array(items: Schema, minimum: int = 0, maximum: int | None = None) -> Schema:
    schema: Schema = {"type": "array"} if items == ANY else {"type": "array", "items": items}
    if minimum:
        schema["minItems"] = minimum
    if maximum is not None:
        schema["maxItems"] = maximum
    return schema


def mapping(values: Schema, maximum: int | None = None, names: Schema | None = None) -> Schema:
    schema: Schema = {"type": "object", "additionalProperties": values}
    if maximum is not None:
        schema["maxProperties"] = maximum
    if names is not None:
        schema["propertyNames"] = names
    return schema


def record(members: dict[str, Schema], required: str = "", closed: bool = False) -> Schema:
    """An object; a closed one takes no other members."""
    schema: Schema = {"type": "object"}
    if required:
        schema["required"] = required.split()
    if members:
        schema["properties"] = members
    if closed:
        schema["additionalProperties"] = False
    return schema


def null(schema: Schema) -> Schema:
    """The same, or null."""
    if not schema:
        return schema
    kind = schema.get("type")
    if isinstance(kind, str) and not {"enum", "const"} & set(schema):
        return {**schema, "type": [kind, "null"]}
    if isinstance(kind, list):
        if "null" in kind:
            return schema
        return {**schema, "type": [*kind, "null"]}
    if set(schema) == {"enum"}:
        if None in schema["enum"]:
            return schema
        return {"enum": [*schema["enum"], None]}
    if set(schema) == {"anyOf"}:
        if {"type": "null"} in schema["anyOf"]:
            return schema
        return {"anyOf": [*schema["anyOf"], {"type": "null"}]}
    return {"anyOf": [schema, {"type": "null"}]}


def nullable(members: dict[str, Schema], but: str = "") -> dict[str, Schema]:
    """Members that may all be null, but for the named ones."""
    return {name: schema if name in but.split() else null(schema) for name, schema in members.items()}


def either(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def told_by(key: str, alternatives: dict[str, Schema], other: Schema | None = None, required: bool = True) -> Schema:
    """
    An object whose member `key` tells which schema holds; `other` for words that are not in the table, `None`: no such word.

    If/then for each word, not anyOf: the errors are those of the one alternative meant.
    """
    schema: Schema = {"type": "object"}
    words = list(alternatives)
    told: list[Schema] = [
        {"if": {"required": [key], "properties": {key: {"const": word}}}, "then": alternative}
        for word, alternative in alternatives.items()
    ]
    if required:
        schema["required"] = [key]
    if other is None:
        schema["properties"] = {key: {"enum": words}}
    else:
        schema["properties"] = {key: STRING if required else null(STRING)}
        told.append({"if": {"required": [key], "properties": {key: {"enum": words}}}, "else": other})
    schema["allOf"] = told
    return schema


def document(schema: Schema, title: str, definitions: dict[str, Schema] | None = None) -> Schema:
    """The whole file."""
    whole: Schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **schema}
    if definitions:
        whole["$defs"] = definitions
    return whole
