"""Quality measures: percentiles of counted values, and details that add up."""

from fractions import Fraction
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.letters.states import DeclineReason, RefusalReason
from portal.domain.statistics.quality_measures import (
    Detail,
    Durations,
    Mean,
    percentile,
    suppress_small_counts,
)


@given(st.lists(st.integers(0, 60), min_size=1).map(sorted), st.integers(1, 100))
def test_percentile_is_nearest_rank(values: list[int], percent: int) -> None:
    """A percentile is the first value that at least so many per cent do not exceed."""
    counts = {value: values.count(value) for value in values}
    expected = next(
        value for value in values if 100 * sum(v <= value for v in values) >= percent * len(values)
    )
    assert percentile(counts, percent) == expected
    assert expected == values[ceil(Fraction(percent * len(values), 100)) - 1]


def test_percentile_of_nothing() -> None:
    """A percentile of no values is not known."""
    assert percentile({}, 50) is None


def test_days_are_counted_from_both_ends() -> None:
    """A span of days holds its first and its last day; without an end it is open."""
    known = Durations({0: 1, 2: 3, 5: 4, 31: 2})
    assert [known.between(0, 0), known.between(1, 4), known.between(2, 5)] == [1, 3, 7]
    assert known.between(6, None) == 2 and known.count == 10


def test_details_add_up() -> None:
    """Distributions, sums and counts of reasons of two months give those of both together."""
    one = Detail(Durations({1: 2}), Durations({3: 1}), Mean(2, 3), Mean(1, 5), Mean(1, 4))
    two = Detail(Durations({1: 1, 2: 1}), hops=Mean(4, 0), declines={DeclineReason.LITIGATION: 2})
    both = Detail.total([one, two])
    assert (both.response, both.closing) == (Durations({1: 3, 2: 1}), Durations({3: 1}))
    assert (both.hops, both.attitude, both.efficiency) == (Mean(6, 3), Mean(1, 5), Mean(1, 4))
    assert both.declines[DeclineReason.LITIGATION] == 2 == sum(both.declines.values())
    assert both.refusals == dict.fromkeys(RefusalReason, 0)


def test_small_counts_are_suppressed_by_name() -> None:
    """Four ratings or reasons are left out and named, five are kept, none need not be named."""
    known = Detail(
        attitude=Mean(4, 20),
        efficiency=Mean(5, 20),
        refusals={RefusalReason.NO_VALUE: 2, RefusalReason.THIRD_PARTY: 2},
    )
    shown, names = suppress_small_counts(known)
    assert names == {"attitude", "refusals"}
    assert (shown.attitude, shown.efficiency, dict(shown.refusals)) == (Mean(), Mean(5, 20), {})
