"""Mistral chat streams, both directions: chunks like the chat form's, content as strings or chunk lists, calls whole."""

from __future__ import annotations

from typing import Any

from translate.errors import Path, StreamError
from translate.leg import Json, Leg
from translate.providers.mistral import error as errors
from translate.providers.mistral import response as responses
from translate.providers.mistral.content import FORMAT, call_to_native, call_to_unified, thinking_texts
from translate.shared import bag
from translate.shared.blocks import HEAD, StreamRows
from translate.shared.fields import report_rest

MOST_INDEX = 4096  # of choices and calls in one stream


def is_error(event: Json) -> bool:
    """True for an error body in mid-stream, in any of its forms."""
    return "choices" not in event and ("error" in event or "detail" in event or event.get("object") in ("error", "Error"))


def continues(call: Any, known: Any) -> bool:
    """True for a further piece of a call that is open: no id, no name, an index that was there (models hosted for others)."""
    if type(call) is not dict or call.get("id") not in (None, "", "null") or call.get("index") not in known:
        return False
    function = call.get("function")
    return type(function) is dict and not function.get("name")


class _Reading:
    """One choice on its way to unified: the block that is open and the rows it needs."""

    __slots__ = ("calls", "extra", "finish", "head", "kind", "length", "numbers", "rows")

    def __init__(self) -> None:
        self.numbers: dict[Any, int] = {}  # native index of a call -> ours, for the hosts that cut arguments
        self.rows = StreamRows(entries=False)
        self.kind = ""  # of the open block: text, reasoning or none
        self.head, self.length = "", 0
        self.extra: Json = {}
        self.calls = 0
        self.finish = False

    def open(self, kind: str) -> list[Json]:
        rows = []
        if self.kind != kind:
            rows = self.close()
            rows += self.rows.open(kind)
            self.kind = kind
        return rows

    def add(self, text: str) -> None:
        self.length += len(text)
        if len(self.head) < HEAD:
            self.head = (self.head + text)[:HEAD]

    def close(self) -> list[Json]:
        if not self.kind:
            return []
        row = {"type": self.kind, "length": self.length, "head": self.head}
        rows = self.rows.close(row, self.extra or None)
        self.kind, self.head, self.length, self.extra = "", "", 0, {}
        return rows


