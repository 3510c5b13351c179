"""
The unified format as types: OpenAI Chat Completions plus the extension fields of the de facto dialects.

One definition for three readers: mypy (annotate your dicts), pydantic (`TypeAdapter(UnifiedRequest)`), and this library, which
derives its strict check (`translate.check`) and the JSON Schema (`translate/schemas/unified.*.json`) from it.

- Every member may be null, which means absent. `Required` members must be there and must not be null, unless the type says so.
- Enumerations are plain strings: a word the types do not know is reported by the target, never refused.
- Members that are not named here are legal everywhere. The library reports them or keeps them, it never refuses them.
- Names marked "alias" are read and never written.
- No postponed annotations in the modules: the check reads them at run time. TypedDict is that of typing_extensions, which comes
  with pydantic: pydantic refuses typing's own before Python 3.12.
"""

from translate.unified.answers import (
    Answer as Answer,
    Choice as Choice,
    ChunkChoice as ChunkChoice,
    CompletionTokensDetails as CompletionTokensDetails,
    CustomDelta as CustomDelta,
    Delta as Delta,
    ErrorObject as ErrorObject,
    FunctionDelta as FunctionDelta,
    Logprobs as Logprobs,
    PromptTokensDetails as PromptTokensDetails,
    ResponseMessage as ResponseMessage,
    TokenLogprob as TokenLogprob,
    ToolCallDelta as ToolCallDelta,
    TopLogprob as TopLogprob,
    UnifiedChunk as UnifiedChunk,
    UnifiedError as UnifiedError,
    UnifiedEvent as UnifiedEvent,
    UnifiedResponse as UnifiedResponse,
    Usage as Usage,
)
from translate.unified.marks import (
    Bag as Bag,
    CacheBreakpoint as CacheBreakpoint,
    CacheControl as CacheControl,
    Extensible as Extensible,
    Json as Json,
    JsonObject as JsonObject,
    Marked as Marked,
    NotEmpty as NotEmpty,
    OneOf as OneOf,
)
from translate.unified.messages import (
    AssistantMessage as AssistantMessage,
    DeveloperMessage as DeveloperMessage,
    FunctionMessage as FunctionMessage,
    OtherMessage as OtherMessage,
    SystemMessage as SystemMessage,
    ToolMessage as ToolMessage,
    UnifiedMessage as UnifiedMessage,
    UserMessage as UserMessage,
)
from translate.unified.parts import (
    AudioPart as AudioPart,
    Content as Content,
    ContentPart as ContentPart,
    File as File,
    FilePart as FilePart,
    ImagePart as ImagePart,
    ImageUrl as ImageUrl,
    InputAudio as InputAudio,
    OtherPart as OtherPart,
    Part as Part,
    RefusalPart as RefusalPart,
    TextPart as TextPart,
    VideoPart as VideoPart,
    VideoUrl as VideoUrl,
)
from translate.unified.requests import (
    ApproximateLocation as ApproximateLocation,
    AudioOutput as AudioOutput,
    ImageConfig as ImageConfig,
    JsonSchemaFormat as JsonSchemaFormat,
    JsonSchemaResponseFormat as JsonSchemaResponseFormat,
    Moderation as Moderation,
    ModerationMode as ModerationMode,
    ModerationPolicy as ModerationPolicy,
    OtherResponseFormat as OtherResponseFormat,
    Prediction as Prediction,
    PromptCacheOptions as PromptCacheOptions,
    Reasoning as Reasoning,
    ResponseFormat as ResponseFormat,
    StreamOptions as StreamOptions,
    Thinking as Thinking,
    UnifiedRequest as UnifiedRequest,
    UserLocation as UserLocation,
    Voice as Voice,
    WebSearchOptions as WebSearchOptions,
)
from translate.unified.speech import (
    Annotation as Annotation,
    Audio as Audio,
    CustomOfCall as CustomOfCall,
    CustomToolCall as CustomToolCall,
    FunctionOfCall as FunctionOfCall,
    FunctionToolCall as FunctionToolCall,
    LegacyFunctionCall as LegacyFunctionCall,
    OtherToolCall as OtherToolCall,
    ProducedImage as ProducedImage,
    ReasoningDetail as ReasoningDetail,
    Spoken as Spoken,
    ThinkingBlock as ThinkingBlock,
    ToolCall as ToolCall,
    UrlCitation as UrlCitation,
)
from translate.unified.tools import (
    AllowedTools as AllowedTools,
    AllowedToolsChoice as AllowedToolsChoice,
    CustomChoice as CustomChoice,
    CustomDefinition as CustomDefinition,
    CustomFormat as CustomFormat,
    CustomTool as CustomTool,
    FunctionChoice as FunctionChoice,
    FunctionDefinition as FunctionDefinition,
    FunctionTool as FunctionTool,
    Grammar as Grammar,
    Named as Named,
    NativeTool as NativeTool,
    OtherReference as OtherReference,
    Tool as Tool,
    ToolChoice as ToolChoice,
    ToolChoiceObject as ToolChoiceObject,
    ToolReference as ToolReference,
)
