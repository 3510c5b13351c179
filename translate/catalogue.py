"""What the library knows of each format: documents, directions, and what becomes of every unified request field there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from translate.registry import DOCUMENTS, ROWS, Format
from translate.shared.fields import Copy, Handled, Rename, Rule, Table


class FormatInfo(NamedTuple):
    """
    One format. documents: request, response, event, error. directions: to_unified and to_native.

    key: of its bag `extra_content.<key>`. support: unified request field -> `kept` (same name), `renamed`, `mapped`,
    `approximated`, `emulated`, or `dropped: <reason>`. model_facts: names of the facts `Options.model_facts` can say.
    """

    name: str
    key: str
    documents: tuple[str, ...]
    directions: tuple[str, ...]
    support: Mapping[str, str]
    model_facts: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "name": self.name, "key": self.key, "documents": list(self.documents), "directions": list(self.directions),
            "support": dict(self.support), "model_facts": list(self.model_facts),
        }  # fmt: skip


def formats() -> list[FormatInfo]:
    """Every format in the order of the registry."""
    return [
        FormatInfo(row.name, row.key, DOCUMENTS, ("to_unified", "to_native"), _support(row), _facts(row))
        for row in ROWS.values()
    ]


def request_fields(row: Format) -> Table:
    """The table of unified request fields of a format: its spoke's, or that of its dialect."""
    if row.package == "openai_compatible":
        from translate.providers.openai_compatible.dialects import fields_of

        return fields_of(row.name)
    table: Table = row.module("tables").REQUEST_FIELDS
    return table


def _support(row: Format) -> dict[str, str]:
    from translate.providers.hub.tables import FIELDS

    table = request_fields(row)
    return {name: _word(table[name]) for name in FIELDS}


def _word(rule: Rule) -> str:
    if isinstance(rule, Copy):
        return "kept"
    if isinstance(rule, Rename):
        return "renamed"
    if isinstance(rule, Handled):
        return rule.note
    return f"dropped: {rule.reason}"


def _facts(row: Format) -> tuple[str, ...]:
    if row.package == "openai_compatible":
        from translate.providers.openai_compatible.dialects import ROWS as DIALECTS

        rows = DIALECTS[row.name].facts
    else:
        rows = getattr(row.module("tables"), "MODEL_FACTS", ())
    return tuple(sorted({name for _, facts in rows for name in facts}))
