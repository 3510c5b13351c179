"""
The order of members and of losses is part of what a conversion gives: providers keep their caches by the bytes of a prompt.

Sets of Python come in another order in every process, so one process can not see it: the golden documents are converted in four.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def outputs() -> dict[str, str]:
    """Every golden request and answer, converted, as text: documents of a format to unified, unified ones to every format."""
    import translate

    functions = {"request": translate.convert_request, "response": translate.convert_response}
    found: dict[str, str] = {}
    for path in sorted((ROOT / "golden").glob("*/*/re*.json")):
        format, (kind, *side) = path.parent.parent.name, path.stem.split(".")
        if format == "regressions" or kind not in functions or side not in ([], ["native"], ["unified"]):
            continue
        document = json.loads(path.read_text(encoding="utf-8"))
        source = format if side == ["native"] else "unified"
        every = [info.name for info in translate.formats()] if format == "hub" else [format]
        for target in ["unified"] if source == format and format != "hub" else every:
            try:
                made: Any = functions[kind](document, source=source, target=target)[:2]
            except translate.TranslateError as error:
                made = str(error)
            found[f"{path.relative_to(ROOT)} {target}"] = json.dumps(made)
    return found


def test_order_does_not_depend_on_the_process() -> None:
    first, *others = (
        json.loads(
            subprocess.run(
                [sys.executable, "-c", "import json; from tests.test_order import outputs; print(json.dumps(outputs()))"],
                env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}, cwd=ROOT, check=True, capture_output=True,
            ).stdout
        )
        for seed in ("1", "2", "3", "4")
    )  # fmt: skip
    assert len(first) > 2000
    assert [name for other in others for name in first if first[name] != other[name]] == []
