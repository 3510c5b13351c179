"""What a Responses stream is assembled from: items, their growing parts, and what one event adds to them."""

from __future__ import annotations

from typing import Any, NamedTuple

from translate.leg import Json

# Members of all events.
ENVELOPE = frozenset((
    "type", "sequence_number", "response", "item", "output_index", "item_id", "content_index", "summary_index", "annotation_index",
    "delta", "text", "part", "logprobs", "refusal", "arguments", "input", "name", "annotation", "obfuscation", "error", "code",
    "message", "param", "command", "command_index", "partial_image_b64", "partial_image_index", "output_format", "quality", "size",
    "background", "diff", "output",
))  # fmt: skip
MOST_ITEMS = 4096  # items, and parts of one item
TEXT_OF = {"output_text": "text", "text": "text", "refusal": "refusal", "reasoning_text": "text", "summary_text": "text"}
CONTENT, SUMMARY, CALL = "content", "summary", "call"
TOLD_AT_START = frozenset(("message", "reasoning", "function_call", "custom_tool_call"))
GROWS = frozenset(("type", "status", "content", "summary", "arguments", "input", "encrypted_content"))  # not told at the start

# Progress of hosted tools, and repeats of what the item says whole at its end: nothing comes of them.
# Audio beside the items, which the finished answer has no place for.
AUDIBLE = frozenset(f"response.audio.{name}" for name in ("delta", "done", "transcript.delta", "transcript.done"))
SILENT = frozenset(
    f"response.{name}" for name in (
        *(f"web_search_call.{step}" for step in ("in_progress", "searching", "completed")),
        *(f"x_search_call.{step}" for step in ("in_progress", "searching", "completed")),
        *(f"file_search_call.{step}" for step in ("in_progress", "searching", "completed")),
        *(f"code_interpreter_call.{step}" for step in ("in_progress", "interpreting", "completed")),
        "code_interpreter_call_code.delta", "code_interpreter_call_code.done",
        *(f"image_generation_call.{step}" for step in ("in_progress", "generating", "partial_image", "completed")),
        *(f"mcp_list_tools.{step}" for step in ("in_progress", "completed", "failed")),
        *(f"mcp_call.{step}" for step in ("in_progress", "completed", "failed")),
        "mcp_call_arguments.delta", "mcp_call_arguments.done",
        "shell_call_command.added", "shell_call_command.delta", "shell_call_command.done",
        "shell_call_output_content.delta", "shell_call_output_content.done",
        "apply_patch_call_operation_diff.delta", "apply_patch_call_operation_diff.done",
        "reasoning_summary_part.done", "reasoning_part.done", "compaction.compacting",
    )
) | {"keepalive", "ping"}  # fmt: skip


class Part:
    """A text that grows: of a message, a refusal, reasoning, or the arguments of a call."""

    __slots__ = ("annotations", "family", "kind", "number", "pieces", "tokens", "value", "written")

    def __init__(self, family: str, number: int, kind: str) -> None:
        self.family, self.number, self.kind = family, number, kind
        self.written = False  # as a row, of a kind the chat form does not have
        self.pieces: list[str] = []
        self.annotations: list[Json] = []
        self.tokens: list[Json] = []
        self.value: Json = {}  # the part as its own events tell it

    @property
    def text(self) -> str:
        """All pieces so far."""
        if len(self.pieces) > 1:
            self.pieces = ["".join(self.pieces)]
        return self.pieces[0] if self.pieces else ""


class Item:
    """An output item: as it was added, its parts, and as it was finished."""

    __slots__ = ("added", "closed", "final", "index", "kind", "parts", "position", "state")

    def __init__(self, index: int, position: int, added: Json) -> None:
        self.index, self.position, self.added = index, position, added
        self.kind: str = added.get("type") or ("message" if "role" in added else "")
        self.parts: dict[tuple[str, int], Part] = {}
        self.final: Json = {}
        self.closed = False
        self.state: Any = None  # the reader's own


class Op(NamedTuple):
    """What an event adds. kind: open, part, text, annotation, close."""

    kind: str
    item: Item
    part: Part | None = None
    value: Any = None
    tokens: list[Json] | None = None


def with_bytes(token: Json) -> Json:
    """Events leave out the bytes that items have; those of the text stand in."""
    out = dict(token)
    if out.get("bytes") is None and type(out.get("token")) is str:
        out["bytes"] = list(out["token"].encode("utf-8", "replace"))
    tops = out.get("top_logprobs")
    if type(tops) is list:
        out["top_logprobs"] = [with_bytes(top) if type(top) is dict else top for top in tops]
    return out


def without_cipher(item: Json) -> Json:
    """An item without its id and its encrypted content, which is another one in each event."""
    return {name: value for name, value in item.items() if name not in ("encrypted_content", "id") and value is not None}


def native_part(part: Part) -> Json:
    """The part as its pieces amount to."""
    member = TEXT_OF.get(part.kind)
    if member is None:
        return part.value
    value: Json = {"type": part.kind, member: part.text}
    if part.annotations:
        value["annotations"] = list(part.annotations)
    if part.tokens:
        value["logprobs"] = list(part.tokens)
    return value
