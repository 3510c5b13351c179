"""
The short way of request members beside model, messages and tools: what becomes of each is known for a row and a model.

It gives exactly what the long way gives (`request.to_native`), or leaves the request to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from operator import itemgetter
from typing import Any

from translate.leg import Json, Leg
from translate.loss import Loss
from translate.providers.openai_compatible.dialects import Dialect
from translate.providers.openai_compatible.rules import DEFAULTS
from translate.providers.openai_compatible.tables import INNER_MEMBERS, WHILE_REASONING
from translate.shared.fields import Handled, Rename, Table, Unsupported, is_neutral

# Members that hang on others of the request.
_BOUND = frozenset(("logprobs", "top_logprobs"))
# Members that the functions of `request` write behind the others, whatever the model.
TOOLS, FORM, REASON, STREAM, OWN, BOUND = 1, 2, 4, 8, 16, 32
_STEPS = {
    "tools": TOOLS, "tool_choice": TOOLS, "parallel_tool_calls": TOOLS, "response_format": FORM, "stream_options": STREAM,
    "reasoning_effort": REASON, "thinking": REASON, "reasoning": REASON, "extra_content": OWN,
}  # fmt: skip
_HANG_ON_REASONING = ("ignored", "reasoning", "while_thinking")  # rules of a model


# What becomes of a member: its own name there ("" is not sent); whether a value takes this way (None: each); 0 where there is no
# more to do, less where a function does this step, else the rank of its loss among all; the loss. A plain tuple is taken apart in
# half the time of a named one.
Way = tuple[str, Callable[[Any], bool] | None, int, Loss | None]
Ways = Mapping[str, Way]
NO_WAYS: Ways = {}
FIELD, RULE = 1, 2  # losses of the row's fields come first, those of the model's rules last


def to_native(request: Json, native: Json, leg: Leg, ways: Ways, late: list[Loss]) -> int | None:
    """
    Writes the members into the native body and gives the steps that are left for some of them, added up.

    late: takes the losses that come behind those of these steps. None where a member needs the long way: the leg is untouched then,
    and what is written void.
    """
    told: list[tuple[int, Loss]] | None = None
    steps = 0
    for name, value in request.items():
        way = ways.get(name)
        if value is None and name not in _SAID:
            continue
        if way is None:
            return None
        word, fits, rank, loss = way
        if fits is not None and not fits(value):
            return None
        if word:
            native[word] = value
        if rank < 0:
            steps |= -rank
        elif loss is not None:
            if told is None:
                told = [(rank, loss)]
            else:
                told.append((rank, loss))
    if told is not None:
        if len(told) > 1:
            told.sort(key=_rank)
        for rank, loss in told:
            (late if steps and rank > FIELD else leg.losses.items).append(loss)
    return steps


_rank = itemgetter(0)
_SAID = frozenset(("model", "messages", "reasoning_effort", "thinking", "reasoning", "extra_content"))  # read though they are null
_BY_ITSELF: Way = ("", None, 0, None)


def ways_of(format: str, model: str, dialect: Dialect, facts: Mapping[str, Any], fields: Table) -> Ways:
    """The members whose way hangs on nothing but their own value. facts: built-in ones of the model."""
    ways: dict[str, Way] = {"model": _BY_ITSELF, "messages": _BY_ITSELF}
    rules = _rules(model, facts)
    for name, rule in fields.items():
        if type(rule) is Unsupported:
            loss = Loss("dropped", rule.scope, name, f"/{name}", format, rule.reason)
            ways[name] = ("", partial(_asks, rule.neutral) if rule.neutral else None, FIELD, loss)
        elif type(rule) is Handled:
            step = _STEPS.get(name, 0)
            if step == REASON and any(facts.get(rule) for rule in _HANG_ON_REASONING):
                known = frozenset(facts.get("efforts", ())).difference(("none",)) if facts.get("reasoning") else frozenset()
                if name == "reasoning_effort" and known:
                    ways[name] = ("", partial(_is_among, known), -step, None)
            elif step and (name != "tools" or facts.get("tools_while_reasoning", True)):
                ways[name] = ("", None, -step, None)
        elif name in _BOUND:
            if name not in rules:
                ways[name] = (name, _is_switch if name == "logprobs" else _check(name, dialect), -BOUND, None)
        elif not (type(rule) is Rename and rule.convert):
            word = rule.name if type(rule) is Rename else name
            fits = _check(word, dialect)
            rule_of_model = rules.get(word)
            if word not in rules:
                ways[name] = (word, fits, 0, None)
            elif rule_of_model is not None:
                kind, note, rank = rule_of_model
                if word in DEFAULTS:
                    fits = partial(_asks, DEFAULTS[word]) if fits is None else partial(_asks_within, DEFAULTS[word], *dialect.clamp[word])
                loss = Loss(kind, "behaviour", word, f"/{word}", format, note)
                ways[name] = ("" if kind == "dropped" else word, fits, rank, loss)
    ways["max_tokens"] = ways["max_completion_tokens"]  # where it is alone
    return ways


def _rules(model: str, facts: Mapping[str, Any]) -> dict[str, tuple[Any, str, int] | None]:
    """What `rules.model_rules` says of members of a request that says nothing of reasoning; None: it hangs on others."""
    names = [(name, "dropped", f"refused by {model}") for name in facts.get("refuses", ())]
    names += [(name, "approximated", f"{model} takes no notice of it while it thinks") for name in facts.get("ignored") or ()]
    if facts.get("reasoning"):
        names += [(name, "dropped", f"refused by {model} while it reasons") for name in WHILE_REASONING]
    rules: dict[str, tuple[Any, str, int] | None] = {}
    for rank, (name, kind, note) in enumerate(names, RULE):
        rules[name] = None if name in rules else (kind, note, rank)
    if facts.get("one_sampling"):
        rules["top_p"] = None
    return rules


def _check(word: str, dialect: Dialect) -> Callable[[Any], bool] | None:
    """Which values of a member go as they are; None for all."""
    if word in dialect.clamp:
        return partial(_is_between, *dialect.clamp[word])
    if word == "stream":
        return _is_switch
    if word in INNER_MEMBERS:
        return partial(_has_only, INNER_MEMBERS[word])
    if word == "service_tier" and dialect.tiers is not None:
        return partial(_is_same, dialect.tiers)
    if word == "stop":
        most = dialect.most_stops or 1000
        return partial(_is_stop, most if dialect.blank_stops and not dialect.longest_stop else 0, dialect.stop_list)
    return None


def _asks(neutral: tuple[Any, ...], value: Any) -> bool:
    return not is_neutral(value, neutral)


def _asks_within(neutral: tuple[Any, ...], least: float, greatest: float, value: Any) -> bool:
    return _is_between(least, greatest, value) and not is_neutral(value, neutral)


def _is_among(words: frozenset[str], value: Any) -> bool:
    return type(value) is str and value in words


def _is_switch(value: Any) -> bool:
    return type(value) is bool


def _has_only(known: frozenset[str], value: Any) -> bool:
    return type(value) is dict and known.issuperset(value)


def _is_between(least: float, greatest: float, value: Any) -> bool:
    return (type(value) is float or type(value) is int) and least <= value <= greatest


def _is_same(words: Mapping[str, str], value: Any) -> bool:
    return type(value) is str and words.get(value) == value


def _is_stop(most: int, listed: bool, value: Any) -> bool:
    """One sequence or some, as they are. most: 0 where their texts matter."""
    if type(value) is str:
        return bool(most) and not listed
    return type(value) is list and 0 < len(value) <= most
