"""Token counts, both directions: inclusive in unified, whatever each server counts outside."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_compatible.dialects import Dialect
from translate.providers.openai_compatible.tables import CACHED_NAMES, COUNTS, DETAILS
from translate.scrubbing import is_clean
from translate.shared import bag

PROMPT, COMPLETION = "prompt_tokens_details", "completion_tokens_details"
_THREE = frozenset(COUNTS)
_NOTHING: Json = {}


def _count(value: Any) -> int:
    return value if type(value) is int else 0


def to_unified(counts: Json, leg: Leg, dialect: Dialect, *, plain: bool = False) -> Json:
    """
    Native usage -> inclusive counts. Cached tokens under their one name, reasoning inside the completion, further members in
    the bag of usage. plain: `are_plain` says so of the counts.
    """
    if plain:
        short = _plain_to_unified(counts, dialect)
        if short is not None:
            return short
    key = leg.row.key
    usage: Json = {name: counts[name] for name in COUNTS if counts.get(name) is not None}
    for name in (PROMPT, COMPLETION):
        if counts.get(name) is not None:
            usage[name] = _details(counts[name], name, usage, key, dialect)
    for name, value in counts.items():
        if value is None or name in usage:
            continue
        target = CACHED_NAMES.get(name)
        if target and type(value) is int:
            held = usage.setdefault(PROMPT, {})
            if held.setdefault(target, value) != value:
                bag.put(usage, key, name, value)
        elif name == "prompt_cache_miss_tokens" and value == _count(usage.get("prompt_tokens")) - _count(
            counts.get("prompt_cache_hit_tokens")
        ):
            continue  # what is left of the prompt
        elif name == "extra_content" and type(value) is dict:
            bags = usage.setdefault(name, {})
            for other, held in value.items():
                if type(held) is dict:  # a fresh one, that members can be put in; what the counts say wins
                    bags[other] = {**held, **(bags.get(other) or {})}
                elif held is not None:
                    leg.invalid(("usage", name, other), "object", held)
        elif name not in COUNTS and name not in (PROMPT, COMPLETION):
            bag.put(usage, key, name, value)
    _add_up(usage, leg, dialect)
    return usage


def _details(details: Json, name: str, usage: Json, key: str, dialect: Dialect) -> Json:
    known = DETAILS[name]
    if dialect.cache_written and dialect.cache_written in details:
        details = {"cache_write_tokens" if member == dialect.cache_written else member: count for member, count in details.items()}
    out = {member: value for member, value in details.items() if member in known and value is not None}
    rest = {member: value for member, value in details.items() if member not in known and value}
    if rest:
        bag.put(usage, key, name, rest)
    return out


def _add_up(usage: Json, leg: Leg, dialect: Dialect) -> None:
    """prompt + completion = total; what is missing is made up, reasoning counted outside is added in."""
    prompt, completion, total = (usage.get(name) for name in COUNTS)
    prompt, completion = _count(prompt), _count(completion)
    reasoning = _count((usage.get(COMPLETION) or {}).get("reasoning_tokens"))
    if dialect.exclusive_counts:
        outside = _count(total) - prompt - completion
        if outside > 0 and (not reasoning or outside == reasoning):
            completion += outside
            usage.setdefault(COMPLETION, {}).setdefault("reasoning_tokens", outside)
        elif reasoning and type(total) is int:
            bag.put(usage, leg.row.key, "completion_tokens", completion)  # this one counts reasoning inside
    if type(total) is int and total != prompt + completion:
        bag.put(usage, leg.row.key, "total_tokens", total)
    usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"] = prompt, completion, prompt + completion


def to_native(usage: Any, leg: Leg, dialect: Dialect, path: Path, *, plain: bool = False) -> Json:
    """Unified usage -> the server's counts. plain: `are_plain` says so of them. Losses: members the form does not have."""
    if plain:
        short = _same(usage, dialect)
        if short is not None:
            if dialect.cached:
                _say_cached(short, dialect)
            return short
    if type(usage) is not dict:
        leg.invalid(path, "object", usage)
    native: Json = {}
    for name, value in usage.items():
        if value is None or name == "extra_content":
            continue
        if name in COUNTS:
            if type(value) is not int:
                leg.invalid((*path, name), "integer", value)
            native[name] = value
        elif name in DETAILS:
            if type(value) is not dict:
                leg.invalid((*path, name), "object", value)
            native[name] = {}
            for member, count in value.items():
                if member in DETAILS[name]:
                    if count is not None:
                        native[name][member] = count
                elif count:
                    leg.losses.dropped("envelope", member, (*path, name, member), "not a count of this form")
        else:
            leg.losses.dropped("envelope", name, (*path, name), "not a member of usage")
    prompt, completion = native.get("prompt_tokens", 0), native.get("completion_tokens", 0)
    native["prompt_tokens"], native["completion_tokens"] = prompt, completion
    if native.get("total_tokens", prompt + completion) != prompt + completion:
        leg.losses.add("approximated", "envelope", "total_tokens", (*path, "total_tokens"), "not the sum of the others")
    native["total_tokens"] = prompt + completion
    own = bag.unpack(usage, leg, path, "envelope") if "extra_content" in usage else bag.EMPTY
    if dialect.exclusive_counts and own.get("completion_tokens") != completion:
        reasoning = _count((native.get(COMPLETION) or {}).get("reasoning_tokens"))
        if reasoning > completion:
            # Negative completions, too: then the one that is there is named.
            where = (COMPLETION, "reasoning_tokens") if reasoning else ("completion_tokens",)
            leg.losses.add("approximated", "envelope", where[-1], (*path, *where), "more than the completion")
        native["completion_tokens"] = max(completion - reasoning, 0)
        if dialect.plain_counts and native.get(COMPLETION, {}).keys() == {"reasoning_tokens"}:
            del native[COMPLETION]  # three counts alone; what is missing to the total is the reasoning
    if dialect.cache_written and "cache_write_tokens" in native.get(PROMPT, {}):
        native[PROMPT][dialect.cache_written] = native[PROMPT].pop("cache_write_tokens")
    if dialect.cached:
        _say_cached(native, dialect)
    refused = dialect.native_only.get("usage", ())
    for name, value in own.items():
        if name in refused:
            here = (*path, "extra_content", leg.row.key, name)
            leg.losses.dropped("envelope", name, here, "only the other form of this provider counts this")
        elif name in DETAILS and type(value) is dict:
            native[name] = {**native.get(name, {}), **{m: v for m, v in value.items() if m not in native.get(name, {})}}
        elif name == "completion_tokens":
            if value != completion:
                bag.stale(leg, path, name, "envelope")
        elif name == "total_tokens" or name in CACHED_NAMES:
            native[name] = value
        elif value is not None:
            if name in native and native[name] != value:
                bag.stale(leg, path, name, "envelope")
            else:
                native[name] = value
    return native


