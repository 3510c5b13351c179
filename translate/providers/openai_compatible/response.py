"""Chat responses, both directions. Source: OpenAI API reference, "The chat completion object"; dialects: `dialects.py`."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_compatible import dialects, plain_answers, think_tags, usage
from translate.providers.openai_compatible.content import call_bag
from translate.providers.openai_compatible.dialects import Dialect
from translate.providers.openai_compatible.reading import call_to_unified, copied_bags, detail_to_unified
from translate.providers.openai_compatible.request import check
from translate.providers.openai_compatible.tables import (
    ANSWER_MEMBERS,
    CHOICE_MEMBERS,
    CITATION_MEMBERS,
    FINISH_REASONS,
    OWN_FINISH_REASONS,
    RESPONSE_MEMBERS,
    SERVICE_TIERS,
)
from translate.providers.openai_compatible.talk import own_members
from translate.shared import bag
from translate.shared.arguments import made_up_id

_HEAD = ("id", "created", "model")
plain_to_unified = plain_answers.to_unified
whole_to_native = plain_answers.to_native


def to_unified(body: Json, leg: Leg) -> Json:
    """
    Native response -> unified: reasoning under its one name, inclusive counts, a dialect's own members in the bags.

    Losses: a finish reason nobody knows, approximated. Raises: InvalidDocument for a wrong type.
    """
    dialect = dialects.of(leg)
    created = body.get("created")
    if dialect.passes and type(created) is str and created.isdecimal() and len(created) < 16:
        body = {**body, "created": int(created)}  # seconds as a text
    check(body, "response", leg)
    if dialect.passes:
        return dict(body)
    options, memo = leg.options, leg.memo
    out: Json = {
        "id": body.get("id") or options.id or "chatcmpl-0", "object": "chat.completion",
        "created": body["created"] if body.get("created") is not None else options.created,
        "model": body.get("model") or memo.get("model") or options.model or "",
    }  # fmt: skip
    key = leg.row.key
    if body.get("extra_content") is not None:
        out["extra_content"] = copied_bags(body["extra_content"])
    counts = body.get("usage")
    for name, value in body.items():
        if value is None or name in _HEAD or name in ("object", "usage", "extra_content"):
            continue
        if name == "choices":
            out[name] = [_choice(choice, number, leg, dialect, body.get("id") or "") for number, choice in enumerate(value)]
        elif name == "x_groq" and type(value) is dict:
            repeated(body, leg)
            counts = counts or value.get("usage")
            rest = {member: inner for member, inner in value.items() if member != "usage" and inner is not None}
            if rest:
                bag.put(out, key, name, rest)
        elif name in RESPONSE_MEMBERS and (name != "service_tier" or value in SERVICE_TIERS):
            out[name] = value
        else:
            bag.put(out, key, name, value)
    out.setdefault("choices", [])
    if type(counts) is dict:
        out["usage"] = usage.to_unified(counts, leg, dialect)
    return out


def repeated(body: Json, leg: Leg) -> None:
    """Reports counts in `x_groq` that are not those at the top, which win."""
    inner, top = body["x_groq"].get("usage"), body.get("usage")
    if inner is not None and top is not None and inner != top:
        leg.losses.dropped("envelope", "usage", ("x_groq", "usage"), "usage at the top is there and wins")


def _choice(choice: Json, number: int, leg: Leg, dialect: Dialect, document_id: str) -> Json:
    key = leg.row.key
    index = choice.get("index")
    path: Path = ("choices", number)
    message = choice.get("message")
    out: Json = {"index": number if index is None else index}
    out["message"] = message_to_unified({} if message is None else message, leg, dialect, document_id, (*path, "message"))
    if choice.get("extra_content") is not None:
        out["extra_content"] = copied_bags(choice["extra_content"])
    out["logprobs"] = choice.get("logprobs")
    finish_to_unified(choice, out, leg, dialect, path, bool(out["message"].get("tool_calls")))
    for name, value in choice.items():
        if (value is not None and name not in CHOICE_MEMBERS) or (name == "delta" and value is not None):
            bag.put(out, key, name, value)
    return out


def finish_to_unified(choice: Json, out: Json, leg: Leg, dialect: Dialect, path: Path, called: bool) -> None:
    """Writes finish_reason, and native_finish_reason where the word would not come back by itself."""
    word = choice.get("finish_reason")
    upstream = choice.get("native_finish_reason")
    if word is None or word == "":
        out["finish_reason"] = "stop" if leg.kind == "response" else None
        if leg.kind == "response":
            leg.losses.add("defaulted", "content", "finish_reason", (*path, "finish_reason") if word == "" else path, "none given")
        return
    mapped = dialect.finish.get(word) or FINISH_REASONS.get(word)
    if mapped is None:
        mapped = "stop"
        leg.losses.add("approximated", "content", "finish_reason", (*path, "finish_reason"), f"{word!r} is not known; read as stop")
    elif mapped == "stop" and word not in FINISH_REASONS:
        leg.losses.add("approximated", "content", "finish_reason", (*path, "finish_reason"), f"{word!r} has no equal; read as stop")
    if dialect.calls_finish and called and mapped == "stop":
        mapped = "tool_calls"
    out["finish_reason"] = mapped
    if upstream is not None and upstream != word:
        out["native_finish_reason"] = upstream
    elif word != mapped and word != "function_call":
        out["native_finish_reason"] = word


def message_to_unified(message: Json, leg: Leg, dialect: Dialect, document_id: str, path: Path) -> Json:
    """The message of an answer."""
    key = leg.row.key
    out: Json = {"role": "assistant", "content": message.get("content"), "refusal": message.get("refusal")}
    if message.get("extra_content") is not None:
        out["extra_content"] = copied_bags(message["extra_content"])
    for name, value in message.items():
        if value is None or name in out:
            continue
        if name == "tool_calls":
            if value:
                out[name] = [answer_call(call, number, leg, document_id) for number, call in enumerate(value)]
        elif name == "function_call":
            call = {"type": "function", "function": value}
            out["tool_calls"] = [answer_call(call, 0, leg, document_id), *out.get("tool_calls", ())]
        elif name == "reasoning":
            if value and not out.get("reasoning_content"):
                out["reasoning_content"] = value
            elif value and out["reasoning_content"] != value:
                bag.put(out, key, name, value)
        elif name == "reasoning_content":
            if value:
                if out.get(name) not in (None, value):
                    bag.put(out, key, "reasoning", out[name])
                out[name] = value
        elif name == "reasoning_details":
            if value:
                out[name] = [detail_to_unified(entry, number, key) for number, entry in enumerate(value)]
        elif name == "images":
            if value:
                out[name] = [{"type": "image_url", "index": number, **image} for number, image in enumerate(value)]
        elif name == "annotations":
            if value:
                out[name] = list(value)
        elif name in ANSWER_MEMBERS:
            out[name] = value
        else:
            bag.put(out, key, name, value)
    if dialect.tags:
        think_tags.split_message({}, out, key)
    return out


def answer_call(call: Json, number: int, leg: Leg, document_id: str) -> Json:
    """A call of an answer: the caller's own tool name, an id in any case."""
    out = call_to_unified(call, number, leg.row.key)
    inner = out.get("function") or out.get("custom") or {}
    if not out.get("id"):
        name, text = inner.get("name"), inner.get("arguments", inner.get("input"))
        out = {"id": made_up_id(document_id, number, str(name), text if type(text) is str else ""),
               **{member: value for member, value in out.items() if member != "id"}}  # fmt: skip
    names = leg.memo.get("names")
    if names and inner.get("name") in names:
        inner["name"] = names[inner["name"]]
    return out


