"""
The short way of messages that the survey knows (`translate.survey`), written without a look at what can not be there; the way
in is `plain_reading.py`, answers are `plain_answers.py`.

Each function gives exactly what the long way gives, or None when this dialect has more to say of such a document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from translate.leg import Json
from translate.providers.openai_compatible import dialects
from translate.providers.openai_compatible.dialects import Dialect
from translate.providers.openai_compatible.plain_answers import is_entry
from translate.providers.openai_compatible.plain_members import NO_WAYS, Ways, ways_of
from translate.providers.openai_compatible.plain_parts import unlisted
from translate.providers.openai_compatible.tables import (
    LONGEST_NAME,
    NAME_REFUSED,
)
from translate.shared.arguments import parse_object
from translate.shared.facts import bare, matches
from translate.shared.fields import Table
from translate.shared.plain import is_text
from translate.shared.system_parts import MARK
from translate.survey import odd_messages, plain_calls

_BESIDE = frozenset(("reasoning_content", "reasoning_details", "name"))
_NO_ENTRIES: list[Any] = []


@lru_cache(maxsize=64)
def name_check(refused: re.Pattern[str], shortest: int) -> Callable[[str], bool]:
    """Whether a wire takes a tool's name as it is."""

    @lru_cache(maxsize=4096)
    def is_fine(name: str) -> bool:
        # The same few come again and again.
        return bool(name) and shortest <= len(name) and not refused.search(name)

    return lambda name: len(name) <= LONGEST_NAME and is_fine(name)


fits = name_check(NAME_REFUSED, 0)


# --- requests


class Manner(NamedTuple):
    """
    How a dialect has messages for one model. facts: of the model. short: messages that the survey knows may take the short way.
    ordered: the dialect asks for an order of roles. system, developer: the roles of the two. media: kinds of parts that may go as they
    are. placeholder: of reasoning.
    parsed: arguments have to be objects. fits: whether a name of a tool may stay. fields: the rules of request members.
    ruled: the model has rules for them of its own. thoughts: name of readable reasoning in history; details: its entries may stay,
    too; mute: neither has a place. names: roles whose name is taken. marks: those of the cache stay. lists: of texts stay
    lists. ways: members that need no look at the others.
    """

    facts: Mapping[str, Any]
    short: bool
    ordered: bool
    system: str
    developer: str
    media: frozenset[str]
    placeholder: str
    parsed: bool
    fits: Callable[[str], bool]
    fields: Table
    ruled: bool
    thoughts: str
    details: bool
    mute: bool
    names: frozenset[str]
    marks: bool
    lists: bool
    ways: Ways


_RULES = frozenset(("refuses", "ignored", "reasoning", "while_thinking", "one_sampling"))


@lru_cache(maxsize=512)
def known_manner(name: str, model: str) -> Manner:
    """`manner` by the built-in facts: the same model comes again and again."""
    dialect = dialects.ROWS[name]
    spelt = bare(model)
    facts = next((facts for pattern, facts in dialect.facts if matches(pattern, spelt)), {})
    return manner(name, dialect, facts)._replace(ways=ways_of(name, model, dialect, facts, dialects.fields_of(name)))


def manner(name: str, dialect: Dialect, facts: Mapping[str, Any]) -> Manner:
    """By facts of the model, the caller's own among them."""
    reasons = bool(facts.get("reasoning"))
    return Manner(
        facts, not facts.get("signs"), dialect.needs_user or dialect.leading_systems or dialect.alternates, "developer" if reasons else "system", "developer" if dialect.developer else "system",
        _NO_MEDIA if facts.get("text_only") else _media(dialect), dialect.placeholder if facts.get("placeholder", True) else "",
        dialect.arguments, name_check(dialect.tool_names, dialect.shortest_name), dialects.fields_of(name), not _RULES.isdisjoint(facts),
        "" if facts.get("mute") or dialect.history == "think" else dialect.history, dialect.details and not dialect.foreign_details,
        not dialect.details and (not dialect.history or bool(facts.get("mute"))) and dialect.history != "think", dialect.names,
        dialect.cache == "stay", not dialect.flatten, NO_WAYS,
    )  # fmt: skip


_NO_MEDIA: frozenset[str] = frozenset()


def _media(dialect: Dialect) -> frozenset[str]:
    """Kinds of parts beside texts that a server takes, whatever is in them."""
    kinds = dialect.parts & _LOOKED_AT
    if not dialect.links:
        kinds -= {"image_url"}
    return kinds - {"input_audio"} if dialect.audio_formats else kinds


_LOOKED_AT = frozenset(("image_url", "input_audio", "file"))


# Members of an answer that say what it thought, and why they are lost where a history takes none.
THOUGHTS = {"reasoning_content": "history takes no reasoning", "reasoning_details": "no place for reasoning entries"}


