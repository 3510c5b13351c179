"""
One row of data per OpenAI-compatible server: how it differs from OpenAI's own strict form.

Sources: the vendors' own API references and official SDK types; where they are silent, recorded traffic decides. A row drops
only what its server is known to refuse or to ignore, and lets its own extras through by its bag `extra_content.<key>`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from translate.leg import Leg
from translate.providers.openai_compatible.tables import (
    API_CHAT_ONLY,
    CONTENTS_ONLY,
    LEVELS,
    MESSAGES_ONLY,
    MODEL_FACTS,
    NAME_REFUSED,
    PART_MEMBERS,
    REQUEST_FIELDS,
    RESPONSES_ONLY,
    SERVICE_TIERS,
)
from translate.shared.facts import Rows
from translate.shared.fields import Copy, Handled, Rename, Table, Unsupported
from translate.shared.schema_subset import GRAMMAR, Subset

OPENAI_PARTS = frozenset(("text", "image_url", "input_audio", "file", "refusal"))
_ANY_MODEL: Rows = (("*", {}),)
_SAME = {word: word for word in LEVELS}
_THREE = {"minimal": "low", "low": "low", "medium": "medium", "high": "high", "xhigh": "high", "max": "high"}


class Dialect(NamedTuple):
    """
    How one server differs.

    passes: documents pass as they stand. facts: rows of what models accept. limit: name of the output limit.
    developer: takes role developer. drop: request fields without a place -> reason. extra: fields of other dialects it takes.
    rename: unified name -> its own. clamp: name -> (least, greatest). names: roles whose `name` it takes.
    parts: content part types it takes. flatten: text-only lists become a string where only text can stand.
    refusal: takes `refusal` in history. custom: takes custom tools. strict: takes `strict` on tools.
    tools: prefixes of native-only tool types it takes. choices: `any` takes all forms of tool_choice, `string` words alone,
    `none` no tool_choice. structured: `schema`, `object` (the schema goes into the prompt) or `none`.
    efforts: unified effort word -> its own; a word that is not there is approximated. thinking: how a budget or mode is said
    (effort, thinking, reasoning, switch, template, google). history: name of readable reasoning in history ("" refuses it, `think`
    says it between tags in the content). tags: answers may have it between tags.
    answer: name of readable reasoning in answers. details: takes and gives reasoning_details.
    placeholder: `turns` or `calls` of a tool talk's history have to carry reasoning, empty if need be.
    prefill: mark, partial, continue, trailing or "" (no place). cache: marks stay, breakpoint, or "" (no place).
    images: assistant messages carry produced images. media_results: tool messages may hold more than text. exclusive_counts: reasoning is not in completion_tokens.
    cached: name of cached tokens at the top of usage, beside the details. finish: own finish words -> unified.
    calls_finish: says `stop` where calls were made. usage_always: usage comes though nobody asked.
    array_errors: error bodies come in a list. arguments: arguments in history have to be JSON objects.
    official: OpenAI's own form, whose values are closed sets as well. native_only: members of its bag,
    by place, that only the other form of the provider has.
    error_types: an error always has a type. deployments: with an api version the model goes into the path.
    required_since: the first api version with tool_choice `required`. most_stops: stop sequences it takes, 0 for any number.
    thinking_members: what `thinking` has there (style `thinking`; a budget stands for an effort where there are no efforts).
    thinking_types: types of `thinking` -> its own. thinking_alone: no effort beside `thinking`. foreign_details: formats of reasoning_details it does not take back.
    nested: where its own members stand below `extra_body` of requests and `extra_content` of calls; the fact `signs` of a model is
    the stand-in for the signature it demands there. upstream_finish: answers carry native_finish_reason.
    uncached: name of the other prompt tokens beside `cached`. plain_counts: no details of counts.
    schemas: what it reads of the schemas of tools and answers. grammar: what its grammar holds of a schema for answers.
    strict_schemas: takes `strict` on a schema for answers. strict_default, parallel_default: what it takes a tool without `strict`
    and tools without parallel_tool_calls for. tool_names: finds what a tool's name may not have; tool_name_lead mends its start,
    shortest_name: its least length.
    most_tools: tools it takes, 0 for any number. stop_list: stop sequences come in a list. longest_stop: their bytes.
    blank_stops: takes blank ones. counted_logprobs: logprobs is a count. logprobs_alone: none beside tools in a stream.
    tiers: unified service tier -> its own, None for all as they are. links: fetches images and videos. bare_media: takes images and videos as a bare link or
    bare base64, too. audio_formats: of input_audio, none for any. apart: a field, and one
    of its own that is not sent beside it. formats: its own types of response_format -> their members.
    object_schemas: takes a schema beside `json_object`, too. cache_written: name of cache-writing tokens in the details. needs_user: a user has to speak. leading_systems: instructions stand in front.
    alternates: user and assistant take turns, the user last. lone_prefill: no prefill while it thinks. budget: field of a budget of reasoning. least_budget, most_budget: of tokens, 0 for no bound.
    Facts of a model: refuses, ignored (while it thinks), efforts, placeholder, mute (history takes no reasoning), text_only,
    words (unified effort -> this model's own), always (thinks whatever is asked), structured (in place of the row's),
    levels (knows words of effort; else on or off), required (takes this choice), format_alone (no answer format beside tools), signs,
    while_thinking (sampling field -> the least value it takes then; calls that are answered want thinking that no history here has),
    one_sampling (temperature or top_p).
    """

    passes: bool = False
    facts: Rows = _ANY_MODEL
    limit: str = "max_completion_tokens"
    developer: bool = False
    drop: Mapping[str, str] = {}
    extra: frozenset[str] = frozenset()
    rename: Mapping[str, str] = {}
    clamp: Mapping[str, tuple[float, float]] = {}
    names: frozenset[str] = frozenset(("system", "developer", "user", "assistant"))
    parts: frozenset[str] = OPENAI_PARTS - {"refusal"}
    flatten: bool = True
    refusal: bool = False
    custom: bool = False
    strict: bool = True
    tools: tuple[str, ...] = ()
    choices: str = "any"
    structured: str = "schema"
    efforts: Mapping[str, str] = _SAME
    thinking: str = "effort"
    history: str = "reasoning_content"
    answer: str = "reasoning_content"
    tags: bool = False
    details: bool = False
    placeholder: str = ""
    prefill: str = ""
    cache: str = ""
    images: bool = False
    media_results: bool = False
    exclusive_counts: bool = False
    cached: str = ""
    finish: Mapping[str, str] = {}
    calls_finish: bool = False
    usage_always: bool = False
    array_errors: bool = False
    arguments: bool = False
    official: bool = False
    native_only: Mapping[str, frozenset[str]] = {}
    error_types: bool = False
    deployments: bool = False
    required_since: str = ""
    alternates: bool = False
    lone_prefill: bool = False
    most_stops: int = 0
    thinking_members: tuple[str, ...] = ("type",)
    thinking_types: Mapping[str, str] = {}
    thinking_alone: bool = False
    foreign_details: frozenset[str] = frozenset()
    nested: str = ""
    upstream_finish: bool = False
    uncached: str = ""
    plain_counts: bool = False
    schemas: Subset | None = None
    grammar: Subset | None = None
    strict_schemas: bool = True
    strict_default: bool = False
    parallel_default: bool = True
    tool_names: re.Pattern[str] = NAME_REFUSED
    tool_name_lead: str = ""
    shortest_name: int = 0
    most_tools: int = 0
    stop_list: bool = False
    longest_stop: int = 0
    blank_stops: bool = True
    counted_logprobs: bool = False
    logprobs_alone: bool = False
    tiers: Mapping[str, str] | None = None
    links: bool = True
    bare_media: bool = False
    cache_written: str = ""
    needs_user: bool = False
    leading_systems: bool = False
    audio_formats: frozenset[str] = frozenset()
    apart: tuple[tuple[str, str], ...] = ()
    formats: Mapping[str, frozenset[str]] = {}
    object_schemas: bool = False
    budget: str = ""
    least_budget: int = 0
    most_budget: int = 0


def _drop(reason: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, reason)


_NO_FIELD = "no such field at this server"
_NO_EFFECT = "this server ignores it"
# OpenAI's account features, which no other server has.
_ACCOUNT = _drop(_NO_FIELD, "store", "metadata", "moderation", "prompt_cache_options", "prompt_cache_retention", "verbosity",
                 "web_search_options", "prediction", "audio", "safety_identifier", "prompt_cache_key", "service_tier")  # fmt: skip
# Entries of reasoning_details signed or encrypted for one provider; a router takes them all.
_SIGNED_BY_OTHERS = frozenset((
    "anthropic-claude-v1", "google-gemini-v1", "openai-responses-v1", "xai-responses-v1", "bedrock-converse-v1", "mistral-v1",
))  # fmt: skip
# Gemini 3 and later verify the signature of the first call of each step; Google's word for calls of another model.
_GEMINI: Rows = (
    *((f"gemini-{old}*", {"format_alone": True}) for old in ("1.", "1-", "2.", "2-")),
    ("gemini-*", {"signs": "skip_thought_signature_validator"}),
    ("*", {}),
)
# Rules of the Messages API behind Anthropic's endpoint.
_CLAUDE: Mapping[str, Any] = {"while_thinking": {"temperature": 1, "top_p": 0.95}}
_FIXED_CLAUDE = {**_CLAUDE, "refuses": ("temperature", "top_p")}
_CLAUDES: Rows = (
    *((f"claude-{old}*", _CLAUDE) for old in ("2", "3", "instant", "v")),
    *((f"claude-opus-4-{new}*", _FIXED_CLAUDE) for new in (7, 8)),
    *((f"claude-{four}-4*", {**_CLAUDE, "one_sampling": True}) for four in ("opus", "sonnet", "haiku")),
    ("claude*", _FIXED_CLAUDE), ("*", _CLAUDE),
)
_STEERING = ("temperature", "top_p", "frequency_penalty", "presence_penalty")
_FIXED = ("temperature", "top_p", "n", "frequency_penalty", "presence_penalty")  # of Kimi K2.5 and later
_OLD_QWEN = {"structured": "object", "required": False}
_OLD_KIMI = {"required": False, "placeholder": False, "efforts": ()}
_MOONSHOT_NAMES = re.compile(r"^[^a-zA-Z_]|[^a-zA-Z0-9_-]")
_ON_OR_OFF = {**dict.fromkeys(LEVELS, "default"), "none": "none"}  # of Qwen 3 at Groq
_SAME_TIERS = {word: word for word in SERVICE_TIERS}
_IN_PLACE = Subset(references=False)  # definitions where they are used
_SAMPLING = frozenset(("top_k", "min_p", "repetition_penalty"))
_VIDEO = frozenset(("text", "image_url", "video_url"))


def _without(drops: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: reason for name, reason in drops.items() if name not in names}


ROWS: dict[str, Dialect] = {
    "compatible": Dialect(passes=True),
    "openai": Dialect(
        facts=MODEL_FACTS, developer=True, parts=OPENAI_PARTS, flatten=False, refusal=True, custom=True, history="", answer="",
        cache="breakpoint", official=True, native_only=RESPONSES_ONLY, error_types=True, most_stops=4, tiers=_SAME_TIERS,
    ),
    # Azure OpenAI reference, "Chat completions"; extra: data_sources
    "azure": Dialect(
        facts=MODEL_FACTS, developer=True, parts=OPENAI_PARTS, flatten=False, refusal=True, custom=True, history="", answer="",
        cache="breakpoint", official=True, deployments=True, required_since="2024-06", most_stops=4, tiers=_SAME_TIERS,
    ),
    # api-docs.deepseek.com, "Create Chat Completion", "Thinking Mode", "Chat Prefix Completion"
    "deepseek": Dialect(
        facts=(("deepseek-chat*", {"placeholder": False, "text_only": True}),
               ("deepseek-reasoner*", {"placeholder": False, "ignored": _STEERING, "text_only": True}),
               ("deepseek-r1*", {"placeholder": False, "mute": True, "text_only": True}), ("*vision*", {"ignored": _STEERING}),
               ("deepseek-*", {"ignored": _STEERING, "text_only": True}), ("*", {})),
        limit="max_tokens", drop={**_ACCOUNT, **_drop(_NO_FIELD, "n", "seed", "logit_bias", "user", "modalities", "parallel_tool_calls")},
        parts=frozenset(("text", "image_url", "file")), structured="object", thinking="thinking",
        efforts={"minimal": "low", "low": "low", "medium": "medium", "high": "high", "xhigh": "high", "max": "max"},
        placeholder="turns", prefill="prefix", cached="prompt_cache_hit_tokens", uncached="prompt_cache_miss_tokens", finish={"insufficient_system_resource": "stop"},
        usage_always=True,
    ),
    # docs.x.ai, "Chat completions" (deprecated)
    "xai": Dialect(
        facts=(("grok-3-mini*", {"refuses": ("stop", "frequency_penalty", "presence_penalty")}), ("grok-2*", {}), ("grok-3*", {}),
               ("*", {"refuses": ("stop", "frequency_penalty", "presence_penalty")})),
        limit="max_tokens", drop=_without(_ACCOUNT, "service_tier"), names=frozenset(("user",)), strict=False,
        exclusive_counts=True, efforts={**_SAME, "minimal": "low", "max": "xhigh"},
    ),
    # console.groq.com/docs/api-reference, "Create chat completion"; extra: reasoning_format, include_reasoning, ...
    "groq": Dialect(
        developer=True,
        drop={**_without(_ACCOUNT, "service_tier"), **_drop("this server answers 400", "logit_bias", "logprobs", "top_logprobs", "n"),
              **_drop(_NO_FIELD, "frequency_penalty", "presence_penalty")},
        names=frozenset(("user", "system", "developer")), parts=frozenset(("text", "image_url", "document")), tools=("mcp", "browser_search", "code_interpreter"),
        efforts={"none": "none", **_THREE}, history="reasoning", answer="reasoning", most_tools=128,
        facts=(("gpt-oss*", {"efforts": ("low", "medium", "high")}), ("qwen3.8*", {}), ("qwen3*", {"words": _ON_OR_OFF}), ("*", {})),
        apart=(("reasoning_format", "include_reasoning"),),
        tiers={"auto": "auto", "default": "on_demand", "flex": "flex", "priority": "performance"},
    ),
    # docs.together.ai, "Create chat completion"
    "together": Dialect(
        limit="max_tokens",
        drop={**_ACCOUNT, **_drop(_NO_FIELD, "user")}, extra=_SAMPLING, parts=_VIDEO | {"input_audio", "audio_url"},
        names=frozenset(("system", "user", "assistant", "tool")), efforts=_THREE, thinking="switch", history="reasoning",
        answer="reasoning", cached="cached_tokens", finish={"eos": "stop"}, stop_list=True, counted_logprobs=True,
        audio_formats=frozenset(("wav",)),
    ),
    # docs.fireworks.ai, "Create Chat Completion"
    "fireworks": Dialect(
        limit="max_tokens", drop=_without(_ACCOUNT, "prediction"), extra=_SAMPLING, parts=_VIDEO, strict=False,
        thinking="thinking", efforts={"none": "none", **_THREE}, thinking_members=("type", "budget_tokens"), thinking_alone=True,
        thinking_types={"adaptive": "enabled"}, formats={"grammar": frozenset(("grammar",))}, object_schemas=True,
        least_budget=1024, clamp={"top_k": (0, 100), "top_logprobs": (0, 5)}, schemas=_IN_PLACE, facts=(("*", {"format_alone": True}),),
    ),
    # openrouter.ai/docs/api-reference; extra: models, provider, plugins, route, transforms, ...
    "openrouter": Dialect(
        developer=True, extra=_SAMPLING | {"top_a", "image_config"}, parts=OPENAI_PARTS | {"video_url", "input_video"},
        flatten=False, refusal=True, tools=("openrouter:",), thinking="reasoning", history="reasoning", answer="reasoning",
        details=True, prefill="trailing", cache="stay", images=True, media_results=True, usage_always=True,
        upstream_finish=True,
    ),
    # docs.perplexity.ai, Sonar chat completions (gone; the row serves recorded traffic)
    "perplexity": Dialect(
        limit="max_tokens",
        drop={**_without(_ACCOUNT, "web_search_options"),
              **_drop(_NO_FIELD, "tools", "tool_choice", "parallel_tool_calls", "n", "stop", "logit_bias", "seed", "logprobs",
                      "top_logprobs", "user")},
        extra=frozenset(("top_k",)), parts=_VIDEO | {"file_url"}, choices="none",
        efforts={"minimal": "minimal", "low": "low", "medium": "medium", "high": "high", "xhigh": "high", "max": "high"},
        history="", structured="schema-only", tags=True, leading_systems=True, alternates=True,
        formats={"regex": frozenset(("regex",))},
    ),
    # inference-docs.cerebras.ai, "Chat Completions"
    "cerebras": Dialect(
        developer=True, drop=_without(_ACCOUNT, "service_tier", "prediction", "prompt_cache_key"), parts=frozenset(("text", "image_url")),
        efforts={"none": "none", **_THREE}, history="reasoning", answer="reasoning", usage_always=True,
        facts=(("gpt-oss*", {"efforts": ("low", "medium", "high")}), ("*", {})),
    ),
    # docs.nvidia.com/nim; what the backend takes differs
    "nvidia": Dialect(limit="max_tokens", drop=_ACCOUNT, extra=_SAMPLING, parts=_VIDEO, thinking="template"),
    # docs.vllm.ai, "OpenAI-Compatible Server"
    "vllm": Dialect(
        drop={**_ACCOUNT, **_drop(_NO_EFFECT, "user")}, extra=_SAMPLING, parts=_VIDEO | {"input_audio", "audio_url"},
        thinking="template", history="reasoning", answer="reasoning", prefill="continue", budget="thinking_token_budget",
        formats={"structural_tag": frozenset(("structures", "triggers", "format"))},
    ),
    # docs.sambanova.ai, "Chat completions"
    "sambanova": Dialect(
        limit="max_tokens", drop={**_ACCOUNT, **_drop(_NO_FIELD, "n", "logit_bias", "seed", "user"),
                                  **_drop(_NO_EFFECT, "frequency_penalty", "presence_penalty")},
        extra=frozenset(("top_k", "repetition_penalty")), parts=_VIDEO | {"audio_content"}, thinking="template", efforts=_THREE,
        answer="reasoning", history="", links=False, strict_schemas=False,
    ),
    # platform.moonshot.ai/docs, "Chat"
    "moonshot": Dialect(
        facts=(("kimi-k2.*", {"refuses": _FIXED, "levels": False}), ("kimi-k2-thinking*", {"required": False, "levels": False}),
               ("kimi-k2*", _OLD_KIMI), ("kimi-latest*", _OLD_KIMI), ("moonshot-*", _OLD_KIMI),
               ("*", {"refuses": _FIXED, "always": True})),
        drop={**_without(_ACCOUNT, "safety_identifier", "prompt_cache_key"), **_drop(_NO_FIELD, "logit_bias")}, parts=_VIDEO,
        thinking="thinking", efforts={"minimal": "low", "low": "low", "medium": "high", "high": "high", "xhigh": "max", "max": "max"},
        thinking_members=("type", "keep"), thinking_types={"adaptive": "enabled"},
        prefill="partial", cached="cached_tokens", clamp={"temperature": (0.0, 1.0), "n": (1, 5)}, links=False, bare_media=True, placeholder="calls",
        most_stops=5, longest_stop=32, most_tools=128, tool_names=_MOONSHOT_NAMES, tool_name_lead="f_", shortest_name=3, strict_default=True,
        schemas=Subset(refused=frozenset(("prefixItems",)), branches=True),
    ),
    # docs.z.ai, "Chat Completion"; extra: do_sample, request_id, tool_stream, ...
    "zai": Dialect(
        limit="max_tokens",
        drop={**_ACCOUNT, **_drop(_NO_FIELD, "frequency_penalty", "presence_penalty", "n", "logit_bias", "seed", "logprobs",
                                  "top_logprobs", "user", "parallel_tool_calls")},
        names=frozenset(), parts=_VIDEO | {"file_url"}, tools=("web_search", "retrieval", "mcp"), strict=False,
        structured="object", thinking="thinking", clamp={"temperature": (0.01, 0.99), "top_p": (0.01, 0.99)}, cache="stay",
        finish={"sensitive": "content_filter", "network_error": "stop", "model_context_window_exceeded": "length"},
        stop_list=True, most_stops=1, needs_user=True, bare_media=True, thinking_members=("type", "clear_thinking"),
        thinking_types={"adaptive": "enabled"},
    ),
    # help.aliyun.com, DashScope "OpenAI compatible - Chat"; extra: enable_thinking, thinking_budget, enable_search, ...
    "qwen": Dialect(
        facts=(("qwen3.8*", {}), ("qwen3.7*", {}), ("qwen*", _OLD_QWEN), ("qwq*", _OLD_QWEN), ("*", {})),
        limit="max_tokens", drop=_ACCOUNT, extra=frozenset(("top_k", "repetition_penalty")), parts=_VIDEO | {"input_audio", "video"},
        thinking="enable", budget="thinking_budget", prefill="partial", cache="stay", clamp={"temperature": (0.0, 1.99)},
        cache_written="cache_creation_input_tokens", lone_prefill=True,
    ),
    # platform.minimax.io, "Chat Completion"; extra: reasoning_split, mask_sensitive_info
    "minimax": Dialect(
        drop={**_ACCOUNT, **_drop(_NO_EFFECT, "frequency_penalty", "presence_penalty", "logit_bias"),
              **_drop(_NO_FIELD, "n", "seed", "parallel_tool_calls", "user", "logprobs", "top_logprobs")},
        names=frozenset(("user",)), parts=_VIDEO, strict=False, choices="none", structured="none", efforts={}, thinking="thinking",
        history="think", tags=True, details=True, cache="stay", clamp={"temperature": (0.01, 1.0)}, foreign_details=_SIGNED_BY_OTHERS,
        thinking_types={"enabled": "adaptive"}, facts=(("minimax-m2*", {"text_only": True, "always": True}), ("*", {})),
    ),
    # huggingface.co/docs/inference-providers, "Chat Completion"
    "huggingface": Dialect(limit="max_tokens", drop=_ACCOUNT, parts=_VIDEO, history="reasoning", answer="reasoning"),
    # docs.siliconflow.com, "Chat Completions"; extra: enable_thinking, thinking_budget
    "siliconflow": Dialect(
        facts=(("deepseek-v4*", {}), ("glm-5.2*", {}), ("*", {"levels": False})), limit="max_tokens", drop=_ACCOUNT,
        extra=frozenset(("top_k", "min_p")), parts=_VIDEO, thinking="enable", budget="thinking_budget", least_budget=128,
        efforts={**dict.fromkeys(("minimal", "low", "medium", "high"), "high"), "xhigh": "max", "max": "max"}, most_stops=4,
        most_budget=32768, clamp={"min_p": (0.0, 1.0)}, finish={"eos": "stop"},
    ),
    # lmstudio.ai/docs, "OpenAI Compatibility Endpoints"
    "lmstudio": Dialect(
        limit="max_tokens", drop={**_ACCOUNT, **_drop(_NO_FIELD, "user")}, extra=frozenset(("top_k", "repetition_penalty")),
        rename={"repetition_penalty": "repeat_penalty"}, parts=frozenset(("text", "image_url")), choices="string",
        structured="schema-only", links=False, tags=True, efforts={**_SAME, "max": "xhigh"},
    ),
    # github.com/ggml-org/llama.cpp, tools/server/README.md
    "llamacpp": Dialect(
        drop=_ACCOUNT, extra=_SAMPLING, rename={"repetition_penalty": "repeat_penalty"},
        parts=frozenset(("text", "image_url", "input_audio", "input_video")), thinking="template", prefill="trailing",
        choices="string", parallel_default=False, logprobs_alone=True, grammar=GRAMMAR, object_schemas=True,
        audio_formats=frozenset(("wav", "mp3")), apart=(("response_format", "grammar"), ("response_format", "json_schema"), ("tools", "grammar")),
    ),
    # docs.ollama.com, "OpenAI compatibility"
    "ollama-openai": Dialect(
        limit="max_tokens", drop={**_ACCOUNT, **_drop(_NO_EFFECT, "n", "logit_bias", "user", "parallel_tool_calls")},
        parts=frozenset(("text", "image_url")), efforts={"none": "none", **_THREE}, history="reasoning", answer="reasoning",
        prefill="trailing", arguments=True, media_results=True, native_only=API_CHAT_ONLY,
    ),
    # ai.google.dev/gemini-api/docs/openai: unknown names are a 400
    "gemini-openai": Dialect(
        developer=True,
        drop={**_without(_ACCOUNT, "service_tier"),
              **_drop("this server answers 400", "modalities", "frequency_penalty", "presence_penalty", "logit_bias", "seed", "user", "logprobs",
                      "top_logprobs", "parallel_tool_calls")},
        parts=frozenset(("text", "image_url", "input_audio")), strict=False, thinking="google", history="",
        efforts={**_SAME, "xhigh": "high", "max": "high"}, schemas=_IN_PLACE,
        calls_finish=True, array_errors=True, exclusive_counts=True, nested="google", plain_counts=True, facts=_GEMINI,
        native_only=CONTENTS_ONLY, tiers={"flex": "flex", "priority": "priority"},
    ),
    # docs.claude.com, "OpenAI SDK compatibility"
    "anthropic-openai": Dialect(
        facts=_CLAUDES, developer=True,
        drop={**_ACCOUNT, **_drop(_NO_EFFECT, "logprobs", "top_logprobs", "frequency_penalty", "presence_penalty", "seed", "logit_bias",
                                  "user", "modalities", "n")},
        parts=frozenset(("text", "image_url")), strict=False, structured="none", efforts={}, thinking="thinking", history="",
        answer="", clamp={"temperature": (0.0, 1.0)}, thinking_members=("type", "budget_tokens"),
        least_budget=1024, names=frozenset(), blank_stops=False, leading_systems=True, native_only=MESSAGES_ONLY,
    ),
}  # fmt: skip


def of(leg: Leg) -> Dialect:
    """The row of a leg's format."""
    return ROWS[leg.row.name]


