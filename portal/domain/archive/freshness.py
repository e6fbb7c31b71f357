"""Whether an answer still holds: what it cites, and how old it is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date

CITED_LEAST = 4
"""Letters and digits that words must have by which answers are found: fewer stand anywhere."""


def folded(text: str) -> str:
    """Return the letters and digits of ``text``, whatever their width and case."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def citations(text: str) -> list[str]:
    """Return the words or document numbers of ``text``, one a line, each once."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def cites(text: str, cited: Iterable[str]) -> bool:
    """Return whether ``text`` holds one of ``cited``, brackets and blanks aside: 〔2016〕12号, [2016] 12 号."""
    whole = folded(text)
    return any(words in whole for words in map(folded, cited) if words)


def whole_years(since: date, today: date) -> int:
    """Return the years that have passed since a day."""
    return today.year - since.year - ((today.month, today.day) < (since.month, since.day))


def is_old(answered_on: date, today: date, years: int) -> bool:
    """Return whether an answer is ``years`` old or older; 0 years mark none."""
    return years > 0 and whole_years(answered_on, today) >= years