class ToUnified:
    """Native chunks -> unified ones."""

    __slots__ = ("choices", "head", "leg", "over", "truncated", "usage")

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.head: Json | None = None
        self.choices: dict[int, _Reading] = {}
        self.usage: Json | None = None
        self.over = False
        self.truncated = False

    def feed(self, event: Json) -> list[Json]:
        if self.over:
            return []
        leg = self.leg
        if is_error(event):
            self.over = True
            return [errors.to_unified(event, leg)]
        if self.head is None:
            self.head = responses.head_to_unified(event, leg, "chat.completion.chunk")
        choices = event.get("choices")
        if choices is not None and type(choices) is not list:
            leg.invalid(("choices",), "array", choices)
        chunks: list[Json] = []
        for number, choice in enumerate(choices or ()):
            chunks += self._choice(choice, number)
        more: Json = {}
        if event.get("usage") is not None:
            self.usage = responses.usage_to_unified(event["usage"], more, leg)
        responses.rest_to_bag({name: value for name, value in event.items() if name != "p"}, more, leg)
        if more:
            if not chunks:
                chunks = [{**self.head, "choices": []}]
            chunks[-1].update(more)
        if self.usage is not None and self.choices and all(state.finish for state in self.choices.values()):
            chunks.append({**self.head, "choices": [], "usage": self.usage})
            self.usage = None
        return chunks

    def _choice(self, choice: Any, number: int) -> list[Json]:
        leg = self.leg
        path: Path = ("choices", number)
        if type(choice) is not dict:
            leg.invalid(path, "object", choice)
        index = choice.get("index", 0)
        if type(index) is not int or not 0 <= index < MOST_INDEX:
            leg.invalid((*path, "index"), "a small index", index)
        delta = choice.get("delta")
        if delta is None:
            delta = {}
        if type(delta) is not dict:
            leg.invalid((*path, "delta"), "object", delta)
        first = index not in self.choices
        state = self.choices.setdefault(index, _Reading())
        deltas = self._content(delta.get("content"), state, (*path, "delta", "content"))
        calls = delta.get("tool_calls")
        if calls is not None and type(calls) is not list:
            leg.invalid((*path, "delta", "tool_calls"), "array", calls)
        for spot, call in enumerate(calls or ()):
            where: Path = (*path, "delta", "tool_calls", spot)
            if continues(call, state.numbers):
                deltas.append(self._more(call, state, where))
                continue
            rows = state.open("tool_call")
            state.kind = ""
            whole = call_to_unified(call, state.calls, leg, where, (self.head or {})["id"], streamed=True)
            rows += state.rows.close({"type": "tool_call"})
            if type(call.get("index")) is int:
                state.numbers[call["index"]] = state.calls
            deltas.append(_with_rows({"tool_calls": [{"index": state.calls, **whole}]}, rows, leg))
            state.calls += 1
        rest = {
            name: value for name, value in delta.items()
            if name not in ("role", "content", "tool_calls") and value is not None
        }  # fmt: skip
        if first:
            role = {"role": "assistant"}
            if not deltas and not choice.get("finish_reason") and type(delta.get("content")) is str:
                role["content"] = ""
            if deltas:
                deltas[0] = {**role, **deltas[0]}
            else:
                deltas = [role]
        for name, value in rest.items():
            if not deltas:
                deltas = [{}]
            bag.put(deltas[0], leg.row.key, name, value)
        chunks = [self._chunk(index, each) for each in deltas]
        if choice.get("logprobs") is not None:
            if not chunks:
                chunks = [self._chunk(index, {})]
            carrier = chunks[-1]["choices"][0]
            carrier["logprobs"] = responses.logprobs_to_unified(choice["logprobs"], carrier, leg, (*path, "logprobs"))
        if choice.get("finish_reason"):
            chunks.append(self._finish(choice, index, state, path))
        return chunks

    def _more(self, call: Json, state: _Reading, path: Path) -> Json:
        text = (call.get("function") or {}).get("arguments")
        if text is not None and type(text) is not str:
            self.leg.invalid((*path, "function", "arguments"), "string", text)
        return {"tool_calls": [{"index": state.numbers[call["index"]], "function": {"arguments": text or ""}}]}

    def _content(self, content: Any, state: _Reading, path: Path) -> list[Json]:
        leg = self.leg
        if content is None or content == "":
            return []
        if type(content) is str:
            return [self._piece("text", "content", content, state)]
        if type(content) is not list:
            leg.invalid(path, "string or array", content)
        deltas: list[Json] = []
        for number, chunk in enumerate(content):
            where: Path = (*path, number)
            if type(chunk) is not dict:
                leg.invalid(where, "object", chunk)
            kind = chunk.get("type", "text")
            if kind == "text":
                text = chunk.get("text")
                if type(text) is not str:
                    leg.invalid((*where, "text") if "text" in chunk else where, "string", text)
                if text:
                    deltas.append(self._piece("text", "content", text, state))
                state.extra.update(
                    (name, value) for name, value in chunk.items() if name not in ("type", "text") and value is not None
                )
            elif kind == "thinking" and thinking_texts(chunk, leg, where) is not None:
                deltas += self._thinking(chunk, state, where)
            else:
                rows = state.close() + state.rows.native(chunk)
                deltas.append(_with_rows({}, rows, leg))
        return deltas

    def _piece(self, kind: str, name: str, text: str, state: _Reading) -> Json:
        rows = state.open(kind)
        state.add(text)
        return _with_rows({name: text}, rows, self.leg)

    def _thinking(self, chunk: Json, state: _Reading, path: Path) -> list[Json]:
        deltas = [
            self._piece("reasoning", "reasoning_content", text, state)
            for text in thinking_texts(chunk, self.leg, path) or () if text
        ]  # fmt: skip
        if type(chunk.get("signature")) is str:
            # A signed chunk needs an entry of its own, with the whole text: what came before it was sent as plain reasoning.
            rows = state.open("reasoning")
            state.extra["signature"] = chunk["signature"]
            if rows:
                deltas.append(_with_rows({}, rows, self.leg))
        if chunk.get("closed") is not False and state.kind == "reasoning":
            rows = state.close()
            if rows:
                deltas.append(_with_rows({}, rows, self.leg))
        return deltas

    def _chunk(self, index: int, delta: Json) -> Json:
        return {**(self.head or {}), "choices": [{"index": index, "delta": delta, "finish_reason": None}]}

    def _finish(self, choice: Json, index: int, state: _Reading, path: Path) -> Json:
        state.finish = True
        rows = state.close()
        chunk = self._chunk(index, _with_rows({}, rows, self.leg))
        responses.finish_to_unified(choice, chunk["choices"][0], state.calls > 0, self.leg, path)
        for name, value in choice.items():
            if name not in ("index", "delta", "finish_reason", "logprobs") and value is not None:
                bag.put(chunk["choices"][0], self.leg.row.key, name, value)
        return chunk

    def flush(self) -> list[Json]:
        if self.over:
            return []
        self.over = True
        chunks: list[Json] = []
        cut = [(index, state) for index, state in self.choices.items() if not state.finish]
        if self.head is None:
            self.head = responses.head_to_unified({}, self.leg, "chat.completion.chunk")
            cut = [(0, _Reading())]
            chunks.append(self._chunk(0, {"role": "assistant"}))
        if cut:
            self.truncated = True
            self.leg.losses.add("dropped", "content", "stream", (), "the stream ended before its finish")
        for index, state in cut:
            chunk = self._chunk(index, _with_rows({}, state.close(), self.leg))
            chunk["choices"][0]["finish_reason"] = "length"
            chunks.append(chunk)
        if self.usage is not None:
            chunks.append({**self.head, "choices": [], "usage": self.usage})
        return chunks


