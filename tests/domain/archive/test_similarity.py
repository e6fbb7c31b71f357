"""When an entry is similar enough to be shown."""

import pytest

from portal.domain.archive.similarity import NEAR_LEAST, SIMILAR_LEAST, is_similar, telling_words


@pytest.mark.parametrize(
    ("similarity", "nearness", "telling", "shown"),
    [
        (SIMILAR_LEAST, None, ["路灯"], True),
        (SIMILAR_LEAST - 0.001, None, ["路灯"], False),
        (1.0, None, [], False),
        (0.0, NEAR_LEAST, [], True),
        (0.0, NEAR_LEAST - 0.001, ["路灯"], False),
        (SIMILAR_LEAST, 0.0, ["路灯"], True),
    ],
)
def test_words_or_meaning_have_to_be_close(
    similarity: float, nearness: float | None, telling: list[str], shown: bool
) -> None:
    """An entry is shown for its words, one of them telling, or for a title that means the same."""
    assert is_similar(similarity, nearness, telling) is shown


def test_the_thresholds_are_those_measured() -> None:
    """docs/search.md states what is withheld with these."""
    assert (SIMILAR_LEAST, NEAR_LEAST) == (0.15, 0.94)


def test_common_places_tell_nothing() -> None:
    """The name of a district does not count, nor its beginning; a road named after it does."""
    places = ["渝北区", "石柱土家族自治县"]
    shared = ["路灯", "渝北", "渝北区", "石柱", "渝北路", "居民", "两个", "红绿灯"]
    assert telling_words(shared, places) == ("路灯", "渝北路", "红绿灯")
