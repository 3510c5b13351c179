"""What the way from elements to chunks knows of one candidate."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json
from translate.providers.gemini import citations, partial
from translate.shared.stream_rows import StreamRows


class Candidate:
    """State of one candidate: the block that is open, what waits for the end."""

    __slots__ = (
        "audio", "blocks", "calls", "citation", "closed", "content_more", "first_text", "grounding", "head", "images", "index",
        "kind", "length", "logprobs", "more", "odd", "partial", "reason", "role", "rows", "since", "texts", "uncounted", "where",
    )  # fmt: skip

    def __init__(self, index: int) -> None:
        self.index = index
        self.rows = StreamRows(entries=False)
        self.kind = ""  # of the open block: text, reasoning or nothing
        self.head, self.length = "", 0
        self.first_text = False
        self.blocks = 0  # parts so far, runs counted once
        self.calls = self.images = 0
        self.audio = self.role = False
        self.reason: Any = None  # finishReason that waits for the end
        self.where: Path = ()
        self.since: Path = ()  # the element that it came in
        self.partial: partial.Calls | None = None  # of calls whose arguments come in pieces
        self.more: Json = {}  # other members: their last value counts
        self.content_more: Json = {}
        self.odd = False  # there is more to say at the end than its reason
        self.grounding: Any = None
        self.citation: Any = None
        self.logprobs: Json | None = None
        self.texts: citations.Texts | None = None
        self.uncounted = 0  # characters of the open text that `texts` has not been told of: plain pieces come fast

    def counted(self) -> citations.Texts:
        """The texts so far."""
        if self.texts is None:
            self.texts = citations.Texts()
        if self.uncounted:
            self.texts.plain(self.blocks - 1, self.uncounted)
            self.uncounted = 0
        return self.texts