def _say_cached(native: Json, dialect: Dialect) -> None:
    """Writes cached tokens, and those that are not, where the dialect has them at the top."""
    cached = _count((native.get(PROMPT) or {}).get("cached_tokens"))
    if cached or dialect.uncached:
        native[dialect.cached] = cached
    if dialect.uncached:
        native[dialect.uncached] = max(native["prompt_tokens"] - cached, 0)


# --- the short way: counts that add up, and say the same in both forms


def are_plain(counts: Json) -> bool:
    """Whether a server's counts are right in type: those that all servers have, and further values that need no look."""
    further: Json = {}
    for name, value in counts.items():
        if name in DETAILS:
            if type(value) is not dict:
                return False
            for count in value.values():
                if type(count) is not int:
                    return False
        elif type(value) is not int:
            if name in COUNTS:
                return False
            further[name] = value
    return not further or ("extra_content" not in further and is_clean(further))


def _plain_to_unified(counts: Json, dialect: Dialect) -> Json | None:
    """Counts that add up and are the same in both forms, but for cached ones that are said twice; None for all others."""
    if not counts.keys() >= _THREE:
        return None
    prompt, completion, total = counts["prompt_tokens"], counts["completion_tokens"], counts["total_tokens"]
    out: Json = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total}
    if len(counts) > 3:
        for name, known in DETAILS.items():
            if name in counts:
                if not known.issuperset(counts[name]):
                    return None
                out[name] = counts[name].copy()
        if len(out) + (_said_twice(counts, prompt, dialect) if dialect.cached else 0) != len(counts):
            return None
    return None if prompt + completion != total or _says_otherwise(out, dialect) else out


def _said_twice(counts: Json, prompt: int, dialect: Dialect) -> int:
    """How many members at the top say nothing but what the details say."""
    cached = counts.get(dialect.cached)
    if type(cached) is not int or counts.get(PROMPT, _NOTHING).get("cached_tokens") != cached:
        return 0
    return 2 if dialect.uncached and counts.get(dialect.uncached) == prompt - cached else 1


def _same(counts: Json, dialect: Dialect) -> Json | None:
    """Unified counts that add up and are the same in both forms, in their order; None for all others."""
    if not counts.keys() >= _THREE or counts["prompt_tokens"] + counts["completion_tokens"] != counts["total_tokens"]:
        return None
    out = counts.copy()
    if len(counts) > 3:
        for name, value in counts.items():
            known = DETAILS.get(name)
            if known is not None:
                if not known.issuperset(value):
                    return None
                out[name] = value.copy()
            elif name not in _THREE:
                return None
    return None if _says_otherwise(out, dialect) else out


def _says_otherwise(counts: Json, dialect: Dialect) -> bool:
    """Whether the dialect counts some of the tokens elsewhere, or under another name."""
    return bool(
        (dialect.exclusive_counts and COMPLETION in counts)
        or (dialect.cache_written and "cache_write_tokens" in counts.get(PROMPT, _NOTHING))
    )  # fmt: skip
