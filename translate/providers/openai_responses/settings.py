"""reasoning, text and include of a request, both directions."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_responses.plain import BAD_IN_NAME, fits
from translate.providers.openai_responses.tables import EFFORTS, ENCRYPTED, LOGPROBS, SUMMARIES, VERBOSITIES
from translate.shared import bag
from translate.survey import is_plain_format

# --- unified -> native


def reasoning_to_native(request: Json, own: Json, native: Json, leg: Leg, *, reasons: bool) -> None:
    """
    thinking, reasoning_effort and the `reasoning` extension -> `reasoning`.

    Losses: budgets and modes approximated by a level; words the API does not have, and all of it for a model that does not
    reason, dropped.
    """
    if not reasons:
        for name in ("thinking", "reasoning_effort", "reasoning"):
            if request.get(name) is not None:
                leg.losses.add("dropped", "behaviour", name, (name,), f"{leg.model} does not reason")
        if own.get("reasoning"):
            path: Path = ("extra_content", leg.row.key, "reasoning")
            leg.losses.add("dropped", "behaviour", "reasoning", path, f"{leg.model} does not reason")
        return
    held = own.get("reasoning")
    settings: Json = dict(held) if type(held) is dict else {}
    effort = _effort(request, leg)
    kept = settings.pop("effort", None)
    if effort is not None:
        path = ("reasoning_effort",) if request.get("thinking") is None else ("thinking",)
        if effort in EFFORTS or effort == kept:
            settings["effort"] = effort
        else:
            leg.losses.add("dropped", "behaviour", "reasoning_effort", path, "a level unknown here")
    more = request.get("reasoning")
    if more is not None and type(more) is not dict:
        leg.invalid(("reasoning",), "object", more)
    kept = settings.pop("summary", None)
    for name, value in (more or {}).items():
        if value is None or (name == "enabled" and value is True and effort is not None) or (name == "exclude" and value is False):
            continue
        if name == "summary" and (value == kept or (type(value) is str and value in SUMMARIES)):
            settings[name] = value
        else:
            leg.losses.add("dropped", "behaviour", "reasoning", ("reasoning", name), "nothing says this here")
    if settings:
        native["reasoning"] = settings


def _effort(request: Json, leg: Leg) -> Any:
    effort, thinking = request.get("reasoning_effort"), request.get("thinking")
    if effort is not None and type(effort) is not str:
        leg.invalid(("reasoning_effort",), "string", effort)
    if thinking is None:
        return effort
    if type(thinking) is not dict:
        leg.invalid(("thinking",), "object", thinking)
    kind, budget = thinking.get("type"), thinking.get("budget_tokens")
    if budget is not None and type(budget) not in (int, float):
        leg.invalid(("thinking", "budget_tokens"), "integer", budget)
    for name, value in thinking.items():
        if name not in ("type", "budget_tokens") and value is not None:
            leg.losses.add("dropped", "behaviour", name, ("thinking", name), "nothing says this here")
    if kind in ("disabled", "between_tools") or budget == 0:
        word = "none"
    elif budget is not None:
        word = "low" if budget <= 1024 else "medium" if budget <= 8192 else "high"
    else:
        word = effort if effort not in (None, "none") else "medium"
    leg.losses.add("approximated", "behaviour", "thinking", ("thinking",), f"levels of reasoning alone: {word}")
    if effort is not None and effort != word:
        leg.losses.add("dropped", "behaviour", "reasoning_effort", ("reasoning_effort",), "thinking is there and wins")
    return word


def text_to_native(request: Json, own: Json, native: Json, leg: Leg) -> None:
    """response_format and verbosity -> `text`. Losses: a schema or name the API demands, defaulted; unknown words dropped."""
    held = own.get("text")
    text: Json = dict(held) if type(held) is dict else {}
    written = text.pop("format", None)
    value = request.get("response_format")
    if value is not None:
        if type(value) is not dict:
            leg.invalid(("response_format",), "object", value)
        flat = _format_to_native(value, leg)
        if flat is not None:
            text["format"] = flat
    elif written is not None:
        text["format"] = written
    word = request.get("verbosity")
    kept = text.pop("verbosity", None)
    if word is not None:
        if type(word) is not str:
            leg.invalid(("verbosity",), "string", word)
        if word in VERBOSITIES or word == kept:
            text["verbosity"] = word
        else:
            leg.losses.add("dropped", "behaviour", "verbosity", ("verbosity",), "a word unknown here")
    if text:
        native["text"] = text


def _format_to_native(value: Json, leg: Leg) -> Json | None:
    path: Path = ("response_format",)
    if is_plain_format(value) and len(value) == 2:
        named: Json = value["json_schema"]
        if "schema" in named and fits(named["name"]):
            return {"type": "json_schema", **named}
    kind = value.get("type")
    if kind is None and "json_schema" in value:
        kind = "json_schema"
    if kind in ("text", "json_object"):
        _report(value, ("type",), leg, path)
        return {"type": kind}
    if kind != "json_schema":
        leg.losses.add("dropped", "behaviour", "response_format", path, "format unknown here")
        return None
    wrapped = value.get("json_schema")
    if type(wrapped) is not dict:
        if "json_schema" in value:
            leg.invalid((*path, "json_schema"), "object", wrapped)
        leg.missing(path, "json_schema")
    where: Path = (*path, "json_schema")
    flat: Json = {"type": kind}
    for name, member in wrapped.items():
        if member is None or name == "extra_content":
            continue
        if name not in ("name", "description", "schema", "strict"):
            leg.losses.add("dropped", "behaviour", name, (*where, name), "not a member of a format here")
        else:
            expected: Any = dict if name == "schema" else bool if name == "strict" else str
            if type(member) is not expected:
                leg.invalid((*where, name), {dict: "object", bool: "boolean", str: "string"}[expected], member)
            flat[name] = member
    if not flat.get("name"):
        flat["name"] = "response"
        leg.losses.add("defaulted", "envelope", "name", where, "a format needs a name")
    elif not fits(flat["name"]):
        from translate.shared.identifiers import fit

        flat["name"] = fit([flat["name"]], BAD_IN_NAME, 64).get(flat["name"], flat["name"])
        leg.losses.add("approximated", "envelope", "name", (*where, "name"), f"sent as {flat['name']!r}")
    if "schema" not in flat:
        flat["schema"] = {}
        leg.losses.add("defaulted", "behaviour", "schema", where, "a format needs a schema")
    if "extra_content" in wrapped:
        flat.update(bag.unpack(wrapped, leg, where))
    _report(value, ("type", "json_schema"), leg, path)
    return flat


def _report(value: Json, known: tuple[str, ...], leg: Leg, path: Path) -> None:
    for name, member in value.items():
        if name not in known and member is not None:
            leg.losses.add("dropped", "behaviour", name, (*path, name), "not a member of a format here")


def include_to_native(request: Json, own: Json, native: Json, leg: Leg) -> None:
    """What the answer is to include: the bag's list as it is, else what logprobs and reasoning without a store ask for."""
    logprobs = request.get("logprobs")
    if logprobs is not None and type(logprobs) is not bool:
        leg.invalid(("logprobs",), "boolean", logprobs)
    held = own.get("include", request.get("include"))
    if held is None:
        include = derived_include(logprobs is True, native)
        if include:
            native["include"] = include
        return
    if type(held) is not list:
        leg.invalid(("extra_content", leg.row.key, "include") if "include" in own else ("include",), "array", held)
    include = list(held)
    if logprobs is True and LOGPROBS not in include:
        include.append(LOGPROBS)
    elif logprobs is not True and LOGPROBS in include:
        bag.stale(leg, (), "include")
        include.remove(LOGPROBS)
    native["include"] = include


