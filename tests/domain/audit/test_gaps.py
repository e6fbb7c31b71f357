"""Gaps: ids that are not there, until it is sure that they will never come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.audit.gaps import SURE_AFTER, Gap, missing, read_gaps, write_gaps
from portal.domain.audit.rows import ChainKind

GAP = Gap(ChainKind.EVENT, 3, 9, 700, 1_000)


@pytest.mark.parametrize(
    ("after", "ids", "last", "spans"),
    [
        (0, [], 0, []),
        (0, [], 3, [(1, 3)]),
        (0, [1, 2, 3], 3, []),
        (0, [2], 3, [(1, 1), (3, 3)]),
        (4, [5, 8], 10, [(6, 7), (9, 10)]),
        (4, [6], 6, [(5, 5)]),
    ],
)
def test_missing_ids_are_spans(
    after: int, ids: list[int], last: int, spans: list[tuple[int, int]]
) -> None:
    """Ids that stand together are one span."""
    assert missing(after, ids, last) == spans


@given(st.sets(st.integers(1, 30)))
def test_spans_and_ids_are_everything(ids: set[int]) -> None:
    """Each id is in one span or among the ids."""
    spans = missing(0, sorted(ids), 30)
    outside = [each for first, last in spans for each in range(first, last + 1)]
    assert sorted([*ids, *outside]) == list(range(1, 31))


def test_a_gap_shrinks_by_what_comes() -> None:
    """What is left keeps kind, horizon and time."""
    assert GAP.without([]) == [GAP]
    assert GAP.without([3, 6, 9]) == [
        Gap(ChainKind.EVENT, 4, 5, 700, 1_000),
        Gap(ChainKind.EVENT, 7, 8, 700, 1_000),
    ]
    assert GAP.without(range(3, 10)) == []


@pytest.mark.parametrize(
    ("oldest", "now", "over"),
    [
        (700, 1_060, True),
        (701, 1_061, True),
        (699, 9_999, False),
        (700, 1_059, False),
    ],
)
def test_a_gap_is_over_when_nothing_can_come(oldest: int, now: int, over: bool) -> None:
    """All transactions of its time must have ended, and a minute must have passed."""
    assert GAP.is_over(oldest, now) is over
    assert SURE_AFTER == 60


def test_gaps_are_written_and_read() -> None:
    """Text and gaps say the same."""
    other = Gap(ChainKind.READ, 1, 1, 2, 3)
    assert write_gaps([GAP, other]) == '[["event", 3, 9, 700, 1000], ["read", 1, 1, 2, 3]]'
    assert read_gaps(write_gaps([GAP, other])) == [GAP, other]
    assert read_gaps(write_gaps([])) == []
