"""`usageMetadata` <-> usage. Thoughts and tool-use tokens are counted beside the others natively, within them in unified."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini.spelling import camel, members, place, snake, spelled, word, worded
from translate.providers.gemini.tables import DETAILS_TO_NATIVE, MODALITY_DETAILS
from translate.shared import bag

PROMPT, COMPLETION = "prompt_tokens_details", "completion_tokens_details"
_COUNTS = frozenset((
    "promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount", "totalTokenCount",
    "cachedContentTokenCount", "promptTokensDetails", "candidatesTokensDetails",
))  # fmt: skip
USAGE_MEMBERS = frozenset(("prompt_tokens", "completion_tokens", "total_tokens", PROMPT, COMPLETION, "extra_content"))


def to_unified(usage: Any, leg: Leg, path: Path) -> Json | None:
    """
    Native counts -> inclusive counts. The bag keeps what they can not say: tool-use tokens, counts by modality that have no
    field, a total that is no sum, thoughts that were counted within the answer.
    """
    if usage is None:
        return None
    if type(usage) is not dict:
        leg.invalid(path, "object", usage)
    named = members(usage)
    key = leg.row.key

    def count(name: str) -> int:
        value = named.get(name)
        if value is None:
            return 0
        if type(value) is str and value.isascii() and value.isdigit() and len(value) < 19:
            return int(value)
        if type(value) is not int and not (type(value) is float and value.is_integer() and abs(value) < 2**53):
            leg.invalid((*path, place(usage, name)), "integer", value)
        return int(value)

    prompt, answer, thoughts = count("promptTokenCount"), count("candidatesTokenCount"), count("thoughtsTokenCount")
    tool_use, cached, total = count("toolUsePromptTokenCount"), count("cachedContentTokenCount"), count("totalTokenCount")
    within = bool(thoughts) and prompt + answer + tool_use == total and thoughts <= answer
    completion = answer if within else answer + thoughts
    unified: Json = {
        "prompt_tokens": prompt + tool_use, "completion_tokens": completion, "total_tokens": prompt + tool_use + completion,
    }  # fmt: skip
    before: Json = {"cached_tokens": cached} if cached else {}
    after: Json = {"reasoning_tokens": thoughts} if thoughts else {}
    for name, details, known in (
        ("promptTokensDetails", before, True), ("candidatesTokensDetails", after, False),
    ):  # fmt: skip
        entries = named.get(name)
        if entries is None:
            continue
        add_by_modality(entries, details, leg, (*path, place(usage, name)), images=known)
        if by_modality(details) != spelled(entries, leg.row.variant):
            bag.put(unified, key, snake(name), worded(entries, leg.row.variant))
    if before:
        unified[PROMPT] = before
    if after:
        unified[COMPLETION] = after
    if tool_use:
        bag.put(unified, key, "tool_use_prompt_token_count", tool_use)
    if within:
        bag.put(unified, key, "candidates_token_count", answer)
    if named.get("totalTokenCount") is not None and total != unified["total_tokens"]:
        bag.put(unified, key, "total_token_count", total)
    for name, value in named.items():
        if name not in _COUNTS and value is not None:
            bag.put(unified, key, snake(name), word(name, worded(value, leg.row.variant), leg.row.variant))
    return unified


def add_by_modality(entries: Any, details: Json, leg: Leg, path: Path, *, images: bool) -> None:
    """Adds the counts of a native list to unified details. images: whether these have a count of images."""
    if type(entries) is not list:
        leg.invalid(path, "array", entries)
    for number, entry in enumerate(entries):
        if type(entry) is not dict:
            leg.invalid((*path, number), "object", entry)
        named = spelled(entry, leg.row.variant)
        count = named.get("tokenCount")
        if count is not None and type(count) is not int:
            leg.invalid((*path, number, place(entry, "tokenCount")), "integer", count)
        word = named.get("modality")
        target = MODALITY_DETAILS.get(word) if type(word) is str else None
        if target is not None and count and (images or target != "image_tokens"):
            details[target] = details.get(target, 0) + count


LISTS = frozenset(("promptTokensDetails", "candidatesTokensDetails", "cacheTokensDetails", "toolUsePromptTokensDetails"))
_NAMES = _COUNTS | LISTS | {"serviceTier", "trafficType"}
_ENTRY = frozenset(("modality", "tokenCount"))


def strange(usage: Json) -> list[Path]:
    """Members that are no counts we know: streams repeat usage, and only the last one counts."""
    found: list[Path] = []
    for name, value in usage.items():
        known = camel(name)
        if known not in _NAMES:
            found.append((name,))
        elif known in LISTS and type(value) is list:
            for number, entry in enumerate(value):
                if type(entry) is dict and not entry.keys() <= _ENTRY:
                    found += [(name, number, key) for key in entry if camel(key) not in _ENTRY]
    return found


def by_modality(details: Json) -> list[Json]:
    """Counts of unified details -> native list."""
    return [
        {"modality": word, "tokenCount": details[name]} for name, word in DETAILS_TO_NATIVE.items() if details.get(name)
    ]


def to_native(usage: Any, leg: Leg, path: Path = ("usage",)) -> Json:
    """Inclusive counts -> native counts, zeros when none came. Losses: counts without a field."""
    if usage is None:
        return {"promptTokenCount": 0, "totalTokenCount": 0}
    if type(usage) is not dict:
        leg.invalid(path, "object", usage)

    def count(holder: Json, name: str, where: Path) -> int:
        value = holder.get(name)
        if value is None:
            return 0
        if type(value) not in (int, float):
            leg.invalid((*where, name), "number", value)
        return int(value) if abs(value) < 2**63 else 0

    own = members(bag.unpack(usage, leg, path, "envelope")) if "extra_content" in usage else bag.EMPTY
    before, after = _details(usage, PROMPT, leg, path), _details(usage, COMPLETION, leg, path)
    prompt, completion = count(usage, "prompt_tokens", path), count(usage, "completion_tokens", path)
    thoughts = count(after, "reasoning_tokens", (*path, COMPLETION))
    cached = count(before, "cached_tokens", (*path, PROMPT))
    tool_use = own.get("toolUsePromptTokenCount")
    if type(tool_use) is not int or not 0 <= tool_use <= prompt:
        if tool_use is not None:
            bag.stale(leg, path, "tool_use_prompt_token_count", "envelope")
        tool_use = 0
    answer = max(completion - thoughts, 0)
    if own.get("candidatesTokenCount") is not None:
        if own["candidatesTokenCount"] == completion:
            answer = completion
        else:
            bag.stale(leg, path, "candidates_token_count", "envelope")
    native: Json = {"promptTokenCount": prompt - tool_use}
    if cached:
        native["cachedContentTokenCount"] = cached
    if answer:
        native["candidatesTokenCount"] = answer
    if thoughts:
        native["thoughtsTokenCount"] = thoughts
    if tool_use:
        native["toolUsePromptTokenCount"] = tool_use
    total, kept_total = prompt + completion, own.get("totalTokenCount")
    told = usage.get("total_tokens")
    native["totalTokenCount"] = total
    if kept_total is not None:
        if type(kept_total) is int and told in (None, total):
            native["totalTokenCount"] = kept_total
        else:
            bag.stale(leg, path, "total_token_count", "envelope")
    if told is not None and told != total:
        leg.losses.add("approximated", "envelope", "total_tokens", (*path, "total_tokens"), "the total is the sum here")
    for name, details, images in (("promptTokensDetails", before, True), ("candidatesTokensDetails", after, False)):
        _modalities_to_native(name, details, own, native, leg, path, images=images)
    for name, value in own.items():
        if name not in _COUNTS and value is not None:
            native.update(spelled({name: value}, leg.row.variant))
    for group, details, fits in ((PROMPT, before, "cached_tokens"), (COMPLETION, after, "reasoning_tokens")):
        for name, value in details.items():
            if value and name != fits and name not in DETAILS_TO_NATIVE:
                leg.losses.add("dropped", "envelope", name, (*path, group, name), "no such count here")
    for name, value in usage.items():
        if name not in USAGE_MEMBERS and value is not None:
            leg.losses.add("dropped", "envelope", name, (*path, name), "no such count here")
    return native


def _details(usage: Json, name: str, leg: Leg, path: Path) -> Json:
    details = usage.get(name)
    if details is None:
        return bag.EMPTY
    if type(details) is not dict:
        leg.invalid((*path, name), "object", details)
    for member, value in details.items():
        if value is not None and type(value) not in (int, float) and member != "extra_content":
            leg.invalid((*path, name, member), "number", value)
    return details


def _modalities_to_native(name: str, details: Json, own: Json, native: Json, leg: Leg, path: Path, *, images: bool) -> None:
    """The list by modality: the kept one while it says the visible counts, else made from them."""
    kept = own.get(name)
    made = by_modality(details)
    if type(kept) is list:
        said: Json = {}
        add_by_modality(kept, said, leg, (*path, "extra_content", leg.row.key, snake(name)), images=images)
        if by_modality(said) == made:
            native[name] = spelled(kept, leg.row.variant)
            return
        bag.stale(leg, path, snake(name), "envelope")
    if made:
        native[name] = made
