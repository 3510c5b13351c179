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
    "ByteStreamConverter": "stream", "fold": "stream", "unfold": "stream",
    "detect": "detection", "Detected": "detection", "validate": "validation", "Problem": "validation",
    "formats": "catalogue", "FormatInfo": "catalogue", "canonical": "spelling",
    "remote_media": "remote", "inline_media": "remote", "MediaRef": "remote",
    "Converted": "loss", "Loss": "loss", "Options": "leg",
    "TranslateError": "errors", "UnknownFormat": "errors", "InvalidDocument": "errors", "LossyConversion": "errors",
    "StreamError": "errors",
}  # fmt: skip

__all__ = [*_HOMES, "__version__"]  # noqa: PLE0604  the names are the table's keys

if TYPE_CHECKING:
    from translate.catalogue import FormatInfo as FormatInfo
    from translate.catalogue import formats as formats
    from translate.convert import (
        convert_error as convert_error,
    )
    from translate.convert import (
        convert_request as convert_request,
    )
    from translate.convert import (
        convert_response as convert_response,
    )
    from translate.detection import Detected as Detected
    from translate.detection import detect as detect
    from translate.errors import (
        InvalidDocument as InvalidDocument,
    )
    from translate.errors import (
        LossyConversion as LossyConversion,
    )
    from translate.errors import (
        StreamError as StreamError,
    )
    from translate.errors import (
        TranslateError as TranslateError,
    )
    from translate.errors import (
        UnknownFormat as UnknownFormat,
    )
    from translate.leg import Options as Options
    from translate.loss import Converted as Converted
    from translate.loss import Loss as Loss
    from translate.remote import MediaRef as MediaRef
    from translate.remote import inline_media as inline_media
    from translate.remote import remote_media as remote_media
    from translate.spelling import canonical as canonical
    from translate.stream import (
        ByteStreamConverter as ByteStreamConverter,
    )
    from translate.stream import (
        StreamConverter as StreamConverter,
    )
    from translate.stream import (
        aconvert_stream as aconvert_stream,
    )
    from translate.stream import (
        convert_stream as convert_stream,
    )
    from translate.stream import (
        fold as fold,
    )
    from translate.stream import (
        unfold as unfold,
    )
    from translate.validation import Problem as Problem
    from translate.validation import validate as validate


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'translate' has no attribute {name!r}")
    import importlib

    # A function may carry its module's name (`detect`, `validate`): set it here, or the submodule would stand in its place.
    value = getattr(importlib.import_module(f"translate.{home}"), name)
    globals()[name] = value
    return value
