"""
JSON Schemas of the Messages API: `anthropic`, and the bodies of the same API on Vertex AI (`rawPredict`) and Bedrock (InvokeModel).

Source: Anthropic API reference, "Create a Message", "Streaming Messages", "Errors", and the types of its Python SDK, beta included.
Requests are closed: the API refuses members it does not know ("Extra inputs are not permitted"). Answers are open.
"""

from __future__ import annotations

from scripts.schemas.words import (
    ANY,
    BOOLEAN,
    INTEGER,
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
    text,
    told_by,
)

ID = text(1, None, r"^[a-zA-Z0-9_-]+$")
TOOL_NAME = text(1, 128, r"^[a-zA-Z0-9_-]+$")
STOP_REASONS = "end_turn max_tokens stop_sequence tool_use pause_turn refusal model_context_window_exceeded compaction"
SERVER_RESULTS = [
    "web_search_tool_result",
    "web_fetch_tool_result",
    "code_execution_tool_result",
    "bash_code_execution_tool_result",
    "text_editor_code_execution_tool_result",
    "tool_search_tool_result",
]
MCP_BLOCKS = ["mcp_tool_use", "mcp_tool_result", "mcp_tool_listing", "advisor_tool_result", "compaction", "fallback"]
NATIVE_TOOLS = (
    r"^(bash|text_editor|memory|web_search|web_fetch|code_execution|tool_search_tool_regex|tool_search_tool_bm25"
    r"|browser_toolset|computer_toolset|computer|advisor)(_\d{8})?$|^mcp_toolset$"
)


def schemas() -> dict[str, Schema]:
    places = {
        "anthropic": ({"model": STRING, "stream": BOOLEAN}, "model"),
        "anthropic-vertex": ({"anthropic_version": STRING, "stream": BOOLEAN}, "anthropic_version"),
        "anthropic-bedrock": ({"anthropic_version": STRING, "anthropic_beta": array(STRING)}, "anthropic_version"),
    }
    found: dict[str, Schema] = {}
    for name, (members, required) in places.items():
        found[f"{name}.request"] = document(_request(members, required), f"{name} request", _request_parts())
        found[f"{name}.response"] = document(_message(name != "anthropic-bedrock"), f"{name} response", _answer_parts())
        found[f"{name}.event"] = document(_event(), f"{name} event", _answer_parts())
        found[f"{name}.error"] = document(_error(name), f"{name} error")
    return found


# --- request


def _block(kind: str, members: dict[str, Schema], required: str = "") -> Schema:
    return record({"type": const(kind), **members}, f"type {required}", closed=True)


