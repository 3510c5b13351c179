"""
JSON Schemas of OpenAI's chat form: `openai` as OpenAI itself takes it (a list of names, values and ranges), `compatible` for
every other server that speaks it (the same types, but names and words are open).

Source: OpenAI API reference, "Create chat completion", and the types of its Python SDK. Null stands for absent on members the
reference marks so. Answers may always have more members than are named here.
"""

from __future__ import annotations

from typing import NamedTuple

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


class Form(NamedTuple):
    """`strict`: what OpenAI refuses is refused. Otherwise any word, range and further member goes."""

    strict: bool

    def record(self, members: dict[str, Schema], required: str = "") -> Schema:
        return record(members if self.strict else nullable(members, required), required, closed=self.strict)

    def words(self, words: str) -> Schema:
        return enum(words) if self.strict else STRING

    def range(self, minimum: float, maximum: float, base: Schema = NUMBER) -> Schema:
        return between(minimum, maximum, base) if self.strict else base

    def name(self) -> Schema:
        return text(1, 64, NAME) if self.strict else STRING

    def list(self, items: Schema, minimum: int = 0, maximum: int | None = None) -> Schema:
        return array(items, minimum, maximum) if self.strict else array(items)

    def told_by(self, key: str, alternatives: dict[str, Schema], required: bool = True) -> Schema:
        return told_by(key, alternatives, None if self.strict else ANY, required or self.strict)


def schemas() -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for name, form in (("openai", Form(True)), ("compatible", Form(False))):
        parts = {**_parts(form), **_calls(form), **_tools(form)}
        found[f"{name}.request"] = document(_request(form), f"{name} request", parts)
        answer = {**_calls(Form(False)), **_answer()}
        found[f"{name}.response"] = document(_response(form), f"{name} response", answer)
        found[f"{name}.event"] = document(_event(form), f"{name} event", answer)
        found[f"{name}.error"] = document(_error(form), f"{name} error")
    return found


# --- request


def _parts(form: Form) -> dict[str, Schema]:
    mark = {
        "prompt_cache_breakpoint": null(form.record({"mode": form.words("explicit"), "ttl": form.words("30m 12h")}))
    }
    image = form.record({"url": STRING, "detail": form.words("auto low high original")}, "url")
    audio = form.record({"data": STRING, "format": form.words("wav mp3")}, "data format" if form.strict else "data")
    file = form.record({"file_data": STRING, "file_id": STRING, "filename": STRING})
    bodies = {
        "text": {"text": STRING},
        "image_url": {"image_url": image if form.strict else either(image, STRING)},
        "input_audio": {"input_audio": audio},
        "file": {"file": file},
        "refusal": {"refusal": STRING},
    }
    parts = {word: form.record({"type": const(word), **body, **mark}, f"type {word}") for word, body in bodies.items()}

    def content(words: str) -> Schema:
        if not form.strict:
            return either(STRING, {"type": "null"}, array(ref("part")))
        return either(STRING, array(told_by("type", {word: ref(f"{word}_part") for word in words.split()}), 1))

    return {
        **{f"{word}_part": part for word, part in parts.items()},
        **({} if form.strict else {"part": told_by("type", {word: ref(f"{word}_part") for word in parts}, ANY)}),
        "text_content": content("text"),
        "user_content": content("text image_url input_audio file"),
        "assistant_content": null(content("text refusal")),
    }


def _calls(form: Form) -> dict[str, Schema]:
    function = form.record({"name": STRING, "arguments": STRING}, "name arguments" if form.strict else "")
    custom = form.record({"name": STRING, "input": STRING}, "name input" if form.strict else "")
    if not form.strict:
        call = form.record({"id": STRING, "type": STRING, "function": function, "custom": custom})
    else:
        kinds = {"function": function, "custom": custom}
        call = told_by(
            "type",
            {
                word: form.record({"id": STRING, "type": const(word), word: body}, f"id type {word}")
                for word, body in kinds.items()
            },
        )
    return {"function_call": function, "tool_call": call}


def _message(form: Form) -> Schema:
    system = form.record({"role": STRING, "content": ref("text_content"), "name": null(STRING)}, "role content")
    assistant = form.record(
        {
            "role": STRING,
            "content": ref("assistant_content"),
            "refusal": null(STRING),
            "name": null(STRING),
            "audio": null(form.record({"id": STRING}, "id" if form.strict else "")),
            "tool_calls": null(form.list(ref("tool_call"), 0, None)),
            "function_call": null(ref("function_call")),
            # OpenAI takes its own answer back as it came.
            "annotations": null(array(ANY)),
        },
        "role",
    )
    roles = {
        "system": system,
        "developer": system,
        "user": form.record({"role": STRING, "content": ref("user_content"), "name": null(STRING)}, "role content"),
        "assistant": assistant,
        "tool": form.record(
            {"role": STRING, "content": ref("text_content"), "tool_call_id": STRING, "name": null(STRING)},
            "role content tool_call_id" if form.strict else "role",
        ),
        "function": form.record({"role": STRING, "content": null(STRING), "name": STRING}, "role name"),
    }
    if not form.strict:
        roles = {word: {**role, "required": ["role"]} for word, role in roles.items()}
    return form.told_by("role", roles)


