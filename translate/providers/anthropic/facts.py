"""Facts of Claude models; those of the table are looked up once a name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from translate.leg import DEFAULTS, Leg
from translate.loss import Losses
from translate.providers.anthropic.tables import MODEL_FACTS
from translate.registry import find
from translate.shared.facts import look_up
from translate.shared.remembered import LONGEST_KEY


def facts_of(leg: Leg, model: str) -> Mapping[str, Any]:
    """Facts of a model, the caller's over the table's."""
    return look_up(MODEL_FACTS, leg, model) if leg.options.model_facts or len(model) > LONGEST_KEY else _of_table(model)


@lru_cache(maxsize=256)
def _of_table(model: str) -> Mapping[str, Any]:
    return look_up(MODEL_FACTS, Leg(find("anthropic"), "request", True, DEFAULTS, Losses("unified")), model)
