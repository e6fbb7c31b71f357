"""Time limits: the table of rules, its versions and its texts."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from portal.domain.deadline_rules import (
    DEFAULT_LIMITS,
    LIMIT_LABELS,
    LIMIT_UNIT_LABELS,
    Limit,
    LimitError,
    LimitUnit,
    letter_limit,
    limit_for,
)
from portal.domain.letters.states import Kind

TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("code", "days", "unit", "extension"),
    [
        ("disclosure", 20, LimitUnit.WORKING, 20),
        ("disclosure_completion", 7, LimitUnit.WORKING, 0),
    ],
)
def test_rules_of_today(code: str, days: int, unit: LimitUnit, extension: int) -> None:
    """A rule of the glossary has its days, unit and extension."""
    limit = limit_for(code, TODAY)
    assert (limit.days, limit.unit, limit.extension_days) == (days, unit, extension)


@pytest.mark.parametrize(
    ("on", "days"),
    [(date(2016, 7, 1), 15), (date(2019, 5, 14), 15), (date(2019, 5, 15), 20)],
)
def test_disclosure_changed_in_2019(on: date, days: int) -> None:
    """A disclosure request is measured by the law of its day: 15 working days, 20 since 2019."""
    assert limit_for("disclosure", on).days == days


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_of_letter_has_a_limit(kind: Kind) -> None:
    """A letter of any kind has a limit in working days, and never more than 15 with extension."""
    limit = letter_limit(kind, TODAY)
    assert limit.unit is LimitUnit.WORKING
    assert limit.days == (7 if kind is Kind.CONSULTATION else 10)
    assert limit.days + limit.extension_days == 15


def test_every_rule_is_followed() -> None:
    """Every rule kept measures a kind of letter or a step of a disclosure request."""
    followed = {f"letter_{kind}" for kind in Kind} | {"disclosure", "disclosure_completion"}
    assert {limit.code for limit in DEFAULT_LIMITS} == set(LIMIT_LABELS) == followed


@pytest.mark.parametrize("kind", list(Kind))
def test_old_letters_have_a_limit(kind: Kind) -> None:
    """A letter imported from before the written rules is measured too."""
    assert letter_limit(kind, date(2001, 3, 4)).days == 10


@pytest.mark.parametrize("code", sorted({limit.code for limit in DEFAULT_LIMITS}))
def test_versions_do_not_overlap_or_leave_gaps(code: str) -> None:
    """A rule has one version on any day since its first."""
    versions = [limit for limit in DEFAULT_LIMITS if limit.code == code]
    for earlier, later in pairwise(versions):
        assert earlier.valid_to
        assert later.valid_from == earlier.valid_to + timedelta(days=1)
    assert versions[-1].valid_to is None


def test_every_limit_names_its_source() -> None:
    """A limit without a source could not be explained to a citizen."""
    assert all(len(limit.source) > 10 for limit in DEFAULT_LIMITS)
    assert set(LIMIT_UNIT_LABELS) == set(LimitUnit)


@pytest.mark.parametrize(
    ("code", "on"), [("no_such_rule", TODAY), ("disclosure", date(2008, 4, 30))]
)
def test_no_rule_in_force(code: str, on: date) -> None:
    """A rule that is unknown, or not yet in force, is named in the error with the day."""
    with pytest.raises(LimitError, match=code) as caught:
        limit_for(code, on)
    assert str(on) in str(caught.value)


def test_own_table_of_limits() -> None:
    """A table other than the default is looked up alone."""
    own = Limit("letter_help", 3, LimitUnit.WORKING, 0, "本单位规定")
    assert letter_limit("help", TODAY, [own]) is own
    with pytest.raises(LimitError):
        letter_limit("thanks", TODAY, [own])


def test_limit_in_words() -> None:
    """A limit reads as a sentence with its unit and its extension."""
    assert str(limit_for("letter_consultation", TODAY).text) == (
        "7 个工作日，情况复杂的可延长 8 个工作日"
    )
    assert str(Limit("any", 15, LimitUnit.CALENDAR, 0, "规定").text) == "15 日"


@pytest.mark.parametrize(
    ("days", "extension", "valid_to"), [(0, 0, None), (5, -1, None), (5, 0, date(2015, 12, 31))]
)
def test_impossible_limits(days: int, extension: int, valid_to: date | None) -> None:
    """A limit that cannot be counted, or ends before it begins, is refused by its code."""
    with pytest.raises(ValueError, match="odd"):
        Limit("odd", days, LimitUnit.WORKING, extension, "", date(2016, 1, 1), valid_to)
