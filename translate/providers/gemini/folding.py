"""Elements of a stream -> the response they amount to, and a response as a stream of one."""

from __future__ import annotations

from typing import Any

from translate.errors import Path, StreamError
from translate.leg import Json, Leg
from translate.providers.gemini import partial
from translate.providers.gemini.canonical import joined
from translate.providers.gemini.content import data_of, part_members, text_of
from translate.providers.gemini.response import MOST_CANDIDATES, is_error, merged_logprobs
from translate.providers.gemini.spelling import camel, listed, members


def fold(events: list[Json], leg: Leg) -> Json:
    """Elements -> the response they amount to: parts joined by runs, other members by their last value."""
    out: Json = {}
    candidates: dict[int, Json] = {}
    parts: dict[int, list[Any]] = {}
    calls: dict[int, partial.Calls] = {}
    for number, event in enumerate(events):
        leg.losses.prefix = (number,)
        if is_error(event):
            held = event["error"]
            text = held.get("message") if type(held) is dict else held
            raise StreamError(f"error event: {text}", event_index=number, path=(number,), body=event)
        for name, value in members(event).items():
            if value is None:
                continue
            if name == "candidates":
                for spot, candidate in enumerate(listed(value, leg, ("candidates",))):
                    _fold_candidate(candidate, spot, candidates, parts, calls, leg)
            elif name not in ("responseId", "modelVersion", "createTime") or number == 0:
                out[name] = value
    for index, open_calls in calls.items():
        parts[index] += open_calls.close()
    listed_candidates = []
    for index in sorted(candidates):
        held = candidates[index]
        content = held.setdefault("content", {"role": "model"})
        content["parts"] = joined([part for part in parts[index] if not _blank(part)])
        held.setdefault("finishReason", "MAX_TOKENS")
        listed_candidates.append({"index": index, **held})
    if listed_candidates:
        out["candidates"] = listed_candidates
    elif out.get("promptFeedback") is None:
        out["candidates"] = [{"index": 0, "content": {"role": "model", "parts": []}, "finishReason": "MAX_TOKENS"}]
    return out


def _blank(part: Any) -> bool:
    return type(part) is dict and part.get("text") == "" and not part.keys() - {"text", "thought"}


def _fold_candidate(
    candidate: Any, number: int, candidates: dict[int, Json], parts: dict[int, list[Any]], calls: dict[int, partial.Calls], leg: Leg
) -> None:
    path: Path = ("candidates", number)
    if type(candidate) is not dict:
        leg.invalid(path, "object", candidate)
    named = members(candidate)
    index = named.get("index")
    if index is None:
        index = number
    if type(index) is not int or not 0 <= index < MOST_CANDIDATES:
        leg.invalid((*path, "index"), "a small index", index)
    held = candidates.setdefault(index, {})
    mine = parts.setdefault(index, [])
    content = named.get("content")
    if content is not None:
        if type(content) is not dict:
            leg.invalid((*path, "content"), "object", content)
        where: Path = (*path, "content", "parts")
        for spot, part in enumerate(listed(content.get("parts"), leg, where)):
            named_part = part_members(part, leg, (*where, spot))
            if data_of(named_part) == "functionCall":
                mine += calls.setdefault(index, partial.Calls()).feed(named_part, leg, (*where, spot))
            else:
                if data_of(named_part) == "text":
                    text_of(named_part, leg, (*where, spot))
                mine.append(named_part)
                if _blank(named_part):
                    continue
            held.pop("finishReason", None)
        kept = {camel(name): value for name, value in content.items() if value is not None and name != "parts"}
        held["content"] = {**held.get("content", {}), **kept}
    for name, value in named.items():
        if value is None or name in ("index", "content"):
            continue
        if name == "logprobsResult":
            if type(value) is not dict:
                leg.invalid((*path, name), "object", value)
            value = merged_logprobs(held.get(name), value)
        held[name] = value


def unfold(response: Json, leg: Leg) -> list[Json]:
    """The shortest stream of a response: one element that holds all of it."""
    named = members(response)
    listed(named.get("candidates"), leg, ("candidates",))
    return [dict(named)]

