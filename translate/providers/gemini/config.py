"""`generationConfig` <-> sampling, limits, output format, modalities and speech of a unified request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translate.errors import Path
from translate.leg import Json, Leg
from translate.providers.gemini import thinking
from translate.providers.gemini.schema import from_native, to_subset
from translate.providers.gemini.spelling import members, place, snake, spelled
from translate.providers.gemini.tables import (
    GENERATION_MEMBERS,
    IMAGE_CONFIG_TO_NATIVE,
    IMAGE_CONFIG_TO_UNIFIED,
    INTEGERS,
    MODALITIES_TO_NATIVE,
    MODALITIES_TO_UNIFIED,
    MOST_STOP_SEQUENCES,
    NUMBERS,
    NUMBERS_TO_UNIFIED,
    RANGES,
)
from translate.providers.gemini.verbatim import passed
from translate.shared import bag
from translate.shared.fields import report_rest, stop_entries

JSON_TYPE = "application/json"
_FORMAT_MEMBERS = frozenset(("responseMimeType", "responseSchema", "responseJsonSchema", "responseFormat"))
# What the tables say of a number: unified name -> native name, the fact it needs, its bounds; and from the native name.
_RULES = {name: (*NUMBERS[name], *RANGES[name]) for name in NUMBERS}
_RULES_TO_UNIFIED = {native: (name, *_RULES[name][1:]) for native, name in NUMBERS_TO_UNIFIED.items()}


def to_unified(config: Any, unified: Json, leg: Leg, facts: Mapping[str, Any], path: Path) -> None:
    """generationConfig -> unified fields; what they can not say goes to the request's bag."""
    if type(config) is not dict:
        leg.invalid(path, "object", config)
    named = members(config)
    rest: Json = {}
    for name, value in named.items():
        if value is None:
            continue
        rule = _RULES_TO_UNIFIED.get(name)
        if rule is not None:
            target, needs, low, high = rule
            kind = type(value)
            if kind is float:
                if target in INTEGERS and value.is_integer():
                    value = int(value)
            elif kind is not int:
                leg.invalid((*path, place(config, name)), "number", value)
            unified[target] = value
            if not low <= value <= high or (needs and not facts[needs] and not (name == "candidateCount" and value == 1)):
                bag.put(unified, leg.row.key, snake(name), value)  # the way back would leave it out
            continue
        if name in _FORMAT_MEMBERS:
            continue
        where: Path = (*path, place(config, name))
        if name == "stopSequences":
            unified["stop"] = _strings(value, leg, where)
            if len(unified["stop"]) > MOST_STOP_SEQUENCES:
                bag.put(unified, leg.row.key, "stop_sequences", unified["stop"])
        elif name == "responseLogprobs":
            if type(value) is not bool:
                leg.invalid(where, "boolean", value)
            unified["logprobs"] = value
        elif name == "thinkingConfig":
            thinking.to_unified(value, unified, leg, facts, where)
        elif name == "responseModalities":
            words = _strings(value, leg, where)
            unified["modalities"] = [MODALITIES_TO_UNIFIED.get(word.upper(), word.lower()) for word in words]
        elif name == "speechConfig":
            _speech_to_unified(value, named, unified, leg, where)
        elif name == "imageConfig":
            _image_config_to_unified(value, unified, leg, where)
        elif name in GENERATION_MEMBERS:
            bag.put(unified, leg.row.key, snake(name), value)
        else:
            rest[snake(name)] = value
    if not _FORMAT_MEMBERS.isdisjoint(named) and any(named.get(name) is not None for name in _FORMAT_MEMBERS):
        _format_to_unified(config, named, unified, leg, facts, path)
    if rest:
        bag.put(unified, leg.row.key, "generation_config", rest)


def _strings(value: Any, leg: Leg, path: Path) -> list[str]:
    if type(value) is str:
        value = [value]
    if type(value) is not list:
        leg.invalid(path, "array", value)
    for number, word in enumerate(value):
        if type(word) is not str:
            leg.invalid((*path, number), "string", word)
    return list(value)


def _speech_to_unified(value: Any, named: Json, unified: Json, leg: Leg, path: Path) -> None:
    """One prebuilt voice -> audio; anything else stays in the bag."""
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    voice = spelled(value, leg.row.variant)
    modalities = named.get("responseModalities")
    name = None
    if set(voice) == {"voiceConfig"} and type(voice["voiceConfig"]) is dict and set(voice["voiceConfig"]) == {"prebuiltVoiceConfig"}:
        prebuilt = voice["voiceConfig"]["prebuiltVoiceConfig"]
        if type(prebuilt) is dict and set(prebuilt) == {"voiceName"}:
            name = prebuilt["voiceName"]
    speaks = type(modalities) is list and any(type(word) is str and word.upper() == "AUDIO" for word in modalities)
    if type(name) is str and speaks:
        unified["audio"] = {"voice": name, "format": "pcm16"}
    else:
        bag.put(unified, leg.row.key, "speech_config", value)


