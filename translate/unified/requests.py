"""A request and its settings."""

from typing import Annotated, Any, Literal, Required, TypeAlias

from typing_extensions import TypedDict

from translate.unified.marks import JsonObject, Marked, NotEmpty, OneOf
from translate.unified.messages import UnifiedMessage
from translate.unified.parts import Content
from translate.unified.tools import FunctionDefinition, Named, Tool, ToolChoice


class JsonSchemaFormat(TypedDict, total=False):
    name: str | None
    description: str | None
    schema: JsonObject | None
    strict: bool | None


class JsonSchemaResponseFormat(TypedDict, total=False):
    type: Required[Literal["json_schema"]]
    json_schema: Required[JsonSchemaFormat]


class OtherResponseFormat(TypedDict, total=False):
    """text, json_object, and the words of other servers."""

    type: Required[str]


ResponseFormat: TypeAlias = Annotated[JsonSchemaResponseFormat | OtherResponseFormat, OneOf("type")]


class Voice(TypedDict, total=False):
    id: Required[str]


class AudioOutput(TypedDict, total=False):
    """format: wav, aac, mp3, flac, opus, pcm16."""

    format: str | None
    voice: str | Voice | None


class Prediction(TypedDict, total=False):
    type: str | None
    content: Content


class StreamOptions(TypedDict, total=False):
    include_usage: bool | None
    include_obfuscation: bool | None


class PromptCacheOptions(TypedDict, total=False):
    mode: str | None
    ttl: str | None


class ModerationMode(TypedDict, total=False):
    mode: str | None


class ModerationPolicy(TypedDict, total=False):
    input: ModerationMode | None
    output: ModerationMode | None


class Moderation(TypedDict, total=False):
    model: str | None
    policy: ModerationPolicy | None


class ApproximateLocation(TypedDict, total=False):
    city: str | None
    country: str | None
    region: str | None
    timezone: str | None


class UserLocation(TypedDict, total=False):
    type: str | None
    approximate: ApproximateLocation | None


class WebSearchOptions(TypedDict, total=False):
    search_context_size: str | None
    user_location: UserLocation | None


class Thinking(TypedDict, total=False):
    """Reasoning by budget or mode (extension). type: enabled, disabled, adaptive, between_tools."""

    type: Required[str]
    budget_tokens: int | None
    display: str | None
    clear_thinking: bool | None
    keep: Any


class Reasoning(TypedDict, total=False):
    """effort, max_tokens, enabled: aliases of reasoning_effort and thinking; exclude and summary are canonical here."""

    effort: str | None
    max_tokens: int | None
    exclude: bool | None
    enabled: bool | None
    summary: str | None


class ImageConfig(TypedDict, total=False):
    """Settings of image output (extension)."""

    aspect_ratio: str | None
    image_size: str | None


class UnifiedRequest(Marked, total=False):
    """
    `POST /chat/completions`. The model may be absent: `Options.route` or `Options.model` can give it.

    Deprecated and upgraded: functions, function_call, max_tokens, user. Extensions: from `thinking` on.
    """

    messages: Required[Annotated[list[UnifiedMessage], NotEmpty()]]
    model: str | None
    audio: AudioOutput | None
    frequency_penalty: float | None
    presence_penalty: float | None
    function_call: str | Named | None
    functions: list[FunctionDefinition] | None
    logit_bias: dict[str, float] | None
    logprobs: bool | None
    top_logprobs: int | None
    max_completion_tokens: int | None
    max_tokens: int | None
    metadata: dict[str, str] | None
    modalities: list[str] | None
    moderation: Moderation | None
    n: int | None
    parallel_tool_calls: bool | None
    prediction: Prediction | None
    prompt_cache_key: str | None
    prompt_cache_options: PromptCacheOptions | None
    prompt_cache_retention: str | None
    reasoning_effort: str | None
    response_format: ResponseFormat | None
    safety_identifier: str | None
    seed: int | None
    service_tier: str | None
    stop: str | list[str] | None
    store: bool | None
    stream: bool | None
    stream_options: StreamOptions | None
    temperature: float | None
    top_p: float | None
    tool_choice: ToolChoice
    tools: list[Tool] | None
    user: str | None
    verbosity: str | None
    web_search_options: WebSearchOptions | None
    thinking: Thinking | None
    reasoning: Reasoning | None
    top_k: int | None
    min_p: float | None
    top_a: float | None
    repetition_penalty: float | None
    image_config: ImageConfig | None
