"""Bodies to measure with, all unified: small and large requests, responses, streams. Native ones are their conversions."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

SENTENCE = "The quick brown fox jumps over the lazy dog while the band plays on. "
WEATHER: Json = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Current weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "Name of the city"}, "unit": {"enum": ["C", "F"], "type": "string"}},
            "required": ["city"],
        },
    },
}  # fmt: skip


def three_messages() -> Json:
    return {
        "model": "m", "max_completion_tokens": 256, "temperature": 0.5,
        "messages": [
            {"role": "system", "content": "You are a helpful assistant."},
            {"role": "user", "content": SENTENCE * 2},
            {"role": "user", "content": "And what is the capital of France?"},
        ],
    }  # fmt: skip


def tool_turns(turns: int = 20) -> Json:
    """Each turn asks, calls two tools at once, and gets both results."""
    messages: list[Json] = [{"role": "system", "content": "You are a helpful assistant."}]
    for turn in range(turns):
        ids = [f"call_{turn}_{number}" for number in range(2)]
        messages += [
            {"role": "user", "content": f"{SENTENCE}Turn {turn}?"},
            {"role": "assistant", "content": "Looking it up.", "tool_calls": [
                {"id": identifier, "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Paris","unit":"C"}'}}
                for identifier in ids
            ]},
            *({"role": "tool", "tool_call_id": identifier, "content": "18 C, light rain, wind from the west"} for identifier in ids),
            {"role": "assistant", "content": SENTENCE},
        ]  # fmt: skip
    messages.append({"role": "user", "content": "Thanks. Sum it up."})
    return {"model": "m", "max_completion_tokens": 1024, "tools": [WEATHER], "tool_choice": "auto", "messages": messages}


def long_talk(messages: int = 200) -> Json:
    return {
        "model": "m", "max_completion_tokens": 1024,
        "messages": [{"role": "assistant" if number % 2 else "user", "content": f"{number}: {SENTENCE * 3}"} for number in range(messages - 1)]
        + [{"role": "user", "content": "Go on."}],
    }  # fmt: skip


def image(kilobytes: int = 200) -> Json:
    data = "iVBORw0KGgo" + "A" * (kilobytes * 1024 // 4 * 4 - 11)
    return {
        "model": "m", "max_completion_tokens": 256,
        "messages": [{"role": "user", "content": [
            {"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}},
        ]}],
    }  # fmt: skip


def many_tools(count: int = 60) -> Json:
    properties = {f"field_{number}": {"type": "string", "description": SENTENCE} for number in range(20)}
    tools = [
        {"type": "function", "function": {"name": f"tool_{number}", "description": SENTENCE, "parameters": {
            "type": "object", "properties": properties, "required": ["field_0"]}}}
        for number in range(count)
    ]  # fmt: skip
    return {**three_messages(), "tools": tools}


def parts(count: int) -> Json:
    listed = [{"type": "text", "text": f"{number} {SENTENCE}"} for number in range(count)]
    return {"model": "m", "max_completion_tokens": 256, "messages": [{"role": "user", "content": listed}]}


def response() -> Json:
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": "m",
        "choices": [{"index": 0, "finish_reason": "tool_calls", "logprobs": None, "message": {
            "role": "assistant", "content": SENTENCE * 4, "refusal": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Paris"}'}}],
        }}],
        "usage": {"prompt_tokens": 120, "completion_tokens": 60, "total_tokens": 180, "prompt_tokens_details": {"cached_tokens": 20}},
    }  # fmt: skip


def _chunk(delta: Json, finish: str | None = None) -> Json:
    return {
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1700000000, "model": "m",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }  # fmt: skip


def _tail(finish: str) -> list[Json]:
    usage = {"prompt_tokens": 120, "completion_tokens": 60, "total_tokens": 180}
    return [_chunk({}, finish), {**_chunk({}), "choices": [], "usage": usage}]


def text_stream(events: int = 400) -> list[Json]:
    return [
        _chunk({"role": "assistant", "content": ""}),
        *(_chunk({"content": f" word{number}"}) for number in range(events)),
        *_tail("stop"),
    ]


def tool_stream(calls: int = 8, pieces: int = 40) -> list[Json]:
    chunks = [_chunk({"role": "assistant", "content": None})]
    for index in range(calls):
        head = {"index": index, "id": f"call_{index}", "type": "function", "function": {"name": "get_weather", "arguments": ""}}
        chunks.append(_chunk({"tool_calls": [head]}))
        text = ['{"city":"', *["ab"] * pieces, '"}']
        chunks += [_chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}) for piece in text]
    return [*chunks, *_tail("tool_calls")]


REQUESTS = {
    "3 messages": three_messages, "20 tool turns": tool_turns, "200 messages": long_talk, "200 KB image": image,
    "60 large tools": many_tools,
}  # fmt: skip
STREAMS = {"text stream": text_stream, "tool stream": tool_stream}
