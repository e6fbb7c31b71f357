"""What readers think of a reply: their votes whether it helped, as a class to narrow a search by.

The rating that a citizen gives after closing is that of one person and stands in no public entry.
"""

from __future__ import annotations

from portal.domain.errors import N_
from portal.domain.translatable import Labelled

FEWEST_VOTES = 5
"""Votes from which a reply has a rating: fewer are the opinion of a few."""


class ReaderRating(Labelled):
    """What most readers think of a reply."""

    HELPFUL = "helpful", N_("多数读者觉得有用")
    MIXED = "mixed", N_("读者看法不一")
    UNHELPFUL = "unhelpful", N_("多数读者觉得没用")


def reader_rating(helpful: int, unhelpful: int) -> ReaderRating | None:
    """Return the rating by the votes: helpful from four in five on, unhelpful below one in two."""
    votes = helpful + unhelpful
    if votes < FEWEST_VOTES:
        return None
    if 5 * helpful >= 4 * votes:
        return ReaderRating.HELPFUL
    return ReaderRating.UNHELPFUL if 2 * helpful < votes else ReaderRating.MIXED
