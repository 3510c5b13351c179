"""
Mistral chat streams, both directions: chunks like the chat form's, content as strings or chunk lists, calls whole.

The readers and writers of single chunks are in `reading` and `writing`, the whole document in `folding`.
"""

from __future__ import annotations

from translate.providers.mistral.folding import fold, unfold
from translate.providers.mistral.reading import ToUnified
from translate.providers.mistral.writing import ToNative

__all__ = ["ToNative", "ToUnified", "fold", "unfold"]
