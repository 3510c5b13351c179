"""
What stands beside the messages, remembered: tools, the choice among them, output format and thinking come again with each
request of a conversation, and say nothing of it.

Made by the functions that write and read them, which every other request is written and read by; known by its bytes
(`shared/remembered.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.leg import DEFAULTS, Json, Leg
from translate.loss import Loss, Losses
from translate.providers.gemini import config as config_of, tool_choice, tools as tools_of
from translate.providers.gemini.models import known_model
from translate.registry import find
from translate.shared import bag
from translate.shared.remembered import LONGEST_KEY, remembered_beside

# Members of a request that are kept, and those of its bag that these are written by. The numbers beside them change more often.
_KEPT = frozenset((
    "tools", "tool_choice", "stop", "response_format", "modalities", "audio", "image_config", "reasoning_effort", "thinking", "reasoning",
))  # fmt: skip
_KEPT_OF_BAG = frozenset((
    "functionCallingConfig", "stopSequences", "responseFormat", "responseFormatForm", "responseMimeType", "responseSchema", "schema",
    "thinkingConfig",
))  # fmt: skip
_MOVED = frozenset((("max_completion_tokens",),))  # places that a request in older spelling has elsewhere, without these
_MOST_TOOLS = 16  # more of them are hardly ever small enough to be kept
Written = tuple[list[Json], Json, Json, tuple[Loss, ...], tuple[Loss, ...]]  # tools, toolConfig, generationConfig; losses of the first two, of the last


def to_native(request: Json, own: Json, model: str, leg: Leg) -> Written | None:
    """tools, toolConfig and generationConfig without its numbers; None where they have to be made anew, nothing reported."""
    moved = leg.losses.moved
    if leg.options.model_facts or len(model) > LONGEST_KEY or not _ALONE.isdisjoint(request) or (moved and not _MOVED.issuperset(moved)):
        return None
    tools = request.get("tools")
    if type(tools) is list and len(tools) > _MOST_TOOLS:
        return None
    held = {name: value for name, value in request.items() if name in _KEPT}
    told = {name: value for name, value in own.items() if name in _KEPT_OF_BAG} if own else own
    if not held and not told:
        return [], {}, {}, (), ()
    (made, choice, config, first), losses = _written([leg.row.name, model, held, told])
    return made, choice, config, losses[:first], losses[first:]


_ALONE = frozenset(("logprobs", "top_logprobs", "web_search_options"))  # of numbers, or rare


@remembered_beside
def _written(given: list[Any]) -> tuple[Any, tuple[Loss, ...]]:
    name, model, request, own = given
    leg = Leg(find(name), "request", False, DEFAULTS, Losses(name))
    _, facts = known_model(model)
    tools, choice = tools_to_native(request, own, leg, facts, bag.EMPTY)
    first = len(leg.losses.items)
    config = config_of.to_native(request, own, leg, facts)
    return (tools, choice, config, first), tuple(leg.losses.items)


def tools_to_native(
    request: Json, own: Json, leg: Leg, facts: Mapping[str, Any], names: Mapping[str, str]
) -> tuple[list[Json], Json]:  # fmt: skip
    """tools and toolConfig; empty for nothing."""
    tools = tools_of.to_native(request, leg, facts, names) if "tools" in request or "web_search_options" in request else []
    if "tool_choice" in request or "functionCallingConfig" in own:
        return tools, tool_choice.to_native(request, own, tools, leg, names)
    return tools, {}
