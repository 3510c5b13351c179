"""Events of a Responses stream, numbered: of whole items at once, and piece by piece."""

from __future__ import annotations

from typing import Any

from translate.leg import Json

TEXTS = {"output_text": ("output_text", "text"), "refusal": ("refusal", "refusal"), "reasoning_text": ("reasoning_text", "text")}
CALLS = {
    "function_call": ("function_call_arguments", "arguments"), "custom_tool_call": ("custom_tool_call_input", "input"),
}  # fmt: skip


class Events:
    """One counter for a whole stream."""

    __slots__ = ("number",)

    def __init__(self) -> None:
        self.number = 0

    def make(self, kind: str, **members: Any) -> Json:
        """An event with the next sequence number."""
        event = {"type": kind if kind == "error" else f"response.{kind}", **members, "sequence_number": self.number}
        self.number += 1
        return event

    def added(self, index: int, item: Json) -> Json:
        """An item opens: nothing of what grows is in it yet."""
        kind = item.get("type")
        start = dict(item)
        if kind == "message":
            start.update(status="in_progress", content=[])
        elif type(kind) is str and kind in CALLS:
            start[CALLS[kind][1]] = ""
            if "status" in start:
                start["status"] = "in_progress"
        elif kind == "reasoning":
            start = {name: value for name, value in item.items() if name not in ("content", "encrypted_content", "status")}
            start["summary"] = []
        elif kind == "image_generation_call":
            start.update(status="in_progress", result=None)
        return self.make("output_item.added", output_index=index, item=start)

    def done(self, index: int, item: Json) -> Json:
        """An item is complete."""
        return self.make("output_item.done", output_index=index, item=item)

    def part_added(self, index: int, item_id: str, number: int, part: Json) -> Json:
        """A part of a message, or of raw reasoning, opens."""
        kind = part.get("type", "output_text")
        start: Json = {"type": kind, TEXTS[kind][1]: ""} if type(kind) is str and kind in TEXTS else part
        if kind == "output_text":
            start.update(annotations=[], logprobs=[])
        return self.make("content_part.added", item_id=item_id, output_index=index, content_index=number, part=start)

    def text(self, index: int, item_id: str, number: int, kind: str, text: str, tokens: list[Json] | None = None) -> Json:
        """A piece of text, refusal or raw reasoning."""
        members: Json = {"item_id": item_id, "output_index": index, "content_index": number, "delta": text}
        if kind == "output_text":
            members["logprobs"] = _bare(_objects(tokens))
        return self.make(f"{TEXTS[kind][0]}.delta", **members)

    def annotation(self, index: int, item_id: str, number: int, spot: int, annotation: Json) -> Json:
        """A citation."""
        return self.make(
            "output_text.annotation.added", item_id=item_id, output_index=index, content_index=number, annotation_index=spot,
            annotation=annotation,
        )  # fmt: skip

    def part_done(self, index: int, item_id: str, number: int, part: Json) -> list[Json]:
        """A part is complete."""
        kind = part.get("type", "output_text")
        place: Json = {"item_id": item_id, "output_index": index, "content_index": number}
        out: list[Json] = []
        if type(kind) is str and kind in TEXTS:
            word, member = TEXTS[kind]
            more = {"logprobs": _bare(_objects(part.get("logprobs")))} if kind == "output_text" else {}
            out.append(self.make(f"{word}.done", **place, **{member: part.get(member, "")}, **more))
        out.append(self.make("content_part.done", **place, part=part))
        return out

    def summary_added(self, index: int, item_id: str, number: int) -> Json:
        """A part of a reasoning summary opens."""
        return self.make(
            "reasoning_summary_part.added", item_id=item_id, output_index=index, summary_index=number,
            part={"type": "summary_text", "text": ""},
        )  # fmt: skip

    def summary(self, index: int, item_id: str, number: int, text: str) -> Json:
        """A piece of it."""
        return self.make("reasoning_summary_text.delta", item_id=item_id, output_index=index, summary_index=number, delta=text)

    def summary_done(self, index: int, item_id: str, number: int, text: str) -> list[Json]:
        """It is complete."""
        place: Json = {"item_id": item_id, "output_index": index, "summary_index": number}
        return [
            self.make("reasoning_summary_text.done", **place, text=text),
            self.make("reasoning_summary_part.done", **place, part={"type": "summary_text", "text": text}),
        ]

    def arguments(self, index: int, item_id: str, kind: str, text: str) -> Json:
        """A piece of a call's arguments or input."""
        return self.make(f"{CALLS[kind][0]}.delta", item_id=item_id, output_index=index, delta=text)

    def arguments_done(self, index: int, item_id: str, kind: str, text: str) -> Json:
        """They are complete."""
        word, member = CALLS[kind]
        return self.make(f"{word}.done", item_id=item_id, output_index=index, **{member: text})

    def whole(self, index: int, item: Json) -> list[Json]:
        """All events of an item, each text in one piece."""
        kind = item.get("type")
        out = [self.added(index, item)]
        identifier = _string(item.get("id"))
        if kind == "message" or kind == "reasoning":
            for number, part in enumerate(_objects(item.get("summary")) if kind == "reasoning" else ()):
                text = _string(part.get("text"))
                out.append(self.summary_added(index, identifier, number))
                if text:
                    out.append(self.summary(index, identifier, number, text))
                out += self.summary_done(index, identifier, number, text)
            for number, part in enumerate(_objects(item.get("content"))):
                out += self._whole_part(index, identifier, number, part)
        elif isinstance(kind, str) and kind in CALLS:
            text = _string(item.get(CALLS[kind][1]))
            if text:
                out.append(self.arguments(index, identifier, kind, text))
            out.append(self.arguments_done(index, identifier, kind, text))
        out.append(self.done(index, item))
        return out

    def _whole_part(self, index: int, identifier: str, number: int, part: Json) -> list[Json]:
        kind = part.get("type", "output_text")
        out = [self.part_added(index, identifier, number, part)]
        text = part.get(TEXTS[kind][1]) if type(kind) is str and kind in TEXTS else None
        if type(text) is str and text:
            tokens = part.get("logprobs")
            out.append(self.text(index, identifier, number, kind, text, tokens if type(tokens) is list else None))
        for spot, annotation in enumerate(_objects(part.get("annotations"))):
            out.append(self.annotation(index, identifier, number, spot, annotation))
        return out + self.part_done(index, identifier, number, part)


def _bare(tokens: list[Json]) -> list[Json]:
    """Token entries of events have no bytes."""
    return [
        {
            "token": token.get("token"), "logprob": token.get("logprob"),
            "top_logprobs": [
                {name: value for name, value in top.items() if name != "bytes"} for top in _objects(token.get("top_logprobs"))
            ],
        }
        for token in tokens
    ]  # fmt: skip


def _objects(value: Any) -> list[Json]:
    return [entry for entry in value if type(entry) is dict] if type(value) is list else []


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
