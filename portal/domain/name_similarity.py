"""How alike two names are, for people who remember a name only nearly."""

from __future__ import annotations

import unicodedata
from itertools import pairwise


def closeness(one: str, other: str) -> float:
    """Return how alike two names are: 1 for the same, 0 for nothing in common.

    Characters and pairs of neighbours that both have, twice, over those of either (Dice), so
    that order counts a little and an abbreviation such as 教委 still comes near 教育委员会.
    """
    ours, theirs = _parts(one), _parts(other)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs)) if ours and theirs else 0.0


def _parts(name: str) -> set[str]:
    plain = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    return {*plain, *map("".join, pairwise(plain))}
