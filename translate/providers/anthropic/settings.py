"""
What steers the model: thinking and effort, sampling, output format; both directions.

Source: Anthropic documentation, "Extended thinking", "Adaptive thinking", "Effort", "Structured outputs"; model migration guides.
"""

from __future__ import annotations

from functools import lru_cache
from marshal import loads
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.anthropic.assistant import turn_to_native
from translate.providers.anthropic.content import content_to_native
from translate.providers.anthropic.tables import BUDGETS, EFFORTS, LEAST_BUDGET
from translate.providers.anthropic.writing import Writing
from translate.shared import bag
from translate.shared.fields import is_neutral, report_rest
from translate.shared.known_messages import begins_with_text
from translate.shared.remembered import MOST_VALUES, remembered
from translate.shared.schema_limits import refused
from translate.shared.steps import INSTRUCTIONS, NOTHING, OTHER, THINKING, goes_on, lost_thinking

THINKING_TYPES = (("type", str, "string"), ("budget_tokens", int, "integer"), ("display", str, "string"))
STEERING = frozenset(("thinking", "reasoning_effort", "reasoning"))
FORMAT_MEMBERS = frozenset(("type", "json_schema"))
OFF = {"type": "disabled"}
BUDGET: Path = ("thinking", "budget_tokens")
_BETAS = frozenset(("betas", "anthropic_beta", "extra_content"))
FOREIGN_THINKING = frozenset(("clear_thinking", "keep"))  # members of the union that other providers read


# --- unified -> native


def thinking_to_native(request: Json, native: Json, writing: Writing) -> None:
    """
    thinking, then reasoning_effort, then the rest of `reasoning` -> `thinking` and `output_config.effort`.

    Losses: levels that become budgets (and budgets fitted below max_tokens), levels the model lacks, `none` on models that
    always think, a budget where the history lost the thinking before calls that are being answered approximated.
    """
    leg = writing.leg
    thinking, effort, rest = request.get("thinking"), request.get("reasoning_effort"), request.get("reasoning")
    if effort is not None and type(effort) is not str:
        leg.invalid(("reasoning_effort",), "string", effort)
    level: str | None = None
    if not leg.opened or not goes_on(request["messages"], leg.opened):
        writing.lost = lost_thinking(request.get("messages"), leg, lambda message, number: _front(message, number, writing))
    if thinking is not None and effort is None and rest is None and _is_common(thinking, native["max_tokens"], leg):
        native["thinking"] = thinking.copy()
    elif thinking is not None:
        if type(thinking) is not dict:
            leg.invalid(("thinking",), "object", thinking)
        _explicit(thinking, native, writing)
        if effort is not None:
            level = _level_beside(effort, native, leg)
        if level is not None and native.get("thinking") == OFF and writing.facts.get("omitted") == "off":
            # Leaving it out means the same; the bag of a body that said it aloud says so.
            if bag.own(request, leg).get("thinking") != OFF:
                del native["thinking"]
    elif effort == "none":
        level = _off(native, writing)
    elif effort is not None:
        level = _effort(effort, native, writing)
    if rest is not None:
        if type(rest) is not dict:
            leg.invalid(("reasoning",), "object", rest)
        _rest(rest, native, writing)
    if level is not None:
        native["output_config"] = {"effort": level}
    if writing.lost and (native.get("thinking") or {}).get("type") == "enabled":
        # The turn whose calls are being answered has to begin with its thinking, at its first step.
        del native["thinking"]
        name = next(name for name in ("thinking", "reasoning_effort", "reasoning") if request.get(name) is not None)
        leg.losses.add("approximated", "behaviour", name, (name,), writing.lost)


def _is_common(thinking: Any, most: int, leg: Leg) -> bool:
    """Whether thinking is asked for with a budget that fits, and nothing beside it."""
    if type(thinking) is not dict or len(thinking) != 2 or thinking.get("type") != "enabled" or BUDGET in leg.losses.moved:
        return False
    budget = thinking.get("budget_tokens")
    return type(budget) is int and LEAST_BUDGET <= budget < most


