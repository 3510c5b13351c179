"""
What clients write in older or other spellings: mended once, for every target, as calls that lost their results are (`pairing`).

`prepare` gives the request back as it is when there is nothing to mend; otherwise a fresh document that shares what it did not
touch, and a map of places so that losses point at the caller's spelling (`/functions/0`, not `/tools/0`).
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.shared.arguments import made_up_id
from translate.shared.pairing import Rules, paired
from translate.survey import bare

TOP_ALIASES = frozenset(("functions", "function_call", "max_tokens", "reasoning", "prompt_cache_breakpoint"))
MESSAGE_ALIASES = frozenset(("function_call", "reasoning", "thinking_blocks", "prompt_cache_breakpoint"))


def prepare(request: Json, leg: Leg, pairs: Rules | None = None, *, known: bool = False) -> Json:
    """
    Unified request in its canonical spelling, calls and results paired.

    pairs: what the provider demands of calls and results; None leaves them as they are. known: a spoke's own look says that the
    messages have nothing to mend.
    Losses: a call without a result and a result without a call approximated; a contradicting older spelling dropped.
    """
    # Most requests have nothing to mend and pay only for the look; what the survey knows has no more than older names at the top.
    if not TOP_ALIASES.isdisjoint(request) and not _is_canonical(request):
        request = _top(request, leg)
    if leg.echoed:
        request = without_echo(request, leg)
    if leg.plain or known:
        return request
    messages = request.get("messages")
    if type(messages) is not list:
        if messages is None:
            leg.missing((), "messages")
        leg.invalid(("messages",), "array", messages)
    if any(_needs_upgrade(message) for message in messages):
        messages = _upgrade_messages(messages, leg)
        request = {**request, "messages": messages}
    if pairs is not None:
        mended = paired(messages, leg, pairs)
        if mended is not messages:
            request = {**request, "messages": mended}
    return request


def is_prepared(request: Json) -> bool:
    """Whether nothing at the top of a request has an older name but the output limit, which many spokes read under either."""
    return _OLDER.isdisjoint(request) and not ("max_tokens" in request and "max_completion_tokens" in request)


_OLDER = TOP_ALIASES - {"max_tokens"}


def _is_canonical(request: Json) -> bool:
    """Whether `reasoning` is the only older name, and says only what has no other."""
    settings = request.get("reasoning")
    if type(settings) is not dict or not settings or not settings.keys() <= _CANONICAL or None in settings.values():
        return False
    return len(TOP_ALIASES & request.keys()) == 1


_CANONICAL = frozenset(("exclude", "summary"))


def without_echo(request: Json, leg: Leg) -> Json:
    """A request with answers as clients got them, without their members that say nothing: then it is plain."""
    leg.plain, leg.echoed = True, False
    return {**request, "messages": [bare(message) for message in request["messages"]]}


def _needs_upgrade(message: Any) -> bool:
    if type(message) is not dict:
        return False
    if not MESSAGE_ALIASES.isdisjoint(message) or message.get("role") == "function":
        return True
    content = message.get("content")
    return type(content) is list and any(type(part) is dict and "prompt_cache_breakpoint" in part for part in content)


def _top(request: Json, leg: Leg) -> Json:
    moved = leg.losses.moved
    out: Json = {}
    for name, value in request.items():
        if name == "tools" and "tools" in out:
            continue  # with the functions already
        if value is None:
            out.setdefault(name, None)  # a null takes nothing back that an alias said
        elif name not in TOP_ALIASES:
            out[name] = value
        elif name == "max_tokens":
            if request.get("max_completion_tokens") is None:
                out["max_completion_tokens"] = value
                moved["max_completion_tokens",] = ("max_tokens",)
            elif value != request["max_completion_tokens"]:
                leg.losses.add("dropped", "behaviour", name, (name,), "max_completion_tokens is there and wins")
        elif name == "functions":
            _functions(value, request, out, leg)
        elif name == "function_call":
            if request.get("tool_choice") is not None:
                leg.losses.add("dropped", "behaviour", name, (name,), "tool_choice is there and wins")
            else:
                moved["tool_choice",] = moved["tool_choice", "function"] = (name,)
                named = type(value) is dict and "name" in value
                out["tool_choice"] = {"type": "function", "function": {"name": value["name"]}} if named else value
        elif name == "prompt_cache_breakpoint":
            _mark(request, out, leg, ())
        elif type(value) is dict:
            _reasoning(value, request, out, leg)
        else:
            leg.invalid((name,), "object", value)
    return out


def _functions(value: Any, request: Json, out: Json, leg: Leg) -> None:
    if type(value) is not list:
        leg.invalid(("functions",), "array", value)
    given = request.get("tools")
    if given is not None and type(given) is not list:
        leg.invalid(("tools",), "array", given)
    tools = list(given or ())
    if not tools:
        leg.losses.moved["tools",] = ("functions",)
    for number, function in enumerate(value):
        if type(function) is not dict:
            leg.invalid(("functions", number), "object", function)
        leg.losses.moved["tools", len(tools)] = ("functions", number)
        leg.losses.moved["tools", len(tools), "function"] = ("functions", number)
        tools.append({"type": "function", "function": function})
    if tools:
        out["tools"] = tools


def _reasoning(value: Json, request: Json, out: Json, leg: Leg) -> None:
    """`reasoning` object of other gateways: effort, budget and switch in their canonical fields, the rest stays."""
    moved = leg.losses.moved
    rest: Json = {}
    for name, setting in value.items():
        if setting is None:
            continue
        if name == "effort" or (name == "enabled" and setting is False):
            if request.get("reasoning_effort") is None:
                effort = setting if name == "effort" else "none"
                if out.get("reasoning_effort") not in (None, effort):
                    leg.losses.add("dropped", "behaviour", "reasoning", ("reasoning", "enabled"), "an effort is there and wins")
                    effort = value["effort"]
                out["reasoning_effort"] = effort
                moved["reasoning_effort",] = ("reasoning", name)
            elif setting != request["reasoning_effort"] and not (
                name == "enabled" and request["reasoning_effort"] == "none"
            ):
                leg.losses.add("dropped", "behaviour", "reasoning", ("reasoning", name), "reasoning_effort wins")
        elif name == "max_tokens":
            if request.get("thinking") is None:
                out["thinking"] = {"type": "enabled", "budget_tokens": setting}
                moved["thinking", "budget_tokens"] = ("reasoning", name)
                moved["thinking",] = ("reasoning", name)
            elif type(request["thinking"]) is not dict or setting != request["thinking"].get("budget_tokens"):
                leg.losses.add("dropped", "behaviour", "reasoning", ("reasoning", name), "thinking wins")
        else:
            rest[name] = setting
    if rest:
        out["reasoning"] = rest


def cache_mark(value: Any) -> Any:
    """`prompt_cache_breakpoint` -> `cache_control`; ttl keeps the source's word."""
    if type(value) is not dict:
        return value
    mark: Json = {"type": "ephemeral"}
    mark.update((name, word) for name, word in value.items() if name != "mode")
    return mark


