"""
What travels beside a body: model and streaming stand in the path.

Source: Amazon Bedrock API reference, "Converse", "ConverseStream", URI request parameters.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from translate.leg import Json, Leg
from translate.shared.remembered import LONGEST_KEY


@lru_cache(maxsize=256)
def _path(model: str, stream: bool) -> str:
    return f"/model/{quote(model, safe='')}/{'converse-stream' if stream else 'converse'}"


def set_route(leg: Leg, model: str, stream: bool) -> None:
    """Where a body of this model goes."""
    path = (_path if len(model) <= LONGEST_KEY else _path.__wrapped__)(model, stream)
    route = leg.route
    route["model"], route["stream"], route["path"], route["query"], route["headers"] = model, stream, path, {}, {}


def route(body: Json, leg: Leg) -> None:
    """What travels outside a native body."""
    set_route(leg, model_of(body, leg), leg.route.get("stream") is True)


def model_of(body: Json, leg: Leg) -> str:
    """The model: in the keyword form of the SDKs beside the body's members, else from the path."""
    for model in (body.get("modelId"), leg.route.get("model"), leg.options.model):
        if type(model) is str and model:
            return model
    return ""
