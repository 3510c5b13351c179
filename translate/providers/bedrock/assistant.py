"""
The assistant's turn, in histories and answers: reasoning, text with citations, calls, blocks nothing else understands.

Source: Amazon Bedrock API reference, "ContentBlock", "ToolUseBlock", "CitationsContentBlock".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock import documents, reasoning
from translate.providers.bedrock.calls import call_to_native, call_to_unified, is_call
from translate.providers.bedrock.content import (
    beside,
    kind_of_block,
    part_to_native,
    plain_text,
    point_to_mark,
    rows_to_native,
    string,
    url_of,
    wrapped_texts,
)
from translate.providers.bedrock.writing import MARK, Writing
from translate.shared import bag
from translate.shared.answers import is_stale
from translate.shared.arguments import dumps
from translate.shared.blocks import Piece, Turn, pieces
from translate.shared.fields import report_rest
from translate.shared.object_calls import RAW

MESSAGE_MEMBERS = frozenset((
    "role", "content", "refusal", "reasoning_content", "reasoning_details", "tool_calls", "images", "audio", "annotations",
    MARK, "prefix", "extra_content",
))  # fmt: skip
PLAIN_MEMBERS = frozenset(("role", "content", "tool_calls", "prefix", "refusal"))
THOUGHTS = frozenset(("reasoning_content", "reasoning_details"))
WRAPPED = ("citationsContent", "guardContent", "searchResult")


# --- native -> unified


def turn_to_unified(content: Any, message: Json, leg: Leg, path: Path, word: str, *, annotate: bool) -> Json:
    """
    Blocks of an assistant turn -> visible fields of a fresh message, order rows where they are needed.

    word: format of its signed reasoning. annotate: answers show citations as annotations too; in a history the rows have them.
    """
    if type(content) is not list:
        leg.invalid(path, "array", content)
    if _plain_turn(content, message, leg):
        return message
    turn = Turn(not annotate and _has_marked_text(content))
    thoughts = _thoughts(content, word, leg, path)
    entries = reasoning.needs_entries([entry for entry, _ in thoughts.values()])
    turn.order.entries = entries
    annotations: list[Json] = []
    offset = 0
    last: Json | None = None
    for number, block in enumerate(content):
        here = (*path, number)
        kind = kind_of_block(block, leg, here)
        if kind == "cachePoint" and not annotate:  # an answer has one string, no parts to mark
            point_to_mark(block, last, leg, here)
            continue
        last = None
        if number in thoughts:
            entry, rest = thoughts[number]
            extra = _extra(block, kind, rest)
            if entries:
                turn.detail([entry], entry.get("text") or "", extra)
            else:
                _unsigned(turn, entry["text"], extra)
        elif kind == "text":
            text = string(block[kind], leg, (*here, kind))
            last = _text(turn, text, beside(block, kind), leg)
            offset += len(text)
        elif kind == "toolUse" and is_call(block[kind], leg, (*here, kind)):
            last = call_to_unified(block[kind], leg, (*here, kind))
            turn.tool_call(last, beside(block, kind) or None)
        elif kind == "image" and not _is_shown(block[kind]):
            turn.native(block)
        elif kind == "image":
            url, rest = documents.image_to_unified(block[kind], leg, (*here, kind))
            image = turn.image(url, beside(block, kind) or None)
            if rest:
                bag.put(image, leg.row.key, "image", rest)
        elif kind in WRAPPED:
            found = wrapped_texts(kind, block[kind], leg, (*here, kind))
            if found is None:
                turn.native(block)
                if kind == "citationsContent" and annotate:
                    annotations += annotations_of(block[kind].get("citations"), offset, offset)
                continue
            texts, rest = found
            start = offset
            for spot, text in enumerate(texts):
                last = _text(turn, text, {**beside(block, kind), kind: rest} if not spot else {}, leg, joined=spot > 0)
                offset += len(text)
            if kind == "citationsContent" and annotate:
                annotations += annotations_of(rest.get("citations"), start, offset)
        else:
            turn.native(block)
    turn.finish(message, leg.row.key)
    if annotations:
        message["annotations"] = annotations
    return message


def _plain_turn(content: list[Any], message: Json, leg: Leg) -> bool:
    """The short way of most turns: a text, or none, and plain calls; False when a look at each block is due."""
    text: str | None = None
    calls: list[Json] = []
    for block in content:
        if type(block) is not dict or len(block) != 1:
            return False
        use = block.get("toolUse")
        if use is None:
            held = block.get("text")
            if text is not None or calls or type(held) is not str or not held:
                return False
            text = held
            continue
        if type(use) is not dict or len(use) != 3 or "names" in leg.memo or "custom" in leg.memo:
            return False
        identifier, name, given = use.get("toolUseId"), use.get("name"), use.get("input")
        if type(identifier) is not str or type(name) is not str or type(given) is not dict or (len(given) == 1 and RAW in given):
            return False
        function = {"name": name, "arguments": dumps(given) if given else "{}"}
        calls.append({"id": identifier, "type": "function", "function": function})
    message["content"] = text
    if calls:
        message["tool_calls"] = calls
    return True


def _is_shown(image: Any) -> bool:
    return type(image) is not dict or documents.is_visible(image)


def _has_marked_text(content: list[Any]) -> bool:
    """Whether a cache point stands behind a text, so that the text must be a part to carry the mark."""
    for number, block in enumerate(content[1:]):
        if type(block) is dict and block.get("cachePoint") is not None and type(content[number]) is dict:
            if any(name in content[number] for name in ("text", *WRAPPED)):
                return True
    return False


def _thoughts(content: list[Any], word: str, leg: Leg, path: Path) -> dict[int, tuple[Json, Json]]:
    """Entries of the reasoning blocks, by their number."""
    found: dict[int, tuple[Json, Json]] = {}
    for number, block in enumerate(content):
        if type(block) is dict and block.get("reasoningContent") is not None:
            entry = reasoning.entry_of(block["reasoningContent"], word, leg, (*path, number, "reasoningContent"))
            if entry is not None:
                found[number] = entry
    return found


def _extra(block: Json, kind: str, rest: Json) -> Json | None:
    extra = {**beside(block, kind), **({kind: rest} if rest else {})}
    return extra or None


def _unsigned(turn: Turn, text: str, extra: Json | None) -> None:
    """The one reasoning block of a turn, unsigned; its row says what `Turn.reasoning` does not."""
    turn.reasoning(text)
    if extra:
        turn.rows[-1]["extra"] = extra
        turn.order.broken = True


def _text(turn: Turn, text: str, extra: Json, leg: Leg, joined: bool = False) -> Json | None:
    """A text block; the part, where the content is a list."""
    if not turn.order.listed:
        turn.text(text, extra or None, joined)
        return None
    part: Json = {"type": "text", "text": text}
    for name, value in extra.items():
        bag.put(part, leg.row.key, name, value)
    turn.text(text, joined=joined, part=part)
    return part


def annotations_of(citations: Any, start: int, end: int) -> list[Json]:
    """Citations of pages in the web -> annotations of the stretch of text they stand for."""
    found: list[Json] = []
    for citation in citations if type(citations) is list else ():
        location = citation.get("location") if type(citation) is dict else None
        web = location.get("web") if type(location) is dict else None
        url = web.get("url") if type(web) is dict else None
        if type(url) is str:
            title = citation.get("title")
            inner: Json = {"url": url, "title": title if type(title) is str else "", "start_index": start, "end_index": end}
            found.append({"type": "url_citation", "url_citation": inner})
    return found


# --- unified -> native


def turn_to_native(message: Json, writing: Writing, path: Path, own: Json) -> list[Json]:
    """
    An assistant message -> its blocks.

    Losses: reasoning that is not signed (requests), foreign entries, annotations no citation stands for, audio, images of a
    history dropped; a refusal approximated as text.
    """
    leg = writing.leg
    blocks: list[Json] = []
    thoughts = None if own or message.get("refusal") is not None else _thoughts_of(message, writing)
    if thoughts is not None:
        content, calls = message.get("content"), message.get("tool_calls")
        if (content is None or type(content) is str or type(content) is list) and (calls is None or type(calls) is list):
            blocks += thoughts
            if type(content) is list:
                for number, part in enumerate(content):
                    part_to_native(part, writing, (*path, "content", number), blocks, "assistant")
            elif content and type(content) is str:
                plain_text(content, writing, (*path, "content"), blocks)
            for number, call in enumerate(calls or ()):
                where = (*path, "tool_calls", number)
                blocks.append(call_to_native(call, writing, where))
                if type(call) is dict and call.get(MARK) is not None:
                    writing.mark(blocks, call[MARK], (*where, MARK))
            if not thoughts and message.get("reasoning_content"):
                leg.losses.add("dropped", "content", "reasoning_content", (*path, "reasoning_content"), reasoning.UNSIGNED)
            return blocks
    stale = is_stale(message)
    thought = False
    waiting: list[Piece] = []
    listed = pieces(message, own.get("blocks"), leg, path)
    for piece in listed:
        kind = piece.kind
        if kind == "native" or kind == "text" or kind == "part":
            waiting.append(piece)
            continue
        rows_to_native(waiting, writing, blocks, "assistant")
        waiting = []
        if kind == "tool_call":
            block = call_to_native(piece.value, writing, piece.path)
            if piece.extra:
                block.update((name, value) for name, value in piece.extra.items() if name not in block)
            blocks.append(block)
            if type(piece.value) is dict:
                writing.mark(blocks, piece.value.get(MARK), (*piece.path, MARK))
        elif kind == "reasoning":
            thought = reasoning.to_native(piece, writing, blocks, stale) or thought
        elif kind == "refusal":
            _refusal(piece, "content" in message, writing, blocks)
        elif kind == "image":
            _image(piece, writing, blocks)
        else:
            leg.losses.add("dropped", "content", kind, piece.path, "no such block of an assistant")
    rows_to_native(waiting, writing, blocks, "assistant")
    held = message.get("reasoning_content")
    if held and not thought:
        where = (*path, "reasoning_content")
        string(held, leg, where)
        if writing.answer:
            blocks.insert(0, {"reasoningContent": {"reasoningText": {"text": held}}})
        else:
            leg.losses.add("dropped", "content", "reasoning_content", where, reasoning.UNSIGNED)
    if message.get("annotations") is not None:
        _annotations(message["annotations"], blocks, leg, path)
    mark = message.get(MARK)
    if mark is not None:
        if blocks and "reasoningContent" in blocks[-1]:
            leg.losses.add("dropped", "behaviour", MARK, (*path, MARK), "reasoning takes no cache point")
        else:
            writing.mark(blocks, mark, (*path, MARK))
    report_rest(message, MESSAGE_MEMBERS, leg, path)
    return blocks


def _thoughts_of(message: Json, writing: Writing) -> Sequence[Json] | None:
    """Blocks in front of a text and calls: none, or signed thoughts as the model has them; None where a message says more."""
    others = message.keys() - PLAIN_MEMBERS
    if not others:
        return ()
    readable = message.get("reasoning_content")
    if "reasoning_details" not in others:
        return () if len(others) == 1 and type(readable) is str and readable and not writing.answer else None
    return reasoning.blocks_of(message["reasoning_details"], readable, writing) if others <= THOUGHTS else None


def _refusal(piece: Piece, beside_content: bool, writing: Writing, blocks: list[Json]) -> None:
    text = string(piece.value, writing.leg, piece.path)
    writing.leg.losses.add("approximated", "content", "refusal", piece.path, "sent as text")
    if writing.answer:
        holder = piece.path[:-1]
        where = (*holder, "content") if beside_content else holder
        writing.leg.losses.add("approximated", "content", "content", where, "holds the refusal too")
    if text.strip():
        plain_text(text, writing, piece.path, blocks)


def _image(piece: Piece, writing: Writing, blocks: list[Json]) -> None:
    """An image the model made: in answers only, for a history takes none."""
    leg, part = writing.leg, piece.value
    if type(part) is not dict:
        leg.invalid(piece.path, "object", part)
    if not writing.answer:
        leg.losses.add("dropped", "content", "images", piece.path, "no image in the turn of an assistant")
        return
    url, where = url_of(part, "image_url", leg, piece.path)
    own = bag.unpack(part, leg, piece.path, "content")
    report_image(part, int(piece.path[-1]), leg, piece.path)
    block = documents.visual_to_native("image", url, own, writing, where, piece.path)
    if block is not None:
        blocks.append(block)
        for name, value in {**own, **(piece.extra or {})}.items():
            if name != "image":
                block.setdefault(name, value)


def report_image(part: Json, number: int, leg: Leg, path: Path) -> None:
    """Members of a produced image that have no place; images are numbered by their order."""
    report_rest(part, frozenset(("type", "index", "image_url", "extra_content")), leg, path)
    for name, value in (("type", "image_url"), ("index", number)):
        if part.get(name) not in (None, value):
            leg.losses.add("approximated", "envelope", name, (*path, name), f"read as {value!r}")


def _annotations(annotations: Any, blocks: list[Json], leg: Leg, path: Path) -> None:
    """Citations stay while the annotations beside them name the same pages; annotations without citations are lost."""
    where = (*path, "annotations")
    if type(annotations) is not list:
        leg.invalid(where, "array", annotations)
    derived: list[Json] = []
    offset = 0
    for block in blocks:
        cited = block.get("citationsContent")
        text = block.get("text") if cited is None else _joined(cited)
        end = offset + (len(text) if type(text) is str else 0)
        if type(cited) is dict:
            derived += annotations_of(cited.get("citations"), offset, end)
        offset = end
    if derived == annotations:
        return
    wanted, held = [_page(one) for one in annotations], [_page(one) for one in derived]
    if wanted == held:
        for number, (one, other) in enumerate(zip(annotations, derived, strict=True)):
            if one != other:
                leg.losses.add("approximated", "content", "annotations", (*where, number), "places follow the text")
        return
    for number, page in enumerate(wanted):
        if page not in held:
            leg.losses.add("dropped", "content", "annotations", (*where, number), "no citation stands for it")
        elif number >= len(held) or held[number] != page:
            leg.losses.add("approximated", "content", "annotations", (*where, number), "in the order of the citations")
    if any(page not in wanted for page in held):
        for spot, block in enumerate(blocks):
            cited = block.get("citationsContent")
            citations = cited.get("citations") if type(cited) is dict else None
            if type(citations) is list:
                kept = [one for one in citations if all(_page(each) in wanted for each in annotations_of([one], 0, 0))]
                if len(kept) != len(citations):
                    leg.losses.add("approximated", "content", "annotations", where, "citations without an annotation left out")
                    blocks[spot] = {**block, "citationsContent": {**block["citationsContent"], "citations": kept}}


def _joined(cited: Any) -> str:
    content = cited.get("content") if type(cited) is dict else None
    texts = [one.get("text") for one in content if type(one) is dict] if type(content) is list else []
    return "".join(text for text in texts if type(text) is str)


def _page(annotation: Any) -> Any:
    inner = annotation.get("url_citation") if type(annotation) is dict else None
    return (inner.get("url"), inner.get("title")) if type(inner) is dict else None