def _with_rows(delta: Json, rows: list[Json], leg: Leg) -> Json:
    if rows:
        bag.put(delta, leg.row.key, "blocks", rows)
    return delta


class _Writing:
    """One choice on its way to native: call fragments, and whether thinking is open."""

    __slots__ = ("called", "calls", "details", "finish", "role", "thinking")

    def __init__(self) -> None:
        self.calls: dict[int, Json] = {}
        self.thinking = False
        self.finish: Json | None = None
        self.role = False


class ToNative:
    """Unified chunks -> native ones. Calls and usage wait for the finish chunk, which waits for usage or the end."""

    __slots__ = ("choices", "head", "leg", "more", "over", "tier", "truncated", "usage")

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.head: Json | None = None
        self.choices: dict[int, _Writing] = {}
        self.usage: Any = None
        self.tier: Any = None
        self.more: Json = {}
        self.over = False
        self.truncated = False

    def feed(self, chunk: Json) -> list[Json]:
        if self.over:
            return []
        leg = self.leg
        if chunk.get("error") is not None:
            self.over = True
            return [errors.to_native(chunk, leg)]
        if self.head is None:
            self.head = responses.head_to_native(chunk, leg, "chat.completion.chunk")
        if chunk.get("usage") is not None:
            self.usage = responses.usage_to_native(chunk["usage"], leg)
        if chunk.get("service_tier") is not None:
            self.tier = chunk["service_tier"]
        rest = {name: value for name, value in chunk.items() if name != "obfuscation"}
        responses.rest_to_native(rest, self.more, leg)
        choices = chunk.get("choices")
        if choices is not None and type(choices) is not list:
            leg.invalid(("choices",), "array", choices)
        out: list[Json] = []
        for number, choice in enumerate(choices or ()):
            out += self._choice(choice, number)
        return out

    def _choice(self, choice: Any, number: int) -> list[Json]:
        leg = self.leg
        path: Path = ("choices", number)
        if type(choice) is not dict:
            leg.invalid(path, "object", choice)
        index = choice.get("index", 0)
        if type(index) is not int or not 0 <= index < MOST_INDEX:
            leg.invalid((*path, "index"), "a small index", index)
        delta = choice.get("delta")
        if delta is None:
            delta = {}
        if type(delta) is not dict:
            leg.invalid((*path, "delta"), "object", delta)
        state = self.choices.setdefault(index, _Writing())
        inner: Path = (*path, "delta")
        own = bag.unpack(delta, leg, inner, "content")
        content = self._chunks(delta, own, state, inner)
        calls = delta.get("tool_calls")
        if calls is not None and type(calls) is not list:
            leg.invalid((*inner, "tool_calls"), "array", calls)
        for spot, fragment in enumerate(calls or ()):
            self._fragment(fragment, state, (*inner, "tool_calls", spot))
        for name, value in delta.items():
            if name not in responses.MESSAGE_MEMBERS and value is not None and value != []:
                leg.losses.add("dropped", "content", name, (*inner, name), "no such member of an answer here")
            elif name in ("images", "audio") and value:
                leg.losses.add("dropped", "content", name, (*inner, name), "no such block in an answer here")
        native: Json = {name: value for name, value in own.items() if name != "blocks"}
        if content is not None:
            native["content"] = content
        out: list[Json] = []
        logprobs = choice.get("logprobs")
        if native or logprobs is not None or (delta.get("role") and not state.role):
            if not state.role:
                native = {"role": "assistant", "content": "", **native}
            state.role = True
            entry: Json = {"index": index, "delta": native, "finish_reason": None}
            if logprobs is not None:
                entry["logprobs"] = logprobs
            out.append({**(self.head or {}), "choices": [entry]})
        kept = bag.unpack(choice, leg, path, "envelope")
        if choice.get("finish_reason"):
            state.finish = {"finish_reason": responses.finish_to_native(choice, leg, path)}
            state.finish.update((name, value) for name, value in kept.items() if name != "logprobs")
        report_rest(choice, responses.CHOICE_MEMBERS, leg, path)
        return out

    def _chunks(self, delta: Json, own: Json, state: _Writing, path: Path) -> Any:
        """Content of one native delta: a string while only text flows, a chunk list otherwise, None for nothing."""
        leg = self.leg
        chunks: list[Json] = []
        text = delta.get("content")
        if type(text) is list:
            text = "".join(part["text"] for part in text if type(part) is dict and type(part.get("text")) is str)
        elif text is not None and type(text) is not str:
            leg.invalid((*path, "content"), "string", text)
        refusal = delta.get("refusal")
        if refusal is not None and type(refusal) is not str:
            leg.invalid((*path, "refusal"), "string", refusal)
        if refusal:
            leg.losses.add("approximated", "content", "refusal", (*path, "refusal"), "sent as text")
            text = (text or "") + refusal
        reasoning = delta.get("reasoning_content")
        if reasoning is not None and type(reasoning) is not str:
            leg.invalid((*path, "reasoning_content"), "string", reasoning)
        signature = self._details(delta.get("reasoning_details"), bool(reasoning), (*path, "reasoning_details"))
        rows = own.get("blocks")
        before: list[Json] = []
        after: list[Json] = []
        for row in rows if type(rows) is list else ():
            if type(row) is dict and row.get("type") == "native" and type(row.get("value")) is dict:
                (after if text or reasoning else before).append(row["value"])
            elif type(row) is dict and row.get("type") == "reasoning" and state.thinking:
                extra = row.get("extra")
                before.append({"type": "thinking", "thinking": [], "closed": True, **(extra if type(extra) is dict else {})})
                state.thinking = False
        chunks += before
        if reasoning:
            chunks.append({"type": "thinking", "thinking": [{"type": "text", "text": reasoning}], "closed": False})
            state.thinking = True
        if signature:
            chunks.append({"type": "thinking", "thinking": [], "closed": True, "signature": signature})
            state.thinking = False
        if state.thinking and (text or delta.get("tool_calls") or after):
            chunks.append({"type": "thinking", "thinking": [], "closed": True})
            state.thinking = False
        if not chunks and not after:
            return text or None
        if text:
            chunks.append({"type": "text", "text": text})
        return chunks + after

    def _details(self, details: Any, spoken: bool, path: Path) -> str:
        """Signature of own entries; their text was sent as reasoning_content."""
        if details is None:
            return ""
        if type(details) is not list:
            self.leg.invalid(path, "array", details)
        signature = ""
        for number, entry in enumerate(details):
            if type(entry) is not dict:
                self.leg.invalid((*path, number), "object", entry)
            if entry.get("format") in (None, FORMAT) and type(entry.get("signature")) is str and entry.get("format") == FORMAT:
                signature += entry["signature"]
            elif entry.get("signature") or entry.get("data") or not spoken:
                self.leg.losses.add("dropped", "content", "reasoning_details", (*path, number), "not an entry of this format")
        return signature

    def _fragment(self, fragment: Any, state: _Writing, path: Path) -> None:
        leg = self.leg
        if type(fragment) is not dict:
            leg.invalid(path, "object", fragment)
        index = fragment.get("index", max(state.calls, default=0))
        if type(index) is not int or not 0 <= index < MOST_INDEX:
            leg.invalid((*path, "index"), "a small index", index)
        call = state.calls.setdefault(index, {"type": "function", "function": {"name": "", "arguments": []}})
        for name, value in fragment.items():
            if value is None or name in ("index", "type"):
                continue
            if name in ("function", "custom"):
                if type(value) is not dict:
                    leg.invalid((*path, name), "object", value)
                if name == "custom":
                    call["type"] = "custom"
                for member, text in value.items():
                    if member in ("arguments", "input"):
                        if text is not None and type(text) is not str:
                            leg.invalid((*path, name, member), "string", text)
                        call["function"]["arguments"].append(text or "")
                    elif text is not None and (member != "name" or text):
                        call["function"][member] = text
            elif value != "":
                call[name] = value

    def _last(self, index: int, state: _Writing) -> Json:
        delta: Json = {"content": ""}
        if not state.role:
            delta["role"] = "assistant"
        if state.thinking:
            delta["content"] = [{"type": "thinking", "thinking": [], "closed": True}]
        calls = []
        for number, call in enumerate(state.calls.values()):
            text = "".join(call["function"]["arguments"])
            inner = {**call["function"], "arguments": text}
            whole: Json = {**call, "function": inner}
            if call["type"] == "custom":
                whole = {**call, "custom": {"name": inner["name"], "input": text}}
                del whole["function"]
            native = call_to_native(whole, self.leg, ("choices", 0, "delta", "tool_calls", 0), {})
            calls.append({**native, "index": number})
        if calls:
            delta["tool_calls"] = calls
        return {"index": index, "delta": delta, **(state.finish or {"finish_reason": "length"})}

    def flush(self) -> list[Json]:
        if self.over:
            return []
        self.over = True
        if self.head is None:
            self.head = responses.head_to_native({}, self.leg, "chat.completion.chunk")
        if not self.choices:
            self.choices[0] = _Writing()
        if any(state.finish is None for state in self.choices.values()):
            self.truncated = True
            self.leg.losses.add("dropped", "content", "stream", (), "the stream ended before its finish")
        usage = self.usage if self.usage is not None else responses.usage_to_native(None, self.leg)
        if self.tier is not None:
            responses.tier_to_native(self.tier, usage, self.leg)
        choices = [self._last(index, state) for index, state in self.choices.items()]
        return [{**self.head, "choices": choices, "usage": usage, **self.more}]


