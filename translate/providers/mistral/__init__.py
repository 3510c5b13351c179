"""Mistral, `POST /v1/chat/completions`: like the chat form, and strict where that is lax."""
