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


def to_unified(counts: Json, leg: Leg, dialect: Dialect) -> Json:
    """
    Native usage -> inclusive counts. Cached tokens under their one name, reasoning inside the completion, further members in
    the bag of usage.
    """
    short = plain_to_unified(counts, leg.row.key, dialect, True)
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
    _add_up(usage, key, dialect)
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


def _add_up(usage: Json, key: str, dialect: Dialect) -> None:
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
            bag.put(usage, key, "completion_tokens", completion)  # this one counts reasoning inside
    if type(total) is int and total != prompt + completion:
        bag.put(usage, key, "total_tokens", total)
    usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"] = prompt, completion, prompt + completion


def to_native(usage: Any, leg: Leg, dialect: Dialect, path: Path) -> Json:
    """Unified usage -> the server's counts. Losses: members the form does not have."""
    short = plain_to_native(usage, leg.row.key, dialect, True)
    if short is not None:
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


# --- the short way: one look at the counts that nearly all answers have


def plain_to_unified(counts: Json, key: str, dialect: Dialect, looked: bool = False) -> Json | None:
    """
    The same as `to_unified` for counts that are right in type, and further values that need no look; None for all others.

    looked: somebody has seen that all texts of the document encode.
    """
    prompt, completion, total = counts.get("prompt_tokens"), counts.get("completion_tokens"), counts.get("total_tokens")
    if type(prompt) is not int or type(completion) is not int or type(total) is not int:
        return None
    if "extra_content" in counts:
        return None
    out: Json = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total}
    own: Json | None = None
    if len(counts) > 3:
        further: Json | None = None
        for name, known in DETAILS.items():
            given = counts.get(name)
            if given is None:
                continue
            if type(given) is not dict or (dialect.cache_written and dialect.cache_written in given):
                return None
            for count in given.values():
                if type(count) is not int:
                    return None
            if known.issuperset(given):
                out[name] = given.copy()
                continue
            rest = {member: count for member, count in given.items() if member not in known and count}
            if rest:
                if not looked and not is_clean(rest):  # their names
                    return None
                if own is None:
                    own = {}
                    out["extra_content"] = {key: own}
                own[name] = rest
            out[name] = {member: count for member, count in given.items() if member in known}
        for name, value in counts.items():
            if value is None or name in out:
                continue
            target = CACHED_NAMES.get(name)
            if target is not None:
                if type(value) is not int:
                    return None
                if out.setdefault(PROMPT, {}).setdefault(target, value) == value:
                    continue
            elif name == "prompt_cache_miss_tokens":
                if type(value) is not int or value != prompt - _count(counts.get("prompt_cache_hit_tokens")):
                    return None
                continue
            if own is None:
                own = {}
                out["extra_content"] = {key: own}
            own[name] = value
            if type(name) is not str or not name.isascii() or type(value) not in _NUMBERS:
                further = own
        if further is not None and not looked and not is_clean({"usage": further}):
            return None
    if prompt + completion != total or dialect.exclusive_counts:
        _add_up(out, key, dialect)
    return out


_NUMBERS = frozenset((int, float, bool))


def plain_to_native(counts: Any, key: str, dialect: Dialect, looked: bool = False) -> Json | None:
    """The same as `to_native` for counts that are right in type, add up, and have no bag but their own; None for all others."""
    if type(counts) is not dict:
        return None
    out: Json = {}
    own: Json | None = None
    for name, value in counts.items():
        if type(value) is int and name in _THREE:
            if value < 0:
                return None
            out[name] = value
        elif name == "extra_content":
            own = value.get(key) if type(value) is dict and len(value) == 1 else None
            if type(own) is not dict:
                return None
        else:
            known = DETAILS.get(name)
            if known is None or type(value) is not dict or not known.issuperset(value):
                return None
            for count in value.values():
                if type(count) is not int or count < 0:
                    return None
            out[name] = value.copy()
    if dialect.cache_written and "cache_write_tokens" in out.get(PROMPT, _NOTHING):
        return None
    if not out.keys() >= _THREE or out["prompt_tokens"] + out["completion_tokens"] != out["total_tokens"]:
        return None
    if dialect.exclusive_counts and COMPLETION in out:
        if own is not None and "completion_tokens" in own:
            return None
        reasoning = out[COMPLETION].get("reasoning_tokens", 0)
        if reasoning > out["completion_tokens"]:
            return None
        out["completion_tokens"] -= reasoning
        if dialect.plain_counts and out[COMPLETION].keys() == {"reasoning_tokens"}:
            del out[COMPLETION]
    if dialect.cached:
        _say_cached(out, dialect)
    return out if own is None else _with_own(out, own, dialect, looked)


def _with_own(out: Json, own: Json, dialect: Dialect, looked: bool) -> Json | None:
    """Counts with the members of their own bag; None where one of them says something else, or has no place."""
    refused = dialect.native_only.get("usage", _NOTHING)
    is_known = True
    for name, value in own.items():
        if type(value) not in _NUMBERS or type(name) is not str or not name.isascii():
            is_known = False
        if name in refused or name == "completion_tokens":
            return None
        if name == "total_tokens" or name in CACHED_NAMES:
            out[name] = value
        elif name in DETAILS and type(value) is dict:
            held = out.get(name, _NOTHING)
            out[name] = {**held, **{member: count for member, count in value.items() if member not in held}}
        elif value is not None:
            if out.get(name, value) != value:
                return None
            out[name] = value
    return out if is_known or looked or is_clean({"usage": {"extra_content": own}}) else None
