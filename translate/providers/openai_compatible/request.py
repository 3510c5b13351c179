"""Chat requests, both directions. Source: OpenAI API reference, "Create chat completion"; dialects: `dialects.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from translate.errors import InvalidDocument, Path
from translate.leg import Json, Leg
from translate.loss import Loss
from translate.providers.openai_compatible import dialects, plain, plain_members, plain_reading, tools
from translate.providers.openai_compatible.content import messages_to_native
from translate.providers.openai_compatible.dialects import Dialect
from translate.providers.openai_compatible.reading import copied_bags, message_to_unified, spelled_media
from translate.providers.openai_compatible.reasoning import effort_as_thinking, to_native as reasoning_to_native
from translate.providers.openai_compatible.rules import model_rules
from translate.providers.openai_compatible.tables import INNER_MEMBERS, SERVICE_TIERS, UNIFIED_FIELDS
from translate.providers.openai_compatible.talk import Talk, chat_members, own_members
from translate.providers.openai_compatible.turns import order, take_turns
from translate.shared import bag
from translate.shared.arguments import made_up_id
from translate.shared.chat_legacy import remember
from translate.shared.facts import look_up
from translate.shared.fields import copy_fields
from translate.shared.pairing import Rules
from translate.shared.remembered import LONGEST_KEY
from translate.shared.repair import is_prepared, prepare
from translate.shared.schema_subset import GIVEN, changes

PATH = "/chat/completions"
plain_to_unified = plain_reading.to_unified
opened_odd = plain.opened_odd
# Members whose types other servers widen (Together's count of logprobs, Fireworks' efforts as numbers).
LOOSE = frozenset(("logprobs", "reasoning_effort", "metadata", "reasoning", "thinking", "web_search_options"))

_STEERING = frozenset(("tools", "tool_choice", "parallel_tool_calls"))
_REASONING = frozenset(("reasoning_effort", "thinking", "reasoning"))
_INNER = frozenset(INNER_MEMBERS)
_SPECIAL = _REASONING | _INNER | {"response_format", "stream_options", "modalities", "cache_control"}

_PAIRS = Rules(adjacent=True)

def check(body: Json, kind: str, leg: Leg, loose: frozenset[str] = frozenset()) -> None:
    """Refuses a native document whose members have other JSON types than the chat form gives them."""
    from translate.check import check_unified

    if loose and not loose.isdisjoint(body):
        body = {name: value for name, value in body.items() if name not in loose}
    try:
        check_unified(body, kind)
    except InvalidDocument as error:
        prefix = "".join(f"/{step}" for step in leg.losses.prefix)
        raise InvalidDocument(
            format=leg.row.name, kind=leg.kind, path=prefix + error.path, expected=error.expected, got=error.got
        ) from None


def to_unified(body: Json, leg: Leg) -> Json:
    """
    Native request -> unified: aliases and older spellings under their canonical names, a dialect's own members in its bag.

    Losses: an older spelling that contradicts the newer one beside it. Raises: InvalidDocument for a wrong type.
    """
    dialect = dialects.of(leg)
    if dialect.passes:
        body = _named_results(body, leg)
    elif dialect.bare_media:
        body = spelled_media(body)
    check(body, "request", leg, frozenset() if dialect.official or dialect.passes else LOOSE)
    model = body.get("model") or leg.route.get("model") or leg.options.model or ""
    leg.route["model"] = model
    remember(body, leg.memo, leg.route)
    if not model:
        leg.losses.add("defaulted", "envelope", "model", (), "no model anywhere")
    if dialect.passes:
        return {**body, "model": model} if body.get("model") != model else dict(body)
    body = prepare(body, leg)
    unified: Json = {"model": model}
    if body.get("extra_content") is not None:
        unified["extra_content"] = copied_bags(body["extra_content"])
    key = leg.row.key
    renames = {native: name for name, native in dialect.rename.items()}
    for name, value in body.items():
        if value is None or name in ("model", "extra_content"):
            continue
        if name == "messages":
            unified[name] = [message_to_unified(message, leg, dialect) for message in value]
        elif name == "tools":
            if value:
                unified[name] = [tools.tool_to_unified(tool, key, dialect) for tool in value]
        elif name == "response_format":
            unified[name] = tools.format_to_unified(value, dialect)
            named = value.get("json_schema")
            schema = named.get("schema") if type(named) is dict else None
            if dialect.schemas and schema and changes(schema, dialect.schemas):
                bag.put(unified, key, *GIVEN)
        elif name == "tool_choice" and value == "any":
            unified[name] = "required"
        elif name == "reasoning_effort" and type(value) is not str:
            unified.setdefault("thinking", effort_as_thinking(value))
        elif name == "logprobs" and type(value) is int:
            unified[name] = value > 0  # a count in place of top_logprobs
            if value > 1:
                unified.setdefault("top_logprobs", value)
        elif name in UNIFIED_FIELDS and (name != "service_tier" or value in SERVICE_TIERS):
            unified[name] = value
        elif name in renames:
            unified[renames[name]] = value
        elif name == "extra_body" and dialect.nested and type(value) is dict and type(value.get(dialect.nested)) is dict:
            for member, inner in value[dialect.nested].items():
                if inner is not None:
                    bag.put(unified, key, member, inner)
            rest = {member: inner for member, inner in value.items() if member != dialect.nested}
            if rest:
                bag.put(unified, key, name, rest)
        else:
            bag.put(unified, key, name, value)
    if "tools" in unified and not dialect.parallel_default:
        unified.setdefault("parallel_tool_calls", False)
    if dialect.prefill == "continue":
        _read_prefill(unified, key)
    return unified


def _named_results(body: Json, leg: Leg) -> Json:
    """Results without a call id answer the calls before them in order (old servers know only names). Losses: defaulted."""
    messages = body.get("messages")
    if type(messages) is not list or not any(
        type(one) is dict and one.get("role") == "tool" and one.get("tool_call_id") is None for one in messages
    ):
        return body
    out: list[Any] = []
    waiting: list[str] = []
    for number, message in enumerate(messages):
        if type(message) is dict:
            message = _named_calls(message, number, leg)
            calls = message.get("tool_calls")
            ids = [call.get("id") for call in calls if type(call) is dict] if type(calls) is list else []
            waiting += [one for one in ids if type(one) is str]
            if message.get("role") == "tool":
                if message.get("tool_call_id") is None:
                    message = {**message, "tool_call_id": waiting.pop(0) if waiting else made_up_id("", number, "", "")}
                    leg.losses.add("defaulted", "content", "tool_call_id", ("messages", number, "tool_call_id"), "answers the next call")
                elif message["tool_call_id"] in waiting:
                    waiting.remove(message["tool_call_id"])
        out.append(message)
    return {**body, "messages": out}


def _named_calls(message: Json, number: int, leg: Leg) -> Json:
    """Calls without an id get one, by their place, so that the results behind them have something to answer."""
    calls = message.get("tool_calls")
    if type(calls) is not list or not any(type(call) is dict and call.get("id") is None for call in calls):
        return message
    named: list[Any] = []
    for spot, call in enumerate(calls):
        if type(call) is dict and call.get("id") is None:
            call = {**call, "id": made_up_id(str(number), spot, "", "")}
            leg.losses.add("defaulted", "content", "id", ("messages", number, "tool_calls", spot, "id"), "made up from its place")
        named.append(call)
    return {**message, "tool_calls": named}


def _read_prefill(unified: Json, key: str) -> None:
    """vLLM says a begun answer in two fields of the request."""
    held = unified.get("extra_content", {}).get(key, {})
    messages = unified.get("messages")
    if held.get("continue_final_message") is True and held.get("add_generation_prompt") is False and messages:
        if messages[-1].get("role") == "assistant":
            messages[-1]["prefix"] = True
            rest = {name: value for name, value in held.items() if name not in ("continue_final_message", "add_generation_prompt")}
            if rest:
                unified["extra_content"][key] = rest
            else:
                del unified["extra_content"][key]
                if not unified["extra_content"]:
                    del unified["extra_content"]


def route(body: Json, leg: Leg) -> None:
    """What travels outside a native body."""
    model, stream = body.get("model") or leg.route.get("model") or leg.options.model, body.get("stream")
    _route(leg, model if type(model) is str else "", stream is True)


def _route(leg: Leg, model: str, stream: bool) -> None:
    leg.route = {"model": model, "stream": stream, "path": PATH, "query": {}, "headers": {}}
    version = leg.options.api_version
    if version and dialects.of(leg).deployments:
        leg.route["path"], leg.route["query"] = f"/deployments/{quote(model, safe='')}{PATH}", {"api-version": version}


def to_native(request: Json, leg: Leg) -> Json:
    """
    Unified request -> native body of the dialect.

    Losses: fields the server or the model does not take, media in tool results moved, calls and results paired.
    Raises: InvalidDocument for a wrong type.
    """
    dialect = dialects.ROWS[leg.row.name]
    if dialect.passes:
        return _pass(request, leg)
    if not ((leg.plain or leg.opened is not None) and is_prepared(request)):
        request = prepare(request, leg, _PAIRS, known=leg.opened is not None)
    model = request.get("model") or leg.route.get("model") or leg.options.model
    if not model:
        model = ""
        leg.losses.add("defaulted", "envelope", "model", (), "no model anywhere")
    if type(model) is not str:
        leg.invalid(("model",), "string", model)
    leg.model = model
    custom = leg.options.model_facts is not None or len(model) > LONGEST_KEY
    known = plain.manner(leg.row.name, dialect, look_up(dialect.facts, leg, model)) if custom else plain.known_manner(leg.row.name, model)
    names: dict[str, str] = {}
    continues = False
    messages = take_turns(request, leg) if dialect.alternates and leg.plain else None
    if messages is None and (leg.plain or leg.opened is not None) and known.short:
        messages = plain.messages_to_native(request, known, leg)
        if messages is not None and known.ordered:
            order(request["messages"], messages, leg, dialect)
    if messages is None:
        names = tools.wire_names(request, dialect)
        if names:
            leg.memo["names"] = {wire: name for name, wire in names.items()}
        talk = Talk(leg, dialect, known.facts, names, request)
        messages = messages_to_native(request["messages"], talk)
        continues = talk.continues
    native: Json = {"model": model, "messages": messages}
    if continues:
        native["continue_final_message"], native["add_generation_prompt"] = True, False
    if not _BASE.issuperset(request):
        _fields(request, native, leg, dialect, known, names)
    _route(leg, model, native.get("stream") is True)
    return native


def _pass(request: Json, leg: Leg) -> Json:
    """For a server about which nothing is known: the request as it stands."""
    model = request.get("model") or leg.route.get("model") or leg.options.model
    if not model or type(model) is not str:
        model = ""
        leg.losses.add("defaulted", "envelope", "model", (), "no model anywhere")
    native = dict(request) if request.get("model") == model else {"model": model, **{k: v for k, v in request.items() if k != "model"}}
    _route(leg, model, native.get("stream") is True)
    return native


def _fields(
    request: Json, native: Json, leg: Leg, dialect: Dialect, known: plain.Manner, names: dict[str, str]
) -> None:
    """Everything beside model and messages."""
    facts = known.facts
    late: list[Loss] = []  # of the model's rules
    steps = plain_members.to_native(request, native, leg, known.ways, late)
    if steps is not None:
        if steps & plain_members.TOOLS:
            tools.to_native(request, native, leg, dialect, names, facts)
        if steps & plain_members.FORM:
            tools.format_to_native(request, native, leg, dialect, facts)
        if steps & plain_members.REASON:
            reasoning_to_native(request, native, leg, dialect, facts)
        if steps & plain_members.STREAM:
            _stream_options(request["stream_options"], native, leg, dialect)
        if steps & plain_members.BOUND:
            _bound(native, leg, dialect)
        leg.losses.items += late
        if steps & plain_members.OWN:
            _own_bag(request, native, leg, dialect)
        return
    for name in [name for name in native if name not in _HEAD]:
        del native[name]
    request = prepare(request, leg, known=True)  # the limit under its newer name
    copy_fields(known.fields, request, native, leg)
    if type(request.get("stream", False)) is not bool and request["stream"] is not None:
        leg.invalid(("stream",), "boolean", request["stream"])
    if not _STEERING.isdisjoint(request):
        tools.to_native(request, native, leg, dialect, names, facts)
    if not _SPECIAL.isdisjoint(request):
        if "response_format" in request:
            tools.format_to_native(request, native, leg, dialect, facts)
        if not _REASONING.isdisjoint(request):
            reasoning_to_native(request, native, leg, dialect, facts)
        if "stream_options" in request:
            _stream_options(request["stream_options"], native, leg, dialect)
        if "modalities" in request:
            _modalities(request["modalities"], native, leg, dialect)
        if "cache_control" in request:
            _cache_mark(request["cache_control"], native, leg, dialect)
        if not _INNER.isdisjoint(native):
            _inner(native, leg)
    if not _BOUND.isdisjoint(native):
        _bound(native, leg, dialect)
    for name, (least, greatest) in dialect.clamp.items():
        value = native.get(name)
        if isinstance(value, (int, float)) and not least <= value <= greatest:
            native[name] = min(max(value, least), greatest)
            leg.losses.add("approximated", "behaviour", name, (name,), f"{value} is outside {least}..{greatest}")
    if known.ruled:
        model_rules(request, native, leg, facts)
    if "extra_content" in request:
        _own_bag(request, native, leg, dialect)


_BASE = frozenset(("model", "messages"))
_HEAD = frozenset(("model", "messages", "continue_final_message", "add_generation_prompt"))
_BOUND = frozenset(("logprobs", "top_logprobs", "service_tier", "stop"))


def _bound(native: Json, leg: Leg, dialect: Dialect) -> None:
    """Members that hang on others or are bounded. Losses: what goes beyond."""
    if native.get("top_logprobs") is not None and not native.get("logprobs"):
        leg.losses.dropped("behaviour", "top_logprobs", ("top_logprobs",), "needs logprobs")
        del native["top_logprobs"]
    if native.get("logprobs") is not None:
        _logprobs(native, leg, dialect)
    tier = native.get("service_tier")
    if tier is not None and dialect.tiers is not None:
        _tier(tier, native, leg, dialect.tiers)
    stop = native.get("stop")
    if stop is not None:
        _stops(stop, native, leg, dialect)


def _logprobs(native: Json, leg: Leg, dialect: Dialect) -> None:
    """A count in place of the two fields; none beside tools in a stream where the server refuses that."""
    if not native["logprobs"]:
        if dialect.counted_logprobs:
            del native["logprobs"]  # none: as without it
    elif dialect.logprobs_alone and native.get("stream") and native.get("tools"):
        leg.losses.dropped("behaviour", "logprobs", ("logprobs",), "not together with tools in a stream here")
        del native["logprobs"]
        if native.pop("top_logprobs", None) is not None:
            leg.losses.dropped("behaviour", "top_logprobs", ("top_logprobs",), "needs logprobs")
    elif dialect.counted_logprobs:
        count = native.pop("top_logprobs", None)
        if count == 0:
            leg.losses.add("approximated", "behaviour", "top_logprobs", ("top_logprobs",), "one alternative at least")
        native["logprobs"] = max(count or 1, 1)


def _tier(tier: Any, native: Json, leg: Leg, tiers: Mapping[str, str]) -> None:
    word = tiers.get(tier) if type(tier) is str else None
    if word is None:
        leg.losses.dropped("behaviour", "service_tier", ("service_tier",), "a tier unknown here")
        del native["service_tier"]
    elif word != tier:
        leg.losses.add("approximated", "behaviour", "service_tier", ("service_tier",), f"sent as {word!r}")
        native["service_tier"] = word


def _stops(stop: Any, native: Json, leg: Leg, dialect: Dialect) -> None:
    """Sequences as the server takes them. Losses: too many of them, too long ones, blank ones that it ignores."""
    alone = type(stop) is str
    if type(stop) is not list and not alone:
        leg.invalid(("stop",), "string or array", stop)
    kept: list[Any] = []
    for number, text in enumerate([stop] if alone else stop):
        path: Path = ("stop",) if alone else ("stop", number)
        if dialect.most_stops and len(kept) == dialect.most_stops:
            leg.losses.dropped("behaviour", "stop", path, f"at most {dialect.most_stops} here")
        elif type(text) is str and dialect.longest_stop and len(text.encode("utf-8", "replace")) > dialect.longest_stop:
            leg.losses.dropped("behaviour", "stop", path, f"at most {dialect.longest_stop} bytes here")
        elif type(text) is str and not dialect.blank_stops and not text.strip():
            leg.losses.dropped("behaviour", "stop", path, "blank sequences are ignored here")
        else:
            kept.append(text)
    if not kept:
        del native["stop"]
    elif not alone or dialect.stop_list:
        native["stop"] = kept


def _stream_options(value: Any, native: Json, leg: Leg, dialect: Dialect) -> None:
    if value is None:
        return
    path: Path = ("stream_options",)
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    written: Json = {}
    for name, member in value.items():
        if member is None:
            continue
        if name == "include_usage" or (name == "include_obfuscation" and dialect.official):
            written[name] = member
        else:
            leg.losses.dropped("envelope", name, (*path, name), "not a member of stream_options")
    if written and native.get("stream") is True:
        native["stream_options"] = written
    elif written:
        for name in written:
            leg.losses.dropped("envelope", name, (*path, name), "only with a stream")


def _modalities(value: Any, native: Json, leg: Leg, dialect: Dialect) -> None:
    if value is None or value == ["text"]:
        return
    if type(value) is not list:
        leg.invalid(("modalities",), "array", value)
    known: tuple[str, ...] = ("text", "audio", "image") if dialect.images else ("text", "audio")
    if "modalities" in dialect.drop or ("audio" in dialect.drop and not dialect.images):
        known = ("text",)
    kept = [word for word in value if word in known]
    for number, word in enumerate(value):
        if word not in known:
            leg.losses.dropped("behaviour", "modalities", ("modalities", number), "no such output here")
    if kept and kept != ["text"]:
        native["modalities"] = kept


def _cache_mark(value: Any, native: Json, leg: Leg, dialect: Dialect) -> None:
    if value is None:
        return
    if dialect.cache == "stay":
        native["cache_control"] = value
    else:
        leg.losses.dropped("behaviour", "cache_control", ("cache_control",), "no cache mark on a request here")


def _inner(native: Json, leg: Leg) -> None:
    """Objects copied whole: members the form does not have are not sent."""
    for name, known in INNER_MEMBERS.items():
        value = native.get(name)
        if type(value) is dict and not known.issuperset(value):
            for member in value:
                if member not in known and value[member] is not None:
                    leg.losses.dropped("behaviour", member, (name, member), f"not a member of {name}")
            native[name] = {member: inner for member, inner in value.items() if member in known}


def _own_bag(request: Json, native: Json, leg: Leg, dialect: Dialect) -> None:
    """Members of the own bag where they came from: at the top level, or below `extra_body`."""
    if dialect.nested:
        own = {name: value for name, value in chat_members(request, leg, (), "request", "behaviour") if value is not None}
        body = own.pop("extra_body", None)
        said = native.get("extra_body", {}).get(dialect.nested, {})
        for name in said:
            if name in own and own[name] != said[name]:
                bag.stale(leg, (), name)
        if own or said or body:
            nested = {dialect.nested: {**own, **said}} if own or said else {}
            native["extra_body"] = {**(body if type(body) is dict else {}), **nested}
        return
    own_members(request, native, leg, (), "request", "behaviour")
    for name, other in dialect.apart:
        said = native.get(name)
        if other in native and said and not (name == "response_format" and said.get("type") == "text"):
            del native[other]
            leg.losses.dropped("behaviour", other, ("extra_content", leg.row.key, other), f"not beside {name}")
