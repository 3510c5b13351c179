"""
JSON Schemas of Mistral's chat form.

Source: Mistral API specification, "Chat Completion API", and the types of its official client (which knows members that the
specification lacks). Requests, their messages and chunks are closed: one unknown name fails the whole request. Answers are open.
"""

from __future__ import annotations

from scripts.schemas.words import (
    ANY,
    BOOLEAN,
    INTEGER,
    NUMBER,
    OBJECT,
    STRING,
    Schema,
    array,
    at_least,
    between,
    const,
    document,
    either,
    enum,
    null,
    nullable,
    record,
    ref,
    told_by,
)

COUNT = null(at_least(0))


def schemas() -> dict[str, Schema]:
    parts = {"call": _call(), "chunk": _chunk(), "content": _content(), "message": _message(), "tool": _tool()}
    answer = {"call": _call(), "chunk": _chunk(), "content": _content(), "usage": _usage()}
    event: Schema = {"type": "object", "if": {"required": ["choices"]}, "then": _event(), "else": _error()}
    return {
        "mistral.request": document(_request(), "mistral request", parts),
        "mistral.response": document(_response(), "mistral response", answer),
        "mistral.event": document(event, "mistral event", answer),
        "mistral.error": document(_error(), "mistral error"),
    }


def _call() -> Schema:
    function = record({"name": STRING, "arguments": {"type": ["string", "object"]}}, "name arguments")
    return record(nullable({"id": STRING, "type": STRING, "index": INTEGER, "function": function}, "function"), "function")


def _chunk() -> Schema:
    bodies: dict[str, dict[str, Schema]] = {
        "text": {"text": STRING},
        "image_url": {"image_url": either(STRING, record(nullable({"url": STRING, "detail": STRING}, "url"), "url", closed=True))},
        "input_audio": {"input_audio": either(STRING, OBJECT)},
        "file": {"file_id": STRING},
        "document_url": {"document_url": STRING},
        "reference": {"reference_ids": array({"type": ["integer", "string"]})},
        "thinking": {"thinking": array(OBJECT)},
    }
    more: dict[str, dict[str, Schema]] = {
        "document_url": {"document_name": null(STRING)},
        "thinking": {"closed": null(BOOLEAN), "signature": null(STRING)},
    }
    chunks = {
        word: record({"type": const(word), **body, **more.get(word, {})}, " ".join(body), closed=True) for word, body in bodies.items()
    }
    return told_by("type", chunks, ANY)


def _content() -> Schema:
    return either(STRING, {"type": "null"}, array(ref("chunk")))


def _message() -> Schema:
    content = {"content": ref("content")}
    roles = {
        "system": record({"role": STRING, **content}, "role content", closed=True),
        "user": record({"role": STRING, **content}, "role content", closed=True),
        "assistant": record(
            {"role": STRING, **content, "tool_calls": null(array(ref("call"))), "prefix": null(BOOLEAN)}, "role", closed=True
        ),
        "tool": record({"role": STRING, **content, "tool_call_id": null(STRING), "name": null(STRING)}, "role content", closed=True),
    }
    return told_by("role", roles)


def _tool() -> Schema:
    function = record(
        nullable({"name": STRING, "description": STRING, "strict": BOOLEAN, "parameters": OBJECT}, "name parameters"),
        "name parameters", closed=True,
    )  # fmt: skip
    return told_by("type", {"function": record({"type": STRING, "function": function}, "function", closed=True)}, ANY, required=False)


def _request() -> Schema:
    named = record({"type": null(enum("function")), "function": record({"name": STRING}, "name")}, "function")
    shape = record(nullable({"name": STRING, "schema": OBJECT, "description": STRING, "strict": BOOLEAN}, "name schema"), "name schema")
    members: dict[str, Schema] = {
        "model": STRING,
        "messages": array(ref("message"), 1),
        "stream": BOOLEAN,
        "temperature": between(0, 1.5),
        "top_p": between(0, 1),
        "top_k": INTEGER,
        "repetition_penalty": NUMBER,
        "max_tokens": at_least(0),
        "min_tokens": at_least(0),
        "stop": either(STRING, array(STRING)),
        "random_seed": at_least(0),
        "metadata": OBJECT,
        "n": at_least(1),
        "presence_penalty": between(-2, 2),
        "frequency_penalty": between(-2, 2),
        "logprobs": BOOLEAN,
        "top_logprobs": at_least(0),
        "response_format": told_by(
            "type",
            {
                "text": record({"type": STRING}),
                "json_object": record({"type": STRING}),
                "json_schema": record({"type": STRING, "json_schema": shape}, "json_schema"),
            },
        ),
        "tools": array(ref("tool")),
        "tool_choice": either(enum("auto none any required"), named),
        "parallel_tool_calls": BOOLEAN,
        "prediction": record({"type": null(STRING), "content": STRING}, "content"),
        "prompt_mode": STRING,
        "reasoning_effort": STRING,
        "prompt_cache_key": STRING,
        "guardrails": array(OBJECT),
        "safe_prompt": BOOLEAN,
        "service_tier": STRING,
    }
    return record(nullable(members, "model messages"), "model messages", closed=True)


def _usage() -> Schema:
    return record(dict.fromkeys(("prompt_tokens", "completion_tokens", "total_tokens"), COUNT))


def _head(word: str, choice: Schema, required: str) -> Schema:
    members = {
        "id": STRING, "object": null(const(word)), "created": INTEGER, "model": STRING, "choices": array(choice),
        "usage": null(ref("usage")),
    }  # fmt: skip
    return record(members, required)


def _answer() -> dict[str, Schema]:
    return {"role": null(STRING), "content": ref("content"), "tool_calls": null(array(ref("call")))}


def _response() -> Schema:
    choice = record(
        {
            "index": at_least(0), "message": record(_answer()), "messages": null(array(OBJECT)), "finish_reason": STRING,
            "logprobs": null(OBJECT),
        },
        "index finish_reason",
    )  # fmt: skip
    return _head("chat.completion", choice, "id created model choices")


def _event() -> Schema:
    choice = record({"index": at_least(0), "delta": record(_answer()), "finish_reason": null(STRING), "logprobs": null(OBJECT)}, "index delta")
    return _head("chat.completion.chunk", choice, "id model choices")


def _error() -> Schema:
    """The flat body; a list of what is wrong in `detail` or in its place; a guardrail's or a gateway's body."""
    text = {"type": ["string", "object", "array", "null"]}
    members: dict[str, Schema] = {
        "object": null(STRING), "message": text, "type": null(STRING), "param": null(STRING),
        "code": {"type": ["string", "integer", "null"]}, "raw_status_code": null(INTEGER), "request_id": null(STRING),
        "detail": {"type": ["string", "array"]}, "error": {"type": ["string", "object"]},
    }  # fmt: skip
    return {**record(members), "anyOf": [{"required": ["message"]}, {"required": ["detail"]}, {"required": ["error"]}]}
