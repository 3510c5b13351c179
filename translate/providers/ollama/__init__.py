"""Ollama, native `POST /api/chat`."""
