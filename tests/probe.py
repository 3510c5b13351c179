"""
The leaf probe of law 3, no silent loss: `python -m tests.probe --format gemini [--to anthropic] [--every]`.

Every leaf of a document is changed and removed, and a member that nobody knows is added to every object. Then the
output (value, route, memo) changes, or a loss names the leaf or an ancestor, or the leaf says a documented default:
`canonical` of both inputs is the same, or `tests.probe_defaults` has it with a reason. What is left is a silent loss.
Places are grouped by shape (array indices as `*`), and a shape is tried on a few documents, so that a run over all
recorded traffic takes a minute; `--every` tries every place of every record, streams of any length included, in as many
processes as `--jobs` says.
"""

from __future__ import annotations

import argparse
import functools
import json
import multiprocessing
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple, Self

import translate
from tests import checks, corpus
from tests.probe_defaults import Path, documented, shape_of
from tests.probe_streams import Branches
from translate.errors import pointer
from translate.registry import ROWS

Json = Any
STRANGE = "zz_strange"
SHORT = 60  # events of a stream that is probed without `--every`


class Silent(NamedTuple):
    """A place that changed without a trace."""

    source: str
    target: str
    kind: str
    pointer: str
    how: str
    before: Any
    record: str

    @property
    def shape(self) -> str:
        return shape_of(self.pointer)


