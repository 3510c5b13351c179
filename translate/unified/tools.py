"""Tools and what steers them."""

from typing import Annotated, Literal, Required, TypeAlias

from typing_extensions import TypedDict

from translate.unified.marks import Extensible, JsonObject, Marked, OneOf


class FunctionDefinition(Marked, total=False):
    """parameters: a JSON Schema, which the library shares and does not check. Also the member of the deprecated `functions`."""

    name: Required[str]
    description: str | None
    parameters: JsonObject | None
    strict: bool | None


class FunctionTool(Marked, total=False):
    type: Literal["function"] | None
    function: Required[FunctionDefinition]


class Grammar(TypedDict, total=False):
    """syntax: lark, regex."""

    syntax: str | None
    definition: str | None


class CustomFormat(TypedDict, total=False):
    """type: text, grammar."""

    type: Required[str]
    grammar: Grammar | None


class CustomDefinition(Extensible, total=False):
    name: Required[str]
    description: str | None
    format: CustomFormat | None


class CustomTool(Marked, total=False):
    type: Literal["custom"] | None
    custom: Required[CustomDefinition]


class NativeTool(Marked, total=False):
    """A tool only one provider has: type and members are that provider's (`{"type": "google_search"}`, or its bare object)."""

    type: str | None


Tool: TypeAlias = Annotated[FunctionTool | CustomTool | NativeTool, OneOf("type", by_member=True)]


class Named(TypedDict, total=False):
    name: Required[str]


class FunctionChoice(TypedDict, total=False):
    type: Literal["function"] | None
    function: Required[Named]


class CustomChoice(TypedDict, total=False):
    type: Literal["custom"] | None
    custom: Required[Named]


class OtherReference(TypedDict, total=False):
    """A native tool in the list of allowed ones, a native form of choice."""

    type: Required[str]


ToolReference: TypeAlias = Annotated[FunctionChoice | CustomChoice | OtherReference, OneOf("type", by_member=True)]


class AllowedTools(TypedDict, total=False):
    """mode: auto, required."""

    mode: str | None
    tools: Required[list[ToolReference]]


class AllowedToolsChoice(TypedDict, total=False):
    type: Literal["allowed_tools"] | None
    allowed_tools: Required[AllowedTools]


ToolChoiceObject: TypeAlias = Annotated[
    FunctionChoice | CustomChoice | AllowedToolsChoice | OtherReference, OneOf("type", by_member=True)
]
ToolChoice: TypeAlias = str | ToolChoiceObject | None
"""none, auto, required, or an object."""
