"""
JSON Schemas of Converse and ConverseStream: bodies as they go over the wire, bytes as base64 text.

Source: Amazon Bedrock API reference, "Converse", "ConverseStream", and the service model of the AWS SDKs. Requests are closed, the
free documents inside excepted; blocks, sources and choices hold exactly one of their members. Answers are open: the wire brings
padding and counters that the service model does not name. `modelId` may stand in the body, as the SDKs take it.
"""

from __future__ import annotations

from scripts.schemas.words import (
    ANY,
    BOOLEAN,
    INTEGER,
    OBJECT,
    STRING,
    Schema,
    array,
    at_least,
    between,
    const,
    document,
    enum,
    mapping,
    null,
    nullable,
    record,
    ref,
    text,
)

BASE64: Schema = text(pattern=r"^[A-Za-z0-9+/\r\n]*={0,2}[\r\n]*$")
COUNT = null(at_least(0))
TOOL_NAME = text(1, 64, r"^[a-zA-Z0-9_-]+$")
TOOL_USE_ID = text(1, 64, r"^[a-zA-Z0-9_.:-]+$")
METADATA = r"^[a-zA-Z0-9\s:_@$#=/+,\-.]*$"
STOP_REASON = text(1)
IMAGES = "png jpeg gif webp"
DOCUMENTS = "pdf csv doc docx xls xlsx html txt md"
VIDEOS = "mkv mov mp4 webm flv mpeg mpg wmv three_gp"
AUDIO = "mp3 opus wav aac flac mp4 ogg mkv mka x-aac m4a mpeg mpga pcm webm"


def schemas() -> dict[str, Schema]:
    asked, answered = _parts(True), _parts(False)
    return {
        "bedrock.request": document(_request(), "bedrock request", asked),
        "bedrock.response": document(_response(), "bedrock response", answered),
        "bedrock.event": document(_event(), "bedrock event", answered),
        "bedrock.error": document(_error(), "bedrock error"),
    }


def _one_of(members: dict[str, Schema], closed: bool = True) -> Schema:
    """Exactly one of the members; an open one may bring a member of a later day."""
    schema = record(nullable(members), closed=closed)
    schema["minProperties"] = 1
    if closed:
        schema["maxProperties"] = 1
        schema["properties"] = members
    return schema