def _explicit(thinking: Json, native: Json, writing: Writing) -> None:
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
            native["thinking"] = {"type": "adaptive"}
        return
    if kind == "enabled" and budget is None:
        if "enabled" in facts.get("thinking", ()):
            made["budget_tokens"] = _fit_budget(BUDGETS["medium"], native, writing)
            leg.losses.add("defaulted", "behaviour", "budget_tokens", ("thinking",), "thinking without a budget")
        else:
            made["type"] = "adaptive"
            leg.losses.add("approximated", "behaviour", "thinking", ("thinking", "type"), "without a budget it is adaptive")
    elif kind == "enabled" and type(budget) is int and (source is not None or budget < LEAST_BUDGET or not _interleaves(writing)):
        made["budget_tokens"] = fitted = _fit_budget(budget, native, writing)
        if fitted != budget and not writing.lost:
            note = f"{budget} raised to {LEAST_BUDGET}, the least" if fitted > budget else f"{fitted}, below the output limit"
            leg.losses.add("approximated", "behaviour", "budget_tokens", ("thinking", "budget_tokens"), note)
    if made:
        native["thinking"] = made


def _interleaves(writing: Writing) -> bool:
    """Whether a beta is asked for beside which a budget may pass the output limit: it is one for all steps of a turn."""
    request = writing.request
    if _BETAS.isdisjoint(request):
        return False
    own = bag.own(request, writing.leg)
    return any("interleaved-thinking" in str(holder.get(name)) for holder in (own, request) for name in ("betas", "anthropic_beta"))


def _level_beside(effort: str, native: Json, leg: Leg) -> str | None:
    """The effort beside an explicit `thinking`, which wins."""
    path: Path = ("reasoning_effort",)
    off = (native.get("thinking") or {}).get("type") in ("disabled", "between_tools")
    if effort == "none":
        note = "thinking says it" if off else "thinking is there and wins"
        leg.losses.add("dropped", "envelope" if off else "behaviour", "reasoning_effort", path, note)
        return None
    if effort == "minimal":
        leg.losses.add("approximated", "behaviour", "reasoning_effort", path, "the least level is low")
        return "low"
    if effort not in EFFORTS:
        leg.losses.add("dropped", "behaviour", "reasoning_effort", path, "level unknown here")
        return None
    return effort


def _off(native: Json, writing: Writing) -> str | None:
    facts = writing.facts
    types = facts.get("thinking", ("disabled",))
    for kind in ("disabled", "between_tools"):
        if kind in types:
            native["thinking"] = {"type": kind}
            note = f"sent as thinking {kind}"
            writing.leg.losses.add("approximated", "behaviour", "reasoning_effort", ("reasoning_effort",), note)
            return None
    writing.leg.losses.add(
        "approximated", "behaviour", "reasoning_effort", ("reasoning_effort",), "this model always thinks; effort low"
    )
    return "low"


def _effort(effort: str, native: Json, writing: Writing) -> str | None:
    leg, facts = writing.leg, writing.facts
    path: Path = ("reasoning_effort",)
    if effort not in BUDGETS:
        leg.losses.add("dropped", "behaviour", "reasoning_effort", path, "level unknown here")
        return None
    if not facts.get("levels", True):
        budget = BUDGETS[effort]
        if not writing.lost:
            leg.losses.add("approximated", "behaviour", "reasoning_effort", path, "this model takes a budget, no level")
        native["thinking"] = {"type": "enabled", "budget_tokens": _fit_budget(budget, native, writing)}
        return None
    level = effort
    if effort == "minimal":
        level = "low"
    elif effort == "xhigh" and not facts.get("xhigh", True):
        level = "max"
    if level != effort:
        leg.losses.add("approximated", "behaviour", "reasoning_effort", path, f"nearest level of this model: {level}")
    if facts.get("omitted") == "off" and "adaptive" in facts.get("thinking", ()):
        native["thinking"] = {"type": "adaptive"}
    return level


def _fit_budget(budget: int, native: Json, writing: Writing) -> int:
    """A budget from 1024 on and below max_tokens, which is raised where it leaves no room."""
    most: int = native["max_tokens"]
    budget = max(budget, LEAST_BUDGET)
    if writing.lost:
        return budget
    if most <= LEAST_BUDGET:
        native["max_tokens"] = 2 * LEAST_BUDGET
        name = "max_completion_tokens"
        given = writing.request.get(name) is not None or writing.request.get("max_tokens") is not None
        note = "raised to leave room for thinking"
        writing.leg.losses.add("approximated" if given else "defaulted", "behaviour", name, (name,), note)
        return LEAST_BUDGET
    return min(budget, most - 1)


