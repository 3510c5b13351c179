"""
What the core asks of the machines of a stream besides `feed` and `flush`: short ways, each of which gives exactly what `feed`
gives, or None where it does not know. A machine that has none of them works all the same.
"""

from __future__ import annotations

from typing import Any


class Reader:
    """
    Native events -> unified chunks.

    quick(event): the one chunk of a further piece of what is open. common(event): the chunks of an event of the usual shapes,
    which needs no scrub; it may raise InvalidDocument as `feed`. Both leave the machine as it was where they give None.
    """

    __slots__ = ()
    quick: Any = None
    common: Any = None


class Writer:
    """
    Unified chunks -> native events.

    settled: a chunk that differs from the last one in its text alone, or in its choice alone, may take the short ways:
    text(chunk): the events of a further text or piece of arguments. run(choice): a function text -> event for those that follow
    the chunk of this choice, which was taken (`shared.runs`). likewise(choice, fragment): the events of a chunk that is the last
    one but for its only choice, a call that begins with this fragment, or the end.
    """

    __slots__ = ()
    settled = False
    text: Any = None

    def run(self, choice: Any) -> Any:
        """None: each piece has to be looked at."""
        return None

    def likewise(self, choice: Any, fragment: Any) -> Any:
        """None: `feed` has to look at the chunk."""
        return None
