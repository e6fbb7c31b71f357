"""What most readers think of a reply, by their votes."""

import pytest

from portal.domain.archive.reader_rating import ReaderRating, reader_rating


@pytest.mark.parametrize(
    ("helpful", "unhelpful", "rating"),
    [
        (0, 0, None),
        (4, 0, None),
        (5, 0, ReaderRating.HELPFUL),
        (4, 1, ReaderRating.HELPFUL),
        (79, 21, ReaderRating.MIXED),
        (80, 20, ReaderRating.HELPFUL),
        (3, 3, ReaderRating.MIXED),
        (3, 2, ReaderRating.MIXED),
        (2, 3, ReaderRating.UNHELPFUL),
        (0, 4, None),
        (0, 5, ReaderRating.UNHELPFUL),
    ],
)
def test_five_votes_make_a_rating(
    helpful: int, unhelpful: int, rating: ReaderRating | None
) -> None:
    """Helpful from four in five on, unhelpful below one in two."""
    assert reader_rating(helpful, unhelpful) is rating
