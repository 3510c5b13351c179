"""Messages by role."""

from typing import Annotated, Literal, Required, TypeAlias

from translate.unified.marks import Marked, OneOf
from translate.unified.parts import Content
from translate.unified.speech import Spoken


class SystemMessage(Marked, total=False):
    role: Required[Literal["system"]]
    content: Content
    name: str | None


class DeveloperMessage(Marked, total=False):
    role: Required[Literal["developer"]]
    content: Content
    name: str | None


class UserMessage(Marked, total=False):
    role: Required[Literal["user"]]
    content: Content
    name: str | None


class AssistantMessage(Spoken, total=False):
    """prefix marks the last message as the start of the answer (extension)."""

    role: Required[Literal["assistant"]]
    content: Content
    name: str | None
    prefix: bool | None


class ToolMessage(Marked, total=False):
    """is_error marks a failed tool (extension). Image parts are an extension here."""

    role: Required[Literal["tool"]]
    tool_call_id: Required[str]
    content: Content
    name: str | None
    is_error: bool | None


class FunctionMessage(Marked, total=False):
    """Deprecated: the result of a `function_call`."""

    role: Required[Literal["function"]]
    name: Required[str]
    content: Content


class OtherMessage(Marked, total=False):
    """A role that is none of the above: reported by the target."""

    role: Required[str]
    content: Content
    name: str | None


UnifiedMessage: TypeAlias = Annotated[
    SystemMessage | DeveloperMessage | UserMessage | AssistantMessage | ToolMessage | FunctionMessage | OtherMessage,
    OneOf("role"),
]
