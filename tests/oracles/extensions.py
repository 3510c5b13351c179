"""
The unified format's extensions of OpenAI's form: each checked, then taken out, so that the official types can judge
the rest.

Fields that no table here knows stay, and the official types refuse them: aliases (`reasoning`,
`prompt_cache_breakpoint` apart, which OpenAI itself has) are read by the library and never written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Check = Callable[[Any], bool]

BAG_KEYS = {
    "openai",
    "azure",
    "anthropic",
    "bedrock",
    "google",
    "mistral",
    "cohere",
    "ollama",
    "deepseek",
    "xai",
    "groq",
    "together",
    "fireworks",
    "openrouter",
    "perplexity",
    "cerebras",
    "nvidia",
    "vllm",
    "sambanova",
    "moonshot",
    "zai",
    "qwen",
    "minimax",
    "huggingface",
    "siliconflow",
    "lmstudio",
    "llamacpp",
}
ROW_TYPES = {"text", "part", "reasoning", "refusal", "tool_call", "image", "audio", "native"}


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _filled(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _row(row: Any) -> bool:
    known = isinstance(row, dict) and row.get("type") in ROW_TYPES
    return (known and (row["type"] != "native" or isinstance(row.get("value"), dict)) and "head" not in row) or (
        known and _text(row.get("head")) and len(row["head"]) <= 8 and _count(row.get("length"))
    )


def _bag(value: Any) -> bool:
    if not isinstance(value, dict) or not value or not BAG_KEYS.issuperset(value):
        return False
    for bag in value.values():
        if not isinstance(bag, dict) or not bag:
            return False
        rows = bag.get("blocks")
        if rows is not None and not (isinstance(rows, list) and all(_row(row) for row in rows)):
            return False
    return True


def _cache(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") == "ephemeral" and set(value) <= {"type", "ttl", "scope"}


def _detail(entry: Any) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("type"), str) or not _count(entry.get("index")):
        return False
    texts = [value for key, value in entry.items() if key in ("text", "summary", "data", "signature", "id", "format")]
    return entry["type"].startswith("reasoning.") and all(value is None or _text(value) for value in texts)


def _details(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_detail(entry) for entry in value)


def _details_in_order(value: Any) -> bool:
    return _details(value) and [entry["index"] for entry in value] == list(range(len(value)))


def _images(value: Any) -> bool:
    def image(one: Any) -> bool:
        return (
            isinstance(one, dict)
            and one.get("type") == "image_url"
            and isinstance(one.get("image_url"), dict)
            and _filled(one["image_url"].get("url"))
            and _count(one.get("index"))
        )

    return isinstance(value, list) and bool(value) and all(image(one) for one in value)


def _thinking(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and ("type" not in value or value["type"] in ("enabled", "disabled", "adaptive", "between_tools"))
    )


def _reasoning(value: Any) -> bool:
    # Only what has no other spelling is canonical here.
    return isinstance(value, dict) and bool(value) and set(value) <= {"exclude", "summary"}


def _true(value: Any) -> bool:
    return value is True


def _object(value: Any) -> bool:
    return isinstance(value, dict) and bool(value)


REQUEST: dict[str, Check] = {
    "extra_content": _bag,
    "cache_control": _cache,
    "thinking": _thinking,
    "reasoning": _reasoning,
    "image_config": _object,
    "top_k": _number,
    "min_p": _number,
    "top_a": _number,
    "repetition_penalty": _number,
}
MESSAGE: dict[str, Check] = {
    "extra_content": _bag,
    "cache_control": _cache,
    "reasoning_content": _filled,
    "reasoning_details": _details_in_order,
    "images": _images,
    "prefix": _true,
    "is_error": _true,
}
DELTA: dict[str, Check] = {**MESSAGE, "reasoning_details": _details, "reasoning_content": _text}
PART: dict[str, Check] = {"extra_content": _bag, "cache_control": _cache}
CHOICE: dict[str, Check] = {"extra_content": _bag, "native_finish_reason": _filled}
BAG_ONLY: dict[str, Check] = {"extra_content": _bag}


class _Taker:
    def __init__(self) -> None:
        self.found: list[str] = []

    def take(self, value: Json, checks: dict[str, Check], at: str) -> Json:
        rest = {}
        for key, item in value.items():
            check = checks.get(key)
            if check is None:
                rest[key] = item
            elif not check(item):
                self.found.append(f"{at}{key}: not what the extension says: {str(item)[:80]}")
        return rest

    def each(self, value: Any, work: Callable[[Json, str], Any], at: str) -> Any:
        if not isinstance(value, list):
            return value
        out = [work(item, f"{at}{index}/") if isinstance(item, dict) else item for index, item in enumerate(value)]
        return [item for item in out if item is not None]

    def message(self, message: Json, at: str) -> Json:
        rest = self.take(message, MESSAGE, at)
        if message.get("is_error") is not None and message.get("role") != "tool":
            self.found.append(f"{at}is_error: not a tool message")
        if message.get("prefix") is not None and message.get("role") != "assistant":
            self.found.append(f"{at}prefix: not an assistant message")
        self.message_members(rest, at)
        if message.get("role") == "assistant" and isinstance(rest.get("annotations"), list):
            # Citations of an answer that is history now: in the unified format, not in the official request type.
            self.found += [f"{at}{found}" for found in _annotations(rest.pop("annotations"))]
        if isinstance(message.get("content"), list):
            rest["content"] = self.each(message["content"], self.part, f"{at}content/")
            if message["content"] and not rest["content"]:
                rest["content"] = ""  # held extension parts alone
            elif message.get("role") == "tool":
                rest["content"] = [part for part in rest["content"] if part.get("type") == "text"] or ""
        empty = message.get("role") == "assistant" and rest.get("content") is None and not rest.get("tool_calls")
        if empty and (len(rest) < len(message) or "content" not in rest):
            rest["content"] = ""  # a turn of reasoning, images or native blocks alone has no visible content
        return rest

    def message_members(self, rest: Json, at: str) -> None:
        if isinstance(rest.get("tool_calls"), list):
            rest["tool_calls"] = self.each(rest["tool_calls"], self.call, f"{at}tool_calls/")
        if isinstance(rest.get("audio"), dict):
            rest["audio"] = self.take(rest["audio"], BAG_ONLY, f"{at}audio/")
        if isinstance(rest.get("annotations"), list):
            rest["annotations"] = self.each(rest["annotations"], self.annotation, f"{at}annotations/")

    def annotation(self, annotation: Json, at: str) -> Json:
        rest = self.take(annotation, BAG_ONLY, at)
        return {key: value for key, value in rest.items() if key != "index"}

    def part(self, part: Json, at: str) -> Json | None:
        rest = self.take(part, PART, at)
        kind = rest.get("type")
        if kind == "video_url":
            if not (isinstance(rest.get("video_url"), dict) and _filled(rest["video_url"].get("url"))):
                self.found.append(f"{at}video_url: no url")
            return None
        inner = rest.get(kind) if isinstance(kind, str) else None
        if isinstance(inner, dict):
            rest[str(kind)] = self.take(inner, BAG_ONLY, f"{at}{kind}/")
        return rest

    def call(self, call: Json, at: str) -> Json:
        rest = self.take(call, PART, at)
        for key in ("function", "custom"):
            if isinstance(rest.get(key), dict):
                rest[key] = self.take(rest[key], BAG_ONLY, f"{at}{key}/")
        return rest

    def tool(self, tool: Json, at: str) -> Json | None:
        if tool.get("type") not in ("function", "custom"):
            if not _filled(tool.get("type")):
                self.found.append(f"{at}type: a native tool without a type")
            return None
        return self.call(tool, at)

    def choice(self, choice: Json, at: str) -> Json:
        rest = self.take(choice, CHOICE, at)
        if isinstance(rest.get("message"), dict):
            rest["message"] = self.take(rest["message"], MESSAGE, f"{at}message/")
            self.message_members(rest["message"], f"{at}message/")
        if isinstance(rest.get("delta"), dict):
            rest["delta"] = self.take(rest["delta"], DELTA, f"{at}delta/")
            self.message_members(rest["delta"], f"{at}delta/")
            self.found += [f"{at}delta/{found}" for found in _annotations(rest["delta"].pop("annotations", None))]
            rest["delta"] = _function_deltas(rest["delta"])
        return rest


def without_passing(chunk: Json) -> tuple[Json, list[str]]:
    """
    A chunk without what the official chunk type lets pass and does not know, and what is wrong with that.

    Annotations of deltas (the service sends them), metadata of the answer, custom calls.
    """
    found: list[str] = []
    if "metadata" in chunk:
        found += [] if isinstance(chunk["metadata"], dict) else ["metadata: no object"]
        chunk = {name: value for name, value in chunk.items() if name != "metadata"}
    choices = chunk.get("choices")
    if not isinstance(choices, list):
        return chunk, found
    bare: list[Any] = []
    for number, choice in enumerate(choices):
        delta = choice.get("delta") if isinstance(choice, dict) else None
        if isinstance(delta, dict) and "annotations" in delta:
            rest = dict(delta)
            notes = rest.pop("annotations")
            if isinstance(notes, list):
                found += [
                    f"choices/{number}/delta/annotations/{at}: no index, which the official accumulator needs"
                    for at, one in enumerate(notes)
                    if not (isinstance(one, dict) and _count(one.get("index")))
                ]
                notes = [{key: value for key, value in one.items() if key != "index"} if isinstance(one, dict) else one for one in notes]
            found += [f"choices/{number}/delta/{problem}" for problem in _annotations(notes)]
            choice, delta = {**choice, "delta": rest}, rest
        bare.append({**choice, "delta": _function_deltas(delta)} if isinstance(delta, dict) else choice)
    return {**chunk, "choices": bare}, found


def citations_in_order(chunks: list[Any]) -> list[str]:
    """Indices of annotations run on through the stream: the official accumulator joins what has the same index."""
    found: list[str] = []
    due: dict[int, int] = {}
    for at, chunk in enumerate(chunks):
        for choice in chunk.get("choices") or ():
            index = choice.get("index")
            for note in (choice.get("delta") or {}).get("annotations") or ():
                if note.get("index") != due.get(index, 0):
                    found.append(f"{at}: choice {index}: annotation {note.get('index')}, {due.get(index, 0)} is due")
                due[index] = due.get(index, 0) + 1
    return found


def _annotations(annotations: Any) -> list[str]:
    """What is wrong with the annotations of a delta, which come there by a convention of aggregators."""
    if annotations is None:
        return []
    if not isinstance(annotations, list):
        return ["annotations: no list"]
    keys = {"url", "title", "start_index", "end_index"}
    return [
        f"annotations/{number}: no url_citation"
        for number, one in enumerate(annotations)
        if not (isinstance(one, dict) and one.keys() == {"type", "url_citation"} and one["url_citation"].keys() == keys)
    ]


def _function_deltas(delta: Json) -> Json:
    """Custom calls in a delta are a convention of the unified format; the official chunk type knows functions alone."""
    calls = delta.get("tool_calls")
    if not isinstance(calls, list):
        return delta
    out = []
    for call in calls:
        custom = call.get("custom") if isinstance(call, dict) else None
        if isinstance(custom, dict):
            function = {"name": custom.get("name"), "arguments": custom.get("input")}
            call = {key: value for key, value in call.items() if key != "custom"}
            call["function"] = {key: value for key, value in function.items() if value is not None}
            call.update({"type": "function"} if call.get("type") == "custom" else {})
        out.append(call)
    return {**delta, "tool_calls": out}


def taken_out(document: Json, kind: str) -> tuple[Json, list[str]]:
    """The document without extensions, and what is wrong with them."""
    taker = _Taker()
    if kind == "request":
        rest = taker.take(document, REQUEST, "")
        rest["messages"] = taker.each(rest.get("messages"), taker.message, "messages/")
        if isinstance(rest.get("tools"), list):
            rest["tools"] = taker.each(rest["tools"], taker.tool, "tools/")
        if isinstance(rest.get("modalities"), list):
            rest["modalities"] = [word for word in rest["modalities"] if word != "image"]
        choice = rest.get("tool_choice")
        if isinstance(choice, dict):
            rest["tool_choice"] = taker.take(choice, BAG_ONLY, "tool_choice/")
        prefixed = [n for n, message in enumerate(document.get("messages") or ()) if message.get("prefix")]
        if prefixed and prefixed != [len(document["messages"]) - 1]:
            taker.found.append("messages: prefix on a message that is not the last")
    else:
        # A response has metadata; its stream brings them with a chunk, for which the official type has no member.
        beside = {**BAG_ONLY, "metadata": lambda value: isinstance(value, dict)} if kind == "event" else BAG_ONLY
        rest = taker.take(document, beside, "")
        rest["choices"] = taker.each(rest.get("choices"), taker.choice, "choices/")
    if isinstance(rest.get("usage"), dict):
        rest["usage"] = taker.take(rest["usage"], BAG_ONLY, "usage/")
    return rest, taker.found
