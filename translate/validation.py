"""
Documents against the JSON Schema of their format: for tests, tools and people. Conversions do not use it (it is slow).

The schemas are data files, `translate/schemas/<format>.<kind>.json`, written by `python -m scripts.schemas`. They follow what the
provider itself refuses, as far as types, names and ranges go. A schema inside a document (of a tool, of an output format) is
data: nothing in it is followed, and no reference leads out of a schema file.
"""

from __future__ import annotations

import importlib
import math
from functools import cache
from typing import Any, NamedTuple

from translate.errors import InvalidDocument, UnknownFormat, kind_of, pointer
from translate.registry import DOCUMENTS, find

TOO_DEEP = "nested too deeply to be checked"
TOO_LONG = "holds a number too long to be checked"

# Formats with schema files of their own, and whose files the others use.
OWN = (
    "unified", "openai", "openai-responses", "anthropic", "anthropic-vertex", "anthropic-bedrock", "gemini", "vertex", "cohere",
    "mistral", "ollama", "bedrock", "compatible",
)  # fmt: skip
PACKAGE_SCHEMA = {"openai_compatible": "compatible"}  # OpenAI's chat form with whatever a server adds to it


class Problem(NamedTuple):
    """One thing wrong: a JSON pointer into the document, and what is wrong there."""

    path: str
    message: str


def validate(body: object, *, format: str, kind: str) -> list[Problem]:
    """
    What the JSON Schema of a format objects to; an empty list for a right document.

    kind: request, response, event (one element of a stream) or error.
    Raises: UnknownFormat; InvalidDocument for a kind that is none of the four.
    """
    validator = _validator(_schema_name(format), _known(kind, format))
    try:
        # One error for each missing member, but the problem names all that are missing.
        return list(dict.fromkeys(_problem(_meant(error)) for error in validator.iter_errors(body)))
    except RecursionError:
        return [Problem("", TOO_DEEP)]
    except ValueError:  # Python writes no number of more than some thousand digits, jsonschema's messages would
        return [Problem("", TOO_LONG)]


def _schema_name(format: object) -> str:
    """Whose schema files hold for a format."""
    row = find(format)
    name = row.name if row.name in OWN else PACKAGE_SCHEMA.get(row.package)
    if name is None:
        raise UnknownFormat(f"{row.name} (no JSON Schema)")
    return name


def _known(kind: object, format: str) -> str:
    if isinstance(kind, str) and kind in DOCUMENTS:
        return kind
    raise InvalidDocument(
        format=format,
        kind=str(kind),
        path="",
        expected=f"a kind of {', '.join(DOCUMENTS)}",
        got=repr(kind),
        status_hint=400,
    )


@cache
def _validator(name: str, kind: str) -> Any:
    import json
    import pkgutil

    from referencing import Registry

    # Imported by name: it has no types of its own, and the stubs that there are elsewhere are not needed to run the checks.
    jsonschema = importlib.import_module("jsonschema")
    draft = jsonschema.Draft202012Validator
    checker = draft.TYPE_CHECKER.redefine("number", _is_number).redefine("integer", _is_integer)
    content = pkgutil.get_data("translate", f"schemas/{name}.{kind}.json")
    assert content is not None  # the package's own file; a loader without data can not have loaded this module
    dialect = jsonschema.validators.extend(draft, type_checker=checker)
    return dialect(json.loads(content), registry=Registry())  # an empty registry retrieves nothing


def _is_number(_: Any, value: object) -> bool:
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and (isinstance(value, int) or math.isfinite(value))
    )


def _is_integer(_: Any, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _meant(error: Any) -> Any:
    """Of a union's errors the one that speaks of the alternative meant: the deepest."""
    while error.context:
        deepest = max(error.context, key=lambda one: len(one.absolute_path))
        if len(deepest.absolute_path) <= len(error.absolute_path):
            break
        error = deepest
    return error


def _problem(error: Any) -> Problem:
    return Problem(pointer(error.absolute_path), _message(error))


def _message(error: Any) -> str:
    """One line without the document's own content, which may be a megabyte of base64."""
    keyword, wanted, value = str(error.validator), error.validator_value, error.instance
    if keyword == "type":
        return f"expected {_list(wanted)}, got {kind_of(value)}"
    if keyword == "required":
        return f"member missing: {', '.join(name for name in wanted if name not in value)}"
    if keyword == "additionalProperties" and wanted is False:
        known = error.schema.get("properties", {})
        return f"unknown member: {', '.join(str(name) for name in value if name not in known)}"
    if keyword in ("enum", "const"):
        return f"expected {_list(wanted)}, got {_short(value)}"
    if keyword == "anyOf":
        return f"expected {' or '.join(dict.fromkeys(_alternative(one) for one in wanted))}, got {_short(value)}"
    if keyword in ("minimum", "maximum", "pattern"):
        return f"expected {keyword} {wanted}, got {_short(value)}"
    if keyword in _BOUNDS:
        return f"expected {_BOUNDS[keyword]} {wanted}, got {len(value)}"
    return f"{keyword}: {_short(value)} does not fit"


_BOUNDS = {
    "minItems": "at least as many members as",
    "maxItems": "at most as many members as",
    "minProperties": "at least as many members as",
    "maxProperties": "at most as many members as",
    "minLength": "a length of at least",
    "maxLength": "a length of at most",
}


def _list(wanted: Any) -> str:
    words = [_short(one) for one in wanted] if isinstance(wanted, list) else [_short(wanted)]
    return " or ".join(words if len(words) <= 12 else [*words[:12], "..."])


def _alternative(schema: Any) -> str:
    told = schema.get("type") or schema.get("enum") or schema.get("const") or "object"
    return _list(told)


def _short(value: object) -> str:
    if isinstance(value, str):
        return value if len(value) <= 40 else value[:37] + "..."
    return (
        str(value).lower()
        if isinstance(value, bool)
        else str(value)
        if isinstance(value, (int, float))
        else kind_of(value)
    )