def _image_config_to_unified(value: Any, unified: Json, leg: Leg, path: Path) -> None:
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    config: Json = {}
    for name, setting in members(value).items():
        target = IMAGE_CONFIG_TO_UNIFIED.get(name)
        if target is not None and type(setting) is str:
            config[target] = setting
        elif setting is not None:
            bag.put(config, leg.row.key, snake(name), setting)
    if config:
        unified["image_config"] = config


def _format_to_unified(config: Json, named: Json, unified: Json, leg: Leg, facts: Mapping[str, Any], path: Path) -> None:
    """
    The four members that say the output format -> response_format.

    The bag keeps which of them it was where the way back would take another.
    """
    key = leg.row.key
    newest = named.get("responseFormat")
    kind = named.get("responseMimeType")
    if kind is not None and type(kind) is not str:
        leg.invalid((*path, place(config, "responseMimeType")), "string", kind)
    if newest is not None:
        text = _text_format(newest)
        if text is None or kind is not None or "responseSchema" in named or "responseJsonSchema" in named:
            bag.put(unified, key, "response_format", newest)
        else:
            unified["response_format"] = text
            bag.put(unified, key, "response_format_form", "list" if type(newest) is list else "object")
            return
    schema, json_schema = named.get("responseSchema"), named.get("responseJsonSchema")
    if kind is not None and kind != JSON_TYPE and not (kind == "text/plain" and schema is None and json_schema is None):
        bag.put(unified, key, "response_mime_type", kind)
        for name, value in (("response_schema", schema), ("response_json_schema", json_schema)):
            if value is not None:
                bag.put(unified, key, name, value)
        return
    if schema is not None and json_schema is not None:
        bag.put(unified, key, "response_schema", schema)
        schema = None
    if schema is None and json_schema is None:
        if kind is not None:
            unified["response_format"] = {"type": "json_object" if kind == JSON_TYPE else "text"}
        return
    if json_schema is not None:
        value, form = json_schema, "json"
        if type(value) is not dict:
            leg.invalid((*path, place(config, "responseJsonSchema")), "object", value)
    else:
        if type(schema) is not dict:
            leg.invalid((*path, place(config, "responseSchema")), "object", schema)
        _, value, exact = from_native(schema, leg.row.variant, integer_enum=facts["integer_enum"], root=False)
        form = "openapi" if exact else ""
        if not exact:
            bag.put(unified, key, "response_schema", schema)
    if form and form != default_form(facts):
        bag.put(unified, key, "schema", form)
    if kind is None:
        bag.put(unified, key, "response_mime_type", "")
    unified["response_format"] = {"type": "json_schema", "json_schema": {"name": "response", "schema": value}}


def default_form(facts: Mapping[str, Any]) -> str:
    """How schemas are sent to a model when nothing else is said."""
    return "json" if facts["json_schema"] else "openapi"


def _text_format(value: Any) -> Json | None:
    """responseFormat of one text entry -> response_format."""
    if type(value) is list:
        value = value[0] if len(value) == 1 else None
    if type(value) is not dict or set(value) != {"text"} or type(value["text"]) is not dict:
        return None
    text = members(value["text"])
    if not set(text) <= {"mimeType", "schema"}:
        return None
    kind = {"APPLICATION_JSON": JSON_TYPE, "TEXT_PLAIN": "text/plain"}.get(str(text.get("mimeType")), text.get("mimeType"))
    schema = text.get("schema")
    if kind == JSON_TYPE and type(schema) is dict:
        return {"type": "json_schema", "json_schema": {"name": "response", "schema": schema}}
    if schema is None and kind in (JSON_TYPE, "text/plain"):
        return {"type": "json_object" if kind == JSON_TYPE else "text"}
    return None


def plain_to_unified(config: Any, facts: Mapping[str, Any]) -> Json | None:
    """`to_unified` for numbers that the way back gives again; None for every other config."""
    if type(config) is not dict:
        return None
    numbers: Json = {}
    for name, value in config.items():
        rule = _RULES_TO_UNIFIED.get(name)
        if rule is None or (type(value) is not int and (type(value) is not float or rule[0] in INTEGERS)):
            return None
        target, needs, low, high = rule
        if not low <= value <= high or (needs and not facts[needs]):
            return None
        numbers[target] = value
    return numbers


# What else is of generationConfig.
OTHERS = frozenset((
    "stop", "logprobs", "top_logprobs", "response_format", "modalities", "audio", "image_config", "reasoning_effort", "thinking",
    "reasoning",
))  # fmt: skip


