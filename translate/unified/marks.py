"""What any object of a document may carry: the bag, cache marks; and how the types say more than types can (`OneOf`, `NotEmpty`)."""

from typing import Any, Required, TypeAlias

from typing_extensions import TypeAliasType, TypedDict

Json = TypeAliasType("Json", "dict[str, Json] | list[Json] | str | int | float | bool | None")
JsonObject: TypeAlias = dict[str, Any]
"""A subtree the library does not look into: a tool schema, metadata of a provider."""

Bag: TypeAlias = dict[str, JsonObject | None]
"""`extra_content`: what only one provider understands, under that provider's key, named as on its wire."""


class OneOf:
    """
    Marks a union of objects that one member tells apart: `Annotated[A | B | Other, OneOf("type")]`.

    The last alternative takes every object whose member is none of the words of the others. `by_member`: an object without
    the telling member is the alternative whose own word is a member of it (`{"function": {...}}` without a type).
    """

    __slots__ = ("by_member", "key")

    def __init__(self, key: str, by_member: bool = False) -> None:
        self.key, self.by_member = key, by_member

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """The tagged union for pydantic users; `translate.check` builds the same for itself."""
        from translate.check import tagged_union

        return tagged_union(self, source, handler.generate_schema)


class NotEmpty:
    """Marks a list that needs a member."""

    __slots__ = ()

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """The list schema for pydantic users, with the bound."""
        return {**handler(source), "min_length": 1}


class CacheControl(TypedDict, total=False):
    """Cache mark: everything up to here may be cached. `ttl` keeps the source's word (5m, 1h, 30m, 12h)."""

    type: Required[str]
    ttl: str | None


class CacheBreakpoint(TypedDict, total=False):
    """OpenAI's cache mark of a part; alias of `cache_control`."""

    mode: str | None
    ttl: str | None


class Extensible(TypedDict, total=False):
    """Objects that can carry a bag."""

    extra_content: Bag | None


class Marked(Extensible, total=False):
    """Objects that can carry a cache mark and a bag."""

    cache_control: CacheControl | None
