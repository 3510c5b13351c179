"""
The official SDKs' types as strict judges.

Request types are TypedDicts whose lists are declared as iterables: pydantic looks into those lazily, lets unknown
keys pass and does not see `Required` marks behind postponed annotations. `strict` rebuilds a type without these
holes. Response types are models that keep what they do not know in `model_extra`; `unknown_members` finds it.
"""

from __future__ import annotations

import collections.abc
import functools
import json
import operator
import types
import typing
from collections.abc import Iterator
from typing import Any

import typing_extensions
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

_MARKS = (typing_extensions.Required, typing_extensions.NotRequired, typing.Required, typing.NotRequired)
_LISTS = (list, collections.abc.Iterable, collections.abc.Sequence)
_rebuilt: dict[Any, Any] = {}


def strict(kind: Any, *, models: bool = True) -> Any:
    """
    The same type with eager lists, unknown keys refused and `Required` honoured.

    models: False takes response models out of unions (they let unknown keys through where a TypedDict of the same
    shape would not).
    """
    if typing_extensions.is_typeddict(kind):
        return _strict_dict(kind, models)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is None:
        return kind
    if origin in _MARKS or origin is typing.Annotated:
        return strict(arguments[0], models=models)
    if origin in (typing.Union, types.UnionType):
        kept = [one for one in arguments if models or not _is_model(one)]
        return functools.reduce(operator.or_, (strict(one, models=models) for one in kept))
    if origin in _LISTS or getattr(origin, "__name__", "") == "SequenceNotStr":
        return list[strict(arguments[0], models=models)]  # type: ignore[misc]
    if origin in (dict, collections.abc.Mapping):
        return dict[arguments[0], strict(arguments[1], models=models)]  # type: ignore[valid-type,misc]
    return kind


def _strict_dict(kind: Any, models: bool) -> Any:
    known = _rebuilt.get((kind, models))
    if known is not None:
        return known
    _rebuilt[kind, models] = dict[str, Any]  # a type that contains itself: checked one level deep
    fields = {}
    for name, hint in typing_extensions.get_type_hints(kind, include_extras=True).items():
        required, inner = name in kind.__required_keys__, hint
        while typing.get_origin(inner) in _MARKS:
            required = typing.get_origin(inner) in (typing.Required, typing_extensions.Required)
            inner = typing.get_args(inner)[0]
        mark = typing_extensions.Required if required else typing_extensions.NotRequired
        fields[name] = mark[strict(inner, models=models)]
    rebuilt: Any = typing_extensions.TypedDict(kind.__name__, fields)  # type: ignore[operator]
    is_open = (getattr(kind, "__pydantic_config__", None) or {}).get("extra") == "allow"
    rebuilt.__pydantic_config__ = ConfigDict(
        extra="allow" if is_open else "forbid", strict=True, arbitrary_types_allowed=True
    )
    _rebuilt[kind, models] = rebuilt
    return rebuilt


def _is_model(kind: Any) -> bool:
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return _is_model(typing.get_args(kind)[0])
    if origin in (typing.Union, types.UnionType):
        return all(_is_model(one) for one in typing.get_args(kind))
    return isinstance(kind, type) and issubclass(kind, BaseModel)


class Judge:
    """
    A type as a judge of documents; the adapter is built at the first question (it costs a second for the large ones).
    """

    def __init__(self, kind: Any, *, rebuild: bool = False, models: bool = True) -> None:
        self._kind, self._rebuild, self._models = kind, rebuild, models

    @functools.cached_property
    def adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(strict(self._kind, models=self._models) if self._rebuild else self._kind)

    def problems(self, document: Any, *, at: str = "") -> list[str]:
        """What the type refuses, and what a response model did not know."""
        try:
            # From JSON text: strict Python input would refuse the strings that JSON writes for times and bytes.
            value = self.adapter.validate_json(json.dumps(document), strict=True)
        except ValidationError as error:
            return [at + line for line in _lines(error)]
        return [f"{at}{path}: unknown member" for path in unknown_members(value)]


def _lines(error: ValidationError) -> list[str]:
    """One line a place; of a union's many complaints those that got deepest are the telling ones."""
    found = error.errors(include_url=False, include_context=False, include_input=True)
    deepest = max(len(one["loc"]) for one in found)
    told = [one for one in found if len(one["loc"]) >= deepest - 1]
    return [f"{_place(one['loc'])}: {one['msg']} (got {str(one['input'])[:60]!r})" for one in told[:4]]


def _place(steps: tuple[int | str, ...]) -> str:
    return "/".join(str(step) for step in steps if "[" not in str(step))  # without the names of whole unions


def unknown_members(value: Any, path: str = "") -> Iterator[str]:
    """Pointers of members that a response model did not know."""
    if isinstance(value, BaseModel):
        yield from (f"{path}/{name}" for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from unknown_members(getattr(value, name), f"{path}/{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from unknown_members(item, f"{path}/{index}")
