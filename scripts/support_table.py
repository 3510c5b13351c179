"""Writes the table of request fields in docs/formats.md from what `formats()` says: `python -m scripts.support_table`."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "formats.md"
BEGIN, END = "<!-- fields: begin -->", "<!-- fields: end -->"
COLUMNS = (
    "openai", "openai-responses", "anthropic", "gemini", "bedrock", "cohere", "mistral", "ollama", "openrouter", "vllm",
)  # fmt: skip
WORDS = {"kept": "=", "renamed": "renamed", "mapped": "mapped", "approximated": "approx.", "emulated": "emulated"}


def table() -> str:
    """One row a unified request field, one column a format."""
    from translate.catalogue import formats

    chosen = [info for info in formats() if info.name in COLUMNS]
    lines = ["| field | " + " | ".join(f"`{info.name}`" for info in chosen) + " |", "|---" * (len(chosen) + 1) + "|"]
    for field in chosen[0].support:
        cells = [_cell(info.support[field]) for info in chosen]
        lines.append(f"| `{field}` | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(word: str) -> str:
    if word.startswith("dropped:"):
        return "-"
    return WORDS.get(word, "by model")  # some models of the format take it


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    PAGE.write_text(f"{head}{BEGIN}\n{table()}\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
