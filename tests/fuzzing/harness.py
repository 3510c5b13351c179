"""
One run of atheris for each function, each in a process of its own: libFuzzer ends the process it runs in.

Importing this loads the whole of `translate` anew, with its branches watched. That takes seconds, so it is done once and
the processes are forked from here. What is asked of a call is what `tests.calls.trouble` asks, and that no socket opens.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import random
import re
import socket
import sys
import tempfile
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import atheris

for _name in list(sys.modules):  # what is loaded already is not watched, nor what those call who loaded it
    if _name.split(".")[0] == "translate" or (_name.startswith("tests.") and not _name.startswith("tests.fuzzing")):
        del sys.modules[_name]
with atheris.instrument_imports(include=["translate"]):
    import translate

    for _module in pkgutil.walk_packages(translate.__path__, "translate."):
        if not _module.name.endswith("__main__"):
            importlib.import_module(_module.name)

# Behind the library, which has to be instrumented before anything imports it.
from tests import calls  # noqa: E402
from tests.fuzzing import mutations, seeds  # noqa: E402

PATIENCE_S = 20.0  # of one call: every branch is counted on the way
STATISTICS = {"executions": r"^stat::number_of_executed_units:\s*(\d+)", "branches": r"cov: (\d+)"}


class Outcome(NamedTuple):
    """
    What came of one function: how many calls ran, how many branches they took, and what was wrong.

    findings: what is wrong, with the bytes of the first call that showed it. ended: why the process ended before its time;
    empty when it did not.
    """

    function: str
    executions: int
    branches: int
    findings: dict[str, str]
    ended: str


class Limits(NamedTuple):
    """
    runs, seconds: of one function; 0 sets no limit. begin_with: how many documents at most it begins with.
    seed: of the generator: the same seed and runs, the same calls.
    """

    runs: int = 0
    seconds: int = 0
    begin_with: int = 2000
    seed: int = 1


def fuzz(function: str, limits: Limits, kept: Path | None = None) -> Outcome:
    """
    Runs calls of the function until a limit is reached.

    kept: folder of inputs that earlier runs found worth keeping; new ones are added.
    """
    with tempfile.TemporaryDirectory() as folder:
        log, findings = Path(folder, "log"), Path(folder, "findings")
        findings.touch()
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child == 0:
            _in_child(function, limits, kept or Path(folder, "kept"), Path(folder), log, findings)
        _, status = os.waitpid(child, 0)
        said = log.read_text("utf-8", "replace")
        found = dict(json.loads(line) for line in findings.read_text("utf-8").splitlines())
    numbers = {name: [int(text) for text in re.findall(pattern, said, re.M)] for name, pattern in STATISTICS.items()}
    code = os.waitstatus_to_exitcode(status)
    ended = "" if code == 0 and numbers["executions"] else f"exit status {code}: {said[-1500:]}"
    return Outcome(function, max(numbers["executions"], default=0), max(numbers["branches"], default=0), found, ended)


def _in_child(function: str, limits: Limits, kept: Path, folder: Path, log: Path, findings: Path) -> None:
    """Never returns."""
    try:
        output = os.open(log, os.O_WRONLY | os.O_CREAT)
        os.dup2(output, 1)
        os.dup2(output, 2)
        _watch(function, limits, kept, folder, findings)
    except BaseException:  # a forked process must not go on with what its parent was about to do
        traceback.print_exc()
    finally:
        os._exit(1)


def _watch(function: str, limits: Limits, kept: Path, folder: Path, findings: Path) -> None:
    setattr(socket, "socket", _no_socket)  # noqa: B010  (a class for mypy, a name here)
    socket.create_connection = _no_socket  # type: ignore[assignment]  # it never returns what its place does
    calls.PATIENCE_S = PATIENCE_S
    begun = folder / "seeds"
    begun.mkdir()
    kept.mkdir(parents=True, exist_ok=True)
    first = seeds.calls_of(function, limits.begin_with)
    for number, call in enumerate(first):
        (begun / f"{number:04}").write_bytes(seeds.written(call))
    known: set[str] = set()

    def run(data: bytes) -> int:
        call = seeds.read(function, data)
        if call is None:
            return -1  # not to be kept
        said = trouble(call)
        if said and _kind(said) not in known:
            known.add(_kind(said))
            with findings.open("a", encoding="utf-8") as file:
                file.write(json.dumps([f"{call}: {said}", data.decode("latin-1")]) + "\n")
        return 0

    def mutate(data: bytes, longest: int, number: int) -> bytes:
        chance = random.Random(number)
        call = seeds.read(function, data) or chance.choice(first)
        return _no_longer(mutations.mutated(call, chance), data, longest)

    def cross(data: bytes, other: bytes, longest: int, number: int) -> bytes:
        call, second = seeds.read(function, data), seeds.read(function, other)
        if call is None or second is None:
            return data[:longest]
        return _no_longer(mutations.crossed(call, second, random.Random(number)), data, longest)

    atheris.Setup(
        [
            "fuzz", f"-runs={limits.runs or -1}", f"-max_total_time={limits.seconds}", f"-seed={limits.seed}",
            f"-max_len={mutations.LONGEST}", "-timeout=60", "-rss_limit_mb=4096", "-len_control=0",
            "-print_final_stats=1", f"-artifact_prefix={folder}/", str(kept), str(begun),
        ],
        run,
        custom_mutator=mutate,
        custom_crossover=cross,
    )  # fmt: skip
    atheris.Fuzz()


def trouble(call: calls.Call) -> str:
    """What is wrong with a call; what is no iterable at all is a wrong argument to a stream, not a document."""
    if call.function in calls.STREAMS and not isinstance(call.document, (list, dict, str)):
        return ""
    return calls.trouble(call)


def _no_longer(call: calls.Call, data: bytes, longest: int) -> bytes:
    """The call as bytes, or what it was made from when that is too long."""
    try:
        made = seeds.written(call)
    except (ValueError, RecursionError):  # a number of too many digits, too many levels
        return data[:longest]
    return made if len(made) <= longest else data[:longest]


def _kind(said: str) -> str:
    """What findings of one cause have in common."""
    return re.sub(r"'[^']*'|/\S+|\d+", "_", said)


def _no_socket(*_: Any, **__: Any) -> None:
    raise AssertionError("a socket was opened")


def report(outcomes: Iterable[Outcome]) -> str:
    """A line for each function, then what was found."""
    lines = []
    for outcome in outcomes:
        found = f"{len(outcome.findings)} violations" + (f", ended early: {outcome.ended}" if outcome.ended else "")
        lines.append(f"{outcome.function:18} {outcome.executions:8} calls {outcome.branches:6} branches  {found}")
        lines += [f"    {said}\n        {text!r}" for said, text in outcome.findings.items()]
    return "\n".join(lines)
