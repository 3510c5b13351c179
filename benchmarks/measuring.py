"""What a conversion costs: ratios to a JSON round trip of the same body, start-up, memory, exponents."""

from __future__ import annotations

import gc
import json
import math
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import translate
from benchmarks import payloads
from translate import framing
from translate.registry import ROWS

LIMITS = {
    "3 messages": 1.0, "20 tool turns": 0.8, "200 messages": 0.65, "200 KB image": 0.03, "response": 0.8,
    "text stream to unified": 0.7, "tool stream to unified": 0.7, "text stream from unified": 0.5, "tool stream from unified": 0.5,
}  # fmt: skip
IMPORT_MS, COLD_MS, EXPONENT = 15.0, 120.0, 1.05
CHUNK = 4096  # bytes that a socket hands over at once
Work = Callable[[], Any]


def ratio(function: Work, base: Work, seconds: float) -> float:
    """Cost of one call over that of `base`: the best of many short runs of both in turns, with the collector off."""
    work = (function, base)
    numbers = []
    for one in work:
        one()
        started = time.perf_counter()
        one()
        numbers.append(max(1, int(0.002 / max(time.perf_counter() - started, 1e-7))))
    found, stop = [math.inf, math.inf], time.perf_counter() + 2 * seconds
    gc.disable()
    try:
        while time.perf_counter() < stop or math.inf in found:
            for side, one in enumerate(work):
                repeats = range(numbers[side])
                started = time.perf_counter()
                for _ in repeats:
                    one()
                found[side] = min(found[side], (time.perf_counter() - started) / numbers[side])
    finally:
        gc.enable()
    return found[0] / found[1]


def round_trip(body: Any) -> Work:
    """The yardstick: the body printed and parsed."""
    return lambda: json.loads(json.dumps(body))


def measure(name: str, seconds: float, unchecked: bool = True) -> dict[str, float]:
    """All ratios of one format, by `case | direction`."""
    ratios: dict[str, float] = {}
    for case, make in payloads.REQUESTS.items():
        body = make()
        native = translate.convert_request(body, target=name)
        options = translate.Options(route=native.route)
        for checked in (True, False)[: 2 if unchecked else 1]:
            label = case if checked else f"{case}, unchecked"

            def out(body: Any = body, checked: bool = checked) -> Any:
                return translate.convert_request(body, target=name, validate=checked)

            def back(body: Any = native.value, options: Any = options, checked: bool = checked) -> Any:
                return translate.convert_request(body, source=name, options=options, validate=checked)

            ratios[f"{label} | from unified"] = ratio(out, round_trip(body), seconds)
            ratios[f"{label} | to unified"] = ratio(back, round_trip(native.value), seconds)
    body = payloads.response()
    answer = translate.convert_response(body, target=name).value
    ratios["response | from unified"] = ratio(lambda: translate.convert_response(body, target=name), round_trip(body), seconds)
    ratios["response | to unified"] = ratio(lambda: translate.convert_response(answer, source=name), round_trip(answer), seconds)
    for case, make_stream in payloads.STREAMS.items():
        chunks = make_stream()
        events = list(translate.convert_stream(chunks, target=name))
        ratios[f"{case} | from unified"] = ratio(streamed(chunks, "unified", name), round_trip(chunks), seconds)
        ratios[f"{case} | to unified"] = ratio(streamed(events, name, "unified"), round_trip(events), seconds)
        ratios[f"{case}, bytes | from unified"] = ratio(through(chunks, "unified", name), round_trip(chunks), seconds)
        ratios[f"{case}, bytes | to unified"] = ratio(through(events, name, "unified"), round_trip(events), seconds)
    return ratios


def streamed(events: list[Any], source: str, target: str) -> Work:
    """A stream as events, converted."""
    return lambda: list(translate.convert_stream(events, source=source, target=target))


def through(events: list[Any], source: str, target: str) -> Work:
    """The same as bytes, framing on both sides."""
    encoder = framing.encoder(ROWS[source].framing)
    data = b"".join(map(encoder.encode, events)) + bytes(encoder.end())
    pieces = [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)]

    def run() -> int:
        machine = translate.ByteStreamConverter(source, target)
        return sum(len(machine.feed(piece)) for piece in pieces) + len(machine.flush())

    return run


