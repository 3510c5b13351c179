"""The one spelling of a document, for comparing. Not a conversion: nothing is repaired and nothing of meaning is dropped."""

from __future__ import annotations

from typing import Any

from translate.errors import InvalidDocument, kind_of
from translate.leg import Json
from translate.places import nearest
from translate.registry import DOCUMENTS, find


def canonical(document: Any, *, format: str, kind: str) -> Json:
    """
    Document -> the same in one spelling: no nulls, empty lists, documented defaults or padding; aliases, enum cases and
    shorthands in their one long form; JSON held in `arguments` parsed. Schemas, metadata and bags stay as they are.

    kind: request, response, event or error. Raises: UnknownFormat, InvalidDocument.
    """
    row = find(format)
    if kind not in DOCUMENTS:
        raise InvalidDocument(format=format, kind=str(kind), path="", expected=" | ".join(DOCUMENTS), got=repr(kind))
    if type(document) is not dict and not (kind == "error" and type(document) is list):
        raise InvalidDocument(format=format, kind=kind, path="", expected="object", got=kind_of(document))
    try:
        value: Json = row.module("canonical").canonical(document, kind, row)
    except InvalidDocument as error:
        error.path = nearest(document, error.path)
        raise
    except RecursionError:
        raise InvalidDocument(
            format=format, kind=kind, path="", expected="less nesting", got="a document nested too deeply"
        ) from None
    return value
