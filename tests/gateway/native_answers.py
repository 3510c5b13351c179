"""What the other servers answer, written by hand from their API references and without the library."""

from __future__ import annotations

from typing import Any

from tests.gateway.openai_answers import chat_usage
from tests.gateway.turns import CACHED, CREATED, FINISH, OUTPUT, PROMPT, Call, Json, Turn, compact, identifier, pieces

# --- Messages


def messages(turn: Turn, model: str) -> Json:
    content: list[Json] = []
    if turn.reasoning:
        content.append({"type": "thinking", "thinking": turn.reasoning, "signature": turn.signature})
    if turn.text:
        content.append({"type": "text", "text": turn.text, "citations": None})
    for number, call in enumerate(turn.calls):
        name = identifier("anthropic", number)
        content.append({"type": "tool_use", "id": name, "name": call.name, "input": call.arguments, "caller": {"type": "direct"}})
    return {
        "id": "msg_01Xy", "type": "message", "role": "assistant", "model": model, "content": content,
        "stop_reason": FINISH["anthropic"][turn.finish], "stop_sequence": None, "stop_details": None, "container": None,
        "usage": messages_usage(),
    }  # fmt: skip


def messages_usage() -> Json:
    return {
        "input_tokens": PROMPT - CACHED, "cache_creation_input_tokens": 0, "cache_read_input_tokens": CACHED,
        "output_tokens": OUTPUT, "output_tokens_details": None, "server_tool_use": None,
    }  # fmt: skip


