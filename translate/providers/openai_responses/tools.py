"""Tools and tool_choice of the Responses spoke, both directions: flat here, nested in the chat form."""

from __future__ import annotations

from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.openai_responses.content import string
from translate.providers.openai_responses.plain import BAD_IN_NAME, LONGEST_NAME, fits
from translate.providers.openai_responses.tables import CHOICE_WORDS, EMPTY_PARAMETERS, HOSTED_CHOICES, HOSTED_TOOLS
from translate.shared import bag
from translate.shared.fields import report_rest
from translate.shared.identifiers import fit

NAMED = ("function", "custom")


def wire_names(request: Json, leg: Leg) -> dict[str, str]:
    """Names the API refuses -> ones it takes; the memo undoes it. Losses: each renamed tool, approximated."""
    found: dict[str, Path] = {}
    tools = request.get("tools")
    for number, tool in enumerate(tools if type(tools) is list else ()):
        for kind in NAMED:
            inner = tool.get(kind) if type(tool) is dict else None
            if type(inner) is dict and type(inner.get("name")) is str:
                found.setdefault(inner["name"], ("tools", number, kind, "name"))
    messages = request.get("messages")
    for number, message in enumerate(messages if type(messages) is list else ()):
        calls = message.get("tool_calls") if type(message) is dict else None
        for spot, call in enumerate(calls if type(calls) is list else ()):
            for kind in NAMED:
                inner = call.get(kind) if type(call) is dict else None
                if type(inner) is dict and type(inner.get("name")) is str:
                    found.setdefault(inner["name"], ("messages", number, "tool_calls", spot, kind, "name"))
    if all(map(fits, found)):
        return {}
    renamed = fit(found, BAD_IN_NAME, LONGEST_NAME)
    for name, wire in renamed.items():
        leg.losses.add("approximated", "envelope", "name", found[name], f"sent as {wire!r}; the memo undoes it")
    leg.memo["tool_names"] = {wire: name for name, wire in renamed.items()}
    return renamed


# --- unified -> native


def to_native(request: Json, native: Json, leg: Leg, names: dict[str, str]) -> None:
    """tools, web_search_options and tool_choice. Losses: tools of other providers, choices unknown here."""
    tools = request.get("tools")
    if tools is not None and type(tools) is not list:
        leg.invalid(("tools",), "array", tools)
    listed: list[Json] = []
    for number, tool in enumerate(tools or ()):
        flat = None if names else _plain_tool(tool, leg.row.key)
        if flat is None:
            flat = tool_to_native(tool, leg, ("tools", number), names)
        if flat is not None:
            listed.append(flat)
    options = request.get("web_search_options")
    if options is not None:
        listed.append(_web_search(options, leg))
    if listed:
        native["tools"] = listed
    choice = request.get("tool_choice")
    if choice is not None:
        flat_choice = choice_to_native(choice, leg, ("tool_choice",), names)
        if flat_choice is None:
            return
        if not listed and flat_choice not in ("auto", "none"):
            leg.losses.add("dropped", "behaviour", "tool_choice", ("tool_choice",), "no tools to choose from")
        elif type(flat_choice) is dict and not _is_declared(flat_choice, listed):
            leg.losses.add("dropped", "behaviour", "tool_choice", ("tool_choice",), "names a tool that is not declared")
        else:
            native["tool_choice"] = flat_choice


def _is_declared(choice: Json, listed: list[Json]) -> bool:
    """Whether the tools that a choice names are there; hosted ones are the server's to find."""
    if choice.get("type") == "allowed_tools":
        return all(_is_declared(entry, listed) for entry in choice["tools"])
    if choice.get("type") not in NAMED:
        return True
    return any(tool.get("type") == choice["type"] and tool.get("name") == choice.get("name") for tool in listed)


_COMMON: dict[str, type] = {"name": str, "description": str, "parameters": dict, "strict": bool}
_UNSAID: Json = {"strict": None}