def limit_of(label: str) -> float | None:
    """The target of a case, if it has one."""
    case, _, direction = label.partition(" | ")
    return LIMITS.get(f"{case} {direction}", LIMITS.get(case))


def python_ms(code: str, runs: int = 7) -> float:
    """Milliseconds of a fresh interpreter that runs `code`: the best of several."""
    found = math.inf
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        found = min(found, time.perf_counter() - started)
    return found * 1000


def start_up() -> dict[str, float]:
    """Milliseconds over a bare interpreter: the import, and the first conversion with it."""
    bare = python_ms("pass")
    cold = (
        "import translate; translate.convert_request({'model': 'm', 'messages': [{'role': 'user', 'content': 'hi'}]},"
        " target='anthropic')"
    )
    return {"import, ms": python_ms("import translate") - bare, "first conversion, ms": python_ms(cold) - bare}


def stream_memory(name: str) -> dict[str, float]:
    """Peak kilobytes while a text stream runs through, short and ten times as long."""
    peaks = {}
    for events in (1_000, 10_000):
        chunks = payloads.text_stream(events)
        tracemalloc.start()
        for _ in translate.convert_stream(iter(chunks), target=name):
            pass
        peaks[f"stream of {events} events, peak kB"] = tracemalloc.get_traced_memory()[1] / 1024
        tracemalloc.stop()
    return peaks


SIZES = {"messages": (10, 100, 1_000, 10_000), "parts": (1, 10, 100, 1_000), "events": (10, 100, 1_000, 10_000, 100_000)}


def costs(name: str, case: str, rounds: int = 5) -> list[tuple[int, float]]:
    """Seconds of one conversion by size."""
    found = []
    for size in SIZES[case]:
        if case == "events":
            chunks = payloads.text_stream(size)

            def work(chunks: Any = chunks) -> Any:
                return sum(1 for _ in translate.convert_stream(chunks, target=name))
        else:
            body = payloads.long_talk(size) if case == "messages" else payloads.parts(size)

            def work(body: Any = body) -> Any:
                return translate.convert_request(body, target=name)

        work()
        best, number = math.inf, max(1, 2_000 // size)
        gc.disable()
        for _ in range(rounds):
            started = time.perf_counter()
            for _ in range(number):
                work()
            best = min(best, (time.perf_counter() - started) / number)
        gc.enable()
        found.append((size, best))
    return found


def exponent(points: list[tuple[int, float]]) -> float:
    """Slope of log(cost) over log(size), through the sizes at which the fixed cost of a call is gone."""
    points = points[-3:]
    xs, ys = [math.log(size) for size, _ in points], [math.log(cost) for _, cost in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / sum((x - mean_x) ** 2 for x in xs)


def recorded(name: str, rounds: int = 5) -> dict[str, float]:
    """
    The same over all recorded traffic of a format: cost of all documents over that of all their round trips.

    Real documents carry what short ones leave out: counts in detail, signatures, tools, fields of their provider.
    """
    from tests import corpus
    from tests.checks import options_of

    totals: dict[str, list[float]] = {}
    for record in corpus.records(name):
        if not record.taken:
            continue
        options = options_of(record)
        for kind, body in (("requests", record.request), ("responses", record.response), ("streams", record.events)):
            if body is None:
                continue
            try:
                works = _both_ways(kind, body, name, options)
            except translate.TranslateError:  # recorded, but no document of its kind
                continue
            for direction, work, base in works:
                held = totals.setdefault(f"recorded {kind} | {direction}", [0.0, 0.0])
                for side, one in enumerate((work, base)):
                    held[side] += min(_once(one) for _ in range(rounds))
    return {label: cost / base for label, (cost, base) in totals.items()}


def _once(work: Work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _both_ways(kind: str, body: Any, name: str, options: translate.Options) -> list[tuple[str, Work, Work]]:
    if kind == "streams":
        def one_way(events: Any, source: str, target: str) -> Any:
            return list(translate.convert_stream(events, source=source, target=target, options=options))
    else:
        convert = translate.convert_request if kind == "requests" else translate.convert_response

        def one_way(events: Any, source: str, target: str) -> Any:
            return convert(events, source=source, target=target, options=options).value
    unified = one_way(body, name, "unified")
    one_way(unified, "unified", name)
    return [
        ("to unified", lambda: one_way(body, name, "unified"), round_trip(body)),
        ("from unified", lambda: one_way(unified, "unified", name), round_trip(unified)),
    ]
