"""The one spelling of Ollama documents."""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.registry import Format
from translate.shared.canonical import kept, tool


def canonical(document: Any, kind: str, row: Format) -> Json:
    """See `translate.canonical`. Defaults: stream true, done true (lines: false), role assistant in answers, `keep_alive` and options stay."""
    spelled: Json = KINDS[kind](document)
    return spelled


def _request(body: Json) -> Json:
    out = kept(body)
    if out.get("stream") is True:
        del out["stream"]
    if out.get("format") == "":
        del out["format"]
    options = out.get("options")
    if type(options) is dict:
        options = kept(options)
        if type(options.get("stop")) is str:
            options["stop"] = [options["stop"]]
        out["options"] = options
        if not options:
            del out["options"]
    if type(out.get("messages")) is list:
        out["messages"] = _messages(out["messages"])
    if type(out.get("tools")) is list:
        out["tools"] = [tool(each) if type(each) is dict else each for each in out["tools"]]
    return out


def _messages(messages: list[Any]) -> list[Any]:
    waiting: list[tuple[Any, Any]] = []  # (id, name) of calls without a result yet
    out = []
    for message in messages:
        if type(message) is not dict:
            out.append(message)
            continue
        fresh = _message(message)
        calls = fresh.get("tool_calls")
        for call in calls if type(calls) is list else ():
            if type(call) is dict and type(call.get("function")) is dict:
                waiting.append((call.get("id"), call["function"].get("name")))
        if fresh.get("role") == "tool":
            identifier, name = fresh.get("tool_call_id"), fresh.get("tool_name")
            # By id, else by name, else in order, as the server does. Both are always written: older servers match by name.
            answered = next((call for call in waiting if identifier in (None, call[0]) and name in (None, call[1])), None)
            if answered is not None:
                waiting.remove(answered)
                if name is None:
                    fresh["tool_name"] = answered[1]
                if answered[0] is not None:
                    fresh["tool_call_id"] = answered[0]
        out.append(fresh)
    return out


def _message(message: Json) -> Json:
    fresh = kept(message)
    role = fresh.get("role")
    if type(role) is str:
        fresh["role"] = {"developer": "system", "function": "tool"}.get(role.lower(), role.lower())
    for name in ("content", "thinking", "tool_call_id", "tool_name"):
        if fresh.get(name) == "":
            del fresh[name]
    calls = fresh.get("tool_calls")
    if type(calls) is list:
        fresh["tool_calls"] = [_call(call, number) if type(call) is dict else call for number, call in enumerate(calls)]
    return fresh


def _call(call: Json, position: int) -> Json:
    out = kept(call)
    out.pop("type", None)
    if out.get("id") == "":
        del out["id"]
    function = out.get("function")
    if type(function) is dict:
        function = kept(function)
        if function.get("index") == position:
            del function["index"]
        function.setdefault("arguments", {})
        out["function"] = function
    return out


def _token(entry: Json) -> Json:
    out = kept(entry)
    if type(out.get("token")) is str:
        out.setdefault("bytes", list(out["token"].encode("utf-8", "replace")))
    if type(out.get("top_logprobs")) is list:
        out["top_logprobs"] = [_token(other) if type(other) is dict else other for other in out["top_logprobs"]]
    return out


def _whole_response(body: Json) -> Json:
    out = _response(body)
    if out.get("done") is True:
        del out["done"]
    return out


def _event(body: Json) -> Json:
    out = _response(body)
    if out.get("done") is False:
        del out["done"]
    return out


def _response(body: Json) -> Json:
    out = kept(body)
    if type(out.get("message")) is dict:
        out["message"] = _message(out["message"])
        if out["message"] == {"role": "assistant"}:
            del out["message"]
    if type(out.get("logprobs")) is list:
        out["logprobs"] = [_token(entry) if type(entry) is dict else entry for entry in out["logprobs"]]
    if out.get("done_reason") == "stop":
        del out["done_reason"]
    for name in ("prompt_eval_count", "eval_count"):
        if out.get(name) == 0:
            del out[name]
    return out


def _error(body: Any) -> Json:
    return kept(body) if type(body) is dict else {"error": body}


KINDS: dict[str, Any] = {"request": _request, "response": _whole_response, "event": _event, "error": _error}
