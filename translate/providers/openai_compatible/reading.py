"""Messages, parts, calls and entries of reasoning of a dialect on their way to unified; the way back is `content.py`."""

from __future__ import annotations

from typing import Any

from translate.leg import Json, Leg
from translate.providers.openai_compatible import think_tags
from translate.providers.openai_compatible.dialects import Dialect
from translate.providers.openai_compatible.tables import CALL_MEMBERS, MESSAGE_MEMBERS, PART_MEMBERS
from translate.shared import bag
from translate.shared.media import data_url, sniff

_PLAIN = {"role", "content"}
_CALL = {"id", "type", "function"}
_FUNCTION = {"name", "arguments"}


def copied_bags(content: Any) -> Json:
    """`extra_content` with fresh bags, so that members can be put in."""
    return {key: dict(held) if type(held) is dict else held for key, held in content.items() if held is not None}


def message_to_unified(message: Json, leg: Leg, dialect: Dialect) -> Json:
    """One message; members unified has no name for go to its bag."""
    content = message.get("content")
    if message.keys() == _PLAIN and type(content) is str and not (dialect.history == "think" and think_tags.OPEN in content):
        return {"role": message["role"], "content": content}
    key = leg.row.key
    out: Json = {}
    if message.get("extra_content") is not None:
        out["extra_content"] = copied_bags(message["extra_content"])
    said = message.get("role") == "assistant"  # the turns whose calls and reasoning have a shape
    for name, value in message.items():
        if value is None and name != "content":
            continue
        if name == "content":
            out[name] = [part_to_unified(part, key) for part in value] if type(value) is list else value
        elif name == "tool_calls" and said:
            if value:
                out[name] = [call_to_unified(call, number, key) for number, call in enumerate(value)]
        elif name == "reasoning_details" and said:
            if value:
                out[name] = [detail_to_unified(entry, number, key) for number, entry in enumerate(value)]
        elif name == "partial" and dialect.prefill == "partial":
            if value is True:
                out["prefix"] = True
        elif name == "name" and message.get("role") == "tool":
            bag.put(out, key, name, value)  # older clients name the tool; the call's id says it
        elif name in MESSAGE_MEMBERS:
            if name != "extra_content" and value != [] and (value != "" or name != "reasoning_content"):
                out[name] = value
        else:
            bag.put(out, key, name, value)
    out.setdefault("content", None)
    if dialect.history == "think":
        think_tags.split_message(message, out, key)
    return out


_MEDIA = ("image_url", "video_url")


def spelled_media(body: Json) -> Json:
    """A request with its media in the one form: `{"url": ...}`, bare base64 as a data URL. The same object where nothing changes."""
    messages = body.get("messages")
    if type(messages) is not list:
        return body
    out = [_spelled_message(message) for message in messages]
    return {**body, "messages": out} if any(new is not old for new, old in zip(out, messages, strict=True)) else body


def _spelled_message(message: Any) -> Any:
    content = message.get("content") if type(message) is dict else None
    if type(content) is not list:
        return message
    parts = [_spelled_part(part) for part in content]
    return {**message, "content": parts} if any(new is not old for new, old in zip(parts, content, strict=True)) else message


def _spelled_part(part: Any) -> Any:
    kind = part.get("type") if type(part) is dict else None
    held = part.get(kind) if kind in _MEDIA else None
    url = held.get("url") if type(held) is dict else held
    if type(url) is not str:
        return part
    media_type = sniff(url)
    if media_type is not None:
        url = data_url(media_type, url)
    elif type(held) is dict:
        return part
    return {**part, kind: {**held, "url": url} if type(held) is dict else {"url": url}}


def part_to_unified(part: Json, key: str) -> Json:
    """One content part; further members of a known one go to its bag, an unknown one stays as it is."""
    kind = part.get("type")
    if kind == "file_url" and type(part.get(kind)) is dict and type(part[kind].get("url")) is str:
        part = {"type": "file", "file": {"file_data": part[kind]["url"], **_rest(part[kind], "url")}, **_rest(part, "type", kind)}
        kind = "file"
    known = PART_MEMBERS.get(kind) if type(kind) is str else None
    if known is None or len(part) == 2:
        return dict(part)
    out: Json = {}
    if part.get("extra_content") is not None:
        out["extra_content"] = copied_bags(part["extra_content"])
    for name, value in part.items():
        if name in ("type", kind, "cache_control"):
            if value is not None:
                out[name] = value
        elif name != "extra_content" and value is not None:
            bag.put(out, key, name, value)
    return out


def _rest(holder: Json, *names: str) -> Json:
    return {name: value for name, value in holder.items() if name not in names}


def call_to_unified(call: Json, number: int, key: str) -> Json:
    """One tool call; its `index` is its place."""
    if call.keys() == _CALL and call["type"] == "function" and call["id"]:
        function = call["function"]
        if function.keys() == _FUNCTION and type(function["arguments"]) is str:
            return {"id": call["id"], "type": "function", "function": {"name": function["name"], "arguments": function["arguments"]}}
    out: Json = {}
    if call.get("extra_content") is not None:
        out["extra_content"] = copied_bags(call["extra_content"])
    for name, value in call.items():
        if value is None or name == "extra_content":
            continue
        if name == "index":
            if value != number:
                bag.put(out, key, name, value)
        elif name == "function" and type(value) is dict:
            out[name] = _inner_to_unified(value, ("name", "arguments"), key)
        elif name == "custom" and type(value) is dict:
            out[name] = _inner_to_unified(value, ("name", "input"), key)
        elif name in CALL_MEMBERS and name not in ("function", "custom"):
            out[name] = value
        else:
            bag.put(out, key, name, value)
    if "type" not in out:
        out["type"] = "custom" if "custom" in out else "function"
    return out


def _inner_to_unified(inner: Json, known: tuple[str, str], key: str) -> Json:
    out: Json = {}
    if inner.get("extra_content") is not None:
        out["extra_content"] = copied_bags(inner["extra_content"])
    for name, value in inner.items():
        if name in known:
            out[name] = "" if value is None else value
        elif value is not None and name != "extra_content":
            bag.put(out, key, name, value)
    out.setdefault(known[1], "")
    return out


DETAIL_MEMBERS = frozenset((
    "type", "id", "format", "index", "text", "signature", "summary", "data", "tool_name", "tool_call_id", "arguments", "result",
    "extra_content",
))  # fmt: skip


def detail_to_unified(entry: Json, index: int, key: str) -> Json:
    """An entry of reasoning_details; a bare text is a reasoning.text."""
    out: Json = {"type": entry.get("type") or "reasoning.text"}
    if entry.get("extra_content") is not None:
        out["extra_content"] = copied_bags(entry["extra_content"])
    for name, value in entry.items():
        if value is None or name in ("type", "index", "extra_content"):
            continue
        if name in DETAIL_MEMBERS:
            out[name] = value
        else:
            bag.put(out, key, name, value)
    out["index"] = index
    return out
