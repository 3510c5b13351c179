"""
What stands beside the messages, remembered: tools, the choice among them, output format and thinking come again with each
request of a conversation, and say nothing of it. Small ones are made faster from the bytes they are known by
(`shared/remembered.py`) than from themselves.

Made by the functions that write and read them in every other request.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from marshal import loads
from typing import Any

from translate.errors import TranslateError
from translate.leg import DEFAULTS, Json, Leg
from translate.loss import Loss, Losses
from translate.providers.gemini import config as config_of, tool_choice, tools as tools_of
from translate.providers.gemini.models import known_model
from translate.providers.gemini.spelling import place, worded
from translate.registry import find
from translate.scrubbing import is_clean
from translate.shared import bag
from translate.shared.remembered import LONGEST_KEY, MOST_VALUES, bytes_of

# All that are written here.
MEMBERS = config_of.OTHERS | {"tools", "tool_choice", "web_search_options"}
_KEPT = frozenset(("tools", "tool_choice", "response_format", "reasoning_effort", "thinking"))
_THINKING = frozenset(("reasoning_effort", "thinking"))
_KEPT_OF_BAG = frozenset((
    "functionCallingConfig", "responseFormatForm", "responseMimeType", "responseSchema", "schema", "thinkingConfig",
))  # fmt: skip
# Of numbers, or rare.
_ALONE = frozenset((
    "extra_body", "logprobs", "top_logprobs", "web_search_options", "modalities", "audio", "image_config", "reasoning",
))  # fmt: skip
_MOVED = frozenset((("max_completion_tokens",),))  # places that may be others to the caller: none of these members
_LONGEST = 8_192  # bytes of what was made: larger ones are faster made from themselves
_MOST_LOSSES = 32
Written = tuple[list[Json], Json, Json]  # tools, toolConfig, generationConfig without its numbers


def to_native(request: Json, own: Json, model: str, leg: Leg) -> tuple[Written, tuple[Loss, ...], int] | None:
    """
    What is written, its losses, and how many of these come before those of the numbers; None where it has to be made anew.
    """
    moved = leg.losses.moved
    if (moved and not _MOVED.issuperset(moved)) or leg.options.model_facts or len(model) > LONGEST_KEY or not _ALONE.isdisjoint(request):
        return None
    if not leg.beside and _THINKING.isdisjoint(request) and "thinkingConfig" not in own:
        return None  # little to write
    rest = leg.rest
    held = {name: value for name, value in request.items() if name in _KEPT and name not in rest}
    if held.get("tools"):  # not known by bytes
        return None
    of_bag = {name: value for name, value in own.items() if name in _KEPT_OF_BAG} if own else own
    told = bytes_of((held, of_bag)) if held or of_bag else b""
    if told is None or not (told or leg.beside):
        return None
    kept = _kept(leg.row.name, model, leg.beside, told)
    return None if kept is None else (loads(kept[0]), kept[1], kept[2])


@lru_cache(maxsize=MOST_VALUES)
def _kept(name: str, model: str, beside: bytes, held: bytes) -> tuple[bytes, tuple[Loss, ...], int] | None:
    leg = Leg(find(name), "request", False, DEFAULTS, Losses(name))
    _, facts = known_model(model)
    request, own = loads(held) if held else ({}, bag.EMPTY)
    if beside:
        request.update(loads(beside))
    try:
        tools, choice = tools_to_native(request, own, leg, facts, bag.EMPTY)
        before = len(leg.losses.items)
        config = config_of.to_native(request, own, leg, facts)
    except TranslateError:
        return None  # told in the order of the request
    out = bytes_of((tools, choice, config))
    if out is None or len(out) > _LONGEST or len(leg.losses.items) > _MOST_LOSSES:
        return None
    return out, tuple(leg.losses.items), before


def tools_to_native(
    request: Json, own: Json, leg: Leg, facts: Mapping[str, Any], names: Mapping[str, str]
) -> tuple[list[Json], Json]:  # fmt: skip
    """tools and toolConfig; empty for nothing."""
    tools = tools_of.to_native(request, leg, facts, names) if "tools" in request or "web_search_options" in request else []
    if "tool_choice" in request or "functionCallingConfig" in own:
        return tools, tool_choice.to_native(request, own, tools, leg, names)
    return tools, {}


_READ = frozenset(("toolConfig", "generationConfig", "safetySettings"))


def to_unified(body: Json, tools: list[Json], model: str, leg: Leg) -> tuple[Json, tuple[Loss, ...]] | None:
    """What toolConfig, generationConfig and safetySettings say beside these tools, and their losses; None as in `to_native`."""
    if leg.options.model_facts or len(model) > LONGEST_KEY:
        return None
    held = bytes_of({name: value for name, value in body.items() if name in _READ})
    if held is None:
        return None
    declared = tuple([tool["function"]["name"] for tool in tools if "function" in tool]) if "toolConfig" in body else ()
    kept = _kept_to_unified(leg.row.name, model, held, declared)
    return None if kept is None else (loads(kept[0]), kept[1])


@lru_cache(maxsize=MOST_VALUES)
def _kept_to_unified(name: str, model: str, held: bytes, declared: tuple[str, ...]) -> tuple[bytes, tuple[Loss, ...]] | None:
    body: Json = loads(held)
    if not is_clean(body) or sum(map(len, declared)) > _LONGEST:
        return None
    leg = Leg(find(name), "request", True, DEFAULTS, Losses("unified"))
    _, facts = known_model(model)
    unified: Json = {"tools": [{"type": "function", "function": {"name": function}} for function in declared]}
    try:
        members_to_unified(body, body, unified, leg, facts)
    except TranslateError:
        return None  # told of the members as they are spelled
    if body.get("safetySettings") is not None:
        bag.put(unified, leg.row.key, "safety_settings", worded(body["safetySettings"], leg.row.variant))
    del unified["tools"]
    out = bytes_of(unified)
    if out is None or len(out) > _LONGEST or len(leg.losses.items) > _MOST_LOSSES:
        return None
    return out, tuple(leg.losses.items)


def members_to_unified(body: Json, named: Json, unified: Json, leg: Leg, facts: Mapping[str, Any]) -> None:
    """toolConfig and generationConfig, where the tools are read."""
    if named.get("toolConfig") is not None:
        tool_choice.to_unified(named["toolConfig"], unified, leg, (place(body, "toolConfig"),))
    if named.get("generationConfig") is not None:
        config_of.to_unified(named["generationConfig"], unified, leg, facts, (place(body, "generationConfig"),))
