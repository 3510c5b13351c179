"""
The one spelling of generateContent documents.

camelCase names and enum words; lists for single objects; no nulls, empty lists, empty configurations and zero counts; texts
without words are no parts; neighbouring turns of one side are one, results first; one Tool for all functions, ahead of the native
ones; base64 in the standard alphabet. `model` of a request is said by its path. In answers a run of texts up to a signed one is
one part, as streams cut texts anywhere. Schemas in `parametersJsonSchema` and `responseJsonSchema`, arguments and results stay.
"""

from __future__ import annotations

from typing import Any

from translate.leg import Json
from translate.providers.gemini.content import standard_base64
from translate.providers.gemini.spelling import FREE_FORM, camel, spelled
from translate.providers.gemini.subset import says_nothing, tidy_subset
from translate.registry import Format


def canonical(document: Any, kind: str, row: Format) -> Json:
    """See `translate.canonical`."""
    value: Json = KINDS[kind](document, row.variant)
    return value


def _tidy(value: Any) -> Any:
    """Without nulls and empty lists at every level outside free-form members."""
    if type(value) is list:
        return [_tidy(item) for item in value]
    if type(value) is not dict:
        return value
    out: Json = {}
    for name, member in value.items():
        if member is None or (type(member) is list and not member):
            continue
        out[name] = member if name in FREE_FORM else _tidy(member)
    return out


def _list(value: Any) -> Any:
    return [value] if type(value) is dict else value


def _request(body: Json, variant: str) -> Json:
    out: Json = _tidy(spelled(body, variant))
    out.pop("model", None)
    out.pop("labels", None) if out.get("labels") == {} else None
    system = out.get("systemInstruction")
    if type(system) is dict:
        system.pop("role", None)
        _parts(system)
        if not system:
            del out["systemInstruction"]
    contents = _list(out.get("contents"))
    if type(contents) is list:
        out["contents"] = _turns(contents)
    tools = _list(out.get("tools"))
    if type(tools) is list:
        tools = _tools(tools)
        out["tools"] = tools
        if not tools:
            del out["tools"]
    _tool_config(out)
    config = out.get("generationConfig")
    if type(config) is dict:
        _generation(config)
        if not config:
            del out["generationConfig"]
    if type(out.get("serviceTier")) is str:
        out["serviceTier"] = out["serviceTier"].lower()
    return out


def _tool_config(out: Json) -> None:
    config = out.get("toolConfig")
    if type(config) is not dict:
        return
    calling = config.get("functionCallingConfig")
    if type(calling) is dict:
        if type(calling.get("mode")) is str:
            calling["mode"] = calling["mode"].upper()
        if not calling:
            del config["functionCallingConfig"]
    if not config:
        del out["toolConfig"]


def _generation(config: Json) -> None:
    if type(config.get("responseSchema")) is dict:
        config["responseSchema"] = tidy_subset(config["responseSchema"])
    thinking = config.get("thinkingConfig")
    if type(thinking) is dict:
        if type(thinking.get("thinkingLevel")) is str:
            thinking["thinkingLevel"] = thinking["thinkingLevel"].upper()
        if not thinking:
            del config["thinkingConfig"]
    for name in ("imageConfig", "speechConfig"):
        if config.get(name) == {}:
            del config[name]
    if type(config.get("stopSequences")) is str:
        config["stopSequences"] = [config["stopSequences"]]
    words = config.get("responseModalities")
    if type(words) is str:
        words = [words]
    if type(words) is list:
        config["responseModalities"] = [word.upper() if type(word) is str else word for word in words]
    for entry in config["responseFormat"] if type(config.get("responseFormat")) is list else [config.get("responseFormat")]:
        text = entry.get("text") if type(entry) is dict else None
        if type(text) is dict:
            kind = text.get("mimeType")
            text["mimeType"] = {"application/json": "APPLICATION_JSON", "text/plain": "TEXT_PLAIN"}.get(str(kind), kind)


def _tools(tools: list[Any]) -> list[Any]:
    functions: list[Any] = []
    rest: list[Any] = []
    for tool in tools:
        if type(tool) is not dict:
            rest.append(tool)
            continue
        for name, value in tool.items():
            if name == "functionDeclarations":
                functions += [_function(function) for function in _list(value)] if type(_list(value)) is list else [value]
            else:
                rest.append({name: value})
    return ([{"functionDeclarations": functions}] if functions else []) + rest


def _function(function: Any) -> Any:
    if type(function) is not dict:
        return function
    if type(function.get("parameters")) is dict:
        function["parameters"] = tidy_subset(function["parameters"])
        if says_nothing(function["parameters"]):
            del function["parameters"]
    return function


