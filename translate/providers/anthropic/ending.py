"""
How an answer ended, both directions: stop reason, stop sequence, the details of a refusal.

Source: Anthropic API reference, "Handling stop reasons".
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.anthropic.tables import FINISH_REASON_TO_NATIVE, STOP_REASON_TO_UNIFIED
from translate.shared import bag

# Endings that are the same word for word: the finish reason and whether there are calls, and the native one.
STOP_REASONS = {
    ("stop", False): "end_turn", ("tool_calls", True): "tool_use", ("length", False): "max_tokens", ("length", True): "max_tokens",
    ("content_filter", False): "refusal", ("content_filter", True): "refusal",
}  # fmt: skip
FINISH_REASONS = {(reason, called): finish for (finish, called), reason in STOP_REASONS.items()}


def finish_to_unified(body: Json, choice: Json, message: Json, called: bool, leg: Leg, path: Path = ()) -> None:
    """stop_reason, stop_sequence and stop_details -> the choice; a refusal's explanation -> the message (or delta)."""
    reason, sequence, details = body.get("stop_reason"), body.get("stop_sequence"), body.get("stop_details")
    for name, value in (("stop_reason", reason), ("stop_sequence", sequence)):
        if value is not None and type(value) is not str:
            leg.invalid((*path, name), "string", value)
    if details is not None and type(details) is not dict:
        leg.invalid((*path, "stop_details"), "object", details)
    if reason is None:
        finish = "tool_calls" if called else "stop"
        leg.losses.add("defaulted", "behaviour", "finish_reason", path, "no stop_reason")
    else:
        known = STOP_REASON_TO_UNIFIED.get(reason)
        if known is None:
            leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "stop_reason"), "word unknown; stop")
        elif reason == "pause_turn":
            note = "the turn goes on when it is sent back; stop"
            leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "stop_reason"), note)
        finish = known or "stop"
    choice["finish_reason"] = finish
    if reason is not None and stop_word(finish, called, sequence) != reason:
        choice["native_finish_reason"] = reason
    if sequence is not None:
        bag.put(choice, leg.row.key, "stop_sequence", sequence)
    if details is not None:
        bag.put(choice, leg.row.key, "stop_details", details)
        explanation = details.get("explanation")
        if reason == "refusal" and type(explanation) is str and explanation:
            message["refusal"] = explanation


def stop_word(finish: str | None, called: bool, sequence: Any = None) -> str | None:
    """Native stop reason of a finish reason, by what the answer holds; None for a word the table lacks."""
    if finish == "stop" and type(sequence) is str:
        return "stop_sequence"
    if finish is None or finish in ("stop", "tool_calls", "function_call"):
        return "tool_use" if called else "end_turn"
    return FINISH_REASON_TO_NATIVE.get(finish)


def ending_to_native(choice: Json, own: Json, refusal: Any, leg: Leg, path: Path) -> Json:
    """
    stop_sequence and stop_details of a choice: its own while they agree with what is visible, a refusal's otherwise.

    `told`: stop_details says the refusal already, so that it is no text. `refused`: a refusal that is one.
    """
    ending: Json = {}
    if refusal is not None and type(refusal) is not str:
        leg.invalid((*path, "message", "refusal"), "string", refusal)
    finish = choice.get("finish_reason")
    for name, value in own.items():
        if value is None:
            continue
        if name == "stop_sequence":
            if finish in (None, "stop") and type(value) is str:
                ending[name] = value
            else:
                bag.stale(leg, path, name, "envelope")
        elif name == "stop_details" and type(value) is dict:
            explanation = value.get("explanation")
            if finish == "content_filter" and (explanation or "") == (refusal or ""):
                ending[name] = value
                ending["told"] = bool(refusal)
            elif finish != "content_filter" and not refusal and not explanation:
                ending[name] = value
            else:
                bag.stale(leg, path, name, "envelope")
        else:
            leg.losses.add("dropped", "envelope", name, (*path, "extra_content", leg.row.key, name), "not of an answer")
    matched = choice.get("stop_reason")
    if matched is not None:
        # Some servers tell the stop sequence that was hit here.
        if type(matched) is str and finish in (None, "stop") and "stop_sequence" not in ending:
            ending["stop_sequence"] = matched
        else:
            leg.losses.add("dropped", "envelope", "stop_reason", (*path, "stop_reason"), "no stop sequence")
    if refusal and not ending.get("told"):
        ending["stop_details"] = {"type": "refusal", "category": None, "explanation": refusal}
        ending["refused"] = True
    return ending


def stop_to_native(choice: Json, ending: Json, called: bool, leg: Leg, path: Path) -> str:
    """
    The stop reason. A word of its own is kept while its table still gives the finish reason.

    Losses: an unknown finish reason approximated; a foreign native word dropped.
    """
    finish, own = choice.get("finish_reason"), choice.get("native_finish_reason")
    if not ending and own is None and type(finish) is str and (finish, called) in STOP_REASONS:
        return STOP_REASONS[finish, called]
    for name, value in (("finish_reason", finish), ("native_finish_reason", own)):
        if value is not None and type(value) is not str:
            leg.invalid((*path, name), "string", value)
    if ending.get("refused"):
        if finish not in (None, "content_filter"):
            leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "a refusal ends as refusal")
        if own is not None:
            leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "a refusal ends as refusal")
        return "refusal"
    if own:
        if STOP_REASON_TO_UNIFIED.get(own) == (finish or "stop"):
            return str(own)
        leg.losses.add("dropped", "envelope", "native_finish_reason", (*path, "native_finish_reason"), "not a word of this API")
    if not finish:
        leg.losses.add("defaulted", "envelope", "finish_reason", path, "no finish reason")
        finish = None
    word = stop_word(finish, called, ending.get("stop_sequence"))
    if word is None:
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "word unknown; end_turn")
        return "tool_use" if called else "end_turn"
    if finish == "function_call" or finish == "tool_calls":
        if not called:
            leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "no call in the answer; end_turn")
    elif finish == "stop" and word == "tool_use":
        leg.losses.add("approximated", "behaviour", "finish_reason", (*path, "finish_reason"), "calls in the answer; tool_use")
    return word
