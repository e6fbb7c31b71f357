"""What the other side of a comparison asks for."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from portal.domain.letters.kinds import Kind
from portal.domain.organisations import OrganisationKind
from portal.domain.periods import Period
from portal.domain.statistics.as_of import as_of
from portal.queries.statistics.comparison import like_moment, opposite
from portal.queries.statistics.overview import Asked

NOW = datetime(2017, 6, 1, tzinfo=UTC)


def asked_for(period: str, day: str) -> Asked:
    """Ask for a period as it stood at the end of ``day``."""
    wanted = Period.parse(period)
    return Asked(wanted, as_of(wanted, NOW, date.fromisoformat(day)))


@pytest.mark.parametrize(
    ("period", "day", "other", "seen"),
    [
        ("2016-02", "2016-02-29", "2016-03", "2016-03-31"),
        ("2016-02", "2016-02-28", "2016-03", "2016-03-28"),
        ("2016-02", "2016-03-01", "2016-03", "2016-04-01"),
        ("2016Q1", "2016-03-31", "2016-W10", "2016-03-13"),
    ],
)
def test_from_its_last_day_on_a_period_is_whole(
    period: str, day: str, other: str, seen: str
) -> None:
    """A whole period stands beside a whole one; a day earlier both are seen from the same day."""
    asked = asked_for(period, day)
    assert like_moment(asked, Period.parse(other), NOW).day == date.fromisoformat(seen)


def test_another_organisation_is_asked_for_with_all_below_it() -> None:
    """Beside the letters of one, or the members of a kind, stands the other as a whole."""
    asked = replace(
        asked_for("2016", "2016-12-31"),
        organisation_id=4,
        own=True,
        kind=Kind.HELP,
        group=OrganisationKind.MUNICIPAL_DEPARTMENT,
    )
    other = opposite(asked, None, 5, NOW)
    assert other == replace(asked, organisation_id=5, own=False, group=None)


def test_another_period_is_asked_of_the_very_same_letters() -> None:
    """With another period alone the place stays as it was asked for; with both, both change."""
    asked = replace(asked_for("2016", "2016-12-31"), organisation_id=4, own=True)
    before = Period(2015)
    other = opposite(asked, before, None, NOW)
    assert other == replace(asked, period=before, as_of=as_of(before, NOW, date(2015, 12, 31)))
    assert opposite(asked, before, 5, NOW) == replace(other, organisation_id=5, own=False)
