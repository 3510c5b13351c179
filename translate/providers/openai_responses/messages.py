"""Messages <-> input items of a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_responses.content import content_to_native, content_to_unified, optional_string, string
from translate.providers.openai_responses.items import Run
from translate.providers.openai_responses.plain import LONGEST_CALL_ID
from translate.providers.openai_responses.tables import OUTPUTS_SUFFIX
from translate.providers.openai_responses.writing import MESSAGE_MEMBERS, Placed, Writer
from translate.shared import bag
from translate.shared.fields import scope_of
from translate.shared.identifiers import fit

ROLES = frozenset(("system", "developer", "user"))
RESULTS = {"function_call_output": "function_call", "custom_tool_call_output": "custom_tool_call"}
_BAD_IN_ID = re.compile(r"[^\x20-\x7e]")
# Members of the messages, calls and items that need no more than a look.
SPOKEN = {"role", "content"}
EASY_ROLES = frozenset(("user", "assistant", "system", "developer"))
CALLING = {"role", "content", "tool_calls"}
CALL = {"id", "type", "function"}
FUNCTION = {"name", "arguments"}
PLAIN_ITEM = {"type", "role", "content"}
PLAIN_CALL = {"type", "id", "call_id", "name", "arguments", "status"}


def to_native(messages: list[Any], leg: Leg, facts: Mapping[str, Any], names: dict[str, str]) -> tuple[str | None, list[Json]]:
    """
    Messages -> instructions and input items.

    Losses: names of speakers, reasoning of other providers, orphaned reasoning dropped; failed results, refusals approximated.
    """
    ids = _fit_ids(messages, leg)
    instructions: str | None = None
    placed: list[Placed] = []
    custom: set[str] = set()  # ids of free-text calls
    nameless: list[str] = []  # ids made up for calls that had none, as long as they wait for a result
    for number, message in enumerate(messages):
        path: Path = ("messages", number)
        if type(message) is not dict:
            leg.invalid(path, "object", message)
        plain = _plain(message, names, ids)
        if plain is not None:
            placed += [Placed(item, path) for item in plain]
            continue
        role = string(message, "role", leg, path)
        if role == "assistant":
            written = _assistant(message, leg, path, names, ids, custom)
            calls = message.get("tool_calls")
            if type(calls) is list and any(not call.get("id") for call in calls if type(call) is dict):
                known = {call.get("id") for call in calls}
                nameless += [held.item["call_id"] for held in written if held.item.get("call_id", "") not in ("", *ids.values(), *known)]
            placed += written
            continue
        own = bag.unpack(message, leg, path, "content") if "extra_content" in message else bag.EMPTY
        if own.get("instructions") is not None:
            is_plain = type(message.get("content")) is str and message.get("cache_control") is None
            if number == 0 and is_plain and own["instructions"] is True:
                instructions = message["content"]
                _rest(message, role, leg, path)
                for name, value in own.items():
                    if name != "instructions" and value is not None:
                        bag.stale(leg, path, name, "content")
                continue
            bag.stale(leg, path, "instructions")
        if role == "tool":
            if nameless and message.get("tool_call_id") in (None, ""):
                message = {**message, "tool_call_id": nameless.pop(0)}
            placed.append(Placed(_result(message, own, leg, path, ids, custom, facts), path))
        else:
            if role not in ROLES:
                leg.losses.add("approximated", "content", "role", (*path, "role"), "role unknown here; sent as user")
                role = "user"
            item: Json = {"type": "message", "role": role, "content": content_to_native(message, own, leg, path, facts)}
            placed.append(Placed(_with_own(item, own), path))
        _rest(message, role, leg, path)
    return instructions, [entry.item for entry in _without_orphans(placed, leg)]


def fill(item: Json, message: Json, leg: Leg, path: Path, facts: Mapping[str, Any]) -> None:
    """Writes what a message that is not the assistant's says into its item. Losses as `to_native`."""
    item["output" if "call_id" in item else "content"] = content_to_native(message, bag.EMPTY, leg, path, facts)
    _rest(message, message["role"], leg, path)


