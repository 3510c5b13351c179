"""The model of a request: its name as a URL has it, and what it accepts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from translate.leg import Leg
from translate.providers.gemini.tables import MODEL_FACTS
from translate.shared.facts import bare, look_up, matches
from translate.shared.remembered import LONGEST_KEY


def facts_of(leg: Leg, model: str) -> Mapping[str, Any]:
    """What the model accepts."""
    return look_up(MODEL_FACTS, leg, model)


@lru_cache(maxsize=512)
def known_model(model: str) -> tuple[str, Mapping[str, Any]]:
    """The bare name of a model and what the tables say of it: the same few come again and again."""
    name = bare_model(model)
    return name, next(facts for pattern, facts in MODEL_FACTS if matches(pattern, bare(name)))


def bare_model(model: str) -> str:
    """Name for the URL: without the collection it stands in."""
    for lead in ("models/", "google/", "publishers/google/models/"):
        if model.startswith(lead):
            return model[len(lead) :]
    return model


def model_of(model: str, leg: Leg) -> tuple[str, Mapping[str, Any]]:
    """Bare name and facts."""
    if not leg.options.model_facts and len(model) <= LONGEST_KEY:
        return known_model(model)
    model = bare_model(model)
    return model, facts_of(leg, model)
