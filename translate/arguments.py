"""What the caller hands in beside a document, looked at where it comes in: options, memo, route, loss policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from translate.errors import InvalidDocument, Path, kind_of
from translate.leg import DEFAULTS, Options

POLICIES = ("collect", "raise", "raise-content")
LONGEST_TIME = 10**15  # seconds; what is more is no time, and no number that every format can say


def check_arguments(options: Options | None, on_loss: str) -> Options:
    """
    Options as given or the defaults.

    Raises: InvalidDocument for what is no Options, a member of another type (also inside a memo, which may have been stored
    and read again), and an unknown policy.
    """
    if on_loss not in POLICIES:
        _refuse("on_loss", (), " | ".join(POLICIES), repr(on_loss))
    if options is None:
        return DEFAULTS
    if not isinstance(options, Options):
        _refuse("options", (), "Options", kind_of(options))
    # Most options say nothing but a route; the others are asked for by name, as a loop costs more than a message.
    if options.route is not None:
        _object(options.route, ("route",))
    if (
        options.memo is not None or options.id is not None or options.model is not None or options.created is not DEFAULTS.created
        or options.api_version is not None or options.model_facts is not None or options.extra != DEFAULTS.extra
        or options.default_max_tokens is not DEFAULTS.default_max_tokens
    ):
        for name, default, check in _MEMBERS:
            value = getattr(options, name)
            if value is not default and value is not None:
                check(value, (name,))
    return options


def _refuse(kind: str, path: Path, expected: str, got: str) -> NoReturn:
    raise InvalidDocument(format="options", kind=kind, path=path, expected=expected, got=got, status_hint=500)


def _of(kind: type, word: str) -> Callable[[Any, Path], None]:
    def check(value: Any, path: Path) -> None:
        if type(value) is not kind:
            _refuse("options", path, word, kind_of(value))

    return check


_text, _flag = _of(str, "string"), _of(bool, "boolean")


def _object(value: Any, path: Path) -> None:
    if type(value) is not dict and not isinstance(value, Mapping):
        _refuse("options", path, "object", kind_of(value))


def _texts(value: Any, path: Path) -> None:
    _object(value, path)
    for name, held in value.items():
        _text(held, (*path, name))


def _list_of_texts(value: Any, path: Path) -> None:
    if type(value) is not list:
        _refuse("options", path, "array", kind_of(value))
    for number, held in enumerate(value):
        _text(held, (*path, number))


def _time(value: Any, path: Path) -> None:
    if type(value) not in (int, float) or not -LONGEST_TIME < value < LONGEST_TIME:
        _refuse("options", path, "seconds", kind_of(value))


def _limit(value: Any, path: Path) -> None:
    if type(value) is not int or value < 1:
        _refuse("options", path, "a number of tokens", kind_of(value))


def _members(table: Mapping[str, Callable[[Any, Path], None]]) -> Callable[[Any, Path], None]:
    """An object some of whose members are known; null asks for nothing."""

    def check(value: Any, path: Path) -> None:
        _object(value, path)
        for name, held in value.items():
            inner = table.get(name)
            if inner is not None and held is not None:
                inner(held, (*path, name))

    return check


def _facts(value: Any, path: Path) -> None:
    _object(value, path)
    for pattern, facts in value.items():
        if type(pattern) is not str:
            _refuse("options", path, "names that are strings", kind_of(pattern))
        _object(facts, (*path, pattern))


# What a leg notes of a request for the way back of its answer.
_NOTES = _members({
    "model": _text, "names": _texts, "call_ids": _texts, "tool_names": _texts, "custom": _list_of_texts, "usage": _flag,
    "functions": _flag,
})  # fmt: skip

_CHECKS: dict[str, Callable[[Any, Path], None]] = {
    "created": _time, "id": _text, "model": _text, "memo": _members({"read": _NOTES, "write": _NOTES}), "route": _object,
    "default_max_tokens": _limit, "api_version": _text, "model_facts": _facts, "extra": _object,
}  # fmt: skip
_MEMBERS = tuple((name, getattr(DEFAULTS, name), check) for name, check in _CHECKS.items())
