"""
The quick look at a chunk: most chunks of a stream differ from the one before in one piece of text alone.

`envelope` is what stood beside the choices of a chunk that went the long way; a chunk with an equal one, whose only choice
brings text or arguments, needs no other look. Whatever this does not know goes the long way, so that there is one judgement.
"""

from __future__ import annotations

from typing import Any

from translate.leg import Json

_TEXTS = frozenset(("content", "reasoning_content", "reasoning"))
_PLAIN_CHOICE = frozenset(("index", "delta", "finish_reason", "logprobs"))
_CHOICE = {"index", "delta", "finish_reason"}
_FRAGMENT = {"index", "function"}


def envelope_of(chunk: Json) -> Json:
    """What stands beside the choices; padding left out."""
    envelope = dict(chunk)
    envelope.pop("choices", None)
    envelope.pop("obfuscation", None)
    return envelope


def text_choice(chunk: Json, envelope: Json | None) -> Json | None:
    """The choice of a chunk that brings text, or a piece of arguments, and nothing else; None for every other chunk."""
    if envelope is None:
        return None
    beside = chunk.copy()
    choices = beside.pop("choices", None)
    if type(choices) is not list or len(choices) != 1:
        return None
    if "obfuscation" in beside and type(beside.pop("obfuscation")) is not str:
        return None
    choice = choices[0]
    if beside != envelope or type(choice) is not dict or type(choice.get("index")) is not int:
        return None
    if choice.keys() != _CHOICE and not choice.keys() <= _PLAIN_CHOICE:
        return None
    if choice.get("finish_reason") is not None or choice.get("logprobs") is not None:
        return None
    delta = choice.get("delta")
    if type(delta) is not dict or len(delta) != 1:
        return None
    for name, value in delta.items():
        if name in _TEXTS:
            return choice if type(value) is str and value and _encodes(value) else None
        return choice if name == "tool_calls" and _is_piece(value) else None
    return None


def _is_piece(calls: Any) -> bool:
    """One further piece of one call's arguments."""
    if type(calls) is not list or len(calls) != 1 or type(calls[0]) is not dict or calls[0].keys() != _FRAGMENT:
        return False
    function = calls[0]["function"]
    return (
        type(calls[0]["index"]) is int and type(function) is dict and len(function) == 1
        and type(function.get("arguments")) is str and function["arguments"] != "" and _encodes(function["arguments"])
    )  # fmt: skip


def _encodes(text: str) -> bool:
    """No lone surrogates, which only the long way mends."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
