"""Framings: what is read and written, and that cutting the bytes anywhere changes nothing."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from hypothesis import given, strategies as st

from tests import corpus
from translate import framing
from translate.byte_stream import ByteStreamConverter
from translate.errors import StreamError
from translate.event_stream import frame
from translate.framing import DONE, FRAMINGS, decoder, encoder

TEXT = ("sse", "sse-typed", "sse-plain", "jsonl")


def read(name: str, *pieces: bytes) -> list[Any]:
    """All values of a stream that comes in these pieces."""
    machine = decoder(name)
    values = [value for piece in pieces for value in machine.feed(piece)]
    return values + machine.flush()


def cut(data: bytes, spots: list[int]) -> list[bytes]:
    """Bytes in pieces, cut at the spots (taken modulo the length)."""
    places = sorted({spot % (len(data) + 1) for spot in spots})
    return [data[start:end] for start, end in zip([0, *places], [*places, len(data)], strict=True)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
EVENTS = st.lists(st.dictionaries(st.text(max_size=4), JSON, min_size=1, max_size=3), max_size=5)
SPOTS = st.lists(st.integers(0, 10_000), max_size=12)


@pytest.mark.parametrize("name", TEXT)
@given(events=EVENTS, spots=SPOTS)
def test_what_is_written_is_read_again_however_it_is_cut(name: str, events: list[Any], spots: list[int]) -> None:
    machine = encoder(name)
    data = b"".join(map(machine.encode, events)) + machine.end()
    expected = [*events, DONE] if name == "sse" else events
    assert read(name, *cut(data, spots)) == expected
    assert read(name, *(data[spot : spot + 1] for spot in range(len(data)))) == expected


@given(
    events=st.lists(st.tuples(st.text(min_size=1, max_size=20), JSON.filter(lambda value: type(value) is dict)), max_size=5),
    spots=SPOTS,
)
def test_binary_frames_are_read_again_however_they_are_cut(events: list[Any], spots: list[int]) -> None:
    named = [{name: body} for name, body in events if name not in ("chunk", "initial-response")]
    machine = encoder("aws")
    data = b"".join(map(machine.encode, named))
    assert read("aws", *cut(data, spots)) == named


@given(events=EVENTS, spots=SPOTS)
def test_events_inside_chunk_frames(events: list[Any], spots: list[int]) -> None:
    typed = [{"type": "message_delta", **event} for event in events]
    machine = encoder("aws-chunk")
    data = b"".join(map(machine.encode, typed))
    assert read("aws-chunk", *cut(data, spots)) == typed
    assert read("aws", *cut(data, spots)) == typed


@given(
    lines=st.lists(
        st.sampled_from((
            b"data: {\"a\": 1}", b"data:{\"b\": \"\xc3\xa9\"}", b"data: [DONE]", b": comment", b"event: x", b"", b"", b"id: 1",
            b"data", b"data: ", b"data: {", b"data: \"c\": 2}", b"retry: 5", b"{\"error\": 1}", b"\xff", b"data: \xff",
        )), max_size=12,
    ),
    ends=st.lists(st.sampled_from((b"\n", b"\r\n", b"\r")), min_size=12, max_size=12),
    spots=SPOTS,
)  # fmt: skip
def test_any_lines_read_alike_however_they_are_cut(lines: list[bytes], ends: list[bytes], spots: list[int]) -> None:
    data = b"".join(line + end for line, end in zip(lines, ends[: len(lines)], strict=True))

    def outcome(pieces: list[bytes]) -> tuple[list[Any], str, bool]:
        machine, values, problem = decoder("sse-typed"), [], ""
        try:
            for piece in pieces:
                values += machine.feed(piece)
            values += machine.flush()
        except StreamError as error:
            problem = str(error)
        return values, problem, machine.incomplete

    whole = outcome([data])
    assert outcome(cut(data, spots)) == whole
    assert outcome([data[spot : spot + 1] for spot in range(len(data))]) == whole


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b'data: {"a":1}\n\ndata: [DONE]\n\n', [{"a": 1}, DONE], id="plain"),
        pytest.param(b'data: {"a":1}\r\n\r\ndata: {"a":2}\r\n\r\n', [{"a": 1}, {"a": 2}], id="CRLF"),
        pytest.param(b'data: {"a":1}\r\rdata: {"a":2}\r\r', [{"a": 1}, {"a": 2}], id="CR"),
        pytest.param(b'\xef\xbb\xbfdata: {"a":1}\n\n', [{"a": 1}], id="byte order mark"),
        pytest.param(b': hello\n\n:\n\ndata: {"a":1}\n\n', [{"a": 1}], id="comments"),
        pytest.param(b'data:{"a":1}\n\n', [{"a": 1}], id="no space"),
        pytest.param(b'data: {"a":\ndata: 1}\n\n', [{"a": 1}], id="data over two lines"),
        pytest.param(b'data: {"a":1}\ndata: {"a":2}\ndata: [DONE]\n\n', [{"a": 1}, {"a": 2}, DONE], id="blank lines left out"),
        pytest.param(b"data: \n\ndata\n\nevent: ping\n\n", [], id="no data"),
        pytest.param(b'id: 7\nretry: 10\ndata: {"a":1}', [{"a": 1}], id="no end of line"),
        pytest.param('data: {"a":"x\u2028\u0085y"}\n\n'.encode(), [{"a": "x\u2028\u0085y"}], id="other line ends in a string"),
        pytest.param(b'data: {"a":1}\n\n{"error":{"message":"down"}}\n', [{"a": 1}, {"error": {"message": "down"}}], id="bare error"),
        pytest.param(b'{"error":\n {"message":"down"}}\n', [{"error": {"message": "down"}}], id="a document in place of a stream"),
        pytest.param(b'[{"a":1}\n,\r\n{"b":"}]\\""}]\n', [{"a": 1}, {"b": '}]"'}], id="array"),
        pytest.param(b'{"a":1}\n{"a":2}\n', [{"a": 1}, {"a": 2}], id="JSON lines"),
        pytest.param(b"", [], id="nothing"),
        pytest.param(b" \n\r\n", [], id="white space"),
    ],
)
@pytest.mark.parametrize("name", ["sse", "sse-plain"])
def test_spellings_of_a_text_stream(name: str, data: bytes, expected: list[Any]) -> None:
    assert read(name, data) == expected
    assert read(name, *(data[spot : spot + 1] for spot in range(len(data)))) == expected


def test_json_lines() -> None:
    assert read("jsonl", b'\xef\xbb\xbf{"a":1}\r\n\r\n{"a":"\xc3', b'\xa9"}\n', b'{"a":3}') == [{"a": 1}, {"a": "é"}, {"a": 3}]


def test_the_name_of_an_event_stands_in_for_its_type() -> None:
    data = b'event: ping\ndata: {}\n\nevent: a\ndata: {"type":"b"}\n\n'
    assert read("sse-typed", data) == [{"type": "ping"}, {"type": "b"}]
    assert read("sse", data) == [{}, {"type": "b"}]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sse", b'data: {"type":"a","t":"\xc3\xa9"}\n\ndata: [DONE]\n\n'),
        ("sse-typed", b'event: a\ndata: {"type":"a","t":"\xc3\xa9"}\n\n'),
        ("sse-plain", b'data: {"type":"a","t":"\xc3\xa9"}\n\n'),
        ("jsonl", b'{"type":"a","t":"\xc3\xa9"}\n'),
    ],
)
def test_written_bytes(name: str, expected: bytes) -> None:
    machine = encoder(name)
    assert machine.encode({"type": "a", "t": "é"}) + machine.end() == expected


def test_no_line_end_slips_into_the_name_of_an_event() -> None:
    assert read("sse-typed", encoder("sse-typed").encode({"type": "a\ndata: {}\n"})) == [{"type": "a\ndata: {}\n"}]


@pytest.mark.parametrize("name", FRAMINGS)
def test_lone_surrogates_become_the_replacement_character(name: str) -> None:
    event = {"type": {"text": "a\ud83db"}} if name == "aws" else {"type": "x", "text": "a\ud83db"}
    data = encoder(name).encode(event)
    assert "a\ufffdb" in json.dumps(read(name, data)[0], ensure_ascii=False)


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, float("inf")])
def test_what_is_not_json_is_not_written(value: object) -> None:
    with pytest.raises(StreamError, match="not JSON"):
        encoder("sse").encode({"a": value})


def test_a_frame_as_the_official_client_reads_it() -> None:
    pytest.importorskip("botocore", reason="needs the test extra")
    from botocore.eventstream import EventStreamBuffer

    machine = encoder("aws")
    buffer = EventStreamBuffer()
    buffer.add_data(machine.encode({"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "é"}}}))
    buffer.add_data(machine.encode({"throttlingException": {"message": "slow"}}))
    first, second = [message.to_response_dict() for message in buffer]
    assert first["status_code"] == 200
    assert first["headers"][":event-type"] == "contentBlockDelta"
    assert json.loads(first["body"]) == {"contentBlockIndex": 0, "delta": {"text": "é"}}
    assert second["headers"][":exception-type"] == "throttlingException"
    assert second["headers"][":message-type"] == "exception"


def test_exceptions_keep_their_name_in_both_binary_framings() -> None:
    event = {"throttlingException": {"message": "slow"}}
    assert read("aws", encoder("aws").encode(event)) == [event]
    assert read("aws-chunk", encoder("aws-chunk").encode(event)) == [event]


def _with_checksums(headers: dict[str, str], payload: bytes) -> bytes:
    """A frame with any headers."""
    import struct
    import zlib

    packed = b"".join(
        bytes((len(name),)) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for name, value in headers.items()
    )
    head = struct.pack(">II", 16 + len(packed) + len(payload), len(packed))
    message = head + struct.pack(">I", zlib.crc32(head)) + packed + payload
    return message + struct.pack(">I", zlib.crc32(message))


def test_an_error_frame_is_an_exception_event() -> None:
    data = _with_checksums({":message-type": "error", ":error-code": "InternalFailure", ":error-message": "broken"}, b"")
    assert read("aws", data) == [{"internalServerException": {"message": "InternalFailure: broken"}}]


def test_the_first_answer_frame_carries_no_event() -> None:
    data = _with_checksums({":message-type": "event", ":event-type": "initial-response"}, b"{}")
    assert read("aws", data) == []


@pytest.mark.parametrize("spot", [3, 9, 14, 40, -2])
def test_a_changed_byte_in_a_frame_is_found(spot: int) -> None:
    data = bytearray(frame("messageStart", b'{"role":"assistant"}'))
    data[spot] ^= 1
    with pytest.raises(StreamError, match="checksum"):
        read("aws", bytes(data))


def test_a_chunk_that_is_not_base64() -> None:
    with pytest.raises(StreamError, match="base64"):
        read("aws-chunk", frame("chunk", b'{"bytes":"{}"}'))


def test_binary_framing_reads_events_as_text_too() -> None:
    assert read("aws", b'{"messageStart":{"role":"assistant"}}\n{"messageStop":{}}\n') == [
        {"messageStart": {"role": "assistant"}}, {"messageStop": {}},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("sse", b"data: {]\n\n", "not JSON"),
        ("sse", b"data: NaN\n\n", "NaN is not JSON"),
        ("sse", b'data: "\xff"\n\n', "not UTF-8"),
        ("sse", b"data: " + b"[" * 200_000 + b"\n\n", "event 0"),
        ("jsonl", b'{"a":1\n{"a":2}\n', "not JSON"),
        ("sse-plain", b'[{"a":1} x]', "expected object"),
        ("sse-plain", b"[1]", "expected object"),
    ],
)
def test_what_can_not_be_decoded_says_so(name: str, data: bytes, said: str) -> None:
    with pytest.raises(StreamError, match=said) as caught:
        read(name, data)
    assert len(str(caught.value)) < 300


def test_events_before_a_bad_one_come_out_first_and_the_failure_stays() -> None:
    machine = decoder("sse")
    assert machine.feed(b'data: {"a":1}\n\ndata: {]\n\ndata: {"a":2}\n\n') == [{"a": 1}]
    for again in (lambda: machine.feed(b"data: {}\n\n"), machine.flush):
        with pytest.raises(StreamError) as caught:
            again()
        assert caught.value.event_index == 1


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("sse", b'data: {"a":1}\n\ndata: {"a":', [{"a": 1}]),
        ("sse", b'data: {"a":1}\n\nda', [{"a": 1}]),
        ("sse-plain", b'[{"a":1},{"a"', [{"a": 1}]),
        ("sse-plain", b'[{"a":1}', [{"a": 1}]),
        ("jsonl", b'{"a":1}\n{"a', [{"a": 1}]),
        ("aws", frame("a", b"{}") + frame("b", b"{}")[:-3], [{"a": {}}]),
    ],
)
def test_bytes_that_end_inside_an_event_are_a_cut_not_an_error(name: str, data: bytes, expected: list[Any]) -> None:
    machine = decoder(name)
    assert machine.feed(data) + machine.flush() == expected
    assert machine.incomplete


@pytest.mark.parametrize("data", [b'data: {"a":1}\n\n', b'data: {"a":1}', b"data: [DONE]", b'[{"a":1}]', b": bye", b""])
def test_whole_bytes_are_not_a_cut(data: bytes) -> None:
    machine = decoder("sse")
    machine.feed(data)
    machine.flush()
    assert not machine.incomplete


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("sse", b"data: " + b"x" * 60),
        ("sse", b"data: 123456789012345\n" * 5),
        ("jsonl", b'{"a":"' + b"x" * 60),
        ("sse-plain", b'[{"a":"' + b"x" * 60),
        ("aws", frame("a", b'"' + b"x" * 60 + b'"')),
    ],
)
def test_what_waits_for_its_end_is_bounded(name: str, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "LONGEST_FRAME", 50)
    for pieces in ([data], [data[spot : spot + 1] for spot in range(len(data))]):
        with pytest.raises(StreamError, match="longer than 50 bytes"):
            read(name, *pieces)


@pytest.mark.parametrize("name", FRAMINGS)
def test_time_grows_with_the_bytes_however_they_are_cut(name: str) -> None:
    """Eight times the bytes of one long event, sixteen bytes at a time: quadratic growth would be 64 times the time."""

    def seconds(size: int) -> float:
        event = {"type": "x" * size} if name != "aws" else {"a": {"text": "x" * size}}
        data = encoder("sse" if name == "sse-typed" else name).encode(event)
        best = 9.0
        for _ in range(3):
            machine, start = decoder(name), time.perf_counter()
            for spot in range(0, len(data), 16):
                machine.feed(data[spot : spot + 16])
            machine.flush()
            best = min(best, time.perf_counter() - start)
        return best

    small, large = seconds(50_000), seconds(400_000)
    assert large < small * 24


def test_an_unknown_framing() -> None:
    for make in (decoder, encoder):
        with pytest.raises(KeyError):
            make("morse")


@pytest.mark.skipif(corpus.folder() is None, reason=corpus.ABSENT)
def test_recorded_streams_read_alike_whole_and_in_pieces(deep: bool) -> None:
    """Against the corpus reader, which shares no code with the decoders."""
    seen = 0
    for record in corpus.records():
        if record.raw is None or (not deep and seen >= 200 and not {"crlf", "json_array_stream"} & record.features):
            continue
        seen += 1
        data = record.raw.encode()
        name = "jsonl" if record.format == "ollama" else "sse-plain"
        expected = record.events
        assert [value for value in read(name, data) if value is not DONE] == expected, record.id
        step = 7 if len(data) < 100_000 else 4093
        pieces = [data[spot : spot + step] for spot in range(0, len(data), step)]
        assert [value for value in read(name, *pieces) if value is not DONE] == expected, record.id
    assert seen > 100


def test_bytes_on_both_sides() -> None:
    line = {"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": {"role": "assistant", "content": "Hi"}, "done": False}
    last = {**line, "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"}
    data = "".join(json.dumps(each) + "\n" for each in (line, last)).encode()
    whole = ByteStreamConverter("ollama", "unified")
    expected = whole.feed(data) + whole.flush()
    assert expected.endswith(b"data: [DONE]\n\n")
    pieces = ByteStreamConverter("ollama", "unified")
    assert b"".join(pieces.feed(data[spot : spot + 1]) for spot in range(len(data))) + pieces.flush() == expected
    assert not whole.truncated


def test_a_cut_inside_an_event_shows_as_truncated() -> None:
    machine = ByteStreamConverter("unified", "unified")
    machine.feed(b'data: {"id":"1","choices":[]}\n\ndata: {"id"')
    machine.flush()
    assert machine.truncated


def test_bytes_of_good_events_come_out_before_the_failure() -> None:
    machine = ByteStreamConverter("unified", "unified")
    assert machine.feed(b'data: {"id":"1"}\n\ndata: 5\n\n') == b'data: {"id":"1"}\n\n'
    with pytest.raises(StreamError):
        machine.flush()


def test_chunk_frames_hold_one_event() -> None:
    data = encoder("aws-chunk").encode({"type": "ping"})
    assert base64.b64encode(b'{"type":"ping"}') in data