def _plain_tool(tool: Any, key: str) -> Json | None:
    """A function of the common members, with the word that strict was not said or without; None for every other tool."""
    if type(tool) is not dict or tool.get("type") != "function" or type(definition := tool.get("function")) is not dict:
        return None
    if len(tool) != 2 and (len(tool) != 3 or tool.get("extra_content") != {key: _UNSAID} or "strict" in definition):
        return None
    for name, value in definition.items():
        if type(value) is not _COMMON.get(name):
            return None
    if "name" not in definition:
        return None
    flat = {"type": "function", "name": definition["name"], **definition}
    flat.setdefault("parameters", EMPTY_PARAMETERS)
    flat.setdefault("strict", None if len(tool) == 3 else False)  # true is the default here
    return flat


def tool_to_native(tool: Any, leg: Leg, path: Path, names: dict[str, str]) -> Json | None:
    """Tool -> flat tool; None for one of another provider."""
    if type(tool) is not dict:
        leg.invalid(path, "object", tool)
    kind = tool.get("type")
    if kind is None:
        kind = next((word for word in NAMED if word in tool), None)
    if kind in NAMED:
        return _named_tool(tool, kind, leg, path, names)
    needed = HOSTED_TOOLS.get(kind) if type(kind) is str else None
    if needed is None or any(tool.get(name) is None for name in needed) or type(tool.get(kind)) is dict:
        feature = kind if type(kind) is str else "tools"
        leg.losses.add("dropped", "behaviour", feature, path, "no such tool in this API")
        return None
    return {name: value for name, value in tool.items() if name != "extra_content"} if "extra_content" in tool else dict(tool)


def _named_tool(tool: Json, kind: str, leg: Leg, path: Path, names: dict[str, str]) -> Json:
    inner = tool.get(kind)
    if type(inner) is not dict:
        if kind in tool:
            leg.invalid((*path, kind), "object", inner)
        leg.missing(path, kind)
    where: Path = (*path, kind)
    name = string(inner, "name", leg, where)
    flat: Json = {"type": kind, "name": names.get(name, name)}
    for member, value in inner.items():
        if value is None or member == "name":
            continue
        if member == "description":
            flat[member] = string(inner, member, leg, where)
        elif kind == "function" and member == "parameters":
            if type(value) is not dict:
                leg.invalid((*where, member), "object", value)
            flat[member] = value
        elif kind == "function" and member == "strict":
            if type(value) is not bool:
                leg.invalid((*where, member), "boolean", value)
            flat[member] = value
        elif kind == "custom" and member == "format":
            flat[member] = _format_to_native(value, leg, (*where, member))
        elif member != "extra_content":
            leg.losses.add("dropped", "behaviour", member, (*where, member), "not a member of a tool here")
    if kind == "function":
        flat.setdefault("parameters", EMPTY_PARAMETERS)
    own = bag.unpack(tool, leg, path) if "extra_content" in tool else bag.EMPTY
    if "extra_content" in inner:
        own = {**own, **bag.unpack(inner, leg, where)}
    for member, value in own.items():
        if member in flat and flat[member] != value:
            bag.stale(leg, path, member)
        elif value is not None or member == "strict":
            flat[member] = value
    if kind == "function":
        flat.setdefault("strict", False)  # true is the default here
    report_rest(tool, frozenset(("type", kind, "extra_content")), leg, path, "behaviour", "not a member of a tool here")
    return flat


def _format_to_native(value: Any, leg: Leg, path: Path) -> Json:
    """Format of a free-text tool: the grammar lies flat here."""
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    grammar = value.get("grammar")
    flat = {name: member for name, member in value.items() if name != "grammar" and member is not None}
    if grammar is not None:
        if type(grammar) is not dict:
            leg.invalid((*path, "grammar"), "object", grammar)
        flat.update((name, member) for name, member in grammar.items() if member is not None)
    for name in list(flat):
        if name not in ("type", "syntax", "definition"):
            leg.losses.add("dropped", "behaviour", name, (*path, name), "not a member of a format here")
            del flat[name]
    return flat