def _upgrade_messages(messages: list[Any], leg: Leg) -> list[Any]:
    out: list[Any] = []
    open_ids: dict[str, list[str]] = {}  # calls of the legacy form that wait for their result, by name
    count = 0
    for number, message in enumerate(messages):
        if not _needs_upgrade(message):
            out.append(message)
            continue
        where: Path = ("messages", number)
        fresh: Json = {}
        for name, value in message.items():
            if name == "function_call":
                if value is None:
                    continue
                if type(value) is not dict:
                    leg.invalid((*where, name), "object", value)
                call_name, arguments = value.get("name"), value.get("arguments")
                if type(call_name) is not str:
                    leg.invalid((*where, name, "name"), "string", call_name)
                identifier = made_up_id("", count, call_name, arguments if type(arguments) is str else "")
                count += 1
                open_ids.setdefault(call_name, []).append(identifier)
                given = message.get("tool_calls")
                if given is not None and type(given) is not list:
                    leg.invalid((*where, "tool_calls"), "array", given)
                calls = list(given or ())
                if not calls:
                    leg.losses.moved[(*where, "tool_calls")] = (*where, name)
                leg.losses.moved[(*where, "tool_calls", len(calls))] = (*where, name)
                leg.losses.moved[(*where, "tool_calls", len(calls), "function")] = (*where, name)
                calls.append({"id": identifier, "type": "function", "function": value})
                fresh["tool_calls"] = calls
            elif name == "tool_calls" and "tool_calls" in fresh:
                continue
            elif name == "reasoning" and type(value) is str:
                if message.get("reasoning_content") in (None, value):
                    fresh["reasoning_content"] = value
                    leg.losses.moved[(*where, "reasoning_content")] = (*where, name)
                else:
                    leg.losses.add("dropped", "content", name, (*where, name), "reasoning_content is there and wins")
            elif name == "thinking_blocks":
                _thinking_blocks(value, message, fresh, leg, where)
            elif name == "prompt_cache_breakpoint":
                _mark(message, fresh, leg, where)
            elif name == "content" and type(value) is list:
                fresh["content"] = [_upgrade_part(part, leg, (*where, name, spot)) for spot, part in enumerate(value)]
            elif value is None:
                fresh.setdefault(name, None)
            else:
                fresh[name] = value
        if message.get("role") == "function":
            fresh["role"] = "tool"
            called = fresh.pop("name", None)
            waiting = open_ids.get(called) if type(called) is str else None
            fresh["tool_call_id"] = waiting.pop(0) if waiting else made_up_id("", count, str(called), "")
            leg.losses.moved[(*where, "tool_call_id")] = (*where, "name")
            if fresh.get("content") is None:
                fresh["content"] = ""
        out.append(fresh)
    return out


