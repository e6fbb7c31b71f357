"""Which entries are about the same matter."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.archive.matters import Founding, Joining, Standing, is_close, place

ALONE, MEMBER, CENTRE = Standing(None), Standing(7), Standing(7, centre=True)


@pytest.mark.parametrize(
    ("similarity", "titles", "close"),
    [
        *((1.0, 0.0, True), (0.36, 0.0, True), (0.359, 0.499, False)),
        *((0.359, 0.5, True), (0.3, 0.5, True), (0.299, 1.0, False), (0.0, 1.0, False)),
    ],
)
def test_titles_that_are_alike_need_less(similarity: float, titles: float, close: bool) -> None:
    """Entries are close from .36 on, and from .3 on where half of their titles is the same."""
    assert is_close(similarity, titles) is close


def test_nothing_close_stays_alone() -> None:
    """An entry without close ones is placed nowhere, whoever stands elsewhere."""
    assert place({}, {}) is None
    assert place({}, {1: ALONE, 2: CENTRE}) is None


def test_an_entry_joins_or_founds() -> None:
    """It joins the matter of a close centre, and founds one with a close entry that is alone."""
    assert place({1: 0.4}, {1: CENTRE}) == Joining(7)
    assert place({1: 0.4}, {1: ALONE}) == Founding((1,))


def test_the_closest_centre_wins() -> None:
    """Of several centres the closest is joined, of equal ones the matter that is older."""
    standings = {1: Standing(9, centre=True), 2: Standing(8, centre=True)}
    assert place({1: 0.9, 2: 0.8}, standings) == Joining(9)
    assert place({1: 0.8, 2: 0.9}, standings) == Joining(8)
    assert place({1: 0.8, 2: 0.8}, standings) == Joining(8)


def test_a_member_leads_nowhere() -> None:
    """Who is close to a member but not to its centre does not join: matters are no chains."""
    assert place({1: 0.99}, {1: MEMBER, 2: CENTRE}) is None


def test_a_centre_goes_before_founding() -> None:
    """Where a centre is close, entries that stand alone stay so, even if they are closer."""
    assert place({1: 0.99, 2: 0.4}, {1: ALONE, 2: CENTRE}) == Joining(7)


def test_all_close_ones_that_are_alone_found_a_matter() -> None:
    """A new matter takes every close entry that is alone, in the order of ids, and no member."""
    near = {5: 0.9, 3: 0.5, 4: 0.6}
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
        st.sampled_from([None, None, 0.4, 0.7, 0.9]), min_size=len(PAIRS), max_size=len(PAIRS)
    ),
    st.permutations(range(COUNT)),
)
def test_matters_hold_together_in_any_order(values: list[float | None], order: list[int]) -> None:
    """Every member is close to its centre, matters have two or more, no two close ones stay alone."""
    similarity = dict(zip(PAIRS, values, strict=True))

    def near(one: int) -> dict[int, float]:
        others = (i for i in range(COUNT) if i != one)
        found = {i: similarity[min(i, one), max(i, one)] for i in others}
        return {i: value for i, value in found.items() if value is not None}

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
            assert not near(entry).keys() & set(alone)
        elif not standing.centre:
            assert centres[standing.matter] in near(entry)
    sizes = [s.matter for s in standings.values() if s.matter is not None]
    assert all(sizes.count(matter) > 1 for matter in sizes)
