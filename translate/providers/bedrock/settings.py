"""
What steers the model: inference settings, output format, the model's own additional fields; both directions.

Source: Amazon Bedrock API reference, "InferenceConfiguration", "OutputConfig", "Converse", `additionalModelRequestFields`.
"""

from __future__ import annotations

from functools import lru_cache
from marshal import loads
from typing import Any

from translate.errors import Path
from translate.json_text import parse
from translate.leg import Json, Leg
from translate.providers.bedrock.tables import CLAUDE_TOOL, CLAUDE_TOOL_BETAS, EFFORTS
from translate.providers.bedrock.writing import Writing
from translate.shared import bag
from translate.shared.arguments import dumps
from translate.shared.fields import is_neutral, report_rest, stop_sequences
from translate.shared.remembered import MOST_VALUES, remembered
from translate.shared.schema_limits import refused

FORMAT_MEMBERS = frozenset(("type", "json_schema"))
DEFINITION_TYPES = (("schema", dict, "object"), ("name", str, "string"), ("description", str, "string"), ("strict", bool, "boolean"))
ADDITIONAL = "additionalModelRequestFields"


# --- unified -> native


def limits_to_native(request: Json, native: Json, writing: Writing) -> None:
    """max_completion_tokens and stop -> inferenceConfig. Losses: limits below 1 and empty stop sequences dropped."""
    leg = writing.leg
    config: Json = {}
    most = request.get("max_completion_tokens")
    if most is not None:
        if type(most) is not int:
            leg.invalid(("max_completion_tokens",), "integer", most)
        if most < 1:
            leg.losses.add("dropped", "behaviour", "max_completion_tokens", ("max_completion_tokens",), "less than 1 is refused")
        else:
            config["maxTokens"] = most
    if request.get("stop") is not None:
        stop_to_native(request["stop"], config, leg)
    if config:
        native["inferenceConfig"] = config


def stop_to_native(stop: Any, config: Json, leg: Leg) -> None:
    """stop -> stopSequences. Losses: empty ones dropped."""
    if kept := stop_sequences(stop, leg):
        config["stopSequences"] = kept


def sampling_to_native(request: Json, native: Json, writing: Writing) -> None:
    """
    temperature, top_p, top_k, after `thinking` is settled.

    Losses: all three where the model refuses them or thinking is on, top_k on models without a place for it dropped; a
    temperature over 1 approximated.
    """
    leg, facts = writing.leg, writing.facts
    config: Json = native.get("inferenceConfig") or {}
    held = writing.additional.get("thinking")
    thinks = held is not None and held.get("type") in ("enabled", "adaptive")
    for name in ("temperature", "top_p", "top_k"):
        value, reason = request.get(name), ""
        if value is None:
            continue
        if type(value) is not int and (type(value) is not float or name == "top_k"):
            leg.invalid((name,), "integer" if name == "top_k" else "number", value)
        if facts.get("sampling") is False:
            reason = "this model refuses sampling parameters"
        elif thinks and (name == "top_k" or (name == "temperature" and value != 1) or (name == "top_p" and value < 0.95)):
            reason = "thinking is on"
        elif name == "top_p" and "temperature" in config and facts.get("one_sampling"):
            reason = "this model takes temperature or topP"
        elif name == "top_k" and not facts.get("top_k"):
            reason = "no known place for it at this model"
        if reason:
            if name == "top_k" or not is_neutral(value, (1, 1.0)):
                leg.losses.add("dropped", "behaviour", name, (name,), reason)
        elif name == "top_k":
            holder = writing.additional
            *steps, last = facts["top_k"]
            for step in steps:
                holder = holder.setdefault(step, {})
            holder[last] = value
        else:
            fitted = value if 0 <= value <= 1 else min(max(value, 0), 1)
            if fitted != value:
                leg.losses.add("approximated", "behaviour", name, (name,), f"{value} clamped to {fitted}")
            config["temperature" if name == "temperature" else "topP"] = fitted
    if config:
        native["inferenceConfig"] = config


def format_to_native(request: Json, native: Json, leg: Leg) -> None:
    """response_format -> outputConfig.textFormat, the schema as JSON text. Losses: json_object dropped."""
    value = request.get("response_format")
    if value is None:
        return
    path: Path = ("response_format",)
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    kind = value.get("type")
    if kind == "json_schema":
        held, where = value.get("json_schema"), (*path, "json_schema")
        if held is None:
            leg.missing(path, "json_schema")
        if type(held) is not dict:
            leg.invalid(where, "object", held)
        _schema(held, native, leg, where)
    elif kind == "json_object":
        leg.losses.add("dropped", "behaviour", "response_format", path, "no JSON mode without a schema")
    elif kind != "text":
        leg.losses.add("dropped", "behaviour", "response_format", path, "format unknown here")
    if not FORMAT_MEMBERS.issuperset(value):
        report_rest(value, FORMAT_MEMBERS, leg, path, "behaviour")


