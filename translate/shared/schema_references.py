"""References and `allOf` of a JSON Schema: one node's keywords, whatever parts it was made of."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from typing import Any, TypeGuard

from translate.errors import Path
from translate.leg import Json

Report = Callable[[Path, str, str], None]

TYPES = ("STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL")

TYPE_OF_WORD = {word.lower(): word for word in TYPES} | {word: word for word in TYPES}

# Keywords that forbid nothing.
NOISE = frozenset((
    "$schema", "$id", "$anchor", "$comment", "$defs", "definitions", "$vocabulary", "deprecated", "readOnly", "writeOnly",
    "examples", "contentEncoding", "contentMediaType", "contentSchema", "additionalItems", "$dynamicAnchor", "id", "discriminator",
))  # fmt: skip

_LARGER = frozenset(("minimum", "minLength", "minItems", "minProperties", "exclusiveMinimum"))

_SMALLER = frozenset(("maximum", "maxLength", "maxItems", "maxProperties", "exclusiveMaximum"))

MOST_UNROLLED = 2  # times a definition is put inside itself


class Flat:
    """Keywords of one node without references and allOf, with the place each came from."""

    __slots__ = ("keywords", "notes", "places", "seen")

    def __init__(self, seen: dict[str, int]) -> None:
        self.keywords: Json = {}
        self.places: dict[str, Path] = {}
        self.notes: list[str] = []
        self.seen = seen


class References:
    """A schema whose definitions are put in place; `told` hears of what that loses."""

    def __init__(self, schema: Any, report: Report, integer_enum: bool, path: Path) -> None:
        self.whole, self.told, self.integer_enum, self.base = schema, report, integer_enum, path
        self.count = 0

    def report(self, path: Path, feature: str, note: str) -> None:
        """Tells of a place of the schema."""
        self.told(self.place(path), feature, note)

    def place(self, path: Path) -> Path:
        """The path as far as it resolves: a node made of several leads to the one that holds them."""
        value: Any = self.whole
        for spot, step in enumerate(path[len(self.base) :]):
            inside = type(value) is dict and step in value
            if not inside and not (type(value) is list and type(step) is int and step < len(value)):
                return path[: len(self.base) + spot]
            value = value[step]
        return path

    # --- references and allOf

    def flatten(self, schema: Json, path: Path, flat: Flat) -> None:
        reference = schema.get("$ref")
        own = {name: value for name, value in schema.items() if name != "$ref" and name != "allOf" and value is not None}
        if type(reference) is str:
            target, place = self.resolved(reference)
            times = flat.seen.get(reference, 0)
            if target is None:
                self.report((*path, "$ref"), "$ref", "no such definition; any value")
            elif times >= MOST_UNROLLED:
                self.report((*path, "$ref"), "$ref", f"recursive; unrolled {MOST_UNROLLED} times")
                own = {**self._stub(target), **own}
            else:
                flat.seen = {**flat.seen, reference: times + 1}
                inner = Flat(flat.seen)
                self.flatten(target, place, inner)
                flat.seen = inner.seen
                flat.notes += inner.notes
                self.over(flat, inner.keywords, inner.places)
                own = {name: value for name, value in own.items() if name not in ("$defs", "definitions")}
                for name, value in own.items():  # siblings go over the target
                    if name in ("title", "description", "default"):
                        flat.keywords[name], flat.places[name] = value, (*path, name)
                own = {name: value for name, value in own.items() if name not in ("title", "description", "default")}
        self.over(flat, own, {name: (*path, name) for name in own})
        branches = schema.get("allOf")
        for number, branch in enumerate(branches if type(branches) is list else ()):
            if type(branch) is dict:
                inner = Flat(flat.seen)
                self.flatten(branch, (*path, "allOf", number), inner)
                flat.notes += inner.notes
                flat.seen = {**flat.seen, **inner.seen}
                self.over(flat, inner.keywords, inner.places)
            elif branch is not True:
                self.report((*path, "allOf", number), "allOf", "not an object; left out")

    def resolved(self, reference: str) -> tuple[Json | None, Path]:
        if reference != "#" and not reference.startswith("#/"):
            return None, ()  # another document, which is never fetched, or an anchor
        value: Any = self.whole
        steps = [step.replace("~1", "/").replace("~0", "~") for step in reference[1:].split("/")[1:]]
        place: list[str | int] = list(self.base)
        for step in steps:
            if type(value) is list and step.isdigit() and int(step) < len(value):
                place.append(int(step))
                value = value[int(step)]
            elif type(value) is dict and step in value:
                place.append(step)
                value = value[step]
            else:
                return None, ()
        return (value if type(value) is dict else {} if value is True else None), tuple(place)

    @staticmethod
    def _stub(target: Json) -> Json:
        """What stands where a definition is put inside itself once too often."""
        said = {name: target[name] for name in ("title", "description") if type(target.get(name)) is str}
        return {"type": "object", **said} if target.get("type") == "object" else said

    def over(self, flat: Flat, more: Json, places: dict[str, Path]) -> None:
        """Both must hold: the keywords of `more` into those that are there."""
        held = flat.keywords
        for name, value in more.items():
            place = places[name]
            if name == "const":
                name, value = "enum", [value]
                if "enum" not in held and "const" not in held:
                    held["const"] = flat.places["const"] = place
            if name not in held:
                held[name], flat.places[name] = value, place
                continue
            old = held[name]
            if old == value and type(old) is type(value):
                continue
            if name == "type":
                common = common_types(old, value)
                held[name] = common if common is not None else old
                if common is None:
                    self.note(flat, name, value, place)
            elif name == "properties" and type(old) is dict and type(value) is dict:
                held[name] = {
                    **old,
                    **{
                        key: {"allOf": [old[key], schema]} if key in old and old[key] != schema else schema
                        for key, schema in value.items()
                    },
                }
            elif name == "required" and type(old) is list and type(value) is list:
                held[name] = [*old, *(key for key in value if key not in old)]
            elif name in _LARGER and is_number(old) and is_number(value):
                held[name] = max(old, value)
            elif name in _SMALLER and is_number(old) and is_number(value):
                held[name] = min(old, value)
            elif name == "enum" and type(old) is list and type(value) is list:
                held[name] = [word for word in old if any(same(word, other) for other in value)]
            elif name == "items" and type(old) is dict and type(value) is dict:
                held[name] = {"allOf": [old, value]}
            elif name == "description" and type(old) is str and type(value) is str:
                held[name] = f"{old} {value}"
            elif name not in NOISE and name not in ("title", "default", "example"):
                self.note(flat, name, value, place)

    def note(self, flat: Flat, name: str, value: Any, place: Path) -> None:
        flat.notes.append(constraint(name, value))
        self.report(place, name, "no such constraint here; told in the description")


def constraint(name: str, value: Any) -> str:
    """How a dropped constraint is told in a description."""
    if value is True:
        return f"Constraint: {name}."
    text = value if type(value) is str else json.dumps(value, ensure_ascii=False)
    return f"Constraint: {name} {text}."


def is_number(value: Any) -> TypeGuard[float]:
    return type(value) is int or (type(value) is float and math.isfinite(value))


def same(value: Any, other: Any) -> bool:
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


def types_of(value: Any) -> list[str] | None:
    """Type words of a node; None when it names none that we know."""
    words = value if type(value) is list else [value]
    found = [TYPE_OF_WORD[word] for word in words if type(word) is str and word in TYPE_OF_WORD]
    return list(dict.fromkeys(found)) or None


def common_types(first: Any, second: Any) -> Any:
    """Types that both allow, as lower-case words; None when there is none."""
    one, two = types_of(first), types_of(second)
    if one is None or two is None:
        return second if one is None else first
    common = [kind for kind in one if kind in two]
    if "NUMBER" in one and "INTEGER" in two and "INTEGER" not in common:
        common.append("INTEGER")
    if "INTEGER" in one and "NUMBER" in two and "INTEGER" not in common:
        common.append("INTEGER")
    if not common:
        return None
    words = [kind.lower() for kind in common]
    return words[0] if len(words) == 1 else words


def exclusive(branches: list[Any]) -> bool:
    """True when no value can fit two branches: their types differ."""
    seen: list[str] = []
    for branch in branches:
        kinds = types_of(branch.get("type")) if type(branch) is dict else None
        if kinds is None or any(kind in seen or (kind == "INTEGER" and "NUMBER" in seen) or (kind == "NUMBER" and "INTEGER" in seen)
                                for kind in kinds):  # fmt: skip
            return False
        seen += kinds
    return True


def describe(node: Json, notes: Iterable[str]) -> None:
    """Tells what was left out of a node in its description."""
    told = [node["description"]] if type(node.get("description")) is str and node["description"] else []
    node["description"] = " ".join([*told, *dict.fromkeys(notes)])


def resolve(schema: Json, reference: str) -> Json | None:
    """Target of a reference within `schema`, None when there is none."""
    return References(schema, _no_report, True, ()).resolved(reference)[0]


def _no_report(path: Path, feature: str, note: str) -> None:
    """For a look that reports nothing."""
