"""What stands beside messages and tools of a request, member by member: stop words, whose request it is, its tier, betas."""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg
from translate.providers.anthropic.tables import SERVICE_TIER_TO_NATIVE
from translate.providers.anthropic.writing import Writing
from translate.shared.fields import stop_sequences

DAY = len("2026-10-21")
USER_FIELDS = frozenset(("safety_identifier", "user", "metadata"))


def most_to_native(request: Json, leg: Leg) -> int:
    most = request.get("max_completion_tokens")
    if most is None:
        most = leg.options.default_max_tokens
        path = ("max_completion_tokens",)
        leg.losses.add("defaulted", "envelope", "max_completion_tokens", path, f"the API demands a limit; {most} by default")
        return most
    if type(most) is not int:
        leg.invalid(("max_completion_tokens",), "integer", most)
    return most


def stop_to_native(value: Any, native: Json, leg: Leg) -> None:
    if value is None:
        return
    if kept := stop_sequences(value, leg):
        native["stop_sequences"] = kept


def user_to_native(request: Json, native: Json, leg: Leg) -> None:
    """safety_identifier, else user, else the `user_id` of metadata -> `metadata.user_id`."""
    chosen: str | None = None
    for name in ("safety_identifier", "user"):
        value = request.get(name)
        if value is None:
            continue
        if type(value) is not str:
            leg.invalid((name,), "string", value)
        if chosen is None:
            chosen = value
        elif value != chosen:
            leg.losses.add("dropped", "envelope", name, (name,), "safety_identifier is there and wins")
    metadata = request.get("metadata")
    if metadata is not None:
        if type(metadata) is not dict:
            leg.invalid(("metadata",), "object", metadata)
        for name, value in metadata.items():
            if name == "user_id" and chosen is None and type(value) is str:
                chosen = value
            elif value is not None and not (name == "user_id" and value == chosen):
                leg.losses.add("dropped", "envelope", "metadata", ("metadata", name), "only a user id has a place")
    if chosen:
        native["metadata"] = {"user_id": chosen}


def tier_to_native(value: Any, native: Json, leg: Leg) -> None:
    if value is None:
        return
    path = ("service_tier",)
    if type(value) is not str:
        leg.invalid(path, "string", value)
    if value == "fast":
        native["speed"] = "fast"
    elif value in SERVICE_TIER_TO_NATIVE:
        native["service_tier"] = SERVICE_TIER_TO_NATIVE[value]
        if value == "priority":
            leg.losses.add("approximated", "behaviour", "service_tier", path, "auto takes priority capacity when there is some")
    else:
        leg.losses.add("dropped", "behaviour", "service_tier", path, "no such tier")


def with_tool_betas(asked: list[str] | None, writing: Writing) -> list[str]:
    """The betas asked for, and those that the tools need: of whatever day, where one of the kind is asked for."""
    betas = list(asked or ())
    for beta, path in writing.betas.items():
        if not any(given.startswith(beta[:-DAY]) for given in betas):
            betas.append(beta)
            writing.leg.losses.add("defaulted", "envelope", "betas", path, f"taken beside the beta {beta} only; asked for")
    return betas
