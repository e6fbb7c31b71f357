"""League tables: who is ranked, in which order, and how far chance reaches."""

import pytest

from portal.domain.organisations import OrganisationKind
from portal.domain.statistics.rates import Figures, wilson
from portal.queries.statistics.tables import RANKED_FROM, Row, league
from portal.queries.statistics.tree import Node

Place = tuple[int, int | None]
"""An organisation's id and its rank."""


def a_row(number: int, received: int, closed: int, **more: int) -> Row:
    """Return the row of an organisation."""
    kind = OrganisationKind.MUNICIPAL_DEPARTMENT
    node = Node(number, f"o{number}", f"单位{number}", kind, 0, present=True)
    return Row(node, Figures(received=received, closed=closed, **more))


def places(rows: list[Row], measure: str = "closure", **more: int) -> list[Place]:
    """Return who stands where."""
    return [(ranked.row.node.id, ranked.rank) for ranked in league(rows, measure, **more)]


def test_the_best_rate_stands_first() -> None:
    """The order is that of the exact rates, not of the counts nor of the bounds."""
    rows = [a_row(1, 1000, 900), a_row(2, 40, 37), a_row(3, 30_000, 26_999)]
    assert wilson(37, 40)[0] < wilson(900, 1000)[0]
    assert places(rows) == [(2, 1), (1, 2), (3, 3)]


@pytest.mark.parametrize(("received", "rank"), [(RANKED_FROM, 1), (RANKED_FROM - 1, None)])
def test_a_rank_needs_enough_letters(received: int, rank: int | None) -> None:
    """Thirty letters give a rank, twenty-nine do not, however good their rate is."""
    assert RANKED_FROM == 30
    found = places([a_row(1, received, received), a_row(2, 100, 50)])
    assert dict(found) == {1: rank, 2: 2 if rank else 1}


@pytest.mark.parametrize(("smallest", "ranks"), [(7, [1, 2]), (8, [1, None]), (101, [None, None])])
def test_the_threshold_can_be_another(smallest: int, ranks: list[int | None]) -> None:
    """A row with exactly as many letters as asked for is ranked."""
    rows = [a_row(1, 100, 100), a_row(2, 7, 6)]
    assert [rank for _, rank in places(rows, smallest=smallest)] == ranks


def test_the_threshold_looks_at_what_is_divided_by() -> None:
    """For the publication rate the letters closed must be enough, not those received."""
    rows = [a_row(1, 500, 29, published=29), a_row(2, 40, 30, published=10)]
    assert places(rows, "publication") == [(2, 1), (1, None)]
    assert places(rows, "closure") == [(2, 1), (1, 2)]


def test_equal_rates_share_a_rank_and_the_next_is_left_out() -> None:
    """Rates that are equal as fractions share the better rank, whatever their counts."""
    rows = [a_row(4, 50, 25), a_row(3, 300, 270), a_row(2, 40, 36), a_row(1, 60, 57)]
    assert places(rows) == [(1, 1), (2, 2), (3, 2), (4, 4)]


def test_few_letters_follow_without_rank() -> None:
    """Below the threshold rows stand at the end as the tree has them, not by their rates."""
    rows = [a_row(9, 10, 10), a_row(5, 2, 1), a_row(8, 31, 1), a_row(1, 29, 20)]
    assert places(rows) == [(8, 1), (1, None), (5, None), (9, None)]


def test_what_is_no_share_is_left_out() -> None:
    """Without letters there is no rate, and closing more than came in is no share of it."""
    assert places([a_row(1, 0, 0), a_row(2, 50, 51), a_row(3, 50, 50)]) == [(3, 1)]


def test_every_row_says_how_far_chance_reaches() -> None:
    """The bounds are those of Wilson for the row's own counts, ranked or not."""
    rows = [a_row(1, 263, 81), a_row(2, 10, 1)]
    found = {ranked.row.node.id: (ranked.low, ranked.high) for ranked in league(rows, "closure")}
    assert found[1] == pytest.approx((0.2553, 0.3662), abs=1e-3)
    assert found[2] == pytest.approx((0.0179, 0.4042), abs=1e-3)
