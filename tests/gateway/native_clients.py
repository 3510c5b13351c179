"""The clients of the other formats, read by the attributes that their own documentation shows."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from tests.gateway.client import (
    ABOUT,
    FORM,
    NAME,
    PICTURE,
    PNG,
    SCHEMA,
    SYSTEM,
    Asked,
    Client,
    Json,
    Seen,
    StreamFailed,
    arguments,
)


class Gemini(Client):
    """google-genai, `models.generate_content` and its stream."""

    format = "gemini"

    def __init__(self, url: str) -> None:
        from google.genai import errors

        self.client = self.connected(url)
        self.errors = dict.fromkeys((400, 401, 403, 404, 429), errors.ClientError) | dict.fromkeys((500, 503), errors.ServerError)
        self.broken = errors.ServerError

    def connected(self, url: str) -> Any:
        from google import genai

        return genai.Client(api_key="k", http_options={"base_url": url})

    def user(self, text: str) -> Any:
        from google.genai import types

        return types.Content(role="user", parts=[types.Part(text=text)])

    def settings(self, asked: Asked) -> Any:
        from google.genai import types

        function = types.FunctionDeclaration(name=NAME, description=ABOUT, parameters_json_schema=SCHEMA)
        return types.GenerateContentConfig(
            tools=[types.Tool(function_declarations=[function])] if asked.tools else None,
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
            thinking_config=types.ThinkingConfig(include_thoughts=True, thinking_budget=2000) if asked.reasoning else None,
            response_mime_type="application/json" if asked.form else None,
            response_json_schema=FORM if asked.form else None,
            **({
                "system_instruction": SYSTEM, "temperature": 0.3, "top_p": 0.9, "top_k": 20, "max_output_tokens": 300, "seed": 7,
                "stop_sequences": ["###"], "tool_config": {"function_calling_config": {"mode": "ANY"}},
            } if asked.much else {}),
        )

    def opening(self, text: str) -> list[Any]:
        from google.genai import types

        parts = [types.Part(text=text), types.Part.from_bytes(data=PNG, mime_type="image/png")]
        return [types.Content(role="user", parts=parts)]

    def ask(self, history: list[Any], model: str, asked: Asked, way: str) -> Seen:
        request = {"model": model, "contents": history, "config": self.settings(asked)}
        if way == "whole":
            return self.seen([self.client.models.generate_content(**request)])
        return self.seen(list(self.client.models.generate_content_stream(**request)))

    def seen(self, answers: list[Any]) -> Seen:
        from google.genai import types

        found = [answer.candidates[0] for answer in answers if answer.candidates]
        contents = [candidate.content for candidate in found]
        parts = [part for content in contents if content for part in content.parts or ()]
        text = "".join(part.text for part in parts if part.text and not part.thought)
        thoughts = "".join(part.text for part in parts if part.text and part.thought)
        calls = [(part.function_call.id, part.function_call.name, part.function_call.args) for part in parts if part.function_call]
        usage = answers[-1].usage_metadata
        counted = (
            usage.prompt_token_count, usage.cached_content_token_count,
            (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0),
        )  # fmt: skip
        back = [types.Content(role="model", parts=parts)]
        return Seen(text, thoughts, calls, found[-1].finish_reason.value, counted, back)

    def results(self, seen: Seen, texts: list[str]) -> list[Any]:
        from google.genai import types

        parts = [
            types.Part(function_response=types.FunctionResponse(id=call[0], name=call[1], response={"output": text}))
            for call, text in zip(seen.calls, texts, strict=True)
        ]
        return [types.Content(role="user", parts=parts)]


class Vertex(Gemini):
    format = "vertex"

    def connected(self, url: str) -> Any:
        from google import genai
        from google.oauth2.credentials import Credentials

        held = Credentials(token="k")  # type: ignore[no-untyped-call]
        return genai.Client(vertexai=True, project="p", location="global", credentials=held, http_options={"base_url": url})


class Bedrock(Client):
    """boto3, `converse` and `converse_stream`."""

    format = "bedrock"

    def __init__(self, url: str) -> None:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import ClientError, EventStreamError

        self.client = boto3.client(
            "bedrock-runtime", endpoint_url=url, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s",
            config=Config(retries={"max_attempts": 0}),
        )  # fmt: skip
        self.errors, self.broken = dict.fromkeys((400, 401, 403, 404, 429, 500, 503), ClientError), EventStreamError

    def user(self, text: str) -> Any:
        return {"role": "user", "content": [{"text": text}]}

    def settings(self, asked: Asked) -> Json:
        tool = {"toolSpec": {"name": NAME, "description": ABOUT, "inputSchema": {"json": SCHEMA}}}
        thinking = {"thinking": {"type": "enabled", "budget_tokens": 2000}}
        structure = {"jsonSchema": {"name": "reading", "schema": json.dumps(FORM)}}
        choice = {"toolChoice": {"any": {}}} if asked.much else {}
        limits = {"maxTokens": 300, "temperature": 0.3, "stopSequences": ["###"]} if asked.much else {"maxTokens": 4000}
        return {
            "inferenceConfig": limits, **({"toolConfig": {"tools": [tool], **choice}} if asked.tools else {}),
            **({"system": [{"text": SYSTEM}, {"cachePoint": {"type": "default"}}]} if asked.much else {}),
            **({"additionalModelRequestFields": thinking} if asked.reasoning else {}),
            **({"outputConfig": {"textFormat": {"type": "json_schema", "structure": structure}}} if asked.form else {}),
        }  # fmt: skip

    def opening(self, text: str) -> list[Any]:
        return [{"role": "user", "content": [{"text": text}, {"image": {"format": "png", "source": {"bytes": PNG}}}]}]

    def ask(self, history: list[Any], model: str, asked: Asked, way: str) -> Seen:
        request = {"modelId": model, "messages": history, **self.settings(asked)}
        if way == "whole":
            answer = self.client.converse(**request)
            return self.seen(answer["output"]["message"], answer["stopReason"], answer["usage"])
        blocks: dict[int, Json] = {}
        finish, usage = None, {}
        for event in self.events(request):
            ((kind, held),) = event.items()
            if kind == "contentBlockStart":
                blocks[held["contentBlockIndex"]] = {"toolUse": {**held["start"]["toolUse"], "input": ""}}
            elif kind == "contentBlockDelta":
                block = blocks.setdefault(held["contentBlockIndex"], {})
                for name, piece in _leaves(held["delta"]):
                    inner = block
                    for step in name[:-1]:
                        inner = inner.setdefault({"reasoningContent": "reasoningText"}.get(step, step), {})
                    inner[name[-1]] = inner.get(name[-1], "") + piece
            elif kind == "messageStop":
                finish = held["stopReason"]
            elif kind == "metadata":
                usage = held["usage"]
        content = []
        for _, block in sorted(blocks.items()):
            if "toolUse" in block:
                block["toolUse"]["input"] = arguments(block["toolUse"]["input"] or "{}")
            content.append({"reasoningContent": block} if "reasoningText" in block else block)
        return self.seen({"role": "assistant", "content": content}, finish, usage)

    def events(self, request: Json) -> Iterator[Json]:
        """Those of a stream, whose connection is given back whatever ends it."""
        with contextlib.closing(self.client.converse_stream(**request)["stream"]) as stream:
            yield from stream

    def seen(self, message: Json, finish: str | None, usage: Json) -> Seen:
        blocks = message["content"]
        calls = [(call["toolUseId"], call["name"], call["input"]) for call in (block.get("toolUse") for block in blocks) if call]
        text = "".join(block.get("text", "") for block in blocks)
        thoughts = [block["reasoningContent"]["reasoningText"]["text"] for block in blocks if "reasoningContent" in block]
        cached = usage.get("cacheReadInputTokens", 0)
        counted = (usage["inputTokens"] + cached + usage.get("cacheWriteInputTokens", 0), cached, usage["outputTokens"])
        return Seen(text, "".join(thoughts), calls, finish, counted, [message])

    def results(self, seen: Seen, texts: list[str]) -> list[Any]:
        pairs = zip(seen.calls, texts, strict=True)
        blocks = [{"toolResult": {"toolUseId": call[0], "content": [{"text": text}]}} for call, text in pairs]
        return [{"role": "user", "content": blocks}]


class Cohere(Client):
    """cohere, `ClientV2.chat` and `chat_stream`."""

    format = "cohere"

    def __init__(self, url: str) -> None:
        import cohere

        self.client = cohere.ClientV2(api_key="k", base_url=url, max_retries=0, log_warning_experimental_features=False)
        names = {400: "BadRequestError", 401: "UnauthorizedError", 403: "ForbiddenError", 404: "NotFoundError",
                 429: "TooManyRequestsError", 500: "InternalServerError", 503: "ServiceUnavailableError"}  # fmt: skip
        self.errors = {status: getattr(cohere.errors, name) for status, name in names.items()}

    def settings(self, asked: Asked) -> Json:
        function = {"name": NAME, "description": ABOUT, "parameters": SCHEMA}
        return {
            **({"tools": [{"type": "function", "function": function}]} if asked.tools else {}),
            **({"thinking": {"type": "enabled", "token_budget": 2000}} if asked.reasoning else {}),
            **({"response_format": {"type": "json_object", "json_schema": FORM}} if asked.form else {}),
            **({"temperature": 0.3, "p": 0.9, "k": 20, "max_tokens": 300, "stop_sequences": ["###"], "seed": 7,
                "tool_choice": "REQUIRED"} if asked.much else {}),
        }  # fmt: skip

    def opening(self, text: str) -> list[Any]:
        return shown_to_chat(text)

    def ask(self, history: list[Any], model: str, asked: Asked, way: str) -> Seen:
        request = {"model": model, "messages": history, **self.settings(asked)}
        if way == "whole":
            answer = self.client.chat(**request)
            message = answer.message
            text = "".join(part.text for part in message.content or () if part.type == "text")
            thoughts = "".join(part.thinking for part in message.content or () if part.type == "thinking")
            calls = [(call.id, call.function.name, arguments(call.function.arguments)) for call in message.tool_calls or ()]
            return Seen(text, thoughts, calls, answer.finish_reason, self.counted(answer.usage), [message])
        told: Json = {"text": "", "thinking": ""}
        started: list[Any] = []
        finish = usage = None
        for event in self.client.chat_stream(**request):
            if event.type in ("content-start", "content-delta"):
                for name in told:
                    told[name] += getattr(event.delta.message.content, name, None) or ""
            elif event.type == "tool-call-start":
                started.append(event.delta.message.tool_calls)
            elif event.type == "tool-call-delta":
                started[-1].function.arguments += event.delta.message.tool_calls.function.arguments
            elif event.type == "message-end":
                finish, usage = event.delta.finish_reason, event.delta.usage
                if finish == "ERROR":
                    raise StreamFailed(event.delta.error)
        calls = [(call.id, call.function.name, arguments(call.function.arguments)) for call in started]
        back: Json = {"role": "assistant", "content": [{"type": name, name: told[name]} for name in ("thinking", "text") if told[name]]}
        if started:
            back["tool_calls"] = started
        return Seen(told["text"], told["thinking"], calls, finish, self.counted(usage), [back])

    def counted(self, usage: Any) -> tuple[int | None, int | None, int | None]:
        return int(usage.tokens.input_tokens), int(usage.cached_tokens or 0), int(usage.tokens.output_tokens)

    def results(self, seen: Seen, texts: list[str]) -> list[Any]:
        return [
            {"role": "tool", "tool_call_id": call[0], "content": text} for call, text in zip(seen.calls, texts, strict=True)
        ]

    def told(self, error: Exception) -> str:
        return str(getattr(error, "body", error))


class Mistral(Client):
    """mistralai, `chat.complete` and `chat.stream`."""

    format = "mistral"

    def __init__(self, url: str) -> None:
        from mistralai.client import Mistral as Official, errors

        self.client = Official(api_key="k", server_url=f"{url}/as/mistral")
        self.errors = dict.fromkeys((400, 401, 403, 404, 429, 500, 503), errors.SDKError)
        self.broken = errors.ResponseValidationError  # the package knows no form of it and shows the body

    def settings(self, asked: Asked) -> Json:
        function = {"name": NAME, "description": ABOUT, "parameters": SCHEMA}
        form = {"type": "json_schema", "json_schema": {"name": "reading", "strict": True, "schema": FORM}}
        return {
            **({"tools": [{"type": "function", "function": function}]} if asked.tools else {}),
            **({"reasoning_effort": "high"} if asked.reasoning else {}), **({"response_format": form} if asked.form else {}),
            **({"temperature": 0.3, "top_p": 0.9, "max_tokens": 300, "stop": ["###"], "random_seed": 7, "tool_choice": "any",
                "parallel_tool_calls": False, "safe_prompt": False} if asked.much else {}),
        }  # fmt: skip

    def opening(self, text: str) -> list[Any]:
        return shown_to_chat(text)

    def ask(self, history: list[Any], model: str, asked: Asked, way: str) -> Seen:
        request = {"model": model, "messages": history, **self.settings(asked)}
        if way == "whole":
            answer = self.client.chat.complete(**request)
            (choice,) = answer.choices
            message = choice.message
            text, thoughts = self.texts(message.content)
            calls = self.calls(message.tool_calls)
            return Seen(text, thoughts, calls, str(choice.finish_reason), self.counted(answer.usage), [message])
        text = thoughts = ""
        started: list[Any] = []
        finish = usage = None
        for event in self.client.chat.stream(**request):
            usage = event.data.usage or usage
            for choice in event.data.choices:
                finish = choice.finish_reason or finish
                more = self.texts(choice.delta.content)
                text, thoughts = text + more[0], thoughts + more[1]
                started += choice.delta.tool_calls or []
        content: list[Json] = [{"type": "thinking", "thinking": [{"type": "text", "text": thoughts}]}] if thoughts else []
        content += [{"type": "text", "text": text}] if text else []
        back = {"role": "assistant", "content": content, "tool_calls": started or None}
        return Seen(text, thoughts, self.calls(started), str(finish), self.counted(usage), [back])

    def texts(self, content: Any) -> tuple[str, str]:
        if not content or isinstance(content, str):
            return content or "", ""
        thoughts = (inner.text for part in content if part.type == "thinking" for inner in part.thinking)
        return "".join(part.text for part in content if part.type == "text"), "".join(thoughts)

    def calls(self, calls: Any) -> list[tuple[str | None, str, Json]]:
        return [(call.id, call.function.name, arguments(call.function.arguments)) for call in calls or ()]

    def counted(self, usage: Any) -> tuple[int | None, int | None, int | None]:
        details = getattr(usage, "prompt_tokens_details", None)  # on the wire, in no type of the package
        return usage.prompt_tokens, details["cached_tokens"] if details else None, usage.completion_tokens

    def results(self, seen: Seen, texts: list[str]) -> list[Any]:
        pairs = zip(seen.calls, texts, strict=True)
        return [{"role": "tool", "tool_call_id": call[0], "name": call[1], "content": text} for call, text in pairs]

    def told(self, error: Exception) -> str:
        cause: Any = error.__cause__
        return str(cause.errors()) if isinstance(error, self.broken) else str(error)


class Ollama(Client):
    """ollama, `Client.chat`."""

    format = "ollama"

    def __init__(self, url: str) -> None:
        import ollama

        self.client = ollama.Client(host=url)
        self.errors = dict.fromkeys((400, 401, 403, 404, 429, 500, 503), ollama.ResponseError)
        self.broken = ollama.ResponseError

    def settings(self, asked: Asked) -> Json:
        function = {"name": NAME, "description": ABOUT, "parameters": SCHEMA}
        return {
            **({"tools": [{"type": "function", "function": function}]} if asked.tools else {}),
            **({"think": True} if asked.reasoning else {}), **({"format": FORM} if asked.form else {}),
            **({"options": {"temperature": 0.3, "top_p": 0.9, "top_k": 20, "num_predict": 300, "stop": ["###"], "seed": 7},
                "keep_alive": "5m"} if asked.much else {}),
        }  # fmt: skip

    def opening(self, text: str) -> list[Any]:
        return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": text, "images": [PNG]}]

    def ask(self, history: list[Any], model: str, asked: Asked, way: str) -> Seen:
        answer = self.client.chat(model=model, messages=history, stream=way == "stream", **self.settings(asked))
        lines = [answer] if way == "whole" else list(answer)
        text = "".join(line.message.content or "" for line in lines)
        thoughts = "".join(line.message.thinking or "" for line in lines)
        called = [call for line in lines for call in line.message.tool_calls or ()]
        calls = [(getattr(call, "id", None), call.function.name, dict(call.function.arguments)) for call in called]
        last = lines[-1]
        counted = (last.prompt_eval_count, None, last.eval_count)
        back: Json = {"role": "assistant", "content": text, "thinking": thoughts or None, "tool_calls": called or None}
        return Seen(text, thoughts, calls, last.done_reason, counted, [lines[0].message if way == "whole" else back])

    def results(self, seen: Seen, texts: list[str]) -> list[Any]:
        pairs = zip(seen.calls, texts, strict=True)
        return [{"role": "tool", "tool_name": call[1], "content": text} for call, text in pairs]


def shown_to_chat(text: str) -> list[Any]:
    picture = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE}"}}
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": [{"type": "text", "text": text}, picture]}]


def _leaves(value: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from _leaves(inner, (*path, key))
        else:
            yield (*path, key), inner
