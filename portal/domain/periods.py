"""Years, quarters, months, weeks and days, as civil dates in Asia/Shanghai.

Moments are stored in UTC. A period begins and ends at midnight in Shanghai, half open, so that
23:59:59 on 31 December belongs to that year. Weeks are those of ISO 8601: Monday to Sunday, and a
week belongs to the year, quarter or month in which its Thursday lies.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from portal.domain.errors import N_, InvalidInput
from portal.domain.translatable import Labelled, Message

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST_YEAR, LAST_YEAR = 1900, 2199


class Granularity(Labelled):
    """How long a period is."""

    YEAR = "year", N_("年")
    QUARTER = "quarter", N_("季度")
    MONTH = "month", N_("月")
    WEEK = "week", N_("周")
    DAY = "day", N_("日")


_QUARTER_LABELS = (
    N_("%(year)s年第一季度"),
    N_("%(year)s年第二季度"),
    N_("%(year)s年第三季度"),
    N_("%(year)s年第四季度"),
)
_SHAPE = N_("时间段“%(text)s”无法识别，请写成 2016、2016Q3、2016-03、2016-W05 或 2016-12-31")
_YEAR_RANGE = N_("年份应在 %(first)s 至 %(last)s 之间")
_QUARTER_RANGE = N_("季度应为 1 至 4，您填的是 %(quarter)s")
_MONTH_RANGE = N_("月份应为 1 至 12，您填的是 %(month)s")
_WEEK_RANGE = N_("%(year)s年只有 %(weeks)s 周，没有第 %(week)s 周")
_DAY_RANGE = N_("%(year)s年%(month)s月没有 %(day)s 日")
_NO_SPLIT = N_("“%(period)s”不能再按%(granularity)s细分")

_PATTERN = re.compile(
    r"(?P<year>[0-9]{4})年?"
    r"(?:-?Q(?P<quarter>[0-9])|-?W(?P<week>[0-9]{1,2})"
    r"|-(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2}))?)?"
)
_LONGEST = 32
_THURSDAY = 4


class PeriodError(InvalidInput):
    """A period that does not exist or cannot be read; ``message`` says why in Chinese."""

    def __init__(self, message: Message) -> None:
        super().__init__("period", message)


def shanghai(moment: datetime) -> datetime:
    """Return an aware moment as Shanghai's clocks show it. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone; times are stored in UTC")
    return moment.astimezone(SHANGHAI)


def civil_date(moment: datetime) -> date:
    """Return the civil date in Shanghai of an aware moment. Raises ValueError for a naive one."""
    return shanghai(moment).date()


