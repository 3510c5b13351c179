"""Tool calls of the native formats that spell them as chat does (Cohere, Mistral), both directions."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.shared import bag
from translate.shared.arguments import dumps, made_up_id
from translate.shared.fields import report_rest
from translate.shared.members import object_at, object_of, optional_text, text_of
from translate.shared.tool_names import original

_PLAIN = frozenset(("id", "type", "function", "index"))
_PLAIN_FUNCTION = {"name", "arguments"}


def call_to_native(call: Any, leg: Leg, path: Path) -> Json:
    """
    Call -> the same shape, its id "" when it has none; arguments stay text.

    Losses: custom calls and kinds that are unknown approximated; no arguments an empty object.
    """
    kind = object_at(call, leg, path).get("type")
    inner, member = ("custom", "input") if kind == "custom" else ("function", "arguments")
    if kind not in (None, "function", "custom"):
        leg.losses.add("approximated", "content", "type", (*path, "type"), "kind of call unknown here; function")
    function = object_of(call, inner, leg, path)
    where: Path = (*path, inner)
    name = text_of(function, "name", leg, where)
    text = optional_text(function, member, leg, where)
    if text is None:
        leg.losses.add("defaulted", "envelope", "arguments", where, "no arguments; an empty object")
    if inner == "custom":
        leg.losses.add("approximated", "content", "custom", where, "free text sent as the argument `input`")
        text = dumps({"input": text or ""})
    identifier = optional_text(call, "id", leg, path)
    native: Json = {"id": identifier or "", "type": "function", "function": {"name": name, "arguments": text or "{}"}}
    if call.keys() <= _PLAIN and function.keys() == _PLAIN_FUNCTION:
        return native
    native.update(bag.unpack(call, leg, path, "content"))
    native["function"].update(bag.unpack(function, leg, where, "content"))
    report_rest(call, frozenset(("id", "type", inner, "extra_content", "index")), leg, path)
    report_rest(function, frozenset(("name", member, "extra_content")), leg, where)
    return native


def call_to_unified(
    call: Any, number: int, leg: Leg, path: Path, document_id: str, *, empty: str = "", known: frozenset[str] = frozenset(),
) -> Json:  # fmt: skip
    """
    Native call -> call. A missing id is made up, a name of ours becomes the client's own again; other members ride in bags.

    number: its place among the calls of the document. empty: the arguments of a call without any. known: other members of a call
    that say nothing.
    """
    object_at(call, leg, path)
    function = object_of(call, "function", leg, path)
    where: Path = (*path, "function")
    name = text_of(function, "name", leg, where)
    arguments = function.get("arguments")
    if type(arguments) is dict:
        arguments = dumps(arguments)
    elif arguments is not None and type(arguments) is not str:
        leg.invalid((*where, "arguments"), "string", arguments)
    identifier = optional_text(call, "id", leg, path)
    unified: Json = {
        "id": identifier or made_up_id(document_id, number, name, arguments or "{}"),
        "type": "function",
        "function": {"name": original(name, leg), "arguments": arguments or empty},
    }
    for member, value in call.items():
        if value is None or member == "id" or member == "function" or member in known:
            continue
        if member != "type" or value != "function":
            bag.put(unified, leg.row.key, member, value)
    for member, value in function.items():
        if member not in _PLAIN_FUNCTION and value is not None:
            bag.put(unified["function"], leg.row.key, member, value)
    return unified
