"""Which entries are about the same matter."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.archive.matters import CLOSE, Founding, Joining, Standing, place

ALONE, MEMBER, CENTRE = Standing(None), Standing(7), Standing(7, centre=True)
FAR = CLOSE - 0.001


def test_nothing_close_stays_alone() -> None:
    """An entry without neighbours, or with distant ones alone, is placed nowhere."""
    assert place({}, {}) is None
    assert place({1: FAR, 2: FAR}, {1: ALONE, 2: CENTRE}) is None


def test_the_least_similarity_is_enough() -> None:
    """At exactly the threshold an entry joins, and founds."""
    assert place({1: CLOSE}, {1: CENTRE}) == Joining(7)
    assert place({1: CLOSE}, {1: ALONE}) == Founding((1,))


def test_the_closest_centre_wins() -> None:
    """Of several centres the closest is joined, of equal ones the matter that is older."""
    standings = {1: Standing(9, centre=True), 2: Standing(8, centre=True)}
    assert place({1: 0.9, 2: 0.8}, standings) == Joining(9)
    assert place({1: 0.8, 2: 0.9}, standings) == Joining(8)
    assert place({1: 0.8, 2: 0.8}, standings) == Joining(8)


def test_a_member_leads_nowhere() -> None:
    """Who is close to a member but not to its centre does not join: matters are no chains."""
    assert place({1: 0.99, 2: FAR}, {1: MEMBER, 2: CENTRE}) is None


def test_a_centre_goes_before_founding() -> None:
    """Where a centre is close, entries that stand alone stay so, even if they are closer."""
    assert place({1: 0.99, 2: CLOSE}, {1: ALONE, 2: CENTRE}) == Joining(7)


def test_all_close_ones_that_are_alone_found_a_matter() -> None:
    """A new matter takes every close entry that is alone, in the order of ids, and no member."""
    near = {5: 0.9, 3: 0.5, 4: 0.6, 6: FAR}
    standings = {5: ALONE, 3: ALONE, 4: MEMBER, 6: ALONE}
    assert place(near, standings) == Founding((3, 5))


@pytest.mark.parametrize("standing", [ALONE, CENTRE])
def test_who_was_not_compared_yet_is_passed_over(standing: Standing) -> None:
    """An entry without a standing counts neither as a centre nor as one that is alone."""
    assert place({1: 0.9, 2: 0.8}, {2: standing}) == place({2: 0.8}, {2: standing})
    assert place({1: 0.9}, {}) is None


COUNT = 8
PAIRS = list(itertools.combinations(range(COUNT), 2))


@given(
    st.lists(
        st.sampled_from([0.1, FAR, CLOSE, 0.7, 0.9]), min_size=len(PAIRS), max_size=len(PAIRS)
    ),
    st.permutations(range(COUNT)),
)
def test_matters_hold_together_in_any_order(values: list[float], order: list[int]) -> None:
    """Every member is close to its centre, matters have two or more, no two close ones stay alone."""
    similarity = dict(zip(PAIRS, values, strict=True))

    def near(one: int) -> dict[int, float]:
        others = (i for i in range(COUNT) if i != one)
        return {i: similarity[min(i, one), max(i, one)] for i in others}

    standings: dict[int, Standing] = {}
    for matter, entry in enumerate(order):
        found = place(near(entry), standings)
        standings[entry] = ALONE
        if isinstance(found, Joining):
            standings[entry] = Standing(found.matter)
        elif found is not None:
            standings[entry] = Standing(matter, centre=True)
            standings |= dict.fromkeys(found.members, Standing(matter))
    centres = {s.matter: i for i, s in standings.items() if s.centre}
    for entry, standing in standings.items():
        if standing.matter is None:
            alone = [i for i, s in standings.items() if s.matter is None and i != entry]
            assert all(near(entry)[i] < CLOSE for i in alone)
        elif not standing.centre:
            assert near(entry)[centres[standing.matter]] >= CLOSE
    sizes = [s.matter for s in standings.values() if s.matter is not None]
    assert all(sizes.count(matter) > 1 for matter in sizes)
