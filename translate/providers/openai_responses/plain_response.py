"""The short way of answers: output of the common shapes, both directions; `plain.py` says what holds for it."""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.providers.openai_responses.items import JOINT, LOOSE, known_id, made_up_item_id, tag
from translate.providers.openai_responses.plain_rows import (
    bag_of,
    citations_to_native,
    citations_to_unified,
    is_unseen,
    items_to_native,
)
from translate.providers.openai_responses.tables import COUNT_DETAILS, FORMAT, INCOMPLETE_BY_FINISH_REASON
from translate.scrubbing import is_clean, lone
from translate.shared.bag import EMPTY

_MADE_UP = len("rs_") + 24  # characters of an id that may be one of ours
_MESSAGE = frozenset(("type", "id", "role", "status", "content", "phase"))
_TEXT = frozenset(("type", "text", "annotations", "logprobs"))
_REASONING = frozenset(("type", "id", "summary", "content", "encrypted_content", "status"))


# --- unified -> native


def output_to_native(message: Json, response_id: str) -> list[Json]:
    """Output items of a surveyed message: readable reasoning as a summary, the text, the calls."""
    output: list[Json] = []
    reasoning, content, calls = message.get("reasoning_content"), message["content"], message.get("tool_calls")
    if reasoning:
        output.append({
            "type": "reasoning", "id": made_up_item_id(LOOSE, response_id, 0),
            "summary": [{"type": "summary_text", "text": reasoning}],
        })  # fmt: skip
    if content:
        output.append({
            "type": "message", "id": made_up_item_id("message", response_id, len(output)), "role": "assistant",
            "status": "completed", "content": [{"type": "output_text", "text": content, "annotations": [], "logprobs": []}],
        })  # fmt: skip
    for call in calls or ():
        function = call["function"]
        output.append({
            "type": "function_call", "id": made_up_item_id("function_call", response_id, len(output)), "call_id": call["id"],
            "name": function["name"], "arguments": function["arguments"], "status": "completed",
        })  # fmt: skip
    return output


def own_output_to_native(message: Json, response_id: str, key: str) -> tuple[Json, list[Json]] | None:
    """
    The same of a message that this API's own answers turn into: its items have ids, the text a phase and citations, reasoning its
    entries, and others stand among them.

    Gives the message as the survey may know it, and the items; None where there is more to say.
    """
    bare = {name: value for name, value in message.items() if name != "extra_content" and name != "reasoning_details"}
    content, calls, entries, readable = message.get("content"), message.get("tool_calls"), message.get("reasoning_details"), message.get("reasoning_content")
    cited: list[Json] | None = []
    if content and message.get("annotations"):
        cited = citations_to_native(bare.pop("annotations"))
    called: list[Json] = []
    if calls:
        if type(calls) is not list:
            return None
        bare["tool_calls"] = []
        for call in calls:
            marks = _own(call, key) if type(call) is dict else None
            function = call.get("function") if marks is not None else None
            if marks is None or type(function) is not dict or not _IDENTIFIER.issuperset(marks):
                return None
            bare["tool_calls"].append({name: value for name, value in call.items() if name != "extra_content"})
            called.append({
                "type": "function_call", "id": marks.get("item_id"), "call_id": call.get("id"), "name": function.get("name"),
                "arguments": function.get("arguments"), "status": "completed",
            })  # fmt: skip
    rowed = _rowed(message, key)
    if cited is None or (rowed is not None and (entries is not None or readable)):
        return None
    if rowed is not None:
        output = items_to_native(message, rowed, cited, called, response_id)
        return None if output is None else (bare, output)
    own = _own(message, key)
    if own is None or not _MARKS.issuperset(own) or (own and not content):
        return None
    output = []
    if entries is not None:
        item = _entries_to_native(entries, readable)
        if item is None:
            return None
        output.append(item)
    elif readable:
        output += output_to_native({"reasoning_content": readable, "content": None}, response_id)
    if content:
        identifier = own.get("item_id") or made_up_item_id("message", response_id, len(output))
        item = {
            "type": "message", "id": identifier, "role": "assistant", "status": "completed",
            "content": [{"type": "output_text", "text": content, "annotations": cited, "logprobs": []}],
        }  # fmt: skip
        if "phase" in own:
            item["phase"] = own["phase"]
        output.append(item)
    for item in called:
        if item["id"] is None:
            item["id"] = made_up_item_id("function_call", response_id, len(output))
        output.append(item)
    return bare, output


def _rowed(message: Json, key: str) -> Json | None:
    """The only bag of a message, where that has order rows."""
    content = message.get("extra_content")
    held = content.get(key) if type(content) is dict and len(content) == 1 else None
    return held if type(held) is dict and "blocks" in held else None


