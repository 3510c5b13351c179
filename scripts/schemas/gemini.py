"""
JSON Schemas of generateContent: `gemini` (Developer API) and `vertex` (Vertex AI), which differ in some members.

Source: Gemini API reference, "generateContent", the Vertex AI reference of the same method, and the types of the google-genai SDK.
Requests are closed: one unknown name fails the whole request. The server reads lowerCamelCase and snake_case, a single object
where a list is expected, 64-bit integers as text; so do these schemas. Answers are camelCase and open.
"""

from __future__ import annotations

import re

from scripts.schemas.words import (
    ANY,
    BOOLEAN,
    INTEGER,
    NUMBER,
    OBJECT,
    STRING,
    Schema,
    array,
    at_least,
    between,
    document,
    either,
    enum,
    mapping,
    null,
    nullable,
    record,
    ref,
    text,
)

LONG: Schema = {"type": ["integer", "string"], "pattern": r"^-?\d+$"}
# Enums may be written as their numbers. WORD: one whose words may be of a later day.
WORD: Schema = {"type": ["string", "integer"], "pattern": r"^[A-Z][A-Z0-9_]*$"}
TYPES = "TYPE_UNSPECIFIED STRING NUMBER INTEGER BOOLEAN ARRAY OBJECT NULL"
FUNCTION_NAME = text(1, 128, r"^[a-zA-Z_][a-zA-Z0-9_.:-]*$")
DEVELOPER, VERTEX = "gemini", "vertex"


def schemas() -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for name in (DEVELOPER, VERTEX):
        found[f"{name}.request"] = document(_request(name), f"{name} request", _parts(name))
        found[f"{name}.response"] = document(_response(), f"{name} response", _answer_parts())
        event: Schema = {"type": "object", "if": {"required": ["error"]}, "then": _error(), "else": _response()}
        found[f"{name}.event"] = document(event, f"{name} event", _answer_parts())
        # Streaming calls answer with a list of one.
        listed: Schema = {"if": {"type": "array"}, "then": array(_error(), 1), "else": _error()}
        found[f"{name}.error"] = document(listed, f"{name} error")
    return found


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda found: "_" + found.group().lower(), name)


def _closed(members: dict[str, Schema], required: str = "") -> Schema:
    """A closed object whose members may be written in either case, and be null, which is absent."""
    both = {spelling: null(schema) for name, schema in members.items() for spelling in (name, _snake(name))}
    schema = record(both, "", closed=True)
    demands: list[Schema] = []
    for name in required.split():
        spellings = dict.fromkeys((name, _snake(name)))
        given = [
            {"required": [spelling], "not": {"properties": {spelling: {"type": "null"}}}} for spelling in spellings
        ]
        demands.append({"required": [name]} if len(spellings) == 1 else {"anyOf": given})
    if demands:
        schema["allOf"] = demands
    return schema


def _enum(words: str) -> Schema:
    return either(enum(words), INTEGER)


def _many(items: Schema, minimum: int = 0) -> Schema:
    """A list, or the one member of it."""
    return {"if": {"type": "array"}, "then": array(items, minimum), "else": items}


# --- request


def _parts(name: str) -> dict[str, Schema]:
    vertex = name == VERTEX
    loose: dict[str, Schema] = dict.fromkeys(
        ("mediaProcessing", "speechMetadata", "documentMetadata", "spreadsheetMetadata", "audioMetadata"), OBJECT
    )
    blob = _closed({"mimeType": STRING, "data": STRING, "displayName": STRING}, "mimeType data")
    file = _closed({"mimeType": STRING, "fileUri": STRING, "displayName": STRING}, "fileUri")
    call: dict[str, Schema] = {"id": STRING, "name": text(1), "args": OBJECT}
    if vertex:
        call |= {"partialArgs": array(OBJECT), "willContinue": BOOLEAN}
    result_part = _closed(
        {"inlineData": blob, "fileData": file, "mediaResolution": OBJECT, "videoMetadata": OBJECT, **loose}
    )
    result = _closed(
        {
            "id": STRING,
            "name": text(1),
            "response": OBJECT,
            "parts": _many(result_part),
            "willContinue": BOOLEAN,
            "scheduling": STRING,
        },
        "name",
    )
    part: dict[str, Schema] = {
        "text": STRING,
        "thought": BOOLEAN,
        "thoughtSignature": STRING,
        "inlineData": ref("blob"),
        "fileData": ref("file"),
        "functionCall": _closed(call, "name"),
        "functionResponse": result,
        "executableCode": _closed({"language": STRING, "code": STRING, "id": STRING}, "code"),
        "codeExecutionResult": _closed({"outcome": STRING, "output": STRING, "id": STRING}),
        "videoMetadata": _closed({"startOffset": STRING, "endOffset": STRING, "fps": NUMBER, "contentLayers": ANY}),
        "mediaResolution": {"type": ["object", "string"]},
        "audioTranscription": ANY,
        **loose,
    }
    if not vertex:
        part |= {
            "partMetadata": OBJECT,
            "toolCall": _closed({"id": STRING, "toolType": STRING, "args": OBJECT}),
            "toolResponse": _closed({"id": STRING, "toolType": STRING, "response": OBJECT}),
        }
    roles = "user model function tool USER MODEL"
    return {
        "blob": blob,
        "file": file,
        "part": _closed(part),
        "content": _closed({"role": enum(roles), "parts": _many(ref("part"))}),
        "system": _closed({"role": STRING, "parts": _many(ref("part"))}),
        "schema": _openapi_schema(),
        "tool": _tool(vertex),
        "speech": _speech(),
    }