def _upgrade_part(part: Any, leg: Leg, where: Path) -> Any:
    if type(part) is not dict or part.get("prompt_cache_breakpoint") is None:
        return part
    fresh = {name: value for name, value in part.items() if name != "prompt_cache_breakpoint"}
    _mark(part, fresh, leg, where)
    return fresh


def _mark(holder: Json, fresh: Json, leg: Leg, where: Path) -> None:
    """The cache mark under its alias. Losses: one that says something else than the mark beside it."""
    given, made = holder.get("cache_control"), cache_mark(holder["prompt_cache_breakpoint"])
    if given is None:
        fresh["cache_control"] = made
        leg.losses.moved[(*where, "cache_control")] = (*where, "prompt_cache_breakpoint")
    elif given != made:
        name = "prompt_cache_breakpoint"
        leg.losses.add("dropped", "behaviour", name, (*where, name), "cache_control is there and wins")


def _thinking_blocks(value: Any, message: Json, fresh: Json, leg: Leg, where: Path) -> None:
    """LiteLLM's native blocks -> entries of reasoning_details."""
    path = (*where, "thinking_blocks")
    if message.get("reasoning_details"):
        leg.losses.add("dropped", "content", "thinking_blocks", path, "reasoning_details is there and wins")
        return
    if type(value) is not list:
        if value is not None:
            leg.invalid(path, "array", value)
        return
    details: list[Json] = []
    for number, block in enumerate(value):
        if type(block) is not dict:
            leg.invalid((*path, number), "object", block)
        entry: Json = {"format": "anthropic-claude-v1", "index": len(details)}
        if block.get("type") == "redacted_thinking":
            entry = {"type": "reasoning.encrypted", "data": block.get("data"), **entry}
            known = {"type", "data"}
        else:
            entry = {"type": "reasoning.text", "text": block.get("thinking", ""), **entry}
            if block.get("signature") is not None:
                entry["signature"] = block["signature"]
            known = {"type", "thinking", "signature", "cache_control"}
        for name in block:
            if name not in known:
                leg.losses.add("dropped", "content", name, (*path, number, name), "not a member of a thinking block")
        leg.losses.moved[(*where, "reasoning_details", len(details))] = (*path, number)
        details.append(entry)
    if details:
        fresh["reasoning_details"] = details
