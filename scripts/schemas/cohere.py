"""
JSON Schemas of Cohere's chat form, version 2.

Source: Cohere API reference, "Chat (v2)", and the types of its official client. Numbers of tokens may be written as floats.
Requests are open: what the server does with names it does not know is not documented. Answers and events are open.
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
    document,
    either,
    enum,
    null,
    nullable,
    record,
    ref,
    text,
    told_by,
)

COUNT = null(at_least(0, NUMBER))
NAME = text(1, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")


def schemas() -> dict[str, Schema]:
    parts = {"call": _call(), "block": _block(), "message": _message()}
    answer = {"call": _call(), "block": _block(), "usage": _usage()}
    event: Schema = {"type": "object", "if": {"required": ["type"]}, "then": _event(), "else": _error()}
    return {
        "cohere.request": document(_request(), "cohere request", parts),
        "cohere.response": document(_response(), "cohere response", answer),
        "cohere.event": document(event, "cohere event", answer),
        "cohere.error": document(_error(), "cohere error"),
    }


def _call() -> Schema:
    function = record({"name": STRING, "arguments": STRING})
    return record({"id": STRING, "type": STRING, "function": function}, "id function")


def _block() -> Schema:
    image = either(STRING, record({"url": STRING, "detail": null(enum("auto low high"))}, "url"))
    document_ = record({"data": OBJECT, "id": null(STRING)}, "data")
    blocks = {
        "text": record({"text": STRING}, "text"),
        "thinking": record({"thinking": STRING}, "thinking"),
        "image_url": record({"image_url": image}, "image_url"),
        "document": record({"document": document_}, "document"),
    }
    return told_by("type", blocks, ANY)


def _message() -> Schema:
    content = either(STRING, array(ref("block")))
    calls = null(array(ref("call")))
    roles = {
        "system": record({"content": content}, "content"),
        "user": record({"content": content}, "content"),
        "assistant": record({"content": null(content), "tool_plan": null(STRING), "tool_calls": calls, "citations": null(array(OBJECT))}),
        "tool": record({"content": content, "tool_call_id": STRING}, "content tool_call_id"),
    }
    return told_by("role", roles)


def _request() -> Schema:
    function = record(nullable({"name": NAME, "description": STRING, "parameters": OBJECT}, "name"), "name")
    shape = record(nullable({"type": enum("text json_object"), "json_schema": OBJECT, "schema": OBJECT}, "type"), "type")
    thinking = record(nullable({"type": enum("enabled disabled"), "token_budget": at_least(1)}))
    either_case = tuple(word.lower() for word in ("ENABLED", "DISABLED", "FAST", "ACCURATE", "OFF"))
    citations = record({"mode": null(enum("ENABLED DISABLED FAST ACCURATE OFF", either_case))})
    members: dict[str, Schema] = {
        "model": STRING,
        "messages": array(ref("message"), 1),
        "stream": BOOLEAN,
        "tools": array(record({"type": STRING, "function": function}, "function")),
        "strict_tools": BOOLEAN,
        "tool_choice": enum("REQUIRED NONE"),
        "documents": array(either(STRING, record({"data": OBJECT, "id": null(STRING)}, "data"))),
        "citation_options": citations,
        "response_format": shape,
        "safety_mode": enum("CONTEXTUAL STRICT OFF"),
        "max_tokens": at_least(0),
        "stop_sequences": array(STRING, 0, 5),
        "temperature": between(0, 1),
        "seed": between(0, 2**64 - 1, INTEGER),
        "frequency_penalty": between(0, 1),
        "presence_penalty": between(0, 1),
        "k": between(0, 500),
        "p": between(0.01, 0.99),
        "logprobs": BOOLEAN,
        "thinking": thinking,
        "priority": INTEGER,
    }
    return record(nullable(members, "model messages"), "model messages")


def _usage() -> Schema:
    counts = null(record({"input_tokens": COUNT, "output_tokens": COUNT}))
    return record({"tokens": counts, "billed_units": counts, "cached_tokens": COUNT})


def _response() -> Schema:
    message = record(
        nullable(
            {
                "role": STRING, "content": array(ref("block")), "tool_plan": STRING, "tool_calls": array(ref("call")),
                "citations": array(OBJECT),
            }
        )
    )  # fmt: skip
    members = {
        "id": STRING, "finish_reason": STRING, "message": message, "usage": null(ref("usage")), "logprobs": null(array(OBJECT)),
    }  # fmt: skip
    return record(members, "id finish_reason message")


def _event() -> Schema:
    def said(members: dict[str, Schema], required: str = "") -> Schema:
        return record({"delta": record({"message": record(members, required)}, "message")}, "delta")

    place = {"index": null(at_least(0))}
    started = record({"type": STRING, "text": STRING, "thinking": STRING})
    fragment = record({"function": record({"arguments": STRING}, "arguments")}, "function")
    end = record({"finish_reason": null(STRING), "usage": null(ref("usage")), "error": null(STRING)})
    events = {
        "message-start": record({"id": null(STRING), "delta": record({"message": record({"role": STRING})})}),
        "content-start": {**said({"content": started}, "content")},
        "content-delta": said({"content": record({"text": STRING, "thinking": STRING})}, "content"),
        "content-end": record({}),
        "tool-plan-delta": said({"tool_plan": STRING}, "tool_plan"),
        "tool-call-start": said({"tool_calls": ref("call")}, "tool_calls"),
        "tool-call-delta": said({"tool_calls": fragment}, "tool_calls"),
        "tool-call-end": record({}),
        "citation-start": said({"citations": OBJECT}, "citations"),
        "citation-end": record({}),
        "message-end": record({"id": null(STRING), "delta": end}, "delta"),
    }
    whole = told_by("type", events, ANY)
    whole["properties"] = {**whole["properties"], **place}
    return whole


def _error() -> Schema:
    return record({"message": STRING, "id": null(STRING)}, "message")
