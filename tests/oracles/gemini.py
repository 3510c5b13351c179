"""
Judge of generateContent documents, for the developer API (`gemini`) and for Vertex AI (`vertex`).

Types: the official `google-genai` package (its models refuse unknown keys; an unknown enum word is a warning there
and a finding here; it takes snake_case too, which the server does but we never write). Rules: turns, pairing, names,
schema subset, tables of what only one of the two services knows.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from typing import Any

from google.genai import types
from pydantic import BaseModel, ValidationError

Json = dict[str, Any]

# Member of the request -> its type, whether it is a list.
REQUEST: dict[str, tuple[Any, bool]] = {
    "contents": (types.Content, True),
    "systemInstruction": (types.Content, False),
    "tools": (types.Tool, True),
    "toolConfig": (types.ToolConfig, False),
    "safetySettings": (types.SafetySetting, True),
    "generationConfig": (types.GenerationConfig, False),
}
PLAIN = {
    "cachedContent": str,
    "labels": dict,
    "serviceTier": str,
    "store": bool,
    "continuationToken": str,
    "model": str,
}
PLAIN_VERTEX = {"modelArmorConfig": dict, "outputConfig": dict}
VERTEX_ONLY = {
    "audioTimestamp",
    "routingConfig",
    "modelSelectionConfig",
    "method",
    "partialArgs",
    "willContinue",
    "streamFunctionCallArguments",
    "retrieval",
    "enterpriseWebSearch",
    "parallelAiSearch",
    "exaAiSearch",
    "excludeDomains",
    "blockingConfidence",
    "personGeneration",
    "modelArmorConfig",
    "outputConfig",
}
DEV_ONLY = {
    "store",
    "serviceTier",
    "enableEnhancedCivicAnswers",
    "toolCall",
    "toolResponse",
    "partMetadata",
    "includeServerSideToolInvocations",
    "fileSearch",
    "mcpServers",
    "timeRangeFilter",
}
# In generationConfig the wire has what the package keeps elsewhere.
CONFIG_WIRE_ONLY = {"imageConfig", "responseFormat"}
FREE_FORM = {
    "args",
    "response",
    "parametersJsonSchema",
    "responseJsonSchema",
    "schema",
    "default",
    "example",
    "labels",
    "partMetadata",
    "structValue",
}
FUNCTION_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:\-]{0,127}")
DATA = (
    "text",
    "inlineData",
    "fileData",
    "functionCall",
    "functionResponse",
    "executableCode",
    "codeExecutionResult",
    "toolCall",
    "toolResponse",
)
RANGES = {
    "temperature": (0, 2),
    "topP": (0, 1),
    "topK": (0, 2**31),
    "candidateCount": (1, 8),
    "presencePenalty": (-2, 2),
    "frequencyPenalty": (-2, 2),
    "maxOutputTokens": (0, 2**31),
    "seed": (-(2**31), 2**31 - 1),
    "logprobs": (0, 20),
}
SCHEMA_KEYS = {
    "type",
    "title",
    "description",
    "enum",
    "items",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "properties",
    "required",
    "anyOf",
    "format",
    "propertyOrdering",
    "default",
    "example",
    "nullable",
    "minLength",
    "maxLength",
    "pattern",
    "minProperties",
    "maxProperties",
    "additionalProperties",
    "defs",
    "ref",
}
OLD_MODEL = re.compile(r"gemini-(1|2|pro$|flash$|exp)")
STATUSES = {
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "UNAUTHENTICATED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
}
# Wire members of answers that the package does not declare.
RESPONSE_EXTRA = {"groundingMetadata": {"searchEntryPoint"}, "usageMetadata": {"serviceTier"}}


def problems(
    document: Any, kind: str, *, model: str | None = None, route: Any = None, variant: str = "gemini"
) -> list[str]:
    """What is wrong with a document of one of the two services."""
    if kind == "stream":
        return _stream(document)
    if kind == "error":
        return _error(document)
    if not isinstance(document, dict):
        return ["the document is no object"]
    if kind == "request":
        return _request(document, model or "", variant)
    return _error(document) if "error" in document else _response(document, kind)


def _typed(kind: type[BaseModel], value: Any, at: str) -> list[str]:
    """What the package's type says; its warning about an unknown enum word counts."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            kind.model_validate_json(json.dumps(value))
        except ValidationError as error:
            found = error.errors(include_url=False)[:3]
            return [
                f"{at}/{'/'.join(map(str, one['loc']))}: {one['msg']} ({str(one['input'])[:50]!r})" for one in found
            ]
        except AttributeError as error:  # the package's enums look up names only: a number where a word is due
            return [f"{at}: an enum that is no word: {error}"]
    return [f"{at}: {one.message}" for one in told if "is not a valid" in str(one.message)]


