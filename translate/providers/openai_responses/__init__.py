"""OpenAI Responses API, as OpenAI, Azure, xAI and others serve it."""
