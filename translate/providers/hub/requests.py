"""What a unified request says of the answer its sender can read."""

from __future__ import annotations

from translate.shared.chat_legacy import remember

__all__ = ["remember"]
