"""
Calls and their results in pairs, as most providers demand: ids for calls that lack one, one result per call, in its turn.

A conversation that is paired already is given back as it is.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from translate.errors import Path
from translate.leg import Json, Leg
from translate.shared.arguments import made_up_id
from translate.shared.fields import report_rest

NO_RESULT = "(no result)"


class Rules(NamedTuple):
    """
    What a provider demands of calls and results.

    lone_results: one without a call may stand (its call is stored). adjacent: results stand directly behind the message of their
    calls; else assistant messages in a row are one turn, and results stand behind its last one. once: an id is that of one call
    in the whole conversation, and of one result; else of one in each turn.
    """

    lone_results: bool = False
    adjacent: bool = False
    once: bool = False


def paired(messages: list[Any], leg: Leg, rules: Rules) -> list[Any]:
    """One result per call, ahead of everything else of the turn that answers; the list itself when that holds already."""
    return messages if _is_paired(messages, leg, rules) else _Pairing(_named(messages, leg, rules), leg, rules).run()


def _is_paired(messages: list[Any], leg: Leg, rules: Rules) -> bool:
    """One walk and no copies: nearly every request needs no repair."""
    lone_results, adjacent, once = rules
    waiting: set[str] = set()
    answered: set[str] = set()
    before: Any = None
    for number, message in enumerate(messages):
        role = message.get("role") if type(message) is dict else None
        if role == "tool":
            identifier = _answered(message, number, leg)
            if identifier in waiting:
                waiting.discard(identifier)
            elif not lone_results or identifier in answered:
                return False
            answered.add(identifier)
        elif role == "assistant":
            if waiting and (adjacent or before != "assistant"):
                return False
            calls = message.get("tool_calls")
            for call in calls if type(calls) is list else ():
                if type(call) is dict:
                    given = call.get("id")
                    if not given or (type(given) is str and (given in waiting or (once and given in answered))):
                        return False
                    if type(given) is str:
                        waiting.add(given)
        elif waiting:
            return False
        before = role
    return not waiting


def _named(messages: list[Any], leg: Leg, rules: Rules) -> list[Any]:
    """
    Calls without an id, or with that of another open one, or of any other where an id is used once, get one of their own; results
    answer such calls in order.

    Losses: ids that are made up, and what answers them, defaulted.
    """
    open_ids: dict[str, list[str]] = {}  # calls that wait for their result: the id they came with -> the ids they go with
    used: set[str] = set()  # all ids so far
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
                if not given or given in open_ids or (rules.once and given in used):
                    inner = call.get("function") or call.get("custom")
                    name, text = (inner.get("name"), inner.get("arguments")) if type(inner) is dict else (None, None)
                    identifier = made_up_id(given, count, str(name), text if type(text) is str else "")
                    calls = [*calls[:spot], {**call, "id": identifier}, *calls[spot + 1 :]]
                    place: Path = ("messages", number, "tool_calls", spot, "id")
                    leg.losses.add("defaulted", "content", "id", place if "id" in call else place[:-1], "made up from its place")
                open_ids.setdefault(given, []).append(identifier)
                used.add(given)
                count += 1
            if calls is not message["tool_calls"]:
                message = {**message, "tool_calls": calls}
        elif role == "tool":
            given = _answered(message, number, leg)
            waiting = open_ids.get(given)
            used.add(given)
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
    """The repair. A turn that answers is all messages up to the next assistant message, behind one or several of these in a row."""

    def __init__(self, messages: list[Any], leg: Leg, rules: Rules) -> None:
        self.messages, self.leg, self.rules = messages, leg, rules
        self.out: list[Any] = []
        self.origin: list[Path] = []  # of each message put out: the place it stands for in `messages`
        self.asking: list[tuple[Any, Path]] = []  # assistant messages in a row, which wait for the turn that answers
        self.waiting: dict[str, Path] = {}
        self.answered: set[str] = set()
        self.results: list[tuple[Any, Path]] = []
        self.rest: list[tuple[Any, Path]] = []

    def run(self) -> list[Any]:
        for number, message in enumerate(self.messages):
            role = message.get("role") if type(message) is dict else None
            place: Path = ("messages", number)
            if role == "assistant":
                if self.rest or self.results:
                    self._end_turn()
                self.asking.append((message, place))
                self.waiting.update(_called(message, place))
            elif role == "tool":
                self._result(message, place, _answered(message, number, self.leg))
            else:
                self.rest.append((message, place))
        self._end_turn()
        self._move_places()
        return self.out

    def _result(self, message: Json, place: Path, identifier: str) -> None:
        losses = self.leg.losses
        is_first = identifier not in self.answered
        self.answered.add(identifier)
        if identifier in self.waiting:
            del self.waiting[identifier]
            self.results.append((message, place))
            if self.rest or (self.rules.adjacent and identifier not in _called(*self.asking[-1])):
                losses.add(
                    "approximated", "content", "tool_call_id", (*place, "tool_call_id"), "result moved ahead of other messages"
                )
        elif self.rules.lone_results and is_first:
            (self.rest if self.rest else self.results).append((message, place))
        else:
            losses.add(
                "approximated", "content", "tool_call_id", (*place, "tool_call_id"),
                "a result without a call before it; sent as user text",
            )  # fmt: skip
            report_rest(message, _RESULT, self.leg, place, reason="of a result that is sent as user text")
            self.rest.append((_as_text(message, identifier), place))

    def _end_turn(self) -> None:
        for message, place in self.asking:
            self._put(message, place)
            if self.rules.adjacent:
                self._answer(_called(message, place))
        self._answer(self.waiting)
        for message, place in [*self.results, *self.rest]:
            self._put(message, place)
        self.asking, self.waiting, self.results, self.rest = [], {}, [], []

    def _answer(self, calls: dict[str, Path]) -> None:
        """The results of these calls as they came, and one for each call that has none."""
        results, self.results = self.results, []
        for message, place in results:
            if not self.rules.adjacent or message.get("tool_call_id") in calls:
                self._put(message, place)
            else:
                self.results.append((message, place))
        for identifier, place in calls.items():
            if self.waiting.get(identifier) != place:
                continue
            self.leg.losses.add(
                "approximated", "content", "tool_calls", place, f"call without a result; sent {NO_RESULT!r} in its place"
            )
            self._put({"role": "tool", "tool_call_id": identifier, "content": NO_RESULT, "is_error": True}, place)
            self.answered.add(identifier)
        self.waiting = {identifier: place for identifier, place in self.waiting.items() if identifier not in calls}

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


def _called(message: Json, place: Path) -> dict[str, Path]:
    """The ids of a message's calls, and where these stand."""
    calls = message.get("tool_calls")
    return {
        call["id"]: (*place, "tool_calls", spot) for spot, call in enumerate(calls if type(calls) is list else ())
        if type(call) is dict and type(call.get("id")) is str
    }  # fmt: skip


def _further(inner: Path) -> Path:
    return ("content", int(inner[1]) + 1, *inner[2:]) if inner[0] == "content" and len(inner) > 1 else inner


def _as_text(message: Json, identifier: str) -> Json:
    content = message.get("content")
    lead = f"[tool result {identifier}] "
    if type(content) is list:
        return {"role": "user", "content": [{"type": "text", "text": lead.rstrip()}, *content]}
    return {"role": "user", "content": lead + (content if type(content) is str else "")}
