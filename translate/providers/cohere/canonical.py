"""The one spelling of Cohere documents."""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.registry import Format
from translate.shared.canonical import call, kept, tool


def canonical(document: Any, kind: str, row: Format) -> Json:
    """See `translate.canonical`. Defaults: stream false, strict_tools false, response format text, finish reason COMPLETE; counts are integers."""
    spelled: Json = KINDS[kind](document)
    return spelled


def _request(body: Json) -> Json:
    out = kept(body)
    for name in ("stream", "strict_tools", "logprobs"):
        if out.get(name) is False:
            del out[name]
    if type(out.get("tool_choice")) is str:
        out["tool_choice"] = out["tool_choice"].upper()
    shape = out.get("response_format")
    if type(shape) is dict:
        shape = {("json_schema" if name == "schema" else name): value for name, value in kept(shape).items()}
        out["response_format"] = shape
        if shape == {"type": "text"}:
            del out["response_format"]
    if type(out.get("thinking")) is dict:
        out["thinking"] = {"type": "enabled", **kept(out["thinking"])}
    if type(out.get("tools")) is list:
        out["tools"] = [tool(each) if type(each) is dict else each for each in out["tools"]]
    if type(out.get("messages")) is list:
        out["messages"] = [_message(message) if type(message) is dict else message for message in out["messages"]]
    return out


def _message(message: Json) -> Json:
    out = kept(message)
    if type(out.get("role")) is str:
        out["role"] = {"developer": "system", "function": "tool"}.get(out["role"].lower(), out["role"].lower())
    if out.get("tool_plan") == "":
        del out["tool_plan"]
    content = out.get("content")
    if type(content) is str:
        content = [{"type": "text", "text": content}] if content else []
    if type(content) is list:
        out["content"] = [_block(block) if type(block) is dict else block for block in content]
        if not content:
            del out["content"]
    calls = out.get("tool_calls")
    if type(calls) is list:
        out["tool_calls"] = [call(each) if type(each) is dict else each for each in calls]
    return out


def _block(block: Json) -> Json:
    out = kept(block)
    if out.get("type") == "image_url" and type(out.get("image_url")) is str:
        out["image_url"] = {"url": out["image_url"]}
    return out


def _response(body: Json) -> Json:
    out = kept(body)
    if type(out.get("message")) is dict:
        out["message"] = _message(out["message"])
    if type(out.get("usage")) is dict:
        out["usage"] = _usage(out["usage"])
        if not out["usage"]:
            del out["usage"]
    if type(out.get("finish_reason")) is str:
        out["finish_reason"] = out["finish_reason"].upper()
        if out["finish_reason"] == "COMPLETE":
            del out["finish_reason"]
    return out


def _usage(usage: Json) -> Json:
    out = kept(usage)
    for name in ("tokens", "billed_units"):
        if type(out.get(name)) is dict:
            counts = {key: _whole(value) for key, value in kept(out[name]).items()}
            out[name] = {key: value for key, value in counts.items() if value != 0}
            if not out[name]:
                del out[name]
    if "cached_tokens" in out:
        out["cached_tokens"] = _whole(out["cached_tokens"])
        if out["cached_tokens"] == 0:
            del out["cached_tokens"]
    if "tokens" not in out and type(out.get("billed_units")) is dict:
        counts = {name: out["billed_units"][name] for name in ("input_tokens", "output_tokens") if name in out["billed_units"]}
        if counts:
            out["tokens"] = counts  # what stands for the tokens where they are missing
    return out


def _whole(value: Any) -> Any:
    return int(value) if type(value) is float and value.is_integer() else value


def _event(event: Json) -> Json:
    out = kept(event)
    delta = out.get("delta")
    if type(delta) is dict:
        delta = kept(delta)
        if type(delta.get("usage")) is dict:
            delta["usage"] = _usage(delta["usage"])
        out["delta"] = delta
    return out


def _error(body: Any) -> Json:
    return kept(body) if type(body) is dict else {"message": body}


KINDS: dict[str, Any] = {"request": _request, "response": _response, "event": _event, "error": _error}
