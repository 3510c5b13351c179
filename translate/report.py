"""What moving a log to another provider would lose: counts over many conversions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from translate.loss import Loss

WORST = 5  # records named at the end


class Report:
    """Adds up the losses of many records. failed: records that could not be converted."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.records = 0
        self.failed = 0
        self.clean = 0
        self.by_feature: Counter[tuple[str, str, str]] = Counter()  # records that lose (scope, kind, feature)
        self.by_scope: Counter[str] = Counter()
        self.notes: dict[tuple[str, str, str], str] = {}
        self.worst: list[tuple[int, int]] = []  # (losses of content and behaviour, line)

    def add(self, line: int, losses: Sequence[Loss]) -> None:
        """One converted record."""
        self.records += 1
        heavy = [loss for loss in losses if loss.scope != "envelope"]
        self.clean += not heavy
        for key in dict.fromkeys((loss.scope, loss.kind, loss.feature) for loss in losses):
            self.by_feature[key] += 1
        for scope in dict.fromkeys(loss.scope for loss in losses):
            self.by_scope[scope] += 1
        for loss in losses:
            self.notes.setdefault((loss.scope, loss.kind, loss.feature), loss.note)
        if heavy:
            self.worst = sorted([*self.worst, (len(heavy), line)], key=lambda entry: (-entry[0], entry[1]))[:WORST]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "target": self.target, "records": self.records, "failed": self.failed, "without_loss": self.clean,
            "records_by_scope": dict(self.by_scope),
            "features": [
                {"scope": scope, "kind": kind, "feature": feature, "records": count, "note": self.notes[scope, kind, feature]}
                for (scope, kind, feature), count in self.by_feature.most_common()
            ],
            "worst": [{"line": line, "losses": count} for count, line in self.worst],
        }  # fmt: skip

    def text(self) -> str:
        """The table for people."""
        total = self.records or 1
        lines = [
            f"{self.records} records to {self.target}, {self.failed} failed",
            f"{self.clean} ({100 * self.clean / total:.1f} %) keep all content and behaviour",
            "",
            f"{'records':>8} {'share':>7}  {'scope':<10} {'kind':<13} {'feature':<24} why",
        ]
        for (scope, kind, feature), count in self.by_feature.most_common():
            note = self.notes[scope, kind, feature]
            lines.append(f"{count:>8} {100 * count / total:>6.1f}%  {scope:<10} {kind:<13} {feature:<24} {note}")
        if self.worst:
            lines += ["", "most losses of content and behaviour: " + ", ".join(f"line {line} ({count})" for count, line in self.worst)]
        return "\n".join(lines) + "\n"
