"""What stands beside messages and tools of a request, member by member: options of its stream, its metadata, its tier."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock.tables import (
    LONGEST_METADATA,
    MOST_METADATA,
    REFUSED_IN_METADATA,
    SERVICE_TIER_TO_NATIVE,
)
from translate.shared.fields import check_stream_options


def to_native(request: Json, native: Json, leg: Leg) -> None:
    if "stream_options" in request:
        check_stream_options(request["stream_options"], leg)
    if "metadata" in request:
        metadata_to_native(request["metadata"], native, leg)
    if "service_tier" in request:
        tier_to_native(request["service_tier"], native, leg)


def metadata_to_native(value: Any, native: Json, leg: Leg) -> None:
    """metadata -> requestMetadata. Losses: entries the service refuses dropped."""
    if value is None:
        return
    if type(value) is not dict:
        leg.invalid(("metadata",), "object", value)
    kept: Json = {}
    for name, entry in value.items():
        fits = (
            type(entry) is str and 0 < len(name) <= LONGEST_METADATA and len(entry) <= LONGEST_METADATA
            and not REFUSED_IN_METADATA.search(name) and not REFUSED_IN_METADATA.search(entry) and len(kept) < MOST_METADATA
        )  # fmt: skip
        if fits:
            kept[name] = entry
        elif entry is not None:
            leg.losses.add("dropped", "envelope", "metadata", ("metadata", name), "an entry that requestMetadata refuses")
    if kept:
        native["requestMetadata"] = kept


def tier_to_native(value: Any, native: Json, leg: Leg) -> None:
    if value is None or value == "auto":
        return
    path: Path = ("service_tier",)
    if type(value) is not str:
        leg.invalid(path, "string", value)
    if value == "fast":
        native["performanceConfig"] = {"latency": "optimized"}
        leg.losses.add("approximated", "behaviour", "service_tier", path, "sent as optimized latency")
    elif value in SERVICE_TIER_TO_NATIVE:
        native["serviceTier"] = {"type": SERVICE_TIER_TO_NATIVE[value]}
        if value == "scale":
            leg.losses.add("approximated", "behaviour", "service_tier", path, "sent as reserved")
    else:
        leg.losses.add("dropped", "behaviour", "service_tier", path, "no such tier")
