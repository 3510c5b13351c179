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
    # Asked for by name, as a loop over a table costs more than a message does; None says nothing.
    if options.created is not DEFAULTS.created and options.created is not None:
        _time(options.created, ("created",))
    if options.id is not None:
        _text(options.id, ("id",))
    if options.model is not None:
        _text(options.model, ("model",))
    if options.memo is not None:
        _memo(options.memo, ("memo",))
    if options.route is not None:
        _object(options.route, ("route",))
    if options.default_max_tokens is not DEFAULTS.default_max_tokens and options.default_max_tokens is not None:
        _limit(options.default_max_tokens, ("default_max_tokens",))
    if options.api_version is not None:
        _text(options.api_version, ("api_version",))
    if options.model_facts is not None:
        _facts(options.model_facts, ("model_facts",))
    if type(options.extra) is not dict and options.extra is not None:
        _object(options.extra, ("extra",))
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

_memo = _members({"read": _NOTES, "write": _NOTES})