def _keys(value: Any, at: str, forbidden: set[str]) -> Iterator[str]:
    """snake_case, and members of the other service, outside free-form values."""
    if isinstance(value, dict):
        for key, item in value.items():
            if "_" in key:
                yield f"{at}/{key}: snake_case"
            if key in forbidden:
                yield f"{at}/{key}: unknown to this service"
            if key == "properties" and isinstance(item, dict):
                for name, schema in item.items():
                    yield from _keys(schema, f"{at}/properties/{name}", forbidden)
            elif key not in FREE_FORM:
                yield from _keys(item, f"{at}/{key}", forbidden)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _keys(item, f"{at}/{index}", forbidden)


def _request(body: Json, model: str, variant: str) -> list[str]:
    found: list[str] = []
    plain = {**PLAIN, **(PLAIN_VERTEX if variant == "vertex" else {})}
    for key, value in body.items():
        if key in plain:
            if not isinstance(value, plain[key]):
                found.append(f"{key}: wrong type")
        elif key not in REQUEST:
            found.append(f"{key}: unknown")
        else:
            kind, many = REQUEST[key]
            if many != isinstance(value, list):
                found.append(f"{key}: {'a list' if many else 'an object'} is due")
                continue
            for index, one in enumerate(value if many else [value]):
                checked = one
                if key == "generationConfig" and isinstance(one, dict):
                    checked = {name: item for name, item in one.items() if name not in CONFIG_WIRE_ONLY}
                found += _typed(kind, checked, f"{key}/{index}" if many else key)
    found += _keys(body, "", DEV_ONLY if variant == "vertex" else VERTEX_ONLY)
    if found:
        return found
    if not body.get("contents"):
        return ["contents: empty"]
    found += [*_turns(body, model), *_tools(body, model), *_config(body.get("generationConfig") or {})]
    if body.get("cachedContent") and {"systemInstruction", "tools", "toolConfig"} & set(body):
        found.append("cachedContent: not together with systemInstruction, tools or toolConfig")
    parts = (body.get("systemInstruction") or {}).get("parts")
    if "systemInstruction" in body and not parts:
        found.append("systemInstruction: no parts")
    found += [
        f"systemInstruction: a part that is no text, or blank: {part}" for part in parts or () if not part.get("text")
    ]
    categories = [setting.get("category") for setting in body.get("safetySettings") or ()]
    if len(set(categories)) < len(categories):
        found.append("safetySettings: a category twice")
    return found


def _turns(body: Json, model: str) -> Iterator[str]:
    contents = body["contents"]
    owed: list[Json] = []
    for index, content in enumerate(contents):
        at, parts, role = f"contents/{index}", content.get("parts") or [], content.get("role", "user")
        if role not in ("user", "model"):
            yield f"{at}: role {role!r}"
        if not parts:
            yield f"{at}: no parts"
        if index and contents[index - 1].get("role", "user") == role:
            yield f"{at}: the same role as the turn before"
        for place, part in enumerate(parts):
            yield from (f"{at}/parts/{place}: {problem}" for problem in _part(part, role))
        results = [part["functionResponse"] for part in parts if "functionResponse" in part]
        if owed or results:
            if len(results) != len(owed):
                yield f"{at}: {len(results)} results for {len(owed)} calls"
            elif sorted(one["name"] for one in results) != sorted(one["name"] for one in owed):
                yield f"{at}: results named otherwise than their calls"
            elif [one.get("id") for one in results] != [one.get("id") for one in owed]:
                yield f"{at}: results in another order, or with other ids, than their calls"
        owed = [part["functionCall"] for part in parts if "functionCall" in part] if role == "model" else []
        identities = [call["id"] for call in owed if call.get("id")]
        if len(set(identities)) < len(identities):
            yield f"{at}: a call id twice"
    if owed:
        yield f"contents: {len(owed)} calls at the end have no result"
    if contents[0].get("role") == "model":
        yield "contents/0: begins with a model turn"


