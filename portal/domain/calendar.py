"""Working days: public holidays, make-up workdays, and how a due date comes about.

Years announced by the State Council come from ``chinesecalendar``; the letterbox's own calendar
table lies on top of it. Counting works on sorted lists of working days, one for each year, so that
a year's 124,655 letters are measured in a second or two.

The rules of counting, everywhere: the day of receipt does not count, the day after it is day 1.
While the citizen is asked for more the clock stands still: not on the day of asking, which was
still the office's, but from the day after it up to and including the day of the citizen's answer.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

import chinese_calendar

from portal.domain.deadline_rules import DayUnit, DeadlineRule
from portal.domain.errors import N_
from portal.domain.periods import FIRST_YEAR, LAST_YEAR
from portal.domain.translatable import Labelled

Pause = tuple[date, date | None]
"""Day of asking the citizen, day of the answer (None: still waiting)."""


class CalendarError(ValueError):
    """A span of days that cannot be counted."""


class DayKind(Labelled):
    """What a civil date is for the office."""

    WORKDAY = "workday", N_("工作日")
    WEEKEND = "weekend", N_("周末")
    HOLIDAY = "holiday", N_("节假日")
    MAKEUP = "makeup", N_("调休上班")

    @property
    def is_working(self) -> bool:
        """Whether the office works on such a day."""
        return self in _WORKING


_WORKING = frozenset({DayKind.WORKDAY, DayKind.MAKEUP})
_SATURDAY = 5


@dataclass(frozen=True)
class TraceDay:
    """One day in the explanation of a due date; ``number`` is its place among the counted days."""

    day: date
    kind: DayKind
    counted: bool
    paused: bool
    number: int | None


def _published_kind(day: date) -> DayKind | None:
    """Return the State Council's kind of ``day``, or None where its year is not known."""
    try:
        rest, holiday = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    if not rest:
        return DayKind.WORKDAY if day.weekday() < _SATURDAY else DayKind.MAKEUP
    return DayKind.WEEKEND if holiday is None else DayKind.HOLIDAY


@lru_cache(maxsize=256)
def _published_year(year: int) -> tuple[DayKind, ...] | None:
    """Return the kinds of all days of a year, from 1 January on, or None where not announced."""
    kinds = [_published_kind(day) for day in _days_of(year)]
    known = tuple(kind for kind in kinds if kind is not None)
    return known if len(known) == len(kinds) else None


def _days_of(year: int) -> list[date]:
    """Return all civil dates of ``year``."""
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    return [date.fromordinal(ordinal) for ordinal in range(first, last + 1)]


def _merged(pauses: Iterable[Pause]) -> list[tuple[date, date]]:
    """Return pauses in order without overlap; an open one ends on date.max. Raises CalendarError."""
    merged: list[tuple[date, date]] = []
    for begin, end in sorted((begin, end or date.max) for begin, end in pauses):
        if end < begin:
            raise CalendarError(f"pause ends on {end}, before it begins on {begin}")
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


_Span = tuple[int, int, tuple[int, ...]]
"""First and last year, and the ordinals of all working days of these years, sorted."""


