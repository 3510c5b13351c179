"""
The one spelling of Converse documents.

Requests: nulls, empty lists and settings, the model (it stands in the path), documented defaults (`toolChoice.auto`, `ttl: 5m`,
`status: success`, `type` of a plain text or call, a schema name made up here), blank texts and the whitespace at the end of a prefill
dropped; neighbouring turns of one role are one, results (with their cache points) ahead of the rest; `thinking: disabled` beside an
effort dropped; the schema of an output format is parsed. Responses and events: zero counts, the ordinary stop reason, totals that are sums, zero latency and padding dropped.
Inputs, schemas, metadata and a model's own fields stay.
"""

from __future__ import annotations

import contextlib
import json
from typing import Any

from translate.leg import Json
from translate.registry import Format
from translate.shared.canonical import tidy

OPAQUE = frozenset((
    "input", "json", "requestMetadata", "additionalModelRequestFields", "additionalModelResponseFields", "trace", "promptVariables",
))  # fmt: skip
COUNTS = ("inputTokens", "outputTokens", "cacheReadInputTokens", "cacheWriteInputTokens")
ALIASES = frozenset(("cacheReadInputTokenCount", "cacheWriteInputTokenCount"))
SETTINGS = ("inferenceConfig", "outputConfig", "additionalModelRequestFields", "requestMetadata", "toolConfig", "guardrailConfig",
            "performanceConfig", "promptVariables")  # fmt: skip
DEFAULT_SCHEMA = {"type": "object", "properties": {}}


def canonical(document: Any, kind: str, row: Format) -> Any:
    """The one spelling; see the head of this module."""
    if kind == "request":
        return _request(document)
    if kind == "response":
        return _response(document)
    if kind == "error":
        return _error(document)
    return _event(document)


def _request(document: Json) -> Json:
    out: Json = tidy(document, OPAQUE)
    out.pop("modelId", None)
    additional, output = out.get("additionalModelRequestFields"), out.get("outputConfig")
    if type(additional) is dict:
        out["additionalModelRequestFields"] = _additional(additional, output)
    if type(output) is dict:
        out["outputConfig"] = _output(output)
    config = out.get("toolConfig")
    if type(config) is dict:
        out["toolConfig"] = _tools(config)
    if out.get("serviceTier") == {"type": "default"}:
        del out["serviceTier"]
    for name in SETTINGS:
        if out.get(name) == {}:
            del out[name]
    if type(out.get("system")) is list:
        out["system"] = [_block(block) for block in out["system"] if not _is_blank(block)]
        if not out["system"]:
            del out["system"]
    if type(out.get("messages")) is list:
        out["messages"] = _turns(out["messages"])
    return out


def _additional(fields: Json, output: Any) -> Json:
    fields = {name: value for name, value in fields.items() if value is not None}
    if fields.get("thinking") == {"type": "disabled"} and type(output) is dict and "effort" in output:
        del fields["thinking"]
    return fields


def _output(output: Json) -> Json:
    form = output.get("textFormat")
    held = form.get("structure") if type(form) is dict else None
    definition = held.get("jsonSchema") if type(held) is dict else None
    if type(form) is not dict or type(definition) is not dict:
        return output
    made = {name: value for name, value in definition.items() if not (name == "name" and value == "response")}
    if type(made.get("schema")) is str:
        with contextlib.suppress(ValueError, RecursionError):
            made["schema"] = json.loads(made["schema"])
    return {**output, "textFormat": {**form, "structure": {"jsonSchema": made}}}


def _tools(config: Json) -> Json:
    out = dict(config)
    if out.get("toolChoice") == {"auto": {}}:
        del out["toolChoice"]
    if type(out.get("tools")) is list:
        out["tools"] = [_tool(tool) for tool in out["tools"]]
    return out


def _tool(tool: Any) -> Any:
    spec = tool.get("toolSpec") if type(tool) is dict else None
    if type(spec) is not dict:
        return _block(tool)
    spec = {name: value for name, value in spec.items() if not (name == "description" and value == "")}
    held = spec.get("inputSchema")
    schema = held.get("json") if type(held) is dict else None
    if type(schema) is dict:
        schema = schema if "type" in schema else {**schema, "type": "object"}
        if schema == DEFAULT_SCHEMA:
            spec.pop("inputSchema")
        else:
            spec["inputSchema"] = {"json": schema}
    elif held == {}:
        spec.pop("inputSchema")
    return {**tool, "toolSpec": spec}


