"""What the named model refuses or takes no notice of, whatever its server takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.leg import Json, Leg
from translate.providers.openai_compatible.tables import WHILE_REASONING
from translate.shared.fields import is_neutral
from translate.shared.steps import OTHER, lost_thinking

DEFAULTS: dict[str, tuple[Any, ...]] = {
    "temperature": (1, 1.0), "top_p": (1, 1.0), "n": (1,), "frequency_penalty": (0, 0.0), "presence_penalty": (0, 0.0),
    "logprobs": (False,), "logit_bias": ({},),
}  # fmt: skip


def model_rules(request: Json, native: Json, leg: Leg, facts: Mapping[str, Any]) -> None:
    """What the named model refuses; defaults go without a word."""
    for name in facts.get("refuses", ()):
        if name in native:
            if not is_neutral(native[name], DEFAULTS.get(name, ())):
                leg.losses.dropped("behaviour", name, (name,), f"refused by {leg.model}")
            del native[name]
    ignored = facts.get("ignored")
    if ignored and (native.get("thinking") or {}).get("type") != "disabled":
        for name in ignored:
            if name in native and not is_neutral(native[name], DEFAULTS.get(name, ())):
                leg.losses.add("approximated", "behaviour", name, (name,), f"{leg.model} takes no notice of it while it thinks")
    if "while_thinking" in facts:
        _while_thinking(request, native, leg, facts)
    if facts.get("one_sampling") and "temperature" in native and "top_p" in native:
        if not is_neutral(native["top_p"], DEFAULTS["top_p"]):
            leg.losses.dropped("behaviour", "top_p", ("top_p",), f"{leg.model} takes temperature or top_p")
        del native["top_p"]
    if not facts.get("reasoning"):
        return
    tools_there = any(tool.get("type") == "function" for tool in native.get("tools", ()))
    if tools_there and not facts.get("tools_while_reasoning", True) and native.get("reasoning_effort") != "none":
        told = "reasoning_effort" in native
        leg.losses.add(
            "approximated" if told else "defaulted", "behaviour", "reasoning_effort", ("reasoning_effort",) if told else (),
            "function tools are refused in this API while the model reasons; sent as none",
        )  # fmt: skip
        native["reasoning_effort"] = "none"
    if native.get("reasoning_effort") != "none":
        for name in WHILE_REASONING:
            if name in native:
                if not is_neutral(native[name], DEFAULTS.get(name, ())):
                    leg.losses.dropped("behaviour", name, (name,), f"refused by {leg.model} while it reasons")
                del native[name]


def _while_thinking(request: Json, native: Json, leg: Leg, facts: Mapping[str, Any]) -> None:
    """Sampling beside thinking, and calls that are answered: their turn would have to begin with its thinking."""
    if (native.get("thinking") or {}).get("type") not in ("enabled", "adaptive"):
        return
    why = lost_thinking(native["messages"], leg, lambda message, number: OTHER)  # no history here has any
    if why:
        name = next(name for name in ("thinking", "reasoning_effort", "reasoning") if request.get(name) is not None)
        del native["thinking"]
        leg.losses.add("approximated", "behaviour", name, (name,), why)
        return
    for name, least in facts["while_thinking"].items():
        if name in native and native[name] < least:
            leg.losses.dropped("behaviour", name, (name,), "thinking is on")
            del native[name]
