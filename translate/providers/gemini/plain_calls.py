"""The short way of calls in contents, answers and elements of a stream, towards unified; `plain.py` says what holds for it."""

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
    calls: list[Json] = []
    for place in range(spot, len(parts)):
        part = parts[place]
        try:
            held = part["functionCall"]
            name, arguments, identifier, count = held["name"], held.get("args"), held.get("id"), 3
        except (AttributeError, KeyError, TypeError):  # no call, or one without a name
            break
        if type(part) is not dict or type(held) is not dict or type(name) is not str or not (name.isascii() or not lone(name)):
            break
        text = ""
        if type(arguments) is dict:
            if len(arguments) == 1:
                for member in arguments:
                    value = arguments[member]
                    if type(value) is str and type(member) is str:  # as many tools take; the encoder costs twice as much
                        text = f"{{{quoted(member)}:{quoted(value)}}}"
            if not text:
                try:
                    text = dumps(arguments)
                except RecursionError:
                    break
                if len(text) > DEEP and text.count("{") + text.count("[") > DEEP:
                    break
            if not (text.isascii() or not lone(text)):
                break
        elif arguments is None:
            text, count = "{}", 2
        else:
            break
        if identifier is None:
            identifier = made_up_id(document_id, number, name, text)
            count -= 1
        elif type(identifier) is not str or not identifier or not (identifier.isascii() or not lone(identifier)):
            break
        if len(held) != count:
            break
        function = {"name": name, "arguments": text}
        call: Json
        if streamed:
            call = {"index": number, "id": identifier, "type": "function", "function": function}
        else:
            call = {"id": identifier, "type": "function", "function": function}
        if len(part) > 1:
            signature = part.get("thoughtSignature")
            if len(part) != 2 or type(signature) is not str or not signature.isascii():
                break
            call["extra_content"] = {key: {"thought_signature": signature}}
        calls.append(call)
        number += 1
    return calls