def messages_events(turn: Turn, model: str) -> list[Json]:
    whole = messages(turn, model)
    start = {**whole, "content": [], "stop_reason": None, "usage": {**answer_usage(), "output_tokens": 1}}
    events: list[Json] = [{"type": "message_start", "message": start}, {"type": "ping"}]
    for place, block in enumerate(whole["content"]):
        at = {"index": place}
        if block["type"] == "thinking":
            empty: Json = {"thinking": "", "signature": ""}
            deltas: list[Json] = [{"type": "thinking_delta", "thinking": piece} for piece in pieces(turn.reasoning)]
            deltas.append({"type": "signature_delta", "signature": turn.signature})
        elif block["type"] == "text":
            empty = {"text": ""}
            deltas = [{"type": "text_delta", "text": piece} for piece in pieces(turn.text)]
        else:
            empty = {"input": {}}
            texts = ["", *pieces(compact(block["input"]))]
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in texts]
        events.append({"type": "content_block_start", **at, "content_block": {**block, **empty}})
        events += [{"type": "content_block_delta", **at, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", **at})
    delta = {"stop_reason": whole["stop_reason"], "stop_sequence": None, "stop_details": None, "container": None}
    events.append({"type": "message_delta", "delta": delta, "usage": messages_usage()})
    return [*events, {"type": "message_stop"}]


def answer_usage() -> Json:
    more = {"cache_creation": None, "inference_geo": None, "service_tier": "standard"}
    return {**messages_usage(), **more}


# --- generateContent


def gemini(turn: Turn, model: str) -> Json:
    return {**gemini_head(model), "candidates": [gemini_candidate(gemini_parts(turn), turn)], "usageMetadata": gemini_usage()}


def gemini_head(model: str) -> Json:
    return {"modelVersion": model, "responseId": "rE5p"}


def gemini_candidate(parts: list[Json], turn: Turn | None) -> Json:
    end = {} if turn is None else {"finishReason": FINISH["gemini"][turn.finish]}
    return {"index": 0, "content": {"role": "model", "parts": parts}, **end}


def gemini_parts(turn: Turn) -> list[Json]:
    parts: list[Json] = [{"text": turn.reasoning, "thought": True}] if turn.reasoning else []
    if turn.text:
        parts.append({"text": turn.text})
    parts += [{"functionCall": {"id": identifier("gemini", number), "name": call.name, "args": call.arguments}}
              for number, call in enumerate(turn.calls)]  # fmt: skip
    if turn.signature:  # on the first call, else on the last part
        next((part for part in parts if "functionCall" in part), parts[-1])["thoughtSignature"] = turn.signature
    return parts


def gemini_usage() -> Json:
    return {
        "promptTokenCount": PROMPT, "cachedContentTokenCount": CACHED, "candidatesTokenCount": OUTPUT,
        "totalTokenCount": PROMPT + OUTPUT,
    }  # fmt: skip


def gemini_events(turn: Turn, model: str) -> list[Json]:
    parts: list[Json] = []
    for part in gemini_parts(turn):
        if "text" not in part:
            parts.append(part)
            continue
        shared = {key: value for key, value in part.items() if key == "thought"}
        parts += [{"text": piece, **shared} for piece in pieces(part["text"])]
        if "thoughtSignature" in part:
            parts.append({"text": "", "thoughtSignature": part["thoughtSignature"]})
    events = [{"candidates": [gemini_candidate([part], None)], **gemini_head(model)} for part in parts[:-1]]
    return [*events, {"candidates": [gemini_candidate(parts[-1:], turn)], "usageMetadata": gemini_usage(), **gemini_head(model)}]


# --- Converse


def converse(turn: Turn, model: str) -> Json:
    content: list[Json] = []
    if turn.reasoning:
        content.append({"reasoningContent": {"reasoningText": {"text": turn.reasoning, "signature": turn.signature}}})
    if turn.text:
        content.append({"text": turn.text})
    content += [{"toolUse": {"toolUseId": identifier("bedrock", number), "name": call.name, "input": call.arguments}}
                for number, call in enumerate(turn.calls)]  # fmt: skip
    return {
        "output": {"message": {"role": "assistant", "content": content}}, "stopReason": FINISH["bedrock"][turn.finish],
        "usage": converse_usage(), "metrics": {"latencyMs": 411},
    }  # fmt: skip


def converse_usage() -> Json:
    return {
        "inputTokens": PROMPT - CACHED, "outputTokens": OUTPUT, "totalTokens": PROMPT + OUTPUT,
        "cacheReadInputTokens": CACHED, "cacheWriteInputTokens": 0,
    }  # fmt: skip


def converse_events(turn: Turn, model: str) -> list[Json]:
    whole = converse(turn, model)
    events: list[Json] = [{"messageStart": {"role": "assistant"}}]
    for place, block in enumerate(whole["output"]["message"]["content"]):
        at = {"contentBlockIndex": place}
        if "reasoningContent" in block:
            deltas: list[Json] = [{"reasoningContent": {"text": piece}} for piece in pieces(turn.reasoning)]
            deltas.append({"reasoningContent": {"signature": turn.signature}})
        elif "text" in block:
            deltas = [{"text": piece} for piece in pieces(turn.text)]
        else:
            call = block["toolUse"]
            start = {"toolUse": {"toolUseId": call["toolUseId"], "name": call["name"]}}
            events.append({"contentBlockStart": {**at, "start": start}})
            deltas = [{"toolUse": {"input": piece}} for piece in pieces(compact(call["input"]))]
        events += [{"contentBlockDelta": {**at, "delta": delta}} for delta in deltas]
        events.append({"contentBlockStop": at})
    events.append({"messageStop": {"stopReason": whole["stopReason"]}})
    return [*events, {"metadata": {"usage": converse_usage(), "metrics": {"latencyMs": 411}}}]


# --- Cohere


def cohere(turn: Turn, model: str) -> Json:
    message: Json = {"role": "assistant"}
    content: list[Json] = [{"type": "thinking", "thinking": turn.reasoning}] if turn.reasoning else []
    if turn.text:
        content.append({"type": "text", "text": turn.text})
    if content:
        message["content"] = content
    if turn.calls:
        message["tool_calls"] = [cohere_call(number, call) for number, call in enumerate(turn.calls)]
    return {"id": "c0-1f", "finish_reason": FINISH["cohere"][turn.finish], "message": message, "usage": cohere_usage()}


def cohere_call(number: int, call: Call) -> Json:
    named = {"name": call.name, "arguments": compact(call.arguments)}
    return {"id": identifier("cohere", number), "type": "function", "function": named}


def cohere_usage() -> Json:
    tokens = {"input_tokens": PROMPT, "output_tokens": OUTPUT}
    return {"billed_units": {"input_tokens": 18, "output_tokens": 20}, "tokens": tokens, "cached_tokens": CACHED}


def cohere_events(turn: Turn, model: str) -> list[Json]:
    empty = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
    events: list[Json] = [{"type": "message-start", "id": "c0-1f", "delta": {"message": empty}}]
    texts = [(kind, text) for kind, text in (("thinking", turn.reasoning), ("text", turn.text)) if text]
    for place, (kind, text) in enumerate(texts):
        events.append({"type": "content-start", "index": place, "delta": {"message": {"content": {"type": kind, kind: ""}}}})
        events += [
            {"type": "content-delta", "index": place, "delta": {"message": {"content": {kind: piece}}}} for piece in pieces(text)
        ]
        events.append({"type": "content-end", "index": place})
    for number, call in enumerate(turn.calls):
        whole = cohere_call(number, call)
        start = {**whole, "function": {"name": call.name, "arguments": ""}}
        events.append({"type": "tool-call-start", "index": number, "delta": {"message": {"tool_calls": start}}})
        for piece in pieces(whole["function"]["arguments"]):
            delta = {"message": {"tool_calls": {"function": {"arguments": piece}}}}
            events.append({"type": "tool-call-delta", "index": number, "delta": delta})
        events.append({"type": "tool-call-end", "index": number})
    return [*events, {"type": "message-end", "delta": {"finish_reason": FINISH["cohere"][turn.finish], "usage": cohere_usage()}}]


# --- Mistral


def mistral(turn: Turn, model: str) -> Json:
    content: Any = turn.text
    if turn.reasoning:
        content = [{"type": "thinking", "thinking": [{"type": "text", "text": turn.reasoning}], "closed": True}]
        content += [{"type": "text", "text": turn.text}] if turn.text else []
    message = {"role": "assistant", "content": content, "tool_calls": mistral_calls(turn) or None}
    choice = {"index": 0, "finish_reason": FINISH["chat"][turn.finish], "message": message}
    return {
        "id": "cmpl-3e", "object": "chat.completion", "created": CREATED, "model": model, "choices": [choice], "usage": chat_usage(),
    }  # fmt: skip


def mistral_calls(turn: Turn) -> list[Json]:
    return [
        {"id": identifier("mistral", number), "function": {"name": call.name, "arguments": compact(call.arguments)}, "index": number}
        for number, call in enumerate(turn.calls)
    ]


def mistral_events(turn: Turn, model: str) -> list[Json]:
    def thinking(text: str, closed: bool) -> Json:
        return {"type": "thinking", "thinking": [{"type": "text", "text": text}] if text else [], "closed": closed}

    deltas: list[Json] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": [thinking(piece, False)]} for piece in pieces(turn.reasoning)]
    texts: list[Any] = list(pieces(turn.text))
    if turn.reasoning and texts:
        texts[0] = [thinking("", True), {"type": "text", "text": texts[0]}]
    deltas += [{"content": piece} for piece in texts]
    head = {"id": "cmpl-3e", "object": "chat.completion.chunk", "created": CREATED, "model": model}
    events = [{**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    end: Json = {"content": "", **({"tool_calls": mistral_calls(turn)} if turn.calls else {})}
    last = {"index": 0, "delta": end, "finish_reason": FINISH["chat"][turn.finish]}
    return [*events, {**head, "choices": [last], "usage": chat_usage()}]


# --- Ollama


def ollama(turn: Turn, model: str) -> Json:
    message: Json = {"role": "assistant", "content": turn.text}
    if turn.reasoning:
        message["thinking"] = turn.reasoning
    if turn.calls:
        message["tool_calls"] = ollama_calls(turn)
    return {**ollama_head(model), "message": message, **ollama_end(turn)}


def ollama_head(model: str) -> Json:
    return {"model": model, "created_at": "2026-11-23T10:00:00.5Z"}


def ollama_calls(turn: Turn) -> list[Json]:
    return [
        {"id": identifier("ollama", number), "function": {"index": number, "name": call.name, "arguments": call.arguments}}
        for number, call in enumerate(turn.calls)
    ]


def ollama_end(turn: Turn) -> Json:
    return {
        "done": True, "done_reason": FINISH["ollama"][turn.finish], "total_duration": 174560334, "load_duration": 101397084,
        "prompt_eval_count": PROMPT, "prompt_eval_duration": 13074791, "eval_count": OUTPUT, "eval_duration": 52479709,
    }  # fmt: skip


def ollama_events(turn: Turn, model: str) -> list[Json]:
    deltas: list[Json] = [{"content": "", "thinking": piece} for piece in pieces(turn.reasoning)]
    deltas += [{"content": piece} for piece in pieces(turn.text)]
    deltas += [{"content": "", "tool_calls": [call]} for call in ollama_calls(turn)]
    lines = [{**ollama_head(model), "message": {"role": "assistant", **delta}, "done": False} for delta in deltas]
    return [*lines, {**ollama_head(model), "message": {"role": "assistant", "content": ""}, **ollama_end(turn)}]
