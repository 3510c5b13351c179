"""
Answers that the survey would know but for what their own servers say beside texts and calls: a bag, tokens written to the cache,
signed thoughts. Opened here for the short ways of several formats; None is the answer to everything uncommon.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from translate.leg import Json
from translate.scrubbing import lone
from translate.shared.plain import is_clean
from translate.survey import COUNTS, plain_counts, plain_response

_NOTHING: Json = {}


class Opened(NamedTuple):
    """
    An answer as the survey knows it, and what stood beside it: bags of the answer and of its usage, entries of reasoning.

    rowed: its message as it came, where that has order rows.
    """

    bare: Json
    own: Json
    counted: Json
    entries: list[Json] | None
    rowed: Json | None = None


def opened(response: Json, key: str, *, rows: bool = False) -> Opened | None:
    """
    The answer without its own bags and entries; None for one that says more, or has counts of other kinds.

    rows: one whose message has order rows is known too.
    """
    usage, choices = response.get("usage"), response.get("choices")
    if type(choices) is not list or len(choices) != 1 or type(choices[0]) is not dict or type(usage) is not dict:
        return None
    choice = choices[0]
    message, entries = choice.get("message"), None
    if type(message) is not dict:
        return None
    bare, rowed, beside = response.copy(), None, None
    if rows and "extra_content" in message:
        rowed, message = message, message.copy()
        beside = rowed["extra_content"]
        held = without_bag(message, key)
        if held is None or held.keys() != {"blocks"} or type(held["blocks"]) is not list:
            return None
    if "reasoning_details" in message:
        entries = message["reasoning_details"]
        message = {name: value for name, value in message.items() if name != "reasoning_details"}
    if message is not choice["message"]:
        bare["choices"] = [{**choice, "message": message}]
    own = without_bag(bare, key)
    if "extra_content" in usage:
        bare["usage"] = usage = usage.copy()
    counted = without_bag(usage, key)
    if own is None or counted is None or not plain_response(bare, _are_counts):
        return None
    if (own or counted) and not is_clean({"extra_content": response.get("extra_content"), "usage": response["usage"]}):
        return None
    if rowed is not None and not is_clean({"choices": [{"message": {"extra_content": beside}}]}):
        return None
    return Opened(bare, own, counted, entries, rowed)


def without_bag(holder: Json, key: str) -> Json | None:
    """Takes its own bag, if it has one, out of an object; None for one with others."""
    if "extra_content" not in holder:
        return _NOTHING
    content = holder["extra_content"]
    held = content.get(key) if type(content) is dict and len(content) == 1 else None
    if type(held) is not dict:
        return None
    del holder["extra_content"]
    return held


def signed_texts(entries: Any, readable: Any, word: str) -> list[tuple[str, str]] | None:
    """Text and signature of entries of a format that together say what the readable text says; None for any others."""
    if type(entries) is not list or not entries or readable == "":
        return None
    found: list[tuple[str, str]] = []
    said = ""
    for number, entry in enumerate(entries):
        if type(entry) is not dict or len(entry) != 5 or entry.get("type") != "reasoning.text" or entry.get("format") != word:
            return None
        text, signature, index = entry.get("text"), entry.get("signature"), entry.get("index")
        if type(text) is not str or type(signature) is not str or not signature or type(index) is not int or index != number:
            return None
        if not signature.isascii() or not (text.isascii() or not lone(text)):
            return None
        said += text
        found.append((text, signature))
    return found if said == (readable or "") else None


def _are_counts(usage: Json) -> bool:
    """Whether counts are those of the survey, or tokens written to the cache."""
    details = usage.get("prompt_tokens_details")
    if type(details) is not dict or "cache_write_tokens" not in details:
        return plain_counts(usage)
    for name, value in usage.items():
        if type(value) is int:
            if value < 0 or name not in COUNTS or COUNTS[name]:
                return False
        elif type(value) is not dict or not COUNTS.get(name):
            return False
        else:
            for member, count in value.items():
                if type(count) is not int or count < 0 or (member not in COUNTS[name] and value is not details):
                    return False
    return details.keys() <= _WRITTEN


_WRITTEN = COUNTS["prompt_tokens_details"] | {"cache_write_tokens"}
