"""Reasoning control of requests: level, budget and switch, as each dialect says them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_compatible.dialects import Dialect
from translate.providers.openai_compatible.tables import LEVELS

BUDGETS = {"minimal": 1024, "low": 1024, "medium": 8192, "high": 24576, "xhigh": 32768, "max": 32768}
# Style -> the field that switches reasoning, its values on and off.
SWITCHES: dict[str, tuple[str, Any, Any]] = {
    "thinking": ("thinking", {"type": "enabled"}, {"type": "disabled"}),
    "switch": ("reasoning", {"enabled": True}, {"enabled": False}),
    "enable": ("enable_thinking", True, False),
}
THINKING_MEMBERS = ("type", "budget_tokens", "display", "clear_thinking", "keep")


def level_of(budget: int) -> str:
    """Level word of a budget in tokens."""
    return "none" if budget <= 0 else "low" if budget <= 1024 else "medium" if budget <= 8192 else "high"


def effort_as_thinking(effort: Any) -> Json:
    """An effort that is a number of tokens, or on or off."""
    if not effort:
        return {"type": "disabled"}
    return {"type": "enabled"} if effort is True else {"type": "enabled", "budget_tokens": effort}


def to_native(request: Json, native: Json, leg: Leg, dialect: Dialect, facts: Mapping[str, Any]) -> None:
    """
    Writes reasoning_effort and what the dialect has for `thinking` and `reasoning`.

    Losses: a budget or mode where only levels are known, a level the model does not know, approximated; `reasoning.summary`
    and `exclude` dropped where nothing says them.
    """
    effort, thinking, more = request.get("reasoning_effort"), request.get("thinking"), request.get("reasoning")
    if effort is None and thinking is None and more is None:
        return
    if effort is not None and type(effort) is not str:
        leg.invalid(("reasoning_effort",), "string", effort)
    if thinking is not None:
        if type(thinking) is not dict:
            leg.invalid(("thinking",), "object", thinking)
        if type(thinking.get("type")) is not str:
            leg.invalid(("thinking", "type"), "string", thinking.get("type"))
        budget = thinking.get("budget_tokens")
        if budget is not None and type(budget) is not int:
            leg.invalid(("thinking", "budget_tokens"), "integer", budget)
    if more is not None and type(more) is not dict:
        leg.invalid(("reasoning",), "object", more)
    if dialect.thinking == "reasoning":
        _object(effort, thinking, more, native, leg)
        return
    for name, value in (more or {}).items():
        if name == "enabled" and value is True:
            if effort is None and thinking is None:
                _enable(native, leg, dialect)
        elif value is not None and not (name == "exclude" and value is False):
            leg.losses.dropped("behaviour", "reasoning", ("reasoning", name), "nothing says this here")
    if thinking is not None and facts.get("efforts") == ():
        leg.losses.dropped("behaviour", "thinking", ("thinking",), f"{leg.model} does not reason")
    elif thinking is not None and facts.get("always") and thinking["type"] == "disabled":
        leg.losses.dropped("behaviour", "thinking", ("thinking",), f"{leg.model} always thinks")
    elif thinking is not None:
        effort = _thinking(effort, thinking, native, leg, dialect)
    if effort is not None:
        write_effort(effort, native, leg, dialect, facts, ("reasoning_effort",) if request.get("reasoning_effort") else ("thinking",))


def _enable(native: Json, leg: Leg, dialect: Dialect) -> None:
    """Reasoning that is on, no matter how much. Losses: where only levels are known, dropped."""
    if dialect.thinking in SWITCHES:
        switch(native, dialect, is_on=True)
    else:
        leg.losses.dropped("behaviour", "reasoning", ("reasoning", "enabled"), "levels of reasoning alone; the model's own stands")


def switch(native: Json, dialect: Dialect, *, is_on: bool) -> None:
    """Writes the switch of reasoning, unless something stands there."""
    name, on, off = SWITCHES[dialect.thinking]
    value = on if is_on else off
    if type(value) is dict:
        value = {member: dialect.thinking_types.get(inner, inner) if member == "type" else inner for member, inner in value.items()}
    native.setdefault(name, value)


def _object(effort: Any, thinking: Any, more: Any, native: Json, leg: Leg) -> None:
    """OpenRouter's `reasoning` object: effort or max_tokens, exclude, summary, enabled."""
    settings: Json = {name: value for name, value in (more or {}).items() if value is not None}
    if thinking is not None:
        kind, budget = thinking["type"], thinking.get("budget_tokens")
        if kind in ("disabled", "between_tools"):
            settings["enabled"] = False
            leg.losses.add("approximated", "behaviour", "thinking", ("thinking", "type"), "off, which reads as effort none")
            if effort is None:
                leg.losses.add("defaulted", "envelope", "reasoning_effort", ("reasoning_effort",), "off reads as effort none")
            elif effort != "none":
                leg.losses.add("approximated", "behaviour", "reasoning_effort", ("reasoning_effort",), "thinking is off and wins")
            effort = None
        elif budget is not None:
            settings["max_tokens"] = budget
            if effort is not None:
                leg.losses.dropped("behaviour", "reasoning_effort", ("reasoning_effort",), "thinking wins; one of both is taken")
                effort = None
        elif effort is None:
            settings["enabled"] = True
        if kind not in ("enabled", "disabled", "between_tools"):
            leg.losses.add("approximated", "behaviour", "thinking", ("thinking", "type"), "on or off alone")
        elif budget is None and kind == "enabled" and effort is not None:
            leg.losses.add("approximated", "behaviour", "thinking", ("thinking", "type"), "an effort says it")
        _rest(thinking, leg, ("type", "budget_tokens"))
        if kind == "disabled" and budget is not None:
            leg.losses.dropped("behaviour", "thinking", ("thinking", "budget_tokens"), "nothing to spend")
    if settings:
        if effort is not None:
            settings = {"effort": effort, **settings}
        native["reasoning"] = settings
    elif effort is not None:
        native["reasoning_effort"] = effort