def _plain(message: Json, names: dict[str, str], ids: dict[str, str]) -> list[Json] | None:
    """Items of a message as most are: text, and function calls with nothing beside them; None for every other one."""
    content, role = message.get("content"), message.get("role")
    keys = message.keys()
    if keys == SPOKEN:
        if type(content) is not str or not content:
            return None
        return [{"type": "message", "role": role, "content": content}] if role in EASY_ROLES else None
    if role == "assistant" and "tool_calls" in keys and keys <= CALLING:
        calls = message["tool_calls"]
        if type(calls) is not list or not calls or (content is not None and type(content) is not str):
            return None
        items: list[Json] = [{"type": "message", "role": role, "content": content}] if content else []
        for call in calls:
            item = _plain_call(call)
            if item is None:
                return None
            items.append(item)
            if names:
                item["name"] = names.get(item["name"], item["name"])
            if ids:
                item["call_id"] = ids.get(item["call_id"], item["call_id"])
        return items
    return None


def _plain_call(call: Any) -> Json | None:
    if type(call) is not dict or call.get("type") != "function" or call.keys() != CALL:
        return None
    function, identifier = call["function"], call["id"]
    if type(function) is not dict or function.keys() != FUNCTION or type(identifier) is not str or not identifier:
        return None
    name, arguments = function["name"], function["arguments"]
    if type(name) is not str or type(arguments) is not str:
        return None
    return {"type": "function_call", "call_id": identifier, "name": name, "arguments": arguments or "{}"}


def _with_own(item: Json, own: Json) -> Json:
    for name, value in own.items():
        if name == "item_id":
            item["id"] = value
        elif name not in ("blocks", "instructions", "type") and value is not None and name not in item:
            item[name] = value
    return item


def _rest(message: Json, role: str, leg: Leg, path: Path) -> None:
    """Members of a message that is not the assistant's which have no place."""
    for name, value in message.items():
        if value is None or name in ("role", "content", "extra_content", "cache_control"):
            continue
        if name == "tool_call_id" and role == "tool":
            continue
        if name in ("is_error", "prefix") and value is False:
            continue
        if name == "is_error" and role == "tool":
            leg.losses.add("approximated", "content", name, (*path, name), "a failed result looks like any other")
        elif value not in ("", []):
            leg.losses.add("dropped", scope_of(name), name, (*path, name), "no such member of a message here")


def _fit_ids(messages: list[Any], leg: Leg) -> dict[str, str]:
    """Call ids that are too long or not plain text -> ones the API takes; the memo undoes it."""
    odd = False
    found: dict[str, Path] = {}
    for number, message in enumerate(messages):
        if type(message) is not dict:
            continue
        calls = message.get("tool_calls")
        for spot, call in enumerate(calls if type(calls) is list else ()):
            identifier = call.get("id") if type(call) is dict else None
            if type(identifier) is str and identifier:
                found.setdefault(identifier, ("messages", number, "tool_calls", spot, "id"))
                odd = odd or len(identifier) > LONGEST_CALL_ID
        identifier = message.get("tool_call_id")
        if type(identifier) is str and identifier:
            found.setdefault(identifier, ("messages", number, "tool_call_id"))
            odd = odd or len(identifier) > LONGEST_CALL_ID
    if not odd:
        return {}
    renamed = fit(found, _BAD_IN_ID, LONGEST_CALL_ID)
    for identifier in renamed:
        leg.losses.add("approximated", "envelope", "id", found[identifier], "ids have at most 64 characters here; the memo undoes it")
    if renamed:
        leg.memo["call_ids"] = {wire: identifier for identifier, wire in renamed.items()}
    return renamed


def _assistant(
    message: Json, leg: Leg, path: Path, names: dict[str, str], ids: dict[str, str], custom: set[str]
) -> list[Placed]:
    written = Writer(leg, path, None, names, ids).write(message)
    for name, value in message.items():
        if name in MESSAGE_MEMBERS or value is None or value == "" or value == []:
            continue
        if name in ("prefix", "is_error") and value is False:
            continue
        leg.losses.add("dropped", scope_of(name), name, (*path, name), "no such member of an assistant's turn here")
    out: list[Placed] = []
    for placed in written:
        item = placed.item
        if item.get("type") == "custom_tool_call" and type(item.get("call_id")) is str:
            custom.add(item["call_id"])
        if placed.texts or (item.get("type") == "message" and "id" not in item and "content" in item):
            _shorten(placed, message, leg)
            if item["content"] == []:
                continue
        out.append(placed)
    if not out:
        leg.losses.add("dropped", "content", "messages", path, "nothing to send of this turn")
    return out


