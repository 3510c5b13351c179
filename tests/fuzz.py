"""The long run of hostile input: `python -m tests.fuzz --count 100000 [--function convert_request] [--start N]`."""

from __future__ import annotations

import argparse
import time
from collections import Counter

from tests import hostile


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--function", choices=hostile.FUNCTIONS)
    parser.add_argument("--format", help="only cases with this source or target")
    options = parser.parse_args(arguments)
    found: Counter[str] = Counter()
    first: dict[str, int] = {}
    ran, began = 0, time.perf_counter()
    for number in range(options.start, options.start + options.count):
        name, call = hostile.calls_of(number)
        words = name.split(" ")
        if (options.function and words[0] != options.function) or (options.format and options.format not in words[1:]):
            continue
        ran += 1
        said = hostile.trouble(name, call)
        if said:
            key = f"{words[0]}: {said}"
            found[key] += 1
            first.setdefault(key, number)
    for key, count in found.most_common():
        print(f"{count}x {key}   (--start {first[key]} --count 1)")
    print(f"{ran} cases, {sum(found.values())} troubles, {time.perf_counter() - began:.1f} s")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
