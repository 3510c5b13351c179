"""
Chat-model conversations between wire formats, without losing a thing: pure functions between one unified format (OpenAI Chat
Completions plus a few documented extensions) and every provider's native one.

Importing this loads no provider, no pydantic and no jsonschema: names are found on first use.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import would be most of the cost of importing this
if TYPE_CHECKING:
    from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "convert_request": "convert", "convert_response": "convert", "convert_error": "convert",
    "convert_stream": "stream", "aconvert_stream": "stream", "StreamConverter": "stream",
    "ByteStreamConverter": "byte_stream", "fold": "folding", "unfold": "folding",
    "detect": "detection", "Detected": "detection", "validate": "validation", "Problem": "validation",
    "formats": "catalogue", "FormatInfo": "catalogue", "canonical": "spelling",
    "remote_media": "remote", "inline_media": "remote", "MediaRef": "remote",
    "Converted": "loss", "Loss": "loss", "Options": "leg",
    "TranslateError": "errors", "UnknownFormat": "errors", "InvalidDocument": "errors", "LossyConversion": "errors",
    "StreamError": "errors",
}  # fmt: skip

__all__ = [*_HOMES, "__version__"]  # noqa: PLE0604  the names are the table's keys

if TYPE_CHECKING:
    from translate.byte_stream import ByteStreamConverter as ByteStreamConverter
    from translate.catalogue import FormatInfo as FormatInfo, formats as formats
    from translate.convert import (
        convert_error as convert_error,
        convert_request as convert_request,
        convert_response as convert_response,
    )
    from translate.detection import Detected as Detected, detect as detect
    from translate.errors import (
        InvalidDocument as InvalidDocument,
        LossyConversion as LossyConversion,
        StreamError as StreamError,
        TranslateError as TranslateError,
        UnknownFormat as UnknownFormat,
    )
    from translate.folding import fold as fold, unfold as unfold
    from translate.leg import Options as Options
    from translate.loss import Converted as Converted, Loss as Loss
    from translate.remote import MediaRef as MediaRef, inline_media as inline_media, remote_media as remote_media
    from translate.spelling import canonical as canonical
    from translate.stream import (
        StreamConverter as StreamConverter,
        aconvert_stream as aconvert_stream,
        convert_stream as convert_stream,
    )
    from translate.validation import Problem as Problem, validate as validate


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'translate' has no attribute {name!r}")
    import importlib

    # A function may carry its module's name (`detect`, `validate`): set it here, or the submodule would stand in its place.
    value = getattr(importlib.import_module(f"translate.{home}"), name)
    globals()[name] = value
    return value
