"""The as-of moment (统计时点) of a figure: what had happened before it counts, the rest does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.domain.errors import N_, InvalidInput
from portal.domain.periods import Period, PeriodError, civil_date, midnight
from portal.domain.translatable import Labelled, Message

_SHAPE = N_("统计时点“%(text)s”无法识别，请写成 2016-12-31")
_FUTURE = N_("统计时点不能晚于今天")


class Standing(Labelled):
    """How the as-of moment stands to the period."""

    COMPLETE = "complete", ""
    RUNNING = "running", N_("这个时间段在统计时点尚未结束，数字还会变化。")
    AHEAD = "ahead", N_("这个时间段还没有开始，没有来信可以统计。")
    BEFORE = "before", N_("统计时点早于这个时间段的第一天，当时还没有收到其中的来信。")


@dataclass(frozen=True, slots=True)
class AsOf:
    """Everything that happened before ``before`` (in UTC) counts; ``day`` is its last civil day.

    ``asked`` is set where somebody chose the day; else the day is the end of the period, or now.
    """

    before: datetime
    day: date
    asked: bool = False

    def standing(self, period: Period, today: date) -> Standing:
        """Return where this moment lies relative to ``period``."""
        if period.first_day > today:
            return Standing.AHEAD
        if self.day < period.first_day:
            return Standing.BEFORE
        return Standing.COMPLETE if self.day >= period.last_day else Standing.RUNNING


def as_of(period: Period, now: datetime, wanted: date | None = None) -> AsOf:
    """Return the as-of moment for ``period``: the end of day ``wanted``, else of the period.

    Nothing happens in the future, so the end of today is now. Raises :class:`InvalidInput` for a
    day to come.
    """
    today = civil_date(now)
    if wanted is not None and wanted > today:
        raise InvalidInput("as_of", _FUTURE)
    day = wanted or min(period.last_day, today)
    return AsOf(midnight(day + timedelta(days=1)), day, wanted is not None)


def parse_day(text: str) -> date | None:
    """Read the civil date ``2016-12-31``; empty is none. Raises :class:`InvalidInput`."""
    if not text.strip():
        return None
    try:
        period = Period.parse(text)
    except PeriodError:
        period = None
    if period is None or period.day is None:
        raise InvalidInput("as_of", Message(_SHAPE, {"text": text[:32]}))
    return period.first_day
