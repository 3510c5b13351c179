"""
Judge of Cohere v2 chat documents.

Types: the official `cohere` package, whose models take anything and keep what they do not know: they are asked
strictly and walked for unknown members. Rules: ranges, ids, turns and the order of the stream's events of the API
reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import cohere.types as types
from cohere.v2 import types as answers
from pydantic import BaseModel, ConfigDict, Field

from tests.oracles.typed import Judge

Json = dict[str, Any]

_Message = Annotated[
    types.UserChatMessageV2 | types.AssistantChatMessageV2 | types.SystemChatMessageV2 | types.ToolChatMessageV2,
    Field(discriminator="role"),
]


class _Request(BaseModel):
    """The parameters of the package's `chat` method, which has no type of its own for the body."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    model: str
    messages: list[_Message]
    stream: bool = False
    tools: list[types.ToolV2] | None = None
    strict_tools: bool | None = None
    documents: list[str | types.Document] | None = None
    citation_options: types.CitationOptions | None = None
    response_format: types.TextResponseFormatV2 | types.JsonObjectResponseFormatV2 | None = None
    safety_mode: Literal["CONTEXTUAL", "STRICT", "OFF"] | None = None
    max_tokens: int | None = None
    stop_sequences: list[str] | None = None
    temperature: float | None = None
    seed: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    k: int | None = None
    p: float | None = None
    logprobs: bool | None = None
    tool_choice: Literal["REQUIRED", "NONE"] | None = None
    thinking: types.Thinking | None = None
    priority: int | None = None


REQUEST = Judge(_Request)
RESPONSE = Judge(answers.V2ChatResponse)
EVENTS: dict[str, Judge] = {
    "message-start": Judge(types.ChatMessageStartEvent),
    "content-start": Judge(types.ChatContentStartEvent),
    "content-delta": Judge(types.ChatContentDeltaEvent),
    "content-end": Judge(types.ChatContentEndEvent),
    "tool-plan-delta": Judge(types.ChatToolPlanDeltaEvent),
    "tool-call-start": Judge(types.ChatToolCallStartEvent),
    "tool-call-delta": Judge(types.ChatToolCallDeltaEvent),
    "tool-call-end": Judge(types.ChatToolCallEndEvent),
    "citation-start": Judge(types.CitationStartEvent),
    "citation-end": Judge(types.CitationEndEvent),
    "message-end": Judge(types.ChatMessageEndEvent),
    "debug": Judge(types.ChatDebugEvent),
}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
RANGES = {
    "temperature": (0, 1),
    "p": (0.01, 0.99),
    "k": (0, 500),
    "seed": (0, 2**64 - 1),
    "frequency_penalty": (0, 1),
    "presence_penalty": (0, 1),
    "max_tokens": (0, 2**31),
}
FINISH = {"COMPLETE", "STOP_SEQUENCE", "MAX_TOKENS", "TOOL_CALL", "ERROR", "TIMEOUT"}
# Discriminators and members that the types leave to their wrappers or do not know.
WIRE_ONLY = re.compile(
    r".*/(type|cached_tokens|reasoning_tokens|image_tokens|index|id|event_type|message)|/delta/message/(content|tool_plan|tool_calls|citations)"
)


def problems(document: Any, kind: str, *, model: str | None = None, route: Any = None, variant: str = "") -> list[str]:
    """What is wrong with a document."""
    if kind == "stream":
        return _stream(document)
    if not isinstance(document, dict):
        return ["the document is no object"]
    if kind == "request":
        found = _known(REQUEST.problems(document))
        return found or list(_request(document))
    if kind == "response":
        found = _known(RESPONSE.problems(document))
        return found or list(_response(document))
    return _event(document) if kind == "event" else _error(document)


def _known(found: list[str]) -> list[str]:
    return [
        one for one in found if not (one.endswith(": unknown member") and WIRE_ONLY.fullmatch(one.rsplit(":", 1)[0]))
    ]


def _request(body: Json) -> Iterator[str]:
    for name, (low, high) in RANGES.items():
        value = body.get(name)
        if value is not None and not low <= value <= high:
            yield f"{name}: {value} is outside {low}..{high}"
    if len(body.get("stop_sequences") or ()) > 5:
        yield "stop_sequences: more than five"
    if not body["messages"]:
        yield "messages: empty"
    names = [tool["function"]["name"] for tool in body.get("tools") or ()]
    if any(not NAME.fullmatch(name) for name in names) or len(set(names)) < len(names):
        yield f"tools: names {names}"
    if any(not isinstance(tool["function"].get("parameters"), dict) for tool in body.get("tools") or ()):
        yield "tools: parameters are required"
    if body.get("tool_choice") and not names:
        yield "tool_choice: needs tools"
    schema = (body.get("response_format") or {}).get("json_schema")
    if schema is not None and (names or body.get("documents")):
        yield "response_format: a schema does not go with tools or documents"
    if schema is not None:
        if schema.get("type") != "object" and "$ref" not in schema:
            yield "response_format: the root of a schema is an object"
        yield from _schema(schema, "response_format")
    if body.get("strict_tools"):
        parameters = [tool["function"]["parameters"] for tool in body.get("tools") or ()]
        for one in parameters:
            yield from _schema(one, "tools")
        if sum(_members(one) for one in parameters) > 200:
            yield "tools: too many members for strict tools"
    owed: set[str] = set()
    for index, message in enumerate(body["messages"]):
        at, content = f"messages/{index}", message.get("content")
        if message["role"] == "tool":
            if message.get("tool_call_id") not in owed:
                yield f"{at}: answers no open call"
            owed.discard(message.get("tool_call_id"))
            continue
        calls = message.get("tool_calls") or ()
        if owed:
            yield f"{at}: calls {sorted(owed)} are not answered"
        owed = {call["id"] for call in calls}
        if len(owed) < len(calls) or "" in owed:
            yield f"{at}: call ids"
        if not content and not calls and not message.get("tool_plan"):
            yield f"{at}: empty"
    if owed:
        yield f"messages: calls {sorted(owed)} are not answered"


