"""
Judge of the OpenAI-compatible rows whose vendor has typed its API: Groq, Together, Cerebras.

Types: the official SDKs' request dictionaries made strict, their answers with what a row adds of its own. Rules: pairing
of calls and results, as for every row of the form (`openai.py`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from tests.oracles import openai as form
from tests.oracles.typed import Judge

Json = dict[str, Any]


def _groq() -> tuple[Any, Any, Any]:
    from groq.types.chat import ChatCompletion, ChatCompletionChunk
    from groq.types.chat.completion_create_params import CompletionCreateParams

    return CompletionCreateParams, ChatCompletion, ChatCompletionChunk


def _together() -> tuple[Any, Any, Any]:
    from together.types.chat.chat_completion import ChatCompletion
    from together.types.chat.chat_completion_chunk import ChatCompletionChunk
    from together.types.chat.completion_create_params import CompletionCreateParams

    return CompletionCreateParams, ChatCompletion, ChatCompletionChunk


def _cerebras() -> tuple[Any, Any, Any]:
    from cerebras.cloud.sdk.types.chat import chat_completion
    from cerebras.cloud.sdk.types.chat.completion_create_params import CompletionCreateParams

    return CompletionCreateParams, chat_completion.ChatCompletionResponse, chat_completion.ChatChunkResponse


TYPES: dict[str, Callable[[], tuple[Any, Any, Any]]] = {
    "groq": _groq,
    "together": _together,
    "cerebras": _cerebras,
}


@functools.cache
def _judges(name: str) -> dict[str, Judge]:
    request, response, chunk = TYPES[name]()
    return {"request": Judge(request, rebuild=True), "response": Judge(response), "event": Judge(chunk)}


# Members of requests that the servers take and their types lack: recorded traffic asks Groq for counts in streams, whether
# Together takes these nobody has said.
TAKEN = {
    "groq": ("stream_options",),
    "together": ("stream_options", "parallel_tool_calls"),
    "cerebras": (),
}
# Of answers made elsewhere: further members, links as sources, a filtered end, no fingerprint, later pieces of a call without a type.
ANSWERS = re.compile(
    r".*: unknown member$|.*/annotations/\d+/|.*/finish_reason: .*got 'content_filter'|usage/.*: Field required"
    r"|system_fingerprint: Field required|choices/\d+/delta/tool_calls/\d+/type: Field required"
)
KINDS = {
    "groq": ("request", "response", "event"),
    "together": ("request",),  # its answers' types demand what only some of its models say
    "cerebras": ("request", "response", "event"),
}
RANGES = {"groq": {"temperature": (0, 2), "n": (1, 1)}, "together": {}, "cerebras": {"temperature": (0, 2)}}
MOST_TOOLS = {"groq": 128}


def problems(document: Any, kind: str, *, model: str | None = None, route: Any = None, variant: str = "") -> list[str]:
    """What is wrong with a document of the row that `variant` names."""
    found = form.problems(document, kind, variant="row")
    if found or kind == "error":
        return found
    if kind == "stream":
        events = [event for event in document if "error" not in event]
        return [f"{at}: {one}" for at, event in enumerate(events) for one in _typed(event, "event", variant)]
    found = _typed(document, kind, variant)
    return found or (_values(document, variant) if kind == "request" else [])


def _typed(document: Json, kind: str, name: str) -> list[str]:
    if kind not in KINDS[name]:
        return []
    if kind == "request":
        document = {member: value for member, value in document.items() if member not in TAKEN[name]}
        if name == "together":
            document["tools"] = [_lenient(tool) for tool in document.get("tools") or ()]
            if isinstance(document.get("tool_choice"), dict):
                document["tool_choice"] = "required"  # typed as a whole call; its reference has the form's object
            document["messages"] = [_indexed(message) for message in document["messages"]]
    found = _judges(name)[kind].problems(document)
    return found if kind == "request" else [one for one in found if not ANSWERS.match(one)]


def _lenient(tool: Json) -> Json:
    """Whether Together takes `strict` nobody has said either."""
    function = {name: value for name, value in (tool.get("function") or {}).items() if name != "strict"}
    return {**tool, "function": function}


def _indexed(message: Json) -> Json:
    """Together's types want an index on calls of history, which recorded traffic lacks, and no detail on images."""
    if message.get("tool_calls"):
        calls = [{"index": number, **call} for number, call in enumerate(message["tool_calls"])]
        message = {**message, "tool_calls": calls}
    if isinstance(message.get("content"), list):
        parts = [
            {**part, "image_url": {"url": part["image_url"]["url"]}} if part.get("type") == "image_url" else part
            for part in message["content"]
        ]
        message = {**message, "content": parts}
    return message


def _values(body: Json, name: str) -> list[str]:
    found = []
    for field, (low, high) in RANGES[name].items():
        value = body.get(field)
        if value is not None and not low <= value <= high:
            found.append(f"{field}: {value} is outside {low}..{high}")
    if len(body.get("tools") or ()) > MOST_TOOLS.get(name, 10**6):
        found.append(f"tools: more than {MOST_TOOLS[name]}")
    if body.get("tools") == [] or (body.get("tool_choice") not in (None, "none") and not body.get("tools")):
        found.append("tools: none to choose from")
    return found
