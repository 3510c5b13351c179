"""
The unified format as types: OpenAI Chat Completions plus the extension fields of the de facto dialects.

One definition for three readers: mypy (annotate your dicts), pydantic (`TypeAdapter(UnifiedRequest)`), and this library, which
derives its strict check (`translate.check`) and the JSON Schema (`translate/schemas/unified.*.json`) from it.

- Every member may be null, which means absent. `Required` members must be there and must not be null, unless the type says so.
- Enumerations are plain strings: a word the types do not know is reported by the target, never refused.
- Members that are not named here are legal everywhere. The library reports them or keeps them, it never refuses them.
- Names marked "alias" are read and never written.
"""

# No postponed annotations: the check reads them at run time. TypedDict from typing_extensions, which comes with pydantic:
# pydantic refuses typing's own before Python 3.12.
from typing import Annotated, Any, Literal, Required, TypeAlias

from typing_extensions import TypeAliasType, TypedDict

Json = TypeAliasType("Json", "dict[str, Json] | list[Json] | str | int | float | bool | None")
JsonObject: TypeAlias = dict[str, Any]
"""A subtree the library does not look into: a tool schema, metadata of a provider."""

Bag: TypeAlias = dict[str, JsonObject | None]
"""`extra_content`: what only one provider understands, under that provider's key, named as on its wire."""


class OneOf:
    """
    Marks a union of objects that one member tells apart: `Annotated[A | B | Other, OneOf("type")]`.

    The last alternative takes every object whose member is none of the words of the others. `by_member`: an object without
    the telling member is the alternative whose own word is a member of it (`{"function": {...}}` without a type).
    """

    __slots__ = ("by_member", "key")

    def __init__(self, key: str, by_member: bool = False) -> None:
        self.key, self.by_member = key, by_member

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """The tagged union for pydantic users; `translate.check` builds the same for itself."""
        from translate.check import tagged_union

        return tagged_union(self, source, handler.generate_schema)


class NotEmpty:
    """Marks a list that needs a member."""

    __slots__ = ()

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """The list schema for pydantic users, with the bound."""
        return {**handler(source), "min_length": 1}


class CacheControl(TypedDict, total=False):
    """Cache mark: everything up to here may be cached. `ttl` keeps the source's word (5m, 1h, 30m, 12h)."""

    type: Required[str]
    ttl: str | None


class CacheBreakpoint(TypedDict, total=False):
    """OpenAI's cache mark of a part; alias of `cache_control`."""

    mode: str | None
    ttl: str | None


class Extensible(TypedDict, total=False):
    """Objects that can carry a bag."""

    extra_content: Bag | None


class Marked(Extensible, total=False):
    """Objects that can carry a cache mark and a bag."""

    cache_control: CacheControl | None


# --- content parts


class Part(Marked, total=False):
    """What every content part may carry. prompt_cache_breakpoint: alias of cache_control."""

    prompt_cache_breakpoint: CacheBreakpoint | None


class TextPart(Part, total=False):
    type: Required[Literal["text"]]
    text: Required[str]


class ImageUrl(TypedDict, total=False):
    """An http(s) or data URL. detail: auto, low, high, original."""

    url: Required[str]
    detail: str | None


class ImagePart(Part, total=False):
    type: Required[Literal["image_url"]]
    image_url: Required[ImageUrl]


class InputAudio(TypedDict, total=False):
    """Bare base64. format: wav, mp3."""

    data: Required[str]
    format: str | None


class AudioPart(Part, total=False):
    type: Required[Literal["input_audio"]]
    input_audio: Required[InputAudio]


class File(TypedDict, total=False):
    """file_data is a data URL, bare base64 or (extension) an http URL; file_id is a file the provider holds."""

    file_data: str | None
    file_id: str | None
    filename: str | None


class FilePart(Part, total=False):
    type: Required[Literal["file"]]
    file: Required[File]


class VideoUrl(TypedDict, total=False):
    url: Required[str]


class VideoPart(Part, total=False):
    """Extension."""

    type: Required[Literal["video_url"]]
    video_url: Required[VideoUrl]


class RefusalPart(Part, total=False):
    type: Required[Literal["refusal"]]
    refusal: Required[str]