def _openapi_schema() -> Schema:
    """The subset of OpenAPI 3.0 in which `parameters` and `responseSchema` are written."""
    members: dict[str, Schema] = {
        "type": _enum(_either_case(TYPES)),
        "title": STRING,
        "description": STRING,
        "format": STRING,
        "nullable": BOOLEAN,
        "default": ANY,
        "example": ANY,
        "enum": array(STRING),
        "items": ref("schema"),
        "properties": mapping(ref("schema")),
        "propertyOrdering": array(STRING),
        "required": array(STRING),
        "anyOf": array(ref("schema")),
        "minimum": NUMBER,
        "maximum": NUMBER,
        "pattern": STRING,
        **dict.fromkeys(("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"), LONG),
        "additionalProperties": ANY,
        "defs": mapping(ref("schema")),
        "ref": STRING,
    }
    return _closed(members)


def _tool(vertex: bool) -> Schema:
    declaration = _closed(
        {
            "name": FUNCTION_NAME,
            "description": STRING,
            "parameters": ref("schema"),
            "parametersJsonSchema": ANY,
            "response": ref("schema"),
            "responseJsonSchema": ANY,
            "behavior": STRING,
        },
        "name",
    )
    only_vertex = ("retrieval", "enterpriseWebSearch", "parallelAiSearch", "exaAiSearch")
    only_developer = ("fileSearch", "mcpServers")
    built_in = ("googleSearch", "googleSearchRetrieval", "codeExecution", "urlContext", "googleMaps", "computerUse")
    names = [*built_in, *(only_vertex if vertex else only_developer)]
    members = {name: ANY if name == "mcpServers" else OBJECT for name in names}
    return _closed({"functionDeclarations": _many(declaration), **members})


def _speech() -> Schema:
    voice = _closed(
        {"prebuiltVoiceConfig": _closed({"voiceName": STRING}), "replicatedVoiceConfig": OBJECT, "voice": ANY}
    )
    return _closed({"voiceConfig": voice, "languageCode": STRING, "multiSpeakerVoiceConfig": OBJECT})


def _generation(vertex: bool) -> Schema:
    thinking = _closed(
        {
            "includeThoughts": BOOLEAN,
            "thinkingBudget": at_least(-1),
            "thinkingLevel": _enum(_either_case("MINIMAL LOW MEDIUM HIGH XHIGH THINKING_LEVEL_UNSPECIFIED")),
        }
    )
    image = {"aspectRatio": STRING, "imageSize": STRING}
    if vertex:
        image |= dict.fromkeys(
            ("personGeneration", "prominentPeople", "outputMimeType", "outputCompressionQuality", "imageOutputOptions"),
            ANY,
        )
    members: dict[str, Schema] = {
        "temperature": between(0, 2),
        "topP": between(0, 1),
        "topK": at_least(0, NUMBER),
        "candidateCount": at_least(1),
        "maxOutputTokens": at_least(1),
        "stopSequences": _many(STRING),
        "presencePenalty": between(-2, 2),
        "frequencyPenalty": between(-2, 2),
        "seed": between(-(2**31), 2**31 - 1, INTEGER),
        "responseLogprobs": BOOLEAN,
        "logprobs": at_least(0),
        "responseMimeType": STRING,
        "responseSchema": ref("schema"),
        "responseJsonSchema": ANY,
        "responseFormat": {"type": ["object", "array"]},
        "responseModalities": _many(_enum(_either_case("TEXT IMAGE AUDIO VIDEO MODALITY_UNSPECIFIED"))),
        "speechConfig": ref("speech"),
        "thinkingConfig": thinking,
        "imageConfig": _closed(image),
        "mediaResolution": WORD,
        "audioTranscriptionConfig": OBJECT,
        "translationConfig": OBJECT,
        "enableAffectiveDialog": BOOLEAN,
        "modelSelectionConfig": OBJECT,
        **({"audioTimestamp": BOOLEAN, "routingConfig": OBJECT, "outputConfig": OBJECT} if vertex else {}),
        **({} if vertex else {"enableEnhancedCivicAnswers": BOOLEAN}),
    }
    return _closed(members)