def _request_parts() -> dict[str, Schema]:
    mark = {"cache_control": null(ref("cache_control"))}
    switch = {"citations": null(record({"enabled": BOOLEAN}, closed=True))}
    caller = {"caller": record({"type": STRING, "tool_id": STRING}, "type", closed=True), "toolset_name": null(STRING)}
    base64 = _block("base64", {"media_type": STRING, "data": STRING}, "media_type data")
    url = _block("url", {"url": STRING}, "url")
    file = _block("file", {"file_id": STRING}, "file_id")
    image_base64 = {
        **base64,
        "properties": {**base64["properties"], "media_type": enum("image/jpeg image/png image/gif image/webp")},
    }
    pdf_base64 = {**base64, "properties": {**base64["properties"], "media_type": const("application/pdf")}}
    plain = _block("text", {"media_type": const("text/plain"), "data": STRING}, "media_type data")
    chunks = _block(
        "content",
        {"content": either(STRING, array(told_by("type", {"text": ref("text"), "image": ref("image")})))},
        "content",
    )
    blocks = {
        # Empty texts are refused; white space alone is taken in some turns.
        "text": _block("text", {"text": text(1), "citations": null(array(ref("citation"))), **mark}, "text"),
        "image": _block(
            "image",
            {
                "source": told_by("type", {"base64": image_base64, "url": url, "file": file}),
                "transformations": OBJECT,
                **mark,
            },
            "source",
        ),
        "document": _block(
            "document",
            {
                "source": told_by(
                    "type", {"base64": pdf_base64, "text": plain, "content": chunks, "url": url, "file": file}
                ),
                "title": null(STRING),
                "context": null(STRING),
                **switch,
                **mark,
            },
            "source",
        ),
        "search_result": _block(
            "search_result",
            {
                "source": STRING,
                "title": STRING,
                "content": array(told_by("type", {"text": ref("text")})),
                **switch,
                **mark,
            },
            "source title content",
        ),
        "thinking": _block("thinking", {"thinking": STRING, "signature": STRING}, "thinking signature"),
        "redacted_thinking": _block("redacted_thinking", {"data": STRING}, "data"),
        "tool_use": _block(
            "tool_use", {"id": ID, "name": text(1, 200), "input": OBJECT, **caller, **mark}, "id name input"
        ),
        "tool_result": _block(
            "tool_result",
            {
                "tool_use_id": ID,
                "content": either(STRING, array(ref("result_block"))),
                "is_error": BOOLEAN,
                "toolset_name": null(STRING),
                **mark,
            },
            "tool_use_id",
        ),
        "server_tool_use": _block(
            "server_tool_use", {"id": ID, "name": STRING, "input": OBJECT, **caller, **mark}, "id name input"
        ),
        "container_upload": _block("container_upload", {"file_id": STRING, **mark}, "file_id"),
        "tool_reference": _block("tool_reference", {"tool_name": STRING, **mark}, "tool_name"),
    }
    result = {
        "server_result": record(
            {"type": enum(" ".join(SERVER_RESULTS)), "tool_use_id": ID, "content": ANY, **caller, **mark},
            "type tool_use_id content",
            closed=True,
        ),
        "cache_control": record({"type": const("ephemeral"), "ttl": null(enum("5m 1h"))}, "type", closed=True),
        "citation": told_by(
            "type",
            dict.fromkeys(["char_location", "page_location", "content_block_location", "search_result_location", "web_search_result_location"], OBJECT),
        ),
        "result_block": told_by(
            "type",
            {
                **{word: ref(word) for word in ("text", "image", "document", "search_result", "tool_reference")},
                "browser_state": OBJECT,
            },
        ),
        "block": told_by(
            "type",
            {
                **{word: ref(word) for word in blocks if word != "tool_reference"},
                **dict.fromkeys(SERVER_RESULTS, ref("server_result")),
                **dict.fromkeys([*MCP_BLOCKS, "tool_addition", "tool_removal"], OBJECT),
            },
        ),
    }
    return {**blocks, **result, "tool": _tool()}


def _tool() -> Schema:
    common = {
        "cache_control": null(ref("cache_control")),
        "strict": BOOLEAN,
        "defer_loading": BOOLEAN,
        "allowed_callers": array(STRING),
        "input_examples": array(OBJECT),
        "eager_input_streaming": null(BOOLEAN),
    }
    own = record(
        {
            "type": null(const("custom")),
            "name": TOOL_NAME,
            "description": STRING,
            "input_schema": record(
                {"type": const("object"), "properties": null(OBJECT), "required": null(array(STRING))}, "type"
            ),
            **common,
        },
        "name input_schema",
        closed=True,
    )
    native = record({"type": text(1, None, NATIVE_TOOLS), "name": STRING}, "type")
    is_own: Schema = {"properties": {"type": {"enum": ["custom", None]}}}
    return {"type": "object", "if": is_own, "then": own, "else": native}


def _request(place: dict[str, Schema], required: str) -> Schema:
    turn = record(
        {
            "role": enum("user assistant system"),
            "content": either(STRING, array(ref("block"))),
            "clear_at": ANY,
            "output_config": ANY,
        },
        "role content",
        closed=True,
    )
    thinking = {
        "enabled": _block(
            "enabled", {"budget_tokens": at_least(1024), "display": null(STRING), "block_binding": ANY}, "budget_tokens"
        ),
        "disabled": _block("disabled", {}),
        "adaptive": _block("adaptive", {"display": null(STRING), "block_binding": ANY}),
        "between_tools": _block("between_tools", {"display": null(STRING), "block_binding": ANY}),
    }
    one = {"disable_parallel_tool_use": BOOLEAN}
    choices = {
        "auto": _block("auto", one),
        "any": _block("any", one),
        "tool": _block("tool", {"name": STRING, **one}, "name"),
        "none": _block("none", {}),
    }
    output = _block("json_schema", {"schema": OBJECT}, "schema")
    config = record(
        {"effort": null(enum("low medium high xhigh max")), "format": null(output), "task_budget": ANY}, closed=True
    )
    members: dict[str, Schema] = {
        **place,
        "messages": array(turn, 1, 100_000),
        "max_tokens": at_least(0),
        "system": either(STRING, array(told_by("type", {"text": ref("text")}))),
        "temperature": between(0, 1),
        "top_p": between(0, 1),
        "top_k": at_least(0),
        "stop_sequences": array(text(0, None, r"\S")),
        "metadata": record({"user_id": null(STRING)}, closed=True),
        "service_tier": enum("auto standard_only"),
        "speed": null(enum("standard fast")),
        "thinking": told_by("type", thinking),
        "tools": array(ref("tool")),
        "tool_choice": told_by("type", choices),
        "output_config": config,
        "output_format": null(output),
        "cache_control": null(ref("cache_control")),
        "container": {"type": ["string", "object", "null"]},
        "context_management": null(OBJECT),
        "mcp_servers": array(OBJECT),
        "inference_geo": null(STRING),
        "diagnostics": null(OBJECT),
        "fallbacks": ANY,
        "fallback_credit_token": ANY,
        "compaction": null(OBJECT),
        "thread": ANY,
        "billing_policy": ANY,
        "user_profile_id": null(STRING),
    }
    return record(members, f"{required} messages max_tokens", closed=True)


