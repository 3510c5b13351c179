"""JSON Schemas of the unified documents, from the types in `translate.unified`: what they say is what `translate.check` checks."""

from __future__ import annotations

import types
from typing import Any, Literal, Union, get_args, get_origin

from scripts.schemas.words import (
    ANY,
    BOOLEAN,
    INTEGER,
    NUMBER,
    STRING,
    Schema,
    array,
    document,
    either,
    mapping,
    null,
    record,
    ref,
)
from translate import unified
from translate.check import members_of, words_of

PLAIN = {str: STRING, int: INTEGER, float: NUMBER, bool: BOOLEAN, Any: ANY}
ROOTS: dict[str, Any] = {
    "request": unified.UnifiedRequest,
    "response": unified.UnifiedResponse,
    "event": unified.UnifiedEvent,
    "error": unified.UnifiedError | list[unified.UnifiedError],
}


def schemas() -> dict[str, Schema]:
    return {f"unified.{kind}": _document(kind, root) for kind, root in ROOTS.items()}


def _document(kind: str, root: Any) -> Schema:
    definitions: dict[str, Schema] = {}
    schema = _schema(root, definitions)
    if "$ref" in schema:
        schema = definitions.pop(root.__name__)
    return document(schema, f"unified {kind}", dict(sorted(definitions.items())))


def _schema(annotation: Any, definitions: dict[str, Schema]) -> Schema:
    if annotation in PLAIN:
        return PLAIN[annotation]
    if hasattr(annotation, "__required_keys__"):
        return _record(annotation, definitions)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if hasattr(annotation, "__metadata__"):
        mark = annotation.__metadata__[0]
        if isinstance(mark, unified.OneOf):
            return _told_by(mark, arguments[0], definitions)
        return {**_schema(arguments[0], definitions), "minItems": 1}
    if origin in (types.UnionType, Union):
        given = [_schema(one, definitions) for one in arguments if one is not type(None)]
        schema = given[0] if len(given) == 1 else either(*given)
        return null(schema) if type(None) in arguments else schema
    if origin is list:
        return array(_schema(arguments[0], definitions))
    if origin is dict:
        return mapping(_schema(arguments[1], definitions)) if arguments[1] is not Any else {"type": "object"}
    if origin is Literal:
        return {"const": arguments[0]}
    raise TypeError(f"no schema for {annotation!r}")


def _record(typed: Any, definitions: dict[str, Schema]) -> Schema:
    if typed.__name__ not in definitions:
        members = members_of(typed)
        properties = {name: _schema(hint, definitions) for name, (hint, _) in members.items()}
        definitions[typed.__name__] = record(properties, " ".join(name for name, (_, must) in members.items() if must))
    return ref(typed.__name__)


def _told_by(mark: unified.OneOf, union: Any, definitions: dict[str, Schema]) -> Schema:
    """If/then by the telling member; without one, by which alternative's own word is a member, as in `translate.check`."""
    words = words_of(mark, union)
    other = words.pop("")
    key = mark.key
    rest: Schema = _schema(other, definitions)
    if mark.by_member:
        untold: Schema = {"properties": {key: {"type": "null"}}}
        for word, one in reversed(words.items()):
            rest = {
                "if": {**untold, "required": [word], "not": {"properties": {word: {"type": "null"}}}},
                "then": _schema(one, definitions),
                "else": rest,
            }
    for word, one in reversed(words.items()):
        rest = {
            "if": {"type": "object", "required": [key], "properties": {key: {"const": word}}},
            "then": _schema(one, definitions),
            "else": rest,
        }
    return rest
