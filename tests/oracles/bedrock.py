"""
Judge of Bedrock Converse documents.

Types: the service model that AWS ships with botocore, its own validator, and a walk for what that does not look at
(patterns, upper limits, enum words). Rules: the constraints of the Converse reference (roles, tool blocks, documents).
"""

from __future__ import annotations

import base64
import functools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape
from botocore.validate import ParamValidator

Json = dict[str, Any]

BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
# On the wire, in no version of the service model: padding of event frames, older and newer counters.
WIRE_ONLY = {"p", "cacheReadInputTokenCount", "cacheWriteInputTokenCount", "serverToolUsage"}
DOCUMENT_NAME = re.compile(r"[A-Za-z0-9\-()\[\]]+( [A-Za-z0-9\-()\[\]]+)*")
IDENTIFIER = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@functools.cache
def _service() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("bedrock-runtime", "service-2"))


def problems(document: Any, kind: str, *, model: str | None = None, route: Any = None, variant: str = "") -> list[str]:
    """What is wrong with a document."""
    document = _known(document, kind)
    converse, stream = _service().operation_model("Converse"), _service().operation_model("ConverseStream")
    if kind == "stream":
        return _stream(document)
    if not isinstance(document, dict):
        return ["the document is no object"]
    if kind == "request":
        # Whether the model's name is one of this provider's is its caller's affair: it stands in the path.
        body = {"modelId": "model", **document}
        found = ["modelId: stands in the path"] if "modelId" in document else []
        return found + (_shaped(body, converse.input_shape) or list(_request(document)))
    if kind == "event":
        return _shaped(document, stream.output_shape.members["stream"])
    if kind == "error":
        return _error(document)
    found = _shaped(document, converse.output_shape)
    return found or list(_response(document))


def frame_problems(event: Json) -> list[str]:
    """What is wrong with a frame of InvokeModelWithResponseStream that is no `chunk`."""
    return _shaped(event, _service().shape_for("ResponseStream"))


def _known(document: Any, kind: str) -> Any:
    """Answers without what only the wire knows, at the places where it comes."""
    if not isinstance(document, dict) or kind not in ("response", "event"):
        return document
    bare = dict(document)
    for key, item in bare.items():
        if isinstance(item, dict) and kind == "event":
            bare[key] = {name: value for name, value in item.items() if name not in WIRE_ONLY}
    for holder in (bare, bare.get("metadata")):
        if isinstance(holder, dict) and isinstance(holder.get("usage"), dict):
            holder["usage"] = {name: value for name, value in holder["usage"].items() if name not in WIRE_ONLY}
    return bare


