"""
One table of formats: name -> where its spoke is and what is said of it as data. Spokes are loaded on first use.

A spoke is a package under `translate.providers` with the modules `request`, `response`, `error` and `canonical`, each with
the functions `to_unified(document, leg)` and `to_native(document, leg)` (`canonical`: `canonical(document, kind, row)`), and
`stream` with the machines `ToUnified(leg)` and `ToNative(leg)` and the functions `fold(events, leg)` and `unfold(response, leg)`.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import NamedTuple

from translate.errors import UnknownFormat

DOCUMENTS = ("request", "response", "event", "error")


class Format(NamedTuple):
    """A row of the registry: `key` names its bag, `package` its spoke, `variant` the flavour that the spoke looks up."""

    name: str
    package: str
    key: str
    framing: str
    variant: str = ""

    def module(self, name: str) -> ModuleType:
        """A module of the spoke (`request`, `response`, `stream`, `error`, `canonical`, `tables`), imported once."""
        found = _LOADED.get((self.package, name))
        if found is None:
            found = _LOADED[self.package, name] = importlib.import_module(f"translate.providers.{self.package}.{name}")
        return found


# Modules by package and name: a look into `sys.modules` with the whole name costs a fiftieth of a small conversion.
_LOADED: dict[tuple[str, str], ModuleType] = {}


def _chat(name: str, key: str | None = None) -> Format:
    return Format(name, "openai_compatible", name if key is None else key, "sse", name)


ROWS: dict[str, Format] = {
    row.name: row
    for row in (
        Format("unified", "hub", "", "sse"),
        Format("openai-responses", "openai_responses", "openai", "sse-typed"),
        Format("anthropic", "anthropic", "anthropic", "sse-typed"),
        Format("anthropic-vertex", "anthropic", "anthropic", "sse-typed", "vertex"),
        Format("anthropic-bedrock", "anthropic", "anthropic", "aws-chunk", "bedrock"),
        Format("gemini", "gemini", "google", "sse-plain"),
        Format("vertex", "gemini", "google", "sse-plain", "vertex"),
        Format("cohere", "cohere", "cohere", "sse-typed"),
        Format("bedrock", "bedrock", "bedrock", "aws"),
        Format("mistral", "mistral", "mistral", "sse"),
        Format("ollama", "ollama", "ollama", "jsonl"),
        _chat("openai"),
        _chat("azure"),
        _chat("deepseek"),
        _chat("xai"),
        _chat("groq"),
        _chat("together"),
        _chat("fireworks"),
        _chat("openrouter"),
        _chat("perplexity"),
        _chat("cerebras"),
        _chat("nvidia"),
        _chat("vllm"),
        _chat("sambanova"),
        _chat("moonshot"),
        _chat("zai"),
        _chat("qwen"),
        _chat("minimax"),
        _chat("huggingface"),
        _chat("siliconflow"),
        _chat("lmstudio"),
        _chat("llamacpp"),
        _chat("ollama-openai", "ollama"),
        _chat("gemini-openai", "google"),
        _chat("anthropic-openai", "anthropic"),
        _chat("compatible", ""),
    )
}


def find(name: object) -> Format:
    """The row of a format name; UnknownFormat with the nearest names otherwise."""
    row = ROWS.get(name) if type(name) is str or isinstance(name, str) else None
    if row is None:
        import difflib

        raise UnknownFormat(name, difflib.get_close_matches(str(name), ROWS, n=3, cutoff=0.4))
    return row
