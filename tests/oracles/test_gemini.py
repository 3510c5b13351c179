"""The judge of generateContent documents takes good ones and refuses each of these wrong ones."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracles import oracle_for
from tests.oracles.wrong import GONE, changed

REQUEST: dict[str, Any] = {
    "systemInstruction": {"parts": [{"text": "Be brief."}]},
    "contents": [
        {"role": "user", "parts": [{"text": "Weather?"}, {"inlineData": {"mimeType": "image/png", "data": "aaaa"}}]},
        {
            "role": "model",
            "parts": [
                {"functionCall": {"id": "a", "name": "weather", "args": {}}, "thoughtSignature": "aaaa"},
                {"functionCall": {"id": "b", "name": "rain", "args": {}}},
            ],
        },
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"id": "a", "name": "weather", "response": {"output": "sun"}}},
                {"functionResponse": {"id": "b", "name": "rain", "response": {"output": "no"}}},
            ],
        },
    ],
    "tools": [
        {
            "functionDeclarations": [
                {"name": "weather", "parametersJsonSchema": {"type": "object", "properties": {}}},
                {
                    "name": "rain",
                    "parameters": {
                        "type": "OBJECT",
                        "properties": {"when": {"type": "STRING", "enum": ["now", "later"]}},
                        "required": ["when"],
                    },
                },
            ]
        }
    ],
    "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["rain"]}},
    "generationConfig": {"temperature": 1, "stopSequences": ["x"], "thinkingConfig": {"thinkingLevel": "LOW"}},
    "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF"}],
}
RESPONSE: dict[str, Any] = {
    "candidates": [
        {"index": 0, "finishReason": "STOP", "content": {"role": "model", "parts": [{"text": "Hi"}]}},
    ],
    "usageMetadata": {
        "promptTokenCount": 5,
        "candidatesTokenCount": 2,
        "thoughtsTokenCount": 1,
        "totalTokenCount": 8,
        "cachedContentTokenCount": 1,
    },
    "modelVersion": "gemini-3-pro",
    "responseId": "r",
}
STREAM: list[dict[str, Any]] = [
    {"candidates": [{"index": 0, "content": {"role": "model", "parts": [{"text": "H"}]}}], "responseId": "r"},
    {"candidates": [{"index": 0, "content": {"role": "model", "parts": [{"text": "i"}]}}], "responseId": "r"},
    {"candidates": [{"index": 0, "finishReason": "STOP"}], "usageMetadata": {"totalTokenCount": 0}, "responseId": "r"},
]
ERROR: dict[str, Any] = {"error": {"code": 400, "message": "no", "status": "INVALID_ARGUMENT"}}
RAIN = "/tools/0/functionDeclarations/1/parameters"

WRONG_REQUESTS = [
    ("/contents", []),
    ("/contents", {"role": "user", "parts": [{"text": "x"}]}),
    ("/model_name", "x"),
    ("/generation_config", {}),
    ("/contents/0/parts", []),
    ("/contents/0/parts/0/text", ""),
    ("/contents/0/parts/0/text", 1),
    ("/contents/0/parts/0/thought", True),
    ("/contents/0/parts/1/inlineData/mimeType", GONE),
    ("/contents/0/parts/1/text", "two kinds"),
    ("/contents/0/role", "assistant"),
    ("/contents/1/role", "user"),
    ("/contents/1/parts/0/functionCall/args", "{}"),
    ("/contents/1/parts/0/functionCall/name", "1 b"),
    ("/contents/1/parts/1/functionCall/id", "a"),
    ("/contents/1/parts/0/function_call", {}),
    ("/contents/2", GONE),
    ("/contents/2/parts/1", GONE),
    ("/contents/2/parts/1/functionResponse/id", "c"),
    ("/contents/2/parts/1/functionResponse/response", "no"),
    ("/contents/2/parts/1/functionResponse/response", {"$ref": "#"}),
    ("/contents/2/parts/1/functionResponse/tool_call_id", "b"),
    ("/contents/-", {"role": "user", "parts": [{"text": "again"}]}),
    ("/systemInstruction/parts", []),
    ("/tools", []),
    ("/tools/0/googleSearch", {}),
    ("/tools/0/functionDeclarations/0/name", "a b"),
    ("/tools/0/functionDeclarations/0/strict", True),
    ("/tools/0/functionDeclarations/1/name", "weather"),
    (RAIN + "/properties/when/const", "now"),
    (RAIN + "/additionalProperty", False),
    (RAIN + "/properties/when/enum", []),
    (RAIN + "/properties/when/enum", ["", "x"]),
    (RAIN + "/properties/when/type", GONE),
    (RAIN + "/properties/when/format", "uuid"),
    (RAIN + "/properties/list", {"type": "ARRAY"}),
    (RAIN + "/properties/deep", {"type": "OBJECT", "properties": {}}),
    (RAIN + "/required", ["where"]),
    ("/toolConfig/functionCallingConfig/mode", "AUTO"),
    ("/toolConfig/functionCallingConfig/mode", "REQUIRED"),
    ("/toolConfig/functionCallingConfig/allowedFunctionNames", ["snow"]),
    ("/generationConfig/temperature", 3),
    ("/generationConfig/seed", 2**40),
    ("/generationConfig/maxTokens", 5),
    ("/generationConfig/thinkingConfig/thinkingBudget", 5),
    ("/generationConfig/thinkingConfig/thinkingLevel", "EXTREME"),
    ("/generationConfig/responseJsonSchema", {}),
    ("/generationConfig/stopSequences", ["a", "b", "c", "d", "e", "f"]),
    ("/safetySettings/0/category", "HARM"),
    ("/labels", []),
    ("/audioTimestamp", True),
]
WRONG_RESPONSES = [
    ("/candidates", GONE),
    ("/candidates/0/finishReason", "stop_sequence"),
    ("/candidates/0/finishReason", GONE),
    ("/candidates/0/content/role", "assistant"),
    ("/candidates/0/content/parts/0/text", None),
    ("/candidates/0/content/parts/0/txt", "x"),
    ("/candidates/0/message", {}),
    ("/candidates/-", RESPONSE["candidates"][0]),
    ("/usageMetadata/totalTokenCount", 9),
    ("/usageMetadata/promptTokenCount", -5),
    ("/usageMetadata/cachedContentTokenCount", 6),
    ("/usageMetadata/prompt_tokens", 5),
    ("/usage", {}),
    ("/promptFeedback", {"blockReason": "BAD"}),
]
WRONG_STREAMS = [
    ("/2", GONE),
    ("/0/candidates/0/finishReason", "STOP"),
    ("/1/responseId", "s"),
    ("/1/candidates/0/content/parts/0/text", 1),
    ("/2/candidates/0/finishReason", "length"),
    ("/2/usageMetadata/totalTokenCount", 5),
    ("/0/choices", []),
    ("/1", {"error": {"code": 1, "message": "m", "status": "INTERNAL"}}),
    ("/-", {"error": "x"}),
    ("/0/candidates/0/content/role", "user"),
]
WRONG_ERRORS = [
    ("/error", "x"),
    ("/error/code", "400"),
    ("/error/message", GONE),
    ("/error/status", "BAD"),
    ("/error/type", "x"),
]


def judged(document: Any, kind: str, format: str = "gemini") -> list[str]:
    return oracle_for(format).problems(document, kind)


def test_takes_good_documents() -> None:
    for format in ("gemini", "vertex"):
        assert judged(REQUEST, "request", format) == []
        assert judged(RESPONSE, "response", format) == []
        assert judged(STREAM, "stream", format) == []
        assert judged(ERROR, "error", format) == []
    assert judged({"promptFeedback": {"blockReason": "SAFETY"}}, "response") == []


@pytest.mark.parametrize(("pointer", "value"), WRONG_REQUESTS)
def test_refuses_wrong_requests(pointer: str, value: Any) -> None:
    assert judged(changed(REQUEST, pointer, value), "request")


@pytest.mark.parametrize(("pointer", "value"), WRONG_RESPONSES)
def test_refuses_wrong_responses(pointer: str, value: Any) -> None:
    assert judged(changed(RESPONSE, pointer, value), "response")


@pytest.mark.parametrize(("pointer", "value"), WRONG_STREAMS)
def test_refuses_wrong_streams(pointer: str, value: Any) -> None:
    assert judged(changed(STREAM, pointer, value), "stream")


@pytest.mark.parametrize(("pointer", "value"), WRONG_ERRORS)
def test_refuses_wrong_errors(pointer: str, value: Any) -> None:
    assert judged(changed(ERROR, pointer, value), "error")


def test_pieces_of_calls_belong_to_a_call_that_began() -> None:
    def event(*calls: Any, finish: str | None = None) -> dict[str, Any]:
        content = {"role": "model", "parts": [{"functionCall": call} for call in calls]}
        return {"candidates": [{"content": content, **({"finishReason": finish} if finish else {})}]}

    begun, piece = {"name": "rain", "willContinue": True}, {"partialArgs": [{"jsonPath": "$.when", "stringValue": "now"}]}
    going_on = {**piece, "willContinue": True}
    assert judged([event(begun), event(going_on), event({}, finish="STOP")], "stream", "vertex") == []
    assert judged([event(begun, piece, finish="STOP")], "stream", "vertex") == []
    assert judged([event(piece), event({"name": "rain"}, finish="STOP")], "stream", "vertex")
    assert judged([event(begun), event({}), event({}, finish="STOP")], "stream", "vertex")
    assert judged([event(begun), event(begun), event({}, finish="STOP")], "stream", "vertex")
    assert judged([event(begun), event(going_on, finish="STOP")], "stream", "vertex")
    assert judged(event(piece, finish="STOP"), "response", "vertex")


def test_each_service_refuses_what_only_the_other_knows() -> None:
    assert judged({**REQUEST, "store": False}, "request") == []
    assert judged({**REQUEST, "store": False}, "request", "vertex")
    assert judged({**REQUEST, "modelArmorConfig": {}}, "request", "vertex") == []
    assert judged({**REQUEST, "modelArmorConfig": {}}, "request")
