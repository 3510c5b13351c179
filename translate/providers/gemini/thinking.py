"""
Reasoning control <-> `generationConfig.thinkingConfig`: budgets up to Gemini 2.5, levels from Gemini 3 on, never both.

Source: Gemini API, "Thinking"; the budgets of the effort words are those of Google's OpenAI-compatible endpoint.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini.spelling import members, place
from translate.shared import bag
from translate.shared.fields import report_rest

BUDGET_OF_EFFORT = {"none": 0, "minimal": 1024, "low": 1024, "medium": 8192, "high": 24576, "xhigh": 32768, "max": 32768}
EFFORT_OF_BUDGET = {0: "none", 1024: "low", 8192: "medium", 24576: "high"}
LEVEL_OF_EFFORT = {"minimal": "MINIMAL", "low": "LOW", "medium": "MEDIUM", "high": "HIGH", "xhigh": "HIGH", "max": "HIGH"}
LEVELS = ("MINIMAL", "LOW", "MEDIUM", "HIGH")


def to_unified(config: Any, unified: Json, leg: Leg, facts: Mapping[str, Any], path: Path) -> None:
    """thinkingConfig -> reasoning_effort or thinking; in the bag what the way back would not give."""
    if type(config) is not dict:
        leg.invalid(path, "object", config)
    named = members(config)
    budget, level = named.get("thinkingBudget"), named.get("thinkingLevel")
    if budget is not None and type(budget) is not int:
        if type(budget) is not float or not budget.is_integer():
            leg.invalid((*path, place(config, "thinkingBudget")), "integer", budget)
        budget = int(budget)
    if level is not None and type(level) is not str:
        leg.invalid((*path, place(config, "thinkingLevel")), "string", level)
    include = named.get("includeThoughts")
    if include is not None and type(include) is not bool:
        leg.invalid((*path, place(config, "includeThoughts")), "boolean", include)
    effort, thinking = projection(budget, level, facts)
    if effort is not None:
        unified["reasoning_effort"] = effort
    if thinking is not None:
        unified["thinking"] = thinking
    again = from_visible(effort, thinking, facts, None)
    kept: Json = {}
    if budget is not None and again.get("thinkingBudget") != budget:
        kept["thinking_budget"] = budget
    if level is not None and again.get("thinkingLevel") != level.upper():
        kept["thinking_level"] = level
    if include is not None:
        kept["include_thoughts"] = include
    for name, value in named.items():
        if name not in ("thinkingBudget", "thinkingLevel", "includeThoughts") and value is not None:
            from translate.providers.gemini.spelling import snake

            kept[snake(name)] = value
    if kept:
        bag.put(unified, leg.row.key, "thinking_config", kept)


def projection(budget: int | None, level: str | None, facts: Mapping[str, Any]) -> tuple[str | None, Json | None]:
    """What a native budget and level say in visible fields: effort word, thinking object."""
    effort: str | None = None
    thinking: Json | None = None
    if level is not None:
        effort = level.lower() if level.upper() in ("MINIMAL", "LOW", "MEDIUM", "HIGH", "XHIGH") else None
    if budget is not None:
        if budget == -1:
            thinking = {"type": "adaptive"}
        elif facts["thinking"] != "level" and budget in EFFORT_OF_BUDGET and effort is None:
            effort = EFFORT_OF_BUDGET[budget]
        elif budget == 0:
            thinking = {"type": "disabled"}
        else:
            thinking = {"type": "enabled", "budget_tokens": budget}
    return effort, thinking


def to_native(request: Json, own: Json, leg: Leg, facts: Mapping[str, Any]) -> Json:
    """
    thinking, reasoning_effort, reasoning and the bag's thinking_config -> thinkingConfig ({} for nothing).

    Losses: budgets and words clamped to what the model takes; an effort beside thinking; a bag that contradicts them.
    """
    effort, thinking, reasoning = request.get("reasoning_effort"), request.get("thinking"), request.get("reasoning")
    held = own.get("thinkingConfig")
    if effort is None and thinking is None and reasoning is None and held is None:
        return {}
    if effort is not None and type(effort) is not str:
        leg.invalid(("reasoning_effort",), "string", effort)
    if thinking is not None and type(thinking) is not dict:
        leg.invalid(("thinking",), "object", thinking)
    config: Json = {}
    where: Path = ("extra_content", leg.row.key, "thinking_config")
    kept = members(held) if type(held) is dict else {}
    if held is not None and type(held) is not dict:
        leg.invalid(where, "object", held)
    budget, level = kept.get("thinkingBudget"), kept.get("thinkingLevel")
    bare = effort is None and thinking is None
    agrees = False
    if (budget is not None or level is not None) and type(budget) in (int, type(None)) and type(level) in (str, type(None)):
        said = projection(budget, level, facts)
        agrees = bare or said == (effort, _bare(thinking)) or (effort is None and thinking is None)
    if agrees:
        config.update((name, value) for name, value in kept.items() if value is not None)
        if type(level) is str:
            config["thinkingLevel"] = level.upper()
        if thinking is not None:
            report_rest(thinking, frozenset(("type", "budget_tokens")), leg, ("thinking",), "behaviour")
    else:
        before = len(leg.losses.items)
        config = from_visible(effort, thinking, facts, leg)
        if len(leg.losses.items) == before and projection(config.get("thinkingBudget"), config.get("thinkingLevel"), facts) != (
            effort, _bare(thinking),
        ):  # fmt: skip
            spot: Path = ("thinking",) if thinking is not None else ("reasoning_effort",)
            leg.losses.add("approximated", "envelope", str(spot[0]), spot, "another word for the same here")
        for name, value in kept.items():
            if name in ("thinkingBudget", "thinkingLevel"):
                if value is not None:
                    bag.stale(leg, (), "thinking_config")
            elif value is not None:
                config[name] = value
    if reasoning is not None:
        _reasoning(reasoning, config, leg)
    if not facts["thinking"] and not agrees and "includeThoughts" in config and "includeThoughts" not in kept:
        del config["includeThoughts"]
    return config


def _bare(thinking: Any) -> Json | None:
    """Thinking without what this API has no place for."""
    if type(thinking) is not dict:
        return None
    return {name: value for name, value in thinking.items() if name in ("type", "budget_tokens") and value is not None}


def from_visible(effort: str | None, thinking: Json | None, facts: Mapping[str, Any], leg: Leg | None) -> Json:
    """Visible fields -> thinkingConfig as the model takes it. leg None: no losses wanted."""

    def loss(kind: Any, path: Path, note: str) -> None:
        if leg is not None:
            leg.losses.add(kind, "behaviour", str(path[0]), path, note)

    if thinking is not None:
        config = _of_thinking(thinking, facts, loss)
        if leg is not None:
            report_rest(thinking, frozenset(("type", "budget_tokens")), leg, ("thinking",), "behaviour")
        if effort is not None and _of_effort(effort, facts, _quiet) != config:
            loss("dropped", ("reasoning_effort",), "thinking is there and wins")
        return config
    return _of_effort(effort, facts, loss) if effort is not None else {}


def _quiet(kind: Any, path: Path, note: str) -> None:
    """For a second look that reports nothing."""


def _of_effort(effort: str, facts: Mapping[str, Any], loss: Any) -> Json:
    path: Path = ("reasoning_effort",)
    if effort not in BUDGET_OF_EFFORT:
        loss("dropped", path, "word unknown here")
        return {}
    if facts["thinking"] == "level":
        levels = facts["levels"]
        if not levels:
            loss("dropped", path, "this model has no levels")
            return {}
        wanted = LEVEL_OF_EFFORT.get(effort, levels[0])
        level = wanted if wanted in levels else _nearest(wanted, levels)
        if effort in ("none", "xhigh", "max") or level != wanted:
            loss("approximated", path, f"{level} is the nearest here")
        return {"thinkingLevel": level}
    if facts["thinking"] != "budget":
        if effort != "none":
            loss("dropped", path, "this model does not think")
        return {}
    low, high = facts["budgets"]
    wanted_budget = BUDGET_OF_EFFORT[effort]
    if wanted_budget == 0 and facts.get("off"):
        return {"thinkingBudget": 0}
    budget = min(max(wanted_budget, low), high)
    if budget != wanted_budget or effort in ("minimal", "xhigh", "max"):
        loss("approximated", path, f"a budget of {budget} tokens")
    return {"thinkingBudget": budget}


def _of_thinking(thinking: Json, facts: Mapping[str, Any], loss: Any) -> Json:
    kind, budget = thinking.get("type"), thinking.get("budget_tokens")
    if kind is not None and kind not in ("enabled", "disabled", "adaptive", "between_tools"):
        loss("approximated", ("thinking", "type"), "word unknown here; enabled")
    if budget is not None and (type(budget) is not int or budget < 0):
        loss("dropped", ("thinking", "budget_tokens"), "a positive number here")
        budget = None
    if kind in ("disabled", "between_tools") or budget == 0:
        if kind == "between_tools":
            loss("approximated", ("thinking", "type"), "no such mode; off")
        if budget:
            loss("dropped", ("thinking", "budget_tokens"), "thinking is off")

        def renamed(what: Any, path: Path, note: str) -> None:
            loss(what, ("thinking",), note)

        return _of_effort("none", facts, renamed)
    if facts["thinking"] == "level":
        if budget is None:
            if kind == "adaptive":
                return {}  # levels are a bound of dynamic thinking
            loss("approximated", ("thinking",), "always on here")
            return {}
        wanted = "LOW" if budget <= 1024 else "MEDIUM" if budget <= 8192 else "HIGH"
        level = wanted if wanted in facts["levels"] else _nearest(wanted, facts["levels"])
        loss("approximated", ("thinking",), f"levels here; {level}")
        return {"thinkingLevel": level} if level else {}
    if facts["thinking"] != "budget":
        loss("dropped", ("thinking",), "this model does not think")
        return {}
    if budget is None:
        if kind == "enabled":
            loss("approximated", ("thinking",), "dynamic thinking")
        return {"thinkingBudget": -1}
    low, high = facts["budgets"]
    clamped = min(max(budget, low), high)
    if clamped != budget:
        loss("approximated", ("thinking", "budget_tokens"), f"clamped to {clamped}")
    return {"thinkingBudget": clamped}


def _nearest(wanted: str, levels: Any) -> str:
    """The next higher level, else the highest."""
    if not levels:
        return ""
    spot = LEVELS.index(wanted)
    return next((level for level in LEVELS[spot:] if level in levels), str(levels[-1]))


def _reasoning(value: Any, config: Json, leg: Leg) -> None:
    """What is left of a `reasoning` object: whether thoughts are shown."""
    if type(value) is not dict:
        leg.invalid(("reasoning",), "object", value)
    for name, setting in value.items():
        if name == "exclude" and type(setting) is bool:
            config.setdefault("includeThoughts", not setting)
        elif name == "enabled" and setting is True:
            config.setdefault("includeThoughts", True)
        elif name == "summary" and setting is not None:
            config.setdefault("includeThoughts", setting != "none")
            leg.losses.add("approximated", "behaviour", "reasoning", ("reasoning", name), "thoughts are shown or not")
        elif setting is not None:
            leg.losses.add("dropped", "behaviour", "reasoning", ("reasoning", name), "no such setting")