def numbers_to_native(request: Json, own: Json, leg: Leg, facts: Mapping[str, Any]) -> Json:
    """
    The numbers of a request, as they are ordered there.

    Losses: numbers out of range approximated; sampling, penalties and n > 1 dropped for models without them.
    """
    config: Json = {}
    for name, value in request.items():
        rule = _RULES.get(name)
        if rule is None or value is None:
            continue
        native, needs, low, high = rule
        kind = type(value)
        if kind is not int and kind is not float:
            leg.invalid((name,), "number", value)
        if not own and low <= value <= high and (not needs or facts[needs]):  # nearly always
            config[native] = value
            continue
        if own:
            kept = own.get(native)
            if kept is not None and kept == value:
                config[native] = value
                continue
            if kept is not None:
                bag.stale(leg, (), snake(native))
        if needs and not facts[needs]:
            if not (name == "n" and value == 1):
                leg.losses.add("dropped", "behaviour", name, (name,), "this model takes no such setting")
            continue
        clamped = value if low <= value <= high else low if value < low else high
        if clamped != value:
            if name == "seed" or name == "max_completion_tokens":
                leg.losses.add("dropped", "behaviour", name, (name,), f"from {low} to {high} here")
                continue
            leg.losses.add("approximated", "behaviour", name, (name,), f"{value} clamped to {clamped}")
        config[native] = clamped
    return config


def to_native(request: Json, own: Json, leg: Leg, facts: Mapping[str, Any]) -> Json:
    """
    Unified fields and the bag's members of generationConfig (`own`, camelCase) -> generationConfig.

    Losses: those of `numbers_to_native`; stop sequences over the limit; see also the functions of each field.
    """
    config = numbers_to_native(request, own, leg, facts)
    if not own and OTHERS.isdisjoint(request):
        return config
    if "stop" in request:
        stop_to_native(request["stop"], config, own, leg)
    logprobs = request.get("logprobs")
    if logprobs is not None:
        if type(logprobs) is not bool:
            leg.invalid(("logprobs",), "boolean", logprobs)
        config["responseLogprobs"] = logprobs
    if "logprobs" in config and config.get("responseLogprobs") is not True:
        leg.losses.add("dropped", "behaviour", "top_logprobs", ("top_logprobs",), "needs logprobs")
        del config["logprobs"]
    if "response_format" in request:
        _format_to_native(request["response_format"], config, own, leg, facts)
    if not _RARE.isdisjoint(request):
        _modalities_to_native(request.get("modalities"), config, own, leg)
        _audio_to_native(request.get("audio"), config, leg)
        _image_config_to_native(request.get("image_config"), config, leg)
    if "thinkingConfig" in own or not _THINKING.isdisjoint(request):
        control = thinking.to_native(request, own, leg, facts)
        if control:
            config["thinkingConfig"] = control
    return config


_RARE = frozenset(("modalities", "audio", "image_config"))
_THINKING = frozenset(("reasoning_effort", "thinking", "reasoning"))


def stop_to_native(value: Any, config: Json, own: Json, leg: Leg) -> None:
    """stop -> stopSequences. Losses: empty ones, and those over the limit."""
    if value is None:
        return
    entries = stop_entries(value, leg)
    as_read = own.get("stopSequences") == [word for _, word in entries]
    kept: list[str] = []
    for where, word in entries:
        if not word:
            leg.losses.add("dropped", "behaviour", "stop", where, "an empty sequence stops nothing")
        elif len(kept) < MOST_STOP_SEQUENCES or as_read:
            kept.append(word)
        else:
            leg.losses.add("dropped", "behaviour", "stop", where, f"at most {MOST_STOP_SEQUENCES} here")
    if kept:
        config["stopSequences"] = kept


