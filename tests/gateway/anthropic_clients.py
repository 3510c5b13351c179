"""The three clients of the anthropic package, read by the attributes that its own documentation shows."""

from __future__ import annotations

from typing import Any

from tests.gateway.client import (
    ABOUT,
    FORM,
    NAME,
    PICTURE,
    SCHEMA,
    SYSTEM,
    Asked,
    Client,
    Json,
    Seen,
    arguments,
    statuses,
)


class Anthropic(Client):
    """anthropic, `messages`: `create`, its stream, the stream helper."""

    format = "anthropic"
    ways = ("whole", "stream", "helper")

    def __init__(self, url: str) -> None:
        import anthropic

        self.client = self.connected(url)
        self.errors, self.broken = statuses(anthropic), anthropic.APIStatusError

    def connected(self, url: str) -> Any:
        import anthropic

        return anthropic.Anthropic(api_key="k", base_url=url, max_retries=0)

    def settings(self, asked: Asked) -> Json:
        return {
            "max_tokens": 4000,
            **({"tools": [{"name": NAME, "description": ABOUT, "input_schema": SCHEMA}]} if asked.tools else {}),
            **({"thinking": {"type": "enabled", "budget_tokens": 2000}} if asked.reasoning else {}),
            **({
                "system": [{"type": "text", "text": SYSTEM, "cache_control": {"type": "ephemeral"}}], "stop_sequences": ["###"],
                "tool_choice": {"type": "any", "disable_parallel_tool_use": True}, "metadata": {"user_id": "u-5"},
            } if asked.much else {}),
            **({"output_config": {"format": {"type": "json_schema", "schema": FORM}}} if asked.form else {}),
        }

    def opening(self, text: str) -> list[Any]:
        picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PICTURE}}
        return [{"role": "user", "content": [picture, {"type": "text", "text": text}]}]

    def ask(self, history: list[Any], model: str, asked: Asked, way: str) -> Seen:
        request = {"model": model, "messages": history, **self.settings(asked)}
        if way == "whole":
            return self.seen(self.client.messages.create(**request))
        if way == "helper":
            with self.client.messages.stream(**request) as stream:
                for _ in stream:
                    pass
                return self.seen(stream.get_final_message())
        return self.seen_in_events(self.client.messages.create(**request, stream=True))

    def seen(self, answer: Any) -> Seen:
        blocks = answer.content
        calls = [(block.id, block.name, block.input) for block in blocks if block.type == "tool_use"]
        text = "".join(block.text for block in blocks if block.type == "text")
        thoughts = "".join(block.thinking for block in blocks if block.type == "thinking")
        back = [{"role": "assistant", "content": blocks}]
        return Seen(text, thoughts, calls, answer.stop_reason, self.counted(answer.usage), back)

    def counted(self, usage: Any) -> tuple[int | None, int | None, int | None]:
        cached = usage.cache_read_input_tokens or 0
        return usage.input_tokens + cached + (usage.cache_creation_input_tokens or 0), cached, usage.output_tokens

    def seen_in_events(self, events: Any) -> Seen:
        blocks: list[Json] = []
        finish = usage = None
        for event in events:
            if event.type == "message_start":
                usage = event.message.usage
            elif event.type == "content_block_start":
                blocks.append({**event.content_block.model_dump(exclude_none=True), "json": ""})
            elif event.type == "content_block_delta":
                delta, block = event.delta, blocks[event.index]
                name = {"text_delta": "text", "thinking_delta": "thinking", "signature_delta": "signature"}.get(delta.type, "json")
                block[name] += delta.partial_json if name == "json" else getattr(delta, name)
            elif event.type == "message_delta":
                finish = event.delta.stop_reason
                usage = usage.model_copy(update=event.usage.model_dump(exclude_none=True))
        for block in blocks:
            text = block.pop("json")
            if block["type"] == "tool_use" and text:
                block["input"] = arguments(text)
        calls = [(block["id"], block["name"], block["input"]) for block in blocks if block["type"] == "tool_use"]
        told = ["".join(block.get(name, "") for block in blocks) for name in ("text", "thinking")]
        return Seen(told[0], told[1], calls, finish, self.counted(usage), [{"role": "assistant", "content": blocks}])

    def results(self, seen: Seen, texts: list[str]) -> list[Any]:
        pairs = zip(seen.calls, texts, strict=True)
        blocks = [{"type": "tool_result", "tool_use_id": call[0], "content": text} for call, text in pairs]
        return [{"role": "user", "content": blocks}]


class AnthropicBedrock(Anthropic):
    format = "anthropic-bedrock"

    def connected(self, url: str) -> Any:
        import anthropic

        return anthropic.AnthropicBedrock(
            aws_access_key="k", aws_secret_key="s", aws_region="us-east-1", base_url=url, max_retries=0
        )


class AnthropicVertex(Anthropic):
    format = "anthropic-vertex"

    def connected(self, url: str) -> Any:
        import anthropic

        return anthropic.AnthropicVertex(region="global", project_id="p", access_token="k", base_url=f"{url}/v1", max_retries=0)
