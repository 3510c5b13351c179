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
        _by_modality(entries, details, leg, (*path, place(usage, name)), images=known)
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


_PLAIN_COUNTS = frozenset((
    "promptTokenCount", "candidatesTokenCount", "totalTokenCount", "thoughtsTokenCount", "cachedContentTokenCount",
    "toolUsePromptTokenCount",
))  # fmt: skip


_WORDS = {"serviceTier": "service_tier", "trafficType": "traffic_type"}  # of the service, as a bag names them
_NAMES_OF_WORDS = {bagged: name for name, bagged in _WORDS.items()}


def is_plain(usage: Any) -> bool:
    """Whether `to_unified` takes this usage without a word: whole numbers, lists by modality and words of the service."""
    if type(usage) is not dict:
        return False
    for name, value in usage.items():
        if type(value) is int:
            if (name not in _PLAIN_COUNTS and name not in _WORDS) or value < 0:
                return False
        elif type(value) is str:
            if name not in _WORDS or not value.isascii():
                return False
        elif type(value) is not list or name not in _LISTS:
            return False
        else:
            for entry in value:
                if type(entry) is not dict or len(entry) != 2 or type(entry.get("tokenCount")) is not int:
                    return False
                word = entry.get("modality")
                if (type(word) is not str or word not in MODALITY_DETAILS) and type(word) is not int:
                    return False
    return True


def plain_to_unified(usage: Any, key: str) -> Json | None:
    """`to_unified` for counts that add up, lists that count texts alone and words of the service; None for all others."""
    prompt = answer = thoughts = cached = 0
    total: int | None = None
    texts: int | None = None
    answered: int | None = None
    words: Json | None = None
    if type(usage) is not dict:
        return None
    for name, value in usage.items():
        if type(value) is int:
            if value < 0:
                return None
            if name == "promptTokenCount":
                prompt = value
            elif name == "candidatesTokenCount":
                answer = value
            elif name == "totalTokenCount":
                total = value
            elif name == "thoughtsTokenCount":
                thoughts = value
            elif name == "cachedContentTokenCount":
                cached = value
            else:
                return None
        elif name in _WORDS and type(value) is str:
            if not value.isascii():
                return None
            words = {**(words or {}), _WORDS[name]: value}
        elif type(value) is not list or len(value) != 1 or type(value[0]) is not dict or len(value[0]) != 2:
            return None
        else:
            count = value[0].get("tokenCount")
            if value[0].get("modality") != "TEXT" or type(count) is not int or count <= 0:
                return None
            if name == "promptTokensDetails":
                texts = count
            elif name == "candidatesTokensDetails":
                answered = count
            else:
                return None
    completion = answer + thoughts
    if total is not None and total != prompt + completion:
        return None
    unified: Json = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    if cached or texts is not None:
        unified[PROMPT] = before = {"cached_tokens": cached} if cached else {}
        if texts is not None:
            before["text_tokens"] = texts
    if thoughts or answered is not None:
        unified[COMPLETION] = after = {"reasoning_tokens": thoughts} if thoughts else {}
        if answered is not None:
            after["text_tokens"] = answered
    if words is not None:
        unified["extra_content"] = {key: words}
    return unified


def plain_to_native(usage: Json | None, key: str) -> Json | None:
    """`to_native` for counts with their sum as total, and words of the service; None for all others."""
    if usage is None:
        return {"promptTokenCount": 0, "totalTokenCount": 0}
    prompt = completion = cached = thoughts = 0
    total = words = None
    lists: Json = {}
    for name, value in usage.items():
        if type(value) is int:
            if not 0 <= value < _MOST:
                return None
            if name == "prompt_tokens":
                prompt = value
            elif name == "completion_tokens":
                completion = value
            elif name == "total_tokens":
                total = value
            else:
                return None
        elif type(value) is not dict:
            return None
        elif name in _LISTS_OF:
            listed = False
            for inner, count in value.items():
                if type(count) is not int or not 0 <= count < _MOST:
                    return None
                if inner == "cached_tokens" and name == PROMPT:
                    cached = count
                elif inner == "reasoning_tokens" and name == COMPLETION:
                    thoughts = count
                elif inner in DETAILS_TO_NATIVE:
                    listed = listed or count > 0
                elif count or inner not in _SILENT:
                    return None
            if listed:
                lists[_LISTS_OF[name]] = by_modality(value)
        else:
            words = value.get(key)
            if name != "extra_content" or len(value) != 1 or type(words) is not dict or not words.keys() <= _NAMES_OF_WORDS.keys():
                return None
            for word in words.values():
                if type(word) is not str or not word.isascii():
                    return None
    if total is not None and total != prompt + completion:
        return None
    native: Json = {"promptTokenCount": prompt}
    if cached:
        native["cachedContentTokenCount"] = cached
    if completion > thoughts:
        native["candidatesTokenCount"] = completion - thoughts
    if thoughts:
        native["thoughtsTokenCount"] = thoughts
    native["totalTokenCount"] = prompt + completion
    if lists:
        for listed_as in _LISTS_OF.values():
            if listed_as in lists:
                native[listed_as] = lists[listed_as]
    if words is not None:
        native.update((_NAMES_OF_WORDS[name], word) for name, word in words.items())
    return native


_MOST = 2**62
_LISTS_OF = {PROMPT: "promptTokensDetails", COMPLETION: "candidatesTokensDetails"}
_SILENT = frozenset(("cached_tokens", "reasoning_tokens", "accepted_prediction_tokens", "rejected_prediction_tokens"))  # when they are zero


def _by_modality(entries: Any, details: Json, leg: Leg, path: Path, *, images: bool) -> None:
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


_LISTS = frozenset(("promptTokensDetails", "candidatesTokensDetails", "cacheTokensDetails", "toolUsePromptTokensDetails"))
_NAMES = _COUNTS | _LISTS | {"serviceTier", "trafficType"}
_ENTRY = frozenset(("modality", "tokenCount"))


def strange(usage: Json) -> list[Path]:
    """Members that are no counts we know: streams repeat usage, and only the last one counts."""
    found: list[Path] = []
    for name, value in usage.items():
        known = camel(name)
        if known not in _NAMES:
            found.append((name,))
        elif known in _LISTS and type(value) is list:
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
        _by_modality(kept, said, leg, (*path, "extra_content", leg.row.key, snake(name)), images=images)
        if by_modality(said) == made:
            native[name] = spelled(kept, leg.row.variant)
            return
        bag.stale(leg, path, snake(name), "envelope")
    if made:
        native[name] = made
