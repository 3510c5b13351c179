"""What a unified request says of the answer its sender can read."""

from __future__ import annotations

from translate.leg import Json, Leg


def remember(request: Json, leg: Leg) -> None:
    """
    Notes in `leg.memo` what the answer must undo, and in `leg.route` model and stream.

    `usage: False`: a stream whose client did not ask for usage. `functions: True`: the client speaks the legacy form.
    """
    model = request.get("model")
    if type(model) is str and model:
        leg.route["model"] = model
    stream = request.get("stream")
    if type(stream) is bool:
        leg.route["stream"] = stream
    if stream is True:
        options = request.get("stream_options")
        if type(options) is not dict or options.get("include_usage") is not True:
            leg.memo["usage"] = False
    if (request.get("functions") or request.get("function_call")) and not request.get("tools"):
        leg.memo["functions"] = True
