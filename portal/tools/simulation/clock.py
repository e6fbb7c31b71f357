"""When letters arrive and when offices work: season, weekday, hour, holidays."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from random import Random

from portal.domain.calendar import WorkCalendar
from portal.domain.periods import civil_date, midnight

_SEASON = (0.95, 0.72, 1.12, 1.06, 1.05, 1.08, 1.10, 1.12, 1.02, 0.92, 1.02, 0.94)
"""Weight of each month: few letters around the Spring Festival, many in spring and summer."""
_FREE_DAY = 0.38
"""Weight of a day on which offices are closed, against a working day."""
_HOURS = (2, 1, 1, 1, 1, 2, 4, 8, 18, 30, 32, 24, 15, 17, 26, 30, 27, 20, 13, 12, 14, 15, 11, 6)
"""Weight of each hour of Shanghai's day for letters."""
_BUSIEST, _TRIES, _SHANGHAI = max(_HOURS), 6, 8 * 3600
_INSTANT = timedelta(microseconds=1)
_LEAST = 300
"""Seconds of office hours that each of several actions needs at least."""
_MORNING, _NOON, _AFTERNOON, _EVENING = 9 * 3600, 12 * 3600, 14 * 3600, 17 * 3600 + 1800
_HALF = _NOON - _MORNING
_WORKED = _HALF + _EVENING - _AFTERNOON
"""Seconds an office works on a working day."""


class OfficeClock:
    """The office hours of the years ``first`` to ``last`` and of half a year after."""

    def __init__(self, calendar: WorkCalendar, first: int, last: int) -> None:
        self._calendar = calendar
        span = range(date(first, 1, 1).toordinal(), date(last + 1, 7, 1).toordinal())
        self._days = [d for d in span if calendar.is_workday(date.fromordinal(d))]
        self._starts = [midnight(date.fromordinal(d)) for d in self._days]

    def arrivals(self, chance: Random, year: int, count: int) -> list[datetime]:
        """Return ``count`` moments of ``year`` in ascending order."""
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        days = [date.fromordinal(d) for d in range(first, last + 1)]
        weights = [
            _SEASON[day.month - 1] * (1.0 if self._calendar.is_workday(day) else _FREE_DAY)
            for day in days
        ]
        starts = [midnight(day) for day in days]
        chosen = chance.choices(starts, weights, k=count)
        hours = chance.choices(range(24), _HOURS, k=count)
        return sorted(
            start + timedelta(hours=hour, seconds=int(chance.random() * 3600))
            for start, hour in zip(chosen, hours, strict=True)
        )

    def ahead(self, chance: Random, after: datetime, days: int) -> datetime:
        """Return a moment of office hours on the ``days``-th working day after ``after``'s day.

        For 0 it is later on the same day if the office is still open, else on the next.
        """
        at = bisect_right(self._days, civil_date(after).toordinal()) - 1 + days
        if days == 0:
            left = self.worked(after)
            ending = (int(left // _WORKED) + 1) * _WORKED
            return self.moment(left + (ending - left) * (0.05 + 0.9 * chance.random()))
        return self._starts[at] + timedelta(seconds=_wall(chance.random() * (_WORKED - 1)))

    def between(self, chance: Random, begin: datetime, end: datetime) -> datetime:
        """Return a moment strictly between the two, in office hours where there are any."""
        low, high = self.worked(begin), self.worked(end)
        part = 0.1 + 0.8 * chance.random()
        if high - low > 120:
            found = self.moment(low + (high - low) * part)
            if begin < found < end:
                return found
        return begin + (end - begin) * part

    def worked(self, moment: datetime) -> float:
        """Return the office's working seconds up to ``moment``."""
        at = bisect_right(self._starts, moment) - 1
        if at < 0:
            return 0.0
        passed = (moment - self._starts[at]).total_seconds()
        morning = min(max(passed - _MORNING, 0.0), _HALF)
        afternoon = min(max(passed - _AFTERNOON, 0.0), _EVENING - _AFTERNOON)
        return at * _WORKED + morning + afternoon

    def moment(self, worked: float) -> datetime:
        """Return the moment by which the office has worked so many seconds."""
        at, rest = divmod(int(worked), _WORKED)
        return self._starts[at] + timedelta(seconds=_wall(rest))

    def spread(self, chance: Random, begin: datetime, end: datetime, count: int) -> list[datetime]:
        """Return ``count`` ascending moments strictly between the two.

        They lie in office hours, unless the office hardly works between the two.
        """
        low, high = self.worked(begin), self.worked(end)
        open_then = high - low > _LEAST * (count + 1)
        found, at = [], begin
        for left in range(count, 0, -1):
            part = (1.6 / (left + 1) if left > 1 else 1.0) * (0.1 + 0.8 * chance.random())
            if open_then:
                low += (high - low) * part
                at = self.moment(low)
            else:
                at += (end - at) * part
            found.append(at)
        return found

    def awake(self, chance: Random, begin: datetime, end: datetime) -> datetime:
        """Return a moment strictly between the two at which citizens are likely to write."""
        found = begin
        for _ in range(_TRIES):
            found = begin + (end - begin) * (0.02 + 0.96 * chance.random())
            hour = int(found.timestamp() + _SHANGHAI) % 86400 // 3600
            if chance.random() * _BUSIEST < _HOURS[hour]:
                break
        return max(found.replace(microsecond=0), begin + _INSTANT)


def _wall(seconds: float) -> int:
    """Return the seconds since midnight at which the office has worked ``seconds`` that day."""
    within = int(seconds)
    return _MORNING + within if within < _HALF else _AFTERNOON + within - _HALF


def night_after(moment: datetime, days: int) -> datetime:
    """Return ten past midnight, ``days`` civil days later: when the worker acts by itself."""
    return (midnight(civil_date(moment) + timedelta(days=days)) + timedelta(minutes=10)).astimezone(
        UTC
    )
