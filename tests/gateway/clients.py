"""The official clients by name."""

from __future__ import annotations

from tests.gateway.anthropic_clients import Anthropic, AnthropicBedrock, AnthropicVertex
from tests.gateway.client import Client
from tests.gateway.native_clients import Bedrock, Cohere, Gemini, Mistral, Ollama, Vertex
from tests.gateway.openai_clients import Azure, Chat, Groq, Responses

CLIENTS: dict[str, type[Client]] = {
    "openai": Chat, "azure": Azure, "groq": Groq, "openai-responses": Responses, "anthropic": Anthropic,
    "anthropic-bedrock": AnthropicBedrock, "anthropic-vertex": AnthropicVertex, "gemini": Gemini, "vertex": Vertex,
    "bedrock": Bedrock, "cohere": Cohere, "mistral": Mistral, "ollama": Ollama,
}  # fmt: skip