_IDENTIFIER = frozenset(("item_id",))
_MARKS = frozenset(("item_id", "phase"))


def _own(holder: Json, key: str) -> Json | None:
    """The bag of an object that has no other and short words in it; None for any other."""
    if "extra_content" not in holder:
        return EMPTY
    content = holder["extra_content"]
    held = content.get(key) if type(content) is dict and len(content) == 1 else None
    if type(held) is not dict:
        return None
    for value in held.values():
        if type(value) is not str or not value or not value.isascii():
            return None
    return held


def _entries_to_native(entries: Any, readable: Any) -> Json | None:
    """The reasoning item of summaries and an encrypted form behind them, of one id; None for any others."""
    if type(entries) is not list or not entries or type(entries[0]) is not dict:
        return None
    identifier, encrypted = entries[0].get("id"), None
    if type(identifier) is not str or not identifier or not identifier.isascii():
        return None
    texts: list[str] = []
    for number, entry in enumerate(entries):
        if type(entry) is not dict or len(entry) != 5 or entry.get("format") != FORMAT or entry.get("id") != identifier:
            return None
        index, kind, text = entry.get("index"), entry.get("type"), entry.get("summary")
        if type(index) is not int or index != number or encrypted is not None:
            return None
        if kind == "reasoning.encrypted":
            encrypted = entry.get("data")
            if type(encrypted) is not str or not encrypted or not encrypted.isascii():
                return None
        elif kind != "reasoning.summary" or type(text) is not str or not text or not (text.isascii() or not lone(text)):
            return None
        else:
            texts.append(text)
    if JOINT.join(texts) != (readable or "") or readable == "":
        return None
    item: Json = {"type": "reasoning", "id": identifier, "summary": [{"type": "summary_text", "text": text} for text in texts]}
    if encrypted is not None:
        item["encrypted_content"] = encrypted
    return item


def end_to_native(finish: str, called: bool, native: Json) -> bool:
    """Sets the state of an answer whose output is there, with calls in it or not; False where the finish reason says something else."""
    reason = INCOMPLETE_BY_FINISH_REASON.get(finish)
    if reason is None:
        return (finish == "tool_calls") is called
    output = native["output"]
    last = output[-1] if output else None
    native["status"], native["incomplete_details"] = "incomplete", {"reason": reason}
    if last is not None and "status" in last and last["type"] in _ENDED:
        last["status"] = "incomplete"
    return True


_ENDED = frozenset(("message", "function_call"))
_CACHE = frozenset(("cached_tokens", "cache_write_tokens"))
_REASONED = frozenset(("reasoning_tokens",))


def _counts_others(details: Json, known: frozenset[str]) -> bool:
    """Whether counts of other kinds are more than zero."""
    for name, count in details.items():  # noqa: SIM110  (a generator costs more than the look)
        if count and name not in known:
            return True
    return False


def usage_to_native(usage: Json | None) -> Json | None:
    """Counts that the survey knows, with the sum as their total; None where there is more to say."""
    prompt = completion = cached = written = reasoned = 0
    if usage is not None:
        prompt, completion = usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0)
        if usage.get("total_tokens", prompt + completion) != prompt + completion:
            return None
        details = usage.get("prompt_tokens_details")
        if details:
            cached, written = details.get("cached_tokens", 0), details.get("cache_write_tokens", 0)
            if cached > prompt or written > prompt or _counts_others(details, _CACHE):
                return None
        details = usage.get("completion_tokens_details")
        if details:
            reasoned = details.get("reasoning_tokens", 0)
            if reasoned > completion or _counts_others(details, _REASONED):
                return None
    return {
        "input_tokens": prompt, "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": written},
        "output_tokens": completion, "output_tokens_details": {"reasoning_tokens": reasoned}, "total_tokens": prompt + completion,
    }  # fmt: skip


# --- native -> unified


