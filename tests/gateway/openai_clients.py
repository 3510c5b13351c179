"""The clients of OpenAI's two forms, read by the attributes that their own documentation shows."""

from __future__ import annotations

from typing import Any

from tests.gateway.client import (
    ABOUT,
    FORM,
    NAME,
    NOTHING,
    PICTURE,
    SCHEMA,
    SYSTEM,
    Asked,
    Client,
    Json,
    Seen,
    StreamFailed,
    arguments,
    statuses,
)

MUCH: Json = {
    "temperature": 0.3, "top_p": 0.9, "max_completion_tokens": 300, "stop": ["###"], "seed": 7, "user": "u-5",
    "tool_choice": "required", "parallel_tool_calls": False,
}  # fmt: skip


class Chat(Client):
    """openai, `chat.completions`: `create`, its stream, the stream helper."""

    format = "unified"
    ways: tuple[str, ...] = ("whole", "stream", "helper")
    reasoning_fields = ("reasoning_content",)

    def __init__(self, url: str) -> None:
        import openai

        self.client = openai.OpenAI(api_key="k", base_url=f"{url}/v1", max_retries=0)
        self.errors, self.broken = statuses(openai), openai.APIError

    def settings(self, asked: Asked) -> Json:
        function = {"name": NAME, "description": ABOUT, "parameters": SCHEMA}
        form = {"type": "json_schema", "json_schema": {"name": "reading", "strict": True, "schema": FORM}}
        return {
            **({"tools": [{"type": "function", "function": function}]} if asked.tools else {}),
            **(MUCH if asked.much else {}), **({"reasoning_effort": "medium"} if asked.reasoning else {}), **({"response_format": form} if asked.form else {}),
        }  # fmt: skip

    def opening(self, text: str) -> list[Any]:
        picture = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE}", "detail": "low"}}
        return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": [{"type": "text", "text": text}, picture]}]

    def ask(self, history: list[Any], model: str, asked: Asked, way: str) -> Seen:
        chat, request = self.client.chat.completions, {"model": model, "messages": history, **self.settings(asked)}
        if way == "whole":
            return self.seen(chat.create(**request))
        counted = {**request, "stream_options": {"include_usage": True}}
        if way == "helper":
            with chat.stream(**counted) as stream:
                for _ in stream:
                    pass
                return self.seen(stream.get_final_completion())
        return self.seen_in_chunks(chat.create(**counted, stream=True))

    def seen(self, answer: Any) -> Seen:
        (choice,) = answer.choices
        message = choice.message
        calls = [(call.id, call.function.name, arguments(call.function.arguments)) for call in message.tool_calls or ()]
        reasoning = next((getattr(message, name) for name in self.reasoning_fields if getattr(message, name, None)), "")
        return Seen(message.content or getattr(message, "refusal", None) or "", reasoning, calls, choice.finish_reason, self.counted(answer.usage), [message])

    def counted(self, usage: Any) -> tuple[int | None, int | None, int | None]:
        details = usage.prompt_tokens_details
        return usage.prompt_tokens, details.cached_tokens if details else None, usage.completion_tokens

    def seen_in_chunks(self, chunks: Any) -> Seen:
        """As users write it: texts joined, calls by index; reasoning details by theirs, for the way back."""
        message: Json = {"role": "assistant", "content": "", "tool_calls": []}
        details: dict[int, Json] = {}
        finish = usage = None
        for chunk in chunks:
            usage = chunk.usage or usage
            for choice in chunk.choices:
                finish = choice.finish_reason or finish
                delta = choice.delta
                message["content"] += delta.content or getattr(delta, "refusal", None) or ""
                for name in self.reasoning_fields:
                    message[name] = message.get(name, "") + (getattr(delta, name, None) or "")
                for piece in getattr(delta, "reasoning_details", None) or ():
                    held = details.setdefault(piece["index"], {})
                    for key, value in piece.items():
                        held[key] = held[key] + value if key in held and key in ("text", "summary", "signature") else value
                for fragment in delta.tool_calls or ():
                    if fragment.index == len(message["tool_calls"]):
                        message["tool_calls"].append({**fragment.model_dump(exclude={"index"}), "function": {"name": "", "arguments": ""}})
                    function = message["tool_calls"][fragment.index]["function"]
                    function["name"] += fragment.function.name or ""
                    function["arguments"] += fragment.function.arguments or ""
        calls = [(call["id"], call["function"]["name"], arguments(call["function"]["arguments"])) for call in message["tool_calls"]]
        reasoning = next((message[name] for name in self.reasoning_fields if message.get(name)), "")
        text = message["content"]
        message = {key: value for key, value in message.items() if value}
        if details:
            message["reasoning_details"] = list(details.values())
        return Seen(text, reasoning, calls, finish, self.counted(usage) if usage else NOTHING, [message])

    def results(self, seen: Seen, texts: list[str]) -> list[Any]:
        return [
            {"role": "tool", "tool_call_id": call[0], "content": text} for call, text in zip(seen.calls, texts, strict=True)
        ]