# --- unified -> native


def to_native(response: Json, leg: Leg) -> Json:
    """
    Unified response -> native body of the dialect; the client's older spelling where the memo asks for it.

    Losses: reasoning, images and further members where the dialect has no place for them.
    """
    dialect = dialects.of(leg)
    options = leg.options
    head: Json = {
        "id": response.get("id") or options.id or "chatcmpl-0", "object": "chat.completion",
        "created": response["created"] if response.get("created") is not None else options.created,
        "model": response.get("model") or leg.memo.get("model") or options.model or "",
    }  # fmt: skip
    if dialect.passes:
        native = {**head, **{name: value for name, value in response.items() if value is not None or name not in head}}
    else:
        native = head
        choices = response.get("choices")
        if choices is None:
            choices = []
        if type(choices) is not list:
            leg.invalid(("choices",), "array", choices)
        native["choices"] = [choice_to_native(choice, number, leg, dialect) for number, choice in enumerate(choices)]
        rest_to_native(response, native, leg, dialect)
    if leg.memo.get("functions"):
        from translate.shared.chat_legacy import legacy_response

        native = legacy_response(native, leg)
    return native


def rest_to_native(response: Json, native: Json, leg: Leg, dialect: Dialect) -> None:
    """What stands beside the choices of a response or a chunk."""
    for name, value in response.items():
        if value is None or name in native or name in ("object", "choices", "extra_content", "obfuscation"):
            continue
        if name == "usage":
            native[name] = usage.to_native(value, leg, dialect, (name,))
        elif name == "service_tier":
            plain_answers.tier_to_native(value, native, leg, dialect)
        elif name in RESPONSE_MEMBERS:
            native[name] = value
        else:
            leg.losses.dropped("envelope", name, (name,), "not a member of a response")
    own_members(response, native, leg, (), "response", "envelope")


