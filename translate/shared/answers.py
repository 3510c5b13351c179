"""
An answer in the shape of chat on its way to a form that has one message: its only choice, older members in their modern places,
what has no place there.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.shared.fields import report_rest


def first_choice(choices: Any, leg: Leg) -> Json:
    """The first choice, empty when there is none. Losses: the others dropped."""
    if choices is None:
        return {}
    if type(choices) is not list:
        leg.invalid(("choices",), "array", choices)
    for number in range(1, len(choices)):
        leg.losses.add("dropped", "content", "choices", ("choices", number), "one answer a response")
    if not choices:
        return {}
    if type(choices[0]) is not dict:
        leg.invalid(("choices", 0), "object", choices[0])
    return choices[0]


def upgraded(message: Json, leg: Leg, path: Path) -> Json:
    """Legacy call and other gateways' name for reasoning in their canonical places."""
    fresh = {name: value for name, value in message.items() if name not in ("function_call", "reasoning")}
    call, reasoning = message.get("function_call"), message.get("reasoning")
    moved = leg.losses.moved
    if call is not None:
        calls = message.get("tool_calls")
        moved[(*path, "tool_calls", 0)] = moved[(*path, "tool_calls", 0, "function")] = (*path, "function_call")
        if calls is not None and type(calls) is not list:
            leg.invalid((*path, "tool_calls"), "array", calls)
        for number in range(len(calls or ())):
            moved[(*path, "tool_calls", number + 1)] = (*path, "tool_calls", number)
        fresh["tool_calls"] = [{"type": "function", "function": call}, *(calls or ())]
    if reasoning is not None:
        if type(reasoning) is not str:
            leg.invalid((*path, "reasoning"), "string", reasoning)
        if message.get("reasoning_content") in (None, reasoning):
            fresh["reasoning_content"] = reasoning
            moved[(*path, "reasoning_content")] = (*path, "reasoning")
        else:
            leg.losses.add("dropped", "content", "reasoning", (*path, "reasoning"), "reasoning_content is there and wins")
    return fresh


def report_choice(choice: Json, members: frozenset[str], api: str, leg: Leg, path: Path) -> None:
    """Losses: members of a choice without a place in the API."""
    index = choice.get("index")
    if index is not None and index != 0:
        leg.losses.add("dropped", "envelope", "index", (*path, "index"), "one answer a response")
    if choice.get("logprobs"):
        leg.losses.add("dropped", "envelope", "logprobs", (*path, "logprobs"), f"no log probabilities in {api}")
    report_rest(choice, members, leg, path, "envelope")


def is_stale(message: Json) -> bool:
    """True when the joined text of the entries of reasoning contradicts the reasoning_content beside them."""
    reasoning, details = message.get("reasoning_content"), message.get("reasoning_details")
    if not reasoning or type(details) is not list:
        return False
    texts = [
        entry.get("text") or entry.get("summary") or "" for entry in details
        if type(entry) is dict and entry.get("type", "reasoning.text") in ("reasoning.text", "reasoning.summary")
    ]  # fmt: skip
    joined = [text for text in texts if type(text) is str]
    # Pieces of other providers are joined by blank lines; those are foreign anyhow and no contradiction.
    return bool(joined) and "".join(joined) != reasoning and "\n\n".join(joined) != reasoning
