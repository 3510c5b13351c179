"""Golden files under pytest: the flags, and one test per case."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("golden files")
    group.addoption("--golden-new", action="store_true", help="write golden files that are missing")
    group.addoption("--golden-update", metavar="CASE", nargs="?", const="", default=None, help="rewrite golden files (of one case)")
