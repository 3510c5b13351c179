"""A Cohere stream <-> the response it amounts to."""

from __future__ import annotations

from typing import Any

from translate.errors import StreamError
from translate.leg import Json, Leg
from translate.providers.cohere.reading import TEXTS, index_of, is_error, message_of
from translate.shared.members import optional_object, optional_text


def fold(events: list[Json], leg: Leg) -> Json:
    """Events -> the chat response they amount to."""
    out: Json = {}
    message: Json = {"role": "assistant"}
    blocks: list[Json] = []
    by_index: dict[int, Json] = {}
    calls: list[Json] = []
    by_call: dict[int, Json] = {}
    plan: list[str] = []
    citations: list[Any] = []
    logprobs: list[Any] = []
    ended = False
    for number, event in enumerate(events):
        leg.losses.prefix = (number,)
        kind = event.get("type")
        if is_error(event):
            raise StreamError(f"error event: {event['message']}", event_index=number, path=(number,), body=event)
        held = message_of(event, leg)
        if kind == "message-start":
            out.update((name, event[name]) for name in ("id",) if event.get(name) is not None)
            message.update((name, value) for name, value in held.items() if value not in (None, "", []) and name != "role")
        elif kind in ("content-start", "content-delta"):
            content = optional_object(held, "content", leg, ("delta", "message"))
            index = index_of(event, leg)
            if index not in by_index or kind == "content-start":
                start = {"type": "thinking" if "thinking" in content else "text", **content}
                by_index[index] = start
                blocks.append(start)
                if kind == "content-start" and type(start["type"]) is str and start["type"] in TEXTS:
                    text = start.get(start["type"])
                    if text is not None and type(text) is not str:
                        leg.invalid(("delta", "message", "content", start["type"]), "string", text)
                    start["pieces"] = [start.get(start["type"]) or ""]
            if kind == "content-delta":
                block = by_index[index]
                for name, value in content.items():
                    if name in TEXTS:
                        if value is not None and type(value) is not str:
                            leg.invalid(("delta", "message", "content", name), "string", value)
                        block.setdefault("pieces", []).append(value or "")
                    elif name != "type" and value is not None:
                        block[name] = value
            entries = event.get("logprobs")
            logprobs += entries if type(entries) is list else [] if entries is None else [entries]
        elif kind == "tool-plan-delta":
            text = optional_text(held, "tool_plan", leg, ("delta", "message"))
            plan.append(text or "")
        elif kind in ("tool-call-start", "tool-call-delta"):
            _fold_call(kind, optional_object(held, "tool_calls", leg, ("delta", "message")), index_of(event, leg), calls, by_call, leg)
        elif kind == "citation-start":
            cited = held.get("citations")
            citations += cited if type(cited) is list else [cited]
        elif kind == "message-end":
            delta = optional_object(event, "delta", leg, ())
            if delta.get("error") is not None:
                raise StreamError(f"error event: {delta['error']}", event_index=number, path=(number,), body=event)
            out.update((name, value) for name, value in delta.items() if value is not None)
            ended = True
            break
    if not ended:
        out["finish_reason"] = "MAX_TOKENS"
    content_list = [_whole(block) for block in blocks]
    if content_list:
        message["content"] = content_list
    if "".join(plan):
        message["tool_plan"] = "".join(plan)
    if calls:
        message["tool_calls"] = [
            {**call, "function": {**call["function"], "arguments": "".join(call["function"]["arguments"]) or "{}"}} for call in calls
        ]
    if citations:
        message["citations"] = citations
    out["message"] = message
    if logprobs:
        out["logprobs"] = logprobs
    return out


def _fold_call(kind: str, call: Json, index: int, calls: list[Json], by_call: dict[int, Json], leg: Leg) -> None:
    function = optional_object(call, "function", leg, ("delta", "message", "tool_calls"))
    text = optional_text(function, "arguments", leg, ("delta", "message", "tool_calls", "function"))
    if kind == "tool-call-start" or index not in by_call:
        whole: Json = {**call, "function": {**function, "arguments": [text or ""]}}
        by_call[index] = whole
        calls.append(whole)
    else:
        by_call[index]["function"]["arguments"].append(text or "")


def _whole(block: Json) -> Json:
    if "pieces" not in block:
        return block
    kind = block["type"] if type(block["type"]) is str and block["type"] in TEXTS else "text"
    rest = {name: value for name, value in block.items() if name not in ("pieces", kind)}
    return {**rest, kind: "".join(block["pieces"])}


def unfold(response: Json, leg: Leg) -> list[Json]:
    """The shortest stream of a response."""
    message = optional_object(response, "message", leg, ())
    head: Json = {"type": "message-start", "delta": {"message": {"role": "assistant"}}}
    if response.get("id") is not None:
        head["id"] = response["id"]
    known = ("role", "content", "tool_plan", "tool_calls", "citations")
    head["delta"]["message"].update((name, value) for name, value in message.items() if name not in known and value is not None)
    events = [head]
    if message.get("tool_plan"):
        events.append({"type": "tool-plan-delta", "delta": {"message": {"tool_plan": message["tool_plan"]}}})
    content = message.get("content")
    if type(content) is str:
        content = [{"type": "text", "text": content}]
    logprobs = response.get("logprobs")
    for index, block in enumerate(content if type(content) is list else ()):
        kind = block.get("type") if type(block) is dict else None
        if type(block) is dict and type(kind) is str and kind in TEXTS and type(block.get(kind)) is str:
            start = {**block, kind: ""}
            events.append({"type": "content-start", "index": index, "delta": {"message": {"content": start}}})
            delta = {"type": "content-delta", "index": index, "delta": {"message": {"content": {kind: block[kind]}}}}
            if kind == "text" and logprobs:
                delta["logprobs"], logprobs = logprobs, None
            events.append(delta)
        else:
            events.append({"type": "content-start", "index": index, "delta": {"message": {"content": block}}})
        events.append({"type": "content-end", "index": index})
    calls = message.get("tool_calls")
    for index, call in enumerate(calls if type(calls) is list else ()):
        if type(call) is not dict or type(call.get("function")) is not dict:
            leg.invalid(("message", "tool_calls", index), "object with a function", call)
        start = {**call, "function": {**call["function"], "arguments": ""}}
        events.append({"type": "tool-call-start", "index": index, "delta": {"message": {"tool_calls": start}}})
        text = {"function": {"arguments": call["function"].get("arguments") or "{}"}}
        events.append({"type": "tool-call-delta", "index": index, "delta": {"message": {"tool_calls": text}}})
        events.append({"type": "tool-call-end", "index": index})
    citations = message.get("citations")
    for index, citation in enumerate(citations if type(citations) is list else ()):
        events.append({"type": "citation-start", "index": index, "delta": {"message": {"citations": citation}}})
        events.append({"type": "citation-end", "index": index})
    tail = {name: value for name, value in response.items() if name not in ("id", "message", "logprobs")}
    return [*events, {"type": "message-end", "delta": tail}]
