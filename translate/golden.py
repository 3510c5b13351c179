"""
Golden files: what a conversion gives, written down, so that a change of it shows. One runner for pytest and the command line.

    DIR/<format>/<case>/case.json                       what it shows, a link, and {"from": "native" | "unified", "options": {...}}
                        request.native.json   request.unified.json   request.losses.json
                        response.*            error.*                 stream.native.jsonl   stream.unified.jsonl
                        request.back.json                            only when the way back differs: the loss, visible
    DIR/hub/<case>/     case.json, one of request.json response.json error.json stream.jsonl
                        rendered.json                                every format's rendering, equal ones together
    DIR/regressions/                                    not of this runner

The side that `from` names (default native) is written by hand, the rest is checked. A missing or an orphan file is a failure.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from translate.convert import convert_error, convert_request, convert_response
from translate.errors import StreamError, TranslateError, pointer
from translate.folding import fold
from translate.leg import Options
from translate.loss import Loss
from translate.registry import ROWS
from translate.spelling import canonical
from translate.stream import StreamConverter

KINDS = ("request", "response", "error", "stream")
SIDES = ("native", "unified")


class Failure(NamedTuple):
    """A golden file that does not hold. file: its name in the case's folder."""

    case: str
    file: str
    message: str

    def __str__(self) -> str:
        return f"{self.case}/{self.file}: {self.message}"


class Case(NamedTuple):
    """One folder. name: `<format>/<case>`."""

    folder: Path
    format: str

    @property
    def name(self) -> str:
        return f"{self.format}/{self.folder.name}"


def cases(directory: Path) -> list[Case]:
    """All cases below a folder, in order."""
    found = []
    for group in sorted(path for path in directory.iterdir() if path.is_dir()):
        if group.name in ROWS or group.name == "hub":
            found += [Case(folder, group.name) for folder in sorted(group.iterdir()) if folder.is_dir()]
    return found


def strangers(directory: Path) -> list[Failure]:
    """What would never be looked at: folders whose name is no format, files outside a case. Notes (`.md`) may stand anywhere."""
    known = {*ROWS, "hub", "regressions"}
    failures = []
    for path in sorted(directory.iterdir()):
        if not path.is_dir():
            if path.suffix != ".md":
                failures.append(Failure(path.name, "", "orphan: outside a case"))
        elif path.name not in known:
            failures.append(Failure(path.name, "", "neither a format nor `hub`"))
        elif path.name != "regressions":
            failures += [
                Failure(path.name, inside.name, "orphan: outside a case")
                for inside in sorted(path.iterdir()) if not inside.is_dir() and inside.suffix != ".md"
            ]  # fmt: skip
    return failures


def check(case: Case) -> list[Failure]:
    """What does not hold in one case."""
    try:
        made = produce(case)
    except (TranslateError, ValueError, OSError) as error:
        return [Failure(case.name, "case.json", f"can not be converted: {error}")]
    failures = []
    for name, text in made.items():
        path = case.folder / name
        if not path.exists():
            failures.append(Failure(case.name, name, f"missing; {_how(case)} writes it"))
        elif (before := path.read_text(encoding="utf-8")) != text:
            failures.append(Failure(case.name, name, _difference(before, text, case, lined=name.endswith(".jsonl"))))
    for path in sorted(case.folder.iterdir()):
        if path.name not in made and path.name != "case.json" and path.name not in _sources(case):
            failures.append(Failure(case.name, path.name, "orphan: no conversion gives this file"))
    return failures


def update(case: Case, *, only_missing: bool = False) -> list[str]:
    """Writes the files of a case; returns the names of those that changed."""
    changed = []
    made = produce(case)
    for name, text in made.items():
        path = case.folder / name
        if path.exists() and (only_missing or path.read_text(encoding="utf-8") == text):
            continue
        path.write_text(text, encoding="utf-8")
        changed.append(name)
    if not only_missing:
        for path in sorted(case.folder.iterdir()):
            if path.name not in made and path.name != "case.json" and path.name not in _sources(case):
                path.unlink()
                changed.append(path.name)
    return changed


