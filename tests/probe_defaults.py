"""
What may change without a trace, with the documented reason: the exceptions of the leaf probe (`tests.probe`).

Answers and streams say many things twice, or say nothing with a member that is there; a table names what is left.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import translate
from tests import checks
from translate.errors import pointer

Json = Any
Path = tuple[str | int, ...]

# Format, kind, shape of the place, edit (regular expressions) and the documented reason why it may change without a
# trace.
DEFAULTS: tuple[tuple[str, str, str, str, str], ...] = (
    (".*", "stream", r".*/obfuscation", ".*", "padding against length attacks, random by definition"),
    ("(bedrock|mistral)", "stream", r".*/p", ".*", "padding of event frames"),
    ("anthropic.*", "stream", r"/\*/message/(stop_reason|stop_sequence|content)", "removed", "empty at the start"),
    ("(deepseek|together|moonshot)", "stream", r"/\*/usage/.*(cached|hit|miss)_tokens", "removed", "said in two places of usage"),
    ("(groq|huggingface)", "stream", r"/\*/x_groq/id", "removed", "repeated on the last chunk"),
    ("(groq|huggingface|perplexity)", "stream", r"/\*/(x_groq/)?usage/(\w+/)?zz_strange", "added", "a later chunk's usage counts"),
    ("perplexity", "stream", r"/\*/choices/\*/message/.*", "removed", "the text so far, repeated beside each delta"),
    ("(xai|gemini-openai)", "(response|stream)", r".*/reasoning_tokens", "removed", "what the total has beyond the two counts"),
    ("(groq|huggingface)", "stream", r".*/delta/tool_calls/\*/index", "removed", "whole calls are told apart by their ids"),
    ("qwen", "stream", r".*/delta/tool_calls/\*/type", "changed", "repeated on later fragments, where it says nothing"),
    (".*", "stream", r".*/(images|reasoning_details|annotations)/\*/index", "changed", "numbered by arrival"),
    ("unified", "stream", r".*/(images|annotations)/\*/index", "removed", "numbered by arrival"),
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
    ("anthropic-(vertex|bedrock)", "request", "/stream", "removed", "the path of the request says the same"),
    ("(gemini|vertex)", "(response|stream)", r".*/usageMetadata/totalTokenCount", "removed", "the sum of the others"),
    ("(gemini|vertex)", "stream", r".*/partialArgs/\*/willContinue", ".*", "pieces of one path join"),
    (".*", "stream", r"/\*/id", "removed", "made up: the same as the one that is made up without an id"),
    (".*", "(response|stream)", r"(/\*)?(/response|/x_groq)?/usage/total_tokens", "removed", "the sum of the two others"),
    (".*", "stream", r".*/function/arguments", "removed", "arguments without any text are {}"),
    ("ollama", "stream", r".*/tool_calls/\*/function/index", ".*", "calls are numbered by arrival"),
    ("mistral", "stream", r".*/closed", "(removed|changed)", "every piece of a thinking says it; the next event's first goes on with it"),
    (".*", "stream", r".*/extra_content/\w+/blocks/\*/index", ".*", "rows are numbered in their order"),
    ("cohere", "stream", r"/\*/index", "changed", "blocks, calls and citations are numbered by arrival"),
    (".*", ".*", r".*/extra_content/\w+/blocks/\*/head", ".*", "a hint that finds a row again after an edit"),
    ("anthropic.*", "stream", r"/\*/usage/.*_tokens", "removed", "stands as message_start said"),
    (".*", ".*", r".*/type", "removed", "an object without its discriminator is read by the members it has"),
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
LAST_COUNTS = {"usage", "usageMetadata", "finishReason", "finish_reason", "native_finish_reason", "stop_reason"}


def shape_of(place: str) -> str:
    return re.sub(r"/\d+(?=/|$)", "/*", place)


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


def _after_error(events: Json, path: Path, format: str) -> bool:
    """Whether an earlier event is an error: it ends the output, and later events are ignored."""
    machine = translate.StreamConverter(format, "unified")
    return any("error" in chunk and not chunk.get("choices") for event in events[: path[0]] for chunk in machine.feed(event))


def _nothing(document: Json, path: Path) -> bool:
    """Whether the leaf of an answer says nothing: in answers an absent member is the same as an empty or zero one."""
    for step in path:
        document = document[step]
    return document in ("", 0, False, None) or document in ([], {})


def _at(document: Json, path: Path) -> Json:
    for step in path:
        document = document[step]
    return document


def _effort_of_thinking(document: Json, path: Path) -> bool:
    return document["reasoning_effort"] == "none" and document.get("thinking") == {"type": "disabled"}


def _readable(document: Json, path: Path) -> bool:
    holder = _at(document, path[:-3])
    details = holder["reasoning_details"]
    return len(details) == 1 and details[0]["text"] == holder.get("reasoning_content")


def _said_by_details(document: Json, path: Path) -> bool:
    """Whether the entries of reasoning_details beside a readable reasoning say its text."""
    holder = _at(document, path[:-1])
    entries = holder.get("reasoning_details") or ()
    texts = [entry.get("text") or entry.get("summary") or "" for entry in entries if isinstance(entry, dict)]
    return bool(entries) and any(joint.join(texts) == holder[path[-1]] for joint in ("", "\n\n"))


def _last_turn(document: Json, path: Path) -> bool:
    message = _at(document, path[:-1])
    return path[1] == len(document["messages"]) - 1 and message["role"] == "assistant" and message["prefix"] is True


def _five_minutes(document: Json, path: Path) -> bool:
    return bool(_at(document, path) == "5m")


def _in_message(document: Json, path: Path) -> bool:
    return bool(str(document["error"].get("message")).startswith(f"{document['error']['param']}: "))


def _type_of_error(document: Json, path: Path) -> bool:
    error = document[path[0]]["error"]
    return bool(error.get("type") == error["code"])


def _no_alternatives(document: Json, path: Path) -> bool:
    return bool(document["top_logprobs"] == 0)


def _null(document: Json, path: Path) -> bool:
    return _at(document, path) is None


def _tier_of_bag(document: Json, path: Path) -> bool:
    own = (document.get("extra_content") or {}).get("bedrock") or {}
    return bool(own.get("serviceTier") == {"type": document["service_tier"]})


def _sequence_hit(document: Json, path: Path) -> bool:
    return document["stop_reason"] == "stop_sequence" and document.get("stop_sequence") is not None


def _name_of_call(document: Json, path: Path) -> bool:
    result = _at(document, path[:-1])
    parts = [part for content in document["contents"][: path[1]] for part in content.get("parts") or () if isinstance(part, dict)]
    calls = [part["functionCall"] for part in parts if isinstance(part.get("functionCall"), dict)]
    return any(call.get("name") == result["name"] and call.get("id") == result.get("id") for call in calls)


def _opens_nothing(document: Json, path: Path) -> bool:
    return document[path[0]]["contentBlockStart"].get("start") == {}


def _begins_block(document: Json, path: Path) -> bool:
    def number(event: Json) -> Any:
        body = next(iter(event.values()), None) if isinstance(event, dict) else None
        return body.get("contentBlockIndex", 0) if isinstance(body, dict) else None

    return number(document[path[0]]) not in [number(event) for event in document[: path[0]]]


# The words that targets write for a finish reason anyway.
OWN_WORDS = {
    "stop": ("end_turn", "STOP", "COMPLETE"), "length": ("max_tokens", "MAX_TOKENS"), "tool_calls": ("tool_use", "TOOL_CALL"),
}  # fmt: skip


def _reason_told(document: Json, path: Path) -> bool:
    choice = _at(document, path[:-1])
    word, finish = choice["native_finish_reason"], choice.get("finish_reason")
    return word == finish or word in OWN_WORDS.get(finish, ())


def _entry(event: Json, path: Path) -> tuple[Any, ...]:
    """The choice, index and kind of the fragment (of a call, of a reasoning entry) that the rest of a path leads into."""
    choice, fragment = _at(event, path[1:3]), _at(event, path[1:6])
    return choice.get("index"), path[4], fragment.get("index"), fragment.get("type") if path[4] == "reasoning_details" else None


def _fragment_told(events: Json, path: Path) -> bool:
    """Whether another fragment of the same call, or of the same reasoning entry, says the same of the member."""
    entry, value = _entry(events[path[0]], path), _at(events, path)
    for at, event in enumerate(events):
        for number, choice in enumerate(event.get("choices") or () if at != path[0] else ()):
            for spot in range(len((choice.get("delta") or {}).get(path[4]) or ())):
                other = (at, "choices", number, "delta", path[4], spot, *path[6:])
                if _entry(event, other) == entry and _resolves(events, other) and _at(events, other) == value:
                    return True
    return False


def _finish_told(events: Json, path: Path) -> bool:
    """Whether another chunk ends the same choice with the same word."""
    choice = _at(events, path[:-1])
    return any(
        at != path[0] and other.get("index") == choice.get("index") and other.get("finish_reason") == choice["finish_reason"]
        for at, event in enumerate(events) for other in event.get("choices") or ()
    )  # fmt: skip


def _before_error(document: Json, path: Path) -> bool:
    """A place in the provisional answer (created, in progress) of a stream whose next word is an error."""
    words = [event.get("type") for event in document]
    return "error" in words and all(word in ("response.created", "response.in_progress") for word in words[: words.index("error")])


def _is_cut(document: Json, path: Path) -> bool:
    """A Responses stream without its last event, which says whole what the first ones said beside the items."""
    return not any(isinstance(event, dict) and event.get("type") in _CLOSING for event in document)


def _ended_by_error(document: Json, path: Path) -> bool:
    return any(isinstance(event, dict) and (event.get("type") == "error" or "error" in event) for event in document[int(path[0]) :])


# Format, kind and shape of a place and an edit that leaves no trace when what stands beside it says the same, which the
# function finds out, and why.
BESIDE: tuple[tuple[str, str, str, str, Callable[[Json, Path], bool], str], ...] = (
    ("unified", "request", "/reasoning_effort", "removed", _effort_of_thinking, "thinking that is off is effort none"),
    ("unified", "request", r"/messages/\*/prefix", ".*", _last_turn, "a last turn of the assistant is continued, marked or not"),
    ("unified", "request", r"(/.*)?/cache_control/ttl", "removed", _five_minutes, "what a mark without a ttl says"),
    ("unified", "error", "/error/param", "removed", _in_message, "the message begins with it"),
    ("unified", "stream", r"/\*/error/code", "removed", _type_of_error, "the type of the error is the same word"),
    ("unified", "request", "/top_logprobs", "removed", _no_alternatives, "no alternatives is what logprobs alone asks for"),
    (".*", "request", ".*", "removed", _null, "null is the same as absent"),
    ("unified", "request", "/service_tier", "removed", _tier_of_bag, "the tier in the bag beside it says the same"),
    (".*", ".*", r".*/reasoning(_content)?", "removed", _said_by_details, "the entries of reasoning_details beside it say it"),
    ("unified", ".*", r".*/reasoning_details/\*/text", "removed", _readable, "the readable reasoning beside it says it"),
    ("anthropic.*", "response", "/stop_reason", "removed", _sequence_hit, "the stop sequence beside it says it"),
    ("(gemini|vertex)", "request", r".*/functionResponse/name", "removed", _name_of_call, "the call of this id says the name"),
    ("bedrock", "stream", r"/\*/contentBlockStart/contentBlockIndex", "changed", _opens_nothing, "a start of no kind opens nothing"),
    ("bedrock", "stream", r"/\*/contentBlockDelta/contentBlockIndex", ".*", _begins_block, "a text opens its block under any number"),
    ("openai-responses", "stream", r"/\*/response/.*", ".*", _before_error, "an answer that an error ends gives the error alone"),
    (".*", "stream", r"/\*/\w+", "added", _ended_by_error, "an error ends the output: no usage, no tail"),
    ("openai-responses", "stream", r"/\*/(response|part)/.*", ".*", _is_cut, "of a cut answer its pieces alone are known"),
    ("anthropic.*", "stream", r"/\*/(message/usage|content_block)/.*", ".*", _ended_by_error, "an error ends the output: no usage, no tail"),
    (".*", "stream", r"/\*/choices/\*/delta/reasoning_details/\*/(id|format)", "removed", _fragment_told, "another piece says it"),
    (".*", "stream", r"/\*/choices/\*/delta/tool_calls/\*/(id|function/name)", "removed", _fragment_told, "another piece says it"),
    (".*", "stream", r"/\*/choices/\*/finish_reason", "removed", _finish_told, "another chunk ends the choice with it"),
    (".*", "(response|stream)", r".*/native_finish_reason", "removed", _reason_told, "the finish reason says the same"),
)


def documented(kind: str, format: str, before: Json, after: Json, path: Path, how: str) -> str:
    """Why the edit of a place may leave no trace; empty when nothing says so."""
    shape = shape_of(pointer(path))
    for name, word, expression, edit, reason in DEFAULTS:
        if all(map(re.fullmatch, (name, word, expression, edit), (format, kind, shape, how))):
            return reason
    for name, word, expression, edit, says, reason in BESIDE:
        if all(map(re.fullmatch, (name, word, expression, edit), (format, kind, shape, how))) and says(before, path):
            return reason
    if kind == "stream":
        if _repeated(before, path):
            return "another event says it, and that one counts"
        if _closed_by_another(before, path, how):
            return "a later event says the whole of it"
        if how == "removed" and _told_again(before, path):
            return "another event says the same"
    if kind in ("response", "stream") and how == "removed" and _nothing(before, path):
        return "nothing, zero or empty: the same as absent"
    if kind == "stream":
        return "an error ends the output" if _after_error(before, path, format) else ""
    try:
        same = [translate.canonical(one, format=format, kind=kind) for one in (before, after)]
    except translate.TranslateError:
        return ""
    return "" if any(checks.differences(*same)) else "canonical is the same"