def _rest(rest: Json, native: Json, writing: Writing) -> None:
    """What `reasoning` says beside effort and budget."""
    leg, facts = writing.leg, writing.facts
    for name, value in rest.items():
        if value is None or (name == "exclude" and value is False):
            continue
        if name == "enabled" and value is True:
            if "thinking" not in native and facts.get("omitted") == "off":
                _explicit({"type": "enabled"}, native, writing)
        elif name == "exclude" and value is True:
            thinking = native.get("thinking")
            if thinking is None and facts.get("omitted") == "on":
                thinking = native["thinking"] = {"type": "adaptive"}
            if thinking is not None and thinking.get("type") in ("enabled", "adaptive"):
                native["thinking"] = {**thinking, "display": "omitted"}
            elif facts.get("omitted") == "on":
                leg.losses.add("dropped", "behaviour", "reasoning", ("reasoning", name), "no such setting beside this thinking")
        else:
            leg.losses.add("dropped", "behaviour", "reasoning", ("reasoning", name), "no such setting")


def _front(message: Json, number: int, writing: Writing) -> str:
    """What a message of the history goes out with in front."""
    if writing.leg.opened and number in writing.leg.opened:
        return THINKING
    if begins_with_text(message):
        return OTHER
    leg, role, path = writing.leg, message.get("role"), ("messages", number)
    scratch, own = Writing(leg, writing.request, writing.facts), bag.own(message, leg)
    if role == "assistant":
        blocks = turn_to_native(message, scratch, path, own)
    else:
        blocks = content_to_native(message, scratch, path, own, "system" if role in INSTRUCTIONS else "user")
    if not blocks:
        return NOTHING
    return THINKING if blocks[0]["type"] in ("thinking", "redacted_thinking") else OTHER


def sampling(request: Json, native: Json, writing: Writing, old_allowed: bool) -> bool:
    """
    temperature, top_p, top_k; True when one is sent, which only the older version takes (`old_allowed`).

    Losses: all three where version or model refuse them or thinking is on dropped; temperature over 1 approximated.
    """
    leg, facts = writing.leg, writing.facts
    why = ""
    if not facts.get("sampling", True):
        why = "this model refuses sampling parameters"
    elif not old_allowed:
        why = "this version of the API refuses sampling parameters"
    thinks = "thinking" in native and native["thinking"].get("type") in ("enabled", "adaptive")
    sent = False
    for name in ("temperature", "top_p", "top_k"):
        value, reason = request.get(name), why
        if value is None:
            continue
        if type(value) is not int and (type(value) is not float or name == "top_k"):
            leg.invalid((name,), "integer" if name == "top_k" else "number", value)
        if not reason and thinks and (
            name == "top_k" or (name == "temperature" and value != 1) or (name == "top_p" and value < 0.95)
        ):  # fmt: skip
            reason = "thinking is on"
        elif not reason and name == "top_p" and "temperature" in native and facts.get("one_sampling"):
            reason = "this model takes temperature or top_p"
        if reason:
            if name == "top_k" or not is_neutral(value, (1, 1.0)):
                leg.losses.add("dropped", "behaviour", name, (name,), reason)
            continue
        if name == "temperature" and value > 1:
            leg.losses.add("approximated", "behaviour", name, (name,), f"{value} clamped to 1")
            value = 1
        native[name] = value
        sent = True
    return sent


def format_to_native(request: Json, native: Json, leg: Leg) -> None:
    """response_format -> `output_config.format`. Losses: json_object, name, description; keywords that are not enforced."""
    value = request.get("response_format")
    if value is None:
        return
    path: Path = ("response_format",)
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    kind = value.get("type")
    if kind == "json_object":
        leg.losses.add("dropped", "behaviour", "response_format", path, "no JSON mode without a schema")
    elif kind == "json_schema":
        held = value.get("json_schema")
        where: Path = (*path, "json_schema")
        if type(held) is not dict:
            leg.invalid(where if "json_schema" in value else path, "object", held)
        schema, strict = held.get("schema"), held.get("strict")
        if schema is not None and type(schema) is not dict:
            leg.invalid((*where, "schema"), "object", schema)
        if strict is not None and type(strict) is not bool:
            leg.invalid((*where, "strict"), "boolean", strict)
        if schema is not None:
            native.setdefault("output_config", {})["format"] = {"type": "json_schema", "schema": schema}
        known = leg.beside and "response_format" in leg.rest
        for kind_of_loss, scope, name, place, note in _lost_of_known(leg.beside) if known else _lost_of_format(held):
            leg.losses.add(kind_of_loss, scope, name, (*path, *place), note)
        if "extra_content" in held:
            bag.unpack(held, leg, where)
    elif kind != "text":
        leg.losses.add("dropped", "behaviour", "response_format", path, "format unknown here")
    if not FORMAT_MEMBERS.issuperset(value):
        report_rest(value, FORMAT_MEMBERS, leg, path, "behaviour")


