"""
Calls and their results in pairs, as most providers demand: ids for calls that lack one, one result per call, in its turn.

A conversation that is paired already is given back as it is.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.shared.arguments import made_up_id
from translate.shared.fields import report_rest

NO_RESULT = "(no result)"


def paired(messages: list[Any], leg: Leg, lone_results: bool) -> list[Any]:
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
