"""Texts taken apart into their sentences, with full width folded."""

from __future__ import annotations

import re
import unicodedata

_SENTENCE = re.compile(r"[^。!?\n;]+[。!?;]?")


def sentences(text: str) -> list[str]:
    """Return the sentences of ``text`` in order, folded by NFKC, with their closing mark; none is blank."""
    found = (part.strip() for part in _SENTENCE.findall(unicodedata.normalize("NFKC", text)))
    return [part for part in found if part]
