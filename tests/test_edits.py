"""A unified request edited between the legs shows the edit on the way back and changes nothing else."""

from __future__ import annotations

from typing import Any

import pytest

import translate
from tests import corpus
from translate.golden import differing
from translate.registry import ROWS

MARK = " (edited)"
MOST = 60  # recorded requests a format


def _edited(message: dict[str, Any]) -> dict[str, Any] | None:
    """The message with its last text changed; None when it has none."""
    content = message.get("content")
    if isinstance(content, str) and content.strip():
        return {**message, "content": content + MARK}
    if isinstance(content, list) and content and content[-1].get("type") == "text" and str(content[-1].get("text")).strip():
        return {**message, "content": [*content[:-1], {**content[-1], "text": content[-1]["text"] + MARK}]}
    return None


@pytest.mark.skipif(corpus.folder() is None, reason=corpus.ABSENT)
@pytest.mark.parametrize("format", [name for name in ROWS if name != "unified"])
@pytest.mark.parametrize("role", ["user", "assistant"])
def test_an_edited_text_shows_and_nothing_else_changes(format: str, role: str) -> None:
    seen, wrong = 0, []
    for record in corpus.records(format):
        if record.request is None or not record.taken or seen >= MOST:
            continue
        options = translate.Options(route={"path": record.path or ""}, model="m")
        there = translate.convert_request(record.request, source=format, options=options)
        unified = there.value
        spot = next(
            (number for number in reversed(range(len(unified["messages"]))) if unified["messages"][number]["role"] == role
             and _edited(unified["messages"][number])),
            None,
        )  # fmt: skip
        if spot is None:
            continue
        seen += 1
        messages = list(unified["messages"])
        messages[spot] = _edited(messages[spot])
        again = translate.convert_request({**unified, "messages": messages}, target=format, options=options).value
        plain = translate.convert_request(unified, target=format, options=options).value
        changed = list(differing(*(translate.canonical(body, format=format, kind="request") for body in (plain, again))))
        if len(changed) != 1 or changed[0][2] != f"{changed[0][1]}{MARK}":
            wrong.append((record.id, [(place, str(old)[-60:], str(new)[-60:]) for place, old, new in changed[:3]]))
    assert not wrong, f"{len(wrong)} of {seen}: {wrong[:4]}"


@pytest.mark.skipif(corpus.folder() is None, reason=corpus.ABSENT)
@pytest.mark.parametrize("format", [name for name in ROWS if name != "unified"])
def test_a_removed_turn_of_calls_is_gone_and_nothing_else_changes(format: str) -> None:
    seen = 0
    for record in corpus.records(format):
        if record.request is None or not record.taken or seen >= MOST:
            continue
        options = translate.Options(route={"path": record.path or ""}, model="m")
        unified = translate.convert_request(record.request, source=format, options=options).value
        called = [message for message in unified["messages"] if len(message.get("tool_calls") or ()) > 1]
        if not called:
            continue
        seen += 1
        gone = called[-1]["tool_calls"][-1]["id"]
        messages = [
            {**message, "tool_calls": message["tool_calls"][:-1]} if message is called[-1] else message
            for message in unified["messages"] if message.get("tool_call_id") != gone
        ]  # fmt: skip
        back = translate.convert_request({**unified, "messages": messages}, target=format, options=options)
        again = translate.convert_request(back.value, source=format, options=options).value
        kept = [[call["id"] for call in message.get("tool_calls") or ()] for message in messages if message["role"] == "assistant"]
        told = [[call["id"] for call in message.get("tool_calls") or ()] for message in again["messages"] if message["role"] == "assistant"]
        assert [ids for ids in told if ids] == [ids for ids in kept if ids], record.id