def _part(part: Json, role: str) -> Iterator[str]:
    held = [key for key in DATA if part.get(key) is not None]
    if len(held) != 1:
        yield f"holds {held or 'no data'}, exactly one kind is due"
        return
    if part.get("text") == "" and "thoughtSignature" not in part:
        yield "an empty text"
    if "functionCall" in part:
        call = part["functionCall"]
        if role != "model" or not FUNCTION_NAME.fullmatch(call.get("name") or ""):
            yield f"functionCall in a {role} turn, or named {call.get('name')!r}"
        if not isinstance(call.get("args", {}), dict) or call.get("id") == "":
            yield "functionCall: args is no object, or id empty"
    if "functionResponse" in part:
        answer = part["functionResponse"]
        if role != "user" or not FUNCTION_NAME.fullmatch(answer.get("name") or ""):
            yield f"functionResponse in a {role} turn, or named {answer.get('name')!r}"
        if not isinstance(answer.get("response"), dict):
            yield "functionResponse: response is no object"
        elif "$ref" in json.dumps(answer["response"]) and _holds(answer["response"], "$ref"):
            yield "functionResponse: a $ref key in the payload"
    for key in ("inlineData", "fileData"):
        blob = part.get(key)
        if isinstance(blob, dict) and key == "inlineData" and not (blob.get("mimeType") and blob.get("data")):
            yield "inlineData: without mimeType or data"
        if isinstance(blob, dict) and key == "fileData" and not blob.get("fileUri"):
            yield "fileData: without fileUri"
        if isinstance(blob, dict) and str(blob.get("data", "")).startswith("data:"):
            yield "inlineData: data is a data URL"
    if part.get("thought") and role != "model":
        yield "a thought in a user turn"


def _holds(value: Any, name: str) -> bool:
    if isinstance(value, dict):
        return name in value or any(_holds(item, name) for item in value.values())
    return isinstance(value, list) and any(_holds(item, name) for item in value)


def _tools(body: Json, model: str) -> Iterator[str]:
    names: list[str] = []
    tools = body.get("tools")
    if tools == [] or any(not tool for tool in tools or ()):
        yield "tools: an empty list or an empty tool"
    for place, tool in enumerate(tools or ()):
        if len(tool) != 1:
            yield f"tools/{place}: {sorted(tool)}, one kind an object is due"
        if tool.get("functionDeclarations") == []:
            yield f"tools/{place}: no declarations"
        for index, function in enumerate(tool.get("functionDeclarations") or ()):
            at = f"tools/{place}/functionDeclarations/{index}"
            names.append(function.get("name") or "")
            if not FUNCTION_NAME.fullmatch(function.get("name") or ""):
                yield f"{at}: name {function.get('name')!r}"
            if "parameters" in function and "parametersJsonSchema" in function:
                yield f"{at}: two kinds of parameters"
            if "parameters" in function:
                yield from _schema(function["parameters"], f"{at}/parameters", model)
                if not function["parameters"].get("properties"):
                    yield f"{at}/parameters: no properties at the root"
            schema = function.get("parametersJsonSchema")
            if schema is not None and not (isinstance(schema, dict) and schema.get("type") == "object"):
                yield f"{at}/parametersJsonSchema: no object at its root"
    if len(names) > 512 or len(set(names)) < len(names):
        yield "tools: more than 512 declarations, or a name twice"
    choice = (body.get("toolConfig") or {}).get("functionCallingConfig") or {}
    if choice and not names and choice.get("mode") not in ("NONE", "MODE_UNSPECIFIED"):
        yield "toolConfig: a mode without declared functions"
    allowed = choice.get("allowedFunctionNames")
    if allowed is not None:
        if choice.get("mode") not in ("ANY", "VALIDATED"):
            yield f"toolConfig: allowedFunctionNames with mode {choice.get('mode')}"
        if not allowed or not set(allowed) <= set(names):
            yield "toolConfig: allowedFunctionNames is empty or names an undeclared function"


