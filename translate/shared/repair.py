"""
What clients write in older or other spellings, and calls that lost their results: mended once, for every target.

`prepare` gives the request back as it is when there is nothing to mend; otherwise a fresh document that shares what it did not
touch, and a map of places so that losses point at the caller's spelling (`/functions/0`, not `/tools/0`).
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.shared.arguments import made_up_id
from translate.shared.fields import report_rest
from translate.survey import bare

TOP_ALIASES = frozenset(("functions", "function_call", "max_tokens", "reasoning", "prompt_cache_breakpoint"))
MESSAGE_ALIASES = frozenset(("function_call", "reasoning", "thinking_blocks", "prompt_cache_breakpoint"))
NO_RESULT = "(no result)"


def prepare(request: Json, leg: Leg, *, pairing: bool = True, lone_results: bool = False, known: bool = False) -> Json:
    """
    Unified request in its canonical spelling, calls and results paired.

    known: a spoke's own look says that the messages have nothing to mend. pairing: False leaves calls and results as they are. lone_results: results without a call may stand (their call is stored).
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
    if pairing:
        mended = _pair(messages, leg, lone_results)
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


def _pair(messages: list[Any], leg: Leg, lone_results: bool) -> list[Any]:
    """One result per call, ahead of everything else of the turn that answers; the list itself when that holds already."""
    return messages if _is_paired(messages, leg, lone_results) else _Pairing(_named(messages, leg), leg, lone_results).run()


def _is_paired(messages: list[Any], leg: Leg, lone_results: bool) -> bool:
    """One walk and no copies: nearly every request needs no repair."""
    waiting: set[str] = set()
    for number, message in enumerate(messages):
        role = message.get("role") if type(message) is dict else None
        if role == "tool":
            identifier = _answered(message, number, leg)
            if identifier in waiting:
                waiting.discard(identifier)
            elif not lone_results:
                return False
        elif role == "assistant":
            calls = message.get("tool_calls")
            for call in calls if type(calls) is list else ():
                if type(call) is dict:
                    given = call.get("id")
                    if not given or (type(given) is str and given in waiting):
                        return False
                    if type(given) is str:
                        waiting.add(given)
        elif waiting:
            return False
    return not waiting


def _named(messages: list[Any], leg: Leg) -> list[Any]:
    """
    Calls without an id, or with that of another open one, get one of their own; results answer such calls in order.

    Losses: ids that are made up, and what answers them, defaulted.
    """
    open_ids: dict[str, list[str]] = {}  # calls that wait for their result: the id they came with -> the ids they go with
    count = 0
    out: list[Any] = []
    for number, message in enumerate(messages):
        role = message.get("role") if type(message) is dict else None
        if role == "assistant" and type(message.get("tool_calls")) is list:
            calls = message["tool_calls"]
            for spot, call in enumerate(calls):
                if type(call) is not dict or not (call.get("id") is None or type(call["id"]) is str):
                    continue
                given: str = call.get("id") or ""
                identifier = given
                if not given or given in open_ids:
                    inner = call.get("function") or call.get("custom")
                    name, text = (inner.get("name"), inner.get("arguments")) if type(inner) is dict else (None, None)
                    identifier = made_up_id(given, count, str(name), text if type(text) is str else "")
                    calls = [*calls[:spot], {**call, "id": identifier}, *calls[spot + 1 :]]
                    place: Path = ("messages", number, "tool_calls", spot, "id")
                    leg.losses.add("defaulted", "content", "id", place if "id" in call else place[:-1], "made up from its place")
                open_ids.setdefault(given, []).append(identifier)
                count += 1
            if calls is not message["tool_calls"]:
                message = {**message, "tool_calls": calls}
        elif role == "tool":
            given = _answered(message, number, leg)
            waiting = open_ids.get(given)
            if waiting:
                identifier = waiting.pop(0)
                if not waiting:
                    del open_ids[given]
                if identifier != given:
                    place = ("messages", number, "tool_call_id")
                    leg.losses.add("defaulted", "content", "tool_call_id", place, "answers the next call")
                    message = {**message, "tool_call_id": identifier}
        out.append(message)
    return out


def _answered(message: Json, number: int, leg: Leg) -> str:
    """Id of the call that a result answers."""
    identifier = message.get("tool_call_id")
    if type(identifier) is not str:
        if identifier is None:
            leg.missing(("messages", number), "tool_call_id")
        leg.invalid(("messages", number, "tool_call_id"), "string", identifier)
    return identifier


