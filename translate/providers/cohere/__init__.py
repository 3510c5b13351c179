"""Cohere, `POST /v2/chat`."""