def derived_include(logprobs: bool, native: Json) -> list[str]:
    """What a request asks for without a word of its own; `native` has `store` and `reasoning`."""
    include = [LOGPROBS] if logprobs else []
    reasoning = native.get("reasoning")
    if native.get("store") is not True and type(reasoning) is dict and reasoning.get("effort") not in (None, "none"):
        include.append(ENCRYPTED)
    return include


# --- native -> unified


def to_unified(body: Json, unified: Json, leg: Leg) -> None:
    """reasoning, text and include; what has no unified field rides in the request's bag."""
    _reasoning(body.get("reasoning"), unified, leg)
    _text(body.get("text"), unified, leg)
    include = body.get("include")
    if include is not None and type(include) is not list:
        leg.invalid(("include",), "array", include)
    for number, word in enumerate(include or ()):
        if type(word) is not str:
            leg.invalid(("include", number), "string", word)
    if LOGPROBS in (include or ()):
        unified["logprobs"] = True
    if (include or []) != derived_include(LOGPROBS in (include or ()), {"store": body.get("store"), "reasoning": body.get("reasoning")}):
        bag.put(unified, leg.row.key, "include", include or [])


def _reasoning(value: Any, unified: Json, leg: Leg) -> None:
    if value is None:
        return
    if type(value) is not dict:
        leg.invalid(("reasoning",), "object", value)
    rest: Json = {}
    for name, member in value.items():
        if member is None:
            continue
        if name in ("effort", "summary", "generate_summary"):
            if type(member) is not str:
                leg.invalid(("reasoning", name), "string", member)
            if name == "effort":
                unified["reasoning_effort"] = member
                if member not in EFFORTS:
                    rest[name] = member
            elif name == "summary" or value.get("summary") is None:
                unified["reasoning"] = {"summary": member}
                if member not in SUMMARIES:
                    rest["summary"] = member
            elif member != value["summary"]:
                rest[name] = member
        else:
            rest[name] = member
    if rest:
        bag.put(unified, leg.row.key, "reasoning", rest)


def _text(value: Any, unified: Json, leg: Leg) -> None:
    if value is None:
        return
    if type(value) is not dict:
        leg.invalid(("text",), "object", value)
    rest: Json = {}
    for name, member in value.items():
        if member is None:
            continue
        if name == "verbosity":
            if type(member) is not str:
                leg.invalid(("text", name), "string", member)
            unified[name] = member
            if member not in VERBOSITIES:
                rest[name] = member
        elif name == "format":
            shown = _format_to_unified(member, leg)
            if shown is None:
                rest[name] = member
            else:
                unified["response_format"] = shown
        else:
            rest[name] = member
    if rest:
        bag.put(unified, leg.row.key, "text", rest)


def _format_to_unified(value: Any, leg: Leg) -> Json | None:
    """Flat format -> nested; None for a kind the chat form does not have."""
    path: Path = ("text", "format")
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    kind = value.get("type")
    if kind is not None and type(kind) is not str:
        leg.invalid((*path, "type"), "string", kind)
    if kind in ("text", "json_object"):
        return {"type": kind} if len(value) == 1 else None
    if kind != "json_schema":
        return None
    wrapped: Json = {}
    for name, member in value.items():
        if name == "type" or member is None:
            continue
        if name in ("name", "description", "schema", "strict"):
            expected: Any = dict if name == "schema" else bool if name == "strict" else str
            if type(member) is not expected:
                leg.invalid((*path, name), {dict: "object", bool: "boolean", str: "string"}[expected], member)
            wrapped[name] = member
        else:
            bag.put(wrapped, leg.row.key, name, member)
    return {"type": kind, "json_schema": wrapped}
