"""How each provider says that it failed: the body of a status and the last event of a stream, by hand from its API reference."""

from __future__ import annotations

from typing import Any

from tests.gateway.provider import Failure

WORDS = "Something is wrong with it"  # in every message

CHAT_TYPES = {
    400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error",
    429: "rate_limit_error", 500: "server_error", 503: "server_error",
}  # fmt: skip
MESSAGES_TYPES = {**CHAT_TYPES, 500: "api_error", 503: "overloaded_error"}
GOOGLE_WORDS = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL", 503: "UNAVAILABLE",
}  # fmt: skip
EXCEPTIONS = {
    400: "ValidationException", 401: "UnrecognizedClientException", 403: "AccessDeniedException", 404: "ResourceNotFoundException",
    429: "ThrottlingException", 500: "InternalServerException", 503: "ServiceUnavailableException",
}  # fmt: skip
STATUSES = tuple(CHAT_TYPES)


def failure(format: str, status: int) -> Failure:
    """The answer of a server of this format."""
    headers = {"retry-after": "7", "x-request-id": "r-5"} if status == 429 else {}
    if format in ("bedrock", "anthropic-bedrock"):
        name = f"{EXCEPTIONS[status]}:http://internal.amazon.com/coral/com.amazon.bedrock/"
        return Failure(status, {"message": WORDS}, {"x-amzn-ErrorType": name, **headers})
    return Failure(status, _body(format, status), headers)


def _body(format: str, status: int) -> Any:
    google = {"error": {"code": status, "message": WORDS, "status": GOOGLE_WORDS[status]}}
    match format:
        case "anthropic":
            return {"type": "error", "error": {"type": MESSAGES_TYPES[status], "message": WORDS}, "request_id": "req_1"}
        case "gemini" | "anthropic-vertex":
            return google
        case "vertex":
            return [google]
        case "cohere":
            return {"message": WORDS, "id": "e1"}
        case "mistral":
            return {"object": "error", "message": WORDS, "type": CHAT_TYPES[status], "param": None, "code": str(status)}
        case "ollama":
            return {"error": WORDS}
    return {"error": {"message": WORDS, "type": CHAT_TYPES[status], "param": None, "code": None}}


def failing_event(format: str) -> dict[str, Any]:
    """What ends a stream when the server is overloaded or fails in its middle."""
    match format:
        case "anthropic" | "anthropic-bedrock" | "anthropic-vertex":
            return {"type": "error", "error": {"type": "overloaded_error", "message": WORDS}}
        case "gemini" | "vertex":
            return {"error": {"code": 503, "message": WORDS, "status": "UNAVAILABLE"}}
        case "bedrock":
            return {"serviceUnavailableException": {"message": WORDS}}
        case "cohere":
            return {"type": "message-end", "delta": {"finish_reason": "ERROR", "error": WORDS}}
        case "openai-responses":
            return {"type": "error", "code": "server_error", "message": WORDS, "param": None, "sequence_number": 9}
        case "mistral":
            return {"object": "error", "message": WORDS, "type": "server_error", "param": None, "code": "1000"}
        case "ollama":
            return {"error": WORDS}
    return {"error": {"message": WORDS, "type": "server_error", "param": None, "code": None}}
