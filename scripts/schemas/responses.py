"""
JSON Schemas of the Responses API, `openai-responses`.

Source: OpenAI API reference, "Create a model response", "The response object", "Streaming events", and the types of its Python
SDK. Requests are closed at the top, in messages and calls; hosted items and tools, which change from month to month and differ
between the servers of this API, are held to their type alone. Answers are open. An id is wanted where the server wants one:
encrypted reasoning goes back without (recorded), and many servers leave out members that the types want in answers.
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
    mapping,
    null,
    nullable,
    record,
    ref,
    text,
    told_by,
)

NAME = r"^[a-zA-Z0-9_-]+$"
CALL_ID = text(1, 64)
ITEM_STATUS = null(enum("in_progress completed incomplete"))
INCLUDE = (
    "file_search_call.results web_search_call.results web_search_call.action.sources message.input_image.image_url "
    "computer_call_output.output.image_url code_interpreter_call.outputs reasoning.encrypted_content message.output_text.logprobs"
)


def schemas() -> dict[str, Schema]:
    name = "openai-responses"
    answer = _answer_parts()
    return {
        f"{name}.request": document(_request(), f"{name} request", _request_parts()),
        f"{name}.response": document(_response(), f"{name} response", answer),
        f"{name}.event": document(_event(), f"{name} event", {**answer, "response": _response()}),
        f"{name}.error": document(_error(), f"{name} error"),
    }


# --- request


def _request_parts() -> dict[str, Schema]:
    mark = {
        "prompt_cache_breakpoint": null(record({"mode": enum("explicit"), "ttl": null(enum("30m 12h"))}, closed=True))
    }
    detail = null(enum("auto low high original"))
    parts = {
        "input_text": record({"type": const("input_text"), "text": STRING, **mark}, "type text", closed=True),
        "input_image": {
            **record(
                {
                    "type": const("input_image"),
                    "image_url": null(STRING),
                    "file_id": null(STRING),
                    "detail": detail,
                    **mark,
                },
                "type",
                closed=True,
            ),
            "anyOf": [{"required": ["image_url"]}, {"required": ["file_id"]}],
        },
        "input_file": {
            **record(
                {
                    "type": const("input_file"),
                    **{name: null(STRING) for name in ("file_data", "file_id", "file_url", "filename")},
                    "detail": detail,
                    **mark,
                },
                "type",
                closed=True,
            ),
            "anyOf": [{"required": [name]} for name in ("file_data", "file_id", "file_url")],
        },
    }
    spoken = {
        "output_text": record(
            {
                "type": const("output_text"),
                "text": STRING,
                "annotations": null(array(OBJECT)),
                "logprobs": null(array(OBJECT)),
            },
            "type text",
        ),
        "refusal": record({"type": const("refusal"), "refusal": STRING}, "type refusal", closed=True),
    }
    return {
        "input_content": either(STRING, array(told_by("type", parts))),
        "spoken_content": either(STRING, array(told_by("type", spoken))),
        "item": _item(),
        "tool": _tool(),
        "tool_choice": _tool_choice(),
    }


def _item() -> Schema:
    head = {"type": const("message"), "id": null(STRING), "status": ITEM_STATUS}
    heard = record(
        {**head, "role": STRING, "content": ref("input_content"), "phase": null(STRING)}, "role content", closed=True
    )
    spoken = record(
        {**head, "role": STRING, "content": ref("spoken_content"), "phase": null(enum("commentary final_answer"))},
        "role content",
        closed=True,
    )
    message = told_by("role", {"user": heard, "system": heard, "developer": heard, "assistant": spoken})
    call = {"type": STRING, "id": null(STRING), "call_id": CALL_ID, "name": text(1, 64, NAME), "status": ITEM_STATUS}
    more = {"namespace": null(STRING), "caller": null(OBJECT), "async": null(BOOLEAN)}
    output = {
        "type": STRING,
        "id": null(STRING),
        "call_id": CALL_ID,
        "output": ref("input_content"),
        "status": ITEM_STATUS,
    }
    # The output of a tool that nobody called has its name instead.
    own = {"call_id": null(CALL_ID), "namespace": null(STRING), "caller": null(OBJECT), "name": null(STRING)}
    answered = {
        **record({**output, **own}, "type output", closed=True),
        "if": {"required": ["name"], "properties": {"name": STRING}},
        "else": {"required": ["call_id"], "properties": {"call_id": STRING}},
    }
    reasoning = record(
        {
            "type": const("reasoning"),
            "id": null(STRING),
            "summary": array(record({"type": const("summary_text"), "text": STRING}, "type text")),
            "content": null(array(record({"type": const("reasoning_text"), "text": STRING}, "type text"))),
            "encrypted_content": null(STRING),
            "status": ITEM_STATUS,
        },
        "type summary",
        closed=True,
    )
    kinds = {
        "message": message,
        "function_call": record({**call, **more, "arguments": STRING}, "type call_id name arguments", closed=True),
        "custom_tool_call": record({**call, **more, "input": STRING}, "type call_id name input", closed=True),
        "function_call_output": answered,
        "custom_tool_call_output": record({**output, **more}, "type call_id output", closed=True),
        "reasoning": reasoning,
        "item_reference": record({"type": const("item_reference"), "id": STRING}, "id", closed=True),
        "compaction": record({"type": const("compaction"), "encrypted_content": STRING}, "encrypted_content"),
    }
    told = told_by("type", kinds, OBJECT, required=False)
    without = {
        "if": {"not": {"required": ["type"]}},
        "then": {"if": {"required": ["role"]}, "then": message, "else": kinds["item_reference"]},
    }
    return {**told, "allOf": [*told["allOf"], without]}


def _tool() -> Schema:
    grammar = record(
        {"type": const("grammar"), "syntax": enum("lark regex"), "definition": STRING},
        "type syntax definition",
        closed=True,
    )
    plain = record({"type": const("text")}, "type", closed=True)
    function = record(
        {
            "type": const("function"),
            "name": text(1, 64, NAME),
            "description": null(STRING),
            "parameters": null(OBJECT),
            "strict": null(BOOLEAN),
            "defer_loading": null(BOOLEAN),
            "allowed_callers": null(array(STRING)),
            "output_schema": null(OBJECT),
            "async": null(BOOLEAN),
        },
        "type name",
        closed=True,
    )
    custom = record(
        {
            "type": const("custom"),
            "name": text(1, 64, NAME),
            "description": null(STRING),
            "format": null(told_by("type", {"text": plain, "grammar": grammar})),
            "defer_loading": null(BOOLEAN),
            "allowed_callers": null(array(STRING)),
            "async": null(BOOLEAN),
        },
        "type name",
        closed=True,
    )
    size = {"search_context_size": null(enum("low medium high")), "user_location": null(OBJECT)}
    return told_by(
        "type",
        {
            "function": function,
            "custom": custom,
            "web_search": record({"type": const("web_search"), **size}, "type"),
            "file_search": record(
                {"type": const("file_search"), "vector_store_ids": array(STRING)}, "type vector_store_ids"
            ),
            "code_interpreter": record({"type": STRING, "container": either(STRING, OBJECT)}, "type container"),
            "mcp": record({"type": const("mcp"), "server_label": STRING}, "type server_label"),
        },
        OBJECT,
    )


def _tool_choice() -> Schema:
    named = {
        word: record({"type": const(word), "name": text(1, 64, NAME)}, "type name", closed=True)
        for word in ("function", "custom")
    }
    allowed = record(
        {
            "type": const("allowed_tools"),
            "mode": enum("auto required"),
            "tools": array(record({"type": STRING}, "type")),
        },
        "type mode tools",
        closed=True,
    )
    mcp = record({"type": const("mcp"), "server_label": STRING, "name": null(STRING)}, "type server_label", closed=True)
    return either(enum("none auto required"), told_by("type", {**named, "allowed_tools": allowed, "mcp": mcp}, OBJECT))


def _format() -> Schema:
    schema = record(
        {
            "type": const("json_schema"),
            "name": text(1, 64, NAME),
            "description": null(STRING),
            "schema": OBJECT,
            "strict": null(BOOLEAN),
        },
        "type name schema",
        closed=True,
    )
    return told_by(
        "type",
        {
            "text": record({"type": const("text")}, "type", closed=True),
            "json_object": record({"type": const("json_object")}, "type", closed=True),
            "json_schema": schema,
        },
    )


def _request() -> Schema:
    summary = enum("auto concise detailed")
    reasoning = {
        "effort": enum("none minimal low medium high xhigh max"),
        "summary": summary,
        "generate_summary": summary,
        "context": enum("auto current_turn all_turns"),
        "mode": STRING,
    }
    moderation = null(record({"mode": enum("score block")}, "mode", closed=True))
    policy = null(record({"input": moderation, "output": moderation}, closed=True))
    prompt = record({"id": STRING, "version": null(STRING), "variables": null(OBJECT)}, "id", closed=True)
    cache = {
        "mode": null(enum("implicit explicit")),
        "ttl": null(enum("30m 12h")),
        "prewarm": ANY,
        "comparison_response_id": null(STRING),
    }
    members: dict[str, Schema] = {
        "model": STRING,
        "input": either(STRING, array(ref("item"))),
        "instructions": STRING,
        "background": BOOLEAN,
        "background_options": OBJECT,
        "context_management": array(OBJECT),
        "conversation": either(STRING, record({"id": STRING}, "id", closed=True)),
        "access_programs": ANY,
        "image": ANY,
        "include": array(enum(INCLUDE)),
        "max_output_tokens": at_least(16),
        "max_tool_calls": INTEGER,
        "metadata": mapping(text(0, 512), 16, text(0, 64)),
        "moderation": record({"model": STRING, "policy": policy}, "model", closed=True),
        "parallel_tool_calls": BOOLEAN,
        "previous_response_id": STRING,
        "prompt": prompt,
        "prompt_cache_key": STRING,
        "prompt_cache_options": record(cache, closed=True),
        "prompt_cache_retention": enum("in_memory 24h"),
        "reasoning": record(nullable(reasoning), closed=True),
        "safety_identifier": STRING,
        "service_tier": enum("auto default flex scale priority fast ultrafast"),
        "store": BOOLEAN,
        "stream": BOOLEAN,
        "stream_options": record({"include_obfuscation": null(BOOLEAN)}, closed=True),
        "temperature": between(0, 2),
        "text": record({"format": null(_format()), "verbosity": null(enum("low medium high"))}, closed=True),
        "tool_choice": ref("tool_choice"),
        "tools": array(ref("tool")),
        "top_logprobs": between(0, 20, INTEGER),
        "top_p": between(0, 1),
        "truncation": enum("auto disabled"),
        "user": STRING,
    }
    return record(nullable(members), closed=True)


# --- response, event, error


def _answer_parts() -> dict[str, Schema]:
    part = told_by(
        "type",
        {
            "output_text": record(
                {"type": STRING, "text": STRING, "annotations": null(array(OBJECT)), "logprobs": null(array(OBJECT))},
                "text",
            ),
            "refusal": record({"type": STRING, "refusal": STRING}, "refusal"),
            "reasoning_text": record({"type": STRING, "text": STRING}, "text"),
            "summary_text": record({"type": STRING, "text": STRING}, "text"),
        },
        OBJECT,
    )
    call = {"id": null(STRING), "call_id": STRING, "name": STRING, "status": null(STRING)}
    kinds = {
        "message": record(
            {"role": STRING, "id": null(STRING), "status": null(STRING), "content": array(ref("part"))}, "role content"
        ),
        "function_call": record({**call, "arguments": STRING}, "call_id name arguments"),
        "custom_tool_call": record({**call, "input": STRING}, "call_id name input"),
        "reasoning": record(
            {
                "id": null(STRING),
                "summary": array(ref("part")),
                "content": null(array(ref("part"))),
                "encrypted_content": null(STRING),
                "status": null(STRING),
            },
            "summary",
        ),
        "image_generation_call": record({"id": null(STRING), "result": null(STRING), "status": null(STRING)}),
    }
    counts = dict.fromkeys(("input_tokens", "output_tokens", "total_tokens"), at_least(0))
    details = {
        "input_tokens_details": null(
            record(nullable({"cached_tokens": at_least(0), "cache_write_tokens": at_least(0)}))
        ),
        "output_tokens_details": null(record(nullable({"reasoning_tokens": at_least(0)}))),
    }
    return {
        "part": part,
        "output_item": told_by("type", kinds, OBJECT),
        "usage": record({**counts, **details}, "input_tokens output_tokens"),
    }


def _response() -> Schema:
    reason = record({"reason": null(STRING)})
    members = {
        "object": const("response"),
        "created_at": NUMBER,
        "status": enum("completed failed in_progress cancelled queued incomplete"),
        "error": record({"code": null(STRING), "message": STRING}, "message"),
        "incomplete_details": reason,
        "instructions": either(STRING, array(OBJECT)),
        "metadata": OBJECT,
        "model": STRING,
        "parallel_tool_calls": BOOLEAN,
        "temperature": NUMBER,
        "top_p": NUMBER,
        "tools": array(OBJECT),
        "tool_choice": either(STRING, OBJECT),
        "usage": ref("usage"),
        "service_tier": STRING,
        "previous_response_id": STRING,
    }
    return record({"id": text(1), "output": array(ref("output_item")), **nullable(members, "object")}, "id output")


def _event() -> Schema:
    index = at_least(0)
    place = {"output_index": index, "item_id": null(STRING)}
    content = {**place, "content_index": index}
    summary = {**place, "summary_index": index}
    whole = record({"response": ref("response")}, "response")
    item = record({"output_index": index, "item": ref("output_item")}, "item")

    def grows(members: dict[str, Schema]) -> Schema:
        return record({**members, "delta": STRING}, "delta")

    kinds: dict[str, Schema] = {
        **{
            f"response.{word}": whole
            for word in ("created", "queued", "in_progress", "completed", "incomplete", "failed")
        },
        "response.output_item.added": record({"output_index": index, "item": record({"type": STRING}, "type")}, "item"),
        "response.output_item.done": item,
        "response.content_part.added": record({**content, "part": ref("part")}, "part"),
        "response.content_part.done": record({**content, "part": ref("part")}, "part"),
        "response.output_text.delta": grows({**content, "logprobs": null(array(OBJECT))}),
        "response.output_text.done": record({**content, "text": STRING}, "text"),
        "response.output_text.annotation.added": record({**content, "annotation": OBJECT}, "annotation"),
        "response.refusal.delta": grows(content),
        "response.refusal.done": record({**content, "refusal": STRING}, "refusal"),
        "response.reasoning_text.delta": grows(content),
        "response.reasoning_text.done": record({**content, "text": STRING}, "text"),
        "response.reasoning_summary_part.added": record({**summary, "part": ref("part")}, "part"),
        "response.reasoning_summary_part.done": record({**summary, "part": ref("part")}, "part"),
        "response.reasoning_summary_text.delta": grows(summary),
        "response.reasoning_summary_text.done": record({**summary, "text": STRING}, "text"),
        "response.function_call_arguments.delta": grows(place),
        "response.function_call_arguments.done": record({**place, "arguments": STRING}, "arguments"),
        "response.custom_tool_call_input.delta": grows(place),
        "response.custom_tool_call_input.done": record({**place, "input": STRING}, "input"),
        "error": either(
            record({"message": STRING, "code": null(STRING), "param": null(STRING)}, "message"),
            record(
                {"error": record({"message": STRING, "code": null(STRING), "type": null(STRING)}, "message")}, "error"
            ),
        ),
    }
    told = told_by("type", kinds, ANY)
    return {**told, "properties": {**told["properties"], "sequence_number": at_least(0)}}


def _error() -> Schema:
    error = record(
        nullable({"message": STRING, "type": STRING, "param": STRING, "code": either(STRING, INTEGER)}, "message"),
        "message",
    )
    # Other servers of this API say the text alone.
    return record({"error": either(STRING, error), "code": null(either(STRING, INTEGER))}, "error")
