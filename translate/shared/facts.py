"""What a model accepts: one table of data per provider, matched by name pattern, the caller's facts over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from translate.errors import InvalidDocument, kind_of
from translate.leg import Leg

Rows = Sequence[tuple[str, Mapping[str, Any]]]


def look_up(rows: Rows, leg: Leg, model: str) -> Mapping[str, Any]:
    """
    Facts of a model: the first row whose pattern matches its bare name, then `Options.model_facts` over it.

    A pattern is a name or a `prefix*`, tried in the table's order; the last row `*` is the newest behaviour, which a model
    nobody has heard of gets. No list of models is a gate.
    """
    name = bare(model)
    facts: Mapping[str, Any] = next((facts for pattern, facts in rows if matches(pattern, name)), {})
    own = leg.options.model_facts
    if own:
        found = {key: value for pattern, more in own.items() if matches(pattern, name) or matches(pattern, model)
                 for key, value in more.items()}  # fmt: skip
        if found:
            for name, value in found.items():
                _check(rows, name, value)
            return {**facts, **found}
    return facts


def _check(rows: Rows, name: str, value: Any) -> None:
    """Refuses a fact of another type than the table has it in; lists are as good as the table's own."""
    known = {_shape(facts[name]) for _, facts in rows if name in facts}
    if known and _shape(value) not in known:
        raise InvalidDocument(
            format="options", kind="model_facts", path="", expected=f"{name}: {' | '.join(sorted(known))}", got=kind_of(value),
            status_hint=500,
        )  # fmt: skip


def _shape(value: Any) -> str:
    if isinstance(value, (list, tuple, frozenset, set)):
        return "array of strings" if all(type(item) is str for item in value) else "array"
    return kind_of(value)


def matches(pattern: str, name: str) -> bool:
    """`prefix*`, `*infix*` or the whole name."""
    if pattern[-1:] != "*":
        return pattern == name
    if pattern[:1] == "*" and len(pattern) > 1:
        return pattern[1:-1] in name
    return name.startswith(pattern[:-1])


def bare(model: str) -> str:
    """The model's own name: without routing prefixes (`vendor/`, `us.anthropic.`), in lower case."""
    name = model.rsplit("/", 1)[-1].lower()
    _, dot, tail = name.rpartition("anthropic.")
    return tail if dot else name
