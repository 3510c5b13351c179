"""OpenAI's Chat Completions in its own strict form, its dialects as rows of data, and `compatible`, which passes everything on."""