def _web_search(options: Any, leg: Leg) -> Json:
    """`web_search_options` of the chat form -> the hosted tool."""
    path: Path = ("web_search_options",)
    if type(options) is not dict:
        leg.invalid(path, "object", options)
    tool: Json = {"type": "web_search"}
    for name, value in options.items():
        if value is None:
            continue
        if name == "search_context_size":
            tool[name] = value
        elif name == "user_location":
            if type(value) is not dict:
                leg.invalid((*path, name), "object", value)
            place = value.get("approximate")
            if place is not None and type(place) is not dict:
                leg.invalid((*path, name, "approximate"), "object", place)
            known = ("city", "country", "region", "timezone")
            inner = place if place is not None else {member: held for member, held in value.items() if member != "type"}
            where: Path = (*path, name, "approximate") if place is not None else (*path, name)
            tool[name] = {"type": "approximate", **{member: held for member, held in inner.items() if member in known}}
            report_rest(inner, frozenset(known), leg, where, "behaviour")
            if place is not None:
                report_rest(value, frozenset(("type", "approximate")), leg, (*path, name), "behaviour")
        else:
            leg.losses.add("dropped", "behaviour", name, (*path, name), "not a member of web search here")
    return tool


def choice_to_native(choice: Any, leg: Leg, path: Path, names: dict[str, str]) -> Any:
    """tool_choice -> flat form; None for one without a place."""
    if choice == "any":
        return "required"
    if type(choice) is str:
        if choice in CHOICE_WORDS:
            return choice
        leg.losses.add("dropped", "behaviour", "tool_choice", path, "choice unknown here")
        return None
    if type(choice) is not dict:
        leg.invalid(path, "string or object", choice)
    kind = choice.get("type") or next((word for word in (*NAMED, "allowed_tools") if word in choice), None)
    if kind in NAMED:
        return _reference(choice, kind, leg, path, names)
    if kind == "allowed_tools":
        allowed = choice.get(kind)
        if type(allowed) is not dict:
            if kind in choice:
                leg.invalid((*path, kind), "object", allowed)
            leg.missing(path, kind)
        where: Path = (*path, kind)
        flat: Json = {"type": kind, "mode": "required" if allowed.get("mode") == "required" else "auto", "tools": []}
        if allowed.get("mode") not in ("auto", "required"):
            leg.losses.add("approximated", "behaviour", "tool_choice", (*where, "mode") if "mode" in allowed else where, "mode auto")
        entries = allowed.get("tools")
        if entries is not None and type(entries) is not list:
            leg.invalid((*where, "tools"), "array", entries)
        for number, entry in enumerate(entries or ()):
            if type(entry) is not dict:
                leg.invalid((*where, "tools", number), "object", entry)
            word = entry.get("type") or next((name for name in NAMED if name in entry), None)
            if word in NAMED:
                flat["tools"].append(_reference(entry, word, leg, (*where, "tools", number), names))
            else:
                flat["tools"].append(dict(entry))
        report_rest(allowed, frozenset(("mode", "tools")), leg, where, "behaviour")
        report_rest(choice, frozenset(("type", kind)), leg, path, "behaviour")
        return flat
    if type(kind) is str and kind in HOSTED_CHOICES:
        return dict(choice)
    leg.losses.add("dropped", "behaviour", "tool_choice", path, "choice unknown here")
    return None


def _reference(value: Json, kind: str, leg: Leg, path: Path, names: dict[str, str]) -> Json:
    inner = value.get(kind)
    if type(inner) is not dict:
        if kind in value:
            leg.invalid((*path, kind), "object", inner)
        leg.missing(path, kind)
    name = string(inner, "name", leg, (*path, kind))
    report_rest(inner, frozenset(("name",)), leg, (*path, kind), "behaviour")
    report_rest(value, frozenset(("type", kind)), leg, path, "behaviour")
    return {"type": kind, "name": names.get(name, name)}


# --- native -> unified