class Azure(Chat):
    format = "azure"

    def __init__(self, url: str) -> None:
        import openai

        self.client = openai.AzureOpenAI(api_key="k", azure_endpoint=url, api_version="2025-04-01-preview", max_retries=0)
        self.errors, self.broken = statuses(openai), openai.APIError


class Groq(Chat):
    format = "groq"
    ways = ("whole", "stream")
    reasoning_fields = ("reasoning",)

    def __init__(self, url: str) -> None:
        import groq

        self.client = groq.Groq(api_key="k", base_url=f"{url}/as/groq", max_retries=0)
        self.errors, self.broken = statuses(groq), groq.APIError

    def ask(self, history: list[Any], model: str, asked: Asked, way: str) -> Seen:
        if way == "whole":
            return super().ask(history, model, asked, way)
        request = {"model": model, "messages": history, **self.settings(asked)}
        return self.seen_in_chunks(
            self.client.chat.completions.create(**request, stream=True, extra_body={"stream_options": {"include_usage": True}})
        )


class Responses(Client):
    """openai, `responses`: `create`, its stream, the stream helper."""

    format = "openai-responses"
    ways = ("whole", "stream", "helper")

    def __init__(self, url: str) -> None:
        import openai

        self.client = openai.OpenAI(api_key="k", base_url=f"{url}/v1", max_retries=0)
        self.errors = statuses(openai)

    def settings(self, asked: Asked) -> Json:
        reasoning = {"reasoning": {"effort": "medium", "summary": "auto"}, "include": ["reasoning.encrypted_content"], "store": False}
        tool = {"type": "function", "name": NAME, "description": ABOUT, "parameters": SCHEMA, "strict": False}
        form = {"format": {"type": "json_schema", "name": "reading", "strict": True, "schema": FORM}}
        return {
            **({"tools": [tool]} if asked.tools else {}), **(reasoning if asked.reasoning else {}),
            **({"text": form} if asked.form else {}),
            **({"instructions": SYSTEM, "temperature": 0.3, "top_p": 0.9, "max_output_tokens": 300, "tool_choice": "required",
                "parallel_tool_calls": False, "metadata": {"berth": "4"}, "store": False} if asked.much else {}),
        }  # fmt: skip

    def opening(self, text: str) -> list[Any]:
        picture = {"type": "input_image", "image_url": f"data:image/png;base64,{PICTURE}", "detail": "low"}
        return [{"role": "user", "content": [{"type": "input_text", "text": text}, picture]}]

    def ask(self, history: list[Any], model: str, asked: Asked, way: str) -> Seen:
        request = {"model": model, "input": history, **self.settings(asked)}
        if way == "whole":
            return self.seen(self.client.responses.create(**request))
        if way == "helper":
            with self.client.responses.stream(**request) as stream:
                for event in stream:
                    self.watch(event)
                return self.seen(stream.get_final_response())
        return self.seen_in_events(self.client.responses.create(**request, stream=True))

    def seen_in_events(self, events: Any) -> Seen:
        last, text, spans = None, "", ""
        for event in events:
            last = event
            self.watch(event)
            text += event.delta if event.type in ("response.output_text.delta", "response.refusal.delta") else ""
            spans += event.delta if event.type == "response.reasoning_summary_text.delta" else ""
        assert last is not None
        seen = self.seen(last.response)
        assert (seen.text, seen.reasoning) == (text, spans)
        return seen

    def watch(self, event: Any) -> None:
        if event.type == "error":
            raise StreamFailed(event.message)
        if event.type == "response.failed":
            raise StreamFailed(event.response.error.message)

    def seen(self, answer: Any) -> Seen:
        calls = [(item.call_id, item.name, arguments(item.arguments)) for item in answer.output if item.type == "function_call"]
        thoughts = [part.text for item in answer.output if item.type == "reasoning" for part in item.summary or ()]
        usage = answer.usage
        counted = (usage.input_tokens, usage.input_tokens_details.cached_tokens, usage.output_tokens)
        why = answer.incomplete_details.reason if answer.status == "incomplete" else answer.status
        refusals = [part.refusal for item in answer.output if item.type == "message" for part in item.content if part.type == "refusal"]
        return Seen(answer.output_text or "".join(refusals), "\n\n".join(thoughts), calls, why, counted, list(answer.output))

    def results(self, seen: Seen, texts: list[str]) -> list[Any]:
        pairs = zip(seen.calls, texts, strict=True)
        return [{"type": "function_call_output", "call_id": call[0], "output": text} for call, text in pairs]
