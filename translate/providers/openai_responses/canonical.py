"""
The one spelling of a Responses document.

Requests: nulls, empty lists and documented defaults dropped, `store` too; string input, instructions apart, and string contents
as lists of parts; message items with their type; `generate_summary` under its new name; arguments parsed.
Responses: nulls, empty lists, defaults of the echo dropped; whole seconds; items without the status `completed`; zero usage
dropped. Events: padding and sequence numbers dropped, items and responses inside as above. Schemas and metadata stay.
"""

from __future__ import annotations

import json
from typing import Any

from translate.leg import Json
from translate.providers.openai_responses.tables import EMPTY_PARAMETERS, RESPONSE_DEFAULTS
from translate.registry import Format

REQUEST_DEFAULTS: dict[str, Any] = {
    "stream": False, "temperature": 1, "top_p": 1, "parallel_tool_calls": True, "service_tier": "auto", "tool_choice": "auto",
    "truncation": "disabled", "background": False, "model": "", "metadata": {}, "reasoning": {}, "text": {}, "top_logprobs": 0,
}  # fmt: skip
OPAQUE = frozenset(("metadata", "schema", "parameters", "output_schema", "value"))
CALLS = frozenset(("function_call", "custom_tool_call", "mcp_call", "mcp_approval_request"))


def canonical(document: Any, kind: str, row: Format) -> Any:
    """The one spelling; see the head of this module."""
    return KINDS[kind](document)


def tidy(value: Any) -> Any:
    """Without null members and empty lists, at every level."""
    if type(value) is dict:
        out: Json = {}
        for name, member in value.items():
            if member is None or (type(member) is list and not member):
                continue
            out[name] = member if name in OPAQUE else tidy(member)
        return out
    return [tidy(member) for member in value] if type(value) is list else value


