"""
Reasoning control: thinking, reasoning_effort and `reasoning` -> additional fields and `outputConfig.effort`, by family of models.

Source: Amazon Bedrock API reference, "OutputConfig"; user guide, "Extended thinking", "Adaptive thinking", model pages of Nova and gpt-oss.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock.assistant import turn_to_native
from translate.providers.bedrock.content import content_to_native
from translate.providers.bedrock.reasoning import CLAUDE_FORMAT, word_of
from translate.providers.bedrock.tables import (
    BUDGETS,
    CAPPED_EFFORTS,
    EFFORTS,
    GPT_OSS_EFFORTS,
    LEAST_BUDGET,
    NOVA_EFFORTS,
)
from translate.providers.bedrock.writing import Writing
from translate.shared import bag
from translate.shared.known_messages import begins_with_text
from translate.shared.steps import INSTRUCTIONS, NOTHING, OTHER, THINKING, goes_on, lost_thinking

FOREIGN_THINKING = frozenset(("clear_thinking", "keep"))  # members of the union that other providers read
_BETAS = frozenset(("anthropic_beta", "additionalModelRequestFields", "extra_content"))
EFFORT: Path = ("reasoning_effort",)
BUDGET: Path = ("thinking", "budget_tokens")


def to_native(request: Json, native: Json, writing: Writing) -> None:
    """
    thinking, then reasoning_effort, then the rest of `reasoning`.

    Losses: levels that become budgets (and budgets that become levels), levels the model lacks, `none` on models that always
    think, a budget where the history lost the thinking before calls that are being answered approximated; all of it on models without such a control dropped.
    """
    leg = writing.leg
    thinking, effort, rest = request.get("thinking"), request.get("reasoning_effort"), request.get("reasoning")
    if thinking is None and effort is None and rest is None:
        return
    if thinking is not None and type(thinking) is not dict:
        leg.invalid(("thinking",), "object", thinking)
    if effort is not None and type(effort) is not str:
        leg.invalid(("reasoning_effort",), "string", effort)
    if rest is not None and type(rest) is not dict:
        leg.invalid(("reasoning",), "object", rest)
    control = writing.facts.get("effort")
    if control is not None:
        _other_families(thinking, effort, control, writing)
        for name, value in (rest or {}).items():
            if value is not None and not (name == "exclude" and value is False):
                leg.losses.add("dropped", "behaviour", "reasoning", ("reasoning", name), "no such setting")
        return
    level: str | None = None
    if not leg.opened or word_of(writing.facts) != CLAUDE_FORMAT or not goes_on(request["messages"], leg.opened):
        writing.lost = lost_thinking(request.get("messages"), leg, lambda message, number: _front(message, number, writing))
    if thinking is not None and effort is None and rest is None and _is_common(thinking, native, leg):
        writing.additional["thinking"] = thinking.copy()
    elif thinking is not None:
        _explicit(thinking, writing, native)
        if effort is not None:
            level = _level_beside(effort, writing)
    elif effort == "none":
        level = _off(writing)
    elif effort is not None:
        level = _effort(effort, writing, native)
    if rest is not None:
        _rest(rest, writing, native)
    if level is not None:
        off = (writing.additional.get("thinking") or {}).get("type") == "disabled"
        if off and level in CAPPED_EFFORTS:
            leg.losses.add("approximated", "behaviour", "reasoning_effort", EFFORT, "at most high while thinking is off")
            level = "high"
        native.setdefault("outputConfig", {})["effort"] = level
    if writing.lost and (writing.additional.get("thinking") or {}).get("type") == "enabled":
        # The turn whose calls are being answered has to begin with its thinking, at its first step.
        del writing.additional["thinking"]
        name = next(name for name in ("thinking", "reasoning_effort", "reasoning") if request.get(name) is not None)
        leg.losses.add("approximated", "behaviour", name, (name,), writing.lost)


def _other_families(thinking: Json | None, effort: str | None, control: str, writing: Writing) -> None:
    """Models with a level of their own among the additional fields, or with no control at all."""
    leg = writing.leg
    path = EFFORT
    if thinking is not None:
        kind, budget = thinking.get("type"), thinking.get("budget_tokens")
        if effort is not None:
            leg.losses.add("dropped", "behaviour", "thinking", ("thinking",), "this model takes a level; reasoning_effort gives it")
        elif control == "none":
            leg.losses.add("dropped", "behaviour", "thinking", ("thinking",), "no control of reasoning at this model")
        else:
            path = ("thinking",)
            effort = "none" if kind in ("disabled", "between_tools") else _level_of(budget)
            leg.losses.add("approximated", "behaviour", "thinking", path, f"this model takes a level; {effort}")
    if effort is None:
        return
    if control == "none":
        leg.losses.add("dropped", "behaviour", "reasoning_effort", path, "no control of reasoning at this model")
    elif control == "nova":
        if effort == "none":
            writing.additional["reasoningConfig"] = {"type": "disabled"}
            return
        word = _known(NOVA_EFFORTS, effort, leg, path)
        if word:
            writing.additional["reasoningConfig"] = {"type": "enabled", "maxReasoningEffort": word}
    else:
        word = _known({**GPT_OSS_EFFORTS, "none": "low"}, effort, leg, path)
        if word:
            writing.additional["reasoning_effort"] = word


def _known(words: dict[str, str], effort: str, leg: Leg, path: Path) -> str | None:
    word = words.get(effort)
    if word is None:
        leg.losses.add("dropped", "behaviour", "reasoning_effort", path, "level unknown here")
    elif word != effort:
        leg.losses.add("approximated", "behaviour", "reasoning_effort", path, f"nearest level of this model: {word}")
    return word


def _level_of(budget: Any) -> str:
    if type(budget) is not int:
        return "medium"
    if budget <= 0:
        return "none"
    return "low" if budget <= 1024 else "medium" if budget <= 8192 else "high"


def _is_common(thinking: Json, native: Json, leg: Leg) -> bool:
    """Whether thinking is asked for with a budget that fits, and nothing beside it."""
    if len(thinking) != 2 or thinking.get("type") != "enabled" or BUDGET in leg.losses.moved:
        return False
    budget, config = thinking.get("budget_tokens"), native.get("inferenceConfig")
    most = config.get("maxTokens") if config else None
    return type(budget) is int and type(most) is int and LEAST_BUDGET <= budget < most


def _explicit(thinking: Json, writing: Writing, native: Json) -> None:
    """An explicit `thinking` goes as it is, a budget from 1024 on; what only other providers read is left out."""
    leg, facts = writing.leg, writing.facts
    made: Json = {}
    for name, value in thinking.items():
        if value is None:
            continue
        if name in FOREIGN_THINKING:
            leg.losses.add("dropped", "behaviour", name, ("thinking", name), "not a member of thinking here")
        else:
            made[name] = value
    kind, budget = made.get("type"), made.get("budget_tokens")
    if kind is not None and type(kind) is not str:
        leg.invalid(("thinking", "type"), "string", kind)
    if budget is not None and type(budget) is not int:
        leg.invalid(("thinking", "budget_tokens"), "integer", budget)
    if kind is None and budget is not None:
        kind = made["type"] = "enabled"
    source = leg.losses.moved.get(BUDGET)
    if kind == "enabled" and source is not None and "enabled" not in facts.get("thinking", ("enabled",)):
        leg.losses.add("dropped", "behaviour", "reasoning", ("thinking", "budget_tokens"), "this model takes no budget")
        if facts.get("omitted") == "off":
            writing.additional["thinking"] = {"type": "adaptive"}
        return
    if kind == "enabled" and budget is None:
        if "enabled" in facts.get("thinking", ()):
            made["budget_tokens"] = _fit_budget(BUDGETS["medium"], writing, native, ("thinking",))
            leg.losses.add("defaulted", "behaviour", "budget_tokens", ("thinking",), "thinking without a budget")
        else:
            made["type"] = "adaptive"
            leg.losses.add("approximated", "behaviour", "thinking", ("thinking", "type"), "without a budget it is adaptive")
    elif kind == "enabled" and type(budget) is int and (source is not None or budget < LEAST_BUDGET or not _interleaves(writing)):
        made["budget_tokens"] = fitted = _fit_budget(budget, writing, native, ("thinking", "budget_tokens"))
        if fitted != budget and not writing.lost:
            note = f"{budget} raised to {LEAST_BUDGET}, the least" if fitted > budget else f"{fitted}, below the output limit"
            leg.losses.add("approximated", "behaviour", "budget_tokens", ("thinking", "budget_tokens"), note)
    if made:
        writing.additional["thinking"] = made


def _interleaves(writing: Writing) -> bool:
    """Whether a beta is asked for beside which a budget may pass the output limit: it is one for all steps of a turn."""
    request = writing.request
    if _BETAS.isdisjoint(request):
        return False
    own = bag.own(request, writing.leg)
    places = [holder.get(name) for holder in (own, request) for name in ("anthropic_beta", "additionalModelRequestFields")]
    return any("interleaved-thinking" in str(place) for place in places)


def _level_beside(effort: str, writing: Writing) -> str | None:
    """The effort beside an explicit `thinking`, which wins."""
    leg = writing.leg
    off = (writing.additional.get("thinking") or {}).get("type") in ("disabled", "between_tools")
    if effort == "none":
        note = "thinking says it" if off else "thinking is there and wins"
        leg.losses.add("dropped", "envelope" if off else "behaviour", "reasoning_effort", EFFORT, note)
        return None
    return _known_level(effort, leg)


def _known_level(effort: str, leg: Leg) -> str | None:
    if effort == "minimal":
        leg.losses.add("approximated", "behaviour", "reasoning_effort", EFFORT, "the least level is low")
        return "low"
    if effort not in EFFORTS:
        leg.losses.add("dropped", "behaviour", "reasoning_effort", EFFORT, "level unknown here")
        return None
    return effort


def _off(writing: Writing) -> str | None:
    types = writing.facts.get("thinking", ("disabled",))
    for kind in ("disabled", "between_tools"):
        if kind in types:
            writing.additional["thinking"] = {"type": kind}
            note = f"sent as thinking {kind}"
            writing.leg.losses.add("approximated", "behaviour", "reasoning_effort", EFFORT, note)
            return None
    writing.leg.losses.add("approximated", "behaviour", "reasoning_effort", EFFORT, "this model always thinks; effort low")
    return "low"


def _effort(effort: str, writing: Writing, native: Json) -> str | None:
    leg, facts = writing.leg, writing.facts
    if effort not in BUDGETS:
        leg.losses.add("dropped", "behaviour", "reasoning_effort", EFFORT, "level unknown here")
        return None
    if facts.get("levels") is False:
        budget = _fit_budget(BUDGETS[effort], writing, native, EFFORT)
        if not writing.lost:
            leg.losses.add("approximated", "behaviour", "reasoning_effort", EFFORT, "this model takes a budget, no level")
        writing.additional["thinking"] = {"type": "enabled", "budget_tokens": budget}
        return None
    level = _known_level(effort, leg)
    if level == "xhigh" and facts.get("xhigh") is False:
        leg.losses.add("approximated", "behaviour", "reasoning_effort", EFFORT, "nearest level of this model: max")
        level = "max"
    if facts.get("omitted") == "off" and "adaptive" in facts.get("thinking", ()):
        writing.additional["thinking"] = {"type": "adaptive"}
    return level


def _fit_budget(budget: int, writing: Writing, native: Json, path: Path) -> int:
    """A budget from 1024 on and below maxTokens, which is raised where it leaves no room."""
    budget = max(budget, LEAST_BUDGET)
    if writing.lost:
        return budget
    config = native.get("inferenceConfig")
    most = config.get("maxTokens") if config else None
    if type(most) is not int:
        return budget
    if most <= LEAST_BUDGET:
        native["inferenceConfig"]["maxTokens"] = 2 * LEAST_BUDGET
        writing.leg.losses.add(
            "approximated", "behaviour", "max_completion_tokens", ("max_completion_tokens",), "raised to leave room for thinking"
        )
        return LEAST_BUDGET
    return min(budget, most - 1)


def _rest(rest: Json, writing: Writing, native: Json) -> None:
    """What `reasoning` says beside effort and budget."""
    leg, facts = writing.leg, writing.facts
    for name, value in rest.items():
        if value is None or (name == "exclude" and value is False):
            continue
        if name == "enabled" and value is True:
            if "thinking" not in writing.additional and facts.get("omitted") == "off":
                _explicit({"type": "enabled"}, writing, native)
        elif name == "exclude" and value is True:
            thinking = writing.additional.get("thinking")
            if thinking is None and facts.get("omitted") == "on":
                thinking = {"type": "adaptive"}
            if thinking is not None and thinking.get("type") in ("enabled", "adaptive"):
                writing.additional["thinking"] = {**thinking, "display": "omitted"}
            else:
                leg.losses.add("dropped", "behaviour", "reasoning", ("reasoning", name), "no such setting beside this thinking")
        else:
            leg.losses.add("dropped", "behaviour", "reasoning", ("reasoning", name), "no such setting")


def _front(message: Json, number: int, writing: Writing) -> str:
    """What a message of the history goes out with in front."""
    if writing.leg.opened and number in writing.leg.opened and word_of(writing.facts) == CLAUDE_FORMAT:
        return THINKING
    if begins_with_text(message):
        return OTHER
    leg, role, path = writing.leg, message.get("role"), ("messages", number)
    scratch, own = Writing(leg, writing.request, writing.facts), bag.own(message, leg)
    if role == "assistant":
        blocks = turn_to_native(message, scratch, path, own)
    else:
        blocks = content_to_native(message, scratch, path, own, "later_system" if role in INSTRUCTIONS else "user")
    if not blocks:
        return NOTHING
    return THINKING if "reasoningContent" in blocks[0] else OTHER