def _format_to_native(value: Any, config: Json, own: Json, leg: Leg, facts: Mapping[str, Any]) -> None:
    path: Path = ("response_format",)
    if value is None:
        return
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    kind = value.get("type")
    form = own.get("responseFormatForm")
    schema: Any = None
    if kind == "json_schema":
        inner: Path = (*path, "json_schema")
        wrapped = value.get("json_schema")
        if type(wrapped) is not dict:
            leg.invalid(inner if wrapped is not None else path, "object", wrapped)
        schema = wrapped.get("schema")
        if schema is not None and type(schema) is not dict:
            leg.invalid((*inner, "schema"), "object", schema)
        for name, member in wrapped.items():
            if name == "description" and type(member) is str and schema and "description" not in schema and "$ref" not in schema:
                schema = {**schema, "description": member}
                leg.losses.add("approximated", "behaviour", name, (*inner, name), "in the schema's own description")
            elif member is not None and not (
                name == "schema" or (name == "name" and member == "response") or (name == "strict" and member is False)
            ):
                scope: Any = "behaviour" if name == "strict" else "envelope"
                leg.losses.add("dropped", scope, name, (*inner, name), "only the schema has a place")
        if not schema and form is None:
            leg.losses.add("approximated", "behaviour", "response_format", path, "no schema given; any JSON")
    elif kind not in ("json_object", "text"):
        leg.losses.add("dropped", "behaviour", "response_format", path, "format unknown here")
        return
    report_rest(value, frozenset(("type", "json_schema")), leg, path, "behaviour")
    if form is not None:
        text: Json = {"mimeType": "TEXT_PLAIN" if kind == "text" else "APPLICATION_JSON"}
        if form != "list":
            text["mimeType"] = "text/plain" if kind == "text" else JSON_TYPE
        if schema is not None:
            text["schema"] = schema
        config["responseFormat"] = [{"text": text}] if form == "list" else {"text": text}
        return
    config["responseMimeType"] = "text/plain" if kind == "text" else JSON_TYPE
    if own.get("responseMimeType") == "":
        del config["responseMimeType"]
    if not schema:
        return

    def report(where: Path, feature: str, note: str) -> None:
        leg.losses.add("approximated", "behaviour", feature, where, note)

    place_of_schema: Path = (*path, "json_schema", "schema")
    verbatim = own.get("responseSchema")
    if type(verbatim) is dict:
        again, said, _ = from_native(verbatim, leg.row.variant, integer_enum=facts["integer_enum"], root=False)
        if said == schema:
            config["responseSchema"] = again
            return
        bag.stale(leg, (), "response_schema")
    chosen = own.get("schema") if own.get("schema") in ("json", "openapi") else default_form(facts)
    if type(verbatim) is dict or chosen == "openapi":
        subset, exact = to_subset(schema, report, place_of_schema, integer_enum=facts["integer_enum"], root=False)
        if subset is not None:
            config["responseSchema"] = subset
            if not exact:
                leg.losses.add(
                    "approximated", "envelope", "response_format", place_of_schema, "written in the subset of the schema language"
                )
    else:
        config["responseJsonSchema"] = passed(schema, report, place_of_schema)


def _modalities_to_native(value: Any, config: Json, own: Json, leg: Leg) -> None:
    if value is None:
        return
    if type(value) is not list:
        leg.invalid(("modalities",), "array", value)
    words: list[str] = []
    for number, word in enumerate(value):
        if type(word) is not str:
            leg.invalid(("modalities", number), "string", word)
        native = MODALITIES_TO_NATIVE.get(word.lower())
        if native is None:
            leg.losses.add("dropped", "behaviour", "modalities", ("modalities", number), "no such modality")
        else:
            words.append(native)
    if words:
        config["responseModalities"] = words


# Audio formats of OpenAI that are not what comes back.
_PCM = frozenset(("pcm16", "pcm"))


def _audio_to_native(value: Any, config: Json, leg: Leg) -> None:
    if value is None:
        return
    if type(value) is not dict:
        leg.invalid(("audio",), "object", value)
    voice, form = value.get("voice"), value.get("format")
    if type(voice) is dict:
        voice = voice.get("id")
    if voice is not None:
        if type(voice) is not str:
            leg.invalid(("audio", "voice"), "string", voice)
        config["speechConfig"] = {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": voice}}}
    if form not in _PCM:
        leg.losses.add("approximated", "behaviour", "audio", ("audio", "format"), "raw 16-bit PCM comes back")
    words = config.get("responseModalities")
    if words is None:
        config["responseModalities"] = ["AUDIO"]
    elif "AUDIO" not in words:
        leg.losses.add("approximated", "behaviour", "audio", ("audio",), "modalities do not ask for audio")
    report_rest(value, frozenset(("voice", "format")), leg, ("audio",), "behaviour")


def _image_config_to_native(value: Any, config: Json, leg: Leg) -> None:
    if value is None:
        return
    path: Path = ("image_config",)
    if type(value) is not dict:
        leg.invalid(path, "object", value)
    native: Json = {}
    for name, setting in value.items():
        target = IMAGE_CONFIG_TO_NATIVE.get(name)
        if setting is None or name == "extra_content":
            continue
        if target is None:
            leg.losses.add("dropped", "behaviour", name, (*path, name), "no such setting of images")
        elif type(setting) is not str:
            leg.invalid((*path, name), "string", setting)
        else:
            native[target] = setting.upper() if target == "imageSize" else setting
    for name, setting in spelled(bag.unpack(value, leg, path), leg.row.variant, leg, (*path, "extra_content", leg.row.key)).items():
        native.setdefault(name, setting)
    if native:
        config["imageConfig"] = native