def fold(events: list[Json], leg: Leg) -> Json:
    """Chunks -> the chat completion they amount to: runs of text are one chunk, thinking up to its close is one."""
    head: Json = {}
    choices: dict[int, Json] = {}
    for number, event in enumerate(events):
        leg.losses.prefix = (number,)
        if is_error(event):
            raise StreamError("error event in the stream", event_index=number, path=(number,), body=event)
        for name, value in event.items():
            if name not in ("choices", "p") and value is not None and not (name in ("id", "created", "model") and head.get(name)):
                head[name] = value
        listed = event.get("choices")
        if listed is not None and type(listed) is not list:
            leg.invalid(("choices",), "array", listed)
        for spot, choice in enumerate(listed or ()):
            if type(choice) is not dict:
                leg.invalid(("choices", spot), "object", choice)
            index = choice.get("index", 0)
            if type(index) is not int or not 0 <= index < MOST_INDEX:
                leg.invalid(("choices", spot, "index"), "a small index", index)
            _fold_choice(choices.setdefault(index, {"index": index, "blocks": [], "message": {"role": "assistant"}}), choice, leg, spot)
    head["object"] = "chat.completion"
    head["choices"] = []
    for index in sorted(choices):
        state = choices[index]
        blocks = [_joined(block) for block in state.pop("blocks")]
        message = state["message"]
        if len(blocks) == 1 and blocks[0]["type"] == "text" and len(blocks[0]) == 2:
            message["content"] = blocks[0]["text"]
        else:
            message["content"] = blocks or ""
        state.setdefault("finish_reason", "length")
        state.pop("numbers", None)
        head["choices"].append(state)
    return head


