"""The short way of calls: the parts of candidates and elements of a stream, towards unified; `plain.py` says what holds for it."""

from __future__ import annotations

from json.encoder import encode_basestring as quoted
from typing import Any

from translate.leg import Json
from translate.scrubbing import lone
from translate.shared.arguments import dumps, made_up_id

DEEP = 100  # brackets in arguments from which on only the long way counts their levels


def calls_to_unified(
    parts: list[Any], spot: int, number: int, document_id: str, key: str, streamed: bool = False
) -> list[Json]:
    """
    The functionCall parts that stand in a row from this place on, with no more than a signature beside each.

    number: of the first one in the document; in a stream calls show it. None are given where the row begins with something else.
    """
    row = parts[spot:] if spot else parts
    calls = _plain_calls(row, number, streamed)
    for place in range(len(calls), len(row)):
        call = _call(row[place], number + place, document_id, key)
        if call is None:
            break
        calls.append({"index": number + place, **call} if streamed else call)
    return calls


def _plain_calls(parts: list[Any], number: int, streamed: bool) -> list[Json]:
    """The first ones that have an id and one argument, a text, as many tools take: the encoder would cost twice as much."""
    calls: list[Json] = []
    try:
        for part in parts:
            held = part["functionCall"]
            name, arguments, identifier = held["name"], held["args"], held["id"]
            # No other value of JSON than an object has come so far, or comes through the two lines behind these.
            if len(part) != 1 or len(held) != 3 or len(arguments) != 1:
                break
            if type(name) is not str or type(identifier) is not str or not identifier:
                break
            for member in arguments:
                value = arguments[member]
            text = f"{{{quoted(member)}:{quoted(value)}}}"
            if not (name + identifier + text).isascii():
                break
            function = {"name": name, "arguments": text}
            if streamed:
                calls.append({"index": number, "id": identifier, "type": "function", "function": function})
                number += 1
            else:
                calls.append({"id": identifier, "type": "function", "function": function})
    except (KeyError, TypeError):  # no call, or an argument that is no text
        pass
    return calls


def _call(part: Any, number: int, document_id: str, key: str) -> Json | None:
    """One functionCall part; None for what is none, or has more to say."""
    try:
        held = part["functionCall"]
        name, arguments, identifier, count = held["name"], held.get("args"), held.get("id"), 3
    except (AttributeError, KeyError, TypeError):  # no call, or one without a name
        return None
    if type(part) is not dict or type(held) is not dict or type(name) is not str or not (name.isascii() or not lone(name)):
        return None
    if type(arguments) is dict:
        try:
            text = dumps(arguments)
        except RecursionError:
            return None
        if (len(text) > DEEP and text.count("{") + text.count("[") > DEEP) or not (text.isascii() or not lone(text)):
            return None
    elif arguments is None:
        text, count = "{}", 2
    else:
        return None
    if identifier is None:
        identifier = made_up_id(document_id, number, name, text)
        count -= 1
    elif type(identifier) is not str or not identifier or not (identifier.isascii() or not lone(identifier)):
        return None
    if len(held) != count:
        return None
    call: Json = {"id": identifier, "type": "function", "function": {"name": name, "arguments": text}}
    if len(part) > 1:
        signature = part.get("thoughtSignature")
        if len(part) != 2 or type(signature) is not str or not signature.isascii():
            return None
        call["extra_content"] = {key: {"thought_signature": signature}}
    return call