_RESULT = frozenset(("role", "tool_call_id", "content"))


class _Pairing:
    """The repair. A turn that answers is all messages up to the next assistant message."""

    def __init__(self, messages: list[Any], leg: Leg, lone_results: bool) -> None:
        self.messages, self.leg, self.lone_results = messages, leg, lone_results
        self.out: list[Any] = []
        self.origin: list[Path] = []  # of each message put out: the place it stands for in `messages`
        self.waiting: dict[str, Path] = {}
        self.results: list[tuple[Any, Path]] = []
        self.rest: list[tuple[Any, Path]] = []

    def run(self) -> list[Any]:
        for number, message in enumerate(self.messages):
            role = message.get("role") if type(message) is dict else None
            place: Path = ("messages", number)
            if role == "assistant":
                if self.rest or self.results:
                    self._end_turn()
                self._put(message, place)
                calls = message.get("tool_calls")
                for spot, call in enumerate(calls if type(calls) is list else ()):
                    if type(call) is dict and type(call.get("id")) is str:
                        self.waiting[call["id"]] = (*place, "tool_calls", spot)
            elif role == "tool":
                self._result(message, place, _answered(message, number, self.leg))
            else:
                self.rest.append((message, place))
        self._end_turn()
        self._move_places()
        return self.out

    def _result(self, message: Json, place: Path, identifier: str) -> None:
        losses = self.leg.losses
        if identifier in self.waiting:
            del self.waiting[identifier]
            self.results.append((message, place))
            if self.rest:
                losses.add(
                    "approximated", "content", "tool_call_id", (*place, "tool_call_id"), "result moved ahead of other messages"
                )
        elif self.lone_results:
            (self.rest if self.rest else self.results).append((message, place))
        else:
            losses.add(
                "approximated", "content", "tool_call_id", (*place, "tool_call_id"),
                "a result without a call before it; sent as user text",
            )  # fmt: skip
            report_rest(message, _RESULT, self.leg, place, reason="of a result that is sent as user text")
            self.rest.append((_as_text(message, identifier), place))

    def _end_turn(self) -> None:
        for message, place in self.results:
            self._put(message, place)
        for identifier, place in self.waiting.items():
            self.leg.losses.add(
                "approximated", "content", "tool_calls", place, f"call without a result; sent {NO_RESULT!r} in its place"
            )
            self._put({"role": "tool", "tool_call_id": identifier, "content": NO_RESULT, "is_error": True}, place)
        for message, place in self.rest:
            self._put(message, place)
        self.waiting, self.results, self.rest = {}, [], []

    def _put(self, message: Any, place: Path) -> None:
        self.out.append(message)
        self.origin.append(place)

    def _move_places(self) -> None:
        """Places of the repaired list -> places of the caller's, those of an upgraded spelling inside included."""
        moved = self.leg.losses.moved
        before: dict[Path, dict[Path, Path]] = {}
        for path in [path for path in moved if len(path) > 1 and path[0] == "messages"]:
            before.setdefault(path[:2], {})[path[2:]] = moved.pop(path)
        for number, (place, message) in enumerate(zip(self.origin, self.out, strict=True)):
            here: Path = ("messages", number)
            if len(place) > 2:  # a stand-in: all of it stands for the call
                caller = before.get(place[:2], {}).get(place[2:], place)
                moved[here] = caller
                for name in ("role", "tool_call_id", "content", "is_error"):
                    moved[(*here, name)] = caller
                continue
            if place != here:
                moved[here] = place
            inside = before.get(place, {})
            if message is not self.messages[int(place[1])] and type(message["content"]) is list:
                # A result sent as text: what leads it stands for the id, and puts every part of its own one further.
                moved[(*here, "content", 0)] = (*place, "tool_call_id")
                for spot in range(len(message["content"]) - 1):
                    moved[(*here, "content", spot + 1)] = (*place, "content", spot)
                inside = {_further(inner): caller for inner, caller in inside.items()}
            for inner, caller in inside.items():
                moved[here + inner] = caller


def _further(inner: Path) -> Path:
    return ("content", int(inner[1]) + 1, *inner[2:]) if inner[0] == "content" and len(inner) > 1 else inner


def _as_text(message: Json, identifier: str) -> Json:
    content = message.get("content")
    lead = f"[tool result {identifier}] "
    if type(content) is list:
        return {"role": "user", "content": [{"type": "text", "text": lead.rstrip()}, *content]}
    return {"role": "user", "content": lead + (content if type(content) is str else "")}
