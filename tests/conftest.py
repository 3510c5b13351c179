"""
What all tests share: command-line flags, the tables at the end of a run, and the note about missing recorded data.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests import corpus

pytest_plugins = ["tests.golden_plugin"]

SUMMARY: dict[str, list[str]] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--deep", action="store_true", help="long runs: more examples, every target of a cross conversion")


def pytest_configure(config: pytest.Config) -> None:
    import hypothesis

    checks = [
        hypothesis.HealthCheck.too_slow,
        hypothesis.HealthCheck.data_too_large,
        hypothesis.HealthCheck.filter_too_much,
    ]
    for name, examples in (("short", 40), ("deep", 2000)):
        hypothesis.settings.register_profile(
            name, max_examples=examples, deadline=None, derandomize=name == "short", suppress_health_check=checks
        )
    hypothesis.settings.load_profile("deep" if config.getoption("--deep") else "short")


@pytest.fixture(scope="session")
def deep(pytestconfig: pytest.Config) -> bool:
    return bool(pytestconfig.getoption("--deep"))


@pytest.fixture(scope="session")
def summary() -> dict[str, list[str]]:
    """Lines for the end of the run, by heading."""
    return SUMMARY


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if corpus.folder() is None:
        SUMMARY.setdefault("recorded traffic", [corpus.ABSENT])
    for heading, lines in SUMMARY.items():
        terminalreporter.section(heading)
        for line in lines:
            terminalreporter.line(line)