class WorkCalendar:
    """The announced calendar with the letterbox's own table, ``overrides``, on top.

    Instances do not change: where the table changes, make a new calendar. Safe to share between
    threads.
    """

    def __init__(self, overrides: Mapping[date, DayKind] = MappingProxyType({})) -> None:
        self._overrides = dict(overrides)
        self._span: _Span | None = None

    def kind_of(self, day: date) -> DayKind:
        """Return the kind of ``day``: own table, else announcement, else plain weekdays.

        New Year's Day is a holiday in every year, announced or not.
        """
        own = self._overrides.get(day)
        if own is not None:
            return own
        year = _published_year(day.year)
        if year is not None:
            return year[day.toordinal() - date(day.year, 1, 1).toordinal()]
        if (day.month, day.day) == (1, 1):
            return DayKind.HOLIDAY
        return DayKind.WORKDAY if day.weekday() < _SATURDAY else DayKind.WEEKEND

    def is_workday(self, day: date) -> bool:
        """Return whether the office works on ``day``."""
        return self.kind_of(day).is_working

    def announced(self, day: date) -> bool:
        """Return whether the holidays of the year of ``day`` are known.

        A year counts as known from our own table once New Year's Day and National Day are in it:
        the first and the last holiday of every announcement, both on fixed dates.
        """
        return _published_year(day.year) is not None or all(
            self._overrides.get(date(day.year, month, 1)) is DayKind.HOLIDAY for month in (1, 10)
        )

    def add_working_days(self, start: date, days: int) -> date:
        """Return the ``days``-th working day after ``start``; ``start`` itself for 0.

        Raises CalendarError for negative ``days``, or outside the years 1900 to 2199.
        """
        if days < 0:
            raise CalendarError(f"cannot add {days} working days")
        if days == 0:
            return start
        last = start.year
        while True:
            ordinals = self._working_days(start.year, last)
            index = bisect_right(ordinals, start.toordinal()) + days - 1
            if index < len(ordinals):
                return date.fromordinal(ordinals[index])
            last += 1 + (index - len(ordinals)) // 366

    def working_days_between(self, earlier: date, later: date) -> int:
        """Count the working days after ``earlier`` up to ``later``; negative the other way round.

        Raises CalendarError outside the years 1900 to 2199.
        """
        first, last = sorted((earlier.year, later.year))
        ordinals = self._working_days(first, last)
        return bisect_right(ordinals, later.toordinal()) - bisect_right(
            ordinals, earlier.toordinal()
        )

    def days_used(
        self,
        received: date,
        until: date,
        pauses: Iterable[Pause] = (),
        unit: DayUnit = DayUnit.WORKING,
    ) -> int:
        """Count the days in ``unit`` after ``received`` up to and including ``until``, without pauses.

        Raises CalendarError for a pause that ends before it begins.
        """
        used = self._count(received, until, unit)
        for begin, end in _merged(pauses):
            begin, end = max(begin, received), min(end, until)
            if begin < end:
                used -= self._count(begin, end, unit)
        return used

    def due_on(
        self,
        received: date,
        rule: DeadlineRule,
        pauses: Iterable[Pause] = (),
        extension_days: int = 0,
    ) -> date | None:
        """Return the last day on which an answer is in time, or ``None`` during an open pause.

        ``extension_days`` is what was granted, in the unit of the rule; whoever grants it checks
        that the rule allows it. A pause that begins on or after the due date moves nothing.
        A deadline in calendar days that ends on a day off runs to the next working day on which the
        clock does not stand still.
        Raises :class:`CalendarError` for an impossible pause or a negative extension.
        """
        if extension_days < 0:
            raise CalendarError(f"cannot extend by {extension_days} days")
        cursor, left = received, rule.days + extension_days
        for begin, end in _merged(pauses):
            if end <= cursor:
                continue
            if begin >= self._runs_out(cursor, left, rule.unit):
                break
            if end == date.max:
                return None
            used = self._count(cursor, max(begin, cursor), rule.unit)
            cursor, left = end, max(left - used, 0)
        return self._runs_out(cursor, left, rule.unit)

    def trace(
        self,
        start: date,
        due: date,
        pauses: Iterable[Pause] = (),
        unit: DayUnit = DayUnit.WORKING,
        most: int | None = None,
    ) -> list[TraceDay]:
        """Return every day from receipt ``start`` to ``due``, each with what it counted for.

        ``most`` is the length of the rule with its extension: days beyond it do not count, they
        lie between the end of the count and the next working day.
        For a letter whose clock stands still, give today as ``due``. Raises
        :class:`CalendarError` for a pause that ends before it begins.
        """
        stops = _merged(pauses)
        rows: list[TraceDay] = []
        number = 0
        for offset in range((due - start).days + 1):
            day = start + timedelta(days=offset)
            kind = self.kind_of(day)
            paused = any(begin < day <= end for begin, end in stops)
            working = unit is DayUnit.CALENDAR or kind.is_working
            within = most is None or number < most
            counted = offset > 0 and working and not paused and within
            number += counted
            rows.append(TraceDay(day, kind, counted, paused, number if counted else None))
        return rows

    def _count(self, earlier: date, later: date, unit: DayUnit) -> int:
        if unit is DayUnit.CALENDAR:
            return (later - earlier).days
        return self.working_days_between(earlier, later)

    def _runs_out(self, start: date, days: int, unit: DayUnit) -> date:
        """Return the working day on which ``days`` after ``start`` are over, never ``start``."""
        if unit is DayUnit.WORKING:
            return self.add_working_days(start, days)
        # The day before may be a day off itself: its next working day is the one looked for.
        return self.add_working_days(start + timedelta(days=max(days - 1, 0)), 1)

    def _working_days(self, first: int, last: int) -> tuple[int, ...]:
        """Return the ordinals of the working days of at least the years ``first`` to ``last``."""
        span = self._span
        if span is None or first < span[0] or last > span[1]:
            # A mistyped year must not make the server lay out thousands of years.
            if first < FIRST_YEAR or last > LAST_YEAR:
                raise CalendarError(f"working days are known from {FIRST_YEAR} to {LAST_YEAR}")
            if span is not None:
                first, last = min(first, span[0]), max(last, span[1])
            days = (day for year in range(first, last + 1) for day in _days_of(year))
            working = tuple(day.toordinal() for day in days if self.is_workday(day))
            # Replaced as a whole, so that another thread sees the old span or the new one.
            self._span = span = (first, last, working)
        return span[2]
