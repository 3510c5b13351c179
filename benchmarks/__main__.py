"""
Measures what a conversion costs as a ratio to `json.loads(json.dumps(body))` of the same body, in the same process.

    python -m benchmarks [--format F ...] [--save FILE] [--compare FILE] [--quick] [--scaling] [--check]

--save writes the ratios as JSON, --compare says which moved against such a file, --scaling fits the exponents of cost in
messages, parts and events, --check exits with 1 when a ratio is over its limit by the margin for noisy machines.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import translate
from benchmarks import payloads
from translate.registry import ROWS

LIMITS = {
    "3 messages": 1.0, "20 tool turns": 0.8, "200 messages": 0.65, "200 KB image": 0.03, "response": 0.8,
    "text stream to unified": 0.7, "tool stream to unified": 0.7, "text stream from unified": 0.5, "tool stream from unified": 0.5,
}  # fmt: skip
MARGIN = 1.6  # a noisy machine may be this much over a limit before --check fails
IMPORT_MS, COLD_MS, EXPONENT = 15.0, 120.0, 1.05


def best(function: Callable[[], Any], seconds: float) -> float:
    """Seconds of one call: the best of many short runs, with the collector off."""
    function()
    started = time.perf_counter()
    function()
    once = max(time.perf_counter() - started, 1e-7)
    number = max(1, int(0.004 / once))
    found, stop = math.inf, time.perf_counter() + seconds
    gc.disable()
    try:
        while time.perf_counter() < stop:
            started = time.perf_counter()
            for _ in range(number):
                function()
            found = min(found, (time.perf_counter() - started) / number)
    finally:
        gc.enable()
    return found


def round_trip(body: Any, seconds: float) -> float:
    return best(lambda: json.loads(json.dumps(body)), seconds)


def measure(name: str, seconds: float) -> dict[str, float]:
    """All ratios of one format."""
    ratios: dict[str, float] = {}
    for case, make in payloads.REQUESTS.items():
        body = make()
        native = translate.convert_request(body, target=name)
        options = translate.Options(route=native.route)
        base, native_base = round_trip(body, seconds), round_trip(native.value, seconds)
        for checked in (True, False):
            label = case if checked else f"{case}, unchecked"
            cost = best(lambda body=body, on=checked: translate.convert_request(body, target=name, validate=on), seconds)
            ratios[f"{label} | from unified"] = cost / base
            cost = best(
                lambda body=native.value, options=options, on=checked: translate.convert_request(
                    body, source=name, options=options, validate=on
                ),
                seconds,
            )
            ratios[f"{label} | to unified"] = cost / native_base
    body = payloads.response()
    native_body = translate.convert_response(body, target=name).value
    ratios["response | from unified"] = best(lambda: translate.convert_response(body, target=name), seconds) / round_trip(body, seconds)
    ratios["response | to unified"] = best(
        lambda: translate.convert_response(native_body, source=name), seconds
    ) / round_trip(native_body, seconds)
    for case, make_stream in payloads.STREAMS.items():
        chunks = make_stream()
        events = list(translate.convert_stream(chunks, target=name))
        # A writer may join deltas into fewer events; the stream that is read should be as fine as the one that is written.
        cost = best(lambda chunks=chunks: list(translate.convert_stream(chunks, target=name)), seconds)
        ratios[f"{case} | from unified"] = cost / round_trip(chunks, seconds)
        cost = best(lambda events=events: list(translate.convert_stream(events, source=name)), seconds)
        ratios[f"{case} | to unified"] = cost / round_trip(events, seconds)
    return ratios


def limit_of(label: str) -> float | None:
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
    bare = python_ms("import json")
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


def exponents(name: str, seconds: float) -> dict[str, float]:
    """Slope of log(cost) over log(size) between sizes large enough that fixed cost is gone."""
    def requests(make: Callable[[int], Any]) -> Callable[[int], Callable[[], Any]]:
        def at(size: int) -> Callable[[], Any]:
            body = make(size)
            return lambda: translate.convert_request(body, target=name)

        return at

    def streams(size: int) -> Callable[[], Any]:
        chunks = payloads.text_stream(size)
        return lambda: sum(1 for _ in translate.convert_stream(chunks, target=name))

    series: dict[str, tuple[list[int], Callable[[int], Callable[[], Any]]]] = {
        "messages": ([100, 1000, 10000], requests(payloads.long_talk)),
        "parts": ([100, 1000], requests(payloads.parts)),
        "events": ([1000, 10000, 100000], streams),
    }
    found = {}
    for label, (sizes, make) in series.items():
        costs = [best(make(size), seconds) for size in sizes]
        xs, ys = [math.log(size) for size in sizes], [math.log(cost) for cost in costs]
        mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
        found[label] = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / sum((x - mean_x) ** 2 for x in xs)
    return found


def table(results: dict[str, dict[str, float]]) -> str:
    """Rows: cases; columns: formats; a `!` behind what is over its limit."""
    labels = list(dict.fromkeys(label for ratios in results.values() for label in ratios))
    width = max(map(len, labels)) + 2
    lines = [" " * width + "limit  " + "".join(f"{name[:12]:>13}" for name in results)]
    for label in labels:
        limit = limit_of(label)
        cells = []
        for ratios in results.values():
            ratio = ratios.get(label)
            mark = "!" if limit is not None and ratio is not None and ratio > limit else " "
            cells.append(f"{'':>13}" if ratio is None else f"{ratio:12.3f}{mark}")
        lines.append(f"{label:<{width}}{'' if limit is None else limit:<7}" + "".join(cells))
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--format", action="append", choices=[name for name in ROWS if name != "unified"])
    parser.add_argument("--save", type=Path)
    parser.add_argument("--compare", type=Path)
    parser.add_argument("--quick", action="store_true", help="short runs: noisier")
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    seconds = 0.05 if arguments.quick else 0.3
    names = arguments.format or [name for name in ROWS if name != "unified"]
    results = {name: measure(name, seconds) for name in names}
    print(table(results))
    starts = start_up()
    print("\n" + "\n".join(f"{label:<40}{value:10.1f}" for label, value in starts.items()))
    for name in names:
        print(f"{name:<16}" + "  ".join(f"{label}: {value:.0f}" for label, value in stream_memory(name).items()))
    scaling = {name: exponents(name, seconds) for name in names} if arguments.scaling else {}
    for name, slopes in scaling.items():
        print(f"{name:<16}exponents " + "  ".join(f"{label}: {slope:.3f}" for label, slope in slopes.items()))
    if arguments.save:
        arguments.save.write_text(json.dumps({"ratios": results, "start": starts, "exponents": scaling}, indent=2) + "\n")
    if arguments.compare:
        before = json.loads(arguments.compare.read_text())["ratios"]
        for name, ratios in results.items():
            for label, ratio in ratios.items():
                old = before.get(name, {}).get(label)
                if old and abs(ratio / old - 1) > 0.15:
                    print(f"{name}: {label}: {old:.3f} -> {ratio:.3f}")
    over = [
        f"{name}: {label}: {ratio:.3f}" for name, ratios in results.items() for label, ratio in ratios.items()
        if (limit := limit_of(label)) is not None and ratio > limit * MARGIN
    ]  # fmt: skip
    over += [f"{name}: exponent of {label}: {slope:.3f}" for name, slopes in scaling.items() for label, slope in slopes.items()
             if slope > EXPONENT * 1.1]  # fmt: skip
    if starts["import, ms"] > IMPORT_MS * MARGIN or starts["first conversion, ms"] > COLD_MS * MARGIN:
        over.append(f"start: {starts}")
    if arguments.check and over:
        print("\nover the limit by more than the margin:\n" + "\n".join(over))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
