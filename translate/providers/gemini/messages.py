"""`contents` and `systemInstruction` <-> messages. Source: Gemini API, "Text generation" and "Function calling"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini.assistant import (
    MESSAGE_MEMBERS,
    OWN_MEMBERS,
    Calls,
    parts_to_native,
    parts_to_unified,
)
from translate.providers.gemini.content import (
    Resolution,
    beside,
    data_of,
    extra_to_native,
    media_to_unified,
    native_part,
    part_members,
    part_to_native,
    text_of,
    unknown_members,
)
from translate.providers.gemini.results import Waiting, response_to_native, result_to_unified, waiting_calls
from translate.providers.gemini.spelling import camel, listed, place
from translate.shared import bag
from translate.shared.blocks import Turn, pieces
from translate.shared.fields import report_rest

CONTENT_MEMBERS = frozenset(("role", "parts"))
SYSTEM_ROLES = frozenset(("system", "developer"))
USER_MEMBERS = frozenset(("role", "content", "extra_content"))
FILLER = " "  # text of a turn that has to be there and has nothing to say
# Google's documented stand-in for the signature of a call that another model made: base64 of skip_thought_signature_validator.
STAND_IN = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I="


# --- native -> unified


def to_unified(body: Json, named: Json, leg: Leg, facts: Mapping[str, Any]) -> list[Json]:
    """systemInstruction and contents -> messages."""
    messages: list[Json] = []
    system = named.get("systemInstruction")
    if system is not None:
        where: Path = (place(body, "systemInstruction"),)
        if type(system) is not dict:
            leg.invalid(where, "object", system)
        parts = listed(system.get("parts"), leg, (*where, "parts"))
        message = _plain_to_unified("system", parts, leg, (*where, "parts"))
        if message is not None:
            unknown_members(system, CONTENT_MEMBERS, message, leg)
            messages.append(message)
        else:
            for name, value in system.items():
                if value is not None and camel(name) not in CONTENT_MEMBERS:
                    leg.losses.add("dropped", "envelope", name, (*where, name), "an instruction without text is none")
    contents = listed(named["contents"], leg, ("contents",))
    waiting: list[Waiting] = []
    calls = 0
    for number, content in enumerate(contents):
        path: Path = ("contents", number) if type(body.get("contents")) is list else ("contents",)
        if type(content) is not dict:
            leg.invalid(path, "object", content)
        role = content.get("role")
        if role is not None and type(role) is not str:
            leg.invalid((*path, "role"), "string", role)
        where = (*path, "parts")
        parts = listed(content.get("parts"), leg, where)
        word = "user" if role is None else role.lower()
        if word == "model" or word == "assistant":
            turn: Json = {"role": "assistant", "content": None}
            parts_to_unified(parts, turn, leg, where, calls, "", facts)
            if "tool_calls" in turn:
                waiting += waiting_calls(turn["tool_calls"], calls)
                calls += len(turn["tool_calls"])
            if number == 0:
                bag.put(turn, leg.row.key, "leading", True)
            elif number == len(contents) - 1 and facts["prefill"] and turn["content"] and "tool_calls" not in turn:
                turn["prefix"] = True
            fresh = [turn]
        else:
            if word not in ("user", "function", "tool", ""):
                leg.losses.add("approximated", "content", "role", (*path, "role"), "role unknown; user")
            fresh = _user_to_unified(parts, waiting, leg, where, facts)
        if not CONTENT_MEMBERS.issuperset(content):
            if fresh:
                unknown_members(content, CONTENT_MEMBERS, fresh[0], leg)
            else:
                for name, value in content.items():
                    if value is not None and camel(name) not in CONTENT_MEMBERS:
                        leg.losses.add("dropped", "content", name, (*path, name), "a turn without parts is none")
        messages += fresh
    return messages or [{"role": "user", "content": ""}]


def _user_to_unified(parts: list[Any], waiting: list[Waiting], leg: Leg, path: Path, facts: Mapping[str, Any]) -> list[Json]:
    """Results first, one tool message each, then one user message with the rest."""
    results: list[Json] = []
    rest: list[tuple[int, Any]] = []
    for number, part in enumerate(parts):
        if type(part) is dict and ("functionResponse" in part or "function_response" in part):
            named = part_members(part, leg, (*path, number))
            if data_of(named) == "functionResponse":
                results.append(result_to_unified(named, waiting, leg, (*path, number), facts))
                continue
        rest.append((number, part))
    if rest or not results:
        message = _plain_to_unified("user", parts, leg, path, rest)
        if message is not None:
            results.append(message)
    return results


def _plain_to_unified(role: str, parts: list[Any], leg: Leg, path: Path, kept: list[tuple[int, Any]] | None = None) -> Json | None:
    """A user or system turn; None when it has nothing to say."""
    if kept is None:
        kept = list(enumerate(parts))
    if len(kept) == 1:
        part = kept[0][1]
        if type(part) is dict and len(part) == 1 and type(part.get("text")) is str:
            return {"role": role, "content": part["text"]} if part["text"] else None
    turn = Turn(listed=True, entries=False)
    key = leg.row.key
    for number, part in kept:
        where: Path = (*path, number)
        named = part_members(part, leg, where)
        data = data_of(named)
        if data == "text":
            text = text_of(named, leg, where)
            extra = beside(named, data)
            if text or extra:
                unified: Json = {"type": "text", "text": text}
                for name, value in extra.items():
                    bag.put(unified, key, name, value)
                turn.text(text, part=unified)
        elif data in ("inlineData", "fileData") and role == "user":
            made = media_to_unified(named, data, leg, where)
            if made is None:
                turn.native(part)
            else:
                turn.part(made)
        else:
            turn.native(part)
    if not turn.rows:
        return None
    message: Json = turn.finish({"role": role}, key)
    content = message["content"]
    if len(content) == 1 and content[0].keys() == {"type", "text"} and "extra_content" not in message:
        message["content"] = content[0]["text"]
    return message


# --- unified -> native


def to_native(messages: list[Any], leg: Leg, facts: Mapping[str, Any], names: Mapping[str, str]) -> tuple[list[Json], Json | None, str | None]:
    """
    Messages -> contents, systemInstruction and the resolution wanted for all media of older models.

    Losses: places of later system messages, names, turns with nothing to say, a first turn that had to be put in front; those of
    the parts.
    """
    writer = _Writer(leg, facts, names)
    for number, message in enumerate(messages):
        path: Path = ("messages", number)
        if type(message) is not dict:
            leg.invalid(path, "object", message)
        role = message.get("role")
        if role == "user":
            writer.user(message, path)
        elif role == "assistant":
            writer.assistant(message, path, number == len(messages) - 1)
        elif role == "tool":
            writer.result(message, path)
        elif type(role) is str and role in SYSTEM_ROLES:
            writer.system_message(message, path)
        elif type(role) is str:
            leg.losses.add("approximated", "content", "role", (*path, "role"), "role unknown; user")
            writer.user(message, path)
        else:
            leg.invalid((*path, "role") if "role" in message else path, "string", role)
    return writer.finish()


def _order(result: tuple[int, Json]) -> int:
    return result[0]


class _Writer:
    """Gathers turns: neighbours of one side become one content, results go ahead of everything else of theirs."""

    def __init__(self, leg: Leg, facts: Mapping[str, Any], names: Mapping[str, str]) -> None:
        self.leg, self.facts = leg, facts
        self.contents: list[Json] = []
        self.system: list[Json] = []
        self.system_more: Json = {}
        self.calls = Calls(names)
        self.resolution = Resolution()
        self.side = ""
        self.results: list[tuple[int, Json]] = []
        self.rest: list[Json] = []
        self.more: Json = {}  # members of the content that no part has
        self.steps: list[tuple[Json, Path]] = []  # first call of each model turn, and where it came from
        self.leading = False

    def system_message(self, message: Json, path: Path) -> None:
        leg = self.leg
        if self.side:
            leg.losses.add("approximated", "content", "role", (*path, "role"), "instructions stand ahead of the conversation here")
        parts, more = self._plain(message, path)
        self.system += parts
        self.system_more.update(more)

    def user(self, message: Json, path: Path) -> None:
        parts, more = self._plain(message, path)
        if not parts and not more:
            self.leg.losses.add("approximated", "content", "content", path, "a turn with nothing to say; left out")
            return
        self._turn("user")
        self.rest += parts
        self.more.update(more)

    def _plain(self, message: Json, path: Path) -> tuple[list[Json], Json]:
        """Parts of a user or system message and the content members from its bag."""
        leg = self.leg
        content = message.get("content")
        if message.keys() == {"role", "content"} and type(content) is str:
            return ([{"text": content}] if content else []), bag.EMPTY
        own = bag.unpack(message, leg, path, "content")
        report_rest(message, USER_MEMBERS, leg, path, "content", "no such member of a turn here")
        system = message.get("role") in SYSTEM_ROLES
        parts: list[Json] = []
        for piece in pieces({"content": content}, own.get("blocks"), leg, path):
            if piece.kind == "native":
                part = native_part(piece.value, leg, piece.path)
            elif piece.kind == "text":
                part = {"text": piece.value} if piece.value else None
            else:
                part = part_to_native(piece.value, leg, piece.path, self.facts, self.resolution)
                if system and part is not None and "text" not in part:
                    leg.losses.add("dropped", "content", str(piece.value.get("type")), piece.path, "instructions are text only")
                    part = None
            if part is not None:
                parts.append({**part, **extra_to_native(piece.extra, leg, piece.path)} if piece.extra else part)
        return parts, self._content_members(own, path)

    def _content_members(self, own: Json, path: Path) -> Json:
        rest = {name: value for name, value in own.items() if name not in OWN_MEMBERS}
        return extra_to_native(rest, self.leg, (*path, "extra_content", self.leg.row.key)) if rest else bag.EMPTY

    def assistant(self, message: Json, path: Path, last: bool) -> None:
        leg = self.leg
        own = bag.unpack(message, leg, path, "content") if "extra_content" in message else bag.EMPTY
        before = self.calls.count
        parts = parts_to_native(message, own, leg, path, self.facts, self.calls, self.resolution)
        if not message.keys() <= MESSAGE_MEMBERS:
            report_rest(message, MESSAGE_MEMBERS, leg, path, "content", "no such member of a turn here")
        if message.get("annotations"):
            leg.losses.add("dropped", "content", "annotations", (*path, "annotations"), "citations belong to answers here")
        prefix = message.get("prefix")
        if prefix is True and not last:
            leg.losses.add("dropped", "behaviour", "prefix", (*path, "prefix"), "only the last turn can be continued")
        elif last and parts and not self.facts["prefill"]:
            leg.losses.add(
                "approximated", "behaviour", "prefix", (*path, "prefix") if prefix else path, "newer models refuse to continue a turn"
            )
        more = self._content_members(own, path) if own else bag.EMPTY
        if not parts and not more:
            leg.losses.add("approximated", "content", "content", path, "a turn with nothing to say; left out")
            return
        self._turn("model")
        if not self.contents and own.get("leading") is True:
            self.leading = True
        if self.calls.count > before and self.facts["signatures"]:
            signed = any("thoughtSignature" in part for part in (*self.rest, *parts) if "functionCall" in part)
            call = next(part for part in (*self.rest, *parts) if "functionCall" in part)
            if not self.steps or self.steps[-1][0] is not call:
                self.steps.append((call, (*path, "tool_calls", 0)))
            if signed:
                self.steps[-1] = (bag.EMPTY, path)
        self.rest += parts
        self.more.update(more)

    def result(self, message: Json, path: Path) -> None:
        identifier = message["tool_call_id"]  # there, and of a call before it: repairs saw to that
        name, sent = self.calls.wire[identifier]
        made, beside_it = response_to_native(message, name, sent, self.leg, path, self.facts)
        self._turn("user")
        self.results.append((self.calls.order[identifier], made))
        self.rest += beside_it

    def _turn(self, side: str) -> None:
        if side != self.side:
            self._close()
            self.side = side

    def _close(self) -> None:
        if not self.side:
            return
        parts = self.rest
        if self.results:
            self.results.sort(key=_order)
            parts = [part for _, part in self.results] + parts
        if parts or self.more:
            self.contents.append({"role": self.side, "parts": parts, **self.more})
        self.results, self.rest, self.more = [], [], {}

    def finish(self) -> tuple[list[Json], Json | None, str | None]:
        leg = self.leg
        self._close()
        if not self.contents:
            leg.losses.add("defaulted", "content", "messages", ("messages",), "no turn left to send; a blank one in its place")
            self.contents = [{"role": "user", "parts": [{"text": FILLER}]}]
        elif self.contents[0]["role"] == "model" and not self.leading:
            leg.losses.add("approximated", "content", "messages", ("messages",), "a conversation begins with the user; blank turn put first")
            self.contents.insert(0, {"role": "user", "parts": [{"text": FILLER}]})
        if self.facts["signatures"] and self.steps:
            self._stand_ins()
        system: Json | None = {"parts": self.system, **self.system_more} if self.system or self.system_more else None
        return self.contents, system, self.resolution.level

    def _stand_ins(self) -> None:
        """Calls of the current turn that another model made: without a signature Gemini 3 refuses them."""
        start = max(
            (number for number, content in enumerate(self.contents)
             if content["role"] == "user" and not all("functionResponse" in part for part in content["parts"])),
            default=-1,
        )  # fmt: skip
        current = {
            id(part) for content in self.contents[start + 1 :] if content["role"] == "model" for part in content["parts"]
        }
        for call, path in self.steps:
            if id(call) in current:
                call["thoughtSignature"] = STAND_IN
                self.leg.losses.add(
                    "approximated", "content", "thought_signature", path, "call of another model; Google's stand-in for its signature"
                )

