"""The long run of hostile input: `python -m tests.fuzz --count 100000 [--function convert_request] [--start N]`."""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter

from tests import calls


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--function", choices=calls.FUNCTIONS, help="only calls of this function, COUNT of them")
    parser.add_argument("--format", help="only calls with this source or target")
    options = parser.parse_args(arguments)
    found: Counter[str] = Counter()
    first: dict[str, int] = {}
    ran, slowest, began = 0, 0.0, time.perf_counter()
    for number in range(options.start, options.start + options.count):
        call = calls.call_of(number, options.function)
        if options.format and options.format not in (call.source, call.target):
            continue
        ran += 1
        before = time.perf_counter()
        said = calls.trouble(call)
        slowest = max(slowest, time.perf_counter() - before)
        if said:
            key = f"{call}: {said}" if options.format else f"{call.function}: {said}"
            found[key] += 1
            first.setdefault(key, number)
    chosen = f" --function {options.function}" if options.function else ""
    for key, count in found.most_common():
        print(f"{count}x {key}   (--start {first[key]} --count 1{chosen})")
    took, memory = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{ran} calls, {sum(found.values())} troubles, {took:.1f} s, slowest {slowest:.2f} s, peak {memory} MB")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
