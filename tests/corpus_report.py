"""
The laws over recorded traffic, as a table and as a list of what fails: `python -m tests.corpus_report --format gemini
--show 10`.

Percentages count documents for which a law holds, either exactly or with every difference named by a loss (shown as
`+n`).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from tests import checks, corpus
from translate.registry import ROWS

LAWS = ("request", "response", "stream", "agrees", "unfold", "bytes", "cut", "error", "hub", "cross")
OUTPUT = corpus.ROOT / "build" / "corpus.json"


class Tally:
    """Verdicts per format and law, with the failures."""

    def __init__(self) -> None:
        self.counts: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        self.failures: list[dict[str, Any]] = []
        self.unregistered: Counter[str] = Counter()

    def add(self, record: corpus.Record, outcome: checks.Outcome) -> None:
        self.counts[record.format][outcome.law][outcome.verdict] += 1
        if not outcome.holds:
            self.failures.append({"format": record.format, "id": record.id, "path": record.path, **outcome._asdict()})

    def holding(self, format: str, law: str) -> tuple[int, int]:
        """How many documents the law holds for, and of how many."""
        verdicts = self.counts[format][law]
        return verdicts["equal"] + verdicts["explained"], sum(verdicts.values()) - verdicts["unjudged"]

    def rows(self) -> list[str]:
        lines = [f"{'format':18}" + "".join(f"{law:>13}" for law in LAWS)]
        for name in self.counts:
            cells = []
            for law in LAWS:
                good, every = self.holding(name, law)
                loose = self.counts[name][law]["explained"]
                percent = f"{100 * good / every:.1f}" if good < every else "100"
                cells.append(f"{f'{percent}% {good}/{every}' if good < every else f'100% {every}'}" if every else "-")
                if loose and every:
                    cells[-1] += f"+{loose}"
            lines.append(f"{name:18}" + "".join(f"{cell:>13}" if len(cell) < 13 else f" {cell}" for cell in cells))
        lines += [f"{name:18} not registered: {count} records" for name, count in sorted(self.unregistered.items())]
        return lines

    def write(self, path: Path = OUTPUT) -> None:
        path.parent.mkdir(exist_ok=True)
        counts = {
            name: {law: dict(verdicts) for law, verdicts in laws.items()} for name, laws in sorted(self.counts.items())
        }
        document = {"counts": counts, "unregistered": dict(self.unregistered), "failures": self.failures}
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False, default=repr) + "\n", encoding="utf-8")


def run(
    format: str | None = None,
    *,
    laws: frozenset[str] | None = None,
    every_target: bool = False,
    targets: list[str] | None = None,
    identity: str | None = None,
    limit: int = 0,
) -> Tally:
    """Asks every law of every record."""
    tally = Tally()
    seen: Counter[str] = Counter()
    for record in corpus.records(format):
        if record.format not in ROWS:
            tally.unregistered[record.format] += 1
            continue
        if identity and identity not in record.id:
            continue
        seen[record.format] += 1
        if limit and seen[record.format] > limit:
            continue
        crossed = targets if targets is not None else checks.targets_of(record, every_target)
        for outcome in checks.record_outcomes(record, crossed, laws):
            tally.add(record, outcome)
    return tally


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.corpus_report", description=__doc__)
    parser.add_argument("--format", help="only records of this format")
    parser.add_argument("--law", action="append", choices=LAWS, help="only these laws (repeatable)")
    parser.add_argument("--to", action="append", help="targets of the cross conversion (repeatable; `all`)")
    parser.add_argument("--id", help="only records whose id contains this")
    parser.add_argument("--limit", type=int, default=0, help="at most that many records a format")
    parser.add_argument("--show", type=int, default=5, help="failures shown a law and pointer shape (default 5 in all)")
    options = parser.parse_args(arguments)
    if corpus.folder() is None:
        print(corpus.ABSENT, file=sys.stderr)
        return 2
    began = time.perf_counter()
    every = bool(options.to) and "all" in options.to
    tally = run(
        options.format,
        laws=frozenset(options.law) if options.law else None,
        every_target=every,
        targets=None if every or not options.to else [name for name in options.to if name != "unified"],
        identity=options.id,
        limit=options.limit,
    )
    if options.format is None and not options.law and not options.id and not options.limit:
        tally.write()
    print("\n".join(tally.rows()))
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for failure in tally.failures:
        shape = "/".join("*" if step.isdigit() else step for step in failure["pointer"].split("/"))
        detail = failure["detail"] if failure["verdict"] in ("crashed", "refused", "invalid") else ""
        groups[(failure["format"], failure["law"], failure["verdict"], shape, detail[:60])].append(failure)
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    for (name, law, verdict, shape, _), members in ordered[: options.show]:
        print(f"\n{len(members)}x {name} {law} {verdict} {shape}")
        for failure in members[:2]:
            print(f"   {failure['id']} {failure['path'] or ''}\n     {failure['pointer']}: {failure['detail'][:600]}")
    if len(ordered) > options.show:
        print(f"\n... {len(ordered) - options.show} more groups (--show)")
    print(
        f"\n{sum(sum(v.values()) for laws in tally.counts.values() for v in laws.values())} checks, "
        f"{len(tally.failures)} failures, {time.perf_counter() - began:.1f} s"
    )
    return 1 if tally.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
