"""The register of refusals: groups of letters that are large enough to name their reasons."""

import random

import pytest

from portal.domain.letters.states import RefusalReason
from portal.domain.statistics.refusals import RefusalLine, reasons_of, register_lines

PRIVACY, NO_VALUE, SECRET = (
    RefusalReason.PRIVACY,
    RefusalReason.NO_VALUE,
    RefusalReason.BUSINESS_SECRET,
)
JANUARY, FEBRUARY, MARCH = 201601, 201602, 201603


def test_a_month_with_five_letters_stands_by_itself() -> None:
    """Five letters name their reasons; so do six of another organisation in another month."""
    assert register_lines(
        {(2, FEBRUARY): {NO_VALUE: 6}, (1, JANUARY): {PRIVACY: 4, SECRET: 1}}
    ) == [
        RefusalLine(1, JANUARY, 5, {PRIVACY: 4, SECRET: 1}),
        RefusalLine(2, FEBRUARY, 6, {NO_VALUE: 6}),
    ]


def test_small_months_of_an_organisation_are_added_up() -> None:
    """Four and one letter of two months make a line without a month, behind the large one."""
    assert register_lines(
        {(1, JANUARY): {PRIVACY: 4}, (1, FEBRUARY): {SECRET: 1}, (1, MARCH): {NO_VALUE: 5}}
    ) == [RefusalLine(1, MARCH, 5, {NO_VALUE: 5}), RefusalLine(1, None, 5, {PRIVACY: 4, SECRET: 1})]


def test_the_smallest_month_joins_a_rest_that_is_too_small() -> None:
    """One letter would follow from the sums: the smaller of the large months is added to it."""
    assert register_lines(
        {(1, JANUARY): {PRIVACY: 7}, (1, FEBRUARY): {SECRET: 1}, (1, MARCH): {NO_VALUE: 6}}
    ) == [
        RefusalLine(1, JANUARY, 7, {PRIVACY: 7}),
        RefusalLine(1, None, 7, {NO_VALUE: 6, SECRET: 1}),
    ]


def test_small_organisations_are_added_up() -> None:
    """Organisations with fewer than five letters make a line without an organisation."""
    assert register_lines(
        {(1, JANUARY): {PRIVACY: 4}, (2, JANUARY): {PRIVACY: 1}, (3, MARCH): {NO_VALUE: 5}}
    ) == [RefusalLine(3, MARCH, 5, {NO_VALUE: 5}), RefusalLine(None, None, 5, {PRIVACY: 5})]


def test_the_smallest_line_joins_small_organisations_that_are_too_few() -> None:
    """Where the small organisations have one letter together, the smallest line joins them."""
    assert register_lines(
        {(1, JANUARY): {PRIVACY: 1}, (2, JANUARY): {PRIVACY: 9}, (3, MARCH): {NO_VALUE: 5}}
    ) == [
        RefusalLine(2, JANUARY, 9, {PRIVACY: 9}),
        RefusalLine(None, None, 6, {PRIVACY: 1, NO_VALUE: 5}),
    ]


def test_too_few_letters_altogether_are_only_counted() -> None:
    """Four letters name no reason; no letter makes no line."""
    assert register_lines({(1, JANUARY): {PRIVACY: 3}, (2, JANUARY): {SECRET: 1}}) == [
        RefusalLine(None, None, 4)
    ]
    assert register_lines({}) == []


@pytest.mark.parametrize("seed", range(40))
def test_lines_keep_every_letter_and_are_never_small(seed: int) -> None:
    """Whatever the counts are, the lines add up to them, and none is of fewer than five letters."""
    chance = random.Random(seed)
    cells = {
        (place, 201601 + month): {
            reason: chance.choice((0, 0, 1, 2, 9)) for reason in RefusalReason
        }
        for place in range(1, chance.randint(2, 5))
        for month in range(chance.randint(1, 6))
    }
    lines = register_lines(cells)
    total = sum(sum(reasons.values()) for reasons in cells.values())
    assert sum(line.count for line in lines) == total
    for line in lines:
        assert line.count >= 5 or (len(lines) == 1 and not line.reasons)
        assert not line.reasons or sum(line.reasons.values()) == line.count
    if total >= 5:
        assert sum(reasons_of(lines).values()) == total


def test_reasons_are_added_up_in_their_usual_order() -> None:
    """Reasons of no letter are left out."""
    lines = [
        RefusalLine(1, JANUARY, 6, {NO_VALUE: 2, PRIVACY: 4, SECRET: 0}),
        RefusalLine(2, None, 3, {PRIVACY: 3}),
    ]
    found = reasons_of(lines)
    assert list(found.items()) == [(PRIVACY, 7), (NO_VALUE, 2)]
