"""One block of a stream: gathered from its start and deltas, and taken apart into them."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.bedrock.calls import SERVER_USE
from translate.shared.arguments import dumps, parse_object
from translate.shared.blocks import HEAD
from translate.shared.object_calls import RAW

MOST_INDEX = 1 << 16
PADDING = "p"
# Member of a delta -> what kind of block it fills.
FAMILIES = {"text": "text", "citation": "text", "toolUse": "toolUse", "toolResult": "toolResult", "image": "image"}


def index_of(body: Json, leg: Leg, path: Path) -> int:
    """`contentBlockIndex` of an event."""
    index = body.get("contentBlockIndex", 0)
    if type(index) is not int or not 0 <= index < MOST_INDEX:
        leg.invalid((*path, "contentBlockIndex"), "a small index", index)
    return index


def family_of(delta: Json, leg: Leg, path: Path) -> str:
    """The kind of block that a delta fills, "" when it says nothing this knows."""
    for name, value in delta.items():
        if value is None:
            continue
        if name == "reasoningContent":
            if type(value) is not dict:
                leg.invalid((*path, name), "object", value)
            return "redacted" if value.get("redactedContent") is not None else "reasoning"
        if name in FAMILIES:
            return FAMILIES[name]
    return ""


def joined_base64(pieces: list[str]) -> str:
    """Pieces of base64, each of bytes of its own -> base64 of all bytes."""
    if len(pieces) < 2:
        return "".join(pieces)
    import base64

    try:
        raw = b"".join(base64.b64decode(piece, validate=True) for piece in pieces)
    except ValueError:
        return "".join(pieces)
    return base64.b64encode(raw).decode("ascii")


class Gathered:
    """A block as its deltas fill it; nothing of the caller's events is written to."""

    __slots__ = ("begun", "citations", "data", "family", "head", "key", "rest", "results", "signature", "texts")

    def __init__(self, family: str, key: str = "", head: Json | None = None) -> None:
        self.family, self.key, self.head = family, key or family, head or {}
        self.begun = head is not None and (family != "toolUse" or head.get("type") == SERVER_USE)  # only its own deltas fit
        self.texts: list[str] | None = None
        self.citations: list[Any] = []
        self.signature: list[str] = []
        self.data: list[str] = []
        self.results: list[Any] = []
        self.rest: Json = {}

    def add(self, delta: Json, leg: Leg, path: Path) -> None:
        """One delta of this block's family."""
        for name, value in delta.items():
            if value is None:
                continue
            where = (*path, name)
            if name == "text":
                self._text(value, leg, where)
            elif name == "citation":
                self.citations.append(value)
            elif name == "reasoningContent":
                self._reasoning(_object(value, leg, where), leg, where)
            elif name == "toolUse":
                piece = _object(value, leg, where).get("input")
                for inner, member in value.items():
                    if inner != "input" and member is not None:
                        leg.losses.add("dropped", "envelope", inner, (*where, inner), "not known here")
                if piece is not None:
                    self._text(piece, leg, (*where, "input"))
            elif name == "toolResult":
                if type(value) is not list:
                    leg.invalid(where, "array", value)
                self.results += value
            elif name == "image":
                self._image(_object(value, leg, where), leg, where)

    def _text(self, value: Any, leg: Leg, path: Path) -> None:
        if type(value) is not str:
            leg.invalid(path, "string", value)
        if self.texts is None:
            self.texts = []
        self.texts.append(value)

    def _reasoning(self, value: Json, leg: Leg, path: Path) -> None:
        for name, member in value.items():
            if member is None:
                continue
            if type(member) is not str:
                leg.invalid((*path, name), "string", member)
            if name == "text":
                self._text(member, leg, (*path, name))
            elif name == "signature":
                self.signature.append(member)
            elif name == "redactedContent":
                self.data.append(member)
            else:
                leg.losses.add("dropped", "envelope", name, (*path, name), "not known here")

    def _image(self, value: Json, leg: Leg, path: Path) -> None:
        source = value.get("source")
        if source is not None:
            piece = _object(source, leg, (*path, "source")).get("bytes")
            if piece is not None:
                if type(piece) is not str:
                    leg.invalid((*path, "source", "bytes"), "string", piece)
                self.data.append(piece)
            else:
                self.rest["source"] = source
        self.rest.update((name, member) for name, member in value.items() if name != "source" and member is not None)

    def whole(self) -> Json:
        """The block."""
        text = "".join(self.texts) if self.texts is not None else None
        if self.family == "text":
            if not self.citations:
                return {"text": text or ""}
            cited: Json = {"citations": self.citations}
            return {"citationsContent": cited if text is None else {"content": [{"text": text}], **cited}}
        if self.family == "redacted":
            return {"reasoningContent": {"redactedContent": joined_base64(self.data)}}
        if self.family == "reasoning":
            inner: Json = {"text": text or ""}
            if self.signature:
                inner["signature"] = "".join(self.signature)
            return {"reasoningContent": {"reasoningText": inner}}
        if self.family == "toolUse":
            value = parse_object(text or "")
            return {"toolUse": {**self.head, "input": {RAW: text} if value is None else value}}
        if self.family == "toolResult":
            return {"toolResult": {**self.head, "content": _merged(self.results)}}
        if self.family == "image":
            source = {"source": {"bytes": joined_base64(self.data)}} if self.data else {}
            return {"image": {**self.head, **self.rest, **source}}
        return {self.key: self.head}