def _shaped(document: Any, shape: Shape) -> list[str]:
    report = ParamValidator().validate(_decoded(document, shape), shape)
    if report.has_errors():
        return report.generate_report().split("\n")
    return list(_limits(document, shape, ""))


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _decoded(value: Any, shape: Shape, blob: Callable[[str], bytes] = _raw) -> Any:
    """Blobs as the validator wants them, which only looks at their type: our documents hold base64 text."""
    if shape.type_name == "blob" and isinstance(value, str):
        return blob(value)
    if getattr(shape, "is_document_type", False):
        return value
    if shape.type_name == "structure" and isinstance(value, dict):
        return {
            key: _decoded(item, shape.members[key], blob) if key in shape.members else item
            for key, item in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [_decoded(item, shape.member, blob) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: _decoded(item, shape.value, blob) for key, item in value.items()}
    return value


def _limits(value: Any, shape: Shape, at: str) -> Iterator[str]:
    if getattr(shape, "is_document_type", False):
        return
    if shape.type_name == "structure":
        for key, item in value.items():
            yield from _limits(item, shape.members[key], f"{at}/{key}")
    elif shape.type_name == "list":
        if len(value) > shape.metadata.get("max", len(value)):
            yield f"{at}: {len(value)} entries"
        for index, item in enumerate(value):
            yield from _limits(item, shape.member, f"{at}/{index}")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from _limits(key, shape.key, f"{at}/{key}")
            yield from _limits(item, shape.value, f"{at}/{key}")
    elif shape.type_name == "string":
        words = getattr(shape, "enum", None)
        if words and value not in words:
            yield f"{at}: {value!r} is none of {words[:8]}"
        pattern = shape.metadata.get("pattern")
        if pattern and not re.fullmatch(pattern, value):
            yield f"{at}: {value[:60]!r} does not match {pattern}"
        if len(value) > shape.metadata.get("max", len(value)):
            yield f"{at}: {len(value)} characters"
    elif shape.type_name in ("integer", "long", "float", "double"):
        if isinstance(value, bool) or value > shape.metadata.get("max", value):
            yield f"{at}: {value}"
    elif shape.type_name == "blob" and not (isinstance(value, str) and BASE64.fullmatch(value)):
        yield f"{at}: no base64"


def _request(body: Json) -> Iterator[str]:
    messages = body.get("messages") or []
    if not messages:
        yield "messages: empty"
    if messages and messages[0]["role"] != "user":
        yield "messages/0: not a user turn"
    owed: list[str] = []
    called: set[str] = set()  # in the whole conversation
    tool_blocks = False
    for index, message in enumerate(messages):
        at, role, content = f"messages/{index}", message["role"], message["content"]
        if index and messages[index - 1]["role"] == role:
            yield f"{at}: the same role as the turn before"
        if not content:
            yield f"{at}: no content"
        results = [block["toolResult"]["toolUseId"] for block in content if "toolResult" in block]
        if sorted(results) != sorted(owed):
            yield f"{at}: results {sorted(results)} for calls {sorted(owed)}"
        owed = [block["toolUse"]["toolUseId"] for block in content if "toolUse" in block]
        if len(set(owed)) < len(owed) or not called.isdisjoint(owed):
            yield f"{at}: a call id twice"
        called.update(owed)
        tool_blocks = tool_blocks or bool(owed or results)
        names = []
        for place, block in enumerate(content):
            if "text" in block and not block["text"].strip():
                yield f"{at}/content/{place}: a blank text"
            if ("toolUse" in block or "reasoningContent" in block) and role != "assistant":
                yield f"{at}/content/{place}: {next(iter(block))} in a user turn"
            if {"image", "document", "video", "toolResult"} & set(block) and role != "user":
                yield f"{at}/content/{place}: {next(iter(block))} in an assistant turn"
            if "document" in block:
                names.append(block["document"]["name"])
                if not DOCUMENT_NAME.fullmatch(names[-1]):
                    yield f"{at}/content/{place}: document name {names[-1]!r}"
            if "toolResult" in block and not block["toolResult"]["content"]:
                yield f"{at}/content/{place}: a result without content"
        if len(set(names)) < len(names) or (names and not any("text" in block for block in content)):
            yield f"{at}: document names twice, or documents without a text"
    if owed:
        yield f"messages: calls {owed} have no result"
    if tool_blocks and not body.get("toolConfig"):
        yield "toolConfig: required when the history holds tool blocks"
    thinking = (body.get("additionalModelRequestFields") or {}).get("thinking")
    if isinstance(thinking, dict) and thinking.get("type") == "enabled":
        yield from _thinking(body, thinking)
    yield from _tools(body)
    for index, block in enumerate(body.get("system") or ()):
        if "text" in block and not block["text"].strip():
            yield f"system/{index}: a blank text"
    if body.get("system") == []:
        yield "system: empty"


def _thinking(body: Json, thinking: Json) -> Iterator[str]:
    """What Claude demands beside a budget of thinking."""
    settings = body.get("inferenceConfig") or {}
    budget, most = thinking.get("budget_tokens"), settings.get("maxTokens")
    if not isinstance(budget, int) or budget < 1024 or (most is not None and budget >= most):
        yield "thinking/budget_tokens: at least 1024 and below maxTokens"
    if settings.get("temperature") not in (None, 1) or settings.get("topP", 1) < 0.95:
        yield "thinking: goes with temperature 1 and topP from 0.95 on"
    if (body.get("toolConfig") or {}).get("toolChoice", {}).keys() & {"any", "tool"}:
        yield "thinking: does not go with a forced tool"
    opening = [next(iter(turn["content"][0])) if turn["content"] else "" for turn in body.get("messages") or []]
    steps = [opening.pop()] if opening and body["messages"][-1]["role"] == "assistant" else []  # an answer that is begun
    while len(opening) > 1 and opening[-1] == "toolResult":
        steps.append(opening[-2])
        del opening[-2:]
    if steps and "reasoningContent" not in steps:
        yield "thinking: the turn whose calls are answered does not begin with it"


def _tools(body: Json) -> Iterator[str]:
    config = body.get("toolConfig") or {}
    names = [tool["toolSpec"]["name"] for tool in config.get("tools") or () if "toolSpec" in tool]
    if len(set(names)) < len(names):
        yield "toolConfig: a name twice"
    for tool in config.get("tools") or ():
        schema = (tool.get("toolSpec") or {}).get("inputSchema", {}).get("json")
        if "toolSpec" in tool and not (isinstance(schema, dict) and schema.get("type") == "object"):
            yield f"toolConfig: the schema of {tool['toolSpec']['name']!r} is no object at its root"
    choice = (config.get("toolChoice") or {}).get("tool")
    if choice and choice["name"] not in names:
        yield "toolConfig/toolChoice: names no declared tool"


def _usage(usage: Json) -> Iterator[str]:
    parts = usage["inputTokens"] + usage["outputTokens"]
    cached = (usage.get("cacheReadInputTokens") or 0) + (usage.get("cacheWriteInputTokens") or 0)
    if usage["totalTokens"] not in (parts, parts + cached):
        yield f"usage: {usage} does not add up"


def _response(body: Json) -> Iterator[str]:
    message = (body.get("output") or {}).get("message")
    if not message or message["role"] != "assistant":
        yield "output/message: missing, or not the assistant's"
        return
    calls = [block["toolUse"] for block in message["content"] if "toolUse" in block]
    if body["stopReason"] == "tool_use" and not calls:
        yield "stopReason: tool_use without a call"
    if any(not call["name"] for call in calls) or len({call["toolUseId"] for call in calls}) < len(calls):
        yield "output: a call without a name, or an id twice"
    yield from _usage(body["usage"])


def _stream(events: Any) -> list[str]:
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        return ["the stream is no list of objects"]
    found = [f"{index}: {problem}" for index, event in enumerate(events) for problem in problems(event, "event")]
    return found or list(_grammar(events))


def _grammar(events: list[Json]) -> Iterator[str]:
    """messageStart, blocks one after another, messageStop, metadata; an exception ends it anywhere."""
    kinds = [next(iter(event)) for event in events]
    failed = bool(kinds) and kinds[-1].endswith("Exception")
    if kinds[:1] != ["messageStart"] and not failed:
        yield "the stream does not begin with messageStart"
    if not failed and kinds.count("messageStop") != 1:
        yield "messageStop: not once"
    if kinds.count("messageStart") > 1 or sum(kind.endswith("Exception") for kind in kinds) > failed:
        yield "a second messageStart, or an exception that is not the last event"
    following, current, stopped, calls = 0, None, False, 0
    for at, (kind, event) in enumerate(zip(kinds, events, strict=True)):
        body = event[kind]
        if kind == "contentBlockStart":
            if current is not None or body["contentBlockIndex"] != following:
                yield f"{at}: block {body['contentBlockIndex']} opens out of turn"
            current, following = body["contentBlockIndex"], body["contentBlockIndex"] + 1
            call = body["start"].get("toolUse")
            calls += call is not None
            if call is not None and not (call.get("toolUseId") and call.get("name")):
                yield f"{at}: a call without id or name"
        elif kind == "contentBlockDelta":
            if current is None and body["contentBlockIndex"] == following:  # texts open without a start
                current, following = following, following + 1
            if current != body["contentBlockIndex"]:
                yield f"{at}: block {body['contentBlockIndex']} is not open"
        elif kind == "contentBlockStop":
            if current != body["contentBlockIndex"]:
                yield f"{at}: block {body['contentBlockIndex']} is not open"
            current = None
        elif kind == "messageStop":
            stopped = True
            if current is not None:
                yield f"{at}: a block is still open"
            if body["stopReason"] == "tool_use" and not calls:
                yield f"{at}: tool_use without a call"
        elif kind == "metadata":
            if not stopped:
                yield f"{at}: metadata before messageStop"
            yield from _usage(body["usage"])


def _error(document: Json) -> list[str]:
    found = [] if isinstance(document.get("message"), str) else ["message: no string"]
    known = {"message", "originalStatusCode", "resourceName", "originalMessage", "__type"}
    return found + [f"{key}: unknown" for key in document if key not in known]


def serialised(body: Json) -> Json:
    """What AWS' own serialiser puts on the wire, for comparing."""
    from botocore.serialize import create_serializer

    operation = _service().operation_model("Converse")
    request = create_serializer("rest-json").serialize_to_request(
        _decoded({"modelId": "m", **body}, operation.input_shape, base64.b64decode), operation
    )
    return dict(json.loads(request["body"]))