def _parts(closed: bool) -> dict[str, Schema]:
    def made(members: dict[str, Schema], required: str = "") -> Schema:
        return record(nullable(members, required), required, closed=closed)

    place = made({"uri": text(1, 1024, r"^s3://"), "bucketOwner": text(12, 12, r"^[0-9]+$")}, "uri")
    source = _one_of({"bytes": BASE64, "s3Location": place}, closed)
    texts = array(_one_of({"text": STRING}, closed))
    citations = made({"enabled": BOOLEAN}, "enabled")
    failure = record({"message": null(STRING)})
    span = nullable({"documentIndex": at_least(0), "start": at_least(0), "end": at_least(0)})
    found = nullable({"searchResultIndex": at_least(0), "start": at_least(0), "end": at_least(0)})
    location = _one_of(
        {
            "web": record(nullable({"url": STRING, "domain": STRING})),
            **{name: record(span) for name in ("documentChar", "documentPage", "documentChunk")},
            "searchResultLocation": record(found),
        },
        closed,
    )
    citation = record(nullable({"title": STRING, "source": STRING, "sourceContent": texts, "location": location}))
    document_source = _one_of({"bytes": BASE64, "s3Location": place, "text": STRING, "content": texts}, closed)
    kinds: dict[str, Schema] = {
        "image": made({"format": enum(IMAGES), "source": source, "error": failure}, "format source" if closed else "format"),
        "document": made(
            {
                "format": enum(DOCUMENTS),
                "name": text(1, 200),
                "source": document_source,
                "context": STRING,
                "citations": citations,
            },
            "name source",
        ),
        "video": made({"format": enum(VIDEOS), "source": source}, "format source"),
        "audio": made({"format": enum(AUDIO), "source": source, "error": failure}, "format source" if closed else "format"),
        "searchResult": made(
            {"source": STRING, "title": STRING, "content": array(made({"text": STRING}, "text")), "citations": citations},
            "source title content",
        ),
    }
    result = _one_of({"text": STRING, "json": OBJECT, **{name: ref(name) for name in kinds if name != "audio"}}, closed)
    thought = _one_of(
        {"reasoningText": made({"text": STRING, "signature": STRING}, "text"), "redactedContent": BASE64}, closed
    )
    tool = made({"tool": record(nullable({"type": text(1, 64), "name": text(1, 128), "serverName": text(1, 128)}))}, "tool")
    qualified = made({"text": STRING, "qualifiers": array(STRING)}, "text")
    guard = _one_of({"text": qualified, "image": made({"format": enum("png jpeg"), "source": source}, "format source")}, closed)
    block = _one_of(
        {
            "text": STRING,
            **{name: ref(name) for name in kinds},
            "toolUse": made({"toolUseId": TOOL_USE_ID, "name": TOOL_NAME, "input": ANY, "type": STRING}, "toolUseId name input"),
            "toolResult": made(
                {"toolUseId": TOOL_USE_ID, "content": array(result), "status": enum("success error"), "type": STRING},
                "toolUseId content",
            ),
            "guardContent": guard,
            "cachePoint": _cache_point(),
            "reasoningContent": thought,
            "citationsContent": made({"content": texts, "citations": array(ref("citation"))}),
            "toolAddition": tool,
            "toolRemoval": tool,
        },
        closed,
    )
    roles = enum("user assistant system" if closed else "assistant")
    message = made({"role": roles, "content": array(ref("block"))}, "role content")
    parts = {**kinds, "citation": citation, "block": block, "message": message}
    if closed:
        parts["system"] = _one_of({"text": text(1), "guardContent": guard, "cachePoint": _cache_point()})
    return parts


def _cache_point() -> Schema:
    return record(nullable({"type": const("default"), "ttl": enum("5m 1h")}, "type"), "type", closed=True)


def _request() -> Schema:
    spec: dict[str, Schema] = {
        "name": TOOL_NAME,
        "description": text(1),
        "inputSchema": _one_of({"json": OBJECT}),
        "strict": BOOLEAN,
    }
    tool = _one_of(
        {
            "toolSpec": record(nullable(spec, "name inputSchema"), "name inputSchema", closed=True),
            "systemTool": record({"name": TOOL_NAME}, "name", closed=True),
            "cachePoint": _cache_point(),
        }
    )
    nothing = record({}, closed=True)
    choice = _one_of({"auto": nothing, "any": nothing, "tool": record({"name": TOOL_NAME}, "name", closed=True)})
    schema = record(nullable({"schema": STRING, "name": STRING, "description": STRING}, "schema"), "schema", closed=True)
    text_format = record(
        {"type": const("json_schema"), "structure": _one_of({"jsonSchema": schema})}, "type structure", closed=True
    )
    settings = {
        "maxTokens": at_least(1),
        "temperature": between(0, 1),
        "topP": between(0, 1),
        "stopSequences": array(text(1), maximum=2500),
    }
    guardrail = {
        "guardrailIdentifier": text(0, 2048),
        "guardrailVersion": text(pattern=r"^(|[1-9][0-9]{0,7}|DRAFT)$"),
        "trace": enum("enabled disabled enabled_full"),
        "streamProcessingMode": enum("sync async"),
    }
    metadata = mapping(text(0, 256, METADATA), 16, text(1, 256, METADATA))
    members: dict[str, Schema] = {
        "modelId": text(1, 2048),
        "messages": array(ref("message"), 1),
        "system": array(ref("system")),
        "inferenceConfig": record(nullable(settings), closed=True),
        "toolConfig": record({"tools": array(tool, 1), "toolChoice": null(choice)}, "tools", closed=True),
        "guardrailConfig": record(nullable(guardrail), closed=True),
        "projectIdentifier": text(1, 2048),
        "additionalModelRequestFields": OBJECT,
        "additionalModelResponseFieldPaths": array(text(1, 256), maximum=10),
        "promptVariables": mapping(_one_of({"text": STRING})),
        "requestMetadata": {**metadata, "minProperties": 1},
        "performanceConfig": record({"latency": enum("standard optimized")}, closed=True),
        "serviceTier": record({"type": enum("priority default flex reserved")}, "type", closed=True),
        "outputConfig": record(nullable({"textFormat": text_format, "effort": text(0, 16)}), closed=True),
    }
    return record(nullable(members, "messages"), "messages", closed=True)


