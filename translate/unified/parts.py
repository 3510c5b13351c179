"""Content parts: text, media, refusals."""

from typing import Annotated, Literal, Required, TypeAlias

from typing_extensions import TypedDict

from translate.unified.marks import CacheBreakpoint, Marked, OneOf


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