class OtherPart(Part, total=False):
    """A part of a type that is none of the above (`audio_url`, `input_video`, a provider's own): reported by the target."""

    type: Required[str]


ContentPart: TypeAlias = Annotated[
    TextPart | ImagePart | AudioPart | FilePart | VideoPart | RefusalPart | OtherPart, OneOf("type")
]
Content: TypeAlias = str | list[ContentPart] | None


# --- tool calls


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


# --- reasoning, images, citations, audio of an assistant message


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


# --- messages


class SystemMessage(Marked, total=False):
    role: Required[Literal["system"]]
    content: Content
    name: str | None


class DeveloperMessage(Marked, total=False):
    role: Required[Literal["developer"]]
    content: Content
    name: str | None


class UserMessage(Marked, total=False):
    role: Required[Literal["user"]]
    content: Content
    name: str | None


class AssistantMessage(Spoken, total=False):
    """prefix marks the last message as the start of the answer (extension)."""

    role: Required[Literal["assistant"]]
    content: Content
    name: str | None
    prefix: bool | None


class ToolMessage(Marked, total=False):
    """is_error marks a failed tool (extension). Image parts are an extension here."""

    role: Required[Literal["tool"]]
    tool_call_id: Required[str]
    content: Content
    name: str | None
    is_error: bool | None


class FunctionMessage(Marked, total=False):
    """Deprecated: the result of a `function_call`."""

    role: Required[Literal["function"]]
    name: Required[str]
    content: Content


class OtherMessage(Marked, total=False):
    """A role that is none of the above: reported by the target."""

    role: Required[str]
    content: Content
    name: str | None


UnifiedMessage: TypeAlias = Annotated[
    SystemMessage | DeveloperMessage | UserMessage | AssistantMessage | ToolMessage | FunctionMessage | OtherMessage,
    OneOf("role"),
]


# --- tools and what steers them


class FunctionDefinition(Marked, total=False):
    """parameters: a JSON Schema, which the library shares and does not check. Also the member of the deprecated `functions`."""

    name: Required[str]
    description: str | None
    parameters: JsonObject | None
    strict: bool | None


class FunctionTool(Marked, total=False):
    type: Literal["function"] | None
    function: Required[FunctionDefinition]


class Grammar(TypedDict, total=False):
    """syntax: lark, regex."""

    syntax: str | None
    definition: str | None


class CustomFormat(TypedDict, total=False):
    """type: text, grammar."""

    type: Required[str]
    grammar: Grammar | None


class CustomDefinition(Extensible, total=False):
    name: Required[str]
    description: str | None
    format: CustomFormat | None


class CustomTool(Marked, total=False):
    type: Literal["custom"] | None
    custom: Required[CustomDefinition]


class NativeTool(Marked, total=False):
    """A tool only one provider has: type and members are that provider's (`{"type": "google_search"}`, or its bare object)."""

    type: str | None


Tool: TypeAlias = Annotated[FunctionTool | CustomTool | NativeTool, OneOf("type", by_member=True)]


class Named(TypedDict, total=False):
    name: Required[str]


class FunctionChoice(TypedDict, total=False):
    type: Literal["function"] | None
    function: Required[Named]


class CustomChoice(TypedDict, total=False):
    type: Literal["custom"] | None
    custom: Required[Named]


class OtherReference(TypedDict, total=False):
    """A native tool in the list of allowed ones, a native form of choice."""

    type: Required[str]


ToolReference: TypeAlias = Annotated[FunctionChoice | CustomChoice | OtherReference, OneOf("type", by_member=True)]


class AllowedTools(TypedDict, total=False):
    """mode: auto, required."""

    mode: str | None
    tools: Required[list[ToolReference]]


class AllowedToolsChoice(TypedDict, total=False):
    type: Literal["allowed_tools"] | None
    allowed_tools: Required[AllowedTools]


ToolChoiceObject: TypeAlias = Annotated[
    FunctionChoice | CustomChoice | AllowedToolsChoice | OtherReference, OneOf("type", by_member=True)
]
ToolChoice: TypeAlias = str | ToolChoiceObject | None
"""none, auto, required, or an object."""


# --- request


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


# --- response


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


# --- stream


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
