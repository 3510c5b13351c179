"""
Reasoning inside the content, between tags: `<think>` first, then the answer. Some servers and models say it so.

What stands around the reasoning (blanks, line ends) is kept where it is not the usual spelling, so that history goes back as it came.
"""

from __future__ import annotations

from translate.leg import Json

OPEN, CLOSE = "<think>", "</think>"
USUAL = ("<think>\n", "\n</think>\n\n")
MARK = "think"  # member of the bag: what stood before and behind the reasoning
MOST_BLANKS = 64  # around the tags: a stream holds them back


def split(text: str) -> tuple[str, str, tuple[str, str]] | None:
    """Reasoning, answer and what stood around the reasoning; None for a text that does not begin with reasoning."""
    splitter = Splitter()
    reasoning, content = splitter.feed(text)
    more, rest = splitter.end()
    return None if splitter.phase == "plain" else (reasoning + more, content + rest, (splitter.lead, splitter.tail))


def joined(reasoning: str, content: str, around: object) -> str:
    """The content as the server says it."""
    lead, tail = USUAL
    if type(around) is list and len(around) == 2 and all(type(one) is str for one in around):
        lead, tail = around
    return f"{lead}{reasoning}{tail}{content}"


def mark(around: tuple[str, str], reasoning: str) -> list[str] | None:
    """What the bag has to keep of the spelling: another than the usual one, and tags with nothing in them."""
    return None if around == USUAL and reasoning else list(around)


def split_message(message: Json, out: Json, key: str) -> None:
    """The content of a message read into `out`, where the server gave no reasoning beside it."""
    from translate.shared import bag

    text = out.get("content")
    if type(text) is not str or OPEN not in text or out.get("reasoning_content") or message.get("role") not in (None, "assistant"):
        return
    found = split(text)
    if found is not None:
        reasoning, content, around = found
        out["content"] = content or None
        if reasoning:
            out["reasoning_content"] = reasoning
        kept = mark(around, reasoning)
        if kept:
            bag.put(out, key, MARK, kept)


class Splitter:
    """
    Pieces of content -> pieces of reasoning and of the answer.

    phase: `start` until the text can be told, `inside` the reasoning, `gap` behind it, `after` it, `plain` where there is none.
    """

    __slots__ = ("held", "lead", "phase", "tail")

    def __init__(self) -> None:
        self.phase = "start"
        self.held = self.lead = self.tail = ""

    def feed(self, text: str) -> tuple[str, str]:
        """Reasoning and content that can be told by now."""
        reasoning = ""
        if self.phase == "start":
            text = self._begun(self.held + text)
        if self.phase == "inside":
            reasoning, text = self._inside(self.held + text)
        if self.phase == "gap":
            text = self._gap(text)
        return reasoning, "" if self.phase in ("start", "inside") else text

    def end(self) -> tuple[str, str]:
        """What was held back, at the end of the text."""
        held, self.held = self.held, ""
        if self.phase == "inside":
            return held, ""
        if self.phase == "start" and held.lstrip()[: len(OPEN)] == OPEN:
            self.phase, self.lead = "inside", held
            return "", ""
        if self.phase == "start":
            self.phase = "plain"
        return "", held

    def _begun(self, text: str) -> str:
        """Holds the text back while it may still begin with the tag; what stands behind the tag."""
        bare = text.lstrip()
        blanks = len(text) - len(bare)
        self.held = ""
        if blanks > MOST_BLANKS or not (bare.startswith(OPEN) or OPEN.startswith(bare)):
            self.phase = "plain"
            return text
        if len(bare) <= len(OPEN):  # the line end behind the tag is still to come
            self.held = text
            return ""
        end = blanks + len(OPEN) + (bare[len(OPEN)] == "\n")
        self.phase, self.lead = "inside", text[:end]
        return text[end:]

    def _inside(self, text: str) -> tuple[str, str]:
        at = text.find(CLOSE)
        self.held = ""
        if at >= 0:
            end = at - (text[at - 1 : at] == "\n")
            self.phase, self.tail = "gap", text[end : at + len(CLOSE)]
            return text[:end], text[at + len(CLOSE) :]
        closing = "\n" + CLOSE
        for size in range(min(len(closing) - 1, len(text)), 0, -1):
            if closing.startswith(text[-size:]) or CLOSE.startswith(text[-size:]):
                self.held = text[-size:]
                return text[:-size], ""
        return text, ""

    def _gap(self, text: str) -> str:
        bare = text.lstrip()
        blanks = text[: len(text) - len(bare)]
        room = MOST_BLANKS - len(self.tail)
        self.tail += blanks[:room]
        rest = blanks[room:] + bare
        if rest:
            self.phase = "after"
        return rest
