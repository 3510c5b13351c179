"""
Outside judges of documents: the official SDKs' own types made strict, plus the rules that types can not say.

Each module has `problems(document, kind, *, model=None, route=None) -> list[str]`, kind one of request, response,
event, stream, error. `oracle_for(format)` finds the module that serves a format; a format without one of its own is
judged by nobody, and says so.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

from translate.registry import ROWS

# Format -> (module, arguments its `make` gets). Most rows of OpenAI-compatible servers have no official types of their own.
MODULES: dict[str, tuple[str, str]] = {
    "unified": ("openai", "unified"),
    "openai": ("openai", "openai"),
    "azure": ("openai", "azure"),
    "compatible": ("openai", "compatible"),
    "anthropic": ("anthropic", "anthropic"),
    "anthropic-bedrock": ("anthropic", "anthropic-bedrock"),
    "anthropic-vertex": ("anthropic", "anthropic-vertex"),
    "openai-responses": ("responses", ""),
    "mistral": ("mistral", ""),
    "cohere": ("cohere", ""),
    "ollama": ("ollama", ""),
    "bedrock": ("bedrock", ""),
    "gemini": ("gemini", "gemini"),
    "vertex": ("gemini", "vertex"),
    "groq": ("rows", "groq"),
    "together": ("rows", "together"),
    "cerebras": ("rows", "cerebras"),
}


class Oracle:
    """The judge of one format."""

    def __init__(self, format: str, judge: Callable[..., list[str]] | None, variant: str) -> None:
        self.format, self._judge, self._variant = format, judge, variant
        self.exists = judge is not None

    def problems(self, document: Any, kind: str, *, model: str | None = None, route: Any = None) -> list[str]:
        """What is wrong with the document, as sentences; empty when nothing is (or nobody judges this format)."""
        if self._judge is None:
            return []
        return self._judge(document, kind, model=model, route=route, variant=self._variant)


@functools.cache
def oracle_for(format: str) -> Oracle:
    """The judge of a format."""
    row = ROWS.get(format)
    of_the_form = ("openai", f"row {format}") if row is not None and row.package == "openai_compatible" else ("", "")
    module, variant = MODULES.get(format, of_the_form)
    judge = importlib.import_module(f"tests.oracles.{module}").problems if module else None
    return Oracle(format, judge, variant)
