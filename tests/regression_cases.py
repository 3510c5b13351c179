"""
Regression cases as data: `golden/regressions/<behaviour>/case.json`.

A case says what it `shows`, the provider's `rule` behind it and where that is documented (`doc`), then either one input with
what `holds` of the output, or `examples`, each of which may replace `direction`, `source`, `target` and `options`.

    direction   request, response, stream, error        input    the document (stream: the list of its events)
    request     of an answer: what the client asked, in the target's form; its memo is handed to the answer
    status      of an error: the HTTP status it came with
    holds       claims, each with `path` (a pointer; `*` is any member, `**` any depth) or about losses and validity

Source and target alike: there and back through unified. In an answer a string `$request:/pointer` stands for what the
converted request holds there. `"of": "folded"` makes a claim about the response that the output stream amounts to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import translate
from tests.oracles import oracle_for

DIRECTORY = Path(__file__).parent.parent / "golden" / "regressions"
KEYS = {"shows", "rule", "doc", "direction", "source", "target", "options", "input", "request", "status", "holds", "examples"}
FUNCTIONS: dict[str, Callable[..., Any]] = {"request": translate.convert_request, "response": translate.convert_response}
ABOUT_THE_RUN = ("loss", "oracle", "raises")


class Example(NamedTuple):
    """One input of a case and what holds of its output."""

    name: str
    data: dict[str, Any]


class Outcome(NamedTuple):
    """What the library made of an example: an output or its refusal."""

    output: Any
    losses: list[translate.Loss]
    refusal: translate.TranslateError | None
    route: dict[str, Any]


def examples() -> list[Example]:
    """Every example of every case."""
    found = []
    for folder in sorted(path for path in DIRECTORY.iterdir() if path.is_dir()):
        case = json.loads((folder / "case.json").read_text(encoding="utf-8"))
        several = case.get("examples")
        for number, example in enumerate(several or [case]):
            name = f"{folder.name}-{number}" if several else folder.name
            found.append(Example(name, {**case, **example}))
    return found


def run(example: dict[str, Any]) -> Outcome:
    """Converts the input of an example."""
    try:
        return _run(example)
    except translate.TranslateError as error:
        return Outcome(None, [], error, {})


def _run(example: dict[str, Any]) -> Outcome:
    source, target, direction = example["source"], example["target"], example["direction"]
    given = example["input"]
    options = translate.Options(**example.get("options", {}))
    if direction == "error":
        made = translate.convert_error(given, source=source, target=target, status=example.get("status"), options=options)
        return Outcome(made.value, list(made.losses), None, made.route)
    if "request" in example:
        asked = translate.convert_request(example["request"], source=target, target=source)
        given = _filled(given, asked.value)
        options = translate.Options(**{**example.get("options", {}), "memo": asked.memo})
    legs = [(source, "unified"), ("unified", target)] if source == target else [(source, target)]
    losses: list[translate.Loss] = []
    route: dict[str, Any] = {}
    for leg_source, leg_target in legs:
        if direction == "stream":
            machine = translate.StreamConverter(leg_source, leg_target, options)
            given = [made for event in given for made in machine.feed(event)] + machine.flush()
            losses += machine.losses
        else:
            made = FUNCTIONS[direction](given, source=leg_source, target=leg_target, options=options)
            given, route = made.value, made.route
            losses += made.losses
    return Outcome(given, losses, None, route)


def _filled(value: Any, request: Any) -> Any:
    if isinstance(value, str) and value.startswith("$request:"):
        (held,) = values(request, value.removeprefix("$request:"))
        return held
    if isinstance(value, dict):
        return {name: _filled(member, request) for name, member in value.items()}
    return [_filled(member, request) for member in value] if isinstance(value, list) else value


def values(document: Any, path: str) -> list[Any]:
    """What stands at a path: nothing, one value, or several when it has `*` or `**`."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]
    return list(_walk(document, steps))


