"""The short way of usage: whole numbers, lists by modality and words of the service, looked at and written in one walk."""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.providers.gemini.spelling import camel, snake
from translate.providers.gemini.tables import DETAILS_TO_NATIVE, MODALITY_DETAILS
from translate.providers.gemini.usage import COMPLETION, LISTS, PROMPT, by_modality

_COUNTS = frozenset((
    "promptTokenCount", "candidatesTokenCount", "totalTokenCount", "thoughtsTokenCount", "cachedContentTokenCount",
    "toolUsePromptTokenCount",
))  # fmt: skip
_BARE = frozenset(("promptTokenCount", "candidatesTokenCount", "totalTokenCount"))
_WORDS = frozenset(("serviceTier", "trafficType"))  # of the service
_LISTS_OF = {PROMPT: "promptTokensDetails", COMPLETION: "candidatesTokensDetails"}
_SILENT = frozenset(("cached_tokens", "reasoning_tokens", "accepted_prediction_tokens", "rejected_prediction_tokens"))  # when they are zero
_MOST = 2**62


def is_plain(usage: Any) -> bool:
    """Whether the long way takes this usage without a word."""
    if type(usage) is not dict:
        return False
    for name, value in usage.items():
        if type(value) is int:
            if (name not in _COUNTS and name not in _WORDS) or value < 0:
                return False
        elif type(value) is str:
            if name not in _WORDS or not value.isascii():
                return False
        elif type(value) is not list or name not in LISTS:
            return False
        else:
            for entry in value:
                if type(entry) is not dict or len(entry) != 2 or type(entry.get("tokenCount")) is not int:
                    return False
                word = entry.get("modality")
                if (type(word) is not str or not word.isascii()) and type(word) is not int:
                    return False
    return True


def _are_counts(entries: Any) -> bool:
    """Whether a list counts tokens by modality, each in words and whole numbers."""
    if type(entries) is not list:
        return False
    for entry in entries:
        if type(entry) is not dict or len(entry) != 2:
            return False
        word, count = entry.get("modality"), entry.get("tokenCount")
        if type(word) is not str or not word.isascii() or type(count) is not int or not 0 <= count < _MOST:
            return False
    return True


def _added(entries: list[Json], details: Json, images: bool) -> Json:
    """Details with the counts of such a list. images: whether these have a count of images."""
    for entry in entries:
        target, count = MODALITY_DETAILS.get(entry["modality"]), entry["tokenCount"]
        if target is not None and count and (images or target != "image_tokens"):
            details[target] = details.get(target, 0) + count
    return details


def _said(entries: list[Json], details: Json, images: bool) -> bool:
    """Adds such a list to details; whether these give it back."""
    if len(entries) == 1 and entries[0]["modality"] == "TEXT" and entries[0]["tokenCount"]:  # nearly always
        details["text_tokens"] = entries[0]["tokenCount"]
        return True
    return by_modality(_added(entries, details, images)) == entries


def to_unified(usage: Any, key: str) -> Json | None:
    """What `usage.to_unified` gives for counts that add up; None for all others."""
    prompt = answer = thoughts = cached = tool_use = 0
    total: int | None = None
    texts: list[Json] | None = None
    answered: list[Json] | None = None
    others: Json | None = None
    if type(usage) is not dict:
        return None
    if len(usage) == 3 and _BARE.issuperset(usage):  # as of many answers
        prompt, answer, total = usage["promptTokenCount"], usage["candidatesTokenCount"], usage["totalTokenCount"]
        if type(prompt) is int and type(answer) is int and type(total) is int and prompt >= 0 and answer >= 0:
            return {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": total} if prompt + answer == total else None
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
            elif name == "toolUsePromptTokenCount":
                tool_use = value
            else:
                return None
        elif type(value) is list:
            if name not in LISTS or not _are_counts(value):
                return None
            if name == "promptTokensDetails":
                texts = value
            elif name == "candidatesTokensDetails":
                answered = value
            else:
                others = {**(others or {}), snake(name): value}
        elif name not in _WORDS or type(value) is not str or not value.isascii():
            return None
        else:
            others = {**(others or {}), snake(name): value}
    prompt += tool_use
    completion = answer + thoughts
    if total is not None and total != prompt + completion:
        return None
    unified: Json = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    own: Json = {}
    before = {"cached_tokens": cached} if cached else {}
    if texts is not None and not _said(texts, before, True):
        own["prompt_tokens_details"] = texts
    after = {"reasoning_tokens": thoughts} if thoughts else {}
    if answered is not None and not _said(answered, after, False):
        own["candidates_tokens_details"] = answered
    if own:
        unified["extra_content"] = {key: own}
    if before:
        unified[PROMPT] = before
    if after:
        unified[COMPLETION] = after
    if tool_use:
        own["tool_use_prompt_token_count"] = tool_use
    if others is not None:
        own.update(others)
    if own:
        unified["extra_content"] = {key: own}
    return unified


def to_native(usage: Json | None, key: str) -> Json | None:
    """What `usage.to_native` gives for counts with their sum as total, and what `to_unified` puts into the bag; None for all others."""
    if usage is None:
        return {"promptTokenCount": 0, "totalTokenCount": 0}
    prompt = completion = cached = thoughts = 0
    total: int | None = None
    own: Any = None
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
            own = value.get(key)
            if name != "extra_content" or len(value) != 1 or type(own) is not dict:
                return None
    if total is not None and total != prompt + completion:
        return None
    beside = None if own is None else _unpacked(own, lists, prompt)
    if own is not None and beside is None:
        return None
    tool_use = own["tool_use_prompt_token_count"] if own and "tool_use_prompt_token_count" in own else 0
    native: Json = {"promptTokenCount": prompt - tool_use}
    if cached:
        native["cachedContentTokenCount"] = cached
    if completion > thoughts:
        native["candidatesTokenCount"] = completion - thoughts
    if thoughts:
        native["thoughtsTokenCount"] = thoughts
    if tool_use:
        native["toolUsePromptTokenCount"] = tool_use
    native["totalTokenCount"] = prompt + completion
    if lists:
        for listed_as in _LISTS_OF.values():
            if listed_as in lists:
                native[listed_as] = lists[listed_as]
    if beside:
        native.update(beside)
    return native


def _unpacked(own: Json, lists: Json, prompt: int) -> Json | None:
    """
    The native members of a bag that stand behind the counts; lists of prompt and answer replace those made of the visible counts.

    None where the bag holds something else, or a list that says other counts than the visible ones.
    """
    beside: Json = {}
    for name, value in own.items():
        native = camel(name)
        if type(value) is list:
            if native not in LISTS or not _are_counts(value):
                return None
            if native not in _LISTS_OF.values():
                beside[native] = value
            elif by_modality(_added(value, {}, native == _LISTS_OF[PROMPT])) != lists.get(native, []):
                return None
            else:
                lists[native] = value
        elif type(value) is int:
            if name != "tool_use_prompt_token_count" or not 0 <= value <= prompt:
                return None
        elif native not in _WORDS or type(value) is not str or not value.isascii():
            return None
        else:
            beside[native] = value
    return beside
