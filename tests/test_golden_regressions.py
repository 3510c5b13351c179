"""Mistakes that translators of this kind make: each is a case that holds here."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import regression_cases
from translate.registry import ROWS

EXAMPLES = regression_cases.examples()


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_case_holds(example: regression_cases.Example) -> None:
    before = json.dumps(example.data["input"])
    outcome = regression_cases.run(example.data)
    reasons = [regression_cases.broken(claim, example.data, outcome) for claim in example.data["holds"]]
    assert [reason for reason in reasons if reason] == []
    assert json.dumps(example.data["input"]) == before


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_case_is_well_formed(example: regression_cases.Example) -> None:
    """Every key is known, every claim can fail."""
    data = example.data
    assert set(data) <= regression_cases.KEYS
    assert {data["source"], data["target"]} <= set(ROWS)
    assert data["direction"] in ("request", "response", "stream", "error")
    assert data["shows"] and data["rule"] and data["doc"].startswith("https://")
    assert data["holds"]
    for claim in data["holds"]:
        words = set(claim) - {"path", "of"}
        if not words & set(regression_cases.ABOUT_THE_RUN):
            assert claim["path"] is not None and words and words <= set(regression_cases.CLAIMS), claim
        elif "loss" in claim:
            assert set(claim) <= {"loss", "kind", "scope", "path", "target"}, claim


DOCUMENT: dict[str, Any] = {"a": [{"b": "x"}, {"b": "y", "c": {"b": "z"}}], "n": 3}


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ({"path": "/a/0/b", "equals": "x"}, True),
        ({"path": "/a/0/b", "equals": "y"}, False),
        ({"path": "/a/0/q", "equals": None}, False),
        ({"path": "/a/*/b", "equals": ["x", "y"]}, True),
        ({"path": "/a/-1/b", "equals": "y"}, True),
        ({"path": "/a/**/b", "count": 3}, True),
        ({"path": "/a/**/b", "count": 2}, False),
        ({"path": "/a", "length": 2}, True),
        ({"path": "/a/0/b", "absent": True}, False),
        ({"path": "/a/0/q", "absent": True}, True),
        ({"path": "/a/0/q", "absent": False}, False),
        ({"path": "/a/*/b", "matches": "^[xy]$"}, True),
        ({"path": "/a/*/q", "matches": "^[xy]$"}, False),
        ({"path": "/a/*/b", "joined": "xy"}, True),
        ({"path": "/a/*/b", "distinct": True}, True),
        ({"path": "/a/*/b", "alike": True}, False),
        ({"path": "/a/0/b", "same_as": "/a/1/b"}, False),
        ({"path": "/a/*/b", "rising": True}, True),
        ({"path": "/n", "rising": True}, False),
        ({"path": "/a/0/b", "same_as": "/a/0/b"}, True),
        ({"path": "/n", "between": [1, 3]}, True),
        ({"path": "/n", "between": [4, 9]}, False),
        ({"path": "/n", "among": [1, 2]}, False),
        ({"path": "/a", "contains": "z"}, True),
        ({"path": "/a", "lacks": "z"}, False),
        ({"loss": "seed"}, False),
        ({"raises": "."}, False),
    ],
)
def test_claims_can_fail(claim: dict[str, Any], holds: bool) -> None:
    outcome = regression_cases.Outcome(DOCUMENT, [], None, {})
    assert (regression_cases.broken(claim, {"target": "unified"}, outcome) is None) is holds
