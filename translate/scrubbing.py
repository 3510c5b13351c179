"""
What every document is looked through for before it is read: text that has no UTF-8, and nesting that nothing can carry on.

Both are one walk over the containers, level by level, so that the depth is the number of levels and no input can
exhaust the stack.
"""

from __future__ import annotations

from marshal import dumps
from typing import Any

from translate.errors import InvalidDocument, Path
from translate.loss import Loss, Losses

# Levels of containers. Python's own JSON encoder gives up short of 1,000 frames, those of its caller included, and a spoke
# needs several a level; the deepest recorded document has 12.
DEEPEST = 128


def scrub(body: Any, format: str, kind: str, prefix: Path = ()) -> tuple[Any, list[Loss]]:
    """
    The document with U+FFFD for lone surrogates, so that what comes out encodes to UTF-8; itself when there are none.

    prefix: the index of the event in a stream. Losses: approximated, one for each such text.
    Raises: InvalidDocument for more than DEEPEST levels, its path leads to the first container below them.
    """
    if not has_surrogate(body, format, kind, prefix):
        return body, []
    losses = Losses("unified")
    return _scrubbed(body, prefix, losses), losses.items


def has_surrogate(value: Any, format: str, kind: str, prefix: Path = ()) -> bool:
    """
    Whether any text of the document, keys included, has a lone surrogate. Raises as `scrub`.

    One that is not ASCII needs more than a look (`isascii` reads a flag).
    """
    if type(value) is str:
        return not value.isascii() and lone(value)
    found = False
    level = [value]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for holder in level:
            if type(holder) is dict:
                for name in holder:
                    if type(name) is str and not name.isascii() and lone(name):
                        found = True
                members: Any = holder.values()
            else:
                members = holder if type(holder) is list else ()
            for member in members:
                inner = type(member)
                if inner is str:
                    if not member.isascii() and lone(member):
                        found = True
                elif inner is dict or inner is list:
                    below.append(member)
        if not below:
            return found
        level = below
    raise InvalidDocument(
        format=format, kind=kind, path=(*prefix, *_deep_path(value)), expected=f"at most {DEEPEST} levels", got="deeper nesting"
    )


def is_clean(holder: Any) -> bool:
    """
    Whether values of any shape, held as the document holds them, need no scrubbing and are not too deep; never raises.

    marshal writes them down in a third of the time of a walk. Half a pair is written as bytes that begin with ED (as are a few
    other things: then the walk tells), and no document is deeper than it has containers. For tools, schemas and the like: of
    media it would make a copy.
    """
    try:
        written = dumps(holder)
    except ValueError:  # what JSON does not have, or thousands of levels
        written = _UNTOLD
    if _UNTOLD not in written:
        return len(written) - len(written.translate(None, _CONTAINERS)) <= DEEPEST or not too_deep(holder, DEEPEST)
    try:
        return not has_surrogate(holder, "", "")
    except InvalidDocument:
        return False


_UNTOLD = b"\xed"
# marshal's codes of objects and arrays, with its flag and without.
_CONTAINERS = b"{\xfb[\xdb"


def too_deep(value: Any, most: int = DEEPEST + 1) -> bool:
    """Whether a value has more than so many levels of containers."""
    level = [value]
    for _ in range(most):
        level = [
            member
            for holder in level
            for member in (holder.values() if type(holder) is dict else holder if type(holder) is list else ())
            if type(member) is dict or type(member) is list
        ]
        if not level:
            return False
    return True


def _deep_path(value: Any) -> Path:
    """Path of the first container below the levels."""
    level: list[tuple[Path, Any]] = [((), value)]
    for _ in range(DEEPEST):
        level = [
            ((*path, step), member)
            for path, holder in level
            for step, member in (holder.items() if type(holder) is dict else enumerate(holder))
            if type(member) is dict or type(member) is list
        ]
    return level[0][0]


def lone(text: str) -> bool:
    """Whether a text has a surrogate without its other half."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def replaced(text: str) -> str:
    """The text with U+FFFD for every lone surrogate; halves that belong together become their character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _scrubbed(value: Any, path: Path, losses: Losses) -> Any:
    if type(value) is str:
        if not lone(value):
            return value
        feature = str(path[-1]) if path else "document"
        losses.add("approximated", "content", feature, path, "lone surrogate; U+FFFD in its place")
        return replaced(value)
    if type(value) is dict:
        return {
            (_scrubbed(name, (*path, name), losses) if type(name) is str else name): _scrubbed(member, (*path, name), losses)
            for name, member in value.items()
        }
    if type(value) is list:
        return [_scrubbed(member, (*path, spot), losses) for spot, member in enumerate(value)]
    return value
