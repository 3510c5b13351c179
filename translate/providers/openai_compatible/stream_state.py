"""What a stream on its way to unified remembers of a choice and of a call."""

from __future__ import annotations

from translate.leg import Json
from translate.providers.openai_compatible.think_tags import Splitter


class Open:
    """A call on its way to unified. Until id and name are known its fragments are held back."""

    __slots__ = ("held", "identifier", "index", "is_open", "name", "pieces", "type")

    def __init__(self, index: int) -> None:
        self.index = index
        self.identifier = ""
        self.is_open = False
        self.name = self.type = ""  # as the first fragment that says them does
        self.held: Json = {}
        self.pieces: list[str] = []

    @property
    def head(self) -> Json:
        """What was said of the call so far, for `slot_of`."""
        return {"id": self.identifier}


class Choice:
    """State of one choice on its way to unified."""

    __slots__ = ("annotations", "calls", "details", "extra", "finished", "images", "marked", "message", "reasoned", "started", "tags")

    def __init__(self) -> None:
        self.started = False
        self.finished = False
        self.calls: dict[int, Open] = {}
        self.details: dict[tuple[int, str], tuple[int, Json]] = {}
        self.images = 0
        self.annotations = 0
        self.extra: Json = {}  # members of the bag that went out last
        self.tags = Splitter()  # of the dialects that say reasoning between tags
        self.marked = self.reasoned = False
        self.message: Json | None = None  # the last one that stood beside a delta
