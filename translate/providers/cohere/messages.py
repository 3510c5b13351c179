"""Messages and content blocks of the Cohere spoke, both directions."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.cohere import plain
from translate.providers.cohere.citations import annotations_of, block_starts, match_citations
from translate.shared import bag
from translate.shared.arguments import dumps, made_up_id
from translate.shared.blocks import Turn, pieces
from translate.shared.fields import report_rest, scope_of
from translate.shared.tool_names import original

ROLES = {"developer": "system", "function": "tool"}
MESSAGE_MEMBERS = frozenset((
    "role", "content", "tool_calls", "tool_call_id", "reasoning_content", "reasoning_details", "refusal", "extra_content",
    "images", "audio", "annotations",
))  # fmt: skip
MOVED = "(image in the next user message)"
OWN_MEMBERS = frozenset(("blocks", "tool_plan", "citations"))


def _text(value: Any, leg: Leg, path: Path) -> str:
    if type(value) is not str:
        leg.invalid(path, "string", value)
    return value


def _object(value: Any, leg: Leg, path: Path) -> Json:
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    return value


# Unified -> native


_PLAIN = {"role", "content"}
_CALLING = frozenset(("role", "content", "tool_calls"))


def to_native(messages: list[Any], leg: Leg) -> list[Json]:
    """
    Unified messages -> native ones.

    Losses: names, audio and file parts dropped; foreign roles and refusals approximated; empty assistant turns dropped; images of
    tool results moved to a user turn behind them.
    """
    short = plain.messages_to_native(messages) if leg.plain else None
    if short is not None:
        return short
    out: list[Json] = []
    hoisted: list[Json] = []
    for number, message in enumerate(messages):
        path: Path = ("messages", number)
        _object(message, leg, path)
        role = message.get("role")
        if type(role) is not str:
            leg.invalid((*path, "role") if role is not None else path, "string", role)
        role = ROLES.get(role, role)
        if role not in ("system", "user", "assistant", "tool"):
            leg.losses.add("approximated", "content", "role", (*path, "role"), "role unknown here; sent as user")
            role = "user"
        native: Json = {"role": role}
        if message.keys() == _PLAIN and type(message["content"]) is str and message["content"] and role != "tool":
            native["content"] = message["content"]
            out.append(native)
            continue
        own = bag.unpack(message, leg, path, "content")
        if hoisted and role != "tool":
            out.append({"role": "user", "content": hoisted})
            hoisted = []
        if role == "assistant":
            answer_to_native(message, native, own, leg, path)
            if len(native) == 1:
                leg.losses.add("dropped", "content", "messages", path, "an empty turn is refused here")
                continue
        else:
            _content(message.get("content"), native, own, leg, (*path, "content"))
            if role == "tool":
                if message.get("tool_call_id") is not None:
                    native["tool_call_id"] = message["tool_call_id"]
                if type(native["content"]) is list:
                    hoisted += _hoist(native, message, leg, path)
            if not native["content"] and role != "tool":
                leg.losses.add("dropped", "content", "messages", path, "an empty turn is refused here")
                continue
        native.update((name, value) for name, value in own.items() if name not in OWN_MEMBERS and name not in native)
        _members(message, native, leg, path)
        out.append(native)
    if hoisted:
        out.append({"role": "user", "content": hoisted})
    return out


def _hoist(native: Json, message: Json, leg: Leg, path: Path) -> list[Json]:
    """Takes the images out of a tool result, which holds text and documents alone. Losses: images approximated."""
    images = [block for block in native["content"] if block.get("type") == "image_url"]
    if not images:
        return []
    native["content"] = [block for block in native["content"] if block.get("type") != "image_url"] or MOVED
    for number, part in enumerate(message["content"]):
        if type(part) is dict and part.get("type") == "image_url":
            where: Path = (*path, "content", number)
            leg.losses.add("approximated", "content", "image_url", where, "moved to a user message behind the tool results")
    return [{"type": "text", "text": f"[tool result {message.get('tool_call_id')}]"}, *images]


def _members(message: Json, native: Json, leg: Leg, path: Path) -> None:
    role = native["role"]
    for name, value in message.items():
        if value is None or value == [] or (name in MESSAGE_MEMBERS and role == "assistant" and name != "tool_call_id"):
            continue
        if name in ("role", "content", "extra_content") or (name == "tool_call_id" and role == "tool"):
            continue
        if name == "is_error":
            if value is not False:
                leg.losses.add("approximated", "content", name, (*path, name), "a failed result looks like any other")
        elif not (name == "prefix" and value is False):
            leg.losses.add("dropped", scope_of(name), name, (*path, name), "no such member of a message here")


def _content(content: Any, native: Json, own: Json, leg: Leg, path: Path) -> None:
    """Content of a system, user or tool message."""
    if content is None or type(content) is str:
        native["content"] = content or ""
        if not own.get("blocks"):
            return
    blocks: list[Json] = []
    for piece in pieces({"content": content}, own.get("blocks"), leg, path[:-1]):
        if piece.kind == "native":
            blocks.append(piece.value)
        elif piece.kind == "text":
            blocks.append({"type": "text", "text": piece.value})
        else:
            block = part_to_native(piece.value, native["role"], leg, piece.path)
            if block is not None:
                blocks.append(block)
    native["content"] = blocks


def part_to_native(part: Any, role: str, leg: Leg, path: Path) -> Json | None:
    """Content part -> block; None for one without a place, which is a loss."""
    _object(part, leg, path)
    kind = part.get("type")
    if kind == "text":
        text = _text(part.get("text"), leg, (*path, "text") if "text" in part else path)
        own = bag.unpack(part, leg, path, "content")
        report_rest(part, frozenset(("type", "text", "extra_content")), leg, path)
        document = own.get("document")
        if type(document) is dict and role == "tool":
            from translate.shared.arguments import parse_object

            data = parse_object(text)
            if data is not None:
                for name in own:
                    if name != "document":
                        bag.stale(leg, path, name, "content")
                return {"type": "document", "document": {"data": data, **document}}
            bag.stale(leg, path, "document", "content")
        block = {"type": "text", "text": text}
        block.update((name, value) for name, value in own.items() if name != "document")
        return block if text or own else None
    if kind == "image_url":
        image = part.get("image_url")
        image = {"url": image} if type(image) is str else _object(image, leg, (*path, kind) if kind in part else path)
        inner: Path = (*path, kind)
        native: Json = {"url": _text(image.get("url"), leg, (*inner, "url") if "url" in image else inner)}
        detail = image.get("detail")
        if detail is not None:
            if detail not in ("auto", "low", "high"):
                leg.losses.add("approximated", "behaviour", "detail", (*inner, "detail"), "word unknown here; high")
                detail = "high"
            native["detail"] = detail
        report_rest(image, frozenset(("url", "detail")), leg, inner)
        report_rest(part, frozenset(("type", "image_url", "extra_content")), leg, path)
        return {"type": "image_url", "image_url": native, **bag.unpack(part, leg, path, "content")}
    if kind == "refusal" and type(part.get("refusal")) is str:
        leg.losses.add("approximated", "content", "refusal", path, "sent as text")
        return {"type": "text", "text": part["refusal"]}
    leg.losses.add("dropped", "content", kind if type(kind) is str else "content", path, "no such part in this API")
    return None


def answer_to_native(
    message: Json, native: Json, own: Json, leg: Leg, path: Path, *, listed: bool = False
) -> None:
    """Content, plan, calls and citations of an assistant message. listed: answers always have their content as a list."""
    blocks: list[Json] = []
    calls: list[Json] = []
    given = message.get("tool_calls")
    if not message.get("content") and message.keys() <= _CALLING and type(given) is list and given:
        # Most turns that call say nothing else.
        native["tool_calls"] = [call_to_native(call, leg, (*path, "tool_calls", spot)) for spot, call in enumerate(given)]
        return
    plan = own.get("tool_plan")
    if plan is not None and type(plan) is not str:
        leg.invalid((*path, "extra_content", leg.row.key, "tool_plan"), "string", plan)
    reasoning = message.get("reasoning_content")
    if message.get("reasoning_details"):
        detail_losses(message["reasoning_details"], reasoning, leg, (*path, "reasoning_details"))
        message = {name: value for name, value in message.items() if name != "reasoning_details"}
    beside = _has_reasoning(own.get("blocks"))  # a plan beside thinking; alone it is the reasoning
    if plan is not None and not beside and (reasoning or "") != plan:
        bag.stale(leg, path, "tool_plan", "content")
        plan = None
    spoken = None if beside else plan
    for piece in pieces(message, own.get("blocks"), leg, path):
        if piece.kind == "text" or piece.kind == "refusal":
            text = _text(piece.value, leg, piece.path)
            if piece.kind == "refusal":
                leg.losses.add("approximated", "content", "refusal", piece.path, "sent as text")
            blocks.append({"type": "text", "text": text, **(piece.extra or {})})
        elif piece.kind == "reasoning":
            if _text(piece.value, leg, piece.path) != spoken:
                blocks.append({"type": "thinking", "thinking": piece.value, **(piece.extra or {})})
        elif piece.kind == "tool_call":
            calls.append(call_to_native(piece.value, leg, piece.path))
        elif piece.kind == "native":
            blocks.append(piece.value)
        elif piece.kind == "part":
            block = part_to_native(piece.value, "assistant", leg, piece.path)
            if block is not None:
                blocks.append(block)
        else:
            leg.losses.add("dropped", "content", piece.kind, piece.path, "no such block in an answer here")
    if plan is not None:
        native["tool_plan"] = plan
    plain = len(blocks) == 1 and blocks[0].keys() == {"type", "text"} and not own.get("blocks")
    if listed or not plain or type(message.get("content")) is list:
        if blocks:
            native["content"] = blocks
    else:
        native["content"] = blocks[0]["text"]
    if calls:
        native["tool_calls"] = calls
    _citations(message, native, own, blocks, leg, path)


def _has_reasoning(rows: Any) -> bool:
    return type(rows) is list and any(type(row) is dict and row.get("type") == "reasoning" for row in rows)


def detail_losses(details: Any, spoken: Any, leg: Leg, path: Path) -> None:
    """Entries of reasoning_details have no form here; their readable text is in reasoning_content."""
    if type(details) is not list:
        leg.invalid(path, "array", details)
    for number, entry in enumerate(details):
        if type(entry) is not dict:
            leg.invalid((*path, number), "object", entry)
        text = entry.get("text")
        plain = type(text) is str and type(spoken) is str and text in spoken and not entry.get("signature")
        leg.losses.add("dropped", "envelope" if plain else "content", "reasoning_details", (*path, number), "entries of another format")


def _citations(message: Json, native: Json, own: Json, blocks: list[Json], leg: Leg, path: Path) -> None:
    """The raw citations, as far as the annotations beside them still say the same."""
    citations, notes = own.get("citations"), message.get("annotations")
    if notes is not None and type(notes) is not list:
        leg.invalid((*path, "annotations"), "array", notes)
    if citations is None:
        citations = []
    elif type(citations) is not list:
        leg.invalid((*path, "extra_content", leg.row.key, "citations"), "array", citations)
    if notes is not None:
        citations, loose, gone = match_citations(citations, block_starts(blocks), notes)
        for _ in gone:
            bag.stale(leg, path, "citations", "content")
        for number in loose:
            leg.losses.add("dropped", "content", "annotations", (*path, "annotations", number), "a citation needs its source here")
    if citations:
        native["citations"] = citations


def call_to_native(call: Any, leg: Leg, path: Path) -> Json:
    """Call -> the same shape; arguments stay text. Losses: custom calls approximated."""
    _object(call, leg, path)
    kind = call.get("type")
    inner = "custom" if kind == "custom" else "function"
    if kind not in (None, "function", "custom"):
        leg.losses.add("approximated", "content", "type", (*path, "type"), "kind of call unknown here; function")
    function = _object(call.get(inner), leg, (*path, inner) if inner in call else path)
    where: Path = (*path, inner)
    name = _text(function.get("name"), leg, (*where, "name") if "name" in function else where)
    member = "input" if inner == "custom" else "arguments"
    text = function.get(member)
    if text is not None and type(text) is not str:
        leg.invalid((*where, member), "string", text)
    if text is None:
        leg.losses.add("defaulted", "envelope", "arguments", where, "no arguments; an empty object")
    if inner == "custom":
        leg.losses.add("approximated", "content", "custom", where, "free text sent as the argument `input`")
        text = dumps({"input": text or ""})
    identifier = call.get("id")
    if identifier is not None and type(identifier) is not str:
        leg.invalid((*path, "id"), "string", identifier)
    native: Json = {"id": identifier or "", "type": "function", "function": {"name": name, "arguments": text or "{}"}}
    if len(call) == 3 + ("index" in call) and len(function) == 2 and inner == "function" and identifier and kind == "function":
        return native
    native.update(bag.unpack(call, leg, path, "content"))
    native["function"].update(bag.unpack(function, leg, where, "content"))
    report_rest(call, frozenset(("id", "type", inner, "extra_content", "index")), leg, path)
    report_rest(function, frozenset(("name", member, "extra_content")), leg, where)
    return native


# Native -> unified


def to_unified(messages: Any, leg: Leg) -> list[Json]:
    """Native messages -> unified ones."""
    if type(messages) is not list:
        leg.invalid(("messages",), "array", messages)
    out: list[Json] = []
    count = 0
    for number, message in enumerate(messages):
        path: Path = ("messages", number)
        _object(message, leg, path)
        role = message.get("role")
        if type(role) is not str:
            leg.invalid((*path, "role") if role is not None else path, "string", role)
        unified: Json = {"role": ROLES.get(role.lower(), role.lower())}
        if unified["role"] == "assistant":
            answer_to_unified(message, unified, leg, path, count)
            count += len(unified.get("tool_calls", ()))
        else:
            _content_to_unified(message.get("content"), unified, leg, (*path, "content"))
        for name, value in message.items():
            if value is None or name in ("role", "content"):
                continue
            if name == "tool_call_id" and unified["role"] == "tool":
                unified[name] = _text(value, leg, (*path, name))
            elif unified["role"] != "assistant" or name not in ("tool_plan", "tool_calls", "citations"):
                bag.put(unified, leg.row.key, name, value)
        if unified["role"] == "tool" and "tool_call_id" not in unified:
            unified["tool_call_id"] = ""
        out.append(unified)
    return out


def _content_to_unified(content: Any, unified: Json, leg: Leg, path: Path) -> None:
    if content is None or type(content) is str:
        unified["content"] = content or ""
        return
    if type(content) is not list:
        leg.invalid(path, "string or array", content)
    turn = Turn(listed=True)
    for number, block in enumerate(content):
        where: Path = (*path, number)
        _object(block, leg, where)
        kind = block.get("type")
        if kind == "text":
            text = _text(block.get("text"), leg, (*where, "text") if "text" in block else where)
            part = _rest(block, {"type": "text", "text": text}, ("type", "text"), leg)
            turn.text(text, part=part)
        elif kind == "image_url":
            image = block.get("image_url")
            image = {"url": image} if type(image) is str else _object(image, leg, (*where, kind) if kind in block else where)
            _text(image.get("url"), leg, (*where, kind, "url") if "url" in image else (*where, kind))
            turn.part(_rest(block, {"type": "image_url", "image_url": dict(image)}, ("type", "image_url"), leg))
        elif kind == "document" and unified["role"] == "tool" and _plain_document(block):
            document = block["document"]
            part = {"type": "text", "text": dumps(document["data"])}
            bag.put(part, leg.row.key, "document", {name: value for name, value in document.items() if name != "data"})
            turn.text(part["text"], part=part)
        else:
            turn.native(block)
    turn.finish(unified, leg.row.key)


def _plain_document(block: Json) -> bool:
    document = block.get("document")
    return type(document) is dict and type(document.get("data")) is dict and block.keys() == {"type", "document"}


def _rest(block: Json, part: Json, known: tuple[str, ...], leg: Leg) -> Json:
    for name, value in block.items():
        if name not in known and value is not None:
            bag.put(part, leg.row.key, name, value)
    return part


def answer_to_unified(message: Json, unified: Json, leg: Leg, path: Path, count: int, document_id: str = "") -> Turn:
    """Content, plan, calls and citations of an assistant message (of a request or a response)."""
    content = message.get("content")
    turn = Turn(entries=False)
    if type(content) is str:
        if content:
            turn.text(content)
    elif content is not None:
        if type(content) is not list:
            leg.invalid((*path, "content"), "string or array", content)
        for number, block in enumerate(content):
            _read_block(block, turn, leg, (*path, "content", number))
    calls = message.get("tool_calls")
    if calls is not None and type(calls) is not list:
        leg.invalid((*path, "tool_calls"), "array", calls)
    for number, call in enumerate(calls or ()):
        turn.tool_call(call_to_unified(call, count + number, leg, (*path, "tool_calls", number), document_id))
    plan = message.get("tool_plan")
    if plan is not None:
        _text(plan, leg, (*path, "tool_plan"))
        if plan and turn.reasonings:
            turn.order.broken = True  # the rows tell that the reasoning is not the plan
    turn.finish(unified, leg.row.key)
    if plan is not None:
        if plan:
            bag.put(unified, leg.row.key, "tool_plan", plan)
            unified.setdefault("reasoning_content", plan)
    citations = message.get("citations")
    if citations:
        if type(citations) is not list:
            leg.invalid((*path, "citations"), "array", citations)
        annotations = annotations_of(citations, block_starts(content))
        if annotations:
            unified["annotations"] = annotations
        bag.put(unified, leg.row.key, "citations", citations)
    return turn


def _read_block(block: Any, turn: Turn, leg: Leg, path: Path) -> None:
    _object(block, leg, path)
    kind = block.get("type")
    for known, name, take in (("text", "text", turn.text), ("thinking", "thinking", turn.reasoning)):
        if kind == known:
            text = _text(block.get(name), leg, (*path, name) if name in block else path)
            extra = {key: value for key, value in block.items() if key not in ("type", name) and value is not None}
            take(text, extra)
            return
    turn.native(block)


def call_to_unified(call: Any, number: int, leg: Leg, path: Path, document_id: str = "") -> Json:
    """Native call -> call."""
    _object(call, leg, path)
    function = _object(call.get("function"), leg, (*path, "function") if "function" in call else path)
    where: Path = (*path, "function")
    name = _text(function.get("name"), leg, (*where, "name") if "name" in function else where)
    arguments = function.get("arguments")
    if type(arguments) is dict:
        arguments = dumps(arguments)
    elif arguments is not None and type(arguments) is not str:
        leg.invalid((*where, "arguments"), "string", arguments)
    identifier = call.get("id")
    if identifier is not None and type(identifier) is not str:
        leg.invalid((*path, "id"), "string", identifier)
    unified: Json = {
        "id": identifier or made_up_id(document_id, number, name, arguments or ""),
        "type": "function",
        "function": {"name": original(name, leg), "arguments": arguments or ""},
    }
    for member, value in call.items():
        if value is not None and member not in ("id", "function") and not (member == "type" and value == "function"):
            bag.put(unified, leg.row.key, member, value)
    for member, value in function.items():
        if member not in ("name", "arguments") and value is not None:
            bag.put(unified["function"], leg.row.key, member, value)
    return unified
