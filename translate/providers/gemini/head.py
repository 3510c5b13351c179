"""What an answer says beside its candidates: its id, its model and its time, both directions."""

from __future__ import annotations

from translate.leg import Json, Leg
from translate.providers.gemini.spelling import place
from translate.shared import bag
from translate.shared.timestamps import seconds_of, to_seconds, written_time

NO_ID = "chatcmpl-0"
UNIFIED_MEMBERS = frozenset(("id", "object", "created", "model", "choices", "usage", "extra_content", "obfuscation"))


def document_id(named: Json) -> str:
    """Id that made-up call ids derive from."""
    identifier = named.get("responseId")
    return identifier if type(identifier) is str else ""


def head_to_unified(named: Json, body: Json, leg: Leg) -> tuple[Json, str | None]:
    """id, created and model of an answer; and its time where the way back would not write that by itself."""
    identifier, model, time = named.get("responseId"), named.get("modelVersion"), named.get("createTime")
    if not (type(identifier) is type(model) is str and (time is None or type(time) is str)):  # nearly always they are
        for name, value in (("responseId", identifier), ("modelVersion", model), ("createTime", time)):
            if value is not None and type(value) is not str:
                leg.invalid((place(body, name),), "string", value)
    seconds, exact = seconds_of(time) if time else (None, False)
    head = {
        "id": identifier or leg.options.id or NO_ID,
        "created": leg.options.created if seconds is None else seconds,
        "model": model or leg.memo.get("model") or leg.options.model or leg.route.get("model") or "",
    }
    return head, None if exact and leg.row.variant == "vertex" else time


def head_to_native(response: Json, own: Json, leg: Leg) -> Json:
    """modelVersion, responseId and, where the service says it, createTime. Losses: created dropped."""
    identifier, model, created = response.get("id"), response.get("model"), response.get("created")
    for name, value in (("id", identifier), ("model", model)):
        if value is not None and type(value) is not str:
            leg.invalid((name,), "string", value)
    if created is not None and type(created) is not int:
        if type(created) is not float or not created.is_integer():
            leg.invalid(("created",), "integer", created)
        created = int(created)
    head: Json = {"modelVersion": model or leg.options.model or "", "responseId": identifier or leg.options.id or NO_ID}
    if not head["modelVersion"]:
        del head["modelVersion"]
    kept = own.get("createTime")
    if kept is not None and type(kept) is str and to_seconds(kept) in (created, None):
        head["createTime"] = kept
        return head
    if kept is not None:
        bag.stale(leg, (), "create_time", "envelope")
    if created and leg.row.variant == "vertex":
        head["createTime"] = written_time(created, leg)
    elif created and created != leg.options.created:
        leg.losses.add("dropped", "envelope", "created", ("created",), "answers do not say it here")
    return head
