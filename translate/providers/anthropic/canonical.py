"""
The one spelling of Messages documents.

Requests: nulls, empty lists, documented defaults (`stream: false`, automatic tool choice, `type: custom`, `caller: direct`,
`is_error: false`) and blank texts dropped; strings are lists with one text; neighbouring turns of one role are one, results
ahead of the rest; `output_format` is `output_config.format`; `thinking: disabled` beside an effort is dropped where it is the
default. Responses: zero counts, `id` made up here and empty signatures dropped, and the
stop reason that the blocks tell. Schemas, inputs and metadata stay.
"""

from __future__ import annotations

from typing import Any

from translate.leg import DEFAULTS, Json, Leg
from translate.loss import Losses
from translate.providers.anthropic.tables import MODEL_FACTS, VARIANT_VERSIONS
from translate.registry import Format
from translate.shared.canonical import tidy
from translate.shared.facts import look_up

OPAQUE = frozenset(("input", "input_schema", "schema", "metadata", "input_examples"))
COUNTS = frozenset(("cache_creation_input_tokens", "cache_read_input_tokens", "thinking_tokens"))


def canonical(document: Any, kind: str, row: Format) -> Any:
    """The one spelling; see the head of this module."""
    if kind == "request":
        return _request(document, row)
    if kind == "response":
        return _response(document)
    if kind == "error":
        return _error(document)
    return _event(document)


def _request(document: Json, row: Format) -> Json:
    out: Json = tidy(document, OPAQUE)
    if out.get("stream") is False:
        del out["stream"]
    if row.variant == "bedrock":
        out.pop("stream", None)
    if "betas" in out:
        del out["betas"]  # a header on the wire
    if out.get("anthropic_version") == VARIANT_VERSIONS.get(row.variant, ""):
        del out["anthropic_version"]
    if "output_format" in out:
        form = out.pop("output_format")
        config = out.get("output_config")
        out["output_config"] = {"format": form, **(config if type(config) is dict else {})}
    for name in ("system", "metadata", "output_config", "model"):
        if out.get(name) in ("", {}):
            del out[name]
    if type(out.get("tools")) is list:
        out["tools"] = [_tool(tool) for tool in out["tools"]]
    choice = out.get("tool_choice")
    if type(choice) is dict:
        if choice.get("disable_parallel_tool_use") is False or choice.get("type") == "none":
            choice = {name: value for name, value in choice.items() if name != "disable_parallel_tool_use"}
            out["tool_choice"] = choice
        if choice == {"type": "auto"} or (choice == {"type": "none"} and "tools" not in out):
            del out["tool_choice"]
    if out.get("thinking") == {"type": "disabled"} and type(out.get("output_config")) is dict and "effort" in out["output_config"]:
        leg = Leg(row, "request", True, DEFAULTS, Losses("unified"))
        model = out.get("model")
        if type(model) is str and look_up(MODEL_FACTS, leg, model).get("omitted") == "off":
            del out["thinking"]
    if "system" in out:
        system = [block for block in _blocks(out["system"]) if not _is_blank(block)]
        out["system"] = system
        if not system:
            del out["system"]
    turns = out.get("messages")
    if type(turns) is list:
        out["messages"] = _turns(turns)
    return out


def _tool(tool: Any) -> Any:
    if type(tool) is not dict:
        return tool
    if tool.get("type") == "custom":
        tool = {name: value for name, value in tool.items() if name != "type"}
    if tool.get("description") == "":
        tool = {name: value for name, value in tool.items() if name != "description"}
    schema = tool.get("input_schema")
    if type(schema) is dict and "type" not in schema:
        tool = {**tool, "input_schema": {**schema, "type": "object"}}
    return tool


def _is_blank(block: Any) -> bool:
    return (
        type(block) is dict and block.get("type") == "text" and type(block.get("text")) is str
        and not block["text"].strip() and block.keys() <= {"type", "text", "cache_control"}
    )  # fmt: skip


def _blocks(content: Any) -> list[Any]:
    if type(content) is str:
        return [{"type": "text", "text": content}]
    return [_block(block) for block in content] if type(content) is list else [content]


