"""Differences of counts and rates as a comparison prints them."""

import pytest

from portal.domain.statistics.differences import count_difference, points_text
from portal.domain.statistics.rates import Rate


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [(1_234, 0, "+1,234"), (3, 1_234, "−1,231"), (5, 5, "0")],
)
def test_a_difference_of_counts_bears_its_sign(one: int, other: int, said: str) -> None:
    """More has a plus, fewer a minus, the same is 0."""
    assert count_difference(one, other) == said


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (Rate(2, 3), Rate(1, 3), "+33.33"),
        (Rate(1, 3), Rate(2, 3), "−33.33"),
        (Rate(1, 2), Rate(2, 4), "0.00"),
        (Rate(1, 20_000), Rate(0, 1), "+0.01"),
        (Rate(0, 0), Rate(1, 2), "—"),
    ],
)
def test_a_difference_of_rates_is_exact_percentage_points(
    one: Rate, other: Rate, said: str
) -> None:
    """Points come from the exact rates, not from the printed ones; half rounds away from 0."""
    assert points_text(one, other) == said
