"""When the messages of the morning are written."""

from datetime import UTC, date, datetime

import pytest

from portal.domain.calendar import WorkCalendar
from portal.domain.messages.mornings import is_morning, week_due
from portal.domain.periods import Period

CALENDAR = WorkCalendar()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2016, 6, 1, 0, 0, tzinfo=UTC), True),  # eight in Shanghai, a Wednesday
        (datetime(2016, 5, 31, 23, 59, tzinfo=UTC), False),  # a minute before
        (datetime(2016, 6, 1, 15, 59, tzinfo=UTC), True),  # the last minute of the day
        (datetime(2016, 6, 1, 16, 0, tzinfo=UTC), False),  # midnight
        (datetime(2016, 6, 4, 2, 0, tzinfo=UTC), False),  # a Saturday
        (datetime(2016, 6, 9, 2, 0, tzinfo=UTC), False),  # the dragon boat festival
        (datetime(2016, 6, 12, 2, 0, tzinfo=UTC), True),  # a Sunday worked in its place
    ],
)
def test_a_morning_is_on_a_working_day_from_the_hour_on(moment: datetime, expected: bool) -> None:
    """The hour is that of Shanghai, the days are those of the calendar."""
    assert is_morning(moment, 8, CALENDAR) is expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (None, Period(2016, week=21)),
        (date(2016, 5, 29), Period(2016, week=21)),
        (date(2016, 5, 30), None),
        (date(2016, 5, 31), None),
    ],
)
def test_a_week_is_due_on_its_first_morning(last: date | None, expected: Period | None) -> None:
    """The week before, unless a morning since Monday has had it."""
    assert week_due(date(2016, 6, 1), last) == expected
