"""
What was made of a JSON value, kept for when it comes again: the tools of a conversation are in each of its requests.

A value is known by its bytes (marshal writes them in C, and no two values have the same), and kept as bytes, so that everybody
gets a fresh one. Nothing else is remembered of a document, and of nothing large.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from marshal import dumps, loads
from typing import Any

MOST_VALUES = 512  # of one function
MOST_BYTES = 16_384  # of one value, and of what was made of it: what is larger is made anew
LONGEST_KEY = 512  # of a name that other memories keep by itself (models, items): a longer one is looked up each time
VERSION = 2  # the last one that writes an object the same whether it is used once or more


class _NotKept(Exception):
    """Carries a value that is too large to be kept past the memory."""


def remembered(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A pure function of a JSON value that gives JSON values and tuples, with a memory."""

    @lru_cache(maxsize=MOST_VALUES)
    def kept(data: bytes) -> bytes:
        value = make(loads(data))
        out = dumps(value, VERSION)
        if len(out) > MOST_BYTES:
            raise _NotKept(value)
        return out

    def made(value: Any) -> Any:
        data = bytes_of(value)
        if data is None:
            return make(value)
        try:
            return loads(kept(data))
        except _NotKept as large:
            return large.args[0]

    return made


def remembered_answer(test: Callable[[Any], bool]) -> Callable[[Any], bytes | bool]:
    """The same for a question to a JSON value that is answered with yes or no; yes to a value that is kept are its bytes."""

    @lru_cache(maxsize=MOST_VALUES)
    def kept(data: bytes) -> bool:
        return test(loads(data))

    def answer(value: Any) -> bytes | bool:
        data = bytes_of(value)
        if data is None:
            return test(value)
        return data if kept(data) else False

    return answer


def bytes_of(value: Any) -> bytes | None:
    """What a value is known by; None for one that is not kept."""
    try:
        data = dumps(value, VERSION)
    except ValueError:  # no JSON value, or nested too deeply for it
        return None
    return data if len(data) <= MOST_BYTES else None
