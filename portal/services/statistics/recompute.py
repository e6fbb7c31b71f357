"""Recomputation of the facts of ended letters after a change of the calendar.

How many working days a letter took is counted by the calendar of the days concerned, whenever it
is learned that one of them was a holiday or a make-up workday. So a change of days that have
passed is noted, and the worker goes through the letters whose time spans one of them, some at a
time, and corrects their facts. Whether a letter was in time does not change: that is judged by the
due date its sender saw, which is kept in the event of its ending. Only where there is none (letters
from another system) does the calendar decide that too.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM
from portal.domain.events import RecordAction
from portal.domain.periods import midnight
from portal.models import RateFact, Recomputation, db
from portal.services.core.acting import record
from portal.services.core.deadlines import reschedule
from portal.services.core.facts import correct
from portal.services.core.unit import writing
from portal.services.disclosure.requests import reschedule_requests

BATCH = 500


def note_change(session: Session, days: list[date], today: date) -> None:
    """Note that the office did or did not work on ``days`` after all, as far as they have come."""
    past = [day for day in days if day <= today]
    if past:
        session.add(Recomputation(first_day=min(past), last_day=max(past)))


def recompute(now: datetime, most: int = BATCH) -> int:
    """Go on with the oldest change noted, over at most ``most`` letters.

    Returns how many steps were taken: 0 when nothing is noted, or when units of work that began
    before the change have yet to end. The last step leaves an event with what was found.
    """
    session = db.session()
    row = session.scalar(sa.select(Recomputation).order_by(Recomputation.id).limit(1))
    if row is None:
        session.rollback()
        return 0
    at, ids = (row.id, row.last_letter_id), _concerned(session, row, most)
    with writing() as unit:
        query = sa.select(Recomputation).where(
            Recomputation.id == at[0], Recomputation.last_letter_id == at[1]
        )
        row = unit.scalar(query.with_for_update(skip_locked=True))
        if row is None or not _earlier_ended(unit, row):
            return 0
        row.seen += len(ids)
        row.changed += correct(unit, ids)
        row.last_letter_id = max(ids, default=row.last_letter_id)
        if len(ids) < most:
            _finish(unit, row, now)
    return 1


def _concerned(session: Session, row: Recomputation, most: int) -> list[int]:
    """Return the next letters with a count of days from before the change to after it."""
    begins, ends = midnight(row.first_day), midnight(row.last_day + timedelta(days=1))
    fact = RateFact
    query = (
        sa.select(fact.letter_id)
        .distinct()
        .where(
            fact.letter_id > row.last_letter_id,
            fact.received_at < ends,
            sa.or_(fact.closed_from >= begins, fact.response_at >= begins),
        )
        .order_by(fact.letter_id)
        .limit(most)
    )
    return list(session.scalars(query))


def _earlier_ended(session: Session, row: Recomputation) -> bool:
    """Return whether every unit of work that may have read the calendar of before has ended.

    On PostgreSQL such a unit may commit its letter after the change. SQLite has one writer.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True
    snapshot = sa.func.pg_current_snapshot()
    ends = (sa.func.pg_snapshot_xmin(snapshot), sa.func.pg_snapshot_xmax(snapshot))
    oldest, newest = (
        session.scalars(sa.select(sa.cast(sa.cast(end, sa.Text), sa.BigInteger))).one()
        for end in ends
    )
    if row.waits_for is None:
        row.waits_for = newest
    return bool(oldest >= row.waits_for)


def _finish(session: Session, row: Recomputation, now: datetime) -> None:
    reschedule_requests(session, row.first_day)
    reschedule(session, row.first_day)
    subject = f"calendar:{row.first_day}/{row.last_day}"
    said = f"核对 {row.seen} 封，更正 {row.changed} 封"
    record(session, RecordAction.RECOMPUTE_FACTS, SYSTEM, now, subject=subject, reason=said)
    session.delete(row)
