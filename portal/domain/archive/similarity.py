"""When an earlier entry is similar enough to a letter to be shown beside it.

A list that is always filled teaches people to pass it over: there are few similar entries, or none,
rather than unlike ones. How the thresholds were chosen stands in docs/search.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from portal.domain.words.fillers import says_something

SIMILAR_LEAST = 0.15
"""Similarity by words from which an entry that shares a telling word is shown."""
NEAR_LEAST = 0.94
"""Cosine of the titles' vectors from which an entry is shown whatever words it shares."""


def telling_words(shared: Sequence[str], common_places: Sequence[str]) -> tuple[str, ...]:
    """Return the shared words that say what both letters are about, in their order.

    Words of any letter, numbers and the names of ``common_places``, whole or begun (渝北 of 渝北区), do not.
    """
    return tuple(
        word
        for word in shared
        if says_something(word) and not any(place.startswith(word) for place in common_places)
    )


def is_similar(similarity: float, nearness: float | None, telling: Sequence[str]) -> bool:
    """Return whether an entry is shown beside a letter with which it shares the ``telling`` words.

    ``nearness`` is ``None`` where the meaning is not known.
    """
    if nearness is not None and nearness >= NEAR_LEAST:
        return True
    return similarity >= SIMILAR_LEAST and bool(telling)