# "Structured Outputs", unsupported schema features.
SCHEMA_REFUSES = {
    "allOf", "oneOf", "not", "minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength", "uniqueItems", "multipleOf",
    "exclusiveMinimum", "exclusiveMaximum", "patternProperties", "prefixItems", "if", "contains", "definitions",
}  # fmt: skip
SCHEMA_FORMATS = {"date-time", "uuid", "date", "time"}


def _members(schema: Any) -> int:
    if not isinstance(schema, dict):
        return 0
    held = [*(schema.get("properties") or {}).values(), *(schema.get("$defs") or {}).values(), *(schema.get("anyOf") or ())]
    return len(schema.get("properties") or ()) + sum(_members(one) for one in [*held, schema.get("items")])


def _schema(schema: Any, at: str) -> Iterator[str]:
    """Keywords, formats and patterns that structured outputs refuse; an object with members requires one."""
    if not isinstance(schema, dict):
        return
    yield from (f"{at}: {keyword}" for keyword in schema if keyword in SCHEMA_REFUSES)
    if schema.get("format", "date") not in SCHEMA_FORMATS:
        yield f"{at}: format {schema['format']!r}"
    if re.search(r"[\^$]|\?[=!]", str(schema.get("pattern", ""))):
        yield f"{at}: pattern {schema['pattern']!r}"
    if schema.get("properties") and not schema.get("required"):
        yield f"{at}: an object that requires no member"
    for keyword in ("properties", "$defs"):
        for name, inner in (schema.get(keyword) or {}).items():
            yield from _schema(inner, f"{at}/{name}")
    for inner in [schema.get("items"), schema.get("additionalProperties"), *(schema.get("anyOf") or ())]:
        yield from _schema(inner, at)


def _response(body: Json) -> Iterator[str]:
    message = body["message"]
    if message.get("role") != "assistant":
        yield "message: not the assistant's"
    if not body["id"]:
        yield "id: empty"
    if body["finish_reason"] not in FINISH:
        yield f"finish_reason: {body['finish_reason']!r}"
    if body["finish_reason"] == "TOOL_CALL" and not message.get("tool_calls"):
        yield "finish_reason: TOOL_CALL without calls"
    for block in message.get("content") or ():
        if block.get("type") not in ("text", "thinking"):
            yield f"message/content: {block.get('type')!r}"
    for call in message.get("tool_calls") or ():
        if (
            not call.get("id")
            or not call["function"].get("name")
            or not isinstance(call["function"].get("arguments"), str)
        ):
            yield "message/tool_calls: a call without id, name or arguments"


def _event(event: Json) -> list[str]:
    judge = EVENTS.get(event.get("type", ""))
    if judge is None:
        return _error(event) if "message" in event else [f"type {event.get('type')!r}"]
    return _known(judge.problems(event))


def _stream(events: Any) -> list[str]:
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        return ["the stream is no list of objects"]
    found = [f"{index}: {problem}" for index, event in enumerate(events) for problem in _event(event)]
    return found or list(_grammar(events))


def _grammar(events: list[Json]) -> Iterator[str]:
    """message-start, blocks and calls one after another, message-end."""
    kinds = [event.get("type") for event in events]
    if kinds[:1] != ["message-start"] or kinds.count("message-start") != 1:
        yield "the stream does not begin with its one message-start"
    if kinds[-1:] != ["message-end"] or kinds.count("message-end") != 1:
        yield "the stream does not end with its one message-end"
    else:
        delta = events[-1].get("delta") or {}
        if delta.get("finish_reason") not in FINISH:
            yield f"message-end: finish_reason {delta.get('finish_reason')!r}"
        if delta.get("finish_reason") == "TOOL_CALL" and "tool-call-start" not in kinds:
            yield "message-end: TOOL_CALL without calls"
    opened: tuple[str, Any] | None = None
    counts = {"content": 0, "tool-call": 0}
    for at, event in enumerate(events):
        word, _, step = str(event.get("type")).rpartition("-")
        if word not in counts:
            continue
        if step == "start":
            if opened is not None or event.get("index") != counts[word]:
                yield f"{at}: {word} {event.get('index')} opens out of turn"
            opened, counts[word] = (word, event.get("index")), counts[word] + 1
            call = ((event.get("delta") or {}).get("message") or {}).get("tool_calls")
            if word == "tool-call" and not (isinstance(call, dict) and call.get("id") and call["function"].get("name")):
                yield f"{at}: a call without id or name"
        elif opened != (word, event.get("index")):
            yield f"{at}: {word} {event.get('index')} is not open"
        elif step == "end":
            opened = None


def _error(document: Json) -> list[str]:
    found = [f"{key}: unknown" for key in document if key not in ("message", "id", "error_type")]
    if not isinstance(document.get("message"), str):
        found.append("message: no string")
    return found