def _schema(held: Json, native: Json, leg: Leg, where: Path) -> None:
    for name, kind, word in DEFINITION_TYPES:
        if held.get(name) is not None and type(held[name]) is not kind:
            leg.invalid((*where, name), word, held[name])
    definition, lost = _known_definition(leg.beside) if leg.beside and "response_format" in leg.rest else _definition(held)
    for kind_of_loss, scope, name, place, note in lost:
        leg.losses.add(kind_of_loss, scope, name, (*where, *place), note)
    if definition is None:
        return
    definition = definition.copy()
    if "extra_content" in held:
        definition.update((name, value) for name, value in bag.unpack(held, leg, where).items() if name not in definition)
    native.setdefault("outputConfig", {})["textFormat"] = {"type": "json_schema", "structure": {"jsonSchema": definition}}


@lru_cache(maxsize=MOST_VALUES)
def _known_definition(beside: bytes) -> Any:
    """The same where the schema is known by its bytes, those of `leg.rest`; not to be changed."""
    return _definition(loads(beside)["response_format"]["json_schema"])


@remembered
def _definition(held: Json) -> tuple[Json | None, list[tuple[Any, Any, str, Path, str]]]:
    """A named schema -> its definition here, and the losses; None for one without a schema."""
    definition: Json = {}
    lost: list[tuple[Any, Any, str, Path, str]] = []
    for name, member in held.items():
        if member is None or name == "extra_content" or name == "strict":
            continue
        if name == "schema":
            definition[name] = dumps(member)
            lost += [("approximated", "behaviour", keyword, (name, *place), note) for keyword, place, note in refused(member)]
        elif name in ("name", "description"):
            definition[name] = member
        else:
            lost.append(("dropped", "behaviour", name, (name,), "not a member of a schema's definition"))
    if "schema" not in definition:
        lost.append(("dropped", "behaviour", "response_format", (), "no schema given"))
        return None, lost
    if held.get("strict") is None:
        lost.append(("approximated", "envelope", "strict", (), "not asked for, but the schema is always enforced"))
    elif not held["strict"]:
        lost.append(("approximated", "behaviour", "strict", ("strict",), "the schema is always enforced"))
    return definition, lost


def merge(held: Json, more: Json, leg: Leg, path: Path, *, explicit: bool) -> None:
    """
    Adds native settings to what the visible fields gave. Where both say something: `explicit` ones win, those of a bag lose.

    Losses: what loses is approximated.
    """
    for name, value in more.items():
        if value is None:
            continue
        if name not in held:
            held[name] = value
        elif type(held[name]) is dict and type(value) is dict:
            held[name] = dict(held[name])
            merge(held[name], value, leg, (*path, name), explicit=explicit)
        elif held[name] != value:
            if explicit:
                held[name] = value
                leg.losses.add("approximated", "behaviour", name, (*path, name), "wins over the unified field")
            else:
                leg.losses.add("approximated", "behaviour", name, (*path, name), "contradicts the visible fields, which win")


# --- native -> unified


def inference_to_unified(config: Any, unified: Json, leg: Leg) -> None:
    """`inferenceConfig` -> max_completion_tokens, temperature, top_p, stop."""
    path: Path = ("inferenceConfig",)
    if type(config) is not dict:
        leg.invalid(path, "object", config)
    rest: Json = {}
    for name, value in config.items():
        if value is None:
            continue
        if name == "maxTokens":
            if type(value) is not int:
                leg.invalid((*path, name), "integer", value)
            unified["max_completion_tokens"] = value
        elif name in ("temperature", "topP"):
            if type(value) is not int and type(value) is not float:
                leg.invalid((*path, name), "number", value)
            unified["temperature" if name == "temperature" else "top_p"] = value
        elif name == "stopSequences":
            if type(value) is not list or not all(type(entry) is str for entry in value):
                leg.invalid((*path, name), "array of strings", value)
            if value:
                unified["stop"] = value
        else:
            rest[name] = value
    if rest:
        bag.put(unified, leg.row.key, "inferenceConfig", rest)


def output_to_unified(config: Any, unified: Json, leg: Leg) -> None:
    """`outputConfig` -> response_format, reasoning_effort; a schema that is no JSON object rides in the bag."""
    path: Path = ("outputConfig",)
    if type(config) is not dict:
        leg.invalid(path, "object", config)
    rest: Json = {}
    for name, value in config.items():
        if value is None:
            continue
        if name == "effort":
            if type(value) is not str:
                leg.invalid((*path, name), "string", value)
            if value in EFFORTS:
                unified["reasoning_effort"] = value
            else:
                rest[name] = value
        elif name == "textFormat":
            if not _format_to_unified(value, unified, leg, (*path, name)):
                rest[name] = value
                leg.losses.add("approximated", "behaviour", "response_format", (*path, name), "no JSON object as its schema")
        else:
            rest[name] = value
    if rest:
        bag.put(unified, leg.row.key, "outputConfig", rest)


