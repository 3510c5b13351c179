"""
Runs: most chunks of a stream are the one before but for their text, a further piece of what is open.

`Run.look` finds them by one comparison of the whole, and a writer's `run(choice)` says what their texts become, so that a piece
costs no look at the state of either side.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from translate.leg import Json
from translate.scrubbing import lone

Look = Callable[[Any], str | None]
Say = Callable[[str], Json | None]  # the event of a piece; None where it is held until more has come
# Pieces one after another from which on a run is looked for: to begin it costs as much as they do. Where that came to nothing, as
# where two answers take turns, many times as many.
LONG = 3
LONGER = 8
_OTHER = (KeyError, IndexError, TypeError, ValueError)  # what a chunk of another shape makes of the way to the text


class Run:
    """What the chunks of a run are equal to, with a place for the text of each."""

    __slots__ = ("known", "name", "padded", "slot")

    def look(self, choice: Json, envelope: Json) -> Look:
        """
        The look at the chunks behind one with this choice, at which `chat_fast.text_choice` has looked: the text of a chunk that
        is equal but for it; None for every other one. envelope: of that look, which takes the choices anew.
        """
        delta = choice["delta"]
        (name,) = delta
        if name != "tool_calls":
            return self.look_at(choice, envelope, name)
        self.known, self.padded, self.name = envelope, "obfuscation" in envelope, name
        self.slot = {"arguments": ""}
        fresh = choice.copy()
        fresh["delta"] = {name: [{"index": delta[name][0]["index"], "function": self.slot}]}
        envelope["choices"] = [fresh]
        return self._text

    def look_at(self, choice: Json, envelope: Json, name: str) -> Look:
        """The same for a text that stands among other members of a delta; of a native chunk too."""
        fresh = choice.copy()
        self.slot = fresh["delta"] = choice["delta"].copy()
        self.known, self.padded, self.name = envelope, "obfuscation" in envelope, name
        envelope["choices"] = [fresh]
        return self._text

    def _text(self, event: Any) -> str | None:
        try:
            choice, name = event["choices"][0], self.name
            delta = choice["delta"]
            if name not in delta:  # at the end of nearly every run, where an exception would cost more
                return None
            text = delta[name]
            if name == "tool_calls":
                name, piece = "arguments", text[0]
                text = piece["function"]["arguments"]
                if type(piece["index"]) is not int:
                    return None
            self.slot[name] = text
            index, created = choice["index"], event["created"]
            if self.padded and not self._is_padded(event):
                return None
        except _OTHER:
            return None
        # 1.0 == 1 == True: what is equal to a number may be none.
        if event != self.known or type(text) is not str or not text or type(index) is not int or type(created) is not int:
            return None
        return text if text.isascii() or not lone(text) else None

    def _is_padded(self, event: Json) -> bool:
        """OpenAI pads each chunk with a text of another length: it goes into what is known, so that only the rest is compared."""
        padding = self.known["obfuscation"] = event["obfuscation"]
        return type(padding) is str and padding.isascii()