def _is_blank(block: Any) -> bool:
    return type(block) is dict and block.keys() == {"text"} and type(block["text"]) is str and not block["text"].strip()


def _block(block: Any) -> Any:
    """A block without defaults inside."""
    if type(block) is not dict:
        return block
    point, result = block.get("cachePoint"), block.get("toolResult")
    if type(point) is dict and point.get("ttl") == "5m":
        return {**block, "cachePoint": {name: value for name, value in point.items() if name != "ttl"}}
    if type(result) is dict:
        inner = {name: value for name, value in result.items() if not (name == "status" and value == "success")}
        if type(inner.get("content")) is list:
            inner["content"] = [_block(one) for one in inner["content"]]
        return {**block, "toolResult": inner}
    use = block.get("toolUse")
    if type(use) is dict:
        use = {name: value for name, value in use.items() if not (name == "type" and value == "tool_use")}
        use.setdefault("input", {})
        return {**block, "toolUse": use}
    if block.get("type") == "text" and "text" in block:
        return {name: value for name, value in block.items() if name != "type"}
    return block


def _turns(turns: list[Any]) -> list[Any]:
    """Neighbours of one role as one turn, results first, blank texts left out; a turn without content is none."""
    out: list[Any] = []
    for number, turn in enumerate(turns):
        if type(turn) is not dict or type(turn.get("content", [])) is not list:
            out.append(turn)
            continue
        content = [_block(block) for block in turn.get("content", []) if not _is_blank(block)]
        if number == len(turns) - 1 and turn.get("role") == "assistant":
            content = _stripped(content)
        if not content:
            continue
        last = out[-1] if out else None
        if type(last) is dict and last.get("role") == turn.get("role") and type(last.get("content")) is list:
            out[-1] = {**turn, **last, "content": [*last["content"], *content]}
        else:
            out.append({**turn, "content": content})
    for spot, turn in enumerate(out):
        if type(turn) is dict and turn.get("role") == "user" and type(turn.get("content")) is list:
            out[spot] = {**turn, "content": _results_first(turn["content"])}
    return out


def _results_first(content: list[Any]) -> list[Any]:
    first: list[Any] = []
    rest: list[Any] = []
    target = rest
    for block in content:
        is_point = type(block) is dict and "cachePoint" in block
        if not is_point:
            target = first if type(block) is dict and "toolResult" in block else rest
        target.append(block)
    return [*first, *rest]


def _stripped(content: list[Any]) -> list[Any]:
    """A prefill without the whitespace at its end, which is refused."""
    last = content[-1] if content else None
    if type(last) is dict and type(last.get("text")) is str:
        return [*content[:-1], {**last, "text": last["text"].rstrip()}]
    return content


def _response(document: Json) -> Json:
    out: Json = tidy(document, OPAQUE)
    held = out.get("output")
    message = held.get("message") if type(held) is dict else None
    if type(message) is dict and type(message.get("content")) is list:
        content = [_block(block) for block in message["content"]]
        out["output"] = {**out["output"], "message": {**message, "content": content}}
        if out.get("stopReason") == "end_turn":
            del out["stopReason"]
    return _metered(out)


def _metered(out: Json) -> Json:
    """Usage without zeros and sums, metrics without a zero latency."""
    if type(out.get("usage")) is dict:
        usage = {name: value for name, value in out["usage"].items() if name not in ALIASES}
        counts = [usage.get(name, 0) for name in COUNTS]
        if all(type(count) is int for count in counts) and usage.get("totalTokens") == sum(counts):
            del usage["totalTokens"]
        usage = {name: value for name, value in usage.items() if not (name in COUNTS and value == 0)}
        out["usage"] = usage
        if not usage:
            del out["usage"]
    if out.get("metrics") in ({}, {"latencyMs": 0}):
        del out["metrics"]
    return out


def _event(document: Json) -> Json:
    out: Json = {}
    for name, value in tidy(document, OPAQUE).items():
        if type(value) is dict:
            value = {member: one for member, one in value.items() if member != "p"}
            if name == "metadata":
                value = _metered(value)
        out[name] = value
    return out


def _error(document: Any) -> Any:
    if type(document) is not dict:
        return document
    out: Json = tidy(document, OPAQUE)
    if "Message" in out and "message" not in out:
        out["message"] = out.pop("Message")
    return out
