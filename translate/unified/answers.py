"""Responses, chunks of a stream and errors."""

from typing import Any, Required, TypeAlias

from typing_extensions import TypedDict

from translate.unified.marks import Extensible, JsonObject
from translate.unified.speech import Annotation, Audio, ProducedImage, ReasoningDetail, Spoken


class TopLogprob(TypedDict, total=False):
    token: str | None
    logprob: float | None
    bytes: list[int] | None


class TokenLogprob(TopLogprob, total=False):
    """A logprob of -9999.0 means very unlikely."""

    top_logprobs: list[TopLogprob] | None


class Logprobs(TypedDict, total=False):
    content: list[TokenLogprob] | None
    refusal: list[TokenLogprob] | None


class PromptTokensDetails(TypedDict, total=False):
    """Parts of prompt_tokens."""

    cached_tokens: int | None
    cache_write_tokens: int | None
    audio_tokens: int | None
    image_tokens: int | None
    text_tokens: int | None


class CompletionTokensDetails(TypedDict, total=False):
    """Parts of completion_tokens."""

    reasoning_tokens: int | None
    audio_tokens: int | None
    image_tokens: int | None
    text_tokens: int | None
    accepted_prediction_tokens: int | None
    rejected_prediction_tokens: int | None


class Usage(Extensible, total=False):
    """Inclusive counts: prompt + completion = total."""

    prompt_tokens: int | None
    completion_tokens: int | None
    total_tokens: int | None
    prompt_tokens_details: PromptTokensDetails | None
    completion_tokens_details: CompletionTokensDetails | None


class ResponseMessage(Spoken, total=False):
    role: str | None
    content: str | None


class Choice(Extensible, total=False):
    """finish_reason: stop, length, tool_calls, content_filter, function_call. native_finish_reason: the provider's own word."""

    index: int | None
    message: ResponseMessage | None
    finish_reason: str | None
    native_finish_reason: str | None
    logprobs: Logprobs | None


class Answer(Extensible, total=False):
    """What response and chunk have alike."""

    id: str | None
    object: str | None
    created: int | None
    model: str | None
    usage: Usage | None
    service_tier: str | None
    system_fingerprint: str | None
    moderation: JsonObject | None


class UnifiedResponse(Answer, total=False):
    """`chat.completion`."""

    choices: Required[list[Choice] | None]
    metadata: JsonObject | None


class FunctionDelta(Extensible, total=False):
    name: str | None
    arguments: str | None


class CustomDelta(Extensible, total=False):
    name: str | None
    input: str | None


class ToolCallDelta(Extensible, total=False):
    """A fragment: id, type and name come with the first of an index. Without index: the call of that id, else a new one."""

    index: int | None
    id: str | None
    type: str | None
    function: FunctionDelta | None
    custom: CustomDelta | None


class Delta(Extensible, total=False):
    """reasoning: alias."""

    role: str | None
    content: str | None
    refusal: str | None
    function_call: FunctionDelta | None
    tool_calls: list[ToolCallDelta] | None
    audio: Audio | None
    annotations: list[Annotation] | None
    reasoning_content: str | None
    reasoning: str | None
    reasoning_details: list[ReasoningDetail] | None
    images: list[ProducedImage] | None


class ChunkChoice(Extensible, total=False):
    index: int | None
    delta: Delta | None
    finish_reason: str | None
    native_finish_reason: str | None
    logprobs: Logprobs | None


class ErrorObject(Extensible, total=False):
    """code is a string; other servers write numbers."""

    message: str | None
    type: str | None
    param: str | None
    code: str | int | None


class UnifiedChunk(Answer, total=False):
    """`chat.completion.chunk`; an error in mid-stream is `{"error": {...}}` alone."""

    choices: list[ChunkChoice] | None
    obfuscation: str | None
    error: str | ErrorObject | None


UnifiedEvent: TypeAlias = UnifiedChunk


class UnifiedError(TypedDict, total=False):
    """`{"error": {...}}`. Read as well: a text as error, the members of the error object at the top, `detail` in its place."""

    error: str | ErrorObject | None
    message: str | None
    detail: Any
