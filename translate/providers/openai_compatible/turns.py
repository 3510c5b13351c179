"""What a dialect asks of the order of roles: instructions in front, a user who speaks, turns that alternate."""

from __future__ import annotations

from functools import cache
from typing import Any

from translate.leg import Json, Leg
from translate.loss import Loss
from translate.providers.openai_compatible.dialects import Dialect


def order(messages: list[Any], out: list[Json], leg: Leg, dialect: Dialect) -> None:
    """What the dialect asks of the order of roles. Losses: instructions that it moves, one that has to be the user's turn."""
    if not dialect.alternates and _is_ordered(out):
        return
    losses = leg.losses
    if dialect.leading_systems:
        spoken = False
        for number, message in enumerate(messages):
            if message.get("role") not in ("system", "developer"):
                spoken = True
            elif spoken:
                losses.add("approximated", "content", "messages", ("messages", number), "instructions are put in front here")
    if dialect.alternates:
        _without_tools(out, leg)
        _alternate(out, leg)
    if dialect.needs_user and out and all(message["role"] != "user" for message in out):
        systems = [number for number, message in enumerate(messages) if message.get("role") in ("system", "developer")]
        if systems:
            last = systems[-1]
            out[last] = {**out[last], "role": "user"}
            losses.add("approximated", "content", "role", ("messages", last, "role"), "a user has to speak here")


def _is_ordered(out: list[Json]) -> bool:
    """Whether instructions stand in front and a user speaks; False says nothing."""
    fronted, spoken = True, False
    for message in out:
        role = message["role"]
        if role == "user":
            spoken = True
        elif role == "system" or role == "developer":
            if not fronted:
                return False
            continue
        fronted = False
    return spoken


def take_turns(request: Json, leg: Leg) -> list[Json] | None:
    """
    Surveyed messages of the common talk of those who take turns: texts alone, instructions in front, the user last; None for
    every other talk.

    Losses: joined turns.
    """
    if "tools" in request:
        return None
    turns: list[Json] = []
    messages = request["messages"]
    before = ""
    for message in messages:
        role, content = message["role"], message["content"]
        if type(content) is not str or len(message) != 2:
            return None
        if role == "user" or role == "assistant":
            if role == before:
                turns[-1]["content"] += f"\n\n{content}"
                continue
        elif before and before != "system":
            return None
        else:
            role = "system"
        turns.append({"role": role, "content": content})
        before = role
    if before != "user":
        return None
    if len(turns) < len(messages):
        leg.losses.items.append(_told(leg.row.name))
    return turns


@cache
def _told(target: str) -> Loss:
    """The loss is the same for every talk, and its making would cost as much as the joining. No message moves its place."""
    return Loss("approximated", "content", "messages", "/messages", target, "turns of one role that follow each other are joined")


def _without_tools(out: list[Json], leg: Leg) -> None:
    """Of a talk with tools, for a server that knows but user and assistant. Losses: calls, and results that the user tells."""
    kept: list[Json] = []
    for message in out:
        content = message.get("content")
        if message["role"] == "tool":
            lead = f"[tool result {message.get('tool_call_id')}]"
            told = [{"type": "text", "text": lead}, *content] if type(content) is list else f"{lead} {content or ''}"
            kept.append({"role": "user", "content": told})
        elif "tool_calls" not in message:
            kept.append(message)
        elif content:
            kept.append({name: value for name, value in message.items() if name != "tool_calls"})
    if kept != out:
        leg.losses.add("approximated", "content", "messages", ("messages",), "no tools here: calls are left out, the user tells results")
        out[:] = kept


def _alternate(out: list[Json], leg: Leg) -> None:
    """Puts instructions in front and joins turns of one role that follow each other. Losses: joined turns, an assistant who speaks last."""
    joined: list[Json] = []
    before = ""
    fronted = [message for message in out if message["role"] == "system"]
    for message in out if out[: len(fronted)] == fronted else fronted + [message for message in out if message["role"] != "system"]:
        role = message["role"]
        if role != before or (role != "user" and role != "assistant"):
            joined.append(message)
            before = role
            continue
        first, content = joined[-1].get("content"), message.get("content")
        if type(first) is str and type(content) is str:
            merged: Any = f"{first}\n\n{content}"
        else:
            merged = [
                part for held in (first, content) if held is not None
                for part in ([{"type": "text", "text": held}] if type(held) is str else held)
            ]  # fmt: skip
        joined[-1] = {**joined[-1], **message, "content": merged}
    if len(joined) < len(out):
        leg.losses.items.append(_told(leg.row.name))
    if before == "assistant":
        leg.losses.add("approximated", "content", "messages", ("messages",), "the user has to speak last here")
    out[:] = joined
