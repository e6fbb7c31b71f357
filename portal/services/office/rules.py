"""Editing the rules kept as data: days of the working calendar, and time limits.

Rules already applied stay applied: a limit begins in the future, because letters are measured by
the one in force on the day of their receipt. A day of the calendar may change at any time, as
holidays are announced when the due dates of letters already lie in them; those are computed
again. What a day of the past says of letters that have ended is recomputed by the worker
(:mod:`portal.services.statistics.recompute`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from portal.domain.access import Actor, Permission
from portal.domain.calendar import DAY_KIND_LABELS, DayKind
from portal.domain.deadline_rules import LIMIT_LABELS, Limit, LimitUnit
from portal.domain.errors import N_, InvalidInput, NotFound
from portal.domain.events import Axis, RecordAction
from portal.domain.periods import FIRST_YEAR, LAST_YEAR, civil_date
from portal.models import CalendarDay, LimitRow
from portal.queries.rules import work_calendar
from portal.services.core.acting import record
from portal.services.core.deadlines import reschedule
from portal.services.core.permits import allow
from portal.services.core.typed_text import clean, limited, required
from portal.services.core.unit import writing
from portal.services.disclosure.requests import reschedule_requests
from portal.services.statistics.recompute import note_change

NOTE_MAX, SOURCE_MAX = 100, 200
DAYS_MOST = 31
"""Days that one entry of the calendar may span."""
_SATURDAY = 5
LIMIT_MOST = 365
"""Days of the longest limit, and of the longest extension."""


@dataclass(frozen=True, slots=True)
class NewLimit:
    """A version of a rule to come; ``days`` and ``extension_days`` are in ``unit``."""

    code: str
    days: int
    unit: LimitUnit
    extension_days: int
    source: str
    valid_from: date
    valid_to: date | None = None


def set_days(
    first: date, last: date, working: bool | None, note: str, actor: Actor, now: datetime
) -> int:
    """Say whether the office works on the civil days ``first`` to ``last``.

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
            said = DAY_KIND_LABELS[_kind(first, working)]
        record(
            session,
            RecordAction.EDIT_CALENDAR,
            Axis.ADMINISTRATION,
            actor,
            now,
            subject=f"calendar:{first}/{last}",
            reason=f"{said} {note}".strip(),
        )
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
        raise InvalidInput("last", N_("一次最多设置 31 天，请分几次填写。"))
    return [first + timedelta(days=offset) for offset in range(count)]


def add_limit(new: NewLimit, actor: Actor, now: datetime) -> int:
    """Let another version of a rule begin on ``new.valid_from``; return the id of its row.

    Raises :class:`InvalidInput` with the name of the field of :class:`NewLimit` at fault.
    """
    allow(actor, Permission.LIMITS_EDIT)
    _check(new, civil_date(now))
    source = required("source", new.source, SOURCE_MAX, lines=False)
    with writing() as session:
        row = LimitRow(
            code=new.code,
            days=new.days,
            unit=str(new.unit),
            extension_days=new.extension_days,
            source=source,
            valid_from=new.valid_from,
            valid_to=new.valid_to,
        )
        session.add(row)
        session.flush()
        text = Limit(new.code, new.days, new.unit, new.extension_days, source).text
        record(
            session,
            RecordAction.EDIT_LIMIT,
            Axis.ADMINISTRATION,
            actor,
            now,
            subject=f"limit:{new.code}",
            reason=f"{text} ({new.valid_from}/{new.valid_to or ''}) {source}",
        )
        return row.id


def _check(new: NewLimit, today: date) -> None:
    if new.code not in LIMIT_LABELS:
        raise InvalidInput("code", N_("没有这项时限规则，请重新选择。"))
    if not 1 <= new.days <= LIMIT_MOST:
        raise InvalidInput("days", N_("天数应在 1 至 365 之间。"))
    if not 0 <= new.extension_days <= LIMIT_MOST:
        raise InvalidInput("extension_days", N_("延长天数应在 0 至 365 之间。"))
    if new.valid_from <= today:
        raise InvalidInput(
            "valid_from", N_("最早从明天起生效：已经收到的信件按收到那天的规定计算。")
        )
    if new.valid_from.year > LAST_YEAR:
        raise InvalidInput("valid_from", N_("年份超出日历的范围。"))
    if new.valid_to is not None and new.valid_to < new.valid_from:
        raise InvalidInput("valid_to", N_("结束日期不能早于生效日期。"))


def withdraw_limit(limit_id: int, actor: Actor, now: datetime) -> None:
    """Take back a version that has not begun yet.

    Raises :class:`NotFound` for none, :class:`InvalidInput` where it is in force or was.
    """
    allow(actor, Permission.LIMITS_EDIT)
    with writing() as session:
        row = session.get(LimitRow, limit_id)
        if row is None:
            raise NotFound
        if row.valid_from is None or row.valid_from <= civil_date(now):
            raise InvalidInput("limit", N_("已经生效的时限不能撤销，请新增一条来替代它。"))
        session.delete(row)
        record(
            session,
            RecordAction.EDIT_LIMIT,
            Axis.ADMINISTRATION,
            actor,
            now,
            subject=f"limit:{row.code}",
            reason=f"- {row.days} ({row.valid_from}) {row.source}",
        )
