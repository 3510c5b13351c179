"""Messages and calls of unified requests on their way to a dialect; the way in is `reading.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_compatible import think_tags
from translate.providers.openai_compatible.dialects import of
from translate.providers.openai_compatible.parts import breakpoint_of, can_mark, parts_to_native
from translate.providers.openai_compatible.tables import ROLE_MEMBERS
from translate.providers.openai_compatible.talk import Talk, own_members
from translate.providers.openai_compatible.turns import order
from translate.shared import bag
from translate.shared.arguments import made_up_id, parse_object
from translate.shared.pairing import NO_RESULT

_PLAIN = {"role", "content"}
_RESULT = {"role", "tool_call_id", "content"}
_CALL = {"id", "type", "function"}
_FUNCTION = {"name", "arguments"}
_TEXT_ROLES = frozenset(("system", "developer", "user", "assistant"))


def messages_to_native(messages: list[Any], talk: Talk) -> list[Json]:
    """
    All messages. Media of tool results go into a user message behind the results, where tool messages take text alone.

    Losses: members and part types the dialect does not take.
    """
    out: list[Json] = []
    hoisted: list[Json] = []
    last = len(messages) - 1
    signed_after = _last_user(messages) if talk.facts.get("signs") else last
    for number, message in enumerate(messages):
        path: Path = ("messages", number)
        if type(message) is not dict:
            talk.leg.invalid(path, "object", message)
        if hoisted and message.get("role") != "tool":
            out.append({"role": "user", "content": hoisted})
            hoisted = []
        content, role = message.get("content"), message.get("role")
        if message.keys() == _PLAIN and type(content) is str and type(role) is str and role in _TEXT_ROLES:
            native: Json = {"role": role if role == "user" or role == "assistant" else _role(role, talk), "content": content}
            if role == "assistant" and talk.placeholder:
                native["reasoning_content"] = ""
        elif role == "tool" and message.keys() == _RESULT and type(content) is str:
            native = dict(message)
        else:
            native = _message(message, talk, path, hoisted, number == last)
        if number > signed_after and native.get("tool_calls"):
            _sign(native, talk, path)
        out.append(native)
    if hoisted:
        out.append({"role": "user", "content": hoisted})
    order(messages, out, talk.leg, talk.dialect)
    return out


def _last_user(messages: list[Any]) -> int:
    return max((number for number, message in enumerate(messages) if type(message) is dict and message.get("role") == "user"), default=-1)


def _sign(native: Json, talk: Talk, path: Path) -> None:
    """Gives the first call of a step since the user spoke the stand-in for a signature it lacks. Losses: approximated."""
    first, *others = native["tool_calls"]
    key = talk.dialect.nested
    own = first.get("extra_content", {}).get(key, {})
    if "thought_signature" not in own and "thoughtSignature" not in own:
        signed = {**own, "thought_signature": talk.facts["signs"]}
        native["tool_calls"] = [{**first, "extra_content": {**first.get("extra_content", {}), key: signed}}, *others]
        talk.leg.losses.add("approximated", "content", "thought_signature", (*path, "tool_calls", 0), "call of another model; the stand-in for its signature")


def _role(role: str, talk: Talk) -> str:
    if role == "developer" and not talk.dialect.developer:
        return "system"
    if role == "system" and talk.reasoning:
        return "developer"  # the same turn under the name that reasoning models have for it
    return role


def _message(message: Json, talk: Talk, path: Path, hoisted: list[Json], is_last: bool) -> Json:
    leg = talk.leg
    role = message.get("role")
    if type(role) is not str:
        leg.invalid((*path, "role"), "string", role)
    allowed = ROLE_MEMBERS.get(role)
    if allowed is None:
        leg.losses.add("approximated", "content", "role", (*path, "role"), "role unknown here; sent as user")
        allowed, sent = ROLE_MEMBERS["user"], "user"
    else:
        sent = _role(role, talk)
    native: Json = {"role": sent}
    content = message.get("content")
    mark = message.get("cache_control")
    if type(content) is list:
        native["content"] = parts_to_native(content, talk, (*path, "content"), role, hoisted, message)
    else:
        if content is not None and type(content) is not str:
            leg.invalid((*path, "content"), "string or array", content)
        native["content"] = content
    for name, value in message.items():
        if value is None or name in ("role", "content", "cache_control", "extra_content"):
            continue
        _member(name, value, message, native, talk, path, allowed, is_last)
    if mark is not None:
        _message_mark(mark, native, talk, path)
    own_members(message, native, leg, path, "message")
    if role == "assistant":
        if talk.history == "think":
            _joined(native)
        if "reasoning_content" not in native and (talk.placeholder or (talk.placeholder_of_calls and native.get("tool_calls"))):
            native["reasoning_content"] = ""
        if native["content"] is None and not native.get("tool_calls") and not native.get("audio"):
            native["content"] = ""
    elif native["content"] is None:
        native["content"] = ""
    return native


def _joined(native: Json) -> None:
    """Reasoning between tags before the content."""
    around, reasoning = native.pop(think_tags.MARK, None), native.pop("reasoning_content", None)
    if not reasoning and not around:
        return
    content = native["content"]
    if type(content) is list:
        native["content"] = [{"type": "text", "text": think_tags.joined(reasoning or "", "", around)}, *content]
    else:
        native["content"] = think_tags.joined(reasoning or "", content or "", around)


def _member(
    name: str, value: Any, message: Json, native: Json, talk: Talk, path: Path, allowed: frozenset[str], is_last: bool
) -> None:
    leg, dialect = talk.leg, talk.dialect
    here = (*path, name)
    if name == "name":
        if message["role"] in dialect.names and (name in allowed or message["role"] == "tool"):
            native[name] = value
        elif value:
            leg.losses.dropped("envelope", name, here, "not taken on this role")
    elif name == "tool_calls" and name in allowed:
        if type(value) is not list:
            leg.invalid(here, "array", value)
        calls = [_call(call, number, talk, (*here, number)) for number, call in enumerate(value)]
        if any(calls):
            native[name] = [call for call in calls if call is not None]
    elif name == "reasoning_content":
        if message["role"] == "assistant" and talk.history == "think" and not message.get("reasoning_details"):
            if type(value) is not str:
                leg.invalid(here, "string", value)
            native["reasoning_content"] = value  # joined to the content when the whole message is there
        elif message["role"] == "assistant" and talk.history and talk.history != "think":
            native[talk.history] = value
        elif value and dialect.details and any(not _is_foreign(entry, leg) for entry in message.get("reasoning_details") or ()):
            leg.losses.dropped("envelope", name, here, "the entries beside it say it")
        elif value and dialect.details and message["role"] == "assistant":
            native["reasoning_details"] = [{"type": "reasoning.text", "text": value}]
            leg.losses.add("approximated", "envelope", name, here, "sent as an entry of reasoning_details")
        elif value:
            leg.losses.dropped("content", name, here, "history takes no reasoning")
    elif name == "reasoning_details":
        if message["role"] == "assistant" and dialect.details:
            entries = details_to_native(value, leg, here)
            if entries or not value:
                native[name] = entries
        elif value:
            leg.losses.dropped("content", name, here, "no place for reasoning entries")
    elif name == "refusal":
        if dialect.refusal and name in allowed:
            native[name] = value
        elif value and not native["content"] and message["role"] == "assistant":
            native["content"] = value
            leg.losses.add("approximated", "content", name, here, "sent as text")
        elif value:
            leg.losses.dropped("content", name, here, "no place for a refusal in history")
    elif name == "audio" and name in allowed:
        if name in dialect.drop:
            leg.losses.dropped("content", name, here, "no audio at this server")
            return
        native[name] = {"id": value.get("id")} if type(value) is dict and value.get("id") else None
        if native[name] is None:
            del native[name]
            leg.losses.dropped("content", name, here, "audio in history is named by its id")
        elif type(value) is dict:
            for inner in value:
                if inner not in ("id", "expires_at") and value[inner] is not None:
                    leg.losses.dropped("content", inner, (*here, inner), "audio in history is named by its id")
                elif inner == "expires_at" and value[inner] is not None:
                    leg.losses.dropped("envelope", inner, (*here, inner), "audio in history is named by its id")
    elif name == "prefix":
        if value is True:
            _prefill(native, talk, here, is_last)
    elif name == "is_error":
        if value is True and message.get("content") != NO_RESULT:  # the stand-in of the repair has its loss already
            leg.losses.add("approximated", "content", name, here, "no mark for a failed tool; its text says it")
    elif (name == "images" and dialect.images) or name in allowed:
        native[name] = value
    elif value != [] and value != {}:
        leg.losses.dropped("content", name, here, f"not a member of {message['role']} messages")


def _is_foreign(entry: Any, leg: Leg) -> bool:
    """Of the history that a server gets; answers to a client keep all entries."""
    return leg.kind == "request" and type(entry) is dict and entry.get("format") in of(leg).foreign_details


def details_to_native(entries: Any, leg: Leg, path: Path) -> list[Json]:
    """
    Entries of reasoning as they were received; members only unified has come out of their bags.

    Losses: those of other providers, where the dialect refuses them.
    """
    if type(entries) is not list:
        leg.invalid(path, "array", entries)
    out: list[Json] = []
    for number, entry in enumerate(entries):
        if type(entry) is not dict:
            leg.invalid((*path, number), "object", entry)
        if _is_foreign(entry, leg):
            leg.losses.dropped("content", "reasoning_details", (*path, number), "another provider's reasoning")
            continue
        native = {name: value for name, value in entry.items() if name != "extra_content"}
        own_members(entry, native, leg, (*path, number), "entry")
        out.append(native)
    return out


def _prefill(native: Json, talk: Talk, path: Path, is_last: bool) -> None:
    leg, kind = talk.leg, talk.dialect.prefill
    if not is_last:
        leg.losses.dropped("behaviour", "prefix", path, "only the last message can be the start of the answer")
    elif talk.thinks:
        leg.losses.dropped("behaviour", "prefix", path, "an answer is not begun for a model that thinks")
    elif kind in ("prefix", "partial"):
        native[kind] = True
    elif kind == "continue":
        talk.continues = True  # said in two fields of the request
    elif kind != "trailing":
        leg.losses.dropped("behaviour", "prefix", path, "the answer can not be begun for the model")


def _message_mark(mark: Any, native: Json, talk: Talk, path: Path) -> None:
    """A cache mark on a message: its last block."""
    here = (*path, "cache_control")
    if talk.dialect.cache == "stay":
        native["cache_control"] = mark
    elif can_mark(talk) and native.get("content") and not native.get("tool_calls"):
        content = native["content"]
        parts = [{"type": "text", "text": content}] if type(content) is str else content
        point = breakpoint_of(mark, talk.leg, here)
        native["content"] = [*parts[:-1], {**parts[-1], "prompt_cache_breakpoint": point}]
    else:
        talk.leg.losses.dropped("behaviour", "cache_control", here, "no cache mark here")


# --- calls


def renamed(name: str, names: Mapping[str, str], leg: Leg, path: Path) -> str:
    """Wire spelling of a tool name, which the memo undoes. Losses: another spelling, approximated."""
    wire = names.get(name)
    if wire is None:
        return name
    leg.losses.add("approximated", "envelope", "name", path, f"sent as {wire!r}")
    return wire


def _call(call: Any, number: int, talk: Talk, path: Path) -> Json | None:
    leg, dialect = talk.leg, talk.dialect
    if type(call) is not dict:
        leg.invalid(path, "object", call)
    if call.keys() == _CALL and call["type"] == "function" and not talk.names and not dialect.arguments:
        function, identifier = call["function"], call["id"]
        if type(function) is dict and function.keys() == _FUNCTION and identifier and type(identifier) is str:
            name, text = function["name"], function["arguments"]
            if type(name) is str and type(text) is str and text:
                return {"id": identifier, "type": "function", "function": {"name": name, "arguments": text}}
    kind = call.get("type") or ("custom" if "custom" in call else "function")
    if kind not in ("function", "custom"):
        leg.losses.dropped("content", "tool_calls", path, "a kind of call unknown here")
        return None
    inner = call.get(kind)
    if type(inner) is not dict:
        leg.invalid((*path, kind), "object", inner)
    name = inner.get("name")
    if type(name) is not str:
        leg.invalid((*path, kind, "name"), "string", name)
    text_name = "arguments" if kind == "function" else "input"
    text = inner.get(text_name)
    if text is not None and type(text) is not str:
        leg.invalid((*path, kind, text_name), "string", text)
    written: Json = {"name": renamed(name, talk.names, leg, (*path, kind, "name")), text_name: text or ("{}" if kind == "function" else "")}
    if kind == "custom" and not dialect.custom:
        from translate.shared.arguments import dumps

        leg.losses.add("approximated", "content", "tool_calls", path, "a custom call; sent as a function call")
        kind, written = "function", {"name": written["name"], "arguments": dumps({"input": text or ""})}
    elif dialect.arguments and parse_object(written.get("arguments", "")) is None:
        from translate.shared.arguments import dumps

        leg.losses.add("approximated", "content", "arguments", (*path, kind, text_name), "no JSON object; sent as one")
        written["arguments"] = dumps({"arguments": text})
    identifier = call.get("id")
    native: Json = {"id": identifier or made_up_id("", number, name, text or ""), "type": kind, kind: written}
    for member, value in inner.items():
        if member not in ("name", text_name, "extra_content") and value is not None:
            leg.losses.dropped("content", member, (*path, call.get("type") or kind, member), "not a member of a call")
    own_members(inner, written, leg, (*path, kind), "call")
    for member, value in call.items():
        if value is None or member in ("id", "type", "function", "custom", "extra_content"):
            continue
        if member == "cache_control" and dialect.cache == "stay":
            native[member] = value
        elif member == "index":
            if value != number:
                leg.losses.dropped("envelope", member, (*path, member), "a call's place is its index")
        else:
            scope = "behaviour" if member == "cache_control" else "content"
            leg.losses.dropped(scope, member, (*path, member), "not a member of a call")  # type: ignore[arg-type]
    call_bag(call, native, leg, path)
    return native


def call_bag(call: Json, native: Json, leg: Leg, path: Path) -> None:
    """The own bag of a call: unpacked, or on the wire as it is in unified where the dialect has it so."""
    key = of(leg).nested
    if not key:
        own_members(call, native, leg, path, "call")
    elif "extra_content" in call and (own := bag.unpack(call, leg, path, "content")):
        native["extra_content"] = {key: dict(own)}