def _schema(node: Any, at: str, model: str, depth: int = 0) -> Iterator[str]:
    """The OpenAPI subset: known keywords, a type on every node, items on arrays, string enums, no empty properties."""
    if not isinstance(node, dict):
        yield f"{at}: no object"
        return
    unknown = set(node) - SCHEMA_KEYS
    if unknown:
        yield f"{at}: keywords {sorted(unknown)}"
    kind = str(node.get("type", "")).upper()
    if not kind and not node.get("anyOf") and "ref" not in node:
        yield f"{at}: neither type nor anyOf"
    if kind == "ARRAY" and "items" not in node:
        yield f"{at}: an array without items"
    words = node.get("enum")
    if "enum" in node and not (
        kind in ("STRING", "INTEGER") and words and all(isinstance(word, str) and word for word in words)
    ):
        yield f"{at}: an enum of {kind or 'no type'} with {str(words)[:60]}"
    if node.get("properties") == {}:
        yield f"{at}: empty properties"
    missing = set(node.get("required") or ()) - set(node.get("properties") or ())
    if missing:
        yield f"{at}: required names unknown properties {sorted(missing)}"
    word = node.get("format")
    allowed = {"STRING": {"enum", "date-time"}, "NUMBER": {"float", "double"}, "INTEGER": {"int32", "int64", "enum"}}
    if word is not None and word not in allowed.get(kind, set()):
        yield f"{at}: format {word!r} on {kind}"
    if node.get("anyOf") is not None and set(node) - {"anyOf", "title", "description", "nullable"}:
        yield f"{at}: anyOf stands alone"
    for name, child in (node.get("properties") or {}).items():
        yield from _schema(child, f"{at}/properties/{name}", model, depth + 1)
    for index, child in enumerate(node.get("anyOf") or ()):
        yield from _schema(child, f"{at}/anyOf/{index}", model, depth + 1)
    if "items" in node:
        yield from _schema(node["items"], f"{at}/items", model, depth + 1)


def _config(config: Json) -> Iterator[str]:
    for key, (low, high) in RANGES.items():
        value = config.get(key)
        if value is not None and not low <= value <= high:
            yield f"generationConfig/{key}: {value} is outside {low}..{high}"
    if len(config.get("stopSequences") or ()) > 5 or any(not text for text in config.get("stopSequences") or ()):
        yield "generationConfig/stopSequences: more than five, or an empty one"
    if config.get("stopSequences") == []:
        yield "generationConfig/stopSequences: empty"
    if "responseSchema" in config and "responseJsonSchema" in config:
        yield "generationConfig: two output schemas"
    if ("responseSchema" in config or "responseJsonSchema" in config) and not config.get("responseMimeType"):
        yield "generationConfig: an output schema without responseMimeType"
    if "responseSchema" in config:
        yield from _schema(config["responseSchema"], "generationConfig/responseSchema", "")
    thinking = config.get("thinkingConfig") or {}
    if "thinkingBudget" in thinking and "thinkingLevel" in thinking:
        yield "generationConfig/thinkingConfig: budget and level together"
    if config.get("logprobs") is not None and not config.get("responseLogprobs"):
        yield "generationConfig/logprobs: needs responseLogprobs"


def _response(document: Json, kind: str = "response") -> list[str]:
    body = dict(document)
    for member, names in RESPONSE_EXTRA.items():
        if isinstance(body.get(member), dict):
            body[member] = {key: value for key, value in body[member].items() if key not in names}
    found = _typed(types.GenerateContentResponse, body, "") + list(_keys(body, "", {"nothing"}))
    if found:
        return found
    indices = [candidate.get("index", 0) for candidate in body.get("candidates") or ()]
    if len(set(indices)) < len(indices):
        found.append("candidates: an index twice")
    if kind == "response" and not body.get("candidates") and not (body.get("promptFeedback") or {}).get("blockReason"):
        found.append("neither candidates nor a blocked prompt")
    for place, candidate in enumerate(body.get("candidates") or ()):
        content = candidate.get("content") or {}
        for index, part in enumerate(content.get("parts") or ()):
            if kind == "event" and (part.get("text") == "" or _is_piece(part)):
                continue  # the service itself ends streams with an empty text; who owns a piece is the stream's matter
            found += [f"candidates/{place}/content/parts/{index}: {problem}" for problem in _part(part, "model")]
        if content and content.get("role", "model") != "model":
            found.append(f"candidates/{place}: role {content.get('role')!r}")
        if kind == "response" and not candidate.get("finishReason"):
            found.append(f"candidates/{place}: no finishReason")
    return found + _usage(body.get("usageMetadata") or {})


