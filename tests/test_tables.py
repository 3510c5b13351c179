"""Every unified request field has its rule in every format, and the catalogue says what the rules say."""

from __future__ import annotations

from typing import Any

import pytest

import translate
from translate.catalogue import request_fields
from translate.check import members_of
from translate.registry import ROWS
from translate.shared.fields import Copy, Handled, Rename, Unsupported
from translate.unified import UnifiedRequest

FIELDS = set(members_of(UnifiedRequest)) - {"prompt_cache_breakpoint"}  # an alias, upgraded before any table is asked


@pytest.mark.parametrize("name", ROWS)
def test_every_request_field_has_a_rule(name: str) -> None:
    # A format may read more: its own names at the top level, as aliases of its bag.
    assert set(request_fields(ROWS[name])) >= FIELDS


@pytest.mark.parametrize("name", ROWS)
def test_rules_say_why(name: str) -> None:
    for field, rule in request_fields(ROWS[name]).items():
        assert isinstance(rule, (Copy, Rename, Handled, Unsupported)), field
        if isinstance(rule, Unsupported):
            assert rule.reason, field
            assert rule.scope in ("content", "behaviour", "envelope"), field


def test_the_catalogue_lists_every_format() -> None:
    found = translate.formats()
    assert [info.name for info in found] == list(ROWS)
    for info in found:
        assert set(info.support) == FIELDS
        assert info.documents == ("request", "response", "event", "error")


def test_the_catalogue_names_the_facts_of_models() -> None:
    facts: dict[str, Any] = {info.name: info.model_facts for info in translate.formats()}
    assert "reasoning" in facts["openai"]
    assert facts["unified"] == ()
