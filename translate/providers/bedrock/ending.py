"""
How an answer ended, both directions: the stop reason, and the stop sequence among the additional fields.

Source: Amazon Bedrock API reference, "Converse", response, `stopReason`.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock.tables import (
    FINISH_REASON_TO_NATIVE,
    LOSSY_STOP_REASONS,
    NATIVE_STOP_REASONS,
    STOP_REASON_TO_UNIFIED,
)
from translate.shared import bag

ADDITIONAL = "additionalModelResponseFields"
SEQUENCE = "stop_sequence"
# Endings that are the same word for word: the finish reason and whether there are calls, and the native one.
STOP_REASONS = {
    ("stop", False): "end_turn", ("tool_calls", True): "tool_use", ("length", False): "max_tokens", ("length", True): "max_tokens",
    ("content_filter", False): "content_filtered", ("content_filter", True): "content_filtered",
}  # fmt: skip
FINISH_REASONS = {(reason, called): finish for (finish, called), reason in STOP_REASONS.items()}


def finish_to_unified(reason: Any, fields: Any, choice: Json, called: bool, leg: Leg, path: Path) -> Any:
    """
    stopReason and the stop sequence that was hit -> the choice. Returns what is left of the additional fields.

    Losses: an unknown or malformed reason approximated, a missing one defaulted.
    """
    if reason is not None and type(reason) is not str:
        leg.invalid((*path, "stopReason"), "string", reason)
    sequence, rest = None, fields
    if type(fields) is dict and type(fields.get(SEQUENCE)) is str and reason in (None, "stop_sequence"):
        sequence = fields[SEQUENCE]
        rest = {name: value for name, value in fields.items() if name != SEQUENCE} or None
    if reason is None:
        finish = "tool_calls" if called else "stop"
        leg.losses.add("defaulted", "behaviour", "finish_reason", (*path, "stopReason"), "no stopReason")
    else:
        known = STOP_REASON_TO_UNIFIED.get(reason)
        finish = known or "stop"
        if known is None:
            leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "stopReason"), "word unknown; stop")
        elif reason in LOSSY_STOP_REASONS:
            leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "stopReason"), "no such ending; stop")
    choice["finish_reason"] = finish
    if reason is not None and stop_word(finish, called, sequence) != reason:
        choice["native_finish_reason"] = reason
    if sequence is not None:
        bag.put(choice, leg.row.key, SEQUENCE, sequence)
    return rest


def stop_word(finish: str | None, called: bool, sequence: Any = None) -> str | None:
    """Native stop reason of a finish reason, by what the answer holds; None for a word the table lacks."""
    if finish == "stop" and type(sequence) is str:
        return "stop_sequence"
    if finish is None or finish in ("stop", "tool_calls", "function_call"):
        return "tool_use" if called else "end_turn"
    return FINISH_REASON_TO_NATIVE.get(finish)


def ending_to_native(choice: Json, own: Json, called: bool, leg: Leg, path: Path) -> Json:
    """
    stopReason, and the stop sequence that was hit among the additional fields.

    Losses: an unknown finish reason approximated; a native word of others dropped.
    """
    finish, word = choice.get("finish_reason"), choice.get("native_finish_reason")
    for name, value in (("finish_reason", finish), ("native_finish_reason", word)):
        if value is not None and type(value) is not str:
            leg.invalid((*path, name), "string", value)
    ending: Json = {}
    sequence = None
    for name, value in own.items():
        if value is None:
            continue
        if name == SEQUENCE and finish in (None, "stop") and type(value) is str:
            sequence = value
            ending[ADDITIONAL] = {SEQUENCE: value}
        elif name == SEQUENCE:
            bag.stale(leg, path, name, "envelope")
        else:
            leg.losses.add("dropped", "envelope", name, (*path, "extra_content", leg.row.key, name), "not of an answer")
    ending["stopReason"] = stop_to_native(finish, word, called, sequence, leg, path)
    return ending


def stop_to_native(finish: str | None, word: str | None, called: bool, sequence: Any, leg: Leg, path: Path) -> str:
    """The stop reason. A word of its own is kept while its table still gives the finish reason."""
    if word:
        if word in NATIVE_STOP_REASONS and STOP_REASON_TO_UNIFIED[word] == (finish or "stop"):
            return word
        leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "not a word of Converse")
    reason = stop_word(finish, called, sequence)
    if finish is None:
        leg.losses.add("defaulted", "behaviour", "finish_reason", path, f"no finish_reason; {reason}")
    if reason is None:
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "word unknown; end_turn")
        return "tool_use" if called else "end_turn"
    if finish in ("function_call", "tool_calls") and not called:
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "no call in the answer; end_turn")
    elif finish == "stop" and reason == "tool_use":
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "calls in the answer; tool_use")
    return reason
