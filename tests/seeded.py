"""
Draws of a fixed sample from a hypothesis strategy that depend on nothing but the strategy and a seed.

Hypothesis' own way of drawing also uses the constants of whatever local modules are loaded, so that a test alone would
see other documents than the same test in the whole suite. This one is a backend of ours (hypothesis manual,
"Alternative backends"): a seeded generator answers each draw.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import hypothesis
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, PrimitiveProvider

NAME = "seeded"


class Provider(PrimitiveProvider):
    """What hypothesis asks of a backend, from the standard library's generator."""

    lifetime = "test_function"
    seed = 0

    def __init__(self, conjecturedata: Any, /) -> None:
        super().__init__(conjecturedata)
        self._chance = random.Random(self.seed)

    def draw_boolean(self, p: float = 0.5) -> bool:
        return self._chance.random() < p

    def draw_integer(
        self,
        min_value: int | None = None,
        max_value: int | None = None,
        *,
        weights: dict[int, float] | None = None,
        shrink_towards: int = 0,
    ) -> int:
        if weights is not None and self._chance.random() < sum(weights.values()):
            return self._chance.choices(list(weights), list(weights.values()))[0]
        low = min_value if min_value is not None else (max_value or 0) - 2**64
        high = max_value if max_value is not None else low + 2**65
        if high - low < 2**16:
            return self._chance.randint(low, high)
        # Of a wide range mostly small numbers, of every length, like those that documents have.
        size = 1 << self._chance.randrange((high - low).bit_length())
        middle = min(max(0, low), high)
        return self._chance.randint(max(low, middle - size), min(high, middle + size))

    def draw_float(
        self,
        *,
        min_value: float = float("-inf"),
        max_value: float = float("inf"),
        allow_nan: bool = True,
        smallest_nonzero_magnitude: float,
    ) -> float:
        low, high = max(min_value, -1e9), min(max_value, 1e9)
        drawn = self._chance.uniform(low, high) if low <= high else min_value if min_value > 0 else max_value
        return drawn if abs(drawn) >= smallest_nonzero_magnitude or not min_value <= 0 <= max_value else 0.0

    def draw_string(self, intervals: Any, *, min_size: int = 0, max_size: int = 10**10) -> str:
        size = self._size(min_size, max_size) if len(intervals) else 0
        return "".join(chr(intervals[self._chance.randrange(len(intervals))]) for _ in range(size))

    def draw_bytes(self, min_size: int = 0, max_size: int = 10**10) -> bytes:
        return self._chance.randbytes(self._size(min_size, max_size))

    def _size(self, low: int, high: int) -> int:
        return self._chance.randint(low, min(high, low + 12))


@contextmanager
def _registered(seed: int) -> Iterator[None]:
    AVAILABLE_PROVIDERS[NAME] = type("Seeded", (Provider,), {"seed": seed})
    try:
        yield
    finally:
        del AVAILABLE_PROVIDERS[NAME]


def sample(strategy: st.SearchStrategy[Any], count: int, seed: int = 0) -> list[Any]:
    """The first `count` values that the seed draws from the strategy."""
    drawn: list[Any] = []
    with _registered(seed):

        @hypothesis.settings(
            backend=NAME,
            max_examples=count,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(strategy)
        def collect(value: Any) -> None:
            drawn.append(value)

        collect()
    return drawn
