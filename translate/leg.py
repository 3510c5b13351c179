"""One leg of a conversion: what a spoke's functions get beside the document, and the options a caller may set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from translate.errors import InvalidDocument, Path, kind_of
from translate.loss import Losses

if TYPE_CHECKING:
    from translate.registry import Format

Json = dict[str, Any]


@dataclass(frozen=True)
class Options:
    """
    What a pure function can not know. Nothing else is configurable.

    created: unix seconds for documents without a time. id, model: fill what document, route and memo lack.
    memo: of the request, when its answer is converted. route: model and stream of a body that lacks them; `{"path": ...}` will do.
    default_max_tokens: where the target demands a limit. api_version: the target's, or the source's, version word.
    model_facts: `{"model" or "prefix*": {fact: value}}` over the built-in tables. extra: top-level keys of the native request.
    """

    created: int = 0
    id: str | None = None
    model: str | None = None
    memo: Mapping[str, Any] | None = None
    route: Mapping[str, Any] | None = None
    default_max_tokens: int = 4096
    api_version: str | None = None
    model_facts: Mapping[str, Mapping[str, Any]] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


DEFAULTS = Options()


NOTHING: Json = {}


class Leg:
    """
    The native format of this leg, its losses, the options, and what goes beside the body.

    row: the format on the native side (also when the other side is unified). kind: request, response, event, error.
    memo: requests write it, answers read it. route: in `to_unified` what the caller says of the way the body came (`model`,
    `stream` parsed from its path), in `to_native` what `convert` hands out beside the body. plain: the survey knows all messages
    of the request, or all of the response (`translate.survey`); echoed: `prepare` makes them so; opened: what a spoke's
    `opened_odd` gave of messages that are plain but for what only it knows; rest, beside: tools and output schema that
    are remembered to be right, and their bytes.
    """

    __slots__ = ("beside", "echoed", "kind", "losses", "memo", "model", "opened", "options", "plain", "reading", "rest", "route", "row")

    def __init__(self, row: Format, kind: str, reading: bool, options: Options, losses: Losses) -> None:
        self.row, self.kind, self.reading, self.options, self.losses = row, kind, reading, options, losses
        self.memo: dict[str, Any] = {}
        self.route: dict[str, Any] = {}
        self.plain = self.echoed = False
        self.opened: Any = None
        self.rest: Json = NOTHING
        self.beside = b""
        self.model = ""  # model whose facts hold for this document; the spoke sets it when it knows

    @property
    def key(self) -> str:
        """Key of the bag `extra_content.<key>` this format writes and unpacks."""
        return self.row.key

    def invalid(self, path: Path, expected: str, value: object) -> NoReturn:
        """Refuses the document this leg reads."""
        name = self.row.name if self.reading else "unified"
        raise InvalidDocument(
            format=name, kind=self.kind, path=self._path(path), expected=expected, got=kind_of(value)
        )

    def missing(self, path: Path, name: str) -> NoReturn:
        """Refuses the document: a required member is not there; `path` leads to the object that lacks it."""
        form = self.row.name if self.reading else "unified"
        raise InvalidDocument(
            format=form, kind=self.kind, path=self._path(path), expected=f"member {name!r}", got="nothing"
        )

    def _path(self, path: Path) -> Path:
        # Losses know where a repaired document's places stand in the caller's.
        return self.losses.prefix + (self.losses._caller_path(path) if self.losses.moved else path)
