"""
JSON Schemas of Ollama's own chat form, `POST /api/chat`.

Source: Ollama API documentation, "Generate a chat completion", and the server's structs. The server skips members it does not
know and reads null as absent, so the schemas are open; what it can not read into its types is refused. A list of no messages
loads a model: no chat, and refused here.
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
    document,
    either,
    enum,
    null,
    nullable,
    record,
    ref,
    text,
)

TIME = text(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
COUNT = at_least(0)


def schemas() -> dict[str, Schema]:
    answer = {"call": _call(), "token": _token()}
    return {
        "ollama.request": document(_request(), "ollama request", {"call": _call(), "message": _message()}),
        "ollama.response": document(_response("model created_at message done"), "ollama response", answer),
        "ollama.event": document(
            {"type": "object", "if": {"required": ["error"]}, "then": _error(), "else": _response("model created_at done")},
            "ollama event", answer,
        ),
        "ollama.error": document(_error(), "ollama error"),
    }  # fmt: skip


def _call() -> Schema:
    function = record(nullable({"index": INTEGER, "name": STRING, "arguments": OBJECT}, "name"), "name")
    return record(nullable({"id": STRING, "function": function}, "function"), "function")


def _message() -> Schema:
    roles = "system user assistant tool developer function"
    spelled = enum(roles, tuple(word.upper() for word in roles.split()) + tuple(word.title() for word in roles.split()))
    return record(
        nullable(
            {
                "role": spelled,
                "content": STRING,
                "thinking": STRING,
                "images": array(text(1)),
                "tool_calls": array(ref("call")),
                "tool_name": STRING,
                "tool_call_id": STRING,
            },
            "role",
        ),
        "role",
    )


def _request() -> Schema:
    options = {
        "temperature": NUMBER, "top_p": NUMBER, "top_k": INTEGER, "min_p": NUMBER, "typical_p": NUMBER, "seed": INTEGER,
        "num_predict": INTEGER, "stop": array(STRING), "presence_penalty": NUMBER, "frequency_penalty": NUMBER,
        "repeat_penalty": NUMBER, "repeat_last_n": INTEGER, "num_ctx": INTEGER, "num_keep": INTEGER, "num_batch": INTEGER,
        "num_gpu": INTEGER, "main_gpu": INTEGER, "use_mmap": BOOLEAN, "num_thread": INTEGER, "draft_num_predict": INTEGER,
    }  # fmt: skip
    function = record(nullable({"name": text(1), "description": STRING, "parameters": OBJECT}, "name"), "name")
    members = {
        "model": text(1),
        "messages": array(ref("message"), 1),
        "stream": BOOLEAN,
        "tools": array(record(nullable({"type": STRING, "function": function}, "function"), "function")),
        "format": either(enum("json", ("",)), OBJECT),
        "options": record(nullable(options)),
        "think": {"type": ["boolean", "string"]},
        "keep_alive": {"type": ["number", "string"]},
        "logprobs": BOOLEAN,
        "top_logprobs": {**INTEGER, "minimum": 0, "maximum": 20},
        "truncate": BOOLEAN,
        "shift": BOOLEAN,
    }
    return record(nullable(members, "model messages"), "model messages")


def _token() -> Schema:
    token = nullable({"token": STRING, "logprob": NUMBER, "bytes": array(INTEGER), "top_logprobs": array(ANY)}, "token")
    return record(token, "token logprob")


def _response(required: str) -> Schema:
    message = record(
        nullable({"role": STRING, "content": STRING, "thinking": STRING, "images": array(STRING), "tool_calls": array(ref("call"))})
    )
    members = {
        "model": STRING, "created_at": TIME, "message": message, "done": BOOLEAN, "done_reason": STRING,
        "prompt_eval_count": COUNT, "eval_count": COUNT, "total_duration": COUNT, "load_duration": COUNT,
        "prompt_eval_duration": COUNT, "eval_duration": COUNT, "remote_model": STRING, "remote_host": STRING,
        "logprobs": array(ref("token")),
    }  # fmt: skip
    return record({name: schema if name in required.split() else null(schema) for name, schema in members.items()}, required)


def _error() -> Schema:
    return record({"error": STRING, "signin_url": null(STRING), "status": null(INTEGER)}, "error")
