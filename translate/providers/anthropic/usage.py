"""
Counts of tokens, both directions: natively disjoint, in unified including their parts.

Source: Anthropic API reference, "Create a Message", response, `usage`; "Prompt caching".
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.anthropic.tables import USED_TIER_TO_NATIVE, USED_TIER_TO_UNIFIED
from translate.shared import bag

CACHE_COUNTS = (("cache_read_input_tokens", "cached_tokens"), ("cache_creation_input_tokens", "cache_write_tokens"))


def usage_to_unified(usage: Any, unified: Json, leg: Leg, path: Path) -> Json:
    """Counts that are disjoint -> counts that include their parts; the tier that served goes to the response."""
    if type(usage) is not dict:
        leg.invalid(path, "object", usage)
    counts: dict[str, int] = {}
    extras: Json = {}
    for name, value in usage.items():
        if value is None:
            continue
        if name in ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"):
            if type(value) is not int:
                leg.invalid((*path, name), "integer", value)
            counts[name] = value
        elif name == "output_tokens_details":
            if type(value) is not dict:
                leg.invalid((*path, name), "object", value)
            thinking = value.get("thinking_tokens")
            if thinking is not None:
                if type(thinking) is not int:
                    leg.invalid((*path, name, "thinking_tokens"), "integer", thinking)
                counts["thinking_tokens"] = thinking
            rest = {inner: member for inner, member in value.items() if inner != "thinking_tokens" and member is not None}
            if rest:
                extras[name] = rest
        elif name == "speed" and value == "fast":
            unified["service_tier"] = "fast"
        elif name == "service_tier" and type(value) is str and value in USED_TIER_TO_UNIFIED and usage.get("speed") != "fast":
            unified["service_tier"] = USED_TIER_TO_UNIFIED[value]
        else:
            extras[name] = value
    read, written = counts.get("cache_read_input_tokens"), counts.get("cache_creation_input_tokens")
    prompt = counts.get("input_tokens", 0) + (read or 0) + (written or 0)
    completion = counts.get("output_tokens", 0)
    out: Json = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    if read is not None or written is not None:
        details: Json = {}
        if read is not None:
            details["cached_tokens"] = read
        if written is not None:
            details["cache_write_tokens"] = written
        out["prompt_tokens_details"] = details
    if "thinking_tokens" in counts:
        out["completion_tokens_details"] = {"reasoning_tokens": counts["thinking_tokens"]}
    for name, value in extras.items():
        bag.put(out, leg.row.key, name, value)
    return out


def usage_to_native(usage: Any, tier: Any, leg: Leg, path: Path) -> Json:
    """Counts that include their parts -> disjoint ones; zeros when none came."""
    native: Json = {"input_tokens": 0, "output_tokens": 0} if usage is None else counts_to_native(usage, leg, path)
    add_to_counts(native, usage, tier, leg, path)
    return native


def add_to_counts(native: Json, usage: Any, tier: Any, leg: Leg, path: Path) -> None:
    """What stands beside the counts: the tier that served, and what the usage's own bag holds."""
    if tier is not None:
        tier_to_native(tier, native, leg)
    if usage is not None and usage.get("extra_content") is not None:
        for name, value in bag.unpack(usage, leg, path, "envelope").items():
            if name == "output_tokens_details" and type(value) is dict:
                native[name] = {**value, **native.get(name, {})}
            elif name in native:
                bag.stale(leg, path, name, "envelope")
            else:
                native[name] = value


def tier_to_native(tier: Any, native: Json, leg: Leg) -> None:
    """The tier that served, among the counts. Losses: one that the API has no word for."""
    if type(tier) is not str:
        leg.invalid(("service_tier",), "string", tier)
    if tier == "fast":
        native["speed"] = "fast"
    elif tier in USED_TIER_TO_NATIVE:
        native["service_tier"] = USED_TIER_TO_NATIVE[tier]
    else:
        leg.losses.add("dropped", "envelope", "service_tier", ("service_tier",), "no such tier")


def counts_to_native(usage: Any, leg: Leg, path: Path) -> Json:
    """The counts alone. Losses: those that the API does not know."""
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
            for member, count in value.items():
                if count is None:
                    continue
                if member in ("cached_tokens", "cache_write_tokens", "reasoning_tokens"):
                    if type(count) is not int:
                        leg.invalid((*path, name, member), "integer", count)
                    found[member] = count
                elif count != 0 or type(count) is bool:
                    leg.losses.add("dropped", "envelope", member, (*path, name, member), "not a count of this API")
        else:
            leg.losses.add("dropped", "envelope", name, (*path, name), "not a count of this API")
    prompt, completion = found.get("prompt_tokens", 0), found.get("completion_tokens", 0)
    if found.get("total_tokens", prompt + completion) != prompt + completion:
        leg.losses.add("dropped", "envelope", "total_tokens", (*path, "total_tokens"), "the total is the sum here")
    plain = prompt - found.get("cached_tokens", 0) - found.get("cache_write_tokens", 0)
    if plain < 0:
        where = (*path, "prompt_tokens") if "prompt_tokens" in usage else path
        leg.losses.add("approximated", "envelope", "prompt_tokens", where, "less than its parts")
    native: Json = {"input_tokens": max(plain, 0)}
    for name, member in CACHE_COUNTS:
        if member in found:
            native[name] = found[member]
    native["output_tokens"] = completion
    if "reasoning_tokens" in found:
        native["output_tokens_details"] = {"thinking_tokens": found["reasoning_tokens"]}
    return native