def produce(case: Case) -> dict[str, str]:
    """Names and texts of all files that the case's sources give."""
    described = _read(case.folder / "case.json")
    if not isinstance(described, dict):
        raise ValueError("case.json is not an object")
    options = Options(**described.get("options", {}))
    if case.format == "hub":
        return _rendered(case, options, described)
    sources = _sources(case)
    if not sources:
        raise ValueError("no source document")
    made: dict[str, str] = {}
    for name in sources:
        kind = name.partition(".")[0]
        side = name.split(".")[1]
        made.update(_stream(case, side, options) if kind == "stream" else _document(case, kind, side, options, described))
    return made


def _sources(case: Case) -> list[str]:
    if case.format == "hub":
        return [name for name in ("request.json", "response.json", "error.json", "stream.jsonl") if (case.folder / name).exists()]
    described = _read(case.folder / "case.json")
    side = described.get("from", "native") if isinstance(described, dict) else "native"
    names = [f"{kind}.{side}.{'jsonl' if kind == 'stream' else 'json'}" for kind in KINDS]
    return [name for name in names if (case.folder / name).exists()]


CONVERT: dict[str, Any] = {"request": convert_request, "response": convert_response}


def _convert(kind: str, body: Any, source: str, target: str, options: Options, described: dict[str, Any]) -> Any:
    if kind == "error":
        return convert_error(body, source=source, target=target, status=described.get("status"), options=options)
    return CONVERT[kind](body, source=source, target=target, options=options)


def _document(case: Case, kind: str, side: str, options: Options, described: dict[str, Any]) -> dict[str, str]:
    body = _read(case.folder / f"{kind}.{side}.json")
    names = (case.format, "unified") if side == "native" else ("unified", case.format)
    there = _convert(kind, body, *names, options, described)
    made = {f"{kind}.{SIDES[side == 'native']}.json": _dump(there.value)}
    back = _convert(kind, there.value, names[1], names[0], options, described)
    losses = [*there.losses, *(back.losses if side == "native" else [])]
    if losses:
        made[f"{kind}.losses.json"] = _dump([loss.to_dict() for loss in losses])
    if canonical(back.value, format=names[0], kind=kind) != canonical(body, format=names[0], kind=kind):
        made[f"{kind}.back.json"] = _dump(back.value)
    return made


def _stream(case: Case, side: str, options: Options) -> dict[str, str]:
    events = _read_lines(case.folder / f"stream.{side}.jsonl")
    names = (case.format, "unified") if side == "native" else ("unified", case.format)
    there, losses = run_stream(events, *names, options)
    made = {f"stream.{SIDES[side == 'native']}.jsonl": _dump_lines(there)}
    back, more = run_stream(there, names[1], names[0], options)
    if side == "native":
        losses = [*losses, *more]
    if losses:
        made["stream.losses.json"] = _dump([loss.to_dict() for loss in losses])
    try:
        same = _folded(back, names[0]) == _folded(events, names[0])
    except StreamError:  # an error in mid-stream ends both; there is no response to compare
        same = True
    if not same:
        made["stream.back.jsonl"] = _dump_lines(back)
    return made


def run_stream(events: list[Any], source: str, target: str, options: Options) -> tuple[list[Any], list[Loss]]:
    """Events and losses of one stream conversion."""
    machine = StreamConverter(source, target, options)
    out = [made for event in events for made in machine.feed(event)]
    return out + machine.flush(), machine.losses


def _folded(events: list[Any], name: str) -> Any:
    return canonical(fold(events, format=name), format=name, kind="response")


