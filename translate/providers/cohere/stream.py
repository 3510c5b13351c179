"""
Cohere chat streams, both directions: typed events from message-start to message-end.

The readers and writers of single events are in `reading` and `writing`, the whole document in `folding`.
"""

from __future__ import annotations

from translate.providers.cohere.folding import fold, unfold
from translate.providers.cohere.reading import ToUnified
from translate.providers.cohere.writing import ToNative

__all__ = ["ToNative", "ToUnified", "fold", "unfold"]
