"""
Tables of fields: each member of a document is copied, renamed, handled by a named function, or unsupported with a reason.

The converters walk the document's own members, so that one the table does not know can not vanish: it is a loss on the way to
a native form and goes to the bag on the way to unified. The support matrix is made from the same tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from translate.errors import Path
from translate.leg import Json, Leg
from translate.loss import Loss, Scope
from translate.shared import bag


class Copy(NamedTuple):
    """Same name, same value."""


class Rename(NamedTuple):
    """Another name; `convert` makes the native value (it sees no None)."""

    name: str
    convert: Callable[[Any], Any] | None = None


class Handled(NamedTuple):
    """Read by the named function of the spoke; `note` says how for the support matrix (`approximated`, `emulated`, `mapped`)."""

    by: str
    note: str = "mapped"


class Unsupported(NamedTuple):
    """No place at the target. `neutral` values ask for nothing and are documented defaults."""

    reason: str
    scope: Any = "behaviour"
    neutral: tuple[Any, ...] = ()


Rule = Copy | Rename | Handled | Unsupported
Table = Mapping[str, Rule]


def copy_fields(table: Table, request: Json, native: Json, leg: Leg, path: Path = ()) -> None:
    """Unified -> native, for the members that need no function. Losses: unsupported and unknown members dropped."""
    for name, value in request.items():
        rule = table.get(name)
        kind = type(rule)
        if kind is Handled or value is None:
            continue
        if kind is Copy:
            native[name] = value
        elif kind is Rename:
            native[rule.name] = value if rule.convert is None else rule.convert(value)  # type: ignore[union-attr]
        elif kind is Unsupported:
            if not is_neutral(value, rule.neutral):  # type: ignore[union-attr]
                leg.losses.add("dropped", rule.scope, name, (*path, name), rule.reason)  # type: ignore[union-attr]
        else:
            leg.losses.add("dropped", "behaviour", name, (*path, name), "not a field of this format")


def is_neutral(value: Any, neutral: tuple[Any, ...]) -> bool:
    """True for a value that asks for nothing. 0 is not False here."""
    for other in neutral:  # noqa: SIM110  (a generator costs four times as much)
        if type(value) is type(other) and value == other:
            return True
    return False


def collect_fields(table: Table, native: Json, unified: Json, leg: Leg) -> None:
    """Native -> unified, for the members that need no function; a member the table does not know goes to the own bag."""
    for name, value in native.items():
        rule = table.get(name)
        kind = type(rule)
        if kind is Handled or value is None:
            continue
        if kind is Copy:
            unified[name] = value
        elif kind is Rename:
            unified[rule.name] = value if rule.convert is None else rule.convert(value)  # type: ignore[union-attr]
        else:
            bag.put(unified, leg.row.key, name, value)


NO_MEMBER = "not a member of this format"

# Members of messages and parts that steer the model or are bookkeeping, wherever they stand, and say nothing.
SCOPES: dict[str, Scope] = {
    "cache_control": "behaviour", "prompt_cache_breakpoint": "behaviour", "prefix": "behaviour", "name": "envelope",
}  # fmt: skip


def scope_of(name: str) -> Scope:
    """Scope of a member of a message or a part that is lost."""
    return SCOPES.get(name, "content")


def report_rest(
    holder: Json, known: Mapping[str, Any] | frozenset[str], leg: Leg, path: Path, scope: Any = "content",
    reason: str = NO_MEMBER,
) -> None:  # fmt: skip
    """Unified -> native, inner objects: each member that is not known is a loss. None asks for nothing."""
    for name, value in holder.items():
        if name not in known and value is not None:
            leg.losses.add("dropped", scope_of(name) if scope == "content" else scope, name, (*path, name), reason)


def report_once(chunk: Json, known: frozenset[str], told: set[str], leg: Leg) -> None:
    """The same for the chunks of a stream, of what they repeat only the first. told: the names so far."""
    rest = chunk.keys() - known
    rest -= told
    if not rest:
        return
    fresh = {name: value for name, value in chunk.items() if name in rest}
    told.update(name for name, value in fresh.items() if value is not None)
    report_rest(fresh, frozenset(), leg, (), "envelope")


STREAM_OPTIONS = frozenset(("include_usage", "include_obfuscation"))


def check_stream_options(value: Any, leg: Leg) -> None:
    """The options of a stream whose usage always comes and which has no padding: nothing to write. Losses: other ones."""
    if value is None:
        return
    if type(value) is not dict:
        leg.invalid(("stream_options",), "object", value)
    report_rest(value, STREAM_OPTIONS, leg, ("stream_options",), "envelope")


def stop_entries(value: Any, leg: Leg) -> list[tuple[Path, str]]:
    """The sequences of `stop` and their places; a text is one."""
    if type(value) is str:
        return [(("stop",), value)]
    if type(value) is not list:
        leg.invalid(("stop",), "string or array", value)
    for number, entry in enumerate(value):
        if type(entry) is not str:
            leg.invalid(("stop", number), "string", entry)
    return [(("stop", number), entry) for number, entry in enumerate(value)]


def stop_sequences(value: Any, leg: Leg) -> list[str]:
    """The sequences of `stop` for a server that refuses blank ones. Losses: blank ones dropped."""
    kept: list[str] = []
    for path, entry in stop_entries(value, leg):
        if entry.strip():
            kept.append(entry)
        else:
            leg.losses.add("dropped", "behaviour", "stop", path, "blank stop sequences are refused")
    return kept


@lru_cache(maxsize=1024)
def without_place(
    target: str, name: str, reason: str = NO_MEMBER, holder: str = "", scope: Scope = "envelope"
) -> Loss:
    """
    The loss of a member: the same for each document, made once.

    holder: the pointer of the object that has it, whose names need no escape; the top of the document otherwise.
    """
    return Loss("dropped", scope, name, f"{holder}/{name}", target, reason)


def report_without_place(name: str, leg: Leg, reason: str) -> None:
    """The loss of a member at the top of a document or event, of scope envelope."""
    losses = leg.losses
    if losses.prefix or losses.moved:
        losses.add("dropped", "envelope", name, (name,), reason)
    else:
        losses.items.append(without_place(losses.target, name, reason))


_HEAD = frozenset(("system_fingerprint", "service_tier"))  # what nearly all answers of chat servers have


def report_head(response: Json, known: frozenset[str], leg: Leg) -> None:
    """`report_rest` for the members of an answer beside its choices, which say of the exchange what the target does not."""
    for name, value in response.items():
        if name in known or value is None:
            continue
        if name in _HEAD:
            report_without_place(name, leg, NO_MEMBER)
        else:
            leg.losses.add("dropped", "envelope", name, (name,), NO_MEMBER)


_BESIDE_SCHEMA = frozenset(("name", "description", "strict"))


def report_beside_schema(wrapped: Json, strict: Scope, leg: Leg) -> None:
    """Losses: what stands beside the schema of a response format and says something. strict: the scope of that member."""
    losses = leg.losses
    for name, value in wrapped.items():
        if value is None or name == "schema" or (name == "name" and value == "response") or (name == "strict" and value is False):
            continue
        scope: Scope = strict if name == "strict" else "envelope"
        if name in _BESIDE_SCHEMA and not losses.moved:
            losses.items.append(without_place(losses.target, name, ONLY_SCHEMA, "/response_format/json_schema", scope))
        else:
            losses.add("dropped", scope, name, ("response_format", "json_schema", name), ONLY_SCHEMA)


ONLY_SCHEMA = "only the schema has a place"
_WORDS = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array", dict: "object"}


def check_types(types: Mapping[str, tuple[type, ...]], holder: Json, leg: Leg, path: Path = ()) -> None:
    """Refuses a member whose JSON type is not among those its name has in the table; None asks for nothing."""
    for name, value in holder.items():
        kinds = types.get(name)
        if kinds is not None and value is not None and type(value) not in kinds:
            words = dict.fromkeys(_WORDS[kind] for kind in kinds)
            leg.invalid((*path, name), "number" if "number" in words else " or ".join(words), value)
