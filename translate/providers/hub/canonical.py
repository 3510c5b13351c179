"""The one spelling of unified documents (rules: `translate.shared.chat_canonical`)."""

from __future__ import annotations

from translate.shared.chat_canonical import canonical

__all__ = ["canonical"]