def to_unified(body: Json, unified: Json, leg: Leg) -> None:
    """tools and tool_choice; a web search that the chat form can say is `web_search_options`, other hosted tools stay as they are."""
    tools = body.get("tools")
    if tools is not None:
        if type(tools) is not list:
            leg.invalid(("tools",), "array", tools)
        listed: list[Json] = []
        for number, tool in enumerate(tools):
            path: Path = ("tools", number)
            if type(tool) is not dict:
                leg.invalid(path, "object", tool)
            options = _options_of(tool) if number == len(tools) - 1 else None
            if options is not None:
                unified["web_search_options"] = options
            else:
                listed.append(tool_to_unified(tool, leg, path))
        if listed:
            unified["tools"] = listed
    choice = body.get("tool_choice")
    if choice is not None:
        unified["tool_choice"] = choice_to_unified(choice, leg, ("tool_choice",))


def _options_of(tool: Json) -> Json | None:
    """`web_search_options` that say the same as a hosted web search; None when they can not."""
    if tool.get("type") != "web_search" or len(tool) < 2 or not tool.keys() <= {"type", "search_context_size", "user_location"}:
        return None
    options: Json = {}
    for name in ("search_context_size", "user_location"):
        value = tool.get(name)
        if value is None:
            continue
        if name == "search_context_size":
            if type(value) is not str:
                return None
            options[name] = value
            continue
        known = ("type", "city", "country", "region", "timezone")
        if type(value) is not dict or value.get("type") != "approximate" or not value.keys() <= set(known):
            return None
        options[name] = {
            "type": "approximate",
            "approximate": {member: held for member, held in value.items() if member != "type" and held is not None},
        }
    return options or None


def tool_to_unified(tool: Json, leg: Leg, path: Path) -> Json:
    """Flat tool -> tool; hosted ones verbatim."""
    kind = tool.get("type", "function" if "name" in tool else None)
    if kind is not None and type(kind) is not str:
        leg.invalid((*path, "type"), "string", kind)
    if kind not in NAMED:
        return dict(tool)
    inner: Json = {"name": string(tool, "name", leg, path)}
    unified: Json = {"type": kind, kind: inner}
    for name, value in tool.items():
        if value is None or name in ("type", "name"):
            continue
        if name == "description":
            inner[name] = string(tool, name, leg, path)
        elif name == "parameters" and kind == "function":
            if type(value) is not dict:
                leg.invalid((*path, name), "object", value)
            inner[name] = value
        elif name == "strict" and kind == "function":
            if type(value) is not bool:
                leg.invalid((*path, name), "boolean", value)
            inner[name] = value
        elif name == "format" and kind == "custom":
            inner[name] = _format_to_unified(value, leg, (*path, name))
        else:
            bag.put(unified, leg.row.key, name, value)
    if kind == "function" and "strict" not in inner:
        bag.put(unified, leg.row.key, "strict", None)  # not said: the server decides
    return unified


def _format_to_unified(value: Any, leg: Leg, path: Path) -> Json:
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    if value.get("type") != "grammar":
        return dict(value)
    rest = {name: member for name, member in value.items() if name != "type"}
    return {"type": "grammar", "grammar": rest}


def choice_to_unified(choice: Any, leg: Leg, path: Path) -> Any:
    """tool_choice -> nested form; choices the chat form does not have as they stand."""
    if type(choice) is str:
        return choice
    if type(choice) is not dict:
        leg.invalid(path, "string or object", choice)
    kind = choice.get("type")
    if kind is not None and type(kind) is not str:
        leg.invalid((*path, "type"), "string", kind)
    if kind in NAMED and choice.keys() <= {"type", "name"}:
        return {"type": kind, kind: {"name": string(choice, "name", leg, path)}}
    if kind == "allowed_tools":
        entries = choice.get("tools")
        if entries is not None and type(entries) is not list:
            leg.invalid((*path, "tools"), "array", entries)
        allowed: Json = {name: value for name, value in choice.items() if name not in ("type", "tools")}
        allowed["tools"] = []
        for number, entry in enumerate(entries or ()):
            if type(entry) is not dict:
                leg.invalid((*path, "tools", number), "object", entry)
            word = entry.get("type")
            if word in NAMED and entry.keys() <= {"type", "name"}:
                entry = {"type": word, word: {"name": string(entry, "name", leg, (*path, "tools", number))}}
            allowed["tools"].append(entry)
        return {"type": kind, "allowed_tools": allowed}
    return dict(choice)