def _either_case(words: str) -> str:
    return f"{words} {words.lower()}"


def _request(name: str) -> Schema:
    vertex = name == VERTEX
    safety: dict[str, Schema] = {
        "category": {"type": ["string", "integer"], "pattern": "^HARM_CATEGORY_[A-Z_]+$"},
        "threshold": _enum(
            "HARM_BLOCK_THRESHOLD_UNSPECIFIED BLOCK_LOW_AND_ABOVE BLOCK_MEDIUM_AND_ABOVE BLOCK_ONLY_HIGH BLOCK_NONE OFF"
        ),
        **({"method": WORD} if vertex else {}),
    }
    calling: dict[str, Schema] = {
        "mode": _enum(_either_case("MODE_UNSPECIFIED AUTO ANY NONE VALIDATED")),
        "allowedFunctionNames": _many(STRING),
        **({"streamFunctionCallArguments": BOOLEAN} if vertex else {}),
    }
    tool_config: dict[str, Schema] = {
        "functionCallingConfig": _closed(calling),
        "retrievalConfig": OBJECT,
        **({} if vertex else {"includeServerSideToolInvocations": BOOLEAN}),
    }
    members: dict[str, Schema] = {
        "contents": _many(ref("content"), 1),
        "systemInstruction": ref("system"),
        "generationConfig": _generation(vertex),
        "safetySettings": _many(_closed(safety, "category threshold")),
        "tools": _many(ref("tool")),
        "toolConfig": _closed(tool_config),
        "cachedContent": STRING,
        "labels": mapping(STRING),
        "continuationToken": STRING,
        "model": STRING,
        **({"modelArmorConfig": OBJECT} if vertex else {"store": BOOLEAN, "serviceTier": STRING}),
    }
    return {**_closed(members, "contents"), "type": "object"}


# --- answer


def _answer_parts() -> dict[str, Schema]:
    part: dict[str, Schema] = {
        "text": STRING,
        "thought": BOOLEAN,
        "thoughtSignature": STRING,
        "inlineData": record({"mimeType": STRING, "data": STRING}, "data"),
        "fileData": record({"mimeType": STRING, "fileUri": STRING}),
        "functionCall": record({"id": STRING, "name": STRING, "args": null(OBJECT)}),
        "executableCode": record({"language": STRING, "code": STRING}),
        "codeExecutionResult": record({"outcome": WORD, "output": STRING}),
    }
    rating = record({"category": WORD, "probability": WORD, "blocked": BOOLEAN})
    candidate: dict[str, Schema] = {
        "index": at_least(0),
        "content": record({"role": STRING, "parts": array(record(nullable(part)))}),
        "finishReason": WORD,
        "finishMessage": STRING,
        "safetyRatings": array(rating),
        "avgLogprobs": NUMBER,
        "tokenCount": at_least(0),
        "groundingMetadata": OBJECT,
        "citationMetadata": OBJECT,
        "urlContextMetadata": OBJECT,
        "logprobsResult": OBJECT,
    }
    counts = "promptTokenCount candidatesTokenCount thoughtsTokenCount toolUsePromptTokenCount cachedContentTokenCount totalTokenCount"
    modality = array(record({"modality": WORD, "tokenCount": at_least(0)}))
    details = "promptTokensDetails candidatesTokensDetails cacheTokensDetails toolUsePromptTokensDetails"
    return {
        "candidate": record(nullable(candidate)),
        "usage": record(
            nullable({**dict.fromkeys(counts.split(), at_least(0)), **dict.fromkeys(details.split(), modality)})
        ),
        "feedback": record(
            nullable({"blockReason": WORD, "blockReasonMessage": STRING, "safetyRatings": array(rating)})
        ),
    }


def _response() -> Schema:
    members: dict[str, Schema] = {
        "candidates": array(ref("candidate")),
        "promptFeedback": ref("feedback"),
        "usageMetadata": ref("usage"),
        "modelVersion": STRING,
        "responseId": STRING,
        "createTime": STRING,
        "modelStatus": OBJECT,
    }
    schema = record(nullable(members))
    # Defaults are left out, but an answer says something.
    schema["minProperties"] = 1
    return schema


def _error() -> Schema:
    inner = record(
        nullable({"code": INTEGER, "message": STRING, "status": STRING, "details": array(OBJECT)}, "code message"),
        "code message",
    )
    return record({"error": inner}, "error")
