"""When more letters than usual are a sudden rise."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.letters.rises import CHANCE, DAYS, LEAST, WEEKS, Rise


def test_the_rule_is_as_documented() -> None:
    """Seven days against eight weeks, five letters at least, one week in a thousand."""
    assert (DAYS, WEEKS, LEAST, CHANCE) == (7, 8, 5, 0.001)


@pytest.mark.parametrize(
    ("before", "least"), [(0, 5), (7, 6), (8, 7), (39, 14), (79, 22), (799, 133)]
)
def test_the_number_that_is_sudden(before: int, least: int) -> None:
    """So many letters are a rise after so many in the weeks before, one less is none."""
    assert Rise(least, before).is_sudden
    assert not Rise(least - 1, before).is_sudden


def test_what_is_usual_counts_one_more() -> None:
    """The expected number is an eighth of what came before and one; what is shown is an eighth."""
    assert Rise(0, 7).usual == 1
    assert Rise(0, 8).weekly == 1


@pytest.mark.parametrize(
    ("count", "chance"), [(0, 1.0), (1, 1 - math.exp(-1)), (2, 1 - 2 * math.exp(-1))]
)
def test_chance_is_the_poisson_tail(count: int, chance: float) -> None:
    """With one expected letter the probability of so many or more is that of the distribution."""
    assert Rise(count, 7).chance == pytest.approx(chance)


@given(st.integers(0, 60), st.integers(0, 400))
def test_more_letters_are_less_likely(count: int, before: int) -> None:
    """The chance lies between 0 and 1, falls with the count and grows with what came before."""
    chance = Rise(count, before).chance
    assert 0 <= chance <= 1
    assert Rise(count + 1, before).chance <= chance + 1e-12
    assert Rise(count, before + 1).chance >= chance - 1e-12
