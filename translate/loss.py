"""What a conversion lost, and the shape every public conversion returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from translate.errors import Path, pointer

Kind = Literal["dropped", "approximated", "defaulted"]
Scope = Literal["content", "behaviour", "envelope"]


class Loss(NamedTuple):
    """
    One thing that did not survive as it was.

    kind: dropped (no place for it), approximated (meaning changed), defaulted (the target demands what the source lacks).
    scope: content (the conversation), behaviour (what steers the model), envelope (bookkeeping of the exchange).
    path: JSON pointer into the document that leg read; target: the format that leg wrote.
    """

    kind: Kind
    scope: Scope
    feature: str
    path: str
    target: str
    note: str

    def to_dict(self) -> dict[str, str]:
        """JSON-ready form."""
        return self._asdict()


_made = tuple.__new__  # a named tuple without its own constructor, which costs as much as all the rest of `add`


class Losses:
    """Collects the losses of one leg. Paths come as tuples and are joined only here."""

    __slots__ = ("items", "moved", "prefix", "target")

    def __init__(self, target: str) -> None:
        self.target = target
        self.items: list[Loss] = []
        # Places of the repaired document -> places of the caller's one (legacy upgrade, pairing repairs).
        self.moved: dict[Path, Path] = {}
        self.prefix: Path = ()  # of every path: the index of the event in a stream

    def add(self, kind: Kind, scope: Scope, feature: str, path: Path, note: str) -> None:
        """Reports one loss; `path` leads to the member that is lost, in the document this leg reads."""
        if self.moved:
            path = self._caller_path(path)
        self.items.append(_made(Loss, (kind, scope, feature, pointer(self.prefix + path), self.target, note)))

    def dropped(self, scope: Scope, feature: str, path: Path, note: str) -> None:
        """Shorthand of `add` for what has no place at the target."""
        self.add("dropped", scope, feature, path, note)

    def gathered(self, places: dict[Path, Path]) -> _Gathered:
        """
        For the losses of what came in several events: `with losses.gathered(places)`.

        places: those of the whole -> where each came from in the stream, its event included. Others belong to the event at hand.
        """
        return _Gathered(self, places)

    def _caller_path(self, path: Path) -> Path:
        if len(self.moved) == 1:  # an older spelling of one member, most often
            ((start, place),) = self.moved.items()
            return place + path[len(start) :] if path[: len(start)] == start else path
        for cut in range(len(path), -1, -1):
            moved = self.moved.get(path[:cut])
            if moved is not None:
                return moved + path[cut:]
        return path


class _Gathered:
    """While it lasts, paths lead into the whole that was gathered, and are told as places of the stream."""

    __slots__ = ("before", "losses", "places")

    def __init__(self, losses: Losses, places: dict[Path, Path]) -> None:
        self.losses, self.places = losses, places

    def __enter__(self) -> None:
        losses = self.losses
        self.before = losses.prefix, losses.moved
        losses.prefix, losses.moved = (), {(): losses.prefix, **self.places}

    def __exit__(self, *_: object) -> None:
        self.losses.prefix, self.losses.moved = self.before


class Converted(NamedTuple):
    """
    Result of a conversion.

    value: the document, JSON-ready. losses: what it lost. route: what travels outside the body (`model`, `stream`, `path`,
    `query`, `headers`; errors: `status` too). memo: opaque; hand it to the conversion of the answer as `Options(memo=...)`.
    """

    value: Any
    losses: list[Loss]
    route: dict[str, Any]
    memo: Mapping[str, Any]
