"""What servers of OpenAI's two forms answer, written by hand from the API reference and without the library."""

from __future__ import annotations

from tests.gateway.turns import CACHED, CREATED, FINISH, OUTPUT, PROMPT, Json, Turn, compact, identifier, pieces

# --- the chat form


def chat(turn: Turn, model: str, reasoning_field: str = "") -> Json:
    message: Json = {"role": "assistant", "content": turn.text or None, "refusal": None}
    if turn.reasoning and reasoning_field:
        message[reasoning_field] = turn.reasoning
    if turn.calls:
        message["tool_calls"] = [
            {"id": identifier("chat", number), "type": "function", "function": {"name": call.name, "arguments": compact(call.arguments)}}
            for number, call in enumerate(turn.calls)
        ]
    choice: Json = {"index": 0, "message": message, "logprobs": None, "finish_reason": FINISH["chat"][turn.finish]}
    return {
        "id": "chatcmpl-7", "object": "chat.completion", "created": CREATED, "model": model, "choices": [choice],
        "usage": chat_usage(), "system_fingerprint": None,
    }  # fmt: skip


def chat_usage() -> Json:
    return {
        "prompt_tokens": PROMPT, "completion_tokens": OUTPUT, "total_tokens": PROMPT + OUTPUT,
        "prompt_tokens_details": {"cached_tokens": CACHED},
    }  # fmt: skip


def chat_events(turn: Turn, model: str, reasoning_field: str = "") -> list[Json]:
    deltas: list[Json] = [{"role": "assistant", "content": "", "refusal": None}]
    if reasoning_field:
        deltas += [{reasoning_field: piece} for piece in pieces(turn.reasoning)]
    deltas += [{"content": piece} for piece in pieces(turn.text)]
    for number, call in enumerate(turn.calls):
        head = {"id": identifier("chat", number), "type": "function", "function": {"name": call.name, "arguments": ""}}
        deltas.append({"tool_calls": [{"index": number, **head}]})
        deltas += [
            {"tool_calls": [{"index": number, "function": {"arguments": piece}}]} for piece in pieces(compact(call.arguments))
        ]
    head: Json = {"id": "chatcmpl-7", "object": "chat.completion.chunk", "created": CREATED, "model": model}
    events = [{**head, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}]} for delta in deltas]
    last: Json = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": FINISH["chat"][turn.finish]}
    return [*events, {**head, "choices": [last]}, {**head, "choices": [], "usage": chat_usage()}]


# --- Responses


def items(turn: Turn) -> list[Json]:
    out: list[Json] = []
    if turn.reasoning:
        summary = [{"type": "summary_text", "text": turn.reasoning}]
        out.append({"id": "rs_5", "type": "reasoning", "summary": summary, "encrypted_content": turn.signature, "status": "completed"})
    if turn.finish == "refused":
        content = [{"type": "refusal", "refusal": turn.text}]
        out.append({"id": "msg_5", "type": "message", "role": "assistant", "status": "completed", "content": content})
    elif turn.text:
        content = [{"type": "output_text", "text": turn.text, "annotations": [], "logprobs": []}]
        status = "incomplete" if turn.finish == "length" else "completed"
        out.append({"id": "msg_5", "type": "message", "role": "assistant", "status": status, "content": content})
    for number, call in enumerate(turn.calls):
        out.append({
            "id": f"fc_{number}", "type": "function_call", "call_id": identifier("chat", number), "name": call.name,
            "arguments": compact(call.arguments), "status": "completed",
        })  # fmt: skip
    return out


def responses(turn: Turn, model: str) -> Json:
    short = turn.finish == "length"
    return {
        "id": "resp_5", "object": "response", "created_at": CREATED, "status": "incomplete" if short else "completed", "model": model,
        "output": items(turn), "error": None, "incomplete_details": {"reason": "max_output_tokens"} if short else None,
        "instructions": None, "metadata": {}, "parallel_tool_calls": True, "temperature": 1.0, "top_p": 1.0, "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": PROMPT, "input_tokens_details": {"cached_tokens": CACHED, "cache_write_tokens": 0},
            "output_tokens": OUTPUT, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": PROMPT + OUTPUT,
        },
    }  # fmt: skip


def responses_events(turn: Turn, model: str) -> list[Json]:
    whole = responses(turn, model)
    open_ = {**whole, "status": "in_progress", "output": [], "usage": None, "incomplete_details": None}
    events: list[Json] = [{"type": "response.created", "response": open_}, {"type": "response.in_progress", "response": open_}]
    for place, item in enumerate(whole["output"]):
        at = {"output_index": place}
        inside = {**at, "item_id": item["id"]}
        empty: Json = {"summary": []} if item["type"] == "reasoning" else {"content": []} if item["type"] == "message" else {"arguments": ""}
        events.append({"type": "response.output_item.added", **at, "item": {**item, **empty, "status": "in_progress"}})
        if item["type"] == "reasoning":
            text, part = turn.reasoning, {**inside, "summary_index": 0}
            name = "response.reasoning_summary"
            events.append({"type": f"{name}_part.added", **part, "part": {"type": "summary_text", "text": ""}})
            events += [{"type": f"{name}_text.delta", **part, "delta": piece} for piece in pieces(text)]
            events.append({"type": f"{name}_text.done", **part, "text": text})
            events.append({"type": f"{name}_part.done", **part, "part": item["summary"][0]})
        elif item["type"] == "message":
            content = item["content"][0]
            part = {**inside, "content_index": 0}
            kind = "refusal" if content["type"] == "refusal" else "text"
            more: Json
            name, more = ("response.refusal", {}) if kind == "refusal" else ("response.output_text", {"logprobs": []})
            events.append({"type": "response.content_part.added", **part, "part": {**content, kind: ""}})
            events += [{"type": f"{name}.delta", **part, "delta": piece, **more} for piece in pieces(turn.text)]
            events.append({"type": f"{name}.done", **part, kind: turn.text, **more})
            events.append({"type": "response.content_part.done", **part, "part": content})
        else:
            name = "response.function_call_arguments"
            events += [{"type": f"{name}.delta", **inside, "delta": piece} for piece in pieces(item["arguments"])]
            events.append({"type": f"{name}.done", **inside, "arguments": item["arguments"]})
        events.append({"type": "response.output_item.done", **at, "item": item})
    events.append({"type": f"response.{whole['status']}", "response": whole})
    return [{**event, "sequence_number": number} for number, event in enumerate(events)]