def _is_piece(part: Json) -> bool:
    """A functionCall that goes on with, or ends, one whose name an earlier event said."""
    call = part.get("functionCall")
    return isinstance(call, dict) and not call.get("name") and "args" not in call


def _pieces(candidate: Json, open_call: bool) -> tuple[bool, list[str]]:
    """Is a call still open behind these parts; and the pieces that belong to none."""
    found: list[str] = []
    for part in (candidate.get("content") or {}).get("parts") or ():
        call = part.get("functionCall")
        if isinstance(call, dict):
            if _is_piece(part) and not open_call:
                found.append("a piece of a call that no event began")
            elif not _is_piece(part) and open_call:
                found.append("a call begins within another")
            open_call = bool(call.get("willContinue"))
    if open_call and candidate.get("finishReason"):
        found.append("finished with a call still open")
    return open_call, found


def _usage(usage: Json) -> list[str]:
    names = ("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount")
    counts = [usage.get(name) or 0 for name in names]
    found = ["usageMetadata: a negative count"] if any(count < 0 for count in counts) else []
    total = usage.get("totalTokenCount")
    # Thoughts are sometimes within the candidates' count.
    if total is not None and total not in (sum(counts), sum(counts) - counts[2]):
        found.append(f"usageMetadata: {counts} do not add up to {total}")
    if (usage.get("cachedContentTokenCount") or 0) > counts[0]:
        found.append("usageMetadata: more cached than prompt tokens")
    return found


def _stream(events: Any) -> list[str]:
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        return ["the stream is no list of objects"]
    found: list[str] = []
    seen: set[int] = set()
    finished: set[int] = set()
    calling: dict[int, bool] = {}
    for at, event in enumerate(events):
        if "error" in event:
            found += [f"{at}: {problem}" for problem in _error(event)]
            if at != len(events) - 1:
                found.append(f"{at}: an error that is not the last event")
            return found
        found += [f"{at}: {problem}" for problem in _response(event, "event")]
        for candidate in event.get("candidates") or ():
            index = candidate.get("index", 0)
            if index in finished and (candidate.get("content") or {}).get("parts"):
                found.append(f"{at}: candidate {index} goes on after its finish")
            seen.add(index)
            calling[index], wrong = _pieces(candidate, calling.get(index, False))
            found += [f"{at}: candidate {index}: {problem}" for problem in wrong]
            finished |= {index} if candidate.get("finishReason") else set()
    blocked = any((event.get("promptFeedback") or {}).get("blockReason") for event in events)
    if not blocked and (not seen or seen - finished):
        found.append(f"candidates {sorted(seen - finished) or 'none'} have no finishReason")
    if len({event.get("responseId") for event in events if event.get("responseId")}) > 1:
        found.append("responseId: not the same on all events")
    return found


def _error(document: Any) -> list[str]:
    if isinstance(document, list) and len(document) == 1:
        document = document[0]
    error = document.get("error") if isinstance(document, dict) else None
    if not isinstance(error, dict):
        return ["error: no object"]
    found = [f"{key}: beside error" for key in document if key != "error"]
    found += [f"error/{key}: unknown" for key in error if key not in ("code", "message", "status", "details", "errors")]
    if isinstance(error.get("code"), bool) or not isinstance(error.get("code"), int):
        found.append("error/code: no integer")
    if not isinstance(error.get("message"), str):
        found.append("error/message: no string")
    if error.get("status") not in STATUSES:
        found.append(f"error/status: {error.get('status')!r}")
    if not isinstance(error.get("details", []), list):
        found.append("error/details: no list")
    return found
