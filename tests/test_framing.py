"""Bytes of a stream and its events: every framing, cut anywhere, and bytes that are wrong."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translate import framing
from translate.errors import StreamError

EVENTS = [{"type": "a", "text": "héllo\u2028"}, {"type": "b", "n": [1, {"x": "}\"{"}]}, {"type": "c"}]
FRAMINGS = ("sse", "sse-typed", "sse-plain", "jsonl")


def _bytes(name: str, events: list[Any]) -> bytes:
    encoder = framing.encoder(name)
    return b"".join(map(encoder.encode, events)) + encoder.end()


def _events(name: str, pieces: list[bytes]) -> list[Any]:
    decoder = framing.decoder(name)
    events = [event for piece in pieces for event in decoder.feed(piece)] + decoder.flush()
    return [event for event in events if event is not framing.DONE]


def _cut(data: bytes, cuts: list[int]) -> list[bytes]:
    spots = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in itertools.pairwise(spots)]


@pytest.mark.parametrize("name", FRAMINGS)
@given(cuts=st.lists(st.integers(0, 10_000), max_size=12))
def test_cut_anywhere_the_events_are_the_same(name: str, cuts: list[int]) -> None:
    assert _events(name, _cut(_bytes(name, EVENTS), cuts)) == EVENTS


@given(cuts=st.lists(st.integers(0, 10_000), max_size=12), end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_line_end_is_read_wherever_it_is_cut(cuts: list[int], end: str) -> None:
    text = ": comment\nevent: x\ndata: {\"a\":\ndata: 1}\n\ndata:{\"b\":2}\n\nretry: 3\n\ndata: [DONE]\n\n".replace("\n", end)
    data = b"\xef\xbb\xbf" + text.encode()
    assert _events("sse", _cut(data, cuts)) == [{"a": 1}, {"b": 2}]


@given(cuts=st.lists(st.integers(0, 10_000), max_size=12))
def test_a_json_array_in_pieces_is_read_as_a_stream(cuts: list[int]) -> None:
    data = ("[" + ",\r\n".join(map(json.dumps, EVENTS)) + "\n]\n").encode()
    assert _events("sse-plain", _cut(data, cuts)) == EVENTS


def test_white_space_before_the_first_line_says_nothing() -> None:
    data = b' data: {"a":1}\n\n'
    assert _events("sse", [data]) == _events("sse", [bytes((byte,)) for byte in data]) == [{"a": 1}]


def test_a_last_event_without_its_blank_line_counts() -> None:
    assert _events("sse", [b'data: {"a":1}']) == [{"a": 1}]


@pytest.mark.parametrize(
    ("name", "data"), [("sse", b"data: {\n\n"), ("jsonl", b"{]\n"), ("sse-plain", b'[{"a": '), ("aws", b"\0" * 16)]
)
def test_bytes_that_are_no_events_are_a_stream_error(name: str, data: bytes) -> None:
    with pytest.raises(StreamError):
        _events(name, [data])


@pytest.mark.parametrize("name", ["aws", "aws-chunk"])
@given(cuts=st.lists(st.integers(0, 10_000), max_size=12))
def test_binary_frames_cut_anywhere(name: str, cuts: list[int]) -> None:
    events = [{"contentBlockDelta": {"delta": {"text": "é"}}}, {"throttlingException": {"message": "slow"}}]
    assert _events(name, _cut(_bytes(name, events), cuts)) == events


def test_a_damaged_frame_is_a_stream_error() -> None:
    data = bytearray(_bytes("aws", [{"messageStop": {"stopReason": "end_turn"}}]))
    data[-6] ^= 1
    with pytest.raises(StreamError, match="checksum"):
        _events("aws", [bytes(data)])


def test_binary_frames_are_what_the_official_parser_reads() -> None:
    eventstream = pytest.importorskip("botocore.eventstream")
    buffer = eventstream.EventStreamBuffer()
    buffer.add_data(_bytes("aws", [{"messageStart": {"role": "assistant"}}]))
    (message,) = list(buffer)
    assert message.headers[":event-type"] == "messageStart"
    assert json.loads(message.payload) == {"role": "assistant"}


def test_a_line_without_end_is_refused_before_it_fills_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "LONGEST_FRAME", 1000)
    decoder = framing.decoder("sse")
    with pytest.raises(StreamError):
        for _ in range(100):
            decoder.feed(b"data: " + b"x" * 50)


def test_cost_grows_with_the_bytes_and_not_with_their_square() -> None:
    import time

    def seconds(count: int) -> float:
        pieces = [b"data: {" if not number else b" " * 20 for number in range(count)] + [b"}\n\n"]
        started = time.perf_counter()
        _events("sse", pieces)
        return time.perf_counter() - started

    seconds(1000)
    assert seconds(80_000) < 40 * max(seconds(8_000), 1e-3)
