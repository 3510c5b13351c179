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

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_compatible import dialects
from translate.providers.openai_compatible.dialects import Dialect
from translate.providers.openai_compatible.plain_answers import is_entry
from translate.providers.openai_compatible.plain_members import NO_WAYS, Ways, ways_of
from translate.providers.openai_compatible.plain_parts import is_known_part, unlisted
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
    are; lacking: those without a place; unlinked: images behind links are among those. placeholder: of reasoning.
    parsed: arguments have to be objects. fits: whether a name of a tool may stay. fields: the rules of request members.
    ruled: the model has rules for them of its own. thoughts: name of readable reasoning in history; details: its entries may stay,
    too; mute: neither has a place. names: roles whose name is taken. marks: those of the cache stay; unmarked: they have no place;
    points: they are breakpoints. lists: of texts stay
    lists. ways: members that need no look at the others.
    """

    facts: Mapping[str, Any]
    short: bool
    ordered: bool
    system: str
    developer: str
    media: frozenset[str]
    lacking: frozenset[str]
    unlinked: bool
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
    unmarked: bool
    points: bool
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
    mute = not dialect.history or bool(facts.get("mute"))
    points = dialect.cache == "breakpoint" and bool(facts.get("cache_breakpoints"))
    return Manner(
        facts=facts, short=not facts.get("signs"), ordered=dialect.needs_user or dialect.leading_systems or dialect.alternates,
        system="developer" if facts.get("reasoning") else "system", developer="developer" if dialect.developer else "system",
        media=_NO_MEDIA if facts.get("text_only") else _media(dialect), lacking=_lacking(dialect, facts),
        unlinked=not dialect.links,
        placeholder=dialect.placeholder if facts.get("placeholder", True) else "", parsed=dialect.arguments,
        fits=name_check(dialect.tool_names, dialect.shortest_name), fields=dialects.fields_of(name), ruled=not _RULES.isdisjoint(facts),
        thoughts="" if mute or dialect.history == "think" else dialect.history, details=dialect.details and not dialect.foreign_details,
        mute=mute and not dialect.details and dialect.history != "think", names=dialect.names, marks=dialect.cache == "stay",
        unmarked=dialect.cache != "stay" and not points, points=points, lists=not dialect.flatten, ways=NO_WAYS,
    )  # fmt: skip


_NO_MEDIA: frozenset[str] = frozenset()


_LINKS = ("http:", "https:")


def _media(dialect: Dialect) -> frozenset[str]:
    """Kinds of parts beside texts that a server takes."""
    return dialect.parts & _LOOKED_AT - {"input_audio"} if dialect.audio_formats else dialect.parts & _LOOKED_AT


def _lacking(dialect: Dialect, facts: Mapping[str, Any]) -> frozenset[str]:
    """Kinds of parts that a server, or a model that reads text alone, has no place for."""
    lacking = _LOOKED_AT if facts.get("text_only") else _LOOKED_AT - dialect.parts
    return lacking - {"file"} if "file_url" in dialect.parts else lacking


_LOOKED_AT = frozenset(("image_url", "input_audio", "file"))


# Members of an answer that say what it thought, and why they are lost where a history takes none.
_THOUGHTS = {"reasoning_content": "history takes no reasoning", "reasoning_details": "no place for reasoning entries"}
# What messages lose: place, scope, feature, why.
Lost = list[tuple[Path, Any, str, str]]


def messages_to_native(request: Json, known: Manner, leg: Leg) -> list[Json] | None:
    """
    Surveyed messages in the dialect's form; None, the leg untouched, where a name is refused or there is more to say.

    Losses: thoughts, names, marks of the cache and kinds of parts without a place.
    """
    tools, fits = request.get("tools"), known.fits
    if tools is not None and not _names_fit(tools, fits):
        return None
    placeholder = known.placeholder if tools else ""
    out: list[Json] = []
    lost: Lost = []
    for number, message in enumerate(request["messages"]):
        role, content = message["role"], message.get("content")
        if len(message) == 2 and type(content) is str and not (placeholder and role == "assistant"):  # as most are
            out.append({
                "role": role if role == "user" or role == "assistant" else known.system if role == "system" else known.developer,
                "content": content,
            })  # fmt: skip
            continue
        if type(content) is list and (content := _parts_to_native(content, known, role, number, lost)) is None:
            return None
        if role == "user":
            written: Json = {"role": "user", "content": content}
        elif role == "assistant":
            answer = _answer_to_native(message, content, known, number, lost)
            if answer is None:
                return None
            if placeholder and (placeholder == "turns" or "tool_calls" in answer) and "reasoning_content" not in answer:
                answer["reasoning_content"] = ""
            out.append(answer)
            continue
        elif role == "tool":
            if len(message) != 3:
                return None
            written = message.copy() if content is message["content"] else {"role": "tool", "content": content, "tool_call_id": message["tool_call_id"]}
        elif content is None:
            return None
        else:
            written = {"role": known.system if role == "system" else known.developer, "content": content}
        if len(message) != len(written):  # a name or a mark, all else is known
            left = len(message) - len(written)
            if "name" in message:
                left -= 1
                if role in known.names:
                    written["name"] = message["name"]
                elif message["name"]:
                    lost.append((("messages", number, "name"), "envelope", "name", "not taken on this role"))
            if MARK in message:
                left -= 1
                if not _marked(message, written, known, ("messages", number, MARK), "no cache mark here", lost):
                    return None
            if left:
                return None
        out.append(written)
    for path, scope, feature, why in lost:
        leg.losses.dropped(scope, feature, path, why)
    return out


def _marked(holder: Json, written: Json, known: Manner, path: Path, why: str, lost: Lost) -> bool:
    """Writes the mark of the cache, or tells that it has no place; False where it has another form."""
    if known.marks:
        written[MARK] = holder[MARK]
    elif known.unmarked:
        lost.append((path, "behaviour", MARK, why))
    return known.marks or known.unmarked


def _parts_to_native(parts: list[Json], known: Manner, role: str, number: int, lost: Lost) -> list[Json] | str | None:
    """Parts in the dialect's form: texts, and media of the user; a text alone where it wants that. None where one has more to say."""
    out: list[Json] = []
    for spot, part in enumerate(parts):
        kind = part["type"]
        if kind == "text":
            written: Json = {"type": "text", "text": part["text"]}
        elif kind in known.lacking:
            lost.append((("messages", number, "content", spot), "content", kind, "no such content part here"))
            continue
        elif role != "user" or kind not in known.media:
            return None
        else:
            held = part[kind]
            if kind == "image_url" and known.unlinked and held["url"][:8].lower().startswith(_LINKS):
                lost.append((("messages", number, "content", spot), "content", kind, "links are not fetched here; inline_media puts them in"))
                continue
            if kind == "file" and not held.get("file_data", "data:").startswith("data:"):
                return None
            written = {"type": kind, kind: held.copy()}
        if len(part) != 2 and known.points and len(part[MARK]) == 1:
            written["prompt_cache_breakpoint"] = {"mode": "explicit"}
        elif len(part) != 2 and not _marked(part, written, known, ("messages", number, "content", spot, MARK), "not a member of this part here", lost):
            return None
        out.append(written)
    if not out:
        return ""
    if role == "user" or known.lists:
        return out
    return out[0]["text"] if len(out) == 1 and len(out[0]) == 2 else None