def choice_to_native(choice: Any, number: int, leg: Leg, dialect: Dialect) -> Json:
    """A choice of a response."""
    path: Path = ("choices", number)
    if type(choice) is not dict:
        leg.invalid(path, "object", choice)
    index = choice.get("index")
    native: Json = {"index": number if index is None else index}
    message = choice.get("message")
    if message is None:
        message = {}
    if type(message) is not dict:
        leg.invalid((*path, "message"), "object", message)
    native["message"] = message_to_native(message, leg, dialect, (*path, "message"))
    native["logprobs"] = choice.get("logprobs")
    finish_to_native(choice, native, leg, dialect, path)
    choice_rest(choice, native, leg, path)
    return native


def choice_rest(choice: Json, native: Json, leg: Leg, path: Path) -> None:
    """Own bag and unknown members of a choice."""
    for name, value in choice.items():
        if name not in CHOICE_MEMBERS and value is not None:
            leg.losses.dropped("envelope", name, (*path, name), "not a member of a choice")
    own_members(choice, native, leg, path, "choice", "envelope")


def finish_to_native(choice: Json, native: Json, leg: Leg, dialect: Dialect, path: Path) -> None:
    """Writes finish_reason: the dialect's own word where it says the same. Losses: a word nobody here knows."""
    word, own = choice.get("finish_reason"), choice.get("native_finish_reason")
    if word is not None and type(word) is not str:
        leg.invalid((*path, "finish_reason"), "string", word)
    if word == "function_call":
        word = "tool_calls"
    if word and word not in OWN_FINISH_REASONS:
        leg.losses.add("approximated", "content", "finish_reason", (*path, "finish_reason"), f"{word!r} is not known; sent as stop")
        word = "stop"
    if not word and leg.kind == "response":
        leg.losses.add("defaulted", "content", "finish_reason", path if word is None else (*path, "finish_reason"), "none given")
    native["finish_reason"] = word or ("stop" if leg.kind == "response" else None)
    if own is None:
        return
    if dialect.upstream_finish:
        native["native_finish_reason"] = own
    elif type(own) is str and (
        dialect.finish.get(own) == word or (dialect.calls_finish and own == "stop" and word == "tool_calls")
    ):
        native["finish_reason"] = own
    elif own != word:
        leg.losses.dropped("envelope", "native_finish_reason", (*path, "native_finish_reason"), "no place for another word")


def message_to_native(message: Json, leg: Leg, dialect: Dialect, path: Path) -> Json:
    """The message of an answer, in the dialect's names."""
    native: Json = {"role": "assistant", "content": message.get("content")}
    if native["content"] is not None and type(native["content"]) is not str:
        leg.invalid((*path, "content"), "string", native["content"])
    native["refusal"] = message.get("refusal")
    for name, value in message.items():
        if value is None or name in ("role", "content", "refusal", "extra_content"):
            continue
        member_to_native(name, value, message, native, leg, dialect, path)
    own_members(message, native, leg, path, "message")
    if dialect.tags and (around := native.pop(think_tags.MARK, None)):
        native["content"] = think_tags.joined(native.pop(dialect.answer, None) or "", native["content"] or "", around)
    return native


