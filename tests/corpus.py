"""
Reader of recorded provider traffic: one exchange per line, one file per API (the corpus' own README describes the
fields).

The corpus is not part of the repository. It is looked for in `TRANSLATE_CORPUS`, else beside the repository; tests
that need it are skipped with that reason when it is absent. It needs nothing of the library, so that a defect there
can not hide records.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent

FORMAT_OF_API = {
    "openai-chat": "openai",
    "openai-responses": "openai-responses",
    "anthropic-messages": "anthropic",
    "vertex-anthropic": "anthropic-vertex",
    "bedrock-invoke-anthropic": "anthropic-bedrock",
    "gemini-generate": "gemini",
    "vertex-gemini": "vertex",
    "bedrock-converse": "bedrock",
    "bedrock-converse-stream": "bedrock",
    "cohere-v2": "cohere",
    "mistral-chat": "mistral",
    "ollama-chat": "ollama",
    "ollama-compat-chat": "ollama-openai",
    "azure-openai-chat": "azure",
    "alibaba-chat": "qwen",
    **{
        f"{vendor}-responses": "openai-responses"
        for vendor in ("azure-openai", "bedrock-openai", "compat", "copilot", "deepseek", "lmstudio", "xai")
    },
    **{
        f"{vendor}-chat": vendor
        for vendor in (
            "deepseek",
            "groq",
            "huggingface",
            "llamacpp",
            "moonshot",
            "openrouter",
            "perplexity",
            "together",
            "xai",
            "zai",
        )
    },
    **{
        f"{vendor}-chat": "compatible"
        for vendor in (
            "avian",
            "azure-ai",
            "bedrock-openai",
            "compat",
            "gpustack",
            "portkey",
            "vercel-gateway",
            "writer",
        )
    },
}


class Record(NamedTuple):
    """
    One exchange. `events` is the decoded stream (None when the reply was not streamed), `raw` its text as received.
    """

    id: str
    api: str
    format: str
    path: str | None
    model: str | None
    status: int
    features: frozenset[str]
    request: Any
    response: Any
    events: list[Any] | None
    raw: str | None

    @property
    def taken(self) -> bool:
        """Whether the provider took the request."""
        return self.status < 400


def told_as_error(response: Any) -> bool:
    """An error body that came with a status of success: its shape tells."""
    answers = ("choices", "output", "candidates", "content", "message", "promptFeedback")
    return isinstance(response, dict) and bool(response.get("error")) and not any(key in response for key in answers)


def folder() -> Path | None:
    """Where the corpus is, or None."""
    named = os.environ.get("TRANSLATE_CORPUS")
    places = [Path(named)] if named else [ROOT.parent / "shared" / "corpus"]
    return next((place for place in places if place.is_dir() and any(place.glob("*.jsonl"))), None)


ABSENT = "no recorded traffic: set TRANSLATE_CORPUS to the folder that holds the corpus"


def formats_covered() -> set[str]:
    """Formats with recorded traffic."""
    place = folder()
    return {FORMAT_OF_API[path.stem] for path in place.glob("*.jsonl")} if place else set()


def records(format: str | None = None) -> Iterator[Record]:
    """Every exchange of a format (of all formats), read lazily, in the order of files and lines."""
    place = folder()
    if place is None:
        return
    for file in sorted(place.glob("*.jsonl")):
        name = FORMAT_OF_API[file.stem]  # an API the table does not know is a KeyError: the table is to be extended
        if format is not None and format not in (name, "compatible" if name == "openai-responses" else name):
            continue
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                record = _record(json.loads(line), name)
                if format is None or record.format == format:
                    yield record


def _record(row: dict[str, Any], name: str) -> Record:
    stream = row["stream"]
    events = None if stream is None else stream if isinstance(stream, list) else list(parse(stream))
    return Record(
        row["id"],
        row["api"],
        "compatible" if name == "openai-responses" and _is_chat(row["response"], events) else name,
        row["path"],
        row["model"],
        row["status"],
        frozenset(row["features"]),
        row["request"],
        row["response"],
        events,
        stream if isinstance(stream, str) else None,
    )


def _is_chat(response: Any, events: list[Any] | None) -> bool:
    """A recorded client of Responses that was answered in the chat form, without its request."""
    first = response if isinstance(response, dict) else events[0] if events else None
    return isinstance(first, dict) and isinstance(first.get("choices"), list) and "output" not in first


def parse(text: str) -> Iterator[Any]:
    """
    The JSON events of a stream body: SSE, JSON lines or one JSON array. `[DONE]`, comments and pings without data
    fall away.
    """
    head = text.lstrip("\ufeff \r\n\t")
    if head.startswith("["):
        yield from json.loads(head)
    elif head.startswith("{"):
        yield from (json.loads(line) for line in head.splitlines() if line.strip())
    else:
        yield from _sse(head)


def _sse(text: str) -> Iterator[Any]:
    # Not splitlines(): it also cuts at U+2028 and friends, which may stand unescaped inside a JSON string.
    data: list[str] = []
    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            joined, data = "\n".join(data).strip(), []
            if joined and joined != "[DONE]":
                yield json.loads(joined)