def _tools(form: Form) -> dict[str, Schema]:
    grammar = form.record(
        {"syntax": form.words("lark regex"), "definition": STRING}, "syntax definition" if form.strict else ""
    )
    formats = {
        "text": form.record({"type": const("text")}, "type"),
        "grammar": form.record({"type": const("grammar"), "grammar": grammar}, "type grammar"),
    }
    definition = form.record(
        {"name": form.name(), "description": null(STRING), "parameters": null(OBJECT), "strict": null(BOOLEAN)}, "name"
    )
    custom = form.record(
        {"name": form.name(), "description": null(STRING), "format": form.told_by("type", formats)}, "name"
    )
    tools = {
        "function": form.record({"type": const("function"), "function": ref("function")}, "type function"),
        "custom": form.record({"type": const("custom"), "custom": custom}, "type custom"),
    }
    named = form.record({"name": form.name()}, "name")
    references = {
        word: form.record({"type": const(word), word: named}, f"type {word}") for word in ("function", "custom")
    }
    allowed = form.record(
        {"mode": form.words("auto required"), "tools": array(form.told_by("type", references))}, "mode tools"
    )
    choices = {
        **references,
        "allowed_tools": form.record({"type": const("allowed_tools"), "allowed_tools": allowed}, "type allowed_tools"),
    }
    schema = form.record(
        {"name": form.name(), "description": null(STRING), "schema": null(OBJECT), "strict": null(BOOLEAN)},
        "name" if form.strict else "",
    )
    formats_of_answer = {
        "text": form.record({"type": const("text")}, "type"),
        "json_object": form.record({"type": const("json_object")}, "type"),
        "json_schema": form.record({"type": const("json_schema"), "json_schema": schema}, "type json_schema"),
    }
    return {
        "message": _message(form),
        "function": definition,
        "tool": form.told_by("type", tools, required=False),
        "tool_choice": either(form.words("none auto required"), form.told_by("type", choices, required=False)),
        "response_format": form.told_by("type", formats_of_answer),
    }


def _request(form: Form) -> Schema:
    place = {name: null(STRING) for name in ("city", "country", "region", "timezone")}
    location = form.record(
        {"type": form.words("approximate"), "approximate": form.record(place)},
        "type approximate" if form.strict else "",
    )
    moderation = form.record({"mode": form.words("score block")})
    voice = either(STRING, form.record({"id": STRING}, "id"))
    members: dict[str, Schema] = {
        "model": STRING,
        "messages": array(ref("message"), 1),
        "audio": form.record({"format": form.words("wav aac mp3 flac opus pcm16"), "voice": voice}, "format voice"),
        "frequency_penalty": form.range(-2, 2),
        "presence_penalty": form.range(-2, 2),
        "function_call": either(form.words("none auto"), form.record({"name": STRING}, "name")),
        "functions": form.list(ref("function"), 1, 128),
        "logit_bias": mapping(form.range(-100, 100)),
        "logprobs": BOOLEAN,
        "top_logprobs": form.range(0, 20, INTEGER),
        "max_completion_tokens": INTEGER,
        "max_tokens": INTEGER,
        "metadata": mapping(text(0, 512), 16, text(0, 64)) if form.strict else OBJECT,
        "modalities": array(form.words("text audio")),
        "moderation": form.record(
            {"model": STRING, "policy": null(form.record({"input": null(moderation), "output": null(moderation)}))},
            "model" if form.strict else "",
        ),
        "n": form.range(1, 128, INTEGER),
        "parallel_tool_calls": BOOLEAN,
        "prediction": form.record({"type": form.words("content"), "content": ref("text_content")}, "type content"),
        "prompt_cache_key": STRING,
        "prompt_cache_options": form.record({"mode": form.words("implicit explicit"), "ttl": form.words("30m")}),
        "prompt_cache_retention": form.words("in_memory 24h"),
        "reasoning_effort": form.words("none minimal low medium high xhigh max"),
        "response_format": ref("response_format"),
        "safety_identifier": text(0, 128) if form.strict else STRING,
        "seed": form.range(-(2**63), 2**63 - 1, INTEGER),
        "service_tier": form.words("auto default flex scale priority fast"),
        "stop": either(STRING, form.list(STRING, 1, 4)),
        "store": BOOLEAN,
        "stream": BOOLEAN,
        "stream_options": form.record({"include_usage": null(BOOLEAN), "include_obfuscation": null(BOOLEAN)}),
        "temperature": form.range(0, 2),
        "top_p": form.range(0, 1),
        "tool_choice": ref("tool_choice"),
        "tools": form.list(ref("tool"), 0, 128),
        "user": STRING,
        "verbosity": form.words("low medium high"),
        "web_search_options": form.record(
            {"search_context_size": null(form.words("low medium high")), "user_location": null(location)}
        ),
    }
    required = "model messages" if form.strict else "messages"
    return record(nullable(members, required), required, closed=form.strict)