def _rest(thinking: Json, leg: Leg, known: tuple[str, ...]) -> None:
    for name, value in thinking.items():
        if name not in known and value is not None:
            leg.losses.dropped("behaviour", name, ("thinking", name), "nothing says this here")


def _thinking(effort: Any, thinking: Json, native: Json, leg: Leg, dialect: Dialect) -> Any:
    """Writes `thinking` in the dialect's way; returns the effort that is still to be written."""
    kind, budget = thinking["type"], thinking.get("budget_tokens")
    is_off = kind in ("disabled", "between_tools") or budget == 0
    path: Path = ("thinking",)
    style, losses = dialect.thinking, leg.losses
    if style == "thinking":
        known = dialect.thinking_members
        sent = {name: value for name, value in thinking.items() if name in known and value is not None}
        if kind in dialect.thinking_types:
            sent["type"] = dialect.thinking_types[kind]
            losses.add("approximated", "behaviour", "thinking", (*path, "type"), f"sent as {sent['type']!r}")
        if kind == "between_tools":
            sent["type"] = "disabled"
            losses.add("approximated", "behaviour", "thinking", (*path, "type"), "on or off alone")
        if budget is not None and "budget_tokens" not in known:
            losses.add("approximated", "behaviour", "thinking", (*path, "budget_tokens"), "no budget here; a level says it")
            if effort is None and not is_off and dialect.efforts:
                effort = level_of(budget)
                losses.add("defaulted", "behaviour", "reasoning_effort", ("reasoning_effort",), "stands for the budget")
        elif type(budget) is int and sent.get("type") not in ("disabled", None):
            sent["budget_tokens"] = _bounded(budget, leg, dialect)
        _rest(thinking, leg, (*known, "budget_tokens"))
        native["thinking"] = sent
        if dialect.thinking_alone and effort is not None:
            losses.dropped("behaviour", "reasoning_effort", ("reasoning_effort",), "thinking wins; one of both is taken")
            return None
        return effort
    if style == "enable":
        native["enable_thinking"] = not is_off
        if budget is not None and not is_off:
            native[dialect.budget] = _bounded(budget, leg, dialect)
        losses.add("approximated", "behaviour", "thinking", path, f"said by enable_thinking and {dialect.budget}")
        return effort
    if style == "google":
        config: Json = {"thinking_budget": 0 if is_off else -1 if budget is None else budget}
        native["extra_body"] = {"google": {"thinking_config": config}}
        losses.add("approximated", "behaviour", "thinking", path, "said by thinking_config")
        if effort is not None:
            losses.dropped("behaviour", "reasoning_effort", ("reasoning_effort",), "thinking wins; one of both is taken")
        return None
    if style == "template" and dialect.budget and budget is not None and not is_off:
        native["chat_template_kwargs"], native[dialect.budget] = {"enable_thinking": True}, budget
        losses.add("approximated", "behaviour", "thinking", path, f"said by {dialect.budget}")
        return effort
    switched = is_off and style in ("template", "switch")
    losses.add("approximated", "behaviour", "thinking", path, "said by the switch" if switched else "levels of reasoning alone")
    if switched and style == "template":
        native["chat_template_kwargs"] = {"enable_thinking": False}
        return effort
    if switched:
        native["reasoning"] = {"enabled": False}
        word: str | None = None
    elif is_off:
        word = "none"
    elif budget is not None:
        word = level_of(budget)
    else:
        word = effort or ("medium" if kind == "enabled" else None)
    if effort is not None and word != effort:
        losses.dropped("behaviour", "reasoning_effort", ("reasoning_effort",), "thinking wins")
    return word


