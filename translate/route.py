"""What travels beside a body: model, stream, path, query and headers, as a caller says them and as a conversion hands them out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from translate.leg import Json, Leg, Options

STREAMING_WORDS = ("streamgeneratecontent", "streamrawpredict", "converse-stream", "invoke-with-response-stream")
GENERATING = ("generateContent", "streamGenerateContent")
KEYS = {"model", "stream", "path", "query", "headers"}


class Address(NamedTuple):
    """What a path says. model, stream: None where it says nothing of them."""

    model: str | None
    stream: bool | None
    query: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1024)
def address_of(path: str) -> Address:
    """
    Reads a path; the same few come again and again.

    Paths of every provider: `.../models/{id}:generateContent`, `.../model/{id}/converse`, `/deployments/{id}/chat/completions`.
    What generates content but is no model of Google's keeps the name that its client calls it by: `tunedModels/{id}`,
    `projects/{p}/locations/{l}/endpoints/{id}`, `{publisher}/{id}`.
    """
    from urllib.parse import parse_qsl, unquote

    path, _, query = path.partition("?")
    steps = [step for step in path.split("/") if step]
    last, colon, verb = steps[-1].rpartition(":") if steps else ("", "", "")
    model: str | None = None
    if colon and len(steps) > 1 and steps[-2] in ("models", "tunedModels", "endpoints"):
        model = unquote(last)
        if verb in GENERATING:
            model = _named(steps, model)
    else:
        for word in ("model", "deployments"):
            if word in steps[:-1]:
                model = unquote(steps[steps.index(word) + 1])
    word = (verb if colon else steps[-1] if steps else "").lower()
    stream = True if word in STREAMING_WORDS else False if colon or word in ("converse", "invoke") else None
    return Address(model, stream, tuple(dict(parse_qsl(query)).items()) if query else ())


def _named(steps: list[str], last: str) -> str:
    """The name of what generates content, by the collection it stands in."""
    collection = steps[-2]
    if collection == "models":
        named = len(steps) > 3 and steps[-4] == "publishers" and steps[-3] != "google"
        return f"{steps[-3]}/{last}" if named else last
    start = steps.index("projects") if collection == "endpoints" and "projects" in steps else -2
    return "/".join((*steps[start:-1], last))


def read_route(options: Options) -> Json:
    """What the caller says of the way a body came: `{"model", "stream", "path", "query"}`, the first two read from a path if need be."""
    given = options.route
    if not given:
        return {}
    route: Json = dict(given)
    path = route.get("path")
    if isinstance(path, str) and path:
        model, stream, query = address_of(path)
        if query:
            held = route.get("query")
            route["query"] = {**dict(query), **(held if isinstance(held, Mapping) else {})}
        if model is not None and not isinstance(route.get("model"), str):
            route["model"] = model
        if stream is not None and not isinstance(route.get("stream"), bool):
            route["stream"] = stream
    return route


def route_out(leg: Leg) -> Json:
    """The keys that are always there, then what only this kind has."""
    route = leg.route
    if len(route) == 5 and route.keys() == KEYS and leg.kind == "request":
        return route  # a spoke has written all of it
    if not route:  # as of nearly all answers
        return {"model": "", "stream": False, "path": "", "query": {}, "headers": {}}
    out: Json = {
        "model": route.get("model") or "", "stream": bool(route.get("stream")), "path": route.get("path") or "",
        "query": route.get("query") or {}, "headers": route.get("headers") or {},
    }  # fmt: skip
    if leg.kind == "error":
        out["status"] = route.get("status") or 500
    return out
