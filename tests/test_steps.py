"""Claude's rule about turns of several steps, over every history of up to three pieces: thinking stays on exactly where it may."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import translate
from tests.oracles import oracle_for

Json = dict[str, Any]

MODELS = {
    "anthropic": "claude-sonnet-4-5-20250929",
    "anthropic-bedrock": "anthropic.claude-sonnet-4-5-20250929-v1:0",
    "anthropic-vertex": "claude-sonnet-4-5@20250929",
    "bedrock": "anthropic.claude-sonnet-4-5-20250929-v1:0",
}
BUDGET = {"type": "enabled", "budget_tokens": 1500}
THOUGHT = {"type": "reasoning.text", "text": "So.", "signature": "c2ln", "format": "anthropic-claude-v1", "index": 0}
LINK = {"type": "video_url", "video_url": {"url": "https://example.com/film.mp4"}}
STEP = {"role": "assistant", "content": None}
PIECES: dict[str, list[Json]] = {
    "user": [{"role": "user", "content": "And?"}],
    "user who goes out as nothing": [{"role": "user", "content": [LINK]}],
    "blank user": [{"role": "user", "content": " "}],
    "system": [{"role": "system", "content": "Be brief."}],
    "blank system": [{"role": "system", "content": ""}],
    "answer": [{"role": "assistant", "content": "Yes."}],
    "blank answer": [{"role": "assistant", "content": ""}],
    "calls": [STEP],
    "thinking, calls": [{**STEP, "reasoning_content": "So.", "reasoning_details": [THOUGHT]}],
    "thinking, text, calls": [{**STEP, "content": "Wait.", "reasoning_content": "So.", "reasoning_details": [THOUGHT]}],
}


def _request(names: tuple[str, ...], model: str) -> Json:
    messages: list[Json] = [{"role": "user", "content": "Hello."}]
    for number, message in ((number, message) for number, name in enumerate(names) for message in PIECES[name]):
        if "calls" in names[number]:
            call = {"id": f"call_{number}", "type": "function", "function": {"name": "look", "arguments": "{}"}}
            messages.append({**message, "tool_calls": [call]})
            messages.append({"role": "tool", "tool_call_id": f"call_{number}", "content": "Seen."})
        else:
            messages.append(message)
    tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
    return {"model": model, "messages": messages, "max_completion_tokens": 4000, "thinking": BUDGET, "tools": [tool]}


@pytest.mark.parametrize("format", MODELS)
def test_thinking_stays_on_exactly_where_the_last_turn_begins_with_it(format: str) -> None:
    kept = 0
    for names in itertools.chain.from_iterable(itertools.product(PIECES, repeat=length) for length in (1, 2, 3)):
        conversion = translate.convert_request(_request(names, MODELS[format]), target=format)
        native, route = conversion.value, conversion.route

        def problems(body: Json, route: Json = route) -> list[str]:
            return list(oracle_for(format).problems(body, "request", model=route.get("model"), route=route))

        assert not problems(native), names
        holder = native.get("additionalModelRequestFields", {}) if format == "bedrock" else native
        if "thinking" in holder:
            kept += 1
            continue
        assert any(loss.path == "/thinking" for loss in conversion.losses), names
        thinking = {"thinking": BUDGET}
        with_thinking = {"additionalModelRequestFields": thinking} if format == "bedrock" else thinking
        assert problems({**native, **with_thinking}), f"off without need: {names}"
    assert 0 < kept < 1110
