"""What the documentation says runs: Python blocks, command lines, links, and the tables that are made from the code."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.support_table import BEGIN, END, table
from translate import cli

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(*languages: str) -> list[Any]:
    """Code blocks of all pages in these languages, with a name for each."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            if match[1] in languages:
                line = text.count("\n", 0, match.start()) + 1
                found.append(pytest.param(match[2], id=f"{page.relative_to(ROOT)}:{line}"))
    return found


@pytest.mark.parametrize("code", blocks("python"))
def test_python_blocks_run(code: str) -> None:
    exec(compile(code, "block", "exec"), {"__name__": "block"})


@pytest.mark.parametrize("code", blocks("console"))
def test_console_blocks_give_what_they_show(code: str, tmp_path: Path) -> None:
    """`$ command` lines run in a folder with the examples; what stands below one is its output."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "examples").symlink_to(ROOT / "examples")
    for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", code, re.MULTILINE):
        runs = re.sub(r"(^|\| *)translate\b", rf"\1{shlex.quote(sys.executable)} -m translate", command)
        done = subprocess.run(
            ["bash", "-c", runs], cwd=folder, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
        )
        assert done.stdout + done.stderr == expected, command


def test_the_readme_begins_with_two_commands() -> None:
    """The second shell block is the test command, which CI runs."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shell = [match[2].strip() for match in BLOCK.finditer(text) if match[1] in ("sh", "bash", "shell")]
    assert len(shell) == 2
    assert all("\n" not in command for command in shell)
    first, second = (text.index(command) for command in shell)
    assert max(first, second) < text.index("```python")
    assert "examples/request.json" in shell[0]
    assert (ROOT / "examples" / "request.json").is_file()
    assert "pytest" in shell[1]


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_table_of_fields_is_the_code_s() -> None:
    """`python -m scripts.support_table` writes it."""
    text = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    assert text.split(BEGIN)[1].split(END)[0].strip() == table().strip()


def test_every_command_is_described() -> None:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    parser = cli._parser()
    (commands,) = [action for action in parser._actions if action.choices is not None]
    assert commands.choices is not None
    for name, command in dict(commands.choices).items():  # type: ignore[call-overload]
        assert f"## {name}" in text
        section = text.split(f"## {name}")[1].split("\n## ")[0] + text.split("## ")[0]
        for action in command._actions:
            for option in action.option_strings:
                if option.startswith("--") and option != "--help":
                    assert option in section, f"{name} {option}"


def test_every_format_is_listed() -> None:
    from translate.registry import ROWS

    for page in ("README.md", "docs/formats.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert [name for name in ROWS if f"`{name}`" not in text] == [], page
