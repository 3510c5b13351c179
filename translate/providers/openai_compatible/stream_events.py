"""What is asked of a native chunk before it is read: what repeats, whether it is an error, what stands beside one."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg


def plain(event: Json) -> Json:
    """A native chunk with the usage inside `x_groq` at its place."""
    groq = event.get("x_groq")
    if type(groq) is dict and "usage" in groq:
        rest = {name: value for name, value in groq.items() if name != "usage"}
        event = {name: value for name, value in event.items() if name != "x_groq"}
        if event.get("usage") is None:
            event["usage"] = groq["usage"]
        if rest:
            event["x_groq"] = rest
    return event


def without_messages(event: Json) -> Json:
    """A native chunk without the whole messages that stand beside deltas and repeat them."""
    choices = event.get("choices")
    if type(choices) is list and any(type(choice) is dict and "message" in choice for choice in choices):
        event = {**event, "choices": [
            {name: value for name, value in choice.items() if name != "message"}
            if type(choice) is dict and choice.get("delta") is not None else choice
            for choice in choices
        ]}  # fmt: skip
    return event


def repeated(message: Any, delta: Json, known: Json | None, leg: Leg, path: Path) -> Json:
    """
    The message beside a delta, which says the answer so far; `known` is the one before, None when this is the first.

    Losses: a text that is not the one before and the delta, a member other than the text: the deltas count.
    """
    if type(message) is not dict:
        leg.invalid(path, "object", message)
    known = known or {}
    if message == delta:  # nothing but the same again
        message = {}
    before, piece = known.get("content"), delta.get("content")
    expected = (before if type(before) is str else "") + (piece if type(piece) is str else "")
    for name, value in message.items():
        if value is None or name == "role":
            continue
        if name != "content":
            if value != known.get(name):
                leg.losses.dropped("content", name, (*path, name), "beside a delta, which counts")
        elif value != expected:
            leg.losses.dropped("content", "message", (*path, name), "the deltas say another text")
    return {**known, "content": expected, **message}


def is_error(event: Json) -> bool:
    """An event that holds an error: OpenAI's, or MiniMax's status beside HTTP 200."""
    if event.get("error") is not None:
        return True
    base = event.get("base_resp")
    return type(base) is dict and base.get("status_code") not in (None, 0)


def is_empty(choices: Any) -> bool:
    """Choices beside an error that bring nothing but the word for it."""
    return type(choices) is list and all(
        type(one) is dict and one.keys() <= {"index", "delta", "finish_reason", "native_finish_reason", "error"}
        and (not one.get("delta") or (type(one["delta"]) is dict and not any(one["delta"].values())))
        for one in choices
    )  # fmt: skip


def check_error(event: Json, leg: Leg) -> None:
    """Refuses an error of a type that none has."""
    value = event.get("error")
    if value is not None and type(value) not in (dict, str):
        leg.invalid(("error",), "object or string", value)
