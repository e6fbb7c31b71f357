"""When the messages of the morning are written, and which week they speak of."""

from __future__ import annotations

from datetime import date, datetime

from portal.domain.calendar import WorkCalendar
from portal.domain.periods import Granularity, Period, shanghai


def is_morning(now: datetime, hour: int, calendar: WorkCalendar) -> bool:
    """Return whether ``now`` is on a working day, from ``hour`` in Shanghai on.

    A worker that was down at that hour writes them later on the same day.
    """
    local = shanghai(now)
    return local.hour >= hour and calendar.is_workday(local.date())


def week_due(today: date, last: date | None) -> Period | None:
    """Return the week before that of ``today``, ``None`` where a morning of this week has had it.

    ``last`` is the civil day of the last morning.
    """
    this = Period.of(today, Granularity.WEEK)
    return this.previous() if last is None or last < this.first_day else None
