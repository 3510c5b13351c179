"""Facts of the models behind Converse; those of the table are looked up once a name."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from translate.leg import DEFAULTS, Json, Leg
from translate.loss import Losses
from translate.providers.bedrock.tables import MODEL_FACTS
from translate.registry import find
from translate.shared import bag
from translate.shared.facts import look_up
from translate.shared.remembered import LONGEST_KEY


def facts_of(leg: Leg, model: str) -> Mapping[str, Any]:
    """Facts of a model, the caller's over the table's."""
    return look_up(MODEL_FACTS, leg, model) if leg.options.model_facts or len(model) > LONGEST_KEY else _of_table(model)


@functools.lru_cache(maxsize=256)
def _of_table(model: str) -> Mapping[str, Any]:
    return look_up(MODEL_FACTS, Leg(find("bedrock"), "request", True, DEFAULTS, Losses("unified")), model)


def family_of(model: Any, leg: Leg) -> Json:
    """Of a model's facts what matters to an answer: whose reasoning it is."""
    return {"family": facts_of(leg, model).get("family")} if type(model) is str and model else bag.EMPTY


def head_of(leg: Leg) -> Json:
    """id and model of an answer, which the body does not name."""
    held = leg.memo.get("model")
    model = held if type(held) is str and held else leg.options.model or leg.route.get("model") or ""
    return {"id": leg.options.id or "chatcmpl-0", "model": model if type(model) is str else ""}
