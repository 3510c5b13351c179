"""What the strategies make is valid by the unified format's own judge, and meets every feature."""

from __future__ import annotations

import pytest

from tests import strategies
from tests.oracles import oracle_for


@pytest.mark.parametrize("kind", sorted(strategies.KINDS))
def test_generated_documents_are_valid(kind: str) -> None:
    for document in strategies.pool(kind):
        assert oracle_for("unified").problems(document, kind) == [], document


def test_generated_requests_meet_the_features() -> None:
    told = "".join(map(str, strategies.pool("request")))
    for feature in (
        "tool_calls",
        "reasoning_details",
        "cache_control",
        "input_audio",
        "video_url",
        "file_data",
        "json_schema",
        "is_error",
        "stream_options",
        "thinking",
        "developer",
        "parallel_tool_calls",
        "logit_bias",
    ):
        assert feature in told, feature