def _merged(results: list[Any]) -> list[Any]:
    """Content of a result: neighbouring texts are pieces of one."""
    out: list[Any] = []
    for piece in results:
        last = out[-1] if out else None
        if _is_text(piece) and last is not None and _is_text(last):
            out[-1] = {"text": last["text"] + piece["text"]}
        else:
            out.append(piece)
    return out


def _is_text(piece: Any) -> bool:
    return type(piece) is dict and piece.keys() == {"text"} and type(piece["text"]) is str


def _object(value: Any, leg: Leg, path: Path) -> Json:
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    return value


def start_of(key: str, head: Json, index: int) -> Json:
    """Start of a block that has one."""
    return {"contentBlockStart": {"contentBlockIndex": index, "start": {key: head}}}


def delta_of(delta: Json, index: int) -> Json:
    """A piece of a block."""
    return {"contentBlockDelta": {"contentBlockIndex": index, "delta": delta}}


def stop_of(index: int) -> Json:
    """The end of a block."""
    return {"contentBlockStop": {"contentBlockIndex": index}}


def unfold_block(block: Any, index: int, leg: Leg, path: Path) -> list[Json] | None:
    """A block -> its events, at most one delta a member; None for a kind that no stream carries."""
    block = _object(block, leg, path)
    kind = next((name for name in _UNFOLD if block.get(name) is not None), None)
    if kind is None:
        return None
    events: list[Json] | None = _UNFOLD[kind](block[kind], index)
    return None if events is None else [*events, stop_of(index)]


def refolded(events: list[Json], leg: Leg, path: Path) -> Json:
    """The block that the events of one block amount to."""
    gathered: Gathered | None = None
    for event in events:
        for kind, body in event.items():
            if kind == "contentBlockStart":
                family = next(iter(body["start"]))
                gathered = Gathered(family, family, body["start"][family])
            elif kind == "contentBlockDelta":
                if gathered is None:
                    gathered = Gathered(family_of(body["delta"], leg, path))
                gathered.add(body["delta"], leg, path)
    return gathered.whole() if gathered is not None else {}


def _unfold_text(text: Any, index: int) -> list[Json] | None:
    return [delta_of({"text": text}, index)] if type(text) is str else None


def _unfold_reasoning(value: Any, index: int) -> list[Json] | None:
    if type(value) is not dict:
        return None
    if type(value.get("redactedContent")) is str:
        return [delta_of({"reasoningContent": {"redactedContent": value["redactedContent"]}}, index)]
    inner = value.get("reasoningText")
    if type(inner) is not dict:
        return None
    events = [delta_of({"reasoningContent": {"text": inner.get("text") or ""}}, index)]
    if inner.get("signature"):
        events.append(delta_of({"reasoningContent": {"signature": inner["signature"]}}, index))
    return events


def _unfold_use(use: Any, index: int) -> list[Json] | None:
    if type(use) is not dict:
        return None
    head = {name: value for name, value in use.items() if name != "input" and value is not None}
    given = use.get("input")
    raw = given.get(RAW) if type(given) is dict and len(given) == 1 else None
    text = raw if type(raw) is str and parse_object(raw) is None else dumps(given if type(given) is dict else {})
    return [start_of("toolUse", head, index), delta_of({"toolUse": {"input": text}}, index)]


def _unfold_result(result: Any, index: int) -> list[Json] | None:
    content = result.get("content") if type(result) is dict else None
    if type(content) is not list or not all(type(one) is dict and one.keys() <= {"text", "json"} for one in content):
        return None
    head = {name: value for name, value in result.items() if name != "content" and value is not None}
    events = [start_of("toolResult", head, index)]
    if content:
        events.append(delta_of({"toolResult": content}, index))
    return events


def _unfold_cited(cited: Any, index: int) -> list[Json] | None:
    if type(cited) is not dict or cited.keys() - {"content", "citations"}:
        return None
    content, citations = cited.get("content"), cited.get("citations")
    if content is not None and not (type(content) is list and all(map(_is_text, content)) and content):
        return None
    if type(citations) is not list or not citations:
        return None
    texts = [delta_of({"text": one["text"]}, index) for one in content or ()]
    return texts + [delta_of({"citation": citation}, index) for citation in citations]


def _unfold_image(image: Any, index: int) -> list[Json] | None:
    if type(image) is not dict or image.get("format") is None:
        return None
    rest = {name: value for name, value in image.items() if name != "format" and value is not None}
    return [start_of("image", {"format": image["format"]}, index), delta_of({"image": rest}, index)]


_UNFOLD: dict[str, Any] = {
    "text": _unfold_text, "reasoningContent": _unfold_reasoning, "toolUse": _unfold_use, "toolResult": _unfold_result,
    "citationsContent": _unfold_cited, "image": _unfold_image,
}  # fmt: skip


class Block:
    """The block that is open: what its row and its end need."""

    __slots__ = (
        "call", "citations", "entry", "family", "gathered", "head", "index", "length", "opened", "pieces", "quick", "sent", "use",
    )  # fmt: skip

    def __init__(self, family: str, index: int) -> None:
        self.family, self.index = family, index
        self.quick = ""  # member of the deltas that `ToUnified.quick` takes
        self.head, self.length = "", 0
        self.citations: list[Any] = []
        self.opened = False  # its row is counted
        self.sent = False  # its entry, or arguments, went out
        self.entry = self.call = 0
        self.pieces: list[str] = []  # reasoning that may need an entry, data, arguments of a custom tool's call
        self.use: Json = {}
        self.gathered: Gathered | None = None

    def count(self, text: str) -> None:
        if self.length < HEAD:
            self.head = (self.head + text)[:HEAD]
        self.length += len(text)
