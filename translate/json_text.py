"""
JSON texts printed and parsed with the C scanner and encoder made once: `json.dumps` with settings of its own makes a new encoder
for every call, `json.loads` looks for white space twice.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any


def printer(*, allow_nan: bool) -> Callable[[Any], str]:
    """
    A function value -> compact text, not ASCII alone.

    It raises TypeError for what is not JSON, ValueError for NaN and infinities unless allowed, RecursionError for nesting.
    """
    encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False, allow_nan=allow_nan)
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # an interpreter without the C module
        return encoder.encode
    pieces = make(None, encoder.default, json.encoder.encode_basestring, None, ":", ",", False, False, allow_nan)
    return lambda value: "".join(pieces(value, 0))


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} has no double")
    return value


def scanner(*, finite: bool) -> Callable[[str, int], tuple[Any, int]]:
    """The scanner of `parser` alone: text and place -> value and the place behind it. StopIteration where no value stands."""
    return _decoder(finite).scan_once  # type: ignore[attr-defined, no-any-return]  # every decoder has one; its stub does not


def _decoder(finite: bool) -> json.JSONDecoder:
    return json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite if finite else None)


def parser(*, finite: bool) -> Callable[[str], Any]:
    """
    A function text -> value. It raises ValueError for what is no JSON (NaN and infinities are not), RecursionError for nesting.

    finite: a number that would become an infinity (1e999), which no text can carry on, is refused too.
    """
    decoder = _decoder(finite)
    scan = decoder.scan_once  # type: ignore[attr-defined]

    def parse(text: str) -> Any:
        # The scanner alone where the text is one value from end to end, as nearly all are.
        try:
            value, end = scan(text, 0)
        except StopIteration:
            return decoder.decode(text)
        return value if end == len(text) else decoder.decode(text)

    return parse


parse = parser(finite=False)
