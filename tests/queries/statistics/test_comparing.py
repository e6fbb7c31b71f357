"""From which moment the other side of a comparison is seen."""

from datetime import UTC, date, datetime

import pytest

from portal.domain.periods import Period
from portal.domain.statistics.as_of import as_of
from portal.queries.statistics.comparison import like_moment
from portal.queries.statistics.overview import Asked

NOW = datetime(2017, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "day", "other", "seen"),
    [
        ("2016", "2016-12-31", "2015", "2015-12-31"),
        ("2016", "2017-01-31", "2015", "2016-01-31"),
        ("2016", "2016-06-10", "2015", "2015-06-10"),
        ("2016", "2016-02-29", "2015", "2015-02-28"),
        ("2016Q2", "2016-05-31", "2016Q1", "2016-02-29"),
        ("2016", "2016-10-10", "2016Q1", "2016-03-31"),
        ("2016-W10", "2016-03-09", "2016-W09", "2016-03-02"),
        ("2016", "2017-05-31", "2017", "2017-06-01"),
        ("2016", "2015-03-01", "2014", "2013-12-31"),
    ],
)
def test_both_sides_are_seen_from_like_moments(
    period: str, day: str, other: str, seen: str
) -> None:
    """The same day of the course while the period runs, else as long after its end; never later
    than today, never before the eve of the other period."""
    asked_for = Period.parse(period)
    asked = Asked(asked_for, as_of(asked_for, NOW, date.fromisoformat(day)))
    assert like_moment(asked, Period.parse(other), NOW).day == date.fromisoformat(seen)