# --- answer


def _answer_parts() -> dict[str, Schema]:
    blocks = {
        "text": record({"text": STRING, "citations": null(array(OBJECT))}, "text"),
        "thinking": record({"thinking": STRING, "signature": STRING}, "thinking"),
        "redacted_thinking": record({"data": STRING}, "data"),
        "tool_use": record({"id": STRING, "name": STRING, "input": OBJECT}, "id name input"),
        "server_tool_use": record({"id": STRING, "name": STRING, "input": OBJECT}, "id name input"),
        **{word: record({"tool_use_id": STRING}, "tool_use_id content") for word in SERVER_RESULTS},
    }
    counts = "input_tokens output_tokens cache_read_input_tokens cache_creation_input_tokens"
    return {
        # A block of a kind that is not named here is one of a later day.
        "block": told_by("type", blocks, ANY),
        "usage": record(nullable(dict.fromkeys(counts.split(), at_least(0)))),
        "stop_reason": enum(STOP_REASONS, (None,)),
    }


def _message(counted: bool = True) -> Schema:
    """`counted`: the usage is always there; old models on Bedrock leave it out."""
    members = {
        "id": STRING,
        "type": const("message"),
        "role": const("assistant"),
        "model": STRING,
        "content": array(ref("block")),
        "stop_reason": ref("stop_reason"),
        "stop_sequence": null(STRING),
        "usage": ref("usage"),
    }
    return record(members, "id type role model content" + (" usage" if counted else ""))


def _error_object() -> Schema:
    inner = record({"type": STRING, "message": STRING, "details": null(OBJECT)}, "type message")
    return record({"type": const("error"), "error": inner, "request_id": null(STRING)}, "type error")


def _event() -> Schema:
    index = {"index": at_least(0)}
    deltas = {
        "text_delta": record({"text": STRING}, "text"),
        "input_json_delta": record({"partial_json": STRING}, "partial_json"),
        "thinking_delta": record({"thinking": STRING}, "thinking"),
        "signature_delta": record({"signature": STRING}, "signature"),
        "citations_delta": record({"citation": OBJECT}, "citation"),
    }
    end = record({"stop_reason": ref("stop_reason"), "stop_sequence": null(STRING)}, "stop_reason")
    events = {
        "message_start": record({"message": _message()}, "message"),
        "content_block_start": record({**index, "content_block": ref("block")}, "index content_block"),
        "content_block_delta": record({**index, "delta": told_by("type", deltas, ANY)}, "index delta"),
        "content_block_stop": record(index, "index"),
        "message_delta": record({"delta": end, "usage": null(ref("usage"))}, "delta"),
        "message_stop": OBJECT,
        "ping": OBJECT,
        "error": _error_object(),
    }
    return told_by("type", events, ANY)


def _error(name: str) -> Schema:
    """The native body; on Vertex AI also Google's, alone or in a list, on Bedrock also the one of AWS."""
    if name == "anthropic":
        return _error_object()
    if name == "anthropic-bedrock":
        aws = record({"message": STRING, "Message": STRING})
        return {
            "type": "object",
            "if": {"required": ["error"]},
            "then": _error_object(),
            "else": {**aws, "minProperties": 1},
        }
    google = record({"error": record({"code": INTEGER, "message": STRING, "status": STRING}, "code message")}, "error")
    one: Schema = {"type": "object", "if": {"required": ["type"]}, "then": _error_object(), "else": google}
    return {**either(one, array(one, 1))}
