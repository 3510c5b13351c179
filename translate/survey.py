"""
The first look at a unified document: is it of the shapes that nearly all are, with nothing to mend and nothing to refuse?

One walk in place of four (surrogates and depth, the strict check, older spellings, calls and their results). What it knows is
right without a further look, and the writers take it the short way (`Leg.plain`); what it does not know says nothing and goes
the long way, so that there is one judgement of everything unusual.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from translate.scrubbing import lone

Json = dict[str, Any]

# Members of a request and the types at which they are right whatever else is so. Only types that need no further look: a list
# may hold anything, a float may be NaN (numbers have to be between bounds that NaN is not between).
_COUNT: frozenset[type] = frozenset((int, type(None)))
_SWITCH: frozenset[type] = frozenset((bool, type(None)))
TEXT_MEMBERS = frozenset((
    "model", "user", "stop", "tool_choice", "reasoning_effort", "service_tier", "verbosity", "prompt_cache_key", "safety_identifier",
))  # fmt: skip
PLAIN_MEMBERS: dict[str, frozenset[type]] = {
    **dict.fromkeys(("max_tokens", "max_completion_tokens", "n", "seed", "top_k", "top_logprobs"), _COUNT),
    **dict.fromkeys(("stream", "store", "parallel_tool_calls", "logprobs"), _SWITCH),
}
PLAIN_NUMBERS = frozenset((
    "temperature", "top_p", "frequency_penalty", "presence_penalty", "min_p", "top_a", "repetition_penalty",
))  # fmt: skip
FINISH_REASONS = frozenset(("stop", "length", "tool_calls", "content_filter"))


def _plain_stop(value: Any) -> bool:
    return type(value) is list and all(type(text) is str and (text.isascii() or not lone(text)) for text in value)


def _plain_stream_options(value: Any) -> bool:
    return type(value) is dict and value.keys() == {"include_usage"} and type(value["include_usage"]) is bool


def _plain_choice(value: Any) -> bool:
    """`{"type": "function", "function": {"name": ...}}`."""
    if type(value) is not dict or value.keys() != {"type", "function"} or value["type"] != "function":
        return False
    function = value["function"]
    return (
        type(function) is dict and function.keys() == {"name"} and type(function["name"]) is str and function["name"].isascii()
    )  # fmt: skip


def _plain_thinking(value: Any) -> bool:
    """`{"type": ..., "budget_tokens": ...}`, with a budget or without."""
    if type(value) is not dict or "type" not in value:
        return False
    for name, held in value.items():
        if type(held) is not _THINKING.get(name) or (type(held) is str and not held.isascii()):
            return False
    return True


_THINKING = {"type": str, "budget_tokens": int, "display": str}


def _plain_reasoning(value: Any) -> bool:
    """Settings of routers, of the types they have."""
    if type(value) is not dict:
        return False
    for name, held in value.items():
        if type(held) is not _REASONING.get(name) or (type(held) is str and not held.isascii()):
            return False
    return True


_REASONING = {"effort": str, "max_tokens": int, "exclude": bool, "enabled": bool, "summary": str}


def _plain_metadata(value: Any) -> bool:
    """Words by names, all of ASCII characters."""
    if type(value) is not dict:
        return False
    return all(type(name) is str and name.isascii() and type(word) is str and word.isascii() for name, word in value.items())


def _plain_bias(value: Any) -> bool:
    """Numbers by tokens."""
    if type(value) is not dict:
        return False
    for name, number in value.items():
        if type(name) is not str or not name.isascii() or (type(number) is not int and type(number) is not float) or not -1e9 < number < 1e9:
            return False
    return True


def _plain_search(value: Any) -> bool:
    """`{}` or a size of the context; a place is for the validator."""
    if type(value) is not dict or not value.keys() <= {"search_context_size"}:
        return False
    size = value.get("search_context_size", "")
    return type(size) is str and size.isascii()


def _plain_word(value: Any) -> bool:
    """`{"type": ...}`, a format without a schema."""
    return type(value) is dict and len(value) == 1 and is_plain_format(value) and value["type"].isascii()


# Small members that are lists or objects, each with its look.
_SMALL: dict[str, Callable[[Any], bool]] = {
    "stop": _plain_stop, "stream_options": _plain_stream_options, "tool_choice": _plain_choice, "thinking": _plain_thinking,
    "metadata": _plain_metadata, "logit_bias": _plain_bias, "web_search_options": _plain_search, "response_format": _plain_word,
    "reasoning": _plain_reasoning,
}  # fmt: skip


def is_plain_format(value: Any) -> bool:
    """Whether a response format is right in type: a word alone, or a schema and what stands beside it. Texts are not looked at."""
    if type(value) is not dict or type(value.get("type")) is not str:
        return False
    if len(value) == 1:
        return bool(value["type"] != "json_schema")
    named = value.get("json_schema")
    if len(value) != 2 or value["type"] != "json_schema" or type(named) is not dict or type(named.get("name")) is not str:
        return False
    for name, held in named.items():  # noqa: SIM110  (a generator costs more than the look)
        if type(held) is not _FORMAT.get(name):
            return False
    return True


_FORMAT = {"name": str, "description": str, "schema": dict, "strict": bool}


def encodes(text: str) -> bool:
    """Whether a text has UTF-8, that is, no lone surrogate (`isascii` reads a flag)."""
    return text.isascii() or not lone(text)


# A named tuple without its own constructor, which costs four tenths of a microsecond, a twelfth of a small conversion.
made = tuple.__new__


class Survey(NamedTuple):
    """
    What a look at a request found.

    plain: all messages are of the common shapes, calls and results paired. rest, odd: members and messages that need a further
    look; where `messages` is no list with members, `rest` is the request itself. echoed: all messages are so once `bare` has left
    out the members that say nothing. paired: calls and results are, those of odd messages too.
    """

    plain: bool
    rest: Json
    odd: list[Any]
    echoed: bool
    paired: bool


def survey(request: Json) -> Survey:
    """Looks once at every member and every message of a unified request."""
    rest: Json = {}
    for name, value in request.items():
        kind = type(value)
        if kind is str:
            if name in TEXT_MEMBERS and (value.isascii() or not lone(value)):
                continue
        elif name in PLAIN_NUMBERS:
            if (kind is float or kind is int) and -1e9 < value < 1e9:
                continue
        elif name == "messages":
            if kind is list and value:
                continue
        elif name in PLAIN_MEMBERS and kind in PLAIN_MEMBERS[name]:
            continue
        elif value is None or (name in _SMALL and _SMALL[name](value)):
            continue
        rest[name] = value
    if "messages" in rest or "messages" not in request:
        return made(Survey, (False, request, [], False, False))
    odd, paired, echoed = odd_messages(request["messages"])
    plain = paired and not odd
    return made(Survey, (plain and not echoed, rest, odd, plain and echoed, paired))


# Members with which clients send an answer back as they got it; without a value they say nothing.
ECHOED = frozenset(("refusal", "annotations", "audio", "function_call", "tool_calls"))


def bare(message: Json) -> Json:
    """A message of the common shapes without the members that say nothing."""
    if message["role"] != "assistant":
        return message
    calls = message.get("tool_calls")
    fresh = {"role": "assistant", "content": message.get("content")}
    if calls:
        fresh["tool_calls"] = calls
    return fresh


def odd_messages(messages: list[Any]) -> tuple[list[Any], bool, bool]:
    """
    The messages of none of the common shapes, whether calls and results of all are paired, and whether some are echoed.

    Common: a role and a text; a user's text parts and image addresses; an assistant's function calls beside a text or none; a
    tool's text that answers one of the calls before it. No member beside them. Paired: each call has its result, directly behind
    the message it stands in, and no id comes again.
    """
    odd: list[Any] = []
    paired, echoed = True, False
    called: dict[str, bool] = {}  # ids of calls, and whether they wait for a result
    waiting = 0  # how many do
    for message in messages:
        if type(message) is not dict:
            odd.append(message)
            paired = False
            continue
        role, content, size = message.get("role"), message.get("content"), len(message)
        if waiting and role != "tool":
            paired = False
        if type(content) is str and type(role) is str:
            if not content.isascii() and lone(content):
                pass
            elif size == 2:
                if role == "user" or role == "assistant" or role == "system" or role == "developer":
                    continue
            elif role == "tool":
                identifier = message.get("tool_call_id")
                if size == 3 and type(identifier) is str:
                    if called.get(identifier):
                        called[identifier] = False
                        waiting -= 1
                        continue
                    if identifier.isascii() or identifier in called:
                        paired = False
                        continue
            elif size == 3 and role == "assistant" and plain_calls(message.get("tool_calls"), called):
                waiting += len(message["tool_calls"])
                continue
            elif _is_echoed(message, called):
                echoed = True
                waiting += len(message.get("tool_calls") or ())
                continue
        elif size == 2 and role == "user" and type(content) is list:
            if content and all(map(is_plain_part, content)):
                continue
        elif content is None and role == "assistant":
            if size == 3 and "content" in message and plain_calls(message.get("tool_calls"), called):
                waiting += len(message["tool_calls"])
                continue
            if _is_echoed(message, called):
                echoed = True
                waiting += len(message.get("tool_calls") or ())
                continue
        odd.append(message)
        change = _paired(message, called)
        if change is None:
            paired = False
        else:
            waiting += change
    return odd, paired and not waiting, echoed


def _paired(message: Json, called: dict[str, bool]) -> int | None:
    """By how many the calls of an odd message raise those that wait, or its result lowers them; None where these are not paired."""
    role = message.get("role")
    if role == "tool":
        identifier = message.get("tool_call_id")
        if type(identifier) is not str or not called.get(identifier):
            return None
        called[identifier] = False
        return -1
    if role != "assistant":
        return 0
    calls = message.get("tool_calls")
    count = 0
    for call in calls if type(calls) is list else ():
        identifier = call.get("id") if type(call) is dict else None
        if type(identifier) is not str or identifier in called:
            return None
        called[identifier] = True
        count += 1
    return count


def _is_echoed(message: Json, called: dict[str, bool]) -> bool:
    """An answer as a client got it: beside text and calls only members without a value, or no text and no member for it."""
    if message.get("role") != "assistant":
        return False
    calls = None
    for name, value in message.items():
        if name == "tool_calls" and value:
            calls = value
        elif name != "role" and name != "content" and not (name in ECHOED and (value is None or (name == "annotations" and value == []))):
            return False
    return bool(message.get("content")) if calls is None else plain_calls(calls, called)


def plain_calls(calls: Any, called: dict[str, bool]) -> bool:
    """Whether calls are plain, with ids that are not there yet; notes them as those that wait for a result."""
    if type(calls) is not list or not calls:
        return False
    try:
        for call in calls:
            if type(call) is not dict or len(call) != 3 or call["type"] != "function":
                return False
            identifier, function = call["id"], call["function"]
            if type(identifier) is not str or not identifier or type(function) is not dict or len(function) != 2:
                return False
            name, arguments = function["name"], function["arguments"]
            if type(name) is not str or type(arguments) is not str:
                return False
            if not (identifier.isascii() and name.isascii() and (arguments.isascii() or not lone(arguments))):
                return False
    except KeyError:
        return False
    before = len(called)
    for call in calls:
        called[call["id"]] = True
    return len(called) == before + len(calls)


def is_plain_part(part: Any) -> bool:
    """A text, or the address of an image, and nothing beside it."""
    if type(part) is not dict or len(part) != 2:
        return False
    kind = part.get("type")
    if kind == "text":
        text = part.get("text")
        return type(text) is str and (text.isascii() or not lone(text))
    return kind == "image_url" and is_plain_image(part.get("image_url"))


def is_plain_image(image: Any) -> bool:
    """An address of ASCII characters, and a detail that all know or none."""
    if type(image) is not dict:
        return False
    url, size = image.get("url"), len(image)
    if size != 1:
        detail = image.get("detail")
        if size != 2 or type(detail) is not str or detail not in _DETAILS:
            return False
    return type(url) is str and url.isascii()


_DETAILS = frozenset(("auto", "low", "high"))


_NONE: frozenset[str] = frozenset()
COUNTS = {
    "prompt_tokens": _NONE, "completion_tokens": _NONE, "total_tokens": _NONE,
    "prompt_tokens_details": frozenset(("cached_tokens", "audio_tokens")),
    "completion_tokens_details": frozenset((
        "reasoning_tokens", "audio_tokens", "accepted_prediction_tokens", "rejected_prediction_tokens",
    )),
}  # fmt: skip
_HEAD = {"id": str, "object": str, "model": str, "created": int}
_WORDS = frozenset(("system_fingerprint", "service_tier"))
_MESSAGE_MEMBERS = frozenset(("role", "content", "refusal", "tool_calls", "annotations", "reasoning_content"))
_CHOICE_MEMBERS = frozenset(("index", "message", "finish_reason", "logprobs"))


def plain_counts(usage: Json) -> bool:
    """Whether all members of a usage are known ones and whole numbers; False says nothing."""
    for name, value in usage.items():
        known = COUNTS.get(name)
        if known is None:
            return False
        if not known:
            if type(value) is not int or value < 0:
                return False
        elif type(value) is not dict or not value.keys() <= known:
            return False
        else:
            for count in value.values():
                if type(count) is not int or count < 0:
                    return False
    return True


def plain_response(response: Json, counts: Callable[[Json], bool] = plain_counts) -> bool:
    """
    Whether an answer is plain; False says nothing. `counts`: the look at its usage.

    One choice: a text or none, readable reasoning, function calls; a finish reason everyone has; whole numbers as counts. Beside
    them only a head (id, object, created, model, fingerprint, tier) and members that are null or an empty list of annotations.
    """
    for name, value in response.items():
        kind = type(value)
        if name in _HEAD:
            if kind is not _HEAD[name] or (kind is str and not value.isascii()):
                return False
        elif name == "choices":
            if kind is not list or len(value) != 1 or not _is_plain_choice(value[0]):
                return False
        elif name == "usage":
            if kind is not dict or not counts(value):
                return False
        elif value is not None and (name not in _WORDS or kind is not str or not value.isascii()):
            return False
    return "choices" in response and "id" in response and "created" in response and "model" in response


def _is_plain_choice(choice: Any) -> bool:
    if type(choice) is not dict or not choice.keys() <= _CHOICE_MEMBERS or choice.get("logprobs") is not None:
        return False
    message, reason = choice.get("message"), choice.get("finish_reason")
    if type(reason) is not str or reason not in FINISH_REASONS:
        return False
    if type(choice.get("index")) is not int or choice["index"] != 0 or type(message) is not dict:
        return False
    if message.get("role") != "assistant" or "content" not in message or not message.keys() <= _MESSAGE_MEMBERS:
        return False
    for name, value in message.items():
        if name == "tool_calls":
            if value is not None and not plain_calls(value, {}):
                return False
        elif type(value) is str:
            if name == "refusal" or name == "annotations" or (not value.isascii() and lone(value)):
                return False
        elif value is not None and (name != "annotations" or value != []):
            return False
    return True
