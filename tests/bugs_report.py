"""
Known bugs of systems of this kind, as cases, run through the library: `python -m tests.bugs_report`.

A record is an input and a condition on the output; its own evaluator stands beside it. Found in `TRANSLATE_BUGS`,
else beside the repository.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import translate
from tests.corpus import ROOT
from translate.registry import ROWS

FORMAT_OF_NAME = {"openai-chat": "unified", "bedrock-converse": "bedrock", "gemini-vertex": "vertex"}
ABSENT = "no bug records: set TRANSLATE_BUGS to the folder that holds open.jsonl and check.py"

# Records whose condition contradicts the provider's own rules: id -> why. Reported, not counted as failures.
DISPUTED: dict[str, str] = {}


class Verdict(NamedTuple):
    """passed, failed, raised (an untyped exception), unregistered or disputed."""

    id: str
    verdict: str
    detail: str
    record: dict[str, Any]


def folder() -> Path | None:
    """Where the records are, or None."""
    named = os.environ.get("TRANSLATE_BUGS")
    place = Path(named) if named else ROOT.parent / "shared" / "bugs"
    return place if (place / "open.jsonl").is_file() and (place / "check.py").is_file() else None


def records() -> list[dict[str, Any]]:
    place = folder()
    if place is None:
        return []
    return [
        json.loads(line) for line in (place / "open.jsonl").read_text(encoding="utf-8").splitlines() if line.strip()
    ]


def _evaluator() -> ModuleType:
    place = folder()
    assert place is not None
    spec = importlib.util.spec_from_file_location("bug_check", place / "check.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode, kept = True, sys.dont_write_bytecode
    spec.loader.exec_module(module)
    sys.dont_write_bytecode = kept
    return module


def formats_of(record: dict[str, Any]) -> tuple[str, str]:
    """Source and target of a record as registry names."""
    source, target = (FORMAT_OF_NAME.get(record[key], record[key]) for key in ("from", "to"))
    # A request goes to OpenAI itself, an answer to a client of the unified form; chat to chat is OpenAI's own strict form.
    to_openai = record["direction"] == "request" or source == "unified"
    return source, "openai" if record["to"] == "openai-chat" and to_openai else target


def _answer_options(given: dict[str, Any], source: str, target: str) -> translate.Options:
    """Options of an answer whose request is known, always in chat form: the memo that its conversion left."""
    request = given["request"]
    if source != "unified":  # a chat client, a foreign provider
        return translate.Options(memo=translate.convert_request(request, source="unified", target=source).memo)
    # A client of the target's format, a chat provider: what that client sent is made first.
    native = translate.convert_request(request, source="unified", target=target)
    memo = translate.convert_request(
        native.value, source=target, target="unified", options=translate.Options(route=native.route)
    ).memo
    return translate.Options(memo=memo)


def _with_wire_name(answer: Any, request: dict[str, Any], source: str) -> Any:
    """The answer with the tool's name as the converted request spells it in place of `$WIRE_NAME`."""
    text = json.dumps(answer)
    if "$WIRE_NAME" not in text:
        return answer
    native = translate.convert_request(request, source="unified", target=source).value
    names = [found for tool in _objects(native.get("tools") or native["toolConfig"]) for found in (tool.get("name"),) if found]
    return json.loads(text.replace("$WIRE_NAME", names[0]))


def _objects(value: Any) -> list[dict[str, Any]]:
    """All objects of a document, outer ones first."""
    if isinstance(value, dict):
        return [value, *(found for member in value.values() for found in _objects(member))]
    return [found for member in value for found in _objects(member)] if isinstance(value, list) else []


def convert(record: dict[str, Any]) -> tuple[Any, list[Any]]:
    """What the library makes of a record's input, and the losses."""
    source, target = formats_of(record)
    given, direction = record["input"], record["direction"]
    options = translate.Options()
    if direction == "error":
        status = given.get("status") if isinstance(given, dict) and "body" in given else None
        body = given["body"] if isinstance(given, dict) and "body" in given else given
        result = translate.convert_error(body, source=source, target=target, status=status)
        return result.value, list(result.losses)
    if isinstance(given, dict) and "request" in given and ("events" in given or "response" in given):
        options = _answer_options(given, source, target)
        given = _with_wire_name(given.get("events", given.get("response")), given["request"], source)
    if direction == "stream":
        machine = translate.StreamConverter(source, target, options)
        output = [chunk for event in given for chunk in machine.feed(event)]
        return [*output, *machine.flush()], list(machine.losses)
    function = translate.convert_request if direction == "request" else translate.convert_response
    if record.get("via") == "unified":
        there = function(given, source=source, target="unified", options=options)
        back = function(there.value, source="unified", target=target, options=options)
        return back.value, [*there.losses, *back.losses]
    result = function(given, source=source, target=target, options=options)
    return result.value, list(result.losses)


def run() -> list[Verdict]:
    """The verdict on every record."""
    evaluator = _evaluator()
    verdicts = []
    for record in records():
        identity = record["id"]
        missing = [name for name in formats_of(record) if name not in ROWS]
        if missing:
            verdicts.append(Verdict(identity, "unregistered", ", ".join(missing), record))
            continue
        output, losses, raised, message = None, [], False, ""
        try:
            output, losses = convert(record)
        except translate.TranslateError as error:
            raised, message = True, str(error)
        except Exception as error:  # a crash is a verdict of its own
            verdicts.append(Verdict(identity, "raised", f"{type(error).__name__}: {error}", record))
            continue
        told = [f"{loss.feature} {loss.path} {loss.note}" for loss in losses]
        good = evaluator.evaluate(record["expected"], out=output, raised=raised, err=message, warnings=told)
        detail = "" if good else f"got {message or json.dumps(output, ensure_ascii=False)[:1500]}; losses {told[:6]}"
        verdict = "passed" if good else "disputed" if identity in DISPUTED else "failed"
        verdicts.append(Verdict(identity, verdict, detail, record))
    return verdicts


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bugs_report", description=__doc__)
    parser.add_argument("--format", help="only records with this source or target (registry name)")
    parser.add_argument("--id", help="only this record, shown whole")
    options = parser.parse_args(arguments)
    if folder() is None:
        print(ABSENT, file=sys.stderr)
        return 2
    verdicts = [
        one
        for one in run()
        if (not options.format or options.format in formats_of(one.record)) and (not options.id or one.id == options.id)
    ]
    for one in verdicts:
        if one.verdict in ("failed", "raised") or options.id:
            record = one.record
            print(
                f"\n{one.id} {one.verdict}: {record['from']} -> {record['to']} {record['direction']}: {record['title']}"
            )
            print(f"   expected {record['expected']}\n   {one.detail}")
            if options.id:
                print(f"   input {json.dumps(record['input'], ensure_ascii=False)}")
    print("\n", dict(Counter(one.verdict for one in verdicts)))
    return 1 if any(one.verdict in ("failed", "raised") for one in verdicts) else 0


if __name__ == "__main__":
    raise SystemExit(main())