def _walk(value: Any, steps: list[str]) -> Iterator[Any]:
    if not steps:
        yield value
        return
    step, rest = steps[0], steps[1:]
    members: Any = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if step == "*":
        for member in members:
            yield from _walk(member, rest)
    elif step == "**":
        yield from _walk(value, rest)
        for member in members:
            yield from _walk(member, steps)
    elif isinstance(value, dict) and step in value:
        yield from _walk(value[step], rest)
    elif isinstance(value, list) and re.fullmatch(r"-?\d+", step) and -len(value) <= int(step) < len(value):
        yield from _walk(value[int(step)], rest)


def broken(claim: dict[str, Any], example: dict[str, Any], outcome: Outcome) -> str | None:
    """Why a claim does not hold, or None."""
    if "raises" in claim:
        text = str(outcome.refusal)
        return None if outcome.refusal is not None and re.search(claim["raises"], text) else f"refusal: {text}"
    if outcome.refusal is not None:
        return f"refused: {outcome.refusal}"
    if "loss" in claim:
        wanted = {**claim, "feature": claim["loss"]}
        del wanted["loss"]
        told = [loss.to_dict() for loss in outcome.losses]
        if any(all(loss.get(name) == value for name, value in wanted.items()) for loss in told):
            return None
        return f"losses: {told}"
    if "oracle" in claim:
        return _judged(example, outcome)
    document = outcome.output
    if claim.get("of") == "folded":
        document = translate.fold(document, format=example["target"])
    found = values(document, claim["path"])
    for word, wanted in claim.items():
        if word == "same_as":
            wanted = values(document, wanted)
        if word not in ("path", "of") and not CLAIMS[word](found, wanted, claim["path"]):
            return f"{claim['path']} {word} {json.dumps(wanted)}: {json.dumps(found)[:600]}"
    return None


def _judged(example: dict[str, Any], outcome: Outcome) -> str | None:
    oracle = oracle_for(example["target"])
    if not oracle.exists:
        return f"nobody judges {example['target']}"
    model = outcome.route.get("model") or None
    found = oracle.problems(outcome.output, example["direction"], model=model, route=outcome.route or None)
    return f"not valid there: {found[:5]}" if found else None


def _equals(found: list[Any], wanted: Any, path: str) -> bool:
    held = found if "*" in path.split("/") or "**" in path.split("/") else found[0] if len(found) == 1 else _NOTHING
    return _same(held, wanted)


def _same(left: Any, right: Any) -> bool:
    return json.dumps(left, sort_keys=True, default=str) == json.dumps(right, sort_keys=True, default=str)


_NOTHING = object()


def _all(test: Callable[[Any, Any], bool]) -> Callable[[list[Any], Any, str], bool]:
    """Of every value found; there has to be one."""
    return lambda found, wanted, path: bool(found) and all(test(value, wanted) for value in found)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


CLAIMS: dict[str, Callable[[list[Any], Any, str], bool]] = {
    "equals": _equals,  # the value, or with a star the list of values
    "absent": lambda found, wanted, path: bool(found) is not wanted,
    "count": lambda found, wanted, path: len(found) == wanted,
    "length": _all(lambda value, wanted: len(value) == wanted),
    "matches": _all(lambda value, wanted: isinstance(value, str) and re.search(wanted, value) is not None),
    "json": _all(lambda value, wanted: isinstance(value, str) and _same(json.loads(value), wanted)),
    "contains": _all(lambda value, wanted: wanted in _text(value)),  # of its JSON text, where it is no string
    "lacks": _all(lambda value, wanted: wanted not in _text(value)),
    "between": _all(lambda value, wanted: type(value) is int and wanted[0] <= value <= wanted[1]),
    "among": _all(lambda value, wanted: value in wanted),
    "joined": lambda found, wanted, path: "".join(found) == wanted,
    "distinct": lambda found, wanted, path: len(found) > 1 and len({_text(value) for value in found}) == len(found),
    "rising": lambda found, wanted, path: len(found) > 1 and found == sorted(found),
    "same_as": lambda found, wanted, path: len(found) == 1 and _same(found, wanted),
    "alike": lambda found, wanted, path: len(found) > 1 and len({_text(value) for value in found}) == 1,
}