def _format_to_unified(value: Any, unified: Json, leg: Leg, path: Path) -> bool:
    holder, where = value, path
    for step in ("structure", "jsonSchema"):
        if type(holder) is not dict:
            leg.invalid(where, "object", holder)
        holder, where = holder.get(step), (*where, step)
        if holder is None:
            return False
    if type(holder) is not dict:
        leg.invalid(where, "object", holder)
    text = holder.get("schema")
    if type(text) is not str:
        leg.invalid((*where, "schema") if "schema" in holder else where, "string", text)
    try:
        schema = parse(text)
    except (ValueError, RecursionError):
        return False
    if type(schema) is not dict or value.get("type") != "json_schema" or len(value) > 2 or len(value["structure"]) > 1:
        return False
    made: Json = {"name": "response", "schema": schema, "strict": True}
    for name, member in holder.items():
        if name in ("name", "description") and member is not None:
            if type(member) is not str:
                leg.invalid((*where, name), "string", member)
            made[name] = member
        elif name != "schema" and member is not None:
            bag.put(made, leg.row.key, name, member)
    unified["response_format"] = {"type": "json_schema", "json_schema": made}
    return True


def additional_to_unified(fields: Any, unified: Json, leg: Leg, facts: Any) -> None:
    """
    The model's own fields: top_k, thinking, efforts and a choice without parallel calls where the model spells them so.

    Everything else rides in the bag under the same name.
    """
    if type(fields) is not dict:
        leg.invalid((ADDITIONAL,), "object", fields)
    rest = {name: value for name, value in fields.items() if value is not None}
    family = facts.get("family")
    place = facts.get("top_k")
    if place:
        _take_top_k(rest, place, unified)
    thinking = rest.get("thinking")
    if type(thinking) is dict and thinking and facts.get("effort") is None:
        unified["thinking"] = rest.pop("thinking")
    config = rest.get("reasoningConfig")
    if facts.get("effort") == "nova" and type(config) is dict:
        if config == {"type": "disabled"}:
            unified["reasoning_effort"] = "none"
            del rest["reasoningConfig"]
        elif config.keys() == {"type", "maxReasoningEffort"} and config["type"] == "enabled":
            if config["maxReasoningEffort"] in ("low", "medium", "high"):
                unified["reasoning_effort"] = config["maxReasoningEffort"]
                del rest["reasoningConfig"]
    if facts.get("effort") == "gpt-oss" and rest.get("reasoning_effort") in ("low", "medium", "high"):
        unified["reasoning_effort"] = rest.pop("reasoning_effort")
    if family == "claude":
        _take_choice(rest, unified)
        _take_tools(rest, unified)
    if rest:
        bag.put(unified, leg.row.key, ADDITIONAL, rest)


def _take_top_k(rest: Json, place: tuple[str, ...], unified: Json) -> None:
    *steps, last = place
    holder: Any = rest
    for step in steps:
        holder = holder.get(step) if type(holder) is dict else None
    if type(holder) is not dict or type(holder.get(last)) is not int:
        return
    unified["top_k"] = holder[last]
    shorter = {name: value for name, value in holder.items() if name != last}
    if not steps:
        del rest[last]
    elif shorter:
        rest[steps[0]] = shorter
    else:
        del rest[steps[0]]


def _take_choice(rest: Json, unified: Json) -> None:
    """Claude's own tool_choice, as it stands when calls may not be parallel."""
    choice = rest.get("tool_choice")
    if type(choice) is not dict or choice.get("disable_parallel_tool_use") is not True or "tool_choice" in unified:
        return
    kind, name = choice.get("type"), choice.get("name")
    if kind == "tool" and type(name) is str and len(choice) == 3:
        unified["tool_choice"] = {"type": "function", "function": {"name": name}}
    elif kind == "any" and len(choice) == 2:
        unified["tool_choice"] = "required"
    elif kind != "auto" or len(choice) != 2:
        return
    unified["parallel_tool_calls"] = False
    del rest["tool_choice"]


def _take_tools(rest: Json, unified: Json) -> None:
    """Claude's own tools; the betas that belong to them."""
    listed = rest.get("tools")
    if type(listed) is not list or not listed:
        return
    if not all(type(tool) is dict and type(tool.get("type")) is str and CLAUDE_TOOL.fullmatch(tool["type"]) for tool in listed):
        return
    unified["tools"] = [*(unified.get("tools") or ()), *listed]
    del rest["tools"]
    betas = rest.get("anthropic_beta")
    if type(betas) is list:
        needed = {CLAUDE_TOOL_BETAS.get(tool["type"]) for tool in listed}
        kept = [beta for beta in betas if type(beta) is not str or beta not in needed]
        if kept:
            rest["anthropic_beta"] = kept
        else:
            del rest["anthropic_beta"]