def _usage() -> Schema:
    detail = record({"ttl": STRING, "inputTokens": at_least(0)}, "ttl inputTokens")
    counts = "inputTokens outputTokens totalTokens cacheReadInputTokens cacheWriteInputTokens"
    return record(
        {
            **dict.fromkeys(counts.split(), COUNT),
            "cacheDetails": null(array(detail)),
        }
    )


def _measured() -> dict[str, Schema]:
    """What an answer and the last event of a stream say beside the answer."""
    return {
        "usage": _usage(),
        "metrics": record({"latencyMs": COUNT}),
        "trace": OBJECT,
        "performanceConfig": record({"latency": null(STRING)}),
        "serviceTier": record({"type": STRING}, "type"),
    }


def _response() -> Schema:
    members: dict[str, Schema] = {
        "output": record({"message": ref("message")}, "message"),
        "stopReason": STOP_REASON,
        "additionalModelResponseFields": ANY,
        **_measured(),
    }
    return record(nullable(members, "output stopReason"), "output stopReason")


def _event() -> Schema:
    index = {"contentBlockIndex": at_least(0)}
    use = record(nullable({"toolUseId": TOOL_USE_ID, "name": TOOL_NAME, "type": STRING}, "toolUseId name"), "toolUseId name")
    result = record(nullable({"toolUseId": TOOL_USE_ID, "type": STRING, "status": STRING}, "toolUseId"), "toolUseId")
    # Some servers start a text, with nothing in it.
    start = record(nullable({"toolUse": use, "toolResult": result, "image": record({"format": STRING}, "format")}))
    delta = _one_of(
        {
            "text": STRING,
            "toolUse": record({"input": STRING}, "input"),
            "toolResult": array(_one_of({"text": STRING, "json": ANY}, False)),
            "reasoningContent": _one_of({"text": STRING, "redactedContent": BASE64, "signature": STRING}, False),
            "citation": ref("citation"),
            "image": record(nullable({"source": OBJECT, "error": OBJECT})),
        },
        False,
    )
    failure = record(nullable({"message": STRING, "originalStatusCode": INTEGER, "originalMessage": STRING}))
    exceptions = (
        "internalServerException modelStreamErrorException validationException throttlingException serviceUnavailableException"
    )
    members: dict[str, Schema] = {
        "messageStart": record({"role": const("assistant")}, "role"),
        "contentBlockStart": record({"start": start, **index}, "start contentBlockIndex"),
        "contentBlockDelta": record({"delta": delta, **index}, "delta contentBlockIndex"),
        "contentBlockStop": record(index, "contentBlockIndex"),
        "messageStop": record({"stopReason": STOP_REASON, "additionalModelResponseFields": ANY}, "stopReason"),
        "metadata": record(nullable(_measured(), "usage"), "usage"),
        **dict.fromkeys(exceptions.split(), failure),
    }
    schema = record(members)
    schema["minProperties"] = schema["maxProperties"] = 1
    return schema


def _error() -> Schema:
    """The name of the exception is in a header; some front ends write it into the body."""
    members = {
        "message": STRING,
        "Message": STRING,
        "__type": STRING,
        "originalStatusCode": between(100, 599, INTEGER),
        "originalMessage": STRING,
        "resourceName": STRING,
    }
    schema = record(nullable(members, "message Message"))
    schema["anyOf"] = [{"required": ["message"]}, {"required": ["Message"]}]
    return schema