def _fold_choice(state: Json, choice: Json, leg: Leg, spot: int) -> None:
    delta = choice.get("delta")
    if delta is None:
        delta = {}
    if type(delta) is not dict:
        leg.invalid(("choices", spot, "delta"), "object", delta)
    content = delta.get("content")
    if type(content) is str:
        content = [{"type": "text", "text": content}] if content else []
    if content is not None and type(content) is not list:
        leg.invalid(("choices", spot, "delta", "content"), "string or array", content)
    for chunk in content or ():
        if type(chunk) is not dict:
            leg.invalid(("choices", spot, "delta", "content"), "array of objects", chunk)
        _fold_chunk(state["blocks"], chunk, leg)
    message = state["message"]
    for name, value in delta.items():
        if name == "tool_calls" and type(value) is list:
            _fold_calls(message.setdefault("tool_calls", []), value, state.setdefault("numbers", {}), leg, spot)
        elif name not in ("content", "role", "tool_calls") and value is not None:
            message[name] = value
    for name, value in choice.items():
        if name == "logprobs" and type(value) is dict:
            held = state.setdefault("logprobs", {"content": []})
            if type(value.get("content")) is list:
                held["content"] = held["content"] + value["content"]
        elif name not in ("index", "delta") and value is not None and (name != "finish_reason" or value):
            state[name] = value