def same(value: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


def _request(body: Json) -> Json:
    out: Json = tidy(body)
    for name in ("store", "stream_options"):
        out.pop(name, None)
    reasoning = out.get("reasoning")
    if type(reasoning) is dict and "generate_summary" in reasoning:
        out["reasoning"] = {
            "summary": reasoning["generate_summary"], **{name: value for name, value in reasoning.items() if name != "generate_summary"}
        }
    text = out.get("text")
    if type(text) is dict:
        out["text"] = _text(text)
    for name, value in REQUEST_DEFAULTS.items():
        if name in out and same(out[name], value):
            del out[name]
    if type(out.get("tools")) is list:
        out["tools"] = [_tool(tool) if type(tool) is dict else tool for tool in out["tools"]]
    items = out.get("input")
    if type(items) is str:
        items = [{"role": "user", "content": items}]
    if type(items) is list:
        # An empty list of parts is no content, an empty list of items no input.
        out["input"] = [_item(item) if type(item) is dict else item for item in items]
    return out


def _text(text: Json) -> Json:
    out = dict(text)
    if out.get("format") == {"type": "text"}:
        del out["format"]
    held = out.get("format")
    if type(held) is dict and held.get("strict") is False:
        out["format"] = {name: value for name, value in held.items() if name != "strict"}
    if out.get("verbosity") == "medium":
        del out["verbosity"]
    return out


def _tool(tool: Json) -> Json:
    out = {"type": "function", **tool} if "name" in tool else tool
    if out.get("type") == "function" and out.get("parameters") == EMPTY_PARAMETERS:
        out = {name: value for name, value in out.items() if name != "parameters"}
    if out.get("type") == "custom" and out.get("format") == {"type": "text"}:
        out = {name: value for name, value in out.items() if name != "format"}
    return out


def _item(item: Json) -> Json:
    out = {"type": "message", **item} if "role" in item else dict(item)
    kind = out.get("type")
    if out.get("status") == "completed":
        del out["status"]
    if kind == "message":
        _contents(out, "content", "output_text" if out.get("role") == "assistant" else "input_text")
    elif kind in ("function_call_output", "custom_tool_call_output"):
        _contents(out, "output", "input_text")
    elif type(kind) is str and kind in CALLS:
        if kind == "function_call" and "id" not in out and "item_id" in out:
            out["id"] = out.pop("item_id")
        if kind in ("function_call", "mcp_call", "mcp_approval_request"):
            out["arguments"] = _parsed(out.get("arguments"))
    elif kind == "reasoning" and out.get("encrypted_content") == "":
        del out["encrypted_content"]
    return out


def _contents(item: Json, name: str, word: str) -> None:
    """A string as the list of one text part."""
    value = item.get(name)
    if value == "":
        del item[name]
    elif type(value) is str:
        item[name] = [{"type": word, "text": value}]
    elif type(value) is list:
        item[name] = [_part(part, word) if type(part) is dict else part for part in value]
        if item[name] == [{"type": word, "text": ""}]:
            del item[name]


def _part(part: Json, word: str) -> Json:
    kind = part.get("type", word if "text" in part else None)
    out = {**part, "type": kind} if kind is not None else dict(part)
    if kind in ("input_text", "output_text", "text"):
        out["type"] = word
    if kind == "input_image":
        if out.get("detail") == "auto":
            del out["detail"]
        if type(out.get("image_url")) is dict and type(out["image_url"].get("url")) is str:
            out["image_url"] = out["image_url"]["url"]
    if type(out.get("annotations")) is list:
        out["annotations"] = [_annotation(entry) if type(entry) is dict else entry for entry in out["annotations"]]
    return out


def _annotation(entry: Json) -> Json:
    if entry.get("type") != "url_citation":
        return entry
    nowhere = entry.get("start_index", 0) == 0 and entry.get("end_index", 0) == 0
    return {
        name: value for name, value in entry.items()
        if not (nowhere and name in ("start_index", "end_index")) and not (name in ("title", "url") and value == "")
    }  # fmt: skip


def _parsed(arguments: Any) -> Any:
    if arguments is None or arguments == "":
        return {}
    if type(arguments) is not str:
        return arguments
    try:
        return json.loads(arguments)
    except (ValueError, RecursionError):
        return {} if not arguments.strip() else arguments


def _response(body: Json) -> Json:
    out: Json = tidy(body)
    out.pop("object", None)
    out.pop("output_text", None)
    for name, value in RESPONSE_DEFAULTS.items():
        if name in out and same(out[name], value):
            del out[name]
    if out.get("id") in ("", "chatcmpl-0"):
        del out["id"]
    if type(out.get("created_at")) is float and -1e18 < out["created_at"] < 1e18:
        out["created_at"] = int(out["created_at"])
    if same(out.get("created_at"), 0):
        del out["created_at"]
    if out.get("model") == "":
        del out["model"]
    if out.get("status", "completed") == "completed":
        out.pop("status", None)
    output = out.get("output")
    if type(output) is list:
        cut = out.get("status") == "incomplete"
        out["output"] = [_output(item, cut and number == len(output) - 1) for number, item in enumerate(output)]
    if type(out.get("usage")) is dict:
        out["usage"] = _usage(out["usage"])
        if not out["usage"]:
            del out["usage"]
    return out


def _output(item: Any, cut: bool) -> Any:
    if type(item) is not dict:
        return item
    if item.get("role") == "assistant":
        item = {name: value for name, value in item.items() if name != "role"}
        item.setdefault("type", "message")
        item["role"] = "assistant"
    if cut and item.get("status") == "incomplete":
        item = {name: value for name, value in item.items() if name != "status"}
    return _item(item)


def _usage(usage: Json) -> Json:
    out: Json = {}
    for name, value in usage.items():
        if name in ("input_tokens_details", "output_tokens_details") and type(value) is dict:
            value = {part: count for part, count in value.items() if not same(count, 0)}
            if not value:
                continue
        out[name] = value
    sent, made = out.get("input_tokens"), out.get("output_tokens")
    if "total_tokens" not in out and type(sent) is int and type(made) is int:
        out["total_tokens"] = sent + made
    return {} if all(same(value, 0) for value in out.values()) else out


def _event(event: Json) -> Json:
    if "type" not in event and "error" in event:
        return _error(event)
    out: Json = tidy(event)
    for name in ("obfuscation", "sequence_number"):
        out.pop(name, None)
    if out.get("type") == "error" and type(out.get("error")) is dict:
        held = out.pop("error")
        out.update((name, value) for name, value in held.items() if name != "type")
    if type(out.get("item")) is dict:
        out["item"] = _output(out["item"], False)
    if type(out.get("response")) is dict:
        out["response"] = _response(out["response"])
    if type(out.get("part")) is dict:
        out["part"] = _part(out["part"], out["part"].get("type", "output_text"))
    return out


def _error(body: Any) -> Json:
    from translate.shared.chat_canonical import error

    if type(body) is dict and body.get("type") == "error" and "message" in body:
        body = {"error": {name: value for name, value in body.items() if name not in ("type", "sequence_number")}}
    value: Json = error(body)
    return value


KINDS: dict[str, Any] = {"request": _request, "response": _response, "event": _event, "error": _error}