def _turns(contents: list[Any]) -> list[Any]:
    out: list[Any] = []
    for content in contents:
        if type(content) is not dict:
            out.append(content)
            continue
        word = content.get("role")
        word = word.lower() if type(word) is str else "user"
        content["role"] = {"function": "user", "tool": "user", "assistant": "model", "": "user"}.get(word, word)
        _parts(content)
        if content.keys() == {"role"}:
            continue
        last = out[-1] if out and type(out[-1]) is dict else None
        if last is not None and last.get("role") == content["role"] and type(last.get("parts")) is type(content.get("parts")) is list:
            last["parts"] += content["parts"]
            last.update((name, value) for name, value in content.items() if name not in ("role", "parts"))
        else:
            out.append(content)
    for content in out:
        if type(content) is dict and content.get("role") == "user" and type(content.get("parts")) is list:
            results = [part for part in content["parts"] if type(part) is dict and "functionResponse" in part]
            if results:
                content["parts"] = results + [part for part in content["parts"] if not (type(part) is dict and "functionResponse" in part)]
    return out


def _parts(content: Json) -> None:
    parts = _list(content.get("parts"))
    if type(parts) is not list:
        return
    kept = []
    for part in parts:
        if type(part) is dict:
            _part(part)
            if part.get("text") == "" and not part.keys() - {"text", "thought"}:
                continue
        kept.append(part)
    content["parts"] = kept
    if not kept:
        del content["parts"]


def _part(part: Json) -> None:
    if part.get("thought") is False:
        del part["thought"]
    call = part.get("functionCall")
    if type(call) is dict and call.get("args") == {}:
        del call["args"]
    if type(call) is dict and call.get("id") == "":
        del call["id"]
    result = part.get("functionResponse")
    if type(result) is dict and type(_list(result.get("parts"))) is list:
        result["parts"] = _list(result["parts"])
        for inner in result["parts"]:
            if type(inner) is dict:
                _part(inner)
    blob = part.get("inlineData")
    if type(blob) is dict and type(blob.get("data")) is str:
        blob["data"] = standard_base64(blob["data"]).rstrip("=")
    level = part.get("mediaResolution")
    if level == {}:
        del part["mediaResolution"]


def _response(body: Json, variant: str) -> Json:
    if "error" in body and "candidates" not in body:
        return _error(body, variant)
    out: Json = _tidy(spelled(body, variant))
    candidates = _list(out.get("candidates"))
    if type(candidates) is list:
        out["candidates"] = [_candidate(candidate) if type(candidate) is dict else candidate for candidate in candidates]
    usage = out.get("usageMetadata")
    if type(usage) is dict:
        out["usageMetadata"] = _usage(usage)
        if not out["usageMetadata"]:
            del out["usageMetadata"]
    if out.get("promptFeedback") == {}:
        del out["promptFeedback"]
    return out


def _candidate(candidate: Json) -> Json:
    if candidate.get("index") == 0:
        del candidate["index"]
    candidate.setdefault("finishReason", "STOP")
    content = candidate.get("content")
    if type(content) is dict:
        if content.get("role") in ("model", ""):
            del content["role"]
        _parts(content)
        if type(content.get("parts")) is list:
            content["parts"] = joined(content["parts"])
        if not content:
            del candidate["content"]
    for name in ("groundingMetadata", "citationMetadata", "urlContextMetadata", "logprobsResult"):
        if candidate.get(name) == {}:
            del candidate[name]
    return candidate


def joined(parts: list[Any]) -> list[Any]:
    """Runs of texts, and of thoughts, up to and with a signed one as one part."""
    out: list[Any] = []
    for part in parts:
        last = out[-1] if out else None
        if (
            type(part) is dict and type(last) is dict and type(part.get("text")) is str and last.keys() <= {"text", "thought"}
            and type(last.get("text")) is str and last.get("thought") == part.get("thought")
        ):  # fmt: skip
            out[-1] = {**part, "text": last["text"] + part["text"]}
        else:
            out.append(part)
    return out


def _usage(usage: Json) -> Json:
    out: Json = {}
    for name, value in usage.items():
        if type(value) is list:
            value = [
                {key: count for key, count in entry.items() if not (key == "tokenCount" and count == 0)} if type(entry) is dict else entry
                for entry in value
            ]
        if (type(value) is int and value == 0) or value == []:
            continue
        out[name] = value
    counts = [out.get(name, 0) for name in ("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount")]
    if "totalTokenCount" not in usage and any(counts) and all(type(count) is int for count in counts):
        out["totalTokenCount"] = sum(counts)
    return out


def _event(event: Json, variant: str) -> Json:
    out = _response(event, variant)
    given, made = _list(event.get("candidates")), out.get("candidates")
    if type(given) is not list or type(made) is not list:
        return out
    for before, after in zip(given, made, strict=False):
        if type(before) is dict and type(after) is dict and not any(camel(name) == "finishReason" for name in before):
            after.pop("finishReason", None)
    return out


def _error(body: Any, variant: str) -> Json:
    if type(body) is list:
        body = body[0] if len(body) == 1 and type(body[0]) is dict else {"error": body}
    return {name: _tidy(value) for name, value in body.items() if value is not None}


KINDS: dict[str, Any] = {"request": _request, "response": _response, "event": _event, "error": _error}