def _fold_calls(calls: list[Json], listed: list[Any], numbers: dict[Any, int], leg: Leg, spot: int) -> None:
    for number, call in enumerate(listed):
        path: Path = ("choices", spot, "delta", "tool_calls", number)
        if type(call) is not dict or type(call.get("function")) is not dict:
            leg.invalid(path, "object with a function", call)
        if continues(call, numbers):
            whole = calls[numbers[call["index"]]]
            text, more = whole["function"].get("arguments"), call["function"].get("arguments")
            if more is not None and type(more) is not str:
                leg.invalid((*path, "function", "arguments"), "string", more)
            joined = (text if type(text) is str else "") + (more or "")
            whole["function"] = {**whole["function"], "arguments": joined}
        else:
            if type(call.get("index")) is int:
                numbers[call["index"]] = len(calls)
            calls.append({**call, "index": len(calls)})


def _fold_chunk(blocks: list[Json], chunk: Json, leg: Leg) -> None:
    kind = chunk.get("type", "text")
    last = blocks[-1] if blocks else {}
    if kind == "text" and type(chunk.get("text")) is str:
        if last.get("type") == "text":
            last["pieces"].append(chunk["text"])
            last.update((name, value) for name, value in chunk.items() if name not in ("type", "text"))
        elif chunk["text"]:
            blocks.append({**chunk, "type": "text", "text": "", "pieces": [chunk["text"]]})
    elif kind == "thinking" and (texts := thinking_texts(chunk, leg, ())) is not None:
        if last.get("type") != "thinking" or not last.get("open"):
            if not any(texts) and "signature" not in chunk:
                return
            blocks.append({"type": "thinking", "thinking": [], "pieces": [], "open": True})
            last = blocks[-1]
        last["pieces"] += texts
        last.update((name, value) for name, value in chunk.items() if name not in ("type", "thinking", "closed"))
        if chunk.get("closed") is not False:
            last["open"] = False
    else:
        blocks.append(chunk)


def _joined(block: Json) -> Json:
    if "pieces" not in block:
        return block
    text = "".join(block["pieces"])
    rest = {name: value for name, value in block.items() if name not in ("pieces", "open")}
    if block["type"] == "text":
        return {**rest, "text": text}
    return {**rest, "thinking": [{"type": "text", "text": text}]}


def unfold(response: Json, leg: Leg) -> list[Json]:
    """The shortest stream of a response: one delta per chunk of content, calls and usage on the finish."""
    choices = response.get("choices")
    if type(choices) is not list:
        leg.invalid(("choices",) if choices is not None else (), "array", choices)
    head: Json = {**{name: value for name, value in response.items() if name in ("id", "created", "model")}, "object": "chat.completion.chunk"}
    out: list[Json] = []
    last: list[Json] = []
    for number, choice in enumerate(choices):
        if type(choice) is not dict:
            leg.invalid(("choices", number), "object", choice)
        message = choice.get("message")
        if message is None:
            message = {}
        if type(message) is not dict:
            leg.invalid(("choices", number, "message"), "object", message)
        index = choice.get("index", number)
        content = message.get("content")
        delta: Json = {"role": "assistant", "content": content or ""}
        out.append({**head, "choices": [{"index": index, "delta": delta, "finish_reason": None}]})
        rest = {name: value for name, value in message.items() if name not in ("role", "content") and value is not None}
        more = {name: value for name, value in choice.items() if name not in ("index", "message", "finish_reason")}
        last.append({"index": index, "delta": {"content": "", **rest}, "finish_reason": choice.get("finish_reason") or "stop", **more})
    tail = {name: value for name, value in response.items() if name not in ("id", "created", "model", "object", "choices")}
    return [*out, {**head, "choices": last, **tail}]
