"""What every text from outside goes through before it is kept.

Control characters go, line ends become ``\\n``, spaces at the ends are cut; emoji and rare
characters stay. Errors carry the field and say how to mend it.
"""

from __future__ import annotations

import re
import unicodedata

from portal.domain.errors import N_, InvalidInput

REASON_MAX = 500
"""Characters of a reason or note that goes with an action."""
_INVISIBLE = {"\u200b", "\u2060", "\ufeff", "\u00ad"}
_BLANK_LINES = re.compile(r"\n{3,}")


def clean(text: str | None, *, lines: bool = True) -> str:
    """Return ``text`` without control and invisible characters; one line unless ``lines``."""
    text = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        c
        for c in text
        if c in "\n\t"
        or (unicodedata.category(c) not in ("Cc", "Cs", "Co") and c not in _INVISIBLE)
    )
    kept = kept.replace("\t", " ")
    if not lines:
        return " ".join(kept.split())
    return _BLANK_LINES.sub("\n\n", kept).strip()


def required(field: str, text: str | None, most: int, *, lines: bool = True) -> str:
    """Return the cleaned text; raise :class:`InvalidInput` where it is empty or too long."""
    kept = clean(text, lines=lines)
    if not kept:
        raise InvalidInput(field, N_("请填写这一项。"))
    return limited(field, kept, most)


def optional(field: str, text: str | None, most: int) -> str:
    """Return the cleaned text, which may be empty; raise :class:`InvalidInput` if too long."""
    return limited(field, clean(text), most)


def limited(field: str, text: str, most: int) -> str:
    """Return ``text``; raise :class:`InvalidInput` where it is longer than ``most`` characters."""
    if len(text) > most:
        raise InvalidInput(field, N_("内容太长，请删减后再提交。"))
    return text
