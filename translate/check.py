"""
The strict check of unified documents at the edge of the library: right JSON types, required members, nothing else.

The judgement is that of a validator built, once and on first use, from the types in `translate.unified`; its result is thrown
away, the converters read the caller's own document. In requests the survey sees the common shapes to be right (a role and
a text, a function call, a number where one belongs); what it does not know goes to the validator, so that there is one judgement.
Not pydantic's own adapters but its core, fed from the same types: pydantic takes ten times as long to look at them.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

from translate.errors import InvalidDocument, kind_of
from translate.scrubbing import is_clean
from translate.shared.remembered import remembered_answer
from translate.survey import is_plain_format, survey

if TYPE_CHECKING:
    from pydantic_core import SchemaValidator, ValidationError

    from translate.unified import OneOf

Schema = dict[str, Any]
Steps = tuple[int | str, ...]

TAG = "\x00"  # begins the names of alternatives, so that they can be told from the document's own keys in an error's location
KINDS = ("request", "response", "event", "error")

PLAIN_FUNCTION: dict[str, type] = {"name": str, "description": str, "parameters": dict, "strict": bool}
TRIVIAL = [{"role": "user", "content": ""}]  # a right list of messages in place of the ones seen to be right

# Types and modules whose values the validator does not look into.
_PLAIN: dict[Any, Schema] = {
    str: {"type": "str", "strict": True},
    int: {"type": "int", "strict": True},
    float: {"type": "float", "strict": True, "allow_inf_nan": False},
    bool: {"type": "bool", "strict": True},
    type(None): {"type": "none"},
    Any: {"type": "any"},
}


def check_unified(document: object, kind: str) -> None:
    """
    Refuses a unified document without meaning; returns nothing for every other one.

    kind: request, response, event (a chunk) or error.
    Raises: InvalidDocument, its path resolving in `document`; a missing member is named at the object that lacks it.
    """
    if kind == "request" and type(document) is dict:
        _, rest, odd, _, _ = survey(document)
        if rest is not document and _is_right(rest, odd):
            return
    if not _valid(document, kind):
        _explain(document, kind)


def check_rest(rest: Schema, odd: list[Any], request: Schema) -> None:
    """Refuses a unified request for one of the members in `rest` or the messages in `odd`; all others are known to be right."""
    if not _is_right(rest, odd) and not _valid(request, "request"):
        _explain(request, "request")


def is_known(rest: Schema) -> bytes | bool:
    """
    Whether members of a request are right and need no scrubbing: bags, and by a memory tools and schemas, which come again.

    Yes to those that are kept are their bytes (`shared/remembered.py`), without those of the bag beside them.
    """
    bags, tools = rest.get("extra_content"), rest.get("tools")
    if bags is not None:
        if not _is_plain_bag(bags) or not (_is_simple(bags) or is_clean({"extra_content": bags})):
            return False
        rest = {name: value for name, value in rest.items() if name != "extra_content"}
        return not rest or is_known(rest)
    if not rest.keys() <= _KEPT or (type(tools) is list and len(tools) > _FEW):
        return False
    return _is_known(rest)


_KEPT = frozenset(("tools", "response_format"))
_FEW = 16  # tools: more of them are hardly ever small enough to be kept


@remembered_answer
def _is_known(rest: Schema) -> bool:
    return is_clean(rest) and _is_right(rest, [])


def _is_right(rest: Schema, odd: list[Any]) -> bool:
    """Whether some members and some messages are right; common tools, response formats and bags need no validator."""
    if not odd and rest.keys() <= _SEEN_HERE and ("response_format" not in rest or is_plain_format(rest["response_format"])):
        tools, bags = rest.get("tools"), rest.get("extra_content")
        if (tools is None or (type(tools) is list and all(map(_is_plain_tool, tools)))) and (bags is None or _is_plain_bag(bags)):
            return True
    return _valid({**rest, "messages": odd or TRIVIAL}, "request")


_SEEN_HERE = frozenset(("tools", "response_format", "extra_content"))


def _is_plain_tool(tool: Any) -> bool:
    kind = tool.get("type") if type(tool) is dict else None
    if kind != "function":
        # A tool of one provider: its members are its own.
        return type(kind) is str and kind != "custom" and _MARKED.isdisjoint(tool)
    if len(tool) != 2 and not (len(tool) == 3 and (_is_plain_mark(tool.get("cache_control")) or _is_plain_bag(tool.get("extra_content")))):
        return False
    function = tool.get("function")
    if type(function) is not dict or type(function.get("name")) is not str:
        return False
    for name, value in function.items():
        if type(value) is not PLAIN_FUNCTION.get(name) and (name != "extra_content" or not _is_plain_bag(value)):
            return False
    return True


_MARKED = frozenset(("cache_control", "extra_content"))


def _is_plain_mark(mark: Any) -> bool:
    return type(mark) is dict and mark.keys() <= _MARK and type(mark.get("type")) is str and type(mark.get("ttl", "")) is str


_MARK = frozenset(("type", "ttl"))


def _is_plain_bag(value: Any) -> bool:
    if type(value) is not dict:
        return False
    for key, own in value.items():  # noqa: SIM110  (a generator costs more than the look)
        if type(key) is not str or type(own) is not dict:
            return False
    return True


def _is_simple(bags: Schema) -> bool:
    """Whether bags hold ASCII words, numbers and lists of words alone, as most do; False says nothing. It costs less than `is_clean`."""
    for key, own in bags.items():
        if not key.isascii():
            return False
        for name, value in own.items():
            if type(name) is not str or not name.isascii():
                return False
            for word in value if type(value) is list else (value,):
                if not (type(word) is str and word.isascii()) and type(word) is not bool and type(word) is not int and word is not None:
                    return False
    return True


def _valid(document: object, kind: str) -> bool:
    try:
        _validator(kind).validate_python(document)
    except (ValueError, RecursionError):  # the validator's own error is a ValueError
        return False
    return True


@cache
def _validator(kind: str) -> SchemaValidator:
    from pydantic_core import SchemaValidator

    from translate import unified

    roots: dict[str, Any] = {
        "request": unified.UnifiedRequest,
        "response": unified.UnifiedResponse,
        "event": unified.UnifiedChunk,
        "error": unified.UnifiedError | list[unified.UnifiedError],
    }
    return SchemaValidator(schema_of(roots[kind]))


# --- types -> schema of the validator


@cache
def schema_of(annotation: Any) -> Schema:
    """
    The validator's schema of a type of `translate.unified`.

    Raises: TypeError for a form of type that those do not use.
    """
    plain = _PLAIN.get(annotation)
    if plain is not None:
        return plain
    if isinstance(annotation, type) and hasattr(annotation, "__required_keys__"):
        return _object(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (types.UnionType, Union):
        return _union(arguments)
    if origin is list:
        return {"type": "list", "items_schema": schema_of(arguments[0]), "strict": True}
    if origin is dict:
        value = schema_of(arguments[1])
        return {"type": "dict", "keys_schema": {"type": "any"}, "values_schema": value, "strict": True}
    if origin is Literal:
        return {"type": "literal", "expected": list(arguments)}
    if hasattr(annotation, "__metadata__"):  # Annotated
        return _annotated(arguments[0], annotation.__metadata__[0])
    raise TypeError(f"no schema for {annotation!r}")


def members_of(typed: Any) -> dict[str, tuple[Any, bool]]:
    """Members of a TypedDict: name -> (type, whether it is required)."""
    hints = get_type_hints(typed, include_extras=True)
    return {name: (_bare(hint), name in typed.__required_keys__) for name, hint in hints.items()}


def _bare(hint: Any) -> Any:
    """`Required[X]` -> `X`."""
    return get_args(hint)[0] if "Required" in str(get_origin(hint)) else hint


def _object(typed: Any) -> Schema:
    fields = {
        name: {"type": "typed-dict-field", "schema": schema_of(hint), "required": required}
        for name, (hint, required) in members_of(typed).items()
    }
    return {"type": "typed-dict", "fields": fields, "strict": True, "extra_behavior": "ignore", "total": False}


def _union(alternatives: tuple[Any, ...]) -> Schema:
    given = [one for one in alternatives if one is not type(None)]
    schema = (
        schema_of(given[0])
        if len(given) == 1
        else {
            "type": "union",
            "mode": "left_to_right",
            "choices": [(schema_of(one), f"{TAG}{n}") for n, one in enumerate(given)],
        }
    )
    return schema if len(given) == len(alternatives) else {"type": "nullable", "schema": schema}


def _annotated(inner: Any, mark: Any) -> Schema:
    from translate.unified import OneOf

    if isinstance(mark, OneOf):
        return tagged_union(mark, inner, schema_of)
    return {**schema_of(inner), "min_length": 1}


def words_of(mark: OneOf, union: Any) -> dict[str, Any]:
    """The alternatives of a marked union under the words of their telling member, and the last one under `""`."""
    *known, other = get_args(union)
    return {**{_literal(members_of(one)[mark.key][0]): one for one in known}, "": other}


def _literal(hint: Any) -> str:
    """The word of `Literal["word"]` or `Literal["word"] | None`."""
    literal = hint if get_origin(hint) is Literal else get_args(hint)[0]
    return str(get_args(literal)[0])


def tagged_union(mark: OneOf, union: Any, generate: Callable[[Any], Any]) -> Schema:
    """Schema of a marked union; `generate` makes that of an alternative."""
    words = words_of(mark, union)
    choices = {TAG + word: generate(one) for word, one in words.items()}
    tags = {word: TAG + word for word in words if word}
    key, by_member = mark.key, mark.by_member

    def tag(value: Any) -> str:
        if type(value) is not dict:
            return TAG
        word = value.get(key)
        if type(word) is str:
            return tags.get(word, TAG)
        if by_member and word is None:
            return next((tag for word, tag in tags.items() if value.get(word) is not None), TAG)
        return TAG

    return {"type": "tagged-union", "choices": choices, "discriminator": tag}


# --- errors


def _explain(document: object, kind: str) -> None:
    """Raises InvalidDocument for the first thing wrong; nothing when only lone surrogates are, which are repaired later."""
    from pydantic_core import ValidationError

    try:
        _validator(kind).validate_python(document)
    except RecursionError:
        raise _invalid(kind, (), "less nesting", "a document nested too deeply") from None
    except ValidationError as error:
        if any(one["type"] == "string_unicode" for one in _errors(error)):
            return _explain(_without_surrogates(document), kind)
        steps, expected, got = _first(error, document)
        raise _invalid(kind, steps, expected, got) from None


def _invalid(kind: str, steps: Steps, expected: str, got: str) -> InvalidDocument:
    return InvalidDocument(format="unified", kind=kind, path=steps, expected=expected, got=got)


def _errors(error: ValidationError) -> list[Any]:
    return list(error.errors(include_url=False, include_context=True, include_input=True))


# pydantic's words for a wrong type -> ours
_EXPECTED = {
    "string_type": "string",
    "int_type": "integer",
    "int_from_float": "integer",
    "float_type": "number",
    "finite_number": "finite number",
    "bool_type": "boolean",
    "list_type": "array",
    "dict_type": "object",
    "too_short": "at least one member",
    "recursion_loop": "less nesting",
}


def _first(error: ValidationError, document: object) -> tuple[Steps, str, str]:
    """Place, what is expected there and what was found, of the first error; of a union the alternative that went deepest."""
    found = [(_place(one["loc"]), one) for one in _errors(error)]
    first = found[0][0]
    within = [pair for pair in found if pair[0][: len(first)] == first]
    place, chosen = max(within, key=lambda pair: len(pair[0]))  # the first of equal ones
    if chosen["type"] == "missing":
        return place[:-1], f"member {place[-1]!r}", "nothing"
    words = dict.fromkeys(_expected(one) for where, one in within if where == place)
    value = chosen["input"]
    return place, " or ".join(words), "an empty array" if chosen["type"] == "too_short" else _got(value)


def _expected(one: Any) -> str:
    if one["type"] == "literal_error":
        return str(one["ctx"]["expected"]).replace("'", '"')
    return _EXPECTED.get(one["type"], str(one["msg"]))


def _got(value: object) -> str:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else kind_of(value)


def _place(location: Iterable[int | str]) -> Steps:
    """Location without the names of alternatives."""
    return tuple(step for step in location if not (isinstance(step, str) and step.startswith(TAG)))


def _without_surrogates(document: object) -> object:
    """A copy whose texts encode to UTF-8. An explicit stack: the nesting is the caller's."""
    root: list[object] = [document]
    open_lists: list[Any] = [root]
    while open_lists:
        holder = open_lists.pop()
        for key, value in list(holder.items() if type(holder) is dict else enumerate(holder)):
            if type(value) is str:
                holder[key] = value.encode("utf-8", "replace").decode("utf-8")
            elif type(value) in (dict, list):
                holder[key] = copy = value.copy()
                open_lists.append(copy)
    return root[0]
