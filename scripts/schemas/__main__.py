"""`python -m scripts.schemas [--check]`."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "translate" / "schemas"
WRITERS = ("unified", "openai", "responses", "anthropic", "gemini", "cohere", "mistral", "ollama", "bedrock")


def files() -> dict[str, str]:
    """File name -> content, of every schema."""
    schemas = {
        name: schema
        for writer in WRITERS
        for name, schema in importlib.import_module(f"scripts.schemas.{writer}").schemas().items()
    }
    return {f"{name}.json": _text(schema) for name, schema in schemas.items()}


def _text(schema: dict[str, Any]) -> str:
    """JSON with a line for each member and each definition: small, and a change shows where it is."""
    lines = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in schema.items() if key != "$defs"]
    if "$defs" in schema:
        definitions = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in schema["$defs"].items())
        lines.append(f' "$defs": {{\n{definitions}\n }}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main(arguments: list[str]) -> int:
    stale = []
    for name, content in files().items():
        file = FOLDER / name
        if not file.is_file() or file.read_text(encoding="utf-8") != content:
            stale.append(name)
            if "--check" not in arguments:
                file.write_text(content, encoding="utf-8")
    for name in stale:
        print(name, file=sys.stderr)
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