def _bounded(budget: int, leg: Leg, dialect: Dialect) -> int:
    """A budget within the dialect's bounds. Losses: another number, approximated."""
    fitted = max(budget, dialect.least_budget)
    if dialect.most_budget:
        fitted = min(fitted, dialect.most_budget)
    if fitted != budget:
        leg.losses.add("approximated", "behaviour", "thinking", ("thinking", "budget_tokens"), f"{budget} is out of bounds; sent as {fitted}")
    return fitted


def write_effort(effort: str, native: Json, leg: Leg, dialect: Dialect, facts: Mapping[str, Any], path: Path) -> None:
    """Writes reasoning_effort: the dialect's word, then the nearest one the model knows. Losses: another word, approximated."""
    losses = leg.losses
    if effort not in LEVELS:
        if dialect.official:
            losses.dropped("behaviour", "reasoning_effort", path, "a level unknown here")
        else:
            native["reasoning_effort"] = effort  # a word of the server's own
        return
    if effort == "none" and facts.get("always"):
        losses.dropped("behaviour", "reasoning_effort", path, f"{leg.model} always thinks")
        return
    word: str | None = facts["words"].get(effort) if "words" in facts else effort
    if "words" in facts:
        if word != effort:
            losses.add("approximated", "behaviour", "reasoning_effort", path, f"sent as {word!r}")
        native["reasoning_effort"] = word
        return
    if not dialect.efforts:
        if "thinking" not in native and "budget_tokens" in dialect.thinking_members:
            limit = native.get(dialect.limit)
            budget = 0 if effort == "none" else min(BUDGETS[effort], limit - 1) if type(limit) is int else BUDGETS[effort]
            if effort != "none" and budget < dialect.least_budget:
                losses.dropped("behaviour", "reasoning_effort", path, "the output limit leaves no room for a budget")
            else:
                native["thinking"] = {"type": "enabled", "budget_tokens": budget} if effort != "none" else {"type": "disabled"}
                losses.add("approximated", "behaviour", "reasoning_effort", path, "a budget says it")
        elif "thinking" not in native and dialect.thinking == "thinking":
            native["thinking"] = {"type": "disabled" if effort == "none" else dialect.thinking_types.get("enabled", "enabled")}
            losses.add("approximated", "behaviour", "reasoning_effort", path, "said by thinking")
        else:
            losses.dropped("behaviour", "reasoning_effort", path, "no levels of reasoning here")
        return
    word = dialect.efforts.get(effort)
    if dialect.thinking in SWITCHES and (not facts.get("levels", True) or (word is None and effort == "none")):
        switch(native, dialect, is_on=effort != "none")
        losses.add("approximated", "behaviour", "reasoning_effort", path, f"said by {SWITCHES[dialect.thinking][0]}")
        return
    allowed = facts.get("efforts")
    if word is None or (allowed is not None and word not in allowed):
        known = list(allowed) if allowed is not None else [level for level in LEVELS if level in dialect.efforts.values()]
        if not known:
            losses.dropped("behaviour", "reasoning_effort", path, f"{leg.model} does not reason")
            return
        rank = LEVELS.index(effort)
        word = min(known, key=lambda level: (abs(LEVELS.index(level) - rank), LEVELS.index(level)))
    if word != effort:
        losses.add("approximated", "behaviour", "reasoning_effort", path, f"{effort!r} is not known here; sent as {word!r}")
    native["reasoning_effort"] = word
