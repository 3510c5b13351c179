"""
The leaf probe over every place of small documents in which one could once vanish, and of the recorded ones.

What the probe finds when something is silent is shown by `test_planted.py`.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

import translate
from tests import corpus, probe, strategies
from translate.registry import ROWS

Json = Any
OPTIONS = translate.Options(route={"path": None, "model": "some-model"})
USER = {"role": "user", "content": [{"text": "Hi"}, {"cachePoint": {"type": "default"}}]}
CALL = {"toolUseId": "t1", "name": "add", "input": {}}
RESULT = {"toolResult": {"toolUseId": "t1", "content": [{"text": "3"}]}, "zz_one": 1, "zz_two": 2}


def chunk(delta: Json) -> Json:
    choice = {"index": 0, "delta": delta, "finish_reason": None}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def beside(event: Json, text: str) -> Json:
    """The chunk with a whole message beside its delta."""
    return {**event, "choices": [{**event["choices"][0], "message": {"role": "assistant", "content": text}}]}


def finished(word: str) -> Json:
    choice = {"index": 0, "delta": {}, "finish_reason": "tool_calls", "native_finish_reason": word}
    return {**chunk({}), "choices": [choice]}


def thought(text: str, **more: Any) -> Json:
    return {"reasoning_content": text, "reasoning_details": [{"type": "reasoning.text", "index": 0, "text": text, **more}]}


def answer(block: Json, *deltas: Json) -> Json:
    """The events of a Messages answer of one block."""
    head = {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [], "usage": {"input_tokens": 1}}
    return [
        {"type": "message_start", "message": head},
        {"type": "content_block_start", "index": 0, "content_block": block},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
        {"type": "message_stop"},
    ]


SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
SMALL: list[tuple[str, str, str, str, Json]] = [
    ("cache point", "bedrock", "unified", "request", {"messages": [USER]}),
    (
        "beside a result", "bedrock", "unified", "request",
        {"messages": [{"role": "assistant", "content": [{"toolUse": CALL}]}, {"role": "user", "content": [RESULT]}]},
    ),
    (
        "reason of a call", "bedrock", "unified", "response",
        {"output": {"message": {"role": "assistant", "content": [{"toolUse": CALL}]}}, "stopReason": "tool_use"},
    ),
    (
        "instruction without text", "gemini", "unified", "request",
        {"systemInstruction": {"parts": [{"text": ""}]}, "contents": [{"role": "user", "parts": [{"text": "Hi"}]}]},
    ),
    *[
        ("calls of a user", format, "unified", "request",
         {"model": "m", "messages": [{"role": "user", "content": "Hi", "tool_calls": None, "reasoning_details": None}]})
        for format in ("openrouter", "together", "groq")
    ],
    (
        "effort beside a budget", "unified", "cohere", "request",
        {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "max_completion_tokens": 4000,
         "reasoning_effort": "high", "thinking": {"type": "enabled", "budget_tokens": 1500}},
    ),
    (
        "reasoning beside an empty entry", "unified", "openai-responses", "stream",
        [chunk(thought("a", format="openai-responses-v1")), chunk(thought("")), chunk({"content": "b"})],
    ),
    (
        "calls behind a thought that is not seen", "unified", "openai-responses", "response",
        {"id": "r", "object": "chat.completion", "created": 1, "model": "m", "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {
            "role": "assistant", "content": None,
            "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
            "extra_content": {"openai": {"blocks": [
                {"type": "native", "value": {"id": "rs", "type": "reasoning", "summary": []}}, {"type": "tool_call"},
            ]}},
        }}], "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}},
    ),
    (
        "a second answer", "anthropic", "unified", "stream",
        answer({"type": "text", "text": ""}, {"type": "text_delta", "text": "Hi"}) * 2,
    ),
    (
        "a hosted tool", "anthropic", "unified", "stream",
        answer(SEARCH, {"type": "input_json_delta", "partial_json": '{"query":'}, {"type": "input_json_delta", "partial_json": '"x"}'}),
    ),
    (
        "a compaction", "anthropic", "unified", "stream",
        answer({"type": "compaction", "content": None}, *({"type": "compaction_delta", "content": text} for text in ("a", "b"))),
    ),
    (
        "ratings", "gemini", "unified", "stream",
        [{"candidates": [{"content": {"parts": [{"text": text}]}, "safetyRatings": [{"category": 8, "probability": number}]}]}
         for number, text in enumerate(("a", "b"))],
    ),
    (
        "a hosted tool", "bedrock", "unified", "stream",
        [
            {"messageStart": {"role": "assistant"}},
            {"contentBlockStart": {"contentBlockIndex": 0, "start": {"toolUse": {**CALL, "input": None, "type": "server_tool_use"}}}},
            {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"toolUse": {"input": "{\"query\":1}"}}}},
            {"contentBlockStop": {"contentBlockIndex": 0}},
            {"messageStop": {"stopReason": "end_turn"}},
        ],
    ),
    (
        "a call named twice", "openrouter", "unified", "stream",
        [chunk({"tool_calls": [{"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": text}}]})
         for text in ("{", "}")],
    ),
    (
        "reasoning with its format on every piece", "openrouter", "unified", "stream",
        [chunk({"reasoning_details": [{"type": "reasoning.text", "text": text, "format": "unknown", "id": "r", "index": 0}]}) for text in "ab"],
    ),
    (
        "a message beside each delta", "perplexity", "unified", "stream",
        [beside(chunk({"role": "assistant", "content": text}), "abc"[: number + 1]) for number, text in enumerate("abc")],
    ),
    *[
        ("a message beside each delta", "unified", target, "stream",
         [beside(chunk({"role": "assistant", "content": text}), text) for text in "abc"])
        for target in ("anthropic", "gemini", "cohere", "deepseek")
    ],
    (
        "a further piece of a call with all of its names", "mistral", "unified", "stream",
        [chunk({"tool_calls": [{"index": 0, "id": "123456789" if name else "null", "type": "function",
                                "function": {"name": name, "arguments": text}}]})
         for name, text in (("f", "{"), ("", "}"))],
    ),
    *[
        ("two finishes and a word of its own", "unified", target, "stream", [chunk({"content": "a"}), finished("tool_use"), finished("tool_use")])
        for target in ("anthropic", "bedrock", "gemini", "openai-responses")
    ],
    *[
        ("a head behind the first chunk", source, target, "stream", [{"choices": chunk({"content": "a"})["choices"]}, chunk({"content": "b"})])
        for source, target in (
            *(("unified", name) for name in ("anthropic", "bedrock", "gemini", "openai-responses", "cohere", "mistral", "ollama", "deepseek")),
            ("openai", "unified"), ("mistral", "unified"), ("compatible", "anthropic"),
        )
    ],
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "target", "kind", "document"), [row[1:] for row in SMALL], ids=[f"{row[0]} {row[1]} {row[2]}" for row in SMALL]
)
def test_nothing_of_a_small_document_is_silent(source: str, target: str, kind: str, document: Json) -> None:
    prober = probe.Prober(per_shape=0)
    prober.probe(document, kind, source, target, translate.Options() if source == "unified" else OPTIONS)
    assert prober.probes > 3
    assert not prober.silent, "\n".join(prober.rows())
    assert not prober.crashes


@pytest.mark.parametrize("format", sorted(corpus.formats_covered() & set(ROWS)))
def test_nothing_of_recorded_documents_is_silent(format: str, deep: bool, summary: dict[str, list[str]]) -> None:
    """Every place of every request, response and error; `--deep`: of every stream, too."""
    kinds = ("request", "response", "error", "stream") if deep else ("request", "response", "error")
    prober = probe.run_every(format, [], kinds=frozenset(kinds))
    summary.setdefault("leaf probe, every place", prober.table()[:1]).extend(prober.table()[1:])
    assert prober.probes > 50
    assert not prober.silent, "\n".join(prober.rows(40))
    assert not prober.crashes, "\n".join(prober.crashes)


@pytest.mark.skipif(corpus.folder() is None, reason=corpus.ABSENT)
def test_nothing_of_recorded_documents_is_silent_on_the_way_on(deep: bool, summary: dict[str, list[str]]) -> None:
    """A place of each shape on its way from unified to every format; `--deep`: in all records, not in a few."""
    targets = [name for name in ROWS if name != "unified"]
    prober = probe.run(None, targets, per_shape=2 if deep else 1, limit=0 if deep else 2)
    probes = sum(count for (source, _, _), count in prober.counts.items() if source == "unified")
    summary.setdefault("leaf probe, unified to every format", []).append(f"{probes} probes, {len(prober.silent)} silent")
    assert probes > 10_000
    assert not prober.silent, "\n".join(prober.rows(40))
    assert not prober.crashes, "\n".join(prober.crashes)


def thinned(value: Json, share: float, chance: random.Random) -> Json:
    """A document of which members and items are missing, so that no look can count on those that are nearly always there."""
    if isinstance(value, dict):
        return {name: thinned(inner, share, chance) for name, inner in value.items() if chance.random() >= share}
    if isinstance(value, list):
        return [thinned(inner, share, chance) for inner in value if chance.random() >= share / 2]
    return value


def errors(format: str, side: str) -> list[Json]:
    """The error bodies of the golden cases of a format."""
    paths = sorted((corpus.ROOT / "golden").glob(f"{format}/*/error.{side}.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


@pytest.mark.parametrize("format", [name for name in ROWS if name != "unified"])
def test_a_strange_member_of_a_sparse_document_is_never_silent(format: str, deep: bool) -> None:
    """A member that nobody knows, in every object of documents that lack others, from and to unified."""
    chance = random.Random(format)
    prober = probe.Prober(per_shape=2, hows=frozenset(("added",)))
    for kind in (*strategies.KINDS, "error"):
        for source, target in (("unified", format), (format, "unified")):
            if kind == "error":
                # The rows without a case of their own have OpenAI's form.
                documents: Any = errors("*", "unified") if source == "unified" else errors(format, "native") or errors("openai", "native")
            else:
                documents = strategies.pool(kind) if source == "unified" else strategies.native(format, kind)
            for _ in range(200 if deep else 25):
                document = thinned(chance.choice(documents), chance.choice((0.03, 0.1, 0.2, 0.4)), chance)
                prober.tried.clear()
                prober.probe(document[:12] if kind == "stream" else document, kind, source, target, translate.Options(), kind)
    assert prober.probes > 300
    assert not prober.silent, "\n".join(prober.rows(40))
    assert not prober.crashes, "\n".join(prober.crashes)
