"""Anthropic Messages: first party, and its bodies on Vertex AI and Bedrock InvokeModel (variants `vertex`, `bedrock`)."""