# --- response, chunk, error


def _answer() -> dict[str, Schema]:
    token = {"token": STRING, "logprob": NUMBER, "bytes": array(INTEGER)}
    tokens = array(record(nullable({**token, "top_logprobs": array(record(nullable(token)))})))
    prompt = "cached_tokens cache_write_tokens audio_tokens image_tokens text_tokens"
    completion = (
        "reasoning_tokens audio_tokens image_tokens text_tokens accepted_prediction_tokens rejected_prediction_tokens"
    )
    details = {
        "prompt_tokens_details": record(nullable(dict.fromkeys(prompt.split(), at_least(0)))),
        "completion_tokens_details": record(nullable(dict.fromkeys(completion.split(), at_least(0)))),
    }
    counts = dict.fromkeys(("prompt_tokens", "completion_tokens", "total_tokens"), at_least(0))
    citation = record(nullable({"start_index": INTEGER, "end_index": INTEGER, "title": STRING, "url": STRING}))
    return {
        "logprobs": record(nullable({"content": tokens, "refusal": tokens})),
        "usage": record(nullable({**counts, **details})),
        "annotations": array(record(nullable({"type": STRING, "url_citation": citation}))),
        "audio": record(nullable({"id": STRING, "data": STRING, "expires_at": INTEGER, "transcript": STRING})),
    }


def _spoken(form: Form) -> dict[str, Schema]:
    return {
        "role": form.words("assistant developer system user tool"),
        "content": STRING,
        "refusal": STRING,
        "annotations": ref("annotations"),
        "audio": ref("audio"),
        "function_call": ref("function_call"),
    }


def _envelope(form: Form, name: str) -> dict[str, Schema]:
    return {
        "id": STRING,
        "object": const(name) if form.strict else STRING,
        "created": INTEGER if form.strict else {"type": ["integer", "string", "number"]},
        "model": STRING,
        "usage": ref("usage"),
        "service_tier": STRING,
        "system_fingerprint": STRING,
        "moderation": OBJECT,
    }


STRICT_ANSWER = "id object created model choices"
FINISH = "stop length tool_calls content_filter function_call"


def _choice(form: Form, inner: str, schema: Schema) -> dict[str, Schema]:
    return {
        "index": at_least(0),
        "finish_reason": form.words(FINISH),
        "logprobs": ref("logprobs"),
        inner: schema,
    }


def _response(form: Form) -> Schema:
    message = record(nullable({**_spoken(form), "tool_calls": array(ref("tool_call"))}), "role" if form.strict else "")
    choice = record(
        nullable(_choice(form, "message", message), "message" if form.strict else ""),
        "index finish_reason message" if form.strict else "",
    )
    members = {**_envelope(form, "chat.completion"), "choices": array(choice), "metadata": OBJECT}
    if form.strict:
        return record(nullable(members, STRICT_ANSWER), STRICT_ANSWER)
    # Other servers answer 200 with an error in the body.
    return {"type": "object", "if": {"required": ["error"]}, "else": record(nullable(members), "choices")}


def _event(form: Form) -> Schema:
    fragment = record(
        nullable(
            {
                "index": at_least(0),
                "id": STRING,
                "type": STRING,
                "function": record(nullable({"name": STRING, "arguments": STRING})),
                "custom": record(nullable({"name": STRING, "input": STRING})),
            },
            "index" if form.strict else "",
        ),
        "index" if form.strict else "",
    )
    delta = record(nullable({**_spoken(form), "tool_calls": array(fragment)}))
    choice = record(
        nullable(_choice(form, "delta", delta)),
        "index" if form.strict else "",
    )
    members = {**_envelope(form, "chat.completion.chunk"), "choices": array(choice), "obfuscation": STRING}
    required = STRICT_ANSWER if form.strict else ""
    chunk = record(nullable(members, required), required)
    return {"type": "object", "if": {"required": ["error"]}, "then": _error_object(form), "else": chunk}


def _error_object(form: Form) -> Schema:
    code = STRING if form.strict else {"type": ["string", "integer"]}
    error = record(
        nullable({"message": STRING, "type": STRING, "param": STRING, "code": code}, "message" if form.strict else ""),
        "message" if form.strict else "",
    )
    return record(
        {"error": error if form.strict else either(STRING, error, {"type": "null"})}, "error" if form.strict else ""
    )


def _error(form: Form) -> Schema:
    if form.strict:
        return _error_object(form)
    one = _error_object(form)
    one = {**one, "properties": {**one["properties"], "message": null(STRING)}}
    return either(one, array(one))