def member_to_native(
    name: str, value: Any, message: Json, native: Json, leg: Leg, dialect: Dialect, path: Path
) -> None:
    """One member of an answer's message or delta."""
    here = (*path, name)
    if name == "tool_calls":
        if type(value) is not list:
            leg.invalid(here, "array", value)
        calls = [call_to_native(call, leg, (*here, number)) for number, call in enumerate(value)]
        if calls:
            native[name] = calls
    elif name == "function_call":
        if type(value) is not dict:
            leg.invalid(here, "object", value)
        native.setdefault("tool_calls", []).insert(0, {
            "id": made_up_id("", 0, str(value.get("name")), str(value.get("arguments") or "")), "type": "function", "function": dict(value),
        })  # fmt: skip
    elif name in ("reasoning_content", "reasoning"):
        if type(value) is not str:
            leg.invalid(here, "string", value)
        if dialect.answer:
            if name == "reasoning_content" or message.get("reasoning_content") is None:
                native[dialect.answer] = value
            elif message["reasoning_content"] != value:
                leg.losses.dropped("content", name, here, "reasoning_content is there and wins")
        elif value:
            leg.losses.dropped("content", name, here, "answers of this form show no reasoning")
    elif name == "reasoning_details" and dialect.details:
        from translate.providers.openai_compatible.content import details_to_native

        native[name] = details_to_native(value, leg, here)
    elif name == "images" and dialect.images:
        native[name] = value
    elif name in ("annotations", "audio"):
        if type(value) is not (list if name == "annotations" else dict):
            leg.invalid(here, "array" if name == "annotations" else "object", value)
        if value:
            native[name] = _citations(value, leg, here) if dialect.official and name == "annotations" else value
    elif value != [] and value != "":
        leg.losses.dropped("content", name, here, "not a member of an answer")


def _citations(annotations: Any, leg: Leg, path: Path) -> list[Any]:
    """Citations in OpenAI's own form. Losses: members that only other servers write (OpenRouter's text of the page)."""
    out = []
    for number, annotation in enumerate(annotations):
        cited = annotation.get("url_citation") if type(annotation) is dict else None
        if type(cited) is dict and not CITATION_MEMBERS.issuperset(cited):
            for name, value in cited.items():
                if name not in CITATION_MEMBERS and value is not None:
                    leg.losses.dropped("content", name, (*path, number, "url_citation", name), "not a member of a citation here")
            annotation = {**annotation, "url_citation": {name: cited[name] for name in cited if name in CITATION_MEMBERS}}
        out.append(annotation)
    return out


def call_to_native(call: Any, leg: Leg, path: Path) -> Json:
    """A call of an answer; as it stands but for the bags."""
    if type(call) is not dict:
        leg.invalid(path, "object", call)
    kind = "custom" if "custom" in call and call.get("function") is None else "function"
    native: Json = {"id": call.get("id") or "", "type": call.get("type") or kind}
    inner = call.get(kind)
    if inner is None:
        inner = {}
    if type(inner) is not dict:
        leg.invalid((*path, kind), "object", inner)
    text = "input" if kind == "custom" else "arguments"
    name = inner.get("name")
    written: Json = {"name": "" if name is None else name, text: inner.get(text) or ""}
    for member in ("name", text):
        if type(written[member]) is not str:
            leg.invalid((*path, kind, member), "string", written[member])
    if not native["id"]:
        native["id"] = made_up_id("", int(path[-1]), written["name"], written[text])
    native[kind] = written
    for member, value in inner.items():
        if member not in ("name", text, "extra_content") and value is not None:
            leg.losses.dropped("content", member, (*path, kind, member), "not a member of a call")
    own_members(inner, written, leg, (*path, kind), "call")
    for member, value in call.items():
        if member not in ("id", "type", kind, "index", "extra_content") and value is not None:
            leg.losses.dropped("content", member, (*path, member), "not a member of a call")
    call_bag(call, native, leg, path)
    return native
