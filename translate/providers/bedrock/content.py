"""
Content of user, system and tool messages <-> Converse blocks. Each block is an object with one member that tells its kind.

Source: Amazon Bedrock API reference, "ContentBlock", "SystemContentBlock", "ToolResultContentBlock", "CachePointBlock".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock import documents
from translate.providers.bedrock.writing import MARK, Writing
from translate.shared import bag
from translate.shared.arguments import dumps, parse_object
from translate.shared.blocks import Piece, Turn, pieces
from translate.shared.fields import report_rest

KINDS = frozenset((
    "text", "image", "document", "video", "audio", "toolUse", "toolResult", "guardContent", "cachePoint", "reasoningContent",
    "citationsContent", "searchResult", "toolAddition", "toolRemoval", "json",
))  # fmt: skip
# Kinds a message of the role takes beside plain text.
TAKEN = {
    "system": frozenset(("guardContent",)),
    "later_system": frozenset(("toolAddition", "toolRemoval")),
    "user": frozenset(("image", "document", "video", "audio", "guardContent", "searchResult", "citationsContent")),
    "tool": frozenset(("json", "image", "document", "video", "searchResult")),
    "assistant": frozenset(("guardContent", "citationsContent", "searchResult")),
}
BLANK = "blank text is refused"
# Blocks around a text (or several): member that wraps it.
WRAPPERS = ("guardContent", "searchResult", "citationsContent", "document")


def kind_of_block(block: Any, leg: Leg, path: Path) -> str:
    """The member that tells the kind of a block, "" when there is none this knows."""
    if type(block) is not dict:
        leg.invalid(path, "object", block)
    for name, value in block.items():
        if name in KINDS and value is not None:
            return str(name)
    return ""


def beside(block: Json, kind: str) -> Json:
    """Members of a block beside the one that tells its kind; the service sends none, but for a `type` that says the same."""
    if len(block) == 1:
        return {}
    return {
        name: value for name, value in block.items()
        if name != kind and value is not None and not (name == "type" and value == kind == "text")
    }  # fmt: skip


def string(value: Any, leg: Leg, path: Path) -> str:
    """The value, when it is a string."""
    if type(value) is not str:
        leg.invalid(path, "string", value)
    return value


# --- native -> unified


def point_to_mark(block: Json, holder: Json | None, leg: Leg, path: Path) -> None:
    """A cache point marks what stands before it. Losses: one behind nothing, or behind another; members beside it."""
    point = block["cachePoint"]
    for name in beside(block, "cachePoint"):
        leg.losses.add("dropped", "envelope", name, (*path, name), "a cache point stands alone")
    if type(point) is not dict:
        leg.invalid((*path, "cachePoint"), "object", point)
    if holder is None or MARK in holder:
        leg.losses.add("dropped", "behaviour", "cachePoint", path, "no block before it to mark")
        return
    mark: Json = {"type": "ephemeral"}
    for name, value in point.items():
        if value is None:
            continue
        if name == "type":
            if value != "default":
                leg.losses.add("approximated", "behaviour", "cachePoint", (*path, "cachePoint", name), "only default is known")
        elif name == "ttl":
            mark[name] = string(value, leg, (*path, "cachePoint", name))
        else:
            leg.losses.add("dropped", "behaviour", "cachePoint", (*path, "cachePoint", name), "not a member of a cache point")
    holder[MARK] = mark


def content_to_unified(content: Any, message: Json, leg: Leg, path: Path) -> Json:
    """Blocks of a system message or a tool result -> `content`: a string when one plain text is all, else parts."""
    if type(content) is not list:
        leg.invalid(path, "array", content)
    if len(content) == 1 and type(content[0]) is dict and content[0].keys() == {"text"}:
        message["content"] = string(content[0]["text"], leg, (*path, 0, "text"))
        return message
    reader = Parts(leg)
    for number, block in enumerate(content):
        reader.block(block, (*path, number))
    return reader.turn.finish(message, leg.row.key)


class Parts:
    """Blocks -> content parts of one message; `last` is the part a cache point would mark."""

    __slots__ = ("last", "leg", "turn")

    def __init__(self, leg: Leg) -> None:
        self.leg, self.turn = leg, Turn(listed=True)
        self.last: Json | None = None

    def block(self, block: Any, path: Path) -> None:
        """One block."""
        leg = self.leg
        kind = kind_of_block(block, leg, path)
        if kind == "text":
            part: Json = {"type": "text", "text": string(block["text"], leg, (*path, "text"))}
            self.turn.text(part["text"], part=part)
            self.last = part
            self._beside(block, kind, part)
        elif kind == "cachePoint":
            point_to_mark(block, self.last, leg, path)
        else:
            read = READERS.get(kind)
            parts = read(block[kind], leg, (*path, kind)) if read else None
            if not parts:
                self.turn.native(block)
                self.last = None
                return
            for number, part in enumerate(parts):
                if part["type"] == "text":
                    self.turn.text(part["text"], joined=number > 0, part=part)
                else:
                    self.turn.part(part, joined=number > 0)
            self._beside(block, kind, parts[0])
            self.last = parts[-1]

    def _beside(self, block: Json, kind: str, part: Json) -> None:
        if len(block) > 1:
            for name, value in beside(block, kind).items():
                bag.put(part, self.leg.row.key, name, value)


def _image(value: Any, leg: Leg, path: Path) -> list[Json]:
    url, rest = documents.image_to_unified(value, leg, path)
    return [_with(leg, {"type": "image_url", "image_url": {"url": url}}, "image", rest)]


def _video(value: Any, leg: Leg, path: Path) -> list[Json]:
    url, rest = documents.video_to_unified(value, leg, path)
    return [_with(leg, {"type": "video_url", "video_url": {"url": url}}, "video", rest)]


def _audio(value: Any, leg: Leg, path: Path) -> list[Json] | None:
    part = documents.audio_to_unified(value, leg, path)
    return None if part is None else [part]


def _with(leg: Leg, part: Json, name: str, rest: Any) -> Json:
    if rest:
        bag.put(part, leg.row.key, name, rest)
    return part


def wrapped_texts(kind: str, value: Any, leg: Leg, path: Path) -> tuple[list[str], Json] | None:
    """Texts of a block around text, and the rest of the block; None when it holds no text or something else too."""
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    if kind == "guardContent":
        inner = value.get("text")
        if inner is None or len(value) != 1:
            return None
        if type(inner) is not dict:
            leg.invalid((*path, "text"), "object", inner)
        if type(inner.get("text")) is not str:
            leg.invalid((*path, "text", "text"), "string", inner.get("text"))
        return [inner["text"]], {"text": {name: member for name, member in inner.items() if name != "text" and member is not None}}
    if value.get("content") is None:
        return None
    texts = documents.texts_of(value["content"], leg, (*path, "content"))
    if texts is None:
        return None
    return texts, {name: member for name, member in value.items() if name != "content" and member is not None}


def _wrapped(kind: str) -> Callable[[Any, Leg, Path], list[Json] | None]:
    def read(value: Any, leg: Leg, path: Path) -> list[Json] | None:
        found = wrapped_texts(kind, value, leg, path)
        if found is None:
            return None
        texts, rest = found
        parts: list[Json] = [{"type": "text", "text": text} for text in texts]
        bag.put(parts[0], leg.row.key, kind, rest)
        return parts

    return read


def _json(value: Any, leg: Leg, path: Path) -> list[Json]:
    return [_with(leg, {"type": "text", "text": dumps(value)}, "json", True)]


READERS: dict[str, Callable[[Any, Leg, Path], list[Json] | None]] = {
    "image": _image, "video": _video, "audio": _audio, "document": documents.document_to_unified,
    "guardContent": _wrapped("guardContent"), "searchResult": _wrapped("searchResult"),
    "citationsContent": _wrapped("citationsContent"), "json": _json,
}  # fmt: skip


# --- unified -> native


def content_to_native(message: Json, writing: Writing, path: Path, own: Json, role: str) -> list[Json]:
    """Content of a user, system or tool message -> blocks. Losses: blank texts and what the role takes no block for dropped."""
    content = message.get("content")
    leg = writing.leg
    blocks: list[Json] = []
    rows = own.get("blocks")
    if type(content) is str and not rows:
        plain_text(content, writing, (*path, "content"), blocks)
    elif type(content) is list and not rows:
        for number, part in enumerate(content):
            part_to_native(part, writing, (*path, "content", number), blocks, role)
    elif rows or content is not None:
        if content is not None and type(content) not in (str, list):
            leg.invalid((*path, "content"), "string or array", content)
        rows_to_native(pieces({"content": content}, rows, leg, path), writing, blocks, role)
    return blocks


def rows_to_native(listed: list[Piece], writing: Writing, blocks: list[Json], role: str) -> None:
    """Texts, parts and native blocks in the order that the rows remember."""
    joined: Json | None = None
    for piece in listed:
        if piece.kind == "native":
            native_block(piece.value, writing, piece.path, blocks)
            joined = None
        elif piece.joined and joined is not None and _join(joined, piece.value):
            continue
        else:
            before = len(blocks)
            if piece.kind == "text":
                text_to_native(piece.value, piece.extra or bag.EMPTY, writing, piece.path, blocks, role)
            else:
                part_to_native(piece.value, writing, piece.path, blocks, role, piece.extra)
            joined = blocks[before] if len(blocks) > before else None


def _join(block: Json, value: Any) -> bool:
    """A further text of the block before; False when it has no list of texts."""
    text = value if type(value) is str else value.get("text") if type(value) is dict and value.get("type") == "text" else None
    if type(text) is not str or (type(value) is dict and len(value) > 2):
        return False
    for wrapper in ("searchResult", "citationsContent"):
        if wrapper in block:
            block[wrapper]["content"].append({"text": text})
            return True
    source = block["document"]["source"] if "document" in block else bag.EMPTY
    if type(source.get("content")) is list:
        source["content"].append({"text": text})
        return True
    return False


def native_block(value: Any, writing: Writing, path: Path, blocks: list[Json]) -> None:
    """A block that rode in the bag."""
    if type(value) is not dict or not value:
        writing.leg.losses.add("approximated", "content", "blocks", path, "not a block; left out")
        return
    use = value.get("toolUse")
    if type(use) is dict and type(use.get("name")) is str:
        writing.used.setdefault(use["name"], path)
    elif "toolResult" in value:
        writing.used.setdefault("", path)
    blocks.append(value)


def plain_text(text: str, writing: Writing, path: Path, blocks: list[Json]) -> None:
    """A text without anything beside. Losses: blank text dropped."""
    if (text and not text.isspace()) or writing.answer:
        blocks.append({"text": text})
    elif text:
        writing.leg.losses.add("dropped", "content", str(path[-1]), path, BLANK)


def text_to_native(text: Any, special: Json, writing: Writing, path: Path, blocks: list[Json], role: str) -> None:
    """A text with what its bag or row says of the block around it. Losses: a wrapper the role does not take."""
    leg = writing.leg
    if type(text) is not str:
        leg.invalid(path, "string", text)
    taken = TAKEN[role]
    block: Json | None = None
    for name, rest in special.items():
        if name in taken and block is None:
            block = _wrap(name, rest, text, writing, path)
            if block is not None:
                continue
        if name in KINDS:
            leg.losses.add("approximated", "content", name, path, "not a block of this message; sent as text")
    if block is None:
        before = len(blocks)
        plain_text(text, writing, path, blocks)
        if len(blocks) == before:
            return
        block = blocks[-1]
    else:
        blocks.append(block)
    block.update((name, value) for name, value in special.items() if name not in KINDS and name not in block)


def _wrap(name: str, rest: Any, text: str, writing: Writing, path: Path) -> Json | None:
    if name == "json":
        value = parse_object(text) if rest is True and text else None
        return None if value is None else {"json": value}
    if type(rest) is not dict:
        return None
    if name == "guardContent":
        inner = rest.get("text")
        return {name: {**rest, "text": {"text": text, **(inner if type(inner) is dict else {})}}}
    if name == "document":
        return documents.chunks_to_native(text, rest, writing) if rest.get("source") == "content" else None
    if name == "searchResult":
        return {name: {"source": "", "title": "", **rest, "content": [{"text": text}]}}
    if name == "citationsContent":
        return {name: {"content": [{"text": text}], **rest}}
    return None


def part_to_native(
    part: Any, writing: Writing, path: Path, blocks: list[Json], role: str, extra: Json | None = None
) -> None:
    """One content part -> a block at the end of `blocks`, a cache point behind it. Losses: parts without a block dropped."""
    leg = writing.leg
    if type(part) is not dict:
        leg.invalid(path, "object", part)
    kind = part.get("type")
    if kind == "text" and len(part) == 2 and not extra:
        if "text" not in part:
            leg.missing(path, "text")
        plain_text(string(part["text"], leg, (*path, "text")), writing, (*path, "text"), blocks)
        return
    own = bag.unpack(part, leg, path, "content")
    if extra:
        own = {**own, **extra}
    write = _WRITE.get(kind) if type(kind) is str else None
    if write is None:
        name = kind if type(kind) is str and kind else "content"
        leg.losses.add("dropped", "content", name, path, "not a part of this format")
    else:
        report_rest(part, _MEMBERS[kind or ""], leg, path)
        write(part, own, writing, path, blocks, role)
    if part.get(MARK) is not None:
        # A mark on a part that is not sent belongs to what stands before it.
        writing.mark(blocks, part[MARK], (*path, MARK))


def _text_part(part: Json, own: Json, writing: Writing, path: Path, blocks: list[Json], role: str) -> None:
    if "text" not in part:
        writing.leg.missing(path, "text")
    text_to_native(part["text"], own, writing, (*path, "text"), blocks, role)


def _refusal_part(part: Json, own: Json, writing: Writing, path: Path, blocks: list[Json], role: str) -> None:
    text = string(part.get("refusal"), writing.leg, (*path, "refusal") if "refusal" in part else path)
    writing.leg.losses.add("approximated", "content", "refusal", (*path, "refusal"), "sent as text")
    plain_text(text, writing, (*path, "refusal"), blocks)


def _media(kind: str) -> Callable[[Json, Json, Writing, Path, list[Json], str], None]:
    def write(part: Json, own: Json, writing: Writing, path: Path, blocks: list[Json], role: str) -> None:
        leg = writing.leg
        if kind == "file":
            block = documents.file_to_native(part, own, writing, path)
        elif kind == "input_audio":
            block = documents.audio_to_native(part, own, writing, path)
        else:
            url, where = url_of(part, kind, leg, path)
            block = documents.visual_to_native(kind.removesuffix("_url"), url, own, writing, where, path)
        if block is None:
            return
        word = next(iter(block))
        if word not in TAKEN[role]:
            leg.losses.add("dropped", "content", kind, path, f"no {word} in such a message")
            return
        for name, value in own.items():
            if name in KINDS:
                if name != word:
                    bag.stale(leg, path, name, "content")
            else:
                block.setdefault(name, value)
        blocks.append(block)

    return write


def url_of(part: Json, kind: str, leg: Leg, path: Path) -> tuple[str, Path]:
    """URL of an image or video part, and where it stands. Losses: `detail` dropped."""
    image, where = part.get(kind), (*path, kind)
    if type(image) is str:
        return image, where
    if type(image) is not dict:
        leg.invalid(where if kind in part else path, "object", image)
    report_rest(image, frozenset(("url", "detail")), leg, where)
    if image.get("detail") not in (None, "auto"):
        leg.losses.add("dropped", "behaviour", "detail", (*where, "detail"), "no such setting")
    if "url" not in image:
        leg.missing(where, "url")
    return string(image["url"], leg, (*where, "url")), (*where, "url")


_WRITE: dict[str, Callable[[Json, Json, Writing, Path, list[Json], str], None]] = {
    "text": _text_part, "refusal": _refusal_part, "image_url": _media("image_url"), "video_url": _media("video_url"),
    "input_audio": _media("input_audio"), "file": _media("file"),
}  # fmt: skip
_MEMBERS = {name: frozenset(("type", name, MARK, "extra_content")) for name in _WRITE}
