"""Options that nobody should trust: a memo that was stored and came back changed, and members of every JSON type."""

from __future__ import annotations

import json
import random
from typing import Any

import translate
from tests import calls, strategies

Json = Any
PLAIN: dict[str, tuple[Any, ...]] = {
    "created": (0, 5), "id": (None, "x"), "model": (None, "m"), "route": (None, {"path": "/v1/x"}, {"model": "m", "stream": True}),
    "default_max_tokens": (4096, 100), "api_version": (None, "v1"), "model_facts": (None, {"m*": {"reasoning": True}}),
    "extra": ({}, {"a": 1}),
}  # fmt: skip
# How a function is called with a document: its kind in the pool, and whether the memo is one of the same pair.
FUNCTIONS = {"convert_request": "request", "convert_response": "response", "convert_stream": "stream"}


def _memo(target: str, chance: random.Random) -> Json:
    """The memo of a request, edited in a few places."""
    request = chance.choice(strategies.pool("request")[:20])
    memo: Json = dict(translate.convert_request(request, target=target).memo) or {"read": {}, "write": {"names": {"a": "b"}}}
    for _ in range(chance.randint(0, 3)):
        memo = calls.edited(memo, chance)
    return memo


def trouble(number: int) -> str:
    """What escapes from call `number`; empty when all is well. A TranslateError is well."""
    chance = random.Random(number)
    name, format = chance.choice(list(FUNCTIONS)), chance.choice(calls.FORMATS)
    kind = FUNCTIONS[name]
    inward = chance.random() < 0.5
    documents = strategies.native(format, kind, 6) if inward else strategies.pool(kind)[:20]
    try:
        given = {member: chance.choice(values) for member, values in PLAIN.items()}
        if chance.random() < 0.5:
            given[chance.choice(list(PLAIN))] = chance.choice(strategies.JUNK)
        options = translate.Options(**given, memo=_memo(format, chance))
        pair = {"source": format} if inward else {"target": format}
        answer = getattr(translate, name)(chance.choice(documents), **pair, options=options)
        json.dumps(list(answer) if kind == "stream" else [answer.value, answer.route, dict(answer.memo)])
    except translate.TranslateError:
        return ""
    except Exception as error:  # whatever else leaves a public function is the finding
        return f"{name} {pair}: {type(error).__name__}: {error} with {options}"
    return ""
