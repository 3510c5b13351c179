"""
How an item of a Responses stream ends: what its end says whole completes the pieces before it, and what contradicts them is told,
as they were sent already.
"""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_responses.content import objects
from translate.providers.openai_responses.parts import (
    CALL,
    CONTENT,
    GROWS,
    SUMMARY,
    TEXT_OF,
    TOLD_AT_START,
    Item,
    Op,
    Part,
    native_part,
)
from translate.shared.arguments import dumps


class Finishing:
    """Items and the parts they grow by; `assembling.Assembly` feeds it."""

    __slots__ = ("items", "leg")

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.items: dict[int, Item] = {}  # by output_index

    def part(self, item: Item, family: str, number: int, kind: str, ops: list[Op]) -> Part:
        """A part of an item, opened when it is new."""
        part = item.parts.get((family, number))
        if part is None:
            part = Part(family, number, kind)
            item.parts[family, number] = part
            ops.append(Op("part", item, part))
        return part

    def _complete(self, item: Item, part: Part, whole: str, ops: list[Op], path: Path) -> None:
        """What of a whole text has not come in pieces. Losses: a whole that contradicts them, approximated."""
        seen = part.text
        if whole == seen:
            return
        if whole.startswith(seen):
            rest = whole[len(seen) :]
            part.pieces.append(rest)
            ops.append(Op("text", item, part, rest))
        else:
            self.leg.losses.add("approximated", "content", str(path[-1]), path, "contradicts the pieces before it, which were sent")

    def _finish(self, item: Item, final: Json, ops: list[Op], path: Path) -> None:
        """Completes the parts by what the finished item says, then closes it."""
        leg = self.leg
        if type(item.kind) is str and item.kind in TOLD_AT_START and item.added is not final:
            final = self._as_started(item, final, path)
        if item.kind in ("function_call", "custom_tool_call"):
            member = "arguments" if item.kind == "function_call" else "input"
            whole = final.get(member)
            if type(whole) is dict:
                whole = dumps(whole)
            if whole is not None and type(whole) is not str:
                leg.invalid((*path, member), "string", whole)
            if whole:
                self._complete(item, self.part(item, CALL, 0, item.kind, ops), whole, ops, (*path, member))
            seen = item.parts.get((CALL, 0))
            if seen is not None:
                final = {**final, member: seen.text}
        elif item.kind == "message":
            final = self._finish_parts(item, final, CONTENT, "output_text", ops, path)
        elif item.kind == "reasoning":
            final = self._finish_parts(item, final, SUMMARY, "summary_text", ops, path)
            final = self._finish_parts(item, final, CONTENT, "reasoning_text", ops, path)
        item.final = final
        item.closed = True
        ops.append(Op("close", item))

    def _as_started(self, item: Item, final: Json, path: Path) -> Json:
        """What was sent when the item opened stays. Losses: a name or call id that changes, approximated."""
        out = final
        for name, value in item.added.items():
            if value is None or name in GROWS or final.get(name) == value:
                continue
            if final.get(name) is None or name == "id":  # some servers change the id with every event
                out = {**out, name: value}
            elif name in ("name", "call_id"):
                self.leg.losses.add("approximated", "content", name, (*path, name), "another one when the call began, which was sent")
                out = {**out, name: value}
        return out

    def _finish_parts(self, item: Item, final: Json, family: str, word: str, ops: list[Op], path: Path) -> Json:
        listed = final.get(family)
        if type(listed) is not str:
            return self._finish_listed(item, final, listed, family, word, ops, path)
        whole = (*self.leg.losses.prefix, *path, family)
        with self.leg.losses.gathered({(*path, family, 0): whole, (*path, family, 0, "text"): whole}):
            return self._finish_listed(item, final, [{"type": word, "text": listed}], family, word, ops, path)

    def _finish_listed(
        self, item: Item, final: Json, listed: Any, family: str, word: str, ops: list[Op], path: Path
    ) -> Json:
        out: list[Json] = []
        changed = False
        for number, native in enumerate(objects(listed, self.leg, (*path, family))):
            kind = native.get("type", word)
            before = item.parts.get((family, number))
            if item.kind == "reasoning":
                native, kind = self._plain(native, word, (*path, family, number)), word
            elif before is not None and before.kind != kind:
                where = (*path, family, number, "type") if "type" in native else (*path, family, number)
                self.leg.losses.add("approximated", "content", "type", where, f"{before.kind} until now")
                native, kind, changed = native_part(before), before.kind, True
            member = TEXT_OF.get(kind) if type(kind) is str else None
            part = self.part(item, family, number, kind if type(kind) is str else "", ops)
            part.value = native
            if member is None:
                out.append(native)
                continue
            text = native.get(member)
            if type(text) is not str:
                self.leg.invalid((*path, family, number, member), "string", text)
            self._complete(item, part, text, ops, (*path, family, number, member))
            if part.text != text:
                native, changed = {**native, member: part.text}, True
            annotations = objects(native.get("annotations"), self.leg, (*path, family, number, "annotations"))
            for annotation in annotations[len(part.annotations) :] if annotations[: len(part.annotations)] == part.annotations else [
                annotation for annotation in annotations if annotation not in part.annotations
            ]:
                part.annotations.append(annotation)
                ops.append(Op("annotation", item, part, annotation))
            if len(annotations) < len(part.annotations):
                native, changed = {**native, "annotations": list(part.annotations)}, True
            else:
                part.annotations = annotations
            tokens = objects(native.get("logprobs"), self.leg, (*path, family, number, "logprobs"))
            if len(tokens) > len(part.tokens):
                rest = tokens[len(part.tokens) :]
                part.tokens += rest
                ops.append(Op("text", item, part, "", rest))
            if part.tokens and tokens != part.tokens:
                if tokens:
                    where = (*path, family, number, "logprobs")
                    self.leg.losses.add("approximated", "envelope", "logprobs", where, "contradicts the pieces before it, which were sent")
                native, changed = {**native, "logprobs": list(part.tokens)}, True
            out.append(native)
        changed = changed or (item.kind == "reasoning" and bool(out))
        more = [part for (name, number), part in sorted(item.parts.items()) if name == family and number >= len(out)]
        if more or changed:
            return {**final, family: [*out, *map(native_part, more)]}
        return final

    def _plain(self, native: Json, word: str, path: Path) -> Json:
        """A part of reasoning as its type and text alone, as it streams. Losses: the rest of it."""
        for name, value in native.items():
            if (name == "type" and value != word) or (name not in ("type", "text") and value is not None):
                self.leg.losses.add("dropped", "content", name, (*path, name), "no place in streamed reasoning")
        return {"type": word, "text": native.get("text")}

    def assembled(self, item: Item) -> Json:
        """An item that never ended: what its pieces amount to."""
        # The encrypted content it was added with is provisional.
        value = {name: member for name, member in item.added.items() if name not in ("encrypted_content", "status")}
        if item.kind in ("message", "function_call", "custom_tool_call"):
            value["status"] = "incomplete"
        elif item.added.get("status") is not None:
            value["status"] = item.added["status"]
        if item.kind == "message":
            value["content"] = []
        if item.kind in ("function_call", "custom_tool_call"):
            value["arguments" if item.kind == "function_call" else "input"] = ""
        return value
