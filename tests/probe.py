"""
The leaf probe of law 3, no silent loss: `python -m tests.probe --format gemini [--to anthropic]`.

Every leaf of a document is changed and removed, and a member that nobody knows is added to every object. Then the
output (value, route, memo) changes, or a loss names the leaf or an ancestor, or the leaf says a documented default:
`canonical` of both inputs is the same, or it is in `DEFAULTS`. What is left is a silent loss. Places are grouped by
shape (array indices as `*`), and a shape is tried on a few documents, so that a run over all recorded traffic takes a
minute.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import translate
from tests import checks, corpus
from translate.errors import pointer
from translate.registry import ROWS

Json = Any
Path = tuple[str | int, ...]
STRANGE = "zz_strange"

# Format, kind, shape of the place, edit (regular expressions) and the documented reason why it may change without a
# trace.
DEFAULTS: tuple[tuple[str, str, str, str, str], ...] = (
    (".*", "stream", r".*/obfuscation", ".*", "padding against length attacks, random by definition"),
    ("(bedrock|mistral)", "stream", r".*/p", ".*", "padding of event frames"),
    ("anthropic.*", "stream", r"/\*/message/(stop_reason|stop_sequence|content)", "removed", "empty at the start"),
    ("(deepseek|together|moonshot)", "stream", r"/\*/usage/.*(cached|hit|miss)_tokens", "removed", "said in two places of usage"),
    ("(groq|huggingface)", "stream", r"/\*/x_groq/id", "removed", "repeated on the last chunk"),
    ("(groq|huggingface|perplexity)", "stream", r"/\*/usage/zz_strange", "added", "a later chunk's usage counts"),
    ("(groq|huggingface)", "stream", r".*/delta/tool_calls/\*/index", "removed", "whole calls are told apart by their ids"),
    ("qwen", "stream", r".*/delta/tool_calls/\*/type", "changed", "repeated on later fragments, where it says nothing"),
    (".*", "stream", r".*/(images|reasoning_details|annotations)/\*/index", "changed", "numbered by arrival"),
    ("unified", ".*", r".*/reasoning_details/\*/format", "removed", "an entry without a format is anybody's whom its shape fits"),
    ("openai-responses", "stream", r"/\*/sequence_number", ".*", "a counter, which older servers lack"),
    ("openai-responses", "stream", r"/\*/item/id", "changed", "that of the start counts: some servers change it with every event"),
    ("openai-responses", "stream", r"/\*/response/(status|parallel_tool_calls|temperature|top_p|tool_choice)", "removed", "defaults"),
    (".*", "(response|stream)", r"/(\*/)?(response/)?object", ".*", "the same word on every document"),
    (".*", "(response|stream)", r".*/role", ".*", "a constant of the format: an answer is always the assistant's"),
    (".*", "stream", r".*/tool_calls/\*/index", "(changed|removed)", "calls are numbered by arrival"),
    ("unified", "(response|stream)", r".*/tool_calls/\*/id", "removed", "made up: the same as the one that was made up"),
    ("unified", "error", "/error/code", "removed", "the details beside it say the same"),
    ("unified", "response", r".*/audio/id", "removed", "made up: audio has no id of its own"),
    ("(gemini|vertex)", "(response|stream)", r"(/\*)?/modelVersion", "removed", "the path of the request says the same"),
    ("(gemini|vertex)", "(response|stream)", r".*/usageMetadata/totalTokenCount", "removed", "the sum of the others"),
    ("(gemini|vertex)", "stream", r".*/partialArgs/\*/willContinue", ".*", "pieces of one path join"),
    (".*", "stream", r"/\*/id", "removed", "made up: the same as the one that is made up without an id"),
    (".*", "(response|stream)", r"(/\*)?(/response)?/usage/total_tokens", "removed", "the sum of the two others"),
    (".*", "stream", r".*/function/arguments", "removed", "arguments without any text are {}"),
    ("ollama", "stream", r".*/tool_calls/\*/function/index", ".*", "calls are numbered by arrival"),
    ("mistral", "stream", r".*/closed", "removed", "thinking is closed unless it says otherwise"),
    (".*", "stream", r".*/extra_content/\w+/blocks/\*/index", ".*", "rows are numbered in their order"),
    ("cohere", "stream", r"/\*/index", "changed", "blocks, calls and citations are numbered by arrival"),
    (".*", ".*", r".*/extra_content/\w+/blocks/\*/head", ".*", "a hint that finds a row again after an edit"),
    (".*", ".*", r".*/reasoning_content", "removed", "the entries of reasoning_details beside it say it"),
    ("anthropic.*", "stream", r"/\*/usage/.*_tokens", "removed", "stands as message_start said"),
    (".*", ".*", r".*/type", "removed", "an object without its discriminator is read by the members it has"),
)  # fmt: skip
# Format, kind, a member with its value, another one with its value, and the documented reason why the first may go
# without a trace while the other one stands beside it.
SAID_TWICE: tuple[tuple[str, str, str, Any, str, Any, str], ...] = (
    ("unified", "request", "reasoning_effort", "none", "thinking", {"type": "disabled"}, "thinking that is off is effort none"),
)  # fmt: skip
# Members that every event of a stream may repeat: the first one counts, or (running totals) the last one.
FIRST_COUNTS = {
    "id",
    "model",
    "created",
    "created_at",
    "responseId",
    "modelVersion",
    "createTime",
    "system_fingerprint",
    "service_tier",
}
LAST_COUNTS = {"usage", "usageMetadata", "finishReason", "finish_reason", "stop_reason"}


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


def shape_of(place: str) -> str:
    return re.sub(r"/\d+(?=/|$)", "/*", place)


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
    return json.dumps(output, ensure_ascii=True), [loss.path for loss in losses if loss.target == _told(source, target)]


def _told(source: str, target: str) -> str:
    # Probes run one leg: the losses of that leg carry its target.
    return target


def named(place: str, told: list[str], container: bool = False) -> bool:
    """Whether a loss names the place or an ancestor, or, for an empty container that was filled, what it was filled with."""
    return any(
        path == place or place.startswith(path + "/") or (container and path.startswith(place + "/"))
        for path in told
        if path
    )


def _resolves(value: Json, steps: tuple[str | int, ...]) -> bool:
    for step in steps:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _repeated(events: Json, path: Path) -> bool:
    """Whether another event of the stream says the same member, and that one counts."""
    index, *rest = path
    steps = tuple(rest[1:] if rest and rest[0] in ("message", "response") else rest)
    if not steps or not isinstance(index, int):
        return False
    names = {step for step in steps if isinstance(step, str)}
    prefixes: tuple[Path, ...] = ((), ("message",), ("response",))
    if steps[0] in FIRST_COUNTS and len(steps) == 1:
        return any(_resolves(event, (*prefix, *steps)) for event in events[:index] for prefix in prefixes)
    if names & LAST_COUNTS:
        return any(_resolves(event, (*prefix, *steps)) for event in events[index + 1 :] for prefix in prefixes)
    return False


# Responses: what a closing event says whole again.
_PROVISIONAL = {"response.created", "response.queued", "response.in_progress"}
_CLOSING = {"response.completed", "response.incomplete", "response.cancelled"}


def _closed_by_another(events: Json, path: Path, how: str) -> bool:
    """
    Whether a later event of a Responses stream says the whole of it: the last one repeats the response, the end of an item
    repeats its start, its parts and the progress of hosted tools; its encrypted reasoning is encrypted anew in the last one.
    """
    if len(path) < 2 or not isinstance(path[0], int) or not isinstance(events[path[0]], dict):
        return False
    event, member, later = events[path[0]], path[1], events[path[0] + 1 :]
    kind = event.get("type")
    if any(isinstance(other, dict) and other.get("type") == "error" for other in events[: path[0]]):
        return kind == "response.failed"  # the error is told, what follows it is not read
    if kind in _PROVISIONAL:
        return member == "response" and any(other.get("type") in _CLOSING for other in later)
    if kind in _CLOSING:
        return path[1:3] == ("response", "output") and path[-1] in ("encrypted_content", "id", "call_id")
    if not isinstance(kind, str) or not kind.startswith("response.") or member == "type":
        return False
    if how == "removed" and kind.endswith(".done"):
        return True  # the pieces, or the start of the item, said it
    ends = [other for other in later if other.get("type") == "response.output_item.done"]
    of_item = [other for other in ends if other.get("output_index") == event.get("output_index")]
    if kind == "response.output_item.added":
        return bool(of_item)
    hosted = isinstance(member, str) and member in ("delta", "code", "command", "diff", "output", "partial_image_b64", "arguments")
    known = ("output_text", "refusal", "reasoning", "function_call", "custom_tool")
    if hosted and not kind.removeprefix("response.").startswith(known):
        return bool(of_item)
    return bool(ends) and (member == "part" or member not in ("delta", "text", "arguments", "input", "refusal", "item", "annotation"))


def _told_again(events: Json, path: Path) -> bool:
    """Whether another event says the same of the same member (a member of the chunk as a whole: streams repeat those)."""
    if len(path) != 2:
        return False
    index, key = path
    return any(
        isinstance(event, dict) and key in event and event[key] == events[index][key]
        for at, event in enumerate(events)
        if at != index
    )


def _nothing(document: Json, path: Path) -> bool:
    """Whether the leaf of an answer says nothing: in answers an absent member is the same as an empty or zero one."""
    for step in path:
        document = document[step]
    return document in ("", 0, False, None) or document in ([], {})


def _default(kind: str, format: str, before: Json, after: Json, path: Path, how: str) -> bool:
    shape = shape_of(pointer(path))
    if any(
        re.fullmatch(name, format)
        and re.fullmatch(word, kind)
        and re.fullmatch(expression, shape)
        and re.fullmatch(edit, how)
        for name, word, expression, edit, _ in DEFAULTS
    ):
        return True
    if how == "removed" and len(path) == 1 and any(
        (name, word, key) == (format, kind, path[0]) and before[key] == value and before.get(beside) == same
        for name, word, key, value, beside, same, _ in SAID_TWICE
    ):
        return True
    try:
        if kind == "stream":
            return _repeated(before, path) or _closed_by_another(before, path, how) or (
                how == "removed" and (_nothing(before, path) or _told_again(before, path))
            )
        if kind == "response" and how == "removed" and _nothing(before, path):
            return True
        same = [translate.canonical(one, format=format, kind=kind) for one in (before, after)]
    except translate.TranslateError:
        return False
    return not any(checks.differences(*same))


class Prober:
    """Probes documents, remembering which shapes were tried often enough."""

    def __init__(self, per_shape: int = 3, limit: int = 0) -> None:
        self.per_shape, self.limit = per_shape, limit
        self.tried: Counter[tuple[str, str, str, str, str]] = Counter()
        self.probes = 0
        self.silent: list[Silent] = []

    def probe(
        self, document: Json, kind: str, source: str, target: str, options: translate.Options, record: str = ""
    ) -> list[Silent]:
        """The silent places of one document."""
        base: tuple[str, list[str]] | None = None
        found: list[Silent] = []
        for path, how, value in self._edits(document, kind, source, target):
            if base is None:
                base = outcome(document, kind, source, target, options)
                if base[0].startswith("refused"):
                    return found  # nothing to compare with; the corpus report tells refusals
            changed = edited(document, path, value)
            self.probes += 1
            output, told = outcome(changed, kind, source, target, options)
            place = pointer(path)
            filled = how == "changed" and isinstance(value, (dict, list))
            if output != base[0] or named(place, told, filled) or named(place, base[1]):
                continue
            if _default(kind, source, document, changed, path, how):
                continue
            before = None if how == "added" else self._at(document, path)
            found.append(Silent(source, target, kind, place, how, before, record))
        self.silent += found
        return found

    def _edits(self, document: Json, kind: str, source: str, target: str) -> Iterator[tuple[Path, str, Any]]:
        def fresh(path: Path, how: str) -> bool:
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
        for (source, target, kind, shape, how), members in sorted(groups.items(), key=lambda item: -len(item[1]))[
            :show
        ]:
            first = members[0]
            lines.append(
                f"{len(members):4} {source} -> {target} {kind} {shape} {how} "
                f"({checks.short(first.before, 60)}) {first.record}"
            )
        return lines


def documents_of(record: corpus.Record) -> Iterator[tuple[str, Json]]:
    if record.request is not None and record.taken:
        yield "request", record.request
    if record.response is not None:
        failed = not record.taken or checks.told_as_error(record.response)
        yield ("error" if failed else "response"), record.response
    if record.events is not None and len(record.events) <= 60:
        yield "stream", record.events


def run(
    format: str | None, targets: list[str], *, per_shape: int = 3, limit: int = 0, kinds: frozenset[str] | None = None
) -> Prober:
    """
    Probes recorded documents on their way to unified, and, for each target, what they are in unified form on its way
    there.
    """
    prober = Prober(per_shape)
    seen: Counter[str] = Counter()
    for record in corpus.records(format):
        if record.format not in ROWS:
            continue
        seen[record.format] += 1
        if limit and seen[record.format] > limit:
            continue
        options = checks.options_of(record)
        for kind, document in documents_of(record):
            if kinds and kind not in kinds:
                continue
            try:
                prober.probe(document, kind, record.format, "unified", options, record.id)
                for target in targets:
                    if kind == "stream":
                        unified: Json = checks.streamed(document, record.format, "unified", options)[0]
                    elif kind == "error":
                        unified = translate.convert_error(document, source=record.format, status=record.status).value
                    else:
                        convert = translate.convert_request if kind == "request" else translate.convert_response
                        unified = convert(document, source=record.format, options=options).value
                    prober.probe(unified, kind, "unified", target, translate.Options(), record.id)
            except translate.TranslateError:
                continue
            except Exception as error:  # told and passed over: the corpus report has crashes of whole documents
                print(f"{record.id} {kind}: {checks.crash(error)}", file=sys.stderr)
    return prober


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.probe", description=__doc__)
    parser.add_argument("--format", help="only records of this format")
    parser.add_argument("--to", action="append", default=[], help="also unified -> this format (repeatable)")
    parser.add_argument("--kind", action="append", choices=("request", "response", "stream", "error"))
    parser.add_argument("--per-shape", type=int, default=3, help="documents on which a place of one shape is tried")
    parser.add_argument("--limit", type=int, default=0, help="at most that many records a format")
    parser.add_argument("--show", type=int, default=100)
    options = parser.parse_args(arguments)
    if corpus.folder() is None:
        print(corpus.ABSENT, file=sys.stderr)
        return 2
    began = time.perf_counter()
    kinds = frozenset(options.kind) if options.kind else None
    prober = run(options.format, options.to, per_shape=options.per_shape, limit=options.limit, kinds=kinds)
    print("\n".join(prober.rows(options.show)))
    print(f"{prober.probes} probes, {len(prober.silent)} silent, {time.perf_counter() - began:.1f} s")
    return 1 if prober.silent else 0


if __name__ == "__main__":
    raise SystemExit(main())
