"""The calendar and the limits in force: the built-in ones with the tables on top."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.calendar import DayKind, WorkCalendar
from portal.domain.deadline_rules import DEFAULT_LIMITS, Limit, LimitUnit
from portal.domain.letters.due import Deadlines
from portal.models import CalendarDay, LimitRow

_CACHE: dict[frozenset[tuple[date, str]], WorkCalendar] = {}


def work_calendar(session: Session) -> WorkCalendar:
    """Return the working calendar with the edited days on top; cheap to ask for again."""
    rows = frozenset(
        (day, kind) for day, kind in session.execute(sa.select(CalendarDay.day, CalendarDay.kind))
    )
    known = _CACHE.get(rows)
    if known is None:
        known = WorkCalendar({day: DayKind(kind) for day, kind in rows})
        _CACHE.clear()
        _CACHE[rows] = known
    return known


def limits_in_force(session: Session) -> list[Limit]:
    """Return all limits, edited ones before the built-in ones they replace."""
    edited = [
        Limit(
            row.code,
            row.days,
            LimitUnit(row.unit),
            row.extension_days,
            row.source,
            row.valid_from,
            row.valid_to,
        )
        for row in session.scalars(sa.select(LimitRow).order_by(LimitRow.id.desc()))
    ]
    return [*edited, *DEFAULT_LIMITS]


def deadlines(session: Session) -> Deadlines:
    """Return what answers by which rule, and when, a letter is due."""
    return Deadlines(work_calendar(session), limits_in_force(session))