def leaves(value: Json, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Scalars and empty containers, with their paths."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


def objects(value: Json, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        yield path
        for key, item in value.items():
            yield from objects(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from objects(item, (*path, index))


_REMOVED = object()


def edited(document: Json, path: Path, value: Any) -> Json:
    """The document with one place set (or removed); only the containers on the way are new."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    copied: Any = list(document) if isinstance(document, list) else dict(document)
    if rest:
        copied[step] = edited(document[step], rest, value)
    elif value is _REMOVED:
        del copied[step]
    else:
        copied[step] = value
    return copied


def other(value: Json) -> Json:
    """Another value of the same JSON type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("B" if value.endswith("A") else "A") if value else "A"
    return {"A": 1} if isinstance(value, dict) else ["A"] if isinstance(value, list) else "A"


def outcome(document: Json, kind: str, source: str, target: str, options: translate.Options) -> tuple[str, list[str]]:
    """The output as text, and the places that losses name. A refusal is an output of its own."""
    try:
        if kind == "stream":
            value, machine = checks.streamed(document, source, target, options)
            output: Any = [value, machine.truncated]
            losses = list(machine.losses)
        elif kind == "error":
            result = translate.convert_error(document, source=source, target=target, status=400)
            output, losses = [result.value, result.route], list(result.losses)
        else:
            convert = translate.convert_request if kind == "request" else translate.convert_response
            result = convert(document, source=source, target=target, options=options)
            output, losses = [result.value, result.route, dict(result.memo)], list(result.losses)
    except translate.TranslateError as error:
        return f"refused: {error}", []
    # A probe runs one leg, whose losses carry its target.
    return json.dumps(output, ensure_ascii=True), [loss.path for loss in losses if loss.target == target]


def named(place: str, told: list[str], container: bool = False) -> bool:
    """Whether a loss names the place or an ancestor, or, for an empty container that was filled, what it was filled with."""
    return any(
        path == place or place.startswith(path + "/") or (container and path.startswith(place + "/"))
        for path in told
        if path
    )


def disagrees(path: Path, told: list[str], before: list[str]) -> bool:
    """
    Whether a loss that was not there before names the number of another event, or that event: the numbers of a block's
    events have to agree, and which of two is wrong nobody knows.
    """
    if path[-1] not in ("index", "contentBlockIndex"):
        return False
    fresh = Counter(told) - Counter(before)
    return any(place.count("/") < len(path) or place.endswith(f"/{path[-1]}") for place in fresh)


class Prober:
    """
    Probes documents, remembering which shapes were tried often enough (`per_shape` 0: every place is tried). hows: the kinds of
    edits (changed, removed, added).
    """

    def __init__(self, per_shape: int = 3, hows: frozenset[str] = frozenset(("changed", "removed", "added"))) -> None:
        self.per_shape, self.hows = per_shape, hows
        self.tried: Counter[tuple[str, str, str, str, str]] = Counter()
        # By source, target and kind: how many probes, how long they took; by reason: how often it excused one.
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.seconds: Counter[tuple[str, str, str]] = Counter()
        self.excused: Counter[str] = Counter()
        self.silent: list[Silent] = []
        self.crashes: Counter[str] = Counter()

    @property
    def probes(self) -> int:
        return sum(self.counts.values())

    def add(self, other: Self) -> None:
        """What another prober found."""
        self.counts += other.counts
        self.seconds.update(other.seconds)
        self.excused += other.excused
        self.silent += other.silent
        self.crashes += other.crashes

    def probe(
        self, document: Json, kind: str, source: str, target: str, options: translate.Options, record: str = ""
    ) -> list[Silent]:
        """The silent places of one document."""
        base: tuple[str, list[str]] | None = None
        branches: Branches | None = None
        found: list[Silent] = []
        began = time.perf_counter()
        for path, how, value in self._edits(document, kind, source, target):
            if how not in self.hows:
                continue
            if base is None:
                base = outcome(document, kind, source, target, options)
                if base[0].startswith("refused"):
                    return found  # nothing to compare with; the corpus report tells refusals
                branches = Branches(document, source, target, options) if kind == "stream" else None
            changed = edited(document, path, value)
            place = pointer(path)
            self.counts[source, target, kind] += 1
            try:
                if branches is None:
                    output, told = outcome(changed, kind, source, target, options)
                    same = output == base[0]
                else:
                    places = branches.edit(changed, int(path[0]))
                    same, told = places is not None, places or []
            except Exception as error:  # whatever else leaves a public function is a finding of its own
                self.crashes[f"{source} -> {target} {kind} {shape_of(place)} {how}: {checks.crash(error)} {record}"] += 1
                continue
            filled = how == "changed" and isinstance(value, (dict, list))
            if not same or named(place, told, filled) or named(place, base[1]) or disagrees(path, told, base[1]):
                continue
            reason = documented(kind, source, document, changed, path, how)
            if reason:
                self.excused[reason] += 1
                continue
            before = None if how == "added" else self._at(document, path)
            found.append(Silent(source, target, kind, place, how, before, record))
        self.seconds[source, target, kind] += time.perf_counter() - began
        self.silent += found
        return found

    def _edits(self, document: Json, kind: str, source: str, target: str) -> Iterator[tuple[Path, str, Any]]:
        def fresh(path: Path, how: str) -> bool:
            if not self.per_shape:
                return True
            key = (source, target, kind, shape_of(pointer(path)), how)
            self.tried[key] += 1
            return self.tried[key] <= self.per_shape

        for path, value in leaves(document):
            if not path:
                continue
            word = f":{value}" if isinstance(value, str) and path[-1] in ("type", "role") else ""
            if fresh(path, "changed" + word + type(value).__name__):
                yield path, "changed", other(value)
            if fresh(path, "removed" + word) and not isinstance(path[-1], int):
                yield path, "removed", _REMOVED
        for path in objects(document):
            if fresh((*path, STRANGE), "added"):
                yield (*path, STRANGE), "added", 1

    @staticmethod
    def _at(document: Json, path: Path) -> Json:
        for step in path:
            document = document[step]
        return document

    def rows(self, show: int = 1000) -> list[str]:
        """Silent places grouped by shape, most frequent first."""
        groups: dict[tuple[str, ...], list[Silent]] = defaultdict(list)
        for one in self.silent:
            groups[one.source, one.target, one.kind, one.shape, one.how].append(one)
        lines = []
        for (source, target, kind, shape, how), members in sorted(groups.items(), key=lambda item: -len(item[1]))[:show]:
            first = members[0]
            lines.append(
                f"{len(members):4} {source} -> {target} {kind} {shape} {how} "
                f"({checks.short(first.before, 60)}) {first.record}"
            )
        return lines

    def table(self) -> list[str]:
        """Probes, silent places and seconds by source, target and kind."""
        silent = Counter((one.source, one.target, one.kind) for one in self.silent)
        rows = [("source", "target", "kind", "probes", "silent", "seconds")]
        for key in sorted(self.counts):
            rows.append((*key, str(self.counts[key]), str(silent[key]), f"{self.seconds[key]:.1f}"))
        return [f"{a:18} {b:18} {c:10} {d:>9} {e:>7} {f:>8}" for a, b, c, d, e, f in rows]


def documents_of(record: corpus.Record, longest: int | None = SHORT) -> Iterator[tuple[str, Json]]:
    if record.request is not None and record.taken:
        yield "request", record.request
    if record.response is not None:
        failed = not record.taken or checks.told_as_error(record.response)
        yield ("error" if failed else "response"), record.response
    if record.events is not None and (longest is None or len(record.events) <= longest):
        yield "stream", record.events


def _unified(record: corpus.Record, kind: str, document: Json, options: translate.Options) -> Json:
    if kind == "stream":
        return checks.streamed(document, record.format, "unified", options)[0]
    if kind == "error":
        return translate.convert_error(document, source=record.format, status=record.status).value
    convert = translate.convert_request if kind == "request" else translate.convert_response
    return convert(document, source=record.format, options=options).value


class Task(NamedTuple):
    """One document of a record."""

    record: corpus.Record
    kind: str
    document: Json


def probe_task(prober: Prober, task: Task, targets: list[str]) -> None:
    """
    Probes a recorded document on its way to unified, and, for each target, what it is in unified form on its way there.
    """
    record, kind, document = task
    options = checks.options_of(record)
    try:
        prober.probe(document, kind, record.format, "unified", options, record.id)
        for target in targets:
            unified = _unified(record, kind, document, options)
            prober.probe(unified, kind, "unified", target, translate.Options(), record.id)
    except translate.TranslateError:
        return
    except Exception as error:  # of the whole document
        prober.crashes[f"{record.id} {kind}: {checks.crash(error)}"] += 1


def tasks(format: str | None, *, limit: int = 0, kinds: frozenset[str] | None = None, longest: int | None = SHORT) -> Iterator[Task]:
    seen: Counter[str] = Counter()
    for record in corpus.records(format):
        if record.format not in ROWS:
            continue
        seen[record.format] += 1
        if limit and seen[record.format] > limit:
            continue
        for kind, document in documents_of(record, longest):
            if not kinds or kind in kinds:
                yield Task(record, kind, document)


def run(format: str | None, targets: list[str], *, per_shape: int = 3, limit: int = 0, kinds: frozenset[str] | None = None) -> Prober:
    """A few places of each shape in the recorded documents."""
    prober = Prober(per_shape)
    for task in tasks(format, limit=limit, kinds=kinds):
        probe_task(prober, task, targets)
    return prober


def _whole(task: Task, targets: list[str]) -> Prober:
    prober = Prober(per_shape=0)
    probe_task(prober, task, targets)
    return prober


def run_every(
    format: str | None, targets: list[str], *, jobs: int = 1, limit: int = 0, kinds: frozenset[str] | None = None
) -> Prober:
    """Every place of the recorded documents."""
    prober = Prober(per_shape=0)
    work = functools.partial(_whole, targets=targets)
    waiting = tasks(format, limit=limit, kinds=kinds, longest=None)
    if jobs == 1:
        for task in waiting:
            prober.add(work(task))
        return prober
    with multiprocessing.Pool(jobs) as pool:
        for one in pool.imap_unordered(work, waiting):
            prober.add(one)
    return prober


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.probe", description=__doc__)
    parser.add_argument("--format", help="only records of this format")
    parser.add_argument("--to", action="append", default=[], help="also unified -> this format (repeatable)")
    parser.add_argument("--kind", action="append", choices=("request", "response", "stream", "error"))
    parser.add_argument("--per-shape", type=int, default=3, help="documents on which a place of one shape is tried")
    parser.add_argument("--every", action="store_true", help="every place of every record")
    parser.add_argument("--jobs", type=int, default=1, help="processes (with --every)")
    parser.add_argument("--limit", type=int, default=0, help="at most that many records a format")
    parser.add_argument("--show", type=int, default=100)
    options = parser.parse_args(arguments)
    if corpus.folder() is None:
        print(corpus.ABSENT, file=sys.stderr)
        return 2
    began = time.perf_counter()
    kinds = frozenset(options.kind) if options.kind else None
    if options.every:
        prober = run_every(options.format, options.to, jobs=options.jobs, limit=options.limit, kinds=kinds)
    else:
        prober = run(options.format, options.to, per_shape=options.per_shape, limit=options.limit, kinds=kinds)
    print("\n".join(prober.table()))
    print("\n".join(prober.rows(options.show)))
    for said, count in prober.crashes.most_common(options.show):
        print(f"{count:4} crashed: {said}")
    for reason, count in prober.excused.most_common():
        print(f"{count:6} documented: {reason}")
    crashes, seconds = sum(prober.crashes.values()), time.perf_counter() - began
    print(f"{prober.probes} probes, {len(prober.silent)} silent, {crashes} crashes, {seconds:.1f} s")
    return 1 if prober.silent or crashes else 0


if __name__ == "__main__":
    raise SystemExit(main())
