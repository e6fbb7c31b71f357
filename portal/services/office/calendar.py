"""Editing the days of the working calendar.

A day may change at any time, as holidays are announced when the due dates of letters already lie
in them; those are recomputed. What a day of the past says of letters that have ended is
computed by the worker (:mod:`portal.services.statistics.recompute`).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from portal.domain.access import Actor, Permission
from portal.domain.calendar import DayKind
from portal.domain.errors import N_, InvalidInput
from portal.domain.events import RecordAction
from portal.domain.periods import FIRST_YEAR, LAST_YEAR, civil_date
from portal.domain.translatable import Message
from portal.models import CalendarDay
from portal.queries.rules import work_calendar
from portal.services.core.acting import record
from portal.services.core.deadlines import reschedule
from portal.services.core.permits import allow
from portal.services.core.typed_text import clean, limited
from portal.services.core.unit import writing
from portal.services.disclosure.requests import reschedule_requests
from portal.services.statistics.recompute import note_change

NOTE_MAX = 100
DAYS_MOST = 31
"""Days that one entry of the calendar may span."""
_SATURDAY = 5


def set_days(
    first: date, last: date, working: bool | None, note: str, actor: Actor, now: datetime
) -> int:
    """Set whether the office works on the civil days ``first`` to ``last``.

    ``None`` returns to what was announced. Work on a Saturday or Sunday is a make-up workday.

    Returns how many letters in work got another due date. Raises :class:`InvalidInput` with
    ``first``, ``last`` or ``note``.
    """
    allow(actor, Permission.CALENDAR_EDIT)
    days = _span(first, last)
    note = limited("note", clean(note, lines=False), NOTE_MAX)
    with writing() as session:
        before = work_calendar(session)
        session.execute(sa.delete(CalendarDay).where(CalendarDay.day.between(first, last)))
        if working is not None:
            session.add_all(
                CalendarDay(day=day, kind=str(_kind(day, working)), note=note) for day in days
            )
        session.flush()
        said = N_("恢复公布的安排")
        if working is not None:
            said = _kind(first, working).label
        subject, said = f"calendar:{first}/{last}", f"{said} {note}".strip()
        record(session, RecordAction.EDIT_CALENDAR, actor, now, subject=subject, reason=said)
        after = work_calendar(session)
        changed = [day for day in days if before.is_workday(day) != after.is_workday(day)]
        note_change(session, changed, civil_date(now))
        reschedule_requests(session, first)
        return reschedule(session, first)


def _kind(day: date, working: bool) -> DayKind:
    if not working:
        return DayKind.HOLIDAY
    return DayKind.MAKEUP if day.weekday() >= _SATURDAY else DayKind.WORKDAY


def _span(first: date, last: date) -> list[date]:
    if not FIRST_YEAR <= first.year <= LAST_YEAR:
        raise InvalidInput("first", N_("年份超出日历的范围。"))
    if last < first:
        raise InvalidInput("last", N_("结束日期不能早于开始日期。"))
    count = (last - first).days + 1
    if count > DAYS_MOST or last.year > LAST_YEAR:
        said = Message(N_("一次最多设置 %(n)s 天，请分几次填写。"), {"n": DAYS_MOST})
        raise InvalidInput("last", said)
    return [first + timedelta(days=offset) for offset in range(count)]
