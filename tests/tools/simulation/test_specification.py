"""What a simulated year is asked for, and how letters are dealt out."""

from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.calendar import WorkCalendar
from portal.domain.errors import InvalidInput
from portal.domain.periods import Period
from portal.tools.simulation.clock import OfficeClock
from portal.tools.simulation.specification import MOST_REQUESTS, Ending, Specification, plans

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CLOCK = OfficeClock(WorkCalendar(), 2016, 2016)
COUNTS = st.integers(1, 300).flatmap(
    lambda received: st.integers(0, received).flatmap(
        lambda closed: st.tuples(st.just(received), st.just(closed), st.integers(0, closed))
    )
)


@pytest.mark.parametrize(
    ("counts", "years", "field"),
    [
        ((10, 11, 5), (2016,), "closed"),
        ((10, 8, 9), (2016,), "published"),
        ((0, 0, 0), (2016,), "received"),
        ((10, 5, -1), (2016,), "published"),
        ((10, 5, 5), (2099,), "year"),
        ((10, 5, 5), (), "years"),
        ((10**9, 5, 5), (2016,), "received"),
    ],
)
def test_contradictions_are_named(
    counts: tuple[int, int, int], years: tuple[int, ...], field: str
) -> None:
    """Counts that contradict each other, or a year that has not ended, are refused by name."""
    with pytest.raises(InvalidInput) as caught:
        Specification(years, *counts).check(NOW)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("disclosure", "years", "said"),
    [
        ((1, 0, 0, 0), (2007,), "2007"),
        ((0, 0, 0, 1), (2008, 2009), "2008"),
        ((MOST_REQUESTS, 1, 0, 0), (2016,), "不超过 100000"),
        ((MOST_REQUESTS // 2, 0, 0, 1), (2015, 2016), "不超过 100000"),
        ((1, -1, 0, 0), (2016,), "负数"),
    ],
)
def test_requests_that_cannot_be_are_named(
    disclosure: tuple[int, ...], years: tuple[int, ...], said: str
) -> None:
    """Requests before the law of 2008, too many in all years, or fewer than none are refused."""
    with pytest.raises(InvalidInput, match=said) as caught:
        Specification(years, 10, 5, 5, disclosure=disclosure).check(NOW)
    assert caught.value.field == "disclosure"


@pytest.mark.parametrize(
    ("disclosure", "years"),
    [
        ((1, 0, 0, 0), (2009,)),
        ((MOST_REQUESTS, 0, 0, 0), (2016,)),
        ((0, 0, 0, MOST_REQUESTS // 2), (2015, 2016)),
        ((0, 0, 0, 0), (2007,)),
        ((), (2007,)),
    ],
)
def test_requests_up_to_the_edges_are_taken(
    disclosure: tuple[int, ...], years: tuple[int, ...]
) -> None:
    """The first whole year of the law, and as many requests as may be; without any, any year."""
    Specification(years, 10, 5, 5, disclosure=disclosure).check(NOW)


@settings(max_examples=40, deadline=None)
@given(COUNTS, st.integers(0, 10**6))
def test_plans_meet_the_counts(counts: tuple[int, int, int], seed: int) -> None:
    """Whatever is asked for, exactly so many letters are received, closed and published."""
    specification = Specification((2016,), *counts, seed)
    found = plans(specification, 2016, CLOCK, Random(seed))
    endings = Counter(plan.ending for plan in found)
    received = len(found) - endings[Ending.WITHDRAWN]
    assert (received, received - endings[Ending.OPEN], endings[Ending.PUBLISHED]) == counts


def test_plans_end_on_the_right_side_of_the_year() -> None:
    """What is open at the end ends later, everything else ends after arrival and within."""
    end = Period(2016).ends_at
    for plan in plans(Specification((2016,), 500, 430, 300), 2016, CLOCK, Random(5)):
        assert plan.received_at < plan.ends_at
        assert (plan.ends_at >= end) == (plan.ending is Ending.OPEN)


def test_offices_rest_on_holidays() -> None:
    """Answers are signed on working days, letters arrive on all days but fewer on holidays."""
    calendar = WorkCalendar()
    found = plans(Specification((2016,), 4000, 3600, 2000), 2016, CLOCK, Random(5))
    arrived = Counter(calendar.is_workday(plan.received_at.date()) for plan in found)
    assert 0 < arrived[False] < arrived[True]
