"""How much two letters say the same: near copies, and letters too unlike to be one matter."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

CONSIDERED = 3_000
"""Characters of a letter that are compared."""
NEARLY_SAME = 0.4
"""The least likeness of a near copy.

Of 20,000 pairs of letters from a public letterbox, drawn at random, five were more alike than 0.2.
"""
UNLIKE = 0.12
"""Below this, two letters are taken for different matters: so are 999 of 1,000 pairs at random."""

Pairs = frozenset[tuple[str, str]]


def pairs_of(title: str, text: str) -> Pairs:
    """Return the pairs of neighbouring letters and digits of a letter, whatever their width and case."""
    whole = f"{title}\n{text}"[:CONSIDERED]
    return frozenset(
        pairwise(char for char in unicodedata.normalize("NFKC", whole).casefold() if char.isalnum())
    )


def likeness(one: Pairs, other: Pairs) -> float:
    """Return the share of pairs that two letters have in common, from 0 to 1: Dice's coefficient."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
