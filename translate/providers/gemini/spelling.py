"""
Spelling of native documents: lowerCamelCase or snake_case names, enum words in any case or as numbers, one object for a list.

Free-form values (arguments, results, JSON Schemas, labels) are never re-cased.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini.tables import DEV_ONLY, VERTEX_ONLY

# Members whose value is the caller's own.
FREE_FORM = frozenset((
    "args", "response", "parametersJsonSchema", "responseJsonSchema", "schema", "default", "example", "labels", "partMetadata",
    "structValue", "jsonSchema", "metadata",
))  # fmt: skip
_SNAKE: dict[str, str] = {}
_CAMEL: dict[str, str] = {}
MOST_NAMES = 4096  # names remembered; callers control them

# Numbers of the enums as their proto definitions have them (clients that speak JSON made from protos send numbers).
_THRESHOLD = ("HARM_BLOCK_THRESHOLD_UNSPECIFIED", "BLOCK_LOW_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_ONLY_HIGH", "BLOCK_NONE", "OFF")
_PROBABILITY = ("HARM_PROBABILITY_UNSPECIFIED", "NEGLIGIBLE", "LOW", "MEDIUM", "HIGH")
_CATEGORY = ("UNSPECIFIED", "DEROGATORY", "TOXICITY", "VIOLENCE", "SEXUAL", "MEDICAL", "DANGEROUS", "HARASSMENT", "HATE_SPEECH",
             "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT", "CIVIC_INTEGRITY")  # fmt: skip
_CATEGORY_VERTEX = ("UNSPECIFIED", "HATE_SPEECH", "DANGEROUS_CONTENT", "HARASSMENT", "SEXUALLY_EXPLICIT", "CIVIC_INTEGRITY")
_FINISH = ("FINISH_REASON_UNSPECIFIED", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER")
_FINISH_DEV = (*_FINISH, "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MALFORMED_FUNCTION_CALL", "IMAGE_SAFETY")
_FINISH_VERTEX = (*_FINISH, "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MALFORMED_FUNCTION_CALL", "MODEL_ARMOR")
_COMMON: Mapping[str, tuple[str, ...]] = {
    "threshold": _THRESHOLD, "probability": _PROBABILITY,
    "modality": ("MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "VIDEO", "AUDIO", "DOCUMENT"),
    "trafficType": ("TRAFFIC_TYPE_UNSPECIFIED", "ON_DEMAND", "PROVISIONED_THROUGHPUT"),
    "mode": ("MODE_UNSPECIFIED", "AUTO", "ANY", "NONE"),
    "outcome": ("OUTCOME_UNSPECIFIED", "OUTCOME_OK", "OUTCOME_FAILED", "OUTCOME_DEADLINE_EXCEEDED"),
    "language": ("LANGUAGE_UNSPECIFIED", "PYTHON"),
    "severity": ("HARM_SEVERITY_UNSPECIFIED", "HARM_SEVERITY_NEGLIGIBLE", "HARM_SEVERITY_LOW", "HARM_SEVERITY_MEDIUM",
                 "HARM_SEVERITY_HIGH"),
    "blockReason": ("BLOCKED_REASON_UNSPECIFIED", "SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT"),
}  # fmt: skip
ENUM_NUMBERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "": {**_COMMON, "category": tuple(f"HARM_CATEGORY_{word}" for word in _CATEGORY), "finishReason": _FINISH_DEV},
    "vertex": {
        **_COMMON, "category": tuple(f"HARM_CATEGORY_{word}" for word in _CATEGORY_VERTEX), "finishReason": _FINISH_VERTEX,
    },
}  # fmt: skip


def camel(name: str) -> str:
    """lowerCamelCase of a member name; itself when it has no underscore inside."""
    if "_" not in name:
        return name
    known = _CAMEL.get(name)
    if known is None:
        known = re.sub(r"(?<=[A-Za-z0-9])_([a-z0-9])", lambda match: match[1].upper(), name)
        if len(_CAMEL) < MOST_NAMES:
            _CAMEL[name] = known
    return known


def snake(name: str) -> str:
    """snake_case of a member name, as the bag writes it."""
    known = _SNAKE.get(name)
    if known is None:
        known = re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: "_" + match[1].lower(), name)
        if len(_SNAKE) < MOST_NAMES:
            _SNAKE[name] = known
    return known


def members(value: Json) -> Json:
    """The object with camelCase names; itself when it has no other. null members fall away where it was copied."""
    for name in value:
        if "_" in name:
            return {camel(key): member for key, member in value.items() if member is not None}
    return value


def word(name: str, value: Any, variant: str) -> Any:
    """Enum value of the member `name`: its word for a number we know, else as it is."""
    if type(value) is int:
        words = ENUM_NUMBERS[variant].get(name)
        if words is not None and 0 <= value < len(words):
            return words[value]
    return value


def spelled(value: Any, variant: str, leg: Leg | None = None, path: Path = ()) -> Any:
    """
    A native value in camelCase with enum words, to any depth outside free-form members.

    With `leg`, members of the other service fall away. Losses: those, dropped.
    """
    if leg is None:
        return _respelled(value, variant)
    if type(value) is list:
        return [spelled(item, variant, leg, (*path, number)) for number, item in enumerate(value)]
    if type(value) is not dict:
        return value
    out: Json = {}
    foreign = DEV_ONLY if variant == "vertex" else VERTEX_ONLY
    for name, member in value.items():
        key = camel(name)
        if key in foreign:
            leg.losses.add("dropped", "behaviour", key, (*path, name), "not a field of this service")
        elif key in FREE_FORM:
            out[key] = member
        elif key in _BY_NAME and type(member) is dict:
            out[key] = {inner: spelled(schema, variant, leg, (*path, name, inner)) for inner, schema in member.items()}
        elif type(member) is dict or type(member) is list:
            out[key] = spelled(member, variant, leg, (*path, name))
        else:
            out[key] = word(key, member, variant)
    return out


_BY_NAME = frozenset(("properties", "defs"))  # members whose own names are the caller's


def _respelled(value: Any, variant: str) -> Any:
    """`spelled` where no member is looked at for its service."""
    if type(value) is list:
        return [_respelled(item, variant) for item in value]
    if type(value) is not dict:
        return value
    out: Json = {}
    for name, member in value.items():
        key = camel(name) if "_" in name else name
        kind = type(member)
        if kind is str or key in FREE_FORM:
            out[key] = member
        elif kind is dict and key in _BY_NAME:
            out[key] = {inner: _respelled(schema, variant) for inner, schema in member.items()}
        elif kind is dict or kind is list:
            out[key] = _respelled(member, variant)
        else:
            out[key] = word(key, member, variant)
    return out


def worded(value: Any, variant: str) -> Any:
    """The value with words for enum numbers, which mean another thing at the other service; itself when it has none."""
    if type(value) is list:
        fresh = [worded(item, variant) for item in value]
        for new, old in zip(fresh, value, strict=True):
            if new is not old:
                return fresh
        return value
    if type(value) is not dict:
        return value
    changed = {}
    for name, member in value.items():
        kind = type(member)
        if kind is dict or kind is list:
            new = worded(member, variant)
        elif kind is int:
            new = word(camel(name), member, variant)
        else:
            continue
        if new is not member:
            changed[name] = new
    return {**value, **changed} if changed else value


def listed(value: Any, leg: Leg, path: Path) -> list[Any]:
    """A list; a single object stands for a list of one, null for none."""
    if type(value) is list:
        return value
    if value is None:
        return []
    if type(value) is dict:
        return [value]
    return leg.invalid(path, "array", value)


def place(holder: Json, name: str) -> str:
    """How `holder` spells its member `name`, for paths."""
    return name if name in holder else snake(name)
