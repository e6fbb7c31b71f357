"""The similarity of two names, for names that somebody remembers roughly."""

from __future__ import annotations

import unicodedata
from itertools import pairwise


def name_similarity(one: str, other: str) -> float:
    """Return the similarity of two names: 1 for equal ones, 0 for nothing in common.

    It is the Dice coefficient of their characters and pairs of neighbouring characters, so that
    order counts a little and an abbreviation such as 教委 is still similar to 教育委员会.
    """
    ours, theirs = _parts(one), _parts(other)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs)) if ours and theirs else 0.0


def _parts(name: str) -> set[str]:
    plain = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    return {*plain, *map("".join, pairwise(plain))}