def _answer_to_native(message: Json, content: Any, known: Manner, number: int, lost: Lost) -> Json | None:
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
        elif name == "name":
            if "assistant" in known.names:
                native[name] = value
            elif value:
                lost.append((("messages", number, name), "envelope", name, "not taken on this role"))
        elif name in _THOUGHTS and known.mute:
            if value:
                lost.append((("messages", number, name), "content", name, _THOUGHTS[name]))
        elif value != [] and name != MARK:
            return None
    if MARK in message and not _marked(message, native, known, ("messages", number, MARK), "no cache mark here", lost):
        return None
    return native


def opened_odd(messages: list[Any], odd: list[Any], key: str) -> list[Any] | None:
    """The messages themselves, where the survey would know the odd ones without thoughts, names and marks."""
    return messages if all(map(_is_opened, odd)) else None


def _is_opened(message: Any) -> bool:
    if type(message) is not dict:
        return False
    content = message.get("content")
    # As most that are odd are; the others are looked at part by part.
    if _is_list(message, content) if type(content) is list else message.get("role") == "assistant" and _is_answer(message):
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


def _is_list(message: Json, content: list[Any]) -> bool:
    """Whether a message is a list of parts and what has to stand beside it; False says nothing."""
    role, size = message.get("role"), len(message)
    if role == "tool":
        identifier = message.get("tool_call_id")
        if size != 3 or type(identifier) is not str or not identifier.isascii():
            return False
    elif role == "assistant":
        if size != 2 and (size != 3 or not plain_calls(message.get("tool_calls"), {})):
            return False
    elif size != 2 or (role != "system" and role != "developer" and role != "user"):
        return False
    for part in content:
        if not is_known_part(part):
            return False
    return bool(content)


def _is_answer(message: Json) -> bool:
    """Whether an answer is a text and calls with thoughts; False says nothing."""
    content = calls = None
    for name, value in message.items():
        if name == "content":
            content = value
            if value is not None and not is_text(value):
                return False
        elif name == "tool_calls":
            calls = value
            if not plain_calls(value, {}):
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
