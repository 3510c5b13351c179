"""
Exceptions of AWS, around Converse and around InvokeModel: the name stands in a header, the body has a message alone.

Source: Amazon Bedrock API reference, "Converse" and "InvokeModel", errors; "Common errors".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.leg import Json, Leg

HEADER = "x-amzn-ErrorType"
# HTTP status, unified type and code of an exception.
EXCEPTIONS: Mapping[str, tuple[int, str, str | None]] = {
    "ValidationException": (400, "invalid_request_error", None),
    "ServiceQuotaExceededException": (400, "rate_limit_error", "quota_exceeded"),
    "ConflictException": (400, "invalid_request_error", "conflict"),
    "AccessDeniedException": (403, "permission_error", "access_denied"),
    "UnrecognizedClientException": (403, "authentication_error", "invalid_api_key"),
    "ExpiredTokenException": (403, "authentication_error", "invalid_api_key"),
    "InvalidSignatureException": (403, "authentication_error", "invalid_api_key"),
    "ResourceNotFoundException": (404, "not_found_error", "model_not_found"),
    "ModelTimeoutException": (408, "timeout", "model_timeout"),
    "ModelErrorException": (424, "server_error", "model_error"),
    "ModelStreamErrorException": (424, "server_error", "model_stream_error"),
    "ThrottlingException": (429, "rate_limit_error", "rate_limit_exceeded"),
    "ModelNotReadyException": (429, "server_error", "model_not_ready"),
    "InternalServerException": (500, "server_error", "internal_error"),
    "ServiceUnavailableException": (503, "server_error", "service_unavailable"),
}
EXCEPTION_BY_STATUS = {
    400: "ValidationException", 401: "AccessDeniedException", 402: "AccessDeniedException", 403: "AccessDeniedException",
    404: "ResourceNotFoundException", 408: "ModelTimeoutException", 413: "ValidationException",
    422: "ValidationException", 424: "ModelErrorException", 429: "ThrottlingException", 500: "InternalServerException",
    502: "InternalServerException", 503: "ServiceUnavailableException", 504: "ModelTimeoutException",
    529: "ServiceUnavailableException",
}  # fmt: skip
EXCEPTION_BY_UNIFIED_TYPE = {
    "invalid_request_error": "ValidationException", "authentication_error": "UnrecognizedClientException",
    "permission_error": "AccessDeniedException", "not_found_error": "ResourceNotFoundException",
    "rate_limit_error": "ThrottlingException", "tokens": "ThrottlingException", "requests": "ThrottlingException",
    "insufficient_quota": "ServiceQuotaExceededException", "timeout": "ModelTimeoutException",
    "server_error": "InternalServerException", "api_error": "InternalServerException",
}  # fmt: skip


def named_in_headers(leg: Leg) -> str:
    """The exception's name in the headers that came with the body, if the caller handed them over."""
    headers = leg.route.get("headers")
    for name, value in headers.items() if isinstance(headers, dict) else ():
        if type(name) is str and name.lower() == HEADER.lower() and type(value) is str:
            return value.partition(":")[0].rpartition("#")[2]
    return ""


def of_status(status: int) -> str:
    """The exception that a status is most often."""
    return EXCEPTION_BY_STATUS.get(status) or ("ValidationException" if status < 500 else "InternalServerException")


def exception_of(error: Json, said: Any, status: int | None) -> str:
    """The exception for a unified error: the word it came with, what type and code say together, the status, the type."""
    if type(said) is str and said.rpartition("#")[2] in EXCEPTIONS:
        word = said.rpartition("#")[2]
        if EXCEPTIONS[word][1] == error.get("type"):
            return word
    kind, code = error.get("type"), error.get("code")
    if code is not None:
        for name, row in EXCEPTIONS.items():
            if row[1:] == (kind, code) and status in (None, row[0]):
                return name
    if status is not None:
        return of_status(status)
    return EXCEPTION_BY_UNIFIED_TYPE.get(kind or "", "InternalServerException")