@cache
def fields_of(name: str) -> Table:
    """Every unified request field once, with the rule of this dialect."""
    dialect = ROWS[name]
    table: dict[str, Any] = dict(REQUEST_FIELDS)
    table["max_completion_tokens"] = Copy() if dialect.limit == "max_completion_tokens" else Rename(dialect.limit)
    for field in dialect.extra:
        table[field] = Copy()
    for field, native in dialect.rename.items():
        table[field] = Rename(native)
    for field, reason in dialect.drop.items():
        rule = table[field]
        if field in ("tools", "tool_choice", "parallel_tool_calls", "modalities"):
            table[field] = Handled(rule.by, f"dropped: {reason}")  # with losses of their own
        else:
            table[field] = Unsupported(reason, _SCOPES.get(field, "behaviour"), _NEUTRAL.get(field, ()))
    return table


# Values that ask for nothing.
_NEUTRAL: dict[str, tuple[Any, ...]] = {
    "store": (False,), "n": (1,), "frequency_penalty": (0, 0.0), "presence_penalty": (0, 0.0), "service_tier": ("auto",),
    "logprobs": (False,), "metadata": ({},), "logit_bias": ({},), "repetition_penalty": (1, 1.0),
}  # fmt: skip
_SCOPES = dict.fromkeys(("user", "safety_identifier", "metadata", "store"), "envelope")
KNOWN_PARTS = frozenset(PART_MEMBERS)
