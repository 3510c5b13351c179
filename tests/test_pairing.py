"""
Calls and results of a history in every order that a few turns can have: what goes out is taken by the provider (the oracles), and
nothing that was said is left out.
"""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest

import translate
from tests.oracles import oracle_for
from translate.registry import ROWS

Json = dict[str, Any]
TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {"n": {"type": "integer"}}}}}
    for name in ("first", "second")
]


def _asks(*names: str) -> Json:
    calls = [{"id": f"call_{name}", "type": "function", "function": {"name": name, "arguments": '{"n":7}'}} for name in names]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def _result(name: str) -> Json:
    return {"role": "tool", "tool_call_id": f"call_{name}", "content": f"result of {name}"}


PIECES: tuple[Json, ...] = (
    {"role": "user", "content": "and what a user says"}, {"role": "assistant", "content": "and what is answered"},
    _asks("first"), _asks("second"), _asks("first", "second"), _result("first"), _result("second"),
)  # fmt: skip


def _said(pieces: tuple[Json, ...]) -> list[str]:
    """The texts that have to be there."""
    return [piece["content"] for piece in pieces if piece["content"]]


@pytest.mark.parametrize("format", [name for name in ROWS if name not in ("unified", "compatible")])
def test_every_order_of_calls_and_results_is_taken(format: str, deep: bool) -> None:
    oracle = oracle_for(format)
    refused: list[str] = []
    count = 0
    for length in range(5 if deep else 4):
        for pieces in product(PIECES, repeat=length):
            request = {
                "model": "some-model", "max_completion_tokens": 64, "tools": TOOLS,
                "messages": [{"role": "user", "content": "Hello"}, *pieces],
            }  # fmt: skip
            before = json.dumps(request)
            made = translate.convert_request(request, target=format)
            count += 1
            text = json.dumps(made.value)
            problems = oracle.problems(made.value, "request", model=made.route.get("model"), route=made.route)
            missing = [said for said in _said(pieces) if text.count(said) < _said(pieces).count(said)]
            if problems or missing or json.dumps(request) != before:
                turns = [piece["role"] + str(len(piece.get("tool_calls", ()))) for piece in pieces]
                refused.append(f"{turns}: {problems[:2]} {missing}")
    assert count == (2801 if deep else 400)
    assert not refused, "\n".join([f"{len(refused)} of {count}", *refused[:12]])
