"""Rates: the figures of the 2016 report, rounding, adding up and intervals."""

from dataclasses import fields
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.statistics.rates import (
    DEFINITIONS,
    Basis,
    Figures,
    Rate,
    wan,
    wan_text,
    wilson,
)

YEAR_2016 = Figures(received=124_655, closed=109_245, published=76_930)
counts = st.integers(0, 10**9)
figures = st.builds(Figures, **{field.name: counts for field in fields(Figures)})


def test_report_of_2016() -> None:
    """The reference counts give the five printed figures of the 2016 report to the digit."""
    assert [
        wan_text(YEAR_2016.received),
        wan_text(YEAR_2016.closed),
        YEAR_2016.closure.text,
        wan_text(YEAR_2016.published),
        YEAR_2016.publication.text,
    ] == ["12.47万件", "10.92万件", "87.64%", "7.69万件", "70.42%"]


@pytest.mark.parametrize(
    ("received", "closed"), [(124_649, 109_245), (124_664, 109_245), (124_655, 109_237)]
)
def test_report_of_2016_is_sensitive(received: int, closed: int) -> None:
    """A count outside the ranges that the report allows gives another printed figure."""
    cell = Figures(received=received, closed=closed, published=76_930)
    printed = (wan(received), wan(closed), cell.closure.text, cell.publication.text)
    assert printed != ("12.47", "10.92", "87.64%", "70.42%")


@pytest.mark.parametrize(
    ("count", "text"), [(512, "81.01%"), (76, "12.03%"), (34, "5.38%"), (10, "1.58%")]
)
def test_disclosure_shares_of_2016(count: int, text: str) -> None:
    """A disclosure outcome of 2016 has the share of 632 that the report prints."""
    assert Rate(count, 632).text == text


def test_no_rate_without_denominator() -> None:
    """A rate of nothing is a dash, not zero."""
    rate = Figures(withdrawn=3).closure
    assert (rate.value, rate.percent(), rate.text) == (None, None, "—")


def test_zero_of_some_is_zero() -> None:
    """A rate of none out of some is 0.00 %."""
    assert Rate(0, 7).text == "0.00%"


@given(st.integers(0, 10**12), st.integers(1, 10**12), st.integers(0, 4))
def test_percent_rounds_half_up(numerator: int, denominator: int, places: int) -> None:
    """A percentage is the exact fraction rounded half up, as Decimal does it with many digits."""
    exact = Fraction(numerator * 100 * 10**places, denominator)
    whole, rest = divmod(exact.numerator, exact.denominator)
    expected = whole + (1 if 2 * rest >= exact.denominator else 0)
    assert Rate(numerator, denominator).percent(places) == Decimal(expected).scaleb(-places)


@given(st.integers(0, 10**9))
def test_wan_rounds_half_up(count: int) -> None:
    """A count in 万 is Decimal's half-up rounding of the count divided by ten thousand."""
    expected = (Decimal(count) / 10_000).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(wan(count)) == expected
    assert wan(count) == f"{expected}"


@pytest.mark.parametrize(("count", "text"), [(50, "0.01"), (49, "0.00"), (124_650, "12.47")])
def test_wan_takes_the_half_up(count: int, text: str) -> None:
    """A half of the last printed digit of 万 goes up, less than a half down."""
    assert wan(count) == text


@pytest.mark.parametrize(("count", "text"), [(9_999, "9999件"), (10_000, "1.00万件"), (0, "0件")])
def test_small_counts_stay_exact(count: int, text: str) -> None:
    """A count below ten thousand is printed as it is."""
    assert wan_text(count) == text


@given(figures, figures, figures)
def test_figures_add_up(one: Figures, two: Figures, three: Figures) -> None:
    """A sum of cells is the sum of each count, in whatever order."""
    total = one + two + three
    assert total == three + (two + one)
    for field in fields(Figures):
        name = field.name
        assert getattr(total, name) == sum(getattr(cell, name) for cell in (one, two, three))


@given(figures, figures)
def test_rate_of_a_sum_lies_between(one: Figures, two: Figures) -> None:
    """A closure rate of two cells together lies between the rates of the two."""
    total, rates = (one + two).closure.value, [one.closure.value, two.closure.value]
    known = [rate for rate in rates if rate is not None]
    if len(known) == 2:
        assert total is not None
        assert min(known) <= total <= max(known)


@pytest.mark.parametrize("name", [field.name for field in fields(Figures)])
def test_negative_counts_are_refused(name: str) -> None:
    """A negative count names itself and is refused."""
    with pytest.raises(ValueError, match=name):
        Figures(**{name: -1})


def test_negative_rate_is_refused() -> None:
    """A rate of a negative count is refused."""
    with pytest.raises(ValueError, match="never negative"):
        Rate(-1, 5)


@given(st.data(), st.integers(1, 10**6))
def test_wilson_holds_the_share(data: st.DataObject, denominator: int) -> None:
    """A Wilson interval lies within 0 and 1 and around the observed share."""
    numerator = data.draw(st.integers(0, denominator))
    low, high = wilson(numerator, denominator)
    assert 0 <= low <= numerator / denominator <= high <= 1


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [(1, 10, 0.0179, 0.4042), (81, 263, 0.2553, 0.3662), (0, 20, 0.0, 0.1611)],
)
def test_wilson_known_values(numerator: int, denominator: int, low: float, high: float) -> None:
    """A Wilson interval has the bounds published for Newcombe's examples."""
    assert wilson(numerator, denominator) == pytest.approx((low, high), abs=1e-3)


def test_wilson_of_nothing() -> None:
    """A share of nothing may be anything."""
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("numerator", "denominator"), [(6, 5), (-1, 5), (1, 0)])
def test_wilson_needs_a_part(numerator: int, denominator: int) -> None:
    """A numerator that is no part of the denominator has no interval."""
    with pytest.raises(ValueError, match="no part"):
        wilson(numerator, denominator)


def test_every_measure_is_defined() -> None:
    """A count or a rate that can be shown has its definition, and each basis too."""
    measures = {field.name for field in fields(Figures)} | {"closure", "publication", "timeliness"}
    assert measures <= set(DEFINITIONS)
    assert all(basis.label and basis.hint for basis in Basis)


def test_definitions_survive_translation() -> None:
    """A definition has no per cent sign, which a template's gettext would take as a gap."""
    texts = [entry.name + entry.text for entry in DEFINITIONS.values()]
    assert not [text for text in (*texts, *(b.label + b.hint for b in Basis)) if "%" in text]
