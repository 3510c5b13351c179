"""`python -m tests.fuzzing [--function convert_request] [--seconds 60] [--runs N] [--kept FOLDER]`."""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from pathlib import Path

from tests import calls


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("--function", action="append", help="function to call (else every one); may be repeated")
    parser.add_argument("--runs", type=int, default=0, help="at most so many calls of a function")
    parser.add_argument("--seconds", type=int, default=0, help="at most so long for a function")
    parser.add_argument("--begin-with", type=int, default=2000, help="documents to begin with, at most")
    parser.add_argument("--seed", type=int, default=1, help="of the generator: the same seed and runs, the same calls")
    parser.add_argument("--kept", type=Path, help="folder of inputs of earlier runs to go on from; new ones are added")
    parser.add_argument("--report", type=Path, help="file for the outcomes as JSON")
    options = parser.parse_args(arguments)
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not installed: pip install -e '.[fuzz]'", file=sys.stderr)
        return 2
    if not options.runs and not options.seconds:
        parser.error("--runs or --seconds: without a limit it would not end")
    functions = options.function or list(calls.FUNCTIONS)
    unknown = set(functions) - set(calls.FUNCTIONS)
    if unknown:
        parser.error(f"no such function: {', '.join(sorted(unknown))} (there are {', '.join(calls.FUNCTIONS)})")
    from tests.fuzzing import harness

    limits = harness.Limits(options.runs, options.seconds, options.begin_with, options.seed)
    outcomes = []
    for function in functions:
        began = time.perf_counter()
        kept = options.kept / function if options.kept else None
        outcome = harness.fuzz(function, limits, kept)
        outcomes.append(outcome)
        print(harness.report([outcome]), f"{time.perf_counter() - began:.1f} s", flush=True)
    if options.report:
        options.report.write_text(json.dumps([outcome._asdict() for outcome in outcomes], indent=2), encoding="utf-8")
    return 1 if any(outcome.findings or outcome.ended for outcome in outcomes) else 0


if __name__ == "__main__":
    raise SystemExit(main())
