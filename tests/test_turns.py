"""
What a message may say, and not say, beside every other: texts that are blank or missing, media, thoughts, calls. Whatever a client
puts in a row, what goes out is taken by the provider (the oracles).
"""

from __future__ import annotations

from itertools import chain, product
from typing import Any

import pytest

import translate
from tests.oracles import oracle_for
from translate.registry import ROWS

Json = dict[str, Any]
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
IMAGE = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
LINK = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
FILM = {"type": "video_url", "video_url": {"url": "https://example.com/a.mp4"}}
SOUND = {"type": "input_audio", "input_audio": {"data": "UklGRiQAAABXQVZF", "format": "wav"}}
FILE = {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERi0xLjQKJSVFT0YK", "filename": "a b.pdf"}}


def _text(text: str) -> Json:
    return {"type": "text", "text": text}


def _user(content: Any, **more: Any) -> list[Json]:
    return [{"role": "user", "content": content, **more}]


def _system(content: Any, role: str = "system") -> list[Json]:
    return [{"role": role, "content": content}]


def _answer(content: Any, **more: Any) -> list[Json]:
    return [{"role": "assistant", "content": content, **more}]


def _call(result: Any, content: Any = None, **more: Any) -> list[Json]:
    """A call, its id to be numbered, and its result."""
    call = {"id": "", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    tool = {"role": "tool", "tool_call_id": "", "content": result, **more}
    return [{"role": "assistant", "content": content, "tool_calls": [call]}, *([tool] if result is not None else [])]


PIECES: dict[str, list[Json]] = {
    "user": _user("Hello."), "blank user": _user("  "), "empty user": _user(""), "user without parts": _user([]),
    "user with an empty part": _user([_text(""), _text("x")]), "user of a blank part": _user([_text(" ")]), "image": _user([IMAGE]),
    "link": _user([LINK, _text("x")]), "film": _user([FILM]), "sound": _user([SOUND]), "file": _user([FILE]),
    "named user": _user("Hello.", name="ann lee"),
    "system": _system("Be brief."), "blank system": _system(" "), "system in parts": _system([_text("a"), _text("")]),
    "developer": _system("Be kind.", "developer"),
    "answer": _answer("Yes."), "blank answer": _answer(" "), "empty answer": _answer(""), "answer of nothing": _answer(None),
    "answer with a space behind it": _answer("Yes. "), "refusal": _answer(None, refusal="No."), "answer in parts": _answer([_text("a"), _text("b")]),
    "thought and answer": _answer("Yes.", reasoning_content="So."), "thought": _answer(None, reasoning_content="So."),
    "answer in sound": _answer(None, audio={"id": "audio_1"}),
    "call": _call("Seen."), "call, empty result": _call(""), "call, image": _call([IMAGE]), "call, parts": _call([_text("a"), _text("")]),
    "call, failure": _call("Gone.", is_error=True), "blank text and call": _call("Seen.", " "), "call without a result": _call(None),
}  # fmt: skip
# Nobody knows whether Mistral refuses a user's empty text: its own validator does not, and nobody has told of it.
UNKNOWN = {"mistral": ("empty user", "user without parts")}


def _messages(names: tuple[str, ...]) -> list[Json]:
    messages: list[Json] = []
    for number, name in enumerate(names):
        for message in PIECES[name]:
            identifier = f"call_{number}"
            if "tool_calls" in message:
                message = {**message, "tool_calls": [{**call, "id": identifier} for call in message["tool_calls"]]}
            elif message["role"] == "tool":
                message = {**message, "tool_call_id": identifier}
            messages.append(message)
    return messages


@pytest.mark.parametrize("format", [name for name in ROWS if name not in ("unified", "compatible")])
def test_whatever_stands_in_a_row_is_taken(format: str, deep: bool) -> None:
    oracle, unknown = oracle_for(format), UNKNOWN.get(format, ())
    found: dict[str, tuple[str, ...]] = {}
    count = 0
    for names in chain.from_iterable(product(PIECES, repeat=length) for length in range(1, 4 if deep else 3)):
        if any(name in unknown for name in names):
            continue
        request = {"model": "some-model", "max_completion_tokens": 64, "messages": _messages(names)}
        made = translate.convert_request(request, target=format)
        count += 1
        for problem in oracle.problems(made.value, "request", model=made.route.get("model"), route=made.route):
            found.setdefault(str(problem), names)
    assert count > 900
    assert not found, "\n".join(f"{problem}: {names}" for problem, names in list(found.items())[:12])