def messages_to_native(request: Json, known: Manner, lost: list[tuple[int, str]]) -> list[Json] | None:
    """
    Surveyed messages in the dialect's form; None where a name is refused or there is more to say.

    lost: takes numbers of messages and those of `THOUGHTS` that they lose.
    """
    tools, fits = request.get("tools"), known.fits
    if tools is not None and not _names_fit(tools, fits):
        return None
    placeholder = known.placeholder if tools else ""
    out: list[Json] = []
    for number, message in enumerate(request["messages"]):
        role, content = message["role"], message.get("content")
        if role == "user":
            if type(content) is str:
                written: Json = {"role": "user", "content": content}
            else:
                parts = _parts_to_native(content, known, known.media)
                if parts is None:
                    return None
                written = {"role": "user", "content": parts}
        elif type(content) is list and (not known.lists or (content := _parts_to_native(content, known, _NO_MEDIA)) is None):
            return None
        elif role == "assistant":
            answer = {"role": "assistant", "content": content} if len(message) == 2 and content is not None else _answer_to_native(message, content, known, number, lost)
            if answer is None:
                return None
            if placeholder and (placeholder == "turns" or "tool_calls" in answer) and "reasoning_content" not in answer:
                answer["reasoning_content"] = ""
            out.append(answer)
            continue
        elif role == "tool" and len(message) == 3:
            written = message.copy() if type(content) is str else {"role": "tool", "content": content, "tool_call_id": message["tool_call_id"]}
        elif role == "tool" or content is None:
            return None
        else:
            written = {"role": known.system if role == "system" else known.developer, "content": content}
        if len(message) != len(written):  # a name or a mark, all else is known
            if "name" in message and role in known.names:
                written["name"] = message["name"]
            if MARK in message and known.marks:
                written[MARK] = message[MARK]
            if len(message) != len(written):
                return None
        out.append(written)
    return out


def _parts_to_native(parts: list[Json], known: Manner, media: frozenset[str]) -> list[Json] | None:
    """Parts in the dialect's form, texts and such media; None where one of them has more to say."""
    out: list[Json] = []
    for part in parts:
        kind = part["type"]
        if kind == "text":
            written: Json = {"type": "text", "text": part["text"]}
        elif kind not in media:
            return None
        else:
            held = part[kind]
            if kind == "file" and not held.get("file_data", "data:").startswith("data:"):
                return None
            written = {"type": kind, kind: held.copy()}
        if len(part) != 2:
            if not known.marks:
                return None
            written[MARK] = part[MARK]
        out.append(written)
    return out


def _answer_to_native(message: Json, content: Any, known: Manner, number: int, lost: list[tuple[int, str]]) -> Json | None:
    """An answer in the history: text and calls, and thoughts where the dialect takes them back. content: as it is written."""
    native: Json = {"role": "assistant", "content": content}
    for name, value in message.items():
        if value is None or name == "role" or name == "content":
            continue
        if name == "tool_calls":
            fits, parsed = known.fits, known.parsed
            native[name] = calls = []
            for call in value:
                function = call["function"]
                called, text = function["name"], function["arguments"]
                if not fits(called) or (parsed and parse_object(text) is None):
                    return None
                calls.append({"id": call["id"], "type": "function", "function": {"name": called, "arguments": text or "{}"}})
        elif name == "reasoning_content" and known.thoughts:
            native[known.thoughts] = value
        elif name == "reasoning_details" and known.details:
            native[name] = [entry.copy() for entry in value]
        elif name == "name" and "assistant" in known.names:
            native[name] = value
        elif name in THOUGHTS and known.mute:
            if value:
                lost.append((number, name))
        elif value != [] and not (name == MARK and known.marks):
            return None
    if MARK in message:
        native[MARK] = message[MARK]
    return native


def opened_odd(messages: list[Any], odd: list[Any], key: str) -> list[Any] | None:
    """The messages themselves, where the survey would know the odd ones without thoughts, names and marks."""
    return messages if all(map(_is_opened, odd)) else None


def _is_opened(message: Any) -> bool:
    if type(message) is not dict:
        return False
    if message.get("role") == "assistant" and _is_answer(message):
        return True
    bare = unlisted(message)
    if bare is None:
        return False
    if not _BESIDE.isdisjoint(bare):
        bare = bare.copy()
        if not is_text(bare.pop("reasoning_content", "")) or not is_text(bare.pop("name", "")):
            return False
        entries = bare.pop("reasoning_details", _NO_ENTRIES)
        if type(entries) is not list or not all(map(is_entry, entries)):
            return False
    return not odd_messages([bare])[0]


def _is_answer(message: Json) -> bool:
    """Whether an answer is a text and calls with thoughts, as most that are odd are; False says nothing."""
    content = calls = None
    for name, value in message.items():
        if name == "content":
            content = value
            if value is not None and not is_text(value):
                return False
        elif name == "tool_calls":
            calls = value
            if not plain_calls(value, set()):
                return False
        elif name == "reasoning_content":
            if not is_text(value):
                return False
        elif name == "reasoning_details":
            if type(value) is not list or not all(map(is_entry, value)):
                return False
        elif name != "role":
            return False
    return bool(content or calls)


def _names_fit(tools: Any, fits: Callable[[str], bool]) -> bool:
    """Whether the wire takes all names of tools as they are."""
    if type(tools) is not list:
        return False
    for tool in tools:
        definition = (tool.get("function") or tool.get("custom")) if type(tool) is dict else None
        name = definition.get("name") if type(definition) is dict else None
        if type(name) is not str or not fits(name):
            return False
    return True
