"""
Hypothesis strategies: unified requests, responses and chunk streams with all features, and native documents made by
editing known ones.

`pool(kind, count)` draws a fixed sample once a process: law tests walk it for every format, which costs a fraction of
generating anew. `--deep` runs the same laws under hypothesis itself, with many more examples and shrinking.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

import translate
from tests import corpus, seeded

Json = Any

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PNG = f"data:image/png;base64,{PIXEL}"
PDF = "data:application/pdf;base64,JVBERi0xLjQKJSVFT0YK"
TOOL_NAMES = ("get_weather", "search-web", "lookup", "add_numbers")

words = st.text(st.sampled_from('abc xyz. éß日本🙂\n"\\{}'), min_size=1, max_size=30).filter(
    lambda text: text.strip() == text != ""
)
models = st.sampled_from(["gpt-4o", "claude-sonnet-4-5", "gemini-2.5-flash", "gemini-3-pro-preview", "some-model"])
json_leaves = st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), words)
arguments = st.dictionaries(
    st.sampled_from(["city", "count", "deep", "null"]),
    st.one_of(
        json_leaves,
        st.lists(json_leaves, max_size=2),
        st.dictionaries(st.sampled_from(["a", "b"]), json_leaves, max_size=2),
    ),
    max_size=3,
)
schemas = st.sampled_from(
    [
        {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        {"type": "object", "properties": {}},
        {
            "type": "object",
            "properties": {"unit": {"type": "string", "enum": ["c", "f"]}, "n": {"type": ["integer", "null"]}},
        },
        {
            "type": "object",
            "properties": {"items": {"type": "array", "items": {"$ref": "#/$defs/x"}}},
            "$defs": {"x": {"type": "number"}},
        },
        {
            "type": "object",
            "properties": {"v": {"anyOf": [{"type": "string"}, {"type": "boolean"}]}},
            "additionalProperties": False,
        },
    ]
)


def _optional(draw: Any, target: Json, key: str, strategy: st.SearchStrategy[Any], chance: int = 3) -> None:
    if draw(st.integers(0, chance)) == 0:
        target[key] = draw(strategy)


@st.composite
def parts(draw: Any) -> Json:
    """A content part of a user message."""
    kind = draw(st.sampled_from(["text", "text", "image", "image_url", "file", "input_audio", "video_url"]))
    part: Json
    if kind == "image":
        part = {"type": "image_url", "image_url": {"url": PNG}}
        _optional(draw, part["image_url"], "detail", st.sampled_from(["low", "high", "auto"]))
    elif kind == "image_url":
        part = {"type": "image_url", "image_url": {"url": "https://example.com/picture.png"}}
    elif kind == "file":
        part = {
            "type": "file",
            "file": {"file_data": PDF, "filename": draw(st.sampled_from(["a.pdf", "report 1.pdf"]))},
        }
    elif kind == "input_audio":
        part = {"type": "input_audio", "input_audio": {"data": "UklGRiQAAABXQVZF", "format": "wav"}}
    elif kind == "video_url":
        part = {"type": "video_url", "video_url": {"url": "https://example.com/clip.mp4"}}
    else:
        part = {"type": "text", "text": draw(words)}
    _optional(
        draw, part, "cache_control", st.sampled_from([{"type": "ephemeral"}, {"type": "ephemeral", "ttl": "1h"}]), 8
    )
    return part


@st.composite
def tool_calls(draw: Any, prefix: str) -> list[Json]:
    calls = []
    for index in range(draw(st.integers(1, 3))):
        body = json.dumps(draw(arguments), ensure_ascii=False, separators=(",", ":"))
        function = {"name": draw(st.sampled_from(TOOL_NAMES)), "arguments": body}
        calls.append({"id": f"{prefix}_{index}", "type": "function", "function": function})
    return calls


@st.composite
def reasoning(draw: Any) -> Json:
    """Readable reasoning, alone or with its lossless form."""
    text = draw(words)
    told: Json = {"reasoning_content": text}
    if draw(st.booleans()):
        word = draw(st.sampled_from(["anthropic-claude-v1", "google-gemini-v1", "openai-responses-v1"]))
        entry = {"type": "reasoning.text", "text": text, "signature": "c2lnbmF0dXJl", "format": word, "index": 0}
        told["reasoning_details"] = [entry]
    return told


@st.composite
def histories(draw: Any) -> list[Json]:
    """A conversation that ends with the user or with tool results, every call answered once."""
    messages: list[Json] = []
    for _ in range(draw(st.integers(0, 2))):
        messages.append({"role": draw(st.sampled_from(["system", "developer"])), "content": draw(words)})
    for turn in range(draw(st.integers(1, 3))):
        content = draw(st.one_of(words, st.lists(parts(), min_size=1, max_size=3)))
        messages.append({"role": "user", "content": content})
        _optional(draw, messages[-1], "name", st.just("ann"), 8)
        last = turn == 2 or draw(st.booleans())
        answer: Json = {"role": "assistant", "content": draw(words)}
        if draw(st.booleans()):
            answer.update(draw(reasoning()))
        if draw(st.booleans()):
            answer["tool_calls"] = draw(tool_calls(f"call_{turn}"))
            if draw(st.booleans()):
                answer["content"] = None
            messages.append(answer)
            for call in answer["tool_calls"]:
                result: Json = {"role": "tool", "tool_call_id": call["id"], "content": draw(words)}
                _optional(draw, result, "is_error", st.just(True), 6)
                messages.append(result)
            if last and draw(st.booleans()):
                return messages
            messages.append({"role": "assistant", "content": draw(words)})
        else:
            messages.append(answer)
    return [*messages, {"role": "user", "content": draw(words)}]


@st.composite
def requests(draw: Any) -> Json:
    """A unified request."""
    body: Json = {"model": draw(models), "messages": draw(histories())}
    called = any(message.get("tool_calls") for message in body["messages"])
    if called or draw(st.booleans()):
        body["tools"] = []
        for name in TOOL_NAMES:
            function: Json = {"name": name}
            _optional(draw, function, "description", words, 1)
            function["parameters"] = draw(schemas)
            body["tools"].append({"type": "function", "function": function})
        _optional(draw, body["tools"][-1], "cache_control", st.just({"type": "ephemeral"}), 6)
        choice = {"type": "function", "function": {"name": TOOL_NAMES[0]}}
        _optional(draw, body, "tool_choice", st.sampled_from(["auto", "none", "required", choice]), 1)
        _optional(draw, body, "parallel_tool_calls", st.booleans())
    simple: dict[str, st.SearchStrategy[Any]] = {
        "temperature": st.sampled_from([0, 0.5, 1, 1.5]),
        "top_p": st.sampled_from([0.1, 0.9]),
        "top_k": st.integers(1, 40),
        "max_completion_tokens": st.integers(2000, 9000),
        "stop": st.lists(st.sampled_from(["END", "\n\n", "stop"]), min_size=1, max_size=3, unique=True),
        "seed": st.integers(0, 1000),
        "n": st.integers(1, 2),
        "presence_penalty": st.sampled_from([-1, 0.5]),
        "frequency_penalty": st.sampled_from([-1, 0.5]),
        "reasoning_effort": st.sampled_from(["none", "minimal", "low", "medium", "high"]),
        "verbosity": st.sampled_from(["low", "high"]),
        "user": st.just("user-1"),
        "metadata": st.just({"project": "x"}),
        "service_tier": st.sampled_from(["auto", "default", "flex"]),
        "logit_bias": st.just({"50256": -100}),
        "store": st.booleans(),
        "thinking": st.sampled_from([{"type": "enabled", "budget_tokens": 1500}, {"type": "disabled"}]),
        "response_format": st.sampled_from(
            [
                {"type": "text"},
                {"type": "json_object"},
                {
                    "type": "json_schema",
                    "json_schema": {
                        "name": "answer",
                        "schema": {
                            "type": "object",
                            "properties": {"a": {"type": "string"}},
                            "required": ["a"],
                            "additionalProperties": False,
                        },
                        "strict": True,
                    },
                },
            ]
        ),
    }
    for key, strategy in simple.items():
        _optional(draw, body, key, strategy, 3)
    if draw(st.integers(0, 5)) == 0:
        body["logprobs"], body["top_logprobs"] = True, 2
    if draw(st.integers(0, 2)) == 0:
        body["stream"] = True
        body["stream_options"] = {"include_usage": True}
    return body


@st.composite
def usages(draw: Any) -> Json:
    prompt, completion = draw(st.integers(0, 5000)), draw(st.integers(0, 5000))
    usage: Json = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    if draw(st.booleans()):
        cached = draw(st.integers(0, prompt))
        usage["prompt_tokens_details"] = {"cached_tokens": cached}
    if draw(st.booleans()):
        usage["completion_tokens_details"] = {"reasoning_tokens": draw(st.integers(0, completion))}
    return usage


@st.composite
def responses(draw: Any) -> Json:
    """A unified response with one choice."""
    message: Json = {"role": "assistant", "content": draw(words), "refusal": None}
    if draw(st.integers(0, 2)) == 0:
        message.update(draw(reasoning()))
    finish = draw(st.sampled_from(["stop", "stop", "length"]))
    if draw(st.booleans()):
        message["tool_calls"] = draw(tool_calls("call_r"))
        message["content"] = draw(st.one_of(st.none(), words))
        finish = "tool_calls"
    choice = {"index": 0, "finish_reason": finish, "logprobs": None, "message": message}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1700000000,
        "model": draw(models),
        "choices": [choice],
        "usage": draw(usages()),
    }


@st.composite
def streams(draw: Any) -> list[Json]:
    """The chunks of a unified response, its texts and arguments cut at drawn places."""
    response = draw(responses())
    message = response["choices"][0]["message"]
    head = {"id": response["id"], "object": "chat.completion.chunk", "created": 1700000000, "model": response["model"]}

    def chunk(delta: Json, finish: str | None = None) -> Json:
        return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    def pieces(text: str) -> Iterator[str]:
        cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=3)))
        for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
            yield text[start:end]

    chunks = [chunk({"role": "assistant", "content": "" if message["content"] is not None else None})]
    details = message.get("reasoning_details")
    if details:
        kept = {key: value for key, value in details[0].items() if key not in ("text", "signature")}
        first = True
        for piece in pieces(message["reasoning_content"]):
            entry = {**kept, "text": piece} if first else {"type": "reasoning.text", "index": 0, "text": piece}
            chunks.append(chunk({"reasoning_content": piece, "reasoning_details": [entry]}))
            first = False
        closing = {"type": "reasoning.text", "index": 0, "signature": details[0]["signature"]}
        chunks.append(chunk({"reasoning_details": [closing]}))
    elif "reasoning_content" in message:
        chunks += [chunk({"reasoning_content": piece}) for piece in pieces(message["reasoning_content"])]
    chunks += [chunk({"content": piece}) for piece in pieces(message["content"] or "") if piece]
    for index, call in enumerate(message.get("tool_calls") or ()):
        function = {"name": call["function"]["name"], "arguments": ""}
        chunks.append(
            chunk({"tool_calls": [{"index": index, "id": call["id"], "type": "function", "function": function}]})
        )
        for piece in pieces(call["function"]["arguments"]):
            chunks.append(chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}))
    chunks.append(chunk({}, response["choices"][0]["finish_reason"]))
    return [*chunks, {**head, "choices": [], "usage": response["usage"]}]


KINDS: dict[str, Any] = {"request": requests, "response": responses, "stream": streams}


@functools.cache
def pool(kind: str, count: int = 80) -> tuple[Json, ...]:
    """A fixed sample of unified documents, the same in every process, whatever is loaded there."""
    return tuple(seeded.sample(KINDS[kind](), count))


@functools.cache
def native(format: str, kind: str, count: int = 12) -> tuple[Json, ...]:
    """
    Native documents of a format: recorded ones (small, of different features), else golden ones, else what the
    library itself makes of the unified pool (streams likewise).
    """
    found: list[Json] = []
    seen: set[frozenset[str]] = set()
    for record in corpus.records(format):
        document = {"request": record.request, "response": record.response, "stream": record.events}[kind]
        if kind == "response" and corpus.told_as_error(document):
            continue
        if document is None or not record.taken or record.features in seen or len(json.dumps(document)) > 12_000:
            continue
        seen.add(record.features)
        found.append(document)
        if len(found) == count:
            return tuple(found)
    name = "stream.native.jsonl" if kind == "stream" else f"{kind}.native.json"
    for path in sorted((corpus.ROOT / "golden" / format).glob(f"*/{name}")):
        text = path.read_text(encoding="utf-8")
        found.append([json.loads(line) for line in text.splitlines() if line] if kind == "stream" else json.loads(text))
    if len(found) < 3:
        found += [_made(document, format, kind) for document in pool(kind)[:count]]
    return tuple(found[:count])


def _made(document: Json, format: str, kind: str) -> Json:
    if kind == "stream":
        return list(translate.convert_stream(document, target=format))
    convert = translate.convert_request if kind == "request" else translate.convert_response
    return convert(document, target=format).value


JUNK: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**30,
    -(10**30),
    float("inf"),
    float("nan"),
    "",
    " ",
    "\ud800",
    "\udfff\ud800",
    "x" * 2000,
    [],
    [[]],
    [None],
    {},
    {"": None},
    {"type": "text"},
    [{"type": "image_url"}],
    "data:image/png;base64,",
    "1.0",
    "\u0000",
)


@st.composite
def edited(draw: Any, document: Json, edits: int = 3) -> Json:
    """A document with places swapped for junk, removed, doubled or renamed. Only the containers on the way are new."""
    result = document
    for _ in range(draw(st.integers(1, edits))):
        path = draw(st.sampled_from(list(_paths(result)) or [()]))
        result = _edit(draw, result, path)
    return result


def _paths(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _paths(item, (*path, key))


def _edit(draw: Any, document: Json, path: tuple[Any, ...]) -> Json:
    if not path:
        return draw(st.sampled_from(JUNK))
    copied: Any = list(document) if isinstance(document, list) else dict(document)
    step, rest = path[0], path[1:]
    if rest:
        copied[step] = _edit(draw, document[step], rest)
        return copied
    action = draw(st.sampled_from(["junk", "junk", "remove", "double", "swap", "rename"]))
    if action == "remove":
        del copied[step]
    elif action == "double" and isinstance(copied, list):
        copied.insert(step, copied[step])
    elif action == "swap":
        other = draw(st.sampled_from(list(copied) if isinstance(copied, dict) else list(range(len(copied)))))
        copied[step], copied[other] = copied[other], copied[step]
    elif action == "rename" and isinstance(copied, dict):
        copied[f"{step}_x"] = copied.pop(step)
    else:
        copied[step] = draw(st.sampled_from(JUNK))
    return copied