def _shorten(placed: Placed, message: Json, leg: Leg) -> None:
    """A message without an id can only be sent in the easy form: one string."""
    item = placed.item
    if "id" in item:
        return
    item.pop("status", None)
    parts: list[Json] = item["content"]
    if any(part.get("annotations") for part in parts):
        leg.losses.add("dropped", "content", "annotations", (*placed.path[:2], "annotations"), "only an answer with its id has citations")
    texts: list[str] = []
    for part in parts:
        if part.get("type") == "refusal":
            leg.losses.add("approximated", "content", "refusal", placed.path, "sent as text: an answer without its id")
            texts.append(part["refusal"])
        elif part.get("type") == "output_text" and not part.keys() - {"type", "text", "annotations"}:
            texts.append(part["text"])
        else:
            return
    if len(texts) > 1 and type(message.get("content")) is list:
        leg.losses.add("approximated", "content", "content", (*placed.path[:2], "content"), "texts joined to one")
    elif len(texts) > 1:
        item["content"] = [{"type": "output_text", "text": text} for text in texts]
        return
    item["content"] = "".join(texts)


def _result(
    message: Json, own: Json, leg: Leg, path: Path, ids: dict[str, str], custom: set[str], facts: Mapping[str, Any]
) -> Json:
    call_id = string(message, "tool_call_id", leg, path)
    wire = ids.get(call_id, call_id)
    kind = own.get("type")
    if type(kind) is not str or kind not in RESULTS:
        kind = "custom_tool_call_output" if wire in custom else "function_call_output"
    item: Json = {"type": kind, "call_id": wire, "output": content_to_native(message, own, leg, path, facts)}
    return _with_own(item, own)


def _without_orphans(placed: list[Placed], leg: Leg) -> list[Placed]:
    """A reasoning item is refused without the item it led to."""
    out: list[Placed] = []
    followed = False
    for entry in reversed(placed):
        kind = entry.item.get("type")
        if kind == "reasoning":
            if not followed:
                leg.losses.add("dropped", "content", "reasoning_details", entry.path, "refused without the item it led to")
                continue
        elif kind == "message" or kind is None:
            followed = entry.item.get("role") == "assistant"
        else:
            followed = type(kind) is str and not kind.endswith(OUTPUTS_SUFFIX)
        out.append(entry)
    out.reverse()
    return out


# --- items -> messages