@lru_cache(maxsize=MOST_VALUES)
def _lost_of_known(beside: bytes) -> list[tuple[Any, Any, str, Path, str]]:
    """The same where the schema is known by its bytes, those of `leg.rest`; not to be changed."""
    lost: list[tuple[Any, Any, str, Path, str]] = _lost_of_format(loads(beside)["response_format"]["json_schema"])
    return lost


@remembered
def _lost_of_format(held: Json) -> list[tuple[Any, Any, str, Path, str]]:
    """The losses of a named schema; their places begin at the format."""
    lost: list[tuple[Any, Any, str, Path, str]] = []
    where = "json_schema"
    if held.get("schema") is None:
        lost.append(("dropped", "behaviour", "response_format", (), "no schema given"))
    else:
        lost += [("approximated", "behaviour", name, (where, "schema", *place), note) for name, place, note in refused(held["schema"])]
    for name, member in held.items():
        if name == "schema" or member is None or (name == "name" and member == "response"):
            continue
        if name == "strict":
            if not member:
                lost.append(("approximated", "behaviour", name, (where, name), "the schema is always enforced"))
        elif name != "extra_content":
            scope = "envelope" if name == "name" else "behaviour"
            lost.append(("dropped", scope, name, (where, name), "only the schema has a place"))
    if held.get("strict") is None:
        lost.append(("approximated", "behaviour", "strict", (where,), "not asked for, but the schema is always enforced"))
    return lost


# --- native -> unified


def thinking_to_unified(body: Json, unified: Json, leg: Leg, facts: Any) -> None:
    """`thinking` and `output_config` -> thinking, reasoning_effort, response_format; the rest rides in the bag."""
    thinking, config = body.get("thinking"), body.get("output_config")
    if thinking is not None and type(thinking) is not dict:
        leg.invalid(("thinking",), "object", thinking)
    if thinking is not None:
        for name, kind, word in THINKING_TYPES:
            if thinking.get(name) is not None and type(thinking[name]) is not kind:
                leg.invalid(("thinking", name), word, thinking[name])
    if config is not None and type(config) is not dict:
        leg.invalid(("output_config",), "object", config)
    effort: Any = None
    if config:
        rest: Json = {}
        for name, value in config.items():
            if value is None:
                continue
            if name == "effort":
                if type(value) is not str:
                    leg.invalid(("output_config", name), "string", value)
                if value in EFFORTS:
                    effort = unified["reasoning_effort"] = value
                else:
                    rest[name] = value
            elif name == "format":
                rest_of_format = _format(value, unified, leg, ("output_config", name))
                if rest_of_format:
                    rest[name] = rest_of_format
            else:
                rest[name] = value
        if rest:
            bag.put(unified, leg.row.key, "output_config", rest)
    old = body.get("output_format")
    if old is not None:
        if "response_format" in unified or _format(old, unified, leg, ("output_format",)):
            bag.put(unified, leg.row.key, "output_format", old)
    if thinking:
        rebuilt = effort is not None and thinking == {"type": "adaptive"} and _rebuilds(facts)
        if not rebuilt:
            unified["thinking"] = {name: value for name, value in thinking.items() if value is not None}
            if leg.row.variant and effort is not None and facts.get("omitted") == "off" and unified["thinking"] == OFF:
                # The model stands in the path: only the bag tells this body from the one that leaves it out.
                bag.put(unified, leg.row.key, "thinking", dict(OFF))
    elif effort is not None and facts.get("omitted") == "off":
        unified["thinking"] = dict(OFF)


def _rebuilds(facts: Any) -> bool:
    return bool(facts.get("levels", True) and facts.get("omitted") == "off" and "adaptive" in facts.get("thinking", ()))


def _format(value: Any, unified: Json, leg: Leg, path: Path) -> Json | None:
    """A native output format -> response_format; what that can not say comes back."""
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    if value.get("type") != "json_schema" or type(value.get("schema")) is not dict:
        return value
    made: Json = {"name": "response", "schema": value["schema"], "strict": True}
    unified["response_format"] = {"type": "json_schema", "json_schema": made}
    return {name: member for name, member in value.items() if name not in ("type", "schema") and member is not None} or None