def _rendered(case: Case, options: Options, described: dict[str, Any]) -> dict[str, str]:
    sources = _sources(case)
    if len(sources) != 1:
        raise ValueError("one source document a hub case")
    kind = sources[0].partition(".")[0]
    groups: list[dict[str, Any]] = []
    for name in ROWS:
        if name == "unified":
            continue
        if kind == "stream":
            value, losses = run_stream(_read_lines(case.folder / sources[0]), "unified", name, options)
            entry: dict[str, Any] = {"events": value}
        else:
            converted = _convert(kind, _read(case.folder / sources[0]), "unified", name, options, described)
            entry, losses = {"value": converted.value}, converted.losses
            if kind == "request":
                entry["path"] = converted.route["path"]
        # A loss names its target; equal renderings should group all the same.
        entry["losses"] = [{key: word for key, word in loss.to_dict().items() if key != "target"} for loss in losses]
        group = next((group for group in groups if {key: group[key] for key in entry} == entry), None)
        if group is None:
            groups.append({"formats": [name], **entry})
        else:
            group["formats"].append(name)
    return {"rendered.json": _dump_wide(groups) + "\n"}


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _read_lines(path: Path) -> list[Any]:
    # Not splitlines(): it also cuts at U+2028 and friends, which may stand unescaped inside a JSON string.
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def _dump(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _dump_wide(value: Any, indent: int = 0) -> str:
    """Two-space JSON with whatever fits on one line: forty renderings of a document stay small enough to read."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + indent <= 160 or not isinstance(value, (dict, list)) or not value:
        return line
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        members = [f"{inner}{json.dumps(name, ensure_ascii=False)}: {_dump_wide(member, indent + 2)}" for name, member in value.items()]
        return "{\n" + ",\n".join(members) + "\n" + " " * indent + "}"
    return "[\n" + ",\n".join(inner + _dump_wide(member, indent + 2) for member in value) + "\n" + " " * indent + "]"


def _dump_lines(events: list[Any]) -> str:
    return "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)


def _how(case: Case) -> str:
    return f"`translate golden update {case.folder.parent.parent.name} --case {case.name}`"


def _difference(before: str, after: str, case: Case, *, lined: bool) -> str:
    """First differing place with both values, a short diff, and the command that accepts the change."""
    import difflib

    place = ""
    try:
        old, new = ([json.loads(line) for line in text.split("\n") if line] if lined else json.loads(text) for text in (before, after))
        first = next(differing(old, new), None)
        if first is not None:
            place = f"first at {first[0] or '(document)'}: {_short(first[1])} written down, {_short(first[2])} now\n"
    except ValueError:
        place = "the file is not JSON\n"
    lines = list(difflib.unified_diff(before.split("\n"), after.split("\n"), "written down", "now", lineterm="", n=1))
    shown = "\n".join(line[:160] for line in lines[:24])
    more = f"\n... {len(lines) - 24} more lines" if len(lines) > 24 else ""
    return f"{place}{shown}{more}\n{_how(case)} accepts this"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if value is not ABSENT else "(absent)"
    return text if len(text) <= 80 else text[:77] + "..."


ABSENT = object()  # what `differing` gives for a side that has nothing there


def differing(old: Any, new: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str, Any, Any]]:
    """Places where two JSON values differ, with both values."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*old, *(name for name in new if name not in old)]:
            if name not in old or name not in new:
                yield pointer((*path, name)), old.get(name, ABSENT), new.get(name, ABSENT)
            else:
                yield from differing(old[name], new[name], (*path, name))
    elif isinstance(old, list) and isinstance(new, list):
        for number in range(max(len(old), len(new))):
            if number >= len(old) or number >= len(new):
                yield (
                    pointer((*path, number)), old[number] if number < len(old) else ABSENT,
                    new[number] if number < len(new) else ABSENT,
                )  # fmt: skip
            else:
                yield from differing(old[number], new[number], (*path, number))
    elif old != new or type(old) is not type(new):
        yield pointer(path), old, new
