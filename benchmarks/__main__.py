"""
Measures what a conversion costs as a ratio to `json.loads(json.dumps(body))` of the same body, in the same process.

    python -m benchmarks [--format F ...] [--quick] [--scaling] [--save FILE] [--compare FILE] [--check] [--plot FILE] [--recorded]

--save writes the ratios as JSON, --compare says which moved against such a file, --scaling fits the exponents of cost in
messages, parts and events, --check exits with 1 when a ratio is over its limit or its saved value by the margin for noisy
machines, --plot draws the ratios (needs matplotlib), --recorded measures over all recorded traffic instead.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.measuring import (
    COLD_MS,
    EXPONENT,
    IMPORT_MS,
    SIZES,
    costs,
    exponent,
    limit_of,
    measure,
    recorded,
    start_up,
    stream_memory,
)
from tests import corpus
from translate.registry import ROWS

SAVED = Path(__file__).with_name("ratios.json")  # of a quiet machine
MARGIN = 1.6  # a noisy machine may be this much over before --check fails
SPOKES = ("openai", "openai-responses", "anthropic", "gemini", "bedrock", "cohere", "mistral", "ollama", "compatible")

Results = dict[str, dict[str, float]]


def table(results: Results) -> str:
    """Rows: cases; columns: formats; a `!` behind what is over its limit."""
    labels = list(dict.fromkeys(label for ratios in results.values() for label in ratios))
    width = max(map(len, labels)) + 2
    lines = [" " * width + "limit  " + "".join(f"{name[:16]:>18}" for name in results)]
    for label in labels:
        limit = limit_of(label)
        cells = []
        for ratios in results.values():
            ratio = ratios.get(label)
            mark = "!" if limit is not None and ratio is not None and ratio > limit else " "
            cells.append(f"{'':>18}" if ratio is None else f"{ratio:17.3f}{mark}")
        lines.append(f"{label:<{width}}{'' if limit is None else limit:<7}" + "".join(cells))
    return "\n".join(lines)


def moved(results: Results, before: Results, by: float = 0.15) -> list[str]:
    """Which ratios are not what they were."""
    return [
        f"{name}: {label}: {before[name][label]:.3f} -> {ratio:.3f}"
        for name, ratios in results.items() for label, ratio in ratios.items()
        if name in before and label in before[name] and abs(ratio / before[name][label] - 1) > by
    ]  # fmt: skip


def over(results: Results, saved: Results) -> list[str]:
    """Ratios beyond what a noisy machine explains: over the limit and over what was measured on a quiet one, each by the margin."""
    found = []
    for name, ratios in results.items():
        for label, ratio in ratios.items():
            allowed = max(limit_of(label) or 0, saved.get(name, {}).get(label, 0))
            if allowed and ratio > allowed * MARGIN:
                found.append(f"{name}: {label}: {ratio:.3f}, allowed {allowed:.3f} and the margin")
    return found


def plot(results: Results, file: Path) -> None:
    """One bar a case and direction with its limit, one panel a format."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    labels = [label for label in next(iter(results.values())) if limit_of(label) is not None]
    figure, axes = pyplot.subplots(1, len(results), figsize=(2.1 * len(results) + 2.5, 5), sharey=True)
    for axis, (name, ratios) in zip([axes] if len(results) == 1 else axes, results.items(), strict=True):
        shares = [ratios[label] / (limit_of(label) or 1) for label in labels]
        axis.barh(labels, shares, color=["#4477aa" if share <= 1 else "#cc6677" for share in shares])
        axis.axvline(1, color="black", linewidth=0.8)
        axis.set_title(name, fontsize=9)
        axis.set_xlim(0, max(1.5, *shares))
    figure.supxlabel("cost over its limit (1 = the limit; each limit is a share of one JSON round trip of the body)", fontsize=9)
    (axes if len(results) == 1 else axes[0]).invert_yaxis()
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--format", action="append", choices=[name for name in ROWS if name != "unified"])
    parser.add_argument("--save", type=Path)
    parser.add_argument("--compare", type=Path)
    parser.add_argument("--quick", action="store_true", help="short runs: noisier")
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--recorded", action="store_true")
    arguments = parser.parse_args()
    if arguments.recorded:
        covered = sorted(corpus.formats_covered() & set(arguments.format or ROWS))
        print(table({name: recorded(name) for name in covered}) if covered else corpus.ABSENT)
        return 0
    names = arguments.format or [name for name in ROWS if name != "unified"]
    results = {name: measure(name, 0.03 if arguments.quick else 0.3) for name in names}
    print(table(results))
    starts = start_up()
    print("\n" + "\n".join(f"{label:<40}{value:10.1f}" for label, value in starts.items()))
    for name in names:
        print(f"{name:<18}" + "  ".join(f"{label}: {value:.0f}" for label, value in stream_memory(name).items()))
    slopes = {name: {case: exponent(costs(name, case)) for case in SIZES} for name in names} if arguments.scaling else {}
    for name, found in slopes.items():
        print(f"{name:<18}exponents " + "  ".join(f"{case}: {slope:.3f}" for case, slope in found.items()))
    if arguments.save:
        arguments.save.write_text(json.dumps({"ratios": results, "start": starts, "exponents": slopes}, indent=2) + "\n")
    if arguments.compare:
        print("\n".join(["", *moved(results, json.loads(arguments.compare.read_text())["ratios"])]))
    if arguments.plot:
        plot(results, arguments.plot)
    if not arguments.check:
        return 0
    found = over(results, json.loads(SAVED.read_text())["ratios"] if SAVED.exists() else {})
    found += [f"{name}: exponent of {case}: {slope:.3f}" for name, by_case in slopes.items() for case, slope in by_case.items()
              if slope > EXPONENT * 1.1]  # fmt: skip
    if starts["import, ms"] > IMPORT_MS * MARGIN or starts["first conversion, ms"] > COLD_MS * MARGIN:
        found.append(f"start: {starts}")
    if found:
        print("\nover what a noisy machine explains:\n" + "\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
