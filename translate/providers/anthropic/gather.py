"""One block of a stream: gathered from its deltas, and taken apart into them."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.shared.arguments import dumps, parse_object
from translate.shared.object_calls import RAW

# Kind of a delta -> the member that holds its piece.
DELTAS = {
    "text_delta": "text", "thinking_delta": "thinking", "signature_delta": "signature", "input_json_delta": "partial_json",
    "citations_delta": "citation",
}  # fmt: skip
# Kind of a delta -> the member of the block it fills.
FILLS = {"text_delta": "text", "thinking_delta": "thinking", "signature_delta": "signature"}


class Gathered:
    """A block as its deltas fill it; nothing of the caller's events is written to."""

    __slots__ = ("citations", "json", "native", "places", "start", "texts")

    def __init__(self, native: Any, leg: Leg, path: Path) -> None:
        if type(native) is not dict:
            leg.invalid(path, "object", native)
        if type(native.get("type")) is not str:
            leg.invalid((*path, "type") if "type" in native else path, "string", native.get("type"))
        self.native: Json = dict(native)
        self.start = (leg.losses.prefix, path)
        self.places: dict[str, tuple[Path, Path]] = {}  # of what a delta says whole
        self.texts: dict[str, list[str]] = {}
        self.json: list[str] = []
        self.citations: list[Any] = []

    def add(self, delta: Json, leg: Leg, path: Path) -> None:
        """One delta. Losses: a kind of delta that is not known."""
        kind = delta.get("type")
        if kind == "compaction_delta":
            for name, value in delta.items():
                if name != "type" and value is not None:
                    self._replace(name, value, leg, (*path, name))
            return
        member = DELTAS.get(kind) if type(kind) is str else None
        if member is None:
            leg.losses.add("dropped", "content", str(kind), path, "delta unknown")
            return
        for name, rest in delta.items():
            if name not in ("type", member) and rest is not None:
                leg.losses.add("dropped", "envelope", name, (*path, name), "member unknown")
        value = delta.get(member)
        if value is None:
            return
        if kind == "citations_delta":
            self.citations.append(value)
            return
        if type(value) is not str:
            leg.invalid((*path, member), "string", value)
        if kind == "input_json_delta":
            if value:
                self.json.append(value)
        else:
            self.texts.setdefault(FILLS[str(kind)], []).append(value)

    def _replace(self, name: str, value: Any, leg: Leg, path: Path) -> None:
        """A member that a delta says whole. Losses: what was said of it before, when it was something else."""
        losses, held = leg.losses, self.native.get(name)
        now = losses.prefix
        if held is not None and held != value:
            losses.prefix, place = self.places.get(name) or (self.start[0], (*self.start[1], name))
            losses.add("dropped", "content", name, place, "the last delta counts")
            losses.prefix = now
        self.native[name], self.places[name] = value, (now, path)

    def whole(self, leg: Leg) -> Json:
        """The block."""
        block = self.native
        for name, pieces in self.texts.items():
            start = block.get(name)
            block[name] = (start if type(start) is str else "") + "".join(pieces)
        if self.json:
            text = "".join(self.json)
            value = parse_object(text)
            block["input"] = {RAW: text} if value is None else value
        if self.citations:
            held = block.get("citations")
            block["citations"] = [*(held if type(held) is list else ()), *self.citations]
        self.texts, self.json, self.citations = {}, [], []
        return block


def unfold_block(block: Any, index: int, leg: Leg, path: Path) -> list[Json]:
    """A block -> its start, at most one delta a member, its stop."""
    if type(block) is not dict:
        leg.invalid(path, "object", block)
    kind = block.get("type")
    start: Json = dict(block)
    deltas: list[Json] = []
    if kind == "text":
        start["text"] = ""
        for citation in block["citations"] if type(block.get("citations")) is list else ():
            deltas.append({"type": "citations_delta", "citation": citation})
        if deltas:
            start["citations"] = []
        deltas.insert(0, {"type": "text_delta", "text": block.get("text") or ""})
    elif kind == "thinking":
        start["thinking"] = start["signature"] = ""
        deltas.append({"type": "thinking_delta", "thinking": block.get("thinking") or ""})
        if block.get("signature"):
            deltas.append({"type": "signature_delta", "signature": block["signature"]})
    elif kind in ("tool_use", "server_tool_use", "mcp_tool_use") and type(block.get("input")) is dict:
        start["input"] = {}
        given = block["input"]
        raw = given.get(RAW) if len(given) == 1 else None
        text = raw if type(raw) is str and parse_object(raw) is None else dumps(given)
        deltas.append({"type": "input_json_delta", "partial_json": text})
    return [
        {"type": "content_block_start", "index": index, "content_block": start},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


class Block:
    """The block that is open: what its row and its end need, no text that has gone out."""

    __slots__ = (
        "call", "citations", "delta", "entry", "extra", "gathered", "head", "index", "kind", "length", "native", "pieces", "place",
        "sent",
    )  # fmt: skip

    def __init__(self, kind: str, index: int, native: Json) -> None:
        self.kind, self.index, self.native = kind, index, native
        self.delta = ""  # kind of the deltas that `ToUnified.quick` takes
        self.head, self.length = "", 0
        self.citations: list[Any] = []
        self.extra: Json = {}
        self.entry = self.call = 0
        self.sent = False
        self.pieces: list[str] | None = None  # arguments of a custom tool's call, which go out whole
        self.gathered: Gathered | None = None
        self.place: Path = ()  # of its start among the events
