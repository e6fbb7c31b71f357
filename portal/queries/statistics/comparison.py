"""Two periods or organisations side by side: one question, corresponding as-of moments."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from portal.domain.periods import Granularity, Period, civil_date
from portal.domain.statistics.as_of import AsOf, as_of
from portal.domain.statistics.quality_measures import Detail
from portal.domain.statistics.rates import Figures
from portal.queries.statistics.cache import cube, detail, series
from portal.queries.statistics.filters import Question
from portal.queries.statistics.overview import Asked, resolve
from portal.queries.statistics.tree import Tree


@dataclass(frozen=True)
class Side:
    """One side of a comparison."""

    asked: Asked
    question: Question
    tree: Tree
    total: Figures
    trend: list[tuple[Period, Figures]]
    detail: Detail


def side(session: Session, asked: Asked) -> Side:
    """Return the figures of ``asked`` for a comparison."""
    tree, question = resolve(session, asked)
    trend = series(session, question, asked.parts)
    total = cube(session, question).total
    return Side(asked, question, tree, total, trend, detail(session, question))


def opposite(
    asked: Asked, period: Period | None, organisation_id: int | None, now: datetime
) -> Asked:
    """Return ``asked`` for another period or organisation; with both, for both.

    Another organisation includes its subtree.
    """
    found = asked
    if period is not None:
        found = replace(found, period=period, as_of=like_moment(asked, period, now))
    if organisation_id is not None:
        found = replace(found, organisation_id=organisation_id, own=False, group=None)
    return found


def like_moment(asked: Asked, period: Period, now: datetime) -> AsOf:
    """Return the as-of moment of ``period`` that corresponds to the one of ``asked``.

    While the period runs: the same day of the same month of it, or in a week as many days after
    its first. Otherwise as many days after the last, but never later than today.
    """
    day, period_asked = asked.as_of.day, asked.period
    if day >= period_asked.last_day:
        wanted = period.last_day + (day - period_asked.last_day)
    elif Granularity.WEEK in (period_asked.granularity, period.granularity):
        wanted = min(period.first_day + (day - period_asked.first_day), period.last_day)
    else:
        wanted = min(_same_day_of(period_asked.first_day, day, period.first_day), period.last_day)
    wanted = min(max(wanted, period.first_day - timedelta(days=1)), civil_date(now))
    return as_of(period, now, wanted)


def _same_day_of(first: date, day: date, other_first: date) -> date:
    """Return the day as many months after ``other_first`` as ``day`` is after ``first``."""
    months = (day.year - first.year) * 12 + day.month - first.month + other_first.month - 1
    year, month = other_first.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