class _Reading:
    """The walk over the items: at most one assistant message is open; reasoning waits for the item it led to."""

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.out: list[Json] = []
        self.run: Run | None = None
        self.waiting: list[tuple[Json, Path]] = []  # reasoning and hosted items behind text or calls
        self.custom: set[str] = set()
        self.plain: Json | None = None  # an open assistant message that needed no run so far
        self.behind: list[tuple[Json, Path]] = []  # its items, in case it needs one after all

    def _quick(self, item: Json, path: Path) -> bool:
        """Takes an item as most are: text, function calls, results; False for every other one."""
        keys, kind = item.keys(), item.get("type", "message")
        if kind == "message":
            content, role = item.get("content"), item.get("role")
            if not keys <= PLAIN_ITEM or type(content) is not str or not content or type(role) is not str:
                return False
            if self.run is not None or self.waiting:
                return False
            self._settle()
            if role == "assistant":
                self.plain, self.behind = {"role": role, "content": content}, [(item, path)]
            else:
                self.out.append({"role": role, "content": content})
            return True
        if kind == "function_call":
            if self.run is not None or self.waiting or not keys <= PLAIN_CALL:
                return False
            name, call_id, arguments, own = item.get("name"), item.get("call_id"), item.get("arguments"), item.get("id")
            if type(name) is not str or type(call_id) is not str or not call_id or type(arguments) is not str:
                return False
            if item.get("status", "completed") != "completed" or (own is not None and type(own) is not str):
                return False
            call: Json = {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
            if own is not None:
                call["extra_content"] = {self.leg.row.key: {"item_id": own}}
            if self.plain is None:
                self.plain, self.behind = {"role": "assistant", "content": None}, []
            self.plain.setdefault("tool_calls", []).append(call)
            self.behind.append((item, path))
            return True
        if kind == "function_call_output" and len(item) == 3:
            call_id, output = item.get("call_id"), item.get("output")
            if type(call_id) is not str or type(output) is not str or call_id in self.custom or self.run is not None or self.waiting:
                return False
            self._settle()
            self.out.append({"role": "tool", "tool_call_id": call_id, "content": output})
            return True
        return False

    def _settle(self) -> None:
        """The plain message is complete."""
        if self.plain is not None:
            self.out.append(self.plain)
            self.plain, self.behind = None, []

    def _unsettle(self) -> None:
        """The plain message goes on in a way that needs a run."""
        if self.plain is not None:
            behind, self.plain, self.behind = self.behind, None, []
            for item, path in behind:
                self._open().read(item, path)

    def read(self, item: Json, path: Path) -> None:
        if self._quick(item, path):
            return
        self._unsettle()
        kind = item.get("type", "message" if "role" in item else None)
        role = item.get("role")
        if kind in RESULTS and not (item.get("call_id") is None and type(item.get("name")) is str):
            self.close()
            self._result(item, kind, path)
        elif kind == "message" and role != "assistant":
            self.close()
            self._message(item, path)
        elif kind == "message":
            if self._has_spoken():
                self._finish()
            self._flush()
            self._open().read(item, path)
        elif kind in ("function_call", "custom_tool_call"):
            self._flush()
            self._open().read(item, path)
            if kind == "custom_tool_call" and type(item.get("call_id")) is str:
                self.custom.add(item["call_id"])
        else:  # the output of a tool that nobody called (it has a name instead) is one of them
            self.waiting.append((item, path))

    def _has_spoken(self) -> bool:
        return self.run is not None and bool(self.run.messages or self.run.turn.calls)

    def _open(self) -> Run:
        if self.run is None:
            self.run = Run(self.leg)
        return self.run

    def _flush(self) -> None:
        for item, path in self.waiting:
            self._open().read(item, path)
        self.waiting = []

    def _finish(self) -> None:
        if self.run is not None:
            self.out.append(self.run.finish({"role": "assistant"}))
            self.run = None

    def close(self) -> None:
        self._settle()
        if self.waiting:
            if self._has_spoken() and any(item.get("type") == "reasoning" for item, _ in self.waiting):
                self._finish()
            self._flush()
        self._finish()

    def _message(self, item: Json, path: Path) -> None:
        role = string(item, "role", self.leg, path)
        unified: Json = {"role": role}
        content_to_unified(item.get("content"), unified, self.leg, (*path, "content"))
        self._members(item, unified, ("type", "role", "content"), path)
        self.out.append(unified)

    def _result(self, item: Json, kind: str, path: Path) -> None:
        call_id = string(item, "call_id", self.leg, path)
        unified: Json = {"role": "tool", "tool_call_id": call_id}
        output = item.get("output")
        if type(output) not in (str, list) and output is not None:
            self.leg.invalid((*path, "output"), "string or array", output)
        content_to_unified(output, unified, self.leg, (*path, "output"))
        if (kind == "custom_tool_call_output") != (call_id in self.custom):
            bag.put(unified, self.leg.row.key, "type", kind)
        self._members(item, unified, ("type", "call_id", "output"), path)
        self.out.append(unified)

    def _members(self, item: Json, unified: Json, known: tuple[str, ...], path: Path) -> None:
        optional_string(item, "id", self.leg, path)
        for name, value in item.items():
            if name in known or value is None or (name == "status" and value == "completed"):
                continue
            bag.put(unified, self.leg.row.key, "item_id" if name == "id" else name, value)


def to_unified(items: Any, instructions: Any, leg: Leg) -> list[Json]:
    """Instructions and input (a string or items) -> messages."""
    reading = _Reading(leg)
    if instructions is not None:
        if type(instructions) is not str:
            leg.invalid(("instructions",), "string", instructions)
        reading.out.append({"role": "system", "content": instructions, "extra_content": {leg.row.key: {"instructions": True}}})
    if type(items) is str:
        reading.out.append({"role": "user", "content": items})
    elif items is not None:
        if type(items) is not list:
            leg.invalid(("input",), "string or array", items)
        for number, item in enumerate(items):
            if type(item) is not dict:
                leg.invalid(("input", number), "object", item)
            kind = item.get("type")
            if kind is not None and type(kind) is not str:
                leg.invalid(("input", number, "type"), "string", kind)
            reading.read(item, ("input", number))
    reading.close()
    if not reading.out:
        # A stored prompt or conversation may be all there is; a chat needs a message.
        reading.out.append({"role": "assistant", "content": None})
        leg.losses.add("defaulted", "content", "input", ("input",) if items is not None else (), "no input; an empty turn in its place")
    return reading.out
