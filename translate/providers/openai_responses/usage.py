"""Counts of tokens, both directions. Source: OpenAI API reference, "The response object", usage."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_responses.tables import INPUT_DETAILS, OUTPUT_DETAILS
from translate.shared import bag
from translate.shared.fields import report_rest

COUNTS = (("input_tokens", "prompt_tokens"), ("output_tokens", "completion_tokens"), ("total_tokens", "total_tokens"))
DETAILS = (
    ("input_tokens_details", "prompt_tokens_details", INPUT_DETAILS),
    ("output_tokens_details", "completion_tokens_details", OUTPUT_DETAILS),
)


def usage_to_unified(usage: Any, leg: Leg, path: Path) -> Json | None:
    """Counts under their chat names; counts of other kinds in the bag of usage."""
    if usage is None:
        return None
    if type(usage) is not dict:
        leg.invalid(path, "object", usage)
    unified: Json = {}
    for native, name in COUNTS:
        value = usage.get(native)
        if value is not None and type(value) is not int:
            leg.invalid((*path, native), "integer", value)
        unified[name] = value or 0
    total = unified["prompt_tokens"] + unified["completion_tokens"]
    if unified["total_tokens"] != total:
        if usage.get("total_tokens") is not None:
            bag.put(unified, leg.row.key, "total_tokens", unified["total_tokens"])
        unified["total_tokens"] = total
    known = {native for native, _ in COUNTS}
    for native, name, members in DETAILS:
        known.add(native)
        details = usage.get(native)
        if details is None:
            continue
        if type(details) is not dict:
            leg.invalid((*path, native), "object", details)
        shown: Json = {}
        rest: Json = {}
        for member, count in details.items():
            if member in members:
                if count is not None and type(count) is not int:
                    leg.invalid((*path, native, member), "integer", count)
                shown[member] = count or 0
            elif count is not None:
                rest[member] = count
        if shown:
            unified[name] = shown
        if rest:
            bag.put(unified, leg.row.key, native, rest)
    for name, value in usage.items():
        if name not in known and value is not None:
            bag.put(unified, leg.row.key, name, value)
    return unified


def usage_to_native(usage: Any, leg: Leg) -> Json:
    """Counts, zeros when none came. Losses: counts of other kinds."""
    native: Json = {"input_tokens": 0, "input_tokens_details": dict.fromkeys(INPUT_DETAILS, 0), "output_tokens": 0}
    native["output_tokens_details"] = dict.fromkeys(OUTPUT_DETAILS, 0)
    native["total_tokens"] = 0
    if usage is None:
        return native
    path: Path = ("usage",)
    if type(usage) is not dict:
        leg.invalid(path, "object", usage)
    for word, name in COUNTS:
        value = usage.get(name)
        if value is not None and type(value) is not int:
            leg.invalid((*path, name), "integer", value)
        native[word] = value or 0
    total = native["input_tokens"] + native["output_tokens"]
    if usage.get("total_tokens") not in (None, total):
        leg.losses.add("approximated", "envelope", "total_tokens", (*path, "total_tokens"), "not the sum of the others")
    native["total_tokens"] = total
    for word, name, members in DETAILS:
        details = usage.get(name)
        if details is None:
            continue
        if type(details) is not dict:
            leg.invalid((*path, name), "object", details)
        for member, count in details.items():
            if member in members:
                if count is not None and type(count) is not int:
                    leg.invalid((*path, name, member), "integer", count)
                native[word][member] = count or 0
            elif count:
                leg.losses.add("dropped", "envelope", member, (*path, name, member), "no such count here")
    for word, name, members in DETAILS:
        whole = native[word.removesuffix("_details")]
        for member in members:
            if native[word][member] > whole:  # a server that counts it outside
                # A count that is not there is none, and still more than less than nothing: then the whole is named.
                where = (name, member) if (usage.get(name) or {}).get(member) is not None else (name.removesuffix("_details"),)
                leg.losses.add("approximated", "envelope", where[-1], (*path, *where), f"a part of {whole} tokens alone")
                native[word][member] = whole
    for name, value in bag.unpack(usage, leg, path, "envelope").items() if "extra_content" in usage else ():
        if name in ("input_tokens_details", "output_tokens_details") and type(value) is dict:
            native[name] = {**value, **native[name]}
        elif name == "total_tokens":
            native[name] = value
        elif name in native:
            bag.stale(leg, path, name, "envelope")
        elif value is not None:
            native[name] = value
    known = frozenset((*(name for _, name in COUNTS), *(name for _, name, _ in DETAILS), "extra_content"))
    report_rest(usage, known, leg, path, "envelope", "no such count here")
    return native
