"""Schemas as a server reads them: what stays, what is spelled otherwise, what is told in words, and what the losses say of it."""

from __future__ import annotations

import copy
import json
import re
import socket
import time
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from tests import checks
from translate.shared.schema_subset import GRAMMAR, Subset, changes, fit, is_read, unread

Json = dict[str, Any]
SMALL = Subset(
    keywords=frozenset(("type", "description", "properties", "required", "items", "enum", "anyOf", "format", "pattern", "$ref", "$defs")),
    formats=frozenset(("date",)),
    patterns=re.compile(r"\^"),
)
FLAT = replace(SMALL, references=False)
STRUCT = Subset(
    keywords=frozenset(("type", "description", "properties", "required", "items", "enum", "anyOf")),
    root=frozenset(("type", "properties", "required", "items")),
    open=frozenset(("items",)),
    references=False,
    keeps=True,
)
TREE: Json = {
    "type": "object",
    "properties": {"root": {"$ref": "#/$defs/node"}},
    "$defs": {"node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}, "size": {"type": "integer", "minimum": 1}}}},
}


def fitted(schema: Json, subset: Subset) -> tuple[Json, list[str], list[tuple[str, str, str]]]:
    """The schema, what is told beside it, and the losses as (scope, feature, pointer)."""
    before = copy.deepcopy(schema)
    told: list[tuple[str, str, str]] = []
    out, untold = fit(schema, subset, lambda scope, path, feature, note: told.append((scope, feature, "/".join(map(str, path)))), ())
    assert schema == before
    return out, untold, told


@pytest.mark.parametrize(
    ("node", "expected", "losses"),
    [
        ({"type": "integer", "minimum": 1}, {"type": "integer", "description": "Constraint: minimum 1."}, ["behaviour minimum"]),
        ({"type": "string", "format": "date"}, {"type": "string", "format": "date"}, []),
        (
            {"type": "string", "format": "email", "description": "Mail."},
            {"type": "string", "description": "Mail. Constraint: format email."},
            ["behaviour format"],
        ),
        ({"type": "string", "pattern": "^a"}, {"type": "string", "description": "Constraint: pattern ^a."}, ["behaviour pattern"]),
        ({"type": "string", "pattern": "a+"}, {"type": "string", "pattern": "a+"}, []),
        ({"const": 3}, {"enum": [3]}, ["envelope const"]),
        ({"const": None}, {"enum": [None]}, ["envelope const"]),
        (
            {"oneOf": [{"type": "string"}, {"type": "null"}]},
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
            ["envelope oneOf"],
        ),
        (
            {"oneOf": [{"type": "string"}, {"enum": ["a"]}]},
            {"anyOf": [{"type": "string"}, {"enum": ["a"]}]},
            ["behaviour oneOf"],
        ),
        (
            {"allOf": [{"type": "object", "properties": {"a": {"type": "string"}}}, {"required": ["a"]}]},
            {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
            ["envelope allOf"],
        ),
        ({"type": "object", "additionalProperties": False}, {"type": "object"}, ["behaviour additionalProperties"]),
        ({"type": "object", "additionalProperties": True}, {"type": "object"}, ["envelope additionalProperties"]),
        ({"type": "array", "uniqueItems": False}, {"type": "array"}, ["envelope uniqueItems"]),
        ({"type": "string", "title": "A", "default": "x"}, {"type": "string"}, ["envelope title", "envelope default"]),
        (True, {}, ["behaviour schema"]),
        ({"$ref": "https://example.com/a.json"}, {}, ["behaviour $ref"]),
        ({"$ref": "#/$defs/none"}, {}, ["behaviour $ref"]),
        ({"$ref": "#anchor"}, {}, ["behaviour $ref"]),
    ],
    ids=lambda value: json.dumps(value)[:40],
)
def test_one_node(node: Any, expected: Json, losses: list[str]) -> None:
    """Each rule alone, below the root."""
    out, untold, told = fitted({"type": "object", "properties": {"x": node}}, SMALL)
    assert out == {"type": "object", "properties": {"x": expected}}
    assert not untold
    words = [f"{scope} {feature}" for scope, feature, _ in told]
    assert [word for word in words if word not in ("envelope description", "envelope $ref")] == losses


def test_a_schema_that_is_read_is_the_same_object() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    assert fit(schema, SMALL, lambda *loss: None, ())[0] is schema
    assert is_read(schema, SMALL) and not changes(schema, SMALL)


def test_a_member_that_may_not_be_there() -> None:
    out, _, told = fitted({"type": "object", "properties": {"a": False, "b": {"type": "string"}}}, SMALL)
    assert out == {"type": "object", "properties": {"b": {"type": "string"}}}
    assert told == [("behaviour", "schema", "properties/a")]


def test_references_stay_where_they_are_read() -> None:
    """Recursion stays recursion; constraints inside a definition are told of once."""
    out, _, told = fitted(TREE, SMALL)
    assert out["properties"]["root"] == {"$ref": "#/$defs/node"}
    assert out["$defs"]["node"]["properties"]["size"] == {"type": "integer", "description": "Constraint: minimum 1."}
    assert [one[:2] for one in told] == [("behaviour", "minimum"), ("envelope", "description")]


def test_definitions_are_named_as_the_server_names_them() -> None:
    old = json.loads(json.dumps(TREE).replace("$defs", "definitions"))
    assert fitted(old, SMALL)[0] == fitted(TREE, SMALL)[0]


def test_references_in_place_where_they_are_not_read() -> None:
    """Recursion is unrolled to a depth, and that is told."""
    out, _, told = fitted(TREE, FLAT)
    assert "$ref" not in json.dumps(out) and "$defs" not in out
    inner = out["properties"]["root"]["properties"]["next"]["properties"]
    assert inner["next"] == {"type": "object"}
    assert ("behaviour", "$ref", "$defs/node/properties/next/$ref") in told


def test_references_in_what_is_open() -> None:
    """Below `items` everything is read, but for references."""
    schema = {
        "type": "object",
        "properties": {"list": {"type": "array", "items": {"allOf": [{"$ref": "#/$defs/n"}], "minimum": 2}}},
        "$defs": {"n": {"type": "integer", "maximum": 9}},
    }
    out, _, _ = fitted(schema, STRUCT)
    assert out["properties"]["list"]["items"] == {"allOf": [{"type": "integer", "maximum": 9}], "minimum": 2}


def test_what_is_skipped_may_stay() -> None:
    """The server skips what it does not read: it stays, is told in words where it forbids something, and reported."""
    schema = {
        "type": "object",
        "title": "T",
        "description": "All of it.",
        "properties": {"n": {"type": "integer", "minimum": 1}},
        "minProperties": 1,
        "additionalProperties": False,
    }
    out, untold, told = fitted(schema, STRUCT)
    assert out == {**schema, "properties": {"n": {"type": "integer", "minimum": 1, "description": "Constraint: minimum 1."}}}
    assert untold == ["All of it.", "Constraint: minProperties 1."]
    assert changes(schema, STRUCT)
    assert not changes({"type": "object", "properties": {}, "additionalProperties": False}, STRUCT)
    assert ("behaviour", "minimum", "properties/n/minimum") in told


def test_one_type_at_the_root_of_a_struct() -> None:
    out, _, told = fitted({"type": ["null", "object"], "properties": {}}, STRUCT)
    assert out["type"] == "object"
    assert told == [("behaviour", "type", "type")]


def test_alternatives_alone() -> None:
    """The type goes into each branch that has none."""
    subset = Subset(refused=frozenset(("prefixItems",)), branches=True)
    schema = {"type": "object", "properties": {"x": {"type": "object", "anyOf": [{"required": ["a"]}, {"type": "object"}]}}}
    out, _, told = fitted(schema, subset)
    assert out["properties"]["x"] == {"anyOf": [{"type": "object", "required": ["a"]}, {"type": "object"}]}
    assert told == [("envelope", "type", "properties/x")]


def test_an_object_requires_a_member() -> None:
    out, _, told = fitted({"type": "object", "properties": {"a": {}, "b": {}}}, Subset(required=True))
    assert out["required"] == ["a"]
    assert told == [("behaviour", "required", "")]


@pytest.mark.parametrize(
    ("node", "names"),
    [
        ({"type": "number", "minimum": 1}, ["minimum"]),
        ({"type": ["integer", "null"], "minimum": 1}, []),
        ({"type": "string", "format": "email"}, ["format"]),
        ({"type": "string", "format": ["date"]}, ["format"]),
        ({"type": "string", "format": "uuid", "pattern": "^a$"}, []),
        ({"type": "string", "pattern": "^a"}, ["pattern"]),
        ({"type": "string", "pattern": "a$"}, ["pattern"]),
        ({"not": {"minimum": 1}}, ["not"]),
        ({"anyOf": [{"uniqueItems": True}], "title": "T"}, ["uniqueItems"]),
    ],
    ids=lambda value: json.dumps(value)[:40],
)
def test_a_grammar_skips(node: Json, names: list[str]) -> None:
    """Nothing is changed; what the grammar does not hold is named where it stands."""
    told: list[tuple[Any, ...]] = []
    schema = {"type": "object", "properties": {"x": node}, "items": True}
    unread(schema, GRAMMAR, lambda *loss: told.append(loss), ("schema",))
    assert [feature for _, _, feature, _ in told] == names
    assert all(path[:3] == ("schema", "properties", "x") for _, path, _, _ in told)


def test_losses_name_every_place_that_differs() -> None:
    """A caller who compares the two schemas finds each difference told."""
    schema = {
        "type": "object",
        "title": "T",
        "properties": {
            "a": {"$ref": "#/$defs/n", "description": "mine"},
            "b": {"oneOf": [{"type": "string", "minLength": 2}, {"type": "null"}], "default": None},
            "c": {"allOf": [{"$ref": "#/$defs/n"}, {"maximum": 3}]},
            "d": {"type": "array", "prefixItems": [{"type": "string"}], "items": False},
        },
        "$defs": {"n": {"type": "integer", "minimum": 1}},
    }
    for subset in (SMALL, FLAT, STRUCT):
        out, _, told = fitted(schema, subset)
        losses = [_Named("/" + pointer) for _, _, pointer in told]
        for difference in checks.expanded(checks.differences(schema, out)):
            assert checks.explained(difference.pointer, losses), (difference, told)


class _Named:
    def __init__(self, path: str) -> None:
        self.path = path


def test_sound() -> None:
    """No value that the original allows is forbidden."""
    schema = {
        "type": "object",
        "properties": {
            "a": {"oneOf": [{"type": "string", "minLength": 2}, {"type": "integer", "multipleOf": 2}]},
            "b": {"allOf": [{"type": "integer", "minimum": 1}, {"enum": [1, 2, 3]}]},
            "c": {"const": "x"},
            "d": {"$ref": "#/$defs/d"},
        },
        "required": ["a"],
        "$defs": {"d": {"type": "array", "items": {"$ref": "#/$defs/d"}, "maxItems": 2}},
    }
    values: list[Json] = [{"a": "ab", "b": 1, "c": "x", "d": [[[[]]], []]}, {"a": 2}, {"a": 4, "d": [], "more": 1}]
    for value in values:
        jsonschema.validate(value, schema)
        for subset in (SMALL, FLAT, STRUCT):
            jsonschema.validate(value, fitted(schema, subset)[0])


def test_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A schema bomb ends at a number of nodes; nothing is fetched."""
    monkeypatch.setattr(socket, "socket", None)
    bomb: Json = {"type": "object", "properties": {"x": {"$ref": "#/$defs/d0"}}, "$defs": {}}
    for level in range(40):
        both = {"$ref": f"#/$defs/d{level + 1}"}
        bomb["$defs"][f"d{level}"] = {"type": "object", "properties": {"a": both, "b": both}}
    bomb["$defs"]["d40"] = {"$ref": "http://localhost/x"}
    started = time.monotonic()
    out, _, told = fitted(bomb, FLAT)
    assert time.monotonic() - started < 10
    assert len(json.dumps(out)) < 1_000_000
    assert any(scope == "behaviour" and feature == "schema" for scope, feature, _ in told)
