"""
Counts of tokens, both directions: natively disjoint (but of some models), in unified including their parts.

Source: Amazon Bedrock API reference, "TokenUsage"; user guide, "Prompt caching".
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock.tables import SERVICE_TIER_TO_UNIFIED
from translate.shared import bag

COUNTS = ("inputTokens", "outputTokens", "totalTokens", "cacheReadInputTokens", "cacheWriteInputTokens")
NO_METRICS: Json = {"latencyMs": 0}  # beside the counts: a latency nobody measured
ALIASES = frozenset(("cacheReadInputTokenCount", "cacheWriteInputTokenCount"))


def usage_to_unified(usage: Any, leg: Leg, path: Path) -> Json:
    """Counts that are disjoint -> counts that include their parts; those of models that include them already stay."""
    if type(usage) is not dict:
        leg.invalid(path, "object", usage)
    counts: dict[str, int] = {}
    extras: Json = {}
    for name, value in usage.items():
        if value is None or name in ALIASES:
            continue
        if name in COUNTS:
            if type(value) is not int:
                leg.invalid((*path, name), "integer", value)
            counts[name] = value
        else:
            extras[name] = value
    for name in COUNTS[:3]:
        if name not in counts:
            leg.losses.add("defaulted", "envelope", name, path, "a count that answers always have; taken from the others, or zero")
    plain, completion = counts.get("inputTokens", 0), counts.get("outputTokens", 0)
    read, written = counts.get("cacheReadInputTokens"), counts.get("cacheWriteInputTokens")
    cached = (read or 0) + (written or 0)
    total = counts.get("totalTokens")
    included = bool(cached) and total == plain + completion and cached <= plain
    prompt = plain if included else plain + cached
    out: Json = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    if read is not None or written is not None:
        details: Json = {}
        if read is not None:
            details["cached_tokens"] = read
        if written is not None:
            details["cache_write_tokens"] = written
        out["prompt_tokens_details"] = details
    if included:
        extras["inputTokens"] = plain
    elif total is not None and total != prompt + completion:
        extras["totalTokens"] = total
    for name, value in extras.items():
        bag.put(out, leg.row.key, name, value)
    return out


def usage_to_native(usage: Any, leg: Leg, path: Path) -> Json:
    """Counts that include their parts -> disjoint ones; zeros when none came. Losses: counts that Converse does not know."""
    native: Json = {"inputTokens": 0, "outputTokens": 0, "totalTokens": 0}
    if usage is None:
        return native
    if type(usage) is not dict:
        leg.invalid(path, "object", usage)
    found: dict[str, int] = {}
    for name, value in usage.items():
        if value is None or name == "extra_content":
            continue
        if name in ("prompt_tokens", "completion_tokens", "total_tokens"):
            if type(value) is not int:
                leg.invalid((*path, name), "integer", value)
            found[name] = value
        elif name in ("prompt_tokens_details", "completion_tokens_details"):
            if type(value) is not dict:
                leg.invalid((*path, name), "object", value)
            _details(value, found, leg, (*path, name))
        else:
            leg.losses.add("dropped", "envelope", name, (*path, name), "not a count of Converse")
    prompt, completion = found.get("prompt_tokens", 0), found.get("completion_tokens", 0)
    if found.get("total_tokens", prompt + completion) != prompt + completion:
        leg.losses.add("dropped", "envelope", "total_tokens", (*path, "total_tokens"), "the total is the sum here")
    read, written = found.get("cached_tokens"), found.get("cache_write_tokens")
    plain = prompt - (read or 0) - (written or 0)
    if plain < 0:
        where = (*path, "prompt_tokens") if "prompt_tokens" in usage else path
        leg.losses.add("approximated", "envelope", "prompt_tokens", where, "less than its parts")
    native["inputTokens"], native["outputTokens"] = max(plain, 0), completion
    native["totalTokens"] = prompt + completion if plain >= 0 else (read or 0) + (written or 0) + completion
    if read is not None:
        native["cacheReadInputTokens"] = read
    if written is not None:
        native["cacheWriteInputTokens"] = written
    for name, value in bag.unpack(usage, leg, path, "envelope").items():
        if name == "inputTokens" and value == prompt:
            native[name], native["totalTokens"] = value, prompt + completion
        elif name == "totalTokens" and type(value) is int:
            native[name] = value
        elif name in native:
            bag.stale(leg, path, name, "envelope")
        else:
            native[name] = value
    return native


def _details(details: Json, found: dict[str, int], leg: Leg, path: Path) -> None:
    for name, count in details.items():
        if count is None:
            continue
        if name in ("cached_tokens", "cache_write_tokens"):
            if type(count) is not int:
                leg.invalid((*path, name), "integer", count)
            found[name] = count
        elif count != 0 or type(count) is bool:
            leg.losses.add("dropped", "envelope", name, (*path, name), "not a count of Converse")


def tier_to_native(tier: Any, native: Json, leg: Leg) -> None:
    """The tier that served. Losses: one that Converse has no word for."""
    if tier is None:
        return
    if type(tier) is not str:
        leg.invalid(("service_tier",), "string", tier)
    if tier in SERVICE_TIER_TO_UNIFIED:
        native["serviceTier"] = {"type": tier}
    else:
        leg.losses.add("dropped", "envelope", "service_tier", ("service_tier",), "no such tier")
