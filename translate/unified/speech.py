"""What an assistant message holds beside its text: calls, reasoning, images, citations, audio."""

from typing import Annotated, Any, Literal, Required, TypeAlias

from typing_extensions import TypedDict

from translate.unified.marks import Extensible, Marked, OneOf
from translate.unified.parts import ImageUrl


class FunctionOfCall(Extensible, total=False):
    """`arguments` is the text of a JSON object; empty or absent means no arguments, broken text is the reader's problem."""

    name: Required[str]
    arguments: str | None


class FunctionToolCall(Marked, total=False):
    """An id that is absent or empty is made up."""

    id: str | None
    type: Literal["function"] | None
    function: Required[FunctionOfCall]
    index: int | None


class CustomOfCall(Extensible, total=False):
    name: Required[str]
    input: str | None


class CustomToolCall(Marked, total=False):
    id: str | None
    type: Literal["custom"] | None
    custom: Required[CustomOfCall]
    index: int | None


class OtherToolCall(Marked, total=False):
    """A call of a type that is none of the above."""

    id: str | None
    type: Required[str]
    index: int | None


ToolCall: TypeAlias = Annotated[FunctionToolCall | CustomToolCall | OtherToolCall, OneOf("type", by_member=True)]


class LegacyFunctionCall(TypedDict, total=False):
    """Deprecated `function_call` of an assistant message: a call without an id."""

    name: Required[str]
    arguments: str | None


class ReasoningDetail(Extensible, total=False):
    """
    Lossless form of reasoning. type: reasoning.text (text, signature), reasoning.summary (summary), reasoning.encrypted (data),
    reasoning.server_tool_call (tool_name, arguments, result, tool_call_id); a bare {text} is a reasoning.text.
    """

    type: str | None
    id: str | None
    format: str | None
    index: int | None
    text: str | None
    signature: str | None
    summary: str | None
    data: str | None
    tool_name: str | None
    tool_call_id: str | None
    arguments: Any
    result: Any


class ThinkingBlock(TypedDict, total=False):
    """Member of `thinking_blocks`, alias of `reasoning_details`."""

    type: str | None
    thinking: str | None
    signature: str | None
    data: str | None


class ProducedImage(Extensible, total=False):
    """An image the model made (extension): `images` of an assistant message, each whole in one delta."""

    type: str | None
    index: int | None
    image_url: Required[ImageUrl]


class UrlCitation(TypedDict, total=False):
    start_index: int | None
    end_index: int | None
    title: str | None
    url: str | None


class Annotation(Extensible, total=False):
    """type: url_citation; others are a provider's own. index only in deltas."""

    type: str | None
    index: int | None
    url_citation: UrlCitation | None


class Audio(TypedDict, total=False):
    """Audio the model spoke; in a request's history the id alone."""

    id: str | None
    data: str | None
    expires_at: int | None
    transcript: str | None


class Spoken(Marked, total=False):
    """What an assistant message has in history and answer alike. reasoning, thinking_blocks: aliases."""

    refusal: str | None
    audio: Audio | None
    tool_calls: list[ToolCall] | None
    function_call: LegacyFunctionCall | None
    annotations: list[Annotation] | None
    reasoning_content: str | None
    reasoning: str | None
    reasoning_details: list[ReasoningDetail] | None
    thinking_blocks: list[ThinkingBlock] | None
    images: list[ProducedImage] | None