def midnight(day: date) -> datetime:
    """Return the moment, in UTC, at which civil date ``day`` begins in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def month_of(day: date) -> int:
    """Return the civil month of ``day`` as ``yyyymm``, the form in which facts hold months."""
    return day.year * 100 + day.month


def year_of(month: int) -> int:
    """Return the year of a month given as ``yyyymm``."""
    return month // 100


@dataclass(frozen=True)
class Period:
    """A year, or a quarter, month, ISO week or day (of a month) of it.

    ``year`` is the ISO year where ``week`` is given. Raises PeriodError where there is no such period.
    """

    year: int
    quarter: int | None = None
    month: int | None = None
    week: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        """Refuse what is not on the calendar."""
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise PeriodError(Message(_YEAR_RANGE, {"first": FIRST_YEAR, "last": LAST_YEAR}))
        if sum(part is not None for part in (self.quarter, self.month, self.week)) > 1 or (
            self.day is not None and self.month is None
        ):
            raise ValueError("a period is one of year, quarter, month, week, or month with day")
        if self.quarter is not None and not 1 <= self.quarter <= 4:
            raise PeriodError(Message(_QUARTER_RANGE, {"quarter": self.quarter}))
        if self.month is not None and not 1 <= self.month <= 12:
            raise PeriodError(Message(_MONTH_RANGE, {"month": self.month}))
        weeks = _weeks_in(self.year)
        if self.week is not None and not 1 <= self.week <= weeks:
            values = {"year": self.year, "weeks": weeks, "week": self.week}
            raise PeriodError(Message(_WEEK_RANGE, values))
        if self.month is not None and self.day is not None:
            days = (_next_month(self.year, self.month) - date(self.year, self.month, 1)).days
            if not 1 <= self.day <= days:
                values = {"year": self.year, "month": self.month, "day": self.day}
                raise PeriodError(Message(_DAY_RANGE, values))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2016``, ``2016Q3``, ``2016-03``, ``2016-W05`` or ``2016-12-31``.

        Full-width characters, small letters and spaces around are taken. Raises PeriodError.
        """
        plain = unicodedata.normalize("NFKC", text[: _LONGEST + 1]).strip().upper()
        match = _PATTERN.fullmatch(plain)
        if match is None or len(text) > _LONGEST:
            raise PeriodError(Message(_SHAPE, {"text": text[:_LONGEST]}))
        return cls(**{name: int(part) for name, part in match.groupdict().items() if part})

    @classmethod
    def of_month(cls, month: int) -> Self:
        """Return the month given as ``yyyymm``."""
        return cls(year_of(month), month=month % 100)

    @classmethod
    def of(cls, moment: datetime | date, granularity: Granularity | str) -> Self:
        """Return the period of that length in which an aware moment, or a civil date, lies."""
        day = civil_date(moment) if isinstance(moment, datetime) else moment
        match Granularity(granularity):
            case Granularity.YEAR:
                return cls(day.year)
            case Granularity.QUARTER:
                return cls(day.year, quarter=(day.month + 2) // 3)
            case Granularity.MONTH:
                return cls(day.year, month=day.month)
            case Granularity.WEEK:
                iso = day.isocalendar()
                return cls(iso.year, week=iso.week)
            case Granularity.DAY:
                return cls(day.year, month=day.month, day=day.day)

    @property
    def granularity(self) -> Granularity:
        """How long the period is."""
        if self.day is not None:
            return Granularity.DAY
        if self.week is not None:
            return Granularity.WEEK
        if self.month is not None:
            return Granularity.MONTH
        return Granularity.YEAR if self.quarter is None else Granularity.QUARTER

    @property
    def first_day(self) -> date:
        """The first civil date of the period."""
        if self.week is not None:
            return date.fromisocalendar(self.year, self.week, 1)
        month = self.month or 3 * (self.quarter or 1) - 2
        return date(self.year, month, self.day or 1)

    @property
    def last_day(self) -> date:
        """The last civil date of the period."""
        return self._day_after - timedelta(days=1)

    @property
    def _day_after(self) -> date:
        match self.granularity:
            case Granularity.YEAR:
                return _next_month(self.year, 12)
            case Granularity.QUARTER:
                return _next_month(self.year, 3 * (self.quarter or 1))
            case Granularity.MONTH:
                return _next_month(self.year, self.month or 1)
            case Granularity.WEEK:
                return self.first_day + timedelta(days=7)
            case Granularity.DAY:
                return self.first_day + timedelta(days=1)

    @property
    def starts_at(self) -> datetime:
        """The first moment of the period, in UTC."""
        return midnight(self.first_day)

    @property
    def ends_at(self) -> datetime:
        """The first moment after the period, in UTC."""
        return midnight(self._day_after)

    @property
    def days(self) -> list[date]:
        """Its civil dates, in order."""
        span = (self._day_after - self.first_day).days
        return [self.first_day + timedelta(days=offset) for offset in range(span)]

    @property
    def months(self) -> list[int]:
        """The months that it touches, as ``yyyymm``, in order."""
        first, last = self.first_day, self.last_day
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        starts = (first.year * 12 + first.month - 1 + number for number in range(count))
        return [start // 12 * 100 + start % 12 + 1 for start in starts]

    def previous(self) -> Self:
        """Return the period of the same length just before. Raises PeriodError before 1900."""
        return self.of(self.first_day - timedelta(days=1), self.granularity)

    def same_last_year(self) -> Self:
        """Return the same period a year earlier; week 53 and 29 February go to the last before them."""
        year = self.year - 1
        week = None if self.week is None else min(self.week, _weeks_in(year))
        leap_day = self.month == 2 and self.day == 29
        return type(self)(year, self.quarter, self.month, week, 28 if leap_day else self.day)

    def split(self, into: Granularity | str) -> list[Self]:
        """Return the shorter periods it consists of, in order.

        Quarters, months and days tile it exactly. Weeks are those whose Thursday lies in it, so
        that each week belongs to one period, and may reach three days over its edges. Raises
        PeriodError where ``into`` is not shorter.
        """
        into = Granularity(into)
        order = list(Granularity)
        if order.index(into) <= order.index(self.granularity):
            values = {"period": self.label, "granularity": into.label}
            raise PeriodError(Message(_NO_SPLIT, values))
        days = self.days
        if into is Granularity.WEEK:
            days = [day for day in days if day.isoweekday() == _THURSDAY]
        elif into is not Granularity.DAY:
            days = [day for day in days if day.day == 1]
        return list(dict.fromkeys(self.of(day, into) for day in days))

    @property
    def code(self) -> str:
        """The short form that ``parse`` reads: 2016, 2016Q3, 2016-03, 2016-W05, 2016-12-31."""
        match self.granularity:
            case Granularity.YEAR:
                return f"{self.year}"
            case Granularity.QUARTER:
                return f"{self.year}Q{self.quarter}"
            case Granularity.MONTH:
                return f"{self.year}-{self.month:02d}"
            case Granularity.WEEK:
                return f"{self.year}-W{self.week:02d}"
            case Granularity.DAY:
                return self.first_day.isoformat()

    @property
    def message(self) -> Message:
        """The name of the period, for translation."""
        values: dict[str, str | int] = {"year": self.year}
        match self.granularity:
            case Granularity.YEAR:
                return Message(N_("%(year)s年"), values)
            case Granularity.QUARTER:
                return Message(_QUARTER_LABELS[(self.quarter or 1) - 1], values)
            case Granularity.MONTH:
                return Message(N_("%(year)s年%(month)s月"), values | {"month": self.month or 1})
            case Granularity.WEEK:
                return Message(N_("%(year)s年第%(week)s周"), values | {"week": self.week or 1})
            case Granularity.DAY:
                values |= {"month": self.month or 1, "day": self.day or 1}
                return Message(N_("%(year)s年%(month)s月%(day)s日"), values)

    @property
    def label(self) -> str:
        """The name of the period in Chinese: 2016年第三季度."""
        return str(self.message)


def _weeks_in(year: int) -> int:
    """Return the number of ISO weeks of ``year``: 28 December always lies in the last."""
    return date(year, 12, 28).isocalendar().week


def _next_month(year: int, month: int) -> date:
    """Return the first day of the month after."""
    return date(year + month // 12, month % 12 + 1, 1)