def output_to_unified(output: Any, response_id: str, cut: bool, key: str) -> Json | None:
    """
    Reasoning that can be read or sent back, a text, and calls, in this order, each of which may be missing -> message. Items of
    which nothing is visible may stand among them.
    """
    if type(output) is not list:
        return None
    message: Json = {"role": "assistant", "content": None}
    own: Json = {}
    calls: list[Json] = []
    unseen: list[Json] = []
    cited: list[Json] | None = None
    for position, item in enumerate(output):
        if type(item) is not dict:
            return None
        kind, status, identifier = item.get("type"), item.get("status", "completed"), item.get("id")
        if kind != "message" and kind != "function_call" and is_unseen(item):
            unseen.append(item)
            continue
        if status != "completed" and status is not None and not (cut and status == "incomplete" and position == len(output) - 1):
            return None
        if identifier is not None and (type(identifier) is not str or not identifier.isascii()):
            return None
        if kind == "function_call":
            call = _call(item, response_id, position, key)
            if call is None:
                return None
            calls.append(call)
        elif kind == "message":
            text = text_of(item, cited=True)
            if text is None or calls or message["content"] is not None:
                return None
            message["content"] = text
            if identifier is not None and known_id(identifier, "message", response_id, position) is not None:
                own["item_id"] = identifier
            phase = item.get("phase")
            if phase is not None:
                if type(phase) is not str or not phase.isascii():
                    return None
                own["phase"] = phase
            annotations = item["content"][0].get("annotations")
            if annotations:
                cited = citations_to_unified(annotations)
                if cited is None:
                    return None
        elif kind != "reasoning" or position or len(identifier or "") == _MADE_UP or not _reasoning(item, message):
            return None
    if unseen:
        if not is_clean({"output": unseen}):
            return None
        own = bag_of(output, message["content"], own)
    if calls:
        message["tool_calls"] = calls
    if own:
        message["extra_content"] = {key: own}
    if cited:
        message["annotations"] = cited
    message["refusal"] = None
    return message


def _call(item: Json, response_id: str, position: int, key: str) -> Json | None:
    name, call_id, arguments, identifier = item.get("name"), item.get("call_id"), item.get("arguments"), item.get("id")
    if type(name) is not str or type(call_id) is not str or not call_id or type(arguments) is not str:
        return None
    if not (name.isascii() and call_id.isascii() and (arguments.isascii() or not lone(arguments))):
        return None
    if len(item) != 4 + ("id" in item) + ("status" in item):
        return None
    call: Json = {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
    if identifier is not None and known_id(identifier, "function_call", response_id, position) is not None:
        call["extra_content"] = {key: {"item_id": identifier}}
    return call


def text_of(item: Json, *, cited: bool = False) -> str | None:
    """The only text of a message item without probabilities. cited: it may have citations."""
    content, role = item.get("content"), item.get("role")
    if type(content) is not list or len(content) != 1 or not _MESSAGE.issuperset(item) or (role is not None and role != "assistant"):
        return None
    part = content[0]
    if type(part) is not dict or part.get("type") != "output_text" or not _TEXT.issuperset(part):
        return None
    text, annotations, tokens = part.get("text"), part.get("annotations"), part.get("logprobs")
    if annotations is not None and (type(annotations) is not list or (annotations and not cited)):
        return None
    if tokens is not None and (type(tokens) is not list or tokens):
        return None
    return text if type(text) is str and text and (text.isascii() or not lone(text)) else None


def _reasoning(item: Json, message: Json) -> bool:
    """Puts summaries and the encrypted form of the first item into the message; False when there is anything else, or nothing."""
    entries: list[Json] = []
    texts: list[str] = []
    if item.get("status") == "incomplete" or not thought(item, entries, texts):
        return False
    if texts:
        message["reasoning_content"] = JOINT.join(texts)
    message["reasoning_details"] = entries
    return True


def thought(item: Json, entries: list[Json], texts: list[str]) -> bool:
    """Adds the entries and the readable texts of a reasoning item; False when it says anything else, or nothing."""
    summary, raw, encrypted, identifier = item.get("summary"), item.get("content"), item.get("encrypted_content"), item.get("id")
    if not _REASONING.issuperset(item) or (raw is not None and (type(raw) is not list or raw)):
        return False
    if summary is not None and type(summary) is not list:
        return False
    before = len(entries)
    for part in summary or ():
        if type(part) is not dict or len(part) != 2 or part.get("type") != "summary_text":
            return False
        text = part.get("text")
        if type(text) is not str or not text or not (text.isascii() or not lone(text)):
            return False
        texts.append(text)
        entries.append({"type": "reasoning.summary", "summary": text, **tag(identifier), "index": len(entries)})
    if encrypted is not None:
        if type(encrypted) is not str or not encrypted.isascii():
            return False
        if encrypted:
            entries.append({"type": "reasoning.encrypted", "data": encrypted, **tag(identifier), "index": len(entries)})
    return len(entries) > before


def usage_to_unified(usage: Any) -> Json | None:
    """Counts of the kinds that chat forms have too, with the sum as their total; None for all others."""
    if type(usage) is not dict:
        return None
    prompt, completion, total = usage.get("input_tokens"), usage.get("output_tokens"), usage.get("total_tokens")
    if type(prompt) is not int or type(completion) is not int or type(total) is not int or total != prompt + completion:
        return None
    unified: Json = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total}
    members = 3
    for native, (name, known) in COUNT_DETAILS.items():
        details = usage.get(native)
        if details is None:
            continue
        members += 1
        if type(details) is not dict:
            return None
        for member, count in details.items():
            if type(count) is not int or member not in known:
                return None
        if details:
            unified[name] = dict(details)
    return unified if len(usage) == members else None
