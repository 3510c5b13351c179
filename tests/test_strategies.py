"""What the strategies make is valid by the unified format's own judge, meets every feature, and is the same anywhere."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests import corpus, strategies
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


TOLD = """
import hashlib, importlib, json, pkgutil, sys
if sys.argv[1] == "everything":
    import tests, translate
    for package in (translate, tests):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
from tests import strategies
pools = json.dumps([strategies.pool(kind) for kind in sorted(strategies.KINDS)])
print(len([name for name in sys.modules if name.startswith(("tests.", "translate."))]), hashlib.sha256(pools.encode()).hexdigest())
"""


def told(loaded: str) -> tuple[int, str]:
    """How many modules of the project a fresh process has loaded, and the hash of its pools."""
    environment = {**os.environ, "PYTHONHASHSEED": "random"}
    command = [sys.executable, "-c", TOLD, loaded]
    count, digest = subprocess.check_output(command, cwd=corpus.ROOT, env=environment, text=True).split()
    return int(count), digest


def test_pools_are_the_same_whatever_is_loaded() -> None:
    (few, one), (many, other) = told("little"), told("everything")
    assert many > 5 * few
    assert one == other
