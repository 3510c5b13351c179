"""
Known bugs of systems of this kind: none of them is ours. `python -m tests.bugs_report` lists failures with input and
output.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests import bugs_report

VERDICTS = {one.id: one for one in bugs_report.run()} if bugs_report.folder() else {}


@pytest.mark.skipif(not VERDICTS, reason=bugs_report.ABSENT)
@pytest.mark.parametrize("identity", sorted(VERDICTS))
def test_record(identity: str) -> None:
    one = VERDICTS[identity]
    if one.verdict == "unregistered":
        pytest.skip(f"not registered: {one.detail}")
    if one.verdict == "disputed":
        pytest.skip(bugs_report.DISPUTED[identity])
    assert one.verdict == "passed", f"{one.record['title']}\nexpected {one.record['expected']}\n{one.detail}"


def test_summary(summary: dict[str, list[str]]) -> None:
    """Records that could not be asked are counted and named."""
    counts = Counter(one.verdict for one in VERDICTS.values())
    waiting = Counter(one.detail for one in VERDICTS.values() if one.verdict == "unregistered")
    lines = [", ".join(f"{verdict} {count}" for verdict, count in counts.items()) or bugs_report.ABSENT]
    lines += [f"not registered: {names}: {count} records" for names, count in sorted(waiting.items())]
    summary["known bugs as cases"] = lines
    assert sum(counts.values()) == len(bugs_report.records())


def test_disputed_records_exist() -> None:
    """An exception that no longer fits a failing record is taken off the list."""
    if not VERDICTS:
        pytest.skip(bugs_report.ABSENT)
    assert all(VERDICTS[identity].verdict == "disputed" for identity in bugs_report.DISPUTED)