def _turns(turns: list[Any]) -> list[Any]:
    """Neighbours of one role as one turn, results first, blank texts left out; a turn without content is none."""
    out: list[Any] = []
    for number, turn in enumerate(turns):
        if type(turn) is not dict or not isinstance(turn.get("content", []), (str, list)):
            out.append(turn)
            continue
        content = [block for block in _blocks(turn.get("content", [])) if not _is_blank(block)]
        if number == len(turns) - 1 and turn.get("role") == "assistant":
            content = _stripped(content)
        if not content:
            continue
        last = out[-1] if out else None
        if type(last) is dict and last.get("role") == turn.get("role") and type(last["content"]) is type(content) is list:
            out[-1] = {**turn, **last, "content": [*last["content"], *content]}
        else:
            out.append({**turn, "content": content})
    for spot, turn in enumerate(out):
        if type(turn) is dict and turn.get("role") == "user" and type(turn.get("content")) is list:
            out[spot] = {**turn, "content": sorted(turn["content"], key=_is_not_result)}
    return out


def _stripped(content: list[Any]) -> list[Any]:
    """A prefill without the whitespace at its end, which is refused."""
    last = content[-1] if content else None
    if type(last) is dict and last.get("type") == "text" and type(last.get("text")) is str:
        return [*content[:-1], {**last, "text": last["text"].rstrip()}]
    return content


def _is_not_result(block: Any) -> bool:
    return not (type(block) is dict and block.get("type") == "tool_result")


def _block(block: Any) -> Any:
    if type(block) is not dict:
        return block
    kind = block.get("type")
    if kind == "tool_result":
        block = {name: value for name, value in block.items() if not (name == "is_error" and value is False)}
        if "content" in block:
            inner = _blocks(block["content"]) if type(block["content"]) in (str, list) else block["content"]
            inner = [one for one in inner if not _is_blank(one)] if type(inner) is list else inner
            block["content"] = inner
            if not inner:
                del block["content"]
    elif kind == "tool_use" or kind == "server_tool_use":
        block = {"input": {}, **block}
        if block.get("caller") == {"type": "direct"}:
            block = {name: value for name, value in block.items() if name != "caller"}
    elif kind == "thinking":
        if block.get("signature") == "":
            block = {name: value for name, value in block.items() if name != "signature"}
    elif kind == "document" and type(block.get("source")) is dict:
        source = block["source"]
        if source.get("type") == "content" and type(source.get("content")) is str:
            block = {**block, "source": {**source, "content": _blocks(source["content"])}}
    return block


def _response(document: Json) -> Json:
    out: Json = tidy(document, OPAQUE)
    for name, value in (("type", "message"), ("role", "assistant"), ("id", "chatcmpl-0"), ("id", ""), ("model", "")):
        if out.get(name) == value:
            del out[name]
    if type(out.get("content")) is list:
        out["content"] = [_block(block) for block in out["content"]]
    called = type(out.get("content")) is list and any(type(one) is dict and one.get("type") == "tool_use" for one in out["content"])
    if out.get("stop_reason") == ("tool_use" if called else "end_turn"):
        del out["stop_reason"]
    usage = out.get("usage")
    if type(usage) is dict:
        out["usage"] = _usage(usage)
        if not any(out["usage"].values()):
            del out["usage"]
    return out


def _usage(usage: Json) -> Json:
    out: Json = {}
    for name, value in usage.items():
        if name == "output_tokens_details" and type(value) is dict:
            value = {inner: count for inner, count in value.items() if not (inner in COUNTS and count == 0)}
            if not value:
                continue
        elif name in COUNTS and value == 0:
            continue
        out[name] = value
    return out


def _event(document: Json) -> Json:
    out: Json = tidy(document, OPAQUE)
    if out.get("type") == "error":
        return _error(document)
    if type(out.get("message")) is dict:
        out["message"] = _response(out["message"])
    if type(out.get("usage")) is dict:
        out["usage"] = _usage(out["usage"])
    if type(out.get("content_block")) is dict:
        out["content_block"] = _block(out["content_block"])
    return out


def _error(document: Any) -> Json:
    if type(document) is list:
        document = document[0] if document and type(document[0]) is dict else {}
    out: Json = tidy(document, OPAQUE)
    if type(out.get("error")) is dict:
        out.setdefault("type", "error")
    return out
