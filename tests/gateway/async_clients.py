"""The async clients of three packages, which have code of their own for streams: asked as users ask them, read as their sync ones are."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.gateway.anthropic_clients import Anthropic
from tests.gateway.client import Asked, Json, Seen
from tests.gateway.native_clients import Gemini
from tests.gateway.openai_clients import Chat, Responses


class AsyncChat(Chat):
    """openai, `AsyncOpenAI.chat.completions`."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url

    def ask(self, history: list[Any], model: str, asked: Asked, way: str) -> Seen:
        return asyncio.run(self.asked({"model": model, "messages": history, **self.settings(asked)}, way))

    async def asked(self, request: Json, way: str) -> Seen:
        import openai

        async with openai.AsyncOpenAI(api_key="k", base_url=f"{self.url}/v1", max_retries=0) as client:
            chat, counted = client.chat.completions, {**request, "stream_options": {"include_usage": True}}
            if way == "whole":
                return self.seen(await chat.create(**request))
            if way == "helper":
                async with chat.stream(**counted) as stream:
                    async for _ in stream:
                        pass
                    return self.seen(await stream.get_final_completion())
            return self.seen_in_chunks([chunk async for chunk in await chat.create(**counted, stream=True)])


class AsyncResponses(Responses):
    """openai, `AsyncOpenAI.responses`."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url

    def ask(self, history: list[Any], model: str, asked: Asked, way: str) -> Seen:
        return asyncio.run(self.asked({"model": model, "input": history, **self.settings(asked)}, way))

    async def asked(self, request: Json, way: str) -> Seen:
        import openai

        async with openai.AsyncOpenAI(api_key="k", base_url=f"{self.url}/v1", max_retries=0) as client:
            if way == "whole":
                return self.seen(await client.responses.create(**request))
            if way == "helper":
                async with client.responses.stream(**request) as stream:
                    async for event in stream:
                        self.watch(event)
                    return self.seen(await stream.get_final_response())
            return self.seen_in_events([event async for event in await client.responses.create(**request, stream=True)])


class AsyncAnthropic(Anthropic):
    """anthropic, `AsyncAnthropic.messages`."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url

    def ask(self, history: list[Any], model: str, asked: Asked, way: str) -> Seen:
        return asyncio.run(self.asked({"model": model, "messages": history, **self.settings(asked)}, way))

    async def asked(self, request: Json, way: str) -> Seen:
        import anthropic

        async with anthropic.AsyncAnthropic(api_key="k", base_url=self.url, max_retries=0) as client:
            if way == "whole":
                return self.seen(await client.messages.create(**request))
            if way == "helper":
                async with client.messages.stream(**request) as stream:
                    async for _ in stream:
                        pass
                    return self.seen(await stream.get_final_message())
            return self.seen_in_events([event async for event in await client.messages.create(**request, stream=True)])


class AsyncGemini(Gemini):
    """google-genai, `aio.models`."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url

    def ask(self, history: list[Any], model: str, asked: Asked, way: str) -> Seen:
        return asyncio.run(self.asked({"model": model, "contents": history, "config": self.settings(asked)}, way))

    async def asked(self, request: Json, way: str) -> Seen:
        async with self.connected(self.url).aio as client:
            if way == "whole":
                return self.seen([await client.models.generate_content(**request)])
            return self.seen([answer async for answer in await client.models.generate_content_stream(**request)])


ASYNC_CLIENTS = {"openai": AsyncChat, "openai-responses": AsyncResponses, "anthropic": AsyncAnthropic, "gemini": AsyncGemini}
